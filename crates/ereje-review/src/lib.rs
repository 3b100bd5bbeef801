//! Tools for those who write and review policies.
//!
//! [`cases`] are tried against a policy, and [`coverage`] says what of it they exercise. [`diff`] says which decisions a change
//! moves, [`review`] keeps what was decided and says what has changed since, [`mutate`] looks for wrong laws that no case
//! notices, and [`suggest`] writes the cases that are missing. All of them use the library, and none of them decides.
#![forbid(unsafe_code)]

pub mod cases;
pub mod coverage;
pub mod diff;
pub mod mutate;
pub mod page;
pub mod review;
pub mod suggest;
