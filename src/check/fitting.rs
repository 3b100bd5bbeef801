//! Whether some facts make several conditions true at once, and an example of such facts.
//!
//! A condition becomes a formula over subjects: facts, fields, variables, the governing date and place, and what is worked
//! out of them, each compared with constants. Each subject is tried with samples that stand for all its values, so a
//! search through them is complete. A condition of another form is opaque: nothing is found that depends on it.

use super::Checker;
use super::constant;
use super::grid::GridRange;
use super::samples::{Sample, ValueTest, stands};
use crate::ids::*;
use crate::model::*;
use crate::syntax::ast::{CompareOp, State};
use crate::value::{Duration, Value};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

/// The most subjects of one search, which recurses once for each.
const MAX_SUBJECTS: usize = 24;

/// The most formulas of which one search looks at the value.
const MAX_STEPS: usize = 20_000;

/// The most definitions that a name is followed through.
const MAX_PLAIN: usize = 64;

/// A condition over subjects, by their indices.
#[derive(Debug)]
pub(super) enum FactFormula<'c> {
    Known(bool),
    /// Its form is not one of those that are decided.
    Opaque,
    Test(usize, ValueTest<'c>),
    Not(Rc<FactFormula<'c>>),
    All(Vec<Rc<FactFormula<'c>>>),
    Any(Vec<Rc<FactFormula<'c>>>),
}

/// What becomes of a condition of a form that is not decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Undecided {
    /// Nothing is found that depends on it.
    Opaque,
    /// If it is worked out as a whole, it can be true or false, as the column of a table; a comparison of two facts is
    /// opaque.
    Column,
    /// It can be true or false, whatever else holds.
    Free,
}

/// What a search for facts comes to.
pub(super) enum Fitting {
    Found(FittingFacts),
    Impossible,
    /// There are too many subjects or samples.
    GaveUp,
}

/// What a test is about.
#[derive(Clone, Copy, Debug, PartialEq)]
enum TestedSubject<'c> {
    GoverningDate,
    GoverningPlace,
    Value(&'c Expr),
}

/// Formulas over facts for the days and places of one cell, and the subjects in them.
pub(super) struct FactFormulas<'c> {
    model: &'c Model,
    cell: GridRange<'c>,
    subjects: Vec<TestedSubject<'c>>,
    date: Option<&'c Expr>,
    place: Option<&'c Expr>,
    undecided: Undecided,
    /// True if another cell can give another result.
    pub(super) turns_on_cell: bool,
}

/// Facts that make some conditions true.
pub(super) struct FittingFacts {
    /// Each fact with its value, as written: `a.kind = two`.
    pub(super) facts: Vec<String>,
    /// The governing date, where the conditions turn on it.
    pub(super) day: Option<NaiveDate>,
    /// The governing place, where the conditions turn on it.
    pub(super) place: Option<RegionId>,
    /// True if the values may be impossible together: several of them are worked out of the same facts.
    pub(super) is_doubtful: bool,
    /// True if a region among them is inside one that is written.
    pub(super) has_region: bool,
}

/// The truth values that a formula can still have.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Possible {
    yes: bool,
    no: bool,
}

impl<'c> FactFormulas<'c> {
    pub(super) fn new(model: &'c Model, cell: GridRange<'c>) -> Self {
        let mut new = Self {
            model,
            cell,
            subjects: Vec::new(),
            date: None,
            place: None,
            undecided: Undecided::Opaque,
            turns_on_cell: false,
        };
        let as_of = model.parts(Item::AsOf);
        new.date = as_of.one(Role::GoverningDate).map(|date| new.resolved(date));
        new.place = as_of.one(Role::GoverningRegion).map(|place| new.resolved(place));
        new
    }

