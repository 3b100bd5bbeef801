//! Constants, facts and fields, and what the handlers of a silent fact declare.

use super::{Lowered, Lowering, RegisterForm};
use crate::kernel::cause_set::{CauseSet, HANDLERS};
use crate::kernel::code::*;
use crate::row::{Cell, CellType, SlotShape};
use ereje::eval::handler_chain;
use ereje::ids::{FactId, FieldId};
use ereje::model::{DurationKind, HandlerRef};
use ereje::plan::{HandlerEntry, Node, NodeId};
use ereje::syntax::ast::State;
use ereje::value::{Duration, FactPath, Number, Step, Value};

/// The most digits after the point of a scaled number.
pub(super) const MAX_PLACES: u32 = 12;

/// A number in units of 10⁻ⁿ for the least n that keeps it exact, and that n; `None` if 64 bits cannot hold it.
pub(super) fn scaled(number: Number) -> Option<(u32, i64)> {
    let (numer, denom) = number.parts();
    (0..=MAX_PLACES).find_map(|places| {
        let scale = 10_i128.pow(places);
        if scale % denom != 0 {
            return None;
        }
        let value = numer.checked_mul(scale / denom).and_then(|value| i64::try_from(value).ok())?;
        (value.unsigned_abs() < 1 << 62).then_some((places, value))
    })
}

/// The type of the register that a cell is loaded into.
pub(super) fn register_type(ty: CellType) -> RegisterType {
    match ty {
        CellType::Bool => RegisterType::Bool,
        CellType::Whole => RegisterType::Scaled(0),
        CellType::Decimal => RegisterType::Scaled(Cell::DECIMALS),
        CellType::Date => RegisterType::Date,
        CellType::Duration(DurationKind::Months) => RegisterType::Months,
        CellType::Duration(DurationKind::Days) => RegisterType::Days,
        CellType::Duration(DurationKind::WorkingDays(_)) => RegisterType::WorkingDays,
        CellType::Text => RegisterType::Text,
        CellType::Enum(id) => RegisterType::Enum(id.0),
        CellType::Region => RegisterType::Region,
    }
}

