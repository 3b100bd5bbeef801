//! Assumptions and norms, decision tables and scales.

use super::searched_table::SearchedTable;
use super::{Checker, Placed, Symbol, constant, expr::broken};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::*;
use crate::source::Span;
use crate::syntax::ast::{self, CellKind, CompareOp, HitPolicy, ItemSyntax};
use crate::value::{Number, Value};
use chrono::NaiveDate;

/// A row of a table with one condition for each column.
pub(super) struct Row {
    /// The condition for each input; `None` if any value matches.
    pub(super) cells: Vec<Option<Expr>>,
    pub(super) output: Expr,
    pub(super) span: Span,
}

impl Checker<'_> {
    pub(super) fn assumptions(&mut self, items: &[Placed<'_>]) {
        for placed in items {
            let ItemSyntax::Assumption(item) = placed.item else { continue };
            let Some(Symbol::Assumption(id)) = self.symbol(&item.name.text) else { continue };
            if self.model.assumptions.at(id).span != item.span {
                continue;
            }
            let (ty, unit) = self.type_expr(&item.ty, &item.name.text);
            let choices = self.choices(item, &ty);
            let default = self.choice(&item.default, &ty).and_then(|value| {
                let found = choices.iter().position(|c| *c == value);
                if found.is_none() && !choices.is_empty() {
                    self.report(
                        Diagnostic::new(
                            Code::E0507,
                            format!("the default of `{}` is not among its choices", item.name.text),
                            item.default.span,
                            "not one of the choices",
                        )
                        .help("add it to `one of { … }`, or take another default"),
                    );
                }
                found
            });
            let cites = self.item_cites(placed.section, &item.sources);
            let labels = self.labels(&item.labels);
            let letter = self.labels(&item.letter);
            let slot = &mut self.model.assumptions.at_mut(id);
            slot.ty = ty;
            slot.unit = unit;
            slot.choices = choices;
            slot.default = default.and_then(|d| u32::try_from(d).ok()).unwrap_or(0);
            slot.cites = cites;
            slot.labels = labels;
            slot.letter = letter;
        }
    }

    fn choices(&mut self, item: &ast::AssumptionSyntax, ty: &Type) -> Vec<Value> {
        if item.choices.is_empty() {
            return match ty {
                Type::Bool => vec![Value::Bool(false), Value::Bool(true)],
                Type::Enum(id) => {
                    let count = self.model.enums.at(*id).values.len();
                    (0..count).filter_map(|i| u32::try_from(i).ok()).map(|i| Value::Enum(*id, i)).collect()
                }
                Type::Number(..)
                | Type::Date
                | Type::Duration(_)
                | Type::Text
                | Type::Region
                | Type::Record(_)
                | Type::List(_)
                | Type::Error => {
                    let default = self.quote(item.default.span);
                    self.report(
                        Diagnostic::new(
                            Code::E0507,
                            format!("the assumption `{}` does not say what could be chosen", item.name.text),
                            item.name.span,
                            "no `one of { … }`",
                        )
                        .help(format!("list the readings of the law that are possible: `one of {{ {default}, … }}`")),
                    );
                    Vec::new()
                }
            };
        }
        let mut values: Vec<Value> = Vec::new();
        for choice in &item.choices {
            let Some(value) = self.choice(choice, ty) else { continue };
            if values.contains(&value) {
                self.report(
                    Diagnostic::new(Code::E0507, "a choice is written twice", choice.span, "the same value again")
                        .help("keep each choice once"),
                );
            } else {
                values.push(value);
            }
        }
        values
    }

    fn choice(&mut self, expr: &ast::ExprSyntax, ty: &Type) -> Option<Value> {
        let typed = self.expr(expr, Some(ty));
        if !self.expect(&typed, ty, "the choices of an assumption are of its type") || typed.ty.is_error() {
            return None;
        }
        let value = self.written_out(&typed);
        if value.is_none() {
            self.report(
                Diagnostic::new(Code::E0307, "a choice must be constant", expr.span, "this is worked out")
                    .help("write the value itself"),
            );
        }
        value
    }

    /// The value of literals and of arithmetic on them, which is the same on every day and in every place.
    pub(super) fn written_out(&self, typed: &Expr) -> Option<Value> {
        let mut literal = true;
        typed.walk(&mut |e| {
            literal &=
                matches!(e.kind, ExprKind::Literal(_) | ExprKind::Neg(_) | ExprKind::List(_) | ExprKind::Arith(..));
        });
        let (choices, norms) = (Choices::defaults(&self.model), constant::NormValues::default());
        let (model, day) = (&self.model, NaiveDate::MIN);
        let setting = constant::Setting { model, choices: &choices, day, place: None, norms: &norms };
        literal.then(|| constant::value(typed, setting).ok()).flatten()
    }

    /// Types norms. Their values come later, when definitions have types: the cohorts of sections read those.
    pub(super) fn norms(&mut self, items: &[Placed<'_>]) {
        for placed in items {
            let ItemSyntax::Norm(item) = placed.item else { continue };
            let Some(Symbol::Norm(id)) = self.symbol(&item.name.text) else { continue };
            let Some(written) = &item.ty else { continue };
            let (ty, unit) = self.type_expr(written, &item.name.text);
            let labels = self.labels(&item.labels);
            let norm = self.model.norms.at_mut(id);
            let (known, first) = (norm.ty.clone(), norm.span);
            if known.is_error() {
                norm.ty = ty;
                norm.unit = unit;
                norm.labels = labels;
            } else if known != ty && !ty.is_error() {
                let (a, b) = (self.type_name(&known), self.type_name(&ty));
                self.report(
                    Diagnostic::new(
                        Code::E0301,
                        format!("the norm `{}` is {a} and {b}", item.name.text),
                        written.span,
                        "another type",
                    )
                    .also(first, "first declared here")
                    .help("a norm has one type; leave it out where the norm is declared already"),
                );
            }
        }
        let untyped: Vec<(String, Span)> =
            self.model.norms.iter().filter(|n| n.ty == Type::Error).map(|n| (n.name.clone(), n.span)).collect();
        for (name, span) in untyped {
            let typed =
                items.iter().any(|p| matches!(p.item, ItemSyntax::Norm(n) if n.name.text == name && n.ty.is_some()));
            if !typed {
                let known: Vec<String> =
                    self.model.norms.iter().filter(|n| n.name != name).map(|n| n.name.clone()).collect();
                let near = crate::diagnostic::nearest(&name, known.iter().map(String::as_str));
                let help = near.map_or_else(
                    || format!("write, for example, `norm {name}: m2 = 15 m2`"),
                    |near| format!("did you mean `{near}`? A new norm needs a type: `norm {name}: m2 = …`"),
                );
                self.report(
                    Diagnostic::new(Code::E0102, format!("the norm `{name}` has no type"), span, "expected `: TYPE`")
                        .help(help),
                );
            }
        }
    }

    pub(super) fn norm_values(&mut self, items: &[Placed<'_>]) {
        for placed in items {
            let ItemSyntax::Norm(item) = placed.item else { continue };
            let Some(Symbol::Norm(id)) = self.symbol(&item.name.text) else { continue };
            let mut ty = self.model.norms.at(id).ty.clone();
            if let Some(written) = &item.ty
                && self.type_of_norm(written, &item.name.text) != ty
            {
                // The other type is reported; no more reports that its values do not fit.
                ty = Type::Error;
            }
            let common = self.cites(&item.sources, false);
            // A norm that only its own values and bounds read is not used.
            let is_used = self.used.norms.contains(&id);
            let mut values = Vec::new();
            for value in &item.values {
                let built = self.constant_of(&value.value, &ty, &item.name.text);
                let claim = self.claim(*placed, &value.scope, value.span, false);
                let own = self.cites(&value.sources, false);
                let cites = match (own.is_empty(), common.is_empty()) {
                    (false, _) => own,
                    (true, false) => common.clone(),
                    (true, true) => self.item_cites(placed.section, &[]),
                };
                values.push(NormValue::new(claim, built, cites));
            }
            let mut limits = Vec::new();
            for (kind, expr) in [(LimitKind::AtLeast, &item.at_least), (LimitKind::AtMost, &item.at_most)] {
                limits.extend(expr.as_ref().map(|expr| {
                    let value = self.constant_of(expr, &ty, &item.name.text);
                    let claim = self.claim(*placed, &ast::ScopeSyntax::default(), expr.span, false);
                    NormLimit::new(kind, claim, value)
                }));
            }
            if !is_used {
                self.used.norms.remove(&id);
            }
            let norm = &mut self.model.norms.at_mut(id);
            norm.values.extend(values);
            norm.limits.extend(limits);
        }
    }

    /// The type of a norm, without the findings: `norms` has reported them.
    fn type_of_norm(&mut self, written: &ast::TypeExpr, name: &str) -> Type {
        let found = self.diagnostics.len();
        let (ty, _) = self.type_expr(written, name);
        self.diagnostics.truncate(found);
        ty
    }

    fn constant_of(&mut self, expr: &ast::ExprSyntax, ty: &Type, name: &str) -> Expr {
        let value = self.expr(expr, Some(ty));
        self.expect(&value, ty, &format!("the value of the norm `{name}`"));
        if let Type::Number(_, NumberKind::Ratio) = value.ty {
            self.report(
                Diagnostic::new(
                    Code::E0305,
                    format!("the norm `{name}` may have no finite value"),
                    expr.span,
                    "a quotient without an end cannot be stored",
                )
                .help("round it: `round(…, 0.01)`"),
            );
        }
        self.require_constant(&value, "a norm");
        value
    }

    /// Translates a decision table into rows of conditions.
    pub(super) fn table(&mut self, table: &ast::TableSyntax, ty: &Type) -> Expr {
        // What is wrong with a column of conditions is said once, whatever the number of results.
        let (is_later, before) = (self.results.is_later(&table.name.text), self.diagnostics.len());
        let inputs: Vec<Expr> = table.inputs.iter().map(|e| self.expr(e, None)).collect();
        let element = match (table.hit, ty) {
            (HitPolicy::List, Type::List(inner)) => inner.as_ref().clone(),
            (HitPolicy::Count, _) => Type::Error,
            (HitPolicy::List, _) => {
                self.report(
                    Diagnostic::new(
                        Code::E0301,
                        "a table that collects a list has a list as its type",
                        table.ty.span,
                        "not a list",
                    )
                    .help("write `: list of …`"),
                );
                Type::Error
            }
            (HitPolicy::Unique | HitPolicy::First | HitPolicy::Sum | HitPolicy::Min | HitPolicy::Max, ty) => ty.clone(),
        };
        if table.hit == HitPolicy::Count && *ty != Type::number(NumberKind::Integer) {
            self.report(
                Diagnostic::new(Code::E0301, "a table that counts gives a whole number", table.ty.span, "another type")
                    .help("write `: integer`"),
            );
        }
        let several = self.results.around(&table.name.text).is_some();
        if several {
            self.several_results(table);
        } else {
            self.combinable(table, ty);
            self.single_otherwise(table);
        }
        if is_later {
            self.diagnostics.truncate(before);
        }
        let found = self.diagnostics.len();
        let rows: Vec<Row> = match &table.rows {
            ast::TableRows::Inline(rows) => {
                rows.iter().filter_map(|row| self.table_row(row, &inputs, &element, &table.name)).collect()
            }
            ast::TableRows::Csv(file) => self.csv_rows(table, file, &inputs, &element),
        };
        let written = match &table.rows {
            ast::TableRows::Inline(list) => list.len(),
            ast::TableRows::Csv(_) => rows.len(),
        };
        let whole = self.diagnostics.len() == found && written == rows.len();
        let otherwise = table.otherwise.first().map(|e| {
            let wanted = if table.hit == HitPolicy::Count { Type::number(NumberKind::Integer) } else { ty.clone() };
            let value = self.expr(e, Some(&wanted));
            self.expect(&value, &wanted, "the value of `otherwise`");
            value
        });
        if inputs.iter().any(|i| i.ty.is_error()) {
            return broken(table.span);
        }
        let cells: Vec<Vec<Option<Expr>>> = rows.iter().map(|row| row.cells.clone()).collect();
        let needs_row = matches!(table.hit, HitPolicy::Unique | HitPolicy::First | HitPolicy::Min | HitPolicy::Max);
        if whole && needs_row && otherwise.is_none() && !self.results.is_later(&table.name.text) {
            self.searched_tables.push(SearchedTable { name: table.name.clone(), inputs, rows: cells });
        }
        let rows = rows
            .into_iter()
            .map(|r| TableRow { conditions: r.cells.into_iter().flatten().collect(), output: r.output, span: r.span })
            .collect();
        let kind = ExprKind::Table(Box::new(Table { hit: table.hit, rows, otherwise }));
        Expr { kind, ty: ty.clone(), span: table.span }
    }

    /// Reports a row with more or fewer results than its table has columns for.
    fn other_results(&mut self, row: &ast::TableRowSyntax, table: &ast::Name) {
        let found = match self.results.around(&table.text) {
            Some((_, place)) if place > 0 => return,
            Some((fields, _)) => Diagnostic::new(
                Code::E0102,
                "a row of this table has a result for each field of its record",
                row.span,
                "more or fewer results",
            )
            .help(format!("write behind the conditions {}", super::quoted(fields.iter().map(String::as_str)))),
            None => Diagnostic::new(
                Code::E0102,
                format!("this row has {} results, and the table one", row.results.len()),
                row.span,
                "more cells than columns",
            )
            .help("write one cell for each expression after `by`, then the value of the row")
            .help("several results are the fields of a record, which is then the type of the table"),
        };
        self.report(found);
    }

    /// Reports several values after `otherwise` where a row has one.
    fn single_otherwise(&mut self, table: &ast::TableSyntax) {
        if let Some(second) = table.otherwise.get(1) {
            self.report(
                Diagnostic::new(Code::E0102, "this table has one result", second.span, "a second value")
                    .help("write one value after `otherwise`"),
            );
        }
    }

    /// Reports what a table with several results cannot say.
    fn several_results(&mut self, table: &ast::TableSyntax) {
        if !matches!(table.hit, HitPolicy::Unique | HitPolicy::First) {
            let word = table.hit.keyword();
            let what = format!("a table with several results has no `{word}`");
            self.report(
                Diagnostic::new(Code::E0301, what, table.name.span, "results of different kinds")
                    .help("write `first` for the first row that applies, or a table of its own for what is combined"),
            );
        }
    }

    /// Reports a table that adds up or compares results which have no sum or no order.
    fn combinable(&mut self, table: &ast::TableSyntax, ty: &Type) {
        let adds = matches!(ty, Type::Number(..) | Type::Duration(_) | Type::Error);
        let (fits, wanted) = match table.hit {
            HitPolicy::Sum => (adds, "numbers, quantities and durations"),
            HitPolicy::Min | HitPolicy::Max => {
                (adds || matches!(ty, Type::Date), "numbers, quantities, durations and dates")
            }
            HitPolicy::Unique | HitPolicy::First | HitPolicy::Count | HitPolicy::List => return,
        };
        if !fits {
            let (word, found) = (table.hit.keyword(), self.type_name(ty));
            self.report(
                Diagnostic::new(
                    Code::E0301,
                    format!("a table with `{word}` combines {wanted}"),
                    table.ty.span,
                    format!("this is {found}"),
                )
                .help("write `first` for the first row that applies, or `list` for the results of all"),
            );
        }
    }

    fn table_row(&mut self, row: &ast::TableRowSyntax, inputs: &[Expr], element: &Type, of: &ast::Name) -> Option<Row> {
        // The parser reports a row of another width.
        if row.cells.len() != inputs.len() {
            return None;
        }
        let before = self.diagnostics.len();
        let cells = row.cells.iter().zip(inputs).map(|(cell, input)| self.cell(cell, input)).collect();
        if self.results.is_later(&of.text) {
            self.diagnostics.truncate(before);
        }
        let [result] = row.results.as_slice() else {
            self.other_results(row, of);
            return None;
        };
        let output = self.expr(result, Some(element));
        self.expect(&output, element, "the result of a row");
        Some(Row { cells, output, span: row.span })
    }

    pub(super) fn cell(&mut self, cell: &ast::Cell, input: &Expr) -> Option<Expr> {
        let span = cell.span;
        let ty = input.ty.clone();
        let compare = |op, value: Expr| Expr {
            kind: ExprKind::Compare(op, Box::new(input.clone()), Box::new(value)),
            ty: Type::Bool,
            span,
        };
        let ordered = matches!(ty, Type::Number(..) | Type::Date | Type::Duration(_) | Type::Error);
        match &cell.kind {
            CellKind::Any => None,
            CellKind::State(state) => {
                if input.has_state() {
                    let kind = ExprKind::IsState(Box::new(input.clone()), *state);
                    Some(Expr { kind, ty: Type::Bool, span })
                } else {
                    self.report(
                        Diagnostic::new(Code::E0308, "only a fact can be absent or unavailable", span, "not a fact")
                            .also(input.span, "this column is worked out")
                            .help("put the fact itself into the table"),
                    );
                    None
                }
            }
            CellKind::Value(value) => {
                let value = self.cell_value(value, input)?;
                match (&ty, &value.kind) {
                    (Type::Bool, ExprKind::Literal(Value::Bool(true))) => Some(input.clone()),
                    (Type::Bool, ExprKind::Literal(Value::Bool(false))) => {
                        Some(Expr { kind: ExprKind::Not(Box::new(input.clone())), ty: Type::Bool, span })
                    }
                    (Type::Region, ExprKind::Literal(Value::Region(id))) => {
                        let set = self.inside_of(*id);
                        Some(Expr { kind: ExprKind::InRegions(Box::new(input.clone()), set), ty: Type::Bool, span })
                    }
                    _ => Some(compare(CompareOp::Eq, value)),
                }
            }
            CellKind::Compare(op, value) => {
                let value = self.cell_value(value, input)?;
                if !ordered && !matches!(op, CompareOp::Eq | CompareOp::Ne) {
                    self.no_order_in_cell(input, span);
                    return None;
                }
                if *op == CompareOp::Ne {
                    let equal = compare(CompareOp::Eq, value);
                    return Some(Expr { kind: ExprKind::Not(Box::new(equal)), ty: Type::Bool, span });
                }
                Some(compare(*op, value))
            }
            CellKind::Both(..) | CellKind::Range(..) | CellKind::RangeBelow(..) => {
                let [(above, low), (below, high)] = ends(cell)?;
                let (low, high) = (self.cell_value(low, input)?, self.cell_value(high, input)?);
                if !ordered {
                    self.no_order_in_cell(input, span);
                    return None;
                }
                let is_range =
                    matches!(above, CompareOp::Ge | CompareOp::Gt) && matches!(below, CompareOp::Le | CompareOp::Lt);
                if !is_range {
                    self.report(
                        Diagnostic::new(Code::E0309, "this cell is no range", span, "not from one end to the other")
                            .help("write the lower end first, `> 15 and <= 30`; one comparison stands alone"),
                    );
                } else if let (ExprKind::Literal(a), ExprKind::Literal(b)) = (&low.kind, &high.kind)
                    && order(a, b)
                        .is_some_and(|o| o.is_gt() || (o.is_eq() && (above, below) != (CompareOp::Ge, CompareOp::Le)))
                {
                    self.report(
                        Diagnostic::new(Code::E0309, "this range is empty", span, "nothing lies between its ends")
                            .help("exchange the two ends, or include both with `..`"),
                    );
                }
                let parts = vec![compare(above, low), compare(below, high)];
                Some(Expr { kind: ExprKind::And(parts), ty: Type::Bool, span })
            }
            CellKind::Set(values) => {
                let test = self.in_set(input.clone(), values, span);
                (!test.ty.is_error()).then_some(test)
            }
        }
    }

    fn no_order_in_cell(&mut self, input: &Expr, span: Span) {
        let found = self.type_name(&input.ty);
        self.report(
            Diagnostic::new(Code::E0301, format!("{found} has no order"), span, "no such comparison")
                .also(input.span, "the column's value")
                .help("write the value itself, or a set `{a, b}`"),
        );
    }

    fn cell_value(&mut self, value: &ast::ExprSyntax, input: &Expr) -> Option<Expr> {
        let value = self.expr(value, Some(&input.ty.clone()));
        if value.ty.is_error() || !self.alike(input, &value, "column and cell") {
            return None;
        }
        Some(value)
    }

    /// Translates a marginal scale: bounds that are written out rise, and the last band has none. Others rise or are a fault.
    pub(super) fn scale(&mut self, scale: &ast::ScaleSyntax, ty: &Type) -> Expr {
        let amount = self.expr(&scale.of, None);
        let (Type::Number(over, _), Type::Number(result, _)) = (&amount.ty, ty) else {
            if !amount.ty.is_error() && !ty.is_error() {
                let found = self.type_name(&amount.ty);
                self.report(
                    Diagnostic::new(
                        Code::E0301,
                        "a scale cuts a number or quantity into bands",
                        amount.span,
                        format!("this is {found}"),
                    )
                    .help("write `scale NAME: TYPE of AMOUNT up to … rate … above rate …`"),
                );
            }
            return broken(scale.span);
        };
        let per = super::units::combine(result, over, -1).unwrap_or_default();
        let rate_type = Type::Number(per, NumberKind::Decimal);
        let mut bands = Vec::new();
        let mut last: Option<Number> = None;
        for (index, (upto, rate)) in scale.bands.iter().enumerate() {
            let upto = upto.as_ref().map(|e| {
                let bound = self.expr(e, Some(&amount.ty.clone()));
                self.alike(&amount, &bound, "amount and band");
                bound
            });
            if let Some(bound) = &upto
                && let Some(Value::Number(n)) = self.written_out(bound)
            {
                if last.is_some_and(|before| n <= before) {
                    self.report(
                        Diagnostic::new(Code::E0309, "this band is empty", bound.span, "not above the band before it")
                            .help("write the bands from the lowest to the highest"),
                    );
                }
                last = Some(n);
            }
            let is_last = index + 1 == scale.bands.len();
            if upto.is_none() != is_last {
                let at = upto.as_ref().map_or(scale.span, |u| u.span);
                self.report(
                    Diagnostic::new(
                        Code::E0102,
                        "a scale ends with `above rate …`, once",
                        at,
                        "the last band must be open",
                    )
                    .help("add `above rate RATE` as the last band"),
                );
            }
            let rate = self.expr(rate, Some(&rate_type));
            self.expect(&rate, &rate_type, "the rate of a band");
            bands.push((upto, rate));
        }
        let ty = ty.clone();
        Expr { kind: ExprKind::Scale(Box::new(amount), bands), ty, span: scale.span }
    }
}

/// The two comparisons that a cell makes of one value; `None` if it makes no two.
fn ends(cell: &ast::Cell) -> Option<[(CompareOp, &ast::ExprSyntax); 2]> {
    match &cell.kind {
        CellKind::Both(op, value, second, other) => Some([(*op, value), (*second, other)]),
        CellKind::Range(low, high) => Some([(CompareOp::Ge, low), (CompareOp::Le, high)]),
        CellKind::RangeBelow(low, high) => Some([(CompareOp::Ge, low), (CompareOp::Lt, high)]),
        CellKind::Any | CellKind::Compare(..) | CellKind::Set(_) | CellKind::State(_) | CellKind::Value(_) => None,
    }
}
