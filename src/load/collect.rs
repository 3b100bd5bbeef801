//! Collects the files of a policy: the folder, then all files that these name, until there is no new one.

use super::bundle::Bundle;
use super::circle::{ImportNode, circles};
use super::files::refusal;
use super::limits::{MAX_DEPTH, MAX_ENTRIES, MAX_FILE_BYTES, MAX_FILES, MAX_IMPORTS, MAX_TOTAL_BYTES};
use super::root::{FileKind, ReadRefusal};
use super::store::{EntryKind, FolderEntry, Store, Unread, reason};
use crate::diagnostic::{Code, Diagnostic, add_bytes, nearest};
use crate::source::{FileId, Sources, Span, join};
use crate::stack::deep;
use crate::syntax::{self, ast};
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

/// After so many missing names the search for similar ones stops.
const MAX_SUGGESTIONS: usize = 20;

/// The policy of a store's top folder.
pub(super) fn folder(store: Store) -> Bundle {
    let mut collect = Collect::new(store);
    collect.folder("", None);
    collect.finish()
}

/// The policy of a single file.
pub(super) fn file(store: Store, name: &str) -> Bundle {
    let mut collect = Collect::new(store);
    collect.file(name, None);
    collect.finish()
}

struct Collect {
    store: Store,
    sources: Sources,
    diagnostics: Vec<Diagnostic>,
    /// The nodes of the import graph; the next field maps real paths to their indices.
    nodes: Vec<ImportNode>,
    node_of: BTreeMap<PathBuf, usize>,
    /// Files that were read and are not yet parsed: node and text.
    unread: Vec<(usize, FileId)>,
    parsed: Vec<(String, FileId, ast::File)>,
    /// CSV files by name; `None` if the file could not be read.
    tables: BTreeMap<String, Option<FileId>>,
    bytes: usize,
    files: usize,
    suggestions: usize,
    /// True if a limit of the whole policy is exceeded, which is reported: nothing more is read.
    full: bool,
}

impl Collect {
    fn new(store: Store) -> Self {
        Self {
            store,
            sources: Sources::new(),
            diagnostics: Vec::new(),
            nodes: Vec::new(),
            node_of: BTreeMap::new(),
            unread: Vec::new(),
            parsed: Vec::new(),
            tables: BTreeMap::new(),
            bytes: 0,
            files: 0,
            suggestions: 0,
            full: false,
        }
    }

    /// Follows imports until there is no new file, then sorts all results.
    fn finish(mut self) -> Bundle {
        while !self.unread.is_empty() {
            let unread = std::mem::take(&mut self.unread);
            let parsed: Vec<_> = deep(|| unread.iter().map(|(_, id)| syntax::parse(&self.sources, *id)).collect());
            for ((node, id), (file, diagnostics)) in unread.into_iter().zip(parsed) {
                let Some(source) = self.sources.get(id) else { continue };
                let name = source.name.clone();
                self.diagnostics.extend(diagnostics);
                self.references(node, &name, &file);
                self.parsed.push((name, id, file));
            }
        }
        self.diagnostics.extend(circles(&self.nodes, &self.sources));
        self.parsed.sort_by(|a, b| a.0.cmp(&b.0));
        let sources = self.sources;
        let place = |d: &Diagnostic| {
            let name = sources.get(d.primary.span.file).map_or("", |file| file.name.as_str());
            (name, d.primary.span.start, d.primary.span.end, d.code)
        };
        self.diagnostics.sort_by(|a, b| place(a).cmp(&place(b)));
        Bundle {
            policy_files: self.parsed.iter().map(|(_, id, _)| *id).collect(),
            files: self.parsed.into_iter().map(|(_, _, file)| file).collect(),
            tables: self.tables.into_values().flatten().collect(),
            diagnostics: self.diagnostics,
            sources,
        }
    }

