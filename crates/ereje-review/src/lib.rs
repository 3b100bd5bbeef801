//! Tools for those who write and review policies.
//!
//! [`cases`] are tried on a policy, and [`coverage`] measures what of it they exercise. [`diff`] finds the decisions
//! that a change moves, [`review`] keeps decisions and shows what has changed since, [`mutate`] finds wrong laws that
//! no case notices, and [`suggest`] writes the missing cases. All of them use the library, and none of them decides.
#![forbid(unsafe_code)]

pub mod cases;
pub mod coverage;
pub mod diff;
pub mod mutate;
pub mod page;
pub mod phrases;
pub mod review;
pub mod suggest;
