//! From records of CSV straight into rows.
//!
//! Comes in: a policy's form and layout and the columns of a file, once; then records. Goes out: rows. Each cell is cut out
//! and read by the type of its column, so that each byte is looked at about twice.

mod scan;
mod word_table;

use super::bytes::{day, duration};
use super::{Cell, Layout, Row, Slot, SlotShape};
use ereje::facts::csv::{ColumnPart, Columns, Null, without_end};
use ereje::facts::{self, FactNames, limits, nfc};
use ereje::model::{Datum, DurationKind, Model, NumberKind, Quantity, Type};
use ereje::value::Number;
use scan::{CellEnd, cell_end, number};
use std::sync::Arc;
use word_table::WordTable;

/// Bytes of a record that is read.
const MAX_RECORD: usize = 1 << 20;

/// Reads records of CSV into rows of one layout.
///
/// It reads what is plainly right, and declines everything else, lists and whole records among it: a row that it has read
/// is the one that [`FactNames::record_of`] comes to, and what is wrong is for [`FactNames::record_of`] to say.
#[derive(Clone, Debug)]
pub struct CsvReader {
    schema: Arc<CsvSchema>,
    /// A cell without the quotes that were doubled in it.
    cell: String,
}

/// What the readers of all threads have in common.
#[derive(Debug)]
struct CsvSchema {
    separator: u8,
    columns: Vec<CsvColumn>,
    /// Records of which fields have columns of their own, those inside others first: the record's cell, and the fields'.
    records: Vec<(u32, Vec<u32>)>,
    /// What an empty cell holds; none where a record with one is not read.
    empty: Option<Cell>,
    /// Texts that the policy names, and regions.
    texts: WordTable,
    regions: WordTable,
    enums: Vec<WordTable>,
}

/// What the cells of a column are, and where they go.
#[derive(Clone, Debug)]
struct CsvColumn {
    at: u32,
    ty: ColumnType,
}

#[derive(Clone, Debug)]
enum ColumnType {
    /// Nothing that the policy knows.
    Skipped,
    Bool,
    /// A number: what its digits are multiplied by, without their point, by how many of them stand behind it; 0 where they
    /// have to be looked at more closely.
    Number(NumberKind, Option<Quantity>, [i64; FACTORS]),
    Date,
    Duration(DurationKind, Option<Quantity>),
    Text,
    /// A value of an enum, by its place in the Model.
    Enum(usize),
    Region,
    /// What only [`FactNames::record_of`] reads, where it holds anything.
    Declined,
}

/// Numbers of digits behind the point that are told apart.
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
        // No record has no cell, so that without columns all are declined.
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

    /// Reads a record into a row. False: [`FactNames::record_of`] has to read it, and `row` holds nothing.
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

/// Finds the cells of columns.
struct ColumnsBuilder<'m> {
    model: &'m Model,
    columns: Vec<CsvColumn>,
    records: Vec<(u32, Vec<u32>)>,
}

impl ColumnsBuilder<'_> {
    /// The cell of a part in the row; `origin` is where the cells begin in which `slot` counts. None where the fields of a
    /// record have no cells.
    fn part(&mut self, slot: &Slot, origin: u32, datum: &Datum, part: &ColumnPart) -> Option<u32> {
        let at = origin + slot.at;
        match (part, &slot.shape) {
            (ColumnPart::Column(column), _) => {
                *self.columns.get_mut(*column)? = CsvColumn { at, ty: column_type(datum) }
            }
            (ColumnPart::Fields(_, fields), SlotShape::Record(_, slots)) => {
                let mut inside = Vec::with_capacity(fields.len());
                for (_, field, part) in fields {
                    let (_, slot) = slots.iter().find(|(known, _)| known == field)?;
                    inside.push(self.part(slot, at, &self.model.fields.get(*field)?.datum, part)?);
                }
                self.records.push((at, inside));
            }
            (ColumnPart::Fields(..), SlotShape::One(_) | SlotShape::List(_) | SlotShape::Unheld) => return None,
        }
        Some(at)
    }
}

/// What the cells of a fact or field are.
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
    /// Reads a record; none where it is declined.
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
            // Behind every cell but the last stands the separator, and behind that one nothing.
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

    /// A cell behind its opening quote; what is left behind the closing one.
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
            // A quote is a character of its own, so that what is between two is whole characters.
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

    /// What a cell holds, without the quotes around it.
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
            ColumnType::Text => match self.texts.find(text) {
                Some(place) if text.len() <= limits::MAX_TEXT => known(place),
                None if ascii && text.len() <= limits::MAX_TEXT && !text.contains(&0) => Cell::OTHER_TEXT,
                Some(_) | None => self.rare_text(text)?,
            },
            ColumnType::Enum(of) => known(word(self.enums.get(*of)?, text, ascii)?),
            ColumnType::Region => known(word(&self.regions, text, ascii)?),
            ColumnType::Duration(kind, unit) => duration(std::str::from_utf8(text).ok()?, *kind, unit.as_ref())?,
            ColumnType::Declined => return None,
        };
        row.set(column.at, cell);
        Some(())
    }

    #[cold]
    fn rare_text(&self, text: &[u8]) -> Option<Cell> {
        (text.len() <= limits::MAX_TEXT && !text.contains(&0)).then_some(())?;
        let known = if self.texts.is_empty() { None } else { composed(&self.texts, text)? };
        Some(known.map_or(Cell::OTHER_TEXT, |place| Cell::value(i64::from(place))))
    }
}

/// A word that has to be one of these.
#[inline(always)]
fn word(words: &WordTable, text: &[u8], ascii: bool) -> Option<u32> {
    match words.find(text) {
        None if !ascii => composed(words, text)?,
        known => known,
    }
}

/// The place of a word in its composed form; the outer none is for what is no text.
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
