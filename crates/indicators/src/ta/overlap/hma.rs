//! Hull moving average.

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::memory::WINDOW;
use crate::ta::params::{PRICE, time_period};
use crate::ta::recurrence::{Recurrence, stream};

use super::CHUNK;
use super::wma::{Means, Weighted};

pub(super) const HMA: Indicator = Indicator {
    id: "ta.hma",
    label: "Hull moving average",
    group: Group::Overlap,
    help: "A weighted average with most of its lag taken away",
    formula: "weighted average over sqrt(n) bars of 2 w(n / 2) - w(n); w(m) is the weighted average over m bars; n / 2 and sqrt(n) rounded down",
    source: "TA-Lib 0.8.1; Hull 2005",
    inputs: &[Input::Column("price")],
    params: &[PRICE, time_period(20, 1)],
    outputs: &[Output::ta("real")],
    look_back: |params| look_back(params.size("timeperiod")),
    memory: WINDOW,
    overlay: true,
    kernel: |inputs, params, out| hma(inputs[0], params.size("timeperiod"), out[0]),
    stream: Some(|params| stream(Hull::new(params.size("timeperiod")))),
    ..TA
};

/// The lengths of the short average and of the one that smooths.
fn lengths(n: usize) -> (usize, usize) {
    ((n / 2).max(1), n.isqrt())
}

/// How many bars at the start have no value.
pub(in crate::ta) fn look_back(n: usize) -> usize {
    n - 1 + lengths(n).1 - 1
}

/// The weighted average, over the root of n bars, of 2 wma(x, n / 2) - wma(x, n).
pub(in crate::ta) fn hma(x: &[f64], n: usize, out: &mut [f64]) {
    if look_back(n) >= x.len() {
        return;
    }
    if n == 1 {
        out.copy_from_slice(x);
        return;
    }
    let (half, root) = lengths(n);
    let (mut short, mut long, mut smooth) = (Means::new(half), Means::new(n), Means::new(root));
    // The smoothing average's last values, then those of a piece.
    let (mut raw, mut longs) = (vec![0.0; root + CHUNK], [0.0; CHUNK]);
    let (mut kept, mut start) = (0, n - 1);
    while start < x.len() {
        let rows = CHUNK.min(x.len() - start);
        let piece = &mut raw[kept..kept + rows];
        short.run(x, start, piece);
        long.run(x, start, &mut longs[..rows]);
        for (raw, long) in piece.iter_mut().zip(&longs) {
            *raw = 2.0 * *raw - long;
        }
        let waits = look_back(n).saturating_sub(start);
        if waits < rows {
            smooth.run(&raw[..kept + rows], kept + waits, &mut out[start + waits..start + rows]);
        }
        let keep = root.min(kept + rows);
        raw.copy_within(kept + rows - keep..kept + rows, 0);
        (kept, start) = (keep, start + rows);
    }
}

struct Hull {
    wait: usize,
    short: Weighted,
    long: Weighted,
    smooth: Weighted,
}

impl Hull {
    fn new(n: usize) -> Hull {
        let (half, root) = lengths(n);
        Hull { wait: n - half, short: Weighted::new(half), long: Weighted::new(n), smooth: Weighted::new(root) }
    }
}

impl Recurrence<1, 1> for Hull {
    #[inline(always)]
    fn next(&mut self, x: [f64; 1]) -> [f64; 1] {
        let [long] = self.long.next(x);
        if self.wait > 0 {
            self.wait -= 1;
            return [f64::NAN];
        }
        let [short] = self.short.next(x);
        if self.long.begun() { self.smooth.next([2.0 * short - long]) } else { [f64::NAN] }
    }
}
