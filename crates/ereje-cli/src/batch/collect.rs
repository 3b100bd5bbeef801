//! Distributes the results of the workers, block after block: to the output, the bad rows, the counts, the progress
//! bar, and at intervals to the journal.

use super::super::streams::Streams;
use super::guard::{Guard, Progress};
use super::progress::BatchProgress;
use super::start::BatchOutputs;
use ereje_batch::files::Error;
use ereje_batch::files::decide::MAX_REPORTS;
use ereje_batch::files::input::{InputPosition, mark};
use ereje_batch::files::journal::{Checkpoint, Journal};
use ereje_batch::files::output::Output;
use ereje_batch::files::packing::Packer;
use ereje_batch::files::summary::{Counts, Throughput};
use ereje_batch::files::workers::WorkItem;
use std::time::{Duration, Instant};

/// Everything that receives results.
pub(super) struct Collector<'a> {
    output: Output,
    bad: Option<(Output, Packer)>,
    /// `None` if all outputs are streams.
    journal: Option<Journal>,
    /// True if the outputs can be continued.
    resumable: bool,
    /// Notes how far the run has come if it is ended from outside.
    guard: Guard,
    /// The interval between entries in the journal.
    every: Duration,
    noted: Instant,
    /// True if the journal has an entry with rows.
    journalled: bool,
    /// The bytes of the input that are decided; below, the line after them and the last of them.
    read: u64,
    line: u64,
    mark: Vec<u8>,
    /// How many blocks may be begun at a time, and the rows that are passed over.
    begun: u64,
    passed: Vec<u64>,
    counts: Counts,
    /// Rows of earlier runs, and those of this one.
    before: u64,
    rows: u64,
    reported: usize,
    progress: BatchProgress,
    streams: &'a mut Streams,
}

/// The result when all files have their names.
pub(super) struct BatchResult {
    pub(super) counts: Counts,
    /// The number of bad rows that were reported.
    pub(super) reported: u64,
    pub(super) throughput: Throughput,
    /// It has to be removed at the very end.
    pub(super) journal: Option<Journal>,
}

impl<'a> Collector<'a> {
    pub(super) fn new(
        started: BatchOutputs,
        guard: Guard,
        every: Duration,
        progress: BatchProgress,
        streams: &'a mut Streams,
    ) -> Self {
        let BatchOutputs { output, bad, journal, resumable, before, resumed: _ } = started;
        Self {
            output,
            bad,
            journalled: before.place.bytes > 0,
            journal,
            resumable,
            guard,
            every,
            noted: Instant::now(),
            read: before.place.bytes,
            line: before.line,
            mark: Vec::new(),
            begun: before.begun,
            passed: before.passed,
            before: before.counts.rows(),
            counts: before.counts,
            rows: 0,
            reported: 0,
            progress,
            streams,
        }
    }

    /// Writes the header, unless an earlier run has written it.
    pub(super) fn begin(&mut self, header: &str) -> Result<(), Error> {
        if header.is_empty() || self.output.written() > 0 {
            return Ok(());
        }
        let mut header = header.as_bytes().to_vec();
        self.output.pack(&mut header)?;
        self.output.write(&header)
    }

    /// The number of rows that earlier runs have decided.
    pub(super) fn rows_before(&self) -> u64 {
        self.before
    }

    /// Takes the results of the next block.
    pub(super) fn take(&mut self, item: &mut WorkItem) -> Result<(), Error> {
        let WorkItem { block, answers } = item;
        self.output.write(&answers.out)?;
        if let Some((bad, packer)) = &mut self.bad
            && !answers.bad.is_empty()
        {
            packer.pack(&mut answers.bad)?;
            bad.write(&answers.bad)?;
        }
        self.counts.merge(&answers.counts);
        let rows = answers.counts.rows();
        self.rows += rows;
        self.report(&answers.reports);
        self.progress.add(rows);
        if self.resumable {
            (self.read, self.line) = (block.end(), block.next_line());
            self.mark.clear();
            self.mark.extend_from_slice(mark(block.tail()));
            if self.noted.elapsed() >= self.every {
                self.note(false)?;
            } else {
                self.guard.tell(|| {
                    let bad = self.bad.as_ref().map_or(0, |(bad, _)| bad.written());
                    let at = self.checkpoint(InputPosition::default(), self.output.written(), bad);
                    Some(Progress { mark: self.mark.clone(), at, bytes: self.read })
                });
            }
        }
        Ok(())
    }

    /// Reports the first bad rows.
    fn report(&mut self, reports: &[String]) {
        for text in reports.iter().take(MAX_REPORTS.saturating_sub(self.reported)) {
            self.reported += 1;
            let streams = &mut *self.streams;
            self.progress.aside(|| streams.error(text));
        }
    }

    /// Notes in the journal how far the run has come.
    fn note(&mut self, finished: bool) -> Result<(), Error> {
        if !self.resumable {
            return Ok(());
        }
        self.output.sync()?;
        let output = self.output.written();
        let mut marks = [self.output.mark(output)?, String::new()];
        let mut bad = 0;
        if let Some((rows, _)) = &mut self.bad {
            rows.sync()?;
            bad = rows.written();
            marks[1] = rows.mark(bad)?;
        }
        let place = InputPosition::new(self.read, &self.mark);
        let noted = Checkpoint { marks, finished, ..self.checkpoint(place, output, bad) };
        if let Some(journal) = &self.journal {
            journal.write(&noted)?;
        }
        self.guard.tell(|| None);
        (self.journalled, self.noted) = (true, Instant::now());
        Ok(())
    }

    /// How far the run has come; `output` and `bad` are the bytes that are written.
    fn checkpoint(&self, place: InputPosition, output: u64, bad: u64) -> Checkpoint {
        let (line, counts, begun, passed) = (self.line, self.counts.clone(), self.begun, self.passed.clone());
        Checkpoint { place, line, output, bad, counts, begun, passed, ..Checkpoint::default() }
    }

    /// Gives the files their names after everything is written. A run that is interrupted meanwhile finds its journal.
    pub(super) fn finish(&mut self) -> Result<(), Error> {
        self.output.complete()?;
        if let Some((bad, _)) = &mut self.bad {
            bad.complete()?;
        }
        if self.journalled {
            self.note(true)?;
        }
        // From here on, the files lose the names that the guard knows.
        self.guard.end();
        if let Some((bad, _)) = &mut self.bad {
            bad.finish()?;
        }
        self.output.finish()
    }

    /// Notes how far the run has come, since it cannot go on; true if it can be resumed.
    pub(super) fn leave(mut self) -> bool {
        self.progress.finish();
        self.guard.end();
        if self.rows > 0 && self.note(false).is_ok() && self.journalled {
            return true;
        }
        if !self.journalled {
            self.output.discard();
            self.bad.into_iter().for_each(|(bad, _)| bad.discard());
            // It says only whose these files were.
            let _ = self.journal.map(|journal| journal.remove());
        }
        self.journalled
    }

    /// The result when everything is finished.
    pub(super) fn done(self) -> BatchResult {
        self.progress.finish();
        let throughput = Throughput { rows: self.rows, time: self.progress.time() };
        // The rows that are passed over were told when they were found.
        let reported = (self.reported + self.passed.len()) as u64;
        BatchResult { counts: self.counts, reported, throughput, journal: self.journal }
    }
}
