//! The short explanation: what fired and what it rests on, in the words of the policy's labels, on at most twelve lines.

use super::conditions::Speaker;
use super::decision::{Decision, left_open};
use super::format::{ValueFormatter, label};
use super::message::message_for_people;
use super::names::{cited, origin_name};
use super::phrases::say;
use super::text::{Page, coded};
use super::trace::{ClauseTrace, RuleTrace, Trace};
use crate::engine::Engine;
use crate::eval::{Answer, Cause, GivenReason, Origin, OutputAnswer, Silence, Verdict};
use crate::ids::OutputRef;
use crate::model::{Expr, ExprKind};
use crate::syntax::ast::CompareOp;
use crate::value::{FactPath, Step};
use std::fmt::Write as _;

/// The most lines of a short explanation.
pub const SHORT_LINES: usize = 12;

/// What fired and what it rests on, in one language, on at most [`SHORT_LINES`] lines; of a decision that was explained,
/// with the conditions that decided. Ends with a line end.
#[must_use]
pub fn short_text(engine: &Engine, decision: &Decision, language: &str) -> String {
    let page = Page::new(engine, language);
    let speaker = Speaker::new(engine.model(), engine.sources(), language);
    let short = Short { page: &page, speaker, decision };
    let head = short.head();
    let mut entries = short.entries();
    let mut assumptions = short.assumptions();
    let left = SHORT_LINES.saturating_sub(head.len() + 1);
    fit(&mut entries, &mut assumptions, left, &speaker);
    let mut lines = head;
    let rest: Vec<String> = entries.into_iter().flat_map(Entry::lines).chain(assumptions).collect();
    if !rest.is_empty() {
        lines.push(String::new());
    }
    lines.extend(rest);
    lines.join("\n") + "\n"
}

/// One thing that is told, with what it rests on.
struct Entry {
    said: String,
    /// The conditions, on one line.
    because: Option<String>,
    sources: Vec<String>,
}

impl Entry {
    fn plain(said: String) -> Self {
        Self { said, because: None, sources: Vec::new() }
    }

    fn height(&self) -> usize {
        self.said.lines().count() + self.because.iter().count() + self.sources.len()
    }

    fn lines(self) -> impl Iterator<Item = String> {
        let because = self.because.map(|because| format!("  {because}"));
        let sources = self.sources.into_iter().map(|source| format!("  § {source}"));
        std::iter::once(self.said).chain(because).chain(sources)
    }
}

/// Leaves out what has no room, the least telling first: sources, then assumptions, then conditions, then the last entries.
fn fit(entries: &mut Vec<Entry>, assumptions: &mut Vec<String>, left: usize, speaker: &Speaker<'_>) {
    let height = |entries: &[Entry]| entries.iter().map(Entry::height).sum::<usize>();
    if height(entries) + assumptions.len() > left {
        entries.iter_mut().for_each(|entry| entry.sources.clear());
    }
    let more = |count: usize| say(speaker.phrases.more, &count.to_string(), "");
    let room = left.saturating_sub(height(entries));
    if assumptions.len() > room {
        // The title alone says nothing.
        let kept = if room < 3 { 0 } else { room - 1 };
        let cut = assumptions.len() - kept;
        assumptions.truncate(kept);
        if kept > 0 {
            assumptions.push(format!("  {}", more(cut)));
        }
    }
    if height(entries) + assumptions.len() > left {
        entries.iter_mut().for_each(|entry| entry.because = None);
    }
    if height(entries) > left {
        let mut kept = 0;
        let mut used = 1;
        while let Some(entry) = entries.get(kept).filter(|entry| used + entry.height() <= left) {
            used += entry.height();
            kept += 1;
        }
        let cut = entries.len() - kept;
        entries.truncate(kept);
        entries.push(Entry::plain(more(cut)));
    }
}

struct Short<'p, 'e> {
    page: &'p Page<'e>,
    speaker: Speaker<'e>,
    decision: &'p Decision,
}

