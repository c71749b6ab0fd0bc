//! Chaikin's volatility.

use algomosaic_core::Params;

use crate::fused::fused;
use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::overlap::ema::Chain;
use crate::ta::params::{period, time_period};
use crate::ta::recurrence::{Recurrence, Ring, stream};

pub(super) const CVI: Indicator = Indicator {
    id: "ta.cvi",
    label: "Chaikin's volatility",
    group: Group::Volatility,
    help: "By how many percent the smoothed range has changed over m bars",
    formula: "100 (e[t] - e[t-m]) / e[t-m], 0 where e[t-m] is 0; e is the exponential average of high - low over n bars",
    source: "TA-Lib 0.8.1; Chaikin",
    inputs: &[Input::High, Input::Low],
    params: &[time_period(10, 2), period("rocperiod", "Rate of change period", 10, 1)],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod") - 1 + params.size("rocperiod"),
    kernel: |inputs, params, out| volatility(inputs[0], inputs[1], params, out[0]),
    stream: Some(|params| stream(Volatility::new(params))),
    ..TA
};

fused! {
    fn volatility[](high: &[f64], low: &[f64], params: &Params, out: &mut [f64]) {
        let (n, back, rows) = (params.size("timeperiod"), params.size("rocperiod"), high.len());
        if n - 1 + back >= rows {
            return;
        }
        let first = high[..n].iter().zip(low).map(|(high, low)| high - low).sum::<f64>() / n as f64;
        let weight = 2.0 / (n as f64 + 1.0);
        let mut ranges = vec![f64::NAN; BARS.max(back) + back];
        ranges[back - 1] = first;
        let mut average = first;
        // A block of averages after those that it is compared with.
        let bars = ranges.len() - back;
        for begin in (n..rows).step_by(bars) {
            let end = rows.min(begin + bars);
            let (high, low, out) = (&high[begin..end], &low[begin..end], &mut out[begin..end]);
            let now = &mut ranges[back..][..high.len()];
            for (place, (high, low)) in now.iter_mut().zip(high.iter().zip(low)) {
                average = (high - low - average).mul_add(weight, average);
                *place = average;
            }
            for ((place, before), now) in out.iter_mut().zip(&ranges).zip(&ranges[back..]) {
                let change = (now - before) / before * 100.0;
                *place = if *before == 0.0 { 0.0 } else { change };
            }
            ranges.copy_within(bars.., 0);
        }
    }
}

/// Averages are taken for so many bars at a time, so that they stay near.
const BARS: usize = 1024;

struct Volatility {
    range: Chain<1>,
    /// NaN until there are enough.
    before: Ring,
}

impl Volatility {
    fn new(params: &Params) -> Volatility {
        Volatility {
            range: Chain::new(params.size("timeperiod")),
            before: Ring::new(params.size("rocperiod"), f64::NAN),
        }
    }
}

impl Recurrence<2, 1> for Volatility {
    #[inline(always)]
    fn next(&mut self, [high, low]: [f64; 2]) -> [f64; 1] {
        let Some([range]) = self.range.next(high - low) else { return [f64::NAN] };
        let before = self.before.replace(range);
        let change = (range - before) / before * 100.0;
        [if before == 0.0 { 0.0 } else { change }]
    }
}
