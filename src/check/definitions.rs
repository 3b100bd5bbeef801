//! Definitions, tables and scales: first a type for every name, then the bodies of all versions.

use super::{Checker, Placed, Symbol, Target};
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::*;
use crate::model::*;
use crate::source::Span;
use crate::syntax::ast;
use crate::value::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What `define`, `table` and `scale` have in common.
#[derive(Clone, Copy)]
struct Defined<'a> {
    placed: Placed<'a>,
    name: &'a ast::Name,
    params: &'a [ast::Param],
    replace: Option<&'a ast::Replace>,
    sources: &'a [ast::Citation],
    ty: Option<&'a ast::TypeExpr>,
    span: Span,
}

fn defined<'a>(placed: Placed<'a>) -> Option<Defined<'a>> {
    let (name, params, replace, sources, ty, span) = if let ast::ItemSyntax::Define(d) = placed.item {
        (&d.name, &d.params, &d.replace, &d.sources, d.ty.as_ref(), d.span)
    } else if let ast::ItemSyntax::Table(t) = placed.item {
        (&t.name, &t.params, &t.replace, &t.sources, Some(&t.ty), t.span)
    } else if let ast::ItemSyntax::Scale(s) = placed.item {
        (&s.name, &s.params, &s.replace, &s.sources, Some(&s.ty), s.span)
    } else {
        return None;
    };
    Some(Defined { placed, name, params, replace: replace.as_ref(), sources, ty, span })
}

/// True if a version drops the exceptions and added cases of the name that it replaces.
pub(super) fn afresh(replace: Option<&ast::Replace>) -> bool {
    replace.is_some_and(|r| r.keeping == Some(false))
}

