//! The engine that evaluates scenarios. It counts its work, so that every search ends, and has the policy under the
//! other value of each setting, to see what depends on the setting.
//!
//! What an ordinary policy takes is counted in scenarios. A policy whose expressions take many steps pays for these, too, so
//! that a search ends in minutes whatever the policy is.

use super::goals::Setting;
use ereje::engine::Engine;
use ereje::source::Sources;
use ereje::value::{LeapBirthday, MonthEnd};
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

/// The steps of one evaluation that cost no more than the evaluation itself.
const ORDINARY_STEPS: u64 = 1_000;

/// The steps beyond those that count as one scenario.
const STEPS: u64 = 200;

/// The most steps of one search.
pub const MAX_STEPS: u64 = 5_000_000;

/// What the steps of an evaluation count as, in scenarios.
pub(super) fn cost(steps: u64) -> u64 {
    steps.saturating_sub(ORDINARY_STEPS) / STEPS
}

/// What all searches of one run share.
#[derive(Default)]
pub(super) struct Shared {
    spent: AtomicU64,
    /// True if a search was given up because of its steps.
    tired: AtomicBool,
    /// The policy with the other `leap_birthday`.
    leap_birthday: OnceLock<Option<Engine>>,
    /// The policy with the other `month_end`.
    month_end: OnceLock<Option<Engine>>,
}

/// An engine that counts the work of the searches that share it.
#[derive(Clone, Copy)]
pub(super) struct MeteredEngine<'e> {
    pub(super) engine: &'e Engine,
    shared: &'e Shared,
    /// What the steps of this search count as so far.
    search: &'e AtomicU64,
}

impl<'e> MeteredEngine<'e> {
    /// An engine for one search.
    pub(super) fn new(engine: &'e Engine, shared: &'e Shared, search: &'e AtomicU64) -> Self {
        Self { engine, shared, search }
    }

    /// The same engine for another search.
    pub(super) fn searching<'s>(&self, search: &'s AtomicU64) -> MeteredEngine<'s>
    where
        'e: 's,
    {
        MeteredEngine { engine: self.engine, shared: self.shared, search }
    }

    /// Counts the steps of an evaluation.
    pub(super) fn count_steps(&self, steps: u64) {
        let cost = cost(steps);
        if cost > 0 {
            self.count(cost);
            self.search.fetch_add(cost, Ordering::Relaxed);
        }
    }

    /// True if this search has taken too many steps, which is noted.
    pub(super) fn is_tired(&self) -> bool {
        let tired = self.search.load(Ordering::Relaxed) >= MAX_STEPS / STEPS;
        if tired {
            self.shared.tired.store(true, Ordering::Relaxed);
        }
        tired
    }

    /// True if some search was given up.
    pub(super) fn was_tired(&self) -> bool {
        self.shared.tired.load(Ordering::Relaxed)
    }

    /// The engine of the policy with a setting changed; `None` if the changed policy is not valid.
    pub(super) fn otherwise(&self, setting: Setting) -> Option<&'e Engine> {
        let model = || self.engine.model().clone();
        let other = |model| Engine::new(Arc::new(model), Arc::new(Sources::new()), String::new()).ok();
        let engine = match setting {
            Setting::LeapBirthday => self.shared.leap_birthday.get_or_init(|| {
                let mut model = model();
                model.leap_birthday = match model.leap_birthday {
                    LeapBirthday::March1 => LeapBirthday::February28,
                    LeapBirthday::February28 => LeapBirthday::March1,
                };
                other(model)
            }),
            Setting::MonthEnd => self.shared.month_end.get_or_init(|| {
                let mut model = model();
                model.month_end = match model.month_end {
                    MonthEnd::Clamp => MonthEnd::Roll,
                    MonthEnd::Roll => MonthEnd::Clamp,
                };
                other(model)
            }),
        };
        engine.as_ref()
    }

    /// Counts work in scenarios; a whole decision counts as many as the policy has rules.
    pub(super) fn count(&self, work: u64) {
        self.shared.spent.fetch_add(work, Ordering::Relaxed);
    }

    /// The work so far. While threads run, it does not include all of theirs.
    pub(super) fn spent(&self) -> u64 {
        self.shared.spent.load(Ordering::Relaxed)
    }
}

impl Deref for MeteredEngine<'_> {
    type Target = Engine;

    fn deref(&self) -> &Engine {
        self.engine
    }
}
