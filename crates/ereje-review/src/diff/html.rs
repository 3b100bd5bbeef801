//! The report as one self-contained page: for a screen, a phone and paper.

use super::changes::PolicyChange;
use super::phrases::Noun;
use super::report::{CauseGroup, DiffReport, Example};
use super::words::{
    change, changes_of, effect, flow as flow_title, has_regions, part, phrases_of, place, region, remarks, summary,
    title,
};
use crate::page::{Bar, ColumnHeader, Stream, bars, changes, figures, flow, page, percent, table};
use crate::phrases::{language_of, say, with_capital};
use ereje::visible::visible;
use maud::{Markup, html};

/// The report in HTML.
#[must_use]
pub fn html(report: &DiffReport) -> String {
    let about = format!("{}: {} → {}", report.new.policy, report.old.name, report.new.name);
    page(language_of(&report.language), phrases_of(report).heading, &about, body(report))
}

fn body(report: &DiffReport) -> Markup {
    let phrases = phrases_of(report);
    let count = |number| phrases.count(number);
    let mut numbers =
        vec![(count(report.decided), phrases.applications_decided), (count(report.moved), phrases.decisions_moved)];
    let moved_part = |kind| part(report, kind, |words| &words.moved_parts);
    numbers.extend(report.kinds.iter().map(|(kind, number)| (count(*number), moved_part(*kind))));
    let names: Vec<String> = report.outcomes.iter().map(|name| report.labels.outcome(name)).collect();
    let place_of = |name: &str| report.outcomes.iter().position(|known| known == name);
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
            h2 { (phrases.from_to) }
            (flow((phrases.before, phrases.now), &names, &streams, &count))
            (outcomes(report))
        }
        @if report.moved > 0 {
            @if has_regions(report) {
                h2 { (phrases.by_region) }
                (by_region(report))
            }
            h2 { (phrases.responsible) }
            p.note { (phrases.responsible_note) }
            @for (number, group) in report.groups.iter().enumerate() { (self::group(report, group, number + 1)) }
        }
        (rest(report))
    }
}

fn outcomes(report: &DiffReport) -> Markup {
    let phrases = phrases_of(report);
    let rows: Vec<Vec<Markup>> = report
        .flows
        .iter()
        .map(|f| {
            let share = percent(f.count, report.decided);
            let (old, new) = (report.labels.outcome(&f.old), report.labels.outcome(&f.new));
            let now = match f.old == f.new {
                true => html! { (new) },
                false => html! { strong.warn { "→ " (new) } },
            };
            vec![html! { (old) }, now, html! { (phrases.count(f.count)) }, html! { (share) }]
        })
        .collect();
    let columns = [
        ColumnHeader::Words(phrases.before),
        ColumnHeader::Words(phrases.now),
        ColumnHeader::Number(phrases.decisions),
        ColumnHeader::Number(phrases.share),
    ];
    table(phrases.outcomes, &columns, &rows)
}

fn by_region(report: &DiffReport) -> Markup {
    let phrases = phrases_of(report);
    let count = |number| phrases.count(number);
    let full = report.regions.iter().map(|r| r.moved).max().unwrap_or(0);
    let rows: Vec<Bar> = report
        .regions
        .iter()
        .filter(|r| r.moved > 0)
        .map(|r| Bar {
            name: region(report, r),
            value: r.moved,
            figure: say(phrases.of, &[&count(r.moved), &count(r.decided), &percent(r.moved, r.decided)]),
        })
        .collect();
    let still = report.regions.iter().filter(|r| r.moved == 0).count() as u64;
    html! {
        p.note { (phrases.bars_note) }
        (bars(&rows, full))
        @if still > 0 { p.note { (say(phrases.still_regions, &[&phrases.counted(still, Noun::OtherRegion)])) } }
    }
}

fn group(report: &DiffReport, group: &CauseGroup, number: usize) -> Markup {
    let phrases = phrases_of(report);
    let count = |number| phrases.count(number);
    let full = group.regions.iter().map(|r| r.moved).max().unwrap_or(0);
    let rows: Vec<Bar> =
        group.regions.iter().map(|r| Bar { name: region(report, r), value: r.moved, figure: count(r.moved) }).collect();
    html! {
        section.card {
            h3 { (number) ". " (title(report, group)) }
            p {
                strong { (with_capital(&say(phrases.group_moved, &[&phrases.counted(group.count, Noun::Decision)]))) }
                " " (say(phrases.of_all, &[&percent(group.count, report.moved)]))
            }
            ul { @for f in &group.flows { li { (flow_title(report, f)) ": " (count(f.count)) } } }
            @let several = group.changes.len() > 1;
            @for item in changes_of(report, group) { (changed(report, item, several)) }
            @if report.regions.len() > 1 && group.count > 1 { (bars(&rows, full)) }
            @if let Some(example) = &group.example { (self::example(report, example)) }
        }
    }
}

fn changed(report: &DiffReport, item: &PolicyChange, named: bool) -> Markup {
    html! {
        @if named { h4 { (change(report, item)) } }
        p.place { (visible(place(item))) }
        (changes(&item.lines))
    }
}

fn example(report: &DiffReport, example: &Example) -> Markup {
    let phrases = phrases_of(report);
    let language = &report.language;
    let asked: String = example.asked.iter().map(|asked| format!(", {}", visible(asked))).collect();
    html! {
        details {
            summary { (say(phrases.example, &[&format!("{}{asked}", visible(&example.name))])) }
            @if example.place != example.name { p.place { (visible(&example.place)) } }
            h4 { (phrases.before) }
            pre.prose lang=(language) tabindex="0" { (example.old_brief) }
            h4 { (phrases.now) }
            pre.prose lang=(language) tabindex="0" { (example.new_brief) }
            h4 { (phrases.facts) }
            pre tabindex="0" { (report.labels.commented(&example.facts)) }
            details.screen {
                summary { (phrases.every_rule) }
                pre.prose lang=(language) tabindex="0" { (example.old_text) }
                pre.prose lang=(language) tabindex="0" { (example.new_text) }
            }
        }
    }
}

fn rest(report: &DiffReport) -> Markup {
    let phrases = phrases_of(report);
    let quiet: Vec<Vec<Markup>> = report
        .changes
        .iter()
        .filter(|change| change.moved == 0)
        .map(|item| {
            vec![html! { (change(report, item)) }, html! { code { (place(item)) } }, html! { (effect(report, item)) }]
        })
        .collect();
    let texts: Vec<Vec<Markup>> = report
        .texts
        .iter()
        .map(|text| vec![html! { (text.name) }, html! { (text.part) }, html! { (text.old) }, html! { (text.new) }])
        .collect();
    html! {
        @if !quiet.is_empty() {
            h2 { (phrases.quiet) }
            (table(phrases.quiet, &[phrases.change, phrases.place, phrases.effect].map(ColumnHeader::Words), &quiet))
        }
        @if !texts.is_empty() {
            h2 { (phrases.texts) }
            p.note { (phrases.texts_note) }
            (table(phrases.texts, &[phrases.text, phrases.text_in, phrases.before, phrases.now].map(ColumnHeader::Words), &texts))
        }
        h2 { (phrases.versions) }
        (table(phrases.versions, &[phrases.version, phrases.asked_for, phrases.digest].map(ColumnHeader::Words), &[
            vec![html! { (phrases.before) }, html! { (visible(&report.old.name)) }, html! { code { (report.old.digest) } }],
            vec![html! { (phrases.now) }, html! { (visible(&report.new.name)) }, html! { code { (report.new.digest) } }],
        ]))
    }
}
