//! The warnings about what a policy leaves undecided.

use super::domain::{Domains, silent_at};
use super::empty::TrueOfNone;
use super::witness::Undecided;
use ereje::check::{Silent, SilentRead};
use ereje::diagnostic::{Code, Diagnostic};
use ereje::engine::Engine;
use ereje::eval::{Cause, DetailLevel, Evaluation, Question, Status, decide, record};
use ereje::facts::{FactSet, flow, to_json};
use ereje::model::{ExprKind, HandlerRef, Model};
use ereje::source::Span;
use ereje::syntax::ast::State;
use std::collections::BTreeMap;

/// A silent fact, the decision that turns on it, and facts that show it; `None` if none were found in so many tries.
#[derive(Clone, Copy)]
struct Shown<'u> {
    read: &'u SilentRead,
    facts: Option<&'u FactSet>,
    tries: u64,
}

/// The most facts that one warning names.
const NAMED: usize = 12;

/// One warning for each fact of a registry, and one for all others.
pub(super) fn warnings(
    engine: &Engine,
    domains: &Domains<'_>,
    found: &[Undecided],
    of_none: &[TrueOfNone<'_>],
) -> Vec<Diagnostic> {
    let mut registered: BTreeMap<Silent, Vec<Shown<'_>>> = BTreeMap::new();
    let mut others: Vec<Shown<'_>> = Vec::new();
    for one in found {
        let Some(read) = one.read() else { continue };
        let undecided = Shown { read, facts: one.facts.as_ref(), tries: one.tries };
        if undecided.read.registered {
            registered.entry(undecided.read.silent).or_default().push(undecided);
        } else {
            others.push(undecided);
        }
    }
    let mut warnings = Vec::new();
    for of_one in registered.values() {
        let (shown, open): (Vec<Shown<'_>>, Vec<Shown<'_>>) =
            of_one.iter().copied().partition(|one| one.facts.is_some());
        warnings.extend(of_registry(engine, domains, &shown));
        warnings.extend(of_registry(engine, domains, &open));
    }
    let (shown, open): (Vec<Shown<'_>>, Vec<Shown<'_>>) = others.iter().copied().partition(|one| one.facts.is_some());
    warnings.extend(folded(engine, domains, &shown));
    warnings.extend(folded(engine, domains, &open));
    warnings.extend(of_none.iter().map(|one| true_of_none(engine, one)));
    let name = |d: &Diagnostic| engine.sources().get(d.primary.span.file).map(|file| file.name.clone());
    warnings.sort_by_cached_key(|d| (name(d), d.primary.span.start, d.primary.span.end, d.message.clone()));
    warnings
}

/// The warning about an `all` that is true of a list without elements.
fn true_of_none(engine: &Engine, one: &TrueOfNone<'_>) -> Diagnostic {
    let model = engine.model();
    let text = "`all` is true of a list without elements";
    let found = match &one.shown {
        Some((facts, decision, with, without)) => {
            let name = &model.decisions.at(*decision).name;
            let found = Diagnostic::new(Code::W0204, text, one.all.span, format!("`{name}` turns on an empty list"));
            found.showing(format!(
                "`{name}` is {with}, and would be {without} if `all` were false here, with these facts: {}",
                shown(model, facts)
            ))
        }
        None => {
            let found = Diagnostic::new(Code::W0204, text, one.all.span, "this list may be empty");
            found.showing(no_example(one.tries))
        }
    };
    let ExprKind::Aggregate(all) = &one.all.kind else { return found };
    found.help(if all.filter.is_some() {
        String::from("`where` may leave none: if then the condition shall not hold, add `any(…)` with the same `where`")
    } else {
        let text = engine.sources().slice(all.list.span);
        let text = if text.len() > 60 || text.contains('\n') { "…" } else { text };
        format!("declare the list `at least 1`, or add a test: `count({text}) > 0 and all(…)`")
    })
}

/// The warning about a fact of a registry, in all these states; all of them are shown by facts, or none is.
fn of_registry(engine: &Engine, domains: &Domains<'_>, states: &[Shown<'_>]) -> Option<Diagnostic> {
    let first = *states.first()?;
    let words: Vec<&str> = states.iter().map(|one| one.read.state.keyword()).collect();
    let states = words.join(" or ");
    let decision = &engine.model().decisions.at(first.read.decision).name;
    let text = match first.facts {
        Some(facts) if in_force(engine, first, facts).is_some() => {
            format!("what `{}` says of being {states} leaves `{decision}` undetermined", first.read.path)
        }
        Some(_) => format!("`{}` does not say what follows when it is {states}", first.read.path),
        None => format!("perhaps `{}` does not say what follows when it is {states}", first.read.path),
    };
    let mut warning = begun(engine, domains, first, text);
    let state = first.read.state.keyword();
    warning = warning.help(what_to_add(engine, first, state));
    if first.read.state == State::Absent && !first.read.silent.element {
        warning = warning.help("where no record simply means a value, write `if absent means VALUE`");
    }
    Some(warning.help(format!("where the law leaves it open, write `if {state} open \"WHY\"`")))
}