    /// The node of a name; true if it is new.
    fn node(&mut self, name: &str) -> (usize, bool) {
        let identity = self.store.identity(name);
        if let Some(node) = self.node_of.get(&identity) {
            return (*node, false);
        }
        let node = self.nodes.len();
        let name = if name.is_empty() { String::from(".") } else { name.to_owned() };
        self.nodes.push(ImportNode { name, leads_to: Vec::new() });
        self.node_of.insert(identity, node);
        (node, true)
    }

    fn edge(&mut self, from: usize, to: usize, span: Option<Span>) {
        if let Some(node) = self.nodes.get_mut(from) {
            node.leads_to.push((to, span));
        }
    }

    /// Reads all policy files of a folder and of the folders in it. Returns the folder's node.
    fn folder(&mut self, top: &str, imported: Option<Span>) -> usize {
        let (top_node, new) = self.node(top);
        if !new {
            return top_node;
        }
        // Folders that are still to be listed: name, node, and the real paths of the folder and those around it.
        let mut folders = vec![(top.to_owned(), top_node, vec![self.store.identity(top)])];
        while let Some((folder, node, around)) = folders.pop() {
            let entries = match self.store.list(&folder, MAX_ENTRIES) {
                Ok(entries) => entries,
                Err(error) => {
                    let label = format!("the folder cannot be listed: {}", reason(&error));
                    self.unreadable(&folder, label, &error, imported);
                    continue;
                }
            };
            if entries.len() >= MAX_ENTRIES {
                self.too_much(&folder, format!("a folder of more than {MAX_ENTRIES} files"));
            }
            let mut inner_folders = Vec::new();
            for entry in entries {
                if self.full {
                    return top_node;
                }
                let name = if folder.is_empty() { entry.name.clone() } else { format!("{folder}/{}", entry.name) };
                if entry.kind.as_ref().is_ok_and(|kind| *kind == EntryKind::Folder) && !policy_name(&entry.name) {
                    if let Err(refusal) = self.store.admit(&name, FileKind::Any) {
                        self.refused_entry(&name, &refusal, imported);
                    } else if let Some(around) = self.descend(&name, &around) {
                        let (inner, new) = self.node(&name);
                        self.edge(node, inner, None);
                        if new {
                            inner_folders.push((name, inner, around));
                        }
                    }
                } else if policy_name(&entry.name) {
                    if let Some(file) = self.entry(&name, &entry, imported) {
                        self.edge(node, file, None);
                    }
                } else if let Err(error) = &entry.kind
                    && refusal(error).is_some()
                {
                    // It may be a folder with policy files in it.
                    self.unreadable(&name, reason(error), error, imported);
                }
            }
            // The stack is last in, first out, so the inner folders are pushed in reverse.
            folders.extend(inner_folders.into_iter().rev());
        }
        top_node
    }

    /// The real paths of the folder `name` and those around it; `None` if a link leads back to one of them or if it is
    /// too deep.
    fn descend(&mut self, name: &str, around: &[PathBuf]) -> Option<Vec<PathBuf>> {
        let identity = self.store.identity(name);
        if around.contains(&identity) {
            self.nameless(
                Code::E0701,
                name,
                "cannot be read",
                String::from("a link that leads back to a folder it stands in"),
                None,
            );
            return None;
        }
        if around.len() >= MAX_DEPTH {
            self.too_much(name, format!("folders more than {MAX_DEPTH} deep"));
            return None;
        }
        Some(around.iter().cloned().chain([identity]).collect())
    }

