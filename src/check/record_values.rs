//! Records that are written out, `Approval { status: granted, rate: 5% }`, and the record of all results of a table.

use super::{Checker, TypeSymbol, expr::broken, result_tables::full_name};
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::{FieldId, RecordId};
use crate::model::*;
use crate::source::Span;
use crate::syntax::ast;
use std::collections::BTreeSet;

impl Checker<'_> {
    /// A record that is written out: a value for each field of its type.
    pub(super) fn record_value(&mut self, name: &ast::Name, parts: &[ast::RecordPartSyntax], span: Span) -> Expr {
        let Some((TypeSymbol::Record(record), _)) = self.symbols.types.get(&name.text).copied() else {
            self.no_record(name, parts);
            return broken(span);
        };
        let fields = self.model.records.at(record).fields.clone();
        if self.has_facts_over_time(record, name) {
            return broken(span);
        }
        let mut values: Vec<Option<Expr>> = vec![None; fields.len()];
        let mut good = true;
        for ast::RecordPartSyntax { field, value } in parts {
            let known = fields.iter().position(|id| self.model.fields.at(*id).datum.name == field.text);
            let Some((place, id)) = known.and_then(|place| Some((place, *fields.get(place)?))) else {
                let names: Vec<String> = fields.iter().map(|id| self.model.fields.at(*id).datum.name.clone()).collect();
                self.unknown_in("field", field, &name.text, names.iter().map(String::as_str));
                good = false;
                continue;
            };
            let ty = self.model.fields.at(id).datum.ty.clone();
            let built = self.expr(value, Some(&ty));
            good &= self.expect(&built, &ty, &format!("the field `{}`", field.text));
            good &= self.has_end(&built, &field.text);
            match values.get_mut(place) {
                Some(slot @ None) => *slot = Some(built),
                Some(Some(first)) => {
                    let text = format!("`{}` is given twice", field.text);
                    let found = Diagnostic::new(Code::E0202, text, field.span, "given again here");
                    let found = found.also(first.span, "first given here").help("keep one of them");
                    self.report(found);
                    good = false;
                }
                None => {}
            }
        }
        let missing: Vec<String> = fields
            .iter()
            .zip(&values)
            .filter(|(_, value)| value.is_none())
            .map(|(id, _)| self.model.fields.at(*id).datum.name.clone())
            .collect();
        if good && !missing.is_empty() {
            let names = super::quoted(missing.iter().map(String::as_str));
            self.report(
                Diagnostic::new(
                    Code::E0306,
                    format!("`{}` is given no {names}", name.text),
                    name.span,
                    "a value is missing",
                )
                .help("write a value for each field of the record; nothing stands for what is left out"),
            );
            good = false;
        }
        let values: Vec<Expr> = values.into_iter().flatten().collect();
        if !good || values.iter().any(|value| value.ty.is_error()) {
            return broken(span);
        }
        // A record may be put out as a whole, and then all its fields are used.
        self.used.fields.extend(&fields);
        Expr { kind: ExprKind::Record(record, values), ty: Type::Record(record), span }
    }

    /// A table with several results, where a value is wanted: the record of all of them.
    pub(super) fn all_results(&mut self, table: &ast::Name, args: &[ast::ExprSyntax], span: Span) -> Expr {
        let record = self.results.record(&table.text).and_then(|record| self.symbols.types.get(record)).copied();
        let Some((TypeSymbol::Record(record), _)) = record else { return broken(span) };
        let fields = self.model.records.at(record).fields.clone();
        let mut values = Vec::with_capacity(fields.len());
        for field in &fields {
            let field_name = self.model.fields.at(*field).datum.name.clone();
            let result = full_name(&table.text, &field_name);
            let Some(super::Symbol::Definition(id)) = self.symbol(&result) else { return broken(span) };
            let value = self.define_expr(id, table, args, span);
            // What is wrong with the values given to the table is said once.
            if value.ty.is_error() || !self.has_end(&value, &field_name) {
                return broken(span);
            }
            values.push(value);
        }
        self.used.fields.extend(&fields);
        Expr { kind: ExprKind::Record(record, values), ty: Type::Record(record), span }
    }

    /// True if a field of a record is a fact over time, which is not computed; reports it.
    fn has_facts_over_time(&mut self, record: RecordId, name: &ast::Name) -> bool {
        let fields = &self.model.records.at(record).fields;
        let datum = |id: &FieldId| &self.model.fields.at(*id).datum;
        let Some(datum) = fields.iter().map(datum).find(|datum| self.model.dated_value(&datum.ty).is_some()) else {
            return false;
        };
        let (varies, span) = (datum.name.clone(), datum.span);
        self.report(
            Diagnostic::new(
                Code::E0306,
                format!("`{}` is a record of facts alone: its field `{varies}` has values over time", name.text),
                name.span,
                "such a record is not computed",
            )
            .also(span, "declared here")
            .help("declare another record for what is computed, without `over time`"),
        );
        true
    }

    /// True if a number that goes into a record has an end; reports one that may have none.
    fn has_end(&mut self, value: &Expr, field: &str) -> bool {
        let Type::Number(_, NumberKind::Ratio) = value.ty else { return true };
        self.report(
            Diagnostic::new(
                Code::E0305,
                format!("the field `{field}` may have no finite value"),
                value.span,
                "a quotient without an end cannot be stored",
            )
            .help("round it, and say which way: `round down(…, 0.01)`"),
        );
        false
    }

    /// Whether two records of one type are equal: whether all their parts are.
    pub(super) fn same_record(&mut self, record: RecordId, a: Expr, b: Expr, span: Span) -> Expr {
        let mut waiting = vec![record];
        let mut compared = BTreeSet::from([record]);
        while let Some(record) = waiting.pop() {
            let fields = self.model.records.at(record).fields.clone();
            self.used.fields.extend(&fields);
            for field in fields {
                let Datum { ty, name, .. } = &self.model.fields.at(field).datum;
                match ty {
                    Type::Record(inner) if self.model.records.at(*inner).kind == RecordKind::Declared => {
                        if compared.insert(*inner) {
                            waiting.push(*inner);
                        }
                    }
                    Type::Record(_) | Type::List(_) => {
                        let what = format!("these records cannot be compared: `{name}` is {}", self.type_name(ty));
                        self.report(
                            Diagnostic::new(Code::E0301, what, span, "lists and periods are not equal or unequal")
                                .help("compare the parts that matter: `A.FIELD = B.FIELD and …`"),
                        );
                        return broken(span);
                    }
                    Type::Bool
                    | Type::Number(..)
                    | Type::Date
                    | Type::Duration(_)
                    | Type::Text
                    | Type::Enum(_)
                    | Type::Region
                    | Type::Error => {}
                }
            }
        }
        Expr { kind: ExprKind::Call(Builtin::SameRecord(record), vec![a, b]), ty: Type::Bool, span }
    }

    /// Reports a name before braces that is no record type.
    fn no_record(&mut self, name: &ast::Name, parts: &[ast::RecordPartSyntax]) {
        if name.text == PERIOD_TYPE {
            self.report(
                Diagnostic::new(Code::E0306, "a period is made of its days", name.span, "not a record of your own")
                    .help("write `period(from FIRST_DAY through LAST_DAY)`"),
            );
            return;
        }
        let known: Vec<String> = self.symbols.types.keys().cloned().collect();
        self.unknown("record", name, known.iter().map(String::as_str));
        let fields: Vec<String> = parts.iter().map(|part| format!("{}: TYPE", part.field.text)).collect();
        if let Some(last) = self.diagnostics.last_mut().filter(|last| last.help.is_empty()) {
            last.help.push(format!("declare it: `record {} {{ {} }}`", name.text, fields.join(", ")));
        }
    }
}
