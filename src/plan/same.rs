//! Whether two plans decide everything alike, as far as a comparison of their programs proves it.
//!
//! Programs are folded and hold every subexpression once, so texts that differ and mean the same often have the same
//! program. Places in the text do not count, nor do parts that no decision reaches. If two plans are the same here,
//! they decide alike; if not, they still may.

use super::Plan;
use super::node::*;
use crate::ids::*;
use crate::model::{Datum, Handler, HandlerOwner, Model, RegionClass};
use crate::syntax::ast::State;
use crate::value::Value;
use chrono::{Datelike as _, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};

/// The last year of a date.
const LAST_YEAR: i32 = 9999;

impl Plan {
    /// True if the comparison proves that both plans give the same decision for all facts, days and places. Both must
    /// take the same facts, see [`Model::asks_same`].
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        let (a, b) = (self.model(), other.model());
        let settings = |m: &Model| (m.leap_birthday, m.month_end);
        let codes = |m: &Model| m.reasons.iter().map(|r| r.code.clone()).collect::<Vec<_>>();
        if !a.asks_same(b) || settings(a) != settings(b) || codes(a) != codes(b) || self.sections() != other.sections()
        {
            return false;
        }
        let mut ats = BTreeSet::new();
        let pair = ProgramComparison::new((self, self.start()), (other, other.start()), &mut ats);
        if !pair.entries() {
            return false;
        }
        let cells = self.cells_beside(other);
        loop {
            let before = ats.len();
            for (day, place_a, place_b) in &cells {
                let (Some(x), Some(y)) = (self.program(*day, *place_a), other.program(*day, *place_b)) else {
                    return false;
                };
                if !ProgramComparison::new((self, &x), (other, &y), &mut ats).whole() {
                    return false;
                }
            }
            // Programs of other cells can enter each pair of entries that was met, so compare again until there is no
            // new pair.
            if ats.len() == before {
                return true;
            }
        }
    }

    /// The names of the sections in the order of their reasons.
    fn sections(&self) -> Vec<&str> {
        let name = |id: &SectionId| self.model().sections.at(*id).name.as_str();
        self.order.iter().map(name).collect()
    }

    /// A day and one place of each plan for every pair of cells that overlap.
    fn cells_beside(&self, other: &Self) -> BTreeSet<(NaiveDate, Option<RegionId>, Option<RegionId>)> {
        let mut cells = BTreeSet::new();
        let places = (0..self.model().regions.len()).map(RegionId::new).map(Some).chain([None]);
        let classes = places.filter_map(|place| Some((self.grid.class(place)?, other.grid.class(place)?)));
        for (a, b) in classes {
            // No later day can be written, so none is decided.
            let breaks: BTreeSet<NaiveDate> =
                a.breaks.iter().chain(&b.breaks).copied().filter(|day| day.year() <= LAST_YEAR).collect();
            let before = breaks.first().and_then(|first| first.pred_opt()).or(NaiveDate::from_ymd_opt(2000, 1, 1));
            let place = |class: &RegionClass| class.place;
            cells.extend(before.into_iter().chain(breaks).map(|day| (day, place(a), place(b))));
        }
        cells
    }
}

/// A comparison of two programs, with the pairs of nodes that are still to be compared.
struct ProgramComparison<'p> {
    a: &'p Program,
    b: &'p Program,
    plans: (&'p Plan, &'p Plan),
    waiting: Vec<(NodeId, NodeId)>,
    seen: BTreeSet<(NodeId, NodeId)>,
    /// The pairing of variables: each Model numbers them anew.
    locals: BTreeMap<LocalId, LocalId>,
    /// The entries under `at`s that were met, as pairs of their numbers in the two Models.
    ats: &'p mut BTreeSet<(u32, u32)>,
}

impl<'p> ProgramComparison<'p> {
    fn new(a: (&'p Plan, &'p Program), b: (&'p Plan, &'p Program), ats: &'p mut BTreeSet<(u32, u32)>) -> Self {
        Self {
            a: a.1,
            b: b.1,
            plans: (a.0, b.0),
            waiting: Vec::new(),
            seen: BTreeSet::new(),
            locals: BTreeMap::new(),
            ats,
        }
    }

    fn models(&self) -> (&'p Model, &'p Model) {
        (self.plans.0.model(), self.plans.1.model())
    }

    /// Compares the programs of the governing date and place.
    fn entries(mut self) -> bool {
        let (a, b) = (self.a, self.b);
        self.lists(&a.entries, &b.entries) && self.settled()
    }

