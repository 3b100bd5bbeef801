//! Exceptions: their targets, the bodies of all versions, and the versions to which they belong.

use super::{Checker, Placed, Target};
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::*;
use crate::model::*;
use crate::syntax::ast;
use std::collections::{BTreeMap, BTreeSet};

impl Checker<'_> {
    /// First the targets of all exceptions, so that they can except one another in any order.
    pub(super) fn exception_target(&mut self, item: &ast::ExceptionSyntax) {
        if item.replace.is_some() {
            return;
        }
        let Some((Target::Exception(id), span)) = self.symbols.targets.get(&item.name.text).copied() else { return };
        if span != item.name.span {
            return;
        }
        let Some(first) = item.target.parts.first() else { return };
        match self.symbols.targets.get(&first.text).copied() {
            Some((target, _)) => {
                if item.target.parts.len() > 1 && !matches!(target, Target::Definition(_)) {
                    self.report(
                        Diagnostic::new(
                            Code::E0207,
                            format!("`{}` has no cases", first.text),
                            item.target.span,
                            "only a definition has cases",
                        )
                        .help(format!("write `to {}`", first.text)),
                    );
                }
                if let Target::Definition(definition) = target {
                    self.used.definitions.insert(definition);
                }
                self.exception_targets.insert(id, (target, item.target.span));
            }
            None if self.unread.contains(&first.text) => {}
            None => {
                let known: Vec<String> = self.symbols.targets.keys().cloned().collect();
                let mut found = Diagnostic::new(
                    Code::E0207,
                    format!("there is no rule, exception, notice or definition `{}` to except", first.text),
                    first.span,
                    "nothing of this name",
                );
                if let Some(near) = self.nearest(&first.text, known.iter().map(String::as_str)) {
                    found = found.help(format!("did you mean `{near}`?"));
                }
                found = match self.results.of(&first.text).and_then(<[String]>::first) {
                    Some(result) => found.help(format!("each result has its own: write `to {}.{result}`", first.text)),
                    None => found.help("an exception names what it excepts: `exception NAME to RULE`"),
                };
                self.report(found);
            }
        }
    }

    /// What each exception excepts in the end: a rule, a notice or a definition.
    pub(super) fn exception_ends(&self) -> BTreeMap<Target, Target> {
        let next = self.exception_targets.iter().map(|(id, (target, _))| (Target::Exception(*id), *target)).collect();
        let ends = super::cycles::ends(&next).into_iter();
        ends.filter_map(|(id, end)| end.filter(|e| !matches!(e, Target::Exception(_))).map(|end| (id, end))).collect()
    }

    pub(super) fn exception(
        &mut self,
        placed: Placed<'_>,
        item: &ast::ExceptionSyntax,
        loops: &BTreeMap<Target, (String, LocalId, Type)>,
        roots: &BTreeMap<Target, Target>,
    ) {
        let target = if item.replace.is_some() {
            self.existing("exception", &item.name, |t| matches!(t, Target::Exception(_)))
        } else {
            let declared = self.symbols.targets.get(&item.name.text).copied();
            declared.filter(|(_, span)| *span == item.name.span).map(|(t, _)| t)
        };
        let Some(target @ Target::Exception(id)) = target else { return };
        let Some(root) = roots.get(&target).copied() else { return };
        let depth = self.locals.len();
        let wanted = self.bind_root(root, loops);
        let value = match (&item.value, &wanted) {
            (Some(value), Some(ty)) => {
                let value = self.expr(value, Some(ty));
                self.expect(&value, ty, &format!("the value of the exception `{}`", item.name.text));
                Some(value)
            }
            (Some(value), None) => {
                let excepted = match root {
                    Target::Provision(ProvisionKind::Notice, _) => "in the end this is a notice",
                    Target::Provision(ProvisionKind::Rule, _) | Target::Exception(_) | Target::Definition(_) => {
                        "in the end this is a rule"
                    }
                };
                self.report(
                    Diagnostic::new(
                        Code::E0506,
                        format!("the exception `{}` has a value, and what it excepts has none", item.name.text),
                        value.span,
                        "a value",
                    )
                    .also(item.target.span, excepted)
                    .help("leave `= …` out, or except a definition"),
                );
                None
            }
            (None, Some(_)) => {
                self.report(
                    Diagnostic::new(
                        Code::E0506,
                        format!("the exception `{}` does not say which value holds instead", item.name.text),
                        item.name.span,
                        "no value",
                    )
                    .also(item.target.span, "in the end this is a definition")
                    .help(format!(
                        "write `exception {} to {} = VALUE when …`",
                        item.name.text,
                        self.quote(item.target.span)
                    )),
                );
                None
            }
            (None, None) => None,
        };
        let condition = self.when_and_unless(item.when.as_ref(), &item.unless);
        self.locals.truncate(depth);
        // With regions or days of its own it says where something else holds, which is a usual thing to say.
        let scoped = item.scope.span.is_some();
        if !scoped && super::rules::is_unconditional(item.when.as_ref(), &item.unless, &item.scope) {
            let name = &item.name.text;
            let label = match &item.value {
                Some(_) => "its value replaces every other where it holds",
                None => "what it excepts never speaks where it holds",
            };
            self.report(
                Diagnostic::new(Code::W0206, format!("the exception `{name}` has no condition"), item.name.span, label)
                    .also(item.target.span, "this")
                    .help("add `when CONDITION`; if it is meant for every case, say so: `when true`"),
            );
        }
        let claim = self.claim(placed, &item.scope, item.span, true);
        let cites = self.item_cites(placed.section, &item.sources);
        let qualified = self.qualified(placed.section, &item.name.text);
        let body = Some(ExceptionBody::new(condition, value));
        self.model.exceptions.at_mut(id).versions.push(Versioned::new(qualified, claim, body, cites));
        self.remember_replacement(target, placed.section, item.replace.as_ref());
    }

    /// Brings the variables of what is excepted into scope; returns the type if it is a definition.
    fn bind_root(&mut self, root: Target, loops: &BTreeMap<Target, (String, LocalId, Type)>) -> Option<Type> {
        match root {
            Target::Definition(id) => {
                self.params_in_sight(id);
                Some(self.model.definitions.at(id).ty.clone())
            }
            Target::Provision(..) | Target::Exception(_) => {
                if let Some((name, local, _)) = loops.get(&root) {
                    self.locals.push((name.clone(), *local));
                }
                None
            }
        }
    }

    /// For each version of a name: true if what a section adds to the name belongs to it. A version that dropped what
    /// it replaced takes only additions of its own section and of sections that start later.
    pub(super) fn attaches(&self, target: Target, section: SectionId) -> Vec<bool> {
        let choices = Choices::defaults(&self.model);
        let start = |id: SectionId| self.model.sections.at(id).scope().period(&self.model, &choices).from;
        let versions = self.replacements.get(&target).map_or(&[][..], Vec::as_slice);
        versions
            .iter()
            .map(|(own, afresh)| !afresh || section == *own || (section.0 != 0 && start(section) > start(*own)))
            .collect()
    }

    /// Adds the exceptions to a name to its versions.
    pub(super) fn attach(&mut self, items: &[Placed<'_>]) {
        for placed in items {
            let ast::ItemSyntax::Exception(item) = placed.item else { continue };
            if item.replace.is_some() {
                continue;
            }
            let Some((Target::Exception(id), span)) = self.symbols.targets.get(&item.name.text).copied() else {
                continue;
            };
            if span != item.name.span {
                continue;
            }
            let Some((target, _)) = self.exception_targets.get(&id).copied() else { continue };
            let attach = self.attaches(target, placed.section);
            match target {
                Target::Provision(_, to) => attach_to(&mut self.model.provisions.at_mut(to).versions, id, &attach),
                Target::Exception(to) => attach_to(&mut self.model.exceptions.at_mut(to).versions, id, &attach),
                Target::Definition(to) => self.attach_to_definition(to, id, &item.target, &attach),
            }
        }
    }

    fn attach_to_definition(&mut self, to: DefinitionId, id: ExceptionId, target: &ast::Path, attach: &[bool]) {
        let label = target.parts.get(1);
        let mut found = label.is_none();
        let mut labels: BTreeSet<String> = BTreeSet::new();
        for (index, version) in self.model.definitions.at_mut(to).versions.iter_mut().enumerate() {
            let wanted = attach.get(index).copied().unwrap_or(true);
            let Some(label) = label else {
                if wanted {
                    version.except(id);
                }
                continue;
            };
            let DefinitionBody::Cases(cases) = &mut version.body else { continue };
            for case in cases {
                labels.extend(case.label.clone());
                if case.label.as_deref() == Some(label.text.as_str()) {
                    found = true;
                    if wanted {
                        case.except(id);
                    }
                }
            }
        }
        if let (false, Some(label)) = (found, label) {
            self.unknown("case", label, labels.iter().map(String::as_str));
        }
    }

    /// Reports a replacement that does not say whether the exceptions of what it replaces remain.
    pub(super) fn undecided_replacements(&mut self, items: &[Placed<'_>]) {
        let excepted: BTreeSet<Target> = self.exception_targets.values().map(|(t, _)| *t).collect();
        for placed in items {
            let Some((name, replace @ ast::Replace { keeping: None, .. })) = placed.item.replacement() else {
                continue;
            };
            // In the policy itself `replace` is reported as misplaced.
            if placed.section.0 == 0 {
                continue;
            }
            let Some((target, _)) = self.symbols.targets.get(&name.text).copied() else { continue };
            if excepted.contains(&target) {
                self.report(
                    Diagnostic::new(
                        Code::E0403,
                        format!("`{}` has exceptions: do they hold for its replacement?", name.text),
                        replace.span,
                        "not said here",
                    )
                    .help("add `keeping exceptions`, or `afresh` to start without them"),
                );
            }
        }
    }
}

/// Adds an exception to those versions for which `wanted` is true.
fn attach_to<Body>(versions: &mut [Versioned<Body>], id: ExceptionId, wanted: &[bool]) {
    for (index, version) in versions.iter_mut().enumerate() {
        if wanted.get(index).copied().unwrap_or(true) {
            version.except(id);
        }
    }
}
