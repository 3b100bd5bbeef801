//! The decision: sweeps over the outcomes from the strongest, and resolves pending and void rules. Implements «How a
//! decision is made» of docs/language.md; `tied` is its part about outputs that are tied to outcomes.

use super::causes::*;
use super::machine::Machine;
use super::outcome::*;
use super::reads::Declared;
use crate::ids::{DecisionId, LocalId, ProvisionRef, ReasonId};
use crate::model::{HandlerRef, Item};
use crate::plan::{Clause, DecisionEntry, NodeId};
use crate::syntax::ast::State;
use crate::value::{FactPath, Fault, ListValue};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A witness of a clause: none without a loop, an element of the list, or the unknown list itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Witness {
    /// There is no loop.
    Plain,
    /// An element.
    Item(usize),
    /// The list is unknown.
    Unknown,
}

/// The sort key of a reason: the key of its item, then the witness.
type Order = ((usize, u32, u32), usize);

/// Handlers in force, each with the silent places that it handles.
pub(super) type HandlersInForce = BTreeMap<HandlerRef, BTreeSet<FactPath>>;

/// The state of the sweep.
pub(super) struct Sweep<'p> {
    pub(super) decision: DecisionId,
    pub(super) entry: &'p DecisionEntry,
    pub(super) detail: DetailLevel,
    /// True if an output is tied to an outcome.
    pub(super) is_tied: bool,
    carried: BTreeMap<u32, HandlersInForce>,
    pub(super) waiting: bool,
    /// For each fact to ask: the first level that needs it, and the number of rules and outputs that depend on it.
    needs: BTreeMap<FactPath, (u32, usize)>,
    /// The levels that an answer to what is waited for could lead to; only kept if `is_tied`.
    pub(super) possible: BTreeSet<u32>,
}

/// An outcome that is about to be given.
pub(super) struct AtHand {
    pub(super) level: u32,
    pub(super) fired: Vec<(Order, GivenReason)>,
    pub(super) handlers: HandlersInForce,
    /// The rules of its level that are still unknown.
    pub(super) unknown: Vec<(ProvisionRef, Causes)>,
}

impl AtHand {
    /// An outcome that only handlers give.
    pub(super) fn handled((level, handlers): (u32, HandlersInForce)) -> Self {
        Self { level, fired: Vec::new(), handlers, unknown: Vec::new() }
    }
}

impl Sweep<'_> {
    /// Adds the unasked facts among some causes to the needs of a level.
    pub(super) fn need(&mut self, level: u32, causes: &Causes) {
        for cause in causes.iter() {
            if let Cause::Silent(place, Silence::Unasked) = cause {
                let (first, dependent) = self.needs.entry(place.clone()).or_insert((level, 0));
                // An output that is tied to a stronger outcome is looked at after the rules of a weaker one.
                *first = level.min(*first);
                *dependent += 1;
            }
        }
    }

    /// The needs by level, then by the number of dependent rules, then in the order of declaration.
    pub(super) fn sorted_needs(self) -> Vec<FactPath> {
        let mut needs: Vec<(FactPath, (u32, usize))> = self.needs.into_iter().collect();
        needs.sort_by(|(a, (level_a, rules_a)), (b, (level_b, rules_b))| {
            level_a.cmp(level_b).then(rules_b.cmp(rules_a)).then_with(|| a.cmp(b))
        });
        needs.into_iter().map(|(place, _)| place).collect()
    }
}

/// What one of the facts that make a rule void proposes.
pub(super) enum Proposed {
    /// The level of a handler's outcome.
    Level(u32, HandlerRef, FactPath),
    /// The top, which is stronger than every outcome: nothing that could be given.
    Top(Unanswered),
}

/// What a void rule proposes.
pub(super) enum Proposal {
    /// What the handlers of its silent facts propose.
    Of(Vec<Proposed>),
    /// The top, because of a fault or an open definition.
    Top,
    /// Which handler is in force depends on facts that nobody has asked.
    Waits(Causes),
}

/// The result of the sweep.
pub(crate) struct Swept {
    pub(crate) verdict: Verdict,
    pub(crate) reasons: Vec<GivenReason>,
    pub(crate) open: Vec<ProvisionRef>,
    pub(crate) needs: Vec<FactPath>,
    pub(crate) blocked: Vec<Cause>,
    pub(crate) unanswered: Vec<Unanswered>,
    pub(crate) provisional: bool,
    pub(crate) faults: BTreeSet<Fault>,
    pub(crate) withheld: Option<Withheld>,
}

impl Swept {
    pub(super) fn undetermined(needs: Vec<FactPath>, blocked: Vec<Cause>) -> Self {
        let faults = faults_of(&blocked);
        Self {
            verdict: Verdict::Undetermined,
            reasons: Vec::new(),
            open: Vec::new(),
            needs,
            blocked,
            unanswered: Vec::new(),
            provisional: false,
            faults,
            withheld: None,
        }
    }

