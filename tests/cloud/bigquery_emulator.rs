//! BigQuery's emulator: tables, statements, loads and reads from end to end.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod emulator;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use algomosaic_cloud::{
    BigQuery, Changes, Compression, Endpoints, Field, Fixed, Load, Mode, Parameter, Rows, Runtime, Statement,
    TableKind, TableName, TableSpec, Write,
};
use algomosaic_core::{Code, Job, Problem};
use arrow::array::{AsArray, RecordBatch, types};
use arrow::compute::{cast, concat_batches};
use arrow::datatypes::{DataType, SchemaRef};
use serde_json::json;

/// BigQuery with a dataset of its own for a test.
fn bigquery(dataset: &str) -> Option<BigQuery> {
    let emulator = emulator::bigquery()?;
    let endpoints =
        Endpoints { bigquery: emulator.rest.clone(), bigquery_read: emulator.read.clone(), ..Endpoints::default() };
    let tokens = Arc::new(Fixed::emulator());
    let bigquery = BigQuery::new(Runtime::start().unwrap(), tokens, &endpoints, emulator::PROJECT, None).unwrap();
    bigquery.create_dataset(dataset, None, &BTreeMap::new(), &Job::new()).unwrap();
    Some(bigquery)
}

fn statement(sql: &str) -> Statement<'_> {
    Statement { sql, ..Statement::default() }
}

/// A table in one batch, its streams one after the other.
fn all(bigquery: &BigQuery, rows: &Rows<'_>) -> RecordBatch {
    let mut parts: Vec<(usize, RecordBatch)> = Vec::new();
    let read = bigquery
        .read(rows, &Job::new(), |stream, batch| {
            parts.push((stream, batch));
            Ok(())
        })
        .unwrap();
    parts.sort_by_key(|(stream, _)| *stream);
    let schema: SchemaRef = parts.first().map_or(read.schema, |(_, batch)| batch.schema());
    let batch = concat_batches(&schema, parts.iter().map(|(_, batch)| batch)).unwrap();
    assert_eq!(batch.num_rows() as u64, read.rows);
    batch
}

fn ints(batch: &RecordBatch, name: &str) -> Vec<i64> {
    batch.column_by_name(name).unwrap().as_primitive::<types::Int64Type>().values().to_vec()
}

/// A Parquet file with the numbers from `from` to `to` in `i`, and beside each a text that cannot be packed.
fn numbers(folder: &Path, name: &str, from: u64, to: u64) -> PathBuf {
    let path = folder.join(name);
    let script = format!(
        "import sys, duckdb\n\
         duckdb.sql(\"COPY (SELECT i, md5(i::VARCHAR) || md5((-i)::VARCHAR) AS text FROM range({from}, {to}) AS r(i)) TO '\" + sys.argv[1] + \"' (FORMAT parquet)\")"
    );
    emulator::python(&script, &[&path]);
    path
}

#[test]
fn a_table_is_made_described_changed_and_dropped() {
    let Some(bigquery) = bigquery("made") else { return };
    let job = Job::new();
    let name = bigquery.table_name("made", "bars");
    let spec = TableSpec {
        fields: vec![
            Field { mode: Mode::Required, ..Field::new("symbol", "STRING") }.described("Ticker"),
            Field::new("time", "TIMESTAMP").described("Open of the bar"),
            Field::new("close", "FLOAT64"),
            Field { mode: Mode::Repeated, ..Field::new("tags", "STRING") },
            Field { fields: vec![Field::new("x", "INT64")], ..Field::new("inner", "STRUCT") },
        ],
        description: "Bars".to_owned(),
        clustering: vec!["symbol".to_owned()],
        expires_after: Some(Duration::from_secs(3600)),
        labels: BTreeMap::from([("domain".to_owned(), "market".to_owned())]),
        ..TableSpec::default()
    };
    let made = bigquery.create_table(&name, &spec, &job).unwrap();
    assert_eq!((made.kind, made.clustering.as_slice()), (TableKind::Table, &["symbol".to_owned()][..]));
    assert_eq!(made.labels, spec.labels);
    let soon = made.expires_us.unwrap() - made.modified_us.unwrap();
    assert!((3_500_000_000..3_700_000_000).contains(&soon), "{soon}");

    let read = bigquery.table(&name, &job).unwrap();
    assert_eq!(read.fields, spec.fields);
    assert_eq!((read.rows, read.description.as_str()), (Some(0), "Bars"));

    let changes = Changes {
        description: Some("Daily bars".to_owned()),
        labels: BTreeMap::from([("domain".to_owned(), None), ("kind".to_owned(), Some("bars".to_owned()))]),
        ..Changes::default()
    };
    let changed = bigquery.patch_table(&name, &changes, Some(&read.etag), &job).unwrap();
    assert_eq!(changed.description, "Daily bars");
    assert_eq!(changed.labels.get("kind").map(String::as_str), Some("bars"));
    let late = bigquery.patch_table(&name, &changes, Some(&read.etag), &job).unwrap_err();
    assert_eq!(late.status(), Some(412));
    assert_eq!(Problem::from(late).code, Code::AlreadyExists);

    let again = Problem::from(bigquery.create_table(&name, &spec, &job).unwrap_err());
    assert_eq!(again.code, Code::AlreadyExists);
    assert!(bigquery.datasets(&job).unwrap().iter().any(|dataset| dataset.name == "made"));
    let listed = bigquery.tables("made", &job).unwrap();
    assert_eq!((listed[0].name.as_str(), listed[0].kind), ("bars", TableKind::Table));
    bigquery.drop_table(&name, &job).unwrap();
    bigquery.drop_table(&name, &job).unwrap();
    let gone = Problem::from(bigquery.table(&name, &job).unwrap_err());
    assert_eq!(gone.code, Code::NotFound);
    assert_eq!(Problem::from(bigquery.tables("nowhere", &job).unwrap_err()).code, Code::NotFound);
}

