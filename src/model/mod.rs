//! The Model: a whole policy with its amendments, names resolved to ids and every expression typed.
//!
//! The checker makes it; plan, schema, explain and analysis read it. It is plain data: no lifetimes, no I/O, no hash
//! order. What several versions of one name mean is said by [`Claim`]s; which of them holds on a day in a region is
//! worked out from them, never here.

mod build;
mod candidates;
mod claims;
mod expr;
mod families;
mod forms;
mod graph;
mod grid;
mod index_vec;
mod parts;
mod places;
mod same;
mod shown;
mod specialty;
mod types;
mod written;

pub use candidates::Candidate;
pub use claims::{Choices, Period, Precedence, precedence};
pub use expr::{Aggregate, Builtin, Expr, ExprKind, Table, TableRow};
pub use families::{Family, VersionRef};
pub use forms::{Junction, Reads};
pub use graph::{Item, Link, Parts, Role};
pub use grid::{Grid, RegionClass, RegionClasses, ScopeIndex};
pub use index_vec::IndexVec;
pub use parts::{HandlerOwner, HandlerRef};
pub use shown::MessagePiece;
pub use specialty::Specialty;
pub use types::{Dimension, DurationKind, NumberKind, Quantity, Type};
pub use written::{machine, written};

use crate::ids::*;
use crate::source::Span;
use crate::syntax::ast::{State, SuspendKind};
use crate::value::{Calendar, LeapBirthday, MonthEnd, Value};
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// A text in each of several languages: (language code, text), sorted by language.
pub type Labels = Vec<(String, String)>;

/// A policy with everything that amends it.
#[derive(Clone, Debug)]
pub struct Model {
    /// The policy first, then its amendments by name.
    pub sections: IndexVec<SectionId, Section>,
    /// The languages in which every label is wanted, sorted.
    pub languages: Vec<String>,
    /// When one born on 29 February has a birthday.
    pub leap_birthday: LeapBirthday,
    /// Where a month ends.
    pub month_end: MonthEnd,
    /// Legal sources.
    pub sources: IndexVec<SourceId, LegalSource>,
    /// Registries.
    pub registries: IndexVec<RegistryId, Registry>,
    /// All regions; parents come before their children.
    pub regions: IndexVec<RegionId, Region>,
    /// Base units.
    pub units: IndexVec<UnitId, BaseUnit>,
    /// Enums, those without a name included.
    pub enums: IndexVec<EnumId, Enum>,
    /// Record types, those without a name included.
    pub records: IndexVec<RecordId, Record>,
    /// Fields of all record types.
    pub fields: IndexVec<FieldId, Field>,
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
    /// Names of parameters and loop variables, by [`LocalId`].
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
    /// Sections whose versions give way to this one's, by an explicit `over`.
    pub over: Vec<SectionId>,
    /// What its items cite where they cite nothing.
    pub cites: Vec<Cite>,
    /// The header.
    pub span: Span,
}

/// Where, when and for whom something holds. Nested scopes are already intersected.
#[derive(Clone, Debug, PartialEq)]
pub struct Scope {
    /// The regions, everything inside them included; none: everywhere, also where no place is known.
    pub(in crate::model) regions: Option<BTreeSet<RegionId>>,
    /// It holds from the latest of these; empty: from ever.
    pub(in crate::model) from: Vec<DateBound>,
    /// It holds through the earliest of these; empty: for ever.
    pub(in crate::model) through: Vec<DateBound>,
    /// All of these must be true; empty: everybody.
    pub(in crate::model) cohort: Vec<Expr>,
}

/// A bound of a period.
#[derive(Clone, Debug, PartialEq)]
pub enum DateBound {
    /// A day.
    Date(NaiveDate),
    /// An assumption of type date.
    Assumption(AssumptionId),
}

