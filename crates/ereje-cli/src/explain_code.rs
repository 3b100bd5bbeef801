//! `ereje explain-code`: the page of a diagnostic.

use super::error::CliError;
use super::streams::Streams;
use super::{CliResult, Exit};
use ereje::diagnostic::{Code, nearest};
use std::fmt::Write as _;

/// Say what the code of an error or a warning means
///
/// Each code has a page: what is wrong, an example, and what to do about it. Without a code, all of them are listed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  ereje explain-code E0201
  ereje explain-code")]
pub(super) struct ExplainCodeArgs {
    /// The code, as in `error[E0201]`
    #[arg(value_name = "CODE")]
    code: Option<String>,
}

pub(super) fn run(args: &ExplainCodeArgs, streams: &mut Streams) -> CliResult {
    let Some(written) = &args.code else {
        let mut index = String::new();
        for code in Code::ALL {
            // Writing to a `String` cannot fail.
            let _ = writeln!(index, "{code}  {}", code.title());
        }
        streams.print(&index)?;
        return Ok(Exit::Done);
    };
    let written = written.trim();
    // `401` alone is the error of that number; a warning has one of its own.
    let numbered = ["E", "W"].iter().find_map(|letter| Code::parse(&padded(letter, written)));
    let Some(code) = Code::parse(written).or(numbered) else {
        let near = nearest(written, Code::ALL.iter().map(|code| code.name()));
        let help = match near {
            Some(near) => format!("did you mean `{near}`? `ereje explain-code` lists all codes"),
            None => String::from("`ereje explain-code` lists all codes"),
        };
        return Err(CliError::Usage(format!("there is no code `{written}`"), Some(help)));
    };
    streams.print(code.page())?;
    Ok(Exit::Done)
}

/// A code from its number, with or without its letter and its zero: `e401`, `401`, `0401`.
fn padded(letter: &str, written: &str) -> String {
    let own = written.get(..1).filter(|first| first.eq_ignore_ascii_case("e") || first.eq_ignore_ascii_case("w"));
    let digits = if own.is_some() { written.get(1..).unwrap_or("") } else { written };
    format!("{}{digits:0>4}", own.unwrap_or(letter))
}
