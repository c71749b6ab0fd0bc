//! CPU and wall time of a recipe over bars of random walks, for tests/bench.
//!
//!     bench_features RECIPE BARS TICKERS REPEATS
//!
//! Prints `{"columns", "bars", "tickers", "cpu_ms", "wall_ms"}`, the least of the repeats.

use std::collections::BTreeMap;
use std::error::Error;
use std::time::Instant;

use algomosaic_core::Job;
use algomosaic_features::{FeatureFrame, Recipe, compute};
use cpu_time::ProcessTime;
use polars::prelude::{Column, DataFrame, DataType, IntoColumn, NamedFrom, Series, TimeUnit, TimeZone};

#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [recipe, bars, tickers, repeats] = &args[..] else {
        return Err("usage: bench_features RECIPE BARS TICKERS REPEATS".into());
    };
    let recipe = Recipe::from_toml(&std::fs::read_to_string(recipe)?)?;
    let (bars, tickers, repeats): (usize, usize, usize) = (bars.parse()?, tickers.parse()?, repeats.parse()?);
    let data = FeatureFrame { frame: walks(bars, tickers)?, labels: BTreeMap::new() };
    let (mut cpu, mut wall) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..repeats {
        let (cpu_start, start) = (ProcessTime::now(), Instant::now());
        let made = compute(&recipe, &data, &Job::new())?;
        wall = wall.min(start.elapsed().as_secs_f64() * 1e3);
        cpu = cpu.min(cpu_start.elapsed().as_secs_f64() * 1e3);
        drop(made);
    }
    let columns = recipe.columns()?.len();
    println!(
        "{}",
        serde_json::json!({"columns": columns, "bars": bars, "tickers": tickers, "cpu_ms": cpu, "wall_ms": wall})
    );
    Ok(())
}

/// Bars of as many random walks, one below the other.
fn walks(bars: usize, tickers: usize) -> Result<DataFrame, Box<dyn Error>> {
    let mut state = 1_u64;
    // Park and Miller's generator, -1 to 1.
    let mut next = || {
        state = state * 48_271 % 2_147_483_647;
        state as f64 / 1_073_741_823.5 - 1.0
    };
    let rows = bars * tickers;
    let mut columns: [Vec<f64>; 5] = std::array::from_fn(|_| Vec::with_capacity(rows));
    for _ in 0..tickers {
        let mut level = 0.0;
        for _ in 0..bars {
            let open = 100.0 * f64::exp(level);
            level = 0.999 * level + 0.02 * next();
            let close = 100.0 * f64::exp(level);
            let high = open.max(close) * (1.0 + 0.005 * next().abs());
            let low = open.min(close) * (1.0 - 0.005 * next().abs());
            let volume = (1e6 * (1.5 + next())).round();
            for (column, value) in columns.iter_mut().zip([open, high, low, close, volume]) {
                column.push(value);
            }
        }
    }
    let times: Vec<i64> = (0..rows).map(|row| (row % bars) as i64 * 60_000_000).collect();
    let times = Series::new("ticker_time".into(), times)
        .cast(&DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC)))?;
    let names: Vec<String> = (0..rows).map(|row| format!("T{:04}", row / bars)).collect();
    let mut all: Vec<Column> = vec![times.into_column(), Series::new("ticker".into(), names).into_column()];
    for (name, values) in ["open", "high", "low", "close", "volume"].into_iter().zip(columns) {
        all.push(Series::new(name.into(), values).into_column());
    }
    Ok(DataFrame::new(rows, all)?)
}
