//! One candle by the lengths of its body and of its shadows.

use super::candle::{Candle, signed};
use super::setting::{BODY_LONG, BODY_SHORT, SHADOW_SHORT, SHADOW_VERY_LONG, params};
use super::shape::pattern;
use crate::indicator::Indicator;

pub(super) const CDLLONGLINE: Indicator = Indicator {
    id: "ta.cdllongline",
    label: "Long line candle",
    help: "A long body with short shadows",
    formula: "long, both shadows short: 100 when white, -100 when black",
    params: params!(BODY_LONG, SHADOW_SHORT),
    ..pattern!(long_line, [BODY_LONG.now(), SHADOW_SHORT.now()])
};

fn long_line([last]: [Candle; 1], [long, short]: [f64; 2]) -> f64 {
    signed((last.body() > long) & (last.upper_shadow() < short) & (last.lower_shadow() < short), last.colour())
}

pub(super) const CDLSHORTLINE: Indicator = Indicator {
    id: "ta.cdlshortline",
    label: "Short line candle",
    help: "A short body with short shadows",
    formula: "short, both shadows short: 100 when white, -100 when black",
    params: params!(BODY_SHORT, SHADOW_SHORT),
    ..pattern!(short_line, [BODY_SHORT.now(), SHADOW_SHORT.now()])
};

fn short_line([last]: [Candle; 1], [short_body, short]: [f64; 2]) -> f64 {
    signed((last.body() < short_body) & (last.upper_shadow() < short) & (last.lower_shadow() < short), last.colour())
}

pub(super) const CDLSPINNINGTOP: Indicator = Indicator {
    id: "ta.cdlspinningtop",
    label: "Spinning top",
    help: "A short body with longer shadows on both sides",
    formula: "short, both shadows longer than the body: 100 when white, -100 when black",
    params: params!(BODY_SHORT),
    ..pattern!(spinning_top, [BODY_SHORT.now()])
};

fn spinning_top([last]: [Candle; 1], [short]: [f64; 1]) -> f64 {
    let body = last.body();
    signed((body < short) & (last.upper_shadow() > body) & (last.lower_shadow() > body), last.colour())
}

pub(super) const CDLHIGHWAVE: Indicator = Indicator {
    id: "ta.cdlhighwave",
    label: "High-wave candle",
    help: "A short body with very long shadows on both sides",
    formula: "short, both shadows very long: 100 when white, -100 when black",
    params: params!(BODY_SHORT, SHADOW_VERY_LONG),
    ..pattern!(high_wave, [BODY_SHORT.now(), SHADOW_VERY_LONG.now()])
};

fn high_wave([last]: [Candle; 1], [short, very_long]: [f64; 2]) -> f64 {
    signed((last.body() < short) & (last.upper_shadow() > very_long) & (last.lower_shadow() > very_long), last.colour())
}
