//! The results for all mutants: the score, the survivors, and the explanations that are out of date.

use super::explained::{Explanation, stale};
use super::laws::{Laws, Mutant};
use super::run::{Cases, MutantStatus};
use super::search::Witness;
use super::shown;
use super::site::Operator;
use ereje::diagnostic::{Diagnostic, nearest};
use ereje::visible::visible;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The mutants of one policy, each with its status.
#[derive(Debug)]
pub struct MutationReport<'a> {
    laws: &'a Laws,
    /// The number of cases that were tried.
    pub cases: usize,
    mutants: Vec<(Mutant, MutantStatus)>,
    explanations: Vec<Explanation>,
    /// Facts that tell survivors apart, by item and edit; `None` if no search was made.
    witnesses: Option<BTreeMap<(String, String), Witness>>,
}

/// The number of mutants that were made, of one kind or of all, and the number of those that were noticed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MutationScore {
    /// The number that was made.
    pub made: usize,
    /// The number that a case noticed.
    pub noticed: usize,
}

impl MutationScore {
    /// The share of noticed mutants per mille, rounded down; 1000 if none were made.
    fn permille(self) -> usize {
        (self.noticed * 1000).checked_div(self.made).unwrap_or(1000)
    }

    /// `98.4%`
    fn percent(self) -> String {
        format!("{}.{}%", self.permille() / 10, self.permille() % 10)
    }

    /// True if at least so many percent were noticed.
    #[must_use]
    pub fn reaches(self, threshold: u8) -> bool {
        self.noticed * 100 >= self.made * usize::from(threshold)
    }
}

impl<'a> MutationReport<'a> {
    /// A report on mutants and their statuses, which are in the same order.
    #[must_use]
    pub fn of(
        laws: &'a Laws,
        cases: usize,
        mutants: Vec<Mutant>,
        statuses: Vec<MutantStatus>,
        explanations: Vec<Explanation>,
    ) -> Self {
        Self { laws, cases, mutants: mutants.into_iter().zip(statuses).collect(), explanations, witnesses: None }
    }

    /// Searches `count` fact sets for some that tell the survivors apart.
    pub fn search(&mut self, cases: &Cases<'_>, count: usize, on_done: &(dyn Fn() + Sync)) {
        let survivors: Vec<&Mutant> = self.survivors().collect();
        let found = cases.search(&survivors, count, on_done);
        let named = survivors.iter().zip(found).filter_map(|(mutant, witness)| Some((key(mutant), witness?)));
        self.witnesses = Some(named.collect());
    }

    /// The number of survivors that no fact set tells apart and nobody has explained; 0 if no search was made.
    #[must_use]
    pub fn alike(&self) -> usize {
        let Some(witnesses) = &self.witnesses else { return 0 };
        let alike = |mutant: &&Mutant| !witnesses.contains_key(&key(mutant)) && self.why(mutant).is_none();
        self.survivors().filter(alike).count()
    }

    fn witness(&self, mutant: &Mutant) -> Option<&Witness> {
        self.witnesses.as_ref()?.get(&key(mutant))
    }

    /// The score over all mutants.
    #[must_use]
    pub fn score(&self) -> MutationScore {
        self.by_operator().into_values().fold(MutationScore::default(), |sum, count| MutationScore {
            made: sum.made + count.made,
            noticed: sum.noticed + count.noticed,
        })
    }

    fn by_operator(&self) -> BTreeMap<Operator, MutationScore> {
        let mut counts: BTreeMap<Operator, MutationScore> = BTreeMap::new();
        for (mutant, status) in &self.mutants {
            let (made, noticed) = match status {
                MutantStatus::Invalid | MutantStatus::Equivalent => continue,
                MutantStatus::Killed(_) => (1, 1),
                MutantStatus::Survived => (1, 0),
            };
            let count = counts.entry(mutant.operator).or_default();
            count.made += made;
            count.noticed += noticed;
        }
        counts
    }

    fn having(&self, status: &MutantStatus) -> usize {
        self.mutants.iter().filter(|(_, known)| known == status).count()
    }

