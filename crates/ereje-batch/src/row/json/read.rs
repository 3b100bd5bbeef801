//! One line, read into the cells of a row.
//!
//! Comes in: a [`Schema`] and a line. Goes out: the row's cells; `None` if the line is declined. A value is put into
//! its cell as soon as it is read, so that a key that comes twice is noticed.

use super::reading::{Reading, Value};
use super::scan::{MANY_HIGH, day, digits, eat, skip_space, unplain};
use super::schema::{Level, List, NOWHERE, Node, Scale, Schema};
use super::template::Template;
use super::unplain as rare;
use super::vocabulary::{QuotedText, QuotedWordTable, Vocabulary};
use crate::row::bounds::CellBounds;
use crate::row::{Cell, Row};
use ereje::facts::limits;

/// The most cells of elements; a line with more is declined, long before memory runs out.
const MAX_ITEMS: usize = 1 << 22;

impl<'r> Reading<'r> {
    /// Reads the whole line in the form of the last.
    pub(super) fn templated(&mut self, template: &Template, row: &mut Row) -> Option<()> {
        let schema = self.schema;
        let mut rest = self.line;
        for step in &template.steps {
            let behind = step.literal.strip(rest)?;
            let key = schema.keys.get(step.key as usize)?;
            let (cell, behind) = self.value(behind, &key.node, step.slot, &mut row.cells, &mut row.items)?;
            if let Some(place) = row.cells.get_mut(step.slot as usize) {
                *place = cell;
            }
            rest = behind;
        }
        template.end.strip(rest)?.is_empty().then_some(())?;
        for slot in &template.records {
            row.set(*slot, Cell::RECORD);
        }
        self.in_order(row);
        Some(())
    }

    /// Reads the whole line in any form.
    pub(super) fn document(&mut self, row: &mut Row) -> Option<()> {
        let schema = self.schema;
        let rest = eat(skip_space(self.line), b'{')?;
        let (_, rest) = self.object(rest, &schema.top, &mut row.cells, &mut row.items)?;
        skip_space(rest).is_empty().then_some(())?;
        self.in_order(row);
        Some(())
    }

    /// Sorts the elements if the lists came in another order than their cells.
    fn in_order(&self, row: &mut Row) {
        if self.state.last_list == Some(usize::MAX) {
            sort_items(self.schema, row);
        }
    }

