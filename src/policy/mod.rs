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
//! let decision = policy.decide(&facts[0]);
//! assert_eq!(decision.outcome, "refuse");
//! assert_eq!(
//!     decision.reasons[0].message["en"],
//!     "A reader is at least seven years old; this one is 6\u{a0}years 7\u{a0}months."
//! );
//! # Ok::<(), ereje::Error>(())
//! ```

mod request;

pub use request::Request;

use crate::check;
use crate::diagnostic::{self, Diagnostic, Severity, nearest};
use crate::engine::{Codes, DecideOptions, Engine, Evaluated};
use crate::explain::{self, Decision};
use crate::facts::{self, FactNames, FactSet, Format, nfc};
use crate::ids::{DecisionId, RegionId};
use crate::load::{Bundle, LoadError, PolicyRoot};
use crate::mask::Mask;
use crate::model::{Choices, Model};

use crate::source::Sources;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// Why a policy cannot be loaded, or a question about it cannot be answered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is nothing to read.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The policy, the choices for its assumptions, or the facts have errors.
    #[error(transparent)]
    Findings(#[from] Findings),
    /// The policy has no decision of this name.
    #[error("there is no decision `{name}`; the policy decides {known}")]
    UnknownDecision {
        /// The name that was given.
        name: String,
        /// The names of all decisions.
        known: String,
    },
    /// The policy has no region of this name.
    #[error("there is no region `{name}`{hint}")]
    UnknownRegion {
        /// The name that was given.
        name: String,
        /// `; did you mean …`, or all known names.
        hint: String,
    },
    /// The program's own facts cannot be written as JSON.
    #[error("these facts cannot be written: {0}")]
    Unwritable(#[from] serde_json::Error),
    /// The policy has no assumption of this name.
    #[error("there is no assumption `{name}`{hint}")]
    UnknownAssumption {
        /// The name that was given.
        name: String,
        /// `; did you mean …`, or all known names.
        hint: String,
    },
    /// The assumption does not have this choice.
    #[error("`{value}` is no choice of the assumption `{name}`; its choices are {known}")]
    UnknownChoice {
        /// The assumption.
        name: String,
        /// The choice that was given.
        value: String,
        /// The known choices.
        known: String,
    },
}

/// Diagnostics with the texts that they are about.
#[non_exhaustive]
pub struct Findings {
    /// The diagnostics, by place.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts.
    pub sources: Arc<Sources>,
}

impl fmt::Display for Findings {
    /// Every finding for a person, with its place in the text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(diagnostic::human(&self.diagnostics, &self.sources, false).trim_end())
    }
}

impl fmt::Debug for Findings {
    /// The same, without the texts of the whole policy: a `main` that returns the error prints this.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{self}")
    }
}

impl std::error::Error for Findings {}

/// A policy without errors, ready to decide. It can be shared between threads.
#[derive(Debug)]
pub struct Policy {
    engine: Engine,
    /// What is masked in its decisions: what it masks itself, or more.
    mask: Option<Arc<Mask>>,
    warnings: Vec<Diagnostic>,
}

