//! Links in a revision: git keeps them as texts with a path, and nobody follows them there but this.

use std::collections::{BTreeMap, BTreeSet};

/// The most links on the way to one file.
const MAX_STEPS: usize = 40;

/// The most further names of files that all links of a revision give.
const MAX_NAMES: usize = 100_000;

/// Where a link leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum LinkTarget {
    /// To a file or a folder of the revision, by its real name.
    Inside(String),
    /// Out of the repository, to a name that begins with a dot, or in a circle.
    Nowhere,
}

/// The names of a revision.
pub(super) struct LinkedNames<'r> {
    /// The files.
    pub(super) files: &'r BTreeMap<String, String>,
    /// The links, each with what is written in it.
    pub(super) links: &'r BTreeMap<String, String>,
}

/// A further name of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SecondName {
    /// The real name.
    pub(super) real: String,
    /// True if a folder on the way is a link, false if only the file itself is.
    pub(super) through_folder: bool,
}

/// The further names that links give.
#[derive(Debug, Default)]
pub(super) struct SecondNames {
    /// Those of files.
    pub(super) files: BTreeMap<String, SecondName>,
    /// Those of folders, each with the real name.
    pub(super) folders: BTreeMap<String, String>,
}

impl LinkedNames<'_> {
    /// The real name behind a name.
    pub(super) fn real(&self, name: &str) -> LinkTarget {
        let mut rest: Vec<String> = name.split('/').rev().map(str::to_owned).collect();
        let mut real: Vec<String> = Vec::new();
        let mut steps = 0;
        while let Some(part) = rest.pop() {
            match part.as_str() {
                "" | "." => continue,
                ".." => {
                    if real.pop().is_none() {
                        return LinkTarget::Nowhere;
                    }
                    continue;
                }
                hidden if hidden.starts_with('.') => return LinkTarget::Nowhere,
                _ => real.push(part),
            }
            if let Some(to) = self.links.get(&real.join("/")) {
                steps += 1;
                if steps > MAX_STEPS || to.is_empty() || to.starts_with('/') {
                    return LinkTarget::Nowhere;
                }
                real.pop();
                rest.extend(to.split('/').rev().map(str::to_owned));
            }
        }
        LinkTarget::Inside(real.join("/"))
    }

    /// All further names that links give, links in linked folders included.
    pub(super) fn second_names(&self) -> SecondNames {
        let mut found = SecondNames::default();
        for name in self.links.keys() {
            self.follow(name, name, false, &mut vec![parent(name).to_owned()], &mut found);
        }
        found
    }

    /// Adds what the link `link` gives when it is reached under a name. `around` are the real folders that it stands in.
    fn follow(&self, name: &str, link: &str, through_folder: bool, around: &mut Vec<String>, found: &mut SecondNames) {
        let LinkTarget::Inside(real) = self.real(link) else { return };
        if self.files.contains_key(&real) {
            if found.files.len() < MAX_NAMES {
                found.files.insert(name.to_owned(), SecondName { real, through_folder });
            }
            return;
        }
        // A link that leads back to a folder it stands in gives the same files without end.
        let leads_back = around.iter().any(|folder| *folder == real || inside(&real, folder).is_some());
        if leads_back || around.len() > MAX_STEPS {
            return;
        }
        found.folders.insert(name.to_owned(), real.clone());
        around.push(real.clone());
        for file in within(self.files, &real) {
            if found.files.len() >= MAX_NAMES {
                break;
            }
            if let Some(rest) = inside(&real, file) {
                let second = SecondName { real: file.clone(), through_folder: true };
                found.files.insert(format!("{name}/{rest}"), second);
            }
        }
        let links: BTreeSet<&String> = within(self.links, &real).collect();
        for inner in links {
            if let (Some(rest), true) = (inside(&real, inner), found.files.len() < MAX_NAMES) {
                self.follow(&format!("{name}/{rest}"), inner, true, around, found);
            }
        }
        around.pop();
    }
}

/// The names that stand in a folder, and in folders in it.
fn within<'m>(names: &'m BTreeMap<String, String>, folder: &str) -> impl Iterator<Item = &'m String> {
    let first = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    names.range(first.clone()..).map(|(name, _)| name).take_while(move |name| name.starts_with(&first))
}

fn parent(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A name relative to a folder that it stands in.
fn inside<'n>(folder: &str, name: &'n str) -> Option<&'n str> {
    if folder.is_empty() { Some(name) } else { name.strip_prefix(folder)?.strip_prefix('/') }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(files: &[&str], links: &[(&str, &str)]) -> (BTreeMap<String, String>, BTreeMap<String, String>) {
        let files = files.iter().map(|name| ((*name).to_owned(), String::from("id"))).collect();
        (files, links.iter().map(|(name, to)| ((*name).to_owned(), (*to).to_owned())).collect())
    }

    fn all(files: &[&str], links: &[(&str, &str)]) -> Vec<String> {
        let (files, links) = names(files, links);
        let found = LinkedNames { files: &files, links: &links }.second_names();
        found.files.iter().map(|(name, second)| format!("{name} = {}", second.real)).collect()
    }

    #[test]
    fn links_lead_to_files_folders_and_links() {
        let files = ["shared/a.ereje", "shared/deep/b.ereje", "law/c.ereje"];
        assert_eq!(all(&files, &[("law/a.ereje", "../shared/a.ereje")]), ["law/a.ereje = shared/a.ereje"]);
        let twice = [("law/x.ereje", "y.ereje"), ("law/y.ereje", "../more/a.ereje"), ("more", "shared")];
        assert_eq!(
            all(&files, &twice),
            [
                "law/x.ereje = shared/a.ereje",
                "law/y.ereje = shared/a.ereje",
                "more/a.ereje = shared/a.ereje",
                "more/deep/b.ereje = shared/deep/b.ereje"
            ]
        );
        let inner = [("law/s", "../shared"), ("shared/deep/l", "../../law/c.ereje")];
        assert_eq!(
            all(&files, &inner),
            [
                "law/s/a.ereje = shared/a.ereje",
                "law/s/deep/b.ereje = shared/deep/b.ereje",
                "law/s/deep/l = law/c.ereje",
                "shared/deep/l = law/c.ereje"
            ]
        );
    }

    #[test]
    fn links_lead_neither_out_nor_round() {
        let files = ["law/a.ereje", ".git/x.ereje"];
        for to in ["../../x", "/etc/passwd", "../.git/x.ereje", "", "gone"] {
            assert_eq!(all(&files, &[("law/l", to)]), [] as [&str; 0], "{to}");
        }
        assert_eq!(all(&files, &[("law/l", "m"), ("law/m", "l")]), [] as [&str; 0]);
        assert_eq!(all(&files, &[("law/up", ".."), ("law/here", ".")]), [] as [&str; 0]);
        // Two folders that hold links to each other.
        let round = all(&["a/x.ereje", "b/y.ereje"], &[("a/b", "../b"), ("b/a", "../a")]);
        assert_eq!(round, ["a/b/y.ereje = b/y.ereje", "b/a/x.ereje = a/x.ereje"]);
    }
}
