//! Room for a plan: making its programs and evaluating them recurse along the policy, and the plan knows how deep.

use super::Plan;
use crate::stack::with_bytes;

/// A depth for which every thread has room, even one of 128 KiB. In an unoptimised build a level takes more.
const ORDINARY_DEPTH: usize = if cfg!(debug_assertions) { 12 } else { 100 };

/// Stack for one level. In an unoptimised build a level takes less than a third of it.
const BYTES_PER_LEVEL: usize = 12 * 1024;

/// Stack besides the levels. As much may be used before the room is asked for again.
const BESIDE: usize = 1 << 20;

/// Runs `work` on this thread, or, if it has no room for the longest chain of the plan's definitions, on a new thread with
/// a large enough stack. `None` if the system cannot start such a thread.
pub fn with_room<T: Send>(plan: &Plan, work: impl FnOnce() -> T + Send) -> Option<T> {
    if plan.depth() <= ORDINARY_DEPTH {
        return Some(work());
    }
    let needed = plan.depth().saturating_mul(BYTES_PER_LEVEL);
    with_bytes(needed, needed.saturating_add(BESIDE), work)
}
