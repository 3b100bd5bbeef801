//! The laws of the meaning of policies, each as a property of the engine.

use super::engine::Engine;
use super::run::{Case, Held};
use crate::it::generate::{self, Draw, Shape};
use crate::it::reference::{self, Answer, Res};
use ereje::DecideOptions;
use ereje::eval::{self, CellState, CoveragePoint, Question};
use ereje::facts::Format;
use ereje::model::{Choices, IMPOSSIBLE};
use ereje::plan::Plan;
use ereje::value::Value;
use ereje_review::coverage::{Meter, measure};
use std::collections::BTreeSet;

/// The decision that the laws are about; there may be another, and decisions are in the order of the text.
const MAIN: Option<&str> = Some("d");

/// Loads the policy of the case; returns if it is refused.
macro_rules! loaded {
    ($texts:expr) => {
        match Engine::load($texts) {
            Ok(engine) => engine,
            Err(findings) => return Ok(Held::Refused(findings)),
        }
    };
}

/// Reads the facts of the case; only after shrinking may they not fit.
macro_rules! facts {
    ($engine:expr, $facts:expr) => {
        match $engine.facts($facts) {
            Ok(facts) => facts,
            Err(_) => return Ok(Held::Idle),
        }
    };
}

/// The codes and rules of the reasons, without their order.
fn reasons(answer: &Answer) -> BTreeSet<(String, String)> {
    answer.reasons.iter().map(|r| (r.code.clone(), r.by.clone())).collect()
}

/// The engine and the reference evaluator agree, under all assumptions.
pub fn agrees(case: &Case<'_>) -> Result<Held, String> {
    let engine = loaded!(case.texts);
    let facts = facts!(engine, case.facts);
    let defaults = Choices::defaults(&engine.model);
    let mut all = vec![defaults.clone()];
    for (i, assumption) in engine.model.assumptions.iter().enumerate() {
        let other = (assumption.default + 1) % assumption.choices.len() as u32;
        all.push(defaults.with(ereje::ids::AssumptionId::new(i), other));
    }
    let decisions = (0..engine.model.decisions.len()).map(ereje::ids::DecisionId::new);
    for (choices, decision) in all.iter().flat_map(|c| decisions.clone().map(move |d| (c, d))) {
        let expected = reference::decide(&engine.model, &facts, choices, decision);
        let got = engine.decide(&facts, choices, decision);
        if got != expected {
            return Err(format!("choices {choices:?}\n\nthe engine\n{got:#?}\n\nthe reference\n{expected:#?}"));
        }
    }
    Ok(Held::Yes)
}

/// A decision names the assumptions that it depends on, and its text has the outcome.
pub fn assumptions_are_named(case: &Case<'_>) -> Result<Held, String> {
    let engine = loaded!(case.texts);
    let facts = facts!(engine, case.facts);
    let model = &*engine.model;
    let decision = engine.decision(MAIN);
    let mut d = Draw::new(case.numbers);
    let mut choices = Choices::defaults(model);
    for (i, assumption) in model.assumptions.iter().enumerate() {
        choices = choices.with(ereje::ids::AssumptionId::new(i), d.below(assumption.choices.len()) as u32);
    }
    let (words, _) = engine.words(&facts, &choices, decision);
    let named: BTreeSet<String> = words.assumptions.keys().cloned().collect();
    let expected = reference::assumptions(model, &facts, &choices, decision);
    if named != expected {
        return Err(format!("choices {choices:?}: it names {named:?}, but depends on {expected:?}"));
    }
    let answer = engine.decide(&facts, &choices, decision);
    let codes: Vec<_> = words.reasons.iter().map(|r| r.code.clone()).collect();
    let needs: Vec<_> = words.needs.iter().map(|n| n.fact.clone()).collect();
    let same = words.outcome == answer.outcome
        && codes == answer.reasons.iter().map(|r| r.code.clone()).collect::<Vec<_>>()
        && needs == answer.needs
        && words.provisional == answer.provisional;
    if !same {
        return Err(format!("in words it is another decision\n{words:#?}\n\n{answer:#?}"));
    }
    Ok(Held::Yes)
}

