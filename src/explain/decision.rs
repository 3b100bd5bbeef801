//! The decision in its final form, and how it is made from an evaluation.

use super::message::{MAX_MESSAGE, message_within};
use super::names::{cited, or_section, origin_name, outcome_name, registry_names};
use super::trace::Trace;
use crate::documents;
use crate::engine::{Engine, Evaluated};
use crate::eval::{Cause, Causes, ElementAnswer, Evaluation, GivenReason, KnownOutput, Origin, Silence, Verdict};
use crate::ids::*;
use crate::model::{Cite, DefinitionBody, ExprKind, Item, Model, NumberKind, Output, Type, machine, written};
use crate::value::{Element, FactPath, Fault, FaultKind, Value};
use crate::visible::visible;
use serde::Serialize;
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A decision in words. Serializes in this order of keys; those from `unknown_outputs` on only if they are not empty or
/// false.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Decision {
    /// The form in which it serializes: [`crate::documents::DECISION`].
    pub schema: &'static str,
    /// Its name.
    pub decision: String,
    /// The policy that decided.
    pub policy: PolicyName,
    /// The governing date; `None` if it is not known.
    pub as_of: Option<String>,
    /// The governing place; `None` if there is none, or if it is not known.
    pub region: Option<String>,
    /// One of the decision's outcomes, `undetermined` or `not_in_force`; or `impossible`, see [`Decision::is_impossible`].
    pub outcome: String,
    /// Every reason of the outcome, in their order.
    pub reasons: Vec<Reason>,
    /// Rules of the same outcome that are still unknown.
    pub open: Vec<String>,
    /// What to ask next, the most decisive first.
    pub needs: Vec<Need>,
    /// The notices that go with the outcome.
    pub notices: Vec<Reason>,
    /// The assumptions that it depends on, each with the choice that holds.
    pub assumptions: Map<String, Json>,
    /// The outputs that are known.
    pub outputs: Map<String, Json>,
    /// The outputs that are not known, each with why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unknown_outputs: Vec<UnknownOutput>,
    /// The outcome that would be given if the outputs tied to it were known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withheld: Option<WithheldOutcome>,
    /// What blocks an outcome that no answer can determine.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub blocked: Vec<Blocked>,
    /// The faults.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<FaultNote>,
    /// True if the outcome rests on a registry that was unavailable.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub provisional: bool,
    /// Why, rule by rule; only on request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace: Option<Trace>,
    /// The evaluation from which it was made, for rendering.
    #[serde(skip)]
    pub(crate) raw: Evaluation,
    #[serde(skip)]
    pub(crate) id: DecisionId,
}

/// The policy that decided, to the byte.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PolicyName {
    /// Its name.
    pub name: String,
    /// `sha256:…` of its texts.
    pub digest: String,
}

/// A reason or a notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Reason {
    /// Its code.
    pub code: String,
    /// The rule, notice or handler that gives it.
    pub rule: String,
    /// The silent facts that a handler answers for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<String>,
    /// Its message by language.
    pub message: Map<String, Json>,
    /// Its citations.
    pub sources: Vec<String>,
}

/// A fact to ask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Need {
    /// `applicant.kinship`, `owners[1].consent`
    pub fact: String,
    /// The registries that answer, in order; empty if none is named.
    pub registry: Vec<String>,
    /// Its label, by language.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub label: BTreeMap<String, String>,
    /// What kind of value answers it: `bool`, `integer`, `decimal`, `date`, `duration`, `text`, `enum`, `region`, `list` or
    /// `record`.
    #[serde(rename = "type")]
    pub ty: &'static str,
    /// The unit in which a number or a duration is given: `m2`, `KZT per m2`, `years`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The values of an enum, in their order; for a list of such, those of its elements.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
}

/// An output that is not known, with why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UnknownOutput {
    /// Its name.
    pub output: String,
    /// Of an output by element, the key of the element for which it is not known; `None` if the key is not known either, or if
    /// nothing of the output is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// This element: `members[2]`, or `[2]` of a computed list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub element: Option<String>,
    /// The facts to ask.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Need>,
    /// What no question can settle.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub blocked: Vec<Blocked>,
    /// The faults.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<FaultNote>,
}

