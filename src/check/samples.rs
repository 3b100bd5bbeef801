//! Samples: values that stand for all others that some tests treat alike.
//!
//! A range is divided at the values that the tests name; between two cuts all values behave alike, so one sample
//! represents them.

use super::Checker;
use crate::ids::RegionId;
use crate::model::*;
use crate::syntax::ast::{CompareOp, State};
use crate::value::{Number, RoundMode, Value};
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// Values that all tests of a subject treat alike.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Sample {
    One(Value),
    /// More than the first and less than the second; `None` is no bound.
    /// Ages are cut a month after each value as well, so that those between have the same completed months.
    Between(Option<Value>, Option<Value>),
    /// A text that occurs in no test.
    OtherText,
    /// No value: the fact is in this state.
    Silent(State),
}

/// A test of one value with constants.
#[derive(Clone, Debug)]
pub(super) enum ValueTest<'m> {
    Compare(CompareOp, Value),
    OneOf(Vec<Value>),
    Inside(&'m BTreeSet<RegionId>),
    State(State),
    /// It is true itself.
    Holds,
}

impl ValueTest<'_> {
    /// Its truth value of a sample; `None` if it is not known, since the fact is silent.
    pub(super) fn of(&self, sample: &Sample) -> Option<bool> {
        if let Self::State(tested) = self {
            return match (sample, tested) {
                (Sample::Silent(state), tested) if state == tested => Some(true),
                // What cannot be asked may be absent; what is absent was answered.
                (Sample::Silent(State::Unavailable), _) => None,
                (Sample::Silent(State::Absent) | Sample::One(_) | Sample::Between(..) | Sample::OtherText, _) => {
                    Some(false)
                }
            };
        }
        if let Sample::Silent(_) = sample {
            return None;
        }
        Some(match self {
            Self::Compare(op, bound) => stands(sample, *op, bound),
            Self::OneOf(values) => is_among(sample, values),
            Self::Inside(set) => matches!(sample, Sample::One(Value::Region(id)) if set.contains(id)),
            Self::Holds | Self::State(_) => matches!(sample, Sample::One(Value::Bool(true))),
        })
    }

    /// The values that it names, at which a range is divided.
    pub(super) fn cuts(&self) -> &[Value] {
        match self {
            Self::Compare(_, value) => std::slice::from_ref(value),
            Self::OneOf(values) => values,
            Self::Inside(_) | Self::State(_) | Self::Holds => &[],
        }
    }
}

