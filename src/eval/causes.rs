//! Why there is no value: silent facts, faults, and definitions whose text is open.

use crate::ids::DefinitionId;
use crate::syntax::ast::State;
use crate::value::{FactPath, Fault, FaultKind, Value};
use std::collections::BTreeSet;
use std::sync::Arc;

/// How a fact is silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Silence {
    /// Nobody has asked yet.
    Unasked,
    /// Asked, and the registry could not answer.
    Unavailable,
    /// Asked, and there is no record.
    Absent,
}

impl Silence {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unasked => "unasked",
            Self::Unavailable => State::Unavailable.keyword(),
            Self::Absent => State::Absent.keyword(),
        }
    }

    /// The state in which the fact is; `None` if nobody has asked.
    #[must_use]
    pub const fn state(self) -> Option<State> {
        match self {
            Self::Unasked => None,
            Self::Unavailable => Some(State::Unavailable),
            Self::Absent => Some(State::Absent),
        }
    }
}

/// One cause of an unknown.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cause {
    /// A fact, a field or an element is silent.
    Silent(FactPath, Silence),
    /// A version of a definition whose text is not known.
    Open(DefinitionId, u32),
    /// An expression has a fault.
    Fault(Fault),
}

impl Cause {
    /// True if it is a fact that nobody has asked.
    #[must_use]
    pub fn is_unasked(&self) -> bool {
        matches!(self, Self::Silent(_, Silence::Unasked))
    }
}

/// An unknown: a set of causes, sorted and never empty.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Causes(Arc<[Cause]>);

impl Causes {
    /// A single cause.
    #[must_use]
    pub fn one(cause: Cause) -> Self {
        Self(Arc::from([cause]))
    }

    /// The causes, sorted.
    pub fn iter(&self) -> std::slice::Iter<'_, Cause> {
        self.0.iter()
    }

    /// True if the answer to a fact that nobody has asked could settle it.
    #[must_use]
    pub fn pending(&self) -> bool {
        self.0.iter().any(Cause::is_unasked)
    }

    /// The union with more causes.
    pub(crate) fn and(&self, more: impl Iterator<Item = Cause>) -> Self {
        let all: BTreeSet<Cause> = self.0.iter().cloned().chain(more).collect();
        Self(all.into_iter().collect())
    }

    /// The same with another for each cause.
    pub(crate) fn map(&self, f: impl FnMut(&Cause) -> Cause) -> Self {
        let all: BTreeSet<Cause> = self.0.iter().map(f).collect();
        Self(all.into_iter().collect())
    }

    /// The only cause, if there is just one.
    pub(crate) fn single(&self) -> Option<&Cause> {
        match &*self.0 {
            [only] => Some(only),
            _ => None,
        }
    }
}

/// A value, or an unknown.
pub type Answer = Result<Value, Causes>;

/// A truth value, or an unknown.
pub type Truth = Result<bool, Causes>;

/// A union of causes under construction; with no set or one, it allocates nothing.
#[derive(Debug, Default)]
pub(crate) struct Gather {
    first: Option<Causes>,
    more: BTreeSet<Cause>,
}

impl Gather {
    pub(crate) fn add(&mut self, causes: Causes) {
        match &self.first {
            None => self.first = Some(causes),
            Some(first) if Arc::ptr_eq(&first.0, &causes.0) => {}
            Some(_) => self.more.extend(causes.iter().cloned()),
        }
    }

    /// Keeps the causes of an unknown, gives a known value.
    pub(crate) fn take<T>(&mut self, answer: Result<T, Causes>) -> Option<T> {
        match answer {
            Ok(value) => Some(value),
            Err(causes) => {
                self.add(causes);
                None
            }
        }
    }

    /// Whether nothing was added.
    pub(crate) fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// The union, if anything was added.
    pub(crate) fn finish(self) -> Option<Causes> {
        let first = self.first?;
        if self.more.is_empty() {
            return Some(first);
        }
        let mut all = self.more;
        all.extend(first.iter().cloned());
        Some(Causes(all.into_iter().collect()))
    }
}

/// A fault as an unknown.
pub(crate) fn fault(span: crate::source::Span, kind: FaultKind) -> Causes {
    Causes::one(Cause::Fault(Fault { span, kind }))
}
