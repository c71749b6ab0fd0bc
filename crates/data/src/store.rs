//! The model store: a folder of model files, `{domain}/models/{YYYYMMDD}_{ModelType}_{model_id}.algom`.

use std::fs;
use std::path::{Path, PathBuf};

use algomosaic_core::Problem;

use crate::commit::Transaction;
use crate::error::{IoContext as _, Result};

/// The store of a workspace.
pub struct ModelStore {
    root: PathBuf,
    domain: String,
}

impl ModelStore {
    /// The store below the workspace at `root`; `domain` may be empty.
    pub fn new(root: &Path, domain: &str) -> ModelStore {
        ModelStore { root: root.to_owned(), domain: domain.to_owned() }
    }

    /// The name a model file gets, relative to the workspace. `date` is `YYYYMMDD`.
    pub fn file_name(&self, date: &str, model_type: &str, model_id: &str) -> String {
        let prefix = if self.domain.is_empty() { String::new() } else { format!("{}/", self.domain) };
        format!("{prefix}models/{date}_{model_type}_{model_id}.algom")
    }

    /// The name for a run's model file: [`ModelStore::file_name`], with the start of the run's id behind it where a file of
    /// that name holds another model. A model's id says nothing of the rows it was trained on, so two runs can share it;
    /// no run ever replaces the file of another.
    pub fn free_name(&self, date: &str, model_type: &str, model_id: &str, execution: &str, bytes: &[u8]) -> String {
        let name = self.file_name(date, model_type, model_id);
        match fs::read(self.root.join(&name)) {
            Ok(existing) if existing != bytes => {
                let stem = name.trim_end_matches(".algom");
                format!("{stem}_{}.algom", execution.get(..12).unwrap_or(execution))
            }
            _ => name,
        }
    }

    /// Adds a model file to a transaction.
    pub fn stage(&self, transaction: &mut Transaction, name: &str, bytes: &[u8]) -> Result<()> {
        transaction.stage_file(name, bytes)
    }

    /// The bytes of a model file, by the name [`ModelStore::file_name`] gave it.
    pub fn read(&self, name: &str) -> Result<Vec<u8>> {
        let path = self.path(name)?;
        fs::read(&path).at("reading a model", &path)
    }

    /// Removes a model file for good; says whether it was there.
    pub fn remove(&self, name: &str) -> Result<bool> {
        let path = self.path(name)?;
        match fs::remove_file(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            removed => removed.at("removing a model", &path).map(|()| true),
        }
    }

    fn path(&self, name: &str) -> Result<PathBuf> {
        if name.split(['/', '\\']).any(|part| part == "..") || Path::new(name).is_absolute() {
            return Err(Problem::bad(
                format!("{name:?} is outside the model store"),
                "Name a model of this workspace.",
            )
            .into());
        }
        Ok(self.root.join(name))
    }
}
