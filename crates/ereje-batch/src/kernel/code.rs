//! A cell's program in the form that rows are run through: flat typed operations over registers.
//!
//! Comes in: nothing; these are the types that `lower` makes and `run` reads. Every register is written by one
//! operation, and each operation follows those that write what it reads, so one pass from the first to the last
//! computes everything. There are no jumps, and truth is true, false or unknown: the same list could be run over planes
//! of bits, a chunk of rows at a time.

use super::cause_set::CauseSet;
use ereje::ids::{CalendarId, ReasonId};
use ereje::model::Builtin;
use ereje::model::HandlerRef;
use ereje::syntax::ast::{AggregateFunc, ArithOp, CompareOp, HitPolicy, RoundMode, State};
use ereje::value::{LeapBirthday, MonthEnd, Number};

/// The number of a register.
pub(crate) type Reg = u32;

/// The registers that hold the governing date and place.
pub(crate) const DATE: Reg = 0;
pub(crate) const REGION: Reg = 1;

/// The types that a register holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RegisterType {
    Bool,
    /// A number in units of 10⁻ⁿ.
    Scaled(u32),
    /// An exact number, kept under the register's number in a table of its own.
    Wide,
    Date,
    /// Months and days of an age, in parts of a month: see [`MONTH`].
    Months,
    Days,
    WorkingDays,
    Text,
    Enum(u32),
    Region,
}

/// The parts of a month in a register of [`RegisterType::Months`], more than it has days: an age of `m` completed months and
/// `d` days is `m * MONTH + d`, so that such registers compare as ages do.
pub(crate) const MONTH: i64 = 64;

/// How the time between two days is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Elapsed {
    /// Completed months.
    Months(MonthEnd),
    /// An age.
    Age(LeapBirthday, MonthEnd),
}

/// A register with its type, for operations that work on several types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Arg {
    pub(crate) reg: Reg,
    pub(crate) ty: RegisterType,
}

/// The value of a register, valid only if `why` is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RegisterValue {
    pub value: i64,
    pub(crate) why: CauseSet,
}

impl RegisterValue {
    pub(crate) const fn known(value: i64) -> Self {
        Self { value, why: CauseSet::NONE }
    }

    pub(crate) const fn unknown(why: CauseSet) -> Self {
        Self { value: 0, why }
    }
}

/// What a silent cell means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SilenceHandling {
    /// For an absent fact: the value that its handler gives, or the causes of the missing value.
    pub(crate) absent: RegisterValue,
    /// If the registry was down: the causes.
    pub(crate) unavailable: CauseSet,
}

/// One case of a definition, or one row of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Case {
    pub(crate) guard: Reg,
    pub(crate) live: Reg,
    pub value: Reg,
}

/// An aggregate's loop over the elements of a list.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Loop {
    pub(crate) func: AggregateFunc,
    pub(crate) list: Reg,
    /// The register that holds where the first cell of the element is.
    pub(crate) element: Reg,
    pub(crate) stride: u32,
    pub(crate) block: u32,
    pub(crate) filter: Option<Reg>,
    pub(crate) body: Option<Reg>,
    pub(crate) otherwise: Option<Reg>,
    pub(crate) ty: RegisterType,
}