/// Answering an unasked fact never changes a decided outcome; reasons only grow; needs only shrink.
pub fn answers_only_add(case: &Case<'_>) -> Result<Held, String> {
    let engine = loaded!(case.texts);
    let choices = Choices::defaults(&engine.model);
    let decision = engine.decision(MAIN);
    let mut d = Draw::new(case.numbers);
    let mut facts = case.facts.to_vec();
    let mut before = engine.decide(&facts!(engine, &facts), &choices, decision);
    for _ in 0..8 {
        let all = generate::places(case.shapes, &facts);
        // In half of the cases one of the needs.
        let needed: Vec<_> = all.iter().filter(|u| before.needs.contains(&u.spell())).cloned().collect();
        let from = if needed.is_empty() || d.chance(50) { all } else { needed };
        if from.is_empty() {
            break;
        }
        let place = d.pick(&from);
        let next = place.answered(&mut d, &facts);
        let after = engine.decide(&facts!(engine, &next), &choices, decision);
        // The laws speak of possible facts.
        if after.outcome == IMPOSSIBLE {
            break;
        }
        let broken = |law: &str| {
            Err(format!("{law}\nanswered {}: {next:?}\n\nbefore\n{before:#?}\n\nafter\n{after:#?}", place.spell()))
        };
        if before.outcome != after.outcome && (before.outcome != "undetermined" || before.needs.is_empty()) {
            return broken("an answer changed what was decided");
        }
        if before.outcome != "undetermined" && !reasons(&before).is_subset(&reasons(&after)) {
            return broken("an answer took a reason away");
        }
        if before.needs.is_empty() && !after.needs.is_empty() {
            return broken("an answer brought a question where nothing was to be asked");
        }
        // The elements of a list, and what rules ask about them, can only be asked when the list is known; and what
        // holds on a day in a place, only when these are known.
        let opens = matches!(
            place.shape,
            Shape::Records(_)
                | Shape::Record(_)
                | Shape::List(_)
                | Shape::OverTime(_)
                | Shape::GoverningDate(_)
                | Shape::GoverningPlace
        );
        if !opens && !case.asks_late && !governing(&before) {
            let (old, new): (BTreeSet<_>, BTreeSet<_>) = (before.needs.iter().collect(), after.needs.iter().collect());
            if !new.is_subset(&old) {
                return broken("an answer brought a new question");
            }
        }
        facts = next;
        before = after;
    }
    Ok(Held::Yes)
}

/// True if only the governing date or place is asked for.
fn governing(answer: &Answer) -> bool {
    answer.needs.iter().any(|n| n == "app.date")
        || (answer.needs.len() == 1 && answer.needs.iter().all(|n| n == "app.region"))
}

/// Answering all needs settles the case: at once, or, if lists lead to new questions, after at most as many rounds as
/// there are places.
pub fn answering_settles(case: &Case<'_>) -> Result<Held, String> {
    let engine = loaded!(case.texts);
    let choices = Choices::defaults(&engine.model);
    let decision = engine.decision(MAIN);
    let mut d = Draw::new(case.numbers);
    let mut facts = case.facts.to_vec();
    let mut rounds = 0;
    loop {
        let answer = engine.decide(&facts!(engine, &facts), &choices, decision);
        if answer.needs.is_empty() {
            return Ok(if rounds == 0 { Held::Idle } else { Held::Yes });
        }
        let opens = case.asks_late
            || governing(&answer)
            || answer.needs.iter().any(|n| n.starts_with("people") || n.starts_with("marks"));
        let listed = facts.iter().any(|(path, _)| path == "people" || path == "marks");
        if rounds > 0 && !opens && !listed {
            return Err(format!("all needs were answered, and there are more\n{facts:?}\n{answer:#?}"));
        }
        let all = generate::places(case.shapes, &facts);
        let needed: Vec<_> = all.into_iter().filter(|u| answer.needs.contains(&u.spell())).collect();
        if needed.len() != answer.needs.len() {
            return Err(format!("a need is no unasked fact\n{facts:?}\n{answer:#?}"));
        }
        for place in needed {
            facts = place.answered(&mut d, &facts);
        }
        rounds += usize::from(!governing(&answer));
        if rounds > 40 {
            return Err(format!("questions without end\n{facts:?}\n{answer:#?}"));
        }
    }
}

