//! How a table's parts come and go: many small ones are merged, and those appended together are seen together.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test may stop at the first surprise")]

use std::path::Path;

use algomosaic_core::Job;
use algomosaic_data::{IfExists, Limits, Marks, Staging, Warehouse};
use polars::prelude::{DataFrame, NamedFrom as _, Series};

fn workspace() -> (tempfile::TempDir, Warehouse) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("warehouse")).unwrap();
    std::fs::create_dir(folder.path().join("jobs")).unwrap();
    let warehouse = Warehouse::open(folder.path(), "local", "main", &Limits::default()).unwrap();
    (folder, warehouse)
}

fn frame(numbers: Vec<i64>) -> DataFrame {
    DataFrame::new(numbers.len(), vec![Series::new("number".into(), numbers).into()]).unwrap()
}

fn numbers(warehouse: &Warehouse) -> Vec<i64> {
    let read = warehouse.read(&warehouse.name("market.ticks").unwrap(), &Job::new()).unwrap();
    read.frame.column("number").unwrap().i64().unwrap().into_no_null_iter().collect()
}

fn append(warehouse: &Warehouse, staging: &Staging, frames: Vec<DataFrame>, marks: &Marks) {
    let table = warehouse.name("market.ticks").unwrap();
    let mut transaction = staging.transaction().unwrap();
    for frame in frames {
        warehouse.stage(&mut transaction, &table, &frame, marks, IfExists::Append).unwrap();
    }
    transaction.commit().unwrap();
}

/// What a reader of the table opens now: parts, and folders of parts.
fn current(folder: &Path) -> usize {
    let table = folder.join("warehouse/market/ticks");
    let text = std::fs::read_to_string(table.join("CURRENT")).unwrap();
    let current: serde_json::Value = serde_json::from_str(&text).unwrap();
    let generation = current["generation"].as_str().map_or(table.clone(), |name| table.join(name));
    let names = std::fs::read_dir(generation).unwrap().flatten().map(|entry| entry.file_name());
    names.filter(|name| name.to_string_lossy().starts_with("part-")).count()
}

#[test]
fn many_small_parts_become_few_with_their_rows_in_order_and_their_marks() {
    let (folder, warehouse) = workspace();
    let staging = Staging::create(folder.path(), "job").unwrap();
    for number in 0..300 {
        // Only an early part says which column is a label.
        let marks = if number == 7 { Marks::from([("number".to_owned(), 3)]) } else { Marks::new() };
        append(&warehouse, &staging, vec![frame(vec![number])], &marks);
    }
    assert_eq!(numbers(&warehouse), (0..300).collect::<Vec<i64>>());
    assert!(current(folder.path()) < 112, "{} parts are left of 300", current(folder.path()));
    let table = warehouse.name("market.ticks").unwrap();
    assert_eq!(warehouse.columns(&table).unwrap().1, Marks::from([("number".to_owned(), 3)]));
}

#[test]
fn parts_appended_together_are_moved_at_once() {
    let (folder, warehouse) = workspace();
    let staging = Staging::create(folder.path(), "job").unwrap();
    append(&warehouse, &staging, vec![frame(vec![0])], &Marks::new());
    append(&warehouse, &staging, vec![frame(vec![1, 2]), frame(vec![3]), frame(vec![4])], &Marks::new());
    assert_eq!(current(folder.path()), 2, "three parts are one move");
    append(&warehouse, &staging, vec![frame(vec![5])], &Marks::new());
    assert_eq!(numbers(&warehouse), [0, 1, 2, 3, 4, 5]);
}
