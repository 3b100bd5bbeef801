//! What could be in place of a name in a policy: the other values of an enum, the sibling regions, the next outcomes,
//! the reasons with the same parameters, the facts of the same type.
//!
//! Comes in: the Asts of a policy and their texts. Goes out: names by kind, in the order of the files.

use super::words::on_one_line;
use ereje::model::{WEEKDAY_TYPE, WEEKDAYS};
use ereje::source::Sources;
use ereje::syntax::ast::*;
use std::collections::{BTreeMap, BTreeSet};

/// The names of a policy.
#[derive(Clone, Debug, Default)]
pub(super) struct PolicyNames {
    /// The policy's own name.
    pub(super) policy: String,
    /// The values of each enum, with or without a name.
    enums: Vec<Vec<String>>,
    /// The values of the enums with names.
    named: BTreeMap<String, Vec<String>>,
    /// The children of each region; the top regions under the empty name.
    regions: BTreeMap<String, Vec<String>>,
    /// The outcomes of each decision, the strongest first.
    decisions: Vec<(String, Vec<String>)>,
    /// Each reason with the types of its parameters.
    reasons: Vec<(String, Vec<String>)>,
    /// The path of each fact and of each field of its record, with its type.
    facts: Vec<(String, String)>,
    /// The targets of exceptions, replacements and suspensions.
    targets: BTreeSet<String>,
}

impl PolicyNames {
    pub(super) fn of(files: &[File], sources: &Sources) -> Self {
        let mut names = Self::default();
        let weekdays: Vec<String> = WEEKDAYS.map(str::to_owned).into();
        // A policy that has a type of this name means its own.
        names.named.insert(WEEKDAY_TYPE.to_owned(), weekdays.clone());
        names.enums.push(weekdays);
        for item in files.iter().flat_map(|file| &file.items) {
            names.item(item, sources);
        }
        for item in files.iter().flat_map(|file| &file.items) {
            if let ItemSyntax::Outcome(added) = item {
                names.place(added);
            }
        }
        names
    }

    fn item(&mut self, item: &ItemSyntax, sources: &Sources) {
        let written = |ty: &TypeExpr| on_one_line(sources.slice(ty.span));
        match item {
            ItemSyntax::Policy(policy) => self.policy = written_path(&policy.name),
            ItemSyntax::Region(region) => self.region("", region),
            ItemSyntax::Enum(item) => {
                let values: Vec<String> = item.values.iter().map(|v| v.name.text.clone()).collect();
                self.named.insert(item.name.text.clone(), values.clone());
                self.enums.push(values);
            }
            ItemSyntax::Record(record) => {
                self.fields(&format!("{}.", record.name.text), &record.fields, sources);
            }
            ItemSyntax::Facts(FactsSyntax::Group { name, fields, .. }) => {
                self.fields(&format!("{}.", name.text), fields, sources)
            }
            ItemSyntax::Facts(FactsSyntax::Single { field, .. }) => {
                self.fields("", std::slice::from_ref(field), sources)
            }
            ItemSyntax::Decision(decision) => {
                let outcomes = decision.outcomes.iter().map(|o| o.text.clone()).collect();
                self.decisions.push((decision.name.text.clone(), outcomes));
            }
            ItemSyntax::Reason(reason) => {
                let takes = reason.params.iter().map(|p| written(&p.ty)).collect();
                self.reasons.push((reason.code.text.clone(), takes));
            }
            ItemSyntax::Assumption(assumption) => self.inline(&assumption.ty),
            ItemSyntax::Define(define) => {
                define.params.iter().map(|p| &p.ty).chain(&define.ty).for_each(|ty| self.inline(ty))
            }
            ItemSyntax::Table(table) => table.params.iter().map(|p| &p.ty).for_each(|ty| self.inline(ty)),
            ItemSyntax::Amendment(_)
            | ItemSyntax::Import(_)
            | ItemSyntax::Source(_)
            | ItemSyntax::Registry(_)
            | ItemSyntax::Unit(_)
            | ItemSyntax::Calendar(_)
            | ItemSyntax::Facts(FactsSyntax::Silent { .. })
            | ItemSyntax::AsOf(_)
            | ItemSyntax::Outcome(_)
            | ItemSyntax::Output(_)
            | ItemSyntax::Case(_)
            | ItemSyntax::Norm(_)
            | ItemSyntax::Scale(_)
            | ItemSyntax::Notice(_) => {}
            ItemSyntax::Rule(rule) => self.target(rule.replace.is_some(), &rule.name),
            ItemSyntax::Exception(exception) => {
                self.targets.extend(exception.target.parts.iter().map(|part| part.text.clone()));
                self.target(exception.replace.is_some(), &exception.name);
            }
            ItemSyntax::Suspend(suspend) => self.target(true, &suspend.name),
        }
    }

    fn target(&mut self, points: bool, name: &Name) {
        if points {
            self.targets.insert(name.text.clone());
        }
    }

    /// True if something excepts, replaces or suspends this name.
    pub(super) fn is_target(&self, name: &str) -> bool {
        self.targets.contains(name)
    }

    /// True if an enum has this name.
    pub(super) fn is_enum(&self, name: &str) -> bool {
        self.named.contains_key(name)
    }

    fn region(&mut self, parent: &str, region: &RegionSyntax) {
        let name = &region.name.text;
        let known = self.regions.values().flatten().any(|known| known == name);
        // A region that is opened again keeps its first parent.
        if !known {
            self.regions.entry(parent.to_owned()).or_default().push(name.clone());
        }
        for child in &region.children {
            self.region(name, child);
        }
    }

