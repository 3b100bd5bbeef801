//! Rows: what is known of one application, in cells of 64 bits, so that many can be decided quickly.
//!
//! Comes in: a Model, from which a [`Layout`] says which cell holds which fact; then facts, as a text or as a
//! [`FactSet`](ereje::facts::FactSet). Goes out: a [`Row`]. A row holds what a fact set holds, except for cells that
//! are [`Cell::UNHELD`]: there is a value, but 64 bits are not enough for it, and who needs it reads the fact set.
//! Stands between `facts` and `kernel`.

mod bounds;
mod bytes;
mod cell;
mod csv;
mod json;
mod layout;
mod of_facts;

pub(crate) use bytes::days_in_month;
pub use cell::Cell;
pub use csv::CsvReader;
pub use json::JsonReader;
pub use layout::{CellType, Layout, ListShape, Slot, SlotShape};

/// The facts of one application: a cell for each slot of its [`Layout`], and the elements of its lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    cells: Box<[Cell]>,
    /// Elements of lists; a list's shape says how many cells each has, a list's cell says where its elements begin.
    items: Vec<Cell>,
}

impl Row {
    /// A row in which nobody has asked anything yet.
    #[must_use]
    pub fn new(layout: &Layout) -> Self {
        Self { cells: vec![Cell::UNASKED; layout.width()].into(), items: Vec::new() }
    }

    /// Sets all cells to unasked, and keeps the memory.
    pub fn clear(&mut self) {
        self.cells.fill(Cell::UNASKED);
        self.items.clear();
    }

    /// The cells, in the order of the layout.
    #[must_use]
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// The elements of all lists.
    #[must_use]
    pub fn items(&self) -> &[Cell] {
        &self.items
    }

    /// The cell at a place of the layout; unasked if the place is of another layout.
    #[inline]
    #[must_use]
    pub fn get(&self, at: u32) -> Cell {
        self.cells.get(at as usize).copied().unwrap_or(Cell::UNASKED)
    }

    /// Sets a cell; a place of another layout is ignored.
    pub fn set(&mut self, at: u32, cell: Cell) {
        if let Some(slot) = self.cells.get_mut(at as usize) {
            *slot = cell;
        }
    }
}
