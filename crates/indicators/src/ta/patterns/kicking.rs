//! Two marubozus of other colours with a gap between.

use super::candle::{Candle, signed};
use super::setting::{BODY_LONG, SHADOW_VERY_SHORT, params};
use super::shape::pattern;
use crate::indicator::Indicator;

pub(super) const CDLKICKING: Indicator = Indicator {
    id: "ta.cdlkicking",
    label: "Kicking",
    help: "Two long bodies without shadows, of other colours, with a gap between",
    formula: "1 and 2 long, no shadows, of other colours; 2 over a black 1 or under a white one with its shadows: 100 when 2 is white, -100 when black",
    params: params!(BODY_LONG, SHADOW_VERY_SHORT),
    ..pattern!(
        kicking,
        marubozus,
        [BODY_LONG.ago(1), BODY_LONG.now(), SHADOW_VERY_SHORT.ago(1), SHADOW_VERY_SHORT.now()]
    )
};

fn kicking([first, second]: [Candle; 2]) -> f64 {
    let up = first.is_black() & second.is_white() & second.wholly_over(&first);
    let down = first.is_white() & second.is_black() & second.wholly_under(&first);
    signed(up | down, second.colour())
}

fn marubozus([first, second]: [Candle; 2], [long1, long2, very_short1, very_short2]: [f64; 4]) -> bool {
    is_marubozu(&first, long1, very_short1) && is_marubozu(&second, long2, very_short2)
}

fn is_marubozu(candle: &Candle, long: f64, very_short: f64) -> bool {
    candle.body() > long && candle.upper_shadow() < very_short && candle.lower_shadow() < very_short
}

pub(super) const CDLKICKINGBYLENGTH: Indicator = Indicator {
    id: "ta.cdlkickingbylength",
    label: "Kicking by length",
    help: "Kicking, with the direction of the longer body",
    formula: "1 and 2 long, no shadows, of other colours; 2 over a black 1 or under a white one with its shadows: 100 when the longer body is white, -100 when black",
    params: params!(BODY_LONG, SHADOW_VERY_SHORT),
    ..pattern!(
        kicking_by_length,
        marubozus,
        [BODY_LONG.ago(1), BODY_LONG.now(), SHADOW_VERY_SHORT.ago(1), SHADOW_VERY_SHORT.now()]
    )
};

fn kicking_by_length([first, second]: [Candle; 2]) -> f64 {
    let kicks = kicking([first, second]);
    if second.body() > first.body() { kicks } else { -kicks }
}
