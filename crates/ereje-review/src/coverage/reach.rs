//! Finds the goals of a Model: a walk from the decisions to everything that an outcome, its notices and its outputs can
//! depend on. What only messages read is no goal, nor is what cannot be reached.

use super::answered::answered;
use super::goals::{CoverageGoal, CoverageKind, missing};
use super::holds;
use ereje::eval::{CellState, CoveragePoint, Subject, Verdict};
use ereje::ids::*;
use ereje::model::*;
use ereje::model::{HandlerOwner, HandlerRef};
use ereje::source::{Sources, Span};
use ereje::syntax::ast::{AggregateFunc, State};
use std::collections::{BTreeMap, BTreeSet};

/// All goals, ordered by place.
pub(super) fn goals(model: &Model, sources: &Sources) -> Vec<CoverageGoal> {
    let mut collector = GoalCollector {
        model,
        sources,
        goals: BTreeMap::new(),
        seen: BTreeSet::new(),
        todo: Vec::new(),
        tested: BTreeSet::new(),
        within: String::new(),
    };
    collector.decisions();
    // Handlers of registries may lead to further names.
    while !collector.todo.is_empty() {
        while let Some((name, gives_value)) = collector.todo.pop() {
            collector.named(name, gives_value);
        }
        collector.silences();
    }
    let mut goals: Vec<CoverageGoal> = collector.goals.into_values().collect();
    // For each clause, true comes before false.
    goals.sort_by_key(|goal| (goal.span.file, goal.span.start, goal.kind, goal.side() == Some("false"), goal.point));
    goals
}

struct GoalCollector<'m> {
    model: &'m Model,
    sources: &'m Sources,
    goals: BTreeMap<CoveragePoint, CoverageGoal>,
    /// The names that the walk has reached, each with whether it is an exception that gives a definition its value.
    seen: BTreeSet<(Item, bool)>,
    todo: Vec<(Item, bool)>,
    /// Facts and fields of which a state is tested.
    tested: BTreeSet<(Subject, State)>,
    /// The name of the item that the walk is in.
    within: String,
}

impl<'m> GoalCollector<'m> {
    fn meet(&mut self, name: Item) {
        self.come_to(name, false);
    }

    fn exceptions(&mut self, parts: &Parts<'m>, gives_value: bool) {
        parts.exceptions.iter().for_each(|id| self.come_to(Item::Exception(*id), gives_value));
    }

    fn come_to(&mut self, name: Item, gives_value: bool) {
        if self.seen.insert((name, gives_value)) {
            self.todo.push((name, gives_value));
        }
    }

    fn goal(&mut self, point: CoveragePoint, kind: CoverageKind, name: String, span: Span, gives_value: bool) {
        let within = (!name.starts_with(&self.within)).then(|| self.within.clone());
        let missing = missing(point, gives_value);
        self.goals.entry(point).or_insert(CoverageGoal { point, kind, name, within, span, missing });
    }

