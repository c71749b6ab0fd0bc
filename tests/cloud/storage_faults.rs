//! Faults that no emulator shows.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use algomosaic_cloud::{Bucket, Content, Endpoints, Error, Expect, Patience, Runtime, Secret, Token, Tokens};
use algomosaic_core::{Code, Job, Problem};
use serde_json::{Value, json};

use crate::stub::{Reply, Request, Stub, reset};

const OBJECT: &str = "/storage/v1/b/models/o/m%2Fa.algom";
const NAME: &str = "m/a.algom";
const UPLOAD: &str = "/upload/storage/v1/b/models/o";
/// "123456789" and its checksum, from the catalogue of CRC algorithms (CRC-32/ISCSI: E3069283).
const DIGITS: &[u8] = b"123456789";
const DIGITS_SUM: &str = "4waSgw==";

/// Counts its tokens; a refusal leads to the next.
struct Counted(AtomicU32);

impl Tokens for Counted {
    fn token(&self) -> futures::future::BoxFuture<'_, Result<Token, Error>> {
        let secret = Secret::new(format!("token-{}", self.0.load(Ordering::Relaxed)));
        Box::pin(async { Ok(Token { secret, given: SystemTime::now(), expires: None }) })
    }

    fn refused(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// As [`Patience`] is by default, in milliseconds instead of seconds.
fn patience() -> Patience {
    Patience {
        answer: Duration::from_millis(1500),
        total: Duration::from_secs(10),
        tries: 4,
        first_pause: Duration::from_millis(2),
        longest_pause: Duration::from_millis(20),
    }
}

fn bucket_at(url: String) -> Bucket {
    let endpoints = Endpoints { storage: url, ..Endpoints::default() };
    let tokens = Arc::new(Counted(AtomicU32::new(0)));
    Bucket::new(Runtime::start().unwrap(), tokens, &endpoints, "models").unwrap().with_patience(patience())
}

fn bucket(stub: &Stub) -> Bucket {
    stub.on("GET", "/storage/v1/b/models?", [Reply::json(200, &json!({"name": "models"}))]);
    bucket_at(stub.url())
}

/// An object in the form of the service's documentation, its bytes the nine digits.
fn digits(generation: i64) -> Value {
    json!({
        "kind": "storage#object", "name": NAME, "bucket": "models", "generation": generation.to_string(), "size": "9",
        "crc32c": DIGITS_SUM, "updated": "2026-03-01T12:00:00.5Z", "metadata": {"sha256": "15e2"},
    })
}

fn problem<T: std::fmt::Debug>(result: Result<T, Error>) -> Problem {
    result.unwrap_err().into()
}

/// The answer to a request for bytes, from where the request wants them.
fn bytes(all: &[u8], sum: &str, request: &Request) -> Reply {
    let from: Option<usize> = request.header("range").map(|range| {
        range.trim_start_matches("bytes=").trim_end_matches('-').parse().expect("a range from somewhere to the end")
    });
    let reply = Reply::new(if from.is_some() { 206 } else { 200 })
        .header("x-goog-generation", 7)
        .header("x-goog-metageneration", 1)
        .header("x-goog-hash", format!("crc32c={sum}"))
        .header("x-goog-stored-content-length", all.len());
    match from {
        None => reply.body(all),
        Some(from) => {
            let range = format!("bytes {from}-{}/{}", all.len() - 1, all.len());
            reply.header("content-range", range).body(&all[from..])
        }
    }
}

/// Serves the digits, with the first answers to requests for bytes made by `faults`.
fn serves_digits(stub: &Stub, faults: Vec<fn(Reply) -> Reply>) {
    stub.on("GET", OBJECT, [Reply::json(200, &digits(7))]);
    let mut faults = faults.into_iter();
    stub.on_with("GET", &format!("{OBJECT}?alt=media"), move |request| {
        let reply = bytes(DIGITS, DIGITS_SUM, request);
        match faults.next() {
            Some(fault) => fault(reply),
            None => reply,
        }
    });
}

#[test]
fn a_download_goes_on_where_the_line_was_cut_and_stays_with_its_generation() {
    for fault in [
        (|reply: Reply| reply.reset_after(4)) as fn(Reply) -> Reply,
        |reply| reply.cut_after(4),
        |reply| reply.slowly(4, Duration::from_secs(4)),
    ] {
        let stub = Stub::start();
        serves_digits(&stub, vec![fault, |_| Reply::error(503, "backendError", "busy")]);
        let download = bucket(&stub).download(NAME, None, &Job::new()).unwrap();
        assert_eq!(download.bytes, DIGITS);
        assert_eq!((download.object.generation, download.object.size), (7, 9));
        assert_eq!(download.object.metadata["sha256"], "15e2");
        let asked = stub.asked("GET", &format!("{OBJECT}?alt=media"));
        assert!(asked.iter().all(|request| request.query("generation").as_deref() == Some("7")));
        let ranges: Vec<_> = asked.iter().map(|request| request.header("range")).collect();
        assert_eq!(ranges, [None, Some("bytes=4-"), Some("bytes=4-")]);
    }
}

#[test]
fn bytes_with_a_wrong_checksum_are_refused_with_a_sentence() {
    let stub = Stub::start();
    serves_digits(&stub, vec![|reply| reply.body("123456780")]);
    let problem = problem(bucket(&stub).download(NAME, None, &Job::new()));
    assert_eq!(problem.code, Code::Remote);
    assert!(problem.message.starts_with("m/a.algom arrived damaged: its checksum is"), "{}", problem.message);
    assert!(problem.message.contains("but was e3069283 when it was saved"), "{}", problem.message);
}

#[test]
fn a_download_that_never_ends_well_stops_after_some_tries() {
    let stub = Stub::start();
    serves_digits(&stub, vec![]);
    stub.on("GET", &format!("{OBJECT}?alt=media"), [Reply::no_answer()]);
    let problem = problem(bucket(&stub).download(NAME, None, &Job::new()));
    assert_eq!(problem.code, Code::Remote);
    assert!(
        problem.message.starts_with("reading m/a.algom failed: Cloud Storage cannot be reached"),
        "{}",
        problem.message
    );
    assert_eq!(stub.asked("GET", &format!("{OBJECT}?alt=media")).len(), 4);
}

#[test]
fn what_is_not_there_is_told_from_a_bucket_that_is_not() {
    let stub = Stub::start();
    let there = bucket(&stub);
    let job = Job::new();
    assert!(there.stat(NAME, &job).unwrap().is_none());
    assert!(!there.delete(NAME, Expect::Any, &job).unwrap());
    let none = problem(there.download(NAME, None, &job));
    assert_eq!((none.code, none.message.as_str()), (Code::NotFound, "there is no m/a.algom in the bucket models"));
    // Who may use its objects need not be allowed to see the bucket itself.
    let stub = Stub::start();
    stub.on("GET", "/storage/v1/b/models?", [Reply::error(403, "forbidden", "no storage.buckets.get access")]);
    let unseen = bucket_at(stub.url());
    assert!(unseen.stat(NAME, &job).unwrap().is_none());
    assert!(!unseen.delete(NAME, Expect::Any, &job).unwrap());
    assert_eq!(problem(unseen.exists(&job)).code, Code::Permission);
    let missing = bucket_at(Stub::start().url());
    drop(there);
    let stub = Stub::start();
    let missing = {
        drop(missing);
        bucket_at(stub.url())
    };
    assert!(!missing.exists(&job).unwrap());
    for problem in [
        problem(missing.stat(NAME, &job)),
        problem(missing.list("", &job)),
        problem(missing.delete(NAME, Expect::Any, &job)),
        problem(missing.download(NAME, None, &job)),
        problem(missing.upload(NAME, DIGITS.to_vec(), Expect::Absent, &job)),
        problem(missing.with_resumable_from(1).upload(NAME, DIGITS.to_vec(), Expect::Absent, &job)),
    ] {
        assert_eq!(
            (problem.code, problem.message.as_str()),
            (Code::NotFound, "there is no bucket models that you can see")
        );
    }
    assert_eq!(stub.asked("POST", UPLOAD).len(), 2, "nothing is sent twice to a bucket that is not there");
}

/// Every method of a bucket, as a request that can fail.
type Call = fn(&Bucket) -> Result<(), Error>;
const CALLS: [(&str, Call); 7] = [
    ("upload", |bucket| bucket.upload(NAME, DIGITS.to_vec(), Expect::Absent, &Job::new()).map(drop)),
    ("resumable", |bucket| {
        bucket.clone().with_resumable_from(1).upload(NAME, DIGITS.to_vec(), Expect::Absent, &Job::new()).map(drop)
    }),
    ("download", |bucket| bucket.download(NAME, None, &Job::new()).map(drop)),
    ("list", |bucket| bucket.list("m/", &Job::new()).map(drop)),
    ("stat", |bucket| bucket.stat(NAME, &Job::new()).map(drop)),
    ("delete", |bucket| bucket.delete(NAME, Expect::Generation(7), &Job::new()).map(drop)),
    ("exists", |bucket| bucket.exists(&Job::new()).map(drop)),
];

fn answers_all(stub: &Stub, make: impl Fn() -> Reply) {
    for method in ["GET", "PUT", "POST", "DELETE"] {
        stub.on(method, "/", [make()]);
    }
}

#[test]
fn each_refusal_has_its_code_and_is_not_repeated() {
    for (status, reason, code, says) in [
        (401, "authError", Code::Permission, "says Invalid Credentials"),
        (403, "forbidden", Code::Permission, "says Invalid Credentials"),
        (409, "conflict", Code::AlreadyExists, "says Invalid Credentials"),
        (400, "invalid", Code::BadInput, "says Invalid Credentials"),
    ] {
        for (name, call) in CALLS {
            let stub = Stub::start();
            answers_all(&stub, || Reply::error(status, reason, "Invalid Credentials"));
            let problem = problem(call(&bucket_at(stub.url())));
            assert_eq!(problem.code, code, "{name} {status}: {problem:?}");
            assert!(problem.message.contains(says), "{name} {status}: {problem:?}");
            // A refused token is renewed once.
            let bearers: Vec<_> =
                stub.requests().iter().map(|r| r.header("authorization").unwrap().to_owned()).collect();
            let expected: &[&str] =
                if status == 401 { &["Bearer token-0", "Bearer token-1"] } else { &["Bearer token-0"] };
            assert_eq!(bearers, expected, "{name} {status}");
        }
    }
}

#[test]
fn what_passes_is_tried_again_and_then_told() {
    for (status, reason) in
        [(429, "rateLimitExceeded"), (500, "backendError"), (503, "backendError"), (403, "rateLimitExceeded")]
    {
        for (name, call) in CALLS {
            let stub = Stub::start();
            answers_all(&stub, || Reply::error(status, reason, "slow down"));
            let problem = problem(call(&bucket_at(stub.url())));
            assert_eq!(problem.code, Code::Remote, "{name} {status}: {problem:?}");
            assert!(problem.message.contains("slow down"), "{name} {status}: {problem:?}");
            assert_eq!(stub.requests().len(), 4, "{name} {status}");
        }
    }
}

#[test]
fn a_page_that_is_no_answer_of_the_service_keeps_its_status() {
    for (name, call) in CALLS {
        let stub = Stub::start();
        answers_all(&stub, || Reply::new(403).body("<html>\n<b>the proxy\nsays no</b>"));
        let problem = problem(call(&bucket_at(stub.url())));
        assert_eq!(problem.code, Code::Permission, "{name}: {problem:?}");
        assert!(problem.message.contains("<html> <b>the proxy says no</b>"), "{name}: {problem:?}");
    }
}

#[test]
fn a_service_that_asks_to_wait_is_not_asked_earlier() {
    for (name, call) in CALLS {
        let stub = Stub::start();
        for method in ["GET", "PUT", "POST", "DELETE"] {
            let busy = Reply::error(429, "rateLimitExceeded", "slow down").header("retry-after", 1);
            stub.on(method, "/", [busy, Reply::error(403, "forbidden", "no")]);
        }
        let start = Instant::now();
        assert_eq!(problem(call(&bucket_at(stub.url()))).code, Code::Permission, "{name}");
        let requests = stub.requests();
        assert_eq!(requests.len(), 2, "{name}");
        assert!(requests[1].at - requests[0].at >= Duration::from_secs(1), "{name}");
        assert!(start.elapsed() < Duration::from_secs(8), "{name}");
    }
}

#[test]
fn a_list_comes_page_by_page() {
    let stub = Stub::start();
    stub.on_with("GET", "/storage/v1/b/models/o?", |request| {
        assert_eq!(request.query("prefix").as_deref(), Some("m/&=?"));
        match request.query("pageToken").as_deref() {
            None => Reply::json(200, &json!({"items": [digits(1), digits(2)], "nextPageToken": "a+b/c="})),
            Some("a+b/c=") => Reply::json(200, &json!({"nextPageToken": "d"})),
            Some("d") => Reply::json(200, &json!({"items": [digits(3)]})),
            other => Reply::error(400, "invalid", &format!("{other:?}")),
        }
    });
    let objects = bucket(&stub).list("m/&=?", &Job::new()).unwrap();
    assert_eq!(objects.iter().map(|object| object.generation).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(objects[0].crc32c, Some(0xE306_9283));
    assert_eq!(objects[0].updated.unwrap().to_rfc3339(), "2026-03-01T12:00:00.500+00:00");

    stub.on("GET", "/storage/v1/b/models/o?", [Reply::json(200, &json!({"nextPageToken": "a"}))]);
    let problem = problem(bucket(&stub).list("", &Job::new()));
    assert!(problem.message.contains("the same page comes again"), "{}", problem.message);
}

#[test]
fn someone_elses_change_wins_and_nothing_is_overwritten() {
    for resumable_from in [1, usize::MAX] {
        let stub = Stub::start();
        answers_all(&stub, || Reply::error(412, "conditionNotMet", "At least one of the pre-conditions did not hold."));
        stub.on("GET", OBJECT, [Reply::json(200, &digits(8))]);
        let bucket = bucket(&stub).with_resumable_from(resumable_from);
        let upload = |expect| problem(bucket.upload(NAME, b"mine".to_vec(), expect, &Job::new()));
        let absent = upload(Expect::Absent);
        assert_eq!(absent.code, Code::AlreadyExists);
        assert_eq!(
            absent.message,
            "someone else saved m/a.algom at 2026-03-01 12:00:00 UTC; theirs stays and nothing was overwritten"
        );
        assert!(upload(Expect::Generation(7)).message.starts_with("someone else saved m/a.algom meanwhile at 2026"));
        let conditions: Vec<_> =
            stub.asked("POST", UPLOAD).iter().map(|request| request.query("ifGenerationMatch")).collect();
        assert_eq!(conditions, [Some("0".to_owned()), Some("7".to_owned())]);

        stub.on("GET", OBJECT, [Reply::error(404, "notFound", "none")]);
        let gone = upload(Expect::Generation(7));
        assert_eq!(gone.message, "someone else removed m/a.algom meanwhile; nothing was saved");
        // The same bytes by someone else are still someone else's.
        stub.on("GET", OBJECT, [Reply::json(200, &digits(8))]);
        let same = bucket.upload(NAME, DIGITS.to_vec(), Expect::Absent, &Job::new());
        assert_eq!(problem(same).code, Code::AlreadyExists);

        let delete = problem(bucket.delete(NAME, Expect::Generation(7), &Job::new()));
        assert_eq!(
            (delete.code, delete.message.as_str()),
            (Code::AlreadyExists, "someone else saved m/a.algom meanwhile; it was not removed")
        );
        assert_eq!(stub.asked("DELETE", OBJECT)[0].query("ifGenerationMatch").as_deref(), Some("7"));
    }
}

#[test]
fn an_upload_whose_answer_was_lost_is_found_to_be_there() {
    let stub = Stub::start();
    let refused = Reply::error(412, "conditionNotMet", "At least one of the pre-conditions did not hold.");
    stub.on("POST", UPLOAD, [Reply::no_answer(), refused]);
    stub.on("GET", OBJECT, [Reply::json(200, &digits(7))]);
    let saved = bucket(&stub).upload(NAME, DIGITS.to_vec(), Expect::Absent, &Job::new()).unwrap();
    assert_eq!(saved.generation, 7);
    let sent = stub.asked("POST", UPLOAD).remove(0);
    assert!(sent.text().contains(DIGITS_SUM), "the checksum goes along: {}", sent.text());
    assert!(sent.text().contains("123456789"));
}

#[test]
fn an_upload_without_a_precondition_is_not_repeated_unless_it_was_refused() {
    for (first, count) in
        [(Reply::no_answer(), 1), (Reply::error(500, "backendError", ""), 1), (Reply::error(503, "", ""), 2)]
    {
        let stub = Stub::start();
        stub.on("POST", UPLOAD, [first, Reply::json(200, &digits(7))]);
        let saved = bucket(&stub).upload(NAME, DIGITS.to_vec(), Expect::Any, &Job::new());
        assert_eq!(saved.is_ok(), count == 2);
        assert_eq!(stub.asked("POST", UPLOAD).len(), count);
    }
}

#[test]
fn what_arrives_damaged_is_removed_again() {
    for resumable_from in [1, usize::MAX] {
        let stub = Stub::start();
        let mut other = digits(9);
        other["crc32c"] = json!("AAAAAA==");
        let session = Reply::ok().header("location", format!("{}/session", stub.url()));
        let answer = Reply::json(200, &other);
        stub.on("POST", UPLOAD, [if resumable_from == 1 { session } else { answer.clone() }]);
        stub.on("PUT", "/session", [answer]);
        stub.on("DELETE", OBJECT, [Reply::new(204)]);
        let bucket = bucket(&stub).with_resumable_from(resumable_from);
        let problem = problem(bucket.upload(NAME, DIGITS.to_vec(), Expect::Absent, &Job::new()));
        assert_eq!(problem.code, Code::Remote);
        assert!(problem.message.ends_with("as their checksum shows; what arrived was removed again"), "{problem:?}");
        assert_eq!(stub.asked("DELETE", OBJECT)[0].query("ifGenerationMatch").as_deref(), Some("9"));
    }
}

#[test]
fn bytes_that_the_service_finds_damaged_are_told_so() {
    let stub = Stub::start();
    let said = "Provided CRC32C \"4waSgw==\" doesn't match calculated CRC32C \"AAAAAA==\".";
    stub.on("POST", UPLOAD, [Reply::error(400, "invalid", said)]);
    let problem = problem(bucket(&stub).upload(NAME, DIGITS.to_vec(), Expect::Absent, &Job::new()));
    assert!(problem.message.ends_with("as their checksum shows; nothing was saved"), "{problem:?}");
}

/// A session of the service: what has arrived of an object, and how often it was begun and written to.
#[derive(Default)]
struct Session {
    arrived: Vec<u8>,
    begun: u32,
    puts: Vec<String>,
}

/// Serves sessions as the documentation of resumable uploads says: 308 with the range that has arrived, 200 at the end.
/// `fault` may answer a writing in its place, after `keep` bytes of it have arrived.
fn serves_sessions(
    stub: &Stub,
    address: String,
    size: usize,
    object: Value,
    mut fault: impl FnMut(u32, &Request) -> Option<(usize, Reply)> + Send + 'static,
) -> Arc<Mutex<Session>> {
    let session = Arc::new(Mutex::new(Session::default()));
    let begun = Arc::clone(&session);
    stub.on_with("POST", UPLOAD, move |_| {
        let mut session = begun.lock().unwrap();
        session.begun += 1;
        session.arrived.clear();
        Reply::ok().header("location", format!("{address}/session/{}", session.begun))
    });
    let written = Arc::clone(&session);
    let mut count = 0;
    stub.on_with("PUT", "/session/", move |request| {
        let mut session = written.lock().unwrap();
        let range = request.header("content-range").unwrap().to_owned();
        let so_far = |session: &Session| match session.arrived.len() {
            0 => Reply::new(308),
            length => Reply::new(308).header("range", format!("bytes=0-{}", length - 1)),
        };
        session.puts.push(range.clone());
        if !range.contains("*/*") {
            let from: usize = range.trim_start_matches("bytes ").split('-').next().unwrap().parse().unwrap();
            assert_eq!(from, session.arrived.len(), "{range}");
            count += 1;
            let fault = fault(count, request);
            let kept = fault.as_ref().map_or(request.body.len(), |(keep, _)| (*keep).min(request.body.len()));
            session.arrived.extend_from_slice(&request.body[..kept]);
            if let Some((_, reply)) = fault {
                return reply;
            }
        }
        if session.arrived.len() == size { Reply::json(200, &object) } else { so_far(&session) }
    });
    session
}

/// Bytes that are not the same at any two places near each other.
fn many(size: usize) -> Vec<u8> {
    (0..size).map(|i| ((i * 2_654_435_761) >> 7) as u8).collect()
}

fn described(bytes: &[u8]) -> Value {
    let mut object = digits(7);
    object["size"] = json!(bytes.len().to_string());
    let sum = crc32c::crc32c(bytes).to_be_bytes();
    object["crc32c"] = json!(base64::Engine::encode(&base64::prelude::BASE64_STANDARD, sum));
    object
}

/// Passes bytes on to the stub, and resets the first line that carries more than `limit` of them.
fn cutter(stub: &Stub, limit: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (to, has_cut) = (stub.port(), Arc::new(AtomicBool::new(false)));
    std::thread::spawn(move || {
        for line in listener.incoming().flatten() {
            let Ok(stub) = TcpStream::connect(("127.0.0.1", to)) else { return };
            let has_cut = Arc::clone(&has_cut);
            std::thread::spawn(move || pass(line, stub, limit, &has_cut));
        }
    });
    address
}

fn pass(line: TcpStream, mut stub: TcpStream, limit: usize, has_cut: &AtomicBool) -> std::io::Result<()> {
    let (mut from, mut to, mut back) = (line.try_clone()?, line.try_clone()?, stub.try_clone()?);
    let answer = std::thread::spawn(move || {
        let _ = std::io::copy(&mut back, &mut to);
        to.shutdown(Shutdown::Both)
    });
    let (mut buffer, mut passed) = (vec![0; 64 << 10], 0);
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        passed += read;
        if passed > limit && !has_cut.swap(true, Ordering::Relaxed) {
            // The stub is done with what it got before the client hears of the cut.
            stub.shutdown(Shutdown::Write)?;
            let _ = answer.join();
            drop(from);
            return reset(line);
        }
        stub.write_all(&buffer[..read])?;
    }
    stub.shutdown(Shutdown::Write)
}

#[test]
fn a_resumable_upload_that_is_cut_in_the_middle_goes_on_from_there() {
    let bytes = many(5 << 20);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.algom");
    std::fs::write(&file, &bytes).unwrap();
    for content in [Content::from(bytes.clone()), Content::file(&file)] {
        let stub = Stub::start();
        let address = cutter(&stub, 3 << 20);
        // The stub reads what came before the cut; of that, two megabytes count as arrived.
        let session = serves_sessions(&stub, address.clone(), bytes.len(), described(&bytes), |count, _| {
            (count == 1).then(|| (2 << 20, Reply::no_answer()))
        });
        let bucket = bucket_at(address).with_resumable_from(1);
        let saved = bucket.upload(NAME, content.with("sha256", "15e2"), Expect::Absent, &Job::new()).unwrap();
        assert_eq!(saved.size, 5 << 20);
        let session = session.lock().unwrap();
        assert!(session.arrived == bytes);
        assert_eq!(session.begun, 1, "{:?}", session.puts);
        assert_eq!(session.puts.last().unwrap(), &format!("bytes {}-{}/{}", 2 << 20, (5 << 20) - 1, 5 << 20));
        let begun = stub.asked("POST", UPLOAD).remove(0);
        assert_eq!(begun.query("ifGenerationMatch").as_deref(), Some("0"));
        assert_eq!(begun.json()["metadata"], json!({"sha256": "15e2"}));
        assert_eq!(begun.json()["crc32c"], described(&bytes)["crc32c"]);
    }
}

#[test]
fn an_upload_survives_what_passes() {
    let bytes = many(3 << 20);
    let faults = [
        ("reset", Reply::no_answer(), 1),
        ("503", Reply::error(503, "backendError", "busy"), 1),
        ("500", Reply::error(500, "backendError", "busy"), 1),
        ("401", Reply::error(401, "authError", "stale"), 1),
        ("gone", Reply::error(410, "gone", "the session has ended"), 2),
        ("silence", Reply::silence(), 2),
    ];
    for (name, fault, begun) in faults {
        let stub = Stub::start();
        let session = serves_sessions(&stub, stub.url(), bytes.len(), described(&bytes), move |count, _| {
            (count == 1).then(|| (1 << 20, fault.clone()))
        });
        let bucket = bucket(&stub).with_resumable_from(1);
        let saved = bucket.upload(NAME, bytes.clone(), Expect::Absent, &Job::new());
        assert_eq!(saved.unwrap_or_else(|error| panic!("{name}: {error}")).generation, 7, "{name}");
        let session = session.lock().unwrap();
        assert!(session.arrived == bytes, "{name}");
        assert_eq!(session.begun, begun, "{name}");
    }
}

#[test]
fn an_upload_whose_last_answer_was_lost_is_asked_for_and_not_sent_again() {
    let bytes = many(1 << 20);
    let stub = Stub::start();
    let session = serves_sessions(&stub, stub.url(), bytes.len(), described(&bytes), |count, request| {
        (count == 1).then(|| (request.body.len(), Reply::no_answer()))
    });
    let bucket = bucket(&stub).with_resumable_from(1);
    bucket.upload(NAME, bytes.clone(), Expect::Absent, &Job::new()).unwrap();
    assert_eq!(
        session.lock().unwrap().puts,
        [format!("bytes 0-{}/{}", (1 << 20) - 1, 1 << 20), "bytes */*".to_owned()]
    );
}

#[test]
fn a_service_that_takes_a_little_each_time_is_served_and_one_that_takes_nothing_is_left() {
    let bytes = many(3 << 20);
    for (each, arrives) in [(256 << 10, true), (0, false)] {
        let stub = Stub::start();
        let mut arrived = 0;
        serves_sessions(&stub, stub.url(), bytes.len(), described(&bytes), move |_, request| {
            arrived += each.min(request.body.len());
            let reply = Reply::new(308);
            let reply = if arrived == 0 { reply } else { reply.header("range", format!("bytes=0-{}", arrived - 1)) };
            (each < request.body.len()).then_some((each, reply))
        });
        let bucket = bucket(&stub).with_resumable_from(1);
        let saved = bucket.upload(NAME, bytes.clone(), Expect::Absent, &Job::new());
        assert_eq!(saved.is_ok(), arrives, "{saved:?}");
        if let Err(error) = saved {
            assert!(error.to_string().contains("it takes no more of the bytes"), "{error}");
            // How often it asks within its limit of time depends on the machine.
            assert!(stub.requests().len() < 2000);
        }
    }
}

#[test]
fn a_cancelled_upload_stops_at_once() {
    for (resumable_from, answers) in [(1, "/session/"), (usize::MAX, UPLOAD)] {
        let stub = Stub::start();
        let session = Reply::ok().header("location", format!("{}/session/1", stub.url()));
        stub.on("POST", UPLOAD, [if resumable_from == 1 { session } else { Reply::silence() }]);
        stub.on("PUT", "/session/", [Reply::silence()]);
        let bucket = bucket(&stub).with_patience(Patience::default()).with_resumable_from(resumable_from);
        let job = Job::new();
        let other = job.clone();
        let start = Instant::now();
        let cancel = std::thread::spawn(move || {
            while other.progress().fraction < 1.0 && start.elapsed() < Duration::from_secs(20) {
                std::thread::sleep(Duration::from_millis(5));
            }
            other.cancel();
        });
        let problem = problem(bucket.upload(NAME, many(2 << 20), Expect::Absent, &job));
        assert_eq!(problem.code, Code::Cancelled, "{answers}");
        assert!(start.elapsed() < Duration::from_secs(20), "{answers}");
        cancel.join().unwrap();
    }
}

#[test]
fn a_file_that_cannot_be_read_is_told_before_anything_is_sent() {
    let stub = Stub::start();
    let folder = tempfile::tempdir().unwrap();
    let bucket = bucket(&stub);
    let none = problem(bucket.upload(NAME, Content::file(&folder.path().join("none")), Expect::Absent, &Job::new()));
    assert_eq!(none.code, Code::NotFound);
    assert!(none.message.starts_with("a file to save cannot be read"), "{none:?}");
    assert!(stub.requests().is_empty());
}

#[test]
fn a_bucket_is_made_closed_and_its_name_may_be_taken() {
    let stub = Stub::start();
    stub.on(
        "POST",
        "/storage/v1/b?",
        [Reply::json(200, &json!({"name": "models"})), Reply::error(409, "conflict", "")],
    );
    let bucket = bucket(&stub);
    bucket.create("my-project", "europe-west3", &Job::new()).unwrap();
    let asked = stub.asked("POST", "/storage/v1/b?").remove(0);
    assert_eq!(asked.query("project").as_deref(), Some("my-project"));
    assert_eq!(asked.json()["location"], "europe-west3");
    assert_eq!(asked.json()["iamConfiguration"]["publicAccessPrevention"], "enforced");
    let taken = problem(bucket.create("my-project", "europe-west3", &Job::new()));
    assert_eq!(taken.code, Code::AlreadyExists);
    assert!(taken.message.starts_with("the bucket models exists already"), "{taken:?}");
}

/// A token whose source fails keeps that source's sentence through Google's client.
#[test]
fn a_token_that_cannot_be_had_says_why() {
    struct Revoked;
    impl Tokens for Revoked {
        fn token(&self) -> futures::future::BoxFuture<'_, Result<Token, Error>> {
            let problem = Problem::new(Code::Permission, "the key was revoked", "Connect again.");
            Box::pin(async { Err(problem.into()) })
        }

        fn refused(&self) {}
    }
    let stub = Stub::start();
    let endpoints = Endpoints { storage: stub.url(), ..Endpoints::default() };
    let bucket = Bucket::new(Runtime::start().unwrap(), Arc::new(Revoked), &endpoints, "models").unwrap();
    for (name, call) in CALLS {
        let problem = problem(call(&bucket));
        assert_eq!((problem.code, problem.message.as_str()), (Code::Permission, "the key was revoked"), "{name}");
    }
    assert!(stub.requests().is_empty());
}