/// An outcome that is not given because outputs that are tied to it are not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct WithheldOutcome {
    /// Its name.
    pub outcome: String,
    /// The names of these outputs.
    pub outputs: Vec<String>,
}

/// Something that blocks the decision for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Blocked {
    /// A silent fact for which nothing is declared, or what follows is left open.
    Fact {
        /// The fact.
        fact: String,
        /// `absent`, `unavailable`
        state: String,
        /// The registries that were asked.
        registry: Vec<String>,
        /// Why the policy leaves open what follows, if it does.
        #[serde(skip_serializing_if = "Option::is_none")]
        open: Option<String>,
    },
    /// A definition whose text is not known.
    Open {
        /// The definition, with its section.
        definition: String,
        /// Why it is open.
        open: String,
    },
}

impl fmt::Display for Blocked {
    /// `x is absent (R)`; `x is absent (R), and what follows is open: why`; `the text of p.r is open: why`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fact { fact, state, registry, open } => {
                write!(f, "`{fact}` is {state}")?;
                if !registry.is_empty() {
                    write!(f, " ({})", registry.join(" / "))?;
                }
                open.as_ref().map_or(Ok(()), |why| write!(f, ", and what follows is open: {why}"))
            }
            Self::Open { definition, open } => write!(f, "the text of `{definition}` is open: {open}"),
        }
    }
}

impl fmt::Display for FaultNote {
    /// `file:line:column: message: case (place), case (place); needed by rule, rule`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", visible(&self.place), self.message)?;
        let case = |case: &FaultCase| format!("{} ({})", visible(&case.case), visible(&case.place));
        let cases: Vec<String> = self.cases.iter().map(case).collect();
        if !cases.is_empty() {
            write!(f, ": {}", cases.join(", "))?;
        }
        if self.needed_by.is_empty() { Ok(()) } else { write!(f, "; needed by {}", self.needed_by.join(", ")) }
    }
}

impl UnknownOutput {
    /// `paid`; of an output by element `tax.Anna`, or where the key is not known `tax.members[2]`.
    #[must_use]
    pub fn name(&self) -> String {
        match self.key.as_ref().or(self.element.as_ref()) {
            Some(of) => format!("{}.{of}", self.output),
            None => self.output.clone(),
        }
    }
}

impl fmt::Display for UnknownOutput {
    /// `paid: needs x, y; z is absent (R); file:line:column`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let needs: Vec<&str> = self.needs.iter().map(|need| need.fact.as_str()).collect();
        let mut why = if needs.is_empty() { Vec::new() } else { vec![format!("needs {}", needs.join(", "))] };
        why.extend(self.blocked.iter().map(ToString::to_string));
        // The fault stands with its message among the faults of the decision.
        why.extend(self.faults.iter().map(|fault| format!("the fault at {}", visible(&fault.place))));
        write!(f, "output `{}`: {}", visible(&self.name()), why.join("; "))
    }
}

/// A fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FaultNote {
    /// `file:line:column`
    pub place: String,
    /// What is wrong.
    pub message: String,
    /// The rules and outputs that cannot do without it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub needed_by: Vec<String>,
    /// The cases in conflict.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<FaultCase>,
}

/// One of several cases in conflict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FaultCase {
    /// `section.definition.case`
    pub case: String,
    /// `file:line:column`
    pub place: String,
    /// Its citations.
    pub sources: Vec<String>,
}

/// The most bytes of all reasons and notices of one decision, with their messages in all languages and their sources.
pub const MAX_WORDS: usize = 16 << 20;

/// What a reason takes besides its words.
const BESIDE_WORDS: usize = 64;

/// A case of a definition or an exception by its qualified name, with its place and sources.
fn case_note(engine: &Engine, case: ValueOrigin) -> FaultCase {
    let model = engine.model();
    let note = |name: String, span, cites: &[Cite]| FaultCase {
        case: name,
        place: engine.sources().locate(span),
        sources: cited(model, cites, None),
    };
    match case {
        ValueOrigin::Case(reference) => {
            let version = model.definition(reference.version);
            let case = model.case(reference);
            let label = case.and_then(|c| c.label.clone().or_else(|| c.otherwise.then(|| "otherwise".into())));
            let name = label.map_or(version.qualified.clone(), |l| format!("{}.{l}", version.qualified));
            let own = case.map_or(&[][..], |c| &c.cites);
            let cites = if own.is_empty() { version.cites.as_slice() } else { own };
            let cites = or_section(model, cites, version.claim.section);
            note(name, case.map_or(version.claim.span, |c| c.span), cites)
        }
        ValueOrigin::Exception(version) => {
            let version = model.exception(version);
            let cites = or_section(model, &version.cites, version.claim.section);
            note(version.qualified.clone(), version.claim.span, cites)
        }
        ValueOrigin::Row(span) => note(format!("the row at {}", engine.sources().locate(span)), span, &[]),
    }
}