    /// The text of a place, as one line.
    fn text(&self, span: Span) -> String {
        let text = self.sources.get(span.file).and_then(|s| s.text.get(span.start as usize..span.end as usize));
        text.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn decisions(&mut self) {
        let model = self.model;
        if let Some(policy) = model.sections.first() {
            self.within.clone_from(&policy.name);
            self.read(Item::Section(SectionId(0)));
        }
        self.within = "as of".into();
        self.read(Item::AsOf);
        for kind in [ProvisionKind::Rule, ProvisionKind::Notice] {
            for (id, provision) in model.provisions_of(kind) {
                self.provision(id, provision);
            }
        }
        for (id, decision) in model.decisions.entries() {
            self.within.clone_from(&decision.name);
            let last = decision.outcomes.len().saturating_sub(1);
            self.ending(id, u32::try_from(last).unwrap_or(u32::MAX));
            model.parts(Item::Decision(id)).inside.into_iter().for_each(|item| self.read(item));
        }
    }

    /// Visits what an item reads.
    fn read(&mut self, item: Item) {
        for (role, expr) in self.model.parts(item).expressions {
            match role {
                Role::Cohort | Role::Filter | Role::Condition | Role::Exclusion => self.condition(expr),
                // The value of a case or an exception is a condition if it is true or false.
                Role::Value if matches!(item, Item::Case(_) | Item::ExceptionVersion(_)) => self.value(expr),
                Role::Value
                | Role::List
                | Role::Key
                | Role::Argument
                | Role::Default
                | Role::GoverningDate
                | Role::GoverningRegion => self.expr(expr),
                // Bounds of norms are compared when the policy is checked, and messages decide nothing.
                Role::Limit | Role::Message => {}
            }
        }
    }

    fn provision(&mut self, id: ProvisionId, provision: &'m Provision) {
        let model = self.model;
        let versions = model.parts(Item::Provision(id)).inside;
        let claims = claims(model, &versions);
        for ((number, version), item) in provision.versions.iter().enumerate().zip(versions) {
            if !holds::ever(model, &claims, number) {
                continue;
            }
            self.within.clone_from(&version.qualified);
            let provision_version = ProvisionRef::new(id, number);
            let (point, kind) = match provision.kind {
                ProvisionKind::Rule => (CoveragePoint::Rule(provision_version), CoverageKind::Rules),
                ProvisionKind::Notice => (CoveragePoint::Notice(provision_version), CoverageKind::Notices),
            };
            self.goal(point, kind, version.qualified.clone(), version.claim.span, version.body.is_some());
            self.read(item);
            let Some(body) = &version.body else { continue };
            if let Some(level) = body.level() {
                self.ending(body.decision, level);
            }
            self.exceptions(&model.parts(item), false);
        }
    }

    fn ending(&mut self, decision: DecisionId, level: u32) {
        let of = self.model.decisions.at(decision);
        let Some(outcome) = of.outcomes.get(level as usize) else { return };
        let within = std::mem::replace(&mut self.within, of.name.clone());
        let point = CoveragePoint::Verdict(decision, Verdict::Outcome(level));
        self.goal(point, CoverageKind::Outcomes, outcome.name.clone(), of.span, true);
        self.within = within;
    }

    /// Visits an expression where a condition is expected; a probing plan notes the same clauses.
    fn condition(&mut self, expr: &'m Expr) {
        let clauses = expr.clauses();
        if clauses.is_empty() {
            // A constant has no clauses. But if it is a table it has rows: `table t: bool by k` with only `otherwise`.
            self.inside(expr);
        }
        for clause in clauses {
            if !self.is_open(clause) {
                let name = self.text(clause.span);
                for side in [true, false] {
                    self.goal(
                        CoveragePoint::Clause(clause.span, side),
                        CoverageKind::Clauses,
                        name.clone(),
                        clause.span,
                        true,
                    );
                }
            }
            self.inside(clause);
        }
    }

    /// True if the definition has no text, so that it is never known.
    fn is_open(&self, expr: &Expr) -> bool {
        let ExprKind::Define(id, _) = &expr.kind else { return false };
        let versions = self.model.parts(Item::Definition(*id)).inside;
        let is_open = |version: Item| {
            matches!(version, Item::DefinitionVersion(reference)
                if matches!(self.model.definition(reference).body, DefinitionBody::Open(_)))
        };
        versions.into_iter().all(|version| is_open(version) && self.model.parts(version).exceptions.is_empty())
    }

    fn expr(&mut self, expr: &'m Expr) {
        if expr.is_condition() { self.condition(expr) } else { self.inside(expr) }
    }

    fn value(&mut self, expr: &'m Expr) {
        if expr.ty == Type::Bool { self.condition(expr) } else { self.expr(expr) }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "of a form without goals of its own, what stands inside has them"
    )]
    fn inside(&mut self, expr: &'m Expr) {
        match &expr.kind {
            ExprKind::Fact(fact) => self.meet(Item::Fact(*fact)),
            ExprKind::Field(record, field) => {
                self.meet(Item::Field(*field));
                self.inside(record);
            }
            ExprKind::Call(Builtin::SameRecord(record), args) => {
                self.model.compared_fields(*record).into_iter().for_each(|field| self.meet(Item::Field(field)));
                args.iter().for_each(|e| self.inside(e));
            }
            ExprKind::Norm(norm) => self.meet(Item::Norm(*norm)),
            ExprKind::Define(definition, args) => {
                self.meet(Item::Definition(*definition));
                args.iter().for_each(|e| self.expr(e));
            }
            ExprKind::IsState(what, state) => {
                let of = if let ExprKind::OverTime(list, _) = &what.kind { list } else { what };
                if let ExprKind::Fact(fact) = &of.kind {
                    self.tested.insert((Subject::Fact(*fact), *state));
                } else if let ExprKind::Field(_, field) = &of.kind {
                    self.tested.insert((Subject::Field(*field), *state));
                }
                self.inside(what);
            }
            ExprKind::Aggregate(aggregate) => {
                self.expr(&aggregate.list);
                aggregate.filter.iter().for_each(|e| self.condition(e));
                if let Some(body) = &aggregate.body {
                    match aggregate.func {
                        AggregateFunc::Any | AggregateFunc::All => self.condition(body),
                        AggregateFunc::Count
                        | AggregateFunc::Sum
                        | AggregateFunc::Min
                        | AggregateFunc::Max
                        | AggregateFunc::First
                        | AggregateFunc::List => self.expr(body),
                    }
                }
                aggregate.otherwise.iter().for_each(|e| self.expr(e));
            }
            ExprKind::Table(table) => {
                for (number, row) in table.rows.iter().enumerate() {
                    let name = format!("row {}", number + 1);
                    self.goal(CoveragePoint::Row(row.span), CoverageKind::Rows, name, row.span, true);
                    row.conditions.iter().for_each(|e| self.condition(e));
                    self.expr(&row.output);
                }
                if let Some(otherwise) = &table.otherwise {
                    let name = "otherwise".to_owned();
                    self.goal(CoveragePoint::Row(otherwise.span), CoverageKind::Rows, name, otherwise.span, true);
                    self.expr(otherwise);
                }
            }
            ExprKind::Conditional(conditional) => {
                self.condition(&conditional.condition);
                self.value(&conditional.value);
                self.value(&conditional.otherwise);
            }
            ExprKind::Scale(amount, bands) => {
                self.expr(amount);
                for (number, (upto, rate)) in bands.iter().enumerate() {
                    let name = format!("band {}", number + 1);
                    self.goal(CoveragePoint::Band(rate.span), CoverageKind::Rows, name, rate.span, true);
                    upto.iter().for_each(|e| self.expr(e));
                    self.expr(rate);
                }
            }
            _ => expr.each_child(&mut |e| self.expr(e)),
        }
    }

