//! From records of CSV straight into rows.
//!
//! Comes in: a policy's form and layout and the columns of a file, once; then records. Goes out: rows. Each cell is cut
//! out and read by the type of its column, so that each byte is read about twice.

mod scan;
mod word_table;

use super::bounds::CellBounds;
use super::bytes::{day, duration};
use super::{Cell, Layout, Row, Slot, SlotShape};
use ereje::facts::csv::{ColumnPart, Columns, Null, without_end};
use ereje::facts::{self, FactNames, limits, nfc};
use ereje::model::{Datum, DurationKind, Model, NumberKind, Quantity, Type};
use ereje::value::Number;
use scan::{CellEnd, cell_end, number};
use std::sync::Arc;
use word_table::WordTable;

/// The longest record that is read, in bytes.
const MAX_RECORD: usize = 1 << 20;

/// Reads records of CSV into rows of one layout.
///
/// It reads only what is plainly right, and declines everything else, including lists and whole records. A row that it
/// has read is the one that [`FactNames::record_of`] makes; errors are reported by [`FactNames::record_of`].
#[derive(Clone, Debug)]
pub struct CsvReader {
    schema: Arc<CsvSchema>,
    /// The text of a cell without its doubled quotes.
    cell: String,
}

/// What the readers of all threads have in common.
#[derive(Debug)]
struct CsvSchema {
    separator: u8,
    columns: Vec<CsvColumn>,
    /// Records whose fields have columns of their own, the inner ones first: the record's cell, and those of the
    /// fields.
    records: Vec<(u32, Vec<u32>)>,
    /// The content of an empty cell; `None` if a record with one is declined.
    empty: Option<Cell>,
    /// True if a `'` before a text may be none of it.
    guarded: bool,
    /// Texts that the policy names, and regions.
    texts: WordTable,
    regions: WordTable,
    enums: Vec<WordTable>,
}

/// The type of a column's cells, and the cell of the row that they fill.
#[derive(Clone, Debug)]
struct CsvColumn {
    at: u32,
    ty: ColumnType,
}

#[derive(Clone, Debug)]
enum ColumnType {
    /// A column that the policy does not know.
    Skipped,
    Bool,
    /// A number. By the number of digits after the point: the factor for the digits read without the point; 0 if the
    /// slower way is needed.
    Number(NumberKind, Option<Quantity>, [i64; FACTORS]),
    Date,
    Duration(DurationKind, Option<Quantity>),
    Text,
    /// A value of an enum, by its place in the Model.
    Enum(usize),
    Region,
    /// A value that has bounds.
    Bounded(Box<CsvColumn>, CellBounds),
    /// Only [`FactNames::record_of`] reads a value here.
    Declined,
}

/// How many numbers of digits after the point have a factor, 0 included.
const FACTORS: usize = Cell::DECIMALS as usize + 1;

impl CsvReader {
    /// A reader for a policy's facts in these columns.
    #[must_use]
    pub fn new(form: &FactNames<'_>, layout: &Layout, columns: &Columns) -> Self {
        let model = form.model();
        let skipped = CsvColumn { at: 0, ty: ColumnType::Skipped };
        let mut builder = ColumnsBuilder { model, columns: vec![skipped; columns.width()], records: Vec::new() };
        let made = columns.facts.iter().try_for_each(|(fact, part)| {
            let datum = &model.facts.get(*fact)?.datum;
            builder.part(layout.slot(*fact)?, 0, datum, part).map(|_| ())
        });
        // Every record has at least one cell, so a reader without columns declines all of them.
        let targets = if made.is_some() { builder.columns } else { Vec::new() };
        let empty = columns.null().map(|null| match null {
            Null::Absent => Cell::ABSENT,
            Null::Unasked => Cell::UNASKED,
        });
        let schema = CsvSchema {
            separator: columns.separator(),
            columns: targets,
            records: builder.records,
            empty,
            guarded: columns.guarded(),
            texts: WordTable::new(layout.texts().iter().map(|text| &**text)),
            regions: WordTable::new(model.regions.iter().map(|region| region.name.as_str())),
            enums: model
                .enums
                .iter()
                .map(|of| WordTable::new(of.values.iter().map(|(name, _)| name.as_str())))
                .collect(),
        };
        Self { schema: Arc::new(schema), cell: String::new() }
    }

    /// Reads a record into a row. False if [`FactNames::record_of`] has to read it; `row` is empty then.
    pub fn read(&mut self, record: &str, row: &mut Row) -> bool {
        row.clear();
        if record.len() > MAX_RECORD {
            return false;
        }
        let read = self.schema.record(without_end(record), &mut self.cell, row);
        if read.is_none() {
            row.clear();
        }
        read.is_some()
    }
}

