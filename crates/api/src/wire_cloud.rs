//! What crosses the boundary about Google Cloud. Nothing here is secret.

use serde::{Deserialize, Serialize};
use specta::Type;

/// How a connection proves who it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ConnectBy {
    /// By a service account's key, which moves into the keyring.
    Key {
        /// The key's JSON file.
        file: String,
    },
    /// By gcloud's application-default login, or the file that `GOOGLE_APPLICATION_CREDENTIALS` names.
    Adc,
    /// By a login in the browser.
    Browser {
        /// The JSON file of an OAuth client of the kind "Desktop app"; without, the one that `ALGOMOSAIC_OAUTH_CLIENT` names.
        client: Option<String>,
    },
    /// By the metadata server of a machine at Google.
    Metadata,
}

/// A connection that is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ConnectRequest {
    /// How it proves who it is.
    pub by: ConnectBy,
    /// The project; without, the one that the credential names.
    pub project: Option<String>,
    /// Where new datasets are: `EU`, `us-central1`.
    pub location: Option<String>,
    /// The bucket of the models.
    pub bucket: Option<String>,
    /// The service account to act as.
    pub impersonate: Option<String>,
}

/// A connection as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ConnectionInfo {
    /// `key`, `adc`, `browser` or `metadata`.
    pub kind: String,
    /// The same in words.
    pub by: String,
    /// Who it is.
    pub principal: String,
    /// The project.
    pub project: String,
    /// Where new datasets are.
    pub location: Option<String>,
    /// The bucket of the models.
    pub bucket: Option<String>,
    /// The service account it acts as.
    pub impersonate: Option<String>,
    /// When it was made, RFC 3339, UTC.
    pub connected_at: String,
}

/// A connection that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ConnectedDocument {
    /// The connection.
    pub connection: ConnectionInfo,
    /// What is left of an earlier one, if anything is.
    pub note: Option<String>,
}

/// A connection that was forgotten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DisconnectedDocument {
    /// The connection that was.
    pub connection: ConnectionInfo,
    /// What is left of it, if anything is.
    pub note: Option<String>,
}

/// How a connection is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct ConnectionStatus {
    /// The connection.
    pub connection: ConnectionInfo,
    /// Seconds since its token was given.
    pub token_age_s: f64,
    /// Seconds until the token ends, where that is known; it is renewed by itself.
    pub token_expires_in_s: Option<f64>,
    /// What it may do.
    pub permissions: Vec<PermissionInfo>,
    /// Why some of the permissions are unknown.
    pub unknown: Vec<String>,
}

/// A permission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PermissionInfo {
    /// What it is needed for: `run queries and loads`.
    pub what_for: String,
    /// Google's name for it.
    pub name: String,
    /// On what: `project my-project`.
    pub on: String,
    /// Whether it is granted; unknown where nobody answered.
    pub granted: Option<bool>,
}