impl Policy {
    /// Reads a policy from a folder, or from one file and what it imports.
    ///
    /// # Errors
    /// [`Error::Load`] if there is nothing to read, [`Error::Findings`] if it has errors.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::load_within(path, &PolicyRoot::default())
    }

    /// The same, with a root of its own: [`Policy::load`] reads nothing outside the git work tree that the path stands in,
    /// or else outside the folder around the one that is named.
    ///
    /// # Errors
    /// As for [`Policy::load`].
    pub fn load_within(path: impl AsRef<Path>, root: &PolicyRoot) -> Result<Self, Error> {
        let path = path.as_ref();
        Self::from_bundle(Bundle::load_behind(path, &root.of(path).map_err(LoadError::from)?)?)
    }

    /// Makes a policy from texts by name, without a file system: those with names in `.ereje` are its files, the others
    /// (CSV) can be named by tables and calendars.
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

    /// Checks what the loader has read.
    ///
    /// # Errors
    /// [`Error::Findings`] if it has errors.
    #[doc(hidden)]
    pub fn from_bundle(bundle: Bundle) -> Result<Self, Error> {
        let digest = bundle.digest();
        let checked = check::check(&bundle.files, &bundle.sources);
        let diagnostics = bundle.findings(&checked.diagnostics);
        let sources = Arc::new(bundle.sources);
        let broken = diagnostics.iter().any(|d| d.severity() == Severity::Error);
        let Some(model) = checked.model.filter(|_| !broken) else {
            return Err(Findings { diagnostics, sources }.into());
        };
        Self::from_model(model, sources, digest, diagnostics)
    }

    /// A policy from a checked Model and its texts; `warnings` are the checker's.
    pub fn from_model(
        model: Model,
        sources: Arc<Sources>,
        digest: String,
        warnings: Vec<Diagnostic>,
    ) -> Result<Self, Error> {
        let mask = Mask::declared(&model).map(Arc::new);
        match Engine::new(Arc::new(model), Arc::clone(&sources), digest) {
            Ok(engine) => Ok(Self { engine, mask, warnings }),
            Err(diagnostics) => Err(Findings { diagnostics, sources }.into()),
        }
    }

    /// The policy's dotted name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.model().sections.first().map_or("", |s| s.name.as_str())
    }

    /// `sha256:…` over its texts.
    #[must_use]
    pub fn digest(&self) -> &str {
        self.engine.digest()
    }

    /// The checked policy.
    #[must_use]
    #[doc(hidden)]
    pub fn model(&self) -> &Model {
        self.engine.model()
    }

    /// Its texts.
    #[must_use]
    pub fn sources(&self) -> &Sources {
        self.engine.sources()
    }

    /// The engine, for callers that keep plans of their own or decide many applications.
    #[must_use]
    #[doc(hidden)]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// What is masked in every decision that this policy tells: what it masks itself, by `masked` at its facts, or more.
    #[must_use]
    #[doc(hidden)]
    pub fn mask(&self) -> Option<&Arc<Mask>> {
        self.mask.as_ref()
    }

    /// The same policy, which tells its decisions with this mask. It has what the policy masks itself.
    #[must_use]
    #[doc(hidden)]
    pub fn masked(mut self, mask: Option<Arc<Mask>>) -> Self {
        self.mask = mask.or(self.mask);
        self
    }

    /// The warnings of the checker.
    #[must_use]
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// Reads all fact sets of a text.
    ///
    /// # Errors
    /// [`Error::Findings`] with all errors of all of them. To get the fact sets without errors as well, use
    /// [`facts::decode`].
    pub fn facts(&self, text: &str, format: Format) -> Result<Vec<FactSet>, Error> {
        let mut sources = Sources::new();
        let file = sources.add("facts", text);
        let mut sets = Vec::new();
        let mut diagnostics = Vec::new();
        for document in facts::decode(self.model(), &sources, file, format) {
            diagnostics.extend(document.findings);
            sets.extend(document.facts);
        }
        if diagnostics.iter().any(|d| d.severity() == Severity::Error) {
            return Err(self.about_facts(diagnostics, text));
        }
        Ok(sets)
    }

    /// Reads the facts of one application from a program's own type, or from a [`serde_json::Value`].
    ///
    /// The type has the form of a fact file: a struct or a map for each group of facts, texts for enums, regions, dates
    /// (`2026-03-01`) and durations, numbers for numbers. A number is read by its decimal digits and never as a float,
    /// so the value of an `f64` is what JSON prints for it. `null` (a `None`) means that the registry has no record. A
    /// missing key means that nobody has asked. [`FactState`](crate::FactState) has all four states.
    ///
    /// ```
    /// # use ereje::Policy;
    /// # let policy = Policy::from_texts([("library.ereje", "policy library.cards\nfacts reader { asked_on: date, debt: integer }\n\
    /// #   as of reader.asked_on\ndecision card  refuse > issue  otherwise issue\nreason DEBT en \"Debts.\"\nrule debt\n  \
    /// #   refuse DEBT\n  when reader.debt > 0\n")])?;
    /// #[derive(serde::Serialize)]
    /// struct Application {
    ///     reader: Reader,
    /// }
    /// #[derive(serde::Serialize)]
    /// struct Reader {
    ///     asked_on: chrono::NaiveDate,
    ///     debt: u32,
    /// }
    ///
    /// let asked_on = chrono::NaiveDate::from_ymd_opt(2026, 9, 1).expect("a day");
    /// let facts = policy.facts_of(&Application { reader: Reader { asked_on, debt: 3 } })?;
    /// assert_eq!(policy.decide(&facts).outcome, "refuse");
    ///
    /// let facts = policy.facts_of(&serde_json::json!({ "reader": { "asked_on": "2026-09-01", "debt": 0 } }))?;
    /// assert_eq!(policy.decide(&facts).outcome, "issue");
    /// # Ok::<(), ereje::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Findings`] with all errors in the facts, [`Error::Unwritable`] if `serde` fails.
    pub fn facts_of<T: serde::Serialize + ?Sized>(&self, facts: &T) -> Result<FactSet, Error> {
        let text = serde_json::to_string(facts)?;
        self.form().line(&text).map_err(|diagnostics| self.about_facts(diagnostics, &text))
    }

    /// Findings about a text of facts; where the policy masks facts, without what stands in it.
    fn about_facts(&self, found: Vec<Diagnostic>, text: &str) -> Error {
        let (diagnostics, text) = match &self.mask {
            Some(mask) => mask.blanked(&found, text),
            None => (found, text.to_owned()),
        };
        let mut sources = Sources::new();
        sources.add("facts", text);
        Findings { diagnostics, sources: Arc::new(sources) }.into()
    }

    /// A reader of facts for this policy, made once for many lines.
    #[must_use]
    #[doc(hidden)]
    pub fn form(&self) -> FactNames<'_> {
        FactNames::new(self.model())
    }

    /// Decides an application: the policy's first decision, on its own governing date, under the default choices. Of facts
    /// that the policy says are impossible nothing is decided, see [`Decision::is_impossible`].
    #[must_use]
    pub fn decide(&self, facts: &FactSet) -> Decision {
        self.told(self.engine.evaluate_by_default(facts))
    }

    /// Decides with other options: another decision, date, place, or choice for an assumption; with a trace.
    ///
    /// # Errors
    /// [`Error::Findings`] if two versions of one name tie under the choices.
    #[doc(hidden)]
    pub fn decide_with(&self, facts: &FactSet, options: &DecideOptions) -> Result<Decision, Error> {
        match self.engine.evaluate(facts, options) {
            Ok(evaluated) => Ok(self.told(evaluated)),
            Err(diagnostics) => Err(self.findings(diagnostics)),
        }
    }

    /// What is decided in words, masked.
    #[must_use]
    #[doc(hidden)]
    pub fn told(&self, evaluated: Evaluated) -> Decision {
        let shown = match &self.mask {
            Some(mask) => mask.evaluated(self.model(), evaluated),
            None => evaluated,
        };
        Decision::of(&self.engine, shown)
    }

    /// Outcome and codes of [`Policy::decide`], without words.
    #[must_use]
    #[doc(hidden)]
    pub fn codes(&self, facts: &FactSet) -> Codes<'_> {
        self.engine.codes_by(self.engine.default_plan(), facts, &DecideOptions::default())
    }

    /// A decision as a letter to the person that it is about, in a language; one that was
    /// [explained](Request::explained) as a text for makers of policies, with its assumptions and its trace.
    #[must_use]
    pub fn text(&self, decision: &Decision, language: &str) -> String {
        match decision.trace {
            Some(_) => explain::text(&self.engine, decision, language),
            None => explain::letter(&self.engine, decision, language),
        }
    }

    /// What fired in a decision and what it rests on, on at most twelve lines, in a language. A decision that was
    /// [explained](Request::explained) has the conditions as well.
    #[must_use]
    pub fn short_text(&self, decision: &Decision, language: &str) -> String {
        explain::short_text(&self.engine, decision, language)
    }

    fn findings(&self, diagnostics: Vec<Diagnostic>) -> Error {
        Findings { diagnostics, sources: Arc::new(self.sources().clone()) }.into()
    }

    /// The decision of a name.
    ///
    /// # Errors
    /// [`Error::UnknownDecision`].
    #[doc(hidden)]
    pub fn decision(&self, name: &str) -> Result<DecisionId, Error> {
        self.engine.decision(name).ok_or_else(|| Error::UnknownDecision {
            name: name.to_owned(),
            known: listed(self.model().decisions.iter().map(|d| d.name.as_str())),
        })
    }

    /// The default choices, except for these: pairs of an assumption's name and a choice, as the policy writes it.
    ///
    /// # Errors
    /// [`Error::UnknownAssumption`], [`Error::UnknownChoice`].
    #[doc(hidden)]
    pub fn assume<'a>(&self, made: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Choices, Error> {
        let mut choices = Choices::defaults(self.model());
        for (name, value) in made {
            choices = self.choose(choices, name, value)?;
        }
        Ok(choices)
    }

    /// The choices with one changed.
    pub(crate) fn choose(&self, choices: Choices, name: &str, value: &str) -> Result<Choices, Error> {
        let Some(id) = self.engine.assumption(name) else {
            let known = || self.model().assumptions.iter().map(|a| a.name.as_str());
            return Err(Error::UnknownAssumption {
                name: name.to_owned(),
                hint: hint(name, known, "the policy makes none"),
            });
        };
        let written = self.engine.written_choices(id);
        let value = nfc(value.trim());
        let found = written.iter().position(|w| *w == value);
        let Some(index) = found.and_then(|i| u32::try_from(i).ok()) else {
            let known = listed(written.iter().map(String::as_str));
            return Err(Error::UnknownChoice { name: name.to_owned(), value: value.into_owned(), known });
        };
        Ok(choices.with(id, index))
    }

    /// The region of a name.
    ///
    /// # Errors
    /// [`Error::UnknownRegion`].
    #[doc(hidden)]
    pub fn region(&self, name: &str) -> Result<RegionId, Error> {
        let known = || self.model().regions.iter().map(|r| r.name.as_str());
        let found = self.engine.region(name);
        found.ok_or_else(|| Error::UnknownRegion {
            name: name.to_owned(),
            hint: hint(name, known, "the policy knows none"),
        })
    }
}

/// The end of a message about an unknown name: the most similar known one, or all.
fn hint<'a, N: Iterator<Item = &'a str>>(name: &str, known: impl Fn() -> N, none: &str) -> String {
    match nearest(name, known()) {
        Some(near) => format!("; did you mean `{near}`?"),
        None if known().next().is_none() => format!("; {none}"),
        None => format!("; there are {}", listed(known())),
    }
}

/// `` `a`, `b` ``
fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ")
}
