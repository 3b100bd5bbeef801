//! Constructors and setters for parts of a Model. The checker builds them from the Ast; their fields are visible in
//! `model` only.

use super::{
    AsOf, AssumedDates, Case, Choices, Cite, Claim, Condition, DateBound, Effect, ExceptionBody, Expr, ForEach,
    Handler, HandlerAction, Handlers, Labels,
};
use super::{ExprKind, IndexVec, Model, Type};
use super::{
    LimitKind, MessagePart, NormLimit, NormValue, Output, OutputEach, ProvisionBody, Quantity, ReasonDeclaration,
    Scope, Section, Versioned,
};
use crate::ids::*;
use crate::source::{FileId, Span};
use crate::value::{LeapBirthday, MonthEnd, Value};
use std::collections::BTreeSet;
use std::sync::Arc;

impl Model {
    /// The Model in which dates are counted as these choices say: itself, unless an assumption says otherwise than it does.
    pub(crate) fn counting_dates(self: Arc<Self>, choices: &Choices) -> Arc<Self> {
        let keyword = |id: AssumptionId| {
            let value = self.assumptions.at(id).choices.get(choices.index(id) as usize);
            let Some(Value::Enum(of, index)) = value else { return None };
            self.enums.at(*of).values.get(*index as usize).map(|(name, _)| name.as_str())
        };
        let AssumedDates { leap_birthday, month_end } = self.assumed_dates;
        let leap = leap_birthday.and_then(keyword).and_then(LeapBirthday::of_keyword).unwrap_or(self.leap_birthday);
        let end = month_end.and_then(keyword).and_then(MonthEnd::of_keyword).unwrap_or(self.month_end);
        match (leap, end) == (self.leap_birthday, self.month_end) {
            true => self,
            false => Arc::new(Self { leap_birthday: leap, month_end: end, ..(*self).clone() }),
        }
    }

    /// A Model in which nothing is declared.
    pub(crate) fn empty() -> Self {
        let nowhere = Span::new(FileId(0), 0, 0);
        Self {
            sections: IndexVec::new(),
            language: crate::syntax::language::OLDEST,
            languages: Vec::new(),
            leap_birthday: LeapBirthday::default(),
            month_end: MonthEnd::default(),
            assumed_dates: AssumedDates::default(),
            sources: IndexVec::new(),
            registries: IndexVec::new(),
            handlers: Handlers::default(),
            regions: IndexVec::new(),
            units: IndexVec::new(),
            enums: IndexVec::new(),
            records: IndexVec::new(),
            fields: IndexVec::new(),
            period: None,
            facts: IndexVec::new(),
            calendars: IndexVec::new(),
            assumptions: IndexVec::new(),
            norms: IndexVec::new(),
            definitions: IndexVec::new(),
            reasons: IndexVec::new(),
            decisions: IndexVec::new(),
            provisions: IndexVec::new(),
            exceptions: IndexVec::new(),
            as_of: AsOf::new(
                Expr { kind: ExprKind::Literal(Value::Bool(false)), ty: Type::Error, span: nowhere },
                None,
                nowhere,
            ),
            locals: IndexVec::new(),
        }
    }
}

impl Section {
    /// A section without bounds and citations.
    #[must_use]
    pub fn new(name: String, labels: Labels, span: Span) -> Self {
        let scope = Scope::unbounded();
        Self { name, labels, scope, starts: Vec::new(), over: Vec::new(), cites: Vec::new(), span }
    }

    /// Its scope.
    #[must_use]
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The days from which its own header says that it holds; none for the policy.
    #[must_use]
    pub fn starts(&self) -> &[DateBound] {
        &self.starts
    }

    /// Sets its scope: that of its own header, within the policy's if it is an amendment.
    pub fn set_scope(&mut self, own: Scope, policy: Option<&Scope>) {
        match policy {
            Some(policy) => {
                self.starts.clone_from(&own.from);
                self.scope = own.within(policy);
            }
            None => self.scope = own,
        }
    }

    /// Narrows it to a cohort.
    pub fn narrow_to(&mut self, cohort: Expr) {
        self.scope.narrow_to(cohort);
    }
}

impl Scope {
    /// The scope without bounds: everywhere, always, for everybody.
    #[must_use]
    pub fn unbounded() -> Self {
        Self { regions: None, from: Vec::new(), through: Vec::new(), cohort: Vec::new() }
    }

    /// A scope with these regions, in which all inner regions are listed, and these bounds; `None` is no restriction.
    #[must_use]
    pub fn new(regions: Option<BTreeSet<RegionId>>, from: Option<DateBound>, through: Option<DateBound>) -> Self {
        Self { regions, from: from.into_iter().collect(), through: through.into_iter().collect(), cohort: Vec::new() }
    }

    /// Narrows it to those for whom this condition is true as well.
    pub fn narrow_to(&mut self, condition: Expr) {
        self.cohort.push(condition);
    }

    /// The intersection with the scope around it.
    #[must_use]
    pub fn within(self, outer: &Self) -> Self {
        let regions = match (&outer.regions, self.regions) {
            (None, inner) => inner,
            (Some(outer), None) => Some(outer.clone()),
            (Some(outer), Some(inner)) if inner.is_subset(outer) => Some(inner),
            (Some(outer), Some(inner)) => Some(outer.intersection(&inner).copied().collect()),
        };
        let join = |a: &[DateBound], b: Vec<DateBound>| {
            let mut all = Vec::with_capacity(a.len() + b.len());
            all.extend_from_slice(a);
            all.extend(b.into_iter().filter(|x| !a.contains(x)));
            all
        };
        let mut cohort = outer.cohort.clone();
        for condition in self.cohort {
            if !cohort.contains(&condition) {
                cohort.push(condition);
            }
        }
        Self { regions, from: join(&outer.from, self.from), through: join(&outer.through, self.through), cohort }
    }
}

