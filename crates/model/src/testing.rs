//! Frames, random numbers and golden values for tests.

use std::collections::BTreeMap;

use algomosaic_features::FeatureFrame;
use polars::prelude::{Column, DataFrame, DataType, NamedFrom as _, Series, TimeUnit, TimeZone};
use rand::{Rng as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::Value;

use crate::TrainSpec;

const DAY: i64 = 86_400_000_000;

/// Bars of tickers by day, with columns; NaN is undefined.
pub(crate) fn frame(bars: &[(&str, i64)], columns: &[(&str, Vec<f64>)], labels: &[(&str, u32)]) -> FeatureFrame {
    let days: Vec<i64> = bars.iter().map(|(_, day)| day * DAY).collect();
    let tickers: Vec<&str> = bars.iter().map(|(ticker, _)| *ticker).collect();
    let time = Series::new("ticker_time".into(), days)
        .cast(&DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC)))
        .unwrap();
    let mut all = vec![Column::from(time), Column::from(Series::new("ticker".into(), tickers))];
    for (name, values) in columns {
        let values: Vec<Option<f64>> = values.iter().map(|value| Some(*value).filter(|v| !v.is_nan())).collect();
        all.push(Column::from(Series::new((*name).into(), values)));
    }
    let labels: BTreeMap<String, u32> = labels.iter().map(|(name, horizon)| ((*name).to_owned(), *horizon)).collect();
    FeatureFrame { frame: DataFrame::new(bars.len(), all).unwrap(), labels }
}

/// Days of one ticker.
pub(crate) fn days(ticker: &str, count: usize) -> Vec<(&str, i64)> {
    (0..count as i64).map(|day| (ticker, day)).collect()
}

/// Standard normal numbers by Box and Muller.
pub(crate) fn normal(seed: u64, count: usize) -> Vec<f64> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    (0..count)
        .map(|_| {
            let radius = (-2.0 * (1.0 - random.random::<f64>()).ln()).sqrt();
            radius * (std::f64::consts::TAU * random.random::<f64>()).cos()
        })
        .collect()
}

/// A request with defaults for the rest.
pub(crate) fn spec(algorithm: &str, outcome: &str, rest: &str) -> TrainSpec {
    TrainSpec::from_toml(&format!("outcome = \"{outcome}\"\nalgorithm = \"{algorithm}\"\n{rest}")).unwrap()
}

/// Values of tests/golden/make_model_golden.py.
pub(crate) fn golden() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/model.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// A list of numbers of the golden file.
pub(crate) fn list(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

/// The golden data as a frame of one ticker: features `x0` to `x4`, outcome `y`.
pub(crate) fn golden_frame(golden: &Value) -> FeatureFrame {
    let rows: Vec<Vec<f64>> = golden["x"].as_array().unwrap().iter().map(list).collect();
    let names = ["x0", "x1", "x2", "x3", "x4"];
    let mut columns: Vec<(&str, Vec<f64>)> =
        names.iter().enumerate().map(|(i, name)| (*name, rows.iter().map(|row| row[i]).collect())).collect();
    columns.push(("y", list(&golden["y"])));
    let horizon = golden["horizon_bars"].as_u64().unwrap() as u32;
    frame(&days("A", rows.len()), &columns, &[("y", horizon)])
}

/// Fails unless both are equal up to a difference.
pub(crate) fn close(found: f64, expected: f64, tolerance: f64, what: &str) {
    assert!((found - expected).abs() <= tolerance, "{what}: {found} is not {expected}");
}
