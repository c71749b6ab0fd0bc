//! One candle that opens and closes at about the same price.

use super::candle::{Candle, bullish};
use super::setting::{BODY_DOJI, NEAR, SHADOW_LONG, SHADOW_VERY_LONG, SHADOW_VERY_SHORT, params};
use super::shape::pattern;
use crate::indicator::Indicator;

pub(super) const CDLDOJI: Indicator = Indicator {
    id: "ta.cdldoji",
    label: "Doji",
    help: "An open and a close at about the same price",
    formula: "doji: 100",
    params: params!(BODY_DOJI),
    ..pattern!(doji, [BODY_DOJI.now()])
};

fn doji([last]: [Candle; 1], [doji]: [f64; 1]) -> f64 {
    bullish(last.body() <= doji)
}

pub(super) const CDLDRAGONFLYDOJI: Indicator = Indicator {
    id: "ta.cdldragonflydoji",
    label: "Dragonfly doji",
    help: "A doji at the top of its range",
    formula: "doji, upper shadow very short, lower one not: 100",
    params: params!(BODY_DOJI, SHADOW_VERY_SHORT),
    ..pattern!(dragonfly, [BODY_DOJI.now(), SHADOW_VERY_SHORT.now()])
};

fn dragonfly([last]: [Candle; 1], [doji, very_short]: [f64; 2]) -> f64 {
    bullish((last.body() <= doji) & (last.upper_shadow() < very_short) & (last.lower_shadow() > very_short))
}

pub(super) const CDLGRAVESTONEDOJI: Indicator = Indicator {
    id: "ta.cdlgravestonedoji",
    label: "Gravestone doji",
    help: "A doji at the bottom of its range",
    formula: "doji, lower shadow very short, upper one not: 100",
    params: params!(BODY_DOJI, SHADOW_VERY_SHORT),
    ..pattern!(gravestone, [BODY_DOJI.now(), SHADOW_VERY_SHORT.now()])
};

fn gravestone([last]: [Candle; 1], [doji, very_short]: [f64; 2]) -> f64 {
    bullish((last.body() <= doji) & (last.lower_shadow() < very_short) & (last.upper_shadow() > very_short))
}

pub(super) const CDLTAKURI: Indicator = Indicator {
    id: "ta.cdltakuri",
    label: "Takuri",
    help: "A dragonfly doji with a very long lower shadow",
    formula: "doji, upper shadow very short, lower one very long: 100",
    params: params!(BODY_DOJI, SHADOW_VERY_LONG, SHADOW_VERY_SHORT),
    ..pattern!(takuri, [BODY_DOJI.now(), SHADOW_VERY_SHORT.now(), SHADOW_VERY_LONG.now()])
};

fn takuri([last]: [Candle; 1], [doji, very_short, very_long]: [f64; 3]) -> f64 {
    bullish((last.body() <= doji) & (last.upper_shadow() < very_short) & (last.lower_shadow() > very_long))
}

pub(super) const CDLLONGLEGGEDDOJI: Indicator = Indicator {
    id: "ta.cdllongleggeddoji",
    label: "Long-legged doji",
    help: "A doji with a long shadow",
    formula: "doji, one shadow long: 100",
    params: params!(BODY_DOJI, SHADOW_LONG),
    ..pattern!(long_legged, [BODY_DOJI.now(), SHADOW_LONG.now()])
};

fn long_legged([last]: [Candle; 1], [doji, long]: [f64; 2]) -> f64 {
    bullish((last.body() <= doji) & ((last.lower_shadow() > long) | (last.upper_shadow() > long)))
}

pub(super) const CDLRICKSHAWMAN: Indicator = Indicator {
    id: "ta.cdlrickshawman",
    label: "Rickshaw man",
    help: "A doji in the middle of its range with two long shadows",
    formula: "doji, both shadows long, the middle of its range in or near its body: 100",
    params: params!(BODY_DOJI, SHADOW_LONG, NEAR),
    ..pattern!(rickshaw_man, [BODY_DOJI.now(), SHADOW_LONG.now(), NEAR.now()])
};

fn rickshaw_man([last]: [Candle; 1], [doji, long, near]: [f64; 3]) -> f64 {
    let middle = last.low + last.range() / 2.0;
    bullish(
        (last.body() <= doji)
            & (last.lower_shadow() > long)
            & (last.upper_shadow() > long)
            & (last.bottom() <= middle + near)
            & (last.top() >= middle - near),
    )
}
