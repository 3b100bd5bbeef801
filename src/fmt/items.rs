//! Layouts of items: the header on the first line, then the clauses in one order, each on a line of its own.

use super::Layout;
use super::clauses::{lines_in_braces, listed, name, names, padded, path};
use super::doc::{Doc, block, concat, group, inline, nest, text, unit, width};
use super::exprs::{braces, unit_text};
use crate::model::LimitKind;
use crate::source::Span;
use crate::syntax::ast::{
    AmendmentSyntax, AsOfSyntax, AssumptionSyntax, CalendarSyntax, CaseItemSyntax, CaseSyntax, DecisionSyntax,
    DefineBody, DefineSyntax, EnumSyntax, ExceptionSyntax, FactsSyntax, ItemSyntax, Message, NormSyntax,
    NormValueSyntax, NoticeSyntax, OutcomeSyntax, PolicySyntax, ReasonSyntax, RecordSyntax, RegionSyntax,
    RegistrySyntax, RuleSyntax, ScaleSyntax, SourceSyntax, SuspendSyntax, UnitSyntax,
};
use chrono::NaiveDate;

/// A header and its clauses, each on a line of its own.
fn item(span: Span, head: Doc, clauses: Vec<Doc>) -> Doc {
    unit(span, with_clauses(head, clauses))
}

/// A head and its clauses, each on a line of its own, a step deeper.
pub(super) fn with_clauses(head: Doc, clauses: Vec<Doc>) -> Doc {
    concat([head, nest(concat(clauses.into_iter().map(|clause| concat([Doc::Hard, clause]))))])
}

/// A head and the value that it names: `define x = E`. Where that is too long, the value stands below, a step deeper.
fn named(first: Doc, value: Option<Doc>) -> Doc {
    match value {
        Some(value) => group(concat([first, text(" ="), nest(concat([Doc::Line, value]))])),
        None => first,
    }
}

/// A head and what goes on after it on the same line, if all of it fits.
fn head(first: Doc, rest: Vec<Doc>) -> Doc {
    group(concat([first, nest(concat(rest.into_iter().map(|part| concat([Doc::Line, part]))))]))
}

