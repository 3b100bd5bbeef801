//! Each `all` over a list that may be empty, unless a clause beside it says what holds of none.
//!
//! Comes in: the Model and the texts. Goes out: these aggregates, perhaps one too many: whether the decision turns on an
//! empty list is left to a search, which needs the engine.

use super::beside::rules_out_none;
use super::readings::{ReadingDay, each_given, given_where_it_matters};
use crate::model::*;
use crate::source::Sources;
use crate::syntax::ast::AggregateFunc;

/// Every `all` over a list that may be empty, in the order of the text, with the item that it stands in.
#[must_use]
pub fn doubtful_alls<'m>(model: &'m Model, sources: &Sources) -> Vec<(Item, &'m Expr)> {
    crate::stack::deep(|| found(model, sources))
}

fn found<'m>(model: &'m Model, sources: &Sources) -> Vec<(Item, &'m Expr)> {
    let alike = |a: &Expr, b: &Expr| a == b || sources.slice(a.span) == sources.slice(b.span);
    let mut found: Vec<(Item, &'m Expr)> = Vec::new();
    model.each_item(|item, parts| {
        for (role, expr) in &parts.expressions {
            let mut given = given_where_it_matters(parts, *role, expr);
            each_given(expr, ReadingDay::Governing, &mut given, &mut |expr, _, given| {
                let ExprKind::Aggregate(all) = &expr.kind else { return };
                let may_be_empty = at_least(model, &all.list) == 0 || all.filter.is_some();
                if all.func == AggregateFunc::All && may_be_empty && !rules_out_none(given, all, &alike) {
                    found.push((item, expr));
                }
            });
        }
    });
    found.sort_by_key(|(_, expr)| expr.span);
    // What stands in a scope stands in each item of its section.
    found.dedup_by_key(|(_, expr)| expr.span);
    found
}

/// The least number of elements of a list.
pub(super) fn at_least(model: &Model, list: &Expr) -> u32 {
    if let ExprKind::List(items) = &list.kind {
        return u32::try_from(items.len()).unwrap_or(u32::MAX);
    }
    list.names().and_then(|item| model.datum(item)).map_or(0, |datum| datum.at_least)
}
