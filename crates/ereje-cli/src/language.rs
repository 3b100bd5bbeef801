//! The language of what a command writes for people: `--lang`.

use super::streams::Streams;
use ereje::Policy;
use ereje_review::phrases::language_of;

/// In which language texts are.
#[derive(Debug, clap::Args)]
pub(super) struct LanguageArgs {
    /// The language of texts and reports, as the policy names it [default: en, else the policy's first]
    #[arg(long, value_name = "LANG")]
    lang: Option<String>,
}

impl LanguageArgs {
    /// The language of a policy's texts: the one asked for, if the policy has it.
    pub(super) fn of(&self, policy: &Policy, streams: &mut Streams) -> String {
        let known = &policy.model().languages;
        let usual = usual(policy);
        match &self.lang {
            Some(asked) if known.is_empty() || known.contains(asked) => asked.clone(),
            Some(asked) => {
                let all = known.join(", ");
                streams
                    .note(&format!("note: the policy has no texts in `{asked}` (it has {all}), so `{usual}` is used"));
                usual.to_owned()
            }
            None => usual.to_owned(),
        }
    }
}

/// The language of a policy's texts where none is asked for.
pub(super) fn usual(policy: &Policy) -> &str {
    let known = &policy.model().languages;
    known.iter().find(|language| *language == "en").or_else(|| known.first()).map_or("en", String::as_str)
}

/// The language of a report on several policies whose texts are in these languages: theirs, if that is one; if some of them
/// lack what was asked for, that of the others; otherwise English.
pub(super) fn common<'l>(languages: impl Iterator<Item = &'l str>) -> &'static str {
    let mut found = "en";
    for language in languages.map(language_of).filter(|language| *language != "en") {
        if found != "en" && found != language {
            return "en";
        }
        found = language;
    }
    found
}
