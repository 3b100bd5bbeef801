//! Fact files made to do harm: each is refused soon, with a finding, and without much memory.

use super::form::model;
use ereje::diagnostic::{Code, add_bytes, human};
use ereje::facts::{Document, FactNames, Format, decode, limits};
use ereje::source::Sources;
use proptest::prelude::*;
use std::time::{Duration, Instant};

/// The findings about a text that must be refused, in a short time.
fn refused(text: &str, format: Format) -> Vec<Code> {
    let start = Instant::now();
    let mut sources = Sources::new();
    let file = sources.add("facts", text);
    let documents = decode(&model(), &sources, file, format);
    for label in documents.iter().flat_map(|document| &document.findings).map(|finding| finding.primary.span) {
        assert!(text.get(label.start as usize..label.end as usize).is_some(), "a place that is none: {label:?}");
    }
    let shown = human(&documents.iter().flat_map(|d| d.findings.clone()).collect::<Vec<_>>(), &sources, false);
    let (begin, length) = (text.chars().take(60).collect::<String>(), text.len());
    assert!(start.elapsed() < Duration::from_secs(90), "{begin}: {:?} for {length} bytes", start.elapsed());
    assert!(shown.len() < 400_000, "{begin}: {} bytes are said", shown.len());
    assert!(documents.iter().any(|d| d.facts.is_none()), "{begin} is read");
    documents.iter().flat_map(|d| &d.findings).map(|f| f.code).collect()
}

/// The size of JSON, in bytes, that has to be handled.
const BIG: usize = 50_000_000;
/// The size of YAML, in bytes; YAML is slower to read.
const LARGE: usize = 1_000_000;

#[test]
fn nesting_is_bounded() {
    for open in ["[", "{a: ", "{\"a\": ", "- ", "? ", "a:\n ", "[{", "[[],"] {
        let text = open.repeat(10_000);
        let codes = refused(&text, Format::Yaml);
        assert_eq!(codes.len(), 1, "{open}");
    }
    assert_eq!(refused(&"[".repeat(100_000), Format::Yaml), [Code::E0609]);
    assert_eq!(refused(&format!("owners: {}{}", "[".repeat(10_000), "]".repeat(10_000)), Format::Yaml), [Code::E0609]);
    assert_eq!(
        refused(&format!("{{\"owners\": {}{}}}", "[".repeat(10_000), "]".repeat(10_000)), Format::Json),
        [Code::E0609]
    );
    assert_eq!(refused(&"{\"a\":".repeat(1_000_000), Format::Json), [Code::E0609]);
    // The level that is one too many would begin where the text ends, or with a character of several bytes.
    for rest in ["", "é", "[", "日]"] {
        assert_eq!(refused(&format!("{{\"owners\": {}{rest}", "[".repeat(64)), Format::Json), [Code::E0609], "{rest}");
    }
    let deep: String = (0..200).map(|i| format!("{}a:\n", "  ".repeat(i))).collect();
    assert_eq!(refused(&deep, Format::Yaml), [Code::E0609]);
}

#[test]
fn aliases_are_not_expanded() {
    let mut bomb = String::from("a: &a [x, x, x, x, x, x, x, x, x]\n");
    for (this, last) in ('b'..='i').zip('a'..='h') {
        bomb += &format!("{this}: &{this} [{}]\n", vec![format!("*{last}"); 9].join(", "));
    }
    assert_eq!(refused(&bomb, Format::Yaml), [Code::E0609]);
}

#[test]
fn a_number_of_fifty_megabytes_is_refused() {
    let digits = "9".repeat(BIG);
    assert_eq!(refused(&format!("{{\"dwelling\": {{\"rooms\": {digits}}}}}"), Format::Json), [Code::E0606]);
    let digits = "9".repeat(LARGE);
    assert_eq!(refused(&format!("dwelling:\n  rooms: {digits}\n"), Format::Yaml), [Code::E0606]);
    assert_eq!(refused(&format!("dwelling:\n  rooms: 0.{digits}\n"), Format::Yaml), [Code::E0606]);
    assert_eq!(
        refused(&format!("application: {{ date: {digits}, stay: {digits} }}"), Format::Yaml),
        [Code::E0603, Code::E0606]
    );
}

