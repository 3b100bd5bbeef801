//! `ereje man`: the manual page of the program or of a command.

use super::error::CliError;
use super::streams::Streams;
use super::{CliResult, Exit, command};
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

pub(super) fn run(args: &ManArgs, streams: &mut Streams) -> CliResult {
    let mut root = command();
    root.build();
    let page = match &args.command {
        None => root.clone(),
        Some(name) => root.find_subcommand(name).cloned().ok_or_else(|| {
            let names = root.get_subcommands().map(clap::Command::get_name);
            let help = nearest(name, names).map(|near| format!("did you mean `{near}`?"));
            CliError::Usage(format!("there is no command `{name}`"), help)
        })?,
    };
    let mut text = Vec::new();
    clap_mangen::Man::new(page).render(&mut text)?;
    streams.print(&String::from_utf8_lossy(&text))?;
    Ok(Exit::Done)
}
