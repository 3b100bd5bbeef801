//! The results of a run in numbers: rows, outcomes, reasons, and rows that could not be read; for people and for
//! programs.

use crate::decider::Tally;
use ereje::diagnostic::Code;
use ereje::documents;
use ereje::ids::DecisionId;
use ereje::model::Model;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// The counts of some rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// By outcome, in the order of the decision; then `undetermined` and `not_in_force`.
    outcomes: Vec<u64>,
    /// By reason, in the order of the Model.
    reasons: Vec<u64>,
    /// Bad rows by code.
    bad: BTreeMap<String, u64>,
    /// Rows whose decision has faults.
    #[serde(default)]
    faulty: u64,
}

impl Counts {
    /// Counts a bad row.
    pub fn bad(&mut self, code: Code) {
        *self.bad.entry(code.name().to_owned()).or_default() += 1;
    }

    /// Counts decisions.
    pub fn add(&mut self, tally: &Tally) {
        add(&mut self.outcomes, &tally.outcomes);
        add(&mut self.reasons, &tally.reasons);
        self.faulty += tally.faulty;
    }

    /// Adds the counts of other rows.
    pub fn merge(&mut self, other: &Self) {
        add(&mut self.outcomes, &other.outcomes);
        add(&mut self.reasons, &other.reasons);
        self.faulty += other.faulty;
        for (code, number) in &other.bad {
            *self.bad.entry(code.clone()).or_default() += number;
        }
    }

    /// The number of rows that were decided.
    pub fn decided(&self) -> u64 {
        self.outcomes.iter().sum()
    }

    /// The number of rows that could not be read.
    pub fn unread(&self) -> u64 {
        self.bad.values().sum()
    }

    /// The number of rows that were decided with faults.
    pub fn faulty(&self) -> u64 {
        self.faulty
    }

    /// The number of all rows.
    pub fn rows(&self) -> u64 {
        self.decided() + self.unread()
    }
}

fn add(mine: &mut Vec<u64>, theirs: &[u64]) {
    mine.resize(mine.len().max(theirs.len()), 0);
    mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine += theirs);
}

/// The work and time of a run.
#[derive(Clone, Copy, Debug)]
pub struct Throughput {
    /// The rows of this run alone, without those of an earlier run that it resumed.
    pub rows: u64,
    pub time: Duration,
}

impl Throughput {
    pub fn rows_a_second(self) -> u64 {
        u128::from(self.rows)
            .saturating_mul(1_000_000_000)
            .checked_div(self.time.as_nanos())
            .map_or(0, |rate| u64::try_from(rate).unwrap_or(u64::MAX))
    }
}

/// The counts with their names.
pub struct Summary<'a> {
    counts: &'a Counts,
    outcomes: Vec<(&'a str, u64)>,
    reasons: Vec<(&'a str, u64)>,
    throughput: Throughput,
}

impl<'a> Summary<'a> {
    pub fn new(counts: &'a Counts, model: &'a Model, decision: DecisionId, throughput: Throughput) -> Self {
        let outcomes = &model.decisions.at(decision).outcomes;
        let names = outcomes.iter().map(|outcome| outcome.name.as_str()).chain(["undetermined", "not_in_force"]);
        let number = |numbers: &[u64], index: usize| numbers.get(index).copied().unwrap_or(0);
        let outcomes = names.enumerate().map(|(index, name)| (name, number(&counts.outcomes, index))).collect();
        let reasons = model.reasons.iter().enumerate();
        let reasons = reasons.map(|(index, reason)| (reason.code.as_str(), number(&counts.reasons, index)));
        Self { counts, outcomes, reasons: reasons.filter(|(_, number)| *number > 0).collect(), throughput }
    }

    /// A text for people.
    pub fn text(&self) -> String {
        let (rows, decided, unread) = (self.counts.rows(), self.counts.decided(), self.counts.unread());
        let mut out = match unread {
            0 => format!("decided {}", rows_of(rows)),
            bad => format!("decided {} of {}; {} could not be read", spaced(decided), rows_of(rows), spaced(bad)),
        };
        if self.counts.faulty > 0 {
            let fields = "the fields faults, blocked and unknown_outputs say what went wrong";
            out.push_str(&format!("; {} with faults: {fields}", rows_of(self.counts.faulty)));
        }
        out.push('\n');
        let bad: Vec<(&str, u64)> = self.counts.bad.iter().map(|(code, number)| (code.as_str(), *number)).collect();
        let given: Vec<(&str, u64)> = self.outcomes.iter().copied().filter(|(_, number)| *number > 0).collect();
        let all = || given.iter().chain(&self.reasons).chain(&bad);
        let name = all().map(|(name, _)| name.len()).max().unwrap_or(0);
        let width = all().map(|(_, number)| spaced(*number).len()).max().unwrap_or(0);
        for (title, entries) in [("outcomes", &given), ("reasons", &self.reasons), ("bad rows", &bad)] {
            if !entries.is_empty() {
                out.push_str(&format!("  {title}\n"));
            }
            for (entry, number) in entries {
                out.push_str(&format!("    {entry:name$}  {:>width$}\n", spaced(*number)));
            }
        }
        let seconds = self.throughput.time.as_secs_f64();
        out.push_str(&format!("  {seconds:.2} s, {} a second\n", rows_of(self.throughput.rows_a_second())));
        out
    }

    /// JSON for programs: the same bytes for the same input, except `timing`.
    pub fn json(&self) -> String {
        let object = |entries: &[(&str, u64)]| -> Json {
            entries.iter().map(|(name, number)| ((*name).to_owned(), Json::from(*number))).collect::<Map<_, _>>().into()
        };
        let seconds = (self.throughput.time.as_secs_f64() * 1e6).round() / 1e6;
        let summary = json!({
            "schema": documents::SUMMARY,
            "lines": documents::BATCH_LINE,
            "rows": self.counts.rows(),
            "decided": self.counts.decided(),
            "bad": self.counts.unread(),
            "faulty": self.counts.faulty,
            "outcomes": object(&self.outcomes),
            "reasons": object(&self.reasons),
            "errors": self.counts.bad,
            "timing": { "rows": self.throughput.rows, "seconds": seconds, "rows_per_second": self.throughput.rows_a_second() },
        });
        format!("{summary:#}\n")
    }
}

/// A number with spaces between its thousands.
pub fn spaced(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn rows_of(number: u64) -> String {
    let text = spaced(number);
    if number == 1 { String::from("1 row") } else { format!("{text} rows") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        let numbers = [0, 7, 999, 1_000, 12_345, 1_000_000, u64::MAX];
        let shown = numbers.map(spaced);
        assert_eq!(shown, ["0", "7", "999", "1,000", "12,345", "1,000,000", "18,446,744,073,709,551,615"]);
    }
}
