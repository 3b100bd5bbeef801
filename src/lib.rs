//! Ereje decides applications under administrative law: rules that hold in a region, for a period, over facts that come
//! from registries which may have no record or may be down. The rules are text in a language that a lawyer reads; a policy
//! is loaded while the program runs, and an amendment needs no new build.
//!
//! # A whole example
//!
//! ```
//! use ereje::{Error, Policy};
//! use serde::Serialize;
//!
//! const LIBRARY: &str = r#"
//!     policy library.cards
//!       from 2026-01-01
//!       en "Library cards"
//!
//!     facts reader { asked_on: date, born: date, debt: decimal }
//!     as of reader.asked_on
//!
//!     decision card
//!       refuse > issue
//!       otherwise issue
//!       output pays: decimal = reader.debt
//!
//!     reason TOO_YOUNG  en "A reader is at least seven years old; this one is {age(reader.born)}."
//!
//!     rule too_young
//!       refuse TOO_YOUNG
//!       when age(reader.born) < 7 years
//! "#;
//!
//! #[derive(Serialize)]
//! struct Application { reader: Reader }
//!
//! #[derive(Serialize)]
//! struct Reader { asked_on: &'static str, born: &'static str, debt: &'static str }
//!
//! fn main() -> Result<(), Error> {
//!     let policy = Policy::from_texts([("library.ereje", LIBRARY)])?;
//!     let reader = Reader { asked_on: "2026-09-01", born: "2020-01-31", debt: "1.50" };
//!
//!     let decision = policy.decide(&policy.facts_of(&Application { reader })?);
//!
//!     assert_eq!(decision.outcome, "refuse");
//!     assert_eq!(decision.reasons[0].code, "TOO_YOUNG");
//!     assert_eq!(decision.outputs["pays"], "1.5");
//!     // A service answers with the JSON form of a decision.
//!     assert!(serde_json::to_string(&decision).is_ok_and(|json| json.starts_with(r#"{"schema":"decision/1.0""#)));
//!     Ok(())
//! }
//! ```
//!
//! # What is here
//!
//! [`Policy`] loads a policy from a folder or from texts, takes facts ([`Policy::facts`] from YAML, JSON or CSV,
//! [`Policy::facts_of`] from a program's own types), and decides: [`Policy::decide`], or [`Policy::request`] for another
//! decision, day, region or reading of the law. A [`Decision`] has outcome, reasons with messages in each language, legal
//! sources, what is still to be asked, and the assumptions that it rests on. What is wrong with a policy or with facts is an
//! [`Error`] that holds [`Findings`], each with its place and a next step.
//!
//! Deciding many rows is `ereje-batch`, cases and reviews are `ereje-review`, the program `ereje` is `ereje-cli`.
//!
//! # What a version promises
//!
//! This page: what it shows keeps its names and meanings until the second number of the version changes (0.1 to 0.2; from 1.0
//! on, the first). Types that will grow are `#[non_exhaustive]`. The language and the JSON form of a decision promise the
//! same for a policy and for a program that reads decisions; `docs/promises.md` says it in full. Everything that this page
//! does not show is for the other crates of this project and may change at any time.
//!
//! ```text
//! texts ──syntax──▶ Ast ──check──▶ Model ──plan──▶ Plan ──eval──▶ Outcome ──engine──▶ Evaluated ──explain──▶ Decision
//!   load              │                     facts ────┘
//!                    fmt                  (YAML, JSON, CSV, serde)
//! ```
#![forbid(unsafe_code)]

// The code that pest derives names `alloc` if pest is built without `std`. With `std`, the parser would check the stack
// at every step, although the depth is limited before parsing.
extern crate alloc;

// The stages. The other crates of the workspace walk the Model, run plans of their own and read rows without a fact
// set, so the stages are public to them; nothing is promised to others.
#[doc(hidden)]
pub mod check;
#[doc(hidden)]
pub mod diagnostic;
#[doc(hidden)]
pub mod digest;
pub mod documents;
#[doc(hidden)]
pub mod engine;
#[doc(hidden)]
pub mod eval;
#[doc(hidden)]
pub mod explain;
#[doc(hidden)]
pub mod facts;
#[doc(hidden)]
pub mod fmt;
#[doc(hidden)]
pub mod ids;
#[doc(hidden)]
pub mod load;
#[doc(hidden)]
pub mod mask;
#[doc(hidden)]
pub mod model;
#[doc(hidden)]
pub mod plan;
mod policy;

#[doc(hidden)]
pub mod schema;
#[doc(hidden)]
pub mod source;
mod stack;
#[doc(hidden)]
pub mod syntax;
#[doc(hidden)]
pub mod value;
#[doc(hidden)]
pub mod visible;

pub use diagnostic::{Code, Diagnostic, Label, Severity};
#[doc(hidden)]
pub use engine::DecideOptions;
pub use explain::{
    Blocked, ClauseTrace, Decision, FactTrace, FaultCase, FaultNote, Need, PolicyName, Reason, RuleTrace, SideTrace,
    Trace,
};
pub use facts::{FactSet, FactState, Format};
pub use load::LoadError;
pub use policy::{Error, Findings, Policy, Request};

pub use source::{FileId, Sources, Span};

/// The Rust of the README, compiled.
#[cfg(doctest)]
#[expect(rustdoc::invalid_codeblock_attributes, reason = "a policy block names the file that it quotes")]
#[doc = include_str!("../README.md")]
struct Readme;
