//! The report as data, from which every format is made. Its JSON is the serialized form.

use super::attribute::Responsible;
use super::changes::{PolicyChange, TextChange, changes, texts};
use super::compare::MovedPart;
use super::labels::{ReportLabels, paths};
use super::phrases::{Noun, phrases};
use super::row::{CorpusRow, bind_question, read_facts};
use super::tally::GroupTally;
use super::{Comparison, Version};
use crate::phrases::say;
use ereje::documents;
use ereje::engine::Evaluated;
use ereje::explain::Decision;
use ereje::facts::{FactNames, to_yaml};
use ereje::ids::FactId;
use ereje::mask::{ToldDecision, told_apart};
use serde::Serialize;
use std::collections::BTreeMap;

/// The names of one version.
#[derive(Clone, Debug, Serialize)]
pub struct VersionInfo {
    /// The name that the user asked for.
    pub name: String,
    /// The policy's own name.
    pub policy: String,
    /// `sha256:…` of its texts.
    pub digest: String,
}

/// The number of decisions that went from one outcome to another, or stayed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Flow {
    /// The outcome in the old version.
    pub old: String,
    /// The outcome in the new version.
    pub new: String,
    /// The number of decisions.
    pub count: u64,
}

/// The number of decisions of a region that moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RegionCount {
    /// Its name; `None` for decisions without a place.
    pub region: Option<String>,
    /// The number of decisions there.
    pub decided: u64,
    /// The number of those that moved.
    pub moved: u64,
}

/// How the changes of a group are responsible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Responsibility {
    /// One change is enough; if there are several, each of them alone is.
    Alone,
    /// Only all of them together are enough.
    Together,
    /// Names and values that only one version knows: it reads facts that the other leaves out.
    Vocabulary,
    /// Several changes whose effects cannot be separated.
    Several,
}

/// Something that only one version knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOutCount {
    /// The version that does not know it: `old` or `new`.
    pub version: &'static str,
    /// Its name: `applicant.kinship`, `assumption renewal_is = continuation`.
    pub what: String,
    /// The number of rows with it.
    pub rows: u64,
}

/// One application decided under both versions, in full.
#[derive(Clone, Debug, Serialize)]
pub struct Example {
    /// Its name.
    pub name: String,
    /// `file:line`
    pub place: String,
    /// Its facts in YAML, as the new version reads them.
    pub facts: String,
    /// What the row asks besides its facts: `as of 2026-01-01`.
    pub asked: Vec<String>,
    /// The old decision.
    pub old: Decision,
    /// The new decision.
    pub new: Decision,
    /// The old decision as text, with its explanation.
    pub old_text: String,
    /// The new decision as text, with its explanation.
    pub new_text: String,
    /// The old decision with the main parts of its explanation: the rules that fire, and those that differ in the new
    /// version.
    #[serde(skip)]
    pub old_brief: String,
    /// The new decision in the same way.
    #[serde(skip)]
    pub new_brief: String,
}

/// Decisions that moved because of the same changes.
#[derive(Clone, Debug, Serialize)]
pub struct CauseGroup {
    /// How its changes are responsible.
    pub how: Responsibility,
    /// The indices of its changes in [`DiffReport::changes`].
    pub changes: Vec<usize>,
    /// The number of its decisions.
    pub count: u64,
    /// The number of decisions by the part that moved.
    pub kinds: BTreeMap<MovedPart, u64>,
    /// The number of decisions by outcomes.
    pub flows: Vec<Flow>,
    /// The number of decisions by region; `decided` counts all decisions of the region.
    pub regions: Vec<RegionCount>,
    /// The names of its first rows.
    pub rows: Vec<String>,
    /// One of them.
    pub example: Option<Example>,
}

