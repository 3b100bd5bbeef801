//! Errors among the versions of a name that only the choices cause: ties, and circles of precedence.

use crate::diagnostic::{Code, Diagnostic};
use crate::ids::{DefinitionId, ExceptionId, NormId, ProvisionId};
use crate::model::{
    Choices, Claim, HandlerOwner, HandlerRef, Item, Model, Precedence, ProvisionKind, VersionRef, precedence,
};
use crate::syntax::ast::State;
use crate::value::Period;
use std::collections::BTreeMap;

/// All ties and circles among versions whose periods depend on an assumption. The checker has found those of fixed
/// dates.
pub(crate) fn check(model: &Model, choices: &Choices) -> Vec<Diagnostic> {
    if model.assumptions.is_empty() {
        return Vec::new();
    }
    let mut names: BTreeMap<VersionedName, NameVersions<'_>> = BTreeMap::new();
    model.each_item(|item, parts| {
        let Some(name) = VersionedName::of(model, item) else { return };
        let versions = names.entry(name).or_default();
        versions.claims.extend(parts.claim);
        versions.depend_on_choice |= parts.bounds().next().is_some();
    });
    let depending = names.iter().filter(|(_, versions)| versions.claims.len() > 1 && versions.depend_on_choice);
    depending.flat_map(|(name, versions)| check_name(model, choices, &name.text(model), &versions.claims)).collect()
}

/// The versions of a name.
#[derive(Default)]
struct NameVersions<'m> {
    claims: Vec<&'m Claim>,
    /// True if an assumption bounds the period of one of them.
    depend_on_choice: bool,
}

/// A name that can have several versions, in the order in which the names are checked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum VersionedName {
    Definition(DefinitionId),
    Exception(ExceptionId),
    Rule(ProvisionId),
    Notice(ProvisionId),
    Norm(NormId),
    Handler(HandlerOwner, State),
}

impl VersionedName {
    /// The name of which an item is a version.
    fn of(model: &Model, item: Item) -> Option<Self> {
        Some(match item.as_version()? {
            VersionRef::Definition(version) => Self::Definition(version.definition),
            VersionRef::Exception(version) => Self::Exception(version.exception),
            VersionRef::Provision(version) => match model.provisions.at(version.provision).kind {
                ProvisionKind::Rule => Self::Rule(version.provision),
                ProvisionKind::Notice => Self::Notice(version.provision),
            },
            VersionRef::Norm(value) => Self::Norm(value.norm),
            VersionRef::Handler(HandlerRef { owner, state, version: _ }) => Self::Handler(owner, state),
        })
    }

    /// The name in a message.
    fn text(self, model: &Model) -> String {
        match self {
            Self::Definition(id) => model.definitions.at(id).name.clone(),
            Self::Exception(id) => model.exceptions.at(id).name.clone(),
            Self::Rule(id) | Self::Notice(id) => model.provisions.at(id).name.clone(),
            Self::Norm(id) => model.norms.at(id).name.clone(),
            Self::Handler(owner, state) => {
                let owner = match owner {
                    HandlerOwner::Fact(id) => model.facts.at(id).path(),
                    HandlerOwner::Field(id) => model.fields.at(id).datum.name.clone(),
                    HandlerOwner::Registry(id) => model.registries.at(id).name.clone(),
                    HandlerOwner::Policy => model.owner_name(owner),
                };
                format!("{owner} if {}", state.keyword())
            }
        }
    }
}

fn check_name(model: &Model, choices: &Choices, name: &str, claims: &[&Claim]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut beats: Vec<Vec<usize>> = vec![Vec::new(); claims.len()];
    for (i, j) in meeting(model, choices, claims) {
        let (Some(a), Some(b)) = (claims.get(i), claims.get(j)) else { continue };
        let (winner, loser) = match precedence(model, choices, a, b) {
            Precedence::Apart => continue,
            Precedence::Higher => (i, j),
            Precedence::Lower => (j, i),
            Precedence::Tie(day) => {
                let when = day.map_or_else(String::new, |d| format!(" from {d}"));
                found.push(
                    Diagnostic::new(
                        Code::E0401,
                        format!("two versions of `{name}` with equal claim{when}, under the assumptions chosen"),
                        b.span,
                        "this version and the other one both hold",
                    )
                    .also(a.span, "the other version")
                    .help("choose another value of the assumption that dates them, or let one amendment say `over`"),
                );
                continue;
            }
        };
        if let Some(list) = beats.get_mut(winner) {
            list.push(loser);
        }
    }
    if let Some(claim) = circle(&beats).and_then(|i| claims.get(i)) {
        found.push(
            Diagnostic::new(
                Code::E0407,
                format!("versions of `{name}` outrank one another in a circle, under the assumptions chosen"),
                claim.span,
                "this version is in the circle",
            )
            .help("remove one `over`, or choose another value of the assumption that dates them"),
        );
    }
    found
}

/// Pairs of versions that hold together on some day in some place, in the order of the list. The sweep over the days
/// compares only versions that have not ended: of a thousand versions few hold together.
fn meeting(model: &Model, choices: &Choices, claims: &[&Claim]) -> Vec<(usize, usize)> {
    let periods = claims.iter().map(|claim| claim.scope().period(model, choices)).enumerate();
    let mut starts: Vec<(usize, Period)> = periods.filter(|(_, period)| !period.is_empty()).collect();
    starts.sort_by_key(|(_, period)| period.from);
    let regions = |index: usize| claims.get(index).and_then(|claim| claim.scope().regions());
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    let mut live: Vec<(usize, Period)> = Vec::new();
    for (index, period) in starts {
        live.retain(|(_, other)| !other.and(period).is_empty());
        for (other, _) in &live {
            let apart = regions(index).zip(regions(*other)).is_some_and(|(a, b)| a.is_disjoint(b));
            if !apart {
                pairs.push((index.min(*other), index.max(*other)));
            }
        }
        live.push((index, period));
    }
    pairs.sort_unstable();
    pairs
}

/// A version that outranks itself through others; `None` if there is none.
fn circle(beats: &[Vec<usize>]) -> Option<usize> {
    // Remove versions that nothing outranks, again and again. What is left is in a circle or below one.
    let mut above = vec![0_usize; beats.len()];
    for loser in beats.iter().flatten() {
        if let Some(count) = above.get_mut(*loser) {
            *count += 1;
        }
    }
    let mut free: Vec<usize> = (0..beats.len()).filter(|i| above.get(*i) == Some(&0)).collect();
    let mut taken = 0;
    while let Some(winner) = free.pop() {
        taken += 1;
        for loser in beats.get(winner).into_iter().flatten() {
            if let Some(count) = above.get_mut(*loser) {
                *count -= 1;
                if *count == 0 {
                    free.push(*loser);
                }
            }
        }
    }
    if taken == beats.len() { None } else { above.iter().position(|count| *count > 0) }
}
