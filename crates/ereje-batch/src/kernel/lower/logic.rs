//! Truth: conjunction, disjunction, comparison, membership, states; and definitions with several cases.

use super::{Lowered, Lowering, RegisterForm, all, regs};
use crate::kernel::code::*;
use ereje::ids::LocalId;
use ereje::plan::{Node, NodeId};
use ereje::syntax::ast::{CompareOp, HitPolicy, State};

impl<'l> Lowering<'l> {
    pub(super) fn junction(&mut self, parts: &[NodeId], conjunction: bool) -> Lowered<'l> {
        let parts = self.nodes(parts);
        let list = regs(&parts);
        self.one(
            RegisterType::Bool,
            &all(&parts),
            |reg| if conjunction { Op::And(reg, list) } else { Op::Or(reg, list) },
        )
    }

    pub(super) fn is_state(&mut self, what: NodeId, state: State) -> Lowered<'l> {
        let computed = |local: LocalId| self.locals.get(&local).is_none_or(|bound| !bound.cell);
        let node = &self.program.node(what).0;
        let testable = if let Node::Local(local) = node {
            Some(!computed(*local))
        } else {
            matches!(node, Node::Fact(_) | Node::Field(..)).then_some(true)
        };
        let what = self.node(what);
        match (testable, &what.form) {
            (None, _) | (_, RegisterForm::Broken) => self.bail(&[&what]),
            (Some(true), _) => self.one(RegisterType::Bool, &[&what], |reg| Op::IsState(reg, what.reg, state)),
            (Some(false), _) => self.one(RegisterType::Bool, &[&what], |reg| Op::NoState(reg, what.reg)),
        }
    }

    pub(super) fn compare(&mut self, op: CompareOp, a: &Lowered<'l>, b: &Lowered<'l>) -> Lowered<'l> {
        if a.high.is_some() || b.high.is_some() {
            let sides = [a, b].map(|side| {
                let RegisterForm::One(ty @ (RegisterType::Scaled(_) | RegisterType::Wide)) = side.form else {
                    return None;
                };
                Some((Arg { reg: side.reg, ty }, side.high))
            });
            let [Some(left), Some(right)] = sides else { return self.nothing(&[a, b]) };
            return self.one(RegisterType::Bool, &[a, b], |to| Op::CompareCounts { to, op, a: left, b: right });
        }
        let Some((mut both, ty)) = self.unified(&[a.clone(), b.clone()]) else { return self.bail(&[a, b]) };
        let (Some(b), Some(a)) = (both.pop(), both.pop()) else { return self.bail(&[]) };
        if ty == RegisterType::Region && !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return self.bail(&[&a, &b]);
        }
        let (a, b) = match op {
            CompareOp::Eq | CompareOp::Ne => (self.completed(&a), self.completed(&b)),
            CompareOp::Lt | CompareOp::Le | CompareOp::Gt | CompareOp::Ge => (a, b),
        };
        let (left, right) = (a.reg, b.reg);
        self.one(RegisterType::Bool, &[&a, &b], |to| {
            if ty == RegisterType::Wide {
                Op::CompareWide { to, op, a: left, b: right }
            } else {
                Op::Compare { to, op, a: left, b: right, text: ty == RegisterType::Text }
            }
        })
    }

    pub(super) fn is_in(&mut self, what: NodeId, list: &[NodeId]) -> Lowered<'l> {
        let mut values = vec![self.node(what)];
        values.extend(self.nodes(list));
        let Some((values, ty)) = self.unified(&values) else { return self.bail(&all(&values)) };
        let values: Vec<Lowered<'l>> = values.iter().map(|value| self.completed(value)).collect();
        let Some((what, list)) = values.split_first() else { return self.bail(&[]) };
        let constants: Option<Vec<i64>> = list.iter().map(|item| item.constant).collect();
        if let Some(mut set) = constants.filter(|_| ty != RegisterType::Wide) {
            set.sort_unstable();
            set.dedup();
            return self.one(RegisterType::Bool, &[what], |reg| Op::InConsts(reg, what.reg, set.into()));
        }
        let (items, text, wide) = (regs(list), ty == RegisterType::Text, ty == RegisterType::Wide);
        self.one(RegisterType::Bool, &all(&values), |to| Op::In { to, what: what.reg, list: items, text, wide })
    }

    pub(super) fn in_regions(&mut self, what: NodeId, set: u32) -> Lowered<'l> {
        let what = self.node(what);
        let set = self.program.region_sets.get(set as usize);
        let (RegisterForm::One(RegisterType::Region), Some(set)) = (&what.form, set) else {
            return self.bail(&[&what]);
        };
        let set: Box<[i64]> = set.iter().map(|region| i64::from(region.0)).collect();
        self.one(RegisterType::Bool, &[&what], |reg| Op::InConsts(reg, what.reg, set))
    }

    pub(super) fn cases(&mut self, index: u32) -> Lowered<'l> {
        let program = self.program;
        let Some(cases) = program.cases.get(index as usize) else { return self.bail(&[]) };
        let (mut values, mut reads, mut found) = (Vec::new(), Vec::new(), Vec::new());
        for case in cases {
            let (guard, live) = (self.node(case.guard), self.node(case.live));
            found.push(Case { guard: guard.reg, live: live.reg, value: 0 });
            values.push(self.node(case.value));
            reads.extend([guard, live]);
        }
        self.chosen(&values, reads, |to, ty, values, _| {
            let cases = found.iter().zip(values).map(|(case, value)| Case { value: *value, ..*case }).collect();
            Op::Cases { to: Arg { reg: to, ty }, cases }
        })
    }

    /// Two cases of which one surely applies.
    pub(super) fn conditional(&mut self, condition: NodeId, value: NodeId, otherwise: NodeId) -> Lowered<'l> {
        let applies = self.node(condition);
        let fails = self.one(RegisterType::Bool, &[&applies], |reg| Op::Not(reg, applies.reg));
        let certain = self.constant(RegisterType::Bool, 1);
        let guards = [(applies.reg, applies.reg), (certain.reg, fails.reg)];
        let values = [self.node(value), self.node(otherwise)];
        self.chosen(&values, vec![applies, fails, certain], |to, ty, values, _| {
            let case = |((guard, live), value): (_, &Reg)| Case { guard, live, value: *value };
            Op::Cases { to: Arg { reg: to, ty }, cases: guards.into_iter().zip(values).map(case).collect() }
        })
    }

    pub(super) fn table(&mut self, index: u32) -> Lowered<'l> {
        let program = self.program;
        let Some(table) = program.tables.get(index as usize) else { return self.bail(&[]) };
        let (mut values, mut reads) = (Vec::new(), Vec::new());
        for (condition, value, _) in &table.rows {
            reads.push(self.node(*condition));
            values.push(self.node(*value));
        }
        let rows = table.rows.len();
        // The evaluator takes a step for each row.
        self.cost = self.cost.saturating_add(rows as u64);
        if table.hit == HitPolicy::List {
            return self.bail(&all(&reads));
        }
        let conditions = regs(&reads);
        values.extend(table.otherwise.map(|(otherwise, _)| self.node(otherwise)));
        let (hit, counted) = (table.hit, table.hit == HitPolicy::Count);
        if counted {
            // How many rows apply does not depend on their values.
            values.drain(..rows.min(values.len()));
        }
        self.chosen(&values, reads, |to, ty, values, own| {
            let ty = if counted { RegisterType::Scaled(own) } else { ty };
            let of = |row: usize| if counted { 0 } else { values.get(row).copied().unwrap_or(0) };
            let row = |(index, live): (usize, &Reg)| Case { guard: *live, live: *live, value: of(index) };
            let rows = conditions.iter().enumerate().map(row).collect();
            let otherwise = table.otherwise.and(values.last().copied());
            Op::Table { to: Arg { reg: to, ty }, hit, rows, otherwise }
        })
    }

    /// A value chosen among several, brought to one type.
    fn chosen(
        &mut self,
        values: &[Lowered<'l>],
        mut reads: Vec<Lowered<'l>>,
        make: impl FnOnce(Reg, RegisterType, &[Reg], u32) -> Op,
    ) -> Lowered<'l> {
        let unified =
            if values.is_empty() { Some((Vec::new(), RegisterType::Scaled(0))) } else { self.unified(values) };
        let Some((values, ty)) = unified else {
            reads.extend(values.iter().cloned());
            return self.bail(&all(&reads));
        };
        let own = regs(&values);
        let places = if let RegisterType::Scaled(places) = ty { places } else { 0 };
        reads.extend(values);
        self.one(ty, &all(&reads), |to| make(to, ty, &own, places))
    }
}
