//! Percent rank.

use super::sorted::Sorted;
use crate::fused::fused;
use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::memory::WINDOW;
use crate::ta::params::{PRICE, time_period};

pub(super) const PERCENTRANK: Indicator = Indicator {
    id: "ta.percentrank",
    label: "Percent rank",
    group: Group::Statistics,
    help: "The share of the n values before that are less than the present one, 0 to 100",
    formula: "100 count(x[i] < x[t] for i in t-n..t-1) / n",
    inputs: &[Input::Column("price")],
    params: &[PRICE, time_period(100, 2)],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod"),
    memory: WINDOW,
    kernel: |inputs, params, out| percent_rank(inputs[0], params.size("timeperiod"), out[0]),
    ..TA
};

/// Up to here counting is faster than keeping the window in order.
const SHORT: usize = 512;

fused! {
    fn percent_rank[](x: &[f64], n: usize, out: &mut [f64]) {
        if n >= x.len() {
            return;
        }
        let share = 100.0 / n as f64;
        let out = &mut out[n..x.len()];
        if n > SHORT {
            // NaN is less than nothing, as infinity is.
            let ordered = |x: f64| if x.is_nan() { f64::INFINITY } else { x };
            let mut window = Sorted::new(&x[..n].iter().map(|x| ordered(*x)).collect::<Vec<_>>());
            for ((new, old), place) in x[n..].iter().zip(x).zip(out) {
                *place = if new.is_nan() { 0.0 } else { window.below(*new) as f64 * share };
                window.replace(ordered(*old), ordered(*new));
            }
            return;
        }
        let (mut last, mut left, mut count) = (f64::NAN, f64::NAN, 0);
        for (place, window) in out.iter_mut().zip(x.windows(n + 1)) {
            let new = window[n];
            if new == last {
                // The value before is in the window now and not less; what left it may have been.
                count -= u64::from(left < new);
            } else {
                count = window[..n].iter().map(|x| u64::from(*x < new)).sum();
            }
            (last, left) = (new, window[0]);
            *place = count as f64 * share;
        }
    }
}
