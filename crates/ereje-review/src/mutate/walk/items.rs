//! The kinds of items, one by one.

use super::super::policy_names::written_path;
use super::super::site::SteppableDefault;
use super::*;
use ereje::value::{LeapBirthday, MonthEnd};

impl SiteCollector<'_> {
    pub(super) fn item(&mut self, item: &ItemSyntax) {
        match item {
            ItemSyntax::Policy(policy) => {
                self.section = written_path(&policy.name);
                self.amends = false;
                self.header(policy.span);
                self.scope(&policy.scope);
                self.setting(policy.leap_birthday.as_ref(), LeapBirthday::ALL.map(LeapBirthday::keyword));
                self.setting(policy.month_end.as_ref(), MonthEnd::ALL.map(MonthEnd::keyword));
            }
            ItemSyntax::Amendment(amendment) => {
                self.section = written_path(&amendment.name);
                self.amends = true;
                self.header(amendment.span);
                self.scope(&amendment.scope);
                self.over(&amendment.over);
            }
            ItemSyntax::Registry(registry) => {
                self.open(&registry.name.text, registry.span);
                self.handlers(&registry.handlers, false);
            }
            ItemSyntax::Unit(unit) => {
                self.open(&unit.name.text, unit.span);
                if let Some((number, of)) = &unit.value {
                    let shown = of.as_ref().map_or(number.span, |of| number.span.to(of.span));
                    self.push(unit.span, SiteKind::Number { digits: number.span, shown });
                }
            }
            ItemSyntax::Record(record) => self.fields(&format!("{}.", record.name.text), &record.fields),
            ItemSyntax::Facts(FactsSyntax::Group { name, fields, span }) => {
                self.fields(&format!("{}.", name.text), fields);
                if let [only] = fields.as_slice() {
                    self.again(&format!("{}.{}", name.text, only.name.text), only, *span);
                }
            }
            ItemSyntax::Facts(FactsSyntax::Single { field, span }) => {
                self.fields("", std::slice::from_ref(field));
                self.again(&field.name.text, field, *span);
            }
            ItemSyntax::Facts(FactsSyntax::Silent { handlers, span }) => {
                self.open("facts", *span);
                if handlers.len() == 1 {
                    self.drop(Operator::Item, *span, Some("handler"));
                }
                self.handlers(handlers, true);
            }
            ItemSyntax::AsOf(as_of) => {
                self.open("as_of", as_of.span);
                self.expr(&as_of.date, as_of.span);
                if let Some(region) = &as_of.region {
                    self.expr(region, as_of.span);
                }
            }
            ItemSyntax::Decision(decision) => self.decision(decision),
            ItemSyntax::Outcome(outcome) => {
                self.open(&outcome.name.text, outcome.span);
                let between = self.between(outcome.decision.span, outcome.other.span);
                let (word, other) = if outcome.above { ("above", "below") } else { ("below", "above") };
                self.swap_word(Operator::Order, between, word, other, outcome.span);
            }
            ItemSyntax::Output(added) => {
                let output = &added.output;
                self.open(&format!("{}.{}", added.decision.text, output.name.text), output.span);
                self.drop(Operator::Item, output.span, Some("output"));
                self.output(output);
            }
            ItemSyntax::Define(define) => self.define(define),
            ItemSyntax::Case(case) => {
                self.open(&format!("{}.{}", case.definition.text, case.case.label.text), case.span);
                self.drop(Operator::Item, case.span, Some("case"));
                self.case(&case.case);
            }
            ItemSyntax::Norm(norm) => self.norm(norm),
            ItemSyntax::Table(table) => self.table(table),
            ItemSyntax::Scale(scale) => self.scale(scale),
            ItemSyntax::Assumption(assumption) => self.assumption(assumption),
            ItemSyntax::Rule(rule) => self.rule(rule),
            ItemSyntax::Exception(exception) => {
                self.open(&exception.name.text, exception.span);
                self.drop_named(&exception.name.text, exception.replace.as_ref(), exception.span, "exception");
                if let Some(value) = &exception.value {
                    self.expr(value, value.span);
                }
                self.conditions(exception.when.as_ref(), &exception.unless);
                self.scope(&exception.scope);
                self.keeping(exception.replace.as_ref());
            }
            ItemSyntax::Notice(notice) => self.notice(notice),
            ItemSyntax::Suspend(suspend) => {
                self.open(&format!("suspend_{}", suspend.name.text), suspend.span);
                self.drop(Operator::Item, suspend.span, Some("suspension"));
                self.scope(&suspend.scope);
            }
            ItemSyntax::Import(_)
            | ItemSyntax::Source(_)
            | ItemSyntax::Region(_)
            | ItemSyntax::Calendar(_)
            | ItemSyntax::Enum(_)
            | ItemSyntax::Reason(_) => {}
        }
    }

    /// Drops a rule or exception. One that others except, replace or suspend has to stay, but never holds.
    fn drop_named(&mut self, name: &str, replace: Option<&Replace>, whole: Span, what: &'static str) {
        if replace.is_none() && self.names.is_target(name) {
            self.push(whole, SiteKind::Silence { after: whole.after(), named: what });
        } else {
            let what = if replace.is_some() { "replacement" } else { what };
            self.drop(Operator::Item, whole, Some(what));
        }
    }

    fn header(&mut self, whole: Span) {
        self.item = Arc::from(self.section.as_str());
        self.whole = whole;
    }

    fn setting(&mut self, name: Option<&Name>, [a, b]: [&str; 2]) {
        if let Some(name) = name {
            let other = if name.text == a { b } else { a };
            self.swap(Operator::Setting, name.span, name.span, vec![other.to_owned()]);
        }
    }

    fn over(&mut self, over: &[Path]) {
        let (Some(first), Some(last)) = (over.first(), over.last()) else { return };
        let all = first.span.to(last.span);
        self.drop_clause(Operator::Over, "over", all);
        let spans: Vec<Span> = over.iter().map(|path| path.span).collect();
        self.drop_each(Operator::Over, &spans, all);
    }

    /// A fact that is repeated only for its handler is dropped with its item.
    fn again(&mut self, name: &str, field: &FieldSyntax, whole: Span) {
        if field.ty.is_none() && field.handlers.len() == 1 {
            self.open(name, whole);
            self.drop(Operator::Item, whole, Some("handler"));
        }
    }

    fn decision(&mut self, decision: &DecisionSyntax) {
        let DecisionSyntax {
            name,
            calculation: _,
            outcomes: decision_outcomes,
            otherwise: decision_otherwise,
            outcome_labels: _,
            outputs,
            labels: _,
            span,
        } = decision;
        self.open(&name.text, *span);
        let outcomes: Vec<_> = decision_outcomes.iter().map(|o| (o.text.clone(), o.span)).collect();
        let otherwise = decision_otherwise.as_ref().map(|o| (o.text.clone(), o.span));
        let around = outcomes.first().zip(outcomes.last()).map_or(*span, |(a, b)| a.1.to(b.1));
        self.push(around, SiteKind::Order { outcomes, otherwise });
        for output in outputs {
            self.open(&format!("{}.{}", name.text, output.name.text), output.span);
            self.output(output);
        }
    }

    /// For whom an output is given, by what name, and its value.
    fn output(&mut self, output: &OutputSyntax) {
        let OutputSyntax { name: _, each, ty: _, value, tied: _, labels: _, span: _ } = output;
        if let Some(OutputEachSyntax { for_each, key }) = each {
            self.for_each(Some(for_each));
            self.expr(key, key.span);
        }
        self.expr(value, value.span);
    }

    fn define(&mut self, define: &DefineSyntax) {
        let DefineSyntax { replace, name, params: _, ty: _, body, sources: _, labels: _, span } = define;
        self.open(&name.text, *span);
        if replace.is_some() {
            self.drop(Operator::Item, *span, Some("replacement"));
        }
        self.keeping(replace.as_ref());
        match body {
            // A definition of truth type is a condition.
            DefineBody::Value(value) => self.condition(value, value.span),
            DefineBody::Cases { cases, otherwise } => {
                for case in cases {
                    self.drop(Operator::Item, case.span, Some("case"));
                    self.case(case);
                }
                if let Some(otherwise) = otherwise {
                    self.drop_clause(Operator::Clause, "otherwise", otherwise.span);
                    self.condition(otherwise, otherwise.span);
                }
            }
            DefineBody::Open(_) => {}
        }
    }

    fn case(&mut self, case: &CaseSyntax) {
        let CaseSyntax { label: _, value, scope, when, unless, sources: _, span: _ } = case;
        self.condition(value, value.span);
        self.conditions(when.as_ref(), unless);
        self.scope(scope);
    }

    fn norm(&mut self, norm: &NormSyntax) {
        let NormSyntax { name, ty: _, values, at_least, at_most, sources: _, labels: _, span } = norm;
        self.open(&name.text, *span);
        for value in values {
            if values.len() > 1 {
                self.drop(Operator::Item, value.span, Some("value"));
            } else if self.amends {
                self.drop(Operator::Item, *span, Some("value"));
            }
            self.expr(&value.value, value.span);
            self.scope(&value.scope);
        }
        for bound in at_least.iter().chain(at_most) {
            self.expr(bound, bound.span);
        }
    }

    fn table(&mut self, table: &TableSyntax) {
        let TableSyntax { replace, name, params: _, ty, hit, inputs, rows, otherwise, sources: _, labels: _, span } =
            table;
        self.open(&name.text, *span);
        if replace.is_some() {
            self.drop(Operator::Item, *span, Some("replacement"));
        }
        self.keeping(replace.as_ref());
        let end = inputs.first().map_or(range(*span).end, |i| range(i.span).start);
        let words = range(ty.span).end..end;
        let twin = match *hit {
            HitPolicy::First => Some(HitPolicy::Unique),
            HitPolicy::Sum | HitPolicy::Min => Some(HitPolicy::Max),
            HitPolicy::Max => Some(HitPolicy::Min),
            HitPolicy::Count => Some(HitPolicy::Sum),
            HitPolicy::Unique | HitPolicy::List => None,
        };
        if let Some(twin) = twin {
            self.swap_word(Operator::Table, words, hit.keyword(), twin.keyword(), *span);
        }
        inputs.iter().for_each(|input| self.expr(input, input.span));
        match rows {
            TableRows::Inline(rows) => {
                for row in rows {
                    self.push(
                        row.span,
                        SiteKind::Drop { operator: Operator::Table, span: row.span, named: Some("row") },
                    );
                    row.cells.iter().for_each(|cell| self.cell(cell, row.span));
                    row.results.iter().for_each(|result| self.expr(result, row.span));
                }
            }
            TableRows::Csv(file) => self.csv(file),
        }
        if let (Some(first), Some(last)) = (otherwise.first(), otherwise.last()) {
            let whole = first.span.to(last.span);
            self.drop_clause(Operator::Clause, "otherwise", whole);
            otherwise.iter().for_each(|value| self.expr(value, whole));
        }
    }

    fn cell(&mut self, cell: &Cell, row: Span) {
        if cell.kind != CellKind::Any {
            self.swap(Operator::Operand, cell.span, row, vec![String::from("any")]);
        }
        match &cell.kind {
            CellKind::Any => {}
            CellKind::Compare(op, value) => self.compared(*op, range(cell.span).start, value, row),
            CellKind::Both(op, value, second, other) => {
                self.compared(*op, range(cell.span).start, value, row);
                self.compared(*second, range(value.span).end, other, row);
            }
            CellKind::Range(low, high) => {
                self.expr(low, row);
                self.expr(high, row);
                self.swap_word(Operator::Boundary, self.between(low.span, high.span), "..", "..<", row);
            }
            CellKind::RangeBelow(low, high) => {
                self.expr(low, row);
                self.expr(high, row);
                self.swap_word(Operator::Boundary, self.between(low.span, high.span), "..<", "..", row);
            }
            CellKind::Set(values) => self.set(values, row),
            CellKind::State(state) => self.state(*state, cell.span, row),
            CellKind::Value(value) => self.expr(value, row),
        }
    }

    /// A comparison in a cell, whose sign stands behind a place.
    fn compared(&mut self, op: CompareOp, from: usize, value: &ExprSyntax, row: Span) {
        if let Some(sign) = find(self.text, from..range(value.span).start, op.sign()) {
            self.push(row, SiteKind::Compare { op, sign: span(self.file, sign), sides: None });
        }
        self.expr(value, row);
    }

    /// The rows of a table in a CSV file beside the policy.
    fn csv(&mut self, written: &CsvFile) {
        let path = &written.path.value;
        let from = self.sources.get(self.file).and_then(|source| ereje::source::join(&source.name, path));
        let Some(file) = from.and_then(|name| self.sources.find(&name)) else { return };
        let Some(source) = self.sources.get(file) else { return };
        let Ok(rows) = ereje::check::csv_rows(file, &source.text, written.decimal_comma) else { return };
        let mut inner = SiteCollector {
            text: &source.text,
            file,
            sources: self.sources,
            names: self.names,
            section: self.section.clone(),
            amends: self.amends,
            item: Arc::clone(&self.item),
            whole: self.whole,
            sites: Vec::new(),
        };
        for row in rows.iter().skip(1) {
            inner.whole = row.span;
            let whole = SiteKind::Drop { operator: Operator::Table, span: row.span, named: Some("row") };
            inner.push(row.span, whole);
            for (text, place) in &row.cells {
                // A step of such a number would be written otherwise than the file is.
                if ereje::check::csv_cell(text, written) != *text {
                    continue;
                }
                if let Ok(cell) = ereje::syntax::parse_cell(self.sources, *place) {
                    inner.cell(&cell, row.span);
                }
            }
        }
        self.sites.extend(inner.sites);
    }

    fn scale(&mut self, scale: &ScaleSyntax) {
        let ScaleSyntax { replace, name, params: _, ty: _, of, bands, sources: _, labels: _, span } = scale;
        self.open(&name.text, *span);
        if replace.is_some() {
            self.drop(Operator::Item, *span, Some("replacement"));
        }
        self.keeping(replace.as_ref());
        self.expr(of, of.span);
        for (bound, rate) in bands {
            let around = bound.as_ref().map_or(rate.span, |bound| bound.span.to(rate.span));
            bound.iter().for_each(|bound| self.expr(bound, around));
            self.expr(rate, around);
        }
    }

    fn assumption(&mut self, assumption: &AssumptionSyntax) {
        let AssumptionSyntax {
            name: assumption_name,
            ty,
            default: assumption_default,
            choices,
            sources: _,
            labels: _,
            letter: _,
            span,
        } = assumption;
        self.open(&assumption_name.text, *span);
        let default = assumption_default;
        let written = self.text.get(range(default.span)).unwrap_or_default();
        let (mut others, mut steps) = (Vec::new(), None);
        if let ExprSyntaxKind::Bool(value) = &default.kind {
            others.push((!value).to_string());
        } else if let ExprSyntaxKind::Number(number, _)
        | ExprSyntaxKind::Percent(number)
        | ExprSyntaxKind::Duration(number, _) = &default.kind
        {
            steps = Some(SteppableDefault::Number(number.span));
        } else if let ExprSyntaxKind::Date(date) = &default.kind {
            steps = Some(SteppableDefault::Date(*date));
        } else {
            others.extend(self.names.values_of(ty));
        }
        let texts = choices.iter().filter_map(|c| self.text.get(range(c.span)));
        others.extend(texts.map(str::to_owned));
        let (name, value) = written.rsplit_once('.').unwrap_or(("", written));
        others.retain(|other| other != written && (name.is_empty() || other != value));
        let same = choices.iter().filter(|c| self.text.get(range(c.span)) == Some(written));
        let written = same.map(|c| c.span).collect();
        self.push(default.span, SiteKind::Default { default: default.span, written, others, steps });
    }

    fn rule(&mut self, rule: &RuleSyntax) {
        let RuleSyntax {
            replace,
            name,
            for_each,
            outcome,
            reason,
            impossible,
            decides: _,
            when,
            unless,
            scope,
            sources: _,
            span,
        } = rule;
        self.open(&name.text, *span);
        self.drop_named(
            &name.text,
            replace.as_ref(),
            *span,
            if impossible.is_some() { "impossibility" } else { "rule" },
        );
        self.for_each(for_each.as_ref());
        if impossible.is_none() {
            let says = outcome.span.to(reason.span);
            self.outcome(outcome, says);
            self.reason(reason, says);
        }
        self.conditions(when.as_ref(), unless);
        self.scope(scope);
        self.keeping(replace.as_ref());
    }

    fn notice(&mut self, notice: &NoticeSyntax) {
        let NoticeSyntax {
            replace,
            reason,
            name: notice_name,
            for_each,
            on,
            decides: _,
            when,
            unless,
            scope,
            sources: _,
            span,
        } = notice;
        let name = notice_name.as_ref().unwrap_or(&reason.code);
        self.open(&name.text, *span);
        self.drop(Operator::Item, *span, Some("notice"));
        self.for_each(for_each.as_ref());
        self.reason(reason, reason.span);
        if let (Some(first), Some(last)) = (on.first(), on.last()) {
            let all = first.span.to(last.span);
            self.drop_clause(Operator::Outcome, "on", all);
            let spans: Vec<Span> = on.iter().map(|name| name.span).collect();
            self.drop_each(Operator::Outcome, &spans, all);
        }
        self.conditions(when.as_ref(), unless);
        self.scope(scope);
        self.keeping(replace.as_ref());
    }
}
