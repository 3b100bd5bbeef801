//! Which cell of a row holds which fact.

use ereje::ids::{EnumId, FactId, FieldId, RecordId};
use ereje::model::{DurationKind, Model, NumberKind, Type};
use ereje::value::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Records inside one another that get cells; what lies deeper is [`SlotShape::Unheld`].
const MAX_DEPTH: usize = 8;

/// Where the facts of a Model stand in a row. It is the same for every plan of the Model.
#[derive(Clone, Debug)]
pub struct Layout {
    slots: Vec<Slot>,
    width: u32,
    texts: Vec<Arc<str>>,
}

/// A fact, a field or an element: its first cell, and what stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The first cell: of the row, or, within the element of a list, of the element.
    pub at: u32,
    /// What stands there.
    pub shape: SlotShape,
}

/// What stands in a fact's cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SlotShape {
    /// One cell with a value.
    One(CellType),
    /// A cell for the record itself, then those of its fields.
    Record(RecordId, Vec<(FieldId, Slot)>),
    /// One cell, which says where among the elements its own are.
    List(Box<ListShape>),
    /// One cell, which holds a state or [`Cell::UNHELD`](super::Cell::UNHELD): a list inside a list, or what lies too
    /// deep.
    Unheld,
}

/// The elements of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListShape {
    /// Cells of one element.
    pub stride: u32,
    /// What stands in them, counted from the element's first.
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

    /// How many cells a row has, the elements of lists aside.
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

/// The shape of a type, and how many cells it takes.
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
