//! `ereje test`: runs the cases of policies.

mod coverage;
mod junit;
mod phrases;
mod trial_run;

use super::cases::{self, LoadedSuites, RunError, Suite};
use super::error::CliError;
use super::language::{self, LanguageArgs};
use super::mask::MaskArgs;
use super::paths::RootArgs;
use super::streams::{Streams, exact_json};
use super::{CliResult, Exit, paths, watch};
use clap::ValueEnum;
use ereje::documents::TEST;
use ereje::visible::visible;
use ereje_review::cases::Trial;
use ereje_review::phrases::say;
use phrases::{TestPhrases, phrases};
use rayon::prelude::*;
use serde_json::{Value as Json, json};
use std::path::PathBuf;
use trial_run::{TrialRun, body};

/// Run the cases of policies
///
/// Decides every case of the `*.test.yaml` files and says what is not as expected, with the rule that accounts for it.
/// docs/testing.md shows how cases are written.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  ereje test policies                          all cases of all policies
  ereje test policies --filter consent         those whose name, file or law has this in it
  ereje test policies --watch                  again whenever a file changes
  ereje test policies --format junit > report.xml
  ereje test policies --coverage               and what of the policies the cases exercise
  ereje test policies --coverage-of kz.pilot   of one amendment, item or file
  ereje test policies --threshold 80 --threshold rules=100
  ereje test policies/kz --mask applicant      without the values of these facts

Exit codes: 0 every case is as expected; 1 a case is not, too little is exercised, or a policy has errors; 2 a case file
could not be read, or the usage is wrong.")]
pub(super) struct TestArgs {
    /// Case files, or folders of them
    #[arg(value_name = "PATH", required = true, value_parser = paths::parser())]
    paths: Vec<PathBuf>,
    /// Only cases with this in their name, file or law; case does not matter
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Run again whenever a file changes, until interrupted
    #[arg(long)]
    watch: bool,
    /// List each case, including those that are as expected
    #[arg(long)]
    list: bool,
    #[command(flatten)]
    language: LanguageArgs,
    /// How to print the results
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: TestFormat,
    #[command(flatten)]
    coverage: coverage::CoverageArgs,
    #[command(flatten)]
    mask: MaskArgs,
    #[command(flatten)]
    root: RootArgs,
}

/// How to print the results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum TestFormat {
    /// For people
    Text,
    /// JSON
    Json,
    /// JUnit XML, for build servers
    Junit,
}

pub(super) fn run(args: &TestArgs, streams: &mut Streams) -> CliResult {
    if args.watch { watch::run(&args.root, streams, |streams| once(args, streams)) } else { once(args, streams) }
}

/// Reads everything, runs it once, and reports the results.
fn once(args: &TestArgs, streams: &mut Streams) -> CliResult {
    if args.coverage.printed() && args.format == TestFormat::Junit {
        let help = "`--coverage-lcov FILE` and `--coverage-html FILE` write it beside".into();
        return Err(CliError::Usage("JUnit XML has no place for coverage".into(), Some(help)));
    }
    let LoadedSuites { suites, errors, exit } = cases::load(&args.paths, &args.root, &args.mask, streams)?;
    let languages: Vec<String> = suites.iter().map(|suite| args.language.of(&suite.policy, streams)).collect();
    let runs = all(&suites, &languages, args.filter.as_deref());
    let common = phrases(language::common(languages.iter().map(String::as_str)));
    let measured = args.coverage.measured(&suites, &languages, &runs)?;
    match args.format {
        TestFormat::Text => {
            print_text(&runs, args.list, streams)?;
            args.coverage.print(&measured, streams)?;
        }
        TestFormat::Json => {
            let mut json = machine(&runs, &errors);
            if let (Some(map), true) = (json.as_object_mut(), args.coverage.printed()) {
                map.insert("coverage".into(), coverage::CoverageArgs::json(&measured));
            }
            streams.print_exactly(&exact_json(serde_json::to_string_pretty(&json))?)?;
        }
        TestFormat::Junit => streams.print_exactly(&junit::report(&runs, &errors)?)?,
    }
    streams.flush()?;
    if let (Some(filter), true, false) = (&args.filter, runs.is_empty(), suites.is_empty()) {
        streams.error(&format!("no case has `{filter}` in its name, file or law"));
        return Ok(Exit::CouldNotRun);
    }
    let failed = runs.iter().filter(|run| !run.holds()).count();
    if !suites.is_empty() {
        streams.say(&summary(runs.len(), failed, exit, common));
    }
    let written = args.coverage.write(&measured, streams);
    let enough = args.coverage.judge(&measured, streams);
    Ok(exit.and(if failed > 0 { Exit::Found } else { Exit::Done }).and(written).and(enough))
}

