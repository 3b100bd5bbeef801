//! Proposes changes that could bring a scenario nearer to a constraint.
//!
//! The conditions themselves suggest them: an enum is set to the value that they name, a number is moved until the
//! comparison changes, a list gets another element. The evaluator tries every change, so too many proposals only cost
//! time, and a wrong one does no harm.

use super::boundary::{Variable, boundaries};
use super::constraint::{Binding, Constraint, Context, cases, clauses, versions};
use super::path_evaluator::{PathEvaluator, within};
use super::scenario::{Scenario, ScenarioEdit, datum};
use super::values::{enum_values, leaves, longer, samples, shorter};
use chrono::NaiveDate;
use ereje::eval::Inspector;
use ereje::ids::*;
use ereje::model::*;
use ereje::syntax::ast::{AggregateFunc, CompareOp, State};
use ereje::value::{FactCell, FactPath, ListValue, Step, Value};
use std::sync::Arc;

/// The most changes that are proposed for one scenario.
const MAX_EDITS: usize = 240;
/// The most nested definitions that are searched.
const MAX_DEPTH: usize = 8;
/// The most elements of a list that are changed.
const ELEMENTS: usize = 3;
/// The most nested lists that get another element.
const MAX_ADDED: usize = 3;
/// The most facts of one comparison that are moved.
const MAX_VARIABLES: usize = 8;

/// The value that an expression should have.
#[derive(Clone, Debug)]
enum TargetValue {
    Truth(bool),
    /// One of these values, or, if false, none of them.
    Among(Vec<Value>, bool),
    /// Any other value.
    Other,
}

/// The changes that could help.
pub(super) fn edits(evaluator: &PathEvaluator<'_, '_>, scenario: &Scenario) -> Vec<ScenarioEdit> {
    let found = evaluator.look(scenario, |inspector, constraint, day| {
        let mut proposer = Proposer { evaluator, scenario, day, context: Vec::new(), out: Vec::new() };
        proposer.constraint(inspector, constraint);
        proposer.out
    });
    found.unwrap_or_default()
}

struct Proposer<'p, 'b, 'e> {
    evaluator: &'p PathEvaluator<'b, 'e>,
    scenario: &'p Scenario,
    day: NaiveDate,
    context: Context<'e>,
    out: Vec<ScenarioEdit>,
}

impl<'e> Proposer<'_, '_, 'e> {
    fn push(&mut self, edit: ScenarioEdit) {
        if self.out.len() < MAX_EDITS && !self.out.contains(&edit) {
            self.out.push(edit);
        }
    }

    fn put(&mut self, place: &FactPath, cell: FactCell) {
        self.push(ScenarioEdit::Put(place.clone(), cell));
    }

    fn constraint(&mut self, inspector: &mut Inspector<'_>, constraint: &Constraint<'e>) {
        match constraint {
            Constraint::Fixed(_) => {}
            Constraint::Truth(expr, wanted) => self.expr(inspector, expr, &TargetValue::Truth(*wanted), 0),
            Constraint::Any(parts) if parts.iter().any(|part| matches!(part, Constraint::Fixed(true))) => {}
            Constraint::All(parts) | Constraint::Any(parts) => {
                parts.iter().for_each(|part| self.constraint(inspector, part))
            }
            Constraint::Within(binding, inner) => {
                let binding = binding.clone();
                self.under(inspector, binding, |proposer, inspector| proposer.constraint(inspector, inner));
            }
            Constraint::Some(local, list, inner) | Constraint::Each(local, list, inner) => {
                self.elements(inspector, *local, list, |proposer, inspector| proposer.constraint(inspector, inner));
            }
        }
    }

