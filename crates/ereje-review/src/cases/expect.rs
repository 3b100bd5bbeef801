//! What is expected of a decision, and the comparison with a decision.
//!
//! Only parts that are written are compared: a list or a map whole, or, with `including` and `without`, in part. With
//! `exactly: true`, every other part is expected to be empty.

use super::read::{Reader, plain};
use ereje::diagnostic::{Code, Diagnostic};
use ereje::explain::{Decision, UnknownOutput};
use ereje::facts::nfc;
use ereje::facts::tree::{Tree, TreeNode};
use ereje::source::Span;
use serde_json::{Map, Value as Json};

/// What is expected of a decision.
#[derive(Clone, Debug)]
pub struct Expected {
    /// Where it is written.
    pub span: Span,
    /// The outcome, and where it is written.
    pub(super) outcome: Option<(String, Span)>,
    pub(super) parts: Vec<(DecisionPart, PartExpectation, Span)>,
    /// True if parts that are not written are expected to be empty.
    pub(super) exactly: bool,
}

/// A part of a decision besides its outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DecisionPart {
    Reasons,
    Notices,
    Needs,
    Open,
    Blocked,
    Faults,
    Outputs,
    UnknownOutputs,
    Assumptions,
    Provisional,
}

/// The expectation of a part. All scalars are texts, so that `15` and `"15"` are equal.
#[derive(Clone, Debug)]
pub(super) enum PartExpectation {
    /// The part equals this.
    Whole(Json),
    /// The part has all of the first and none of the second.
    Some(Json, Json),
}

/// What is told of a part that is not as expected: of the expectation and of what the decision has.
pub(super) type Telling<'t> = dyn Fn(DecisionPart, &PartExpectation, &Json, &Json) -> (PartExpectation, Json) + 't;

/// Something that is not as expected.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Difference {
    /// The part of the decision: `outcome`, `reasons`, …
    pub part: &'static str,
    /// What was expected of it.
    pub expected: String,
    /// What the decision has.
    pub got: String,
    /// Where the expectation is written.
    #[serde(skip)]
    pub span: Span,
}

impl DecisionPart {
    pub(super) const ALL: [Self; 10] = [
        Self::Reasons,
        Self::Notices,
        Self::Needs,
        Self::Open,
        Self::Blocked,
        Self::Faults,
        Self::Outputs,
        Self::UnknownOutputs,
        Self::Assumptions,
        Self::Provisional,
    ];

    /// Its key in a decision and in a case file.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Reasons => "reasons",
            Self::Notices => "notices",
            Self::Needs => "needs",
            Self::Open => "open",
            Self::Blocked => "blocked",
            Self::Faults => "faults",
            Self::Outputs => "outputs",
            Self::UnknownOutputs => "unknown_outputs",
            Self::Assumptions => "assumptions",
            Self::Provisional => "provisional",
        }
    }

    pub(super) fn is_map(self) -> bool {
        match self {
            Self::Outputs | Self::Assumptions => true,
            Self::Reasons
            | Self::Notices
            | Self::Needs
            | Self::Open
            | Self::Blocked
            | Self::Faults
            | Self::UnknownOutputs
            | Self::Provisional => false,
        }
    }

    /// The keys whose value identifies an item of the part; an expectation may give that value alone.
    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Reasons | Self::Notices => &["code"],
            Self::Needs => &["fact"],
            Self::Blocked => &["fact", "definition"],
            Self::Faults => &["message"],
            Self::UnknownOutputs => &["name", "output"],
            Self::Open | Self::Outputs | Self::Assumptions | Self::Provisional => &[],
        }
    }

    /// The part of a decision, with all scalars as texts.
    fn of(self, decision: &Decision) -> Json {
        let json = match self {
            Self::Reasons => serde_json::to_value(&decision.reasons),
            Self::Notices => serde_json::to_value(&decision.notices),
            Self::Needs => serde_json::to_value(&decision.needs),
            Self::Open => serde_json::to_value(&decision.open),
            Self::Blocked => serde_json::to_value(&decision.blocked),
            Self::Faults => serde_json::to_value(&decision.faults),
            Self::Outputs => Ok(Json::Object(decision.outputs.clone())),
            Self::UnknownOutputs => decision.unknown_outputs.iter().map(with_name).collect(),
            Self::Assumptions => Ok(Json::Object(decision.assumptions.clone())),
            Self::Provisional => Ok(Json::Bool(decision.provisional)),
        };
        // These types can always be serialized.
        texts(json.unwrap_or(Json::Null))
    }

    /// The empty part, which `exactly` expects.
    fn nothing(self) -> Json {
        match self.is_map() {
            true => Json::Object(Map::new()),
            false if self == Self::Provisional => Json::String("false".into()),
            false => Json::Array(Vec::new()),
        }
    }
}

