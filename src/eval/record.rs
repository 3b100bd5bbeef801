//! The record of a decision: what every rule, exception and notice did, the clause that decided it, and the facts that
//! it read.
//!
//! It is made on request, after the decision, with a copy of the cell's program that keeps the node of each expression.

use super::causes::*;
use super::machine::{Bound, Machine};
use super::outcome::{Evaluation, Origin, Question};
use crate::ids::*;
use crate::model::*;
use crate::plan::{Node, address};
use crate::source::Span;
use crate::syntax::ast::AggregateFunc;
use crate::value::{FactCell, FactPath, Step, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The sort key of a provision: the level of its outcome (0 for a notice), then the order of reasons.
type Rank = (u32, (usize, u32, u32));

/// What every provision of one decision did.
#[derive(Clone, Debug)]
pub struct DecisionRecord {
    /// Every version of every rule, by level, then in the order of reasons; one entry for each witness.
    pub rules: Vec<ProvisionRecord>,
    /// The same for notices.
    pub notices: Vec<ProvisionRecord>,
    /// For each handler that gave a reason, why it holds for these people; empty for one that holds for everybody.
    pub handlers: BTreeMap<HandlerRef, Vec<ClauseRecord>>,
}

/// What a version of a provision did.
#[derive(Clone, Debug)]
pub struct ProvisionRecord {
    /// The version.
    pub provision: ProvisionRef,
    /// What came of it.
    pub result: StatusRecord,
}

/// What a version of an exception did.
#[derive(Clone, Debug)]
pub struct ExceptionRecord {
    /// The version.
    pub exception: ExceptionRef,
    /// What came of it.
    pub result: StatusRecord,
}

/// The status of a version, and why.
#[derive(Clone, Debug)]
pub struct StatusRecord {
    /// The element for which it was evaluated.
    pub witness: Option<u32>,
    /// In one word.
    pub status: Status,
    /// The clauses that decided it, each within the one before.
    pub because: Vec<ClauseRecord>,
    /// The exceptions to it.
    pub exceptions: Vec<ExceptionRecord>,
}

/// What a rule did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Its condition holds.
    Fires,
    /// Its condition is false.
    Off,
    /// It waits for a fact that nobody has asked.
    Pending,
    /// It depends on a fact that will not come.
    Void,
    /// It does not hold on this day, in this place or for this case.
    OutOfScope,
    /// This version suspends it.
    Suspended(u32),
    /// This version replaces it.
    Replaced(u32),
}

/// A clause with its value and the facts that it read.
#[derive(Clone, Debug)]
pub struct ClauseRecord {
    /// Its role in the item; `None` if a definition or an aggregate in the clause before depends on it.
    pub role: Option<Role>,
    /// Its place.
    pub span: Span,
    /// What it says.
    pub expr: Arc<Expr>,
    /// Its value.
    pub answer: Answer,
    /// The values of both sides, if it is a comparison.
    pub sides: Vec<SideRecord>,
    /// The facts that it read, in the order of declaration; empty if the clauses after it list them.
    pub reads: Vec<FactRead>,
}

/// A fact, a field or an element that was read.
#[derive(Clone, Debug)]
pub struct FactRead {
    /// Its place in the facts.
    pub place: FactPath,
    /// Its cell.
    pub cell: FactCell,
    /// The value of `if absent means`, if it applies.
    pub means: Option<Value>,
}

/// One side of a comparison.
#[derive(Clone, Debug)]
pub struct SideRecord {
    /// Its place.
    pub span: Span,
    /// Its value.
    pub answer: Answer,
    /// Its type.
    pub ty: Type,
    /// The unit in which it is shown.
    pub unit: Option<Quantity>,
}

/// The most nested exceptions, and the most clauses in a row, in a record. Nobody reads further, and the renderer
/// recurses.
const MAX_LEVELS: usize = 48;

/// The versions of a name: which can hold here, and which are suspensions.
struct HoldingVersions<'m> {
    /// `None` if the day is not known.
    here: Option<Vec<Candidate<'m>>>,
    /// For each version, whether it is a suspension.
    suspends: Vec<bool>,
}

