//! One application of the corpus, read and decided by one version or hybrid.
//!
//! Comes in: facts as text and a question by names, since ids differ between versions. Goes out: an outcome, and what
//! this version does not know and therefore leaves out.

use chrono::NaiveDate;
use ereje::diagnostic::Diagnostic;
use ereje::engine::{DecideOptions, Engine};
use ereje::eval::{self, DetailLevel, Evaluation, Question};
use ereje::facts::{FactNames, FactSet, Format, LeftOut};
use ereje::ids::DecisionId;
use ereje::mask::sentence;
use ereje::model::{Choices, Model, ProvisionKind};
use ereje::source::Sources;

/// One application to decide under both versions.
#[derive(Clone, Debug)]
pub struct CorpusRow {
    /// The name of its case, or its place.
    pub name: String,
    /// The name of its file.
    pub file: String,
    /// The line on which [`Self::facts`] begin, from 1.
    pub line: usize,
    /// Its facts: one document.
    pub facts: String,
    /// The format that they are written in.
    pub format: Format,
    /// The question besides the facts.
    pub question: RowQuestion,
}

/// A row that could not be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadableRow {
    /// The place of the row.
    pub place: String,
    /// The reason, in one line.
    pub message: String,
}

impl CorpusRow {
    /// `facts.ndjson:17`: where its facts begin.
    #[must_use]
    pub fn place(&self) -> String {
        let blank = self.facts.lines().take_while(|line| line.trim().is_empty() || line.starts_with("---")).count();
        format!("{}:{}", self.file, self.line + blank)
    }

    /// `facts.ndjson:17:5`: the place of a byte of its facts.
    fn at(&self, offset: u32) -> String {
        let mut sources = Sources::new();
        let file = sources.add("row", self.facts.as_str());
        let at = sources.get(file).map(|source| source.position(offset));
        let (line, column) = at.map_or((1, 1), |at| (at.line, at.column));
        format!("{}:{}:{column}", self.file, self.line + line - 1)
    }
}

/// What is asked besides the facts, by names.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowQuestion {
    /// The decision; `None` for the old policy's first.
    pub decision: Option<String>,
    /// A governing date in place of the policy's.
    pub as_of: Option<NaiveDate>,
    /// A governing place in place of the policy's.
    pub region: Option<String>,
    /// Choices for assumptions, as the policy writes them.
    pub assumed: Vec<(String, String)>,
}

/// The facts of a row as one version reads them.
pub(super) struct VersionFacts {
    pub(super) facts: FactSet,
    pub(super) left_out: Vec<LeftOut>,
}

/// Reads the facts of a row. What this version does not know is left out.
pub(super) fn read_facts(form: &FactNames<'_>, row: &CorpusRow, masked: bool) -> Result<VersionFacts, UnreadableRow> {
    // A short cut for valid JSON on one line, which almost every row is.
    if row.format == Format::Json
        && let Ok(facts) = form.line(&row.facts)
    {
        return Ok(VersionFacts { facts, left_out: Vec::new() });
    }
    match form.leniently(&row.facts, row.format) {
        Ok((facts, left_out)) => Ok(VersionFacts { facts, left_out }),
        Err(found) => Err(found.first().map_or_else(
            || UnreadableRow { place: row.place(), message: String::from("there are no facts") },
            |finding| {
                let more = match found.len() {
                    0 | 1 => String::new(),
                    more => format!(" (and {} more)", more - 1),
                };
                let message = format!("{}{more}", said(finding, masked));
                UnreadableRow { place: row.at(finding.primary.span.start), message }
            },
        )),
    }
}

/// An error of the row itself: both versions leave out the same part of it.
pub(super) fn wrong(row: &CorpusRow, old: &VersionFacts, new: &VersionFacts, masked: bool) -> Option<UnreadableRow> {
    let found = old.left_out.iter().find(|a| new.left_out.iter().any(|b| a.place == b.place))?;
    let finding = &found.finding;
    let message = said(finding, masked);
    Some(UnreadableRow { place: row.at(finding.primary.span.start), message })
}

/// A finding in one line; if facts are masked, in the words of its code.
fn said(finding: &Diagnostic, masked: bool) -> String {
    match masked {
        true => format!("{} [{}]", sentence(finding.code), finding.code),
        false => format!("{} [{}]", finding.message, finding.code),
    }
}

/// A question as one version understands it.
#[derive(Debug)]
pub(super) struct BoundQuestion {
    pub(super) decision: DecisionId,
    pub(super) options: DecideOptions,
    /// What this version does not know: `assumption renewal_is`.
    pub(super) left_out: Vec<String>,
}

/// Finds the names of a question in a version. `usual` is the decision if the question names none.
pub(super) fn bind_question(engine: &Engine, question: &RowQuestion, usual: &str) -> Result<BoundQuestion, String> {
    let mut left_out = Vec::new();
    let decision = match &question.decision {
        Some(name) => engine.decision(name).ok_or_else(|| format!("there is no decision `{name}`"))?,
        None => engine.decision(usual).unwrap_or(DecisionId(0)),
    };
    let region = question.region.as_ref().and_then(|name| {
        let found = engine.region(name);
        if found.is_none() {
            left_out.push(format!("region {name}"));
        }
        found
    });
    let mut choices = None;
    for (name, value) in &question.assumed {
        let found = engine.assumption(name).and_then(|id| {
            let index = engine.written_choices(id).iter().position(|written| written == value)?;
            Some((id, u32::try_from(index).ok()?))
        });
        match found {
            Some((id, index)) => {
                let made = choices.unwrap_or_else(|| Choices::defaults(engine.model()));
                choices = Some(made.with(id, index));
            }
            None => left_out.push(format!("assumption {name} = {value}")),
        }
    }
    let options = DecideOptions { decision: Some(decision), as_of: question.as_of, region, choices, explain: false };
    Ok(BoundQuestion { decision, options, left_out })
}

/// Decides a row by a version.
pub(super) fn decide(
    engine: &Engine,
    facts: &FactSet,
    bound: &BoundQuestion,
    detail: DetailLevel,
) -> Result<Evaluation, String> {
    let question = Question { decision: bound.decision, as_of: bound.options.as_of, region: bound.options.region };
    if bound.options.choices.is_none() {
        return Ok(eval::decide(engine.default_plan(), facts, &question, detail));
    }
    let plan = engine.plan_for(&bound.options).map_err(|found| {
        let message = found.first().map_or("", |finding| finding.message.as_str());
        format!("under these assumptions the policy has errors: {message}")
    })?;
    Ok(eval::decide(&plan, facts, &question, detail))
}

/// How much has to be computed to compare decisions under two Models: notices are only part of the messages.
pub(super) fn detail(old: &Model, new: &Model) -> DetailLevel {
    let has_notices = |model: &Model| model.provisions_of(ProvisionKind::Notice).next().is_some();
    if has_notices(old) || has_notices(new) { DetailLevel::Messages } else { DetailLevel::Outputs }
}
