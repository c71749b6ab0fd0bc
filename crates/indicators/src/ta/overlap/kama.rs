//! Kaufman's adaptive moving average.

use super::ring::Ring;
use crate::fused::fused;
use crate::indicator::{Group, Indicator, Input, Output};
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
    overlay: true,
    append: Some(|inputs, params, out| append(inputs[0], params.size("timeperiod"), unstable(params), out)),
    stream: Some(|params| stream(Kama::new(params.size("timeperiod"), unstable(params)))),
    ..TA
};

/// The weights of a new value in the fastest average and in the slowest.
const FAST: f64 = 2.0 / 3.0;
const SLOW: f64 = 2.0 / 31.0;

/// How many bars at the start have no value. Over one bar the average is the value itself.
pub(in crate::ta) fn look_back(n: usize) -> usize {
    if n == 1 { 0 } else { n }
}

/// Bars at a time.
const TURN: usize = 64;

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
        let mut path = Path::new(n);
        let length = x[..=n].windows(2).fold(0.0, |_, pair| path.add(pair[1] - pair[0]));
        let first = (x[n] - x[n - 1]).mul_add(weight(x[n] - x[0], length), x[n - 1]);
        out.resize(from + n, f64::NAN);
        out.push(first);
        let mut state = (path, first);
        for begin in (n + 1..x.len()).step_by(TURN) {
            let bars = TURN.min(x.len() - begin);
            state = follow(state, &x[begin - 1 - n..begin + bars], longer(out, bars));
        }
    }
    out.resize(from + x.len(), f64::NAN);
    let hidden = (look_back(n) + settle).min(x.len());
    out[from..from + hidden].fill(f64::NAN);
}

fused! {
    /// From the path and the average before them, the averages at the last bars of `x`, which begins n + 1 bars before
    /// the first of them; gives the path and the average at the end.
    fn follow[](before: (Path, f64), x: &[f64], out: &mut [f64]) -> (Path, f64) {
        let (mut path, mut average) = before;
        let bars = out.len();
        let at = |back: usize| &x[x.len() - bars - back..][..bars];
        let lag = x.len() - bars - 1;
        let moves = || at(0).iter().zip(at(1)).map(|(now, last)| now - last);
        let steps = out.iter_mut().zip(at(0)).zip(moves()).zip(at(lag).iter().zip(at(lag + 1)));
        let still = moves().filter(|newest| *newest == 0.0).count();
        if path.stays_above(still) {
            for (((place, now), newest), (then, gone)) in steps {
                let length = path.shift(newest, then - gone);
                average = (now - average).mul_add(weight(now - then, length), average);
                *place = average;
            }
            path.rest(bars, moves().rev().take_while(|newest| *newest == 0.0).count());
        } else {
            for (((place, now), newest), (then, gone)) in steps {
                let length = path.slide(newest, then - gone);
                average = (now - average).mul_add(weight(now - then, length), average);
                *place = average;
            }
        }
        (path, average)
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
