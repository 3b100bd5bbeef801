//! Which code a row is decided by: the cells of the plan's grid, made ready one by one.

use super::code::Code;
use super::lower;
use crate::eval::Question;
use crate::ids::RegionId;
use crate::plan::{Grid, Plan};
use crate::row::{Cell, Layout};
use std::sync::{Arc, OnceLock};

/// The code of every cell that somebody has asked for.
#[derive(Debug)]
pub(super) struct Cells {
    /// By class, the first day of each cell but the first, as rows hold days.
    breaks: Vec<Vec<i64>>,
    /// None within: too large for the kernel.
    codes: Vec<Vec<OnceLock<Option<Arc<Code>>>>>,
}

impl Cells {
    pub(super) fn new(grid: &Grid) -> Self {
        let days = |class: &crate::plan::Class| class.breaks().iter().map(|day| Cell::date(*day).bits()).collect();
        let breaks: Vec<Vec<i64>> = grid.classes().iter().map(days).collect();
        let codes = breaks.iter().map(|days| (0..=days.len()).map(|_| OnceLock::new()).collect()).collect();
        Self { breaks, codes }
    }

    /// The code of a day in a place; none where the kernel has none.
    pub(super) fn get(
        &self,
        plan: &Plan,
        layout: &Layout,
        question: &Question,
        day: i64,
        place: Option<RegionId>,
    ) -> Option<&Code> {
        let class = plan.grid().class_number(place);
        let index = self.breaks.get(class)?.partition_point(|first| *first <= day);
        let code = self.codes.get(class)?.get(index)?.get_or_init(|| {
            let program = plan.program_once(Cell::day(day)?, place)?;
            lower::decision(plan, layout, &program, question.decision).map(Arc::new)
        });
        code.as_deref()
    }
}
