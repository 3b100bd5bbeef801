//! Fact files: what is read from them, what is refused and how, and the way back.

mod bad;
pub(crate) mod csv;
pub(crate) mod form;
mod good;
mod hostile;
mod pages;
pub(crate) mod round_trip;
