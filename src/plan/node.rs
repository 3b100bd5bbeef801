//! The nodes of a program: a flat arena in which every subexpression exists once and children come before parents.

use crate::ids::*;
use crate::model::{Builtin, Effect, HandlerOwner, IndexVec};
use crate::source::Span;
use crate::syntax::ast::{AggregateFunc, ArithOp, CompareOp, HitPolicy, RoundMode, State};
use crate::value::Value;
use std::collections::{BTreeSet, HashMap};

/// An index into the arena of one [`Program`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

/// A run in a program's table of children.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Children {
    pub start: u32,
    pub len: u32,
}

impl Children {
    /// The empty run.
    pub const NONE: Self = Self { start: 0, len: 0 };
}

/// One operation. What needs more than a few words stands in a side table of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Node {
    /// A constant: an index into [`Program::consts`].
    Const(u32),
    /// A fact; if it is absent, the value of its `if absent means`.
    Fact(FactId),
    /// A parameter or loop variable.
    Local(LocalId),
    /// A field of a record.
    Field(NodeId, FieldId),
    /// A fact over time on the governing date: the list of all its values, a fact or a field, and the field that holds one.
    OverTime(NodeId, FieldId),
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
    /// True if a fact, a field or a variable is in the state.
    IsState(NodeId, State),
    /// Comparison; either side may be a count with a filter.
    Compare(CompareOp, NodeId, NodeId),
    /// Membership.
    In(NodeId, Children),
    /// Membership of a set of regions: an index into [`Program::region_sets`].
    InRegions(NodeId, u32),
    /// Arithmetic; working days are counted in the calendar.
    Arith(ArithOp, NodeId, NodeId, Option<CalendarId>),
    /// The negative.
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
    /// A record of a type: a value for each field.
    Record(RecordId, Children),
    /// One of two values: a condition, the value if it is true, the value if it is false.
    Conditional(NodeId, NodeId, NodeId),
    /// A version of a definition whose text is not known.
    Open(DefinitionId, u32),
    /// A norm that has no value here.
    NoNorm(NormId),
    /// A coverage point to note: an index into `Program::probes`. Only in a probing plan.
    Probe(u32),
    /// A condition with its clauses: an index into `Program::conditions`. Only in a probing plan.
    Condition(u32),
}

/// A coverage point that a node marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum ProbePoint {
    /// A value of a norm.
    Norm(NormValueRef),
    /// The case or exception that a definition's value comes from.
    Value(ValueOrigin),
    /// A version of an exception that keeps something from holding.
    Exception(ExceptionRef),
}

/// A node that notes a coverage point when it is evaluated and has the value of the node behind it.
#[derive(Clone, Debug)]
pub(crate) struct ProbeNode {
    pub(crate) point: ProbePoint,
    /// Conditions that the choices decide: nothing else evaluates them, so the probe does, for their clauses.
    pub(crate) watched: Vec<NodeId>,
    pub(crate) inner: NodeId,
}

/// A part of a condition; the parts inside it come before it.
#[derive(Clone, Debug)]
pub(crate) enum ConditionPart {
    /// A node to be evaluated; with a place if it is a clause of its own.
    Leaf(NodeId, Option<Span>),
    /// Negation.
    Not(u32),
    /// Conjunction.
    And(Vec<u32>),
    /// Disjunction.
    Or(Vec<u32>),
    /// Noted if this part is true and has a say.
    Marked(ProbePoint, u32),
    /// A suspended exception: false, and noted if it would be true and have a say.
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
            Self::Record(id, run) => (Self::Record(id, Children::NONE), run),
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

/// One origin of a definition's value. It or one of its exceptions applies if `guard` is true, and it applies itself if
/// `live` is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CaseNode {
    pub guard: NodeId,
    pub live: NodeId,
    pub value: NodeId,
    pub origin: ValueOrigin,
}

/// A decision table: condition, value and place of each row; value and place of `otherwise`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TableNode {
    pub hit: HitPolicy,
    pub rows: Vec<(NodeId, NodeId, Span)>,
    pub otherwise: Option<(NodeId, Span)>,
}

/// A definition with parameters, as it holds in the cell.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Function {
    pub params: Vec<LocalId>,
    pub body: NodeId,
}

/// The loop of a rule, a notice or an output.
#[derive(Clone, Copy, Debug)]
pub struct Loop {
    pub local: LocalId,
    pub list: NodeId,
}

/// What a rule or notice needs for a decision, and the reason that it gives.
#[derive(Clone, Debug)]
pub struct Clause {
    /// True if the version holds for this case: its cohort, and no higher version's.
    pub guard: NodeId,
    /// True if it fires: guard, filter of the loop, `when`, no `unless`, no exception.
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
    /// The levels of the outcomes that it goes with; empty for all.
    pub on: Vec<u32>,
    pub clause: Clause,
}

