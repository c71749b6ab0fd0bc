//! A part of the bar's time.

use algomosaic_core::{Param, Params};

use crate::indicator::{Group, Indicator, Input, Output, PLAIN};
use crate::kernels::{Column, Sink};

pub(super) const DATE_PART: Indicator = Indicator {
    id: "transform.date_part",
    label: "Date part",
    group: Group::Transforms,
    help: "A part of ticker_time; it stands beside the bar, and becomes a feature through one-hot or an expression",
    formula: "EXTRACT(part FROM ticker_time) in UTC, as BigQuery gives it: day_of_week is 1 on Sunday, week is ISOWEEK",
    source: "BigQuery's EXTRACT; ISO 8601",
    inputs: &[Input::TimePart("part")],
    params: &[Param::choice(
        "part",
        "Part",
        "day_of_week",
        &[
            ("hour_of_day", "Hour of the day"),
            ("day_of_week", "Day of the week"),
            ("day_of_year", "Day of the year"),
            ("week", "Week"),
            ("month", "Month"),
            ("quarter", "Quarter"),
            ("year", "Year"),
        ],
    )
    .help("The part of the time")],
    outputs: &[Output::new("part", "{part}").whole()],
    append_all: Some(append_all),
    ..PLAIN
};

fn append_all(inputs: &[&[f64]], _: &Params, out: &mut [Column<'_>]) {
    out[0].extend(inputs[0]);
}