/// The name of the definition or table whose cases or rows a fault is about, and whether it is a table.
fn named_by<'m>(model: &'m Model, fault: &Fault) -> Option<(&'m str, bool)> {
    model.definitions.entries().find_map(|(id, definition)| {
        let is_table = is_of(model, id, fault, |form| matches!(form, ExprKind::Table(_)));
        // A table with several results is a definition for each; its name stands before theirs.
        let name = definition.name.split_once('.').map_or(definition.name.as_str(), |(table, _)| table);
        (is_table || definition.span == fault.span).then_some((name, is_table))
    })
}

/// True if a fault is of an expression of that form in a definition.
fn is_of(model: &Model, definition: DefinitionId, fault: &Fault, form: fn(&ExprKind) -> bool) -> bool {
    let mut found = false;
    model.each_within([Item::Definition(definition)], |_, parts| {
        let mut values = parts.expressions.iter().map(|(_, value)| value);
        found |= values.any(|value| value.span == fault.span && form(&value.kind));
    });
    found
}

/// What went wrong, in words, with the name of the definition, table, scale or norm.
fn fault_message(model: &Model, fault: &Fault) -> String {
    match &fault.kind {
        FaultKind::NoNormValue { norm, date } => {
            format!("the norm `{}` has no value on {date}", model.norms.at(*norm).name)
        }
        FaultKind::NoVersion { definition, date } => {
            format!("the definition `{}` does not hold on {date}", model.definitions.at(*definition).name)
        }
        FaultKind::NoCase => match named_by(model, fault) {
            Some((name, true)) => format!("no row of the table `{name}` applies"),
            Some((name, false)) => format!("no case of `{name}` applies"),
            None => fault.kind.to_string(),
        },
        FaultKind::Conflict { .. } => match named_by(model, fault) {
            Some((name, true)) => format!("two rows of the table `{name}` apply and differ"),
            Some((name, false)) => format!("two cases of `{name}` apply and differ"),
            None => fault.kind.to_string(),
        },
        FaultKind::BandNotAbove { .. } => {
            let is_scale = |id| is_of(model, id, fault, |form| matches!(form, ExprKind::Scale(..)));
            match model.definitions.entries().find(|(id, _)| is_scale(*id)) {
                Some((_, scale)) => format!("in the scale `{}` {}", scale.name, fault.kind),
                None => fault.kind.to_string(),
            }
        }
        FaultKind::OutOfBounds { field } => {
            let field = model.fields.at(*field);
            let (record, name) = (&model.records.at(field.record).name, &field.datum.name);
            format!("the value of `{name}` in a `{record}` is outside of its bounds")
        }
        FaultKind::SameName { first, second } => {
            let (first, second) = (element_name(model, first), element_name(model, second));
            format!("two elements have the same name: `{first}` and `{second}`")
        }
        FaultKind::Overflow
        | FaultKind::DivisionByZero
        | FaultKind::RoundingStep
        | FaultKind::Exponent
        | FaultKind::NoSuchDate { .. }
        | FaultKind::Backwards { .. }
        | FaultKind::OpenEnd
        | FaultKind::EmptyAggregate
        | FaultKind::TooManySteps
        | FaultKind::TooManyValues
        | FaultKind::OutsideCalendar(_)
        | FaultKind::Untold(_) => fault.kind.to_string(),
    }
}

/// The rule or the output that a fault stands in the way of.
fn reader_name(model: &Model, reader: Item) -> String {
    if let Item::ProvisionVersion(version) = reader {
        model.provision(version).qualified.clone()
    } else if let Item::Output(output) = reader {
        model.output(output).name.clone()
    } else {
        String::new()
    }
}

