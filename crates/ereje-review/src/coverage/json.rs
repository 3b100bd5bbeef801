//! Coverage for programs.

use super::{Coverage, CoverageKind};
use ereje::documents::COVERAGE;
use ereje::source::Sources;
use serde_json::{Map, Value as Json, json};

impl Coverage {
    /// The counts by kind, the endings of the decisions, the names of the cases, and every goal with its place and the
    /// numbers of the cases that reached it. `shown` gives the name under which a file is shown.
    #[must_use]
    pub fn json(&self, sources: &Sources, shown: &dyn Fn(&str) -> String) -> Json {
        let kinds: Map<String, Json> = CoverageKind::ALL
            .into_iter()
            .map(|kind| (kind, self.ratio(kind)))
            .filter(|(_, ratio)| ratio.all > 0)
            .map(|(kind, ratio)| (kind.name().into(), json!({ "reached": ratio.reached, "all": ratio.all })))
            .collect();
        let goals: Vec<Json> = self
            .goals()
            .map(|(goal, cases)| {
                let source = sources.get(goal.span.file);
                let place = |offset: u32| {
                    let position = source.map(|source| source.position(offset));
                    position.map_or(Json::Null, |p| json!({ "line": p.line, "column": p.column }))
                };
                let mut map = Map::new();
                map.insert("kind".into(), goal.kind.name().into());
                map.insert("name".into(), goal.name.as_str().into());
                if let Some(within) = &goal.within {
                    map.insert("within".into(), within.as_str().into());
                }
                if let Some(side) = goal.side() {
                    map.insert("side".into(), side.into());
                }
                map.insert("file".into(), source.map_or(Json::Null, |source| shown(&source.name).into()));
                map.insert("start".into(), place(goal.span.start));
                map.insert("end".into(), place(goal.span.end));
                if cases.is_empty() {
                    // Programs are told in English, as by their keys.
                    map.insert("missing".into(), goal.missing.told("en").into());
                }
                map.insert("cases".into(), cases.into());
                Json::Object(map)
            })
            .collect();
        let counts = |endings: Vec<(&str, usize)>| -> Map<String, Json> {
            endings.into_iter().map(|(name, count)| (name.to_owned(), count.into())).collect()
        };
        let endings: Map<String, Json> = self
            .endings()
            .into_iter()
            .map(|(decision, endings)| (decision.to_owned(), Json::Object(counts(endings))))
            .collect();
        json!({ "schema": COVERAGE, "kinds": kinds, "endings": endings, "cases": self.cases(), "goals": goals })
    }
}
