//! Lows that hold.

use super::candle::{Candle, bullish, is_near};
use super::setting::{BODY_LONG, BODY_SHORT, EQUAL, SHADOW_VERY_SHORT, params};
use super::shape::pattern;
use crate::indicator::Indicator;

pub(super) const CDLLADDERBOTTOM: Indicator = Indicator {
    id: "ta.cdlladderbottom",
    label: "Ladder bottom",
    help: "A fall whose fourth candle is refused and whose fifth rises over it",
    formula: "1 to 3 black, opens and closes falling; 4 black with an upper shadow; 5 white, opens over 4's open, closes over its high: 100",
    params: params!(SHADOW_VERY_SHORT),
    ..pattern!(ladder_bottom, ladder_bottom_details, [SHADOW_VERY_SHORT.ago(1)])
};

fn ladder_bottom([first, second, third, fourth, last]: [Candle; 5]) -> f64 {
    bullish(
        first.is_black()
            & second.is_black()
            & third.is_black()
            & fourth.is_black()
            & last.is_white()
            & (last.open > fourth.open),
    )
}

fn ladder_bottom_details([first, second, third, fourth, last]: [Candle; 5], [very_short]: [f64; 1]) -> bool {
    first.open > second.open
        && second.open > third.open
        && first.close > second.close
        && second.close > third.close
        && last.close > fourth.high
        && fourth.upper_shadow() > very_short
}

pub(super) const CDLMATCHINGLOW: Indicator = Indicator {
    id: "ta.cdlmatchinglow",
    label: "Matching low",
    help: "Two black candles that close at the same price",
    formula: "1 and 2 black, closes equal: 100",
    params: params!(EQUAL),
    ..pattern!(matching_low, [EQUAL.ago(1)])
};

fn matching_low([first, second]: [Candle; 2], [equal]: [f64; 1]) -> f64 {
    bullish(first.is_black() & second.is_black() & is_near(second.close, first.close, equal))
}

pub(super) const CDLSTICKSANDWICH: Indicator = Indicator {
    id: "ta.cdlsticksandwich",
    label: "Stick sandwich",
    help: "A white candle between two black ones that close at the same price",
    formula: "1 black; 2 white, low over 1's close; 3 black, closes equal to 1's close: 100",
    params: params!(EQUAL),
    ..pattern!(stick_sandwich, stick_sandwich_details, [EQUAL.ago(2)])
};

fn stick_sandwich([first, second, third]: [Candle; 3]) -> f64 {
    bullish(first.is_black() & second.is_white() & third.is_black() & (second.low > first.close))
}

fn stick_sandwich_details([first, _, third]: [Candle; 3], [equal]: [f64; 1]) -> bool {
    is_near(third.close, first.close, equal)
}

pub(super) const CDLUNIQUE3RIVER: Indicator = Indicator {
    id: "ta.cdlunique3river",
    label: "Unique three river",
    help: "A long fall, a black candle inside it with a new low, and a small white one",
    formula: "1 long, black; 2 black, body in body 1, low under 1's; 3 short, white, opens over 2's low: 100",
    params: params!(BODY_LONG, BODY_SHORT),
    ..pattern!(three_river, three_river_details, [BODY_LONG.ago(2), BODY_SHORT.now()])
};

fn three_river([first, second, third]: [Candle; 3]) -> f64 {
    bullish(
        first.is_black()
            & second.is_black()
            & third.is_white()
            & (second.close > first.close)
            & (second.low < first.low),
    )
}

fn three_river_details([first, second, third]: [Candle; 3], [long, short]: [f64; 2]) -> bool {
    second.open <= first.open && third.open > second.low && first.body() > long && third.body() < short
}
