//! A frame as a file: CSV, JSON, NDJSON or Parquet, by the file's ending. Written under a temporary name, renamed last.

use std::fs;
use std::path::Path;

use algomosaic_core::Problem;
use polars::prelude::DataFrame;

use crate::cell::cells;
use crate::commit::write_atomically;
use crate::error::{IoContext as _, Result};
use crate::part::part_bytes;
use crate::schema::Marks;

/// The form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutFormat {
    /// Comma-separated, with a header; NULL is empty.
    Csv,
    /// One array of objects.
    Json,
    /// An object a line.
    NdJson,
    /// Parquet, zstd.
    Parquet,
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
            _ => Err(Problem::bad(
                format!("{} does not say by its ending what to write", path.display()),
                "End it in .csv, .json, .ndjson or .parquet.",
            )),
        }
    }
}

/// Writes a frame to a file, whose folder is made where it is missing.
pub fn write_frame(path: &Path, frame: &DataFrame, marks: &Marks) -> Result<()> {
    let bytes = match OutFormat::of(path)? {
        OutFormat::Csv => csv_text(frame)?.into_bytes(),
        OutFormat::Json => json(frame, "[\n", ",\n", "\n]\n")?,
        OutFormat::NdJson => json(frame, "", "\n", "\n")?,
        OutFormat::Parquet => part_bytes(frame, marks)?,
    };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).at("making a folder", folder)?;
    }
    write_atomically(path, &bytes)
}

/// A frame as CSV text with a header.
pub fn csv_text(frame: &DataFrame) -> Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let failed = |error: csv::Error| {
        Problem::new(
            algomosaic_core::Code::Internal,
            format!("CSV could not be written: {error}"),
            "Please report this.",
        )
    };
    writer.write_record(frame.get_column_names().iter().map(|name| name.as_str())).map_err(failed)?;
    for row in cells(frame)? {
        writer.write_record(row.iter().map(crate::Cell::text)).map_err(failed)?;
    }
    let bytes = writer.into_inner().unwrap_or_default();
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn json(frame: &DataFrame, start: &str, between: &str, end: &str) -> Result<Vec<u8>> {
    let names: Vec<&str> = frame.get_column_names().into_iter().map(|name| name.as_str()).collect();
    let mut out = start.to_owned();
    for (index, row) in cells(frame)?.into_iter().enumerate() {
        if index > 0 {
            out.push_str(between);
        }
        let fields = names.iter().map(|name| (*name).to_owned()).zip(row).collect();
        out.push_str(&serde_json::to_string(&crate::Cell::Struct(fields)).unwrap_or_default());
    }
    out.push_str(end);
    Ok(out.into_bytes())
}
