//! Loops over the elements of a list.

use super::{BoundVariable, Frame, Lowered, Lowering, RegisterForm};
use crate::kernel::code::*;
use ereje::ids::LocalId;
use ereje::syntax::ast::AggregateFunc;
use ereje::value::Step;

/// A loop that is being written out.
pub(super) struct OpenLoop<'l> {
    pub(super) bit: u64,
    pub(super) block: u32,
    pub(super) element: Reg,
    pub(super) stride: u32,
    local: LocalId,
    before: Option<BoundVariable<'l>>,
}

impl<'l> Lowering<'l> {
    /// Begins a loop over a list and binds its variable to an element; `None` if the list is not one of the facts.
    pub(super) fn open(&mut self, list: &Lowered<'l>, local: LocalId) -> Option<OpenLoop<'l>> {
        let RegisterForm::List { shape, place } = &list.form else { return None };
        let (shape, place) = (*shape, place.step(Step::Item(0)));
        let bit = 1_u64.checked_shl(u32::try_from(self.frames.len()).ok()?)?;
        let block = u32::try_from(self.code.blocks.len()).ok()?;
        self.code.blocks.push(Vec::new());
        self.frames.push(Frame { block: Some(block), ..Frame::default() });
        let element = self.register();
        let base =
            Lowered { reg: element, form: RegisterForm::Opaque, frames: bit, high: None, constant: None, cost: 0 };
        let low = self.load(&shape.element, 0, (Some(element), Some(&base)), None, place);
        let before = self.locals.insert(local, BoundVariable { low, cell: true });
        Some(OpenLoop { bit, block, element, stride: shape.stride, local, before })
    }

    pub(super) fn close(&mut self, opened: OpenLoop<'l>) {
        self.bind(opened.local, opened.before);
        self.frames.pop();
    }

    /// The steps of a loop if each turn takes `each`.
    pub(super) fn turns(&self, each: u64) -> u64 {
        u64::try_from(self.code.longest).unwrap_or(u64::MAX).saturating_mul(each.saturating_add(1))
    }

    pub(super) fn aggregate(&mut self, index: u32) -> Lowered<'l> {
        let Some(node) = self.program.aggregates.get(index as usize).copied() else { return self.bail(&[]) };
        let list = self.node(node.list);
        let otherwise = node.otherwise.map(|otherwise| self.node(otherwise));
        let Some(opened) = self.open(&list, node.local) else { return self.bail(&[&list]) };
        let filter = node.filter.map(|filter| self.node(filter));
        let body = match (node.body, node.func) {
            (Some(body), _) => Some(self.node(body)),
            (None, AggregateFunc::Count) => None,
            (None, _) => self.locals.get(&node.local).map(|bound| bound.low.clone()),
        };
        let each = filter.iter().chain(&body).fold(0_u64, |all, low| all.saturating_add(low.cost));
        let value = self.gathered(node.func, body.as_ref(), otherwise.as_ref());
        let inside = filter.iter().chain(&body).fold(0, |all, low| all | low.frames) & !opened.bit;
        let (bit, block, element, stride) = (opened.bit, opened.block, opened.element, opened.stride);
        self.close(opened);
        let cost = self.turns(each);
        // The frames outside the loop whose variables it reads.
        let outside = Lowered { frames: inside, cost, form: RegisterForm::Opaque, high: None, constant: None, reg: 0 };
        let Some((ty, body, otherwise)) = value else { return self.bail(&[&list, &outside]) };
        let otherwise_low = otherwise.clone().unwrap_or_else(|| outside.clone());
        let high = self.register();
        let counts = node.func == AggregateFunc::Count && node.filter.is_some();
        let (filter, of) = (filter.map(|low| low.reg), otherwise.map(|low| low.reg));
        let low = self.one(ty, &[&list, &outside, &otherwise_low], |reg| {
            let (list, body, otherwise, func) = (list.reg, body.map(|low| low.reg), of, node.func);
            Op::Loop(reg, high, Box::new(Loop { func, list, element, stride, block, filter, body, otherwise, ty }))
        });
        debug_assert_eq!(low.frames & bit, 0, "a loop's variable is read outside it");
        Lowered { high: counts.then_some(high), ..low }
    }

    /// What a turn gives and what an empty list gives, in one type; `None` if the kernel has no form for them.
    fn gathered(
        &mut self,
        func: AggregateFunc,
        body: Option<&Lowered<'l>>,
        otherwise: Option<&Lowered<'l>>,
    ) -> Option<(RegisterType, Option<Lowered<'l>>, Option<Lowered<'l>>)> {
        match func {
            AggregateFunc::Any | AggregateFunc::All => Some((RegisterType::Bool, body.cloned(), None)),
            AggregateFunc::Count => Some((RegisterType::Scaled(0), None, None)),
            AggregateFunc::List => None,
            AggregateFunc::Sum | AggregateFunc::Min | AggregateFunc::Max | AggregateFunc::First => {
                let values: Vec<Lowered<'l>> = body.into_iter().chain(otherwise).cloned().collect();
                let (mut values, ty) = self.unified(&values)?;
                let otherwise = otherwise.and_then(|_| values.pop());
                let fits = match ty {
                    RegisterType::Scaled(_)
                    | RegisterType::Wide
                    | RegisterType::Months
                    | RegisterType::Days
                    | RegisterType::WorkingDays => true,
                    RegisterType::Bool | RegisterType::Date | RegisterType::Enum(_) => func != AggregateFunc::Sum,
                    RegisterType::Text | RegisterType::Region => func == AggregateFunc::First,
                };
                fits.then(|| (ty, values.pop(), otherwise))
            }
        }
    }
}
