//! Goals about definitions: each case, each exception, each row of a table.

use super::super::call_sites::call_sites;
use super::super::constraint::{Binding, cases, versions};
use super::goal_path::{PathTarget, ValueSource};
use super::{GoalListing, GoalPath, MAX_PATHS, Objective, Rank, SuggestionGoal};
use ereje::ids::*;
use ereje::model::*;

impl<'e> GoalListing<'e> {
    /// Lists the cases, exceptions and rows of definitions.
    pub(super) fn definitions(&mut self) {
        let model = self.model;
        let contexts = call_sites(model);
        for (id, definition) in model.definitions.entries() {
            let Some(places) = contexts.get(&id) else { continue };
            let name = definition.name.as_str();
            for (at, parts) in cases(model, id) {
                let (found, Some(case)) = (model.definition(at.version), model.case(at)) else { continue };
                let around = model.parts(Item::DefinitionVersion(at.version));
                let names = [name, found.qualified.as_str()];
                let law = self.law(parts.cites, None).or_else(|| self.law(&found.cites, Some(found.claim.section)));
                let scopes: Vec<&Scope> = around.scope.into_iter().chain(parts.scope).collect();
                let single = around.inside.len() == 1 && around.exceptions.is_empty();
                if !single || !parts.exceptions.is_empty() || definition.versions.len() > 1 {
                    let by = match (&case.label, case.otherwise) {
                        (Some(label), _) => format!("`{name}` by its case `{label}`"),
                        (None, true) => format!("`{name}` by `otherwise`"),
                        (None, false) if definition.versions.len() > 1 => format!("`{}` speaks", found.qualified),
                        (None, false) => format!("`{name}` without exception"),
                    };
                    self.case(by, names, ValueSource::Case(at), places, scopes.clone(), law.clone());
                }
                for exception in parts.exceptions.iter().chain(around.exceptions) {
                    self.definition_exception(*exception, name, places, &scopes);
                }
                if let Some(value) = parts.one(Role::Value) {
                    self.rows(value, names, places, &scopes, law.as_ref());
                }
            }
        }
    }

    fn definition_exception(&mut self, id: ExceptionId, name: &str, places: &[Vec<Binding<'e>>], scopes: &[&'e Scope]) {
        let exception = self.model.exceptions.at(id);
        for version in versions(self.model, id) {
            let found = self.model.exception(version);
            if found.body.is_none() {
                continue;
            }
            let own = if exception.versions.len() > 1 { &found.qualified } else { &exception.name };
            let mut scopes = scopes.to_vec();
            scopes.push(found.claim.scope());
            let law = self.law(&found.cites, Some(found.claim.section));
            let sentence = format!("`{own}` excepts `{name}`");
            let names = [exception.name.as_str(), found.qualified.as_str()];
            self.case(sentence, names, ValueSource::Exception(version), places, scopes, law);
        }
    }

    fn rows(
        &mut self,
        value: &'e Expr,
        names: [&str; 2],
        places: &[Vec<Binding<'e>>],
        scopes: &[&'e Scope],
        law: Option<&String>,
    ) {
        let ExprKind::Table(table) = &value.kind else { return };
        let [name, _] = names;
        for row in table.rows.iter().filter(|row| !row.conditions.is_empty()) {
            let sentence = format!("`{name}` by its row at {}", self.sources.locate(row.span));
            self.case(sentence, names, ValueSource::Row(row), places, scopes.to_vec(), law.cloned());
        }
    }

    fn case(
        &mut self,
        sentence: String,
        names: [&str; 2],
        case: ValueSource<'e>,
        places: &[Vec<Binding<'e>>],
        scopes: Vec<&'e Scope>,
        law: Option<String>,
    ) {
        let paths = places.iter().take(MAX_PATHS).map(|context| GoalPath {
            chain: None,
            target: PathTarget::Case { context: context.clone(), case },
            scopes: scopes.clone(),
            norm: None,
        });
        self.out.push(SuggestionGoal {
            rank: Rank::Case,
            name: sentence,
            items: names.map(str::to_owned).into(),
            law,
            decision: None,
            objective: Objective::Reach(paths.collect()),
        });
    }
}
