//! The graph of the Model: all its items, and all parts of each item.
//!
//! [`Model::items`] lists the items. [`Model::parts`] lists what each consists of: its scope, its expressions with the
//! [`Role`] of each, its exceptions, its citations, and the items that it contains or names. Both are total, and only
//! this file and its neighbours see the fields. So every walk over a policy is a fold, over `items` or with
//! [`Model::each_item`], or a search with [`Model::reach`]. A new clause is a new role, and every fold that
//! distinguishes roles must handle it.

use super::*;
use crate::ids::*;
use crate::syntax::ast::State;
use std::collections::BTreeSet;

/// An item of a Model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Item {
    /// The policy or an amendment.
    Section(SectionId),
    /// The governing date and place.
    AsOf,
    /// A legal source.
    Source(SourceId),
    /// A registry.
    Registry(RegistryId),
    /// A record type.
    Record(RecordId),
    /// A field of a record type.
    Field(FieldId),
    /// A fact.
    Fact(FactId),
    /// A version of a handler of a fact, a field, a registry or the policy.
    Handler(HandlerRef),
    /// An assumption.
    Assumption(AssumptionId),
    /// A norm.
    Norm(NormId),
    /// A value of a norm.
    NormValue(NormValueRef),
    /// A bound of a norm.
    NormLimit(NormLimitRef),
    /// A definition, table or scale.
    Definition(DefinitionId),
    /// A version of a definition.
    DefinitionVersion(DefinitionRef),
    /// A case of a version of a definition.
    Case(CaseRef),
    /// A rule or a notice.
    Provision(ProvisionId),
    /// A version of a rule or a notice.
    ProvisionVersion(ProvisionRef),
    /// An exception.
    Exception(ExceptionId),
    /// A version of an exception.
    ExceptionVersion(ExceptionRef),
    /// A reason with its messages.
    Reason(ReasonId),
    /// A decision.
    Decision(DecisionId),
    /// An outcome of a decision.
    Outcome(OutcomeRef),
    /// An output of a decision.
    Output(OutputRef),
}

/// The role of an expression in its item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// `for COND`: the cohort of the item. Includes the cohort of the section around it.
    Cohort,
    /// The list of a `for each`.
    List,
    /// `where` of a `for each`: the condition on elements.
    Filter,
    /// `by` of an output: the name of an element.
    Key,
    /// `when`
    Condition,
    /// `unless`
    Exclusion,
    /// The value of a case, of an exception to a definition, of a norm or of an output.
    Value,
    /// `at least` or `at most` of a norm.
    Limit,
    /// `if absent means`: the value for a missing record.
    Default,
    /// An argument for the message of a reason.
    Argument,
    /// A value in a message.
    Message,
    /// The governing date of the policy.
    GoverningDate,
    /// The governing place of the policy.
    GoverningRegion,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 13] = [
        Self::Cohort,
        Self::List,
        Self::Filter,
        Self::Key,
        Self::Condition,
        Self::Exclusion,
        Self::Value,
        Self::Limit,
        Self::Default,
        Self::Argument,
        Self::Message,
        Self::GoverningDate,
        Self::GoverningRegion,
    ];

    /// The truth value that an expression in this role must have for its item to hold; `None` if the item does not
    /// depend on it.
    #[must_use]
    pub const fn wanted(self) -> Option<bool> {
        match self {
            Self::Cohort | Self::Filter | Self::Condition => Some(true),
            Self::Exclusion => Some(false),
            Self::List
            | Self::Key
            | Self::Value
            | Self::Limit
            | Self::Default
            | Self::Argument
            | Self::Message
            | Self::GoverningDate
            | Self::GoverningRegion => None,
        }
    }

    /// The keyword of the role.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Cohort => "for",
            Self::List => "for each",
            Self::Filter => "where",
            Self::Key => "by",
            Self::Condition => "when",
            Self::Exclusion => "unless",
            Self::Value => "value",
            Self::Limit => "limit",
            Self::Default => "means",
            Self::Argument => "argument",
            Self::Message => "message",
            Self::GoverningDate | Self::GoverningRegion => "as of",
        }
    }

    /// True if an expression in this role affects messages only.
    #[must_use]
    pub const fn is_words(self) -> bool {
        match self {
            Self::Argument | Self::Message => true,
            Self::Cohort
            | Self::List
            | Self::Filter
            | Self::Key
            | Self::Condition
            | Self::Exclusion
            | Self::Value
            | Self::Limit
            | Self::Default
            | Self::GoverningDate
            | Self::GoverningRegion => false,
        }
    }
}

