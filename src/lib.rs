//! Ereje, a declarative policy engine for administrative law.
//!
//! ```text
//! texts ──syntax──▶ Ast ──check──▶ Model ──plan──▶ Plan ──eval──▶ Outcome ──engine──▶ Evaluated ──explain──▶ Decision
//!   load              │                     facts ────┘
//!                    fmt                  (YAML, JSON)
//! ```
//!
//! [`Policy`] is the whole of it behind a few calls; the stages are public for those who need one alone. Everything from
//! [`syntax`] to `explain` does no I/O and reads no clock.
#![forbid(unsafe_code)]

// What pest derives names `alloc` where pest is built without `std`. With it, the parser would ask at every step how much
// stack is left, although the depth of what it reads is bounded before it reads it.
extern crate alloc;

pub mod diagnostic;
pub mod explain;
pub mod facts;
pub mod fmt;
pub mod load;
mod policy;
pub mod schema;
pub mod source;

// The stages inside. The other crates of the workspace walk the Model, run plans of their own and read rows without a fact set, so
// they can see them; they are no promise to others.
#[doc(hidden)]
pub mod check;
#[doc(hidden)]
pub mod engine;
#[doc(hidden)]
pub mod eval;
#[doc(hidden)]
pub mod ids;
#[doc(hidden)]
pub mod model;
#[doc(hidden)]
pub mod plan;
#[doc(hidden)]
pub mod syntax;
#[doc(hidden)]
pub mod value;

pub use engine::DecideOptions;
pub use explain::Decision;
pub use facts::{FactSet, Format};
pub use policy::{Error, Findings, Policy};

/// The Rust of the README, compiled.
#[cfg(doctest)]
#[expect(rustdoc::invalid_codeblock_attributes, reason = "a policy block names the file that it quotes")]
#[doc = include_str!("../README.md")]
struct Readme;
