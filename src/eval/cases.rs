//! Definitions with several cases, and decision tables: which cases apply, and whether they agree.

use super::aggregate::{extreme, sum};
use super::causes::*;
use super::logic::same;
use super::machine::Machine;
use crate::ids::{RecordId, ValueOrigin};
use crate::model::{Scope, Versioned};
use crate::plan::{NodeId, TableNode};
use crate::syntax::ast::HitPolicy;
use crate::value::{FactCell, FaultKind, Number, RecordValue, Value};
use std::cmp::Ordering;
use std::sync::Arc;

/// The cases that may apply, collected one by one.
#[derive(Default)]
struct LiveCases {
    /// Those that surely apply and have a known value.
    sure: Vec<(ValueOrigin, Value)>,
    /// The known value of one of those that may apply.
    maybe: Option<Value>,
    /// True if some case surely applies, even if it is not known which.
    certain: bool,
    /// True if a value is unknown or if two cases that may both apply differ.
    split: bool,
    /// The causes of unknown guards and values.
    unknown: Gather,
}

impl LiveCases {
    fn add(&mut self, sure: bool, value: Answer, origin: ValueOrigin) {
        self.certain |= sure;
        let Some(value) = self.unknown.take(value) else {
            self.split = true;
            return;
        };
        match &self.maybe {
            Some(other) => self.split |= !same(other, &value),
            None => self.maybe = Some(value.clone()),
        }
        if sure {
            self.sure.push((origin, value));
        }
    }

    /// The common value: some case surely applies, and all that may apply agree.
    fn settle(self) -> Result<Value, Unsettled> {
        if let Some(((_, value), others)) = self.sure.split_first()
            && others.iter().any(|(_, other)| !same(value, other))
        {
            let mut cases: Vec<ValueOrigin> = self.sure.iter().map(|(case, _)| *case).collect();
            cases.sort_unstable();
            return Err(Unsettled::Fault(FaultKind::Conflict { cases }));
        }
        match (self.maybe, self.unknown.finish()) {
            (Some(value), _) if self.certain && !self.split => Ok(value),
            (_, Some(causes)) => Err(Unsettled::Unknown(causes)),
            (_, None) => Err(Unsettled::Fault(FaultKind::NoCase)),
        }
    }
}

/// Why the cases have no common value.
enum Unsettled {
    Unknown(Causes),
    Fault(FaultKind),
}

impl<'p> Machine<'p> {
    fn causes_of(&self, id: NodeId, unsettled: Unsettled) -> Causes {
        match unsettled {
            Unsettled::Unknown(causes) => causes,
            Unsettled::Fault(kind) => self.fault(id, kind),
        }
    }

    /// A definition: the value on which all cases that may apply agree.
    pub(crate) fn cases(&mut self, id: NodeId, index: u32) -> Answer {
        let program = self.program;
        let mut live = LiveCases::default();
        for case in program.cases.get(index as usize).into_iter().flatten() {
            match self.truth(case.live) {
                Ok(false) => {}
                Ok(true) => {
                    self.note(case.origin);
                    live.add(true, self.eval(case.value), case.origin);
                }
                Err(causes) => {
                    live.unknown.add(causes);
                    live.certain |= self.truth(case.guard) == Ok(true);
                    live.add(false, self.eval(case.value), case.origin);
                }
            }
        }
        live.settle().map_err(|unsettled| {
            // Whether a version holds is only looked up where no case does: the search goes through all definitions.
            let without = match &unsettled {
                Unsettled::Fault(FaultKind::NoCase) => self.without_version(id),
                Unsettled::Fault(_) | Unsettled::Unknown(_) => None,
            };
            without.map_or_else(|| self.causes_of(id, unsettled), |kind| self.fault(id, kind))
        })
    }

    /// The fault of a definition of which no version holds here; `None` if one does.
    fn without_version(&self, id: NodeId) -> Option<FaultKind> {
        let (span, date) = (self.program.span(id), self.date?);
        let (definition, known) = self.model.definitions.entries().find(|(_, known)| known.span == span)?;
        let covers = |scope: &Scope| scope.covers(self.model, self.plan.choices(), date, self.place);
        let holds = Versioned::claims(&known.versions).any(|(_, claim)| covers(claim.scope()));
        (!holds).then_some(FaultKind::NoVersion { definition, date })
    }

    /// A decision table, by its hit policy.
    pub(crate) fn table(&mut self, id: NodeId, index: u32) -> Answer {
        let program = self.program;
        let Some(table) = program.tables.get(index as usize) else { return Err(self.fault(id, FaultKind::NoCase)) };
        match table.hit {
            HitPolicy::Unique | HitPolicy::First => self.one_row(id, table),
            HitPolicy::Sum | HitPolicy::Min | HitPolicy::Max | HitPolicy::Count | HitPolicy::List => {
                self.all_rows(id, table)
            }
        }
    }