    /// Compares everything that two cells decide.
    fn whole(mut self) -> bool {
        let (a, b) = (self.a, self.b);
        let under = |program: &Program, number: u32| program.entries.get(number as usize).copied();
        for (x, y) in self.ats.clone() {
            if !self.maybe(under(a, x), under(b, y)) {
                return false;
            }
        }
        self.maybe(a.in_force, b.in_force)
            && (a.in_force.is_none()
                || (a.decisions.len() == b.decisions.len()
                    && a.decisions.iter().zip(&b.decisions).all(|(x, y)| self.decision(x, y))))
            && self.settled()
    }

    fn decision(&mut self, a: &DecisionEntry, b: &DecisionEntry) -> bool {
        let (left, right) = self.models();
        let rule = |m: &Model, e: &RuleEntry| (m.provision(e.rule).qualified.clone(), e.level);
        let notice = |m: &Model, e: &NoticeEntry| (m.provision(e.notice).qualified.clone(), e.on.clone());
        // A clause that never holds here has no effect, so it does not count.
        let applies = |program: &Program, clause: &Clause| !never(program, clause.holds);
        let (p, q) = (self.a, self.b);
        let rules: [Vec<&RuleEntry>; 2] = [
            a.rules.iter().filter(|e| applies(p, &e.clause)).collect(),
            b.rules.iter().filter(|e| applies(q, &e.clause)).collect(),
        ];
        let notices: [Vec<&NoticeEntry>; 2] = [
            a.notices.iter().filter(|e| applies(p, &e.clause)).collect(),
            b.notices.iter().filter(|e| applies(q, &e.clause)).collect(),
        ];
        let ([rules, others], [notices, more]) = (rules, notices);
        rules.len() == others.len()
            && notices.len() == more.len()
            && rules
                .iter()
                .zip(others)
                .all(|(x, y)| rule(left, x) == rule(right, y) && self.clause(&x.clause, &y.clause))
            && notices
                .iter()
                .zip(more)
                .all(|(x, y)| notice(left, x) == notice(right, y) && self.clause(&x.clause, &y.clause))
            && a.outputs.len() == b.outputs.len()
            && a.outputs.iter().zip(&b.outputs).all(|(x, y)| {
                let guards = self.maybe(x.guard, y.guard);
                let each = match (x.each, y.each) {
                    (None, None) => true,
                    (Some(x), Some(y)) => {
                        self.bind(x.over.local, y.over.local)
                            && self.both(x.over.list, y.over.list)
                            && self.maybe(x.filter, y.filter)
                            && self.both(x.key, y.key)
                    }
                    (Some(_), None) | (None, Some(_)) => false,
                };
                x.output == y.output && guards && each && self.both(x.value, y.value)
            })
    }

    fn clause(&mut self, a: &Clause, b: &Clause) -> bool {
        let (left, right) = self.models();
        let each = match (&a.each, &b.each) {
            (None, None) => true,
            (Some(x), Some(y)) => self.bind(x.local, y.local) && self.both(x.list, y.list),
            (Some(_), None) | (None, Some(_)) => false,
        };
        let (x, y) = (left.reasons.at(a.reason), right.reasons.at(b.reason));
        let same = x.code == y.code
            && x.counts().eq(y.counts())
            && x.params.len() == y.params.len()
            && x.params.iter().zip(&y.params).all(|(p, q)| self.bind(*p, *q));
        let messages = (self.a.messages.get(a.reason), self.b.messages.get(b.reason));
        let same_messages = match messages {
            (Some(x), Some(y)) => self.lists(x, y),
            (x, y) => x.is_none() && y.is_none(),
        };
        each && same
            && same_messages
            && self.both(a.guard, b.guard)
            && self.both(a.holds, b.holds)
            && self.lists(&a.args, &b.args)
    }

    fn fact(&mut self, id: FactId) -> bool {
        let (left, right) = self.models();
        self.answers(HandlerOwner::Fact(id), [left, right].map(|model| &model.facts.at(id).datum))
    }

    fn field(&mut self, id: FieldId) -> bool {
        let (left, right) = self.models();
        self.answers(HandlerOwner::Field(id), [left, right].map(|model| &model.fields.at(id).datum))
    }

