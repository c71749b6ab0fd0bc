//! One price out of the bar's.

use crate::indicator::{Group, Indicator, Input, Memory, Output};
use crate::ta::TA;
use crate::ta::recurrence::{Each, append, stream};

mod avgdev;
mod ha;

/// Declares a mean of the bar's prices.
macro_rules! price {
    ($id:literal, $label:literal, $help:literal, $formula:literal, $inputs:expr, $value:expr) => {
        Indicator {
            id: $id,
            label: $label,
            group: Group::Prices,
            help: $help,
            formula: $formula,
            inputs: &$inputs,
            outputs: &[Output::ta("real")],
            memory: Memory::Window,
            overlay: true,
            append: Some(|inputs, _, out| append(Each($value), inputs, out)),
            stream: Some(|_| stream(Each($value))),
            ..TA
        }
    };
}

/// The group, in TA-Lib's order.
pub(super) const GROUP: &[Indicator] = &[
    avgdev::AVGDEV,
    price!(
        "ta.avgprice",
        "Average price",
        "The mean of the bar's four prices",
        "(open + high + low + close) / 4",
        [Input::Open, Input::High, Input::Low, Input::Close],
        |[open, high, low, close]: [f64; 4]| [(open + high + low + close) * 0.25]
    ),
    ha::HA,
    price!(
        "ta.medprice",
        "Median price",
        "The middle of the bar's range",
        "(high + low) / 2",
        [Input::High, Input::Low],
        |[high, low]: [f64; 2]| [(high + low) * 0.5]
    ),
    price!(
        "ta.typprice",
        "Typical price",
        "The mean of high, low and close",
        "(high + low + close) / 3",
        [Input::High, Input::Low, Input::Close],
        |[high, low, close]: [f64; 3]| [(high + low + close) * (1.0 / 3.0)]
    ),
    price!(
        "ta.wclprice",
        "Weighted close price",
        "The mean of high, low and close in which the close counts twice",
        "(high + low + 2 close) / 4",
        [Input::High, Input::Low, Input::Close],
        |[high, low, close]: [f64; 3]| [(high + low + 2.0 * close) * 0.25]
    ),
];
