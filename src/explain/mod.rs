//! Explanation: an outcome becomes a [`Decision`] that people and machines read.
//!
//! Comes in: a Model, the texts that it was made of, facts, and what is asked. Goes out: outcome, reasons with their
//! messages in every language, sources, what is still needed, the assumptions it rests on, and, where asked for, a trace.
//! Renders what `eval` has worked out and decides nothing itself, but that it asks `eval` again to see which assumptions
//! matter. The last stage of the pipeline.

mod decider;
mod decision;
mod engine;
mod format;
mod lines;
mod reach;
mod text;
mod trace;
mod words;

pub use decider::{Decider, Parsed, Tally};
pub(crate) use decision::outcome_name;
pub use decision::{Blocked, Decision, FaultCase, FaultNote, Need, PolicyName, Reason};
pub use engine::{Codes, DecideOptions, Engine};
pub(crate) use format::machine;
pub use lines::{FieldError, LineFormat, Lines, USUAL_FIELDS};
pub use text::{rule_text, text};
pub use trace::{ClauseTrace, FactTrace, RuleTrace, SideTrace, Trace};
