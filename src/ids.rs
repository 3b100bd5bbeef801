//! Ids: what names become in the checker, once. Each is an index into the table of its kind in the Model.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);

        impl $name {
            /// The id of a place in its table.
            #[must_use]
            pub fn new(index: usize) -> Self {
                Self(u32::try_from(index).unwrap_or(u32::MAX))
            }

            /// The place in its table.
            #[must_use]
            pub fn index(self) -> usize {
                self.0 as usize
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
    /// A fact: the slot that it has in every fact set.
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
    /// A rule with all its versions.
    RuleId;
    /// An exception with all its versions.
    ExceptionId;
    /// A notice with all its versions.
    NoticeId;
    /// A parameter or loop variable, unique in the Model.
    LocalId;
}

/// One of the places that a definition's value can come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CaseRef {
    /// A case of a version of a definition: definition, version, case.
    Case(DefinitionId, u32, u32),
    /// A version of an exception.
    Exception(ExceptionId, u32),
    /// A row of a table, by its place in the text.
    Row(crate::source::Span),
}
