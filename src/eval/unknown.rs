//! What is not known of a decision: the causes of all its rules, and of the outputs that are tied to its outcomes.

use super::causes::{Cause, Causes};
use super::machine::Machine;
use super::outcome::Question;
use crate::facts::FactSet;
use crate::plan::{Plan, Programs, with_room};
use std::collections::BTreeSet;

/// Everything that keeps a rule of a decision, or an output tied to one of its outcomes, from being known, whether the
/// outcome turns on it or not; if `all`, also a notice and any other output. `None` as long as it is not known that the
/// policy holds.
#[must_use]
pub fn unknown_causes(plan: &Plan, facts: &FactSet, question: &Question, all: bool) -> Option<BTreeSet<Cause>> {
    with_room(plan, || unknown_here(plan, facts, question, all)).flatten()
}

fn unknown_here(plan: &Plan, facts: &FactSet, question: &Question, all: bool) -> Option<BTreeSet<Cause>> {
    let programs = Programs::new(plan);
    let (date, region) = super::governing(&programs, facts, question, None).ok()?;
    let program = programs.of(date, region)?;
    let mut machine = Machine::new(&programs, facts, program, Some(date), region);
    if machine.truth(program.in_force?) != Ok(true) {
        return None;
    }
    let mut found = BTreeSet::new();
    let mut add = |causes: Causes| found.extend(causes.iter().cloned());
    let entry = program.decisions.get(question.decision)?;
    let notices = entry.notices.iter().filter(|_| all).map(|notice| &notice.clause);
    for clause in entry.rules.iter().map(|rule| &rule.clause).chain(notices) {
        machine.instances(clause, &mut |_, _, truth| {
            if let Err(causes) = truth {
                add(causes);
            }
        });
    }
    let declared = &plan.model().decisions.at(question.decision).outputs;
    for output in &entry.outputs {
        let tied = declared.get(output.output as usize).is_some_and(|output| !output.tied.is_empty());
        if (tied || all)
            && let Some(causes) = machine.output(*output).and_then(|answer| answer.unknown())
        {
            add(causes);
        }
    }
    Some(found)
}