impl<'p> Machine<'p> {
    /// What every rule and notice of the decision did, and why its handlers hold.
    pub(crate) fn record(&mut self, question: &Question, outcome: &Evaluation) -> DecisionRecord {
        let spoken = outcome.reasons.iter().filter_map(|given| match given.origin {
            Origin::Handler(handler) => Some((handler, self.cohort_of(handler))),
            Origin::Rule(_) | Origin::Notice(_) => None,
        });
        let handlers = spoken.collect();
        DecisionRecord {
            rules: self.provision_records(ProvisionKind::Rule, question.decision),
            notices: self.provision_records(ProvisionKind::Notice, question.decision),
            handlers,
        }
    }

    fn cohort_of(&mut self, handler: HandlerRef) -> Vec<ClauseRecord> {
        let mut because = Vec::new();
        for condition in self.model.parts(Item::Handler(handler)).of(Role::Cohort) {
            self.narrow(Some(Role::Cohort), condition, &mut because);
        }
        because
    }

    fn provision_records(&mut self, kind: ProvisionKind, decision: DecisionId) -> Vec<ProvisionRecord> {
        let model = self.model;
        let mut records: Vec<(Rank, ProvisionRecord)> = Vec::new();
        for (id, provision) in model.provisions_of(kind) {
            let of_decision = |body: &&ProvisionBody| body.belongs_to(decision);
            if !provision.versions.iter().filter_map(|version| version.body.as_ref()).any(|body| of_decision(&body)) {
                continue;
            }
            let versions = self.versions(&provision.versions);
            for (index, version) in provision.versions.iter().enumerate() {
                let Some(body) = version.body.as_ref().filter(of_decision) else { continue };
                let parts = model.parts(Item::ProvisionVersion(ProvisionRef::new(id, index)));
                let level = body.level().unwrap_or(0);
                let key = (level, self.plan.reason_key(&version.claim));
                let results = self.status_records(index, &versions, &parts);
                // Of what is impossible only that is worth telling which the facts are.
                let told = |result: &StatusRecord| body.effect != Effect::Impossible || result.status == Status::Fires;
                for result in results.into_iter().filter(told) {
                    records.push((key, ProvisionRecord { provision: ProvisionRef::new(id, index), result }));
                }
            }
        }
        // The sort is stable: witnesses stay in their order.
        records.sort_by_key(|(key, _)| *key);
        records.into_iter().map(|(_, record)| record).collect()
    }

