//! The resulting trees: the precedence of operators, which words may be names, and the places of nodes.

use super::{codes, parse, rendered};
use ereje::source::{Sources, Span};
use ereje::syntax::ast::{
    CellKind, CompareOp, DateBoundSyntax, ExprSyntax, ExprSyntaxKind, FactsSyntax, ItemSyntax, MessagePartSyntax,
    TypeKind,
};
use ereje::syntax::{parse_cell, parse_expression};

/// True if two texts have the same meaning.
fn same(a: &str, b: &str) -> bool {
    let tree = |text: &str| {
        let (sources, tree, errors) = parse(text);
        assert!(errors.is_empty(), "{}", rendered(&sources, &errors));
        tree.without_places()
    };
    tree(a) == tree(b)
}

#[test]
fn operators_bind_as_documented() {
    for (plain, grouped) in [
        ("a + b * c", "a + (b * c)"),
        ("a - b - c", "(a - b) - c"),
        ("a / b / c", "(a / b) / c"),
        ("a * b / c", "(a * b) / c"),
        ("-a + b", "(-a) + b"),
        ("-a * b", "(-a) * b"),
        ("a - -b", "a - (-b)"),
        ("a + b < c * d", "(a + b) < (c * d)"),
        ("not a = b", "not (a = b)"),
        ("not a is b", "not (a is b)"),
        ("not a in { b }", "not (a in { b })"),
        ("not a and b", "(not a) and b"),
        ("not not a", "not (not a)"),
        ("a < b and c is d or_e", "a < b and c is d or_e"),
        ("a < b or c < d", "(a < b) or (c < d)"),
        ("m at d.e + 1", "(m at (d.e)) + 1"),
        ("-m at d", "-(m at d)"),
        ("f(x) at d * 2", "(f(x) at d) * 2"),
        ("a.b.c + 1", "((a.b).c) + 1"),
        ("d + 18 years <= e", "(d + (18 years)) <= e"),
        ("a + b in { c }", "(a + b) in { c }"),
        ("a is not b and c", "(a is not b) and c"),
    ] {
        if plain == grouped {
            continue;
        }
        assert!(same(&format!("define x = {plain}"), &format!("define x = {grouped}")), "{plain}");
    }
    for (one, other) in [
        ("a - b - c", "a - (b - c)"),
        ("not a and b", "not (a and b)"),
        ("a is not b", "not a is b"),
        ("2 * a + b", "2 * (a + b)"),
        ("a and b", "a or b"),
        ("5 - 3", "5 -3 + 0"),
    ] {
        assert!(!same(&format!("define x = {one}"), &format!("define x = {other}")), "{one}");
    }
}

#[test]
fn layout_never_changes_meaning() {
    let text = std::fs::read_to_string(crate::it::root().join("tests/cases/syntax/good/example_policy.ereje")).unwrap();
    for ends in ["\r\n", "\r", "\n\n", "\n  # a note\n\t"] {
        assert!(same(&text, &text.replace('\n', ends)), "{ends:?}");
    }
    assert!(same(&text, &format!("\u{feff}{text}")));
    // Line ends separate the elements inside braces; everywhere else they may be replaced by spaces.
    let item = "rule a refuse X\n when b\n  and c\n unless d\n in E, F\n from 2026-01-01\n source law \"p.1\"\n";
    assert!(same(item, &item.replace('\n', " ")));
    assert!(same(item, &item.replace(' ', "\n")));
}

#[test]
fn clauses_stand_in_any_order() {
    assert!(same(
        "rule a refuse X when b unless c in D from 2026-01-01 decides e",
        "rule a refuse X decides e from 2026-01-01 in D unless c when b"
    ));
    assert!(same("policy p in A from 2026-01-01 en \"t\"", "policy p en \"t\" from 2026-01-01 in A"));
    assert!(same(
        "assumption a: date = 2026-01-01 one of { 2026-01-01 } en \"t\"",
        "assumption a: date en \"t\" one of { 2026-01-01 } = 2026-01-01"
    ));
    assert!(same("norm n: m2 at least 8 m2 = 15 m2 in A", "norm n: m2 = 15 m2 in A at least 8 m2"));
    assert!(same("facts a: m2 from R at least 1 ru \"t\"", "facts a: m2 ru \"t\" at least 1 from R"));
    assert!(same("notice N as n on a when b", "notice N when b on a as n"));
}

