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
    ..pattern!(breakaway, [BODY_LONG.ago(4)])
};

fn breakaway([first, second, third, fourth, last]: [Candle; 5], [long]: [f64; 1]) -> f64 {
    let one_colour = (first.colour() == second.colour())
        & (second.colour() == fourth.colour())
        & (fourth.colour() == -last.colour());
    let up = first.is_black()
        & second.body_under(&first)
        & (third.high < second.high)
        & (third.low < second.low)
        & (fourth.high < third.high)
        & (fourth.low < third.low)
        & (last.close > second.open)
        & (last.close < first.close);
    let down = first.is_white()
        & second.body_over(&first)
        & (third.high > second.high)
        & (third.low > second.low)
        & (fourth.high > third.high)
        & (fourth.low > third.low)
        & (last.close < second.open)
        & (last.close > first.close);
    signed((first.body() > long) & one_colour & (up | down), last.colour())
}
