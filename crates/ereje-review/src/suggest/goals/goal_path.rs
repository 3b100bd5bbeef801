//! The paths to a goal: what a scenario has to bring about, at whatever cell of days and regions it is in.

use super::super::spots::Spot;
use super::super::want::{Bind, Chain, Here, Last, Want, each, said};
use ereje::ids::*;
use ereje::model::*;

/// One path to a goal.
#[derive(Clone)]
pub(in crate::suggest) struct GoalPath<'e> {
    /// The rule, notice or exception that has to stand otherwise; none: the policy alone.
    pub(super) chain: Option<Chain>,
    pub(super) what: What<'e>,
    /// Scopes that the day and place have to be in.
    pub(in crate::suggest) scopes: Vec<&'e Scope>,
    /// A value of a norm that has to hold there.
    pub(super) norm: Option<NormValueRef>,
}

#[derive(Clone)]
pub(super) enum What<'e> {
    Holds,
    /// The opposite.
    Off,
    Excepted(Vec<ExceptionRef>),
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
pub(super) enum CaseOf<'e> {
    Case(CaseRef),
    Exception(ExceptionRef),
    Row(&'e TableRow),
}

impl<'e> GoalPath<'e> {
    /// What is wanted at a cell.
    pub(in crate::suggest) fn want(&self, here: &Here<'_, 'e>) -> Want<'e> {
        let covered = |scope: &&Scope| scope.covers(here.model, here.choices, here.day, here.place);
        if !self.scopes.iter().all(covered) {
            return Want::Fixed(false);
        }
        // Norms have no cohorts, so that it is settled by the cell.
        let stands = |value: NormValueRef| here.stands(Item::Norm(value.norm), Item::NormValue(value)).possible();
        if !self.norm.is_none_or(stands) {
            return Want::Fixed(false);
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
                    CaseOf::Case(case) => here.case(*case),
                    CaseOf::Exception(version) => here.exception_version(*version, 0),
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
    pub(in crate::suggest) fn spot(&self) -> Option<&Spot<'e>> {
        match &self.what {
            What::Spot { spot, .. } => Some(spot),
            What::Holds | What::Off | What::Excepted(_) | What::Case { .. } => None,
        }
    }

    /// The path to facts for which a rule or notice does not hold.
    pub(in crate::suggest) fn off(owner: ProvisionRef) -> Self {
        Self { chain: Some(Chain { owner, exceptions: Vec::new() }), what: What::Off, scopes: Vec::new(), norm: None }
    }

    /// The path to one side of its condition.
    pub(super) fn on_side(mut self, side: bool) -> Self {
        if let What::Spot { wanted, .. } = &mut self.what {
            *wanted = Some(side);
        }
        self
    }

    /// The variable and the list of the loop around its owner, if there is one.
    pub(in crate::suggest) fn each(&self, model: &'e Model) -> Option<(LocalId, &'e Expr)> {
        each(&said(model, Item::ProvisionVersion(self.chain.as_ref()?.owner))?)
    }

    /// Who gives the reason when it is reached: a version of a rule or notice.
    pub(in crate::suggest) fn owner(&self) -> Option<ProvisionRef> {
        match (&self.chain, &self.what) {
            (Some(chain), What::Holds) if chain.exceptions.is_empty() => Some(chain.owner),
            _ => None,
        }
    }
}
