//! Threads that take blocks from one input in turn, decide them side by side, and write them in their order.
//!
//! There is no thread for reading and none for writing. A free worker reads the next block; the worker that finishes
//! the block that is next in the order writes it, and all finished blocks that follow it. So a single thread does
//! everything without waiting for another, and N threads keep N cores busy. The number of blocks in memory is bounded,
//! and their memory is reused.

use super::blocks::{Block, Blocks};
use super::decide::Answers;
use super::error::Error;
use std::collections::VecDeque;
use std::io::Read;
use std::num::NonZeroUsize;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A block on its way through the workers, with its answers.
#[derive(Debug, Default)]
pub struct WorkItem {
    pub block: Block,
    pub answers: Answers,
}

/// Decides the rows of a block, on one thread.
pub type Decide<'a> = Box<dyn FnMut(&Block, &mut Answers) -> Result<(), Error> + Send + 'a>;

/// Decides the blocks of an input, one thread for each worker, and passes the answers to `write` in order. When this
/// returns, all blocks that were read before the first error are written.
///
/// # Errors
/// The first error of reading, deciding or writing. `unread` makes an [`Error`] of an error of reading.
pub fn run<R: Read + Send>(
    blocks: Blocks<R>,
    workers: Vec<Decide<'_>>,
    write: impl FnMut(&mut WorkItem) -> Result<(), Error> + Send,
    unread: &(dyn Fn(std::io::Error) -> Error + Sync),
) -> Result<(), Error> {
    let threads = workers.len();
    let state = PipelineState {
        waiting: VecDeque::new(),
        first: 0,
        write: Some(write),
        // With two items for each thread, a thread that is ahead need not wait for one that is behind.
        free: Vec::new(),
        unmade: if threads > 1 { 2 * threads } else { 1 },
        end: None,
        error: None,
    };
    let pipeline = Pipeline { input: Mutex::new((0, blocks)), state: Mutex::new(state), moved: Condvar::new(), unread };
    // Several workers have a thread each beside this one, whose stack is another: what one of them can decide, each can.
    let beside = threads > 1;
    let workers: Vec<Mutex<Option<Decide<'_>>>> = workers.into_iter().map(|worker| Mutex::new(Some(worker))).collect();
    std::thread::scope(|scope| {
        let mut started = 0;
        for worker in workers.iter().filter(|_| beside) {
            let work = || {
                if let Some(worker) = lock(worker).take() {
                    pipeline.work(worker);
                }
            };
            // If a thread cannot be started, the others do its work.
            started += usize::from(std::thread::Builder::new().spawn_scoped(scope, work).is_ok());
        }
        if started == 0
            && let Some(worker) = workers.first().and_then(|worker| lock(worker).take())
        {
            pipeline.work(worker);
        }
    });
    match lock(&pipeline.state).error.take() {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

/// The number of threads that the machine can run at once.
pub fn all_cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

/// What the threads have in common.
struct Pipeline<'a, R, W> {
    /// The input, with the number of the next block.
    input: Mutex<(u64, Blocks<R>)>,
    state: Mutex<PipelineState<W>>,
    /// Signals that an item is free, or that the run is over.
    moved: Condvar,
    unread: &'a (dyn Fn(std::io::Error) -> Error + Sync),
}

struct PipelineState<W> {
    /// Finished items before their turn; `None` for those that a worker still works on.
    waiting: VecDeque<Option<WorkItem>>,
    /// The number of the first of them, which is written next.
    first: u64,
    /// `None` while a worker is writing with it.
    write: Option<W>,
    /// Items that are not in use.
    free: Vec<WorkItem>,
    /// How many items may still be made.
    unmade: usize,
    /// The number of the block before which the run ends.
    end: Option<u64>,
    error: Option<Error>,
}

/// Locks even if another thread has panicked while it held the lock; `error` reports that panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<R, W> Pipeline<'_, R, W>
where
    R: Read + Send,
    W: FnMut(&mut WorkItem) -> Result<(), Error> + Send,
{
    /// The work of one thread.
    fn work(&self, mut decide: Decide<'_>) {
        // If this thread panics, the others must not wait for it.
        let guard = PanicGuard(self);
        while let Some(mut item) = self.take() {
            let Some(number) = self.read(&mut item.block) else { break };
            match decide(&item.block, &mut item.answers) {
                Ok(()) => self.give(number, item),
                Err(error) => self.end(number, Some(error)),
            }
        }
        drop(guard);
    }

    /// An item to work on; `None` if the run is over.
    fn take(&self) -> Option<WorkItem> {
        let mut state = lock(&self.state);
        loop {
            if state.end.is_some() {
                return None;
            }
            if let Some(item) = state.free.pop() {
                return Some(item);
            }
            if state.unmade > 0 {
                state.unmade -= 1;
                return Some(WorkItem::default());
            }
            state = self.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Reads the next block; gives its number, or `None` at the end.
    fn read(&self, block: &mut Block) -> Option<u64> {
        let mut input = lock(&self.input);
        let (number, blocks) = &mut *input;
        let this = *number;
        let error = match blocks.next(block) {
            Ok(true) => {
                *number += 1;
                return Some(this);
            }
            Ok(false) => None,
            Err(error) => Some((self.unread)(error)),
        };
        self.end(this, error);
        None
    }

    /// Ends the run before a block, with this error.
    fn end(&self, number: u64, error: Option<Error>) {
        let mut state = lock(&self.state);
        // The first error in the order of the input counts, so that the same input ends in the same way.
        if state.end.is_none_or(|end| number < end) {
            state.end = Some(number);
            state.error = error;
        }
        self.moved.notify_all();
    }

    /// Hands an item over, and writes all items whose turn it is.
    fn give(&self, number: u64, item: WorkItem) {
        let mut state = lock(&self.state);
        let place = usize::try_from(number.saturating_sub(state.first)).unwrap_or(usize::MAX);
        while state.waiting.len() <= place {
            state.waiting.push_back(None);
        }
        if let Some(slot) = state.waiting.get_mut(place) {
            *slot = Some(item);
        }
        // The worker that is writing will write this one, too.
        let Some(mut write) = state.write.take() else { return };
        while state.end.is_none_or(|end| state.first < end)
            && let Some(mut item) = state.waiting.front_mut().and_then(Option::take)
        {
            state.waiting.pop_front();
            let number = state.first;
            state.first += 1;
            drop(state);
            let written = write(&mut item);
            state = lock(&self.state);
            if let Err(error) = written {
                drop(state);
                self.end(number, Some(error));
                // `write` is not put back, so nothing is written after this.
                return;
            }
            state.free.push(item);
            self.moved.notify_one();
        }
        state.write = Some(write);
    }
}

/// Ends the run if its thread panics.
struct PanicGuard<'l, 'a, R: Read + Send, W: FnMut(&mut WorkItem) -> Result<(), Error> + Send>(&'l Pipeline<'a, R, W>);

impl<R, W> Drop for PanicGuard<'_, '_, R, W>
where
    R: Read + Send,
    W: FnMut(&mut WorkItem) -> Result<(), Error> + Send,
{
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.end(0, None);
        }
    }
}

#[cfg(test)]
mod tests;