    /// Reads a folder's entry with the name of a policy file; reports it if it is no file.
    fn entry(&mut self, name: &str, entry: &FolderEntry, imported: Option<Span>) -> Option<usize> {
        match &entry.kind {
            Ok(EntryKind::File) => match self.store.admit(name, FileKind::Policy) {
                Ok(()) => Some(self.file(name, imported)),
                Err(refusal) => {
                    self.refused_entry(name, &refusal, imported);
                    None
                }
            },
            Ok(EntryKind::Folder) => {
                let label = String::from("a folder; only files have names that end in `.ereje`");
                self.nameless(Code::E0701, name, "is not a file", label, imported);
                None
            }
            Ok(EntryKind::Special(what)) => {
                self.nameless(Code::E0701, name, "is not a file", (*what).to_owned(), imported);
                None
            }
            Ok(EntryKind::Missing) => None,
            Err(error) => {
                self.unreadable(name, reason(error), error, imported);
                None
            }
        }
    }

    /// Reads one policy file, once. Returns its node.
    fn file(&mut self, name: &str, imported: Option<Span>) -> usize {
        let (node, new) = self.node(name);
        if new && let Some(id) = self.text(name, imported) {
            self.unread.push((node, id));
        }
        node
    }

    /// Reads a file and adds its text to the sources; `None` with a diagnostic if that fails.
    fn text(&mut self, name: &str, imported: Option<Span>) -> Option<FileId> {
        if self.full {
            return None;
        }
        if self.files >= MAX_FILES {
            self.too_much(name, format!("more than {MAX_FILES} files"));
            return None;
        }
        let bytes = match self.store.read(name) {
            Ok(bytes) => bytes,
            Err(Unread::Io(error)) => {
                self.unreadable(name, reason(&error), &error, imported);
                return None;
            }
            Err(unread @ (Unread::NoFile(_) | Unread::TooLarge)) => {
                let (code, what, label) = explain_unread(&unread);
                self.nameless(code, name, what, label, imported);
                return None;
            }
        };
        self.files += 1;
        self.bytes = self.bytes.saturating_add(bytes.len());
        if self.bytes > MAX_TOTAL_BYTES {
            self.too_much(name, format!("more than {} MiB of text", MAX_TOTAL_BYTES >> 20));
            return None;
        }
        match add_bytes(&mut self.sources, name, &bytes) {
            Ok(id) => Some(id),
            Err(diagnostic) => {
                self.diagnostics.push(*diagnostic);
                None
            }
        }
    }

    /// Reports a file or folder that is there and cannot be read.
    fn unreadable(&mut self, name: &str, label: String, error: &io::Error, imported: Option<Span>) {
        self.nameless(Code::E0701, name, "cannot be read", label, imported);
        if let Some(refusal) = refusal(error)
            && let Some(told) = self.diagnostics.pop()
        {
            self.diagnostics.push(told.help(refusal.help.clone()));
        }
    }

    /// Reports an error of a file or folder without a text.
    fn nameless(&mut self, code: Code, name: &str, what: &str, label: String, imported: Option<Span>) {
        let shown = if name.is_empty() { "." } else { name };
        let id = self.sources.add(shown, "");
        let message = format!("`{shown}` {what}");
        let mut diagnostic = Diagnostic::new(code, message, Span::new(id, 0, 0), label);
        if let Some(span) = imported {
            diagnostic = diagnostic.also(span, "named here");
        }
        self.diagnostics.push(diagnostic);
    }

    /// Reports once that a limit of the whole policy is exceeded.
    fn too_much(&mut self, name: &str, what: String) {
        if !self.full {
            self.full = true;
            let id = self.sources.add(name, "");
            let message = format!("the policy has {what}");
            let label = "nothing from here on was read";
            self.diagnostics.push(
                Diagnostic::new(Code::E0703, message, Span::new(id, 0, 0), label).help(
                    "see that the path is the policy's own folder, and move what does not belong to it elsewhere",
                ),
            );
        }
    }

