//! Who has accepted which decisions, told for people and for programs.

use super::colours::{BOLD, PLAIN, RED};
use super::phrases::{Noun, ReviewPhrases, phrases};
use super::reviewed::{ReviewResult, ReviewedCase, SnapshotState, shown};
use crate::Exit;
use crate::findings::counted;
use crate::streams::Streams;
use chrono::{DateTime, SecondsFormat, Utc};
use ereje::visible::visible;
use ereje_review::phrases::say;
use ereje_review::review::{Acceptance, content_digest, described};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// The decisions that the same persons have accepted.
pub(super) struct SignedGroup<'r> {
    /// How many persons they are.
    pub(super) count: usize,
    pub(super) cases: Vec<&'r ReviewedCase>,
}

/// The decisions by who has accepted them, those with the fewest acceptances first.
pub(super) fn groups(result: &ReviewResult) -> Vec<SignedGroup<'_>> {
    let mut found: BTreeMap<(usize, Vec<String>), Vec<&ReviewedCase>> = BTreeMap::new();
    for case in &result.cases {
        let mut names: Vec<String> = case.accepted_by.iter().map(|one| one.by.to_string()).collect();
        names.sort();
        found.entry((case.acceptances(), names)).or_default().push(case);
    }
    found.into_iter().map(|((count, _), cases)| SignedGroup { count, cases }).collect()
}

impl SignedGroup<'_> {
    /// `1 acceptance: Name <address>, 2026-05-01`, with the first and the last day where there are several.
    pub(super) fn title(&self, phrases: &ReviewPhrases) -> String {
        if self.count == 0 {
            return phrases.no_acceptance.into();
        }
        let mut days: BTreeMap<String, (DateTime<Utc>, DateTime<Utc>)> = BTreeMap::new();
        for one in self.cases.iter().flat_map(|case| &case.accepted_by) {
            let (first, last) = days.entry(one.by.to_string()).or_insert((one.on, one.on));
            (*first, *last) = ((*first).min(one.on), (*last).max(one.on));
        }
        let persons = days.iter().map(|(name, (first, last))| match (day(first), day(last)) {
            (first, last) if first == last => say(phrases.accepted_on, &[name, &first]),
            (first, last) => say(phrases.accepted_from_to, &[name, &first, &last]),
        });
        let persons = persons.collect::<Vec<_>>().join(", ");
        say(phrases.accepted_times, &[&phrases.counted(self.count, Noun::Acceptance), &persons])
    }
}

fn day(time: &DateTime<Utc>) -> String {
    time.format("%Y-%m-%d").to_string()
}

/// Why a decision has fewer acceptances than it had; empty if there is nothing to say.
pub(super) fn since(case: &ReviewedCase, phrases: &ReviewPhrases) -> Vec<String> {
    let told = |one: &Acceptance| say(phrases.changed_since, &[&one.by.to_string(), &day(&one.on)]);
    let state = match case.state() {
        SnapshotState::Changed => Some(phrases.decided_otherwise),
        SnapshotState::New => Some(phrases.no_snapshot),
        SnapshotState::Unreadable => Some(phrases.unreadable_snapshot),
        SnapshotState::Same | SnapshotState::Renamed => None,
    };
    state.map(str::to_owned).into_iter().chain(case.outdated.iter().map(told)).collect()
}

/// The groups for people. Of those with enough acceptances only the number is told, unless everything is to be shown.
pub(super) fn text(result: &ReviewResult, required: usize, is_full: bool) -> String {
    let mut out = String::new();
    let phrases = phrases(result.language);
    for group in groups(result) {
        let few = group.count < required.max(1);
        let colour = if few { RED } else { "" };
        let _ = writeln!(out, "{BOLD}{colour}{}{PLAIN}", visible(&group.title(phrases)));
        if !few && !is_full {
            let _ = writeln!(out, "  {}\n", phrases.counted(group.cases.len(), Noun::Decision));
            continue;
        }
        for case in group.cases {
            let name = described(&case.name, case.law.as_deref());
            let _ = writeln!(out, "  {}: {}", visible(&shown(Path::new(&case.file))), visible(&name));
            for line in since(case, phrases) {
                let _ = writeln!(out, "      {}", visible(&line));
            }
        }
        out.push('\n');
    }
    out
}

/// The decisions with their acceptances, for programs.
pub(super) fn machine(result: &ReviewResult, required: usize) -> Json {
    let list = |all: &[Acceptance]| -> Vec<Json> {
        let one = |one: &Acceptance| json!({ "by": one.by.to_string(), "on": one.on.to_rfc3339_opts(SecondsFormat::Secs, true) });
        all.iter().map(one).collect()
    };
    let decision = |case: &ReviewedCase| {
        json!({
            "name": case.name,
            "law": case.law,
            "file": shown(Path::new(&case.file)),
            "snapshot": shown(&case.path),
            "digest": content_digest(&case.contents),
            "acceptances": case.acceptances(),
            "accepted_by": list(&case.accepted_by),
            "accepted_before": list(&case.outdated),
        })
    };
    json!({
        "required": required,
        "lacking": lacking(result, required),
        "decisions": result.cases.iter().map(decision).collect::<Vec<_>>(),
    })
}

/// How many decisions have fewer acceptances than are required.
fn lacking(result: &ReviewResult, required: usize) -> usize {
    result.cases.iter().filter(|case| case.acceptances() < required).count()
}

/// Tells how many decisions have how many acceptances.
pub(super) fn conclude(result: &ReviewResult, streams: &mut Streams) -> Exit {
    let Some(required) = result.signed else { return Exit::Done };
    let phrases = phrases(result.language);
    let mut by_count: BTreeMap<usize, usize> = BTreeMap::new();
    for case in &result.cases {
        *by_count.entry(case.acceptances()).or_default() += 1;
    }
    let parts = by_count.iter().map(|(count, cases)| match count {
        0 => say(phrases.with_none, &[&cases.to_string()]),
        count => say(phrases.with_some, &[&cases.to_string(), &phrases.counted(*count, Noun::Acceptance)]),
    });
    let parts = parts.collect::<Vec<_>>().join(", ");
    streams.say(&say(phrases.decisions, &[&phrases.counted(result.cases.len(), Noun::Decision), &parts]));
    let lacking = lacking(result, required);
    if lacking == 0 {
        return Exit::Done;
    }
    let have = if lacking == 1 { "has" } else { "have" };
    streams.error(&format!("{} {have} fewer than {}", counted(lacking, "decision"), counted(required, "acceptance")));
    let by = if required == 1 { String::new() } else { format!(" --require {required}") };
    streams
        .help(&format!("whoever has yet to accept runs `ereje review PATH --accept{by}`, and commits what it writes"));
    Exit::Found
}
