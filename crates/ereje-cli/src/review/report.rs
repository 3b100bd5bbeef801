//! The report on changes, for people, for a pull request, and for programs.

use super::colours::{BOLD, CYAN, GREEN, PLAIN, RED};
use super::phrases::{Found, Noun, ReviewPhrases, phrases};
use super::reviewed::{
    OrphanedSnapshot, ReviewFormat, ReviewResult, ReviewedCase, SnapshotState, StoredSnapshot, shown,
};
use super::signed;
use crate::cases::RunError;
use crate::error::CliError;
use crate::streams::exact_json;
use ereje::documents::REVIEW;
use ereje::visible::{visible, visible_lines};
use ereje_review::phrases::{say, with_capital};
use ereje_review::review::{CASE, DECIDED, Sign, SnapshotChange, SnapshotPart, changes, described, section};
use serde_json::{Value as Json, json};
use std::fmt::Write as _;
use std::path::Path;

/// The most cases that are listed under a change, and the most new ones that are shown, where nothing is accepted.
const MAX_NAMED: usize = 20;

/// How much is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// What a reader needs to see what has changed.
    Brief,
    /// All that is accepted by it.
    Accepted,
    /// Each new case in full as well.
    Full,
}

impl Extent {
    /// The most cases that are named under a change, and the most new ones that are shown.
    fn most_named(self) -> usize {
        if self == Self::Brief { MAX_NAMED } else { usize::MAX }
    }
}

/// The changes and the cases that they are in.
struct CasesByState<'f> {
    changes: Vec<(SnapshotChange, Vec<&'f ReviewedCase>)>,
    renamed: Vec<&'f ReviewedCase>,
    new: Vec<&'f ReviewedCase>,
    unreadable: Vec<(&'f ReviewedCase, &'f str)>,
}

/// The report on everything that was found.
pub(super) fn report(result: &ReviewResult, format: ReviewFormat, extent: Extent) -> Result<String, CliError> {
    let mut changed: Vec<&ReviewedCase> = Vec::new();
    let mut pairs: Vec<(&str, &str)> = Vec::new();
    let mut by_state =
        CasesByState { changes: Vec::new(), renamed: Vec::new(), new: Vec::new(), unreadable: Vec::new() };
    for case in &result.cases {
        match (&case.old, case.state()) {
            (_, SnapshotState::Same) => {}
            (_, SnapshotState::Renamed) => by_state.renamed.push(case),
            (StoredSnapshot::Kept(old) | StoredSnapshot::Moved(old, _), _) => {
                changed.push(case);
                pairs.push((&old.contents, &case.contents));
            }
            (StoredSnapshot::Missing, _) => by_state.new.push(case),
            (StoredSnapshot::Unreadable(why), _) => by_state.unreadable.push((case, why)),
        }
    }
    for change in changes(&pairs, extent != Extent::Brief) {
        let cases = change.pairs.iter().filter_map(|index| changed.get(*index).copied()).collect();
        by_state.changes.push((change, cases));
    }
    match format {
        ReviewFormat::Text => Ok(text(&by_state, result, extent)),
        ReviewFormat::Markdown => Ok(markdown(&by_state, result, extent)),
        ReviewFormat::Json => exact_json(serde_json::to_string_pretty(&machine(&by_state, result))),
    }
}

/// The title of a change.
fn title(part: SnapshotPart, cases: usize, phrases: &ReviewPhrases) -> String {
    let [decision, case, why] = phrases.changes;
    let what = match part {
        SnapshotPart::Decision => decision,
        SnapshotPart::Case => case,
        SnapshotPart::Why => why,
    };
    if cases == 1 { what.to_owned() } else { say(phrases.the_same_in, &[what, &phrases.counted(cases, Noun::Case)]) }
}

/// What is shown of a case that has nothing to be compared with: its main sections, or all of it. Who accepts it is shown all of it,
/// the explanation and the messages in every language included.
fn told(case: &ReviewedCase, extent: Extent) -> String {
    if extent != Extent::Brief {
        return case.contents.clone();
    }
    let of = |heading| section(&case.contents, heading).unwrap_or_default();
    format!("{}\n\n{}", of(CASE), of(DECIDED))
}

/// The same for a terminal.
fn added(out: &mut String, case: &ReviewedCase, extent: Extent) {
    for line in told(case, extent).lines() {
        let _ = writeln!(out, "    {GREEN}{}{PLAIN}", format!("+ {line}").trim_end());
    }
}

/// The first line of the decision.
fn outcome(case: &ReviewedCase) -> &str {
    section(&case.contents, DECIDED).and_then(|text| text.lines().next()).unwrap_or_default()
}

