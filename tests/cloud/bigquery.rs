//! BigQuery against a service that answers as told, faults included.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod stub;

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use algomosaic_cloud::{
    BigQuery, Changes, Endpoints, Error, Field, Limits, Load, Parameter, Patience, Runtime, Secret, Statement,
    TableName, TableSpec, Token, Tokens, Write as Rows,
};
use algomosaic_core::{Code, Job, Problem};
use futures::future::BoxFuture;
use serde_json::{Value, json};
use stub::{Reply, Request, Stub};

const ROOT: &str = "/bigquery/v2/projects/p";

/// A new token after each refusal.
#[derive(Default)]
struct Counted(AtomicUsize);

impl Tokens for Counted {
    fn token(&self) -> BoxFuture<'_, Result<Token, Error>> {
        let secret = Secret::new(format!("token{}", self.0.load(Ordering::Relaxed)));
        Box::pin(async { Ok(Token { secret, given: SystemTime::now(), expires: None }) })
    }

    fn refused(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

fn bigquery(stub: &Stub) -> BigQuery {
    let endpoints = Endpoints { bigquery: stub.url(), ..Endpoints::default() };
    let patience = Patience {
        answer: Duration::from_millis(1000),
        total: Duration::from_secs(20),
        tries: 4,
        first_pause: Duration::from_millis(1),
        longest_pause: Duration::from_millis(5),
    };
    let tokens = Arc::new(Counted::default());
    BigQuery::new(Runtime::start().unwrap(), tokens, &endpoints, "p", Some("EU")).unwrap().with_patience(patience)
}

fn path(tail: &str) -> String {
    format!("{ROOT}{tail}")
}

fn ok(body: Value) -> Reply {
    Reply::json(200, &body)
}

fn table() -> TableName {
    TableName { project: "p".to_owned(), dataset: "d".to_owned(), table: "t".to_owned() }
}

fn statement(sql: &str) -> Statement<'_> {
    Statement { sql, ..Statement::default() }
}

fn described() -> Reply {
    ok(json!({"tableReference": {"projectId": "p", "datasetId": "d", "tableId": "t"}, "numRows": "7", "etag": "e1"}))
}

