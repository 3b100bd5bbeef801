//! Layouts of the parts that several kinds of items have: scopes, sources, labels, handlers, fields, types, parameters.

use super::Layout;
use super::doc::{Doc, concat, group, inline, inline_block, join, nest, text, unit, width};
use super::exprs::{braces, fill, unit_text};
use crate::model::LimitKind;
use crate::source::Span;
use crate::syntax::ast::{
    Citation, DateBoundSyntax, EnumValue, ExprSyntax, FieldSyntax, ForEachSyntax, HandlerActionSyntax, HandlerSyntax,
    LabelSyntax, Name, Param, Path, ReasonRef, Replace, ScopeSyntax, TypeExpr, TypeKind,
};

/// A name with its place.
pub(super) fn name(name: &Name) -> Doc {
    unit(name.span, text(&name.text))
}

/// `kz.pilot_2025`
pub(super) fn path(path: &Path) -> String {
    path.parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join(".")
}

/// `word A, B`, filled into lines.
pub(super) fn names(word: &str, names: &[Name]) -> Doc {
    listed(word, names.iter().map(name).collect(), names.first().map(|n| n.span), names.last().map(|n| n.span))
}

/// `word a, b`, filled into lines; `first` and `last` are the spans of the first and the last element.
pub(super) fn listed(word: &str, items: Vec<Doc>, first: Option<Span>, last: Option<Span>) -> Doc {
    let doc = concat([text(format!("{word} ")), nest(fill(items))]);
    match (first, last) {
        (Some(first), Some(last)) => unit(first.to(last), doc),
        (Some(_), None) | (None, _) => doc,
    }
}

fn bound(bound: &DateBoundSyntax) -> (String, Span) {
    match bound {
        DateBoundSyntax::Date(date, span) => (date.format("%Y-%m-%d").to_string(), *span),
        DateBoundSyntax::Name(name) => (name.text.clone(), name.span),
    }
}