/// By what right a version of a name holds. Among the versions of one name whose scope covers a day and a region (and
/// whose cohort holds), `a` is higher than `b` if: `a`'s section says `over` `b`'s; else if `a` is strictly more special
/// (regions a subset and cohort a superset of conditions, one of them strict); else, of the same specialty, if `a`
/// starts later. Anything else is a tie.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// The section that it stands in.
    pub section: SectionId,
    /// Its effective scope.
    pub(in crate::model) scope: Scope,
    /// The item.
    pub span: Span,
    /// Its place in the order of reasons: the rank of its file's name among the policy's files.
    pub file_rank: u32,
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
    /// The title to cite.
    pub title: String,
    /// Titles in languages.
    pub labels: Labels,
    /// Where it is declared.
    pub span: Span,
}

/// A registry.
#[derive(Clone, Debug)]
pub struct Registry {
    /// Its name.
    pub name: String,
    /// Titles.
    pub labels: Labels,
    /// What its silence means, for facts that do not say it themselves.
    pub handlers: Handlers,
    /// Where it is declared.
    pub span: Span,
}

/// A region.
#[derive(Clone, Debug)]
pub struct Region {
    /// Its name.
    pub name: String,
    /// Titles.
    pub labels: Labels,
    /// The region that it lies in.
    pub parent: Option<RegionId>,
    /// Where it is declared.
    pub span: Span,
}

/// A base unit.
#[derive(Clone, Debug)]
pub struct BaseUnit {
    /// Its symbol.
    pub name: String,
    /// Names in languages.
    pub labels: Labels,
}

/// An enum.
#[derive(Clone, Debug)]
pub struct Enum {
    /// Its name; for one without, the name of what it types, `application.kind`.
    pub name: String,
    /// Its values.
    pub values: Vec<(String, Labels)>,
    /// Where it is declared.
    pub span: Span,
}

/// A record type.
#[derive(Clone, Debug)]
pub struct Record {
    /// Its name; for one without, the name of what it types.
    pub name: String,
    /// Its fields.
    pub fields: Vec<FieldId>,
    /// Where it is declared.
    pub span: Span,
}

/// A field of a record type.
#[derive(Clone, Debug)]
pub struct Field {
    /// The type that it belongs to.
    pub record: RecordId,
    /// Its place among the type's fields.
    pub index: u32,
    /// What it holds.
    pub datum: Datum,
}

/// A fact.
#[derive(Clone, Debug)]
pub struct Fact {
    /// Its group; none for a fact of its own.
    pub group: Option<String>,
    /// What it holds; `datum.name` is the name inside the group.
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

/// What a fact or a field holds, who answers it, and what it means when nobody does.
#[derive(Clone, Debug)]
pub struct Datum {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// The unit in which it is written in a fact file; none for plain numbers and everything else. For a list, the unit
    /// of its elements.
    pub unit: Option<Quantity>,
    /// The fewest elements of a list.
    pub at_least: u32,
    /// Who answers, in order. A field without any is answered by whoever answers the fact that it stands in.
    pub registries: Vec<RegistryId>,
    /// What absence and unavailability mean. Where none of its versions is in scope, the registries' are asked in order.
    pub handlers: Handlers,
    /// What people read.
    pub labels: Labels,
    /// Where it is declared.
    pub span: Span,
}

/// What the two silent states mean; each a name with versions, as a rule is.
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
    /// By what right.
    pub(in crate::model) claim: Claim,
    /// What it does.
    pub(in crate::model) action: HandlerAction,
    /// Its sources; never empty where its section has some.
    pub cites: Vec<Cite>,
}

/// What a handler does.
#[derive(Clone, Debug)]
pub enum HandlerAction {
    /// It proposes an outcome with a reason (without parameters).
    Then {
        /// For each decision, the level of the outcome in its order; none where the decision lists no such outcome.
        levels: IndexVec<DecisionId, Option<u32>>,
        /// The outcome's name.
        outcome: String,
        /// The reason.
        reason: ReasonId,
    },
    /// No record is this value (constant).
    Means(Expr),
}

