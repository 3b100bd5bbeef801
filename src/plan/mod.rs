//! The plan: a Model under one vector of choices, ready to be evaluated.
//!
//! Comes in: an error-free Model and a choice for each assumption. Goes out: for each cell of the grid of dates and
//! regions a `Program`, a flat arena of nodes in which scopes, versions, norms and assumptions are already resolved.
//! A cell's program is made on the first question about a day in it, and kept. Stands between `check` and `eval`.

mod address;
mod arena;
mod builder;
mod cells;
mod compile;
mod depth;
mod nearby;
mod node;
mod probe;
mod programs;
mod rank;
mod room;
mod same;
mod stock;
mod versions;

pub(crate) use address::address;
pub use node::*;
pub use programs::Programs;
pub use room::with_room;

use crate::diagnostic::{Code, Diagnostic};
use crate::ids::{LocalId, NormId, RegionId, SectionId};
use crate::model::{Choices, Claim, Expr, ExprKind, Grid, IndexVec, Model, Reads, RegionClass};
use chrono::NaiveDate;
use nearby::Nearby;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, OnceLock};
use stock::Stock;

/// The longest chain of nested expressions and definitions that is evaluated at all.
pub const MAX_DEPTH: usize = 100_000;

/// A Model under one vector of choices.
#[derive(Debug)]
pub struct Plan {
    model: Arc<Model>,
    choices: Choices,
    grid: Grid,
    /// For each class of places, the programs of its cells that have been made.
    programs: Vec<Vec<OnceLock<Box<Program>>>>,
    stock: Stock,
    /// The program that computes the governing date and place, outside any cell.
    start: OnceLock<Box<Program>>,
    order: Vec<SectionId>,
    /// The rank of each section in that order.
    ranks: IndexVec<SectionId, usize>,
    common: Arc<Common>,
    /// True if its programs note what decisions exercise.
    probing: bool,
}

/// What all plans of a Model share, whatever the choices are.
#[derive(Debug)]
struct Common {
    nearby: Nearby,
    /// The expressions under the `at`s of the Model, in its order, each with the variables that it reads.
    entries: Vec<(Arc<Expr>, Vec<LocalId>)>,
    /// The index of each entry, by the address of its expression.
    entry_at: HashMap<usize, u32>,
    depth: usize,
}

impl Common {
    fn new(model: &Model) -> Self {
        let (mut entries, mut entry_at) = (Vec::new(), HashMap::new());
        // A norm needs one entry, however many of its values rest on earlier ones: each program has all entries.
        let mut norms: BTreeMap<NormId, u32> = BTreeMap::new();
        let earlier: BTreeSet<usize> = model.earlier_readings().iter().map(|r| address(r.whole)).collect();
        for (_, _, top) in model.expressions() {
            top.walk(&mut |expr| {
                if let ExprKind::At(what, _) = &expr.kind {
                    let mut add = || {
                        entries.push((Arc::clone(what), free_locals(what)));
                        u32::try_from(entries.len() - 1).unwrap_or(u32::MAX)
                    };
                    let norm = expr.norm_at().filter(|_| earlier.contains(&address(expr)));
                    let entry = match norm {
                        Some((norm, _)) => *norms.entry(norm).or_insert_with(add),
                        None => add(),
                    };
                    entry_at.insert(address(what), entry);
                }
            });
        }
        Self { nearby: Nearby::new(model), entries, entry_at, depth: depth::depth(model) }
    }
}

impl Plan {
    /// Makes the plan. Programs are made later, cell by cell.
    ///
    /// # Errors
    /// Versions that tie (E0401) or outrank one another in a circle (E0407) only under these choices; a chain of
    /// definitions longer than [`MAX_DEPTH`] (E0703).
    pub fn build(model: Arc<Model>, choices: Choices) -> Result<Self, Vec<Diagnostic>> {
        let found = rank::check(&model, &choices);
        if !found.is_empty() {
            return Err(found);
        }
        let common = Common::new(&model);
        if common.depth > MAX_DEPTH {
            return Err(vec![
                Diagnostic::new(
                    Code::E0703,
                    format!("definitions and exceptions stand {} levels inside one another", common.depth),
                    model.as_of.span,
                    format!("at most {MAX_DEPTH} levels can be decided"),
                )
                .help("let fewer definitions rest on one another"),
            ]);
        }
        Ok(Self::of(model, choices, Arc::new(common)))
    }

