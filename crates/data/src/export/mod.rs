//! Rows as a file, by the file's ending: CSV, JSON, NDJSON, Parquet, Arrow IPC or Excel. Written under a temporary name,
//! renamed last. A table and a query's rows need not fit into memory.
//!
//! What a value becomes in a text file stands at [`Cell`](crate::Cell). In CSV, NULL is an empty field and the empty text is
//! `""`. Text is written exactly as it is, also when it begins with `=`: a spreadsheet that opens the CSV may take it for a
//! formula. In Excel files text is always text.

mod excel;
mod text;

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use algomosaic_core::{Code, Job, Problem};
use arrow::array::RecordBatch;
use arrow::datatypes::{Schema, SchemaRef};
use arrow::ipc::writer::FileWriter;
use duckdb::Connection;
use polars::prelude::DataFrame;

use crate::arrow_bridge;
use crate::cell::cells;
use crate::commit::{Staging, sync_folder, unique};
use crate::damage::blamed;
use crate::engine::{self, Engine, quoted, read_parts};
use crate::error::{IoContext as _, Result};
use crate::limits::Limits;
use crate::part::{MARKS_KEY, write_part};
use crate::prepared::Prepared;
use crate::progress::told;
use crate::schema::{Marks, columns_of};
use crate::table_name::TableName;
use crate::warehouse::Warehouse;

pub use text::csv_text;

/// Values that are in memory at a time.
const PAGE_VALUES: u64 = 1_000_000;

/// The form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutFormat {
    /// Comma-separated, with a header; NULL is empty, the empty text is `""`.
    Csv,
    /// One array of objects.
    Json,
    /// An object a line.
    NdJson,
    /// Parquet, zstd.
    Parquet,
    /// An Arrow IPC file.
    Arrow,
    /// Excel. Whole numbers of more than 15 digits, NUMERIC, NaN and the infinities, and times finer than a millisecond or
    /// before March 1900 are text, since Excel would change them.
    Excel,
}

impl OutFormat {
    /// The form a file's ending asks for.
    pub fn of(path: &Path) -> std::result::Result<OutFormat, Problem> {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
        match ending.as_str() {
            "csv" => Ok(OutFormat::Csv),
            "json" => Ok(OutFormat::Json),
            "ndjson" | "jsonl" => Ok(OutFormat::NdJson),
            "parquet" => Ok(OutFormat::Parquet),
            "arrow" | "feather" | "ipc" => Ok(OutFormat::Arrow),
            "xlsx" => Ok(OutFormat::Excel),
            _ => Err(Problem::bad(
                format!("{} does not say by its ending what to write", path.display()),
                "End it in .csv, .json, .ndjson, .parquet, .arrow or .xlsx.",
            )),
        }
    }
}

/// Writes a frame to a file, whose folder is made where it is missing.
pub fn write_frame(path: &Path, frame: &DataFrame, marks: &Marks) -> Result<()> {
    let format = OutFormat::of(path)?;
    atomically(path, |to| match format {
        OutFormat::Parquet => write_part(to, frame, marks),
        OutFormat::Arrow => {
            // Through Parquet, which the engine turns into Arrow batches.
            let part = to.with_extension("part");
            let written = write_part(&part, frame, marks).and_then(|()| {
                let engine = Engine::with_files(&Limits::default())?;
                write_pages(&engine.connection()?, std::slice::from_ref(&part), marks, format, to, &Job::new())
            });
            // A left-over of a temporary file harms nothing.
            let _ = fs::remove_file(&part);
            written.map(|_| ())
        }
        _ => {
            let mut sink = Sink::create(format, to)?;
            sink.frame(frame)?;
            sink.finish()
        }
    })
}

/// Writes a whole table to a file, some rows at a time; progress by rows. Returns how many.
pub fn export_table(warehouse: &Warehouse, table: &TableName, path: &Path, job: &Job) -> Result<u64> {
    let format = OutFormat::of(path)?;
    let parts = warehouse.parts(table)?;
    let (_, marks) = warehouse.columns(table)?;
    let engine = warehouse.file_engine()?;
    let connection = engine.connection()?;
    atomically(path, |to| write_pages(&connection, &parts, &marks, format, to, job))
        .map_err(|error| blamed(&parts, error, job))
}

