//! Every scope, claim and expression of a Model, in one order.

use crate::model::*;

/// Calls `f` on the claims of each name that can have several versions, together with what the name is called.
pub(crate) fn for_each_name<'m>(model: &'m Model, f: &mut impl FnMut(&dyn Fn() -> String, Vec<&'m Claim>)) {
    for d in &model.definitions {
        f(&|| d.name.clone(), d.versions.iter().map(|v| &v.claim).collect());
    }
    for e in &model.exceptions {
        f(&|| e.name.clone(), e.versions.iter().map(|v| &v.claim).collect());
    }
    for kind in [ProvisionKind::Rule, ProvisionKind::Notice] {
        for (_, p) in model.provisions_of(kind) {
            f(&|| p.name.clone(), p.versions.iter().map(|v| &v.claim).collect());
        }
    }
    for n in &model.norms {
        f(&|| n.name.clone(), n.values.iter().map(|v| &v.claim).collect());
    }
    let facts = model.facts.iter().map(|fact| (fact.path(), &fact.datum.handlers));
    let fields = model.fields.iter().map(|field| (field.datum.name.clone(), &field.datum.handlers));
    let registries = model.registries.iter().map(|registry| (registry.name.clone(), &registry.handlers));
    for (name, handlers) in facts.chain(fields).chain(registries) {
        for (list, state) in [(&handlers.absent, "absent"), (&handlers.unavailable, "unavailable")] {
            if !list.is_empty() {
                f(&|| format!("{name} if {state}"), list.iter().map(|h| &h.claim).collect());
            }
        }
    }
}

/// Calls `f` on every scope.
pub fn for_each_scope<'m>(model: &'m Model, f: &mut impl FnMut(&'m Scope)) {
    for section in &model.sections {
        f(&section.scope);
    }
    for_each_name(model, &mut |_, claims| claims.iter().for_each(|c| f(&c.scope)));
    for definition in &model.definitions {
        for version in &definition.versions {
            if let DefinitionBody::Cases(cases) = &version.body {
                cases.iter().for_each(|c| f(&c.scope));
            }
        }
    }
}

/// Calls `f` on every expression that is no part of another one.
pub fn for_each_expr<'m>(model: &'m Model, f: &mut impl FnMut(&'m Expr)) {
    for_each_scope(model, &mut |scope| scope.cohort.iter().for_each(&mut *f));
    f(&model.as_of.date);
    model.as_of.region.iter().for_each(&mut *f);
    for definition in &model.definitions {
        for version in &definition.versions {
            if let DefinitionBody::Cases(cases) = &version.body {
                for case in cases {
                    case.condition.when.iter().chain(&case.condition.unless).for_each(&mut *f);
                    f(&case.value);
                }
            }
        }
    }
    for body in model.exceptions.iter().flat_map(|e| &e.versions).filter_map(|v| v.body.as_ref()) {
        body.condition.when.iter().chain(&body.condition.unless).chain(&body.value).for_each(&mut *f);
    }
    let loops = |each: &'m Option<ForEach>| each.iter().flat_map(|e| std::iter::once(&e.list).chain(&e.filter));
    for kind in [ProvisionKind::Rule, ProvisionKind::Notice] {
        let versions = model.provisions_of(kind).flat_map(|(_, p)| &p.versions);
        for body in versions.filter_map(|v| v.body.as_ref()) {
            let condition = body.condition.when.iter().chain(&body.condition.unless);
            loops(&body.for_each).chain(condition).chain(&body.args).for_each(&mut *f);
        }
    }
    for norm in &model.norms {
        norm.values.iter().for_each(|v| f(&v.value));
        norm.limits.iter().for_each(|limit| f(&limit.value));
    }
    for decision in &model.decisions {
        decision.outputs.iter().for_each(|o| f(&o.value));
    }
    for reason in &model.reasons {
        for part in reason.messages.iter().flat_map(|(_, parts)| parts) {
            if let MessagePart::Value(expr, _) = part {
                f(expr);
            }
        }
    }
    let facts = model.facts.iter().map(|fact| &fact.datum.handlers);
    let fields = model.fields.iter().map(|field| &field.datum.handlers);
    for handlers in facts.chain(fields).chain(model.registries.iter().map(|r| &r.handlers)) {
        for handler in handlers.absent.iter().chain(&handlers.unavailable) {
            if let HandlerAction::Means(expr) = &handler.action {
                f(expr);
            }
        }
    }
}
