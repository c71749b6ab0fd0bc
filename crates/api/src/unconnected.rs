//! What stands in the place of BigQuery and of the models' bucket while nobody is connected: every question is answered
//! with the reason.

use std::path::Path;

use algomosaic_core::{Job, Problem};
use algomosaic_data::{Error, Load, Objects, Remote, RemoteListing, RemoteRun, RemoteTable, SqlParams, Stored};
use polars::prelude::DataFrame;

/// A warehouse or a bucket that cannot be used, and why.
pub(crate) struct Unconnected {
    /// The project, or the bucket's address.
    name: String,
    why: Problem,
}

impl Unconnected {
    pub(crate) fn new(name: String, why: Problem) -> Unconnected {
        Unconnected { name, why }
    }

    fn refuse<T>(&self) -> Result<T, Error> {
        Err(self.why.clone().into())
    }
}

impl Remote for Unconnected {
    fn project(&self) -> &str {
        &self.name
    }

    fn tables(&self, _: &Job) -> Result<Vec<RemoteListing>, Error> {
        self.refuse()
    }

    fn table(&self, _: &str, _: &str, _: &Job) -> Result<Option<RemoteTable>, Error> {
        self.refuse()
    }

    fn estimate(&self, _: &str, _: &SqlParams, _: &Job) -> Result<u64, Error> {
        self.refuse()
    }

    fn run(&self, _: &str, _: &SqlParams, _: &Job) -> Result<RemoteRun, Error> {
        self.refuse()
    }

    fn fetch(&self, _: &str, _: &str, _: bool, _: &Job) -> Result<DataFrame, Error> {
        self.refuse()
    }

    fn page(&self, _: &str, _: &str, _: u64, _: u64, _: &Job) -> Result<DataFrame, Error> {
        self.refuse()
    }

    fn prepare(&self, _: &Load, _: &Job) -> Result<(), Error> {
        self.refuse()
    }

    fn load(&self, _: &Load, _: &Path, _: &Job) -> Result<(), Error> {
        self.refuse()
    }

    fn drop_table(&self, _: &str, _: &str, _: &Job) -> Result<(), Error> {
        self.refuse()
    }

    fn copy_limit(&self) -> u64 {
        0
    }
}

impl Objects for Unconnected {
    fn place(&self) -> &str {
        &self.name
    }

    fn put(&self, _: &str, _: &[u8], _: &str, _: &str, _: &Job) -> Result<Stored, Error> {
        self.refuse()
    }

    fn stat(&self, _: &str, _: &Job) -> Result<Option<Stored>, Error> {
        self.refuse()
    }

    fn list(&self, _: &str, _: &Job) -> Result<Vec<Stored>, Error> {
        self.refuse()
    }

    fn get(&self, _: &str, _: &Job) -> Result<Vec<u8>, Error> {
        self.refuse()
    }

    fn remove(&self, _: &str, _: i64, _: &Job) -> Result<bool, Error> {
        self.refuse()
    }
}
