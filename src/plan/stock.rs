//! What a plan holds of programs: those that it keeps, and the last of those that it lends.

use super::node::Program;
use std::collections::VecDeque;
use std::ops::Deref;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The most nodes in the programs that a plan keeps: some 50 MB, or the cells of ten thousand regional norms.
const MAX_KEPT: usize = 500_000;

/// Programs that are held beside those that are kept.
pub(super) const MAX_RECENT: usize = 16;

/// A cell: the number of its class, and its place among the cells of the class.
pub(super) type CellNumber = (usize, usize);

/// What a plan holds of programs, apart from their places in the grid.
#[derive(Debug)]
pub(super) struct Stock {
    most: usize,
    pub(super) kept: AtomicUsize,
    pub(super) recent: Mutex<VecDeque<(CellNumber, Arc<Program>)>>,
}

impl Default for Stock {
    fn default() -> Self {
        Self::of(MAX_KEPT)
    }
}

impl Stock {
    pub(super) fn of(most: usize) -> Self {
        Self { most, kept: AtomicUsize::new(0), recent: Mutex::default() }
    }

    /// The most nodes that are kept.
    pub(super) fn most(&self) -> usize {
        self.most
    }

    /// Whether one more may be kept.
    pub(super) fn has_room(&self) -> bool {
        self.kept.load(Ordering::Relaxed) < self.most
    }

    /// Counts one that is kept.
    pub(super) fn count(&self, program: &Program) {
        self.kept.fetch_add(program.nodes.len(), Ordering::Relaxed);
    }

    /// The program of a cell if it is among the last few, else the one that `make` makes.
    pub(super) fn lend(&self, cell: CellNumber, make: impl FnOnce() -> Program) -> Arc<Program> {
        // A thread that panicked while it held the lock left at most a program less.
        let recent = || self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, program)) = recent().iter().find(|(known, _)| *known == cell) {
            return Arc::clone(program);
        }
        let program = Arc::new(make());
        let mut recent = recent();
        recent.truncate(MAX_RECENT - 1);
        recent.push_front((cell, Arc::clone(&program)));
        program
    }
}

/// A program that somebody else holds as well.
pub(crate) enum Handle<'p> {
    /// For as long as there is the plan.
    Kept(&'p Program),
    /// For as long as this is there.
    Lent(Arc<Program>),
}

impl Deref for Handle<'_> {
    type Target = Program;

    fn deref(&self) -> &Program {
        match self {
            Self::Kept(program) => program,
            Self::Lent(program) => program,
        }
    }
}
