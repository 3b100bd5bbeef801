//! What an expression leaves unknown where a fact is silent: every fact, field and element that it reads, with the states
//! that are not ruled out beside it.

use super::answers::{HoldsFor, holds_for, is_of_policy};
use super::beside::rules_out;
use super::readings::{ReadingDay, each_given, given_where_it_matters};
use crate::ids::*;
use crate::model::*;
use crate::syntax::ast::{AggregateFunc, CompareOp, State};
use crate::value::Value;
use std::collections::BTreeSet;

/// Something that can be silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Silent {
    /// A fact or a field.
    pub datum: Item,
    /// True for an element of the list that the datum is.
    pub element: bool,
}

/// What an expression reads directly.
#[derive(Clone, Default)]
pub(super) struct UnguardedReads {
    /// What can be silent, each with a state in which it leaves the expression unknown.
    pub(super) silent: BTreeSet<(Silent, State)>,
    pub(super) definitions: Vec<DefinitionId>,
}

/// What an item reads in its own expressions, with the states that leave an expression unknown.
pub(super) fn reads<'m>(model: &'m Model, item: Item, parts: &Parts<'m>) -> UnguardedReads {
    let mut found = UnguardedReads::default();
    let choices = Choices::defaults(model);
    // What never holds under the default choices reads nothing. A cohort has a say in whether another version holds.
    let beside_cohort = || parts.conditions().filter(|(role, ..)| *role != Role::Cohort);
    let never = beside_cohort().any(|(_, expr, wanted)| truth(model, &choices, expr) == Some(!wanted));
    let may_be_known = |silent: &Silent| may_be_known(model, silent.datum);
    let excluded = if let Item::Case(case) = item { other_cases(model, case) } else { Vec::new() };
    for (role, expr) in parts.expressions.iter().filter(|(role, _)| !role.is_words()) {
        if *role == Role::Cohort && item != Item::Section(SectionId(0)) && is_of_policy(model, expr) {
            continue;
        }
        // A list is gone through before the conditions.
        if never && !matches!(role, Role::Cohort | Role::List) {
            continue;
        }
        let mut settled: BTreeSet<*const Expr> = BTreeSet::new();
        let mut given = given_where_it_matters(parts, *role, expr);
        if *role != Role::Cohort {
            given.extend(excluded.iter().map(|condition| (*condition, false)));
        }
        // A state test is decided by the state that it tests. Only `is absent` of an unavailable fact stays unknown.
        let mut tested: BTreeSet<*const Expr> = BTreeSet::new();
        // Of a list that is only counted, no element is read.
        let mut counted: BTreeSet<*const Expr> = BTreeSet::new();
        // All values of a fact over time are read as the one that holds.
        let mut values: BTreeSet<*const Expr> = BTreeSet::new();
        each_given(expr, ReadingDay::Governing, &mut given, &mut |expr, _, given| {
            let place = std::ptr::from_ref(expr);
            if settled.contains(&place) || truth(model, &choices, expr).is_some() {
                expr.each_child(&mut |child| _ = settled.insert(std::ptr::from_ref(child)));
                return;
            }
            if values.contains(&place) {
                return;
            }
            if let ExprKind::OverTime(list, _) = &expr.kind {
                values.insert(std::ptr::from_ref(list.as_ref()));
            }
            if let ExprKind::IsState(inner, state) = &expr.kind {
                tested.insert(std::ptr::from_ref(inner.as_ref()));
                let unknown = *state == State::Absent && !rules_out(given, inner, State::Unavailable);
                found.silent.extend(datum(inner).filter(|_| unknown).map(|silent| (silent, State::Unavailable)));
                found.silent.extend(datum(inner).filter(may_be_known).map(|silent| (silent, State::Absent)));
            } else if let ExprKind::Call(Builtin::SameRecord(record), _) = &expr.kind {
                for field in model.compared_fields(*record) {
                    let silent = Silent { datum: Item::Field(field), element: false };
                    found.silent.extend([State::Absent, State::Unavailable].map(|state| (silent, state)));
                }
            } else if let ExprKind::Define(id, _) = &expr.kind {
                found.definitions.push(*id);
            } else if let ExprKind::Aggregate(aggregate) = &expr.kind {
                if aggregate.func == AggregateFunc::Count && aggregate.filter.is_none() {
                    counted.insert(std::ptr::from_ref(&aggregate.list));
                }
            } else if let Some(silent) = datum(expr) {
                for state in [State::Absent, State::Unavailable] {
                    let tells = state != State::Absent || !may_be_known(&silent);
                    let decided = tested.contains(&place) || (tells && rules_out(given, expr, state));
                    if !decided {
                        found.silent.insert((silent, state));
                    }
                    let is_list = !matches!(expr.kind, ExprKind::OverTime(..)) && is_list(model, silent.datum);
                    if is_list && !counted.contains(&place) {
                        found.silent.insert((Silent { element: true, ..silent }, state));
                    }
                }
            }
        });
    }
    found
}

