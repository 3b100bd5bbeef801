//! The properties of each form of expression, in one table.
//!
//! Code that needs a property of expressions asks this table, or matches the one form that it handles and has an answer
//! for all others. So a new form is described in [`ExprKind::form`], and elsewhere only code that treats it specially
//! changes.

use super::{Expr, ExprKind, Item, Type};
use crate::ids::LocalId;
use crate::model::Builtin;
use crate::syntax::ast::AggregateFunc;
use crate::value::Value;

/// What an expression reads directly, not through the expressions inside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// Nothing: its value is computed from the expressions inside it.
    Nothing,
    /// A fact, field, assumption, norm or definition.
    Item(Item),
    /// A parameter or loop variable.
    Variable(LocalId),
    /// The governing date or place.
    Context,
}

/// The properties of a form of expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FormProperties {
    reads: Reads,
    /// True if it combines or compares values to a truth value, so that it is a condition in any position.
    tests: bool,
    /// True if it may stand where a constant is expected.
    constant: bool,
}

impl FormProperties {
    /// Computes a value from the expressions inside it.
    const COMPUTES: Self = Self { reads: Reads::Nothing, tests: false, constant: false };
    /// The same, and constant if the expressions inside it are.
    const CONSTANT: Self = Self { constant: true, ..Self::COMPUTES };
    /// Computes a truth value.
    const TESTS: Self = Self { tests: true, ..Self::COMPUTES };

    const fn reads(reads: Reads) -> Self {
        Self { reads, ..Self::COMPUTES }
    }
}

impl ExprKind {
    /// The properties of the form.
    const fn form(&self) -> FormProperties {
        match self {
            Self::Literal(_) | Self::Arith(..) | Self::Neg(_) | Self::Round(..) | Self::List(_) | Self::At(..) => {
                FormProperties::CONSTANT
            }
            Self::Assumption(id) => {
                FormProperties { constant: true, ..FormProperties::reads(Reads::Item(Item::Assumption(*id))) }
            }
            Self::Norm(id) => FormProperties { constant: true, ..FormProperties::reads(Reads::Item(Item::Norm(*id))) },
            Self::Fact(id) => FormProperties::reads(Reads::Item(Item::Fact(*id))),
            Self::Field(_, id) => FormProperties::reads(Reads::Item(Item::Field(*id))),
            Self::Define(id, _) => FormProperties::reads(Reads::Item(Item::Definition(*id))),
            Self::Local(id) => FormProperties::reads(Reads::Variable(*id)),
            Self::GoverningDate | Self::GoverningRegion => FormProperties::reads(Reads::Context),
            Self::Not(_)
            | Self::And(_)
            | Self::Or(_)
            | Self::IsState(..)
            | Self::Compare(..)
            | Self::In(..)
            | Self::InRegions(..) => FormProperties::TESTS,
            Self::Call(
                Builtin::Abs | Builtin::Min | Builtin::Max | Builtin::Quotient | Builtin::Remainder | Builtin::Power,
                _,
            ) => FormProperties { constant: true, ..FormProperties::TESTS },
            Self::Call(..) | Self::Conditional(_) => FormProperties::TESTS,
            Self::Aggregate(aggregate) => match aggregate.func {
                AggregateFunc::Any | AggregateFunc::All => FormProperties::TESTS,
                AggregateFunc::Count
                | AggregateFunc::Sum
                | AggregateFunc::Min
                | AggregateFunc::Max
                | AggregateFunc::First
                | AggregateFunc::List => FormProperties::COMPUTES,
            },
            Self::OverTime(..) | Self::Table(_) | Self::Scale(..) | Self::Record(..) => FormProperties::COMPUTES,
        }
    }
}

/// How a condition combines others.
#[derive(Clone, Copy, Debug)]
pub enum Junction<'e> {
    /// `not`
    Not(&'e Expr),
    /// `and`
    And(&'e [Expr]),
    /// `or`
    Or(&'e [Expr]),
    /// It combines none: a clause, or a constant.
    Single,
}

impl Expr {
    /// What this expression reads directly, not through the expressions inside it.
    #[must_use]
    pub const fn reads(&self) -> Reads {
        self.kind.form().reads
    }

    /// The item that this expression reads directly; `None` if it reads none.
    #[must_use]
    pub const fn names(&self) -> Option<Item> {
        match self.reads() {
            Reads::Item(item) => Some(item),
            Reads::Nothing | Reads::Variable(_) | Reads::Context => None,
        }
    }

    /// True if it is a fact or a field.
    #[must_use]
    pub const fn is_datum(&self) -> bool {
        matches!(self.kind, ExprKind::Fact(_) | ExprKind::Field(..) | ExprKind::OverTime(..))
    }

    /// True if it is a fact, a field or a variable, of which it can be asked whether there is a record.
    #[must_use]
    pub const fn has_state(&self) -> bool {
        self.is_datum() || matches!(self.kind, ExprKind::Local(_))
    }

    /// The value of a literal; `None` for other forms.
    #[must_use]
    pub const fn literal(&self) -> Option<&Value> {
        if let ExprKind::Literal(value) = &self.kind { Some(value) } else { None }
    }

    /// True if it combines or compares values to a truth value, so that it is a condition in any position. A mere name
    /// of a truth value is a condition only where one is expected.
    #[must_use]
    pub fn is_condition(&self) -> bool {
        self.ty == Type::Bool && self.kind.form().tests
    }

    /// True if this form may stand where a constant is expected; the expressions inside it need the same check.
    #[must_use]
    pub const fn is_constant_form(&self) -> bool {
        self.kind.form().constant
    }

    /// True if it reads nothing that can change, so that it always has the same value.
    #[must_use]
    pub fn is_invariable(&self) -> bool {
        let mut invariable = true;
        self.walk(&mut |e| invariable &= e.reads() == Reads::Nothing);
        invariable
    }

    /// How it combines other conditions.
    #[must_use]
    pub fn junction(&self) -> Junction<'_> {
        if let ExprKind::Not(inner) = &self.kind {
            Junction::Not(inner)
        } else if let ExprKind::And(parts) = &self.kind {
            Junction::And(parts)
        } else if let ExprKind::Or(parts) = &self.kind {
            Junction::Or(parts)
        } else {
            Junction::Single
        }
    }

    /// The clauses of a condition: the parts between its `and`s, `or`s and `not`s. An invariable condition has none.
    #[must_use]
    pub fn clauses(&self) -> Vec<&Self> {
        if self.is_invariable() {
            return Vec::new();
        }
        match self.junction() {
            Junction::Not(inner) => inner.clauses(),
            Junction::And(parts) | Junction::Or(parts) => parts.iter().flat_map(Self::clauses).collect(),
            Junction::Single => vec![self],
        }
    }
}
