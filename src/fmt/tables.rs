//! Layouts of decision tables: rows with their cells in columns, measured as a terminal shows them.

use super::Layout;
use super::doc::{Doc, concat, group, inline, join, nest, text, unit, width};
use super::exprs::on_one_line;
use super::items::with_clauses;
use crate::syntax::ast::{Cell, CellKind, CsvFile, ExprSyntax, HitPolicy, TableRowSyntax, TableRows, TableSyntax};

impl Layout<'_> {
    /// A table.
    pub(super) fn table(&self, table: &TableSyntax) -> Doc {
        let TableSyntax {
            replace: table_replace,
            name,
            params,
            ty,
            hit,
            inputs: table_inputs,
            rows,
            otherwise,
            sources,
            labels,
            span,
        } = table;
        let replace = Layout::replace(table_replace.as_ref());
        let mut first =
            vec![text(format!("{replace}table {}", name.text)), self.params(params), self.of_type(Some(ty))];
        if *hit != HitPolicy::Unique {
            first.push(text(format!(" {}", hit.keyword())));
        }
        let mut head = vec![inline(name.span, Doc::Concat(first))];
        if let (Some(first), Some(last)) = (table_inputs.first(), table_inputs.last()) {
            let inputs = table_inputs.iter().map(|input| unit(input.span, self.expr(input)));
            let inputs = nest(join(inputs, &[text(","), Doc::Line]));
            head.push(nest(concat([Doc::Line, unit(first.span.to(last.span), concat([text("by "), inputs]))])));
        }
        let mut clauses = Vec::new();
        match rows {
            TableRows::Inline(rows) => clauses.extend(self.rows(rows)),
            TableRows::Csv(file) => {
                clauses.push(self.csv_file("from", file));
            }
        }
        if let (Some(first), Some(last)) = (otherwise.first(), otherwise.last()) {
            let values = join(otherwise.iter().map(|value| self.expr(value)), &[text(","), Doc::Line]);
            clauses.push(unit(first.span.to(last.span), group(concat([text("otherwise "), nest(values)]))));
        }
        clauses.extend(self.citations(sources));
        clauses.extend(self.label_row(labels));
        clauses.extend(Layout::keeping(table_replace.as_ref()));
        unit(*span, with_clauses(group(Doc::Concat(head)), clauses))
    }

    /// A CSV file behind a word, with how it is written.
    pub(super) fn csv_file(&self, word: &str, file: &CsvFile) -> Doc {
        let CsvFile { path, decimal_comma, day_first } = file;
        let mut parts = vec![text(format!("{word} ")), self.text(&path.value, path.span)];
        if *decimal_comma {
            parts.push(text(" decimal comma"));
        }
        if *day_first {
            parts.push(text(" day first"));
        }
        unit(path.span, Doc::Concat(parts))
    }

    fn rows(&self, rows: &[TableRowSyntax]) -> Vec<Doc> {
        let line = |expr: &ExprSyntax| on_one_line(&self.expr(expr));
        let cells: Vec<Vec<String>> = rows
            .iter()
            .map(|row| row.cells.iter().map(|cell| self.cell(cell)).chain(row.results.iter().map(line)).collect())
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
        let line = |expr: &ExprSyntax| on_one_line(&self.expr(expr));
        match &cell.kind {
            CellKind::Any => String::from("-"),
            CellKind::Compare(op, value) => format!("{} {}", op.sign(), line(value)),
            CellKind::Both(op, value, second, other) => {
                format!("{} {} and {} {}", op.sign(), line(value), second.sign(), line(other))
            }
            CellKind::Range(from, to) => format!("{} .. {}", line(from), line(to)),
            CellKind::RangeBelow(from, to) => format!("{} ..< {}", line(from), line(to)),
            CellKind::Set(items) => on_one_line(&self.set(items)),
            CellKind::State(state) => state.keyword().to_owned(),
            CellKind::Value(value) => line(value),
        }
    }
}
