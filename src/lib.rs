//! Ereje, a declarative policy engine for administrative law.
#![forbid(unsafe_code)]

pub mod check;
pub mod cli;
pub mod diagnostic;
pub mod eval;
pub mod facts;
pub mod fmt;
pub mod ids;
pub mod load;
pub mod model;
pub mod plan;
pub mod schema;
pub mod source;
pub mod syntax;
pub mod value;
