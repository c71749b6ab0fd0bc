//! Reading by streams from a service that breaks off, refuses, stalls and sends what cannot be read.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod grpc_stub;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use algomosaic_cloud::{
    BigQuery, Compression, Endpoints, Error, Patience, Read, Rows, Runtime, Secret, TableName, Token, Tokens,
};
use algomosaic_core::{Code, Job, Problem};
use arrow::array::{AsArray, Int64Array, RecordBatch, types};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::ipc::CompressionType;
use arrow::ipc::writer::{IpcWriteOptions, StreamWriter};
use futures::future::BoxFuture;
use gcp_bigquery_client::google::cloud::bigquery::storage::v1 as api;
use grpc_stub::{Call, GrpcStub, Step};
use prost::Message;

/// Rows of a batch.
const ROWS: i64 = 10;

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

fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![Field::new("i", DataType::Int64, true)]))
}

/// The messages of Arrow's own writer: the schema's, and that of a batch with the numbers from `from`.
fn written(from: i64, rows: i64, packed: Option<CompressionType>) -> (Vec<u8>, Vec<u8>) {
    let schema = schema();
    let options = IpcWriteOptions::default().try_with_compression(packed).unwrap();
    let mut writer = StreamWriter::try_new_with_options(Vec::new(), &schema, options).unwrap();
    let first = writer.get_ref().len();
    let numbers = Int64Array::from_iter_values(from..from + rows);
    writer.write(&RecordBatch::try_new(schema, vec![Arc::new(numbers)]).unwrap()).unwrap();
    let all = writer.get_ref();
    (all[..first].to_vec(), all[first..].to_vec())
}

/// The session of a table with so many streams.
fn session(streams: usize) -> Vec<Step> {
    let names = (0..streams).map(|index| api::ReadStream { name: format!("session/{index}") });
    let schema = api::ArrowSchema { serialized_schema: written(0, 0, None).0 };
    let session = api::ReadSession {
        streams: names.collect(),
        schema: Some(api::read_session::Schema::ArrowSchema(schema)),
        ..Default::default()
    };
    vec![Step::Message(session.encode_to_vec())]
}

fn rows_of(message: Vec<u8>, rows: i64) -> Step {
    #[allow(deprecated, reason = "the message has a field that nobody should use")]
    let batch = api::ArrowRecordBatch { serialized_record_batch: message, row_count: 0 };
    let answer = api::ReadRowsResponse {
        row_count: rows,
        rows: Some(api::read_rows_response::Rows::ArrowRecordBatch(batch)),
        ..Default::default()
    };
    Step::Message(answer.encode_to_vec())
}

/// The batch with the numbers from `from`.
fn batch(from: i64) -> Step {
    rows_of(written(from, ROWS, None).1, ROWS)
}

/// The stream's number and the row to begin at.
fn wanted(call: &Call) -> (usize, i64) {
    let request = api::ReadRowsRequest::decode(call.message.as_slice()).unwrap();
    (request.read_stream.rsplit('/').next().unwrap().parse().unwrap(), request.offset)
}

/// What is left of a stream of `batches` batches, the first number of each stream being a thousand times its own.
fn rest(call: &Call, batches: i64) -> Vec<Step> {
    let (stream, offset) = wanted(call);
    (offset / ROWS..batches).map(|index| batch(stream as i64 * 1000 + index * ROWS)).collect()
}

fn patience() -> Patience {
    Patience {
        answer: Duration::from_secs(2),
        total: Duration::from_secs(20),
        tries: 4,
        first_pause: Duration::from_millis(1),
        longest_pause: Duration::from_millis(5),
    }
}

fn bigquery(stub: &GrpcStub) -> BigQuery {
    let endpoints = Endpoints { bigquery_read: stub.url(), ..Endpoints::default() };
    let tokens = Arc::new(Counted::default());
    BigQuery::new(Runtime::start().unwrap(), tokens, &endpoints, "p", None).unwrap().with_patience(patience())
}

fn table() -> TableName {
    TableName { project: "p".to_owned(), dataset: "d".to_owned(), table: "t".to_owned() }
}

/// Reads all, and gives the numbers of each stream.
fn read(bigquery: &BigQuery) -> Result<(Read, BTreeMap<usize, Vec<i64>>), Problem> {
    let mut numbers: BTreeMap<usize, Vec<i64>> = BTreeMap::new();
    let read = bigquery.read(&Rows::all(&table()), &Job::new(), |stream, batch| {
        numbers.entry(stream).or_default().extend(batch.column(0).as_primitive::<types::Int64Type>().values());
        Ok(())
    })?;
    Ok((read, numbers))
}

