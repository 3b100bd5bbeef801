//! Runs over files: their rows are decided on all threads, and stay in their order.
//!
//! ```text
//!  input ──▶ blocks ──▶ workers: decide, each on a block of its own ──▶ output, bad rows
//! ```
//!
//! [`input`] yields text, unpacked; [`blocks`] cuts it into blocks of whole rows; [`workers`] runs them through
//! [`decide`] on all threads and keeps their order; [`output_format`] is what is written for a row, [`bad_row`] the
//! report on one that cannot be read; [`names`] sees that no file is written that has another
//! use; [`output`] is a file that gets its name only when it is finished, [`journal`]
//! notes how far a run has come, [`suspects`] finds the rows that brought it down, and [`summary`] counts its results. The command `ereje batch` puts them together.

pub mod bad_row;
pub mod blocks;
pub mod decide;
mod error;
pub mod input;
pub mod journal;
pub mod names;
pub mod output;
pub mod output_format;
pub mod packing;
pub mod summary;
pub mod suspects;
pub mod workers;

pub use error::Error;