fn fault_note(engine: &Engine, fault: &Fault, readers: &BTreeSet<Item>) -> FaultNote {
    let cases = match &fault.kind {
        FaultKind::Conflict { cases } => cases.iter().map(|case| case_note(engine, *case)).collect(),
        FaultKind::Overflow
        | FaultKind::DivisionByZero
        | FaultKind::RoundingStep
        | FaultKind::Exponent
        | FaultKind::NoSuchDate { .. }
        | FaultKind::Backwards { .. }
        | FaultKind::OpenEnd
        | FaultKind::OutOfBounds { .. }
        | FaultKind::EmptyAggregate
        | FaultKind::SameName { .. }
        | FaultKind::BandNotAbove { .. }
        | FaultKind::NoCase
        | FaultKind::NoVersion { .. }
        | FaultKind::NoNormValue { .. }
        | FaultKind::TooManySteps
        | FaultKind::TooManyValues
        | FaultKind::OutsideCalendar(_)
        | FaultKind::Untold(_) => Vec::new(),
    };
    let model = engine.model();
    let needed_by = readers.iter().map(|reader| reader_name(model, *reader)).collect();
    FaultNote { place: engine.sources().locate(fault.span), message: fault_message(model, fault), needed_by, cases }
}

/// The faults of a decision in words.
#[must_use]
pub fn faults(engine: &Engine, outcome: &Evaluation) -> Vec<FaultNote> {
    let nobody = BTreeSet::new();
    let readers = outcome.readers.iter().chain(std::iter::repeat(&nobody));
    outcome.faults.iter().zip(readers).map(|(fault, readers)| fault_note(engine, fault, readers)).collect()
}

/// What no question can settle, in words.
#[must_use]
pub fn blocked(model: &Model, outcome: &Evaluation) -> Vec<Blocked> {
    outcome.blocked.iter().filter_map(|cause| block(model, cause, outcome)).collect()
}

/// The outputs of a decision that are not known, in words.
#[must_use]
pub fn unknown_outputs(engine: &Engine, decision: DecisionId, outcome: &Evaluation) -> Vec<UnknownOutput> {
    let unknown = outcome.unknown_outputs().into_iter();
    let note = |(index, element, causes): (u32, Option<&ElementAnswer>, &Causes)| {
        let declared = engine.model().output(OutputRef { decision, output: index });
        unknown_output(engine, declared, element, causes, outcome)
    };
    unknown.map(note).collect()
}

/// What is known of an output, for programs: a value, or an object with a value for each key.
#[must_use]
pub fn known_output(model: &Model, output: &Output, known: &KnownOutput<'_>) -> Json {
    let value = |value: &Value| machine(model, value, output.unit.as_ref(), output.ty());
    match known {
        KnownOutput::Whole(whole) => value(whole),
        KnownOutput::Each(values) => {
            Json::Object(values.iter().map(|(key, one)| (key_name(model, output, key), value(one))).collect())
        }
    }
}

/// The key of an element in an output, for programs.
fn key_name(model: &Model, output: &Output, key: &Value) -> String {
    match machine(model, key, None, output.key_type().unwrap_or(&Type::Error)) {
        Json::String(text) => text,
        other @ (Json::Null | Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_)) => other.to_string(),
    }
}

/// `members[2]`, or `[2]` for an element that was computed.
pub(super) fn element_name(model: &Model, element: &Element) -> String {
    element.place.as_ref().map_or_else(|| element.number(), |place| model.place_name(place))
}

pub(super) fn block(model: &Model, cause: &Cause, outcome: &Evaluation) -> Option<Blocked> {
    match cause {
        Cause::Silent(place, silence) => Some(Blocked::Fact {
            fact: model.place_name(place),
            state: silence.word().into(),
            registry: registry_names(model, place),
            open: left_open(model, place, outcome).map(str::to_owned),
        }),
        Cause::Open(id, version) => {
            let version = model.definition(DefinitionRef { definition: *id, version: *version });
            let open = match &version.body {
                DefinitionBody::Open(why) => why.clone(),
                DefinitionBody::Cases(_) => String::new(),
            };
            Some(Blocked::Open { definition: version.qualified.clone(), open })
        }
        // Faults are listed by themselves.
        Cause::Fault(_) => None,
    }
}

