//! Heikin-Ashi candles.

use algomosaic_core::Params;

use crate::indicator::{Draw, Group, Indicator, Input, Output};
use crate::ta::TA;
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
    overlay: true,
    kernel: |inputs, params, out| candles(inputs, unstable(params), out),
    stream: Some(|params| stream(Candles::new(params))),
    ..TA
};

fn candles(inputs: &[&[f64]], settling: usize, out: &mut [&mut [f64]]) {
    let (Ok(inputs), Ok(out)) = (<[&[f64]; 4]>::try_from(inputs), <&mut [&mut [f64]; 4]>::try_from(out)) else {
        return;
    };
    let mut state = Candles { settling: 0, begun: false, open: 0.0, close: 0.0 };
    // The first bar alone, then four at a time, then what is left.
    let head = |t: usize, state: &mut Candles, out: &mut [&mut [f64]; 4]| {
        for (series, value) in out.iter_mut().zip(state.next(inputs.map(|series| series[t]))) {
            series[t] = value;
        }
    };
    head(0, &mut state, out);
    let rows = inputs[0].len();
    let blocks = (rows - 1) / 4;
    let [open, high, low, close] = inputs.map(|series| &series[1..].as_chunks::<4>().0[..blocks]);
    let [opens, tops, bottoms, closes] = out.each_mut().map(|series| &mut series[1..].as_chunks_mut::<4>().0[..blocks]);
    let mut average = Decay::new(0.5, state.open);
    for block in 0..blocks {
        let (high, low) = (high[block], low[block]);
        let mean = |place: usize| (open[block][place] + high[place] + low[place] + close[block][place]) * 0.25;
        let close: [f64; 4] = std::array::from_fn(mean);
        // Half of the open before, half of the close before.
        let open = average.next_four([state.close, close[0], close[1], close[2]].map(|close| close * 0.5));
        state.close = close[3];
        let reaches: [(f64, f64); 4] =
            std::array::from_fn(|place| reach(high[place], low[place], open[place], close[place]));
        opens[block] = open;
        tops[block] = reaches.map(|(top, _)| top);
        bottoms[block] = reaches.map(|(_, bottom)| bottom);
        closes[block] = close;
        state.open = open[3];
    }
    for t in 1 + 4 * blocks..rows {
        head(t, &mut state, out);
    }
    for series in out {
        series[..settling.min(rows)].fill(f64::NAN);
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
