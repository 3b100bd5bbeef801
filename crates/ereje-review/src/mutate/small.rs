//! Small edits: the slips that can happen at one place.
//!
//! Comes in: a `Site`. Goes out: its edits, each with a sentence for people.

use super::digits;
use super::policy_names::PolicyNames;
use super::site::{Operator, Site, SiteKind, Splice, SteppableDefault, range};
use super::words::{cut_of, on_one_line};
use chrono::NaiveDate;
use ereje::source::{Sources, Span};
use ereje::syntax::ast::{ArithOp, CompareOp};
use ereje::value::{day_after, day_before};

/// A small change of the texts of a policy, before it is tried.
pub(super) struct Mutation {
    pub(super) operator: Operator,
    pub(super) splices: Vec<Splice>,
    pub(super) says: String,
}

/// Makes the small mutations of sites.
pub(super) struct Mutator<'a> {
    pub(super) sources: &'a Sources,
    pub(super) names: &'a PolicyNames,
}

impl Mutator<'_> {
    /// All small edits of a site.
    pub(super) fn mutations(&self, site: &Site) -> Vec<Mutation> {
        let around = site.around;
        match &site.kind {
            SiteKind::Number { digits, shown } => self.stepped(*digits, *shown, around),
            SiteKind::Date(date, place) => {
                let near = [day_before(*date), day_after(*date)].into_iter().flatten();
                near.map(|day| self.becomes(Operator::Date, *place, &day.to_string(), around)).collect()
            }
            SiteKind::Bool(value, place) => vec![self.becomes(Operator::Value, *place, &(!value).to_string(), around)],
            SiteKind::Text(place) => {
                let other = if self.text(*place) == "\"\"" { "\"…\"" } else { "\"\"" };
                vec![self.becomes(Operator::Value, *place, other, around)]
            }
            SiteKind::Value(name, place) => {
                let next = self.names.next_value(name);
                next.iter().map(|other| self.becomes(Operator::Value, *place, other, around)).collect()
            }
            SiteKind::Path(..) => Vec::new(),
            SiteKind::Compare { op, sign, .. } => {
                let (boundary, opposite) = others(*op);
                let boundary = boundary.map(|other| self.becomes(Operator::Boundary, *sign, other.sign(), around));
                let opposite = self.becomes(Operator::Negation, *sign, opposite.sign(), around);
                boundary.into_iter().chain([opposite]).collect()
            }
            SiteKind::Test { word, negated, words } => {
                let other = match (*word, negated) {
                    (word, true) => word,
                    ("is", false) => "is not",
                    (_, false) => "not in",
                };
                vec![self.becomes(Operator::Negation, *words, other, around)]
            }
            SiteKind::Set(values) => self.set(Operator::Set, values, around),
            SiteKind::Regions(names) => self.set(Operator::Region, names, around),
            SiteKind::Junction { and, parts, span } => self.junction(*and, parts, *span),
            SiteKind::Not { whole, inner } => {
                vec![self.becomes(Operator::Negation, *whole, self.text(*inner), *whole)]
            }
            SiteKind::Condition(place) => {
                let other = format!("not {}", self.text(*place));
                vec![self.becomes(Operator::Negation, *place, &other, around)]
            }
            SiteKind::Arith { op, sign, .. } => {
                let other = match op {
                    ArithOp::Add => "-",
                    ArithOp::Sub => "+",
                    ArithOp::Mul => "/",
                    ArithOp::Div => "*",
                };
                vec![self.becomes(Operator::Arithmetic, *sign, other, around)]
            }
            SiteKind::Order { outcomes, otherwise } => self.order(outcomes, otherwise.as_ref()),
            SiteKind::Default { default, written, others, steps } => {
                self.default(*default, written, others, steps.as_ref())
            }
            SiteKind::Swap { operator, span, with } => {
                with.iter().map(|other| self.becomes(*operator, *span, other, around)).collect()
            }
            SiteKind::Silence { after, named } => {
                let splices = vec![Splice { span: *after, with: String::from(" unless true") }];
                vec![Mutation { operator: Operator::Item, splices, says: format!("the {named} is left out") }]
            }
            SiteKind::Drop { operator, span, named } => {
                vec![self.dropped(*operator, *span, *named, around, site.whole)]
            }
        }
    }

    pub(super) fn text(&self, span: Span) -> &str {
        self.sources.slice(span)
    }

    /// The text of a place, on one line.
    pub(super) fn shown(&self, span: Span) -> String {
        on_one_line(self.text(span))
    }

    /// `` `18 years` becomes `17 years` in `age(o.birth_date) < 18 years` ``
    pub(super) fn becomes(&self, operator: Operator, place: Span, with: &str, around: Span) -> Mutation {
        let splices = vec![Splice { span: place, with: with.to_owned() }];
        Mutation { operator, says: self.sentence(place, &on_one_line(with), around), splices }
    }

    pub(super) fn sentence(&self, place: Span, with: &str, around: Span) -> String {
        let (place, around) = (self.shown(place), self.shown(around));
        let inside = if around == place { String::new() } else { format!(" in `{around}`") };
        format!("`{place}` becomes `{with}`{inside}")
    }

    fn stepped(&self, digits: Span, shown: Span, around: Span) -> Vec<Mutation> {
        let near = digits::neighbours(self.text(digits)).into_iter();
        near.map(|other| {
            let says = self.sentence(shown, &self.replaced(shown, digits, &other), around);
            Mutation { operator: Operator::Number, splices: vec![Splice { span: digits, with: other }], says }
        })
        .collect()
    }

    /// The text of a place with a part of it replaced.
    pub(super) fn replaced(&self, whole: Span, part: Span, with: &str) -> String {
        let text = self.text(whole);
        let from = range(part).start.saturating_sub(range(whole).start);
        let to = range(part).end.saturating_sub(range(whole).start);
        on_one_line(&format!("{}{with}{}", text.get(..from).unwrap_or(""), text.get(to..).unwrap_or("")))
    }

    fn set(&self, operator: Operator, values: &[(String, Span)], around: Span) -> Vec<Mutation> {
        let mut mutations = Vec::new();
        let places: Vec<_> = values.iter().map(|(_, place)| range(*place)).collect();
        for (index, (name, place)) in values.iter().enumerate() {
            if let Some(cut) = cut_of(&places, index) {
                let span = Span::new(place.file, cut.start, cut.end);
                let says = format!("`{name}` is taken out of `{}`", self.shown(around));
                mutations.push(Mutation { operator, splices: vec![Splice { span, with: String::new() }], says });
            }
        }
        let names: Vec<&str> = values.iter().map(|(name, _)| name.as_str()).collect();
        if let (Some(more), Some((_, last))) = (self.names.one_more(&names), values.last()) {
            let says = format!("`{more}` is added to `{}`", self.shown(around));
            mutations.push(Mutation {
                operator,
                splices: vec![Splice { span: last.after(), with: format!(", {more}") }],
                says,
            });
        }
        mutations
    }

    fn junction(&self, and: bool, parts: &[Span], whole: Span) -> Vec<Mutation> {
        let (word, other) = if and { ("and", "or") } else { ("or", "and") };
        let splices: Vec<Splice> = parts
            .iter()
            .zip(parts.iter().skip(1))
            .filter_map(|(left, right)| {
                let text = &self.sources.get(left.file)?.text;
                let found = super::words::find(text, range(*left).end..range(*right).start, word)?;
                let span = Span::new(left.file, found.start, found.end);
                Some(Splice { span, with: other.to_owned() })
            })
            .collect();
        let says = format!("`{word}` becomes `{other}` in `{}`", self.shown(whole));
        let mut mutations = vec![Mutation { operator: Operator::Junction, splices, says }];
        let places: Vec<_> = parts.iter().copied().map(range).collect();
        for (index, part) in parts.iter().enumerate() {
            if let Some(cut) = cut_of(&places, index) {
                let span = Span::new(part.file, cut.start, cut.end);
                let says = format!("`{}` is left out of `{}`", self.shown(*part), self.shown(whole));
                let splices = vec![Splice { span, with: String::new() }];
                mutations.push(Mutation { operator: Operator::Operand, splices, says });
            }
        }
        mutations
    }

    fn order(&self, outcomes: &[(String, Span)], otherwise: Option<&(String, Span)>) -> Vec<Mutation> {
        let pairs = outcomes.iter().zip(outcomes.iter().skip(1));
        pairs
            .map(|((a, first), (b, second))| {
                let mut splices =
                    vec![Splice { span: *first, with: b.clone() }, Splice { span: *second, with: a.clone() }];
                // The weakest outcome is the one of `otherwise`, so both change together.
                let weakest = otherwise.filter(|(name, _)| name == b);
                splices.extend(weakest.map(|(_, place)| Splice { span: *place, with: a.clone() }));
                let says = format!("`{a}` and `{b}` change places in the order of outcomes");
                Mutation { operator: Operator::Order, splices, says }
            })
            .collect()
    }

    fn default(
        &self,
        default: Span,
        written: &[Span],
        others: &[String],
        steps: Option<&SteppableDefault>,
    ) -> Vec<Mutation> {
        let mut mutations = Vec::new();
        for other in others {
            let says = format!("the default `{}` becomes `{}`", self.shown(default), on_one_line(other));
            let splices = vec![Splice { span: default, with: other.clone() }];
            mutations.push(Mutation { operator: Operator::Default, splices, says });
        }
        let near: Vec<(Operator, String)> = match steps {
            None => Vec::new(),
            Some(SteppableDefault::Date(date)) => {
                days_beside(*date).map(|day| (Operator::Date, day.to_string())).collect()
            }
            Some(SteppableDefault::Number(digits)) => {
                let near = digits::neighbours(self.text(*digits)).into_iter();
                near.map(|other| (Operator::Number, self.replaced(default, *digits, &other))).collect()
            }
        };
        for (operator, other) in near {
            let says = format!("the default `{}` becomes `{other}`", self.shown(default));
            let places = std::iter::once(&default).chain(written);
            let mut splices: Vec<Splice> = places.map(|span| Splice { span: *span, with: other.clone() }).collect();
            splices.sort();
            mutations.push(Mutation { operator, splices, says });
        }
        mutations
    }

    fn dropped(
        &self,
        operator: Operator,
        span: Span,
        named: Option<&'static str>,
        around: Span,
        item: Span,
    ) -> Mutation {
        let says = match named {
            Some(name) if name == "row" || (span != item && name != "rule") => {
                format!("`{}` is left out", self.shown(span))
            }
            Some(name) => format!("the {name} is left out"),
            // A clause of an item is shown by itself.
            None if around == item || around == span => format!("`{}` is left out", self.shown(span)),
            None => format!("`{}` is left out of `{}`", self.shown(span), self.shown(around)),
        };
        Mutation { operator, splices: vec![Splice { span, with: String::new() }], says }
    }
}

/// The day before and the day after.
fn days_beside(date: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    [day_before(date), day_after(date)].into_iter().flatten()
}

/// The comparison that includes or excludes its bound, and the opposite one.
fn others(op: CompareOp) -> (Option<CompareOp>, CompareOp) {
    match op {
        CompareOp::Eq => (None, CompareOp::Ne),
        CompareOp::Ne => (None, CompareOp::Eq),
        CompareOp::Lt => (Some(CompareOp::Le), CompareOp::Ge),
        CompareOp::Le => (Some(CompareOp::Lt), CompareOp::Gt),
        CompareOp::Gt => (Some(CompareOp::Ge), CompareOp::Le),
        CompareOp::Ge => (Some(CompareOp::Gt), CompareOp::Lt),
    }
}
