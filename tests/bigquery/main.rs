//! A workspace whose warehouse is BigQuery, through `algom` and the emulator: nothing else changes for the person.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test may stop at the first surprise")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

#[path = "../cloud/emulator.rs"]
mod emulator;
#[path = "../support/mod.rs"]
mod support;

use emulator::BigQueryEmulator;
use support::{algom, json, sample, text};

/// A workspace with the sample, its file with this section.
fn with(section: &str) -> tempfile::TempDir {
    let home = sample();
    let file = home.path().join("w/algomosaic.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(file, format!("{text}\n{section}")).unwrap();
    home
}

fn there<'a>(command: &'a mut Command, emulator: &BigQueryEmulator) -> &'a mut Command {
    command.env("BIGQUERY_EMULATOR_HOST", &emulator.rest).env("BIGQUERY_STORAGE_EMULATOR_HOST", &emulator.read)
}

fn run(home: &Path, emulator: &BigQueryEmulator, arguments: &[&str]) -> Output {
    there(&mut algom(home), emulator).args(["--quiet", "--json", "-w", "w"]).args(arguments).output().unwrap()
}

fn document(home: &Path, emulator: &BigQueryEmulator, arguments: &[&str]) -> Value {
    let output = run(home, emulator, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The rows of a CSV without the columns that differ from run to run.
fn values(file: &Path) -> Vec<Vec<(String, String)>> {
    let differs = ["model_execution_id", "backtest_execution_id", "backtest_executed"];
    let mut reader = csv::Reader::from_path(file).unwrap();
    let header = reader.headers().unwrap().clone();
    let rows = reader.records().map(|row| row.unwrap());
    let pairs = |row: csv::StringRecord| -> Vec<(String, String)> {
        let named = header.iter().zip(row.iter());
        let kept = named.filter(|(name, _)| !name.starts_with("execution_") && !differs.contains(name));
        kept.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    };
    rows.map(pairs).collect()
}

#[test]
fn the_main_job_gives_on_bigquery_what_it_gives_embedded() {
    let Some(emulator) = emulator::bigquery() else { return };
    let home = with("[google]\nwarehouse = \"bigquery\"\nproject = \"proj\"\n");
    let out = |home: &Path| home.join("out");
    let here = sample();
    let made = json(here.path(), &["demo", "--out", &out(here.path()).to_string_lossy()]);
    let there = document(home.path(), emulator, &["demo", "--out", &out(home.path()).to_string_lossy()]);
    for name in ["evaluation.csv", "backtest.csv", "scores.csv"] {
        let (here, there) = (values(&out(here.path()).join(name)), values(&out(home.path()).join(name)));
        assert!(!here.is_empty());
        assert_eq!(here, there, "{name}");
    }
    for path in ["/train/scores", "/train/control", "/train/data_hash", "/backtest/summary"] {
        assert_eq!(made.pointer(path), there.pointer(path), "{path}");
    }

    // The lineage is there, under its own names.
    let tables = document(home.path(), emulator, &["tables"]);
    let names: Vec<String> =
        tables.as_array().unwrap().iter().map(|t| format!("{}.{}", t["project"], t["table"])).collect();
    let dated = |start: &str| names.iter().filter(|name| name.starts_with(&format!("\"proj\".\"{start}"))).count();
    for start in ["model_metadata_", "model_parameters_", "model_queries_", "model_storage_", "model_evaluation_"] {
        assert_eq!(dated(start), 1, "{start}: {names:?}");
    }
    let listed = document(home.path(), emulator, &["models", "list"]);
    assert_eq!(listed.as_array().unwrap().len(), 2);

    // Labels stay labels on the way there and through SQL.
    let schema = document(home.path(), emulator, &["schema", "features.us_daily"]);
    let label = schema.as_array().unwrap().iter().find(|column| column["name"] == "ROR_n10").unwrap();
    assert_eq!(label["label_horizon"], 10);
    let refused =
        run(home.path(), emulator, &["features", "w/recipes/none.toml", "--from", "SELECT 1 AS x", "--table", "a.b"]);
    assert!(!refused.status.success());

    // Both warehouses in one statement.
    let joined = "SELECT COUNT(*) AS n FROM market.bars_us_daily AS a JOIN local.market.bars_us_daily AS b USING (ticker, ticker_time)";
    let bars = document(home.path(), emulator, &["query", "SELECT COUNT(*) AS n FROM local.market.bars_us_daily"]);
    assert_eq!(document(home.path(), emulator, &["query", joined])["rows"], bars["rows"]);
}

#[test]
fn a_workspace_that_uses_bigquery_says_what_is_missing() {
    let home = with("[google]\nwarehouse = \"bigquery\"\n");
    let said = algom(home.path()).args(["-w", "w", "tables"]).output().unwrap();
    assert_eq!(said.status.code(), Some(5), "{}", text(&said.stderr));
    assert!(text(&said.stderr).contains("nobody is connected"), "{}", text(&said.stderr));
    let home = with("[google]\nwarehouse = \"big\"\n");
    let said = algom(home.path()).args(["-w", "w", "tables"]).output().unwrap();
    assert_eq!(said.status.code(), Some(3), "{}", text(&said.stderr));
    let home = with("[google]\nproject = \"proj\"\nmax_bytes = \"10\"\n");
    let said =
        algom(home.path()).env("BIGQUERY_EMULATOR_HOST", "127.0.0.1:1").args(["-w", "w", "tables"]).output().unwrap();
    assert!(text(&said.stderr).contains("max_bytes below [google]"), "{}", text(&said.stderr));
}
