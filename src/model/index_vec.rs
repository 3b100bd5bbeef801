//! A list indexed by ids of one kind, so that an id of another kind does not compile.

use crate::ids::Id;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Index;

/// A list that is indexed by its own kind of id.
///
/// The checker makes an id together with its item, and every list only grows until the Model is complete. So an id that
/// is not in the list belongs to another Model: [`IndexVec::at`] then panics and says so, because no default could be
/// right.
#[derive(Clone, PartialEq, Eq)]
pub struct IndexVec<I, T> {
    items: Vec<T>,
    ids: PhantomData<fn(I)>,
}

impl<I: Id, T> IndexVec<I, T> {
    /// An empty list.
    #[must_use]
    pub const fn new() -> Self {
        Self { items: Vec::new(), ids: PhantomData }
    }

    /// Adds an item and returns its id.
    pub fn push(&mut self, item: T) -> I {
        let id = self.next_id();
        self.items.push(item);
        id
    }

    /// The id of the next item.
    #[must_use]
    pub fn next_id(&self) -> I {
        I::from_index(self.items.len())
    }

    /// The number of items.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Removes the items from this index on.
    pub fn truncate(&mut self, len: usize) {
        self.items.truncate(len);
    }

    /// Frees the spare memory.
    pub fn shrink_to_fit(&mut self) {
        self.items.shrink_to_fit();
    }

    /// True if there is no item.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// True if the id is one of this list.
    #[must_use]
    pub fn contains_id(&self, id: I) -> bool {
        id.to_index() < self.items.len()
    }

    /// The first item.
    #[must_use]
    pub fn first(&self) -> Option<&T> {
        self.items.first()
    }

    /// All ids, in order.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = I> + ExactSizeIterator + use<I, T> {
        (0..self.items.len()).map(I::from_index)
    }

    /// All items, in the order of their ids.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.items.iter()
    }

    /// All items, mutable.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.items.iter_mut()
    }

    /// All items with their ids, in order.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = (I, &T)> + ExactSizeIterator {
        self.items.iter().enumerate().map(|(index, item)| (I::from_index(index), item))
    }

    /// The same, to change the items.
    pub fn entries_mut(&mut self) -> impl Iterator<Item = (I, &mut T)> {
        self.items.iter_mut().enumerate().map(|(index, item)| (I::from_index(index), item))
    }

    /// The id of the first item that fits.
    pub fn find_id(&self, fits: impl FnMut(&T) -> bool) -> Option<I> {
        self.items.iter().position(fits).map(I::from_index)
    }

    /// The item with an id of this list.
    ///
    /// # Panics
    /// If the id is of another Model.
    #[inline]
    #[must_use]
    pub fn at(&self, id: I) -> &T {
        match self.items.get(id.to_index()) {
            Some(item) => item,
            None => no_such_id(id, self.items.len()),
        }
    }

    /// The item with an id from a caller; `None` if the id is of another Model.
    #[must_use]
    pub fn get(&self, id: I) -> Option<&T> {
        self.items.get(id.to_index())
    }

    /// The item with an id of this list, mutable.
    ///
    /// # Panics
    /// If the id is of another Model.
    pub fn at_mut(&mut self, id: I) -> &mut T {
        let len = self.items.len();
        match self.items.get_mut(id.to_index()) {
            Some(item) => item,
            None => no_such_id(id, len),
        }
    }

    /// The items as a slice.
    #[must_use]
    pub fn as_slice(&self) -> &[T] {
        &self.items
    }
}

#[expect(clippy::panic, reason = "an id of another Model is a mistake of the program and never of its input")]
#[cold]
fn no_such_id<I: Id>(id: I, len: usize) -> ! {
    panic!("bug: {id:?} is no id of this Model, whose list has {len} items")
}

impl<I: Id, T> Index<I> for IndexVec<I, T> {
    type Output = T;

    #[inline]
    fn index(&self, id: I) -> &T {
        self.at(id)
    }
}

impl<I: Id, T> Default for IndexVec<I, T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<I, T: fmt::Debug> fmt::Debug for IndexVec<I, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.items.fmt(f)
    }
}

impl<I: Id, T> FromIterator<T> for IndexVec<I, T> {
    fn from_iter<It: IntoIterator<Item = T>>(items: It) -> Self {
        Self { items: items.into_iter().collect(), ids: PhantomData }
    }
}

impl<'a, I, T> IntoIterator for &'a IndexVec<I, T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

impl<'a, I, T> IntoIterator for &'a mut IndexVec<I, T> {
    type Item = &'a mut T;
    type IntoIter = std::slice::IterMut<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter_mut()
    }
}
