//! The last n values of a series.

pub(super) struct Ring {
    values: Vec<f64>,
    oldest: usize,
}

impl Ring {
    /// n values, all of them `empty`; n is at least 1.
    pub(super) fn new(n: usize, empty: f64) -> Ring {
        Ring { values: vec![empty; n.max(1)], oldest: 0 }
    }

    /// Takes the newest value and gives the oldest, n places before it.
    #[inline(always)]
    pub(super) fn swap(&mut self, value: f64) -> f64 {
        let oldest = std::mem::replace(&mut self.values[self.oldest], value);
        self.oldest += 1;
        if self.oldest == self.values.len() {
            self.oldest = 0;
        }
        oldest
    }

    /// The values, oldest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = &f64> {
        self.values[self.oldest..].iter().chain(&self.values[..self.oldest])
    }
}