/// A stream of five batches whose first answer ends with `fault` after two of them is read on and whole.
fn goes_on(fault: Step) {
    let mut first = true;
    let shown = format!("{fault:?}");
    let stub = GrpcStub::start(move |call| {
        if call.method == "CreateReadSession" {
            return session(1);
        }
        let mut steps = rest(call, 5);
        if std::mem::take(&mut first) {
            steps.truncate(2);
            // Time for the two to arrive, for a reset overtakes what was sent.
            steps.extend([Step::Pause(Duration::from_millis(300)), fault.clone()]);
        }
        steps
    });
    let (read, numbers) = read(&bigquery(&stub)).expect(&shown);
    assert_eq!(read.rows, 50, "{shown}");
    assert_eq!(numbers[&0], (0..50).collect::<Vec<i64>>(), "{shown}");
    let offsets: Vec<i64> = stub.calls("ReadRows").iter().map(|call| wanted(call).1).collect();
    assert_eq!(offsets, [0, 20], "{shown}");
}

#[test]
fn streams_are_read_at_the_same_time_and_each_in_its_order() {
    let stub = GrpcStub::start(|call| if call.method == "ReadRows" { rest(call, 20) } else { session(3) });
    let (read, numbers) = read(&bigquery(&stub)).unwrap();
    assert_eq!((read.rows, read.streams, read.schema), (600, 3, schema()));
    for (stream, numbers) in numbers {
        assert_eq!(numbers, (0..200).map(|number| stream as i64 * 1000 + number).collect::<Vec<i64>>());
    }
    let opened = &stub.calls("CreateReadSession")[0];
    assert_eq!(opened.headers["x-goog-request-params"], "read_session.table=projects/p/datasets/d/tables/t");
    assert_eq!(opened.headers["authorization"], "Bearer token0");
    assert_eq!(stub.calls("ReadRows").len(), 3);
}

#[test]
fn the_session_is_asked_for_columns_rows_and_packing() {
    let stub = GrpcStub::start(|call| match call.method.as_str() {
        "ReadRows" => vec![rows_of(written(0, 1000, Some(CompressionType::ZSTD)).1, 1000)],
        _ => session(1),
    });
    let columns = ["i".to_owned()];
    let table = table();
    let rows =
        Rows { columns: &columns, filter: "i > 3", streams: 5, compression: Compression::Zstd, ..Rows::all(&table) };
    let mut count = 0;
    let read = bigquery(&stub).read(&rows, &Job::new(), |_, batch| {
        count += batch.num_rows();
        Ok(())
    });
    assert_eq!((read.unwrap().rows, count), (1000, 1000));
    let request = api::CreateReadSessionRequest::decode(stub.calls("CreateReadSession")[0].message.as_slice()).unwrap();
    assert_eq!((request.parent.as_str(), request.max_stream_count), ("projects/p", 5));
    let session = request.read_session.unwrap();
    let options = session.read_options.clone().unwrap();
    assert_eq!((session.data_format(), options.selected_fields), (api::DataFormat::Arrow, columns.to_vec()));
    assert_eq!(options.row_restriction, "i > 3");
}

#[test]
fn a_stream_that_breaks_off_goes_on_where_it_stopped() {
    goes_on(Step::Cut);
    goes_on(Step::Reset(h2::Reason::INTERNAL_ERROR));
    goes_on(Step::Reset(h2::Reason::CANCEL));
    goes_on(Step::Status(14, "try again", Vec::new()));
    goes_on(Step::Status(13, "Received RST_STREAM", Vec::new()));
    goes_on(Step::Status(16, "the token ended", Vec::new()));
    goes_on(Step::Silence);
    // A proxy in between closed the stream; that it was the end is nowhere said.
    goes_on(Step::EndWithoutStatus);
}

#[test]
fn a_refused_token_is_renewed_once() {
    let mut first = true;
    let stub = GrpcStub::start(move |call| match call.method.as_str() {
        "ReadRows" => rest(call, 1),
        _ if std::mem::take(&mut first) => vec![Step::Status(16, "expired", Vec::new())],
        _ => session(1),
    });
    assert_eq!(read(&bigquery(&stub)).unwrap().0.rows, 10);
    let calls = stub.calls("CreateReadSession");
    assert_eq!(calls[1].headers["authorization"], "Bearer token1");

    let stub = GrpcStub::start(|_| vec![Step::Status(16, "no such account", Vec::new())]);
    assert_eq!(read(&bigquery(&stub)).unwrap_err().code, Code::Permission);
    assert_eq!(stub.calls("CreateReadSession").len(), 2);
}

