//! Results and views through the application, as the window has them.

use std::path::Path;

use algomosaic_data::{Limits, Marks, Warehouse};
use polars::prelude::{Column, DataFrame};

use super::*;
use crate::wire::{Filter, FilterOp, SortKey, SqlOutcome, ViewRequest, WireCell};
use crate::{App, Role, Settings};

/// A window's application on a new workspace that holds the sample.
fn app(home: &Path) -> App {
    let app = App::new(Settings::below(home), Role::Owner);
    app.create_workspace(&home.join("w"), "local", "main", true).unwrap();
    app
}

fn run(app: &App, sql: &str) -> ResultInfo {
    match app.run_sql(sql, &[], &Job::new()).unwrap() {
        SqlOutcome::Rows { result } => result,
        SqlOutcome::Changed { .. } => panic!("a SELECT gives rows"),
    }
}

fn column(app: &App, table: &str, limit: u64) -> Vec<WireCell> {
    app.table_page(table, 0, limit).unwrap().rows.into_iter().map(|mut row| row.swap_remove(0)).collect()
}

/// Writes a table without the application, as an import would.
fn write(home: &Path, table: &str, columns: Vec<Column>, marks: &Marks) {
    let root = home.join("w");
    let warehouse = Warehouse::open(&root, "local", "main", &Limits::default()).unwrap();
    let staging = Staging::create(&root, "write").unwrap();
    let mut transaction = staging.transaction().unwrap();
    let frame = DataFrame::new(columns[0].len(), columns).unwrap();
    let name = warehouse.name(table).unwrap();
    warehouse.stage(&mut transaction, &name, &frame, marks, algomosaic_data::IfExists::Append).unwrap();
    transaction.commit().unwrap();
}

fn numbers(values: impl IntoIterator<Item = i32>) -> Vec<WireCell> {
    values.into_iter().map(|value| WireCell::Number(f64::from(value))).collect()
}

#[test]
fn a_result_is_a_table_that_is_paged_named_saved_and_exported() {
    let home = tempfile::tempdir().unwrap();
    let app = app(home.path());
    let result = run(&app, "SELECT ticker, COUNT(*) AS bars FROM market.bars_us_daily GROUP BY ticker ORDER BY ticker");
    assert_eq!((result.rows, &result.tables[..]), (4, &["local.market.bars_us_daily".to_owned()][..]));
    let page = app.table_page(&result.table, 1, 2).unwrap();
    assert_eq!((page.total, page.rows.len(), &page.rows[0][0]), (4, 2, &WireCell::Text("GOOG".to_owned())));
    assert!(app.tables().unwrap().iter().all(|table| table.dataset != RESULTS), "results are not listed");
    assert_eq!(app.results().unwrap(), []);

    let pinned = app.name_result(&result.id, Some("bars by ticker")).unwrap();
    assert_eq!(app.results().unwrap(), [pinned]);
    assert!(app.name_result(&result.id, Some(" ")).is_err());
    let saved = app.save_result(&result.id, "counts.bars", IfExists::Fail).unwrap();
    assert_eq!((saved.dataset.as_str(), saved.rows), ("counts", Some(4)));
    assert!(app.save_result(&result.id, "counts.bars", IfExists::Fail).is_err());
    assert_eq!(app.save_result(&result.id, "counts.bars", IfExists::Append).unwrap().rows, Some(8));
    assert_eq!(app.save_result(&result.id, "counts.bars", IfExists::Replace).unwrap().rows, Some(4));
    assert!(app.save_result(&result.id, "_results.mine", IfExists::Fail).is_err());

    let file = home.path().join("out.csv");
    app.export_table(&result.table, &file, &Job::new()).unwrap();
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("ticker,bars\nAAPL,"));
    let copied = app.copy_rows(&result.table, &["ticker".to_owned()], 2, 10).unwrap();
    assert_eq!((copied.text.as_str(), copied.rows), ("ticker\nIBM\nMSFT\n", 2));
    app.drop_table("counts.bars").unwrap();
    assert!(app.table_page("counts.bars", 0, 1).is_err());
    assert!(app.drop_table(&result.table).is_err(), "a result is closed, not dropped");
}

