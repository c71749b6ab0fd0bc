//! Trains on raw files and prints the scores of each and of its control as a line of JSON; tests/bench/chance.py drives it.
//!
//!     bench_chance TRAIN.toml FEATURES FILE...
//!
//! A file holds little-endian doubles: rows by features, each row with its outcome, the return of the next ten bars, last.

use std::error::Error;

use algomosaic_core::Job;
use algomosaic_features::FeatureFrame;
use algomosaic_model::{TrainSpec, train};
use polars::prelude::{Column, DataFrame, DataType, NamedFrom as _, Series, TimeUnit};

const HORIZON_BARS: u32 = 10;
const MINUTE: i64 = 60_000_000;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [request, features, files @ ..] = &arguments[..] else {
        return Err("usage: bench_chance TRAIN.toml FEATURES FILE...".into());
    };
    let spec = TrainSpec::from_toml(&std::fs::read_to_string(request)?)?;
    let width: usize = features.parse::<usize>()? + 1;
    for file in files {
        let bytes = std::fs::read(file)?;
        let values: Vec<f64> = bytes.as_chunks::<8>().0.iter().map(|chunk| f64::from_le_bytes(*chunk)).collect();
        let rows = values.len() / width;
        let time = Series::new("ticker_time".into(), (0..rows as i64).map(|row| row * MINUTE).collect::<Vec<_>>());
        let mut columns = vec![Column::from(time.cast(&DataType::Datetime(TimeUnit::Microseconds, None))?)];
        for column in 0..width {
            let name = if column + 1 == width { "y".to_owned() } else { format!("x{column}") };
            let of_column: Vec<f64> = values.iter().skip(column).step_by(width).copied().collect();
            columns.push(Column::from(Series::new(name.as_str().into(), of_column)));
        }
        let frame = DataFrame::new(rows, columns)?;
        let data = FeatureFrame { frame, labels: [("y".to_owned(), HORIZON_BARS)].into() };
        let trained = train(&spec, &data, &Job::new())?;
        let (control, rsquared) = (&trained.control, trained.scores.rsquared);
        let learned = control.rsquared.iter().filter(|control| control.abs() > 1e-12).count();
        let line = serde_json::json!({
            "rsquared": rsquared, "p": control.p_value, "control": control.median,
            "learned": rsquared.is_some_and(|rsquared| rsquared.abs() > 1e-12),
            "controls_learned": learned as f64 / control.rsquared.len() as f64,
        });
        println!("{line}");
    }
    Ok(())
}
