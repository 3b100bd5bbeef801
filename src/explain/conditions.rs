//! Conditions in words: the labels of what they read, between the sentences of a language; where a label lacks, the name.

use super::format::{ValueFormatter, label};
use super::phrases::{Phrases, phrases, say};
use crate::model::{Builtin, Conditional, Expr, ExprKind, Labels, Model, PeriodEnds, Type};
use crate::source::Sources;
use crate::syntax::ast::{AggregateFunc, CompareOp, State};
use crate::value::{FactPath, Step, Value};

/// The deepest expression that is said in words; what is deeper stands as the policy writes it.
const MAX_DEPTH: usize = 12;

/// Says expressions of a Model in one language.
#[derive(Clone, Copy)]
pub(crate) struct Speaker<'e> {
    pub(crate) model: &'e Model,
    pub(crate) sources: &'e Sources,
    pub(crate) formatter: ValueFormatter<'e>,
    pub(crate) phrases: &'static Phrases,
}

impl<'e> Speaker<'e> {
    pub(crate) fn new(model: &'e Model, sources: &'e Sources, language: &'e str) -> Self {
        Self { model, sources, formatter: ValueFormatter::new(model, language), phrases: phrases(language) }
    }

    /// That an expression is true, or that it is not.
    pub(crate) fn truth(&self, expr: &Expr, holds: bool) -> String {
        self.truth_at(expr, holds, 0)
    }

    /// What an expression is, as a part of a sentence.
    pub(crate) fn term(&self, expr: &Expr) -> String {
        self.term_at(expr, 0)
    }

    fn truth_at(&self, expr: &Expr, holds: bool, depth: usize) -> String {
        let deeper = depth + 1;
        if depth > MAX_DEPTH {
            return self.denied(self.written(expr), holds);
        }
        match &expr.kind {
            ExprKind::Not(inner) => self.truth_at(inner, !holds, deeper),
            ExprKind::Compare(op, a, b) => {
                self.compared(*op, holds, (&self.term_at(a, deeper), &self.term_at(b, deeper)), expr)
            }
            ExprKind::In(of, values) => {
                let values: Vec<String> = values.iter().map(|value| self.term_at(value, deeper)).collect();
                self.one_of(&self.term_at(of, deeper), &values, holds)
            }
            ExprKind::InRegions(of, regions) => {
                // The set holds the regions inside those that are written as well; these go without saying.
                let parent = |id: &crate::ids::RegionId| self.model.regions.at(*id).parent;
                let outer = regions.iter().filter(|id| !parent(id).is_some_and(|above| regions.contains(&above)));
                let names: Vec<String> = outer.map(|id| self.region(*id)).collect();
                self.one_of(&self.term_at(of, deeper), &names, holds)
            }
            ExprKind::IsState(of, state) => {
                let sentence = match (state, holds) {
                    (State::Absent, true) => self.phrases.has_no_record,
                    (State::Absent, false) => self.phrases.has_record,
                    (State::Unavailable, true) => self.phrases.has_not_answered,
                    (State::Unavailable, false) => self.phrases.has_answered,
                };
                say(sentence, &self.term_at(of, deeper), "")
            }
            // By De Morgan, so that nothing stands in the way of what is said of the parts.
            ExprKind::And(parts) => self.joined(parts, holds, holds, deeper),
            ExprKind::Or(parts) => self.joined(parts, holds, !holds, deeper),
            ExprKind::Aggregate(of) => {
                let Some(body) = &of.body else { return self.denied(self.term_at(expr, depth), holds) };
                if body.span == expr.span {
                    return self.denied(self.written(expr), holds);
                }
                let (every, body_holds) = match (of.func, holds) {
                    (AggregateFunc::Any, true) => (false, true),
                    (AggregateFunc::Any, false) => (true, false),
                    (AggregateFunc::All, true) => (true, true),
                    (AggregateFunc::All, false) => (false, false),
                    (
                        AggregateFunc::Count
                        | AggregateFunc::Sum
                        | AggregateFunc::Min
                        | AggregateFunc::Max
                        | AggregateFunc::First
                        | AggregateFunc::List,
                        _,
                    ) => return self.denied(self.term_at(expr, depth), holds),
                };
                let sentence = if every { self.phrases.all } else { self.phrases.any };
                let mut list = self.term_at(&of.list, deeper);
                if let Some(filter) = &of.filter {
                    list = format!("{list}: {}", self.truth_at(filter, true, deeper));
                }
                say(sentence, &list, &self.truth_at(body, body_holds, deeper))
            }
            ExprKind::Conditional(conditional) => {
                self.conditional(conditional, depth, |value| self.truth_at(value, holds, deeper))
            }
            // Of `contains`, what is written says more than a comparison with its element.
            ExprKind::Call(Builtin::SameRecord(_), args)
                if args.first().is_none_or(|side| side.span.start != expr.span.start) =>
            {
                self.denied(self.written(expr), holds)
            }
            ExprKind::Call(Builtin::SameRecord(_), args) => {
                let [a, b] = self.two_terms(args, deeper);
                self.compared(CompareOp::Eq, holds, (&a, &b), expr)
            }
            ExprKind::Call(Builtin::Covers, args) => self.related(self.phrases.covers, args, holds, deeper),
            ExprKind::Call(Builtin::Overlap, args) => self.related(self.phrases.overlap, args, holds, deeper),
            ExprKind::Call(Builtin::Meets, args) => self.related(self.phrases.meets, args, holds, deeper),
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
            | ExprKind::Arith(..)
            | ExprKind::Neg(_)
            | ExprKind::Round(..)
            | ExprKind::Call(..)
            | ExprKind::Table(_)
            | ExprKind::Scale(..)
            | ExprKind::Record(..)
            | ExprKind::List(_) => self.denied(self.term_at(expr, depth), holds),
        }
    }

