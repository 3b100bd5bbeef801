//! The arena of a program under construction: equal nodes become one, and what logic decides at once is not stored.

use super::node::*;
use crate::ids::LocalId;
use crate::source::Span;
use crate::value::Value;
use foldhash::HashMap;
use foldhash::fast::RandomState;
use hashbrown::HashTable;
use std::collections::BTreeSet;
use std::hash::BuildHasher as _;

/// A program under construction.
#[derive(Default)]
pub(crate) struct Arena {
    pub(crate) program: Program,
    known: Known,
    consts: HashMap<Value, u32>,
    aggregates: HashMap<AggregateNode, u32>,
    /// For each node, the variables that it reads and does not bind itself, sorted.
    free: Vec<Vec<LocalId>>,
    /// For each node, its truth value if logic decides it. Only a probing plan keeps such nodes that are no constants.
    settled: Vec<Option<bool>>,
}

/// All nodes by the key that makes two of them equal: the operation without its children, the children, and, if the
/// node itself can have a fault, the place that the fault reports. The table holds ids and reads the keys from the
/// program.
#[derive(Default)]
struct Known {
    ids: HashTable<NodeId>,
    hasher: RandomState,
}

impl Known {
    fn find(&self, program: &Program, bare: Node, children: &[NodeId], span: Option<Span>) -> Option<NodeId> {
        let same = |id: &NodeId| key(program, *id) == (bare, children, span);
        self.ids.find(self.hasher.hash_one((bare, children, span)), same).copied()
    }

    fn insert(&mut self, program: &Program, id: NodeId) {
        let hasher = &self.hasher;
        let hash = |id: &NodeId| hasher.hash_one(key(program, *id));
        self.ids.insert_unique(hash(&id), id, hash);
    }
}

/// The key that makes two nodes equal.
fn key(program: &Program, id: NodeId) -> (Node, &[NodeId], Option<Span>) {
    let (bare, run) = program.node(id).0.apart();
    (bare, program.list(run), program.spans.get(id.0 as usize).copied().flatten())
}

impl Arena {
    /// A node whose children stand in no run of the table of children.
    pub(crate) fn leaf(&mut self, node: Node, span: Option<Span>, free: Vec<LocalId>) -> NodeId {
        self.known.find(&self.program, node, &[], span).unwrap_or_else(|| self.push(node, &[], span, free))
    }

    /// Adds a node that equals no other.
    fn push(&mut self, node: Node, children: &[NodeId], span: Option<Span>, free: Vec<LocalId>) -> NodeId {
        let program = &mut self.program;
        let id = NodeId(u32::try_from(program.nodes.len()).unwrap_or(u32::MAX));
        let kept = free.is_empty() && worth_keeping(node);
        program.slots.push(kept.then_some(program.slot_count));
        program.slot_count += u32::from(kept);
        program.nodes.push(node);
        program.spans.push(span);
        self.free.push(free);
        let settled = self.logic(node, children);
        self.settled.push(settled);
        self.known.insert(&self.program, id);
        id
    }

    /// A node over a run of children; `make` receives the run.
    pub(crate) fn over(
        &mut self,
        children: &[NodeId],
        others: &[NodeId],
        span: Option<Span>,
        make: impl Fn(Children) -> Node,
    ) -> NodeId {
        if let Some(id) = self.known.find(&self.program, make(Children::NONE), children, span) {
            return id;
        }
        let run = Children {
            start: u32::try_from(self.program.children.len()).unwrap_or(u32::MAX),
            len: u32::try_from(children.len()).unwrap_or(u32::MAX),
        };
        self.program.children.extend_from_slice(children);
        let free = self.free_of(children.iter().chain(others));
        self.push(make(run), children, span, free)
    }

    /// A node over one or a few others.
    pub(crate) fn node(&mut self, node: Node, inside: &[NodeId], span: Option<Span>) -> NodeId {
        match self.known.find(&self.program, node, &[], span) {
            Some(id) => id,
            None => {
                let free = self.free_of(inside);
                self.push(node, &[], span, free)
            }
        }
    }

