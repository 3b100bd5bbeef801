//! A loaded policy: the whole pipeline behind a few calls.
//!
//! ```
//! use ereje::{Format, Policy};
//!
//! let policy = Policy::from_texts([("library.ereje", r#"
//!     policy library.cards
//!       from 2026-01-01
//!       en "Library cards"
//!
//!     facts reader { asked_on: date, born: date }
//!     as of reader.asked_on
//!
//!     decision card  refuse > issue  otherwise issue
//!     reason TOO_YOUNG  en "A reader is at least seven years old; this one is {age(reader.born)}."
//!
//!     rule too_young
//!       refuse TOO_YOUNG
//!       when age(reader.born) < 7 years
//! "#)])?;
//! let facts = policy.facts("reader: { asked_on: 2026-09-01, born: 2020-01-31 }", Format::Yaml)?;
//! let (outcome, codes) = policy.codes(&facts[0]);
//! assert_eq!((outcome, codes), ("refuse", vec!["TOO_YOUNG"]));
//! # Ok::<(), ereje::Error>(())
//! ```

use crate::check;
use crate::diagnostic::{self, Diagnostic, Severity, nearest};
use crate::eval::{self, Extent, Question, Verdict};
use crate::facts::{self, FactSet, Form, Format};
use crate::ids::{AssumptionId, DecisionId};
use crate::load::{Bundle, LoadError};
use crate::model::{Assumption, Choices, Model};
use crate::plan::Plan;
use crate::source::Sources;
use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// Why a policy cannot be had, or a question about it cannot be answered.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is nothing to read.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The policy, or the choices made for its assumptions, or the facts have errors.
    #[error(transparent)]
    Findings(#[from] Findings),
    /// The policy has no decision of this name.
    #[error("there is no decision `{name}`; the policy decides {known}")]
    UnknownDecision {
        /// The name that was asked for.
        name: String,
        /// The names that there are.
        known: String,
    },
    /// The policy has no assumption of this name.
    #[error("there is no assumption `{name}`{hint}")]
    UnknownAssumption {
        /// The name that was asked for.
        name: String,
        /// `; did you mean …`, or what there is.
        hint: String,
    },
    /// The assumption has no such choice.
    #[error("`{value}` is no choice of the assumption `{name}`; its choices are {known}")]
    UnknownChoice {
        /// The assumption.
        name: String,
        /// The choice that was asked for.
        value: String,
        /// The choices that there are.
        known: String,
    },
}

/// Diagnostics with the texts that they speak of.
#[derive(Debug)]
pub struct Findings {
    /// What was found, by place.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts.
    pub sources: Sources,
}

impl fmt::Display for Findings {
    /// Every finding as a person reads it, with its place in the text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(diagnostic::human(&self.diagnostics, &self.sources, false).trim_end())
    }
}

impl std::error::Error for Findings {}

/// A policy without errors, ready to decide. Cheap to share between threads behind an `Arc`.
#[derive(Debug)]
pub struct Policy {
    sources: Sources,
    model: Arc<Model>,
    warnings: Vec<Diagnostic>,
    digest: String,
    defaults: Arc<Plan>,
    /// Plans of other choices, made when somebody asks for them.
    plans: Mutex<HashMap<Choices, Arc<Plan>>>,
}

