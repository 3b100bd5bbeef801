//! The names of what a decision mentions: outcomes, the items that give reasons, citations, and registries of a fact.

use crate::eval::{Origin, Verdict};
use crate::ids::{DecisionId, OutcomeRef, SectionId};
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

/// The name of a verdict's outcome.
pub fn outcome_name(model: &Model, decision: DecisionId, verdict: &Verdict) -> String {
    match verdict {
        Verdict::Outcome(level) => model.outcome(OutcomeRef { decision, level: *level }).name.clone(),
        Verdict::Undetermined => "undetermined".into(),
        Verdict::NotInForce => "not_in_force".into(),
    }
}

/// The words for an outcome that no policy declares, by its name.
#[must_use]
pub fn verdict_label(name: &str, language: &str) -> Option<&'static str> {
    let words = super::words::words(language);
    match name {
        "undetermined" => Some(words.undetermined),
        "not_in_force" => Some(words.not_in_force),
        "computed" => Some(words.computed),
        _ => None,
    }
}

/// The name of the item that gives a reason, and its citations.
pub fn origin_name(model: &Model, origin: Origin) -> (String, &[Cite]) {
    match origin {
        Origin::Rule(version) | Origin::Notice(version) => {
            let version = model.provision(version);
            (version.qualified.clone(), or_section(model, &version.cites, version.claim.section))
        }
        Origin::Handler(handler) => {
            let version = model.handler(handler);
            let section = version.claim().section;
            let state = handler.state.keyword();
            let name = format!("{}.{} if {state}", model.sections.at(section).name, model.owner_name(handler.owner));
            (name, or_section(model, &version.cites, section))
        }
    }
}
