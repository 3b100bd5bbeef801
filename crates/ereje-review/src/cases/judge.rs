//! Trials bound to a policy: they are decided, and differences from what is expected are found and explained.

use super::expect::{DecisionPart, Difference, Expected, PartExpectation};
use super::file::CaseFile;
use super::trial::Spec;
use super::values::as_told;
use crate::phrases::{Translations, say};
use ereje::diagnostic::{Code, Diagnostic, nearest};
use ereje::engine::DecideOptions;
use ereje::explain::{self, Decision, RuleTrace};
use ereje::facts::FactSet;
use ereje::ids::DecisionId;
use ereje::mask::Mask;
use ereje::source::Span;
use ereje::{Error, Policy};
use serde_json::Value as Json;
use std::sync::Arc;

/// One application to decide, and what is expected of the decision.
#[derive(Clone, Debug)]
pub struct Trial {
    /// Its name, unique in its file.
    pub name: String,
    /// The rule of law, or the gap in it, that the trial is about.
    pub law: Option<String>,
    /// The case, or the row of its table.
    pub span: Span,
    /// The facts.
    pub facts: FactSet,
    /// What is asked besides the facts.
    pub options: DecideOptions,
    /// The choices for assumptions, by names as they are written.
    pub assumed: Vec<(String, String)>,
    /// What is expected.
    pub expect: Arc<Expected>,
}

/// The result of a trial.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// The decision as the policy tells it; with a trace if something is not as expected.
    pub decision: Decision,
    /// What is not as expected, as it may be told; empty if everything is.
    pub wrong: Vec<Difference>,
}

impl CaseFile {
    /// The trials for a policy, in the order of the file. What does not fit the policy is a finding; a trial whose
    /// facts or question cannot be read is left out.
    #[must_use]
    pub fn bind(&self, policy: &Policy) -> (Vec<Trial>, Vec<Diagnostic>) {
        let form = policy.form();
        let mut trials = Vec::with_capacity(self.specs.len());
        let mut findings = Vec::new();
        for spec in &self.specs {
            let tree = spec.tree();
            let (facts, mut found) =
                if self.fills { form.filled_tree(&tree, self.file) } else { form.tree(&tree, self.file) };
            found.iter_mut().for_each(|finding| self.texts.settle(finding));
            let options = match found.is_empty() {
                true => options(policy, spec, &mut findings),
                false => None,
            };
            findings.extend(found);
            let (Some(facts), Some(options)) = (facts, options) else { continue };
            findings.extend(unknown_names(policy, spec, &options));
            let decision = options.decision.unwrap_or(DecisionId(0));
            let expect = as_told(&spec.expect, policy.model(), decision);
            trials.push(Trial {
                name: spec.name.clone(),
                law: spec.law.clone(),
                span: spec.span,
                facts,
                options,
                assumed: spec.question.assume.iter().map(|(name, value, _)| (name.clone(), value.clone())).collect(),
                expect,
            });
        }
        // Trials with a common base have its mistakes in common, too.
        findings.sort_by(|a, b| {
            let key = |f: &Diagnostic| (f.primary.span, f.code);
            key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message))
        });
        findings.dedup();
        (trials, Mask::untold(policy.mask().map(AsRef::as_ref), findings))
    }

    /// The number of trials in the file, including those that do not fit the policy.
    #[must_use]
    pub fn len(&self) -> usize {
        self.specs.len()
    }

    /// True if the file has no trials.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.specs.is_empty()
    }
}

/// The question of a trial, in ids; `None` if the policy lacks a name in it.
fn options(policy: &Policy, spec: &Spec, findings: &mut Vec<Diagnostic>) -> Option<DecideOptions> {
    let before = findings.len();
    let question = &spec.question;
    let mut refuse = |message: String, at: Span, label: String, near: Option<&str>| {
        let finding = Diagnostic::new(Code::E0806, message, at, label);
        findings.push(match near {
            Some(near) => finding.help(format!("did you mean `{near}`?")),
            None => finding,
        });
    };
    let model = policy.model();
    let mut options = DecideOptions { as_of: question.as_of, ..DecideOptions::default() };
    if let Some((name, at)) = &question.decision {
        options.decision = policy.engine().decision(name);
        if options.decision.is_none() {
            let near = nearest(name, model.decisions.iter().map(|d| d.name.as_str()));
            refuse(format!("the policy makes no decision `{name}`"), *at, "asked for here".into(), near);
        }
    }
    if let Some((name, at)) = &question.region {
        options.region = policy.engine().region(name);
        if options.region.is_none() {
            let near = nearest(name, model.regions.iter().map(|r| r.name.as_str()));
            refuse(format!("the policy knows no region `{name}`"), *at, "asked for here".into(), near);
        }
    }
    for (name, value, at) in &question.assume {
        match policy.assume([(name.as_str(), value.as_str())]) {
            Ok(_) => {}
            Err(error @ (Error::UnknownAssumption { .. } | Error::UnknownChoice { .. })) => {
                refuse(error.to_string(), *at, "chosen here".into(), None);
            }
            Err(error) => refuse(error.to_string(), *at, String::new(), None),
        }
    }
    if findings.len() > before {
        return None;
    }
    if !question.assume.is_empty() {
        let made = question.assume.iter().map(|(name, value, _)| (name.as_str(), value.as_str()));
        options.choices = policy.assume(made).ok();
    }
    if let Err(found) = policy.engine().plan_for(&options) {
        let why = found.first().map_or_else(String::new, |finding| finding.message.clone());
        let message = format!("under the assumptions of `{}` the policy does not stand", spec.name);
        findings.push(Diagnostic::new(Code::E0806, message, spec.span, why));
        return None;
    }
    Some(options)
}

