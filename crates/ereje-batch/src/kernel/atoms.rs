//! From a cell's code to masks.
//!
//! Comes in: [`Code`]. Goes out: [`Masks`], if the atoms are few enough. An atom on one cell of few values becomes a
//! table: the code is run beforehand for each value. Comparisons of numbers and days become inequalities over at most
//! two cells. For every other atom the operations that compute it are kept.

use super::cause_set::CauseSet;
use super::code::*;
use super::masks::*;
use super::run::Run;
use crate::row::{Cell, CellType, Layout, Row, Slot, SlotShape};
use ereje::ids::ReasonId;
use ereje::model::Model;
use ereje::syntax::ast::CompareOp;
use ereje::value::{LeapBirthday, MonthEnd, Number};
use num_integer::Integer;
use std::collections::HashMap;
use std::sync::Arc;

/// The most terms of one condition; a condition with more becomes an atom of its own.
const MAX_TERMS: usize = 32;
/// The most values of a cell that gets a table.
const MAX_VALUES: u32 = 400;
/// Every factor in an inequality is below this.
const MAX_TIMES: i64 = 1 << 31;

/// What the value of a register depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dependency {
    Nothing,
    /// The state of a cell.
    State(u32),
    Cell(u32),
    More,
}

impl Dependency {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Nothing, other) | (other, Self::Nothing) => other,
            (Self::State(a), Self::State(b)) if a == b => self,
            (Self::State(a) | Self::Cell(a), Self::State(b) | Self::Cell(b)) if a == b => Self::Cell(a),
            _ => Self::More,
        }
    }
}

/// A sum of multiples of cells.
#[derive(Clone, Debug, Default)]
struct LinearSum {
    parts: Vec<(u32, i64)>,
    plus: i64,
}

impl LinearSum {
    fn scaled(mut self, by: i64) -> Option<Self> {
        self.plus = self.plus.checked_mul(by)?;
        for (_, times) in &mut self.parts {
            *times = times.checked_mul(by)?;
        }
        self.small()
    }

    fn and(mut self, other: Self) -> Option<Self> {
        self.plus = self.plus.checked_add(other.plus)?;
        for (at, times) in other.parts {
            match self.parts.iter_mut().find(|(known, _)| *known == at) {
                Some((_, known)) => *known = known.checked_add(times)?,
                None => self.parts.push((at, times)),
            }
        }
        self.small()
    }

    /// The sum itself; `None` if adding such sums could leave 128 bits, here or in the evaluator.
    fn small(self) -> Option<Self> {
        let small = self.parts.len() <= 2 && self.parts.iter().all(|(_, times)| times.abs() < MAX_TIMES);
        (small && self.plus.abs() < 1 << 60).then_some(self)
    }
}

/// An atom on one cell of few values: its truth by place in the cell's table; `None` is unknown.
type TruthTable = Vec<Option<bool>>;

/// A truth table with the bits of its atom for true and for false.
type TabledAtom = (TruthTable, u64, u64);

/// Masks under construction.
struct MaskBuilder<'c> {
    model: &'c Model,
    layout: &'c Layout,
    code: &'c Code,
    /// By register: the operation that writes it, and what it depends on.
    written: HashMap<Reg, usize>,
    dependencies: HashMap<Reg, Dependency>,
    types: HashMap<u32, CellType>,
    out: Rules,
    ranges: Vec<RangeAtom>,
    linears: Vec<LinearAtom>,
    registers: Vec<RegisterAtom>,
    loops: Vec<LoopedRule>,
    /// The literal of each register that is an atom: the bits for true and for false.
    atoms: HashMap<Reg, (u64, u64)>,
    /// By cell: its atoms.
    tables: Vec<(u32, Vec<TabledAtom>)>,
    /// The cell that the governing date was read from.
    day: Option<u32>,
    /// Registers that operations compute at run time.
    wanted: Vec<Reg>,
}

