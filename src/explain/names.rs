//! The names of what a decision mentions: citations, and registries of a fact.

use crate::ids::SectionId;
use crate::model::{Cite, Model};
use crate::value::FactPath;

/// The names of the registries that answer for a place.
pub(crate) fn registry_names(model: &Model, place: &FactPath) -> Vec<String> {
    let ids = crate::eval::registries(model, place);
    ids.iter().map(|id| model.registries.at(*id).name.clone()).collect()
}

/// Citations in words: title, place.
pub(crate) fn cited(model: &Model, cites: &[Cite], language: Option<&str>) -> Vec<String> {
    let mut list = Vec::new();
    for cite in cites {
        let source = model.sources.at(cite.source);
        let title = language.and_then(|l| source.labels.iter().find(|(known, _)| known == l)).map(|(_, text)| text);
        let title = title.unwrap_or(&source.title);
        let text = match &cite.place {
            Some(place) => format!("{title}, {place}"),
            None => title.clone(),
        };
        if !list.contains(&text) {
            list.push(text);
        }
    }
    list
}

/// The citations of an item, or those of its section if it has none.
pub(crate) fn or_section<'m>(model: &'m Model, cites: &'m [Cite], section: SectionId) -> &'m [Cite] {
    if cites.is_empty() { &model.sections.at(section).cites } else { cites }
}
