//! The warehouse elsewhere is a second embedded one here, which can be told to fail.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use polars::prelude::df;

use super::*;
use crate::commit::{Staging, recover};
use crate::limits::Limits;
use crate::warehouse::{IfExists, Warehouse};

/// Tables of the project `proj`, in a folder.
struct Other {
    warehouse: Warehouse,
    loaded: Mutex<BTreeSet<String>>,
    is_away: AtomicBool,
    runs: AtomicUsize,
    copy_limit: u64,
    descriptions: Mutex<Descriptions>,
    loaded_descriptions: Mutex<Descriptions>,
}

impl Other {
    fn new(folder: &Path) -> Other {
        fs::create_dir_all(folder.join("warehouse")).unwrap();
        Other {
            warehouse: Warehouse::open(folder, "proj", "main", &Limits::default()).unwrap(),
            loaded: Mutex::default(),
            is_away: AtomicBool::new(false),
            runs: AtomicUsize::new(0),
            copy_limit: 1 << 30,
            descriptions: Mutex::default(),
            loaded_descriptions: Mutex::default(),
        }
    }

    fn staging(&self) -> Staging {
        Staging::create(self.warehouse.root(), &unique()).unwrap()
    }
}

impl Remote for Other {
    fn project(&self) -> &str {
        "proj"
    }

    fn tables(&self, _job: &Job) -> Result<Vec<RemoteListing>> {
        let listed = self.warehouse.tables()?.into_iter();
        Ok(listed
            .map(|table| RemoteListing {
                dataset: table.name.dataset,
                table: table.name.table,
                rows: table.rows,
                bytes: table.bytes,
                modified: table.modified,
            })
            .collect())
    }

    fn table(&self, dataset: &str, table: &str, _job: &Job) -> Result<Option<RemoteTable>> {
        let name = self.warehouse.embedded(dataset, table);
        if !self.warehouse.exists(&name)? {
            return Ok(None);
        }
        let (columns, marks) = self.warehouse.columns(&name)?;
        let (rows, modified) = (self.warehouse.rows(&name)?, self.warehouse.modified(&name)?);
        let version = self.warehouse.version(&name)?;
        let descriptions = self.descriptions.lock().unwrap().clone();
        Ok(Some(RemoteTable { columns, marks, descriptions, rows: Some(rows), bytes: 1000, modified, version }))
    }

    fn estimate(&self, sql: &str, params: &SqlParams, _job: &Job) -> Result<u64> {
        self.warehouse.prepare(sql, params)?.bytes()
    }

    fn run(&self, sql: &str, params: &SqlParams, job: &Job) -> Result<RemoteRun> {
        self.runs.fetch_add(1, Ordering::Relaxed);
        job.bill(10);
        let prepared = self.warehouse.prepare(sql, params)?;
        if prepared.target().is_some() {
            let changed = prepared.change(&self.staging(), job)?.rows;
            return Ok(RemoteRun { changed, ..RemoteRun::default() });
        }
        let kept = self.warehouse.keep_result(&self.staging(), &prepared, sql, serde_json::Value::Null, job)?;
        Ok(RemoteRun { rows_in: Some(("_results".to_owned(), kept.id)), ..RemoteRun::default() })
    }

    fn fetch(&self, dataset: &str, table: &str, _in_order: bool, job: &Job) -> Result<DataFrame> {
        Ok(self.warehouse.read(&self.warehouse.embedded(dataset, table), job)?.frame)
    }

    fn page(&self, dataset: &str, table: &str, offset: u64, limit: u64, job: &Job) -> Result<DataFrame> {
        Ok(self.warehouse.page(&self.warehouse.embedded(dataset, table), offset, Some(limit), job)?.frame)
    }

    fn prepare(&self, load: &Load, _job: &Job) -> Result<()> {
        if load.dataset == "forbidden" {
            return Err(Problem::new(Code::Permission, "you may not write there", "Ask for it.").into());
        }
        Ok(())
    }

