//! What has to be true of facts so that a rule fires, an exception speaks or a clause decides: formulas over the Model's
//! own conditions, made for one cell of days and regions.

use chrono::NaiveDate;
use ereje::ids::*;
use ereje::model::*;

/// How deep exceptions inside exceptions are followed.
const MAX_NESTED: usize = 24;

/// What a variable stands for while a condition is looked at.
#[derive(Clone, Debug)]
pub(super) enum Bind<'m> {
    /// The element of a list.
    Element(LocalId, &'m Expr, usize),
    /// The arguments of a definition.
    Args(&'m [LocalId], &'m [Expr]),
}

/// The variables around a condition, the outermost first.
pub(super) type Context<'m> = Vec<Bind<'m>>;

/// What is wanted.
#[derive(Clone, Debug)]
pub(super) enum Want<'m> {
    /// Nothing, or what cannot be had here.
    Fixed(bool),
    /// A condition comes to this.
    Truth(&'m Expr, bool),
    /// All of it.
    All(Vec<Want<'m>>),
    /// One of them at least.
    Any(Vec<Want<'m>>),
    /// Under a variable.
    Within(Bind<'m>, Box<Want<'m>>),
    /// For some element of a list.
    Some(LocalId, &'m Expr, Box<Want<'m>>),
    /// For each element of a list.
    Each(LocalId, &'m Expr, Box<Want<'m>>),
}

impl<'m> Want<'m> {
    /// The opposite.
    pub(super) fn not(self) -> Self {
        match self {
            Self::Fixed(known) => Self::Fixed(!known),
            Self::Truth(expr, wanted) => Self::Truth(expr, !wanted),
            Self::All(parts) => Self::Any(parts.into_iter().map(Self::not).collect()),
            Self::Any(parts) => Self::All(parts.into_iter().map(Self::not).collect()),
            Self::Within(bind, inner) => Self::Within(bind, Box::new(inner.not())),
            Self::Some(local, list, inner) => Self::Each(local, list, Box::new(inner.not())),
            Self::Each(local, list, inner) => Self::Some(local, list, Box::new(inner.not())),
        }
    }

    /// The same under variables.
    pub(super) fn within(self, context: &[Bind<'m>]) -> Self {
        context.iter().rev().fold(self, |inner, bind| Self::Within(bind.clone(), Box::new(inner)))
    }

    /// Whether any facts at all can bring it about here, as far as scopes say.
    pub(super) fn possible(&self) -> bool {
        match self {
            Self::Fixed(known) => *known,
            Self::Truth(..) => true,
            Self::All(parts) => parts.iter().all(Self::possible),
            Self::Any(parts) => parts.iter().any(Self::possible),
            Self::Within(_, inner) | Self::Some(_, _, inner) | Self::Each(_, _, inner) => inner.possible(),
        }
    }

    /// The expressions of the Model that it speaks of.
    pub(super) fn exprs(&self, out: &mut Vec<&'m Expr>) {
        match self {
            Self::Fixed(_) => {}
            Self::Truth(expr, _) => out.push(expr),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.exprs(out)),
            Self::Within(bind, inner) => {
                match bind {
                    Bind::Element(_, list, _) => out.push(list),
                    Bind::Args(_, args) => out.extend(args.iter()),
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
pub(super) struct Here<'h, 'm> {
    pub(super) model: &'m Model,
    pub(super) choices: &'h Choices,
    pub(super) day: NaiveDate,
    pub(super) place: Option<RegionId>,
}

/// What a rule, notice or exception consists of.
pub(super) struct Parts<'m> {
    claims: Vec<&'m Claim>,
    version: usize,
    pub(super) each: Option<&'m ForEach>,
    pub(super) when: Option<&'m Expr>,
    pub(super) unless: &'m [Expr],
    pub(super) exceptions: &'m [ExceptionId],
    pub(super) cites: &'m [Cite],
}

/// A rule or notice, and a way through its exceptions: each excepts the one before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chain {
    pub(super) owner: ProvisionRef,
    pub(super) exceptions: Vec<(ExceptionId, u32)>,
}

/// What is wanted of the last link of a chain, everything before it standing so that it matters.
pub(super) enum Last<'m> {
    /// All of it holds.
    Holds,
    /// All of it but its exceptions, of which these hold and no others.
    Excepted(Vec<(ExceptionId, u32)>),
    /// All of it but this clause, of which something else is wanted.
    Clause(&'m Expr, Want<'m>),
}

/// The parts of a version of a provision; none for a suspension.
pub(super) fn provision_parts(model: &Model, version: ProvisionRef) -> Option<Parts<'_>> {
    let found = model.provision(version);
    let body = found.body.as_ref()?;
    Some(Parts {
        claims: model.provisions[version.provision].versions.iter().map(|v| &v.claim).collect(),
        version: version.index(),
        each: body.for_each.as_ref(),
        when: body.condition.when.as_ref(),
        unless: &body.condition.unless,
        exceptions: &found.exceptions,
        cites: &found.cites,
    })
}

/// The parts of a version of an exception; none for a suspension.
pub(super) fn exception_parts(model: &Model, id: ExceptionId, version: u32) -> Option<Parts<'_>> {
    let versions = &model.exceptions.get(id.index())?.versions;
    let found = versions.get(version as usize)?;
    let body = found.body.as_ref()?;
    Some(Parts {
        claims: versions.iter().map(|v| &v.claim).collect(),
        version: version as usize,
        each: None,
        when: body.condition.when.as_ref(),
        unless: &body.condition.unless,
        exceptions: &found.exceptions,
        cites: &found.cites,
    })
}

impl<'m> Parts<'m> {
    /// Its claim.
    pub(super) fn claim(&self) -> Option<&'m Claim> {
        self.claims.get(self.version).copied()
    }

    /// Its conditions, each with what it has to come to.
    pub(super) fn clauses(&self) -> impl Iterator<Item = (&'m Expr, bool)> {
        let filter = self.each.and_then(|each| each.filter.as_ref());
        filter.into_iter().chain(self.when).map(|e| (e, true)).chain(self.unless.iter().map(|e| (e, false)))
    }
}

impl<'m> Here<'_, 'm> {
    /// A version stands here, and no higher one keeps it silent.
    pub(super) fn stands(&self, claims: &[&'m Claim], version: usize) -> Want<'m> {
        let Some(claim) = claims.get(version) else { return Want::Fixed(false) };
        let covers = |scope: &Scope| scope.covers(self.model, self.choices, self.day, self.place);
        if !covers(&claim.scope) {
            return Want::Fixed(false);
        }
        let mut parts: Vec<Want<'m>> = claim.scope.cohort.iter().map(|e| Want::Truth(e, true)).collect();
        for (other, higher) in claims.iter().enumerate() {
            if other != version
                && covers(&higher.scope)
                && standing(self.model, self.choices, higher, claim) == Standing::Higher
            {
                if higher.scope.cohort.is_empty() {
                    return Want::Fixed(false);
                }
                parts.push(Want::Any(higher.scope.cohort.iter().map(|e| Want::Truth(e, false)).collect()));
            }
        }
        Want::All(parts)
    }

    /// The policy is in force.
    pub(super) fn in_force(&self) -> Want<'m> {
        let Some(policy) = self.model.sections.first() else { return Want::Fixed(false) };
        if !policy.scope.covers(self.model, self.choices, self.day, self.place) {
            return Want::Fixed(false);
        }
        Want::All(policy.scope.cohort.iter().map(|e| Want::Truth(e, true)).collect())
    }

    /// All of it but its exceptions and, if one is named, a clause.
    fn own(&self, parts: &Parts<'m>, but: Option<&'m Expr>) -> Vec<Want<'m>> {
        let mut wants = vec![self.stands(&parts.claims, parts.version)];
        let others = parts.clauses().filter(|(e, _)| !but.is_some_and(|but| std::ptr::eq(*e, but)));
        wants.extend(others.map(|(e, wanted)| Want::Truth(e, wanted)));
        wants
    }

    /// An exception holds, in any of its versions.
    pub(super) fn exception(&self, id: ExceptionId, nested: usize) -> Want<'m> {
        let count = self.model.exceptions.get(id.index()).map_or(0, |e| e.versions.len());
        let versions =
            (0..u32::try_from(count).unwrap_or(0)).map(|version| self.exception_version(id, version, nested));
        Want::Any(versions.collect())
    }

    /// A version of an exception holds.
    pub(super) fn exception_version(&self, id: ExceptionId, version: u32, nested: usize) -> Want<'m> {
        let Some(parts) = exception_parts(self.model, id, version).filter(|_| nested < MAX_NESTED) else {
            return Want::Fixed(false);
        };
        let mut wants = self.own(&parts, None);
        wants.extend(parts.exceptions.iter().map(|inner| self.exception(*inner, nested + 1).not()));
        Want::All(wants)
    }

    /// A chain whose last link does what is wanted of it.
    pub(super) fn chain(&self, chain: &Chain, last: &Last<'m>) -> Want<'m> {
        let mut wants = vec![self.in_force()];
        let Some(owner) = provision_parts(self.model, chain.owner) else { return Want::Fixed(false) };
        let mut next = chain.exceptions.iter();
        let mut link = owner;
        let each = link.each;
        let mut inner = Vec::new();
        loop {
            let following = next.next();
            match following {
                Some((id, version)) => {
                    inner.extend(self.own(&link, None));
                    let others = link.exceptions.iter().filter(|other| *other != id);
                    inner.extend(others.map(|other| self.exception(*other, 0).not()));
                    let Some(parts) = exception_parts(self.model, *id, *version) else { return Want::Fixed(false) };
                    link = parts;
                }
                None => {
                    match last {
                        Last::Holds => {
                            inner.extend(self.own(&link, None));
                            inner.extend(link.exceptions.iter().map(|id| self.exception(*id, 0).not()));
                        }
                        Last::Excepted(these) => {
                            inner.extend(self.own(&link, None));
                            for id in link.exceptions {
                                inner.push(match these.iter().find(|(this, _)| this == id) {
                                    Some((_, version)) => self.exception_version(*id, *version, 0),
                                    None => self.exception(*id, 0).not(),
                                });
                            }
                        }
                        Last::Clause(expr, want) => {
                            inner.extend(self.own(&link, Some(expr)));
                            inner.extend(link.exceptions.iter().map(|id| self.exception(*id, 0).not()));
                            inner.push(want.clone());
                        }
                    }
                    break;
                }
            }
        }
        let inner = Want::All(inner);
        wants.push(match each {
            Some(each) => Want::Some(each.local, &each.list, Box::new(inner)),
            None => inner,
        });
        Want::All(wants)
    }

    /// A version of a rule or notice does not hold.
    pub(super) fn off(&self, owner: ProvisionRef) -> Want<'m> {
        let chain = Chain { owner, exceptions: Vec::new() };
        Want::All(vec![self.in_force(), self.chain(&chain, &Last::Holds).not()])
    }

    /// The guard of a case of a definition, without its exceptions.
    pub(super) fn guard(&self, case: &'m Case) -> Want<'m> {
        if !case.scope.covers(self.model, self.choices, self.day, self.place) {
            return Want::Fixed(false);
        }
        let cohort = case.scope.cohort.iter().chain(&case.condition.when).map(|e| Want::Truth(e, true));
        Want::All(cohort.chain(case.condition.unless.iter().map(|e| Want::Truth(e, false))).collect())
    }

    /// A case of a version of a definition speaks.
    pub(super) fn case(&self, id: DefinitionId, version: u32, index: usize) -> Want<'m> {
        let Some(definition) = self.model.definitions.get(id.index()) else { return Want::Fixed(false) };
        let Some(found) = definition.versions.get(version as usize) else { return Want::Fixed(false) };
        let claims: Vec<&Claim> = definition.versions.iter().map(|v| &v.claim).collect();
        let DefinitionBody::Cases(cases) = &found.body else { return Want::Fixed(false) };
        let Some(case) = cases.get(index) else { return Want::Fixed(false) };
        let mut wants = vec![self.stands(&claims, version as usize), self.guard(case)];
        if case.otherwise {
            let others = cases.iter().filter(|other| !other.otherwise);
            wants.extend(others.map(|other| self.guard(other).not()));
        }
        let exceptions = case.exceptions.iter().chain(&found.exceptions);
        wants.extend(exceptions.map(|id| self.exception(*id, 0).not()));
        Want::All(wants)
    }
}
