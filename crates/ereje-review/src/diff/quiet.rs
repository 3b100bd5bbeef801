//! Separates what can change a decision in an item from its texts for people.
//!
//! Comes in: an item. Goes out: the item without its titles, messages and sources, or just these, as named texts.

use ereje::source::Sources;
use ereje::syntax::ast::*;

/// Removes from an item all that only people read.
pub(super) fn quiet(item: &mut ItemSyntax) {
    match item {
        ItemSyntax::Policy(item) => {
            item.languages.clear();
            item.sources.clear();
            item.labels.clear();
            scope(&mut item.scope);
        }
        ItemSyntax::Amendment(item) => {
            item.sources.clear();
            item.labels.clear();
            scope(&mut item.scope);
        }
        ItemSyntax::Import(item) => item.path.value.clear(),
        ItemSyntax::Source(item) => {
            item.title.value.clear();
            item.labels.clear();
        }
        ItemSyntax::Registry(item) => {
            item.labels.clear();
            handlers(&mut item.handlers);
        }
        ItemSyntax::Region(item) => region(item),
        ItemSyntax::Unit(item) => item.labels.clear(),
        ItemSyntax::Calendar(_) | ItemSyntax::AsOf(_) => {}
        ItemSyntax::Enum(item) => {
            item.labels.clear();
            item.values.iter_mut().for_each(|value| value.labels.clear());
        }
        ItemSyntax::Record(item) => item.fields.iter_mut().for_each(field),
        ItemSyntax::Facts(FactsSyntax::Group { fields, .. }) => fields.iter_mut().for_each(field),
        ItemSyntax::Facts(FactsSyntax::Single { field: single, .. }) => field(single),
        ItemSyntax::Facts(FactsSyntax::Silent { handlers: list, .. }) => handlers(list),
        ItemSyntax::Decision(item) => {
            item.labels.clear();
            item.outcome_labels.clear();
            for output in &mut item.outputs {
                output.labels.clear();
                output.ty.iter_mut().for_each(ty);
            }
        }
        ItemSyntax::Outcome(item) => item.labels.clear(),
        ItemSyntax::Output(item) => {
            item.output.labels.clear();
            item.output.ty.iter_mut().for_each(ty);
        }
        ItemSyntax::Reason(item) => {
            item.messages.clear();
            item.params.iter_mut().for_each(|param| ty(&mut param.ty));
        }
        ItemSyntax::Define(item) => {
            item.sources.clear();
            item.labels.clear();
            item.params.iter_mut().for_each(|param| ty(&mut param.ty));
            item.ty.iter_mut().for_each(ty);
            match &mut item.body {
                DefineBody::Cases { cases, .. } => cases.iter_mut().for_each(case),
                DefineBody::Open(text) => text.value.clear(),
                DefineBody::Value(_) => {}
            }
        }
        ItemSyntax::Case(item) => case(&mut item.case),
        ItemSyntax::Norm(item) => {
            item.sources.clear();
            item.labels.clear();
            item.values.iter_mut().for_each(|value| {
                value.sources.clear();
                scope(&mut value.scope);
            });
        }
        ItemSyntax::Table(item) => {
            item.sources.clear();
            item.labels.clear();
        }
        ItemSyntax::Scale(item) => {
            item.sources.clear();
            item.labels.clear();
        }
        ItemSyntax::Assumption(item) => {
            item.sources.clear();
            item.labels.clear();
            ty(&mut item.ty);
        }
        ItemSyntax::Rule(item) => {
            item.sources.clear();
            item.impossible.iter_mut().for_each(Vec::clear);
            scope(&mut item.scope);
        }
        ItemSyntax::Exception(item) => {
            item.sources.clear();
            scope(&mut item.scope);
        }
        ItemSyntax::Notice(item) => {
            item.sources.clear();
            scope(&mut item.scope);
        }
        ItemSyntax::Suspend(item) => {
            item.sources.clear();
            scope(&mut item.scope);
        }
    }
}

/// Sorts the regions of a scope, whose order has no meaning.
fn scope(scope: &mut ScopeSyntax) {
    scope.regions.sort_by(|a, b| a.text.cmp(&b.text));
}

fn case(case: &mut CaseSyntax) {
    case.sources.clear();
    scope(&mut case.scope);
}

fn handlers(handlers: &mut [HandlerSyntax]) {
    for handler in handlers {
        handler.sources.clear();
        scope(&mut handler.scope);
        if let HandlerActionSyntax::Open(why) = &mut handler.action {
            why.value.clear();
        }
    }
}

fn field(field: &mut FieldSyntax) {
    field.labels.clear();
    field.masked = None;
    field.ty.iter_mut().for_each(ty);
    handlers(&mut field.handlers);
}

fn ty(expr: &mut TypeExpr) {
    match &mut expr.kind {
        TypeKind::List(inner) => ty(inner),
        TypeKind::Enum(values) => values.iter_mut().for_each(|value| value.labels.clear()),
        TypeKind::Record(fields) => fields.iter_mut().for_each(field),
        TypeKind::Name(_) | TypeKind::Unit(_) | TypeKind::Duration(_) => {}
    }
}

fn region(item: &mut RegionSyntax) {
    item.labels.clear();
    item.children.iter_mut().for_each(region);
    item.children.sort_by(|a, b| a.name.text.cmp(&b.name.text));
}

