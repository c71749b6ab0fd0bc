//! A white candle from under a long black one back to it, no higher than its middle.

use super::candle::{Candle, bearish, is_near};
use super::setting::{BODY_LONG, EQUAL, params};
use super::shape::pattern;
use crate::indicator::Indicator;

pub(super) const CDLINNECK: Indicator = Indicator {
    id: "ta.cdlinneck",
    label: "In-neck pattern",
    help: "A white candle from under the low before that closes at the close before",
    formula: "1 long, black; 2 white, opens under 1's low, closes at 1's close or equal over it: -100",
    params: params!(BODY_LONG, EQUAL),
    ..pattern!(opens_under, in_neck, [BODY_LONG.ago(1), EQUAL.ago(1)])
};

fn in_neck([first, second]: [Candle; 2], [long, equal]: [f64; 2]) -> bool {
    first.body() > long && second.close <= first.close + equal && second.close >= first.close
}

pub(super) const CDLONNECK: Indicator = Indicator {
    id: "ta.cdlonneck",
    label: "On-neck pattern",
    help: "A white candle from under the low before that closes at the low before",
    formula: "1 long, black; 2 white, opens under 1's low, closes equal to it: -100",
    params: params!(BODY_LONG, EQUAL),
    ..pattern!(opens_under, on_neck, [BODY_LONG.ago(1), EQUAL.ago(1)])
};

fn on_neck([first, second]: [Candle; 2], [long, equal]: [f64; 2]) -> bool {
    first.body() > long && is_near(second.close, first.low, equal)
}

pub(super) const CDLTHRUSTING: Indicator = Indicator {
    id: "ta.cdlthrusting",
    label: "Thrusting pattern",
    help: "A white candle from under the low before into the lower half of the body before",
    formula: "1 long, black; 2 white, opens under 1's low, closes over 1's close by more than equal and not over the middle of body 1: -100",
    params: params!(BODY_LONG, EQUAL),
    ..pattern!(opens_under, thrusting, [BODY_LONG.ago(1), EQUAL.ago(1)])
};

fn thrusting([first, second]: [Candle; 2], [long, equal]: [f64; 2]) -> bool {
    first.body() > long && second.close > first.close + equal && second.close <= first.close + first.body() * 0.5
}

/// A black candle and a white one that opens under its low.
fn opens_under([first, second]: [Candle; 2]) -> f64 {
    bearish(first.is_black() & second.is_white() & (second.open < first.low))
}
