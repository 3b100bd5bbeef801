//! How the facts of a policy are used: what each is compared with, so that a few values stand for all.
//!
//! Comes in: the Model. Goes out: for each fact and field the constants, the spans from the governing date and the other
//! facts that it is compared with, and whether it is used in any other way; for each list, how many elements can matter;
//! for all types, the constants that the policy names.

use ereje::check::Silent;
use ereje::ids::{FactId, RegionId};
use ereje::model::{
    Aggregate, Builtin, Choices, DateBound, Dimension, DurationKind, Expr, ExprKind, Item, Model, RegionClasses, Role,
    Type,
};
use ereje::syntax::ast::{AggregateFunc, ArithOp};
use ereje::value::{Duration, Value, day_after, within_years};
use std::collections::{BTreeMap, BTreeSet};

/// The most nested definitions whose values count as constants.
const MAX_DEPTH: usize = 8;

/// How a fact or field is used.
#[derive(Clone, Debug, Default)]
pub(super) struct DatumUse {
    /// The constants that it is compared with.
    pub(super) constants: Vec<Value>,
    /// The spans from the governing date that it is compared with.
    pub(super) spans: Vec<Duration>,
    /// The others that it is compared with.
    pub(super) others: BTreeSet<Silent>,
    /// True if something else than comparisons uses its value.
    pub(super) computed: bool,
}

/// Types whose constants have a pool.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    Number(Dimension),
    Date,
    Months,
    Days,
    WorkingDays,
    Text,
}

/// How all facts and fields are used.
pub(super) struct Uses<'m> {
    model: &'m Model,
    choices: Choices,
    /// The fact that is the governing date, where that is a fact.
    pub(super) day_fact: Option<FactId>,
    data: BTreeMap<Silent, DatumUse>,
    /// For each list, the number of elements beyond which no more matter; `None` if there is no such number.
    lists: BTreeMap<Item, Option<usize>>,
    /// The constants of each class.
    pub(super) pool: BTreeMap<Class, Vec<Value>>,
    /// The days on which the law changes.
    pub(super) breaks: BTreeSet<chrono::NaiveDate>,
    /// One region for each set of regions that nothing tells apart.
    pub(super) regions: Vec<RegionId>,
    /// The sets of regions that conditions name, and whether regions are compared with one another.
    named_regions: Vec<BTreeSet<RegionId>>,
    compared_regions: bool,
    /// True if something is computed of the governing date alone.
    pub(super) day_computed: bool,
    nothing: DatumUse,
}

/// A side of a comparison.
enum TermBase {
    Datum(Silent),
    Governing,
    Constant(Vec<Value>),
}

/// A base, moved by one of these.
struct Term {
    base: TermBase,
    by: Vec<Duration>,
}

/// The class of a type; `None` if all its values can be listed, or if it has none of its own.
pub(super) fn class(ty: &Type) -> Option<Class> {
    match ty {
        Type::Number(dimension, _) => Some(Class::Number(dimension.clone())),
        Type::Date => Some(Class::Date),
        Type::Duration(DurationKind::Months) => Some(Class::Months),
        Type::Duration(DurationKind::Days) => Some(Class::Days),
        Type::Duration(DurationKind::WorkingDays(_)) => Some(Class::WorkingDays),
        Type::Text => Some(Class::Text),
        Type::Bool | Type::Enum(_) | Type::Region | Type::Record(_) | Type::List(_) | Type::Error => None,
    }
}

impl<'m> Uses<'m> {
    pub(super) fn new(model: &'m Model, day_fact: Option<FactId>) -> Self {
        let mut uses = Self {
            model,
            choices: Choices::defaults(model),
            day_fact,
            data: BTreeMap::new(),
            lists: BTreeMap::new(),
            pool: BTreeMap::new(),
            breaks: BTreeSet::new(),
            regions: Vec::new(),
            named_regions: Vec::new(),
            compared_regions: false,
            day_computed: false,
            nothing: DatumUse::default(),
        };
        for (item, role, expr) in model.expressions() {
            uses.pool_of(expr);
            if role.is_words() {
                continue;
            }
            if expr.ty != Type::Bool {
                uses.alone([expr]);
            }
            let root = item == Item::AsOf && expr.names().is_some();
            if role == Role::List && uses.counts(&expr.names(), Some(1)) {
                uses.container(expr);
            } else if !root {
                uses.visit(expr);
            }
        }
        for assumption in &model.assumptions {
            for choice in &assumption.choices {
                uses.add_to_pool(&assumption.ty, choice);
            }
        }
        uses.grid();
        uses
    }

    /// How something is used.
    pub(super) fn of(&self, silent: Silent) -> &DatumUse {
        self.data.get(&silent).unwrap_or(&self.nothing)
    }