/// A rule that surely fires is never beaten by a weaker outcome, and `otherwise` is never the outcome if the policy
/// does not hold.
pub fn never_fails_open(case: &Case<'_>) -> Result<Held, String> {
    let engine = loaded!(case.texts);
    let facts = facts!(engine, case.facts);
    let choices = Choices::defaults(&engine.model);
    let decision = engine.decision(MAIN);
    let answer = engine.decide(&facts, &choices, decision);
    let outcomes = &engine.model.decisions[decision].outcomes;
    let level = outcomes.iter().position(|o| o.name == answer.outcome);
    match reference::firing(&engine.model, &facts, &choices, decision) {
        None if answer.outcome == "not_in_force" => Ok(Held::Yes),
        None if answer.outcome == "undetermined" => Ok(Held::Idle),
        None => Err(format!("something is decided where the policy does not hold\n{answer:#?}")),
        Some(firing) => match (level, firing.first()) {
            (Some(level), Some((strongest, rule))) if level > *strongest as usize => {
                Err(format!("`{rule}` clearly fires at {}\n{answer:#?}", outcomes[*strongest as usize].name))
            }
            (Some(level), _) if level + 1 < outcomes.len() && answer.reasons.is_empty() => {
                Err(format!("an outcome without a reason\n{answer:#?}"))
            }
            (None, _) if answer.outcome == "not_in_force" => Err(format!("the policy does hold\n{answer:#?}")),
            (Some(_) | None, _) => Ok(Held::Yes),
        },
    }
}

/// The answer without the order of its parts.
fn unordered(answer: &Answer) -> impl PartialEq + std::fmt::Debug + use<> {
    // An unknown argument, and a record that one is, have the numbers of facts, which depend on the order of declaration.
    let is_plain = |arg: &Res| matches!(arg, Res::Known(value) if !matches!(value, Value::Record(_) | Value::List(_)));
    let known = |args: &[Res]| args.iter().map(|a| is_plain(a).then(|| a.clone())).collect::<Vec<_>>();
    let set = |lines: &[reference::ReasonLine]| {
        lines
            .iter()
            .map(|l| (l.code.clone(), l.by.clone(), format!("{:?} {:?}", known(&l.args), l.places)))
            .collect::<BTreeSet<_>>()
    };
    let needs: BTreeSet<_> = answer.needs.iter().cloned().collect();
    let open: BTreeSet<_> = answer.open.iter().cloned().collect();
    let outputs = answer.outputs.iter().map(|(name, value)| format!("{name} {value:?}")).collect::<BTreeSet<_>>();
    let notices: BTreeSet<_> = answer.notices.iter().map(|l| (l.code.clone(), l.by.clone())).collect();
    (answer.outcome.clone(), set(&answer.reasons), needs, open, outputs, notices, answer.provisional)
}

/// Compares the case with the same facts under other texts with the same meaning.
fn same_meaning(case: &Case<'_>, texts: &[(String, String)], what: &str) -> Result<Held, String> {
    let engine = loaded!(case.texts);
    let other = match Engine::load(texts) {
        Ok(other) => other,
        Err(findings) => return Err(format!("{what}: it is refused\n{}\n{texts:#?}", findings.join("\n"))),
    };
    let answer = |engine: &Engine| {
        let facts = engine.facts(case.facts).ok()?;
        Some(engine.decide(&facts, &Choices::defaults(&engine.model), engine.decision(MAIN)))
    };
    let (Some(one), Some(two)) = (answer(&engine), answer(&other)) else { return Ok(Held::Idle) };
    // Handlers are named by their order, so only codes are compared.
    if unordered(&one) != unordered(&two) {
        let shown: String = texts.iter().map(|(name, text)| format!("# ---- {name}\n{text}\n")).collect();
        return Err(format!("{what}: it decides otherwise\n{shown}\nas written\n{one:#?}\n\nchanged\n{two:#?}"));
    }
    Ok(Held::Yes)
}

/// The order of items in a file, and of files, never matters.
pub fn order_never_matters(case: &Case<'_>) -> Result<Held, String> {
    // Two outcomes that are placed next to each other have the order of the text.
    if case.texts.iter().map(|(_, text)| text.matches("\noutcome ").count()).sum::<usize>() > 1 {
        return Ok(Held::Idle);
    }
    let mut d = Draw::new(case.numbers);
    let mut texts: Vec<(String, String)> = case
        .texts
        .iter()
        .map(|(name, text)| {
            let mut items: Vec<&str> = text.trim_end().split("\n\n").collect();
            if items.len() > 1 {
                d.shuffle(&mut items[1..]);
            }
            (format!("{}{name}", d.below(10)), items.join("\n\n") + "\n")
        })
        .collect();
    // A shrunk case may have blank lines inside items.
    if case.texts.iter().any(|(_, text)| text.contains("\n\n ")) {
        return Ok(Held::Idle);
    }
    d.shuffle(&mut texts);
    same_meaning(case, &texts, "in another order")
}

