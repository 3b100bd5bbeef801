//! Which versions hold at a cell, and what definitions, exceptions, rules, notices and handlers are there: formulas
//! over nodes, so that the evaluator knows nothing of scopes.

use super::compile::Builder;
use super::node::*;
use super::probe::Mark;
use crate::ids::*;
use crate::model::*;

/// A version that can hold here: its place among the versions, and its right to speak.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Held {
    pub(crate) index: usize,
    /// Its cohort, and no higher version's.
    pub(crate) guard: NodeId,
}

impl<'p> Builder<'p> {
    /// The versions whose days and regions cover the cell and that no higher one keeps silent for everybody.
    pub(crate) fn standing(&mut self, claims: &[&'p Claim]) -> Vec<Held> {
        self.standing_among(claims.iter().copied().enumerate())
    }

    /// The same of some of the versions, each with its place among all.
    pub(crate) fn standing_among(&mut self, claims: impl Iterator<Item = (usize, &'p Claim)>) -> Vec<Held> {
        let here: Vec<(usize, &'p Claim)> = claims.filter(|(_, claim)| self.covers(&claim.scope)).collect();
        let mut held = Vec::new();
        for (index, claim) in &here {
            let mut parts = self.conditions_of(&claim.scope.cohort);
            for (other, higher) in &here {
                if other != index && standing(self.model, self.choices, higher, claim) == Standing::Higher {
                    let cohort = self.conditions_of(&higher.scope.cohort);
                    let speaks = self.arena.and(&cohort);
                    parts.push(self.arena.not(speaks));
                }
            }
            let guard = self.arena.and(&parts);
            if self.arena.known(guard) != Some(false) {
                held.push(Held { index: *index, guard });
            }
        }
        held
    }

    /// `guard` and `when` and no `unless`.
    fn condition(&mut self, guard: NodeId, when: &'p Option<Expr>, unless: &'p [Expr]) -> NodeId {
        let when: Vec<&Expr> = when.iter().collect();
        self.all_of(&[guard], &when, unless)
    }

    /// The value of a definition, its parameters free.
    pub(crate) fn definition(&mut self, id: DefinitionId, definition: &'p Definition) -> NodeId {
        if let Some(known) = self.definitions.get(&id) {
            return *known;
        }
        let claims: Vec<&Claim> = definition.versions.iter().map(|v| &v.claim).collect();
        let mut cases = Vec::new();
        for held in self.standing(&claims) {
            if let Some(version) = definition.versions.get(held.index) {
                self.version_cases(DefinitionRef::new(id, held.index), version, held.guard, &mut cases);
            }
        }
        // Only a probing plan keeps cases that the choices have silenced, for the sake of their conditions.
        let mut speaking = cases.iter().filter(|case| self.arena.settled(case.live) != Some(false));
        let value = match (speaking.next(), speaking.next()) {
            (Some(only), None) if self.arena.settled(only.live) == Some(true) => {
                let only = *only;
                if self.plan.is_probing() {
                    let watched = cases.iter().map(|case| case.live);
                    let watched = watched.filter(|live| self.arena.known(*live).is_none()).collect();
                    self.arena.probe(Mark::Value(only.origin), watched, only.value)
                } else {
                    only.value
                }
            }
            _ => self.arena.cases(cases, definition.span),
        };
        self.definitions.insert(id, value);
        value
    }

    fn version_cases(
        &mut self,
        id: DefinitionRef,
        version: &'p Versioned<DefinitionBody>,
        guard: NodeId,
        out: &mut Vec<CaseNode>,
    ) {
        let mut whole = Vec::new();
        for exception in &version.exceptions {
            whole.extend(self.exception_cases(*exception, guard, out));
        }
        let cases = match &version.body {
            DefinitionBody::Open(_) => {
                let value = self.arena.leaf(Node::Open(id.definition, id.version), None, Vec::new());
                let live = self.unless_any(guard, &whole);
                let origin = ValueOrigin::Case(CaseRef::new(id, 0));
                push_case(self, out, CaseNode { guard, live, value, origin });
                return;
            }
            DefinitionBody::Cases(cases) => cases,
        };
        let mut guards = Vec::with_capacity(cases.len());
        for case in cases {
            guards.push(if case.otherwise || !self.covers(&case.scope) {
                self.arena.truth(false)
            } else {
                let cohort = self.conditions_of(&case.scope.cohort);
                let start = self.arena.and(&cohort);
                self.condition(start, &case.condition.when, &case.condition.unless)
            });
        }
        let any = self.arena.or(&guards);
        for (index, (case, own)) in cases.iter().zip(guards).enumerate() {
            let own = if case.otherwise && self.covers(&case.scope) {
                let cohort = self.conditions_of(&case.scope.cohort);
                let mut parts = vec![self.arena.not(any)];
                parts.extend(cohort);
                self.arena.and(&parts)
            } else {
                own
            };
            let speaks = self.arena.and(&[guard, own]);
            // What can never speak here needs no nodes, unless somebody looks at it all the same.
            if self.arena.known(speaks) == Some(false) && !self.traced && !self.plan.is_probing() {
                continue;
            }
            let mut children = whole.clone();
            for exception in &case.exceptions {
                children.extend(self.exception_cases(*exception, speaks, out));
            }
            let live = self.unless_any(speaks, &children);
            let value = self.value_of(&case.value);
            let origin = ValueOrigin::Case(CaseRef::new(id, index));
            push_case(self, out, CaseNode { guard: speaks, live, value, origin });
        }
    }

    /// The cases that an exception brings inside what it excepts; gives what keeps that silent.
    fn exception_cases(&mut self, id: ExceptionId, parent: NodeId, out: &mut Vec<CaseNode>) -> Vec<NodeId> {
        let Some(exception) = self.model.exceptions.get(id.index()) else { return Vec::new() };
        let claims: Vec<&Claim> = exception.versions.iter().map(|v| &v.claim).collect();
        let mut speaking = Vec::new();
        for held in self.standing(&claims) {
            let Some(version) = exception.versions.get(held.index) else { continue };
            let Some(body) = &version.body else { continue };
            let guard = self.arena.and(&[parent, held.guard]);
            let speaks = self.condition(guard, &body.condition.when, &body.condition.unless);
            let mut children = Vec::new();
            for inner in &version.exceptions {
                children.extend(self.exception_cases(*inner, speaks, out));
            }
            let live = self.unless_any(speaks, &children);
            if let Some(value) = &body.value {
                let value = self.value_of(value);
                let origin = ValueOrigin::Exception(ExceptionRef::new(id, held.index));
                push_case(self, out, CaseNode { guard: speaks, live, value, origin });
            }
            speaking.push(speaks);
        }
        speaking
    }

    fn unless_any(&mut self, speaks: NodeId, children: &[NodeId]) -> NodeId {
        let mut parts = vec![speaks];
        for child in children {
            parts.push(self.arena.not(*child));
        }
        self.arena.and(&parts)
    }

    /// Whether an exception of a rule, exception or notice holds, in any of its versions.
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
        let mut versions = Vec::new();
        if let Some(exception) = self.model.exceptions.get(id.index()) {
            let claims: Vec<&Claim> = exception.versions.iter().map(|v| &v.claim).collect();
            for held in self.standing(&claims) {
                let Some(version) = exception.versions.get(held.index) else { continue };
                let Some(body) = &version.body else { continue };
                versions.push(self.whole(
                    held.guard,
                    None,
                    &body.condition.when,
                    &body.condition.unless,
                    &version.exceptions,
                ));
            }
        }
        let holds = self.arena.or(&versions);
        self.exceptions.insert(id, holds);
        holds
    }

    /// Guard, filter, `when`, no `unless` and no exception.
    fn whole(
        &mut self,
        guard: NodeId,
        filter: Option<&'p Expr>,
        when: &'p Option<Expr>,
        unless: &'p [Expr],
        exceptions: &'p [ExceptionId],
    ) -> NodeId {
        let wanted: Vec<&Expr> = filter.into_iter().chain(when).collect();
        if self.plan.is_probing() {
            return self.whole_of(guard, &wanted, unless, exceptions);
        }
        let mut parts = self.plain_parts(&[guard], &wanted, unless);
        for exception in exceptions {
            let holds = self.exception_holds(*exception);
            parts.push(self.arena.not(holds));
        }
        self.arena.and(&parts)
    }

    fn each(&mut self, each: &'p Option<ForEach>) -> Option<Loop> {
        each.as_ref().map(|each| Loop { local: each.local, list: self.expr(&each.list) })
    }

    /// All that the cell's program holds besides expressions.
    pub(crate) fn policy(&mut self) {
        let model = self.model;
        // Entered by other cells' programs through `at`, so each program has all of them.
        for entry in self.plan.entries() {
            let node = self.expr(entry);
            self.arena.program.entries.push(node);
        }
        self.arena.program.in_force = model.sections.first().and_then(|policy| {
            let covered = self.covers(&policy.scope);
            let cohort = self.conditions_of(&policy.scope.cohort);
            covered.then(|| self.arena.and(&cohort))
        });
        self.handlers();
        let mut decisions: Vec<DecisionEntry> = Vec::with_capacity(model.decisions.len());
        for decision in &model.decisions {
            let outputs = decision.outputs.iter().map(|o| self.expr(&o.value)).collect();
            decisions.push(DecisionEntry { outputs, ..DecisionEntry::default() });
        }
        self.provisions(ProvisionKind::Rule, &mut decisions);
        self.provisions(ProvisionKind::Notice, &mut decisions);
        self.in_order(&mut decisions);
        self.arena.program.decisions = decisions;
        for reason in &model.reasons {
            let mut values = Vec::new();
            for part in reason.messages.iter().flat_map(|(_, parts)| parts) {
                if let MessagePart::Value(expr, _) = part {
                    values.push(self.expr(expr));
                }
            }
            self.arena.program.messages.push(values.into());
        }
    }

    /// What a version says, if it does not suspend.
    fn clause(
        &mut self,
        version: &'p Versioned<Option<ProvisionBody>>,
        guard: NodeId,
    ) -> Option<(&'p ProvisionBody, Clause)> {
        let body = version.body.as_ref()?;
        let filter = body.for_each.as_ref().and_then(|each| each.filter.as_ref());
        let clause = Clause {
            guard,
            holds: self.whole(guard, filter, &body.condition.when, &body.condition.unless, &version.exceptions),
            each: self.each(&body.for_each),
            reason: body.reason,
            args: self.all(&body.args),
        };
        Some((body, clause))
    }

    /// For a probing plan, the versions that a suspension keeps silent here: the number of the suspension, and the
    /// version with its right to speak if the suspension were not there.
    pub(crate) fn kept_silent(&mut self, claims: &[&'p Claim], suspends: &[bool]) -> Vec<(u32, Held)> {
        let mut found = Vec::new();
        if !self.plan.is_probing() || !suspends.contains(&true) {
            return found;
        }
        let (model, choices) = (self.model, self.choices);
        let here: Vec<(usize, &'p Claim)> =
            claims.iter().copied().enumerate().filter(|(_, claim)| self.covers(&claim.scope)).collect();
        let is_suspension = |index: usize| suspends.get(index) == Some(&true);
        for (suspension, above) in here.iter().filter(|(index, _)| is_suspension(*index)) {
            for (index, below) in here.iter().filter(|(index, _)| !is_suspension(*index)) {
                if standing(model, choices, above, below) != Standing::Higher {
                    continue;
                }
                let mut parts = self.conditions_of(&above.scope.cohort);
                parts.extend(self.conditions_of(&below.scope.cohort));
                for (_, higher) in here.iter().filter(|(other, _)| other != suspension && other != index) {
                    let outranks = |claim| standing(model, choices, higher, claim) == Standing::Higher;
                    if outranks(above) || outranks(below) {
                        let cohort = self.conditions_of(&higher.scope.cohort);
                        let speaks = self.arena.and(&cohort);
                        parts.push(self.arena.not(speaks));
                    }
                }
                let guard = self.arena.and(&parts);
                if self.arena.known(guard) != Some(false) {
                    found.push((u32::try_from(*suspension).unwrap_or(u32::MAX), Held { index: *index, guard }));
                }
            }
        }
        found
    }

    /// The provisions of a kind that can hold here, each with its decision.
    fn provisions(&mut self, kind: ProvisionKind, decisions: &mut [DecisionEntry]) {
        let model = self.model;
        for id in self.plan.nearby().provisions(kind, self.place()) {
            let provision = &model.provisions[id];
            let claims: Vec<&Claim> = provision.versions.iter().map(|v| &v.claim).collect();
            for held in self.standing(&claims) {
                let Some(version) = provision.versions.get(held.index) else { continue };
                let Some((body, clause)) = self.clause(version, held.guard) else { continue };
                if let Some(decision) = decisions.get_mut(body.decision.index()) {
                    decision.add(ProvisionRef::new(id, held.index), &body.effect, clause);
                }
            }
            let suspends: Vec<bool> = provision.versions.iter().map(|v| v.body.is_none()).collect();
            for (suspension, held) in self.kept_silent(&claims, &suspends) {
                let Some(version) = provision.versions.get(held.index) else { continue };
                let Some((body, clause)) = self.clause(version, held.guard) else { continue };
                if let Some(decision) = decisions.get_mut(body.decision.index()) {
                    decision.add_suspended(ProvisionRef { provision: id, version: suspension }, &body.effect, clause);
                }
            }
        }
    }

    /// Puts what each decision consists of into the order in which it is looked at.
    fn in_order(&self, decisions: &mut [DecisionEntry]) {
        let key = |provision: ProvisionRef| self.plan.reason_key(&self.model.provision(provision).claim);
        for decision in decisions {
            decision.rules.sort_by_key(|entry| (entry.level, key(entry.rule), entry.rule.provision));
            decision.notices.sort_by_key(|entry| (key(entry.notice), entry.notice.provision));
        }
    }

    /// What the silence of each fact, field and registry means here.
    pub(crate) fn handlers(&mut self) {
        let model = self.model;
        for fact in &model.facts {
            let pair = self.handler_pair(&fact.datum.handlers);
            self.arena.program.facts.push(pair);
        }
        for field in &model.fields {
            let pair = self.handler_pair(&field.datum.handlers);
            self.arena.program.fields.push(pair);
        }
        for registry in &model.registries {
            let pair = self.handler_pair(&registry.handlers);
            self.arena.program.registries.push(pair);
        }
    }

    fn handler_pair(&mut self, handlers: &'p Handlers) -> HandlerPair {
        [&handlers.absent, &handlers.unavailable].map(|list| {
            let claims: Vec<&Claim> = list.iter().map(|h| &h.claim).collect();
            let mut entries = Vec::new();
            for held in self.standing(&claims) {
                let Some(handler) = list.get(held.index) else { continue };
                let means = match &handler.action {
                    HandlerAction::Means(value) => Some(self.expr(value)),
                    HandlerAction::Then { .. } => None,
                };
                let version = u32::try_from(held.index).unwrap_or(u32::MAX);
                entries.push(HandlerEntry { version, guard: held.guard, means });
            }
            entries
        })
    }
}

/// Keeps a case unless it can never speak.
fn push_case(builder: &Builder<'_>, out: &mut Vec<CaseNode>, case: CaseNode) {
    if builder.arena.known(case.live) != Some(false) {
        out.push(case);
    }
}