#[test]
fn the_stub_answers_in_order_and_cuts_the_line() {
    let stub = Stub::start();
    stub.on("GET", "/a*/c", [Reply::ok().body("one"), Reply::ok().body("twotwo").reset_after(3)]);
    let ask = |target: &str| {
        let mut line = std::net::TcpStream::connect(("127.0.0.1", stub.port())).unwrap();
        write!(line, "GET {target} HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        let end = line.read_to_end(&mut answer);
        (String::from_utf8(answer).unwrap(), end.map(|_| ()).map_err(|error| error.kind()))
    };
    let (first, end) = ask("/a/b/c?d=e%20f");
    assert!(first.starts_with("HTTP/1.1 200") && first.ends_with("\r\n\r\none"), "{first}");
    assert_eq!(end, Ok(()));
    let (second, end) = ask("/abc/c");
    assert!(second.ends_with("\r\n\r\ntwo"), "{second}");
    assert_eq!(end, Err(std::io::ErrorKind::ConnectionReset));
    assert!(ask("/other").0.starts_with("HTTP/1.1 404"));
    assert_eq!(stub.requests()[0].query("d").as_deref(), Some("e f"));
    assert_eq!(stub.asked("GET", "/a").len(), 2);
}

#[test]
fn what_passes_is_asked_again_and_what_does_not_is_said() {
    let table_path = path("/datasets/d/tables/t");
    let passing = [
        Reply::error(500, "internalError", "oops"),
        Reply::error(502, "", "").body("<html>bad gateway</html>"),
        Reply::error(503, "backendError", "busy"),
        Reply::error(403, "rateLimitExceeded", "too quick"),
        Reply::error(429, "", "too quick"),
        Reply::no_answer(),
        described().reset_after(20),
        described().cut_after(20),
        Reply::silence(),
        described().slowly(10, Duration::from_millis(300)),
    ];
    for fault in passing {
        let stub = Stub::start();
        stub.on("GET", &table_path, [fault.clone(), described()]);
        let table = bigquery(&stub).table(&table(), &Job::new());
        assert_eq!(table.unwrap_or_else(|error| panic!("{fault:?}: {error}")).rows, Some(7));
        assert_eq!(stub.requests().len(), 2, "{fault:?}");
    }
    for (reply, tries, code, part) in [
        (Reply::error(403, "accessDenied", "lacks bigquery.tables.get"), 1, Code::Permission, "bigquery.tables.get"),
        (Reply::error(403, "quotaExceeded", "Quota exceeded"), 1, Code::Remote, "Quota exceeded"),
        (Reply::error(404, "notFound", "Not found: Table p:d.t"), 1, Code::NotFound, "Table p:d.t"),
        (Reply::error(401, "authError", "void"), 2, Code::Permission, "void"),
        (Reply::error(400, "invalid", "wrong"), 1, Code::BadInput, "wrong"),
        (Reply::error(503, "backendError", "busy"), 4, Code::Remote, "busy"),
        (Reply::ok().body("<html>hello</html>"), 1, Code::Remote, "cannot be read"),
        (Reply::new(302).header("location", "http://127.0.0.1:1/"), 1, Code::Remote, "302"),
    ] {
        let stub = Stub::start();
        stub.on("GET", &table_path, [reply.clone()]);
        let problem = Problem::from(bigquery(&stub).table(&table(), &Job::new()).unwrap_err());
        assert_eq!(problem.code, code, "{problem:?}");
        assert!(problem.message.contains(part) && !problem.hint.is_empty(), "{problem:?}");
        assert_eq!(stub.requests().len(), tries, "{problem:?}");
    }
}

#[test]
fn a_void_token_is_renewed() {
    let stub = Stub::start();
    stub.on("GET", &path("/datasets/d/tables/t"), [Reply::error(401, "authError", "void"), described()]);
    bigquery(&stub).table(&table(), &Job::new()).unwrap();
    let bearers: Vec<String> = stub.requests().iter().map(|r| r.header("authorization").unwrap().to_owned()).collect();
    assert_eq!(bearers, ["Bearer token0", "Bearer token1"]);
}

#[test]
fn the_pause_that_the_service_asks_for_is_kept() {
    let stub = Stub::start();
    let busy = Reply::error(429, "rateLimitExceeded", "busy").header("retry-after", 1);
    stub.on("GET", &path("/datasets/d/tables/t"), [busy, described()]);
    bigquery(&stub).table(&table(), &Job::new()).unwrap();
    let requests = stub.requests();
    assert!(requests[1].at - requests[0].at >= Duration::from_secs(1));
}

#[test]
fn lists_come_page_by_page_and_may_be_empty() {
    let stub = Stub::start();
    stub.on("GET", &path("/datasets?"), [ok(json!({"kind": "bigquery#datasetList"}))]);
    assert!(bigquery(&stub).datasets(&Job::new()).unwrap().is_empty());

    let page = |names: &[&str], next: Option<&str>| {
        let tables: Vec<Value> = names
            .iter()
            .map(|name| json!({"tableReference": {"projectId": "p", "datasetId": "d", "tableId": name}, "type": "TABLE"}))
            .collect();
        ok(json!({"tables": tables, "nextPageToken": next}))
    };
    stub.on("GET", &path("/datasets/d/tables?"), [page(&["b", "a"], Some("two")), page(&["c"], None)]);
    let cells = ["a", "12", "345", "1700000000000"].map(|cell| json!({"v": cell}));
    stub.on("POST", &path("/queries"), [ok(json!({"jobComplete": true, "rows": [{"f": cells}]}))]);
    let tables = bigquery(&stub).tables("d", &Job::new()).unwrap();
    assert_eq!(tables.iter().map(|table| table.name.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
    assert_eq!((tables[0].rows, tables[0].bytes), (Some(12), Some(345)));
    assert_eq!(tables[0].modified_us, Some(1_700_000_000_000_000));
    assert_eq!(stub.asked("GET", &path("/datasets/d/tables?"))[1].query("pageToken").as_deref(), Some("two"));

    // Without the right to run statements there are no sizes.
    stub.on("POST", &path("/queries"), [Reply::error(403, "accessDenied", "no jobs for you")]);
    stub.on("GET", &path("/datasets/d/tables?"), [page(&["a"], None)]);
    assert_eq!(bigquery(&stub).tables("d", &Job::new()).unwrap()[0].rows, None);
}

#[test]
fn a_table_is_never_made_or_changed_twice() {
    let stub = Stub::start();
    let bigquery = bigquery(&stub);
    let tables = path("/datasets/d/tables");
    stub.on("POST", &tables, [Reply::no_answer()]);
    bigquery.create_table(&table(), &TableSpec::default(), &Job::new()).unwrap_err();
    assert_eq!(stub.asked("POST", &tables).len(), 1, "whether it was made is unknown");
    stub.on("POST", &tables, [Reply::error(409, "duplicate", "Already Exists: Table p:d.t")]);
    let problem = Problem::from(bigquery.create_table(&table(), &TableSpec::default(), &Job::new()).unwrap_err());
    assert_eq!(problem.code, Code::AlreadyExists);

    let one = path("/datasets/d/tables/t");
    stub.on("PATCH", &one, [Reply::error(412, "conditionNotMet", "Precondition Failed")]);
    let changes = Changes { fields: Some(vec![Field::new("a", "INT64").described("A")]), ..Changes::default() };
    let problem = Problem::from(bigquery.patch_table(&table(), &changes, Some("e1"), &Job::new()).unwrap_err());
    assert_eq!(problem.code, Code::AlreadyExists);
    assert!(problem.hint.contains("Someone else"), "{problem:?}");
    let patch = &stub.asked("PATCH", &one)[0];
    assert_eq!(patch.header("if-match"), Some("e1"));
    assert_eq!(
        patch.json(),
        json!({"schema": {"fields": [{"name": "a", "type": "INTEGER", "mode": "NULLABLE", "description": "A"}]}})
    );
    // A name cannot lead elsewhere.
    let odd = TableName { table: "../../x?y#z".to_owned(), ..table() };
    bigquery.table(&odd, &Job::new()).unwrap_err();
    assert_eq!(stub.requests().last().unwrap().target, path("/datasets/d/tables/..%2F..%2Fx%3Fy%23z"));
}

#[test]
fn a_statement_says_what_it_would_read_and_cost() {
    let stub = Stub::start();
    stub.on(
        "POST",
        &path("/jobs"),
        [ok(json!({"statistics": {"totalBytesProcessed": "1099511627776", "query": {
            "totalBytesProcessed": "1099511627776",
            "totalBytesProcessedAccuracy": "UPPER_BOUND",
            "statementType": "SELECT",
            "referencedTables": [{"projectId": "p", "datasetId": "d", "tableId": "t"}],
            "schema": {"fields": [{"name": "a", "type": "INTEGER"}]},
        }}}))],
    );
    let asked = Statement {
        parameters: BTreeMap::from([("a".to_owned(), Parameter { kind: "INT64".to_owned(), value: json!(1) })]),
        dataset: Some("d"),
        limits: Limits { bytes_billed: Some(5_000_000_000), ..Limits::default() },
        ..statement("SELECT @a AS a")
    };
    let estimate = bigquery(&stub).dry_run(&asked, &Job::new()).unwrap();
    assert_eq!((estimate.bytes, estimate.at_most, estimate.usd), (1 << 40, true, 6.25));
    assert_eq!((estimate.tables, estimate.fields), (vec![table()], vec![Field::new("a", "INT64")]));
    let sent = stub.requests()[0].json();
    assert_eq!(sent["configuration"]["dryRun"], true);
    assert_eq!(sent["jobReference"], json!({"projectId": "p", "location": "EU"}));
    let query = &sent["configuration"]["query"];
    assert_eq!((&query["useLegacySql"], &query["maximumBytesBilled"]), (&json!(false), &json!("5000000000")));
    assert_eq!(query["defaultDataset"], json!({"projectId": "p", "datasetId": "d"}));
}

/// A job's document, ended with this error (or well).
fn ended(id: &str, error: Value) -> Reply {
    ok(json!({
        "jobReference": {"projectId": "p", "jobId": id, "location": "EU"},
        "status": {"state": "DONE", "errorResult": error},
        "configuration": {"query": {"destinationTable": {"projectId": "p", "datasetId": "_x", "tableId": "y"}}},
        "statistics": {"query": {
            "statementType": "SELECT", "totalBytesProcessed": "9", "totalBytesBilled": "10485760", "cacheHit": false,
        }},
    }))
}

fn id_of(request: &Request) -> String {
    request.json()["jobReference"]["jobId"].as_str().unwrap().to_owned()
}

#[test]
fn a_statement_whose_beginning_is_unknown_runs_once() {
    let stub = Stub::start();
    stub.on("POST", &path("/jobs"), [Reply::no_answer(), Reply::error(409, "duplicate", "Already Exists: Job")]);
    stub.on("GET", &path("/jobs/"), [ended("x", Value::Null)]);
    let waiting = ok(json!({"jobComplete": false}));
    let done =
        ok(json!({"jobComplete": true, "totalRows": "3", "schema": {"fields": [{"name": "a", "type": "FLOAT"}]}}));
    stub.on("GET", &path("/queries/"), [waiting, done]);
    let ran = bigquery(&stub).query(&statement("SELECT 1.0 AS a"), &Job::new()).unwrap();
    let inserted = stub.asked("POST", &path("/jobs"));
    assert_eq!(inserted.len(), 2);
    assert_eq!(id_of(&inserted[0]), id_of(&inserted[1]));
    assert_eq!(ran.job_id, id_of(&inserted[0]));
    assert_eq!((ran.bytes_processed, ran.bytes_billed), (9, 10_485_760));
    assert_eq!(ran.location.as_deref(), Some("EU"));
}

#[test]
fn a_failed_statement_says_why_or_runs_anew() {
    let error = |reason: &str| json!({"reason": reason, "message": format!("because of {reason}")});
    for (reason, jobs, code) in [
        ("bytesBilledLimitExceeded", 1, Code::BadInput),
        ("accessDenied", 1, Code::Permission),
        ("notFound", 1, Code::NotFound),
        ("duplicate", 1, Code::AlreadyExists),
        ("invalidQuery", 1, Code::BadInput),
        ("stopped", 1, Code::Remote),
        ("quotaExceeded", 1, Code::Remote),
        ("backendError", 4, Code::Remote),
    ] {
        let stub = Stub::start();
        stub.on("POST", &path("/jobs"), [ok(json!({}))]);
        stub.on("GET", &path("/queries/"), [Reply::error(400, reason, "failed")]);
        stub.on("GET", &path("/jobs/"), [ended("x", error(reason))]);
        let problem = Problem::from(bigquery(&stub).query(&statement("SELECT 1"), &Job::new()).unwrap_err());
        assert_eq!(problem.code, code, "{problem:?}");
        assert!(reason == "stopped" || problem.message.contains(&format!("because of {reason}")), "{problem:?}");
        let ids: Vec<String> = stub.asked("POST", &path("/jobs")).iter().map(id_of).collect();
        assert_eq!(ids.len(), jobs, "{reason}");
        assert!(jobs == 1 || ids[0] != ids[1]);
        if reason == "bytesBilledLimitExceeded" {
            assert!(problem.hint.contains("byte cap"), "{problem:?}");
        }
    }
}

#[test]
fn cancelling_stops_the_job_there_and_says_whether_it_heard() {
    for (answer, words) in [
        (ok(json!({})), "BigQuery was told to stop the job algomosaic_"),
        (Reply::error(503, "backendError", "busy"), "is unknown"),
    ] {
        let stub = Stub::start();
        stub.on("POST", &path("/jobs"), [ok(json!({"jobReference": {"location": "EU"}}))]);
        stub.on("GET", &path("/queries/"), [Reply::silence()]);
        stub.on("POST", &path("/jobs/*/cancel"), [Reply::error(404, "notFound", "not yet"), answer]);
        let job = Job::new();
        let stop = job.clone();
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(200));
            stop.cancel();
        });
        let start = Instant::now();
        let problem = Problem::from(bigquery(&stub).query(&statement("SELECT 1"), &job).unwrap_err());
        assert_eq!(problem.code, Code::Cancelled);
        assert!(problem.message.contains(words), "{problem:?}");
        assert!(start.elapsed() < Duration::from_secs(4));
        let id = id_of(&stub.asked("POST", &path("/jobs"))[0]);
        let cancelled = &stub.asked("POST", &path("/jobs/*/cancel"))[0];
        assert_eq!(cancelled.target, path(&format!("/jobs/{id}/cancel?location=EU")));
    }
}

