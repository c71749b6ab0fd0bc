//! Long bodies without a shadow on one side or on both.

use super::candle::{Candle, signed};
use super::setting::{BODY_LONG, SHADOW_VERY_SHORT, params};
use super::shape::pattern;
use crate::indicator::Indicator;

pub(super) const CDLMARUBOZU: Indicator = Indicator {
    id: "ta.cdlmarubozu",
    label: "Marubozu",
    help: "A long body without shadows",
    formula: "long, both shadows very short: 100 when white, -100 when black",
    params: params!(BODY_LONG, SHADOW_VERY_SHORT),
    ..pattern!(marubozu, [BODY_LONG.now(), SHADOW_VERY_SHORT.now()])
};

fn marubozu([last]: [Candle; 1], [long, very_short]: [f64; 2]) -> f64 {
    let without_shadows = (last.upper_shadow() < very_short) & (last.lower_shadow() < very_short);
    signed((last.body() > long) & without_shadows, last.colour())
}

pub(super) const CDLCLOSINGMARUBOZU: Indicator = Indicator {
    id: "ta.cdlclosingmarubozu",
    label: "Closing marubozu",
    help: "A long body that closes at its extreme",
    formula: "long, the shadow at the close very short: 100 when white, -100 when black",
    params: params!(BODY_LONG, SHADOW_VERY_SHORT),
    ..pattern!(closing_marubozu, [BODY_LONG.now(), SHADOW_VERY_SHORT.now()])
};

fn closing_marubozu([last]: [Candle; 1], [long, very_short]: [f64; 2]) -> f64 {
    let at_close =
        (last.is_white() & (last.upper_shadow() < very_short)) | (last.is_black() & (last.lower_shadow() < very_short));
    signed((last.body() > long) & at_close, last.colour())
}

pub(super) const CDLBELTHOLD: Indicator = Indicator {
    id: "ta.cdlbelthold",
    label: "Belt-hold",
    help: "A long body that opens at its extreme",
    formula: "long, the shadow at the open very short: 100 when white, -100 when black",
    params: params!(BODY_LONG, SHADOW_VERY_SHORT),
    ..pattern!(belt_hold, [BODY_LONG.now(), SHADOW_VERY_SHORT.now()])
};

fn belt_hold([last]: [Candle; 1], [long, very_short]: [f64; 2]) -> f64 {
    let at_open =
        (last.is_white() & (last.lower_shadow() < very_short)) | (last.is_black() & (last.upper_shadow() < very_short));
    signed((last.body() > long) & at_open, last.colour())
}
