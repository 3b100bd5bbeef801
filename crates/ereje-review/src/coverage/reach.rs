//! The goals of a Model: a walk from the decisions to everything that can be looked at on the way to an outcome, its
//! notices and its outputs. What only the words of a message read is no goal; nor is what cannot be reached.

use super::answered::answered;
use super::goals::{Goal, Kind, missing};
use super::holds;
use ereje::eval::{Ending, Hit, Met, Subject};
use ereje::ids::*;
use ereje::model::*;
use ereje::model::{HandlerOwner, HandlerRef};
use ereje::plan::{clauses, is_condition};
use ereje::source::{Sources, Span};
use ereje::syntax::ast::{AggregateFunc, State};
use std::collections::{BTreeMap, BTreeSet};

/// All goals, by place.
pub(super) fn goals(model: &Model, sources: &Sources) -> Vec<Goal> {
    let mut walk = Walk {
        model,
        sources,
        goals: BTreeMap::new(),
        seen: BTreeSet::new(),
        todo: Vec::new(),
        tested: BTreeSet::new(),
        within: String::new(),
    };
    walk.decisions();
    // What a registry declares may bring further names.
    while !walk.todo.is_empty() {
        while let Some(name) = walk.todo.pop() {
            walk.named(name);
        }
        walk.silences();
    }
    let mut goals: Vec<Goal> = walk.goals.into_values().collect();
    // Of the sides of a clause, true comes first.
    goals.sort_by_key(|goal| (goal.span.file, goal.span.start, goal.kind, goal.side() == Some("false"), goal.hit));
    goals
}

/// Something with a name that the walk comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Named {
    Definition(DefinitionId),
    Exception(ExceptionId, bool),
    Norm(NormId),
    Fact(FactId),
    Field(FieldId),
}

struct Walk<'m> {
    model: &'m Model,
    sources: &'m Sources,
    goals: BTreeMap<Hit, Goal>,
    seen: BTreeSet<Named>,
    todo: Vec<Named>,
    /// Facts and fields of which a state is tested.
    tested: BTreeSet<(Subject, State)>,
    /// What the walk is in.
    within: String,
}

impl<'m> Walk<'m> {
    fn meet(&mut self, name: Named) {
        if self.seen.insert(name) {
            self.todo.push(name);
        }
    }

    fn goal(&mut self, hit: Hit, kind: Kind, name: String, span: Span, gives_value: bool) {
        let within = (!name.starts_with(&self.within)).then(|| self.within.clone());
        let missing = missing(hit, gives_value);
        self.goals.entry(hit).or_insert(Goal { hit, kind, name, within, span, missing });
    }

