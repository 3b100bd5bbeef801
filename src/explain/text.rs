//! A decision for a person, in one language: the outcome, why, what is still needed; and the trace as a tree.

use super::conditions::Speaker;
use super::decision::{Blocked, Decision, UnknownOutput, element_name};
use super::format::{SHOWN_PLACES, ValueFormatter, digits_to, label};
use super::message::{message_for_people, numbers_in};
use super::names::{cited, origin_name};
use super::trace::{ClauseTrace, RuleTrace, Trace};
use crate::engine::Engine;
use crate::eval::{
    Answer, Cause, ElementAnswer, Evaluation, GivenReason, Origin, OutputAnswer, Silence, Verdict, Withheld,
};
use crate::ids::{OutcomeRef, OutputRef};
use crate::model::{Expr, MessagePiece, Model, Outcome, Output, Type, written};
use crate::value::{FactPath, Value};
use crate::visible::visible;
use std::fmt::Write as _;

/// The decision as a letter, for the person that it is about: of the assumptions it tells what these have a `letter` for. Ends
/// with a line end.
#[must_use]
pub fn letter(engine: &Engine, decision: &Decision, language: &str) -> String {
    let page = Page::new(engine, language);
    let mut out = String::new();
    page.head(&mut out, decision, true);
    page.body(&mut out, decision);
    page.list(&mut out, page.formatter.words.choices, page.choices(decision));
    out
}

/// The decision for makers of policies: with all assumptions that it rests on, and with its trace if it has one. Ends with a
/// line end.
#[must_use]
pub fn text(engine: &Engine, decision: &Decision, language: &str) -> String {
    let page = Page::new(engine, language);
    let mut out = String::new();
    page.head(&mut out, decision, true);
    page.body(&mut out, decision);
    page.assumptions(&mut out, decision);
    if let Some(trace) = &decision.trace {
        out.push('\n');
        page.trace(&mut out, trace, &decision.outcome);
    }
    out
}

/// What one rule did, as in a trace. Ends with a line end.
#[must_use]
pub fn rule_text(engine: &Engine, rule: &RuleTrace, language: &str) -> String {
    let page = Page::new(engine, language);
    let mut out = String::new();
    page.rule(&mut out, rule, 0);
    out
}

/// The messages of a decision for people in one language, each after its code; without those that have none in it.
#[must_use]
pub fn messages(engine: &Engine, decision: &Decision, language: &str) -> Vec<String> {
    let model = engine.model();
    let formatter = ValueFormatter::new(model, language);
    let given = decision.raw.reasons.iter().chain(&decision.raw.notices);
    given
        .filter_map(|given| {
            let sentence = message_for_people(given, formatter)?;
            Some(coded(&model.reasons.at(given.reason).code, Some(&sentence)))
        })
        .collect()
}

/// The numbers without end in the messages of a decision, which the messages cut, each after the code: `14.83… = 89/6`.
#[must_use]
pub fn ratios(engine: &Engine, decision: &Decision) -> Vec<String> {
    let model = engine.model();
    let mut found: Vec<String> = Vec::new();
    for given in decision.raw.reasons.iter().chain(&decision.raw.notices) {
        let declared = model.reasons.at(given.reason);
        for (index, pieces) in declared.languages().filter_map(|language| declared.message(language)) {
            let pieces: Vec<MessagePiece<'_>> = pieces.collect();
            for number in numbers_in(given, index, &pieces) {
                if let (digits, true) = digits_to(number, SHOWN_PLACES) {
                    let line = format!("{}  {digits}… = {number}", declared.code);
                    if !found.contains(&line) {
                        found.push(line);
                    }
                }
            }
        }
    }
    found
}

