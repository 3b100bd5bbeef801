//! Versions: the families of claims to one name, those that never hold, and the choices under which to look.

use super::Checker;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::*;
use std::collections::BTreeSet;

/// The versions of one name.
pub(super) struct Family<'m> {
    pub(super) what: String,
    pub(super) claims: Vec<&'m Claim>,
}

pub(super) fn families<'m>(model: &'m Model) -> Vec<Family<'m>> {
    let mut all = Vec::new();
    let provisions = |kind: ProvisionKind, all: &mut Vec<Family<'m>>| {
        for (_, provision) in model.provisions_of(kind) {
            let claims = provision.versions.iter().map(|v| &v.claim).collect();
            all.push(Family { what: format!("{} `{}`", kind.keyword(), provision.name), claims });
        }
    };
    provisions(ProvisionKind::Rule, &mut all);
    for exception in &model.exceptions {
        let claims = exception.versions.iter().map(|v| &v.claim).collect();
        all.push(Family { what: format!("exception `{}`", exception.name), claims });
    }
    provisions(ProvisionKind::Notice, &mut all);
    for definition in &model.definitions {
        let claims = definition.versions.iter().map(|v| &v.claim).collect();
        all.push(Family { what: format!("definition `{}`", definition.name), claims });
    }
    for norm in &model.norms {
        let claims = norm.values.iter().map(|v| &v.claim).collect();
        all.push(Family { what: format!("norm `{}`", norm.name), claims });
    }
    let facts = model.facts.iter().map(|f| (format!("fact `{}`", f.path()), &f.datum.handlers));
    let fields = model.fields.iter().map(|f| {
        let record = model.records.get(f.record.index()).map_or("", |r| r.name.as_str());
        (format!("field `{record}.{}`", f.datum.name), &f.datum.handlers)
    });
    let registries = model.registries.iter().map(|r| (format!("registry `{}`", r.name), &r.handlers));
    for (what, handlers) in facts.chain(fields).chain(registries) {
        for (state, list) in [("absent", &handlers.absent), ("unavailable", &handlers.unavailable)] {
            let claims = list.iter().map(|h| &h.claim).collect();
            all.push(Family { what: format!("`if {state}` of {what}"), claims });
        }
    }
    all.retain(|f| !f.claims.is_empty());
    all
}

/// Every scope that can matter on the grid: of sections, claims and cases.
pub(super) fn scopes(model: &Model) -> Vec<&Scope> {
    let mut all: Vec<&Scope> = model.sections.iter().map(|s| &s.scope).collect();
    all.extend(families(model).into_iter().flat_map(|f| f.claims).map(|c| &c.scope));
    for version in model.definitions.iter().flat_map(|d| &d.versions) {
        if let DefinitionBody::Cases(cases) = &version.body {
            all.extend(cases.iter().map(|c| &c.scope));
        }
    }
    for norm in &model.norms {
        all.extend(norm.limits.iter().map(|limit| &limit.claim.scope));
    }
    all
}

/// Choices to look at, and what is chosen where it is not the default.
pub(super) struct Vector {
    pub(super) choices: Choices,
    pub(super) chosen: Option<String>,
}

impl Checker<'_> {
    /// Every claim with the name of its family.
    pub(super) fn all_claims(&self) -> Vec<(&Claim, String)> {
        families(&self.model).into_iter().flat_map(|f| f.claims.into_iter().map(move |c| (c, f.what.clone()))).collect()
    }

    /// The choices to look at: the defaults, and each single other choice of a date that bounds a period.
    pub(super) fn choice_vectors(&self) -> Vec<Vector> {
        let mut bounding = BTreeSet::new();
        for scope in scopes(&self.model) {
            for bound in scope.from.iter().chain(&scope.through) {
                if let DateBound::Assumption(id) = bound {
                    bounding.insert(*id);
                }
            }
        }
        let defaults = Choices::defaults(&self.model);
        let mut all = vec![Vector { choices: defaults.clone(), chosen: None }];
        for id in bounding {
            let Some(assumption) = self.model.assumptions.get(id.index()) else { continue };
            for (index, choice) in assumption.choices.iter().enumerate() {
                let Ok(index) = u32::try_from(index) else { continue };
                let crate::value::Value::Date(day) = choice else { continue };
                if index != defaults.index(id) {
                    let chosen = Some(format!("`{}` is {day}", assumption.name));
                    all.push(Vector { choices: defaults.with(id, index), chosen });
                }
            }
        }
        all
    }

    pub(super) fn versions(&mut self) {
        let vectors = self.choice_vectors();
        let families = families(&self.model);
        let mut found = Vec::new();
        let mut seen: BTreeSet<(Code, crate::source::Span, Option<crate::source::Span>)> = BTreeSet::new();
        for (index, vector) in vectors.iter().enumerate() {
            for family in &families {
                if index == 0 {
                    for claim in &family.claims {
                        found.extend(self.never_in_force(&family.what, claim, &vector.choices));
                    }
                }
                for tie in self.ranks(family, &vector.choices, vector.chosen.as_deref()) {
                    // The same tie under another choice says nothing new.
                    if seen.insert((tie.code, tie.primary.span, tie.secondary.first().map(|l| l.span))) {
                        found.push(tie);
                    }
                }
            }
        }
        self.diagnostics.extend(found);
    }

    fn never_in_force(&self, what: &str, claim: &Claim, choices: &Choices) -> Option<Diagnostic> {
        let why = if claim.scope.regions.as_ref().is_some_and(BTreeSet::is_empty) {
            "its regions lie outside those of its policy or amendment"
        } else if claim.scope.period(&self.model, choices).is_empty() {
            "its period lies outside that of its policy or amendment, or ends before it starts"
        } else {
            return None;
        };
        let section = self.model.sections.get(claim.section.index())?;
        // Where the whole amendment never holds, that is told once, at its header.
        let whole = section.scope.regions.as_ref().is_some_and(BTreeSet::is_empty)
            || section.scope.period(&self.model, choices).is_empty();
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
        Some(
            Diagnostic::new(Code::W0401, format!("this version of {what} never holds"), claim.span, why)
                .also(section.span, "the section that it stands in")
                .help("correct one of the two scopes"),
        )
    }
}
