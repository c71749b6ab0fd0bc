//! The values of a window in order of size.

/// At least one value.
pub(super) struct Sorted {
    values: Vec<f64>,
    /// Whether NaN has come, after which TA-Lib's search decides what is where.
    is_odd: bool,
}

impl Sorted {
    pub(super) fn new(window: &[f64]) -> Sorted {
        let is_odd = window.iter().any(|x| x.is_nan());
        let mut values = window.to_vec();
        if is_odd {
            values.clear();
            for x in window {
                values.insert(search(&values, *x), *x);
            }
        } else {
            values.sort_unstable_by(f64::total_cmp);
        }
        Sorted { values, is_odd }
    }

    /// The value that so many are before.
    #[inline(always)]
    pub(super) fn at(&self, place: usize) -> f64 {
        self.values[place]
    }

    /// How many are less than x.
    #[inline(always)]
    pub(super) fn below(&self, x: f64) -> usize {
        self.values.partition_point(|value| *value < x)
    }

    /// Puts `new` in the place of `old`.
    #[inline(always)]
    pub(super) fn replace(&mut self, old: f64, new: f64) {
        if old == new && !self.is_odd {
            return;
        }
        self.is_odd |= new.is_nan();
        if self.is_odd {
            return self.replace_odd(old, new);
        }
        let (from, to) = (self.below(old), self.below(new));
        if from < to {
            self.values.copy_within(from + 1..to, from);
            self.values[to - 1] = new;
        } else {
            self.values.copy_within(to..from, to + 1);
            self.values[to] = new;
        }
    }

    #[cold]
    fn replace_odd(&mut self, old: f64, new: f64) {
        let last = self.values.len() - 1;
        self.values.remove(search(&self.values, old).min(last));
        self.values.insert(search(&self.values, new), new);
    }
}

/// How many values, from the least on, are less than x, up to the first that is not: NaN stands before all others.
fn search(values: &[f64], x: f64) -> usize {
    values.iter().take_while(|value| **value < x).count()
}
