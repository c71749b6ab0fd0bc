//! Heikin-Ashi candles.

use algomosaic_core::Params;

use crate::indicator::{Draw, Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::params::{UNSTABLE, unstable};
use crate::ta::recurrence::{Recurrence, batch, stream};

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
    kernel: |inputs, params, out| batch(Candles::new(params), inputs, out),
    stream: Some(|params| stream(Candles::new(params))),
    ..TA
};

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
        let (mut top, mut bottom) = (high, low);
        for price in [self.open, self.close] {
            top = if price > top { price } else { top };
            bottom = if price < bottom { price } else { bottom };
        }
        [self.open, top, bottom, self.close]
    }
}
