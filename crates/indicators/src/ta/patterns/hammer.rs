//! A small body at one end of a long shadow.

use super::candle::{Candle, bearish, bullish};
use super::setting::{BODY_SHORT, NEAR, SHADOW_LONG, SHADOW_VERY_SHORT, params};
use super::shape::pattern;
use crate::indicator::Indicator;

pub(super) const CDLHAMMER: Indicator = Indicator {
    id: "ta.cdlhammer",
    label: "Hammer",
    help: "A small body over a long lower shadow, near the low before",
    formula: "2 short, lower shadow long, upper one very short, body begins under 1's low or near it: 100",
    params: params!(BODY_SHORT, SHADOW_LONG, SHADOW_VERY_SHORT, NEAR),
    ..pattern!(hammer, [BODY_SHORT.now(), SHADOW_LONG.now(), SHADOW_VERY_SHORT.now(), NEAR.ago(1)])
};

fn hammer([before, last]: [Candle; 2], [short, long, very_short, near]: [f64; 4]) -> f64 {
    bullish(
        (last.body() < short)
            & (last.lower_shadow() > long)
            & (last.upper_shadow() < very_short)
            & (last.bottom() <= before.low + near),
    )
}

pub(super) const CDLHANGINGMAN: Indicator = Indicator {
    id: "ta.cdlhangingman",
    label: "Hanging man",
    help: "A small body over a long lower shadow, near the high before",
    formula: "2 short, lower shadow long, upper one very short, body begins over 1's high or near it: -100",
    params: params!(BODY_SHORT, SHADOW_LONG, SHADOW_VERY_SHORT, NEAR),
    ..pattern!(hanging_man, [BODY_SHORT.now(), SHADOW_LONG.now(), SHADOW_VERY_SHORT.now(), NEAR.ago(1)])
};

fn hanging_man([before, last]: [Candle; 2], [short, long, very_short, near]: [f64; 4]) -> f64 {
    bearish(
        (last.body() < short)
            & (last.lower_shadow() > long)
            & (last.upper_shadow() < very_short)
            & (last.bottom() >= before.high - near),
    )
}

pub(super) const CDLINVERTEDHAMMER: Indicator = Indicator {
    id: "ta.cdlinvertedhammer",
    label: "Inverted hammer",
    help: "A small body under a long upper shadow, after a gap down",
    formula: "2 short, upper shadow long, lower one very short, body under 1's: 100",
    params: params!(BODY_SHORT, SHADOW_LONG, SHADOW_VERY_SHORT),
    ..pattern!(inverted_hammer, [BODY_SHORT.now(), SHADOW_LONG.now(), SHADOW_VERY_SHORT.now()])
};

fn inverted_hammer([before, last]: [Candle; 2], [short, long, very_short]: [f64; 3]) -> f64 {
    bullish(
        (last.body() < short)
            & (last.upper_shadow() > long)
            & (last.lower_shadow() < very_short)
            & last.body_under(&before),
    )
}

pub(super) const CDLSHOOTINGSTAR: Indicator = Indicator {
    id: "ta.cdlshootingstar",
    label: "Shooting star",
    help: "A small body under a long upper shadow, after a gap up",
    formula: "2 short, upper shadow long, lower one very short, body over 1's: -100",
    params: params!(BODY_SHORT, SHADOW_LONG, SHADOW_VERY_SHORT),
    ..pattern!(shooting_star, [BODY_SHORT.now(), SHADOW_LONG.now(), SHADOW_VERY_SHORT.now()])
};

fn shooting_star([before, last]: [Candle; 2], [short, long, very_short]: [f64; 3]) -> f64 {
    bearish(
        (last.body() < short)
            & (last.upper_shadow() > long)
            & (last.lower_shadow() < very_short)
            & last.body_over(&before),
    )
}