/// Finds the cell for each column.
struct ColumnsBuilder<'m> {
    model: &'m Model,
    columns: Vec<CsvColumn>,
    records: Vec<(u32, Vec<u32>)>,
}

impl ColumnsBuilder<'_> {
    /// The cell of a part in the row; `slot` counts from `origin`. `None` if the fields of a record have no cells.
    fn part(&mut self, slot: &Slot, origin: u32, datum: &Datum, part: &ColumnPart) -> Option<u32> {
        let at = origin + slot.at;
        match (part, &slot.shape) {
            (ColumnPart::Column(column), _) => {
                *self.columns.get_mut(*column)? = CsvColumn { at, ty: bounded_type(at, datum) }
            }
            (ColumnPart::Fields(record, fields), SlotShape::Record(_, slots)) => {
                let mut inside = Vec::with_capacity(fields.len());
                for (_, field, part) in fields {
                    let (_, slot) = slots.iter().find(|(known, _)| known == field)?;
                    inside.push(self.part(slot, at, &self.model.fields.get(*field)?.datum, part)?);
                    if let ColumnPart::Column(column) = part
                        && self.model.has_ends(*record)
                    {
                        // The fact set says whether a period ends before it begins.
                        self.columns.get_mut(*column)?.ty = ColumnType::Declined;
                    }
                }
                self.records.push((at, inside));
            }
            (ColumnPart::Fields(..), SlotShape::One(_) | SlotShape::List(_) | SlotShape::Unheld) => return None,
        }
        Some(at)
    }
}

/// The type of the cells of a fact or field, with its bounds.
fn bounded_type(at: u32, datum: &Datum) -> ColumnType {
    let ty = column_type(datum);
    match CellBounds::of(datum) {
        Some(_) if datum.bounds.is_empty() => ty,
        Some(bounds) => ColumnType::Bounded(Box::new(CsvColumn { at, ty }), bounds),
        None => ColumnType::Declined,
    }
}

/// The type of the cells of a fact or field.
fn column_type(datum: &Datum) -> ColumnType {
    let unit = datum.unit.clone();
    match &datum.ty {
        Type::Bool => ColumnType::Bool,
        Type::Number(_, kind @ NumberKind::Integer) => ColumnType::Number(*kind, unit, factors(datum.unit.as_ref(), 0)),
        Type::Number(_, kind @ (NumberKind::Decimal | NumberKind::Ratio)) => {
            ColumnType::Number(*kind, unit, factors(datum.unit.as_ref(), Cell::DECIMALS))
        }
        Type::Date => ColumnType::Date,
        Type::Duration(kind) => ColumnType::Duration(*kind, unit),
        Type::Text => ColumnType::Text,
        Type::Enum(id) => ColumnType::Enum(id.index()),
        Type::Region => ColumnType::Region,
        Type::Record(_) | Type::List(_) | Type::Error => ColumnType::Declined,
    }
}

/// The factors of a unit for cells that keep so many places.
fn factors(unit: Option<&Quantity>, places: u32) -> [i64; FACTORS] {
    let (numer, denom) = unit.map_or(Number::ONE, |unit| unit.scale).parts();
    let factor = |digits: usize| {
        let digits = u32::try_from(digits).ok().filter(|digits| *digits <= places)?;
        let (numer, denom) = (numer.checked_mul(10_i128.pow(places))?, denom.checked_mul(10_i128.pow(digits))?);
        (numer > 0 && numer % denom == 0).then_some(())?;
        i64::try_from(numer / denom).ok()
    };
    std::array::from_fn(|digits| factor(digits).unwrap_or(0))
}

impl CsvSchema {
    /// Reads a record; `None` if it is declined.
    fn record(&self, record: &str, scratch: &mut String, row: &mut Row) -> Option<()> {
        let mut rest = record.as_bytes();
        let mut left = self.columns.len();
        for column in &self.columns {
            rest = match rest.split_first() {
                Some((b'"', inside)) => self.quoted(inside, column, scratch, row)?,
                Some(_) | None => {
                    let CellEnd { length, ascii } = cell_end(rest, self.separator)?;
                    let (text, behind) = rest.split_at_checked(length)?;
                    self.cell(text, ascii, column, row)?;
                    behind
                }
            };
            left -= 1;
            // A separator follows every cell but the last, and nothing follows that one.
            rest = match rest.split_first() {
                Some((byte, behind)) if left > 0 && *byte == self.separator => behind,
                None if left == 0 => rest,
                Some(_) | None => return None,
            };
        }
        (rest.is_empty() && !self.columns.is_empty()).then_some(())?;
        for (record, fields) in &self.records {
            let asked = fields.iter().any(|field| row.get(*field) != Cell::UNASKED);
            row.set(*record, if asked { Cell::RECORD } else { Cell::UNASKED });
        }
        Some(())
    }

