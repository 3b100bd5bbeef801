//! The values that are tried at a place of the facts, and whether they stand for all that it can have.

use super::uses::{Class, Uses, back, class, later};
use chrono::NaiveDate;
use ereje::check::Silent;
use ereje::eval::registries;
use ereje::facts::FactSet;
use ereje::ids::{FactId, RegionId};
use ereje::model::{Datum, Expr, Item, Model, NumberKind, Role, Type, order};
use ereje::value::{Duration, FactCell, FactPath, ListValue, Number, RecordValue, RoundMode, Step, Value, day_before};
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The most values of one place.
const MAX_VALUES: usize = 96;
/// The most elements of a list.
const MAX_ELEMENTS: usize = 3;
/// The number of values between two constants where several facts are compared with one another in a list.
const OF_LIST: usize = 3;
/// The parts of a unit in which a number that is not whole is written.
const FINEST: i64 = 1_000_000;
/// The day on which nothing in particular happens.
const USUAL: Option<NaiveDate> = NaiveDate::from_ymd_opt(2026, 1, 15);

/// What is tried at a place.
pub(super) struct Tried {
    pub(super) cells: Vec<FactCell>,
    /// True if every other value does what one of these does.
    pub(super) complete: bool,
}

/// What stands at a place.
pub(super) fn silent_at(place: &FactPath) -> Silent {
    let field = place.steps.iter().rev().find_map(|step| if let Step::Field(id) = step { Some(*id) } else { None });
    Silent {
        datum: field.map_or(Item::Fact(place.fact), Item::Field),
        element: matches!(place.steps.last(), Some(Step::Item(_))),
    }
}

/// What is tried at the places of one policy.
pub(super) struct Domains<'m> {
    pub(super) model: &'m Model,
    uses: Uses<'m>,
    /// The days that tell something apart.
    days: BTreeSet<NaiveDate>,
    /// Where the search for one thing begins.
    pub(super) hint: Option<(NaiveDate, Option<RegionId>)>,
}

impl<'m> Domains<'m> {
    pub(super) fn new(model: &'m Model, day_fact: Option<FactId>) -> Self {
        let uses = Uses::new(model, day_fact);
        let mut days = uses.breaks.clone();
        days.extend(crossings(model, &uses));
        days.extend(uses.breaks.first().and_then(|day| day_before(*day)));
        Self { model, uses, days, hint: None }
    }

    /// What is tried at a place where nobody has asked, the values first.
    pub(super) fn at(&self, place: &FactPath, facts: &FactSet, day: Option<NaiveDate>) -> Tried {
        let Some((datum, ty)) = super::super::scenario::datum(self.model, place) else {
            return Tried { cells: Vec::new(), complete: false };
        };
        let mut tried = self.known(place, datum, &ty, facts, day);
        tried.cells.push(FactCell::Absent);
        if !registries(self.model, place).is_empty() {
            tried.cells.push(FactCell::Unavailable("timeout".into()));
        }
        tried
    }

