//! Who accepted which decisions, as a file beside the snapshots keeps it.
//!
//! An acceptance belongs to what was shown: to the digest of a snapshot's content. So it lasts while the decision stays as it
//! is, under another name or in another file too, and it ends with the first letter that changes. The file is CSV with a
//! column for each field, a line for each acceptance, so that a change of it can be read in version control.

use chrono::{DateTime, NaiveDateTime, SecondsFormat, Utc};
use ereje::digest::sha256;
use ereje::facts::nfc;
use ereje::visible::is_hidden;
use std::fmt;

/// The columns of the file, in the order in which they are written.
const COLUMNS: [&str; 4] = ["accepted_on", "accepted_by", "digest", "snapshot"];

/// The most letters of a name with its address.
const MAX_REVIEWER: usize = 200;

/// Somebody who accepts decisions: a name, mostly with an e-mail address, as git writes them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reviewer {
    /// The name; it may be empty where there is an address.
    name: String,
    /// The e-mail address.
    mail: Option<String>,
}

impl Reviewer {
    /// Reads `Name <address>`, a name alone, or an address alone.
    ///
    /// # Errors
    /// Why this names nobody, in words that follow the text in backticks.
    pub fn read(text: &str) -> Result<Self, &'static str> {
        let text = nfc(text.trim()).split_whitespace().collect::<Vec<_>>().join(" ");
        if text.chars().any(is_hidden) {
            return Err("holds characters that cannot be seen");
        }
        if text.chars().count() > MAX_REVIEWER {
            return Err("is longer than 200 letters");
        }
        let (name, mail) = match text.split_once('<') {
            None if text.contains('@') && !text.contains(' ') => (String::new(), Some(text.clone())),
            None => (text.clone(), None),
            Some((name, rest)) => match rest.strip_suffix('>') {
                Some(mail) => (name.trim().to_owned(), Some(mail.trim().to_owned())),
                None => return Err("is not written as `Name <address>`"),
            },
        };
        let is_plain = |text: &str| text.starts_with(char::is_alphanumeric) && !text.contains(['<', '>']);
        match &mail {
            Some(mail) if !is_plain(mail) || mail.contains(' ') => Err("holds no address between `<` and `>`"),
            Some(_) if name.is_empty() => Ok(Self { name, mail }),
            _ if !is_plain(&name) => Err("begins with no letter"),
            _ => Ok(Self { name, mail }),
        }
    }

    /// True if two are the same person for all that is known: they have the same address, or the same name where one of them
    /// gives no address.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        match (&self.mail, &other.mail) {
            (Some(mine), Some(theirs)) => mine.to_lowercase() == theirs.to_lowercase(),
            _ => !self.name.is_empty() && self.name.to_lowercase() == other.name.to_lowercase(),
        }
    }

    /// The name of the file that this reviewer writes: letters and digits, `_` for everything between them.
    #[must_use]
    pub fn file_name(&self) -> String {
        format!("{}.csv", super::name::slug(self.mail.as_deref().unwrap_or(&self.name), 100))
    }
}

impl fmt::Display for Reviewer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.mail {
            Some(mail) if self.name.is_empty() => write!(f, "<{mail}>"),
            Some(mail) => write!(f, "{} <{mail}>", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// How many persons these are. One who appears with and without an address counts once, so that nobody is two.
#[must_use]
pub fn persons(reviewers: &[&Reviewer]) -> usize {
    let mut groups: Vec<Vec<&Reviewer>> = Vec::new();
    for reviewer in reviewers {
        let (same, mut others): (Vec<_>, Vec<_>) =
            groups.into_iter().partition(|group| group.iter().any(|known| known.is(reviewer)));
        let mut joined: Vec<&Reviewer> = same.into_iter().flatten().collect();
        joined.push(reviewer);
        others.push(joined);
        groups = others;
    }
    groups.len()
}

/// One decision accepted by one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acceptance {
    /// When, in seconds, in UTC.
    pub on: DateTime<Utc>,
    /// By whom.
    pub by: Reviewer,
    /// What [`content_digest`] gives for the content that was shown.
    pub digest: String,
    /// The file name of the snapshot at that time, for people.
    pub snapshot: String,
}

/// Why a file of acceptances cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptanceError {
    /// The line, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub message: String,
}

