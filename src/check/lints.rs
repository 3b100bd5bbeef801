//! Warnings: names that nothing uses, missing translations, outcomes that can rest on a fact that declares nothing.

use super::Checker;
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::*;
use crate::model::*;
use crate::source::Span;
use crate::syntax::ast::State;
use std::collections::{BTreeMap, BTreeSet};

impl Checker<'_> {
    pub(super) fn lints(&mut self) {
        self.unused();
        self.translations();
        if !self.has_errors() {
            self.silent_facts();
        }
    }

    fn unused(&mut self) {
        let mut found: Vec<(&str, String, Span)> = Vec::new();
        let used = &self.used;
        for (i, fact) in self.model.facts.iter().enumerate() {
            if !used.facts.contains(&FactId::new(i)) {
                found.push(("fact", fact.path(), fact.datum.span));
            }
        }
        for (i, definition) in self.model.definitions.iter().enumerate() {
            if !used.definitions.contains(&DefinitionId::new(i)) {
                found.push(("definition", definition.name.clone(), definition.span));
            }
        }
        for (i, norm) in self.model.norms.iter().enumerate() {
            if !used.norms.contains(&NormId::new(i)) {
                found.push(("norm", norm.name.clone(), norm.span));
            }
        }
        for (i, assumption) in self.model.assumptions.iter().enumerate() {
            if !used.assumptions.contains(&AssumptionId::new(i)) {
                found.push(("assumption", assumption.name.clone(), assumption.span));
            }
        }
        for (i, reason) in self.model.reasons.iter().enumerate() {
            if !used.reasons.contains(&ReasonId::new(i)) {
                found.push(("reason", reason.code.clone(), reason.span));
            }
        }
        for (what, name, span) in found {
            self.report(
                Diagnostic::new(Code::W0201, format!("the {what} `{name}` is never used"), span, "nothing reads it")
                    .help("use it, or remove it"),
            );
        }
    }

    fn translations(&mut self) {
        let wanted = self.model.languages.clone();
        let model = &self.model;
        let mut found: Vec<(String, Span, Vec<String>)> = Vec::new();
        let mut look = |what: String, labels: Vec<&str>, span: Span, always: bool| {
            if labels.is_empty() && !always {
                return;
            }
            let missing: Vec<String> = wanted.iter().filter(|l| !labels.contains(&l.as_str())).cloned().collect();
            if !missing.is_empty() {
                found.push((what, span, missing));
            }
        };
        let languages = |labels: &'_ Labels| -> Vec<String> { labels.iter().map(|(l, _)| l.clone()).collect() };
        for section in &model.sections {
            let labels = languages(&section.labels);
            look(
                format!("title of `{}`", section.name),
                labels.iter().map(String::as_str).collect(),
                section.span,
                false,
            );
        }
        for reason in &model.reasons {
            let labels = reason.messages.iter().map(|(l, _)| l.as_str()).collect();
            look(format!("message of `{}`", reason.code), labels, reason.span, true);
        }
        let mut labelled: Vec<(String, &Labels, Span)> = Vec::new();
        labelled.extend(model.registries.iter().map(|r| (format!("title of `{}`", r.name), &r.labels, r.span)));
        labelled.extend(model.regions.iter().map(|r| (format!("label of `{}`", r.name), &r.labels, r.span)));
        for e in &model.enums {
            labelled.extend(e.values.iter().map(|(v, labels)| (format!("label of `{}.{v}`", e.name), labels, e.span)));
        }
        for d in &model.decisions {
            labelled.extend(d.outcomes.iter().map(|o| (format!("label of `{}`", o.name), &o.labels, d.span)));
            labelled.extend(d.outputs.iter().map(|o| (format!("label of `{}`", o.name), &o.labels, o.span)));
        }
        labelled
            .extend(model.facts.iter().map(|f| (format!("label of `{}`", f.path()), &f.datum.labels, f.datum.span)));
        labelled.extend(model.assumptions.iter().map(|a| (format!("label of `{}`", a.name), &a.labels, a.span)));
        for (what, labels, span) in labelled {
            let labels = languages(labels);
            look(what, labels.iter().map(String::as_str).collect(), span, false);
        }
        for (what, span, missing) in found {
            let languages = super::quoted(missing.iter().map(String::as_str));
            self.report(
                Diagnostic::new(
                    Code::W0202,
                    format!("the {what} is missing in {languages}"),
                    span,
                    "not in every language",
                )
                .help("add the text, or take the language out of the policy's `languages`"),
            );
        }
    }

    /// Facts from a registry on which a rule can turn, and which say nothing of a state that the registry may answer.
    fn silent_facts(&mut self) {
        let mut found: BTreeMap<FactId, (BTreeSet<State>, String, Span)> = BTreeMap::new();
        for root in self.roots() {
            for (fact, states) in self.turns_on(&root.exprs, root.exceptions) {
                let Some(datum) = self.model.facts.get(fact.index()).map(|f| &f.datum) else { continue };
                if datum.registries.is_empty() {
                    continue;
                }
                for state in states {
                    let own = !datum.handlers.of(state).is_empty();
                    let registries = datum.registries.iter().filter_map(|r| self.model.registries.get(r.index()));
                    if own || registries.into_iter().any(|r| !r.handlers.of(state).is_empty()) {
                        continue;
                    }
                    let entry =
                        found.entry(fact).or_insert_with(|| (BTreeSet::new(), root.name.to_owned(), root.claim.span));
                    entry.0.insert(state);
                }
            }
        }
        for (fact, (states, rule, span)) in found {
            let Some(fact) = self.model.facts.get(fact.index()) else { continue };
            let words: Vec<&str> = states
                .iter()
                .map(|s| match s {
                    State::Absent => "absent",
                    State::Unavailable => "unavailable",
                })
                .collect();
            let (path, at) = (fact.path(), fact.datum.span);
            self.report(
                Diagnostic::new(
                    Code::W0203,
                    format!("`{path}` does not say what follows when it is {}", words.join(" or ")),
                    at,
                    "the outcome would be undetermined",
                )
                .also(span, format!("`{rule}` can turn on it"))
                .help(format!(
                    "add `if {} then OUTCOME CODE` to the fact or its registry",
                    words.first().unwrap_or(&"absent")
                )),
            );
        }
    }

    /// Facts that an outcome can rest on, with the states in which they leave a condition unknown.
    fn turns_on(&self, exprs: &[&Expr], exceptions: &[ExceptionId]) -> BTreeMap<FactId, BTreeSet<State>> {
        let mut result: BTreeMap<FactId, BTreeSet<State>> = BTreeMap::new();
        let mut waiting: Vec<&Expr> = exprs.to_vec();
        self.exception_exprs(exceptions.iter().copied().collect(), &mut waiting);
        let mut seen = BTreeSet::new();
        while let Some(expr) = waiting.pop() {
            match &expr.kind {
                // A test of a state is answered by that state; only `is absent` of a silent registry stays open.
                ExprKind::IsState(inner, state) => match (&inner.kind, state) {
                    (ExprKind::Fact(id), State::Absent) => {
                        result.entry(*id).or_default().insert(State::Unavailable);
                    }
                    (ExprKind::Fact(_), State::Unavailable) => {}
                    _ => waiting.push(inner),
                },
                ExprKind::Fact(id) => {
                    result.entry(*id).or_default().extend([State::Absent, State::Unavailable]);
                }
                ExprKind::Define(id, args) => {
                    waiting.extend(args);
                    if !seen.insert(*id) {
                        continue;
                    }
                    let Some(definition) = self.model.definitions.get(id.index()) else { continue };
                    let mut inner = BTreeSet::new();
                    for version in &definition.versions {
                        inner.extend(version.exceptions.iter().copied());
                        if let DefinitionBody::Cases(cases) = &version.body {
                            for case in cases {
                                waiting.extend(case.when.iter().chain(&case.unless).chain([&case.value]));
                                inner.extend(case.exceptions.iter().copied());
                            }
                        }
                    }
                    self.exception_exprs(inner, &mut waiting);
                }
                _ => waiting.extend(expr.children()),
            }
        }
        result
    }
}
