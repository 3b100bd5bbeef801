//! Goals about rules and notices: that they give their reasons, their exceptions, both sides of their clauses, and the
//! edges of their comparisons.

use super::super::condition_sites::{ConditionSite, condition_sites, condition_sites_within, norms_in};
use super::super::constraint::{Binding, Chain, Constraint, Context, clauses, parts_of_version, versions};
use super::goal_path::PathTarget;
use super::{BoundaryGoal, GoalListing, GoalPath, MAX_PATHS, Objective, Rank, SuggestionGoal, address};
use ereje::ids::*;
use ereje::model::*;

/// The most nested exceptions that have goals.
const MAX_CHAIN: usize = 4;
/// The most pairs of exceptions of one item.
const MAX_PAIRS: usize = 28;

impl<'e> GoalListing<'e> {
    /// Lists rules and notices, with their exceptions and clauses.
    pub(super) fn owners(&mut self) {
        let model = self.model;
        for (kind, rank) in [(ProvisionKind::Rule, Rank::Rule), (ProvisionKind::Notice, Rank::Notice)] {
            for (id, provision) in model.provisions_of(kind) {
                for (version, found) in provision.versions.iter().enumerate() {
                    // What is impossible is not proposed.
                    let Some(body) = found.body.as_ref().filter(|body| body.effect != Effect::Impossible) else {
                        continue;
                    };
                    let name = if provision.versions.len() > 1 { &found.qualified } else { &provision.name };
                    let items = vec![provision.name.clone(), found.qualified.clone()];
                    self.owner(ProvisionRef::new(id, version), name, items, Some(body.decision), rank);
                }
            }
        }
    }

    fn owner(&mut self, owner: ProvisionRef, name: &str, items: Vec<String>, decision: Option<DecisionId>, rank: Rank) {
        let Some(parts) = parts_of_version(self.model, Item::ProvisionVersion(owner)) else { return };
        let chain = Chain { owner, exceptions: Vec::new() };
        let does = match self.model.provisions.at(owner.provision).kind {
            ProvisionKind::Rule => "fires",
            ProvisionKind::Notice => "is given",
        };
        let scopes: Vec<&Scope> = parts.scope.into_iter().collect();
        let law = self.law(parts.cites, parts.claim.map(|c| c.section));
        let path =
            GoalPath { chain: Some(chain.clone()), target: PathTarget::Holds, scopes: scopes.clone(), norm: None };
        self.out.push(SuggestionGoal {
            rank,
            name: format!("`{name}` {does}"),
            items: items.clone(),
            law: law.clone(),
            decision,
            objective: Objective::Reach(vec![path]),
        });
        self.link(&chain, name, &parts, &scopes, &items, decision);
    }

