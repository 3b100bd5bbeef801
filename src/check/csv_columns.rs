//! The rows of a table in a CSV file: each cell is read by the type of its column, and by what the header and the table say
//! of how it is written.

use super::Checker;
use super::csv_table::{csv_cell, doubtful_number};
use super::norms::Row;
use super::result_tables::table_of;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::*;
use crate::source::Span;
use crate::syntax::ast::{self, CellKind, CompareOp, ExprSyntax, ExprSyntaxKind, State};
use crate::value::Value;

/// The name of a column, and the unit of its numbers: `fee (EUR)`, or `fee, EUR`.
fn named(header: &str) -> (&str, Option<&str>) {
    let unit = match header.split_once('(') {
        Some((name, rest)) => rest.trim_end().strip_suffix(')').map(|unit| (name, unit)),
        None => header.split_once(','),
    };
    unit.map_or((header, None), |(name, unit)| (name.trim(), Some(unit.trim())))
}

impl Checker<'_> {
    pub(super) fn csv_rows(
        &mut self,
        table: &ast::TableSyntax,
        file: &ast::CsvFile,
        inputs: &[Expr],
        element: &Type,
    ) -> Vec<Row> {
        let Some(csv) = self.read_csv(file) else { return Vec::new() };
        // The rows are the table's own, and so they belong to its section.
        let section = self.section_at(file.path.span);
        self.opens(Span { start: 0, ..csv.header_span }, section);
        // Of a table with several results this is one, in a column of its own.
        let name = table_of(&table.name.text);
        let behind = self.results.around(&table.name.text).map_or(0, |(_, place)| place);
        let wanted: Vec<String> = table
            .inputs
            .iter()
            .map(|e| self.sources.slice(e.span).to_owned())
            .chain(self.results.of(name).map_or_else(|| vec![name.to_owned()], <[String]>::to_vec))
            .collect();
        let fits = |header: &str, want: &String| {
            let same = |found: &str| found == want || want.rsplit('.').next().is_some_and(|last| last == found);
            same(header) || same(named(header).0)
        };
        let matches = csv.header.len() == wanted.len()
            && csv.header.iter().zip(&wanted).all(|((found, _), want)| fits(found, want));
        if !matches {
            let found = super::quoted(csv.header.iter().map(|(h, _)| h.as_str()));
            let want = super::quoted(wanted.iter().map(String::as_str));
            self.report(
                Diagnostic::new(
                    Code::E0212,
                    "the columns are not those of the table",
                    csv.header_span,
                    format!("found {found}"),
                )
                .also(file.path.span, format!("the table reads {want}"))
                .help(
                    "name the columns after the values that the table reads `by`, the last one after the table; behind a \
                     name may stand the unit of its numbers, `fee (EUR)`",
                ),
            );
            return Vec::new();
        }
        let mut units = Vec::new();
        for ((header, span), want) in csv.header.iter().zip(&wanted) {
            match self.column_unit(header, *span, want) {
                Ok(unit) => units.push(unit),
                Err(found) => {
                    self.diagnostics.extend(found);
                    return Vec::new();
                }
            }
        }
        let output_unit = units.get(inputs.len() + behind).cloned().flatten();
        units.truncate(inputs.len());
        let states = [State::Absent, State::Unavailable].map(State::keyword);
        let mut rows = Vec::new();
        let mut is_told = false;
        for row in &csv.rows {
            let mut cells = Vec::new();
            for (((text, span), input), unit) in row.cells.iter().zip(inputs).zip(&units) {
                if input.ty == Type::Text && !matches!(text.as_str(), "any" | "-") && !states.contains(&text.as_str()) {
                    let literal = text_literal(text, *span);
                    let kind = ExprKind::Compare(CompareOp::Eq, Box::new(input.clone()), Box::new(literal));
                    cells.push(Some(Expr { kind, ty: Type::Bool, span: *span }));
                    continue;
                }
                if self.has_doubtful_number(text, *span, file) {
                    continue;
                }
                match crate::syntax::parse_cell_text(&csv_cell(text, file), *span) {
                    Ok(mut cell) => {
                        if let Some(unit) = unit {
                            cell_in(&mut cell, unit);
                        }
                        cells.push(self.cell(&cell, input));
                    }
                    Err(found) => self.unread_cell(found, text, file, &mut is_told),
                }
            }
            let Some((text, span)) = row.cells.get(inputs.len() + behind) else { continue };
            let output = if *element == Type::Text {
                text_literal(text, *span)
            } else if self.has_doubtful_number(text, *span, file) {
                continue;
            } else {
                match crate::syntax::parse_expression_text(&csv_cell(text, file), *span) {
                    Ok(mut expr) => {
                        if let Some(unit) = &output_unit {
                            in_unit(&mut expr, unit);
                        }
                        self.expr(&expr, Some(element))
                    }
                    Err(found) => {
                        self.unread_cell(found, text, file, &mut is_told);
                        continue;
                    }
                }
            };
            self.expect(&output, element, "the result of a row");
            rows.push(Row { cells, output, span: row.span });
        }
        rows
    }

    /// One of the unit that a header names, `1 EUR`; `None` if it names none.
    fn column_unit(&mut self, header: &str, span: Span, want: &str) -> Result<Option<ExprSyntax>, Vec<Diagnostic>> {
        let (name, Some(unit)) = named(header) else { return Ok(None) };
        // The column may be an expression with parentheses of its own.
        if header == want || name.is_empty() {
            return Ok(None);
        }
        let place = header.find(unit).filter(|at| *at >= 2).unwrap_or(2);
        let at = Span::new(span.file, span.start as usize + place - 2, span.start as usize + place + unit.len());
        let one = if unit == "%" { String::from("  1%") } else { format!("1 {unit}") };
        let expr = crate::syntax::parse_expression_text(&one, at)?;
        if let ExprSyntaxKind::Number(_, Some(unit)) = &expr.kind
            && self.unit_expr(unit).is_none()
        {
            return Err(Vec::new());
        }
        Ok(Some(expr))
    }

    /// True if a number of a cell could be two; that is reported.
    fn has_doubtful_number(&mut self, text: &str, span: Span, file: &ast::CsvFile) -> bool {
        let Some(number) = doubtful_number(text, file) else { return false };
        let (whole, part) = number.split_once('.').unwrap_or((number, ""));
        let (is_group, decimal) = (part.len() == 3, format!("`{whole},{part}`"));
        self.report(
            Diagnostic::new(
                Code::E0106,
                format!("`{number}` has a point, in a file with decimal commas"),
                span,
                if is_group { "does it part thousands, or decimals?" } else { "no thousands are parted here" },
            )
            .help(if is_group {
                format!("write `{whole}{part}` or {decimal}")
            } else {
                format!("write {decimal}")
            }),
        );
        true
    }

    /// Reports a cell that cannot be read. What the whole file writes otherwise is told once.
    fn unread_cell(&mut self, found: Vec<Diagnostic>, text: &str, file: &ast::CsvFile, is_told: &mut bool) {
        let declared = ast::CsvFile { decimal_comma: true, ..file.clone() };
        if file.decimal_comma || csv_cell(text, &declared) == text {
            self.diagnostics.extend(found);
        } else if !std::mem::replace(is_told, true) {
            let whole = format!("for a file of such numbers write `from \"{}\" decimal comma`", file.path.value);
            self.diagnostics.extend(found.into_iter().take(1).map(|found| found.help(whole.clone())));
        }
    }
}

