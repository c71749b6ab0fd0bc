//! A candle that opens beyond the one before and closes in its body.

use super::candle::{Candle, bearish, bullish};
use super::setting::{BODY_LONG, Level, params, penetration};
use super::shape::pattern;
use crate::indicator::Indicator;

pub(super) const CDLDARKCLOUDCOVER: Indicator = Indicator {
    id: "ta.cdldarkcloudcover",
    label: "Dark cloud cover",
    help: "A black candle from over the high before into the body of a long white one",
    formula: "1 long, white; 2 black, opens over 1's high, closes in body 1, lower than its close by more than penetration of it: -100",
    params: params!(penetration(0.5); BODY_LONG),
    ..pattern!(dark_cloud, dark_cloud_details, [BODY_LONG.ago(1), Level::Value("penetration")])
};

fn dark_cloud([first, second]: [Candle; 2]) -> f64 {
    bearish(first.is_white() & second.is_black() & (second.open > first.high) & (second.close > first.open))
}

fn dark_cloud_details([first, second]: [Candle; 2], [long, penetration]: [f64; 2]) -> bool {
    first.body() > long && second.close < first.close - first.body() * penetration
}

pub(super) const CDLPIERCING: Indicator = Indicator {
    id: "ta.cdlpiercing",
    label: "Piercing pattern",
    help: "A long white candle from under the low before over the middle of a long black one",
    formula: "1 long, black; 2 long, white, opens under 1's low, closes in body 1, over its middle: 100",
    params: params!(BODY_LONG),
    ..pattern!(piercing, piercing_details, [BODY_LONG.ago(1), BODY_LONG.now()])
};

fn piercing([first, second]: [Candle; 2]) -> f64 {
    bullish(first.is_black() & second.is_white() & (second.open < first.low) & (second.close < first.open))
}

fn piercing_details([first, second]: [Candle; 2], [long1, long2]: [f64; 2]) -> bool {
    first.body() > long1 && second.body() > long2 && second.close > first.close + first.body() * 0.5
}
