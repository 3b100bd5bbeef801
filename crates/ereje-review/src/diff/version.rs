//! The two versions that are compared, with their texts in one set.
//!
//! Comes in: what was loaded of each side. Goes out: a policy for each side, which decides, and both sides as trees
//! over one set of texts, so that a hybrid can have fragments of both.

use super::slots::{Slot, slots};
use super::split::split;
use ereje::load::Bundle;
use ereje::mask::Mask;
use ereje::source::{FileId, Sources, Span, join};
use ereje::syntax::{self, ast};
use ereje::{Error, Policy};
use std::sync::Arc;

/// One side of a comparison.
#[derive(Debug)]
pub struct Version {
    /// The name that the user asked for: `policies/kz`, `HEAD~1:policies/kz`.
    pub name: String,
    /// The policy, ready to decide.
    pub policy: Policy,
    bundle: Bundle,
    /// The name under which each of its files is shown.
    shown: Vec<String>,
}

impl Version {
    /// Takes a loaded version. `shown` gives the name under which a file of the bundle is shown.
    ///
    /// # Errors
    /// [`Error::Findings`] if the policy has errors.
    pub fn new(name: impl Into<String>, bundle: Bundle, shown: impl Fn(&str) -> String) -> Result<Self, Error> {
        let names = bundle.sources.iter().map(|(_, source)| shown(&source.name)).collect();
        let policy = Policy::from_bundle(bundle.clone())?;
        Ok(Self { name: name.into(), policy, bundle, shown: names })
    }

    /// The same version, whose decisions are told with a mask.
    #[must_use]
    pub fn masked(mut self, mask: Option<Arc<Mask>>) -> Self {
        self.policy = self.policy.masked(mask);
        self
    }
}

/// Both versions as slots.
#[derive(Debug)]
pub(super) struct Pair {
    pub(super) slots: Vec<Slot>,
    pub(super) sources: Arc<Sources>,
    /// The name under which each file of `sources` is shown.
    shown: Vec<String>,
}

impl Pair {
    pub(super) fn new(old: &Version, new: &Version) -> Self {
        let mut sources = Sources::new();
        let mut shown = Vec::new();
        let mut take = |version: &Version, folder: &str| -> Vec<ast::File> {
            // A name that leads out of the policy's folder needs as many folders around the policy.
            let names = version.bundle.sources.iter().map(|(_, source)| source.name.as_str());
            let up = names.map(|name| name.split('/').filter(|part| *part == "..").count()).max().unwrap_or(0);
            let base = format!("{folder}/{}x", "_/".repeat(up));
            let mut ids: Vec<FileId> = Vec::new();
            for ((_, source), name) in version.bundle.sources.iter().zip(&version.shown) {
                let own = join(&base, &source.name).unwrap_or_else(|| format!("{folder}/{}", source.name));
                ids.push(sources.add(own, Arc::clone(&source.text)));
                shown.push(name.clone());
            }
            let files = version.bundle.policy_files.iter().filter_map(|id| ids.get(id.0 as usize));
            files.map(|id| syntax::parse(&sources, *id).0).collect()
        };
        let (old_files, new_files) = (take(old, "old"), take(new, "new"));
        let slots = slots(split(&old_files, &sources), split(&new_files, &sources), &sources);
        Self { slots, sources: Arc::new(sources), shown }
    }

    /// `file:line`
    pub(super) fn place(&self, span: Span) -> String {
        let line = self.sources.get(span.file).map_or(1, |source| source.position(span.start).line);
        format!("{}:{line}", self.shown(span))
    }

    /// `file:line:column`
    pub(super) fn exact_place(&self, span: Span) -> String {
        let at = self.sources.get(span.file).map(|source| source.position(span.start));
        let (line, column) = at.map_or((1, 1), |at| (at.line, at.column));
        format!("{}:{line}:{column}", self.shown(span))
    }

    fn shown(&self, span: Span) -> &str {
        self.shown.get(span.file.0 as usize).map_or("?", String::as_str)
    }
}
