//! The findings of the checker about whole policies: none for good ones, one for bad ones, and those on the pages of
//! the codes. A case is a file or, if it needs several files, a folder; a bad case's name begins with its code.

use ereje::check::check;
use ereje::diagnostic::{Code, Diagnostic, Severity, human};
use ereje::load::Bundle;
use ereje::source::{FileId, Sources};
use ereje::syntax;
use ereje_review::suggest::undecided;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn root() -> PathBuf {
    crate::it::root().join("tests/cases")
}

/// The files and folders in a folder of cases, by name.
fn cases(folder: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join("check").join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let mut cases: Vec<PathBuf> =
        entries.filter(|p| p.is_dir() || p.extension().is_some_and(|e| e == "ereje")).collect();
    cases.sort();
    assert!(!cases.is_empty());
    cases
}

fn name_of(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

/// The texts of a case with their names.
fn texts(case: &Path) -> Vec<(String, String)> {
    let mut paths: Vec<PathBuf> = if case.is_dir() {
        std::fs::read_dir(case).unwrap().map(|entry| entry.unwrap().path()).collect()
    } else {
        vec![case.to_path_buf()]
    };
    paths.sort();
    paths.iter().map(|p| (name_of(p).to_owned(), std::fs::read_to_string(p).unwrap())).collect()
}

/// The warnings that only `ereje check` gives, since they take a search.
const SEARCHED: [Code; 2] = [Code::W0203, Code::W0204];

/// Parses and checks texts as one policy.
fn findings(texts: &[(String, String)]) -> (Vec<Diagnostic>, Sources) {
    findings_about(texts, None)
}

/// The same, with the warnings that take a search if these are about one of them.
fn findings_about(texts: &[(String, String)], code: Option<Code>) -> (Vec<Diagnostic>, Sources) {
    let mut sources = Sources::new();
    let ids: Vec<FileId> = texts.iter().map(|(name, text)| sources.add(name.as_str(), text.as_str())).collect();
    let (mut files, mut policy_files) = (Vec::new(), Vec::new());
    let mut found = Vec::new();
    for (id, (name, _)) in ids.into_iter().zip(texts) {
        if name.ends_with(".ereje") {
            let (file, errors) = syntax::parse(&sources, id);
            files.push(file);
            policy_files.push(id);
            found.extend(errors);
        }
    }
    let checked = check(&files, &sources);
    found.extend(checked.diagnostics);
    let failed = found.iter().any(|d| d.severity() == Severity::Error);
    assert_eq!(checked.model.is_none(), failed, "a Model exactly where there is no error");
    let mut bundle = Bundle { sources, policy_files, files, tables: Vec::new(), diagnostics: Vec::new() };
    if let Some(model) = checked.model.filter(|_| code.is_some_and(|code| SEARCHED.contains(&code))) {
        found.extend(undecided(&bundle, &Arc::new(model), None));
    }
    (found, std::mem::take(&mut bundle.sources))
}

/// The codes that a bad case's name begins with.
fn codes_of(name: &str) -> BTreeSet<Code> {
    let codes = codes_in(name);
    assert!(!codes.is_empty(), "{name} begins with no code");
    codes
}

fn codes_in(name: &str) -> BTreeSet<Code> {
    name.split(['_', '.']).map_while(Code::parse).collect()
}

#[test]
fn good_policies_have_no_findings() {
    for case in cases("good") {
        let (found, sources) = findings(&texts(&case));
        assert!(found.is_empty(), "{}\n{}", case.display(), human(&found, &sources, false));
    }
}

#[test]
fn bad_policies_have_the_finding_of_their_name_and_no_other() {
    for case in cases("bad") {
        let name = name_of(&case);
        let (found, sources) = findings_about(&texts(&case), codes_of(name).into_iter().next());
        let shown = human(&found, &sources, false);
        let seen: BTreeSet<Code> = found.iter().map(|d| d.code).collect();
        assert_eq!(seen, codes_of(name), "{name}\n{shown}");
        let folder = root().join("check/bad");
        insta::with_settings!({ snapshot_path => folder, prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, shown);
        });
    }
}

/// Every code of the checker, 02 to 05 and the warnings, has a bad case here. Its page shows a part of that case, the
/// message, and the corrected part.
#[test]
fn the_pages_of_the_codes_show_a_case_and_its_mending() {
    let of_the_checker =
        |code: &&Code| !["E01", "E06", "E07", "E08", "E09"].iter().any(|stage| code.name().starts_with(stage));
    for code in Code::ALL.iter().filter(of_the_checker) {
        let blocks = blocks(code.page());
        let [bad, message, mended] = blocks.as_slice() else {
            panic!("{code}: a bad part, a message, the mended part")
        };
        let case = cases("bad").into_iter().find(|case| {
            name_of(case).starts_with(code.name()) && texts(case).iter().any(|(_, text)| text.contains(bad.as_str()))
        });
        let case = case.unwrap_or_else(|| panic!("{code}: no bad case holds the bad part of the page"));
        let snapshot = std::fs::read_to_string(root().join(format!("check/bad/{}.snap", name_of(&case)))).unwrap();
        assert!(snapshot.contains(message.as_str()), "{code}: the page shows another message than {}", case.display());
        let mut texts = texts(&case);
        for (_, text) in &mut texts {
            *text = text.replace(bad.as_str(), mended);
        }
        let (found, sources) = findings_about(&texts, Some(*code));
        assert!(found.is_empty(), "{code}: mended, and still\n{}", human(&found, &sources, false));
    }
}