    /// The conjunction of conditions, each with the truth value that it must have.
    pub(super) fn all(
        &mut self,
        conditions: impl IntoIterator<Item = (&'c Expr, bool)>,
        undecided: Undecided,
    ) -> Vec<Rc<FactFormula<'c>>> {
        self.undecided = undecided;
        let one = |(expr, wanted): (&'c Expr, bool)| {
            let formula = Rc::new(self.formula(expr));
            if wanted { formula } else { Rc::new(FactFormula::Not(formula)) }
        };
        conditions.into_iter().map(one).collect()
    }

    fn formula(&mut self, expr: &'c Expr) -> FactFormula<'c> {
        let expr = self.resolved(expr);
        let each = |this: &mut Self, parts: &'c [Expr]| parts.iter().map(|p| Rc::new(this.formula(p))).collect();
        match expr.junction() {
            Junction::Not(inner) => return FactFormula::Not(Rc::new(self.formula(inner))),
            Junction::And(parts) => return FactFormula::All(each(self, parts)),
            Junction::Or(parts) => return FactFormula::Any(each(self, parts)),
            Junction::Single => {}
        }
        if let Some(Value::Bool(value)) = self.constant(expr) {
            return FactFormula::Known(value);
        }
        if let ExprKind::Compare(op, left, right) = &expr.kind {
            match (self.constant(left), self.constant(right)) {
                (Some(left), Some(right)) => return FactFormula::Known(stands(&Sample::One(left), *op, &right)),
                (None, Some(bound)) => return self.test(left, ValueTest::Compare(*op, bound)),
                (Some(bound), None) => return self.test(right, ValueTest::Compare(op.mirrored(), bound)),
                (None, None) => {}
            }
        } else if let ExprKind::In(subject, list) = &expr.kind {
            let values: Option<Vec<Value>> = list.iter().map(|value| self.constant(value)).collect();
            if let Some(values) = values {
                return self.test(subject, ValueTest::OneOf(values));
            }
        } else if let ExprKind::InRegions(subject, set) = &expr.kind {
            return self.test(subject, ValueTest::Inside(set));
        } else if let ExprKind::IsState(subject, state) = &expr.kind {
            return self.test(subject, ValueTest::State(*state));
        } else if expr.has_state() {
            return self.test(expr, ValueTest::Holds);
        }
        let compares = matches!(expr.kind, ExprKind::Compare(..) | ExprKind::In(..));
        match self.undecided {
            Undecided::Free => self.test(expr, ValueTest::Holds),
            Undecided::Column if !compares => self.test(expr, ValueTest::Holds),
            Undecided::Column | Undecided::Opaque => FactFormula::Opaque,
        }
    }

    fn test(&mut self, subject: &'c Expr, test: ValueTest<'c>) -> FactFormula<'c> {
        let subject = self.resolved(subject);
        if let Some(value) = self.constant(subject) {
            return test.of(&Sample::One(value)).map_or(FactFormula::Opaque, FactFormula::Known);
        }
        let simple = match &subject.ty {
            Type::Bool
            | Type::Number(..)
            | Type::Date
            | Type::Duration(_)
            | Type::Text
            | Type::Enum(_)
            | Type::Region => true,
            Type::Record(_) | Type::List(_) => matches!(test, ValueTest::State(_)),
            Type::Error => false,
        };
        if !simple {
            return FactFormula::Opaque;
        }
        let about = if matches!(subject.kind, ExprKind::GoverningDate) || self.date == Some(subject) {
            TestedSubject::GoverningDate
        } else if matches!(subject.kind, ExprKind::GoverningRegion) || self.place == Some(subject) {
            TestedSubject::GoverningPlace
        } else if self.undecided == Undecided::Opaque && self.is_governed(subject) {
            // The days of a cell restrict it in a way that no sample knows.
            return FactFormula::Opaque;
        } else {
            TestedSubject::Value(subject)
        };
        self.turns_on_cell |= !matches!(about, TestedSubject::Value(_));
        let index = self.subjects.iter().position(|known| *known == about).unwrap_or_else(|| {
            self.subjects.push(about);
            self.subjects.len() - 1
        });
        FactFormula::Test(index, test)
    }

