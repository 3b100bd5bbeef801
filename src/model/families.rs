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

impl Item {
    /// The first version of the name of which this is a version; any other item itself.
    #[must_use]
    pub fn first_version(self) -> Self {
        match self {
            Self::Handler(handler) => Self::Handler(HandlerRef { version: 0, ..handler }),
            Self::NormValue(value) => Self::NormValue(NormValueRef { value: 0, ..value }),
            Self::DefinitionVersion(version) => Self::DefinitionVersion(DefinitionRef { version: 0, ..version }),
            Self::ProvisionVersion(version) => Self::ProvisionVersion(ProvisionRef { version: 0, ..version }),
            Self::ExceptionVersion(version) => Self::ExceptionVersion(ExceptionRef { version: 0, ..version }),
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
            | Self::Output(_) => self,
        }
    }
}