#[test]
fn what_will_not_pass_is_said_at_once() {
    for (status, message, code, part) in [
        (7, "the user lacks bigquery.readsessions.getData", Code::Permission, "readsessions.getData"),
        (5, "Not found: Table p:d.t", Code::NotFound, "Table p:d.t"),
        (3, "no such column", Code::BadInput, "no such column"),
        (9, "session expired at 2022-06-25T00:06:18+00:00", Code::Remote, "six hours"),
    ] {
        let stub = GrpcStub::start(move |call| match call.method.as_str() {
            "ReadRows" => vec![batch(0), Step::Status(status, message, Vec::new())],
            _ => session(1),
        });
        let problem = read(&bigquery(&stub)).unwrap_err();
        assert_eq!(problem.code, code, "{problem:?}");
        assert!(problem.message.contains(part) && !problem.hint.is_empty(), "{problem:?}");
        assert_eq!(stub.calls("ReadRows").len(), 1, "{problem:?}");
    }
}

#[test]
fn trying_again_ends() {
    let stub = GrpcStub::start(|call| match call.method.as_str() {
        "ReadRows" => vec![Step::Status(14, "down", Vec::new())],
        _ => session(1),
    });
    let problem = read(&bigquery(&stub)).unwrap_err();
    assert_eq!((problem.code, stub.calls("ReadRows").len()), (Code::Remote, 4));

    let gone = GrpcStub::start(|_| Vec::new());
    let nowhere = bigquery(&gone);
    drop(gone);
    std::thread::sleep(Duration::from_millis(100));
    let problem = read(&nowhere).unwrap_err();
    assert_eq!(problem.code, Code::Remote);
    assert!(problem.message.contains("cannot be reached"), "{problem:?}");
}

#[test]
fn the_pause_that_a_busy_service_asks_for_is_kept() {
    // google.rpc.Status with one google.rpc.RetryInfo of 0.4 s, by the numbers of their fields.
    let info = [0x0a, 0x06, 0x10, 0x80, 0x88, 0xde, 0xbe, 0x01];
    let name = b"type.googleapis.com/google.rpc.RetryInfo";
    let mut any = vec![0x0a, name.len() as u8];
    any.extend_from_slice(name);
    any.extend_from_slice(&[0x12, info.len() as u8]);
    any.extend_from_slice(&info);
    let mut details = vec![0x08, 0x08, 0x1a, any.len() as u8];
    details.extend_from_slice(&any);
    let mut first = true;
    let stub = GrpcStub::start(move |call| match call.method.as_str() {
        "ReadRows" if std::mem::take(&mut first) => vec![Step::Status(8, "too many at once", details.clone())],
        "ReadRows" => rest(call, 1),
        _ => session(1),
    });
    let start = Instant::now();
    assert_eq!(read(&bigquery(&stub)).unwrap().0.rows, 10);
    assert!(start.elapsed() >= Duration::from_millis(400), "{:?}", start.elapsed());
}

#[test]
fn rows_that_cannot_be_read_are_refused() {
    let good = written(0, ROWS, None).1;
    let short = good[..good.len() - 8].to_vec();
    for (message, rows, part) in [
        (short, ROWS, "cut short"),
        (Vec::new(), ROWS, "cut short"),
        (good, ROWS + 1, "there are 10 rows instead of 11"),
        (written(0, 0, None).0, 0, "no batch of rows"),
    ] {
        let stub = GrpcStub::start(move |call| match call.method.as_str() {
            "ReadRows" => vec![rows_of(message.clone(), rows)],
            _ => session(1),
        });
        let problem = read(&bigquery(&stub)).unwrap_err();
        assert_eq!(problem.code, Code::Remote);
        assert!(problem.message.contains(part), "{problem:?}");
        assert_eq!(stub.calls("ReadRows").len(), 1);
    }
}

#[test]
fn a_message_may_be_large() {
    let rows = 4_000_000;
    let message = written(0, rows, None).1;
    assert!(message.len() > 30 << 20);
    let stub = GrpcStub::start(move |call| match call.method.as_str() {
        "ReadRows" => vec![rows_of(message.clone(), rows)],
        _ => session(1),
    });
    assert_eq!(read(&bigquery(&stub)).unwrap().0.rows, 4_000_000);
}

#[test]
fn who_takes_the_rows_may_stop() {
    let stub = GrpcStub::start(|call| if call.method == "ReadRows" { rest(call, 100) } else { session(2) });
    let bigquery = bigquery(&stub);
    let full = Problem::new(Code::NoSpace, "the disk is full", "Make room.");
    let table = table();
    let given = bigquery.read(&Rows::all(&table), &Job::new(), |_, _| Err(full.clone())).unwrap_err();
    assert_eq!(Problem::from(given), full);

    let job = Job::new();
    let stalled = GrpcStub::start(|call| match call.method.as_str() {
        "ReadRows" => vec![batch(0), Step::Silence],
        _ => session(1),
    });
    let stop = job.clone();
    let start = Instant::now();
    let problem = self::bigquery(&stalled).read(&Rows::all(&table), &job, |_, _| {
        stop.cancel();
        Ok(())
    });
    assert_eq!(Problem::from(problem.unwrap_err()).code, Code::Cancelled);
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
}