/// Gives the numbers of a cell the unit of their column.
fn cell_in(cell: &mut ast::Cell, unit: &ExprSyntax) {
    match &mut cell.kind {
        CellKind::Any | CellKind::State(_) => {}
        CellKind::Compare(_, value) | CellKind::Value(value) => in_unit(value, unit),
        CellKind::Both(_, low, _, high) | CellKind::Range(low, high) | CellKind::RangeBelow(low, high) => {
            in_unit(low, unit);
            in_unit(high, unit);
        }
        CellKind::Set(values) => values.iter_mut().for_each(|value| in_unit(value, unit)),
    }
}

/// Gives a number without a unit that of `1 UNIT`.
fn in_unit(expr: &mut ExprSyntax, unit: &ExprSyntax) {
    if let ExprSyntaxKind::Neg(inner) = &mut expr.kind {
        return in_unit(inner, unit);
    }
    let ExprSyntaxKind::Number(number, None) = &expr.kind else { return };
    let number = number.clone();
    if let ExprSyntaxKind::Number(_, of) = &unit.kind {
        expr.kind = ExprSyntaxKind::Number(number, of.clone());
    } else if let ExprSyntaxKind::Duration(_, of) = &unit.kind {
        expr.kind = ExprSyntaxKind::Duration(number, of.clone());
    } else if let ExprSyntaxKind::Percent(_) = &unit.kind {
        expr.kind = ExprSyntaxKind::Percent(number);
    }
}

fn text_literal(text: &str, span: Span) -> Expr {
    Expr { kind: ExprKind::Literal(Value::Text(text.into())), ty: Type::Text, span }
}