    /// All that are compared with one another, directly or through others, this one included.
    pub(super) fn compared(&self, silent: Silent) -> BTreeSet<Silent> {
        let mut found = BTreeSet::from([silent]);
        let mut waiting = vec![silent];
        while let Some(next) = waiting.pop() {
            for other in &self.of(next).others {
                if found.insert(*other) {
                    waiting.push(*other);
                }
            }
        }
        found
    }

    /// The number of elements of a list beyond which no more matter; `None` if there is no such number.
    pub(super) fn elements(&self, list: Item) -> Option<usize> {
        self.lists.get(&list).copied().unwrap_or(Some(0))
    }

    /// The days and regions that the law tells apart.
    fn grid(&mut self) {
        let model = self.model;
        let scopes: Vec<_> = model.scopes().into_iter().map(|(_, scope)| scope).collect();
        let bounds = scopes.iter().flat_map(|scope| scope.starts().iter().chain(scope.ends()));
        let dates: Vec<Value> = bounds
            .filter_map(|bound| match bound {
                DateBound::Date(day) => Some(Value::Date(*day)),
                DateBound::Assumption(id) => self.choices.value(model, *id).cloned(),
            })
            .collect();
        dates.iter().for_each(|date| self.add_to_pool(&Type::Date, date));
        let grid = RegionClasses::new(model, scopes).grid(model, &self.choices);
        self.breaks.extend(grid.classes().iter().flat_map(|class| class.breaks.iter().copied()));
        let mut seen = BTreeSet::new();
        for region in model.regions.ids() {
            let named: Vec<bool> = self.named_regions.iter().map(|set| set.contains(&region)).collect();
            let own = self.compared_regions.then_some(region);
            if seen.insert((grid.class_number(Some(region)), named, own)) {
                self.regions.push(region);
            }
        }
    }

    fn add_to_pool(&mut self, ty: &Type, value: &Value) {
        if let Some(class) = class(ty) {
            let pool = self.pool.entry(class).or_default();
            if !pool.contains(value) {
                pool.push(value.clone());
            }
        }
    }

    fn pool_of(&mut self, expr: &Expr) {
        expr.walk(&mut |e| {
            if let Some(value) = e.literal() {
                self.add_to_pool(&e.ty, value);
            }
        });
    }

    /// Counts a use of a list of which this many elements can matter; false if it is no fact or field.
    fn counts(&mut self, list: &Option<Item>, elements: Option<usize>) -> bool {
        let Some(item @ (Item::Fact(_) | Item::Field(_))) = list else { return false };
        let all = self.lists.entry(*item).or_insert(Some(0));
        *all = all.zip(elements).map(|(all, more)| all.saturating_add(more));
        true
    }

    /// What lies around a field.
    fn container(&mut self, expr: &Expr) {
        if let ExprKind::Field(record, _) = &expr.kind {
            self.around(record);
        }
    }

    /// A record on the way to a field: nothing turns on its value.
    fn around(&mut self, record: &Expr) {
        if record.names().is_some_and(|item| matches!(item, Item::Fact(_) | Item::Field(_))) {
            self.container(record);
        } else {
            self.visit(record);
        }
    }

    fn visit(&mut self, expr: &Expr) {
        if let ExprKind::Compare(_, left, right) = &expr.kind {
            self.comparison(left, right);
        } else if let ExprKind::In(value, list) = &expr.kind {
            list.iter().for_each(|of| self.comparison(value, of));
        } else if let ExprKind::IsState(inner, _) = &expr.kind {
            self.container(inner);
        } else if let ExprKind::InRegions(region, set) = &expr.kind {
            self.named_regions.push(set.clone());
            self.visit(region);
        } else if let ExprKind::Aggregate(aggregate) = &expr.kind {
            let known = matches!(aggregate.func, AggregateFunc::Any | AggregateFunc::All);
            self.aggregate(aggregate, known.then_some(1));
        } else if let ExprKind::OverTime(list, value) = &expr.kind {
            self.whole(list);
            // Any of its values may be the one that holds, by their days.
            for field in &self.model.records.at(self.model.fields.at(*value).record).fields {
                self.data.entry(Silent { datum: Item::Field(*field), element: false }).or_default().computed = true;
            }
        } else if expr.names().is_some_and(|item| matches!(item, Item::Fact(_) | Item::Field(_))) {
            self.whole(expr);
        } else {
            if let ExprKind::Call(Builtin::SameRecord(record), _) = expr.kind {
                for field in self.model.compared_fields(record) {
                    self.data.entry(Silent { datum: Item::Field(field), element: false }).or_default().computed = true;
                }
            }
            if let ExprKind::Call(..) = expr.kind {
                self.alone([expr]);
            }
            expr.each_child(&mut |child| self.visit(child));
        }
    }