#[test]
fn a_statement_has_parameters_and_a_result_that_can_be_read() {
    let Some(bigquery) = bigquery("asked") else { return };
    let job = Job::new();
    let kinds: Vec<(&str, serde_json::Value)> = vec![
        ("INT64", json!(7)),
        ("FLOAT64", json!(0.5)),
        ("STRING", json!("it's")),
        ("BOOL", json!(true)),
        ("DATE", json!("2024-02-29")),
        ("TIMESTAMP", json!("2024-02-29 01:02:03.000004+00")),
        ("NUMERIC", json!("1.25")),
        ("ARRAY<INT64>", json!([1, 2, 3])),
    ];
    let mut parameters = BTreeMap::new();
    let mut columns = Vec::new();
    for (index, (kind, value)) in kinds.into_iter().enumerate() {
        parameters.insert(format!("p{index}"), Parameter { kind: kind.to_owned(), value });
        columns.push(format!("@p{index} AS c{index}"));
    }
    let sql = format!("SELECT {}", columns.join(", "));
    let asked = Statement { parameters, ..statement(&sql) };
    let estimate = bigquery.dry_run(&asked, &job).unwrap();
    assert_eq!((estimate.statement.as_str(), estimate.fields.len(), estimate.usd), ("SELECT", 8, 0.0));
    let ran = bigquery.query(&asked, &job).unwrap();
    assert_eq!((ran.statement.as_str(), ran.rows), ("SELECT", Some(1)));
    let kinds: Vec<&str> = ran.fields.iter().map(|field| field.kind.as_str()).collect();
    assert_eq!(kinds, ["INT64", "FLOAT64", "STRING", "BOOL", "DATE", "TIMESTAMP", "NUMERIC", "INT64"]);
    let batch = all(&bigquery, &Rows::all(ran.destination.as_ref().unwrap()));
    assert_eq!(ints(&batch, "c0"), [7]);
    assert_eq!(batch.column(2).as_string::<i32>().value(0), "it's");
    let time = cast(batch.column(5), &DataType::Int64).unwrap();
    assert_eq!(time.as_primitive::<types::Int64Type>().value(0), 1_709_168_523_000_004);
    let list = batch.column(7).as_list::<i32>().value(0);
    assert_eq!(list.as_primitive::<types::Int64Type>().values().to_vec(), [1, 2, 3]);

    let wrong = Problem::from(bigquery.query(&statement("SELECT nothing FROM nowhere.table"), &job).unwrap_err());
    assert!(matches!(wrong.code, Code::NotFound | Code::BadInput), "{wrong:?}");
    let made = bigquery.query(&statement("CREATE TABLE asked.t AS SELECT 1 AS a"), &job).unwrap();
    assert_eq!(made.statement, "CREATE_TABLE_AS_SELECT");
    let changed = bigquery.query(&statement("INSERT INTO asked.t SELECT 2 UNION ALL SELECT 3"), &job).unwrap();
    assert_eq!(changed.affected_rows, Some(2));
    let by_dataset = Statement { dataset: Some("asked"), ..statement("SELECT COUNT(*) AS n FROM t") };
    let counted = bigquery.query(&by_dataset, &job).unwrap();
    assert_eq!(ints(&all(&bigquery, &Rows::all(counted.destination.as_ref().unwrap())), "n"), [3]);
    let script = "DECLARE n INT64 DEFAULT 4; SELECT n AS n;";
    let script = bigquery.query(&statement(script), &job).unwrap();
    assert_eq!(script.statement, "SCRIPT");
    assert_eq!(ints(&all(&bigquery, &Rows::all(script.destination.as_ref().unwrap())), "n"), [4]);
}

