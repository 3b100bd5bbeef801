//! What has changed, for people, for a pull request, and for programs.

use super::found::{Entry, Format, Found, Old, State, described, shown};
use crate::error::CliError;
use crate::findings::counted;
use ereje_review::review::{CASE, Change, DECIDED, Part, Sign, changes, section, visible};
use serde_json::{Value as Json, json};
use std::fmt::Write as _;

/// The most cases that are named one by one under a change, and the most new ones that are shown.
const MAX_NAMED: usize = 20;

const BOLD: &str = "\x1b[1m";
const RED: &str = "\x1b[31m";
const GREEN: &str = "\x1b[32m";
const CYAN: &str = "\x1b[36m";
const PLAIN: &str = "\x1b[0m";

/// The changes with the entries that they are in.
struct Seen<'f> {
    changes: Vec<(Change, Vec<&'f Entry>)>,
    new: Vec<&'f Entry>,
    unreadable: Vec<(&'f Entry, &'f str)>,
}

/// A page about all that was found.
pub(super) fn report(found: &Found, format: Format, full: bool) -> Result<String, CliError> {
    let mut changed: Vec<&Entry> = Vec::new();
    let mut pairs: Vec<(&str, &str)> = Vec::new();
    let mut seen = Seen { changes: Vec::new(), new: Vec::new(), unreadable: Vec::new() };
    for entry in &found.entries {
        match (&entry.old, entry.state()) {
            (_, State::Same) => {}
            (Old::Kept(old), _) => {
                changed.push(entry);
                pairs.push((&old.contents, &entry.contents));
            }
            (Old::Missing, _) => seen.new.push(entry),
            (Old::Unreadable(why), _) => seen.unreadable.push((entry, why)),
        }
    }
    for change in changes(&pairs) {
        let entries = change.pairs.iter().filter_map(|index| changed.get(*index).copied()).collect();
        seen.changes.push((change, entries));
    }
    match format {
        Format::Text => Ok(text(&seen, found, full)),
        Format::Markdown => Ok(markdown(&seen, found, full)),
        Format::Json => {
            let text = serde_json::to_string_pretty(&machine(&seen, found)).map_err(std::io::Error::from)?;
            Ok(format!("{text}\n"))
        }
    }
}

/// What a change is of, in a title.
fn title(part: Part, cases: usize) -> String {
    let what = match part {
        Part::Decision => "what is decided changed",
        Part::Case => "the case itself changed, and is decided as before",
        Part::Why => "only the explanation changed",
    };
    if cases == 1 { what.to_owned() } else { format!("{what}, the same in {cases} cases") }
}

/// The sections of a new snapshot that say the most.
fn brief(entry: &Entry) -> String {
    let of = |heading| section(&entry.contents, heading).unwrap_or_default();
    format!("{}\n\n{}", of(CASE), of(DECIDED))
}

/// The first line of what is decided.
fn outcome(entry: &Entry) -> &str {
    section(&entry.contents, DECIDED).and_then(|text| text.lines().next()).unwrap_or_default()
}

fn text(seen: &Seen<'_>, found: &Found, full: bool) -> String {
    let mut out = String::new();
    let name = |entry: &Entry| {
        let wrong = if entry.wrong { format!("  {RED}not as its case expects{PLAIN}") } else { String::new() };
        let described = described(&entry.name, entry.law.as_deref());
        format!("  {}: {}{wrong}\n", entry.file, visible(&described))
    };
    for (change, entries) in &seen.changes {
        let _ = writeln!(out, "{BOLD}{}{PLAIN}", title(change.part, entries.len()));
        out.extend(entries.iter().take(MAX_NAMED).map(|entry| name(entry)));
        if entries.len() > MAX_NAMED {
            let _ = writeln!(out, "  … and {}", counted(entries.len() - MAX_NAMED, "more case"));
        }
        for hunk in &change.hunks {
            if let Some(under) = &hunk.under {
                let _ = writeln!(out, "    {CYAN}⋯ {under}{PLAIN}");
            }
            // An empty line that only leads over to the next change says nothing here.
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
            let lines = counted(change.beside, "line");
            let _ = writeln!(out, "    {CYAN}⋯ and {lines} about rules that do not apply{PLAIN}");
        }
        out.push('\n');
    }
    for (entry, why) in &seen.unreadable {
        let _ = writeln!(out, "{BOLD}the snapshot cannot be read{PLAIN}: {why}");
        let _ = writeln!(out, "{}  {}\n", name(entry), shown(&entry.path));
    }
    let few = full || seen.new.len() <= MAX_NAMED;
    for entry in &seen.new {
        if few {
            let _ = write!(out, "{BOLD}new{PLAIN}\n{}", name(entry));
            let shown = if full { entry.contents.clone() } else { brief(entry) };
            for line in shown.lines() {
                let _ = writeln!(out, "    {GREEN}{}{PLAIN}", format!("+ {line}").trim_end());
            }
            out.push('\n');
        } else {
            let _ = write!(out, "{BOLD}new{PLAIN}{}", name(entry));
            let _ = writeln!(out, "       {GREEN}+ {}{PLAIN}", outcome(entry));
        }
    }
    if !few {
        out.push('\n');
    }
    if !found.gone.is_empty() {
        let _ = writeln!(out, "{BOLD}gone{PLAIN}");
    }
    for gone in &found.gone {
        let _ = writeln!(out, "  {}: {RED}{}{PLAIN}", shown(&gone.path), visible(&gone.what));
    }
    out
}

