//! One line, read into the cells of a row.
//!
//! Comes in: a [`Schema`] and a line. Goes out: the row's cells; none where the line is declined. A value stands in its
//! cell once it is read, so what has been read twice shows there.

use super::State;
use super::scan::{day, digits, skip_space, text_end};
use super::schema::{Key, Level, List, NOWHERE, Node, Scale, Schema};
use super::unplain;
use crate::facts::{self, limits, nfc};
use crate::model::DurationKind;
use crate::row::{Cell, Row};
use crate::value::Duration;

/// Cells of elements that are read; past them a line is declined, long before memory is short.
const MAX_ITEMS: usize = 1 << 22;

/// A line that is being read. A place that is handed on is one of the next byte; none means that the line is declined.
pub(super) struct Reading<'r> {
    pub(super) line: &'r str,
    pub(super) text: &'r [u8],
    pub(super) schema: &'r Schema,
    pub(super) state: &'r mut State,
}

impl Reading<'_> {
    /// The whole line.
    pub(super) fn document(&mut self, row: &mut Row) -> Option<()> {
        let schema = self.schema;
        self.state.last_list = None;
        let at = skip_space(self.text, 0);
        self.expect(at, b'{')?;
        let (_, at) = self.object(at + 1, &schema.top, &mut row.cells, &mut row.items)?;
        (skip_space(self.text, at) == self.text.len()).then_some(())?;
        if self.state.last_list == Some(usize::MAX) {
            sort_items(schema, row);
        }
        Some(())
    }

    fn expect(&self, at: usize, byte: u8) -> Option<()> {
        (self.text.get(at) == Some(&byte)).then_some(())
    }

    /// An object behind its opening brace; its cell says whether it holds something or is unavailable.
    fn object(&mut self, at: usize, level: &Level, cells: &mut [Cell], items: &mut Vec<Cell>) -> Option<(Cell, usize)> {
        self.state.turn += 1;
        let turn = self.state.turn;
        let mut before = level.first - 1;
        let mut at = skip_space(self.text, at);
        if self.text.get(at) == Some(&b'}') {
            return Some((Cell::RECORD, at + 1));
        }
        loop {
            self.expect(at, b'"')?;
            at += 1;
            // What followed this key the last time comes first.
            let guess = self.state.next.get(before).copied().unwrap_or(0) as usize;
            let found = match level.keys.get(guess) {
                Some(key) if self.starts_with(at, key) => Some((guess, key, at + key.quoted.len())),
                Some(_) | None => self.key(at, level),
            };
            let Some((place, key, end)) = found else {
                let alone = level.can_fail && before == level.first - 1;
                let at = if alone { unplain::unavailable(self, at - 1)? } else { return None };
                return Some((Cell::UNAVAILABLE, at));
            };
            if place != guess
                && let Some(next) = self.state.next.get_mut(before)
            {
                *next = u32::try_from(place).unwrap_or(0);
            }
            before = level.first + place;
            let seen = self.state.seen.get_mut(before)?;
            if std::mem::replace(seen, turn) == turn {
                return None;
            }
            at = skip_space(self.text, end);
            self.expect(at, b':')?;
            at = skip_space(self.text, at + 1);
            at = self.value(at, &key.node, key.at, cells, items)?;
            at = skip_space(self.text, at);
            match self.text.get(at) {
                Some(b',') => at = skip_space(self.text, at + 1),
                Some(b'}') => return Some((Cell::RECORD, at + 1)),
                Some(_) | None => return None,
            }
        }
    }

    /// Whether a key stands here, with its closing quote.
    fn starts_with(&self, at: usize, key: &Key) -> bool {
        self.text.get(at..at + key.quoted.len()) == Some(&*key.quoted)
    }

    /// The key that stands here, with its place and its end behind the closing quote.
    fn key<'l>(&mut self, at: usize, level: &'l Level) -> Option<(usize, &'l Key, usize)> {
        let (end, _) = text_end(self.text, at)?;
        let (place, end) = match self.text.get(end) {
            Some(b'"') => (level.names.at(self.text, at, end)?, end + 1),
            Some(_) | None => {
                let end = unplain::text(self, at)?;
                (level.names.get(&nfc(&self.state.text))?, end)
            }
        };
        Some((place as usize, level.keys.get(place as usize)?, end))
    }

    /// A value, which is put into its cell.
    fn value(&mut self, at: usize, node: &Node, slot: u32, cells: &mut [Cell], items: &mut Vec<Cell>) -> Option<usize> {
        let (cell, at) = match node {
            Node::Bool => self.boolean(at),
            Node::Whole(scale) | Node::Decimal(scale) => self.number(at, node, scale),
            Node::Date => self.date(at),
            Node::Duration(kind, scale) => self.duration(at, *kind, scale),
            Node::Text => self.words(at, &self.schema.texts, true),
            Node::Enum(of) => self.words(at, self.schema.enums.get(*of)?, false),
            Node::Region => self.words(at, &self.schema.regions, false),
            Node::Record(level) => match self.text.get(at) {
                Some(b'{') => self.object(at + 1, level, cells.get_mut(slot as usize..).unwrap_or_default(), items),
                Some(_) | None => self.silent(at),
            },
            Node::Group(level) => {
                let (cell, at) = match self.text.get(at) {
                    Some(b'{') => self.object(at + 1, level, cells, items)?,
                    Some(_) | None => self.silent(at)?,
                };
                if cell != Cell::RECORD {
                    // What is said of the group is said of each of its facts.
                    for key in &level.keys {
                        if let Some(place) = cells.get_mut(key.at as usize) {
                            *place = cell;
                        }
                    }
                }
                return Some(at);
            }
            Node::List(list) => self.list(at, list, items),
            Node::Unheld(inner) => {
                let mut one = [Cell::UNASKED];
                let at = self.value(at, inner, 0, &mut one, items)?;
                let [cell] = one;
                let silent = matches!(cell, Cell::ABSENT | Cell::UNAVAILABLE);
                Some((if silent { cell } else { Cell::UNHELD }, at))
            }
            Node::Declined => self.silent(at),
        }?;
        if let Some(place) = cells.get_mut(slot as usize) {
            *place = cell;
        }
        Some(at)
    }

    /// `null` or `{"unavailable": "why"}`.
    #[cold]
    pub(super) fn silent(&mut self, at: usize) -> Option<(Cell, usize)> {
        let rest = self.text.get(at..)?;
        if rest.starts_with(b"null") {
            return Some((Cell::ABSENT, at + 4));
        }
        self.expect(at, b'{')?;
        Some((Cell::UNAVAILABLE, unplain::unavailable(self, skip_space(self.text, at + 1))?))
    }

    fn boolean(&mut self, at: usize) -> Option<(Cell, usize)> {
        match self.text.get(at..)?.first_chunk::<5>() {
            Some(b"false") => Some((Cell::bool(false), at + 5)),
            Some([b't', b'r', b'u', b'e', _]) => Some((Cell::bool(true), at + 4)),
            Some(_) | None => self.silent(at),
        }
    }

    fn date(&mut self, at: usize) -> Option<(Cell, usize)> {
        if self.text.get(at) != Some(&b'"') {
            return self.silent(at);
        }
        let (year, month, day) = day(self.text, at + 1)?;
        Some((Cell::value(year * 512 + month * 32 + day), at + 12))
    }

    fn number(&mut self, at: usize, node: &Node, scale: &Scale) -> Option<(Cell, usize)> {
        let negative = self.text.get(at) == Some(&b'-');
        let start = at + usize::from(negative);
        let Some((whole, count)) = digits(self.text, start).filter(|(_, count)| *count > 0) else {
            return unplain::number(self, at, node, scale);
        };
        // No number begins with a zero but zero.
        if count > 1 && self.text.get(start) == Some(&b'0') {
            return None;
        }
        let mut end = start + count;
        let (mut value, mut places) = (whole as i64, 0);
        if self.text.get(end) == Some(&b'.') {
            let Some((fraction, count)) = digits(self.text, end + 1) else {
                return unplain::number(self, at, node, scale);
            };
            (count > 0).then_some(())?;
            places = count;
            end += 1 + count;
            let shifted = 10_i64.checked_pow(u32::try_from(places).ok()?).and_then(|by| value.checked_mul(by));
            let Some(all) = shifted.and_then(|shifted| shifted.checked_add(fraction as i64)) else {
                return unplain::number(self, at, node, scale);
            };
            value = all;
        }
        let factor = scale.factors.get(places).copied().unwrap_or(0);
        match value.checked_mul(factor) {
            Some(value) if factor != 0 => Some((Cell::value(if negative { -value } else { value }), end)),
            Some(_) | None => unplain::number(self, at, node, scale),
        }
    }

    fn duration(&mut self, at: usize, kind: DurationKind, scale: &Scale) -> Option<(Cell, usize)> {
        let end = match self.text.get(at)? {
            b'-' | b'0'..=b'9' => unplain::number_end(self.text, at)?,
            b'"' => {
                let (end, _) = text_end(self.text, at + 1)?;
                self.expect(end, b'"')?;
                end
            }
            _ => return self.silent(at),
        };
        let quoted = usize::from(self.text.get(at) == Some(&b'"'));
        let written = self.line.get(at + quoted..end)?;
        let (Duration::Months(n) | Duration::Days(n) | Duration::WorkingDays(n)) =
            facts::duration(written, kind, scale.unit.as_ref())?;
        Some((Cell::value(n), end + quoted))
    }

    /// A text that is one of these words. Where any text may stand, others have a cell, too.
    fn words(&mut self, at: usize, words: &super::words::Words, any: bool) -> Option<(Cell, usize)> {
        if self.text.get(at) != Some(&b'"') {
            return self.silent(at);
        }
        let start = at + 1;
        let (end, ascii) = text_end(self.text, start)?;
        let plain = self.text.get(end) == Some(&b'"');
        let (known, end) = match plain.then(|| words.at(self.text, start, end)) {
            // A known word is in NFC.
            Some(Some(known)) => (Some(known), end + 1),
            Some(None) if ascii => (None, end + 1),
            Some(None) => (words.get(&nfc(self.line.get(start..end)?)), end + 1),
            None => {
                let end = unplain::text(self, start)?;
                (words.get(&nfc(&self.state.text)), end)
            }
        };
        match known {
            Some(known) => Some((Cell::value(i64::from(known)), end)),
            None => (any && end - start <= limits::MAX_TEXT).then_some((Cell::OTHER_TEXT, end)),
        }
    }

    fn list(&mut self, at: usize, list: &List, items: &mut Vec<Cell>) -> Option<(Cell, usize)> {
        if self.text.get(at) != Some(&b'[') {
            return self.silent(at);
        }
        let start = items.len();
        if list.stride > 0 {
            // Once one list came before one that stands before it in the row, their elements have to be sorted.
            let sorted = self.state.last_list.is_none_or(|last| last < list.order);
            self.state.last_list = Some(if sorted { list.order } else { usize::MAX });
        }
        let mut count = 0;
        let mut at = skip_space(self.text, at + 1);
        let mut closed = self.text.get(at) == Some(&b']');
        while !closed {
            let end = items.len() + list.stride;
            (count < limits::MAX_ELEMENTS && end <= MAX_ITEMS).then_some(())?;
            items.resize(end, Cell::UNASKED);
            let cells = items.get_mut(end - list.stride..)?;
            // No list that is held stands inside an element.
            let slot = if list.stride > 0 { 0 } else { NOWHERE };
            at = self.value(at, &list.element, slot, cells, &mut Vec::new())?;
            count += 1;
            at = skip_space(self.text, at);
            match self.text.get(at) {
                Some(b',') => at = skip_space(self.text, at + 1),
                Some(b']') => closed = true,
                Some(_) | None => return None,
            }
        }
        (count >= list.at_least).then(|| (Cell::list(start, count), at + 1))
    }
}

/// Puts the elements of the lists into the order of the lists' cells, whatever the order of the text.
#[cold]
fn sort_items(schema: &Schema, row: &mut Row) {
    let mut sorted = Vec::with_capacity(row.items.len());
    for (at, stride) in &schema.lists {
        let Some(cell) = row.cells.get_mut(*at as usize) else { continue };
        // What a list's cell holds is no different where its elements are not held.
        let Some(value) = cell.get() else { continue };
        let (start, count) = Cell::elements(value);
        let elements = row.items.get(start..start + count * *stride as usize).unwrap_or_default();
        *cell = Cell::list(sorted.len(), count);
        sorted.extend_from_slice(elements);
    }
    row.items = sorted;
}