#[test]
fn long_texts_keys_lists_and_files_are_refused() {
    let long = "ж".repeat(BIG / 2);
    assert_eq!(refused(&format!("{{\"application\": {{\"note\": \"{long}\"}}}}"), Format::Json), [Code::E0609]);
    assert_eq!(refused(&format!("{{\"{long}\": 1}}"), Format::Json), [Code::E0602]);
    let long = "ж".repeat(LARGE / 2);
    assert_eq!(refused(&format!("application:\n  note: \"{long}\"\n"), Format::Yaml), [Code::E0609]);
    assert_eq!(refused(&format!("application: {{ region: {long} }}"), Format::Yaml), [Code::E0604]);
    assert_eq!(refused(&" ".repeat(limits::MAX_FILE + 1), Format::Yaml), [Code::E0609]);
    let items = vec!["1"; limits::MAX_ELEMENTS + 1].join(",");
    assert_eq!(refused(&format!("dwelling: {{ rents: [{items}] }}"), Format::Yaml), [Code::E0609]);
    assert_eq!(refused(&format!("{{\"dwelling\": {{\"rents\": [{items}]}}}}"), Format::Json), [Code::E0609]);
    let keys: String = (0..=limits::MAX_KEYS).map(|i| format!("k{i}: 1\n")).collect();
    assert_eq!(refused(&keys, Format::Yaml), [Code::E0609]);
    let half = vec!["[]"; limits::MAX_ELEMENTS].join(",");
    let many = vec![format!("[{half}]"); 11].join(",");
    assert_eq!(refused(&format!("{{\"dwelling\": {{\"rents\": [{many}]}}}}"), Format::Json), [Code::E0609]);
}

#[test]
fn findings_and_documents_are_counted() {
    let keys: String = (0..5_000).map(|i| format!("unknown_key_{i}: 1\n")).collect();
    let codes = refused(&keys, Format::Yaml);
    assert_eq!((codes.len(), codes.last()), (limits::MAX_FINDINGS + 1, Some(&Code::E0609)));
    let codes = refused(&"{}\n".repeat(limits::MAX_DOCUMENTS + 5), Format::Json);
    assert_eq!(codes, [Code::E0609]);
    let codes = refused(&"--- {}\n".repeat(limits::MAX_DOCUMENTS + 5), Format::Yaml);
    assert_eq!(codes, [Code::E0609]);
    // Many bad documents, none of which is closed.
    assert!(refused(&"{\"a\": [\n".repeat(20_000), Format::Json).len() <= limits::MAX_DOCUMENTS + 1);
    assert!(refused(&"{ [ \" ".repeat(1_000_000), Format::Json).len() <= limits::MAX_DOCUMENTS + 1);
    assert!(refused(&"--- {\n".repeat(20_000), Format::Yaml).len() <= limits::MAX_DOCUMENTS + 1);
}

#[test]
fn large_files_of_nothing_end_soon() {
    for unit in [
        "a: 1\n",
        "- ",
        "\"",
        "'",
        "a ",
        "# x\n",
        "\t",
        "|\n",
        "? ",
        ": ",
        "a: |\n b\n",
        "%x\n",
        "&a ",
        "[a, ",
        "{a: 1, ",
        "\\",
        "ж",
        "!",
        "{}",
        ", ",
    ] {
        let text = unit.repeat(1_000_000 / unit.len());
        refused(&text, Format::Yaml);
        refused(&text, Format::Json);
        refused(&text, Format::Csv);
        refused(&format!("dwelling.rents,owners\n{text}"), Format::Csv);
    }
}

