//! Cloud Storage as the bucket elsewhere. What a file is, stands beside it in its metadata.

use algomosaic_cloud as cloud;
use algomosaic_core::Job;

use crate::error::Result;
use crate::objects::{Objects, Stored};

/// The keys of a file's metadata.
const SHA256: &str = "sha256";
const UPLOAD: &str = "upload";

/// A bucket of Cloud Storage.
pub struct CloudBucket {
    bucket: cloud::Bucket,
    place: String,
}

impl CloudBucket {
    /// Nothing is asked of the network yet.
    pub fn new(bucket: cloud::Bucket) -> CloudBucket {
        CloudBucket { place: format!("gs://{}", bucket.name()), bucket }
    }
}

fn stored(object: cloud::Object) -> Stored {
    let cloud::Object { name, generation, mut metadata, .. } = object;
    Stored { name, generation, sha256: metadata.remove(SHA256), upload: metadata.remove(UPLOAD) }
}

impl Objects for CloudBucket {
    fn place(&self) -> &str {
        &self.place
    }

    fn put(&self, name: &str, bytes: &[u8], sha256: &str, upload: &str, job: &Job) -> Result<Stored> {
        let content = cloud::Content::from(bytes.to_vec()).with(SHA256, sha256).with(UPLOAD, upload);
        Ok(stored(self.bucket.upload(name, content, cloud::Expect::Absent, job)?))
    }

    fn stat(&self, name: &str, job: &Job) -> Result<Option<Stored>> {
        Ok(self.bucket.stat(name, job)?.map(stored))
    }

    fn list(&self, prefix: &str, job: &Job) -> Result<Vec<Stored>> {
        Ok(self.bucket.list(prefix, job)?.into_iter().map(stored).collect())
    }

    fn get(&self, name: &str, job: &Job) -> Result<Vec<u8>> {
        Ok(self.bucket.download(name, None, job)?.bytes)
    }

    fn remove(&self, name: &str, generation: i64, job: &Job) -> Result<bool> {
        Ok(self.bucket.delete(name, cloud::Expect::Generation(generation), job)?)
    }
}