    /// The same, with the silent facts for which nothing is proposed.
    pub(super) fn leaving(mut self, unanswered: BTreeSet<Unanswered>) -> Self {
        self.unanswered = unanswered.into_iter().collect();
        self
    }

    /// The same, where the outputs tied to an outcome at hand keep it from being given.
    pub(super) fn withholding(mut self, withheld: Withheld) -> Self {
        self.withheld = Some(withheld);
        self
    }
}

pub(crate) fn faults_of<'a>(causes: impl IntoIterator<Item = &'a Cause>) -> BTreeSet<Fault> {
    let fault = |cause: &Cause| match cause {
        Cause::Fault(fault) => Some(fault.clone()),
        Cause::Silent(..) | Cause::Open(..) => None,
    };
    causes.into_iter().filter_map(fault).collect()
}

impl<'p> Machine<'p> {
    /// Evaluates every instance of a clause; `visit` receives its truth while the loop's variable is bound.
    pub(crate) fn instances(&mut self, clause: &Clause, visit: &mut dyn FnMut(&mut Self, Witness, Truth)) {
        let Some(each) = clause.each else {
            let truth = self.truth(clause.holds);
            visit(self, Witness::Plain, truth);
            return;
        };
        let list = match self.elements(each.list, each.list) {
            Ok(list) => list,
            Err(causes) => {
                // An unknown list is one unknown instance, unless the rule's guard is false.
                let mut unknown = Gather::default();
                let guard = unknown.take(self.truth(clause.guard));
                unknown.add(causes);
                let truth = if guard == Some(false) { Ok(false) } else { unknown.finish().map_or(Ok(false), Err) };
                visit(self, Witness::Unknown, truth);
                return;
            }
        };
        self.each_item(clause.holds, each.local, &list, visit);
    }

    fn each_item(
        &mut self,
        holds: NodeId,
        local: LocalId,
        list: &Arc<ListValue>,
        visit: &mut dyn FnMut(&mut Self, Witness, Truth),
    ) {
        for (index, cell) in list.items.iter().enumerate() {
            let element = self.element(list, index, cell);
            self.bound(local, element, |machine| {
                let truth = machine.truth(holds);
                visit(machine, Witness::Item(index), truth);
            });
        }
    }

    /// A reason with its arguments and, if messages are requested, their values.
    pub(crate) fn given(
        &mut self,
        origin: Origin,
        reason: ReasonId,
        args: &'p [NodeId],
        detail: DetailLevel,
    ) -> GivenReason {
        let args: Vec<Answer> = args.iter().map(|arg| self.eval(*arg)).collect();
        let given = GivenReason { origin, reason, places: Vec::new(), args, values: Vec::new() };
        self.aside(|machine| given.with_values(machine, detail))
    }

    /// Decides.
    pub(crate) fn sweep(
        &mut self,
        decision: DecisionId,
        entry: &'p DecisionEntry,
        levels: u32,
        detail: DetailLevel,
    ) -> Swept {
        let mut sweep = Sweep {
            decision,
            entry,
            detail,
            is_tied: self.model.decisions.at(decision).has_tied_outputs(),
            carried: BTreeMap::new(),
            waiting: false,
            needs: BTreeMap::new(),
            possible: BTreeSet::new(),
        };
        let mut rules = entry.rules.iter().peekable();
        let declared = self.model.decisions.at(decision);
        for level in 0..levels {
            let mut fired: Vec<(Order, GivenReason)> = Vec::new();
            let mut unknown: Vec<(ProvisionRef, Causes)> = Vec::new();
            while let Some(rule) = rules.next_if(|rule| rule.level <= level) {
                let origin = Origin::Rule(rule.rule);
                let key = self.plan.reason_key(&self.model.provision(rule.rule).claim);
                self.instances(&rule.clause, &mut |machine, witness, truth| match truth {
                    Ok(false) => {}
                    Ok(true) => {
                        let index = if let Witness::Item(index) = witness { index } else { 0 };
                        let given = machine.given(origin, rule.clause.reason, &rule.clause.args, detail);
                        fired.push(((key, index), given));
                    }
                    // What is not known is not impossible.
                    Err(_) if declared.is_impossible(level) => {}
                    Err(causes) => unknown.push((rule.rule, causes)),
                });
            }
            for (rule, causes) in &unknown {
                self.note_reader(causes, Item::ProvisionVersion(*rule));
            }
            let handlers = sweep.carried.remove(&level).unwrap_or_default();
            if !fired.is_empty() || !handlers.is_empty() || level + 1 == levels {
                return self.give(sweep, AtHand { level, fired, handlers, unknown });
            }
            let mut void = Vec::new();
            for (_, causes) in unknown {
                if causes.pending() {
                    self.wait(&mut sweep, level, &causes, &causes);
                } else {
                    void.push(causes);
                }
            }
            // Proposals by rules of this level that are at least as strong, by level; the top is kept apart.
            let mut strong: BTreeMap<u32, HandlersInForce> = BTreeMap::new();
            let mut top: BTreeSet<Cause> = BTreeSet::new();
            let mut unanswered: BTreeSet<Unanswered> = BTreeSet::new();
            for causes in void {
                match self.proposals(&causes, decision) {
                    Proposal::Waits(waits) => self.wait(&mut sweep, level, &waits, &causes),
                    Proposal::Top => top.extend(causes.iter().cloned()),
                    Proposal::Of(proposals) => {
                        for proposed in proposals {
                            match proposed {
                                Proposed::Level(proposed, handler, place) => {
                                    let list = if proposed > level { &mut sweep.carried } else { &mut strong };
                                    list.entry(proposed).or_default().entry(handler).or_default().insert(place);
                                }
                                Proposed::Top(fact) => {
                                    top.extend(causes.iter().cloned());
                                    unanswered.insert(fact);
                                }
                            }
                        }
                    }
                }
            }
            match strong.pop_first() {
                Some(best) if top.is_empty() => return self.give(sweep, AtHand::handled(best)),
                None if top.is_empty() => {}
                Some(_) | None if sweep.waiting => return self.wait_for(sweep, None),
                Some(_) | None => {
                    return Swept::undetermined(Vec::new(), top.into_iter().collect()).leaving(unanswered);
                }
            }
        }
        // The checker makes no decision without outcomes.
        Swept::undetermined(sweep.sorted_needs(), Vec::new())
    }

