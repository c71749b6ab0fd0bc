//! Kaufman's adaptive moving average.

use super::ring::Ring;
use crate::fused::fused;
use crate::indicator::{Group, Indicator, Input, Memory, Output};
use crate::ta::TA;
use crate::ta::params::{PRICE, UNSTABLE, time_period, unstable};
use crate::ta::path::Path;
use crate::ta::recurrence::{Recurrence, longer, stream};

pub(super) const KAMA: Indicator = Indicator {
    id: "ta.kama",
    label: "Kaufman's adaptive moving average",
    group: Group::Overlap,
    help: "An average that follows prices fast when they move one way and slowly when they go to and fro",
    formula: "k[t-1] + c (x[t] - k[t-1]); c = (r (2/3 - 2/31) + 2/31)^2; r = abs(x[t] - x[t-n]) / sum(abs(x[i] - x[i-1])) over n bars",
    source: "TA-Lib 0.8.1; Kaufman 1995",
    inputs: &[Input::Column("price")],
    params: &[PRICE, time_period(30, 1), UNSTABLE],
    outputs: &[Output::ta("real")],
    look_back: |params| look_back(params.size("timeperiod")) + unstable(params),
    memory: Memory::Unbroken(|_| Some(SETTLED)),
    overlay: true,
    append: Some(|inputs, params, out| append(inputs[0], params.size("timeperiod"), unstable(params), out)),
    stream: Some(|params| stream(Kama::new(params.size("timeperiod"), unstable(params)))),
    ..TA
};

/// The weights of a new value in the fastest average and in the slowest.
const FAST: f64 = 2.0 / 3.0;
const SLOW: f64 = 2.0 / 31.0;

/// So many bars back a bar is forgotten at the least weight of a new value, that of an average over 480 bars.
pub(in crate::ta) const SETTLED: usize = 20 * 481;

/// How many bars at the start have no value. Over one bar the average is the value itself.
pub(in crate::ta) fn look_back(n: usize) -> usize {
    if n == 1 { 0 } else { n }
}

/// Bars at a time.
const TURN: usize = 32;

/// The weight of a new value, from the move over the window and the sum of the moves from bar to bar.
#[inline(always)]
pub(super) fn weight(whole: f64, parts: f64) -> f64 {
    let ratio = (whole / parts).abs();
    let ratio = if ratio > 1.0 { 1.0 } else { ratio };
    let ratio = if parts <= 0.0 { 1.0 } else { ratio };
    let root = ratio.mul_add(FAST - SLOW, SLOW);
    root * root
}

pub(in crate::ta) fn kama(x: &[f64], n: usize, settle: usize, out: &mut [f64]) {
    let mut values = Vec::with_capacity(x.len());
    append(x, n, settle, &mut values);
    out.copy_from_slice(&values);
}

fn append(x: &[f64], n: usize, settle: usize, out: &mut Vec<f64>) {
    let from = out.len();
    if n == 1 {
        out.extend_from_slice(x);
    } else if n < x.len() {
        let path = Path::over(&x[..=n]);
        let first = (x[n] - x[n - 1]).mul_add(weight(x[n] - x[0], path.length()), x[n - 1]);
        out.resize(from + n, f64::NAN);
        out.push(first);
        follow(path, first, x, n, out);
    }
    out.resize(from + x.len(), f64::NAN);
    let hidden = (look_back(n) + settle).min(x.len());
    out[from..from + hidden].fill(f64::NAN);
}

fused! {
    /// Appends the averages after the first, from it and the path at its bar.
    ///
    /// The path is followed a block ahead: while it waits for its sums, the average of the block before waits for its own,
    /// and the divisions between the two wait for neither.
    fn follow[](path: Path, first: f64, x: &[f64], n: usize, out: &mut Vec<f64>) {
        let (mut path, mut average) = (path, first);
        let (mut lengths, mut weights) = ([0.0; TURN], [0.0; TURN]);
        let bars_from = |begin: usize| TURN.min(x.len() - begin);
        let begin = n + 1;
        path.each(&x[begin - 1 - n..begin + bars_from(begin)], |t, length| lengths[t] = length);
        for begin in (n + 1..x.len()).step_by(TURN) {
            let bars = bars_from(begin);
            let (now, then) = (&x[begin..][..bars], &x[begin - n..][..bars]);
            for (((place, now), then), length) in weights.iter_mut().zip(now).zip(then).zip(&lengths) {
                *place = weight(now - then, *length);
            }
            let places = longer(out, bars);
            let mut step = |t: usize| {
                average = (now[t] - average).mul_add(weights[t], average);
                places[t] = average;
            };
            let next = begin + bars;
            let coming = bars_from(next);
            path.each(&x[next - 1 - n..next + coming], |t, length| {
                lengths[t] = length;
                step(t);
            });
            (coming..bars).for_each(step);
        }
    }
}

struct Kama {
    n: usize,
    settle: usize,
    path: Path,
    length: f64,
    average: f64,
    /// The values of the window and the one before it.
    window: Ring,
    last: Option<f64>,
    /// The moves of the window.
    moves: Ring,
}

impl Kama {
    fn new(n: usize, settle: usize) -> Kama {
        Kama {
            n,
            settle,
            path: Path::new(n),
            length: 0.0,
            average: 0.0,
            window: Ring::new(n + 1),
            last: None,
            moves: Ring::new(n),
        }
    }
}

impl Recurrence<1, 1> for Kama {
    fn next(&mut self, [x]: [f64; 1]) -> [f64; 1] {
        let oldest = self.window.push(x);
        if let Some(last) = self.last.replace(x) {
            let step = x - last;
            let oldest = self.moves.is_full().then(|| self.moves.oldest());
            self.moves.push(step);
            self.length = match oldest {
                Some(oldest) => self.path.slide(step, oldest),
                None => self.path.add(step),
            };
        }
        if self.n == 1 {
            self.average = x;
        } else {
            let Some(oldest) = oldest else {
                self.average = x;
                return [f64::NAN];
            };
            self.average = (x - self.average).mul_add(weight(x - oldest, self.length), self.average);
        }
        if self.settle > 0 {
            self.settle -= 1;
            return [f64::NAN];
        }
        [self.average]
    }
}
