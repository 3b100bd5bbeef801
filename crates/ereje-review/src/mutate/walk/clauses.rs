//! The parts that several kinds of items share: scopes, conditions, handlers, loops.

use super::*;

impl SiteCollector<'_> {
    pub(super) fn scope(&mut self, scope: &ScopeSyntax) {
        let ScopeSyntax { regions, from, through, cohort, span: _ } = scope;
        if let (Some(first), Some(last)) = (regions.first(), regions.last()) {
            let names = regions.iter().map(|r| (r.text.clone(), r.span)).collect();
            let around = first.span.to(last.span);
            let before = range(self.whole).start..range(around).start;
            let around = match word_before(self.text, before, "in") {
                Some(start) => span(self.file, start..range(around).end),
                None => around,
            };
            self.push(around, SiteKind::Regions(names));
            self.drop(Operator::Scope, around, None);
        }
        for (word, bound) in [("from", from), ("through", through)] {
            match bound {
                Some(DateBoundSyntax::Date(date, place)) => {
                    let before = range(self.whole).start..range(*place).start;
                    let start = word_before(self.text, before, word).unwrap_or(range(*place).start);
                    let around = span(self.file, start..range(*place).end);
                    self.push(around, SiteKind::Date(*date, *place));
                    self.drop_clause(Operator::Scope, word, *place);
                }
                Some(DateBoundSyntax::Name(name)) => self.drop_clause(Operator::Scope, word, name.span),
                None => {}
            }
        }
        if let Some(cohort) = cohort {
            self.drop_clause(Operator::Scope, "for", cohort.span);
            self.condition(cohort, cohort.span);
        }
    }

    pub(super) fn conditions(&mut self, when: Option<&ExprSyntax>, unless: &[ExprSyntax]) {
        if let Some(when) = when {
            self.drop_clause(Operator::Clause, "when", when.span);
            self.condition(when, when.span);
        }
        for excuse in unless {
            self.drop_clause(Operator::Clause, "unless", excuse.span);
            self.condition(excuse, excuse.span);
        }
    }

    pub(super) fn for_each(&mut self, each: Option<&ForEachSyntax>) {
        let Some(each) = each else { return };
        self.expr(&each.list, each.span);
        if let Some(filter) = &each.filter {
            self.drop_clause(Operator::Clause, "where", filter.span);
            self.condition(filter, filter.span);
        }
    }

    /// A rule's reason with its arguments.
    pub(super) fn reason(&mut self, reason: &ReasonRef, around: Span) {
        let others = self.names.other_reasons(&reason.code.text).into_iter().take(1).collect();
        self.swap(Operator::Reason, reason.code.span, around, others);
        reason.args.iter().for_each(|arg| self.expr(arg, reason.span));
    }

    pub(super) fn outcome(&mut self, outcome: &Name, around: Span) {
        let others = self.names.neighbours(&outcome.text);
        self.swap(Operator::Outcome, outcome.span, around, others);
    }

    pub(super) fn keeping(&mut self, replace: Option<&Replace>) {
        let Some(Replace { keeping: Some(keeping), span: word }) = replace else { return };
        let inside = range(*word).end..range(self.whole).end;
        if *keeping {
            let first = find(self.text, inside.clone(), "keeping");
            if let Some(last) = first.clone().and_then(|f| find(self.text, f.end..inside.end, "exceptions")) {
                let words = span(self.file, first.map_or(0, |f| f.start)..last.end);
                self.swap(Operator::Exceptions, words, self.whole, vec![String::from("afresh")]);
            }
        } else {
            self.swap_word(Operator::Exceptions, inside, "afresh", "keeping exceptions", self.whole);
        }
    }

    /// The handlers of a field or a registry. If an amendment repeats a field for its only handler, the field is
    /// dropped as a whole.
    pub(super) fn handlers(&mut self, handlers: &[HandlerSyntax], alone: bool) {
        for handler in handlers {
            if !(alone && handlers.len() == 1) {
                self.drop(Operator::Item, handler.span, Some("handler"));
            }
            let place = range(handler.span);
            let (word, other) = (handler.state.keyword(), handler.state.other().keyword());
            self.swap_word(Operator::State, place, word, other, handler.span);
            match &handler.action {
                HandlerActionSyntax::Then { outcome, reason } => {
                    self.outcome(outcome, handler.span);
                    let others = self.names.other_reasons(&reason.text).into_iter().take(1).collect();
                    self.swap(Operator::Reason, reason.span, handler.span, others);
                }
                HandlerActionSyntax::Means(value) => self.expr(value, handler.span),
                HandlerActionSyntax::Open(_) => {}
            }
            self.scope(&handler.scope);
        }
    }

    /// The fields of a record or of a group of facts; `owner` ends with a dot.
    pub(super) fn fields(&mut self, owner: &str, fields: &[FieldSyntax]) {
        let places: Vec<_> = fields.iter().map(|f| range(f.span)).collect();
        for (index, field) in fields.iter().enumerate() {
            self.open(&format!("{owner}{}", field.name.text), field.span);
            let again = field.ty.is_none() && field.masked.is_none();
            if again
                && field.handlers.len() == 1
                && let Some(cut) = cut_of(&places, index)
            {
                self.drop(Operator::Item, span(self.file, cut), Some("handler"));
            }
            self.handlers(&field.handlers, again);
        }
    }
}
