//! Names of places in a fact set, for people and programs.

use super::Model;
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
            };
        }
        name
    }
}