    fn known(&self, place: &FactPath, datum: &Datum, ty: &Type, facts: &FactSet, day: Option<NaiveDate>) -> Tried {
        let all =
            |values: Vec<Value>, complete| Tried { cells: values.into_iter().map(FactCell::Known).collect(), complete };
        let silent = silent_at(place);
        match ty {
            Type::Bool => all(vec![Value::Bool(true), Value::Bool(false)], true),
            Type::Enum(id) => {
                let values = super::super::values::enum_values(self.model, *id);
                all(values.take(MAX_VALUES).collect(), self.model.enums.at(*id).values.len() <= MAX_VALUES)
            }
            Type::Region => {
                let first = self.hint.and_then(|(_, region)| region);
                let mut regions: Vec<RegionId> = first.into_iter().collect();
                regions.extend(self.uses.regions.iter().filter(|region| Some(**region) != first));
                let complete = regions.len() <= MAX_VALUES;
                all(regions.into_iter().take(MAX_VALUES).map(Value::Region).collect(), complete)
            }
            Type::Record(id) => {
                let fields = vec![FactCell::Unasked; self.model.records.at(*id).fields.len()];
                all(vec![Value::Record(Arc::new(RecordValue { place: Some(place.clone()), fields }))], true)
            }
            Type::List(_) => {
                let matter = if silent.element { None } else { self.uses.elements(silent.datum) };
                let least = if silent.element { 0 } else { datum.at_least as usize };
                let most = matter.unwrap_or(MAX_ELEMENTS).clamp(1, MAX_ELEMENTS).max(least);
                let lengths = [1, 2, 0, 3].into_iter().chain([least]);
                let mut seen = BTreeSet::new();
                let lengths = lengths.filter(|n| (least..=most).contains(n) && seen.insert(*n));
                let list = |count| {
                    let items = vec![FactCell::Unasked; count];
                    Value::List(Arc::new(ListValue { place: Some(place.clone()), items }))
                };
                all(lengths.map(list).collect(), matter.is_some_and(|matter| matter <= most) && least <= MAX_ELEMENTS)
            }
            Type::Number(..) | Type::Date | Type::Duration(_) | Type::Text => {
                let (mut values, complete) = match self.day_fact(place) {
                    true => self.governing(),
                    false => self.ordered(silent, datum, ty, facts, day),
                };
                values.retain(|value| datum.bounds.broken_by(value).is_none());
                let complete = complete && values.len() <= MAX_VALUES;
                values.truncate(MAX_VALUES);
                all(values, complete)
            }
            Type::Error => all(Vec::new(), false),
        }
    }

    /// True if a place is the fact that says the governing date or place.
    pub(super) fn governs(&self, place: &FactPath) -> bool {
        let region = self.model.parts(Item::AsOf).one(Role::GoverningRegion).and_then(Expr::names);
        place.steps.is_empty() && (self.day_fact(place) || region == Some(Item::Fact(place.fact)))
    }

    fn day_fact(&self, place: &FactPath) -> bool {
        place.steps.is_empty() && self.uses.day_fact == Some(place.fact)
    }

    /// The days that tell something apart, the newest first.
    fn governing(&self) -> (Vec<Value>, bool) {
        let hint = self.hint.map(|(day, _)| day).filter(|day| *day != NaiveDate::MIN);
        let mut seen = BTreeSet::new();
        let days = hint.into_iter().chain(USUAL).chain(self.days.iter().rev().copied());
        let days: Vec<NaiveDate> = days.filter(|day| seen.insert(*day)).collect();
        let complete = !self.uses.day_computed && days.len() <= MAX_VALUES;
        (days.into_iter().map(Value::Date).collect(), complete)
    }

    /// Values of an ordered type, or texts: one for each way in which it can compare, where it is only compared; else those
    /// that the policy names, and their neighbours.
    fn ordered(
        &self,
        silent: Silent,
        datum: &Datum,
        ty: &Type,
        facts: &FactSet,
        day: Option<NaiveDate>,
    ) -> (Vec<Value>, bool) {
        let day = day.or_else(|| self.governing_day(facts)).or(USUAL);
        let group = self.uses.compared(silent);
        let spans: Vec<Duration> = group.iter().flat_map(|other| self.uses.of(*other).spans.clone()).collect();
        let mut marks: Vec<Value> = group.iter().flat_map(|other| self.uses.of(*other).constants.clone()).collect();
        marks.extend(
            day.into_iter().flat_map(|day| spans.iter().filter_map(move |by| later(day, *by))).map(Value::Date),
        );
        marks.extend(datum.bounds.each().map(|(_, bound)| bound.clone()));
        let computed = silent.element || group.iter().any(|other| self.uses.of(*other).computed);
        // Spans of two facts from one day can add up.
        let complete = !computed && (spans.is_empty() || group.len() == 1);
        if computed {
            marks.extend(self.named(ty, day));
        }
        let fields = group.iter().filter(|other| matches!(other.datum, Item::Field(_))).count();
        let between = group.len() + fields * (OF_LIST - 1);
        let scale = Scale::of(datum, ty);
        (scale.values(marks, between, day), complete)
    }

