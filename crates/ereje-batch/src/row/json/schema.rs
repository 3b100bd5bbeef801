//! What a line may hold, prepared for reading: the keys of each object and the types of their values.
//!
//! Comes in: a Model and its [`Layout`]. Goes out: a [`Schema`], made once for all readers.

use super::literal::{Literal, Openings};
use super::vocabulary::{QuotedWordTable, Vocabulary};
use crate::row::bounds::CellBounds;
use crate::row::{Cell, Layout, Slot, SlotShape};
use ereje::facts::{UNAVAILABLE, limits};
use ereje::ids::RecordId;
use ereje::model::{Datum, DurationKind, Enum, Model, NumberKind, Quantity, Type};
use ereje::value::Number;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A place that no row has: a value for it is dropped.
pub(super) const NOWHERE: u32 = u32::MAX;
/// The most values that are prepared. Records can be nested so often that there would be no end; what is beyond this is
/// declined.
const MAX_NODES: usize = 20_000;
/// The most nested lists and objects that are read; the rest of the limit is left for `{"unavailable": …}` and for
/// skipped values.
const MAX_DEPTH: usize = limits::MAX_DEPTH - MAX_SKIPPED;
/// The most nested lists and objects in a skipped value.
pub(super) const MAX_SKIPPED: usize = 32;
/// The most keys of one object that the policy does not know.
pub(super) const MAX_UNKNOWN: usize = 32;

/// What a line may hold.
#[derive(Debug)]
pub(super) struct Schema {
    pub(super) top: Level,
    /// The keys of all levels, by number; the last one stands for all keys that the policy does not know.
    pub(super) keys: Vec<Key>,
    /// The lists of a row in the order of its cells: the cell of each, and how many cells one of its elements has.
    pub(super) lists: Vec<(u32, u32)>,
    pub(super) regions: Vocabulary,
    /// Texts that the policy names.
    pub(super) texts: Vocabulary,
}

/// The keys of one object.
#[derive(Debug)]
pub(super) struct Level {
    /// The keys by their first bytes, and by the whole word.
    pub(super) openings: Openings,
    pub(super) names: QuotedWordTable,
    /// The cells of the keys among those of the object.
    pub(super) slots: Box<[u32]>,
    /// True if `unavailable` is not one of the keys. As the only key it is then the state of the whole object.
    pub(super) can_fail: bool,
}

/// A key.
#[derive(Debug)]
pub(super) struct Key {
    /// The key as programs write it, `"key":`.
    pub(super) opening: Literal,
    /// Its cell among those of the object.
    pub(super) slot: u32,
    /// The type of its value.
    pub(super) node: Node,
}

/// The type of a value.
#[derive(Debug)]
pub(super) enum Node {
    /// The facts of a group, whose cells are directly in the row.
    Group(Level),
    Bool,
    Whole(Scale),
    Decimal(Scale),
    Date,
    Duration(DurationKind, Scale),
    Text,
    /// A value of an enum.
    Enum(Arc<Vocabulary>),
    Region,
    /// A record, whose cells follow its own.
    Record(Level),
    List(Box<List>),
    /// A value that is read but not held.
    Unheld(Box<Node>),
    /// A value that has bounds.
    Bounded(Box<Node>, CellBounds),
    /// Only the silent states can be read here.
    Declined,
    /// A value of a key that the policy does not know.
    Skipped,
}

/// A list.
#[derive(Debug)]
pub(super) struct List {
    pub(super) element: Node,
    /// The number of cells of one element; 0 if none are held.
    pub(super) stride: usize,
    pub(super) at_least: usize,
    /// Its place in [`Schema::lists`].
    pub(super) order: usize,
}

/// How written numbers become cells.
#[derive(Debug)]
pub(super) struct Scale {
    pub(super) unit: Option<Quantity>,
    /// By the number of digits after the point: the factor for the digits read without the point, if it is whole; 0 if
    /// the slower way is needed.
    pub(super) factors: [i64; Cell::DECIMALS as usize + 1],
}

