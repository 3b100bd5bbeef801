//! Layouts of items: the header on the first line, then the clauses in one order, each on a line of its own.

use super::Layout;
use super::clauses::{lines_in_braces, listed, name, names, padded, path};
use super::doc::{Doc, block, concat, group, inline, nest, text, unit, width};
use super::exprs::{braces, unit_text};
use crate::model::LimitKind;
use crate::source::Span;
use crate::syntax::ast::{
    AmendmentSyntax, AsOfSyntax, AssumptionSyntax, CalendarSyntax, CaseItemSyntax, CaseSyntax, DecisionSyntax,
    DefineBody, DefineSyntax, EnumSyntax, ExceptionSyntax, FactsSyntax, IMPOSSIBLE, ItemSyntax, Message, Name,
    NormSyntax, NormValueSyntax, NoticeSyntax, OutcomeSyntax, OutputEachSyntax, OutputSyntax, PolicySyntax,
    ReasonSyntax, RecordSyntax, RegionSyntax, RegistrySyntax, RuleSyntax, ScaleSyntax, SourceSyntax, SuspendSyntax,
    UnitSyntax,
};
use chrono::NaiveDate;

/// A header and its clauses, each on a line of its own.
fn item(span: Span, head: Doc, clauses: Vec<Doc>) -> Doc {
    unit(span, with_clauses(head, clauses))
}

/// A head and its clauses, each on a line of its own, one level deeper.
pub(super) fn with_clauses(head: Doc, clauses: Vec<Doc>) -> Doc {
    concat([head, nest(concat(clauses.into_iter().map(|clause| concat([Doc::Hard, clause]))))])
}

/// A head and the value that it names: `define x = E`. If it is too long, the value comes on the next line, one level
/// deeper.
fn named(first: Doc, value: Option<Doc>) -> Doc {
    match value {
        Some(value) => group(concat([first, text(" ="), nest(concat([Doc::Line, value]))])),
        None => first,
    }
}