fn markdown(seen: &Seen<'_>, found: &Found, full: bool) -> String {
    let same = found.entries.iter().filter(|entry| entry.state() == State::Same).count();
    let mut out = String::from("## Review of cases\n\n");
    let changed: usize = seen.changes.iter().map(|(_, entries)| entries.len()).sum();
    let counts = [
        (changed, "changed"),
        (seen.new.len(), "new"),
        (found.gone.len(), "gone"),
        (seen.unreadable.len(), "unreadable"),
        (same, "the same"),
    ];
    let counts = counts.iter().filter(|(number, _)| *number > 0).map(|(number, what)| format!("{number} {what}"));
    let _ = writeln!(out, "{}", counts.collect::<Vec<_>>().join(", "));
    let name = |entry: &Entry| {
        let wrong = if entry.wrong { " — **not as its case expects**" } else { "" };
        format!("- {}: {}{wrong}\n", code(&entry.file), escaped(&described(&entry.name, entry.law.as_deref())))
    };
    for (change, entries) in &seen.changes {
        let title = title(change.part, entries.len());
        let mut letters = title.chars();
        let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
        let _ = writeln!(out, "\n### {first}{}\n", letters.as_str());
        if entries.len() > MAX_NAMED {
            let _ = writeln!(out, "<details><summary>{}</summary>\n", counted(entries.len(), "case"));
        }
        out.extend(entries.iter().map(|entry| name(entry)));
        if entries.len() > MAX_NAMED {
            out.push_str("\n</details>\n");
        }
        let mut diff = String::new();
        for hunk in &change.hunks {
            let _ = writeln!(diff, "@@ {} @@", hunk.under.as_deref().unwrap_or("…"));
            for (sign, line) in &hunk.lines {
                let _ = writeln!(diff, "{}", format!("{}{line}", sign.mark()).trim_end());
            }
        }
        if change.beside > 0 {
            let _ = writeln!(diff, "@@ and {} about rules that do not apply @@", counted(change.beside, "line"));
        }
        fenced(&mut out, "diff", &diff);
    }
    if !seen.unreadable.is_empty() {
        out.push_str("\n### Snapshots that cannot be read\n\n");
        for (entry, why) in &seen.unreadable {
            let _ = writeln!(out, "- {}: {}", code(&shown(&entry.path)), escaped(why));
        }
    }
    if !seen.new.is_empty() {
        out.push_str("\n### New\n\n");
        for entry in &seen.new {
            if full || seen.new.len() <= MAX_NAMED {
                out.push_str(&name(entry));
                let shown = if full { entry.contents.clone() } else { brief(entry) };
                fenced(&mut out, "text", &format!("{}\n", shown.trim()));
            } else {
                let _ = writeln!(out, "{} — {}", name(entry).trim_end(), escaped(outcome(entry)));
            }
        }
    }
    if !found.gone.is_empty() {
        out.push_str("\n### Gone\n\n");
        for gone in &found.gone {
            let _ = writeln!(out, "- {}: {}", code(&shown(&gone.path)), escaped(&gone.what));
        }
    }
    out
}

/// A block that nothing inside it can end.
fn fenced(out: &mut String, language: &str, text: &str) {
    let mut fence = String::from("```");
    while text.contains(&fence) {
        fence.push('`');
    }
    let _ = write!(out, "\n{fence}{language}\n{text}{fence}\n");
}

/// A text in backticks.
fn code(text: &str) -> String {
    format!("`{}`", visible(text).replace(['`', '\n'], "'"))
}

/// A text in which Markdown sees nothing special.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in visible(text).chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '~' | '&') {
            out.push('\\');
        }
        out.push(if c == '\n' { ' ' } else { c });
    }
    out
}

fn machine(seen: &Seen<'_>, found: &Found) -> Json {
    let case = |entry: &Entry| {
        json!({
            "name": entry.name,
            "law": entry.law,
            "file": entry.file,
            "snapshot": shown(&entry.path),
            "as_expected": !entry.wrong,
        })
    };
    let changes: Vec<Json> = seen
        .changes
        .iter()
        .map(|(change, entries)| {
            let lines = |hunk: &ereje_review::review::Hunk| {
                let lines = hunk.lines.iter().map(|(sign, line)| format!("{}{line}", sign.mark()));
                json!({ "under": hunk.under, "lines": lines.collect::<Vec<_>>() })
            };
            json!({
                "part": change.part.word(),
                "cases": entries.iter().map(|entry| case(entry)).collect::<Vec<_>>(),
                "diff": change.hunks.iter().map(lines).collect::<Vec<_>>(),
            })
        })
        .collect();
    let with = |entry: &Entry, key: &str, value: &str| {
        let mut case = case(entry);
        if let Some(map) = case.as_object_mut() {
            map.insert(key.into(), value.into());
        }
        case
    };
    let gone = found.gone.iter().map(|gone| json!({ "snapshot": shown(&gone.path), "what": gone.what }));
    json!({
        "changed": changes,
        "new": seen.new.iter().map(|entry| with(entry, "contents", &entry.contents)).collect::<Vec<_>>(),
        "gone": gone.collect::<Vec<_>>(),
        "unreadable": seen.unreadable.iter().map(|(entry, why)| with(entry, "why", why)).collect::<Vec<_>>(),
        "same": found.entries.iter().filter(|entry| entry.state() == State::Same).count(),
        "total": found.entries.len(),
    })
}