fn text(by_state: &CasesByState<'_>, result: &ReviewResult, extent: Extent) -> String {
    let mut out = String::new();
    let most = extent.most_named();
    let phrases = phrases(result.language);
    let name = |case: &ReviewedCase| {
        let wrong = if case.wrong { format!("  {RED}{}{PLAIN}", phrases.not_as_expected) } else { String::new() };
        let described = described(&case.name, case.law.as_deref());
        format!(
            "  {}: {}{}{wrong}\n",
            visible(&shown(Path::new(&case.file))),
            visible(&described),
            visible(&other_name(case, phrases))
        )
    };
    for (change, cases) in &by_state.changes {
        let _ = writeln!(out, "{BOLD}{}{PLAIN}", title(change.part, cases.len(), phrases));
        out.extend(cases.iter().take(most).map(|case| name(case)));
        if cases.len() > most {
            let more = phrases.counted(cases.len() - most, Noun::FurtherCase);
            let _ = writeln!(out, "  {}", say(phrases.more_cases, &[&more]));
        }
        for hunk in &change.hunks {
            if let Some(under) = &hunk.under {
                let _ = writeln!(out, "    {CYAN}⋯ {}{PLAIN}", phrases.under(under));
            }
            // An empty line at the end only separates this change from the next.
            let lines = match hunk.lines.split_last() {
                Some(((Sign::Same, last), lines)) if last.is_empty() => lines,
                Some(_) | None => &hunk.lines,
            };
            for (sign, line) in lines {
                let line = format!("{} {line}", sign.mark());
                let line = line.trim_end();
                let _ = match sign {
                    Sign::Same if line.is_empty() => writeln!(out),
                    Sign::Same => writeln!(out, "    {line}"),
                    Sign::Dropped => writeln!(out, "    {RED}{line}{PLAIN}"),
                    Sign::Added => writeln!(out, "    {GREEN}{line}{PLAIN}"),
                };
            }
        }
        if change.beside > 0 {
            let beside = say(phrases.beside, &[&phrases.counted(change.beside, Noun::Line)]);
            let _ = writeln!(out, "    {CYAN}⋯ {beside}{PLAIN}");
        }
        out.push('\n');
    }
    if !by_state.renamed.is_empty() {
        let _ = writeln!(out, "{BOLD}{}{PLAIN}", phrases.renamed);
        for case in &by_state.renamed {
            let before = case.before().unwrap_or_default();
            let was = say(phrases.was, &[&visible(&before)]);
            let _ = writeln!(out, "{}    {CYAN}{was}{PLAIN}", name(case));
        }
        out.push('\n');
    }
    for (case, why) in &by_state.unreadable {
        let _ = writeln!(out, "{BOLD}{}{PLAIN}: {}", phrases.unreadable, visible(why));
        let _ = writeln!(out, "{}  {}", name(case), visible(&shown(&case.path)));
        if extent != Extent::Brief {
            added(&mut out, case, extent);
        }
        out.push('\n');
    }
    let few = by_state.new.len() <= most;
    for case in &by_state.new {
        if few {
            let _ = write!(out, "{BOLD}{}{PLAIN}\n{}", phrases.new, name(case));
            added(&mut out, case, extent);
            out.push('\n');
        } else {
            let _ = write!(out, "{BOLD}{}{PLAIN}{}", phrases.new, name(case));
            let _ = writeln!(out, "       {GREEN}+ {}{PLAIN}", outcome(case));
        }
    }
    if !few {
        out.push('\n');
    }
    if !result.gone.is_empty() {
        let _ = writeln!(out, "{BOLD}{}{PLAIN}", phrases.gone);
    }
    for gone in &result.gone {
        let split = split(gone, phrases);
        let _ = writeln!(out, "  {}: {RED}{}{PLAIN}{split}", visible(&shown(&gone.path)), visible(&gone.what));
    }
    for case in result.again() {
        let _ =
            write!(out, "{BOLD}{}{PLAIN}\n{}", say(phrases.as_accepted, &[&accepted_by(case, phrases)]), name(case));
        for line in case.contents.lines() {
            let _ = writeln!(out, "{}", format!("    {line}").trim_end());
        }
        out.push('\n');
    }
    if let Some(required) = result.signed {
        out.push_str(&signed::text(result, required, extent == Extent::Full));
    }
    out
}

/// Who accepted a decision so far.
fn accepted_by(case: &ReviewedCase, phrases: &ReviewPhrases) -> String {
    let names: Vec<String> = case.accepted_by.iter().map(|one| visible(&one.by.to_string()).into_owned()).collect();
    if names.is_empty() { phrases.accepted_by_nobody.into() } else { say(phrases.accepted_by, &[&names.join(", ")]) }
}

