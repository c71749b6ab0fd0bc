//! The model store: model files `{domain}/models/{YYYYMMDD}_{ModelType}_{model_id}.algom`, in the workspace's folder or in a
//! bucket. What is read from a bucket is kept here by its SHA-256, so that a model that was used once can be used without a
//! network; no file ever replaces another.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use algomosaic_core::ids::content_hash;
use algomosaic_core::{Code, Job, Problem};

use crate::commit::{Transaction, recover_with, write_atomically};
use crate::error::{Error, IoContext as _, Result};
use crate::objects::Objects;

/// Below the workspace: copies of what is in the bucket. Whoever deletes it loses time alone.
const CACHE: &str = "cache/models";

/// The store of a workspace.
pub struct ModelStore {
    root: PathBuf,
    domain: String,
    bucket: Option<Arc<dyn Objects>>,
}

/// What names a model file.
#[derive(Debug, Clone, Copy)]
pub struct ModelFile<'a> {
    /// `YYYYMMDD`.
    pub date: &'a str,
    /// The type: `ElasticNet`.
    pub model_type: &'a str,
    /// The model.
    pub model_id: &'a str,
    /// The run that makes it.
    pub execution: &'a str,
}

/// Where a model file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// Its name, relative to the workspace or the bucket.
    pub file: String,
    /// Its SHA-256.
    pub sha256: String,
    /// Of a file in a bucket: the bucket's address, and which writing of the file it is.
    pub bucket: Option<(String, i64)>,
}

impl ModelStore {
    /// The store below the workspace at `root`; `domain` may be empty.
    pub fn new(root: &Path, domain: &str) -> ModelStore {
        ModelStore { root: root.to_owned(), domain: domain.to_owned(), bucket: None }
    }

    /// Keeps model files in a bucket from now on. Those in the folder can still be read. What dead jobs had uploaded for
    /// nothing is removed.
    pub fn connect(&mut self, bucket: Arc<dyn Objects>) -> Result<()> {
        recover_with(&self.root, None, Some(&*bucket))?;
        self.bucket = Some(bucket);
        Ok(())
    }

    /// The name a model file gets, relative to the workspace or the bucket. `date` is `YYYYMMDD`.
    pub fn file_name(&self, date: &str, model_type: &str, model_id: &str) -> String {
        format!("{}{date}_{model_type}_{model_id}.algom", self.prefix())
    }

    fn prefix(&self) -> String {
        if self.domain.is_empty() { "models/".to_owned() } else { format!("{}/models/", self.domain) }
    }

    /// Asks the bucket, so that a job which would fail in its last moment fails in its first. A folder is always ready.
    pub fn ready(&self, job: &Job) -> Result<()> {
        let Some(bucket) = &self.bucket else { return Ok(()) };
        let asked = bucket.stat(&format!("{}ready", self.prefix()), job);
        asked.map(drop).map_err(|error| self.without_network(error))
    }

    /// Saves a model file as a part of a transaction. A name that is taken gets the start of the run's id behind it: a
    /// model's id says nothing of the rows it was trained on, so two runs can share it, and no run replaces the file of
    /// another. Runs that wrote the same bytes share a file of the folder; in a bucket each has its own, since there the
    /// other may be someone else's.
    pub fn save(&self, transaction: &mut Transaction, of: ModelFile<'_>, bytes: &[u8], job: &Job) -> Result<Saved> {
        let name = self.file_name(of.date, of.model_type, of.model_id);
        let other =
            format!("{}_{}.algom", name.trim_end_matches(".algom"), of.execution.get(..12).unwrap_or(of.execution));
        let sha256 = content_hash(bytes);
        let here = fs::read(self.root.join(&name));
        let Some(bucket) = &self.bucket else {
            let file = if here.is_ok_and(|existing| existing != bytes) { other } else { name };
            transaction.stage_file(&file, bytes)?;
            return Ok(Saved { file, sha256, bucket: None });
        };
        let mut names = vec![other];
        if here.is_err() {
            names.push(name);
        }
        let stored = loop {
            let name = names.pop().unwrap_or_default();
            match transaction.upload(bucket, &name, bytes, &sha256, job) {
                Err(Error::Problem(problem)) if problem.code == Code::AlreadyExists && !names.is_empty() => {}
                uploaded => break uploaded.map_err(|error| self.without_network(error))?,
            }
        };
        self.keep(&sha256, bytes);
        Ok(Saved { file: stored.name, sha256, bucket: Some((bucket.place().to_owned(), stored.generation)) })
    }

