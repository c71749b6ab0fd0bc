//! A frame as a Parquet part, with the marks of the columns that look ahead.

use std::path::Path;

use polars::prelude::{DataFrame, KeyValueMetadata, ParquetWriter};

use crate::engine::quoted;
use crate::error::{IoContext as _, Result};
use crate::schema::{Descriptions, Marks};

/// The key under which a part keeps its marks.
pub(crate) const MARKS_KEY: &str = "algomosaic.labels";

/// The key under which a part keeps what its columns mean.
pub(crate) const DESCRIPTIONS_KEY: &str = "algomosaic.descriptions";

/// How the engine writes a part: small groups keep memory low; the second version of the format costs a quarter less time
/// for prices. No dictionaries: the engine's (1.5.5) takes -0.0 and 0.0 for one value.
pub(crate) const PART_OPTIONS: &str =
    "COMPRESSION zstd, PARQUET_VERSION V2, ROW_GROUP_SIZE 61440, DICTIONARY_SIZE_LIMIT 0, WRITE_BLOOM_FILTER false";

/// The statement that writes the rows of a SELECT, in its order, as a part.
pub(crate) fn into_part(select: &str, path: &Path, marks: &Marks) -> String {
    into_described_part(select, path, marks, &Descriptions::new())
}

/// [`into_part`] with what the columns mean.
pub(crate) fn into_described_part(select: &str, path: &Path, marks: &Marks, descriptions: &Descriptions) -> String {
    let entry = |key: &str, value: String| format!("{}: {}", quoted(key), quoted(&value));
    let mut metadata = entry(MARKS_KEY, serde_json::to_string(marks).unwrap_or_default());
    if !descriptions.is_empty() {
        let text = serde_json::to_string(descriptions).unwrap_or_default();
        metadata = format!("{metadata}, {}", entry(DESCRIPTIONS_KEY, text));
    }
    format!(
        "COPY ({select}) TO {} (FORMAT parquet, {PART_OPTIONS}, KV_METADATA {{{metadata}}})",
        quoted(&path.to_string_lossy()),
    )
}

/// Writes a frame as Parquet (zstd).
pub(crate) fn write_part(path: &Path, frame: &DataFrame, marks: &Marks) -> Result<()> {
    let file = std::fs::File::create(path).at("writing a part", path)?;
    write(file, frame, marks)
}

/// A frame as the bytes of a Parquet file.
pub fn part_bytes(frame: &DataFrame, marks: &Marks) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    write(&mut bytes, frame, marks)?;
    Ok(bytes)
}

fn write(to: impl std::io::Write, frame: &DataFrame, marks: &Marks) -> Result<()> {
    let text = serde_json::to_string(marks).unwrap_or_default();
    ParquetWriter::new(std::io::BufWriter::new(to))
        .with_key_value_metadata(Some(KeyValueMetadata::from_static(vec![(MARKS_KEY.to_owned(), text)])))
        .finish(&mut frame.clone())?;
    Ok(())
}

/// The marks in a Parquet file; none for a file of another form.
pub fn marks_of_file(path: &Path) -> Result<Marks> {
    if path.extension().is_none_or(|ending| !ending.eq_ignore_ascii_case("parquet")) {
        return Ok(Marks::new());
    }
    let connection = crate::engine::Engine::with_files(&crate::limits::Limits::default())?.connection()?;
    crate::warehouse::marks(&connection, &[path.to_owned()])
}
