//! The code that decides a row: the cells of the plan's grid, compiled one by one when a row needs them.

use super::atoms;
use super::code::Code;
use super::lower;
use super::masks::{Masks, Rules};
use crate::row::{Cell, Layout};
use ereje::eval::Question;
use ereje::ids::RegionId;
use ereje::model::Grid;
use ereje::plan::Plan;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, OnceLock};

/// A cell's code.
#[derive(Debug)]
pub(super) struct CellCode {
    /// `None` if masks cannot express the rules.
    pub(super) masks: Option<Masks>,
    /// Decides where the masks do not. It is made when that first happens, since most rows of most cells never need it;
    /// `Some(None)` inside if the cell is too large for the kernel.
    code: OnceLock<Option<Box<Code>>>,
    /// For each level, whether an output that the decision has in this cell is tied to it; empty if none is tied to any.
    pub(super) tied: Box<[bool]>,
}

impl CellCode {
    /// The full code of the cell; `None` if it is too large for the kernel.
    pub(super) fn code(&self, context: &CellContext<'_>) -> Option<&Code> {
        self.code.get_or_init(|| context.code().map(Box::new)).as_deref()
    }
}

/// What the code of a cell is made from: a plan, a question, and a day and a place that lie in the cell.
#[derive(Clone, Copy, Debug)]
pub(super) struct CellContext<'k> {
    pub(super) plan: &'k Plan,
    pub(super) layout: &'k Layout,
    pub(super) question: &'k Question,
    pub(super) day: i64,
    /// The cell of the row that holds the day, if the day is read from one.
    pub(super) day_at: Option<u32>,
    pub(super) region: Option<RegionId>,
}

impl CellContext<'_> {
    /// For each level, whether an output is tied to it here. A cell whose program cannot be made has none.
    fn tied(&self) -> Box<[bool]> {
        let model = self.plan.model();
        let Some(decision) = model.decisions.get(self.question.decision).filter(|d| d.has_tied_outputs()) else {
            return Box::default();
        };
        let program = Cell::day(self.day).and_then(|day| self.plan.program_once(day, self.region));
        let Some(entry) = program.as_ref().and_then(|program| program.decisions.get(self.question.decision)) else {
            return Box::default();
        };
        let levels = 0..u32::try_from(decision.outcomes.len()).unwrap_or(u32::MAX);
        let is_tied = |level: u32| {
            let mut outputs = entry.outputs.iter().filter_map(|entry| decision.outputs.get(entry.output as usize));
            outputs.any(|output| output.tied.contains(&level))
        };
        levels.map(is_tied).collect()
    }

    #[cold]
    fn code(&self) -> Option<Code> {
        let program = self.plan.program_once(Cell::day(self.day)?, self.region)?;
        lower::decision(self.plan, self.layout, (&program, self.region), self.question.decision)
    }
}

/// The code of every cell that a row has needed so far.
#[derive(Debug)]
pub(super) struct Cells {
    /// The class of each region; the last entry is the class of no place.
    class_of: Vec<u32>,
    /// By class: the index of its first break, and that of its first cell.
    starts: Vec<(u32, u32)>,
    /// The first day of each cell but the first of its class, in the bits that rows use for days.
    breaks: Vec<i64>,
    codes: Vec<OnceLock<CellCode>>,
    /// The rules of all cells so far, so that equal ones are shared.
    known: Mutex<HashSet<Arc<Rules>>>,
}

impl Cells {
    pub(super) fn new(grid: &Grid, regions: usize) -> Self {
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let places = (0..regions).map(|region| Some(RegionId::new(region))).chain([None]);
        let class_of = places.map(|place| number(grid.class_number(place))).collect();
        let (mut starts, mut breaks, mut cells) = (Vec::new(), Vec::new(), 0);
        for class in grid.classes() {
            starts.push((number(breaks.len()), number(cells)));
            breaks.extend(class.breaks.iter().map(|day| Cell::date(*day).bits()));
            cells += class.breaks.len() + 1;
        }
        starts.push((number(breaks.len()), number(cells)));
        let codes = (0..cells).map(|_| OnceLock::new()).collect();
        Self { class_of, starts, breaks, codes, known: Mutex::default() }
    }

    /// The code for a day in a place.
    #[inline]
    pub(super) fn get(&self, context: &CellContext<'_>) -> Option<&CellCode> {
        let nowhere = self.class_of.len().checked_sub(1)?;
        let class = *self.class_of.get(context.region.map_or(nowhere, |region| region.index().min(nowhere)))? as usize;
        let (first, cells) = *self.starts.get(class)?;
        let (end, _) = *self.starts.get(class + 1)?;
        let breaks = self.breaks.get(first as usize..end as usize)?;
        // A few are counted faster than searched.
        let index = match breaks.len() {
            0..=4 => breaks.iter().map(|first| usize::from(*first <= context.day)).sum(),
            _ => breaks.partition_point(|first| *first <= context.day),
        };
        let cell_code = self.codes.get(cells as usize + index)?;
        Some(match cell_code.get() {
            Some(cell_code) => cell_code,
            None => cell_code.get_or_init(|| self.make(context)),
        })
    }

    #[cold]
    fn make(&self, context: &CellContext<'_>) -> CellCode {
        let tied = context.tied();
        let Some(code) = context.code() else { return CellCode { masks: None, code: OnceLock::from(None), tied } };
        let masks = atoms::masks(context.plan.model(), context.layout, &code, context.day_at);
        let masks = masks.map(|masks| Masks { rules: self.shared(&masks.rules), ..masks });
        // If masks need operations, the code is needed for every row.
        let kept = masks.as_ref().is_none_or(|masks| !masks.ops.is_empty());
        CellCode { masks, code: if kept { OnceLock::from(Some(Box::new(code))) } else { OnceLock::new() }, tied }
    }

    /// The equal rules of another cell, if there are any.
    fn shared(&self, rules: &Arc<Rules>) -> Arc<Rules> {
        let Ok(mut known) = self.known.lock() else { return Arc::clone(rules) };
        match known.get(rules) {
            Some(same) => Arc::clone(same),
            None => {
                known.insert(Arc::clone(rules));
                Arc::clone(rules)
            }
        }
    }
}
