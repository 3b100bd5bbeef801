//! Labels, citations and the messages of reasons.

use super::{Checker, Placed};
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::*;
use crate::model::*;
use crate::source::Span;
use crate::syntax::ast::{self, ItemSyntax};

impl Checker<'_> {
    /// Labels sorted by language; reports a language that occurs twice.
    pub(super) fn labels(&mut self, labels: &[ast::LabelSyntax]) -> Labels {
        let mut result: Labels = Vec::new();
        for label in labels {
            if let Some(first) = labels.iter().find(|l| l.lang.text == label.lang.text)
                && first.lang.span != label.lang.span
            {
                let first = first.lang.span;
                self.twice("label", &label.lang.text, label.lang.span, first, "keep one text for each language");
                continue;
            }
            if label.text.value.contains('{') {
                self.texts_with_braces.push((label.text.value.clone(), label.text.span));
            }
            result.push((label.lang.text.clone(), label.text.value.clone()));
        }
        result.sort();
        result
    }

    /// Warns of a text that is no message and has a placeholder in it: it would be shown with its braces.
    pub(super) fn braces(&mut self, text: &str, span: Span) {
        let names = |inner: &str| -> bool {
            let name: String = inner.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let known = self.symbols.values.contains_key(&name) || self.locals.iter().any(|(local, _)| *local == name);
            known && inner.len() <= 200
        };
        let mut pieces = text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(inner, _)| inner));
        let Some(inner) = pieces.find(|inner| names(inner)) else { return };
        let placeholder = format!("{{{}}}", inner.trim());
        self.report(
            Diagnostic::new(
                Code::W0207,
                format!("`{placeholder}` is no placeholder here, and is shown with its braces"),
                span,
                "not the message of a reason",
            )
            .help(format!(
                "only the message of a reason has placeholders; give the value out by itself, `output NAME = {}`",
                inner.trim()
            )),
        );
    }

    /// The same for all labels, once everything has its name.
    pub(super) fn braces_in_labels(&mut self) {
        for (text, span) in std::mem::take(&mut self.texts_with_braces) {
            self.braces(&text, span);
        }
    }

    /// Resolves citations. With `declare`, a source that is not declared elsewhere is declared by its text.
    pub(super) fn cites(&mut self, citations: &[ast::Citation], declare: bool) -> Vec<Cite> {
        let mut result = Vec::new();
        for citation in citations {
            let name = &citation.name;
            let known = self.symbols.sources.get(&name.text).copied();
            match (known, &citation.place) {
                (Some((source, declared)), place) => {
                    // In a header that declares the source, the text is the source's title and no place in it.
                    let place = place.as_ref().filter(|_| declared != name.span).map(|p| p.value.clone());
                    self.used.source(source);
                    result.push(Cite { source, place });
                }
                (None, Some(title)) if declare => {
                    let source = SourceId::new(self.model.sources.len());
                    self.model.sources.push(LegalSource {
                        name: name.text.clone(),
                        title: title.value.clone(),
                        labels: Vec::new(),
                        span: citation.span,
                    });
                    self.symbols.sources.insert(name.text.clone(), (source, name.span));
                    self.used.source(source);
                    result.push(Cite { source, place: None });
                }
                (None, _) => {
                    let known: Vec<String> = self.symbols.sources.keys().cloned().collect();
                    self.unknown("source", name, known.iter().map(String::as_str));
                    if let Some(last) = self.diagnostics.last_mut() {
                        last.help.push(format!("a source is declared by `source {} = \"its title\"`", name.text));
                    }
                }
            }
        }
        result
    }

    /// The citations of an item, or those of its section if it has none.
    pub(super) fn item_cites(&mut self, section: SectionId, citations: &[ast::Citation]) -> Vec<Cite> {
        let own = self.cites(citations, false);
        if own.is_empty() {
            return self.model.sections.at(section).cites.clone();
        }
        own
    }

    /// Resolves messages, after everything that their placeholders may read.
    pub(super) fn messages(&mut self, items: &[Placed<'_>]) {
        for placed in items {
            let (code, messages) = if let ItemSyntax::Reason(reason) = placed.item {
                (&reason.code, &reason.messages)
            } else if let ItemSyntax::Rule(ast::RuleSyntax { name, impossible: Some(messages), .. }) = placed.item {
                (name, messages)
            } else {
                continue;
            };
            let Some((id, first)) = self.symbols.reasons.get(&code.text).copied() else { continue };
            if first != code.span {
                continue;
            }
            let params = self.model.reasons.at(id).params.clone();
            let depth = self.locals.len();
            for local in params {
                self.locals.push((self.model.locals.at(local).name.clone(), local));
            }
            self.in_message = true;
            let mut built: Vec<(String, Vec<MessagePart>)> = Vec::new();
            for message in messages {
                // The parser reports a second message in one language.
                if built.iter().any(|(lang, _)| *lang == message.lang.text) {
                    continue;
                }
                let parts = message.parts.iter().map(|part| self.message_part(part)).collect();
                built.push((message.lang.text.clone(), parts));
            }
            self.in_message = false;
            self.locals.truncate(depth);
            self.model.reasons.at_mut(id).set_messages(built);
        }
    }

    fn message_part(&mut self, part: &ast::MessagePartSyntax) -> MessagePart {
        match part {
            ast::MessagePartSyntax::Text(text) => MessagePart::Text(text.clone()),
            ast::MessagePartSyntax::Value(expr) => {
                let value = self.expr(expr, None);
                if matches!(value.ty, Type::Record(_) | Type::List(_)) {
                    self.report(
                        Diagnostic::new(
                            Code::E0301,
                            "a message can show one value, not a record or a list",
                            expr.span,
                            format!("this is {}", self.type_name(&value.ty)),
                        )
                        .help("name a field of the record, or a value computed from the list"),
                    );
                }
                let unit = self.quantity_of(&value);
                MessagePart::Value(value, unit)
            }
        }
    }
}