#[test]
fn parquet_files_are_loaded_whole_and_once() {
    let Some(bigquery) = bigquery("loaded") else { return };
    let job = Job::new();
    let folder = tempfile::tempdir().unwrap();
    let one = numbers(folder.path(), "one.parquet", 0, 1000);
    // Larger than one piece of an upload.
    let two = numbers(folder.path(), "two.parquet", 1000, 200_000);
    assert!(std::fs::metadata(&two).unwrap().len() > 8 << 20);
    let table = bigquery.table_name("loaded", "numbers");
    let rows = |bigquery: &BigQuery| bigquery.table(&table, &Job::new()).unwrap().rows;

    let first = bigquery.load(std::slice::from_ref(&one), &table, &Load::new(Write::Create), "load-1", &job).unwrap();
    assert_eq!((first.rows, first.before), (1000, false));
    let again = bigquery.load(std::slice::from_ref(&one), &table, &Load::new(Write::Create), "load-1", &job).unwrap();
    assert_eq!((again.rows, again.before), (1000, true));
    assert_eq!(rows(&bigquery), Some(1000));
    let refused =
        bigquery.load(std::slice::from_ref(&one), &table, &Load::new(Write::Create), "load-2", &job).unwrap_err();
    assert_eq!(Problem::from(refused).code, Code::AlreadyExists);

    let both = [one.clone(), two.clone()];
    let together = bigquery.load(&both, &table, &Load::new(Write::Append), "load-3", &job).unwrap();
    assert_eq!(together.rows, 200_000);
    bigquery.load(&both, &table, &Load::new(Write::Append), "load-3", &job).unwrap();
    assert_eq!(rows(&bigquery), Some(201_000));
    assert_eq!(bigquery.tables("loaded", &job).unwrap().len(), 1, "the table of the gathering is gone");
    bigquery.load(&[two], &table, &Load::new(Write::Replace), "load-4", &job).unwrap();
    assert_eq!(rows(&bigquery), Some(199_000));
    assert_eq!(bigquery.tables("loaded", &job).unwrap()[0].rows, Some(199_000));

    let missing = bigquery.load(&[folder.path().join("no")], &table, &Load::new(Write::Append), "load-5", &job);
    assert_eq!(Problem::from(missing.unwrap_err()).code, Code::NotFound);
    let no_parquet = folder.path().join("text.parquet");
    std::fs::write(&no_parquet, "a,b\n1,2\n").unwrap();
    let wrong = bigquery.load(&[no_parquet], &table, &Load::new(Write::Append), "load-6", &job).unwrap_err();
    assert_eq!(Problem::from(wrong).code, Code::BadInput);
    assert!(bigquery.load(&[], &table, &Load::new(Write::Append), "load-7", &job).is_err());
    assert!(bigquery.load(&[one], &table, &Load::new(Write::Append), "a job", &job).is_err());
}

