//! Conditions of a probing plan: their truth, and the clauses that had a say.
//!
//! A clause has a say if its condition is true or false and would be different (the opposite, or unknown) if this
//! clause alone were the opposite. That is masking MC/DC, in strong Kleene logic.

use super::causes::*;
use super::coverage_points::CoveragePoint;
use super::machine::Machine;
use crate::plan::{ConditionNode, ConditionPart, NodeId};
use crate::value::{FaultKind, Value};

/// How many parts of a junction are true, false, and unknown.
#[derive(Clone, Copy, Default)]
struct Count {
    yes: usize,
    no: usize,
    unknown: usize,
}

impl Count {
    fn add(&mut self, truth: Option<bool>) {
        match truth {
            Some(true) => self.yes += 1,
            Some(false) => self.no += 1,
            None => self.unknown += 1,
        }
    }

    /// The truth of the junction if one part changes from `old` to `new`: a disjunction if `decides` is true, else a
    /// conjunction.
    fn with(mut self, old: Option<bool>, new: Option<bool>, decides: bool) -> Option<bool> {
        match old {
            Some(true) => self.yes = self.yes.saturating_sub(1),
            Some(false) => self.no = self.no.saturating_sub(1),
            None => self.unknown = self.unknown.saturating_sub(1),
        }
        self.add(new);
        self.truth(decides)
    }

    fn truth(self, decides: bool) -> Option<bool> {
        match (if decides { self.yes } else { self.no }, self.unknown) {
            (0, 0) => Some(!decides),
            (0, _) => None,
            _ => Some(decides),
        }
    }
}

impl<'p> Machine<'p> {
    /// Notes the point of a probe and returns the node behind it.
    pub(crate) fn probe(&mut self, id: NodeId, index: u32) -> Result<NodeId, Causes> {
        let Some(probe) = self.program.probes.get(index as usize) else {
            return Err(self.fault(id, FaultKind::NoCase));
        };
        self.note(probe.point);
        for watched in &probe.watched {
            // To note its clauses; its truth is settled.
            let _ = self.truth(*watched);
        }
        Ok(probe.inner)
    }

    /// The node behind probes, and behind conditions that consist of a single clause.
    pub(crate) fn behind(&self, mut id: NodeId) -> NodeId {
        use crate::plan::Node;
        loop {
            let node = self.program.node(id).0;
            if let Node::Probe(index) = node
                && let Some(probe) = self.program.probes.get(index as usize)
            {
                id = probe.inner;
            } else if let Node::Condition(index) = node
                && let Some(condition) = self.program.conditions.get(index as usize)
                && let [ConditionPart::Leaf(inner, _)] = condition.parts.as_slice()
            {
                id = *inner;
            } else {
                return id;
            }
        }
    }

    /// The truth of a condition.
    pub(crate) fn condition(&mut self, id: NodeId, index: u32) -> Truth {
        let program = self.program;
        let Some(condition) = program.conditions.get(index as usize) else {
            return Err(self.fault(id, FaultKind::NoCase));
        };
        let Some(last) = condition.parts.len().checked_sub(1) else { return Err(self.fault(id, FaultKind::NoCase)) };
        let mut met: Vec<Option<Option<bool>>> = vec![None; condition.parts.len()];
        let truth = self.part(condition, last, &mut met);
        if self.recorder.is_some() && truth.is_ok() {
            self.deciding_clauses(condition, met);
        }
        truth
    }

    /// Evaluates a part as an ordinary plan does: from the left, and no further than needed.
    fn part(&mut self, condition: &'p ConditionNode, index: usize, met: &mut [Option<Option<bool>>]) -> Truth {
        let truth = match condition.parts.get(index) {
            Some(ConditionPart::Leaf(node, _)) => self.truth(*node),
            Some(ConditionPart::Not(inner)) => self.part(condition, *inner as usize, met).map(|value| !value),
            Some(ConditionPart::And(inner)) => self.parts(condition, inner, false, met),
            Some(ConditionPart::Or(inner)) => self.parts(condition, inner, true, met),
            Some(ConditionPart::Marked(_, inner)) => self.part(condition, *inner as usize, met),
            Some(ConditionPart::Suspended(..)) => Ok(false),
            None => Err(self.fault(NodeId(0), FaultKind::NoCase)),
        };
        if let Some(slot) = met.get_mut(index) {
            *slot = Some(truth.as_ref().ok().copied());
        }
        truth
    }

