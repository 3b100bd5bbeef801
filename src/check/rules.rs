//! Rules and notices: the bodies of all versions; and suspensions of rules, exceptions and notices.

use super::definitions::afresh;
use super::{Checker, Placed, Target};
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::*;
use crate::model::*;
use crate::source::Span;
use crate::syntax::ast::{self, SuspendKind};
use std::collections::BTreeMap;

/// The common parts of a rule and a notice in the Ast.
struct Written<'a> {
    kind: ProvisionKind,
    name: &'a ast::Name,
    replace: Option<&'a ast::Replace>,
    for_each: Option<&'a ast::ForEachSyntax>,
    reason: &'a ast::ReasonRef,
    /// True for a rule that says what is impossible.
    impossible: bool,
    when: Option<&'a ast::ExprSyntax>,
    unless: &'a [ast::ExprSyntax],
    scope: &'a ast::ScopeSyntax,
    sources: &'a [ast::Citation],
    span: Span,
}

impl Checker<'_> {
    pub(super) fn rules(&mut self, items: &[Placed<'_>]) {
        let mut loops: BTreeMap<Target, (String, LocalId, Type)> = BTreeMap::new();
        for placed in items {
            if let ast::ItemSyntax::Rule(rule) = placed.item {
                self.rule(*placed, rule, &mut loops);
            } else if let ast::ItemSyntax::Notice(notice) = placed.item {
                self.notice(*placed, notice, &mut loops);
            }
        }
        for placed in items {
            if let ast::ItemSyntax::Exception(exception) = placed.item {
                self.exception_target(exception);
            }
        }
        let roots = self.exception_ends();
        for placed in items {
            if let ast::ItemSyntax::Exception(exception) = placed.item {
                self.exception(*placed, exception, &loops, &roots);
            }
        }
        for placed in items {
            if let ast::ItemSyntax::Suspend(suspend) = placed.item {
                self.suspend(*placed, suspend);
            }
        }
        self.attach(items);
        self.undecided_replacements(items);
    }

    pub(super) fn qualified(&self, section: SectionId, name: &str) -> String {
        format!("{}.{name}", self.model.sections.at(section).name)
    }

    /// The target of a name; reports a missing one or one of another kind.
    pub(super) fn existing(&mut self, what: &str, name: &ast::Name, fits: impl Fn(Target) -> bool) -> Option<Target> {
        match self.symbols.targets.get(&name.text).copied() {
            Some((target, _)) if fits(target) => Some(target),
            _ => {
                let known: Vec<String> =
                    self.symbols.targets.iter().filter(|(_, (t, _))| fits(*t)).map(|(n, _)| n.clone()).collect();
                self.nothing_to_replace(what, name, &known);
                None
            }
        }
    }

    pub(super) fn remember_replacement(&mut self, target: Target, section: SectionId, replace: Option<&ast::Replace>) {
        self.replacements.entry(target).or_default().push((section, afresh(replace)));
    }

    fn rule(
        &mut self,
        placed: Placed<'_>,
        item: &ast::RuleSyntax,
        loops: &mut BTreeMap<Target, (String, LocalId, Type)>,
    ) {
        let written = Written {
            kind: ProvisionKind::Rule,
            name: &item.name,
            replace: item.replace.as_ref(),
            for_each: item.for_each.as_ref(),
            reason: &item.reason,
            impossible: item.impossible.is_some(),
            when: item.when.as_ref(),
            unless: &item.unless,
            scope: &item.scope,
            sources: &item.sources,
            span: item.span,
        };
        let effect = |checker: &mut Self| {
            if item.impossible.is_some() {
                return (!checker.model.decisions.is_empty()).then_some((DecisionId(0), Effect::Impossible));
            }
            let (decision, level) = checker.outcome(&item.outcome, item.decides.as_ref())?;
            Some((decision, Effect::Outcome(level)))
        };
        self.provision(placed, &written, loops, &effect);
    }

    fn notice(
        &mut self,
        placed: Placed<'_>,
        item: &ast::NoticeSyntax,
        loops: &mut BTreeMap<Target, (String, LocalId, Type)>,
    ) {
        let written = Written {
            kind: ProvisionKind::Notice,
            name: item.name.as_ref().unwrap_or(&item.reason.code),
            replace: item.replace.as_ref(),
            for_each: item.for_each.as_ref(),
            reason: &item.reason,
            impossible: false,
            when: item.when.as_ref(),
            unless: &item.unless,
            scope: &item.scope,
            sources: &item.sources,
            span: item.span,
        };
        let effect = |checker: &mut Self| {
            let (decision, levels) = checker.notice_decision(item);
            Some((decision?, Effect::Notice(levels)))
        };
        self.provision(placed, &written, loops, &effect);
    }

    /// One version of a provision. `effect` reads the decision and the outcomes as they are written.
    fn provision(
        &mut self,
        placed: Placed<'_>,
        item: &Written<'_>,
        loops: &mut BTreeMap<Target, (String, LocalId, Type)>,
        effect: &dyn Fn(&mut Self) -> Option<(DecisionId, Effect)>,
    ) {
        let kind = item.kind;
        let target = if item.replace.is_some() {
            self.existing(kind.keyword(), item.name, |t| matches!(t, Target::Provision(of, _) if of == kind))
        } else {
            let declared = self.symbols.targets.get(&item.name.text).copied();
            declared.filter(|(_, span)| *span == item.name.span).map(|(t, _)| t)
        };
        let Some(target @ Target::Provision(_, id)) = target else { return };
        let depth = self.locals.len();
        let for_each = item.for_each.and_then(|f| self.for_each(f, target, loops));
        let decided = effect(self);
        let (reason, args) = match (item.impossible, &for_each) {
            // Its message reads the element of its loop.
            (true, Some(each)) => {
                let element = each.local();
                (self.element_reason(item, element), vec![element_of(&self.model, element, item)])
            }
            (true, None) | (false, _) => self.reason_args(item.reason),
        };
        let condition = self.when_and_unless(item.when, item.unless);
        self.locals.truncate(depth);
        // A list that is worked out has been chosen from, which is a condition. A notice for everybody takes nothing
        // from anybody.
        let given = |list: &Expr| matches!(list.kind, ExprKind::Fact(_) | ExprKind::Field(..) | ExprKind::List(_));
        let chosen = item.for_each.is_some_and(|each| each.filter.is_some())
            || for_each.as_ref().is_some_and(|each| !given(each.list()));
        if kind == ProvisionKind::Rule && !chosen && is_unconditional(item.when, item.unless, item.scope) {
            let name = &item.name.text;
            self.report(
                Diagnostic::new(
                    Code::W0206,
                    format!("the rule `{name}` has no condition"),
                    item.name.span,
                    "it speaks in every case that comes here",
                )
                .help("add `when CONDITION`; if it is meant for every case, say so: `when true`"),
            );
        }
        let claim = self.claim(placed, item.scope, item.span, true);
        let cites = self.item_cites(placed.section, item.sources);
        let (Some((decision, effect)), Some(reason)) = (decided, reason) else { return };
        let body = ProvisionBody::new(decision, effect, reason, args, for_each, condition);
        let qualified = self.qualified(placed.section, &item.name.text);
        self.model.provisions.at_mut(id).versions.push(Versioned::new(qualified, claim, Some(body), cites));
        self.remember_replacement(target, placed.section, item.replace);
    }

    /// The conditions after `when` and `unless`.
    pub(super) fn when_and_unless(&mut self, when: Option<&ast::ExprSyntax>, unless: &[ast::ExprSyntax]) -> Condition {
        let when = when.map(|c| self.condition(c, "what stands after `when`"));
        let unless: Vec<Expr> = unless.iter().map(|c| self.condition(c, "what stands after `unless`")).collect();
        self.always_excused(when.as_ref(), &unless);
        Condition::new(when, unless)
    }

    /// The decision that a notice belongs to, and the levels of the outcomes that it goes with.
    fn notice_decision(&mut self, item: &ast::NoticeSyntax) -> (Option<DecisionId>, Vec<u32>) {
        let mut decision: Option<(DecisionId, crate::source::Span)> = None;
        let mut on = Vec::new();
        for outcome in &item.on {
            let Some((id, level)) = self.outcome(outcome, item.decides.as_ref()) else { continue };
            match decision {
                Some((other, first)) if other != id => self.report(
                    Diagnostic::new(
                        Code::E0209,
                        "a notice belongs to one decision",
                        outcome.span,
                        "an outcome of another decision",
                    )
                    .also(first, "an outcome of this one")
                    .help("write a notice for each decision, `notice CODE as NAME on …`"),
                ),
                Some(_) | None => {
                    decision = Some((id, outcome.span));
                    on.push(level);
                }
            }
        }
        if !item.on.is_empty() {
            return (decision.map(|(id, _)| id), on);
        }
        if let Some(name) = &item.decides {
            let found = self.symbols.decisions.get(&name.text).map(|(id, _)| *id);
            if found.is_none() {
                let known: Vec<String> = self.symbols.decisions.keys().cloned().collect();
                self.unknown("decision", name, known.iter().map(String::as_str));
            }
            return (found, on);
        }
        if self.model.decisions.len() > 1 {
            let names: Vec<String> = self.model.decisions.iter().map(|d| d.name.clone()).collect();
            self.report(
                Diagnostic::new(
                    Code::E0209,
                    "a notice of which decision?",
                    item.reason.span,
                    format!("there are {}", super::quoted(names.iter().map(String::as_str))),
                )
                .help("add `decides DECISION`, or `on OUTCOME`"),
            );
            return (None, on);
        }
        ((!self.model.decisions.is_empty()).then_some(DecisionId(0)), on)
    }

    /// A loop. Every version of a rule uses the same name for the variable, so that exceptions in any file can read it.
    fn for_each(
        &mut self,
        item: &ast::ForEachSyntax,
        target: Target,
        loops: &mut BTreeMap<Target, (String, LocalId, Type)>,
    ) -> Option<ForEach> {
        let Some((list, element)) = self.looped_list(item) else {
            self.bind_unknown(&item.var, target, loops);
            return None;
        };
        let local = match loops.get(&target) {
            Some((name, local, ty)) if *name == item.var.text && *ty == element => *local,
            Some((name, _, known)) => {
                let (name, known) = (name.clone(), known.clone());
                let local = self.new_local(&item.var.text, element);
                self.locals.push((item.var.text.clone(), local));
                if known.is_error() {
                    return None;
                }
                self.report(
                    Diagnostic::new(
                        Code::E0301,
                        format!("the variable is `{name}` in what is replaced, and its exceptions read it"),
                        item.var.span,
                        "another variable, or elements of another type",
                    )
                    .help(format!("write `for each {name} in …` over a list of the same type")),
                );
                return None;
            }
            None => {
                let local = self.new_local(&item.var.text, element.clone());
                loops.insert(target, (item.var.text.clone(), local, element));
                local
            }
        };
        Some(self.loop_over(item, local, list))
    }

    /// The elements for which an output is given. Its variable is in scope until the caller takes it out.
    pub(super) fn elements(&mut self, item: &ast::ForEachSyntax) -> Option<ForEach> {
        let Some((list, element)) = self.looped_list(item) else {
            let local = self.new_local(&item.var.text, Type::Error);
            self.locals.push((item.var.text.clone(), local));
            return None;
        };
        let local = self.new_local(&item.var.text, element);
        Some(self.loop_over(item, local, list))
    }

    fn loop_over(&mut self, item: &ast::ForEachSyntax, local: LocalId, list: Expr) -> ForEach {
        self.bind(&item.var, local);
        let filter = item.filter.as_ref().map(|f| self.condition(f, "what stands after `where`"));
        ForEach::new(local, list, filter)
    }

    /// The list of a loop and the type of its elements; reports anything that is no list.
    fn looped_list(&mut self, item: &ast::ForEachSyntax) -> Option<(Expr, Type)> {
        let list = self.expr(&item.list, None);
        match &list.ty {
            Type::List(inner) => {
                let element = inner.as_ref().clone();
                Some((list, element))
            }
            Type::Error => None,
            other @ (Type::Bool
            | Type::Number(..)
            | Type::Date
            | Type::Duration(_)
            | Type::Text
            | Type::Enum(_)
            | Type::Region
            | Type::Record(_)) => {
                let found = self.type_name(other);
                self.report(
                    Diagnostic::new(
                        Code::E0301,
                        "`for each` goes through a list",
                        item.list.span,
                        format!("this is {found}"),
                    )
                    .help("name a fact that is a `list of …`"),
                );
                None
            }
        }
    }

    /// Brings the variable of a loop over something wrong into scope, so that it is not reported as unknown.
    fn bind_unknown(&mut self, var: &ast::Name, target: Target, loops: &mut BTreeMap<Target, (String, LocalId, Type)>) {
        let local = self.new_local(&var.text, Type::Error);
        loops.entry(target).or_insert((var.text.clone(), local, Type::Error));
        self.locals.push((var.text.clone(), local));
    }

    /// The reason of what is impossible of an element, which its message reads as a parameter.
    fn element_reason(&mut self, item: &Written<'_>, element: LocalId) -> Option<ReasonId> {
        let reason = self.reason_id(&item.reason.code)?;
        if self.model.reasons.at(reason).params.is_empty() {
            let local = self.model.locals.at(element).clone();
            let param = self.new_local(&local.name, local.ty);
            self.model.reasons.at_mut(reason).params.push(param);
        }
        Some(reason)
    }

    fn reason_args(&mut self, reference: &ast::ReasonRef) -> (Option<ReasonId>, Vec<Expr>) {
        let reason = self.reason_id(&reference.code);
        let params = reason.map_or_else(Vec::new, |id| self.model.reasons.at(id).params.clone());
        let mut args = Vec::new();
        for (index, arg) in reference.args.iter().enumerate() {
            let wanted = params.get(index).map(|local| self.model.locals.at(*local).ty.clone());
            let value = self.expr(arg, wanted.as_ref());
            if let Some(wanted) = wanted {
                self.expect(&value, &wanted, &format!("what `{}` is given", reference.code.text));
            }
            args.push(value);
        }
        if reason.is_some() && params.len() != args.len() {
            let names: Vec<String> = params.iter().map(|local| self.model.locals.at(*local).name.clone()).collect();
            let help = if names.is_empty() {
                format!("write `{}` alone", reference.code.text)
            } else {
                format!("write `{}({})`", reference.code.text, names.join(", "))
            };
            self.report(
                Diagnostic::new(
                    Code::E0208,
                    format!(
                        "the message of `{}` takes {}, and is given {}",
                        reference.code.text,
                        super::values(params.len()),
                        if args.is_empty() { "none".to_owned() } else { args.len().to_string() }
                    ),
                    reference.span,
                    "too many or too few",
                )
                .help(help),
            );
            return (None, args);
        }
        (reason, args)
    }

    fn suspend(&mut self, placed: Placed<'_>, item: &ast::SuspendSyntax) {
        let fits: fn(Target) -> bool = match item.kind {
            SuspendKind::Rule => |t| matches!(t, Target::Provision(ProvisionKind::Rule, _)),
            SuspendKind::Exception => |t| matches!(t, Target::Exception(_)),
            SuspendKind::Notice => |t| matches!(t, Target::Provision(ProvisionKind::Notice, _)),
        };
        let Some(target) = self.existing(item.kind.keyword(), &item.name, fits) else { return };
        let claim = self.claim(placed, &item.scope, item.span, true);
        let cites = self.item_cites(placed.section, &item.sources);
        let qualified = self.qualified(placed.section, &item.name.text);
        match target {
            Target::Provision(_, id) => {
                self.model.provisions.at_mut(id).versions.push(Versioned::new(qualified, claim, None, cites));
            }
            Target::Exception(id) => {
                self.model.exceptions.at_mut(id).versions.push(Versioned::new(qualified, claim, None, cites));
            }
            Target::Definition(_) => return,
        }
        self.remember_replacement(target, placed.section, None);
    }
}

/// True if nothing that is written says for which cases something holds: a lost line would leave just that. Regions and
/// days say where and when, not for whom.
pub(super) const fn is_unconditional(
    when: Option<&ast::ExprSyntax>,
    unless: &[ast::ExprSyntax],
    scope: &ast::ScopeSyntax,
) -> bool {
    when.is_none() && unless.is_empty() && scope.cohort.is_none()
}

/// The element of a loop as an argument.
fn element_of(model: &Model, local: LocalId, item: &Written<'_>) -> Expr {
    let span = item.for_each.map_or(item.span, |each| each.var.span);
    Expr { kind: ExprKind::Local(local), ty: model.locals.at(local).ty.clone(), span }
}
