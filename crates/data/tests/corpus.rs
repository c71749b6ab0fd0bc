//! BigQuery's answers, from `tests/golden/sql`, against those of the embedded warehouse.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use algomosaic_core::{Job, Problem};
use algomosaic_data::{Limits, SqlParams, SqlValue, Staging, Warehouse, cells};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Case {
    name: String,
    tables: Vec<String>,
    sql: String,
    params: Option<BTreeMap<String, (String, Value)>>,
    check: Option<String>,
    columns: Vec<Column>,
    rows: Vec<Vec<Value>>,
    ordered: bool,
}

#[derive(Deserialize)]
struct Column {
    name: String,
    #[serde(rename = "type")]
    kind: String,
}

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/sql")
}

fn open() -> (tempfile::TempDir, Warehouse) {
    let root = tempfile::tempdir().unwrap();
    for folder in ["warehouse", "jobs"] {
        std::fs::create_dir_all(root.path().join(folder)).unwrap();
    }
    let warehouse = Warehouse::open(root.path(), "proj", "market", &Limits::default()).unwrap();
    (root, warehouse)
}

fn change(root: &Path, warehouse: &Warehouse, sql: &str, params: &SqlParams) -> Result<u64, Problem> {
    let staging = Staging::create(root, &algomosaic_data::unique())?;
    Ok(warehouse.prepare(sql, params)?.change(&staging, &Job::new())?.rows)
}

/// A field of a CSV as a literal of its type.
fn literal(field: &str, kind: &str) -> String {
    match (field, kind) {
        ("", _) => "NULL".to_owned(),
        (text, "STRING") => format!("'{}'", text.replace('\'', "\\'")),
        (number, "INT64" | "FLOAT64" | "BOOL") => number.to_owned(),
        (text, kind) => format!("{kind} '{text}'"),
    }
}

fn load(root: &Path, warehouse: &Warehouse, table: &str) {
    let schema: BTreeMap<String, Vec<Column>> =
        serde_json::from_slice(&std::fs::read(golden().join("tables/schema.json")).unwrap()).unwrap();
    let columns = &schema[table];
    let list: Vec<String> = columns.iter().map(|column| format!("`{}` {}", column.name, column.kind)).collect();
    change(root, warehouse, &format!("CREATE TABLE `{table}` ({})", list.join(", ")), &SqlParams::new()).unwrap();
    let mut reader = csv::Reader::from_path(golden().join(format!("tables/{table}.csv"))).unwrap();
    let rows: Vec<String> = reader
        .records()
        .map(|record| {
            let record = record.unwrap();
            let cells: Vec<String> =
                record.iter().zip(columns).map(|(field, column)| literal(field, &column.kind)).collect();
            format!("({})", cells.join(", "))
        })
        .collect();
    change(root, warehouse, &format!("INSERT INTO `{table}` VALUES {}", rows.join(", ")), &SqlParams::new()).unwrap();
}

/// The two write a time's zone in two ways.
fn plain(value: &Value) -> Value {
    match value {
        Value::String(text) if text.len() == 27 && text.ends_with('Z') => Value::from(text.trim_end_matches('Z')),
        Value::Array(items) => items.iter().map(plain).collect(),
        other => other.clone(),
    }
}

fn run(case: &Case) -> Result<(), String> {
    let (root, warehouse) = open();
    for table in &case.tables {
        load(root.path(), &warehouse, table);
    }
    let params: SqlParams = case
        .params
        .iter()
        .flatten()
        .map(|(name, (kind, value))| (name.clone(), SqlValue { kind: kind.clone(), value: value.clone() }))
        .collect();
    let fault = |problem: Problem| format!("{}: {} {}", case.name, problem.message, problem.hint);
    let prepared = match &case.check {
        Some(check) => {
            change(root.path(), &warehouse, &case.sql, &params).map_err(fault)?;
            warehouse.prepare(check, &SqlParams::new())
        }
        None => warehouse.prepare(&case.sql, &params),
    };
    let result =
        prepared.and_then(|prepared| prepared.frame(None, &Job::new())).map_err(|error| fault(error.into()))?;
    let columns: Vec<String> = result.columns.iter().map(|column| format!("{} {}", column.name, column.kind)).collect();
    let expected: Vec<String> = case.columns.iter().map(|column| format!("{} {}", column.name, column.kind)).collect();
    if columns != expected {
        return Err(format!("{}: columns {columns:?}, expected {expected:?}", case.name));
    }
    let of_frame: Vec<String> =
        algomosaic_data::columns_of(&result.frame).iter().map(|c| format!("{} {}", c.name, c.kind)).collect();
    if of_frame != expected {
        return Err(format!("{}: columns of the frame {of_frame:?}, expected {expected:?}", case.name));
    }
    let Value::Array(rows) = serde_json::to_value(cells(&result.frame).unwrap()).unwrap() else { unreachable!() };
    let mut rows: Vec<String> = rows.iter().map(|row| plain(row).to_string()).collect();
    let mut expected: Vec<String> = case.rows.iter().map(|row| plain(&Value::from(row.clone())).to_string()).collect();
    if !case.ordered {
        rows.sort();
        expected.sort();
    }
    if rows == expected { Ok(()) } else { Err(format!("{}: rows {rows:?}, expected {expected:?}", case.name)) }
}

#[test]
fn every_query_of_the_corpus_answers_as_bigquery_does() {
    let text = std::fs::read_to_string(golden().join("corpus.jsonl")).unwrap();
    let cases: Vec<Case> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(cases.len(), 99);
    let failures: Vec<String> = cases.iter().filter_map(|case| run(case).err()).collect();
    assert!(failures.is_empty(), "{} of {} fail:\n{}", failures.len(), cases.len(), failures.join("\n"));
}
