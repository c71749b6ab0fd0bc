//! A long candle, three small ones against it, and one that goes on with it.

use super::candle::{Candle, bullish, signed};
use super::setting::{BODY_LONG, BODY_SHORT, Level, params, penetration};
use super::shape::pattern;
use crate::indicator::Indicator;

pub(super) const CDLMATHOLD: Indicator = Indicator {
    id: "ta.cdlmathold",
    label: "Mat hold",
    help: "A long white candle, three small ones that hold over it, and a new high",
    formula: "1 long, white; 2 short, black, body over 1's; 3 and 4 short, bodies begin in body 1, not deeper than penetration of it, and tops fall; 5 white, opens over 4's close, closes over the highs of 2 to 4: 100",
    params: params!(penetration(0.5); BODY_LONG, BODY_SHORT),
    ..pattern!(
        mat_hold,
        [BODY_LONG.ago(4), BODY_SHORT.ago(3), BODY_SHORT.ago(2), BODY_SHORT.ago(1), Level::Value("penetration")]
    )
};

fn mat_hold(
    [first, second, third, fourth, last]: [Candle; 5],
    [long, short2, short3, short4, penetration]: [f64; 5],
) -> f64 {
    let floor = first.close - first.body() * penetration;
    let holds = |candle: &Candle| (candle.bottom() < first.close) & (candle.bottom() > floor);
    bullish(
        first.is_white()
            & (first.body() > long)
            & second.is_black()
            & (second.body() < short2)
            & second.body_over(&first)
            & (third.body() < short3)
            & holds(&third)
            & (third.top() < second.open)
            & (fourth.body() < short4)
            & holds(&fourth)
            & (fourth.top() < third.top())
            & last.is_white()
            & (last.open > fourth.close)
            & (last.close > second.high)
            & (last.close > third.high)
            & (last.close > fourth.high),
    )
}

pub(super) const CDLRISEFALL3METHODS: Indicator = Indicator {
    id: "ta.cdlrisefall3methods",
    label: "Rising or falling three methods",
    help: "A long candle, three small ones against it inside its range, and a long one that goes on with it",
    formula: "1 long; 2 to 4 short, of the other colour, bodies reach into 1's range, closes go against 1; 5 long, of 1's colour, opens beyond 4's close, closes beyond 1's close: 100 up, -100 down",
    params: params!(BODY_LONG, BODY_SHORT),
    ..pattern!(
        three_methods,
        [BODY_LONG.ago(4), BODY_SHORT.ago(3), BODY_SHORT.ago(2), BODY_SHORT.ago(1), BODY_LONG.now()]
    )
};

fn three_methods(
    [first, second, third, fourth, last]: [Candle; 5],
    [long1, short2, short3, short4, long5]: [f64; 5],
) -> f64 {
    let colour = first.colour();
    let against = |candle: &Candle, short: f64| {
        (candle.body() < short)
            & (candle.colour() == -colour)
            & (candle.bottom() < first.high)
            & (candle.top() > first.low)
    };
    signed(
        (first.body() > long1)
            & against(&second, short2)
            & against(&third, short3)
            & against(&fourth, short4)
            & (last.body() > long5)
            & (last.colour() == colour)
            & (third.close * colour < second.close * colour)
            & (fourth.close * colour < third.close * colour)
            & (last.open * colour > fourth.close * colour)
            & (last.close * colour > first.close * colour),
        colour,
    )
}
