//! A case that was run: its result, and the explanation if it is not as expected.

use super::phrases::TestPhrases;
use crate::cases::Suite;
use ereje::visible::visible;
use ereje_review::cases::{Difference, Judgement, Trial};
use ereje_review::phrases::say;
use std::fmt::Write as _;

/// A trial with its result.
pub(super) struct TrialRun<'s> {
    pub(super) suite: &'s Suite,
    /// The language in which people are told of it.
    pub(super) language: &'s str,
    /// The name of its case file.
    pub(super) file: &'s str,
    pub(super) trial: &'s Trial,
    /// True if everything is as expected.
    pub(super) holds: bool,
    /// What is wrong if it is not as expected; `None` if the policy has errors under its assumptions, which have then
    /// been reported.
    pub(super) judgement: Option<Judgement>,
}

impl TrialRun<'_> {
    pub(super) fn holds(&self) -> bool {
        self.holds
    }

    /// The place of the case.
    pub(super) fn place(&self) -> String {
        self.suite.sources.locate(self.trial.span)
    }
}

/// The most rules that explain a failure.
const MAX_RULES: usize = 5;

/// A difference in one line for people; what is expected and what came out may be texts of facts.
pub(super) fn sentence(wrong: &Difference, phrases: &TestPhrases) -> String {
    say(phrases.difference, &[wrong.part, &visible(&wrong.expected), &visible(&wrong.got)])
}

/// The differences from what is expected, and their explanation in a language.
pub(super) fn body(run: &TrialRun<'_>, phrases: &TestPhrases, language: &str) -> String {
    let mut out = String::new();
    let Some(judgement) = &run.judgement else {
        return format!("  {}\n", phrases.policy_has_errors);
    };
    for wrong in &judgement.wrong {
        let place = run.suite.sources.locate(wrong.span);
        let _ = writeln!(out, "  {}  [{}]", sentence(wrong, phrases), visible(&place));
    }
    let decision = &judgement.decision;
    if decision.outcome == "undetermined" && !judgement.wrong.iter().any(|wrong| wrong.part == "needs") {
        let needs: Vec<&str> = decision.needs.iter().map(|need| need.fact.as_str()).collect();
        if !needs.is_empty() {
            let _ = writeln!(out, "  {}", say(phrases.needed, &[&visible(&needs.join(", "))]));
        }
    }
    let said = |part: &str| judgement.wrong.iter().any(|wrong| wrong.part == part);
    if !said("blocked") {
        for blocked in &decision.blocked {
            let _ = writeln!(out, "  {}", say(phrases.blocked, &[&blocked.to_string()]));
        }
    }
    if !said("faults") {
        for fault in &decision.faults {
            let _ = writeln!(out, "  {}", say(phrases.faults, &[&fault.to_string()]));
        }
    }
    if !said("unknown_outputs") {
        for unknown in &decision.unknown_outputs {
            let _ = writeln!(out, "  {}", say(phrases.unknown, &[&unknown.to_string()]));
        }
    }
    for line in judgement.why(&run.suite.policy, language, MAX_RULES).lines() {
        let _ = writeln!(out, "    {line}");
    }
    out
}