    /// Proposes under a variable.
    fn under(
        &mut self,
        inspector: &mut Inspector<'_>,
        binding: Binding<'e>,
        inside: impl FnOnce(&mut Self, &mut Inspector<'_>),
    ) {
        self.context.push(binding.clone());
        within(inspector, std::slice::from_ref(&binding), |inspector| inside(self, inspector));
        self.context.pop();
    }

    /// Proposes for the first elements of a list, and another element if there are none.
    fn elements(
        &mut self,
        inspector: &mut Inspector<'_>,
        local: LocalId,
        list: &'e Expr,
        mut inside: impl FnMut(&mut Self, &mut Inspector<'_>),
    ) {
        let count = match inspector.answer(list) {
            Ok(Value::List(list)) => list.items.len(),
            Ok(_) | Err(_) => 0,
        };
        if count == 0 {
            self.list(inspector, list, true);
        }
        for index in 0..count.min(ELEMENTS) {
            self.under(inspector, Binding::Element(local, list, index), &mut inside);
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "a form that nothing else is known of is what it is made of")]
    fn expr(&mut self, inspector: &mut Inspector<'_>, expr: &'e Expr, target: &TargetValue, depth: usize) {
        if depth > MAX_DEPTH || self.out.len() >= MAX_EDITS {
            return;
        }
        if let TargetValue::Truth(wanted) = target
            && inspector.truth(expr) == Ok(*wanted)
        {
            return;
        }
        match &expr.kind {
            ExprKind::Fact(_) | ExprKind::Field(..) | ExprKind::OverTime(..) | ExprKind::Local(_) => {
                self.cell(inspector, expr, target, depth);
            }
            ExprKind::Assumption(id) => self.choice(*id, target),
            ExprKind::Define(id, args) => self.define(inspector, *id, args, target, depth),
            ExprKind::GoverningRegion => {
                for value in self.values(target, &Type::Region, None) {
                    if let Value::Region(region) = value {
                        self.push(ScenarioEdit::Region(region));
                    }
                }
            }
            ExprKind::At(what, date) => {
                let day = if let Ok(Value::Date(day)) = inspector.answer(date) { Some(day) } else { None };
                match day.and_then(|day| inspector.place_on(what, day)) {
                    Some(place) => self.known(&place, &what.ty, target),
                    None => self.expr(inspector, what, target, depth),
                }
            }
            ExprKind::Not(inner) => {
                let target = match target {
                    TargetValue::Truth(wanted) => TargetValue::Truth(!wanted),
                    TargetValue::Among(..) | TargetValue::Other => TargetValue::Other,
                };
                self.expr(inspector, inner, &target, depth);
            }
            ExprKind::And(parts) | ExprKind::Or(parts) => {
                parts.iter().for_each(|part| self.expr(inspector, part, target, depth));
            }
            ExprKind::IsState(what, state) => self.state(inspector, what, *state, target),
            ExprKind::Compare(op, a, b) => self.compare(inspector, expr, *op, (a, b), target, depth),
            ExprKind::In(what, list) => {
                let known = list.iter().filter_map(|e| inspector.answer(e).ok()).collect();
                let target = TargetValue::Among(known, matches!(target, TargetValue::Truth(true)));
                self.expr(inspector, what, &target, depth);
            }
            ExprKind::InRegions(what, regions) => {
                let known = regions.iter().map(|r| Value::Region(*r)).collect();
                let target = TargetValue::Among(known, matches!(target, TargetValue::Truth(true)));
                self.expr(inspector, what, &target, depth);
            }
            ExprKind::Aggregate(aggregate) => self.aggregate(inspector, aggregate, target, depth),
            ExprKind::Table(table) => {
                for row in &table.rows {
                    let suits = self.suits(&row.output, target);
                    let target = TargetValue::Truth(suits.unwrap_or(true));
                    row.conditions.iter().for_each(|c| self.expr(inspector, c, &target, depth + 1));
                }
            }
            ExprKind::Conditional(conditional) => {
                for (value, wanted) in [(&conditional.value, true), (&conditional.otherwise, false)] {
                    match self.suits(value, target) {
                        Some(suits) => {
                            let target = TargetValue::Truth(wanted == suits);
                            self.expr(inspector, &conditional.condition, &target, depth + 1);
                        }
                        None => {
                            self.expr(inspector, &conditional.condition, &TargetValue::Truth(wanted), depth + 1);
                            self.expr(inspector, value, target, depth + 1);
                        }
                    }
                }
            }
            ExprKind::Call(Builtin::StartsWith, args) => {
                // Its beginning alone is a text that begins so.
                let known = args.last().and_then(|beginning| inspector.answer(beginning).ok()).into_iter().collect();
                let begins = TargetValue::Among(known, matches!(target, TargetValue::Truth(true)));
                for (part, target) in args.iter().zip([&begins, &TargetValue::Other]) {
                    self.expr(inspector, part, target, depth + 1);
                }
            }
            ExprKind::Call(..) => {
                if let TargetValue::Truth(_) = target {
                    self.cross_boundaries(inspector, expr);
                }
                expr.children()
                    .into_iter()
                    .for_each(|child| self.expr(inspector, child, &TargetValue::Other, depth + 1));
            }
            _ => {
                // Its numbers are moved with the comparison around it; what is left are its parts.
                for child in expr.children() {
                    if !child.has_state() {
                        self.expr(inspector, child, &TargetValue::Other, depth + 1);
                    }
                }
            }
        }
    }

    /// The values of a type that suit a target.
    fn values(&self, target: &TargetValue, ty: &Type, datum: Option<&Datum>) -> Vec<Value> {
        let model = self.evaluator.model;
        let all = || match (ty, datum) {
            (Type::Bool, _) => vec![Value::Bool(true), Value::Bool(false)],
            (Type::Enum(id), _) => enum_values(model, *id).collect(),
            (Type::Region, _) => leaves(model).take(8).map(Value::Region).collect(),
            (_, Some(datum)) => samples(model, datum, ty, self.day),
            (_, None) => Vec::new(),
        };
        match target {
            TargetValue::Truth(wanted) => vec![Value::Bool(*wanted)],
            TargetValue::Among(known, true) => known.clone(),
            TargetValue::Among(known, false) => all().into_iter().filter(|value| !known.contains(value)).collect(),
            TargetValue::Other => all(),
        }
    }

    /// Proposes for a fact, a field, an element, or the argument of a parameter.
    fn cell(&mut self, inspector: &mut Inspector<'_>, expr: &'e Expr, target: &TargetValue, depth: usize) {
        match self.place(inspector, expr) {
            Some(place) => self.known(&place, &expr.ty, target),
            None => {
                if let ExprKind::Local(local) = &expr.kind
                    && let Some(arg) = self.argument(*local)
                {
                    self.expr(inspector, arg, target, depth + 1);
                }
                if let ExprKind::Field(record, _) = &expr.kind {
                    // The record itself is silent.
                    if let Some(place) = self.place(inspector, record) {
                        self.sample(&place);
                    }
                }
            }
        }
    }

    /// Proposes values of a type for a place.
    fn known(&mut self, place: &FactPath, ty: &Type, target: &TargetValue) {
        let datum = datum(self.evaluator.model, place);
        let values = self.values(target, ty, datum.as_ref().map(|(datum, _)| *datum));
        for value in values.into_iter().take(24) {
            self.put(place, FactCell::Known(value));
        }
    }

    fn argument(&self, local: LocalId) -> Option<&'e Expr> {
        self.context.iter().rev().find_map(|binding| match binding {
            Binding::Args(params, args) => args.get(params.iter().position(|param| *param == local)?),
            Binding::Element(..) => None,
        })
    }

    /// The place in the facts that an expression reads.
    fn place(&self, inspector: &mut Inspector<'_>, expr: &'e Expr) -> Option<FactPath> {
        let ExprKind::Local(local) = &expr.kind else { return inspector.place(expr) };
        for binding in self.context.iter().rev() {
            match binding {
                Binding::Element(known, list, index) if known == local => {
                    let step = Step::Item(u32::try_from(*index).ok()?);
                    return Some(self.place_of_list(inspector, list)?.step(step));
                }
                Binding::Args(params, args) => {
                    if let Some(arg) = params.iter().position(|param| param == local).and_then(|at| args.get(at)) {
                        return self.place(inspector, arg);
                    }
                }
                Binding::Element(..) => {}
            }
        }
        None
    }

    fn place_of_list(&self, inspector: &mut Inspector<'_>, list: &'e Expr) -> Option<FactPath> {
        if let Some(place) = self.place(inspector, list) {
            return Some(place);
        }
        match inspector.answer(list) {
            Ok(Value::List(list)) => list.place.clone(),
            Ok(_) | Err(_) => None,
        }
    }

    /// Proposes plausible values for a silent place.
    fn sample(&mut self, place: &FactPath) {
        if let Some((datum, ty)) = datum(self.evaluator.model, place) {
            for value in samples(self.evaluator.model, datum, &ty, self.day) {
                self.put(place, FactCell::Known(value));
            }
        }
    }

    fn choice(&mut self, id: AssumptionId, target: &TargetValue) {
        for (index, value) in (0_u32..).zip(&self.evaluator.model.assumptions.at(id).choices) {
            let suits = match target {
                TargetValue::Truth(wanted) => *value == Value::Bool(*wanted),
                TargetValue::Among(known, among) => known.contains(value) == *among,
                TargetValue::Other => true,
            };
            if suits && self.scenario.choices.index(id) != index {
                self.push(ScenarioEdit::Choose(id, index));
            }
        }
    }

    /// Whether a value in the policy suits a target; `None` if it is no constant.
    fn suits(&self, value: &Expr, target: &TargetValue) -> Option<bool> {
        let value = value.literal()?;
        match target {
            TargetValue::Truth(wanted) => Some(*value == Value::Bool(*wanted)),
            TargetValue::Among(known, among) => Some(known.contains(value) == *among),
            TargetValue::Other => None,
        }
    }

    fn define(
        &mut self,
        inspector: &mut Inspector<'_>,
        id: DefinitionId,
        args: &'e [Expr],
        target: &TargetValue,
        depth: usize,
    ) {
        let model = self.evaluator.model;
        let inside = |proposer: &mut Self, inspector: &mut Inspector<'_>| {
            for (case, parts) in cases(model, id) {
                let Some(value) = parts.one(Role::Value) else { continue };
                let suits = proposer.suits(value, target);
                if suits.is_none() {
                    proposer.expr(inspector, value, target, depth + 1);
                }
                for wanted in match suits {
                    Some(wanted) => vec![wanted],
                    None => vec![true, false],
                } {
                    proposer.guard(inspector, &parts, wanted, depth);
                }
                let around = model.parts(Item::DefinitionVersion(case.version));
                for exception in parts.exceptions.iter().chain(around.exceptions) {
                    proposer.exception(inspector, *exception, target, depth);
                }
            }
        };
        if args.is_empty() {
            inside(self, inspector);
        } else {
            self.under(inspector, Binding::Args(&model.definitions.at(id).params, args), inside);
        }
    }