/// The masks of a cell's code; `None` if there are too many atoms or rules.
///
/// `day` is the cell of the governing date, if the date is read from a cell.
pub(super) fn masks(model: &Model, layout: &Layout, code: &Code, day: Option<u32>) -> Option<Masks> {
    let mut builder = MaskBuilder {
        model,
        layout,
        code,
        written: HashMap::new(),
        dependencies: HashMap::new(),
        types: cell_types(layout),
        out: Rules::default(),
        ranges: Vec::new(),
        linears: Vec::new(),
        registers: Vec::new(),
        loops: Vec::new(),
        atoms: HashMap::new(),
        tables: Vec::new(),
        day,
        wanted: Vec::new(),
    };
    builder.find_dependencies();
    if code.rules.len() > RULES {
        return None;
    }
    for (index, rule) in code.rules.iter().enumerate() {
        match rule.each {
            None => builder.rule(rule.holds, 1 << index)?,
            Some(each) => builder.looped(rule, each, 1 << index)?,
        }
        builder.out.reasons.push(rule.reason);
    }
    let in_force = code.in_force?;
    if builder.constant(in_force) != Some(1) {
        builder.out.gate = 1 << code.rules.len();
        builder.rule(in_force, builder.out.gate)?;
    }
    builder.first_fired();
    builder.look_up();
    let ops = builder.needed(&builder.wanted).into();
    let (ranges, linears, registers) = (builder.ranges.into(), builder.linears.into(), builder.registers.into());
    Some(Masks { rules: Arc::new(builder.out), ranges, linears, registers, loops: builder.loops.into(), ops })
}

/// The type of each cell of a row that has a value of its own.
fn cell_types(layout: &Layout) -> HashMap<u32, CellType> {
    fn walk(slot: &Slot, from: u32, out: &mut HashMap<u32, CellType>) {
        match &slot.shape {
            SlotShape::One(ty) => {
                out.insert(from + slot.at, *ty);
            }
            SlotShape::Record(_, fields) => fields.iter().for_each(|(_, field)| walk(field, from + slot.at, out)),
            SlotShape::List(_) | SlotShape::Unheld => {}
        }
    }
    let mut found = HashMap::new();
    layout.slots().iter().for_each(|slot| walk(slot, 0, &mut found));
    found
}

