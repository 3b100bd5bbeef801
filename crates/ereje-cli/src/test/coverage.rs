//! `ereje test --coverage`: shows what of the policies the cases exercised, as text or in files, and checks whether it
//! is enough.

use super::trial_run::TrialRun;
use crate::cases::Suite;
use crate::error::CliError;
use crate::findings::counted;
use crate::policy::files_of;
use crate::streams::Streams;
use crate::{Exit, paths, write};
use clap::ValueEnum;
use ereje_review::coverage::{self, Coverage, CoveragePage, Detail, Floor, MeasuredCase, measure};
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};

/// The options for coverage.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Coverage")]
pub(super) struct CoverageArgs {
    /// Show which parts of the policies the cases exercise, and which they do not
    #[arg(long, value_name = "DETAIL", num_args = 0..=1, require_equals = true, default_missing_value = "gaps")]
    coverage: Option<CoverageDetail>,
    /// Write the same as a page, with the policy files marked
    #[arg(long, value_name = "FILE")]
    coverage_html: Option<PathBuf>,
    /// Write the same as an lcov tracefile, for editors and code hosts
    #[arg(long, value_name = "FILE")]
    coverage_lcov: Option<PathBuf>,
    /// Fail if less of a kind is exercised: `95` applies to each kind, `rules=100` to one; may be repeated
    #[arg(long, value_name = "[KIND=]PERCENT", value_parser = Floor::read)]
    threshold: Vec<Floor>,
}

/// How much is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum CoverageDetail {
    /// The counts by kind
    Counts,
    /// And each line where something is not exercised
    Gaps,
    /// And every line, with the number of cases that exercise it
    Full,
}

/// The coverage of one policy.
pub(super) struct PolicyCoverage<'s> {
    suite: &'s Suite,
    coverage: Coverage,
}

impl PolicyCoverage<'_> {
    fn shown(&self, name: &str) -> String {
        paths::shown(&self.suite.path, name)
    }
}

impl CoverageArgs {
    /// True if coverage has to be measured.
    pub(super) fn any(&self) -> bool {
        self.coverage.is_some()
            || self.coverage_html.is_some()
            || self.coverage_lcov.is_some()
            || !self.threshold.is_empty()
    }

    /// True if coverage is printed with the results.
    pub(super) fn printed(&self) -> bool {
        self.coverage.is_some()
    }

    /// Measures the cases that were run, policy by policy; a policy without cases has no coverage.
    pub(super) fn measured<'s>(&self, suites: &'s [Suite], runs: &[TrialRun<'s>]) -> Vec<PolicyCoverage<'s>> {
        let of = |suite: &'s Suite| {
            let own = runs.iter().filter(|run| std::ptr::eq(run.suite, suite));
            let names: Vec<String> =
                own.clone().map(|run| format!("{}: {}", short(run.file), run.trial.name)).collect();
            let cases: Vec<MeasuredCase<'_>> = own
                .zip(&names)
                .map(|(run, name)| MeasuredCase { name, facts: &run.trial.facts, options: &run.trial.options })
                .collect();
            PolicyCoverage { suite, coverage: measure(&suite.policy, &cases) }
        };
        if self.any() { suites.iter().map(of).collect() } else { Vec::new() }
    }

    /// Prints the text if it was asked for.
    pub(super) fn print(&self, measured: &[PolicyCoverage<'_>], streams: &mut Streams) -> Result<(), CliError> {
        let Some(wanted) = self.coverage else { return Ok(()) };
        let detail = match wanted {
            CoverageDetail::Counts => Detail::Counts,
            CoverageDetail::Gaps => Detail::Gaps,
            CoverageDetail::Full => Detail::Full,
        };
        for (number, one) in measured.iter().enumerate() {
            let policy = &one.suite.policy;
            let cases = counted(one.coverage.cases().len(), "case");
            let space = if number > 0 { "\n" } else { "" };
            streams.print(&format!("{space}what {cases} exercise of {}\n\n", policy.name()))?;
            streams.print(&one.coverage.text(policy.sources(), detail, &|name| one.shown(name)))?;
        }
        Ok(())
    }

    /// The coverage as data, by policy.
    pub(super) fn json(measured: &[PolicyCoverage<'_>]) -> Json {
        let policies = measured.iter().map(|one| {
            let policy = &one.suite.policy;
            let mut map = json!({ "policy": policy.name() });
            let found = one.coverage.json(policy.sources(), &|name| one.shown(name));
            if let (Some(map), Json::Object(found)) = (map.as_object_mut(), found) {
                map.extend(found);
            }
            map
        });
        policies.collect()
    }

    /// Writes the files that were asked for.
    pub(super) fn write(&self, measured: &[PolicyCoverage<'_>], streams: &mut Streams) -> Exit {
        let mut exit = Exit::Done;
        let mut read: Vec<PathBuf> = Vec::new();
        for PolicyCoverage { suite, .. } in measured {
            read.extend(files_of(&suite.path, suite.policy.sources()));
            read.extend(suite.files.iter().map(|file| PathBuf::from(&file.name)));
        }
        if let Some(path) = &self.coverage_html {
            let files: Vec<_> = measured.iter().map(|one| |name: &str| one.shown(name)).collect();
            let pages: Vec<CoveragePage<'_>> = measured
                .iter()
                .zip(&files)
                .map(|(PolicyCoverage { suite, coverage }, file)| {
                    let policy = &suite.policy;
                    CoveragePage { name: policy.name(), coverage, sources: policy.sources(), file }
                })
                .collect();
            exit = exit.and(file(path, &coverage::html(&pages), &read, streams));
            read.push(path.clone());
        }
        if let Some(path) = &self.coverage_lcov {
            let text: String = measured
                .iter()
                .map(|one| one.coverage.lcov(one.suite.policy.sources(), &|name| one.shown(name)))
                .collect();
            exit = exit.and(file(path, &text, &read, streams));
        }
        exit
    }

    /// Reports the kinds of which too little is exercised.
    pub(super) fn judge(&self, measured: &[PolicyCoverage<'_>], streams: &mut Streams) -> Exit {
        let mut exit = Exit::Done;
        for one in measured {
            for (kind, ratio, percent) in one.coverage.below(&self.threshold) {
                let needed = (ratio.all * percent as usize).div_ceil(100).saturating_sub(ratio.reached);
                streams.error(&format!(
                    "{}: {} of the {kind} exercised, {percent}% asked for: {needed} more of {} needed",
                    one.suite.policy.name(),
                    ratio.percent(),
                    ratio.all
                ));
                exit = Exit::Found;
            }
        }
        exit
    }
}

/// `policies/kz/pilot.test.yaml` is `pilot`.
fn short(file: &str) -> &str {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.strip_suffix(".test.yaml").unwrap_or(name)
}

fn file(path: &Path, text: &str, read: &[PathBuf], streams: &mut Streams) -> Exit {
    match write::report(path, text, read.iter().cloned()) {
        Ok(()) => Exit::Done,
        Err(error) => {
            streams.failure(&error);
            Exit::CouldNotRun
        }
    }
}