impl Policy {
    /// Reads a policy from a folder, or from one file and what it imports.
    ///
    /// # Errors
    /// [`Error::Load`] where there is nothing to read, [`Error::Findings`] where something in it is wrong.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::from_bundle(Bundle::load(path.as_ref())?)
    }

    /// Takes a policy from texts by name, without a file system: names ending in `.ereje` are its files, others (CSV)
    /// are there for tables and calendars to name.
    ///
    /// # Errors
    /// As for [`Policy::load`].
    pub fn from_texts<N, T>(files: impl IntoIterator<Item = (N, T)>) -> Result<Self, Error>
    where
        N: Into<String>,
        T: Into<Vec<u8>>,
    {
        Self::from_bundle(Bundle::from_texts(files)?)
    }

    /// Takes what a loader has read.
    ///
    /// # Errors
    /// [`Error::Findings`] where something in it is wrong.
    pub fn from_bundle(bundle: Bundle) -> Result<Self, Error> {
        let digest = bundle.digest();
        let checked = check::check(&bundle.files, &bundle.sources);
        let mut diagnostics = bundle.diagnostics;
        diagnostics.extend(checked.diagnostics);
        let sources = bundle.sources;
        let broken = diagnostics.iter().any(|d| d.severity() == Severity::Error);
        let Some(model) = checked.model.filter(|_| !broken) else {
            return Err(Findings { diagnostics, sources }.into());
        };
        let model = Arc::new(model);
        match Plan::build(Arc::clone(&model), Choices::defaults(&model)) {
            Ok(plan) => Ok(Self {
                sources,
                model,
                warnings: diagnostics,
                digest,
                defaults: Arc::new(plan),
                plans: Mutex::new(HashMap::new()),
            }),
            Err(diagnostics) => Err(Findings { diagnostics, sources }.into()),
        }
    }

    /// The policy's dotted name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.model.sections.first().map_or("", |s| s.name.as_str())
    }

    /// `sha256:…` over its texts.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The checked policy.
    #[must_use]
    pub fn model(&self) -> &Arc<Model> {
        &self.model
    }

    /// Its texts.
    #[must_use]
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// What the checker remarked on.
    #[must_use]
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// Reads fact sets, all documents of a text.
    ///
    /// # Errors
    /// [`Error::Findings`] with everything that is wrong in any of them. Where the good ones are wanted beside the bad,
    /// use [`facts::decode`].
    pub fn facts(&self, text: &str, format: Format) -> Result<Vec<FactSet>, Error> {
        let mut sources = Sources::new();
        let file = sources.add("facts", text);
        let documents = facts::decode(&self.model, &sources, file, format);
        let mut sets = Vec::with_capacity(documents.len());
        let mut diagnostics = Vec::new();
        for document in documents {
            diagnostics.extend(document.findings);
            sets.extend(document.facts);
        }
        if diagnostics.iter().any(|d| d.severity() == Severity::Error) {
            return Err(Findings { diagnostics, sources }.into());
        }
        Ok(sets)
    }

    /// A reader of facts for this policy, made once and used for many lines.
    #[must_use]
    pub fn form(&self) -> Form<'_> {
        Form::new(&self.model)
    }

    /// The decision of a name; without one, the only decision that there is, or the first.
    ///
    /// # Errors
    /// [`Error::UnknownDecision`].
    pub fn decision(&self, name: Option<&str>) -> Result<DecisionId, Error> {
        let Some(name) = name else { return Ok(DecisionId(0)) };
        let found = self.model.decisions.iter().position(|d| d.name == name);
        found.map(DecisionId::new).ok_or_else(|| Error::UnknownDecision {
            name: name.to_owned(),
            known: self.model.decisions.iter().map(|d| format!("`{}`", d.name)).collect::<Vec<_>>().join(", "),
        })
    }

    /// The choices where nobody chooses.
    #[must_use]
    pub fn defaults(&self) -> Choices {
        self.defaults.choices().clone()
    }

    /// The choices with some of them made: pairs of an assumption's name and one of its choices, as the policy writes it.
    ///
    /// # Errors
    /// [`Error::UnknownAssumption`], [`Error::UnknownChoice`].
    pub fn assume<'a>(&self, made: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Choices, Error> {
        let mut choices = self.defaults();
        for (name, value) in made {
            let (id, assumption) = self.assumption(name)?;
            let written: Vec<String> =
                assumption.choices.iter().map(|c| facts::written(&self.model, c, assumption.unit.as_ref())).collect();
            let unit = assumption.unit.as_ref().map_or("", |u| u.text.as_str());
            let found = written.iter().position(|w| w == value.trim() || format!("{w} {unit}") == value.trim());
            let Some(index) = found.and_then(|i| u32::try_from(i).ok()) else {
                let known = written.iter().map(|w| format!("`{w}`")).collect::<Vec<_>>().join(", ");
                return Err(Error::UnknownChoice { name: name.to_owned(), value: value.to_owned(), known });
            };
            choices = choices.with(id, index);
        }
        Ok(choices)
    }

    fn assumption(&self, name: &str) -> Result<(AssumptionId, &Assumption), Error> {
        let all = &self.model.assumptions;
        let found = all.iter().enumerate().find(|(_, a)| a.name == name);
        found.map(|(i, a)| (AssumptionId::new(i), a)).ok_or_else(|| {
            let known = || all.iter().map(|a| a.name.as_str());
            let hint = match nearest(name, known()) {
                Some(near) => format!("; did you mean `{near}`?"),
                None if all.is_empty() => String::from("; the policy makes none"),
                None => format!("; there are {}", known().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ")),
            };
            Error::UnknownAssumption { name: name.to_owned(), hint }
        })
    }

    /// The plan for some choices, made once.
    ///
    /// # Errors
    /// [`Error::Findings`] where these choices let two versions tie.
    pub fn plan(&self, choices: &Choices) -> Result<Arc<Plan>, Error> {
        if choices == self.defaults.choices() {
            return Ok(Arc::clone(&self.defaults));
        }
        // A thread that panicked while it held the lock has left whole plans behind, so they can be used.
        let mut plans = self.plans.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(plan) = plans.get(choices) {
            return Ok(Arc::clone(plan));
        }
        match Plan::build(Arc::clone(&self.model), choices.clone()) {
            Ok(plan) => {
                let plan = Arc::new(plan);
                plans.insert(choices.clone(), Arc::clone(&plan));
                Ok(plan)
            }
            Err(diagnostics) => Err(Findings { diagnostics, sources: self.sources.clone() }.into()),
        }
    }

    /// Outcome and codes alone, of the first decision, under the default choices: nothing is put into words.
    #[must_use]
    pub fn codes(&self, facts: &FactSet) -> (&str, Vec<&str>) {
        self.codes_of(&self.defaults, facts, &Question::of(DecisionId(0)))
    }

    /// Outcome and codes alone, of any question under any plan of this policy.
    #[must_use]
    pub fn codes_of(&self, plan: &Plan, facts: &FactSet, question: &Question) -> (&str, Vec<&str>) {
        let outcome = eval::decide(plan, facts, question, Extent::Codes);
        let codes = outcome.reasons.iter().filter_map(|given| self.model.reasons.get(given.reason.index()));
        (self.outcome_name(question.decision, &outcome.verdict), codes.map(|r| r.code.as_str()).collect())
    }

    /// The word for an ending.
    fn outcome_name(&self, decision: DecisionId, verdict: &Verdict) -> &str {
        match verdict {
            Verdict::Outcome(level) => {
                let decision = self.model.decisions.get(decision.index());
                decision.and_then(|d| d.outcomes.get(*level as usize)).map_or("undetermined", |o| o.name.as_str())
            }
            Verdict::Undetermined => "undetermined",
            Verdict::NotInForce => "not_in_force",
        }
    }
}