    /// Reads a cell after its opening quote; gives what follows the closing quote.
    fn quoted<'t>(
        &self,
        inside: &'t [u8],
        column: &CsvColumn,
        scratch: &mut String,
        row: &mut Row,
    ) -> Option<&'t [u8]> {
        let mut length = 0;
        let mut doubled = false;
        loop {
            length += memchr::memchr(b'"', inside.get(length..)?)?;
            if inside.get(length + 1) != Some(&b'"') {
                break;
            }
            doubled = true;
            length += 2;
        }
        let (text, behind) = inside.split_at_checked(length)?;
        if doubled {
            scratch.clear();
            // A quote is a character of its own, so cutting at quotes never splits a character.
            let mut rest = std::str::from_utf8(text).ok()?;
            while let Some((before, after)) = rest.split_once("\"\"") {
                scratch.push_str(before);
                scratch.push('"');
                rest = after;
            }
            scratch.push_str(rest);
            self.cell(scratch.as_bytes(), scratch.is_ascii(), column, row)?;
        } else {
            self.cell(text, text.is_ascii(), column, row)?;
        }
        behind.get(1..)
    }

    /// Puts a cell's text, without the quotes around it, into the row.
    #[inline(always)]
    fn cell(&self, text: &[u8], ascii: bool, column: &CsvColumn, row: &mut Row) -> Option<()> {
        let known = |place: u32| Cell::value(i64::from(place));
        let cell = match &column.ty {
            ColumnType::Skipped => return Some(()),
            _ if text.is_empty() => self.empty?,
            ColumnType::Bool => match text {
                b"true" | b"True" | b"TRUE" => Cell::bool(true),
                b"false" | b"False" | b"FALSE" => Cell::bool(false),
                _ => return None,
            },
            ColumnType::Date => {
                let (year, month, day) = day(text.try_into().ok()?)?;
                Cell::value(year * 512 + month * 32 + day)
            }
            ColumnType::Number(kind, unit, factors) => match number(text, factors) {
                Some(number) => Cell::value(number),
                None => rare_number(text, *kind, unit.as_ref())?,
            },
            // No other type has values that begin so, so they are declined below.
            ColumnType::Text if self.guarded && text.starts_with(b"'") => return None,
            ColumnType::Text => match self.texts.find(text) {
                Some(place) if text.len() <= limits::MAX_TEXT => known(place),
                None if ascii && text.len() <= limits::MAX_TEXT && !text.contains(&0) => Cell::OTHER_TEXT,
                Some(_) | None => self.rare_text(text)?,
            },
            ColumnType::Enum(of) => known(word(self.enums.get(*of)?, text, ascii)?),
            ColumnType::Region => known(word(&self.regions, text, ascii)?),
            ColumnType::Duration(kind, unit) => duration(std::str::from_utf8(text).ok()?, *kind, unit.as_ref())?,
            ColumnType::Bounded(inner, bounds) => return self.bounded(text, ascii, inner, *bounds, row),
            ColumnType::Declined => return None,
        };
        row.set(column.at, cell);
        Some(())
    }

    /// Puts a value that the fact can have into the row.
    fn bounded(&self, text: &[u8], ascii: bool, column: &CsvColumn, bounds: CellBounds, row: &mut Row) -> Option<()> {
        self.cell(text, ascii, column, row)?;
        bounds.admits(row.get(column.at)).then_some(())
    }

    #[cold]
    fn rare_text(&self, text: &[u8]) -> Option<Cell> {
        (text.len() <= limits::MAX_TEXT && !text.contains(&0)).then_some(())?;
        let known = if self.texts.is_empty() { None } else { composed(&self.texts, text)? };
        Some(known.map_or(Cell::OTHER_TEXT, |place| Cell::value(i64::from(place))))
    }
}

/// The number of a word that has to be in the table.
#[inline(always)]
fn word(words: &WordTable, text: &[u8], ascii: bool) -> Option<u32> {
    match words.find(text) {
        None if !ascii => composed(words, text)?,
        known => known,
    }
}

/// The number of a word in its composed form; the outer `None` is for bytes that are not UTF-8.
#[cold]
#[expect(clippy::option_option, reason = "no text, and no word of these")]
fn composed(words: &WordTable, text: &[u8]) -> Option<Option<u32>> {
    let text = std::str::from_utf8(text).ok()?;
    Some(words.find(nfc(text).as_bytes()))
}

#[cold]
fn rare_number(text: &[u8], kind: NumberKind, unit: Option<&Quantity>) -> Option<Cell> {
    let number = facts::number(std::str::from_utf8(text).ok()?, unit)?;
    match kind {
        NumberKind::Integer => number.is_integer().then(|| Cell::whole(number)),
        NumberKind::Decimal | NumberKind::Ratio => Some(Cell::decimal(number)),
    }
}