    fn load(&self, load: &Load, file: &Path, job: &Job) -> Result<()> {
        if self.is_away.load(Ordering::Relaxed) {
            return Err(Problem::new(Code::Remote, "the network is away", "Check the cable.").into());
        }
        self.loaded_descriptions.lock().unwrap().clone_from(&load.descriptions);
        if !self.loaded.lock().unwrap().insert(load.id.clone()) {
            return Ok(());
        }
        let staging = self.staging();
        let mut transaction = staging.transaction()?;
        let name = self.warehouse.embedded(&load.dataset, &load.table);
        let if_exists = match load.mode {
            LoadMode::New => IfExists::Fail,
            LoadMode::Append => IfExists::Append,
            LoadMode::Replace => IfExists::Replace,
        };
        let path = self.warehouse.stage_path(&mut transaction, &name, load.columns.clone(), &load.marks, if_exists)?;
        fs::copy(file, &path).at("copying", file)?;
        job.check()?;
        transaction.commit()
    }

    fn drop_table(&self, dataset: &str, table: &str, _job: &Job) -> Result<()> {
        self.warehouse.drop_table(&self.staging(), &self.warehouse.embedded(dataset, table))
    }

    fn copy_limit(&self) -> u64 {
        self.copy_limit
    }
}

/// A workspace with the other warehouse beside it.
struct Both {
    _folder: tempfile::TempDir,
    root: PathBuf,
    other: Arc<Other>,
    warehouse: Warehouse,
}

fn both(is_default: bool, copy_limit: u64) -> Both {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("here");
    let other = Arc::new(Other { copy_limit, ..Other::new(&folder.path().join("there")) });
    fs::create_dir_all(root.join("warehouse")).unwrap();
    let mut warehouse = Warehouse::open(&root, "local", "main", &Limits::default()).unwrap();
    warehouse.connect(other.clone(), is_default).unwrap();
    let root = fs::canonicalize(root).unwrap();
    Both { _folder: folder, root, other, warehouse }
}

impl Both {
    fn write(&self, table: &str, frame: &DataFrame, marks: &Marks, if_exists: IfExists) -> Result<()> {
        let staging = Staging::create(&self.root, &unique()).unwrap();
        let mut transaction = staging.transaction().unwrap();
        self.warehouse.stage(&mut transaction, &self.warehouse.name(table).unwrap(), frame, marks, if_exists)?;
        transaction.commit()
    }

    fn numbers(&self, sql: &str) -> Vec<i64> {
        let found = self.warehouse.query(sql, None, &Job::new()).unwrap();
        found.frame.columns()[0].i64().unwrap().iter().flatten().collect()
    }
}

fn frame(values: &[i64]) -> DataFrame {
    df!("x" => values, "ROR_n1" => values).unwrap()
}

#[test]
fn names_without_a_project_mean_the_warehouse_that_is_the_default() {
    let both = both(true, 1 << 30);
    let marks = Marks::from([("ROR_n1".to_owned(), 1)]);
    both.write("a.t", &frame(&[1, 2]), &marks, IfExists::Fail).unwrap();
    both.write("local.a.t", &frame(&[3]), &Marks::new(), IfExists::Fail).unwrap();
    assert_eq!(both.numbers("SELECT x FROM a.t ORDER BY x"), [1, 2]);
    assert_eq!(both.other.runs.load(Ordering::Relaxed), 1, "it ran there");
    assert_eq!(both.numbers("SELECT x FROM local.a.t"), [3]);
    assert_eq!(both.numbers("SELECT x FROM a.t UNION ALL SELECT x FROM local.a.t ORDER BY x"), [1, 2, 3]);
    assert_eq!(both.other.runs.load(Ordering::Relaxed), 1, "tables of both are joined here");
    let listed: Vec<String> = both.warehouse.tables().unwrap().iter().map(|table| table.name.to_string()).collect();
    assert_eq!(listed, ["local.a.t", "proj.a.t"]);
    let name = both.warehouse.name("a.t").unwrap();
    assert_eq!(both.warehouse.columns(&name).unwrap().1, marks, "marks survive the way there");
    assert_eq!(both.warehouse.query("SELECT ROR_n1 AS y FROM a.t", None, &Job::new()).unwrap().marks["y"], 1);
}

