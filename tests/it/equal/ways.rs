//! All ways to decide, side by side: rows, the kernel, lines of JSON, parsed facts, and the evaluator itself.

use super::{back, csv, spell};
use crate::it::generate::Draw;
use ereje::engine::Engine;
use ereje::eval::{self, DetailLevel, Question};
use ereje::facts::csv::{CsvRules, Null};
use ereje::facts::{self, FactNames, FactSet};
use ereje::ids::ReasonId;
use ereje::model::{Model, Type};
use ereje::plan::Plan;
use ereje::value::FactCell;
use ereje::{Code, DecideOptions, Diagnostic};
use ereje_batch::decider::Decider;
use ereje_batch::kernel::{Kernel, Scratch};
use ereje_batch::lines::{LineFormat, Lines, USUAL_FIELDS};
use ereje_batch::row::{JsonReader, Layout, Row};
use serde_json::Value;
use std::sync::Arc;

/// Counts of rows and lines.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// Rows that were decided.
    pub rows: u64,
    /// Those of them that have an outcome.
    pub decided: u64,
    /// Those of them that the kernel decided itself.
    pub by_kernel: u64,
    /// Lines of JSON that were read.
    pub lines: u64,
    /// Those of them that were read directly into a row.
    pub straight: u64,
    /// Lines with a period or a fact over time, whose days only the reader of fact sets looks at.
    pub dated: u64,
    /// Lines that were refused because they are wrong.
    pub refused: u64,
}

impl Tally {
    pub fn add(&mut self, other: Self) {
        self.rows += other.rows;
        self.decided += other.decided;
        self.by_kernel += other.by_kernel;
        self.lines += other.lines;
        self.straight += other.straight;
        self.dated += other.dated;
        self.refused += other.refused;
    }
}

/// One policy, one question, and all evaluators, with the state that they keep between rows.
pub struct Ways<'e> {
    engine: &'e Engine,
    options: DecideOptions,
    plan: Arc<Plan>,
    layout: Arc<Layout>,
    form: FactNames<'e>,
    kernel: Kernel,
    scratch: Scratch,
    reader: JsonReader,
    /// The row made from facts, and the row made from lines.
    taken: Row,
    read: Row,
    decider: Decider<'e>,
    lines: Lines,
    pub tally: Tally,
}

impl<'e> Ways<'e> {
    /// `None` if versions of the policy tie under the choices.
    pub fn new(engine: &'e Engine, options: &DecideOptions) -> Option<Self> {
        let plan = engine.plan_for(options).ok()?;
        let model = engine.model();
        let (layout, form) = (Arc::new(Layout::new(model)), FactNames::new(model));
        let kernel = Kernel::new(Arc::clone(&plan), Arc::clone(&layout), Engine::question(options));
        Some(Self {
            engine,
            options: options.clone(),
            plan,
            kernel,
            scratch: Scratch::default(),
            reader: JsonReader::new(&form, Arc::clone(&layout)),
            taken: Row::new(&layout),
            read: Row::new(&layout),
            decider: Decider::new(engine, options).ok()?,
            lines: Lines::new(engine, options.decision, USUAL_FIELDS, LineFormat::Json).expect("the usual fields"),
            layout,
            form,
            tally: Tally::default(),
        })
    }

    fn question(&self) -> Question {
        Engine::question(&self.options)
    }

    /// The line that the evaluator gives for some facts.
    pub fn expected(&self, facts: &FactSet) -> String {
        serde_json::to_string(&self.engine.codes_by(&self.plan, facts, &self.options)).unwrap()
    }

    /// True if the policy says that there are no such facts.
    pub fn is_impossible(&self, facts: &FactSet) -> bool {
        self.engine.codes_by(&self.plan, facts, &self.options).outcome == ereje::model::IMPOSSIBLE
    }

