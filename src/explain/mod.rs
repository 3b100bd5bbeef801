//! Explanation: puts what the engine has decided into a [`Decision`] for people and machines.
//!
//! Comes in: an evaluated decision, with the Model and the texts that it was made of. Goes out: outcome, reasons with
//! their messages in every language, sources, needs, the assumptions it rests on, and, on request, a trace. Renders
//! decisions of `engine` and decides nothing itself. The last stage of the pipeline.

mod conditions;
mod decision;
mod format;
mod impossible;
mod message;
mod names;
mod phrases;
mod short;
mod text;
mod trace;
mod words;

pub use decision::{Blocked, Decision, FaultCase, FaultNote, Need, PolicyName, Reason, UnknownOutput, WithheldOutcome};
pub use decision::{MAX_WORDS, blocked, faults, known_output, unknown_outputs};
pub use format::label;
pub use message::{MAX_MESSAGE, message};
pub use names::{origin_name, outcome_name, verdict_label};
pub use short::{SHORT_LINES, short_text};
pub use text::{letter, messages, ratios, rule_text, text};
pub use trace::{ClauseTrace, FactTrace, RuleTrace, SideTrace, Trace};
