//! Coverage: what the goals are, what reaches them, and how that is shown.

use ereje::eval::CoveragePoint;
use ereje::source::Sources;
use ereje::{DecideOptions, Format, Policy};
use ereje_review::cases::{CaseFile, Trial};
use ereje_review::coverage::{Coverage, CoverageKind, CoveragePage, Detail, Floor, MeasuredCase, Meter, html, measure};
use insta::assert_snapshot;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

fn folder() -> PathBuf {
    crate::it::root().join("tests/cases/coverage/permits")
}

/// The policy of `tests/cases/coverage/permits` and its trials.
fn permits() -> (Policy, Vec<Trial>) {
    let policy = Policy::load(folder()).unwrap();
    let mut sources = Sources::new();
    let text = std::fs::read_to_string(folder().join("permits.test.yaml")).unwrap();
    let file = sources.add("permits.test.yaml", text);
    let (read, findings) = CaseFile::read(&mut sources, file, &mut |name| Err(name.to_owned()));
    assert!(findings.is_empty(), "{findings:?}");
    let (trials, findings) = read.unwrap().bind(&policy);
    assert!(findings.is_empty(), "{findings:?}");
    for trial in &trials {
        assert!(trial.holds(&policy), "{}", trial.name);
    }
    (policy, trials)
}

fn measured<'t>(policy: &Policy, trials: &'t [Trial]) -> Coverage {
    let tried = |trial: &'t Trial| MeasuredCase { name: &trial.name, facts: &trial.facts, options: &trial.options };
    measure(policy, &trials.iter().map(tried).collect::<Vec<_>>())
}

fn text(policy: &Policy, coverage: &Coverage, detail: Detail) -> String {
    anstream::adapter::strip_str(&coverage.text(policy.sources(), detail, "en", &str::to_owned)).to_string()
}

#[test]
fn what_is_missing_is_told_under_its_line() {
    let (policy, trials) = permits();
    assert_snapshot!(text(&policy, &measured(&policy, &trials), Detail::Gaps));
}

#[test]
fn every_line_with_its_cases() {
    let (policy, trials) = permits();
    assert_snapshot!(text(&policy, &measured(&policy, &trials), Detail::Full));
}

/// Which case reaches which goal, so that a person can follow each by hand.
#[test]
fn the_goals_and_who_reached_them() {
    let (policy, trials) = permits();
    let coverage = measured(&policy, &trials);
    let mut out = String::new();
    for kind in CoverageKind::ALL {
        let _ = writeln!(out, "{kind} {}", coverage.ratio(kind).percent());
        for (goal, cases) in coverage.goals().filter(|(goal, _)| goal.kind == kind) {
            let within = goal.within.as_ref().map_or_else(String::new, |within| format!("{within}: "));
            let side = goal.side().map_or_else(String::new, |side| format!(", {side}"));
            let names: Vec<&str> = cases.iter().map(|case| coverage.cases()[*case as usize].as_str()).collect();
            let reached = if cases.is_empty() { format!("- {}", goal.missing.told("en")) } else { names.join("; ") };
            let _ = writeln!(out, "  {within}{}{side}\n      {reached}", goal.name);
        }
    }
    assert_snapshot!(out);
}

