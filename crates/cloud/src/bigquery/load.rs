//! Parquet files into a table, whole or not at all, and once even when asked twice under the same identifier.
//! A file goes up in pieces; where the line breaks, BigQuery is asked how much it has, and the rest follows.

use std::io::SeekFrom;
use std::path::{Path, PathBuf};
use std::time::Duration;

use algomosaic_core::{Code, Job, Problem};
use bytes::Bytes;
use http::header::{CONTENT_RANGE, LOCATION, RANGE};
use http::{HeaderName, HeaderValue};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncSeekExt};

use super::remote::{Finished, Poll, Reference, UnderWay, placed};
use super::table::expiration;
use super::tries::Tries;
use super::{BigQuery, Field, Labels, Partition, TableName, number};
use crate::error::{Error, Result};
use crate::http::{Answer, Ask};

/// Bytes sent at a time: a multiple of 256 KiB, as the interface wants, and sent in time over a slow line.
const PIECE: u64 = 8 << 20;

/// After this time the table that several files are gathered in is dropped, should nobody come back to it.
const STAGING_LASTS: Duration = Duration::from_secs(24 * 3600);

/// What to do with the rows that the table has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Write {
    /// Keep them, and add the new ones.
    Append,
    /// Put the new ones in their place.
    Replace,
    /// There must be none.
    Create,
}

impl Write {
    fn disposition(self) -> &'static str {
        match self {
            Write::Append => "WRITE_APPEND",
            Write::Replace => "WRITE_TRUNCATE",
            Write::Create => "WRITE_EMPTY",
        }
    }
}

/// How Parquet files become a table.
#[derive(Debug, Clone)]
pub struct Load {
    /// What to do with the rows that the table has.
    pub write: Write,
    /// The columns; empty to take them from the files, or, where rows are appended, from the table. Needed where a file
    /// cannot say the type (JSON), and to keep descriptions where rows are replaced.
    pub fields: Vec<Field>,
    /// The columns by which rows lie together.
    pub clustering: Vec<String>,
    /// How the table is cut into parts.
    pub partition: Option<Partition>,
    /// Labels of the jobs.
    pub labels: Labels,
}

impl Load {
    /// Columns as the files have them.
    pub fn new(write: Write) -> Load {
        Load { write, fields: Vec::new(), clustering: Vec::new(), partition: None, labels: Labels::new() }
    }

    fn configuration(&self, into: &TableName, write: Write) -> Value {
        let mut load = json!({
            "destinationTable": into.to_json(),
            "sourceFormat": "PARQUET",
            "writeDisposition": write.disposition(),
            // A list is a list, not a structure that holds one.
            "parquetOptions": {"enableListInference": true},
            "decimalTargetTypes": ["NUMERIC", "BIGNUMERIC"],
        });
        if !self.fields.is_empty() {
            load["schema"] = Field::schema(&self.fields);
        }
        if !self.clustering.is_empty() {
            load["clustering"] = json!({"fields": self.clustering});
        }
        if let Some(partition) = &self.partition {
            load["timePartitioning"] = partition.to_json();
        }
        json!({"load": load, "labels": self.labels})
    }
}

/// What a load did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// The identifier of its job.
    pub job_id: String,
    /// Rows that were written.
    pub rows: u64,
    /// Bytes that were sent.
    pub bytes: u64,
    /// Whether it had been done before under this identifier, so that nothing was sent.
    pub before: bool,
}

impl BigQuery {
    /// Loads Parquet files into a table. All of them or none: several are gathered in a table of their own first, which
    /// is then copied at once. The same `job_id` (letters, digits, `-`, `_`) a second time waits for the first, whose
    /// outcome it gives; after a failure take a new one. Loading costs nothing.
    ///
    /// # Errors
    /// A file cannot be read or has other columns, the table has rows and should not, no permission, no network, cancelled.
    pub fn load(&self, files: &[PathBuf], into: &TableName, load: &Load, job_id: &str, job: &Job) -> Result<Loaded> {
        let plain = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_');
        if job_id.is_empty() || job_id.len() > 900 || !job_id.chars().all(plain) {
            return Err(Problem::bad(
                format!("{job_id:?} is no identifier of a job"),
                "Use letters, digits, - and _, at most 900 of them.",
            )
            .into());
        }
        if files.is_empty() {
            return Err(Problem::bad("there is no file to load", "Give at least one Parquet file.").into());
        }
        let under_way = UnderWay::default();
        self.run(job, &under_way, async {
            let doing = format!("loading into {into}");
            let reference = self.reference(job_id);
            if let Some(document) = self.job_if_any(&doing, &reference).await? {
                let reference = placed(&reference, &document);
                let finished = self.wait_for(&doing, &reference, Poll::Status, &under_way, job).await?;
                return Ok(self.loaded(&reference, &finished, 0, true));
            }
            let mut load = load.clone();
            if load.write == Write::Append && load.fields.is_empty() {
                // The files alone would not say which columns are never NULL.
                load.fields = match self.described(into).await {
                    Ok(table) => table.fields,
                    Err(error) if error.status() == Some(404) => Vec::new(),
                    Err(error) => return Err(error),
                };
            }
            let task = Task { load: &load, doing: &doing, under_way: &under_way, job };
            let mut sizes = Vec::new();
            for file in files {
                sizes.push(tokio::fs::metadata(file).await.map_err(|error| unreadable(file, &error))?.len());
            }
            let all: u64 = sizes.iter().sum();
            if let [file] = files {
                let configuration = load.configuration(into, load.write);
                let (reference, finished) = self.send_file(&task, &reference, &configuration, file, (0, all)).await?;
                return Ok(self.loaded(&reference, &finished, all, false));
            }
            self.load_together(&task, files, &sizes, into, &reference).await
        })
    }

