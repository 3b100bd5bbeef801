//! The options that keep the values of facts out of everything that a command prints and writes.

use super::error::CliError;
use super::findings::Findings;
use super::streams::Streams;
use ereje::Policy;
use ereje::diagnostic::Diagnostic;
use ereje::load::{Bundle, Fence};
use ereje::mask::{Mask, is_known};
use ereje::model::Model;
use ereje::source::Sources;
use serde_json::{Map, Value as Json};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The most bytes of a key that are read. A key is short; another file would be a mistake.
const MAX_KEY: u64 = 1 << 16;

/// The facts that are masked.
#[derive(Debug, Default, clap::Args)]
pub(super) struct MaskArgs {
    /// Show a mark in place of the values of these facts and of what is computed from them: a fact, a group of facts, or a
    /// field of a record as `owners.id`, with commas between
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    mask: Vec<String>,
    /// Make the mark a hash under the key in this file, at least 16 bytes, so that equal values of one fact have equal marks;
    /// also for what the policy masks itself
    #[arg(long, value_name = "FILE")]
    mask_key: Option<PathBuf>,
}

impl MaskArgs {
    /// The mask, with what the policy masks itself; `None` if nothing is masked.
    pub(super) fn resolve(&self, model: &Model) -> Result<Option<Arc<Mask>>, CliError> {
        if self.mask.is_empty() && model.masked().is_empty() {
            return if self.mask_key.is_some() { Err(nothing_masked()) } else { Ok(None) };
        }
        self.of(model, &self.names())
    }

    /// The masks for several policies, each with what it masks itself; `None` for one in which nothing is masked. A name has to
    /// be known to one of them.
    pub(super) fn resolve_all(&self, models: &[&Model]) -> Result<Vec<Option<Arc<Mask>>>, CliError> {
        let names = self.names();
        if let (Some(unknown), Some(first)) =
            (names.iter().find(|name| !models.iter().any(|model| is_known(model, name))), models.first())
        {
            return self.of(first, &[*unknown]).map(|_| Vec::new());
        }
        let mut masks = Vec::with_capacity(models.len());
        for model in models {
            let known: Vec<&str> = names.iter().copied().filter(|name| is_known(model, name)).collect();
            masks.push(if known.is_empty() && model.masked().is_empty() { None } else { self.of(model, &known)? });
        }
        if self.mask_key.is_some() && !models.is_empty() && masks.iter().all(Option::is_none) {
            return Err(nothing_masked());
        }
        Ok(masks)
    }

    /// The masks for two versions of a policy: what is masked in one is masked in the other.
    pub(super) fn resolve_both(&self, models: [&Model; 2]) -> Result<[Option<Arc<Mask>>; 2], CliError> {
        let alone = self.resolve_all(&models)?;
        let names: BTreeSet<String> = models
            .into_iter()
            .zip(&alone)
            .filter_map(|(model, mask)| Some(mask.as_ref()?.names(model)))
            .flatten()
            .collect();
        let both = |model: &Model| {
            let known: Vec<&str> = names.iter().map(String::as_str).filter(|name| is_known(model, name)).collect();
            if known.is_empty() { Ok(None) } else { self.of(model, &known) }
        };
        let [old, new] = models;
        Ok([both(old)?, both(new)?])
    }

    fn names(&self) -> Vec<&str> {
        self.mask.iter().map(String::as_str).collect()
    }

    /// The mask of names that a policy knows, and of what it masks itself.
    pub(super) fn of(&self, model: &Model, names: &[&str]) -> Result<Option<Arc<Mask>>, CliError> {
        let key = match &self.mask_key {
            None => None,
            Some(path) => {
                let mut key = Vec::new();
                let read = File::open(path).and_then(|file| file.take(MAX_KEY + 1).read_to_end(&mut key));
                read.map_err(|error| CliError::read(path, error))?;
                if key.len() as u64 > MAX_KEY {
                    let message = format!("`{}` has more than {MAX_KEY} bytes, which is no key", path.display());
                    return Err(CliError::Usage(message, Some("a key is a file of 16 bytes or a few more".into())));
                }
                Some(key)
            }
        };
        let mask = Mask::new(model, names.iter().copied(), key.as_deref());
        Ok(Some(Arc::new(mask.map_err(|error| CliError::Usage(error.message, Some(error.help)))?)))
    }

    /// Whether findings about a case file are told without what stands in it: `None` if nothing is masked, else whether the policy
    /// says so. The policy may have errors, or be none.
    pub(super) fn hides(&self, policy: &Path, fence: &Fence) -> Option<bool> {
        if !self.mask.is_empty() {
            return Some(false);
        }
        let bundle = Bundle::load_behind(policy, fence).ok()?;
        let says = bundle.sources.iter().any(|(_, source)| source.text.contains("masked"));
        let masked = says && Policy::from_bundle(bundle).map_or(true, |policy| policy.mask().is_some());
        masked.then_some(true)
    }

    /// The file with the key.
    pub(super) fn key_file(&self) -> Option<&PathBuf> {
        self.mask_key.as_ref()
    }

    /// The options as data, which only runs with a mask note: equal for equal marks.
    pub(super) fn note(&self, mask: Option<&Mask>, options: &mut Map<String, Json>) {
        // What the policy masks is known by its digest.
        if let Some(mask) = mask
            && !(self.mask.is_empty() && self.mask_key.is_none())
        {
            options.insert("mask".into(), self.mask.clone().into());
            options.insert("mask_key".into(), mask.fingerprint().into());
        }
    }

    /// The same options on a command line.
    pub(super) fn command_line(&self) -> Vec<OsString> {
        let mut line: Vec<OsString> = self.mask.iter().map(|name| OsString::from(format!("--mask={name}"))).collect();
        if let Some(path) = &self.mask_key {
            line.extend(["--mask-key".into(), path.clone().into()]);
        }
        line
    }
}

fn nothing_masked() -> CliError {
    let help = "name the facts with --mask, or write `masked` at them in the policy";
    CliError::Usage("there is a key, and nothing is masked".into(), Some(help.into()))
}

/// Reports findings about facts without their lines and without the values in them; returns what was said of them.
pub(super) fn report_masked(
    found: &[Diagnostic],
    sources: &Sources,
    mask: &Mask,
    streams: &mut Streams,
) -> Vec<Diagnostic> {
    let found: Vec<Diagnostic> = found.iter().map(|finding| mask.without_values(finding)).collect();
    let mut findings = Findings::default();
    findings.add(sources, &found, str::to_owned);
    findings.say_in_lines(streams);
    found
}
