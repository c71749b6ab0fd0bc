//! The folder of a table: its parts, its generations, its lock.
//!
//! ```text
//! warehouse/<dataset>/<table>/part-<time>-<id>.parquet            the first generation
//!                             part-<time>-<id>/part-....parquet   parts that were appended together
//!                             gen-<time>-<id>/part-....parquet    a later generation
//!                             CURRENT                             the current generation and the list of its parts
//!                             .lock                               held by who changes the table
//! ```
//!
//! `CURRENT` says what the table is, and is replaced as a whole by a rename. A part that it lists and that is not there is a
//! fault, never fewer rows. A part that is there and not listed was committed by a process that died just then: who locks
//! the table next lists it. Tables of earlier versions have no list; opening their workspace makes it.

use std::fs::{self, File, Metadata};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::commit::{move_if_there, unique, write_by_way_of};
use crate::damage;
use crate::error::{IoContext as _, Result};

const CURRENT: &str = "CURRENT";
/// What will be `CURRENT`, while it is written.
const NEXT: &str = "CURRENT.tmp-next";
/// In the folder of a generation that is not the current one any more; its time says since when.
const SUPERSEDED: &str = ".superseded";
/// How long a superseded generation stays for those who read it.
const STAYS: Duration = Duration::from_secs(300);
/// How long a generation stays that never was the current one: its commit may wait to be finished.
const WAITS: Duration = Duration::from_secs(86_400);

/// The folder of one table, which need not exist.
pub(crate) struct TableDir(PathBuf);

/// A table that no one else changes while this lives.
#[derive(Debug)]
pub(crate) struct LockedTable {
    folder: PathBuf,
    _lock: File,
}

/// What a table is at an instant.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Current {
    /// The folder of the generation; none for the first, which lies in the table's own.
    generation: Option<String>,
    /// Its parts below that folder, in the order in which they were committed.
    parts: Vec<String>,
}