#[test]
fn a_table_elsewhere_is_appended_to_replaced_changed_and_dropped() {
    let both = both(true, 1 << 30);
    both.write("a.t", &frame(&[1]), &Marks::new(), IfExists::Append).unwrap();
    both.write("a.t", &frame(&[2]), &Marks::new(), IfExists::Append).unwrap();
    assert_eq!(both.numbers("SELECT x FROM a.t ORDER BY x"), [1, 2]);
    let refused = both.write("a.t", &frame(&[2]), &Marks::new(), IfExists::Fail).unwrap_err();
    assert!(refused.to_string().contains("exists"), "{refused}");
    both.write("a.t", &frame(&[5]), &Marks::new(), IfExists::Replace).unwrap();
    let staging = Staging::create(&both.root, &unique()).unwrap();
    let change = both.warehouse.prepare("UPDATE a.t SET x = x + 1 WHERE TRUE", &SqlParams::new()).unwrap();
    assert_eq!(change.change(&staging, &Job::new()).unwrap().rows, 1);
    let name = both.warehouse.name("a.t").unwrap();
    let page = both.warehouse.page(&name, 0, Some(10), &Job::new()).unwrap();
    assert_eq!(page.frame.column("x").unwrap().i64().unwrap().get(0), Some(6), "a page is of the newest state");
    both.warehouse.drop_table(&staging, &name).unwrap();
    assert!(!both.warehouse.exists(&name).unwrap());
}

#[test]
fn what_was_committed_is_sent_once_when_the_network_is_back() {
    let both = both(true, 1 << 30);
    both.other.is_away.store(true, Ordering::Relaxed);
    let said = both.write("a.t", &frame(&[1, 2]), &Marks::new(), IfExists::Append).unwrap_err();
    assert!(said.to_string().contains("kept here and not sent yet"), "{said}");
    recover(&both.root).unwrap();
    both.other.is_away.store(false, Ordering::Relaxed);
    for _ in 0..2 {
        let mut again = Warehouse::open(&both.root, "local", "main", &Limits::default()).unwrap();
        again.connect(both.other.clone(), true).unwrap();
        assert_eq!(both.numbers("SELECT x FROM a.t ORDER BY x"), [1, 2]);
    }
    assert_eq!(fs::read_dir(both.root.join("jobs")).unwrap().count(), 0, "nothing is left to send");
}

#[test]
fn a_load_that_is_refused_before_the_commit_leaves_nothing_behind() {
    let both = both(true, 1 << 30);
    let staging = Staging::create(&both.root, "job").unwrap();
    let mut transaction = staging.transaction().unwrap();
    let (here, there) = (both.warehouse.name("local.a.t").unwrap(), both.warehouse.name("forbidden.t").unwrap());
    for name in [&here, &there] {
        both.warehouse.stage(&mut transaction, name, &frame(&[1]), &Marks::new(), IfExists::Fail).unwrap();
    }
    assert!(transaction.commit().unwrap_err().to_string().contains("may not"));
    drop(staging);
    assert!(!both.warehouse.exists(&here).unwrap() && !both.warehouse.exists(&there).unwrap());
}