/// An output that is in scope: its place in the decision's list.
#[derive(Clone, Copy, Debug)]
pub struct OutputEntry {
    pub output: u32,
    /// Whether the decision has it for these people; `None` if it has it for everybody.
    pub guard: Option<NodeId>,
    /// The elements for each of which it has a value.
    pub each: Option<OutputLoop>,
    pub value: NodeId,
}

/// The elements for each of which an output has a value, the condition on them, and their names.
#[derive(Clone, Copy, Debug)]
pub struct OutputLoop {
    pub over: Loop,
    pub filter: Option<NodeId>,
    pub key: NodeId,
    /// The place that a fault of its names reports.
    pub span: Span,
}

/// The parts of one decision in a cell.
#[derive(Clone, Debug, Default)]
pub struct DecisionEntry {
    /// By level, then in the order of reasons.
    pub rules: Vec<RuleEntry>,
    /// In the order of reasons.
    pub notices: Vec<NoticeEntry>,
    /// As declared.
    pub outputs: Vec<OutputEntry>,
    /// Rules that suspensions keep silent, each under the id of the suspension. Only in a probing plan.
    pub suspended: Vec<RuleEntry>,
    /// The same for notices.
    pub muted: Vec<NoticeEntry>,
}

impl DecisionEntry {
    /// Adds a version that is in scope.
    pub(crate) fn add(&mut self, provision: ProvisionRef, effect: &Effect, clause: Clause) {
        match effect {
            Effect::Outcome(level) => self.rules.push(RuleEntry { rule: provision, level: *level, clause }),
            Effect::Impossible => self.rules.push(RuleEntry { rule: provision, level: 0, clause }),
            Effect::Notice(on) => self.notices.push(NoticeEntry { notice: provision, on: on.clone(), clause }),
        }
    }

    /// Adds a provision that a suspension keeps silent, under the suspension.
    pub(crate) fn add_suspended(&mut self, suspension: ProvisionRef, effect: &Effect, clause: Clause) {
        match effect {
            Effect::Outcome(level) => self.suspended.push(RuleEntry { rule: suspension, level: *level, clause }),
            Effect::Impossible => self.suspended.push(RuleEntry { rule: suspension, level: 0, clause }),
            Effect::Notice(on) => self.muted.push(NoticeEntry { notice: suspension, on: on.clone(), clause }),
        }
    }
}

/// A handler that is in scope: the index of its version in the Model's list, the guard that says whether the version
/// holds, and the value for `means`.
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

/// The whole policy in one cell, under one vector of choices.
#[derive(Clone, Debug, Default)]
pub struct Program {
    pub nodes: Vec<Node>,
    /// The place that a fault of a node reports.
    pub spans: Vec<Option<Span>>,
    /// The slot that keeps a node's value during a decision; `None` if that saves nothing or if the node reads a
    /// variable.
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
    /// The places of the rates of a scale, by its node. Only in a probing plan.
    pub bands: HashMap<NodeId, Vec<Span>>,
    /// The node of each expression under an `at` of the Model: programs of other cells enter here.
    pub entries: Vec<NodeId>,
    /// `None` if the policy's own period or regions do not cover the cell; otherwise its cohort.
    pub in_force: Option<NodeId>,
    pub decisions: IndexVec<DecisionId, DecisionEntry>,
    pub facts: IndexVec<FactId, HandlerPair>,
    pub fields: IndexVec<FieldId, HandlerPair>,
    pub registries: IndexVec<RegistryId, HandlerPair>,
    /// The handlers of facts that no registry answers for.
    pub policy: HandlerPair,
    /// For each reason the values in its messages, language after language.
    pub messages: IndexVec<ReasonId, Box<[NodeId]>>,
    /// The node of each expression of the Model, by address; only in a program for a trace.
    pub places: HashMap<usize, NodeId>,
}

impl Program {
    /// The handlers of a fact, a field, a registry or the policy for a state. The program for the governing date has none.
    pub fn handlers(&self, owner: HandlerOwner, state: State) -> &[HandlerEntry] {
        let pair = match owner {
            HandlerOwner::Fact(id) => self.facts.get(id),
            HandlerOwner::Field(id) => self.fields.get(id),
            HandlerOwner::Registry(id) => self.registries.get(id),
            HandlerOwner::Policy => Some(&self.policy),
        };
        pair.map_or(&[], |pair| handlers_of(pair, state))
    }

    /// The node of an id of this program.
    #[expect(clippy::indexing_slicing, reason = "a NodeId is only made by the builder of its own program")]
    pub fn node(&self, id: NodeId) -> (Node, Option<u32>) {
        (self.nodes[id.0 as usize], self.slots[id.0 as usize])
    }

    /// Frees the spare memory of the lists: there may be thousands of programs.
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

    /// The place that a fault of a node reports.
    pub fn span(&self, id: NodeId) -> Span {
        let span = self.spans.get(id.0 as usize).copied().flatten();
        span.unwrap_or(Span { file: crate::source::FileId(0), start: 0, end: 0 })
    }
}
