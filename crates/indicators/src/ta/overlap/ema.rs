//! Exponential moving averages: one, and chains of them, each over the one before.

use crate::indicator::{Group, Indicator, Input, Output, Stream};
use crate::ta::TA;
use crate::ta::params::{PRICE, UNSTABLE, time_period, unstable};
use crate::ta::recurrence::{Recurrence, stream};

pub(super) const EMA: Indicator = Indicator {
    id: "ta.ema",
    label: "Exponential moving average",
    group: Group::Overlap,
    help: "An average in which the newest value has the weight 2 / (n + 1), and every earlier one less",
    formula: "e[t-1] + 2 (x[t] - e[t-1]) / (n + 1); begins with the mean of the first n values",
    inputs: &[Input::Column("price")],
    params: &[PRICE, time_period(30, 1), UNSTABLE],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod") - 1 + unstable(params),
    overlay: true,
    kernel: |inputs, params, out| {
        chain(Chain::<1>::new(params.size("timeperiod")).quick(), inputs[0], unstable(params), out[0], |[e]| e);
    },
    stream: Some(|params| chained(Chain::<1>::new(params.size("timeperiod")), unstable(params), |[e]| e)),
    ..TA
};

/// M exponential averages, each over the values of the one before and begun with the mean of the first n of them.
#[derive(Clone)]
pub(in crate::ta) struct Chain<const M: usize> {
    /// The weight of a new value, and what is left of it one, two and three bars later.
    weights: [f64; 4],
    n: usize,
    /// Whether it is over one value and so the value itself, even after one that is missing.
    same: bool,
    /// Whether [`Chain::run`] takes four bars at a time.
    by_four: bool,
    averages: [f64; M],
    /// How many of the averages have begun, and the sum and the number of values for the next one's mean.
    begun: usize,
    sum: f64,
    count: usize,
}

impl<const M: usize> Chain<M> {
    /// Each average gives a new value the weight 2 / (n + 1).
    pub(in crate::ta) fn new(n: usize) -> Chain<M> {
        Chain { same: n == 1, ..Chain::weighted(n, 2.0 / (n as f64 + 1.0)) }
    }

    /// Each average gives a new value this weight.
    pub(in crate::ta) fn weighted(n: usize, weight: f64) -> Chain<M> {
        let keep = 1.0 - weight;
        let weights = [weight, weight * keep, weight * keep * keep, weight * keep * keep * keep];
        Chain { weights, n, same: false, by_four: false, averages: [0.0; M], begun: 0, sum: 0.0, count: 0 }
    }

    /// One that takes four bars at a time, whose last digits are not TA-Lib's. Where one average is taken from another
    /// and nothing but such digits may be left, the chain stays as it is.
    pub(in crate::ta) fn quick(self) -> Chain<M> {
        Chain { by_four: M == 1, ..self }
    }

    /// Takes a value; the averages, once all of them have begun.
    #[inline(always)]
    pub(in crate::ta) fn next(&mut self, x: f64) -> Option<[f64; M]> {
        if self.same {
            return Some([x; M]);
        }
        if self.begun == M {
            return Some(self.hot(x));
        }
        self.warm(x)
    }

    #[inline(always)]
    fn hot(&mut self, x: f64) -> [f64; M] {
        let mut value = x;
        for average in &mut self.averages {
            *average += (value - *average) * self.weights[0];
            value = *average;
        }
        self.averages
    }

    /// A value from the averages of each bar, once all of them have begun.
    #[inline(always)]
    pub(in crate::ta) fn run(&mut self, x: &[f64], out: &mut [f64], value: impl Fn([f64; M]) -> f64) {
        let mut state = self.clone();
        if state.by_four {
            state.run_by_four(x, out, value);
        } else {
            for (place, x) in out.iter_mut().zip(x) {
                *place = value(state.hot(*x));
            }
        }
        *self = state;
    }

    /// The same for one average. Four bars are worked out from the average before them, so that no bar waits for the
    /// one before. A bar's own arithmetic is the same whether or not others follow it.
    #[inline(always)]
    fn run_by_four(&mut self, x: &[f64], out: &mut [f64], value: impl Fn([f64; M]) -> f64) {
        let [w1, w2, w3, w4] = self.weights;
        let four = |e: f64, x: [f64; 4]| {
            let [d1, d2, d3, d4] = x.map(|x| x - e);
            [
                e + w1 * d1,
                e + (w2 * d1 + w1 * d2),
                e + ((w3 * d1 + w2 * d2) + w1 * d3),
                e + ((w4 * d1 + w3 * d2) + (w2 * d3 + w1 * d4)),
            ]
        };
        let mut average = self.averages[0];
        let (groups, rest) = x.as_chunks::<4>();
        let (places, last) = out[..x.len()].as_chunks_mut::<4>();
        for (places, x) in places.iter_mut().zip(groups) {
            let averages = four(average, *x);
            average = averages[3];
            *places = averages.map(|average| value([average; M]));
        }
        if let Some(end) = rest.len().checked_sub(1) {
            let mut x = [rest[end]; 4];
            x[..rest.len()].copy_from_slice(rest);
            let averages = four(average, x);
            average = averages[end];
            for (place, average) in last.iter_mut().zip(averages) {
                *place = value([average; M]);
            }
        }
        self.averages = [average; M];
    }

    fn warm(&mut self, x: f64) -> Option<[f64; M]> {
        let mut value = x;
        for average in &mut self.averages[..self.begun] {
            *average += (value - *average) * self.weights[0];
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
    if state.same {
        for (place, x) in out.iter_mut().zip(x).skip(settle) {
            *place = value([*x; M]);
        }
        return;
    }
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
    if let (Some(averages), Some(place)) = (first, out.first_mut()) {
        *place = value(averages);
    }
    state.run(tail, &mut out[1..], value);
    let hidden = settle.min(out.len());
    out[..hidden].fill(f64::NAN);
}

/// The exponential average with the weight 2 / (n + 1).
pub(in crate::ta) fn ema(x: &[f64], n: usize, settle: usize, out: &mut [f64]) {
    chain(Chain::<1>::new(n), x, settle, out, |[average]| average);
}

/// Single values of such a chain.
pub(in crate::ta) struct Chained<const M: usize, F> {
    pub(in crate::ta) averages: Chain<M>,
    pub(in crate::ta) settle: usize,
    pub(in crate::ta) value: F,
}

impl<const M: usize, F: Fn([f64; M]) -> f64 + Send> Recurrence<1, 1> for Chained<M, F> {
    #[inline(always)]
    fn next(&mut self, [x]: [f64; 1]) -> [f64; 1] {
        match self.averages.next(x) {
            Some(averages) if self.settle == 0 => [(self.value)(averages)],
            Some(_) => {
                self.settle -= 1;
                [f64::NAN]
            }
            None => [f64::NAN],
        }
    }
}

/// A stream of one value from the M averages of each bar.
pub(in crate::ta) fn chained<const M: usize>(
    averages: Chain<M>,
    settle: usize,
    value: impl Fn([f64; M]) -> f64 + Send + 'static,
) -> Box<dyn Stream> {
    stream(Chained { averages, settle, value })
}