#[test]
fn a_csv_file_is_bounded_as_well() {
    let header = "dwelling.rooms,application.note,owners\n";
    let of = |record: &str| refused(&format!("{header}{record}"), Format::Csv);
    assert_eq!(of(&format!("1,{},[]", "ж".repeat(BIG / 2))), [Code::E0609, Code::E0608]);
    assert_eq!(of(&format!("{},x,null", "9".repeat(BIG))), [Code::E0606]);
    assert_eq!(of(&format!("1,x,{}", "[".repeat(1_000_000))), [Code::E0609]);
    assert_eq!(of(&format!("1,x,\"{}", "\"\"".repeat(LARGE))), [Code::E0601]);
    assert_eq!(of(&",".repeat(LARGE * 5)), [Code::E0601]);
    let wrong = vec!["{\"\"x\"\":1}"; 5_000].join(",");
    let codes = of(&format!("1,x,\"[{wrong}]\""));
    assert_eq!((codes.len(), codes.last()), (limits::MAX_FINDINGS + 1, Some(&Code::E0609)));
    assert_eq!(refused(&header.repeat(limits::MAX_DOCUMENTS + 5), Format::Csv).last(), Some(&Code::E0609));
    assert_eq!(refused(&"x,".repeat(LARGE), Format::Csv), [Code::E0609]);
}

fn read_bytes(bytes: &[u8], format: Format) -> Result<Vec<Document>, Code> {
    let mut sources = Sources::new();
    let file = add_bytes(&mut sources, "facts", bytes).map_err(|finding| finding.code)?;
    let documents = decode(&model(), &sources, file, format);
    for document in &documents {
        assert_eq!(document.facts.is_some(), document.findings.is_empty());
        assert!(human(&document.findings, &sources, false).len() < 300_000);
        let whole = &sources.get(file).unwrap().text;
        for span in document.findings.iter().map(|f| f.primary.span).chain([document.span]) {
            assert!(
                whole.get(span.start as usize..span.end as usize).is_some(),
                "{span:?} cuts a character: {whole:?}"
            );
        }
    }
    assert!(!documents.is_empty());
    Ok(documents)
}

#[test]
fn marks_line_ends_and_signs_that_cannot_be_seen() {
    let good = "application:\n  note: x\n";
    let plain = read_bytes(good.as_bytes(), Format::Yaml).unwrap().remove(0).facts;
    assert!(plain.is_some());
    for same in
        [format!("\u{FEFF}{good}"), good.replace('\n', "\r\n"), format!("\u{FEFF}{}", good.replace('\n', "\r\n"))]
    {
        assert_eq!(read_bytes(same.as_bytes(), Format::Yaml).unwrap().remove(0).facts, plain, "{same:?}");
    }
    assert_eq!(read_bytes(b"application: \0", Format::Yaml).unwrap_err(), Code::E0702);
    assert_eq!(read_bytes(b"application: \xFF", Format::Json).unwrap_err(), Code::E0702);
    let marked = read_bytes("\u{202E}application: {}".as_bytes(), Format::Yaml).unwrap().remove(0);
    assert!(marked.findings[0].help.iter().any(|h| h.contains("U+202E")), "{marked:#?}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1500) })]

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read_bytes(&bytes, Format::Yaml);
        let _ = read_bytes(&bytes, Format::Json);
        let _ = read_bytes(&bytes, Format::Csv);
        let _ = read_bytes(&[b"dwelling.rooms;owners;application.note\n", &bytes[..]].concat(), Format::Csv);
    }

    #[test]
    fn no_text_panics(pieces in proptest::collection::vec(proptest::sample::select(&[
        "{", "}", "[", "]", ":", ": ", ",", "\"", "'", "\n", "\n  ", "- ", "---\n", "...\n", "? ", "| ", ">-\n", "#", "&a ", "*a", "!t ", "%",
        "application", "dwelling", "owners", "rooms", "rents", "note", "date", "consent", "unavailable", "null", "1.5", "-", "2026-01-15",
        "ә", "\u{202E}", "\t", "\r", "\\", "\\u00e", "true", " ", "  ", "e5", "~", "<<",
    ][..]), 0..60)) {
        let text = pieces.concat();
        let model = model();
        let _ = read_bytes(text.as_bytes(), Format::Yaml);
        let _ = read_bytes(text.as_bytes(), Format::Json);
        let _ = read_bytes(text.as_bytes(), Format::Csv);
        let _ = read_bytes(format!("dwelling.rents,owners,application.note\n{text}").as_bytes(), Format::Csv);
        let _ = FactNames::new(&model).line(&text);
    }
}
