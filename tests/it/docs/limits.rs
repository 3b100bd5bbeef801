//! The limits in the documents are those of the code: tables of limits are written from the constants, and sentences
//! with a limit are searched with the current number.

use super::console::Console;
use super::root;
use ereje::facts::limits as facts;
use ereje::syntax::limits as syntax;
use ereje::{eval, explain, load, plan, schema, value};
use ereje_review::{cases, suggest};
use std::fs;

/// A number as the documents write it: `10,000`.
fn number(n: usize) -> String {
    let digits = n.to_string();
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().map(|g| std::str::from_utf8(g).unwrap()).collect();
    groups.join(",")
}

/// A number of bytes as the documents write it: `8 MiB`, `64 KiB`.
fn size(bytes: usize) -> String {
    if bytes.is_multiple_of(1 << 20) {
        return format!("{} MiB", bytes >> 20);
    }
    assert!(bytes.is_multiple_of(1 << 10), "{bytes} bytes are no whole KiB");
    format!("{} KiB", bytes >> 10)
}

fn read(page: &str) -> String {
    fs::read_to_string(root().join(page)).unwrap()
}

/// The rows of the table in the reference of the language.
fn of_the_language() -> Vec<String> {
    vec![
        format!(
            "| one policy file | {}, {} items, {} comments; {} errors are shown | E0703 |",
            size(syntax::MAX_FILE_BYTES),
            number(syntax::MAX_ITEMS),
            number(syntax::MAX_COMMENTS),
            number(syntax::MAX_ERRORS)
        ),
        format!("| one item | {} words, numbers and signs | E0703 |", number(syntax::MAX_ITEM_TOKENS)),
        format!(
            "| a policy | {} files, {}, {} imports in one file | E0703 |",
            number(load::MAX_FILES),
            size(load::MAX_TOTAL_BYTES),
            number(load::MAX_IMPORTS)
        ),
        format!("| definitions and exceptions that rest on one another | {} | E0703 |", number(plan::MAX_DEPTH)),
        format!("| brackets inside one another | {} | E0108 |", syntax::MAX_BRACKETS),
        format!("| depth of an expression | {} | E0108 |", syntax::MAX_EXPRESSION_DEPTH),
        format!("| `list of` before one type | {} | E0108 |", syntax::MAX_LIST_DEPTH),
        format!("| digits of a number | {} | E0106, E0606 |", value::MAX_DIGITS),
        String::from("| dates | the years 1 to 9999 | E0106, E0605 |"),
        format!("| a fact file | {}, {} documents | E0609 |", size(facts::MAX_FILE), number(facts::MAX_DOCUMENTS)),
        format!(
            "| a document | depth {}, {} values, lists of {}, {} keys in one place, texts of {} | E0609 |",
            facts::MAX_DEPTH,
            number(facts::MAX_VALUES),
            number(facts::MAX_ELEMENTS),
            number(facts::MAX_KEYS),
            size(facts::MAX_TEXT)
        ),
        format!("| `at least` of a list | {} | E0703 |", number(facts::MAX_ELEMENTS)),
        format!("| steps of one decision | {}; past them a fault | |", number(eval::MAX_STEPS.try_into().unwrap())),
        format!(
            "| a computed list; all outputs, and all messages, of one decision | {} values, in lists and outputs with those inside \
             others, 64 bytes of a text as one; past them a fault | |",
            number(value::MAX_VALUES)
        ),
        format!("| a message | {}; cut, and a fault | |", size(explain::MAX_MESSAGE)),
        format!(
            "| reasons and notices of one decision, with messages and sources | {}; the rest is left out, and a fault | |",
            size(explain::MAX_WORDS)
        ),
        format!(
            "| a file of `schema --example` | {} values, as far as records and lists inside one another multiply; fewer levels \
             are written | |",
            number(schema::MAX_EXAMPLE)
        ),
        format!(
            "| a search of `suggest` | {} decisions or their like, {} steps for one case; past them it says that it stopped | |",
            number(suggest::MAX_WORK.try_into().unwrap()),
            number(suggest::MAX_STEPS.try_into().unwrap())
        ),
    ]
}

