//! Keeps the versions of the libraries that compute, as Cargo.lock has them, so that each run can say which made it.

use std::path::Path;

/// What a result may depend on beside the program itself.
const LIBRARIES: &[&str] = &["duckdb", "linfa", "linfa-linear", "ndarray", "polars", "rand_xoshiro"];

fn main() {
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.lock");
    println!("cargo::rerun-if-changed={}", lock.display());
    let text = std::fs::read_to_string(&lock).unwrap_or_default();
    let mut name = "";
    let mut found: Vec<String> = Vec::new();
    for line in text.lines() {
        if let Some(value) = line.strip_prefix("name = ") {
            name = value.trim_matches('"');
        } else if let Some(version) = line.strip_prefix("version = ")
            && LIBRARIES.contains(&name)
        {
            found.push(format!("{name} {}", version.trim_matches('"')));
        }
    }
    println!("cargo::rustc-env=ALGOMOSAIC_LIBRARIES={}", found.join(","));
}
