//! `any`, `all`, `count`, `sum`, `min`, `max`, `first`, `list` over lists whose elements may be unknown.

use super::causes::*;
use super::logic::order;
use super::machine::Machine;
use crate::ids::LocalId;
use crate::plan::{AggregateNode, NodeId};
use crate::syntax::ast::AggregateFunc;
use crate::value::{FactCell, FaultKind, ListValue, MAX_VALUES, Number, Step, Value, weigh_all};
use std::cmp::Ordering;
use std::sync::Arc;

/// The contribution of one element: whether it surely passes the filter, and its value, if any, or the causes of an
/// unknown.
type Share = (bool, Result<Option<Value>, Causes>);

impl<'p> Machine<'p> {
    fn aggregate_node(&self, id: NodeId, index: u32) -> Result<AggregateNode, Causes> {
        let known = self.program.aggregates.get(index as usize).copied();
        known.ok_or_else(|| self.fault(id, FaultKind::NoCase))
    }

    /// The elements of a list, each with its own state.
    pub(crate) fn elements(&mut self, id: NodeId, list: NodeId) -> Result<Arc<ListValue>, Causes> {
        let Value::List(list) = self.eval(list)? else { return Err(self.fault(id, FaultKind::NoCase)) };
        Ok(list)
    }

    /// The value of an element, to which its variable is bound.
    pub(crate) fn element(&mut self, list: &ListValue, index: usize, cell: &FactCell) -> Answer {
        match (cell, &list.place) {
            (FactCell::Known(value), _) => Ok(value.clone()),
            (_, Some(place)) => {
                let step = Step::Item(u32::try_from(index).unwrap_or(u32::MAX));
                self.read(cell, &|| place.step(step))
            }
            // Computed lists hold known values only.
            (_, None) => self.read(cell, &|| crate::value::FactPath::of(crate::ids::FactId(0))),
        }
    }

    /// A computed list. What its values hold was not counted in steps when it was shared, so it is now.
    pub(crate) fn list_of(&mut self, id: NodeId, items: Vec<FactCell>) -> Answer {
        let Some(left) = weigh_all(&items, MAX_VALUES) else { return Err(self.fault(id, FaultKind::TooManyValues)) };
        let inside = MAX_VALUES.saturating_sub(left).saturating_sub(items.len());
        self.steps = self.steps.saturating_sub(inside as u64);
        Ok(Value::List(Arc::new(ListValue { place: None, items })))
    }

    pub(crate) fn aggregate(&mut self, id: NodeId, index: u32) -> Answer {
        let node = self.aggregate_node(id, index)?;
        let list = self.elements(id, node.list)?;
        match node.func {
            AggregateFunc::Any => self.quantified(id, node, &list, true).map(Value::Bool),
            AggregateFunc::All => self.quantified(id, node, &list, false).map(Value::Bool),
            AggregateFunc::Count => match node.filter {
                None => Ok(Value::Number(Number::integer(i64::try_from(list.items.len()).unwrap_or(i64::MAX)))),
                Some(_) => match self.count_interval(index)? {
                    (low, _, None) => Ok(Value::Number(Number::integer(low))),
                    (_, _, Some(causes)) => Err(causes),
                },
            },
            AggregateFunc::Sum => {
                let values = self.shares(id, node, &list)?;
                let total = sum(&values).map_err(|kind| self.fault(id, kind))?;
                self.or_otherwise(id, total, node.otherwise)
            }
            AggregateFunc::List => {
                let values = self.shares(id, node, &list)?;
                self.list_of(id, values.into_iter().map(FactCell::Known).collect())
            }
            AggregateFunc::Min | AggregateFunc::Max => {
                let wanted = if node.func == AggregateFunc::Min { Ordering::Less } else { Ordering::Greater };
                let values = self.shares(id, node, &list)?;
                self.or_otherwise(id, extreme(values, wanted), node.otherwise)
            }
            AggregateFunc::First => {
                let first = self.first(id, node, &list)?;
                self.or_otherwise(id, first, node.otherwise)
            }
        }
    }

    pub(crate) fn or_otherwise(&mut self, id: NodeId, found: Option<Value>, otherwise: Option<NodeId>) -> Answer {
        match (found, otherwise) {
            (Some(value), _) => Ok(value),
            (None, Some(otherwise)) => self.eval(otherwise),
            (None, None) => Err(self.fault(id, FaultKind::EmptyAggregate)),
        }
    }

    /// `any` is «or» over «filter and body», `all` is «and» over «not filter, or body».
    fn quantified(&mut self, id: NodeId, node: AggregateNode, list: &ListValue, decides: bool) -> Truth {
        let mut unknown = Gather::default();
        for (index, cell) in list.items.iter().enumerate() {
            self.step(id)?;
            let element = self.element(list, index, cell);
            let truth = self.bound(node.local, element, |machine| {
                let mut parts = Gather::default();
                if let Some(filter) = node.filter
                    && parts.take(machine.truth(filter)) == Some(false)
                {
                    return Ok(!decides);
                }
                let body = match node.body {
                    Some(body) => machine.truth(body),
                    None => machine.local_truth(id, node.local),
                };
                match parts.take(body) {
                    Some(value) if value != decides => Ok(!decides),
                    _ => parts.finish().map_or(Ok(decides), Err),
                }
            });
            if unknown.take(truth) == Some(decides) {
                return Ok(decides);
            }
        }
        unknown.finish().map_or(Ok(!decides), Err)
    }