/// Keywords as names, wherever they are not ambiguous.
#[test]
fn words_may_be_names() {
    let words = [
        "source",
        "when",
        "rule",
        "unless",
        "from",
        "through",
        "for",
        "each",
        "if",
        "then",
        "else",
        "at",
        "least",
        "most",
        "of",
        "to",
        "by",
        "up",
        "open",
        "case",
        "otherwise",
        "facts",
        "define",
        "norm",
        "one",
        "rate",
        "per",
        "list",
        "date",
        "region",
        "text",
        "bool",
        "duration",
        "years",
        "replace",
        "as",
        "in_x",
        "or_x",
        "policy",
        "means",
    ];
    for word in words {
        let text = format!(
            "facts {word} {{ {word}: bool, b: integer if absent means 5\n {word}_2: date }}\n\
             record {word} {{ {word}: {word} from {word} else {word}\n other: list of {word} }}\n\
             enum {word} {{ {word}, a\n {word}_b }}\n\
             define {word} = {word} and ({word}.{word} or not {word}) and {word} is {word} and {word} in {{ {word}, a }}\n\
             define b({word}: {word}): {word} = {word}({word}) + {word}\n\
             region {word} {{ {word}, a {{ {word} }} }}\n\
             norm {word}: {word} = 15 m2 source {word} \"p\" = 16 m2\n\
             suspend rule {word}\n\
             exception {word} to {word}.{word} = 5 when {word}\n\
             assumption {word}: {word} = {word}\n\
             registry {word}\n\
             table {word}: {word} by {word}, {word} | {word} | {word} | {word} | | > {word} | - | {word} | otherwise {word}\n\
             define x = a when_b\n"
        )
        .replace("\ndefine x = a when_b\n", "\n");
        let (sources, tree, errors) = parse(text);
        assert!(errors.is_empty(), "{word}: {}", rendered(&sources, &errors));
        assert_eq!(tree.items.len(), 12, "{word}");
    }
}

#[test]
fn reserved_words_are_no_names() {
    for word in ["and", "or", "not", "is", "in", "where", "true", "false", "absent", "unavailable"] {
        let (_, _, errors) = parse(format!("define {word} = 5\n"));
        assert!(!errors.is_empty(), "{word}");
        let (sources, _, errors) = parse(format!("define {word}s = {word}_2 + a{word}\n"));
        assert!(errors.is_empty(), "{}", rendered(&sources, &errors));
    }
}

#[test]
fn words_end_at_word_boundaries() {
    for text in [
        "rulea refuse X",
        "definex = 5",
        "define x = a andb",
        "define x = nota b",
        "define x = a isb",
        "facts x: listof y",
    ] {
        let (_, _, errors) = parse(text);
        assert!(!errors.is_empty(), "{text}");
    }
}

/// A keyword that begins a clause is no unit, and a unit is on the line of its number.
#[test]
fn an_expression_ends_where_a_clause_begins() {
    let (sources, tree, errors) = parse(
        "norm a: integer = 15 source law from 2026-01-01\n\
         define b case c = 15 when d otherwise 16 ru \"t\"\n\
         define e = 5\nrule f refuse X when g > 5 unless h\n\
         scale s: KZT of 5 up to 10 rate 10% above rate 20%\n\
         facts k { l: integer if absent means 0\n m2: date }",
    );
    assert!(errors.is_empty(), "{}", rendered(&sources, &errors));
    let ItemSyntax::Norm(norm) = &tree.items[0] else { panic!("{:?}", tree.items[0]) };
    assert!(matches!(&norm.values[0].value.kind, ExprSyntaxKind::Number(n, None) if n.text == "15"));
    assert_eq!(norm.values[0].sources.len(), 1);
    assert!(matches!(norm.values[0].scope.from, Some(DateBoundSyntax::Date(..))));
    let ItemSyntax::Facts(FactsSyntax::Group { fields, .. }) = &tree.items[5] else { panic!("{:?}", tree.items[5]) };
    assert_eq!(fields.len(), 2);
}

#[test]
fn a_norm_takes_several_values_and_a_comparison_in_parentheses() {
    let (sources, tree, errors) = parse("norm n: bool = (a = b) in A = not_c from 2026-01-01");
    assert!(errors.is_empty(), "{}", rendered(&sources, &errors));
    let ItemSyntax::Norm(norm) = &tree.items[0] else { panic!() };
    assert_eq!(norm.values.len(), 2);
}

#[test]
fn types_are_read() {
    let (sources, tree, errors) = parse(
        "facts a: KZT per m2\nfacts b: m * m per s\nfacts c: list of list of { x: date, y: { p, q } }\nfacts d: duration in weeks\nfacts e: { p }",
    );
    assert!(errors.is_empty(), "{}", rendered(&sources, &errors));
    let kind = |i: usize| match &tree.items[i] {
        ItemSyntax::Facts(FactsSyntax::Single { field, .. }) => field.ty.clone().unwrap().kind,
        other => panic!("{other:?}"),
    };
    assert!(matches!(kind(0), TypeKind::Unit(u) if u.factors.iter().map(|f| f.1).collect::<Vec<_>>() == [false, true]));
    assert!(
        matches!(kind(1), TypeKind::Unit(u) if u.factors.iter().map(|f| f.1).collect::<Vec<_>>() == [false, false, true])
    );
    assert!(matches!(kind(2), TypeKind::List(inner) if matches!(inner.kind, TypeKind::List(_))));
    assert!(matches!(kind(3), TypeKind::Duration(unit) if unit.text == "weeks"));
    assert!(matches!(kind(4), TypeKind::Enum(values) if values.len() == 1));
}

