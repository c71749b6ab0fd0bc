//! The folder of a table: its parts, its generations, its lock.
//!
//! ```text
//! warehouse/<dataset>/<table>/part-<time>-<id>.parquet            the first generation
//!                             part-<time>-<id>/part-....parquet   parts that were appended together
//!                             gen-<time>-<id>/part-....parquet    a later generation
//!                             CURRENT                             the name of the current one; absent for the first
//!                             .lock                               shared by appenders, exclusive for a replacement
//! ```

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::commit::write_atomically;
use crate::error::{IoContext as _, Result};

const CURRENT: &str = "CURRENT";
/// In the folder of a generation that is not the current one any more; its time says since when.
const SUPERSEDED: &str = ".superseded";
/// How long a superseded generation stays for those who read it.
const STAYS: Duration = Duration::from_secs(300);

/// The folder of one table, which need not exist.
pub(crate) struct TableDir(PathBuf);

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

    /// Whether the table has a part.
    pub(crate) fn exists(&self) -> Result<bool> {
        Ok(!self.parts()?.is_empty())
    }

    /// The folder of the current generation.
    pub(crate) fn generation(&self) -> Result<PathBuf> {
        let pointer = self.0.join(CURRENT);
        match fs::read_to_string(&pointer) {
            // The name is ours; a pointer that leads elsewhere is not followed.
            Ok(name) if name.starts_with("gen-") && !name.contains(['/', '\\', '.']) => Ok(self.0.join(name)),
            Ok(name) => Err(algomosaic_core::Problem::bad(
                format!("the table's pointer names {name:?}, which is no generation ({})", pointer.display()),
                "Restore the file CURRENT from a backup.",
            )
            .into()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(self.0.clone()),
            Err(error) => Err(error).at("reading a table's pointer", &pointer),
        }
    }

    /// Points to a generation and removes those that were superseded some time ago: a reader may be in a later one.
    pub(crate) fn set_generation(&self, name: &str) -> Result<()> {
        let previous = self.generation()?;
        if previous == self.0.join(name) {
            return Ok(());
        }
        if previous.exists() {
            let mark = previous.join(SUPERSEDED);
            fs::write(&mark, b"").at("marking the parts that are superseded", &mark)?;
        }
        write_atomically(&self.0.join(CURRENT), name.as_bytes())?;
        for entry in fs::read_dir(&self.0).at("reading a table", &self.0)?.flatten() {
            let path = entry.path();
            let file = entry.file_name();
            let file = file.to_string_lossy();
            // Removal is housekeeping: what cannot be removed now is at the next replacement.
            if file.starts_with("gen-") && file != name && is_old(&path) {
                let _ = fs::remove_dir_all(&path);
            } else if file.starts_with("part-") && is_old(&self.0) {
                let _ = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            }
        }
        Ok(())
    }

    /// Removes what a table that was dropped left for its readers. Nothing when someone works in it.
    pub(crate) fn sweep_dropped(&self) -> Result<()> {
        if !self.0.join(CURRENT).exists() || self.exists()? {
            return Ok(());
        }
        let (_, lock) = self.lock_file()?;
        if lock.try_lock().is_err() || self.exists()? {
            return Ok(());
        }
        let current = self.generation()?;
        for entry in fs::read_dir(&self.0).at("reading a table", &self.0)?.flatten() {
            let (path, name) = (entry.path(), entry.file_name());
            let name = name.to_string_lossy();
            // Removal is housekeeping: what cannot be removed now is the next time.
            if name.starts_with("gen-") && path != current && is_old(&path) {
                let _ = fs::remove_dir_all(&path);
            } else if name.starts_with("part-") && current != self.0 && is_old(&self.0) {
                let _ = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            }
        }
        Ok(())
    }

    /// The parts of the current generation, oldest first. Together they are the table at this instant.
    pub(crate) fn parts(&self) -> Result<Vec<PathBuf>> {
        let mut parts = Vec::new();
        for path in parts_in(&self.generation()?)? {
            if path.extension().is_some_and(|ending| ending == "parquet") {
                parts.push(path);
            } else if path.is_dir() {
                parts.extend(parts_in(&path)?);
            }
        }
        parts.sort();
        Ok(parts)
    }

    pub(crate) fn lock_shared(&self) -> Result<File> {
        let (path, file) = self.lock_file()?;
        file.lock_shared().at("locking a table", &path)?;
        Ok(file)
    }

    pub(crate) fn lock_exclusive(&self) -> Result<File> {
        let (path, file) = self.lock_file()?;
        file.lock().at("locking a table", &path)?;
        Ok(file)
    }

    fn lock_file(&self) -> Result<(PathBuf, File)> {
        fs::create_dir_all(&self.0).at("making a folder", &self.0)?;
        let path = self.0.join(".lock");
        let file = File::options().create(true).append(true).open(&path).at("locking a table", &path)?;
        Ok((path, file))
    }
}

/// Whether what is in the folder was superseded long enough ago, or never counted and was left behind by a crash.
fn is_old(folder: &Path) -> bool {
    let since =
        fs::metadata(folder.join(SUPERSEDED)).or_else(|_| fs::metadata(folder)).and_then(|facts| facts.modified());
    since.is_ok_and(|since| since.elapsed().is_ok_and(|age| age > STAYS))
}

/// What a folder has under the name of a part.
fn parts_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).at("reading a table", folder),
    };
    let is_part = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("part-"));
    Ok(entries.flatten().map(|entry| entry.path()).filter(is_part).collect())
}
