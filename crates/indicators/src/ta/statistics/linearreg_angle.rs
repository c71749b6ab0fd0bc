//! Angle of the line of least squares.

use super::regression::lines;
use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::params::{PRICE, time_period};

pub(super) const LINEARREG_ANGLE: Indicator = Indicator {
    id: "ta.linearreg_angle",
    label: "Linear regression angle",
    group: Group::Statistics,
    help: "The angle of the straight line of least squares through the last n values, in degrees",
    formula: "atan(b) 180 / pi; a + b i fits x[t-n+1+i] for i in 0..n-1",
    inputs: &[Input::Column("price")],
    params: &[PRICE, time_period(14, 2)],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod") - 1,
    kernel: |inputs, params, out| {
        let n = params.size("timeperiod");
        let (mut last, mut angle) = (f64::NAN, f64::NAN);
        lines(inputs[0], n, out[0], |line| {
            // Many windows of a quiet market have one slope, and the arc tangent is what takes the time.
            if line.slope != last {
                (last, angle) = (line.slope, line.slope.atan().to_degrees());
            }
            angle
        });
    },
    ..TA
};