/// One operation; the register that it writes comes first.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Op {
    /// A value that the kernel cannot judge, or that is never known.
    Unknown(Reg, CauseSet),
    Const(Reg, i64),
    WideConst(Reg, Number),
    /// A cell of the row, or of an element that begins where `base` says. If the record that it is part of is silent,
    /// the cell is silent for the same reason.
    Load {
        to: Reg,
        at: u32,
        base: Option<Reg>,
        of: Option<Reg>,
        silent: SilenceHandling,
    },
    Not(Reg, Reg),
    And(Reg, Box<[Reg]>),
    Or(Reg, Box<[Reg]>),
    IsState(Reg, Reg, State),
    /// The test of a computed value for a state: false as soon as the value is known.
    NoState(Reg, Reg),
    /// Compares two values of one type that fits a register.
    Compare {
        to: Reg,
        op: CompareOp,
        a: Reg,
        b: Reg,
        text: bool,
    },
    CompareWide {
        to: Reg,
        op: CompareOp,
        a: Reg,
        b: Reg,
    },
    /// A comparison with a count that has a filter; the second register of a side holds the greatest value of its
    /// count.
    CompareCounts {
        to: Reg,
        op: CompareOp,
        a: (Arg, Option<Reg>),
        b: (Arg, Option<Reg>),
    },
    /// Membership in a sorted list of constants.
    InConsts(Reg, Reg, Box<[i64]>),
    In {
        to: Reg,
        what: Reg,
        list: Box<[Reg]>,
        text: bool,
        wide: bool,
    },
    Add(Reg, Reg, Reg),
    Sub(Reg, Reg, Reg),
    Mul(Reg, Reg, Reg),
    Neg(Reg, Reg),
    /// Multiplies by a constant.
    Rescale(Reg, Reg, i64),
    /// Makes a number in units of 10⁻ⁿ a wide one.
    Widen(Reg, Reg, u32),
    Arith {
        to: Arg,
        op: ArithOp,
        a: Arg,
        b: Arg,
        calendar: Option<CalendarId>,
    },
    Round {
        to: Reg,
        mode: RoundMode,
        what: Reg,
        step: Reg,
    },
    /// Amount, then bounds and rates, all of them wide.
    Scale(Reg, Reg, Box<[Reg]>),
    /// The time between two days.
    Elapsed {
        to: Reg,
        from: Reg,
        through: Reg,
        counted: Elapsed,
    },
    /// The completed months of an age.
    Completed(Reg, Reg),
    Call {
        to: Arg,
        builtin: Builtin,
        args: Box<[Arg]>,
    },
    Least(Reg, Box<[Reg]>),
    Greatest(Reg, Box<[Reg]>),
    Cases {
        to: Arg,
        cases: Box<[Case]>,
    },
    Table {
        to: Arg,
        hit: HitPolicy,
        rows: Box<[Case]>,
        otherwise: Option<Reg>,
    },
    /// The second register is the greatest value of a count.
    Loop(Reg, Reg, Box<Loop>),
}

/// The loop of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RuleLoop {
    pub(crate) list: Reg,
    pub(crate) element: Reg,
    pub(crate) stride: u32,
    pub(crate) block: u32,
    pub(crate) guard: Reg,
}

/// A rule, or a version of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rule {
    pub(crate) level: u32,
    pub(crate) holds: Reg,
    pub(crate) each: Option<RuleLoop>,
    /// Whether instances may give reasons that differ.
    pub(crate) differs: bool,
    pub(crate) reason: ReasonId,
    pub(crate) rank: Rank,
}

/// The place of a reason in the order of the reasons of rules and handlers.
pub(crate) type Rank = (usize, u32, u32);

/// What a handler proposes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Proposal {
    pub(crate) level: u32,
    pub(crate) reason: ReasonId,
    pub(crate) rank: Rank,
    pub(crate) handler: HandlerRef,
}

/// A cell's program for one decision.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Code {
    pub(crate) ops: Vec<Op>,
    pub(crate) blocks: Vec<Vec<Op>>,
    pub(crate) registers: u32,
    /// Whether some register is wide.
    pub(crate) wide: bool,
    /// The longest list that this code takes; longer ones are left to the evaluator, so that no loop here takes more
    /// steps than the evaluator allows.
    pub(crate) longest: i64,
    /// `None` if the policy is in force for nobody.
    pub(crate) in_force: Option<Reg>,
    /// By level, then in the order of reasons.
    pub(crate) rules: Vec<Rule>,
    pub(crate) levels: u32,
    /// The number of levels at which only what is known counts: that of impossible facts, if there is one.
    pub(crate) sure: u32,
    /// By the bit that a handler has in a [`CauseSet`].
    pub(crate) handlers: Vec<Option<Proposal>>,
    /// The governing date and place, in the program that computes them.
    pub(crate) date: Option<Reg>,
    pub(crate) region: Option<Reg>,
}

