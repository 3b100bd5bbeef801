//! A stack that is deep enough for work whose depth is known before it begins.
//!
//! Comes in: how many bytes the work needs, and the work. It runs on this thread if that much is known to be free,
//! otherwise on a thread of its own. A host may call the library from a thread with any stack, and nothing tells how much
//! of it is left; only of the threads that are started here the end is known. Stands below all stages.

use std::cell::Cell;
use std::panic::resume_unwind;
use std::thread::{Builder, scope};

/// What a new thread uses before its work begins, and what the system takes of its stack.
const MARGIN: usize = 64 * 1024;

thread_local! {
    /// The lowest address of this thread's stack that may be used, if the thread was started here.
    static LOWEST: Cell<Option<usize>> = const { Cell::new(None) };
}

/// Runs `work` where at least `needed` bytes of stack are free: on this thread if they are known to be, otherwise on a
/// new one with `given` bytes. `None` if the system cannot start such a thread. With more `given` than `needed`, work inside
/// the work that needs as much is done on the same thread.
pub(crate) fn with_bytes<T: Send>(needed: usize, given: usize, work: impl FnOnce() -> T + Send) -> Option<T> {
    if free().is_some_and(|free| free >= needed) {
        return Some(work());
    }
    let given = given.max(needed);
    let begun = move || {
        LOWEST.set(Some(here().saturating_sub(given)));
        work()
    };
    scope(|scope| {
        let thread = Builder::new().stack_size(given.saturating_add(MARGIN)).spawn_scoped(scope, begun).ok()?;
        // If the work panics, the caller does.
        Some(thread.join().unwrap_or_else(|panic| resume_unwind(panic)))
    })
}

/// Runs `work` that recurses along a text, whose depth is limited, so that a few megabytes are enough for all texts. If the
/// system cannot start a thread for it, this one is used.
pub(crate) fn deep<T: Send>(work: impl Fn() -> T + Sync) -> T {
    const NEEDED: usize = 4 << 20;
    with_bytes(NEEDED, 2 * NEEDED, &work).unwrap_or_else(work)
}

/// The bytes that are still free on this thread's stack, if that is known.
fn free() -> Option<usize> {
    LOWEST.get().map(|lowest| here().saturating_sub(lowest))
}

/// About where the stack of this thread ends now: it grows towards lower addresses.
#[inline(never)]
fn here() -> usize {
    let mark = std::hint::black_box(0_u8);
    std::ptr::from_ref(&mark) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread::{self, ThreadId};

    fn thread_of(needed: usize) -> ThreadId {
        with_bytes(needed, needed, || thread::current().id()).unwrap()
    }

    #[test]
    fn work_moves_only_where_too_little_is_free() {
        let before = thread::current().id();
        // Nothing is known of the stack of a host's thread.
        assert_ne!(thread_of(1), before);
        let (outer, fits, too_deep) =
            with_bytes(1 << 20, 2 << 20, || (thread::current().id(), thread_of(1 << 20), thread_of(3 << 20))).unwrap();
        assert_eq!(outer, fits);
        assert_ne!(outer, too_deep);
    }

    /// Uses about `kilobytes` of stack.
    fn dig(kilobytes: usize) -> usize {
        let frame = std::hint::black_box([1_u8; 1024]);
        if kilobytes == 0 { 0 } else { dig(kilobytes - 1) + usize::from(frame[kilobytes % 1024]) }
    }

    #[test]
    fn all_that_is_asked_for_can_be_used() {
        assert_eq!(with_bytes(64 << 20, 64 << 20, || dig(4 << 10)), Some(4 << 10));
        // What is used up is not free any more.
        let moved = with_bytes(16 << 20, 16 << 20, || {
            let outer = thread::current().id();
            fn below(kilobytes: usize) -> ThreadId {
                let frame = std::hint::black_box([1_u8; 1024]);
                if kilobytes == 0 { thread_of(15 << 20) } else { std::hint::black_box((below(kilobytes - 1), frame)).0 }
            }
            outer != below(1100)
        });
        assert_eq!(moved, Some(true));
    }

    #[test]
    fn a_panic_of_the_work_is_not_swallowed() {
        let caught = std::panic::catch_unwind(|| with_bytes(1, 1, || assert_eq!(1, 2, "in the work")));
        assert!(caught.is_err());
    }
}
