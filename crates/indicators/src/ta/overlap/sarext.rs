//! Parabolic stop and reverse with steps of its own for each side.

use algomosaic_core::Params;

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::params::{positive, real};
use crate::ta::recurrence::{append, stream};

use super::sar::{Steps, Stop};

pub(super) const SAREXT: Indicator = Indicator {
    id: "ta.sarext",
    label: "Parabolic SAR, extended",
    group: Group::Overlap,
    help: "The parabolic stop with a start, an offset and steps for each side; negative while it stands over prices",
    formula: "as ta.sar; a stop that changes sides moves away by offsetonreverse of itself",
    source: "TA-Lib 0.8.1; Wilder 1978",
    inputs: &[Input::High, Input::Low],
    params: &[
        real("startvalue", "Start value", 0.0)
            .help("Where the stop begins: positive under prices, negative over them, 0 by the first move"),
        positive("offsetonreverse", "Offset on reverse", 0.0).help("Added when the stop changes sides, in parts of it"),
        positive("accelerationinitlong", "First step long", 0.02).help("The first step while prices rise"),
        positive("accelerationlong", "Acceleration long", 0.02).help("Growth of the step at each new high"),
        positive("accelerationmaxlong", "Maximum long", 0.2).help("The greatest step while prices rise"),
        positive("accelerationinitshort", "First step short", 0.02).help("The first step while prices fall"),
        positive("accelerationshort", "Acceleration short", 0.02).help("Growth of the step at each new low"),
        positive("accelerationmaxshort", "Maximum short", 0.2).help("The greatest step while prices fall"),
    ],
    outputs: &[Output::ta("real")],
    look_back: |_| 1,
    append: Some(|inputs, params, out| append(state(params), inputs, out)),
    stream: Some(|params| stream(state(params))),
    ..TA
};

fn state(params: &Params) -> Stop {
    let steps = |first, more, most| Steps::new(params.float(first), params.float(more), params.float(most));
    Stop::new(
        params.float("startvalue"),
        params.float("offsetonreverse"),
        steps("accelerationinitlong", "accelerationlong", "accelerationmaxlong"),
        steps("accelerationinitshort", "accelerationshort", "accelerationmaxshort"),
        true,
    )
}
