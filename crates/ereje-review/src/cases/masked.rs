//! Cases under a mask: their names, what they give, and what is not as expected, without any masked value.
//!
//! Comes in: a case file or a difference with all values. Goes out: the same with the marks of the policy's mask. What is
//! compared has all values; only what is told of it has not, and two values that differ never look alike.

use super::expect::{DecisionPart, Difference, PartExpectation, inner};
use super::file::CaseFile;
use super::given::GivenReason;
use super::judge::Trial;
use super::trial::with_value;
use ereje::Policy;
use ereje::explain::Decision;
use ereje::facts::FactSet;
use ereje::ids::DecisionId;
use ereje::mask::{MARK, Mask, words};
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};

/// What is said of a value that differs from another with the same mark.
const ANOTHER: &str = "another value";

impl CaseFile {
    /// The same case file with marks in place of the masked values in the names of its cases. Names that would become the same
    /// are numbered.
    #[must_use]
    pub fn masked(mut self, policy: &Policy) -> Self {
        let Some(mask) = policy.mask() else { return self };
        let hidden =
            |path: &Option<String>| path.as_deref().is_some_and(|path| mask.at(policy.model(), None, path).is_some());
        let mut renamed: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, spec) in self.specs.iter().enumerate() {
            if !spec.told_apart.iter().any(|value| hidden(&value.path)) {
                continue;
            }
            let name = spec.told_apart.iter().fold(spec.stem().to_owned(), |name, value| match &value.path {
                Some(path) if hidden(&value.path) => with_value(&name, &mask.written(path, &value.text)),
                Some(_) | None => with_value(&name, &value.text),
            });
            renamed.entry(name).or_default().push(index);
        }
        for (name, indices) in renamed {
            let several = indices.len() > 1;
            for (number, index) in indices.into_iter().enumerate() {
                let Some(spec) = self.specs.get_mut(index) else { continue };
                spec.name = if several { with_value(&name, &format!("no. {}", number + 1)) } else { name.clone() };
            }
        }
        self
    }
}

impl GivenReason<'_> {
    /// The same with marks in place of masked values; `facts` are those of the trial.
    #[must_use]
    pub fn masked(mut self, policy: &Policy, facts: &FactSet) -> Self {
        if let Some(mask) = policy.mask() {
            for (path, value) in &mut self.changed {
                if let Some(mark) = mask.at(policy.model(), Some(facts), path) {
                    *value = mark;
                }
            }
        }
        self
    }
}

impl Trial {
    /// What is not as expected of a decision, as it may be told: `told` is the decision masked.
    pub(super) fn told_differences(&self, policy: &Policy, decision: &Decision, told: &Decision) -> Vec<Difference> {
        let Some(mask) = policy.mask() else { return self.expect.differences(decision) };
        let teller = Teller {
            mask,
            policy,
            decision: self.options.decision.unwrap_or(DecisionId(0)),
            words: words(policy.model()),
        };
        let tell = |part, expected: &_, got: &_, told: &_| teller.tell(part, expected, got, told);
        let mut wrong = self.expect.compared(decision, told, &tell);
        for wrong in &mut wrong {
            if wrong.part == "outcome" && !teller.words.contains(&wrong.expected) {
                MARK.clone_into(&mut wrong.expected);
            }
            if wrong.expected == wrong.got {
                wrong.got = format!("{} ({ANOTHER})", wrong.got);
            }
        }
        wrong
    }
}

/// Tells what was expected and what came out.
struct Teller<'p> {
    mask: &'p Mask,
    policy: &'p Policy,
    decision: DecisionId,
    words: BTreeSet<String>,
}

impl Teller<'_> {
    /// The expectation and what the decision has, as they may be told.
    fn tell(&self, part: DecisionPart, expected: &PartExpectation, got: &Json, told: &Json) -> (PartExpectation, Json) {
        let known = &mut self.words.clone();
        scalars(told, known);
        for id in self.policy.model().assumptions.ids() {
            known.extend(self.policy.engine().written_choices(id));
        }
        let of = |json: &Json| match (part, json) {
            (DecisionPart::Outputs, Json::Object(outputs)) => {
                let told = outputs.iter().map(|(name, value)| {
                    (name.clone(), self.mask.expected_output(self.policy.model(), self.decision, name, value))
                });
                Json::Object(told.collect::<Map<_, _>>())
            }
            (DecisionPart::Outputs, json) => only_words(json, known),
            (_, json) => only_words(json, known),
        };
        let shown = match expected {
            PartExpectation::Whole(json) => PartExpectation::Whole(of(json)),
            PartExpectation::Some(including, without) => {
                PartExpectation::Some(of(including), only_words(without, known))
            }
        };
        let mut told = told.clone();
        let (PartExpectation::Whole(wanted) | PartExpectation::Some(wanted, _)) = expected;
        let (PartExpectation::Whole(seen) | PartExpectation::Some(seen, _)) = &shown;
        if let (Json::Object(wanted), Json::Object(seen), Json::Object(told)) = (wanted, seen, &mut told) {
            for (name, value) in wanted {
                let differs = got.get(name) != Some(value);
                if let (true, Some(shown)) = (differs, told.get_mut(name))
                    && seen.get(name) == Some(shown)
                {
                    *shown = Json::String(format!("{} ({ANOTHER})", inner(shown)));
                }
            }
        }
        (shown, told)
    }
}

/// All scalars of a value.
fn scalars(json: &Json, found: &mut BTreeSet<String>) {
    match json {
        Json::Null => {}
        Json::String(text) => _ = found.insert(text.clone()),
        Json::Bool(_) | Json::Number(_) => _ = found.insert(json.to_string()),
        Json::Array(items) => items.iter().for_each(|item| scalars(item, found)),
        Json::Object(map) => map.values().for_each(|value| scalars(value, found)),
    }
}

/// What is expected with a mark in place of each word that neither the policy nor the masked decision says.
fn only_words(json: &Json, known: &BTreeSet<String>) -> Json {
    match json {
        Json::Null => Json::Null,
        Json::Array(items) => items.iter().map(|item| only_words(item, known)).collect(),
        Json::Object(map) => {
            let told = map.iter().map(|(key, value)| (key.clone(), only_words(value, known)));
            Json::Object(told.collect::<Map<_, _>>())
        }
        Json::String(text) if !known.contains(without_indices(text).as_str()) && !known.contains(text) => {
            Json::String(MARK.to_owned())
        }
        Json::Bool(_) | Json::Number(_) | Json::String(_) => json.clone(),
    }
}

/// `owners[1].consent` as `owners.consent`.
fn without_indices(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut inside = false;
    for c in name.chars() {
        match c {
            '[' => inside = true,
            ']' => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out
}
