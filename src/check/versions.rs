//! Versions that never hold, and versions that tie.

use super::Checker;
use super::vectors::Vector;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::*;
use std::collections::BTreeSet;

/// The name of the versions, for a message: `` rule `kz.registration` ``.
pub(super) fn in_words(model: &Model, version: Item) -> String {
    match version.as_version() {
        Some(VersionRef::Handler(handler)) => {
            let name = model.owner_name(handler.owner);
            let owner = match handler.owner {
                HandlerOwner::Fact(_) => format!("fact `{name}`"),
                HandlerOwner::Field(_) => format!("field `{name}`"),
                HandlerOwner::Registry(_) => format!("registry `{name}`"),
                HandlerOwner::Policy => String::from("the policy's facts"),
            };
            format!("`if {}` of {owner}", handler.state.keyword())
        }
        Some(VersionRef::Norm(value)) => format!("norm `{}`", model.norms.at(value.norm).name),
        Some(VersionRef::Definition(version)) => {
            format!("definition `{}`", model.definitions.at(version.definition).name)
        }
        Some(VersionRef::Provision(version)) => {
            let provision = model.provisions.at(version.provision);
            format!("{} `{}`", provision.kind.keyword(), provision.name)
        }
        Some(VersionRef::Exception(version)) => format!("exception `{}`", model.exceptions.at(version.exception).name),
        None => {
            if let Item::Output(output) = version {
                format!("output `{}`", model.output(output).name)
            } else {
                String::new()
            }
        }
    }
}

impl Checker<'_> {
    /// Checks the versions of all names under some choices, the defaults first.
    pub(super) fn versions(&mut self, vectors: &[Vector]) {
        let families = self.model.families();
        let mut found = Vec::new();
        let mut seen: BTreeSet<(Code, crate::source::Span, Option<crate::source::Span>)> = BTreeSet::new();
        for (index, vector) in vectors.iter().enumerate() {
            for family in &families {
                if index == 0 {
                    for claim in &family.claims {
                        found.extend(self.never_in_force(family, claim, &vector.choices));
                    }
                }
                for tie in self.ranks(family, &vector.choices, vector.chosen.as_deref()) {
                    // A tie is reported once, under the first choice that has it.
                    if seen.insert((tie.code, tie.primary.span, tie.secondary.first().map(|l| l.span))) {
                        found.push(tie);
                    }
                }
            }
        }
        self.diagnostics.extend(found);
    }

    fn never_in_force(&self, family: &Family<'_>, claim: &Claim, choices: &Choices) -> Option<Diagnostic> {
        let why = if claim.scope().regions().is_some_and(BTreeSet::is_empty) {
            "its regions lie outside those of its policy or amendment"
        } else if claim.scope().period(&self.model, choices).is_empty() {
            "its period lies outside that of its policy or amendment, or ends before it starts"
        } else {
            return None;
        };
        let section = self.model.sections.at(claim.section);
        // If the whole amendment never holds, one report at its header is enough.
        let whole = section.scope().regions().is_some_and(BTreeSet::is_empty)
            || section.scope().period(&self.model, choices).is_empty();
        if whole && claim.section.0 != 0 {
            let policy = self.model.sections.first().map_or(section.span, |s| s.span);
            return Some(
                Diagnostic::new(
                    Code::W0401,
                    format!("the amendment `{}` never holds", section.name),
                    section.span,
                    "its regions or its period lie outside the policy's",
                )
                .also(policy, "the policy holds here and then")
                .help("correct the scope of the amendment or of the policy"),
            );
        }
        let what = in_words(&self.model, family.first);
        Some(
            Diagnostic::new(Code::W0401, format!("this version of {what} never holds"), claim.span, why)
                .also(section.span, "the section that it stands in")
                .help("correct one of the two scopes"),
        )
    }
}