    /// True if it is worked out of the governing date and place alone.
    fn is_governed(&self, subject: &'c Expr) -> bool {
        let mut own = BTreeSet::new();
        self.places_read(subject, &mut own);
        self.without_governing(&mut own);
        own.is_empty()
    }

    /// What an expression stands for, where it is the name of a definition with one value for all.
    pub(super) fn resolved(&mut self, expr: &'c Expr) -> &'c Expr {
        let mut expr = expr;
        for _ in 0..MAX_PLAIN {
            let ExprKind::Define(id, _) = &expr.kind else { return expr };
            let Some(value) = self.plain(*id) else { return expr };
            self.turns_on_cell = true;
            expr = value;
        }
        expr
    }

    /// The only value of a definition; `None` if it has parameters, cases or exceptions.
    fn plain(&self, id: DefinitionId) -> Option<&'c Expr> {
        let definition = self.model.definitions.at(id);
        let ([], [only]) = (definition.params.as_slice(), definition.versions.as_slice()) else { return None };
        let DefinitionBody::Cases(cases) = &only.body else { return None };
        if cases.len() != 1 {
            return None;
        }
        let version = DefinitionRef::new(id, 0);
        let whole = self.model.parts(Item::DefinitionVersion(version));
        let case = self.model.parts(Item::Case(CaseRef::new(version, 0)));
        let conditional = whole.conditions().chain(case.conditions()).next().is_some();
        if conditional || !whole.exceptions.is_empty() || !case.exceptions.is_empty() {
            return None;
        }
        case.one(Role::Value).filter(|value| !matches!(value.kind, ExprKind::Table(_) | ExprKind::Scale(..)))
    }

    /// Its value, if it is constant in the cell.
    pub(super) fn constant(&mut self, expr: &'c Expr) -> Option<Value> {
        if let Some(value) = expr.literal() {
            return Some(value.clone());
        }
        let expr = self.resolved(expr);
        let value = constant::value(expr, self.cell.setting).ok()?;
        self.turns_on_cell |= expr.literal().is_none();
        Some(value)
    }

    /// The facts, fields and variables that an expression reads, each as its steps from the outside; a definition reads
    /// whole facts.
    fn places_read(&self, expr: &'c Expr, places: &mut BTreeSet<Vec<PlaceStep>>) {
        if let Some(place) = place_of(expr) {
            places.insert(place);
            return;
        }
        if let ExprKind::Define(id, _) = &expr.kind {
            let follows =
                |_: Item, link: Link, other: Item| link.is_evaluated(other) && !matches!(other, Item::Fact(_));
            for item in self.model.reach([Item::Definition(*id)], follows) {
                let parts = self.model.parts(item);
                parts.expressions.iter().for_each(|(_, expr)| {
                    expr.walk(&mut |e| {
                        if let ExprKind::Fact(fact) = e.kind {
                            places.insert(vec![PlaceStep::Fact(fact)]);
                        }
                    });
                });
            }
        }
        expr.each_child(&mut |child| self.places_read(child, places));
    }

    /// Takes away what the governing date and place are read from.
    fn without_governing(&self, places: &mut BTreeSet<Vec<PlaceStep>>) {
        let mut governing = BTreeSet::new();
        for expr in self.date.iter().chain(&self.place) {
            self.places_read(expr, &mut governing);
        }
        places.retain(|place| !governing.contains(place));
    }