impl Scale {
    /// The scale of a unit for cells that count `parts` to a base unit.
    fn new(unit: Option<&Quantity>, parts: i128, places: u32) -> Self {
        let (numer, denom) = unit.map_or(Number::ONE, |unit| unit.scale).parts();
        let factor = |digits: usize| {
            let digits = u32::try_from(digits).ok().filter(|digits| *digits <= places)?;
            let (numer, denom) = (numer.checked_mul(parts)?, denom.checked_mul(10_i128.checked_pow(digits)?)?);
            (numer > 0 && numer % denom == 0).then_some(())?;
            i64::try_from(numer / denom).ok()
        };
        Self { unit: unit.cloned(), factors: std::array::from_fn(|digits| factor(digits).unwrap_or(0)) }
    }
}

impl Schema {
    pub(super) fn new(model: &Model, layout: &Layout) -> Self {
        let values = |of: &Enum| Arc::new(Vocabulary::new(of.values.iter().map(|(name, _)| name.as_str())));
        let enums = model.enums.iter().map(values).collect();
        let mut builder = SchemaBuilder { model, enums, lists: Vec::new(), keys: Vec::new(), nodes: 0 };
        let top = builder.top(layout);
        builder.keys.push(Key { opening: Literal::default(), slot: NOWHERE, node: Node::Skipped });
        Self {
            top,
            keys: builder.keys,
            lists: builder.lists,
            regions: Vocabulary::new(model.regions.iter().map(|region| region.name.as_str())),
            texts: Vocabulary::new(layout.texts().iter().map(|text| &**text)),
        }
    }
}

/// A key under construction: its name, its cell among those of the object, its value.
type PendingKey = (String, u32, Node);

struct SchemaBuilder<'m> {
    model: &'m Model,
    enums: Vec<Arc<Vocabulary>>,
    lists: Vec<(u32, u32)>,
    keys: Vec<Key>,
    nodes: usize,
}

/// The place of a value: its depth, and where its record's cells begin in the row; `None` in a list.
#[derive(Clone, Copy)]
struct ValueContext {
    depth: usize,
    origin: Option<u32>,
}

impl ValueContext {
    fn deeper(self, origin: Option<u32>) -> Self {
        Self { depth: self.depth + 1, origin }
    }
}