    fn local_truth(&mut self, id: NodeId, local: LocalId) -> Truth {
        let Value::Bool(value) = self.element_itself(id, local)? else {
            return Err(self.fault(id, FaultKind::NoCase));
        };
        Ok(value)
    }

    fn element_itself(&self, id: NodeId, local: LocalId) -> Answer {
        match self.local(local) {
            Some(bound) => bound.answer.clone(),
            None => Err(self.fault(id, FaultKind::NoCase)),
        }
    }

    /// How many elements surely pass the filter, how many may, and the causes of the difference.
    pub(crate) fn count_interval(&mut self, index: u32) -> Result<(i64, i64, Option<Causes>), Causes> {
        let Some(node) = self.program.aggregates.get(index as usize).copied() else { return Ok((0, 0, None)) };
        let list = self.elements(node.list, node.list)?;
        let (mut low, mut high) = (0, 0);
        let mut unknown = Gather::default();
        for (index, cell) in list.items.iter().enumerate() {
            self.step(node.list)?;
            let element = self.element(&list, index, cell);
            let passes = self.bound(node.local, element, |machine| match node.filter {
                Some(filter) => machine.truth(filter),
                None => Ok(true),
            });
            match unknown.take(passes) {
                Some(true) => {
                    low += 1;
                    high += 1;
                }
                Some(false) => {}
                None => high += 1,
            }
        }
        Ok((low, high, unknown.finish()))
    }

    /// What one element contributes.
    fn share(&mut self, id: NodeId, node: AggregateNode, list: &ListValue, index: usize, cell: &FactCell) -> Share {
        if let Err(causes) = self.step(id) {
            return (false, Err(causes));
        }
        let element = self.element(list, index, cell);
        self.bound(node.local, element, |machine| {
            let mut unknown = Gather::default();
            let mut passes = Some(true);
            if let Some(filter) = node.filter {
                passes = unknown.take(machine.truth(filter));
                if passes == Some(false) {
                    return (false, Ok(None));
                }
            }
            let value = match node.body {
                Some(body) => machine.eval(body),
                None => machine.element_itself(id, node.local),
            };
            let value = unknown.take(value);
            (passes == Some(true), unknown.finish().map_or(Ok(value), Err))
        })
    }

    /// The causes that keep a choice unknown. If no element surely passes, the choice may be empty, so the causes of
    /// `otherwise` count as well: otherwise an answer could add a question.
    fn unsettled(&mut self, mut unknown: Gather, certain: bool, node: AggregateNode) -> Option<Causes> {
        if let (false, false, Some(otherwise)) = (certain, unknown.is_empty(), node.otherwise) {
            unknown.take(self.eval(otherwise));
        }
        unknown.finish()
    }

    /// The values of all elements that pass, or the union of the causes of all unknowns.
    fn shares(&mut self, id: NodeId, node: AggregateNode, list: &ListValue) -> Result<Vec<Value>, Causes> {
        let mut unknown = Gather::default();
        let mut values = Vec::new();
        let mut certain = false;
        for (index, cell) in list.items.iter().enumerate() {
            let (passes, share) = self.share(id, node, list, index, cell);
            certain |= passes;
            values.extend(unknown.take(share).flatten());
        }
        self.unsettled(unknown, certain, node).map_or(Ok(values), Err)
    }

    /// The first element that passes; unknown if an earlier one may pass.
    fn first(&mut self, id: NodeId, node: AggregateNode, list: &ListValue) -> Result<Option<Value>, Causes> {
        let mut unknown = Gather::default();
        for (index, cell) in list.items.iter().enumerate() {
            let (passes, share) = self.share(id, node, list, index, cell);
            let value = unknown.take(share).flatten();
            if passes {
                return unknown.finish().map_or(Ok(value), Err);
            }
        }
        self.unsettled(unknown, false, node).map_or(Ok(None), Err)
    }
}

/// The sum of numbers or of durations of one kind; `None` for no values.
pub(crate) fn sum(values: &[Value]) -> Result<Option<Value>, FaultKind> {
    let mut total: Option<Value> = None;
    for value in values {
        total = Some(match total {
            // Ages add up as their completed months.
            None => {
                if let Value::Duration(length) = value {
                    Value::Duration(length.completed())
                } else {
                    value.clone()
                }
            }
            Some(sum) => super::arith::plus(&sum, value)?,
        });
    }
    Ok(total)
}

/// The least or the greatest of several values; `None` for no values.
pub(crate) fn extreme(values: Vec<Value>, wanted: Ordering) -> Option<Value> {
    values.into_iter().reduce(|best, value| if order(&value, &best) == Some(wanted) { value } else { best })
}