    /// Notes if these compute something of the governing date and of nothing else that can change.
    fn alone<const N: usize>(&mut self, parts: [&Expr; N]) {
        let (mut day, mut more) = (false, false);
        for part in parts.into_iter().filter(|part| !matches!(part.kind, ExprKind::GoverningDate)) {
            part.walk(&mut |e| {
                day |= matches!(e.kind, ExprKind::GoverningDate);
                more |= matches!(e.kind, ExprKind::Local(_))
                    || e.names().is_some_and(|item| matches!(item, Item::Fact(_) | Item::Field(_)));
            });
        }
        self.day_computed |= day && !more;
    }

    /// A fact or field whose value is used.
    fn whole(&mut self, expr: &Expr) {
        self.container(expr);
        let Some(datum) = expr.names() else { return };
        if matches!(expr.ty, Type::List(_)) {
            self.counts(&Some(datum), None);
        }
        self.data.entry(Silent { datum, element: false }).or_default().computed = true;
    }

    fn aggregate(&mut self, aggregate: &Aggregate, elements: Option<usize>) {
        let Aggregate { list, filter, body, otherwise, .. } = aggregate;
        if self.counts(&list.names(), elements) {
            self.container(list)
        } else {
            self.visit(list)
        }
        filter.iter().chain(body).chain(otherwise).for_each(|inner| self.visit(inner));
    }

    fn comparison(&mut self, left: &Expr, right: &Expr) {
        for (count, bound) in [(left, right), (right, left)] {
            if let ExprKind::Aggregate(aggregate) = &count.kind
                && aggregate.func == AggregateFunc::Count
                && let Some(Value::Number(bound)) = bound.literal()
            {
                let most = bound.to_i64().and_then(|bound| usize::try_from(bound).ok());
                return self.aggregate(aggregate, most.map(|most| most.saturating_add(1)));
            }
        }
        if left.ty == Type::Region {
            self.regions_compared(left, right);
        }
        let terms = self.between(left, right).or_else(|| self.between(right, left));
        let terms = terms.or_else(|| Some((self.term(left)?, self.term(right)?)));
        let Some((left_term, right_term)) = terms else {
            self.alone([left, right]);
            self.visit(left);
            return self.visit(right);
        };
        [left, right].into_iter().for_each(|side| self.inside(side));
        self.related(&left_term, &right_term);
        self.related(&right_term, &left_term);
    }

    /// What lies around the facts of a term.
    fn inside(&mut self, side: &Expr) {
        if side.names().is_some() {
            self.container(side);
        } else {
            side.each_child(&mut |child| self.inside(child));
        }
    }

    fn regions_compared(&mut self, left: &Expr, right: &Expr) {
        match (left.literal(), right.literal()) {
            (Some(Value::Region(region)), _) | (_, Some(Value::Region(region))) => {
                self.named_regions.push(BTreeSet::from([*region]));
            }
            _ => self.compared_regions = true,
        }
    }

    /// Notes at the datum of a term what it is compared with; days with which the governing date is, as those on which the
    /// law changes.
    fn related(&mut self, own: &Term, other: &Term) {
        // `x + a < y + b` is `x < y + (b - a)`; only spans in the same measure can be told.
        let shifts: Vec<Duration> = match (&own.by[..], &other.by[..]) {
            ([], []) => vec![Duration::Days(0)],
            ([], by) => by.to_vec(),
            (by, []) => by.iter().map(|span| back(*span)).collect(),
            _ => Vec::new(),
        };
        let moved = !(own.by.is_empty() && other.by.is_empty());
        let silent = match (&own.base, &other.base) {
            (TermBase::Datum(silent), _) => *silent,
            (TermBase::Governing, TermBase::Constant(values)) => {
                self.day_computed |= shifts.is_empty();
                let days =
                    values.iter().filter_map(|value| if let Value::Date(day) = value { Some(*day) } else { None });
                let days = days.flat_map(|day| shifts.iter().filter_map(move |by| later(day, *by)));
                return self.breaks.extend(days.flat_map(|day| [Some(day), day_after(day)]).flatten());
            }
            (TermBase::Governing | TermBase::Constant(_), _) => return,
        };
        let datum = self.data.entry(silent).or_default();
        match &other.base {
            TermBase::Datum(other) => {
                datum.computed |= moved;
                datum.others.insert(*other);
            }
            TermBase::Governing => {
                datum.computed |= shifts.is_empty();
                datum.spans.extend(shifts);
            }
            TermBase::Constant(values) if moved => {
                datum.computed |= shifts.is_empty();
                for value in values {
                    if let Value::Date(day) = value {
                        datum.constants.extend(shifts.iter().filter_map(|by| later(*day, *by)).map(Value::Date));
                    }
                }
            }
            TermBase::Constant(values) => datum.constants.extend(values.iter().cloned()),
        }
        datum.constants.dedup();
        datum.spans.dedup();
    }

