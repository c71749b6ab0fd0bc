//! Three candles of one colour and one that takes them back.

use super::candle::{Candle, signed};
use super::setting::{NEAR, params};
use super::shape::pattern;
use crate::indicator::Indicator;

pub(super) const CDL3LINESTRIKE: Indicator = Indicator {
    id: "ta.cdl3linestrike",
    label: "Three-line strike",
    help: "Three candles of one colour that one candle takes back",
    formula: "1 to 3 of one colour, closes in its direction, 2 and 3 open in or near the body before; 4 of the other colour opens beyond 3's close and closes beyond 1's open: 100 when 1 to 3 are white, -100 when black",
    params: params!(NEAR),
    ..pattern!(three_line_strike, [NEAR.ago(3), NEAR.ago(2)])
};

fn three_line_strike([first, second, third, last]: [Candle; 4], [near1, near2]: [f64; 2]) -> f64 {
    let one_colour =
        (first.colour() == second.colour()) & (second.colour() == third.colour()) & (last.colour() == -third.colour());
    let up = third.is_white()
        & (third.close > second.close)
        & (second.close > first.close)
        & (last.open > third.close)
        & (last.close < first.open);
    let down = third.is_black()
        & (third.close < second.close)
        & (second.close < first.close)
        & (last.open < third.close)
        & (last.close > first.open);
    let opens_in = |candle: &Candle, body: &Candle, near: f64| {
        (candle.open >= body.bottom() - near) & (candle.open <= body.top() + near)
    };
    signed(
        one_colour & opens_in(&second, &first, near1) & opens_in(&third, &second, near2) & (up | down),
        third.colour(),
    )
}
