//! From a cell's program to code.
//!
//! Comes in: a [`Program`], the layout of rows, and a decision. Goes out: [`Code`] for just what that decision needs.
//! It follows the nodes from the rules down, each once. Definitions with parameters are inlined where they are called,
//! and what stands in a loop without reading its variable is computed before the loop. What the kernel has no form for
//! becomes an unknown that leaves the row to the evaluator wherever it matters.

mod lists;
mod logic;
mod numbers;
mod reads;
mod rules;

use super::cause_set::CauseSet;
use super::code::*;
use crate::row::{Layout, ListShape, Slot};
use ereje::ids::{DecisionId, FieldId, LocalId, RegionId};
use ereje::model::HandlerRef;
use ereje::model::Model;
use ereje::plan::{Node, NodeId, Plan, Program};
use ereje::value::{FactPath, Number};
use std::collections::HashMap;

/// The most expressions inside one another.
const MAX_DEPTH: usize = 200;
/// The most loops and calls inside one another.
const MAX_FRAMES: usize = 60;
/// The most operations of one cell.
const MAX_OPS: usize = 50_000;
/// The most steps that the evaluator may need for the same rules. It is well below the evaluator's limit, since a
/// decision takes more than its rules.
const MAX_COST: u64 = ereje::eval::MAX_STEPS / 4;

/// The result of a node.
#[derive(Clone, Debug)]
struct Lowered<'l> {
    reg: Reg,
    form: RegisterForm<'l>,
    /// The frames whose variables it reads, a bit for each.
    frames: u64,
    /// For a count with a filter: the register of its greatest value.
    high: Option<Reg>,
    /// A constant's value, where it fits a register.
    constant: Option<i64>,
    /// The most steps that the evaluator may take each time it computes the node.
    cost: u64,
}

/// What a register holds, and where its parts are.
#[derive(Clone, Debug)]
enum RegisterForm<'l> {
    One(RegisterType),
    Record {
        fields: &'l [(FieldId, Slot)],
        at: u32,
        base: Option<Reg>,
        place: FactPath,
    },
    List {
        shape: &'l ListShape,
        place: FactPath,
    },
    /// A datum whose state is known and whose value has no form here.
    Opaque,
    /// An unknown value.
    Broken,
}

/// What a variable stands for.
#[derive(Clone, Debug)]
struct BoundVariable<'l> {
    low: Lowered<'l>,
    /// True for a fact, a field or an element itself, whose state can be tested.
    cell: bool,
}

/// A loop or a call that is being written out.
#[derive(Debug, Default)]
struct Frame<'l> {
    known: HashMap<NodeId, Lowered<'l>>,
    /// The block of a loop; `None` for a call.
    block: Option<u32>,
}

/// Code under construction.
struct Lowering<'l> {
    plan: &'l Plan,
    model: &'l Model,
    program: &'l Program,
    /// The place of the program; `None` for the program that finds it.
    place: Option<Option<RegionId>>,
    layout: &'l Layout,
    decision: DecisionId,
    code: Code,
    /// The first frame is that of the whole program.
    frames: Vec<Frame<'l>>,
    locals: HashMap<LocalId, BoundVariable<'l>>,
    /// The handlers found so far; the index is the bit.
    handlers: Vec<HandlerRef>,
    depth: usize,
    size: usize,
    /// The most steps that the evaluator may take once for the whole decision.
    cost: u64,
}

/// The code of a cell's program for a decision; `None` if it is too large.
pub(crate) fn decision(
    plan: &Plan,
    layout: &Layout,
    (program, place): (&Program, Option<RegionId>),
    decision: DecisionId,
) -> Option<Code> {
    attempts(plan, layout, (program, Some(place)), decision, |lowering| lowering.rules())
}

/// The code that finds the governing date and place.
pub(crate) fn start(plan: &Plan, layout: &Layout, decision: DecisionId) -> Option<Code> {
    attempts(plan, layout, (plan.start(), None), decision, |lowering| lowering.entries())
}

