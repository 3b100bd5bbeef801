//! Outputs that are tied to outcomes: no outcome is given while an output tied to it is not known.
//!
//! Comes in: the outcome that the sweep is about to give. Goes out: that outcome; or a stronger one that the handlers of
//! the silent facts behind such an output declare; or the facts to ask; or what keeps the output from being known.
//!
//! What is asked are the unasked facts of the outputs of every outcome that is still possible, and not only of the one at
//! hand: otherwise an answer could bring a new question.

use super::causes::*;
use super::machine::Machine;
use super::outcome::*;
use super::sweep::{AtHand, HandlersInForce, Proposal, Proposed, Sweep, Swept};
use crate::ids::{DecisionId, OutputRef};
use crate::model::Item;
use crate::plan::OutputEntry;
use crate::syntax::ast::State;
use crate::value::FactPath;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

impl<'p> Machine<'p> {
    /// Notes that something of a level waits for the unasked facts among `waits`, because of the silent facts of `causes`.
    pub(super) fn wait(&mut self, sweep: &mut Sweep<'p>, level: u32, waits: &Causes, causes: &Causes) {
        sweep.waiting = true;
        sweep.need(level, waits);
        if sweep.is_tied {
            sweep.possible.insert(level);
            let levels = self.levels_in_question(causes, sweep.decision);
            sweep.possible.extend(levels);
        }
    }

    /// Gives the outcome at hand, unless something that comes before waits or an output that is tied to it is not known.
    pub(super) fn give(&mut self, mut sweep: Sweep<'p>, mut at_hand: AtHand) -> Swept {
        loop {
            if sweep.waiting {
                return self.wait_for(sweep, Some(at_hand.level));
            }
            let unknown = match sweep.is_tied {
                true => self.unknown_outputs(&sweep, |tied| tied.contains(&at_hand.level)),
                false => Vec::new(),
            };
            if unknown.is_empty() {
                return self.decided(at_hand, sweep.detail);
            }
            let outputs = unknown.iter().map(|(index, _)| *index).collect();
            let withheld = Withheld { level: at_hand.level, outputs };
            if unknown.iter().any(|(_, causes)| causes.pending()) {
                return self.wait_for(sweep, Some(at_hand.level)).withholding(withheld);
            }
            match self.instead(sweep, &at_hand, &unknown) {
                ControlFlow::Continue((rest, stronger)) => (sweep, at_hand) = (rest, stronger),
                ControlFlow::Break(swept) => return swept.withholding(withheld),
            }
        }
    }

    /// The stronger outcome that the handlers behind outputs without a value declare; or the decision where they declare
    /// none, or where it is not known which of them holds.
    fn instead(
        &mut self,
        mut sweep: Sweep<'p>,
        at_hand: &AtHand,
        unknown: &[(u32, Causes)],
    ) -> ControlFlow<Swept, (Sweep<'p>, AtHand)> {
        let mut proposed: BTreeMap<u32, HandlersInForce> = BTreeMap::new();
        let mut is_top = false;
        let mut unanswered: BTreeSet<Unanswered> = BTreeSet::new();
        for (_, causes) in unknown {
            match self.proposals(causes, sweep.decision) {
                Proposal::Waits(waits) => self.wait(&mut sweep, at_hand.level, &waits, causes),
                Proposal::Top => is_top = true,
                Proposal::Of(proposals) => {
                    for of_fact in proposals {
                        match of_fact {
                            Proposed::Level(level, handler, place) => {
                                proposed.entry(level).or_default().entry(handler).or_default().insert(place);
                            }
                            Proposed::Top(fact) => _ = unanswered.insert(fact),
                        }
                    }
                }
            }
        }
        if sweep.waiting {
            return ControlFlow::Break(self.wait_for(sweep, Some(at_hand.level)));
        }
        is_top |= !unanswered.is_empty();
        if let Some(stronger) = proposed.first_entry().filter(|best| !is_top && *best.key() < at_hand.level) {
            return ControlFlow::Continue((sweep, AtHand::handled(stronger.remove_entry())));
        }
        if !is_top {
            // An equally strong or weaker outcome cannot stand in for an amount.
            let handlers = proposed.into_values().flatten();
            unanswered.extend(handlers.flat_map(|(handler, places)| {
                let of = move |place| Unanswered { place, state: handler.state, handler: Some(handler) };
                places.into_iter().map(of)
            }));
        }
        let causes: BTreeSet<Cause> = unknown.iter().flat_map(|(_, causes)| causes.iter()).cloned().collect();
        ControlFlow::Break(Swept::undetermined(Vec::new(), causes.into_iter().collect()).leaving(unanswered))
    }

