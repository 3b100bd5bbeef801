//! Periods: their record type, which need not be declared, and the functions that take and make them.

use super::{Checker, expr::broken};
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::*;
use crate::model::*;
use crate::source::Span;
use crate::syntax::ast;
use crate::value::{Period, Value};

/// The functions of periods, each with its usage.
pub(super) const FUNCTIONS: [(&str, &str); 10] = [
    ("period", "period(from FIRST_DAY through LAST_DAY)"),
    ("covers", "covers(PERIOD, DATE) or covers(PERIOD, PERIOD)"),
    ("overlap", "overlap(PERIOD, PERIOD)"),
    ("meets", "meets(PERIOD, PERIOD)"),
    ("days", "days(PERIOD)"),
    ("months", "months(PERIOD)"),
    ("months_of", "months_of(PERIOD)"),
    ("days_covered", "days_covered(LIST, PERIOD)"),
    ("longest_run", "longest_run(LIST, PERIOD)"),
    ("gaps", "gaps(LIST, PERIOD)"),
];

impl Checker<'_> {
    /// The record type of periods; `span` is the place that needs it, which declares it if it is the first.
    pub(super) fn period(&mut self, span: Span) -> RecordId {
        if let Some(id) = self.model.period {
            return id;
        }
        let id = RecordId::new(self.model.records.len());
        let fields = Field::ends_of_period(id, span).map(|field| {
            let field_id = FieldId::new(self.model.fields.len());
            self.model.fields.push(field);
            field_id
        });
        let kind = RecordKind::Period;
        self.model.records.push(Record { name: PERIOD_TYPE.to_owned(), fields: fields.into(), kind, span });
        self.model.period = Some(id);
        id
    }

    /// `period(from A through B)`
    pub(super) fn period_of(
        &mut self,
        from: Option<&ast::ExprSyntax>,
        through: Option<&ast::ExprSyntax>,
        span: Span,
    ) -> Expr {
        let ty = Type::Record(self.period(span));
        let ends = match (from, through) {
            (Some(_), Some(_)) => PeriodEnds::Both,
            (Some(_), None) => PeriodEnds::From,
            (None, _) => PeriodEnds::Through,
        };
        let days: Vec<Expr> = from
            .into_iter()
            .chain(through)
            .map(|end| {
                let day = self.expr(end, Some(&Type::Date));
                self.expect(&day, &Type::Date, "a period begins and ends on a day");
                day
            })
            .collect();
        if let [Some(Value::Date(from)), Some(Value::Date(through))] =
            days.iter().map(Expr::literal).collect::<Vec<_>>().as_slice()
            && (Period { from: Some(*from), through: Some(*through) }).is_empty()
        {
            self.report(
                Diagnostic::new(Code::E0306, "this period ends before it begins", span, "no day lies in it")
                    .help("a period has a first and a last day, and the last is not before the first"),
            );
            return broken(span);
        }
        Expr { kind: ExprKind::Call(Builtin::Period(ends), days), ty, span }
    }

    /// A function of periods; `None` if this is none.
    pub(super) fn of_periods(
        &mut self,
        name: &ast::Name,
        args: &[ast::ExprSyntax],
        span: Span,
        usage: &str,
    ) -> Option<Expr> {
        let period = |checker: &mut Self| Type::Record(checker.period(span));
        let list = |checker: &mut Self| Type::List(Box::new(Type::Record(checker.period(span))));
        let (days, months) = (Type::Duration(DurationKind::Days), Type::Duration(DurationKind::Months));
        let (which, ty, wanted) = match name.text.as_str() {
            "period" => {
                self.report(
                    Diagnostic::new(Code::E0306, "a period says which of its days is which", span, "first or last?")
                        .help(format!("write `{usage}`; without `from` or `through` it is open")),
                );
                return Some(broken(span));
            }
            "covers" => (Builtin::Covers, Type::Bool, vec![period(self), period(self)]),
            "overlap" => (Builtin::Overlap, Type::Bool, vec![period(self), period(self)]),
            "meets" => (Builtin::Meets, Type::Bool, vec![period(self), period(self)]),
            "days" => (Builtin::Days, days, vec![period(self)]),
            "months" => (Builtin::Months, months, vec![period(self)]),
            "months_of" => (Builtin::MonthsOf, list(self), vec![period(self)]),
            "days_covered" => (Builtin::DaysCovered, days, vec![list(self), period(self)]),
            "longest_run" => (Builtin::LongestRun, days, vec![list(self), period(self)]),
            "gaps" => (Builtin::Gaps, list(self), vec![list(self), period(self)]),
            _ => return None,
        };
        if args.len() != wanted.len() {
            return Some(self.wrong_count(name, args.len(), span, usage));
        }
        let mut good = true;
        let mut built = Vec::with_capacity(args.len());
        for (index, (arg, wanted)) in args.iter().zip(&wanted).enumerate() {
            let value = self.expr(arg, Some(wanted));
            let is_day = which == Builtin::Covers && index == 1 && value.ty == Type::Date;
            good &= is_day || self.takes(&value, wanted, name);
            built.push(value);
        }
        Some(if good { Expr { kind: ExprKind::Call(which, built), ty, span } } else { broken(span) })
    }

    /// True if a function of periods takes a value; reports it if not.
    fn takes(&mut self, value: &Expr, wanted: &Type, name: &ast::Name) -> bool {
        let before = self.diagnostics.len();
        let fits = self.expect(value, wanted, &format!("`{}` takes periods", name.text));
        let help = match (&value.ty, wanted) {
            (Type::List(inner), Type::List(_)) if matches!(**inner, Type::Record(_)) => {
                let text = self.quote(value.span);
                format!("make a list of them: `list(x in {text}: period(from x.FIRST_DAY through x.LAST_DAY))`")
            }
            (Type::Record(_), Type::Record(_)) => {
                let text = self.quote(value.span);
                format!("make one of two of its dates: `period(from {text}.FIRST_DAY through {text}.LAST_DAY)`")
            }
            (Type::Record(_), Type::List(_)) => {
                format!("one period alone is a list in brackets: `[{}]`", self.quote(value.span))
            }
            _ => return fits,
        };
        if let Some(last) = self.diagnostics.get_mut(before) {
            last.help = vec![help];
        }
        fits
    }
}