/// What a changed case was called when it was accepted, if it has another name now.
fn other_name(case: &ReviewedCase, phrases: &ReviewPhrases) -> String {
    let is_other = |before: &String| *before != described(&case.name, case.law.as_deref());
    let before = case.before().filter(|before| case.state() == SnapshotState::Changed && is_other(before));
    before.map_or_else(String::new, |before| format!(", {}", say(phrases.was, &[&before])))
}

/// What came in the place of a case that is gone, if that is known.
fn split(gone: &OrphanedSnapshot, phrases: &ReviewPhrases) -> String {
    let cases = || phrases.counted(gone.split_into, Noun::Case);
    if gone.split_into == 0 { String::new() } else { format!(", {}", say(phrases.split_into, &[&cases()])) }
}

fn markdown(by_state: &CasesByState<'_>, result: &ReviewResult, extent: Extent) -> String {
    let same = result.cases.iter().filter(|case| case.state() == SnapshotState::Same).count();
    let phrases = phrases(result.language);
    let mut out = format!("## {}\n\n", phrases.heading);
    let changed: usize = by_state.changes.iter().map(|(_, cases)| cases.len()).sum();
    let counts = [
        (changed, Found::Changed),
        (by_state.renamed.len(), Found::Renamed),
        (by_state.new.len(), Found::New),
        (result.gone.len(), Found::Gone),
        (by_state.unreadable.len(), Found::Unreadable),
        (result.errors.len(), Found::NotReviewed),
        (same, Found::Same),
    ];
    let counts = counts.iter().filter(|(number, _)| *number > 0).map(|(number, what)| phrases.found(*number, *what));
    let _ = writeln!(out, "{}", counts.collect::<Vec<_>>().join(", "));
    let name = |case: &ReviewedCase| {
        let wrong = if case.wrong { format!(" — **{}**", phrases.not_as_expected) } else { String::new() };
        let described = described(&case.name, case.law.as_deref());
        format!(
            "- {}: {}{}{wrong}\n",
            code(&shown(Path::new(&case.file))),
            escaped(&described),
            escaped(&other_name(case, phrases))
        )
    };
    if !result.errors.is_empty() {
        section_title(&mut out, phrases.not_reviewed);
        for error in &result.errors {
            let _ = writeln!(out, "- {}: {}", code(&error.place), escaped(&error.message));
        }
    }
    for (change, cases) in &by_state.changes {
        section_title(&mut out, &title(change.part, cases.len(), phrases));
        if cases.len() > MAX_NAMED {
            let _ = writeln!(out, "<details><summary>{}</summary>\n", phrases.counted(cases.len(), Noun::Case));
        }
        out.extend(cases.iter().map(|case| name(case)));
        if cases.len() > MAX_NAMED {
            out.push_str("\n</details>\n");
        }
        let mut diff = String::new();
        for hunk in &change.hunks {
            let _ = writeln!(
                diff,
                "@@ {} @@",
                hunk.under.as_deref().map_or_else(|| "…".into(), |line| phrases.under(line))
            );
            for (sign, line) in &hunk.lines {
                let _ = writeln!(diff, "{}", format!("{}{line}", sign.mark()).trim_end());
            }
        }
        if change.beside > 0 {
            let _ = writeln!(diff, "@@ {} @@", say(phrases.beside, &[&phrases.counted(change.beside, Noun::Line)]));
        }
        fenced(&mut out, "diff", &diff);
    }
    if !by_state.renamed.is_empty() {
        section_title(&mut out, phrases.renamed);
        for case in &by_state.renamed {
            let was = say(phrases.was, &[&case.before().unwrap_or_default()]);
            let _ = writeln!(out, "{}, {}", name(case).trim_end(), escaped(&was));
        }
    }
    if !by_state.unreadable.is_empty() {
        section_title(&mut out, phrases.unreadable_title);
        for (case, why) in &by_state.unreadable {
            let _ = writeln!(out, "- {}: {}", code(&shown(&case.path)), escaped(why));
            if extent != Extent::Brief {
                fenced(&mut out, "text", &format!("{}\n", told(case, extent).trim()));
            }
        }
    }
    if !by_state.new.is_empty() {
        section_title(&mut out, phrases.new);
        for case in &by_state.new {
            if by_state.new.len() <= extent.most_named() {
                out.push_str(&name(case));
                fenced(&mut out, "text", &format!("{}\n", told(case, extent).trim()));
            } else {
                let _ = writeln!(out, "{} — {}", name(case).trim_end(), escaped(outcome(case)));
            }
        }
    }
    if !result.gone.is_empty() {
        section_title(&mut out, phrases.gone);
        for gone in &result.gone {
            let _ = writeln!(out, "- {}: {}{}", code(&shown(&gone.path)), escaped(&gone.what), split(gone, phrases));
        }
    }
    for (index, case) in result.again().enumerate() {
        if index == 0 {
            section_title(&mut out, phrases.as_accepted_title);
        }
        let _ = writeln!(out, "{}, {}", name(case).trim_end(), escaped(&accepted_by(case, phrases)));
        fenced(&mut out, "text", &format!("{}\n", case.contents.trim()));
    }
    if result.signed.is_some() {
        let _ = writeln!(out, "\n### {}", with_capital(phrases.acceptances));
        for group in signed::groups(result) {
            let _ = writeln!(
                out,
                "\n<details><summary>{} — {}</summary>\n",
                phrases.counted(group.cases.len(), Noun::Decision),
                escaped(&group.title(phrases))
            );
            for case in group.cases {
                let since = signed::since(case, phrases);
                let since =
                    if since.is_empty() { String::new() } else { format!(" — {}", escaped(&since.join("; "))) };
                let _ = writeln!(out, "{}{since}", name(case).trim_end());
            }
            out.push_str("\n</details>\n");
        }
    }
    out
}

