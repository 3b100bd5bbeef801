//! What has to be true of facts so that a rule fires, an exception holds or a clause decides: formulas over the Model's
//! own conditions, made for one cell of days and regions.

use chrono::NaiveDate;
use ereje::ids::*;
use ereje::model::{Choices, Expr, Item, Model, Parts, Role, Scope};

/// The most nested exceptions that are followed.
const MAX_NESTED: usize = 24;

/// The meaning of a variable while a condition is searched.
#[derive(Clone, Debug)]
pub(super) enum Binding<'m> {
    /// The element of a list.
    Element(LocalId, &'m Expr, usize),
    /// The arguments of a definition.
    Args(&'m [LocalId], &'m [Expr]),
}

/// The variables around a condition, the outermost first.
pub(super) type Context<'m> = Vec<Binding<'m>>;

/// What has to be true of facts.
#[derive(Clone, Debug)]
pub(super) enum Constraint<'m> {
    /// Always true, or impossible in this cell.
    Fixed(bool),
    /// A condition has this truth.
    Truth(&'m Expr, bool),
    /// All of these.
    All(Vec<Constraint<'m>>),
    /// At least one of these.
    Any(Vec<Constraint<'m>>),
    /// The inner constraint under a variable.
    Within(Binding<'m>, Box<Constraint<'m>>),
    /// For some element of a list.
    Some(LocalId, &'m Expr, Box<Constraint<'m>>),
    /// For each element of a list.
    Each(LocalId, &'m Expr, Box<Constraint<'m>>),
}

impl<'m> Constraint<'m> {
    /// The negation.
    pub(super) fn not(self) -> Self {
        match self {
            Self::Fixed(known) => Self::Fixed(!known),
            Self::Truth(expr, wanted) => Self::Truth(expr, !wanted),
            Self::All(parts) => Self::Any(parts.into_iter().map(Self::not).collect()),
            Self::Any(parts) => Self::All(parts.into_iter().map(Self::not).collect()),
            Self::Within(binding, inner) => Self::Within(binding, Box::new(inner.not())),
            Self::Some(local, list, inner) => Self::Each(local, list, Box::new(inner.not())),
            Self::Each(local, list, inner) => Self::Some(local, list, Box::new(inner.not())),
        }
    }

    /// The same constraint under variables.
    pub(super) fn within(self, context: &[Binding<'m>]) -> Self {
        context.iter().rev().fold(self, |inner, binding| Self::Within(binding.clone(), Box::new(inner)))
    }

    /// False if no facts can satisfy it in this cell, according to the scopes.
    pub(super) fn possible(&self) -> bool {
        match self {
            Self::Fixed(known) => *known,
            Self::Truth(..) => true,
            Self::All(parts) => parts.iter().all(Self::possible),
            Self::Any(parts) => parts.iter().any(Self::possible),
            Self::Within(_, inner) | Self::Some(_, _, inner) | Self::Each(_, _, inner) => inner.possible(),
        }
    }

    /// Collects the expressions in it.
    pub(super) fn exprs(&self, out: &mut Vec<&'m Expr>) {
        match self {
            Self::Fixed(_) => {}
            Self::Truth(expr, _) => out.push(expr),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.exprs(out)),
            Self::Within(binding, inner) => {
                match binding {
                    Binding::Element(_, list, _) => out.push(list),
                    Binding::Args(_, args) => out.extend(args.iter()),
                }
                inner.exprs(out);
            }
            Self::Some(_, list, inner) | Self::Each(_, list, inner) => {
                out.push(list);
                inner.exprs(out);
            }
        }
    }
}

/// A cell: a day and a place under some choices.
#[derive(Clone, Copy)]
pub(super) struct CellContext<'h, 'm> {
    pub(super) model: &'m Model,
    pub(super) choices: &'h Choices,
    pub(super) day: NaiveDate,
    pub(super) place: Option<RegionId>,
}

/// A rule or notice, and a sequence of exceptions: each excepts the one before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chain {
    pub(super) owner: ProvisionRef,
    pub(super) exceptions: Vec<ExceptionRef>,
}

/// What the last link of a chain has to do; everything before it holds, so that the last link matters.
pub(super) enum ChainEnd<'m> {
    /// It holds.
    Holds,
    /// It holds except for its exceptions: just these hold.
    Excepted(Vec<ExceptionRef>),
    /// It holds except for this clause, which has another constraint.
    Clause(&'m Expr, Constraint<'m>),
}

