//! The nodes of a program: a flat arena in which every subexpression exists once and children come before parents.

use crate::ids::*;
use crate::model::{Builtin, Effect, IndexVec};
use crate::source::Span;
use crate::syntax::ast::{AggregateFunc, ArithOp, CompareOp, HitPolicy, RoundMode, State};
use crate::value::Value;
use std::collections::{BTreeSet, HashMap};

/// A place in the arena of one [`Program`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

/// A run of places in a program's table of children.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Children {
    pub start: u32,
    pub len: u32,
}

impl Children {
    /// A run of nothing.
    pub const NONE: Self = Self { start: 0, len: 0 };
}

/// One operation. What is larger than a few words stands in a side table of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Node {
    /// A constant: an index into [`Program::consts`].
    Const(u32),
    /// A fact, `if absent means` applied.
    Fact(FactId),
    /// A parameter or loop variable.
    Local(LocalId),
    /// A field of a record.
    Field(NodeId, FieldId),
    /// The governing date.
    GoverningDate,
    /// The governing place.
    GoverningRegion,
    /// An entry of the program of another date (an index into [`Program::entries`]), and that date.
    At(u32, NodeId),
    /// Negation.
    Not(NodeId),
    /// Conjunction.
    And(Children),
    /// Disjunction.
    Or(Children),
    /// Whether a fact, a field or a variable is in a state.
    IsState(NodeId, State),
    /// Comparison; either side may be a count with a filter.
    Compare(CompareOp, NodeId, NodeId),
    /// Membership.
    In(NodeId, Children),
    /// Membership of a set of regions: an index into [`Program::region_sets`].
    InRegions(NodeId, u32),
    /// Arithmetic; working days are counted in the calendar.
    Arith(ArithOp, NodeId, NodeId, Option<CalendarId>),
    /// The other sign.
    Neg(NodeId),
    /// Rounding to a step.
    Round(RoundMode, NodeId, NodeId),
    /// An index into [`Program::aggregates`].
    Aggregate(u32),
    /// A built-in function.
    Call(Builtin, Children),
    /// A definition with parameters: an index into [`Program::functions`], and the arguments.
    Apply(u32, Children),
    /// A definition with several cases: an index into [`Program::cases`].
    Cases(u32),
    /// An index into [`Program::tables`].
    Table(u32),
    /// A marginal scale: the amount, then upper bound and rate of each band, and the last band's rate.
    Scale(NodeId, Children),
    /// A list of values.
    List(Children),
    /// A version of a definition whose text is not known.
    Open(DefinitionId, u32),
    /// A norm that has no value here.
    NoNorm(NormId),
    /// Something to note: an index into `Program::probes`. Only in a probing plan.
    Probe(u32),
    /// A condition with its clauses: an index into `Program::conditions`. Only in a probing plan.
    Condition(u32),
}

/// Something with a place of its own that an evaluation can come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum ProbePoint {
    /// A value of a norm.
    Norm(NormValueRef),
    /// A place that a definition's value comes from.
    Value(ValueOrigin),
    /// A version of an exception, by which something is kept from holding.
    Exception(ExceptionRef),
}

/// A node that notes something when it is evaluated, and then is what stands behind it.
#[derive(Clone, Debug)]
pub(crate) struct ProbeNode {
    pub(crate) point: ProbePoint,
    /// Conditions that are settled by the choices, so that nothing else evaluates them.
    pub(crate) watched: Vec<NodeId>,
    pub(crate) inner: NodeId,
}

/// A part of a condition; those inside it come before it.
#[derive(Clone, Debug)]
pub(crate) enum ConditionPart {
    /// Something that is evaluated; with a place where it is a clause of its own.
    Leaf(NodeId, Option<Span>),
    /// Negation.
    Not(u32),
    /// Conjunction.
    And(Vec<u32>),
    /// Disjunction.
    Or(Vec<u32>),
    /// What is noted where this part is true and has a say.
    Marked(ProbePoint, u32),
    /// An exception that is suspended: false, and noted where it would be true and have a say.
    Suspended(ProbePoint, u32),
}

/// A condition: its parts, the last of which is the whole.
#[derive(Clone, Debug)]
pub(crate) struct ConditionNode {
    pub(crate) parts: Vec<ConditionPart>,
}

