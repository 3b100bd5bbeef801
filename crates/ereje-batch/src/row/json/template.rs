//! The form of a line: all the text between its values. Programs write one line like the other, so the form of the last
//! line is tried on the next, and all the text between two values is compared at once: braces, commas, keys, colons and
//! white space.
//!
//! Comes in: a line that was read. Goes out: its [`Template`]. That all keys are there and none is there twice was
//! checked for the first line, so a line of the same form needs no check.

use super::literal::Literal;
use super::reading::Reading;
use super::scan::{Rest, eat, skip_space};
use super::schema::{Key, Level, NOWHERE, Node};
use super::unplain::{skip_value, unknown};

/// The form of a line.
#[derive(Clone, Debug, Default)]
pub(super) struct Template {
    pub(super) steps: Vec<TemplateStep>,
    /// What stands behind the last value.
    pub(super) end: Literal,
    /// The cells of the records whose fields are steps.
    pub(super) records: Vec<u32>,
}

/// A value of the line.
#[derive(Clone, Debug)]
pub(super) struct TemplateStep {
    /// What stands before it.
    pub(super) literal: Literal,
    /// The number of its key.
    pub(super) key: u32,
    /// Its cell in the row.
    pub(super) slot: u32,
}

impl Template {
    /// The form of a line that was read.
    #[cold]
    pub(super) fn of(reading: &mut Reading<'_>) -> Option<Self> {
        // Twice the same key was found when the line was read.
        reading.state.unknown.clear();
        let mut builder = TemplateBuilder { template: Self::default(), behind: reading.line };
        let level = &reading.schema.top;
        let rest = builder.object(reading, eat(skip_space(reading.line), b'{')?, level, 0)?;
        let literal = builder.behind;
        skip_space(rest).is_empty().then_some(())?;
        builder.template.end = Literal::new(literal);
        Some(builder.template)
    }
}

struct TemplateBuilder<'r> {
    template: Template,
    /// All behind the last value.
    behind: &'r [u8],
}

impl<'r> TemplateBuilder<'r> {
    /// An object behind its brace, whose cells begin at `origin`.
    fn object(&mut self, reading: &mut Reading<'r>, rest: &'r [u8], level: &'r Level, origin: u32) -> Rest<'r> {
        let schema = reading.schema;
        let mut rest = skip_space(rest);
        if let Some(behind) = eat(rest, b'}') {
            return Some(behind);
        }
        loop {
            let (number, value) = match reading.key(rest, level) {
                Some(known) => known,
                None => unknown(reading, rest, 0)?,
            };
            let Key { slot, node, .. } = schema.keys.get(number as usize)?;
            let slot = if *slot == NOWHERE { NOWHERE } else { origin + slot };
            let inside = match node {
                Node::Group(inside) => Some((inside, origin)),
                Node::Record(inside) => Some((inside, slot)),
                Node::Bool
                | Node::Whole(_)
                | Node::Decimal(_)
                | Node::Date
                | Node::Duration(..)
                | Node::Text
                | Node::Enum(_)
                | Node::Region
                | Node::List(_)
                | Node::Unheld(_)
                | Node::Bounded(..)
                | Node::Declined
                | Node::Skipped => None,
            };
            let inside = inside.zip(eat(value, b'{')).filter(|((level, _), behind)| {
                let first = skip_space(behind);
                !level.can_fail || eat(first, b'}').is_some() || reading.key(first, level).is_some()
            });
            let behind = match inside {
                Some(((level, origin), behind)) => {
                    if slot != NOWHERE {
                        self.template.records.push(slot);
                    }
                    self.object(reading, behind, level, origin)?
                }
                None => {
                    let literal = self.behind.get(..self.behind.len() - value.len())?;
                    self.template.steps.push(TemplateStep { literal: Literal::new(literal), key: number, slot });
                    self.behind = skip_value(reading, value, 0)?;
                    self.behind
                }
            };
            let (sign, behind) = skip_space(behind).split_first()?;
            match sign {
                b',' => rest = skip_space(behind),
                b'}' => return Some(behind),
                _ => return None,
            }
        }
    }
}