#[test]
fn streams_and_pages_give_the_same_rows() {
    let Some(bigquery) = bigquery("same") else { return };
    let job = Job::new();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kinds.parquet");
    emulator::python(
        r#"
import sys, decimal, datetime as dt
import pyarrow as pa, pyarrow.parquet as pq
n = 120_000
utc = dt.timezone.utc
def column(kind, value):
    return pa.array([None if i % 7 == 3 else value(i) for i in range(n)], kind)
table = pa.table({
    "i": pa.array(range(n), pa.int64()),
    "f": column(pa.float64(), lambda i: i / 8),
    "s": column(pa.string(), lambda i: f"s{i}"),
    "b": column(pa.bool_(), lambda i: i % 2 == 0),
    "day": column(pa.date32(), lambda i: dt.date(2000, 1, 1) + dt.timedelta(days=i % 9000)),
    "at": column(pa.timestamp("us", "UTC"), lambda i: dt.datetime(2000, 1, 1, tzinfo=utc) + dt.timedelta(seconds=i, microseconds=1)),
    "local": column(pa.timestamp("us"), lambda i: dt.datetime(2000, 1, 1) + dt.timedelta(seconds=i)),
    "clock": column(pa.time64("us"), lambda i: dt.time(i % 24, 1, 2, 3)),
    "n": column(pa.decimal128(38, 9), lambda i: decimal.Decimal(i).scaleb(-3)),
    "raw": column(pa.binary(), lambda i: i.to_bytes(4, "big")),
    "list": pa.array([[i, i + 1] for i in range(n)], pa.list_(pa.int64())),
})
pq.write_table(table, sys.argv[1])
"#,
        &[&file],
    );
    let table: TableName = bigquery.table_name("same", "kinds");
    bigquery.load(&[file], &table, &Load::new(Write::Create), "kinds-1", &job).unwrap();
    let kinds: Vec<String> = bigquery.table(&table, &job).unwrap().fields.into_iter().map(|field| field.kind).collect();
    assert_eq!(
        kinds,
        ["INT64", "FLOAT64", "STRING", "BOOL", "DATE", "TIMESTAMP", "DATETIME", "TIME", "NUMERIC", "BYTES", "INT64"]
    );

    let streamed = all(&bigquery, &Rows::all(&table));
    assert_eq!(streamed.num_rows(), 120_000);
    assert_eq!(ints(&streamed, "i"), (0..120_000).collect::<Vec<i64>>());

    let page = bigquery.list(&table, &[], 99_990, 1000, &job).unwrap();
    assert_eq!(page.total, 120_000);
    let paged = concat_batches(&page.schema, &page.batches).unwrap();
    let streamed = streamed.slice(99_990, 1000);
    for (index, field) in page.schema.fields().iter().enumerate() {
        let same = cast(streamed.column(index), field.data_type()).unwrap();
        assert_eq!(&same, paged.column(index), "{}", field.name());
    }

    let columns = ["i".to_owned(), "s".to_owned()];
    let rows = Rows { columns: &columns, filter: "i < 10", compression: Compression::Zstd, ..Rows::all(&table) };
    let some = all(&bigquery, &rows);
    assert_eq!((some.num_columns(), ints(&some, "i")), (2, (0..10).collect::<Vec<i64>>()));
    let none = all(&bigquery, &Rows { filter: "i < 0", ..Rows::all(&table) });
    assert_eq!((none.num_rows(), none.num_columns()), (0, 11));
    let last = bigquery.list(&table, &columns, 119_999, 10, &job).unwrap();
    assert_eq!(last.batches.iter().map(RecordBatch::num_rows).sum::<usize>(), 1);
    let beyond = bigquery.list(&table, &columns, 1_000_000, 10, &job).unwrap();
    assert_eq!(beyond.batches.iter().map(RecordBatch::num_rows).sum::<usize>(), 0);
    let missing = Rows { columns: &["nothing".to_owned()], ..Rows::all(&table) };
    let error = bigquery.read(&missing, &job, |_, _| Ok(())).unwrap_err();
    assert_eq!(Problem::from(error).code, Code::BadInput);
    let nowhere = bigquery.table_name("same", "nowhere");
    let error = bigquery.read(&Rows::all(&nowhere), &job, |_, _| Ok(())).unwrap_err();
    assert_eq!(Problem::from(error).code, Code::NotFound);

    let stop = job.clone();
    let cancelled = bigquery.read(&Rows::all(&table), &job, move |_, _| {
        stop.cancel();
        Ok(())
    });
    assert_eq!(Problem::from(cancelled.unwrap_err()).code, Code::Cancelled);
}

#[test]
fn cancelling_stops_the_statement_in_bigquery_too() {
    let Some(bigquery) = bigquery("stopped") else { return };
    let job = Job::new();
    let stop = job.clone();
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(1500));
        stop.cancel();
    });
    let long = "SELECT COUNT(*) FROM UNNEST(GENERATE_ARRAY(1, 1000000)) a, UNNEST(GENERATE_ARRAY(1, 1000000)) b \
                WHERE MOD(a * b, 7) = 3";
    let start = Instant::now();
    let problem = Problem::from(bigquery.query(&statement(long), &job).unwrap_err());
    assert_eq!(problem.code, Code::Cancelled);
    assert!(problem.message.contains("BigQuery was told to stop the job algomosaic_"), "{problem:?}");
    assert!(start.elapsed() < Duration::from_secs(30));
}
