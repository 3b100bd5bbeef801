//! What holds of a form of expression whatever stands in it, said once for each form.
//!
//! Who asks about expressions asks here, or picks out the one form that it knows and has an answer for all others. So a new
//! form is described in [`ExprKind::form`], and only what has to do something of its own with it is touched besides.

use super::{Expr, ExprKind, Item, Type};
use crate::ids::LocalId;
use crate::model::Builtin;
use crate::syntax::ast::AggregateFunc;
use crate::value::Value;

/// What an expression reads itself, without what stands inside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// Nothing: its value is made of what stands inside it.
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
    /// Whether it makes a truth of others or of a comparison, so that it is a condition wherever it stands.
    tests: bool,
    /// Whether it may stand where a constant is wanted.
    constant: bool,
}

impl FormProperties {
    /// Gives a value made of what stands inside it.
    const COMPUTES: Self = Self { reads: Reads::Nothing, tests: false, constant: false };
    /// The same, and known before the facts are if what stands inside it is.
    const CONSTANT: Self = Self { constant: true, ..Self::COMPUTES };
    /// Says whether something holds.
    const TESTS: Self = Self { tests: true, ..Self::COMPUTES };

    const fn reads(reads: Reads) -> Self {
        Self { reads, ..Self::COMPUTES }
    }
}

impl ExprKind {
    /// The properties of the form.
    const fn form(&self) -> FormProperties {
        match self {
            Self::Literal(_) | Self::Arith(..) | Self::Neg(_) | Self::Round(..) | Self::List(_) => {
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
            Self::Call(Builtin::Abs | Builtin::Min | Builtin::Max, _) => {
                FormProperties { constant: true, ..FormProperties::TESTS }
            }
            Self::Call(..) => FormProperties::TESTS,
            Self::Aggregate(aggregate) => match aggregate.func {
                AggregateFunc::Any | AggregateFunc::All => FormProperties::TESTS,
                AggregateFunc::Count
                | AggregateFunc::Sum
                | AggregateFunc::Min
                | AggregateFunc::Max
                | AggregateFunc::First
                | AggregateFunc::List => FormProperties::COMPUTES,
            },
            Self::At(..) | Self::Table(_) | Self::Scale(..) => FormProperties::COMPUTES,
        }
    }
}

/// How a condition is made of others.
#[derive(Clone, Copy, Debug)]
pub enum Junction<'e> {
    /// `not`
    Not(&'e Expr),
    /// `and`
    And(&'e [Expr]),
    /// `or`
    Or(&'e [Expr]),
    /// It is not: a clause, or a constant.
    Single,
}

impl Expr {
    /// What this expression reads itself, without what stands inside it.
    #[must_use]
    pub const fn reads(&self) -> Reads {
        self.kind.form().reads
    }

    /// What this expression names itself, without what stands inside it.
    #[must_use]
    pub const fn names(&self) -> Option<Item> {
        match self.reads() {
            Reads::Item(item) => Some(item),
            Reads::Nothing | Reads::Variable(_) | Reads::Context => None,
        }
    }

    /// The value of a literal; `None` if it is none.
    #[must_use]
    pub const fn literal(&self) -> Option<&Value> {
        if let ExprKind::Literal(value) = &self.kind { Some(value) } else { None }
    }

    /// Whether it is true or false and made of others or compares them, so that it is a condition wherever it stands. What
    /// only names a truth value is one where a condition is wanted.
    #[must_use]
    pub fn is_condition(&self) -> bool {
        self.ty == Type::Bool && self.kind.form().tests
    }

    /// Whether this form may stand where a constant is wanted; what stands inside it has to be asked as well.
    #[must_use]
    pub const fn is_constant_form(&self) -> bool {
        self.kind.form().constant
    }

    /// Whether nothing that can change is in it, so that it always has the same value.
    #[must_use]
    pub fn is_invariable(&self) -> bool {
        let mut invariable = true;
        self.walk(&mut |e| invariable &= e.reads() == Reads::Nothing);
        invariable
    }

    /// How it is made of other conditions.
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

    /// The clauses of a condition: what stands between its `and`s, `or`s and `not`s. What never changes is none.
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
