//! Goals about definitions: each case, each exception, each row of a table.

use super::super::sites::sites;
use super::super::want::Bind;
use super::way::{CaseOf, What};
use super::{Aim, Goal, Listing, MAX_WAYS, Rank, Way};
use ereje::ids::*;
use ereje::model::*;

impl<'e> Listing<'e> {
    /// Cases, exceptions and rows of definitions.
    pub(super) fn definitions(&mut self) {
        let model = self.model;
        let contexts = sites(model);
        for (index, definition) in model.definitions.iter().enumerate() {
            let id = DefinitionId::new(index);
            let Some(places) = contexts.get(&id) else { continue };
            let name = &definition.name;
            for (version, found) in (0_u32..).zip(&definition.versions) {
                let DefinitionBody::Cases(cases) = &found.body else { continue };
                let single = cases.len() == 1 && found.exceptions.is_empty();
                for (at, case) in cases.iter().enumerate() {
                    let law = self.law(&case.cites, None).or_else(|| self.law(&found.cites, Some(found.claim.section)));
                    let scopes = vec![&found.claim.scope, &case.scope];
                    if !single || !case.exceptions.is_empty() || definition.versions.len() > 1 {
                        let by = match (&case.label, case.otherwise) {
                            (Some(label), _) => format!("`{name}` by its case `{label}`"),
                            (None, true) => format!("`{name}` by `otherwise`"),
                            (None, false) if definition.versions.len() > 1 => format!("`{}` speaks", found.qualified),
                            (None, false) => format!("`{name}` without exception"),
                        };
                        self.case(by, name, CaseOf::Case(id, version, at), places, scopes.clone(), law.clone());
                    }
                    for exception in case.exceptions.iter().chain(&found.exceptions) {
                        self.definition_exception(*exception, name, places, &scopes);
                    }
                    self.rows(&case.value, name, places, &scopes, law.as_ref());
                }
            }
        }
    }

    fn definition_exception(&mut self, id: ExceptionId, name: &str, places: &[Vec<Bind<'e>>], scopes: &[&'e Scope]) {
        let Some(exception) = self.model.exceptions.get(id.index()) else { return };
        for (version, found) in (0_u32..).zip(&exception.versions) {
            if found.body.is_none() {
                continue;
            }
            let own = if exception.versions.len() > 1 { &found.qualified } else { &exception.name };
            let mut scopes = scopes.to_vec();
            scopes.push(&found.claim.scope);
            let law = self.law(&found.cites, Some(found.claim.section));
            let sentence = format!("`{own}` excepts `{name}`");
            self.case(sentence, &exception.name, CaseOf::Exception(id, version), places, scopes, law);
        }
    }

    fn rows(
        &mut self,
        value: &'e Expr,
        name: &str,
        places: &[Vec<Bind<'e>>],
        scopes: &[&'e Scope],
        law: Option<&String>,
    ) {
        let ExprKind::Table(table) = &value.kind else { return };
        for row in table.rows.iter().filter(|row| !row.conditions.is_empty()) {
            let sentence = format!("`{name}` by its row at {}", self.sources.locate(row.span));
            self.case(sentence, name, CaseOf::Row(row), places, scopes.to_vec(), law.cloned());
        }
    }

    fn case(
        &mut self,
        name: String,
        item: &str,
        case: CaseOf<'e>,
        places: &[Vec<Bind<'e>>],
        scopes: Vec<&'e Scope>,
        law: Option<String>,
    ) {
        let ways = places.iter().take(MAX_WAYS).map(|context| Way {
            chain: None,
            what: What::Case { context: context.clone(), case },
            scopes: scopes.clone(),
            norm: None,
        });
        self.out.push(Goal {
            rank: Rank::Case,
            name,
            items: vec![item.to_owned()],
            law,
            decision: None,
            aim: Aim::Reach(ways.collect()),
        });
    }
}
