//! Decides many rows: lines of facts become lines of outcome and codes.

use crate::kernel::{BriefDecision, Kernel, Scratch};
use crate::lines::{DecidedRow, Lines};
use crate::row::{CsvReader, JsonReader, Layout, Row};
use ereje::diagnostic::Diagnostic;
use ereje::engine::{DecideOptions, Engine};
use ereje::eval::{self, DetailLevel, Evaluation, Question, Verdict};
use ereje::explain::Decision;
use ereje::facts::csv::{Columns, CsvRules};
use ereje::facts::{FactNames, FactSet};
use ereje::ids::{FactId, ReasonId};
use ereje::mask::Mask;
use ereje::model::IndexVec;
use ereje::plan::Plan;
use ereje::source::{FileId, Span};
use std::sync::Arc;

/// Decides one application after the other, by one plan, for one thread; a clone serves another thread. It decides as
/// [`Engine::codes`] does, and yields only outcome and codes.
#[derive(Clone, Debug)]
pub struct Decider<'e> {
    shared: Arc<SharedDecider<'e>>,
    reader: JsonReader,
    /// The columns and the reader of records of CSV; `None` if the rows are lines of JSON.
    records: Option<(Arc<Columns>, CsvReader)>,
    /// True if keys that the policy does not know are skipped.
    ignores_unknown: bool,
    /// What is kept out of the lines.
    mask: Option<Arc<Mask>>,
    row: Row,
    scratch: Scratch,
    tally: Tally,
}

/// What the deciders of all threads share.
#[derive(Debug)]
struct SharedDecider<'e> {
    engine: &'e Engine,
    plan: Arc<Plan>,
    question: Question,
    /// The same with all that is told of impossible facts.
    told: DecideOptions,
    form: FactNames<'e>,
    layout: Arc<Layout>,
    kernel: Kernel,
    can_be_impossible: bool,
    /// A decision of each outcome as JSON, without reasons; then those of `undetermined` and `not_in_force`.
    outcomes: Vec<Snippet>,
    /// Each reason's code as JSON.
    codes: IndexVec<ReasonId, Snippet>,
}

/// A piece of a line as it is written, so that a line consists of few pieces.
#[derive(Debug)]
struct Snippet {
    /// The bytes if a reason follows.
    before: Box<[u8]>,
    /// The bytes if none does.
    last: Box<[u8]>,
}

/// Facts that were read and can be decided.
#[derive(Clone, Debug)]
pub struct Parsed {
    row: Row,
    /// The row as text, for what its cells do not hold; empty until it is needed.
    line: Box<str>,
}

/// How often each outcome was decided, and how often each reason was given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// By outcome, in the order of the decision; then `undetermined` and `not_in_force`.
    pub outcomes: Vec<u64>,
    /// By reason, in the order of the Model.
    pub reasons: Vec<u64>,
    /// Rows that the kernel left to the evaluator.
    pub by_eval: u64,
    /// Rows whose decision has faults: of its outcome, of rules that are still open, and, where outputs are asked for, of
    /// outputs.
    pub faulty: u64,
}

impl Tally {
    /// Adds the counts of another.
    pub fn merge(&mut self, other: &Self) {
        for (mine, theirs) in [(&mut self.outcomes, &other.outcomes), (&mut self.reasons, &other.reasons)] {
            mine.resize(mine.len().max(theirs.len()), 0);
            mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine += theirs);
        }
        self.by_eval += other.by_eval;
        self.faulty += other.faulty;
    }

    /// Counts a row that the evaluator decided.
    fn evaluated(&mut self, outcome: &Evaluation) {
        self.by_eval += 1;
        self.faulty += u64::from(!outcome.faults.is_empty());
    }

    fn count(&mut self, outcome: usize, reasons: impl Iterator<Item = ReasonId>) {
        let add = |counts: &mut Vec<u64>, index: usize| {
            if counts.len() <= index {
                counts.resize(index + 1, 0);
            }
            if let Some(count) = counts.get_mut(index) {
                *count += 1;
            }
        };
        add(&mut self.outcomes, outcome);
        reasons.for_each(|reason| add(&mut self.reasons, reason.index()));
    }
}