    fn named(&mut self, name: Item, gives_value: bool) {
        let model = self.model;
        match name {
            Item::Definition(id) => self.definition(id),
            Item::Exception(id) => {
                let versions = model.parts(name).inside;
                let claims = claims(model, &versions);
                for ((number, version), item) in model.exceptions.at(id).versions.iter().enumerate().zip(versions) {
                    // The effect of a suspended exception of a definition is not noted.
                    if !holds::ever(model, &claims, number) || (version.body.is_none() && gives_value) {
                        continue;
                    }
                    self.within.clone_from(&version.qualified);
                    let point = CoveragePoint::Exception(ExceptionRef::new(id, number));
                    self.goal(
                        point,
                        CoverageKind::Exceptions,
                        version.qualified.clone(),
                        version.claim.span,
                        gives_value,
                    );
                    self.read(item);
                    if version.body.is_some() {
                        self.exceptions(&model.parts(item), gives_value);
                    }
                }
            }
            Item::Norm(id) => {
                let mut values = model.parts(name).inside;
                values.retain(|item| matches!(item, Item::NormValue(_)));
                let claims = claims(model, &values);
                for (number, item) in values.into_iter().enumerate() {
                    let Some(value) = model.parts(item).one(Role::Value) else { continue };
                    if holds::ever(model, &claims, number) {
                        let name = &model.norms.at(id).name;
                        self.within.clone_from(name);
                        let point = CoveragePoint::Norm(NormValueRef::new(id, number));
                        let name = format!("{name} = {}", self.text(value.span));
                        self.goal(point, CoverageKind::Norms, name, value.span, true);
                        self.read(item);
                    }
                }
            }
            Item::Fact(id) => {
                self.datum(Subject::Fact(id), HandlerOwner::Fact(id), &model.facts.at(id).datum);
            }
            Item::Field(id) => {
                self.datum(Subject::Field(id), HandlerOwner::Field(id), &model.fields.at(id).datum);
            }
            // The walk never reaches these.
            Item::Section(_)
            | Item::AsOf
            | Item::Source(_)
            | Item::Registry(_)
            | Item::Record(_)
            | Item::Handler(_)
            | Item::Assumption(_)
            | Item::NormValue(_)
            | Item::NormLimit(_)
            | Item::DefinitionVersion(_)
            | Item::Case(_)
            | Item::Provision(_)
            | Item::ProvisionVersion(_)
            | Item::ExceptionVersion(_)
            | Item::Reason(_)
            | Item::Decision(_)
            | Item::Outcome(_)
            | Item::Output(_) => {}
        }
    }

