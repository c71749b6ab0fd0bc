//! Mass index.

use algomosaic_core::Params;

use crate::fused::fused;
use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::overlap::ema::Chain;
use crate::ta::params::period;
use crate::ta::recurrence::{Decay, Recurrence, Ring, stream};

pub(super) const MASSI: Indicator = Indicator {
    id: "ta.massi",
    label: "Mass index",
    group: Group::Volatility,
    help: "How far ranges have widened beside their own average, summed; a bulge above 27 is watched",
    formula: "sum over slowperiod bars of e / ema(e, fastperiod), 1 where that is 0; e = ema(high - low, fastperiod)",
    source: "TA-Lib 0.8.1; Dorsey 1992",
    inputs: &[Input::High, Input::Low],
    params: &[period("fastperiod", "Fast period", 9, 2), period("slowperiod", "Slow period", 25, 2)],
    outputs: &[Output::ta("real")],
    look_back: |params| 2 * (params.size("fastperiod") - 1) + params.size("slowperiod") - 1,
    kernel: |inputs, params, out| mass(inputs[0], inputs[1], params, out[0]),
    stream: Some(|params| stream(Mass::new(params))),
    ..TA
};

/// Ratios are taken for so many bars at a time, so that they stay near.
const BARS: usize = 1024;

fused! {
    fn mass[](high: &[f64], low: &[f64], params: &Params, out: &mut [f64]) {
        let (n, window, rows) = (params.size("fastperiod"), params.size("slowperiod"), high.len());
        let first = 2 * (n - 1);
        if first + window > rows {
            return;
        }
        let mut warm = Chain::<2>::new(n);
        let mut averages = [0.0; 2];
        for (high, low) in high.iter().zip(low).take(first + 1) {
            averages = warm.next(high - low).unwrap_or_default();
        }
        let bars = BARS.max(window);
        let mut ratios = vec![0.0; window + bars];
        ratios[window - 1] = ratio(averages[0], averages[1]);
        let mut sum = ratios[window - 1];
        let weight = 2.0 / (n as f64 + 1.0);
        let [mut once, mut twice] = averages.map(|average| Decay::new(1.0 - weight, average));
        // A block of ratios after those that leave the sum as they enter it.
        for begin in (first + 1..rows).step_by(bars) {
            let end = rows.min(begin + bars);
            let now = &mut ratios[window..][..end - begin];
            let ranges = high[begin..end].iter().zip(&low[begin..end]).map(|(high, low)| (high - low) * weight);
            now.iter_mut().zip(ranges).for_each(|(place, range)| *place = range);
            let (fours, rest) = now.as_chunks_mut::<4>();
            for four in fours {
                let values = once.next_four(*four);
                let smoother = twice.next_four(values.map(|value| value * weight));
                *four = std::array::from_fn(|place| ratio(values[place], smoother[place]));
            }
            let values = once.next_few(rest);
            let smoother = twice.next_few(&values.map(|value| value * weight)[..rest.len()]);
            for (place, (once, twice)) in rest.iter_mut().zip(values.into_iter().zip(smoother)) {
                *place = ratio(once, twice);
            }
            let out = &mut out[begin..end];
            let hidden = (first + window - 1).saturating_sub(begin).min(out.len());
            for (place, (old, new)) in out.iter_mut().zip(ratios.iter().zip(&ratios[window..])) {
                sum = sum - old + new;
                *place = sum;
            }
            out[..hidden].fill(f64::NAN);
            ratios.copy_within(bars.., 0);
        }
    }
}

#[inline(always)]
fn ratio(once: f64, twice: f64) -> f64 {
    let ratio = once / twice;
    if twice == 0.0 { 1.0 } else { ratio }
}

struct Mass {
    ranges: Chain<2>,
    ratios: Ring,
    sum: f64,
    /// Ratios until the window is full.
    hidden: usize,
}

impl Mass {
    fn new(params: &Params) -> Mass {
        let window = params.size("slowperiod");
        Mass {
            ranges: Chain::new(params.size("fastperiod")),
            ratios: Ring::new(window, 0.0),
            sum: 0.0,
            hidden: window - 1,
        }
    }
}

impl Recurrence<2, 1> for Mass {
    #[inline(always)]
    fn next(&mut self, [high, low]: [f64; 2]) -> [f64; 1] {
        let Some([once, twice]) = self.ranges.next(high - low) else { return [f64::NAN] };
        let ratio = ratio(once, twice);
        self.sum = self.sum - self.ratios.replace(ratio) + ratio;
        if self.hidden > 0 {
            self.hidden -= 1;
            return [f64::NAN];
        }
        [self.sum]
    }
}