    /// What a policy names of a type, and for a date the days that lie a named length of time from the governing date.
    fn named(&self, ty: &Type, day: Option<NaiveDate>) -> Vec<Value> {
        let pool = |class: &Class| self.uses.pool.get(class).map_or(&[][..], Vec::as_slice);
        let Some(class) = class(ty) else { return Vec::new() };
        let mut named = pool(&class).to_vec();
        if class == Class::Date {
            let lengths = pool(&Class::Months).iter().chain(pool(&Class::Days));
            let lengths =
                lengths.filter_map(|value| if let Value::Duration(span) = value { Some(*span) } else { None });
            let days = day.into_iter().flat_map(|day| {
                lengths.clone().flat_map(move |span| [later(day, back(span)), later(day, span)]).flatten().chain([day])
            });
            // Those near the day of the decision are more often of use than those that the law began on.
            named = days.map(Value::Date).chain(named).collect();
        }
        named
    }

    fn governing_day(&self, facts: &FactSet) -> Option<NaiveDate> {
        let fact: FactId = self.uses.day_fact?;
        if let FactCell::Known(Value::Date(day)) = facts.get(fact) { Some(*day) } else { None }
    }
}

/// The days on which a fact that is compared with the governing date and with a constant changes sides.
fn crossings(model: &Model, uses: &Uses<'_>) -> BTreeSet<NaiveDate> {
    let mut days = BTreeSet::new();
    for datum in model.items() {
        let silent = Silent { datum, element: false };
        let spans = &uses.of(silent).spans;
        if spans.is_empty() {
            continue;
        }
        for constant in uses.compared(silent).into_iter().flat_map(|other| uses.of(other).constants.clone()) {
            let Value::Date(constant) = constant else { continue };
            for day in spans.iter().filter_map(|span| later(constant, back(*span))) {
                days.extend([-2, -1, 0, 1, 2].into_iter().filter_map(|by| later(day, Duration::Days(by))));
            }
        }
    }
    days
}

/// How values of a type follow one another.
enum Scale {
    /// Numbers, by this step; true if all are whole steps.
    Number(Number, bool),
    Day,
    Months(i64),
    Days(i64),
    WorkingDays(i64),
    Text,
}

impl Scale {
    fn of(datum: &Datum, ty: &Type) -> Self {
        let unit = datum.unit.as_ref().map_or(Number::ONE, |unit| unit.scale);
        let count = unit.to_i64().unwrap_or(1);
        match class(ty) {
            Some(Class::Date) => Self::Day,
            Some(Class::Months) => Self::Months(count),
            Some(Class::Days) => Self::Days(count),
            Some(Class::WorkingDays) => Self::WorkingDays(count),
            Some(Class::Text) | None => Self::Text,
            Some(Class::Number(_)) => Self::Number(unit, matches!(ty, Type::Number(_, NumberKind::Integer))),
        }
    }

