//! The content of a case's snapshot: what it asks, what is decided, and why, for reviewers.
//!
//! A snapshot has nothing that changes without any meaning: no digest of the policy, no line numbers. It leaves out
//! rules that do not hold on the day and in the place of a case, and keeps only the deciding clause of those that do
//! not apply. So an amendment changes only the snapshots of the cases that it concerns.

use super::snapshot::Snapshot;
use crate::cases::GivenReason;
use ereje::Policy;
use ereje::explain::{self, Decision, RuleTrace};
use ereje::visible::{visible, visible_lines};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The beginning of a section's heading.
pub(super) const HEADING: &str = "── ";
/// The section with the question of the case.
pub const CASE: &str = "the case";
/// The section with the decision.
pub const DECIDED: &str = "what is decided";
/// The section of the rules that affect the decision.
pub(super) const WHY: &str = "why";
/// The section of the rules that hold on the day and in the place of the case, but do not affect the decision.
pub(super) const OFF: &str = "what does not apply";
/// The section of the numbers that messages cut because they have no end, so that no change of them goes unseen.
const RATIOS: &str = "numbers without end";
/// The beginning of the line that says what is masked.
const MASKED: &str = "masked: ";
/// What is told of a snapshot that was kept without a mask.
const WITHHELD: &str = "accepted without this mask, so nothing of it is shown";
/// The sections of messages, one for each other language.
const MESSAGES: &str = "messages in ";

/// A section of a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section<'t> {
    /// The question of the case.
    Case,
    /// The decision.
    Decided,
    /// The messages in another language, which it names.
    Messages(&'t str),
    /// The numbers that messages cut.
    Ratios,
    /// The rules that affect the decision.
    Why,
    /// The rules that do not apply.
    Off,
}

impl<'t> Section<'t> {
    /// The section with a heading, which is the same in every language; `None` if there is no such section.
    #[must_use]
    pub fn of(heading: &'t str) -> Option<Self> {
        match heading {
            CASE => Some(Self::Case),
            DECIDED => Some(Self::Decided),
            RATIOS => Some(Self::Ratios),
            WHY => Some(Self::Why),
            OFF => Some(Self::Off),
            other => other.strip_prefix(MESSAGES).map(Self::Messages),
        }
    }
}

/// The default language of snapshots: the policy's first.
#[must_use]
pub fn language(policy: &Policy) -> &str {
    policy.model().languages.first().map_or("en", String::as_str)
}

/// The content of a case's snapshot in a language, with the messages in all languages of the policy. Without a trace in
/// `decision`, there is no explanation.
#[must_use]
pub fn contents(policy: &Policy, given: &GivenReason<'_>, decision: &Decision, language: &str) -> String {
    let mut out = format!("{HEADING}{CASE}\n");
    case(&mut out, given);
    if let Some(mask) = policy.mask() {
        let _ = writeln!(out, "{MASKED}{}", mask.listed(policy.model()));
    }
    let mut plain = decision.clone();
    let trace = plain.trace.take();
    for fault in &mut plain.faults {
        fault.place = without_line(&fault.place);
        fault.cases.iter_mut().for_each(|case| case.place = without_line(&case.place));
    }
    let _ = write!(out, "\n{HEADING}{DECIDED}\n{}", explain::text(policy.engine(), &plain, language));
    for other in policy.model().languages.iter().filter(|other| *other != language) {
        messages(&mut out, policy, &plain, other);
    }
    let ratios = explain::ratios(policy.engine(), &plain);
    if !ratios.is_empty() {
        let _ = write!(out, "\n{HEADING}{RATIOS}\n{}\n", ratios.join("\n"));
    }
    if let Some(trace) = trace {
        let rules = trace.rules.iter().chain(&trace.notices).filter_map(kept);
        let (deciding, mut off): (Vec<RuleTrace>, Vec<RuleTrace>) = rules.partition(has_say);
        off.iter_mut().for_each(shorten);
        for (heading, rules) in [(WHY, deciding), (OFF, off)] {
            if !rules.is_empty() {
                let _ = writeln!(out, "\n{HEADING}{heading}");
            }
            out.extend(rules.iter().map(|rule| explain::rule_text(policy.engine(), rule, language)));
        }
    }
    visible_lines(out.trim_end()).into_owned()
}