// Does not compile if a role is missing in `ALL`.
const _: () = assert!(Role::ALL.len() == Role::GoverningRegion as usize + 1);

/// All parts of an item. The items that it contains, listed in [`Parts::inside`], have parts of their own.
#[derive(Clone, Debug, Default)]
pub struct Parts<'m> {
    /// Its claim, if it is one of several versions of a name.
    pub claim: Option<&'m Claim>,
    /// Its scope, if it has one.
    pub scope: Option<&'m Scope>,
    /// Its outermost expressions, in the order of evaluation.
    pub expressions: Vec<(Role, &'m Expr)>,
    /// The variable of its `for each`.
    pub variable: Option<LocalId>,
    /// The exceptions to it.
    pub exceptions: &'m [ExceptionId],
    /// Its own citations.
    pub cites: &'m [Cite],
    /// The items that it contains: versions, cases, values, handlers, fields, outcomes, outputs.
    pub inside: Vec<Item>,
    /// The items that it names outside its expressions: registries, a reason, a decision, an outcome.
    pub names: Vec<Item>,
}

impl<'m> Parts<'m> {
    /// The expressions in a role.
    pub fn of(&self, role: Role) -> impl Iterator<Item = &'m Expr> {
        self.expressions.iter().filter(move |(own, _)| *own == role).map(|(_, expr)| *expr)
    }

    /// The expression in a role that can occur once.
    #[must_use]
    pub fn one(&self, role: Role) -> Option<&'m Expr> {
        self.of(role).next()
    }

    /// The expressions that it depends on, each with the truth value that it must have.
    pub fn conditions(&self) -> impl Iterator<Item = (Role, &'m Expr, bool)> {
        self.expressions.iter().filter_map(|(role, expr)| Some((*role, *expr, role.wanted()?)))
    }

    /// The assumptions that bound its period.
    pub fn bounds(&self) -> impl Iterator<Item = AssumptionId> + use<'m> {
        let bounds = self.scope.into_iter().flat_map(|scope| scope.from.iter().chain(&scope.through));
        bounds.filter_map(|bound| match bound {
            DateBound::Date(_) => None,
            DateBound::Assumption(id) => Some(*id),
        })
    }

    /// Calls `f` on every item that these parts lead to, with the kind of link. An item can occur more than once.
    pub fn each_link(&self, mut f: impl FnMut(Link, Item)) {
        self.bounds().for_each(|id| f(Link::Bound, Item::Assumption(id)));
        for (role, expr) in &self.expressions {
            expr.walk(&mut |e| e.names().into_iter().for_each(|name| f(Link::Reads(*role), name)));
        }
        self.exceptions.iter().for_each(|id| f(Link::Exception, Item::Exception(*id)));
        self.names.iter().for_each(|name| f(Link::Names, *name));
        self.inside.iter().for_each(|inner| f(Link::Inside, *inner));
    }

    /// Empties it. The lists keep their memory, so that a walk over many items allocates once.
    fn clear(&mut self) {
        let Self { claim, scope, expressions, variable, exceptions, cites, inside, names } = self;
        (*claim, *scope, *variable, *exceptions, *cites) = (None, None, None, &[], &[]);
        expressions.clear();
        inside.clear();
        names.clear();
    }

    fn scoped(&mut self, scope: &'m Scope) -> &mut Self {
        let Scope { regions: _, from: _, through: _, cohort } = scope;
        self.scope = Some(scope);
        self.with(Role::Cohort, cohort)
    }

    fn claimed(&mut self, claim: &'m Claim) -> &mut Self {
        let Claim { section: _, starts: _, replaces: _, scope, span: _, file_rank: _ } = claim;
        self.claim = Some(claim);
        self.scoped(scope)
    }

    /// Adds the parts that every version has; returns its body.
    fn versioned<Body>(&mut self, version: &'m Versioned<Body>) -> &'m Body {
        let Versioned { qualified: _, claim, body, exceptions, cites } = version;
        self.claimed(claim).excepted(exceptions).citing(cites);
        body
    }

    fn answered(&mut self, owner: HandlerOwner, datum: &'m Datum) -> &mut Self {
        let Datum {
            name: _,
            ty: _,
            masked: _,
            unit: _,
            at_least: _,
            bounds: _,
            registries,
            handlers: own,
            labels: _,
            span: _,
        } = datum;
        self.holding(handlers(owner, own)).naming(registries.iter().copied().map(Item::Registry))
    }

    fn looped(&mut self, for_each: Option<&'m ForEach>) -> &mut Self {
        if let Some(ForEach { local, list, filter }) = for_each {
            self.variable = Some(*local);
            self.with(Role::List, [list]).with(Role::Filter, filter);
        }
        self
    }

    fn conditioned(&mut self, Condition { when, unless }: &'m Condition) -> &mut Self {
        self.with(Role::Condition, when).with(Role::Exclusion, unless)
    }

    fn with(&mut self, role: Role, expressions: impl IntoIterator<Item = &'m Expr>) -> &mut Self {
        self.expressions.extend(expressions.into_iter().map(|e| (role, e)));
        self
    }

    fn excepted(&mut self, exceptions: &'m [ExceptionId]) -> &mut Self {
        self.exceptions = exceptions;
        self
    }

    fn citing(&mut self, cites: &'m [Cite]) -> &mut Self {
        self.cites = cites;
        self
    }

    fn holding(&mut self, inside: impl IntoIterator<Item = Item>) -> &mut Self {
        self.inside.extend(inside);
        self
    }

    fn naming(&mut self, names: impl IntoIterator<Item = Item>) -> &mut Self {
        self.names.extend(names);
        self
    }
}

