//! How long a load and the two ways of reading take, as JSON:
//! `cargo run --release -p algomosaic-cloud --example bench_bigquery -- PARQUET PROJECT DATASET LISTED`. Where BigQuery is,
//! is said by BIGQUERY_EMULATOR_HOST and BIGQUERY_STORAGE_EMULATOR_HOST; LISTED rows are read by `tabledata.list`.
#![allow(clippy::print_stdout, reason = "what it prints is what it is for")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use algomosaic_cloud::{BigQuery, Endpoints, Fixed, Load, Rows, Runtime, Write};
use algomosaic_core::{Code, Job, Problem};
use arrow::array::Array;

/// Turns, of which the least counts.
const TURNS: usize = 5;

fn main() -> Result<(), Problem> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let usage = || Problem::new(Code::Usage, "use: bench_bigquery PARQUET PROJECT DATASET LISTED", "");
    let [file, project, dataset, listed] = &arguments[..] else { return Err(usage()) };
    let listed: u64 = listed.parse().map_err(|_| usage())?;
    let endpoints = Endpoints::from_env();
    if !endpoints.bigquery_is_emulated() {
        return Err(Problem::new(Code::Usage, "BIGQUERY_EMULATOR_HOST names no emulator", "Set it: 127.0.0.1:9050"));
    }
    let bigquery = BigQuery::new(Runtime::start()?, Arc::new(Fixed::emulator()), &endpoints, project, None)?;
    let job = Job::new();
    bigquery.create_dataset(dataset, None, &BTreeMap::new(), &job)?;
    let table = bigquery.table_name(dataset, "bench");

    let started = Instant::now();
    let loaded = bigquery.load(&[Path::new(file).to_owned()], &table, &Load::new(Write::Create), "bench-load", &job)?;
    let load_s = started.elapsed().as_secs_f64();

    let mut read_s = f64::INFINITY;
    let (mut rows, mut streams, mut bytes) = (0, 0, 0);
    let cpu = cpu_seconds();
    for _ in 0..TURNS {
        bytes = 0;
        let started = Instant::now();
        let read = bigquery.read(&Rows::all(&table), &job, |_, batch| {
            let sizes = batch.columns().iter().map(|column| column.to_data().get_slice_memory_size().unwrap_or(0));
            bytes += sizes.sum::<usize>();
            Ok(())
        })?;
        read_s = read_s.min(started.elapsed().as_secs_f64());
        (rows, streams) = (read.rows, read.streams);
    }
    let cpu = (cpu_seconds() - cpu) / TURNS as f64;

    let started = Instant::now();
    let page = bigquery.list(&table, &[], 0, listed, &job)?;
    let list_s = started.elapsed().as_secs_f64();
    let paged: usize = page.batches.iter().map(|batch| batch.num_rows()).sum();

    let read_rate = rows as f64 / read_s;
    let list_rate = paged as f64 / list_s;
    println!(
        "{}",
        serde_json::json!({
            "rows": rows,
            "columns": page.schema.fields().len(),
            "streams": streams,
            "arrow_bytes": bytes,
            "file_bytes": loaded.bytes,
            "load_s": load_s,
            "load_rows_per_s": loaded.rows as f64 / load_s,
            "read_s": read_s,
            "read_rows_per_s": read_rate,
            "read_cpu_s": cpu,
            "list_rows": paged,
            "list_rows_per_s": list_rate,
            "times_list": read_rate / list_rate,
        })
    );
    Ok(())
}

/// CPU of this process so far, user and system; 0 where the system does not say.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // After the name in brackets; ticks are hundredths of a second on every Linux that this is run on.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}
