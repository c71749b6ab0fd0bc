//! What a person queried: the history in `history.ndjson`, and the queries he saved.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use algomosaic_core::Problem;
use algomosaic_data::{io_problem, write_atomically};

use super::kept::{Kept, Text};
use crate::wire::{QueryRecord, SavedQuery};
use crate::workspace::Workspace;

/// Queries the history keeps.
const KEPT: usize = 500;
/// Lines the file may have before the oldest are taken out: not at every query.
const MOST: usize = 600;
/// Bytes of a query in the history; a longer one is cut there.
const LONGEST: usize = 100_000;

/// One writer at a time in this process; the window is the only one that writes.
static WRITING: Mutex<()> = Mutex::new(());

/// Adds a query to the history. That it cannot is no reason to fail what was done: the history is a convenience.
pub(crate) fn remember(workspace: &Workspace, record: &QueryRecord) {
    let mut record = record.clone();
    if record.sql.len() > LONGEST {
        record.sql.truncate(record.sql.floor_char_boundary(LONGEST));
    }
    let _ = append(&path(workspace), &record);
}

fn append(path: &Path, record: &QueryRecord) -> std::io::Result<()> {
    let _writing = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let mut line = serde_json::to_string(record)?;
    line.push('\n');
    fs::File::options().create(true).append(true).open(path)?.write_all(line.as_bytes())?;
    let text = fs::read_to_string(path)?;
    let lines: Vec<&str> = text.lines().collect();
    if lines.len() > MOST {
        let newest = lines[lines.len() - KEPT..].join("\n") + "\n";
        write_atomically(path, newest.as_bytes()).map_err(|error| std::io::Error::other(error.to_string()))?;
    }
    Ok(())
}

/// The last queries, the newest first. A line that cannot be read is left out.
pub(crate) fn history(workspace: &Workspace) -> Result<Vec<QueryRecord>, Problem> {
    let path = path(workspace);
    match fs::read(&path) {
        Ok(bytes) => {
            let text = String::from_utf8_lossy(&bytes);
            let records = text.lines().rev().filter_map(|line| serde_json::from_str(line).ok());
            Ok(records.take(KEPT).collect())
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(io_problem("reading the history", &path, &error)),
    }
}

const QUERIES: Kept = Kept { folder: "queries", ending: "sql", one: "saved query" };

/// Every saved query, by name.
pub(crate) fn list(workspace: &Workspace) -> Result<Vec<SavedQuery>, Problem> {
    Ok(QUERIES.list(workspace)?.into_iter().map(query).collect())
}

/// Saves a query under a name, over one that has it.
pub(crate) fn save(workspace: &Workspace, name: &str, sql: &str) -> Result<SavedQuery, Problem> {
    QUERIES.save(workspace, name, sql).map(query)
}

/// Gives a saved query another name.
pub(crate) fn rename(workspace: &Workspace, name: &str, new_name: &str) -> Result<SavedQuery, Problem> {
    QUERIES.rename(workspace, name, new_name).map(query)
}

/// Deletes a saved query.
pub(crate) fn delete(workspace: &Workspace, name: &str) -> Result<(), Problem> {
    QUERIES.delete(workspace, name)
}

fn query(text: Text) -> SavedQuery {
    SavedQuery { name: text.name, sql: text.text, changed_at: text.changed_at }
}

fn path(workspace: &Workspace) -> PathBuf {
    workspace.root().join("history.ndjson")
}