impl MaskBuilder<'_> {
    fn op(&self, reg: Reg) -> Option<&Op> {
        self.code.ops.get(*self.written.get(&reg)?)
    }

    fn constant(&self, reg: Reg) -> Option<i64> {
        let Op::Const(_, value) = self.op(reg)? else { return None };
        Some(*value)
    }

    /// Finds what each register depends on.
    fn find_dependencies(&mut self) {
        for (index, op) in self.code.ops.iter().enumerate() {
            let mut dependencies = Dependency::Nothing;
            op.reads(&mut |reg| {
                dependencies = dependencies.and(self.dependencies.get(&reg).copied().unwrap_or(Dependency::More))
            });
            let dependencies = match op {
                Op::Load { at, base: None, of: None, .. } => Dependency::Cell(*at),
                Op::Load { .. } | Op::Loop(..) | Op::Unknown(..) => Dependency::More,
                Op::IsState(..) => match dependencies {
                    Dependency::Cell(at) => Dependency::State(at),
                    Dependency::Nothing | Dependency::State(_) | Dependency::More => dependencies,
                },
                Op::Const(..)
                | Op::WideConst(..)
                | Op::Not(..)
                | Op::And(..)
                | Op::Or(..)
                | Op::NoState(..)
                | Op::Compare { .. }
                | Op::CompareWide { .. }
                | Op::CompareCounts { .. }
                | Op::InConsts(..)
                | Op::In { .. }
                | Op::Add(..)
                | Op::Sub(..)
                | Op::Mul(..)
                | Op::Neg(..)
                | Op::Rescale(..)
                | Op::Widen(..)
                | Op::Arith { .. }
                | Op::Round { .. }
                | Op::Scale(..)
                | Op::Elapsed { .. }
                | Op::Completed(..)
                | Op::Call { .. }
                | Op::Least(..)
                | Op::Greatest(..)
                | Op::Cases { .. }
                | Op::Table { .. } => dependencies,
            };
            op.writes(&mut |reg| {
                self.written.insert(reg, index);
                self.dependencies.insert(reg, dependencies);
            });
        }
    }

    /// The cell of few values that a register depends on, with the size of its table; `None` if the register depends on
    /// anything else.
    fn few(&self, dependencies: Dependency) -> Option<(u32, u32)> {
        let (at, state) = match dependencies {
            Dependency::State(at) => (at, true),
            Dependency::Cell(at) => (at, false),
            Dependency::Nothing | Dependency::More => return None,
        };
        let values = match self.types.get(&at) {
            Some(CellType::Bool) => 2,
            Some(CellType::Enum(id)) => self.model.enums.at(*id).values.len(),
            Some(CellType::Text) => self.layout.texts().len(),
            Some(CellType::Region) => self.model.regions.len(),
            // Of the other types only the state can be looked up: one place stands for all values.
            Some(CellType::Whole | CellType::Decimal | CellType::Date | CellType::Duration(_)) | None => {
                return state.then_some((at, STATES));
            }
        };
        let values = u32::try_from(values).ok().filter(|values| *values <= MAX_VALUES)?;
        // Values take every second place. The last place is for texts that the policy does not name.
        Some((at, (2 * values).max(FEW as u32)))
    }

    /// The bits of a new atom for true and for false; `None` if all atoms are taken.
    fn fresh(&mut self) -> Option<(u64, u64)> {
        let atom = self.out.all.count_ones() / 2;
        if atom >= ATOMS {
            return None;
        }
        let bits = (1 << atom, 1 << (atom + ATOMS));
        self.out.all |= bits.0 | bits.1;
        Some(bits)
    }

    /// The bits of a register's atom for true and for false; `None` if all atoms are taken.
    fn literal(&mut self, reg: Reg) -> Option<(u64, u64)> {
        if let Some(known) = self.atoms.get(&reg) {
            return Some(*known);
        }
        let dependencies = self.dependencies.get(&reg).copied().unwrap_or(Dependency::More);
        let few = self.few(dependencies);
        let table = few.and_then(|(at, size)| Some((at, self.worked_out(reg, at, size)?)));
        let bits = match table {
            Some((at, table)) => self.tabled(at, table)?,
            None => match self.inequality(reg) {
                Some(bits) => bits?,
                None => {
                    let (yes, no) = self.fresh()?;
                    self.wanted.push(reg);
                    self.registers.push(RegisterAtom { reg, yes, no });
                    (yes, no)
                }
            },
        };
        self.atoms.insert(reg, bits);
        Some(bits)
    }

    /// An atom on one cell of few values.
    fn tabled(&mut self, at: u32, table: TruthTable) -> Option<(u64, u64)> {
        let tables = match self.tables.iter().position(|(known, _)| *known == at) {
            Some(index) => index,
            None => {
                self.tables.push((at, Vec::new()));
                self.tables.len() - 1
            }
        };
        let opposite: TruthTable = table.iter().map(|truth| truth.map(|truth| !truth)).collect();
        for (known, yes, no) in &self.tables.get(tables)?.1 {
            if *known == table {
                return Some((*yes, *no));
            }
            if *known == opposite {
                return Some((*no, *yes));
            }
        }
        let (yes, no) = self.fresh()?;
        self.tables.get_mut(tables)?.1.push((table, yes, no));
        Some((yes, no))
    }

    /// The truth of a register for each state and value of the cell that it depends on; `None` if one of them brings a
    /// fault, which only the evaluator can name.
    fn worked_out(&self, reg: Reg, at: u32, size: u32) -> Option<TruthTable> {
        let ops = self.needed(&[reg]);
        let mut regs = vec![RegisterValue::unknown(CauseSet::BAIL); self.code.registers as usize];
        let mut wide = vec![Number::ZERO; if self.code.wide { regs.len() } else { 0 }];
        let mut row = Row::new(self.layout);
        (0..size)
            .map(|place| {
                row.set(at, cell(place, size));
                let (regs, wide) = (&mut regs, &mut wide);
                let mut run = Run { model: self.model, code: self.code, row: &row, regs, wide };
                run.block(&ops);
                let val = run.get(reg);
                (!val.why.is_fault()).then(|| val.why.is_none().then_some(val.value != 0))
            })
            .collect()
    }

    /// The operations that compute these registers, in their order.
    fn needed(&self, wanted: &[Reg]) -> Vec<Op> {
        let mut needed: Vec<bool> = vec![false; self.code.ops.len()];
        let mut open: Vec<Reg> = wanted.to_vec();
        while let Some(reg) = open.pop() {
            let Some(index) = self.written.get(&reg) else { continue };
            let Some(slot) = needed.get_mut(*index) else { continue };
            if !std::mem::replace(slot, true)
                && let Some(op) = self.code.ops.get(*index)
            {
                self.code.reads_within(op, &mut |reg| open.push(reg));
            }
        }
        self.code.ops.iter().zip(needed).filter(|(_, needed)| *needed).map(|(op, _)| op.clone()).collect()
    }

    /// The atom of a comparison over at most two cells. `None` if the register holds no such comparison; `Some(None)`
    /// if all atoms are taken.
    #[expect(clippy::option_option, reason = "the two say different things")]
    fn inequality(&mut self, reg: Reg) -> Option<Option<(u64, u64)>> {
        let &Op::Compare { op, a, b, text: false, .. } = self.op(reg)? else { return None };
        let sum = self.years(op, a, b).or_else(|| self.sum(a)?.and(self.sum(b)?.scaled(-1)?))?;
        // Every comparison becomes «zero or more» or «zero», or the opposite of one of these.
        let (sum, exactly, opposite) = match op {
            CompareOp::Ge => (sum, false, false),
            CompareOp::Lt => (sum, false, true),
            CompareOp::Le => (sum.scaled(-1)?, false, false),
            CompareOp::Gt => (sum.scaled(-1)?, false, true),
            CompareOp::Eq => (sum, true, false),
            CompareOp::Ne => (sum, true, true),
        };
        let atom = match sum.parts.as_slice() {
            [(at, times)] if *times != 0 => {
                let (low, high) = between(*times, sum.plus, exactly);
                Some((Some((*at, low, high)), None))
            }
            [(a, x), (b, y)] if !exactly => Some((None, Some(([*a, *b], [*x, *y])))),
            _ => None,
        }?;
        let Some((yes, no)) = self.fresh() else { return Some(None) };
        let bits = if opposite { (no, yes) } else { (yes, no) };
        match atom {
            (Some((at, low, high)), _) => self.ranges.push(RangeAtom { at, low, high, yes, no }),
            (None, Some((at, times))) => {
                let reach = times.map(|times| (1 << 61) / times.abs().max(1));
                self.linears.push(LinearAtom { at, times, reach, plus: sum.plus, yes, no });
            }
            (None, None) => return None,
        }
        Some(Some(bits))
    }

    /// Complete years between two days, compared with a number of years: one day compared with the other, moved by so
    /// many years. Where a year without 29 February is complete on 1 March, that is right for such a day as well.
    fn years(&self, op: CompareOp, a: Reg, b: Reg) -> Option<LinearSum> {
        let (Op::Elapsed { from, through, counted, .. }, parts) = (self.op(a)?, self.constant(b)?) else { return None };
        let on_1_march = match counted {
            Elapsed::Months(end) => *end == MonthEnd::Roll,
            Elapsed::Age(leap, _) => *leap == LeapBirthday::March1,
        };
        let months = parts / MONTH;
        let whole_years = parts % (12 * MONTH) == 0 && months > 0 && months <= 1 << 20;
        if !on_1_march || !whole_years || !matches!(op, CompareOp::Ge | CompareOp::Lt) {
            return None;
        }
        let later = self.sum(*through)?.and(LinearSum { parts: Vec::new(), plus: -(months / 12 * 512) })?;
        later.and(self.sum(*from)?.scaled(-1)?)
    }

    /// A register as a sum of multiples of cells.
    fn sum(&self, reg: Reg) -> Option<LinearSum> {
        if reg == DATE {
            return Some(LinearSum { parts: vec![(self.day?, 1)], plus: 0 });
        }
        match self.op(reg)? {
            Op::Const(_, value) => LinearSum { parts: Vec::new(), plus: *value }.small(),
            Op::Load { at, base: None, of: None, silent, .. } if !silent.absent.why.is_none() => {
                Some(LinearSum { parts: vec![(*at, 1)], plus: 0 })
            }
            Op::Add(_, a, b) => self.sum(*a)?.and(self.sum(*b)?),
            Op::Sub(_, a, b) => self.sum(*a)?.and(self.sum(*b)?.scaled(-1)?),
            Op::Neg(_, of) => self.sum(*of)?.scaled(-1),
            Op::Rescale(_, of, factor) => self.sum(*of)?.scaled(*factor),
            Op::Completed(_, of) if matches!(self.op(*of), Some(Op::Rescale(_, _, MONTH))) => self.sum(*of),
            Op::Mul(_, a, b) => {
                let (a, b) = (self.sum(*a)?, self.sum(*b)?);
                match (a.parts.is_empty(), b.parts.is_empty()) {
                    (true, _) => b.scaled(a.plus),
                    (_, true) => a.scaled(b.plus),
                    (false, false) => None,
                }
            }
            Op::Unknown(..)
            | Op::WideConst(..)
            | Op::Load { .. }
            | Op::Not(..)
            | Op::And(..)
            | Op::Or(..)
            | Op::IsState(..)
            | Op::NoState(..)
            | Op::Compare { .. }
            | Op::CompareWide { .. }
            | Op::CompareCounts { .. }
            | Op::InConsts(..)
            | Op::In { .. }
            | Op::Widen(..)
            | Op::Arith { .. }
            | Op::Round { .. }
            | Op::Scale(..)
            | Op::Elapsed { .. }
            | Op::Completed(..)
            | Op::Call { .. }
            | Op::Least(..)
            | Op::Greatest(..)
            | Op::Cases { .. }
            | Op::Table { .. }
            | Op::Loop(..) => None,
        }
    }

    /// Adds the terms of a rule.
    fn rule(&mut self, holds: Reg, rule: u64) -> Option<()> {
        let terms = self.terms(holds, true)?;
        self.out.terms.extend(terms.into_iter().map(|bits| Term { bits, rule }));
        Some(())
    }

    /// Adds a rule with a loop, which is an atom of its own.
    fn looped(&mut self, rule: &Rule, each: RuleLoop, bit: u64) -> Option<()> {
        let (yes, no) = self.fresh()?;
        self.wanted.extend([each.list, each.guard, rule.holds]);
        let code = self.code;
        code.reads_in(each.block, &mut |reg| self.wanted.push(reg));
        self.loops.push(LoopedRule { rule: rule.clone(), yes, no });
        self.out.terms.push(Term { bits: yes, rule: bit });
        Some(())
    }

    /// A condition or its opposite as terms. `None` if all atoms are taken.
    fn terms(&mut self, reg: Reg, positive: bool) -> Option<Vec<u64>> {
        let dependencies = self.dependencies.get(&reg).copied().unwrap_or(Dependency::More);
        let whole = self.atoms.contains_key(&reg) || self.few(dependencies).is_some();
        let divided = match self.op(reg) {
            _ if whole => None,
            Some(Op::Const(_, value)) => return Some(if (*value != 0) == positive { vec![0] } else { Vec::new() }),
            Some(Op::Not(_, of)) => {
                let of = *of;
                return self.terms(of, !positive);
            }
            Some(Op::And(_, parts)) => Some((parts.clone(), positive)),
            Some(Op::Or(_, parts)) => Some((parts.clone(), !positive)),
            _ => None,
        };
        if let Some((parts, product)) = divided {
            let mut terms = if product { vec![0] } else { Vec::new() };
            for part in parts.iter() {
                let more = self.terms(*part, positive)?;
                terms = if product { times(&terms, &more) } else { [terms, more].concat() };
                least(&mut terms);
                if terms.len() > MAX_TERMS {
                    break;
                }
            }
            if terms.len() <= MAX_TERMS {
                return Some(terms);
            }
        }
        let (yes, no) = self.literal(reg)?;
        Some(vec![if positive { yes } else { no }])
    }

    /// Prepares what each rule decides when it is the first that fires, and the reasons that can be given together.
    fn first_fired(&mut self) {
        let rules = &self.code.rules;
        let last = self.code.levels.saturating_sub(1);
        let levels: Vec<u32> = rules.iter().map(|rule| rule.level).chain([last]).collect();
        for level in levels {
            if let Some(known) = self.out.by_first.iter().find(|first_fired| first_fired.level == level) {
                let known = *known;
                self.out.by_first.push(known);
                continue;
            }
            let bits = |wanted: &dyn Fn(u32) -> bool| -> u64 {
                let of = rules.iter().enumerate().filter(|(_, rule)| wanted(rule.level));
                of.fold(0, |all, (index, _)| all | 1 << index)
            };
            // Of impossible facts only what is known counts, but masks cannot tell what nobody knows from what they cannot judge.
            let (above, here) = (bits(&|other| other <= level), bits(&|other| other == level));
            // Rules are ordered by level, so those of one level are adjacent.
            let (shift, count) = (if here == 0 { 0 } else { here.trailing_zeros() }, here.count_ones() as usize);
            let sets = if count <= TOGETHER { self.out.sets.len() } else { usize::MAX };
            if count <= TOGETHER {
                let own: Vec<ReasonId> = self.out.reasons.iter().skip(shift as usize).take(count).copied().collect();
                self.out.sets.extend((0..1_u64 << count).map(|fired| ReasonSet::of(&own, fired)));
            }
            self.out.by_first.push(FirstFired { level, above, here, shift, sets });
        }
    }

    /// Makes the tables of cells of few values.
    fn look_up(&mut self) {
        for (at, tables) in &self.tables {
            let size = tables.first().map_or(0, |(table, ..)| table.len());
            let bits = |place: usize| {
                tables.iter().fold(0, |all, (table, yes, no)| {
                    all | match table.get(place).copied().flatten() {
                        Some(true) => *yes,
                        Some(false) => *no,
                        None => 0,
                    }
                })
            };
            // The table of states has one place more than `FEW`, so that it is not taken for one of few values.
            match <[u64; FEW]>::try_from((0..size).map(bits).collect::<Vec<u64>>()) {
                Ok(table) => self.out.few.push(SmallLookup { at: *at, table }),
                Err(table) => self.out.lookups.push(Lookup { at: *at, table: table.into() }),
            }
        }
    }
}

