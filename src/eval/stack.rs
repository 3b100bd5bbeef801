//! A stack that is deep enough: evaluation recurses along the policy, and the plan knows the depth.

use crate::plan::Plan;

/// A depth for which every thread has room: far below what fits into 2 MiB in a build without optimisation.
const ORDINARY_DEPTH: usize = 100;

/// Stack for one level. In an unoptimised build a level takes less than a third of it.
const BYTES_PER_LEVEL: usize = 12 * 1024;

/// Runs `work` on this thread, or, if definitions form a very long chain, on a new thread with a large enough stack.
/// `None` if the system cannot start such a thread.
pub fn with_room<T: Send>(plan: &Plan, work: impl FnOnce() -> T + Send) -> Option<T> {
    if plan.depth() <= ORDINARY_DEPTH {
        return Some(work());
    }
    let size = plan.depth().saturating_mul(BYTES_PER_LEVEL).saturating_add(1 << 20);
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(size).spawn_scoped(scope, work).ok()?;
        thread.join().ok()
    })
}
