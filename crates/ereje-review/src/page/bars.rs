//! Bars with names: a row for each, its length in proportion, the figure in words beside it.

use maud::{Markup, html};

/// One bar.
#[derive(Clone, Debug)]
pub struct Bar {
    /// What it stands for.
    pub name: String,
    /// Its length, of the `full` that [`bars`] is given.
    pub value: u64,
    /// The figure as people read it: `12 of 300 (4%)`.
    pub told: String,
}

/// Bars under one another, the longest possible one `full` long. What is not nothing can be seen.
#[must_use]
pub fn bars(rows: &[Bar], full: u64) -> Markup {
    html! {
        div.bars role="list" {
            @for bar in rows {
                div.bar role="listitem" {
                    span.name { (bar.name) }
                    // On a phone the track goes under both, so that it comes last in the text as well.
                    span.told.number { (bar.told) }
                    span.track aria-hidden="true" {
                        span.fill.none[bar.value == 0] style={ "width:" (thousandths(bar.value, full)) "%" } {}
                    }
                }
            }
        }
    }
}

/// A share in percent with one digit after the point, at most 100.
fn thousandths(part: u64, whole: u64) -> String {
    let share = (u128::from(part) * 1000).checked_div(u128::from(whole)).unwrap_or(0).min(1000);
    format!("{}.{}", share / 10, share % 10)
}