/// A table whose value is always the same still has rows, and a case exercises one of them.
#[test]
fn the_rows_of_a_constant_table_are_goals() {
    for (table, rows, exercised) in [
        ("table t: bool by k\n  otherwise true", vec!["otherwise"], "otherwise"),
        ("table t: bool by 2 > 1\n  | true | true |\n  otherwise false", vec!["row 1", "otherwise"], "row 1"),
        ("table t: integer by k\n  otherwise 3", vec!["otherwise"], "otherwise"),
        ("table t: bool first by k\n  | any | true |\n  | any | true |", vec!["row 1", "row 2"], "row 1"),
    ] {
        let condition = if table.contains("integer") { "t = 3" } else { "t" };
        let text = format!(
            "policy c.table\nfacts day: date\nfacts k: integer\nas of day\n{table}\nrule r\n  refuse NO\n  when {condition}\n\
             decision d\n  refuse > approve\n  otherwise approve\nreason NO en \"No.\"\n"
        );
        let policy =
            Policy::from_texts([("c.ereje".to_owned(), text)]).unwrap_or_else(|error| panic!("{table}: {error}"));
        let facts = policy.facts("day: 2026-01-01\nk: 1\n", Format::Yaml).unwrap().remove(0);
        let options = DecideOptions::default();
        let coverage = measure(&policy, &[MeasuredCase { name: "one", facts: &facts, options: &options }]);
        let of_rows: Vec<_> = coverage.goals().filter(|(goal, _)| goal.kind == CoverageKind::Rows).collect();
        assert_eq!(of_rows.iter().map(|(goal, _)| goal.name.as_str()).collect::<Vec<_>>(), rows, "{table}");
        let met: Vec<_> =
            of_rows.iter().filter(|(_, cases)| !cases.is_empty()).map(|(goal, _)| goal.name.as_str()).collect();
        assert_eq!(met, [exercised], "{table}");
    }
}