#[test]
fn names_are_compared_in_nfc() {
    let (sources, tree, errors) = parse("define й = 5\ndefine и\u{306} = й\n");
    assert!(errors.is_empty(), "{}", rendered(&sources, &errors));
    let names: Vec<_> = tree
        .items
        .iter()
        .map(|item| match item {
            ItemSyntax::Define(define) => define.name.clone(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(names[0].text, names[1].text);
    assert_eq!(sources.slice(names[1].span), "и\u{306}");
    assert!(same("define x = name = \"й\"", "define x = name = \"и\u{306}\""));
}

#[test]
fn messages_keep_exact_places() {
    let text = "reason X en \"Только \\\"{area}\\\" из {{x}} {norm at d}\\n\"";
    let (sources, tree, errors) = parse(text);
    assert!(errors.is_empty(), "{}", rendered(&sources, &errors));
    let ItemSyntax::Reason(reason) = &tree.items[0] else { panic!() };
    let parts = &reason.messages[0].parts;
    assert_eq!(parts[0], MessagePartSyntax::Text("Только \"".into()));
    let MessagePartSyntax::Value(area) = &parts[1] else { panic!("{parts:?}") };
    assert_eq!(sources.slice(area.span), "area");
    assert_eq!(parts[2], MessagePartSyntax::Text("\" из {x} ".into()));
    let MessagePartSyntax::Value(norm) = &parts[3] else { panic!("{parts:?}") };
    assert_eq!(sources.slice(norm.span), "norm at d");
    assert_eq!(parts[4], MessagePartSyntax::Text("\n".into()));
}

#[test]
fn comments_are_kept_in_order() {
    let (_, tree, errors) = parse("# one\ndefine a = 5 # two\n  # three\r\ndefine b = \"# none\"#four");
    assert!(errors.is_empty());
    let seen: Vec<_> = tree.comments.iter().map(|c| (c.text.as_str(), c.own_line)).collect();
    assert_eq!(seen, [("# one", true), ("# two", false), ("# three", true), ("#four", false)]);
}

#[test]
fn places_end_where_the_text_ends() {
    let (sources, tree, _) = parse("define a = 5 # two\n\n# three\nrule b refuse C # x\nunit m2\n");
    let spans: Vec<_> = tree
        .items
        .iter()
        .map(|item| match item {
            ItemSyntax::Define(i) => i.span,
            ItemSyntax::Rule(i) => i.span,
            ItemSyntax::Unit(i) => i.span,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        spans.iter().map(|s| sources.slice(*s)).collect::<Vec<_>>(),
        ["define a = 5", "rule b refuse C", "unit m2"]
    );
}

#[test]
fn cells_and_expressions_are_read_where_they_stand() {
    let mut sources = Sources::new();
    let text = "a,b\n>= 18 years,\"{x, y}\"\n18 .. 65,absent\nany,-\n18 ..< 65,> 1 and <= 3\n bad bad,>\n";
    let file = sources.add("t.csv", text);
    let span = |part: &str| {
        let start = text.find(part).unwrap();
        Span::new(file, start, start + part.len())
    };
    let cell = parse_cell(&sources, span(">= 18 years")).unwrap();
    let CellKind::Compare(CompareOp::Ge, value) = cell.kind else { panic!() };
    assert_eq!(sources.slice(value.span), "18 years");
    assert!(matches!(parse_cell(&sources, span("{x, y}")).unwrap().kind, CellKind::Set(v) if v.len() == 2));
    assert!(matches!(parse_cell(&sources, span("18 .. 65")).unwrap().kind, CellKind::Range(..)));
    let below = parse_cell(&sources, span("18 ..< 65")).unwrap().kind;
    assert!(matches!(below, CellKind::RangeBelow(..)));
    let both = parse_cell(&sources, span("> 1 and <= 3")).unwrap().kind;
    assert!(matches!(both, CellKind::Both(CompareOp::Gt, _, CompareOp::Le, _)));
    assert!(matches!(parse_cell(&sources, span("absent")).unwrap().kind, CellKind::State(_)));
    assert!(matches!(parse_cell(&sources, span("any")).unwrap().kind, CellKind::Any));
    assert!(matches!(parse_cell(&sources, span("-")).unwrap().kind, CellKind::Any));
    let errors = parse_cell(&sources, span(" bad bad")).unwrap_err();
    assert_eq!(codes(&errors), ["E0102"]);
    assert_eq!(sources.locate(errors[0].primary.span), "t.csv:6:6");
    let ExprSyntax { span: place, .. } = parse_expression(&sources, span("18 years")).unwrap();
    assert_eq!(place, span("18 years"));
    assert!(parse_expression(&sources, Span::new(file, 0, 0)).is_err());
    assert!(parse_expression(&sources, Span::new(file, 500, 600)).is_err());
}

#[test]
fn lines_are_counted_whatever_ends_them() {
    for end in ["\n", "\r\n", "\r"] {
        let (sources, _, errors) = parse(["define a = 1", "define b = 2 @", "define c = 3", ""].join(end));
        assert_eq!(
            errors.iter().map(|e| sources.locate(e.primary.span)).collect::<Vec<_>>(),
            ["a.ereje:2:14"],
            "{end:?}"
        );
        assert!(rendered(&sources, &errors).contains("2 | define b = 2 @\n"), "{}", rendered(&sources, &errors));
    }
}
