//! Exponential moving averages: one, and chains of them, each over the one before.

/// M exponential averages, each over the values of the one before and begun with the mean of the first n of them.
#[derive(Clone)]
pub(in crate::ta) struct Chain<const M: usize> {
    weight: f64,
    n: usize,
    averages: [f64; M],
    /// How many of the averages have begun, and the sum and the number of values for the next one's mean.
    begun: usize,
    sum: f64,
    count: usize,
}

impl<const M: usize> Chain<M> {
    /// Each average gives a new value the weight 2 / (n + 1).
    pub(in crate::ta) fn new(n: usize) -> Chain<M> {
        Chain::weighted(n, 2.0 / (n as f64 + 1.0))
    }

    /// Each average gives a new value this weight.
    pub(in crate::ta) fn weighted(n: usize, weight: f64) -> Chain<M> {
        Chain { weight, n, averages: [0.0; M], begun: 0, sum: 0.0, count: 0 }
    }

    /// Takes a value; the averages, once all of them have begun.
    #[inline(always)]
    pub(in crate::ta) fn next(&mut self, x: f64) -> Option<[f64; M]> {
        if self.begun == M {
            return Some(self.hot(x));
        }
        self.warm(x)
    }

    #[inline(always)]
    fn hot(&mut self, x: f64) -> [f64; M] {
        let mut value = x;
        for average in &mut self.averages {
            *average += (value - *average) * self.weight;
            value = *average;
        }
        self.averages
    }

    fn warm(&mut self, x: f64) -> Option<[f64; M]> {
        let mut value = x;
        for average in &mut self.averages[..self.begun] {
            *average += (value - *average) * self.weight;
            value = *average;
        }
        while self.begun < M {
            self.sum += value;
            self.count += 1;
            if self.count < self.n {
                return None;
            }
            value = self.sum / self.n as f64;
            self.averages[self.begun] = value;
            self.begun += 1;
            (self.sum, self.count) = (0.0, 0);
        }
        Some(self.averages)
    }
}

/// A value from the M averages of each bar, from `settle` bars after all of them have begun.
#[inline(always)]
pub(in crate::ta) fn chain<const M: usize>(
    mut state: Chain<M>,
    x: &[f64],
    settle: usize,
    out: &mut [f64],
    value: impl Fn([f64; M]) -> f64,
) {
    let begin = M * (state.n - 1);
    if begin >= x.len() {
        return;
    }
    let (head, tail) = x.split_at(begin + 1);
    let mut first = None;
    for x in head {
        first = state.warm(*x);
    }
    let out = &mut out[begin..x.len()];
    if settle == 0
        && let (Some(averages), Some(place)) = (first, out.first_mut())
    {
        *place = value(averages);
    }
    let hidden = settle.saturating_sub(1).min(tail.len());
    for x in &tail[..hidden] {
        state.hot(*x);
    }
    for (place, x) in out[1 + hidden..].iter_mut().zip(&tail[hidden..]) {
        *place = value(state.hot(*x));
    }
}

/// The exponential average with the weight 2 / (n + 1).
pub(in crate::ta) fn ema(x: &[f64], n: usize, settle: usize, out: &mut [f64]) {
    chain(Chain::<1>::new(n), x, settle, out, |[average]| average);
}
