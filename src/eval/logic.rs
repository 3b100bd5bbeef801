//! Truth: conjunction and disjunction, comparison, membership, states. Strong Kleene logic throughout.

use super::causes::*;
use super::machine::Machine;
use super::reads::Declared;
use crate::plan::{Node, NodeId};
use crate::syntax::ast::{AggregateFunc, CompareOp, State};
use crate::value::{FactCell, FaultKind, ListValue, Number, RecordValue, Value};
use std::cmp::Ordering;

impl<'p> Machine<'p> {
    /// A disjunction if `decides` is true, else a conjunction: a part equal to `decides` settles it, whatever the
    /// others are.
    pub(crate) fn junction(&mut self, parts: &'p [NodeId], decides: bool) -> Truth {
        let mut unknown = Gather::default();
        for part in parts {
            if unknown.take(self.truth(*part)) == Some(decides) {
                return Ok(decides);
            }
        }
        unknown.finish().map_or(Ok(!decides), Err)
    }

    /// A comparison. A count with a filter is an interval while some elements are unknown, and the interval may decide.
    pub(crate) fn compare(&mut self, op: CompareOp, a: NodeId, b: NodeId) -> Truth {
        if let Some(decided) = self.compare_counts(op, a, b)? {
            return Ok(decided);
        }
        let mut unknown = Gather::default();
        match (unknown.take(self.eval(a)), unknown.take(self.eval(b))) {
            (Some(left), Some(right)) => {
                self.pay_for(a, &left)?;
                compared(op, &left, &right)
            }
            _ => unknown.finish().map_or(Ok(false), Err),
        }
    }

    /// The truth of a comparison if a count's interval decides it. `None` if neither side is a count with a filter, or
    /// if both sides are known and an ordinary comparison is enough.
    fn compare_counts(&mut self, op: CompareOp, a: NodeId, b: NodeId) -> Result<Option<bool>, Causes> {
        let (count_a, count_b) = (self.is_count(a), self.is_count(b));
        if !count_a && !count_b {
            return Ok(None);
        }
        let (a, b) = (if count_a { self.counted(a)? } else { a }, if count_b { self.counted(b)? } else { b });
        let mut unknown = Gather::default();
        let (low_a, high_a) = match self.interval(a, count_a) {
            Ok((range, causes)) => {
                causes.into_iter().for_each(|c| unknown.add(c));
                range
            }
            Err(causes) => {
                // This side is unknown, so the other side's causes count in full.
                unknown.add(causes);
                unknown.take(self.eval(b));
                return unknown.finish().map_or(Ok(None), Err);
            }
        };
        let (low_b, high_b) = match self.interval(b, count_b) {
            Ok((range, causes)) => {
                causes.into_iter().for_each(|c| unknown.add(c));
                range
            }
            Err(causes) => {
                unknown.add(causes);
                return unknown.finish().map_or(Ok(None), Err);
            }
        };
        let one_is_known = low_a == high_a || low_b == high_b;
        let always = |low: bool, high: bool| if low == high { Some(low) } else { None };
        let decided = match op {
            CompareOp::Lt => always(high_a < low_b, low_a < high_b),
            CompareOp::Le => always(high_a <= low_b, low_a <= high_b),
            CompareOp::Gt => always(low_a > high_b, high_a > low_b),
            CompareOp::Ge => always(low_a >= high_b, high_a >= low_b),
            CompareOp::Eq | CompareOp::Ne => {
                // A count is a whole number, so it never equals a fraction.
                let whole = |low: Number, high: Number| low != high || low.is_integer();
                let equal = if high_a < low_b || high_b < low_a || !whole(low_a, high_a) || !whole(low_b, high_b) {
                    Some(false)
                } else if low_a == high_a && low_b == high_b {
                    Some(true)
                } else {
                    None
                };
                equal.map(|equal| equal == (op == CompareOp::Eq))
            }
        };
        match (decided.filter(|_| one_is_known), unknown.finish()) {
            (Some(decided), _) => Ok(Some(decided)),
            (None, Some(causes)) => Err(causes),
            (None, None) => Ok(None),
        }
    }

