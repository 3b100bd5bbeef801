//! The order in which cases are tried: first those whose decisions depend on what an edit changes.
//!
//! Comes in: trials and the policy itself. Goes out: for each trial the places of the policy that its decision depends
//! on, and from them an order of trials for a place. The order changes which case is named as the one that notices a
//! mutant, and how soon; never whether one does.

use super::site::range;
use crate::cases::Trial;
use crate::coverage::Meter;
use ereje::Policy;
use ereje::eval::{CoveragePoint, Subject};
use ereje::model::Model;
use ereje::source::Span;
use rayon::prelude::*;

/// The places that each trial's decision depends on.
pub(super) fn places(policy: &Policy, trials: &[Trial]) -> Vec<Vec<Span>> {
    let meter = Meter::new(policy);
    let points = |trial: &Trial| meter.points(&trial.facts, &trial.options).unwrap_or_default();
    let of = |trial: &Trial| points(trial).iter().filter_map(|point| place(policy.model(), point)).collect();
    trials.par_iter().map(of).collect()
}

/// The place of a coverage point.
fn place(model: &Model, point: &CoveragePoint) -> Option<Span> {
    Some(match point {
        CoveragePoint::Rule(version) | CoveragePoint::Notice(version) => model.provision(*version).claim.span,
        CoveragePoint::Exception(version) => model.exception(*version).claim.span,
        CoveragePoint::Case(case) => match model.case(*case) {
            Some(case) => case.span,
            None => model.definition(case.version).claim.span,
        },
        CoveragePoint::Row(span) | CoveragePoint::Band(span) | CoveragePoint::Clause(span, _) => *span,
        CoveragePoint::Norm(value) => model.norm_value(*value).claim().span,
        CoveragePoint::Handler(handler) => model.handler(*handler).claim().span,
        CoveragePoint::State(Subject::Fact(id), _) => model.facts.at(*id).datum.span,
        CoveragePoint::State(Subject::Field(id), _) => model.fields.at(*id).datum.span,
        CoveragePoint::Verdict(..) => return None,
    })
}

/// The order of the trials for an edit of a place: by the smallest place around or in it that their decision depends
/// on; then those without choices, whose plan already exists.
pub(super) fn order(places: &[Vec<Span>], usual: &[bool], edited: Span) -> Vec<usize> {
    let near = |spans: &Vec<Span>| {
        let overlap = spans.iter().filter(|span| overlap(**span, edited));
        overlap.map(|span| range(*span).len()).min().unwrap_or(usize::MAX)
    };
    let mut order: Vec<(usize, bool, usize)> = Vec::with_capacity(places.len());
    for (index, spans) in places.iter().enumerate() {
        order.push((near(spans), !usual.get(index).copied().unwrap_or(false), index));
    }
    order.sort_unstable();
    order.into_iter().map(|(_, _, index)| index).collect()
}

fn overlap(a: Span, b: Span) -> bool {
    a.file == b.file && a.start <= b.end && b.start <= a.end
}
