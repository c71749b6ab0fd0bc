//! TA-Lib's functions, by the names, parameters and defaults of its version 0.8.1. Family `ta`.
//! The values are TA-Lib's, the code is not.

use std::collections::BTreeMap;

use algomosaic_core::{Param, ParamKind, Value};

use crate::indicator::{Indicator, Memory, PLAIN};

mod cycles;
mod hilbert;
mod ma;
mod math_operators;
mod math_transforms;
mod memory;
mod momentum;
mod overlap;
mod params;
mod path;
mod patterns;
mod prices;
mod recurrence;
mod statistics;
mod volatility;
mod volume;

/// The family, group by group.
pub(crate) const FAMILY: &[&[Indicator]] = &[
    cycles::GROUP,
    math_operators::GROUP,
    math_transforms::GROUP,
    momentum::GROUP,
    overlap::GROUP,
    patterns::GROUP,
    prices::GROUP,
    statistics::GROUP,
    volatility::GROUP,
    volume::GROUP,
];

/// What every entry of the family has in common.
const TA: Indicator = Indicator { source: "TA-Lib 0.8.1", memory: Memory::Path, ..PLAIN };

/// The first bar that has every input; the number of bars when there is none.
pub(crate) fn begin(inputs: &[&[f64]]) -> usize {
    let rows = inputs.first().map_or(0, |series| series.len());
    (0..rows).find(|t| inputs.iter().all(|series| !series[*t].is_nan())).unwrap_or(rows)
}

/// TA-Lib numbers its choices; a number stands for the choice in that place.
pub(crate) fn choices_by_name(params: &[Param], given: &BTreeMap<String, Value>) -> BTreeMap<String, Value> {
    let name = |key: &str, place: i64| {
        params.iter().find(|param| param.name == key).and_then(|param| match param.kind {
            ParamKind::Choice { options, .. } => usize::try_from(place).ok().and_then(|place| options.get(place)),
            _ => None,
        })
    };
    given
        .iter()
        .map(|(key, value)| {
            let named = match value {
                Value::Int(place) => name(key, *place).map(|(option, _)| Value::Text((*option).to_owned())),
                _ => None,
            };
            (key.clone(), named.unwrap_or_else(|| value.clone()))
        })
        .collect()
}

/// Whether a whole-number parameter is the function's own, and not one of the settings that TA-Lib keeps for all.
pub(crate) fn is_own(param: &Param) -> bool {
    param.name != params::UNSTABLE.name && !param.name.starts_with("candle_")
}
