//! Rows of a table as Arrow by the Storage Read interface, several streams at once. A stream whose line breaks goes on at
//! the row where it stopped. It never runs a statement: views are queried first.

use std::sync::Arc;
use std::time::Duration;

use algomosaic_core::{Code, Job, Problem};
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use gcp_bigquery_client::google::cloud::bigquery::storage::v1::arrow_serialization_options::CompressionCodec;
use gcp_bigquery_client::google::cloud::bigquery::storage::v1::big_query_read_client::BigQueryReadClient;
use gcp_bigquery_client::google::cloud::bigquery::storage::v1::read_rows_response;
use gcp_bigquery_client::google::cloud::bigquery::storage::v1::read_session::table_read_options::OutputFormatSerializationOptions;
use gcp_bigquery_client::google::cloud::bigquery::storage::v1::read_session::{Schema, TableReadOptions};
use gcp_bigquery_client::google::cloud::bigquery::storage::v1::{
    ArrowSerializationOptions, CreateReadSessionRequest, DataFormat, ReadRowsRequest, ReadSession,
};
use prost::Message;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tonic::metadata::MetadataValue;
use tonic::transport::{Channel, ClientTlsConfig, Endpoint};
use tonic::{Request, Status};

use super::tries::Tries;
use super::{BigQuery, SERVICE, TableName, arrow_stream};
use crate::error::{Error, Refusal, Result};

/// A message holds up to 100 MiB of rows.
const LARGEST_MESSAGE: usize = 128 << 20;
/// What may be under way unread, so that a long line is used.
const WINDOW: u32 = 16 << 20;
/// Streams that are asked for at most when nobody says.
const STREAMS: usize = 8;

/// How the rows are packed on their way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Compression {
    /// Quick, and about half of numbers.
    #[default]
    Lz4,
    /// Smaller, slower.
    Zstd,
    /// Not at all.
    None,
}

/// Which rows and columns to read.
#[derive(Debug, Clone)]
pub struct Rows<'a> {
    /// The table: not a view.
    pub table: &'a TableName,
    /// The columns; empty for all. They come in the table's order.
    pub columns: &'a [String],
    /// What rows must fulfil, as after WHERE; empty for all rows.
    pub filter: &'a str,
    /// Streams at most; 0 for twice as many as this machine has processors, 8 at most.
    pub streams: usize,
    /// How the rows are packed on their way.
    pub compression: Compression,
}

impl<'a> Rows<'a> {
    /// All of a table.
    pub fn all(table: &'a TableName) -> Rows<'a> {
        Rows { table, columns: &[], filter: "", streams: 0, compression: Compression::default() }
    }
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// The columns, also where there are no rows.
    pub schema: SchemaRef,
    /// The rows.
    pub rows: u64,
    /// The streams that they came in.
    pub streams: usize,
}

type Client = BigQueryReadClient<Channel>;

impl BigQuery {
    /// Reads a table and hands over its rows batch by batch, with the number of the stream that it comes from. The
    /// order within a stream is kept; the table is all of stream 0, then all of stream 1 and so on.
    ///
    /// # Errors
    /// There is no such table, it is a view, a column or the filter is wrong, no permission, no network, cancelled, or
    /// what `each` gives.
    pub fn read(
        &self,
        rows: &Rows<'_>,
        job: &Job,
        mut each: impl FnMut(usize, RecordBatch) -> std::result::Result<(), Problem> + Send,
    ) -> Result<Read> {
        self.runtime.wait(job, async {
            let doing = format!("reading {}", rows.table);
            let session = self.open(&doing, rows).await?;
            let Some(Schema::ArrowSchema(schema)) = session.schema else {
                return Err(self.http.malformed(&doing, &"it has no schema in Arrow's form"));
            };
            let schema =
                arrow_stream::schema(&schema.serialized_schema).map_err(|error| self.http.malformed(&doing, &error))?;
            let streams = session.streams.len();
            let expected = usize::try_from(session.estimated_row_count).unwrap_or(0);

            let (give, mut take) = mpsc::channel(streams.max(1) * 2);
            // They end when this does.
            let mut pulls = JoinSet::new();
            for (index, stream) in session.streams.into_iter().enumerate() {
                let pull = Pull {
                    bigquery: self.clone(),
                    doing: doing.clone(),
                    stream: stream.name,
                    index,
                    schema: Arc::clone(&schema),
                    give: give.clone(),
                };
                pulls.spawn(pull.run());
            }
            drop(give);
            let mut read = 0;
            while let Some(part) = take.recv().await {
                let (index, batch): (usize, RecordBatch) = part?;
                read += batch.num_rows();
                each(index, batch)?;
                job.step(read, expected.max(read))?;
            }
            while let Some(ended) = pulls.join_next().await {
                ended.map_err(|error| Error::Local(format!("{doing} stopped in the middle: {error}")))?;
            }
            Ok(Read { schema, rows: read as u64, streams })
        })
    }

