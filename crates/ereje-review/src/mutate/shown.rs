//! An edit as people read it: the lines before and after, with the changed part marked.

use super::laws::{Laws, Mutant};
use super::site::{Splice, range};
use ereje::source::{FileId, Source};
use std::fmt::Write as _;

/// The most lines that are shown of one side.
const MOST: usize = 6;

/// The lines that an edit changes, before and after, for each of its files in turn.
pub(super) fn lines(laws: &Laws, mutant: &Mutant) -> (String, String) {
    let (mut before, mut after) = (String::new(), String::new());
    for (source, splices) in by_place(laws, mutant) {
        let (was, is) = sides(source, &splices);
        for (all, side) in [(&mut before, was), (&mut after, is)] {
            if !all.is_empty() && !side.is_empty() {
                all.push('\n');
            }
            all.push_str(&side);
        }
    }
    (before, after)
}

/// The same lines as a small diff.
pub(super) fn change(laws: &Laws, mutant: &Mutant) -> String {
    let mut out = String::new();
    for (source, splices) in by_place(laws, mutant) {
        let (before, after) = sides(source, &splices);
        let (was, is): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
        if let ([was], [is]) = (was.as_slice(), is.as_slice()) {
            let (start, old, new) = difference(was, is);
            let _ = writeln!(out, "- {was}");
            if new == 0 {
                let _ = writeln!(out, "  {}{}", " ".repeat(start), "~".repeat(old));
            }
            let _ = writeln!(out, "+ {is}");
            if new > 0 {
                let _ = writeln!(out, "  {}{}", " ".repeat(start), "~".repeat(new));
            }
            continue;
        }
        for (sign, lines) in [('-', was), ('+', is)] {
            for line in lines.iter().take(MOST) {
                let _ = writeln!(out, "{}", format!("{sign} {line}").trim_end());
            }
            if lines.len() > MOST {
                let _ = writeln!(out, "{sign} … {} more lines", lines.len() - MOST);
            }
        }
    }
    out
}

/// The replacements, grouped if they touch the same lines.
fn by_place<'l>(laws: &'l Laws, mutant: &Mutant) -> Vec<(&'l Source, Vec<Splice>)> {
    let mut groups: Vec<(FileId, usize, Vec<Splice>)> = Vec::new();
    for splice in &mutant.splices {
        let Some(source) = laws.sources().get(splice.span.file) else { continue };
        let first = source.position(splice.span.start).line;
        let last = source.position(splice.span.end).line;
        match groups.last_mut() {
            Some((file, end, group)) if *file == splice.span.file && first <= *end => {
                group.push(splice.clone());
                *end = last;
            }
            Some(_) | None => groups.push((splice.span.file, last, vec![splice.clone()])),
        }
    }
    groups.into_iter().filter_map(|(file, _, group)| Some((laws.sources().get(file)?, group))).collect()
}

/// Whole lines before and after, without the indentation that they share and without lines that became empty.
fn sides(source: &Source, splices: &[Splice]) -> (String, String) {
    let (Some(first), Some(last)) = (splices.first(), splices.last()) else { return Default::default() };
    let line = |offset: u32| source.line(source.position(offset).line);
    let start = line(first.span.start).map_or(0, |line| line.start);
    let end = line(last.span.end).map_or(source.text.len(), |line| line.end);
    let before = source.text.get(start..end).unwrap_or("").to_owned();
    let mut after = before.clone();
    for splice in splices.iter().rev() {
        let place = range(splice.span);
        let place = place.start.saturating_sub(start)..place.end.saturating_sub(start);
        if after.get(place.clone()).is_some() {
            after.replace_range(place, &splice.with);
        }
    }
    let indent = before.lines().filter(|l| !l.trim().is_empty()).map(|l| l.len() - l.trim_start().len()).min();
    let tidy = |text: &str| -> Vec<String> {
        let shown = |line: &str| line.get(indent.unwrap_or(0)..).unwrap_or(line.trim_start()).trim_end().to_owned();
        text.lines().filter(|line| !line.trim().is_empty()).map(shown).collect()
    };
    let (mut before, mut after) = (tidy(&before), tidy(&after));
    // Lines that an edit only touches at their edge are the same on both sides.
    while before.last().is_some_and(|line| after.last() == Some(line)) {
        before.pop();
        after.pop();
    }
    let same = before.iter().zip(&after).take_while(|(a, b)| a == b).count();
    let rest = |lines: Vec<String>| lines.into_iter().skip(same).collect::<Vec<_>>().join("\n");
    (rest(before), rest(after))
}

/// Where two lines begin to differ, and the length of the difference in each, in characters.
fn difference(a: &str, b: &str) -> (usize, usize, usize) {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let start = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let end = a.iter().skip(start).rev().zip(b.iter().skip(start).rev()).take_while(|(x, y)| x == y).count();
    (start, a.len() - start - end, b.len() - start - end)
}
