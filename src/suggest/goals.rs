//! What a policy tells apart: the goals of the search, from its text alone.

use super::spots::{Spot, norms_in, spots};
use super::want::{Bind, Chain, Here, Last, Owner, Parts, Want, exception_parts};
use crate::eval::HandlerOwner;
use crate::ids::*;
use crate::model::*;
use crate::source::{Sources, Span};
use crate::syntax::ast::State;
use crate::value::Value;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// The most ways that are tried to one goal.
const MAX_WAYS: usize = 4;
/// How many exceptions inside one another have goals.
const MAX_CHAIN: usize = 4;
/// The most pairs of exceptions of one item.
const MAX_PAIRS: usize = 28;
/// The most characters of a clause in a name.
const MAX_QUOTED: usize = 72;

/// How telling a goal is; the first comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Rank {
    Rule,
    Outcome,
    Exception,
    NormEdge,
    Edge,
    Day,
    Handler,
    Notice,
    Case,
    Side,
    Together,
    Choice,
    Region,
    State,
    Unasked,
}

/// Something that a case should show.
pub(super) struct Goal<'e> {
    pub(super) rank: Rank,
    /// The sentence that names it.
    pub(super) name: String,
    /// The names of the items that it is about, plain and qualified.
    pub(super) items: Vec<String>,
    /// What is cited for it.
    pub(super) law: Option<String>,
    /// The decision that it is about; none: any.
    pub(super) decision: Option<DecisionId>,
    pub(super) aim: Aim<'e>,
}

/// What a scenario has to do.
pub(super) enum Aim<'e> {
    /// To make a condition hold; each way in turn.
    Reach(Vec<Way<'e>>),
    /// To stand just on one side of where a comparison turns.
    Edge { ways: Vec<Way<'e>>, side: bool },
    /// To be governed by a day.
    Day {
        day: NaiveDate,
        /// The day beside it, on the other side of what begins or ends.
        other: NaiveDate,
        regions: Option<&'e BTreeSet<RegionId>>,
        choice: Option<(AssumptionId, u32)>,
    },
    /// To turn on a fact, or a field of any record, in a state; none: nobody has asked it.
    State { datum: HandlerOwner, state: Option<State> },
    /// To be decided in one of these regions.
    Region(Vec<RegionId>),
    /// To depend on a choice.
    Choice(AssumptionId, u32),
    /// To end in an outcome.
    Outcome(u32),
}

/// One way to a goal.
#[derive(Clone)]
pub(super) struct Way<'e> {
    /// The rule, notice or exception that has to stand otherwise; none: the policy alone.
    chain: Option<Chain>,
    what: What<'e>,
    /// Scopes that the day and place have to be in.
    pub(super) scopes: Vec<&'e Scope>,
    /// A value of a norm that has to hold there.
    norm: Option<(&'e Norm, usize)>,
}

#[derive(Clone)]
enum What<'e> {
    Holds,
    /// The opposite.
    Off,
    Excepted(Vec<(ExceptionId, u32)>),
    /// A condition of a clause.
    Spot {
        clause: &'e Expr,
        spot: Spot<'e>,
        wanted: Option<bool>,
    },
    /// A case of a definition, under the variables of a place that names it.
    Case {
        context: Vec<Bind<'e>>,
        case: CaseOf<'e>,
    },
}

#[derive(Clone, Copy)]
enum CaseOf<'e> {
    Case(DefinitionId, u32, usize),
    Exception(ExceptionId, u32),
    Row(&'e TableRow),
}