impl Op {
    /// Calls `visit` for each register that the operation reads, except in a loop's block.
    pub(super) fn reads(&self, visit: &mut dyn FnMut(Reg)) {
        let mut each = |list: &[Reg]| list.iter().for_each(|reg| visit(*reg));
        match self {
            Self::Unknown(..) | Self::Const(..) | Self::WideConst(..) => {}
            Self::Load { base, of, .. } => base.iter().chain(of).for_each(|reg| visit(*reg)),
            Self::And(_, list) | Self::Or(_, list) | Self::Least(_, list) | Self::Greatest(_, list) => each(list),
            Self::Not(_, of)
            | Self::IsState(_, of, _)
            | Self::NoState(_, of)
            | Self::InConsts(_, of, _)
            | Self::Neg(_, of)
            | Self::Completed(_, of)
            | Self::Rescale(_, of, _)
            | Self::Widen(_, of, _) => visit(*of),
            Self::Compare { a, b, .. }
            | Self::CompareWide { a, b, .. }
            | Self::Add(_, a, b)
            | Self::Sub(_, a, b)
            | Self::Mul(_, a, b) => each(&[*a, *b]),
            Self::Round { what, step, .. } => each(&[*what, *step]),
            Self::Elapsed { from, through, .. } => each(&[*from, *through]),
            Self::CompareCounts { a, b, .. } => {
                for (side, high) in [a, b] {
                    visit(side.reg);
                    high.iter().for_each(|reg| visit(*reg));
                }
            }
            Self::In { what, list, .. } => {
                each(list);
                visit(*what);
            }
            Self::Arith { a, b, .. } => each(&[a.reg, b.reg]),
            Self::Scale(_, amount, bands) => {
                each(bands);
                visit(*amount);
            }
            Self::Call { args, .. } => args.iter().for_each(|arg| visit(arg.reg)),
            Self::Cases { cases, .. } => cases.iter().for_each(|case| {
                visit(case.guard);
                visit(case.live);
                visit(case.value);
            }),
            Self::Table { hit, rows, otherwise, .. } => {
                for row in rows {
                    visit(row.live);
                    if *hit != HitPolicy::Count {
                        visit(row.value);
                    }
                }
                otherwise.iter().for_each(|reg| visit(*reg));
            }
            Self::Loop(_, _, each) => {
                visit(each.list);
                each.otherwise.iter().for_each(|reg| visit(*reg));
            }
        }
    }

    /// Calls `visit` for each register that the operation writes.
    pub(super) fn writes(&self, visit: &mut dyn FnMut(Reg)) {
        match self {
            Self::Unknown(to, ..)
            | Self::Const(to, ..)
            | Self::WideConst(to, ..)
            | Self::Load { to, .. }
            | Self::Not(to, ..)
            | Self::And(to, ..)
            | Self::Or(to, ..)
            | Self::IsState(to, ..)
            | Self::NoState(to, ..)
            | Self::Compare { to, .. }
            | Self::CompareWide { to, .. }
            | Self::CompareCounts { to, .. }
            | Self::InConsts(to, ..)
            | Self::In { to, .. }
            | Self::Add(to, ..)
            | Self::Sub(to, ..)
            | Self::Mul(to, ..)
            | Self::Neg(to, ..)
            | Self::Rescale(to, ..)
            | Self::Widen(to, ..)
            | Self::Round { to, .. }
            | Self::Scale(to, ..)
            | Self::Elapsed { to, .. }
            | Self::Completed(to, ..)
            | Self::Least(to, ..)
            | Self::Greatest(to, ..) => visit(*to),
            Self::Arith { to, .. } | Self::Call { to, .. } | Self::Cases { to, .. } | Self::Table { to, .. } => {
                visit(to.reg);
            }
            Self::Loop(to, high, _) => {
                visit(*to);
                visit(*high);
            }
        }
    }
}

impl Code {
    /// The place of the operation that writes a register.
    pub(super) fn written(&self, wanted: Reg) -> Option<usize> {
        self.ops.iter().position(|op| {
            let mut found = false;
            op.writes(&mut |reg| found |= reg == wanted);
            found
        })
    }

    /// Calls `visit` for each register that an operation reads, also in the blocks that it runs.
    pub(super) fn reads_within(&self, op: &Op, visit: &mut dyn FnMut(Reg)) {
        op.reads(visit);
        if let Op::Loop(_, _, each) = op {
            each.filter.iter().chain(&each.body).for_each(|reg| visit(*reg));
            self.reads_in(each.block, visit);
        }
    }

    /// The same for all operations of a block.
    pub(super) fn reads_in(&self, block: u32, visit: &mut dyn FnMut(Reg)) {
        for op in self.blocks.get(block as usize).into_iter().flatten() {
            self.reads_within(op, visit);
        }
    }
}