/// Every code has a page with more than its title, including a bad example, and a bad case for some stage.
#[test]
fn every_code_has_a_page_and_a_case() {
    let mut names = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            names.push(name_of(&path).to_owned());
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    // Codes that need a text of many megabytes, or files on a disk, are covered by tests that name them.
    let mut tests = String::new();
    let mut folders = vec![crate::it::root().join("tests/it")];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                tests += &std::fs::read_to_string(path).unwrap();
            }
        }
    }
    let mut wanting = Vec::new();
    for code in Code::ALL {
        let page = code.page();
        if page.lines().next() != Some(&format!("# {code}: {}", code.title())) {
            wanting.push(format!("{code}: the page has another title"));
        }
        if page.len() < 300 || blocks(page).is_empty() {
            wanting.push(format!("{code}: the page is a stub, or shows no example"));
        }
        let named = tests.contains(code.name());
        if !named && !names.iter().any(|name| codes_in(name).contains(code)) {
            wanting.push(format!("{code}: no case under tests/cases begins with it, and no test names it"));
        }
    }
    assert!(wanting.is_empty(), "{}", wanting.join("\n"));
}

/// The blocks between fences.
fn blocks(page: &str) -> Vec<String> {
    page.split("```").skip(1).step_by(2).map(|block| block.split_once('\n').unwrap().1.trim_end().to_owned()).collect()
}

const HEADER: &str = "policy demo.large in Land from 2025-01-01 en \"Large\"\n\
    facts application { date: date, region: region, n: integer, ok: bool, area: m2 }\n\
    as of application.date in application.region\n\
    decision registration\n  refuse > approve\n  otherwise approve\n\
    reason REFUSED en \"Not registered.\"\n";

fn large(items: &str) -> Vec<(String, String)> {
    vec![("large.ereje".to_owned(), format!("{HEADER}{items}"))]
}

/// Thousands of rules, and equally long chains of definitions and of exceptions, on a thread with a small stack.
#[test]
fn large_policies_and_long_chains_are_checked() {
    let mut items =
        String::from("region Land { A, B }\ndefine d0 = application.n\nexception x0 to r0 when application.ok\n");
    for i in 0..5_000 {
        let place = if i % 2 == 0 { "in A" } else { "" };
        let _ = writeln!(items, "rule r{i}\n  refuse REFUSED\n  when application.n > {i} {place}");
    }
    for i in 1..10_000 {
        let _ = writeln!(items, "define d{i} = d{} + 1", i - 1);
    }
    for i in 1..3_000 {
        let _ = writeln!(items, "exception x{i} to x{} when d9999 > {i} and application.area > 1 m2", i - 1);
    }
    let small = std::thread::Builder::new().stack_size(1 << 20);
    let found = small.spawn(move || findings(&large(&items)).0).unwrap().join().unwrap();
    assert_eq!(found, Vec::new());
}

/// A cycle of thousands of definitions is one finding with a short message.
#[test]
fn a_large_circle_is_told_once() {
    let mut items = String::from("region Land\nrule r\n  refuse REFUSED\n  when d0 > 3 and application.ok\n");
    for i in 0..2_000 {
        let _ = writeln!(items, "define d{i} = d{} + 1", (i + 1) % 2_000);
    }
    let (found, sources) = findings(&large(&items));
    assert_eq!(found.iter().map(|d| d.code).collect::<Vec<_>>(), [Code::E0501]);
    assert!(human(&found, &sources, false).len() < 4_000);
}

/// A thousand regions with a norm each, a thousand dates, a thousand amendments each over the one before: versions are
/// not compared pair by pair. The bounds are generous, since a debug build is slow; comparing all pairs takes minutes.
#[test]
fn a_thousand_versions_are_ranked_at_once() {
    let mut regional = String::from("norm a: m2\n  = 9 m2\n");
    let mut dated = String::from("region Land\nnorm a: m2\n  = 9 m2\n");
    let mut amended = String::from("region Land\nrule r\n  refuse REFUSED\n  when application.ok\n");
    let mut regions = Vec::new();
    for i in 0..1_000 {
        let day = format!("{}-{:02}-{:02}", 2026 + i / 336, 1 + i / 28 % 12, 1 + i % 28);
        regions.push(format!("r{i}"));
        let _ = writeln!(regional, "  = {} m2 in r{i} from {day}", 10 + i % 7);
        let _ = writeln!(dated, "  = {} m2 from {day}", 10 + i % 7);
        if i < 300 {
            let over = if i > 0 { format!("over demo.a{}", i - 1) } else { String::new() };
            let _ = writeln!(amended, "amendment demo.a{i} to demo.large\n  from {day} {over}\nsuspend rule r");
        }
    }
    let rule = "  at least 8 m2\nrule r\n  refuse REFUSED\n  when application.area < a\n";
    let regional = format!("region Land {{ {} }}\n{regional}{rule}", regions.join(", "));
    let start = std::time::Instant::now();
    for items in [regional, format!("{dated}{rule}"), amended] {
        let (found, sources) = findings(&large(&items));
        let errors = found.iter().filter(|d| d.severity() == Severity::Error).count();
        assert_eq!(errors, 0, "{}", human(&found, &sources, false));
    }
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}