    fn parts(
        &mut self,
        condition: &'p ConditionNode,
        inner: &[u32],
        decides: bool,
        met: &mut [Option<Option<bool>>],
    ) -> Truth {
        let mut unknown = Gather::default();
        for part in inner {
            if unknown.take(self.part(condition, *part as usize, met)) == Some(decides) {
                return Ok(decides);
            }
        }
        unknown.finish().map_or(Ok(!decides), Err)
    }

    /// Notes every clause and mark that had a say. Parts that were not needed so far are evaluated aside.
    fn deciding_clauses(&mut self, condition: &'p ConditionNode, met: Vec<Option<Option<bool>>>) {
        let parts = &condition.parts;
        let mut truths: Vec<Option<bool>> = Vec::with_capacity(parts.len());
        let mut counts: Vec<Count> = vec![Count::default(); parts.len()];
        for ((part, met), count) in parts.iter().zip(met).zip(&mut counts) {
            let of = |index: &u32| truths.get(*index as usize).copied().flatten();
            let truth = match (part, met) {
                (ConditionPart::Leaf(..), Some(truth)) => truth,
                (ConditionPart::Leaf(node, _), None) => self.aside(|machine| machine.truth(*node).ok()),
                (ConditionPart::Not(inner), _) => of(inner).map(|value| !value),
                (ConditionPart::Marked(_, inner), _) => of(inner),
                (ConditionPart::Suspended(..), _) => Some(false),
                (ConditionPart::And(inner) | ConditionPart::Or(inner), _) => {
                    inner.iter().for_each(|index| count.add(of(index)));
                    count.truth(matches!(part, ConditionPart::Or(_)))
                }
            };
            truths.push(truth);
        }
        // From the whole inwards: the truth of the whole if this part were true, false, or unknown. A part that changes
        // nothing masks all that is inside it.
        let Some(whole) = truths.last().copied() else { return };
        let mut effect: Vec<[Option<bool>; 3]> = vec![[Some(true), Some(false), None]; parts.len()];
        for index in (0..parts.len()).rev() {
            let (Some(part), Some(outer)) = (parts.get(index), effect.get(index).copied()) else { continue };
            let through = |truth: Option<bool>| {
                let [yes, no, unknown] = outer;
                match truth {
                    Some(true) => yes,
                    Some(false) => no,
                    None => unknown,
                }
            };
            let (inner, junction): (&[u32], Option<bool>) = match part {
                ConditionPart::Leaf(..) => (&[], None),
                ConditionPart::Not(inner) | ConditionPart::Marked(_, inner) | ConditionPart::Suspended(_, inner) => {
                    (std::slice::from_ref(inner), None)
                }
                ConditionPart::And(inner) => (inner, Some(false)),
                ConditionPart::Or(inner) => (inner, Some(true)),
            };
            let count = counts.get(index).copied().unwrap_or_default();
            for child in inner {
                let now = truths.get(*child as usize).copied().flatten();
                let effects = [Some(true), Some(false), None].map(|truth| {
                    through(match (part, junction) {
                        (_, Some(decides)) => count.with(now, truth, decides),
                        // A suspended exception is false whatever is inside it.
                        (ConditionPart::Suspended(..), None) => Some(false),
                        (ConditionPart::Not(_), None) => truth.map(|value| !value),
                        (
                            ConditionPart::Leaf(..)
                            | ConditionPart::Marked(..)
                            | ConditionPart::And(_)
                            | ConditionPart::Or(_),
                            None,
                        ) => truth,
                    })
                });
                if let Some(slot) = effect.get_mut(*child as usize) {
                    *slot = effects;
                }
            }
        }
        for ((part, truth), [if_true, if_false, _]) in parts.iter().zip(&truths).zip(effect) {
            match (part, truth) {
                (ConditionPart::Leaf(_, Some(span)), Some(true)) if whole != if_false => {
                    self.note(CoveragePoint::Clause(*span, true))
                }
                (ConditionPart::Leaf(_, Some(span)), Some(false)) if whole != if_true => {
                    self.note(CoveragePoint::Clause(*span, false))
                }
                (ConditionPart::Marked(point, _), Some(true)) if whole != if_false => self.note(*point),
                (ConditionPart::Suspended(point, inner), _) if whole != if_true => {
                    if truths.get(*inner as usize) == Some(&Some(true)) {
                        self.note(*point);
                    }
                }
                (ConditionPart::Leaf(..) | ConditionPart::Not(_) | ConditionPart::And(_) | ConditionPart::Or(_), _) => {
                }
                (ConditionPart::Marked(..) | ConditionPart::Suspended(..), _) => {}
            }
        }
    }

    /// A condition's value.
    pub(crate) fn condition_value(&mut self, id: NodeId, index: u32) -> Answer {
        self.condition(id, index).map(Value::Bool)
    }
}