#[test]
fn results_without_a_name_go_when_closed_when_many_and_when_the_workspace_is_opened() {
    let home = tempfile::tempdir().unwrap();
    let app = app(home.path());
    let folder = home.path().join("w/warehouse/_results");
    let count = || std::fs::read_dir(&folder).unwrap().count();
    let first = run(&app, "SELECT 1 AS x");
    let kept = run(&app, "SELECT 2 AS x");
    app.name_result(&kept.id, Some("kept")).unwrap();
    for _ in 0..KEPT {
        run(&app, "SELECT 3 AS x");
    }
    assert_eq!(count(), KEPT + 1);
    let problem = app.name_result(&first.id, Some("late")).unwrap_err();
    assert_eq!(problem.message, format!("there is no result {} any more", first.id));
    assert_eq!(app.table_page(&first.table, 0, 1).unwrap_err().code, crate::Code::NotFound);
    app.close_view(&first.table).unwrap();
    app.close_view("market.bars_us_daily").unwrap();
    app.close_view(&kept.table).unwrap();
    assert_eq!(count(), KEPT + 1, "what is gone, what is a table and what has a name is left alone");
    app.close_view(&run(&app, "SELECT 4 AS x").table).unwrap();
    assert_eq!(count(), KEPT);

    let again = App::new(Settings::below(home.path()), Role::Guest);
    again.open_workspace(&home.path().join("w")).unwrap();
    assert_eq!(count(), KEPT, "the command line removes nothing");
    let again = App::new(Settings::below(home.path()), Role::Owner);
    again.open_workspace(&home.path().join("w")).unwrap();
    assert_eq!(count(), 1);
    assert_eq!(column(&again, &kept.table, 9), numbers([2]));
    again.name_result(&kept.id, None).unwrap();
    again.close_view(&kept.table).unwrap();
    assert_eq!(count(), 0);
}

#[test]
fn a_sorted_view_keeps_the_written_order_of_ties_and_puts_nan_and_null_last() {
    let home = tempfile::tempdir().unwrap();
    let app = app(home.path());
    let keys = [Some(1.0), None, Some(f64::NAN), Some(2.0), Some(-1.0)];
    for start in [0, 2_000] {
        let rows = start..if start == 0 { 2_000 } else { 5_000 };
        let k: Vec<Option<f64>> = rows.clone().map(|i| keys[i as usize % 5]).collect();
        let columns = vec![Column::new("i".into(), rows.collect::<Vec<i64>>()), Column::new("k".into(), k)];
        write(home.path(), "t", columns, &Marks::new());
    }
    let view = |descending: bool, filters: Vec<Filter>| {
        let sort = vec![SortKey { column: "k".to_owned(), descending }];
        app.open_view(&ViewRequest { table: "t".to_owned(), sort, filters }, &Job::new()).unwrap()
    };
    for (descending, order) in [(false, [4, 0, 3, 2, 1]), (true, [3, 0, 4, 2, 1])] {
        let view = view(descending, Vec::new());
        let expected = order.into_iter().flat_map(|rest| (0..5_000).filter(move |i| i % 5 == rest));
        assert_eq!(column(&app, &view.table, 5_000), numbers(expected), "descending: {descending}");
    }
    let filter = |column: &str, op, value: &str| Filter { column: column.to_owned(), op, value: value.to_owned() };
    let found = view(true, vec![filter("k", FilterOp::Ge, "1"), filter("I", FilterOp::Lt, "10")]);
    assert_eq!(column(&app, &found.table, 9), numbers([3, 8, 0, 5]));
    let plain = ViewRequest { table: "t".to_owned(), sort: Vec::new(), filters: Vec::new() };
    let plain = app.open_view(&plain, &Job::new()).unwrap();
    assert_eq!((plain.table.as_str(), plain.rows), ("local.main.t", 5_000), "nothing is written for a plain table");
    for (op, value, rows) in [
        (FilterOp::IsNull, "", 1_000),
        (FilterOp::Eq, "NaN", 1_000),
        (FilterOp::Gt, "-5", 3_000),
        (FilterOp::Ne, "1", 3_000),
        (FilterOp::Contains, "2", 1_000),
    ] {
        assert_eq!(view(false, vec![filter("k", op, value)]).rows, rows, "{op:?} {value}");
    }
}

#[test]
fn a_view_keeps_the_marks_of_labels_and_so_does_its_copy() {
    let home = tempfile::tempdir().unwrap();
    let app = app(home.path());
    let columns = ["close", "later"].map(|name| Column::new(name.into(), [1.0, 3.0, 2.0]));
    write(home.path(), "t", columns.to_vec(), &Marks::from([("later".to_owned(), 5)]));
    let sort = vec![SortKey { column: "close".to_owned(), descending: true }];
    let marked = |columns: &[crate::ColumnInfo]| columns.iter().map(|c| c.label_horizon).collect::<Vec<_>>();
    let expected = [None, Some(5)];
    let view = app.open_view(&ViewRequest { table: "t".to_owned(), sort, filters: Vec::new() }, &Job::new()).unwrap();
    assert_eq!(marked(&view.columns), expected);
    let id = view.table.trim_start_matches("local._results.");
    app.save_result(id, "copy", IfExists::Fail).unwrap();
    assert_eq!(marked(&app.columns("copy").unwrap()), expected);
    assert_eq!(column(&app, "copy", 9), numbers([3, 2, 1]));
}