impl Short<'_, '_> {
    /// Outcome, policy, day and place.
    fn head(&self) -> Vec<String> {
        let mut head = String::new();
        self.page.head(&mut head, self.decision, false);
        head.lines().map(str::to_owned).collect()
    }

    fn entries(&self) -> Vec<Entry> {
        let decision = self.decision;
        let words = self.page.formatter.words;
        let mut entries: Vec<Entry> = Vec::new();
        self.give(&mut entries, &decision.raw.reasons);
        let raw = &decision.raw;
        let computes = self.page.model.decisions.at(decision.id).computes;
        if raw.reasons.is_empty() && matches!(raw.verdict, Verdict::Outcome(_)) && !computes {
            entries.push(Entry::plain(self.speaker.phrases.nothing_fired.to_owned()));
        }
        let told = |title: &str, lines: Vec<String>| {
            (!lines.is_empty()).then(|| Entry::plain(format!("{title}: {}", lines.join("; "))))
        };
        entries.extend(told(words.needed, raw.needs.iter().map(|place| self.need(place)).collect()));
        entries.extend(told(words.blocked, raw.blocked.iter().filter_map(|cause| self.blocked(cause)).collect()));
        // The messages of faults are in English, for who writes policies.
        let faults: Vec<String> = decision.faults.iter().map(|fault| fault.message.clone()).collect();
        if faults.is_empty() || self.speaker.phrases.faulty.is_empty() {
            entries.extend(told(words.faults, faults));
        } else {
            entries.push(Entry::plain(self.speaker.phrases.faulty.to_owned()));
        }
        self.give(&mut entries, &raw.notices);
        if computes {
            for (index, answer) in &raw.outputs {
                let output = self.page.model.output(OutputRef { decision: decision.id, output: *index });
                let name = label(&output.labels, self.page.language).unwrap_or(&output.name);
                let value = |answer: &Answer| match answer {
                    Ok(value) => self.page.formatter.value(value, output.unit.as_ref(), output.ty()),
                    Err(_) => words.unknown.to_owned(),
                };
                match answer {
                    OutputAnswer::Whole(answer) => entries.push(Entry::plain(format!("{name}: {}", value(answer)))),
                    OutputAnswer::Each(elements) => entries.extend(elements.iter().map(|element| {
                        let key = self.page.element_key(output, element);
                        Entry::plain(format!("{name}, {key}: {}", value(&element.answer)))
                    })),
                }
            }
        }
        entries
    }

    /// Reasons or notices, each once, with the conditions of the rule that gives it.
    fn give(&self, entries: &mut Vec<Entry>, givens: &[GivenReason]) {
        let model = self.page.model;
        for (index, given) in givens.iter().enumerate() {
            let reason = model.reasons.at(given.reason);
            let sentence = message_for_people(given, self.page.formatter).or_else(|| {
                let other = reason.languages().find(|l| *l == "en").or_else(|| reason.languages().next())?;
                message_for_people(given, ValueFormatter::new(model, other))
            });
            let said = coded(&reason.code, sentence.as_deref());
            if entries.iter().any(|entry| entry.said == said) {
                continue;
            }
            // Those of one rule stand in the order of the elements that it is about, as they do in the trace.
            let before = givens.iter().take(index).filter(|other| other.origin == given.origin).count();
            let rule = self.trace_of(given, before);
            let because = rule.map(|rule| self.because(rule)).filter(|because| !because.is_empty());
            let (_, cites) = origin_name(model, given.origin);
            entries.push(Entry { said, because, sources: cited(model, cites, Some(self.page.language)) });
        }
    }

    /// What the trace says of the rule, notice or handler that gives a reason, for its nth element.
    fn trace_of(&self, given: &GivenReason, nth: usize) -> Option<&RuleTrace> {
        let Trace { handlers, rules, notices, .. } = self.decision.trace.as_ref()?;
        let (name, _) = origin_name(self.page.model, given.origin);
        let among = match given.origin {
            Origin::Handler(_) => handlers,
            Origin::Rule(_) => rules,
            Origin::Notice(_) => notices,
        };
        among.iter().filter(|rule| rule.rule == name && rule.status == "fires").nth(nth)
    }

