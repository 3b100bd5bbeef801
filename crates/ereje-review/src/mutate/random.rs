//! Large random edits. They try cases with other wrong laws than the small ones, which the cases may have been written
//! for.
//!
//! Comes in: the sites, the number of edits, a seed. Goes out: that many edits, the same ones for the same seed.

use super::dice::Dice;
use super::digits;
use super::site::{Operator, Site, SiteKind, Splice, range};
use super::small::{Mutation, Mutator};
use chrono::{Days, Months, NaiveDate};
use ereje::source::Span;
use ereje::syntax::ast::{ArithOp, CompareOp};
use ereje::value::within_years;

/// The most attempts for each edit that is asked for.
const TRIES: usize = 200;

/// At most `count` edits that `fits` accepts.
pub(super) fn edits<'s>(
    mutator: &Mutator<'_>,
    sites: &'s [Site],
    count: usize,
    seed: u64,
    mut fits: impl FnMut(&[Splice]) -> bool,
) -> Vec<(&'s Site, Mutation)> {
    let mut dice = Dice::of(seed);
    let mut found: Vec<(&Site, Mutation)> = Vec::new();
    for _ in 0..count.saturating_mul(TRIES) {
        if found.len() >= count {
            break;
        }
        let Some(site) = dice.one_of(sites) else { break };
        let mutation = match dice.below(4) {
            0 => two(mutator, site, sites, &mut dice),
            _ => large(mutator, site, &mut dice),
        };
        let Some(mut mutation) = mutation else { continue };
        mutation.splices.sort();
        let known = found.iter().any(|(_, other)| other.splices == mutation.splices);
        if !known && fits(&mutation.splices) {
            found.push((site, mutation));
        }
    }
    found
}

/// Two small edits at once.
fn two(mutator: &Mutator<'_>, first: &Site, sites: &[Site], dice: &mut Dice) -> Option<Mutation> {
    let second = dice.one_of(sites)?;
    let (edits, others) = (mutator.mutations(first), mutator.mutations(second));
    let (one, other) = (dice.one_of(&edits)?, dice.one_of(&others)?);
    let splices: Vec<Splice> = one.splices.iter().chain(&other.splices).cloned().collect();
    let apart = |a: &Splice, b: &Splice| {
        a.span.file != b.span.file || range(a.span).end < range(b.span).start || range(b.span).end < range(a.span).start
    };
    let clear = one.splices.iter().all(|a| other.splices.iter().all(|b| apart(a, b)));
    let says = format!("{}, and in {} {}", one.says, second.item, other.says);
    clear.then_some(Mutation { operator: Operator::Random, splices, says })
}

/// One large edit of a site, if there is one.
fn large(mutator: &Mutator<'_>, site: &Site, dice: &mut Dice) -> Option<Mutation> {
    let (names, around) = (mutator.names, site.around);
    let (place, with): (Span, String) = match &site.kind {
        SiteKind::Number { digits, .. } => {
            let by = if dice.below(2) == 0 { 10 + dice.below(80) } else { 120 + dice.below(900) };
            (*digits, digits::scaled(mutator.text(*digits), i128::try_from(by).ok()?)?)
        }
        SiteKind::Date(date, place) => (*place, far(*date, dice)?.to_string()),
        SiteKind::Value(name, place) => (*place, dice.one_of(&names.other_values(name))?.clone()),
        SiteKind::Path(path, place) => {
            let facts = names.other_facts(path);
            match dice.one_of(&facts) {
                Some(other) => (*place, other.clone()),
                None => {
                    // A field of a loop's variable or of a parameter.
                    let (owner, field) = path.rsplit_once('.')?;
                    (*place, format!("{owner}.{}", dice.one_of(&names.other_fields(field))?))
                }
            }
        }
        SiteKind::Set(values) | SiteKind::Regions(values) => {
            let (name, place) = dice.one_of(values)?;
            let mut others = names.other_values(name);
            others.retain(|other| !values.iter().any(|(known, _)| known == other));
            (*place, dice.one_of(&others)?.clone())
        }
        SiteKind::Compare { op, sign, sides: Some((left, right)) } if dice.below(2) == 0 => {
            let text = format!("{} {} {}", mutator.text(*right), mutator.text(*sign), mutator.text(*left));
            let turned = !matches!(op, CompareOp::Eq | CompareOp::Ne);
            turned.then_some((left.to(*right), text))?
        }
        SiteKind::Compare { op, sign, .. } => {
            use CompareOp::{Eq, Ge, Gt, Le, Lt, Ne};
            let others: Vec<CompareOp> = [Eq, Ne, Lt, Le, Gt, Ge].into_iter().filter(|other| other != op).collect();
            (*sign, dice.one_of(&others)?.sign().to_owned())
        }
        SiteKind::Arith { op, sides: (left, right), sign } => {
            // The sides of a sum or a product can be exchanged without effect.
            let turns = matches!(op, ArithOp::Sub | ArithOp::Div);
            if turns && dice.below(2) == 0 {
                (left.to(*right), format!("{} {} {}", mutator.text(*right), mutator.text(*sign), mutator.text(*left)))
            } else {
                (*sign, (*dice.one_of(&["+", "-", "*", "/"])?).to_owned())
            }
        }
        SiteKind::Junction { span, .. } => (*span, format!("not ({})", mutator.text(*span))),
        SiteKind::Swap { operator: Operator::Outcome, span, .. } => {
            (*span, dice.one_of(&names.other_outcomes(mutator.text(*span)))?.clone())
        }
        SiteKind::Swap { operator: Operator::Reason, span, .. } => {
            (*span, dice.one_of(&names.other_reasons(mutator.text(*span)))?.clone())
        }
        SiteKind::Condition(place) => (*place, (*dice.one_of(&["true", "false"])?).to_owned()),
        SiteKind::Bool(..)
        | SiteKind::Text(_)
        | SiteKind::Test { .. }
        | SiteKind::Not { .. }
        | SiteKind::Order { .. }
        | SiteKind::Default { .. }
        | SiteKind::Swap { .. }
        | SiteKind::Silence { .. }
        | SiteKind::Drop { .. } => return None,
    };
    if mutator.text(place) == with {
        return None;
    }
    Some(mutator.becomes(Operator::Random, place, &with, around))
}

/// A date some days or months away.
fn far(date: NaiveDate, dice: &mut Dice) -> Option<NaiveDate> {
    let later = dice.below(2) == 0;
    let there = if dice.below(2) == 0 {
        let days = Days::new(u64::try_from(2 + dice.below(60)).ok()?);
        if later { date.checked_add_days(days) } else { date.checked_sub_days(days) }
    } else {
        let months = Months::new(u32::try_from(1 + dice.below(18)).ok()?);
        if later { date.checked_add_months(months) } else { date.checked_sub_months(months) }
    };
    there.and_then(within_years)
}
