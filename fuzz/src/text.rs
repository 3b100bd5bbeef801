//! Any bytes as a policy file: they are read, or refused with places in them; what is read has one layout, which says the
//! same.

use crate::seeds::{files, policies_in_cases};
use ereje::diagnostic::{Diagnostic, Severity, human, json, sarif, short};
use ereje::fmt::{FormatError, format};
use ereje::load::decode_file;
use ereje::source::Sources;
use ereje::syntax;

/// The most bytes of a seed: half of a short run would read the longest files over and over.
const PIECE: usize = 2500;

/// Every policy file of the repository, good and bad, long ones in pieces.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let found = files(&["policies", "tests/cases", "benches/residence", "fuzz"], &[".ereje"]);
    let texts = found.into_iter().map(|(_, text)| text).chain(policies_in_cases());
    let mut seeds = Vec::new();
    for text in texts {
        let mut piece = Vec::new();
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            // Items are mostly cut apart at an empty line.
            if piece.len() > PIECE && line == b"\n" {
                seeds.push(std::mem::take(&mut piece));
            }
            piece.extend_from_slice(line);
        }
        seeds.push(piece);
    }
    seeds
}

/// Reads the bytes, and lays out what could be read.
pub fn run(data: &[u8]) {
    let mut sources = Sources::new();
    let file = match decode_file(&mut sources, "a.ereje", data.to_vec()) {
        Ok(file) => file,
        Err(finding) => return told(&[*finding], &sources),
    };
    let (tree, findings) = syntax::parse(&sources, file);
    told(&findings, &sources);
    let once = match format(&sources, file) {
        Ok(once) => once,
        Err(FormatError::Syntax(found)) => {
            assert!(found.iter().any(|found| found.severity() == Severity::Error), "refused without an error");
            return;
        }
        Err(error @ FormatError::Changed) => panic!("{error}"),
    };
    assert!(findings.iter().all(|found| found.severity() != Severity::Error), "laid out in spite of errors");
    let mut again = Sources::new();
    let file = again.add("a.ereje", once.as_str());
    let (same, _) = syntax::parse(&again, file);
    // A text is compared with line ends of one kind, since only those are in a layout.
    let mut plain = Sources::new();
    let text = sources.get(tree.file).map_or("", |source| &source.text);
    let file_of_plain = plain.add("a.ereje", text.replace("\r\n", "\n").replace('\r', "\n"));
    let (before, _) = syntax::parse(&plain, file_of_plain);
    assert!(before.without_places() == same.without_places(), "the layout says something else:\n{once}");
    let twice = format(&again, file).unwrap_or_else(|error| panic!("the layout has none: {error}\n{once}"));
    assert_eq!(once, twice, "the layout of the layout is another");
}

/// Findings can be told in every form, and each place is one in its text.
pub fn told(findings: &[Diagnostic], sources: &Sources) {
    for finding in findings {
        for label in std::iter::once(&finding.primary).chain(&finding.secondary) {
            let text = sources.get(label.span.file).map(|source| &source.text);
            let inside = text.and_then(|text| text.get(label.span.start as usize..label.span.end as usize));
            assert!(inside.is_some(), "a place that is none: {finding:?}");
        }
        assert!(!finding.message.is_empty(), "a finding without words: {finding:?}");
    }
    let forms = [human(findings, sources, true), short(findings, sources), json(findings, sources, &[])];
    assert!(findings.is_empty() || forms.iter().all(|form| !form.is_empty()), "a finding is not told");
    let _ = sarif(findings, sources, &[]);
}
