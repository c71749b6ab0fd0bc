//! A long candle, a star apart from it, and a candle back into the first body.

use super::candle::{Candle, bearish, bullish, signed};
use super::setting::{BODY_DOJI, BODY_LONG, BODY_SHORT, Level, params, penetration};
use super::shape::pattern;
use crate::indicator::Indicator;

pub(super) const CDLMORNINGSTAR: Indicator = Indicator {
    id: "ta.cdlmorningstar",
    label: "Morning star",
    help: "A fall, a small body under it and a candle back up",
    formula: "1 long, black; 2 short, body under 1's; 3 not short, white, closes over 1's close by more than penetration of its body: 100",
    params: params!(penetration(0.3); BODY_LONG, BODY_SHORT),
    ..pattern!(
        morning,
        morning_details,
        [BODY_LONG.ago(2), BODY_SHORT.ago(1), BODY_SHORT.now(), Level::Value("penetration")]
    )
};

pub(super) const CDLMORNINGDOJISTAR: Indicator = Indicator {
    id: "ta.cdlmorningdojistar",
    label: "Morning doji star",
    help: "A fall, a doji under it and a candle back up",
    formula: "1 long, black; 2 doji, body under 1's; 3 not short, white, closes over 1's close by more than penetration of its body: 100",
    params: params!(penetration(0.3); BODY_LONG, BODY_SHORT, BODY_DOJI),
    ..pattern!(
        morning,
        morning_details,
        [BODY_LONG.ago(2), BODY_DOJI.ago(1), BODY_SHORT.now(), Level::Value("penetration")]
    )
};

fn morning([first, star, last]: [Candle; 3]) -> f64 {
    bullish(first.is_black() & star.body_under(&first) & last.is_white())
}

fn morning_details([first, star, last]: [Candle; 3], [long, small, short, penetration]: [f64; 4]) -> bool {
    first.body() > long
        && star.body() <= small
        && last.body() > short
        && last.close > first.close + first.body() * penetration
}

pub(super) const CDLEVENINGSTAR: Indicator = Indicator {
    id: "ta.cdleveningstar",
    label: "Evening star",
    help: "A rise, a small body over it and a candle back down",
    formula: "1 long, white; 2 short, body over 1's; 3 not short, black, closes under 1's close by more than penetration of its body: -100",
    params: params!(penetration(0.3); BODY_LONG, BODY_SHORT),
    ..pattern!(
        evening,
        evening_details,
        [BODY_LONG.ago(2), BODY_SHORT.ago(1), BODY_SHORT.now(), Level::Value("penetration")]
    )
};

pub(super) const CDLEVENINGDOJISTAR: Indicator = Indicator {
    id: "ta.cdleveningdojistar",
    label: "Evening doji star",
    help: "A rise, a doji over it and a candle back down",
    formula: "1 long, white; 2 doji, body over 1's; 3 not short, black, closes under 1's close by more than penetration of its body: -100",
    params: params!(penetration(0.3); BODY_LONG, BODY_SHORT, BODY_DOJI),
    ..pattern!(
        evening,
        evening_details,
        [BODY_LONG.ago(2), BODY_DOJI.ago(1), BODY_SHORT.now(), Level::Value("penetration")]
    )
};

fn evening([first, star, last]: [Candle; 3]) -> f64 {
    bearish(first.is_white() & star.body_over(&first) & last.is_black())
}

fn evening_details([first, star, last]: [Candle; 3], [long, small, short, penetration]: [f64; 4]) -> bool {
    first.body() > long
        && star.body() <= small
        && last.body() > short
        && last.close < first.close - first.body() * penetration
}

pub(super) const CDLABANDONEDBABY: Indicator = Indicator {
    id: "ta.cdlabandonedbaby",
    label: "Abandoned baby",
    help: "A doji that gaps on both sides set apart between two candles",
    formula: "1 long; 2 doji, beyond 1 with its shadows; 3 not short, of the other colour, back beyond 2 with its shadows, closes more than penetration of body 1 back: 100 up, -100 down",
    params: params!(penetration(0.3); BODY_LONG, BODY_SHORT, BODY_DOJI),
    ..pattern!(
        abandoned_baby,
        abandoned_baby_details,
        [BODY_LONG.ago(2), BODY_DOJI.ago(1), BODY_SHORT.now(), Level::Value("penetration")]
    )
};

fn abandoned_baby([first, baby, last]: [Candle; 3]) -> f64 {
    let down = first.is_white() & last.is_black() & baby.wholly_over(&first) & last.wholly_under(&baby);
    let up = first.is_black() & last.is_white() & baby.wholly_under(&first) & last.wholly_over(&baby);
    signed(down | up, last.colour())
}

fn abandoned_baby_details([first, baby, last]: [Candle; 3], [long, doji, short, penetration]: [f64; 4]) -> bool {
    let back = first.body() * penetration;
    let returns = if last.is_white() { last.close > first.close + back } else { last.close < first.close - back };
    returns && first.body() > long && baby.body() <= doji && last.body() > short
}
