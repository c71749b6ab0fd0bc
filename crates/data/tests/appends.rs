//! Two processes append 1,000 times each to one table while a third reads: no row is lost, and no read sees half an append.
//! One that is killed again and again while it appends loses and repeats nothing either.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test may stop at the first surprise")]

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use algomosaic_core::Job;
use algomosaic_data::{IfExists, Limits, Marks, Staging, Warehouse, cells, recover};
use polars::prelude::{DataFrame, NamedFrom as _, Series};

const APPENDS: i64 = 1_000;
const ROWS: i64 = 3;
/// Names the workspace, the writer and its first number to a process of this test that is to append.
const WRITER: &str = "ALGOMOSAIC_TEST_WRITER";

fn open(folder: &Path) -> Warehouse {
    Warehouse::open(folder, "local", "main", &Limits::default()).unwrap()
}

fn append(folder: &Path, writer: i64, first: i64) {
    let warehouse = open(folder);
    let table = warehouse.name("market.ticks").unwrap();
    let staging = Staging::create(folder, &format!("writer-{writer}-{first}")).unwrap();
    for number in first..APPENDS {
        let frame = DataFrame::new(
            ROWS as usize,
            vec![
                Series::new("writer".into(), vec![writer; ROWS as usize]).into(),
                Series::new("number".into(), vec![number; ROWS as usize]).into(),
                Series::new("row".into(), (0..ROWS).collect::<Vec<i64>>()).into(),
            ],
        )
        .unwrap();
        let mut transaction = staging.transaction().unwrap();
        warehouse.stage(&mut transaction, &table, &frame, &Marks::new(), IfExists::Append).unwrap();
        transaction.commit().unwrap();
    }
}

/// Per writer: how many appends are there, after checking that each is whole and none before it is missing.
fn seen(warehouse: &Warehouse) -> Vec<i64> {
    let sql = "SELECT writer, COUNT(DISTINCT number) AS appends, MAX(number) AS last, COUNT(*) AS n FROM market.ticks \
               GROUP BY writer ORDER BY writer";
    let rows = cells(&warehouse.query(sql, None, &Job::new()).unwrap().frame).unwrap();
    let number = |cell: &algomosaic_data::Cell| cell.text().parse::<i64>().unwrap();
    let mut appends = vec![0, 0];
    for row in &rows {
        let (writer, distinct, last, count) = (number(&row[0]), number(&row[1]), number(&row[2]), number(&row[3]));
        assert_eq!(distinct, last + 1, "writer {writer}: no append before the last seen is missing");
        assert_eq!(count, distinct * ROWS, "writer {writer}: every append is seen whole");
        appends[writer as usize] = distinct;
    }
    appends
}

/// Appends, when this process was started to, and says whether it was.
fn appended() -> bool {
    let Ok(text) = std::env::var(WRITER) else { return false };
    let mut words = text.split('|');
    let folder = words.next().unwrap();
    let mut number = || words.next().unwrap().parse().unwrap();
    append(Path::new(folder), number(), number());
    true
}

/// Starts a process that does what `appended` says, by way of the test of that name.
fn start(test: &str, folder: &Path, writer: i64, first: i64) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test])
        // What it would report is not one more test.
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .env(WRITER, format!("{}|{writer}|{first}", folder.display()))
        .spawn()
        .unwrap()
}

fn workspace() -> tempfile::TempDir {
    let workspace = tempfile::tempdir().unwrap();
    std::fs::create_dir(workspace.path().join("warehouse")).unwrap();
    std::fs::create_dir(workspace.path().join("jobs")).unwrap();
    workspace
}

#[test]
fn a_writer_that_is_killed_while_it_appends_loses_and_repeats_nothing() {
    if appended() {
        return;
    }
    let workspace = workspace();
    let warehouse = open(workspace.path());
    let (mut there, mut killed, mut moment) = (0, 0, 0);
    // So many that small parts are merged in between, and that a kill may fall into it.
    while there < 250 {
        let test = "a_writer_that_is_killed_while_it_appends_loses_and_repeats_nothing";
        let mut writer = start(test, workspace.path(), 0, there);
        moment += 1;
        std::thread::sleep(Duration::from_millis(150 + moment * 97 % 400));
        killed += usize::from(writer.try_wait().unwrap().is_none());
        writer.kill().unwrap();
        writer.wait().unwrap();
        recover(workspace.path()).unwrap();
        if warehouse.exists(&warehouse.name("market.ticks").unwrap()).unwrap() {
            let now = seen(&warehouse)[0];
            assert!(now >= there, "kill {moment}: {now} appends of {there} are left");
            there = now;
        }
        assert_eq!(std::fs::read_dir(workspace.path().join("jobs")).unwrap().count(), 0, "kill {moment}");
        assert!(moment < 500, "the writer comes to {there} appends only");
    }
    assert!(killed >= 5, "the writer was killed only {killed} times");
    let text = std::fs::read_to_string(workspace.path().join("warehouse/market/ticks/CURRENT")).unwrap();
    assert!(text.contains("gen-"), "small parts were merged: {text}");
}

#[test]
fn appends_of_two_processes_are_whole_and_none_is_lost() {
    if appended() {
        return;
    }
    let workspace = workspace();
    let test = "appends_of_two_processes_are_whole_and_none_is_lost";
    let mut writers: Vec<Child> = (0..2).map(|writer| start(test, workspace.path(), writer, 0)).collect();
    let warehouse = open(workspace.path());
    let table = warehouse.name("market.ticks").unwrap();
    let mut before = vec![0, 0];
    let mut reads = 0;
    while writers.iter_mut().any(|writer| writer.try_wait().unwrap().is_none()) {
        if !warehouse.exists(&table).unwrap() {
            continue;
        }
        let now = seen(&warehouse);
        assert!(now.iter().zip(&before).all(|(now, before)| now >= before), "what was read once stays");
        before = now;
        reads += 1;
    }
    assert!(writers.into_iter().all(|mut writer| writer.wait().unwrap().success()));
    assert_eq!(seen(&warehouse), [APPENDS, APPENDS]);
    assert!(reads > 3, "the table was read while it grew, but only {reads} times");
}
