//! A workspace's use of Google Cloud: the section `[google]` of its file, and BigQuery beside the embedded warehouse.

use std::path::Path;
use std::sync::Arc;

use algomosaic_cloud::{BigQuery, Bucket, Connection, Credentials, Endpoints, Fixed, Runtime, Tokens};
use algomosaic_core::{Code, Problem};
use algomosaic_data::{BigQueryOptions, BigQueryWarehouse, CloudBucket, Objects, Remote};
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
    /// After how many days the tables that are made from now on go by themselves.
    pub(crate) table_expiration_days: Option<u32>,
}

/// What is needed to reach Google.
pub(crate) struct Google<'a> {
    /// The connection, where one is saved.
    pub(crate) connection: Option<Connection>,
    /// The credentials, where they were needed.
    pub(crate) credentials: Option<&'a Credentials>,
}

impl Google<'_> {
    /// What proves who asks. An emulator takes any token, and gets none that is worth something.
    fn tokens(&self, is_emulated: bool, what: &str) -> Result<Arc<dyn Tokens>, Problem> {
        match (&self.connection, self.credentials) {
            _ if is_emulated => Ok(Arc::new(Fixed::emulator())),
            (Some(connection), Some(credentials)) => Ok(credentials.tokens(connection)?),
            _ => Err(Problem::new(
                Code::Permission,
                format!("the workspace uses {what}, and nobody is connected to Google Cloud"),
                "Connect: `algom connect gcp`, or Settings in the window.",
            )),
        }
    }
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

    /// The numbers: what a statement and a job may read, the largest table that is copied, how long new tables last.
    pub(crate) fn limits(&self, file: &Path) -> Result<BigQueryOptions, Problem> {
        let bytes = |name: &str, text: &str| {
            size(text).ok_or_else(|| {
                Problem::bad(
                    format!("{name} below [google] is {text:?}, which is no size ({})", file.display()),
                    format!("Write a number of MB, GB or TB: {name} = \"10GB\". The least is 64MB."),
                )
            })
        };
        if let Some(days) = self.table_expiration_days.filter(|days| !(1..=36_500).contains(days)) {
            return Err(Problem::bad(
                format!(
                    "table_expiration_days below [google] is {days}, and 1 to 36500 are possible ({})",
                    file.display()
                ),
                "Write after how many days new tables go, or leave the line out to keep them.",
            ));
        }
        Ok(BigQueryOptions {
            max_bytes: Some(bytes("max_bytes", self.max_bytes.as_deref().unwrap_or(MAX_BYTES))?),
            max_job_bytes: self.max_job_bytes.as_deref().map(|text| bytes("max_job_bytes", text)).transpose()?,
            copy_limit: bytes("copy_limit", self.copy_limit.as_deref().unwrap_or(COPY_LIMIT))?,
            expires_after_days: self.table_expiration_days,
        })
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
        let tokens = google.tokens(endpoints.bigquery_is_emulated(), &format!("BigQuery of {project}"))?;
        let options = self.limits(file)?;
        let client = BigQuery::new(Runtime::start()?, tokens, &endpoints, project, location)?;
        Ok(Arc::new(BigQueryWarehouse::new(client, dataset, location, options)))
    }

    /// The bucket of the models, where one is named. Nothing is asked of the network yet.
    pub(crate) fn bucket(&self, google: &Google<'_>) -> Result<Option<Arc<dyn Objects>>, Problem> {
        let Some(name) = &self.bucket else { return Ok(None) };
        let endpoints = Endpoints::from_env();
        let tokens = google.tokens(endpoints.storage_is_emulated(), &format!("the bucket {name}"))?;
        let bucket = Bucket::new(Runtime::start()?, tokens, &endpoints, name)?;
        Ok(Some(Arc::new(CloudBucket::new(bucket))))
    }
}