/// The size of the table of a cell of which only the state matters.
const STATES: u32 = FEW as u32 + 1;

/// The cell that a place of a table stands for.
fn cell(place: u32, size: u32) -> Cell {
    match place {
        1 => Cell::ABSENT,
        3 => Cell::UNAVAILABLE,
        5 => Cell::UNASKED,
        7 => Cell::UNHELD,
        _ if size == STATES => Cell::value(0),
        _ if place + 1 == size => Cell::OTHER_TEXT,
        _ if place.is_multiple_of(2) => Cell::value(i64::from(place / 2)),
        _ => Cell::UNHELD,
    }
}

/// Each term combined with each.
fn times(a: &[u64], b: &[u64]) -> Vec<u64> {
    a.iter().flat_map(|x| b.iter().map(move |y| x | y)).collect()
}

/// Removes terms that another term makes superfluous.
fn least(terms: &mut Vec<u64>) {
    terms.sort_unstable_by_key(|bits| bits.count_ones());
    let mut kept: Vec<u64> = Vec::with_capacity(terms.len());
    for term in terms.iter() {
        if !kept.iter().any(|known| known & term == *known) {
            kept.push(*term);
        }
    }
    *terms = kept;
}

/// The values for which `times` · value + `plus` is zero or more, or exactly zero.
fn between(times: i64, plus: i64, exactly: bool) -> (i64, i64) {
    if exactly {
        let value = -plus / times;
        return if -plus % times == 0 { (value, value) } else { (1, 0) };
    }
    if times > 0 {
        (Integer::div_ceil(&-plus, &times), i64::MAX)
    } else {
        (i64::MIN, Integer::div_floor(&-plus, &times))
    }
}