impl SchemaBuilder<'_> {
    fn top(&mut self, layout: &Layout) -> Level {
        let model = self.model;
        let context = ValueContext { depth: 1, origin: Some(0) };
        let mut keys: Vec<PendingKey> = Vec::new();
        let mut groups: BTreeMap<&str, (usize, Vec<PendingKey>)> = BTreeMap::new();
        for (fact, slot) in model.facts.iter().zip(layout.slots()) {
            let inside = ValueContext { depth: context.depth + usize::from(fact.group.is_some()), ..context };
            let key = (fact.datum.name.clone(), slot.at, self.datum(&fact.datum, Some(slot), inside));
            match &fact.group {
                None => keys.push(key),
                Some(group) => {
                    let (_, facts) = groups.entry(group).or_insert_with(|| {
                        keys.push((group.clone(), NOWHERE, Node::Declined));
                        (keys.len() - 1, Vec::new())
                    });
                    facts.push(key);
                }
            }
        }
        for (place, facts) in groups.into_values() {
            let level = self.level(facts);
            if let Some((_, _, node)) = keys.get_mut(place) {
                *node = level.map_or(Node::Declined, Node::Group);
            }
        }
        // If the top level has too many keys, no line can be read.
        let none = || Level {
            openings: Openings::new(&[], 0),
            names: QuotedWordTable::new([]),
            slots: [].into(),
            can_fail: false,
        };
        Level { can_fail: false, ..self.level(keys).unwrap_or_else(none) }
    }

    /// The keys of an object; `None` if there are more than a line may have.
    fn level(&mut self, keys: Vec<PendingKey>) -> Option<Level> {
        (keys.len() + MAX_UNKNOWN <= limits::MAX_KEYS).then_some(())?;
        let first = u32::try_from(self.keys.len()).ok()?;
        let names = QuotedWordTable::new(keys.iter().map(|(name, ..)| name.as_str()).zip(first..));
        let can_fail = names.get(UNAVAILABLE.as_bytes()).is_none();
        let slots = keys.iter().map(|(_, slot, _)| *slot).collect();
        let openings: Vec<Literal> =
            keys.iter().map(|(name, ..)| Literal::new(format!("\"{name}\":").as_bytes())).collect();
        let table = Openings::new(&openings, first);
        let keys = keys.into_iter().zip(openings).map(|((_, slot, node), opening)| Key { opening, slot, node });
        self.keys.extend(keys);
        Some(Level { openings: table, names, slots, can_fail })
    }

    fn datum(&mut self, datum: &Datum, slot: Option<&Slot>, context: ValueContext) -> Node {
        let shape = slot.map(|slot| &slot.shape);
        let origin = context.origin.zip(slot).map(|(origin, slot)| origin + slot.at);
        let node = self.node(&datum.ty, datum.unit.as_ref(), datum.at_least, shape, ValueContext { origin, ..context });
        if datum.bounds.is_empty() { node } else { bounded(datum, node) }
    }

    /// A value of a type. `context.origin` is its own cell.
    fn node(
        &mut self,
        ty: &Type,
        unit: Option<&Quantity>,
        at_least: u32,
        shape: Option<&SlotShape>,
        context: ValueContext,
    ) -> Node {
        self.nodes += 1;
        if self.nodes > MAX_NODES || context.depth >= MAX_DEPTH {
            return Node::Declined;
        }
        if shape == Some(&SlotShape::Unheld) {
            let inside = ValueContext { origin: None, ..context };
            return Node::Unheld(Box::new(self.node(ty, unit, at_least, None, inside)));
        }
        match ty {
            Type::Bool => Node::Bool,
            Type::Number(_, NumberKind::Integer) => Node::Whole(Scale::new(unit, 1, 0)),
            Type::Number(_, NumberKind::Decimal | NumberKind::Ratio) => {
                Node::Decimal(Scale::new(unit, 10_i128.pow(Cell::DECIMALS), Cell::DECIMALS))
            }
            Type::Date => Node::Date,
            Type::Duration(kind) => Node::Duration(*kind, Scale::new(unit, 1, 0)),
            Type::Text => Node::Text,
            Type::Enum(id) => self.enums.get(id.index()).map_or(Node::Declined, |words| Node::Enum(Arc::clone(words))),
            Type::Region => Node::Region,
            Type::Record(id) => self.record(*id, shape, context),
            // The fact set says whether each value has its days, and whether two hold on one day.
            Type::List(_) if self.model.dated_value(ty).is_some() => Node::Declined,
            Type::List(inner) => {
                let (element, stride) = match shape {
                    Some(SlotShape::List(list)) => (Some(&list.element), list.stride),
                    Some(SlotShape::One(_) | SlotShape::Record(..) | SlotShape::Unheld) | None => (None, 0),
                };
                let order = self.lists.len();
                if let (Some(at), Some(_)) = (context.origin, element) {
                    self.lists.push((at, stride));
                }
                let element = self.node(inner, unit, 0, element, context.deeper(None));
                Node::List(Box::new(List { element, stride: stride as usize, at_least: at_least as usize, order }))
            }
            Type::Error => Node::Declined,
        }
    }

    fn record(&mut self, id: RecordId, shape: Option<&SlotShape>, context: ValueContext) -> Node {
        let model = self.model;
        if model.has_ends(id) {
            // The fact set says whether a period ends before it begins.
            return Node::Declined;
        }
        let record = model.records.at(id);
        let slots = match shape {
            Some(SlotShape::Record(_, slots)) => &slots[..],
            Some(SlotShape::One(_) | SlotShape::List(_) | SlotShape::Unheld) | None => &[],
        };
        let mut keys = Vec::with_capacity(record.fields.len());
        for id in &record.fields {
            let field = model.fields.at(*id);
            let slot = slots.iter().find(|(field, _)| field == id).map(|(_, slot)| slot);
            let node = self.datum(&field.datum, slot, context.deeper(context.origin));
            keys.push((field.datum.name.clone(), slot.map_or(NOWHERE, |slot| slot.at), node));
        }
        self.level(keys).map_or(Node::Declined, Node::Record)
    }
}

/// The node of a datum with bounds.
fn bounded(datum: &Datum, node: Node) -> Node {
    match (node, CellBounds::of(datum)) {
        (Node::Unheld(inner), _) => Node::Unheld(Box::new(bounded(datum, *inner))),
        (Node::Declined, _) | (_, None) => Node::Declined,
        (node, Some(bounds)) => Node::Bounded(Box::new(node), bounds),
    }
}
