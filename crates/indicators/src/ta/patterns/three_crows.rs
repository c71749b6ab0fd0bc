//! Three black candles that fall step by step.

use super::candle::{Candle, bearish, is_near};
use super::setting::{EQUAL, SHADOW_VERY_SHORT, params};
use super::shape::pattern;
use crate::indicator::Indicator;

pub(super) const CDL3BLACKCROWS: Indicator = Indicator {
    id: "ta.cdl3blackcrows",
    label: "Three black crows",
    help: "Three black candles in a row that close near their lows, after a white one",
    formula: "0 white; 1 to 3 black, lower shadows very short, closes falling, 1 closes under 0's high, 2 and 3 open in the body before: -100",
    params: params!(SHADOW_VERY_SHORT),
    ..pattern!(
        three_black_crows,
        three_black_crows_details,
        [SHADOW_VERY_SHORT.ago(2), SHADOW_VERY_SHORT.ago(1), SHADOW_VERY_SHORT.now()]
    )
};

fn three_black_crows([before, first, second, third]: [Candle; 4]) -> f64 {
    bearish(
        before.is_white()
            & first.is_black()
            & second.is_black()
            & third.is_black()
            & (second.open > first.close)
            & (third.open > second.close),
    )
}

fn three_black_crows_details([before, first, second, third]: [Candle; 4], very_short: [f64; 3]) -> bool {
    second.open < first.open
        && third.open < second.open
        && before.high > first.close
        && close_lower_and_lower([&first, &second, &third], very_short)
}

pub(super) const CDLIDENTICAL3CROWS: Indicator = Indicator {
    id: "ta.cdlidentical3crows",
    label: "Identical three crows",
    help: "Three black candles in a row, each from where the last one closed",
    formula: "1 to 3 black, lower shadows very short, closes falling, 2 and 3 open equal to the close before: -100",
    params: params!(SHADOW_VERY_SHORT, EQUAL),
    ..pattern!(
        identical_three_crows,
        identical_three_crows_details,
        [SHADOW_VERY_SHORT.ago(2), SHADOW_VERY_SHORT.ago(1), SHADOW_VERY_SHORT.now(), EQUAL.ago(2), EQUAL.ago(1)]
    )
};

fn identical_three_crows([first, second, third]: [Candle; 3]) -> f64 {
    bearish(
        first.is_black()
            & second.is_black()
            & third.is_black()
            & (first.close > second.close)
            & (second.close > third.close),
    )
}

fn identical_three_crows_details([first, second, third]: [Candle; 3], [a, b, c, equal1, equal2]: [f64; 5]) -> bool {
    is_near(second.open, first.close, equal1)
        && is_near(third.open, second.close, equal2)
        && close_lower_and_lower([&first, &second, &third], [a, b, c])
}

/// Each with a very short lower shadow, and a lower close than the one before.
#[inline(always)]
fn close_lower_and_lower([first, second, third]: [&Candle; 3], very_short: [f64; 3]) -> bool {
    first.close > second.close
        && second.close > third.close
        && first.lower_shadow() < very_short[0]
        && second.lower_shadow() < very_short[1]
        && third.lower_shadow() < very_short[2]
}
