//! Finds the places of a policy that an edit can change: one pass over the Asts.
//!
//! Comes in: the files of a policy. Goes out: its `Site`s in the order of the texts. Messages, labels, sources,
//! comments and declarations decide nothing and have no sites; nor have calendars, which are published data.

mod clauses;
mod exprs;
mod items;

use super::policy_names::PolicyNames;
use super::site::{Operator, Site, SiteKind, range, span};
use super::words::{cut_of, find, word_before};
use ereje::source::{FileId, Sources, Span};
use ereje::syntax::ast::*;
use std::sync::Arc;

/// All sites of a policy.
pub(super) fn sites(files: &[File], sources: &Sources, names: &PolicyNames) -> Vec<Site> {
    let mut found = Vec::new();
    for file in files {
        let Some(source) = sources.get(file.file) else { continue };
        let nowhere = Span::new(file.file, 0, 0);
        let mut collector = SiteCollector {
            text: &source.text,
            file: file.file,
            sources,
            names,
            section: names.policy.clone(),
            amends: false,
            item: Arc::from(""),
            whole: nowhere,
            sites: Vec::new(),
        };
        for item in &file.items {
            collector.item(item);
        }
        found.extend(collector.sites);
    }
    found
}

/// A walk through one file.
struct SiteCollector<'a> {
    text: &'a str,
    file: FileId,
    sources: &'a Sources,
    names: &'a PolicyNames,
    /// The section of the current items.
    section: String,
    /// True if that section is an amendment.
    amends: bool,
    /// The name of the current item; its place follows.
    item: Arc<str>,
    whole: Span,
    sites: Vec<Site>,
}

impl SiteCollector<'_> {
    fn push(&mut self, around: Span, kind: SiteKind) {
        self.sites.push(Site { item: Arc::clone(&self.item), whole: self.whole, around, kind });
    }

    /// Begins an item, or a part of one with a name of its own.
    fn open(&mut self, name: &str, whole: Span) {
        self.item = Arc::from(format!("{}.{name}", self.section));
        self.whole = whole;
    }

    fn drop(&mut self, operator: Operator, span: Span, named: Option<&'static str>) {
        let around = if named.is_some() { span } else { self.whole };
        self.push(around, SiteKind::Drop { operator, span, named });
    }

    /// Drops a clause, from its keyword to the end of its content.
    fn drop_clause(&mut self, operator: Operator, word: &str, content: Span) {
        let before = range(self.whole).start..range(content).start;
        if let Some(start) = word_before(self.text, before, word) {
            self.drop(operator, span(self.file, start..range(content).end), None);
        }
    }

    /// Drops each element of a list in turn, shown within `around`.
    fn drop_each(&mut self, operator: Operator, elements: &[Span], around: Span) {
        let places: Vec<_> = elements.iter().copied().map(range).collect();
        for index in 0..places.len() {
            if let Some(cut) = cut_of(&places, index) {
                self.push(around, SiteKind::Drop { operator, span: span(self.file, cut), named: None });
            }
        }
    }

    fn swap(&mut self, operator: Operator, span: Span, around: Span, with: Vec<String>) {
        if !with.is_empty() {
            self.push(around, SiteKind::Swap { operator, span, with });
        }
    }

    /// Replaces a word between two places by another.
    fn swap_word(&mut self, operator: Operator, between: std::ops::Range<usize>, word: &str, with: &str, around: Span) {
        if let Some(found) = find(self.text, between, word) {
            self.swap(operator, span(self.file, found), around, vec![with.to_owned()]);
        }
    }

    /// The range between two expressions, with their operator.
    fn between(&self, left: Span, right: Span) -> std::ops::Range<usize> {
        range(left).end..range(right).start
    }
}
