//! How a run starts: anew, or where an earlier one was interrupted.

use super::super::error::CliError;
use super::super::streams::Streams;
use super::journal::{Job, Journal, Progress};
use super::output::{Output, beside};
use super::packing::Packer;
use super::summary::spaced;
use std::path::Path;

/// What results go to, with what an earlier run has left in it.
pub(super) struct Started {
    pub(super) output: Output,
    pub(super) bad: Option<(Output, Packer)>,
    /// None where the outputs cannot be gone on with.
    pub(super) journal: Option<Journal>,
    /// How far the earlier run has come.
    pub(super) before: Progress,
}

impl Started {
    /// Opens the outputs, and takes up what an earlier run has left where that is asked for.
    pub(super) fn new(
        output: &Path,
        bad: Option<&Path>,
        job: Job,
        resume: bool,
        streams: &mut Streams,
    ) -> Result<Self, CliError> {
        let named = output;
        let mut output = Output::open(output)?;
        let mut bad = match bad.map(Output::open).transpose()? {
            None => None,
            Some(bad) => Some((bad.packer()?, bad)).map(|(packer, bad)| (bad, packer)),
        };
        let files = bad.as_ref().is_none_or(|(bad, _)| bad.part().is_some());
        let Some(part) = output.part().filter(|_| files) else {
            if resume {
                let help = String::from("--resume needs files that an earlier run has left");
                return Err(CliError::Usage(String::from("a stream cannot be gone on with"), Some(help)));
            }
            output.cut(0)?;
            if let Some((bad, _)) = &mut bad {
                bad.cut(0)?;
            }
            return Ok(Self { output, bad, journal: None, before: Progress::default() });
        };
        let journal = Journal::new(beside(part.target(), ".resume"), job);
        let before = if resume { journal.read()? } else { None };
        match &before {
            Some(before) => {
                let rows = spaced(before.counts.rows());
                streams.say(&format!("going on with `{}` after row {rows}", named.display()));
                output.resume(before.output, before.finished)?;
                if let Some((bad, _)) = &mut bad {
                    bad.resume(before.bad, before.finished)?;
                }
            }
            None => {
                if resume {
                    streams.say("there is nothing to go on with: starting with the first row");
                } else if journal.exists() {
                    streams.say("starting over; --resume would have gone on with the run that was interrupted");
                }
                // First of all: it says something of the files that follow.
                journal.remove()?;
                output.cut(0)?;
                if let Some((bad, _)) = &mut bad {
                    bad.cut(0)?;
                }
            }
        }
        Ok(Self { output, bad, journal: Some(journal), before: before.unwrap_or_default() })
    }
}