    /// Proposes for the conditions of an item, so that it holds or does not.
    fn guard(&mut self, inspector: &mut Inspector<'_>, parts: &Parts<'e>, holds: bool, depth: usize) {
        for (condition, wanted) in clauses(parts) {
            self.expr(inspector, condition, &TargetValue::Truth(wanted == holds), depth + 1);
        }
    }

    /// Proposes for an exception of a definition: it should hold if its value suits the target, otherwise not.
    fn exception(&mut self, inspector: &mut Inspector<'_>, id: ExceptionId, target: &TargetValue, depth: usize) {
        let model = self.evaluator.model;
        for version in versions(model, id) {
            let parts = model.parts(Item::ExceptionVersion(version));
            let Some(value) = parts.one(Role::Value) else { continue };
            let wanted = self.suits(value, target).unwrap_or(true);
            self.guard(inspector, &parts, wanted, depth);
        }
    }

    fn state(&mut self, inspector: &mut Inspector<'_>, what: &'e Expr, state: State, target: &TargetValue) {
        let Some(place) = self.place(inspector, what) else { return };
        match (target, state) {
            (TargetValue::Truth(true), State::Absent) => self.put(&place, FactCell::Absent),
            (TargetValue::Truth(true), State::Unavailable) => self.put(&place, FactCell::Unavailable("timeout".into())),
            (TargetValue::Truth(false) | TargetValue::Among(..) | TargetValue::Other, _) => self.sample(&place),
        }
    }