/// Why the policy leaves open what follows where a fact is silent; `None` if it does not, or if nothing turned on it.
pub(super) fn left_open<'m>(model: &'m Model, place: &FactPath, outcome: &Evaluation) -> Option<&'m str> {
    let unanswered = outcome.unanswered.iter().find(|unanswered| unanswered.place == *place)?;
    model.handler(unanswered.handler?).open()
}

fn need(model: &Model, place: &FactPath) -> Need {
    let (datum, ty) = model.datum_at(place);
    let mut inner = &ty;
    while let Type::List(element) = inner {
        inner = element;
    }
    let choices = if let Type::Enum(id) = inner { model.enums.at(*id).values.as_slice() } else { &[] };
    Need {
        fact: model.place_name(place),
        registry: registry_names(model, place),
        label: datum.labels.iter().cloned().collect(),
        ty: kind(&ty),
        unit: datum.unit.as_ref().map(|unit| unit.text.clone()),
        choices: choices.iter().map(|(name, _)| name.clone()).collect(),
    }
}

/// The word for a kind of value.
fn kind(ty: &Type) -> &'static str {
    match ty {
        Type::Bool => "bool",
        Type::Number(_, NumberKind::Integer) => "integer",
        Type::Number(_, NumberKind::Decimal | NumberKind::Ratio) | Type::Error => "decimal",
        Type::Date => "date",
        Type::Duration(_) => "duration",
        Type::Text => "text",
        Type::Enum(_) => "enum",
        Type::Region => "region",
        Type::Record(_) => "record",
        Type::List(_) => "list",
    }
}

/// Why an output is not known.
fn unknown_output(
    engine: &Engine,
    declared: &Output,
    of: Option<&ElementAnswer>,
    causes: &Causes,
    outcome: &Evaluation,
) -> UnknownOutput {
    let key = of.and_then(|of| of.key.as_ref().ok()).map(|key| key_name(engine.model(), declared, key));
    let element = of.map(|of| element_name(engine.model(), &of.element));
    let output = declared.name.clone();
    let mut why = UnknownOutput { output, key, element, needs: Vec::new(), blocked: Vec::new(), faults: Vec::new() };
    for cause in causes.iter() {
        match cause {
            Cause::Silent(place, Silence::Unasked) => why.needs.push(need(engine.model(), place)),
            Cause::Silent(..) | Cause::Open(..) => why.blocked.extend(block(engine.model(), cause, outcome)),
            // Who needs it stands with the fault among those of the decision.
            Cause::Fault(fault) => why.faults.push(fault_note(engine, fault, &BTreeSet::new())),
        }
    }
    why
}

/// Puts reasons into words, up to a limit for all of them together.
struct ReasonWriter<'e> {
    engine: &'e Engine,
    left: usize,
    /// The first reason that was cut or left out.
    cut: Option<FaultNote>,
}

impl<'e> ReasonWriter<'e> {
    fn new(engine: &'e Engine) -> Self {
        Self { engine, left: MAX_WORDS, cut: None }
    }

    fn reasons(&mut self, given: &[GivenReason]) -> Vec<Reason> {
        given.iter().map_while(|given| self.reason(given)).collect()
    }

    /// `None` if nothing is left of the limit.
    fn reason(&mut self, given: &GivenReason) -> Option<Reason> {
        let model = self.engine.model();
        let declared = model.reasons.at(given.reason);
        if self.left == 0 {
            return None;
        }
        let (rule, cites) = origin_name(model, given.origin);
        let facts: Vec<String> = given.places.iter().map(|place| model.place_name(place)).collect();
        let sources = cited(model, cites, None);
        let words = [&declared.code, &rule].into_iter().chain(&facts).chain(&sources).map(String::len);
        self.left = self.left.saturating_sub(words.sum::<usize>() + BESIDE_WORDS);
        let mut message = Map::new();
        let mut cut = self.left == 0;
        for language in declared.languages() {
            let most = self.left.min(MAX_MESSAGE);
            let Some((text, is_cut)) = message_within(model, given, language, most) else { continue };
            self.left = self.left.saturating_sub(text.len());
            cut |= is_cut;
            message.insert(language.to_owned(), Json::String(text));
        }
        if cut && self.cut.is_none() {
            self.cut = Some(FaultNote {
                place: self.engine.sources().locate(declared.span),
                message: format!(
                    "a message is longer than {} MiB, or all reasons of the decision are longer than {} MiB together; what \
                     is longer is left out",
                    MAX_MESSAGE >> 20,
                    MAX_WORDS >> 20
                ),
                needed_by: Vec::new(),
                cases: Vec::new(),
            });
        }
        Some(Reason { code: declared.code.clone(), rule, facts, message, sources })
    }
}