impl Current {
    /// Reads what `CURRENT` holds. Names that lead elsewhere are not followed.
    fn parse(bytes: &[u8], table: &Path) -> Result<Current> {
        let no_list = |why: String| damage::no_list(table, &why);
        let text = std::str::from_utf8(bytes).map_err(|_| no_list("it holds no text".to_owned()))?;
        if is_generation(text) {
            // Of an earlier version: the generation alone.
            return Ok(Current { parts: found(&table.join(text))?, generation: Some(text.to_owned()) });
        }
        let current: Current = serde_json::from_str(text).map_err(|error| no_list(error.to_string()))?;
        let named = current.generation.iter().find(|name| !is_generation(name));
        match named.or_else(|| current.parts.iter().find(|part| !is_part(part))) {
            Some(name) => Err(no_list(format!("{name:?} is not in the table")).into()),
            None => Ok(current),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    fn folder(&self, table: &Path) -> PathBuf {
        self.generation.as_ref().map_or_else(|| table.to_owned(), |name| table.join(name))
    }
}

fn is_generation(name: &str) -> bool {
    name.starts_with("gen-") && !name.contains(['/', '\\', '.', '\n'])
}

fn is_part(path: &str) -> bool {
    path.ends_with(".parquet") && !path.contains('\\') && path.split('/').all(|name| name.starts_with("part-"))
}

impl TableDir {
    pub(crate) fn new(workspace: &Path, dataset: &str, table: &str) -> TableDir {
        TableDir(workspace.join("warehouse").join(dataset).join(table))
    }

    pub(crate) fn at(folder: PathBuf) -> TableDir {
        TableDir(folder)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Whether the table has a part, or had one that is gone.
    pub(crate) fn exists(&self) -> bool {
        self.current().map_or(true, |current| !current.parts.is_empty())
    }

    fn current(&self) -> Result<Current> {
        let pointer = self.0.join(CURRENT);
        match fs::read(&pointer) {
            Ok(bytes) => Current::parse(&bytes, &self.0),
            // A first generation is marked only where there is a list; it may have been written just now.
            Err(error) if error.kind() == ErrorKind::NotFound && self.0.join(SUPERSEDED).exists() => {
                let bytes = fs::read(&pointer).map_err(|error| damage::no_list(&self.0, &error.to_string()))?;
                Current::parse(&bytes, &self.0)
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                Ok(Current { generation: None, parts: found(&self.0)? })
            }
            Err(error) => Err(damage::no_list(&self.0, &error.to_string()).into()),
        }
    }

    /// The parts of the current generation, oldest first. Together they are the table at this instant.
    pub(crate) fn parts(&self) -> Result<Vec<PathBuf>> {
        let mut current = self.current()?;
        loop {
            let folder = current.folder(&self.0);
            let parts: Vec<PathBuf> = current.parts.iter().map(|part| folder.join(part)).collect();
            let Some(gone) = parts.iter().find(|part| matches!(part.try_exists(), Ok(false))) else { return Ok(parts) };
            // The table may have been replaced since.
            let now = self.current()?;
            if now == current {
                return Err(damage::gone(gone).into());
            }
            current = now;
        }
    }

    /// Bytes of the parts that are there, and when the table last changed, microseconds since 1970.
    pub(crate) fn facts(&self) -> (u64, i64) {
        let current = self.current().unwrap_or_default();
        let folder = current.folder(&self.0);
        let facts: Vec<Metadata> =
            current.parts.iter().filter_map(|part| fs::metadata(folder.join(part)).ok()).collect();
        let changed = facts.iter().filter_map(|facts| facts.modified().ok()).max();
        let changed = changed.or_else(|| fs::metadata(&self.0).and_then(|facts| facts.modified()).ok());
        let modified = changed.map_or(0, |time| chrono::DateTime::<chrono::Utc>::from(time).timestamp_micros());
        (facts.iter().map(Metadata::len).sum(), modified)
    }

    /// What `CURRENT` should hold: what it does, and the parts that it does not list yet.
    fn settled(&self) -> Result<Current> {
        let mut current = self.current()?;
        let there = found(&current.folder(&self.0))?;
        let more: Vec<String> = there.into_iter().filter(|part| !current.parts.contains(part)).collect();
        current.parts.extend(more);
        Ok(current)
    }

    /// Whether `CURRENT` holds that already. A table without a part needs none.
    fn says(&self, current: &Current) -> bool {
        match fs::read(self.0.join(CURRENT)) {
            Ok(bytes) => bytes == current.bytes(),
            Err(_) => current.parts.is_empty(),
        }
    }

    /// What opening a workspace does for a table: lists the parts that are not listed, removes what a dead process left half
    /// written, and frees the disk of a table that was dropped some time ago. Nothing when someone changes it just now.
    pub(crate) fn tidy(&self) -> Result<()> {
        let current = self.settled()?;
        let is_dropped = current.parts.is_empty() && current.generation.is_some();
        if self.says(&current) && !is_dropped && !self.0.join(NEXT).exists() {
            return Ok(());
        }
        let (_, lock) = self.lock_file()?;
        if lock.try_lock().is_err() {
            return Ok(());
        }
        let table = LockedTable { folder: self.0.clone(), _lock: lock };
        let current = table.settle()?;
        let _ = fs::remove_file(self.0.join(NEXT));
        if current.parts.is_empty() {
            table.sweep(&current);
        }
        Ok(())
    }

    /// Waits until no one else changes the table.
    pub(crate) fn lock(&self) -> Result<LockedTable> {
        let (path, lock) = self.lock_file()?;
        lock.lock().at("locking a table", &path)?;
        Ok(LockedTable { folder: self.0.clone(), _lock: lock })
    }

    fn lock_file(&self) -> Result<(PathBuf, File)> {
        fs::create_dir_all(&self.0).at("making a folder", &self.0)?;
        let path = self.0.join(".lock");
        let file = File::options().create(true).append(true).open(&path).at("locking a table", &path)?;
        Ok((path, file))
    }
}

impl LockedTable {
    pub(crate) fn dir(&self) -> TableDir {
        TableDir(self.folder.clone())
    }

    /// Adds a staged part, or a folder of them, under its name. Repeatable.
    pub(crate) fn append(&self, staged: &Path, name: &str) -> Result<()> {
        let folder = self.dir().current()?.folder(&self.folder);
        fs::create_dir_all(&folder).at("making a folder", &folder)?;
        move_if_there(staged, &folder.join(name))?;
        self.settle().map(|_| ())
    }

    /// Takes the space that the list will need with what is staged, so that a full disk is met before the commit point.
    pub(crate) fn reserve(&self, staged: Option<&Path>) -> Result<()> {
        let mut current = self.dir().current().unwrap_or_default();
        let name = staged.and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned();
        let several = staged.map(names_in).and_then(Result::ok).unwrap_or_default();
        current.parts.extend(several.into_iter().map(|part| format!("{name}/{part}")));
        current.parts.push(name);
        current.generation.get_or_insert(format!("gen-{}", unique()));
        let next = self.folder.join(NEXT);
        fs::write(&next, current.bytes()).at("writing a file", &next)
    }

    fn settle(&self) -> Result<Current> {
        let current = self.dir().settled()?;
        if !self.dir().says(&current) {
            self.write(&current)?;
        }
        Ok(current)
    }

    /// Makes a generation the current one, with the parts in its folder. Repeatable: one that was superseded since stays so.
    pub(crate) fn replace(&self, generation: &str) -> Result<()> {
        let place = self.folder.join(generation);
        if !place.is_dir() || place.join(SUPERSEDED).exists() {
            return Ok(());
        }
        let previous = self.dir().current();
        if previous.as_ref().is_ok_and(|previous| previous.generation.as_deref() == Some(generation)) {
            return Ok(());
        }
        match previous {
            Ok(previous) => {
                // Only after this a first generation is marked: one with a mark and no CURRENT has lost it.
                if !self.folder.join(CURRENT).exists() {
                    self.write(&previous)?;
                }
                let folder = previous.folder(&self.folder);
                if folder.is_dir() {
                    mark(&folder)?;
                }
            }
            // What the table was cannot be read: any other generation may have been it.
            Err(_) => {
                for folder in self.generations()?.into_iter().filter(|folder| *folder != place) {
                    mark(&folder)?;
                }
            }
        }
        let current = Current { generation: Some(generation.to_owned()), parts: found(&place)? };
        self.write(&current)?;
        self.sweep(&current);
        Ok(())
    }

    fn write(&self, current: &Current) -> Result<()> {
        let pointer = self.folder.join(CURRENT);
        if pointer.is_dir() {
            let aside = self.folder.join(format!("damaged-{}", unique()));
            fs::rename(&pointer, &aside).at("moving a folder out of the way", &pointer)?;
        }
        write_by_way_of(&self.folder.join(NEXT), &pointer, &current.bytes())
    }

    /// The folders that can hold a generation.
    fn generations(&self) -> Result<Vec<PathBuf>> {
        let entries = fs::read_dir(&self.folder).at("reading a table", &self.folder)?.flatten();
        let is_generation = |path: &PathBuf| path.file_name().is_some_and(|n| n.to_string_lossy().starts_with("gen-"));
        Ok(entries.map(|entry| entry.path()).filter(is_generation).chain([self.folder.clone()]).collect())
    }

    /// Removes what was superseded some time ago. Housekeeping: what cannot be removed now is the next time.
    fn sweep(&self, current: &Current) {
        let kept = current.folder(&self.folder);
        for folder in self.generations().unwrap_or_default() {
            if folder == kept || !is_old(&folder) {
                continue;
            }
            if folder != self.folder {
                let _ = fs::remove_dir_all(&folder);
                continue;
            }
            for name in names_in(&folder).unwrap_or_default() {
                let path = folder.join(name);
                let _ = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            }
        }
    }
}

fn mark(folder: &Path) -> Result<()> {
    let mark = folder.join(SUPERSEDED);
    fs::write(&mark, b"").at("marking the parts that are superseded", &mark)
}

/// Whether a folder was superseded long enough ago, or never counted and was left behind by a crash.
fn is_old(folder: &Path) -> bool {
    let (facts, stays) = match fs::metadata(folder.join(SUPERSEDED)) {
        Ok(facts) => (Ok(facts), STAYS),
        Err(_) => (fs::metadata(folder), WAITS),
    };
    let since = facts.and_then(|facts| facts.modified());
    since.is_ok_and(|since| since.elapsed().is_ok_and(|age| age > stays))
}

/// The parts in the folder of a generation, relative to it, sorted by name and so by time.
fn found(folder: &Path) -> Result<Vec<String>> {
    let mut parts = Vec::new();
    for name in names_in(folder)? {
        if name.ends_with(".parquet") {
            parts.push(name);
        } else if folder.join(&name).is_dir() {
            parts.extend(names_in(&folder.join(&name))?.into_iter().map(|part| format!("{name}/{part}")));
        }
    }
    parts.retain(|part| is_part(part));
    parts.sort();
    Ok(parts)
}

/// What a folder has under the name of a part.
fn names_in(folder: &Path) -> Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).at("reading a table", folder),
    };
    let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    Ok(names.filter(|name| name.starts_with("part-")).collect())
}