    /// The bytes of a model file by its name, if they have this SHA-256: from the folder, else from what is kept of the
    /// bucket, else from the bucket itself.
    pub fn read(&self, name: &str, sha256: &str, job: &Job) -> Result<Vec<u8>> {
        let path = self.path(name)?;
        let is_it = |bytes: &Vec<u8>| content_hash(bytes) == sha256;
        let here = fs::read(&path);
        let Some(bucket) = &self.bucket else {
            let bytes = match here {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                    match self.cached(sha256).and_then(|kept| fs::read(kept).ok()).filter(is_it) {
                        Some(kept) => return Ok(kept),
                        None => Err(error).at("reading a model", &path)?,
                    }
                }
                here => here.at("reading a model", &path)?,
            };
            return if is_it(&bytes) { Ok(bytes) } else { Err(changed(name, "the workspace").into()) };
        };
        let kept = self.cached(sha256).and_then(|kept| fs::read(kept).ok());
        if let Some(bytes) = here.ok().into_iter().chain(kept).find(is_it) {
            return Ok(bytes);
        }
        let bytes = bucket.get(name, job).map_err(|error| self.without_network(error))?;
        if !is_it(&bytes) {
            return Err(changed(name, bucket.place()).into());
        }
        self.keep(sha256, &bytes);
        Ok(bytes)
    }

    /// Removes model files for good, by name and SHA-256, and says which were there. A file that someone else wrote under
    /// the name stays.
    pub fn remove(&self, files: &BTreeMap<String, BTreeSet<String>>, job: &Job) -> Result<Vec<String>> {
        let mut removed = Vec::new();
        let mut in_bucket = BTreeMap::new();
        if let Some(bucket) = &self.bucket {
            let prefix =
                |file: &String| file.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
            for prefix in files.keys().map(prefix).collect::<BTreeSet<_>>() {
                let listed = bucket.list(&prefix, job).map_err(|error| self.without_network(error))?;
                in_bucket.extend(listed.into_iter().map(|stored| (stored.name.clone(), stored)));
            }
        }
        for (file, hashes) in files {
            let path = self.path(file)?;
            let mut was_there = match fs::remove_file(&path) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
                gone => gone.at("removing a model", &path).map(|()| true)?,
            };
            if let (Some(bucket), Some(stored)) = (&self.bucket, in_bucket.get(file))
                && stored.sha256.as_ref().is_some_and(|sha256| hashes.contains(sha256))
            {
                was_there |=
                    bucket.remove(file, stored.generation, job).map_err(|error| self.without_network(error))?;
            }
            for kept in hashes.iter().filter_map(|sha256| self.cached(sha256)) {
                // A copy that stays costs space alone.
                let _ = fs::remove_file(kept);
            }
            if was_there {
                removed.push(file.clone());
            }
        }
        Ok(removed)
    }

    /// Copies model files of the folder to the bucket, by name and SHA-256; those that are there already are left alone.
    /// Returns the names of the copied ones.
    pub fn push(
        &self,
        transaction: &mut Transaction,
        files: &BTreeMap<String, String>,
        job: &Job,
    ) -> Result<Vec<String>> {
        let Some(bucket) = &self.bucket else {
            return Err(Problem::bad(
                "the workspace names no bucket for its models",
                "Name one below [google] in algomosaic.toml: bucket = \"my-models\".",
            )
            .into());
        };
        let mut pushed = Vec::new();
        for (number, (name, sha256)) in files.iter().enumerate() {
            let job = job.part(number as f64 / files.len() as f64, (number + 1) as f64 / files.len() as f64);
            let path = self.path(name)?;
            let Ok(bytes) = fs::read(&path) else { continue };
            if content_hash(&bytes) != *sha256 {
                return Err(changed(name, "the workspace").into());
            }
            job.stage(format!("saving {name} in {}", bucket.place()))?;
            match bucket.stat(name, &job).map_err(|error| self.without_network(error))? {
                Some(there) if there.sha256.as_ref() == Some(sha256) => {}
                _ => {
                    transaction
                        .upload(bucket, name, &bytes, sha256, &job)
                        .map_err(|error| self.without_network(error))?;
                    pushed.push(name.clone());
                }
            }
        }
        Ok(pushed)
    }

    /// Where a copy is kept, if that is a hash at all.
    fn cached(&self, sha256: &str) -> Option<PathBuf> {
        let is_hash = sha256.len() == 64 && sha256.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_hash.then(|| self.root.join(CACHE).join(format!("{sha256}.algom")))
    }

    /// Keeps a copy. A workspace that cannot be written does without.
    fn keep(&self, sha256: &str, bytes: &[u8]) {
        if let Some(path) = self.cached(sha256) {
            let _ = fs::create_dir_all(self.root.join(CACHE));
            let _ = write_atomically(&path, bytes);
        }
    }

    /// Adds to a failure of the network what can be done without it.
    fn without_network(&self, error: Error) -> Error {
        match error {
            Error::Problem(Problem { code: Code::Remote, message, hint }) => Problem::new(
                Code::Remote,
                message,
                format!("{hint} Embedded tables, and models that were used on this computer before, work without it."),
            )
            .into(),
            other => other,
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

fn changed(name: &str, place: &str) -> Problem {
    Problem::bad(
        format!("the file {name} in {place} is not the one that its run wrote: its SHA-256 is another"),
        "Restore it from a backup, or train again.",
    )
}

#[cfg(test)]
mod tests;
