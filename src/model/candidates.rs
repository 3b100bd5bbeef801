//! Which versions of one name can hold at a point of days and regions, and which higher ones can keep each silent.

use super::{Choices, Claim, Expr, Handler, Model, NormValue, Precedence, Scope, Versioned, precedence};

/// A version that can hold at a point: its days and regions cover it.
#[derive(Clone, Debug)]
pub struct Candidate<'m> {
    /// Its place among the versions.
    pub index: usize,
    /// For whom it holds: all of these must be true.
    pub cohort: &'m [Expr],
    /// The higher versions that cover the point as well, each with its place and its cohort. The candidate is silent
    /// where all of one such cohort is true, so an empty cohort keeps it silent for everybody.
    pub outranked_by: Vec<(usize, &'m [Expr])>,
}

impl Model {
    /// The versions that can hold where `covers` says that a scope does, in the order given.
    ///
    /// `claims` are the versions of one name, each with its place among them all.
    pub fn candidates<'m>(
        &self,
        choices: &Choices,
        claims: impl IntoIterator<Item = (usize, &'m Claim)>,
        covers: impl Fn(&Scope) -> bool,
    ) -> Vec<Candidate<'m>> {
        let here: Vec<(usize, &'m Claim)> = claims.into_iter().filter(|(_, claim)| covers(&claim.scope)).collect();
        let candidate = |(index, claim): &(usize, &'m Claim)| {
            let higher = here.iter().filter(|(other, higher)| {
                other != index && precedence(self, choices, higher, claim) == Precedence::Higher
            });
            Candidate {
                index: *index,
                cohort: &claim.scope.cohort,
                outranked_by: higher.map(|(other, higher)| (*other, higher.scope.cohort.as_slice())).collect(),
            }
        };
        here.iter().map(candidate).collect()
    }
}

impl Claim {
    /// Where, when and for whom it holds.
    #[must_use]
    pub fn scope(&self) -> &Scope {
        &self.scope
    }
}

impl<Body> Versioned<Body> {
    /// By what right each of several versions holds, with its place among them.
    pub fn claims(versions: &[Self]) -> impl Iterator<Item = (usize, &Claim)> + Clone {
        versions.iter().map(|version| &version.claim).enumerate()
    }
}

impl NormValue {
    /// The value: no facts and no variables in it.
    #[must_use]
    pub const fn value(&self) -> &Expr {
        &self.value
    }

    /// By what right it holds.
    #[must_use]
    pub const fn claim(&self) -> &Claim {
        &self.claim
    }
}

impl Handler {
    /// By what right it holds.
    #[must_use]
    pub const fn claim(&self) -> &Claim {
        &self.claim
    }
}