    /// The mutants that no case notices.
    pub fn survivors(&self) -> impl Iterator<Item = &Mutant> {
        self.mutants.iter().filter(|(_, status)| *status == MutantStatus::Survived).map(|(mutant, _)| mutant)
    }

    /// The explanation of a survivor, if there is one.
    #[must_use]
    pub fn why(&self, mutant: &Mutant) -> Option<&str> {
        let found = self.explanations.iter().find(|e| e.item == mutant.item && e.edit == mutant.edit);
        found.map(|explanation| explanation.why.as_str())
    }

    /// The number of survivors without an explanation.
    #[must_use]
    pub fn unexplained(&self) -> usize {
        self.survivors().filter(|mutant| self.why(mutant).is_none()).count()
    }

    /// The findings about explanations of mutants that are noticed or do not exist; only meaningful for a run over all
    /// small mutants.
    #[must_use]
    pub fn stale(&self) -> Vec<Diagnostic> {
        let mut findings = Vec::new();
        for explanation in &self.explanations {
            let of_item = || self.mutants.iter().filter(|(mutant, _)| mutant.item == explanation.item);
            let (why, near) = match of_item().find(|(mutant, _)| mutant.edit == explanation.edit) {
                Some((_, MutantStatus::Survived)) => continue,
                Some((_, MutantStatus::Killed(case))) => (format!("the case `{case}` notices it"), None),
                Some((_, MutantStatus::Equivalent)) => (String::from("the law with this edit decides the same"), None),
                Some((_, MutantStatus::Invalid)) => (String::from("the checker does not take this edit"), None),
                // The mistakes that a seed makes change with every word of the policy.
                None if explanation.seed.is_some() => continue,
                None => {
                    let left = of_item().filter(|(_, status)| *status == MutantStatus::Survived);
                    let near = nearest(&explanation.edit, left.map(|(mutant, _)| mutant.edit.as_str()));
                    (String::from("there is no such edit"), near)
                }
            };
            findings.push(stale(explanation, &why, near));
        }
        findings
    }

    /// `kz.registration: 774 of 918 wrong laws are noticed, 84.3%`
    #[must_use]
    pub fn summary(&self) -> String {
        let score = self.score();
        let name = self.laws.policy().name();
        let mut out = format!(
            "{name}: {} of {} wrong laws are noticed by {} cases, {}",
            score.noticed,
            score.made,
            self.cases,
            score.percent(),
        );
        let (same, unmade) = (self.having(&MutantStatus::Equivalent), self.having(&MutantStatus::Invalid));
        let _ = write!(out, " ({same} more decide the same, {unmade} are no policy)");
        out
    }

    /// A text for people: the survivors, the counts, the score. `name` gives the name under which a file is shown.
    #[must_use]
    pub fn text(&self, list: bool, name: &dyn Fn(&str) -> String) -> String {
        let mut out = String::new();
        for (mutant, status) in &self.mutants {
            match status {
                MutantStatus::Survived => {
                    let _ = writeln!(out, "{}", self.survivor(mutant, name));
                }
                MutantStatus::Killed(case) if list => {
                    let _ =
                        writeln!(out, "noticed: {}: {}\n  by the case `{}`\n", mutant.item, mutant.edit, visible(case));
                }
                MutantStatus::Equivalent if list => {
                    let _ = writeln!(out, "decides the same: {}: {}\n", mutant.item, mutant.edit);
                }
                MutantStatus::Invalid if list => {
                    let _ = writeln!(out, "no policy: {}: {}\n", mutant.item, mutant.edit);
                }
                MutantStatus::Killed(_) | MutantStatus::Equivalent | MutantStatus::Invalid => {}
            }
        }
        let counts = self.by_operator();
        let width = counts.keys().map(|operator| operator.name().len()).max().unwrap_or(0);
        for (operator, count) in &counts {
            let of = format!("{} of {}", count.noticed, count.made);
            let _ = writeln!(out, "{:width$}  {of:>11}  {}", operator.name(), operator.says());
        }
        let _ = writeln!(out, "\n{}", self.summary());
        out
    }