/// The warning about all facts for which no registry answers.
fn folded(engine: &Engine, domains: &Domains<'_>, all: &[Shown<'_>]) -> Option<Diagnostic> {
    let mut all = all.to_vec();
    all.sort_by_key(|one| (datum_span(domains.model, one.read.silent), one.read.silent.element));
    let first = *all.first()?;
    let paths: Vec<&str> = all.iter().map(|one| one.read.path.as_str()).collect();
    let more = paths.len().saturating_sub(NAMED);
    let mut names: Vec<String> = paths.iter().take(NAMED).map(|path| format!("`{path}`")).collect();
    if more > 0 {
        names.push(format!("{more} more"));
    }
    let begins = if first.facts.is_some() { "nothing" } else { "perhaps nothing" };
    let text = match names.split_last() {
        Some((last, [])) => format!("{begins} says what follows when {last} is absent"),
        Some((last, rest)) => format!("{begins} says what follows when {} or {last} is absent", rest.join(", ")),
        None => return None,
    };
    let warning = begun(engine, domains, first, text);
    Some(
        warning
            .help("say it at each, or once for all facts that no registry answers for: `facts if absent then OUTCOME CODE`")
            .help("where the law leaves it open, write `facts if absent open \"WHY\"`"),
    )
}

/// The warning without what to do next.
fn begun(engine: &Engine, domains: &Domains<'_>, one: Shown<'_>, text: String) -> Diagnostic {
    let model = domains.model;
    let decision = &model.decisions.at(one.read.decision).name;
    let span = datum_span(model, one.read.silent);
    match one.facts {
        Some(facts) => {
            let (at, what) = reader(engine, one, facts);
            Diagnostic::new(Code::W0203, text, span, format!("`{decision}` is then undetermined"))
                .also(at, format!("{what} turns on it"))
                .showing(format!("these facts leave `{decision}` undetermined: {}", shown(model, facts)))
        }
        None => {
            let warning = Diagnostic::new(Code::W0203, text, span, format!("`{decision}` may then be undetermined"))
                .also(one.read.span, format!("{} may turn on it", one.read.reader));
            warning.showing(no_example(one.tries))
        }
    }
}

/// That the search gave up.
pub(super) fn no_example(tries: u64) -> String {
    let tries = if tries == 1 { String::from("1 try") } else { format!("{tries} tries") };
    format!("no example was found in {tries}, nor was it ruled out that there is one")
}

/// Facts on one line, as a fact file has them.
pub(super) fn shown(model: &Model, facts: &FactSet) -> String {
    flow(&to_json(model, facts))
}

fn datum_span(model: &Model, silent: Silent) -> Span {
    model.datum(silent.datum).map_or(model.as_of.span, |datum| datum.span)
}