/// Names in an expectation that no decision of the policy can contain.
fn unknown_names(policy: &Policy, spec: &Spec, options: &DecideOptions) -> Vec<Diagnostic> {
    let model = policy.model();
    let decision = model.decisions.get(options.decision.unwrap_or(DecisionId(0)));
    let outcomes: Vec<&str> = decision
        .iter()
        .flat_map(|d| d.outcomes.iter().map(|o| o.name.as_str()))
        .chain(["undetermined", "not_in_force"])
        .collect();
    let codes: Vec<&str> = model.reasons.iter().map(|r| r.code.as_str()).collect();
    let outputs: Vec<&str> = decision.iter().flat_map(|d| d.outputs.iter().map(|o| o.name.as_str())).collect();
    let assumptions: Vec<&str> = model.assumptions.iter().map(|a| a.name.as_str()).collect();
    let mut found = Vec::new();
    let mut known = |what: &str, name: &str, names: &[&str], at: Span| {
        if !names.contains(&name) {
            let message = format!("no decision of this policy has {what} `{name}`");
            let finding = Diagnostic::new(Code::E0808, message, at, "expected here");
            found.push(match nearest(name, names.iter().copied()) {
                Some(near) => finding.help(format!("did you mean `{near}`?")),
                None => finding,
            });
        }
    };
    if let Some((outcome, at)) = &spec.expect.outcome {
        known("the outcome", outcome, &outcomes, *at);
    }
    for (part, expectation, at) in &spec.expect.parts {
        let (what, names) = match part {
            DecisionPart::Reasons => ("a reason", &codes),
            DecisionPart::Notices => ("a notice", &codes),
            DecisionPart::Outputs | DecisionPart::UnknownOutputs => ("an output", &outputs),
            DecisionPart::Assumptions => ("an assumption", &assumptions),
            DecisionPart::Needs
            | DecisionPart::Open
            | DecisionPart::Blocked
            | DecisionPart::Faults
            | DecisionPart::Provisional => continue,
        };
        let (first, second) = match expectation {
            PartExpectation::Whole(json) => (json, None),
            PartExpectation::Some(including, without) => (including, Some(without)),
        };
        for json in std::iter::once(first).chain(second) {
            for name in names_in(json) {
                // `tax.Anna` is the output `tax` for one of those for whom it is given.
                let unknown = *part == DecisionPart::UnknownOutputs && !names.contains(&name);
                let whole = name.split_once('.').map(|(whole, _)| whole).filter(|_| unknown);
                known(what, whole.unwrap_or(name), names, *at);
            }
        }
    }
    found
}

/// The names in a list of words or of maps with a `code` or an `output`, or the keys of a map.
fn names_in<'j>(json: &'j Json) -> Vec<&'j str> {
    match json {
        Json::Array(items) => {
            let name = |item: &'j Json| item.get("code").or_else(|| item.get("output")).and_then(Json::as_str);
            items.iter().filter_map(|item| item.as_str().or_else(|| name(item))).collect()
        }
        Json::Object(map) => map.keys().map(String::as_str).collect(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => Vec::new(),
    }
}

impl Trial {
    /// Decides the trial, and compares the decision with what is expected.
    ///
    /// # Errors
    /// The errors of the policy under the trial's assumptions; [`CaseFile::bind`] has reported them before.
    pub fn run(&self, policy: &Policy) -> Result<Judgement, Vec<Diagnostic>> {
        let evaluated = policy.engine().evaluate(&self.facts, &self.options)?;
        // Only a trial that fails needs an explanation, and what is compared has the values that nobody is told.
        let decision = Decision::of(policy.engine(), evaluated.clone());
        if self.expect.differences(&decision).is_empty() {
            return Ok(Judgement { decision: policy.told(evaluated), wrong: Vec::new() });
        }
        let wrong = self.told_differences(policy, &decision, &policy.told(evaluated));
        let options = DecideOptions { explain: true, ..self.options.clone() };
        Ok(Judgement { decision: policy.told(policy.engine().evaluate(&self.facts, &options)?), wrong })
    }

