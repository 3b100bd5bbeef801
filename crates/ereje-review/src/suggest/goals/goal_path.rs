//! The paths to a goal: what a scenario has to achieve, in any cell of days and regions.

use super::super::condition_sites::ConditionSite;
use super::super::constraint::{Binding, CellContext, Chain, ChainEnd, Constraint, each, parts_of_version};
use ereje::ids::*;
use ereje::model::*;

/// One path to a goal.
#[derive(Clone)]
pub(in crate::suggest) struct GoalPath<'e> {
    /// The rule, notice or exception at the end of which the target lies; `None` for the policy as a whole.
    pub(super) chain: Option<Chain>,
    pub(super) target: PathTarget<'e>,
    /// Scopes that have to cover the day and the place.
    pub(in crate::suggest) scopes: Vec<&'e Scope>,
    /// A value of a norm that has to hold in the cell.
    pub(super) norm: Option<NormValueRef>,
}

/// The state that the last link of the chain, or the policy, has to have.
#[derive(Clone)]
pub(super) enum PathTarget<'e> {
    Holds,
    /// The opposite.
    Off,
    Excepted(Vec<ExceptionRef>),
    /// A condition of a clause.
    Condition {
        clause: &'e Expr,
        site: ConditionSite<'e>,
        wanted: Option<bool>,
    },
    /// A case of a definition, under the variables of a place that uses it.
    Case {
        context: Vec<Binding<'e>>,
        case: ValueSource<'e>,
    },
}

/// What gives a definition its value.
#[derive(Clone, Copy)]
pub(super) enum ValueSource<'e> {
    Case(CaseRef),
    Exception(ExceptionRef),
    Row(&'e TableRow),
}

impl<'e> GoalPath<'e> {
    /// The constraint of the path in a cell.
    pub(in crate::suggest) fn constraint(&self, here: &CellContext<'_, 'e>) -> Constraint<'e> {
        let covered = |scope: &&Scope| scope.covers(here.model, here.choices, here.day, here.place);
        if !self.scopes.iter().all(covered) {
            return Constraint::Fixed(false);
        }
        // Norms have no cohorts, so the cell alone decides.
        let stands = |value: NormValueRef| here.stands(Item::Norm(value.norm), Item::NormValue(value)).possible();
        if !self.norm.is_none_or(stands) {
            return Constraint::Fixed(false);
        }
        let last = match &self.target {
            PathTarget::Holds => ChainEnd::Holds,
            PathTarget::Off => {
                return self.chain.as_ref().map_or(Constraint::Fixed(false), |chain| here.off(chain.owner));
            }
            PathTarget::Excepted(these) => ChainEnd::Excepted(these.clone()),
            PathTarget::Condition { clause, site, wanted } => match &self.chain {
                Some(_) => ChainEnd::Clause(clause, site.constraint(*wanted)),
                None => return Constraint::All(vec![here.in_force(), site.constraint(*wanted)]),
            },
            PathTarget::Case { context, case } => {
                let own = match case {
                    ValueSource::Case(case) => here.case(*case),
                    ValueSource::Exception(version) => here.exception_version(*version, 0),
                    ValueSource::Row(row) => {
                        Constraint::All(row.conditions.iter().map(|e| Constraint::Truth(e, true)).collect())
                    }
                };
                return Constraint::All(vec![here.in_force(), own.within(context)]);
            }
        };
        match &self.chain {
            Some(chain) => here.chain(chain, &last),
            None => here.in_force(),
        }
    }

    /// The comparison whose edge is wanted, with its variables.
    pub(in crate::suggest) fn site(&self) -> Option<&ConditionSite<'e>> {
        match &self.target {
            PathTarget::Condition { site, .. } => Some(site),
            PathTarget::Holds | PathTarget::Off | PathTarget::Excepted(_) | PathTarget::Case { .. } => None,
        }
    }

    /// The path to facts for which a rule or notice does not hold.
    pub(in crate::suggest) fn off(owner: ProvisionRef) -> Self {
        Self {
            chain: Some(Chain { owner, exceptions: Vec::new() }),
            target: PathTarget::Off,
            scopes: Vec::new(),
            norm: None,
        }
    }

    /// The path to one side of its condition.
    pub(super) fn on_side(mut self, side: bool) -> Self {
        if let PathTarget::Condition { wanted, .. } = &mut self.target {
            *wanted = Some(side);
        }
        self
    }

    /// The variable and the list of the loop around its owner, if there is one.
    pub(in crate::suggest) fn each(&self, model: &'e Model) -> Option<(LocalId, &'e Expr)> {
        each(&parts_of_version(model, Item::ProvisionVersion(self.chain.as_ref()?.owner))?)
    }

    /// The version of a rule or notice that gives a reason if the path succeeds.
    pub(in crate::suggest) fn owner(&self) -> Option<ProvisionRef> {
        match (&self.chain, &self.target) {
            (Some(chain), PathTarget::Holds) if chain.exceptions.is_empty() => Some(chain.owner),
            _ => None,
        }
    }
}
