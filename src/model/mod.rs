//! The Model: a whole policy with its amendments, names resolved to ids and every expression typed.
//!
//! The checker makes it; plan, schema, explain and analysis read it. It is plain data: no lifetimes, no I/O, no hash
//! order. Several versions of a name are described by [`Claim`]s; which of them holds on a day in a region is computed
//! from these, never here.

mod ages;
mod assumed_dates;
mod birth_dates;
mod bounds;
mod build;
mod candidates;
mod claims;
mod decision;
mod earlier;
mod expr;
mod families;
mod for_each;
mod forms;
mod graph;
mod grid;
mod index_vec;
mod masked;
mod parts;
mod periods;
mod places;
mod same;
mod scope;
mod shown;
mod specialty;
mod tainted;
mod types;
mod weekdays;
mod written;

pub(crate) use ages::Ages;
pub use assumed_dates::AssumedDates;
pub(crate) use birth_dates::BirthDates;
pub use bounds::{Bounds, LimitKind, order};
pub use candidates::Candidate;
pub use claims::{Choices, Precedence, Start, precedence};
pub use decision::{COMPUTED, DecisionDeclaration, IMPOSSIBLE, Outcome, Output, OutputEach};
pub(crate) use earlier::EarlierReading;
pub use expr::{Aggregate, Builtin, Conditional, Expr, ExprKind, PeriodEnds, Table, TableRow};
pub use families::{Family, VersionRef};
pub use for_each::ForEach;
pub use forms::{Junction, Reads};
pub use graph::{Item, Link, Parts, Role};
pub use grid::{Grid, RegionClass, RegionClasses, ScopeIndex};
pub use index_vec::IndexVec;
pub use parts::{HandlerOwner, HandlerRef};
pub use periods::{DATED_VALUE, PERIOD_ENDS, PERIOD_TYPE};
pub use scope::{Claim, DateBound, Scope};
pub use shown::MessagePiece;
pub use specialty::Specialty;
pub(crate) use tainted::{Dependence, TaintedNames};
pub use types::{Dimension, DurationKind, Labels, NumberKind, Quantity, Type};
pub use weekdays::{WEEKDAY_TYPE, WEEKDAYS};
pub use written::{machine, written};

use crate::ids::*;
use crate::source::Span;
use crate::syntax::ast::{State, SuspendKind};
use crate::value::{Calendar, LeapBirthday, MonthEnd, Value};

/// A policy with all its amendments.
#[derive(Clone, Debug)]
pub struct Model {
    /// The policy first, then its amendments by name.
    pub sections: IndexVec<SectionId, Section>,
    /// The version of the language in which the policy is written.
    pub language: u32,
    /// The languages in which every label is required, sorted.
    pub languages: Vec<String>,
    /// The birthday of people born on 29 February. If an assumption says it: under its default, or, in the Model of a plan,
    /// under the choice of the plan.
    pub leap_birthday: LeapBirthday,
    /// The day of a date in a month that is too short for it. The same holds of it.
    pub month_end: MonthEnd,
    /// The assumptions that say how dates are counted, where the header names them.
    pub assumed_dates: AssumedDates,
    /// Legal sources.
    pub sources: IndexVec<SourceId, LegalSource>,
    /// Registries.
    pub registries: IndexVec<RegistryId, Registry>,
    /// What holds of every fact that no registry answers for.
    pub handlers: Handlers,
    /// All regions; parents come before their children.
    pub regions: IndexVec<RegionId, Region>,
    /// Base units.
    pub units: IndexVec<UnitId, BaseUnit>,
    /// Enums, including those without a name.
    pub enums: IndexVec<EnumId, Enum>,
    /// Record types, including those without a name.
    pub records: IndexVec<RecordId, Record>,
    /// Fields of all record types.
    pub fields: IndexVec<FieldId, Field>,
    /// The record type of periods, if the policy has any.
    pub period: Option<RecordId>,
    /// Facts in the order of declaration: the slots of a fact set.
    pub facts: IndexVec<FactId, Fact>,
    /// Calendars of working days.
    pub calendars: IndexVec<CalendarId, (String, Calendar)>,
    /// Assumptions.
    pub assumptions: IndexVec<AssumptionId, Assumption>,
    /// Norms.
    pub norms: IndexVec<NormId, Norm>,
    /// Definitions, tables and scales.
    pub definitions: IndexVec<DefinitionId, Definition>,
    /// Reasons.
    pub reasons: IndexVec<ReasonId, ReasonDeclaration>,
    /// Decisions.
    pub decisions: IndexVec<DecisionId, DecisionDeclaration>,
    /// Rules and notices, in the order of declaration.
    pub provisions: IndexVec<ProvisionId, Provision>,
    /// Exceptions.
    pub exceptions: IndexVec<ExceptionId, Exception>,
    /// The governing date and place.
    pub as_of: AsOf,
    /// Parameters and loop variables, by [`LocalId`].
    pub locals: IndexVec<LocalId, Local>,
}

