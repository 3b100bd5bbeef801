//! Cases: what a policy is expected to decide.