    /// Facts that make all these formulas true.
    pub(super) fn fitting(&self, checker: &Checker<'_>, formulas: &[Rc<FactFormula<'c>>]) -> Fitting {
        let mut tests: BTreeMap<usize, Vec<&ValueTest<'c>>> = BTreeMap::new();
        for formula in formulas {
            formula.each_test(&mut |index, test| tests.entry(index).or_default().push(test));
        }
        if tests.len() > MAX_SUBJECTS {
            return Fitting::GaveUp;
        }
        let mut tried: Vec<(usize, Vec<Sample>)> = Vec::new();
        for (index, tests) in tests {
            let samples = self.subjects.get(index).and_then(|subject| self.samples(checker, *subject, &tests));
            let Some(samples) = samples else { return Fitting::GaveUp };
            tried.push((index, samples));
        }
        let mut chosen: BTreeMap<usize, &Sample> = BTreeMap::new();
        let mut steps = 0;
        if search(formulas, &tried, &mut chosen, &mut steps) {
            Fitting::Found(self.found(checker, &chosen))
        } else if steps > MAX_STEPS {
            Fitting::GaveUp
        } else {
            Fitting::Impossible
        }
    }

    fn samples(
        &self,
        checker: &Checker<'_>,
        subject: TestedSubject<'c>,
        tests: &[&ValueTest<'c>],
    ) -> Option<Vec<Sample>> {
        let cuts: Vec<Value> = tests.iter().flat_map(|test| test.cuts()).cloned().collect();
        match subject {
            TestedSubject::Value(expr) => {
                let mut samples = checker.samples(expr, cuts).unwrap_or_default();
                let tested = |state| tests.iter().any(|t| matches!(t, ValueTest::State(of) if *of == state));
                let silent = [State::Absent, State::Unavailable].into_iter();
                let silent = silent.filter(|state| tested(*state) && self.can_be(expr, *state));
                samples.extend(silent.map(Sample::Silent));
                Some(samples)
            }
            TestedSubject::GoverningPlace => {
                Some(self.cell.places.iter().map(|place| Sample::One(Value::Region(*place))).collect())
            }
            TestedSubject::GoverningDate => {
                let first = self.cell.setting.day;
                let mut days: BTreeSet<NaiveDate> = BTreeSet::from([first]);
                for cut in &cuts {
                    let Value::Date(cut) = cut else { return None };
                    days.extend([cut.pred_opt(), Some(*cut), cut.succ_opt()].into_iter().flatten());
                }
                let inside = |day: &NaiveDate| *day >= first && self.cell.through.is_none_or(|last| *day <= last);
                Some(days.into_iter().filter(inside).map(|day| Sample::One(Value::Date(day))).collect())
            }
        }
    }

    /// True if a fact or a field can be in a state when it is tested: where absence means a value, it never is absent.
    fn can_be(&self, subject: &Expr, state: State) -> bool {
        let subject = if let ExprKind::OverTime(list, _) = &subject.kind { list } else { subject };
        let owner = if let ExprKind::Fact(id) = subject.kind {
            HandlerOwner::Fact(id)
        } else if let ExprKind::Field(_, id) = subject.kind {
            HandlerOwner::Field(id)
        } else {
            return true;
        };
        let count = self.model.handlers(owner).of(state).len();
        let versions = (0..count).filter_map(|version| u32::try_from(version).ok());
        let mut handlers = versions.map(|version| Item::Handler(HandlerRef { owner, state, version }));
        !handlers.any(|handler| self.model.parts(handler).one(Role::Default).is_some())
    }

    fn found(&self, checker: &Checker<'_>, chosen: &BTreeMap<usize, &Sample>) -> FittingFacts {
        let mut found =
            FittingFacts { facts: Vec::new(), day: None, place: None, is_doubtful: false, has_region: false };
        let mut read: Vec<BTreeSet<Vec<PlaceStep>>> = Vec::new();
        for (index, sample) in chosen {
            match self.subjects.get(*index) {
                Some(TestedSubject::GoverningDate) => {
                    found.day = if let Sample::One(Value::Date(day)) = sample { Some(*day) } else { None };
                }
                Some(TestedSubject::GoverningPlace) => {
                    found.place = if let Sample::One(Value::Region(place)) = sample { Some(*place) } else { None };
                    found.has_region = true;
                }
                Some(TestedSubject::Value(expr)) => {
                    found.has_region |= matches!(expr.ty, Type::Region);
                    let text = checker.quote(expr.span);
                    found.facts.extend(match sample {
                        Sample::Silent(state) => Some(format!("{text} is {}", state.keyword())),
                        Sample::One(_) | Sample::Between(..) | Sample::OtherText => {
                            checker.example(sample, expr).map(|value| format!("{text} = {value}"))
                        }
                    });
                    let mut own = BTreeSet::new();
                    self.places_read(expr, &mut own);
                    self.without_governing(&mut own);
                    let starts = |a: &[PlaceStep], b: &[PlaceStep]| a.starts_with(b) || b.starts_with(a);
                    let shared = read.iter().flatten().any(|other| own.iter().any(|place| starts(place, other)));
                    found.is_doubtful |= shared;
                    read.push(own);
                }
                None => {}
            }
        }
        found
    }
}

