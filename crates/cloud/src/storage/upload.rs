//! Writing an object: all of it or nothing, with its checksum told beforehand, and only over what the caller expects.

use std::collections::BTreeMap;
use std::io::{Read as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use algomosaic_core::{Code, Job, Problem};
use bytes::Bytes;
use chrono::DateTime;
use google_cloud_storage::error::WriteError;
use google_cloud_storage::streaming_source::{Seek, SizeHint, StreamingSource};
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

use super::client::{Policy, Unthrottled, Watch};
use super::object::check_name;
use super::{Bucket, Expect, Inner, Object};
use crate::error::{Error, Result};

/// So much is handed to the network at once, and progress told after.
const PIECE: usize = 1 << 20;

/// What is uploaded.
#[derive(Debug, Clone)]
pub struct Content {
    data: Data,
    metadata: BTreeMap<String, String>,
}

#[derive(Debug, Clone)]
enum Data {
    Bytes(Bytes),
    File(PathBuf),
}

impl From<Bytes> for Content {
    fn from(bytes: Bytes) -> Content {
        Content { data: Data::Bytes(bytes), metadata: BTreeMap::new() }
    }
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Content {
        Bytes::from(bytes).into()
    }
}

impl Content {
    /// The bytes of a file, read while they are sent; it must not change meanwhile.
    pub fn file(path: &Path) -> Content {
        Content { data: Data::File(path.to_owned()), metadata: BTreeMap::new() }
    }

    /// With a note beside the object, for who lists it.
    pub fn with(mut self, key: &str, value: &str) -> Content {
        self.metadata.insert(key.to_owned(), value.to_owned());
        self
    }
}

impl Bucket {
    /// Writes an object, if what is there is what is expected. Stopped or failed, nothing has changed. Its checksum is
    /// verified by the service and again here.
    pub fn upload(&self, name: &str, content: impl Into<Content>, expect: Expect, job: &Job) -> Result<Object> {
        check_name(name)?;
        let content = content.into();
        self.runtime.wait(job, self.inner.upload(name, &content, expect, job))
    }
}

impl Inner {
    async fn upload(&self, name: &str, content: &Content, expect: Expect, job: &Job) -> Result<Object> {
        let doing = format!("saving {name}");
        let (size, crc32c) = content.data.measure(job).await?;
        let mut tries = self.tries();
        let mut has_failed = false;
        let saved = loop {
            let watch = Watch::new(self, &doing);
            let source = Source::open(&content.data, size, Arc::clone(&watch), job.clone()).await?;
            let client = self.client().await?;
            let mut request = client
                .write_object(self.path(), name, source)
                .set_content_type("application/octet-stream")
                .set_metadata(content.metadata.clone())
                .with_known_crc32c(crc32c)
                .with_resumable_upload_threshold(self.resumable_from)
                // Without a precondition a second try could overwrite what someone saved since the first.
                .with_idempotency(expect != Expect::Any)
                .with_retry_policy(Policy(Arc::clone(&watch)))
                .with_backoff_policy(Policy(Arc::clone(&watch)))
                .with_retry_throttler(Unthrottled);
            if let Some(generation) = expect.generation() {
                request = request.set_if_generation_match(generation);
            }
            let error = tokio::select! {
                sent = request.send_unbuffered() => match sent {
                    Ok(object) => break Ok(read(object)),
                    Err(error) => match damaged_generation(&error) {
                        Some(generation) => break Err(Failed::Damaged(generation)),
                        None => self.error(&doing, &error),
                    },
                },
                error = watch.stands_still() => error,
            };
            has_failed |= watch.has_failed();
            // The client gives up an upload that stands still, or whose session has ended; another one may do.
            let has_session = size >= self.resumable_from as u64 && watch.has_sent();
            let is_ended = has_session && matches!(error.status(), Some(404 | 410));
            let is_slow = matches!(error, Error::TooSlow { .. });
            let wait = match (is_ended, is_slow) {
                (false, false) => None,
                (_, true) => tries.after(&error, expect != Expect::Any),
                (true, _) => tries.pause(),
            };
            let Some(wait) = wait else { break Err(Failed::With(error)) };
            has_failed = true;
            tokio::time::sleep(wait).await;
        };
        self.settle(name, (size, crc32c), expect, has_failed, saved).await
    }
}

impl Inner {
    /// Makes of what the client says what has happened.
    async fn settle(
        &self,
        name: &str,
        expected: (u64, u32),
        expect: Expect,
        has_failed: bool,
        saved: std::result::Result<Object, Failed>,
    ) -> Result<Object> {
        let is_ours = |object: &Object| (object.size, object.crc32c) == (expected.0, Some(expected.1));
        let error = match saved {
            Ok(object) if is_ours(&object) => return Ok(object),
            Ok(object) => return Err(self.take_back(name, object.generation).await),
            Err(Failed::Damaged(generation)) => return Err(self.take_back(name, generation).await),
            Err(Failed::With(error)) => error,
        };
        match &error {
            Error::Refused(refusal) if refusal.status == 412 => {
                let there = self.stat(name, None).await?;
                match there {
                    // An earlier try got through, and only its answer was lost.
                    Some(object) if has_failed && is_ours(&object) => Ok(object),
                    there => Err(conflict(name, expect, there.as_ref()).into()),
                }
            }
            Error::Refused(refusal) if refusal.status == 404 => {
                self.none::<()>().await?;
                Err(error)
            }
            Error::Refused(refusal) if refusal.status == 400 && refusal.message.to_lowercase().contains("crc32c") => {
                Err(damaged(name, "nothing was saved").into())
            }
            _ => Err(error),
        }
    }

    /// Removes what arrived damaged, and says so.
    async fn take_back(&self, name: &str, generation: i64) -> Error {
        match self.delete(name, Expect::Generation(generation)).await {
            Ok(_) => damaged(name, "what arrived was removed again").into(),
            Err(_) => damaged(name, "it is there and could not be removed again").into(),
        }
    }
}

fn damaged(name: &str, what_was_done: &str) -> Problem {
    Problem::new(
        Code::Remote,
        format!("saving {name} failed: the bytes changed on their way, as their checksum shows; {what_was_done}"),
        "Save it again; if it is a file, see that nothing writes to it meanwhile.",
    )
}

/// Who came first keeps what they wrote.
fn conflict(name: &str, expect: Expect, there: Option<&Object>) -> Problem {
    let when =
        there.and_then(|object| object.updated).map(|time| format!(" at {}", time.format("%Y-%m-%d %H:%M:%S UTC")));
    let when = when.unwrap_or_default();
    let message = match (there, expect) {
        (None, _) => format!("someone else removed {name} meanwhile; nothing was saved"),
        (Some(_), Expect::Absent) => {
            format!("someone else saved {name}{when}; theirs stays and nothing was overwritten")
        }
        (Some(_), _) => {
            format!("someone else saved {name} meanwhile{when}; theirs stays and nothing was overwritten")
        }
    };
    Problem::new(Code::AlreadyExists, message, "Look at it, then save yours under another name, or in its place.")
}

/// How an upload can fail.
enum Failed {
    With(Error),
    /// It is there with other bytes, as this generation.
    Damaged(i64),
}

/// What Google's client says of an object, in our words.
fn read(object: google_cloud_storage::model::Object) -> Object {
    let updated =
        object.update_time.and_then(|time| DateTime::from_timestamp(time.seconds(), time.nanos().unsigned_abs()));
    Object {
        name: object.name,
        generation: object.generation,
        size: object.size.unsigned_abs(),
        crc32c: object.checksums.and_then(|sums| sums.crc32c),
        updated,
        metadata: object.metadata.into_iter().collect(),
    }
}

/// The generation that arrived with another checksum, if that is the error.
fn damaged_generation(error: &google_cloud_storage::Error) -> Option<i64> {
    let cause = std::error::Error::source(error)?;
    match cause.downcast_ref::<WriteError>()? {
        WriteError::ChecksumMismatch { object, .. } => Some(object.generation),
        _ => None,
    }
}

impl Data {
    /// Its size in bytes and its checksum.
    async fn measure(&self, job: &Job) -> Result<(u64, u32)> {
        let (data, job) = (self.clone(), job.clone());
        let measured = tokio::task::spawn_blocking(move || {
            let mut sum = (0, 0);
            let mut add = |piece: &[u8]| sum = (sum.0 + piece.len() as u64, crc32c::crc32c_append(sum.1, piece));
            match &data {
                Data::Bytes(bytes) => add(bytes),
                Data::File(path) => {
                    let mut file = std::fs::File::open(path).map_err(|error| unreadable(path, &error))?;
                    let mut buffer = vec![0; PIECE];
                    loop {
                        job.check()?;
                        match file.read(&mut buffer).map_err(|error| unreadable(path, &error))? {
                            0 => break,
                            read => add(buffer.get(..read).unwrap_or_default()),
                        }
                    }
                }
            }
            Ok(sum)
        });
        measured.await.map_err(|error| Error::Local(format!("the bytes to save could not be read: {error}")))?
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> Problem {
    let code = match error.kind() {
        std::io::ErrorKind::NotFound => Code::NotFound,
        std::io::ErrorKind::PermissionDenied => Code::Permission,
        _ => Code::BadInput,
    };
    Problem::new(code, format!("a file to save cannot be read: {error} ({})", path.display()), "Check the file.")
}

/// The bytes as Google's client takes them: piece by piece, and again from where it was cut.
struct Source {
    data: Opened,
    at: u64,
    size: u64,
    watch: Arc<Watch>,
    job: Job,
}

enum Opened {
    Bytes(Bytes),
    File(PathBuf, File),
}

impl Source {
    async fn open(data: &Data, size: u64, watch: Arc<Watch>, job: Job) -> Result<Source> {
        let data = match data {
            Data::Bytes(bytes) => Opened::Bytes(bytes.clone()),
            Data::File(path) => {
                let file = File::open(path).await.map_err(|error| unreadable(path, &error))?;
                Opened::File(path.clone(), file)
            }
        };
        Ok(Source { data, at: 0, size, watch, job })
    }

    async fn piece(&mut self) -> std::result::Result<Bytes, Problem> {
        let length = usize::try_from(self.size - self.at).unwrap_or(PIECE).min(PIECE);
        match &mut self.data {
            Opened::Bytes(bytes) => {
                let start = usize::try_from(self.at).unwrap_or(usize::MAX).min(bytes.len());
                Ok(bytes.slice(start..(start + length).min(bytes.len())))
            }
            Opened::File(path, file) => {
                let mut buffer = vec![0; length];
                file.read_exact(&mut buffer).await.map_err(|error| match error.kind() {
                    std::io::ErrorKind::UnexpectedEof => Problem::bad(
                        format!("a file became shorter while it was saved; nothing was ({})", path.display()),
                        "Save it when nothing writes to it.",
                    ),
                    _ => unreadable(path, &error),
                })?;
                Ok(buffer.into())
            }
        }
    }
}

impl StreamingSource for Source {
    type Error = Problem;

    async fn next(&mut self) -> Option<std::result::Result<Bytes, Problem>> {
        if self.at >= self.size {
            return None;
        }
        let piece = self.piece().await;
        if let Ok(piece) = &piece {
            self.at += piece.len() as u64;
            self.watch.sent();
            // Who waits for the upload hears of a cancel, too, and drops it.
            let _ = self.job.step(self.at as usize, self.size as usize);
        }
        Some(piece)
    }

    async fn size_hint(&self) -> std::result::Result<SizeHint, Problem> {
        Ok(SizeHint::with_exact(self.size))
    }
}

impl Seek for Source {
    type Error = Problem;

    async fn seek(&mut self, offset: u64) -> std::result::Result<(), Problem> {
        self.at = offset.min(self.size);
        self.watch.goes_on_from(self.at);
        if let Opened::File(path, file) = &mut self.data {
            file.seek(SeekFrom::Start(self.at)).await.map_err(|error| unreadable(path, &error))?;
        }
        Ok(())
    }
}
