//! `--watch` sees every file that a run has read, wherever it stands, and nothing else.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use tempfile::TempDir;

const POLICY: &str = "policy t.shop
import \"../common\"
facts sale { day: date, kind: { bread, milk } }
as of sale.day
decision sell
  refuse > sell
  otherwise sell
  output price: EUR = price
table price: EUR by sale.kind
  from \"../tables/price.csv\"
";

/// A folder with a policy in `law`, whose files lie all around it.
fn law() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("law/shop.ereje", POLICY);
    write("law/shop.test.yaml", "cases:\n  - name: sales\n    csv: ../tables/sales.csv\n");
    write("tables/sales.csv", "sale.day,sale.kind,expect.outcome\n2026-05-04,bread,sell\n");
    write("tables/price.csv", "kind,price\nbread,2 EUR\nmilk,1.50 EUR\n");
    write("common/more/reasons.ereje", "reason NO en \"No.\"\n");
    write("elsewhere/milk.ereje", "rule no_milk\n  refuse NO\n  when sale.kind is milk\n");
    write("tables/other.csv", "nobody,reads,this\n");
    dir
}

/// A command that watches, and what it says.
struct Watching {
    child: Child,
    lines: Receiver<String>,
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Watching {
    fn start(folder: &Path, args: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ereje"))
            .args(args)
            .current_dir(folder)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let (line, lines) = channel();
        std::thread::spawn(move || stderr.lines().map_while(Result::ok).try_for_each(|text| line.send(text)));
        Self { child, lines }
    }

    /// What a run says until it watches; nothing if none begins.
    fn run(&self, patience: Duration) -> Vec<String> {
        let mut said = Vec::new();
        while let Ok(line) = self.lines.recv_timeout(if said.is_empty() { patience } else { LONG }) {
            if line == "watching; interrupt to stop" {
                return said;
            }
            said.push(line);
        }
        assert!(said.is_empty(), "it does not watch after {said:?}");
        said
    }

    /// What the next run says after a change.
    fn after(&self, change: &str) -> String {
        let said = self.run(LONG);
        assert!(!said.is_empty(), "nothing is run after {change}");
        said.concat()
    }
}

const LONG: Duration = Duration::from_secs(60);

#[test]
fn every_file_that_the_cases_of_a_policy_need_is_watched() {
    let dir = law();
    let path = |name: &str| dir.path().join(name);
    let watching = Watching::start(dir.path(), &["test", "law", "--watch"]);
    assert_eq!(watching.run(LONG), ["1 case: all as expected"]);

    fs::write(path("tables/sales.csv"), "sale.day,sale.kind,expect.outcome\n2026-05-04,bread,refuse\n").unwrap();
    assert_eq!(watching.after("the cases' own table"), "1 case: 1 is not as expected");

    fs::write(path("tables/price.csv"), "kind,price\nbread,2 EURO\nmilk,1.50 EUR\n").unwrap();
    assert!(watching.after("the policy's table").contains("`EURO`"));
    fs::write(path("tables/price.csv"), "kind,price\nbread,2 EUR\nmilk,1.50 EUR\n").unwrap();
    watching.after("the policy's table, mended");

    fs::write(path("common/more/reasons.ereje"), "reason NO en \"No.\"\nreson\n").unwrap();
    assert!(watching.after("a file in an imported folder").contains("error"));
    fs::write(path("common/more/reasons.ereje"), "reason NO en \"No.\"\n").unwrap();
    watching.after("a file in an imported folder, mended");
    fs::create_dir(path("common/new")).unwrap();
    watching.after("a folder in an imported folder");

    fs::write(path("tables/other.csv"), "nobody,reads,this,either\n").unwrap();
    assert!(watching.run(Duration::from_millis(700)).is_empty());
}

#[cfg(unix)]
#[test]
fn the_targets_of_links_are_watched_and_the_links() {
    let dir = law();
    let path = |name: &str| dir.path().join(name);
    std::os::unix::fs::symlink("../elsewhere/milk.ereje", path("law/milk.ereje")).unwrap();
    let watching = Watching::start(dir.path(), &["check", "law", "--watch"]);
    assert_eq!(watching.run(LONG), ["checked 1 policy of 3 files: 1 warning"]);
    fs::write(path("elsewhere/milk.ereje"), "rule no_milk\n  refuse NOO\n  when sale.kind is milk\n").unwrap();
    assert_eq!(watching.after("the target of a link"), "checked 1 policy of 3 files: 1 error");
    fs::write(path("elsewhere/good.ereje"), "rule no_bread\n  refuse NO\n  when sale.kind is bread\n").unwrap();
    // The other file is none of the policy's.
    assert!(watching.run(Duration::from_millis(700)).is_empty());
    fs::remove_file(path("law/milk.ereje")).unwrap();
    std::os::unix::fs::symlink("../elsewhere/good.ereje", path("law/milk.ereje")).unwrap();
    assert!(watching.after("another target").contains(": 1 warning"));
}

#[test]
fn what_is_missing_is_watched_until_it_comes() {
    let dir = law();
    let path = |name: &str| dir.path().join(name);
    fs::rename(path("tables"), path("away")).unwrap();
    let watching = Watching::start(dir.path(), &["check", "law", "--watch"]);
    assert_eq!(watching.run(LONG).concat(), "checked 1 policy of 2 files: 1 error");
    fs::rename(path("away"), path("tables")).unwrap();
    assert!(watching.after("the folder of a table").contains(": 1 warning"));
    fs::write(path("tables/price.csv"), "kind,price\nbread,2 EURO\nmilk,1.50 EUR\n").unwrap();
    assert!(watching.after("the table in it").contains("1 error"));
}
