//! Evaluates scenarios for one path to a goal. It keeps the constraint of the path in each cell and the slice of the
//! program that decides it, and evaluates a limited number of scenarios.

use super::constraint::{Binding, CellContext, Constraint};
use super::goals::GoalPath;
use super::metered_engine::MeteredEngine;
use super::scenario::Scenario;
use chrono::NaiveDate;
use ereje::eval::{Answer, Inspector, Question, governed};
use ereje::ids::RegionId;
use ereje::model::{Choices, Expr, Model};
use ereje::plan::{Plan, Program, Programs};
use ereje::value::Value;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

/// The most different cells in which one path is evaluated.
const MAX_CELLS: usize = 64;

/// Evaluates scenarios for one path to a goal, up to a limit.
pub(super) struct PathEvaluator<'b, 'e> {
    pub(super) engine: MeteredEngine<'e>,
    pub(super) model: &'e Model,
    path: &'b GoalPath<'e>,
    slices: RefCell<HashMap<CellKey, Rc<CellSlice<'e>>>>,
    left: Cell<u32>,
}

/// The choices, the region class, and the first day of a cell under these choices.
type CellKey = (Choices, usize, Option<NaiveDate>);

/// The constraint of the path in one cell, with the program that decides it.
struct CellSlice<'e> {
    plan: Arc<Plan>,
    constraint: Constraint<'e>,
    program: Program,
}

impl<'b, 'e> PathEvaluator<'b, 'e> {
    /// An evaluator for at most `trials` scenarios.
    pub(super) fn new(engine: MeteredEngine<'e>, path: &'b GoalPath<'e>, trials: u32) -> Self {
        let left = Cell::new(trials);
        Self { engine, model: engine.engine.model(), path, slices: RefCell::default(), left }
    }

    /// True if the limit is reached.
    pub(super) fn is_spent(&self) -> bool {
        self.left.get() == 0 || self.engine.is_tired()
    }

    /// Evaluates a scenario; `None` if its day or place is not known, the policy has errors under its choices, or the
    /// limit is reached.
    pub(super) fn look<T>(
        &self,
        scenario: &Scenario,
        inspect: impl FnOnce(&mut Inspector<'_>, &Constraint<'e>, NaiveDate) -> T,
    ) -> Option<T> {
        if self.engine.is_tired() {
            return None;
        }
        self.left.set(self.left.get().checked_sub(1)?);
        self.engine.count(1);
        let plan = self.engine.plan(&scenario.choices).ok()?;
        let (day, place) = place_and_day(&plan, scenario)?;
        let slice = self.cell_slice(plan, scenario, day, place)?;
        let programs = Programs::new(&slice.plan);
        let mut inspector = Inspector::new(&programs, &scenario.facts, &slice.program, day, place);
        let result = inspect(&mut inspector, &slice.constraint, day);
        self.engine.count_steps(inspector.steps());
        Some(result)
    }

    fn cell_slice(
        &self,
        plan: Arc<Plan>,
        scenario: &Scenario,
        day: NaiveDate,
        place: Option<RegionId>,
    ) -> Option<Rc<CellSlice<'e>>> {
        let (class, first) = plan.cell_of(day, place);
        let key = (scenario.choices.clone(), class, first);
        if let Some(known) = self.slices.borrow().get(&key) {
            return Some(Rc::clone(known));
        }
        if self.slices.borrow().len() >= MAX_CELLS {
            return None;
        }
        let constraint =
            self.path.constraint(&CellContext { model: self.model, choices: &scenario.choices, day, place });
        let mut exprs = Vec::new();
        constraint.exprs(&mut exprs);
        let program = plan.slice(day, place, &exprs)?;
        let slice = Rc::new(CellSlice { plan, constraint, program });
        self.slices.borrow_mut().insert(key, Rc::clone(&slice));
        Some(slice)
    }

    /// The value of an expression of the goal, under its variables.
    pub(super) fn answer(&self, scenario: &Scenario, context: &[Binding<'e>], expr: &Expr) -> Option<Answer> {
        self.look(scenario, |inspector, _, _| within(inspector, context, |inspector| inspector.answer(expr)))?
    }

    /// The truth of a condition, if it is known.
    pub(super) fn truth(&self, scenario: &Scenario, context: &[Binding<'e>], expr: &Expr) -> Option<bool> {
        match self.answer(scenario, context, expr)? {
            Ok(Value::Bool(known)) => Some(known),
            Ok(_) | Err(_) => None,
        }
    }

    /// The governing date and place.
    pub(super) fn governed(&self, scenario: &Scenario) -> Option<(NaiveDate, Option<RegionId>)> {
        place_and_day(&*self.engine.plan(&scenario.choices).ok()?, scenario)
    }
}

fn place_and_day(plan: &Plan, scenario: &Scenario) -> Option<(NaiveDate, Option<RegionId>)> {
    let question = Question { decision: scenario.decision, as_of: scenario.as_of, region: scenario.region };
    governed(plan, &scenario.facts, &question)
}

/// Inspects something under variables; `None` if an element does not exist.
pub(super) fn within<T>(
    inspector: &mut Inspector<'_>,
    context: &[Binding<'_>],
    inspect: impl FnOnce(&mut Inspector<'_>) -> T,
) -> Option<T> {
    let Some((binding, rest)) = context.split_first() else { return Some(inspect(inspector)) };
    match binding {
        Binding::Element(local, list, index) => match inspector.answer(list) {
            Ok(Value::List(list)) => {
                inspector.element(*local, &list, *index, |inspector| within(inspector, rest, inspect)).flatten()
            }
            Ok(_) | Err(_) => None,
        },
        Binding::Args(params, args) => inspector.applied(params, args, |inspector| within(inspector, rest, inspect)),
    }
}
