//! A window kept in order.

/// Windows of so many values are written anew for every bar, which takes no decision; in longer ones places are sought.
const SHORT: usize = 64;

/// The finite values of a window, in order, between the least and the greatest number.
pub(super) struct Ordered {
    n: usize,
    values: Vec<f64>,
    spare: Vec<f64>,
}

impl Ordered {
    /// An empty window that will hold so many values.
    pub(super) fn new(n: usize) -> Ordered {
        let mut values = Vec::with_capacity(n + 2);
        values.extend([f64::NEG_INFINITY, f64::INFINITY]);
        Ordered { n, values, spare: vec![f64::INFINITY; if n <= SHORT { n + 2 } else { 0 }] }
    }

    /// Takes a value out, if there is one, and another in; what is not finite is no value.
    #[inline(always)]
    pub(super) fn slide(&mut self, leaving: Option<f64>, entering: f64) {
        let leaving = leaving.filter(|value| value.is_finite());
        match leaving {
            Some(leaving) if entering.is_finite() => {
                if self.n <= SHORT && self.values.len() == self.spare.len() {
                    self.replace_in_short(leaving, entering);
                } else {
                    self.replace(leaving, entering);
                }
            }
            Some(leaving) => {
                self.values.remove(self.place(leaving));
            }
            None if entering.is_finite() => self.values.insert(self.place(entering), entering),
            None => {}
        }
    }

    /// The first place of a value that is not less than this one.
    fn place(&self, x: f64) -> usize {
        self.values.partition_point(|value| *value < x)
    }

    fn replace(&mut self, leaving: f64, entering: f64) {
        let (from, to) = (self.place(leaving), self.place(entering));
        if from < to {
            self.values.copy_within(from + 1..to, from);
            self.values[to - 1] = entering;
        } else {
            self.values.copy_within(to..from, to + 1);
            self.values[to] = entering;
        }
    }

    /// Without the value that leaves, place t holds the old value t, or t + 1 where that is the one or greater; the value
    /// that enters then stands between the last less than it and the first greater.
    #[inline(always)]
    fn replace_in_short(&mut self, leaving: f64, entering: f64) {
        let rest = |own: f64, next: f64| if own < leaving { own } else { next };
        let [_, places @ .., _] = self.spare.as_mut_slice() else { return };
        let (before, old, next) = (&self.values[..], &self.values[1..], &self.values[2..]);
        for (((place, before), old), next) in places.iter_mut().zip(before).zip(old).zip(next) {
            let (low, high) = (rest(*before, *old), rest(*old, *next));
            let high = if entering < high { entering } else { high };
            *place = if low > high { low } else { high };
        }
        self.spare[0] = f64::NEG_INFINITY;
        std::mem::swap(&mut self.values, &mut self.spare);
    }

    /// The values in order.
    #[inline(always)]
    pub(super) fn values(&self) -> &[f64] {
        &self.values[1..self.values.len() - 1]
    }
}