/// The parts of a version of a rule, a notice or an exception; `None` for a suspension.
pub(super) fn parts_of_version(model: &Model, version: Item) -> Option<Parts<'_>> {
    let says_something = if let Item::ProvisionVersion(version) = version {
        model.provision(version).body.is_some()
    } else if let Item::ExceptionVersion(version) = version {
        model.exception(version).body.is_some()
    } else {
        false
    };
    says_something.then(|| model.parts(version))
}

/// The versions of an exception.
pub(super) fn versions(model: &Model, id: ExceptionId) -> impl Iterator<Item = ExceptionRef> + use<> {
    (0..model.exceptions.at(id).versions.len()).map(move |index| ExceptionRef::new(id, index))
}

/// The cases of all versions of a definition, with their parts.
pub(super) fn cases(model: &Model, id: DefinitionId) -> impl Iterator<Item = (CaseRef, Parts<'_>)> {
    let versions = model.parts(Item::Definition(id)).inside.into_iter();
    let cases = versions.flat_map(|version| model.parts(version).inside);
    cases.filter_map(|item| if let Item::Case(case) = item { Some((case, model.parts(item))) } else { None })
}

/// The conditions of an item except its cohorts, each with the truth that it has to have.
pub(super) fn clauses<'m>(parts: &Parts<'m>) -> impl Iterator<Item = (&'m Expr, bool)> {
    let conditions = parts.conditions().filter(|(role, ..)| *role != Role::Cohort);
    conditions.map(|(_, expr, wanted)| (expr, wanted))
}

/// The variable and the list of an item's `for each`.
pub(super) fn each<'m>(parts: &Parts<'m>) -> Option<(LocalId, &'m Expr)> {
    parts.variable.zip(parts.one(Role::List))
}