impl Checker<'_> {
    /// Samples that represent all values of a subject, divided at these values.
    pub(super) fn samples(&self, subject: &Expr, mut cuts: Vec<Value>) -> Option<Vec<Sample>> {
        match &subject.ty {
            Type::Bool => Some([false, true].map(|b| Sample::One(Value::Bool(b))).to_vec()),
            Type::Enum(id) => {
                let count = u32::try_from(self.model.enums.at(*id).values.len()).ok()?;
                Some((0..count).map(|i| Sample::One(Value::Enum(*id, i))).collect())
            }
            Type::Region => {
                let count = self.model.regions.len();
                Some((0..count).map(|i| Sample::One(Value::Region(RegionId::new(i)))).collect())
            }
            Type::Text => {
                let mut found: Vec<Sample> = Vec::with_capacity(cuts.len() + 1);
                let mut seen = std::collections::HashSet::with_capacity(cuts.len());
                found.extend(cuts.into_iter().filter(|cut| seen.insert(cut.clone())).map(Sample::One));
                found.push(Sample::OtherText);
                Some(found)
            }
            Type::Number(..) | Type::Date | Type::Duration(_) => {
                let is_age = self.ages.may_be(subject);
                if is_age {
                    // One who is five years and some days old is five years old for `=`, and older than that for `>`.
                    let around: Vec<Value> =
                        cuts.iter().flat_map(|cut| [step(cut, true), step(cut, false)]).flatten().collect();
                    cuts.extend(around);
                }
                cuts.sort_by(|a, b| order(a, b).unwrap_or(Ordering::Equal));
                cuts.dedup();
                let bounds = self.possible_of(subject);
                let (floor, ceiling) = (&bounds.at_least, &bounds.at_most);
                let mut found = Vec::new();
                let mut last: Option<Value> = None;
                for cut in cuts {
                    let next_to = !is_age && last.as_ref().is_some_and(|l| adjacent(&subject.ty, l, &cut));
                    // Nothing lies between two values of which the greater is no more than the floor, or the less no less
                    // than the ceiling.
                    let low = floor.as_ref().is_some_and(|f| order(&cut, f).is_some_and(Ordering::is_le));
                    if !next_to && !low && !is_at_end(last.as_ref(), ceiling.as_ref()) {
                        found.push(Sample::Between(last.clone(), Some(cut.clone())));
                    }
                    if bounds.broken_by(&cut).is_none() && !is_fraction_of_whole(&subject.ty, &cut) {
                        found.push(Sample::One(cut.clone()));
                    }
                    last = Some(cut);
                }
                if !is_at_end(last.as_ref(), ceiling.as_ref()) {
                    found.push(Sample::Between(last, None));
                }
                Some(found)
            }
            Type::Record(_) | Type::List(_) | Type::Error => None,
        }
    }

    /// A sample in words.
    pub(super) fn say(&self, sample: &Sample, subject: &Expr) -> String {
        let say = |value: &Value| self.say_value(value, subject);
        match sample {
            Sample::One(value) => say(value),
            Sample::OtherText => "another text".to_owned(),
            Sample::Silent(state) => state.keyword().to_owned(),
            Sample::Between(None, None) => "anything".to_owned(),
            Sample::Between(Some(a), None) => format!("more than {}", say(a)),
            Sample::Between(None, Some(b)) => format!("less than {}", say(b)),
            Sample::Between(Some(a), Some(_)) if is_part_of_month(sample) => format!("{} and some days", say(a)),
            Sample::Between(Some(a), Some(b)) => format!("between {} and {}", say(a), say(b)),
        }
    }

    /// One value of a sample as it is written, for an example; `None` if any value will do.
    pub(super) fn example(&self, sample: &Sample, subject: &Expr) -> Option<String> {
        let value = match sample {
            Sample::One(value) => value.clone(),
            Sample::OtherText => return Some("any other text".to_owned()),
            Sample::Silent(state) => return Some(state.keyword().to_owned()),
            Sample::Between(None, None) => return None,
            Sample::Between(Some(low), None) => self.possible(subject, step(low, true)?),
            Sample::Between(None, Some(high)) => match self.floor(subject) {
                Some((floor, _)) => floor,
                None => self.possible(subject, step(high, false)?),
            },
            Sample::Between(Some(low), Some(_)) if is_part_of_month(sample) => {
                return Some(format!("{} and some days", self.value_written(low, subject)));
            }
            Sample::Between(Some(low), Some(high)) => {
                let next = self.possible(subject, step(low, true)?);
                if order(&next, high).is_some_and(Ordering::is_lt) { next } else { middle(low, high)? }
            }
        };
        Some(self.value_written(&value, subject))
    }

    /// The least and the greatest value of a subject.
    fn possible_of(&self, subject: &Expr) -> Bounds {
        let bound = |bound: Option<(Value, String)>| bound.map(|(value, _)| value);
        Bounds { at_least: bound(self.floor(subject)), at_most: bound(self.ceiling(subject)) }
    }

    /// The value of a subject that is nearest to this one.
    fn possible(&self, subject: &Expr, value: Value) -> Value {
        self.possible_of(subject).nearest(value)
    }

    fn value_written(&self, value: &Value, subject: &Expr) -> String {
        written(&self.model, value, self.model.unit_of(subject))
    }

    fn say_value(&self, value: &Value, subject: &Expr) -> String {
        match value {
            Value::Enum(..) | Value::Region(_) => format!("`{}`", self.value_written(value, subject)),
            Value::Record(_) | Value::List(_) => "this".to_owned(),
            Value::Bool(_) | Value::Number(_) | Value::Date(_) | Value::Duration(_) | Value::Text(_) => {
                self.value_written(value, subject)
            }
        }
    }
}

/// True if no value above this one is allowed.
fn is_at_end(value: Option<&Value>, ceiling: Option<&Value>) -> bool {
    value.zip(ceiling).and_then(|(value, ceiling)| order(value, ceiling)).is_some_and(Ordering::is_ge)
}

/// True if the values of a type are whole numbers.
fn is_whole(ty: &Type) -> bool {
    matches!(ty, Type::Number(dimension, NumberKind::Integer) if dimension.is_empty())
}

