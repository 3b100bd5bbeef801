//! How deep the evaluation of a Model can go: the longest chain of expressions, definitions, exceptions, norms and
//! handlers inside one another. Worked out without recursion over names, so that a chain of any length is measured.

use crate::ids::*;
use crate::model::*;
use std::collections::btree_map::Entry;

/// Something with a name that evaluation can enter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Named {
    Definition(DefinitionId),
    Exception(ExceptionId),
    Norm(NormId),
    Fact(FactId),
    Field(FieldId),
    Registry(RegistryId),
}

/// An upper bound of the depth of any evaluation, in expressions.
pub(crate) fn depth(model: &Model) -> usize {
    let mut measure = Measure { model, done: std::collections::BTreeMap::new() };
    let mut deepest = 0;
    let mut top: Vec<&Expr> = Vec::new();
    super::walk::for_each_expr(model, &mut |e| top.push(e));
    for expr in top {
        measure.settle(&names_in(expr));
        deepest = deepest.max(measure.of(expr));
    }
    for index in 0..model.exceptions.len() {
        let name = Named::Exception(ExceptionId::new(index));
        measure.settle(&[name]);
        deepest = deepest.max(measure.named(name));
    }
    deepest
}

struct Measure<'m> {
    model: &'m Model,
    /// None while it is being measured.
    done: std::collections::BTreeMap<Named, Option<usize>>,
}

impl<'m> Measure<'m> {
    /// Measures these names, and whatever they rest on first.
    fn settle(&mut self, names: &[Named]) {
        let mut stack: Vec<(Named, bool)> = names.iter().map(|n| (*n, false)).collect();
        while let Some((name, entered)) = stack.pop() {
            if entered {
                let (exprs, below) = self.parts(name);
                let inner = exprs.iter().map(|e| self.of(e)).chain(below.iter().map(|n| self.named(*n))).max();
                self.done.insert(name, Some(inner.unwrap_or(0) + self.around(name)));
            } else if let Entry::Vacant(first) = self.done.entry(name) {
                first.insert(None);
                stack.push((name, true));
                let (exprs, below) = self.parts(name);
                let inside = exprs.iter().flat_map(|e| names_in(e)).chain(below);
                stack.extend(inside.filter(|n| !self.done.contains_key(n)).map(|n| (n, false)));
            }
        }
    }

    /// The levels that stand around what an author wrote: cases, conjunction and negation of guards; none where a plain
    /// expression is all there is.
    fn around(&self, name: Named) -> usize {
        const GUARDS: usize = 4;
        match name {
            Named::Definition(id) => match self.model.definitions.get(id.index()).map(|d| d.versions.as_slice()) {
                Some([Versioned { claim, body: DefinitionBody::Cases(cases), exceptions, .. }]) => {
                    match cases.as_slice() {
                        [only]
                            if only.condition.when.is_none()
                                && only.condition.unless.is_empty()
                                && only.exceptions.is_empty()
                                && exceptions.is_empty()
                                && claim.scope.cohort.is_empty()
                                && only.scope.cohort.is_empty() =>
                        {
                            0
                        }
                        _ => GUARDS,
                    }
                }
                _ => GUARDS,
            },
            Named::Norm(_) => 0,
            Named::Exception(_) | Named::Fact(_) | Named::Field(_) | Named::Registry(_) => GUARDS,
        }
    }

    /// A name in a circle counts nothing: evaluation stops there of itself.
    fn named(&self, name: Named) -> usize {
        self.done.get(&name).copied().flatten().unwrap_or(0)
    }

    fn of(&self, expr: &Expr) -> usize {
        let inner = expr.children().into_iter().map(|child| self.of(child)).max().unwrap_or(0);
        1 + inner + name_of(expr).map_or(0, |name| self.named(name))
    }

