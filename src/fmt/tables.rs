//! Layouts of decision tables: rows with their cells in columns, measured as a terminal shows them.

use super::Layout;
use super::doc::{Doc, concat, group, inline, join, nest, text, unit, width};
use super::exprs::on_one_line;
use super::items::with_clauses;
use crate::syntax::ast::{Cell, CellKind, Expr, HitPolicy, Table, TableRow, TableRows};

impl Layout<'_> {
    /// A table.
    pub(super) fn table(&self, table: &Table) -> Doc {
        let replace = Layout::replace(table.replace.as_ref());
        let mut first = vec![
            text(format!("{replace}table {}", table.name.text)),
            self.params(&table.params),
            self.of_type(Some(&table.ty)),
        ];
        if table.hit != HitPolicy::Unique {
            first.push(text(format!(" {}", table.hit.keyword())));
        }
        let mut head = vec![inline(table.name.span, Doc::Concat(first))];
        if let (Some(first), Some(last)) = (table.inputs.first(), table.inputs.last()) {
            let inputs = table.inputs.iter().map(|input| unit(input.span, self.expr(input)));
            let inputs = nest(join(inputs, &[text(","), Doc::Line]));
            head.push(nest(concat([Doc::Line, unit(first.span.to(last.span), concat([text("by "), inputs]))])));
        }
        let mut clauses = Vec::new();
        match &table.rows {
            TableRows::Inline(rows) => clauses.extend(self.rows(rows)),
            TableRows::Csv(file) => {
                clauses.push(unit(file.span, concat([text("from "), self.text(&file.value, file.span)])));
            }
        }
        clauses.extend(table.otherwise.as_ref().map(|value| self.clause("otherwise", value)));
        clauses.extend(self.citations(&table.sources));
        clauses.extend(self.label_row(&table.labels));
        clauses.extend(Layout::keeping(table.replace.as_ref()));
        unit(table.span, with_clauses(group(Doc::Concat(head)), clauses))
    }

    fn rows(&self, rows: &[TableRow]) -> Vec<Doc> {
        let line = |expr: &Expr| on_one_line(&self.expr(expr));
        let cells: Vec<Vec<String>> = rows
            .iter()
            .map(|row| row.cells.iter().map(|cell| self.cell(cell)).chain([line(&row.output)]).collect())
            .collect();
        let mut widths: Vec<usize> = Vec::new();
        for row in &cells {
            for (i, cell) in row.iter().enumerate() {
                match widths.get_mut(i) {
                    Some(widest) => *widest = (*widest).max(width(cell)),
                    None => widths.push(width(cell)),
                }
            }
        }
        let written = cells.into_iter().map(|row| {
            let mut out = String::from("|");
            for (cell, widest) in row.iter().zip(&widths) {
                out.push(' ');
                out.push_str(cell);
                out.extend(std::iter::repeat_n(' ', widest.saturating_sub(width(cell)) + 1));
                out.push('|');
            }
            text(out)
        });
        rows.iter().zip(written).map(|(row, doc)| unit(row.span, doc)).collect()
    }

    fn cell(&self, cell: &Cell) -> String {
        let line = |expr: &Expr| on_one_line(&self.expr(expr));
        match &cell.kind {
            CellKind::Any => String::from("-"),
            CellKind::Compare(op, value) => format!("{} {}", op.sign(), line(value)),
            CellKind::Range(from, to) => format!("{} .. {}", line(from), line(to)),
            CellKind::Set(items) => on_one_line(&self.set(items)),
            CellKind::State(state) => state.keyword().to_owned(),
            CellKind::Value(value) => line(value),
        }
    }
}
