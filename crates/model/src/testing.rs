//! Frames, random numbers and golden values for tests.

use std::collections::BTreeMap;

use algomosaic_core::Job;
use algomosaic_features::FeatureFrame;
use polars::prelude::{Column, DataFrame, DataType, NamedFrom as _, Series, TimeUnit, TimeZone};
use rand::{Rng as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::Value;

use crate::{TrainSpec, train};

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

/// The golden data as a frame of one ticker: features `x0` to `x4`, outcomes `y` and `z`, which is `y` less
/// its median.
pub(crate) fn golden_frame(golden: &Value) -> FeatureFrame {
    let rows: Vec<Vec<f64>> = golden["x"].as_array().unwrap().iter().map(list).collect();
    let names = ["x0", "x1", "x2", "x3", "x4"];
    let mut columns: Vec<(&str, Vec<f64>)> =
        names.iter().enumerate().map(|(i, name)| (*name, rows.iter().map(|row| row[i]).collect())).collect();
    columns.push(("y", list(&golden["y"])));
    columns.push(("z", list(&golden["z"])));
    let horizon = golden["horizon_bars"].as_u64().unwrap() as u32;
    frame(&days("A", rows.len()), &columns, &[("y", horizon), ("z", horizon)])
}

/// Fails unless both are equal up to a difference.
pub(crate) fn close(found: f64, expected: f64, tolerance: f64, what: &str) {
    assert!((found - expected).abs() <= tolerance, "{what}: {found} is not {expected}");
}

/// Fails unless an algorithm has the coefficients, where there are any, and the predictions of the golden file in each
/// of its cases.
pub(crate) fn meets_golden(algorithm: &str, tolerance: f64) {
    let golden = golden();
    let data = golden_frame(&golden);
    for case in golden[algorithm].as_array().unwrap() {
        let what = format!("{algorithm} {}", case["params"]);
        let outcome = case["outcome"].as_str().unwrap_or("y");
        let mut spec = spec(algorithm, outcome, "[control]\nrepeats = 1");
        spec.params = serde_json::from_value(case["params"].clone()).unwrap();
        spec.split.test_size = golden["test_size"].as_f64().unwrap();
        let trained = train(&spec, &data, &Job::new()).unwrap();
        if let Some(coefficients) = case.get("coefficients") {
            let linear = trained.model.linear().unwrap();
            let own = case["own_units"] == true;
            let (intercept, found) =
                if own { linear.in_own_units() } else { (linear.intercept, linear.coefficients.clone()) };
            close(intercept, case["intercept"].as_f64().unwrap(), tolerance, &what);
            for (found, expected) in found.iter().zip(list(coefficients)) {
                close(*found, expected, tolerance, &what);
            }
        }
        let predictions = trained.evaluation.column("predictions").unwrap().f64().unwrap();
        let expected = list(&case["predictions"]);
        assert_eq!(predictions.len(), expected.len());
        for (found, expected) in predictions.iter().flatten().zip(expected) {
            close(found, expected, tolerance, &what);
        }
        for (key, found) in [
            ("train_rows", trained.split.train_rows),
            ("test_rows", trained.split.test_rows),
            ("purged_rows", trained.split.purged_rows),
        ] {
            assert_eq!(golden[key].as_u64(), Some(u64::from(found)), "{key}");
        }
    }
}

/// Fails unless each change of a parameter changes the predictions. `base` are parameters of both, by line.
pub(crate) fn moves(algorithm: &str, base: &str, changes: &[&str]) {
    let data = golden_frame(&golden());
    let outcome = if crate::algorithm(algorithm).unwrap().task == crate::Task::Classification { "z" } else { "y" };
    let predictions = |params: &str| {
        let spec = spec(algorithm, outcome, &format!("[params]\n{params}\n[control]\nrepeats = 1"));
        train(&spec, &data, &Job::new()).unwrap().model.predict(&data).unwrap()
    };
    let before = predictions(base);
    for change in changes {
        let name = change.split(' ').next().unwrap();
        let kept: String =
            base.lines().filter(|line| !line.starts_with(name)).map(|line| format!("{line}\n")).collect();
        assert_ne!(predictions(&format!("{kept}{change}")), before, "{change}");
    }
    let declared = crate::algorithm(algorithm).unwrap().params.len();
    assert_eq!(declared, changes.len(), "every parameter of {algorithm}");
}