impl Node {
    /// The operation without its run of children, and the run.
    #[expect(clippy::wildcard_enum_match_arm, reason = "a node with a run that is not named here is only not shared")]
    pub fn apart(self) -> (Self, Children) {
        match self {
            Self::And(run) => (Self::And(Children::NONE), run),
            Self::Or(run) => (Self::Or(Children::NONE), run),
            Self::In(what, run) => (Self::In(what, Children::NONE), run),
            Self::Call(builtin, run) => (Self::Call(builtin, Children::NONE), run),
            Self::Apply(function, run) => (Self::Apply(function, Children::NONE), run),
            Self::Scale(amount, run) => (Self::Scale(amount, Children::NONE), run),
            Self::List(run) => (Self::List(Children::NONE), run),
            _ => (self, Children::NONE),
        }
    }
}

/// `any`, `all`, `count`, … over a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AggregateNode {
    pub func: AggregateFunc,
    pub local: LocalId,
    pub list: NodeId,
    pub filter: Option<NodeId>,
    pub body: Option<NodeId>,
    pub otherwise: Option<NodeId>,
}

/// One place that a definition's value can come from: where `guard` holds, it or something that excepts it speaks, and
/// where `live` does, it speaks itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CaseNode {
    pub guard: NodeId,
    pub live: NodeId,
    pub value: NodeId,
    pub origin: ValueOrigin,
}

/// A decision table: for each row its condition, its value and its place; and value and place of `otherwise`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TableNode {
    pub hit: HitPolicy,
    pub rows: Vec<(NodeId, NodeId, Span)>,
    pub otherwise: Option<(NodeId, Span)>,
}

/// A definition with parameters, as it stands at this cell.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Function {
    pub params: Vec<LocalId>,
    pub body: NodeId,
}

/// The loop of a rule or notice.
#[derive(Clone, Copy, Debug)]
pub struct Loop {
    pub local: LocalId,
    pub list: NodeId,
}

/// What a rule or notice needs to be decided, and what it says.
#[derive(Clone, Debug)]
pub struct Clause {
    /// The version's right to speak: its cohort, and no higher version.
    pub guard: NodeId,
    /// The whole of it: guard, filter of the loop, `when`, no `unless`, no exception.
    pub holds: NodeId,
    pub each: Option<Loop>,
    pub reason: ReasonId,
    pub args: Vec<NodeId>,
}

/// A version of a rule that is in scope.
#[derive(Clone, Debug)]
pub struct RuleEntry {
    pub rule: ProvisionRef,
    /// The level of its outcome.
    pub level: u32,
    pub clause: Clause,
}

/// A version of a notice that is in scope.
#[derive(Clone, Debug)]
pub struct NoticeEntry {
    pub notice: ProvisionRef,
    /// The levels of the outcomes that it rides along with; empty: all of them.
    pub on: Vec<u32>,
    pub clause: Clause,
}

/// What one decision consists of at a cell.
#[derive(Clone, Debug, Default)]
pub struct DecisionEntry {
    /// By level, then in the order of reasons.
    pub rules: Vec<RuleEntry>,
    /// In the order of reasons.
    pub notices: Vec<NoticeEntry>,
    /// As declared.
    pub outputs: Vec<NodeId>,
    /// What suspensions keep silent, each under the number of the suspension. Only in a probing plan.
    pub suspended: Vec<RuleEntry>,
    /// The same for notices.
    pub muted: Vec<NoticeEntry>,
}

impl DecisionEntry {
    /// Adds a version that is in scope.
    pub(crate) fn add(&mut self, provision: ProvisionRef, effect: &Effect, clause: Clause) {
        match effect {
            Effect::Outcome(level) => self.rules.push(RuleEntry { rule: provision, level: *level, clause }),
            Effect::Notice(on) => self.notices.push(NoticeEntry { notice: provision, on: on.clone(), clause }),
        }
    }

    /// Adds what a suspension keeps silent, under the suspension.
    pub(crate) fn add_suspended(&mut self, suspension: ProvisionRef, effect: &Effect, clause: Clause) {
        match effect {
            Effect::Outcome(level) => self.suspended.push(RuleEntry { rule: suspension, level: *level, clause }),
            Effect::Notice(on) => self.muted.push(NoticeEntry { notice: suspension, on: on.clone(), clause }),
        }
    }
}