/// What to declare, by what is declared already.
fn what_to_add(engine: &Engine, one: Shown<'_>, state: &str) -> String {
    let model = engine.model();
    let handler = one.facts.and_then(|facts| in_force(engine, one, facts));
    let decision = &model.decisions.at(one.read.decision).name;
    if let Some(handler) = handler {
        return match model.handler(handler).level(one.read.decision) {
            Some(_) => format!(
                "what `if {state}` gives is not stronger than what the output is tied to, so it cannot stand in for it: give \
                 a stronger outcome, or a value"
            ),
            None => format!("what `if {state}` gives is no outcome of `{decision}`: add one for it"),
        };
    }
    let owners = model.handler_owners().filter(|owner| owns(model, one, *owner));
    let declared = owners.map(|owner| model.handlers(owner).of(one.read.state).len()).sum::<usize>() > 0;
    let whose = if one.read.silent.element { "the registry of the list" } else { "it or to its registry" };
    if declared && one.facts.is_some() {
        format!(
            "what `if {state}` says holds only in other regions, at other times or for other people: add one that holds \
             here too"
        )
    } else {
        format!("add `if {state} then OUTCOME CODE` to {whose}")
    }
}

/// True if the handlers of an owner can answer for something silent.
fn owns(model: &Model, one: Shown<'_>, owner: ereje::model::HandlerOwner) -> bool {
    use ereje::model::{HandlerOwner, Item};
    let datum = one.read.silent.datum;
    match owner {
        HandlerOwner::Fact(id) => !one.read.silent.element && datum == Item::Fact(id),
        HandlerOwner::Field(id) => !one.read.silent.element && datum == Item::Field(id),
        HandlerOwner::Policy => !one.read.registered,
        HandlerOwner::Registry(id) => model.datum(datum).is_some_and(|datum| datum.registries.contains(&id)),
    }
}

fn decided(engine: &Engine, one: Shown<'_>, facts: &FactSet) -> Evaluation {
    decide(engine.default_plan(), facts, &Question::of(one.read.decision), DetailLevel::Codes)
}

/// The handler that is in force for the silent fact of an example.
fn in_force(engine: &Engine, one: Shown<'_>, facts: &FactSet) -> Option<HandlerRef> {
    let outcome = decided(engine, one, facts);
    let of_it =
        outcome.unanswered.iter().find(|of| silent_at(&of.place) == one.read.silent && of.state == one.read.state);
    of_it.and_then(|of| of.handler)
}

/// What turns on the silent fact in an example, and its place: an output whose value is missing, or a rule.
fn reader(engine: &Engine, one: Shown<'_>, facts: &FactSet) -> (Span, String) {
    let model = engine.model();
    let outcome = decided(engine, one, facts);
    let declared = &model.decisions.at(one.read.decision).outputs;
    let withheld = outcome.withheld.as_ref().and_then(|withheld| declared.get(*withheld.outputs.first()? as usize));
    if let Some(output) = withheld {
        return (output.span, format!("output `{}`", output.name));
    }
    let names_it = |cause: &Cause| {
        matches!(cause, Cause::Silent(place, silence)
            if silent_at(place) == one.read.silent && silence.state() == Some(one.read.state))
    };
    let rules =
        record(engine.default_plan(), facts, &Question::of(one.read.decision), &outcome).map(|record| record.rules);
    let void = rules.unwrap_or_default().into_iter().find(|rule| {
        rule.result.status == Status::Void
            && rule
                .result
                .because
                .iter()
                .any(|clause| matches!(&clause.answer, Err(causes) if causes.iter().any(names_it)))
    });
    match void {
        Some(rule) => {
            let version = model.provision(rule.provision);
            (version.claim.span, format!("rule `{}`", version.qualified))
        }
        None => (one.read.span, one.read.reader.clone()),
    }
}
