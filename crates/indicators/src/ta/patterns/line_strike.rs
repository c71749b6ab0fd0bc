//! Three candles of one colour and one that takes them back.

use super::candle::{Candle, bearish};
use super::setting::{NEAR, params};
use super::shape::pattern;
use crate::indicator::Indicator;

pub(super) const CDL3LINESTRIKE: Indicator = Indicator {
    id: "ta.cdl3linestrike",
    label: "Three-line strike",
    help: "Three candles of one colour that one candle takes back",
    formula: "1 to 3 of one colour, closes in its direction, 2 and 3 open in or near the body before; 4 of the other colour opens beyond 3's close and closes beyond 1's open: 100 when 1 to 3 are white, -100 when black",
    params: params!(NEAR),
    ..pattern!(three_line_strike, three_line_strike_details, [NEAR.ago(3), NEAR.ago(2)])
};

fn three_line_strike([first, second, third, last]: [Candle; 4]) -> f64 {
    let up = first.is_white() & second.is_white() & third.is_white() & last.is_black() & (last.close < first.open);
    let down = first.is_black() & second.is_black() & third.is_black() & last.is_white() & (last.close > first.open);
    if up { 100.0 } else { bearish(down) }
}

fn three_line_strike_details([first, second, third, last]: [Candle; 4], [near1, near2]: [f64; 2]) -> bool {
    let sign = third.colour();
    third.close * sign > second.close * sign
        && second.close * sign > first.close * sign
        && last.open * sign > third.close * sign
        && opens_in(&second, &first, near1)
        && opens_in(&third, &second, near2)
}

/// Whether it opens in the other's body or near it.
fn opens_in(candle: &Candle, other: &Candle, near: f64) -> bool {
    candle.open >= other.bottom() - near && candle.open <= other.top() + near
}
