//! The wrong laws of a policy: the list of edits, and the policy with each of them.

use super::policy_names::PolicyNames;
use super::random;
use super::site::{Operator, Site, Splice};
use super::small::{Mutation, Mutator};
use super::walk;
use ereje::check;
use ereje::diagnostic::{Code, Severity};
use ereje::load::Bundle;
use ereje::mask::Mask;
use ereje::source::{FileId, Sources, Span};
use ereje::syntax::{self, ast};
use ereje::{Error, Policy};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A policy with one mistake in it.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// The item that is edited, with its section: `kz.pilot_2025.consent_by`.
    pub item: String,
    /// The edit in words. With the item it identifies the mutant, even if lines have moved.
    pub edit: String,
    /// The kind of mistake.
    pub operator: Operator,
    /// The replacements, in the order of files and places, none inside another.
    pub splices: Vec<Splice>,
}

impl Mutant {
    /// The place of its first replacement.
    #[must_use]
    pub fn place(&self) -> Span {
        self.splices.first().map_or(Span { file: FileId(0), start: 0, end: 0 }, |splice| splice.span)
    }
}

/// A policy, and all the laws that it could have become by one mistake.
#[derive(Debug)]
pub struct Laws {
    bundle: Bundle,
    /// The policy's files, parsed: a mutant replaces the edited one and shares the others.
    files: Vec<Arc<ast::File>>,
    policy: Policy,
    sites: Vec<Site>,
    names: PolicyNames,
    /// The number of versions in the policy itself that never hold.
    never: usize,
}

impl Laws {
    /// Takes a loaded policy.
    ///
    /// # Errors
    /// As for [`Policy::from_bundle`].
    pub fn of(bundle: Bundle) -> Result<Self, Error> {
        let policy = Policy::from_bundle(bundle.clone())?;
        let names = PolicyNames::of(&bundle.files, &bundle.sources);
        let sites = walk::sites(&bundle.files, &bundle.sources, &names);
        let never = policy.warnings().iter().filter(|d| d.code == Code::W0401).count();
        let files = bundle.files.iter().cloned().map(Arc::new).collect();
        Ok(Self { bundle, files, policy, sites, names, never })
    }

    /// The same laws, of which nothing is told that this mask hides.
    #[must_use]
    pub fn masked(mut self, mask: Option<Arc<Mask>>) -> Self {
        self.policy = self.policy.masked(mask);
        self
    }

    /// The policy itself.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The texts of the policy.
    #[must_use]
    pub fn sources(&self) -> &Sources {
        &self.bundle.sources
    }

    /// All small edits, in the order of the texts, including those that the checker rejects.
    #[must_use]
    pub fn small(&self) -> Vec<Mutant> {
        let mutator = Mutator { sources: &self.bundle.sources, names: &self.names };
        let mutations = self
            .sites
            .iter()
            .flat_map(|site| mutator.mutations(site).into_iter().map(move |mutation| (site, mutation)));
        self.named(mutations)
    }

    /// A number of large random edits, none of them a small one. The same seed gives the same edits.
    #[must_use]
    pub fn random(&self, count: usize, seed: u64) -> Vec<Mutant> {
        let mutator = Mutator { sources: &self.bundle.sources, names: &self.names };
        let known: BTreeSet<Vec<Splice>> = self.small().into_iter().map(|mutant| mutant.splices).collect();
        let mutations = random::edits(&mutator, &self.sites, count, seed, |splices| {
            !known.contains(splices) && self.texts(splices).is_some_and(|texts| self.law_of(texts).is_some())
        });
        self.named(mutations.into_iter())
    }

    /// Names every edit; equal edits in one item are numbered.
    fn named<'s>(&self, mutations: impl Iterator<Item = (&'s Site, Mutation)>) -> Vec<Mutant> {
        let mut seen: BTreeSet<Vec<Splice>> = BTreeSet::new();
        let mut names: BTreeMap<(String, String), usize> = BTreeMap::new();
        let mut mutants = Vec::new();
        for (site, mutation) in mutations {
            let mut splices = mutation.splices;
            splices.sort();
            if splices.is_empty() || !seen.insert(splices.clone()) {
                continue;
            }
            let item = site.item.to_string();
            let count = names.entry((item.clone(), mutation.says.clone())).or_default();
            *count += 1;
            let edit = if *count == 1 { mutation.says } else { format!("{} ({count})", mutation.says) };
            mutants.push(Mutant { item, edit, operator: mutation.operator, splices });
        }
        mutants
    }

    /// The texts that an edit changes, after the edit; `None` if it does not fit them.
    #[must_use]
    pub fn texts(&self, splices: &[Splice]) -> Option<Vec<(FileId, String)>> {
        let mut texts: Vec<(FileId, String)> = Vec::new();
        // From the last to the first, so that the offsets of the remaining edits stay valid.
        for splice in splices.iter().rev() {
            let file = splice.span.file;
            if texts.last().is_none_or(|(last, _)| *last != file) {
                texts.push((file, self.bundle.sources.get(file)?.text.to_string()));
            }
            let (_, text) = texts.last_mut()?;
            let (start, end) = (splice.span.start as usize, splice.span.end as usize);
            text.get(start..end)?;
            text.replace_range(start..end, &splice.with);
        }
        Some(texts)
    }

    /// The policy with a mutant's edit; `None` if the checker rejects it.
    #[must_use]
    pub fn law(&self, mutant: &Mutant) -> Option<Policy> {
        self.law_of(self.texts(&mutant.splices)?)
    }

    fn law_of(&self, texts: Vec<(FileId, String)>) -> Option<Policy> {
        let mut sources = self.bundle.sources.clone();
        let mut files = self.files.clone();
        for (file, text) in texts {
            sources = sources.with_text(file, text);
            if let Some(at) = self.bundle.policy_files.iter().position(|id| *id == file) {
                let (parsed, found) = syntax::parse(&sources, file);
                if found.iter().any(|d| d.severity() == Severity::Error) {
                    return None;
                }
                *files.get_mut(at)? = Arc::new(parsed);
            }
        }
        let checked = check::check(&files, &sources);
        // The checker warns of a version that never holds, so such an edit needs no case.
        let never = checked.diagnostics.iter().filter(|d| d.code == Code::W0401).count();
        let model = checked.model.filter(|_| never <= self.never)?;
        Policy::from_model(model, Arc::new(sources), String::new(), checked.diagnostics).ok()
    }
}
