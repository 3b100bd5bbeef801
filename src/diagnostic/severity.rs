//! The severity of a finding.

/// The severity of a diagnostic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Must be corrected before anything is decided.
    Error,
    /// Worth attention; decisions are possible.
    Warning,
}

/// The word for a severity in output.
pub(super) const fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}
