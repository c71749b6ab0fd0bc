//! A bucket for files, elsewhere: what it must be able to do. It never overwrites: a name that is taken stays as it is, and
//! only the writing of a file that the caller has seen is removed.

use algomosaic_core::Job;

use crate::error::Result;

/// What is known of a file in a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its name, with slashes where a path has them.
    pub name: String,
    /// Which writing of it this is; each has another.
    pub generation: i64,
    /// SHA-256 of its bytes, where its writer noted it.
    pub sha256: Option<String>,
    /// The upload that wrote it, where its writer noted it.
    pub upload: Option<String>,
}

/// A bucket. Each call waits for the network; cancelling the job ends the waiting.
pub trait Objects: Send + Sync {
    /// Its address: `gs://bucket`.
    fn place(&self) -> &str;
    /// Writes a file where none of this name is (a problem of [`algomosaic_core::Code::AlreadyExists`] where one is), with
    /// its checksum verified and these notes beside it.
    fn put(&self, name: &str, bytes: &[u8], sha256: &str, upload: &str, job: &Job) -> Result<Stored>;
    /// What is known of a file; `None` when it is not there.
    fn stat(&self, name: &str, job: &Job) -> Result<Option<Stored>>;
    /// The files whose names begin with `prefix`.
    fn list(&self, prefix: &str, job: &Job) -> Result<Vec<Stored>>;
    /// The bytes of a file, complete and as they were written.
    fn get(&self, name: &str, job: &Job) -> Result<Vec<u8>>;
    /// Removes a file if it is still this writing of it; says whether it was there.
    fn remove(&self, name: &str, generation: i64, job: &Job) -> Result<bool>;
}
