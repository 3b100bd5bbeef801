//! Tables that scroll by themselves on narrow screens.

use maud::{Markup, html};

/// The head of a column.
#[derive(Clone, Copy, Debug)]
pub enum ColumnHeader {
    /// A column of words.
    Words(&'static str),
    /// A column of numbers, aligned to the right.
    Number(&'static str),
}

impl ColumnHeader {
    fn name(self) -> &'static str {
        match self {
            Self::Words(name) | Self::Number(name) => name,
        }
    }

    fn is_number(self) -> bool {
        matches!(self, Self::Number(_))
    }
}

/// A table. The first cell of each row is the row's heading. `label` is its name for screen readers.
#[must_use]
pub fn table(label: &str, columns: &[ColumnHeader], rows: &[Vec<Markup>]) -> Markup {
    html! {
        div.scroll role="region" aria-label=(label) tabindex="0" {
            table {
                thead {
                    tr {
                        @for column in columns {
                            th.number[column.is_number()] scope="col" { (column.name()) }
                        }
                    }
                }
                tbody {
                    @for row in rows {
                        tr {
                            @for (index, cell) in row.iter().enumerate() {
                                @let number = columns.get(index).is_some_and(|c| c.is_number());
                                @if index == 0 {
                                    th.number[number] scope="row" { (cell) }
                                } @else {
                                    td.number[number] { (cell) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
