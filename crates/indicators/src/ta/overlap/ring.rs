//! The last values of a series that arrives one by one.

/// The last n values.
#[derive(Clone)]
pub(in crate::ta) struct Ring {
    values: Vec<f64>,
    /// The oldest value's place, where the next one goes.
    at: usize,
    free: usize,
}

impl Ring {
    /// Of n values, at least one.
    pub(in crate::ta) fn new(n: usize) -> Ring {
        Ring { values: vec![0.0; n.max(1)], at: 0, free: n.max(1) }
    }

    /// Takes the newest value; the oldest of the last n, once there are so many.
    #[inline(always)]
    pub(in crate::ta) fn push(&mut self, x: f64) -> Option<f64> {
        self.values[self.at] = x;
        self.at += 1;
        if self.at == self.values.len() {
            self.at = 0;
        }
        self.free = self.free.saturating_sub(1);
        (self.free == 0).then(|| self.values[self.at])
    }

    /// Whether there are n values.
    pub(in crate::ta) fn is_full(&self) -> bool {
        self.free == 0
    }

    /// The oldest of the n values.
    pub(in crate::ta) fn oldest(&self) -> f64 {
        self.values[self.at]
    }

    /// The values, oldest first.
    pub(in crate::ta) fn values(&self) -> impl Iterator<Item = f64> {
        self.values[self.at..].iter().chain(&self.values[..self.at]).copied()
    }
}