/// The result of a comparison.
#[derive(Clone, Debug, Serialize)]
pub struct DiffReport {
    /// The form in which it serializes: [`documents::DIFF`].
    pub schema: &'static str,
    /// The old version.
    pub old: VersionInfo,
    /// The new version.
    pub new: VersionInfo,
    /// True if both versions mean the same and differ only in layout, comments, order and texts.
    pub same: bool,
    /// The number of applications that both versions decided.
    pub decided: u64,
    /// The number of decisions that moved.
    pub moved: u64,
    /// The number of decisions with the same reasons in another order; these did not move.
    pub reordered: u64,
    /// The number of rows that could not be read.
    pub unread: u64,
    /// The number of rows from which something was left out, since one version does not know it.
    pub incomplete: u64,
    /// What was left out.
    pub left_out: Vec<LeftOutCount>,
    /// The number of moved decisions by the strongest part that moved.
    pub kinds: BTreeMap<MovedPart, u64>,
    /// All outcomes, the strongest first.
    pub outcomes: Vec<String>,
    /// The number of decisions from one outcome to another, including those that stay.
    pub flows: Vec<Flow>,
    /// The regions, those with most moved decisions first.
    pub regions: Vec<RegionCount>,
    /// The moved decisions by the responsible changes, the largest group first.
    pub groups: Vec<CauseGroup>,
    /// Everything that changed and may change a decision.
    pub changes: Vec<PolicyChange>,
    /// The texts that changed and that no decision depends on.
    pub texts: Vec<TextChange>,
    /// The language of the report and of its examples.
    pub language: String,
    /// What outcomes, regions and facts are called in it.
    pub labels: ReportLabels,
}

impl Comparison<'_> {
    /// The report, with examples in a language of the policy.
    #[must_use]
    pub fn finish(self, language: &str) -> DiffReport {
        report(self, language)
    }
}

/// Makes the report.
fn report(comparison: Comparison<'_>, language: &str) -> DiffReport {
    let same = comparison.same();
    let Comparison { old, new, hybrids, tally, usual, forms: _ } = comparison;
    let pair = hybrids.pair();
    let mut by_slot = changes(pair);
    for (index, hits) in &tally.hits {
        if let Some(change) = by_slot.get_mut(index) {
            change.moved = *hits;
        }
    }
    let place_of: BTreeMap<usize, usize> = by_slot.keys().enumerate().map(|(place, index)| (*index, place)).collect();
    let outcomes = outcomes(old, new);
    let order = |name: &str| outcomes.iter().position(|known| known == name).unwrap_or(outcomes.len());
    let flows = |counts: &BTreeMap<(String, String), u64>| -> Vec<Flow> {
        let flow =
            |((old, new), count): (&(String, String), &u64)| Flow { old: old.clone(), new: new.clone(), count: *count };
        let mut flows: Vec<Flow> = counts.iter().map(flow).collect();
        flows.sort_by_key(|flow| (order(&flow.old), order(&flow.new)));
        flows
    };
    let moved = tally.moved();
    let mut regions: Vec<RegionCount> = tally
        .regions
        .iter()
        .map(|(region, (decided, moved))| RegionCount { region: region.clone(), decided: *decided, moved: *moved })
        .collect();
    regions.sort_by_key(|region| (std::cmp::Reverse(region.moved), region.region.is_none(), region.region.clone()));
    let mut groups: Vec<CauseGroup> = tally
        .groups
        .iter()
        .map(|(responsible, counted)| {
            let (how, slots) = match responsible {
                Responsible::Alone(slots) => (Responsibility::Alone, slots.clone()),
                Responsible::Together(slots) => (Responsibility::Together, slots.clone()),
                Responsible::Vocabulary(slots) => (Responsibility::Vocabulary, slots.clone()),
                Responsible::Several => (Responsibility::Several, hybrids.changed().iter().copied().collect()),
            };
            let GroupTally { count, kinds, flows: own, regions: places, names, example } = counted;
            let mut places: Vec<RegionCount> = places
                .iter()
                .map(|(region, moved)| {
                    let decided = tally.regions.get(region).map_or(0, |(decided, _)| *decided);
                    RegionCount { region: region.clone(), decided, moved: *moved }
                })
                .collect();
            places.sort_by_key(|region| {
                (std::cmp::Reverse(region.moved), region.region.is_none(), region.region.clone())
            });
            CauseGroup {
                how,
                changes: slots.iter().filter_map(|index| place_of.get(index).copied()).collect(),
                count: *count,
                kinds: kinds.clone(),
                flows: flows(own),
                regions: places,
                rows: names.clone(),
                example: example.as_ref().and_then(|(_, row)| work_out(old, new, row, &usual, language)),
            }
        })
        .collect();
    groups.sort_by_key(|group| (std::cmp::Reverse(group.count), group.changes.clone()));
    let left_out = ["old", "new"].into_iter().zip(&tally.left_out).flat_map(|(version, places)| {
        places.iter().map(move |(what, rows)| LeftOutCount { version, what: what.clone(), rows: *rows })
    });
    let left_out: Vec<LeftOutCount> = left_out.collect();
    let mut labels = ReportLabels::new(old, new, language);
    let examples = groups.iter().filter_map(|group| group.example.as_ref());
    let in_examples = examples.flat_map(|example| paths(&example.facts).filter_map(|(_, path)| path));
    labels.keep_facts(&left_out.iter().map(|left| left.what.clone()).chain(in_examples).collect());
    DiffReport {
        schema: documents::DIFF,
        old: named(old),
        new: named(new),
        same,
        decided: tally.decided,
        moved,
        reordered: tally.reordered,
        unread: tally.unread,
        incomplete: tally.incomplete,
        left_out,
        kinds: tally.kinds.clone(),
        flows: flows(&tally.flows),
        outcomes: outcomes.clone(),
        regions,
        groups,
        changes: by_slot.into_values().collect(),
        texts: texts(pair),
        language: language.to_owned(),
        labels,
    }
}