    /// The versions of a name on the day and in the place of the decision.
    fn versions<Body>(&self, versions: &'p [Versioned<Option<Body>>]) -> HoldingVersions<'p> {
        let (model, choices, place) = (self.model, self.plan.choices(), self.place);
        let here = self.date.map(|day| {
            model.candidates(choices, Versioned::claims(versions), |scope| scope.covers(model, choices, day, place))
        });
        HoldingVersions { here, suspends: versions.iter().map(|version| version.body.is_none()).collect() }
    }

    /// What one version did, for each witness.
    fn status_records(
        &mut self,
        version: usize,
        versions: &HoldingVersions<'p>,
        parts: &Parts<'p>,
    ) -> Vec<StatusRecord> {
        if let Some(result) = self.out_of_reach(version, versions) {
            return vec![result];
        }
        let Some((local, of_each)) = parts.variable.zip(parts.one(Role::List)) else {
            return vec![self.status_record(None, parts)];
        };
        match self.answer_of(of_each) {
            Ok(Value::List(list)) => {
                let mut results = Vec::with_capacity(list.items.len());
                for (index, cell) in list.items.iter().enumerate() {
                    let element = self.element(&list, index, cell);
                    let witness = u32::try_from(index).ok();
                    results.push(self.bound(local, element, |machine| machine.status_record(witness, parts)));
                }
                results
            }
            Ok(_) => Vec::new(),
            Err(causes) => {
                let status = if causes.pending() { Status::Pending } else { Status::Void };
                let because = vec![self.clause(Some(Role::List), of_each)];
                vec![StatusRecord { witness: None, status, because, exceptions: Vec::new() }]
            }
        }
    }

    /// The result of a version that does not hold here or that a higher one surely silences; `None` for others.
    fn out_of_reach(&mut self, version: usize, versions: &HoldingVersions<'p>) -> Option<StatusRecord> {
        let silent = |status, because| Some(StatusRecord { witness: None, status, because, exceptions: Vec::new() });
        let Some(own) = versions.here.as_ref()?.iter().find(|candidate| candidate.index == version) else {
            return silent(Status::OutOfScope, Vec::new());
        };
        for condition in own.cohort {
            if self.truth_of(condition) == Ok(false) {
                let mut because = Vec::new();
                self.narrow(Some(Role::Cohort), condition, &mut because);
                return silent(Status::OutOfScope, because);
            }
        }
        for (other, cohort) in &own.outranked_by {
            if cohort.iter().all(|condition| self.truth_of(condition) == Ok(true)) {
                let other_version = u32::try_from(*other).ok()?;
                let status = match versions.suspends.get(*other) {
                    Some(true) => Status::Suspended(other_version),
                    Some(false) | None => Status::Replaced(other_version),
                };
                return silent(status, Vec::new());
            }
        }
        None
    }

    /// What a version in scope did, with its variable bound.
    fn status_record(&mut self, witness: Option<u32>, parts: &Parts<'p>) -> StatusRecord {
        let mut exceptions = Vec::new();
        for exception in parts.exceptions {
            exceptions.extend(self.exception_records(*exception));
        }
        let mut unknown = Gather::default();
        let mut undecided = Vec::new();
        for (role, expr, wanted) in parts.conditions() {
            match self.truth_of(expr) {
                Ok(value) if value == wanted => {}
                Ok(_) => {
                    let mut because = Vec::new();
                    self.narrow(Some(role), expr, &mut because);
                    return StatusRecord { witness, status: Status::Off, because, exceptions };
                }
                Err(causes) => {
                    unknown.add(causes);
                    undecided.push((role, expr));
                }
            }
        }
        if exceptions.iter().any(|e| e.result.status == Status::Fires) {
            return StatusRecord { witness, status: Status::Off, because: Vec::new(), exceptions };
        }
        let excepted = exceptions.iter().filter_map(|e| match e.result.status {
            Status::Pending => Some(true),
            Status::Void => Some(false),
            Status::Fires | Status::Off | Status::OutOfScope | Status::Suspended(_) | Status::Replaced(_) => None,
        });
        let waits: Vec<bool> = excepted.chain(unknown.finish().map(|causes| causes.pending())).collect();
        let status = match (waits.is_empty(), waits.contains(&true)) {
            (true, _) => Status::Fires,
            (false, true) => Status::Pending,
            (false, false) => Status::Void,
        };
        let mut because = Vec::new();
        if status == Status::Fires {
            for (role, expr, _) in parts.conditions().filter(|(role, ..)| explains_firing(*role)) {
                self.narrow(Some(role), expr, &mut because);
            }
        } else {
            for (role, expr) in undecided {
                self.narrow(Some(role), expr, &mut because);
            }
        }
        StatusRecord { witness, status, because, exceptions }
    }

    fn exception_records(&mut self, id: ExceptionId) -> Vec<ExceptionRecord> {
        self.nested += 1;
        let mut records = self.exception_records_here(id);
        self.nested -= 1;
        if self.nested >= MAX_LEVELS {
            // Their results have been taken into account; only the record ends here.
            records.iter_mut().for_each(|record| record.result.exceptions.clear());
        }
        records
    }

    fn exception_records_here(&mut self, id: ExceptionId) -> Vec<ExceptionRecord> {
        let model = self.model;
        let exception = model.exceptions.at(id);
        let versions = self.versions(&exception.versions);
        let mut records = Vec::new();
        for (index, version) in exception.versions.iter().enumerate() {
            if version.body.is_none() {
                continue;
            }
            let reference = ExceptionRef::new(id, index);
            let parts = model.parts(Item::ExceptionVersion(reference));
            for result in self.status_records(index, &versions, &parts) {
                records.push(ExceptionRecord { exception: reference, result });
            }
        }
        records
    }

    /// The value of an expression of the Model; a fault if the cell's program does not hold it.
    pub(super) fn answer_of(&mut self, expr: &Expr) -> Answer {
        match self.program.places.get(&address(expr)).copied() {
            Some(node) => self.eval(node),
            None => Err(fault(expr.span, crate::value::FaultKind::NoCase)),
        }
    }

    pub(super) fn truth_of(&mut self, expr: &Expr) -> Truth {
        let Value::Bool(value) = self.answer_of(expr)? else {
            return Err(fault(expr.span, crate::value::FaultKind::NoCase));
        };
        Ok(value)
    }

    /// Adds the smallest parts of an expression that decide its truth.
    fn narrow(&mut self, role: Option<Role>, expr: &'p Expr, out: &mut Vec<ClauseRecord>) {
        if out.len() >= MAX_LEVELS {
            return;
        }
        let truth = self.truth_of(expr);
        match (&expr.kind, &truth) {
            // One part is enough to make a conjunction false, a disjunction true, or either unknown.
            (ExprKind::And(parts), Ok(false) | Err(_)) | (ExprKind::Or(parts), Ok(true) | Err(_)) => {
                let unknown = truth.is_err();
                for part in parts {
                    let of_part = self.truth_of(part);
                    if of_part == truth || (unknown && of_part.is_err()) {
                        self.narrow(role, part, out);
                        return;
                    }
                }
                out.push(self.clause(role, expr));
            }
            // All parts together decide.
            (ExprKind::And(parts), Ok(true)) | (ExprKind::Or(parts), Ok(false)) => {
                for part in parts {
                    self.narrow(role, part, out);
                }
            }
            (ExprKind::Not(inner), _) if is_composed(inner) => self.narrow(role, inner, out),
            (ExprKind::Define(id, args), _) if args.is_empty() => {
                let at = out.len();
                out.push(self.clause(role, expr));
                if let Some(value) = self.deciding_value(*id, expr) {
                    self.narrow(None, value, out);
                }
                leave_reads_to_inner(out, at);
            }
            (ExprKind::Aggregate(aggregate), _) => self.narrow_to_witness(role, expr, aggregate, &truth, out),
            (ExprKind::Conditional(conditional), _) => {
                let at = out.len();
                out.push(self.clause(role, expr));
                self.narrow(None, &conditional.condition, out);
                if let Ok(applies) = self.truth_of(&conditional.condition) {
                    self.narrow(None, if applies { &conditional.value } else { &conditional.otherwise }, out);
                }
                leave_reads_to_inner(out, at);
            }
            _ => out.push(self.clause(role, expr)),
        }
    }

    /// Adds the element that decides an `any` or `all`, if one does.
    fn narrow_to_witness(
        &mut self,
        role: Option<Role>,
        expr: &'p Expr,
        aggregate: &'p Aggregate,
        truth: &Truth,
        out: &mut Vec<ClauseRecord>,
    ) {
        let at = out.len();
        out.push(self.clause(role, expr));
        let decisive = match (aggregate.func, truth) {
            (AggregateFunc::Any, Ok(true)) => true,
            (AggregateFunc::All, Ok(false)) => false,
            _ => return,
        };
        let (Some(body), Ok(Value::List(list))) = (&aggregate.body, self.answer_of(&aggregate.list)) else { return };
        for (index, cell) in list.items.iter().enumerate() {
            let element = self.element(&list, index, cell);
            let found = self.bound(aggregate.local, element, |machine| {
                let filter = aggregate.filter.as_ref().map_or(Ok(true), |filter| machine.truth_of(filter));
                let found = filter == Ok(true) && machine.truth_of(body) == Ok(decisive);
                if found {
                    machine.narrow(None, body, out);
                }
                found
            });
            if found {
                leave_reads_to_inner(out, at);
                return;
            }
        }
    }

    /// The expression that gives a definition its value here, if a single case surely applies.
    fn deciding_value(&mut self, id: DefinitionId, used: &Expr) -> Option<&'p Expr> {
        let model = self.model;
        let node = *self.program.places.get(&address(used))?;
        let program = self.program;
        if let Node::Cases(index) = program.node(node).0 {
            let cases = program.cases.get(index as usize)?;
            let case = cases.iter().find(|case| self.truth(case.live) == Ok(true))?;
            return match case.origin {
                ValueOrigin::Case(case) if case.version.definition == id => {
                    model.parts(Item::Case(case)).one(Role::Value)
                }
                ValueOrigin::Exception(version) => model.parts(Item::ExceptionVersion(version)).one(Role::Value),
                ValueOrigin::Case(_) | ValueOrigin::Row(_) => None,
            };
        }
        let versions = model.parts(Item::Definition(id)).inside;
        let cases = versions.into_iter().flat_map(|version| model.parts(version).inside);
        let mut values = cases.filter_map(|case| model.parts(case).one(Role::Value));
        values.find(|value| program.places.get(&address(value)) == Some(&node))
    }

