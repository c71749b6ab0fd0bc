//! A move that speeds up over a gap and breaks.

use super::candle::{Candle, signed};
use super::setting::{BODY_LONG, params};
use super::shape::pattern;
use crate::indicator::Indicator;

pub(super) const CDLBREAKAWAY: Indicator = Indicator {
    id: "ta.cdlbreakaway",
    label: "Breakaway",
    help: "Four candles of one move with a gap, and one that takes most of it back",
    formula: "1 long; 2 of its colour, body beyond 1's; 3 and 4 further each by high and low, 4 of 1's colour; 5 of the other colour closes in the gap of 1 and 2: 100 up, -100 down",
    params: params!(BODY_LONG),
    ..pattern!(breakaway, breakaway_details, [BODY_LONG.ago(4)])
};

fn breakaway([first, second, _, fourth, last]: [Candle; 5]) -> f64 {
    let up = first.is_black() & second.is_black() & fourth.is_black() & last.is_white() & second.body_under(&first);
    let down = first.is_white() & second.is_white() & fourth.is_white() & last.is_black() & second.body_over(&first);
    signed(up | down, last.colour())
}

fn breakaway_details([first, second, third, fourth, last]: [Candle; 5], [long]: [f64; 1]) -> bool {
    let goes_on = if first.is_black() {
        third.high < second.high
            && third.low < second.low
            && fourth.high < third.high
            && fourth.low < third.low
            && last.close > second.open
            && last.close < first.close
    } else {
        third.high > second.high
            && third.low > second.low
            && fourth.high > third.high
            && fourth.low > third.low
            && last.close < second.open
            && last.close > first.close
    };
    goes_on && first.body() > long
}
