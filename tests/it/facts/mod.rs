//! Fact files: reading, errors, and writing.

mod bad;
pub(crate) mod csv;
mod exponents;
pub(crate) mod form;
mod good;
mod hostile;
mod pages;
pub(crate) mod round_trip;
