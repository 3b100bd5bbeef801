//! What `ereje check` says of silent facts and of lists without elements is true, and nothing is left unsaid: on small
//! policies every fact set is decided, with each fact in each state.

use crate::it::generate::{self, Draw};
use crate::it::properties::{as_json, cases, numbers};
use ereje::Policy;
use ereje::diagnostic::{Code, Diagnostic, Severity, human, json as json_of, sarif, short};
use ereje::eval::{DetailLevel, Evaluation, Question, Unanswered, Verdict, decide, registries};
use ereje::facts::{FactNames, FactSet, Format};
use ereje::ids::DecisionId;
use ereje::load::Bundle;
use ereje::model::Model;
use ereje::syntax::ast::State;
use ereje::value::{FactPath, Step};
use ereje_review::suggest::undecided;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::Arc;

/// A policy with its warnings.
struct Warned {
    text: Vec<(String, String)>,
    policy: Policy,
    warnings: Vec<Diagnostic>,
}

impl Warned {
    /// `None` if the checker refuses the texts.
    fn of(text: Vec<(String, String)>, limit: Option<u64>) -> Option<Self> {
        let bundle = Bundle::from_texts(text.clone()).unwrap();
        if bundle.diagnostics.iter().any(|d| d.severity() == Severity::Error) {
            return None;
        }
        let model = ereje::check::check(&bundle.files, &bundle.sources).model?;
        let policy = Policy::from_bundle(bundle.clone()).ok()?;
        let warnings = undecided(&bundle, &Arc::new(model), limit);
        Some(Self { text, policy, warnings })
    }

    fn model(&self) -> &Model {
        self.policy.model()
    }

    fn decided(&self, facts: &FactSet, decision: DecisionId) -> Evaluation {
        decide(self.policy.engine().default_plan(), facts, &Question::of(decision), DetailLevel::Messages)
    }

    fn facts(&self, text: &str) -> FactSet {
        let facts = self.policy.facts(text, Format::Yaml);
        facts.unwrap_or_else(|error| panic!("{text}\n{error}\n{}", self.shown())).remove(0)
    }

    /// What leaves a decision undetermined for good though nobody says that it should.
    fn forgotten(&self, outcome: &Evaluation) -> BTreeSet<(String, &'static str)> {
        if outcome.verdict != Verdict::Undetermined || !outcome.needs.is_empty() {
            return BTreeSet::new();
        }
        let open = |of: &&Unanswered| of.handler.is_some_and(|handler| self.model().handler(handler).open().is_some());
        // Nobody but a registry is unavailable.
        let of_nobody =
            |of: &&Unanswered| of.state == State::Unavailable && registries(self.model(), &of.place).is_empty();
        let all = outcome.unanswered.iter().filter(|of| !open(of) && !of_nobody(of));
        all.map(|of| (path(self.model(), &of.place), of.state.keyword())).collect()
    }

    /// Each fact in a state of which a warning speaks, and whether it shows an example.
    fn warned(&self) -> BTreeSet<(String, &'static str, bool)> {
        let mut found = BTreeSet::new();
        for warning in self.warnings.iter().filter(|d| d.code == Code::W0203) {
            let message = &warning.message;
            let names = message.split(" leaves ").next().unwrap();
            for name in names.split('`').skip(1).step_by(2) {
                for state in ["absent", "unavailable"] {
                    if message.split('`').step_by(2).any(|words| words.contains(state)) {
                        found.insert((name.to_owned(), state, !message.starts_with("perhaps")));
                    }
                }
            }
        }
        found
    }

    /// The policy and its warnings, for a failure.
    fn shown(&self) -> String {
        let mut text = String::new();
        for (name, of) in &self.text {
            let _ = writeln!(text, "--- {name}\n{of}");
        }
        text + &ereje::diagnostic::human(&self.warnings, self.policy.engine().sources(), false)
    }

    fn decision(&self, name: &str) -> DecisionId {
        self.policy.engine().decision(name).unwrap()
    }

