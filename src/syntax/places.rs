//! Trees without places, so that two texts can be compared by content.
//!
//! Comes in: an [`ast::File`](super::ast::File). Goes out: the same tree with every span zeroed, without comments and
//! without parentheses. The shape of a tree already shows the grouping, so redundant parentheses make no difference,
//! and the loss of needed ones changes the shape. Every struct is destructured in full, so that a new field cannot be
//! forgotten here.

use super::ast::*;
use crate::source::{FileId, Span};
use chrono::NaiveDate;

impl File {
    /// The same tree without places, comments and parentheses: equal for two texts with the same content.
    #[must_use]
    pub fn without_places(&self) -> Self {
        let mut file = self.clone();
        file.comments.clear();
        file.erase();
        file
    }
}

/// Erases the places in a tree.
trait Placeless {
    fn erase(&mut self);
}

impl Placeless for Span {
    fn erase(&mut self) {
        *self = Self { file: FileId(0), start: 0, end: 0 };
    }
}

impl Placeless for FileId {
    fn erase(&mut self) {
        *self = Self(0);
    }
}

impl<T: Placeless> Placeless for Vec<T> {
    fn erase(&mut self) {
        self.iter_mut().for_each(Placeless::erase);
    }
}

impl<T: Placeless> Placeless for Option<T> {
    fn erase(&mut self) {
        self.iter_mut().for_each(Placeless::erase);
    }
}

impl<T: Placeless> Placeless for Box<T> {
    fn erase(&mut self) {
        T::erase(self);
    }
}

impl<A: Placeless, B: Placeless> Placeless for (A, B) {
    fn erase(&mut self) {
        self.0.erase();
        self.1.erase();
    }
}

/// Plain data without places.
macro_rules! plain {
    ($($name:ty),* $(,)?) => {$(
        impl Placeless for $name {
            fn erase(&mut self) {}
        }
    )*};
}

plain!(String, bool, NaiveDate, State, HitPolicy, SuspendKind, RoundMode, AggregateFunc, CompareOp, ArithOp);

macro_rules! structs {
    ($($name:ident { $($field:ident),* $(,)? })*) => {$(
        impl Placeless for $name {
            fn erase(&mut self) {
                let Self { $($field),* } = self;
                $($field.erase();)*
            }
        }
    )*};
}

structs! {
    File { file, items, comments, unread }
    Comment { text, span, own_line }
    Name { text, span }
    Path { parts, span }
    Text { value, span }
    LabelSyntax { lang, text }
    Message { lang, parts, span }
    PolicySyntax { name, scope, language, languages, leap_birthday, month_end, sources, labels, span }
    AmendmentSyntax { name, policy, scope, over, sources, labels, span }
    ImportSyntax { path, span }
    SourceSyntax { name, title, labels, span }
    Citation { name, place, span }
    RegistrySyntax { name, labels, handlers, span }
    RegionSyntax { name, labels, children, span }
    UnitSyntax { name, value, labels, span }
    CalendarSyntax { name, from, through, weekend, holidays, workdays, file, span }
    EnumSyntax { name, labels, values, span }
    EnumValue { name, labels }
    RecordSyntax { name, fields, span }
    FieldSyntax { name, ty, over_time, masked, at_least, at_most, registries, handlers, labels, span }
    HandlerSyntax { state, action, scope, sources, span }
    TypeExpr { kind, span }
    UnitExpr { factors, span }
    Numeral { text, span }
    ScopeSyntax { regions, from, through, cohort, span }
    AsOfSyntax { date, region, span }
    DecisionSyntax { name, calculation, outcomes, otherwise, outcome_labels, outputs, labels, span }
    OutputSyntax { name, each, ty, value, tied, labels, span }
    OutputEachSyntax { for_each, key }
    AddedOutputSyntax { decision, output }
    OutcomeSyntax { name, decision, above, other, labels, span }
    ReasonSyntax { code, params, messages, span }
    Param { name, ty }
    Replace { keeping, span }
    DefineSyntax { replace, name, params, ty, body, sources, labels, span }
    CaseSyntax { label, value, scope, when, unless, sources, span }
    CaseItemSyntax { definition, case, span }
    NormSyntax { name, ty, values, at_least, at_most, sources, labels, span }
    NormValueSyntax { value, scope, sources, span }
    TableSyntax { replace, name, params, ty, hit, inputs, rows, otherwise, sources, labels, span }
    CsvFile { path, decimal_comma, day_first }
    TableRowSyntax { cells, results, span }
    Cell { kind, span }
    ScaleSyntax { replace, name, params, ty, of, bands, sources, labels, span }
    AssumptionSyntax { name, ty, default, choices, sources, labels, letter, span }
    ForEachSyntax { var, list, filter, span }
    RuleSyntax { replace, name, for_each, outcome, reason, impossible, decides, when, unless, scope, sources, span }
    ReasonRef { code, args, span }
    ExceptionSyntax { replace, name, target, value, when, unless, scope, sources, span }
    NoticeSyntax { replace, reason, name, for_each, on, decides, when, unless, scope, sources, span }
    SuspendSyntax { kind, name, scope, sources, span }
    AggregateSyntax { func, func_span, var, list, filter, body, otherwise }
    ConditionalSyntax { value, condition, otherwise }
    RecordPartSyntax { field, value }
}