    /// The conditions of a rule, in the order of the policy, each once.
    fn because(&self, rule: &RuleTrace) -> String {
        let mut said: Vec<String> = Vec::new();
        for (index, clause) in rule.because.iter().enumerate() {
            // What a definition or an aggregate comes from says more than its name.
            let is_refined = clause.facts.is_empty()
                && clause.sides.is_empty()
                && rule.because.get(index + 1).is_some_and(|next| next.clause == "within");
            if is_refined {
                continue;
            }
            // Readings of the law stand among the assumptions.
            if clause.expr.as_deref().is_some_and(is_a_reading) {
                continue;
            }
            let condition = self.condition(clause);
            if !said.contains(&condition) {
                said.push(condition);
            }
        }
        said.join("; ")
    }

    /// One clause as it came out, with the values that decided it.
    fn condition(&self, clause: &ClauseTrace) -> String {
        let Some(expr) = clause.expr.as_deref() else {
            return clause.facts.iter().map(|fact| self.fact(fact)).collect::<Vec<_>>().join("; ");
        };
        let holds = clause.value != "false";
        let (expr, holds) = if let ExprKind::Not(inner) = &expr.kind { (&**inner, !holds) } else { (expr, holds) };
        match &expr.kind {
            // Of one fact that is one of few, the fact itself says most.
            ExprKind::Fact(_)
            | ExprKind::Field(..)
            | ExprKind::OverTime(..)
            | ExprKind::In(..)
            | ExprKind::InRegions(..)
            | ExprKind::IsState(..)
            | ExprKind::Compare(CompareOp::Eq | CompareOp::Ne, ..)
                if clause.sides.is_empty() && clause.facts.len() == 1 =>
            {
                clause.facts.iter().map(|fact| self.fact(fact)).collect()
            }
            ExprKind::Compare(op, a, b) => {
                let (a, b) = (self.side(a, clause), self.side(b, clause));
                self.speaker.compared(*op, holds, (&a, &b), expr)
            }
            ExprKind::Literal(_)
            | ExprKind::Fact(_)
            | ExprKind::Local(_)
            | ExprKind::Field(..)
            | ExprKind::OverTime(..)
            | ExprKind::Assumption(_)
            | ExprKind::Norm(_)
            | ExprKind::Define(..)
            | ExprKind::GoverningDate
            | ExprKind::GoverningRegion
            | ExprKind::At(..)
            | ExprKind::Not(_)
            | ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::IsState(..)
            | ExprKind::In(..)
            | ExprKind::InRegions(..)
            | ExprKind::Arith(..)
            | ExprKind::Neg(_)
            | ExprKind::Round(..)
            | ExprKind::Aggregate(_)
            | ExprKind::Call(..)
            | ExprKind::Table(_)
            | ExprKind::Scale(..)
            | ExprKind::Record(..)
            | ExprKind::List(_)
            | ExprKind::Conditional(_) => self.speaker.truth(expr, holds),
        }
    }

    /// A side of a comparison with its value, if it is no constant.
    fn side(&self, side: &Expr, clause: &ClauseTrace) -> String {
        let said = self.speaker.term(side);
        let is_side = |place: &FactPath| {
            if let ExprKind::Fact(id) = side.kind {
                place.fact == id && place.steps.is_empty()
            } else if let ExprKind::Field(_, id) = side.kind {
                place.steps.last() == Some(&Step::Field(id))
            } else {
                false
            }
        };
        let value = clause.facts.iter().find(|fact| is_side(fact.fact_path()));
        let formatter = clause.apart(self.page.formatter);
        let value = value.map(|fact| fact.words(formatter)).or_else(|| {
            let side = clause.sides.iter().find(|known| known.span() == side.span)?;
            Some(side.words(formatter))
        });
        // That digits follow is of no use to who reads this.
        let value = value.map(|value| value.replacen('…', "", 1));
        if let (ExprKind::Assumption(_), Some(value)) = (&side.kind, &value) {
            return value.clone();
        }
        match (value, said.strip_suffix(')')) {
            (None, _) => said,
            // One pair of brackets is enough.
            (Some(value), Some(open)) => format!("{open}: {value})"),
            (Some(value), None) => format!("{said} ({value})"),
        }
    }

