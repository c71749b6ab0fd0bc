//! Black marubozus and a candle that swallows the one before.

use super::candle::{Candle, bullish};
use super::setting::{SHADOW_VERY_SHORT, params};
use super::shape::pattern;
use crate::indicator::Indicator;

pub(super) const CDLCONCEALBABYSWALL: Indicator = Indicator {
    id: "ta.cdlconcealbabyswall",
    label: "Concealing baby swallow",
    help: "Four black candles, the last around the third with its shadows, a sign that a fall ends",
    formula: "1 to 4 black; 1 and 2 without shadows; 3's body under 2's, upper shadow up into body 2; 4 around 3 with its shadows: 100",
    params: params!(SHADOW_VERY_SHORT),
    ..pattern!(
        baby_swallow,
        baby_swallow_details,
        [SHADOW_VERY_SHORT.ago(3), SHADOW_VERY_SHORT.ago(2), SHADOW_VERY_SHORT.ago(1)]
    )
};

fn baby_swallow([first, second, third, last]: [Candle; 4]) -> f64 {
    bullish(
        first.is_black()
            & second.is_black()
            & third.is_black()
            & last.is_black()
            & third.body_under(&second)
            & (last.high > third.high),
    )
}

fn baby_swallow_details([first, second, third, last]: [Candle; 4], [a, b, c]: [f64; 3]) -> bool {
    last.low < third.low
        && third.high > second.close
        && third.upper_shadow() > c
        && first.lower_shadow() < a
        && first.upper_shadow() < a
        && second.lower_shadow() < b
        && second.upper_shadow() < b
}
