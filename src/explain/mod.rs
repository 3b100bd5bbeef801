//! Explanation: what the engine has decided becomes a [`Decision`] that people and machines read.
//!
//! Comes in: an evaluated decision, with the Model and the texts that it was made of. Goes out: outcome, reasons with their
//! messages in every language, sources, what is still needed, the assumptions it rests on, and, where asked for, a trace.
//! Renders what `engine` has decided and decides nothing itself. The last stage of the pipeline.

mod decision;
mod format;
mod names;
mod text;
mod trace;
mod words;

pub use decision::{Blocked, Decision, FaultCase, FaultNote, Need, PolicyName, Reason};
pub use decision::{message, origin_name, outcome_name};
pub use text::{rule_text, text};
pub use trace::{ClauseTrace, FactTrace, RuleTrace, SideTrace, Trace};