    async fn load_together(
        &self,
        task: &Task<'_>,
        files: &[PathBuf],
        sizes: &[u64],
        into: &TableName,
        reference: &Reference,
    ) -> Result<Loaded> {
        let all: u64 = sizes.iter().sum();
        let staging = TableName { table: format!("_staging_{}", reference.id), ..into.clone() };
        let (mut done, mut rows) = (0, 0);
        for (index, (file, size)) in files.iter().zip(sizes).enumerate() {
            let part = self.reference(&format!("{}_{index}", reference.id));
            // The first one clears what a try that broke off left, and a repeated one is not loaded again.
            let write = if index == 0 { Write::Replace } else { Write::Append };
            let configuration = task.load.configuration(&staging, write);
            let finished = match self.job_if_any(task.doing, &part).await? {
                Some(document) => {
                    let part = placed(&part, &document);
                    self.wait_for(task.doing, &part, Poll::Status, task.under_way, task.job).await?
                }
                None => self.send_file(task, &part, &configuration, file, (done, all)).await?.1,
            };
            if index == 0 {
                self.expire(&staging).await?;
            }
            rows += number(&finished.document["statistics"]["load"]["outputRows"]).unwrap_or(0);
            done += size;
        }
        let copy = json!({
            "copy": {
                "sourceTable": staging.to_json(),
                "destinationTable": into.to_json(),
                "writeDisposition": task.load.write.disposition(),
            },
            "labels": task.load.labels,
        });
        let copied = self.do_job(task.doing, reference, &copy, Poll::Status, task.under_way, task.job).await;
        // It goes by itself tomorrow, should this fail.
        let _ = self.dropped(&staging).await;
        let (reference, _) = copied?;
        Ok(Loaded { job_id: reference.id, rows, bytes: all, before: false })
    }

    async fn expire(&self, table: &TableName) -> Result<()> {
        let doing = format!("setting the end of {table}");
        let body = json!({"expirationTime": expiration(STAGING_LASTS)});
        let ask = Ask::new(&doing, Method::PATCH, self.table_url(table, &[])?).json(&body)?.safe();
        self.http.send(ask).await.map(drop)
    }

    fn loaded(&self, reference: &Reference, finished: &Finished, bytes: u64, before: bool) -> Loaded {
        let rows = number(&finished.document["statistics"]["load"]["outputRows"])
            .or_else(|| number(&finished.document["statistics"]["copy"]["copiedRows"]))
            .unwrap_or(0);
        Loaded { job_id: reference.id.clone(), rows, bytes, before }
    }

    /// Sends one file and waits for its job. `progress`: bytes sent before it, and of all files.
    async fn send_file(
        &self,
        task: &Task<'_>,
        reference: &Reference,
        configuration: &Value,
        file: &Path,
        progress: (u64, u64),
    ) -> Result<(Reference, Finished)> {
        // The job begins with the last piece.
        task.under_way.set(Some(reference));
        let document = self.upload(task, reference, configuration, file, progress).await?;
        let reference = placed(reference, &document);
        task.job.stage("BigQuery reads the file")?;
        let finished = self.wait_for(task.doing, &reference, Poll::Status, task.under_way, task.job).await?;
        Ok((reference, finished))
    }

