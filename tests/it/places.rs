//! What is written in a CSV file beside a policy or its cases is told by that file, with the line and the column of the
//! cell: in the text, the JSON and the JUnit of `ereje test`, and in `ereje diff`.

use crate::it::cli::ereje;
use std::fs;
use tempfile::TempDir;

const POLICY: &str = "policy t.shop
facts sale { day: date, kind: { bread, milk }, count: integer, note: text }
as of sale.day

calendar shop
  from 2026-01-01 through 2026-12-31
  days \"days.csv\"

decision sell
  refuse > sell
  otherwise sell
  output price: EUR = price

reason TOO_MANY en \"Too many.\"

table price: EUR by sale.kind
  from \"tables/price.csv\"

rule too_many
  refuse TOO_MANY
  when sale.count > 3
";

const CASES: &str = "base: { sale: { day: 2026-05-04, kind: bread, count: 1, note: none } }
cases:
  - name: sales
    csv: tables/sales.csv
  - name: in the file itself
    table: |
      | sale.count | expect.outcome |
      | 4          | sell           |
";

const SALES: &str = "name;sale.count;sale.note;expect.outcome
\"a sale
on two lines\";4;\"says \"\"yes; no\"\"\";sell
# a comment
good;2;;sell
bad;5;\"\"\"!\"\"\";  sell
";

fn shop(name: &str, folder: &TempDir) {
    let write = |file: &str, text: &str| {
        let path = folder.path().join(name).join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("shop.ereje", POLICY);
    write("shop.test.yaml", CASES);
    write("tables/sales.csv", SALES);
    write("tables/price.csv", "# what things cost\nkind,price\nbread,2 EUR\n\"milk\",1.50 EUR\n");
    write("days.csv", "date,kind\n2026-05-01,holiday\n");
}

#[test]
fn a_case_in_a_csv_file_is_told_by_its_line_there() {
    let dir = tempfile::tempdir().unwrap();
    shop("shop", &dir);
    insta::assert_snapshot!(ereje(dir.path(), &["test", "shop"]).show());
    let json: serde_json::Value =
        serde_json::from_str(&ereje(dir.path(), &["test", "shop", "--format", "json"]).out).unwrap();
    let places: Vec<String> = json["cases"].as_array().unwrap().iter().map(|case| case["place"].to_string()).collect();
    assert_eq!(
        places,
        [
            "\"shop/tables/sales.csv:2:1\"",
            "\"shop/tables/sales.csv:5:1\"",
            "\"shop/tables/sales.csv:6:1\"",
            "\"shop/shop.test.yaml:8:7\""
        ]
    );
    assert_eq!(json["cases"][2]["wrong"][0]["place"], "shop/tables/sales.csv:6:17");
    let junit = ereje(dir.path(), &["test", "shop", "--format", "junit"]).out;
    for line in [
        r#"<testcase name="bad" classname="shop/shop.test.yaml" file="shop/tables/sales.csv" line="6">"#,
        r#"<testcase name="good" classname="shop/shop.test.yaml" file="shop/tables/sales.csv" line="5"/>"#,
        r#"classname="shop/shop.test.yaml" file="shop/shop.test.yaml" line="8">"#,
    ] {
        assert!(junit.contains(line), "{line}\n{junit}");
    }
}

#[test]
fn a_case_file_named_by_its_whole_path_has_tables_as_seen_from_here() {
    let dir = tempfile::tempdir().unwrap();
    shop("shop", &dir);
    let path = dir.path().join("shop");
    let run = ereje(dir.path(), &["test", path.to_str().unwrap()]);
    assert!(run.out.contains("at shop/tables/sales.csv:2:1"), "{}", run.out);
}

#[test]
fn a_difference_in_a_csv_file_is_told_by_its_cell() {
    let dir = tempfile::tempdir().unwrap();
    shop("old", &dir);
    shop("new", &dir);
    fs::write(dir.path().join("new/tables/price.csv"), "kind,price\nbread,2 EUR\n\"milk\",1.60 EUR\n").unwrap();
    fs::write(dir.path().join("new/days.csv"), "date,kind\n2026-05-01,holiday\n2026-05-04,holiday\n").unwrap();
    let out = ereje(dir.path(), &["diff", "old", "new"]).out;
    for line in ["table price (changed)  [new/tables/price.csv:3:8]", "calendar shop (changed)  [new/days.csv:3:1]"] {
        assert!(out.contains(line), "{line}\n{out}");
    }
    // The example of a moved decision is a row of the cases' table.
    fs::write(dir.path().join("new/tables/price.csv"), "kind,price\nbread,3 EUR\nmilk,1.50 EUR\n").unwrap();
    let out = ereje(dir.path(), &["diff", "old", "new"]).out;
    assert!(out.contains("at new/tables/price.csv:2:7"), "{out}");
    assert!(out.contains("For example: a sale on two lines  [old/tables/sales.csv:2]"), "{out}");
}

#[test]
fn a_csv_file_with_another_layout_is_the_same() {
    let dir = tempfile::tempdir().unwrap();
    shop("old", &dir);
    shop("new", &dir);
    fs::write(dir.path().join("new/tables/price.csv"), "\nkind;price\nbread;2 EUR\n# dear\nmilk;\"1.50 EUR\"\n")
        .unwrap();
    let run = ereje(dir.path(), &["diff", "old", "new"]);
    assert_eq!(run.code, 0, "{}", run.out);
    assert!(!run.out.contains("table price"), "{}", run.out);
}

#[test]
fn a_cell_of_a_policys_table_is_told_by_its_place() {
    let dir = tempfile::tempdir().unwrap();
    shop("shop", &dir);
    let price = "kind,price\n\"bread\",\"2\nEUR\"\n\n\"mi\nlk\",1.50 EUR\nmilk,\"x\"\n";
    fs::write(dir.path().join("shop/tables/price.csv"), price).unwrap();
    fs::write(dir.path().join("shop/days.csv"), "date,kind\n\"2026-02-30\",holiday\n2026-03-01,\"a\"\"b\"\n").unwrap();
    insta::assert_snapshot!(ereje(dir.path(), &["check", "shop", "--format", "short"]).show());
}
