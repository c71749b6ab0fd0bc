//! Two candles of other colours from or to one price.

use super::candle::{Candle, is_near, signed};
use super::setting::{BODY_LONG, EQUAL, SHADOW_VERY_SHORT, params};
use super::shape::pattern;
use crate::indicator::Indicator;

pub(super) const CDLCOUNTERATTACK: Indicator = Indicator {
    id: "ta.cdlcounterattack",
    label: "Counterattack",
    help: "Two long candles of other colours that close at the same price",
    formula: "1 and 2 long, of other colours, closes equal: 100 when 2 is white, -100 when black",
    params: params!(BODY_LONG, EQUAL),
    ..pattern!(counterattack, [BODY_LONG.ago(1), BODY_LONG.now(), EQUAL.ago(1)])
};

fn counterattack([first, second]: [Candle; 2], [long1, long2, equal]: [f64; 3]) -> f64 {
    signed(
        (first.is_white() != second.is_white())
            & (first.body() > long1)
            & (second.body() > long2)
            & is_near(second.close, first.close, equal),
        second.colour(),
    )
}

pub(super) const CDLSEPARATINGLINES: Indicator = Indicator {
    id: "ta.cdlseparatinglines",
    label: "Separating lines",
    help: "Two candles of other colours from the same open, the second long",
    formula: "1 and 2 of other colours, opens equal; 2 long, the shadow at its open very short: 100 when 2 is white, -100 when black",
    params: params!(BODY_LONG, SHADOW_VERY_SHORT, EQUAL),
    ..pattern!(separating_lines, [BODY_LONG.now(), SHADOW_VERY_SHORT.now(), EQUAL.ago(1)])
};

fn separating_lines([first, second]: [Candle; 2], [long, very_short, equal]: [f64; 3]) -> f64 {
    let at_open = (second.is_white() & (second.lower_shadow() < very_short))
        | (second.is_black() & (second.upper_shadow() < very_short));
    signed(
        (first.is_white() != second.is_white())
            & (second.body() > long)
            & at_open
            & is_near(second.open, first.open, equal),
        second.colour(),
    )
}
