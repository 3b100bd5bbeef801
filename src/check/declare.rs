//! Declarations: every name of every item becomes an id, before anything is resolved.

use super::{Checker, Placed, Symbol, Target, TypeSymbol};
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::*;
use crate::model::*;
use crate::syntax::ast::{self, ItemSyntax};
use std::collections::{BTreeMap, BTreeSet};

impl Checker<'_> {
    /// Declares everything but facts, whose types need the names that are declared here.
    pub(super) fn declare(&mut self, items: &[Placed<'_>]) {
        for placed in items {
            match placed.item {
                ItemSyntax::Source(source) => self.declare_source(source),
                ItemSyntax::Registry(registry) => self.declare_registry(registry),
                ItemSyntax::Enum(item) => {
                    let id = self.new_enum(item.name.text.clone(), &item.values, item.span);
                    if self.declare_value("enum", &item.name, Symbol::Enum(id)) {
                        self.declare_type(&item.name, TypeSymbol::Enum(id));
                    }
                }
                ItemSyntax::Reason(reason) => self.declare_reason(&reason.code, reason.span),
                ItemSyntax::Decision(decision) => self.declare_decision(decision),
                ItemSyntax::Norm(norm) => self.declare_norm(norm),
                ItemSyntax::Define(d) => {
                    self.declare_definition(&d.name, d.replace.is_some(), &d.labels, d.span);
                }
                ItemSyntax::Table(t) => {
                    self.declare_results(t);
                    self.declare_definition(&t.name, t.replace.is_some(), &t.labels, t.span);
                }
                ItemSyntax::Scale(s) => {
                    self.declare_definition(&s.name, s.replace.is_some(), &s.labels, s.span);
                }
                ItemSyntax::Rule(r) if r.replace.is_none() => {
                    self.declare_provision(ProvisionKind::Rule, &r.name);
                    if r.impossible.is_some() {
                        self.declare_reason(&r.name, r.span);
                    }
                }
                ItemSyntax::Exception(e) if e.replace.is_none() => {
                    let id = self.model.exceptions.next_id();
                    if self.declare_target("exception", &e.name, Target::Exception(id)) {
                        self.model.exceptions.push(Exception { name: e.name.text.clone(), versions: Vec::new() });
                    }
                }
                ItemSyntax::Notice(n) if n.replace.is_none() => {
                    self.declare_provision(ProvisionKind::Notice, n.name.as_ref().unwrap_or(&n.reason.code));
                }
                ItemSyntax::Rule(_)
                | ItemSyntax::Exception(_)
                | ItemSyntax::Notice(_)
                | ItemSyntax::Policy(_)
                | ItemSyntax::Amendment(_)
                | ItemSyntax::Import(_)
                | ItemSyntax::Region(_)
                | ItemSyntax::Unit(_)
                | ItemSyntax::Calendar(_)
                | ItemSyntax::Record(_)
                | ItemSyntax::Facts(_)
                | ItemSyntax::AsOf(_)
                | ItemSyntax::Outcome(_)
                | ItemSyntax::Output(_)
                | ItemSyntax::Case(_)
                | ItemSyntax::Assumption(_)
                | ItemSyntax::Suspend(_) => {}
            }
        }
        self.declare_units(items);
        self.declare_regions(items);
        self.declare_calendars(items);
        self.declare_records(items);
        self.declare_assumptions(items);
        self.header_cites(items);
    }

    fn declare_provision(&mut self, kind: ProvisionKind, name: &ast::Name) {
        let id = self.model.provisions.next_id();
        if self.declare_target(kind.keyword(), name, Target::Provision(kind, id)) {
            self.model.provisions.push(Provision { name: name.text.clone(), kind, versions: Vec::new() });
        }
    }

    fn declare_source(&mut self, source: &ast::SourceSyntax) {
        let name = &source.name;
        if let Some((_, first)) = self.symbols.sources.get(&name.text).copied() {
            self.twice("source", &name.text, name.span, first, "give each source a name of its own");
            return;
        }
        let id = SourceId::new(self.model.sources.len());
        let labels = self.labels(&source.labels);
        self.model.sources.push(LegalSource {
            name: name.text.clone(),
            title: source.title.value.clone(),
            labels,
            span: source.span,
        });
        self.symbols.sources.insert(name.text.clone(), (id, name.span));
    }

    /// Headers may declare sources, so they come after the items that do and before everything that cites.
    fn header_cites(&mut self, items: &[Placed<'_>]) {
        let mut in_headers = BTreeSet::new();
        for placed in items {
            let Some((_, citations)) = placed.item.header() else { continue };
            let cites = self.cites(citations, true);
            for citation in citations {
                self.same_source_again(citation, &mut in_headers);
            }
            self.model.sections.at_mut(placed.section).cites = cites;
        }
    }

    /// Reports two headers that declare a source of one name: the second would cite the first one's source.
    fn same_source_again(&mut self, citation: &ast::Citation, in_headers: &mut BTreeSet<SourceId>) {
        let name = &citation.name;
        let Some((source, declared)) = self.symbols.sources.get(&name.text).copied() else { return };
        if declared == name.span {
            in_headers.insert(source);
            return;
        }
        let Some(text) = citation.place.as_ref().filter(|_| in_headers.contains(&source)) else { return };
        let title = self.model.sources.at(source).title.as_str();
        let label = format!("taken for a place in \u{ab}{title}\u{bb}");
        let finding =
            Diagnostic::new(Code::W0205, format!("two headers declare a source `{}`", name.text), text.span, label)
                .also(declared, "declared here first")
                .help("give the second source a name of its own")
                .help(format!(
                    "if it is the same source, declare it by an item, `source {} = \"its title\"`",
                    name.text
                ));
        self.diagnostics.push(finding);
    }

    fn declare_registry(&mut self, registry: &ast::RegistrySyntax) {
        let name = &registry.name;
        if let Some((_, first)) = self.symbols.registries.get(&name.text).copied() {
            self.twice("registry", &name.text, name.span, first, "give each registry a name of its own");
            return;
        }
        let id = RegistryId::new(self.model.registries.len());
        let labels = self.labels(&registry.labels);
        self.model.registries.push(Registry {
            name: name.text.clone(),
            labels,
            handlers: Handlers::default(),
            span: registry.span,
        });
        self.symbols.registries.insert(name.text.clone(), (id, name.span));
    }

    /// A new enum; reports a value that occurs twice.
    pub(super) fn new_enum(&mut self, name: String, values: &[ast::EnumValue], span: crate::source::Span) -> EnumId {
        let mut list: Vec<(String, Labels)> = Vec::new();
        let mut places: BTreeMap<&str, crate::source::Span> = BTreeMap::new();
        for value in values {
            if let Some(first) = places.get(value.name.text.as_str()).copied() {
                self.twice("value", &value.name.text, value.name.span, first, "keep each value once");
                continue;
            }
            places.insert(&value.name.text, value.name.span);
            let labels = self.labels(&value.labels);
            list.push((value.name.text.clone(), labels));
        }
        let id = EnumId::new(self.model.enums.len());
        self.model.enums.push(Enum { name, values: list, span });
        id
    }

    fn declare_type(&mut self, name: &ast::Name, symbol: TypeSymbol) {
        if let Some((_, first)) = self.symbols.types.get(&name.text).copied() {
            self.twice("type", &name.text, name.span, first, "give each enum and each record a name of its own");
            return;
        }
        self.symbols.types.insert(name.text.clone(), (symbol, name.span));
    }

    /// Declares a name that expressions can read. All such names share one table, so each has one meaning.
    pub(super) fn declare_value(&mut self, what: &str, name: &ast::Name, symbol: Symbol) -> bool {
        if let Some((_, first)) = self.symbols.values.get(&name.text).copied() {
            let help = "facts, definitions, norms, assumptions and enums share one set of names; rename one of them";
            self.twice(what, &name.text, name.span, first, help);
            return false;
        }
        self.symbols.values.insert(name.text.clone(), (symbol, name.span));
        true
    }

    fn declare_target(&mut self, what: &str, name: &ast::Name, target: Target) -> bool {
        if let Some((_, first)) = self.symbols.targets.get(&name.text).copied() {
            let help = format!(
                "give it another name, or, in an amendment, write `replace {what} {}` to put it in the other's place",
                name.text
            );
            self.twice(what, &name.text, name.span, first, &help);
            return false;
        }
        self.symbols.targets.insert(name.text.clone(), (target, name.span));
        true
    }

    fn declare_reason(&mut self, code: &ast::Name, span: crate::source::Span) {
        if let Some((_, first)) = self.symbols.reasons.get(&code.text).copied() {
            self.twice("reason", &code.text, code.span, first, "give each reason a code of its own");
            return;
        }
        let id = ReasonId::new(self.model.reasons.len());
        self.model.reasons.push(ReasonDeclaration::new(code.text.clone(), span));
        self.symbols.reasons.insert(code.text.clone(), (id, code.span));
    }

    fn declare_decision(&mut self, decision: &ast::DecisionSyntax) {
        let name = &decision.name;
        if let Some((_, first)) = self.symbols.decisions.get(&name.text).copied() {
            self.twice("decision", &name.text, name.span, first, "give each decision a name of its own");
            return;
        }
        let id = DecisionId::new(self.model.decisions.len());
        let labels = self.labels(&decision.labels);
        self.model.decisions.push(DecisionDeclaration {
            name: name.text.clone(),
            computes: decision.calculation,
            outcomes: Vec::new(),
            outputs: Vec::new(),
            labels,
            span: decision.span,
        });
        self.symbols.decisions.insert(name.text.clone(), (id, name.span));
    }

    fn declare_norm(&mut self, norm: &ast::NormSyntax) {
        if let Some((Symbol::Norm(_), _)) = self.symbols.values.get(&norm.name.text) {
            return;
        }
        let id = NormId::new(self.model.norms.len());
        if self.declare_value("norm", &norm.name, Symbol::Norm(id)) {
            self.model.norms.push(Norm {
                name: norm.name.text.clone(),
                ty: Type::Error,
                unit: None,
                values: Vec::new(),
                limits: Vec::new(),
                labels: Vec::new(),
                span: norm.name.span,
            });
        }
    }

    fn declare_definition(
        &mut self,
        name: &ast::Name,
        replace: bool,
        labels: &[ast::LabelSyntax],
        span: crate::source::Span,
    ) {
        if replace {
            return;
        }
        let id = DefinitionId::new(self.model.definitions.len());
        if self.declare_value("definition", name, Symbol::Definition(id)) {
            // A rule and a definition may not share a name: the target of an exception would be ambiguous.
            self.declare_target("definition", name, Target::Definition(id));
            let labels = self.labels(labels);
            self.model.definitions.push(Definition {
                name: name.text.clone(),
                params: Vec::new(),
                ty: Type::Error,
                versions: Vec::new(),
                labels,
                span,
            });
        }
    }

    /// Declares the table to which this one, of the first of its results, belongs. It is no value by itself.
    fn declare_results(&mut self, part: &ast::TableSyntax) {
        let Some((table, _)) = part.name.text.split_once('.') else { return };
        if part.replace.is_none() && !self.results.is_later(&part.name.text) {
            let name = ast::Name { text: table.to_owned(), ..part.name.clone() };
            self.declare_value("definition", &name, Symbol::Results);
        }
    }

    fn declare_regions(&mut self, items: &[Placed<'_>]) {
        for placed in items {
            if let ItemSyntax::Region(region) = placed.item {
                self.region(region, None);
            }
        }
        // A region may be declared before its parent. In the Model parents come first.
        self.sort_regions();
    }

    fn region(&mut self, region: &ast::RegionSyntax, parent: Option<RegionId>) {
        let name = &region.name;
        let id = match self.symbols.regions.get(&name.text).copied() {
            None => {
                let id = RegionId::new(self.model.regions.len());
                let labels = self.labels(&region.labels);
                self.model.regions.push(Region { name: name.text.clone(), labels, parent, span: name.span });
                self.symbols.regions.insert(name.text.clone(), (id, name.span));
                id
            }
            Some((id, first)) => {
                let old = self.model.regions.at(id).parent;
                let labels = self.labels(&region.labels);
                match (old, parent) {
                    (None, Some(parent)) if !self.inside(parent, id) => {
                        self.model.regions.at_mut(id).parent = Some(parent);
                    }
                    // The same region with the same parent, declared again.
                    (Some(old), Some(parent)) if old == parent => {}
                    (None, Some(_)) => self.report(
                        Diagnostic::new(
                            Code::E0202,
                            format!("the region `{}` would lie in itself", name.text),
                            name.span,
                            "inside a region that lies in it",
                        )
                        .also(first, "first declared here")
                        .help("let the larger region hold the smaller one"),
                    ),
                    (Some(_), Some(_)) => {
                        self.twice("region", &name.text, name.span, first, "a region lies in one other region only");
                    }
                    (_, None) => {}
                }
                let slot = self.model.regions.at_mut(id);
                if slot.labels.is_empty() {
                    slot.labels = labels;
                }
                id
            }
        };
        let mut places: BTreeMap<&str, crate::source::Span> = BTreeMap::new();
        for child in &region.children {
            if let Some(first) = places.insert(&child.name.text, child.name.span) {
                self.twice("region", &child.name.text, child.name.span, first, "name each region once in its parent");
                continue;
            }
            self.region(child, Some(id));
        }
    }

    /// True if `region` is `outer` or lies in it.
    pub(super) fn inside(&self, region: RegionId, outer: RegionId) -> bool {
        let mut at = Some(region);
        // Parents never form a circle: `region` gets a parent only if the parent does not lie in `region`.
        while let Some(id) = at {
            if id == outer {
                return true;
            }
            at = self.model.regions.at(id).parent;
        }
        false
    }

    fn sort_regions(&mut self) {
        let mut order: Vec<RegionId> = Vec::with_capacity(self.model.regions.len());
        let mut placed: IndexVec<RegionId, bool> = self.model.regions.iter().map(|_| false).collect();
        for start in self.model.regions.ids() {
            // Walk up to the first ancestor that has its place, then place the path downwards.
            let mut path = Vec::new();
            let mut at = Some(start);
            while let Some(id) = at.filter(|id| !placed.at(*id)) {
                path.push(id);
                at = self.model.regions.at(id).parent;
            }
            for id in path.into_iter().rev() {
                *placed.at_mut(id) = true;
                order.push(id);
            }
        }
        let mut renamed: IndexVec<RegionId, RegionId> = self.model.regions.ids().collect();
        for (new, old) in order.iter().enumerate() {
            *renamed.at_mut(*old) = RegionId::new(new);
        }
        let mut regions: IndexVec<RegionId, Region> =
            order.iter().map(|id| self.model.regions.at(*id).clone()).collect();
        for region in &mut regions {
            region.parent = region.parent.map(|id| *renamed.at(id));
        }
        self.model.regions = regions;
        for (id, _) in self.symbols.regions.values_mut() {
            *id = *renamed.at(*id);
        }
    }

    fn declare_records(&mut self, items: &[Placed<'_>]) {
        // First all names, so that records can hold lists of one another. `record_circles` finds those that hold
        // themselves.
        for placed in items {
            let ItemSyntax::Record(record) = placed.item else { continue };
            if record.fields.iter().all(|f| f.ty.is_none()) && !record.fields.is_empty() {
                continue;
            }
            if placed.section.0 != 0
                && matches!(self.symbols.types.get(&record.name.text), Some((TypeSymbol::Record(_), _)))
            {
                continue;
            }
            let id = RecordId::new(self.model.records.len());
            self.model.records.push(Record {
                name: record.name.text.clone(),
                fields: Vec::new(),
                kind: RecordKind::Declared,
                span: record.span,
            });
            self.declare_type(&record.name, TypeSymbol::Record(id));
        }
    }

    fn declare_assumptions(&mut self, items: &[Placed<'_>]) {
        for placed in items {
            let ItemSyntax::Assumption(assumption) = placed.item else { continue };
            let id = AssumptionId::new(self.model.assumptions.len());
            if self.declare_value("assumption", &assumption.name, Symbol::Assumption(id)) {
                self.model.assumptions.push(Assumption {
                    name: assumption.name.text.clone(),
                    ty: Type::Error,
                    unit: None,
                    choices: Vec::new(),
                    default: 0,
                    cites: Vec::new(),
                    labels: Vec::new(),
                    letter: Vec::new(),
                    span: assumption.span,
                });
            }
        }
    }

    /// Brings a parameter or variable into scope. It may not shadow a name that every expression can read.
    pub(super) fn bind(&mut self, name: &ast::Name, local: LocalId) {
        let outer = self.locals.iter().any(|(n, _)| *n == name.text);
        // What an amendment declares breaks no text outside it.
        if outer || (self.symbols.values.contains_key(&name.text) && !self.is_foreign(name)) {
            self.report(
                Diagnostic::new(
                    Code::E0202,
                    format!("the variable `{}` hides something of the same name", name.text),
                    name.span,
                    "this name already means something here",
                )
                .help("choose another name for the variable"),
            );
        }
        self.locals.push((name.text.clone(), local));
    }

    /// A new parameter or variable.
    pub(super) fn new_local(&mut self, name: &str, ty: Type) -> LocalId {
        let id = LocalId::new(self.model.locals.len());
        self.model.locals.push(Local { name: name.to_owned(), ty });
        id
    }
}
