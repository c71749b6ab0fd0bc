//! The values of a window in order of size.

/// At least one value.
pub(super) struct Sorted(Vec<f64>);

impl Sorted {
    pub(super) fn new(window: &[f64]) -> Sorted {
        let mut values = window.to_vec();
        values.sort_by(f64::total_cmp);
        Sorted(values)
    }

    /// The value that so many are before.
    #[inline(always)]
    pub(super) fn at(&self, place: usize) -> f64 {
        self.0[place]
    }

    /// How many are less than x.
    #[inline(always)]
    pub(super) fn below(&self, x: f64) -> usize {
        self.0.partition_point(|value| *value < x)
    }

    /// Puts `new` in the place of `old`.
    #[inline(always)]
    pub(super) fn replace(&mut self, old: f64, new: f64) {
        if old == new {
            return;
        }
        let from = self.below(old).min(self.0.len() - 1);
        let to = self.below(new);
        if from < to {
            self.0.copy_within(from + 1..to, from);
            self.0[to - 1] = new;
        } else {
            self.0.copy_within(to..from, to + 1);
            self.0[to] = new;
        }
    }
}
