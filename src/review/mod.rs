//! Snapshots of decisions, and what has changed since.