    /// A clause with its value and the facts that it read.
    fn clause(&mut self, role: Option<Role>, expr: &'p Expr) -> ClauseRecord {
        let answer = self.answer_of(expr);
        let sides = if let ExprKind::Compare(_, a, b) = &expr.kind {
            [a, b]
                .into_iter()
                // A side that is a fact itself is listed in the reads.
                .filter(|side| !matches!(side.kind, ExprKind::Literal(_) | ExprKind::Fact(_) | ExprKind::Field(..)))
                .map(|side| SideRecord {
                    span: side.span,
                    answer: self.answer_of(side),
                    ty: side.ty.clone(),
                    unit: self.model.unit_of(side).cloned(),
                })
                .collect()
        } else {
            Vec::new()
        };
        ClauseRecord { role, span: expr.span, expr: Arc::new(expr.clone()), answer, sides, reads: self.reads_of(expr) }
    }

    /// The facts that an expression reads, found by a fresh evaluation.
    pub(super) fn reads_of(&mut self, expr: &Expr) -> Vec<FactRead> {
        let Some(node) = self.program.places.get(&address(expr)).copied() else { return Vec::new() };
        let mut fresh = Machine::new(self.programs(), self.facts, self.program, self.date, self.place);
        fresh.locals_from(self);
        fresh.steps = self.steps;
        fresh.reads = Some(BTreeMap::new());
        // Only the reads matter, not the value.
        let _ = fresh.eval(node);
        self.steps = fresh.steps;
        let mut reads = fresh.reads.unwrap_or_default();
        self.element_fields(expr, &mut reads);
        // A list or record is left out if its parts are listed.
        let named: Vec<FactPath> = reads.keys().cloned().collect();
        reads.retain(|place, _| {
            !named.iter().any(|other| other.fact == place.fact && other.steps.len() > place.steps.len())
        });
        let fact_read = |(place, cell): (FactPath, FactCell)| {
            let means = match cell {
                FactCell::Absent => self.read(&cell, &|| place.clone()).ok(),
                FactCell::Known(_) | FactCell::Unavailable(_) | FactCell::Unasked => None,
            };
            FactRead { place, cell, means }
        };
        reads.into_iter().map(fact_read).collect()
    }