    /// The plan of the same Model under other choices.
    ///
    /// # Errors
    /// As [`Plan::build`].
    pub fn under(&self, choices: Choices) -> Result<Self, Vec<Diagnostic>> {
        let found = rank::check(&self.model, &choices);
        if found.is_empty() {
            let plan = Self::of(Arc::clone(&self.model), choices, Arc::clone(&self.common));
            Ok(Self { probing: self.probing, stock: Stock::of(self.stock.most()), ..plan })
        } else {
            Err(found)
        }
    }

    fn of(model: Arc<Model>, choices: Choices, common: Arc<Common>) -> Self {
        let model = model.counting_dates(&choices);
        let grid = Grid::new(&model, &choices, model.scopes().into_iter().map(|(_, scope)| scope));
        let empty = |class: &RegionClass| (0..=class.breaks.len()).map(|_| OnceLock::new()).collect();
        let programs = grid.classes().iter().map(empty).collect();
        let order = model.section_order(&choices);
        let mut ranks: IndexVec<SectionId, usize> = order.iter().map(|_| usize::MAX).collect();
        for (rank, section) in order.iter().enumerate() {
            *ranks.at_mut(*section) = rank;
        }
        let (stock, start) = (Stock::default(), OnceLock::new());
        Self { model, choices, grid, programs, stock, start, order, ranks, common, probing: false }
    }

    /// Makes a plan that gives the same answers and also notes what they rest on.
    ///
    /// # Errors
    /// As [`Plan::build`].
    pub fn probing(model: Arc<Model>, choices: Choices) -> Result<Self, Vec<Diagnostic>> {
        let plan = Self::build(model, choices)?;
        Ok(Self { probing: true, ..plan })
    }

    /// The same plan, which keeps programs of its cells up to this number of nodes and makes the others again on
    /// demand. Its decisions are the same.
    #[must_use]
    pub fn keeping(self, nodes: usize) -> Self {
        Self { stock: Stock::of(nodes), ..self }
    }

    /// True if its programs note what decisions exercise.
    #[must_use]
    pub fn is_probing(&self) -> bool {
        self.probing
    }

    /// The Model.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The choices.
    #[must_use]
    pub fn choices(&self) -> &Choices {
        &self.choices
    }

    /// The position of a claim's item in the order of reasons, see [`Model::reason_key`].
    pub fn reason_key(&self, claim: &Claim) -> (usize, u32, u32) {
        let rank = *self.ranks.at(claim.section);
        (rank, claim.file_rank, claim.span.start)
    }

    /// The index of what can hold in each place.
    pub(crate) fn nearby(&self) -> &Nearby {
        &self.common.nearby
    }

    /// An upper bound of the depth of evaluation.
    pub(crate) fn depth(&self) -> usize {
        // A probing plan can add a probe, a condition and a part of a condition around each expression.
        if self.probing { self.common.depth.saturating_mul(4) } else { self.common.depth }
    }

    /// The number of an expression under an `at`, and the variables that it reads.
    pub(crate) fn entry(&self, what: &Expr) -> (u32, &[LocalId]) {
        let known = self.common.entry_at.get(&address(what)).copied();
        let entry = known.and_then(|number| Some((number, self.common.entries.get(number as usize)?)));
        entry.map_or((u32::MAX, &[]), |(number, (_, reads))| (number, reads))
    }

    /// True if the expression under an `at` with this number is a norm.
    pub(crate) fn is_norm(&self, entry: u32) -> bool {
        let entry = self.common.entries.get(entry as usize);
        entry.is_some_and(|(what, _)| matches!(what.kind, ExprKind::Norm(_)))
    }

    /// The expressions under the `at`s, in the order of their numbers.
    fn entries(&self) -> impl Iterator<Item = &Expr> {
        self.common.entries.iter().map(|(what, _)| &**what)
    }

    /// The days and places that have a program of their own.
    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    /// The key of the cell of a day and a place: the number of its class of places, and its first day.
    pub fn cell_of(&self, day: NaiveDate, place: Option<RegionId>) -> (usize, Option<NaiveDate>) {
        let first = self.grid.class(place).and_then(|class| class.cell(day).1);
        (self.grid.class_number(place), first)
    }
}

/// The variables that an expression reads and does not bind itself.
fn free_locals(expr: &Expr) -> Vec<LocalId> {
    let (mut read, mut bound) = (BTreeSet::new(), BTreeSet::new());
    expr.walk(&mut |e| {
        if let Reads::Variable(local) = e.reads() {
            read.insert(local);
        } else if let ExprKind::Aggregate(aggregate) = &e.kind {
            bound.insert(aggregate.local);
        }
    });
    read.difference(&bound).copied().collect()
}