    /// Every example that a warning shows is what the warning says.
    fn examples_are_true(&self) -> usize {
        let mut examples = 0;
        for warning in &self.warnings {
            if warning.code == Code::W0203 {
                let Some(help) = warning.example.as_ref().and_then(|text| text.strip_prefix("these facts leave `"))
                else {
                    continue;
                };
                examples += 1;
                let (decision, facts) = help.split_once("` undetermined: ").unwrap();
                let outcome = self.decided(&self.facts(facts), self.decision(decision));
                let forgotten = self.forgotten(&outcome);
                let name = warning.message.split('`').nth(1).unwrap().to_owned();
                let first = |state: &str| warning.message.split('`').step_by(2).any(|words| words.contains(state));
                let state = if first("absent") { "absent" } else { "unavailable" };
                assert!(forgotten.contains(&(name, state)), "{forgotten:?}\n{warning:#?}\n{}", self.shown());
            } else {
                let Some(help) = warning.example.as_ref().filter(|text| text.contains(" with these facts: ")) else {
                    continue;
                };
                examples += 1;
                let (words, facts) = help.split_once(" with these facts: ").unwrap();
                let names: Vec<&str> = words.split('`').skip(1).step_by(2).collect();
                let decision = self.decision(names[0]);
                let Some(other) = self.otherwise(warning) else { continue };
                let name = |outcome: &Evaluation| match outcome.verdict {
                    Verdict::Outcome(level) => {
                        self.model().decisions.at(decision).outcomes[level as usize].name.clone()
                    }
                    _ => String::from("undetermined"),
                };
                let with = self.decided(&self.facts(facts), decision);
                let without = other.decided(&other.facts(facts), decision);
                assert_eq!(name(&with), names[1], "{warning:#?}\n{}", self.shown());
                assert!(names[2..].contains(&name(&without).as_str()), "{warning:#?}\n{}", self.shown());
                assert!(differ(&with, &without), "{warning:#?}\n{}", self.shown());
            }
        }
        examples
    }

    /// The policy in which the `all` of a warning is false of a list without elements, said with `any`.
    fn otherwise(&self, warning: &Diagnostic) -> Option<Self> {
        let span = warning.primary.span;
        let name = &self.policy.engine().sources().get(span.file)?.name;
        (*name == self.text[0].0).then(|| self.with_any(span.start as usize, span.end as usize)).flatten()
    }

    /// `None` if the `all` has no variable, holds another loop, or stands in an amendment.
    fn with_any(&self, start: usize, end: usize) -> Option<Self> {
        let mut text = self.text.clone();
        let all = text[0].1.get(start..end)?.to_owned();
        let (list, _) = all.strip_prefix("all(")?.split_once(": ")?;
        text[0].1.replace_range(start..end, &format!("(any({list}: true) and {all})"));
        let policy = Policy::from_texts(text.clone()).ok()?;
        Some(Self { text, policy, warnings: Vec::new() })
    }
}

/// True if two decisions differ in the outcome, a reason, a notice, or an output that both know.
fn differ(a: &Evaluation, b: &Evaluation) -> bool {
    let codes = |outcome: &Evaluation| {
        let given = outcome.reasons.iter().chain(&outcome.notices);
        given.map(|given| (given.origin, given.reason)).collect::<Vec<_>>()
    };
    let outputs = a.known_outputs().any(|(at, ours)| b.known_outputs().any(|(of, theirs)| at == of && ours != theirs));
    a.verdict != b.verdict || codes(a) != codes(b) || outputs
}

/// `owners[].birth_date`
fn path(model: &Model, place: &FactPath) -> String {
    let mut path = model.facts.at(place.fact).path();
    for step in &place.steps {
        match step {
            Step::Item(_) => path += "[]",
            Step::Day(_) => path += " at",
            Step::Field(field) => {
                let _ = write!(path, ".{}", model.fields.at(*field).datum.name);
            }
        }
    }
    path
}

/// A small policy, and for each of its facts every value and state that it can have.
struct Small {
    text: String,
    domains: Vec<(&'static str, Vec<Json>)>,
}

const ATOMS: [&str; 14] = [
    "married",
    "not married",
    "kind is A",
    "kind is not B",
    "married is absent",
    "kind is not absent",
    "paid is unavailable",
    "any(r in rows: r.ok)",
    "all(r in rows: r.ok)",
    "all(r in rows where r.new: r.ok)",
    "count(rows) > 0",
    "paid",
    "eligible",
    "any(r in rows: r.ok is absent)",
];

struct Writer<'d, 'n> {
    d: &'d mut Draw<'n>,
    /// What conditions may read.
    atoms: Vec<&'static str>,
}

impl Writer<'_, '_> {
    fn condition(&mut self, depth: usize) -> String {
        if depth == 0 || self.d.chance(40) {
            return self.d.pick(&self.atoms).to_owned();
        }
        let parts = [self.condition(depth - 1), self.condition(depth - 1)];
        let word = self.d.pick(&[" and ", " or "]);
        format!("({})", parts.join(word))
    }

