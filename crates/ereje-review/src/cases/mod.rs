//! Cases: what a policy is expected to decide, written down beside it in `*.test.yaml`.
//!
//! Comes in: a case file, which does not depend on a Model, and a [`Policy`]. Goes out: [`Trial`]s, one for each
//! application to decide (ranges and tables unfolded), and for each trial what is not as expected. Pure: the caller
//! reads the files. Stands after `policy`; the tools of review are built on it.

mod change;
mod expect;
mod file;
mod given;
mod judge;
mod masked;
mod path;
mod read;
mod table;
mod texts;
mod trial;
mod unfold;
mod values;

pub use expect::{Difference, Expected};
pub use file::CaseFile;
pub use given::GivenReason;
pub use judge::{Judgement, Trial};

#[cfg(doc)]
use ereje::Policy;

/// The most trials that one file unfolds to.
pub const MAX_TRIALS: usize = 100_000;
