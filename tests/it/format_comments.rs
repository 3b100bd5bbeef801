//! A comment stays in the clause in which it is written, wherever in it and on however few lines.

use crate::it::format::{formatted, gaps};
use std::ops::Range;

/// Items in the one layout, a line for each clause.
const ITEMS: [&str; 8] = [
    "rule r\n  refuse NO(a.x, a.y)\n  when a.x > 3 and count(l) > 2\n  unless m in { p, q }\n  in A, B\n  from 2026-01-01\n  source act \"x\"\n",
    "rule r for each b in a.l where b.c > 1\n  refuse NO(b.c)\n  when any(b in l: b.late or b.x > 2)\n  unless n\n",
    "exception e to r\n  when n + 1 > 2\n  source act \"x\"\n",
    "define d: integer\n  case one = 3 + 4 when n > 2 and m > 3 unless k\n  otherwise 4\n",
    "norm m: integer\n  = 3\n  = 4 from 2026-01-01 source act \"x\"\n  en \"M\"\n",
    "decision d\n  refuse > approve\n  otherwise approve\n  output z: integer = a.n + 2\n",
    "registry R en \"x\"\n  if unavailable then retry DOWN\n  if absent means (0 EUR)\n",
    "amendment e.p to e.q\n  in A\n  from 2026-01-01\n  source act \"x\"\n",
];

const COMMENT: &str = "# C";

/// The number of characters before a comment that are no white space: its place, whatever the layout.
fn place(text: &str) -> (usize, usize) {
    let at = text.find(COMMENT).unwrap();
    (at, text[..at].chars().filter(|c| !c.is_whitespace()).count())
}

/// The clauses of an item, one on each line, as ranges of such places.
fn clauses(item: &str) -> Vec<Range<usize>> {
    let mut end = 0;
    let clause = |line: &str| {
        let start = end;
        end += line.chars().filter(|c| !c.is_whitespace()).count();
        start..end
    };
    item.lines().map(clause).collect()
}

/// True if a comment that was written at a place, and stands at another one now, is in its clause still. What is written
/// between two clauses may be of either.
fn stays(clauses: &[Range<usize>], written: usize, now: usize, alone: bool) -> bool {
    clauses.iter().any(|clause| {
        let was = clause.start <= written && written <= clause.end;
        // On a line of its own it is about what follows, at the end of a line about what it follows.
        let before = alone && clause.start <= now && now < clause.end;
        let behind = clause.start < now && now <= clause.end;
        was && (before || behind)
    })
}

#[test]
fn a_comment_stays_in_its_clause() {
    for item in ITEMS {
        assert_eq!(formatted(item).unwrap(), item);
        let clauses = clauses(item);
        let one_line = format!("{}\n", item.split_whitespace().collect::<Vec<_>>().join(" "));
        for text in [item, &one_line] {
            for gap in gaps(text) {
                for comment in [format!(" {COMMENT}\n"), format!("\n    {COMMENT}\n")] {
                    let commented = format!("{}{comment}{}", &text[..gap], &text[gap..]);
                    let Ok(laid) = formatted(&commented) else { continue };
                    let ((_, written), (at, now)) = (place(&commented), place(&laid));
                    let line = laid[..at].rfind('\n').map_or(0, |end| end + 1);
                    let alone = laid[line..at].trim().is_empty();
                    assert!(stays(&clauses, written, now, alone), "{commented}=>\n{laid}");
                    assert_eq!(formatted(&laid).unwrap(), laid, "{commented}");
                }
            }
        }
    }
}
