//! The start of a run: anew, or where an earlier one was interrupted.

use super::super::streams::Streams;
use ereje_batch::files::Error;
use ereje_batch::files::journal::{Checkpoint, Job, Journal};
use ereje_batch::files::names::beside;
use ereje_batch::files::output::Output;
use ereje_batch::files::packing::Packer;
use ereje_batch::files::summary::spaced;
use std::path::Path;

/// The outputs, with what an earlier run has left in them.
pub(super) struct BatchOutputs {
    pub(super) output: Output,
    pub(super) bad: Option<(Output, Packer)>,
    /// Says whose the unfinished files are; `None` if all outputs are streams.
    pub(super) journal: Option<Journal>,
    /// True if the outputs can be continued: none of them is a stream.
    pub(super) resumable: bool,
    /// How far the earlier run has come.
    pub(super) before: Checkpoint,
    /// True if there was an earlier run that this one goes on with.
    pub(super) resumed: bool,
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
        let mut started =
            Self { output, bad: None, journal: None, resumable: false, before: Checkpoint::default(), resumed: false };
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

    /// Leaves the outputs before anything is decided: what an earlier run has decided stays, and nothing else.
    pub(super) fn leave(self) {
        if self.before.counts.rows() == 0 {
            self.output.discard();
            self.bad.into_iter().for_each(|(bad, _)| bad.discard());
            let _ = self.journal.map(|journal| journal.remove());
        }
    }

    /// Resumes what an earlier run has left, or starts over. What no earlier run has left is not touched.
    fn begin(&mut self, job: Job, resume: bool, streams: &mut Streams) -> Result<(), Error> {
        let bad_name = job.bad.clone();
        let parts = std::iter::once(&self.output).chain(self.bad.as_ref().map(|(bad, _)| bad)).map(Output::part);
        self.resumable = parts.clone().all(|part| part.is_some());
        let beside_first = parts.flatten().next().map(|part| beside(part.target(), ".resume"));
        if resume && !self.resumable {
            let help = String::from("--resume needs files that an earlier run has left");
            return Err(Error::Usage(String::from("a run that writes to a stream cannot be resumed"), Some(help)));
        }
        let Some(path) = beside_first else { return Ok(()) };
        let journal = Journal::new(path, job);
        let earlier = journal.earlier()?;
        let outputs = std::iter::once(&mut self.output).chain(self.bad.as_mut().map(|(bad, _)| bad));
        let at = earlier.as_ref().map(|earlier| earlier.at.clone()).unwrap_or_default();
        let same_bad = earlier.as_ref().is_some_and(|earlier| earlier.job.bad == bad_name);
        let owned = [earlier.is_some(), same_bad];
        let known = owned.into_iter().zip([at.output, at.bad]).zip(&at.marks);
        for (output, ((owned, length), mark)) in outputs.zip(known) {
            output.belongs(owned, length, mark)?;
        }
        let found = earlier.is_some();
        let mut begun = Checkpoint::default();
        let before = match earlier {
            Some(earlier) if resume => {
                let before = journal.same(earlier)?;
                self.resumed = true;
                (begun.begun, begun.passed) = (before.begun, before.passed.clone());
                Some(before).filter(|before| before.counts.rows() > 0)
            }
            Some(_) | None => None,
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
            } else if found {
                streams.say("starting over; --resume continues an interrupted run");
            }
            // The journal is written before the files are emptied, so that at every moment it says whose they are.
            journal.write(&begun)?;
            self.before = begun;
            for output in outputs {
                output.cut(0)?;
            }
        }
        self.journal = Some(journal);
        Ok(())
    }
}