impl Layout<'_> {
    /// The clauses of a scope in their order: regions, the period, the cohort.
    pub(super) fn scope(&self, scope: &ScopeSyntax) -> Vec<Doc> {
        let ScopeSyntax { regions, from, through, cohort: scope_cohort, span: _ } = scope;
        let mut docs = Vec::new();
        if !regions.is_empty() {
            docs.push(names("in", regions));
        }
        let ends = [("from", from), ("through", through)].into_iter().filter_map(|(word, date)| {
            let (date, span) = bound(date.as_ref()?);
            Some(unit(span, text(format!("{word} {date}"))))
        });
        let ends: Vec<Doc> = ends.collect();
        if !ends.is_empty() {
            docs.push(group(join(ends, &[Doc::Line])));
        }
        docs.extend(scope_cohort.as_ref().map(|cohort| self.clause("for", cohort)));
        docs
    }

    /// `source NAME "place"`
    pub(super) fn citations(&self, sources: &[Citation]) -> Vec<Doc> {
        let one = |source: &Citation| {
            let mut docs = vec![text(format!("source {}", source.name.text))];
            if let Some(place) = &source.place {
                docs.extend([text(" "), self.text(&place.value, place.span)]);
            }
            unit(source.span, Doc::Concat(docs))
        };
        sources.iter().map(one).collect()
    }

    /// `ru "Отказ"`
    pub(super) fn labels(&self, labels: &[LabelSyntax]) -> Vec<Doc> {
        labels.iter().map(|label| self.label(&label.lang, &label.text.value, label.text.span)).collect()
    }

    /// Labels on one line if they fit, otherwise each on its own; empty if there are none.
    pub(super) fn label_row(&self, labels: &[LabelSyntax]) -> Vec<Doc> {
        if labels.is_empty() { Vec::new() } else { vec![group(join(self.labels(labels), &[Doc::Line]))] }
    }

    fn label(&self, lang: &Name, value: &str, span: Span) -> Doc {
        unit(lang.span.to(span), concat([text(format!("{} ", lang.text)), self.text(value, span)]))
    }

    /// `when C`, `unless C`, the scope and the sources of a rule and its kin.
    pub(super) fn conditions(
        &self,
        when: Option<&ExprSyntax>,
        unless: &[ExprSyntax],
        scope: &ScopeSyntax,
        sources: &[Citation],
    ) -> Vec<Doc> {
        let mut docs: Vec<Doc> = when.map(|when| self.clause("when", when)).into_iter().collect();
        docs.extend(unless.iter().map(|unless| self.clause("unless", unless)));
        docs.extend(self.scope(scope));
        docs.extend(self.citations(sources));
        docs
    }

    /// `for each x in L where C`
    pub(super) fn for_each(&self, each: &ForEachSyntax) -> Doc {
        let ForEachSyntax { var, list, filter: each_filter, span } = each;
        let mut docs = vec![text(format!("for each {} in ", var.text)), self.expr(list)];
        if let Some(filter) = each_filter {
            let filter = concat([Doc::Line, text("where "), self.expr(filter)]);
            docs.push(nest(filter));
        }
        unit(*span, group(Doc::Concat(docs)))
    }

    /// `CODE(a, b)`
    pub(super) fn reason(&self, reason: &ReasonRef) -> Doc {
        if reason.args.is_empty() {
            return text(&reason.code.text);
        }
        let args = reason.args.iter().map(|arg| unit(arg.span, self.expr(arg)));
        group(concat([
            text(format!("{}(", reason.code.text)),
            nest(concat([Doc::Soft, join(args, &[text(","), Doc::Line])])),
            Doc::Soft,
            text(")"),
        ]))
    }

    /// `replace `, if it is written.
    pub(super) fn replace(replace: Option<&Replace>) -> &'static str {
        if replace.is_some() { "replace " } else { "" }
    }

    /// `keeping exceptions`, `afresh`
    pub(super) fn keeping(replace: Option<&Replace>) -> Option<Doc> {
        let keeping = replace?.keeping?;
        Some(text(if keeping { "keeping exceptions" } else { "afresh" }))
    }

    /// `(a: T, b: T)`; empty if there are none.
    pub(super) fn params(&self, params: &[Param]) -> Doc {
        if params.is_empty() {
            return Doc::Nil;
        }
        let one = |param: &Param| {
            let doc = concat([text(format!("{}: ", param.name.text)), self.ty(&param.ty)]);
            unit(param.name.span.to(param.ty.span), doc)
        };
        group(concat([
            text("("),
            nest(concat([Doc::Soft, join(params.iter().map(one), &[text(","), Doc::Line])])),
            Doc::Soft,
            text(")"),
        ]))
    }

    /// `: TYPE`; empty if there is none.
    pub(super) fn of_type(&self, ty: Option<&TypeExpr>) -> Doc {
        ty.map_or(Doc::Nil, |ty| concat([text(": "), self.ty(ty)]))
    }

    /// A type.
    pub(super) fn ty(&self, ty: &TypeExpr) -> Doc {
        match &ty.kind {
            TypeKind::Name(name) => text(&name.text),
            TypeKind::Unit(of) => text(unit_text(of)),
            TypeKind::Duration(name) => text(format!("duration in {}", name.text)),
            TypeKind::List(inner) => concat([text("list of "), self.ty(inner)]),
            TypeKind::Enum(values) => inline_block(ty.span, self.enum_values(values)),
            TypeKind::Record(fields) => inline_block(ty.span, self.fields(fields, false)),
        }
    }

    /// `{ a, b }`; one value on each line if they have labels.
    pub(super) fn enum_values(&self, values: &[EnumValue]) -> Doc {
        if values.is_empty() {
            return empty();
        }
        if values.iter().all(|value| value.labels.is_empty()) {
            return braces(values.iter().map(|value| name(&value.name)).collect(), true);
        }
        let widest = values.iter().map(|value| width(&value.name.text)).max().unwrap_or_default();
        let one = |value: &EnumValue| {
            let Some(last) = value.labels.last() else { return (value.name.span, text(&value.name.text)) };
            let labels = self.labels(&value.labels).into_iter().map(|label| concat([Doc::Line, label]));
            let doc = concat([text(padded(&value.name.text, widest)), nest(concat(labels))]);
            (value.name.span.to(last.text.span), group(doc))
        };
        lines_in_braces(values.iter().map(one).collect())
    }

    /// `{ field, … }`; one field on each line if any has more than its type, or if `apart` is set.
    pub(super) fn fields(&self, fields: &[FieldSyntax], apart: bool) -> Doc {
        if fields.is_empty() {
            return empty();
        }
        let clauses = |field: &FieldSyntax| !field.handlers.is_empty() || !field.labels.is_empty();
        if apart || fields.iter().any(clauses) {
            let brief = fields.iter().filter(|field| brief(field)).map(|field| width(&field.name.text));
            let widest = brief.max().unwrap_or_default();
            return lines_in_braces(fields.iter().map(|field| (field.span, self.field(field, widest))).collect());
        }
        let items = fields.iter().map(|field| unit(field.span, self.field(field, 0)));
        group(concat([
            text("{"),
            nest(concat([Doc::Line, join(items, &[text(","), Doc::Line]), Doc::Dangling])),
            Doc::Line,
            text("}"),
        ]))
    }

    /// `NAME: TYPE over time masked at least E at most E from A else B`, then handlers and labels. A field with nothing but one handler, as in an
    /// amendment, is one line, with its name padded to `widest`.
    pub(super) fn field(&self, field: &FieldSyntax, widest: usize) -> Doc {
        let FieldSyntax {
            name: field_name,
            ty: field_ty,
            over_time,
            masked,
            at_least,
            at_most,
            registries: field_registries,
            handlers,
            labels: field_labels,
            span: _,
        } = field;
        if let ([handler], true) = (handlers.as_slice(), brief(field)) {
            let name = text(padded(&field_name.text, widest));
            return group(concat([name, nest(concat([Doc::Line, self.handler(handler)]))]));
        }
        let mut head = vec![text(&field_name.text), self.of_type(field_ty.as_ref())];
        if over_time.is_some() {
            head.push(text(" over time"));
        }
        if masked.is_some() {
            head.push(text(" masked"));
        }
        for (kind, bound) in [(LimitKind::AtLeast, at_least), (LimitKind::AtMost, at_most)] {
            if let Some(bound) = bound {
                head.extend([text(format!(" {} ", kind.keyword())), self.expr(bound)]);
            }
        }
        if !field_registries.is_empty() {
            let registries: Vec<&str> = field_registries.iter().map(|name| name.text.as_str()).collect();
            head.push(text(format!(" from {}", registries.join(" else "))));
        }
        let last = field_ty.as_ref().map_or(field_name.span, |ty| ty.span);
        let last = over_time.map_or(last, |words| words.to(last));
        let last = masked.map_or(last, |word| word.to(last));
        let last = at_least.iter().chain(at_most).fold(last, |last, bound| bound.span.to(last));
        let last = field_registries.last().map_or(last, |name| name.span.to(last));
        let head = inline(field_name.span.to(last), Doc::Concat(head));
        let labels = self.label_row(field_labels);
        match handlers.as_slice() {
            [] => {
                let labels = labels.into_iter().map(|labels| concat([Doc::Line, labels]));
                group(concat([head, nest(concat(labels))]))
            }
            [handler] => {
                let handler = nest(concat([Doc::Line, self.handler(handler)]));
                let labels = labels.into_iter().map(|labels| concat([Doc::Hard, labels]));
                concat([group(concat([head, handler])), nest(concat(labels))])
            }
            handlers => {
                let clauses = handlers.iter().map(|handler| self.handler(handler)).chain(labels);
                concat([head, nest(concat(clauses.map(|clause| concat([Doc::Hard, clause]))))])
            }
        }
    }

    /// `if absent then OUTCOME CODE`, its scope and its sources.
    pub(super) fn handler(&self, handler: &HandlerSyntax) -> Doc {
        let HandlerSyntax { state: handler_state, action, scope, sources, span } = handler;
        let state = handler_state.keyword();
        let head = match action {
            HandlerActionSyntax::Then { outcome, reason } => {
                text(format!("if {state} then {} {}", outcome.text, reason.text))
            }
            HandlerActionSyntax::Means(value) => concat([text(format!("if {state} means ")), self.expr(value)]),
            HandlerActionSyntax::Open(why) => {
                unit(why.span, concat([text(format!("if {state} open ")), self.text(&why.value, why.span)]))
            }
        };
        let rest = self.scope(scope).into_iter().chain(self.citations(sources));
        let rest = rest.map(|clause| concat([Doc::Line, clause]));
        unit(*span, group(concat([head, nest(concat(rest))])))
    }
}

/// True if a field has nothing but one handler, as in an amendment.
fn brief(field: &FieldSyntax) -> bool {
    field.ty.is_none() && field.masked.is_none() && field.labels.is_empty() && field.handlers.len() == 1
}

/// A name, padded with spaces to `widest` columns.
pub(super) fn padded(name: &str, widest: usize) -> String {
    format!("{name}{}", " ".repeat(widest.saturating_sub(width(name))))
}

/// `{ }` with a place for comments.
fn empty() -> Doc {
    group(concat([text("{"), nest(Doc::Dangling), Doc::Line, text("}")]))
}

/// Lines between braces; empty lines between them are kept.
pub(super) fn lines_in_braces(items: Vec<(Span, Doc)>) -> Doc {
    let mut docs = Vec::new();
    let mut previous: Option<Span> = None;
    for (span, doc) in items {
        docs.push(previous.map_or(Doc::Hard, |previous| Doc::Gap(previous.end, span.start)));
        docs.push(unit(span, doc));
        previous = Some(span);
    }
    concat([text("{"), nest(concat([Doc::Concat(docs), Doc::Dangling])), Doc::Hard, text("}")])
}