/// True if a type of whole numbers does not have this value.
fn is_fraction_of_whole(ty: &Type, value: &Value) -> bool {
    is_whole(ty) && matches!(value, Value::Number(number) if !number.is_integer())
}

/// The greatest whole number that is not above a number.
fn floor_of(number: Number) -> Option<Number> {
    let near = number.round(RoundMode::Down, Number::ONE).ok()?;
    if near > number { near.sub(Number::ONE).ok() } else { Some(near) }
}

/// True if no value of a discrete type lies between the two.
fn adjacent(ty: &Type, a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            is_whole(ty) && floor_of(*a).and_then(|a| a.add(Number::ONE).ok()).is_some_and(|next| next >= *b)
        }
        (Value::Date(a), Value::Date(b)) => a.succ_opt() == Some(*b),
        (Value::Duration(a), Value::Duration(b)) => {
            a.order(*b) == Some(Ordering::Less) && a.count().checked_add(1) == Some(b.count())
        }
        _ => false,
    }
}

/// The next whole value above another one, or below it.
fn step(value: &Value, up: bool) -> Option<Value> {
    let moved = |n: i64| if up { n.checked_add(1) } else { n.checked_sub(1) };
    Some(match value {
        Value::Number(n) => {
            let floor = floor_of(*n)?;
            Value::Number(if up {
                floor.add(Number::ONE).ok()?
            } else if n.is_integer() {
                floor.sub(Number::ONE).ok()?
            } else {
                floor
            })
        }
        Value::Date(day) => Value::Date(if up { day.succ_opt()? } else { day.pred_opt()? }),
        Value::Duration(length) => Value::Duration(length.try_map(|n| moved(n).ok_or(())).ok()?),
        Value::Bool(_) | Value::Text(_) | Value::Enum(..) | Value::Region(_) | Value::Record(_) | Value::List(_) => {
            return None;
        }
    })
}

/// The number in the middle of two.
fn middle(low: &Value, high: &Value) -> Option<Value> {
    let (Value::Number(low), Value::Number(high)) = (low, high) else { return None };
    low.add(*high).and_then(|sum| sum.div(Number::integer(2))).ok().map(Value::Number)
}

/// True if a sample equals one of the values. Ages between two months have the completed months of the nearer to birth.
pub(super) fn is_among<'v>(sample: &Sample, values: impl IntoIterator<Item = &'v Value>) -> bool {
    let completed = match sample {
        Sample::One(value) => value,
        Sample::Between(Some(low), Some(high)) if is_part_of_month(sample) => {
            let is_before_birth = matches!(low, Value::Duration(length) if length.count() < 0);
            if is_before_birth { high } else { low }
        }
        Sample::Between(..) | Sample::OtherText | Sample::Silent(_) => return false,
    };
    values.into_iter().any(|known| known == completed)
}

/// True if a sample is of the ages that are more than some months and less than one month more.
fn is_part_of_month(sample: &Sample) -> bool {
    let Sample::Between(Some(Value::Duration(low)), Some(Value::Duration(high))) = sample else { return false };
    low.order(*high) == Some(Ordering::Less) && low.count().checked_add(1) == Some(high.count())
}

/// True if `sample op bound` holds. A bound never lies inside a sample.
pub(super) fn stands(sample: &Sample, op: CompareOp, bound: &Value) -> bool {
    let side = match sample {
        Sample::One(value) => match order(value, bound) {
            Some(side) => side,
            None => return (value == bound) == (op == CompareOp::Eq),
        },
        Sample::OtherText => return op == CompareOp::Ne,
        Sample::Silent(_) => return false,
        Sample::Between(..) if matches!(op, CompareOp::Eq | CompareOp::Ne) && is_among(sample, [bound]) => {
            return op == CompareOp::Eq;
        }
        Sample::Between(low, high) => {
            let at_most = high.as_ref().and_then(|h| order(h, bound)).is_some_and(Ordering::is_le);
            let at_least = low.as_ref().and_then(|l| order(l, bound)).is_some_and(Ordering::is_ge);
            match (at_most, at_least) {
                (true, _) => Ordering::Less,
                (false, true) => Ordering::Greater,
                (false, false) => return false,
            }
        }
    };
    op.holds(side)
}
