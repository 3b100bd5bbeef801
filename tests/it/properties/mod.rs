//! The engine against the reference evaluator, and the laws.
mod core;
