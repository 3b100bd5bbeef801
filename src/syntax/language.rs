//! The versions of the language. A change that would give a written policy another meaning gets a version of its own, so that
//! the version in a policy's header says how the policy is read.

/// The first version, in which a policy without a version is written.
pub const OLDEST: u32 = 1;

/// The newest version.
pub const NEWEST: u32 = 1;

/// The version that a number in a header names; `None` if it is not known.
#[must_use]
pub fn version(written: &str) -> Option<u32> {
    let version: u32 = written.parse().ok()?;
    (OLDEST..=NEWEST).contains(&version).then_some(version)
}

/// The known versions, for a message: `1`, `1 to 3`.
#[must_use]
pub fn known() -> String {
    if OLDEST == NEWEST { OLDEST.to_string() } else { format!("{OLDEST} to {NEWEST}") }
}
