//! Fits algorithms to a raw file and prints the CPU seconds of each as JSON; tests/bench/linear.py drives it.
//!
//!     bench_linear FILE ROWS FEATURES ALGORITHM...
//!
//! The file holds little-endian doubles: rows by features, then the outcomes.

use std::collections::BTreeMap;
use std::error::Error;

use cpu_time::ThreadTime;
use linfa::DatasetBase;
use linfa::traits::Fit as _;
use ndarray::{Array1, Array2};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, rows, features, algorithms @ ..] = &arguments[..] else {
        return Err("usage: bench_linear FILE ROWS FEATURES ALGORITHM...".into());
    };
    let (rows, features): (usize, usize) = (rows.parse()?, features.parse()?);
    let bytes = std::fs::read(file)?;
    let mut values: Vec<f64> = bytes.as_chunks::<8>().0.iter().map(|chunk| f64::from_le_bytes(*chunk)).collect();
    if values.len() != rows * (features + 1) {
        return Err("the file has another size than rows and features say".into());
    }
    let outcomes = Array1::from_vec(values.split_off(rows * features));
    let data = DatasetBase::new(Array2::from_shape_vec((rows, features), values)?, outcomes);
    let mut seconds: BTreeMap<&str, f64> = BTreeMap::new();
    for algorithm in algorithms {
        let estimator = algomosaic_model::algorithm(algorithm)?.estimator(&BTreeMap::new(), 0)?;
        let mut least = f64::INFINITY;
        for _ in 0..3 {
            let start = ThreadTime::now();
            estimator.fit(&data)?;
            least = least.min(start.elapsed().as_secs_f64());
        }
        seconds.insert(algorithm, least);
    }
    println!("{}", serde_json::to_string(&seconds)?);
    Ok(())
}
