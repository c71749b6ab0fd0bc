//! Three white candles that rise, in strength or with less and less of it.

use super::candle::{Candle, bearish, bullish};
use super::setting::{BODY_LONG, BODY_SHORT, FAR, NEAR, SHADOW_LONG, SHADOW_SHORT, SHADOW_VERY_SHORT, params};
use super::shape::pattern;
use crate::indicator::Indicator;

pub(super) const CDL3WHITESOLDIERS: Indicator = Indicator {
    id: "ta.cdl3whitesoldiers",
    label: "Three advancing white soldiers",
    help: "Three white candles in a row that close near their highs",
    formula: "1 to 3 white, upper shadows very short, closes rising, 2 and 3 open in or near the body before and are not far shorter; 3 not short: 100",
    params: params!(BODY_SHORT, SHADOW_VERY_SHORT, NEAR, FAR),
    ..pattern!(
        three_white_soldiers,
        three_white_soldiers_details,
        [
            SHADOW_VERY_SHORT.ago(2),
            SHADOW_VERY_SHORT.ago(1),
            SHADOW_VERY_SHORT.now(),
            NEAR.ago(2),
            NEAR.ago(1),
            FAR.ago(2),
            FAR.ago(1),
            BODY_SHORT.now()
        ]
    )
};

fn three_white_soldiers([first, second, third]: [Candle; 3]) -> f64 {
    bullish(rises([first, second, third]) & (second.open > first.open) & (third.open > second.open))
}

fn three_white_soldiers_details(
    [first, second, third]: [Candle; 3],
    [a, b, c, near1, near2, far1, far2, short]: [f64; 8],
) -> bool {
    first.upper_shadow() < a
        && second.upper_shadow() < b
        && third.upper_shadow() < c
        && second.open <= first.close + near1
        && third.open <= second.close + near2
        && second.body() > first.body() - far1
        && third.body() > second.body() - far2
        && third.body() > short
}

pub(super) const CDLADVANCEBLOCK: Indicator = Indicator {
    id: "ta.cdladvanceblock",
    label: "Advance block",
    help: "Three white candles in a row that lose strength",
    formula: "1 to 3 white, closes rising, 2 and 3 open in or near the body before; 1 long, upper shadow short; 2 far shorter than 1 and 3 no longer than near 2, or 3 far shorter than 2, or bodies shrinking and the upper shadow of 2 or 3 not short, or 3 shorter than 2 with a long upper shadow: -100",
    params: params!(BODY_LONG, SHADOW_LONG, SHADOW_SHORT, NEAR, FAR),
    ..pattern!(
        advance_block,
        advance_block_details,
        [
            BODY_LONG.ago(2),
            SHADOW_SHORT.ago(2),
            SHADOW_SHORT.ago(1),
            SHADOW_SHORT.now(),
            SHADOW_LONG.now(),
            NEAR.ago(2),
            NEAR.ago(1),
            FAR.ago(2),
            FAR.ago(1)
        ]
    )
};

fn advance_block([first, second, third]: [Candle; 3]) -> f64 {
    bearish(rises([first, second, third]) & (second.open > first.open) & (third.open > second.open))
}

fn advance_block_details(
    [first, second, third]: [Candle; 3],
    [long, short1, short2, short3, long_shadow, near1, near2, far1, far2]: [f64; 9],
) -> bool {
    let (one, two, three) = (first.body(), second.body(), third.body());
    let stops = two < one - far1 && three < two + near2;
    let ends_small = three < two - far2;
    let shrinks = three < two && two < one && (third.upper_shadow() > short3 || second.upper_shadow() > short2);
    let is_refused = three < two && third.upper_shadow() > long_shadow;
    let begins_strong = one > long
        && first.upper_shadow() < short1
        && second.open <= first.close + near1
        && third.open <= second.close + near2;
    begins_strong && (stops || ends_small || shrinks || is_refused)
}

pub(super) const CDLSTALLEDPATTERN: Indicator = Indicator {
    id: "ta.cdlstalledpattern",
    label: "Stalled pattern",
    help: "Two long white candles and a small one that rides on them",
    formula: "1 to 3 white, closes rising; 1 and 2 long; 2 opens in or near body 1, upper shadow very short; 3 short, opens near 2's close or over it: -100",
    params: params!(BODY_LONG, BODY_SHORT, SHADOW_VERY_SHORT, NEAR),
    ..pattern!(
        stalled,
        stalled_details,
        [BODY_LONG.ago(2), BODY_LONG.ago(1), BODY_SHORT.now(), SHADOW_VERY_SHORT.ago(1), NEAR.ago(2), NEAR.ago(1)]
    )
};

fn stalled([first, second, third]: [Candle; 3]) -> f64 {
    bearish(rises([first, second, third]) & (second.open > first.open))
}

fn stalled_details(
    [first, second, third]: [Candle; 3],
    [long1, long2, short, very_short, near1, near2]: [f64; 6],
) -> bool {
    first.body() > long1
        && second.body() > long2
        && third.body() < short
        && second.upper_shadow() < very_short
        && second.open <= first.close + near1
        && third.open >= second.close - third.body() - near2
}

/// White, each closing over the one before.
#[inline(always)]
fn rises([first, second, third]: [Candle; 3]) -> bool {
    first.is_white()
        & second.is_white()
        & third.is_white()
        & (second.close > first.close)
        & (third.close > second.close)
}
