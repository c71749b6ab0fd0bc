//! Against fake-gcs-server, an emulator of Cloud Storage that others write.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use algomosaic_cloud::{Bucket, Content, Endpoints, Error, Expect, Fixed, Runtime};
use algomosaic_core::{Code, Job, Problem};

use crate::fake_gcs::Emulator;

fn bucket(emulator: &Emulator, name: &str) -> Bucket {
    let endpoints = Endpoints { storage: emulator.url().to_owned(), ..Endpoints::default() };
    Bucket::new(Runtime::start().unwrap(), Arc::new(Fixed::emulator()), &endpoints, name).unwrap()
}

/// A bucket of its own, made.
fn made(emulator: &Emulator) -> Bucket {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let bucket = bucket(emulator, &format!("models-{}", COUNT.fetch_add(1, Ordering::Relaxed)));
    assert!(!bucket.exists(&Job::new()).unwrap());
    bucket.create("my-project", "EU", &Job::new()).unwrap();
    assert!(bucket.exists(&Job::new()).unwrap());
    bucket
}

fn problem<T: std::fmt::Debug>(result: Result<T, Error>) -> Problem {
    result.unwrap_err().into()
}

fn many(size: usize) -> Vec<u8> {
    (0..size).map(|i| ((i * 2_654_435_761) >> 7) as u8).collect()
}

/// An emulator at port 80, where uploads go in sessions, and one at another port, where they go in one request.
fn at_each_port(test: impl Fn(&Emulator)) {
    if let Some(emulator) = Emulator::storage() {
        test(&emulator);
    }
    if let Some(emulator) = Emulator::storage_at_any_port() {
        test(&emulator);
    }
}

#[test]
fn what_is_saved_is_listed_and_read_whole() {
    at_each_port(|emulator| {
        let (bucket, job) = (made(emulator), Job::new());
        let folder = tempfile::tempdir().unwrap();
        for (name, size) in [("m/a b.algom", 9), ("m/empty", 0), ("m/é%2F?#&+.algom", 70_000), ("n/large", 9 << 20)] {
            let bytes = many(size);
            let file = folder.path().join("file");
            std::fs::write(&file, &bytes).unwrap();
            let saved = bucket.upload(name, Content::file(&file).with("note", "x y"), Expect::Absent, &job).unwrap();
            assert_eq!((saved.name.as_str(), saved.size), (name, size as u64));
            let read = bucket.download(name, None, &job).unwrap();
            assert!(read.bytes == bytes, "{name}");
            assert_eq!(read.object, saved, "{name}");
            assert_eq!(read.object.metadata["note"], "x y");
            assert_eq!(bucket.stat(name, &job).unwrap(), Some(saved));
        }
        assert!((job.progress().fraction - 1.0).abs() < 1e-12);
        let names =
            |prefix| bucket.list(prefix, &job).unwrap().into_iter().map(|object| object.name).collect::<Vec<_>>();
        assert_eq!(names("m/"), ["m/a b.algom", "m/empty", "m/é%2F?#&+.algom"]);
        assert_eq!(names("").len(), 4);
        assert!(names("nothing").is_empty());
        assert!(bucket.delete("m/empty", Expect::Any, &job).unwrap());
        assert!(!bucket.delete("m/empty", Expect::Any, &job).unwrap());
        assert!(bucket.stat("m/empty", &job).unwrap().is_none());
        assert_eq!(problem(bucket.download("m/empty", None, &job)).code, Code::NotFound);
    });
}

#[test]
fn only_what_is_expected_is_overwritten() {
    at_each_port(|emulator| {
        let (bucket, job) = (made(emulator), Job::new());
        // In a session the emulator forgets what it was told to expect; the stub shows that it is told.
        let in_sessions = !emulator.url()[7..].contains(':');
        for size in [10, 9 << 20].into_iter().take(if in_sessions { 1 } else { 2 }) {
            let name = format!("{size}");
            let first = bucket.upload(&name, many(size), Expect::Absent, &job).unwrap();
            let taken = problem(bucket.upload(&name, many(size + 1), Expect::Absent, &job));
            assert_eq!(taken.code, Code::AlreadyExists, "{taken:?}");
            assert!(taken.message.contains("theirs stays and nothing was overwritten"), "{taken:?}");
            assert_eq!(bucket.download(&name, None, &job).unwrap().object, first);
            let second = bucket.upload(&name, many(size + 2), Expect::Generation(first.generation), &job).unwrap();
            let late = problem(bucket.upload(&name, many(size + 3), Expect::Generation(first.generation), &job));
            assert_eq!(late.code, Code::AlreadyExists, "{late:?}");
            assert_eq!(bucket.stat(&name, &job).unwrap(), Some(second));
            let any = bucket.upload(&name, many(size + 4), Expect::Any, &job).unwrap();
            assert_eq!(bucket.download(&name, Some(any.generation), &job).unwrap().bytes.len(), size + 4);
            let old = problem(bucket.download(&name, Some(first.generation), &job));
            assert_eq!(old.code, Code::NotFound, "{old:?}");
        }
    });
}

#[test]
fn of_many_who_save_at_once_one_wins_and_theirs_is_whole() {
    at_each_port(|emulator| {
        let bucket = made(emulator);
        let results: Vec<_> = std::thread::scope(|scope| {
            let save = |i: u8| {
                let bucket = bucket.clone();
                scope.spawn(move || bucket.upload("m/a", vec![i; 100_000], Expect::Absent, &Job::new()))
            };
            let threads: Vec<_> = (0..6).map(save).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
        let winner = results.iter().position(Result::is_ok).unwrap() as u8;
        let read = bucket.download("m/a", None, &Job::new()).unwrap();
        assert!(read.bytes == vec![winner; 100_000]);
        for lost in results.into_iter().filter(Result::is_err) {
            assert_eq!(problem(lost).code, Code::AlreadyExists);
        }
    });
}

#[test]
fn a_cancelled_upload_leaves_nothing() {
    at_each_port(|emulator| {
        let bucket = made(emulator);
        let job = Job::new();
        let other = job.clone();
        let start = Instant::now();
        let cancel = std::thread::spawn(move || {
            while other.progress().fraction < 0.1 && start.elapsed() < Duration::from_secs(60) {
                std::thread::yield_now();
            }
            other.cancel();
        });
        let stopped = problem(bucket.upload("m/a", many(60 << 20), Expect::Absent, &job));
        cancel.join().unwrap();
        assert_eq!(stopped.code, Code::Cancelled);
        std::thread::sleep(Duration::from_millis(300));
        assert_eq!(bucket.list("", &Job::new()).unwrap(), []);
        bucket.upload("m/a", many(10), Expect::Absent, &Job::new()).unwrap();
    });
}

#[test]
fn a_bucket_that_is_not_there_is_told_from_an_object() {
    at_each_port(|emulator| {
        let (bucket, job) = (bucket(emulator, "no-such-bucket"), Job::new());
        for problem in [
            problem(bucket.upload("a", many(1), Expect::Absent, &job)),
            problem(bucket.upload("a", many(9 << 20), Expect::Absent, &job)),
            problem(bucket.download("a", None, &job)),
            problem(bucket.list("", &job)),
            problem(bucket.delete("a", Expect::Any, &job)),
        ] {
            assert_eq!(problem.message, "there is no bucket no-such-bucket that you can see");
        }
    });
}
