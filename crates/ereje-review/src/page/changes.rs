//! A change of a text, line by line, marked by sign and by colour.

use maud::{Markup, html};
use serde::Serialize;

/// A line of a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DiffLine {
    /// Both texts have it.
    Same(String),
    /// Only the new text has it.
    Added(String),
    /// Only the old text has it.
    Dropped(String),
    /// Lines that both texts have are left out here.
    Gap,
}

/// A change as code hosts show it.
#[must_use]
pub fn changes(lines: &[DiffLine]) -> Markup {
    html! {
        pre.changes tabindex="0" {
            @for line in lines {
                @match line {
                    DiffLine::Same(text) => span { "  " (text) },
                    DiffLine::Added(text) => span.added { "+ " (text) },
                    DiffLine::Dropped(text) => span.dropped { "− " (text) },
                    DiffLine::Gap => span.gap { "⋯ " },
                }
            }
        }
    }
}
