//! Exponential moving averages: one, and chains of them, each over the one before.

use crate::fused::fused;
use crate::indicator::{Group, Indicator, Input, Memory, Output, Stream};
use crate::ta::TA;
use crate::ta::memory::decay;
use crate::ta::params::{PRICE, UNSTABLE, time_period, unstable};
use crate::ta::recurrence::{BLOCK, Recurrence, longer, stream};

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
    memory: Memory::Unbroken(|params| Some(decay(params.size("timeperiod")))),
    overlay: true,
    append: Some(|inputs, params, out| {
        append(Chain::<1>::new(params.size("timeperiod")).quick(), inputs[0], unstable(params), out, |[e]| e);
    }),
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
    /// Whether a step is `keep * average + weight * value` and not `average + weight * (value - average)`.
    kept: bool,
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
        Chain { weights, n, same: false, kept: false, by_four: false, averages: [0.0; M], begun: 0, sum: 0.0, count: 0 }
    }

    /// One that takes four bars at a time, whose last digits are not TA-Lib's. Where one average is taken from another
    /// and nothing but such digits may be left, the chain stays as it is.
    pub(in crate::ta) fn quick(self) -> Chain<M> {
        Chain { by_four: M == 1, ..self }
    }

    /// One whose step is written as TA-Lib's T3 writes it.
    pub(super) fn kept(self) -> Chain<M> {
        Chain { kept: true, ..self }
    }

    /// Takes a value; the averages, once all of them have begun.
    #[inline(always)]
    pub(in crate::ta) fn next(&mut self, x: f64) -> Option<[f64; M]> {
        if self.same {
            return Some([x; M]);
        }
        if self.begun == M {
            return Some(self.hot(x, self.kept));
        }
        self.warm(x)
    }

    #[inline(always)]
    fn hot(&mut self, x: f64, kept: bool) -> [f64; M] {
        let mut value = x;
        for average in &mut self.averages {
            *average = step(*average, value, self.weights[0], kept);
            value = *average;
        }
        self.averages
    }

    /// A value from the averages of each bar, once all of them have begun.
    #[inline(always)]
    pub(in crate::ta) fn run(&mut self, x: &[f64], out: &mut [f64], value: impl Fn([f64; M]) -> f64) {
        run(self, x, out, value);
    }

    /// The same for one average. Four bars are worked out from the average before them, so that no bar waits for the
    /// one before. A bar's own arithmetic is the same whether or not others follow it.
    #[inline(always)]
    fn run_by_four(&mut self, x: &[f64], out: &mut [f64], value: impl Fn([f64; M]) -> f64) {
        let [w1, w2, w3, w4] = self.weights;
        // What the four weights leave of a distance: the way from the average to the first value is w1, w1 + w2, ...
        let ways = [w1, w1 + w2, w1 + w2 + w3, (w1 + w2) + (w3 + w4)];
        let four = |e: f64, [x1, x2, x3, x4]: [f64; 4]| {
            let (d, d2, d3, d4) = (x1 - e, x2 - x1, x3 - x1, x4 - x1);
            let rest = [0.0, w1 * d2, w2.mul_add(d2, w1 * d3), w3.mul_add(d2, w2.mul_add(d3, w1 * d4))];
            std::array::from_fn(|place: usize| ways[place].mul_add(d, e + rest[place]))
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

    fn look_back(&self) -> usize {
        M * (self.n - 1)
    }

    /// Takes values till all averages have begun: how many, and the averages then. None if there are too few.
    fn begin(&mut self, x: &[f64]) -> Option<(usize, [f64; M])> {
        let head = self.look_back() + 1;
        let mut first = None;
        for x in x.get(..head)? {
            first = self.warm(*x);
        }
        first.map(|averages| (head, averages))
    }

    fn warm(&mut self, x: f64) -> Option<[f64; M]> {
        let mut value = x;
        for average in &mut self.averages[..self.begun] {
            *average = step(*average, value, self.weights[0], self.kept);
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

/// The average after one more value.
#[inline(always)]
fn step(average: f64, value: f64, weight: f64, kept: bool) -> f64 {
    if kept { (1.0 - weight).mul_add(average, weight * value) } else { (value - average).mul_add(weight, average) }
}

fused! {
    fn run[const M: usize](chain: &mut Chain<M>, x: &[f64], out: &mut [f64], value: impl Fn([f64; M]) -> f64) {
        // The loop's own state, which nothing else points to, stays in registers.
        let mut state = chain.clone();
        if state.by_four {
            state.run_by_four(x, out, value);
        } else if state.kept {
            for (place, x) in out.iter_mut().zip(x) {
                *place = value(state.hot(*x, true));
            }
        } else {
            for (place, x) in out.iter_mut().zip(x) {
                *place = value(state.hot(*x, false));
            }
        }
        *chain = state;
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
    let Some((head, first)) = state.begin(x) else { return };
    let out = &mut out[head - 1..x.len()];
    out[0] = value(first);
    state.run(&x[head..], &mut out[1..], value);
    let hidden = settle.min(out.len());
    out[..hidden].fill(f64::NAN);
}

/// The same, appended, so that memory is written once.
#[inline(always)]
pub(in crate::ta) fn append<const M: usize>(
    mut state: Chain<M>,
    x: &[f64],
    settle: usize,
    out: &mut Vec<f64>,
    value: impl Fn([f64; M]) -> f64,
) {
    let from = out.len();
    if state.same {
        out.extend(x.iter().map(|x| value([*x; M])));
    } else if let Some((head, first)) = state.begin(x) {
        out.resize(from + head - 1, f64::NAN);
        out.push(value(first));
        for block in x[head..].chunks(BLOCK) {
            state.run(block, longer(out, block.len()), &value);
        }
    }
    out.resize(from + x.len(), f64::NAN);
    let hidden = (state.look_back() + settle).min(x.len());
    out[from..from + hidden].fill(f64::NAN);
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