    /// Rows as cases. In a `first` table a row is silent if an earlier one applies; `otherwise` is silent if any row
    /// applies.
    fn one_row(&mut self, id: NodeId, table: &'p TableNode) -> Answer {
        let mut live = LiveCases::default();
        // `perhaps`: an earlier row may apply.
        let mut perhaps = false;
        let mut applied = false;
        for (condition, value, span) in &table.rows {
            self.step(id)?;
            match self.truth(*condition) {
                Ok(false) => {}
                Ok(true) => {
                    applied = true;
                    let sure = table.hit == HitPolicy::Unique || !perhaps;
                    if sure {
                        self.note(ValueOrigin::Row(*span));
                    }
                    let value = self.eval(*value);
                    live.add(sure, value, ValueOrigin::Row(*span));
                    if table.hit == HitPolicy::First {
                        break;
                    }
                }
                Err(causes) => {
                    perhaps = true;
                    live.unknown.add(causes);
                    let value = self.eval(*value);
                    live.add(false, value, ValueOrigin::Row(*span));
                }
            }
        }
        if let (false, Some((otherwise, span))) = (applied, table.otherwise) {
            if !perhaps {
                self.note(ValueOrigin::Row(span));
            }
            let value = self.eval(otherwise);
            live.add(!perhaps, value, ValueOrigin::Row(self.program.span(otherwise)));
        }
        live.settle().map_err(|unsettled| self.causes_of(id, unsettled))
    }

    /// The combined values of all rows that apply.
    fn all_rows(&mut self, id: NodeId, table: &'p TableNode) -> Answer {
        let mut unknown = Gather::default();
        let mut values = Vec::new();
        let mut applied = false;
        for (condition, value, span) in &table.rows {
            self.step(id)?;
            let applies = unknown.take(self.truth(*condition));
            if applies == Some(true) {
                applied = true;
                self.note(ValueOrigin::Row(*span));
            }
            if applies != Some(false) {
                // A count of rows needs no values.
                if table.hit == HitPolicy::Count {
                    values.push(Value::Bool(true));
                } else {
                    let value = self.eval(*value);
                    values.extend(unknown.take(value));
                }
            }
        }
        if let (false, false, Some((otherwise, _))) = (applied, unknown.is_empty(), table.otherwise) {
            // Perhaps no row applies, so the causes of `otherwise` count too.
            unknown.take(self.eval(otherwise));
        }
        if let Some(causes) = unknown.finish() {
            return Err(causes);
        }
        if let (true, Some((otherwise, span))) = (values.is_empty(), table.otherwise) {
            self.note(ValueOrigin::Row(span));
            return self.eval(otherwise);
        }
        let total = match table.hit {
            HitPolicy::Min => Ok(extreme(values, Ordering::Less)),
            HitPolicy::Max => Ok(extreme(values, Ordering::Greater)),
            HitPolicy::Count => {
                Ok(Some(Value::Number(Number::integer(i64::try_from(values.len()).unwrap_or(i64::MAX)))))
            }
            HitPolicy::List => return self.list_of(id, values.into_iter().map(FactCell::Known).collect()),
            HitPolicy::Sum | HitPolicy::Unique | HitPolicy::First => sum(&values),
        };
        total.and_then(|total| total.ok_or(FaultKind::NoCase)).map_err(|kind| self.fault(id, kind))
    }

    /// One of two values. If the condition is unknown, both are evaluated, and they have to agree.
    pub(crate) fn conditional(&mut self, condition: NodeId, value: NodeId, otherwise: NodeId) -> Answer {
        let causes = match self.truth(condition) {
            Ok(true) => return self.eval(value),
            Ok(false) => return self.eval(otherwise),
            Err(causes) => causes,
        };
        let mut unknown = Gather::default();
        let (value, otherwise) = (self.eval(value), self.eval(otherwise));
        let values = (unknown.take(value), unknown.take(otherwise));
        if let (Some(value), Some(otherwise)) = &values
            && same(value, otherwise)
        {
            return Ok(value.clone());
        }
        unknown.add(causes.clone());
        Err(unknown.finish().unwrap_or(causes))
    }

    /// A list of values; each must be known.
    pub(crate) fn list(&mut self, id: NodeId, items: &'p [NodeId]) -> Answer {
        let mut unknown = Gather::default();
        let mut cells = Vec::with_capacity(items.len());
        for item in items {
            cells.extend(unknown.take(self.eval(*item)).map(FactCell::Known));
        }
        match unknown.finish() {
            Some(causes) => Err(causes),
            None => self.list_of(id, cells),
        }
    }

    /// A record of which every part is known, and lies within the bounds of its field. An age in it is its completed
    /// months, as in a fact.
    pub(crate) fn record_value(&mut self, id: NodeId, record: RecordId, parts: &'p [NodeId]) -> Answer {
        let model = self.model;
        let mut unknown = Gather::default();
        let mut fields = Vec::with_capacity(parts.len());
        for (part, field) in parts.iter().zip(&model.records.at(record).fields) {
            let value = match self.eval(*part) {
                Ok(Value::Duration(length)) => Ok(Value::Duration(length.completed())),
                answer => answer,
            };
            let within = value.and_then(|value| match model.fields.at(*field).datum.admits(&value) {
                true => Ok(value),
                false => Err(self.fault(id, FaultKind::OutOfBounds { field: *field })),
            });
            fields.extend(unknown.take(within).map(FactCell::Known));
        }
        unknown.finish().map_or(Ok(Value::Record(Arc::new(RecordValue { place: None, fields }))), Err)
    }
}