    fn compare(
        &mut self,
        inspector: &mut Inspector<'_>,
        expr: &'e Expr,
        op: CompareOp,
        (a, b): (&'e Expr, &'e Expr),
        target: &TargetValue,
        depth: usize,
    ) {
        let ordered = matches!(a.ty, Type::Number(..) | Type::Date | Type::Duration(_));
        if let (false, TargetValue::Truth(wanted), CompareOp::Eq | CompareOp::Ne) = (ordered, target, op) {
            let equal = (op == CompareOp::Eq) == *wanted;
            for (side, other) in [(a, b), (b, a)] {
                if let Ok(value) = inspector.answer(other) {
                    self.expr(inspector, side, &TargetValue::Among(vec![value], equal), depth + 1);
                }
            }
            return;
        }
        self.cross_boundaries(inspector, expr);
        for side in [a, b] {
            // The facts themselves were moved; this changes which of them count.
            if !side.is_datum() {
                self.expr(inspector, side, &TargetValue::Other, depth + 1);
            }
        }
    }

    /// Moves each fact that a condition reads across the boundary of the condition, and gives silent ones a value.
    fn cross_boundaries(&mut self, inspector: &mut Inspector<'_>, expr: &'e Expr) {
        let mut variables = Vec::new();
        for read in inspector.reads(expr) {
            match read.cell {
                FactCell::Known(_) => variables.push(Variable::Fact(read.place)),
                FactCell::Absent | FactCell::Unavailable(_) | FactCell::Unasked => self.sample(&read.place),
            }
        }
        variables.push(Variable::Day);
        for variable in variables.into_iter().take(MAX_VARIABLES) {
            let wanted = !matches!(inspector.truth(expr), Ok(true));
            for boundary in boundaries(self.evaluator, self.scenario, &self.context, expr, &variable, Some(wanted)) {
                match (&variable, boundary.beyond) {
                    (Variable::Fact(place), value) => self.put(place, FactCell::Known(value)),
                    (Variable::Day, Value::Date(day)) => self.push(ScenarioEdit::Day(day)),
                    (Variable::Day, _) => {}
                }
            }
        }
    }