/// A file of nine million bytes, which is two pieces.
fn file(folder: &tempfile::TempDir) -> PathBuf {
    let path = folder.path().join("a.parquet");
    std::fs::write(&path, vec![7; 9_000_000]).unwrap();
    path
}

const UPLOAD: &str = "/upload/bigquery/v2/projects/p/jobs";
const PIECE: usize = 8 << 20;

/// A stub that takes an upload; its pieces are answered with `pieces`.
fn taking(pieces: impl IntoIterator<Item = Reply>) -> Stub {
    let stub = Stub::start();
    stub.on("GET", &path("/jobs/load-1"), [Reply::error(404, "notFound", "Not found: Job"), loaded()]);
    let session = format!("{}/session", stub.url());
    stub.on("POST", UPLOAD, [Reply::ok().header("location", session)]);
    stub.on("PUT", "/session", pieces);
    stub
}

fn loaded() -> Reply {
    ok(json!({
        "jobReference": {"projectId": "p", "jobId": "load-1", "location": "EU"},
        "status": {"state": "DONE"},
        "statistics": {"load": {"outputRows": "42"}},
    }))
}

fn kept(bytes: usize) -> Reply {
    let reply = Reply::new(308);
    if bytes == 0 { reply } else { reply.header("range", format!("bytes=0-{}", bytes - 1)) }
}

