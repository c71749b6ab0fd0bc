//! What a Parquet file holds and the engine would change on reading (DuckDB 1.5.5): times finer than a microsecond, which it
//! cuts where they are in UTC, are times of day or stand in a list; and decimals of more than 38 digits, which it misreads.

use std::fs::File;
use std::path::PathBuf;

use algomosaic_core::{Job, Problem};
use duckdb::Connection;
use polars::prelude::{ArrowDataType, ArrowTimeUnit, DataType, ParquetReader, SerReader as _, Series, TimeUnit};

use crate::engine::quoted;
use crate::error::{Error, IoContext as _, Result};

use super::files;

/// Rows looked at at a time.
const ROWS: usize = 1_000_000;

/// Refuses a file with such values. `plain` names the columns of plain times, which are looked at where they are read.
pub(super) fn refuse(
    connection: &Connection,
    paths: &[PathBuf],
    name: &str,
    plain: &dyn Fn(&str) -> bool,
    job: &Job,
) -> Result<()> {
    let mut before = 0;
    for path in paths {
        let sql = format!(
            "SELECT name, CAST(coalesce(num_children, 0) AS VARCHAR), CAST(coalesce(precision, 0) AS VARCHAR), \
             coalesce(CAST(logical_type AS VARCHAR), '') FROM parquet_schema({})",
            quoted(&path.to_string_lossy())
        );
        let mut open: Vec<usize> = Vec::new();
        let (mut column, mut fine) = (String::new(), Vec::new());
        for row in files::texts(connection, &sql, job)? {
            let [field, children, precision, kind] =
                &row.into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>()[..]
            else {
                continue;
            };
            if open.len() == 1 {
                column.clone_from(field);
            }
            if precision.parse::<u32>().is_ok_and(|precision| precision > 38) {
                return Err(Problem::bad(
                    format!("{name}: {column} holds decimals of {precision} digits, and at most 38 can be kept"),
                    "Make them decimals of 38 digits, or texts, where the file is made; nothing was written.",
                )
                .into());
            }
            if kind.contains("NANOS=NanoSeconds") && !plain(&column) && fine.last() != Some(&column) {
                fine.push(column.clone());
            }
            if let Some(left) = open.last_mut() {
                *left = left.saturating_sub(1);
            }
            match children.parse().unwrap_or(0) {
                0 => {}
                children => open.push(children),
            }
            while open.last() == Some(&0) {
                open.pop();
            }
        }
        before += look(path, fine, before, name, job)?;
    }
    Ok(())
}

/// The columns that hold durations, each with its unit: a table has them as whole numbers.
pub(super) fn durations(path: &PathBuf) -> Result<Vec<(String, &'static str)>> {
    let file = File::open(path).at("reading the file", path)?;
    // What cannot be read is told where it is read.
    let Ok(schema) = ParquetReader::new(file).schema() else { return Ok(Vec::new()) };
    Ok(schema.iter_values().filter_map(|field| Some((field.name.to_string(), unit(&field.dtype)?))).collect())
}

/// The unit of a duration, or of one within a nested type.
fn unit(kind: &ArrowDataType) -> Option<&'static str> {
    match kind {
        ArrowDataType::Duration(unit) => Some(match unit {
            ArrowTimeUnit::Second => "seconds",
            ArrowTimeUnit::Millisecond => "milliseconds",
            ArrowTimeUnit::Microsecond => "microseconds",
            ArrowTimeUnit::Nanosecond => "nanoseconds",
        }),
        ArrowDataType::List(of) | ArrowDataType::LargeList(of) | ArrowDataType::FixedSizeList(of, _) => unit(&of.dtype),
        ArrowDataType::Struct(fields) => fields.iter().find_map(|field| unit(&field.dtype)),
        _ => None,
    }
}

/// Looks at columns of a file; gives how many rows it has.
fn look(path: &PathBuf, columns: Vec<String>, before: usize, name: &str, job: &Job) -> Result<usize> {
    let open = || File::open(path).at("reading the file", path).map(ParquetReader::new);
    let broken = |error| files::unreadable(name, "PARQUET", Error::Engine(format!("{error}")));
    if columns.is_empty() {
        return Ok(0);
    }
    let rows = open()?.num_rows().map_err(broken)?;
    for start in (0..rows).step_by(ROWS) {
        job.check()?;
        let frame =
            open()?.with_columns(Some(columns.clone())).with_slice(Some((start, ROWS))).finish().map_err(broken)?;
        for column in frame.columns() {
            let Some(row) = finer(column.as_materialized_series(), column.dtype()) else { continue };
            return Err(Problem::bad(
                format!("{name} row {}: {} is finer than a microsecond", before + start + row + 1, column.name()),
                "Round it to microseconds where the file is made; nothing was written.",
            )
            .into());
        }
    }
    Ok(rows)
}

/// The first row with a time that is finer than a microsecond. The values of a list come as counts, so their type is told apart.
fn finer(series: &Series, kind: &DataType) -> Option<usize> {
    match kind {
        DataType::Datetime(TimeUnit::Nanoseconds, _) | DataType::Time => {
            let counts = series.to_physical_repr();
            counts.i64().ok()?.iter().position(|count| count.is_some_and(|count| count % 1000 != 0))
        }
        DataType::List(of) => {
            let lists = series.list().ok()?;
            (0..lists.len()).find(|row| lists.get_as_series(*row).is_some_and(|list| finer(&list, of).is_some()))
        }
        DataType::Struct(fields) => {
            let values = series.struct_().ok()?.fields_as_series();
            values.iter().zip(fields).filter_map(|(values, field)| finer(values, field.dtype())).min()
        }
        _ => None,
    }
}