fn summary(total: usize, failed: usize, exit: Exit, phrases: &TestPhrases) -> String {
    let [one, several] = phrases.some_are_not;
    let sentence = match failed {
        0 if total == 0 => phrases.none_run,
        0 => phrases.all_as_expected,
        1 => one,
        _ => several,
    };
    let result = say(sentence, &[&phrases.counted_cases(total), &phrases.count(failed)]);
    match exit {
        Exit::Done => result,
        Exit::Found | Exit::Undetermined | Exit::Faulty | Exit::CouldNotRun => result + phrases.errors_above,
    }
}

/// Runs the trials that match a filter, on all cores; the results are in the order of the files.
fn all<'s>(suites: &'s [Suite], languages: &'s [String], filter: Option<&str>) -> Vec<TrialRun<'s>> {
    let wanted =
        |file: &str, trial: &Trial| cases::matches(filter, &[file, &trial.name, trial.law.as_deref().unwrap_or("")]);
    let mut chosen = Vec::new();
    for (suite, language) in suites.iter().zip(languages) {
        for (index, trial) in &suite.trials {
            let file = suite.files.get(*index).map_or("", |file| file.name.as_str());
            if wanted(file, trial) {
                chosen.push((suite, language, file, trial));
            }
        }
    }
    chosen
        .into_par_iter()
        .map(|(suite, language, file, trial)| {
            // Only a trial that fails is decided with an explanation.
            let holds = trial.holds(&suite.policy);
            let judgement = if holds { None } else { trial.run(&suite.policy).ok() };
            TrialRun { suite, language, file, trial, holds, judgement }
        })
        .collect()
}

const RED: &str = "\x1b[1;31m";
const GREEN: &str = "\x1b[32m";
const PLAIN: &str = "\x1b[0m";

fn print_text(runs: &[TrialRun<'_>], list: bool, streams: &mut Streams) -> Result<(), CliError> {
    let mut file = "";
    for run in runs {
        if list && file != run.file {
            streams.print(&format!("{}{}\n", if file.is_empty() { "" } else { "\n" }, visible(run.file)))?;
            file = run.file;
        }
        if !run.holds() {
            streams.print(&failure(run))?;
        } else if list {
            streams.print(&format!("  {GREEN}✓{PLAIN} {}\n", visible(&run.trial.name)))?;
        }
    }
    Ok(())
}

/// The report on a case that is not as expected, for people.
fn failure(run: &TrialRun<'_>) -> String {
    let law = run.trial.law.as_ref().map_or_else(String::new, |law| format!("  ({})", visible(law)));
    let (name, place) = (visible(&run.trial.name), run.place());
    let phrases = phrases(run.language);
    let at = say(phrases.at, &[&visible(&place)]);
    let mut out = format!("{RED}{}{PLAIN}: {name}{law}\n  {at}\n", phrases.not_as_expected);
    out.push_str(&body(run, phrases, run.language));
    out.push('\n');
    out
}

fn machine(runs: &[TrialRun<'_>], errors: &[RunError]) -> Json {
    let failed = runs.iter().filter(|run| !run.holds()).count();
    let cases: Vec<Json> = runs
        .iter()
        .map(|run| {
            let mut case = json!({
                "name": run.trial.name,
                "law": run.trial.law,
                "file": run.file,
                "place": run.place(),
                "policy": run.suite.policy.name(),
                "as_expected": run.holds(),
            });
            if let (Some(map), Some(judgement), false) = (case.as_object_mut(), &run.judgement, run.holds()) {
                let wrong = judgement.wrong.iter().map(|wrong| {
                    json!({
                        "part": wrong.part,
                        "expected": wrong.expected,
                        "got": wrong.got,
                        "place": run.suite.sources.locate(wrong.span),
                    })
                });
                map.insert("wrong".into(), wrong.collect());
                map.insert("because".into(), json!(judgement.decisive()));
                let decision = serde_json::to_value(&judgement.decision).unwrap_or(Json::Null);
                map.insert("decision".into(), decision);
            }
            case
        })
        .collect();
    let errors: Vec<Json> = errors.iter().map(RunError::to_json).collect();
    json!({ "schema": TEST, "cases": cases, "total": runs.len(), "failed": failed, "errors": errors })
}
