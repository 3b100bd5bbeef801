//! `ereje eval`: decides fact files, for people or programs.

use super::error::CliError;
use super::findings::counted;
use super::language::LanguageArgs;
use super::mask::MaskArgs;
use super::policy::{QuestionArgs, read_facts, report};
use super::streams::{Streams, exact_json};
use super::{CliResult, Exit};
use clap::ValueEnum;
use ereje::documents;
use ereje::explain::Decision;
use ereje::facts::FactSet;
use ereje::source::{Sources, Span};
use ereje::visible::{in_yaml, is_hidden, visible};
use ereje::{DecideOptions, Policy};
use serde_json::{Map, Value as Json};
use std::path::{Path, PathBuf};

/// Decide applications
///
/// Reads fact files in YAML, JSON or CSV and prints what the policy decides, with every reason and its source. A file may
/// hold several documents. A file or document that cannot be read is reported, and the others are decided all the same.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  ereje eval -p policies/kz facts.yaml                        for a person, in English
  ereje eval -p policies/kz facts.yaml --lang ru --explain    in Russian, with the whole why
  ereje eval -p policies/kz facts.yaml --explain=short        on twelve lines at most, for a clerk
  ereje eval -p policies/kz *.yaml --format json              for a program
  ereje eval -p policies/kz facts.yaml --as-of 2026-07-01     as of another day
  ereje eval -p policies/kz facts.yaml --assume online_only_from=2025-11-24
  ereje eval -p policies/kz facts.yaml --mask applicant,owners  without the values of these facts
  curl -s … | ereje eval -p policies/kz -                     from stdin

In JSON and YAML one document gives an object: the decision, or `errors` with `file` and `document` (from 1) if it could not be
made. Several give a list of such, each with `file` and `document`. `ereje schema --of decision` describes it.

Exit codes: 0 every document is decided; 1 the policy has errors; 2 a fact file could not be read, or the usage is wrong;
3 a decision is undetermined; 4 a decision has a fault. Of several the first of 2, 4, 3, 1.")]
pub(super) struct EvalArgs {
    #[command(flatten)]
    question: QuestionArgs,
    /// Fact files; `-` is stdin
    #[arg(value_name = "FACTS", required = true)]
    facts: Vec<PathBuf>,
    #[command(flatten)]
    language: LanguageArgs,
    /// Say why: in full, what fired and then every other rule, with the clause that decided it; `--explain=short` only what
    /// fired and what it rests on, on at most twelve lines
    #[arg(long, value_name = "HOW", num_args = 0..=1, require_equals = true, default_missing_value = "full")]
    explain: Option<Explanation>,
    /// How to print decisions
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: DecisionFormat,
    #[command(flatten)]
    mask: MaskArgs,
}

/// How to print decisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum DecisionFormat {
    /// For people
    Text,
    /// JSON
    Json,
    /// YAML
    Yaml,
}

/// How much is explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Explanation {
    /// Every rule; in JSON and YAML always
    Full,
    /// What fired, on at most twelve lines
    Short,
}

/// A document of a fact file with its result.
struct DocumentResult {
    file: String,
    /// From 1.
    document: usize,
    decision: Result<Decision, Json>,
}

pub(super) fn run(args: &EvalArgs, streams: &mut Streams) -> CliResult {
    let Some((policy, mut options, _)) = args.question.resolve(streams)? else { return Ok(Exit::Found) };
    let mask = args.mask.resolve(policy.model())?;
    let policy = policy.masked(mask);
    let mask = policy.mask().map(AsRef::as_ref);
    args.question.note_what_stays(&policy, streams);
    options.explain = args.explain.is_some();
    let language = args.language.of(&policy, streams);
    let mut results: Vec<DocumentResult> = Vec::new();
    let mut unread: Vec<String> = Vec::new();
    for path in &args.facts {
        let shown = if path == Path::new("-") { String::from("stdin") } else { path.display().to_string() };
        let file = match read_facts(path, mask, streams) {
            Ok(file) => file,
            Err(errors) => {
                results.push(DocumentResult { file: shown.clone(), document: 1, decision: Err(errors) });
                unread.push(shown);
                continue;
            }
        };
        let documents = ereje::facts::decode(policy.model(), &file.sources, file.file, file.format);
        let several = documents.len() > 1;
        for document in documents {
            let number = document.index + 1;
            let errors = report(&document.findings, &file.sources, mask, streams);
            let decide = |facts: &FactSet, options: &DecideOptions| {
                let decided = policy.decide_with(facts, options);
                decided.map_err(|e| CliError::Usage(e.to_string(), None))
            };
            let decision = match document.facts {
                Some(facts) => {
                    let decision = decide(&facts, &options)?;
                    if decision.is_impossible() {
                        let told = decide(&facts, &DecideOptions { explain: true, ..options.clone() })?;
                        let at = first_line(document.span, &file.sources);
                        Err(report(&told.impossible(&language, at), &file.sources, mask, streams))
                    } else {
                        Ok(decision)
                    }
                }
                None => Err(errors),
            };
            if decision.is_err() {
                unread.push(if several { format!("{shown} (document {number})") } else { shown.clone() });
            }
            results.push(DocumentResult { file: shown.clone(), document: number, decision });
        }
    }
    match args.format {
        DecisionFormat::Text => print_text(&policy, &results, (&language, args.explain), streams)?,
        DecisionFormat::Json => {
            streams.print_exactly(&exact_json(serde_json::to_string_pretty(&machine(&results)?))?)?;
        }
        DecisionFormat::Yaml => {
            streams.print_exactly(&yaml(machine(&results)?)?)?;
        }
    }
    streams.flush()?;
    if !unread.is_empty() {
        let decided = results.len() - unread.len();
        streams.error(&format!("not decided: {}", unread.join(", ")));
        if decided > 0 {
            streams.say(&format!("decided {decided} of {}", counted(results.len(), "document")));
        }
    }
    let ends = results.iter().map(|result| result.decision.as_ref().map_or(Exit::CouldNotRun, end));
    Ok(ends.fold(Exit::Done, Exit::and))
}

