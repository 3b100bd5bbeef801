//! Shrinks a failing case until a person can read it: everything is removed without which it still fails.
//!
//! It works on the texts themselves: files, items, lines, groups in parentheses, facts. A text that the checker refuses
//! does not count as failing.

use serde_json::Value;

/// Names and texts of files.
pub type Texts = Vec<(String, String)>;
/// Paths and cells of facts.
pub type Facts = Vec<(String, Value)>;

/// The smallest case for which `fails` is still true, within a bounded number of tries.
pub fn shrink(mut texts: Texts, mut facts: Facts, fails: impl Fn(&Texts, &Facts) -> bool) -> (Texts, Facts) {
    let mut tries = 6000;
    loop {
        let before = (size(&texts), facts.len());
        for f in (1..texts.len()).rev() {
            let mut fewer = texts.clone();
            fewer.remove(f);
            if attempt(&mut tries, || fails(&fewer, &facts)) {
                texts = fewer;
            }
        }
        for f in 0..texts.len() {
            for separator in ["\n\n", "\n"] {
                let mut i = 0;
                loop {
                    let parts: Vec<&str> = texts[f].1.split(separator).collect();
                    if i >= parts.len() {
                        break;
                    }
                    let mut parts = parts;
                    parts.remove(i);
                    let mut fewer = texts.clone();
                    fewer[f].1 = parts.join(separator);
                    if attempt(&mut tries, || fails(&fewer, &facts)) {
                        texts = fewer;
                    } else {
                        i += 1;
                    }
                }
            }
            let mut at = 0;
            while let Some(open) = texts[f].1[at..].find('(').map(|i| i + at) {
                let text = texts[f].1.clone();
                let simpler = group(&text, open).and_then(|(end, inner)| {
                    let with = |what: &str| {
                        let mut fewer = texts.clone();
                        fewer[f].1 = format!("{}{what}{}", &text[..open], &text[end..]);
                        fewer
                    };
                    let mut candidates: Vec<String> =
                        ["true", "false", "1", "10 coin", "15 sq"].map(String::from).into();
                    candidates.extend(operands(inner));
                    candidates.into_iter().map(|c| with(&c)).find(|fewer| attempt(&mut tries, || fails(fewer, &facts)))
                });
                match simpler {
                    Some(fewer) if size(&fewer) < size(&texts) => texts = fewer,
                    Some(_) | None => at = open + 1,
                }
            }
        }
        for i in (0..facts.len()).rev() {
            let mut fewer = facts.clone();
            fewer.remove(i);
            if attempt(&mut tries, || fails(&texts, &fewer)) {
                facts = fewer;
            }
        }
        if before == (size(&texts), facts.len()) || tries == 0 {
            return (texts, facts);
        }
    }
}

fn size(texts: &Texts) -> usize {
    texts.iter().map(|(_, text)| text.len()).sum()
}

fn attempt(tries: &mut usize, f: impl FnOnce() -> bool) -> bool {
    if *tries == 0 {
        return false;
    }
    *tries -= 1;
    f()
}

/// The end of the group that opens at a byte, and the text inside it.
fn group(text: &str, open: usize) -> Option<(usize, &str)> {
    let mut depth = 0;
    for (i, c) in text[open..].char_indices() {
        match c {
            '(' => depth += 1,
            ')' => {
                depth -= 1;
                if depth == 0 {
                    return Some((open + i + 1, &text[open + 1..open + i]));
                }
            }
            _ => {}
        }
    }
    None
}

/// The words and groups at the top level of a group.
fn operands(inner: &str) -> Vec<String> {
    let mut all = Vec::new();
    let (mut depth, mut current) = (0, String::new());
    for c in inner.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if c == ' ' && depth == 0 {
            all.push(std::mem::take(&mut current));
        } else {
            current.push(c);
        }
    }
    all.push(current);
    let words = ["and", "or", "not", "in", "is", "at", "when", "otherwise"];
    all.retain(|w| !words.contains(&w.as_str()) && w.starts_with(|c: char| c == '(' || c.is_alphanumeric()));
    all
}
