//! BigQuery: datasets, tables, queries, loads of Parquet files, and rows as Arrow. It never writes a row by itself: every
//! change goes through a job that has an identifier, so that asking twice does it once.

mod arrow_stream;
mod field;
mod load;
mod pages;
mod parameter;
mod query;
mod read;
mod remote;
mod table;
mod tries;

use std::fmt;
use std::sync::Arc;

pub use field::{Field, Mode};
pub use load::{Load, Loaded, Write};
pub use pages::Page;
pub use parameter::Parameter;
pub use query::{Estimate, Limits, PRICE_USD_PER_TIB, Ran, Statement, price_usd};
pub use read::{Compression, Read, Rows};
use serde_json::Value;
pub use table::{Changes, Clock, Dataset, Description, Partition, TableKind, TableListing, TableSpec};

use crate::endpoints::Endpoints;
use crate::error::{Error, Result};
use crate::http::{Http, Patience};
use crate::runtime::Runtime;
use crate::token::Tokens;

const SERVICE: &str = "BigQuery";

/// A project's BigQuery. Cheap to clone; every call waits, and stops when its job is cancelled.
#[derive(Clone)]
pub struct BigQuery {
    runtime: Runtime,
    http: Http,
    root: String,
    /// `None` where BigQuery is an emulator and nobody said where its Storage interface is.
    read_address: Option<String>,
    project: String,
    location: Option<String>,
}

/// The full name of a table.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TableName {
    /// The project that holds it.
    pub project: String,
    /// The dataset within the project.
    pub dataset: String,
    /// The table within the dataset.
    pub table: String,
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.project, self.dataset, self.table)
    }
}

impl TableName {
    fn to_json(&self) -> Value {
        serde_json::json!({"projectId": self.project, "datasetId": self.dataset, "tableId": self.table})
    }

    fn from_json(value: &Value) -> Option<TableName> {
        Some(TableName {
            project: value["projectId"].as_str()?.to_owned(),
            dataset: value["datasetId"].as_str()?.to_owned(),
            table: value["tableId"].as_str()?.to_owned(),
        })
    }
}

impl BigQuery {
    /// The BigQuery of `project`. Jobs run at `location` (`EU`, `europe-west1`); where it is `None`, BigQuery chooses by
    /// the tables that a statement names.
    ///
    /// # Errors
    /// When this machine cannot make connections at all.
    pub fn new(
        runtime: Runtime,
        tokens: Arc<dyn Tokens>,
        endpoints: &Endpoints,
        project: &str,
        location: Option<&str>,
    ) -> Result<BigQuery> {
        Ok(BigQuery {
            runtime,
            http: Http::new(SERVICE, tokens)?,
            root: endpoints.bigquery.clone(),
            read_address: Some(endpoints.bigquery_read.clone())
                .filter(|read| !endpoints.bigquery_is_emulated() || *read != Endpoints::default().bigquery_read),
            project: project.to_owned(),
            location: location.map(str::to_owned),
        })
    }

    /// With other limits of waiting.
    pub fn with_patience(mut self, patience: Patience) -> BigQuery {
        self.http = self.http.with_patience(patience);
        self
    }

    /// The project.
    pub fn project(&self) -> &str {
        &self.project
    }

    /// The name of a table of this project.
    pub fn table_name(&self, dataset: &str, table: &str) -> TableName {
        TableName { project: self.project.clone(), dataset: dataset.to_owned(), table: table.to_owned() }
    }

    /// An address below `/bigquery/v2/projects`, its parts encoded.
    fn url(&self, parts: &[&str], query: &[(&str, &str)]) -> Result<String> {
        self.address("bigquery/v2/projects", parts, query)
    }

    fn address(&self, base: &str, parts: &[&str], query: &[(&str, &str)]) -> Result<String> {
        let wrong = || Error::Local(format!("{} is no address of BigQuery", self.root));
        let mut url = url::Url::parse(&format!("{}/{base}", self.root)).map_err(|_| wrong())?;
        url.path_segments_mut().map_err(|()| wrong())?.extend(parts);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url.into())
    }

    fn table_url(&self, name: &TableName, query: &[(&str, &str)]) -> Result<String> {
        self.url(&[&name.project, "datasets", &name.dataset, "tables", &name.table], query)
    }
}

/// A whole number, which BigQuery writes as text.
fn number(value: &Value) -> Option<u64> {
    match value {
        Value::String(digits) => digits.parse().ok(),
        value => value.as_u64(),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The texts of a list; empty where there is none.
fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Labels: short words by which jobs and tables are found and billed.
pub(crate) type Labels = std::collections::BTreeMap<String, String>;

fn labels(value: &Value) -> Labels {
    let pairs = value.as_object().into_iter().flatten();
    pairs.map(|(name, value)| (name.clone(), text(value))).collect()
}