    fn survivor(&self, mutant: &Mutant, name: &dyn Fn(&str) -> String) -> String {
        const YELLOW: &str = "\x1b[1;33m";
        const PLAIN: &str = "\x1b[0m";
        let mut out = format!("{YELLOW}not noticed{PLAIN}: {}\n", mutant.item);
        let _ = writeln!(out, "  {}\n  at {}", mutant.edit, visible(&self.place(mutant, name)));
        for line in shown::change(self.laws, mutant).lines() {
            let _ = writeln!(out, "    {line}");
        }
        if let Some(why) = self.why(mutant) {
            let _ = writeln!(out, "  explained: {}", visible(why));
        } else if let Some(Witness { case, change, before, after }) = self.witness(mutant) {
            let facts: Vec<String> = change.iter().map(|(fact, value)| format!("{fact}: {value}")).collect();
            let (case, before, after) = (visible(case), visible(before), visible(after));
            let would = match facts.as_slice() {
                [] => String::from(" would if it expected more"),
                facts => format!(" with {{ {} }} would", visible(&facts.join(", "))),
            };
            let _ = writeln!(
                out,
                "  no case notices; the case `{case}`{would}\n    now {before}, with the mistake {after}"
            );
        } else {
            let looked = if self.witnesses.is_some() { ", none was found" } else { "" };
            let _ = writeln!(out, "  no case notices; {} would{looked}", mutant.operator.wanted());
        }
        out
    }

    fn place(&self, mutant: &Mutant, name: &dyn Fn(&str) -> String) -> String {
        let span = mutant.place();
        match self.laws.sources().get(span.file) {
            Some(source) => {
                let at = source.position(span.start);
                format!("{}:{}:{}", name(&source.name), at.line, at.column)
            }
            None => String::from("?"),
        }
    }

    /// JSON for programs.
    #[must_use]
    pub fn json(&self, list: bool, name: &dyn Fn(&str) -> String) -> Json {
        let entry = |mutant: &Mutant| {
            let (before, after) = shown::lines(self.laws, mutant);
            json!({
                "item": mutant.item,
                "edit": mutant.edit,
                "operator": mutant.operator,
                "place": self.place(mutant, name),
                "before": before,
                "after": after,
            })
        };
        let with = |mut entry: Json, key: &str, value: Json| {
            if let Some(map) = entry.as_object_mut() {
                map.insert(key.into(), value);
            }
            entry
        };
        let counts = self.by_operator();
        let score = self.score();
        let report = json!({
            "policy": self.laws.policy().name(),
            "cases": self.cases,
            "made": score.made,
            "noticed": score.noticed,
            "percent": format!("{}.{}", score.permille() / 10, score.permille() % 10),
            "same": self.having(&MutantStatus::Equivalent),
            "no_policy": self.having(&MutantStatus::Invalid),
            "operators": counts
                .iter()
                .map(|(operator, count)| json!({
                    "operator": operator,
                    "made": count.made,
                    "noticed": count.noticed,
                }))
                .collect::<Json>(),
            "survivors": self
                .survivors()
                .map(|mutant| with(entry(mutant), "explained", json!(self.why(mutant))))
                .zip(self.survivors())
                .map(|(entry, mutant)| match &self.witnesses {
                    Some(_) => with(entry, "told_apart_by", json!(self.witness(mutant))),
                    None => entry,
                })
                .collect::<Json>(),
        });
        if !list {
            return report;
        }
        let status = |status: &MutantStatus| match status {
            MutantStatus::Invalid => json!("no_policy"),
            MutantStatus::Equivalent => json!("same"),
            MutantStatus::Killed(case) => json!({ "noticed_by": case }),
            MutantStatus::Survived => json!("survived"),
        };
        let all = self.mutants.iter().map(|(mutant, end)| with(entry(mutant), "fate", status(end)));
        with(report, "mutants", all.collect())
    }
}

/// Identifies a mutant, even if the rest of the law has changed.
fn key(mutant: &Mutant) -> (String, String) {
    (mutant.item.clone(), mutant.edit.clone())
}