/// An assumption: a named choice where the law is silent.
#[derive(Clone, Debug)]
pub struct Assumption {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// The unit it is written in.
    pub unit: Option<Quantity>,
    /// All choices, at least one, without repeats.
    pub choices: Vec<Value>,
    /// The choice where nobody chooses: an index into `choices`.
    pub default: u32,
    /// Its sources.
    pub cites: Vec<Cite>,
    /// What is silent in the law.
    pub labels: Labels,
    /// Where it is declared.
    pub span: Span,
}

/// A norm: a constant by date and region.
#[derive(Clone, Debug)]
pub struct Norm {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// The unit it is written in.
    pub unit: Option<Quantity>,
    /// Its values; no cohorts in their scopes.
    pub values: Vec<NormValue>,
    /// Bounds of its values, each within its scope.
    pub limits: Vec<NormLimit>,
    /// What people read.
    pub labels: Labels,
    /// Where it is declared first.
    pub span: Span,
}

/// One value of a norm.
#[derive(Clone, Debug)]
pub struct NormValue {
    /// By what right.
    pub(in crate::model) claim: Claim,
    /// The value: no facts and no variables in it.
    pub(in crate::model) value: Expr,
    /// Its sources.
    pub cites: Vec<Cite>,
}

/// One version of a name: by what right it holds, what it says, what excepts it and what it cites.
#[derive(Clone, Debug)]
pub struct Versioned<Body> {
    /// `section.name`
    pub qualified: String,
    /// By what right.
    pub claim: Claim,
    /// What it says.
    pub body: Body,
    /// What excepts it as a whole.
    pub(in crate::model) exceptions: Vec<ExceptionId>,
    /// Its sources.
    pub cites: Vec<Cite>,
}

/// What has to be true for something to hold: its `when`, and none of its `unless`.
#[derive(Clone, Debug, Default)]
pub struct Condition {
    /// What has to be true.
    pub(in crate::model) when: Option<Expr>,
    /// Unnamed exceptions: none of them may be true.
    pub(in crate::model) unless: Vec<Expr>,
}

/// A bound of a norm: `at least` or `at most`.
#[derive(Clone, Debug)]
pub struct NormLimit {
    /// Which of the two.
    pub kind: LimitKind,
    /// Where and when it binds.
    pub(in crate::model) claim: Claim,
    /// The bound: no facts and no variables in it.
    pub(in crate::model) value: Expr,
}

/// The kinds of bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LimitKind {
    /// No value may be below it.
    AtLeast,
    /// No value may be above it.
    AtMost,
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
    /// Base and replacements. What excepts a version as a whole is a child of every case.
    pub versions: Vec<Versioned<DefinitionBody>>,
    /// What people read.
    pub labels: Labels,
    /// Where it is declared first.
    pub span: Span,
}

/// What a version of a definition is.
#[derive(Clone, Debug)]
pub enum DefinitionBody {
    /// Cases; a plain `= E` is a single case without a condition.
    Cases(Vec<Case>),
    /// The law's text is not known: whatever turns on it is undetermined.
    Open(String),
}

/// A case of a definition.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its label; none for `= E` and `otherwise`.
    pub label: Option<String>,
    /// `otherwise`: its guard is that no other case of its version has a true guard.
    pub otherwise: bool,
    /// Its own scope, within its version's.
    pub(in crate::model) scope: Scope,
    /// When it speaks.
    pub(in crate::model) condition: Condition,
    /// Its value.
    pub(in crate::model) value: Expr,
    /// What excepts this case alone.
    pub(in crate::model) exceptions: Vec<ExceptionId>,
    /// Its sources.
    pub cites: Vec<Cite>,
    /// Where it stands.
    pub span: Span,
}

/// A reason with its messages.
#[derive(Clone, Debug)]
pub struct ReasonDeclaration {
    /// Its code.
    pub code: String,
    /// What a rule hands over.
    pub params: Vec<LocalId>,
    /// For each language, sorted: the pieces of the message.
    pub(in crate::model) messages: Vec<(String, Vec<MessagePart>)>,
    /// Where it is declared.
    pub span: Span,
}