    /// What is true or false by itself: `{a}: yes`.
    fn denied(&self, what: String, holds: bool) -> String {
        let truth = self.formatter.words.truth;
        say(self.phrases.is, &what, if holds { truth.0 } else { truth.1 })
    }

    fn one_of(&self, of: &str, values: &[String], holds: bool) -> String {
        let values = values.join(&format!(" {} ", self.phrases.or));
        say(if holds { self.phrases.is } else { self.phrases.is_not }, of, &values)
    }

    fn joined(&self, parts: &[Expr], holds: bool, with_and: bool, depth: usize) -> String {
        let word = if with_and { self.phrases.and } else { self.phrases.or };
        let parts: Vec<String> = parts.iter().map(|part| self.truth_at(part, holds, depth)).collect();
        parts.join(&format!(", {word} "))
    }

    /// That the sides of a comparison, in words, are so or not.
    pub(crate) fn compared(&self, op: CompareOp, holds: bool, (a, b): (&str, &str), comparison: &Expr) -> String {
        let are_dates = comparison.children().iter().any(|side| matches!(side.ty, Type::Date));
        let [less, at_most, more, at_least] = if are_dates { self.phrases.dates } else { self.phrases.amounts };
        let sentence = match if holds { op } else { opposite(op) } {
            CompareOp::Eq => self.phrases.is,
            CompareOp::Ne => self.phrases.is_not,
            CompareOp::Lt => less,
            CompareOp::Le => at_most,
            CompareOp::Gt => more,
            CompareOp::Ge => at_least,
        };
        say(sentence, a, b)
    }

    /// A condition as a question, of which a trace says what came out.
    pub(crate) fn question(&self, expr: &Expr) -> String {
        if let ExprKind::Not(inner) = &expr.kind
            && is_atom(inner)
        {
            return say(self.phrases.not, &self.term(inner), "");
        }
        if is_atom(expr) || expr.ty != Type::Bool { self.term(expr) } else { self.truth(expr, true) }
    }