impl Prepared<'_> {
    /// Writes its rows to a file; they need not fit into memory. `limit` bounds them. Returns how many.
    pub fn export(&self, path: &Path, limit: Option<u64>, job: &Job) -> Result<u64> {
        let format = OutFormat::of(path)?;
        self.gives_rows()?;
        let (_, marks) = self.columns(job)?;
        let staging = Staging::create(self.warehouse.root(), &unique())?;
        let transaction = staging.transaction()?;
        // First into a part, so that whatever can fail in the query has failed before the file is begun.
        let part = transaction.folder().join("result.parquet");
        let sql = match limit {
            Some(limit) => format!("SELECT * FROM ({}) LIMIT {limit}", self.rows_sql(job)?),
            None => self.rows_sql(job)?,
        };
        copy(&self.connection, &sql, &part, &marks, &job.part(0.0, 0.5)).map_err(|error| self.blamed(error, job))?;
        let engine = self.warehouse.file_engine()?;
        let connection = engine.connection()?;
        let written = job.part(0.5, 1.0);
        atomically(path, |to| write_pages(&connection, std::slice::from_ref(&part), &marks, format, to, &written))
    }
}

/// Lets `write` write a temporary file beside `path`, and renames it.
fn atomically<T>(path: &Path, write: impl FnOnce(&Path) -> Result<T>) -> Result<T> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).at("making a folder", folder)?;
    let temporary = folder.join(format!(".{}.tmp", unique()));
    let written = write(&temporary).and_then(|done| {
        File::open(&temporary).and_then(|file| file.sync_all()).at("syncing a file", path)?;
        fs::rename(&temporary, path).at("writing a file", path)?;
        Ok(done)
    });
    if written.is_err() {
        // What is left of a failed file is only in the way.
        let _ = fs::remove_file(&temporary);
    }
    let done = written?;
    sync_folder(folder)?;
    Ok(done)
}

fn copy(connection: &Connection, sql: &str, to: &Path, marks: &Marks, job: &Job) -> Result<u64> {
    let marks = serde_json::to_string(marks).unwrap_or_default();
    let copy = format!(
        "COPY ({sql}) TO {} (FORMAT parquet, COMPRESSION zstd, DICTIONARY_SIZE_LIMIT 0, KV_METADATA {{{}: {}}})",
        quoted(&to.to_string_lossy()),
        quoted(MARKS_KEY),
        quoted(&marks)
    );
    told(connection, job, || engine::changed(connection, &copy, job))
}

/// Writes the rows of parts, some at a time, in their order.
fn write_pages(
    connection: &Connection,
    parts: &[PathBuf],
    marks: &Marks,
    format: OutFormat,
    to: &Path,
    job: &Job,
) -> Result<u64> {
    let all = read_parts(parts);
    if format == OutFormat::Parquet {
        return copy(connection, &format!("SELECT * FROM {all}"), to, marks, job);
    }
    let (schema, none) = batches(connection, &format!("SELECT * FROM {all} LIMIT 0"), job)?;
    let columns = schema.fields().len().max(1) as u64;
    let page = (PAGE_VALUES / columns).max(1);
    let counts: Vec<u64> = parts
        .iter()
        .map(|part| {
            let sql = format!(
                "SELECT CAST(num_rows AS UBIGINT) FROM parquet_file_metadata({})",
                quoted(&part.to_string_lossy())
            );
            Ok(connection.query_row(&sql, [], |row| row.get(0))?)
        })
        .collect::<Result<_>>()?;
    let total: u64 = counts.iter().sum();
    if format == OutFormat::Excel {
        excel::check_size(total, columns)?;
    }
    let mut sink = match format {
        OutFormat::Arrow => Sink::arrow(&schema, marks, to)?,
        _ => Sink::create(format, to)?,
    };
    // Without a row there is still a header.
    sink.batches(&schema, &none)?;
    let mut done = 0;
    for (part, rows) in parts.iter().zip(counts) {
        let part = quoted(&part.to_string_lossy());
        for start in (0..rows).step_by(usize::try_from(page).unwrap_or(usize::MAX)) {
            job.step(usize::try_from(done).unwrap_or(usize::MAX), usize::try_from(total).unwrap_or(usize::MAX))?;
            let end = (start + page).min(rows);
            // By name, since a later part may have columns that an earlier one lacks.
            let sql = format!(
                "SELECT * FROM (SELECT * FROM {all} LIMIT 0) UNION ALL BY NAME SELECT * EXCLUDE (file_row_number) \
                 FROM read_parquet({part}, file_row_number = true) WHERE file_row_number >= {start} AND file_row_number < {end}"
            );
            let (_, found) = batches(connection, &sql, job)?;
            sink.batches(&schema, &found)?;
            done += end - start;
        }
    }
    sink.finish()?;
    Ok(done)
}

