//! The changes of a case to its facts: values that are put at a path, and paths that are removed.

use super::path::Path;
use super::read::{Entries, Reader};
use super::texts::Offsets;
use ereje::diagnostic::{Code, Diagnostic};
use ereje::facts::tree::TreeNode;
use ereje::source::Span;

/// Makes the changes of a case to its facts.
pub(super) fn change(reader: &mut Reader, entries: &Entries<'_>, facts: &mut TreeNode<'static>) {
    if let Some(node) = entries.get("change") {
        for entry in reader.any_map(node, "`change`") {
            put(reader, facts, (&entry.key, (entry.start, entry.end)), entry.value.clone());
        }
    }
    if let Some(node) = entries.get("remove") {
        for item in reader.list(node, "`remove`") {
            let at = reader.span(item);
            let Some(text) = reader.text(item, "the path of a fact") else { continue };
            match Path::parse(&text) {
                None => reader.say(no_path(&text, at)),
                Some(path) => {
                    if !path.remove(facts) {
                        let message = format!("`{text}` is not in the base, so it cannot be removed");
                        let finding =
                            Diagnostic::new(Code::E0803, message, at, "nobody has asked it in the base either");
                        reader.say(finding.help("leave it out of `remove`, or mend its name"));
                    }
                }
            }
        }
    }
}

/// Puts a value at a path; true if it did, otherwise it reports a finding.
pub(super) fn put(
    reader: &mut Reader,
    facts: &mut TreeNode<'static>,
    path: (&str, Offsets),
    value: TreeNode<'static>,
) -> bool {
    let (text, at) = path;
    let Some(path) = Path::parse(text) else {
        reader.say(no_path(text, reader.at(at)));
        return false;
    };
    if let Err(nowhere) = path.set(facts, value, at) {
        let message = format!("`{text}` leads nowhere in these facts");
        let finding = Diagnostic::new(Code::E0803, message, reader.at(at), format!("on its way stands {}", nowhere.0));
        reader.say(finding.help("change the whole of what stands there, or mend the path"));
        return false;
    }
    true
}

fn no_path(text: &str, at: Span) -> Diagnostic {
    let message = format!("`{text}` is no path into the facts");
    Diagnostic::new(Code::E0803, message, at, "expected a path such as `applicant.birth_date` or `owners[0].consent`")
}
