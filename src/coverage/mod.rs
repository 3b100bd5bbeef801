//! Coverage: what of a policy its cases exercise.