/// The kind of link between two items.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Link {
    /// It contains the other.
    Inside,
    /// The other excepts it.
    Exception,
    /// An expression of it, in this role, reads the other.
    Reads(Role),
    /// The other is an assumption that bounds its period.
    Bound,
    /// It names the other outside its expressions.
    Names,
}

impl Link {
    /// True if the evaluation of an item can enter the other over this link: what it reads, what it contains, the
    /// exceptions to it, and its registries. Bounds of norms are checked with the policy, and messages affect words
    /// only.
    #[must_use]
    pub const fn is_evaluated(self, other: Item) -> bool {
        match self {
            Self::Inside => !matches!(other, Item::NormLimit(_)),
            Self::Exception | Self::Reads(_) | Self::Bound => true,
            Self::Names => matches!(other, Item::Registry(_)),
        }
    }
}

impl Model {
    /// Every item of the Model once, each directly before the items that it contains.
    #[must_use]
    pub fn items(&self) -> Vec<Item> {
        let mut items = Vec::new();
        self.each_item(|item, _| items.push(item));
        items
    }

    /// Calls `f` on every item with its parts, in the order of [`Model::items`].
    pub fn each_item<'m>(&'m self, f: impl FnMut(Item, &Parts<'m>)) {
        self.each_within(self.top_items(), f);
    }

    /// Calls `f` on these items and on all that they contain, each directly before its contents. All parts use the same
    /// memory, so `f` only borrows them.
    pub fn each_within<'m>(&'m self, things: impl IntoIterator<Item = Item>, mut f: impl FnMut(Item, &Parts<'m>)) {
        let mut waiting: Vec<Item> = things.into_iter().collect();
        waiting.reverse();
        let mut parts = Parts::default();
        while let Some(item) = waiting.pop() {
            self.put_together(item, &mut parts);
            waiting.extend(parts.inside.iter().rev());
            f(item, &parts);
        }
    }

    /// The items that no other contains.
    fn top_items(&self) -> Vec<Item> {
        let mut items: Vec<Item> = self.sections.ids().map(Item::Section).collect();
        items.push(Item::AsOf);
        items.extend(self.sources.ids().map(Item::Source));
        items.extend(self.registries.ids().map(Item::Registry));
        items.extend(self.records.ids().map(Item::Record));
        items.extend(self.facts.ids().map(Item::Fact));
        items.extend(self.assumptions.ids().map(Item::Assumption));
        items.extend(self.norms.ids().map(Item::Norm));
        items.extend(self.definitions.ids().map(Item::Definition));
        items.extend(self.provisions.ids().map(Item::Provision));
        items.extend(self.exceptions.ids().map(Item::Exception));
        items.extend(self.reasons.ids().map(Item::Reason));
        items.extend(self.decisions.ids().map(Item::Decision));
        items
    }

