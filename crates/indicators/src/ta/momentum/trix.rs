//! Rate of change of a triple exponential average.

use algomosaic_core::Params;

use super::changes::percent;
use super::ema::{Ema, Settled, append};
use crate::indicator::{Group, Indicator, Input, Memory, Output};
use crate::ta::TA;
use crate::ta::memory::decay;
use crate::ta::params::{PRICE, time_period};
use crate::ta::recurrence::{Recurrence, stream};

pub(super) const TRIX: Indicator = Indicator {
    id: "ta.trix",
    label: "Trix",
    group: Group::Momentum,
    help: "The move of a triply smoothed price from the bar before, in percent",
    formula: "100 (y[t] / y[t-1] - 1), y = ema(ema(ema(x, n), n), n)",
    source: "TA-Lib 0.8.1; Hutson 1983",
    inputs: &[Input::Column("price")],
    params: &[PRICE, time_period(30, 1)],
    outputs: &[Output::ta("real")],
    look_back,
    memory: Memory::Unbroken(|params| Some(3 * decay(params.size("timeperiod")))),
    append: Some(|inputs, params, out| append(Trix::new(params), look_back(params), inputs, out)),
    stream: Some(|params| stream(Trix::new(params))),
    ..TA
};

fn look_back(params: &Params) -> usize {
    3 * (params.size("timeperiod") - 1) + 1
}

struct Trix {
    averages: [Ema; 3],
    last: f64,
}

impl Trix {
    fn new(params: &Params) -> Trix {
        Trix { averages: [(); 3].map(|()| Ema::new(params.size("timeperiod"))), last: f64::NAN }
    }
}

impl Recurrence<1, 1> for Trix {
    #[inline(always)]
    fn next(&mut self, [x]: [f64; 1]) -> [f64; 1] {
        let [first, second, third] = &mut self.averages;
        let third = first.next(x).and_then(|x| second.next(x)).and_then(|x| third.next(x));
        let Some(third) = third else { return [f64::NAN] };
        let change = percent(third, self.last);
        self.last = third;
        [change]
    }
}

impl Settled<1, 1> for Trix {
    #[inline(always)]
    fn step(&mut self, [x]: [f64; 1]) -> [f64; 1] {
        let third = self.averages.iter_mut().fold(x, |x, average| average.step(x));
        let change = percent(third, self.last);
        self.last = third;
        [change]
    }
}