    /// Sends a file, and gives the job that reads it.
    async fn upload(
        &self,
        task: &Task<'_>,
        reference: &Reference,
        configuration: &Value,
        path: &Path,
        (before, all): (u64, u64),
    ) -> Result<Value> {
        let doing = task.doing;
        let unreadable = |error: std::io::Error| unreadable(path, &error);
        let mut file = tokio::fs::File::open(path).await.map_err(unreadable)?;
        let size = file.metadata().await.map_err(unreadable)?.len();
        if size == 0 {
            return Err(Problem::bad(
                format!("{} is empty, which no Parquet file is", path.display()),
                "Write the file again.",
            )
            .into());
        }
        let session = match self.begin(doing, reference, configuration, size).await {
            // It came to be between the question and now.
            Err(error) if error.status() == Some(409) => return self.job_status(doing, reference).await,
            other => other?,
        };
        let mut at = 0;
        let mut tries = Tries::new(&self.http);
        let over = |error: &Error| matches!(error.status(), Some(404 | 409 | 410));
        loop {
            task.job.step((before + at) as usize, all as usize)?;
            let length = PIECE.min(size - at);
            file.seek(SeekFrom::Start(at)).await.map_err(unreadable)?;
            let mut piece = vec![0; length as usize];
            file.read_exact(&mut piece).await.map_err(unreadable)?;
            let mut range = format!("bytes {at}-{}/{size}", at + length - 1);
            let mut piece = Bytes::from(piece);
            let answer = loop {
                match self.put(doing, &session, &range, piece).await {
                    Ok(answer) => break answer,
                    // The session ends when the job begins: then there is one.
                    Err(error) if over(&error) => {
                        return self.job_if_any(doing, reference).await?.ok_or(error);
                    }
                    Err(error) => tries.failed(error).await?,
                }
                // How much arrived is unknown until it is asked for.
                (range, piece) = (format!("bytes */{size}"), Bytes::new());
            };
            if answer.status != StatusCode::PERMANENT_REDIRECT {
                task.job.step((before + size) as usize, all as usize)?;
                return serde_json::from_slice(&answer.body).map_err(|error| self.http.malformed(doing, &error));
            }
            let next = received(&answer);
            if next >= size {
                return Err(self.http.malformed(doing, &format!("it has {next} of {size} bytes and wants more")));
            }
            if next > at {
                tries.ahead();
            } else {
                tries.failed(self.lost(doing)).await?;
            }
            at = next;
        }
    }

    /// Begins to send a file, and gives the address that takes its pieces.
    async fn begin(&self, doing: &str, reference: &Reference, configuration: &Value, size: u64) -> Result<String> {
        let parts = [self.project.as_str(), "jobs"];
        let url = self.address("upload/bigquery/v2/projects", &parts, &[("uploadType", "resumable")])?;
        let body = self.job_document(reference, configuration);
        let ask = Ask::new(doing, Method::POST, url)
            .json(&body)?
            .header(
                HeaderName::from_static("x-upload-content-type"),
                HeaderValue::from_static("application/octet-stream"),
            )
            .header(HeaderName::from_static("x-upload-content-length"), HeaderValue::from(size))
            .safe();
        let answer = self.http.send(ask).await?;
        let session = answer.headers.get(LOCATION).and_then(|location| location.to_str().ok()).unwrap_or_default();
        if !self.is_ours(session) {
            return Err(self.http.malformed(doing, &"it names no address for the file, or one of someone else"));
        }
        Ok(session.to_owned())
    }

    /// Whether a token may go to the address: the same host, or another one of Google's.
    fn is_ours(&self, address: &str) -> bool {
        let (Ok(to), Ok(ours)) = (url::Url::parse(address), url::Url::parse(&self.root)) else { return false };
        let googles = to.scheme() == "https" && to.host_str().is_some_and(|host| host.ends_with(".googleapis.com"));
        to.origin() == ours.origin() || googles
    }

    fn lost(&self, doing: &str) -> Error {
        let why = "nothing of what was sent arrived".to_owned();
        Error::Unreachable { doing: doing.to_owned(), service: self.http.service(), why }
    }

    async fn put(&self, doing: &str, session: &str, range: &str, piece: Bytes) -> Result<Answer> {
        let range = HeaderValue::from_str(range).map_err(|error| self.http.malformed(doing, &error))?;
        let mut ask = Ask::new(doing, Method::PUT, session).header(CONTENT_RANGE, range).never_again();
        ask.body = piece;
        self.http.send(ask).await
    }
}

/// A load under way.
struct Task<'a> {
    load: &'a Load,
    doing: &'a str,
    under_way: &'a UnderWay,
    job: &'a Job,
}

/// How many bytes arrived: `Range: bytes=0-41` is 42, and none where it is missing.
fn received(answer: &Answer) -> u64 {
    let range = answer.headers.get(RANGE).and_then(|range| range.to_str().ok());
    let last = range.and_then(|range| range.rsplit('-').next()?.trim().parse::<u64>().ok());
    last.map_or(0, |last| last.saturating_add(1))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    let code = match error.kind() {
        std::io::ErrorKind::NotFound => Code::NotFound,
        std::io::ErrorKind::PermissionDenied => Code::Permission,
        _ => Code::BadInput,
    };
    Problem::new(code, format!("{} cannot be read: {error}", path.display()), "Check the file and its rights.").into()
}
