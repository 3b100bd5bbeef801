//! A Markdown page as a list of lines with fenced blocks, which can be read, and written again with other contents.

use std::collections::BTreeMap;

/// A fenced block.
#[derive(Clone, Debug)]
pub struct Block {
    /// The first word after the fence: `ereje`, `yaml`, `console`.
    pub language: String,
    /// The words after it that are no pairs: `cases`, `decision`.
    pub words: Vec<String>,
    /// The pairs after it: `in=fees`.
    pub pairs: BTreeMap<String, String>,
    /// The text inside, each line with its end.
    pub text: String,
    /// The line of the fence, from 1.
    pub line: usize,
}

impl Block {
    /// True if the block has this language and this word.
    pub fn is(&self, language: &str, word: &str) -> bool {
        self.language == language && self.words.iter().any(|w| w == word)
    }

    /// The value of a pair.
    pub fn pair(&self, key: &str) -> Option<&str> {
        self.pairs.get(key).map(String::as_str)
    }
}

/// A part of a page.
#[derive(Clone, Debug)]
pub enum Part {
    /// Lines outside fences, and the fences themselves.
    Prose(String),
    /// A fenced block.
    Block(Block),
}

/// Reads a page. The parts together are the page, byte by byte.
pub fn parts(page: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut prose = String::new();
    let mut open: Option<Block> = None;
    for (index, line) in page.split_inclusive('\n').enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => {
                prose.push_str(line);
                parts.push(Part::Prose(std::mem::take(&mut prose)));
                let mut words: Vec<String> = info.split_whitespace().map(str::to_owned).collect();
                let language = if words.is_empty() { String::new() } else { words.remove(0) };
                let (pairs, words): (Vec<_>, Vec<_>) = words.into_iter().partition(|w| w.contains('='));
                let pairs = pairs.iter().filter_map(|p| p.split_once('=')).map(|(k, v)| (k.to_owned(), v.to_owned()));
                open = Some(Block { language, words, pairs: pairs.collect(), text: String::new(), line: index + 1 });
            }
            (Some(_), Some(_)) => {
                parts.extend(open.take().map(Part::Block));
                prose.push_str(line);
            }
            (Some(block), None) => block.text.push_str(line),
            (None, None) => prose.push_str(line),
        }
    }
    assert!(open.is_none(), "a fence is not closed");
    parts.push(Part::Prose(prose));
    parts
}
