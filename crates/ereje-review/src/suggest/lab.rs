//! Where scenarios are tried: an engine, and how much has been tried so far, so that every search comes to an end.

use ereje::engine::Engine;
use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};

/// An engine with a count.
#[derive(Clone, Copy)]
pub(super) struct Lab<'e> {
    pub(super) engine: &'e Engine,
    spent: &'e AtomicU64,
}

impl<'e> Lab<'e> {
    pub(super) fn new(engine: &'e Engine, spent: &'e AtomicU64) -> Self {
        Self { engine, spent }
    }

    /// Counts work, in scenarios looked at; a whole decision counts as many as the policy has rules.
    pub(super) fn count(&self, work: u64) {
        self.spent.fetch_add(work, Ordering::Relaxed);
    }

    /// The work so far. What several threads do at once is known when all are done.
    pub(super) fn spent(&self) -> u64 {
        self.spent.load(Ordering::Relaxed)
    }
}

impl Deref for Lab<'_> {
    type Target = Engine;

    fn deref(&self) -> &Engine {
        self.engine
    }
}