/// Puts each word on its own line. A number and its unit stay together, since line ends separate elements inside
/// braces, and so do the words of a duration.
fn a_word_a_line(text: &str) -> String {
    let mut out = String::new();
    for (i, quoted) in text.split('"').enumerate().map(|(i, part)| (i, (part, i % 2 == 1))) {
        let (part, inside) = quoted;
        if i > 0 {
            out.push('"');
        }
        if inside {
            out.push_str(part);
            continue;
        }
        let mut words = part.split(' ').peekable();
        while let Some(word) = words.next() {
            out.push_str(word);
            let Some(next) = words.peek() else { break };
            let together = word.ends_with(|c: char| c.is_ascii_digit())
                || ["working", "of", "per"].contains(&word)
                || ["days", "day", "of", "per"].contains(next);
            out.push_str(if together { " " } else { "\n\t" });
        }
    }
    out
}

/// Layout never changes meaning.
pub fn layout_never_matters(case: &Case<'_>) -> Result<Held, String> {
    let mut d = Draw::new(case.numbers);
    let (layout, crlf) = (d.below(3), d.chance(30));
    let texts: Vec<(String, String)> = case
        .texts
        .iter()
        .map(|(name, text)| {
            let text = match layout {
                0 => text.split_whitespace().collect::<Vec<_>>().join(" "),
                // A number and its unit stay together: line ends separate elements inside braces.
                1 => a_word_a_line(text),
                _ => text.lines().map(|l| format!("{l}   # a note: rule or \"text\" }}\n\n")).collect(),
            };
            (name.clone(), if crlf { text.replace('\n', "\r\n") } else { text })
        })
        .collect();
    same_meaning(case, &texts, "laid out otherwise")
}

/// The formatter keeps decisions, and does not change its own output.
pub fn the_formatter_keeps_decisions(case: &Case<'_>) -> Result<Held, String> {
    if let Err(findings) = Engine::load(case.texts) {
        return Ok(Held::Refused(findings));
    }
    let format = |name: &str, text: &str| {
        let mut sources = ereje::source::Sources::new();
        let file = sources.add(name, text);
        ereje::fmt::format(&sources, file).map_err(|e| format!("{name}: {e}"))
    };
    let mut texts = Vec::new();
    for (name, text) in case.texts {
        let once = format(name, text)?;
        let twice = format(name, &once)?;
        if once != twice {
            return Err(format!("formatted once\n{once}\nand twice\n{twice}"));
        }
        texts.push((name.clone(), once));
    }
    same_meaning(case, &texts, "formatted")
}

/// An amendment that has ended has no effect.
pub fn what_ended_is_gone(case: &Case<'_>) -> Result<Held, String> {
    let ended = |text: &str| text.split("\n\n").next().is_some_and(|header| header.contains("through 2"));
    let texts: Vec<_> =
        case.texts.iter().filter(|(name, text)| name == "base.ereje" || !ended(text)).cloned().collect();
    // A value as of another day is still what it was then.
    let without_bounds = |text: &str| text.replace(" at least ", " ").replace(" at most ", " ");
    let looks_back = case.texts.iter().any(|(_, text)| without_bounds(text).contains(" at "));
    if looks_back || texts.len() == case.texts.len() || Engine::load(&texts).is_err() {
        return Ok(Held::Idle);
    }
    let mut facts: Vec<_> = case.facts.iter().filter(|(path, _)| path != "app.date").cloned().collect();
    facts.push(("app.date".into(), "2027-02-15".into()));
    let later = Case { facts: &facts, ..*case };
    let engine = loaded!(case.texts);
    let other = loaded!(&texts);
    let answer = |engine: &Engine| {
        let facts = engine.facts(later.facts).ok()?;
        Some(engine.decide(&facts, &Choices::defaults(&engine.model), engine.decision(MAIN)))
    };
    let (Some(with), Some(without)) = (answer(&engine), answer(&other)) else { return Ok(Held::Idle) };
    let essence =
        |a: &Answer| (a.outcome.clone(), reasons(a).into_iter().map(|r| r.0).collect::<Vec<_>>(), a.needs.clone());
    if essence(&with) != essence(&without) {
        return Err(format!("after its end an amendment still speaks\nwith\n{with:#?}\n\nwithout\n{without:#?}"));
    }
    Ok(Held::Yes)
}

