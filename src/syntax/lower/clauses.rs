//! Clauses, collected for the item that they belong to.

use super::{Lower, Lowered, NodeParts, parts, take};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast::{
    CaseSyntax, Citation, CsvFile, DateBoundSyntax, DefineBody, ExprSyntax, ForEachSyntax, HandlerActionSyntax,
    HandlerSyntax, LabelSyntax, Name, NormValueSyntax, Numeral, OutputEachSyntax, OutputSyntax, Path, ReasonRef,
    ScopeSyntax, State, TableRowSyntax, Text,
};
use crate::syntax::grammar::{Pair, Rule};

/// All clauses of an item. The grammar limits which an item has; the others stay empty.
#[derive(Default)]
pub(super) struct Clauses {
    pub(super) labels: Vec<LabelSyntax>,
    pub(super) sources: Vec<Citation>,
    pub(super) scope: ScopeSyntax,
    pub(super) when: Option<ExprSyntax>,
    pub(super) unless: Vec<ExprSyntax>,
    pub(super) value: Option<ExprSyntax>,
    pub(super) otherwise: Option<ExprSyntax>,
    pub(super) table_otherwise: Vec<ExprSyntax>,
    pub(super) open: Option<Text>,
    pub(super) cases: Vec<CaseSyntax>,
    pub(super) for_each: Option<ForEachSyntax>,
    pub(super) decides: Option<Name>,
    pub(super) keeping: Option<(bool, Span)>,
    pub(super) over: Vec<Path>,
    pub(super) language: Option<Numeral>,
    pub(super) languages: Vec<Name>,
    pub(super) leap_birthday: Option<Name>,
    pub(super) month_end: Option<Name>,
    pub(super) handlers: Vec<HandlerSyntax>,
    /// Each `masked`; in braces the last can be the name of the next field.
    pub(super) masked: Vec<Span>,
    pub(super) registries: Vec<Name>,
    pub(super) norm_values: Vec<NormValueSyntax>,
    pub(super) at_least: Option<ExprSyntax>,
    pub(super) at_most: Option<ExprSyntax>,
    pub(super) choices: Vec<ExprSyntax>,
    pub(super) letter: Vec<LabelSyntax>,
    pub(super) by: Option<Vec<ExprSyntax>>,
    pub(super) rows: Vec<TableRowSyntax>,
    pub(super) rows_from: Option<CsvFile>,
    pub(super) scale_of: Option<ExprSyntax>,
    pub(super) bands: Vec<(Option<ExprSyntax>, ExprSyntax)>,
    pub(super) decision_otherwise: Option<Name>,
    pub(super) outcome_labels: Vec<(Name, Vec<LabelSyntax>)>,
    pub(super) outputs: Vec<OutputSyntax>,
    pub(super) tied: Vec<Name>,
    pub(super) notice_name: Option<Name>,
    pub(super) notice_on: Vec<Name>,
    seen: Vec<(Rule, String, Span)>,
}

