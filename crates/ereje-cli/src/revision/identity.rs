//! Who the person is that runs the command, as git knows it, and who the same person is under other names.

use super::git::git;
use std::path::Path;

/// The author of a commit made now in a folder, as `Name <address>`; `None` where git knows none, or is not there. Nothing is
/// made up of the names of an account and a machine.
pub(in super::super) fn author(folder: &Path) -> Option<String> {
    let found = git(folder, &["-c", "user.useConfigOnly=true", "var", "GIT_AUTHOR_IDENT"]).ok()??;
    let found = String::from_utf8(found).ok()?;
    // The time and its zone follow the address.
    let (identity, _) = found.rsplit_once('>')?;
    Some(format!("{identity}>"))
}

/// The same persons under the names that `.mailmap` gives them, in their order. Those that it does not name, and all where
/// there is no repository, stay as they are.
pub(in super::super) fn mapped(folder: &Path, persons: &[String]) -> Vec<String> {
    // Git reads contacts with an address alone, and one that begins with `-` would be an option to it.
    let is_contact = |person: &&String| person.ends_with('>') && !person.starts_with('-');
    let asked: Vec<&str> = persons.iter().filter(is_contact).map(String::as_str).collect();
    let answer = match asked.is_empty() {
        true => None,
        false => git(folder, &[&["check-mailmap"], asked.as_slice()].concat()).ok().flatten(),
    };
    let answer = answer.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
    let answers: Vec<&str> = answer.lines().collect();
    if answers.len() != asked.len() {
        return persons.to_vec();
    }
    let mut answers = answers.into_iter();
    let mut one = |person: &String| if is_contact(&person) { answers.next() } else { None };
    persons.iter().map(|person| one(person).map_or_else(|| person.clone(), str::to_owned)).collect()
}