fn section_title(out: &mut String, title: &str) {
    let _ = writeln!(out, "\n### {}\n", with_capital(title));
}

/// A fenced block with a fence that its text cannot close.
fn fenced(out: &mut String, language: &str, text: &str) {
    let text = &*visible_lines(text);
    let mut fence = String::from("```");
    while text.contains(&fence) {
        fence.push('`');
    }
    let _ = write!(out, "\n{fence}{language}\n{text}{fence}\n");
}

/// A text in backticks.
fn code(text: &str) -> String {
    format!("`{}`", visible(text).replace('`', "'"))
}

/// A text with the special characters of Markdown escaped.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in visible(text).chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '~' | '&') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn machine(by_state: &CasesByState<'_>, result: &ReviewResult) -> Json {
    let case_json = |case: &ReviewedCase| {
        json!({
            "name": case.name,
            "law": case.law,
            "file": shown(Path::new(&case.file)),
            "snapshot": shown(&case.path),
            "as_expected": !case.wrong,
        })
    };
    let changes: Vec<Json> = by_state
        .changes
        .iter()
        .map(|(change, cases)| {
            let lines = |hunk: &ereje_review::review::Hunk| {
                let lines = hunk.lines.iter().map(|(sign, line)| format!("{}{line}", sign.mark()));
                json!({ "under": hunk.under, "lines": lines.collect::<Vec<_>>() })
            };
            json!({
                "part": change.part.word(),
                "cases": cases.iter().map(|case| case_json(case)).collect::<Vec<_>>(),
                "diff": change.hunks.iter().map(lines).collect::<Vec<_>>(),
            })
        })
        .collect();
    let with = |case: &ReviewedCase, key: &str, value: &str| {
        let mut json = case_json(case);
        if let Some(map) = json.as_object_mut() {
            map.insert(key.into(), value.into());
        }
        json
    };
    // What takes the place of a file that says nothing is accepted with it.
    let with_contents = |case: &ReviewedCase, mut json: Json| {
        if let Some(map) = json.as_object_mut() {
            map.insert("contents".into(), case.contents.as_str().into());
        }
        json
    };
    let gone = result
        .gone
        .iter()
        .map(|gone| json!({ "snapshot": shown(&gone.path), "what": gone.what, "split_into": gone.split_into }));
    let mut json = json!({
        "schema": REVIEW,
        "changed": changes,
        "renamed": by_state.renamed.iter().map(|case| with(case, "was", &case.before().unwrap_or_default())).collect::<Vec<_>>(),
        "new": by_state.new.iter().map(|case| with(case, "contents", &case.contents)).collect::<Vec<_>>(),
        "gone": gone.collect::<Vec<_>>(),
        "unreadable": by_state.unreadable.iter().map(|(case, why)| with_contents(case, with(case, "why", why))).collect::<Vec<_>>(),
        "same": result.cases.iter().filter(|case| case.state() == SnapshotState::Same).count(),
        "total": result.cases.len(),
        "errors": result.errors.iter().map(RunError::to_json).collect::<Vec<_>>(),
        "as_accepted": result.again().map(|case| with(case, "contents", &case.contents)).collect::<Vec<_>>(),
    });
    if let (Some(required), Some(map)) = (result.signed, json.as_object_mut()) {
        map.insert("signed".into(), signed::machine(result, required));
    }
    json
}
