//! Upgrades: a policy that is written in one version of the language, in a newer one.
//!
//! Comes in: the files of a policy, and steps, each from one version to a newer one. Goes out: the files in the newest
//! version that the steps lead to, in the one layout; or, where a step finds places whose meaning no text of the newer
//! version keeps, the files as they were before that step, and what a person has to choose there. A step is done for the
//! whole policy or not at all, because an old text under a newer version would have another meaning.

use super::{FormatError, format};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{FileId, Sources, Span};
use crate::syntax::{self, ast, language};

/// How a policy is rewritten from one version of the language to a newer one.
#[derive(Clone, Copy, Debug)]
pub struct UpgradeStep {
    /// The version from which it leads.
    pub from: u32,
    /// The version to which it leads.
    pub to: u32,
    /// What changes in one file, from its tree and its text.
    pub rewrite: fn(&ast::File, &str) -> Rewrites,
}

/// What a step does in one file.
#[derive(Clone, Debug, Default)]
pub struct Rewrites {
    /// Places that do not overlap, each with its new text, which means the same under the newer version.
    pub edits: Vec<(Span, String)>,
    /// Places for which no text of the newer version means the same, each with what there is to choose between.
    pub choices: Vec<(Span, String)>,
}

/// The steps between the versions that there are, in any order.
pub const STEPS: &[UpgradeStep] = &[];

/// A policy in a newer version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpgradedPolicy {
    /// The version in which it was written.
    pub from: u32,
    /// The version in which it is now.
    pub to: u32,
    /// The text of each file, in the order given.
    pub texts: Vec<String>,
    /// The place in this order of the file with the header, which names the version.
    pub header: usize,
    /// The places that keep it from a version beyond, each with what there is to choose between: `a.ereje:3:8: …`.
    pub choices: Vec<String>,
}

/// Why a policy was not upgraded.
#[derive(Debug, thiserror::Error)]
pub enum UpgradeError {
    /// A file has syntax errors, placed in the given texts, or its new text could not be formatted.
    #[error("`{0}`: {1}")]
    Format(String, FormatError),
    /// Not one of the files has the header of a policy, or several have.
    #[error("the files of one policy are upgraded together, and among these {0} have the header of a policy")]
    Headers(usize),
    /// The header names a version that is not known.
    #[error("there is no version {written} of the language; known is {known}")]
    Version {
        /// The version as written.
        written: String,
        /// The known versions, in words.
        known: String,
    },
    /// A step rewrites a place twice; a bug of the step.
    #[error("`{0}`: the rewriting of version {1} overlaps itself; please report this")]
    Overlap(String, u32),
}

/// Upgrades the files of one policy by these steps, and names the version that it is then in.
///
/// # Errors
/// If a file has syntax errors, if not exactly one has the header of a policy, or if its version is not known.
pub fn upgrade(sources: &Sources, files: &[FileId], steps: &[UpgradeStep]) -> Result<UpgradedPolicy, UpgradeError> {
    let mut policy = PolicyTexts { names: Vec::new(), texts: Vec::new() };
    for file in files {
        let (_, diagnostics) = syntax::parse(sources, *file);
        let source = sources.get(*file);
        let name = source.map_or("", |source| source.name.as_str()).to_owned();
        if diagnostics.iter().any(is_error) {
            return Err(UpgradeError::Format(name, FormatError::Syntax(diagnostics)));
        }
        policy.names.push(name);
        policy.texts.push(source.map_or_else(String::new, |source| source.text.to_string()));
    }
    let from = policy.version(steps)?;
    let mut to = from;
    let mut choices = Vec::new();
    while let Some(step) = steps.iter().find(|step| step.from == to && step.to > to) {
        let rewrites = policy.rewrites(step);
        choices = policy.places(&rewrites);
        if !choices.is_empty() {
            break;
        }
        policy = policy.rewritten(rewrites, step.to)?.laid_out(step.to)?;
        to = step.to;
    }
    if to == from && choices.is_empty() {
        policy = policy.laid_out(to)?;
    }
    Ok(UpgradedPolicy { from, to, header: policy.header(), texts: policy.texts, choices })
}