impl Model {
    /// The rules, or the notices, in the order of declaration.
    pub fn provisions_of(&self, kind: ProvisionKind) -> impl Iterator<Item = (ProvisionId, &Provision)> {
        self.provisions.entries().filter(move |(_, provision)| provision.kind == kind)
    }
}

/// The policy or an amendment.
#[derive(Clone, Debug)]
pub struct Section {
    /// Its dotted name.
    pub name: String,
    /// Titles.
    pub labels: Labels,
    /// Its scope; an amendment's is already within the policy's.
    pub(in crate::model) scope: Scope,
    /// The days from which its own header says that it holds; without any for the policy, whose header binds every section.
    pub(in crate::model) starts: Vec<DateBound>,
    /// Sections over whose versions this one's take precedence, by an explicit `over`.
    pub over: Vec<SectionId>,
    /// The citations of its items that cite nothing themselves.
    pub cites: Vec<Cite>,
    /// The header.
    pub span: Span,
}

/// A citation: a source and a place in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cite {
    /// The source.
    pub source: SourceId,
    /// Paragraph, article, page.
    pub place: Option<String>,
}

/// A legal source.
#[derive(Clone, Debug)]
pub struct LegalSource {
    /// Its name in the policy.
    pub name: String,
    /// The title for citations.
    pub title: String,
    /// Titles by language.
    pub labels: Labels,
    /// The place of its declaration.
    pub span: Span,
}

/// A registry.
#[derive(Clone, Debug)]
pub struct Registry {
    /// Its name.
    pub name: String,
    /// Titles by language.
    pub labels: Labels,
    /// The handlers of its facts that have none themselves.
    pub handlers: Handlers,
    /// The place of its declaration.
    pub span: Span,
}

/// A region.
#[derive(Clone, Debug)]
pub struct Region {
    /// Its name.
    pub name: String,
    /// Titles by language.
    pub labels: Labels,
    /// The region that contains it.
    pub parent: Option<RegionId>,
    /// The place of its declaration.
    pub span: Span,
}

/// A base unit.
#[derive(Clone, Debug)]
pub struct BaseUnit {
    /// Its symbol.
    pub name: String,
    /// Names by language.
    pub labels: Labels,
}

/// An enum.
#[derive(Clone, Debug)]
pub struct Enum {
    /// Its name; if it has none, that of the datum of its type, `application.kind`.
    pub name: String,
    /// Its values.
    pub values: Vec<(String, Labels)>,
    /// The place of its declaration.
    pub span: Span,
}

/// A record type.
#[derive(Clone, Debug)]
pub struct Record {
    /// Its name; if it has none, that of the datum of its type.
    pub name: String,
    /// Its fields.
    pub fields: Vec<FieldId>,
    /// What it is to the language.
    pub kind: RecordKind,
    /// The place of its declaration.
    pub span: Span,
}

