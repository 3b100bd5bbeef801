//! The programs of a plan: those of its cells, made on demand, and the one for the governing date and place.

use super::Plan;
use super::builder::{Builder, Here};
use super::node::{Node, Program};
use super::room::with_room;
use super::stock::Handle;
use crate::ids::RegionId;
use crate::model::{Expr, Item, Role};
use chrono::NaiveDate;

impl Plan {
    /// The program of a day in a place.
    pub(crate) fn program(&self, day: NaiveDate, place: Option<RegionId>) -> Option<Handle<'_>> {
        let number = self.grid.class_number(place);
        let class = self.grid.classes().get(number)?;
        let (index, _) = class.cell(day);
        let slot = self.programs.get(number)?.get(index)?;
        if let Some(kept) = slot.get() {
            return Some(Handle::Kept(kept));
        }
        let make = || self.compile(Here::of(class, day), false);
        if !self.stock.has_room() {
            return Some(Handle::Lent(self.stock.lend((number, index), make)?));
        }
        let program = make()?;
        Some(Handle::Kept(slot.get_or_init(|| {
            self.stock.count(&program);
            Box::new(program)
        })))
    }

    /// The same program, made for one use and not kept.
    pub fn program_once(&self, day: NaiveDate, place: Option<RegionId>) -> Option<Program> {
        let class = self.grid.class(place)?;
        self.compile(Here::of(class, day), false)
    }

    /// The same program with the node of every expression.
    pub(crate) fn traced(&self, day: NaiveDate, place: Option<RegionId>) -> Option<Program> {
        let class = self.grid.class(place)?;
        self.compile(Here::of(class, day), true)
    }

    /// A program of a cell for some expressions of the Model alone, with the node of each: whoever needs one rule of
    /// thousands need not compile the others.
    pub fn slice<'p>(&'p self, day: NaiveDate, place: Option<RegionId>, of: &[&'p Expr]) -> Option<Program> {
        let class = self.grid.class(place)?;
        with_room(self, || {
            let mut builder = Builder::new(self, Some(Here::of(class, day)), true);
            builder.handlers();
            for expr in of {
                builder.expr(expr);
            }
            if builder.arena.program.nodes.iter().any(|node| matches!(node, Node::At(..))) {
                for entry in self.entries() {
                    let node = builder.expr(entry);
                    builder.arena.program.entries.push(node);
                }
            }
            builder.arena.program
        })
    }

    /// `None` if there is no stack that is deep enough.
    fn compile(&self, here: Here, traced: bool) -> Option<Program> {
        with_room(self, || {
            let mut builder = Builder::new(self, Some(here), traced);
            builder.policy();
            let mut program = builder.arena.program;
            program.shrink();
            program
        })
    }

    /// The program of the governing date and place; its entries are these two, in this order. Without a stack that is deep
    /// enough it has none, and the governing date is a fault.
    pub fn start(&self) -> &Program {
        self.start.get_or_init(|| {
            let program = with_room(self, || {
                let mut builder = Builder::new(self, None, false);
                let as_of = self.model.parts(Item::AsOf);
                for expr in as_of.of(Role::GoverningDate).chain(as_of.of(Role::GoverningRegion)) {
                    let node = builder.expr(expr);
                    builder.arena.program.entries.push(node);
                }
                builder.arena.program
            });
            Box::new(program.unwrap_or_default())
        })
    }
}