    /// Decides facts in all ways, and reports differences.
    pub fn check(&mut self, facts: &FactSet, d: &mut Draw<'_>) -> Result<(), String> {
        self.tally.rows += 1;
        self.extents(facts)?;
        self.taken.take(&self.layout, facts);
        back::same(self.engine.model(), &self.layout, &self.taken, facts).map_err(|e| format!("the row: {e}"))?;
        self.kernel_agrees(facts)?;
        let json = facts::to_json(self.engine.model(), facts);
        let plain = json.to_string();
        self.line(&plain)?;
        self.parsed(&plain, facts)?;
        self.line(&spell::otherwise(d, &json))?;
        if d.chance(15) {
            self.line(&spell::damaged(d, &plain))?;
        }
        if d.chance(35) {
            self.line(&spell::disturbed(d, &json))?;
        }
        if d.chance(35) {
            // A line in the form of the one before, as programs write them, may be read by that form.
            self.line(&plain)?;
            for _ in 0..2 {
                self.line(&spell::revalued(d, &json))?;
            }
        }
        if d.chance(40) {
            self.record(facts, &json, d)?;
        }
        Ok(())
    }

    /// A record of CSV has the decision of the facts that it states.
    fn record(&mut self, facts: &FactSet, json: &Value, d: &mut Draw<'_>) -> Result<(), String> {
        let (header, record, stated) = csv::written(self.engine.model(), facts, json, d);
        if header.is_empty() {
            return Ok(());
        }
        let rules = CsvRules { null: Some(Null::Absent), skip_unknown: false, guarded: false };
        let show = |found| format!("{found:?}\n{header}\n{record}");
        let columns = self.decider.columns(&header, rules).map_err(show)?;
        let read = self.form.record_of(&columns, &record).map_err(show)?;
        if read != stated {
            return Err(format!("as CSV it states other facts\n{header}\n{record}\n{read:?}\n{stated:?}"));
        }
        let mut decider = self.decider.clone().of_records(columns);
        let mut out = b"before".to_vec();
        let decided = decider.row(&record, 1, &self.lines, &mut out);
        if self.is_impossible(&stated) {
            return self.refused(decided, &out, &record);
        }
        decided.map_err(show)?;
        let (out, expected) = (String::from_utf8(out).unwrap(), format!("before{}", self.expected(&stated)));
        if out.trim_end() != expected {
            return Err(format!("as CSV it comes to {out}, expected {expected}\n{header}\n{record}"));
        }
        Ok(())
    }

    /// The level of detail does not change the decision.
    fn extents(&self, facts: &FactSet) -> Result<(), String> {
        let [codes, outputs, messages] = [DetailLevel::Codes, DetailLevel::Outputs, DetailLevel::Messages]
            .map(|detail| eval::decide(&self.plan, facts, &self.question(), detail));
        let brief = |outcome: &eval::Evaluation| {
            (outcome.verdict, outcome.reasons.iter().map(|given| (given.origin, given.reason)).collect::<Vec<_>>())
        };
        let (first, rest) = (brief(&codes), [brief(&outputs), brief(&messages)]);
        if rest.iter().any(|other| *other != first) {
            return Err(format!("the evaluator decides otherwise when more is asked for: {first:?} and {rest:?}"));
        }
        if (&outputs.needs, &outputs.outputs) != (&messages.needs, &messages.outputs) || codes.needs != outputs.needs {
            return Err(format!("needs or outputs turn on how much is asked for\n{outputs:#?}\n{messages:#?}"));
        }
        Ok(())
    }

    fn kernel_agrees(&mut self, facts: &FactSet) -> Result<(), String> {
        let expected = eval::decide(&self.plan, facts, &self.question(), DetailLevel::Codes);
        let reasons: Vec<ReasonId> = expected.reasons.iter().map(|given| given.reason).collect();
        self.tally.decided += u64::from(matches!(expected.verdict, eval::Verdict::Outcome(_)));
        let Some(brief) = self.kernel.decide(&self.taken, &mut self.scratch) else { return Ok(()) };
        self.tally.by_kernel += 1;
        if brief.verdict != expected.verdict || brief.reasons != reasons {
            let (verdict, given) = (brief.verdict, brief.reasons.to_vec());
            return Err(format!("the kernel decides {verdict:?} {given:?}, the evaluator {}", self.expected(facts)));
        }
        Ok(())
    }

