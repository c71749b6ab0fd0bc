//! What can go wrong between the program and its data, and the sentence each failure becomes.

use std::io;
use std::path::{Path, PathBuf};

use algomosaic_core::{Cancelled, Code, Problem};

/// A failure of the warehouse, a file or the model store.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file system refused.
    #[error("{action} failed: {source} ({})", path.display())]
    Io {
        /// What was tried, in the reader's words.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The database engine refused.
    #[error("{0}")]
    Engine(String),
    /// A frame could not be made, read or written.
    #[error("{0}")]
    Frame(#[from] polars::prelude::PolarsError),
    /// Something with a sentence of its own.
    #[error(transparent)]
    Problem(#[from] Problem),
    /// Stopped on request.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// The result of anything here.
pub(crate) type Result<T> = std::result::Result<T, Error>;

/// Adds to a failed file operation what was tried and on which file.
pub(crate) trait IoContext<T> {
    fn at(self, action: &'static str, path: &Path) -> Result<T>;
}

impl<T> IoContext<T> for io::Result<T> {
    fn at(self, action: &'static str, path: &Path) -> Result<T> {
        self.map_err(|source| Error::Io { action, path: path.to_owned(), source })
    }
}

impl From<duckdb::Error> for Error {
    fn from(error: duckdb::Error) -> Self {
        match error {
            duckdb::Error::DuckDBFailure(_, Some(message)) => Error::Engine(message),
            other => Error::Engine(other.to_string()),
        }
    }
}

/// A failed file operation as a problem: no right, no space, not there, or unexpected.
pub fn io_problem(action: &str, path: &Path, source: &io::Error) -> Problem {
    let path = path.display();
    match source.kind() {
        io::ErrorKind::PermissionDenied => Problem::new(
            Code::Permission,
            format!("{action} failed: this user may not ({path})"),
            "Change the rights of the folder, or use a workspace in a folder of your own.",
        ),
        io::ErrorKind::ReadOnlyFilesystem => Problem::new(
            Code::Permission,
            format!("{action} failed: the file system is read-only ({path})"),
            "Copy the workspace to a place that can be written.",
        ),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => no_space(action, &path.to_string()),
        io::ErrorKind::NotFound => {
            Problem::not_found(format!("{action} failed: there is no such file ({path})"), "Check the path.")
        }
        io::ErrorKind::IsADirectory => {
            Problem::bad(format!("{action} failed: that is a folder ({path})"), "Name a file in it.")
        }
        _ => Problem::new(
            Code::Internal,
            format!("{action} failed: {source} ({path})"),
            "Check the disk; if it is sound, please report this.",
        ),
    }
}

fn no_space(action: &str, path: &str) -> Problem {
    Problem::new(
        Code::NoSpace,
        format!("{action} failed: no space is left on the disk ({path})"),
        "Free some space and run it again; what was there before is untouched.",
    )
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Io { action, path, source } => io_problem(action, &path, &source),
            Error::Engine(message) if message.contains("No space left on device") => {
                no_space("writing", "the workspace")
            }
            Error::Engine(message) => engine_problem(&message),
            Error::Frame(error) => {
                let text = error.to_string();
                if text.contains("No space left on device") || text.contains("os error 28") {
                    no_space("writing", "the workspace")
                } else {
                    Problem::new(Code::Internal, format!("a frame could not be handled: {text}"), "Please report this.")
                }
            }
            Error::Problem(problem) => problem,
            Error::Cancelled(cancelled) => cancelled.into(),
        }
    }
}

/// The engine's message without its repetition of the statement, which may be long.
pub(crate) fn brief(message: &str) -> String {
    let brief = message.split("\n\n").next().unwrap_or(message);
    brief.split("\nLINE ").next().unwrap_or(brief).trim().replace('\n', " ")
}

/// The engine's message in brief, with a hint by its kind.
fn engine_problem(message: &str) -> Problem {
    let brief = brief(message);
    if let Some((table, part)) = part_named(&brief) {
        return Problem::bad(
            format!("a part of the table {table} is damaged or gone: {part}"),
            "A part file was changed outside of the program; restore it from a backup, or import the table again.",
        );
    }
    let (kind, text) = brief.split_once(" Error: ").unwrap_or(("", &brief));
    // A message of our own, from a rule of BigQuery's that a value broke.
    if let Some(ours) = text.strip_prefix('~').or_else(|| quoted_ours(text)) {
        return Problem::bad(
            format!("the query failed: {ours}"),
            "SAFE_CAST, SAFE_DIVIDE and SAFE.FUNCTION give NULL where a value does not fit.",
        );
    }
    if kind == "Out of Memory" {
        return Problem::bad(
            "the query needs more memory and spill than the workspace allows",
            "Raise memory or spill below [limits] in algomosaic.toml, or select fewer columns or rows.",
        );
    }
    let hint = match kind {
        "Parser" | "Binder" | "Catalog" => {
            "Correct the query. `algom tables` and `algom schema TABLE` list what there is."
        }
        "Conversion" | "Invalid Input" | "Out of Range" => "SAFE_CAST gives NULL where a value does not fit.",
        "IO" | "Invalid" => "A part file of the table may be damaged or gone; restore it from a backup.",
        _ => "Correct the query.",
    };
    Problem::bad(format!("the query failed: {text}"), hint)
}

/// A message of our own within the engine's: the text that a cast could not convert.
fn quoted_ours(text: &str) -> Option<&str> {
    let start = text.find("'~").or_else(|| text.find("\"~"))?;
    let end = text.rfind(&text[start..=start])?;
    text.get(start + 2..end)
}

/// The table and the file of a part that the engine names in its message.
fn part_named(message: &str) -> Option<(String, &str)> {
    let (_, after) = message.rsplit_once("/warehouse/").or_else(|| message.rsplit_once("\\warehouse\\"))?;
    let file = &after[..after.find(".parquet")? + ".parquet".len()];
    let mut names = file.split(['/', '\\']);
    let (dataset, table) = (names.next()?, names.next()?);
    Some((format!("{dataset}.{table}"), file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_part_is_told_with_its_table() {
        let message =
            "Invalid Input Error: No magic bytes found at end of file '/w/warehouse/market/bars/part-1.parquet'";
        let problem = engine_problem(message);
        assert_eq!(problem.message, "a part of the table market.bars is damaged or gone: market/bars/part-1.parquet");
        assert!(engine_problem("Binder Error: no column x").message.contains("no column x"));
    }
}