    /// The text of a place on one line.
    fn text(&self, span: Span) -> String {
        let text = self.sources.get(span.file).and_then(|s| s.text.get(span.start as usize..span.end as usize));
        text.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn decisions(&mut self) {
        let model = self.model;
        if let Some(policy) = model.sections.first() {
            self.within.clone_from(&policy.name);
            policy.scope.cohort.iter().for_each(|e| self.condition(e));
        }
        self.within = "as of".into();
        self.expr(&model.as_of.date);
        model.as_of.region.iter().for_each(|e| self.expr(e));
        for kind in [ProvisionKind::Rule, ProvisionKind::Notice] {
            for (id, provision) in model.provisions_of(kind) {
                self.provision(id, provision);
            }
        }
        for (index, decision) in model.decisions.iter().enumerate() {
            self.within.clone_from(&decision.name);
            let last = decision.outcomes.len().saturating_sub(1);
            self.ending(DecisionId::new(index), u32::try_from(last).unwrap_or(u32::MAX));
            decision.outputs.iter().for_each(|o| self.expr(&o.value));
        }
    }

    fn provision(&mut self, id: ProvisionId, provision: &'m Provision) {
        let claims: Vec<&Claim> = provision.versions.iter().map(|v| &v.claim).collect();
        for (number, version) in provision.versions.iter().enumerate() {
            if !holds::ever(self.model, &claims, number) {
                continue;
            }
            self.within.clone_from(&version.qualified);
            let provision_version = ProvisionRef::new(id, number);
            let (hit, kind) = match provision.kind {
                ProvisionKind::Rule => (Hit::Rule(provision_version), Kind::Rules),
                ProvisionKind::Notice => (Hit::Notice(provision_version), Kind::Notices),
            };
            self.goal(hit, kind, version.qualified.clone(), version.claim.span, version.body.is_some());
            self.scope(&version.claim.scope);
            let Some(body) = &version.body else { continue };
            if let Effect::Outcome(level) = body.effect {
                self.ending(body.decision, level);
            }
            let condition = &body.condition;
            self.clause_of_law(body.for_each.as_ref(), condition.when.as_ref(), &condition.unless, &body.args);
            version.exceptions.iter().for_each(|e| self.meet(Named::Exception(*e, false)));
        }
    }

    fn clause_of_law(
        &mut self,
        each: Option<&'m ForEach>,
        when: Option<&'m Expr>,
        unless: &'m [Expr],
        args: &'m [Expr],
    ) {
        if let Some(each) = each {
            self.expr(&each.list);
            each.filter.iter().for_each(|e| self.condition(e));
        }
        when.into_iter().chain(unless).for_each(|e| self.condition(e));
        args.iter().for_each(|e| self.expr(e));
    }

    fn ending(&mut self, decision: DecisionId, level: u32) {
        let Some(of) = self.model.decisions.get(decision.index()) else { return };
        let Some(outcome) = of.outcomes.get(level as usize) else { return };
        let within = std::mem::replace(&mut self.within, of.name.clone());
        let hit = Hit::Ending(decision, Ending::Outcome(level));
        self.goal(hit, Kind::Outcomes, outcome.name.clone(), of.span, true);
        self.within = within;
    }

    fn scope(&mut self, scope: &'m Scope) {
        scope.cohort.iter().for_each(|e| self.condition(e));
    }

    /// An expression where a condition is wanted; the counterpart of what a probing plan makes of it.
    fn condition(&mut self, expr: &'m Expr) {
        let clauses = clauses(expr);
        if clauses.is_empty() {
            // A constant has no clause, but where it is a table it has rows: `table t: bool by k` with `otherwise` alone.
            self.inside(expr);
        }
        for clause in clauses {
            if !self.is_open(clause) {
                let name = self.text(clause.span);
                for side in [true, false] {
                    self.goal(Hit::Clause(clause.span, side), Kind::Clauses, name.clone(), clause.span, true);
                }
            }
            self.inside(clause);
        }
    }

    /// Whether the law's text is missing for it, so that it is never known.
    fn is_open(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Define(id, _) => self.model.definitions.get(id.index()).is_some_and(|definition| {
                let open = |version: &Versioned<DefinitionBody>| match version.body {
                    DefinitionBody::Open(_) => version.exceptions.is_empty(),
                    DefinitionBody::Cases(_) => false,
                };
                definition.versions.iter().all(open)
            }),
            _ => false,
        }
    }

    fn expr(&mut self, expr: &'m Expr) {
        if is_condition(expr) { self.condition(expr) } else { self.inside(expr) }
    }

    fn value(&mut self, expr: &'m Expr) {
        if expr.ty == Type::Bool { self.condition(expr) } else { self.expr(expr) }
    }

    fn inside(&mut self, expr: &'m Expr) {
        match &expr.kind {
            ExprKind::Fact(fact) => self.meet(Named::Fact(*fact)),
            ExprKind::Field(record, field) => {
                self.meet(Named::Field(*field));
                self.inside(record);
            }
            ExprKind::Norm(norm) => self.meet(Named::Norm(*norm)),
            ExprKind::Define(definition, args) => {
                self.meet(Named::Definition(*definition));
                args.iter().for_each(|e| self.expr(e));
            }
            ExprKind::IsState(what, state) => {
                match &what.kind {
                    ExprKind::Fact(fact) => _ = self.tested.insert((Subject::Fact(*fact), *state)),
                    ExprKind::Field(_, field) => _ = self.tested.insert((Subject::Field(*field), *state)),
                    _ => {}
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
                    self.goal(Hit::Row(row.span), Kind::Rows, name, row.span, true);
                    row.conditions.iter().for_each(|e| self.condition(e));
                    self.expr(&row.output);
                }
                if let Some(otherwise) = &table.otherwise {
                    let name = "otherwise".to_owned();
                    self.goal(Hit::Row(otherwise.span), Kind::Rows, name, otherwise.span, true);
                    self.expr(otherwise);
                }
            }
            ExprKind::Scale(amount, bands) => {
                self.expr(amount);
                for (number, (upto, rate)) in bands.iter().enumerate() {
                    let name = format!("band {}", number + 1);
                    self.goal(Hit::Band(rate.span), Kind::Rows, name, rate.span, true);
                    upto.iter().for_each(|e| self.expr(e));
                    self.expr(rate);
                }
            }
            ExprKind::Literal(_)
            | ExprKind::Local(_)
            | ExprKind::Assumption(_)
            | ExprKind::GoverningDate
            | ExprKind::GoverningRegion => {}
            ExprKind::At(..)
            | ExprKind::Not(_)
            | ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::Compare(..)
            | ExprKind::In(..)
            | ExprKind::InRegions(..)
            | ExprKind::Arith(..)
            | ExprKind::Neg(_)
            | ExprKind::Round(..)
            | ExprKind::Call(..)
            | ExprKind::List(_) => expr.children().into_iter().for_each(|e| self.expr(e)),
        }
    }

