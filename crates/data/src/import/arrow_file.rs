//! Arrow IPC, a file or a stream, batch by batch into temporary Parquet files that the engine reads. One batch at a time is in
//! memory.

use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use algomosaic_core::{Job, Problem};
use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::ipc::reader::{FileReader, StreamReader};

use crate::arrow_bridge;
use crate::error::{IoContext as _, Result};
use crate::part::write_part;
use crate::schema::Marks;

/// Rows that are put together into one temporary file.
const FILE_ROWS: usize = 500_000;

/// Copies an Arrow file to Parquet files in a folder; at least one, also without rows. Returns them and the marks it carries.
pub(super) fn to_parquet(from: &Path, folder: &Path, name: &str, job: &Job) -> Result<(Vec<PathBuf>, Marks)> {
    let broken = |error: ArrowError| {
        Problem::bad(
            format!("{name} cannot be read as ARROW: {error}"),
            "Check that the file is whole and its ending says what it is.",
        )
    };
    let mut magic = [0; 6];
    let mut file = File::open(from).at("reading the file", from)?;
    let is_file = file.read_exact(&mut magic).is_ok() && &magic == b"ARROW1";
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
                false => arrow::compute::cast(column, field.data_type()),
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

/// The columns with every dictionary replaced by what it stands for.
fn plain_schema(schema: &Schema) -> Schema {
    let plain = |kind: &DataType| match kind {
        DataType::Dictionary(_, of) => (**of).clone(),
        DataType::Float16 => DataType::Float32,
        other => other.clone(),
    };
    Schema::new(
        schema
            .fields()
            .iter()
            .map(|field| Field::new(field.name(), plain(field.data_type()), true))
            .collect::<Vec<_>>(),
    )
}