impl ReasonDeclaration {
    /// For each language, how many values its message holds.
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
    /// A value, formatted for the message's language, in this unit where it has one.
    Value(Expr, Option<Quantity>),
}

/// A decision.
#[derive(Clone, Debug)]
pub struct DecisionDeclaration {
    /// Its name.
    pub name: String,
    /// Its outcomes, the strongest first; the last is that of `otherwise`.
    pub outcomes: Vec<Outcome>,
    /// Its outputs.
    pub outputs: Vec<Output>,
    /// Titles.
    pub labels: Labels,
    /// Where it is declared.
    pub span: Span,
}

/// An outcome.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Its name.
    pub name: String,
    /// What people read.
    pub labels: Labels,
}

/// An output.
#[derive(Clone, Debug)]
pub struct Output {
    /// Its key.
    pub name: String,
    /// Its value; a finite decimal where it is a number.
    pub(in crate::model) value: Expr,
    /// The unit it is given in.
    pub unit: Option<Quantity>,
    /// What people read.
    pub labels: Labels,
    /// Where it is declared.
    pub span: Span,
}

/// A provision of the law: a rule or a notice, with the versions of its name.
#[derive(Clone, Debug)]
pub struct Provision {
    /// Its name.
    pub name: String,
    /// Which of the two.
    pub kind: ProvisionKind,
    /// Base, replacements and suspensions; a suspension has no body. What excepts one does so through all versions of
    /// the exception's name.
    pub versions: Vec<Versioned<Option<ProvisionBody>>>,
}

/// The kinds of provision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProvisionKind {
    /// A rule: it gives an outcome.
    Rule,
    /// A notice: it rides along with outcomes.
    Notice,
}

impl LimitKind {
    /// The words that open it.
    #[must_use]
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::AtLeast => "at least",
            Self::AtMost => "at most",
        }
    }
}

impl ProvisionKind {
    /// The keyword of its items.
    #[must_use]
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::Rule => SuspendKind::Rule.keyword(),
            Self::Notice => SuspendKind::Notice.keyword(),
        }
    }
}

/// What a version of a provision says.
#[derive(Clone, Debug)]
pub struct ProvisionBody {
    /// The decision.
    pub decision: DecisionId,
    /// What it does where it holds.
    pub effect: Effect,
    /// The reason that it gives, or whose message it carries.
    pub reason: ReasonId,
    /// What the reason's message is given.
    pub(in crate::model) args: Vec<Expr>,
    /// A reason for each witness.
    pub(in crate::model) for_each: Option<ForEach>,
    /// When it holds.
    pub(in crate::model) condition: Condition,
}

/// What a provision does where it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// A rule gives this outcome, as its level in the decision's order.
    Outcome(u32),
    /// A notice rides along with the outcomes of these levels; empty: with all of them.
    Notice(Vec<u32>),
}

/// `for each x in L where C`
#[derive(Clone, Debug)]
pub struct ForEach {
    /// The variable; the same for every version of the provision, so that exceptions can name it.
    pub(in crate::model) local: LocalId,
    /// The list.
    pub(in crate::model) list: Expr,
    /// Which elements.
    pub(in crate::model) filter: Option<Expr>,
}

/// An exception: the versions of one name.
#[derive(Clone, Debug)]
pub struct Exception {
    /// Its name.
    pub name: String,
    /// Base, replacements and suspensions; a suspension has no body.
    pub versions: Vec<Versioned<Option<ExceptionBody>>>,
}

/// What a version of an exception says.
#[derive(Clone, Debug)]
pub struct ExceptionBody {
    /// When it holds.
    pub(in crate::model) condition: Condition,
    /// The value, where it excepts a definition.
    pub(in crate::model) value: Option<Expr>,
}

/// The governing date and place. Neither expression reads the governing date, the place, a norm or anything scoped.
#[derive(Clone, Debug)]
pub struct AsOf {
    /// A date.
    pub(in crate::model) date: Expr,
    /// A region; none where the policy knows no places.
    pub(in crate::model) region: Option<Expr>,
    /// Where it is declared.
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