    fn scope(&mut self) -> &'static str {
        match self.d.below(8) {
            0 => " from 2026-01-01",
            1 => " through 2025-12-31",
            2 => " for paid",
            _ => "",
        }
    }

    fn handler(&mut self, state: &str, value: Option<&str>) -> String {
        let scope = self.scope();
        match self.d.below(6) {
            0 | 1 => format!(" if {state} then refuse R{scope}"),
            2 => format!(" if {state} then warn R{scope}"),
            3 => format!(" if {state} then other R{scope}"),
            4 => format!(" if {state} open \"nobody says\"{scope}"),
            _ => value.map_or_else(String::new, |value| format!(" if {state} means {value}{scope}")),
        }
    }

    /// What a fact says of its registry and of its silence.
    fn answers(&mut self, value: Option<&str>) -> (String, bool) {
        let registered = self.d.chance(50);
        let mut text = if registered { String::from(" from REG") } else { String::new() };
        if self.d.chance(40) {
            text += &self.handler("absent", value);
        }
        if registered && self.d.chance(40) {
            text += &self.handler("unavailable", None);
        }
        (text, registered)
    }
}

fn small(d: &mut Draw<'_>) -> Small {
    let mut w = Writer { d, atoms: Vec::new() };
    let mut domains: Vec<(&str, Vec<Json>)> = vec![("today", vec![json!("2025-06-01"), json!("2026-06-01")])];
    let mut text = String::from(
        "policy t.small from 2025-01-01 en \"Small\"\nfacts today: date\nas of today\nreason R en \"No.\"\n\
         decision d\n  stop > refuse > warn > approve\n  otherwise approve\n",
    );
    let down = || json!({ "unavailable": "timeout" });
    let states = |registered: bool| std::iter::once(Json::Null).chain(registered.then(down));
    let mut declared = Vec::new();
    for (name, ty, values, value) in [
        ("married", "bool", vec![json!(true), json!(false)], "true"),
        ("paid", "bool", vec![json!(true), json!(false)], "false"),
        ("kind", "{ A, B, C }", vec![json!("A"), json!("B"), json!("C")], "B"),
    ] {
        let (answers, registered) = w.answers(Some(value));
        declared.push(format!("facts {name}: {ty}{answers}\n"));
        domains.push((name, values.into_iter().chain(states(registered)).collect()));
    }
    // The list is in half of the policies, since it has many values.
    let has_list = w.d.chance(50);
    if has_list {
        let (answers, registered) = w.answers(None);
        let fields = if w.d.chance(30) { w.handler("absent", Some("true")) } else { String::new() };
        let own = if w.d.chance(20) { " from REG" } else { "" };
        declared.push(format!("record Row {{ ok: bool{own}{fields}, new: bool }}\nfacts rows: list of Row{answers}\n"));
        let of_field =
            |registered| [json!(true), json!(false)].into_iter().chain(states(registered)).collect::<Vec<_>>();
        let mut elements: Vec<Json> = states(registered).collect();
        for ok in of_field(registered || !own.is_empty()) {
            elements.extend(of_field(registered).into_iter().map(|new| json!({ "ok": ok.clone(), "new": new })));
        }
        let mut lists: Vec<Json> = states(registered).chain([json!([])]).collect();
        lists.extend(elements.iter().map(|one| json!([one])));
        // Of two elements, those of which one has an ordinary value.
        lists.extend(elements.iter().step_by(3).map(|one| json!([one, { "ok": true, "new": true }])));
        domains.push(("rows", lists));
    }
    for atom in ATOMS {
        if has_list || !atom.contains("rows") {
            w.atoms.push(atom);
        }
    }
    let registry = format!(
        "registry REG{}{}\n",
        if w.d.chance(40) { w.handler("absent", None) } else { String::new() },
        if w.d.chance(60) { w.handler("unavailable", None) } else { String::new() }
    );
    text += &registry;
    if w.d.chance(25) {
        let handler = w.handler("absent", None);
        if !handler.is_empty() {
            let _ = writeln!(text, "facts{handler}");
        }
    }
    text.extend(declared);
    // A second decision, whose outcomes the handlers of the first do not give.
    text += "decision e\n  other > fine\n  otherwise fine\nrule of_e\n  other R\n  when married\n";
    let eligible: Vec<&str> = w.atoms.iter().copied().filter(|atom| *atom != "eligible").collect();
    let all = std::mem::replace(&mut w.atoms, eligible);
    if w.d.chance(50) {
        let (when, value) = (w.condition(0), w.condition(0));
        let _ =
            writeln!(text, "define eligible: bool\n  case one = {value} when {when}\n  otherwise {}", w.condition(0));
    } else {
        let _ = writeln!(text, "define eligible: bool = {}", w.condition(1));
    }
    w.atoms = all;
    for (index, outcome) in ["stop", "refuse", "warn"].into_iter().enumerate() {
        if w.d.chance(75) {
            let _ = write!(text, "rule r{index}\n  {outcome} R\n  when {}", w.condition(2));
            if w.d.chance(30) {
                let _ = write!(text, "\n  unless {}", w.condition(1));
            }
            let _ = writeln!(text, "{}", w.scope());
            if w.d.chance(30) {
                let _ = writeln!(text, "exception x{index} to r{index} when {}{}", w.condition(1), w.scope());
            }
        }
    }
    if w.d.chance(40) {
        let (when, tied) = (w.condition(1), w.d.pick(&["warn", "warn, approve", "refuse"]));
        let _ = writeln!(text, "define fee: integer\n  case low = 1 when {when}\n  otherwise 2");
        text = text.replacen(
            "otherwise approve\n",
            &format!("otherwise approve\n  output amount: integer = fee tied to {tied}\n"),
            1,
        );
    }
    Small { text, domains }
}

