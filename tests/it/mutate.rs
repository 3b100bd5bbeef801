//! Wrong laws: which ones are made, which ones the cases notice, and the output of `ereje mutate`. The data are under
//! `tests/cases/mutate`: a policy with something for every kind of mistake, its cases, and an explanation.

use ereje::Policy;
use ereje::diagnostic::{Code, human};
use ereje::load::Bundle;
use ereje::model::Choices;
use ereje::plan::Plan;
use ereje::source::Sources;
use ereje_review::cases::CaseFile;
use ereje_review::mutate::{self, Cases, Laws, Mutant, MutantStatus, Operator};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

fn root(path: &str) -> PathBuf {
    crate::it::root().join(path)
}

const POOL: &str = "tests/cases/mutate/pool";

fn laws(folder: &str) -> Laws {
    Laws::of(Bundle::load(&root(folder)).unwrap()).unwrap()
}

/// The case files of a folder.
fn files(folder: &str) -> Vec<CaseFile> {
    let mut paths: Vec<PathBuf> = fs::read_dir(root(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.to_str().unwrap().ends_with(".test.yaml"));
    paths.sort();
    let read = |path: &PathBuf| {
        let mut sources = Sources::new();
        let id = sources.add(path.display().to_string(), fs::read_to_string(path).unwrap());
        let mut csv = |name: &str| fs::read(root(folder).join(name)).map_err(|_| String::from("it is not there"));
        CaseFile::read(&mut sources, id, &mut csv).0.unwrap()
    };
    paths.iter().map(read).collect()
}

fn status_text(status: &MutantStatus) -> String {
    match status {
        MutantStatus::Invalid => "no policy".into(),
        MutantStatus::Equivalent => "same".into(),
        MutantStatus::Killed(case) => format!("noticed by `{case}`"),
        MutantStatus::Survived => "NOT NOTICED".into(),
    }
}

/// All wrong laws of the pool with their statuses; the same on one thread as on several.
#[test]
fn every_wrong_law_has_its_fate() {
    let (laws, files) = (laws(POOL), files(POOL));
    let cases = Cases::of(&laws, &files);
    assert_eq!((cases.broken.as_slice(), cases.len()), (&[][..], 12));
    let mutants = laws.small();
    let statuses = cases.try_all(&mutants, &|| {});
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    assert_eq!(alone.install(|| cases.try_all(&mutants, &|| {})), statuses);
    let mut all = String::new();
    for (mutant, status) in mutants.iter().zip(&statuses) {
        let Mutant { item, edit, operator, .. } = mutant;
        let _ = writeln!(
            all,
            "{} [{}] {item}: {edit}\n    {}",
            laws.sources().locate(mutant.place()),
            operator.name(),
            status_text(status)
        );
    }
    let made: BTreeSet<Operator> = mutants
        .iter()
        .zip(&statuses)
        .filter(|(_, status)| **status != MutantStatus::Invalid)
        .map(|(mutant, _)| mutant.operator)
        .collect();
    let wanted: BTreeSet<Operator> = Operator::ALL.into_iter().filter(|o| *o != Operator::Random).collect();
    assert_eq!(
        wanted.difference(&made).collect::<Vec<_>>(),
        Vec::<&Operator>::new(),
        "kinds of which none is a policy"
    );
    insta::assert_snapshot!("pool", all);
}

/// An edit changes only its places, on the boundaries of characters, and has a unique name.
#[test]
fn an_edit_leaves_the_rest_of_the_text_alone() {
    for folder in [POOL, "policies/kz", "policies/vn"] {
        let laws = laws(folder);
        let (mut names, mut edits) = (BTreeSet::new(), BTreeSet::new());
        for mutant in laws.small().iter().chain(&laws.random(30, 3)) {
            let Mutant { item, edit, splices, .. } = mutant;
            assert!(names.insert((item.clone(), edit.clone())), "two edits of {item} are called {edit}");
            assert!(edits.insert(splices.clone()), "{item}: {edit} is made twice");
            for (file, text) in laws.texts(splices).unwrap() {
                let before = &laws.sources().get(file).unwrap().text;
                assert_ne!(**before, *text, "{item}: {edit}");
                // The text between the edits is the same in both, in the same order.
                let (mut was, mut is) = (0, 0);
                for splice in splices.iter().filter(|splice| splice.span.file == file) {
                    let (start, end) = (splice.span.start as usize, splice.span.end as usize);
                    assert!(start >= was, "{item}: {edit}: edits overlap");
                    let kept = &before[was..start];
                    assert_eq!(&text[is..is + kept.len()], kept);
                    assert_eq!(&text[is + kept.len()..is + kept.len() + splice.with.len()], splice.with);
                    (was, is) = (end, is + kept.len() + splice.with.len());
                }
                assert_eq!(&before[was..], &text[is..], "{item}: {edit}");
            }
        }
        assert!(names.len() > 100, "{folder}: {}", names.len());
    }
}

#[test]
fn random_wrong_laws_are_policies_and_no_small_ones() {
    let laws = laws(POOL);
    let small: BTreeSet<_> = laws.small().into_iter().map(|mutant| mutant.splices).collect();
    let random = laws.random(40, 7);
    assert_eq!(random.len(), 40);
    for mutant in &random {
        assert!(laws.law(mutant).is_some() && !small.contains(&mutant.splices), "{}", mutant.edit);
    }
    let again: Vec<_> = laws.random(40, 7).into_iter().map(|mutant| mutant.splices).collect();
    assert_eq!(again, random.iter().map(|mutant| mutant.splices.clone()).collect::<Vec<_>>());
    assert_ne!(again, laws.random(40, 8).into_iter().map(|mutant| mutant.splices).collect::<Vec<_>>());
}

fn plan(text: &str) -> Plan {
    let policy = Policy::from_texts([("a.ereje", text.as_bytes().to_vec())]).unwrap();
    let choices = Choices::defaults(policy.model());
    Plan::build(Arc::new(policy.model().clone()), choices).unwrap()
}

/// Another spelling gives the same plan; another meaning does not.
#[test]
fn plans_that_decide_alike_are_the_same() {
    let law = "policy a.b from 2026-01-01 en \"A\"\n\
        facts { }\nfacts today: date\nfacts n: integer\nfacts m: integer\nas of today\n\
        decision d\n  no > yes\n  otherwise yes\n  output twice: integer = 2 * n\n\
        define far = n > 3\n\
        norm limit: integer\n  = 5\n  = 6 from 2026-07-01\n  at least 1\n\
        rule r\n  no N\n  when far and m > limit\n  from 2026-02-01\n\
        reason N en \"No: {n}.\"\n"
        .replace("facts { }\n", "");
    let base = plan(&law);
    let alike = [
        ("far and m", "far and far and m"),
        ("from 2026-02-01", "from 2026-02-01 through 9999-12-31"),
        ("n > 3", "not not (n > 3)"),
        ("far and m > limit", "n > 3 and m > limit"),
        ("at least 1", "at least 2"),
        ("  = 5\n", "  = 5 through 2026-06-30\n"),
        ("facts n", "# a remark\nfacts n"),
    ];
    for (old, new) in alike {
        assert!(law.contains(old));
        assert!(base.same_as(&plan(&law.replace(old, new))), "`{old}` as `{new}`");
    }
    let other = [
        ("n > 3", "n >= 3"),
        ("= 5", "= 4"),
        ("2026-07-01", "2026-07-02"),
        ("2026-02-01", "2026-02-02"),
        ("a.b from 2026-01-01", "a.b from 2026-01-02"),
        ("far and m", "far or m"),
        ("2 * n", "2 * m"),
        ("{n}", "{m}"),
        ("facts n: integer", "facts n: integer if absent means 3"),
        ("rule r", "rule s"),
    ];
    for (old, new) in other {
        assert!(law.contains(old));
        assert!(!base.same_as(&plan(&law.replace(old, new))), "`{old}` as `{new}`");
    }
}

/// What is left open decides as if nothing were declared, unless it stands before something else.
#[test]
fn plans_with_handlers_that_decide_alike_are_the_same() {
    let law = "policy a.b from 2026-01-01 en \"A\"\n\
        registry BARE\nregistry FULL if absent then no N\n\
        record Child { own: bool, full: bool from FULL }\n\
        facts today: date\nfacts plain: bool\nfacts bare: bool from BARE\nfacts full: bool from FULL\n\
        facts marks: list of bool from FULL\nfacts children: list of Child from FULL\nas of today\n\
        decision d\n  no > yes\n  otherwise yes\n\
        rule r\n  no N\n  when plain or bare or full or any(m in marks: m) or any(c in children: c.own or c.full)\n\
        reason N en \"No.\"\n";
    let base = plan(law);
    let open = "if absent open \"why\"";
    let alike = [
        ("plain: bool", format!("plain: bool {open}")),
        ("bare: bool from BARE", format!("bare: bool from BARE {open}")),
        ("BARE\n", format!("BARE {open}\n")),
        ("facts plain", format!("facts {open}\nfacts plain")),
        ("plain: bool", "plain: bool if unavailable open \"why\"".to_owned()),
    ];
    for (old, new) in &alike {
        assert!(law.contains(old));
        assert!(base.same_as(&plan(&law.replacen(old, new, 1))), "`{old}` as `{new}`");
    }
    let other = [
        ("facts full: bool from FULL", format!("facts full: bool from FULL {open}")),
        ("list of bool from FULL", format!("list of bool from FULL {open}")),
        ("list of Child from FULL", format!("list of Child from FULL {open}")),
        ("own: bool", format!("own: bool {open}")),
        ("full: bool from FULL }", format!("full: bool from FULL {open} }}")),
        ("FULL if absent then no N", format!("FULL {open}")),
        ("bare: bool from BARE", format!("bare: bool from BARE {open} for full")),
        ("plain: bool", "plain: bool if absent then no N".to_owned()),
        ("BARE\n", "BARE if absent then no N\n".to_owned()),
        ("facts plain", "facts if absent then no N\nfacts plain".to_owned()),
    ];
    for (old, new) in &other {
        assert!(law.contains(old));
        assert!(!base.same_as(&plan(&law.replacen(old, new, 1))), "`{old}` as `{new}`");
    }
    // An element has nothing but what its registries declare, so what stands before them at the list hides no change there.
    let list = law.replace("list of bool from FULL", &format!("list of bool from FULL {open}"));
    let moved = list.replace("FULL if absent then no N\nrecord", "FULL\nrecord");
    assert_ne!(list, moved);
    assert!(!plan(&list).same_as(&plan(&moved)));
}

/// The output of `ereje mutate` with its exit code.
fn run(args: &[&str]) -> String {
    let run = Command::new(env!("CARGO_BIN_EXE_ereje"))
        .arg("mutate")
        .args(args)
        .current_dir(root("tests/cases/mutate"))
        .env_remove("NO_COLOR")
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    format!("exit {}\n--- stdout\n{}--- stderr\n{}", run.status.code().unwrap(), text(run.stdout), text(run.stderr))
}

#[test]
fn survivors_are_shown_with_the_line_that_they_change() {
    insta::assert_snapshot!("survivors", run(&["pool"]));
    insta::assert_snapshot!("filtered", run(&["pool", "--filter", "rounding", "--list"]));
}

/// A survivor is noticed by a case with one or two facts from another.
#[test]
fn facts_are_found_that_tell_a_survivor_apart() {
    insta::assert_snapshot!("searched", run(&["pool", "--filter", "summer.ereje", "--search", "400"]));
    // Small enough for a full search: every random mistake is noticed, told apart, or recognised as the same law.
    let random = run(&["pool", "--random", "40", "--seed", "11", "--search", "4000", "--format", "json"]);
    let json = random.split("--- stdout\n").nth(1).unwrap().split("--- stderr").next().unwrap();
    let json: serde_json::Value = serde_json::from_str(json).unwrap();
    let survivors = json["policies"][0]["survivors"].as_array().unwrap();
    assert!(!survivors.is_empty() && survivors.iter().any(|s| s["told_apart_by"]["case"].is_string()), "{random}");
}

#[test]
fn the_exit_code_says_whether_enough_is_noticed() {
    assert!(run(&["pool", "--filter", "rounding", "--threshold", "50"]).starts_with("exit 0"));
    assert!(run(&["pool", "--filter", "rounding", "--threshold", "51"]).starts_with("exit 1"));
    assert!(run(&["pool", "--filter", "rounding", "--explained"]).starts_with("exit 0"));
    assert!(run(&["pool", "--filter", "aggregate", "--explained"]).starts_with("exit 1"));
    assert!(run(&["pool", "--threshold", "101"]).starts_with("exit 2"));
    assert!(run(&["nowhere"]).starts_with("exit 2"));
}

#[test]
fn programs_read_the_same() {
    let json = run(&["pool", "--filter", "rounding", "--list", "--format", "json"]);
    let json = json.split("--- stdout\n").nth(1).unwrap().split("--- stderr").next().unwrap();
    let json: serde_json::Value = serde_json::from_str(json).unwrap();
    let policy = &json["policies"][0];
    assert_eq!((&policy["made"], &policy["noticed"], &policy["percent"]), (&2.into(), &1.into(), &"50.0".into()));
    assert_eq!(policy["survivors"][0]["explained"], "the cash desk rounds as it likes");
    assert_eq!(policy["survivors"][0]["before"], "output deposit: EUR = round down(deposit, 0.01 EUR)");
    assert_eq!(policy["mutants"][0]["fate"]["noticed_by"], "an adult");
}

/// The findings about a file of explanations.
fn explanations(text: &str) -> (Vec<Code>, String) {
    let mut sources = Sources::new();
    let file = sources.add(mutate::FILE, text);
    let (_, findings) = mutate::read(&sources, file);
    (findings.iter().map(|f| f.code).collect(), human(&findings, &sources, false))
}

#[test]
fn explanations_that_cannot_be_read_are_told() {
    let bad = "- item: a.b\n  edit: c\n- edit: c\n  why: d\n- item: a.b\n  edit: c\n  why: d\n- item: a.b\n  edit: c\n  \
        why: e\n- item: a.b\n  edti: c\n  why: d\n- just words\n- item: a.b\n  edit: [c]\n  why: d\n";
    let (codes, shown) = explanations(bad);
    assert_eq!(codes, [Code::E0901; 6]);
    insta::assert_snapshot!("bad_explanations", shown);
    for text in ["item: a", "- [", "3", "- { item: a.b, edit: c, seed: x, why: d }"] {
        assert_eq!(explanations(text).0.len(), 1, "{text}");
    }
    assert_eq!(explanations("").0, []);
    assert_eq!(explanations("# nothing yet\n").0, []);
}

/// The pages of the codes show a file and its findings. `EREJE_DOCS=write` writes the findings.
#[test]
fn the_pages_of_the_codes_are_true() {
    for code in [Code::E0901, Code::E0902] {
        let path = root(&format!("docs/codes/{code}.md"));
        let page = fs::read_to_string(&path).unwrap();
        let blocks: Vec<&str> = page.split("\n```").skip(1).step_by(2).map(|b| b.split_once('\n').unwrap().1).collect();
        let shown = if code == Code::E0901 {
            assert_eq!(explanations(blocks[2]).0, [], "the mended file");
            explanations(blocks[0]).1
        } else {
            let (laws, files) = (laws("tests/cases/cases/library"), Vec::new());
            let cases = Cases::of(&laws, &files);
            let mut sources = Sources::new();
            let file = sources.add(mutate::FILE, blocks[0]);
            let (explained, findings) = mutate::read(&sources, file);
            assert!(findings.is_empty());
            let mutants = laws.small();
            let statuses = mutants.iter().map(|_| MutantStatus::Killed("seven today".into())).collect();
            let report = mutate::MutationReport::of(&laws, cases.len(), mutants, statuses, explained);
            let stale = report.stale();
            assert_eq!(stale.iter().map(|f| f.code).collect::<Vec<_>>(), [Code::E0902]);
            human(&stale, &sources, false)
        };
        if std::env::var("EREJE_DOCS").is_ok_and(|value| value == "write") {
            let old = format!("```text\n{}\n```", blocks[1]).replace("\n\n```", "\n```");
            fs::write(&path, page.replace(&old, &format!("```text\n{}\n```", shown.trim_end()))).unwrap();
        } else {
            assert_eq!(blocks[1].trim_end(), shown.trim_end(), "{code}");
        }
    }
}

/// The two differ at halves only, so it takes a case with a half to notice.
#[test]
fn round_even_is_mistaken_for_round() {
    let dir = tempfile::tempdir().unwrap();
    let policy = "policy t.rounds\nfacts today: date\nfacts rate: decimal\nas of today\n\ncalculation rounds\n  \
                  output whole: integer = round even(rate, 1)\n";
    let cases = |rate: &str| {
        format!(
            "base: {{ today: 2026-01-01 }}\ncases:\n  - name: a rate\n    change: {{ rate: {rate} }}\n    \
             expect: {{ outcome: computed, outputs: {{ whole: \"2\" }} }}\n"
        )
    };
    fs::write(dir.path().join("rounds.ereje"), policy).unwrap();
    let listed = |rate: &str| {
        fs::write(dir.path().join("rounds.test.yaml"), cases(rate)).unwrap();
        crate::it::cli::ereje(dir.path(), &["mutate", ".", "--filter", "rounding"])
    };
    let unnoticed = listed("2.4");
    assert!(unnoticed.out.contains("`round even` becomes `round` in `round even(rate, 1)`"), "{}", unnoticed.out);
    let noticed = listed("2.5");
    assert!(!noticed.out.contains("becomes"), "{}{}", noticed.out, noticed.err);
}