    /// Follows the references of a file: imports, and CSV files of tables and calendars.
    fn references(&mut self, node: usize, name: &str, file: &ast::File) {
        let mut imports = 0;
        for item in &file.items {
            match item {
                ast::ItemSyntax::Import(import) => {
                    imports += 1;
                    if imports <= MAX_IMPORTS {
                        self.import(node, name, &import.path);
                    } else if imports == MAX_IMPORTS + 1 {
                        let message = format!("more than {MAX_IMPORTS} imports in one file");
                        let label = "this one and those after it were not followed";
                        let help = "import the folder that they stand in";
                        self.diagnostics
                            .push(Diagnostic::new(Code::E0703, message, import.path.span, label).help(help));
                    }
                }
                ast::ItemSyntax::Table(table) => {
                    if let ast::TableRows::Csv(file) = &table.rows {
                        self.table(name, &file.path);
                    }
                }
                ast::ItemSyntax::Calendar(calendar) => {
                    if let Some(file) = &calendar.file {
                        self.table(name, &file.path);
                    }
                }
                ast::ItemSyntax::Policy(_)
                | ast::ItemSyntax::Amendment(_)
                | ast::ItemSyntax::Source(_)
                | ast::ItemSyntax::Registry(_)
                | ast::ItemSyntax::Region(_)
                | ast::ItemSyntax::Unit(_)
                | ast::ItemSyntax::Enum(_)
                | ast::ItemSyntax::Record(_)
                | ast::ItemSyntax::Facts(_)
                | ast::ItemSyntax::AsOf(_)
                | ast::ItemSyntax::Decision(_)
                | ast::ItemSyntax::Outcome(_)
                | ast::ItemSyntax::Output(_)
                | ast::ItemSyntax::Reason(_)
                | ast::ItemSyntax::Define(_)
                | ast::ItemSyntax::Case(_)
                | ast::ItemSyntax::Norm(_)
                | ast::ItemSyntax::Scale(_)
                | ast::ItemSyntax::Assumption(_)
                | ast::ItemSyntax::Rule(_)
                | ast::ItemSyntax::Exception(_)
                | ast::ItemSyntax::Notice(_)
                | ast::ItemSyntax::Suspend(_) => {}
            }
        }
    }

    fn import(&mut self, node: usize, from: &str, path: &ast::Text) {
        let Some(target) = self.resolve(from, path, Code::E0704, FileKind::Any) else { return };
        let to = match self.store.kind(&target) {
            Ok(EntryKind::Folder) => {
                let before = self.diagnostics.len();
                let to = self.folder(&target, Some(path.span));
                if self.nodes.get(to).is_some_and(|n| n.leads_to.is_empty()) && self.diagnostics.len() == before {
                    let message = format!("the folder `{target}` holds no policy files");
                    let label = "no file in it has a name that ends in `.ereje`";
                    self.diagnostics.push(Diagnostic::new(Code::E0704, message, path.span, label));
                }
                to
            }
            Ok(EntryKind::File) if policy_name(&target) => {
                if let Err(refusal) = self.store.admit(&target, FileKind::Policy) {
                    return self.refused(&target, path, &refusal);
                }
                self.file(&target, Some(path.span))
            }
            Ok(EntryKind::File) => {
                let message = format!("`{target}` is not a policy file");
                let label = "the names of policy files end in `.ereje`";
                let help = "a table of values is read by `table … from \"file.csv\"`, days off by `days \"file.csv\"`";
                self.diagnostics.push(Diagnostic::new(Code::E0704, message, path.span, label).help(help));
                return;
            }
            Ok(EntryKind::Special(what)) => {
                let message = format!("`{target}` is not a file or a folder");
                self.diagnostics.push(Diagnostic::new(Code::E0701, message, path.span, what));
                return;
            }
            Ok(EntryKind::Missing) => {
                return self.missing(Code::E0704, &target, path, "no file or folder of this name");
            }
            Err(error) => {
                let message = format!("`{target}` cannot be read");
                let found = Diagnostic::new(Code::E0701, message, path.span, reason(&error));
                let help = refusal(&error).map(|refusal| refusal.help.clone());
                self.diagnostics.push(help.into_iter().fold(found, Diagnostic::help));
                return;
            }
        };
        self.edge(node, to, Some(path.span));
    }

