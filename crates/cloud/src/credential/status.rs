//! Who is connected, how old the token is, and which permissions are missing for what.

use std::time::SystemTime;

use algomosaic_core::Problem;
use serde::Deserialize;
use serde_json::json;

use super::connection::{Connection, Kind};
use crate::endpoints::Endpoints;
use crate::error::{Error, Result};
use crate::http::{Ask, Http};
use crate::token::Token;

/// What is needed on the project, and for what.
const ON_PROJECT: [(&str, &str); 6] = [
    ("bigquery.jobs.create", "run queries and loads"),
    ("bigquery.datasets.create", "create datasets"),
    ("bigquery.tables.create", "create tables"),
    ("bigquery.tables.getData", "read tables"),
    ("bigquery.tables.updateData", "write tables"),
    ("bigquery.readsessions.create", "read tables fast (Storage Read)"),
];

/// What is needed on the bucket, and for what.
const ON_BUCKET: [(&str, &str); 4] = [
    ("storage.objects.list", "list models"),
    ("storage.objects.get", "load models"),
    ("storage.objects.create", "save models"),
    ("storage.objects.delete", "replace and purge models"),
];

/// How a connection is.
#[derive(Debug, Clone, PartialEq)]
pub struct Status {
    /// How it proves who it is.
    pub kind: Kind,
    /// Who it is.
    pub principal: String,
    /// The account it acts as, if that is another.
    pub impersonate: Option<String>,
    /// The project.
    pub project: String,
    /// Seconds since the token was given.
    pub token_age_s: u64,
    /// Seconds until it ends, where that is known. It is renewed by itself.
    pub token_expires_in_s: Option<u64>,
    /// What it may do on the project and the bucket. A dataset may grant more than its project does.
    pub permissions: Vec<Permission>,
    /// Why some of the permissions are unknown.
    pub unknown: Vec<String>,
}

/// A permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    /// What it is needed for: `run queries and loads`.
    pub what_for: String,
    /// Google's name for it.
    pub name: String,
    /// On what: `project my-project`, `bucket models`.
    pub on: String,
    /// Whether it is granted; unknown where nobody answered.
    pub granted: Option<bool>,
}

#[derive(Deserialize)]
struct Granted {
    #[serde(default)]
    permissions: Vec<String>,
}

/// Asks what may be done, with a client that sends the connection's tokens.
pub(crate) async fn status(
    http: &Http,
    endpoints: &Endpoints,
    connection: &Connection,
    token: &Token,
) -> Result<Status> {
    let now = SystemTime::now();
    let mut status = Status {
        kind: connection.kind,
        principal: connection.principal.clone(),
        impersonate: connection.impersonate.clone(),
        project: connection.project.clone(),
        token_age_s: now.duration_since(token.given).unwrap_or_default().as_secs(),
        token_expires_in_s: token.expires.map(|end| end.duration_since(now).unwrap_or_default().as_secs()),
        permissions: Vec::new(),
        unknown: Vec::new(),
    };
    let names: Vec<&str> = ON_PROJECT.iter().map(|(name, _)| *name).collect();
    let project = encoded(&connection.project);
    let url = format!("{}/v3/projects/{project}:testIamPermissions", endpoints.resource_manager);
    let ask = Ask::new("asking for the permissions on the project", reqwest::Method::POST, url);
    let granted = http.read(ask.json(&json!({ "permissions": names }))?.safe()).await;
    status.add(&ON_PROJECT, &format!("project {}", connection.project), granted)?;
    if let Some(bucket) = &connection.bucket {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(ON_BUCKET.iter().map(|(name, _)| ("permissions", *name)))
            .finish();
        let url = format!("{}/storage/v1/b/{}/iam/testPermissions?{query}", endpoints.storage, encoded(bucket));
        let granted = http.read(Ask::get("asking for the permissions on the bucket", url)).await;
        status.add(&ON_BUCKET, &format!("bucket {bucket}"), granted)?;
    }
    Ok(status)
}

/// A name as a part of an address.
fn encoded(name: &str) -> String {
    url::form_urlencoded::byte_serialize(name.as_bytes()).collect()
}

impl Status {
    fn add(&mut self, all: &[(&str, &str)], on: &str, granted: Result<Granted>) -> Result<()> {
        let granted = match granted {
            Ok(granted) => Some(granted.permissions),
            // Who may not even ask learns why; everything else is still worth showing.
            Err(
                error @ (Error::Refused(_)
                | Error::Unreachable { .. }
                | Error::TooSlow { .. }
                | Error::Malformed { .. }),
            ) if error.status() != Some(401) => {
                self.unknown.push(Problem::from(error).message);
                None
            }
            Err(error) => return Err(error),
        };
        self.permissions.extend(all.iter().map(|(name, what_for)| Permission {
            what_for: (*what_for).to_owned(),
            name: (*name).to_owned(),
            on: on.to_owned(),
            granted: granted.as_ref().map(|granted| granted.iter().any(|one| one == name)),
        }));
        Ok(())
    }

    /// What is not granted.
    pub fn missing(&self) -> impl Iterator<Item = &Permission> {
        self.permissions.iter().filter(|permission| permission.granted == Some(false))
    }
}
