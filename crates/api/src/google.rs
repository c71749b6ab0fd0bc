//! A workspace's use of Google Cloud: the section `[google]` of its file, and BigQuery beside the embedded warehouse.

use std::path::Path;
use std::sync::Arc;

use algomosaic_cloud::{BigQuery, Connection, Credentials, Endpoints, Fixed, Runtime, Tokens};
use algomosaic_core::{Code, Problem};
use algomosaic_data::{BigQueryWarehouse, Remote};
use serde::Deserialize;

use crate::workspace::size;

/// What a statement may read at most where nothing is said.
const MAX_BYTES: u64 = 100_000_000_000;
/// The largest table that is copied here unasked where nothing is said.
const COPY_LIMIT: u64 = 2_000_000_000;

/// Which tables names without a project mean, and where runs write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DefaultWarehouse {
    /// Those of the workspace's folder.
    #[default]
    Embedded,
    /// BigQuery's.
    Bigquery,
}

/// The section `[google]` of a workspace's file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GoogleTable {
    /// `bigquery`: names without a project mean BigQuery's tables. `embedded`: those of the workspace.
    #[serde(default)]
    warehouse: DefaultWarehouse,
    /// The project; without, the connection's.
    project: Option<String>,
    /// Where new datasets are; without, the connection's.
    location: Option<String>,
    /// `10GB`: what a statement may read at most.
    max_bytes: Option<String>,
    /// `500MB`: the largest table that is copied here unasked.
    copy_limit: Option<String>,
}

/// What is needed to reach Google.
pub(crate) struct Google<'a> {
    /// The connection, where one is saved.
    pub(crate) connection: Option<Connection>,
    /// The credentials, where they were needed.
    pub(crate) credentials: Option<&'a Credentials>,
}

impl GoogleTable {
    /// Whether BigQuery is the default.
    pub(crate) fn is_default(&self) -> bool {
        self.warehouse == DefaultWarehouse::Bigquery
    }

    /// BigQuery as this section and the connection have it. Nothing is asked of the network yet.
    pub(crate) fn warehouse(
        &self,
        google: &Google<'_>,
        dataset: &str,
        file: &Path,
    ) -> Result<Arc<dyn Remote>, Problem> {
        let endpoints = Endpoints::from_env();
        let connection = google.connection.as_ref();
        let project = self.project.as_deref().or(connection.map(|one| one.project.as_str())).ok_or_else(|| {
            Problem::new(
                Code::Permission,
                format!("the workspace uses BigQuery, and nobody is connected to Google Cloud ({})", file.display()),
                "Connect (`algom connect gcp`), name a project below [google], or remove that section.",
            )
        })?;
        let location = self.location.as_deref().or(connection.and_then(|one| one.location.as_deref()));
        let tokens: Arc<dyn Tokens> = match (connection, google.credentials) {
            // An emulator takes any token, and gets none that is worth something.
            _ if endpoints.bigquery_is_emulated() => Arc::new(Fixed::emulator()),
            (Some(connection), Some(credentials)) => credentials.tokens(connection)?,
            _ => {
                return Err(Problem::new(
                    Code::Permission,
                    format!("the workspace uses BigQuery of {project}, and nobody is connected to Google Cloud"),
                    "Connect: `algom connect gcp`, or Settings in the window.",
                ));
            }
        };
        let bytes = |name: &str, text: &Option<String>, otherwise: u64| match text {
            None => Ok(otherwise),
            Some(text) => size(text).ok_or_else(|| {
                Problem::bad(
                    format!("{name} below [google] is {text:?}, which is no size ({})", file.display()),
                    format!("Write a number of MB, GB or TB: {name} = \"10GB\". The least is 64MB."),
                )
            }),
        };
        let max_bytes = bytes("max_bytes", &self.max_bytes, MAX_BYTES)?;
        let copy_limit = bytes("copy_limit", &self.copy_limit, COPY_LIMIT)?;
        let client = BigQuery::new(Runtime::start()?, tokens, &endpoints, project, location)?;
        Ok(Arc::new(BigQueryWarehouse::new(client, dataset, location, Some(max_bytes), copy_limit)))
    }
}
