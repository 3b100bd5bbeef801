//! The versions that hold in a cell, and the formulas of definitions, exceptions, rules, notices and handlers there,
//! over nodes, so that the evaluator knows no scopes.

use super::builder::Builder;
use super::node::*;
use crate::ids::*;
use crate::model::*;
use crate::syntax::ast::State;
use std::collections::BTreeMap;

/// A version that can hold in the cell: its index among the versions, and the condition under which it holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Held {
    pub(crate) index: usize,
    /// Its cohort, and no higher version's.
    pub(crate) guard: NodeId,
}

impl<'p> Builder<'p> {
    /// The versions whose days and regions cover the cell and which no higher version silences for everybody. Each
    /// claim comes with its index among all versions of the name.
    pub(crate) fn holding(&mut self, claims: impl IntoIterator<Item = (usize, &'p Claim)>) -> Vec<Held> {
        let mut held = Vec::new();
        for candidate in self.candidates(claims) {
            let mut parts = self.conditions_of(candidate.cohort);
            for (_, cohort) in candidate.outranked_by {
                parts.push(self.not_in_cohort(cohort));
            }
            let guard = self.arena.and(&parts);
            if self.arena.known(guard) != Some(false) {
                held.push(Held { index: candidate.index, guard });
            }
        }
        held
    }

    /// The version without a cohort that covers the cell and that nothing outranks there, by its index. A norm may have
    /// many values that cover the cell, so not each is compared with each.
    pub(crate) fn highest(&self, claims: Vec<(usize, &'p Claim)>) -> Option<usize> {
        let claims: Vec<(usize, &'p Claim)> =
            claims.into_iter().filter(|(_, claim)| self.covers(claim.scope())).collect();
        let above = |a: &Claim, b: &Claim| precedence(self.model, self.choices, a, b) == Precedence::Higher;
        let top = claims.iter().copied().reduce(|a, b| if above(b.1, a.1) { b } else { a })?;
        let stands = |(index, claim): &(usize, &Claim)| {
            !claims.iter().any(|(other, higher)| other != index && above(higher, claim))
        };
        if stands(&top) { Some(top.0) } else { claims.iter().copied().find(stands).map(|(index, _)| index) }
    }

    /// The versions whose days and regions cover the cell.
    fn candidates(&self, claims: impl IntoIterator<Item = (usize, &'p Claim)>) -> Vec<Candidate<'p>> {
        self.model.candidates(self.choices, claims, |scope| self.covers(scope))
    }

    /// True if this case is not in the cohort of a higher version, which then leaves the lower version in force.
    fn not_in_cohort(&mut self, cohort: &'p [Expr]) -> NodeId {
        let cohort = self.conditions_of(cohort);
        let applies = self.arena.and(&cohort);
        self.arena.not(applies)
    }

    /// True if the days and regions of an item cover the cell.
    fn reaches(&self, parts: &Parts<'p>) -> bool {
        parts.scope.is_none_or(|scope| self.covers(scope))
    }

    /// The cohort of an item, as conditions on this case.
    fn cohort(&mut self, parts: &Parts<'p>) -> Vec<NodeId> {
        self.conditions_of(parts.of(Role::Cohort))
    }

    /// The conjunction of `guard` and of the item's conditions besides its cohort.
    fn condition(&mut self, guard: NodeId, parts: &Parts<'p>) -> NodeId {
        self.all_of(&[guard], &beside_cohort(parts))
    }

    /// The value of a definition, with its parameters free.
    pub(crate) fn definition(&mut self, id: DefinitionId, definition: &'p Definition) -> NodeId {
        if let Some(known) = self.definitions.get(&id) {
            return *known;
        }
        let mut cases = Vec::new();
        for held in self.holding(Versioned::claims(&definition.versions)) {
            self.version_cases(DefinitionRef::new(id, held.index), held.guard, &mut cases);
        }
        // Only a probing plan has cases that are settled as silent: it keeps them to note their conditions.
        let mut applying = cases.iter().filter(|case| self.arena.settled(case.live) != Some(false));
        let value = match (applying.next(), applying.next()) {
            (Some(only), None) if self.arena.settled(only.live) == Some(true) => {
                let only = *only;
                if self.plan.is_probing() {
                    let watched = cases.iter().map(|case| case.live);
                    let watched = watched.filter(|live| self.arena.known(*live).is_none()).collect();
                    self.arena.probe(ProbePoint::Value(only.origin), watched, only.value)
                } else {
                    only.value
                }
            }
            _ => self.arena.cases(cases, definition.span),
        };
        self.definitions.insert(id, value);
        value
    }

    fn version_cases(&mut self, id: DefinitionRef, guard: NodeId, out: &mut Vec<CaseNode>) {
        let model = self.model;
        let mut whole = Vec::new();
        for exception in model.parts(Item::DefinitionVersion(id)).exceptions {
            whole.extend(self.exception_cases(*exception, guard, out));
        }
        let cases = match &model.definition(id).body {
            DefinitionBody::Open(_) => {
                let value = self.arena.leaf(Node::Open(id.definition, id.version), None, Vec::new());
                let live = self.unless_any(guard, &whole);
                let origin = ValueOrigin::Case(CaseRef::new(id, 0));
                push_case(self, out, CaseNode { guard, live, value, origin });
                return;
            }
            DefinitionBody::Cases(cases) => cases,
        };
        let all_parts = (0..cases.len()).map(|index| model.parts(Item::Case(CaseRef::new(id, index))));
        let all_parts: Vec<Parts<'p>> = all_parts.collect();
        let mut guards = Vec::with_capacity(cases.len());
        for (case, parts) in cases.iter().zip(&all_parts) {
            guards.push(if case.otherwise || !self.reaches(parts) {
                self.arena.truth(false)
            } else {
                let cohort = self.cohort(parts);
                let start = self.arena.and(&cohort);
                self.condition(start, parts)
            });
        }
        let any = self.arena.or(&guards);
        for (index, ((case, of_case), own)) in cases.iter().zip(&all_parts).zip(guards).enumerate() {
            let own = if case.otherwise && self.reaches(of_case) {
                let cohort = self.cohort(of_case);
                let mut parts = vec![self.arena.not(any)];
                parts.extend(cohort);
                self.arena.and(&parts)
            } else {
                own
            };
            let applies = self.arena.and(&[guard, own]);
            // A case that never applies needs no node, unless a trace or a probing plan records it.
            if self.arena.known(applies) == Some(false) && !self.traced && !self.plan.is_probing() {
                continue;
            }
            let mut children = whole.clone();
            for exception in of_case.exceptions {
                children.extend(self.exception_cases(*exception, applies, out));
            }
            let live = self.unless_any(applies, &children);
            let Some(value) = of_case.one(Role::Value) else { continue };
            let value = self.value_of(value);
            let origin = ValueOrigin::Case(CaseRef::new(id, index));
            push_case(self, out, CaseNode { guard: applies, live, value, origin });
        }
    }

    /// Adds the cases of an exception with a value; returns the conditions under which it applies.
    fn exception_cases(&mut self, id: ExceptionId, parent: NodeId, out: &mut Vec<CaseNode>) -> Vec<NodeId> {
        let model = self.model;
        let mut applying = Vec::new();
        for held in self.holding(Versioned::claims(&model.exceptions.at(id).versions)) {
            let version = ExceptionRef::new(id, held.index);
            if is_suspension(model.exception(version)) {
                continue;
            }
            let parts = model.parts(Item::ExceptionVersion(version));
            let guard = self.arena.and(&[parent, held.guard]);
            let applies = self.condition(guard, &parts);
            let mut children = Vec::new();
            for inner in parts.exceptions {
                children.extend(self.exception_cases(*inner, applies, out));
            }
            let live = self.unless_any(applies, &children);
            if let Some(value) = parts.one(Role::Value) {
                let value = self.value_of(value);
                let origin = ValueOrigin::Exception(version);
                push_case(self, out, CaseNode { guard: applies, live, value, origin });
            }
            applying.push(applies);
        }
        applying
    }

    fn unless_any(&mut self, applies: NodeId, children: &[NodeId]) -> NodeId {
        let mut parts = vec![applies];
        for child in children {
            parts.push(self.arena.not(*child));
        }
        self.arena.and(&parts)
    }

    /// True if any version of an exception to a rule, exception or notice holds.
    pub(crate) fn exception_holds(&mut self, id: ExceptionId) -> NodeId {
        if let Some(known) = self.exceptions.get(&id) {
            return *known;
        }
        if self.plan.is_probing() {
            let silent = self.none_of(id);
            let holds = self.arena.not(silent);
            self.exceptions.insert(id, holds);
            return holds;
        }
        let model = self.model;
        let mut versions = Vec::new();
        for held in self.holding(Versioned::claims(&model.exceptions.at(id).versions)) {
            let version = ExceptionRef::new(id, held.index);
            if !is_suspension(model.exception(version)) {
                versions.push(self.whole(held.guard, &model.parts(Item::ExceptionVersion(version))));
            }
        }
        let holds = self.arena.or(&versions);
        self.exceptions.insert(id, holds);
        holds
    }

    /// The conjunction of guard, filter, `when`, no `unless` and no exception.
    fn whole(&mut self, guard: NodeId, parts: &Parts<'p>) -> NodeId {
        let clauses = beside_cohort(parts);
        if self.plan.is_probing() {
            return self.whole_of(guard, &clauses, parts.exceptions);
        }
        let mut nodes = self.plain_parts(&[guard], &clauses);
        for exception in parts.exceptions {
            let holds = self.exception_holds(*exception);
            nodes.push(self.arena.not(holds));
        }
        self.arena.and(&nodes)
    }

    fn each(&mut self, parts: &Parts<'p>) -> Option<Loop> {
        let (local, list) = parts.variable.zip(parts.one(Role::List))?;
        Some(Loop { local, list: self.expr(list) })
    }

    /// Compiles the cell: entries, handlers, decisions and messages.
    pub(crate) fn policy(&mut self) {
        let model = self.model;
        // Programs of other cells enter here through `at`, so each program has all of them.
        for entry in self.plan.entries() {
            let node = self.expr(entry);
            self.arena.program.entries.push(node);
        }
        self.arena.program.in_force = model.sections.ids().next().and_then(|policy| {
            let policy = model.parts(Item::Section(policy));
            let cohort = self.cohort(&policy);
            self.reaches(&policy).then(|| self.arena.and(&cohort))
        });
        self.handlers();
        let mut decisions: IndexVec<DecisionId, DecisionEntry> = IndexVec::new();
        for (id, decision) in model.decisions.entries() {
            let mut outputs = Vec::new();
            for index in 0..decision.outputs.len() {
                let reference = OutputRef::new(id, index);
                let parts = model.parts(Item::Output(reference));
                let Some(value) = parts.one(Role::Value).filter(|_| self.reaches(&parts)) else { continue };
                let cohort = self.cohort(&parts);
                let guard = (!cohort.is_empty()).then(|| self.arena.and(&cohort));
                let each = self.each(&parts).zip(parts.one(Role::Key)).map(|(over, key)| OutputLoop {
                    over,
                    filter: parts.one(Role::Filter).map(|filter| self.condition_of(filter)),
                    key: self.expr(key),
                    span: key.span,
                });
                outputs.push(OutputEntry { output: reference.output, guard, each, value: self.expr(value) });
            }
            decisions.push(DecisionEntry { outputs, ..DecisionEntry::default() });
        }
        self.provisions(ProvisionKind::Rule, &mut decisions);
        self.provisions(ProvisionKind::Notice, &mut decisions);
        self.in_order(&mut decisions);
        self.arena.program.decisions = decisions;
        for reason in model.reasons.ids() {
            let values = self.all(model.parts(Item::Reason(reason)).of(Role::Message));
            self.arena.program.messages.push(values.into());
        }
    }

    /// The body and the clause of a version; `None` for a suspension.
    fn clause(&mut self, version: ProvisionRef, guard: NodeId) -> Option<(&'p ProvisionBody, Clause)> {
        let model = self.model;
        let body = model.provision(version).body.as_ref()?;
        let parts = model.parts(Item::ProvisionVersion(version));
        let mut args = Vec::new();
        for (role, expr) in &parts.expressions {
            match role {
                Role::Argument => args.push(*expr),
                // These belong to the guard, to `whole` and to `each`.
                Role::Cohort | Role::List | Role::Filter | Role::Condition | Role::Exclusion => {}
                // No provision has these roles.
                Role::Key
                | Role::Value
                | Role::Limit
                | Role::Default
                | Role::Message
                | Role::GoverningDate
                | Role::GoverningRegion => {}
            }
        }
        let holds = self.whole(guard, &parts);
        let each = self.each(&parts);
        Some((body, Clause { guard, holds, each, reason: body.reason, args: self.all(args) }))
    }

    /// For a probing plan: the versions that a suspension keeps silent in the cell. Each comes with the index of the
    /// suspension and the condition under which it would hold without it.
    pub(crate) fn kept_silent<Body>(&mut self, versions: &'p [Versioned<Option<Body>>]) -> Vec<(u32, Held)> {
        let mut found = Vec::new();
        if !self.plan.is_probing() || !versions.iter().any(is_suspension) {
            return found;
        }
        let suspends = |candidate: &&Candidate<'p>| versions.get(candidate.index).is_some_and(is_suspension);
        let here = self.candidates(Versioned::claims(versions));
        for above in here.iter().filter(suspends) {
            for below in here.iter().filter(|candidate| !suspends(candidate)) {
                if !below.outranked_by.iter().any(|(index, _)| *index == above.index) {
                    continue;
                }
                let mut parts = self.conditions_of(above.cohort);
                parts.extend(self.conditions_of(below.cohort));
                // The versions that outrank one of the two, each once and in the order of the versions.
                let higher: BTreeMap<usize, &'p [Expr]> =
                    above.outranked_by.iter().chain(&below.outranked_by).copied().collect();
                for (_, cohort) in
                    higher.into_iter().filter(|(other, _)| *other != above.index && *other != below.index)
                {
                    parts.push(self.not_in_cohort(cohort));
                }
                let guard = self.arena.and(&parts);
                if self.arena.known(guard) != Some(false) {
                    let suspension = u32::try_from(above.index).unwrap_or(u32::MAX);
                    found.push((suspension, Held { index: below.index, guard }));
                }
            }
        }
        found
    }

    /// Adds the provisions of a kind that can hold in the cell to their decisions.
    fn provisions(&mut self, kind: ProvisionKind, decisions: &mut IndexVec<DecisionId, DecisionEntry>) {
        let model = self.model;
        for id in self.plan.nearby().provisions(kind, self.place()) {
            let versions = &model.provisions.at(id).versions;
            for held in self.holding(Versioned::claims(versions)) {
                let version = ProvisionRef::new(id, held.index);
                let Some((body, clause)) = self.clause(version, held.guard) else { continue };
                for (_, entry) in decisions.entries_mut().filter(|(decision, _)| body.belongs_to(*decision)) {
                    entry.add(version, &body.effect, clause.clone());
                }
            }
            for (suspension, held) in self.kept_silent(versions) {
                let version = ProvisionRef::new(id, held.index);
                let Some((body, clause)) = self.clause(version, held.guard) else { continue };
                let suspended_by = ProvisionRef { provision: id, version: suspension };
                for (_, entry) in decisions.entries_mut().filter(|(decision, _)| body.belongs_to(*decision)) {
                    entry.add_suspended(suspended_by, &body.effect, clause.clone());
                }
            }
        }
    }

    /// Sorts the rules and notices of each decision into the order of evaluation.
    fn in_order(&self, decisions: &mut IndexVec<DecisionId, DecisionEntry>) {
        let key = |provision: ProvisionRef| self.plan.reason_key(&self.model.provision(provision).claim);
        for decision in decisions {
            decision.rules.sort_by_key(|entry| (entry.level, key(entry.rule), entry.rule.provision));
            decision.notices.sort_by_key(|entry| (key(entry.notice), entry.notice.provision));
        }
    }

    /// Compiles the handlers of each fact, field and registry, and those of the policy.
    pub(crate) fn handlers(&mut self) {
        let model = self.model;
        for owner in model.handler_owners() {
            let pair = self.handler_pair(owner);
            match owner {
                HandlerOwner::Fact(_) => _ = self.arena.program.facts.push(pair),
                HandlerOwner::Field(_) => _ = self.arena.program.fields.push(pair),
                HandlerOwner::Registry(_) => _ = self.arena.program.registries.push(pair),
                HandlerOwner::Policy => self.arena.program.policy = pair,
            }
        }
    }

    fn handler_pair(&mut self, owner: HandlerOwner) -> HandlerPair {
        let model = self.model;
        [State::Absent, State::Unavailable].map(|state| {
            let mut entries = Vec::new();
            for held in self.holding(model.handlers(owner).of(state).iter().map(Handler::claim).enumerate()) {
                let version = u32::try_from(held.index).unwrap_or(u32::MAX);
                let parts = model.parts(Item::Handler(HandlerRef { owner, state, version }));
                let means = parts.one(Role::Default).map(|value| self.expr(value));
                entries.push(HandlerEntry { version, guard: held.guard, means });
            }
            entries
        })
    }
}

/// The conditions of an item besides its cohort, each with the truth value that it must have.
pub(super) fn beside_cohort<'p>(parts: &Parts<'p>) -> Vec<(&'p Expr, bool)> {
    let beside = parts.conditions().filter(|(role, ..)| *role != Role::Cohort);
    beside.map(|(_, expr, wanted)| (expr, wanted)).collect()
}

/// True if a version is a suspension: it has no body and keeps those below it silent.
pub(super) fn is_suspension<Body>(version: &Versioned<Option<Body>>) -> bool {
    version.body.is_none()
}

/// Adds a case unless it never applies.
fn push_case(builder: &Builder<'_>, out: &mut Vec<CaseNode>, case: CaseNode) {
    if builder.arena.known(case.live) != Some(false) {
        out.push(case);
    }
}
