//! Dojis apart from the candle before.

use super::candle::{Candle, signed};
use super::setting::{BODY_DOJI, BODY_LONG, params};
use super::shape::pattern;
use crate::indicator::Indicator;

pub(super) const CDLDOJISTAR: Indicator = Indicator {
    id: "ta.cdldojistar",
    label: "Doji star",
    help: "A doji beyond a long body in the direction of its move",
    formula: "1 long; 2 doji, body over a white 1 or under a black one: -100 over, 100 under",
    params: params!(BODY_LONG, BODY_DOJI),
    ..pattern!(doji_star, [BODY_LONG.ago(1), BODY_DOJI.now()])
};

fn doji_star([first, star]: [Candle; 2], [long, doji]: [f64; 2]) -> f64 {
    let apart = (first.is_white() & star.body_over(&first)) | (first.is_black() & star.body_under(&first));
    signed((first.body() > long) & (star.body() <= doji) & apart, -first.colour())
}

pub(super) const CDLTRISTAR: Indicator = Indicator {
    id: "ta.cdltristar",
    label: "Tristar pattern",
    help: "Three dojis, the middle one apart",
    formula: "1 to 3 doji by the limit of 1; 2's body over 1's and 3's body ends under 2's: -100; 2's under 1's and 3's begins over 2's: 100",
    params: params!(BODY_DOJI),
    ..pattern!(tristar, [BODY_DOJI.ago(2)])
};

fn tristar([first, second, third]: [Candle; 3], [doji]: [f64; 1]) -> f64 {
    let dojis = (first.body() <= doji) & (second.body() <= doji) & (third.body() <= doji);
    let top = second.body_over(&first) & (third.top() < second.top());
    let bottom = second.body_under(&first) & (third.bottom() > second.bottom());
    signed(dojis & (top | bottom), if bottom { 1.0 } else { -1.0 })
}
