//! The memory of a plan for programs: those that it keeps, and the last of those that it lends.

use super::node::Program;
use std::collections::VecDeque;
use std::ops::Deref;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The most nodes in the programs that a plan keeps: about 50 MB, or the cells of ten thousand regional norms.
const MAX_KEPT: usize = 500_000;

/// The number of lent programs that the plan holds.
pub(super) const MAX_RECENT: usize = 16;

/// A cell: the number of its class, and its index among the cells of the class.
pub(super) type CellNumber = (usize, usize);

/// The counts and the lent programs of a plan; the kept programs stand in its grid.
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

    /// True if one more program may be kept.
    pub(super) fn has_room(&self) -> bool {
        self.kept.load(Ordering::Relaxed) < self.most
    }

    /// Counts a program that is kept.
    pub(super) fn count(&self, program: &Program) {
        self.kept.fetch_add(program.nodes.len(), Ordering::Relaxed);
    }

    /// The program of a cell if it is among the last few lent ones, otherwise a new one from `make`.
    pub(super) fn lend(&self, cell: CellNumber, make: impl FnOnce() -> Option<Program>) -> Option<Arc<Program>> {
        // A thread that panicked while it held the lock can have lost at most one program.
        let recent = || self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, program)) = recent().iter().find(|(known, _)| *known == cell) {
            return Some(Arc::clone(program));
        }
        let program = Arc::new(make()?);
        let mut recent = recent();
        recent.truncate(MAX_RECENT - 1);
        recent.push_front((cell, Arc::clone(&program)));
        Some(program)
    }
}

/// A program that the plan or the caller keeps alive.
pub(crate) enum Handle<'p> {
    /// Lives as long as the plan.
    Kept(&'p Program),
    /// Lives as long as this handle.
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
