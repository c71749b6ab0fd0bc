//! What the JSON interface is asked: the bucket itself, lists, one object's state, removal.

use algomosaic_core::{Code, Job, Problem};
use reqwest::Method;
use serde::Deserialize;
use url::Url;

use super::object::{FIELDS, Resource, check_name};
use super::{Bucket, Expect, Inner, Object};
use crate::error::{Error, Result};
use crate::http::Ask;

impl Bucket {
    /// Whether the bucket is there. Fails where it is someone else's.
    pub fn exists(&self, job: &Job) -> Result<bool> {
        self.runtime.wait(job, self.inner.exists())
    }

    /// Makes the bucket in `project` at `location` (`EU`, `US`, `europe-west3` ...), closed to the public.
    pub fn create(&self, project: &str, location: &str, job: &Job) -> Result<()> {
        self.runtime.wait(job, self.inner.create(project, location))
    }

    /// The objects whose names begin with `prefix`, by name.
    pub fn list(&self, prefix: &str, job: &Job) -> Result<Vec<Object>> {
        self.runtime.wait(job, self.inner.list(prefix))
    }

    /// What is known of an object; `None` if there is none of this name.
    pub fn stat(&self, name: &str, job: &Job) -> Result<Option<Object>> {
        check_name(name)?;
        self.runtime.wait(job, self.inner.stat(name, None))
    }

    /// Removes an object, if it is what is expected; says whether there was one.
    pub fn delete(&self, name: &str, expect: Expect, job: &Job) -> Result<bool> {
        check_name(name)?;
        self.runtime.wait(job, self.inner.delete(name, expect))
    }
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    items: Vec<Resource>,
    #[serde(default, rename = "nextPageToken")]
    next: Option<String>,
}

impl Inner {
    /// An address below the interface's root. Each part is one segment: a slash in it is none of the address.
    fn url(&self, parts: &[&str], query: &[(&str, &str)]) -> Result<String> {
        let wrong = || {
            Problem::bad(
                format!("{:?} is no address of Cloud Storage", self.endpoint),
                "Correct STORAGE_EMULATOR_HOST, or unset it.",
            )
        };
        let mut url = Url::parse(&self.endpoint).map_err(|_| wrong())?;
        url.path_segments_mut().map_err(|()| wrong())?.pop_if_empty().extend(["storage", "v1", "b"]).extend(parts);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url.into())
    }

    pub(super) async fn exists(&self) -> Result<bool> {
        let doing = format!("looking for the bucket {}", self.name);
        let ask = Ask::get(&doing, self.url(&[&self.name], &[("fields", "name")])?);
        match self.http.send(ask).await {
            Ok(_) => Ok(true),
            Err(error) if error.status() == Some(404) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn create(&self, project: &str, location: &str) -> Result<()> {
        let doing = format!("making the bucket {}", self.name);
        let body = serde_json::json!({
            "name": self.name,
            "location": location,
            "iamConfiguration": {
                "uniformBucketLevelAccess": {"enabled": true},
                "publicAccessPrevention": "enforced",
            },
        });
        let ask = Ask::new(&doing, Method::POST, self.url(&[], &[("project", project)])?).json(&body)?;
        match self.http.send(ask).await {
            Err(error) if error.status() == Some(409) => Err(Problem::new(
                Code::AlreadyExists,
                format!("the bucket {} exists already; all of Google Cloud shares one list of names", self.name),
                "Use it if it is yours, or choose another name.",
            )
            .into()),
            made => made.map(drop),
        }
    }

    async fn list(&self, prefix: &str) -> Result<Vec<Object>> {
        let doing = format!("listing the bucket {}", self.name);
        let fields = format!("nextPageToken,items({FIELDS})");
        let mut objects = Vec::new();
        let mut page: Option<String> = None;
        loop {
            let mut query = vec![("prefix", prefix), ("fields", &fields), ("maxResults", "1000")];
            query.extend(page.as_deref().map(|page| ("pageToken", page)));
            let ask = Ask::get(&doing, self.url(&[&self.name, "o"], &query)?);
            let answer: Page = match self.http.read(ask).await {
                Err(error) if error.status() == Some(404) => return Err(self.missing()),
                read => read?,
            };
            for item in answer.items {
                objects.push(Object::try_from(item).map_err(|what| self.http.malformed(&doing, &what))?);
            }
            match answer.next.filter(|next| !next.is_empty()) {
                None => return Ok(objects),
                next if next == page => return Err(self.http.malformed(&doing, &"the same page comes again")),
                next => page = next,
            }
        }
    }

    /// An object's state, of the newest or of one generation.
    pub(super) async fn stat(&self, name: &str, generation: Option<i64>) -> Result<Option<Object>> {
        let doing = format!("looking for {name}");
        let generation = generation.map(|generation| generation.to_string());
        let mut query = vec![("fields", FIELDS)];
        query.extend(generation.as_deref().map(|generation| ("generation", generation)));
        let ask = Ask::get(&doing, self.url(&[&self.name, "o", name], &query)?);
        match self.http.read::<Resource>(ask).await {
            Ok(found) => Object::try_from(found).map(Some).map_err(|what| self.http.malformed(&doing, &what)),
            Err(error) if error.status() == Some(404) => self.none().await,
            Err(error) => Err(error),
        }
    }

    pub(super) async fn delete(&self, name: &str, expect: Expect) -> Result<bool> {
        let doing = format!("removing {name}");
        let generation = expect.generation().map(|generation| generation.to_string());
        let query: Vec<_> = generation.iter().map(|generation| ("ifGenerationMatch", generation.as_str())).collect();
        let ask = Ask::new(&doing, Method::DELETE, self.url(&[&self.name, "o", name], &query)?);
        match self.http.send(ask).await {
            Ok(_) => Ok(true),
            Err(error) if error.status() == Some(404) => self.none().await.map(|none: Option<()>| none.is_some()),
            Err(error) if error.status() == Some(412) => Err(Problem::new(
                Code::AlreadyExists,
                format!("someone else saved {name} meanwhile; it was not removed"),
                "Look at it again, then remove it if you still want to.",
            )
            .into()),
            Err(error) => Err(error),
        }
    }

    /// Nothing is there: because there is no such object, or no such bucket, which is an error.
    pub(super) async fn none<T>(&self) -> Result<Option<T>> {
        match self.exists().await {
            Ok(true) => Ok(None),
            Ok(false) => Err(self.missing()),
            // Who may use its objects need not be allowed to see the bucket itself.
            Err(error) if error.status() == Some(403) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The sentence for a bucket that is not there.
    pub(super) fn missing(&self) -> Error {
        Problem::not_found(
            format!("there is no bucket {} that you can see", self.name),
            "Correct the bucket's name in the settings, or make it there.",
        )
        .into()
    }
}