    fn fact(&self, fact: &super::trace::FactTrace) -> String {
        // Why a registry did not answer is a text of the facts, and of no use here.
        let is_down = fact.state == Silence::Unavailable.word();
        let said = if is_down { self.page.formatter.words.unavailable.into() } else { fact.words(self.page.formatter) };
        format!("{}: {said}", self.speaker.place(fact.fact_path()))
    }

    /// A fact to ask, with who answers.
    fn need(&self, place: &FactPath) -> String {
        let who = self.page.registries(place);
        let name = self.speaker.place(place);
        if who.is_empty() { name } else { format!("{name} ({who})") }
    }

    fn blocked(&self, cause: &Cause) -> Option<String> {
        let words = self.page.formatter.words;
        match cause {
            Cause::Silent(place, silence) => {
                let state = match silence {
                    Silence::Absent => words.absent,
                    Silence::Unavailable => words.unavailable,
                    Silence::Unasked => words.unasked,
                };
                let who = self.page.registries(place);
                let mut said = format!("{}: {state}", self.speaker.place(place));
                if !who.is_empty() {
                    let _ = write!(said, " ({who})");
                }
                if left_open(self.page.model, place, &self.decision.raw).is_some() {
                    let _ = write!(said, "; {}", words.left_open);
                }
                Some(said)
            }
            Cause::Open(id, _) => {
                let definition = self.page.model.definitions.at(*id);
                let said = label(&definition.labels, self.page.language).unwrap_or(words.text_open);
                Some(said.to_owned())
            }
            // Faults stand by themselves.
            Cause::Fault(_) => None,
        }
    }

    /// The assumptions under their title, each with the choice that holds.
    fn assumptions(&self) -> Vec<String> {
        let model = self.page.model;
        let made = self.decision.assumptions.keys().filter_map(|name| {
            let assumption = model.assumptions.iter().find(|a| a.name == *name)?;
            let choice = self.page.choice(assumption, self.decision.assumptions.get(name)?.as_str()?);
            let why = label(&assumption.labels, self.page.language).unwrap_or(name);
            Some(format!("  {why} → {choice}"))
        });
        let made: Vec<String> = made.collect();
        if made.is_empty() {
            return made;
        }
        std::iter::once(format!("{}:", self.page.formatter.words.assumptions)).chain(made).collect()
    }
}

/// True if an expression is about assumptions alone.
fn is_a_reading(expr: &Expr) -> bool {
    let mut reads = (false, false);
    expr.walk(&mut |e| match e.kind {
        ExprKind::Assumption(_) => reads.0 = true,
        ExprKind::Fact(_)
        | ExprKind::Local(_)
        | ExprKind::Field(..)
        | ExprKind::OverTime(..)
        | ExprKind::Norm(_)
        | ExprKind::Define(..)
        | ExprKind::GoverningDate
        | ExprKind::GoverningRegion => reads.1 = true,
        ExprKind::Literal(_)
        | ExprKind::At(..)
        | ExprKind::Not(_)
        | ExprKind::And(_)
        | ExprKind::Or(_)
        | ExprKind::IsState(..)
        | ExprKind::Compare(..)
        | ExprKind::In(..)
        | ExprKind::InRegions(..)
        | ExprKind::Arith(..)
        | ExprKind::Neg(_)
        | ExprKind::Round(..)
        | ExprKind::Aggregate(_)
        | ExprKind::Call(..)
        | ExprKind::Table(_)
        | ExprKind::Scale(..)
        | ExprKind::Record(..)
        | ExprKind::List(_)
        | ExprKind::Conditional(_) => {}
    });
    reads == (true, false)
}