/// An output that is not known, with the one name by which a case file calls it.
fn with_name(unknown: &UnknownOutput) -> serde_json::Result<Json> {
    let mut json = serde_json::to_value(unknown)?;
    if let Json::Object(map) = &mut json {
        map.insert("name".into(), unknown.name().into());
    }
    Ok(json)
}

/// Turns each scalar into a text.
fn texts(json: Json) -> Json {
    match json {
        Json::Null | Json::String(_) => json,
        Json::Bool(_) | Json::Number(_) => Json::String(json.to_string()),
        Json::Array(items) => items.into_iter().map(texts).collect(),
        Json::Object(map) => map.into_iter().map(|(key, value)| (key, texts(value))).collect::<Map<_, _>>().into(),
    }
}

/// A tree as JSON with each scalar as a text.
pub(super) fn json(node: &TreeNode<'_>) -> Json {
    match &node.tree {
        Tree::Empty | Tree::Null => Json::Null,
        Tree::Bool(value) => Json::String(value.to_string()),
        // Names, texts of facts and those of policies are in NFC.
        Tree::Plain(text) | Tree::Quoted(text) => Json::String(nfc(text).into_owned()),
        Tree::List(items) => items.iter().map(json).collect(),
        Tree::Map(entries) => {
            entries.iter().map(|e| (nfc(&e.key).into_owned(), json(&e.value))).collect::<Map<_, _>>().into()
        }
    }
}

impl Expected {
    /// Reads the value of `expect`.
    pub(super) fn read(reader: &mut Reader, node: &TreeNode<'static>) -> Option<Self> {
        let mut known = vec!["outcome", "exactly"];
        known.extend(DecisionPart::ALL.map(DecisionPart::key));
        let entries = reader.map(node, "an expectation", &known)?;
        let mut expected = Self { span: reader.span(node), outcome: None, parts: Vec::new(), exactly: false };
        for entry in entries.iter() {
            let at = reader.span(&entry.value);
            match &*entry.key {
                "outcome" => {
                    let text = reader.text(&entry.value, "the outcome that is expected")?;
                    expected.outcome = Some((nfc(&text).into_owned(), at));
                }
                "exactly" => match &entry.value.tree {
                    Tree::Bool(value) => expected.exactly = *value,
                    Tree::Empty | Tree::Null | Tree::Plain(_) | Tree::Quoted(_) | Tree::List(_) | Tree::Map(_) => {
                        reader.wrong_kind(&entry.value, "`exactly`", "`true` or `false`");
                        return None;
                    }
                },
                key => {
                    let part = DecisionPart::ALL.into_iter().find(|part| part.key() == key)?;
                    let expectation = expectation(reader, part, &entry.value)?;
                    expected.parts.push((part, expectation, at));
                }
            }
        }
        if expected.outcome.is_none() && expected.parts.is_empty() && !expected.exactly {
            let label = "expected at least an outcome";
            let finding = Diagnostic::new(Code::E0801, "a case that expects nothing", expected.span, label);
            reader.say(finding.help("write `outcome: …`, and whatever else the case is about"));
            return None;
        }
        Some(expected)
    }

    /// The differences between a decision and the expectation, in the order of the decision's keys.
    #[must_use]
    pub fn differences(&self, decision: &Decision) -> Vec<Difference> {
        self.compared(decision, decision, &|_, expectation, _, told| (expectation.clone(), told.clone()))
    }

