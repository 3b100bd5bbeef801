//! The frame of a self-contained HTML page.
//!
//! Comes in: a title and the content as markup. Goes out: one self-contained HTML text: no script, font or picture from
//! elsewhere. It suits light and dark screens, phones and paper. It does not depend on policies; the caller brings the
//! words.

mod bars;
mod changes;
mod flow;
mod table;

pub use bars::{Bar, bars};
pub use changes::{DiffLine, changes};
pub use flow::{Stream, flow};
pub use table::{ColumnHeader, table};

use ereje::visible::last_net;
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// The style of every page. Colours are variables, so that dark and print only change these.
const STYLE: &str = include_str!("page.css");

/// A whole page in a language; a quotation in another one has a `lang` of its own.
///
/// The style offers what several pages need: `.figures` with one `.figure` for each number of a summary, `.card`, `.tag`,
/// `.note`, `.place`, `.quote`, `.screen` (not on paper), `pre.prose` (broken into lines on a phone), `.ok`, `.warn`, `.bad`, and the variables `--ink`, `--dim`, `--paper`, `--soft`, `--line`,
/// `--accent`, `--ok`, `--warn`, `--bad`, `--ok-soft`, `--warn-soft`, `--bad-soft`.
#[must_use]
pub fn page(language: &str, title: &str, subtitle: &str, body: Markup) -> String {
    styled(language, title, subtitle, "", body)
}

/// A whole page with additional style.
#[must_use]
pub fn styled(language: &str, title: &str, subtitle: &str, style: &str, body: Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang=(language) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                // The browser refuses to load anything.
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                title { (title) }
                style { (PreEscaped(STYLE)) (PreEscaped(style)) }
            }
            body {
                header {
                    h1 { (title) }
                    @if !subtitle.is_empty() { p.subtitle { (subtitle) } }
                }
                main { (body) }
            }
        }
    };
    let mut text = page.into_string();
    text.push('\n');
    // The last net: the code that fills a page has made foreign texts visible before.
    last_net(&text).into_owned()
}

/// The numbers of a summary, large, each with its label.
#[must_use]
pub fn figures(figures: &[(String, &str)]) -> Markup {
    html! {
        div.figures {
            @for (number, words) in figures {
                div.figure { strong { (number) } span { (words) } }
            }
        }
    }
}

/// A number as English groups it: `1,234,567`.
#[must_use]
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A share in whole percent if that is exact enough: `42%`, `<1%`, `>99%`; a dash if the whole is zero.
#[must_use]
pub fn percent(part: u64, whole: u64) -> String {
    match (u128::from(part) * 200 + u128::from(whole)).checked_div(2 * u128::from(whole)) {
        None => "–".into(),
        Some(0) if part > 0 => "<1%".into(),
        Some(100) if part < whole => ">99%".into(),
        Some(share) => format!("{share}%"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_at_a_glance() {
        assert_eq!([0, 999, 1000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
        let shares = [(0, 0), (0, 9), (1, 3), (2, 3), (1, 1000), (999, 1000), (7, 7), (u64::MAX, u64::MAX)];
        assert_eq!(
            shares.map(|(part, whole)| percent(part, whole)),
            ["–", "0%", "33%", "67%", "<1%", ">99%", "100%", "100%"]
        );
    }
}