    async fn open(&self, doing: &str, rows: &Rows<'_>) -> Result<ReadSession> {
        let name = &rows.table;
        let table = format!("projects/{}/datasets/{}/tables/{}", name.project, name.dataset, name.table);
        let compression = match rows.compression {
            Compression::Lz4 => CompressionCodec::Lz4Frame,
            Compression::Zstd => CompressionCodec::Zstd,
            Compression::None => CompressionCodec::CompressionUnspecified,
        };
        let processors = std::thread::available_parallelism().map_or(2, usize::from);
        let streams = if rows.streams == 0 { (processors * 2).min(STREAMS) } else { rows.streams };
        let wanted = CreateReadSessionRequest {
            parent: format!("projects/{}", self.project),
            read_session: Some(ReadSession {
                data_format: DataFormat::Arrow.into(),
                table: table.clone(),
                read_options: Some(TableReadOptions {
                    selected_fields: rows.columns.to_vec(),
                    row_restriction: rows.filter.to_owned(),
                    output_format_serialization_options: Some(
                        OutputFormatSerializationOptions::ArrowSerializationOptions(ArrowSerializationOptions {
                            buffer_compression: compression.into(),
                        }),
                    ),
                    ..TableReadOptions::default()
                }),
                ..ReadSession::default()
            }),
            max_stream_count: i32::try_from(streams).unwrap_or(i32::MAX),
            preferred_min_stream_count: 0,
        };
        let mut tries = Tries::new(&self.http);
        loop {
            let opened = async {
                let request = self.request(wanted.clone(), "read_session.table", &table).await?;
                let answer = self.in_time(doing, self.reader()?.create_read_session(request)).await?;
                Ok(answer.into_inner())
            };
            match opened.await {
                Ok(session) => return Ok(session),
                Err(error) => tries.failed(error).await?,
            }
        }
    }

    fn read_address(&self) -> Result<&str> {
        self.read_address.as_deref().ok_or_else(|| {
            Problem::bad(
                format!("BigQuery is an emulator ({}), but where its Storage interface is, is not said", self.root),
                "Set BIGQUERY_STORAGE_EMULATOR_HOST to the host and port that it has for gRPC.",
            )
            .into()
        })
    }

    /// A connection of its own, made when the first request goes out.
    fn reader(&self) -> Result<Client> {
        let address = self.read_address()?;
        let wrong =
            |error: tonic::transport::Error| Error::Local(format!("{address} is no address of BigQuery: {error}"));
        let mut endpoint = Endpoint::from_shared(address.to_owned())
            .map_err(wrong)?
            .user_agent(concat!("algoMosaic/", env!("CARGO_PKG_VERSION")))
            .map_err(wrong)?
            .connect_timeout(Duration::from_secs(10))
            .http2_keep_alive_interval(Duration::from_secs(30))
            .initial_stream_window_size(WINDOW)
            .initial_connection_window_size(WINDOW);
        if address.starts_with("https://") {
            endpoint = endpoint.tls_config(ClientTlsConfig::new().with_enabled_roots()).map_err(wrong)?;
        }
        Ok(BigQueryReadClient::new(endpoint.connect_lazy()).max_decoding_message_size(LARGEST_MESSAGE))
    }

    /// A request with its token and with what Google routes it by.
    async fn request<T>(&self, message: T, key: &str, value: &str) -> Result<Request<T>> {
        let unsendable = || Error::Local("a request cannot be made of these names".to_owned());
        let mut request = Request::new(message);
        let bearer = self.http.bearer(self.read_address()?).await?;
        let mut bearer = MetadataValue::try_from(bearer.as_bytes()).map_err(|_| unsendable())?;
        bearer.set_sensitive(true);
        request.metadata_mut().insert("authorization", bearer);
        let value: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
        let route = format!("{key}={}", value.replace("%2F", "/"));
        request
            .metadata_mut()
            .insert("x-goog-request-params", MetadataValue::try_from(route).map_err(|_| unsendable())?);
        Ok(request)
    }

