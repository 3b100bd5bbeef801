//! Which cell of a row holds which fact.

use ereje::ids::{EnumId, FactId, FieldId, RecordId};
use ereje::model::{DurationKind, Model, NumberKind, Type};
use ereje::value::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The most nested records that get cells; deeper ones are [`SlotShape::Unheld`].
const MAX_DEPTH: usize = 8;

/// Which cells of a row hold which fact. It is the same for every plan of the Model.
#[derive(Clone, Debug)]
pub struct Layout {
    slots: Vec<Slot>,
    width: u32,
    texts: Vec<Arc<str>>,
}

/// A fact, a field or an element: its first cell, and the shape of its cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The first cell, counted from the beginning of the row, or of the element if the slot is part of one.
    pub at: u32,
    /// What its cells hold.
    pub shape: SlotShape,
}

/// What the cells of a fact hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SlotShape {
    /// One cell with a value.
    One(CellType),
    /// A cell for the record itself, then those of its fields.
    Record(RecordId, Vec<(FieldId, Slot)>),
    /// One cell, which says where its elements begin and how many there are.
    List(Box<ListShape>),
    /// One cell, which holds a state or [`Cell::UNHELD`](super::Cell::UNHELD): a list inside a list, or a record that
    /// is nested too deeply.
    Unheld,
}

/// The elements of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListShape {
    /// Cells of one element.
    pub stride: u32,
    /// What its cells hold, counted from the element's first.
    pub element: SlotShape,
}

/// The types that take one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CellType {
    /// True or false.
    Bool,
    /// A whole number.
    Whole,
    /// A number with a fraction.
    Decimal,
    /// A day.
    Date,
    /// A length of time.
    Duration(DurationKind),
    /// A text.
    Text,
    /// A value of an enum.
    Enum(EnumId),
    /// A region.
    Region,
}

impl Layout {
    /// The layout of a Model's facts.
    #[must_use]
    pub fn new(model: &Model) -> Self {
        let mut width = 0;
        let mut slots = Vec::with_capacity(model.facts.len());
        for fact in &model.facts {
            let at = width;
            let (shape, cells) = shape(model, &fact.datum.ty, false, 0);
            width += cells;
            slots.push(Slot { at, shape });
        }
        Self { slots, width, texts: named_texts(model) }
    }

    /// The number of cells of a row, without the elements of lists.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width as usize
    }

    /// The slot of a fact.
    #[must_use]
    pub fn slot(&self, fact: FactId) -> Option<&Slot> {
        self.slots.get(fact.index())
    }

    /// The slots of all facts, in the order of [`Model::facts`].
    #[must_use]
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// The cell of a text in NFC.
    #[must_use]
    pub fn text(&self, text: &str) -> super::Cell {
        let place = self.texts.binary_search_by(|known| (**known).cmp(text)).ok();
        place.and_then(|place| i64::try_from(place).ok()).map_or(super::Cell::OTHER_TEXT, super::Cell::value)
    }

    /// The texts that the policy names, in alphabetical order; a text's cell holds its place here.
    #[must_use]
    pub fn texts(&self) -> &[Arc<str>] {
        &self.texts
    }
}

/// The shape of a type, and the number of its cells.
fn shape(model: &Model, ty: &Type, in_list: bool, depth: usize) -> (SlotShape, u32) {
    let cell_type = match ty {
        Type::Bool => CellType::Bool,
        Type::Number(_, NumberKind::Integer) => CellType::Whole,
        Type::Number(_, NumberKind::Decimal | NumberKind::Ratio) => CellType::Decimal,
        Type::Date => CellType::Date,
        Type::Duration(kind) => CellType::Duration(*kind),
        Type::Text => CellType::Text,
        Type::Enum(id) => CellType::Enum(*id),
        Type::Region => CellType::Region,
        Type::Record(id) => {
            if depth >= MAX_DEPTH {
                return (SlotShape::Unheld, 1);
            }
            let record = model.records.at(*id);
            let (mut fields, mut width) = (Vec::with_capacity(record.fields.len()), 1);
            for field in &record.fields {
                let (shape, cells) = shape(model, &model.fields.at(*field).datum.ty, in_list, depth + 1);
                fields.push((*field, Slot { at: width, shape }));
                width += cells;
            }
            return (SlotShape::Record(*id, fields), width);
        }
        Type::List(inner) if !in_list => {
            let (element, stride) = shape(model, inner, true, depth);
            return (SlotShape::List(Box::new(ListShape { stride, element })), 1);
        }
        Type::List(_) | Type::Error => return (SlotShape::Unheld, 1),
    };
    (SlotShape::One(cell_type), 1)
}

/// Every text that an expression or an assumption of the Model names.
fn named_texts(model: &Model) -> Vec<Arc<str>> {
    let mut texts: BTreeSet<Arc<str>> = BTreeSet::new();
    for (_, _, top) in model.expressions() {
        top.walk(&mut |expr| {
            if let ereje::model::ExprKind::Literal(Value::Text(text)) = &expr.kind {
                texts.insert(Arc::clone(text));
            }
        });
    }
    for value in model.assumptions.iter().flat_map(|assumption| &assumption.choices) {
        if let Value::Text(text) = value {
            texts.insert(Arc::clone(text));
        }
    }
    texts.into_iter().collect()
}