    /// The outcome at hand is the outcome.
    pub(super) fn decided(&mut self, at_hand: AtHand, detail: DetailLevel) -> Swept {
        let AtHand { level, fired: mut given, handlers, unknown } = at_hand;
        let mut provisional = false;
        for (handler, places) in handlers {
            let version = self.model.handler(handler);
            if let Some(reason) = version.reason() {
                provisional |= handler.state == State::Unavailable;
                let key = self.plan.reason_key(version.claim());
                let places = places.into_iter().collect();
                let reason = GivenReason { places, ..self.given(Origin::Handler(handler), reason, &[], detail) };
                given.push(((key, 0), reason));
            }
        }
        let faults = faults_of(unknown.iter().flat_map(|(_, causes)| causes.iter()));
        let mut open: Vec<ProvisionRef> = unknown.into_iter().map(|(rule, _)| rule).collect();
        open.dedup();
        Swept {
            verdict: Verdict::Outcome(level),
            reasons: in_order(given),
            open,
            needs: Vec::new(),
            blocked: Vec::new(),
            unanswered: Vec::new(),
            provisional,
            faults,
            withheld: None,
        }
    }

    /// The proposals of a void rule: if registries were unavailable, the handlers of those facts; else, with a fault or
    /// an open definition, the top; else the handlers of the absent facts.
    pub(super) fn proposals(&mut self, causes: &Causes, decision: DecisionId) -> Proposal {
        let of = |wanted: Silence| {
            causes.iter().filter_map(move |cause| match cause {
                Cause::Silent(place, silence) if *silence == wanted => Some(place),
                Cause::Silent(..) | Cause::Fault(_) | Cause::Open(..) => None,
            })
        };
        let unavailable: Vec<&FactPath> = of(Silence::Unavailable).collect();
        let (places, state) = if !unavailable.is_empty() {
            (unavailable, State::Unavailable)
        } else if causes.iter().any(|c| matches!(c, Cause::Fault(_) | Cause::Open(..))) {
            return Proposal::Top;
        } else {
            (of(Silence::Absent).collect(), State::Absent)
        };
        let mut proposed = Vec::with_capacity(places.len());
        let mut waits = Gather::default();
        for place in places {
            let top = |handler| Proposed::Top(Unanswered { place: place.clone(), state, handler });
            match self.declared(place, state, false) {
                Declared::Nothing => proposed.push(top(None)),
                Declared::Handler(handler, _) => proposed.push(match self.level(handler, decision) {
                    Some(level) => Proposed::Level(level, handler, place.clone()),
                    None => top(Some(handler)),
                }),
                // A pending cohort makes the rule wait; a void one counts as the top.
                Declared::Unknown(causes) if causes.pending() => waits.add(causes),
                Declared::Unknown(_) => proposed.push(top(None)),
            }
        }
        waits.finish().map_or(Proposal::Of(proposed), Proposal::Waits)
    }
}

/// Sorts the reasons and removes duplicates: reasons of one rule with the same code and arguments.
pub(crate) fn in_order(mut given: Vec<(Order, GivenReason)>) -> Vec<GivenReason> {
    given.sort_by_key(|(order, _)| *order);
    let mut kept: Vec<GivenReason> = Vec::with_capacity(given.len());
    // Reasons of one rule stand together, so only those are compared.
    let mut first_of_origin = 0;
    for (_, given) in given {
        if kept.last().is_some_and(|last| last.origin != given.origin) {
            first_of_origin = kept.len();
        }
        let same = |other: &GivenReason| other.reason == given.reason && other.args == given.args;
        if !kept.iter().skip(first_of_origin).any(same) {
            kept.push(given);
        }
    }
    kept
}
