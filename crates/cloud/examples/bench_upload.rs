//! How long an object takes to a bucket and back, by the clock and in processor time of this process.
//!
//! `STORAGE_EMULATOR_HOST=http://127.0.0.2 cargo run -p algomosaic-cloud --release --example bench_upload [MB] [times]`
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement may stop at the first surprise, and prints"
)]

use std::sync::Arc;
use std::time::Instant;

use algomosaic_cloud::{Bucket, Content, Endpoints, Error, Expect, Fixed, Runtime};
use algomosaic_core::Job;
use bytes::Bytes;

/// Processor time of this process in seconds, the kernel's part included; 0 where there is no /proc.
fn cpu() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name, in brackets, may hold anything; what is counted begins behind it.
    let fields: Vec<&str> = text.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks: f64 = fields.iter().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum();
    ticks / 100.0
}

fn measured<T>(what: &str, megabytes: usize, work: impl FnOnce() -> T) -> T {
    let (start, before) = (Instant::now(), cpu());
    let done = work();
    let wall = start.elapsed().as_secs_f64();
    println!("{what:<16} {wall:6.2} s wall  {:6.2} s CPU  {:7.0} MB/s", cpu() - before, megabytes as f64 / wall);
    done
}

fn main() -> Result<(), Error> {
    let mut numbers = std::env::args().skip(1).map(|number| number.parse::<usize>().unwrap());
    let (megabytes, times) = (numbers.next().unwrap_or(100), numbers.next().unwrap_or(3));
    let endpoints = Endpoints::from_env();
    assert!(endpoints.storage_is_emulated(), "STORAGE_EMULATOR_HOST names the emulator");
    let job = Job::new();
    let bucket = Bucket::new(Runtime::start()?, Arc::new(Fixed::emulator()), &endpoints, "bench")?;
    if !bucket.exists(&job)? {
        bucket.create("bench", "EU", &job)?;
    }
    let bytes = Bytes::from_iter((0..megabytes * 1_000_000).map(|i| (i.wrapping_mul(2_654_435_761) >> 7) as u8));
    let file = std::env::temp_dir().join(format!("bench-upload-{}", std::process::id()));
    std::fs::write(&file, &bytes).unwrap();
    println!("{megabytes} MB");
    for _ in 0..times {
        measured("upload, bytes", megabytes, || bucket.upload("bytes", bytes.clone(), Expect::Any, &job))?;
        measured("upload, file", megabytes, || bucket.upload("file", Content::file(&file), Expect::Any, &job))?;
        let read = measured("download", megabytes, || bucket.download("file", None, &job))?;
        assert!(read.bytes == bytes, "what was read is what was saved");
    }
    for name in ["bytes", "file"] {
        bucket.delete(name, Expect::Any, &job)?;
    }
    std::fs::remove_file(&file).unwrap();
    Ok(())
}
