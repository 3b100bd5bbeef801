//! The command line: reads files, asks the library, prints. Last in the pipeline; nothing depends on it.
//!
//! Results go to stdout, everything else to stderr. The exit codes are in [`error::Exit`]. One file per command.
#![forbid(unsafe_code)]

mod batch;
mod cases;
mod check;
mod completions;
mod corpus;
mod diff;
mod error;
mod eval;
mod explain_code;
mod findings;
mod fmt;
mod language;
mod man;
mod mask;
mod mutate;
mod new;
mod paths;
mod policy;
mod review;
mod revision;
mod schema;
mod streams;
mod suggest;
mod test;
mod watch;
mod write;

pub(crate) use error::CliResult;
pub use error::Exit;

use clap::{CommandFactory as _, Parser, Subcommand};
use ereje::visible::{visible, visible_lines};
use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;
use streams::{Color, Streams};

/// Decides applications under administrative rules that are written down as policies.
#[derive(Debug, Parser)]
#[command(
    name = "ereje",
    version,
    max_term_width = 100,
    after_help = "Examples:
  ereje new mine                                a policy folder to start from
  ereje check mine                              what is wrong with a policy
  ereje eval -p mine mine/facts/northtown.yaml  decide an application
  ereje test mine                               run its cases
  ereje review mine                             what has changed in their decisions
  ereje explain-code E0201                      what a code means

Exit codes:
  0  it did what was asked
  1  it found something: an error in a policy, a failing case, a difference, a row that cannot be read
  2  it could not run: bad usage, a file that is not there, a malformed fact file
  3  a decision is undetermined
  4  a decision has a fault, such as a division by zero
Of several it is the first of 2, 4, 3, 1.

`ereje COMMAND --help` says more about each command."
)]
struct Cli {
    /// When to use colours: always, never, or auto (on a terminal, unless NO_COLOR is set)
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true, hide_possible_values = true)]
    color: Color,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::CheckArgs),
    Eval(eval::EvalArgs),
    Batch(batch::BatchArgs),
    Test(test::TestArgs),
    Diff(diff::DiffArgs),
    Review(review::ReviewArgs),
    Suggest(suggest::SuggestArgs),
    Fmt(fmt::FmtArgs),
    Mutate(mutate::MutateArgs),
    Schema(schema::SchemaArgs),
    New(new::NewArgs),
    ExplainCode(explain_code::ExplainCodeArgs),
    Completions(completions::CompletionsArgs),
    Man(man::ManArgs),
}

/// Runs the command line with these arguments, the program's own name first.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    if let Some(exit) = batch::run_guard(&args) {
        return exit.into();
    }
    let cli = match Cli::try_parse_from(&args).and_then(|cli| once(cli, &args)) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are results and go to stdout; every other error of clap is bad usage.
            let exit = if error.use_stderr() { Exit::CouldNotRun } else { Exit::Done };
            return if print(&error, &args).is_ok() { exit } else { Exit::CouldNotRun }.into();
        }
    };
    let mut streams = Streams::new(cli.color);
    let result = match cli.command {
        Command::Check(args) => check::run(&args, &mut streams),
        Command::Eval(args) => eval::run(&args, &mut streams),
        Command::Batch(args) => batch::run(&args, &mut streams),
        Command::Test(args) => test::run(&args, &mut streams),
        Command::Diff(args) => diff::run(&args, &mut streams),
        Command::Review(args) => review::run(&args, &mut streams),
        Command::Suggest(args) => suggest::run(&args, &mut streams),
        Command::Fmt(args) => fmt::run(&args, &mut streams),
        Command::Mutate(args) => mutate::run(&args, &mut streams),
        Command::Schema(args) => schema::run(&args, &mut streams),
        Command::New(args) => new::run(&args, &mut streams),
        Command::ExplainCode(args) => explain_code::run(&args, &mut streams),
        Command::Completions(args) => completions::run(&args, command(), &mut streams),
        Command::Man(args) => man::run(&args, command(), &mut streams),
    };
    // Flushing can fail as well.
    let result = result.and_then(|exit| streams.flush().map(|()| exit));
    match result {
        Ok(exit) => exit.into(),
        Err(error) => {
            streams.failure(&error);
            Exit::CouldNotRun.into()
        }
    }
}

/// Prints what clap says. It quotes words of the command line, and a shell makes such words of the names of files: if
/// something hides in them, clap is asked again with words in which it can be seen.
fn print(error: &clap::Error, args: &[OsString]) -> std::io::Result<()> {
    let words: Vec<String> = args.iter().map(|arg| visible(&arg.to_string_lossy()).into_owned()).collect();
    if words.iter().zip(args).all(|(word, arg)| word.as_str() == arg) {
        return error.print();
    }
    match Cli::try_parse_from(words) {
        Err(again) => again.print(),
        Ok(_) => std::io::stderr().write_all(visible_lines(&error.render().to_string()).as_bytes()),
    }
}

/// An option of every command, given before the command and behind it, is given twice; clap takes the last.
fn once(cli: Cli, args: &[OsString]) -> Result<Cli, clap::Error> {
    let words = args.iter().map(|arg| arg.to_string_lossy()).take_while(|word| word != "--");
    match words.filter(|word| word == "--color" || word.starts_with("--color=")).count() {
        0 | 1 => Ok(cli),
        _ => {
            let message = "the argument '--color <WHEN>' cannot be used multiple times";
            Err(command().error(clap::error::ErrorKind::ArgumentConflict, message))
        }
    }
}

/// The whole command line for clap, with at most 100 columns.
fn command() -> clap::Command {
    Cli::command().term_width(100)
}

/// The reference of the command line in Markdown: the help of every command. `docs/cli.md` is this text.
#[must_use]
pub fn reference() -> String {
    let mut out =
        String::from("# The command line\n\nThis page is what `ereje --help` and `ereje COMMAND --help` print.\n");
    let mut root = command();
    root.build();
    let mut section = |title: &str, command: &mut clap::Command| {
        let help = command.render_long_help().to_string();
        let lines: Vec<&str> = help.trim_end().lines().map(str::trim_end).collect();
        out.push_str(&format!("\n## `{title}`\n\n```text\n{}\n```\n", lines.join("\n")));
    };
    section("ereje", &mut root.clone());
    for sub in root.get_subcommands_mut() {
        if sub.get_name() != "help" {
            let title = format!("ereje {}", sub.get_name());
            section(&title, sub);
        }
    }
    out
}
