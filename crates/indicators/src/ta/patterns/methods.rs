//! A long candle, three small ones against it, and one that goes on with it.

use super::candle::{Candle, bearish, bullish};
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
        mat_hold_details,
        [BODY_LONG.ago(4), BODY_SHORT.ago(3), BODY_SHORT.ago(2), BODY_SHORT.ago(1), Level::Value("penetration")]
    )
};

fn mat_hold([first, second, _, _, last]: [Candle; 5]) -> f64 {
    bullish(
        first.is_white() & second.is_black() & last.is_white() & second.body_over(&first) & (last.close > second.high),
    )
}

fn mat_hold_details(
    [first, second, third, fourth, last]: [Candle; 5],
    [long, short2, short3, short4, penetration]: [f64; 5],
) -> bool {
    let floor = first.close - first.body() * penetration;
    let holds = |candle: &Candle| candle.bottom() < first.close && candle.bottom() > floor;
    holds(&third)
        && holds(&fourth)
        && third.top() < second.open
        && fourth.top() < third.top()
        && last.open > fourth.close
        && last.close > third.high
        && last.close > fourth.high
        && first.body() > long
        && second.body() < short2
        && third.body() < short3
        && fourth.body() < short4
}

pub(super) const CDLRISEFALL3METHODS: Indicator = Indicator {
    id: "ta.cdlrisefall3methods",
    label: "Rising or falling three methods",
    help: "A long candle, three small ones against it inside its range, and a long one that goes on with it",
    formula: "1 long; 2 to 4 short, of the other colour, bodies reach into 1's range, closes go against 1; 5 long, of 1's colour, opens beyond 4's close, closes beyond 1's close: 100 up, -100 down",
    params: params!(BODY_LONG, BODY_SHORT),
    ..pattern!(
        three_methods,
        three_methods_details,
        [BODY_LONG.ago(4), BODY_SHORT.ago(3), BODY_SHORT.ago(2), BODY_SHORT.ago(1), BODY_LONG.now()]
    )
};

fn three_methods([first, second, third, fourth, last]: [Candle; 5]) -> f64 {
    let up = first.is_white()
        & second.is_black()
        & third.is_black()
        & fourth.is_black()
        & last.is_white()
        & (last.close > first.close);
    let down = first.is_black()
        & second.is_white()
        & third.is_white()
        & fourth.is_white()
        & last.is_black()
        & (last.close < first.close);
    if up { 100.0 } else { bearish(down) }
}

fn three_methods_details(
    [first, second, third, fourth, last]: [Candle; 5],
    [long1, short2, short3, short4, long5]: [f64; 5],
) -> bool {
    let sign = first.colour();
    let inside = |candle: &Candle| candle.bottom() < first.high && candle.top() > first.low;
    third.close * sign < second.close * sign
        && fourth.close * sign < third.close * sign
        && last.open * sign > fourth.close * sign
        && inside(&second)
        && inside(&third)
        && inside(&fourth)
        && first.body() > long1
        && second.body() < short2
        && third.body() < short3
        && fourth.body() < short4
        && last.body() > long5
}
