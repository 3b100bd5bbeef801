//! Facts that show that a silent fact leaves a decision undetermined.

use super::domain::{Domains, silent_at};
use super::tree::{Look, Order, Search, SearchWork, bring_first, search};
use crate::suggest::scenario::datum;
use ereje::check::{Silent, SilentRead};
use ereje::eval::{Cause, DetailLevel, Evaluation, Question, Unanswered, Verdict, unknown_causes};
use ereje::facts::FactSet;
use ereje::model::{ExprKind, HandlerRef, Item, Model, Type};
use ereje::plan::Plan;
use ereje::syntax::ast::State;
use ereje::value::{FactCell, FactPath};
use std::collections::BTreeSet;

/// The most elements of a list that are looked at.
pub(super) const ELEMENTS: usize = 16;

/// A silent fact in a state, with what the search has found so far.
pub(super) struct Undecided {
    /// The decisions that may turn on it. Once facts are found, the one that they leave undetermined; until then, the first
    /// of which it is not clear that there are none.
    pub(super) reads: Vec<SilentRead>,
    /// Facts that show it.
    pub(super) facts: Option<FactSet>,
    /// The decisions that the searches have made.
    pub(super) tries: u64,
}

impl Undecided {
    /// The decision that it is about.
    pub(super) fn read(&self) -> Option<&SilentRead> {
        self.reads.first()
    }
}

/// What a search for one silent fact knows.
pub(super) struct Witnesses<'s, 'm> {
    pub(super) domains: &'s Domains<'m>,
    pub(super) plan: &'s Plan,
    pub(super) read: &'s SilentRead,
    /// Facts and fields of records in which the silent datum lies.
    around: BTreeSet<Silent>,
    /// True if an answer can bring a new question.
    asks_late: bool,
}

/// True if a handler leaves the decision open on purpose.
pub(super) fn is_acknowledged(model: &Model, handler: HandlerRef) -> bool {
    model.handler(handler).open().is_some()
}

/// The cell of a state.
pub(super) fn cell_of(state: State) -> FactCell {
    match state {
        State::Absent => FactCell::Absent,
        State::Unavailable => FactCell::Unavailable("timeout".into()),
    }
}

impl<'s, 'm> Witnesses<'s, 'm> {
    pub(super) fn new(domains: &'s Domains<'m>, plan: &'s Plan, read: &'s SilentRead) -> Self {
        let model = domains.model;
        Self { domains, plan, read, around: around(model, read.silent), asks_late: asks_late(model) }
    }

    /// Facts that leave the decision undetermined because of the silent fact. With `late`, what nothing turned on at first
    /// is looked at again where it may be asked later; without, such a search comes to no conclusion.
    pub(super) fn search(&self, work: &mut SearchWork, order: Order<'_>, late: bool) -> Search {
        let model = self.domains.model;
        let mut start = FactSet::unasked(model.facts.len());
        if let (Item::Fact(fact), false) = (self.read.silent.datum, self.read.silent.element) {
            start.set(fact, cell_of(self.read.state));
        }
        let arrange = |place: &FactPath, cells: &mut Vec<FactCell>| {
            // The day and the place come from where no handler answers.
            if !self.domains.governs(place) {
                order.arrange(self.domains, place, cells);
            }
            if silent_at(place) == self.read.silent {
                bring_first(cells, cell_of(self.read.state));
            }
        };
        let prune = !(late && self.asks_late);
        let found = search(self.domains, start, work, &arrange, &mut |facts, work| self.look(facts, work, prune));
        if prune && self.asks_late && matches!(found, Search::Nothing) { Search::GaveUp } else { found }
    }

    /// What of a decision on these facts is not answered, though it should be.
    pub(super) fn shown(&self, outcome: &Evaluation) -> bool {
        let model = self.domains.model;
        let is_it = |of: &Unanswered| {
            silent_at(&of.place) == self.read.silent
                && of.state == self.read.state
                && !of.handler.is_some_and(|handler| is_acknowledged(model, handler))
        };
        outcome.verdict == Verdict::Undetermined && outcome.needs.is_empty() && outcome.unanswered.iter().any(is_it)
    }

    pub(super) fn decide(&self, facts: &FactSet, work: &mut SearchWork) -> Evaluation {
        work.decide(self.plan, facts, self.read.decision, DetailLevel::Codes)
    }

    fn look(&self, facts: &FactSet, work: &mut SearchWork, prune: bool) -> Look {
        let outcome = self.decide(facts, work);
        if outcome.verdict != Verdict::Undetermined {
            return Look::Never;
        }
        if outcome.needs.is_empty() {
            return if self.shown(&outcome) { Look::Found } else { Look::Never };
        }
        // The silent fact itself and what it may lie in come first: then it is soon clear whether anything turns on it.
        let first = outcome.needs.iter().find(|need| self.leads_to(need));
        let first = first.or_else(|| outcome.needs.iter().find(|need| self.is_list(need)));
        let first = first.or(outcome.needs.first()).cloned();
        if prune && !self.matters(facts, work) {
            return Look::Never;
        }
        first.map_or(Look::Never, |place| Look::Ask(place, outcome.as_of))
    }

    /// True if a place is the silent datum or holds it.
    fn leads_to(&self, place: &FactPath) -> bool {
        let at = silent_at(place);
        at == self.read.silent || self.around.contains(&at)
    }

    /// True if a list stands at a place.
    fn is_list(&self, place: &FactPath) -> bool {
        datum(self.domains.model, place).is_some_and(|(_, ty)| matches!(ty, Type::List(_)))
    }

    /// True if something of the decision still depends on the silent fact, or may once more is known.
    fn matters(&self, facts: &FactSet, work: &mut SearchWork) -> bool {
        work.spend(0);
        let question = Question::of(self.read.decision);
        let Some(causes) = unknown_causes(self.plan, facts, &question, false) else { return true };
        causes.iter().any(|cause| match cause {
            Cause::Silent(place, silence) => match silence.state() {
                Some(state) => silent_at(place) == self.read.silent && state == self.read.state,
                // What is asked of each element is not known before the list.
                None => self.leads_to(place) || self.is_list(place),
            },
            Cause::Open(..) | Cause::Fault(_) => false,
        })
    }
}

/// Everything in which a datum lies.
fn around(model: &Model, silent: Silent) -> BTreeSet<Silent> {
    let mut found = BTreeSet::new();
    let mut waiting = vec![silent];
    let data = || {
        let facts = model.facts.ids().map(Item::Fact);
        facts.chain(model.fields.ids().map(Item::Field))
    };
    while let Some(next) = waiting.pop() {
        if next.element {
            let list = Silent { element: false, ..next };
            found.insert(list);
            waiting.push(list);
            continue;
        }
        let Item::Field(field) = next.datum else { continue };
        let record = model.fields.at(field).record;
        for datum in data() {
            let mut ty = model.datum(datum).map(|datum| &datum.ty);
            let mut element = false;
            while let Some(Type::List(inner)) = ty {
                ty = Some(inner);
                element = true;
            }
            if ty == Some(&Type::Record(record)) {
                let holder = Silent { datum, element };
                if found.insert(holder) {
                    waiting.push(holder);
                }
            }
        }
    }
    found
}

/// True if an answer can bring a new question: something is read as of a day that is not known at first.
fn asks_late(model: &Model) -> bool {
    let mut late = false;
    model.each_item(|_, parts| {
        for (_, expr) in &parts.expressions {
            expr.walk(&mut |e| late |= matches!(e.kind, ExprKind::At(..)));
        }
    });
    late
}
