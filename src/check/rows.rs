//! Decision tables with a gap: the first combination of values to which no row applies.
//!
//! Each column is divided at the values, bounds and enum values of its cells; between two cuts all values behave alike,
//! so one sample represents them. Tables with computed cells, and those with very many combinations, are not searched
//! and count as complete.

use super::Checker;
use super::constant::order;
use crate::ids::RegionId;
use crate::model::*;
use crate::syntax::ast::CompareOp;
use crate::value::{Duration, Number, Value};
use std::cmp::Ordering;

/// The most comparisons of a row with a sample.
const MAX_STEPS: usize = 200_000;

/// The most columns: the search recurses once for each.
const MAX_COLUMNS: usize = 32;

/// Values that all cells of a column treat alike.
#[derive(Clone, Debug)]
enum Sample {
    One(Value),
    /// More than the first and less than the second; `None` is no bound.
    Between(Option<Value>, Option<Value>),
    /// A text that occurs in no cell.
    OtherText,
}

impl Checker<'_> {
    /// A combination of values to which no row applies, in words; `None` if there is none or the search gives up. Each
    /// row has a condition for each input, `None` if any value matches.
    pub(super) fn uncovered(&self, inputs: &[Expr], rows: &[Vec<Option<Expr>>]) -> Option<String> {
        if inputs.len() > MAX_COLUMNS {
            return None;
        }
        let mut columns = Vec::new();
        for (index, input) in inputs.iter().enumerate() {
            let cells: Vec<&Expr> = rows.iter().filter_map(|row| row.get(index)?.as_ref()).collect();
            // A column without conditions needs no samples.
            columns.push(if cells.is_empty() { Vec::new() } else { self.samples(input, &cells)? });
        }
        let alive: Vec<usize> = (0..rows.len()).collect();
        let mut steps = 0;
        let gap = search(&columns, inputs, rows, &alive, &mut Vec::new(), &mut steps)?;
        let parts: Vec<String> = inputs
            .iter()
            .zip(gap)
            .filter_map(|(input, sample)| Some(format!("`{}` is {}", self.quote(input.span), self.say(&sample?))))
            .collect();
        Some(if parts.is_empty() {
            "no row applies".to_owned()
        } else {
            format!("no row applies where {}", parts.join(" and "))
        })
    }

    fn say(&self, sample: &Sample) -> String {
        match sample {
            Sample::One(value) => self.say_value(value),
            Sample::OtherText => "another text".to_owned(),
            Sample::Between(None, None) => "anything".to_owned(),
            Sample::Between(Some(a), None) => format!("more than {}", self.say_value(a)),
            Sample::Between(None, Some(b)) => format!("less than {}", self.say_value(b)),
            Sample::Between(Some(a), Some(b)) => format!("between {} and {}", self.say_value(a), self.say_value(b)),
        }
    }

    fn say_value(&self, value: &Value) -> String {
        match value {
            Value::Bool(value) => value.to_string(),
            Value::Number(n) => n.to_string(),
            Value::Date(day) => day.to_string(),
            Value::Duration(Duration::Months(n)) if n % 12 == 0 => format!("{} years", n / 12),
            Value::Duration(Duration::Months(n)) => format!("{n} months"),
            Value::Duration(Duration::Days(n)) => format!("{n} days"),
            Value::Duration(Duration::WorkingDays(n)) => format!("{n} working days"),
            Value::Text(text) => format!("\"{text}\""),
            Value::Enum(id, index) => {
                let values = &self.model.enums.at(*id).values;
                values.get(*index as usize).map_or_else(String::new, |(name, _)| format!("`{name}`"))
            }
            Value::Region(id) => {
                format!("`{}`", self.model.regions.at(*id).name)
            }
            Value::Record(_) | Value::List(_) => "this".to_owned(),
        }
    }

    /// Samples that represent all values of an input, divided at the values in these cells.
    fn samples(&self, input: &Expr, cells: &[&Expr]) -> Option<Vec<Sample>> {
        match &input.ty {
            Type::Bool => Some([false, true].map(|b| Sample::One(Value::Bool(b))).to_vec()),
            Type::Enum(id) => {
                let count = u32::try_from(self.model.enums.at(*id).values.len()).ok()?;
                Some((0..count).map(|i| Sample::One(Value::Enum(*id, i))).collect())
            }
            Type::Region => {
                let count = self.model.regions.len();
                Some((0..count).map(|i| Sample::One(Value::Region(RegionId::new(i)))).collect())
            }
            Type::Text => {
                let mut found: Vec<Sample> = cuts(cells)?.into_iter().map(Sample::One).collect();
                found.push(Sample::OtherText);
                Some(found)
            }
            Type::Number(..) | Type::Date | Type::Duration(_) => {
                let mut cuts = cuts(cells)?;
                cuts.sort_by(|a, b| order(a, b).unwrap_or(Ordering::Equal));
                cuts.dedup();
                let floor = self.floor(input).map(|(value, _)| value);
                let below = |value: &Value| floor.as_ref().and_then(|f| order(value, f)).is_some_and(Ordering::is_lt);
                let mut found = Vec::new();
                let mut last: Option<Value> = None;
                for cut in cuts {
                    let next_to = last.as_ref().is_some_and(|l| adjacent(&input.ty, l, &cut));
                    let nothing =
                        last.is_none() && floor.as_ref().is_some_and(|f| order(&cut, f).is_some_and(Ordering::is_le));
                    if !next_to && !nothing {
                        found.push(Sample::Between(last.clone(), Some(cut.clone())));
                    }
                    if !below(&cut) {
                        found.push(Sample::One(cut.clone()));
                    }
                    last = Some(cut);
                }
                found.push(Sample::Between(last, None));
                Some(found)
            }
            Type::Record(_) | Type::List(_) | Type::Error => None,
        }
    }
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

