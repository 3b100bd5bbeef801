//! What a decision consists of: whether the policy is in force, and the rules by level.

use super::{Lowered, Lowering, RegisterForm};
use crate::kernel::code::*;
use ereje::plan::{Clause, NodeId, RuleEntry};

impl<'l> Lowering<'l> {
    pub(super) fn rules(&mut self) {
        let program = self.program;
        let in_force = program.in_force.map(|node| self.node(node));
        self.code.in_force = in_force.map(|low| self.once(&low));
        let Some(decision) = self.model.decisions.get(self.decision) else { return };
        let Some(entry) = program.decisions.get(self.decision) else { return };
        self.code.levels = u32::try_from(decision.outcomes.len()).unwrap_or(u32::MAX);
        self.code.sure = u32::from(decision.can_be_impossible());
        for rule in &entry.rules {
            self.rule(rule);
        }
    }

    /// The register of something that the evaluator computes at most once.
    fn once(&mut self, low: &Lowered<'l>) -> Reg {
        self.cost = self.cost.saturating_add(low.cost);
        low.reg
    }

    fn rule(&mut self, entry: &'l RuleEntry) {
        let clause: &Clause = &entry.clause;
        let rank = self.plan.reason_key(&self.model.provision(entry.rule).claim);
        let (holds, each, differs) = match clause.each {
            None => {
                let holds = self.node(clause.holds);
                let args = self.nodes(&clause.args);
                for arg in &args {
                    self.once(arg);
                }
                (self.once(&holds), None, false)
            }
            Some(each) => {
                let list = self.node(each.list);
                let guard = self.node(clause.guard);
                self.once(&guard);
                self.once(&list);
                match self.open(&list, each.local) {
                    Some(opened) => {
                        let holds = self.node(clause.holds);
                        let args = self.nodes(&clause.args);
                        let cost = args.iter().fold(holds.cost, |all, arg| all.saturating_add(arg.cost));
                        self.cost = self.cost.saturating_add(self.turns(cost));
                        let differs = args.iter().any(|arg| arg.frames & opened.bit != 0);
                        let each = RuleLoop {
                            list: list.reg,
                            element: opened.element,
                            stride: opened.stride,
                            block: opened.block,
                            guard: guard.reg,
                        };
                        self.close(opened);
                        (holds.reg, Some(each), differs)
                    }
                    None => {
                        let unknown = self.bail(&[&list]);
                        // If the guard is false, the list does not matter.
                        let parts = [guard.reg, unknown.reg].into();
                        let both = self.one(RegisterType::Bool, &[&guard, &unknown], |reg| Op::And(reg, parts));
                        (both.reg, None, false)
                    }
                }
            }
        };
        self.code.rules.push(Rule { level: entry.level, holds, each, differs, reason: clause.reason, rank });
    }

    /// Lowers the governing date and place.
    pub(super) fn entries(&mut self) {
        let program = self.program;
        let mut entries = program.entries.iter();
        self.code.date = entries.next().map(|entry| self.entry(*entry, RegisterType::Date));
        self.code.region = entries.next().map(|entry| self.entry(*entry, RegisterType::Region));
    }

    fn entry(&mut self, entry: NodeId, ty: RegisterType) -> Reg {
        let low = self.node(entry);
        match low.form {
            RegisterForm::One(own) if own == ty => self.once(&low),
            RegisterForm::Broken => low.reg,
            RegisterForm::One(_) | RegisterForm::Record { .. } | RegisterForm::List { .. } | RegisterForm::Opaque => {
                self.bail(&[]).reg
            }
        }
    }
}
