//! The goals of the search, which come from the text of the policy alone.
//!
//! `clauses` lists rules with their exceptions and clauses, `definitions` definitions, `days` days, and `rest` facts,
//! regions, assumptions and outcomes.

mod clauses;
mod days;
mod definitions;
mod goal_path;
mod rest;

pub(in crate::suggest) use goal_path::GoalPath;

use chrono::NaiveDate;
use ereje::ids::*;
use ereje::model::HandlerOwner;
use ereje::model::*;
use ereje::source::{Sources, Span};
use ereje::syntax::ast::State;
use std::collections::{BTreeMap, BTreeSet};

/// The most paths to one goal that are searched.
const MAX_PATHS: usize = 4;
/// The most characters of a clause in a name.
const MAX_QUOTED: usize = 72;

/// The importance of a goal, the most important first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::suggest) enum Rank {
    Rule,
    Outcome,
    Exception,
    NormEdge,
    Edge,
    Day,
    Handler,
    Notice,
    Case,
    Side,
    Together,
    Choice,
    Region,
    State,
    Unasked,
    Setting,
}

/// Something that a case should show.
pub(in crate::suggest) struct SuggestionGoal<'e> {
    pub(in crate::suggest) rank: Rank,
    /// A sentence that describes it.
    pub(in crate::suggest) name: String,
    /// The names of its items, plain and qualified.
    pub(in crate::suggest) items: Vec<String>,
    /// The legal source that is cited for it.
    pub(in crate::suggest) law: Option<String>,
    /// Its decision; `None` for any.
    pub(in crate::suggest) decision: Option<DecisionId>,
    pub(in crate::suggest) objective: Objective<'e>,
}

/// What a scenario has to achieve.
pub(in crate::suggest) enum Objective<'e> {
    /// Make a condition hold; the paths are tried one after the other.
    Reach(Vec<GoalPath<'e>>),
    /// Be on one side of the boundary of a comparison, next to it.
    Edge { paths: Vec<GoalPath<'e>>, side: bool },
    /// Be governed by a day.
    Day {
        day: NaiveDate,
        /// The neighbouring day, on the other side of what begins or ends.
        other: NaiveDate,
        regions: Option<&'e BTreeSet<RegionId>>,
        choice: Option<(AssumptionId, u32)>,
    },
    /// Depend on a fact, or a field of any record, in a state; `None` is the state in which nobody has asked it.
    State { datum: HandlerOwner, state: Option<State> },
    /// Be decided in one of these regions.
    Region(Vec<RegionId>),
    /// Depend on a choice.
    Choice(AssumptionId, u32),
    /// Have an outcome.
    Outcome(u32),
    /// Have another decision if a setting had its other value. The setting can matter to these dates.
    Setting { setting: Setting, dates: BTreeSet<HandlerOwner> },
}

/// A setting of the policy that matters only to some dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::suggest) enum Setting {
    /// The birthday of a person who was born on 29 February.
    LeapBirthday,
    /// The end of a count of months if its month lacks the day.
    MonthEnd,
}

/// All goals of a policy, the most important first, then in the order of its text.
pub(in crate::suggest) fn goals<'e>(model: &'e Model, sources: &'e Sources) -> Vec<SuggestionGoal<'e>> {
    let mut list = GoalListing {
        model,
        sources,
        out: Vec::new(),
        edges: BTreeMap::new(),
        sides: BTreeSet::new(),
        order: Vec::new(),
    };
    list.owners();
    list.outputs();
    list.edges();
    list.definitions();
    list.days();
    list.states();
    list.regions();
    list.choices();
    list.settings();
    list.outcomes();
    let mut out = list.out;
    // The sort is stable: within a rank, the order of the policy.
    out.sort_by_key(|goal| goal.rank);
    out
}

/// Gives each goal a unique name.
pub(in crate::suggest) fn tell_apart(goals: &mut [SuggestionGoal<'_>]) {
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for goal in goals {
        let count = known.entry(goal.name.clone()).or_insert(0);
        *count += 1;
        if *count > 1 {
            goal.name = format!("{}, in another place ({count})", goal.name);
        }
    }
}

struct GoalListing<'e> {
    model: &'e Model,
    sources: &'e Sources,
    out: Vec<SuggestionGoal<'e>>,
    /// Comparisons by the number of their place, with the paths to them.
    edges: BTreeMap<usize, BoundaryGoal<'e>>,
    /// The conditions that already have goals.
    sides: BTreeSet<usize>,
    order: Vec<usize>,
}

/// The goals on both sides of a comparison, with their common paths.
struct BoundaryGoal<'e> {
    paths: Vec<GoalPath<'e>>,
    items: Vec<String>,
    law: Option<String>,
    decision: Option<DecisionId>,
}

fn address(expr: &Expr) -> usize {
    std::ptr::from_ref(expr) as usize
}

impl<'e> GoalListing<'e> {
    /// A clause as it is written, on one line.
    fn quoted(&self, span: Span) -> String {
        let text = self.sources.get(span.file).and_then(|s| s.text.get(span.start as usize..span.end as usize));
        quote(text.unwrap_or(""))
    }

    fn law(&self, cites: &[Cite], section: Option<SectionId>) -> Option<String> {
        let of_section = section.map(|id| self.model.sections.at(id).cites.as_slice()).unwrap_or_default();
        let cites = if cites.is_empty() { of_section } else { cites };
        let mut cited: Vec<String> = Vec::new();
        for cite in cites {
            let source = self.model.sources.at(cite.source);
            let text = match &cite.place {
                Some(place) => format!("{}, {place}", source.title),
                None => source.title.clone(),
            };
            if !cited.contains(&text) {
                cited.push(text);
            }
        }
        (!cited.is_empty()).then(|| cited.join("; "))
    }
}

/// A part of a policy on one line, cut if it is long.
fn quote(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut out: String = text.chars().take(MAX_QUOTED).collect();
    if out.len() < text.len() {
        out.push('…');
    }
    out
}