/// What a record type is to the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordKind {
    /// A record of the policy.
    Declared,
    /// The type `period`: its two fields are its ends.
    Period,
    /// A value of a fact over time: the ends of the period in which it holds, then the value.
    DatedValue,
}

impl RecordKind {
    /// True if its first two fields are the ends of a period: one that is absent is open.
    #[must_use]
    pub const fn has_ends(self) -> bool {
        match self {
            Self::Period | Self::DatedValue => true,
            Self::Declared => false,
        }
    }
}

/// A field of a record type.
#[derive(Clone, Debug)]
pub struct Field {
    /// The record type.
    pub record: RecordId,
    /// Its index among the type's fields.
    pub index: u32,
    /// Its datum.
    pub datum: Datum,
}

/// A fact.
#[derive(Clone, Debug)]
pub struct Fact {
    /// Its group; `None` for a fact without a group.
    pub group: Option<String>,
    /// Its datum; `datum.name` is the name inside the group.
    pub datum: Datum,
}

impl Fact {
    /// `group.name`, or the bare name.
    #[must_use]
    pub fn path(&self) -> String {
        match &self.group {
            Some(group) => format!("{group}.{}", self.datum.name),
            None => self.datum.name.clone(),
        }
    }
}

/// The content of a fact or a field: type, registries, and handlers for its silence.
#[derive(Clone, Debug)]
pub struct Datum {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// Where the policy says that nobody is to read its values, if it does.
    pub masked: Option<Span>,
    /// The unit in which a fact file writes it; `None` for plain numbers and other types. For a list, the unit of its
    /// elements.
    pub unit: Option<Quantity>,
    /// The least number of elements of a list.
    pub at_least: u32,
    /// The bounds of its value; none for a list, nor for its elements.
    pub bounds: Bounds,
    /// The registries that answer, in order. A field without any has those of the fact that contains it.
    pub registries: Vec<RegistryId>,
    /// Its handlers. If none of their versions is in scope, those of the registries apply, in order.
    pub handlers: Handlers,
    /// Labels by language.
    pub labels: Labels,
    /// The place of its declaration.
    pub span: Span,
}

impl Datum {
    /// True if a value lies within the bounds; a list, if it has as many elements as it has to have.
    #[must_use]
    pub fn admits(&self, value: &Value) -> bool {
        if let Value::List(list) = value {
            return list.items.len() >= self.at_least as usize;
        }
        self.bounds.broken_by(value).is_none()
    }
}

/// The handlers of the two silent states; each has versions, as a rule has.
#[derive(Clone, Debug, Default)]
pub struct Handlers {
    /// `if absent …`
    pub absent: Vec<Handler>,
    /// `if unavailable …`
    pub unavailable: Vec<Handler>,
}

impl Handlers {
    /// The versions for a state.
    #[must_use]
    pub fn of(&self, state: State) -> &[Handler] {
        match state {
            State::Absent => &self.absent,
            State::Unavailable => &self.unavailable,
        }
    }
}

/// One version of a handler.
#[derive(Clone, Debug)]
pub struct Handler {
    /// Its claim.
    pub(in crate::model) claim: Claim,
    /// Its action.
    pub(in crate::model) action: HandlerAction,
    /// Its citations, or those of its section if it has none.
    pub cites: Vec<Cite>,
}

/// The action of a handler.
#[derive(Clone, Debug)]
pub enum HandlerAction {
    /// It proposes an outcome with a reason (without parameters).
    Then {
        /// For each decision, the level of the outcome in its order; `None` if the decision lists no such outcome.
        levels: IndexVec<DecisionId, Option<u32>>,
        /// The outcome's name.
        outcome: String,
        /// The reason.
        reason: ReasonId,
    },
    /// Absence means this value (a constant).
    Means(Expr),
    /// It leaves open what follows, and says why.
    Open(String),
}