/// A head and the rest of it on the same line, if everything fits.
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
            ItemSyntax::Output(added) => self.output(&added.output, Some(&added.decision)),
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
        let PolicySyntax { name, scope, language, languages, leap_birthday, month_end, sources, labels, span } = policy;
        let first = inline(name.span, text(format!("policy {}", path(name))));
        let version = language.as_ref().map(|version| unit(version.span, text(format!("language {}", version.text))));
        let mut clauses: Vec<Doc> = version.into_iter().chain(self.scope(scope)).collect();
        if !languages.is_empty() {
            clauses.push(names("languages", languages));
        }
        let settings = [("leap_birthday", leap_birthday), ("month_end", month_end)];
        for (word, value) in settings {
            clauses.extend(value.as_ref().map(|value| unit(value.span, text(format!("{word} {}", value.text)))));
        }
        clauses.extend(self.citations(sources));
        clauses.extend(self.labels(labels));
        item(*span, first, clauses)
    }

    fn amendment(&self, amendment: &AmendmentSyntax) -> Doc {
        let AmendmentSyntax { name, policy, scope, over: amendment_over, sources, labels, span } = amendment;
        let first = inline(name.span.to(policy.span), text(format!("amendment {} to {}", path(name), path(policy))));
        let mut clauses = Vec::new();
        if !amendment_over.is_empty() {
            let over = amendment_over.iter().map(|over| unit(over.span, text(path(over)))).collect();
            let ends = (amendment_over.first(), amendment_over.last());
            clauses.push(listed("over", over, ends.0.map(|p| p.span), ends.1.map(|p| p.span)));
        }
        clauses.extend(self.scope(scope));
        clauses.extend(self.citations(sources));
        clauses.extend(self.labels(labels));
        item(*span, first, clauses)
    }

    fn source(&self, source: &SourceSyntax) -> Doc {
        let SourceSyntax { name, title: source_title, labels, span } = source;
        let title = self.text(&source_title.value, source_title.span);
        let first = concat([text(format!("source {} = ", name.text)), title]);
        item(*span, inline(name.span.to(source_title.span), first), self.label_row(labels))
    }

    fn registry(&self, registry: &RegistrySyntax) -> Doc {
        let RegistrySyntax { name, labels, handlers: registry_handlers, span } = registry;
        let first = inline(name.span, text(format!("registry {}", name.text)));
        let handlers = registry_handlers.iter().map(|handler| self.handler(handler)).collect();
        item(*span, head(first, self.label_row(labels)), handlers)
    }

    fn region(&self, region: &RegionSyntax, widest: usize) -> Doc {
        let RegionSyntax { name: region_name, labels: region_labels, children: region_children, span: _ } = region;
        let labels = self.labels(region_labels).into_iter().map(|label| concat([Doc::Line, label]));
        let last = region_labels.last().map_or(region_name.span, |label| label.text.span);
        let leaf = region_children.is_empty() && !region_labels.is_empty();
        let name = if leaf { padded(&region_name.text, widest) } else { region_name.text.clone() };
        let first = inline(region_name.span.to(last), group(concat([text(name), nest(concat(labels))])));
        if region_children.is_empty() {
            return first;
        }
        let plain = |child: &RegionSyntax| child.labels.is_empty();
        if region_children.iter().all(plain) {
            let children = region_children.iter().map(|child| self.region_node(child, 0)).collect();
            return concat([first, text(" "), braces(children, true)]);
        }
        let leaves = region_children.iter().filter(|child| child.children.is_empty() && !child.labels.is_empty());
        let widest = leaves.map(|child| width(&child.name.text)).max().unwrap_or_default();
        let child = |child: &RegionSyntax| (child.span, self.region_node(child, widest));
        concat([first, text(" "), lines_in_braces(region_children.iter().map(child).collect())])
    }

    fn region_node(&self, region: &RegionSyntax, widest: usize) -> Doc {
        let doc = self.region(region, widest);
        if region.children.is_empty() { unit(region.span, doc) } else { block(region.span, doc) }
    }

    fn unit_item(&self, of: &UnitSyntax) -> Doc {
        let UnitSyntax { name, value, labels, span } = of;
        let mut first = format!("unit {}", name.text);
        if let Some((number, unit)) = value {
            first.push_str(&format!(" = {}", number.text));
            if let Some(unit) = unit {
                first.push_str(&format!(" {}", unit_text(unit)));
            }
        }
        unit(*span, head(text(first), self.label_row(labels)))
    }

    fn calendar(&self, calendar: &CalendarSyntax) -> Doc {
        let CalendarSyntax { name, from, through, weekend, holidays, workdays, file, span } = calendar;
        let date = |date: &NaiveDate| date.format("%Y-%m-%d").to_string();
        let mut first = format!("calendar {}", name.text);
        for (word, day) in [("from", from), ("through", through)] {
            if let Some(day) = day {
                first.push_str(&format!(" {word} {}", date(day)));
            }
        }
        let mut clauses = Vec::new();
        if !weekend.is_empty() {
            clauses.push(names("weekend", weekend));
        }
        for (word, days) in [("holidays", holidays), ("workdays", workdays)] {
            if !days.is_empty() {
                let items = days.iter().map(|(day, span)| unit(*span, text(date(day)))).collect();
                clauses.push(listed(word, items, days.first().map(|d| d.1), days.last().map(|d| d.1)));
            }
        }
        if let Some(file) = file {
            clauses.push(self.csv_file("days", file));
        }
        item(*span, inline(name.span, text(first)), clauses)
    }

    fn enum_item(&self, of: &EnumSyntax) -> Doc {
        let EnumSyntax { name, labels, values, span } = of;
        let first = inline(name.span, text(format!("enum {}", name.text)));
        block(*span, concat([head(first, self.labels(labels)), text(" "), self.enum_values(values)]))
    }

    fn record(&self, record: &RecordSyntax) -> Doc {
        let RecordSyntax { name, fields, span } = record;
        let first = inline(name.span, text(format!("record {} ", name.text)));
        block(*span, concat([first, self.fields(fields, false)]))
    }

    fn facts(&self, facts: &FactsSyntax) -> Doc {
        match facts {
            FactsSyntax::Group { name, fields, span } => {
                let first = inline(name.span, text(format!("facts {} ", name.text)));
                block(*span, concat([first, self.fields(fields, true)]))
            }
            FactsSyntax::Silent { handlers, span } => {
                if let [only] = handlers.as_slice() {
                    let clause = nest(concat([Doc::Line, self.handler(only)]));
                    return unit(*span, group(concat([text("facts"), clause])));
                }
                item(*span, text("facts"), handlers.iter().map(|handler| self.handler(handler)).collect())
            }
            FactsSyntax::Single { field, span } => unit(*span, concat([text("facts "), self.field(field, 0)])),
        }
    }

    fn as_of(&self, as_of: &AsOfSyntax) -> Doc {
        let AsOfSyntax { date, region, span } = as_of;
        let mut docs = vec![text("as of "), self.expr(date)];
        if let Some(region) = region {
            docs.extend([text(" in "), self.expr(region)]);
        }
        unit(*span, Doc::Concat(docs))
    }

    fn decision(&self, decision: &DecisionSyntax) -> Doc {
        let DecisionSyntax {
            name: decision_name,
            calculation,
            outcomes,
            otherwise,
            outcome_labels,
            outputs,
            labels,
            span,
        } = decision;
        let keyword = if *calculation { "calculation" } else { "decision" };
        let first = inline(decision_name.span, text(format!("{keyword} {}", decision_name.text)));
        let mut clauses = self.label_row(labels);
        if let (Some(strongest), Some(weakest)) = (outcomes.first(), outcomes.last()) {
            let last = outcomes.len() - 1;
            let steps = outcomes.iter().enumerate();
            let steps = steps.map(|(i, outcome)| concat([name(outcome), if i < last { text(" >") } else { Doc::Nil }]));
            clauses.push(unit(strongest.span.to(weakest.span), nest(Doc::Fill(steps.collect()))));
        }
        clauses.extend(otherwise.as_ref().map(|name| unit(name.span, text(format!("otherwise {}", name.text)))));
        let widest = outcome_labels.iter().map(|(name, _)| width(&name.text)).max().unwrap_or_default();
        for (name, labels) in outcome_labels {
            let word = if labels.is_empty() { name.text.clone() } else { padded(&name.text, widest) };
            let first = text(format!("outcome {word}"));
            let last = labels.last().map_or(name.span, |label| label.text.span);
            clauses.push(unit(name.span.to(last), head(first, self.label_row(labels))));
        }
        clauses.extend(outputs.iter().map(|output| self.output(output, None)));
        item(*span, first, clauses)
    }

    /// An output of a decision, or one that an amendment adds to the decision of this name.
    fn output(&self, output: &OutputSyntax, decision: Option<&Name>) -> Doc {
        let OutputSyntax { name, each, ty, value, tied, labels, span } = output;
        let of = decision.map_or_else(String::new, |decision| format!(" of {}", decision.text));
        let each = each.as_ref().map_or_else(
            || text(""),
            |OutputEachSyntax { for_each, key }| {
                let key = concat([Doc::Line, text("by "), unit(key.span, self.expr(key))]);
                concat([text(" "), self.for_each(for_each), nest(key)])
            },
        );
        let first = group(concat([text(format!("output {}{of}", name.text)), each, self.of_type(ty.as_ref())]));
        let place = decision.map_or(name.span, |decision| name.span.to(decision.span));
        let first = named(inline(place, first), Some(self.value(value)));
        let mut rest = Vec::new();
        if let (Some(one), Some(last)) = (tied.first(), tied.last()) {
            let names: Vec<&str> = tied.iter().map(|name| name.text.as_str()).collect();
            rest.push(unit(one.span.to(last.span), text(format!("tied to {}", names.join(", ")))));
        }
        rest.extend(self.label_row(labels));
        unit(*span, with_clauses(first, rest))
    }

    fn outcome(&self, outcome: &OutcomeSyntax) -> Doc {
        let OutcomeSyntax { name, decision, above, other, labels, span } = outcome;
        let place = if *above { "above" } else { "below" };
        let first = format!("outcome {} of {} {place} {}", name.text, decision.text, other.text);
        let first = inline(name.span.to(other.span), text(first));
        item(*span, first, self.label_row(labels))
    }

    fn reason_item(&self, reason: &ReasonSyntax) -> Doc {
        let ReasonSyntax { code, params, messages: reason_messages, span } = reason;
        let first = concat([text(format!("reason {}", code.text)), self.params(params)]);
        let last = params.last().map_or(code.span, |param| param.ty.span);
        let first = inline(code.span.to(last), first);
        let messages: Vec<Doc> = reason_messages.iter().map(|message| self.message(message)).collect();
        // Several messages stand one below the other; a single one next to its code, if it fits.
        if messages.len() == 1 { unit(*span, head(first, messages)) } else { item(*span, first, messages) }
    }

    /// A message as in the source; the grammar keeps it on one line.
    fn message(&self, message: &Message) -> Doc {
        let written = self.slice(message.span).unwrap_or("\"\"");
        unit(message.lang.span.to(message.span), text(format!("{} {written}", message.lang.text)))
    }

    fn define(&self, define: &DefineSyntax) -> Doc {
        let DefineSyntax { replace: define_replace, name, params, ty, body, sources: define_sources, labels, span } =
            define;
        let replace = Layout::replace(define_replace.as_ref());
        let first =
            concat([text(format!("{replace}define {}", name.text)), self.params(params), self.of_type(ty.as_ref())]);
        let first = inline(name.span, first);
        let sources = self.citations(define_sources).into_iter().chain(self.label_row(labels));
        let (first, mut clauses): (Doc, Vec<Doc>) = match body {
            DefineBody::Value(value) => (named(first, Some(self.value(value))), sources.collect()),
            DefineBody::Open(why) => {
                let open = unit(why.span, concat([text("open "), self.text(&why.value, why.span)]));
                (head(first, vec![open]), sources.collect())
            }
            DefineBody::Cases { cases, otherwise } => {
                // Clauses after a case belong to the case, so the sources of the definition come before the cases.
                let mut clauses: Vec<Doc> = sources.collect();
                let widest = cases.iter().map(|case| width(&case.label.text)).max().unwrap_or_default();
                let case = |case: &CaseSyntax| unit(case.span, self.case(case, &padded(&case.label.text, widest)));
                clauses.extend(cases.iter().map(case));
                clauses.extend(otherwise.as_ref().map(|value| self.clause("otherwise", value)));
                (first, clauses)
            }
        };
        clauses.extend(Layout::keeping(define_replace.as_ref()));
        item(*span, first, clauses)
    }

    fn case(&self, case: &CaseSyntax, label: &str) -> Doc {
        let CaseSyntax { label: case_label, value, scope, when, unless, sources, span: _ } = case;
        let first = inline(case_label.span, text(format!("case {label}")));
        let conditions = self.conditions(when.as_ref(), unless, scope, sources);
        // A case is one line if it fits: cases are the rows of a definition.
        head(named(first, Some(self.value(value))), conditions)
    }

    fn case_item(&self, item: &CaseItemSyntax) -> Doc {
        let CaseItemSyntax { definition, case, span } = item;
        let label = format!("{} of {}", case.label.text, definition.text);
        unit(*span, self.case(case, &label))
    }

    fn norm(&self, norm: &NormSyntax) -> Doc {
        let NormSyntax { name, ty, values, at_least, at_most, sources, labels, span } = norm;
        let first = concat([text(format!("norm {}", name.text)), self.of_type(ty.as_ref())]);
        let first = inline(name.span, first);
        let mut clauses = self.citations(sources);
        let first = match values.as_slice() {
            // A single value comes next to the name, with its scope and sources below; several come one below the
            // other.
            [value] if sources.is_empty() => {
                clauses.extend(self.scope(&value.scope));
                clauses.extend(self.citations(&value.sources));
                named(first, Some(self.value(&value.value)))
            }
            values => {
                clauses.extend(values.iter().map(|value| self.norm_value(value)));
                first
            }
        };
        clauses.extend(at_least.as_ref().map(|bound| self.clause(LimitKind::AtLeast.keyword(), bound)));
        clauses.extend(at_most.as_ref().map(|bound| self.clause(LimitKind::AtMost.keyword(), bound)));
        clauses.extend(self.label_row(labels));
        item(*span, first, clauses)
    }

    fn norm_value(&self, value: &NormValueSyntax) -> Doc {
        let NormValueSyntax { value, scope, sources, span } = value;
        let first = concat([text("= "), self.expr(value)]);
        let mut rest = self.scope(scope);
        rest.extend(self.citations(sources));
        unit(*span, head(first, rest))
    }

    fn scale(&self, scale: &ScaleSyntax) -> Doc {
        let ScaleSyntax {
            replace: scale_replace,
            name,
            params,
            ty,
            of: scale_of,
            bands,
            sources,
            labels,
            span: scale_span,
        } = scale;
        let replace = Layout::replace(scale_replace.as_ref());
        let first =
            concat([text(format!("{replace}scale {}", name.text)), self.params(params), self.of_type(Some(ty))]);
        let of = unit(scale_of.span, concat([text("of "), self.expr(scale_of)]));
        let mut clauses = Vec::new();
        for (bound, rate) in bands {
            let (span, word) = match bound {
                Some(bound) => (bound.span.to(rate.span), concat([text("up to "), self.expr(bound)])),
                None => (rate.span, text("above")),
            };
            clauses.push(unit(span, group(concat([word, text(" rate "), self.expr(rate)]))));
        }
        clauses.extend(self.citations(sources));
        clauses.extend(self.label_row(labels));
        clauses.extend(Layout::keeping(scale_replace.as_ref()));
        item(*scale_span, head(inline(name.span, first), vec![of]), clauses)
    }

    fn assumption(&self, assumption: &AssumptionSyntax) -> Doc {
        let AssumptionSyntax { name, ty, default, choices, sources, labels, letter, span } = assumption;
        let first = concat([text(format!("assumption {}", name.text)), self.of_type(Some(ty))]);
        // A comment before the default would break the line, so the default is not a unit of its own.
        let first = concat([inline(name.span, first), text(" = "), self.expr(default)]);
        let mut rest = Vec::new();
        if let (Some(first), Some(last)) = (choices.first(), choices.last()) {
            rest.push(unit(first.span.to(last.span), concat([text("one of "), self.set(choices)])));
        }
        let mut clauses = self.citations(sources);
        clauses.extend(self.labels(labels));
        if let (Some(first), Some(last)) = (letter.first(), letter.last()) {
            let place = first.lang.span.to(last.text.span);
            clauses.push(unit(place, head(text("letter"), self.labels(letter))));
        }
        item(*span, head(first, rest), clauses)
    }

    fn rule(&self, rule: &RuleSyntax) -> Doc {
        let RuleSyntax {
            replace: rule_replace,
            name: rule_name,
            for_each,
            outcome: rule_outcome,
            reason,
            impossible,
            decides: rule_decides,
            when,
            unless,
            scope,
            sources,
            span,
        } = rule;
        let replace = Layout::replace(rule_replace.as_ref());
        let keyword = if impossible.is_some() { IMPOSSIBLE } else { "rule" };
        let first = inline(rule_name.span, text(format!("{replace}{keyword} {}", rule_name.text)));
        let first = head(first, for_each.iter().map(|each| self.for_each(each)).collect());
        if let Some(messages) = impossible {
            let mut clauses = self.conditions(when.as_ref(), unless, scope, sources);
            clauses.extend(messages.iter().map(|message| self.message(message)));
            return item(*span, first, clauses);
        }
        let outcome = concat([text(format!("{} ", rule_outcome.text)), self.reason(reason)]);
        let outcome = unit(rule_outcome.span.to(reason.span), outcome);
        let decides = rule_decides.iter().map(|name| unit(name.span, text(format!("decides {}", name.text)))).collect();
        let mut clauses = vec![head(outcome, decides)];
        clauses.extend(self.conditions(when.as_ref(), unless, scope, sources));
        clauses.extend(Layout::keeping(rule_replace.as_ref()));
        item(*span, first, clauses)
    }

    fn exception(&self, exception: &ExceptionSyntax) -> Doc {
        let ExceptionSyntax {
            replace: exception_replace,
            name,
            target,
            value: exception_value,
            when: exception_when,
            unless,
            scope,
            sources,
            span,
        } = exception;
        let replace = Layout::replace(exception_replace.as_ref());
        let first = text(format!("{replace}exception {} to {}", name.text, path(target)));
        let first = inline(name.span.to(target.span), first);
        let value = exception_value.as_ref().map(|value| self.value(value));
        let (when, sources) = (exception_when.as_ref(), sources);
        let mut clauses = self.conditions(when, unless, scope, sources);
        clauses.extend(Layout::keeping(exception_replace.as_ref()));
        item(*span, named(first, value), clauses)
    }

    fn notice(&self, notice: &NoticeSyntax) -> Doc {
        let NoticeSyntax {
            replace: notice_replace,
            reason,
            name: notice_name,
            for_each,
            on,
            decides,
            when,
            unless,
            scope,
            sources,
            span,
        } = notice;
        let replace = Layout::replace(notice_replace.as_ref());
        let first = concat([text(format!("{replace}notice ")), self.reason(reason)]);
        let mut rest = Vec::new();
        rest.extend(notice_name.as_ref().map(|name| unit(name.span, text(format!("as {}", name.text)))));
        rest.extend(for_each.as_ref().map(|each| self.for_each(each)));
        if !on.is_empty() {
            rest.push(names("on", on));
        }
        rest.extend(decides.as_ref().map(|name| unit(name.span, text(format!("decides {}", name.text)))));
        let conditions = self.conditions(when.as_ref(), unless, scope, sources);
        item(*span, head(inline(reason.span, first), rest), conditions)
    }

    fn suspend(&self, suspend: &SuspendSyntax) -> Doc {
        let SuspendSyntax { kind: suspend_kind, name, scope, sources, span } = suspend;
        let kind = suspend_kind.keyword();
        let first = inline(name.span, text(format!("suspend {kind} {}", name.text)));
        let mut clauses = self.scope(scope);
        clauses.extend(self.citations(sources));
        item(*span, first, clauses)
    }
}