/// Calls `f` with every fact set.
fn every(domains: &[(&str, Vec<Json>)], f: &mut dyn FnMut(&Json)) {
    fn next(domains: &[(&str, Vec<Json>)], set: &mut Map<String, Json>, f: &mut dyn FnMut(&Json)) {
        let Some(((name, values), rest)) = domains.split_first() else { return f(&Json::Object(set.clone())) };
        for value in values {
            set.insert((*name).to_owned(), value.clone());
            next(rest, set, f);
        }
    }
    next(domains, &mut Map::new(), f);
}

/// A warning has its example in every format, and a search that gave up says so.
#[test]
fn every_format_has_the_example() {
    let text = "policy t.small from 2025-01-01 en \"Small\"\nfacts today: date\nfacts p: { A, B }\nas of today\n\
                decision d\n  refuse > approve\n  otherwise approve\nreason R en \"No.\"\nrule r\n  refuse R\n  when p is A\n";
    let texts = vec![("small.ereje".to_owned(), text.to_owned())];
    let found = Warned::of(texts.clone(), None).unwrap();
    let sources = found.policy.engine().sources();
    for text in [
        human(&found.warnings, sources, false),
        short(&found.warnings, sources),
        json_of(&found.warnings, sources, &[]),
        sarif(&found.warnings, sources, &[]),
    ] {
        assert!(text.contains("these facts leave `d` undetermined: { today: 2025-01-01, p: null }"), "{text}");
    }
    let tired = Warned::of(texts, Some(1)).unwrap();
    let text = short(&tired.warnings, sources);
    assert!(
        text.contains("perhaps nothing says what follows when `p` is absent; no example was found in 1 try"),
        "{text}"
    );
}

/// Runs a test on a stack on which every decision has room, so that none needs a thread of its own.
fn with_stack(test: fn()) {
    std::thread::Builder::new().stack_size(64 << 20).spawn(test).unwrap().join().unwrap();
}

#[test]
fn small_policies_leave_nothing_undetermined_unsaid() {
    with_stack(small_policies);
}

