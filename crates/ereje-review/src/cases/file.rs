//! A case file as it is written: a base, and cases that change it. It does not depend on a Model.

use super::MAX_TRIALS;
use super::change::change;
use super::expect::Expected;
use super::read::{Entries, Reader, plain};
use super::table::{self, CsvFiles};
use super::texts::CaseTexts;
use super::trial::{Question, Spec};
use super::unfold::{CaseTemplate, Variation, unfold};
use ereje::diagnostic::{Code, Diagnostic};
use ereje::facts::tree::{Tree, TreeNode};
use ereje::source::{FileId, Sources, Span};
use ereje::syntax::ast::State;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A case file that was read: its cases are unfolded but bound to no policy, so that it can be bound to many versions
/// of one.
#[derive(Clone, Debug)]
pub struct CaseFile {
    /// The file's name among the sources that it was read from.
    pub name: String,
    /// The file.
    pub file: FileId,
    /// The policy's folder or file, relative to the case file; `.` if none is written.
    pub policy: String,
    /// True if the facts that a case leaves out are absent: `fill: absent`.
    pub fills: bool,
    /// Where the base is written; `None` in a file without a base.
    pub base: Option<Span>,
    /// Its text and those of the CSV files that it names.
    pub(super) texts: CaseTexts,
    /// The facts of the base; empty in a file without a base.
    pub(super) base_facts: TreeNode<'static>,
    pub(super) specs: Vec<Spec>,
}

const TOP: [&str; 9] = ["schema", "policy", "fill", "base", "decision", "as_of", "in", "assume", "cases"];
const CASE: [&str; 13] =
    ["name", "law", "change", "remove", "each", "table", "csv", "decision", "as_of", "in", "assume", "expect", "note"];

/// The state that `fill` can name.
const ABSENT: &str = State::Absent.keyword();

impl CaseFile {
    /// Reads a case file of `sources`. `csv` reads files beside it, by the names that the case file gives them, and their
    /// texts are added to the sources, since trials and findings have places in them. A bad case becomes a finding, and the
    /// good ones are kept; `None` only if the text is no case file.
    pub fn read(
        sources: &mut Sources,
        file: FileId,
        csv: &mut dyn FnMut(&str) -> Result<Vec<u8>, String>,
    ) -> (Option<Self>, Vec<Diagnostic>) {
        let length = sources.get(file).map_or(0, |source| source.text.len());
        let mut reader = Reader::new(file, length);
        let mut read = Self::read_with(&mut reader, sources, csv);
        if let Some(read) = &mut read {
            // The CSV files are known only now.
            read.texts = reader.texts;
        }
        let mut findings = reader.findings;
        findings.sort_by_key(|f| (f.primary.span, f.code));
        findings.dedup();
        (read, findings)
    }

    fn read_with(
        reader: &mut Reader,
        sources: &mut Sources,
        csv: &mut dyn FnMut(&str) -> Result<Vec<u8>, String>,
    ) -> Option<Self> {
        let source = sources.get(reader.file)?;
        let name = source.name.clone();
        let mut documents = ereje::facts::trees(&source.text, reader.file).into_iter();
        let root = match documents.next()? {
            Ok(root) => root,
            Err(finding) => {
                reader.say(*finding);
                return None;
            }
        };
        if let Some(Ok(second)) = documents.next() {
            let label = "a second document begins here";
            let finding = Diagnostic::new(Code::E0801, "a case file is one document", reader.span(&second), label);
            reader.say(finding.help("put these cases into a file of their own"));
        }
        let top = reader.map(&root, "a case file", &TOP)?;
        let policy = match top.get("policy") {
            Some(node) => reader.text(node, "the path of the policy"),
            None => Some(".".into()),
        };
        let nobody = TreeNode { start: root.start, end: root.start, tree: Tree::Map(Vec::new()) };
        let base = top.get("base").cloned().unwrap_or(nobody);
        let Some(cases) = top.get("cases") else {
            let label = "expected `cases:` with a list of them";
            let finding = Diagnostic::new(Code::E0801, "a case file without cases", reader.span(&root), label);
            reader.say(finding.help("`ereje explain-code E0801` shows a case file"));
            return None;
        };
        let defaults = CaseDefaults::read(reader, &top);
        let mut read = Self {
            name,
            file: reader.file,
            texts: reader.texts.clone(),
            policy: policy.clone().unwrap_or_default(),
            fills: fills(reader, &top),
            base: top.get("base").map(|node| reader.span(node)),
            base_facts: base.clone(),
            specs: Vec::new(),
        };
        let Tree::List(items) = &cases.tree else {
            reader.wrong_kind(cases, "`cases`", "a list of cases");
            return policy.is_some().then_some(read);
        };
        let mut named: BTreeMap<String, Span> = BTreeMap::new();
        let mut csv = CsvFiles::new(csv);
        for item in items {
            for spec in case(reader, sources, &mut csv, item, &base, &defaults) {
                if let Some(first) = named.get(&spec.name) {
                    let message = format!("two cases are called `{}`", spec.name);
                    // The rows of a CSV file that two cases name stand in one place.
                    let again = if *first == spec.name_span { csv_named(reader, item) } else { None };
                    let at = again.unwrap_or(spec.name_span);
                    let finding = Diagnostic::new(Code::E0804, message, at, "this one is not run");
                    reader.say(finding.also(*first, "first here").help("say in its name what is different about it"));
                } else if read.specs.len() >= MAX_TRIALS {
                    let message = format!("there are more than {MAX_TRIALS} cases");
                    reader.say(Diagnostic::new(Code::E0805, message, spec.span, "this one and the rest are not run"));
                    return policy.is_some().then_some(read);
                } else {
                    named.insert(spec.name.clone(), spec.name_span);
                    read.specs.push(spec);
                }
            }
        }
        policy.is_some().then_some(read)
    }
}

