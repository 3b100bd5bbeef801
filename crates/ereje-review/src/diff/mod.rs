//! What a change of a policy moves, and which part of the change is responsible.
//!
//! Comes in: two versions of a policy and a corpus of applications, chunk by chunk. Goes out: a [`Report`]: how many
//! decisions moved and how, from which outcome to which, where, and, for each of them found by trying, the rule, norm or
//! assumption whose change did it, with an example worked out in full. A tool beside the pipeline; whoever calls it reads
//! files and revisions.
//!
//! ```text
//! old ──┬─ split ─┐                       ┌─ decide, compare ── same ──────────────┐
//! new ──┘         ├─ slots ── hybrids ──┐ rows                                     ├─ tally ── Report
//!                                       └─────── moved ── which hybrid moves, too ─┘
//! ```

mod attribute;
mod changes;
mod compare;
mod html;
mod hybrid;
mod join;
mod markdown;
mod quiet;
mod report;
mod row;
mod slots;
mod split;
mod tally;
mod text;
mod version;
mod words;

pub use changes::{Change, Line, Place, TextChange, What};
pub use compare::Kind;
pub use html::html;
pub use markdown::markdown;
pub use report::{Example, Flow, Group, How, LeftOut, Named, Region, Report};
pub use row::{Asked, Row, Unread};
pub use text::text;
pub use version::Version;

use attribute::Trial;
use compare::{Said, Same, compare};
use ereje::facts::FactNames;
use hybrid::Hybrids;
use rayon::prelude::*;
use row::{ask, decide, detail, see, wrong};
use tally::{Decided, Tally};
use version::Pair;

/// A comparison under way.
#[derive(Debug)]
pub struct Comparison<'v> {
    old: &'v Version,
    new: &'v Version,
    hybrids: Hybrids,
    tally: Tally,
    /// The decision where a row names none.
    usual: String,
    /// The numbers of what the facts of both versions look like.
    forms: [u32; 2],
}

/// What became of a row.
enum Fate {
    Unread(Unread),
    Decided(Decided),
}

impl<'v> Comparison<'v> {
    /// Puts two versions side by side.
    #[must_use]
    pub fn new(old: &'v Version, new: &'v Version) -> Self {
        let usual = old.policy.model().decisions.first().map_or_else(String::new, |d| d.name.clone());
        let hybrids = Hybrids::new(Pair::new(old, new));
        let forms = [hybrids.form(old.policy.model()), hybrids.form(new.policy.model())];
        Self { old, new, hybrids, tally: Tally::default(), usual, forms }
    }

    /// Whether the versions say the same, so that nothing can move.
    #[must_use]
    pub fn same(&self) -> bool {
        self.hybrids.slots().iter().all(|slot| slot.status == slots::SlotStatus::Same)
    }

    /// Decides rows under both versions, and says which could not be read. What comes out depends on the rows and their
    /// order alone; only beyond two dozen changes, of which those that moved most so far are tried first, it depends on how
    /// many rows are taken at a time as well.
    pub fn take(&mut self, rows: &[Row]) -> Vec<Unread> {
        let (old_form, new_form) = (FactNames::new(self.old.policy.model()), FactNames::new(self.new.policy.model()));
        let fates: Vec<Fate> = rows.par_iter().map(|row| self.judge(row, &old_form, &new_form)).collect();
        let mut unread = Vec::new();
        for (row, fate) in rows.iter().zip(fates) {
            match fate {
                Fate::Unread(row) => {
                    self.tally.unread += 1;
                    unread.push(row);
                }
                Fate::Decided(decided) => self.tally.count(row, decided),
            }
        }
        unread
    }

    fn judge(&self, row: &Row, old_form: &FactNames<'_>, new_form: &FactNames<'_>) -> Fate {
        match self.decided(row, old_form, new_form) {
            Ok(decided) => Fate::Decided(decided),
            Err(unread) => Fate::Unread(unread),
        }
    }

    fn decided(&self, row: &Row, old_form: &FactNames<'_>, new_form: &FactNames<'_>) -> Result<Decided, Unread> {
        let (old_engine, new_engine) = (self.old.policy.engine(), self.new.policy.engine());
        // Wrong on one side only is unread as well: a version that cannot read it at all decides nothing.
        let (old_seen, new_seen) = (see(old_form, row)?, see(new_form, row)?);
        if let Some(unread) = wrong(row, &old_seen, &new_seen) {
            return Err(unread);
        }
        let of = |side: &Version, message: String| Unread {
            place: row.place(),
            message: format!("{message} in {}", side.name),
        };
        let old_asking = ask(old_engine, &row.asked, &self.usual).map_err(|m| of(self.old, m))?;
        let new_asking = ask(new_engine, &row.asked, &self.usual).map_err(|m| of(self.new, m))?;
        if let Some(name) = old_asking.left_out.iter().find(|name| new_asking.left_out.contains(name)) {
            return Err(Unread { place: row.place(), message: format!("neither version knows the {name}") });
        }
        let detail = detail(old_engine.model(), new_engine.model());
        let old_outcome = decide(old_engine, &old_seen.facts, &old_asking, detail).map_err(|m| of(self.old, m))?;
        let new_outcome = decide(new_engine, &new_seen.facts, &new_asking, detail).map_err(|m| of(self.new, m))?;
        let old = Said { model: old_engine.model(), decision: old_asking.decision, outcome: &old_outcome };
        let new = Said { model: new_engine.model(), decision: new_asking.decision, outcome: &new_outcome };
        let same = compare(old, new);
        let names = |seen: &row::Seen, more: &[String]| -> Vec<String> {
            seen.left_out.iter().map(|left| left.place.clone()).chain(more.iter().cloned()).collect()
        };
        let left_out = [names(&old_seen, &old_asking.left_out), names(&new_seen, &new_asking.left_out)];
        let [unknown, _] = &left_out;
        let responsible = matches!(same, Same::No(_)).then(|| {
            let [old_form, new_form] = self.forms;
            let trial = Trial {
                hybrids: &self.hybrids,
                row,
                usual: &self.usual,
                detail,
                new,
                known: [(old_form, &old_seen.facts), (new_form, &new_seen.facts)],
                unknown,
                hits: &self.tally.hits,
            };
            trial.responsible()
        });
        let region = |said: Said<'_>| said.outcome.region.map(|region| said.model.regions.at(region).name.clone());
        Ok(Decided {
            from: old.name(),
            to: new.name(),
            region: region(new).or(region(old)),
            same,
            responsible,
            left_out,
        })
    }
}
