//! Cases: what a policy is expected to decide, written down beside it in `*.test.yaml`.
//!
//! Comes in: a case file, which knows no Model, and a [`Policy`]. Goes out: [`Trial`]s, one for each application to decide
//! (ranges and tables unfolded), and of each trial what is not as expected. Pure: who reads files hands over texts. Stands
//! after `policy`; the tools of review are built on it.

mod change;
mod expect;
mod file;
mod given;
mod judge;
mod path;
mod read;
mod table;
mod trial;
mod unfold;

pub use expect::{Difference, Expected};
pub use file::CaseFile;
pub use given::GivenReason;
pub use judge::{Judgement, Trial};

#[cfg(doc)]
use ereje::Policy;

/// The most trials that one file unfolds to.
pub const MAX_TRIALS: usize = 100_000;