/// Whether the head of a file says that what its cases leave out is absent.
fn fills(reader: &mut Reader, top: &Entries<'_>) -> bool {
    let Some(node) = top.get("fill") else { return false };
    let said = reader.text(node, "what `fill` puts in the place of a fact");
    if let Some(other) = said.as_deref().filter(|said| *said != ABSENT) {
        let message = format!("`fill: {other}` is not known");
        let finding = Diagnostic::new(Code::E0801, message, reader.span(node), "expected `absent`");
        reader.say(
            finding.help("`fill: absent` makes absent what a case leaves out; without it, nobody has asked for that"),
        );
    }
    said.as_deref() == Some(ABSENT)
}

/// Where a case names a CSV file.
fn csv_named(reader: &Reader, case: &TreeNode<'static>) -> Option<Span> {
    let Tree::Map(entries) = &case.tree else { return None };
    entries.iter().find(|entry| entry.key == "csv").map(|entry| reader.span(&entry.value))
}

/// What the file sets for all of its cases.
struct CaseDefaults {
    question: Question,
    variations: Vec<Variation>,
}

impl CaseDefaults {
    fn read(reader: &mut Reader, top: &Entries<'_>) -> Self {
        let mut question = Question::default();
        let mut variations = Vec::new();
        read_question(reader, top, &mut question, &mut variations);
        Self { question, variations }
    }
}

/// Reads what is asked besides the facts; it replaces the defaults.
fn read_question(reader: &mut Reader, entries: &Entries<'_>, question: &mut Question, variations: &mut Vec<Variation>) {
    if let Some(node) = entries.get("decision") {
        question.decision = reader.text(node, "the decision").map(|name| (name, reader.span(node)));
    }
    if let Some(node) = entries.get("as_of") {
        variations.retain(|variation| !matches!(variation, Variation::AsOf(_)));
        variations.extend(Variation::as_of(reader, node));
    }
    if let Some(node) = entries.get("in") {
        variations.retain(|variation| !matches!(variation, Variation::In(_)));
        variations.extend(Variation::region(reader, node));
    }
    if let Some(node) = entries.get("assume") {
        for entry in reader.any_map(node, "`assume`") {
            let Some(value) = plain(&entry.value) else {
                reader.wrong_kind(&entry.value, &format!("the choice for `{}`", entry.key), "one of its choices");
                continue;
            };
            question.assume(entry.key.to_string(), value, reader.span(&entry.value));
        }
    }
}

/// The trials of one case; `None` if something in it is wrong.
fn case(
    reader: &mut Reader,
    sources: &mut Sources,
    csv: &mut CsvFiles<'_>,
    node: &TreeNode<'static>,
    base: &TreeNode<'static>,
    defaults: &CaseDefaults,
) -> Vec<Spec> {
    let before = reader.findings.len();
    let Some(entries) = reader.map(node, "a case", &CASE) else { return Vec::new() };
    let span = reader.span(node);
    let name = match entries.get("name") {
        Some(node) => reader.text(node, "the name of a case").map(|name| (name, reader.span(node))),
        None => {
            let label = "expected `name:`, a sentence that says what is special about it";
            reader.say(Diagnostic::new(Code::E0801, "a case without a name", span, label));
            None
        }
    };
    let law = entries.get("law").and_then(|node| reader.text(node, "the law of a case"));
    let mut facts = base.clone();
    change(reader, &entries, &mut facts);
    let mut question = defaults.question.clone();
    let mut variations = defaults.variations.clone();
    read_question(reader, &entries, &mut question, &mut variations);
    if let Some(node) = entries.get("each") {
        for entry in reader.any_map(node, "`each`") {
            variations.extend(Variation::each(reader, entry));
        }
    }
    let table = match (entries.get("table"), entries.entry("csv")) {
        (Some(node), None) => table::inline(reader, sources, node),
        (None, Some(entry)) => table::csv(reader, sources, &entry.value, csv),
        (None, None) => None,
        (Some(_), Some(entry)) => {
            let label = "one table is enough";
            let at = reader.key_span(entry);
            reader.say(Diagnostic::new(Code::E0807, "a case with both `table` and `csv`", at, label));
            None
        }
    };
    let expect = entries.get("expect").cloned();
    if expect.is_none() && table.is_none() && reader.findings.len() == before {
        let label = "expected `expect:` with at least an outcome";
        reader.say(Diagnostic::new(Code::E0801, "a case that expects nothing", span, label));
    }
    // A case with a mistake is not run, since it is not what its author meant.
    let Some(name) = name.filter(|_| reader.findings.len() == before) else {
        // The other mistakes in it are reported in the same run.
        if let (Some(expect), None) = (&expect, &table) {
            Expected::read(reader, expect);
        }
        return Vec::new();
    };
    let template = CaseTemplate { name, law, span, facts: Arc::new(facts), question, variations, expect };
    let specs = unfold(reader, template, table);
    if reader.findings.len() == before { specs } else { Vec::new() }
}
