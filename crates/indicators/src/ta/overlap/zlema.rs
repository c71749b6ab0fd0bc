//! Zero-lag exponential moving average.

use super::CHUNK;
use super::ema::Chain;
use super::ring::Ring;
use crate::indicator::{Group, Indicator, Input, Memory, Output};
use crate::ta::TA;
use crate::ta::memory::decay;
use crate::ta::params::{PRICE, time_period};
use crate::ta::recurrence::{Recurrence, stream};

pub(super) const ZLEMA: Indicator = Indicator {
    id: "ta.zlema",
    label: "Zero-lag exponential moving average",
    group: Group::Overlap,
    help: "An exponential average of values that the latest move is added to, so that it lags less",
    formula: "exponential average over n bars of 2 x[t] - x[t-k]; k = (n - 1) / 2 rounded down",
    source: "TA-Lib 0.8.1; Ehlers and Way 2010",
    inputs: &[Input::Column("price")],
    params: &[PRICE, time_period(30, 1)],
    outputs: &[Output::ta("real")],
    look_back: |params| {
        let n = params.size("timeperiod");
        n - 1 + lag(n)
    },
    memory: Memory::Unbroken(|params| Some(decay(params.size("timeperiod")))),
    overlay: true,
    kernel: |inputs, params, out| {
        let n = params.size("timeperiod");
        moved(Chain::new(n).quick(), inputs[0], n, out[0]);
    },
    stream: Some(|params| {
        let n = params.size("timeperiod");
        stream(Zlema { lagged: Ring::new(lag(n) + 1), average: Chain::new(n) })
    }),
    ..TA
};

/// How many bars the average looks back to take its lag away.
pub(in crate::ta) fn lag(n: usize) -> usize {
    (n - 1) / 2
}

/// The exponential average of 2 x[t] - x[t-lag].
pub(in crate::ta) fn zlema(x: &[f64], n: usize, out: &mut [f64]) {
    moved(Chain::new(n), x, n, out);
}

fn moved(mut state: Chain<1>, x: &[f64], n: usize, out: &mut [f64]) {
    if n == 1 {
        out.copy_from_slice(x);
        return;
    }
    let lag = lag(n);
    let first = n - 1 + lag;
    if first >= x.len() {
        return;
    }
    for (x, earlier) in x[lag..=first].iter().zip(x) {
        if let Some([average]) = state.next(2.0 * x - earlier) {
            out[first] = average;
        }
    }
    let mut moved = [0.0; CHUNK];
    let (now, earlier) = (&x[first + 1..], &x[first + 1 - lag..]);
    for ((out, now), earlier) in out[first + 1..].chunks_mut(CHUNK).zip(now.chunks(CHUNK)).zip(earlier.chunks(CHUNK)) {
        let moved = &mut moved[..now.len()];
        for ((moved, x), earlier) in moved.iter_mut().zip(now).zip(earlier) {
            *moved = 2.0 * x - earlier;
        }
        state.run(moved, out, |[average]| average);
    }
}

struct Zlema {
    lagged: Ring,
    average: Chain<1>,
}

impl Recurrence<1, 1> for Zlema {
    #[inline(always)]
    fn next(&mut self, [x]: [f64; 1]) -> [f64; 1] {
        let average = self.lagged.push(x).and_then(|earlier| self.average.next(2.0 * x - earlier));
        average.unwrap_or([f64::NAN])
    }
}
