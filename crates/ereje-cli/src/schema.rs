//! `ereje schema`: shows the format of a policy's fact files, and of everything that is written for programs.

use super::error::CliError;
use super::paths::RootArgs;
use super::streams::{Streams, exact_json};
use super::{CliResult, Exit, policy};
use clap::ValueEnum;
use ereje::documents;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// The forms of all documents.
const DOCUMENTS: &str = include_str!("../../../docs/documents.schema.json");

/// Where the forms refer to each other.
const DEFINITION: &str = "#/$defs/";

/// Show the form of facts, decisions and reports
///
/// Prints a JSON Schema (2020-12): of the policy's fact files, for editors, forms and services; or, with --of, of what the
/// commands write for programs. With --example, a form for facts to fill in.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  ereje schema -p policies/kz > facts.schema.json
  ereje schema -p policies/kz --example > facts.yaml
  ereje schema --of decision > decision.schema.json

Every document says under `schema` what it is, such as `decision/1.0`. Within version 1 keys are only added, and the second
number grows: a reader passes over keys that it does not know.")]
pub(super) struct SchemaArgs {
    /// The policy: a folder, or a file with what it imports
    #[arg(short, long, value_name = "PATH", required_unless_present = "of")]
    policy: Option<PathBuf>,
    /// What to describe
    #[arg(long, value_name = "KIND")]
    of: Option<DocumentKind>,
    /// Print a form to fill in instead: a fact file in YAML with the type and registry of each fact, and `…` for each value
    #[arg(long, conflicts_with = "of", requires = "policy")]
    example: bool,
    #[command(flatten)]
    root: RootArgs,
}

/// What programs read or write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum DocumentKind {
    /// Facts of a policy
    Facts,
    /// `eval --format json`
    Decision,
    /// A line of `batch`
    BatchLine,
    /// A line of `batch --bad`
    BadRow,
    /// `batch --summary`
    Summary,
    /// `test --format json`
    Test,
    /// `coverage` in it
    Coverage,
    /// `review --format json`
    Review,
    /// `diff --format json`
    Diff,
    /// `mutate --format json`
    Mutate,
    /// `suggest --format json`
    Suggest,
    /// `check --format json`
    Finding,
}

/// How many documents there are in one text.
enum DocumentCount {
    /// One.
    One,
    /// One, or a list of several.
    OneOrMore,
    /// A list.
    List,
}

impl DocumentKind {
    /// The version, the definition and the number of documents; `None` for the facts, which each policy describes.
    fn form(self) -> Option<(&'static str, &'static str, DocumentCount)> {
        use DocumentCount::{List, One, OneOrMore};
        Some(match self {
            Self::Facts => return None,
            Self::Decision => (documents::DECISION, "decision-document", OneOrMore),
            Self::BatchLine => (documents::BATCH_LINE, "batch-line", One),
            Self::BadRow => (documents::BAD_ROW, "bad-row", One),
            Self::Summary => (documents::SUMMARY, "summary", One),
            Self::Test => (documents::TEST, "test", One),
            Self::Coverage => (documents::COVERAGE, "coverage", One),
            Self::Review => (documents::REVIEW, "review", One),
            Self::Diff => (documents::DIFF, "diff", One),
            Self::Mutate => (documents::MUTATE, "mutate", One),
            Self::Suggest => (documents::SUGGEST, "suggest", One),
            Self::Finding => (documents::FINDING, "finding-document", List),
        })
    }
}

pub(super) fn run(args: &SchemaArgs, streams: &mut Streams) -> CliResult {
    if let Some((version, name, count)) = args.of.and_then(DocumentKind::form) {
        streams.print_exactly(&pretty(&document(version, name, &count)?)?)?;
        return Ok(Exit::Done);
    }
    let Some(path) = &args.policy else {
        let help = "`ereje schema -p POLICY` describes the facts of one";
        return Err(CliError::Usage("each policy reads other facts".into(), Some(help.into())));
    };
    let Some(policy) = policy::load(path, &args.root.of(path)?, streams)? else { return Ok(Exit::Found) };
    if args.example {
        streams.print_exactly(&ereje::schema::form(policy.model()))?;
    } else {
        streams.print_exactly(&pretty(&ereje::schema::schema(policy.model()))?)?;
    }
    Ok(Exit::Done)
}

fn pretty(schema: &Json) -> Result<String, CliError> {
    exact_json(serde_json::to_string_pretty(schema))
}

/// The schema of one kind of documents by itself: its definition, with those that it refers to.
fn document(version: &str, name: &str, count: &DocumentCount) -> Result<Json, CliError> {
    let all: Json = serde_json::from_str(DOCUMENTS).map_err(|error| CliError::Output(error.into()))?;
    let definition = |name: &str| all.get("$defs").and_then(|all| all.get(name));
    let (mut found, mut open) = (BTreeSet::new(), vec![name.to_owned()]);
    while let Some(name) = open.pop() {
        if let (Some(schema), true) = (definition(&name), found.insert(name.clone())) {
            referred(schema, &mut open);
        }
    }
    let one = json!({ "$ref": format!("{DEFINITION}{name}") });
    let mut schema = Map::new();
    schema.insert("$schema".into(), all.get("$schema").cloned().unwrap_or_default());
    schema.insert("$id".into(), format!("urn:ereje:{}", version.replace('/', ":")).into());
    match count {
        DocumentCount::One => schema.extend([("$ref".to_owned(), one.get("$ref").cloned().unwrap_or_default())]),
        DocumentCount::OneOrMore => {
            schema.insert("description".into(), "One document is an object, several are an array.".into());
            schema.insert("anyOf".into(), json!([one, { "type": "array", "items": one, "minItems": 2 }]));
        }
        DocumentCount::List => {
            schema.insert("description".into(), "An array, possibly empty.".into());
            schema.insert("type".into(), "array".into());
            schema.insert("items".into(), one);
        }
    }
    let kept = all.get("$defs").and_then(Json::as_object).into_iter().flatten();
    let kept = kept.filter(|(name, _)| found.contains(*name)).map(|(name, schema)| (name.clone(), schema.clone()));
    schema.insert("$defs".into(), kept.collect::<Map<_, _>>().into());
    Ok(schema.into())
}

/// Adds the names of the definitions that a schema refers to.
fn referred(schema: &Json, names: &mut Vec<String>) {
    match schema {
        Json::Object(keys) => {
            for (key, value) in keys {
                match value.as_str().and_then(|target| target.strip_prefix(DEFINITION)) {
                    Some(name) if key == "$ref" => names.push(name.to_owned()),
                    Some(_) | None => referred(value, names),
                }
            }
        }
        Json::Array(items) => items.iter().for_each(|item| referred(item, names)),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}