    /// True if a decision is as expected, whatever of it is told.
    #[must_use]
    pub fn is_wrong(&self, policy: &Policy) -> bool {
        let decided = policy.engine().evaluate(&self.facts, &self.options);
        decided.is_ok_and(|decided| !self.expect.differences(&Decision::of(policy.engine(), decided)).is_empty())
    }

    /// True if everything is as expected. It is faster than [`Trial::run`], for trying many policies.
    #[must_use]
    pub fn holds(&self, policy: &Policy) -> bool {
        let Ok(plan) = policy.engine().plan_for(&self.options) else { return false };
        let codes = policy.engine().codes_by(&plan, &self.facts, &self.options);
        if self.expect.outcome().is_some_and(|outcome| outcome != codes.outcome)
            || self.expect.reason_codes().is_some_and(|expected| expected != codes.reasons)
        {
            return false;
        }
        if self.expect.is_codes_only() {
            return true;
        }
        let engine = policy.engine();
        let evaluated = match self.expect.looks_at_assumptions() {
            true => engine.evaluate(&self.facts, &self.options),
            false => engine.evaluate_without_assumptions(&self.facts, &self.options),
        };
        evaluated.is_ok_and(|decided| self.expect.differences(&Decision::of(engine, decided)).is_empty())
    }

    /// True if the assumptions of the decision are compared, which takes a plan for each other choice.
    #[must_use]
    pub fn looks_at_assumptions(&self) -> bool {
        self.expect.looks_at_assumptions()
    }

    /// True if everything except the assumptions is as expected.
    #[must_use]
    pub fn holds_but_assumptions(&self, policy: &Policy) -> bool {
        if !self.looks_at_assumptions() {
            return self.holds(policy);
        }
        let engine = policy.engine();
        let evaluated = engine.evaluate_without_assumptions(&self.facts, &self.options);
        evaluated.is_ok_and(|decided| {
            let differences = self.expect.differences(&Decision::of(engine, decided));
            differences.iter().all(|wrong| wrong.part == "assumptions")
        })
    }
}

impl Judgement {
    /// The rules that explain the differences: those that gave what was not expected, and those that could have given
    /// what was.
    #[must_use]
    pub fn decisive(&self) -> Vec<&RuleTrace> {
        let Some(trace) = &self.decision.trace else { return Vec::new() };
        let given = |part: &str| match part {
            "notices" => &self.decision.notices,
            _ => &self.decision.reasons,
        };
        let mut found: Vec<&RuleTrace> = Vec::new();
        // If codes were expected, the rules with these codes are enough.
        let by_code = self.wrong.iter().any(|wrong| wrong.part == "reasons" && wrong.expected != "none");
        for wrong in &self.wrong {
            let (part, among) = match wrong.part {
                "outcome" | "reasons" | "open" | "needs" | "blocked" | "provisional" | "faults" => {
                    ("reasons", &trace.rules)
                }
                "notices" => ("notices", &trace.notices),
                _ => continue,
            };
            let wanted = |code: &str| wrong.expected.split(", ").any(|word| word == code);
            let expects_list = wrong.part == part;
            for rule in among {
                let gave = given(part).iter().any(|reason| reason.rule == rule.rule)
                    && matches!(rule.status, "fires" | "other outcome");
                let code = rule.code.as_deref().unwrap_or("");
                let surprising = gave && !(expects_list && wanted(code));
                let missing = expects_list && !gave && wanted(code);
                let could = wrong.part == "outcome"
                    && !by_code
                    && !gave
                    && rule.outcome.as_deref() == Some(wrong.expected.as_str())
                    && rule.status != "out of scope";
                let waits = self.decision.outcome == "undetermined" && matches!(rule.status, "pending" | "void");
                if (surprising || missing || could || waits) && !found.iter().any(|known| std::ptr::eq(*known, rule)) {
                    found.push(rule);
                }
            }
        }
        found
    }

    /// The same rules in words, as `ereje eval --explain` prints them, without exceptions that had no effect; at most
    /// `limit` rules.
    #[must_use]
    pub fn why(&self, policy: &Policy, language: &str, limit: usize) -> String {
        let rules = self.decisive();
        let mut text: String =
            rules.iter().take(limit).map(|rule| explain::rule_text(policy.engine(), &brief(rule), language)).collect();
        if rules.len() > limit {
            text.push_str(&say(MORE_RULES.of(language), &[&(rules.len() - limit).to_string()]));
            text.push('\n');
        }
        text
    }
}

/// What stands in place of further rules.
const MORE_RULES: Translations<&str> = Translations {
    en: "… and {a} more rules",
    ru: "… и ещё правил: {a}",
    kk: "… тағы қағидалар саны: {a}",
    vi: "… và {a} quy tắc nữa",
};

/// A rule without the exceptions that had no effect on it.
fn brief(rule: &RuleTrace) -> RuleTrace {
    let says = |exception: &&RuleTrace| matches!(exception.status, "holds" | "pending" | "void");
    let mut short = rule.clone();
    short.exceptions = rule.exceptions.iter().filter(says).map(brief).collect();
    short
}
