//! `ereje man`: the manual page of the program or of a command.

use super::error::CliError;
use super::streams::Streams;
use super::{CliResult, Exit};
use clap::Command;
use ereje::diagnostic::nearest;

/// Print a manual page
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  ereje man > ereje.1
  ereje man eval > ereje-eval.1
  ereje man eval | man -l -")]
pub(super) struct ManArgs {
    /// The command; without it, the page of `ereje` itself
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
}

/// `program` is the whole command line.
pub(super) fn run(args: &ManArgs, mut program: Command, streams: &mut Streams) -> CliResult {
    program.build();
    let page = match &args.command {
        None => program.clone(),
        Some(name) => program.find_subcommand(name).cloned().ok_or_else(|| {
            let names = program.get_subcommands().map(Command::get_name);
            let help = nearest(name, names).map(|near| format!("did you mean `{near}`?"));
            CliError::Usage(format!("there is no command `{name}`"), help)
        })?,
    };
    let mut text = Vec::new();
    clap_mangen::Man::new(page).render(&mut text)?;
    streams.print(&String::from_utf8_lossy(&text))?;
    Ok(Exit::Done)
}