    /// Undetermined: the needs of the sweep, and the unasked facts of the outputs that are tied to the outcome at hand, to
    /// those that are still possible, and to those that the handlers behind such outputs declare.
    pub(super) fn wait_for(&mut self, mut sweep: Sweep<'p>, at_hand: Option<u32>) -> Swept {
        if sweep.is_tied {
            let mut levels = sweep.possible.clone();
            levels.extend(at_hand);
            let mut seen = BTreeSet::new();
            loop {
                let concerned = |tied: &[u32]| tied.iter().any(|level| levels.contains(level));
                let mut more = self.unknown_outputs(&sweep, concerned);
                more.retain(|(index, _)| seen.insert(*index));
                if more.is_empty() {
                    break;
                }
                for (index, causes) in more {
                    let outputs = &self.model.decisions.at(sweep.decision).outputs;
                    let strongest = outputs.get(index as usize).and_then(|output| output.tied.first());
                    sweep.need(strongest.copied().unwrap_or_default(), &causes);
                    levels.extend(self.levels_in_question(&causes, sweep.decision));
                }
            }
        }
        Swept::undetermined(sweep.sorted_needs(), Vec::new())
    }

    /// The outputs without a value among those whose tied levels are wanted.
    fn unknown_outputs(&mut self, sweep: &Sweep<'p>, wanted: impl Fn(&[u32]) -> bool) -> Vec<(u32, Causes)> {
        let declared = &self.model.decisions.at(sweep.decision).outputs;
        let is_wanted =
            |entry: &&OutputEntry| declared.get(entry.output as usize).is_some_and(|output| wanted(&output.tied));
        let mut unknown = Vec::new();
        for entry in sweep.entry.outputs.iter().filter(is_wanted) {
            let causes = self.output(*entry).and_then(|answer| answer.unknown());
            if let Some(causes) = causes {
                self.note_reader(&causes, Item::Output(OutputRef { decision: sweep.decision, output: entry.output }));
                unknown.push((entry.output, causes));
            }
        }
        unknown
    }

    /// The levels of the handlers that may come to answer for the facts among some causes: for one that is silent, those
    /// of its state; for one that nobody has asked, those of both states.
    fn levels_in_question(&mut self, causes: &Causes, decision: DecisionId) -> BTreeSet<u32> {
        let mut levels = BTreeSet::new();
        for cause in causes.iter() {
            let (place, states) = match cause {
                Cause::Silent(place, Silence::Unasked) => (place, [State::Absent, State::Unavailable].as_slice()),
                Cause::Silent(place, Silence::Absent) => (place, [State::Absent].as_slice()),
                Cause::Silent(place, Silence::Unavailable) => (place, [State::Unavailable].as_slice()),
                Cause::Open(..) | Cause::Fault(_) => continue,
            };
            for state in states {
                levels.extend(self.aside(|machine| machine.levels_of_handlers(place, *state, decision)));
            }
        }
        levels
    }

    /// The levels of the handlers that may be in force for a place in a state.
    fn levels_of_handlers(&mut self, place: &FactPath, state: State, decision: DecisionId) -> BTreeSet<u32> {
        let handlers = self.handlers_in_question(place, state);
        handlers.into_iter().filter_map(|handler| self.level(handler, decision)).collect()
    }
}