impl<'e> Way<'e> {
    /// What is wanted at a cell.
    pub(super) fn want(&self, here: &Here<'_, 'e>) -> Want<'e> {
        let covered = |scope: &&Scope| scope.covers(here.model, here.choices, here.day, here.place);
        if !self.scopes.iter().all(covered) {
            return Want::Fixed(false);
        }
        if let Some((norm, value)) = self.norm {
            let claims: Vec<&Claim> = norm.values.iter().map(|v| &v.claim).collect();
            // Norms have no cohorts, so that it is settled by the cell.
            if !here.stands(&claims, value).possible() {
                return Want::Fixed(false);
            }
        }
        let last = match &self.what {
            What::Holds => Last::Holds,
            What::Off => return self.chain.as_ref().map_or(Want::Fixed(false), |chain| here.off(chain.owner)),
            What::Excepted(these) => Last::Excepted(these.clone()),
            What::Spot { clause, spot, wanted } => match &self.chain {
                Some(_) => Last::Clause(clause, spot.want(*wanted)),
                None => return Want::All(vec![here.in_force(), spot.want(*wanted)]),
            },
            What::Case { context, case } => {
                let own = match case {
                    CaseOf::Case(id, version, index) => here.case(*id, *version, *index),
                    CaseOf::Exception(id, version) => here.exception_version(*id, *version, 0),
                    CaseOf::Row(row) => Want::All(row.conditions.iter().map(|e| Want::Truth(e, true)).collect()),
                };
                return Want::All(vec![here.in_force(), own.within(context)]);
            }
        };
        match &self.chain {
            Some(chain) => here.chain(chain, &last),
            None => here.in_force(),
        }
    }

    /// The comparison whose edge is looked for, under its variables.
    pub(super) fn spot(&self) -> Option<&Spot<'e>> {
        match &self.what {
            What::Spot { spot, .. } => Some(spot),
            What::Holds | What::Off | What::Excepted(_) | What::Case { .. } => None,
        }
    }

    /// The way to facts for which a rule or notice does not hold.
    pub(super) fn off(owner: Owner) -> Self {
        Self { chain: Some(Chain { owner, exceptions: Vec::new() }), what: What::Off, scopes: Vec::new(), norm: None }
    }

    /// The way to one side of its condition.
    fn on_side(mut self, side: bool) -> Self {
        if let What::Spot { wanted, .. } = &mut self.what {
            *wanted = Some(side);
        }
        self
    }

    /// The loop around its owner, if there is one.
    pub(super) fn each(&self, model: &'e Model) -> Option<&'e ForEach> {
        self.chain.as_ref()?.owner.parts(model)?.each
    }

    /// Who gives the reason when it is reached: a version of a rule or notice.
    pub(super) fn owner(&self) -> Option<Owner> {
        match (&self.chain, &self.what) {
            (Some(chain), What::Holds) if chain.exceptions.is_empty() => Some(chain.owner),
            _ => None,
        }
    }
}

/// All goals of a policy, the most telling first, then in the order of its text.
pub(super) fn goals<'e>(model: &'e Model, sources: &'e Sources) -> Vec<Goal<'e>> {
    let mut list =
        Listing { model, sources, out: Vec::new(), edges: BTreeMap::new(), sides: BTreeSet::new(), order: Vec::new() };
    list.owners();
    list.outputs();
    list.edges();
    list.definitions();
    list.days();
    list.states();
    list.regions();
    list.choices();
    list.outcomes();
    let mut out = list.out;
    // The sort is stable: within a rank, the order of the policy.
    out.sort_by_key(|goal| goal.rank);
    out
}

/// Gives each goal a name of its own.
pub(super) fn tell_apart(goals: &mut [Goal<'_>]) {
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for goal in goals {
        let count = known.entry(goal.name.clone()).or_insert(0);
        *count += 1;
        if *count > 1 {
            goal.name = format!("{}, in another place ({count})", goal.name);
        }
    }
}

struct Listing<'e> {
    model: &'e Model,
    sources: &'e Sources,
    out: Vec<Goal<'e>>,
    /// Comparisons by their place, with the ways to them.
    edges: BTreeMap<usize, EdgeOf<'e>>,
    /// The conditions that have goals already.
    sides: BTreeSet<usize>,
    order: Vec<usize>,
}

struct EdgeOf<'e> {
    ways: Vec<Way<'e>>,
    items: Vec<String>,
    law: Option<String>,
    decision: Option<DecisionId>,
}

fn address(expr: &Expr) -> usize {
    std::ptr::from_ref(expr) as usize
}

