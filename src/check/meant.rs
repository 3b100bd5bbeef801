//! Values of the wrong type that say what was meant: a name that something else hides, a value in quotes, an enum that
//! is declared twice.

use super::{Checker, Symbol};
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::*;
use crate::model::*;
use crate::source::Span;
use crate::syntax::ast;
use crate::value::{Number, Value, respelt_date, respelt_number};

impl Checker<'_> {
    /// True if an amendment declares this name, and the name is read outside that amendment. There it hides no value of
    /// an enum and no variable, so that an amendment breaks no text that was there before.
    pub(super) fn is_foreign(&self, name: &ast::Name) -> bool {
        let Some((_, declared)) = self.symbols.values.get(&name.text) else { return false };
        let section = self.section_at(*declared);
        section != SectionId(0) && section != self.section_at(name.span)
    }

    /// What a name is here: a fact, a variable; `None` if it is nothing.
    pub(super) fn named(&self, name: &ast::Name) -> Option<&'static str> {
        if self.locals.iter().any(|(local, _)| *local == name.text) {
            return Some("a variable");
        }
        self.symbol(&name.text).map(|symbol| match symbol {
            Symbol::Group => "a group of facts",
            Symbol::Results => "a table with several results",
            Symbol::Fact(_) => "a fact",
            Symbol::Definition(_) => "a definition",
            Symbol::Norm(_) => "a norm",
            Symbol::Assumption(_) => "an assumption",
            Symbol::Enum(_) => "an enum",
        })
    }

    /// The error for `subject is NAME` where the name is that of something with a value.
    pub(super) fn compared(&self, subject: &Expr, name: &ast::Name) -> Option<Diagnostic> {
        let what = self.named(name).filter(|what| !matches!(*what, "a group of facts" | "an enum"))?;
        let owner = if let Type::Enum(id) = &subject.ty
            && self.is_named(*id)
        {
            format!("a value of `{}`", self.model.enums.at(*id).name)
        } else if subject.ty == Type::Region {
            String::from("a region")
        } else {
            String::from("one of its values")
        };
        let between = Span { start: subject.span.end, end: name.span.start.max(subject.span.end), ..name.span };
        let negated = self.sources.slice(between).split_whitespace().any(|word| word == "not");
        let sign = if negated { "!=" } else { "=" };
        let message = format!("after `is` stands {owner}; `{}` is {what}", name.text);
        let found = Diagnostic::new(Code::E0310, message, name.span, "not the name of a value");
        Some(found.help(format!("write `{} {sign} {}`", self.quote(subject.span), name.text)))
    }

    /// True if an enum is declared by a name, which can be written before its values.
    pub(super) fn is_named(&self, id: EnumId) -> bool {
        matches!(self.symbol(&self.model.enums.at(id).name), Some(Symbol::Enum(named)) if named == id)
    }

    /// The error for a value of the wrong type, if what was meant is clear; `None` if it is not.
    pub(super) fn meant_value(&self, value: &Expr, wanted: &Type) -> Option<Diagnostic> {
        self.hidden_value(value, wanted)
            .or_else(|| self.quoted_value(value, wanted))
            .or_else(|| self.two_enums(value, wanted))
    }

    /// A name that is also that of a value of the wanted enum.
    fn hidden_value(&self, value: &Expr, wanted: &Type) -> Option<Diagnostic> {
        let name = ast::Name { text: self.sources.slice(value.span).to_owned(), span: value.span };
        let what = self.named(&name)?;
        let (owner, help) = match wanted {
            Type::Enum(id) => {
                self.enum_value(*id, &name.text)?;
                let owner = &self.model.enums.at(*id).name;
                if self.is_named(*id) {
                    (format!("the value of `{owner}`"), format!("write `{owner}.{}` for the value", name.text))
                } else {
                    let help = format!(
                        "write `… is {}` for the value, or declare `enum NAME {{ … }}` and write `NAME.{}`",
                        name.text, name.text
                    );
                    (format!("the value of `{owner}`"), help)
                }
            }
            Type::Region => {
                self.symbols.regions.get(&name.text)?;
                (String::from("the region"), format!("write `… is {}` for the region", name.text))
            }
            Type::Bool
            | Type::Number(..)
            | Type::Date
            | Type::Duration(_)
            | Type::Text
            | Type::Record(_)
            | Type::List(_)
            | Type::Error => return None,
        };
        let message = format!("`{}` is {what} here, not {owner}", name.text);
        Some(Diagnostic::new(Code::E0301, message, value.span, "the name is read first").help(help))
    }

    /// A value in quotes that stands without them.
    fn quoted_value(&self, value: &Expr, wanted: &Type) -> Option<Diagnostic> {
        let Some(Value::Text(text)) = value.literal() else { return None };
        let text: &str = text;
        let (what, meant) = match wanted {
            Type::Date => {
                let shaped = text.parse::<chrono::NaiveDate>().is_ok() && text.len() == 10;
                let meant = if shaped { text.to_owned() } else { respelt_date(text)?.written };
                ("a date", meant)
            }
            Type::Number(dimension, _) => {
                let plain = if Number::parse(text).is_ok() { text.to_owned() } else { respelt_number(text)?.written };
                let unit = self.default_quantity(dimension).map_or_else(String::new, |q| format!(" {}", q.text));
                ("a number", format!("{plain}{unit}"))
            }
            Type::Bool => {
                let truth = matches!(text, "true" | "false").then(|| text.to_owned())?;
                ("`true` or `false`", truth)
            }
            Type::Enum(id) => {
                self.enum_value(*id, text)?;
                ("a value of an enum", text.to_owned())
            }
            Type::Region => {
                self.symbols.regions.get(text)?;
                ("a region", text.to_owned())
            }
            Type::Duration(_) | Type::Text | Type::Record(_) | Type::List(_) | Type::Error => return None,
        };
        let message = format!("{what} stands without quotes");
        Some(Diagnostic::new(Code::E0301, message, value.span, "this is a text").help(format!("write `{meant}`")))
    }

    /// Two enums without a name: each list in braces is an enum of its own.
    fn two_enums(&self, value: &Expr, wanted: &Type) -> Option<Diagnostic> {
        let (mut a, mut b) = (&value.ty, wanted);
        while let (Type::List(inner), Type::List(other)) = (a, b) {
            (a, b) = (inner, other);
        }
        let (Type::Enum(a), Type::Enum(b)) = (a, b) else { return None };
        if a == b || (self.is_named(*a) && self.is_named(*b)) {
            return None;
        }
        let (found, other) = (self.model.enums.at(*a), self.model.enums.at(*b));
        let shared: Vec<&str> = found.values.iter().map(|(name, _)| name.as_str()).collect();
        let alike =
            shared.len() == other.values.len() && other.values.iter().all(|(v, _)| shared.contains(&v.as_str()));
        let message = if alike {
            "each list in braces is an enum of its own, even with the same values"
        } else {
            "these are values of two enums"
        };
        let found = Diagnostic::new(Code::E0301, message, value.span, "a value of one of them")
            .also(found.span, "one is declared here")
            .also(other.span, "the other here");
        Some(if alike {
            found.help(format!(
                "declare it once, `enum NAME {{ {} }}`, and write `NAME` in both places",
                shared.join(", ")
            ))
        } else {
            found.help("compare values of one enum, declared once by `enum NAME { … }`")
        })
    }
}