#[test]
fn a_large_table_is_paged_where_it_is_and_not_copied() {
    let both = both(false, 10);
    both.write("proj.a.t", &frame(&[1, 2, 3]), &Marks::new(), IfExists::Fail).unwrap();
    let name = both.warehouse.name("proj.a.t").unwrap();
    let page = both.warehouse.page(&name, 1, Some(1), &Job::new()).unwrap();
    assert_eq!((page.frame.height(), page.total), (1, 3));
    both.write("a.t", &frame(&[1]), &Marks::new(), IfExists::Fail).unwrap();
    let joined =
        both.warehouse.query("SELECT x FROM a.t AS a JOIN `proj.a.t` AS b USING (x)", None, &Job::new()).unwrap_err();
    assert!(joined.to_string().contains("not copied here"), "{joined}");
}

#[test]
fn a_result_keeps_what_its_query_was_billed_where_it_ran_elsewhere() {
    let both = both(false, 1 << 30);
    both.write("a.t", &frame(&[1]), &Marks::new(), IfExists::Fail).unwrap();
    both.write("proj.a.t", &frame(&[1]), &Marks::new(), IfExists::Fail).unwrap();
    let job = Job::new();
    let billed = |sql: &str| {
        let staging = Staging::create(&both.root, &unique()).unwrap();
        let prepared = both.warehouse.prepare(sql, &SqlParams::new()).unwrap();
        both.warehouse.keep_result(&staging, &prepared, sql, serde_json::Value::Null, &job).unwrap().bytes_billed
    };
    assert_eq!(billed("SELECT * FROM proj.a.t"), Some(10));
    assert_eq!(billed("SELECT * FROM a.t"), None);
    assert_eq!(billed("SELECT COUNT(*) AS n FROM proj.a.t"), Some(10));
    assert_eq!(job.billed(), 20);
}

#[test]
fn rows_go_from_one_warehouse_to_the_other_by_sql() {
    let both = both(false, 1 << 30);
    both.write("a.t", &frame(&[1, 2]), &Marks::from([("ROR_n1".to_owned(), 1)]), IfExists::Fail).unwrap();
    let staging = Staging::create(&both.root, &unique()).unwrap();
    let run = |sql: &str| both.warehouse.prepare(sql, &SqlParams::new())?.change(&staging, &Job::new());
    assert_eq!(run("CREATE TABLE proj.a.u AS SELECT * FROM a.t").unwrap().rows, 2);
    assert_eq!(run("INSERT INTO proj.a.u SELECT * FROM a.t").unwrap().rows, 2);
    assert_eq!(both.numbers("SELECT x FROM proj.a.u ORDER BY x"), [1, 1, 2, 2]);
    let refused = run("DELETE FROM proj.a.u WHERE x IN (SELECT x FROM a.t)").unwrap_err();
    assert!(refused.to_string().contains("is not where that table is"), "{refused}");
}

