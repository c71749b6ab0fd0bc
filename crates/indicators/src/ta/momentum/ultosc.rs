//! Ultimate oscillator.

use algomosaic_core::Params;

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::params::period;
use crate::ta::recurrence::{Recurrence, append, stream};

pub(super) const ULTOSC: Indicator = Indicator {
    id: "ta.ultosc",
    label: "Ultimate oscillator",
    group: Group::Momentum,
    help: "Buying pressure as a share of the true range over three spans, 0 to 100",
    formula: "100 (4 a + 2 b + c) / 7 for the shortest, the middle and the longest span, each sum(close - true low) / sum(true range)",
    source: "TA-Lib 0.8.1; Williams 1985",
    inputs: &[Input::High, Input::Low, Input::Close],
    params: &[
        period("timeperiod1", "First period", 7, 1),
        period("timeperiod2", "Second period", 14, 1),
        period("timeperiod3", "Third period", 28, 1),
    ],
    outputs: &[Output::ta("real")],
    look_back: |params| spans(params)[2],
    append: Some(|inputs, params, out| append(Ultosc::new(params), inputs, out)),
    stream: Some(|params| stream(Ultosc::new(params))),
    ..TA
};

/// The three spans, the shortest first.
fn spans(params: &Params) -> [usize; 3] {
    let mut spans = ["timeperiod1", "timeperiod2", "timeperiod3"].map(|name| params.size(name));
    spans.sort_unstable();
    spans
}

/// The sums over one span, and the place of the value that leaves it next.
struct Span {
    oldest: usize,
    pressure: f64,
    range: f64,
}

struct Ultosc {
    /// Buying pressure and true range of the last bars, as many as the longest span has.
    terms: Vec<[f64; 2]>,
    at: usize,
    spans: [Span; 3],
    last_close: f64,
    /// Bars until the longest span is full.
    wait: usize,
}

impl Ultosc {
    fn new(params: &Params) -> Ultosc {
        let spans = spans(params);
        let size = spans[2];
        Ultosc {
            terms: vec![[0.0; 2]; size],
            at: 0,
            spans: spans.map(|n| Span { oldest: if n == size { 0 } else { size - n }, pressure: 0.0, range: 0.0 }),
            last_close: f64::NAN,
            wait: size + 1,
        }
    }
}

impl Recurrence<3, 1> for Ultosc {
    #[inline(always)]
    fn next(&mut self, [high, low, close]: [f64; 3]) -> [f64; 1] {
        let last = self.last_close;
        self.last_close = close;
        if last.is_nan() && self.wait > self.terms.len() {
            self.wait -= 1;
            return [f64::NAN];
        }
        let true_low = if low < last { low } else { last };
        let pressure = close - true_low;
        let (up, down) = ((last - high).abs(), (last - low).abs());
        let range = high - low;
        let range = if up > range { up } else { range };
        let range = if down > range { down } else { range };
        let size = self.terms.len();
        for span in &mut self.spans {
            let [old_pressure, old_range] = self.terms[span.oldest];
            span.pressure = span.pressure - old_pressure + pressure;
            span.range = span.range - old_range + range;
            span.oldest = if span.oldest + 1 == size { 0 } else { span.oldest + 1 };
        }
        self.terms[self.at] = [pressure, range];
        self.at = if self.at + 1 == size { 0 } else { self.at + 1 };
        self.wait = self.wait.saturating_sub(1);
        if self.wait > 0 {
            return [f64::NAN];
        }
        let share = |span: &Span| if span.range > 0.0 { span.pressure / span.range } else { 0.0 };
        let [short, middle, long] = &self.spans;
        [100.0 * ((4.0 * share(short) + 2.0 * share(middle) + share(long)) / 7.0)]
    }
}
