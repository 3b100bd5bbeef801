//! What a change of a policy moves, and which part of the change is responsible.
//!
//! Comes in: two versions of a policy and a corpus of applications, chunk by chunk. Goes out: a [`DiffReport`]: how
//! many decisions moved and how, from which outcome to which, and in which regions. For each moved decision it names
//! the rule, norm or assumption whose change is responsible, found by trying, with an example in full. A tool beside
//! the pipeline; the caller reads files and revisions.
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
mod labels;
mod markdown;
mod phrases;
mod quiet;
mod report;
mod row;
mod slots;
mod split;
mod tally;
mod text;
mod version;
mod words;

pub use changes::{ChangeKind, ItemText, PolicyChange, TextChange};
pub use compare::MovedPart;
pub use html::html;
pub use labels::ReportLabels;
pub use markdown::markdown;
pub use report::{CauseGroup, DiffReport, Example, Flow, LeftOutCount, RegionCount, Responsibility, VersionInfo};
pub use row::{CorpusRow, RowQuestion, UnreadableRow};
pub use text::text;
pub use version::Version;

use attribute::Attribution;
use compare::{Agreement, ModelOutcome, compare};
use ereje::facts::FactNames;
use hybrid::Hybrids;
use rayon::prelude::*;
use row::{bind_question, decide, detail, read_facts, wrong};
use tally::{ComparedRow, DiffTally};
use version::Pair;

/// A comparison in progress.
#[derive(Debug)]
pub struct Comparison<'v> {
    old: &'v Version,
    new: &'v Version,
    hybrids: Hybrids,
    tally: DiffTally,
    /// The decision that is made if a row names none.
    usual: String,
    /// The numbers of the forms of both versions' facts.
    forms: [u32; 2],
}

impl<'v> Comparison<'v> {
    /// Begins the comparison of two versions.
    #[must_use]
    pub fn new(old: &'v Version, new: &'v Version) -> Self {
        let usual = old.policy.model().decisions.first().map_or_else(String::new, |d| d.name.clone());
        let hybrids = Hybrids::new(Pair::new(old, new));
        let forms = [hybrids.form(old.policy.model()), hybrids.form(new.policy.model())];
        Self { old, new, hybrids, tally: DiffTally::default(), usual, forms }
    }

    /// True if the versions mean the same, so that nothing can move.
    #[must_use]
    pub fn same(&self) -> bool {
        self.hybrids.slots().iter().all(|slot| slot.status == slots::SlotStatus::Same)
    }

    /// True if facts are masked, in one version or in both.
    fn masked(&self) -> bool {
        self.old.policy.mask().is_some() || self.new.policy.mask().is_some()
    }

    /// Decides rows under both versions, and returns those that could not be read. The result depends only on the rows
    /// and their order. With more than two dozen changes it depends on the size of the chunks as well, since the
    /// changes that moved most so far are tried first.
    pub fn take(&mut self, rows: &[CorpusRow]) -> Vec<UnreadableRow> {
        let (old_form, new_form) = (FactNames::new(self.old.policy.model()), FactNames::new(self.new.policy.model()));
        let decided: Vec<Result<ComparedRow, UnreadableRow>> =
            rows.par_iter().map(|row| self.decided(row, &old_form, &new_form)).collect();
        let mut unread = Vec::new();
        for (row, decided) in rows.iter().zip(decided) {
            match decided {
                Ok(decided) => self.tally.count(row, decided),
                Err(row) => {
                    self.tally.unread += 1;
                    unread.push(row);
                }
            }
        }
        unread
    }

    fn decided(
        &self,
        row: &CorpusRow,
        old_form: &FactNames<'_>,
        new_form: &FactNames<'_>,
    ) -> Result<ComparedRow, UnreadableRow> {
        let (old_engine, new_engine) = (self.old.policy.engine(), self.new.policy.engine());
        // A row that only one version cannot read counts as unreadable as well, since that version decides nothing.
        let (old_facts, new_facts) =
            (read_facts(old_form, row, self.masked())?, read_facts(new_form, row, self.masked())?);
        if let Some(unread) = wrong(row, &old_facts, &new_facts, self.masked()) {
            return Err(unread);
        }
        let of = |side: &Version, message: String| UnreadableRow {
            place: row.place(),
            message: format!("{message} in {}", side.name),
        };
        let old_question = bind_question(old_engine, &row.question, &self.usual).map_err(|m| of(self.old, m))?;
        let new_question = bind_question(new_engine, &row.question, &self.usual).map_err(|m| of(self.new, m))?;
        if let Some(name) = old_question.left_out.iter().find(|name| new_question.left_out.contains(name)) {
            return Err(UnreadableRow { place: row.place(), message: format!("neither version knows the {name}") });
        }
        let detail = detail(old_engine.model(), new_engine.model());
        let old_outcome = decide(old_engine, &old_facts.facts, &old_question, detail).map_err(|m| of(self.old, m))?;
        let new_outcome = decide(new_engine, &new_facts.facts, &new_question, detail).map_err(|m| of(self.new, m))?;
        let old = ModelOutcome { model: old_engine.model(), decision: old_question.decision, outcome: &old_outcome };
        let new = ModelOutcome { model: new_engine.model(), decision: new_question.decision, outcome: &new_outcome };
        let same = compare(old, new);
        let names = |facts: &row::VersionFacts, more: &[String]| -> Vec<String> {
            facts.left_out.iter().map(|left| left.place.clone()).chain(more.iter().cloned()).collect()
        };
        let left_out = [names(&old_facts, &old_question.left_out), names(&new_facts, &new_question.left_out)];
        let [unknown, _] = &left_out;
        let responsible = matches!(same, Agreement::Differ(_)).then(|| {
            let [old_form, new_form] = self.forms;
            let attribution = Attribution {
                hybrids: &self.hybrids,
                row,
                usual: &self.usual,
                detail,
                new,
                known: [(old_form, &old_facts.facts), (new_form, &new_facts.facts)],
                unknown,
                hits: &self.tally.hits,
            };
            attribution.responsible()
        });
        let region = |of: ModelOutcome<'_>| of.outcome.region.map(|region| of.model.regions.at(region).name.clone());
        Ok(ComparedRow {
            from: old.name(),
            to: new.name(),
            region: region(new).or(region(old)),
            same,
            responsible,
            left_out,
        })
    }
}
