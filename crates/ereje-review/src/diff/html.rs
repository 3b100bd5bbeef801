//! The report as one self-contained page: for a screen, a phone and paper.

use super::changes::PolicyChange;
use super::compare::MovedPart;
use super::report::{CauseGroup, DiffReport, Example};
use super::words::{
    change, changes_of, counted, effect, flow as flow_title, has_regions, place, region, remarks, summary, title,
};
use crate::page::{Bar, ColumnHeader, Stream, bars, changes, count, figures, flow, page, percent, table};
use ereje::visible::visible;
use maud::{Markup, html};

/// The report in HTML.
#[must_use]
pub fn html(report: &DiffReport) -> String {
    let heading = "What the change moves";
    let about = format!("{}: {} → {}", report.new.policy, report.old.name, report.new.name);
    page(heading, &about, body(report))
}

fn body(report: &DiffReport) -> Markup {
    let mut numbers = vec![(count(report.decided), "applications decided"), (count(report.moved), "decisions moved")];
    numbers.extend(report.kinds.iter().map(|(kind, number)| {
        let words = match kind {
            MovedPart::Outcome => "to another outcome",
            MovedPart::Reasons => "for other reasons",
            MovedPart::Outputs => "with other outputs",
            MovedPart::Notices => "with other notices",
            MovedPart::Needs => "with other needs",
        };
        (count(*number), words)
    }));
    let names: Vec<String> = report.outcomes.clone();
    let place_of = |name: &str| names.iter().position(|known| known == name);
    let streams: Vec<Stream> = report
        .flows
        .iter()
        .filter_map(|f| Some(Stream { from: place_of(&f.old)?, to: place_of(&f.new)?, count: f.count }))
        .collect();
    html! {
        p { strong { (summary(report)) } }
        @for remark in remarks(report) { p.note { (visible(&remark)) } }
        (figures(&numbers))
        @if report.decided > 0 {
            h2 { "From outcome to outcome" }
            (flow(("Before", "Now"), &names, &streams))
            (outcomes(report))
        }
        @if report.moved > 0 {
            @if has_regions(report) {
                h2 { "Moved, by region" }
                (by_region(report))
            }
            h2 { "What is responsible" }
            p.note {
                "Found by trying: the old version with one change alone decides as the new one does. Where no change can do it "
                "alone, those are named without which the new version would not decide as it does."
            }
            @for (number, group) in report.groups.iter().enumerate() { (self::group(report, group, number + 1)) }
        }
        (rest(report))
    }
}

fn outcomes(report: &DiffReport) -> Markup {
    let rows: Vec<Vec<Markup>> = report
        .flows
        .iter()
        .map(|f| {
            let share = percent(f.count, report.decided);
            let now = match f.old == f.new {
                true => html! { (f.new) },
                false => html! { strong.warn { "→ " (f.new) } },
            };
            vec![html! { (f.old) }, now, html! { (count(f.count)) }, html! { (share) }]
        })
        .collect();
    let columns = [
        ColumnHeader::Words("Before"),
        ColumnHeader::Words("Now"),
        ColumnHeader::Number("Decisions"),
        ColumnHeader::Number("Share"),
    ];
    table("Decisions by outcome before and now", &columns, &rows)
}

fn by_region(report: &DiffReport) -> Markup {
    let full = report.regions.iter().map(|r| r.moved).max().unwrap_or(0);
    let rows: Vec<Bar> = report
        .regions
        .iter()
        .filter(|r| r.moved > 0)
        .map(|r| Bar {
            name: region(r).to_owned(),
            value: r.moved,
            figure: format!("{} of {} ({})", count(r.moved), count(r.decided), percent(r.moved, r.decided)),
        })
        .collect();
    let still = report.regions.iter().filter(|r| r.moved == 0).count() as u64;
    html! {
        p.note { "The longer its bar, the more decisions moved in a region; beside it, of how many that were decided there." }
        (bars(&rows, full))
        @if still > 0 { p.note { "Nothing moved in " (counted(still, "other region")) "." } }
    }
}

fn group(report: &DiffReport, group: &CauseGroup, number: usize) -> Markup {
    let full = group.regions.iter().map(|r| r.moved).max().unwrap_or(0);
    let rows: Vec<Bar> = group
        .regions
        .iter()
        .map(|r| Bar { name: region(r).to_owned(), value: r.moved, figure: count(r.moved) })
        .collect();
    html! {
        section.card {
            h3 { (number) ". " (title(report, group)) }
            p {
                strong { (counted(group.count, "decision")) " moved" }
                " (" (percent(group.count, report.moved)) " of all that moved)"
            }
            ul { @for f in &group.flows { li { (flow_title(f)) ": " (count(f.count)) } } }
            @let several = group.changes.len() > 1;
            @for item in changes_of(report, group) { (changed(item, several)) }
            @if report.regions.len() > 1 && group.count > 1 { (bars(&rows, full)) }
            @if let Some(example) = &group.example { (self::example(example, &report.language)) }
        }
    }
}

fn changed(item: &PolicyChange, named: bool) -> Markup {
    html! {
        @if named { h4 { (change(item)) } }
        p.place { (visible(place(item))) }
        (changes(&item.lines))
    }
}

fn example(example: &Example, language: &str) -> Markup {
    html! {
        details {
            summary { "Example: " (visible(&example.name)) @for asked in &example.asked { ", " (visible(asked)) } }
            @if example.place != example.name { p.place { (visible(&example.place)) } }
            h4 { "Before" }
            pre.prose lang=(language) tabindex="0" { (example.old_brief) }
            h4 { "Now" }
            pre.prose lang=(language) tabindex="0" { (example.new_brief) }
            h4 { "Its facts" }
            pre tabindex="0" { (example.facts) }
            details.screen {
                summary { "Every rule, before and now" }
                pre.prose lang=(language) tabindex="0" { (example.old_text) }
                pre.prose lang=(language) tabindex="0" { (example.new_text) }
            }
        }
    }
}

fn rest(report: &DiffReport) -> Markup {
    let quiet: Vec<Vec<Markup>> = report
        .changes
        .iter()
        .filter(|change| change.moved == 0)
        .map(|item| vec![html! { (change(item)) }, html! { code { (place(item)) } }, html! { (effect(report, item)) }])
        .collect();
    let texts: Vec<Vec<Markup>> = report
        .texts
        .iter()
        .map(|text| vec![html! { (text.name) }, html! { (text.part) }, html! { (text.old) }, html! { (text.new) }])
        .collect();
    html! {
        @if !quiet.is_empty() {
            h2 { "Changed, and responsible for no moved decision" }
            (table("Changes that moved nothing", &[ColumnHeader::Words("Change"), ColumnHeader::Words("Place"), ColumnHeader::Words("")], &quiet))
        }
        @if !texts.is_empty() {
            h2 { "Texts that changed" }
            p.note { "No decision turns on them." }
            (table(
                "Texts that changed",
                &[ColumnHeader::Words("Text"), ColumnHeader::Words("In"), ColumnHeader::Words("Before"), ColumnHeader::Words("Now")],
                &texts,
            ))
        }
        h2 { "Versions" }
        (table("Versions", &[ColumnHeader::Words(""), ColumnHeader::Words("Asked for as"), ColumnHeader::Words("Digest")], &[
            vec![html! { "Before" }, html! { (visible(&report.old.name)) }, html! { code { (report.old.digest) } }],
            vec![html! { "Now" }, html! { (visible(&report.new.name)) }, html! { code { (report.new.digest) } }],
        ]))
    }
}
