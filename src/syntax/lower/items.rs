//! Items: one function for each kind.

use super::clauses::Clauses;
use super::{Lower, Lowered, NodeParts, parts, take};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast::{
    AddedOutputSyntax, AmendmentSyntax, AsOfSyntax, AssumptionSyntax, CalendarSyntax, CaseItemSyntax, DecisionSyntax,
    DefineSyntax, EnumSyntax, ExceptionSyntax, ExprSyntax, ExprSyntaxKind, HitPolicy, ImportSyntax, ItemSyntax,
    LabelSyntax, Message, NormSyntax, NoticeSyntax, OutcomeSyntax, PolicySyntax, ReasonSyntax, RecordSyntax,
    RegionSyntax, RegistrySyntax, Replace, RuleSyntax, ScaleSyntax, SourceSyntax, SuspendKind, SuspendSyntax,
    TableRows, TableSyntax, TypeExpr, TypeKind, UnitSyntax,
};
use crate::syntax::grammar::{Pair, Rule};
use chrono::NaiveDate;
use pest::iterators::Pairs;

type Inner<'p> = NodeParts<'p>;

impl Lower<'_> {
    /// Lowers one item.
    #[expect(clippy::wildcard_enum_match_arm, reason = "every other rule of the grammar is reported as unread")]
    pub(in crate::syntax) fn item(&mut self, pair: Pair<'_>) -> Lowered<ItemSyntax> {
        let span = self.place(&pair);
        let rule = pair.as_rule();
        let text_pair = pair.clone();
        let mut inner = parts(pair);
        let replace = take(&mut inner, Rule::kw_replace).map(|p| self.at(&p));
        // The keyword of the item, which the grammar has checked.
        let keyword = if rule == Rule::suspend_item { None } else { Some(self.next(&mut inner, span)?) };
        let keyword = keyword.map_or(span, |word| self.at(&word));
        match rule {
            Rule::policy_item => self.policy(inner, span).map(ItemSyntax::Policy),
            Rule::amendment_item => self.amendment(inner, span).map(ItemSyntax::Amendment),
            Rule::import_item => Ok(ItemSyntax::Import(ImportSyntax { path: self.inner_text(text_pair, span)?, span })),
            Rule::source_item => self.source(inner, span).map(ItemSyntax::Source),
            Rule::registry_item => {
                let name = self.next_name(&mut inner, span)?;
                let all = self.clauses(inner)?;
                Ok(ItemSyntax::Registry(RegistrySyntax { name, labels: all.labels, handlers: all.handlers, span }))
            }
            Rule::region_item => {
                let node = self.next(&mut inner, span)?;
                let region = self.region(node)?;
                Ok(ItemSyntax::Region(RegionSyntax { span, ..region }))
            }
            Rule::unit_item => self.unit(inner, span).map(ItemSyntax::Unit),
            Rule::calendar_item => self.calendar(inner, span).map(ItemSyntax::Calendar),
            Rule::enum_item => self.enumeration(inner, span).map(ItemSyntax::Enum),
            Rule::record_item => {
                let name = self.next_name(&mut inner, span)?;
                let fields = self.next(&mut inner, span)?;
                Ok(ItemSyntax::Record(RecordSyntax { name, fields: self.fields(fields), span }))
            }
            Rule::facts_item => self.facts(inner, span).map(ItemSyntax::Facts),
            Rule::as_of_item => {
                let mut exprs = self.exprs(text_pair)?.into_iter();
                match exprs.next() {
                    Some(date) => Ok(ItemSyntax::AsOf(AsOfSyntax { date, region: exprs.next(), span })),
                    None => self.missing(span),
                }
            }
            Rule::decision_item => self.decision(inner, span).map(ItemSyntax::Decision),
            Rule::calculation_item => self.calculation(inner, span).map(ItemSyntax::Decision),
            Rule::outcome_item => self.outcome(inner, span).map(ItemSyntax::Outcome),
            Rule::output_item => self.added_output(inner, span).map(ItemSyntax::Output),
            Rule::reason_item => self.reason(inner, span).map(ItemSyntax::Reason),
            Rule::assumption_item => self.assumption(inner, span).map(ItemSyntax::Assumption),
            Rule::norm_item => self.norm(inner, span).map(ItemSyntax::Norm),
            Rule::define_item => self.define(inner, replace, span).map(ItemSyntax::Define),
            Rule::case_item => {
                let label = self.next_name(&mut inner, span)?;
                take(&mut inner, Rule::kw_of);
                let definition = self.next_name(&mut inner, span)?;
                Ok(ItemSyntax::Case(CaseItemSyntax { definition, case: self.case(label, inner, span)?, span }))
            }
            Rule::table_item => self.table(inner, replace, span).map(ItemSyntax::Table),
            Rule::scale_item => self.scale(inner, replace, span).map(ItemSyntax::Scale),
            Rule::rule_item => self.rule(inner, replace, span).map(ItemSyntax::Rule),
            Rule::impossible_item => self.impossible(inner, keyword, span).map(ItemSyntax::Rule),
            Rule::exception_item => self.exception(inner, replace, span).map(ItemSyntax::Exception),
            Rule::notice_item => self.notice(inner, replace, span).map(ItemSyntax::Notice),
            Rule::suspend_item => self.suspend(inner, span).map(ItemSyntax::Suspend),
            _ => self.unread(&text_pair),
        }
    }

    /// The next path, which the grammar guarantees.
    fn next_path(&mut self, inner: &mut Inner<'_>, whole: Span) -> Lowered<crate::syntax::ast::Path> {
        let pair = self.next(inner, whole)?;
        Ok(self.path(pair))
    }

    /// The combination of `replace` and `keeping exceptions` or `afresh`.
    fn replace(&mut self, word: Option<Span>, all: &Clauses) -> Option<Replace> {
        if let (None, Some((_, place))) = (word, all.keeping) {
            self.diagnostics.push(
                Diagnostic::new(
                    Code::E0102,
                    "only an item that replaces another says what becomes of the exceptions",
                    place,
                    "there is no `replace` before this item",
                )
                .help("write `replace` before the item, or leave this clause out"),
            );
        }
        word.map(|span| Replace { keeping: all.keeping.map(|(keeping, _)| keeping), span })
    }

    /// A required clause of the item; reports it if it is missing.
    fn need<T>(&mut self, part: Option<T>, whole: Span, message: String, help: &str) -> Lowered<T> {
        match part {
            Some(part) => Ok(part),
            None => self.fail(Diagnostic::new(Code::E0102, message, whole, "a part is missing").help(help)),
        }
    }

    fn policy(&mut self, mut inner: Inner<'_>, span: Span) -> Lowered<PolicySyntax> {
        let name = self.next_path(&mut inner, span)?;
        let all = self.clauses(inner)?;
        Ok(PolicySyntax {
            name,
            scope: all.scope,
            language: all.language,
            languages: all.languages,
            leap_birthday: all.leap_birthday,
            month_end: all.month_end,
            sources: all.sources,
            labels: all.labels,
            span,
        })
    }

    fn amendment(&mut self, mut inner: Inner<'_>, span: Span) -> Lowered<AmendmentSyntax> {
        let name = self.next_path(&mut inner, span)?;
        take(&mut inner, Rule::kw_to);
        let policy = self.next_path(&mut inner, span)?;
        let all = self.clauses(inner)?;
        Ok(AmendmentSyntax {
            name,
            policy,
            scope: all.scope,
            over: all.over,
            sources: all.sources,
            labels: all.labels,
            span,
        })
    }

    fn source(&mut self, mut inner: Inner<'_>, span: Span) -> Lowered<SourceSyntax> {
        let name = self.next_name(&mut inner, span)?;
        let title = self.next(&mut inner, span)?;
        let title = self.text(&title)?;
        Ok(SourceSyntax { name, title, labels: self.clauses(inner)?.labels, span })
    }

    fn region(&mut self, pair: Pair<'_>) -> Lowered<RegionSyntax> {
        let span = self.place(&pair);
        let mut inner = parts(pair);
        let name = self.next_name(&mut inner, span)?;
        let mut labels = Vec::new();
        while let Some(label) = take(&mut inner, Rule::label) {
            labels.push(self.label(label)?);
        }
        let children = take(&mut inner, Rule::regions).map(|r| self.regions(r)).unwrap_or_default();
        Ok(RegionSyntax { name, labels, children, span })
    }

    /// The regions inside a region.
    pub(in crate::syntax) fn regions(&mut self, pair: Pair<'_>) -> Vec<RegionSyntax> {
        self.elements(pair).into_iter().filter_map(|part| self.region(part).ok()).collect()
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "beside its labels a unit has only its value in the grammar")]
    fn unit(&mut self, mut inner: Inner<'_>, span: Span) -> Lowered<UnitSyntax> {
        let name = self.next_name(&mut inner, span)?;
        let mut value = None;
        let mut labels = Vec::new();
        for part in inner {
            let place = self.place(&part);
            match part.as_rule() {
                Rule::label => labels.push(self.label(part)?),
                _ if value.is_some() => {
                    return self.fail(
                        Diagnostic::new(Code::E0103, "the value is written twice", place, "the second one")
                            .help("keep one of them"),
                    );
                }
                _ => {
                    let Some(quantity) = parts(part).next() else { return self.missing(place) };
                    let ExprSyntaxKind::Number(number, unit) = self.quantity(quantity)?.0 else {
                        return self.fail(
                            Diagnostic::new(Code::E0102, "a unit is a number of another unit", place, "not a number")
                                .help("write `unit ha = 10_000 m2`"),
                        );
                    };
                    value = Some((number, unit));
                }
            }
        }
        Ok(UnitSyntax { name, value, labels, span })
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "every other rule of the grammar is reported as unread")]
    fn calendar(&mut self, mut inner: Inner<'_>, span: Span) -> Lowered<CalendarSyntax> {
        let name = self.next_name(&mut inner, span)?;
        let mut calendar = CalendarSyntax {
            name,
            from: None,
            through: None,
            weekend: Vec::new(),
            holidays: Vec::new(),
            workdays: Vec::new(),
            file: None,
            span,
        };
        let mut seen: Vec<(Rule, Span)> = Vec::new();
        for part in inner {
            let place = self.place(&part);
            let rule = part.as_rule();
            if let Some((_, first)) = seen.iter().find(|(r, _)| *r == rule) {
                let word = self.slice(place).split_whitespace().next().unwrap_or("");
                self.diagnostics.push(
                    Diagnostic::new(Code::E0103, format!("`{word}` is written twice"), place, "the second one")
                        .also(*first, "the first one")
                        .help("write all days in one clause, separated by commas"),
                );
            }
            seen.push((rule, place));
            match rule {
                Rule::calendar_from => calendar.from = self.dates(part)?.first().map(|d| d.0),
                Rule::calendar_through => calendar.through = self.dates(part)?.first().map(|d| d.0),
                Rule::calendar_weekend => calendar.weekend = self.names(part),
                Rule::calendar_holidays => calendar.holidays = self.dates(part)?,
                Rule::calendar_workdays => calendar.workdays = self.dates(part)?,
                Rule::calendar_days => calendar.file = Some(self.csv_file(part, place)?),
                _ => return self.unread(&part),
            }
        }
        Ok(calendar)
    }

    fn dates(&mut self, pair: Pair<'_>) -> Lowered<Vec<(NaiveDate, Span)>> {
        let mut dates = Vec::new();
        for part in parts(pair).filter(|p| p.as_rule() == Rule::date) {
            dates.push((self.date(&part)?, self.at(&part)));
        }
        Ok(dates)
    }

    fn enumeration(&mut self, mut inner: Inner<'_>, span: Span) -> Lowered<EnumSyntax> {
        let name = self.next_name(&mut inner, span)?;
        let mut labels = Vec::new();
        while let Some(label) = take(&mut inner, Rule::label) {
            labels.push(self.label(label)?);
        }
        let values = self.next(&mut inner, span)?;
        Ok(EnumSyntax { name, labels, values: self.enum_values(values), span })
    }

    fn decision(&mut self, mut inner: Inner<'_>, span: Span) -> Lowered<DecisionSyntax> {
        let name = self.next_name(&mut inner, span)?;
        let mut labels = Vec::new();
        while let Some(label) = take(&mut inner, Rule::label) {
            labels.push(self.label(label)?);
        }
        let ranking = self.next(&mut inner, span)?;
        let outcomes = self.names(ranking);
        let mut all = self.clauses(inner)?;
        labels.append(&mut all.labels);
        Ok(DecisionSyntax {
            name,
            calculation: false,
            outcomes,
            otherwise: all.decision_otherwise,
            outcome_labels: all.outcome_labels,
            outputs: all.outputs,
            labels,
            span,
        })
    }

    fn calculation(&mut self, mut inner: Inner<'_>, span: Span) -> Lowered<DecisionSyntax> {
        let name = self.next_name(&mut inner, span)?;
        let all = self.clauses(inner)?;
        Ok(DecisionSyntax {
            name,
            calculation: true,
            outcomes: Vec::new(),
            otherwise: None,
            outcome_labels: Vec::new(),
            outputs: all.outputs,
            labels: all.labels,
            span,
        })
    }

    fn outcome(&mut self, mut inner: Inner<'_>, span: Span) -> Lowered<OutcomeSyntax> {
        let name = self.next_name(&mut inner, span)?;
        take(&mut inner, Rule::kw_of);
        let decision = self.next_name(&mut inner, span)?;
        let above = self.next(&mut inner, span)?.as_rule() == Rule::kw_above;
        let other = self.next_name(&mut inner, span)?;
        Ok(OutcomeSyntax { name, decision, above, other, labels: self.clauses(inner)?.labels, span })
    }

    fn added_output(&mut self, mut inner: Inner<'_>, span: Span) -> Lowered<AddedOutputSyntax> {
        let name = self.next_name(&mut inner, span)?;
        take(&mut inner, Rule::kw_of);
        let decision = self.next_name(&mut inner, span)?;
        Ok(AddedOutputSyntax { decision, output: self.output_after(name, inner, span)? })
    }

    fn reason(&mut self, mut inner: Inner<'_>, span: Span) -> Lowered<ReasonSyntax> {
        let code = self.next_name(&mut inner, span)?;
        let params = take(&mut inner, Rule::params);
        let params = self.params(params)?;
        let labels = self.clauses(inner)?.labels;
        Ok(ReasonSyntax { code, params, messages: self.messages(labels)?, span })
    }

    pub(super) fn messages(&mut self, labels: Vec<LabelSyntax>) -> Lowered<Vec<Message>> {
        let mut messages = Vec::new();
        let mut bad = None;
        for label in labels {
            match self.message(label) {
                Ok(message) => messages.push(message),
                Err(error) => bad = Some(error),
            }
        }
        bad.map_or(Ok(messages), Err)
    }

    fn assumption(&mut self, mut inner: Inner<'_>, span: Span) -> Lowered<AssumptionSyntax> {
        let name = self.next_name(&mut inner, span)?;
        let ty = self.next(&mut inner, span)?;
        let ty = self.type_expr(ty)?;
        let all = self.clauses(inner)?;
        let message = format!("the assumption `{}` has no default", name.text);
        let default =
            self.need(all.value, span, message, "write `= VALUE`: the choice that holds where nobody chooses")?;
        let Clauses { choices, sources, labels, letter, .. } = all;
        Ok(AssumptionSyntax { name, ty, default, choices, sources, labels, letter, span })
    }

    fn norm(&mut self, mut inner: Inner<'_>, span: Span) -> Lowered<NormSyntax> {
        let name = self.next_name(&mut inner, span)?;
        let ty = self.type_of(&mut inner)?;
        let all = self.clauses(inner)?;
        Ok(NormSyntax {
            name,
            ty,
            values: all.norm_values,
            at_least: all.at_least,
            at_most: all.at_most,
            sources: all.sources,
            labels: all.labels,
            span,
        })
    }

    fn type_of(&mut self, inner: &mut Inner<'_>) -> Lowered<Option<TypeExpr>> {
        take(inner, Rule::type_expr).map(|t| self.type_expr(t)).transpose()
    }

    fn define(&mut self, mut inner: Inner<'_>, replace: Option<Span>, span: Span) -> Lowered<DefineSyntax> {
        let name = self.next_name(&mut inner, span)?;
        let params = take(&mut inner, Rule::params);
        let params = self.params(params)?;
        let ty = self.type_of(&mut inner)?;
        let mut all = self.clauses(inner)?;
        let replace = self.replace(replace, &all);
        let body = self.define_body(&mut all, span, &name.text)?;
        Ok(DefineSyntax { replace, name, params, ty, body, sources: all.sources, labels: all.labels, span })
    }

    fn table(&mut self, mut inner: Inner<'_>, replace: Option<Span>, span: Span) -> Lowered<TableSyntax> {
        let name = self.next_name(&mut inner, span)?;
        let params = take(&mut inner, Rule::params);
        let params = self.params(params)?;
        let ty = self.next(&mut inner, span)?;
        let ty = self.type_expr(ty)?;
        let hit = take(&mut inner, Rule::hit).and_then(|p| HitPolicy::of_keyword(p.as_str().trim()));
        let hit = hit.unwrap_or(HitPolicy::Unique);
        let mut all = self.clauses(inner)?;
        let replace = self.replace(replace, &all);
        let message = format!("the table `{}` does not say what its columns are", name.text);
        let inputs =
            self.need(all.by, span, message, "write `by EXPRESSION, …`, one expression for each column of conditions")?;
        if let Some(row) = all.rows.first().filter(|row| self.is_heading(row, &inputs, &name)) {
            return self.fail(
                Diagnostic::new(Code::E0102, "a table has no row of headings", row.span, "names, not conditions")
                    .help("leave the row out; `by` says what the columns are, and the last one is the value"),
            );
        }
        for row in all.rows.iter_mut().filter(|_| may_be_record(&ty)) {
            Self::share_out(row, inputs.len());
        }
        for row in &all.rows {
            if row.cells.len() != inputs.len() {
                self.diagnostics.push(
                    Diagnostic::new(
                        Code::E0102,
                        format!(
                            "this row has {}, but the table is `by` {}",
                            counted(row.cells.len(), "condition"),
                            counted(inputs.len(), "expression")
                        ),
                        row.span,
                        format!("expected {} and a value", counted(inputs.len(), "condition")),
                    )
                    .help(if self.slice(row.span).contains(['\n', '\r']) {
                        "a row ends with `|`; put one behind the value of each row"
                    } else {
                        "write one cell for each expression after `by`, then the value of the row; `any` leaves a column open"
                    }),
                );
            }
        }
        let rows = match all.rows_from {
            Some(file) if all.rows.is_empty() => TableRows::Csv(file),
            Some(file) => {
                return self.fail(
                    Diagnostic::new(
                        Code::E0102,
                        "a table has rows or a file of rows, not both",
                        file.path.span,
                        "rows stand here too",
                    )
                    .help("keep the rows or `from \"file.csv\"`"),
                );
            }
            None => TableRows::Inline(all.rows),
        };
        Ok(TableSyntax {
            replace,
            name,
            params,
            ty,
            hit,
            inputs,
            rows,
            otherwise: all.table_otherwise,
            sources: all.sources,
            labels: all.labels,
            span,
        })
    }

    fn scale(&mut self, mut inner: Inner<'_>, replace: Option<Span>, span: Span) -> Lowered<ScaleSyntax> {
        let name = self.next_name(&mut inner, span)?;
        let params = take(&mut inner, Rule::params);
        let params = self.params(params)?;
        let ty = self.next(&mut inner, span)?;
        let ty = self.type_expr(ty)?;
        let all = self.clauses(inner)?;
        let replace = self.replace(replace, &all);
        let message = format!("the scale `{}` does not say what it cuts into bands", name.text);
        let of = self.need(all.scale_of, span, message, "write `of AMOUNT`")?;
        if !all.bands.iter().any(|(bound, _)| bound.is_none()) {
            let message = format!("the scale `{}` has no rate above its last bound", name.text);
            return self.need(None, span, message, "write `above rate RATE` after the bands");
        }
        Ok(ScaleSyntax {
            replace,
            name,
            params,
            ty,
            of,
            bands: all.bands,
            sources: all.sources,
            labels: all.labels,
            span,
        })
    }

    fn rule(&mut self, mut inner: Inner<'_>, replace: Option<Span>, span: Span) -> Lowered<RuleSyntax> {
        let name = self.next_name(&mut inner, span)?;
        let early = take(&mut inner, Rule::for_each);
        let early = early.map(|p| self.for_each(p)).transpose()?;
        let outcome = self.next_name(&mut inner, span)?;
        let reason = self.next(&mut inner, span)?;
        let reason = self.reason_ref(reason)?;
        let all = self.clauses(inner)?;
        if let (Some(first), Some(second)) = (&early, &all.for_each) {
            self.diagnostics.push(
                Diagnostic::new(Code::E0103, "`for each` is written twice", second.span, "the second one")
                    .also(first.span, "the first one")
                    .help("keep one of them; a rule goes through at most one list"),
            );
        }
        let replace = self.replace(replace, &all);
        Ok(RuleSyntax {
            replace,
            name,
            for_each: early.or(all.for_each),
            outcome,
            reason,
            impossible: None,
            decides: all.decides,
            when: all.when,
            unless: all.unless,
            scope: all.scope,
            sources: all.sources,
            span,
        })
    }

    fn exception(&mut self, mut inner: Inner<'_>, replace: Option<Span>, span: Span) -> Lowered<ExceptionSyntax> {
        let name = self.next_name(&mut inner, span)?;
        take(&mut inner, Rule::kw_to);
        let target = self.next_path(&mut inner, span)?;
        let all = self.clauses(inner)?;
        let replace = self.replace(replace, &all);
        Ok(ExceptionSyntax {
            replace,
            name,
            target,
            value: all.value,
            when: all.when,
            unless: all.unless,
            scope: all.scope,
            sources: all.sources,
            span,
        })
    }

    fn notice(&mut self, mut inner: Inner<'_>, replace: Option<Span>, span: Span) -> Lowered<NoticeSyntax> {
        let reason = self.next(&mut inner, span)?;
        let reason = self.reason_ref(reason)?;
        let all = self.clauses(inner)?;
        let replace = self.replace(replace, &all);
        Ok(NoticeSyntax {
            replace,
            reason,
            name: all.notice_name,
            for_each: all.for_each,
            on: all.notice_on,
            decides: all.decides,
            when: all.when,
            unless: all.unless,
            scope: all.scope,
            sources: all.sources,
            span,
        })
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the grammar has only three kinds of item that can be suspended"
    )]
    fn suspend(&mut self, mut inner: Inner<'_>, span: Span) -> Lowered<SuspendSyntax> {
        take(&mut inner, Rule::kw_suspend);
        let kind = match self.next(&mut inner, span)?.as_rule() {
            Rule::kw_rule => SuspendKind::Rule,
            Rule::kw_exception => SuspendKind::Exception,
            _ => SuspendKind::Notice,
        };
        let name = self.next_name(&mut inner, span)?;
        let all = self.clauses(inner)?;
        Ok(SuspendSyntax { kind, name, scope: all.scope, sources: all.sources, span })
    }

    /// A whole expression: `whole_expr`.
    pub(in crate::syntax) fn only_expr(&mut self, pairs: Pairs<'_, Rule>, whole: Span) -> Lowered<ExprSyntax> {
        for pair in pairs.flat_map(parts) {
            if pair.as_rule() == Rule::expr {
                return self.expr(pair);
            }
        }
        self.missing(whole)
    }

    /// A whole cell: `whole_cell`.
    pub(in crate::syntax) fn only_cell(
        &mut self,
        pairs: Pairs<'_, Rule>,
        whole: Span,
    ) -> Lowered<crate::syntax::ast::Cell> {
        for pair in pairs.flat_map(parts) {
            if pair.as_rule() == Rule::cell {
                return self.cell(pair);
            }
        }
        self.missing(whole)
    }
}

/// `1 condition`, `2 conditions`.
fn counted(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

/// True if a type has a name that may be that of a record.
fn may_be_record(ty: &TypeExpr) -> bool {
    matches!(&ty.kind, TypeKind::Name(name) if !matches!(name.text.as_str(), "bool" | "integer" | "decimal" | "date" | "text" | "region" | "percent"))
}
