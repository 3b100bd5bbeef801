//! The common part of the commands that decide: a policy, the question, and fact files.

use super::error::CliError;
use super::findings::Findings;
use super::mask::report_masked;
use super::paths::{self, RootArgs};
use super::streams::Streams;
use chrono::{Datelike as _, NaiveDate};
use ereje::diagnostic::{self, Diagnostic, UnreadPath, add_bytes, nearest};
use ereje::engine::DecideOptions;
use ereje::facts::limits::MAX_FILE;
use ereje::facts::{Format, nfc};
use ereje::load::{Bundle, Fence};
use ereje::mask::Mask;
use ereje::model::{Expr, Item, Role};
use ereje::plan::Plan;
use ereje::source::{FileId, Sources};
use ereje::{Error, Policy};
use serde_json::{Value as Json, json};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The policy, and the question besides the facts.
#[derive(Debug, clap::Args)]
pub(super) struct QuestionArgs {
    /// The policy: a folder, or a file with what it imports
    #[arg(short, long, value_name = "PATH")]
    policy: PathBuf,
    /// The decision to make, where the policy makes several
    #[arg(long, value_name = "NAME")]
    decision: Option<String>,
    /// Decide as of this day, in place of the policy's governing date; facts stay as they are
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    as_of: Option<NaiveDate>,
    /// Decide in this region, in place of the policy's governing region; facts stay as they are
    #[arg(long, value_name = "NAME")]
    region: Option<String>,
    /// Make another choice for an assumption; may be repeated
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    assume: Vec<(String, String)>,
    #[command(flatten)]
    root: RootArgs,
}

fn day(text: &str) -> Result<NaiveDate, String> {
    let day: Option<NaiveDate> = if text.len() == 10 { text.parse().ok() } else { None };
    // Policies and facts have the same years.
    let day = day.filter(|day| (1..=9999).contains(&day.year()));
    day.ok_or_else(|| String::from("a day that exists is expected, written as 2026-01-31"))
}

