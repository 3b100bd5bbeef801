//! Warnings: names that nothing uses, missing translations.

use super::{Checker, Symbol};
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::*;
use crate::model::*;
use crate::source::Span;

impl Checker<'_> {
    pub(super) fn lints(&mut self) {
        self.translations();
        self.braces_in_labels();
        // If there are errors or unread text, a name may seem unused only because of them.
        if !self.has_errors() && !self.incomplete {
            self.unused();
            if self.has_ages {
                self.counted_ages();
                self.birthdays_by_addition();
            }
        }
    }

    fn unused(&mut self) {
        let mut found: Vec<(&str, String, Span)> = Vec::new();
        let used = &self.used;
        for (id, fact) in self.model.facts.entries() {
            if !used.facts.contains(&id) {
                found.push(("fact", fact.path(), fact.datum.span));
            }
        }
        // A record that is only counted needs no field that is read, and the ends of a period are there unasked.
        let read = |record: &Record| record.fields.iter().any(|field| used.fields.contains(field));
        let counted: IndexVec<RecordId, bool> =
            self.model.records.iter().map(|record| record.kind.has_ends() || !read(record)).collect();
        for (id, field) in self.model.fields.entries() {
            if !counted.at(field.record) && !used.fields.contains(&id) {
                let record = self.model.records.at(field.record).name.as_str();
                found.push(("field", format!("{record}.{}", field.datum.name), field.datum.span));
            }
        }
        for (i, definition) in self.model.definitions.iter().enumerate() {
            let is_used = |id: DefinitionId| used.definitions.contains(&id);
            let with_it = |name: &str| match self.symbol(name) {
                Some(Symbol::Definition(id)) => is_used(id),
                _ => false,
            };
            // The results of a table are read together or not.
            if !is_used(DefinitionId::new(i)) && !self.results.any(&definition.name, with_it) {
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
            let labels = reason.languages().collect();
            look(format!("message of `{}`", reason.code), labels, reason.span, true);
        }
        let mut labelled: Vec<(String, &Labels, Span)> = Vec::new();
        labelled.extend(model.registries.iter().map(|r| (format!("title of `{}`", r.name), &r.labels, r.span)));
        labelled.extend(model.regions.iter().map(|r| (format!("label of `{}`", r.name), &r.labels, r.span)));
        // The labels of the weekdays are not the policy's.
        let declared = model.enums.ids().filter(|id| self.weekdays != Some(*id)).map(|id| model.enums.at(id));
        for e in declared {
            labelled.extend(e.values.iter().map(|(v, labels)| (format!("label of `{}.{v}`", e.name), labels, e.span)));
        }
        for d in &model.decisions {
            labelled.extend(d.outcomes.iter().map(|o| (format!("label of `{}`", o.name), &o.labels, d.span)));
            labelled.extend(d.outputs.iter().map(|o| (format!("label of `{}`", o.name), &o.labels, o.span)));
        }
        labelled
            .extend(model.facts.iter().map(|f| (format!("label of `{}`", f.path()), &f.datum.labels, f.datum.span)));
        // Conditions are told in these words.
        labelled.extend(model.norms.iter().map(|n| (format!("label of `{}`", n.name), &n.labels, n.span)));
        labelled.extend(model.definitions.iter().map(|d| (format!("label of `{}`", d.name), &d.labels, d.span)));
        labelled.extend(model.assumptions.iter().map(|a| (format!("letter of `{}`", a.name), &a.letter, a.span)));
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
                    format!("no text in {languages}"),
                )
                .help(format!(
                    "add `{} \"…\"`, or take the language out of the policy's `languages`",
                    missing.first().map_or("", String::as_str)
                )),
            );
        }
    }
}
