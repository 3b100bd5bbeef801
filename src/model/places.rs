//! Places in a fact set: their names, for people and programs, and their declarations.

use super::{Datum, HandlerOwner, Model, Type};
use crate::value::{FactPath, Step};
use std::fmt::Write;

impl Model {
    /// The name of a place: `dwelling.usable_area`, `owners[0].birth_date`. Elements are counted from 0.
    #[must_use]
    pub fn place_name(&self, place: &FactPath) -> String {
        let mut name = self.facts.at(place.fact).path();
        for step in &place.steps {
            // Writing to a String cannot fail.
            let _ = match step {
                Step::Item(index) => write!(name, "[{index}]"),
                Step::Field(field) => write!(name, ".{}", self.fields.at(*field).datum.name),
                Step::Day(day) => write!(name, " at {day}"),
            };
        }
        name
    }

    /// The fact or field whose handlers answer for a place; `None` for an element of a list, which has none of its own. A value
    /// of a fact over time is that fact on some day.
    #[must_use]
    pub fn owner_at(&self, place: &FactPath) -> Option<HandlerOwner> {
        let mut steps = place.steps.as_slice();
        match steps {
            [before @ .., Step::Day(_)] => steps = before,
            [before @ .., Step::Item(_), Step::Field(field)] if self.is_of_dated_value(*field) => steps = before,
            _ => {}
        }
        match steps.last() {
            None => Some(HandlerOwner::Fact(place.fact)),
            Some(Step::Field(field)) => Some(HandlerOwner::Field(*field)),
            Some(Step::Item(_) | Step::Day(_)) => None,
        }
    }

    /// The datum of a place, and its type: an element of a list has the datum of the list.
    #[must_use]
    pub fn datum_at(&self, place: &FactPath) -> (&Datum, Type) {
        let mut datum = &self.facts.at(place.fact).datum;
        let mut ty = datum.ty.clone();
        for step in &place.steps {
            match step {
                Step::Field(field) => {
                    datum = &self.fields.at(*field).datum;
                    ty = datum.ty.clone();
                }
                Step::Day(_) => {
                    if let Some(field) = self.dated_value(&ty) {
                        datum = &self.fields.at(field).datum;
                        ty = datum.ty.clone();
                    }
                }
                Step::Item(_) => {
                    if let Type::List(inner) = ty {
                        ty = *inner;
                    }
                }
            }
        }
        (datum, ty)
    }
}