impl<'c> FactFormulas<'c> {
    /// All subjects.
    pub(super) fn subject_numbers(&self) -> std::ops::Range<usize> {
        0..self.subjects.len()
    }

    /// Samples for a subject in these formulas.
    pub(super) fn samples_of<'f>(
        &self,
        checker: &Checker<'_>,
        subject: usize,
        formulas: impl Iterator<Item = &'f Rc<FactFormula<'c>>>,
    ) -> Option<Vec<Sample>>
    where
        'c: 'f,
    {
        let mut tests = Vec::new();
        formulas.for_each(|formula| formula.each_test(&mut |_, test| tests.push(test)));
        self.samples(checker, *self.subjects.get(subject)?, &tests)
    }
}

impl<'c> FactFormula<'c> {
    /// True if it tests this subject and no other.
    pub(super) fn is_about(&self, subject: usize) -> bool {
        let (mut own, mut others) = (false, false);
        self.each_test(&mut |index, _| {
            own |= index == subject;
            others |= index != subject;
        });
        own && !others
    }

    /// The numbers of the samples for which it is true, if it names values one by one.
    pub(super) fn value_of(&self, samples: &HashMap<&Value, u32>) -> Option<Vec<u32>> {
        let Self::Test(_, test) = self else { return None };
        let values = match test {
            ValueTest::Compare(CompareOp::Eq, value) => std::slice::from_ref(value),
            ValueTest::OneOf(values) => values.as_slice(),
            ValueTest::Compare(..) | ValueTest::Inside(_) | ValueTest::State(_) | ValueTest::Holds => return None,
        };
        // An age of so many completed months stands for a whole month of samples.
        if values.iter().any(|value| matches!(value, Value::Duration(Duration::Months(_)))) {
            return None;
        }
        let mut found: Vec<u32> = values.iter().filter_map(|value| samples.get(value).copied()).collect();
        found.sort_unstable();
        Some(found)
    }

    /// True of a sample of its only subject.
    pub(super) fn is_true_of(&self, subject: usize, sample: &Sample) -> bool {
        is_true(self, &BTreeMap::from([(subject, sample)]))
    }

    fn each_test<'f>(&'f self, f: &mut impl FnMut(usize, &'f ValueTest<'c>)) {
        match self {
            Self::Known(_) | Self::Opaque => {}
            Self::Test(index, test) => f(*index, test),
            Self::Not(inner) => inner.each_test(f),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.each_test(f)),
        }
    }

    /// The truth values that it can have, with the samples that are chosen so far. What is unknown in the end has none.
    fn possible(&self, chosen: &BTreeMap<usize, &Sample>, steps: &mut usize) -> Possible {
        *steps += 1;
        let mut all =
            |parts: &[Rc<Self>]| -> Vec<Possible> { parts.iter().map(|part| part.possible(chosen, steps)).collect() };
        match self {
            Self::Known(value) => Possible { yes: *value, no: !value },
            Self::Opaque => Possible { yes: false, no: false },
            Self::Test(index, test) => match chosen.get(index) {
                None => Possible { yes: true, no: true },
                Some(sample) => {
                    let value = test.of(sample);
                    Possible { yes: value == Some(true), no: value == Some(false) }
                }
            },
            Self::Not(inner) => {
                let Possible { yes, no } = inner.possible(chosen, steps);
                Possible { yes: no, no: yes }
            }
            Self::All(parts) => {
                let parts = all(parts);
                Possible { yes: parts.iter().all(|p| p.yes), no: parts.iter().any(|p| p.no) }
            }
            Self::Any(parts) => {
                let parts = all(parts);
                Possible { yes: parts.iter().any(|p| p.yes), no: parts.iter().all(|p| p.no) }
            }
        }
    }
}

