//! Fact files: what is read from them, what is refused and how, and the way back.

mod bad;
mod csv;
pub(crate) mod form;
mod good;
mod hostile;
mod pages;
mod round_trip;