/// The first line of a document with something in it.
fn first_line(document: Span, sources: &Sources) -> Span {
    let text = sources.slice(document);
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let shown = line.trim_end();
        if !matches!(shown, "" | "---") && !shown.starts_with('#') {
            let start = document.start as usize + start;
            return Span::new(document.file, start, start + shown.len());
        }
        start += line.len();
    }
    document
}

/// The exit code for a decision.
fn end(decision: &Decision) -> Exit {
    match (decision.faults.is_empty(), decision.is_undetermined()) {
        (false, _) => Exit::Faulty,
        (true, true) => Exit::Undetermined,
        (true, false) => Exit::Done,
    }
}

fn print_text(
    policy: &Policy,
    results: &[DocumentResult],
    (language, explain): (&str, Option<Explanation>),
    streams: &mut Streams,
) -> Result<(), CliError> {
    let several = results.len() > 1;
    let mut first = true;
    for result in results {
        let Ok(decision) = &result.decision else { continue };
        if !first {
            streams.print("\n")?;
        }
        first = false;
        if several {
            let many = results.iter().filter(|e| e.file == result.file).count() > 1;
            let document = if many { format!(", document {}", result.document) } else { String::new() };
            streams.print(&format!("── {}{document}\n", visible(&result.file)))?;
        }
        let text = match explain {
            Some(Explanation::Short) => policy.short_text(decision, language),
            Some(Explanation::Full) | None => policy.text(decision, language),
        };
        streams.print(&text)?;
    }
    Ok(())
}

/// A value as YAML for programs. A text in which something hides, or that has several lines, stands in double quotes with
/// escapes: the writer would write some hidden characters as they are, and a second line like a key.
fn yaml(mut value: Json) -> Result<String, CliError> {
    let mut hidden = Vec::new();
    // No text of the decision may look like a stand-in.
    let whole = value.to_string();
    let mut mark = String::from("text");
    while whole.contains(&mark) {
        mark.push('0');
    }
    stand_in(&mut value, &mark, &mut hidden);
    let mut text = serde_yaml::to_string(&value).map_err(std::io::Error::other)?;
    for (index, original) in hidden.iter().enumerate() {
        let quoted = Json::from(original.as_str()).to_string();
        text = text.replacen(&format!("{mark}-{index}-"), &in_yaml(&quoted), 1);
    }
    Ok(text)
}

/// Puts a word in place of each text that needs escapes.
fn stand_in(value: &mut Json, mark: &str, hidden: &mut Vec<String>) {
    match value {
        Json::String(text) if text.contains(is_hidden) => {
            let word = format!("{mark}-{}-", hidden.len());
            hidden.push(std::mem::replace(text, word));
        }
        Json::Array(items) => items.iter_mut().for_each(|item| stand_in(item, mark, hidden)),
        Json::Object(entries) => entries.values_mut().for_each(|value| stand_in(value, mark, hidden)),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

/// A single document as an object: the decision as it is, or the errors with their file; several as a list with the file of
/// each.
fn machine(results: &[DocumentResult]) -> Result<Json, CliError> {
    let value = |decision: &Decision| serde_json::to_value(decision).map_err(|e| CliError::Output(e.into()));
    if let [DocumentResult { decision: Ok(decision), .. }] = results {
        return value(decision);
    }
    let mut list = Vec::with_capacity(results.len());
    for result in results {
        let mut object = Map::new();
        object.insert("schema".into(), documents::DECISION.into());
        object.insert("file".into(), result.file.clone().into());
        object.insert("document".into(), result.document.into());
        match &result.decision {
            Ok(decision) => {
                if let Json::Object(keys) = value(decision)? {
                    object.extend(keys);
                }
            }
            Err(errors) => {
                object.insert("errors".into(), errors.clone());
            }
        }
        list.push(Json::Object(object));
    }
    Ok(if list.len() == 1 { list.remove(0) } else { Json::Array(list) })
}