    fn named(&mut self, name: Named) {
        let model = self.model;
        match name {
            Named::Definition(id) => {
                if let Some(definition) = model.definitions.get(id.index()) {
                    self.definition(id, definition);
                }
            }
            Named::Exception(id, gives_value) => {
                let Some(exception) = model.exceptions.get(id.index()) else { return };
                let claims: Vec<&Claim> = exception.versions.iter().map(|v| &v.claim).collect();
                for (number, version) in exception.versions.iter().enumerate() {
                    // Of a definition's exceptions it is not told what their suspension changes.
                    if !holds::ever(model, &claims, number) || (version.body.is_none() && gives_value) {
                        continue;
                    }
                    self.within.clone_from(&version.qualified);
                    let hit = Hit::Exception(ExceptionRef::new(id, number));
                    self.goal(hit, Kind::Exceptions, version.qualified.clone(), version.claim.span, gives_value);
                    self.scope(&version.claim.scope);
                    let Some(body) = &version.body else { continue };
                    body.condition.when.iter().chain(&body.condition.unless).for_each(|e| self.condition(e));
                    body.value.iter().for_each(|e| self.value(e));
                    version.exceptions.iter().for_each(|e| self.meet(Named::Exception(*e, gives_value)));
                }
            }
            Named::Norm(id) => {
                let Some(norm) = model.norms.get(id.index()) else { return };
                let claims: Vec<&Claim> = norm.values.iter().map(|v| &v.claim).collect();
                for (number, value) in norm.values.iter().enumerate() {
                    if holds::ever(model, &claims, number) {
                        self.within.clone_from(&norm.name);
                        let hit = Hit::Norm(NormValueRef::new(id, number));
                        let name = format!("{} = {}", norm.name, self.text(value.value.span));
                        self.goal(hit, Kind::Norms, name, value.value.span, true);
                        self.expr(&value.value);
                    }
                }
            }
            Named::Fact(id) => {
                if let Some(fact) = model.facts.get(id.index()) {
                    self.states(Subject::Fact(id), fact.path(), &fact.datum, [Met::Known, Met::Unasked]);
                    for state in [State::Absent, State::Unavailable] {
                        self.handlers(HandlerOwner::Fact(id), &fact.path(), &fact.datum.handlers, state);
                    }
                }
            }
            Named::Field(id) => {
                if let Some(field) = model.fields.get(id.index()) {
                    let name = field_name(model, field);
                    self.states(Subject::Field(id), name.clone(), &field.datum, [Met::Known, Met::Unasked]);
                    for state in [State::Absent, State::Unavailable] {
                        self.handlers(HandlerOwner::Field(id), &name, &field.datum.handlers, state);
                    }
                }
            }
        }
    }

    fn definition(&mut self, id: DefinitionId, definition: &'m Definition) {
        let claims: Vec<&Claim> = definition.versions.iter().map(|v| &v.claim).collect();
        for (number, version) in definition.versions.iter().enumerate() {
            if !holds::ever(self.model, &claims, number) {
                continue;
            }
            self.within.clone_from(&version.qualified);
            let of = |case: usize| Hit::Case(CaseRef::new(DefinitionRef::new(id, number), case));
            self.scope(&version.claim.scope);
            match &version.body {
                DefinitionBody::Open(_) => {
                    self.goal(of(0), Kind::Cases, version.qualified.clone(), version.claim.span, true);
                }
                DefinitionBody::Cases(cases) => {
                    for (index, case) in cases.iter().enumerate() {
                        if !holds::nonempty(self.model, &case.scope) {
                            continue;
                        }
                        self.within.clone_from(&version.qualified);
                        let name = match (&case.label, case.otherwise) {
                            (Some(label), _) => format!("{}.{label}", version.qualified),
                            (None, true) => format!("{} otherwise", version.qualified),
                            (None, false) => version.qualified.clone(),
                        };
                        // A plain `= E` is told where the name stands, a case where it stands.
                        let plain = case.span == case.value.span && !case.otherwise;
                        let span = if plain { version.claim.span } else { case.span };
                        self.goal(of(index), Kind::Cases, name.clone(), span, true);
                        self.within = name;
                        self.scope(&case.scope);
                        case.condition.when.iter().chain(&case.condition.unless).for_each(|e| self.condition(e));
                        self.value(&case.value);
                        case.exceptions.iter().for_each(|e| self.meet(Named::Exception(*e, true)));
                    }
                }
            }
            version.exceptions.iter().for_each(|e| self.meet(Named::Exception(*e, true)));
        }
    }