fn pair(text: &str) -> Result<(String, String), String> {
    let split = text.split_once('=').filter(|(name, _)| !name.trim().is_empty());
    let (name, value) = split.ok_or_else(|| String::from("NAME=VALUE is expected"))?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

/// Loads a policy; `None` if it has errors, which are then reported.
pub(super) fn load(path: &Path, fence: &Fence, streams: &mut Streams) -> Result<Option<Policy>, CliError> {
    Ok(load_or_findings(path, fence, streams)?.ok())
}

/// The same with the findings of a policy that has errors, which have been reported.
pub(super) fn load_or_findings(
    path: &Path,
    fence: &Fence,
    streams: &mut Streams,
) -> Result<Result<Policy, Findings>, CliError> {
    // A folder of policies is no policy; if it has a single one, that one is meant.
    let inside = if path.is_dir() { paths::policies(path, fence)? } else { Vec::new() };
    let path = match inside.as_slice() {
        [] => path,
        [one] => one,
        several => {
            let names: Vec<String> = several.iter().map(|path| format!("`{}`", path.display())).collect();
            let help = format!("name one of {}", names.join(", "));
            return Err(CliError::Usage(format!("`{}` holds several policies", path.display()), Some(help)));
        }
    };
    match Bundle::load_behind(path, fence).map_err(Error::from).and_then(Policy::from_bundle) {
        Ok(policy) => Ok(Ok(policy)),
        Err(Error::Load(error)) => Err(error.into()),
        Err(Error::Findings(found)) => {
            let mut findings = Findings::default();
            findings.add(&found.sources, &found.diagnostics, |name| paths::shown(path, name));
            findings.say(streams);
            streams.error(&format!("the policy `{}` has errors, so nothing is decided", path.display()));
            Ok(Err(findings))
        }
        Err(other) => Err(CliError::Usage(other.to_string(), None)),
    }
}

/// The files on the disk of a policy that was loaded from a path.
pub(super) fn files_of(policy: &Path, sources: &Sources) -> Vec<PathBuf> {
    let folder = if policy.is_dir() { Some(policy) } else { policy.parent() };
    sources.iter().map(|(_, source)| folder.unwrap_or(Path::new("")).join(&source.name)).collect()
}

impl QuestionArgs {
    /// The question as data: equal for equal questions.
    pub(super) fn to_json(&self) -> Json {
        // The policy rejects two choices for one assumption, so their order does not matter.
        let assume: BTreeMap<&str, &str> = self.assume.iter().map(|(name, value)| (&**name, &**value)).collect();
        json!({ "decision": self.decision, "as_of": self.as_of, "region": self.region, "assume": assume })
    }

    /// The same question on a command line.
    pub(super) fn command_line(&self) -> Vec<OsString> {
        let mut line: Vec<OsString> = vec!["--policy".into(), self.policy.clone().into()];
        let as_of = self.as_of.map(|day| day.to_string());
        let options = [("--decision", &self.decision), ("--as-of", &as_of), ("--region", &self.region)];
        for (option, value) in options {
            // One word, so that no value passes for an option.
            line.extend(value.iter().map(|value| OsString::from(format!("{option}={value}"))));
        }
        line.extend(self.assume.iter().map(|(name, value)| OsString::from(format!("--assume={name}={value}"))));
        line.extend(self.root.command_line());
        line
    }

    /// The files of the policy on the disk, the tables and calendars that it names included.
    pub(super) fn files(&self, policy: &Policy) -> Result<Vec<PathBuf>, CliError> {
        let fence = self.root.of(&self.policy)?;
        let inside = if self.policy.is_dir() { paths::policies(&self.policy, &fence)? } else { Vec::new() };
        Ok(files_of(inside.first().unwrap_or(&self.policy), policy.sources()))
    }

    /// Says that the fact which tells the governing day, or the place, stays as it is under another one, where something else
    /// in the policy reads it.
    pub(super) fn note_what_stays(&self, policy: &Policy, streams: &mut Streams) {
        let model = policy.model();
        let changed = [
            (self.as_of.is_some(), Role::GoverningDate, "--as-of", "day"),
            (self.region.is_some(), Role::GoverningRegion, "--region", "place"),
        ];
        for (_, role, option, what) in changed.into_iter().filter(|(given, ..)| *given) {
            let governing = model.parts(Item::AsOf).one(role).and_then(Expr::names);
            let Some(Item::Fact(fact)) = governing else { continue };
            let read = model.expressions().into_iter().any(|(item, _, expr)| {
                let mut reads = false;
                expr.walk(&mut |e| reads |= e.names() == governing);
                item != Item::AsOf && reads
            });
            if read {
                let path = model.facts.at(fact).path();
                streams.note(&format!(
                    "note: {option} says which {what}'s law governs; `{path}` stays as the facts have it, and the policy reads it"
                ));
            }
        }
    }

    /// The policy with the options asked for and the plan for them; `None` if the policy has errors, which are then
    /// reported.
    pub(super) fn resolve(
        &self,
        streams: &mut Streams,
    ) -> Result<Option<(Policy, DecideOptions, Arc<Plan>)>, CliError> {
        let Some(policy) = load(&self.policy, &self.root.of(&self.policy)?, streams)? else { return Ok(None) };
        let usage = |error: Error| CliError::Usage(error.to_string(), None);
        let decision = self.decision.as_deref().map(|name| policy.decision(name)).transpose().map_err(usage)?;
        let region = match &self.region {
            None => None,
            Some(name) => Some(policy.engine().region(name).ok_or_else(|| {
                let near = nearest(name, policy.model().regions.iter().map(|r| r.name.as_str()));
                let help = near.map(|near| format!("did you mean `{near}`?"));
                CliError::Usage(format!("the policy knows no region `{name}`"), help)
            })?),
        };
        let mut assumed: BTreeSet<Cow<'_, str>> = BTreeSet::new();
        if let Some((name, _)) = self.assume.iter().find(|(name, _)| !assumed.insert(nfc(name))) {
            return Err(CliError::Usage(format!("`{name}` is assumed twice"), Some("make one choice for it".into())));
        }
        let made = self.assume.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let choices = if self.assume.is_empty() { None } else { Some(policy.assume(made).map_err(usage)?) };
        let options = DecideOptions { decision, as_of: self.as_of, region, choices, explain: false };
        match policy.engine().plan_for(&options) {
            Ok(plan) => Ok(Some((policy, options, plan))),
            Err(diagnostics) => {
                let mut findings = Findings::default();
                findings.add(policy.sources(), &diagnostics, |name| paths::shown(&self.policy, name));
                findings.say(streams);
                streams.error("under these assumptions the policy has errors, so nothing is decided");
                Ok(None)
            }
        }
    }
}

/// A fact file that was read.
pub(super) struct FactFile {
    pub(super) sources: Sources,
    pub(super) file: FileId,
    pub(super) format: Format,
}

/// Reads a fact file; `-` is stdin. If it cannot be read, the error is reported and returned as data,
/// without what stands in the file if that is masked.
pub(super) fn read_facts(path: &Path, mask: Option<&Mask>, streams: &mut Streams) -> Result<FactFile, Json> {
    let stdin = path == Path::new("-");
    let name = if stdin { String::from("stdin") } else { path.display().to_string() };
    let bytes = if stdin { read(io::stdin().lock()) } else { File::open(path).and_then(read) };
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(error) => {
            let error = CliError::read(Path::new(&name), error);
            streams.failure(&error);
            let unread = UnreadPath { path: name, why: error.to_string() };
            return Err(as_json(&diagnostic::json(&[], &Sources::new(), &[unread])));
        }
    };
    let mut sources = Sources::new();
    match add_bytes(&mut sources, &name, &bytes) {
        Ok(file) => {
            let text = sources.get(file).map_or("", |source| &source.text);
            let format = Format::of_name(&name).unwrap_or_else(|| Format::of_text(text));
            Ok(FactFile { sources, file, format })
        }
        Err(finding) => Err(report(&[*finding], &sources, mask, streams)),
    }
}

/// Reports the findings about a fact file, and returns them as data; masked, without what stands in the file.
pub(super) fn report(found: &[Diagnostic], sources: &Sources, mask: Option<&Mask>, streams: &mut Streams) -> Json {
    if let Some(mask) = mask {
        let found = report_masked(found, sources, mask, streams);
        return as_json(&diagnostic::json(&found, sources, &[]));
    }
    let mut findings = Findings::default();
    findings.add(sources, found, str::to_owned);
    findings.say(streams);
    as_json(&diagnostic::json(found, sources, &[]))
}

/// What the renderer wrote, which is valid JSON.
fn as_json(findings: &str) -> Json {
    serde_json::from_str(findings).unwrap_or(Json::Null)
}

/// Reads at most one byte more than a fact file may have, so that a file that is too large is noticed.
fn read(from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(MAX_FILE as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
