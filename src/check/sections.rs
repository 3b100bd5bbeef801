//! Sections: finds the policy and its amendments and assigns every item to one of them.

use super::{Checker, Placed, Symbol};
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::ids::*;
use crate::model::*;
use crate::source::{FileId, Span};
use crate::syntax::ast::{self, ItemSyntax};
use crate::syntax::language;
use crate::value::{LeapBirthday, MonthEnd, Value};

/// The dotted name as one string.
pub(super) fn dotted(path: &ast::Path) -> String {
    path.parts.iter().map(|p| p.text.as_str()).collect::<Vec<_>>().join(".")
}

impl Checker<'_> {
    /// Assigns each item to its section. Sections are the policy, then the amendments by name.
    pub(super) fn sections<'a>(&mut self, files: &[&'a ast::File]) -> Vec<Placed<'a>> {
        let mut ranked: Vec<&'a ast::File> = files.to_vec();
        ranked.sort_by_key(|f| self.sources.get(f.file).map(|s| s.name.clone()));
        let policy = self.policy_header(&ranked);
        let amendments = self.amendment_headers(&ranked, policy);
        let mut items = Vec::new();
        for (rank, file) in ranked.iter().enumerate() {
            let mut section = SectionId(0);
            for item in &file.items {
                if let ItemSyntax::Policy(_) = item {
                    section = SectionId(0);
                    self.opens(item.span(), section);
                } else if let ItemSyntax::Amendment(a) = item {
                    let name = dotted(&a.name);
                    let index = amendments.iter().position(|other| dotted(&other.name) == name);
                    section = SectionId::new(index.map_or(0, |i| i + 1));
                    self.opens(item.span(), section);
                }
                items.push(Placed { section, file_rank: u32::try_from(rank).unwrap_or(u32::MAX), item });
            }
        }
        // The policy's items come first, then those of each amendment; within a section, in the order of the text.
        items.sort_by_key(|p| (p.section, p.file_rank));
        self.misplaced(&items);
        items
    }

    /// Notes that the text of a file belongs to a section from here on.
    pub(super) fn opens(&mut self, header: Span, section: SectionId) {
        self.headers.entry(header.file).or_default().push((header.start, section));
    }

    /// The section that a place in the text belongs to.
    pub(super) fn section_at(&self, place: Span) -> SectionId {
        let headers = self.headers.get(&place.file).map_or(&[][..], Vec::as_slice);
        headers.iter().rev().find(|(start, _)| *start <= place.start).map_or(SectionId(0), |(_, section)| *section)
    }

    fn policy_header<'a>(&mut self, files: &[&'a ast::File]) -> Option<&'a ast::PolicySyntax> {
        let mut found: Option<&ast::PolicySyntax> = None;
        for item in files.iter().flat_map(|f| &f.items) {
            let ItemSyntax::Policy(policy) = item else { continue };
            match found {
                None => found = Some(policy),
                Some(first) => self.report(
                    Diagnostic::new(
                        Code::E0203,
                        format!("a second policy, `{}`, beside `{}`", dotted(&policy.name), dotted(&first.name)),
                        policy.name.span,
                        "another `policy` header",
                    )
                    .also(first.name.span, "the first policy is declared here")
                    .help("keep each policy in a folder of its own, or make one of them an `amendment`"),
                ),
            }
        }
        if found.is_none() && !self.unread.contains("policy") {
            // The report is placed at the start of the first file, where a header belongs.
            let file = files.first().map_or(FileId(0), |f| f.file);
            self.report(
                Diagnostic::new(Code::E0203, "there is no policy here", Span::new(file, 0, 0), "no `policy` header")
                    .help("start one file with `policy NAME`, its scope and its titles"),
            );
        }
        let (name, span) =
            found.map_or_else(|| (String::from("policy"), Span::new(FileId(0), 0, 0)), |p| (dotted(&p.name), p.span));
        let labels = found.map_or_else(Vec::new, |p| self.labels(&p.labels));
        self.model.sections.push(Section::new(name, labels, span));
        if let Some(policy) = found {
            self.settings(policy);
        }
        found
    }

    fn settings(&mut self, policy: &ast::PolicySyntax) {
        if let Some(written) = &policy.language {
            match language::version(&written.text) {
                Some(version) => self.model.language = version,
                None => self.report(
                    Diagnostic::new(
                        Code::E0214,
                        format!("there is no version {} of the language", written.text),
                        written.span,
                        "a version that is not known here",
                    )
                    .help(format!("known is {}", language::known()))
                    .help("if the policy was written for a newer `ereje`, read it with that one"),
                ),
            }
        }
        let named: Vec<String> = if policy.languages.is_empty() {
            policy.labels.iter().map(|l| l.lang.text.clone()).collect()
        } else {
            policy.languages.iter().map(|l| l.text.clone()).collect()
        };
        self.model.languages = named;
        self.model.languages.sort();
        self.model.languages.dedup();
        if let Some(known) = policy.leap_birthday.as_ref().and_then(|word| LeapBirthday::of_keyword(&word.text)) {
            self.model.leap_birthday = known;
        }
        if let Some(known) = policy.month_end.as_ref().and_then(|word| MonthEnd::of_keyword(&word.text)) {
            self.model.month_end = known;
        }
    }

    /// The settings of the header that name an assumption. Its values are the words that could stand in its place.
    pub(super) fn assumed_dates(&mut self, files: &[&ast::File]) {
        let mut items = files.iter().flat_map(|file| &file.items);
        let policy = items.find_map(|item| if let ItemSyntax::Policy(policy) = item { Some(policy) } else { None });
        let Some(policy) = policy else { return };
        if let Some(word) = policy.leap_birthday.as_ref().filter(|word| LeapBirthday::of_keyword(&word.text).is_none())
            && let Some((id, choice)) =
                self.assumed("leap birthday", word, LeapBirthday::ALL.map(LeapBirthday::keyword))
        {
            self.model.assumed_dates.leap_birthday = Some(id);
            self.model.leap_birthday = LeapBirthday::of_keyword(&choice).unwrap_or_default();
        }
        if let Some(word) = policy.month_end.as_ref().filter(|word| MonthEnd::of_keyword(&word.text).is_none())
            && let Some((id, choice)) = self.assumed("month end", word, MonthEnd::ALL.map(MonthEnd::keyword))
        {
            self.model.assumed_dates.month_end = Some(id);
            self.model.month_end = MonthEnd::of_keyword(&choice).unwrap_or_default();
        }
    }

    /// The assumption that a setting names, with the word of its default; its values must be words of the setting.
    fn assumed(&mut self, what: &str, word: &ast::Name, words: [&'static str; 2]) -> Option<(AssumptionId, String)> {
        let Some(Symbol::Assumption(id)) = self.symbol(&word.text) else {
            self.unknown(what, word, words);
            return None;
        };
        self.used.assumption(id);
        let assumption = self.model.assumptions.at(id);
        let names: Option<Vec<String>> = assumption
            .choices
            .iter()
            .map(|value| {
                let Value::Enum(of, index) = value else { return None };
                let (name, _) = self.model.enums.at(*of).values.get(*index as usize)?;
                words.contains(&name.as_str()).then(|| name.clone())
            })
            .collect();
        if assumption.ty == Type::Error {
            return None;
        }
        let default = names.and_then(|names| names.get(assumption.default as usize).cloned());
        if default.is_none() {
            let [first, second] = words;
            let (name, declared) = (assumption.name.clone(), assumption.span);
            self.report(
                Diagnostic::new(
                    Code::E0301,
                    format!("`{name}` does not say of a {what} what it can be"),
                    word.span,
                    format!("expected an assumption with the values {}", super::quoted(words)),
                )
                .also(declared, "declared here")
                .help(format!("write `assumption {name}: {{ {first}, {second} }} = {first}`")),
            );
        }
        default.map(|choice| (id, choice))
    }

    fn amendment_headers<'a>(
        &mut self,
        files: &[&'a ast::File],
        policy: Option<&ast::PolicySyntax>,
    ) -> Vec<&'a ast::AmendmentSyntax> {
        let mut found: Vec<&ast::AmendmentSyntax> = Vec::new();
        for item in files.iter().flat_map(|f| &f.items) {
            let ItemSyntax::Amendment(amendment) = item else { continue };
            let name = dotted(&amendment.name);
            if let Some(policy) = policy {
                let policy_name = dotted(&policy.name);
                let wanted = dotted(&amendment.policy);
                if wanted != policy_name {
                    let near = nearest(&wanted, [policy_name.as_str()]).is_some();
                    let help = if near {
                        format!("did you mean `{policy_name}`?")
                    } else {
                        format!(
                            "the policy here is `{policy_name}`; put the amendment beside the policy that it amends"
                        )
                    };
                    self.report(
                        Diagnostic::new(
                            Code::E0204,
                            format!("`{name}` amends `{wanted}`, which is not here"),
                            amendment.policy.span,
                            "no policy of this name",
                        )
                        .help(help),
                    );
                }
                if name == policy_name {
                    self.twice(
                        "section",
                        &name,
                        amendment.name.span,
                        policy.name.span,
                        "give the amendment another name",
                    );
                }
            }
            match found.iter().find(|other| dotted(&other.name) == name) {
                Some(first) => {
                    let first = first.name.span;
                    self.twice("amendment", &name, amendment.name.span, first, "give each amendment a name of its own");
                }
                None => found.push(amendment),
            }
        }
        found.sort_by_key(|a| dotted(&a.name));
        for amendment in &found {
            let labels = self.labels(&amendment.labels);
            self.model.sections.push(Section::new(dotted(&amendment.name), labels, amendment.span));
        }
        for (index, amendment) in found.iter().enumerate() {
            self.over(SectionId::new(index + 1), amendment);
        }
        found
    }

    fn over(&mut self, section: SectionId, amendment: &ast::AmendmentSyntax) {
        for path in &amendment.over {
            let name = dotted(path);
            match self.model.sections.iter().position(|s| s.name == name) {
                Some(other) if other != section.index() => {
                    self.model.sections.at_mut(section).over.push(SectionId::new(other));
                }
                Some(_) => self.report(
                    Diagnostic::new(
                        Code::E0407,
                        format!("`{name}` stands over itself"),
                        path.span,
                        "this very amendment",
                    )
                    .help("name the amendment that gives way"),
                ),
                None => {
                    let known: Vec<String> = self.model.sections.iter().map(|s| s.name.clone()).collect();
                    let whole = ast::Name { text: name, span: path.span };
                    self.unknown("amendment", &whole, known.iter().map(String::as_str));
                }
            }
        }
    }

    /// Reports items that may stand only in the policy or only in an amendment.
    fn misplaced(&mut self, items: &[Placed<'_>]) {
        for placed in items {
            let in_amendment = placed.section.0 != 0;
            let wrong = if in_amendment {
                if let ItemSyntax::AsOf(a) = placed.item {
                    Some((a.span, "`as of`", "only the policy itself says what governs"))
                } else {
                    None
                }
            } else if let ItemSyntax::Suspend(s) = placed.item {
                let help =
                    "only an amendment suspends, for as long as it holds; in the policy itself, take the item out";
                Some((s.span, "`suspend`", help))
            } else if let ItemSyntax::Output(o) = placed.item {
                Some((o.output.span, "`output … of`", "in the policy, write the output in the decision itself"))
            } else if let ItemSyntax::Outcome(o) = placed.item {
                Some((o.span, "`outcome … of`", "in the policy, write the outcome in the decision itself"))
            } else {
                placed.item.replacement().map(|(_, replace)| {
                    let help = "in the policy itself, change the item; only an amendment replaces";
                    (replace.span, "`replace`", help)
                })
            };
            if let Some((span, what, help)) = wrong {
                let place = if in_amendment { "this is an amendment" } else { "this is the policy itself" };
                self.report(Diagnostic::new(Code::E0205, format!("{what} may not stand here"), span, place).help(help));
            }
        }
    }
}
