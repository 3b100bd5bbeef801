//! Ids, which the checker assigns to names once. Each is an index into the list of its kind in the Model. A reference
//! identifies a part of an item with an id: a version, a case, an output.

use crate::source::Span;

/// An id: an index into the list of its kind.
pub trait Id: Copy + std::fmt::Debug {
    /// The id with an index.
    fn from_index(index: usize) -> Self;
    /// The index.
    fn to_index(self) -> usize;
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);

        impl $name {
            /// The id with an index.
            #[must_use]
            pub fn new(index: usize) -> Self {
                Self(u32::try_from(index).unwrap_or(u32::MAX))
            }

            /// The index.
            #[must_use]
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl Id for $name {
            #[inline]
            fn from_index(index: usize) -> Self {
                Self::new(index)
            }

            #[inline]
            fn to_index(self) -> usize {
                self.index()
            }
        }
    )*};
}

ids! {
    /// The policy (always 0) or one of its amendments.
    SectionId;
    /// A legal source.
    SourceId;
    /// A registry.
    RegistryId;
    /// A region.
    RegionId;
    /// A base unit.
    UnitId;
    /// An enum, named or not.
    EnumId;
    /// A record type, named or not.
    RecordId;
    /// A field of a record type.
    FieldId;
    /// A fact: its slot in every fact set.
    FactId;
    /// An assumption.
    AssumptionId;
    /// A calendar of working days.
    CalendarId;
    /// A norm.
    NormId;
    /// A definition, table or scale.
    DefinitionId;
    /// A reason.
    ReasonId;
    /// A decision.
    DecisionId;
    /// A rule or a notice with all its versions.
    ProvisionId;
    /// An exception with all its versions.
    ExceptionId;
    /// A parameter or loop variable, unique in the Model.
    LocalId;
}

macro_rules! references {
    ($($(#[$doc:meta])* $name:ident { $of:ident: $id:ident, $part:ident, $part_doc:literal };)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name {
            /// The item that it is a part of.
            pub $of: $id,
            #[doc = $part_doc]
            pub $part: u32,
        }

        impl $name {
            /// The part with an index among its siblings.
            #[must_use]
            pub fn new($of: $id, index: usize) -> Self {
                Self { $of, $part: u32::try_from(index).unwrap_or(u32::MAX) }
            }

            /// The index among its siblings.
            #[must_use]
            pub fn index(self) -> usize {
                self.$part as usize
            }
        }
    )*};
}

references! {
    /// A version of a rule or a notice.
    ProvisionRef { provision: ProvisionId, version, "The index of the version among the provision's." };
    /// A version of an exception.
    ExceptionRef { exception: ExceptionId, version, "The index of the version among the exception's." };
    /// A version of a definition.
    DefinitionRef { definition: DefinitionId, version, "The index of the version among the definition's." };
    /// A value of a norm.
    NormValueRef { norm: NormId, value, "The index of the value among the norm's." };
    /// A bound of a norm.
    NormLimitRef { norm: NormId, limit, "The index of the bound among the norm's." };
    /// An outcome of a decision.
    OutcomeRef { decision: DecisionId, level, "Its level in the decision's order, 0 the strongest." };
    /// An output of a decision.
    OutputRef { decision: DecisionId, output, "The index of the output among the decision's." };
}

/// A case of a version of a definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CaseRef {
    /// The version.
    pub version: DefinitionRef,
    /// The index of the case in it; 0 if the law's text is not known.
    pub case: u32,
}

impl CaseRef {
    /// The case with an index in its version.
    #[must_use]
    pub fn new(version: DefinitionRef, index: usize) -> Self {
        Self { version, case: u32::try_from(index).unwrap_or(u32::MAX) }
    }

    /// The index of the case in its version.
    #[must_use]
    pub fn index(self) -> usize {
        self.case as usize
    }
}

/// An origin of a definition's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ValueOrigin {
    /// A case.
    Case(CaseRef),
    /// A version of an exception.
    Exception(ExceptionRef),
    /// A row of a table, by its place in the text.
    Row(Span),
}