fn named(version: &Version) -> VersionInfo {
    VersionInfo {
        name: version.name.clone(),
        policy: version.policy.name().to_owned(),
        digest: version.policy.digest().to_owned(),
    }
}

/// The outcomes of both versions in one order: that of the old version, with each new outcome after the one that it
/// follows.
fn outcomes(old: &Version, new: &Version) -> Vec<String> {
    let of = |version: &Version| -> Vec<String> {
        let decisions = version.policy.model().decisions.iter();
        decisions.flat_map(|d| &d.outcomes).map(|outcome| outcome.name.clone()).collect()
    };
    let mut all: Vec<String> = Vec::new();
    for name in of(old) {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    let mut at = 0;
    for name in of(new) {
        match all.iter().position(|known| *known == name) {
            Some(place) => at = place + 1,
            None => {
                all.insert(at.min(all.len()), name);
                at += 1;
            }
        }
    }
    all.extend(["undetermined", "not_in_force"].map(String::from));
    all
}

/// A row decided by one version.
struct DecidedRow {
    whole: Evaluated,
    told: Evaluated,
    /// Its facts in YAML, as they are told.
    facts: String,
}

impl DecidedRow {
    fn to_compare<'r>(&'r self, version: &'r Version) -> ToldDecision<'r> {
        ToldDecision { model: version.policy.model(), whole: &self.whole, told: &self.told }
    }
}

/// Decides a row by one version, with an explanation.
fn decided(version: &Version, row: &CorpusRow, usual: &str) -> Option<DecidedRow> {
    let policy = &version.policy;
    let model = policy.model();
    let seen = read_facts(&FactNames::new(model), row, true).ok()?;
    let mut options = bind_question(policy.engine(), &row.question, usual).ok()?.options;
    options.explain = true;
    let whole = policy.engine().evaluate(&seen.facts, &options).ok()?;
    let Some(mask) = policy.mask() else {
        return Some(DecidedRow { told: whole.clone(), whole, facts: to_yaml(model, &seen.facts) });
    };
    let all: Vec<FactId> = model.facts.ids().collect();
    let facts = to_yaml(model, &mask.facts(model, &seen.facts, &all));
    Some(DecidedRow { told: mask.evaluated(model, whole.clone()), whole, facts })
}

/// Decides a row again, for an example in full.
fn work_out(old: &Version, new: &Version, row: &CorpusRow, usual: &str, language: &str) -> Option<Example> {
    let (first, second) = (decided(old, row, usual)?, decided(new, row, usual)?);
    let mut second_told = second.told.clone();
    if old.policy.mask().is_some() || new.policy.mask().is_some() {
        second_told = told_apart(first.to_compare(old), second.to_compare(new));
    }
    let one = |version: &Version, told: Evaluated| {
        let policy = &version.policy;
        let mut decision = Decision::of(policy.engine(), told);
        let words = ereje::explain::text(policy.engine(), &decision, language);
        // The text has the explanation, so the data need not.
        decision.trace = None;
        let head = ereje::explain::text(policy.engine(), &decision, language);
        (decision, head, words)
    };
    let facts = second.facts;
    let (old, old_head, old_text) = one(old, first.told);
    let (new, new_head, new_text) = one(new, second_told);
    let (old_rules, new_rules) = (by_rule(&old_head, &old_text), by_rule(&new_head, &new_text));
    let (old_brief, new_brief) =
        (brief(&old_head, &old_rules, &new_rules, language), brief(&new_head, &new_rules, &old_rules, language));
    let question = &row.question;
    let mut besides = Vec::new();
    besides.extend(question.decision.as_ref().map(|name| format!("decision {name}")));
    besides.extend(question.as_of.map(|day| format!("as of {}", day.format("%Y-%m-%d"))));
    besides.extend(question.region.as_ref().map(|name| format!("in {name}")));
    besides.extend(question.assumed.iter().map(|(name, value)| format!("assuming {name} = {value}")));
    Some(Example {
        name: row.name.clone(),
        place: row.place(),
        facts,
        asked: besides,
        old,
        new,
        old_text,
        new_text,
        old_brief,
        new_brief,
    })
}

/// The explanation of a decision, rule by rule: the text after its head, cut at lines that are not indented.
fn by_rule<'t>(head: &str, text: &'t str) -> Vec<Vec<&'t str>> {
    let mut rules: Vec<Vec<&str>> = Vec::new();
    for line in text.get(head.len()..).unwrap_or("").lines().filter(|line| !line.is_empty()) {
        match rules.last_mut() {
            Some(rule) if line.starts_with(' ') => rule.push(line),
            Some(_) | None => rules.push(vec![line]),
        }
    }
    rules
}

/// A decision with the rules that fire, and those that differ on the other side.
fn brief(head: &str, own: &[Vec<&str>], other: &[Vec<&str>], language: &str) -> String {
    // A rule may have moved to another line.
    let placeless = |rule: &[&str]| -> Vec<String> {
        rule.iter().map(|line| line.split("  [").next().unwrap_or(line).to_owned()).collect()
    };
    let others: Vec<Vec<String>> = other.iter().map(|rule| placeless(rule)).collect();
    let mut text = head.to_owned();
    let mut left_out = 0_u64;
    for rule in own {
        let fires = rule.first().is_some_and(|line| line.starts_with(['✓', '?', '!']));
        if fires || !others.contains(&placeless(rule)) {
            if text.len() == head.len() {
                text.push('\n');
            }
            rule.iter().for_each(|line| {
                text.push_str(line);
                text.push('\n');
            });
        } else {
            left_out += 1;
        }
    }
    if left_out > 0 {
        if text.len() == head.len() {
            text.push('\n');
        }
        let phrases = phrases(language);
        text.push_str(&say(phrases.quiet_rules, &[&phrases.counted(left_out, Noun::Rule)]));
        text.push('\n');
    }
    text
}
