//! The missing cases: what a policy distinguishes and no case shows, with today's answer for a person to confirm.
//!
//! Comes in: a [`Policy`], facts to change, and the existing trials. Goes out: [`Suggestion`]s, each a changed fact set
//! that reaches its goal, and from these a case file. Goals come from the policy's text (a rule that should fire, a
//! comparison at its edge, a day on which something begins). The search for facts follows the policy's own conditions,
//! and the evaluator checks every result. A tool: it stands at the end, and no other module uses it.

mod attempt;
mod base;
mod boundary;
mod call_sites;
mod condition_sites;
mod constraint;
mod goals;
mod measure;
mod metered_engine;
mod moves;
mod path_evaluator;
mod propose;
mod scenario;
mod search;
mod select;
mod silent;
mod solve;
mod stand_in;
mod values;
mod write;

pub use base::Base;
pub use metered_engine::MAX_STEPS;
pub use select::{MAX_WORK, SeedCase, SuggestOptions, SuggestReport, Suggestion, suggest, with_last_outcome};
pub use silent::undecided;
pub use stand_in::stand_ins;
pub use write::{json, yaml};

#[cfg(doc)]
use ereje::Policy;