/// True if nobody may know whether an absent fact has a value: for whom `if absent means` holds is known by facts. Then a
/// test of its state is not known either.
fn may_be_known(model: &Model, datum: Item) -> bool {
    let handlers = model.parts(datum).inside.into_iter().filter(|item| matches!(item, Item::Handler(_)));
    let mut values = handlers.map(|handler| model.parts(handler)).filter(|parts| parts.one(Role::Default).is_some());
    values.any(|parts| holds_for(model, &parts) == HoldsFor::Unknown)
}

/// The conditions of the other cases beside an `otherwise`, each of which is false where it applies.
fn other_cases(model: &Model, case: CaseRef) -> Vec<&Expr> {
    if model.case(case).is_none_or(|case| !case.otherwise) {
        return Vec::new();
    }
    let Parts { inside: others, scope: own, .. } = model.parts(Item::DefinitionVersion(case.version));
    let others = others.into_iter().filter(|other| *other != Item::Case(case)).map(|other| model.parts(other));
    // Only of one that has nothing but a condition it is known that this is what does not hold.
    let choices = Choices::defaults(model);
    let reach = |scope: &Scope| (scope.regions().cloned(), scope.period(model, &choices));
    let alone = others.filter(|other| other.scope.map(reach) == own.map(reach)).filter_map(|other| {
        match other.expressions.as_slice() {
            [(Role::Condition, condition), (Role::Value, _)] | [(Role::Value, _), (Role::Condition, condition)] => {
                Some(*condition)
            }
            _ => None,
        }
    });
    alone.collect()
}

/// The truth of a condition under some choices, whatever the facts are; `None` if they may have a say.
fn truth(model: &Model, choices: &Choices, expr: &Expr) -> Option<bool> {
    match expr.junction() {
        Junction::Not(inner) => truth(model, choices, inner).map(|known| !known),
        Junction::And(parts) => all(parts, true, |part| truth(model, choices, part)),
        Junction::Or(parts) => all(parts, false, |part| truth(model, choices, part)),
        Junction::Single => {
            let value = |expr: &Expr| chosen(model, choices, expr);
            if let ExprKind::Compare(op @ (CompareOp::Eq | CompareOp::Ne), left, right) = &expr.kind {
                Some((value(left)? == value(right)?) == (*op == CompareOp::Eq))
            } else if let ExprKind::In(of, list) = &expr.kind {
                let of = value(of)?;
                let list = list.iter().map(value).collect::<Option<Vec<Value>>>()?;
                Some(list.contains(&of))
            } else if let Some(Value::Bool(known)) = value(expr) {
                Some(known)
            } else {
                None
            }
        }
    }
}

/// The truth of a junction whose parts all have to be `wanted` for it to be so.
fn all(parts: &[Expr], wanted: bool, truth: impl Fn(&Expr) -> Option<bool>) -> Option<bool> {
    let mut known = Some(wanted);
    for part in parts {
        match truth(part) {
            Some(part) if part != wanted => return Some(!wanted),
            Some(_) => {}
            None => known = None,
        }
    }
    known
}

/// A literal, or the choice for an assumption.
fn chosen(model: &Model, choices: &Choices, expr: &Expr) -> Option<Value> {
    if let ExprKind::Assumption(id) = expr.kind { choices.value(model, id).cloned() } else { expr.literal().cloned() }
}

/// The fact or field that an expression reads.
fn datum(expr: &Expr) -> Option<Silent> {
    let is = |item: &Item| matches!(item, Item::Fact(_) | Item::Field(_));
    let expr = if let ExprKind::OverTime(list, _) = &expr.kind { list } else { expr };
    expr.names().filter(is).map(|datum| Silent { datum, element: false })
}

fn is_list(model: &Model, datum: Item) -> bool {
    model.datum(datum).is_some_and(|datum| matches!(datum.ty, Type::List(_)))
}