fn ranges(stub: &Stub) -> Vec<String> {
    stub.asked("PUT", "/session").iter().map(|put| put.header("content-range").unwrap().to_owned()).collect()
}

#[test]
fn an_upload_goes_on_where_the_line_broke() {
    let folder = tempfile::tempdir().unwrap();
    let file = file(&folder);
    let load = |stub: &Stub| {
        let mut how = Load::new(Rows::Replace);
        how.fields = vec![Field::new("a", "JSON")];
        how.clustering = vec!["a".to_owned()];
        bigquery(stub).load(std::slice::from_ref(&file), &table(), &how, "load-1", &Job::new())
    };
    let all = "bytes 0-8388607/9000000";
    let rest = "bytes 8388608-8999999/9000000";
    let question = "bytes */9000000";
    for (pieces, asked) in [
        (vec![kept(PIECE), loaded()], vec![all, rest]),
        // Broken in the middle: BigQuery has a part of the piece.
        (
            vec![Reply::no_answer(), kept(1 << 20), kept(PIECE), loaded()],
            vec![all, question, "bytes 1048576-8999999/9000000", rest],
        ),
        (
            vec![Reply::error(503, "backendError", "busy"), kept(0), kept(PIECE), loaded()],
            vec![all, question, all, rest],
        ),
        (vec![Reply::error(401, "authError", "void"), kept(PIECE), loaded()], vec![all, all, rest]),
        // The last answer got lost; the question is answered with the job.
        (vec![kept(PIECE), Reply::no_answer(), loaded()], vec![all, rest, question]),
        // The session is over, because the job began.
        (vec![kept(PIECE), Reply::no_answer(), Reply::new(404)], vec![all, rest, question]),
    ] {
        let stub = taking(pieces);
        let done = load(&stub).unwrap();
        assert_eq!((done.rows, done.bytes, done.before), (42, 9_000_000, false));
        assert_eq!(ranges(&stub), asked);
        let begun = &stub.asked("POST", UPLOAD)[0];
        assert_eq!(begun.query("uploadType").as_deref(), Some("resumable"));
        let sent = begun.json();
        assert_eq!(sent["jobReference"], json!({"projectId": "p", "jobId": "load-1", "location": "EU"}));
        let config = &sent["configuration"]["load"];
        assert_eq!(
            (&config["sourceFormat"], &config["writeDisposition"]),
            (&json!("PARQUET"), &json!("WRITE_TRUNCATE"))
        );
        assert_eq!(
            (&config["clustering"]["fields"], &config["schema"]["fields"][0]["type"]),
            (&json!(["a"]), &json!("JSON"))
        );
        assert_eq!(config["destinationTable"], json!({"projectId": "p", "datasetId": "d", "tableId": "t"}));
    }
    let stub = taking([kept(0)]);
    assert_eq!(Problem::from(load(&stub).unwrap_err()).code, Code::Remote, "nothing ever arrives");
    let stub = taking([kept(9_000_000)]);
    assert_eq!(Problem::from(load(&stub).unwrap_err()).code, Code::Remote, "all is there, and there is no job");
    let stub = taking([Reply::error(400, "invalid", "no")]);
    assert_eq!(Problem::from(load(&stub).unwrap_err()).code, Code::BadInput);
}

