//! Ereje over many rows: lines of facts become lines of decisions, quickly.
//!
//! ```text
//! line ──row──▶ Row ──kernel──▶ outcome and codes ──decider, lines──▶ line
//! ```
//!
//! [`Decider`] reads, decides and writes one row after the other, for one thread; [`files`] reads and writes files of
//! rows on all threads. It decides as [`ereje::Policy::codes`] does, and uses the library where it has no quick form.
#![forbid(unsafe_code)]

mod copied;
pub mod decider;
pub mod lines;

// The parts of a run over files, which the command `ereje batch` puts together, and those of a decider, which the tests
// compare with the evaluator. They are not part of the public interface.
#[doc(hidden)]
pub mod files;
#[doc(hidden)]
pub mod kernel;
#[doc(hidden)]
pub mod row;

pub use decider::Decider;
pub use lines::{LineFormat, Lines};