impl Decision {
    /// True if it ends in one of the decision's own outcomes: neither undetermined nor not in force.
    #[must_use]
    pub fn is_decided(&self) -> bool {
        matches!(self.raw.verdict, Verdict::Outcome(_))
    }

    /// True if a fact that nobody has asked, or one that will not come, keeps the outcome from being determined.
    #[must_use]
    pub fn is_undetermined(&self) -> bool {
        self.raw.verdict == Verdict::Undetermined
    }

    /// An output as a program's own type: exact numbers are texts (`"14.83"`), dates as well (`"2026-03-01"`).
    ///
    /// # Errors
    /// What `serde` reports if the type does not fit. An output that is not known is `Ok(None)`.
    pub fn output<T: serde::de::DeserializeOwned>(&self, name: &str) -> Result<Option<T>, serde_json::Error> {
        self.outputs.get(name).map(|value| T::deserialize(value)).transpose()
    }

    /// The words for a decision of an engine.
    #[must_use]
    pub fn of(engine: &Engine, evaluated: Evaluated) -> Self {
        let model = engine.model();
        let trace = Trace::of(engine, &evaluated);
        let Evaluated { question, outcome, assumptions, .. } = evaluated;
        let assumptions = assumptions.into_iter();
        let assumptions =
            assumptions.map(|(id, made)| (model.assumptions.at(id).name.clone(), choice_written(model, id, made)));
        let output = |index| model.output(OutputRef { decision: question.decision, output: index });
        let outputs = outcome.known_outputs().map(|(index, known)| {
            let output = output(index);
            (output.name.clone(), known_output(model, output, &known))
        });
        let withheld = outcome.withheld.as_ref().map(|withheld| WithheldOutcome {
            outcome: outcome_name(model, question.decision, &Verdict::Outcome(withheld.level)),
            outputs: withheld.outputs.iter().map(|index| output(*index).name.clone()).collect(),
        });
        let mut wording = ReasonWriter::new(engine);
        let reasons = wording.reasons(&outcome.reasons);
        let notices = wording.reasons(&outcome.notices);
        let faults = faults(engine, &outcome).into_iter().chain(wording.cut);
        let open = outcome.open.iter().map(|rule| origin_name(model, Origin::Rule(*rule)).0);
        Self {
            schema: documents::DECISION,
            decision: model.decisions.at(question.decision).name.clone(),
            policy: PolicyName {
                name: model.sections.first().map_or_else(String::new, |s| s.name.clone()),
                digest: engine.digest().to_owned(),
            },
            as_of: outcome.as_of.map(|date| date.format("%Y-%m-%d").to_string()),
            region: outcome.region.map(|region| model.regions.at(region).name.clone()),
            outcome: outcome_name(model, question.decision, &outcome.verdict),
            reasons,
            open: open.collect(),
            needs: outcome.needs.iter().map(|place| need(model, place)).collect(),
            notices,
            assumptions: assumptions.collect(),
            outputs: outputs.collect(),
            unknown_outputs: unknown_outputs(engine, question.decision, &outcome),
            withheld,
            blocked: blocked(model, &outcome),
            faults: faults.collect(),
            provisional: outcome.provisional,
            trace,
            id: question.decision,
            raw: outcome,
        }
    }

    /// True if it ends in an outcome.
    #[must_use]
    pub fn decided(&self) -> bool {
        matches!(self.raw.verdict, Verdict::Outcome(_))
    }
}

/// A choice as written in the policy.
fn choice_written(model: &Model, id: AssumptionId, choice: u32) -> Json {
    let assumption = model.assumptions.at(id);
    let value = assumption.choices.get(choice as usize);
    value.map_or(Json::Null, |value| Json::String(written(model, value, assumption.unit.as_ref())))
}