#[test]
fn the_same_load_is_not_sent_twice() {
    let folder = tempfile::tempdir().unwrap();
    let file = [file(&folder)];
    let load = |stub: &Stub| bigquery(stub).load(&file, &table(), &Load::new(Rows::Append), "load-1", &Job::new());
    let stub = Stub::start();
    stub.on("GET", &path("/jobs/load-1"), [loaded()]);
    let done = load(&stub).unwrap();
    assert_eq!((done.rows, done.before), (42, true));
    assert!(stub.asked("POST", UPLOAD).is_empty());

    // Someone else began it between the question and the upload.
    let stub = taking([]);
    stub.on("POST", UPLOAD, [Reply::error(409, "duplicate", "Already Exists: Job p:EU.load-1")]);
    assert_eq!(load(&stub).unwrap().rows, 42);
    assert!(stub.asked("PUT", "/").is_empty());

    let stub = taking([kept(PIECE), loaded()]);
    let failed = json!({"status": {"state": "DONE", "errorResult": {"reason": "invalid", "message": "no Parquet"}}});
    stub.on("GET", &path("/jobs/load-1"), [Reply::error(404, "notFound", ""), ok(failed)]);
    let problem = Problem::from(load(&stub).unwrap_err());
    assert_eq!(problem.code, Code::BadInput);
    assert!(problem.message.contains("no Parquet"), "{problem:?}");
}

