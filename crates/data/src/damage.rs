//! Parts that are gone or cannot be read: which one it is, and the sentence that says so.

use std::path::{Path, PathBuf};

use algomosaic_core::{Job, Problem};

use crate::engine::{self, Engine, read_parts};
use crate::error::{Error, brief};
use crate::limits::Limits;
use crate::results::RESULTS;
use crate::warehouse::marks;

/// A part that its table lists is not there.
pub(crate) fn gone(part: &Path) -> Problem {
    let (table, file) = named(part);
    Problem::bad(
        format!("the part {file} of the table {table} is not there, and a table is read whole or not at all"),
        next_step(&table),
    )
}

/// The list of a table's parts cannot be read.
pub(crate) fn no_list(folder: &Path, why: &str) -> Problem {
    let pointer = folder.join("CURRENT");
    let (table, file) = named(&pointer);
    Problem::bad(
        format!("the table {table} cannot be read: {file}, the list of its parts, is damaged or gone ({why})"),
        next_step(&table),
    )
}

fn damaged(part: &Path, why: &str) -> Problem {
    let (table, file) = named(part);
    let why = brief(why).replace(&*part.to_string_lossy(), &file);
    let why = why.split_once(" Error: ").map_or(&*why, |(_, why)| why);
    Problem::bad(
        format!("the part {file} of the table {table} is damaged and cannot be read ({why})"),
        next_step(&table),
    )
}

/// What went wrong while parts were read. Where one of them is why, it is named: the engine itself often does not.
pub(crate) fn blamed(parts: &[PathBuf], error: Error, job: &Job) -> Error {
    match &error {
        Error::Engine(message) if may_be_damage(message) => {}
        _ => return error,
    }
    match first_damaged(parts, job) {
        Ok(Some(problem)) => problem.into(),
        Ok(None) => error,
        Err(other) => other,
    }
}

/// Whether the engine's words leave it open that a file is damaged: they do not for a statement or a value it refuses.
fn may_be_damage(message: &str) -> bool {
    let kind = message.split_once(" Error: ").map_or("", |(kind, _)| kind);
    let refused = ["Parser", "Binder", "Catalog", "Conversion", "Out of Range", "Out of Memory", "Permission"];
    !refused.contains(&kind) && !message.contains("Error: ~") && !message.contains("No space left on device")
}

/// The first part that cannot be read: the descriptions of all are read first, as they are quick, and then the rows. By an
/// engine of its own, since a damaged file can stop the one that met it.
fn first_damaged(parts: &[PathBuf], job: &Job) -> Result<Option<Problem>, Error> {
    let connection = Engine::with_files(&Limits { threads: Some(1), ..Limits::default() })?.connection()?;
    let describe = |part: &PathBuf| {
        engine::described(&connection, &read_parts(&[part]))?;
        marks(&connection, std::slice::from_ref(part)).map(|_| ())
    };
    let read = |part: &PathBuf| {
        let sql = format!("SELECT bit_xor(hash(rows)) FROM {} AS rows", read_parts(&[part]));
        engine::rows(&connection, &sql, job).map(|_| ())
    };
    for look in [&describe as &dyn Fn(&PathBuf) -> Result<(), Error>, &read] {
        for part in parts {
            match look(part) {
                Err(Error::Engine(_)) if !part.exists() => return Ok(Some(gone(part))),
                Err(Error::Engine(message)) => return Ok(Some(damaged(part, &message))),
                looked => looked?,
            }
        }
    }
    Ok(None)
}

/// `dataset.table`, and the path of a file in it, below the warehouse.
fn named(file: &Path) -> (String, String) {
    let names: Vec<String> = file.iter().map(|name| name.to_string_lossy().into_owned()).collect();
    let below = names.iter().rposition(|name| name == "warehouse").map_or(0, |at| at + 1);
    let below = names.get(below..).unwrap_or_default();
    (below.get(..2).unwrap_or(below).join("."), below.join("/"))
}

fn next_step(table: &str) -> &'static str {
    if table.starts_with(RESULTS) {
        return "Run its query again.";
    }
    "Restore the file from a backup of the folder warehouse, or replace the table (import with --if-exists replace)."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_gone_is_told_with_its_table_and_the_next_step() {
        let problem = gone(Path::new("/warehouse/w/warehouse/market/bars/gen-1/part-1.parquet"));
        assert!(
            problem.message.starts_with("the part market/bars/gen-1/part-1.parquet of the table market.bars is not")
        );
        assert!(problem.hint.contains("--if-exists replace"));
        let problem = gone(Path::new("/w/warehouse/_results/r_1/part-1.parquet"));
        assert_eq!(problem.hint, "Run its query again.");
    }
}
