//! The frame of HTML pages: the parts of a page, and that it loads nothing.

use ereje_review::page::{Bar, ColumnHeader, DiffLine, Stream, bars, changes, count, figures, flow, page, table};
use maud::{Markup, html};

/// Two outcomes, and nine with long names and counts from one to a million.
fn flows() -> [(Vec<String>, Vec<Stream>); 2] {
    let stream = |from, to, count| Stream { from, to, count };
    let few =
        (vec!["refuse".to_owned(), "approve".to_owned()], vec![stream(0, 0, 120), stream(1, 0, 30), stream(1, 1, 50)]);
    let names = [
        "retry",
        "refuse",
        "redirect",
        "needs_consent",
        "approve",
        "undetermined",
        "not_in_force",
        "Хабарлама жіберу арқылы уәкілетті органға қайта қарауға жіберілсін",
        "a_name_without_any_end_that_a_policy_may_well_have_given_to_one_of_its_outcomes",
    ];
    let many = vec![
        stream(0, 0, 1),
        stream(1, 1, 1_000_000),
        stream(1, 4, 12),
        stream(2, 8, 2_000),
        stream(3, 7, 40_000),
        stream(4, 1, 350_000),
        stream(4, 4, 600_000),
        stream(5, 3, 77),
        stream(6, 4, 1),
        stream(7, 5, 900),
        stream(8, 6, 3),
        stream(8, 2, 20_000),
        stream(4, 0, 0),
    ];
    [few, (names.map(str::to_owned).to_vec(), many)]
}

fn body() -> Markup {
    let [few, many] = flows();
    let row = |name: &str, n: u64| vec![html! { (name) }, html! { (n) }];
    let bar = |name: &str, value: u64| Bar { name: name.to_owned(), value, figure: format!("{value} of 400") };
    html! {
        (figures(&[("1,234".into(), "decided"), ("3".into(), "moved")]))
        h2 { "Two outcomes" }
        (flow(("Old", "New"), &few.0, &few.1, &count))
        h2 { "Nine outcomes" }
        (flow(("Old", "New"), &many.0, &many.1, &count))
        h2 { "Bars" }
        (bars(&[bar("Astana", 400), bar("A region with a rather long name", 1), bar("<none>", 0)], 400))
        h2 { "A table" }
        (table("Numbers", &[ColumnHeader::Words("Name"), ColumnHeader::Number("Count")], &[row("a & b", 1), row("c", 1000)]))
        h2 { "A change" }
        (changes(&[
            DiffLine::Gap,
            DiffLine::Same("norm area: m2".into()),
            DiffLine::Dropped("  = 9 m2".into()),
            DiffLine::Added("  = 15 m2 <now>".into()),
        ]))
        details { summary { "An example" } pre { "refuse\n  AREA_BELOW_NORM" } }
    }
}

#[test]
fn a_page_shows_figures_flows_bars_tables_and_changes() {
    let text = page("en", "A page & its title", "what it is about", body());
    if let Ok(path) = std::env::var("EREJE_PAGE") {
        std::fs::write(path, &text).unwrap();
    }
    // The style is the same for all pages and is not tested here.
    let (head, rest) = text.split_once("<style>").unwrap();
    let rest = rest.split_once("</style>").unwrap().1;
    let lines = format!("{head}{rest}").replace("><", ">\n<");
    insta::assert_snapshot!("page", lines);
}

#[test]
fn a_page_asks_nobody_for_anything() {
    let text = page("en", "t", "s", body());
    for word in ["http:", "https:", "url(", "@import", "<script", "src=", "href="] {
        assert!(!text.contains(word), "`{word}` in a page that is to be self-contained");
    }
    assert!(text.contains("default-src 'none'") && text.contains("lang=\"en\"") && text.contains("name=\"viewport\""));
}

#[test]
fn no_node_of_a_flow_overlaps_another_and_every_band_can_be_seen() {
    for (names, streams) in flows() {
        let text = flow(("Old", "New"), &names, &streams, &count).into_string();
        let number = |tag: &str, key: &str| -> u64 {
            let rest = tag.split_once(&format!(" {key}=\"")).unwrap().1;
            rest.split_once('"').unwrap().0.parse().unwrap()
        };
        let mut ends = std::collections::BTreeMap::new();
        for node in text.split("<rect").skip(1) {
            let (x, y, height) = (number(node, "x"), number(node, "y"), number(node, "height"));
            let end = ends.insert(x, y + height).unwrap_or(0);
            assert!(y > end && height >= 2, "{node}");
        }
        assert_eq!(text.matches("<path").count(), streams.iter().filter(|s| s.count > 0).count());
    }
}