/// The texts of an item that only people read: a name for each (`ru`, `source`, `wife, ru`), and the text.
pub(super) fn texts(item: &ItemSyntax, sources: &Sources) -> Vec<(String, String)> {
    let mut out = TextCollector { texts: Vec::new() };
    match item {
        ItemSyntax::Policy(item) => {
            out.labels("", &item.labels);
            out.cites("", &item.sources);
            let languages: Vec<&str> = item.languages.iter().map(|l| l.text.as_str()).collect();
            if !languages.is_empty() {
                out.add("", "languages", languages.join(", "));
            }
        }
        ItemSyntax::Amendment(item) => {
            out.labels("", &item.labels);
            out.cites("", &item.sources);
        }
        ItemSyntax::Import(_) | ItemSyntax::Calendar(_) | ItemSyntax::AsOf(_) => {}
        ItemSyntax::Source(item) => {
            out.add("", "title", item.title.value.clone());
            out.labels("", &item.labels);
        }
        ItemSyntax::Registry(item) => {
            out.labels("", &item.labels);
            out.handlers("", &item.handlers);
        }
        ItemSyntax::Region(item) => out.region(item),
        ItemSyntax::Unit(item) => out.labels("", &item.labels),
        ItemSyntax::Enum(item) => {
            out.labels("", &item.labels);
            out.values(&item.values);
        }
        ItemSyntax::Record(item) => item.fields.iter().for_each(|field| out.field(&field.name.text, field)),
        ItemSyntax::Facts(FactsSyntax::Group { fields, .. }) => fields.iter().for_each(|field| out.field("", field)),
        ItemSyntax::Facts(FactsSyntax::Single { field, .. }) => out.field("", field),
        ItemSyntax::Facts(FactsSyntax::Silent { handlers, .. }) => out.handlers("", handlers),
        ItemSyntax::Decision(item) => {
            out.labels("", &item.labels);
            for (outcome, labels) in &item.outcome_labels {
                out.labels(&outcome.text, labels);
            }
            for output in &item.outputs {
                out.labels(&output.name.text, &output.labels);
            }
        }
        ItemSyntax::Outcome(item) => out.labels("", &item.labels),
        ItemSyntax::Output(item) => out.labels("", &item.output.labels),
        ItemSyntax::Reason(item) => {
            out.messages(&item.messages, sources);
        }
        ItemSyntax::Define(item) => {
            out.labels("", &item.labels);
            out.cites("", &item.sources);
            match &item.body {
                DefineBody::Cases { cases, .. } => cases.iter().for_each(|c| out.cites(&c.label.text, &c.sources)),
                DefineBody::Open(text) => out.add("", "open", text.value.clone()),
                DefineBody::Value(_) => {}
            }
        }
        ItemSyntax::Case(item) => out.cites("", &item.case.sources),
        ItemSyntax::Norm(item) => {
            out.labels("", &item.labels);
            out.cites("", &item.sources);
            item.values.iter().for_each(|value| out.cites("", &value.sources));
        }
        ItemSyntax::Table(item) => {
            out.labels("", &item.labels);
            out.cites("", &item.sources);
        }
        ItemSyntax::Scale(item) => {
            out.labels("", &item.labels);
            out.cites("", &item.sources);
        }
        ItemSyntax::Assumption(item) => {
            out.labels("", &item.labels);
            out.cites("", &item.sources);
            out.ty(&item.ty);
        }
        ItemSyntax::Rule(item) => {
            item.impossible.iter().for_each(|messages| out.messages(messages, sources));
            out.cites("", &item.sources);
        }
        ItemSyntax::Exception(item) => out.cites("", &item.sources),
        ItemSyntax::Notice(item) => out.cites("", &item.sources),
        ItemSyntax::Suspend(item) => out.cites("", &item.sources),
    }
    out.texts.sort();
    out.texts
}

struct TextCollector {
    texts: Vec<(String, String)>,
}

impl TextCollector {
    fn add(&mut self, of: &str, what: &str, text: String) {
        let name = if of.is_empty() { what.to_owned() } else { format!("{of}, {what}") };
        self.texts.push((name, text));
    }

    fn labels(&mut self, of: &str, labels: &[LabelSyntax]) {
        for label in labels {
            self.add(of, &label.lang.text, label.text.value.clone());
        }
    }

    fn cites(&mut self, of: &str, cites: &[Citation]) {
        for cite in cites {
            let place = cite.place.as_ref().map_or_else(String::new, |place| format!(" \"{}\"", place.value));
            self.add(of, "source", format!("{}{place}", cite.name.text));
        }
    }

    fn messages(&mut self, messages: &[Message], sources: &Sources) {
        for message in messages {
            self.add("", &message.lang.text, sources.slice(message.span).trim_matches('"').to_owned());
        }
    }

    fn handlers(&mut self, of: &str, handlers: &[HandlerSyntax]) {
        for handler in handlers {
            self.cites(of, &handler.sources);
            if let HandlerActionSyntax::Open(why) = &handler.action {
                self.add(of, "open", why.value.clone());
            }
        }
    }

    fn values(&mut self, values: &[EnumValue]) {
        values.iter().for_each(|value| self.labels(&value.name.text, &value.labels));
    }

    fn field(&mut self, of: &str, field: &FieldSyntax) {
        self.labels(of, &field.labels);
        if field.masked.is_some() {
            self.add(of, "masked", String::from("yes"));
        }
        self.handlers(of, &field.handlers);
        field.ty.iter().for_each(|ty| self.ty(ty));
    }

    fn ty(&mut self, ty: &TypeExpr) {
        match &ty.kind {
            TypeKind::List(inner) => self.ty(inner),
            TypeKind::Enum(values) => self.values(values),
            TypeKind::Record(fields) => fields.iter().for_each(|field| self.field(&field.name.text, field)),
            TypeKind::Name(_) | TypeKind::Unit(_) | TypeKind::Duration(_) => {}
        }
    }

    fn region(&mut self, region: &RegionSyntax) {
        self.labels(&region.name.text, &region.labels);
        region.children.iter().for_each(|child| self.region(child));
    }
}