/// An assumption: a named choice where the law is silent.
#[derive(Clone, Debug)]
pub struct Assumption {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// The unit in which it is written.
    pub unit: Option<Quantity>,
    /// All choices, at least one, without repeats.
    pub choices: Vec<Value>,
    /// The default choice: an index into `choices`.
    pub default: u32,
    /// Its citations.
    pub cites: Vec<Cite>,
    /// Labels by language: what the law leaves open, for makers of policies.
    pub labels: Labels,
    /// What a letter calls the choice, by language; empty if letters do not mention it.
    pub letter: Labels,
    /// The place of its declaration.
    pub span: Span,
}

/// A norm: a constant by date and region.
#[derive(Clone, Debug)]
pub struct Norm {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// The unit in which it is written.
    pub unit: Option<Quantity>,
    /// Its values; their scopes have no cohorts.
    pub values: Vec<NormValue>,
    /// Bounds of its values, each within its own scope.
    pub limits: Vec<NormLimit>,
    /// Labels by language.
    pub labels: Labels,
    /// The place of its first declaration.
    pub span: Span,
}

/// One value of a norm.
#[derive(Clone, Debug)]
pub struct NormValue {
    /// Its claim.
    pub(in crate::model) claim: Claim,
    /// The value: it reads no facts and no variables.
    pub(in crate::model) value: Expr,
    /// Its citations.
    pub cites: Vec<Cite>,
}

/// One version of a name: its claim, its body, its exceptions and its citations.
#[derive(Clone, Debug)]
pub struct Versioned<Body> {
    /// `section.name`
    pub qualified: String,
    /// Its claim.
    pub claim: Claim,
    /// Its content; for a suspension, `None`.
    pub body: Body,
    /// The exceptions to the whole version.
    pub(in crate::model) exceptions: Vec<ExceptionId>,
    /// Its citations.
    pub cites: Vec<Cite>,
}

/// A condition with exclusions: `when` is true, and no `unless` is.
#[derive(Clone, Debug, Default)]
pub struct Condition {
    /// `None` if it is always true.
    pub(in crate::model) when: Option<Expr>,
    /// The exclusions: none of them may be true.
    pub(in crate::model) unless: Vec<Expr>,
}

/// A bound of a norm: `at least` or `at most`.
#[derive(Clone, Debug)]
pub struct NormLimit {
    /// `at least` or `at most`.
    pub kind: LimitKind,
    /// Its claim: where and when it binds.
    pub(in crate::model) claim: Claim,
    /// The bound: it reads no facts and no variables.
    pub(in crate::model) value: Expr,
}

/// A definition: the versions of one name.
#[derive(Clone, Debug)]
pub struct Definition {
    /// Its name.
    pub name: String,
    /// Its parameters.
    pub params: Vec<LocalId>,
    /// Its type.
    pub ty: Type,
    /// Base and replacements. An exception to a whole version applies to each of its cases.
    pub versions: Vec<Versioned<DefinitionBody>>,
    /// Labels by language.
    pub labels: Labels,
    /// The place of its first declaration.
    pub span: Span,
}

/// The body of a version of a definition.
#[derive(Clone, Debug)]
pub enum DefinitionBody {
    /// Cases; a plain `= E` is a single case without a condition.
    Cases(Vec<Case>),
    /// The law's text is not known: what depends on it is undetermined.
    Open(String),
}

/// A case of a definition.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its label; `None` for `= E` and `otherwise`.
    pub label: Option<String>,
    /// True for `otherwise`, which applies if no other case of its version does.
    pub otherwise: bool,
    /// Its own scope, within its version's.
    pub(in crate::model) scope: Scope,
    /// The condition under which it applies.
    pub(in crate::model) condition: Condition,
    /// Its value.
    pub(in crate::model) value: Expr,
    /// The exceptions to this case alone.
    pub(in crate::model) exceptions: Vec<ExceptionId>,
    /// Its citations.
    pub cites: Vec<Cite>,
    /// The place of the case.
    pub span: Span,
}

