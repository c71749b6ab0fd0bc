//! Trains an ensemble for a benchmark and says what it took.
//!
//! The first argument names a file of columns: a line of JSON `{"rows": N, "columns": [names]}`, then each column's N
//! numbers, eight bytes each, least first; the last column is the target. The second is a task as JSON:
//! `{"kind": "boosting" or "forest", "params": {...}, "threads": 1}`. The first 80 % of the rows are trained on.
//! Prints `{"bin_cpu_s", "train_cpu_s", "train_wall_s", "silent_s", "predict_us", "r2", "peak_bytes"}`, where `silent_s` is the
//! longest time without news of the progress. A task with `"cancel_after_s"` is cancelled then, and only `{"stop_s"}` is
//! printed: how long it took to stop.

use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::time::{Duration, Instant};

use algomosaic_core::Job;
use algomosaic_trees::{Binned, Data, Ensemble, boosting, forest};
use cpu_time::ProcessTime;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Header {
    rows: usize,
    columns: Vec<String>,
}

#[derive(Deserialize)]
struct Task {
    kind: String,
    params: serde_json::Value,
    threads: usize,
    cancel_after_s: Option<f64>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let usage = "usage: bench_trees COLUMNS TASK";
    let path = std::env::args().nth(1).ok_or(usage)?;
    let task: Task = serde_json::from_str(&std::env::args().nth(2).ok_or(usage)?)?;
    let columns = read(&path)?;
    let (target, features) = columns.split_last().ok_or("the file has no columns")?;
    let cut = target.len() * 4 / 5;
    let part = |from: usize, to: usize| -> Vec<&[f64]> { features.iter().map(|column| &column[from..to]).collect() };

    let (cpu, wall) = (ProcessTime::now(), Instant::now());
    let job = Job::new();
    let (trained, watched) = std::thread::scope(|scope| {
        let watching = scope.spawn(|| watch(&job, task.cancel_after_s));
        let trained = train(&part(0, cut), &target[..cut], &task, &job);
        job.cancel();
        (trained, watching.join())
    });
    let (cpu, wall) = (cpu.elapsed().as_secs_f64(), wall.elapsed().as_secs_f64());
    if let Some(after) = task.cancel_after_s {
        println!("{}", json!({ "stop_s": wall - after }));
        return Ok(());
    }
    let (ensemble, binning) = trained?;
    let silent = watched.map_err(|_| "the watcher failed")?;

    let predicting = ProcessTime::now();
    let predicted = ensemble.predict(&part(cut, target.len()), 1)?;
    let predicting = predicting.elapsed().as_secs_f64();
    let test = &target[cut..];
    let mean = test.iter().sum::<f64>() / test.len() as f64;
    let spread: f64 = test.iter().map(|y| (y - mean).powi(2)).sum();
    let error: f64 = test.iter().zip(&predicted).map(|(y, p)| (y - p).powi(2)).sum();
    let answer = json!({
        "bin_cpu_s": binning,
        "train_cpu_s": cpu,
        "train_wall_s": wall,
        "silent_s": silent,
        "predict_us": predicting * 1e6 / test.len() as f64,
        "r2": 1.0 - error / spread,
        "peak_bytes": peak()?,
    });
    println!("{answer}");
    Ok(())
}

/// The ensemble, and CPU seconds of binning.
fn train(columns: &[&[f64]], target: &[f64], task: &Task, job: &Job) -> Result<(Ensemble, f64), Box<dyn Error>> {
    let cpu = ProcessTime::now();
    let binned = Binned::of(columns, 255, task.threads, &job.part(0.0, 0.1))?;
    let binning = cpu.elapsed().as_secs_f64();
    let data = Data::new(&binned, target);
    let job = job.part(0.1, 1.0);
    let params = task.params.clone();
    let ensemble = match task.kind.as_str() {
        "boosting" => boosting::train(&data, None, &serde_json::from_value(params)?, task.threads, &job)?.ensemble,
        "forest" => forest::train(&data, &serde_json::from_value(params)?, task.threads, &job)?.ensemble,
        kind => return Err(format!("no kind {kind}").into()),
    };
    Ok((ensemble, binning))
}

/// The longest time without news, until the job is cancelled: from here, or because it is done.
fn watch(job: &Job, cancel_after_s: Option<f64>) -> f64 {
    let begun = Instant::now();
    let (mut last, mut version, mut silent) = (begun, job.version(), 0.0_f64);
    while !job.is_cancelled() {
        std::thread::sleep(Duration::from_millis(10));
        silent = silent.max(last.elapsed().as_secs_f64());
        if job.version() != version {
            (last, version) = (Instant::now(), job.version());
        }
        if cancel_after_s.is_some_and(|after| begun.elapsed().as_secs_f64() >= after) {
            job.cancel();
        }
    }
    silent
}

/// Column by column, so that the file is never in memory twice.
fn read(path: &str) -> Result<Vec<Vec<f64>>, Box<dyn Error>> {
    let mut file = BufReader::new(File::open(path)?);
    let mut line = Vec::new();
    file.read_until(b'\n', &mut line)?;
    let header: Header = serde_json::from_slice(&line)?;
    let mut columns = Vec::with_capacity(header.columns.len());
    let mut bytes = vec![0; header.rows * 8];
    for _ in &header.columns {
        file.read_exact(&mut bytes)?;
        columns.push(bytes.as_chunks::<8>().0.iter().map(|number| f64::from_le_bytes(*number)).collect());
    }
    Ok(columns)
}

/// The most memory the process has held, where the system tells.
fn peak() -> Result<u64, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    Ok(line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) * 1024)
}