impl<'e> Decider<'e> {
    /// A decider with the decisions of this engine.
    ///
    /// # Errors
    /// The findings of [`Plan::build`] under the choices asked for.
    pub fn new(engine: &'e Engine, options: &DecideOptions) -> Result<Self, Vec<Diagnostic>> {
        let plan = engine.plan_for(options)?;
        let question = Engine::question(options);
        let model = engine.model();
        let form = FactNames::new(model);
        let layout = Arc::new(Layout::new(model));
        let outcomes = &model.decisions.at(question.decision).outcomes;
        let names = outcomes.iter().map(|o| o.name.as_str()).chain(["undetermined", "not_in_force"]);
        let json = |text: &str| serde_json::Value::from(text).to_string();
        let text = |text: String, comma: &str| Snippet {
            before: format!("{text}{comma}").into_bytes().into(),
            last: format!("{text}]}}").into_bytes().into(),
        };
        let outcomes = names.map(|name| text(format!("{{\"outcome\":{},\"reasons\":[", json(name)), "")).collect();
        let codes = model.reasons.iter().map(|reason| text(json(&reason.code), ",")).collect();
        let kernel = Kernel::new(Arc::clone(&plan), Arc::clone(&layout), question);
        let (reader, row) = (JsonReader::new(&form, Arc::clone(&layout)), Row::new(&layout));
        let told = DecideOptions { explain: true, ..options.clone() };
        let can_be_impossible = model.decisions.at(question.decision).can_be_impossible();
        let shared = Arc::new(SharedDecider {
            can_be_impossible,
            engine,
            plan,
            question,
            told,
            form,
            layout,
            kernel,
            outcomes,
            codes,
        });
        Ok(Self {
            shared,
            reader,
            records: None,
            ignores_unknown: false,
            mask: Mask::declared(engine.model()).map(Arc::new),
            row,
            scratch: Scratch::default(),
            tally: Tally::default(),
        })
    }
}

