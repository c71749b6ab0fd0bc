//! Cloud Storage: the objects of one bucket, written whole or not at all, read with their checksum verified. It overwrites
//! nothing that the caller did not name by its generation.
//!
//! Bytes go through Google's own client; what that has over gRPC only (lists, removal, buckets) goes through JSON.

mod bucket;
mod client;
mod download;
mod object;
mod upload;

use std::sync::Arc;

use google_cloud_storage::client::Storage;
use tokio::sync::OnceCell;

use crate::endpoints::Endpoints;
use crate::error::Result;
use crate::http::{Http, Patience};
use crate::runtime::Runtime;
use crate::token::Tokens;

pub use download::Download;
pub use object::{Expect, Object};
pub use upload::Content;

/// From this size on an upload goes in a session that can be resumed; below, it is cheaper to send all again.
const RESUMABLE_FROM: usize = 8 << 20;

/// A bucket. Cheap to clone; its methods wait, so call them from a thread that may.
#[derive(Clone)]
pub struct Bucket {
    runtime: Runtime,
    inner: Arc<Inner>,
}

/// What a request needs, shared by clones.
#[derive(Clone)]
struct Inner {
    http: Http,
    tokens: Arc<dyn Tokens>,
    endpoint: String,
    name: String,
    resumable_from: usize,
    client: OnceCell<Storage>,
}

impl Bucket {
    /// The bucket named `bucket`, at Google or at an emulator. Nothing is asked yet.
    pub fn new(runtime: Runtime, tokens: Arc<dyn Tokens>, endpoints: &Endpoints, bucket: &str) -> Result<Bucket> {
        object::check_bucket(bucket)?;
        let endpoint = endpoints.storage.trim_end_matches('/').to_owned();
        // The client leaves the port out of `Host`, so an emulator on another port than 80 answers with the address of a
        // session where nobody listens.
        let has_port = url::Url::parse(&endpoint).is_ok_and(|url| url.port().is_some());
        let inner = Inner {
            http: Http::new("Cloud Storage", Arc::clone(&tokens))?,
            tokens,
            endpoint,
            name: bucket.to_owned(),
            resumable_from: if has_port { usize::MAX } else { RESUMABLE_FROM },
            client: OnceCell::new(),
        };
        Ok(Bucket { runtime, inner: Arc::new(inner) })
    }

    /// With other limits of waiting. `answer` is then how long nothing may move, `total` and `tries` count from the last
    /// byte that got through.
    pub fn with_patience(self, patience: Patience) -> Bucket {
        let mut inner = Arc::unwrap_or_clone(self.inner);
        inner.http = inner.http.with_patience(patience);
        Bucket { inner: Arc::new(inner), ..self }
    }

    /// With another size, in bytes, from which on an upload can be resumed.
    pub fn with_resumable_from(self, bytes: usize) -> Bucket {
        let mut inner = Arc::unwrap_or_clone(self.inner);
        inner.resumable_from = bytes;
        Bucket { inner: Arc::new(inner), ..self }
    }

    /// The bucket's name.
    pub fn name(&self) -> &str {
        &self.inner.name
    }
}