impl<'l> Lowering<'l> {
    pub(super) fn const_node(&mut self, index: u32) -> Lowered<'l> {
        match self.program.consts.get(index as usize) {
            Some(value) => self.value(value),
            None => self.bail(&[]),
        }
    }

    fn value(&mut self, value: &Value) -> Lowered<'l> {
        if let Value::Number(number) = value {
            return match scaled(*number) {
                Some((places, value)) => self.constant(RegisterType::Scaled(places), value),
                None => self.wide_constant(*number),
            };
        }
        match self.plain(value) {
            Some((ty, value)) => self.constant(ty, value),
            None => self.bail(&[]),
        }
    }

    /// A norm as of a fixed day, which is a constant. The kernel has no form for the program of another day, so whatever else
    /// is read as of another day is left to the evaluator.
    pub(super) fn norm_at(&mut self, entry: u32, day: NodeId) -> Lowered<'l> {
        let Node::Const(index) = self.program.node(day).0 else { return self.bail(&[]) };
        let day = self.program.consts.get(index as usize);
        let (Some(Value::Date(day)), Some(place)) = (day, self.place) else { return self.bail(&[]) };
        match ereje::eval::norm_at(self.plan, entry, *day, place) {
            Some((value, steps)) => {
                let low = self.value(&value);
                Lowered { cost: low.cost.saturating_add(steps), ..low }
            }
            None => self.bail(&[]),
        }
    }

    /// The bits of a value that is no number, in a register.
    fn plain(&self, value: &Value) -> Option<(RegisterType, i64)> {
        Some(match value {
            Value::Bool(value) => (RegisterType::Bool, i64::from(*value)),
            Value::Date(day) => (RegisterType::Date, Cell::date(*day).get()?),
            Value::Duration(length @ (Duration::Months(_) | Duration::Age { .. })) => {
                (RegisterType::Months, crate::kernel::months::months_register(*length)?)
            }
            Value::Duration(Duration::Days(n)) => (RegisterType::Days, *n),
            Value::Duration(Duration::WorkingDays(n)) => (RegisterType::WorkingDays, *n),
            // A text that rows do not tell from others cannot be compared.
            Value::Text(text) => (RegisterType::Text, self.layout.text(text).get().filter(|place| *place >= 0)?),
            Value::Enum(id, index) => (RegisterType::Enum(id.0), i64::from(*index)),
            Value::Region(region) => (RegisterType::Region, i64::from(region.0)),
            Value::Number(_) | Value::Record(_) | Value::List(_) => return None,
        })
    }

    pub(super) fn fact(&mut self, fact: FactId) -> Lowered<'l> {
        match self.layout.slot(fact) {
            Some(slot) => self.load(&slot.shape, slot.at, (None, None), None, FactPath::of(fact)),
            None => self.bail(&[]),
        }
    }

    pub(super) fn field(&mut self, record: &Lowered<'l>, field: FieldId) -> Lowered<'l> {
        let RegisterForm::Record { fields, at, base, place } = &record.form else { return self.bail(&[record]) };
        let Some((_, slot)) = fields.iter().find(|(id, _)| *id == field) else { return self.bail(&[record]) };
        self.load(&slot.shape, at + slot.at, (*base, None), Some(record), place.step(Step::Field(field)))
    }

    /// Loads a datum. Its cell counts from the row's beginning or from that of an element: the element's register, and
    /// the loop's frame where nothing else names it. The record that it is part of comes with it.
    pub(super) fn load(
        &mut self,
        shape: &'l SlotShape,
        at: u32,
        (base, element): (Option<Reg>, Option<&Lowered<'l>>),
        of: Option<&Lowered<'l>>,
        place: FactPath,
    ) -> Lowered<'l> {
        let form = match shape {
            SlotShape::One(ty) => RegisterForm::One(register_type(*ty)),
            SlotShape::Record(_, fields) => RegisterForm::Record { fields, at, base, place: place.clone() },
            SlotShape::List(shape) => RegisterForm::List { shape, place: place.clone() },
            SlotShape::Unheld => RegisterForm::Opaque,
        };
        let silent = SilenceHandling {
            absent: self.absent(&form, &place),
            unavailable: self.proposed(&place, State::Unavailable),
        };
        let of_reg = of.map(|record| record.reg);
        let reads: Vec<&Lowered<'l>> = of.into_iter().chain(element).collect();
        let low = self.one(RegisterType::Bool, &reads, |to| Op::Load { to, at, base, of: of_reg, silent });
        if let RegisterForm::One(RegisterType::Months) = form {
            // A cell holds whole months.
            return self.one(RegisterType::Months, &[&low], |to| Op::Rescale(to, low.reg, MONTH));
        }
        Lowered { form, ..low }
    }

    /// What a datum without a record becomes.
    fn absent(&mut self, form: &RegisterForm<'l>, place: &FactPath) -> RegisterValue {
        let chain = handler_chain(self.program, self.model, place, State::Absent);
        let means = chain.iter().any(|(_, entry)| entry.means.is_some());
        match chain.first() {
            Some((_, first)) if means && !self.always(first) => return RegisterValue::unknown(CauseSet::BAIL),
            Some((_, HandlerEntry { means: Some(means), .. })) => {
                return self.meant(form, *means).map_or(RegisterValue::unknown(CauseSet::BAIL), RegisterValue::known);
            }
            Some(_) | None => {}
        }
        RegisterValue::unknown(self.proposed(place, State::Absent))
    }

    /// The constant that a handler puts in place of a missing record, as its cell would hold it.
    fn meant(&self, form: &RegisterForm<'l>, means: ereje::plan::NodeId) -> Option<i64> {
        let value = match (self.program.node(means).0, form) {
            (Node::Const(index), _) => self.program.consts.get(index as usize)?,
            (Node::List(items), RegisterForm::List { .. }) if self.program.list(items).is_empty() => return Some(0),
            _ => return None,
        };
        match (form, value) {
            (RegisterForm::One(RegisterType::Scaled(places)), Value::Number(number)) => {
                let (own, value) = scaled(*number)?;
                value.checked_mul(10_i64.checked_pow(places.checked_sub(own)?)?)
            }
            (RegisterForm::One(RegisterType::Months), Value::Duration(Duration::Months(n))) => Some(*n),
            (RegisterForm::One(RegisterType::Months), _) => None,
            (RegisterForm::One(ty), value) => self.plain(value).filter(|(own, _)| own == ty).map(|(_, value)| value),
            (RegisterForm::List { .. }, Value::List(list)) if list.items.is_empty() => Some(0),
            (
                RegisterForm::List { .. } | RegisterForm::Record { .. } | RegisterForm::Opaque | RegisterForm::Broken,
                _,
            ) => None,
        }
    }

    /// The causes for what a silent datum proposes.
    fn proposed(&mut self, place: &FactPath, state: State) -> CauseSet {
        let (nothing, unsupported) = match state {
            State::Absent => (CauseSet::ABSENT, CauseSet::ABSENT_UNSUPPORTED),
            State::Unavailable => (CauseSet::DOWN, CauseSet::DOWN_UNSUPPORTED),
        };
        let Some((owner, entry)) = handler_chain(self.program, self.model, place, state).first().copied() else {
            return nothing;
        };
        if !self.always(&entry) {
            return unsupported;
        }
        let handler = HandlerRef { owner, state, version: entry.version };
        let version = self.model.handler(handler);
        let (Some(level), Some(reason)) = (version.level(self.decision), version.reason()) else { return nothing };
        let number = match self.handlers.iter().position(|known| *known == handler) {
            Some(known) => known,
            None => {
                self.handlers.push(handler);
                self.handlers.len() - 1
            }
        };
        // Each state has a half of the numbers, so that its handlers have bits of their own.
        let half = u32::try_from(self.handlers.iter().take(number).filter(|h| h.state == state).count());
        let Some(half) = half.ok().filter(|half| *half < HANDLERS) else { return unsupported };
        let bit = half + if state == State::Absent { 0 } else { HANDLERS };
        if self.code.handlers.len() <= bit as usize {
            self.code.handlers.resize(bit as usize + 1, None);
        }
        let rank = self.plan.reason_key(version.claim());
        if let Some(slot) = self.code.handlers.get_mut(bit as usize) {
            *slot = Some(Proposal { level, reason, rank, handler });
        }
        CauseSet::handler(bit)
    }

    /// True if the handler applies to everybody.
    fn always(&self, entry: &HandlerEntry) -> bool {
        let Node::Const(index) = self.program.node(entry.guard).0 else { return false };
        self.program.consts.get(index as usize) == Some(&Value::Bool(true))
    }
}