#[test]
fn a_table_is_pushed_and_pulled_with_its_types_marks_and_descriptions() {
    let both = both(false, 10);
    let staging = Staging::create(&both.root, &unique()).unwrap();
    let run =
        |sql: &str| both.warehouse.prepare(sql, &SqlParams::new()).unwrap().change(&staging, &Job::new()).unwrap();
    let all = "SELECT 1 AS i, 1.5 AS f, NUMERIC '1.25' AS n, BIGNUMERIC '0.000000000000000001' AS b, 'x' AS s, b'x' AS y, \
               DATE '2026-01-31' AS d, DATETIME '2026-01-31 09:30:00' AS dt, TIMESTAMP '2026-01-31 09:30:00+00' AS t, \
               TIME '09:30:00' AS c, TRUE AS o, JSON '{\"a\": 1}' AS j, [1, 2] AS l, STRUCT(1 AS x, 'y' AS z) AS st";
    run(&format!("CREATE TABLE a.t AS {all}"));
    let push = |names: &[&str], if_exists| {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut transaction = staging.transaction().unwrap();
        let done = both.warehouse.push(&mut transaction, &names, if_exists, &Job::new())?;
        transaction.commit().map(|()| done)
    };
    let pull = |names: &[&str], if_exists, job: &Job| {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut transaction = staging.transaction().unwrap();
        let done = both.warehouse.pull(&staging, &mut transaction, &names, if_exists, job)?;
        transaction.commit().map(|()| done)
    };
    let pushed = push(&["a.t"], IfExists::Fail).unwrap();
    assert_eq!((pushed[0].to.to_string(), pushed[0].rows), ("proj.a.t".to_owned(), 1));
    let types = |table: &str| {
        both.warehouse
            .prepare(&format!("SELECT * FROM {table}"), &SqlParams::new())
            .unwrap()
            .columns(&Job::new())
            .unwrap()
    };
    let before = types("local.a.t");
    let kinds: Vec<&str> = before.0.iter().map(|column| column.kind.as_str()).collect();
    assert_eq!(
        kinds,
        [
            "INT64",
            "FLOAT64",
            "NUMERIC",
            "BIGNUMERIC",
            "STRING",
            "BYTES",
            "DATE",
            "DATETIME",
            "TIMESTAMP",
            "TIME",
            "BOOL",
            "JSON",
            "ARRAY<INT64>",
            "STRUCT<x INT64, z STRING>"
        ]
    );
    run("DROP TABLE a.t");
    let pulled = pull(&["proj.a.*"], IfExists::Fail, &Job::new()).unwrap();
    assert_eq!((pulled[0].to.to_string(), pulled[0].rows), ("local.a.t".to_owned(), 1));
    let differs = both.warehouse.query(&format!("SELECT COUNT(*) FROM a.t WHERE TO_JSON_STRING((SELECT AS STRUCT i, f, s, d, t, l)) != (SELECT TO_JSON_STRING((SELECT AS STRUCT i, f, s, d, t, l)) FROM ({all}))"), None, &Job::new());
    if let Ok(differs) = differs {
        assert_eq!(differs.frame.columns()[0].i64().unwrap().get(0), Some(0));
    }

    // Nothing is overwritten unasked, and nothing half done stays.
    for refused in [push(&["a.t"], IfExists::Fail), pull(&["a.t"], IfExists::Fail, &Job::new())] {
        assert!(refused.unwrap_err().to_string().contains("a.t exists"));
    }
    let cancelled = Job::new();
    cancelled.cancel();
    assert!(matches!(pull(&["a.t"], IfExists::Replace, &cancelled), Err(crate::error::Error::Cancelled(_))));
    assert_eq!(both.numbers("SELECT i FROM a.t"), [1]);
    assert_eq!(push(&["a.t"], IfExists::Append).unwrap()[0].rows, 1);
    assert_eq!(both.numbers("SELECT i FROM proj.a.t"), [1, 1]);
    push(&["a.t"], IfExists::Replace).unwrap();
    assert_eq!(both.numbers("SELECT i FROM proj.a.t"), [1]);
    assert!(push(&["proj.a.t"], IfExists::Replace).unwrap_err().to_string().contains("copied this way"));
    assert!(push(&["a.none_*"], IfExists::Fail).unwrap_err().to_string().contains("begins with a.none_"));

    // Marks and descriptions come along, and outlive changes of the table.
    both.write("b.t", &frame(&[1, 2]), &Marks::from([("ROR_n1".to_owned(), 1)]), IfExists::Fail).unwrap();
    push(&["b.t"], IfExists::Fail).unwrap();
    let meaning =
        Descriptions::from([("x".to_owned(), "A number.".to_owned()), (String::new(), "Numbers.".to_owned())]);
    *both.other.descriptions.lock().unwrap() = meaning.clone();
    run("DROP TABLE b.t");
    pull(&["b.t"], IfExists::Fail, &Job::new()).unwrap();
    let name = both.warehouse.name("b.t").unwrap();
    assert_eq!(both.warehouse.columns(&name).unwrap().1["ROR_n1"], 1);
    run("DELETE FROM b.t WHERE x = 1");
    push(&["b.t"], IfExists::Replace).unwrap();
    assert_eq!(*both.other.loaded_descriptions.lock().unwrap(), meaning);
}
