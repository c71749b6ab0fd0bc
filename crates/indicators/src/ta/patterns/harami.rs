//! A candle inside a long one.

use super::candle::{Candle, bullish, signed};
use super::setting::{BODY_DOJI, BODY_LONG, BODY_SHORT, params};
use super::shape::pattern;
use crate::indicator::Indicator;

pub(super) const CDLHARAMI: Indicator = Indicator {
    id: "ta.cdlharami",
    label: "Harami pattern",
    help: "A small body inside a long one, a sign that the move before tires",
    formula: "1 long; 2 short, body in body 1: 100 after a black one, -100 after a white one; 80 and -80 where an end of the bodies is the same",
    params: params!(BODY_LONG, BODY_SHORT),
    ..pattern!(harami, [BODY_LONG.ago(1), BODY_SHORT.now()])
};

pub(super) const CDLHARAMICROSS: Indicator = Indicator {
    id: "ta.cdlharamicross",
    label: "Harami cross pattern",
    help: "A doji inside a long body, a sign that the move before tires",
    formula: "1 long; 2 doji, body in body 1: 100 after a black one, -100 after a white one; 80 and -80 where an end of the bodies is the same",
    params: params!(BODY_LONG, BODY_DOJI),
    ..pattern!(harami, [BODY_LONG.ago(1), BODY_DOJI.now()])
};

fn harami([first, second]: [Candle; 2], [long, small]: [f64; 2]) -> f64 {
    let inside = (second.top() < first.top()) & (second.bottom() > first.bottom());
    let touching = (second.top() <= first.top()) & (second.bottom() >= first.bottom());
    let holds = (first.body() > long) & (second.body() <= small) & touching;
    let strength = if inside { 100.0 } else { 80.0 };
    if holds { -first.colour() * strength } else { 0.0 }
}

pub(super) const CDL3INSIDE: Indicator = Indicator {
    id: "ta.cdl3inside",
    label: "Three inside up or down",
    help: "A harami that the third candle confirms",
    formula: "1 long; 2 short, body inside body 1; 3 of the other colour closes beyond 1's open: 100 up, -100 down",
    params: params!(BODY_LONG, BODY_SHORT),
    ..pattern!(three_inside, three_inside_details, [BODY_LONG.ago(2), BODY_SHORT.ago(1)])
};

fn three_inside([first, second, third]: [Candle; 3]) -> f64 {
    let inside = (second.top() < first.top()) & (second.bottom() > first.bottom());
    let down = first.is_white() & third.is_black() & (third.close < first.open);
    let up = first.is_black() & third.is_white() & (third.close > first.open);
    signed(inside & (down | up), -first.colour())
}

fn three_inside_details([first, second, _]: [Candle; 3], [long, short]: [f64; 2]) -> bool {
    first.body() > long && second.body() <= short
}

pub(super) const CDLHOMINGPIGEON: Indicator = Indicator {
    id: "ta.cdlhomingpigeon",
    label: "Homing pigeon",
    help: "A small black body inside a long black one",
    formula: "1 long, black; 2 short, black, body inside body 1: 100",
    params: params!(BODY_LONG, BODY_SHORT),
    ..pattern!(homing_pigeon, homing_pigeon_details, [BODY_LONG.ago(1), BODY_SHORT.now()])
};

fn homing_pigeon([first, second]: [Candle; 2]) -> f64 {
    bullish(first.is_black() & second.is_black() & (second.open < first.open) & (second.close > first.close))
}

fn homing_pigeon_details([first, second]: [Candle; 2], [long, short]: [f64; 2]) -> bool {
    first.body() > long && second.body() <= short
}