    fn datum(&mut self, subject: Subject, owner: HandlerOwner, datum: &Datum) {
        self.states(subject, self.model.owner_name(owner), datum, [CellState::Known, CellState::Unasked]);
        for state in [State::Absent, State::Unavailable] {
            self.handlers(owner, state);
        }
    }

    fn definition(&mut self, id: DefinitionId) {
        let model = self.model;
        let versions = model.parts(Item::Definition(id)).inside;
        let claims = claims(model, &versions);
        for ((number, version), item) in model.definitions.at(id).versions.iter().enumerate().zip(versions) {
            if !holds::ever(model, &claims, number) {
                continue;
            }
            self.within.clone_from(&version.qualified);
            self.read(item);
            let parts = model.parts(item);
            if let DefinitionBody::Open(_) = &version.body {
                let point = CoveragePoint::Case(CaseRef::new(DefinitionRef::new(id, number), 0));
                self.goal(point, CoverageKind::Cases, version.qualified.clone(), version.claim.span, true);
            }
            for item in &parts.inside {
                let Item::Case(reference) = item else { continue };
                let (Some(case), inner) = (model.case(*reference), model.parts(*item)) else { continue };
                let Some(value) = inner.one(Role::Value) else { continue };
                if !inner.scope.is_some_and(|scope| holds::nonempty(model, scope)) {
                    continue;
                }
                self.within.clone_from(&version.qualified);
                let name = match (&case.label, case.otherwise) {
                    (Some(label), _) => format!("{}.{label}", version.qualified),
                    (None, true) => format!("{} otherwise", version.qualified),
                    (None, false) => version.qualified.clone(),
                };
                // A plain `= E` has the place of its name, a case its own.
                let plain = case.span == value.span && !case.otherwise;
                let span = if plain { version.claim.span } else { case.span };
                self.goal(CoveragePoint::Case(*reference), CoverageKind::Cases, name.clone(), span, true);
                self.within = name;
                self.read(*item);
                self.exceptions(&inner, true);
            }
            self.exceptions(&parts, true);
        }
    }

    fn states(&mut self, subject: Subject, name: String, datum: &Datum, states: impl IntoIterator<Item = CellState>) {
        self.within.clear();
        for met in states {
            self.goal(CoveragePoint::State(subject, met), CoverageKind::States, name.clone(), datum.span, true);
        }
    }

