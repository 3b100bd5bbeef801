//! Items, one by one.

use super::super::site::Step;
use super::super::world::written_path;
use super::*;
use ereje::value::{LeapBirthday, MonthEnd};

impl Walk<'_> {
    pub(super) fn item(&mut self, item: &Item) {
        match item {
            Item::Policy(policy) => {
                self.section = written_path(&policy.name);
                self.amends = false;
                self.header(policy.span);
                self.scope(&policy.scope);
                self.setting(policy.leap_birthday.as_ref(), LeapBirthday::ALL.map(LeapBirthday::keyword));
                self.setting(policy.month_end.as_ref(), MonthEnd::ALL.map(MonthEnd::keyword));
            }
            Item::Amendment(amendment) => {
                self.section = written_path(&amendment.name);
                self.amends = true;
                self.header(amendment.span);
                self.scope(&amendment.scope);
                self.over(&amendment.over);
            }
            Item::Registry(registry) => {
                self.open(&registry.name.text, registry.span);
                self.handlers(&registry.handlers, false);
            }
            Item::Unit(unit) => {
                self.open(&unit.name.text, unit.span);
                if let Some((number, of)) = &unit.value {
                    let shown = of.as_ref().map_or(number.span, |of| number.span.to(of.span));
                    self.push(unit.span, Kind::Number { digits: number.span, shown });
                }
            }
            Item::Record(record) => self.fields(&format!("{}.", record.name.text), &record.fields),
            Item::Facts(Facts::Group { name, fields, span }) => {
                self.fields(&format!("{}.", name.text), fields);
                if let [only] = fields.as_slice() {
                    self.again(&format!("{}.{}", name.text, only.name.text), only, *span);
                }
            }
            Item::Facts(Facts::Single { field, span }) => {
                self.fields("", std::slice::from_ref(field));
                self.again(&field.name.text, field, *span);
            }
            Item::AsOf(as_of) => {
                self.open("as_of", as_of.span);
                self.expr(&as_of.date, as_of.span);
                if let Some(region) = &as_of.region {
                    self.expr(region, as_of.span);
                }
            }
            Item::Decision(decision) => self.decision(decision),
            Item::Outcome(outcome) => {
                self.open(&outcome.name.text, outcome.span);
                let between = self.between(outcome.decision.span, outcome.other.span);
                let (word, other) = if outcome.above { ("above", "below") } else { ("below", "above") };
                self.swap_word(Operator::Order, between, word, other, outcome.span);
            }
            Item::Define(define) => self.define(define),
            Item::Case(case) => {
                self.open(&format!("{}.{}", case.definition.text, case.case.label.text), case.span);
                self.drop(Operator::Item, case.span, Some("case"));
                self.case(&case.case);
            }
            Item::Norm(norm) => self.norm(norm),
            Item::Table(table) => self.table(table),
            Item::Scale(scale) => self.scale(scale),
            Item::Assumption(assumption) => self.assumption(assumption),
            Item::Rule(rule) => self.rule(rule),
            Item::Exception(exception) => {
                self.open(&exception.name.text, exception.span);
                self.drop_named(&exception.name.text, exception.replace.as_ref(), exception.span, "exception");
                if let Some(value) = &exception.value {
                    self.expr(value, value.span);
                }
                self.conditions(exception.when.as_ref(), &exception.unless);
                self.scope(&exception.scope);
                self.keeping(exception.replace.as_ref());
            }
            Item::Notice(notice) => self.notice(notice),
            Item::Suspend(suspend) => {
                self.open(&format!("suspend_{}", suspend.name.text), suspend.span);
                self.drop(Operator::Item, suspend.span, Some("suspension"));
                self.scope(&suspend.scope);
            }
            Item::Import(_)
            | Item::Source(_)
            | Item::Region(_)
            | Item::Calendar(_)
            | Item::Enum(_)
            | Item::Reason(_) => {}
        }
    }

    /// A rule or exception that goes away. What others except, replace or suspend has to stay: it no longer speaks.
    fn drop_named(&mut self, name: &str, replace: Option<&Replace>, whole: Span, what: &'static str) {
        if replace.is_none() && self.world.is_target(name) {
            self.push(whole, Kind::Silence { after: whole.after(), named: what });
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

    /// The only fact of an item that names it again for its handler goes with the item.
    fn again(&mut self, name: &str, field: &Field, whole: Span) {
        if field.ty.is_none() && field.handlers.len() == 1 {
            self.open(name, whole);
            self.drop(Operator::Item, whole, Some("handler"));
        }
    }

    fn decision(&mut self, decision: &Decision) {
        self.open(&decision.name.text, decision.span);
        let outcomes: Vec<_> = decision.outcomes.iter().map(|o| (o.text.clone(), o.span)).collect();
        let otherwise = decision.otherwise.as_ref().map(|o| (o.text.clone(), o.span));
        let around = outcomes.first().zip(outcomes.last()).map_or(decision.span, |(a, b)| a.1.to(b.1));
        self.push(around, Kind::Order { outcomes, otherwise });
        for output in &decision.outputs {
            self.open(&format!("{}.{}", decision.name.text, output.name.text), output.span);
            self.expr(&output.value, output.value.span);
        }
    }

    fn define(&mut self, define: &Define) {
        self.open(&define.name.text, define.span);
        if define.replace.is_some() {
            self.drop(Operator::Item, define.span, Some("replacement"));
        }
        self.keeping(define.replace.as_ref());
        match &define.body {
            // A truth is a condition under a name.
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

    fn case(&mut self, case: &Case) {
        self.condition(&case.value, case.value.span);
        self.conditions(case.when.as_ref(), &case.unless);
        self.scope(&case.scope);
    }

    fn norm(&mut self, norm: &Norm) {
        self.open(&norm.name.text, norm.span);
        for value in &norm.values {
            if norm.values.len() > 1 {
                self.drop(Operator::Item, value.span, Some("value"));
            } else if self.amends {
                self.drop(Operator::Item, norm.span, Some("value"));
            }
            self.expr(&value.value, value.span);
            self.scope(&value.scope);
        }
        for bound in norm.at_least.iter().chain(&norm.at_most) {
            self.expr(bound, bound.span);
        }
    }

    fn table(&mut self, table: &Table) {
        self.open(&table.name.text, table.span);
        if table.replace.is_some() {
            self.drop(Operator::Item, table.span, Some("replacement"));
        }
        self.keeping(table.replace.as_ref());
        let end = table.inputs.first().map_or(range(table.span).end, |i| range(i.span).start);
        let words = range(table.ty.span).end..end;
        let twin = match table.hit {
            HitPolicy::First => Some(HitPolicy::Unique),
            HitPolicy::Sum | HitPolicy::Min => Some(HitPolicy::Max),
            HitPolicy::Max => Some(HitPolicy::Min),
            HitPolicy::Count => Some(HitPolicy::Sum),
            HitPolicy::Unique | HitPolicy::List => None,
        };
        if let Some(twin) = twin {
            self.swap_word(Operator::Table, words, table.hit.keyword(), twin.keyword(), table.span);
        }
        table.inputs.iter().for_each(|input| self.expr(input, input.span));
        match &table.rows {
            TableRows::Inline(rows) => {
                for row in rows {
                    self.push(row.span, Kind::Drop { operator: Operator::Table, span: row.span, named: Some("row") });
                    row.cells.iter().for_each(|cell| self.cell(cell, row.span));
                    self.expr(&row.output, row.span);
                }
            }
            TableRows::Csv(path) => self.csv(path),
        }
        if let Some(otherwise) = &table.otherwise {
            self.drop_clause(Operator::Clause, "otherwise", otherwise.span);
            self.expr(otherwise, otherwise.span);
        }
    }

    fn cell(&mut self, cell: &Cell, row: Span) {
        if cell.kind != CellKind::Any {
            self.swap(Operator::Operand, cell.span, row, vec![String::from("any")]);
        }
        match &cell.kind {
            CellKind::Any => {}
            CellKind::Compare(op, value) => {
                let words = range(cell.span).start..range(value.span).start;
                if let Some(sign) = find(self.text, words, op.sign()) {
                    self.push(row, Kind::Compare { op: *op, sign: span(self.file, sign), sides: None });
                }
                self.expr(value, row);
            }
            CellKind::Range(low, high) => {
                self.expr(low, row);
                self.expr(high, row);
            }
            CellKind::Set(values) => self.set(values, row),
            CellKind::State(state) => self.state(*state, cell.span, row),
            CellKind::Value(value) => self.expr(value, row),
        }
    }

    /// The rows of a table that stand in a file beside the policy.
    fn csv(&mut self, path: &Text) {
        let from = self.sources.get(self.file).and_then(|source| ereje::source::join(&source.name, &path.value));
        let Some(file) = from.and_then(|name| self.sources.find(&name)) else { return };
        let Some(source) = self.sources.get(file) else { return };
        let Ok(rows) = ereje::check::csv_rows(file, &source.text) else { return };
        let mut inner = Walk {
            text: &source.text,
            file,
            sources: self.sources,
            world: self.world,
            section: self.section.clone(),
            amends: self.amends,
            item: Arc::clone(&self.item),
            whole: self.whole,
            sites: Vec::new(),
        };
        for row in rows.iter().skip(1) {
            inner.whole = row.span;
            let whole = Kind::Drop { operator: Operator::Table, span: row.span, named: Some("row") };
            inner.push(row.span, whole);
            for (_, place) in &row.cells {
                if let Ok(cell) = ereje::syntax::parse_cell(self.sources, *place) {
                    inner.cell(&cell, row.span);
                }
            }
        }
        self.sites.extend(inner.sites);
    }

    fn scale(&mut self, scale: &Scale) {
        self.open(&scale.name.text, scale.span);
        if scale.replace.is_some() {
            self.drop(Operator::Item, scale.span, Some("replacement"));
        }
        self.keeping(scale.replace.as_ref());
        self.expr(&scale.of, scale.of.span);
        for (bound, rate) in &scale.bands {
            let around = bound.as_ref().map_or(rate.span, |bound| bound.span.to(rate.span));
            bound.iter().for_each(|bound| self.expr(bound, around));
            self.expr(rate, around);
        }
    }

    fn assumption(&mut self, assumption: &Assumption) {
        self.open(&assumption.name.text, assumption.span);
        let default = &assumption.default;
        let written = self.text.get(range(default.span)).unwrap_or_default();
        let (mut others, mut steps) = (Vec::new(), None);
        if let ExprKind::Bool(value) = &default.kind {
            others.push((!value).to_string());
        } else if let ExprKind::Number(number, _) | ExprKind::Percent(number) | ExprKind::Duration(number, _) =
            &default.kind
        {
            steps = Some(Step::Number(number.span));
        } else if let ExprKind::Date(date) = &default.kind {
            steps = Some(Step::Date(*date));
        } else {
            others.extend(self.world.values_of(&assumption.ty));
        }
        let texts = assumption.choices.iter().filter_map(|c| self.text.get(range(c.span)));
        others.extend(texts.map(str::to_owned));
        let (name, value) = written.rsplit_once('.').unwrap_or(("", written));
        others.retain(|other| other != written && (name.is_empty() || other != value));
        let same = assumption.choices.iter().filter(|c| self.text.get(range(c.span)) == Some(written));
        let written = same.map(|c| c.span).collect();
        self.push(default.span, Kind::Default { default: default.span, written, others, steps });
    }

    fn rule(&mut self, rule: &Rule) {
        self.open(&rule.name.text, rule.span);
        self.drop_named(&rule.name.text, rule.replace.as_ref(), rule.span, "rule");
        self.for_each(rule.for_each.as_ref());
        let says = rule.outcome.span.to(rule.reason.span);
        self.outcome(&rule.outcome, says);
        self.reason(&rule.reason, says);
        self.conditions(rule.when.as_ref(), &rule.unless);
        self.scope(&rule.scope);
        self.keeping(rule.replace.as_ref());
    }

    fn notice(&mut self, notice: &Notice) {
        let name = notice.name.as_ref().unwrap_or(&notice.reason.code);
        self.open(&name.text, notice.span);
        self.drop(Operator::Item, notice.span, Some("notice"));
        self.for_each(notice.for_each.as_ref());
        self.reason(&notice.reason, notice.reason.span);
        if let (Some(first), Some(last)) = (notice.on.first(), notice.on.last()) {
            let all = first.span.to(last.span);
            self.drop_clause(Operator::Outcome, "on", all);
            let spans: Vec<Span> = notice.on.iter().map(|name| name.span).collect();
            self.drop_each(Operator::Outcome, &spans, all);
        }
        self.conditions(notice.when.as_ref(), &notice.unless);
        self.scope(&notice.scope);
        self.keeping(notice.replace.as_ref());
    }
}