fn is_error(diagnostic: &Diagnostic) -> bool {
    diagnostic.severity() == Severity::Error
}

/// The files of a policy on their way from version to version.
struct PolicyTexts {
    names: Vec<String>,
    texts: Vec<String>,
}

impl PolicyTexts {
    /// The tree of each file. The trees come with sources of their own, to which their places refer.
    fn parsed(&self) -> (Sources, Vec<ast::File>) {
        let mut sources = Sources::new();
        let ids: Vec<FileId> =
            self.names.iter().zip(&self.texts).map(|(name, text)| sources.add(name.as_str(), text.as_str())).collect();
        let trees = ids.into_iter().map(|id| syntax::parse(&sources, id).0).collect();
        (sources, trees)
    }

    /// The version that the one header names.
    fn version(&self, steps: &[UpgradeStep]) -> Result<u32, UpgradeError> {
        let (_, trees) = self.parsed();
        let headers: Vec<&ast::PolicySyntax> = trees.iter().flat_map(headers).collect();
        let [header] = headers.as_slice() else { return Err(UpgradeError::Headers(headers.len())) };
        let Some(written) = &header.language else { return Ok(language::OLDEST) };
        let newest = steps.iter().map(|step| step.to).fold(language::NEWEST, u32::max);
        let version = written.text.parse().ok().filter(|version| (language::OLDEST..=newest).contains(version));
        version.ok_or_else(|| UpgradeError::Version { written: written.text.clone(), known: language::known() })
    }

    /// The place of the file with the header.
    fn header(&self) -> usize {
        let (_, trees) = self.parsed();
        trees.iter().position(|tree| headers(tree).next().is_some()).unwrap_or(0)
    }

    fn rewrites(&self, step: &UpgradeStep) -> Vec<Rewrites> {
        let (_, trees) = self.parsed();
        trees.iter().zip(&self.texts).map(|(tree, text)| (step.rewrite)(tree, text)).collect()
    }

    /// The places where a person has to choose.
    fn places(&self, rewrites: &[Rewrites]) -> Vec<String> {
        let (sources, _) = self.parsed();
        let choices = rewrites.iter().flat_map(|rewrites| &rewrites.choices);
        choices.map(|(place, what)| format!("{}: {what}", sources.locate(*place))).collect()
    }

    /// The texts with all edits of a step.
    fn rewritten(mut self, rewrites: Vec<Rewrites>, version: u32) -> Result<Self, UpgradeError> {
        for ((text, name), rewrites) in self.texts.iter_mut().zip(&self.names).zip(rewrites) {
            let mut edits = rewrites.edits;
            edits.sort_by_key(|(place, _)| (place.start, place.end));
            let mut out = String::with_capacity(text.len());
            let mut done = 0;
            for (place, new) in edits {
                let before = text.get(done..place.start as usize);
                let before = before.ok_or_else(|| UpgradeError::Overlap(name.clone(), version))?;
                out.push_str(before);
                out.push_str(&new);
                done = place.end as usize;
            }
            let rest = text.get(done..).ok_or_else(|| UpgradeError::Overlap(name.clone(), version))?;
            out.push_str(rest);
            *text = out;
        }
        Ok(self)
    }

    /// The texts in the one layout, with the version in the header.
    fn laid_out(mut self, version: u32) -> Result<Self, UpgradeError> {
        let (_, trees) = self.parsed();
        for ((text, name), tree) in self.texts.iter_mut().zip(&self.names).zip(&trees) {
            for header in headers(tree) {
                let (place, new) = match &header.language {
                    Some(written) => (written.span, version.to_string()),
                    None => (header.name.span.after(), format!("\n  language {version}")),
                };
                text.replace_range(place.start as usize..place.end as usize, &new);
            }
            let mut sources = Sources::new();
            let file = sources.add(name.as_str(), text.as_str());
            *text = format(&sources, file).map_err(|error| UpgradeError::Format(name.clone(), error))?;
        }
        Ok(self)
    }
}

/// The headers of policies in a file.
fn headers(file: &ast::File) -> impl Iterator<Item = &ast::PolicySyntax> {
    file.items.iter().filter_map(|item| if let ast::ItemSyntax::Policy(policy) = item { Some(policy) } else { None })
}
