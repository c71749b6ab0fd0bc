//! Bollinger bands.

use crate::indicator::{Draw, Group, Indicator, Input, Memory, Output};
use crate::ta::TA;
use crate::ta::ma::{look_back, ma_type, memory, moving_average};
use crate::ta::params::{PRICE, real, time_period};

use super::sma::mean_on;
use super::spread::deviations;

pub(super) const BBANDS: Indicator = Indicator {
    id: "ta.bbands",
    label: "Bollinger bands",
    group: Group::Overlap,
    help: "A moving average, and bands some standard deviations above and below it",
    formula: "m, m + nbdevup s and m - nbdevdn s; m is the moving average, s the deviation of the last n values from their mean",
    source: "TA-Lib 0.8.1; Bollinger 2001",
    inputs: &[Input::Column("price")],
    params: &[
        PRICE,
        time_period(20, 2),
        real("nbdevup", "Deviations up", 2.0).help("Deviations from the average to the upper band"),
        real("nbdevdn", "Deviations down", 2.0).help("Deviations from the average to the lower band"),
        ma_type("matype", "Type", "SMA"),
    ],
    outputs: &[
        Output::ta("upperband").drawn(Draw::Upper),
        Output::ta("middleband"),
        Output::ta("lowerband").drawn(Draw::Lower),
    ],
    look_back: |params| {
        let n = params.size("timeperiod");
        look_back(params.text("matype"), n).max(n - 1)
    },
    memory: Memory::Unbroken(|params| memory(params.text("matype"), params.size("timeperiod"))),
    overlay: true,
    kernel: |inputs, params, out| {
        let ([x], [upper, middle, lower]) = (inputs, out) else { return };
        let (n, kind) = (params.size("timeperiod"), params.text("matype"));
        let (up, down) = (params.float("nbdevup"), params.float("nbdevdn"));
        let simple = matches!(kind, "SMA" | "DEFAULT");
        if !simple {
            moving_average(kind, x, n, middle);
        }
        let first = look_back(kind, n);
        if first < n - 1 {
            middle.iter_mut().take(n - 1).for_each(|place| *place = f64::NAN);
        }
        let first = first.max(n - 1);
        let skip = first + 1 - n;
        let mut sum = 0.0;
        deviations(&x[skip.min(x.len())..], n, |t, deviations| {
            let rows = skip + t..skip + t + deviations.len();
            if simple {
                // The average is formed beside the deviations, while its values are at hand.
                sum = mean_on(sum, x, n, rows.clone(), middle);
            }
            let edges = upper[rows.clone()].iter_mut().zip(&mut lower[rows.clone()]);
            for (((upper, lower), middle), deviation) in edges.zip(&middle[rows]).zip(deviations) {
                *upper = middle + up * deviation;
                *lower = middle - down * deviation;
            }
        });
    },
    ..TA
};