    /// `age(x) < 18 years` compares `x` with a day so long before the governing date.
    fn between(&self, call: &Expr, bound: &Expr) -> Option<(Term, Term)> {
        let ExprKind::Call(
            Builtin::Age | Builtin::YearsBetween | Builtin::MonthsBetween | Builtin::DaysBetween,
            arguments,
        ) = &call.kind
        else {
            return None;
        };
        let [from, to] = arguments.as_slice() else { return None };
        let (from, to) = (self.term(from)?, self.term(to)?);
        let by = self.spans(bound)?;
        (from.by.is_empty() && to.by.is_empty()).then_some((Term { by, ..from }, to))
    }

    fn term(&self, expr: &Expr) -> Option<Term> {
        let plain = |base| Some(Term { base, by: Vec::new() });
        if let ExprKind::GoverningDate = expr.kind {
            return plain(TermBase::Governing);
        }
        if let Some(datum @ (Item::Fact(_) | Item::Field(_))) = expr.names() {
            let is_day = self.day_fact.is_some_and(|day| datum == Item::Fact(day));
            return plain(if is_day { TermBase::Governing } else { TermBase::Datum(Silent { datum, element: false }) });
        }
        if let Some(values) = self.constants(expr, 0) {
            return plain(TermBase::Constant(values));
        }
        if let ExprKind::Arith(op @ (ArithOp::Add | ArithOp::Sub), date, span) = &expr.kind
            && expr.ty == Type::Date
        {
            let term = self.term(date).filter(|term| term.by.is_empty())?;
            let by = self.spans(span)?;
            let by = if *op == ArithOp::Add { by } else { by.into_iter().map(back).collect() };
            return Some(Term { by, ..term });
        }
        None
    }

    /// The values of a constant length of time, other than in working days.
    fn spans(&self, expr: &Expr) -> Option<Vec<Duration>> {
        let span = |value| {
            let Value::Duration(span) = value else { return None };
            match span {
                Duration::Months(_) | Duration::Days(_) => Some(span),
                Duration::Age { months, .. } => Some(Duration::Months(months)),
                Duration::WorkingDays(_) => None,
            }
        };
        self.constants(expr, 0)?.into_iter().map(span).collect()
    }

    /// The values that an expression has, whatever the facts are; `None` if it computes them.
    fn constants(&self, expr: &Expr, depth: usize) -> Option<Vec<Value>> {
        if depth > MAX_DEPTH {
            return None;
        }
        let all = |items: Vec<&Expr>| {
            let values = items.into_iter().map(|value| self.constants(value, depth + 1)).collect::<Option<Vec<_>>>()?;
            Some(values.concat())
        };
        if let ExprKind::Literal(value) = &expr.kind {
            Some(vec![value.clone()])
        } else if let ExprKind::Assumption(id) = expr.kind {
            self.choices.value(self.model, id).map(|value| vec![value.clone()])
        } else if let ExprKind::Norm(id) = expr.kind {
            all(self.values_in([Item::Norm(id)]))
        } else if let ExprKind::Define(id, arguments) = &expr.kind {
            if arguments.is_empty() { all(self.values_in([Item::Definition(*id)])) } else { None }
        } else {
            None
        }
    }

    /// The expressions of all values of an item, of its versions and cases, and of the exceptions to them.
    fn values_in(&self, starts: impl IntoIterator<Item = Item>) -> Vec<&'m Expr> {
        let follows = |_: Item, link: ereje::model::Link, other: Item| match link {
            ereje::model::Link::Inside => !matches!(other, Item::NormLimit(_)),
            ereje::model::Link::Exception => true,
            ereje::model::Link::Reads(_) | ereje::model::Link::Bound | ereje::model::Link::Names => false,
        };
        let items = self.model.reach(starts, follows);
        items.into_iter().flat_map(|item| self.model.parts(item).of(Role::Value).collect::<Vec<_>>()).collect()
    }
}

/// A length of time in the other direction.
pub(super) fn back(span: Duration) -> Duration {
    match span {
        Duration::Months(n) | Duration::Age { months: n, .. } => Duration::Months(n.saturating_neg()),
        Duration::Days(n) => Duration::Days(n.saturating_neg()),
        Duration::WorkingDays(n) => Duration::WorkingDays(n.saturating_neg()),
    }
}

/// A day so much later.
pub(super) fn later(day: chrono::NaiveDate, by: Duration) -> Option<chrono::NaiveDate> {
    let there = match by {
        Duration::Months(n) | Duration::Age { months: n, .. } => {
            let months = chrono::Months::new(u32::try_from(n.unsigned_abs()).ok()?);
            if n < 0 { day.checked_sub_months(months) } else { day.checked_add_months(months) }
        }
        Duration::Days(n) | Duration::WorkingDays(n) => day.checked_add_signed(chrono::Duration::try_days(n)?),
    };
    there.and_then(within_years)
}