impl super::Layout<'_> {
    /// Any item.
    pub(super) fn item(&self, item: &ItemSyntax) -> Doc {
        match item {
            ItemSyntax::Policy(policy) => self.policy(policy),
            ItemSyntax::Amendment(amendment) => self.amendment(amendment),
            ItemSyntax::Import(import) => {
                unit(import.span, concat([text("import "), self.text(&import.path.value, import.path.span)]))
            }
            ItemSyntax::Source(source) => self.source(source),
            ItemSyntax::Registry(registry) => self.registry(registry),
            ItemSyntax::Region(region) => block(region.span, concat([text("region "), self.region(region, 0)])),
            ItemSyntax::Unit(unit) => self.unit_item(unit),
            ItemSyntax::Calendar(calendar) => self.calendar(calendar),
            ItemSyntax::Enum(item) => self.enum_item(item),
            ItemSyntax::Record(record) => self.record(record),
            ItemSyntax::Facts(facts) => self.facts(facts),
            ItemSyntax::AsOf(as_of) => self.as_of(as_of),
            ItemSyntax::Decision(decision) => self.decision(decision),
            ItemSyntax::Outcome(outcome) => self.outcome(outcome),
            ItemSyntax::Reason(reason) => self.reason_item(reason),
            ItemSyntax::Define(define) => self.define(define),
            ItemSyntax::Case(case) => self.case_item(case),
            ItemSyntax::Norm(norm) => self.norm(norm),
            ItemSyntax::Table(table) => self.table(table),
            ItemSyntax::Scale(scale) => self.scale(scale),
            ItemSyntax::Assumption(assumption) => self.assumption(assumption),
            ItemSyntax::Rule(rule) => self.rule(rule),
            ItemSyntax::Exception(exception) => self.exception(exception),
            ItemSyntax::Notice(notice) => self.notice(notice),
            ItemSyntax::Suspend(suspend) => self.suspend(suspend),
        }
    }

    fn policy(&self, policy: &PolicySyntax) -> Doc {
        let first = inline(policy.name.span, text(format!("policy {}", path(&policy.name))));
        let mut clauses = self.scope(&policy.scope);
        if !policy.languages.is_empty() {
            clauses.push(names("languages", &policy.languages));
        }
        let settings = [("leap_birthday", &policy.leap_birthday), ("month_end", &policy.month_end)];
        for (word, value) in settings {
            clauses.extend(value.as_ref().map(|value| unit(value.span, text(format!("{word} {}", value.text)))));
        }
        clauses.extend(self.citations(&policy.sources));
        clauses.extend(self.labels(&policy.labels));
        item(policy.span, first, clauses)
    }

    fn amendment(&self, amendment: &AmendmentSyntax) -> Doc {
        let first = inline(
            amendment.name.span.to(amendment.policy.span),
            text(format!("amendment {} to {}", path(&amendment.name), path(&amendment.policy))),
        );
        let mut clauses = Vec::new();
        if !amendment.over.is_empty() {
            let over = amendment.over.iter().map(|over| unit(over.span, text(path(over)))).collect();
            let ends = (amendment.over.first(), amendment.over.last());
            clauses.push(listed("over", over, ends.0.map(|p| p.span), ends.1.map(|p| p.span)));
        }
        clauses.extend(self.scope(&amendment.scope));
        clauses.extend(self.citations(&amendment.sources));
        clauses.extend(self.labels(&amendment.labels));
        item(amendment.span, first, clauses)
    }

    fn source(&self, source: &SourceSyntax) -> Doc {
        let title = self.text(&source.title.value, source.title.span);
        let first = concat([text(format!("source {} = ", source.name.text)), title]);
        item(source.span, inline(source.name.span.to(source.title.span), first), self.label_row(&source.labels))
    }

    fn registry(&self, registry: &RegistrySyntax) -> Doc {
        let first = inline(registry.name.span, text(format!("registry {}", registry.name.text)));
        let handlers = registry.handlers.iter().map(|handler| self.handler(handler)).collect();
        item(registry.span, head(first, self.label_row(&registry.labels)), handlers)
    }

    fn region(&self, region: &RegionSyntax, widest: usize) -> Doc {
        let labels = self.labels(&region.labels).into_iter().map(|label| concat([Doc::Line, label]));
        let last = region.labels.last().map_or(region.name.span, |label| label.text.span);
        let leaf = region.children.is_empty() && !region.labels.is_empty();
        let name = if leaf { padded(&region.name.text, widest) } else { region.name.text.clone() };
        let first = inline(region.name.span.to(last), group(concat([text(name), nest(concat(labels))])));
        if region.children.is_empty() {
            return first;
        }
        let plain = |child: &RegionSyntax| child.labels.is_empty();
        if region.children.iter().all(plain) {
            let children = region.children.iter().map(|child| self.region_node(child, 0)).collect();
            return concat([first, text(" "), braces(children, true)]);
        }
        let leaves = region.children.iter().filter(|child| child.children.is_empty() && !child.labels.is_empty());
        let widest = leaves.map(|child| width(&child.name.text)).max().unwrap_or_default();
        let child = |child: &RegionSyntax| (child.span, self.region_node(child, widest));
        concat([first, text(" "), lines_in_braces(region.children.iter().map(child).collect())])
    }

    fn region_node(&self, region: &RegionSyntax, widest: usize) -> Doc {
        let doc = self.region(region, widest);
        if region.children.is_empty() { unit(region.span, doc) } else { block(region.span, doc) }
    }

    fn unit_item(&self, of: &UnitSyntax) -> Doc {
        let mut first = format!("unit {}", of.name.text);
        if let Some((number, unit)) = &of.value {
            first.push_str(&format!(" = {}", number.text));
            if let Some(unit) = unit {
                first.push_str(&format!(" {}", unit_text(unit)));
            }
        }
        unit(of.span, head(text(first), self.label_row(&of.labels)))
    }

    fn calendar(&self, calendar: &CalendarSyntax) -> Doc {
        let date = |date: &NaiveDate| date.format("%Y-%m-%d").to_string();
        let mut first = format!("calendar {}", calendar.name.text);
        for (word, day) in [("from", &calendar.from), ("through", &calendar.through)] {
            if let Some(day) = day {
                first.push_str(&format!(" {word} {}", date(day)));
            }
        }
        let mut clauses = Vec::new();
        if !calendar.weekend.is_empty() {
            clauses.push(names("weekend", &calendar.weekend));
        }
        for (word, days) in [("holidays", &calendar.holidays), ("workdays", &calendar.workdays)] {
            if !days.is_empty() {
                let items = days.iter().map(|(day, span)| unit(*span, text(date(day)))).collect();
                clauses.push(listed(word, items, days.first().map(|d| d.1), days.last().map(|d| d.1)));
            }
        }
        if let Some(file) = &calendar.file {
            clauses.push(unit(file.span, concat([text("days "), self.text(&file.value, file.span)])));
        }
        item(calendar.span, inline(calendar.name.span, text(first)), clauses)
    }

    fn enum_item(&self, of: &EnumSyntax) -> Doc {
        let first = inline(of.name.span, text(format!("enum {}", of.name.text)));
        block(of.span, concat([head(first, self.labels(&of.labels)), text(" "), self.enum_values(&of.values)]))
    }

    fn record(&self, record: &RecordSyntax) -> Doc {
        let first = inline(record.name.span, text(format!("record {} ", record.name.text)));
        block(record.span, concat([first, self.fields(&record.fields, false)]))
    }

    fn facts(&self, facts: &FactsSyntax) -> Doc {
        match facts {
            FactsSyntax::Group { name, fields, span } => {
                let first = inline(name.span, text(format!("facts {} ", name.text)));
                block(*span, concat([first, self.fields(fields, true)]))
            }
            FactsSyntax::Single { field, span } => unit(*span, concat([text("facts "), self.field(field, 0)])),
        }
    }

    fn as_of(&self, as_of: &AsOfSyntax) -> Doc {
        let mut docs = vec![text("as of "), self.expr(&as_of.date)];
        if let Some(region) = &as_of.region {
            docs.extend([text(" in "), self.expr(region)]);
        }
        unit(as_of.span, Doc::Concat(docs))
    }

    fn decision(&self, decision: &DecisionSyntax) -> Doc {
        let first = inline(decision.name.span, text(format!("decision {}", decision.name.text)));
        let mut clauses = self.label_row(&decision.labels);
        if let (Some(strongest), Some(weakest)) = (decision.outcomes.first(), decision.outcomes.last()) {
            let last = decision.outcomes.len() - 1;
            let steps = decision.outcomes.iter().enumerate();
            let steps = steps.map(|(i, outcome)| concat([name(outcome), if i < last { text(" >") } else { Doc::Nil }]));
            clauses.push(unit(strongest.span.to(weakest.span), nest(Doc::Fill(steps.collect()))));
        }
        clauses
            .extend(decision.otherwise.as_ref().map(|name| unit(name.span, text(format!("otherwise {}", name.text)))));
        let widest = decision.outcome_labels.iter().map(|(name, _)| width(&name.text)).max().unwrap_or_default();
        for (name, labels) in &decision.outcome_labels {
            let word = if labels.is_empty() { name.text.clone() } else { padded(&name.text, widest) };
            let first = text(format!("outcome {word}"));
            let last = labels.last().map_or(name.span, |label| label.text.span);
            clauses.push(unit(name.span.to(last), head(first, self.label_row(labels))));
        }
        for output in &decision.outputs {
            let first = concat([text(format!("output {}", output.name.text)), self.of_type(output.ty.as_ref())]);
            let first = named(inline(output.name.span, first), Some(self.value(&output.value)));
            clauses.push(unit(output.span, with_clauses(first, self.label_row(&output.labels))));
        }
        item(decision.span, first, clauses)
    }

    fn outcome(&self, outcome: &OutcomeSyntax) -> Doc {
        let place = if outcome.above { "above" } else { "below" };
        let first =
            format!("outcome {} of {} {place} {}", outcome.name.text, outcome.decision.text, outcome.other.text);
        let first = inline(outcome.name.span.to(outcome.other.span), text(first));
        item(outcome.span, first, self.label_row(&outcome.labels))
    }

    fn reason_item(&self, reason: &ReasonSyntax) -> Doc {
        let first = concat([text(format!("reason {}", reason.code.text)), self.params(&reason.params)]);
        let last = reason.params.last().map_or(reason.code.span, |param| param.ty.span);
        let first = inline(reason.code.span.to(last), first);
        let messages: Vec<Doc> = reason.messages.iter().map(|message| self.message(message)).collect();
        // Sentences stand one below the other; a single one beside its code, if it fits.
        if messages.len() == 1 { unit(reason.span, head(first, messages)) } else { item(reason.span, first, messages) }
    }

    /// A message as the source has it: it is on one line by the grammar.
    fn message(&self, message: &Message) -> Doc {
        let written = self.slice(message.span).unwrap_or("\"\"");
        unit(message.lang.span.to(message.span), text(format!("{} {written}", message.lang.text)))
    }

    fn define(&self, define: &DefineSyntax) -> Doc {
        let replace = Layout::replace(define.replace.as_ref());
        let first = concat([
            text(format!("{replace}define {}", define.name.text)),
            self.params(&define.params),
            self.of_type(define.ty.as_ref()),
        ]);
        let first = inline(define.name.span, first);
        let sources = self.citations(&define.sources).into_iter().chain(self.label_row(&define.labels));
        let (first, mut clauses): (Doc, Vec<Doc>) = match &define.body {
            DefineBody::Value(value) => (named(first, Some(self.value(value))), sources.collect()),
            DefineBody::Open(why) => {
                let open = unit(why.span, concat([text("open "), self.text(&why.value, why.span)]));
                (head(first, vec![open]), sources.collect())
            }
            DefineBody::Cases { cases, otherwise } => {
                // What follows a case belongs to the case, so the sources of the whole stand before it.
                let mut clauses: Vec<Doc> = sources.collect();
                let widest = cases.iter().map(|case| width(&case.label.text)).max().unwrap_or_default();
                let case = |case: &CaseSyntax| unit(case.span, self.case(case, &padded(&case.label.text, widest)));
                clauses.extend(cases.iter().map(case));
                clauses.extend(otherwise.as_ref().map(|value| self.clause("otherwise", value)));
                (first, clauses)
            }
        };
        clauses.extend(Layout::keeping(define.replace.as_ref()));
        item(define.span, first, clauses)
    }

    fn case(&self, case: &CaseSyntax, label: &str) -> Doc {
        let first = inline(case.label.span, text(format!("case {label}")));
        let conditions = self.conditions(case.when.as_ref(), &case.unless, &case.scope, &case.sources);
        // Cases are the rows of a definition: on one line where they fit.
        head(named(first, Some(self.value(&case.value))), conditions)
    }

    fn case_item(&self, item: &CaseItemSyntax) -> Doc {
        let label = format!("{} of {}", item.case.label.text, item.definition.text);
        unit(item.span, self.case(&item.case, &label))
    }

    fn norm(&self, norm: &NormSyntax) -> Doc {
        let first = concat([text(format!("norm {}", norm.name.text)), self.of_type(norm.ty.as_ref())]);
        let first = inline(norm.name.span, first);
        let mut clauses = self.citations(&norm.sources);
        let first = match norm.values.as_slice() {
            // A single value stands beside its name, its scope and sources below; several stand one below the other.
            [value] if norm.sources.is_empty() => {
                clauses.extend(self.scope(&value.scope));
                clauses.extend(self.citations(&value.sources));
                named(first, Some(self.value(&value.value)))
            }
            values => {
                clauses.extend(values.iter().map(|value| self.norm_value(value)));
                first
            }
        };
        clauses.extend(norm.at_least.as_ref().map(|bound| self.clause(LimitKind::AtLeast.keyword(), bound)));
        clauses.extend(norm.at_most.as_ref().map(|bound| self.clause(LimitKind::AtMost.keyword(), bound)));
        clauses.extend(self.label_row(&norm.labels));
        item(norm.span, first, clauses)
    }

    fn norm_value(&self, value: &NormValueSyntax) -> Doc {
        let first = concat([text("= "), self.expr(&value.value)]);
        let mut rest = self.scope(&value.scope);
        rest.extend(self.citations(&value.sources));
        unit(value.span, head(first, rest))
    }

    fn scale(&self, scale: &ScaleSyntax) -> Doc {
        let replace = Layout::replace(scale.replace.as_ref());
        let first = concat([
            text(format!("{replace}scale {}", scale.name.text)),
            self.params(&scale.params),
            self.of_type(Some(&scale.ty)),
        ]);
        let of = unit(scale.of.span, concat([text("of "), self.expr(&scale.of)]));
        let mut clauses = Vec::new();
        for (bound, rate) in &scale.bands {
            let (span, word) = match bound {
                Some(bound) => (bound.span.to(rate.span), concat([text("up to "), self.expr(bound)])),
                None => (rate.span, text("above")),
            };
            clauses.push(unit(span, group(concat([word, text(" rate "), self.expr(rate)]))));
        }
        clauses.extend(self.citations(&scale.sources));
        clauses.extend(self.label_row(&scale.labels));
        clauses.extend(Layout::keeping(scale.replace.as_ref()));
        item(scale.span, head(inline(scale.name.span, first), vec![of]), clauses)
    }

    fn assumption(&self, assumption: &AssumptionSyntax) -> Doc {
        let first = concat([text(format!("assumption {}", assumption.name.text)), self.of_type(Some(&assumption.ty))]);
        // A comment cannot stand before the default without tearing the line apart, so it is no unit of its own.
        let first = concat([inline(assumption.name.span, first), text(" = "), self.expr(&assumption.default)]);
        let mut rest = Vec::new();
        if let (Some(first), Some(last)) = (assumption.choices.first(), assumption.choices.last()) {
            rest.push(unit(first.span.to(last.span), concat([text("one of "), self.set(&assumption.choices)])));
        }
        let mut clauses = self.citations(&assumption.sources);
        clauses.extend(self.labels(&assumption.labels));
        item(assumption.span, head(first, rest), clauses)
    }

    fn rule(&self, rule: &RuleSyntax) -> Doc {
        let replace = Layout::replace(rule.replace.as_ref());
        let first = inline(rule.name.span, text(format!("{replace}rule {}", rule.name.text)));
        let first = head(first, rule.for_each.iter().map(|each| self.for_each(each)).collect());
        let outcome = concat([text(format!("{} ", rule.outcome.text)), self.reason(&rule.reason)]);
        let outcome = unit(rule.outcome.span.to(rule.reason.span), outcome);
        let decides = rule.decides.iter().map(|name| unit(name.span, text(format!("decides {}", name.text)))).collect();
        let mut clauses = vec![head(outcome, decides)];
        clauses.extend(self.conditions(rule.when.as_ref(), &rule.unless, &rule.scope, &rule.sources));
        clauses.extend(Layout::keeping(rule.replace.as_ref()));
        item(rule.span, first, clauses)
    }

    fn exception(&self, exception: &ExceptionSyntax) -> Doc {
        let replace = Layout::replace(exception.replace.as_ref());
        let first = text(format!("{replace}exception {} to {}", exception.name.text, path(&exception.target)));
        let first = inline(exception.name.span.to(exception.target.span), first);
        let value = exception.value.as_ref().map(|value| self.value(value));
        let (when, sources) = (exception.when.as_ref(), &exception.sources);
        let mut clauses = self.conditions(when, &exception.unless, &exception.scope, sources);
        clauses.extend(Layout::keeping(exception.replace.as_ref()));
        item(exception.span, named(first, value), clauses)
    }

    fn notice(&self, notice: &NoticeSyntax) -> Doc {
        let replace = Layout::replace(notice.replace.as_ref());
        let first = concat([text(format!("{replace}notice ")), self.reason(&notice.reason)]);
        let mut rest = Vec::new();
        rest.extend(notice.name.as_ref().map(|name| unit(name.span, text(format!("as {}", name.text)))));
        rest.extend(notice.for_each.as_ref().map(|each| self.for_each(each)));
        if !notice.on.is_empty() {
            rest.push(names("on", &notice.on));
        }
        rest.extend(notice.decides.as_ref().map(|name| unit(name.span, text(format!("decides {}", name.text)))));
        let conditions = self.conditions(notice.when.as_ref(), &notice.unless, &notice.scope, &notice.sources);
        item(notice.span, head(inline(notice.reason.span, first), rest), conditions)
    }

    fn suspend(&self, suspend: &SuspendSyntax) -> Doc {
        let kind = suspend.kind.keyword();
        let first = inline(suspend.name.span, text(format!("suspend {kind} {}", suspend.name.text)));
        let mut clauses = self.scope(&suspend.scope);
        clauses.extend(self.citations(&suspend.sources));
        item(suspend.span, first, clauses)
    }
}
