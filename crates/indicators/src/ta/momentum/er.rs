//! Kaufman's efficiency ratio.

use algomosaic_core::Params;

use crate::fused::fused;
use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::memory::WINDOW;
use crate::ta::params::{PRICE, time_period};
use crate::ta::path::Path;
use crate::ta::recurrence::longer;

use super::lagged::{Lagged, stream};

pub(super) const ER: Indicator = Indicator {
    id: "ta.er",
    label: "Efficiency ratio",
    group: Group::Momentum,
    help: "How straight the way of the last n bars was, 0 to 1",
    formula: "|x[t] - x[t-n]| / sum(|x[i] - x[i-1]|) over n moves, 1 when nothing moved",
    source: "TA-Lib 0.8.1; Kaufman 1995",
    inputs: &[Input::Column("price")],
    params: &[PRICE, time_period(10, 2)],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod"),
    memory: WINDOW,
    append: Some(|inputs, params, out| append(inputs[0], params.size("timeperiod"), out)),
    stream: Some(|params| stream(Er::new(params))),
    ..TA
};

/// Bars at a time.
const TURN: usize = 32;

fused! {
    /// Blocks of paths, one sum after the other, and then their shares, with divisions that wait for nothing.
    fn append[](x: &[f64], n: usize, out: &mut Vec<f64>) {
        if n >= x.len() {
            return;
        }
        let mut path = Path::over(&x[..=n]);
        out.resize(out.len() + n, f64::NAN);
        out.push(share(x[n] - x[0], path.length()));
        for begin in (n + 1..x.len()).step_by(TURN) {
            let bars = TURN.min(x.len() - begin);
            let mut lengths = [0.0; TURN];
            path.each(&x[begin - 1 - n..begin + bars], |t, length| lengths[t] = length);
            let moves = x[begin..].iter().zip(&x[begin - n..]).map(|(now, then)| now - then);
            for ((place, way), length) in longer(out, bars).iter_mut().zip(moves).zip(&lengths) {
                *place = share(way, *length);
            }
        }
    }
}

struct Er {
    n: usize,
    path: Path,
}

impl Er {
    fn new(params: &Params) -> Er {
        let n = params.size("timeperiod");
        Er { n, path: Path::new(n) }
    }
}

impl Lagged<4, 1> for Er {
    fn reads(&self) -> [(usize, usize); 4] {
        [(0, 0), (0, 1), (0, self.n), (0, self.n + 1)]
    }

    fn warm_up(&self) -> usize {
        self.n
    }

    fn warm(&mut self, t: usize, [x, before, ..]: [f64; 4]) {
        if t > 0 {
            self.path.add(x - before);
        }
    }

    #[inline(always)]
    fn first(&mut self, [x, before, start, _]: [f64; 4]) -> [f64; 1] {
        let path = self.path.add(x - before);
        [share(x - start, path)]
    }

    #[inline(always)]
    fn step(&mut self, [x, before, start, gone]: [f64; 4]) -> [f64; 1] {
        let path = self.path.slide(x - before, start - gone);
        [share(x - start, path)]
    }
}

#[inline(always)]
fn share(way: f64, path: f64) -> f64 {
    let share = way.abs() / path;
    if way.abs() >= path { 1.0 } else { share }
}
