//! Two moving averages of one series beside each other.

use algomosaic_core::{Param, Params};

use crate::fused::fused;
use crate::ta::ma::{look_back as of_average, ma_type, moving_average};
use crate::ta::overlap::ema::Chain;
use crate::ta::params::{PRICE, period};

/// The parameters of the oscillators.
pub(super) const PARAMS: &[Param] = &[
    PRICE,
    period("fastperiod", "Fast period", 12, 2),
    period("slowperiod", "Slow period", 26, 2),
    ma_type("matype", "Average", "EMA"),
];

/// Of both averages.
pub(super) fn look_back(params: &Params) -> usize {
    let of = |name| of_average(params.text("matype"), params.size(name));
    of("fastperiod").max(of("slowperiod"))
}

/// The bars of the slower average.
pub(super) fn slower(params: &Params) -> usize {
    params.size("fastperiod").max(params.size("slowperiod"))
}

/// The value of the faster and of the slower average at each bar; the shorter period is the faster, whatever its name.
#[inline(always)]
pub(super) fn averages(x: &[f64], params: &Params, out: &mut [f64], value: impl Fn(f64, f64) -> f64) {
    let (one, two) = (params.size("fastperiod"), params.size("slowperiod"));
    let (fast, slow) = (one.min(two), one.max(two));
    let kind = params.text("matype");
    if kind == "EMA" {
        exponential(x, fast, slow, out, value);
        return;
    }
    let first = look_back(params);
    if first >= x.len() {
        return;
    }
    let mut slower = vec![f64::NAN; x.len()];
    moving_average(kind, x, fast, out);
    moving_average(kind, x, slow, &mut slower);
    out[..first].fill(f64::NAN);
    for (place, slower) in out[first..].iter_mut().zip(&slower[first..]) {
        *place = value(*place, *slower);
    }
}

fused! {
    /// Both averages in one pass.
    fn exponential[](x: &[f64], fast: usize, slow: usize, out: &mut [f64], value: impl Fn(f64, f64) -> f64) {
        if slow > x.len() {
            return;
        }
        let (head, tail) = x.split_at(slow);
        let begun = |n: usize| {
            let mut chain = Chain::<1>::new(n);
            head.iter().fold(f64::NAN, |before, x| chain.next(*x).map_or(before, |[average]| average))
        };
        let (mut faster, mut slower) = (begun(fast), begun(slow));
        let weights = [fast, slow].map(|n| 2.0 / (n as f64 + 1.0));
        out[slow - 1] = value(faster, slower);
        for (place, x) in out[slow..].iter_mut().zip(tail) {
            faster = (x - faster).mul_add(weights[0], faster);
            slower = (x - slower).mul_add(weights[1], slower);
            *place = value(faster, slower);
        }
    }
}
