//! Bars with names: a row for each, its length in proportion, the figure in words beside it.

use maud::{Markup, html};

/// One bar.
#[derive(Clone, Debug)]
pub struct Bar {
    /// Its name.
    pub name: String,
    /// Its length, in proportion to the `full` of [`bars`].
    pub value: u64,
    /// The figure as people read it: `12 of 300 (4%)`.
    pub figure: String,
}

/// Bars below one another; the longest possible one has the value `full`. Values above zero are always visible.
#[must_use]
pub fn bars(rows: &[Bar], full: u64) -> Markup {
    html! {
        div.bars role="list" {
            @for bar in rows {
                div.bar role="listitem" {
                    span.name { (bar.name) }
                    // On a phone the track is below both, so it comes last in the text as well.
                    span.told.number { (bar.figure) }
                    span.track aria-hidden="true" {
                        span.fill.none[bar.value == 0] style={ "width:" (thousandths(bar.value, full)) "%" } {}
                    }
                }
            }
        }
    }
}

/// A share in percent with one digit after the point; 100 at most.
fn thousandths(part: u64, whole: u64) -> String {
    let share = (u128::from(part) * 1000).checked_div(u128::from(whole)).unwrap_or(0).min(1000);
    format!("{}.{}", share / 10, share % 10)
}