    fn term_at(&self, expr: &Expr, depth: usize) -> String {
        let deeper = depth + 1;
        if depth > MAX_DEPTH {
            return self.written(expr);
        }
        match &expr.kind {
            ExprKind::Literal(value) => self.literal(value, expr),
            ExprKind::Fact(id) => {
                let fact = self.model.facts.at(*id);
                self.noun(&fact.datum.labels).unwrap_or_else(|| fact.path())
            }
            ExprKind::Field(_, id) | ExprKind::OverTime(_, id) => {
                let field = &self.model.fields.at(*id).datum;
                self.noun(&field.labels).unwrap_or_else(|| self.written(expr))
            }
            ExprKind::Assumption(id) => self.model.assumptions.at(*id).name.clone(),
            ExprKind::Norm(id) => {
                let norm = self.model.norms.at(*id);
                self.noun(&norm.labels).unwrap_or_else(|| norm.name.clone())
            }
            ExprKind::Define(id, _) => {
                let definition = self.model.definitions.at(*id);
                self.noun(&definition.labels).unwrap_or_else(|| self.written(expr))
            }
            ExprKind::GoverningDate => self.phrases.governing_date.into(),
            ExprKind::GoverningRegion => self.phrases.governing_region.into(),
            ExprKind::At(what, day) => say(self.phrases.as_of, &self.term_at(what, deeper), &self.term_at(day, deeper)),
            ExprKind::Arith(op, a, b) => {
                let [plus, minus, times, over] = self.phrases.arithmetic;
                let sentence = match op {
                    crate::syntax::ast::ArithOp::Add => plus,
                    crate::syntax::ast::ArithOp::Sub => minus,
                    crate::syntax::ast::ArithOp::Mul => times,
                    crate::syntax::ast::ArithOp::Div => over,
                };
                say(sentence, &self.term_at(a, deeper), &self.term_at(b, deeper))
            }
            ExprKind::Round(_, what, _) => say(self.phrases.rounded, &self.term_at(what, deeper), ""),
            ExprKind::Conditional(conditional) => {
                self.conditional(conditional, depth, |value| self.term_at(value, deeper))
            }
            ExprKind::Aggregate(of) if of.func == AggregateFunc::Count => {
                let list = self.term_at(&of.list, deeper);
                match &of.filter {
                    Some(filter) => say(self.phrases.count_where, &list, &self.truth_at(filter, true, deeper)),
                    None => say(self.phrases.count, &list, ""),
                }
            }
            ExprKind::Call(Builtin::Age, args) => match args.first() {
                Some(born) => say(self.phrases.age, &self.term_at(born, deeper), ""),
                None => self.written(expr),
            },
            ExprKind::Call(Builtin::Period(ends), args) => {
                let [a, b] = self.two_terms(args, deeper);
                match ends {
                    PeriodEnds::Both => format!("{a} \u{2013} {b}"),
                    PeriodEnds::From => format!("{a} \u{2013} \u{2026}"),
                    PeriodEnds::Through => format!("\u{2026} \u{2013} {a}"),
                }
            }
            ExprKind::Call(Builtin::Days, args) => self.of_values(self.phrases.days, args, deeper),
            ExprKind::Call(Builtin::Months, args) => self.of_values(self.phrases.months, args, deeper),
            ExprKind::Call(Builtin::DaysCovered, args) => self.of_values(self.phrases.days_covered, args, deeper),
            ExprKind::Not(_)
            | ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::IsState(..)
            | ExprKind::Compare(..)
            | ExprKind::In(..)
            | ExprKind::InRegions(..)
            | ExprKind::Call(Builtin::SameRecord(_) | Builtin::Covers | Builtin::Overlap | Builtin::Meets, _) => {
                self.truth_at(expr, true, deeper)
            }
            ExprKind::Local(_)
            | ExprKind::Neg(_)
            | ExprKind::Aggregate(_)
            | ExprKind::Call(..)
            | ExprKind::Table(_)
            | ExprKind::Scale(..)
            | ExprKind::Record(..)
            | ExprKind::List(_) => self.written(expr),
        }
    }

