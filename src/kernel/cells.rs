//! Which code a row is decided by: the cells of the plan's grid, made ready one by one.

use super::atoms;
use super::code::Code;
use super::lower;
use super::masks::Masks;
use crate::eval::Question;
use crate::ids::RegionId;
use crate::plan::{Grid, Plan};
use crate::row::{Cell, Layout};
use std::sync::OnceLock;

/// A cell's code.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) code: Code,
    /// None where rules cannot be told apart by masks.
    pub(super) masks: Option<Masks>,
}

/// The code of every cell that somebody has asked for.
#[derive(Debug)]
pub(super) struct Cells {
    /// By region its class, and that of no place behind them.
    class_of: Vec<u32>,
    /// By class: where its first days begin, and where its cells do.
    starts: Vec<(u32, u32)>,
    /// The first day of each cell of a class but the first, as rows hold days.
    breaks: Vec<i64>,
    /// None within: too large for the kernel.
    codes: Vec<OnceLock<Option<Box<Ready>>>>,
}

impl Cells {
    pub(super) fn new(grid: &Grid, regions: usize) -> Self {
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let places = (0..regions).map(|region| Some(RegionId::new(region))).chain([None]);
        let class_of = places.map(|place| number(grid.class_number(place))).collect();
        let (mut starts, mut breaks, mut cells) = (Vec::new(), Vec::new(), 0);
        for class in grid.classes() {
            starts.push((number(breaks.len()), number(cells)));
            breaks.extend(class.breaks().iter().map(|day| Cell::date(*day).bits()));
            cells += class.breaks().len() + 1;
        }
        starts.push((number(breaks.len()), number(cells)));
        Self { class_of, starts, breaks, codes: (0..cells).map(|_| OnceLock::new()).collect() }
    }

    /// The code of a day in a place; none where the kernel has none. `day_at` is the cell that holds the day, wherever it
    /// has a value.
    #[inline]
    pub(super) fn get(
        &self,
        plan: &Plan,
        layout: &Layout,
        question: &Question,
        day: i64,
        place: Option<RegionId>,
        day_at: Option<u32>,
    ) -> Option<&Ready> {
        let nowhere = self.class_of.len().checked_sub(1)?;
        let class = *self.class_of.get(place.map_or(nowhere, |place| place.index().min(nowhere)))? as usize;
        let (first, cells) = *self.starts.get(class)?;
        let (end, _) = *self.starts.get(class + 1)?;
        let breaks = self.breaks.get(first as usize..end as usize)?;
        // A few are counted sooner than searched.
        let index = match breaks.len() {
            0..=4 => breaks.iter().map(|first| usize::from(*first <= day)).sum(),
            _ => breaks.partition_point(|first| *first <= day),
        };
        let code = self.codes.get(cells as usize + index)?;
        match code.get() {
            Some(ready) => ready.as_deref(),
            None => code.get_or_init(|| make(plan, layout, question, (day, day_at), place)).as_deref(),
        }
    }
}

#[cold]
fn make(
    plan: &Plan,
    layout: &Layout,
    question: &Question,
    (day, day_at): (i64, Option<u32>),
    place: Option<RegionId>,
) -> Option<Box<Ready>> {
    let program = plan.program_once(Cell::day(day)?, place)?;
    let code = lower::decision(plan, layout, &program, question.decision)?;
    let masks = atoms::masks(plan.model(), layout, &code, day_at);
    Some(Box::new(Ready { code, masks }))
}
