//! Coverage as an lcov tracefile, which code hosts, editors and `genhtml` read.
//!
//! The count of a line is the number of cases that exercised any of its goals. The sides of a clause and the states of
//! a fact are branches; a rule, an exception or a notice is a function.

use super::lines::{GoalGroup, marked};
use super::{Coverage, CoverageKind};
use ereje::source::Sources;
use ereje::visible::visible;
use std::collections::BTreeSet;
use std::fmt::Write as _;

impl Coverage {
    /// The tracefile of a policy; several can be concatenated. `shown` gives the name under which a file is shown.
    #[must_use]
    pub fn lcov(&self, sources: &Sources, shown: &dyn Fn(&str) -> String) -> String {
        let mut out = String::new();
        for file in marked(self, sources, "en") {
            let _ = writeln!(out, "TN:\nSF:{}", visible(&shown(&file.source.name)));
            let functions: Vec<(usize, &str, usize)> = file
                .lines
                .iter()
                .flat_map(|(line, groups)| groups.iter().flat_map(move |group| functions(*line, group)))
                .collect();
            for (line, name, _) in &functions {
                let _ = writeln!(out, "FN:{line},{name}");
            }
            for (_, name, count) in &functions {
                let _ = writeln!(out, "FNDA:{count},{name}");
            }
            let reached = functions.iter().filter(|(_, _, count)| *count > 0).count();
            let _ = writeln!(out, "FNF:{}\nFNH:{reached}", functions.len());
            let (mut all, mut taken) = (0, 0);
            for (line, groups) in &file.lines {
                let touched = groups.iter().any(|group| group.count() > 0);
                let branching = groups.iter().filter(|group| group.goals.iter().any(|(goal, _)| goal.side().is_some()));
                for (block, group) in branching.enumerate() {
                    for (branch, (_, cases)) in group.goals.iter().filter(|(goal, _)| goal.side().is_some()).enumerate()
                    {
                        let count = if touched { cases.len().to_string() } else { "-".into() };
                        let _ = writeln!(out, "BRDA:{line},{block},{branch},{count}");
                        all += 1;
                        taken += usize::from(!cases.is_empty());
                    }
                }
            }
            let _ = writeln!(out, "BRF:{all}\nBRH:{taken}");
            for (line, groups) in &file.lines {
                let cases: BTreeSet<u32> =
                    groups.iter().flat_map(|group| &group.goals).flat_map(|(_, cases)| cases.iter().copied()).collect();
                let _ = writeln!(out, "DA:{line},{}", cases.len());
            }
            let hit = file.lines.values().filter(|groups| groups.iter().any(|group| group.count() > 0)).count();
            let _ = writeln!(out, "LF:{}\nLH:{hit}\nend_of_record", file.lines.len());
        }
        out
    }
}

fn functions<'a>(line: usize, group: &'a GoalGroup<'_>) -> impl Iterator<Item = (usize, &'a str, usize)> {
    let named = group.goals.iter().filter(|(goal, _)| match goal.kind {
        CoverageKind::Rules | CoverageKind::Exceptions | CoverageKind::Notices => true,
        CoverageKind::Cases
        | CoverageKind::Rows
        | CoverageKind::Norms
        | CoverageKind::Handlers
        | CoverageKind::Clauses
        | CoverageKind::States
        | CoverageKind::Outcomes => false,
    });
    named.map(move |(goal, cases)| (line, goal.name.as_str(), cases.len()))
}
