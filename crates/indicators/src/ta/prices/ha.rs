//! Heikin-Ashi candles.

use algomosaic_core::Params;

use crate::fused::fused;
use crate::indicator::{Draw, Group, Indicator, Input, Memory, Output};
use crate::ta::TA;
use crate::ta::memory::decay;
use crate::ta::params::{UNSTABLE, unstable};
use crate::ta::recurrence::{Decay, Recurrence, stream};

pub(super) const HA: Indicator = Indicator {
    id: "ta.ha",
    label: "Heikin-Ashi candles",
    group: Group::Prices,
    help: "Smoothed candles: the close is the bar's mean price, the open is the middle of the candle before",
    formula: "haclose = (open + high + low + close) / 4; haopen = (haopen[t-1] + haclose[t-1]) / 2; hahigh and halow also take in both",
    source: "TA-Lib 0.8.1; Valcu 2004",
    inputs: &[Input::Open, Input::High, Input::Low, Input::Close],
    params: &[UNSTABLE],
    outputs: &[
        Output::ta("haopen"),
        Output::ta("hahigh").drawn(Draw::Upper),
        Output::ta("halow").drawn(Draw::Lower),
        Output::ta("haclose"),
    ],
    look_back: unstable,
    memory: Memory::Unbroken(|_| Some(decay(3))),
    overlay: true,
    kernel: |inputs, params, out| candles(inputs, unstable(params), out),
    stream: Some(|params| stream(Candles::new(params))),
    ..TA
};

fused! {
    fn candles[](inputs: &[&[f64]], settling: usize, out: &mut [&mut [f64]]) {
        let (Ok(inputs), Ok(out)) = (<[&[f64]; 4]>::try_from(inputs), <&mut [&mut [f64]; 4]>::try_from(out)) else {
            return;
        };
        let rows = inputs[0].len();
        let mut state = Candles { settling: 0, begun: false, open: 0.0, close: 0.0 };
        // The first bar alone, then four at a time, then what is left with bars of zero after it.
        let first = state.next(inputs.map(|series| series[0]));
        out.iter_mut().zip(first).for_each(|(series, value)| series[0] = value);
        let mut average = Decay::new(0.5, state.open);
        let mut close_before = state.close;
        let mut next_four = |[open, high, low, close]: [[f64; 4]; 4]| {
            let close: [f64; 4] =
                std::array::from_fn(|place| (open[place] + high[place] + low[place] + close[place]) * 0.25);
            // Half of the open before, half of the close before.
            let open = average.next_four([close_before, close[0], close[1], close[2]].map(|close| close * 0.5));
            close_before = close[3];
            let reaches: [(f64, f64); 4] =
                std::array::from_fn(|place| reach(high[place], low[place], open[place], close[place]));
            [open, reaches.map(|(top, _)| top), reaches.map(|(_, bottom)| bottom), close]
        };
        let blocks = (rows - 1) / 4;
        let fours = inputs.map(|series| &series[1..].as_chunks::<4>().0[..blocks]);
        let mut places = out.each_mut().map(|series| &mut series[1..].as_chunks_mut::<4>().0[..blocks]);
        for block in 0..blocks {
            let values = next_four(fours.map(|series| series[block]));
            for (series, values) in places.iter_mut().zip(values) {
                series[block] = values;
            }
        }
        let rest = 1 + 4 * blocks..rows;
        let values = next_four(inputs.map(|series| {
            let mut four = [0.0; 4];
            four[..rest.len()].copy_from_slice(&series[rest.clone()]);
            four
        }));
        for (series, values) in out.iter_mut().zip(values) {
            series[rest.clone()].copy_from_slice(&values[..rest.len()]);
            series[..settling.min(rows)].fill(f64::NAN);
        }
    }
}

/// The highest and the lowest of a candle's prices.
#[inline(always)]
fn reach(high: f64, low: f64, open: f64, close: f64) -> (f64, f64) {
    let (top, bottom) = (if open > high { open } else { high }, if open < low { open } else { low });
    (if close > top { close } else { top }, if close < bottom { close } else { bottom })
}

struct Candles {
    settling: usize,
    begun: bool,
    open: f64,
    close: f64,
}

impl Candles {
    fn new(params: &Params) -> Candles {
        Candles { settling: unstable(params), begun: false, open: 0.0, close: 0.0 }
    }
}

impl Recurrence<4, 4> for Candles {
    #[inline(always)]
    fn next(&mut self, [open, high, low, close]: [f64; 4]) -> [f64; 4] {
        if !self.begun {
            self.begun = true;
            (self.open, self.close) = (open, close);
        }
        self.open = (self.open + self.close) * 0.5;
        self.close = (open + high + low + close) * 0.25;
        if self.settling > 0 {
            self.settling -= 1;
            return [f64::NAN; 4];
        }
        let (top, bottom) = reach(high, low, self.open, self.close);
        [self.open, top, bottom, self.close]
    }
}
