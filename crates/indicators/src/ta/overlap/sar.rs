//! Parabolic stop and reverse.

use algomosaic_core::Params;

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::params::positive;
use crate::ta::recurrence::{Recurrence, append, stream};

pub(super) const SAR: Indicator = Indicator {
    id: "ta.sar",
    label: "Parabolic SAR",
    group: Group::Overlap,
    help: "A stop that closes in on prices the faster, the further a trend goes, and changes sides when they reach it",
    formula: "s[t-1] + f (e - s[t-1]), not past the last two bars; e is the trend's extreme, f grows by acceleration with each new one up to maximum",
    source: "TA-Lib 0.8.1; Wilder 1978",
    inputs: &[Input::High, Input::Low],
    params: &[
        positive("acceleration", "Acceleration", 0.02)
            .help("The first step, and how much it grows at each new extreme"),
        positive("maximum", "Maximum", 0.2).help("The greatest step"),
    ],
    outputs: &[Output::ta("real")],
    look_back: |_| 1,
    overlay: true,
    append: Some(|inputs, params, out| append(state(params), inputs, out)),
    stream: Some(|params| stream(state(params))),
    ..TA
};

fn state(params: &Params) -> Stop {
    let steps = Steps::new(params.float("acceleration"), params.float("acceleration"), params.float("maximum"));
    Stop::new(0.0, 0.0, steps, steps, false)
}

/// How fast a stop closes in.
#[derive(Clone, Copy)]
pub(super) struct Steps {
    first: f64,
    more: f64,
    most: f64,
}

impl Steps {
    pub(super) fn new(first: f64, more: f64, most: f64) -> Steps {
        Steps { first: if first > most { most } else { first }, more: if more > most { most } else { more }, most }
    }
}

/// The stop.
#[derive(Clone)]
pub(super) struct Stop {
    /// Where it begins, under prices or, when negative, over them; by the first move of prices when 0.
    start: f64,
    /// How far it moves away, in parts of itself, when it changes sides.
    offset: f64,
    up: Steps,
    down: Steps,
    /// Whether a stop over prices is shown as a negative number.
    signed: bool,
    bars: usize,
    rising: bool,
    stop: f64,
    extreme: f64,
    step: f64,
    high: f64,
    low: f64,
}

impl Stop {
    pub(super) fn new(start: f64, offset: f64, up: Steps, down: Steps, signed: bool) -> Stop {
        Stop {
            start,
            offset,
            up,
            down,
            signed,
            bars: 0,
            rising: true,
            stop: 0.0,
            extreme: 0.0,
            step: 0.0,
            high: 0.0,
            low: 0.0,
        }
    }

    /// Decides at the second bar where the trend goes.
    fn begin(&mut self, high: f64, low: f64) {
        let (rise, fall) = (high - self.high, self.low - low);
        self.rising = if self.start == 0.0 { !(fall > 0.0 && fall > rise) } else { self.start > 0.0 };
        let other = if self.rising { self.low } else { self.high };
        self.stop = if self.start == 0.0 { other } else { self.start.abs() };
        self.extreme = if self.rising { high } else { low };
        self.step = if self.rising { self.up.first } else { self.down.first };
        // The second bar counts as the one before itself.
        (self.high, self.low) = (high, low);
    }
}

#[inline(always)]
fn at_least(x: f64, bound: f64) -> f64 {
    if x < bound { bound } else { x }
}

#[inline(always)]
fn at_most(x: f64, bound: f64) -> f64 {
    if x > bound { bound } else { x }
}

impl Recurrence<2, 1> for Stop {
    #[inline(always)]
    fn next(&mut self, [high, low]: [f64; 2]) -> [f64; 1] {
        if self.bars < 2 {
            self.bars += 1;
            if self.bars == 1 {
                (self.high, self.low) = (high, low);
                return [f64::NAN];
            }
            self.begin(high, low);
        }
        let (last_high, last_low) = (self.high, self.low);
        (self.high, self.low) = (high, low);
        let shown;
        if self.rising {
            if low <= self.stop {
                self.rising = false;
                let mut stop = at_least(at_least(self.extreme, last_high), high);
                stop += stop * self.offset;
                shown = stop;
                self.step = self.down.first;
                self.extreme = low;
                self.stop = at_least(at_least(stop + self.step * (low - stop), last_high), high);
            } else {
                shown = self.stop;
                if high > self.extreme {
                    self.extreme = high;
                    self.step = at_most(self.step + self.up.more, self.up.most);
                }
                self.stop = at_most(at_most(self.stop + self.step * (self.extreme - self.stop), last_low), low);
                return [shown];
            }
        } else if high >= self.stop {
            self.rising = true;
            let mut stop = at_most(at_most(self.extreme, last_low), low);
            stop -= stop * self.offset;
            shown = stop;
            self.step = self.up.first;
            self.extreme = high;
            self.stop = at_most(at_most(stop + self.step * (high - stop), last_low), low);
            return [shown];
        } else {
            shown = self.stop;
            if low < self.extreme {
                self.extreme = low;
                self.step = at_most(self.step + self.down.more, self.down.most);
            }
            self.stop = at_least(at_least(self.stop + self.step * (self.extreme - self.stop), last_high), high);
        }
        [if self.signed { -shown } else { shown }]
    }
}