impl Claim {
    /// The claim of an item in a section and a file: its own scope within that of its section. `replaces`: it replaces or
    /// suspends what it names.
    #[must_use]
    pub fn new(section: SectionId, own: Scope, around: &Scope, replaces: bool, span: Span, file_rank: u32) -> Self {
        let starts = own.from.clone();
        Self { section, starts, replaces, scope: own.within(around), span, file_rank }
    }
}

impl Condition {
    /// True if `when` is true and no `unless` is.
    #[must_use]
    pub fn new(when: Option<Expr>, unless: Vec<Expr>) -> Self {
        Self { when, unless }
    }
}

impl<Body> Versioned<Body> {
    /// A version without exceptions.
    #[must_use]
    pub fn new(qualified: String, claim: Claim, body: Body, cites: Vec<Cite>) -> Self {
        Self { qualified, claim, body, exceptions: Vec::new(), cites }
    }

    /// Adds an exception to the whole version.
    pub fn except(&mut self, exception: ExceptionId) {
        self.exceptions.push(exception);
    }
}

impl Case {
    /// A case without exceptions.
    #[must_use]
    pub fn new(
        label: Option<String>,
        scope: Scope,
        condition: Condition,
        value: Expr,
        cites: Vec<Cite>,
        span: Span,
    ) -> Self {
        Self { label, otherwise: false, scope, condition, value, exceptions: Vec::new(), cites, span }
    }

    /// The only case of a definition with a single value.
    #[must_use]
    pub fn only(value: Expr, cites: Vec<Cite>, span: Span) -> Self {
        Self::new(None, Scope::unbounded(), Condition::default(), value, cites, span)
    }

    /// The case for which no other applies.
    #[must_use]
    pub fn otherwise(value: Expr, cites: Vec<Cite>, span: Span) -> Self {
        Self { otherwise: true, ..Self::only(value, cites, span) }
    }

    /// Adds an exception to this case alone.
    pub fn except(&mut self, exception: ExceptionId) {
        self.exceptions.push(exception);
    }
}

impl ProvisionBody {
    /// The body of a rule or a notice.
    #[must_use]
    pub fn new(
        decision: DecisionId,
        effect: Effect,
        reason: ReasonId,
        args: Vec<Expr>,
        for_each: Option<ForEach>,
        condition: Condition,
    ) -> Self {
        Self { decision, effect, reason, args, for_each, condition }
    }

    /// True if it belongs to a decision.
    #[must_use]
    pub fn belongs_to(&self, decision: DecisionId) -> bool {
        self.effect == Effect::Impossible || self.decision == decision
    }

    /// The level of the outcome that a rule gives; `None` for a notice.
    #[must_use]
    pub const fn level(&self) -> Option<u32> {
        match &self.effect {
            Effect::Outcome(level) => Some(*level),
            Effect::Impossible => Some(0),
            Effect::Notice(_) => None,
        }
    }
}

impl ExceptionBody {
    /// The body of an exception.
    #[must_use]
    pub fn new(condition: Condition, value: Option<Expr>) -> Self {
        Self { condition, value }
    }
}

impl NormValue {
    /// A value of a norm.
    #[must_use]
    pub fn new(claim: Claim, value: Expr, cites: Vec<Cite>) -> Self {
        Self { claim, value, cites }
    }
}

impl NormLimit {
    /// A bound of a norm.
    #[must_use]
    pub fn new(kind: LimitKind, claim: Claim, value: Expr) -> Self {
        Self { kind, claim, value }
    }

    /// Its claim: where and when it binds.
    #[must_use]
    pub fn claim(&self) -> &Claim {
        &self.claim
    }
}

impl Handler {
    /// A version of a handler.
    #[must_use]
    pub fn new(claim: Claim, action: HandlerAction, cites: Vec<Cite>) -> Self {
        Self { claim, action, cites }
    }
}

impl ReasonDeclaration {
    /// A reason without parameters and messages.
    #[must_use]
    pub fn new(code: String, span: Span) -> Self {
        Self { code, params: Vec::new(), messages: Vec::new(), span }
    }

    /// Sets its messages, one for each language.
    pub fn set_messages(&mut self, mut messages: Vec<(String, Vec<MessagePart>)>) {
        messages.sort_by(|a, b| a.0.cmp(&b.0));
        self.messages = messages;
    }
}

impl Output {
    /// An output of a decision.
    #[must_use]
    pub fn new(name: String, value: Expr, tied: Vec<u32>, unit: Option<Quantity>, labels: Labels, span: Span) -> Self {
        Self { name, each: None, value, claim: None, tied, unit, labels, span }
    }

    /// The same for each of some elements, under the name of each.
    #[must_use]
    pub fn for_each(self, elements: ForEach, key: Expr) -> Self {
        Self { each: Some(OutputEach { elements, key }), ..self }
    }

    /// The same, added by an amendment.
    #[must_use]
    pub fn added(self, claim: Claim) -> Self {
        Self { claim: Some(claim), ..self }
    }
}

impl AsOf {
    /// True if the policy has regions, that is, if its `as of` names a governing place.
    #[must_use]
    pub fn names_a_region(&self) -> bool {
        self.region.is_some()
    }

    /// The governing date, and the governing place if the policy has regions.
    #[must_use]
    pub fn new(date: Expr, region: Option<Expr>, span: Span) -> Self {
        Self { date, region, span }
    }
}
