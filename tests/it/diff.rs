//! What a change moves: pairs of policies under `tests/cases/diff`, each with its report.

mod checkouts;
mod hanging;
mod lenient;
mod properties;
mod revisions;
mod strangers;

use ereje::facts::{Format, decode};
use ereje::load::Bundle;
use ereje_review::diff::{
    Comparison, CorpusRow, DiffReport, Responsibility, RowQuestion, UnreadableRow, Version, html, markdown, text,
};
use std::fs;
use std::path::PathBuf;

fn folder() -> PathBuf {
    crate::it::root().join("tests/cases/diff")
}

fn version(case: &str, side: &str) -> Version {
    let bundle = Bundle::load(&folder().join(case).join(side)).unwrap();
    Version::new(side, bundle, |name| format!("{side}/{name}")).unwrap_or_else(|error| panic!("{case}: {error}"))
}

/// A version from texts.
fn version_of(name: &str, texts: &[(&str, &str)]) -> Version {
    let texts = texts.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    let bundle = Bundle::from_texts(texts).unwrap();
    Version::new(name, bundle, |file| format!("{name}/{file}")).unwrap_or_else(|error| panic!("{error}"))
}

/// The fact sets of a case, or the common ones.
fn rows(case: &str, version: &Version) -> Vec<CorpusRow> {
    let own = folder().join(case).join("facts.yaml");
    let path = if own.exists() { own } else { folder().join("facts.yaml") };
    let mut sources = ereje::source::Sources::new();
    let file = sources.add("facts.yaml", fs::read_to_string(path).unwrap());
    let row = |document: &ereje::facts::Document| CorpusRow {
        name: format!("document {}", document.index + 1),
        file: String::from("facts.yaml"),
        line: sources.get(file).unwrap().position(document.span.start).line,
        facts: sources.slice(document.span).to_owned(),
        format: Format::Yaml,
        question: RowQuestion::default(),
    };
    decode(version.policy.model(), &sources, file, Format::Yaml).iter().map(row).collect()
}

fn compare(case: &str, language: &str) -> (DiffReport, Vec<UnreadableRow>) {
    let (old, new) = (version(case, "old"), version(case, "new"));
    let mut comparison = Comparison::new(&old, &new);
    let unread = comparison.take(&rows(case, &new));
    (comparison.finish(language), unread)
}

/// The groups in short form, by their changes.
fn groups(report: &DiffReport) -> Vec<String> {
    let name = |index: &usize| report.changes[*index].name.clone();
    let group = |group: &ereje_review::diff::CauseGroup| {
        let changes: Vec<String> = group.changes.iter().map(name).collect();
        format!("{} {:?}: {}", group.count, group.how, changes.join(" + "))
    };
    report.groups.iter().map(group).collect()
}

#[test]
fn what_a_person_reads() {
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if !path.is_dir() {
            continue;
        }
        let case = path.file_name().unwrap().to_str().unwrap().to_owned();
        let (report, unread) = compare(&case, "en");
        let unread: String = unread.iter().map(|row| format!("{}: {}\n", row.place, row.message)).collect();
        insta::with_settings!({ snapshot_path => "snapshots/diff", prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(case.as_str(), format!("{unread}{}", text(&report)));
        });
    }
}

#[test]
fn markdown_for_a_pull_request() {
    insta::with_settings!({ snapshot_path => "snapshots/diff", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("markdown", markdown(&compare("amendment", "ru").0));
    });
}

#[test]
fn json_for_a_program() {
    let (mut report, _) = compare("together", "en");
    report.groups.iter_mut().filter_map(|group| group.example.as_mut()).for_each(|example| {
        example.old_text = "…".into();
        example.new_text = "…".into();
    });
    insta::with_settings!({ snapshot_path => "snapshots/diff", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("json", serde_json::to_string_pretty(&report).unwrap());
    });
}

#[test]
fn a_page_with_everything() {
    let (report, _) = compare("amendment", "en");
    let page = html(&report);
    if let Ok(path) = std::env::var("EREJE_PAGE") {
        fs::write(path, &page).unwrap();
    }
    let body = page.split_once("</style>").unwrap().1.replace("><", ">\n<");
    insta::with_settings!({ snapshot_path => "snapshots/diff", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("html", body);
    });
}

#[test]
fn the_change_that_moves_a_decision_is_named() {
    assert_eq!(groups(&compare("norm", "en").0), ["1 Alone: norm least_area in North"]);
    assert_eq!(groups(&compare("one_of_two", "en").0), ["1 Alone: norm least_area in North"]);
    assert_eq!(groups(&compare("assumption", "en").0), ["2 Alone: assumption students_exempt, default"]);
    assert_eq!(groups(&compare("period", "en").0), ["1 Alone: amendment town.north_2026: last day"]);
    let (either, _) = compare("either", "en");
    assert!(
        either.groups.iter().any(|group| group.how == Responsibility::Alone && group.changes.len() == 2),
        "{:?}",
        groups(&either)
    );
    let (together, _) = compare("together", "en");
    assert!(
        together.groups.iter().any(|group| group.how == Responsibility::Together && group.changes.len() == 2),
        "{:?}",
        groups(&together)
    );
}

#[test]
fn what_means_nothing_moves_nothing() {
    // In the first, the rules are in another order, and so are the reasons of one decision.
    for (case, same, reordered) in [("layout", true, 1), ("renamed", false, 0)] {
        let (report, unread) = compare(case, "en");
        assert_eq!((report.moved, report.same, unread.len()), (0, same, 0), "{case}");
        assert_eq!((report.decided > 0, report.reordered), (true, reordered), "{case}");
    }
}

#[test]
fn what_only_one_version_knows_is_left_out_for_the_other() {
    let (report, unread) = compare("facts_added", "en");
    let left: Vec<String> =
        report.left_out.iter().map(|left| format!("{} {} {}", left.version, left.what, left.rows)).collect();
    assert_eq!(left, ["old applicant.owner 2"]);
    // A name that neither version knows is a mistake.
    assert_eq!((report.decided, report.unread, unread.len()), (2, 1, 1));
    assert_eq!(groups(&report), ["1 Alone: exception owner"]);
}

#[test]
fn rows_may_come_in_any_chunks() {
    let (old, new) = (version("amendment", "old"), version("amendment", "new"));
    let rows = rows("amendment", &new);
    let all = |size: usize| {
        let mut comparison = Comparison::new(&old, &new);
        rows.chunks(size).for_each(|chunk| assert_eq!(comparison.take(chunk), []));
        serde_json::to_string(&comparison.finish("en")).unwrap()
    };
    assert_eq!(all(1), all(100));
}
