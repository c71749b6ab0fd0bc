//! Hilbert transform: trend or cycle.

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::hilbert::{Hidden, LONG_LOOK_BACK, Phase, Place, Trendline, waves};
use crate::ta::params::{PRICE, UNSTABLE, unstable};
use crate::ta::recurrence::{Recurrence, append, stream};

pub(super) const HT_TRENDMODE: Indicator = Indicator {
    id: "ta.ht_trendmode",
    label: "Hilbert transform: trend or cycle",
    group: Group::Cycles,
    help: "1 while prices follow a trend, 0 while they go in a cycle",
    formula: "0 for half a cycle after sin(p) crosses sin(p + 45), and while the phase p turns at the cycle's pace; 1 otherwise, and whenever the smoothed price is 1.5 % or more away from the trendline",
    source: "TA-Lib 0.8.1; Ehlers 2001",
    inputs: &[Input::Column("price")],
    params: &[PRICE, UNSTABLE],
    outputs: &[Output::ta("integer").whole()],
    look_back: |params| LONG_LOOK_BACK + unstable(params),
    append: Some(|inputs, params, out| append(Mode::new(unstable(params)), inputs, out)),
    stream: Some(|params| stream(Mode::new(unstable(params)))),
    ..TA
};

struct Mode {
    hidden: Hidden,
    phase: Phase,
    line: Trendline,
    /// The last sine and the one that leads.
    waves: [f64; 2],
    /// The last phase.
    degrees: f64,
    /// Bars since the waves crossed.
    bars: u32,
}

impl Mode {
    fn new(settle: usize) -> Mode {
        Mode {
            hidden: Hidden::new(LONG_LOOK_BACK + settle),
            phase: Phase::new(),
            line: Trendline::new(),
            waves: [0.0; 2],
            degrees: 0.0,
            bars: 0,
        }
    }
}

impl Mode {
    #[inline(always)]
    fn mode(&mut self, place: Place) -> f64 {
        let [last_sine, last_lead] = std::mem::replace(&mut self.waves, waves(place.degrees));
        let [sine, lead] = self.waves;
        let line = self.line.next(place.length);
        let mut trend = true;
        if (sine > lead && last_sine <= last_lead) || (sine < lead && last_sine >= last_lead) {
            self.bars = 0;
            trend = false;
        }
        self.bars = self.bars.saturating_add(1);
        if f64::from(self.bars) < 0.5 * place.length {
            trend = false;
        }
        let turn = place.degrees - std::mem::replace(&mut self.degrees, place.degrees);
        let pace = 360.0 / place.length;
        if place.length != 0.0 && turn > 0.67 * pace && turn < 1.5 * pace {
            trend = false;
        }
        if line != 0.0 && ((place.smoothed - line) / line).abs() >= 0.015 {
            trend = true;
        }
        f64::from(u8::from(trend))
    }
}

impl Recurrence<1, 1> for Mode {
    #[inline(always)]
    fn next(&mut self, [x]: [f64; 1]) -> [f64; 1] {
        self.line.push(x);
        let mode = self.phase.next(x).map(|place| [self.mode(place)]);
        self.hidden.show(mode)
    }
}
