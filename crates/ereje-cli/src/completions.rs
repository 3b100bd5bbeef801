//! `ereje completions`: completions for a shell.

use super::streams::Streams;
use super::{CliResult, Exit};
use clap::Command;
use clap_complete::Shell;

/// Print completions for a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  ereje completions bash > ~/.local/share/bash-completion/completions/ereje
  ereje completions zsh > ~/.zfunc/_ereje
  ereje completions fish > ~/.config/fish/completions/ereje.fish")]
pub(super) struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// `program` is the whole command line.
pub(super) fn run(args: &CompletionsArgs, mut program: Command, streams: &mut Streams) -> CliResult {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut program, "ereje", &mut text);
    streams.print(&String::from_utf8_lossy(&text))?;
    Ok(Exit::Done)
}
