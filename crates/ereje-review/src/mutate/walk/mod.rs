//! Where a policy says something that may be wrong: one pass over the Asts.
//!
//! Comes in: the files of a policy. Goes out: its `Site`s in the order of the texts. Messages, labels, sources, comments and
//! declarations decide nothing and have none; nor have calendars, which are data that somebody publishes.

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
    /// The section that items belong to.
    section: String,
    /// That section is an amendment.
    amends: bool,
    /// The item that is looked at: its name and its place.
    item: Arc<str>,
    whole: Span,
    sites: Vec<Site>,
}

impl SiteCollector<'_> {
    fn push(&mut self, around: Span, kind: SiteKind) {
        self.sites.push(Site { item: Arc::clone(&self.item), whole: self.whole, around, kind });
    }

    /// Opens an item, or a part of it that has a name of its own.
    fn open(&mut self, name: &str, whole: Span) {
        self.item = Arc::from(format!("{}.{name}", self.section));
        self.whole = whole;
    }

    fn drop(&mut self, operator: Operator, span: Span, named: Option<&'static str>) {
        let around = if named.is_some() { span } else { self.whole };
        self.push(around, SiteKind::Drop { operator, span, named });
    }

    /// A clause that goes away: from its word to the end of what follows it.
    fn drop_clause(&mut self, operator: Operator, word: &str, content: Span) {
        let before = range(self.whole).start..range(content).start;
        if let Some(start) = word_before(self.text, before, word) {
            self.drop(operator, span(self.file, start..range(content).end), None);
        }
    }

    /// One element of a list that goes away, shown in `around`.
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

    /// A word between two places that becomes another.
    fn swap_word(&mut self, operator: Operator, between: std::ops::Range<usize>, word: &str, with: &str, around: Span) {
        if let Some(found) = find(self.text, between, word) {
            self.swap(operator, span(self.file, found), around, vec![with.to_owned()]);
        }
    }

    /// The sign or words between two expressions.
    fn between(&self, left: Span, right: Span) -> std::ops::Range<usize> {
        range(left).end..range(right).start
    }
}