    /// The marks, and up to `between` values below, between and above them. The most ordinary come first.
    fn values(&self, marks: Vec<Value>, between: usize, day: Option<NaiveDate>) -> Vec<Value> {
        if let Self::Text = self {
            let mut seen = BTreeSet::new();
            let fresh = ('A'..='Z').map(|c| Value::Text(c.to_string().into()));
            let known = marks.clone();
            let fresh = fresh.filter(|text| !known.contains(text)).take(between.max(1));
            let all = marks.into_iter().chain(fresh);
            return all
                .filter(|value| if let Value::Text(text) = value { seen.insert(text.clone()) } else { false })
                .collect();
        }
        let ordinary = match self {
            Self::Number(unit, _) => Some(Value::Number(*unit)),
            Self::Day => day.map(Value::Date),
            Self::Months(count) => Some(Value::Duration(Duration::Months(*count))),
            Self::Days(count) => Some(Value::Duration(Duration::Days(*count))),
            Self::WorkingDays(count) => Some(Value::Duration(Duration::WorkingDays(*count))),
            Self::Text => None,
        };
        let by_order = |a: &Value, b: &Value| order(a, b).unwrap_or(Ordering::Equal);
        let mut marks: Vec<Value> = marks.into_iter().flat_map(|mark| self.writable(mark)).collect();
        if marks.is_empty() {
            marks.extend(ordinary.clone());
        }
        marks.sort_by(by_order);
        marks.dedup();
        let mut all = Vec::new();
        all.extend(marks.first().into_iter().flat_map(|first| self.beyond(first, -1, between)));
        for (index, mark) in marks.iter().enumerate() {
            all.push(mark.clone());
            match marks.get(index + 1) {
                Some(next) => all.extend(self.inside(mark, next, between)),
                None => all.extend(self.beyond(mark, 1, between)),
            }
        }
        all.sort_by(by_order);
        all.dedup();
        let negative = |value: &Value| matches!(value, Value::Number(number) if *number < Number::ZERO);
        all.sort_by_key(negative);
        // The ordinary value stands for those of its gap, so it is tried in addition.
        let mut values: Vec<Value> = ordinary.into_iter().collect();
        let first = values.first().cloned();
        values.extend(all.into_iter().filter(|value| Some(value) != first.as_ref()));
        values
    }

    /// A mark, or its neighbours where a fact file cannot have it: a whole number is written in whole steps, any other with a
    /// few digits.
    fn writable(&self, mark: Value) -> Vec<Value> {
        let (Self::Number(unit, whole), Value::Number(number)) = (self, &mark) else { return vec![mark] };
        let step = if *whole { Ok(*unit) } else { unit.div(Number::integer(FINEST)) };
        let near = |mode| step.clone().and_then(|step| number.round(mode, step)).ok().map(Value::Number);
        [RoundMode::Down, RoundMode::Up].into_iter().filter_map(near).collect()
    }

    /// Values beyond a mark.
    fn beyond(&self, mark: &Value, direction: i64, count: usize) -> Vec<Value> {
        let count = i64::try_from(count).unwrap_or(1);
        (1..=count).filter_map(|steps| self.moved(mark, direction * steps)).collect()
    }

    /// Values between two marks.
    fn inside(&self, from: &Value, to: &Value, count: usize) -> Vec<Value> {
        if let (Self::Number(_, false), Value::Number(from), Value::Number(to)) = (self, from, to) {
            let mut found = Vec::new();
            let mut low = *from;
            for _ in 0..count {
                let middle = low.add(*to).and_then(|sum| sum.div(Number::integer(2)));
                let Ok(middle) = middle else { break };
                found.push(Value::Number(middle));
                low = middle;
            }
            return found;
        }
        let below = |value: &Value| order(value, to) == Some(Ordering::Less);
        self.beyond(from, 1, count).into_iter().filter(below).collect()
    }

    fn moved(&self, value: &Value, steps: i64) -> Option<Value> {
        match (self, value) {
            (Self::Number(unit, _), Value::Number(number)) => {
                number.add(unit.mul(Number::integer(steps)).ok()?).ok().map(Value::Number)
            }
            (Self::Day, Value::Date(day)) => later(*day, Duration::Days(steps)).map(Value::Date),
            (Self::Months(unit) | Self::Days(unit) | Self::WorkingDays(unit), Value::Duration(span)) => {
                let more = steps.checked_mul(*unit)?;
                span.try_map(|count| count.checked_add(more).ok_or(())).ok().map(Value::Duration)
            }
            _ => None,
        }
    }
}
