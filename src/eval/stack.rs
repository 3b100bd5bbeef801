//! A stack that is deep enough: evaluation recurses along the policy, and the plan knows how deep that can go.

use crate::plan::Plan;

/// The depth for which every thread has room: well below what 2 MiB hold in a build without optimisation.
const ORDINARY_DEPTH: usize = 100;

/// Room for one level. An unoptimised build was seen to take less than a third of it.
const BYTES_PER_LEVEL: usize = 12 * 1024;

/// Runs `work` on this thread, or, for a policy whose definitions rest on one another in a very long chain, on a thread
/// of its own with a stack to match. None where the system gives no such thread.
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
