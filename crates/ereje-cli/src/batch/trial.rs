//! After a run that was brought down: tries the rows that it had begun in a process of their own, and says over which of
//! them the program goes down.
//!
//! The other process is `ereje batch` itself with the same policy and options, from stdin to nowhere.

use super::super::error::CliError;
use super::super::streams::Streams;
use ereje_batch::files::suspects::{self, MAX_PASSED, Suspect};
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::ops::Range;
use std::process::{Command, ExitStatus, Stdio};

/// The rows of some suspects over which the program goes down; each is told with its place. `line` is a command line that
/// decides rows from stdin.
pub(super) fn passed(
    line: &[OsString],
    name: &str,
    header: &[u8],
    suspects: &[Suspect],
    streams: &mut Streams,
) -> Result<Vec<u64>, CliError> {
    let exe = std::env::current_exe().map_err(|error| unstarted(&error))?;
    let mut survives = |range: Range<usize>| -> io::Result<bool> {
        let mut command = Command::new(&exe);
        command.args(line).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn()?;
        if let Some(mut input) = child.stdin.take() {
            let rows = suspects.get(range).unwrap_or_default();
            let mut text = header.to_vec();
            for row in rows {
                text.extend_from_slice(row.text.as_bytes());
                text.push(b'\n');
            }
            // A process that goes down takes no more rows.
            let _ = input.write_all(&text);
        }
        Ok(!went_down(child.wait()?))
    };
    let found = suspects::deadly(suspects.len(), &mut survives).map_err(|error| unstarted(&error))?;
    let found: Vec<&Suspect> = found.into_iter().filter_map(|index| suspects.get(index)).collect();
    for Suspect { row, line, .. } in &found {
        streams.error(&format!("{name}:{line}: the program goes down over row {row}, which is passed over"));
    }
    if found.len() == MAX_PASSED {
        streams.help("this many rows point to a fault of the policy or of this program, and not of the rows");
    }
    Ok(found.into_iter().map(|suspect| suspect.row).collect())
}

/// True if a process did not end as this program ends by itself: a signal ended it, or a panic.
fn went_down(status: ExitStatus) -> bool {
    // The exit codes of `ereje` are below ten.
    status.code().is_none_or(|code| !(0..10).contains(&code))
}

fn unstarted(error: &io::Error) -> CliError {
    let message = format!("the rows after the last note cannot be tried: {}", ereje::load::reason(error));
    CliError::Usage(message, Some("`ereje` starts itself to try them; without --resume the run starts over".into()))
}