    /// A list with one more element; unless elements are lacking, also with one less.
    fn list(&mut self, inspector: &mut Inspector<'_>, list: &'e Expr, lacks: bool) {
        let model = self.evaluator.model;
        let Some(place) = self.place_of_list(inspector, list) else {
            // A computed list consists of other lists.
            list.children().into_iter().for_each(|child| self.expr(inspector, child, &TargetValue::Other, MAX_DEPTH));
            return;
        };
        let Some((datum, ty)) = datum(model, &place) else { return };
        let known: Option<Arc<ListValue>> = match self.scenario.cell(model, &place) {
            Some(FactCell::Known(Value::List(list))) => Some(list),
            Some(_) | None => None,
        };
        if let Some(more) = longer(model, datum, &ty, known.as_deref(), self.day) {
            self.put(&place, FactCell::Known(more));
        }
        if let Some(less) = known.filter(|_| !lacks).and_then(|known| shorter(&known, datum.at_least)) {
            self.put(&place, FactCell::Known(less));
        }
    }

    fn aggregate(
        &mut self,
        inspector: &mut Inspector<'_>,
        aggregate: &'e Aggregate,
        target: &TargetValue,
        depth: usize,
    ) {
        let quantified = match (aggregate.func, target) {
            (AggregateFunc::Any | AggregateFunc::All, TargetValue::Truth(wanted)) => Some(*wanted),
            _ => None,
        };
        let body = aggregate.body.as_ref();
        match quantified {
            Some(wanted) => {
                self.elements(inspector, aggregate.local, &aggregate.list, |proposer, inspector| {
                    // One element is enough for `any` to be true and for `all` to be false.
                    let one = (aggregate.func == AggregateFunc::Any) == wanted;
                    body.into_iter().for_each(|e| proposer.expr(inspector, e, &TargetValue::Truth(wanted), depth + 1));
                    let filter = aggregate.filter.iter();
                    filter.for_each(|e| proposer.expr(inspector, e, &TargetValue::Truth(one), depth + 1));
                });
                if (aggregate.func == AggregateFunc::Any) == wanted {
                    self.another(inspector, aggregate, wanted, depth);
                }
            }
            None => {
                self.list(inspector, &aggregate.list, false);
                self.elements(inspector, aggregate.local, &aggregate.list, |proposer, inspector| {
                    for filter in aggregate.filter.iter() {
                        let wanted = inspector.truth(filter) != Ok(true);
                        proposer.expr(inspector, filter, &TargetValue::Truth(wanted), depth + 1);
                    }
                    if let Some(body) = body.filter(|_| !matches!(target, TargetValue::Truth(_))) {
                        proposer.expr(inspector, body, target, depth + 1);
                    }
                });
            }
        }
        if let (Some(_), ExprKind::Define(..) | ExprKind::Aggregate(_)) = (quantified, &aggregate.list.kind) {
            self.expr(inspector, &aggregate.list, &TargetValue::Other, depth + 1);
        }
    }