/// Chooses a sample for each subject so that all formulas are true; subjects that do not matter get none.
fn search<'s>(
    formulas: &[Rc<FactFormula<'_>>],
    tried: &'s [(usize, Vec<Sample>)],
    chosen: &mut BTreeMap<usize, &'s Sample>,
    steps: &mut usize,
) -> bool {
    let mut settled = true;
    for formula in formulas {
        let Possible { yes, no } = formula.possible(chosen, steps);
        if !yes || *steps > MAX_STEPS {
            return false;
        }
        settled &= !no;
    }
    // What cannot be false can be true, but it may still be unknown until all its subjects are chosen.
    let Some(((index, samples), rest)) = tried.split_first() else { return true };
    if settled && formulas.iter().all(|formula| is_true(formula, chosen)) {
        return true;
    }
    for sample in samples {
        chosen.insert(*index, sample);
        if search(formulas, rest, chosen, steps) {
            return true;
        }
        chosen.remove(index);
    }
    false
}

/// True if a formula is true whatever the subjects without a sample are.
fn is_true(formula: &FactFormula<'_>, chosen: &BTreeMap<usize, &Sample>) -> bool {
    match formula {
        FactFormula::Known(value) => *value,
        FactFormula::Opaque => false,
        FactFormula::Test(index, test) => chosen.get(index).is_some_and(|sample| test.of(sample) == Some(true)),
        FactFormula::Not(inner) => is_false(inner, chosen),
        FactFormula::All(parts) => parts.iter().all(|part| is_true(part, chosen)),
        FactFormula::Any(parts) => parts.iter().any(|part| is_true(part, chosen)),
    }
}

fn is_false(formula: &FactFormula<'_>, chosen: &BTreeMap<usize, &Sample>) -> bool {
    match formula {
        FactFormula::Known(value) => !value,
        FactFormula::Opaque => false,
        FactFormula::Test(index, test) => chosen.get(index).is_some_and(|sample| test.of(sample) == Some(false)),
        FactFormula::Not(inner) => is_true(inner, chosen),
        FactFormula::All(parts) => parts.iter().any(|part| is_false(part, chosen)),
        FactFormula::Any(parts) => parts.iter().all(|part| is_false(part, chosen)),
    }
}

/// A step to a place in the facts, or to a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum PlaceStep {
    Fact(FactId),
    Variable(LocalId),
    Field(FieldId),
}

/// The steps to a fact, a field of one, or a variable; `None` if it is worked out.
fn place_of(expr: &Expr) -> Option<Vec<PlaceStep>> {
    let mut steps = Vec::new();
    let mut at = expr;
    loop {
        if let ExprKind::Field(record, field) = &at.kind {
            steps.push(PlaceStep::Field(*field));
            at = record;
            continue;
        }
        if let ExprKind::OverTime(list, _) = &at.kind {
            at = list;
            continue;
        }
        steps.push(if let ExprKind::Fact(fact) = at.kind {
            PlaceStep::Fact(fact)
        } else if let ExprKind::Local(local) = at.kind {
            PlaceStep::Variable(local)
        } else {
            return None;
        });
        steps.reverse();
        return Some(steps);
    }
}
