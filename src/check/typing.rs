//! Types: from the Ast to the Model, and their names in messages.

use super::units::UnitHelp;
use super::{Checker, Symbol, TypeSymbol};
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::*;
use crate::model::*;
use crate::syntax::ast::{self, TypeKind};
use crate::syntax::unit_words::meant_type;
use crate::value::Number;

const PLAIN: [&str; 8] = ["bool", "integer", "decimal", "date", "text", "region", WEEKDAY_TYPE, PERIOD_TYPE];

impl Checker<'_> {
    /// The type, and the unit in which its values are written. `owner` names enums and records without a name.
    pub(super) fn type_expr(&mut self, ty: &ast::TypeExpr, owner: &str) -> (Type, Option<Quantity>) {
        match &ty.kind {
            TypeKind::Name(name) => self.named_type(name),
            TypeKind::Unit(expr) => match self.unit_expr(expr) {
                Some((dimension, quantity)) => (Type::Number(dimension, NumberKind::Decimal), Some(quantity)),
                None => (Type::Error, None),
            },
            TypeKind::Duration(unit) => self.duration_type(unit),
            TypeKind::List(inner) => {
                let (inner, unit) = self.type_expr(inner, owner);
                (Type::List(Box::new(inner)), unit)
            }
            TypeKind::Enum(values) => (Type::Enum(self.new_enum(owner.to_owned(), values, ty.span)), None),
            TypeKind::Record(fields) => {
                let id = RecordId::new(self.model.records.len());
                self.model.records.push(Record {
                    name: owner.to_owned(),
                    fields: Vec::new(),
                    kind: RecordKind::Declared,
                    span: ty.span,
                });
                self.fields_of(id, fields);
                (Type::Record(id), None)
            }
        }
    }

    fn named_type(&mut self, name: &ast::Name) -> (Type, Option<Quantity>) {
        let plain = match name.text.as_str() {
            "bool" => Some(Type::Bool),
            "integer" => Some(Type::number(NumberKind::Integer)),
            "decimal" => Some(Type::number(NumberKind::Decimal)),
            "date" => Some(Type::Date),
            "text" => Some(Type::Text),
            "region" => Some(Type::Region),
            _ => None,
        };
        // A type or a unit that the policy declares comes before what the language calls so.
        if let Some((symbol, _)) = self.symbols.types.get(&name.text).copied() {
            return match symbol {
                TypeSymbol::Enum(id) => (Type::Enum(id), None),
                TypeSymbol::Record(id) => (Type::Record(id), None),
            };
        }
        if let Some(plain) = plain.filter(|_| !self.units.declared.contains_key(&name.text)) {
            return (plain, None);
        }
        if let Some((dimension, scale)) = self.find_unit(&name.text) {
            let quantity = Quantity { text: name.text.clone(), scale };
            return (Type::Number(dimension, NumberKind::Decimal), Some(quantity));
        }
        if name.text == WEEKDAY_TYPE {
            return (Type::Enum(self.weekdays(name.span)), None);
        }
        if name.text == PERIOD_TYPE {
            return (Type::Record(self.period(name.span)), None);
        }
        if name.text == "duration" {
            self.report(
                Diagnostic::new(Code::E0304, "a duration of what kind?", name.span, "months and days do not compare")
                    .help("write `duration in months`, `duration in years`, `duration in weeks` or `duration in days`"),
            );
            return (Type::Error, None);
        }
        let known: Vec<String> = self.symbols.types.keys().cloned().collect();
        let before = self.diagnostics.len();
        self.unknown("type or unit", name, PLAIN.into_iter().chain(known.iter().map(String::as_str)));
        let meant = match (meant_type(&name.text), self.meant_unit(&name.text)) {
            (Some("EUR"), _) => Some(String::from("write the code of the currency, such as `EUR`")),
            (Some(meant), _) => Some(format!("write `{meant}`")),
            (None, Some(UnitHelp::Write(meant))) => Some(format!("write `{meant}`")),
            (None, Some(UnitHelp::Declare(symbol, size))) => Some(format!("declare it: `unit {symbol} = {size}`")),
            (None, None) => None,
        };
        let is_near = |d: &Diagnostic| d.help.iter().any(|help| help.starts_with("did you mean"));
        if let (Some(meant), Some(last)) = (meant, self.diagnostics.get_mut(before).filter(|d| !is_near(d))) {
            last.help = vec![meant];
        }
        (Type::Error, None)
    }

    fn duration_type(&mut self, unit: &ast::Name) -> (Type, Option<Quantity>) {
        let (kind, scale) = match unit.text.as_str() {
            "months" | "month" => (DurationKind::Months, 1),
            "years" | "year" => (DurationKind::Months, 12),
            "days" | "day" => (DurationKind::Days, 1),
            "weeks" | "week" => (DurationKind::Days, 7),
            _ => {
                self.unknown("unit of time", unit, ["years", "months", "weeks", "days"]);
                return (Type::Error, None);
            }
        };
        let text = if unit.text.ends_with('s') { unit.text.clone() } else { format!("{}s", unit.text) };
        (Type::Duration(kind), Some(Quantity { text, scale: Number::integer(scale) }))
    }

    /// The name of a type in messages.
    pub(super) fn type_name(&self, ty: &Type) -> String {
        match ty {
            Type::Bool => "true or false".into(),
            Type::Number(dimension, kind) => match (self.default_quantity(dimension), kind) {
                (Some(quantity), _) => format!("a quantity in {}", quantity.text),
                (None, NumberKind::Integer) => "a whole number".into(),
                (None, NumberKind::Decimal | NumberKind::Ratio) => "a number".into(),
            },
            Type::Date => "a date".into(),
            Type::Duration(DurationKind::Months) => "a duration in months or years".into(),
            Type::Duration(DurationKind::Days) => "a duration in days".into(),
            Type::Duration(DurationKind::WorkingDays(_)) => "a duration in working days".into(),
            Type::Text => "a text".into(),
            Type::Enum(id) => format!("one of `{}`", self.model.enums.at(*id).name.as_str()),
            Type::Region => "a region".into(),
            Type::Record(id) => match self.model.records.at(*id) {
                Record { kind: RecordKind::Period, .. } => "a period".into(),
                Record { kind: RecordKind::Declared | RecordKind::DatedValue, name, .. } => {
                    format!("a record `{name}`")
                }
            },
            Type::List(inner) if matches!(**inner, Type::Record(id) if self.model.period == Some(id)) => {
                "a list of periods".into()
            }
            Type::List(inner) => match self.model.dated_value(ty) {
                Some(field) => format!("{} over time", self.type_name(&self.model.fields.at(field).datum.ty)),
                None => format!("a list of {}", self.type_name(inner)),
            },
            Type::Error => "something that has an error".into(),
        }
    }

    /// True if a value of type `found` may stand where `wanted` is expected. A definition may hold a ratio, so the
    /// digits of a number matter only where a whole number is wanted.
    pub(super) fn fits(found: &Type, wanted: &Type) -> bool {
        match (found, wanted) {
            (Type::Error, _) | (_, Type::Error) => true,
            (Type::Number(a, found), Type::Number(b, wanted)) => {
                a == b && (*wanted != NumberKind::Integer || *found == NumberKind::Integer)
            }
            (Type::List(a), Type::List(b)) => Self::fits(a, b),
            (a, b) => a == b,
        }
    }

    /// True if the value fits; reports it if not.
    pub(super) fn expect(&mut self, value: &Expr, wanted: &Type, why: &str) -> bool {
        if Self::fits(&value.ty, wanted) {
            return true;
        }
        if let Some(found) = self.meant_value(value, wanted) {
            self.report(found);
            return false;
        }
        let (found, expected) = (self.type_name(&value.ty), self.type_name(wanted));
        let (code, message) = match (&value.ty, wanted) {
            (Type::Number(a, _), Type::Number(b, _)) if a != b => {
                (Code::E0302, format!("{why}: expected {expected}, found {found}"))
            }
            (Type::Duration(_), Type::Duration(_)) => {
                (Code::E0304, format!("{why}: expected {expected}, found {found}"))
            }
            _ => (Code::E0301, format!("{why}: expected {expected}, found {found}")),
        };
        let help = match (&value.ty, wanted) {
            (Type::Number(..), Type::Number(d, NumberKind::Integer)) if d.is_empty() => {
                "round it to a whole number: `round(…, 1)`".to_owned()
            }
            (Type::Number(a, _), Type::Number(b, _)) if a.is_empty() && !b.is_empty() => {
                let unit = self.default_quantity(b).map_or_else(String::new, |q| q.text);
                if matches!(value.kind, ExprKind::Literal(_)) {
                    format!("give the number its unit: `{} {unit}`", self.quote(value.span))
                } else {
                    format!("a plain number times `1 {unit}` is such a quantity")
                }
            }
            (Type::Duration(_), Type::Duration(_)) => {
                "months, days and working days do not compare: choose one of them throughout".to_owned()
            }
            _ => format!("write {expected} here, or change what it is compared or used with"),
        };
        self.report(Diagnostic::new(code, message, value.span, format!("this is {found}")).help(help));
        false
    }

    /// The index of an enum's value.
    pub(super) fn enum_value(&self, id: EnumId, name: &str) -> Option<u32> {
        let values = &self.model.enums.at(id).values;
        values.iter().position(|(value, _)| value == name).and_then(|i| u32::try_from(i).ok())
    }

    /// What a name refers to in an expression.
    pub(super) fn symbol(&self, name: &str) -> Option<Symbol> {
        self.symbols.values.get(name).map(|(symbol, _)| *symbol)
    }
}
