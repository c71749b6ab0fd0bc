//! What a person queried: the history in `history.ndjson`, and queries saved as `queries/<name>.sql`, plain files that
//! can be kept with a project and edited anywhere.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use algomosaic_core::{Code, Problem};
use algomosaic_data::{io_problem, write_atomically};

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

/// Every saved query, by name.
pub(crate) fn list(workspace: &Workspace) -> Result<Vec<SavedQuery>, Problem> {
    let folder = folder(workspace);
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(io_problem("reading the saved queries", &folder, &error)),
    };
    let mut found = Vec::new();
    for entry in entries.flatten() {
        let path = entry.path();
        let is_query = path.extension().is_some_and(|ending| ending == "sql");
        if let Some(name) = path.file_stem().map(|name| name.to_string_lossy().into_owned())
            && is_query
            && checked(&name).is_ok()
        {
            found.push(read(&path, name)?);
        }
    }
    found.sort_by_key(|query| query.name.to_lowercase());
    Ok(found)
}

/// Saves a query under a name, over one that has it.
pub(crate) fn save(workspace: &Workspace, name: &str, sql: &str) -> Result<SavedQuery, Problem> {
    workspace.writable()?;
    let path = file(workspace, name)?;
    fs::create_dir_all(folder(workspace)).map_err(|error| io_problem("making a folder", &path, &error))?;
    let text = if sql.ends_with('\n') { sql.to_owned() } else { format!("{sql}\n") };
    write_atomically(&path, text.as_bytes())?;
    read(&path, checked(name)?.to_owned())
}

/// Gives a saved query another name.
pub(crate) fn rename(workspace: &Workspace, name: &str, new_name: &str) -> Result<SavedQuery, Problem> {
    workspace.writable()?;
    let (from, to) = (file(workspace, name)?, file(workspace, new_name)?);
    if !from.exists() {
        return Err(missing(name));
    }
    // On a file system that does not tell cases apart, the other name may be this very file.
    if to.exists() && !checked(name)?.eq_ignore_ascii_case(checked(new_name)?) {
        return Err(Problem::new(
            Code::AlreadyExists,
            format!("there is a saved query {new_name} already"),
            "Choose another name, or delete that one.",
        ));
    }
    fs::rename(&from, &to).map_err(|error| io_problem("renaming a saved query", &to, &error))?;
    read(&to, checked(new_name)?.to_owned())
}

/// Deletes a saved query.
pub(crate) fn delete(workspace: &Workspace, name: &str) -> Result<(), Problem> {
    workspace.writable()?;
    let path = file(workspace, name)?;
    match fs::remove_file(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(missing(name)),
        removed => removed.map_err(|error| io_problem("deleting a saved query", &path, &error)),
    }
}

fn read(path: &Path, name: String) -> Result<SavedQuery, Problem> {
    let failed = |error: &std::io::Error| io_problem("reading a saved query", path, error);
    let bytes = fs::read(path).map_err(|error| failed(&error))?;
    let changed = fs::metadata(path).and_then(|facts| facts.modified()).map_err(|error| failed(&error))?;
    let changed = chrono::DateTime::<chrono::Utc>::from(changed);
    Ok(SavedQuery {
        name,
        sql: String::from_utf8_lossy(&bytes).into_owned(),
        changed_at: algomosaic_data::timestamp_text(changed.timestamp_micros()),
    })
}

/// A name that is a file name everywhere: letters, digits, space, `-`, `_` and `.` between them, at most 80.
fn checked(name: &str) -> Result<&str, Problem> {
    let trimmed = name.trim();
    let fits = !trimmed.is_empty()
        && trimmed.chars().count() <= 80
        && !trimmed.starts_with('.')
        && !trimmed.ends_with('.')
        && trimmed.chars().all(|letter| letter.is_alphanumeric() || " -_.".contains(letter))
        && !RESERVED.contains(&trimmed.split('.').next().unwrap_or_default().to_uppercase().as_str());
    fits.then_some(trimmed).ok_or_else(|| {
        Problem::bad(
            format!("{name:?} cannot name a query: it becomes the name of a file"),
            "Use up to 80 letters, digits, spaces, - and _.",
        )
    })
}

/// Names that Windows keeps for devices.
const RESERVED: &[&str] = &[
    "CON", "PRN", "AUX", "NUL", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9", "LPT1", "LPT2",
    "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9",
];

fn missing(name: &str) -> Problem {
    Problem::not_found(format!("there is no saved query {name}"), "It may have been deleted or renamed elsewhere.")
}

fn path(workspace: &Workspace) -> PathBuf {
    workspace.root().join("history.ndjson")
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.root().join("queries")
}

fn file(workspace: &Workspace, name: &str) -> Result<PathBuf, Problem> {
    Ok(folder(workspace).join(format!("{}.sql", checked(name)?)))
}