    /// The count behind probes, which are noted.
    fn counted(&mut self, mut id: NodeId) -> Result<NodeId, Causes> {
        while let Node::Probe(index) = self.program.node(id).0 {
            id = self.probe(id, index)?;
        }
        Ok(id)
    }

    fn is_count(&self, id: NodeId) -> bool {
        let Node::Aggregate(index) = self.program.node(self.behind(id)).0 else { return false };
        let aggregate = self.program.aggregates.get(index as usize);
        aggregate.is_some_and(|a| a.func == AggregateFunc::Count && a.filter.is_some())
    }

    /// The least and the greatest possible value of a side of a comparison, and the causes of the difference.
    fn interval(&mut self, id: NodeId, count: bool) -> Result<((Number, Number), Option<Causes>), Causes> {
        if count && let Node::Aggregate(index) = self.program.node(id).0 {
            let (low, high, causes) = self.count_interval(index)?;
            return Ok(((Number::integer(low), Number::integer(high)), causes));
        }
        let Value::Number(number) = self.eval(id)? else { return Err(self.fault(id, FaultKind::NoCase)) };
        Ok(((number, number), None))
    }

    /// True if a value is one of several.
    pub(crate) fn is_in(&mut self, what: NodeId, list: &'p [NodeId]) -> Truth {
        let id = what;
        let what = self.eval(what)?;
        let mut unknown = Gather::default();
        for item in list {
            let item = self.eval(*item);
            self.pay_for(id, &what)?;
            if unknown.take(item.and_then(|item| equal(&what, &item))) == Some(true) {
                return Ok(true);
            }
        }
        unknown.finish().map_or(Ok(false), Err)
    }

    pub(crate) fn in_regions(&mut self, id: NodeId, what: NodeId, set: u32) -> Truth {
        let Value::Region(region) = self.eval(what)? else { return Err(self.fault(id, FaultKind::NoCase)) };
        Ok(self.program.region_sets.get(set as usize).is_some_and(|set| set.contains(&region)))
    }

    /// True if a fact, a field or a variable is in a state. The state unasked cannot be tested, and an unavailable
    /// registry may or may not have a record.
    pub(crate) fn is_state(&mut self, what: NodeId, state: State) -> Truth {
        if let Node::Local(local) = self.program.node(what).0 {
            // A computed value has no state.
            if let Some(bound) = self.local(local).filter(|bound| !bound.cell) {
                return bound.answer.clone().map(|_| false);
            }
        }
        // Where it is not known which value of a fact over time holds, its state is not known either.
        if let Node::OverTime(list, field) = self.program.node(what).0 {
            self.known_value(what, list, field)?;
        }
        if let Node::Field(record, field) = self.program.node(what).0 {
            // An end of a computed period is open or known.
            let record = self.eval(record);
            if let Ok(Value::Record(record)) = record
                && record.place.is_none()
            {
                let cell = record.fields.get(self.model.fields.at(field).index as usize);
                return Ok(state == State::Absent && cell == Some(&FactCell::Absent));
            }
        }
        let causes = match self.eval(what) {
            Ok(_) => return Ok(false),
            Err(causes) => causes,
        };
        let mut places = causes.iter().filter_map(|cause| match cause {
            Cause::Silent(place, Silence::Absent) => Some((place, State::Absent)),
            Cause::Silent(place, Silence::Unavailable) => Some((place, State::Unavailable)),
            Cause::Silent(_, Silence::Unasked) | Cause::Open(..) | Cause::Fault(_) => None,
        });
        match (places.next(), state, causes.single()) {
            (Some((_, State::Unavailable)), State::Unavailable, Some(_)) => Ok(true),
            // It may be open whether absence means a value, but the registry did answer.
            (Some((_, State::Absent)), State::Unavailable, _) => Ok(false),
            (Some((place, State::Absent)), State::Absent, Some(_)) => match self.declared(place, State::Absent, true) {
                Declared::Unknown(_) => Err(causes.clone()),
                Declared::Nothing | Declared::Handler(..) => Ok(true),
            },
            _ => Err(causes.clone()),
        }
    }
}

