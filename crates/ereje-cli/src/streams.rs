//! The streams of a command: results to stdout, everything else to stderr, with colours if they are wanted.

use super::error::CliError;
use anstream::{AutoStream, ColorChoice};
use clap::ValueEnum;
use ereje::load::LoadError;
use ereje::visible::{in_json, last_net, visible};
use std::io::{self, BufWriter, Stderr, Stdout, Write};

const RED: &str = "\x1b[1;31m";
const CYAN: &str = "\x1b[1;36m";
const PLAIN: &str = "\x1b[0m";

/// What `serde_json` has written, for programs: every character is in it, those that a screen would obey as escapes.
pub(super) fn exact_json(written: serde_json::Result<String>) -> Result<String, CliError> {
    let text = written.map_err(io::Error::from)?;
    Ok(format!("{}\n", in_json(&text)))
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The outputs of a command. Colours may always be written; the streams remove them if the output is no terminal.
pub(super) struct Streams {
    /// For results.
    pub(super) out: BufWriter<AutoStream<Stdout>>,
    /// For everything else. Nothing depends on what is written here, so errors of writing it are ignored.
    err: AutoStream<Stderr>,
}

impl Streams {
    pub(super) fn new(color: Color) -> Self {
        let choice = match color {
            // The environment and the terminals decide.
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        };
        choice.write_global();
        Self { out: BufWriter::new(AutoStream::auto(io::stdout())), err: AutoStream::auto(io::stderr()) }
    }

    /// Writes a text to stderr.
    pub(super) fn say(&mut self, text: &str) {
        let text = &*last_net(text);
        let _ = self.err.write_all(text.as_bytes());
        if !text.ends_with('\n') {
            let _ = self.err.write_all(b"\n");
        }
    }

    /// Reports an error that has no place in a file, on one line. Names of files and words of the command line are in it.
    pub(super) fn error(&mut self, message: &str) {
        self.say(&format!("{RED}error{PLAIN}: {}", visible(message)));
    }

    /// Says something on one line that may have names of files in it.
    pub(super) fn note(&mut self, message: &str) {
        self.say(&visible(message));
    }

    /// Reports why a command could not go on. A closed pipe is not an error: nobody is left to report it to.
    pub(super) fn failure(&mut self, error: &CliError) {
        match error {
            CliError::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
            CliError::Usage(message, help) => {
                self.error(message);
                if let Some(help) = help {
                    self.help(help);
                }
            }
            CliError::Load(LoadError::Refused { refusal, .. }) => {
                self.error(&error.to_string());
                self.help(refusal.help());
            }
            CliError::Load(_) | CliError::File { .. } | CliError::Output(_) => self.error(&error.to_string()),
        }
    }

    /// Reports a next step.
    pub(super) fn help(&mut self, message: &str) {
        self.say(&format!("  {CYAN}help{PLAIN}: {}", visible(message)));
    }

    /// Writes a result for people.
    pub(super) fn print(&mut self, text: &str) -> Result<(), CliError> {
        Ok(self.out.write_all(last_net(text).as_bytes())?)
    }

    /// Writes a result for programs, as it is: JSON, XML, a file in one of the project's own formats. Nothing in it hides,
    /// by the rules of its format.
    pub(super) fn print_exactly(&mut self, text: &str) -> Result<(), CliError> {
        Ok(self.out.write_all(text.as_bytes())?)
    }

    /// Writes what is still in the buffer.
    pub(super) fn flush(&mut self) -> Result<(), CliError> {
        Ok(self.out.flush()?)
    }
}
