//! Decisions: outcomes in their order, outputs, reasons' parameters, and the governing date.

use super::{Checker, Placed};
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::*;
use crate::model::*;
use crate::source::Span;
use crate::syntax::ast;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// The level of an outcome in a decision's order; none in a calculation, since nobody gives its outcome.
pub(super) fn level(decision: &DecisionDeclaration, outcome: &str) -> Option<u32> {
    if decision.computes || outcome == IMPOSSIBLE {
        return None;
    }
    decision.outcomes.iter().position(|o| o.name == outcome).and_then(|i| u32::try_from(i).ok())
}

/// Outcome names that the language reserves.
const RESERVED: [&str; 3] = ["undetermined", "not_in_force", IMPOSSIBLE];

/// The label of the outcome of impossible facts, by language.
const IMPOSSIBLE_FACTS: [(&str, &str); 4] = [
    ("en", "Impossible facts"),
    ("kk", "Мүмкін емес мәліметтер"),
    ("ru", "Невозможные сведения"),
    ("vi", "Dữ liệu không thể xảy ra"),
];

impl Checker<'_> {
    pub(super) fn decisions(&mut self, items: &[Placed<'_>]) {
        for placed in items {
            let ast::ItemSyntax::Decision(item) = placed.item else { continue };
            let Some((id, first)) = self.symbols.decisions.get(&item.name.text).copied() else { continue };
            if first == item.name.span {
                if item.calculation {
                    self.calculation(id, item);
                } else {
                    self.decision(id, item);
                }
            }
        }
        for placed in items {
            if let ast::ItemSyntax::Outcome(item) = placed.item {
                self.added_outcome(item);
            }
        }
        if items.iter().any(|placed| matches!(placed.item, ast::ItemSyntax::Rule(rule) if rule.impossible.is_some())) {
            let labels: Labels = IMPOSSIBLE_FACTS.map(|(language, text)| (language.into(), text.into())).into();
            for id in self.model.decisions.ids().collect::<Vec<_>>() {
                let outcome = Outcome { name: IMPOSSIBLE.to_owned(), labels: labels.clone() };
                self.model.decisions.at_mut(id).outcomes.insert(0, outcome);
            }
        }
        if self.model.decisions.is_empty() && !self.unread.contains("decision") {
            let span = self.model.sections.first().map_or(self.model.as_of.span, |s| s.span);
            self.report(
                Diagnostic::new(Code::E0210, "the policy decides nothing", span, "no `decision`")
                    .help("add `decision NAME refuse > approve otherwise approve`")
                    .help("where it only computes amounts, add `calculation NAME output NAME: TYPE = EXPRESSION`"),
            );
        }
    }

    /// A calculation has the one outcome of having computed all its outputs.
    fn calculation(&mut self, id: DecisionId, item: &ast::DecisionSyntax) {
        if item.outputs.is_empty() {
            self.report(
                Diagnostic::new(
                    Code::E0210,
                    format!("the calculation `{}` computes nothing", item.name.text),
                    item.name.span,
                    "no `output`",
                )
                .help("add `output NAME: TYPE = EXPRESSION`"),
            );
        }
        self.model.decisions.at_mut(id).outcomes = vec![Outcome { name: COMPUTED.to_owned(), labels: Vec::new() }];
    }

    fn decision(&mut self, id: DecisionId, item: &ast::DecisionSyntax) {
        let mut outcomes: Vec<Outcome> = Vec::new();
        for name in &item.outcomes {
            if let Some(first) = item.outcomes.iter().find(|o| o.text == name.text)
                && first.span != name.span
            {
                let first = first.span;
                self.twice("outcome", &name.text, name.span, first, "keep each outcome once in the order");
                continue;
            }
            self.reserved_outcome(name);
            outcomes.push(Outcome { name: name.text.clone(), labels: Vec::new() });
        }
        if outcomes.len() < 2 {
            self.report(
                Diagnostic::new(
                    Code::E0210,
                    "a decision needs at least two outcomes",
                    item.name.span,
                    "one outcome is no choice",
                )
                .help("list them from the strongest to the weakest: `refuse > approve`"),
            );
        }
        let weakest = item.outcomes.last();
        match (&item.otherwise, weakest) {
            (Some(otherwise), Some(weakest)) if otherwise.text != weakest.text => {
                if outcomes.iter().any(|o| o.name == otherwise.text) {
                    self.report(
                        Diagnostic::new(
                            Code::E0210,
                            "`otherwise` names the weakest outcome, the last of the order",
                            otherwise.span,
                            format!("`{}` is not the last", otherwise.text),
                        )
                        .also(weakest.span, "the weakest outcome")
                        .help(format!("write `otherwise {}`, or put `{}` last", weakest.text, otherwise.text)),
                    );
                } else {
                    self.no_such_outcome(otherwise, Some(item));
                }
            }
            (None, Some(weakest)) => self.report(
                Diagnostic::new(
                    Code::E0210,
                    format!("the decision `{}` does not say what holds where no rule speaks", item.name.text),
                    item.name.span,
                    "no `otherwise`",
                )
                .help(format!("add `otherwise {}`", weakest.text)),
            ),
            (Some(_) | None, _) => {}
        }
        for (name, labels) in &item.outcome_labels {
            let labels = self.labels(labels);
            match outcomes.iter_mut().find(|o| o.name == name.text) {
                Some(outcome) => outcome.labels = labels,
                None => self.no_such_outcome(name, Some(item)),
            }
        }
        self.model.decisions.at_mut(id).outcomes = outcomes;
    }

    fn reserved_outcome(&mut self, name: &ast::Name) {
        if RESERVED.contains(&name.text.as_str()) {
            self.report(
                Diagnostic::new(
                    Code::E0202,
                    format!("`{}` is an outcome that every decision has", name.text),
                    name.span,
                    "a word of the language",
                )
                .help("choose another name for the outcome"),
            );
        }
    }

    fn added_outcome(&mut self, item: &ast::OutcomeSyntax) {
        let Some((id, _)) = self.symbols.decisions.get(&item.decision.text).copied() else {
            let known: Vec<String> = self.symbols.decisions.keys().cloned().collect();
            self.unknown("decision", &item.decision, known.iter().map(String::as_str));
            return;
        };
        if self.no_choice(id, &item.decision) {
            return;
        }
        self.reserved_outcome(&item.name);
        let labels = self.labels(&item.labels);
        let decision = self.model.decisions.at_mut(id);
        if decision.outcomes.iter().any(|o| o.name == item.name.text) {
            let span = decision.span;
            self.twice("outcome", &item.name.text, item.name.span, span, "the decision has this outcome already");
            return;
        }
        let Some(beside) = decision.outcomes.iter().position(|o| o.name == item.other.text) else {
            self.no_such_outcome(&item.other, None);
            return;
        };
        if !item.above && beside + 1 == decision.outcomes.len() {
            self.report(
                Diagnostic::new(
                    Code::E0210,
                    format!("nothing can stand below `{}`, which `otherwise` gives", item.other.text),
                    item.other.span,
                    "the weakest outcome",
                )
                .help(format!("write `above {}`", item.other.text)),
            );
            return;
        }
        let at = if item.above { beside } else { beside + 1 };
        decision.outcomes.insert(at, Outcome { name: item.name.text.clone(), labels });
    }

    /// Reports an outcome that no decision, or not this one, lists.
    pub(super) fn no_such_outcome(&mut self, name: &ast::Name, decision: Option<&ast::DecisionSyntax>) {
        if self.unread.contains(&name.text) {
            return;
        }
        let mut known: Vec<String> = match decision {
            Some(d) => d.outcomes.iter().map(|o| o.text.clone()).collect(),
            None => {
                let choosing = self.model.decisions.iter().filter(|d| !d.computes);
                choosing.flat_map(|d| &d.outcomes).map(|o| o.name.clone()).collect()
            }
        };
        known.retain(|outcome| outcome != IMPOSSIBLE);
        let mut seen = BTreeSet::new();
        known.retain(|outcome| seen.insert(outcome.clone()));
        let mut found = Diagnostic::new(
            Code::E0206,
            format!("no decision lists the outcome `{}`", name.text),
            name.span,
            "not an outcome",
        );
        if name.text == IMPOSSIBLE {
            found = found.help("what no facts are is said by an item of its own, `impossible NAME when CONDITION`");
        } else if let Some(near) = self.nearest(&name.text, known.iter().map(String::as_str)) {
            found = found.help(format!("did you mean `{near}`?"));
        }
        self.report(found.help(match known.as_slice() {
            [] => "a calculation has no outcomes; add `decision NAME refuse > approve otherwise approve`".to_owned(),
            known => format!("the outcomes are {}", super::quoted(known.iter().map(String::as_str))),
        }));
    }

    /// Reports that somebody wants to give or order the outcomes of a calculation, if it is one.
    fn no_choice(&mut self, id: DecisionId, name: &ast::Name) -> bool {
        let computes = self.model.decisions.at(id).computes;
        if computes {
            self.report(
                Diagnostic::new(
                    Code::E0206,
                    format!("`{}` is a calculation, which chooses between no outcomes", name.text),
                    name.span,
                    "a calculation",
                )
                .help("write a `decision` with its outcomes, and leave the calculation to its outputs"),
            );
        }
        computes
    }

    /// The decision and level of an outcome, by its name and, if given, the decision's name.
    pub(super) fn outcome(&mut self, name: &ast::Name, decides: Option<&ast::Name>) -> Option<(DecisionId, u32)> {
        if let Some(decides) = decides {
            let Some((id, _)) = self.symbols.decisions.get(&decides.text).copied() else {
                let known: Vec<String> = self.symbols.decisions.keys().cloned().collect();
                self.unknown("decision", decides, known.iter().map(String::as_str));
                return None;
            };
            if self.no_choice(id, decides) {
                return None;
            }
            let found = level(self.model.decisions.at(id), &name.text);
            if found.is_none() {
                self.no_such_outcome(name, None);
            }
            return found.map(|l| (id, l));
        }
        let found: Vec<(DecisionId, u32)> = self
            .model
            .decisions
            .iter()
            .enumerate()
            .filter_map(|(i, d)| level(d, &name.text).map(|l| (DecisionId::new(i), l)))
            .collect();
        match found.as_slice() {
            [] => {
                self.no_such_outcome(name, None);
                None
            }
            [one] => Some(*one),
            [..] => {
                let names: Vec<String> = self.model.decisions.iter().map(|d| d.name.clone()).collect();
                let first = names.first().cloned().unwrap_or_default();
                self.report(
                    Diagnostic::new(
                        Code::E0209,
                        format!("several decisions have the outcome `{}`", name.text),
                        name.span,
                        format!("of {}?", super::quoted(names.iter().map(String::as_str))),
                    )
                    .help(format!("say which, for example `decides {first}`")),
                );
                None
            }
        }
    }

    pub(super) fn outputs(&mut self, items: &[Placed<'_>]) {
        for placed in items {
            let ast::ItemSyntax::Decision(item) = placed.item else { continue };
            let Some((id, first)) = self.symbols.decisions.get(&item.name.text).copied() else { continue };
            if first != item.name.span {
                continue;
            }
            let mut outputs: Vec<Output> = Vec::new();
            for output in &item.outputs {
                if let Some(first) = outputs.iter().find(|o| o.name == output.name.text) {
                    let first = first.span;
                    self.twice(
                        "output",
                        &output.name.text,
                        output.name.span,
                        first,
                        "give each output a name of its own",
                    );
                    continue;
                }
                outputs.push(self.output(id, output));
            }
            self.model.decisions.at_mut(id).outputs = outputs;
        }
        for placed in items {
            if let ast::ItemSyntax::Output(item) = placed.item {
                self.added_output(*placed, item);
            }
        }
    }

    fn added_output(&mut self, placed: Placed<'_>, item: &ast::AddedOutputSyntax) {
        let Some((id, _)) = self.symbols.decisions.get(&item.decision.text).copied() else {
            let known: Vec<String> = self.symbols.decisions.keys().cloned().collect();
            self.unknown("decision", &item.decision, known.iter().map(String::as_str));
            return;
        };
        let name = &item.output.name;
        let outputs = &self.model.decisions.at(id).outputs;
        if let Some(first) = outputs.iter().find(|o| o.name == name.text).map(|o| o.span) {
            self.twice(
                "output",
                &name.text,
                name.span,
                first,
                "the decision has this output already; rename one of them",
            );
            return;
        }
        let claim = self.claim(placed, &ast::ScopeSyntax::default(), item.output.span, true);
        let output = self.output(id, &item.output).added(claim);
        self.model.decisions.at_mut(id).outputs.push(output);
    }

    /// The levels of the outcomes that an output is tied to; the one level of a calculation.
    fn tied(&mut self, id: DecisionId, output: &ast::OutputSyntax) -> Vec<u32> {
        if self.model.decisions.at(id).computes {
            if let Some(name) = output.tied.first() {
                let what = format!("the output `{}` of a calculation names an outcome", output.name.text);
                self.report(
                    Diagnostic::new(Code::E0206, what, name.span, "a calculation has no outcomes to name")
                        .help("leave `tied to` out: a calculation is computed only when all its outputs are known"),
                );
            }
            let weakest = self.model.decisions.at(id).outcomes.len().saturating_sub(1);
            return vec![u32::try_from(weakest).unwrap_or(u32::MAX)];
        }
        let mut levels: BTreeMap<u32, Span> = BTreeMap::new();
        for name in &output.tied {
            match level(self.model.decisions.at(id), &name.text) {
                None => self.no_outcome_of(id, name),
                Some(level) => match levels.entry(level) {
                    Entry::Vacant(free) => _ = free.insert(name.span),
                    Entry::Occupied(first) => {
                        let first = *first.get();
                        let what = format!("the output `{}` is tied to `{}` twice", output.name.text, name.text);
                        self.report(
                            Diagnostic::new(Code::E0202, what, name.span, "named again here")
                                .also(first, "first named here")
                                .help("name each outcome once"),
                        );
                    }
                },
            }
        }
        levels.into_keys().collect()
    }

    /// Reports an outcome that a decision does not have.
    fn no_outcome_of(&mut self, id: DecisionId, name: &ast::Name) {
        let decision = self.model.decisions.at(id);
        let known: Vec<String> = decision.outcomes.iter().map(|o| o.name.clone()).collect();
        let what = format!("the decision `{}` does not list the outcome `{}`", decision.name, name.text);
        let mut found = Diagnostic::new(Code::E0206, what, name.span, "not an outcome");
        if let Some(near) = self.nearest(&name.text, known.iter().map(String::as_str)) {
            found = found.help(format!("did you mean `{near}`?"));
        }
        self.report(found.help(format!("the outcomes are {}", super::quoted(known.iter().map(String::as_str)))));
    }

    fn output(&mut self, id: DecisionId, output: &ast::OutputSyntax) -> Output {
        let tied = self.tied(id, output);
        let written = output.ty.as_ref().map(|ty| self.type_expr(ty, &output.name.text));
        let depth = self.locals.len();
        let each = output.each.as_ref().map(|each| self.output_each(each, &output.name.text));
        let value = self.expr(&output.value, written.as_ref().map(|(ty, _)| ty));
        if let Some((ty, _)) = &written {
            self.expect(&value, ty, &format!("the output `{}`", output.name.text));
        }
        if let Type::Number(_, NumberKind::Ratio) = value.ty {
            self.report(
                Diagnostic::new(
                    Code::E0305,
                    format!("the output `{}` may have no finite value", output.name.text),
                    output.value.span,
                    "a quotient without an end cannot be written out",
                )
                .help("round it, and say which way: `round down(…, 0.01 m2)`"),
            );
        }
        let unit = written.and_then(|(_, unit)| unit).or_else(|| self.quantity_of(&value));
        self.locals.truncate(depth);
        let labels = self.labels(&output.labels);
        let made = Output::new(output.name.text.clone(), value, tied, unit, labels, output.span);
        match each.flatten() {
            Some((elements, key)) => made.for_each(elements, key),
            None => made,
        }
    }

    /// The elements for each of which an output is given, with the name of each.
    fn output_each(&mut self, each: &ast::OutputEachSyntax, output: &str) -> Option<(ForEach, Expr)> {
        let elements = self.elements(&each.for_each);
        let key = self.expr(&each.key, None);
        let names = match &key.ty {
            Type::Text
            | Type::Enum(_)
            | Type::Region
            | Type::Date
            | Type::Bool
            | Type::Number(_, NumberKind::Integer)
            | Type::Error => true,
            Type::Number(_, NumberKind::Decimal | NumberKind::Ratio)
            | Type::Duration(_)
            | Type::Record(_)
            | Type::List(_) => false,
        };
        if !names {
            let found = self.type_name(&key.ty);
            let what = format!("the values of `{output}` are named by {found}");
            self.report(Diagnostic::new(Code::E0301, what, each.key.span, "this names nobody").help(
                "name each by a text, a value of an enum, a region, a date or a whole number that no two of them share",
            ));
        }
        elements.map(|elements| (elements, key))
    }

    /// Declares the parameters of reasons; `messages` resolves their messages later.
    pub(super) fn reasons(&mut self, items: &[Placed<'_>]) {
        for placed in items {
            let ast::ItemSyntax::Reason(item) = placed.item else { continue };
            let Some((id, first)) = self.symbols.reasons.get(&item.code.text).copied() else { continue };
            if first != item.code.span {
                continue;
            }
            let mut params = Vec::new();
            for param in &item.params {
                let owner = format!("{}.{}", item.code.text, param.name.text);
                let (ty, _) = self.type_expr(&param.ty, &owner);
                let local = self.new_local(&param.name.text, ty);
                self.bind(&param.name, local);
                params.push(local);
            }
            let depth = self.locals.len().saturating_sub(params.len());
            self.locals.truncate(depth);
            self.model.reasons.at_mut(id).params = params;
        }
    }

    /// The reason of a code; reports an unknown code.
    pub(super) fn reason_id(&mut self, code: &ast::Name) -> Option<ReasonId> {
        match self.symbols.reasons.get(&code.text).copied() {
            Some((id, _)) => {
                self.used.reasons.insert(id);
                Some(id)
            }
            None => {
                let known: Vec<String> = self.symbols.reasons.keys().cloned().collect();
                self.unknown("reason", code, known.iter().map(String::as_str));
                None
            }
        }
    }

    pub(super) fn as_of(&mut self, items: &[Placed<'_>]) {
        let mut found: Option<&ast::AsOfSyntax> = None;
        for placed in items {
            let ast::ItemSyntax::AsOf(item) = placed.item else { continue };
            // An `as of` in an amendment is reported as misplaced.
            if placed.section.0 != 0 {
                continue;
            }
            match found {
                None => found = Some(item),
                Some(first) => {
                    let first = first.span;
                    self.twice("governing date", "as of", item.span, first, "a policy has one governing date");
                }
            }
        }
        let Some(item) = found else {
            if self.unread.contains("of") {
                return;
            }
            let span = self.model.sections.first().map_or(self.model.as_of.span, |s| s.span);
            self.report(
                Diagnostic::new(Code::E0211, "the policy does not say which date governs", span, "no `as of`")
                    .help("add `as of application.date`, and `in application.region` where regions matter"),
            );
            return;
        };
        let date = self.expr(&item.date, Some(&Type::Date));
        self.expect(&date, &Type::Date, "the governing date");
        let region = item.region.as_ref().map(|e| {
            let region = self.expr(e, Some(&Type::Region));
            self.expect(&region, &Type::Region, "the governing place");
            region
        });
        for expr in std::iter::once(&date).chain(&region) {
            if let Some(why) = self.time_bound(expr) {
                self.report(
                    Diagnostic::new(
                        Code::E0408,
                        "the governing date and place have to be known before anything that depends on them",
                        expr.span,
                        why,
                    )
                    .help("take them from facts, or from definitions without scopes, norms and ages"),
                );
            }
        }
        let knows_places = region.is_some();
        self.model.as_of = AsOf::new(date, region, item.span);
        if !knows_places {
            self.regions_without_place();
        }
    }

    /// Why an expression cannot be evaluated before the governing date is known; `None` if it can.
    fn time_bound(&self, expr: &Expr) -> Option<String> {
        let model = &self.model;
        let policy = model.sections.first().map(Section::scope);
        let scoped = |item: &Item| {
            let scope = model.parts(*item).scope;
            scope.is_some_and(|scope| Some(scope) != policy && *scope != Scope::unbounded())
        };
        let mut waiting = vec![expr];
        let mut seen: BTreeSet<DefinitionId> = BTreeSet::new();
        while let Some(expr) = waiting.pop() {
            let mut why = None;
            let mut definitions = Vec::new();
            expr.walk(&mut |e| {
                if matches!(e.kind, ExprKind::GoverningDate) {
                    why = Some("it reads the governing date itself, perhaps through an age".to_owned());
                } else if matches!(e.kind, ExprKind::GoverningRegion) {
                    why = Some("it reads the governing place itself".to_owned());
                } else if let ExprKind::Norm(id) = &e.kind {
                    why = Some(format!("it reads the norm `{}`", model.norms.at(*id).name));
                } else if let ExprKind::OverTime(list, _) = &e.kind {
                    let name = list.names().map(|item| model.datum_name(item)).unwrap_or_default();
                    why = Some(format!("it reads `{name}`, which has other values on other days"));
                } else if let ExprKind::Define(id, _) = &e.kind {
                    definitions.push(*id);
                }
            });
            if why.is_some() {
                return why;
            }
            for id in definitions {
                if !seen.insert(id) {
                    continue;
                }
                let name = &model.definitions.at(id).name;
                // The definition with its versions and their cases.
                let own = model.reach([Item::Definition(id)], |_, link, _| link == Link::Inside);
                if own.iter().any(scoped) {
                    return Some(format!("it reads `{name}`, which holds for a time or in a place"));
                }
                let mut exceptions = BTreeSet::new();
                for item in own {
                    let parts = model.parts(item);
                    exceptions.extend(parts.exceptions.iter().copied());
                    waiting.extend(parts.expressions.into_iter().map(|(_, expr)| expr));
                }
                let versions = exceptions.iter().flat_map(|id| model.parts(Item::Exception(*id)).inside);
                if versions.into_iter().any(|version| scoped(&version)) {
                    return Some(format!("it reads `{name}`, which has an exception for a time or in a place"));
                }
                waiting.extend(self.exception_exprs(exceptions));
            }
        }
        None
    }

    /// Reports regions in a policy whose `as of` names no place: they would never hold.
    fn regions_without_place(&mut self) {
        let families = self.model.families();
        let claims = families.iter().flat_map(|family| &family.claims);
        let in_regions = claims.filter(|claim| claim.scope().regions().is_some());
        if let Some(span) = in_regions.map(|claim| claim.span).min() {
            let as_of = self.model.as_of.span;
            self.report(
                Diagnostic::new(
                    Code::E0405,
                    "this holds in a region, and the policy knows no place",
                    span,
                    "a region in its scope",
                )
                .also(as_of, "no place is named here")
                .help("write `as of DATE in REGION`, for example `as of application.date in application.region`"),
            );
        }
    }
}