impl Lower<'_> {
    /// Lowers clauses and reports duplicates.
    pub(super) fn clauses(&mut self, pairs: NodeParts<'_>) -> Lowered<Clauses> {
        let mut all = Clauses::default();
        let mut bad = None;
        for pair in pairs {
            // Every clause is lowered, even if another one is wrong.
            bad = self.clause(pair, &mut all).err().or(bad);
        }
        bad.map_or(Ok(all), Err)
    }

    /// Reports a clause of this kind and text that the item already has.
    pub(super) fn once(&mut self, all: &mut Clauses, rule: Rule, key: &str, what: &str, span: Span) {
        match all.seen.iter().find(|(r, k, _)| *r == rule && k == key) {
            Some((_, _, first)) => self.diagnostics.push(
                Diagnostic::new(Code::E0103, format!("{what} is written twice"), span, "the second one")
                    .also(*first, "the first one")
                    .help(if what == "`when`" {
                        "write one `when`, and join the conditions by `and` or `or`"
                    } else {
                        "keep one of them; an item takes this clause at most once"
                    }),
            ),
            None => all.seen.push((rule, key.to_owned(), span)),
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "every other rule of the grammar is reported as unread")]
    fn clause(&mut self, pair: Pair<'_>, all: &mut Clauses) -> Lowered<()> {
        let span = self.place(&pair);
        let rule = pair.as_rule();
        match rule {
            Rule::label => {
                let label = self.label(pair)?;
                let what = format!("the text in `{}`", label.lang.text);
                self.once(all, rule, &label.lang.text, &what, span);
                all.labels.push(label);
            }
            Rule::source_clause => {
                let citation = self.citation(pair, span)?;
                all.sources.push(citation);
            }
            Rule::scope_in | Rule::scope_from | Rule::scope_through | Rule::scope_for => self.scope(pair, span, all)?,
            Rule::when_clause => {
                self.once(all, rule, "", "`when`", span);
                all.when = Some(self.inner_expr(pair, span)?);
            }
            Rule::unless_clause => {
                let unless = self.inner_expr(pair, span)?;
                all.unless.push(unless);
            }
            Rule::value_clause => {
                self.once(all, rule, "", "the value", span);
                all.value = Some(self.inner_expr(pair, span)?);
            }
            Rule::otherwise_clause => {
                self.once(all, rule, "", "`otherwise`", span);
                all.otherwise = Some(self.inner_expr(pair, span)?);
            }
            Rule::open_clause => {
                self.once(all, rule, "", "`open`", span);
                all.open = Some(self.inner_text(pair, span)?);
            }
            Rule::case_clause => {
                let mut inner = parts(pair);
                take(&mut inner, Rule::kw_case);
                let label = self.next_name(&mut inner, span)?;
                let case = self.case(label, inner, span)?;
                all.cases.push(case);
            }
            Rule::for_each => {
                self.once(all, rule, "", "`for each`", span);
                all.for_each = Some(self.for_each(pair)?);
            }
            Rule::decides_clause => {
                self.once(all, rule, "", "`decides`", span);
                all.decides = self.names(pair).into_iter().next();
            }
            Rule::keeping_clause => {
                self.once(all, rule, "", "what becomes of the exceptions", span);
                let keeping = parts(pair).any(|p| p.as_rule() == Rule::kw_keeping);
                all.keeping = Some((keeping, span));
            }
            Rule::over_clause => {
                self.once(all, rule, "", "`over`", span);
                all.over = parts(pair).filter(|p| p.as_rule() == Rule::path).map(|p| self.path(p)).collect();
            }
            Rule::language_clause => {
                self.once(all, rule, "", "`language`", span);
                let number = parts(pair).find(|p| p.as_rule() == Rule::number);
                all.language = number.map(|n| self.number(&n)).transpose()?;
            }
            Rule::languages_clause => {
                self.once(all, rule, "", "`languages`", span);
                all.languages = self.names(pair);
            }
            Rule::leap_birthday_clause => {
                self.once(all, rule, "", "`leap_birthday`", span);
                all.leap_birthday = self.names(pair).into_iter().next();
            }
            Rule::month_end_clause => {
                self.once(all, rule, "", "`month_end`", span);
                all.month_end = self.names(pair).into_iter().next();
            }
            Rule::handler => {
                let handler = self.handler(pair, span)?;
                all.handlers.push(handler);
            }
            Rule::field_masked => all.masked.push(span),
            Rule::field_from => {
                self.once(all, rule, "", "`from`", span);
                all.registries = self.names(pair);
            }
            Rule::norm_value => {
                let value = self.norm_value(pair, span)?;
                all.norm_values.push(value);
            }
            Rule::at_least => {
                self.once(all, rule, "", "`at least`", span);
                all.at_least = Some(self.inner_expr(pair, span)?);
            }
            Rule::at_most => {
                self.once(all, rule, "", "`at most`", span);
                all.at_most = Some(self.inner_expr(pair, span)?);
            }
            Rule::one_of_clause => {
                self.once(all, rule, "", "`one of`", span);
                match parts(pair).find(|p| p.as_rule() == Rule::set) {
                    Some(set) => all.choices = self.set(set)?,
                    None => return self.missing(span),
                }
            }
            Rule::by_clause => {
                self.once(all, rule, "", "`by`", span);
                all.by = Some(self.exprs(pair)?);
            }
            Rule::row => {
                let row = self.row(pair)?;
                all.rows.push(row);
            }
            Rule::rows_from => {
                self.once(all, rule, "", "`from`", span);
                all.rows_from = Some(self.csv_file(pair, span)?);
            }
            Rule::scale_of => {
                self.once(all, rule, "", "`of`", span);
                all.scale_of = Some(self.inner_expr(pair, span)?);
            }
            Rule::scale_band => {
                let mut parts = self.exprs(pair)?.into_iter();
                match (parts.next(), parts.next()) {
                    (Some(bound), Some(rate)) => all.bands.push((Some(bound), rate)),
                    _ => return self.missing(span),
                }
            }
            Rule::scale_above => {
                self.once(all, rule, "", "`above`", span);
                let rate = self.inner_expr(pair, span)?;
                all.bands.push((None, rate));
            }
            Rule::table_otherwise => {
                self.once(all, rule, "", "`otherwise`", span);
                all.table_otherwise = self.exprs(pair)?;
            }
            Rule::decision_otherwise => {
                self.once(all, rule, "", "`otherwise`", span);
                all.decision_otherwise = self.names(pair).into_iter().next();
            }
            Rule::decision_outcome => {
                let mut inner = parts(pair);
                take(&mut inner, Rule::kw_outcome);
                let name = self.next_name(&mut inner, span)?;
                self.once(all, rule, &name.text, &format!("`outcome {}`", name.text), span);
                let labels = self.clauses(inner)?.labels;
                all.outcome_labels.push((name, labels));
            }
            Rule::letter_clause => {
                self.once(all, rule, "", "`letter`", span);
                let mut inner = parts(pair);
                take(&mut inner, Rule::kw_letter);
                all.letter = self.clauses(inner)?.labels;
            }
            Rule::output_clause => {
                let output = self.output(pair, span)?;
                self.once(all, rule, &output.name.text, &format!("`output {}`", output.name.text), span);
                all.outputs.push(output);
            }
            Rule::tied_clause => {
                self.once(all, rule, "", "`tied to`", span);
                all.tied = self.names(pair);
            }
            Rule::notice_as => {
                self.once(all, rule, "", "`as`", span);
                all.notice_name = self.names(pair).into_iter().next();
            }
            Rule::notice_on => {
                self.once(all, rule, "", "`on`", span);
                all.notice_on = self.names(pair);
            }
            _ => return self.unread(&pair),
        }
        Ok(())
    }

    /// The names directly inside a clause, in the order of the text.
    pub(super) fn names(&self, pair: Pair<'_>) -> Vec<Name> {
        let named = |p: &Pair<'_>| matches!(p.as_rule(), Rule::name | Rule::lang);
        parts(pair).filter(named).map(|p| self.name(&p)).collect()
    }

    /// The expressions directly inside a clause.
    pub(super) fn exprs(&mut self, pair: Pair<'_>) -> Lowered<Vec<ExprSyntax>> {
        let exprs = parts(pair).filter(|p| matches!(p.as_rule(), Rule::expr | Rule::sum_expr));
        exprs.map(|p| self.expr(p)).collect()
    }

    /// The only expression directly inside the clause at this place.
    pub(super) fn inner_expr(&mut self, pair: Pair<'_>, span: Span) -> Lowered<ExprSyntax> {
        match parts(pair).find(|p| matches!(p.as_rule(), Rule::expr | Rule::sum_expr)) {
            Some(expr) => self.expr(expr),
            None => self.missing(span),
        }
    }

    /// The only text directly inside the clause at this place.
    pub(super) fn inner_text(&mut self, pair: Pair<'_>, span: Span) -> Lowered<Text> {
        match parts(pair).find(|p| matches!(p.as_rule(), Rule::text | Rule::odd_text)) {
            Some(text) => self.text(&text),
            None => self.missing(span),
        }
    }

    /// A CSV file, and how it is written.
    pub(super) fn csv_file(&mut self, pair: Pair<'_>, span: Span) -> Lowered<CsvFile> {
        let mut count = (0, 0);
        for part in parts(pair.clone()) {
            count.0 += usize::from(part.as_rule() == Rule::decimal_comma);
            count.1 += usize::from(part.as_rule() == Rule::day_first);
        }
        if count.0 > 1 || count.1 > 1 {
            self.diagnostics.push(
                Diagnostic::new(Code::E0103, "how the file is written stands twice", span, "once is enough")
                    .help("write `decimal comma` and `day first` once each"),
            );
        }
        Ok(CsvFile { path: self.inner_text(pair, span)?, decimal_comma: count.0 > 0, day_first: count.1 > 0 })
    }

    fn citation(&mut self, pair: Pair<'_>, span: Span) -> Lowered<Citation> {
        let mut inner = parts(pair);
        take(&mut inner, Rule::kw_source);
        let name = self.next_name(&mut inner, span)?;
        let place = inner.next().map(|p| self.text(&p)).transpose()?;
        Ok(Citation { name, place, span })
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "every other rule of the grammar is reported as unread")]
    fn scope(&mut self, pair: Pair<'_>, span: Span, all: &mut Clauses) -> Lowered<()> {
        let rule = pair.as_rule();
        match rule {
            Rule::scope_in => {
                self.once(all, rule, "", "`in`", span);
                all.scope.regions = self.names(pair);
            }
            Rule::scope_from => {
                self.once(all, rule, "", "`from`", span);
                all.scope.from = Some(self.bound(pair, span)?);
            }
            Rule::scope_through => {
                self.once(all, rule, "", "`through`", span);
                all.scope.through = Some(self.bound(pair, span)?);
            }
            Rule::scope_for => {
                self.once(all, rule, "", "`for`", span);
                all.scope.cohort = Some(self.inner_expr(pair, span)?);
            }
            _ => return self.unread(&pair),
        }
        all.scope.span = Some(all.scope.span.map_or(span, |s| s.to(span)));
        Ok(())
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other rules of the grammar are keywords and signs that say nothing more here"
    )]
    fn bound(&mut self, pair: Pair<'_>, span: Span) -> Lowered<DateBoundSyntax> {
        for part in parts(pair) {
            match part.as_rule() {
                Rule::date => return Ok(DateBoundSyntax::Date(self.date(&part)?, self.at(&part))),
                Rule::name => return Ok(DateBoundSyntax::Name(self.name(&part))),
                _ => {}
            }
        }
        self.missing(span)
    }

    fn handler(&mut self, pair: Pair<'_>, span: Span) -> Lowered<HandlerSyntax> {
        let mut inner = parts(pair);
        take(&mut inner, Rule::kw_if);
        let word = self.next(&mut inner, span)?;
        let state = state(&word);
        let action = if take(&mut inner, Rule::kw_means).is_some() {
            let value = self.next(&mut inner, span)?;
            HandlerActionSyntax::Means(self.expr(value)?)
        } else if let Some(open) = take(&mut inner, Rule::open_clause) {
            HandlerActionSyntax::Open(self.inner_text(open, span)?)
        } else {
            take(&mut inner, Rule::kw_then);
            let outcome = self.next_name(&mut inner, span)?;
            HandlerActionSyntax::Then { outcome, reason: self.next_name(&mut inner, span)? }
        };
        if state == State::Unavailable && matches!(action, HandlerActionSyntax::Means(_)) {
            return self.fail(
                Diagnostic::new(
                    Code::E0102,
                    "`if unavailable` cannot mean a value: a registry that is down says nothing about the fact",
                    self.at(&word),
                    "only `absent` can mean a value",
                )
                .help("write `if unavailable then OUTCOME CODE`, or `if absent means VALUE`"),
            );
        }
        let rest = self.clauses(inner)?;
        Ok(HandlerSyntax { state, action, scope: rest.scope, sources: rest.sources, span })
    }

    pub(super) fn case(&mut self, label: Name, mut inner: NodeParts<'_>, span: Span) -> Lowered<CaseSyntax> {
        let value = self.next(&mut inner, span)?;
        let value = self.expr(value)?;
        let rest = self.clauses(inner)?;
        Ok(CaseSyntax {
            label,
            value,
            scope: rest.scope,
            when: rest.when,
            unless: rest.unless,
            sources: rest.sources,
            span,
        })
    }

    fn norm_value(&mut self, pair: Pair<'_>, span: Span) -> Lowered<NormValueSyntax> {
        let mut inner = parts(pair);
        let value = self.next(&mut inner, span)?;
        let value = self.expr(value)?;
        let rest = self.clauses(inner)?;
        Ok(NormValueSyntax { value, scope: rest.scope, sources: rest.sources, span })
    }

    fn output(&mut self, pair: Pair<'_>, span: Span) -> Lowered<OutputSyntax> {
        let mut inner = parts(pair);
        take(&mut inner, Rule::kw_output);
        let name = self.next_name(&mut inner, span)?;
        self.output_after(name, inner, span)
    }

    /// An output of this name: what stands behind the name, and behind its decision if an amendment adds it.
    pub(super) fn output_after(&mut self, name: Name, mut inner: NodeParts<'_>, span: Span) -> Lowered<OutputSyntax> {
        let each = self.output_each(&name, &mut inner)?;
        let ty = take(&mut inner, Rule::type_expr).map(|t| self.type_expr(t)).transpose()?;
        let value = self.next(&mut inner, span)?;
        let value = self.expr(value)?;
        let Clauses { tied, labels, .. } = self.clauses(inner)?;
        Ok(OutputSyntax { name, each, ty, value, tied, labels, span })
    }

    /// For whom an output is given, with the name of each.
    fn output_each(&mut self, output: &Name, inner: &mut NodeParts<'_>) -> Lowered<Option<OutputEachSyntax>> {
        let Some(each) = take(inner, Rule::for_each) else { return Ok(None) };
        let for_each = self.for_each(each)?;
        let Some(key) = take(inner, Rule::key_clause) else {
            let (name, var) = (&output.text, &for_each.var.text);
            return self.fail(
                Diagnostic::new(
                    Code::E0102,
                    format!("the output `{name}` has a value for each element, and these have no names"),
                    for_each.span,
                    "`by` is missing",
                )
                .help(format!("say behind it what tells one from another, for example `by {var}.name`")),
            );
        };
        let span = self.place(&key);
        Ok(Some(OutputEachSyntax { for_each, key: self.inner_expr(key, span)? }))
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other rules of the grammar are keywords and signs that say nothing more here"
    )]
    pub(super) fn for_each(&mut self, pair: Pair<'_>) -> Lowered<ForEachSyntax> {
        let span = self.place(&pair);
        let mut var = None;
        let mut exprs = Vec::new();
        for part in parts(pair) {
            match part.as_rule() {
                Rule::name => var = Some(self.name(&part)),
                Rule::expr => exprs.push(self.expr(part)?),
                _ => {}
            }
        }
        let mut exprs = exprs.into_iter();
        match (var, exprs.next()) {
            (Some(var), Some(list)) => Ok(ForEachSyntax { var, list, filter: exprs.next(), span }),
            _ => self.missing(span),
        }
    }

    pub(super) fn reason_ref(&mut self, pair: Pair<'_>) -> Lowered<ReasonRef> {
        let span = self.place(&pair);
        let mut inner = parts(pair);
        let code = self.next_name(&mut inner, span)?;
        let args = inner.next().map(|args| self.exprs(args)).transpose()?.unwrap_or_default();
        Ok(ReasonRef { code, args, span })
    }

    /// The body of a definition: exactly one of the three forms.
    pub(super) fn define_body(&mut self, all: &mut Clauses, whole: Span, name: &str) -> Lowered<DefineBody> {
        let cases = std::mem::take(&mut all.cases);
        let otherwise = all.otherwise.take();
        let by_cases = !cases.is_empty() || otherwise.is_some();
        match (all.value.take(), all.open.take(), by_cases) {
            (Some(value), None, false) => Ok(DefineBody::Value(value)),
            (None, Some(why), false) => Ok(DefineBody::Open(why)),
            (None, None, true) => Ok(DefineBody::Cases { cases, otherwise }),
            (None, None, false) => self.fail(
                Diagnostic::new(Code::E0102, format!("the definition `{name}` does not say what it is"), whole, "no value")
                    .help("write `= EXPRESSION`, or cases with `case LABEL = EXPRESSION when CONDITION` and `otherwise`, or `open \"why\"`"),
            ),
            _ => self.fail(
                Diagnostic::new(
                    Code::E0102,
                    format!("the definition `{name}` says in more than one way what it is"),
                    whole,
                    "more than one of `=`, `case` and `open`",
                )
                .help("keep one: `= EXPRESSION`, or cases with `otherwise`, or `open \"why\"`"),
            ),
        }
    }
}

/// The state with this keyword.
pub(super) fn state(word: &Pair<'_>) -> State {
    if word.as_str() == State::Absent.keyword() { State::Absent } else { State::Unavailable }
}