impl<'e> Listing<'e> {
    /// A clause as it is written, in one line.
    fn quoted(&self, span: Span) -> String {
        let text = self.sources.get(span.file).and_then(|s| s.text.get(span.start as usize..span.end as usize));
        quote(text.unwrap_or(""))
    }

    fn law(&self, cites: &[Cite], section: Option<SectionId>) -> Option<String> {
        let section = section.and_then(|id| self.model.sections.get(id.index()));
        let cites = if cites.is_empty() { section.map_or(&[][..], |s| &s.cites) } else { cites };
        let mut told: Vec<String> = Vec::new();
        for cite in cites {
            let source = self.model.sources.get(cite.source.index())?;
            let text = match &cite.place {
                Some(place) => format!("{}, {place}", source.title),
                None => source.title.clone(),
            };
            if !told.contains(&text) {
                told.push(text);
            }
        }
        (!told.is_empty()).then(|| told.join("; "))
    }

    /// Rules and notices, with their exceptions and clauses.
    fn owners(&mut self) {
        let model = self.model;
        for (index, rule) in model.rules.iter().enumerate() {
            for (version, found) in (0_u32..).zip(&rule.versions) {
                let Some(body) = &found.body else { continue };
                let name = if rule.versions.len() > 1 { &found.qualified } else { &rule.name };
                let items = vec![rule.name.clone(), found.qualified.clone()];
                let owner = Owner::Rule(RuleId::new(index), version);
                self.owner(owner, name, items, Some(body.decision), Rank::Rule);
            }
        }
        for (index, notice) in model.notices.iter().enumerate() {
            for (version, found) in (0_u32..).zip(&notice.versions) {
                let Some(body) = &found.body else { continue };
                let name = if notice.versions.len() > 1 { &found.qualified } else { &notice.name };
                let items = vec![notice.name.clone(), found.qualified.clone()];
                let owner = Owner::Notice(NoticeId::new(index), version);
                self.owner(owner, name, items, Some(body.decision), Rank::Notice);
            }
        }
    }

    fn owner(&mut self, owner: Owner, name: &str, items: Vec<String>, decision: Option<DecisionId>, rank: Rank) {
        let Some(parts) = owner.parts(self.model) else { return };
        let chain = Chain { owner, exceptions: Vec::new() };
        let does = match owner {
            Owner::Rule(..) => "fires",
            Owner::Notice(..) => "is given",
        };
        let scopes: Vec<&Scope> = parts.claim().map(|c| &c.scope).into_iter().collect();
        let law = self.law(parts.cites, parts.claim().map(|c| c.section));
        let way = Way { chain: Some(chain.clone()), what: What::Holds, scopes: scopes.clone(), norm: None };
        self.out.push(Goal {
            rank,
            name: format!("`{name}` {does}"),
            items: items.clone(),
            law: law.clone(),
            decision,
            aim: Aim::Reach(vec![way]),
        });
        self.link(&chain, name, &parts, &scopes, &items, decision);
    }