    /// Adds the reads of variables whose element is itself silent: they were read before the clause was evaluated.
    fn element_fields(&self, expr: &Expr, reads: &mut BTreeMap<FactPath, FactCell>) {
        expr.walk(&mut |e| {
            if let ExprKind::Local(local) = &e.kind
                && let Some(Bound { answer: Err(causes), .. }) = self.local(*local)
            {
                for cause in causes.iter() {
                    if let Cause::Silent(place, silence) = cause {
                        reads.entry(place.clone()).or_insert(match silence {
                            Silence::Unasked => FactCell::Unasked,
                            Silence::Unavailable => FactCell::Unavailable("".into()),
                            Silence::Absent => FactCell::Absent,
                        });
                    }
                }
            }
        });
    }
}

/// Clears the reads of a clause if the clauses inside it list them.
fn leave_reads_to_inner(out: &mut [ClauseRecord], at: usize) {
    let inner = out.len() > at + 1;
    if let Some(clause) = out.get_mut(at).filter(|_| inner) {
        clause.reads.clear();
    }
}

/// True if clauses in this role explain why a version fires; the others merely do not prevent it.
const fn explains_firing(role: Role) -> bool {
    match role {
        Role::Filter | Role::Condition => true,
        Role::Cohort
        | Role::List
        | Role::Key
        | Role::Exclusion
        | Role::Value
        | Role::Limit
        | Role::Default
        | Role::Argument
        | Role::Message
        | Role::GoverningDate
        | Role::GoverningRegion => false,
    }
}

/// True if an expression consists of others that decide it.
fn is_composed(expr: &Expr) -> bool {
    matches!(
        expr.kind,
        ExprKind::And(_) | ExprKind::Or(_) | ExprKind::Not(_) | ExprKind::Define(..) | ExprKind::Aggregate(_)
    )
}

/// The place of a witness: an element of the list that a version runs over, if the list is a fact.
#[must_use]
pub fn witness_place(model: &Model, version: ProvisionRef, index: u32) -> Option<FactPath> {
    let list = model.parts(Item::ProvisionVersion(version)).one(Role::List)?;
    if let ExprKind::Fact(fact) = list.kind { Some(FactPath::of(fact).step(Step::Item(index))) } else { None }
}
