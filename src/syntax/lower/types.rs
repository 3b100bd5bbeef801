//! Types, fields, enum values, parameters.

use super::clauses::Clauses;
use super::{Lower, Lowered, NodeParts, parts, take};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast::{EnumValue, FactsSyntax, FieldSyntax, Name, Param, TypeExpr, TypeKind, UnitExpr};
use crate::syntax::grammar::{Pair, Rule};
use crate::syntax::limits::MAX_LIST_DEPTH;

impl Lower<'_> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "every other rule of the grammar is reported as unread")]
    pub(super) fn type_expr(&mut self, pair: Pair<'_>) -> Lowered<TypeExpr> {
        let span = self.place(&pair);
        let mut inner = parts(pair);
        let mut lists = Vec::new();
        while let Some(list) = take(&mut inner, Rule::list_of) {
            lists.push(self.at(&list));
        }
        if let Some(deepest) = lists.get(MAX_LIST_DEPTH) {
            return self.fail(
                Diagnostic::new(
                    Code::E0108,
                    "lists of lists go too deep",
                    *deepest,
                    format!("more than {MAX_LIST_DEPTH} deep"),
                )
                .help("give the inner lists a record of their own"),
            );
        }
        let base = self.next(&mut inner, span)?;
        let base_span = self.place(&base);
        let kind = match base.as_rule() {
            Rule::duration_type => {
                let word = parts(base).find(|p| p.as_rule() == Rule::duration_word);
                match word {
                    Some(word) => TypeKind::Duration(self.name(&word)),
                    None => return self.missing(base_span),
                }
            }
            Rule::record_type => match parts(base).find(|p| p.as_rule() == Rule::fields) {
                Some(fields) => TypeKind::Record(self.fields(fields)),
                None => return self.missing(base_span),
            },
            Rule::enum_type => match parts(base).find(|p| p.as_rule() == Rule::enum_values) {
                Some(values) => TypeKind::Enum(self.enum_values(values)),
                None => return self.missing(base_span),
            },
            Rule::unit_type => self.unit_type(base),
            _ => return self.unread(&base),
        };
        let mut ty = TypeExpr { kind, span: base_span };
        for list in lists.into_iter().rev() {
            ty = TypeExpr { span: list.to(span), kind: TypeKind::List(Box::new(ty)) };
        }
        Ok(ty)
    }

    fn unit_type(&self, pair: Pair<'_>) -> TypeKind {
        let span = self.place(&pair);
        let mut factors = Vec::new();
        let mut below = false;
        for part in parts(pair) {
            if part.as_rule() == Rule::unit_op {
                below = part.as_str() != "*";
            } else {
                factors.push((self.name(&part), below));
            }
        }
        match factors.as_slice() {
            [(name, _)] => TypeKind::Name(name.clone()),
            _ => TypeKind::Unit(UnitExpr { factors, span }),
        }
    }

    /// The values of an enum, without those that are reported.
    pub(in crate::syntax) fn enum_values(&mut self, pair: Pair<'_>) -> Vec<EnumValue> {
        self.elements(pair).into_iter().filter_map(|part| self.enum_value(part).ok()).collect()
    }

    fn enum_value(&mut self, pair: Pair<'_>) -> Lowered<EnumValue> {
        let whole = self.place(&pair);
        let mut inner = parts(pair);
        let name = self.declared_name(&mut inner, whole)?;
        Ok(EnumValue { name, labels: self.clauses(inner)?.labels })
    }

    /// `facts …`: a group, a fact alone, or what holds of all that no registry answers for.
    pub(super) fn facts(&mut self, mut inner: NodeParts<'_>, span: Span) -> Lowered<FactsSyntax> {
        let body = self.next(&mut inner, span)?;
        if body.as_rule() == Rule::field {
            return Ok(FactsSyntax::Single { field: self.field(body)?, span });
        }
        if body.as_rule() == Rule::facts_silence {
            let handlers = self.clauses(parts(body))?.handlers;
            return Ok(FactsSyntax::Silent { handlers, span });
        }
        let mut inner = parts(body);
        let name = self.next_name(&mut inner, span)?;
        let fields = self.next(&mut inner, span)?;
        Ok(FactsSyntax::Group { name, fields: self.fields(fields), span })
    }

    /// The name of a field or a value; reports a reserved word in its place, once, where it is declared.
    fn declared_name(&mut self, inner: &mut NodeParts<'_>, whole: Span) -> Lowered<Name> {
        let pair = self.next(inner, whole)?;
        let name = self.name(&pair);
        if pair.as_rule() == Rule::reserved {
            self.unread.push(name.span);
            let word = &name.text;
            self.diagnostics.push(
                Diagnostic::new(
                    Code::E0102,
                    format!("`{word}` is reserved in expressions and cannot be a name"),
                    name.span,
                    "a word of the language",
                )
                .help(format!("choose another name, here and where it is read, such as `{word}_`")),
            );
        }
        Ok(name)
    }

    /// The fields of a record or a group, without those that are reported.
    pub(in crate::syntax) fn fields(&mut self, pair: Pair<'_>) -> Vec<FieldSyntax> {
        let mut fields = Vec::new();
        for part in self.elements(pair) {
            if let Ok((field, next)) = self.field_and_next(part, true) {
                fields.extend(std::iter::once(field).chain(next));
            }
        }
        fields
    }

    /// The elements of a list in braces; reports elements without a comma or a line end between them.
    pub(super) fn elements<'p>(&mut self, pair: Pair<'p>) -> Vec<Pair<'p>> {
        let mut elements: Vec<Pair<'p>> = Vec::new();
        let mut comma = true;
        let mut end: Option<Span> = None;
        for part in parts(pair) {
            let place = self.place(&part);
            if part.as_rule() == Rule::comma {
                comma = true;
                continue;
            }
            if let Some(before) = end {
                let between = Span { start: before.end, end: place.start.max(before.end), ..before };
                if !comma && !self.slice(between).contains(['\n', '\r']) {
                    let found = super::literals::shorten(self.slice(place).split_whitespace().next().unwrap_or(""));
                    self.diagnostics.push(
                        Diagnostic::new(
                            Code::E0102,
                            format!("a comma or a line end is missing before `{found}`"),
                            Span { end: place.start, start: place.start, ..place },
                            "expected a comma here",
                        )
                        .help("separate the elements inside `{ }` by commas or write each on a line of its own"),
                    );
                }
            }
            comma = false;
            end = Some(place);
            elements.push(part);
        }
        elements
    }

    pub(super) fn field(&mut self, pair: Pair<'_>) -> Lowered<FieldSyntax> {
        Ok(self.field_and_next(pair, false)?.0)
    }

    /// A field; and, where it may stand among others, the next one if it is called `masked` and was read as a clause of this one.
    fn field_and_next(&mut self, pair: Pair<'_>, among: bool) -> Lowered<(FieldSyntax, Option<FieldSyntax>)> {
        let span = self.place(&pair);
        let mut inner = parts(pair);
        let name = self.declared_name(&mut inner, span)?;
        let ty = take(&mut inner, Rule::type_expr).map(|t| self.type_expr(t)).transpose()?;
        let over_time = take(&mut inner, Rule::over_time).map(|word| self.place(&word));
        let mut clauses = self.clauses(inner)?;
        let next = if among { self.next_called_masked(ty.is_some(), &mut clauses, span) } else { None };
        for word in clauses.masked.clone() {
            self.once(&mut clauses, Rule::field_masked, "", "`masked`", word);
        }
        let end = next.as_ref().map_or(span.end, |next| {
            let before = self.slice(Span { end: next.span.start, ..span }).trim_end().len();
            span.start + u32::try_from(before).unwrap_or_default()
        });
        let field = FieldSyntax {
            name,
            ty,
            over_time,
            masked: clauses.masked.first().copied(),
            at_least: clauses.at_least.map(Box::new),
            at_most: clauses.at_most.map(Box::new),
            registries: clauses.registries,
            handlers: clauses.handlers,
            labels: clauses.labels,
            span: Span { end, ..span },
        };
        Ok((field, next))
    }

    /// Takes the next field, which is called `masked`, out of the clauses of the one before it. It stands on a line of its own
    /// and has nothing but handlers: such fields are older than the clause.
    fn next_called_masked(&self, typed: bool, clauses: &mut Clauses, span: Span) -> Option<FieldSyntax> {
        let word = *clauses.masked.last()?;
        let before = self.slice(Span { end: word.start, ..span });
        let first = clauses.handlers.iter().position(|handler| handler.span.start > word.start)?;
        let others = clauses.at_least.iter().chain(&clauses.at_most).map(|bound| bound.span);
        let others = others.chain(clauses.registries.iter().map(|name| name.span));
        let others = others.chain(clauses.labels.iter().map(|label| label.lang.span));
        let blank = |c: char| c.is_whitespace() && !matches!(c, '\r' | '\n');
        if !before.trim_end_matches(blank).ends_with(['\r', '\n'])
            || (!typed && first == 0 && clauses.masked.len() == 1)
            || others.max().is_some_and(|last| last.start > word.start)
        {
            return None;
        }
        clauses.masked.pop();
        Some(FieldSyntax {
            name: Name { text: self.slice(word).to_owned(), span: word },
            ty: None,
            over_time: None,
            masked: None,
            at_least: None,
            at_most: None,
            registries: Vec::new(),
            handlers: clauses.handlers.split_off(first),
            labels: Vec::new(),
            span: Span { start: word.start, ..span },
        })
    }

    pub(super) fn params(&mut self, pair: Option<Pair<'_>>) -> Lowered<Vec<Param>> {
        let mut params = Vec::new();
        for part in pair.into_iter().flat_map(parts) {
            let whole = self.place(&part);
            let mut inner = parts(part);
            let name = self.next_name(&mut inner, whole)?;
            let ty = self.next(&mut inner, whole)?;
            params.push(Param { name, ty: self.type_expr(ty)? });
        }
        Ok(params)
    }
}
