//! Arrow IPC, a file or a stream, batch by batch into temporary Parquet files that the engine reads. One batch at a time is in
//! memory.

use std::cell::Cell;
use std::fs::File;
use std::io::{BufReader, ErrorKind, Read as _};
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Once};

use algomosaic_core::{Job, Problem};
use arrow::array::RecordBatch;
use arrow::compute::CastOptions;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::ipc::reader::{FileReader, StreamReader};

use crate::arrow_bridge;
use crate::error::{Error, IoContext as _, Result};
use crate::part::write_part;
use crate::schema::Marks;

use super::arrow_shape;

/// Rows that are put together into one temporary file.
const FILE_ROWS: usize = 500_000;

thread_local! {
    /// Whether a panic of this thread is caught and told in a sentence.
    static CAUGHT: Cell<bool> = const { Cell::new(false) };
}

/// Copies an Arrow file to Parquet files in a folder; at least one, also without rows. Returns them and the marks it carries.
/// The reader panics at some damage and some types: that is a file that cannot be read.
pub(super) fn to_parquet(from: &Path, folder: &Path, name: &str, job: &Job) -> Result<(Vec<PathBuf>, Marks)> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !CAUGHT.get() {
                before(info);
            }
        }));
    });
    CAUGHT.set(true);
    let copied = panic::catch_unwind(AssertUnwindSafe(|| copy(from, folder, name, job)));
    CAUGHT.set(false);
    copied.unwrap_or_else(|_| {
        Err(Problem::bad(
            format!("{name} cannot be read as ARROW: it is damaged, or holds a type that has no form in a table"),
            "Check that the file is whole, or save it as Parquet.",
        )
        .into())
    })
}

fn copy(from: &Path, folder: &Path, name: &str, job: &Job) -> Result<(Vec<PathBuf>, Marks)> {
    let broken = |error: ArrowError| {
        Problem::bad(
            format!("{name} cannot be read as ARROW: {}", brief(&error)),
            "Check that the file is whole and its ending says what it is.",
        )
    };
    let mut magic = [0; 6];
    let mut file = File::open(from).at("reading the file", from)?;
    let is_file = file.read_exact(&mut magic).is_ok() && &magic == b"ARROW1";
    arrow_shape::check(&mut file, is_file).map_err(|error| match error.kind() {
        ErrorKind::InvalidData => broken(ArrowError::ParseError(error.to_string())).into(),
        _ => Error::Io { action: "reading the file", path: from.to_owned(), source: error },
    })?;
    let file = BufReader::new(File::open(from).at("reading the file", from)?);
    let (schema, batches): (SchemaRef, Box<dyn Iterator<Item = std::result::Result<RecordBatch, ArrowError>>>) =
        if is_file {
            let reader = FileReader::try_new(file, None).map_err(broken)?;
            (reader.schema(), Box::new(reader))
        } else {
            let reader = StreamReader::try_new(file, None).map_err(broken)?;
            (reader.schema(), Box::new(reader))
        };
    let marks = schema
        .metadata()
        .get(crate::part::MARKS_KEY)
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default();
    let plain = Arc::new(plain_schema(&schema));
    // What does not fit is refused, not made NULL.
    let exact = CastOptions { safe: false, ..CastOptions::default() };
    let mut files = Vec::new();
    let mut held: Vec<RecordBatch> = Vec::new();
    let mut write = |held: &mut Vec<RecordBatch>| -> Result<()> {
        let path = folder.join(format!("arrow-{}.parquet", files.len()));
        write_part(&path, &arrow_bridge::frame(&plain, held)?, &Marks::new())?;
        held.clear();
        files.push(path);
        Ok(())
    };
    for batch in batches {
        job.check()?;
        let batch = batch.map_err(broken)?;
        let columns = batch
            .columns()
            .iter()
            .zip(plain.fields())
            .map(|(column, field)| match column.data_type() == field.data_type() {
                true => Ok(Arc::clone(column)),
                false => arrow::compute::cast_with_options(column, field.data_type(), &exact),
            })
            .collect::<std::result::Result<Vec<_>, _>>()
            .map_err(broken)?;
        held.push(RecordBatch::try_new(Arc::clone(&plain), columns).map_err(broken)?);
        if held.iter().map(RecordBatch::num_rows).sum::<usize>() >= FILE_ROWS {
            write(&mut held)?;
        }
    }
    write(&mut held)?;
    Ok((files, marks))
}

/// An error without the trace of where in the file's description it was found.
fn brief(error: &ArrowError) -> String {
    let text = error.to_string();
    text.split(['\n', '{']).next().unwrap_or_default().trim().chars().take(200).collect()
}

/// The columns with every dictionary replaced by what it stands for, and every type by one that a table has.
fn plain_schema(schema: &Schema) -> Schema {
    Schema::new(schema.fields().iter().map(|field| plain_field(field)).collect::<Vec<_>>())
}

fn plain_field(field: &Field) -> Field {
    Field::new(field.name(), plain_type(field.data_type()), true)
}

fn plain_type(kind: &DataType) -> DataType {
    match kind {
        DataType::Dictionary(_, of) => plain_type(of),
        DataType::RunEndEncoded(_, of) => plain_type(of.data_type()),
        DataType::Float16 => DataType::Float32,
        DataType::Decimal256(_, scale) => DataType::Decimal128(38, *scale),
        DataType::List(of) | DataType::FixedSizeList(of, _) => DataType::List(Arc::new(plain_field(of))),
        DataType::LargeList(of) => DataType::LargeList(Arc::new(plain_field(of))),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(|field| plain_field(field)).collect()),
        other => other.clone(),
    }
}
