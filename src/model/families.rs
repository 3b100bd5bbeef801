//! The versions of each name, which compete for rank.

use super::{Claim, HandlerRef, Item, Model};
use crate::ids::*;

/// The versions of one name, in their order.
#[derive(Clone, Debug)]
pub struct Family<'m> {
    /// The first version.
    pub first: Item,
    /// The claim of each version.
    pub claims: Vec<&'m Claim>,
}

impl Model {
    /// Every name that has versions, with the claims of all its versions.
    #[must_use]
    pub fn families(&self) -> Vec<Family<'_>> {
        let mut families: Vec<Family<'_>> = Vec::new();
        self.each_item(|item, parts| {
            let Some(claim) = parts.claim else { return };
            // Versions of one name follow one another.
            match families.last_mut() {
                Some(family) if family.first == item.first_version() => family.claims.push(claim),
                Some(_) | None => families.push(Family { first: item, claims: vec![claim] }),
            }
        });
        families
    }
}

/// A version of a name: one of the texts of which each holds by its own right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersionRef {
    /// Of a rule or a notice.
    Provision(ProvisionRef),
    /// Of an exception.
    Exception(ExceptionRef),
    /// Of a definition.
    Definition(DefinitionRef),
    /// Of a norm.
    Norm(NormValueRef),
    /// Of what a silence means.
    Handler(HandlerRef),
}

impl VersionRef {
    /// The first version of the same name.
    const fn first(self) -> Item {
        match self {
            Self::Provision(version) => Item::ProvisionVersion(ProvisionRef { version: 0, ..version }),
            Self::Exception(version) => Item::ExceptionVersion(ExceptionRef { version: 0, ..version }),
            Self::Definition(version) => Item::DefinitionVersion(DefinitionRef { version: 0, ..version }),
            Self::Norm(value) => Item::NormValue(NormValueRef { value: 0, ..value }),
            Self::Handler(handler) => Item::Handler(HandlerRef { version: 0, ..handler }),
        }
    }
}

impl Item {
    /// The version that this is; `None` if it is no version of a name. A bound of a norm holds beside all others, and a case
    /// belongs to a version.
    #[must_use]
    pub const fn as_version(self) -> Option<VersionRef> {
        match self {
            Self::ProvisionVersion(version) => Some(VersionRef::Provision(version)),
            Self::ExceptionVersion(version) => Some(VersionRef::Exception(version)),
            Self::DefinitionVersion(version) => Some(VersionRef::Definition(version)),
            Self::NormValue(value) => Some(VersionRef::Norm(value)),
            Self::Handler(handler) => Some(VersionRef::Handler(handler)),
            Self::Section(_)
            | Self::AsOf
            | Self::Source(_)
            | Self::Registry(_)
            | Self::Record(_)
            | Self::Field(_)
            | Self::Fact(_)
            | Self::Assumption(_)
            | Self::Norm(_)
            | Self::NormLimit(_)
            | Self::Definition(_)
            | Self::Case(_)
            | Self::Provision(_)
            | Self::Exception(_)
            | Self::Reason(_)
            | Self::Decision(_)
            | Self::Outcome(_)
            | Self::Output(_) => None,
        }
    }

    /// The first version of the name that this is a version of; anything else is itself.
    #[must_use]
    pub const fn first_version(self) -> Self {
        match self.as_version() {
            Some(version) => version.first(),
            None => self,
        }
    }
}