/// A snapshot as it may be told where these facts are masked: nothing of one that was kept without the mask of one of them.
#[must_use]
pub fn told(kept: Snapshot, masked: &BTreeSet<String>) -> Snapshot {
    if holds_no_value(&kept, masked) { kept } else { Snapshot { contents: WITHHELD.to_owned(), ..kept } }
}

/// True if a snapshot was kept with a mask of all these facts.
#[must_use]
pub fn holds_no_value(kept: &Snapshot, masked: &BTreeSet<String>) -> bool {
    // Only the section of the case, before the first empty line, says what is masked.
    let case = kept.contents.lines().take_while(|line| !line.is_empty());
    let names: BTreeSet<&str> =
        case.filter_map(|line| line.strip_prefix(MASKED)).flat_map(|line| line.split(", ")).collect();
    masked.iter().all(|name| names.contains(name.as_str()))
}

fn case(out: &mut String, given: &GivenReason<'_>) {
    let before = out.len();
    for (path, value) in &given.changed {
        let _ = writeln!(out, "{}: {}", visible(path), visible(value));
    }
    for path in &given.removed {
        let _ = writeln!(out, "{} is not asked", visible(path));
    }
    if let Some(decision) = given.decision {
        let _ = writeln!(out, "decision: {}", visible(decision));
    }
    if let Some(day) = given.as_of {
        let _ = writeln!(out, "as of: {day}");
    }
    if let Some(region) = given.region {
        let _ = writeln!(out, "in: {}", visible(region));
    }
    for (name, choice) in &given.assumed {
        let _ = writeln!(out, "assumed: {} = {}", visible(name), visible(choice));
    }
    if out.len() == before {
        out.push_str("the base as it is\n");
    }
}

/// The messages in another language.
fn messages(out: &mut String, policy: &Policy, decision: &Decision, language: &str) {
    let lines: String =
        explain::messages(policy.engine(), decision, language).iter().map(|message| format!("{message}\n")).collect();
    if !lines.is_empty() {
        let _ = write!(out, "\n{HEADING}{MESSAGES}{language}\n{lines}");
    }
}

/// A rule in its short form; `None` if it does not hold on the day and in the place of the case.
fn kept(rule: &RuleTrace) -> Option<RuleTrace> {
    if rule.status == "out of scope" && rule.because.is_empty() {
        return None;
    }
    let mut rule = rule.clone();
    for clause in &mut rule.because {
        clause.place = without_line(&clause.place);
    }
    rule.exceptions = rule.exceptions.iter().filter_map(kept).collect();
    Some(rule)
}

/// True if a rule affects the decision: it fires, may still fire, or would fire without an exception.
fn has_say(rule: &RuleTrace) -> bool {
    matches!(rule.status, "fires" | "holds" | "pending" | "void") || rule.exceptions.iter().any(has_say)
}

/// Keeps only the deciding clauses of a rule that does not apply, without the values that they read. These are of no
/// use in this case, and would change the snapshots of many cases with every norm.
fn shorten(rule: &mut RuleTrace) {
    rule.exceptions.clear();
    rule.because.retain(|clause| clause.clause != "within");
    for clause in &mut rule.because {
        clause.sides.clear();
        clause.facts.clear();
    }
}

/// `consent.ereje:24:8` without the line and column, which change if a line is added above.
fn without_line(place: &str) -> String {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let mut name = place;
    for _ in 0..2 {
        if let Some((before, after)) = name.rsplit_once(':')
            && digits(after)
        {
            name = before;
        }
    }
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_lose_their_lines_and_nothing_else() {
        let tried = ["a.ereje:24:8", "a:b.ereje:1:2", "a.csv", "7:7", "c:\\x.ereje:3:4"].map(without_line);
        assert_eq!(tried, ["a.ereje", "a:b.ereje", "a.csv", "7", "c:\\x.ereje"]);
    }
}
