//! A snapshot file as insta writes it: a header between two lines of `---`, then the content.

use ereje::facts::tree::Tree;
use ereje::source::FileId;
use ereje::visible::in_yaml;
use serde_json::Value as Json;

const RULE: &str = "---";

/// The content of a snapshot file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The file of the case, or the test that wrote the snapshot.
    pub source: String,
    /// The law and the name of the case.
    pub description: Option<String>,
    /// The content, without its last line end.
    pub contents: String,
}

impl Snapshot {
    /// Reads a snapshot file.
    ///
    /// # Errors
    /// Why it is no snapshot, in words that follow «the snapshot cannot be read:».
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(bytes).map_err(|_| "it is no text in UTF-8")?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
        let mut rest = text.as_str();
        let mut line = || -> Option<&str> {
            let (line, after) = rest.split_once('\n').or(if rest.is_empty() { None } else { Some((rest, "")) })?;
            rest = after;
            Some(line)
        };
        if line().map(str::trim_end) != Some(RULE) {
            return Err(format!("it does not begin with a line `{RULE}`"));
        }
        let mut header = String::new();
        loop {
            let line = line().ok_or_else(|| format!("its header does not end with a line `{RULE}`"))?;
            if line.trim_end() == RULE {
                break;
            }
            header.push_str(line);
            header.push('\n');
        }
        let mut snapshot = Self { source: String::new(), description: None, contents: rest.trim_end().to_owned() };
        let first = ereje::facts::trees(&header, FileId(0)).into_iter().next();
        let Some(Ok(node)) = first else { return Err("its header is no YAML".into()) };
        let entries = match &node.tree {
            Tree::Map(entries) => entries.as_slice(),
            Tree::Empty | Tree::Null => &[],
            Tree::Bool(_) | Tree::Plain(_) | Tree::Quoted(_) | Tree::List(_) => {
                return Err("its header is not one that insta writes".into());
            }
        };
        for entry in entries {
            let (Tree::Plain(text) | Tree::Quoted(text)) = &entry.value.tree else { continue };
            match &*entry.key {
                "source" => snapshot.source = text.to_string(),
                "description" => snapshot.description = Some(text.to_string()),
                "snapshot_kind" if text != "text" => return Err(format!("it keeps something else than text: {text}")),
                _ => {}
            }
        }
        Ok(snapshot)
    }

    /// The snapshot as a file.
    #[must_use]
    pub fn write(&self) -> String {
        // A JSON string is valid YAML.
        let quoted = |text: &str| in_yaml(&Json::from(text).to_string()).into_owned();
        let mut out = format!("{RULE}\nsource: {}\n", quoted(&self.source));
        if let Some(description) = &self.description {
            out.push_str(&format!("description: {}\n", quoted(description)));
        }
        out.push_str(&format!("{RULE}\n{}\n", self.contents));
        out
    }

    /// True if the content is the same, whatever the header says, as insta compares.
    #[must_use]
    pub fn keeps(&self, contents: &str) -> bool {
        self.contents == contents.trim_end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot() -> Snapshot {
        Snapshot {
            source: "a.test.yaml".into(),
            description: Some("R1: «нет»: \"no\" # \\ 'x'".into()),
            contents: "one\n---\n\ntwo: 2".into(),
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let written = snapshot().write();
        assert_eq!(Snapshot::read(written.as_bytes()), Ok(snapshot()));
        let windows = format!("\u{feff}{}", written.replace('\n', "\r\n"));
        assert_eq!(Snapshot::read(windows.as_bytes()), Ok(snapshot()));
        assert!(snapshot().keeps("one\n---\n\ntwo: 2\n\n") && !snapshot().keeps("one"));
    }

    #[test]
    fn what_insta_writes_is_read() {
        let text = "---\nsource: tests/it/x.rs\nassertion_line: 3\ndescription: \"a: b\"\nexpression: x\ninfo:\n  a: [1]\n---\nkept\n";
        let snapshot = Snapshot::read(text.as_bytes()).unwrap();
        assert_eq!((snapshot.source.as_str(), snapshot.contents.as_str()), ("tests/it/x.rs", "kept"));
    }

    #[test]
    fn what_is_no_snapshot_is_refused_in_words() {
        let tried: [&[u8]; 7] = [
            b"",
            b"kept",
            b"---\nsource: x\n",
            b"---\n<<<<<<< ours\n=======\n---\nkept",
            b"---\n- a\n---\n",
            b"---\nextension: png\nsnapshot_kind: binary\n---\n",
            b"---\n\xff\n---\n",
        ];
        let errors: Vec<String> = tried.iter().map(|bytes| Snapshot::read(bytes).unwrap_err()).collect();
        insta::assert_snapshot!(errors.join("\n"), @r"
        it does not begin with a line `---`
        it does not begin with a line `---`
        its header does not end with a line `---`
        its header is not one that insta writes
        its header is not one that insta writes
        it keeps something else than text: binary
        it is no text in UTF-8
        ");
    }
}
