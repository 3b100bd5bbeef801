//! Facts and records: types, registries, and what silence means.

use super::{Checker, Placed, Symbol, TypeSymbol};
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::*;
use crate::model::*;
use crate::syntax::ast::{self, FactsSyntax, ItemSyntax, State};
use std::collections::BTreeSet;

impl Checker<'_> {
    /// Declares the fields of named records, then all facts.
    pub(super) fn facts(&mut self, items: &[Placed<'_>]) {
        for placed in items {
            let ItemSyntax::Record(record) = placed.item else { continue };
            let typed: Vec<&ast::FieldSyntax> = record.fields.iter().filter(|f| f.ty.is_some()).collect();
            if let Some((TypeSymbol::Record(id), _)) = self.symbols.types.get(&record.name.text).copied() {
                self.fields_of(id, typed);
            }
        }
        for placed in items {
            let ItemSyntax::Facts(facts) = placed.item else { continue };
            match facts {
                FactsSyntax::Group { name, fields, .. } => {
                    let typed = fields.iter().any(|f| f.ty.is_some());
                    match self.symbols.values.get(&name.text).copied() {
                        Some((Symbol::Group, _)) => {}
                        Some(_) => {
                            self.declare_value("group of facts", name, Symbol::Group);
                            continue;
                        }
                        None if typed || fields.is_empty() => {
                            self.declare_value("group of facts", name, Symbol::Group);
                        }
                        None => {
                            let known: Vec<String> = self.symbols.groups.keys().cloned().collect();
                            self.unknown("group of facts", name, known.iter().map(String::as_str));
                            continue;
                        }
                    }
                    for field in fields.iter().filter(|f| f.ty.is_some()) {
                        self.fact(Some(name), field);
                    }
                }
                FactsSyntax::Single { field, .. } if field.ty.is_some() => self.fact(None, field),
                FactsSyntax::Single { .. } | FactsSyntax::Silent { .. } => {}
            }
        }
    }

    fn fact(&mut self, group: Option<&ast::Name>, field: &ast::FieldSyntax) {
        let id = FactId::new(self.model.facts.len());
        match group {
            None => {
                if !self.declare_value("fact", &field.name, Symbol::Fact(id)) {
                    return;
                }
            }
            Some(group) => {
                let first = self.symbols.groups.get(&group.text).and_then(|g| g.get(&field.name.text)).copied();
                if let Some(first) = first {
                    let span = self.model.facts.at(first).datum.span;
                    let path = format!("{}.{}", group.text, field.name.text);
                    self.twice("fact", &path, field.name.span, span, "keep one of them");
                    return;
                }
                self.symbols.groups.entry(group.text.clone()).or_default().insert(field.name.text.clone(), id);
            }
        }
        let owner = group.map_or_else(|| field.name.text.clone(), |g| format!("{}.{}", g.text, field.name.text));
        let datum = self.datum(field, &owner);
        self.model.facts.push(Fact { group: group.map(|g| g.text.clone()), datum });
    }

    /// Declares fields of a record type.
    pub(super) fn fields_of<'f>(&mut self, record: RecordId, fields: impl IntoIterator<Item = &'f ast::FieldSyntax>) {
        let owner = self.model.records.at(record).name.clone();
        for field in fields {
            if let Some(first) = self.field_named(record, &field.name.text) {
                let span = self.model.fields.at(first).datum.span;
                self.twice("field", &field.name.text, field.name.span, span, "keep one of them");
                continue;
            }
            if field.ty.is_none() {
                self.report(
                    Diagnostic::new(
                        Code::E0102,
                        format!("the field `{}` has no type", field.name.text),
                        field.name.span,
                        "expected `: TYPE` after the name",
                    )
                    .help("write, for example, `consent: bool`"),
                );
                continue;
            }
            let datum = self.datum(field, &format!("{owner}.{}", field.name.text));
            let id = FieldId::new(self.model.fields.len());
            let slot = self.model.records.at_mut(record);
            let index = u32::try_from(slot.fields.len()).unwrap_or(u32::MAX);
            slot.fields.push(id);
            self.model.fields.push(Field { record, index, datum });
        }
    }

    /// The field of a record by name.
    pub(super) fn field_named(&self, record: RecordId, name: &str) -> Option<FieldId> {
        let fields = &self.model.records.at(record).fields;
        fields.iter().copied().find(|id| self.model.fields.at(*id).datum.name == name)
    }

    fn datum(&mut self, field: &ast::FieldSyntax, owner: &str) -> Datum {
        let (ty, unit) = match &field.ty {
            Some(ty) => self.type_expr(ty, owner),
            None => (Type::Error, None),
        };
        let (ty, unit, over_time) = match field.over_time {
            Some(words) if !self.varies(&ty, field, words) => (Type::Error, None, None),
            words => (ty, unit, words),
        };
        let (at_least, bounds) = self.limits_of(field, &ty);
        let mut registries = Vec::new();
        for name in &field.registries {
            match self.symbols.registries.get(&name.text).copied() {
                Some((id, _)) => registries.push(id),
                None => {
                    let known: Vec<String> = self.symbols.registries.keys().cloned().collect();
                    self.unknown("registry", name, known.iter().map(String::as_str));
                }
            }
        }
        let datum = Datum {
            name: field.name.text.clone(),
            ty,
            masked: None,
            unit,
            at_least,
            bounds,
            registries,
            handlers: Handlers::default(),
            labels: self.labels(&field.labels),
            span: field.name.span,
        };
        if over_time.is_some() { self.over_time(datum, owner) } else { datum }
    }

    /// Resolves handlers and what is masked, after everything that the value of `if absent means` may read.
    pub(super) fn handlers(&mut self, items: &[Placed<'_>]) {
        for placed in items {
            match placed.item {
                ItemSyntax::Registry(registry) => {
                    if let Some((id, _)) = self.symbols.registries.get(&registry.name.text).copied() {
                        self.handlers_of(*placed, HandlerOwner::Registry(id), &registry.handlers);
                    }
                }
                ItemSyntax::Record(record) => {
                    if let Some((TypeSymbol::Record(id), _)) = self.symbols.types.get(&record.name.text).copied() {
                        self.field_handlers(*placed, id, &record.fields);
                    } else {
                        let known: Vec<String> = self.model.records.iter().map(|r| r.name.clone()).collect();
                        self.unknown("record", &record.name, known.iter().map(String::as_str));
                    }
                }
                ItemSyntax::Facts(FactsSyntax::Group { name, fields, .. }) => {
                    for field in fields {
                        let fact = self.symbols.groups.get(&name.text).and_then(|g| g.get(&field.name.text)).copied();
                        match fact {
                            Some(fact) => self.fact_handlers(*placed, fact, field),
                            None if field.ty.is_some() => {}
                            None => {
                                if let Some(group) = self.symbols.groups.get(&name.text) {
                                    let known: Vec<String> = group.keys().cloned().collect();
                                    self.unknown("fact", &field.name, known.iter().map(String::as_str));
                                    self.meant_to_mask(&field.name);
                                }
                            }
                        }
                    }
                }
                ItemSyntax::Facts(FactsSyntax::Silent { handlers, .. }) => {
                    self.handlers_of(*placed, HandlerOwner::Policy, handlers);
                }
                ItemSyntax::Facts(FactsSyntax::Single { field, .. }) => match self.symbol(&field.name.text) {
                    Some(Symbol::Fact(fact)) => self.fact_handlers(*placed, fact, field),
                    Some(_) | None if field.ty.is_some() => {}
                    Some(_) | None => {
                        let known: Vec<String> = self.model.facts.iter().map(Fact::path).collect();
                        self.unknown("fact", &field.name, known.iter().map(String::as_str));
                    }
                },
                ItemSyntax::Policy(_)
                | ItemSyntax::Amendment(_)
                | ItemSyntax::Import(_)
                | ItemSyntax::Source(_)
                | ItemSyntax::Region(_)
                | ItemSyntax::Unit(_)
                | ItemSyntax::Calendar(_)
                | ItemSyntax::Enum(_)
                | ItemSyntax::AsOf(_)
                | ItemSyntax::Decision(_)
                | ItemSyntax::Outcome(_)
                | ItemSyntax::Output(_)
                | ItemSyntax::Reason(_)
                | ItemSyntax::Define(_)
                | ItemSyntax::Case(_)
                | ItemSyntax::Norm(_)
                | ItemSyntax::Table(_)
                | ItemSyntax::Scale(_)
                | ItemSyntax::Assumption(_)
                | ItemSyntax::Rule(_)
                | ItemSyntax::Exception(_)
                | ItemSyntax::Notice(_)
                | ItemSyntax::Suspend(_) => {}
            }
        }
    }

    fn fact_handlers(&mut self, placed: Placed<'_>, fact: FactId, field: &ast::FieldSyntax) {
        let masked = &mut self.model.facts.at_mut(fact).datum.masked;
        *masked = masked.or(field.masked);
        self.handlers_of(placed, HandlerOwner::Fact(fact), &field.handlers);
        let ty = self.model.facts.at(fact).datum.ty.clone();
        self.inner_handlers(placed, ty, field);
    }

    fn field_handlers(&mut self, placed: Placed<'_>, record: RecordId, fields: &[ast::FieldSyntax]) {
        for field in fields {
            match self.field_named(record, &field.name.text) {
                Some(id) => {
                    let masked = &mut self.model.fields.at_mut(id).datum.masked;
                    *masked = masked.or(field.masked);
                    self.handlers_of(placed, HandlerOwner::Field(id), &field.handlers);
                    let ty = self.model.fields.at(id).datum.ty.clone();
                    self.inner_handlers(placed, ty, field);
                }
                None if field.ty.is_some() => {}
                None => {
                    let ids = self.model.records.at(record).fields.clone();
                    let known: Vec<String> = ids.iter().map(|f| self.model.fields.at(*f).datum.name.clone()).collect();
                    self.unknown("field", &field.name, known.iter().map(String::as_str));
                    self.meant_to_mask(&field.name);
                }
            }
        }
    }

    /// Resolves handlers inside a type without a name: `list of { birth_date: date if absent … }`.
    fn inner_handlers(&mut self, placed: Placed<'_>, ty: Type, field: &ast::FieldSyntax) {
        let mut ty = ty;
        let mut written = field.ty.as_ref();
        while let (Type::List(inner), Some(ast::TypeExpr { kind: ast::TypeKind::List(text), .. })) = (&ty, written) {
            written = Some(text);
            ty = inner.as_ref().clone();
        }
        if let (Type::Record(record), Some(ast::TypeExpr { kind: ast::TypeKind::Record(fields), .. })) = (ty, written) {
            self.field_handlers(placed, record, fields);
        }
    }

    /// Reports facts that are masked although every decision shows what is made of them: its governing date and place.
    pub(super) fn masked_governing(&mut self) {
        let masked = self.model.masked();
        if masked.is_empty() || !self.model.governed_by(&masked) {
            return;
        }
        let alone = |item: &Item| self.model.governed_by(&BTreeSet::from([*item]));
        let named =
            |item: Item| self.model.datum(item).and_then(|datum| Some((self.model.datum_name(item), datum.masked?)));
        let found: Vec<_> = masked.iter().copied().filter(alone).filter_map(named).collect();
        let as_of = self.model.parts(Item::AsOf).expressions.first().map(|(_, date)| date.span);
        for (name, span) in found {
            let error = Diagnostic::new(
                Code::E0409,
                format!("`{name}` tells the governing day or place, so it cannot be masked"),
                span,
                "every decision shows the day and the place",
            );
            let error = as_of.into_iter().fold(error, |error, span| error.also(span, "read here"));
            self.report(error.help("mask the other facts, or let `as of` name a fact that tells nothing of a person"));
        }
    }

    /// Says of a field without a type that is called `masked`, and that is not there, that the word is a clause as well.
    fn meant_to_mask(&mut self, name: &ast::Name) {
        if let Some(last) = self.diagnostics.last_mut()
            && name.text == "masked"
            && last.primary.span == name.span
        {
            let help = "to mask the fact before it, write `masked` on the line of its type, directly behind the type";
            last.help = vec![help.to_owned()];
        }
    }

    fn handlers_of(&mut self, placed: Placed<'_>, owner: HandlerOwner, handlers: &[ast::HandlerSyntax]) {
        for handler in handlers {
            let claim = self.claim(placed, &handler.scope, handler.span, true);
            let cites = self.item_cites(placed.section, &handler.sources);
            let action = match &handler.action {
                ast::HandlerActionSyntax::Then { outcome, reason } => self.handler_outcome(outcome, reason),
                ast::HandlerActionSyntax::Means(expr) => self.handler_value(handler, owner, expr),
                ast::HandlerActionSyntax::Open(why) => Some(HandlerAction::Open(why.value.clone())),
            };
            let Some(action) = action else { continue };
            let built = Handler::new(claim, action, cites);
            self.model.handlers_mut(owner, handler.state).push(built);
        }
    }

    fn handler_outcome(&mut self, outcome: &ast::Name, reason: &ast::Name) -> Option<HandlerAction> {
        let levels: IndexVec<DecisionId, Option<u32>> =
            self.model.decisions.iter().map(|d| super::decisions::level(d, &outcome.text)).collect();
        let mut good = true;
        if levels.iter().all(Option::is_none) {
            self.no_such_outcome(outcome, None);
            good = false;
        }
        let reason_id = self.reason_id(reason);
        if let Some(id) = reason_id {
            let params = self.model.reasons.at(id).params.len();
            if params > 0 {
                self.report(
                    Diagnostic::new(
                        Code::E0208,
                        format!(
                            "the message of `{}` takes {}, and a handler has none to give",
                            reason.text,
                            super::values(params)
                        ),
                        reason.span,
                        "a reason with parameters",
                    )
                    .help("use a reason without parameters here"),
                );
                good = false;
            }
        }
        match (good, reason_id) {
            (true, Some(reason)) => Some(HandlerAction::Then { levels, outcome: outcome.text.clone(), reason }),
            _ => None,
        }
    }

    fn handler_value(
        &mut self,
        handler: &ast::HandlerSyntax,
        owner: HandlerOwner,
        expr: &ast::ExprSyntax,
    ) -> Option<HandlerAction> {
        let datum = match owner {
            HandlerOwner::Fact(id) => Some(&self.model.facts.at(id).datum),
            HandlerOwner::Field(id) => Some(&self.model.fields.at(id).datum),
            HandlerOwner::Registry(_) | HandlerOwner::Policy => None,
        };
        let Some(ty) = datum.map(|d| self.model.value_datum(d).ty.clone()) else {
            self.report(
                Diagnostic::new(
                    Code::E0205,
                    "one value cannot be meant for facts of many types",
                    handler.span,
                    "not here",
                )
                .help("write `if absent means …` at the fact"),
            );
            return None;
        };
        if handler.state == State::Unavailable {
            self.report(
                Diagnostic::new(
                    Code::E0205,
                    "a registry that is down says nothing, so its silence means no value",
                    handler.span,
                    "`means` belongs to `if absent`",
                )
                .help("write `if unavailable then OUTCOME CODE`"),
            );
            return None;
        }
        let value = self.expr(expr, Some(&ty));
        let fits = self.expect(&value, &ty, "what absence means must be of the fact's own type");
        let constant = self.require_constant(&value, "what absence means");
        (fits && constant).then_some(HandlerAction::Means(value))
    }
}