impl Decider<'_> {
    /// The columns of a CSV file, from its header.
    ///
    /// # Errors
    /// All findings of [`Columns::new`].
    pub fn columns(&self, header: &str, rules: CsvRules) -> Result<Columns, Vec<Diagnostic>> {
        Columns::new(&self.shared.form, header, rules)
    }

    /// The same decider for records of CSV with these columns.
    #[must_use]
    pub fn of_records(mut self, columns: Columns) -> Self {
        let reader = CsvReader::new(&self.shared.form, &self.shared.layout, &columns);
        self.records = Some((Arc::new(columns), reader));
        self
    }

    /// The same decider, but keys of JSON that the policy does not know are skipped.
    #[must_use]
    pub fn ignoring_unknown(mut self) -> Self {
        self.ignores_unknown = true;
        self.reader = self.reader.skipping_unknown();
        self
    }

    /// The same decider, but its lines have marks in place of what is masked.
    #[must_use]
    pub fn masked(mut self, mask: &Arc<Mask>) -> Self {
        self.mask = Some(Arc::clone(mask));
        self
    }

    /// What is masked.
    #[must_use]
    pub fn mask(&self) -> Option<&Mask> {
        self.mask.as_deref()
    }

    /// Facts as these lines may repeat them.
    fn shown(&self, facts: FactSet, lines: &Lines) -> FactSet {
        match &self.mask {
            Some(mask) => mask.facts(self.shared.engine.model(), &facts, lines.repeated()),
            None => facts,
        }
    }

    /// Decides row `number`, from 1, and appends its line to `out`.
    ///
    /// # Errors
    /// All findings about the row, with places in its bytes, or a fact that its line cannot say; `out` is not changed then.
    pub fn row(&mut self, row: &str, number: u64, lines: &Lines, out: &mut Vec<u8>) -> Result<(), Vec<Diagnostic>> {
        let detail = lines.detail();
        let quick = detail.is_none() && self.read(row);
        let repeated =
            if quick { self.shown(self.some_of(row, lines.repeated())?, lines) } else { FactSet::unasked(0) };
        let shared = &*self.shared;
        if quick && let Some(brief) = shared.kernel.decide(&self.row, &mut self.scratch) {
            if shared.is_impossible(brief.verdict) {
                return Err(self.impossible(&self.facts_of(row)?));
            }
            lines.line(shared.engine, DecidedRow::Brief(brief.verdict, brief.reasons), &repeated, number, out)?;
            self.tally.count(shared.outcome(brief.verdict), brief.reasons.iter().copied());
            return Ok(());
        }
        let facts = self.facts_of(row)?;
        let mut outcome = eval::decide(&shared.plan, &facts, &shared.question, detail.unwrap_or(DetailLevel::Codes));
        if shared.is_impossible(outcome.verdict) {
            return Err(self.impossible(&facts));
        }
        if let Some(mask) = &self.mask {
            mask.evaluation(shared.engine.model(), &mut outcome, shared.question.decision);
        }
        let facts = self.shown(facts, lines);
        lines.line(shared.engine, DecidedRow::Whole(&outcome), &facts, number, out)?;
        self.tally.evaluated(&outcome);
        self.tally.count(shared.outcome(outcome.verdict), reasons(&outcome));
        Ok(())
    }

    /// Reads a row into cells; false if only [`Decider::facts_of`] can read it.
    fn read(&mut self, row: &str) -> bool {
        match &mut self.records {
            None => self.reader.read(row, &mut self.row),
            Some((_, reader)) => reader.read(row, &mut self.row),
        }
    }

    /// The facts of a row that was read, at least those that are wanted.
    fn some_of(&self, row: &str, wanted: &[FactId]) -> Result<FactSet, Vec<Diagnostic>> {
        if wanted.is_empty() {
            return Ok(FactSet::unasked(0));
        }
        match &self.records {
            Some((columns, _)) => self.shared.form.some_of_record(columns, row, wanted),
            None => self.facts_of(row),
        }
    }

    /// Why facts are impossible.
    #[cold]
    fn impossible(&self, facts: &FactSet) -> Vec<Diagnostic> {
        self.shared.impossible(facts, self.mask.as_deref())
    }

    fn facts_of(&self, row: &str) -> Result<FactSet, Vec<Diagnostic>> {
        match &self.records {
            None if self.ignores_unknown => self.shared.form.known_of_line(row),
            None => self.shared.form.line(row),
            Some((columns, _)) => self.shared.form.record_of(columns, row),
        }
    }

    /// Decides a line of JSON, or a record of CSV, and appends the decision to `out`, as JSON without a line end:
    /// `{"outcome":…,"reasons":["CODE",…]}`.
    ///
    /// # Errors
    /// All findings of [`FactNames::line`] or [`FactNames::record_of`]; `out` is not changed then.
    pub fn line(&mut self, line: &str, out: &mut Vec<u8>) -> Result<(), Vec<Diagnostic>> {
        if self.read(line)
            && let Some(brief) = self.shared.kernel.decide(&self.row, &mut self.scratch)
        {
            if self.shared.is_impossible(brief.verdict) {
                return Err(self.impossible(&self.facts_of(line)?));
            }
            self.shared.write(brief.verdict, brief.reasons.iter().copied(), &mut self.tally, out);
            return Ok(());
        }
        let facts = self.facts_of(line)?;
        let outcome = eval::decide(&self.shared.plan, &facts, &self.shared.question, DetailLevel::Codes);
        if self.shared.is_impossible(outcome.verdict) {
            return Err(self.impossible(&facts));
        }
        self.evaluated(&outcome, out);
        Ok(())
    }

    /// Decides a fact set in the same way.
    pub fn facts(&mut self, facts: &FactSet, out: &mut Vec<u8>) {
        let outcome = eval::decide(&self.shared.plan, facts, &self.shared.question, DetailLevel::Codes);
        self.evaluated(&outcome, out);
    }

    fn evaluated(&mut self, outcome: &Evaluation, out: &mut Vec<u8>) {
        self.tally.evaluated(outcome);
        self.shared.write(outcome.verdict, reasons(outcome), &mut self.tally, out);
    }

    /// Reads a line of JSON, or a record of CSV, to decide it later, maybe often.
    ///
    /// # Errors
    /// As for [`Decider::line`].
    pub fn parse(&mut self, line: &str) -> Result<Parsed, Vec<Diagnostic>> {
        if !self.read(line) {
            let facts = self.facts_of(line)?;
            self.row.take(&self.shared.layout, &facts);
        }
        Ok(Parsed { row: self.row.clone(), line: line.into() })
    }

    /// Decides facts that [`Decider::parse`] has read.
    pub fn decide(&mut self, facts: &Parsed) -> BriefDecision<'_> {
        // `last` gives the kernel's decision, since the borrow checker does not let a decision that was borrowed in one
        // branch be replaced in the other.
        if self.shared.kernel.decide(&facts.row, &mut self.scratch).is_none() {
            let outcome = match self.facts_of(&facts.line) {
                Ok(facts) => eval::decide(&self.shared.plan, &facts, &self.shared.question, DetailLevel::Codes),
                // It was read before, so this cannot happen.
                Err(_) => return BriefDecision { verdict: Verdict::Undetermined, reasons: &[] },
            };
            return self.scratch.keep(outcome.verdict, reasons(&outcome));
        }
        self.scratch.last()
    }

    /// The counts since the last call.
    pub fn take_tally(&mut self) -> Tally {
        std::mem::take(&mut self.tally)
    }
}

