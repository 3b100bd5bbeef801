//! The versions of a name that can hold on a day in a place, and the higher versions that can silence each.

use super::{Choices, Claim, DateBound, Expr, Handler, Model, NormValue, Precedence, Scope, Versioned, precedence};

/// A version that can hold on a day in a place: its scope covers them.
#[derive(Clone, Debug)]
pub struct Candidate<'m> {
    /// Its index among the versions.
    pub index: usize,
    /// Its cohort: all of these must be true.
    pub cohort: &'m [Expr],
    /// The higher versions that also cover the day and place, each with its index and its cohort. The candidate is
    /// silent if all conditions of one such cohort are true; an empty cohort silences it for everybody.
    pub outranked_by: Vec<(usize, &'m [Expr])>,
}

impl Model {
    /// The versions whose scopes `covers` accepts, in the order given.
    ///
    /// `claims` are the versions of one name, each with its index among all of them.
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
    /// Its scope.
    #[must_use]
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The days from which the item itself says that it holds, without those of its section.
    #[must_use]
    pub fn starts(&self) -> &[DateBound] {
        &self.starts
    }
}

impl<Body> Versioned<Body> {
    /// The claims of several versions, each with its index.
    pub fn claims(versions: &[Self]) -> impl Iterator<Item = (usize, &Claim)> + Clone {
        versions.iter().map(|version| &version.claim).enumerate()
    }
}

impl NormValue {
    /// The value: it reads no facts and no variables.
    #[must_use]
    pub const fn value(&self) -> &Expr {
        &self.value
    }

    /// Its claim.
    #[must_use]
    pub const fn claim(&self) -> &Claim {
        &self.claim
    }
}

impl Handler {
    /// Its claim.
    #[must_use]
    pub const fn claim(&self) -> &Claim {
        &self.claim
    }
}