/// A handler that is in scope: the place of its version in the Model's list, its right to speak, and the value that it
/// gives, if it gives one.
#[derive(Clone, Copy, Debug)]
pub struct HandlerEntry {
    pub version: u32,
    pub guard: NodeId,
    pub means: Option<NodeId>,
}

/// The handlers of one fact, field or registry for `absent` and `unavailable`.
pub type HandlerPair = [Vec<HandlerEntry>; 2];

/// The handlers of a pair for a state.
pub fn handlers_of(pair: &HandlerPair, state: State) -> &[HandlerEntry] {
    let [absent, unavailable] = pair;
    match state {
        State::Absent => absent,
        State::Unavailable => unavailable,
    }
}

/// A whole policy as it stands on the days and in the regions of one cell, under one vector of choices.
#[derive(Clone, Debug, Default)]
pub struct Program {
    pub nodes: Vec<Node>,
    /// Where a fault of a node is reported.
    pub spans: Vec<Option<Span>>,
    /// The slot in which a node's value is kept for the rest of a decision; none where keeping it is no gain or, under a
    /// variable, wrong.
    pub slots: Vec<Option<u32>>,
    pub slot_count: u32,
    pub children: Vec<NodeId>,
    pub consts: Vec<Value>,
    pub region_sets: Vec<BTreeSet<RegionId>>,
    pub aggregates: Vec<AggregateNode>,
    pub cases: Vec<Vec<CaseNode>>,
    pub tables: Vec<TableNode>,
    pub functions: Vec<Function>,
    pub(crate) probes: Vec<ProbeNode>,
    pub(crate) conditions: Vec<ConditionNode>,
    /// Where the rates of a scale stand, by its node. Only in a probing plan.
    pub bands: HashMap<NodeId, Vec<Span>>,
    /// What stands under each `at` of the Model, so that another cell's program can enter here.
    pub entries: Vec<NodeId>,
    /// Whether the policy's own period and regions cover the cell, and for whom: true, or its cohort.
    pub in_force: Option<NodeId>,
    pub decisions: IndexVec<DecisionId, DecisionEntry>,
    pub facts: IndexVec<FactId, HandlerPair>,
    pub fields: IndexVec<FieldId, HandlerPair>,
    pub registries: IndexVec<RegistryId, HandlerPair>,
    /// For each reason the values in its messages, language after language.
    pub messages: IndexVec<ReasonId, Box<[NodeId]>>,
    /// The node of each expression of the Model, by its address; only where a trace was asked for.
    pub places: HashMap<usize, NodeId>,
}

impl Program {
    /// The node of an id of this program.
    #[expect(clippy::indexing_slicing, reason = "a NodeId is only made by the builder of its own program")]
    pub fn node(&self, id: NodeId) -> (Node, Option<u32>) {
        (self.nodes[id.0 as usize], self.slots[id.0 as usize])
    }

    /// Gives back the room that lists took while they grew: there may be thousands of programs.
    pub fn shrink(&mut self) {
        self.nodes.shrink_to_fit();
        self.spans.shrink_to_fit();
        self.slots.shrink_to_fit();
        self.children.shrink_to_fit();
        self.consts.shrink_to_fit();
        self.cases.shrink_to_fit();
        for decision in &mut self.decisions {
            decision.rules.shrink_to_fit();
            decision.notices.shrink_to_fit();
        }
        self.facts.shrink_to_fit();
        self.fields.shrink_to_fit();
        self.registries.shrink_to_fit();
        self.messages.shrink_to_fit();
    }

    /// The children of a node of this program.
    pub fn list(&self, children: Children) -> &[NodeId] {
        let start = children.start as usize;
        self.children.get(start..start + children.len as usize).unwrap_or(&[])
    }

    /// Where a fault of a node is reported.
    pub fn span(&self, id: NodeId) -> Span {
        let span = self.spans.get(id.0 as usize).copied().flatten();
        span.unwrap_or(Span { file: crate::source::FileId(0), start: 0, end: 0 })
    }
}