    /// Another element with the wanted truth of the body, so that the existing elements need not change.
    fn another(&mut self, inspector: &mut Inspector<'_>, aggregate: &'e Aggregate, wanted: bool, depth: usize) {
        let model = self.evaluator.model;
        let Some(body) = aggregate.body.as_ref().filter(|_| depth < MAX_ADDED) else { return };
        let Some(place) = self.place_of_list(inspector, &aggregate.list) else { return };
        let Some((datum, ty)) = datum(model, &place) else { return };
        let Some(FactCell::Known(Value::List(known))) = self.scenario.cell(model, &place) else { return };
        let Some(more) = longer(model, datum, &ty, Some(&known), self.day) else { return };
        let Some(longer) = self.scenario.with(model, &place, FactCell::Known(more)) else { return };
        let mut context = self.context.clone();
        context.push(Binding::Element(aggregate.local, &aggregate.list, known.items.len()));
        let edits = self.evaluator.look(&longer, |inspector, _, day| {
            let context = context.clone();
            let mut inner = Proposer {
                evaluator: self.evaluator,
                scenario: &longer,
                day,
                context: context.clone(),
                out: Vec::new(),
            };
            within(inspector, &context, |inspector| {
                inner.expr(inspector, body, &TargetValue::Truth(wanted), depth + 1)
            });
            inner.out
        });
        for edit in edits.unwrap_or_default().into_iter().take(MAX_VARIABLES) {
            if let ScenarioEdit::Put(at, cell) = edit
                && at.fact == place.fact
                && let Some(list) = longer.with(model, &at, cell).and_then(|other| other.cell(model, &place))
            {
                self.put(&place, list);
            }
        }
        self.list(inspector, &aggregate.list, true);
    }
}