#[test]
fn a_file_goes_to_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let file = [file(&folder)];
    let other = Stub::start();
    for session in [other.url(), "http://storage.googleapis.com/x".to_owned(), "nowhere".to_owned(), String::new()] {
        let stub = taking([]);
        stub.on("POST", UPLOAD, [Reply::ok().header("location", session)]);
        let problem = Problem::from(
            bigquery(&stub).load(&file, &table(), &Load::new(Rows::Append), "load-1", &Job::new()).unwrap_err(),
        );
        assert_eq!(problem.code, Code::Remote, "{problem:?}");
    }
    assert!(other.requests().is_empty());
}

#[test]
fn cancelling_an_upload_leaves_no_job() {
    let folder = tempfile::tempdir().unwrap();
    let file = [file(&folder)];
    let stub = taking([Reply::silence()]);
    let job = Job::new();
    let stop = job.clone();
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        stop.cancel();
    });
    let error = bigquery(&stub).load(&file, &table(), &Load::new(Rows::Append), "load-1", &job).unwrap_err();
    assert_eq!(Problem::from(error).code, Code::Cancelled);
    assert_eq!(ranges(&stub), ["bytes 0-8388607/9000000"]);
    // The last piece might have arrived, and the job begun.
    assert!(!stub.asked("POST", &path("/jobs/load-1/cancel")).is_empty());
    assert!(job.progress().fraction < 1.0);
}