/// The rows of the table on the page of E0703.
fn of_a_policy() -> Vec<String> {
    let rows = [
        ("one file, policy or CSV", size(syntax::MAX_FILE_BYTES)),
        ("files of a policy, what it imports and CSV files included", number(load::MAX_FILES)),
        ("all texts of a policy together", size(load::MAX_TOTAL_BYTES)),
        ("folders inside one another", number(load::MAX_DEPTH)),
        ("names in one folder", number(load::MAX_ENTRIES)),
        ("imports in one file", number(load::MAX_IMPORTS)),
        ("items in one file", number(syntax::MAX_ITEMS)),
        ("words, numbers and signs in one item", number(syntax::MAX_ITEM_TOKENS)),
        ("comments in one file", number(syntax::MAX_COMMENTS)),
        ("errors shown for one file", number(syntax::MAX_ERRORS)),
        ("definitions and exceptions that rest on one another", number(plan::MAX_DEPTH)),
        ("`at least` of a list", number(facts::MAX_ELEMENTS)),
    ];
    rows.iter().map(|(what, limit)| format!("| {what} | {limit} |")).collect()
}

/// Checks that the only table of a page that begins with `| what | at most` has these rows; `EREJE_DOCS=write` writes
/// them.
fn has_rows(page: &str, rows: &[String]) {
    let text = read(page);
    let head = text.find("| what | at most").unwrap_or_else(|| panic!("{page} has no table of limits"));
    let begin = head + text[head..].match_indices('\n').nth(1).unwrap().0 + 1;
    let end = begin + text[begin..].find("\n\n").unwrap() + 1;
    let expected: String = rows.iter().map(|row| format!("{row}\n")).collect();
    if std::env::var_os("EREJE_DOCS").is_some_and(|v| v == "write") {
        fs::write(root().join(page), format!("{}{expected}{}", &text[..begin], &text[end..])).unwrap();
    } else {
        assert_eq!(&text[begin..end], expected, "the limits in {page}");
    }
}

/// Checks that a page has this sentence, on any number of lines.
fn says(page: &str, sentence: &str) {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words(&read(page)).contains(&words(sentence)), "{page} does not say «{sentence}»");
}

/// The whole number that follows these words.
fn number_after(words: &str, text: &str) -> usize {
    let (_, rest) = text.split_once(words).unwrap_or_else(|| panic!("there is no «{words}» in\n{text}"));
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap()
}

#[test]
fn limits_of_the_language() {
    has_rows("docs/language.md", &of_the_language());
    says("docs/language.md", &format!("exact decimals of at most {} digits", value::MAX_DIGITS));
}

#[test]
fn limits_on_the_pages_of_the_codes() {
    has_rows("docs/codes/E0703.md", &of_a_policy());
    let nesting = format!(
        "Brackets may stand {} deep inside one another, an expression may be {} steps deep, and `list of` may stand {} times",
        syntax::MAX_BRACKETS,
        syntax::MAX_EXPRESSION_DEPTH,
        syntax::MAX_LIST_DEPTH
    );
    says("docs/codes/E0108.md", &nesting);
    says("docs/codes/E0106.md", &format!("have at most {} digits before and after the point", value::MAX_DIGITS));
    says("docs/codes/E0606.md", &format!("at most {} digits", value::MAX_DIGITS));
}

/// Limits that are private to the command are read from its output.
#[test]
fn limits_of_the_command() {
    let folder = tempfile::tempdir().unwrap();
    let mut console = Console::new(folder.path());
    console.command("ereje new parking").unwrap();

    console.file("long.ndjson", &format!("{}\n", " ".repeat(3 << 20))).unwrap();
    let printed = console.command("ereje batch -p parking long.ndjson -o -").unwrap();
    let longest = number_after("the line is longer than ", &printed);
    says("docs/batch.md", &format!("A row that is longer than {} has no `text`", size(longest)));

    let cases = "policy: parking\nbase: {}\ncases:\n  - name: many\n    each: { vehicle.length: 0 .. 9000000 }\n    \
                 expect: { outcome: issue }\n";
    console.file("many.test.yaml", cases).unwrap();
    let tried = number_after("at most ", &console.command("ereje test many.test.yaml").unwrap());
    let sentence = format!("at most {} times, and a file with at most {}", number(tried), number(cases::MAX_TRIALS));
    says("docs/codes/E0805.md", &sentence);

    let help = console.command("ereje batch --help").unwrap();
    let (_, checkpoint) = help.split_once("--checkpoint").unwrap();
    says(
        "docs/batch.md",
        &format!("every {} seconds (`--checkpoint SECONDS`)", number_after("[default: ", checkpoint)),
    );

    let help = console.command("ereje suggest --help").unwrap();
    let (_, limit) = help.split_once("--limit").unwrap();
    says("docs/testing.md", &format!("more or fewer than the {} that", number_after("[default: ", limit)));
}
