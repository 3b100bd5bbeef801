//! The colours of the report for people; the stream takes them away where they are not wanted.

pub(super) const BOLD: &str = "\x1b[1m";
pub(super) const RED: &str = "\x1b[31m";
pub(super) const GREEN: &str = "\x1b[32m";
pub(super) const CYAN: &str = "\x1b[36m";
pub(super) const PLAIN: &str = "\x1b[0m";