    /// All parts of an item.
    #[must_use]
    pub fn parts(&self, item: Item) -> Parts<'_> {
        let mut parts = Parts::default();
        self.put_together(item, &mut parts);
        parts
    }

    /// Fills `parts` with those of an item. The fields of each item are destructured in full, so that a new field does
    /// not compile until it is handled here.
    fn put_together<'m>(&'m self, item: Item, parts: &mut Parts<'m>) {
        parts.clear();
        match item {
            Item::Section(id) => {
                let Section { name: _, labels: _, scope, starts: _, over: _, cites, span: _ } = self.sections.at(id);
                parts.scoped(scope).citing(cites);
                if id.index() == 0 {
                    parts.holding(handlers(HandlerOwner::Policy, &self.handlers));
                }
            }
            Item::AsOf => {
                let AsOf { date, region, span: _ } = &self.as_of;
                parts.with(Role::GoverningDate, [date]).with(Role::GoverningRegion, region);
            }
            Item::Source(_) | Item::Outcome(_) => {}
            Item::Registry(id) => {
                let Registry { name: _, labels: _, handlers: own, span: _ } = self.registries.at(id);
                parts.holding(handlers(HandlerOwner::Registry(id), own));
            }
            Item::Record(id) => {
                let Record { name: _, fields, kind: _, span: _ } = self.records.at(id);
                parts.holding(fields.iter().copied().map(Item::Field));
            }
            Item::Field(id) => {
                let Field { record: _, index: _, datum } = self.fields.at(id);
                parts.answered(HandlerOwner::Field(id), datum);
            }
            Item::Fact(id) => {
                let Fact { group: _, datum } = self.facts.at(id);
                parts.answered(HandlerOwner::Fact(id), datum);
            }
            Item::Handler(reference) => {
                let Handler { claim, action, cites } = self.handler(reference);
                parts.claimed(claim).citing(cites);
                match action {
                    HandlerAction::Means(value) => {
                        parts.with(Role::Default, [value]);
                    }
                    HandlerAction::Open(_) => {}
                    HandlerAction::Then { levels, outcome: _, reason } => {
                        let outcomes = levels.entries().filter_map(|(decision, level)| {
                            Some(Item::Outcome(OutcomeRef { decision, level: (*level)? }))
                        });
                        parts.naming([Item::Reason(*reason)]).naming(outcomes);
                    }
                }
            }
            Item::Assumption(id) => {
                let assumption = self.assumptions.at(id);
                let Assumption {
                    name: _,
                    ty: _,
                    unit: _,
                    choices: _,
                    default: _,
                    cites,
                    labels: _,
                    letter: _,
                    span: _,
                } = assumption;
                parts.citing(cites);
            }
            Item::Norm(id) => {
                let Norm { name: _, ty: _, unit: _, values, limits, labels: _, span: _ } = self.norms.at(id);
                let values = (0..values.len()).map(|index| Item::NormValue(NormValueRef::new(id, index)));
                let limits = (0..limits.len()).map(|index| Item::NormLimit(NormLimitRef::new(id, index)));
                parts.holding(values).holding(limits);
            }
            Item::NormValue(reference) => {
                let NormValue { claim, value, cites } = self.norm_value(reference);
                parts.claimed(claim).with(Role::Value, [value]).citing(cites);
            }
            Item::NormLimit(reference) => {
                // All limits in scope hold together, so a limit has no claim against others.
                let NormLimit { kind: _, claim, value } = self.norm_limit(reference);
                parts.scoped(&claim.scope).with(Role::Limit, [value]);
            }
            Item::Definition(id) => {
                let Definition { name: _, params: _, ty: _, versions, labels: _, span: _ } = self.definitions.at(id);
                let versions = 0..versions.len();
                parts.holding(versions.map(|index| Item::DefinitionVersion(DefinitionRef::new(id, index))));
            }
            Item::DefinitionVersion(reference) => {
                let cases = match parts.versioned(self.definition(reference)) {
                    DefinitionBody::Cases(cases) => cases.len(),
                    DefinitionBody::Open(_) => 0,
                };
                parts.holding((0..cases).map(|index| Item::Case(CaseRef::new(reference, index))));
            }
            Item::Case(reference) => {
                if let Some(case) = self.case(reference) {
                    let Case { label: _, otherwise: _, scope, condition, value, exceptions, cites, span: _ } = case;
                    parts.scoped(scope).conditioned(condition).with(Role::Value, [value]);
                    parts.excepted(exceptions).citing(cites);
                }
            }
            Item::Provision(id) => {
                let Provision { name: _, kind: _, versions } = self.provisions.at(id);
                let versions = 0..versions.len();
                parts.holding(versions.map(|index| Item::ProvisionVersion(ProvisionRef::new(id, index))));
            }
            Item::ProvisionVersion(reference) => {
                if let Some(body) = parts.versioned(self.provision(reference)) {
                    let ProvisionBody { decision, effect, reason, args, for_each, condition } = body;
                    parts.looped(for_each.as_ref()).conditioned(condition).with(Role::Argument, args);
                    parts.naming([Item::Decision(*decision), Item::Reason(*reason)]);
                    let outcome = |level: &u32| Item::Outcome(OutcomeRef { decision: *decision, level: *level });
                    match effect {
                        Effect::Outcome(level) => parts.naming([outcome(level)]),
                        Effect::Impossible => parts.naming(
                            self.decisions.ids().map(|decision| Item::Outcome(OutcomeRef { decision, level: 0 })),
                        ),
                        Effect::Notice(levels) => parts.naming(levels.iter().map(outcome)),
                    };
                }
            }
            Item::Exception(id) => {
                let Exception { name: _, versions } = self.exceptions.at(id);
                let versions = 0..versions.len();
                parts.holding(versions.map(|index| Item::ExceptionVersion(ExceptionRef::new(id, index))));
            }
            Item::ExceptionVersion(reference) => {
                if let Some(ExceptionBody { condition, value }) = parts.versioned(self.exception(reference)) {
                    parts.conditioned(condition).with(Role::Value, value);
                }
            }
            Item::Reason(id) => {
                let ReasonDeclaration { code: _, params: _, messages, span: _ } = self.reasons.at(id);
                let values = messages.iter().flat_map(|(_, parts)| parts).filter_map(|part| match part {
                    MessagePart::Text(_) => None,
                    MessagePart::Value(value, _) => Some(value),
                });
                parts.with(Role::Message, values);
            }
            Item::Decision(id) => {
                let DecisionDeclaration { name: _, computes: _, outcomes, outputs, labels: _, span: _ } =
                    self.decisions.at(id);
                let level = |index| Item::Outcome(OutcomeRef::new(id, index));
                let output = |index| Item::Output(OutputRef::new(id, index));
                parts.holding((0..outcomes.len()).map(level)).holding((0..outputs.len()).map(output));
            }
            Item::Output(reference) => {
                let Output { name: _, each, value, claim, tied, unit: _, labels: _, span: _ } = self.output(reference);
                if let Some(claim) = claim {
                    parts.claimed(claim);
                }
                let outcome = |level: &u32| Item::Outcome(OutcomeRef { decision: reference.decision, level: *level });
                if let Some(OutputEach { elements, key }) = each {
                    parts.looped(Some(elements)).with(Role::Key, [key]);
                }
                parts.with(Role::Value, [value]).naming(tied.iter().map(outcome));
            }
        }
    }

    /// Every outermost expression, with its item and its role.
    #[must_use]
    pub fn expressions(&self) -> Vec<(Item, Role, &Expr)> {
        let mut found = Vec::new();
        self.each_item(|item, parts| found.extend(parts.expressions.iter().map(|(role, expr)| (item, *role, *expr))));
        found
    }

    /// Every scope, with its item.
    #[must_use]
    pub fn scopes(&self) -> Vec<(Item, &Scope)> {
        let mut found = Vec::new();
        self.each_item(|item, parts| found.extend(parts.scope.map(|scope| (item, scope))));
        found
    }

    /// Every item that an item leads to directly, with the kind of link. An item can occur more than once.
    #[must_use]
    pub fn links(&self, item: Item) -> Vec<(Link, Item)> {
        let mut links = Vec::new();
        self.parts(item).each_link(|link, other| links.push((link, other)));
        links
    }

    /// All items that can be reached from some items over the links that `follows` accepts, including the starts.
    /// Nothing recurses over names, so chains of any length are safe.
    pub fn reach(
        &self,
        starts: impl IntoIterator<Item = Item>,
        mut follows: impl FnMut(Item, Link, Item) -> bool,
    ) -> BTreeSet<Item> {
        let mut waiting: Vec<Item> = starts.into_iter().collect();
        let mut found: BTreeSet<Item> = waiting.iter().copied().collect();
        let mut parts = Parts::default();
        while let Some(item) = waiting.pop() {
            self.put_together(item, &mut parts);
            parts.each_link(|link, other| {
                if follows(item, link, other) && found.insert(other) {
                    waiting.push(other);
                }
            });
        }
        found
    }
}

/// The handlers of an owner.
fn handlers(owner: HandlerOwner, handlers: &Handlers) -> impl Iterator<Item = Item> + use<> {
    let counts = [State::Absent, State::Unavailable].map(|state| (state, handlers.of(state).len()));
    counts.into_iter().flat_map(move |(state, count)| {
        let versions = 0..u32::try_from(count).unwrap_or(u32::MAX);
        versions.map(move |version| Item::Handler(HandlerRef { owner, state, version }))
    })
}