/// The result of a statement as Arrow batches.
fn batches(connection: &Connection, sql: &str, job: &Job) -> Result<(SchemaRef, Vec<RecordBatch>)> {
    engine::interrupted(connection, job, || {
        let mut statement = connection.prepare(sql)?;
        let result = statement.query_arrow([])?;
        Ok((result.get_schema(), result.collect()))
    })
}

/// A file that is being written.
enum Sink {
    Text(text::TextFile),
    Arrow(Box<FileWriter<BufWriter<File>>>),
    Excel(Box<excel::Sheet>),
}

impl Sink {
    fn create(format: OutFormat, to: &Path) -> Result<Sink> {
        Ok(match format {
            OutFormat::Excel => Sink::Excel(Box::new(excel::Sheet::create(to)?)),
            OutFormat::Json => Sink::Text(text::TextFile::create(to, text::Form::Json)?),
            OutFormat::NdJson => Sink::Text(text::TextFile::create(to, text::Form::NdJson)?),
            _ => Sink::Text(text::TextFile::create(to, text::Form::Csv)?),
        })
    }

    fn arrow(schema: &SchemaRef, marks: &Marks, to: &Path) -> Result<Sink> {
        let file = BufWriter::new(File::create(to).at("writing a file", to)?);
        let marks = serde_json::to_string(marks).unwrap_or_default();
        let metadata = [(MARKS_KEY.to_owned(), marks)].into();
        let schema = Schema::new_with_metadata(schema.fields().clone(), metadata);
        Ok(Sink::Arrow(Box::new(FileWriter::try_new(file, &schema).map_err(arrow_failed)?)))
    }

    fn batches(&mut self, schema: &SchemaRef, found: &[RecordBatch]) -> Result<()> {
        let Sink::Arrow(writer) = self else { return self.frame(&arrow_bridge::frame(schema, found)?) };
        for batch in found {
            let schema = Arc::clone(writer.schema());
            let batch = RecordBatch::try_new(schema, batch.columns().to_vec()).map_err(arrow_failed)?;
            writer.write(&batch).map_err(arrow_failed)?;
        }
        Ok(())
    }

    fn frame(&mut self, frame: &DataFrame) -> Result<()> {
        let columns = columns_of(frame);
        match self {
            Sink::Text(text) => text.rows(&columns, cells(frame)?),
            Sink::Excel(sheet) => sheet.rows(&columns, cells(frame)?),
            // Arrow is written from batches alone.
            Sink::Arrow(_) => Ok(()),
        }
    }

    fn finish(self) -> Result<()> {
        match self {
            Sink::Text(text) => text.finish(),
            Sink::Excel(sheet) => sheet.finish(),
            Sink::Arrow(mut writer) => {
                writer.finish().map_err(arrow_failed)?;
                writer.get_mut().flush().at("writing a file", Path::new("arrow"))
            }
        }
    }
}

fn arrow_failed(error: arrow::error::ArrowError) -> Problem {
    Problem::new(Code::Internal, format!("Arrow could not be written: {error}"), "Check that the disk has space.")
}