/// Deciding twice gives the same result, and a fact set is unchanged after writing and reading.
pub fn twice_is_once(case: &Case<'_>) -> Result<Held, String> {
    let engine = loaded!(case.texts);
    let facts = facts!(engine, case.facts);
    let choices = Choices::defaults(&engine.model);
    let decision = engine.decision(MAIN);
    let Ok(again) = Engine::fresh(case.texts) else { return Err("loaded once, and refused again".into()) };
    let (one, two) = (engine.raw(&facts, &choices, decision), again.raw(&facts, &choices, decision));
    if one != two || format!("{one:?}") != format!("{two:?}") {
        return Err(format!("the same case twice\n{one:#?}\n\n{two:#?}"));
    }
    let (one, two) = (engine.words(&facts, &choices, decision).1, again.words(&facts, &choices, decision).1);
    if one != two {
        return Err(format!("the same case in words twice\n{one}\n\n{two}"));
    }
    let json = ereje::facts::to_json(&engine.model, &facts).to_string();
    let yaml = ereje::facts::to_yaml(&engine.model, &facts);
    for (text, format) in [(json, Format::Json), (yaml, Format::Yaml)] {
        match engine.decode(&text, format) {
            Ok(read) if read == facts => {}
            Ok(read) => return Err(format!("written and read\n{text}\n{facts:?}\n\n{read:?}")),
            Err(findings) => return Err(format!("what was written cannot be read\n{text}\n{}", findings.join("\n"))),
        }
    }
    Ok(Held::Yes)
}

/// A probing plan decides as the ordinary one does, including all causes and messages.
pub fn probing_changes_nothing(case: &Case<'_>) -> Result<Held, String> {
    let engine = loaded!(case.texts);
    let facts = facts!(engine, case.facts);
    let defaults = Choices::defaults(&engine.model);
    let others = engine.model.assumptions.iter().enumerate().map(|(i, assumption)| {
        let other = (assumption.default + 1) % assumption.choices.len() as u32;
        defaults.with(ereje::ids::AssumptionId::new(i), other)
    });
    for choices in std::iter::once(defaults.clone()).chain(others) {
        let plan = Plan::probing(engine.model.clone(), choices.clone()).expect("a plan");
        for decision in (0..engine.model.decisions.len()).map(ereje::ids::DecisionId::new) {
            let ordinary = engine.raw(&facts, &choices, decision);
            let (probed, _) = eval::decide_probed(&plan, &facts, &Question::of(decision));
            if ordinary != probed {
                return Err(format!("choices {choices:?}\n\nordinary\n{ordinary:#?}\n\nprobed\n{probed:#?}"));
            }
        }
    }
    Ok(Held::Yes)
}

/// Everything that a decision exercises is a goal of its policy, so that no goal is missing; and what gives a reason is
/// exercised.
pub fn what_is_exercised_is_a_goal(case: &Case<'_>) -> Result<Held, String> {
    let engine = loaded!(case.texts);
    let facts = facts!(engine, case.facts);
    let policy = ereje::Policy::from_texts(case.texts.iter().cloned()).map_err(|e| format!("refused: {e}"))?;
    let goals: BTreeSet<CoveragePoint> = measure(&policy, &[]).goals().map(|(goal, _)| goal.point).collect();
    let meter = Meter::new(&policy);
    let defaults = Choices::defaults(policy.model());
    let others = policy.model().assumptions.iter().enumerate().map(|(i, assumption)| {
        let other = (assumption.default + 1) % assumption.choices.len() as u32;
        defaults.with(ereje::ids::AssumptionId::new(i), other)
    });
    for choices in std::iter::once(defaults.clone()).chain(others) {
        for decision in (0..policy.model().decisions.len()).map(ereje::ids::DecisionId::new) {
            let options =
                DecideOptions { decision: Some(decision), choices: Some(choices.clone()), ..DecideOptions::default() };
            let points = meter.points(&facts, &options).map_err(|found| format!("{found:?}"))?;
            // The silence of a fact is a goal only if a registry answers for it, or something depends on it.
            let beside = |hit: &&CoveragePoint| {
                let known = |hit: &CoveragePoint| match hit {
                    CoveragePoint::State(subject, _) => {
                        goals.contains(&CoveragePoint::State(*subject, CellState::Known))
                    }
                    CoveragePoint::Verdict(..) => true,
                    hit => goals.contains(hit),
                };
                !known(hit)
            };
            if let Some(hit) = points.iter().find(beside) {
                return Err(format!("choices {choices:?}: exercised and no goal: {hit:?}\n{goals:?}"));
            }
            let outcome = engine.raw(&facts, &choices, decision);
            for given in &outcome.reasons {
                if let eval::Origin::Rule(rule) = given.origin
                    && !points.contains(&CoveragePoint::Rule(rule))
                {
                    return Err(format!("rule {rule:?} gave a reason and was not exercised"));
                }
            }
        }
    }
    Ok(Held::Yes)
}
