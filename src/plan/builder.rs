//! A program under construction: the cell that it is for, and the nodes that definitions, norms and exceptions have
//! already.

use super::Plan;
use super::arena::Arena;
use super::node::NodeId;
use crate::ids::*;
use crate::model::*;
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// The day and place that represent the cell.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Here {
    pub(crate) day: NaiveDate,
    pub(crate) place: Option<RegionId>,
}

impl Here {
    /// The cell of a class that contains a day. Its first day represents it; in the first cell, the day itself.
    pub(crate) fn of(class: &RegionClass, day: NaiveDate) -> Self {
        Self { day: class.cell(day).1.unwrap_or(day), place: class.place }
    }
}

/// A program under construction, for one cell. Without a cell, as for the governing date itself, every scope covers;
/// the checker lets the governing date read nothing that has versions in time or place.
pub(crate) struct Builder<'p> {
    pub(crate) model: &'p Model,
    pub(crate) choices: &'p Choices,
    pub(crate) plan: &'p Plan,
    pub(crate) here: Option<Here>,
    pub(crate) arena: Arena,
    /// The nodes of definitions without parameters, and the functions of those that have some.
    pub(crate) definitions: BTreeMap<DefinitionId, NodeId>,
    pub(super) functions: BTreeMap<DefinitionId, u32>,
    pub(super) norms: BTreeMap<NormId, Option<NodeId>>,
    pub(crate) exceptions: BTreeMap<ExceptionId, NodeId>,
    /// True if the program keeps the node of each expression, for a trace.
    pub(crate) traced: bool,
}

impl<'p> Builder<'p> {
    pub(crate) fn new(plan: &'p Plan, here: Option<Here>, traced: bool) -> Self {
        Self {
            model: plan.model(),
            choices: plan.choices(),
            plan,
            here,
            arena: Arena::default(),
            definitions: BTreeMap::new(),
            functions: BTreeMap::new(),
            norms: BTreeMap::new(),
            exceptions: BTreeMap::new(),
            traced,
        }
    }

    pub(crate) fn covers(&self, scope: &Scope) -> bool {
        match self.here {
            Some(here) => scope.covers(self.model, self.choices, here.day, here.place),
            None => true,
        }
    }

    /// The place that represents the cell.
    pub(crate) fn place(&self) -> Option<RegionId> {
        self.here.and_then(|here| here.place)
    }
}
