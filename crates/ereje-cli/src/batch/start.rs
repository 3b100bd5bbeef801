//! The start of a run: anew, or where an earlier one was interrupted.

use super::super::streams::Streams;
use ereje_batch::files::Error;
use ereje_batch::files::journal::{Checkpoint, Job, Journal};
use ereje_batch::files::output::{Output, beside};
use ereje_batch::files::packing::Packer;
use ereje_batch::files::summary::spaced;
use std::path::Path;

/// The outputs, with what an earlier run has left in them.
pub(super) struct BatchOutputs {
    pub(super) output: Output,
    pub(super) bad: Option<(Output, Packer)>,
    /// `None` if the outputs cannot be continued.
    pub(super) journal: Option<Journal>,
    /// How far the earlier run has come.
    pub(super) before: Checkpoint,
}

impl BatchOutputs {
    /// Opens the outputs and, if asked, resumes what an earlier run has left.
    pub(super) fn new(
        output: &Path,
        bad: Option<&Path>,
        job: Job,
        resume: bool,
        streams: &mut Streams,
    ) -> Result<Self, Error> {
        let output = Output::open(output)?;
        let bad = match bad.map(Output::open).transpose() {
            Ok(bad) => bad,
            Err(error) => {
                output.discard_new();
                return Err(error);
            }
        };
        let mut started = Self { output, bad: None, journal: None, before: Checkpoint::default() };
        let begun = bad.map(|bad| bad.packer().map(|packer| (bad, packer))).transpose().and_then(|bad| {
            started.bad = bad;
            started.begin(job, resume, streams)
        });
        match begun {
            Ok(()) => Ok(started),
            Err(error) => {
                started.output.discard_new();
                started.bad.into_iter().for_each(|(bad, _)| bad.discard_new());
                Err(error)
            }
        }
    }

    /// Resumes what an earlier run has left, or removes it.
    fn begin(&mut self, job: Job, resume: bool, streams: &mut Streams) -> Result<(), Error> {
        let files = self.bad.as_ref().is_none_or(|(bad, _)| bad.part().is_some());
        let journal =
            self.output.part().filter(|_| files).map(|part| Journal::new(beside(part.target(), ".resume"), job));
        let before = match &journal {
            None if resume => {
                let help = String::from("--resume needs files that an earlier run has left");
                return Err(Error::Usage(String::from("a run that writes to a stream cannot be resumed"), Some(help)));
            }
            Some(journal) if resume => journal.read()?,
            None | Some(_) => None,
        };
        let outputs = std::iter::once(&mut self.output).chain(self.bad.as_mut().map(|(bad, _)| bad));
        if let Some(before) = before {
            for (output, length) in outputs.zip([before.output, before.bad]) {
                output.resume(length, before.finished)?;
            }
            let rows = spaced(before.counts.rows());
            streams.note(&format!("going on with `{}` after row {rows}", self.output.name().display()));
            self.before = before;
        } else {
            if resume {
                streams.say("there is nothing to resume: starting with the first row");
            }
            if let Some(journal) = &journal {
                if journal.exists() {
                    streams.say("starting over; --resume continues an interrupted run");
                }
                // The journal is removed first, since it refers to the content of the files that are cleared next.
                journal.remove()?;
            }
            for output in outputs {
                output.cut(0)?;
            }
        }
        self.journal = journal;
        Ok(())
    }
}