    /// Lists the clauses and exceptions of the last link of a chain.
    fn link(
        &mut self,
        chain: &Chain,
        name: &str,
        parts: &Parts<'e>,
        scopes: &[&'e Scope],
        items: &[String],
        decision: Option<DecisionId>,
    ) {
        let law = self.law(parts.cites, parts.claim.map(|c| c.section));
        for (clause, _) in clauses(parts) {
            for site in condition_sites(self.model, clause) {
                self.site(Some(chain), name, clause, site, scopes, items, law.as_ref(), decision);
            }
        }
        if chain.exceptions.len() >= MAX_CHAIN {
            return;
        }
        let mut single: Vec<(ExceptionRef, String, Vec<&'e Scope>)> = Vec::new();
        for id in parts.exceptions {
            let exception = self.model.exceptions.at(*id);
            for version in versions(self.model, *id) {
                let Some(inner) = parts_of_version(self.model, Item::ExceptionVersion(version)) else { continue };
                let found = self.model.exception(version);
                let own = if exception.versions.len() > 1 { &found.qualified } else { &exception.name };
                let mut scopes = scopes.to_vec();
                scopes.push(found.claim.scope());
                let target = PathTarget::Excepted(vec![version]);
                let path = GoalPath { chain: Some(chain.clone()), target, scopes: scopes.clone(), norm: None };
                let law = self.law(inner.cites, Some(found.claim.section)).or_else(|| law.clone());
                let mut about = vec![exception.name.clone(), found.qualified.clone()];
                about.extend_from_slice(items);
                let sentence = if chain.exceptions.is_empty() {
                    format!("`{own}` alone excepts `{name}`")
                } else {
                    format!("`{own}` excepts `{name}`, which so excepts nothing")
                };
                self.out.push(SuggestionGoal {
                    rank: Rank::Exception,
                    name: sentence,
                    items: about.clone(),
                    law,
                    decision,
                    objective: Objective::Reach(vec![path]),
                });
                let mut longer = chain.clone();
                longer.exceptions.push(version);
                self.link(&longer, own, &inner, &scopes, &about, decision);
                single.push((version, own.clone(), scopes));
            }
        }
        let mut pairs = 0;
        for (index, (one, one_name, scopes)) in single.iter().enumerate() {
            let others = single.iter().skip(index + 1).filter(|(other, ..)| other.exception != one.exception);
            for (other, other_name, more) in others {
                if pairs >= MAX_PAIRS {
                    return;
                }
                pairs += 1;
                let target = PathTarget::Excepted(vec![*one, *other]);
                let scopes = scopes.iter().chain(more).copied().collect();
                let path = GoalPath { chain: Some(chain.clone()), target, scopes, norm: None };
                let mut about = vec![one_name.clone(), other_name.clone()];
                about.extend_from_slice(items);
                self.out.push(SuggestionGoal {
                    rank: Rank::Together,
                    name: format!("`{one_name}` and `{other_name}` together except `{name}`"),
                    items: about,
                    law: law.clone(),
                    decision,
                    objective: Objective::Reach(vec![path]),
                });
            }
        }
    }

    /// Lists the two sides of a condition and, if it is a comparison, the edge between them.
    #[expect(clippy::too_many_arguments, reason = "what a goal is made of")]
    fn site(
        &mut self,
        chain: Option<&Chain>,
        name: &str,
        clause: &'e Expr,
        site: ConditionSite<'e>,
        scopes: &[&'e Scope],
        items: &[String],
        law: Option<&String>,
        decision: Option<DecisionId>,
    ) {
        let at = address(site.expr);
        let mut items = items.to_vec();
        items.extend(site.inside.map(|id| self.model.definitions.at(id).name.clone()));
        let path = |wanted| GoalPath {
            chain: chain.cloned(),
            target: PathTarget::Condition { clause, site: site.clone(), wanted },
            scopes: scopes.to_vec(),
            norm: None,
        };
        if site.is_ordered() {
            if !self.edges.contains_key(&at) {
                self.order.push(at);
            }
            let edge = self.edges.entry(at).or_insert_with(|| BoundaryGoal {
                paths: Vec::new(),
                items: items.clone(),
                law: law.cloned(),
                decision,
            });
            if edge.paths.len() < MAX_PATHS {
                edge.paths.push(path(None));
            }
        }
        // A clause has two sides for each rule; the conditions in a definition have two in all.
        if site.cell || (site.inside.is_some() && !self.sides.insert(at)) {
            return;
        }
        let text = self.quoted(site.expr.span);
        let about = site.inside.map_or(name, |id| &self.model.definitions.at(id).name);
        for wanted in [true, false] {
            self.out.push(SuggestionGoal {
                rank: Rank::Side,
                name: format!("`{about}` where `{text}` is {wanted}"),
                items: items.clone(),
                law: law.cloned(),
                decision,
                objective: Objective::Reach(vec![path(Some(wanted))]),
            });
        }
    }

    /// Lists the conditions that outputs depend on.
    pub(super) fn outputs(&mut self) {
        let model = self.model;
        for (item, role, expr) in model.expressions() {
            let (Item::Output(output), Role::Value | Role::Filter | Role::Key) = (item, role) else { continue };
            let name = &model.output(output).name;
            let parts = model.parts(item);
            let element = parts.variable.zip(parts.one(Role::List));
            let context: Context<'_> =
                element.map(|(local, list)| Binding::Element(local, list, 0)).into_iter().collect();
            for mut site in condition_sites_within(model, expr, context.clone()) {
                // What is computed for an element turns on whether it counts.
                let filter = parts.one(Role::Filter).filter(|_| role != Role::Filter);
                site.beside.extend(filter.map(|filter| Constraint::Truth(filter, true).within(&context)));
                self.site(None, name, expr, site, &[], std::slice::from_ref(name), None, Some(output.decision));
            }
        }
    }

    /// Lists the edges of comparisons, for each value of the norms that they depend on.
    pub(super) fn edges(&mut self) {
        let model = self.model;
        for at in std::mem::take(&mut self.order) {
            let Some(edge) = self.edges.remove(&at) else { continue };
            let Some(site) = edge.paths.first().and_then(GoalPath::site) else { continue };
            let expr = site.expr;
            let text = self.quoted(expr.span);
            let table = site.inside.filter(|_| site.cell).map(|id| model.definitions.at(id));
            let text = table.map_or_else(|| format!("`{text}`"), |t| format!("`{}` at `{text}`", t.name));
            let norms = norms_in(model, expr);
            let mut places: Vec<(String, Option<NormValueRef>)> = Vec::new();
            for id in norms.iter().filter(|id| model.norms.at(**id).values.len() > 1) {
                for item in model.parts(Item::Norm(*id)).inside {
                    let Item::NormValue(value) = item else { continue };
                    let text = model.parts(item).one(Role::Value).map(|e| self.quoted(e.span)).unwrap_or_default();
                    places.push((format!(", where `{}` is {text}", model.norms.at(*id).name), Some(value)));
                }
            }
            let rank = if norms.is_empty() { Rank::Edge } else { Rank::NormEdge };
            if places.is_empty() {
                places.push((String::new(), None));
            }
            let mut items = edge.items;
            items.extend(norms.iter().map(|id| model.norms.at(*id).name.clone()));
            for (place, norm) in places {
                let value = norm.map(|value| model.norm_value(value));
                let paths = |side| {
                    let each = edge.paths.iter().cloned().map(|mut path| {
                        path.scopes.extend(value.map(|v| v.claim().scope()));
                        path.norm = norm;
                        path.on_side(side)
                    });
                    each.collect()
                };
                let law = value.and_then(|v| self.law(&v.cites, Some(v.claim().section))).or_else(|| edge.law.clone());
                for side in [true, false] {
                    self.out.push(SuggestionGoal {
                        rank,
                        name: format!("{text} is just {side}{place}"),
                        items: items.clone(),
                        law: law.clone(),
                        decision: edge.decision,
                        objective: Objective::Edge { paths: paths(side), side },
                    });
                }
            }
        }
    }
}
