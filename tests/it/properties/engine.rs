//! The engine as a whole, from texts to an answer that can be compared with the reference evaluator's.

use crate::it::reference::{self, Answer, Cause, ReasonLine, Res, spell, word};
use ereje::diagnostic::{Diagnostic, Severity};
use ereje::engine::DecideOptions;
use ereje::eval::{self, DetailLevel, KnownOutput, Origin, Question, Silence, Verdict};
use ereje::explain::{self, Decision};
use ereje::facts::{FactSet, Format};
use ereje::ids::DecisionId;
use ereje::load::Bundle;
use ereje::model::HandlerOwner;
use ereje::model::{Choices, Model};
use ereje::plan::Plan;
use ereje::source::Sources;
use serde_json::{Map, Value};
use std::cell::{OnceCell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

/// A policy that the checker accepts.
pub struct Engine {
    pub model: Arc<Model>,
    pub sources: Arc<Sources>,
    pub findings: Vec<Diagnostic>,
    /// The library's engine, for decisions in words and for many rows.
    pub deciding: OnceCell<ereje::engine::Engine>,
}

/// The findings about a policy that cannot be decided, a line each.
pub type Refused = Vec<String>;

fn lines(sources: &Sources, findings: &[Diagnostic]) -> Vec<String> {
    findings
        .iter()
        .filter(|f| f.severity() == Severity::Error)
        .map(|f| format!("{} {}: {} ({})", f.code, sources.locate(f.primary.span), f.message, f.primary.text))
        .collect()
}

/// Texts and the result of loading them.
type Loaded = (Vec<(String, String)>, Result<Rc<Engine>, Refused>);

thread_local! {
    /// The last policies of this thread: a property decides several fact sets by one policy.
    static LAST: RefCell<Vec<Loaded>> = const { RefCell::new(Vec::new()) };
}

impl Engine {
    /// Parses and checks.
    pub fn load(texts: &[(String, String)]) -> Result<Rc<Self>, Refused> {
        if let Some(known) = LAST.with_borrow(|last| last.iter().find(|l| l.0 == texts).map(|l| l.1.clone())) {
            return known;
        }
        let loaded = Self::fresh(texts).map(Rc::new);
        LAST.with_borrow_mut(|last| {
            last.truncate(1);
            last.insert(0, (texts.to_vec(), loaded.clone()));
        });
        loaded
    }

    /// The same without the cache.
    pub fn fresh(texts: &[(String, String)]) -> Result<Self, Refused> {
        let bundle = Bundle::from_texts(texts.iter().cloned()).map_err(|error| vec![error.to_string()])?;
        if bundle.diagnostics.iter().any(|d| d.severity() == Severity::Error) {
            return Err(lines(&bundle.sources, &bundle.diagnostics));
        }
        let checked = ereje::check::check(&bundle.files, &bundle.sources);
        match checked.model {
            Some(model) => Ok(Self {
                model: Arc::new(model),
                sources: Arc::new(bundle.sources),
                findings: checked.diagnostics,
                deciding: OnceCell::new(),
            }),
            None => Err(lines(&bundle.sources, &checked.diagnostics)),
        }
    }

    /// The facts that belong to this policy; an error if they do not fit.
    pub fn facts(&self, facts: &[(String, Value)]) -> Result<FactSet, Refused> {
        let known: Vec<_> =
            facts.iter().filter(|(path, _)| self.model.facts.iter().any(|f| f.path() == *path)).cloned().collect();
        self.decode(&as_json(&known).to_string(), Format::Json)
    }

    /// A fact file of one document.
    pub fn decode(&self, text: &str, format: Format) -> Result<FactSet, Refused> {
        let mut sources = Sources::new();
        let file = sources.add("facts", text.to_string());
        let mut documents = ereje::facts::decode(&self.model, &sources, file, format);
        assert_eq!(documents.len(), 1, "one document in {text}");
        let document = documents.remove(0);
        document.facts.ok_or_else(|| lines(&sources, &document.findings))
    }

    pub fn decision(&self, name: Option<&str>) -> DecisionId {
        let index = match name {
            Some(name) => self.model.decisions.iter().position(|d| d.name == name),
            None => Some(0),
        };
        DecisionId::new(index.expect("a decision of that name"))
    }

    /// The library's engine, which is made on demand.
    pub fn deciding(&self) -> &ereje::engine::Engine {
        self.deciding.get_or_init(|| {
            ereje::engine::Engine::new(self.model.clone(), self.sources.clone(), "digest".into()).expect("an engine")
        })
    }

    /// The evaluation by the engine itself.
    pub fn raw(&self, facts: &FactSet, choices: &Choices, decision: DecisionId) -> eval::Evaluation {
        self.raw_answer(facts, choices, &Question::of(decision))
    }

    fn raw_answer(&self, facts: &FactSet, choices: &Choices, question: &Question) -> eval::Evaluation {
        // This plan keeps no programs, and has to decide as those of the engine, which keep all.
        let plan = Plan::build(self.model.clone(), choices.clone()).expect("a plan").keeping(0);
        eval::decide(&plan, facts, question, DetailLevel::Messages)
    }

    /// The decision in words, with its trace, as JSON and as text.
    pub fn words(&self, facts: &FactSet, choices: &Choices, decision: DecisionId) -> (Decision, String) {
        let engine = self.deciding();
        let options = DecideOptions {
            decision: Some(decision),
            choices: Some(choices.clone()),
            explain: true,
            ..DecideOptions::default()
        };
        let decision = Decision::of(engine, engine.evaluate(facts, &options).expect("a plan under these choices"));
        let text = explain::text(engine, &decision, "en");
        let bytes = serde_json::to_string(&decision).expect("JSON");
        (decision, format!("{bytes}\n{text}"))
    }

    /// The same as an answer of the reference evaluator.
    pub fn decide(&self, facts: &FactSet, choices: &Choices, decision: DecisionId) -> Answer {
        self.answer(facts, choices, &Question::of(decision))
    }

    /// The same, possibly for another day or place.
    pub fn answer(&self, facts: &FactSet, choices: &Choices, question: &Question) -> Answer {
        self.translate(&self.raw_answer(facts, choices, question), question.decision)
    }

    fn translate(&self, outcome: &eval::Evaluation, decision: DecisionId) -> Answer {
        let model = &*self.model;
        let decision = &model.decisions[decision];
        let lines = |given: &[eval::GivenReason]| given.iter().map(|g| self.line(g)).collect();
        Answer {
            outcome: match outcome.verdict {
                Verdict::Outcome(level) => decision.outcomes[level as usize].name.clone(),
                Verdict::Undetermined => "undetermined".into(),
                Verdict::NotInForce => "not_in_force".into(),
            },
            reasons: lines(&outcome.reasons),
            needs: outcome.needs.iter().map(|place| spell(model, place)).collect(),
            open: outcome.open.iter().map(|rule| model.provision(*rule).qualified.clone()).collect(),
            blocked: outcome.blocked.iter().map(cause).collect(),
            notices: lines(&outcome.notices),
            outputs: outcome
                .known_outputs()
                .flat_map(|(index, known)| {
                    let name = &decision.outputs[index as usize].name;
                    match known {
                        KnownOutput::Whole(value) => vec![(name.clone(), value.clone())],
                        KnownOutput::Each(values) => reference::by_element(model, name, values),
                    }
                })
                .collect(),
            unknown_outputs: outcome
                .unknown_outputs()
                .into_iter()
                .map(|(index, of, causes)| {
                    let name = &decision.outputs[index as usize].name;
                    let of = of.map_or_else(String::new, |of| of.element.number());
                    (format!("{name}{of}"), causes.iter().map(cause).collect())
                })
                .collect(),
            withheld: outcome.withheld.as_ref().map(|withheld| {
                let outputs = withheld.outputs.iter().map(|o| decision.outputs[*o as usize].name.clone());
                (decision.outcomes[withheld.level as usize].name.clone(), outputs.collect())
            }),
            provisional: outcome.provisional,
            assumptions: BTreeSet::new(),
        }
    }

    fn line(&self, given: &eval::GivenReason) -> ReasonLine {
        let model = &*self.model;
        let by = match given.origin {
            Origin::Rule(version) | Origin::Notice(version) => model.provision(version).qualified.clone(),
            Origin::Handler(handler) => {
                let owner: &str = match handler.owner {
                    HandlerOwner::Fact(id) => &model.facts[id].datum.name,
                    HandlerOwner::Field(id) => &model.fields[id].datum.name,
                    HandlerOwner::Registry(id) => &model.registries[id].name,
                    HandlerOwner::Policy => "facts",
                };
                format!("{owner} {} {}", word(handler.state), handler.version)
            }
        };
        let args = given.args.iter().map(answer).collect();
        let places = given.places.iter().map(|place| spell(model, place)).collect();
        ReasonLine { code: model.reasons[given.reason].code.clone(), by, args, places }
    }
}

fn answer(answer: &eval::Answer) -> Res {
    match answer {
        Ok(value) => Res::Known(value.clone()),
        Err(causes) => Res::Unknown(causes.iter().map(cause).collect::<BTreeSet<_>>()),
    }
}

fn cause(of: &eval::Cause) -> Cause {
    match of {
        eval::Cause::Silent(place, Silence::Unasked) => Cause::Unasked(place.clone()),
        eval::Cause::Silent(place, Silence::Absent) => Cause::Absent(place.clone()),
        eval::Cause::Silent(place, Silence::Unavailable) => Cause::Unavailable(place.clone()),
        eval::Cause::Open(definition, version) => Cause::Open(*definition, *version),
        eval::Cause::Fault(fault) => Cause::Fault(fault.clone()),
    }
}

/// Facts by path as nested JSON, as in a fact file.
pub fn as_json(facts: &[(String, Value)]) -> Value {
    let mut root = Map::new();
    for (path, cell) in facts {
        match path.split_once('.') {
            None => _ = root.insert(path.clone(), cell.clone()),
            Some((group, name)) => {
                let group = root.entry(group).or_insert_with(|| Value::Object(Map::new()));
                group[name] = cell.clone();
            }
        }
    }
    Value::Object(root)
}