#[test]
fn an_lcov_tracefile_adds_up() {
    let (policy, trials) = permits();
    let coverage = measured(&policy, &trials);
    let lcov = coverage.lcov(policy.sources(), &|name| format!("permits/{name}"));
    assert_snapshot!(lcov);
    // Reads the tracefile as its readers do.
    let mut files = 0;
    for record in lcov.split_terminator("end_of_record\n") {
        let mut fields: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for line in record.lines() {
            let (key, value) = line.split_once(':').unwrap();
            fields.entry(key).or_default().push(value);
        }
        let number = |key: &str| fields[key][0].parse::<usize>().unwrap();
        let lists = |key: &str| fields.get(key).cloned().unwrap_or_default();
        let name = fields["SF"][0].strip_prefix("permits/").unwrap();
        let last = std::fs::read_to_string(folder().join(name)).unwrap().lines().count();
        let lines: Vec<(usize, usize)> = lists("DA")
            .iter()
            .map(|da| da.split_once(',').map(|(l, n)| (l.parse().unwrap(), n.parse().unwrap())).unwrap())
            .collect();
        assert!(lines.iter().all(|(line, _)| (1..=last).contains(line)));
        assert!(lines.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(number("LF"), lines.len());
        assert_eq!(number("LH"), lines.iter().filter(|(_, count)| *count > 0).count());
        let branches: Vec<Vec<&str>> = lists("BRDA").iter().map(|b| b.split(',').collect()).collect();
        let distinct: BTreeSet<_> = branches.iter().map(|b| &b[..3]).collect();
        assert_eq!(distinct.len(), branches.len());
        for branch in &branches {
            let line = lines.iter().find(|(line, _)| *line == branch[0].parse::<usize>().unwrap()).unwrap();
            assert_eq!(branch[3] == "-", line.1 == 0);
        }
        assert_eq!(number("BRF"), branches.len());
        assert_eq!(number("BRH"), branches.iter().filter(|b| !["0", "-"].contains(&b[3])).count());
        assert_eq!(number("FNF"), lists("FN").len());
        assert_eq!(number("FNH"), lists("FNDA").iter().filter(|f| !f.starts_with("0,")).count());
        files += 1;
    }
    assert_eq!(files, 2);
}

#[test]
fn the_page_shows_the_whole_text_and_asks_nobody_for_anything() {
    let (policy, trials) = permits();
    let coverage = measured(&policy, &trials);
    let shown = CoveragePage {
        name: policy.name(),
        coverage: &coverage,
        sources: policy.sources(),
        file: &str::to_owned,
        language: "en",
    };
    let page = html(&[shown], "en");
    for tag in ["<script", "<link", "<img", "src="] {
        assert!(!page.contains(tag), "{tag}");
    }
    // The page has every line unchanged, whatever is marked in it.
    let strip = |html: &str| {
        let mut out = String::new();
        let mut inside = false;
        for c in html.chars() {
            match c {
                '<' => inside = true,
                '>' => inside = false,
                c if !inside => out.push(c),
                _ => {}
            }
        }
        out.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
    };
    for name in ["permits.ereje", "summer.ereje"] {
        for line in std::fs::read_to_string(folder().join(name)).unwrap().lines().filter(|line| !line.is_empty()) {
            let shown = page.split("<div class=\"line\"").any(|shown| {
                shown.split_once("<code>").is_some_and(|(_, code)| {
                    let code = code.split("</code>").next().unwrap();
                    assert_eq!(code.matches("<span").count(), code.matches("</span>").count(), "{code}");
                    strip(code) == line
                })
            });
            assert!(shown, "{line}");
        }
    }
    for goal in coverage.missing() {
        let told = goal.missing.told("en");
        assert!(page.contains(&told), "{told}");
    }
}

#[test]
fn a_floor_is_held_kind_by_kind() {
    let (policy, trials) = permits();
    let coverage = measured(&policy, &trials);
    let below = |floors: &[&str]| -> Vec<String> {
        let floors: Vec<Floor> = floors.iter().map(|floor| Floor::read(floor).unwrap()).collect();
        coverage
            .below(&floors)
            .iter()
            .map(|(kind, ratio, percent)| format!("{kind} {} {percent}", ratio.percent()))
            .collect()
    };
    assert_eq!(below(&["rules=66", "exceptions=50"]), [""; 0]);
    assert_eq!(below(&["rules=67"]), ["rules 66.6% 67"]);
    // A floor for one kind replaces the floor for every kind.
    let each = below(&["100", "rules=60"]);
    assert!(each.contains(&"exceptions 50% 100".to_owned()) && !each.iter().any(|line| line.starts_with("rules")));
    for wrong in ["101", "-1", "ruels=5", "rules=", "9.5", ""] {
        assert!(Floor::read(wrong).is_err(), "{wrong}");
    }
}

/// Two merged measurements equal one measurement of all cases.
#[test]
fn measurements_add_up() {
    let (policy, trials) = permits();
    let whole = measured(&policy, &trials);
    let (first, second) = trials.split_at(4);
    let mut sum = measured(&policy, first);
    sum.merge(&measured(&policy, second));
    assert_eq!(sum.cases(), whole.cases());
    assert!(sum.goals().eq(whole.goals()));
}

/// The cases of a place are those that exercise what is there.
#[test]
fn a_place_knows_its_cases() {
    let (policy, trials) = permits();
    let coverage = measured(&policy, &trials);
    let (file, source) = policy.sources().iter().find(|(_, source)| source.name == "permits.ereje").unwrap();
    let at = |text: &str| {
        let start = source.text.find(text).unwrap();
        let span = ereje::source::Span::new(file, start, start + text.len());
        coverage.cases_at(span).into_iter().map(|case| coverage.cases()[case as usize].clone()).collect::<Vec<_>>()
    };
    assert_eq!(at("case nurses"), [""; 0]);
    assert_eq!(at("if absent then refuse NO_CAR"), ["no car of this number"]);
    // The row around it applied to four.
    assert_eq!(at("5_000 KZT").len(), 4);
}

const CLAUSES: &str = "policy t.clauses
  from 2020-01-01
facts f { day: date, a: bool, b: bool, c: bool }
as of f.day
decision d refuse > approve otherwise approve
reason R en \"r\"
rule r
  refuse R
  when ";

/// The clauses that had a say, for facts given as `T`, `F` and `-` (nobody has asked).
fn says(condition: &str, facts: &str) -> Vec<String> {
    let text = format!("{CLAUSES}{condition}\n");
    let policy = Policy::from_texts([("t.ereje", text.clone())]).unwrap();
    let cells: Vec<String> = ["a", "b", "c"]
        .iter()
        .zip(facts.chars())
        .filter(|(_, fact)| *fact != '-')
        .map(|(name, fact)| format!("{name}: {}", fact == 'T'))
        .collect();
    let facts = policy.facts(&format!("f: {{ day: 2026-01-01, {} }}", cells.join(", ")), Format::Yaml).unwrap();
    let points = Meter::new(&policy).points(&facts[0], &DecideOptions::default()).unwrap();
    points
        .into_iter()
        .filter_map(|hit| match hit {
            CoveragePoint::Clause(span, side) => {
                let clause = text[span.start as usize..span.end as usize].trim_start_matches("f.");
                Some(format!("{clause}={}", if side { 'T' } else { 'F' }))
            }
            _ => None,
        })
        .collect()
}

/// Masking MC/DC: a clause counts if, with the others unchanged, its value alone determines the value of the condition.
#[test]
fn a_clause_counts_where_it_has_a_say() {
    let cases =
        ["TTT", "TTF", "TFT", "TFF", "FTT", "FTF", "FFF", "T-T", "TF-", "-TT", "F--", "F-T", "FF-", "TT-", "---"];
    let lines: Vec<String> =
        cases.iter().map(|facts| format!("{facts}  {}", says("f.a and (f.b or f.c)", facts).join(" "))).collect();
    assert_snapshot!(lines.join("\n"), @r"
    TTT  a=T
    TTF  a=T b=T
    TFT  a=T c=T
    TFF  b=F c=F
    FTT  a=F
    FTF  a=F
    FFF  
    T-T  a=T c=T
    TF-  
    -TT  
    F--  a=F
    F-T  a=F
    FF-  a=F
    TT-  a=T b=T
    ---
    ");
}

/// The same for several conditions and all states, compared with the definition itself: the condition is known, and
/// with the opposite of the clause it would have another value.
#[test]
fn clauses_have_a_say_by_definition() {
    type Formula = fn([Option<bool>; 3]) -> Option<bool>;
    fn and(a: Option<bool>, b: Option<bool>) -> Option<bool> {
        if a == Some(false) || b == Some(false) { Some(false) } else { a.zip(b).map(|_| true) }
    }
    fn not(a: Option<bool>) -> Option<bool> {
        a.map(|a| !a)
    }
    fn or(a: Option<bool>, b: Option<bool>) -> Option<bool> {
        not(and(not(a), not(b)))
    }
    let conditions: [(&str, Formula); 6] = [
        ("f.a and (f.b or f.c)", |[a, b, c]| and(a, or(b, c))),
        ("f.a or not (f.b and f.c)", |[a, b, c]| or(a, not(and(b, c)))),
        ("not (f.a or f.b) and f.c", |[a, b, c]| and(not(or(a, b)), c)),
        ("f.a and f.b and f.c", |[a, b, c]| and(a, and(b, c))),
        // The parts of a rule form one condition.
        ("f.a unless f.b unless f.c", |[a, b, c]| and(a, and(not(b), not(c)))),
        ("f.a unless f.b and not f.c", |[a, b, c]| and(a, not(and(b, not(c))))),
    ];
    const STATES: [(char, Option<bool>); 3] = [('T', Some(true)), ('F', Some(false)), ('-', None)];
    for (text, formula) in conditions {
        for (x, a) in STATES {
            for (y, b) in STATES {
                for (z, c) in STATES {
                    let now = [a, b, c];
                    let expected: Vec<String> = (0..3)
                        .filter_map(|i| {
                            let mut other = now;
                            other[i] = Some(!now[i]?);
                            let says = formula(now).is_some() && formula(now) != formula(other);
                            says.then(|| {
                                format!("{}={}", ["a", "b", "c"][i], if now[i] == Some(true) { 'T' } else { 'F' })
                            })
                        })
                        .collect();
                    assert_eq!(says(text, &format!("{x}{y}{z}")), expected, "{text} of {x}{y}{z}");
                }
            }
        }
    }
}

/// The evaluator's stack is deep enough for a probing plan.
#[test]
fn what_is_deep_is_measured() {
    let mut text = format!("{CLAUSES}a4999\ndefine a0 = f.a\n");
    for number in 1..5000 {
        let _ = writeln!(text, "define a{number} = a{} and (f.b or f.c)", number - 1);
    }
    let policy = Policy::from_texts([("t.ereje", text)]).unwrap();
    let facts = policy.facts("f: { day: 2026-01-01, a: true, b: true, c: false }", Format::Yaml).unwrap();
    let points = Meter::new(&policy).points(&facts[0], &DecideOptions::default()).unwrap();
    assert!(points.iter().any(|hit| matches!(hit, CoveragePoint::Rule(..))));
    assert_eq!(points.iter().filter(|hit| matches!(hit, CoveragePoint::Case(..))).count(), 5000);
}

/// The command prints what the library gives, writes the requested files, and fails below a threshold.
#[test]
fn the_command_measures_writes_and_judges() {
    let out = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_ereje"));
        let done = command.arg("test").arg(folder()).args(args).current_dir(out.path()).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (done.status.code().unwrap(), text(done.stdout), text(done.stderr))
    };
    let (policy, trials) = permits();
    let coverage = measured(&policy, &trials);

    let (code, stdout, stderr) = run(&["--coverage=counts", "--coverage-html", "c.html", "--coverage-lcov", "c.info"]);
    let counts = text(&policy, &coverage, Detail::Counts);
    assert_eq!((code, stdout), (0, format!("what 11 cases exercise of town.permits\n\n{counts}")));
    assert_eq!(stderr, "11 cases: all as expected\n");
    let lcov = std::fs::read_to_string(out.path().join("c.info")).unwrap();
    // The place in the work tree, and not that on this machine.
    assert!(lcov.starts_with("TN:\nSF:tests/cases/coverage/permits/permits.ereje\n"), "{lcov}");
    assert_eq!(lcov.lines().nth(2), coverage.lcov(policy.sources(), &str::to_owned).lines().nth(2));
    assert!(std::fs::read_to_string(out.path().join("c.html")).unwrap().starts_with("<!DOCTYPE html>"));

    let (code, stdout, stderr) = run(&["--threshold", "rules=70", "--threshold", "notices=100"]);
    assert_eq!((code, stdout.as_str()), (1, ""));
    assert_eq!(
        stderr,
        "11 cases: all as expected\nerror: town.permits: 66.6% of the rules exercised, 70% asked for: 1 more of 6 needed\n"
    );
    assert_eq!(run(&["--threshold", "rules=60", "--threshold", "notices=100"]).0, 0);

    // Cases that a filter leaves out exercise nothing.
    let (code, stdout, _) = run(&["--filter", "adapted", "--coverage", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    let found = &json["coverage"][0];
    assert_eq!(
        (code, &found["policy"], &found["cases"]),
        (0, &"town.permits".into(), &serde_json::json!(["permits: a heavy car that is adapted"]))
    );
    assert_eq!(found["kinds"]["rules"], serde_json::json!({ "reached": 0, "all": 6 }));
    let goals = found["goals"].as_array().unwrap();
    let adapted: Vec<_> = goals.iter().filter(|goal| goal["name"] == "town.permits.adapted").collect();
    assert_eq!(adapted.len(), 1);
    assert_eq!((&adapted[0]["start"]["line"], &adapted[0]["cases"]), (&40.into(), &serde_json::json!([0])));

    assert_eq!(run(&["--coverage", "--format", "junit"]).0, 2);
    assert_eq!(run(&["--threshold", "ruels=5"]).0, 2);
    assert_eq!(run(&["--coverage-html", "no/such/folder.html"]).0, 2);
}