#[test]
fn an_emulator_without_its_second_address_is_not_taken_for_google() {
    let stub = Stub::start();
    let table = table();
    let rows = algomosaic_cloud::Rows::all(&table);
    let problem = Problem::from(bigquery(&stub).read(&rows, &Job::new(), |_, _| Ok(())).unwrap_err());
    assert!(problem.hint.contains("BIGQUERY_STORAGE_EMULATOR_HOST"), "{problem:?}");
}

#[test]
fn rows_are_appended_with_the_tables_own_columns() {
    let folder = tempfile::tempdir().unwrap();
    let file = [file(&folder)];
    let stub = taking([kept(PIECE), loaded()]);
    let field = json!({"name": "a", "type": "INTEGER", "mode": "REQUIRED"});
    stub.on("GET", &path("/datasets/d/tables/t"), [ok(json!({"schema": {"fields": [field]}}))]);
    bigquery(&stub).load(&file, &table(), &Load::new(Rows::Append), "load-1", &Job::new()).unwrap();
    assert_eq!(stub.asked("POST", UPLOAD)[0].json()["configuration"]["load"]["schema"]["fields"][0], field);
}

#[test]
fn what_a_statement_wrote_is_not_its_result() {
    let stub = Stub::start();
    stub.on("POST", &path("/jobs"), [ok(json!({}))]);
    stub.on("GET", &path("/queries/"), [ok(json!({"jobComplete": true}))]);
    let inserted = json!({
        "status": {"state": "DONE"},
        "configuration": {"query": {"destinationTable": {"projectId": "p", "datasetId": "d", "tableId": "t"}}},
        "statistics": {"query": {"statementType": "INSERT", "numDmlAffectedRows": "5"}},
    });
    stub.on("GET", &path("/jobs/"), [ok(inserted)]);
    let ran = bigquery(&stub).query(&statement("INSERT INTO d.t SELECT 1"), &Job::new()).unwrap();
    assert_eq!((ran.destination, ran.rows, ran.affected_rows), (None, None, Some(5)));
}

#[test]
fn pages_are_read_by_their_place() {
    let stub = Stub::start();
    let fields = json!({"schema": {"fields": [{"name": "a", "type": "INTEGER"}, {"name": "b", "type": "STRING"}]}});
    stub.on("GET", &path("/datasets/d/tables/t"), [ok(fields)]);
    let rows =
        |from: i64, to: i64| -> Vec<Value> { (from..to).map(|i| json!({"f": [{"v": i.to_string()}]})).collect() };
    stub.on(
        "GET",
        &path("/datasets/d/tables/t/data"),
        [
            ok(json!({"totalRows": "100", "rows": rows(90, 95), "pageToken": "next"})),
            ok(json!({"totalRows": "100", "rows": rows(95, 98), "pageToken": "more"})),
        ],
    );
    let page = bigquery(&stub).list(&table(), &["a".to_owned()], 90, 8, &Job::new()).unwrap();
    assert_eq!((page.total, page.batches.iter().map(|batch| batch.num_rows()).sum::<usize>()), (100, 8));
    let asked = stub.asked("GET", &path("/datasets/d/tables/t/data"));
    assert_eq!(asked.len(), 2);
    assert_eq!(
        (asked[0].query("startIndex").as_deref(), asked[0].query("maxResults").as_deref()),
        (Some("90"), Some("8"))
    );
    assert_eq!(
        (asked[1].query("pageToken").as_deref(), asked[1].query("maxResults").as_deref()),
        (Some("next"), Some("3"))
    );
    assert_eq!(asked[0].query("selectedFields").as_deref(), Some("a"));

    stub.on("GET", &path("/datasets/d/tables/t/data"), [ok(json!({"totalRows": "1", "rows": [{"f": [{"v": "x"}]}]}))]);
    let problem = Problem::from(bigquery(&stub).list(&table(), &["a".to_owned()], 0, 1, &Job::new()).unwrap_err());
    assert_eq!(problem.code, Code::Remote);
}
