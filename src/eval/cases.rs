//! Definitions with several cases, and decision tables: what speaks, and whether what speaks agrees.

use super::aggregate::{extreme, sum};
use super::causes::*;
use super::logic::same;
use super::machine::Machine;
use crate::ids::ValueOrigin;
use crate::plan::{NodeId, TableNode};
use crate::syntax::ast::HitPolicy;
use crate::value::{FactCell, FaultKind, ListValue, Number, Value};
use std::cmp::Ordering;
use std::sync::Arc;

/// The cases that are not surely silent, as they are found.
#[derive(Default)]
struct Speaking {
    /// Those that surely speak and have a known value.
    sure: Vec<(ValueOrigin, Value)>,
    /// The known value of one of those that may speak.
    maybe: Option<Value>,
    /// Whether something surely speaks, though it may not be known which.
    certain: bool,
    /// Whether some value is unknown, or two that may both speak differ.
    split: bool,
    /// What is unknown about guards and values.
    unknown: Gather,
}

impl Speaking {
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

    /// The value that they come to: something surely speaks, and whatever may speak says the same.
    fn settle(self) -> Result<Value, Silent> {
        if let Some(((_, value), others)) = self.sure.split_first()
            && others.iter().any(|(_, other)| !same(value, other))
        {
            let mut cases: Vec<ValueOrigin> = self.sure.iter().map(|(case, _)| *case).collect();
            cases.sort_unstable();
            return Err(Silent::Fault(FaultKind::Conflict { cases }));
        }
        match (self.maybe, self.unknown.finish()) {
            (Some(value), _) if self.certain && !self.split => Ok(value),
            (_, Some(causes)) => Err(Silent::Unknown(causes)),
            (_, None) => Err(Silent::Fault(FaultKind::NoCase)),
        }
    }
}

/// Why cases come to no value.
enum Silent {
    Unknown(Causes),
    Fault(FaultKind),
}

impl<'p> Machine<'p> {
    fn silent(&self, id: NodeId, silent: Silent) -> Causes {
        match silent {
            Silent::Unknown(causes) => causes,
            Silent::Fault(kind) => self.fault(id, kind),
        }
    }

    /// A definition: the value on which all cases that are not surely silent agree.
    pub(crate) fn cases(&mut self, id: NodeId, index: u32) -> Answer {
        let program = self.program;
        let mut speaking = Speaking::default();
        for case in program.cases.get(index as usize).into_iter().flatten() {
            match self.truth(case.live) {
                Ok(false) => {}
                Ok(true) => {
                    self.note(case.origin);
                    speaking.add(true, self.eval(case.value), case.origin);
                }
                Err(causes) => {
                    speaking.unknown.add(causes);
                    speaking.certain |= self.truth(case.guard) == Ok(true);
                    speaking.add(false, self.eval(case.value), case.origin);
                }
            }
        }
        speaking.settle().map_err(|silent| self.silent(id, silent))
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

    /// Rows as cases: in a `first` table each is silent where an earlier one applies. `otherwise` is silent where any
    /// row applies.
    fn one_row(&mut self, id: NodeId, table: &'p TableNode) -> Answer {
        let mut speaking = Speaking::default();
        // Whether an earlier row applies: surely (then we stop), perhaps, or no.
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
                    speaking.add(sure, value, ValueOrigin::Row(*span));
                    if table.hit == HitPolicy::First {
                        break;
                    }
                }
                Err(causes) => {
                    perhaps = true;
                    speaking.unknown.add(causes);
                    let value = self.eval(*value);
                    speaking.add(false, value, ValueOrigin::Row(*span));
                }
            }
        }
        if let (false, Some((otherwise, span))) = (applied, table.otherwise) {
            if !perhaps {
                self.note(ValueOrigin::Row(span));
            }
            let value = self.eval(otherwise);
            speaking.add(!perhaps, value, ValueOrigin::Row(self.program.span(otherwise)));
        }
        speaking.settle().map_err(|silent| self.silent(id, silent))
    }

    /// The values of all rows that apply, taken together.
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
                // How many rows apply does not turn on what they say.
                if table.hit == HitPolicy::Count {
                    values.push(Value::Bool(true));
                } else {
                    let value = self.eval(*value);
                    values.extend(unknown.take(value));
                }
            }
        }
        if let (false, false, Some((otherwise, _))) = (applied, unknown.is_empty(), table.otherwise) {
            // Perhaps no row applies, and then this is asked.
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
            HitPolicy::List => {
                let items = values.into_iter().map(FactCell::Known).collect();
                Ok(Some(Value::List(Arc::new(ListValue { place: None, items }))))
            }
            HitPolicy::Sum | HitPolicy::Unique | HitPolicy::First => sum(&values),
        };
        total.and_then(|total| total.ok_or(FaultKind::NoCase)).map_err(|kind| self.fault(id, kind))
    }

    /// A list of values, each of which must be known.
    pub(crate) fn list(&mut self, items: &'p [NodeId]) -> Answer {
        let mut unknown = Gather::default();
        let mut cells = Vec::with_capacity(items.len());
        for item in items {
            cells.extend(unknown.take(self.eval(*item)).map(FactCell::Known));
        }
        match unknown.finish() {
            Some(causes) => Err(causes),
            None => Ok(Value::List(Arc::new(ListValue { place: None, items: cells }))),
        }
    }
}