    fn parts(&self, name: Named) -> (Vec<&'m Expr>, Vec<Named>) {
        let (mut exprs, mut below) = (Vec::new(), Vec::new());
        match name {
            Named::Definition(id) => {
                for version in self.model.definitions.get(id.index()).iter().flat_map(|d| &d.versions) {
                    exprs.extend(&version.claim.scope.cohort);
                    below.extend(version.exceptions.iter().map(|e| Named::Exception(*e)));
                    if let DefinitionBody::Cases(cases) = &version.body {
                        for case in cases {
                            exprs.extend(
                                case.scope.cohort.iter().chain(&case.condition.when).chain(&case.condition.unless),
                            );
                            exprs.push(&case.value);
                            below.extend(case.exceptions.iter().map(|e| Named::Exception(*e)));
                        }
                    }
                }
            }
            Named::Exception(id) => {
                for version in self.model.exceptions.get(id.index()).iter().flat_map(|e| &e.versions) {
                    exprs.extend(&version.claim.scope.cohort);
                    below.extend(version.exceptions.iter().map(|e| Named::Exception(*e)));
                    if let Some(body) = &version.body {
                        exprs.extend(body.condition.when.iter().chain(&body.condition.unless).chain(&body.value));
                    }
                }
            }
            Named::Norm(id) => {
                exprs.extend(self.model.norms.get(id.index()).iter().flat_map(|n| &n.values).map(|v| &v.value));
            }
            Named::Fact(id) => self.handled(self.model.facts.get(id.index()).map(|f| &f.datum), &mut exprs, &mut below),
            Named::Field(id) => {
                self.handled(self.model.fields.get(id.index()).map(|f| &f.datum), &mut exprs, &mut below);
            }
            Named::Registry(id) => {
                let handlers = self.model.registries.get(id.index()).map(|r| &r.handlers);
                handlers.into_iter().for_each(|h| handler_parts(h, &mut exprs));
            }
        }
        (exprs, below)
    }

    fn handled(&self, datum: Option<&'m Datum>, exprs: &mut Vec<&'m Expr>, below: &mut Vec<Named>) {
        if let Some(datum) = datum {
            handler_parts(&datum.handlers, exprs);
            below.extend(datum.registries.iter().map(|r| Named::Registry(*r)));
        }
    }
}

fn handler_parts<'m>(handlers: &'m Handlers, exprs: &mut Vec<&'m Expr>) {
    for handler in handlers.absent.iter().chain(&handlers.unavailable) {
        exprs.extend(&handler.claim.scope.cohort);
        if let HandlerAction::Means(value) = &handler.action {
            exprs.push(value);
        }
    }
}

fn name_of(expr: &Expr) -> Option<Named> {
    match &expr.kind {
        ExprKind::Define(id, _) => Some(Named::Definition(*id)),
        ExprKind::Norm(id) => Some(Named::Norm(*id)),
        ExprKind::Fact(id) => Some(Named::Fact(*id)),
        ExprKind::Field(_, id) => Some(Named::Field(*id)),
        ExprKind::Literal(_)
        | ExprKind::Local(_)
        | ExprKind::Assumption(_)
        | ExprKind::GoverningDate
        | ExprKind::GoverningRegion
        | ExprKind::At(..)
        | ExprKind::Not(_)
        | ExprKind::And(_)
        | ExprKind::Or(_)
        | ExprKind::IsState(..)
        | ExprKind::Compare(..)
        | ExprKind::In(..)
        | ExprKind::InRegions(..)
        | ExprKind::Arith(..)
        | ExprKind::Neg(_)
        | ExprKind::Round(..)
        | ExprKind::Aggregate(_)
        | ExprKind::Call(..)
        | ExprKind::Table(_)
        | ExprKind::Scale(..)
        | ExprKind::List(_) => None,
    }
}

fn names_in(expr: &Expr) -> Vec<Named> {
    let mut names = Vec::new();
    expr.walk(&mut |e| names.extend(name_of(e)));
    names
}