/// A message after its code. Where the policy breaks the line, what follows stands below its beginning, deeper than the
/// facts and sources after it.
pub(super) fn coded(code: &str, sentence: Option<&str>) -> String {
    match sentence {
        None => code.to_owned(),
        Some(sentence) => {
            let margin = " ".repeat(code.chars().count() + 4);
            format!("{code}  {}", sentence.replace('\n', &format!("\n{margin}")))
        }
    }
}

/// What the parts of a text are written with.
pub(super) struct Page<'e> {
    pub(super) model: &'e Model,
    pub(super) formatter: ValueFormatter<'e>,
    pub(super) language: &'e str,
    speaker: Speaker<'e>,
}

impl<'e> Page<'e> {
    pub(super) fn new(engine: &'e Engine, language: &'e str) -> Self {
        let speaker = Speaker::new(engine.model(), engine.sources(), language);
        Self { model: engine.model(), formatter: speaker.formatter, language, speaker }
    }
}

/// A line of a text; writing to a text cannot fail.
macro_rules! line {
    ($out:expr, $($arg:tt)*) => {{ let _ = writeln!($out, $($arg)*); }};
}

impl Page<'_> {
    /// True for a calculation of facts that can be.
    fn computes(&self, decision: &Decision) -> bool {
        self.model.decisions.at(decision.id).computes && !decision.is_impossible()
    }

    /// Outcome, policy, day and place; with `named`, also how the policy writes the outcome.
    pub(super) fn head(&self, out: &mut String, decision: &Decision, named: bool) {
        let words = self.formatter.words;
        let title = label(&self.model.decisions.at(decision.id).labels, self.language).unwrap_or(&decision.decision);
        let outcome = match &decision.raw.verdict {
            Verdict::Outcome(_) if self.computes(decision) => words.computed.into(),
            Verdict::Outcome(level) => {
                let outcome = self.model.outcome(OutcomeRef { decision: decision.id, level: *level });
                if named { self.outcome(outcome) } else { self.outcome_title(outcome).to_owned() }
            }
            Verdict::Undetermined => words.undetermined.into(),
            Verdict::NotInForce => words.not_in_force.into(),
        };
        line!(out, "{title}: {outcome}");
        let policy = self.model.sections.first();
        let name = policy.and_then(|s| label(&s.labels, self.language)).unwrap_or(&decision.policy.name);
        let mut about = vec![name.to_owned()];
        about.extend(decision.raw.as_of.map(|date| self.formatter.date(date)));
        let region = decision.raw.region.map(|region| self.model.regions.at(region));
        about.extend(region.map(|r| label(&r.labels, self.language).unwrap_or(&r.name).to_owned()));
        line!(out, "{}", about.join(", "));
        if decision.raw.verdict == Verdict::NotInForce {
            self.in_force(out, decision);
        }
        if decision.provisional {
            line!(out, "{}", words.provisional);
        }
    }

    fn outcome_title<'o>(&self, outcome: &'o Outcome) -> &'o str {
        label(&outcome.labels, self.language).unwrap_or(&outcome.name)
    }

    /// An outcome by its label, with its name.
    fn outcome(&self, outcome: &Outcome) -> String {
        match label(&outcome.labels, self.language).filter(|shown| *shown != outcome.name) {
            Some(shown) => format!("{shown} ({})", outcome.name),
            None => outcome.name.clone(),
        }
    }

    /// The outcome that is held back because of outputs, with these.
    fn withheld(&self, decision: &Decision, withheld: &Withheld) -> String {
        let outputs: Vec<&str> = withheld.outputs.iter().map(|index| self.output_name(decision, *index)).collect();
        let outcome = self.model.outcome(OutcomeRef { decision: decision.id, level: withheld.level });
        format!("{}: {}", self.outcome(outcome), outputs.join(", "))
    }

    fn output_name(&self, decision: &Decision, index: u32) -> &str {
        let output = self.model.output(OutputRef { decision: decision.id, output: index });
        label(&output.labels, self.language).unwrap_or(&output.name)
    }

    /// An output with its value, or with why it has none; of an output by element, each on a line of its own.
    fn output(&self, decision: &Decision, index: u32, answer: &OutputAnswer) -> String {
        let name = self.output_name(decision, index);
        let output = self.model.output(OutputRef { decision: decision.id, output: index });
        match answer {
            OutputAnswer::Whole(answer) => {
                let why = decision.unknown_outputs.iter().find(|why| why.output == output.name);
                format!("{name}: {}", self.output_value(decision, output, (answer, why), "    "))
            }
            OutputAnswer::Each(elements) if elements.is_empty() => format!("{name}: —"),
            OutputAnswer::Each(elements) => {
                let mut text = name.to_owned();
                let mut whys = decision.unknown_outputs.iter().filter(|why| why.output == output.name);
                for element in elements {
                    let why = element.answer.as_ref().err().and_then(|_| whys.next());
                    let value = self.output_value(decision, output, (&element.answer, why), "      ");
                    let _ = write!(text, "\n    {}: {value}", self.element_key(output, element));
                }
                text
            }
        }
    }

    /// The name of an element in an output; its place in the facts where that is not known.
    pub(super) fn element_key(&self, output: &Output, element: &ElementAnswer) -> String {
        match &element.key {
            Ok(key) => self.formatter.value(key, None, output.key_type().unwrap_or(&Type::Error)),
            Err(_) => element_name(self.model, &element.element),
        }
    }

    /// A value of an output, or why there is none, on lines that begin so. A fault stands with its message among the faults.
    fn output_value(
        &self,
        decision: &Decision,
        output: &Output,
        (answer, why): (&Answer, Option<&UnknownOutput>),
        indent: &str,
    ) -> String {
        let words = self.formatter.words;
        let causes = match answer {
            Ok(value) => return self.formatter.value(value, output.unit.as_ref(), output.ty()),
            Err(causes) => causes,
        };
        let mut text = words.unknown.to_owned();
        let mut part = |title: &str, lines: Vec<String>| {
            if !lines.is_empty() {
                let _ = write!(text, "\n{indent}{title}: {}", lines.join("; "));
            }
        };
        let needs = causes.iter().filter_map(|cause| match cause {
            Cause::Silent(place, Silence::Unasked) => Some(self.need(place)),
            Cause::Silent(..) | Cause::Open(..) | Cause::Fault(_) => None,
        });
        part(words.needed, needs.collect());
        let for_good = causes.iter().filter(|cause| !cause.is_unasked());
        part(words.blocked, for_good.filter_map(|cause| self.blocked(cause, &decision.raw)).collect());
        let faults = why.into_iter().flat_map(|why| &why.faults);
        part(words.faults, faults.map(|fault| visible(&fault.place).into_owned()).collect());
        text
    }

    /// A fact to ask, with who answers.
    fn need(&self, place: &FactPath) -> String {
        let who = self.registries(place);
        let name = self.fact_name(place);
        if who.is_empty() { name } else { format!("{name}, {} {who}", self.formatter.words.answered_by) }
    }

    /// When the policy holds, for a day on which it does not.
    fn in_force(&self, out: &mut String, decision: &Decision) {
        let Some(policy) = self.model.sections.first() else { return };
        let choices = crate::model::Choices::defaults(self.model);
        let period = policy.scope().period(self.model, &choices);
        let has_bounds = period.from.is_some() || period.through.is_some();
        if has_bounds && !decision.raw.as_of.is_some_and(|day| period.contains(day)) {
            line!(out, "{}", self.formatter.in_force(period.from, period.through));
        }
    }

    fn body(&self, out: &mut String, decision: &Decision) {
        let words = self.formatter.words;
        self.givens(out, words.reasons, &decision.raw.reasons);
        // A calculation says no more than that its outputs are not known.
        let withheld = decision.raw.withheld.iter().filter(|_| !self.model.decisions.at(decision.id).computes);
        self.list(out, words.withheld, withheld.map(|withheld| self.withheld(decision, withheld)));
        self.list(out, words.needed, decision.raw.needs.iter().map(|place| self.need(place)));
        self.list(
            out,
            words.blocked,
            decision.raw.blocked.iter().filter_map(|cause| self.blocked(cause, &decision.raw)),
        );
        self.list(
            out,
            words.faults,
            decision.faults.iter().map(|fault| {
                let mut text = format!("{}: {}", visible(&fault.place), fault.message);
                if !fault.needed_by.is_empty() {
                    let _ = write!(text, "\n    {} {}", words.needed_by, fault.needed_by.join(", "));
                }
                for case in &fault.cases {
                    let sources =
                        if case.sources.is_empty() { String::new() } else { format!(", {}", case.sources.join("; ")) };
                    let _ = write!(text, "\n    {} ({}){sources}", visible(&case.case), visible(&case.place));
                }
                text
            }),
        );
        self.list(out, words.open, decision.open.iter().cloned());
        self.givens(out, words.notices, &decision.raw.notices);
        self.list(
            out,
            words.outputs,
            decision.raw.outputs.iter().map(|(index, answer)| self.output(decision, *index, answer)),
        );
    }

    /// The choices of which a letter speaks: what it calls them, and what was chosen.
    fn choices<'d>(&'d self, decision: &'d Decision) -> impl Iterator<Item = String> + 'd {
        decision.assumptions.iter().filter_map(|(name, choice)| {
            let assumption = self.model.assumptions.iter().find(|a| a.name == *name)?;
            let called = label(&assumption.letter, self.language)?;
            Some(format!("{called}: {}", self.choice(assumption, choice.as_str()?)))
        })
    }

    fn assumptions(&self, out: &mut String, decision: &Decision) {
        self.list(
            out,
            self.formatter.words.assumptions,
            decision.assumptions.iter().map(|(name, choice)| {
                let known = self.model.assumptions.iter().find(|a| a.name == *name);
                let why = known.and_then(|a| label(&a.labels, self.language));
                let choice = choice.as_str().unwrap_or("—");
                let meaning = known.and_then(|a| self.meaning(a, choice));
                let choice = meaning.map_or_else(|| choice.to_owned(), |meaning| format!("{choice} ({meaning})"));
                why.map_or_else(|| format!("{name} = {choice}"), |why| format!("{name} = {choice}\n    {why}"))
            }),
        );
    }

    /// A choice in words: its label, or the value itself.
    pub(super) fn choice(&self, assumption: &crate::model::Assumption, choice: &str) -> String {
        let unit = assumption.unit.as_ref();
        let made = assumption.choices.iter().find(|value| written(self.model, value, unit) == choice);
        made.map_or_else(|| choice.to_owned(), |value| self.formatter.value(value, unit, &assumption.ty))
    }

    /// The label of a choice that is a word of the policy.
    fn meaning(&self, assumption: &crate::model::Assumption, choice: &str) -> Option<&str> {
        let mut words = assumption.choices.iter().filter_map(|value| {
            let Value::Enum(id, index) = value else { return None };
            self.model.enums.at(*id).values.get(*index as usize)
        });
        let (_, labels) = words.find(|(name, _)| name == choice)?;
        label(labels, self.language)
    }

    fn list(&self, out: &mut String, title: &str, lines: impl Iterator<Item = String>) {
        let mut lines = lines.peekable();
        if lines.peek().is_some() {
            line!(out, "\n{title}");
            for text in lines {
                line!(out, "  {text}");
            }
        }
    }

    /// Reasons or notices: code, message, sources.
    fn givens(&self, out: &mut String, title: &str, givens: &[GivenReason]) {
        if givens.is_empty() {
            return;
        }
        // A reason that several rules or handlers give is told once, with the facts and sources of all.
        let mut told: Vec<(String, Vec<String>, Vec<String>)> = Vec::new();
        for given in givens {
            let reason = self.model.reasons.at(given.reason);
            let sentence = message_for_people(given, self.formatter).or_else(|| {
                let other = reason.languages().find(|l| *l == "en").or_else(|| reason.languages().next())?;
                message_for_people(given, ValueFormatter::new(self.model, other))
            });
            let line = coded(&reason.code, sentence.as_deref());
            let at = told.iter().position(|(known, ..)| *known == line).unwrap_or(told.len());
            if at == told.len() {
                told.push((line, Vec::new(), Vec::new()));
            }
            let Some((_, facts, sources)) = told.get_mut(at) else { continue };
            let more = given.places.iter().map(|place| self.fact_name(place));
            more.for_each(|fact| {
                if !facts.contains(&fact) {
                    facts.push(fact)
                }
            });
            self.sources(given.origin).into_iter().for_each(|source| {
                if !sources.contains(&source) {
                    sources.push(source)
                }
            });
        }
        line!(out, "\n{title}");
        for (line, facts, sources) in told {
            line!(out, "  {line}");
            if !facts.is_empty() {
                line!(out, "    {}", facts.join(", "));
            }
            for source in sources {
                line!(out, "    {source}");
            }
        }
    }

    fn sources(&self, origin: Origin) -> Vec<String> {
        let (_, cites) = origin_name(self.model, origin);
        cited(self.model, cites, Some(self.language))
    }

    /// The name of a fact, with its label if it has one.
    fn fact_name(&self, place: &FactPath) -> String {
        let name = self.model.place_name(place);
        match super::trace::label_of(self.model, place, self.language) {
            Some(shown) => format!("{name} ({shown})"),
            None => name,
        }
    }

    pub(super) fn registries(&self, place: &FactPath) -> String {
        let ids = crate::eval::registries(self.model, place).iter();
        let registries = ids.map(|id| self.model.registries.at(*id));
        let names: Vec<&str> = registries.map(|r| label(&r.labels, self.language).unwrap_or(&r.name)).collect();
        names.join(" / ")
    }

    fn blocked(&self, cause: &Cause, outcome: &Evaluation) -> Option<String> {
        let words = self.formatter.words;
        match (cause, super::decision::block(self.model, cause, outcome)?) {
            (Cause::Silent(place, silence), blocked) => {
                let state = match silence {
                    Silence::Absent => words.absent,
                    Silence::Unavailable => words.unavailable,
                    Silence::Unasked => words.unasked,
                };
                let who = self.registries(place);
                let who = if who.is_empty() { who } else { format!(" ({who})") };
                // The text behind `open` is the maker's.
                let is_open = matches!(blocked, Blocked::Fact { open: Some(_), .. });
                let open = if is_open { format!("; {}", words.left_open) } else { String::new() };
                Some(format!("{}: {state}{who}{open}", self.fact_name(place)))
            }
            // Where the policy says in the reader's language what is open, that is all: the name and the text behind `open` are
            // the maker's.
            (Cause::Open(id, _), Blocked::Open { definition, open }) => {
                let labels = &self.model.definitions.at(*id).labels;
                let said = labels.iter().find(|(known, _)| known == self.language);
                Some(
                    said.map_or_else(|| format!("{definition}: {}: {open}", words.text_open), |(_, said)| said.clone()),
                )
            }
            (Cause::Fault(_), Blocked::Open { .. }) => None,
            (_, Blocked::Fact { .. }) => None,
        }
    }

    /// What fired stands first, beginning with what gave the outcome and the notices; then what may still fire.
    fn trace(&self, out: &mut String, trace: &Trace, outcome: &str) {
        let mut all: Vec<&RuleTrace> = trace.handlers.iter().chain(&trace.rules).chain(&trace.notices).collect();
        all.sort_by_key(|rule| match (rule.status, &rule.outcome) {
            ("fires", Some(other)) if other != outcome => 1,
            ("fires", _) => 0,
            ("pending" | "void", _) => 2,
            _ => 3,
        });
        all.into_iter().for_each(|rule| self.rule(out, rule, 0));
    }

    fn rule(&self, out: &mut String, rule: &RuleTrace, depth: usize) {
        let margin = "  ".repeat(depth);
        let mark = match rule.status {
            "fires" | "holds" => "✓",
            "pending" => "?",
            "void" => "!",
            "out of scope" | "suspended" | "replaced" | "other outcome" => "·",
            _ => "✗",
        };
        let witness = rule.witness.as_ref().map_or_else(String::new, |w| format!(" {w}"));
        let gives = match (&rule.outcome, &rule.code) {
            (Some(outcome), Some(code)) => format!(" → {outcome} {code}"),
            (None, Some(code)) => format!(" → {code}"),
            (Some(_) | None, None) => String::new(),
        };
        let by = rule.by.as_ref().map_or_else(String::new, |by| format!(" {by}"));
        let scope = rule.scope.as_ref().map_or_else(String::new, |scope| format!(" ({scope})"));
        let status = self.status(rule.status);
        line!(out, "{margin}{mark} {}{witness}{gives}: {status}{by}{scope}", rule.rule);
        for clause in &rule.because {
            self.clause(out, clause, depth);
        }
        for exception in &rule.exceptions {
            self.rule(out, exception, depth + 2);
        }
        if matches!(rule.status, "fires" | "holds" | "pending" | "void") {
            for source in cited(self.model, &rule.cites, Some(self.language)) {
                line!(out, "{margin}    § {source}");
            }
        }
    }

    /// The status in the reader's language.
    fn status(&self, status: &'static str) -> &'static str {
        let words = &self.formatter.words.statuses;
        match status {
            "fires" => words.fires,
            "holds" => words.holds,
            "off" => words.off,
            "pending" => words.pending,
            "void" => words.void,
            "out of scope" => words.out_of_scope,
            "suspended" => words.suspended,
            "replaced" => words.replaced,
            "other outcome" => words.other_outcome,
            "known" => words.known,
            "true" => words.clause.0,
            "false" => words.clause.1,
            other => other,
        }
    }

    fn clause(&self, out: &mut String, clause: &ClauseTrace, depth: usize) {
        let margin = "  ".repeat(depth);
        let inner = if clause.clause == "within" { "  " } else { "" };
        let value = self.status(clause.value);
        let place = visible(&clause.place);
        // A handler is told only where it holds.
        let value = if clause.clause == "if" { String::new() } else { format!(" = {value}") };
        let [when, unless, of_which, for_each, cohort, silent, within] = self.speaker.phrases.clauses;
        let word = match clause.clause {
            "when" => when,
            "unless" => unless,
            "where" => of_which,
            "for each" => for_each,
            "for" => cohort,
            "if" => silent,
            "within" => within,
            other => other,
        };
        let said = clause.expr.as_deref().map_or_else(|| clause.text.clone(), |expr| self.speaker.question(expr));
        line!(out, "{margin}    {inner}{word} {said}{value}  [{place}]");
        let formatter = clause.apart(self.formatter).with_ratios();
        for side in &clause.sides {
            let sides = clause.expr.as_deref().map(Expr::children).unwrap_or_default();
            let of = sides.into_iter().find(|known| known.span == side.span());
            let name = of.map_or_else(|| side.text.clone(), |of| self.speaker.term(of));
            line!(out, "{margin}      {inner}{name} = {}", side.words(formatter));
        }
        for fact in &clause.facts {
            let who =
                if fact.registry.is_empty() { String::new() } else { format!("  ({})", fact.registry.join(" / ")) };
            let name = self.fact_name(fact.fact_path());
            line!(out, "{margin}      {inner}{name} = {}{who}", fact.words(formatter));
        }
    }
}