/// A reason with its messages.
#[derive(Clone, Debug)]
pub struct ReasonDeclaration {
    /// Its code.
    pub code: String,
    /// The parameters, for which a rule provides arguments.
    pub params: Vec<LocalId>,
    /// The pieces of the message in each language, sorted by language.
    pub(in crate::model) messages: Vec<(String, Vec<MessagePart>)>,
    /// The place of its declaration.
    pub span: Span,
}

impl ReasonDeclaration {
    /// For each language, the number of values in its message.
    pub fn counts(&self) -> impl Iterator<Item = usize> {
        let is_value = |part: &&MessagePart| matches!(part, MessagePart::Value(..));
        self.messages.iter().map(move |(_, parts)| parts.iter().filter(is_value).count())
    }
}

/// A piece of a message.
#[derive(Clone, Debug)]
pub enum MessagePart {
    /// Text as it is.
    Text(String),
    /// A value, formatted for the message's language, in this unit if there is one.
    Value(Expr, Option<Quantity>),
}

/// A provision of the law: a rule or a notice, with the versions of its name.
#[derive(Clone, Debug)]
pub struct Provision {
    /// Its name.
    pub name: String,
    /// Rule or notice.
    pub kind: ProvisionKind,
    /// Base, replacements and suspensions; a suspension has no body. An exception to one of them applies through all
    /// versions of the exception's name.
    pub versions: Vec<Versioned<Option<ProvisionBody>>>,
}

/// The kinds of provision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProvisionKind {
    /// A rule: it gives an outcome.
    Rule,
    /// A notice: it goes with outcomes.
    Notice,
}

impl ProvisionKind {
    /// The keyword.
    #[must_use]
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::Rule => SuspendKind::Rule.keyword(),
            Self::Notice => SuspendKind::Notice.keyword(),
        }
    }
}

/// The body of a version of a provision.
#[derive(Clone, Debug)]
pub struct ProvisionBody {
    /// The decision; of what is impossible, the first, although it belongs to all.
    pub decision: DecisionId,
    /// Its effect if it holds.
    pub effect: Effect,
    /// The reason that it gives; for a notice, the reason whose message it shows.
    pub reason: ReasonId,
    /// The arguments for the reason's message.
    pub(in crate::model) args: Vec<Expr>,
    /// The loop that gives a reason for each witness.
    pub(in crate::model) for_each: Option<ForEach>,
    /// The condition under which it holds.
    pub(in crate::model) condition: Condition,
}

/// The effect of a provision that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// A rule gives this outcome, as its level in the decision's order.
    Outcome(u32),
    /// Facts of which it holds are impossible, in every decision.
    Impossible,
    /// A notice goes with the outcomes of these levels; without any, with all of them.
    Notice(Vec<u32>),
}

/// An exception: the versions of one name.
#[derive(Clone, Debug)]
pub struct Exception {
    /// Its name.
    pub name: String,
    /// Base, replacements and suspensions; a suspension has no body.
    pub versions: Vec<Versioned<Option<ExceptionBody>>>,
}

/// The body of a version of an exception.
#[derive(Clone, Debug)]
pub struct ExceptionBody {
    /// The condition under which it holds.
    pub(in crate::model) condition: Condition,
    /// The value, if it excepts a definition.
    pub(in crate::model) value: Option<Expr>,
}

/// The governing date and place. Neither expression reads the governing date, the place, a norm or anything scoped.
#[derive(Clone, Debug)]
pub struct AsOf {
    /// A date.
    pub(in crate::model) date: Expr,
    /// A region; `None` if the policy has no regions.
    pub(in crate::model) region: Option<Expr>,
    /// The place of its declaration.
    pub span: Span,
}

/// A parameter or loop variable.
#[derive(Clone, Debug)]
pub struct Local {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
}