fn small_policies() {
    let (mut policies, mut forgotten_in_all, mut examples, mut perhaps, mut of_none) = (0, 0, 0, 0, 0);
    for seed in 1..=cases(24) {
        let drawn = numbers(seed);
        let Small { text, domains } = small(&mut Draw::new(&drawn));
        let Some(warned) = Warned::of(vec![("small.ereje".to_owned(), text)], None) else { continue };
        policies += 1;
        examples += warned.examples_are_true();
        let said = warned.warned();
        perhaps += said.iter().filter(|(.., shown)| !shown).count();
        let mut forgotten: BTreeSet<(String, &str)> = BTreeSet::new();
        // Every `all`, with the policy in which it is false of a list without elements.
        let source = warned.text[0].1.clone();
        let alls = source.match_indices("all(r in rows").map(|(at, _)| at);
        let alls: Vec<(usize, Warned)> =
            alls.map(|at| (at, warned.with_any(at, at + source[at..].find(')').unwrap() + 1).unwrap())).collect();
        let mut differing: BTreeSet<usize> = BTreeSet::new();
        let names = FactNames::new(warned.model());
        every(&domains, &mut |set| {
            let facts = names.line(&set.to_string()).unwrap();
            for decision in warned.model().decisions.ids() {
                let question = Question::of(decision);
                let plan = warned.policy.engine().default_plan();
                let found = warned.forgotten(&decide(plan, &facts, &question, DetailLevel::Codes));
                for (path, state) in &found {
                    let is_said = said.iter().any(|(name, of, _)| name == path && of == state);
                    assert!(is_said, "`{path}` {state} in {set}\n{}", warned.shown());
                }
                forgotten.extend(found);
                let list = set["rows"].to_string();
                if !list.contains("null") && !list.contains("unavailable") {
                    let outcome = warned.decided(&facts, decision);
                    let differs = |other: &Warned| {
                        let without = other.decided(&facts, decision);
                        let both = [&outcome, &without].map(|one| matches!(one.verdict, Verdict::Outcome(_)));
                        both == [true, true] && differ(&outcome, &without)
                    };
                    differing.extend(alls.iter().filter(|(_, other)| differs(other)).map(|(at, _)| *at));
                }
            }
        });
        forgotten_in_all += forgotten.len();
        of_none += differing.len();
        // What is said without a doubt is so, with every state. Of lists, there are more than are tried.
        for (name, state, shown) in &said {
            let found = forgotten.contains(&(name.clone(), state)) || name.contains("[]");
            assert!(found || !shown, "`{name}` {state} decides\n{}", warned.shown());
        }
        for at in differing {
            let is_said = warned.warnings.iter().any(|d| d.code == Code::W0204 && d.primary.span.start as usize == at);
            assert!(is_said, "`{}…`\n{}", &source[at..at + 20], warned.shown());
        }
    }
    let counts = format!(
        "{policies} policies: {forgotten_in_all} forgotten, {examples} examples, {perhaps} perhaps, {of_none} of none"
    );
    assert!(policies > 15 && forgotten_in_all > 50 && of_none > 3, "{counts}");
    assert!(perhaps * 10 < examples, "the search gives up too often: {counts}");
}

/// On policies with all that the language has, facts that are drawn at random show nothing that is not said.
#[test]
fn random_policies_leave_nothing_undetermined_unsaid() {
    with_stack(random_policies);
}

fn random_policies() {
    let (mut forgotten_in_all, mut examples) = (0, 0);
    for seed in 1..=cases(60) {
        let drawn = numbers(seed);
        let mut draw = Draw::new(&drawn);
        let policy = generate::policy(&mut draw);
        let Some(warned) = Warned::of(policy.texts(), Some(2_000)) else { continue };
        examples += warned.examples_are_true();
        let said = warned.warned();
        for number in 0..40 {
            let drawn = numbers(seed * 1000 + number);
            let facts = generate::facts(&mut Draw::new(&drawn), &policy.facts);
            let facts = as_json(&facts);
            let Ok(facts) = ereje::facts::decode_line(warned.model(), &facts.to_string()) else { continue };
            for decision in warned.model().decisions.ids() {
                for (path, state) in warned.forgotten(&warned.decided(&facts, decision)) {
                    let is_said = said.iter().any(|(name, of, _)| *name == path && *of == state);
                    assert!(
                        is_said,
                        "`{path}` {state} {}\n{}",
                        ereje::facts::flow(&ereje::facts::to_json(warned.model(), &facts)),
                        warned.shown()
                    );
                    forgotten_in_all += 1;
                }
            }
        }
    }
    assert!(forgotten_in_all > 50 && examples > 20, "{forgotten_in_all} forgotten, {examples} examples");
}