    /// The clauses and exceptions of the last link of a chain.
    fn link(
        &mut self,
        chain: &Chain,
        name: &str,
        parts: &Parts<'e>,
        scopes: &[&'e Scope],
        items: &[String],
        decision: Option<DecisionId>,
    ) {
        let law = self.law(parts.cites, parts.claim().map(|c| c.section));
        for (clause, _) in parts.clauses() {
            for spot in spots(self.model, clause) {
                self.spot(Some(chain), name, clause, spot, scopes, items, law.as_ref(), decision);
            }
        }
        if chain.exceptions.len() >= MAX_CHAIN {
            return;
        }
        let mut single: Vec<(ExceptionId, u32, String, Vec<&'e Scope>)> = Vec::new();
        for id in parts.exceptions {
            let Some(exception) = self.model.exceptions.get(id.index()) else { continue };
            for (version, found) in (0_u32..).zip(&exception.versions) {
                let Some(inner) = exception_parts(self.model, *id, version) else { continue };
                let own = if exception.versions.len() > 1 { &found.qualified } else { &exception.name };
                let mut scopes = scopes.to_vec();
                scopes.push(&found.claim.scope);
                let what = What::Excepted(vec![(*id, version)]);
                let way = Way { chain: Some(chain.clone()), what, scopes: scopes.clone(), norm: None };
                let law = self.law(inner.cites, Some(found.claim.section)).or_else(|| law.clone());
                let mut about = vec![exception.name.clone(), found.qualified.clone()];
                about.extend_from_slice(items);
                let sentence = if chain.exceptions.is_empty() {
                    format!("`{own}` alone excepts `{name}`")
                } else {
                    format!("`{own}` excepts `{name}`, which so excepts nothing")
                };
                self.out.push(Goal {
                    rank: Rank::Exception,
                    name: sentence,
                    items: about.clone(),
                    law,
                    decision,
                    aim: Aim::Reach(vec![way]),
                });
                let mut longer = chain.clone();
                longer.exceptions.push((*id, version));
                self.link(&longer, own, &inner, &scopes, &about, decision);
                single.push((*id, version, own.clone(), scopes));
            }
        }
        let mut pairs = 0;
        for (index, (one, first, one_name, scopes)) in single.iter().enumerate() {
            for (other, second, other_name, more) in single.iter().skip(index + 1).filter(|(other, ..)| other != one) {
                if pairs >= MAX_PAIRS {
                    return;
                }
                pairs += 1;
                let what = What::Excepted(vec![(*one, *first), (*other, *second)]);
                let scopes = scopes.iter().chain(more).copied().collect();
                let way = Way { chain: Some(chain.clone()), what, scopes, norm: None };
                let mut about = vec![one_name.clone(), other_name.clone()];
                about.extend_from_slice(items);
                self.out.push(Goal {
                    rank: Rank::Together,
                    name: format!("`{one_name}` and `{other_name}` together except `{name}`"),
                    items: about,
                    law: law.clone(),
                    decision,
                    aim: Aim::Reach(vec![way]),
                });
            }
        }
    }

    /// One condition: its two sides, and, where it compares, the edge between them.
    #[expect(clippy::too_many_arguments, reason = "what a goal is made of")]
    fn spot(
        &mut self,
        chain: Option<&Chain>,
        name: &str,
        clause: &'e Expr,
        spot: Spot<'e>,
        scopes: &[&'e Scope],
        items: &[String],
        law: Option<&String>,
        decision: Option<DecisionId>,
    ) {
        let at = address(spot.expr);
        let mut items = items.to_vec();
        items.extend(spot.inside.and_then(|id| self.model.definitions.get(id.index())).map(|d| d.name.clone()));
        let way = |wanted| Way {
            chain: chain.cloned(),
            what: What::Spot { clause, spot: spot.clone(), wanted },
            scopes: scopes.to_vec(),
            norm: None,
        };
        if spot.is_ordered() {
            if !self.edges.contains_key(&at) {
                self.order.push(at);
            }
            let edge = self.edges.entry(at).or_insert_with(|| EdgeOf {
                ways: Vec::new(),
                items: items.clone(),
                law: law.cloned(),
                decision,
            });
            if edge.ways.len() < MAX_WAYS {
                edge.ways.push(way(None));
            }
        }
        // A clause of its own has two sides for each rule; a definition has them once.
        if spot.cell || (spot.inside.is_some() && !self.sides.insert(at)) {
            return;
        }
        let text = self.quoted(spot.expr.span);
        let about = spot.inside.and_then(|id| self.model.definitions.get(id.index())).map_or(name, |d| &d.name);
        for wanted in [true, false] {
            self.out.push(Goal {
                rank: Rank::Side,
                name: format!("`{about}` where `{text}` is {wanted}"),
                items: items.clone(),
                law: law.cloned(),
                decision,
                aim: Aim::Reach(vec![way(Some(wanted))]),
            });
        }
    }

    /// What outputs rest on.
    fn outputs(&mut self) {
        for (index, decision) in self.model.decisions.iter().enumerate() {
            for output in &decision.outputs {
                for spot in spots(self.model, &output.value) {
                    let items = vec![output.name.clone()];
                    let id = Some(DecisionId::new(index));
                    self.spot(None, &output.name, &output.value, spot, &[], &items, None, id);
                }
            }
        }
    }

    /// The edges of comparisons, for each value of the norms that they rest on.
    fn edges(&mut self) {
        let model = self.model;
        for at in std::mem::take(&mut self.order) {
            let Some(edge) = self.edges.remove(&at) else { continue };
            let Some(spot) = edge.ways.first().and_then(Way::spot) else { continue };
            let expr = spot.expr;
            let text = self.quoted(expr.span);
            let table = spot.inside.filter(|_| spot.cell).and_then(|id| model.definitions.get(id.index()));
            let text = table.map_or_else(|| format!("`{text}`"), |t| format!("`{}` at `{text}`", t.name));
            let norms = norms_in(model, expr);
            let mut places: Vec<(String, Option<(&'e Norm, usize)>)> = Vec::new();
            for norm in norms.iter().filter_map(|id| model.norms.get(id.index())).filter(|n| n.values.len() > 1) {
                for (index, value) in norm.values.iter().enumerate() {
                    let text = self.quoted(value.value.span);
                    places.push((format!(", where `{}` is {text}", norm.name), Some((norm, index))));
                }
            }
            let rank = if norms.is_empty() { Rank::Edge } else { Rank::NormEdge };
            if places.is_empty() {
                places.push((String::new(), None));
            }
            let mut items = edge.items;
            items.extend(norms.iter().filter_map(|id| model.norms.get(id.index())).map(|n| n.name.clone()));
            for (place, norm) in places {
                let value = norm.and_then(|(norm, index)| norm.values.get(index));
                let ways = |side| {
                    let each = edge.ways.iter().cloned().map(|mut way| {
                        way.scopes.extend(value.map(|v| &v.claim.scope));
                        way.norm = norm;
                        way.on_side(side)
                    });
                    each.collect()
                };
                let law = value.and_then(|v| self.law(&v.cites, Some(v.claim.section))).or_else(|| edge.law.clone());
                for side in [true, false] {
                    self.out.push(Goal {
                        rank,
                        name: format!("{text} is just {side}{place}"),
                        items: items.clone(),
                        law: law.clone(),
                        decision: edge.decision,
                        aim: Aim::Edge { ways: ways(side), side },
                    });
                }
            }
        }
    }

    /// Cases, exceptions and rows of definitions.
    fn definitions(&mut self) {
        let model = self.model;
        let contexts = super::sites::sites(model);
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

    /// The days on which something begins or ends.
    fn days(&mut self) {
        let model = self.model;
        let mut seen = BTreeSet::new();
        let mut found: Vec<(String, Option<String>, Option<SectionId>, &'e Scope)> = Vec::new();
        for (index, section) in model.sections.iter().enumerate() {
            found.push((section.name.clone(), None, Some(SectionId::new(index)), &section.scope));
        }
        let plain = |name: &str| Some(name.to_owned());
        for rule in &model.rules {
            found.extend(
                rule.versions
                    .iter()
                    .map(|v| (v.qualified.clone(), plain(&rule.name), Some(v.claim.section), &v.claim.scope)),
            );
        }
        for exception in &model.exceptions {
            let name = plain(&exception.name);
            found.extend(
                exception
                    .versions
                    .iter()
                    .map(|v| (v.qualified.clone(), name.clone(), Some(v.claim.section), &v.claim.scope)),
            );
        }
        for definition in &model.definitions {
            for version in &definition.versions {
                let section = Some(version.claim.section);
                found.push((version.qualified.clone(), plain(&definition.name), section, &version.claim.scope));
                if let DefinitionBody::Cases(cases) = &version.body {
                    found.extend(
                        cases.iter().map(|c| (version.qualified.clone(), plain(&definition.name), section, &c.scope)),
                    );
                }
            }
        }
        for norm in &model.norms {
            found.extend(norm.values.iter().map(|v| (norm.name.clone(), None, Some(v.claim.section), &v.claim.scope)));
        }
        for notice in &model.notices {
            found.extend(
                notice
                    .versions
                    .iter()
                    .map(|v| (v.qualified.clone(), plain(&notice.name), Some(v.claim.section), &v.claim.scope)),
            );
        }
        for fact in &model.facts {
            for handler in fact.datum.handlers.absent.iter().chain(&fact.datum.handlers.unavailable) {
                found.push((fact.path(), None, Some(handler.claim.section), &handler.claim.scope));
            }
        }
        for (name, plain, section, scope) in found {
            for (bounds, first) in [(&scope.from, true), (&scope.through, false)] {
                for bound in bounds {
                    for (day, choice) in self.bound_days(bound) {
                        let law = self.law(&[], section);
                        let names = (name.as_str(), plain.as_deref());
                        self.day(names, law, (day, first), choice, scope.regions.as_ref(), &mut seen);
                    }
                }
            }
        }
    }

    /// The days that a bound can mean, with the choice under which it does.
    fn bound_days(&self, bound: &DateBound) -> Vec<(NaiveDate, Option<(AssumptionId, u32)>)> {
        match bound {
            DateBound::Date(day) => vec![(*day, None)],
            DateBound::Assumption(id) => {
                let choices = self.model.assumptions.get(id.index()).map_or(&[][..], |a| &a.choices);
                let days = (0_u32..).zip(choices).filter_map(|(index, value)| match value {
                    Value::Date(day) => Some((*day, Some((*id, index)))),
                    _ => None,
                });
                days.collect()
            }
        }
    }

    fn day(
        &mut self,
        (name, plain): (&str, Option<&str>),
        law: Option<String>,
        (day, first): (NaiveDate, bool),
        choice: Option<(AssumptionId, u32)>,
        regions: Option<&'e BTreeSet<RegionId>>,
        seen: &mut BTreeSet<(NaiveDate, Option<(AssumptionId, u32)>, Option<BTreeSet<RegionId>>)>,
    ) {
        let beside = if first { day.pred_opt() } else { day.succ_opt() };
        let Some(beside) = beside else { return };
        let chosen = choice.and_then(|(id, index)| {
            let assumption = self.model.assumptions.get(id.index())?;
            (assumption.default != index).then(|| format!(", under `{}={day}`", assumption.name))
        });
        let chosen = chosen.unwrap_or_default();
        let words = if first {
            [("the day before", "begins"), ("the first day of", "")]
        } else {
            [("the day after", "ended"), ("the last day of", "")]
        };
        for ((at, other), (before, after)) in [(beside, day), (day, beside)].into_iter().zip(words) {
            if !seen.insert((at, choice, regions.cloned())) {
                continue;
            }
            let after = if after.is_empty() { String::new() } else { format!(" {after}") };
            let items = [Some(name), plain].into_iter().flatten().map(str::to_owned).collect();
            self.out.push(Goal {
                rank: Rank::Day,
                name: format!("on {before} `{name}`{after}, {at}{chosen}"),
                items,
                law: law.clone(),
                decision: None,
                aim: Aim::Day { day: at, other, regions, choice },
            });
        }
    }

    /// The states of facts and fields.
    fn states(&mut self) {
        let model = self.model;
        let facts =
            model.facts.iter().enumerate().map(|(i, f)| (HandlerOwner::Fact(FactId::new(i)), f.path(), &f.datum));
        let fields = model.fields.iter().enumerate().map(|(i, f)| {
            let record = model.records.get(f.record.index()).map_or("", |r| r.name.as_str());
            (HandlerOwner::Field(FieldId::new(i)), format!("{record}.{}", f.datum.name), &f.datum)
        });
        let all: Vec<_> = facts.chain(fields).collect();
        for (datum, name, found) in all {
            for state in [Some(State::Absent), Some(State::Unavailable), None] {
                let (sentence, handlers) = match state {
                    Some(State::Absent) => (format!("there is no record of `{name}`"), &found.handlers.absent[..]),
                    Some(State::Unavailable) => {
                        (format!("whoever knows `{name}` does not answer"), &found.handlers.unavailable[..])
                    }
                    None => (format!("nobody has asked `{name}`"), &[][..]),
                };
                let registries = found.registries.iter().filter_map(|id| model.registries.get(id.index()));
                let mut declared = state.into_iter().flat_map(|s| registries.clone().map(move |r| r.handlers.of(s)));
                let rank = match state {
                    None => Rank::Unasked,
                    Some(_) if !handlers.is_empty() || declared.any(|list| !list.is_empty()) => Rank::Handler,
                    Some(_) => Rank::State,
                };
                let cites = handlers.first().map(|h| (h.cites.as_slice(), h.claim.section));
                let law = cites.and_then(|(cites, section)| self.law(cites, Some(section)));
                let mut items = vec![name.clone(), found.name.clone()];
                items.extend(registries.map(|r| r.name.clone()));
                self.out.push(Goal {
                    rank,
                    name: sentence,
                    items,
                    law,
                    decision: None,
                    aim: Aim::State { datum, state },
                });
            }
        }
    }

    /// Regions that a scope or a condition tells apart.
    fn regions(&mut self) {
        let model = self.model;
        let mut sets: Vec<&BTreeSet<RegionId>> = Vec::new();
        crate::plan::for_each_scope(model, &mut |scope| sets.extend(&scope.regions));
        crate::plan::for_each_expr(model, &mut |top| {
            top.walk(&mut |e| {
                if let ExprKind::InRegions(_, regions) = &e.kind {
                    sets.push(regions);
                }
            });
        });
        sets.sort();
        sets.dedup();
        let mut classes: Vec<(Vec<bool>, Vec<RegionId>)> = Vec::new();
        for region in (0..model.regions.len()).map(RegionId::new) {
            let signature: Vec<bool> = sets.iter().map(|set| set.contains(&region)).collect();
            match classes.iter_mut().find(|(known, _)| *known == signature) {
                Some((_, regions)) => regions.push(region),
                None => classes.push((signature, vec![region])),
            }
        }
        for (_, regions) in classes {
            // Applications are made somewhere, so a region without others inside it is likelier.
            let leaf = |id: &&RegionId| !model.regions.iter().any(|r| r.parent == Some(**id));
            let shown = regions.iter().find(leaf).or(regions.first()).and_then(|id| model.regions.get(id.index()));
            let Some(shown) = shown else { continue };
            let more = if regions.len() > 1 { format!(", as in {} more", regions.len() - 1) } else { String::new() };
            self.out.push(Goal {
                rank: Rank::Region,
                name: format!("in `{}`{more}", shown.name),
                items: vec![shown.name.clone()],
                law: None,
                decision: None,
                aim: Aim::Region(regions),
            });
        }
    }

    fn choices(&mut self) {
        for (index, assumption) in self.model.assumptions.iter().enumerate() {
            let id = AssumptionId::new(index);
            for choice in (0_u32..).take(assumption.choices.len()) {
                let law = self.law(&assumption.cites, None);
                self.out.push(Goal {
                    rank: Rank::Choice,
                    // The choice is put into words by who knows how it is written.
                    name: format!("under `{}=", assumption.name),
                    items: vec![assumption.name.clone()],
                    law,
                    decision: None,
                    aim: Aim::Choice(id, choice),
                });
            }
        }
    }

    fn outcomes(&mut self) {
        for (index, decision) in self.model.decisions.iter().enumerate() {
            for (level, outcome) in (0_u32..).zip(&decision.outcomes) {
                self.out.push(Goal {
                    rank: Rank::Outcome,
                    name: format!("the outcome is `{}`", outcome.name),
                    items: vec![outcome.name.clone(), decision.name.clone()],
                    law: None,
                    decision: Some(DecisionId::new(index)),
                    aim: Aim::Outcome(level),
                });
            }
        }
    }
}

/// A piece of a policy in one line, cut where it is long.
fn quote(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut out: String = text.chars().take(MAX_QUOTED).collect();
    if out.len() < text.len() {
        out.push('…');
    }
    out
}