    /// Compares the handlers that may speak for a datum, and for what it consists of, which has those of its registries.
    fn answers(&mut self, owner: HandlerOwner, data: [&'p Datum; 2]) -> bool {
        let (left, right) = self.models();
        let (a, b) = (self.a, self.b);
        let [x, y] = data;
        [Some(owner), None].into_iter().all(|own| {
            [State::Absent, State::Unavailable].into_iter().all(|state| {
                let (x, y) = (chain((left, a), own, x, state), chain((right, b), own, y, state));
                x.len() == y.len()
                    && x.into_iter().zip(y).all(|((left, x), (right, y))| {
                        left.proposes_the_same(right) && self.both(x.guard, y.guard) && self.maybe(x.means, y.means)
                    })
            })
        })
    }

    /// Pairs two variables; false if one of them already has another partner.
    fn bind(&mut self, a: LocalId, b: LocalId) -> bool {
        *self.locals.entry(a).or_insert(b) == b
    }

    /// Queues two nodes to be compared; always true.
    fn both(&mut self, a: NodeId, b: NodeId) -> bool {
        if self.seen.insert((a, b)) {
            self.waiting.push((a, b));
        }
        true
    }

    fn maybe(&mut self, a: Option<NodeId>, b: Option<NodeId>) -> bool {
        match (a, b) {
            (None, None) => true,
            (Some(a), Some(b)) => self.both(a, b),
            (Some(_), None) | (None, Some(_)) => false,
        }
    }

    fn lists(&mut self, a: &[NodeId], b: &[NodeId]) -> bool {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.both(*a, *b))
    }

    fn runs(&mut self, a: Children, b: Children) -> bool {
        let (left, right) = (self.a, self.b);
        self.lists(left.list(a), right.list(b))
    }

    /// Compares all queued pairs. A list instead of recursion: expressions may be deep.
    fn settled(&mut self) -> bool {
        while let Some((a, b)) = self.waiting.pop() {
            if !self.node(self.a.node(a).0, self.b.node(b).0) {
                return false;
            }
        }
        true
    }