impl Checker<'_> {
    pub(super) fn definitions(&mut self, items: &[Placed<'_>]) {
        self.signatures(items);
        self.infer_types(items);
        self.cohorts_of_sections(items);
        self.norm_values(items);
        for placed in items {
            if let Some(d) = defined(*placed) {
                self.definition_version(d);
            }
        }
        for placed in items {
            if let ast::ItemSyntax::Case(case) = placed.item {
                self.added_case(*placed, case);
            }
        }
        self.exhaustive();
    }

    fn definition_id(&self, name: &str) -> Option<DefinitionId> {
        match self.symbol(name) {
            Some(Symbol::Definition(id)) => Some(id),
            _ => None,
        }
    }

    /// Declares the parameters and written types of each definition, from its base version.
    fn signatures(&mut self, items: &[Placed<'_>]) {
        for placed in items {
            let Some(d) = defined(*placed) else { continue };
            if d.replace.is_some() {
                continue;
            }
            let Some(id) = self.definition_id(&d.name.text) else { continue };
            if self.model.definitions.at(id).span != d.span {
                continue;
            }
            let mut params = Vec::new();
            for param in d.params {
                let owner = format!("{}.{}", d.name.text, param.name.text);
                let (ty, _) = self.type_expr(&param.ty, &owner);
                params.push(self.new_local(&param.name.text, ty));
            }
            let ty = d.ty.map(|ty| self.type_expr(ty, &d.name.text).0);
            let open = matches!(
                placed.item,
                ast::ItemSyntax::Define(ast::DefineSyntax { body: ast::DefineBody::Open(_), .. })
            );
            if open && ty.is_none() {
                self.report(
                    Diagnostic::new(
                        Code::E0102,
                        format!("the open definition `{}` has no type", d.name.text),
                        d.name.span,
                        "what would it be, if it were known?",
                    )
                    .help(format!("write, for example, `define {}: bool open \"…\"`", d.name.text)),
                );
            }
            let slot = &mut self.model.definitions.at_mut(id);
            slot.params = params;
            slot.ty = ty.unwrap_or(Type::Error);
        }
    }

    /// Gives every definition without a written type the type of its values, in topological order. Nothing recurses: a
    /// chain of definitions may be very long.
    fn infer_types(&mut self, items: &[Placed<'_>]) {
        let mut values: BTreeMap<DefinitionId, Vec<&ast::ExprSyntax>> = BTreeMap::new();
        let roots = self.exception_roots(items);
        for placed in items {
            let (name, exprs): (&str, Vec<&ast::ExprSyntax>) = if let ast::ItemSyntax::Define(d) = placed.item {
                (&d.name.text, body_values(&d.body))
            } else if let ast::ItemSyntax::Case(c) = placed.item {
                (&c.definition.text, vec![&c.case.value])
            } else if let ast::ItemSyntax::Exception(e) = placed.item
                && let Some(root) = roots.get(e.name.text.as_str())
            {
                (root, e.value.iter().collect())
            } else {
                continue;
            };
            let Some(id) = self.definition_id(name) else { continue };
            if self.model.definitions.at(id).ty == Type::Error {
                values.entry(id).or_default().extend(exprs);
            }
        }
        let reads: BTreeMap<DefinitionId, Vec<DefinitionId>> = values
            .iter()
            .map(|(id, exprs)| {
                let mut read = BTreeSet::new();
                exprs.iter().for_each(|e| e.walk(&mut |e| read.extend(self.definition_named(e))));
                (*id, read.into_iter().filter(|d| values.contains_key(d)).collect())
            })
            .collect();
        let order = super::cycles::in_order(&reads);
        self.name_reads = reads;
        for id in order {
            let Some(exprs) = values.get(&id) else { continue };
            let ty = self.infer(id, exprs);
            self.model.definitions.at_mut(id).ty = ty;
        }
    }

    /// The definition that an expression names itself, not through those inside it, whatever it turns out to mean.
    fn definition_named(&self, expr: &ast::ExprSyntax) -> Option<DefinitionId> {
        if let ast::ExprSyntaxKind::Name(name) = &expr.kind {
            self.definition_id(&name.text)
        } else if let ast::ExprSyntaxKind::Call(name, _) = &expr.kind {
            self.called(&name.text)
        } else if let ast::ExprSyntaxKind::Aggregate(aggregate) = &expr.kind {
            self.own_function(aggregate.func.keyword())
        } else if let ast::ExprSyntaxKind::Round(..) = &expr.kind {
            self.own_function("round")
        } else {
            None
        }
    }

    fn infer(&mut self, id: DefinitionId, exprs: &[&ast::ExprSyntax]) -> Type {
        // The findings are dropped here: typing the bodies reports them again.
        let (found, locals) = (self.diagnostics.len(), self.model.locals.len());
        let depth = self.locals.len();
        self.params_in_sight(id);
        let mut result = Type::Error;
        for expr in exprs {
            let ty = self.expr(expr, None).ty;
            result = match (result, ty) {
                (Type::Error, ty) => ty,
                (Type::Number(d, k), Type::Number(e, l)) if d == e => Type::Number(d, k.max(l)),
                (known, _) => known,
            };
        }
        self.locals.truncate(depth);
        self.diagnostics.truncate(found);
        self.model.locals.truncate(locals);
        result
    }

    /// Brings the parameters of a definition into scope under their own names.
    pub(super) fn params_in_sight(&mut self, id: DefinitionId) {
        let locals = &self.model.locals;
        let params = self.model.definitions.at(id).params.iter();
        self.locals.extend(params.map(|param| (locals.at(*param).name.clone(), *param)));
    }

    /// The name of the definition that each exception excepts in the end, for those that except a definition.
    pub(super) fn exception_roots<'a>(&self, items: &[Placed<'a>]) -> BTreeMap<&'a str, &'a str> {
        let mut targets: BTreeMap<&str, &str> = BTreeMap::new();
        for placed in items {
            if let ast::ItemSyntax::Exception(e) = placed.item
                && let Some(first) = e.target.parts.first()
            {
                targets.entry(e.name.text.as_str()).or_insert(first.text.as_str());
            }
        }
        let ends = super::cycles::ends(&targets);
        ends.into_iter()
            .filter_map(|(name, end)| end.map(|end| (name, end)))
            .filter(|(_, end)| self.definition_id(end).is_some())
            .collect()
    }

    /// Brings the parameters of a definition into scope under the names that this version uses.
    fn bind_params(&mut self, id: DefinitionId, d: Defined<'_>) -> bool {
        let params = self.model.definitions.at(id).params.clone();
        if params.len() != d.params.len() {
            self.report(
                Diagnostic::new(
                    Code::E0306,
                    format!(
                        "`{}` takes {}, and this version {}",
                        d.name.text,
                        super::values(params.len()),
                        if d.params.is_empty() { "none".to_owned() } else { d.params.len().to_string() }
                    ),
                    d.name.span,
                    "another number of parameters",
                )
                .help("a replacement keeps the parameters of what it replaces"),
            );
            return false;
        }
        for (written, local) in d.params.iter().zip(params) {
            if d.replace.is_some() {
                let ty = self.type_expr(&written.ty, &d.name.text).0;
                let wanted = self.model.locals.at(local).ty.clone();
                if ty != wanted && !ty.is_error() {
                    let wanted = self.type_name(&wanted);
                    self.report(
                        Diagnostic::new(
                            Code::E0301,
                            format!("the parameter `{}` is {wanted} in what is replaced", written.name.text),
                            written.ty.span,
                            "another type",
                        )
                        .help("a replacement keeps the types of the parameters"),
                    );
                }
            }
            self.bind(&written.name, local);
        }
        true
    }

    fn definition_version(&mut self, d: Defined<'_>) {
        let Some(id) = self.definition_id(&d.name.text) else {
            if d.replace.is_some() {
                let known: Vec<String> = self.model.definitions.iter().map(|m| m.name.clone()).collect();
                self.nothing_to_replace("definition", d.name, &known);
            }
            return;
        };
        let definition = self.model.definitions.at(id);
        let (mut ty, base) = (definition.ty.clone(), definition.versions.is_empty());
        // A second declaration without `replace` is already reported.
        if d.replace.is_none() && !base {
            return;
        }
        if let (Some(_), Some(written)) = (d.replace, d.ty) {
            let (written_ty, _) = self.type_expr(written, &d.name.text);
            if !Self::fits(&written_ty, &ty) {
                let wanted = self.type_name(&ty);
                self.report(
                    Diagnostic::new(
                        Code::E0301,
                        format!("`{}` is {wanted} in what is replaced", d.name.text),
                        written.span,
                        "another type",
                    )
                    .help("a replacement keeps the type"),
                );
                ty = Type::Error;
            }
        }
        let claim = self.claim(d.placed, &ast::ScopeSyntax::default(), d.span, true);
        let cites = self.item_cites(d.placed.section, d.sources);
        let depth = self.locals.len();
        if !self.bind_params(id, d) {
            self.locals.truncate(depth);
            return;
        }
        let body = if let ast::ItemSyntax::Define(define) = d.placed.item {
            self.define_body(d, define, &ty, &cites)
        } else if let ast::ItemSyntax::Table(table) = d.placed.item {
            let value = self.table(table, &ty);
            DefinitionBody::Cases(vec![Case::only(value, Vec::new(), d.span)])
        } else if let ast::ItemSyntax::Scale(scale) = d.placed.item {
            let value = self.scale(scale, &ty);
            DefinitionBody::Cases(vec![Case::only(value, Vec::new(), d.span)])
        } else {
            return;
        };
        self.locals.truncate(depth);
        let qualified = self.qualified(d.placed.section, &d.name.text);
        self.model.definitions.at_mut(id).versions.push(Versioned::new(qualified, claim, body, cites));
        let target = Target::Definition(id);
        self.remember_replacement(target, d.placed.section, d.replace);
    }

    pub(super) fn nothing_to_replace(&mut self, what: &str, name: &ast::Name, known: &[String]) {
        if self.unread.contains(&name.text) {
            return;
        }
        let mut found = Diagnostic::new(
            Code::E0404,
            format!("there is no {what} `{}` to replace or suspend", name.text),
            name.span,
            format!("no {what} of this name"),
        );
        found = match self.nearest(&name.text, known.iter().map(String::as_str)) {
            Some(near) => found.help(format!("did you mean `{near}`?")),
            None => found.help("to add something new, leave the word out"),
        };
        self.report(found);
    }

    fn define_body(&mut self, d: Defined<'_>, define: &ast::DefineSyntax, ty: &Type, cites: &[Cite]) -> DefinitionBody {
        match &define.body {
            ast::DefineBody::Open(text) => DefinitionBody::Open(text.value.clone()),
            ast::DefineBody::Value(expr) => {
                let value = self.expr(expr, Some(ty));
                self.expect(&value, ty, &format!("the value of `{}`", d.name.text));
                DefinitionBody::Cases(vec![Case::only(value, cites.to_vec(), expr.span)])
            }
            ast::DefineBody::Cases { cases, otherwise } => {
                let mut built: Vec<Case> = Vec::new();
                for case in cases {
                    if let Some(first) = cases.iter().find(|c| c.label.text == case.label.text)
                        && first.label.span != case.label.span
                    {
                        let first = first.label.span;
                        self.twice(
                            "case",
                            &case.label.text,
                            case.label.span,
                            first,
                            "give each case a label of its own",
                        );
                        continue;
                    }
                    built.push(self.case(d.placed, case, ty));
                }
                if let Some(expr) = otherwise {
                    let value = self.expr(expr, Some(ty));
                    self.expect(&value, ty, "the value of `otherwise`");
                    built.push(Case::otherwise(value, cites.to_vec(), expr.span));
                }
                DefinitionBody::Cases(built)
            }
        }
    }

    fn case(&mut self, placed: Placed<'_>, case: &ast::CaseSyntax, ty: &Type) -> Case {
        let value = self.expr(&case.value, Some(ty));
        self.expect(&value, ty, &format!("the value of the case `{}`", case.label.text));
        let scope = self.scope_within(placed.section, &case.scope, true);
        let when = case.when.as_ref().map(|c| self.condition(c, "what stands after `when`"));
        let unless = case.unless.iter().map(|c| self.condition(c, "what stands after `unless`")).collect();
        let cites = self.item_cites(placed.section, &case.sources);
        Case::new(Some(case.label.text.clone()), scope, Condition::new(when, unless), value, cites, case.span)
    }

    /// `case LABEL of DEFINITION`: adds the case to every version to which it belongs, see [`Checker::attaches`].
    fn added_case(&mut self, placed: Placed<'_>, item: &ast::CaseItemSyntax) {
        let Some(id) = self.definition_id(&item.definition.text) else {
            let known: Vec<String> = self.model.definitions.iter().map(|d| d.name.clone()).collect();
            self.unknown("definition", &item.definition, known.iter().map(String::as_str));
            return;
        };
        self.used.definitions.insert(id);
        let ty = self.model.definitions.at(id).ty.clone();
        let depth = self.locals.len();
        self.params_in_sight(id);
        let case = self.case(placed, &item.case, &ty);
        self.locals.truncate(depth);
        let label = &item.case.label;
        let mut cases = self.model.definitions.at(id).versions.iter().flat_map(|version| match &version.body {
            DefinitionBody::Cases(cases) => cases.as_slice(),
            DefinitionBody::Open(_) => &[],
        });
        let first = cases.find(|case| case.label.as_deref() == Some(label.text.as_str())).map(|case| case.span);
        if let Some(first) = first {
            self.twice("case", &label.text, label.span, first, "give each case a label of its own");
            return;
        }
        let attach = self.attaches(Target::Definition(id), placed.section);
        for (index, version) in self.model.definitions.at_mut(id).versions.iter_mut().enumerate() {
            if let DefinitionBody::Cases(cases) = &mut version.body
                && attach.get(index).copied().unwrap_or(true)
            {
                // Before `otherwise`, which must stay last.
                let at = cases.iter().position(|c| c.otherwise).unwrap_or(cases.len());
                cases.insert(at, case.clone());
            }
        }
    }

    /// Reports versions whose cases leave something out: no `otherwise`, no case without a condition, not all values of
    /// an enum.
    fn exhaustive(&mut self) {
        let mut found = Vec::new();
        for (id, definition) in self.model.definitions.entries() {
            for (index, version) in definition.versions.iter().enumerate() {
                let DefinitionBody::Cases(cases) = &version.body else { continue };
                if !cases.is_empty() && !self.covers_everything(DefinitionRef::new(id, index), cases) {
                    found.push((definition.name.clone(), version.claim.span));
                }
            }
        }
        for (name, span) in found {
            self.report(
                Diagnostic::new(
                    Code::E0505,
                    format!("`{name}` has no value where none of its cases applies"),
                    span,
                    "no `otherwise`",
                )
                .help("add `otherwise VALUE`, or a case for each value of one enum"),
            );
        }
    }

    fn covers_everything(&self, version: DefinitionRef, cases: &[Case]) -> bool {
        if cases.iter().any(|case| case.otherwise) {
            return true;
        }
        let whole = self.model.definition(version).claim.scope();
        let mut subject: Option<&Expr> = None;
        let mut values: BTreeSet<u32> = BTreeSet::new();
        let (mut yes, mut no): (Vec<&Expr>, Vec<&Expr>) = (Vec::new(), Vec::new());
        for case in self.model.parts(Item::DefinitionVersion(version)).inside {
            let parts = self.model.parts(case);
            // A scope of its own or an `unless` can keep a case silent, so such a case guarantees nothing.
            if parts.scope.is_some_and(|scope| scope != whole && *scope != Scope::unbounded())
                || parts.one(Role::Exclusion).is_some()
            {
                continue;
            }
            let Some(when) = parts.one(Role::Condition) else { return true };
            let (of, picked): (&Expr, Vec<&Expr>) = if let ExprKind::Compare(ast::CompareOp::Eq, a, b) = &when.kind {
                (a, vec![b])
            } else if let ExprKind::In(a, list) = &when.kind {
                (a, list.iter().collect())
            } else {
                if let ExprKind::Not(inner) = &when.kind {
                    no.push(inner);
                } else {
                    yes.push(when);
                }
                continue;
            };
            if subject.is_some_and(|s| s != of) {
                continue;
            }
            subject = Some(of);
            for expr in picked {
                if let ExprKind::Literal(Value::Enum(_, index)) = &expr.kind {
                    values.insert(*index);
                }
            }
        }
        if yes.iter().any(|y| no.contains(y)) {
            return true;
        }
        let Some(Type::Enum(id)) = subject.map(|s| &s.ty) else { return false };
        self.model.enums.at(*id).values.len() == values.len()
    }
}

fn body_values(body: &ast::DefineBody) -> Vec<&ast::ExprSyntax> {
    match body {
        ast::DefineBody::Value(expr) => vec![expr],
        ast::DefineBody::Cases { cases, otherwise } => cases.iter().map(|c| &c.value).chain(otherwise).collect(),
        ast::DefineBody::Open(_) => Vec::new(),
    }
}