    fn fields(&mut self, before: &str, fields: &[FieldSyntax], sources: &Sources) {
        for field in fields {
            if let Some(ty) = &field.ty {
                self.inline(ty);
                self.facts.push((format!("{before}{}", field.name.text), on_one_line(sources.slice(ty.span))));
            }
        }
    }

    /// Adds an enum that is written inside a type.
    fn inline(&mut self, ty: &TypeExpr) {
        match &ty.kind {
            TypeKind::Enum(values) => self.enums.push(values.iter().map(|v| v.name.text.clone()).collect()),
            TypeKind::List(inner) => self.inline(inner),
            TypeKind::Record(fields) => fields.iter().filter_map(|f| f.ty.as_ref()).for_each(|ty| self.inline(ty)),
            TypeKind::Name(_) | TypeKind::Unit(_) | TypeKind::Duration(_) => {}
        }
    }

    fn place(&mut self, added: &OutcomeSyntax) {
        let decision = self.decisions.iter_mut().find(|(name, _)| *name == added.decision.text);
        let Some((_, outcomes)) = decision else { return };
        if let Some(at) = outcomes.iter().position(|o| *o == added.other.text) {
            outcomes.insert(at + usize::from(!added.above), added.name.text.clone());
        }
    }

    /// The values of an enum's type; empty for another type.
    pub(super) fn values_of(&self, ty: &TypeExpr) -> Vec<String> {
        match &ty.kind {
            TypeKind::Name(name) => self.named.get(&name.text).cloned().unwrap_or_default(),
            TypeKind::Enum(values) => values.iter().map(|v| v.name.text.clone()).collect(),
            TypeKind::Unit(_) | TypeKind::Duration(_) | TypeKind::List(_) | TypeKind::Record(_) => Vec::new(),
        }
    }

    /// The enums and the groups of sibling regions that have all of these names.
    fn circles<'w>(&'w self, names: &[&str]) -> impl Iterator<Item = &'w Vec<String>> {
        let holds = |list: &&Vec<String>| names.iter().all(|name| list.iter().any(|known| known == name));
        self.enums.iter().chain(self.regions.values()).filter(holds).collect::<Vec<_>>().into_iter()
    }

    /// Values that could replace a value of an enum or a region: the next one in each group that has it.
    pub(super) fn next_value(&self, name: &str) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for values in self.circles(&[name]) {
            let at = values.iter().position(|v| v == name).unwrap_or(0);
            let next = values.get((at + 1) % values.len().max(1)).filter(|next| *next != name);
            found.extend(next.filter(|next| !found.contains(next)).cloned());
        }
        found
    }

    /// All values that could replace a value of an enum or a region.
    pub(super) fn other_values(&self, name: &str) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for value in self.circles(&[name]).flatten() {
            if value != name && !found.contains(value) {
                found.push(value.clone());
            }
        }
        found
    }

    /// The value that could be added to a set: the first one that follows one of the set's and is not in it.
    pub(super) fn one_more(&self, names: &[&str]) -> Option<String> {
        let values = self.circles(names).next()?;
        let last = names.last()?;
        let at = values.iter().position(|v| v == last)?;
        values.iter().cycle().skip(at + 1).take(values.len()).find(|v| !names.contains(&v.as_str())).cloned()
    }

    /// The outcomes next to one.
    pub(super) fn neighbours(&self, outcome: &str) -> Vec<String> {
        let Some((outcomes, at)) = self.decision_of(outcome) else { return Vec::new() };
        [at.checked_sub(1), Some(at + 1)].into_iter().flatten().filter_map(|i| outcomes.get(i)).cloned().collect()
    }

    /// All other outcomes of the decision.
    pub(super) fn other_outcomes(&self, outcome: &str) -> Vec<String> {
        let Some((outcomes, _)) = self.decision_of(outcome) else { return Vec::new() };
        outcomes.iter().filter(|other| *other != outcome).cloned().collect()
    }

    fn decision_of(&self, outcome: &str) -> Option<(&Vec<String>, usize)> {
        self.decisions.iter().find_map(|(_, list)| list.iter().position(|o| o == outcome).map(|at| (list, at)))
    }

    /// The other reasons with the same parameters, beginning with the next one.
    pub(super) fn other_reasons(&self, code: &str) -> Vec<String> {
        let Some(at) = self.reasons.iter().position(|(known, _)| known == code) else { return Vec::new() };
        let Some((_, takes)) = self.reasons.get(at) else { return Vec::new() };
        let around = self.reasons.iter().cycle().skip(at + 1).take(self.reasons.len().saturating_sub(1));
        around.filter(|(_, other)| other == takes).map(|(code, _)| code.clone()).collect()
    }

    /// The other facts, or fields of the same record, with the same type.
    pub(super) fn other_facts(&self, path: &str) -> Vec<String> {
        let Some((_, ty)) = self.facts.iter().find(|(known, _)| known == path) else { return Vec::new() };
        let same = self.facts.iter().filter(|(other, known)| known == ty && other != path);
        same.map(|(other, _)| other.clone()).collect()
    }

    /// The other fields with the same type, in all records that have a field of this name.
    pub(super) fn other_fields(&self, field: &str) -> Vec<String> {
        let ends = |path: &str| path.rsplit_once('.').is_some_and(|(_, last)| last == field);
        let mut found: Vec<String> = Vec::new();
        for (path, ty) in self.facts.iter().filter(|(path, _)| ends(path)) {
            let Some((owner, _)) = path.rsplit_once('.') else { continue };
            for (other, known) in &self.facts {
                if let Some((same, last)) = other.rsplit_once('.')
                    && (same == owner && known == ty && last != field && !found.iter().any(|f| f == last))
                {
                    found.push(last.to_owned());
                }
            }
        }
        found
    }
}

/// A dotted name.
pub(super) fn written_path(path: &Path) -> String {
    path.parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join(".")
}