    fn states(&mut self, subject: Subject, name: String, datum: &Datum, states: impl IntoIterator<Item = Met>) {
        self.within.clear();
        for met in states {
            self.goal(Hit::State(subject, met), Kind::States, name.clone(), datum.span, true);
        }
    }

    fn handlers(&mut self, owner: HandlerOwner, name: &str, handlers: &'m Handlers, state: State) {
        let list = handlers.of(state);
        let claims: Vec<&Claim> = list.iter().map(|h| &h.claim).collect();
        let word = match state {
            State::Absent => "absent",
            State::Unavailable => "unavailable",
        };
        for (number, handler) in list.iter().enumerate() {
            let reachable = match &handler.action {
                HandlerAction::Then { levels, .. } => levels.iter().any(Option::is_some),
                HandlerAction::Means(_) => true,
            };
            if !reachable || !holds::ever(self.model, &claims, number) {
                continue;
            }
            self.within = name.to_owned();
            let hit = Hit::Handler(HandlerRef { owner, state, version: u32::try_from(number).unwrap_or(u32::MAX) });
            let means = matches!(handler.action, HandlerAction::Means(_));
            self.goal(hit, Kind::Handlers, format!("{name} if {word}"), handler.claim.span, means);
            self.scope(&handler.claim.scope);
            match &handler.action {
                HandlerAction::Then { levels, .. } => {
                    for (decision, level) in levels.iter().enumerate() {
                        level.iter().for_each(|level| self.ending(DecisionId::new(decision), *level));
                    }
                }
                HandlerAction::Means(value) => self.expr(value),
            }
        }
    }

    /// What depends on who answers: absent and unavailable are met where somebody is asked, where something is declared
    /// for them, or where a rule tests for them. And what registries declare for those who declare nothing.
    fn silences(&mut self) {
        let model = self.model;
        let answered = answered(model);
        let mut speaking: BTreeSet<(RegistryId, bool)> = BTreeSet::new();
        let met: Vec<Named> = self.seen.iter().copied().collect();
        for name in met {
            let (subject, name, datum, by) = match name {
                Named::Fact(id) => match model.facts.get(id.index()) {
                    Some(fact) => {
                        (Subject::Fact(id), fact.path(), &fact.datum, fact.datum.registries.iter().copied().collect())
                    }
                    None => continue,
                },
                Named::Field(id) => match model.fields.get(id.index()) {
                    Some(field) => {
                        let own: BTreeSet<RegistryId> = field.datum.registries.iter().copied().collect();
                        let outer = answered.get(&field.record).cloned().unwrap_or_default();
                        let by = if own.is_empty() { outer } else { own };
                        (Subject::Field(id), field_name(model, field), &field.datum, by)
                    }
                    None => continue,
                },
                Named::Definition(_) | Named::Exception(..) | Named::Norm(_) => continue,
            };
            for (state, met) in [(State::Absent, Met::Absent), (State::Unavailable, Met::Unavailable)] {
                let own = datum.handlers.of(state);
                if !by.is_empty() || !own.is_empty() || self.tested.contains(&(subject, state)) {
                    self.states(subject, name.clone(), datum, [met]);
                }
                // Where the policy itself declares something for the fact, the registry is never asked.
                if !own.iter().any(|handler| handler.claim.section == SectionId(0)) {
                    speaking.extend(by.iter().map(|registry| (*registry, state == State::Absent)));
                }
            }
        }
        for (id, absent) in speaking {
            if let Some(registry) = model.registries.get(id.index()) {
                let state = if absent { State::Absent } else { State::Unavailable };
                self.handlers(HandlerOwner::Registry(id), &registry.name, &registry.handlers, state);
            }
        }
    }
}

/// `Owner.consent`.
fn field_name(model: &Model, field: &Field) -> String {
    let record = model.records.get(field.record.index()).map_or("", |r| r.name.as_str());
    format!("{record}.{}", field.datum.name)
}