#[test]
fn what_was_run_is_in_the_history_and_queries_are_files() {
    let home = tempfile::tempdir().unwrap();
    let app = app(home.path());
    run(&app, "SELECT 1 AS x");
    app.run_sql("SELECT FROM", &[], &Job::new()).unwrap_err();
    let history = app.sql_history().unwrap();
    assert_eq!((history[0].sql.as_str(), history[0].rows), ("SELECT FROM", None));
    assert!(history[0].problem.is_some(), "{history:?}");
    assert_eq!((history[1].sql.as_str(), history[1].rows), ("SELECT 1 AS x", Some(1)));

    let saved = app.save_query("by day", "SELECT 1").unwrap();
    assert_eq!(std::fs::read_to_string(home.path().join("w/queries/by day.sql")).unwrap(), "SELECT 1\n");
    assert_eq!(app.saved_queries().unwrap(), [saved]);
    app.save_query("other", "SELECT 2").unwrap();
    assert!(app.rename_query("other", "by day").is_err());
    assert_eq!(app.rename_query("by day", "By day").unwrap().sql, "SELECT 1\n");
    app.delete_query("other").unwrap();
    assert_eq!(app.delete_query("other").unwrap_err().code, crate::Code::NotFound);
    for name in ["", "../x", "a/b", ".hidden", "nul", "a\0b", "x."] {
        assert!(app.save_query(name, "SELECT 1").is_err(), "{name:?}");
    }
}

#[test]
fn the_history_keeps_the_last_five_hundred() {
    let home = tempfile::tempdir().unwrap();
    let app = app(home.path());
    for number in 0..620 {
        app.run_sql(&format!("SELECT {number} FROM nowhere"), &[], &Job::new()).unwrap_err();
    }
    let history = app.sql_history().unwrap();
    assert_eq!((history.len(), history[0].sql.as_str()), (500, "SELECT 619 FROM nowhere"));
    let lines = std::fs::read_to_string(home.path().join("w/history.ndjson")).unwrap().lines().count();
    assert!((500..=600).contains(&lines), "{lines}");
}

#[test]
fn a_statement_is_checked_without_running_and_a_fault_has_its_place() {
    let home = tempfile::tempdir().unwrap();
    let app = app(home.path());
    let check = app.check_sql("SELECT ticker, close FROM market.bars_us_daily", &[]).unwrap();
    assert_eq!((check.problem, check.columns.len()), (None, 2));
    let listed = app.tables().unwrap().into_iter().find(|table| table.table == "bars_us_daily").unwrap();
    assert_eq!(check.bytes, listed.bytes);
    let check = app.check_sql("SELECT ticker\nFROM market.bars_us_daily ORDER BY )", &[]).unwrap();
    assert_eq!(check.line, Some(2), "{check:?}");
    assert!(check.problem.is_some() && check.column.is_some());
    assert!(app.explain_sql("SELECT close FROM market.bars_us_daily", &[]).unwrap().contains("PARQUET"));
}

#[test]
fn a_query_that_is_cancelled_stops_at_once_and_leaves_nothing() {
    let home = tempfile::tempdir().unwrap();
    let app = app(home.path());
    let sql = "SELECT COUNT(*) AS n FROM market.bars_us_daily a CROSS JOIN market.bars_us_daily b \
               CROSS JOIN market.bars_us_daily c WHERE a.close + b.close > c.close";
    std::thread::scope(|scope| {
        let running = scope.spawn(|| app.task("mine", |job| app.run_sql(sql, &[], job)));
        // Cancelled again and again: the first may come before the task is there.
        while !running.is_finished() {
            app.cancel_task("mine");
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        assert_eq!(running.join().unwrap().unwrap_err().code, crate::Code::Cancelled);
    });
    assert!(!home.path().join("w/warehouse/_results").exists());
    assert_eq!(app.sql_history().unwrap()[0].rows, None);
    app.cancel_task("never there");
}

#[test]
fn a_profile_is_computed_once_for_the_parts_it_saw() {
    let home = tempfile::tempdir().unwrap();
    let app = app(home.path());
    let first = app.profile("market.bars_us_daily", &Job::new()).unwrap();
    assert_eq!(app.profile("market.bars_us_daily", &Job::new()).unwrap(), first, "the seconds among it");
    write(home.path(), "t", vec![Column::new("x".into(), [1_i64])], &Marks::new());
    assert_eq!(app.profile("t", &Job::new()).unwrap().rows, 1);
    write(home.path(), "t", vec![Column::new("x".into(), [2_i64])], &Marks::new());
    assert_eq!(app.profile("t", &Job::new()).unwrap().rows, 2);
}
