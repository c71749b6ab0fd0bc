//! A workspace whose warehouse is BigQuery, through `algom` and the emulator: nothing else changes for the person.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test may stop at the first surprise")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

mod bucket;
#[path = "../cloud/emulator.rs"]
mod emulator;
#[path = "../cloud/fake_gcs.rs"]
#[allow(clippy::expect_used, reason = "a test may stop at the first surprise")]
mod fake_gcs;
#[path = "../cloud/stub.rs"]
mod stub;
#[path = "../support/mod.rs"]
mod support;
mod transfer;

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

/// An answer's status line and body, of a service on this machine.
fn http(url: &str, method: &str, path: &str, body: &str) -> (String, String) {
    use std::io::{Read as _, Write as _};
    let host = url.trim_start_matches("http://");
    let address = if host.contains(':') { host.to_owned() } else { format!("{host}:80") };
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Authorization: Bearer emulator\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = text(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let body = if head.to_lowercase().contains("chunked") {
        body.lines().filter(|line| u64::from_str_radix(line.trim(), 16).is_err()).collect()
    } else {
        body.to_owned()
    };
    (head.lines().next().unwrap_or_default().to_owned(), body)
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
    let Some(storage) = fake_gcs::Emulator::storage() else { return };
    bucket::make(&storage, "models");
    let home = with("[google]\nwarehouse = \"bigquery\"\nproject = \"proj\"\nbucket = \"models\"\n");
    let run = |home: &Path, arguments: &[&str]| {
        let mut command = algom(home);
        there(&mut command, emulator).env("STORAGE_EMULATOR_HOST", storage.url());
        command.args(["--quiet", "--json", "-w", "w"]).args(arguments).output().unwrap()
    };
    let document = |home: &Path, arguments: &[&str]| -> Value {
        let output = run(home, arguments);
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let out = |home: &Path| home.join("out");
    let here = sample();
    let made = json(here.path(), &["demo", "--out", &out(here.path()).to_string_lossy()]);
    let there = document(home.path(), &["demo", "--out", &out(home.path()).to_string_lossy()]);
    for name in ["evaluation.csv", "backtest.csv", "scores.csv"] {
        let (here, there) = (values(&out(here.path()).join(name)), values(&out(home.path()).join(name)));
        assert!(!here.is_empty());
        assert_eq!(here, there, "{name}");
    }
    for path in ["/train/scores", "/train/control", "/train/data_hash", "/backtest/summary"] {
        assert_eq!(made.pointer(path), there.pointer(path), "{path}");
    }

    // The lineage is there, under its own names.
    let tables = document(home.path(), &["tables"]);
    let names: Vec<String> =
        tables.as_array().unwrap().iter().map(|t| format!("{}.{}", t["project"], t["table"])).collect();
    let dated = |start: &str| names.iter().filter(|name| name.starts_with(&format!("\"proj\".\"{start}"))).count();
    for start in ["model_metadata_", "model_parameters_", "model_queries_", "model_storage_", "model_evaluation_"] {
        assert_eq!(dated(start), 1, "{start}: {names:?}");
    }
    let listed = document(home.path(), &["models", "list"]);
    assert_eq!(listed.as_array().unwrap().len(), 2);

    // Their models are in the bucket, byte for byte those of the folder, and nowhere else.
    let hashes = |document: &dyn Fn(&str) -> Value| {
        let sql =
            "SELECT value FROM model_metadata.`model_metadata_*` WHERE parameter = 'model_file_sha256' ORDER BY value";
        document(sql)["rows"].clone()
    };
    let in_bucket = hashes(&|sql| document(home.path(), &["query", sql]));
    assert_eq!(in_bucket, hashes(&|sql| json(here.path(), &["query", sql])));
    assert_eq!(in_bucket.as_array().unwrap().len(), 2);
    let files: Vec<String> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|run| run["model_file"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(bucket::names(&storage, "models").len(), 2, "{files:?}");
    assert_eq!(support::files(&home.path().join("w/models")), Vec::<String>::new());
    let from = [
        "predict",
        "--model",
        made.pointer("/train/model_id").unwrap().as_str().unwrap(),
        "--from",
        "features.us_daily",
    ];
    std::fs::remove_dir_all(home.path().join("w/cache")).unwrap();
    assert_eq!(document(home.path(), &from)["scores"], json(here.path(), &from)["scores"]);

    // The tables say what they are, and their rows lie together by run.
    let metadata = names.iter().find(|name| name.contains("model_metadata_2")).unwrap().replace('"', "");
    let metadata = metadata.trim_start_matches("proj.");
    let (_, table) = http(
        &emulator.rest,
        "GET",
        &format!("/bigquery/v2/projects/proj/datasets/model_metadata/tables/{metadata}"),
        "",
    );
    assert!(table.contains("What each run was"), "{table}");
    assert!(table.contains("The run: SHA-1 of the model"), "{table}");

    // Labels stay labels on the way there and through SQL.
    let schema = document(home.path(), &["schema", "features.us_daily"]);
    let label = schema.as_array().unwrap().iter().find(|column| column["name"] == "ROR_n10").unwrap();
    assert_eq!(label["label_horizon"], 10);
    let refused = run(home.path(), &["features", "w/recipes/none.toml", "--from", "SELECT 1 AS x", "--table", "a.b"]);
    assert!(!refused.status.success());

    // Both warehouses in one statement.
    let joined = "SELECT COUNT(*) AS n FROM market.bars_us_daily AS a JOIN local.market.bars_us_daily AS b USING (ticker, ticker_time)";
    let bars = document(home.path(), &["query", "SELECT COUNT(*) AS n FROM local.market.bars_us_daily"]);
    assert_eq!(document(home.path(), &["query", joined])["rows"], bars["rows"]);
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

#[test]
fn tables_that_are_here_are_listed_without_a_network() {
    let home = with("[google]\nwarehouse = \"bigquery\"\nproject = \"proj\"\n");
    let listed = algom(home.path())
        .env("BIGQUERY_EMULATOR_HOST", "127.0.0.1:1")
        .args(["--quiet", "--json", "-w", "w", "tables"])
        .output()
        .unwrap();
    assert!(listed.status.success(), "{}", text(&listed.stderr));
    let tables: Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert!(tables.as_array().unwrap().iter().any(|table| table["table"] == "bars_us_daily"));
    let said = text(&listed.stderr);
    assert!(said.contains("BigQuery's tables are missing") && said.contains("cannot be reached"), "{said}");
}

#[test]
fn a_job_reads_no_more_than_its_cap() {
    let stub = stub::Stub::start();
    let column = serde_json::json!({"name": "x", "type": "INTEGER"});
    let reference = serde_json::json!({"projectId": "proj", "datasetId": "d", "tableId": "t"});
    let described = serde_json::json!({"tableReference": reference, "schema": {"fields": [column]}, "type": "TABLE"});
    stub.on("GET", "/bigquery/v2/projects/proj/datasets/d/tables/t", [stub::Reply::json(200, &described)]);
    let refused = stub::Reply::error(400, "bytesBilledLimitExceeded", "Query exceeded limit for bytes billed");
    stub.on("POST", "/bigquery/v2/projects/proj/jobs", [refused]);
    for (limits, cap, said) in [
        ("max_bytes = \"1GB\"\nmax_job_bytes = \"200MB\"", "200000000", "200 MB that all of this job may read"),
        ("max_bytes = \"100MB\"\nmax_job_bytes = \"200MB\"", "100000000", "Query exceeded limit"),
        ("max_bytes = \"100MB\"", "100000000", "Query exceeded limit"),
    ] {
        let home = with(&format!("[google]\nproject = \"proj\"\n{limits}\n"));
        let output = algom(home.path())
            .env("BIGQUERY_EMULATOR_HOST", stub.url())
            .args(["--quiet", "-w", "w", "query", "UPDATE `proj.d.t` SET x = 1 WHERE TRUE"])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
        assert!(text(&output.stderr).contains(said), "{}", text(&output.stderr));
        let asked = stub.asked("POST", "/bigquery/v2/projects/proj/jobs");
        let query = asked.last().unwrap().json();
        assert_eq!(query["configuration"]["query"]["maximumBytesBilled"], cap, "{query}");
    }
    let home = with("[google]\nproject = \"proj\"\ntable_expiration_days = 0\n");
    let output =
        algom(home.path()).env("BIGQUERY_EMULATOR_HOST", stub.url()).args(["-w", "w", "tables"]).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("table_expiration_days"), "{}", text(&output.stderr));
}