    /// An object after its opening brace; the result is a record, or unavailable.
    fn object(&mut self, rest: &'r [u8], level: &'r Level, cells: &mut [Cell], items: &mut Vec<Cell>) -> Value<'r> {
        self.state.turn += 1;
        let turn = self.state.turn;
        let mut rest = skip_space(rest);
        if let Some(rest) = eat(rest, b'}') {
            return Some((Cell::RECORD, rest));
        }
        let mut first = true;
        loop {
            let (number, behind) = match self.key(rest, level) {
                Some(known) => known,
                None if first
                    && level.can_fail
                    && let Some(behind) = rare::unavailable(self, rest) =>
                {
                    return Some((Cell::UNAVAILABLE, behind));
                }
                None => rare::unknown(self, rest, turn)?,
            };
            first = false;
            let key = self.schema.keys.get(number as usize)?;
            let (cell, behind) = self.value(behind, &key.node, key.slot, cells, items)?;
            match cells.get_mut(key.slot as usize) {
                // No written value leaves a cell unasked, so this is the first.
                Some(place) if *place == Cell::UNASKED => *place = cell,
                Some(_) => return None,
                // Skipped keys are counted elsewhere.
                None if matches!(key.node, Node::Skipped) => {}
                None => {
                    let seen = self.state.seen.get_mut(number as usize)?;
                    if std::mem::replace(seen, turn) == turn {
                        return None;
                    }
                }
            }
            let (sign, behind) = skip_space(behind).split_first()?;
            match sign {
                b',' => rest = skip_space(behind),
                b'}' => return Some((Cell::RECORD, behind)),
                _ => return None,
            }
        }
    }

    /// The number of the key that comes next, and the text of its value.
    #[inline(always)]
    pub(super) fn key(&mut self, rest: &'r [u8], level: &Level) -> Option<(u32, &'r [u8])> {
        for number in level.openings.candidates(rest) {
            let key = self.schema.keys.get(number as usize)?;
            if let Some(behind) = key.opening.strip(rest) {
                return Some((number, skip_space(behind)));
            }
        }
        self.any_key(rest, level)
    }

    /// The same for keys with similar beginnings or in another spelling.
    #[inline(never)]
    fn any_key(&mut self, rest: &'r [u8], level: &Level) -> Option<(u32, &'r [u8])> {
        let name = eat(rest, b'"')?;
        let found = QuotedText::read(name).and_then(|quoted| level.names.find(quoted));
        let (number, behind) = match found {
            Some(found) => found,
            None => rare::key(self, name, level)?,
        };
        Some((number, skip_space(eat(skip_space(behind), b':')?)))
    }

    /// Reads a value. The cells of its parts are filled, and its own cell is returned.
    #[inline(always)]
    fn value(
        &mut self,
        rest: &'r [u8],
        node: &'r Node,
        slot: u32,
        cells: &mut [Cell],
        items: &mut Vec<Cell>,
    ) -> Value<'r> {
        match node {
            Node::Bool => self.boolean(rest),
            Node::Whole(scale) | Node::Decimal(scale) => self.number(rest, node, scale),
            Node::Date => self.date(rest),
            Node::Duration(kind, scale) => rare::duration(self, rest, *kind, scale),
            Node::Text => self.word(rest, &self.schema.texts, true),
            Node::Enum(words) => self.word(rest, words, false),
            Node::Region => self.word(rest, &self.schema.regions, false),
            Node::Record(level) => match eat(rest, b'{') {
                Some(inside) => self.object(inside, level, cells.get_mut(slot as usize..).unwrap_or_default(), items),
                None => rare::silent(self, rest),
            },
            Node::Group(level) => self.group(rest, level, cells, items),
            Node::List(list) => self.list(rest, list, items),
            Node::Unheld(inner) => self.unheld(rest, inner, items),
            Node::Bounded(inner, bounds) => self.bounded(rest, inner, *bounds, items),
            Node::Declined => rare::silent(self, rest),
            Node::Skipped => Some((Cell::UNASKED, rare::skip_value(self, rest, 0)?)),
        }
    }

    #[inline(always)]
    fn group(&mut self, rest: &'r [u8], level: &'r Level, cells: &mut [Cell], items: &mut Vec<Cell>) -> Value<'r> {
        let (cell, rest) = match eat(rest, b'{') {
            Some(inside) => self.object(inside, level, cells, items)?,
            None => rare::silent(self, rest)?,
        };
        if cell != Cell::RECORD {
            // The state of the group is the state of each of its facts.
            for slot in &level.slots {
                if let Some(place) = cells.get_mut(*slot as usize) {
                    *place = cell;
                }
            }
        }
        Some((cell, rest))
    }

    fn unheld(&mut self, rest: &'r [u8], inner: &'r Node, items: &mut Vec<Cell>) -> Value<'r> {
        let (cell, rest) = self.value(rest, inner, NOWHERE, &mut [], items)?;
        let silent = matches!(cell, Cell::ABSENT | Cell::UNAVAILABLE);
        Some((if silent { cell } else { Cell::UNHELD }, rest))
    }

    /// A value that the fact can have; any other is left to the reader that says what is wrong.
    fn bounded(&mut self, rest: &'r [u8], inner: &'r Node, bounds: CellBounds, items: &mut Vec<Cell>) -> Value<'r> {
        let read = self.value(rest, inner, NOWHERE, &mut [], items)?;
        bounds.admits(read.0).then_some(read)
    }

    #[inline(always)]
    fn boolean(&mut self, rest: &'r [u8]) -> Value<'r> {
        let Some([word @ .., last]) = rest.first_chunk::<5>() else { return rare::silent(self, rest) };
        // Without a branch for each, since the value cannot be predicted.
        let (yes, no) = (word == b"true", word == b"fals" && *last == b'e');
        if yes | no { Some((Cell::bool(yes), rest.get(4 + usize::from(no)..)?)) } else { rare::silent(self, rest) }
    }

    #[inline(always)]
    fn date(&mut self, rest: &'r [u8]) -> Value<'r> {
        let Some((text, behind)) = rest.split_first_chunk() else { return rare::silent(self, rest) };
        match day(text) {
            Some((year, month, day)) => Some((Cell::value(year * 512 + month * 32 + day), behind)),
            None => rare::silent(self, rest),
        }
    }

    #[inline(always)]
    fn number(&mut self, rest: &'r [u8], node: &Node, scale: &Scale) -> Value<'r> {
        match plain_number(rest, scale) {
            Some(read) => Some(read),
            None => rare::number(self, rest, node, scale),
        }
    }

    /// A text that is one of these words. With `any`, other texts have a cell as well.
    #[inline(always)]
    fn word(&mut self, rest: &'r [u8], words: &Vocabulary, any: bool) -> Value<'r> {
        match words.find(rest) {
            Some((known, behind)) => Some((Cell::value(i64::from(known)), behind)),
            None => self.other_word(rest, &words.words, any),
        }
    }

    fn other_word(&mut self, rest: &'r [u8], words: &QuotedWordTable, any: bool) -> Value<'r> {
        let Some(text) = eat(rest, b'"') else { return rare::silent(self, rest) };
        let Some(quoted) = QuotedText::read(text) else { return rare::word(self, text, words, any, false) };
        if let Some((known, behind)) = words.find(quoted) {
            return Some((Cell::value(i64::from(known)), behind));
        }
        // Zeros follow the head, and they count as not plain.
        let plain = (unplain(quoted.head) | quoted.head & MANY_HIGH).trailing_zeros() / 8 >= quoted.len as u32;
        match quoted.behind().filter(|_| any && plain) {
            Some(behind) => Some((Cell::OTHER_TEXT, behind)),
            None => rare::word(self, text, words, any, true),
        }
    }

    fn list(&mut self, rest: &'r [u8], list: &'r List, items: &mut Vec<Cell>) -> Value<'r> {
        let Some(inside) = eat(rest, b'[') else { return rare::silent(self, rest) };
        let start = items.len();
        if list.stride > 0 {
            // If a list comes after one that follows it in the row, the elements have to be sorted.
            let sorted = self.state.last_list.is_none_or(|last| last < list.order);
            self.state.last_list = Some(if sorted { list.order } else { usize::MAX });
        }
        let mut count = 0;
        let mut rest = skip_space(inside);
        let mut end = eat(rest, b']');
        while end.is_none() {
            let from = items.len();
            (count < limits::MAX_ELEMENTS && from + list.stride <= MAX_ITEMS).then_some(())?;
            items.resize(from + list.stride, Cell::UNASKED);
            let cells = items.get_mut(from..)?;
            // No list inside an element is held.
            let (cell, behind) = self.value(rest, &list.element, 0, cells, &mut Vec::new())?;
            if let Some(first) = cells.first_mut() {
                *first = cell;
            }
            count += 1;
            let (sign, behind) = skip_space(behind).split_first()?;
            match sign {
                b',' => rest = skip_space(behind),
                b']' => end = Some(behind),
                _ => return None,
            }
        }
        (count >= list.at_least).then_some(())?;
        Some((Cell::list(start, count), end?))
    }
}

/// A number of few digits, in a unit in which each digit is whole.
#[inline(always)]
fn plain_number<'t>(rest: &'t [u8], scale: &Scale) -> Value<'t> {
    let negative = rest.first() == Some(&b'-');
    let rest = if negative { rest.get(1..)? } else { rest };
    let (whole, count) = digits(rest)?;
    // Rejects leading zeros.
    (count == 1 || count > 1 && rest.first() != Some(&b'0')).then_some(())?;
    let behind = rest.get(count..)?;
    let [ones, parts @ ..] = &scale.factors;
    let value = whole.checked_mul(*ones)?;
    let (value, behind) = match eat(behind, b'.') {
        None => (value, behind),
        Some(fraction) => {
            let (parts_of, count) = digits(fraction)?;
            let factor = parts.get(count.wrapping_sub(1)).filter(|factor| **factor > 0)?;
            (value.checked_add(parts_of.checked_mul(*factor)?)?, fraction.get(count..)?)
        }
    };
    (*ones > 0).then_some((Cell::value(if negative { -value } else { value }), behind))
}

/// Sorts the elements of the lists into the order of the lists' cells.
#[cold]
fn sort_items(schema: &Schema, row: &mut Row) {
    let mut sorted = Vec::with_capacity(row.items.len());
    for (at, stride) in &schema.lists {
        let Some(cell) = row.cells.get_mut(*at as usize) else { continue };
        let Some(value) = cell.get() else { continue };
        let (start, count) = Cell::elements(value);
        let elements = row.items.get(start..start + count * *stride as usize).unwrap_or_default();
        *cell = Cell::list(sorted.len(), count);
        sorted.extend_from_slice(elements);
    }
    row.items = sorted;
}
