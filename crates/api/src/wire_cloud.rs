//! What crosses the boundary about Google Cloud. Nothing here is secret.

use algomosaic_core::Problem;
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

/// A workspace's use of BigQuery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct BigQueryUse {
    /// The project.
    pub project: String,
    /// Whether names without a project mean its tables, and runs write there.
    pub is_default: bool,
    /// Why it cannot be used, where that is known without asking it.
    pub problem: Option<Problem>,
}

/// What statements on BigQuery cost.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, Type)]
pub struct Cost {
    /// Bytes that are paid for.
    #[specta(type = u32)]
    pub bytes_billed: u64,
    /// An estimate in US$, at the price on demand.
    #[specta(type = u32)]
    pub usd: f64,
}

impl Cost {
    /// Of bytes that are paid for.
    pub(crate) fn of(bytes_billed: u64) -> Cost {
        let usd = bytes_billed as f64 / (1_u64 << 40) as f64 * algomosaic_cloud::PRICE_USD_PER_TIB;
        Cost { bytes_billed, usd }
    }
}

/// Which warehouse a workspace uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum WarehouseChoice {
    /// The embedded one alone.
    Off,
    /// The embedded one, with BigQuery beside it.
    Embedded,
    /// BigQuery, with the embedded one beside it.
    Bigquery,
}

/// What a workspace's file says of Google Cloud. Empty text is what is not said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct GoogleSettings {
    /// Which warehouse names without a project mean.
    pub warehouse: WarehouseChoice,
    /// The project; empty, the connection's.
    pub project: String,
    /// Where new datasets are; empty, the connection's.
    pub location: String,
    /// The bucket of the models; empty, they are in the workspace's folder.
    pub bucket: String,
    /// The folder of model files, before `models/`.
    pub domain: String,
    /// `10GB`: what a statement may read at most.
    pub max_bytes: String,
    /// What all statements of a job may read at most.
    pub max_job_bytes: String,
    /// The largest table that is copied here unasked.
    pub copy_limit: String,
}

/// The settings with what an empty field stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct GoogleSettingsPage {
    /// What the file says.
    pub settings: GoogleSettings,
    /// `max_bytes` where nothing is said.
    pub default_max_bytes: String,
    /// `copy_limit` where nothing is said.
    pub default_copy_limit: String,
    /// The project of the embedded tables.
    pub embedded_project: String,
    /// The file.
    pub file: String,
}

/// A field that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FieldProblem {
    /// The field, as [`GoogleSettings`] names it.
    pub field: String,
    /// Why.
    pub problem: Problem,
}
