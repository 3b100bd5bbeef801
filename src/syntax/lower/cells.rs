//! Tables: rows and their cells.

use super::clauses::state;
use super::expressions::{FlatPiece, Infix};
use super::{Lower, Lowered, parts, take};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast::{Cell, CellKind, CompareOp, ExprSyntax, ExprSyntaxKind, Name, TableRowSyntax};
use crate::syntax::grammar::{Pair, Rule};

impl Lower<'_> {
    /// True for a row whose cells name the columns of the table: the inputs, and the table itself.
    pub(super) fn is_heading(&self, row: &TableRowSyntax, inputs: &[ExprSyntax], table: &Name) -> bool {
        let last = |span: Span| self.slice(span).rsplit('.').next().unwrap_or("").trim().to_owned();
        let names = |cell: &Cell, input: &ExprSyntax| matches!(&cell.kind, CellKind::Value(value) if last(value.span) == last(input.span));
        let [output] = row.results.as_slice() else { return false };
        // A value may be called as the fact that it is compared with, but hardly as a field of a group.
        let fields = inputs.iter().any(|input| matches!(input.kind, ExprSyntaxKind::Field(..)));
        matches!(output.kind, ExprSyntaxKind::Name(_))
            && fields
            && row.cells.len() == inputs.len()
            && row.cells.iter().zip(inputs).all(|(cell, input)| names(cell, input))
            && (last(output.span) == table.text || row.cells.len() > 1)
    }

    pub(super) fn row(&mut self, pair: Pair<'_>) -> Lowered<TableRowSyntax> {
        let span = self.place(&pair);
        let mut cells = Vec::new();
        for part in parts(pair) {
            let cell = self.cell(part)?;
            cells.push(cell);
        }
        match cells.pop() {
            Some(Cell { kind: CellKind::Value(output), .. }) => {
                Ok(TableRowSyntax { cells, results: vec![output], span })
            }
            Some(other) => self.fail(
                Diagnostic::new(
                    Code::E0102,
                    "the last cell of a row is its value",
                    other.span,
                    "a condition, not a value",
                )
                .help("write the conditions first and the value of the row last: `| any | >= 18 | 500 KZT |`"),
            ),
            None => self.missing(span),
        }
    }

    /// Of a table whose type may be a record, the values behind the conditions are results.
    pub(super) fn share_out(row: &mut TableRowSyntax, conditions: usize) {
        while row.cells.len() > conditions
            && let Some(Cell { kind: CellKind::Value(_), .. }) = row.cells.last()
            && let Some(Cell { kind: CellKind::Value(result), .. }) = row.cells.pop()
        {
            row.results.insert(0, result);
        }
    }

    /// One cell of a table.
    #[expect(clippy::wildcard_enum_match_arm, reason = "every other rule of the grammar is reported as unread")]
    pub(in crate::syntax) fn cell(&mut self, pair: Pair<'_>) -> Lowered<Cell> {
        let span = self.place(&pair);
        let mut inner = parts(pair);
        let part = self.next(&mut inner, span)?;
        let kind = match part.as_rule() {
            Rule::cell_any => CellKind::Any,
            Rule::cell_compare => {
                let mut inner = parts(part);
                let op = self.next(&mut inner, span)?;
                let value = self.next(&mut inner, span)?;
                let (op, value) = (self.cell_op(&op)?, self.expr(value)?);
                match (take(&mut inner, Rule::kw_and).and_then(|_| inner.next()), inner.next()) {
                    (Some(second), Some(other)) => CellKind::Both(op, value, self.cell_op(&second)?, self.expr(other)?),
                    _ => CellKind::Compare(op, value),
                }
            }
            Rule::cell_set => {
                let Some(set) = parts(part).next() else { return self.missing(span) };
                CellKind::Set(self.set_with_depth(set, true)?.0)
            }
            Rule::cell_state => {
                let Some(word) = parts(part).next() else { return self.missing(span) };
                CellKind::State(state(&word))
            }
            Rule::cell_value => {
                let mut ends = parts(part);
                let first = self.next(&mut ends, span)?;
                let first = self.expr(first)?;
                let below = take(&mut ends, Rule::dots_below).is_some();
                match ends.next() {
                    Some(last) if below => CellKind::RangeBelow(first, self.expr(last)?),
                    Some(last) => CellKind::Range(first, self.expr(last)?),
                    None => CellKind::Value(first),
                }
            }
            _ => return self.unread(&part),
        };
        Ok(Cell { kind, span })
    }

    fn cell_op(&mut self, pair: &Pair<'_>) -> Lowered<CompareOp> {
        let span = self.at(pair);
        match self.infix(pair, span)? {
            FlatPiece::Infix(Infix::Compare(op), _) => Ok(op),
            FlatPiece::Infix(Infix::And | Infix::Or | Infix::At | Infix::Arith(_), _)
            | FlatPiece::Not(_)
            | FlatPiece::Minus(_)
            | FlatPiece::Operand(_)
            | FlatPiece::Is { .. }
            | FlatPiece::In { .. } => self.unread(pair),
        }
    }
}
