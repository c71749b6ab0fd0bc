//! Three black candles that grow smaller.

use super::candle::{Candle, bullish};
use super::setting::{BODY_LONG, BODY_SHORT, SHADOW_LONG, SHADOW_VERY_SHORT, params};
use super::shape::pattern;
use crate::indicator::Indicator;

pub(super) const CDL3STARSINSOUTH: Indicator = Indicator {
    id: "ta.cdl3starsinsouth",
    label: "Three stars in the south",
    help: "Three black candles that grow smaller, a sign that a fall ends",
    formula: "1 to 3 black; 1 long with a long lower shadow; 2 shorter, opens over 1's close and not over its high, low between 1's low and close, has a lower shadow; 3 short, no shadows, inside 2: 100",
    params: params!(BODY_LONG, BODY_SHORT, SHADOW_LONG, SHADOW_VERY_SHORT),
    ..pattern!(
        three_stars,
        three_stars_details,
        [BODY_LONG.ago(2), SHADOW_LONG.ago(2), SHADOW_VERY_SHORT.ago(1), SHADOW_VERY_SHORT.now(), BODY_SHORT.now()]
    )
};

fn three_stars([first, second, third]: [Candle; 3]) -> f64 {
    bullish(
        first.is_black()
            & second.is_black()
            & third.is_black()
            & (second.open > first.close)
            & (third.low > second.low)
            & (third.high < second.high),
    )
}

fn three_stars_details(
    [first, second, third]: [Candle; 3],
    [long, long_shadow, very_short2, very_short3, short]: [f64; 5],
) -> bool {
    first.body() > long
        && first.lower_shadow() > long_shadow
        && second.body() < first.body()
        && second.open <= first.high
        && second.low < first.close
        && second.low >= first.low
        && second.lower_shadow() > very_short2
        && third.body() < short
        && third.lower_shadow() < very_short3
        && third.upper_shadow() < very_short3
}