    /// A line has the decision of its facts, or is refused as they are.
    pub fn line(&mut self, line: &str) -> Result<(), String> {
        self.tally.lines += 1;
        let facts = self.form.line(line);
        if self.reader.read(line, &mut self.read) {
            self.tally.straight += 1;
            let Ok(facts) = &facts else { return Err(format!("a row was read of a line that is refused: {line}")) };
            back::same(self.engine.model(), &self.layout, &self.read, facts)
                .map_err(|e| format!("read straight into a row: {e}\n{line}"))?;
        } else if let Ok(facts) = &facts {
            self.tally.dated += u64::from(has_periods(self.engine.model(), facts));
        }
        let mut out = b"before".to_vec();
        let decided = self.decider.line(line, &mut out);
        if let Ok(facts) = &facts
            && self.is_impossible(facts)
        {
            self.tally.refused += 1;
            return self.refused(decided, &out, line);
        }
        let out = String::from_utf8(out).unwrap();
        let expected = match &facts {
            Ok(facts) => format!("before{}", self.expected(facts)),
            Err(_) => String::from("before"),
        };
        self.tally.refused += u64::from(facts.is_err());
        if out != expected {
            return Err(format!("of the line {line}\ncomes      {out}\nexpected   {expected}"));
        }
        let (got, wanted) = (format!("{:?}", decided.err()), format!("{:?}", facts.err()));
        if got != wanted {
            return Err(format!("of the line {line}\nis said    {got}\nexpected   {wanted}"));
        }
        Ok(())
    }

    /// A row of impossible facts is bad, and says by which reasons of the policy.
    fn refused(&self, decided: Result<(), Vec<Diagnostic>>, out: &[u8], row: &str) -> Result<(), String> {
        match decided {
            Err(found) if out == b"before" && found.iter().all(|f| f.code == Code::E0612) && !found.is_empty() => {
                Ok(())
            }
            other => Err(format!("impossible facts are {other:?}: {row}")),
        }
    }

    /// A line that is read once can be decided twice.
    fn parsed(&mut self, line: &str, facts: &FactSet) -> Result<(), String> {
        let expected = eval::decide(&self.plan, facts, &self.question(), DetailLevel::Codes);
        let reasons: Vec<ReasonId> = expected.reasons.iter().map(|given| given.reason).collect();
        let parsed = self.decider.parse(line).map_err(|found| format!("{line} is refused: {found:?}"))?;
        for _ in 0..2 {
            let brief = self.decider.decide(&parsed);
            if brief.verdict != expected.verdict || brief.reasons != reasons {
                let brief = format!("{brief:?}");
                return Err(format!("once parsed it is {brief}, not {}: {line}", self.expected(facts)));
            }
        }
        Ok(())
    }
}

/// True if a period or a value of a fact over time is known.
fn has_periods(model: &Model, facts: &FactSet) -> bool {
    fn inside(model: &Model, ty: &Type, cell: &FactCell) -> bool {
        match (ty, cell) {
            (Type::Record(id), FactCell::Known(ereje::value::Value::Record(record))) => {
                let types = model.records[*id].fields.iter().map(|field| &model.fields[*field].datum.ty);
                model.has_ends(*id) || types.zip(&record.fields).any(|(ty, cell)| inside(model, ty, cell))
            }
            (Type::List(element), FactCell::Known(ereje::value::Value::List(list))) => {
                model.dated_value(ty).is_some() || list.items.iter().any(|cell| inside(model, element, cell))
            }
            _ => false,
        }
    }
    model.facts.entries().any(|(id, fact)| inside(model, &fact.datum.ty, facts.get(id)))
}
