//! `ereje test --coverage`: shows what of the policies the cases exercised, as text or in files, and checks whether it
//! is enough.

use super::trial_run::TrialRun;
use crate::cases::Suite;
use crate::error::CliError;
use crate::language;
use crate::policy::files_of;
use crate::streams::Streams;
use crate::{Exit, paths, write};
use clap::ValueEnum;
use ereje::facts::nfc;
use ereje_review::coverage::{self, Coverage, CoverageGoal, CoveragePage, Detail, Floor, MeasuredCase, measure};
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};

/// The options for coverage.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Coverage")]
pub(super) struct CoverageArgs {
    /// Show which parts of the policies the cases exercise, and which they do not
    #[arg(long, value_name = "DETAIL", num_args = 0..=1, require_equals = true, default_missing_value = "gaps")]
    coverage: Option<CoverageDetail>,
    /// Only what stands in this policy file, or is part of the rule, exception, definition, norm, fact, group or amendment of
    /// this name; may be repeated
    #[arg(long, value_name = "FILE|ITEM")]
    coverage_of: Vec<String>,
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
    /// The language in which people are told of it.
    language: &'s str,
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
        self.coverage.is_some() || self.elsewhere() || !self.coverage_of.is_empty()
    }

    /// True if coverage is asked for in another form than print.
    fn elsewhere(&self) -> bool {
        self.coverage_html.is_some() || self.coverage_lcov.is_some() || !self.threshold.is_empty()
    }

    /// How much of it is printed with the results. Who asks for the coverage of something, and for nothing else, reads it.
    fn detail(&self) -> Option<CoverageDetail> {
        let asked = !self.coverage_of.is_empty() && !self.elsewhere();
        self.coverage.or(asked.then_some(CoverageDetail::Gaps))
    }

    /// True if coverage is printed with the results.
    pub(super) fn printed(&self) -> bool {
        self.detail().is_some()
    }

    /// Measures the cases that were run, policy by policy; a policy without cases has no coverage.
    ///
    /// # Errors
    /// If nothing is called as is asked for.
    pub(super) fn measured<'s>(
        &self,
        suites: &'s [Suite],
        languages: &'s [String],
        runs: &[TrialRun<'s>],
    ) -> Result<Vec<PolicyCoverage<'s>>, CliError> {
        let of = |(suite, language): (&'s Suite, &'s String)| {
            let own = runs.iter().filter(|run| std::ptr::eq(run.suite, suite));
            let names: Vec<String> =
                own.clone().map(|run| format!("{}: {}", short(run.file), run.trial.name)).collect();
            let cases: Vec<MeasuredCase<'_>> = own
                .zip(&names)
                .map(|(run, name)| MeasuredCase { name, facts: &run.trial.facts, options: &run.trial.options })
                .collect();
            PolicyCoverage { suite, language, coverage: measure(&suite.policy, &cases) }
        };
        let measured = if self.any() { suites.iter().zip(languages).map(of).collect() } else { Vec::new() };
        self.narrowed(measured)
    }

    /// What of it is asked for.
    fn narrowed<'s>(&self, measured: Vec<PolicyCoverage<'s>>) -> Result<Vec<PolicyCoverage<'s>>, CliError> {
        if self.coverage_of.is_empty() || measured.is_empty() {
            return Ok(measured);
        }
        let asked: Vec<String> = self.coverage_of.iter().map(|name| nfc(name).into_owned()).collect();
        let is_of = |one: &PolicyCoverage<'_>, goal: &CoverageGoal, name: &str| {
            let file = one.suite.policy.sources().get(goal.span.file).map_or("", |source| source.name.as_str());
            goal.is_about(name) || is_file(&one.shown(file), name)
        };
        let known =
            |name: &&String| measured.iter().any(|one| one.coverage.goals().any(|(goal, _)| is_of(one, goal, name)));
        if let Some(unknown) = asked.iter().find(|name| !known(name)) {
            let message = format!("there is nothing to exercise in `{unknown}`");
            let help = "--coverage-of takes a policy file, or the name of a rule, exception, definition, norm, fact, group or amendment";
            return Err(CliError::Usage(message, Some(help.into())));
        }
        let narrow = |one: &PolicyCoverage<'s>| {
            let coverage = one.coverage.narrowed(|goal| asked.iter().any(|name| is_of(one, goal, name)));
            PolicyCoverage { suite: one.suite, language: one.language, coverage }
        };
        // A policy without any of it is not told.
        let narrowed = measured.iter().map(narrow).filter(|one| one.coverage.goals().next().is_some());
        Ok(narrowed.collect())
    }

    /// Prints the text if it was asked for.
    pub(super) fn print(&self, measured: &[PolicyCoverage<'_>], streams: &mut Streams) -> Result<(), CliError> {
        let Some(wanted) = self.detail() else { return Ok(()) };
        let detail = match wanted {
            CoverageDetail::Counts => Detail::Counts,
            CoverageDetail::Gaps => Detail::Gaps,
            CoverageDetail::Full => Detail::Full,
        };
        for (number, one) in measured.iter().enumerate() {
            let policy = &one.suite.policy;
            let space = if number > 0 { "\n" } else { "" };
            let summary = coverage::summary(&one.coverage, policy.name(), one.language);
            streams.print(&format!("{space}{summary}\n\n"))?;
            streams.print(&one.coverage.text(policy.sources(), detail, one.language, &|name| one.shown(name)))?;
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
                .map(|(PolicyCoverage { suite, language, coverage }, file)| {
                    let policy = &suite.policy;
                    CoveragePage { name: policy.name(), coverage, sources: policy.sources(), file, language }
                })
                .collect();
            let common = language::common(measured.iter().map(|one| one.language));
            exit = exit.and(file(path, &coverage::html(&pages, common), &read, streams));
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

/// True if a file is the one that is asked for, by its path or by the end of it.
fn is_file(shown: &str, asked: &str) -> bool {
    let (shown, asked) = (Path::new(shown), Path::new(asked));
    asked.extension().is_some_and(|end| end == "ereje" || end == "csv")
        && (shown.ends_with(asked) || asked.ends_with(shown))
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