macro_rules! enums {
    ($($name:ident { $($variant:ident $(($($part:ident),*))? $({ $($field:ident),* })?),* $(,)? })*) => {$(
        impl Placeless for $name {
            fn erase(&mut self) {
                match self {
                    $(Self::$variant $(($($part),*))? $({ $($field),* })? => {
                        $($($part.erase();)*)?
                        $($($field.erase();)*)?
                    })*
                }
            }
        }
    )*};
}

enums! {
    ItemSyntax {
        Policy(a), Amendment(a), Import(a), Source(a), Registry(a), Region(a), Unit(a), Calendar(a), Enum(a), Record(a),
        Facts(a), AsOf(a), Decision(a), Outcome(a), Output(a), Reason(a), Define(a), Case(a), Norm(a), Table(a), Scale(a),
        Assumption(a), Rule(a), Exception(a), Notice(a), Suspend(a),
    }
    MessagePartSyntax { Text(a), Value(a) }
    FactsSyntax { Group { name, fields, span }, Silent { handlers, span }, Single { field, span } }
    HandlerActionSyntax { Then { outcome, reason }, Means(a), Open(a) }
    TypeKind { Name(a), Unit(a), Duration(a), List(a), Enum(a), Record(a) }
    DateBoundSyntax { Date(a, b), Name(a) }
    DefineBody { Value(a), Cases { cases, otherwise }, Open(a) }
    TableRows { Inline(a), Csv(a) }
    CellKind { Any, Compare(a, b), Both(a, b, c, d), Range(a, b), RangeBelow(a, b), Set(a), State(a), Value(a) }
    ExprSyntaxKind {
        Number(a, b), Percent(a), Duration(a, b), Date(a), Text(a), Bool(a), Name(a), Field(a, b), Call(a, b),
        Round(a, b, c), Aggregate(a), List(a), Not(a), And(a), Or(a), Compare(a, b, c), Is(a, b, c), In(a, b, c), State(a),
        Arith(a, b, c), Neg(a), At(a, b), Paren(a), Period(a, b), Record(a, b), Conditional(a),
    }
    DurationUnit { Years, Months, Weeks, Days, WorkingDays(a) }
    IsWhat { State(a, b), Value(a) }
}

impl Placeless for ExprSyntax {
    fn erase(&mut self) {
        // The parser limits the nesting of parentheses, so the loop is short. Each step leaves a small leaf in the
        // inner place.
        while let ExprSyntaxKind::Paren(inner) = &mut self.kind {
            let leaf = Self { kind: ExprSyntaxKind::Bool(false), span: self.span };
            let inner = std::mem::replace(inner.as_mut(), leaf);
            *self = inner;
        }
        let Self { kind, span } = self;
        span.erase();
        kind.erase();
    }
}

#[cfg(test)]
mod tests {
    use crate::source::Sources;
    use crate::syntax::{ast, parse};

    fn tree(text: &str) -> ast::File {
        let mut sources = Sources::new();
        sources.add("before", "");
        let file = sources.add("test", text);
        let (tree, errors) = parse(&sources, file);
        assert!(errors.is_empty(), "{errors:?}");
        tree
    }

    #[test]
    fn layout_comments_and_parentheses_do_not_count() {
        let a = tree("define x = (a or b) and ((c)) # note\nrule r refuse X when not (x is y)\n");
        let b = tree("# other\n define   x\n= (a or b)\nand c rule r\nrefuse X when not x is y");
        assert_ne!(a, b);
        assert_eq!(a.without_places(), b.without_places());
    }

    #[test]
    fn grouping_counts() {
        let a = tree("define x = a - (b - c)");
        let b = tree("define x = a - b - c");
        assert_ne!(a.without_places(), b.without_places());
        let a = tree("define x = 5 m2");
        let b = tree("define x = 5 m3");
        assert_ne!(a.without_places(), b.without_places());
    }
}
