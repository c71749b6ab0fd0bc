//! Texts that a person keeps with the workspace under names, each a plain file that can be edited anywhere: queries as
//! `queries/<name>.sql`, recipes as `recipes/<name>.toml`.

use std::fs;
use std::path::{Path, PathBuf};

use algomosaic_core::{Code, Problem};
use algomosaic_data::{io_problem, write_atomically};

use crate::workspace::Workspace;

/// A kind of text, and where it is kept.
pub(crate) struct Kept {
    /// The folder below the workspace.
    pub(crate) folder: &'static str,
    /// The ending of its files.
    pub(crate) ending: &'static str,
    /// What a message calls one: `saved query`.
    pub(crate) one: &'static str,
}

/// A text with its name.
pub(crate) struct Text {
    pub(crate) name: String,
    pub(crate) text: String,
    /// When it last changed, UTC.
    pub(crate) changed_at: String,
}

impl Kept {
    /// Every one, by name.
    pub(crate) fn list(&self, workspace: &Workspace) -> Result<Vec<Text>, Problem> {
        let folder = workspace.root().join(self.folder);
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(io_problem(&format!("reading each {}", self.one), &folder, &error)),
        };
        let mut found = Vec::new();
        for entry in entries.flatten() {
            let path = entry.path();
            let is_ours = path.extension().is_some_and(|ending| ending == self.ending);
            if let Some(name) = path.file_stem().map(|name| name.to_string_lossy().into_owned())
                && is_ours
                && self.checked(&name).is_ok()
            {
                found.push(self.read(&path, name)?);
            }
        }
        found.sort_by_key(|text| text.name.to_lowercase());
        Ok(found)
    }

    /// Saves a text under a name, over one that has it.
    pub(crate) fn save(&self, workspace: &Workspace, name: &str, text: &str) -> Result<Text, Problem> {
        workspace.writable()?;
        let path = self.file(workspace, name)?;
        fs::create_dir_all(workspace.root().join(self.folder))
            .map_err(|error| io_problem("making a folder", &path, &error))?;
        let text = if text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") };
        write_atomically(&path, text.as_bytes())?;
        self.read(&path, self.checked(name)?.to_owned())
    }

    /// Gives one another name.
    pub(crate) fn rename(&self, workspace: &Workspace, name: &str, new_name: &str) -> Result<Text, Problem> {
        workspace.writable()?;
        let (from, to) = (self.file(workspace, name)?, self.file(workspace, new_name)?);
        if !from.exists() {
            return Err(self.missing(name));
        }
        // On a file system that does not tell cases apart, the other name may be this very file.
        if to.exists() && !self.checked(name)?.eq_ignore_ascii_case(self.checked(new_name)?) {
            return Err(Problem::new(
                Code::AlreadyExists,
                format!("there is a {} {new_name} already", self.one),
                "Choose another name, or delete that one.",
            ));
        }
        fs::rename(&from, &to).map_err(|error| io_problem(&format!("renaming a {}", self.one), &to, &error))?;
        self.read(&to, self.checked(new_name)?.to_owned())
    }

    /// Deletes one.
    pub(crate) fn delete(&self, workspace: &Workspace, name: &str) -> Result<(), Problem> {
        workspace.writable()?;
        let path = self.file(workspace, name)?;
        match fs::remove_file(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(self.missing(name)),
            removed => removed.map_err(|error| io_problem(&format!("deleting a {}", self.one), &path, &error)),
        }
    }

    fn read(&self, path: &Path, name: String) -> Result<Text, Problem> {
        let failed = |error: &std::io::Error| io_problem(&format!("reading a {}", self.one), path, error);
        let bytes = fs::read(path).map_err(|error| failed(&error))?;
        let changed = fs::metadata(path).and_then(|facts| facts.modified()).map_err(|error| failed(&error))?;
        let changed = chrono::DateTime::<chrono::Utc>::from(changed);
        Ok(Text {
            name,
            text: String::from_utf8_lossy(&bytes).into_owned(),
            changed_at: algomosaic_data::timestamp_text(changed.timestamp_micros()),
        })
    }

    /// A name that is a file name everywhere: letters, digits, space, `-`, `_` and `.` between them, at most 80.
    fn checked<'a>(&self, name: &'a str) -> Result<&'a str, Problem> {
        let trimmed = name.trim();
        let fits = !trimmed.is_empty()
            && trimmed.chars().count() <= 80
            && !trimmed.starts_with('.')
            && !trimmed.ends_with('.')
            && trimmed.chars().all(|letter| letter.is_alphanumeric() || " -_.".contains(letter))
            && !RESERVED.contains(&trimmed.split('.').next().unwrap_or_default().to_uppercase().as_str());
        fits.then_some(trimmed).ok_or_else(|| {
            Problem::bad(
                format!("{name:?} cannot name a {}: it becomes the name of a file", self.one),
                "Use up to 80 letters, digits, spaces, - and _.",
            )
        })
    }

    fn missing(&self, name: &str) -> Problem {
        Problem::not_found(format!("there is no {} {name}", self.one), "It may have been deleted or renamed elsewhere.")
    }

    /// Where the one of this name is kept.
    pub(crate) fn file(&self, workspace: &Workspace, name: &str) -> Result<PathBuf, Problem> {
        Ok(workspace.root().join(self.folder).join(format!("{}.{}", self.checked(name)?, self.ending)))
    }
}

/// Names that Windows keeps for devices.
const RESERVED: &[&str] = &[
    "CON", "PRN", "AUX", "NUL", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9", "LPT1", "LPT2",
    "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9",
];
