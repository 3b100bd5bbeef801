//! A case that was run: what came of it, and in words why it is not as expected.

use crate::cases::Suite;
use ereje_review::cases::{Judgement, Trial};
use std::fmt::Write as _;

/// A trial with what came of it.
pub(super) struct TrialRun<'s> {
    pub(super) suite: &'s Suite,
    /// The name of its case file.
    pub(super) file: &'s str,
    pub(super) trial: &'s Trial,
    /// Whether all is as expected.
    pub(super) holds: bool,
    /// Where it is not: what is wrong; `None` if the policy has errors under its assumptions, which have then been
    /// reported.
    pub(super) judgement: Option<Judgement>,
}

impl TrialRun<'_> {
    pub(super) fn holds(&self) -> bool {
        self.holds
    }

    /// Where the case stands.
    pub(super) fn place(&self) -> String {
        self.suite.sources.locate(self.trial.span)
    }
}

/// The language that explanations are told in: English where the policy speaks it, else its first.
pub(super) fn language(suite: &Suite) -> &str {
    let known = &suite.policy.model().languages;
    known.iter().find(|l| *l == "en").or_else(|| known.first()).map_or("en", String::as_str)
}

/// The most rules that a failure is explained by.
const RULES_TOLD: usize = 5;

/// What is not as expected, and why the policy decides so.
pub(super) fn body(run: &TrialRun<'_>) -> String {
    let mut out = String::new();
    let Some(judgement) = &run.judgement else {
        return "  the policy has errors under the assumptions of this case\n".into();
    };
    for wrong in &judgement.wrong {
        let place = run.suite.sources.locate(wrong.span);
        let _ = writeln!(out, "  {}: expected {}, got {}  [{place}]", wrong.part, wrong.expected, wrong.got);
    }
    let decision = &judgement.decision;
    if decision.outcome == "undetermined" && !judgement.wrong.iter().any(|wrong| wrong.part == "needs") {
        let needs: Vec<&str> = decision.needs.iter().map(|need| need.fact.as_str()).collect();
        if !needs.is_empty() {
            let _ = writeln!(out, "  still needed: {}", needs.join(", "));
        }
    }
    for line in judgement.why(&run.suite.policy, language(run.suite), RULES_TOLD).lines() {
        let _ = writeln!(out, "    {line}");
    }
    out
}
