//! Decision tables with a gap: the first combination of values to which no row applies.
//!
//! Each column is divided at the values, bounds and enum values of its cells. Tables with computed cells, and those with
//! very many combinations, are not searched and count as complete.

use super::Checker;
use super::result_tables::table_of;
use super::samples::{Sample, is_among, stands};
use super::searched_table::SearchedTable;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::*;
use crate::value::Value;

/// The most comparisons of a row with a sample.
const MAX_STEPS: usize = 200_000;

/// The most columns: the search recurses once for each.
const MAX_COLUMNS: usize = 32;

impl Checker<'_> {
    /// Reports the tables that have no row for something. Which of the columns are ages is known once all definitions are.
    pub(super) fn uncovered_tables(&mut self) {
        for SearchedTable { name, inputs, rows } in std::mem::take(&mut self.searched_tables) {
            let Some(gap) = self.uncovered(&inputs, &rows) else { continue };
            let several = self.results.around(&name.text).is_some();
            let text = format!("the table `{}` does not cover everything", table_of(&name.text));
            let mut found = Diagnostic::new(Code::E0505, text, name.span, gap.words).help(if several {
                "add a row for it, with `any` where a column does not matter"
            } else {
                "add a row for it, with `any` where a column does not matter, or `otherwise VALUE` after the rows"
            });
            if let Some(region) = gap.around {
                found = found.help(format!(
                    "`{region}` alone in a cell means everything inside it as well, which may have rows of its own; \
                     `= {region}` means that very region"
                ));
            }
            self.report(found);
        }
    }

    /// A combination of values to which no row applies, in words; `None` if there is none or the search gives up. Each
    /// row has a condition for each input, `None` if any value matches.
    fn uncovered(&self, inputs: &[Expr], rows: &[Vec<Option<Expr>>]) -> Option<Gap> {
        if inputs.len() > MAX_COLUMNS {
            return None;
        }
        let mut columns = Vec::new();
        for (index, input) in inputs.iter().enumerate() {
            let cells: Vec<&Expr> = rows.iter().filter_map(|row| row.get(index)?.as_ref()).collect();
            // A column without conditions needs no samples.
            columns.push(if cells.is_empty() {
                Vec::new()
            } else if is_divided(&input.ty) {
                self.samples(input, cuts(&cells)?)?
            } else {
                self.samples(input, Vec::new())?
            });
        }
        let alive: Vec<usize> = (0..rows.len()).collect();
        let mut steps = 0;
        let gap = search(&columns, inputs, rows, &alive, &mut Vec::new(), &mut steps)?;
        let mut parts = Vec::new();
        let mut around = None;
        for (input, sample) in inputs.iter().zip(gap) {
            let Some(sample) = sample else { continue };
            parts.push(format!("`{}` is {}", self.quote(input.span), self.say(&sample, input)));
            around = around.or(self.region_around(&sample));
        }
        let words = if parts.is_empty() {
            "no row applies".to_owned()
        } else {
            format!("no row applies where {}", parts.join(" and "))
        };
        Some(Gap { words, around })
    }

    /// The name of a region that has others inside it.
    fn region_around(&self, sample: &Sample) -> Option<String> {
        let Sample::One(Value::Region(id)) = sample else { return None };
        let regions = &self.model.regions;
        regions.iter().any(|region| region.parent == Some(*id)).then(|| regions.at(*id).name.clone())
    }
}

/// A combination of values to which no row of a table applies.
pub(super) struct Gap {
    /// The combination in words.
    pub(super) words: String,
    /// A region of the combination that has others inside it: its bare name in a row would match those, too.
    pub(super) around: Option<String>,
}

/// True if the values of a type are divided at those that the cells name.
const fn is_divided(ty: &Type) -> bool {
    matches!(ty, Type::Text | Type::Number(..) | Type::Date | Type::Duration(_))
}

/// The literals in the comparisons of these cells; `None` if a cell compares with something else.
fn cuts(cells: &[&Expr]) -> Option<Vec<Value>> {
    let mut found = Vec::new();
    let mut waiting: Vec<&Expr> = cells.to_vec();
    while let Some(cell) = waiting.pop() {
        if let ExprKind::Compare(_, _, bound) = &cell.kind {
            found.push(bound.literal()?.clone());
        } else if let ExprKind::In(_, list) = &cell.kind {
            for value in list {
                found.push(value.literal()?.clone());
            }
        } else if let ExprKind::And(_) | ExprKind::Or(_) | ExprKind::Not(_) = cell.kind {
            waiting.extend(cell.children());
        } else if !matches!(cell.kind, ExprKind::IsState(..)) {
            return None;
        }
    }
    Some(found)
}

/// A combination that no row of `alive` covers, column by column.
fn search(
    columns: &[Vec<Sample>],
    inputs: &[Expr],
    rows: &[Vec<Option<Expr>>],
    alive: &[usize],
    chosen: &mut Vec<Option<Sample>>,
    steps: &mut usize,
) -> Option<Vec<Option<Sample>>> {
    let column = chosen.len();
    let rest_is_open = |row: &usize| rows.get(*row).is_some_and(|r| r.iter().skip(column).all(Option::is_none));
    if alive.iter().any(rest_is_open) {
        return None;
    }
    if alive.is_empty() {
        let mut gap = chosen.clone();
        gap.resize(columns.len(), None);
        return Some(gap);
    }
    let (samples, input) = (columns.get(column)?, inputs.get(column)?);
    if samples.is_empty() {
        chosen.push(None);
        let found = search(columns, inputs, rows, alive, chosen, steps);
        chosen.pop();
        return found;
    }
    for sample in samples {
        *steps += alive.len();
        if *steps > MAX_STEPS {
            return None;
        }
        let holds = |row: &&usize| match rows.get(**row).and_then(|r| r.get(column)) {
            Some(Some(cell)) => applies(cell, input, sample),
            Some(None) | None => true,
        };
        let left: Vec<usize> = alive.iter().filter(holds).copied().collect();
        chosen.push(Some(sample.clone()));
        let found = search(columns, inputs, rows, &left, chosen, steps);
        chosen.pop();
        if found.is_some() {
            return found;
        }
    }
    None
}

/// True if a cell matches a sample.
fn applies(cell: &Expr, input: &Expr, sample: &Sample) -> bool {
    if cell == input {
        return matches!(sample, Sample::One(Value::Bool(true)));
    }
    match cell.junction() {
        Junction::Not(inner) => return !applies(inner, input, sample),
        Junction::And(parts) => return parts.iter().all(|p| applies(p, input, sample)),
        Junction::Or(parts) => return parts.iter().any(|p| applies(p, input, sample)),
        Junction::Single => {}
    }
    if let ExprKind::InRegions(_, set) = &cell.kind {
        matches!(sample, Sample::One(Value::Region(id)) if set.contains(id))
    } else if let ExprKind::In(_, list) = &cell.kind {
        is_among(sample, list.iter().filter_map(Expr::literal))
    } else if let ExprKind::Compare(op, _, bound) = &cell.kind {
        bound.literal().is_some_and(|bound| stands(sample, *op, bound))
    } else {
        false
    }
}
