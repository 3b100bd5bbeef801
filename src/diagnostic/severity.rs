//! How grave a finding is; what of it is printed.

/// How grave a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nothing is decided until it is mended.
    Error,
    /// Worth a look; decisions are made all the same.
    Warning,
}

/// The word for a severity, as it is printed.
pub(super) const fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}
