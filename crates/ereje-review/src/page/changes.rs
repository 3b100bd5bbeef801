//! A change of a text, line by line, marked by sign and by colour.

use maud::{Markup, html};

/// A line of a change.
#[derive(Clone, Debug)]
pub enum Line {
    /// It is in both.
    Same(String),
    /// It is new.
    Added(String),
    /// It is gone.
    Dropped(String),
    /// Lines of both are left out here; a place may be named.
    Gap(String),
}

/// A change as code hosts show it.
#[must_use]
pub fn changes(lines: &[Line]) -> Markup {
    html! {
        pre.changes tabindex="0" {
            @for line in lines {
                @match line {
                    Line::Same(text) => span { "  " (text) },
                    Line::Added(text) => span.added { "+ " (text) },
                    Line::Dropped(text) => span.dropped { "− " (text) },
                    Line::Gap(text) => span.gap { "⋯ " (text) },
                }
            }
        }
    }
}
