//! Cases that are missing.