/// True if no value of a discrete type lies between the two.
fn adjacent(ty: &Type, a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            matches!(ty, Type::Number(d, NumberKind::Integer) if d.is_empty())
                && a.add(Number::ONE).is_ok_and(|next| next >= *b)
        }
        (Value::Date(a), Value::Date(b)) => a.succ_opt() == Some(*b),
        (Value::Duration(Duration::Months(a)), Value::Duration(Duration::Months(b)))
        | (Value::Duration(Duration::Days(a)), Value::Duration(Duration::Days(b)))
        | (Value::Duration(Duration::WorkingDays(a)), Value::Duration(Duration::WorkingDays(b))) => {
            a.checked_add(1) == Some(*b)
        }
        _ => false,
    }
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
        list.iter().filter_map(Expr::literal).any(|v| matches!(sample, Sample::One(s) if s == v))
    } else if let ExprKind::Compare(op, _, bound) = &cell.kind {
        bound.literal().is_some_and(|bound| stands(sample, *op, bound))
    } else {
        false
    }
}

/// True if `sample op bound` holds. A bound never lies inside a sample.
fn stands(sample: &Sample, op: CompareOp, bound: &Value) -> bool {
    let side = match sample {
        Sample::One(value) => match order(value, bound) {
            Some(side) => side,
            None => return (value == bound) == (op == CompareOp::Eq),
        },
        Sample::OtherText => return op == CompareOp::Ne,
        Sample::Between(low, high) => {
            let at_most = high.as_ref().and_then(|h| order(h, bound)).is_some_and(Ordering::is_le);
            let at_least = low.as_ref().and_then(|l| order(l, bound)).is_some_and(Ordering::is_ge);
            match (at_most, at_least) {
                (true, _) => Ordering::Less,
                (false, true) => Ordering::Greater,
                (false, false) => return false,
            }
        }
    };
    match op {
        CompareOp::Eq => side.is_eq(),
        CompareOp::Ne => side.is_ne(),
        CompareOp::Lt => side.is_lt(),
        CompareOp::Le => side.is_le(),
        CompareOp::Gt => side.is_gt(),
        CompareOp::Ge => side.is_ge(),
    }
}