fn reasons(outcome: &Evaluation) -> impl Iterator<Item = ReasonId> + Clone {
    outcome.reasons.iter().map(|given| given.reason)
}

impl SharedDecider<'_> {
    /// True if the facts are impossible, which is no decision.
    fn is_impossible(&self, verdict: Verdict) -> bool {
        matches!(verdict, Verdict::Outcome(level) if self.can_be_impossible && level == 0)
    }

    /// Why facts are impossible.
    #[cold]
    fn impossible(&self, facts: &FactSet, mask: Option<&Mask>) -> Vec<Diagnostic> {
        let language = self.engine.model().languages.first().map_or("en", String::as_str);
        match self.engine.evaluate_without_assumptions(facts, &self.told) {
            Ok(evaluated) => {
                let evaluated = match mask {
                    Some(mask) => mask.evaluated(self.engine.model(), evaluated),
                    None => evaluated,
                };
                let decision = Decision::of(self.engine, evaluated);
                decision.impossible(language, Span::new(FileId(0), 0, 0))
            }
            Err(findings) => findings,
        }
    }

    /// The index of an outcome in the counts.
    fn outcome(&self, verdict: Verdict) -> usize {
        let after = self.outcomes.len().saturating_sub(2);
        match verdict {
            Verdict::Outcome(level) => level as usize,
            Verdict::Undetermined => after,
            Verdict::NotInForce => after + 1,
        }
    }

    fn write(
        &self,
        verdict: Verdict,
        reasons: impl Iterator<Item = ReasonId> + Clone,
        tally: &mut Tally,
        out: &mut Vec<u8>,
    ) {
        let outcome = self.outcome(verdict);
        tally.count(outcome, reasons.clone());
        let mut text = self.outcomes.get(outcome);
        for reason in reasons {
            out.extend_from_slice(text.map_or(&[], |text| &text.before));
            text = self.codes.get(reason);
        }
        out.extend_from_slice(text.map_or(b"]}", |text| &text.last));
    }
}