    fn node(&mut self, a: Node, b: Node) -> bool {
        let (left, right) = (self.a, self.b);
        let (ma, mb) = self.models();
        match (a, b) {
            (Node::Const(x), Node::Const(y)) => left.consts.get(x as usize) == right.consts.get(y as usize),
            (Node::Fact(x), Node::Fact(y)) => x == y && self.fact(x),
            (Node::Local(x), Node::Local(y)) => self.bind(x, y),
            (Node::Field(x, f), Node::Field(y, g)) => f == g && self.field(f) && self.both(x, y),
            (Node::OverTime(x, f), Node::OverTime(y, g)) => f == g && self.field(f) && self.both(x, y),
            (Node::GoverningDate, Node::GoverningDate) | (Node::GoverningRegion, Node::GoverningRegion) => true,
            (Node::At(x, day), Node::At(y, other)) => {
                self.ats.insert((x, y));
                self.both(day, other)
            }
            (Node::Not(x), Node::Not(y)) | (Node::Neg(x), Node::Neg(y)) => self.both(x, y),
            (Node::And(x), Node::And(y)) | (Node::Or(x), Node::Or(y)) | (Node::List(x), Node::List(y)) => {
                self.runs(x, y)
            }
            (Node::Record(x, parts), Node::Record(y, others)) => x == y && self.runs(parts, others),
            (Node::IsState(x, s), Node::IsState(y, t)) => s == t && self.both(x, y),
            (Node::Compare(op, x, y), Node::Compare(other, v, w)) => op == other && self.both(x, v) && self.both(y, w),
            (Node::In(x, list), Node::In(y, other)) => self.both(x, y) && self.runs(list, other),
            (Node::InRegions(x, set), Node::InRegions(y, other)) => {
                left.region_sets.get(set as usize) == right.region_sets.get(other as usize) && self.both(x, y)
            }
            (Node::Arith(op, x, y, days), Node::Arith(other, v, w, work)) => {
                op == other && days == work && self.both(x, v) && self.both(y, w)
            }
            (Node::Round(mode, x, y), Node::Round(other, v, w)) => mode == other && self.both(x, v) && self.both(y, w),
            (Node::Aggregate(x), Node::Aggregate(y)) => {
                let (x, y) = (left.aggregates.get(x as usize), right.aggregates.get(y as usize));
                let (Some(x), Some(y)) = (x, y) else { return false };
                x.func == y.func
                    && self.bind(x.local, y.local)
                    && self.both(x.list, y.list)
                    && self.maybe(x.filter, y.filter)
                    && self.maybe(x.body, y.body)
                    && self.maybe(x.otherwise, y.otherwise)
            }
            (Node::Call(x, args), Node::Call(y, others)) => x == y && self.runs(args, others),
            (Node::Apply(x, args), Node::Apply(y, others)) => {
                let (x, y) = (left.functions.get(x as usize), right.functions.get(y as usize));
                let (Some(x), Some(y)) = (x, y) else { return false };
                x.params.len() == y.params.len()
                    && x.params.iter().zip(&y.params).all(|(p, q)| self.bind(*p, *q))
                    && self.both(x.body, y.body)
                    && self.runs(args, others)
            }
            (Node::Cases(x), Node::Cases(y)) => {
                let (x, y) = (left.cases.get(x as usize), right.cases.get(y as usize));
                let (Some(x), Some(y)) = (x, y) else { return false };
                x.len() == y.len()
                    && x.iter().zip(y).all(|(x, y)| {
                        self.both(x.guard, y.guard) && self.both(x.live, y.live) && self.both(x.value, y.value)
                    })
            }
            (Node::Table(x), Node::Table(y)) => {
                let (x, y) = (left.tables.get(x as usize), right.tables.get(y as usize));
                let (Some(x), Some(y)) = (x, y) else { return false };
                x.hit == y.hit
                    && x.rows.len() == y.rows.len()
                    && x.rows.iter().zip(&y.rows).all(|(x, y)| self.both(x.0, y.0) && self.both(x.1, y.1))
                    && self.maybe(x.otherwise.map(|o| o.0), y.otherwise.map(|o| o.0))
            }
            (Node::Conditional(c, x, y), Node::Conditional(d, v, w)) => {
                self.both(c, d) && self.both(x, v) && self.both(y, w)
            }
            (Node::Scale(x, bands), Node::Scale(y, others)) => self.both(x, y) && self.runs(bands, others),
            (Node::Open(x, _), Node::Open(y, _)) => ma.definitions.at(x).name == mb.definitions.at(y).name,
            (Node::NoNorm(x), Node::NoNorm(y)) => ma.norms.at(x).name == mb.norms.at(y).name,
            // Nodes of different kinds differ. They are listed so that a new kind must be compared above. The nodes of
            // a probing plan are never compared.
            (
                Node::Const(_)
                | Node::Fact(_)
                | Node::Local(_)
                | Node::Field(..)
                | Node::OverTime(..)
                | Node::GoverningDate
                | Node::GoverningRegion
                | Node::At(..)
                | Node::Not(_)
                | Node::And(_)
                | Node::Or(_)
                | Node::IsState(..)
                | Node::Compare(..)
                | Node::In(..)
                | Node::InRegions(..)
                | Node::Arith(..)
                | Node::Neg(_)
                | Node::Round(..)
                | Node::Aggregate(_)
                | Node::Call(..)
                | Node::Apply(..)
                | Node::Cases(_)
                | Node::Table(_)
                | Node::Scale(..)
                | Node::List(_)
                | Node::Record(..)
                | Node::Conditional(..)
                | Node::Open(..)
                | Node::NoNorm(_)
                | Node::Probe(_)
                | Node::Condition(_),
                _,
            ) => false,
        }
    }
}

/// True if a condition is false whatever the facts are.
fn never(program: &Program, condition: NodeId) -> bool {
    is_surely(program, condition, false)
}

/// True if a condition has this truth value whatever the facts are.
fn is_surely(program: &Program, condition: NodeId, truth: bool) -> bool {
    let Node::Const(index) = program.node(condition).0 else { return false };
    program.consts.get(index as usize) == Some(&Value::Bool(truth))
}

/// The handlers that may speak for a datum in a state, up to the first that surely holds: its own, if it has any, then those of
/// its registries or of the policy. One that surely holds and leaves open what follows decides as if nothing were declared.
fn chain<'p>(
    (model, program): (&'p Model, &'p Program),
    own: Option<HandlerOwner>,
    datum: &Datum,
    state: State,
) -> Vec<(&'p Handler, HandlerEntry)> {
    // The registries of a field that names none are those of what it is a part of, so that more may follow.
    let is_all = !matches!(own, Some(HandlerOwner::Field(_))) || !datum.registries.is_empty();
    let mut chain = Vec::new();
    for owner in HandlerOwner::answering(own, &datum.registries) {
        for entry in program.handlers(owner, state) {
            let Some(handler) = model.handlers(owner).of(state).get(entry.version as usize) else { continue };
            let surely = is_surely(program, entry.guard, true);
            let is_last = is_all || owner == HandlerOwner::Policy;
            if !(surely && is_last && handler.open().is_some()) {
                chain.push((handler, *entry));
            }
            if surely {
                return chain;
            }
        }
    }
    chain
}