impl<'m> CellContext<'_, 'm> {
    fn covers(&self, scope: &Scope) -> bool {
        scope.covers(self.model, self.choices, self.day, self.place)
    }

    /// A version of an item holds here, and no higher version replaces it.
    pub(super) fn stands(&self, name: Item, version: Item) -> Constraint<'m> {
        let versions = self.model.parts(name).inside;
        let claims = versions.iter().enumerate();
        let claims = claims.filter_map(|(index, item)| Some((index, self.model.parts(*item).claim?)));
        let candidates = self.model.candidates(self.choices, claims, |scope| self.covers(scope));
        let own = candidates.into_iter().find(|candidate| versions.get(candidate.index) == Some(&version));
        let Some(candidate) = own else { return Constraint::Fixed(false) };
        let mut constraints: Vec<Constraint<'m>> =
            candidate.cohort.iter().map(|e| Constraint::Truth(e, true)).collect();
        for (_, cohort) in candidate.outranked_by {
            if cohort.is_empty() {
                return Constraint::Fixed(false);
            }
            constraints.push(Constraint::Any(cohort.iter().map(|e| Constraint::Truth(e, false)).collect()));
        }
        Constraint::All(constraints)
    }

    /// The policy is in force.
    pub(super) fn in_force(&self) -> Constraint<'m> {
        self.guard(&self.model.parts(Item::Section(SectionId(0))))
    }

    /// A version holds, without regard to its exceptions and to the clause `but`.
    fn own(&self, link: Link, parts: &Parts<'m>, but: Option<&'m Expr>) -> Vec<Constraint<'m>> {
        let mut constraints = vec![self.stands(link.name(), link.version())];
        let others = clauses(parts).filter(|(e, _)| !but.is_some_and(|but| std::ptr::eq(*e, but)));
        constraints.extend(others.map(|(e, wanted)| Constraint::Truth(e, wanted)));
        constraints
    }

    /// An exception holds in one of its versions.
    pub(super) fn exception(&self, id: ExceptionId, nested: usize) -> Constraint<'m> {
        Constraint::Any(versions(self.model, id).map(|version| self.exception_version(version, nested)).collect())
    }

    /// A version of an exception holds.
    pub(super) fn exception_version(&self, version: ExceptionRef, nested: usize) -> Constraint<'m> {
        let link = Link::Exception(version);
        let Some(parts) = parts_of_version(self.model, link.version()).filter(|_| nested < MAX_NESTED) else {
            return Constraint::Fixed(false);
        };
        let mut constraints = self.own(link, &parts, None);
        constraints.extend(parts.exceptions.iter().map(|inner| self.exception(*inner, nested + 1).not()));
        Constraint::All(constraints)
    }

    /// The last link of a chain does what `last` requires.
    pub(super) fn chain(&self, chain: &Chain, last: &ChainEnd<'m>) -> Constraint<'m> {
        let mut constraints = vec![self.in_force()];
        let mut link = Link::Owner(chain.owner);
        let Some(mut parts) = parts_of_version(self.model, link.version()) else { return Constraint::Fixed(false) };
        let each = each(&parts);
        let mut inner = Vec::new();
        for version in &chain.exceptions {
            inner.extend(self.own(link, &parts, None));
            let others = parts.exceptions.iter().filter(|other| **other != version.exception);
            inner.extend(others.map(|other| self.exception(*other, 0).not()));
            link = Link::Exception(*version);
            let Some(following) = parts_of_version(self.model, link.version()) else { return Constraint::Fixed(false) };
            parts = following;
        }
        match last {
            ChainEnd::Holds => {
                inner.extend(self.own(link, &parts, None));
                inner.extend(parts.exceptions.iter().map(|id| self.exception(*id, 0).not()));
            }
            ChainEnd::Excepted(these) => {
                inner.extend(self.own(link, &parts, None));
                for id in parts.exceptions {
                    inner.push(match these.iter().find(|this| this.exception == *id) {
                        Some(version) => self.exception_version(*version, 0),
                        None => self.exception(*id, 0).not(),
                    });
                }
            }
            ChainEnd::Clause(expr, constraint) => {
                inner.extend(self.own(link, &parts, Some(expr)));
                inner.extend(parts.exceptions.iter().map(|id| self.exception(*id, 0).not()));
                inner.push(constraint.clone());
            }
        }
        let inner = Constraint::All(inner);
        constraints.push(match each {
            Some((local, list)) => Constraint::Some(local, list, Box::new(inner)),
            None => inner,
        });
        Constraint::All(constraints)
    }

    /// A version of a rule or notice does not hold.
    pub(super) fn off(&self, owner: ProvisionRef) -> Constraint<'m> {
        let chain = Chain { owner, exceptions: Vec::new() };
        Constraint::All(vec![self.in_force(), self.chain(&chain, &ChainEnd::Holds).not()])
    }

    /// The scope of an item covers this cell and its conditions hold, without regard to its exceptions.
    pub(super) fn guard(&self, parts: &Parts<'m>) -> Constraint<'m> {
        if !parts.scope.is_some_and(|scope| self.covers(scope)) {
            return Constraint::Fixed(false);
        }
        Constraint::All(parts.conditions().map(|(_, e, wanted)| Constraint::Truth(e, wanted)).collect())
    }

    /// A case of a definition gives its value.
    pub(super) fn case(&self, case: CaseRef) -> Constraint<'m> {
        let Some(found) = self.model.case(case) else { return Constraint::Fixed(false) };
        let version = Item::DefinitionVersion(case.version);
        let parts = self.model.parts(Item::Case(case));
        let name = Item::Definition(case.version.definition);
        let mut constraints = vec![self.stands(name, version), self.guard(&parts)];
        if found.otherwise {
            let others = cases(self.model, case.version.definition).filter(|(other, _)| {
                other.version == case.version && self.model.case(*other).is_some_and(|other| !other.otherwise)
            });
            constraints.extend(others.map(|(_, other)| self.guard(&other).not()));
        }
        let exceptions = parts.exceptions.iter().chain(self.model.parts(version).exceptions);
        constraints.extend(exceptions.map(|id| self.exception(*id, 0).not()));
        Constraint::All(constraints)
    }
}

/// A link of a chain.
#[derive(Clone, Copy)]
enum Link {
    /// The rule or notice.
    Owner(ProvisionRef),
    /// An exception to the link before.
    Exception(ExceptionRef),
}

impl Link {
    /// The item that has all versions of the link.
    fn name(self) -> Item {
        match self {
            Self::Owner(version) => Item::Provision(version.provision),
            Self::Exception(version) => Item::Exception(version.exception),
        }
    }

    fn version(self) -> Item {
        match self {
            Self::Owner(version) => Item::ProvisionVersion(version),
            Self::Exception(version) => Item::ExceptionVersion(version),
        }
    }
}
