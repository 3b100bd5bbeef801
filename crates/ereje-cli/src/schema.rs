//! `ereje schema`: shows the format of a policy's fact files.

use super::paths::RootArgs;
use super::streams::{Streams, exact_json};
use super::{CliResult, Exit, policy};
use std::path::PathBuf;

/// Show what facts a policy reads
///
/// Prints a JSON Schema (2020-12) of the policy's fact files, for editors, forms and services; or, with --example, a
/// form for facts to fill in.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  ereje schema -p policies/kz > facts.schema.json
  ereje schema -p policies/kz --example > facts.yaml")]
pub(super) struct SchemaArgs {
    /// The policy: a folder, or a file with what it imports
    #[arg(short, long, value_name = "PATH")]
    policy: PathBuf,
    /// Print a form to fill in instead: a fact file in YAML with the type and registry of each fact, and `…` for each value
    #[arg(long)]
    example: bool,
    #[command(flatten)]
    root: RootArgs,
}

pub(super) fn run(args: &SchemaArgs, streams: &mut Streams) -> CliResult {
    let Some(policy) = policy::load(&args.policy, &args.root.of(&args.policy)?, streams)? else {
        return Ok(Exit::Found);
    };
    if args.example {
        streams.print_exactly(&ereje::schema::form(policy.model()))?;
    } else {
        let schema = ereje::schema::schema(policy.model());
        streams.print_exactly(&exact_json(serde_json::to_string_pretty(&schema))?)?;
    }
    Ok(Exit::Done)
}