    fn table(&mut self, from: &str, path: &ast::Text) {
        let Some(target) = self.resolve(from, path, Code::E0701, FileKind::Csv) else { return };
        if self.tables.contains_key(&target) {
            return;
        }
        self.tables.insert(target.clone(), None);
        if let Ok(EntryKind::Missing) = self.store.kind(&target) {
            return self.missing(Code::E0701, &target, path, "no file of this name");
        }
        let id = self.text(&target, Some(path.span));
        self.tables.insert(target, id);
    }

    /// The name that a path in a file refers to, if it may be read.
    fn resolve(&mut self, from: &str, path: &ast::Text, code: Code, kind: FileKind) -> Option<String> {
        let target = join(from, &path.value);
        if let Some(target) = &target {
            if let Err(refusal) = self.store.admit(target, kind) {
                self.refused(target, path, &refusal);
                return None;
            }
        } else {
            let message = match path.value.as_str() {
                "" => String::from("a path of no letters"),
                written => {
                    format!("`{}` is not a path that can be followed", written.replace(char::is_control, "\u{fffd}"))
                }
            };
            let label = "expected a path relative to this file, with `/` between folders";
            let help = "write `\"fees.csv\"`, `\"tables/fees.csv\"` or `\"../common\"`";
            self.diagnostics.push(Diagnostic::new(code, message, path.span, label).help(help));
        }
        target
    }

    /// Reports a path in a file that leads where the policy may not read.
    fn refused(&mut self, target: &str, path: &ast::Text, refusal: &ReadRefusal) {
        let diagnostic = Diagnostic::new(Code::E0705, refused_message(target), path.span, refusal.label());
        self.diagnostics.push(diagnostic.help(refusal.help()));
    }

    /// Reports a link in a folder of the policy that leads where the policy may not read.
    fn refused_entry(&mut self, name: &str, refusal: &ReadRefusal, imported: Option<Span>) {
        let id = self.sources.add(name, "");
        let mut diagnostic = Diagnostic::new(Code::E0705, refused_message(name), Span::new(id, 0, 0), refusal.label())
            .help(refusal.help());
        if let Some(span) = imported {
            diagnostic = diagnostic.also(span, "named here");
        }
        self.diagnostics.push(diagnostic);
    }

    fn missing(&mut self, code: Code, target: &str, path: &ast::Text, label: &str) {
        let message = format!("there is no `{target}`");
        let mut diagnostic = Diagnostic::new(code, message, path.span, label);
        self.suggestions += 1;
        if self.suggestions <= MAX_SUGGESTIONS {
            let (folder, name) = target.rsplit_once('/').unwrap_or(("", target));
            let beside = self.store.list(folder, MAX_ENTRIES).unwrap_or_default();
            if let Some(near) = nearest(name, beside.iter().map(|entry| entry.name.as_str())) {
                let written = path.value.strip_suffix(name).unwrap_or("");
                diagnostic = diagnostic.help(format!("did you mean `{written}{near}`?"));
            } else {
                diagnostic = diagnostic.help("the path is relative to the file that it is written in");
            }
        }
        self.diagnostics.push(diagnostic);
    }
}

/// Why a file was not read: the code, the message after the name, and the label.
pub(super) fn explain_unread(unread: &Unread) -> (Code, &'static str, String) {
    match unread {
        Unread::Io(error) => (Code::E0701, "cannot be read", reason(error)),
        Unread::NoFile(what) => (Code::E0701, "is not a file", (*what).to_owned()),
        Unread::TooLarge => {
            let label = format!("larger than {} MiB, the most for one file", MAX_FILE_BYTES >> 20);
            (Code::E0703, "is too large", label)
        }
    }
}

fn refused_message(name: &str) -> String {
    format!("`{name}` may not be read by this policy")
}

fn policy_name(name: &str) -> bool {
    name.ends_with(".ereje")
}