    async fn in_time<T>(&self, doing: &str, work: impl Future<Output = std::result::Result<T, Status>>) -> Result<T> {
        let after = self.http.patience.answer;
        match tokio::time::timeout(after, work).await {
            Ok(done) => done.map_err(|status| refused(doing, &status)),
            Err(_) => Err(Error::TooSlow { doing: doing.to_owned(), service: SERVICE, after }),
        }
    }
}

/// One stream, read to its end.
struct Pull {
    bigquery: BigQuery,
    doing: String,
    stream: String,
    index: usize,
    schema: SchemaRef,
    give: mpsc::Sender<Result<(usize, RecordBatch)>>,
}

impl Pull {
    async fn run(self) {
        let mut row = 0;
        let mut tries = Tries::new(&self.bigquery.http);
        loop {
            let from = row;
            let Err(error) = self.from(&mut row).await else { return };
            if row > from {
                tries.ahead();
            }
            if let Err(error) = tries.failed(error).await {
                // Who took the rows may be gone.
                let _ = self.give.send(Err(error)).await;
                return;
            }
        }
    }

    /// Reads on from `row`, which counts what was handed over.
    async fn from(&self, row: &mut i64) -> Result<()> {
        let Pull { bigquery, doing, stream, .. } = self;
        let wrong = |error: String| bigquery.http.malformed(doing, &error);
        let wanted = ReadRowsRequest { read_stream: stream.clone(), offset: *row };
        let request = bigquery.request(wanted, "read_stream", stream).await?;
        let mut client = bigquery.reader()?;
        let mut answer = bigquery.in_time(doing, client.read_rows(request)).await?.into_inner();
        while let Some(message) = bigquery.in_time(doing, answer.message()).await? {
            let Some(read_rows_response::Rows::ArrowRecordBatch(batch)) = message.rows else { continue };
            let batch =
                arrow_stream::batch(&self.schema, batch.serialized_record_batch, message.row_count).map_err(wrong)?;
            *row += message.row_count;
            if self.give.send(Ok((self.index, batch))).await.is_err() {
                return Ok(());
            }
        }
        Ok(())
    }
}

/// How long to wait, as a service that is too busy says it: `google.rpc.RetryInfo` in the details of a status.
fn retry_info(status: &Status) -> Option<Duration> {
    #[derive(Message)]
    struct Details {
        #[prost(message, repeated, tag = "3")]
        details: Vec<Any>,
    }
    #[derive(Message)]
    struct Any {
        #[prost(string, tag = "1")]
        type_url: String,
        #[prost(bytes = "vec", tag = "2")]
        value: Vec<u8>,
    }
    #[derive(Message)]
    struct RetryInfo {
        #[prost(message, optional, tag = "1")]
        delay: Option<Span>,
    }
    #[derive(Message)]
    struct Span {
        #[prost(int64, tag = "1")]
        seconds: i64,
        #[prost(int32, tag = "2")]
        nanos: i32,
    }
    let details = Details::decode(status.details()).ok()?;
    let info = details.details.iter().find(|any| any.type_url.ends_with("google.rpc.RetryInfo"))?;
    let span = RetryInfo::decode(info.value.as_slice()).ok()?.delay?;
    Some(Duration::new(u64::try_from(span.seconds).ok()?, u32::try_from(span.nanos).ok()?.min(999_999_999)))
}

/// A status of gRPC as the other interface would say it.
fn refused(doing: &str, status: &Status) -> Error {
    use tonic::Code as Grpc;

    let doing = doing.to_owned();
    let message = status.message().to_owned();
    let broken = std::error::Error::source(status).is_some();
    let number = match status.code() {
        // The line broke: no service said this.
        _ if broken => return Error::Unreachable { doing, service: SERVICE, why: innermost(status) },
        Grpc::Cancelled | Grpc::Aborted | Grpc::Unknown => {
            return Error::Unreachable { doing, service: SERVICE, why: message };
        }
        Grpc::FailedPrecondition if message.contains("expired") => {
            return Error::Problem(Problem::new(
                Code::Remote,
                format!("{doing} failed: BigQuery ended the reading, which may last six hours"),
                "Read fewer columns or rows at a time.",
            ));
        }
        Grpc::Unauthenticated => 401,
        Grpc::PermissionDenied => 403,
        Grpc::NotFound => 404,
        Grpc::AlreadyExists => 409,
        Grpc::ResourceExhausted => 429,
        Grpc::Internal | Grpc::DataLoss => 500,
        Grpc::Unimplemented => 501,
        Grpc::Unavailable => 503,
        Grpc::DeadlineExceeded => 504,
        _ => 400,
    };
    let reason = format!("{:?}", status.code());
    Error::Refused(Box::new(Refusal {
        doing,
        service: SERVICE,
        status: number,
        reason,
        message,
        retry_after: retry_info(status),
        date: None,
    }))
}

fn innermost(status: &Status) -> String {
    let mut cause: &dyn std::error::Error = status;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}
