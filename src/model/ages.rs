//! Which expressions may be an age: a length of time that compares by the day.

use super::{Builtin, Expr, ExprKind, Item, Link, Model, Role, Type};
use crate::ids::{DefinitionId, LocalId};
use crate::syntax::ast::{AggregateFunc, HitPolicy};
use std::collections::BTreeSet;

/// The expressions that can give the value of each definition: those of its cases and of the exceptions to them.
pub(super) fn values_of_definitions(model: &Model) -> Vec<(DefinitionId, Vec<&Expr>)> {
    let own = |_: Item, link: Link, _: Item| matches!(link, Link::Inside | Link::Exception);
    let values = |id| {
        let mut values = Vec::new();
        for item in model.reach([Item::Definition(id)], own) {
            values.extend(model.parts(item).of(Role::Value));
        }
        (id, values)
    };
    model.definitions.ids().map(values).collect()
}

/// The definitions and variables that may hold an age. A fact never does: it is a whole number of months.
#[derive(Default)]
pub(crate) struct Ages {
    definitions: BTreeSet<DefinitionId>,
    /// Parameters that are given an age, and variables of loops over a list of ages.
    locals: BTreeSet<LocalId>,
}

impl Ages {
    pub(crate) fn of(model: &Model) -> Self {
        let mut ages = Self::default();
        let expressions = model.expressions();
        let is_length = |expr: &Expr| matches!(expr.ty, Type::Duration(_) | Type::List(_));
        let excepts = |item: &Item| matches!(item, Item::ExceptionVersion(_));
        let lengths = || expressions.iter().filter(|(_, role, expr)| *role == Role::Value && is_length(expr));
        let values: Vec<(DefinitionId, Vec<&Expr>)> = if lengths().any(|(item, ..)| excepts(item)) {
            values_of_definitions(model)
        } else {
            // Without exceptions the values are those of the cases alone.
            let case = |item: &Item| if let Item::Case(case) = item { Some(case.version.definition) } else { None };
            lengths().filter_map(|(item, _, expr)| Some((case(item)?, vec![*expr]))).collect()
        };
        // Each round follows ages through one more name; there are finitely many.
        loop {
            let before = ages.count();
            for (item, role, expr) in &expressions {
                expr.walk(&mut |e| ages.pass_on(model, e));
                if *role == Role::List && ages.may_be(expr) {
                    ages.locals.extend(model.parts(*item).variable);
                }
            }
            for (id, values) in &values {
                if values.iter().any(|value| ages.may_be(value)) {
                    ages.definitions.insert(*id);
                }
            }
            if ages.count() == before {
                return ages;
            }
        }
    }

    fn count(&self) -> usize {
        self.definitions.len() + self.locals.len()
    }

    /// Marks the variables to which an expression passes an age.
    fn pass_on(&mut self, model: &Model, expr: &Expr) {
        if let ExprKind::Define(id, args) = &expr.kind {
            let given = model.definitions.at(*id).params.iter().zip(args);
            let ages: Vec<LocalId> = given.filter(|(_, arg)| self.may_be(arg)).map(|(param, _)| *param).collect();
            self.locals.extend(ages);
        } else if let ExprKind::Aggregate(aggregate) = &expr.kind
            && self.may_be(&aggregate.list)
        {
            self.locals.insert(aggregate.local);
        }
    }

    /// True if an expression may be an age, or a list of ages.
    pub(crate) fn may_be(&self, expr: &Expr) -> bool {
        let any = |list: &[Expr]| list.iter().any(|e| self.may_be(e));
        let otherwise = |e: &Option<Expr>| e.iter().any(|e| self.may_be(e));
        match &expr.kind {
            ExprKind::Call(Builtin::Age, _) => true,
            ExprKind::Call(Builtin::Min | Builtin::Max, list) | ExprKind::List(list) => any(list),
            ExprKind::Define(id, _) => self.definitions.contains(id),
            ExprKind::Local(id) => self.locals.contains(id),
            ExprKind::At(what, _) => self.may_be(what),
            ExprKind::Conditional(conditional) => {
                self.may_be(&conditional.value) || self.may_be(&conditional.otherwise)
            }
            ExprKind::Aggregate(aggregate) => {
                let carries = match aggregate.func {
                    AggregateFunc::Min | AggregateFunc::Max | AggregateFunc::First | AggregateFunc::List => true,
                    AggregateFunc::Any | AggregateFunc::All | AggregateFunc::Count | AggregateFunc::Sum => false,
                };
                let taken = aggregate.body.as_ref().unwrap_or(&aggregate.list);
                carries && self.may_be(taken) || otherwise(&aggregate.otherwise)
            }
            ExprKind::Table(table) => {
                let carries = match table.hit {
                    HitPolicy::Unique | HitPolicy::First | HitPolicy::Min | HitPolicy::Max | HitPolicy::List => true,
                    HitPolicy::Sum | HitPolicy::Count => false,
                };
                carries && table.rows.iter().any(|row| self.may_be(&row.output)) || otherwise(&table.otherwise)
            }
            // Facts, parts of records and constants are whole months, arithmetic takes whole months, and the others are no lengths of time.
            ExprKind::Fact(_)
            | ExprKind::Field(..)
            | ExprKind::OverTime(..)
            | ExprKind::Record(..)
            | ExprKind::Literal(_)
            | ExprKind::Assumption(_)
            | ExprKind::Norm(_)
            | ExprKind::GoverningDate
            | ExprKind::GoverningRegion
            | ExprKind::Not(_)
            | ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::IsState(..)
            | ExprKind::Compare(..)
            | ExprKind::In(..)
            | ExprKind::InRegions(..)
            | ExprKind::Arith(..)
            | ExprKind::Neg(_)
            | ExprKind::Round(..)
            | ExprKind::Call(..)
            | ExprKind::Scale(..) => false,
        }
    }
}