    /// A sentence of two values, or the one that says that it is not so.
    fn related(&self, [so, not_so]: [&str; 2], args: &[Expr], holds: bool, depth: usize) -> String {
        self.of_values(if holds { so } else { not_so }, args, depth)
    }

    /// A sentence with the values that a function takes.
    fn of_values(&self, sentence: &str, args: &[Expr], depth: usize) -> String {
        let [a, b] = self.two_terms(args, depth);
        say(sentence, &a, &b)
    }

    /// What a function of one or two values takes; nothing in the place of a second one that is not there.
    fn two_terms(&self, args: &[Expr], depth: usize) -> [String; 2] {
        [0, 1].map(|side| args.get(side).map_or_else(String::new, |arg| self.term_at(arg, depth)))
    }

    /// A conditional, each of its values as `say` has it.
    fn conditional(&self, conditional: &Conditional, depth: usize, say: impl Fn(&Expr) -> String) -> String {
        let [when, otherwise] = self.phrases.conditional;
        let condition = self.truth_at(&conditional.condition, true, depth + 1);
        format!("({}{when}{condition}{otherwise}{})", say(&conditional.value), say(&conditional.otherwise))
    }

    fn literal(&self, value: &Value, expr: &Expr) -> String {
        let unit = self.model.unit_of(expr);
        self.formatter.value(value, unit, &expr.ty)
    }

    fn region(&self, id: crate::ids::RegionId) -> String {
        let region = self.model.regions.at(id);
        label(&region.labels, self.formatter.language).unwrap_or(&region.name).to_owned()
    }

    /// A label as it stands within a sentence.
    fn noun(&self, labels: &Labels) -> Option<String> {
        label(labels, self.formatter.language).map(within_a_sentence)
    }

    /// As the policy writes it, on one line.
    fn written(&self, expr: &Expr) -> String {
        self.sources.slice(expr.span).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// A place in the facts by the labels of what it lies in: «собственники № 2: согласие».
    pub(crate) fn place(&self, place: &FactPath) -> String {
        let fact = self.model.facts.at(place.fact);
        let mut said = self.noun(&fact.datum.labels).unwrap_or_else(|| fact.path());
        for step in &place.steps {
            said = match step {
                Step::Item(index) => say(self.phrases.numbered, &said, &(u64::from(*index) + 1).to_string()),
                Step::Day(day) => say(self.phrases.as_of, &said, &self.formatter.date(*day)),
                // What holds a value of a fact over time has the name of the fact.
                Step::Field(field) if self.model.is_of_dated_value(*field) && !self.model.is_end(*field) => said,
                Step::Field(field) => {
                    let datum = &self.model.fields.at(*field).datum;
                    let name = self.noun(&datum.labels).unwrap_or_else(|| datum.name.clone());
                    format!("{said}: {name}")
                }
            };
        }
        said
    }
}

/// True if an expression is a name.
const fn is_atom(expr: &Expr) -> bool {
    matches!(
        expr.kind,
        ExprKind::Fact(_)
            | ExprKind::Local(_)
            | ExprKind::Field(..)
            | ExprKind::OverTime(..)
            | ExprKind::Assumption(_)
            | ExprKind::Norm(_)
            | ExprKind::Define(..)
    )
}

const fn opposite(op: CompareOp) -> CompareOp {
    match op {
        CompareOp::Eq => CompareOp::Ne,
        CompareOp::Ne => CompareOp::Eq,
        CompareOp::Lt => CompareOp::Ge,
        CompareOp::Le => CompareOp::Gt,
        CompareOp::Gt => CompareOp::Le,
        CompareOp::Ge => CompareOp::Lt,
    }
}

/// A label with a small first letter, unless it begins with an abbreviation.
pub(crate) fn within_a_sentence(text: &str) -> String {
    let mut letters = text.chars();
    let (first, second) = (letters.next(), letters.next());
    match first {
        Some(first) if first.is_uppercase() && !second.is_some_and(char::is_uppercase) => {
            first.to_lowercase().chain(text.chars().skip(1)).collect()
        }
        Some(_) | None => text.to_owned(),
    }
}