    /// The same, told by another form of the decision: `tell` is given a part, what is expected of it, what the decision has and
    /// what may be told of that, and says what to tell of both.
    pub(super) fn compared(&self, decision: &Decision, told: &Decision, tell: &Telling<'_>) -> Vec<Difference> {
        let mut found = Vec::new();
        if let Some((outcome, span)) = &self.outcome
            && *outcome != decision.outcome
        {
            found.push(Difference {
                part: "outcome",
                expected: outcome.clone(),
                got: decision.outcome.clone(),
                span: *span,
            });
        }
        for part in DecisionPart::ALL {
            let written = self.parts.iter().find(|(known, ..)| *known == part);
            let nothing = PartExpectation::Whole(part.nothing());
            let (expectation, span) = match written {
                Some((_, expectation, span)) => (expectation, *span),
                // Which outputs are not known follows from those that are.
                None if part == DecisionPart::UnknownOutputs => continue,
                None if self.exactly => (&nothing, self.span),
                None => continue,
            };
            let got = part.of(decision);
            if !meets(part, expectation, &got) {
                let (expectation, got) = tell(part, expectation, &got, &part.of(told));
                let (expected, got) = (shown_expectation(&expectation), shown(part, &expectation, &got));
                found.push(Difference { part: part.key(), expected, got, span });
            }
        }
        found
    }

    /// The outcome that is expected; `None` if any is right.
    #[must_use]
    pub fn outcome(&self) -> Option<&str> {
        self.outcome.as_ref().map(|(name, _)| name.as_str())
    }

    /// The codes of the reasons, if they are expected to be exactly these and nothing more is expected of them.
    pub(super) fn reason_codes(&self) -> Option<Vec<&str>> {
        let (_, expectation, _) = self.parts.iter().find(|(part, ..)| *part == DecisionPart::Reasons)?;
        match expectation {
            PartExpectation::Whole(Json::Array(items)) => items.iter().map(Json::as_str).collect(),
            PartExpectation::Whole(_) | PartExpectation::Some(..) => None,
        }
    }

    /// True if the assumptions of a decision are compared.
    pub(super) fn looks_at_assumptions(&self) -> bool {
        self.exactly || self.parts.iter().any(|(part, ..)| *part == DecisionPart::Assumptions)
    }

    /// True if only the outcome and the codes of reasons are compared.
    pub(super) fn is_codes_only(&self) -> bool {
        !self.exactly
            && self.parts.iter().all(|(part, ..)| *part == DecisionPart::Reasons)
            && (self.parts.is_empty() || self.reason_codes().is_some())
    }
}

fn expectation(reader: &mut Reader, part: DecisionPart, node: &TreeNode<'static>) -> Option<PartExpectation> {
    if part == DecisionPart::Provisional {
        let Tree::Bool(value) = node.tree else {
            reader.wrong_kind(node, "`provisional`", "`true` or `false`");
            return None;
        };
        return Some(PartExpectation::Whole(Json::String(value.to_string())));
    }
    if let Tree::Map(entries) = &node.tree
        && entries.iter().any(|e| matches!(&e.value.tree, Tree::List(_) | Tree::Map(_) | Tree::Empty))
        && entries.iter().all(|e| e.key == "including" || e.key == "without")
    {
        let of = |key: &str| entries.iter().find(|e| e.key == key).map(|e| &e.value);
        let including = match of("including") {
            Some(node) => whole(reader, part, node)?,
            None => part.nothing(),
        };
        // `without` lists names, even if the part is a map.
        let without = of("without").map(|node| reader.list(node, "`without`")).unwrap_or_default();
        let without = without.into_iter().map(json).collect();
        return Some(PartExpectation::Some(including, without));
    }
    whole(reader, part, node).map(PartExpectation::Whole)
}

fn whole(reader: &mut Reader, part: DecisionPart, node: &TreeNode<'static>) -> Option<Json> {
    if part.is_map() {
        return match &node.tree {
            Tree::Map(_) => Some(json(node)),
            Tree::Empty => Some(part.nothing()),
            Tree::Null | Tree::Bool(_) | Tree::Plain(_) | Tree::Quoted(_) | Tree::List(_) => {
                reader.wrong_kind(node, &format!("`{}`", part.key()), "names with values");
                None
            }
        };
    }
    match &node.tree {
        Tree::List(items) if items.iter().all(|item| plain(item).is_some() || matches!(item.tree, Tree::Map(_))) => {
            Some(json(node))
        }
        Tree::Plain(_) | Tree::Quoted(_) => Some(Json::Array(vec![json(node)])),
        Tree::Empty | Tree::Null | Tree::Bool(_) | Tree::List(_) | Tree::Map(_) => {
            reader.wrong_kind(node, &format!("`{}`", part.key()), "a list of names");
            None
        }
    }
}

