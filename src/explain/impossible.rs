//! Impossible facts: what an `impossible` of the policy says of them, as findings. They are a mistake of the data, so what
//! decides them has nothing to decide.

use super::decision::{Decision, Reason};
use super::trace::RuleTrace;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::IMPOSSIBLE;
use crate::source::Span;
use crate::visible::visible;

impl Decision {
    /// True if the policy says that there are no such facts: then nothing is decided, and the reasons say why.
    #[must_use]
    pub fn is_impossible(&self) -> bool {
        self.outcome == IMPOSSIBLE
    }

    /// A finding for each reason why the facts are impossible, in a language; `at` is where they stand. With a trace, each
    /// names the facts that contradict each other.
    #[must_use]
    pub fn impossible(&self, language: &str, at: Span) -> Vec<Diagnostic> {
        if !self.is_impossible() {
            return Vec::new();
        }
        let rules = self.trace.iter().flat_map(|trace| &trace.rules);
        let mut rules: Vec<&RuleTrace> = rules.filter(|rule| rule.outcome.as_deref() == Some(IMPOSSIBLE)).collect();
        let finding = |reason: &Reason| {
            let told = rules.iter().position(|rule| rule.code.as_ref() == Some(&reason.code));
            let label = told.map_or_else(|| "these facts".to_owned(), |index| contradicting(rules.remove(index)));
            let text = reason.message.get(language).or_else(|| reason.message.values().next());
            let text = text.and_then(|text| text.as_str()).unwrap_or("the facts are impossible");
            let message = format!("{} (`{}`)", visible(text.trim_end_matches('.')), reason.rule);
            Diagnostic::new(Code::E0612, message, at, label)
                .help("no decision is made on impossible facts: correct them where they come from")
        };
        self.reasons.iter().map(finding).collect()
    }
}

/// The facts that a rule read, with their values.
fn contradicting(rule: &RuleTrace) -> String {
    let mut told: Vec<String> = Vec::new();
    for fact in rule.because.iter().flat_map(|clause| &clause.facts) {
        let value = fact.value.as_ref().map_or_else(
            || fact.state.to_owned(),
            |value| value.as_str().map_or_else(|| value.to_string(), |text| visible(text).into_owned()),
        );
        let one = format!("`{}` is {value}", visible(&fact.fact));
        if !told.contains(&one) {
            told.push(one);
        }
    }
    if told.is_empty() { "these facts".to_owned() } else { told.join(", ") }
}