/// Tries a high limit on the length of lists first, and a low one if the code would be too expensive.
fn attempts<'l>(
    plan: &'l Plan,
    layout: &'l Layout,
    (program, place): (&'l Program, Option<Option<RegionId>>),
    decision: DecisionId,
    make: impl Fn(&mut Lowering<'l>),
) -> Option<Code> {
    [1000, 30].into_iter().find_map(|longest| {
        let mut lowering = Lowering {
            plan,
            model: plan.model(),
            program,
            place,
            layout,
            decision,
            code: Code { longest, registers: 2, ..Code::default() },
            frames: vec![Frame::default()],
            locals: HashMap::new(),
            handlers: Vec::new(),
            depth: 0,
            size: 0,
            cost: 0,
        };
        make(&mut lowering);
        (lowering.cost <= MAX_COST && lowering.size <= MAX_OPS).then_some(lowering.code)
    })
}

impl<'l> Lowering<'l> {
    fn register(&mut self) -> Reg {
        let reg = self.code.registers;
        self.code.registers += 1;
        reg
    }

    /// Appends an operation to the innermost block whose variable it reads.
    fn emit(&mut self, frames: u64, op: Op) {
        self.size += 1;
        let inner = self.frames.iter().enumerate().rev().find_map(|(index, frame)| {
            let reads = index < 64 && frames >> index & 1 == 1;
            frame.block.filter(|_| reads)
        });
        let block = inner.and_then(|block| self.code.blocks.get_mut(block as usize)).unwrap_or(&mut self.code.ops);
        block.push(op);
    }

    /// A new register of one type, written by an operation over others.
    fn one(&mut self, ty: RegisterType, of: &[&Lowered<'l>], make: impl FnOnce(Reg) -> Op) -> Lowered<'l> {
        let frames = of.iter().fold(0, |all, low| all | low.frames);
        let cost = of.iter().fold(0_u64, |all, low| all.saturating_add(low.cost));
        let reg = self.register();
        self.code.wide |= ty == RegisterType::Wide;
        self.emit(frames, make(reg));
        Lowered { reg, form: RegisterForm::One(ty), frames, high: None, constant: None, cost }
    }

    /// A value that is never known here, for this cause.
    fn unknown(&mut self, why: CauseSet, of: &[&Lowered<'l>]) -> Lowered<'l> {
        let low = self.one(RegisterType::Bool, of, |reg| Op::Unknown(reg, why));
        Lowered { form: RegisterForm::Broken, ..low }
    }

    /// A value that only the evaluator can compute.
    fn bail(&mut self, of: &[&Lowered<'l>]) -> Lowered<'l> {
        self.unknown(CauseSet::BAIL, of)
    }

    fn constant(&mut self, ty: RegisterType, value: i64) -> Lowered<'l> {
        Lowered { constant: Some(value), ..self.one(ty, &[], |reg| Op::Const(reg, value)) }
    }

    fn wide_constant(&mut self, number: Number) -> Lowered<'l> {
        self.one(RegisterType::Wide, &[], |reg| Op::WideConst(reg, number))
    }

    /// The result of a node, computed once for each binding of the variables that it reads.
    fn node(&mut self, id: NodeId) -> Lowered<'l> {
        if let Some(known) = self.frames.iter().rev().find_map(|frame| frame.known.get(&id)) {
            return known.clone();
        }
        if self.depth >= MAX_DEPTH || self.frames.len() >= MAX_FRAMES || self.size > MAX_OPS {
            return self.bail(&[]);
        }
        self.depth += 1;
        let mut low = self.make(id);
        self.depth -= 1;
        low.cost = low.cost.saturating_add(1);
        if self.program.node(id).1.is_some() {
            self.cost = self.cost.saturating_add(std::mem::take(&mut low.cost));
        }
        let innermost = 63 - (low.frames | 1).leading_zeros();
        if let Some(frame) = self.frames.get_mut(innermost as usize) {
            frame.known.insert(id, low.clone());
        }
        low
    }

    fn nodes(&mut self, ids: &[NodeId]) -> Vec<Lowered<'l>> {
        ids.iter().map(|id| self.node(*id)).collect()
    }

    fn make(&mut self, id: NodeId) -> Lowered<'l> {
        let program = self.program;
        match program.node(id).0 {
            Node::Const(index) => self.const_node(index),
            Node::Fact(fact) => self.fact(fact),
            Node::Local(local) => match self.locals.get(&local) {
                Some(bound) => bound.low.clone(),
                None => self.bail(&[]),
            },
            Node::Field(record, field) => {
                let record = self.node(record);
                self.field(&record, field)
            }
            Node::GoverningDate => self.governing(DATE, RegisterType::Date),
            Node::GoverningRegion => self.governing(REGION, RegisterType::Region),
            Node::Not(inner) => {
                let inner = self.node(inner);
                self.one(RegisterType::Bool, &[&inner], |reg| Op::Not(reg, inner.reg))
            }
            Node::And(parts) => self.junction(program.list(parts), true),
            Node::Or(parts) => self.junction(program.list(parts), false),
            Node::IsState(what, state) => self.is_state(what, state),
            Node::Compare(op, a, b) => {
                let (a, b) = (self.node(a), self.node(b));
                self.compare(op, &a, &b)
            }
            Node::In(what, list) => self.is_in(what, program.list(list)),
            Node::InRegions(what, set) => self.in_regions(what, set),
            Node::Arith(op, a, b, calendar) => {
                let (a, b) = (self.node(a), self.node(b));
                self.arith(op, &a, &b, calendar)
            }
            Node::Neg(inner) => {
                let inner = self.node(inner);
                self.negate(&inner)
            }
            Node::Round(mode, what, step) => self.round(mode, what, step),
            Node::Aggregate(index) => self.aggregate(index),
            Node::Call(builtin, args) => self.call(builtin, program.list(args)),
            Node::Apply(function, args) => self.apply(function, program.list(args)),
            Node::Cases(index) => self.cases(index),
            Node::Table(index) => self.table(index),
            Node::Conditional(condition, value, otherwise) => self.conditional(condition, value, otherwise),
            Node::Scale(amount, bands) => self.scale(amount, program.list(bands)),
            Node::Open(..) => self.unknown(CauseSet::OPEN, &[]),
            Node::NoNorm(_) => self.unknown(CauseSet::FAULT, &[]),
            Node::At(entry, day) => self.norm_at(entry, day),
            // The kernel has no form for a fact over time, a computed list or record, and the nodes of a probing plan.
            Node::OverTime(..) | Node::List(_) | Node::Record(..) | Node::Probe(_) | Node::Condition(_) => {
                self.bail(&[])
            }
        }
    }

    /// The governing date or place, whose register is set before the code runs.
    fn governing(&mut self, reg: Reg, ty: RegisterType) -> Lowered<'l> {
        Lowered { reg, form: RegisterForm::One(ty), frames: 0, high: None, constant: None, cost: 0 }
    }

    /// Inlines a definition with parameters.
    fn apply(&mut self, function: u32, args: &[NodeId]) -> Lowered<'l> {
        let program = self.program;
        let args: Vec<BoundVariable<'l>> = args.iter().map(|arg| self.argument(*arg)).collect();
        let Some(function) = program.functions.get(function as usize) else { return self.bail(&[]) };
        let frame = 1_u64 << self.frames.len();
        self.frames.push(Frame::default());
        let cost = args.iter().fold(0_u64, |all, arg| all.saturating_add(arg.low.cost));
        let before: Vec<(LocalId, Option<BoundVariable<'l>>)> = function
            .params
            .iter()
            .zip(args)
            .map(|(local, mut bound)| {
                bound.low.frames |= frame;
                bound.low.cost = 0;
                (*local, self.locals.insert(*local, bound))
            })
            .collect();
        let body = self.node(function.body);
        for (local, bound) in before {
            self.bind(local, bound);
        }
        self.frames.pop();
        let cost = body.cost.saturating_add(cost);
        Lowered { frames: body.frames & !frame, high: None, cost, ..body }
    }

    fn argument(&mut self, arg: NodeId) -> BoundVariable<'l> {
        let node = &self.program.node(arg).0;
        let cell = if let Node::Local(local) = node {
            self.locals.get(local).is_some_and(|bound| bound.cell)
        } else {
            matches!(node, Node::Fact(_) | Node::Field(..))
        };
        BoundVariable { low: self.node(arg), cell }
    }

    /// Binds a variable, or unbinds it, and gives what it was bound to before.
    fn bind(&mut self, local: LocalId, bound: Option<BoundVariable<'l>>) -> Option<BoundVariable<'l>> {
        match bound {
            Some(bound) => self.locals.insert(local, bound),
            None => self.locals.remove(&local),
        }
    }
}

/// The registers of several results.
fn regs(lows: &[Lowered<'_>]) -> Box<[Reg]> {
    lows.iter().map(|low| low.reg).collect()
}

/// References to several results, to name them as what an operation reads.
fn all<'a, 'l>(lows: &'a [Lowered<'l>]) -> Vec<&'a Lowered<'l>> {
    lows.iter().collect()
}