fn meets(part: DecisionPart, expectation: &PartExpectation, got: &Json) -> bool {
    match (expectation, got) {
        (PartExpectation::Whole(Json::Array(expectation)), Json::Array(got)) => {
            expectation.len() == got.len()
                && expectation.iter().zip(got).all(|(expectation, got)| item(part, expectation, got))
        }
        (PartExpectation::Whole(expectation), got) => expectation == got,
        (PartExpectation::Some(Json::Array(expectation), without), Json::Array(got)) => {
            expectation.iter().all(|expectation| got.iter().any(|got| item(part, expectation, got)))
                && without.as_array().is_none_or(|w| w.iter().all(|w| !got.iter().any(|got| item(part, w, got))))
        }
        (PartExpectation::Some(Json::Object(expectation), without), Json::Object(got)) => {
            expectation.iter().all(|(key, value)| got.get(key) == Some(value))
                && without.as_array().is_none_or(|w| w.iter().all(|w| w.as_str().is_none_or(|w| !got.contains_key(w))))
        }
        (PartExpectation::Some(..), _) => false,
    }
}

/// True if an item meets an expectation: a word is its name, a map has some of its keys.
fn item(part: DecisionPart, expectation: &Json, got: &Json) -> bool {
    match (expectation, got) {
        (Json::Object(expectation), Json::Object(got)) => {
            expectation.iter().all(|(key, expectation)| match (expectation, got.get(key)) {
                (Json::Object(_), Some(got)) => item(part, expectation, got),
                (expectation, Some(got)) => expectation == got,
                (expectation, None) => expectation.is_null(),
            })
        }
        // The message of a fault is a sentence; a part of it is enough.
        (Json::String(expectation), Json::Object(got)) if part == DecisionPart::Faults => {
            got.get("message").and_then(Json::as_str).is_some_and(|message| message.contains(expectation.as_str()))
        }
        (expectation @ Json::String(_), Json::Object(got)) => {
            part.names().iter().any(|name| got.get(*name) == Some(expectation))
        }
        (expectation, got) => expectation == got,
    }
}

fn shown_expectation(expectation: &PartExpectation) -> String {
    match expectation {
        PartExpectation::Whole(json) => brief(json),
        PartExpectation::Some(including, without) => {
            let empty = |json: &Json| match json {
                Json::Array(items) => items.is_empty(),
                Json::Object(map) => map.is_empty(),
                Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => false,
            };
            let mut parts = Vec::new();
            if !empty(including) {
                parts.push(format!("including {}", brief(including)));
            }
            if !empty(without) {
                parts.push(format!("without {}", brief(without)));
            }
            parts.join(", ")
        }
    }
}

/// What the decision has, in the form of the expectation: names if names were expected.
fn shown(part: DecisionPart, expectation: &PartExpectation, got: &Json) -> String {
    let (PartExpectation::Whole(wanted) | PartExpectation::Some(wanted, _)) = expectation;
    let wanted = wanted.as_array().and_then(|items| items.iter().find_map(Json::as_object));
    let keys: Option<Vec<&String>> = wanted.map(|map| map.keys().collect());
    let Json::Array(items) = got else { return brief(got) };
    let named = items.iter().map(|got| match (&keys, got) {
        (Some(keys), Json::Object(map)) => {
            let kept = keys.iter().filter_map(|key| Some(((*key).clone(), map.get(*key)?.clone())));
            Json::Object(kept.collect())
        }
        (None, Json::Object(map)) => {
            part.names().iter().find_map(|name| map.get(*name)).cloned().unwrap_or_else(|| got.clone())
        }
        (Some(_) | None, got) => got.clone(),
    });
    brief(&named.collect())
}

/// JSON in short form: `A, B`, `area: 15, fine: 0`, `none`.
fn brief(json: &Json) -> String {
    match json {
        Json::Null => "null".into(),
        Json::String(text) => text.clone(),
        Json::Bool(_) | Json::Number(_) => json.to_string(),
        Json::Array(items) if items.is_empty() => "none".into(),
        Json::Array(items) => items.iter().map(inner).collect::<Vec<_>>().join(", "),
        Json::Object(map) if map.is_empty() => "none".into(),
        Json::Object(map) => {
            map.iter().map(|(key, value)| format!("{key}: {}", inner(value))).collect::<Vec<_>>().join(", ")
        }
    }
}

/// JSON inside other JSON in short form, with its brackets.
pub(super) fn inner(json: &Json) -> String {
    match json {
        Json::Array(_) => format!("[{}]", brief(json)),
        Json::Object(_) => format!("{{ {} }}", brief(json)),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => brief(json),
    }
}
