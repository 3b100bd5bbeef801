//! The engine that evaluates scenarios. It counts its work, so that every search ends, and has the policy under the
//! other value of each setting, to see what depends on the setting.

use super::goals::Setting;
use ereje::engine::Engine;
use ereje::source::Sources;
use ereje::value::{LeapBirthday, MonthEnd};
use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

/// What all searches of one run share.
#[derive(Default)]
pub(super) struct Shared {
    spent: AtomicU64,
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
}

impl<'e> MeteredEngine<'e> {
    pub(super) fn new(engine: &'e Engine, shared: &'e Shared) -> Self {
        Self { engine, shared }
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
