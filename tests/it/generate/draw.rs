//! Random choices from a list of numbers.

/// A list of numbers that is consumed from the front; when it is empty, every draw gives the simplest choice.
pub struct Draw<'a> {
    numbers: &'a [u32],
}

impl<'a> Draw<'a> {
    pub fn new(numbers: &'a [u32]) -> Self {
        Self { numbers }
    }

    /// A number below `n`, which is above zero.
    pub fn below(&mut self, n: usize) -> usize {
        let Some((first, rest)) = self.numbers.split_first() else { return 0 };
        self.numbers = rest;
        *first as usize % n
    }

    /// True in `percent` of a hundred draws; never if no numbers are left.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) >= 100 - percent
    }

    /// One of these; the first is the simplest.
    pub fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    /// Puts these in another order.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for i in (1..list.len()).rev() {
            let j = i - self.below(i + 1);
            list.swap(i, j);
        }
    }
}
