//! A workspace's use of Google Cloud: the section `[google]` of its file, and BigQuery beside the embedded warehouse.

use std::path::Path;
use std::sync::Arc;

use algomosaic_cloud::{BigQuery, Connection, Credentials, Endpoints, Fixed, Runtime, Tokens};
use algomosaic_core::{Code, Problem};
use algomosaic_data::{BigQueryWarehouse, Remote};
use serde::Deserialize;

use crate::workspace::size;

/// What a statement may read at most where nothing is said.
pub(crate) const MAX_BYTES: &str = "100GB";
/// The largest table that is copied here unasked where nothing is said.
pub(crate) const COPY_LIMIT: &str = "2GB";

/// Which tables names without a project mean, and where runs write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DefaultWarehouse {
    /// Those of the workspace's folder.
    #[default]
    Embedded,
    /// BigQuery's.
    Bigquery,
    /// Those of the workspace's folder, and BigQuery is not connected.
    Off,
}

/// The section `[google]` of a workspace's file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GoogleTable {
    /// `bigquery`: names without a project mean BigQuery's tables. `embedded`: those of the workspace. `off`: those of the
    /// workspace are all there are.
    #[serde(default)]
    pub(crate) warehouse: DefaultWarehouse,
    /// The project; without, the connection's.
    pub(crate) project: Option<String>,
    /// Where new datasets are; without, the connection's.
    pub(crate) location: Option<String>,
    /// The bucket of the models; without, they are in the workspace's folder.
    pub(crate) bucket: Option<String>,
    /// `10GB`: what a statement may read at most.
    pub(crate) max_bytes: Option<String>,
    /// `1TB`: what all statements of a job may read at most.
    pub(crate) max_job_bytes: Option<String>,
    /// `500MB`: the largest table that is copied here unasked.
    pub(crate) copy_limit: Option<String>,
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

    /// Whether BigQuery is connected at all.
    pub(crate) fn is_off(&self) -> bool {
        self.warehouse == DefaultWarehouse::Off
    }

    /// The sizes, as bytes: what a statement may read, and the largest table that is copied.
    pub(crate) fn sizes(&self, file: &Path) -> Result<(u64, u64), Problem> {
        let bytes = |name: &str, text: &str| {
            size(text).ok_or_else(|| {
                Problem::bad(
                    format!("{name} below [google] is {text:?}, which is no size ({})", file.display()),
                    format!("Write a number of MB, GB or TB: {name} = \"10GB\". The least is 64MB."),
                )
            })
        };
        bytes("max_job_bytes", self.max_job_bytes.as_deref().unwrap_or("1TB"))?;
        Ok((
            bytes("max_bytes", self.max_bytes.as_deref().unwrap_or(MAX_BYTES))?,
            bytes("copy_limit", self.copy_limit.as_deref().unwrap_or(COPY_LIMIT))?,
        ))
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
        let (max_bytes, copy_limit) = self.sizes(file)?;
        let client = BigQuery::new(Runtime::start()?, tokens, &endpoints, project, location)?;
        Ok(Arc::new(BigQueryWarehouse::new(client, dataset, location, Some(max_bytes), copy_limit)))
    }
}