    fn handlers(&mut self, owner: HandlerOwner, state: State) {
        let model = self.model;
        let name = model.owner_name(owner);
        let versions: Vec<HandlerRef> = handlers(model, owner, state).collect();
        let items: Vec<Item> = versions.iter().copied().map(Item::Handler).collect();
        let claims = claims(model, &items);
        let word = state.keyword();
        for ((number, version), item) in versions.into_iter().enumerate().zip(items) {
            let parts = model.parts(item);
            let outcome = |name: &Item| if let Item::Outcome(outcome) = name { Some(*outcome) } else { None };
            let outcomes: Vec<OutcomeRef> = parts.names.iter().filter_map(outcome).collect();
            let means = parts.one(Role::Default).is_some();
            let Some(claim) = parts.claim else { continue };
            if (outcomes.is_empty() && !means) || !holds::ever(model, &claims, number) {
                continue;
            }
            self.within.clone_from(&name);
            self.goal(
                CoveragePoint::Handler(version),
                CoverageKind::Handlers,
                format!("{name} if {word}"),
                claim.span,
                means,
            );
            self.read(item);
            outcomes.into_iter().for_each(|outcome| self.ending(outcome.decision, outcome.level));
        }
    }

    /// Goals that depend on registries: absent and unavailable occur if somebody is asked, if there is a handler for
    /// them, or if a rule tests for them. The handlers of registries and of the policy for facts without their own are goals as well.
    fn silences(&mut self) {
        let model = self.model;
        let answered = answered(model);
        let mut speaking: BTreeSet<(HandlerOwner, bool)> = BTreeSet::new();
        let met: Vec<Item> = self.seen.iter().map(|(name, _)| *name).collect();
        for name in met {
            let (subject, owner, datum, by) = if let Item::Fact(id) = name {
                let datum = &model.facts.at(id).datum;
                (Subject::Fact(id), HandlerOwner::Fact(id), datum, datum.registries.iter().copied().collect())
            } else if let Item::Field(id) = name {
                let field = model.fields.at(id);
                let own: BTreeSet<RegistryId> = field.datum.registries.iter().copied().collect();
                let outer = answered.get(&field.record).cloned().unwrap_or_default();
                let by = if own.is_empty() { outer } else { own };
                (Subject::Field(id), HandlerOwner::Field(id), &field.datum, by)
            } else {
                continue;
            };
            for (state, met) in [(State::Absent, CellState::Absent), (State::Unavailable, CellState::Unavailable)] {
                let own: Vec<Item> = handlers(model, owner, state).map(Item::Handler).collect();
                if !by.is_empty() || !own.is_empty() || self.tested.contains(&(subject, state)) {
                    self.states(subject, model.owner_name(owner), datum, [met]);
                }
                // If the policy itself has a handler for the fact, no other is ever used.
                if !claims(model, &own).iter().any(|claim| claim.section == SectionId(0)) {
                    let policy = by.is_empty().then_some(HandlerOwner::Policy);
                    let others = by.iter().copied().map(HandlerOwner::Registry).chain(policy);
                    speaking.extend(others.map(|owner| (owner, state == State::Absent)));
                }
            }
        }
        for (owner, absent) in speaking {
            let state = if absent { State::Absent } else { State::Unavailable };
            self.handlers(owner, state);
        }
    }
}

/// The claims of these versions.
fn claims<'m>(model: &'m Model, versions: &[Item]) -> Vec<&'m Claim> {
    versions.iter().filter_map(|item| model.parts(*item).claim).collect()
}

/// The versions of the handlers of an owner for a state.
fn handlers(model: &Model, owner: HandlerOwner, state: State) -> impl Iterator<Item = HandlerRef> + use<> {
    let count = u32::try_from(model.handlers(owner).of(state).len()).unwrap_or(u32::MAX);
    (0..count).map(move |version| HandlerRef { owner, state, version })
}