/// `sha256:…` of a snapshot's content, without the line ends behind it.
#[must_use]
pub fn content_digest(contents: &str) -> String {
    format!("sha256:{}", sha256(contents.trim_end().as_bytes()))
}

/// Reads a file of acceptances.
///
/// # Errors
/// The first line that is none. A file that is understood in part counts for nothing.
pub fn read_acceptances(bytes: &[u8]) -> Result<Vec<Acceptance>, AcceptanceError> {
    let failed = |line: u64, message: &str| AcceptanceError { line, message: message.to_owned() };
    let text = std::str::from_utf8(bytes).map_err(|_| failed(1, "it is no text in UTF-8"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    let of_csv = |error: csv::Error| {
        let line = error.position().map_or(1, |position| line_of(text, position));
        failed(line, "it has another number of cells than the first line")
    };
    let header = reader.headers().map_err(of_csv)?.clone();
    let mut places = [0; COLUMNS.len()];
    for (place, column) in places.iter_mut().zip(COLUMNS) {
        let found = header.iter().position(|name| name == column);
        *place = found.ok_or_else(|| failed(1, &format!("there is no column `{column}`")))?;
    }
    let [on, by, digest, snapshot] = places;
    let mut found = Vec::new();
    for record in reader.records() {
        let record = record.map_err(of_csv)?;
        let line = record.position().map_or(1, |position| line_of(text, position));
        let cell = |place: usize| record.get(place).unwrap_or_default();
        // Only what is written here is read: other forms of a time would be a second way to say it.
        let time = NaiveDateTime::parse_from_str(cell(on), "%Y-%m-%dT%H:%M:%SZ");
        let on = time.map_err(|_| failed(line, "`accepted_on` is no time such as `2026-05-01T12:00:00Z`"))?.and_utc();
        let by = Reviewer::read(cell(by)).map_err(|why| failed(line, &format!("`accepted_by` {why}")))?;
        let digest = cell(digest);
        let is_hex = |hex: &str| hex.len() == 64 && hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if !digest.strip_prefix("sha256:").is_some_and(is_hex) {
            return Err(failed(line, "`digest` is not `sha256:` with 64 digits"));
        }
        found.push(Acceptance { on, by, digest: digest.to_owned(), snapshot: cell(snapshot).to_owned() });
    }
    Ok(found)
}

/// The line of a record, whose position is that of the empty lines before it.
fn line_of(text: &str, position: &csv::Position) -> u64 {
    let at = usize::try_from(position.byte()).unwrap_or(usize::MAX).min(text.len());
    let bytes = text.as_bytes();
    let is_end = |byte: &&u8| matches!(byte, b'\n' | b'\r');
    let empty = bytes.get(at..).unwrap_or_default().iter().take_while(is_end).count();
    let before = bytes.get(..at + empty).unwrap_or_default();
    1 + before.iter().filter(|byte| **byte == b'\n').count() as u64
}

/// The acceptances as a file, in the order of their snapshots, so that each stays on its line.
#[must_use]
pub fn write_acceptances(acceptances: &[Acceptance]) -> String {
    let mut sorted: Vec<&Acceptance> = acceptances.iter().collect();
    sorted.sort_by_key(|one| (&one.snapshot, &one.by, one.on, &one.digest));
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    // Writing to memory does not fail.
    let _ = writer.write_record(COLUMNS);
    for one in sorted {
        let on = one.on.to_rfc3339_opts(SecondsFormat::Secs, true);
        let _ = writer.write_record([&on, &one.by.to_string(), &one.digest, &one.snapshot]);
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reviewer(text: &str) -> Reviewer {
        Reviewer::read(text).unwrap()
    }

    #[test]
    fn reviewers_are_read_as_git_writes_them() {
        for (text, shown) in [
            ("A B <a@example.org>", "A B <a@example.org>"),
            ("  A \t B<a@example.org> ", "A B <a@example.org>"),
            ("Бірінші", "Бірінші"),
            ("a@example.org", "<a@example.org>"),
            ("<a@example.org>", "<a@example.org>"),
            ("E\u{301}", "\u{c9}"),
        ] {
            assert_eq!(reviewer(text).to_string(), shown);
            assert_eq!(reviewer(shown).to_string(), shown);
        }
        let long = "a".repeat(201);
        for bad in ["", "  ", "A <", "A <>", "A <b c>", "=cmd", "A\u{202e}B", "A\u{1b}[2J", "<@>", "A <a> b", &long] {
            assert!(Reviewer::read(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn nobody_is_two() {
        let count = |texts: &[&str]| {
            let all: Vec<Reviewer> = texts.iter().map(|text| reviewer(text)).collect();
            persons(&all.iter().collect::<Vec<_>>())
        };
        assert_eq!(count(&[]), 0);
        assert_eq!(count(&["A <a@x>", "a. <A@X>"]), 1, "one address");
        assert_eq!(count(&["A <a@x>", "A <b@x>"]), 2, "two who are called alike");
        assert_eq!(count(&["A <a@x>", "a"]), 1, "one without the address");
        // The last one joins the first two, in every order.
        assert_eq!(count(&["A <a@x>", "A <b@x>", "A"]), 1);
        assert_eq!(count(&["A", "A <a@x>", "A <b@x>"]), 1);
        assert_eq!(count(&["A <a@x>", "B"]), 2);
        assert_eq!(count(&["<a@x>", "<b@x>"]), 2);
    }

    #[test]
    fn what_is_written_is_read() {
        let one = |on: &str, by: &str, text: &str, snapshot: &str| Acceptance {
            on: on.parse().unwrap(),
            by: reviewer(by),
            digest: content_digest(text),
            snapshot: snapshot.into(),
        };
        let all = vec![
            one("2026-05-01T12:00:00Z", "A, B <a@example.org>", "x", "a__x.snap"),
            one("2026-05-02T00:00:00Z", "Екінші", "y", "b__\"y\", z.snap"),
        ];
        let text = write_acceptances(&all);
        insta::assert_snapshot!(text, @r#"
        accepted_on,accepted_by,digest,snapshot
        2026-05-01T12:00:00Z,"A, B <a@example.org>",sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881,a__x.snap
        2026-05-02T00:00:00Z,Екінші,sha256:a1fce4363854ff888cff4b8e7875d600c2682390412a8cf79b37d0b11148b0fa,"b__""y"", z.snap"
        "#);
        assert_eq!(read_acceptances(text.as_bytes()), Ok(all.clone()));
        let reversed: Vec<Acceptance> = all.iter().rev().cloned().collect();
        assert_eq!(write_acceptances(&reversed), text);
        // Columns that come later, line ends of another system, and nothing at all.
        let wider: String = text.lines().map(|line| format!("{line},more\r\n")).collect();
        assert_eq!(read_acceptances(wider.as_bytes()), Ok(all));
        assert_eq!(read_acceptances(write_acceptances(&[]).as_bytes()), Ok(vec![]));
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_line() {
        let good =
            "2026-05-01T12:00:00Z,A,sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881,a.snap";
        let head = COLUMNS.join(",");
        let texts = [
            String::new(),
            "accepted_on,accepted_by\n".into(),
            format!("{head}\n{good}\n<<<<<<< ours\n"),
            format!("{head}\n{}\n", good.replace("T12", " 12")),
            format!("{head}\n\n{}\n", good.replace(",A,", ",,")),
            format!("{head}\n{}\n", good.replace("2d7", "2D7")),
        ];
        let told = texts.iter().map(|text| {
            let error = read_acceptances(text.as_bytes()).unwrap_err();
            format!("{}: {}\n", error.line, error.message)
        });
        insta::assert_snapshot!(told.collect::<String>(), @r"
        1: there is no column `accepted_on`
        1: there is no column `digest`
        3: it has another number of cells than the first line
        2: `accepted_on` is no time such as `2026-05-01T12:00:00Z`
        3: `accepted_by` begins with no letter
        2: `digest` is not `sha256:` with 64 digits
        ");
    }
}