/// Compares two known values of one type. Only parts of lists and records can still be unknown.
pub(crate) fn compared(op: CompareOp, a: &Value, b: &Value) -> Truth {
    let ordering = || order(a, b);
    Ok(match op {
        CompareOp::Eq => return equal(a, b),
        CompareOp::Ne => return equal(a, b).map(|equal| !equal),
        CompareOp::Lt => ordering() == Some(Ordering::Less),
        CompareOp::Le => matches!(ordering(), Some(Ordering::Less | Ordering::Equal)),
        CompareOp::Gt => ordering() == Some(Ordering::Greater),
        CompareOp::Ge => matches!(ordering(), Some(Ordering::Greater | Ordering::Equal)),
    })
}

/// The order of two values of one type; `None` if they have no order.
pub(crate) fn order(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => Some(a.cmp(b)),
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        (Value::Duration(a), Value::Duration(b)) => a.order(*b),
        (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
        (Value::Enum(x, a), Value::Enum(y, b)) if x == y => Some(a.cmp(b)),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

/// True if two values are equal; the places they were read from do not count, and of an age only the completed months.
pub(crate) fn equal(a: &Value, b: &Value) -> Truth {
    match (a, b) {
        (Value::Duration(a), Value::Duration(b)) => Ok(a.completed() == b.completed()),
        (Value::Record(a), Value::Record(b)) => equal_records(a, b),
        (Value::List(a), Value::List(b)) => equal_lists(a, b),
        _ => Ok(a == b),
    }
}

fn equal_records(a: &RecordValue, b: &RecordValue) -> Truth {
    equal_cells(&a.fields, a.place.clone(), &b.fields, b.place.clone())
}

fn equal_lists(a: &ListValue, b: &ListValue) -> Truth {
    if a.items.len() != b.items.len() {
        return Ok(false);
    }
    equal_cells(&a.items, a.place.clone(), &b.items, b.place.clone())
}

fn equal_cells(
    a: &[FactCell],
    place_a: Option<crate::value::FactPath>,
    b: &[FactCell],
    place_b: Option<crate::value::FactPath>,
) -> Truth {
    let mut unknown = Gather::default();
    for (a, b) in a.iter().zip(b) {
        match (a, b) {
            (FactCell::Known(a), FactCell::Known(b)) => {
                if unknown.take(equal(a, b)) == Some(false) {
                    return Ok(false);
                }
            }
            // An open end of a computed period is known to be open.
            (FactCell::Absent, FactCell::Absent) if place_a.is_none() || place_b.is_none() => {}
            (FactCell::Absent, FactCell::Known(_)) | (FactCell::Known(_), FactCell::Absent)
                if place_a.is_none() || place_b.is_none() =>
            {
                return Ok(false);
            }
            _ => {
                // The comparison needs the whole value, so an unknown part counts as its own cause.
                for (cell, place) in [(a, &place_a), (b, &place_b)] {
                    if let (Some(silence), Some(place)) = (super::reads::silence(cell), place) {
                        unknown.add(Causes::one(Cause::Silent(place.clone(), silence)));
                    }
                }
            }
        }
    }
    unknown.finish().map_or(Ok(true), Err)
}

/// True if two known values are identical, including the states of their parts.
pub(crate) fn same(a: &Value, b: &Value) -> bool {
    let cells = |a: &[FactCell], b: &[FactCell]| {
        a.len() == b.len()
            && a.iter().zip(b).all(|(a, b)| match (a, b) {
                (FactCell::Known(a), FactCell::Known(b)) => same(a, b),
                _ => super::reads::silence(a) == super::reads::silence(b),
            })
    };
    match (a, b) {
        (Value::Record(a), Value::Record(b)) => cells(&a.fields, &b.fields),
        (Value::List(a), Value::List(b)) => cells(&a.items, &b.items),
        _ => a == b,
    }
}