    /// The variables that these nodes read and do not bind.
    pub(crate) fn free_of<'a>(&self, ids: impl IntoIterator<Item = &'a NodeId>) -> Vec<LocalId> {
        let lists = ids.into_iter().filter_map(|id| self.free.get(id.0 as usize));
        let free: BTreeSet<LocalId> = lists.flatten().copied().collect();
        free.into_iter().collect()
    }

    pub(crate) fn constant(&mut self, value: Value) -> NodeId {
        let index = match self.consts.get(&value) {
            Some(index) => *index,
            None => {
                let index = u32::try_from(self.program.consts.len()).unwrap_or(u32::MAX);
                self.program.consts.push(value.clone());
                self.consts.insert(value, index);
                index
            }
        };
        self.leaf(Node::Const(index), None, Vec::new())
    }

    pub(crate) fn truth(&mut self, value: bool) -> NodeId {
        self.constant(Value::Bool(value))
    }

    /// The truth value of a constant; `None` for other nodes.
    pub(crate) fn known(&self, id: NodeId) -> Option<bool> {
        let Node::Const(index) = self.program.nodes.get(id.0 as usize)? else { return None };
        let Value::Bool(value) = self.program.consts.get(*index as usize)? else { return None };
        Some(*value)
    }

    /// The truth value of a node if logic decides it whatever the facts are; also of conditions that a probing plan
    /// keeps.
    pub(crate) fn settled(&self, id: NodeId) -> Option<bool> {
        self.settled.get(id.0 as usize).copied().flatten()
    }

    pub(crate) fn settle(&mut self, id: NodeId, value: Option<bool>) {
        if let Some(slot) = self.settled.get_mut(id.0 as usize) {
            *slot = value;
        }
    }

    fn logic(&self, node: Node, children: &[NodeId]) -> Option<bool> {
        if let Node::Const(_) = node {
            self.known(NodeId(u32::try_from(self.settled.len()).unwrap_or(u32::MAX)))
        } else if let Node::Not(inner) = node {
            self.settled(inner).map(|value| !value)
        } else if let Node::And(_) = node {
            joined(children.iter().map(|part| self.settled(*part)), false)
        } else if let Node::Or(_) = node {
            joined(children.iter().map(|part| self.settled(*part)), true)
        } else {
            None
        }
    }

    pub(crate) fn not(&mut self, id: NodeId) -> NodeId {
        if let Some(value) = self.known(id) {
            return self.truth(!value);
        }
        if let Some(Node::Not(inner)) = self.program.nodes.get(id.0 as usize) {
            return *inner;
        }
        self.node(Node::Not(id), &[id], None)
    }

    pub(crate) fn and(&mut self, parts: &[NodeId]) -> NodeId {
        self.junction(parts, true)
    }

    pub(crate) fn or(&mut self, parts: &[NodeId]) -> NodeId {
        self.junction(parts, false)
    }

    /// A conjunction (a disjunction if `unit` is false) without duplicates and without parts equal to `unit`.
    fn junction(&mut self, parts: &[NodeId], unit: bool) -> NodeId {
        let mut kept: Vec<NodeId> = Vec::with_capacity(parts.len());
        let mut seen = BTreeSet::new();
        for part in parts {
            match self.known(*part) {
                Some(value) if value == unit => {}
                Some(_) => return self.truth(!unit),
                None if seen.insert(*part) => kept.push(*part),
                None => {}
            }
        }
        match kept.as_slice() {
            [] => self.truth(unit),
            [only] => *only,
            _ if unit => self.over(&kept, &[], None, Node::And),
            _ => self.over(&kept, &[], None, Node::Or),
        }
    }

    pub(crate) fn aggregate(&mut self, aggregate: AggregateNode, span: Span) -> NodeId {
        let index = match self.aggregates.get(&aggregate) {
            Some(index) => *index,
            None => {
                let index = u32::try_from(self.program.aggregates.len()).unwrap_or(u32::MAX);
                self.program.aggregates.push(aggregate);
                self.aggregates.insert(aggregate, index);
                index
            }
        };
        let inner = aggregate.filter.iter().chain(&aggregate.body).copied().collect::<Vec<_>>();
        let mut free: BTreeSet<LocalId> = self.free_of(&inner).into_iter().collect();
        free.remove(&aggregate.local);
        free.extend(self.free_of(std::iter::once(&aggregate.list).chain(&aggregate.otherwise)));
        self.leaf(Node::Aggregate(index), Some(span), free.into_iter().collect())
    }

    pub(crate) fn cases(&mut self, cases: Vec<CaseNode>, span: Span) -> NodeId {
        let inside: Vec<NodeId> = cases.iter().flat_map(|c| [c.guard, c.live, c.value]).collect();
        let free = self.free_of(&inside);
        let index = u32::try_from(self.program.cases.len()).unwrap_or(u32::MAX);
        self.program.cases.push(cases);
        self.leaf(Node::Cases(index), Some(span), free)
    }

    pub(crate) fn table(&mut self, table: TableNode, span: Span) -> NodeId {
        let otherwise = table.otherwise.map(|(node, _)| node);
        let inside: Vec<NodeId> = table.rows.iter().flat_map(|r| [r.0, r.1]).chain(otherwise).collect();
        let free = self.free_of(&inside);
        let index = u32::try_from(self.program.tables.len()).unwrap_or(u32::MAX);
        self.program.tables.push(table);
        self.leaf(Node::Table(index), Some(span), free)
    }
}

/// True if a lookup of the value is cheaper than another evaluation.
const fn worth_keeping(node: Node) -> bool {
    !matches!(
        node,
        Node::Const(_)
            | Node::Fact(_)
            | Node::Local(_)
            | Node::GoverningDate
            | Node::GoverningRegion
            | Node::Not(_)
            | Node::IsState(..)
            | Node::Open(..)
            | Node::NoNorm(_)
            | Node::Probe(_)
    )
}

/// A disjunction of truth values that may be unknown; a conjunction if `decides` is false.
pub(crate) fn joined(parts: impl Iterator<Item = Option<bool>>, decides: bool) -> Option<bool> {
    let mut all = Some(!decides);
    for part in parts {
        match part {
            Some(value) if value == decides => return Some(decides),
            Some(_) => {}
            None => all = None,
        }
    }
    all
}
