//! Volume-weighted moving average.

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::params::{PRICE, time_period};

pub(super) const VWMA: Indicator = Indicator {
    id: "ta.vwma",
    label: "Volume-weighted moving average",
    group: Group::Overlap,
    help: "The mean of the last n values, each weighted by its bar's volume",
    formula: "sum(x volume) / sum(volume) over n bars",
    inputs: &[Input::Column("price"), Input::Volume],
    params: &[PRICE, time_period(30, 1)],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod") - 1,
    overlay: true,
    kernel: |inputs, params, out| {
        let ([x, volume], [out]) = (inputs, out) else { return };
        let n = params.size("timeperiod");
        if n > x.len() {
            return;
        }
        if n == 1 {
            out.copy_from_slice(x);
            return;
        }
        let (mut traded, mut volumes) = (0.0, 0.0);
        for (x, volume) in x[..n - 1].iter().zip(*volume) {
            traded += x * volume;
            volumes += volume;
        }
        let newest = x[n - 1..].iter().zip(&volume[n - 1..]);
        let oldest = x.iter().zip(*volume);
        for ((place, (x, volume)), (gone, gone_volume)) in out[n - 1..].iter_mut().zip(newest).zip(oldest) {
            traded += x * volume;
            volumes += volume;
            *place = traded / volumes;
            traded -= gone * gone_volume;
            volumes -= gone_volume;
        }
    },
    ..TA
};
