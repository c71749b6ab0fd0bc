//! Datasets and tables: what there is, what it is made of, making, changing and dropping it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use algomosaic_core::Job;
use http::HeaderValue;
use http::header::IF_MATCH;
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::{BigQuery, Field, Labels, TableName, labels, number, text, texts};
use crate::error::Result;
use crate::http::Ask;

/// A list of tables comes without sizes after this time.
const SIZES_WITHIN: Duration = Duration::from_secs(15);

/// A dataset, which holds tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dataset {
    /// Its name within the project.
    pub name: String,
    /// Where it lies: `EU`, `us-central1`.
    pub location: String,
    /// Its labels.
    pub labels: Labels,
}

/// What a table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableKind {
    /// Rows of its own.
    Table,
    /// A statement.
    View,
    /// A statement whose rows are kept.
    MaterializedView,
    /// Rows elsewhere.
    External,
    /// Rows of a table at a moment.
    Snapshot,
    /// Something newer than this program.
    Other,
}

impl TableKind {
    fn read(word: &Value) -> TableKind {
        match word.as_str() {
            Some("TABLE") | None => TableKind::Table,
            Some("VIEW") => TableKind::View,
            Some("MATERIALIZED_VIEW") => TableKind::MaterializedView,
            Some("EXTERNAL") => TableKind::External,
            Some("SNAPSHOT") => TableKind::Snapshot,
            Some(_) => TableKind::Other,
        }
    }
}

/// A table as a list shows it. The numbers are missing for views, and where the person may not run statements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableListing {
    /// Its name within the dataset.
    pub name: String,
    /// What it is.
    pub kind: TableKind,
    /// Its rows.
    pub rows: Option<u64>,
    /// Its size in bytes.
    pub bytes: Option<u64>,
    /// When it was last changed, in microseconds since 1970.
    pub modified_us: Option<i64>,
    /// Its labels.
    pub labels: Labels,
}

/// How a table is cut into parts by time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition {
    /// The column: a DATE, DATETIME or TIMESTAMP.
    pub field: String,
    /// How long a part is.
    pub by: Clock,
}

/// The length of a part of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// An hour.
    Hour,
    /// A day.
    Day,
    /// A month.
    Month,
    /// A year.
    Year,
}

impl Partition {
    pub(super) fn to_json(&self) -> Value {
        let by = match self.by {
            Clock::Hour => "HOUR",
            Clock::Day => "DAY",
            Clock::Month => "MONTH",
            Clock::Year => "YEAR",
        };
        json!({"type": by, "field": self.field})
    }

    fn from_json(value: &Value) -> Option<Partition> {
        let by = match value["type"].as_str()? {
            "HOUR" => Clock::Hour,
            "DAY" => Clock::Day,
            "MONTH" => Clock::Month,
            _ => Clock::Year,
        };
        Some(Partition { field: text(&value["field"]), by })
    }
}

/// What a table is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// Its full name.
    pub name: TableName,
    /// What it is.
    pub kind: TableKind,
    /// Its columns.
    pub fields: Vec<Field>,
    /// What it is for; empty when nobody said.
    pub description: String,
    /// Its rows.
    pub rows: Option<u64>,
    /// Its size in bytes.
    pub bytes: Option<u64>,
    /// When it was last changed, in microseconds since 1970.
    pub modified_us: Option<i64>,
    /// When it is dropped by itself, in microseconds since 1970.
    pub expires_us: Option<i64>,
    /// The columns by which rows lie together.
    pub clustering: Vec<String>,
    /// How it is cut into parts.
    pub partition: Option<Partition>,
    /// Its labels.
    pub labels: Labels,
    /// Where it lies.
    pub location: String,
    /// Changes with every change of the table; [`BigQuery::patch_table`] takes it.
    pub etag: String,
}

/// A table to be made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableSpec {
    /// Its columns.
    pub fields: Vec<Field>,
    /// What it is for.
    pub description: String,
    /// The columns by which rows lie together, four at most.
    pub clustering: Vec<String>,
    /// How it is cut into parts.
    pub partition: Option<Partition>,
    /// After what time it is dropped by itself.
    pub expires_after: Option<Duration>,
    /// Its labels.
    pub labels: Labels,
}

/// What to change of a table; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// What it is for.
    pub description: Option<String>,
    /// All columns, with the new descriptions; new columns may follow at the end.
    pub fields: Option<Vec<Field>>,
    /// Labels to set, or (`None`) to remove.
    pub labels: std::collections::BTreeMap<String, Option<String>>,
    /// After what time, from now, it is dropped by itself; `Some(None)` means never.
    pub expires_after: Option<Option<Duration>>,
}

impl BigQuery {
    /// The datasets of the project, hidden ones left out.
    ///
    /// # Errors
    /// No permission, no network.
    pub fn datasets(&self, job: &Job) -> Result<Vec<Dataset>> {
        self.runtime.wait(job, async {
            let doing = format!("listing the datasets of {}", self.project);
            let all = self.listed(&doing, &[&self.project, "datasets"], "datasets").await?;
            Ok(all
                .iter()
                .map(|one| Dataset {
                    name: text(&one["datasetReference"]["datasetId"]),
                    location: text(&one["location"]),
                    labels: labels(&one["labels"]),
                })
                .collect())
        })
    }

    /// Makes a dataset, at `location` or where this BigQuery's jobs run.
    ///
    /// # Errors
    /// It exists already, no permission, no network.
    pub fn create_dataset(&self, name: &str, location: Option<&str>, labels: &Labels, job: &Job) -> Result<()> {
        self.runtime.wait(job, async {
            let doing = format!("making the dataset {name}");
            let mut body = json!({
                "datasetReference": {"projectId": self.project, "datasetId": name},
                "labels": labels,
            });
            if let Some(location) = location.or(self.location.as_deref()) {
                body["location"] = location.into();
            }
            let url = self.url(&[&self.project, "datasets"], &[])?;
            self.http.send(Ask::new(&doing, Method::POST, url).json(&body)?).await.map(drop)
        })
    }

    /// Drops a dataset that is empty.
    ///
    /// # Errors
    /// It holds tables, there is none, no permission, no network.
    pub fn drop_dataset(&self, name: &str, job: &Job) -> Result<()> {
        self.runtime.wait(job, async {
            let doing = format!("dropping the dataset {name}");
            let url = self.url(&[&self.project, "datasets", name], &[])?;
            self.http.send(Ask::new(&doing, Method::DELETE, url)).await.map(drop)
        })
    }

    /// The tables of a dataset by name, with their sizes: two requests for up to a thousand tables.
    ///
    /// # Errors
    /// There is no such dataset, no permission, no network. Sizes that cannot be had are left out.
    pub fn tables(&self, dataset: &str, job: &Job) -> Result<Vec<TableListing>> {
        self.runtime.wait(job, async {
            let doing = format!("listing the tables of {dataset}");
            let parts = [self.project.as_str(), "datasets", dataset, "tables"];
            // Nobody waits long for the sizes.
            let sizes = tokio::time::timeout(SIZES_WITHIN, self.sizes(dataset));
            let (all, sizes) = tokio::join!(self.listed(&doing, &parts, "tables"), sizes);
            let sizes = sizes.ok().and_then(Result::ok).unwrap_or_default();
            let mut tables: Vec<TableListing> = all?
                .iter()
                .map(|one| {
                    let name = text(&one["tableReference"]["tableId"]);
                    let kind = TableKind::read(&one["type"]);
                    let size = sizes.get(&name).filter(|_| kind != TableKind::View);
                    TableListing {
                        kind,
                        rows: size.and_then(|size| number(&size[1]["v"])),
                        bytes: size.and_then(|size| number(&size[2]["v"])),
                        modified_us: size.and_then(|size| micros(&size[3]["v"])),
                        labels: labels(&one["labels"]),
                        name,
                    }
                })
                .collect();
            tables.sort_by(|a, b| a.name.cmp(&b.name));
            Ok(tables)
        })
    }

    /// The cells of `__TABLES__`, which costs nothing and is one request for a dataset, by the name of the table.
    async fn sizes(&self, dataset: &str) -> Result<std::collections::HashMap<String, Vec<Value>>> {
        let doing = format!("asking for the sizes of the tables of {dataset}");
        if dataset.contains(['`', '\\']) {
            return Ok(Default::default());
        }
        let body = json!({
            "query": format!(
                "SELECT table_id, row_count, size_bytes, last_modified_time FROM `{}.{dataset}.__TABLES__`",
                self.project
            ),
            "useLegacySql": false,
            "timeoutMs": 10_000,
        });
        let url = self.url(&[&self.project, "queries"], &[])?;
        let answer: Value = self.http.read(Ask::new(&doing, Method::POST, url).json(&body)?.safe()).await?;
        let rows = answer["rows"].as_array().into_iter().flatten();
        Ok(rows
            .filter_map(|row| {
                let cells = row["f"].as_array()?;
                Some((cells.first()?["v"].as_str()?.to_owned(), cells.clone())).filter(|(_, cells)| cells.len() == 4)
            })
            .collect())
    }

    /// All things of a list that comes page by page. An empty list may be left out of the answer.
    async fn listed(&self, doing: &str, parts: &[&str], name: &str) -> Result<Vec<Value>> {
        let mut all = Vec::new();
        let mut page = String::new();
        loop {
            let query = [("maxResults", "1000"), ("pageToken", page.as_str())];
            let url = self.url(parts, if page.is_empty() { &query[..1] } else { &query })?;
            let mut answer: Value = self.http.read(Ask::get(doing, url)).await?;
            if let Some(Value::Array(some)) = answer.get_mut(name).map(Value::take) {
                all.extend(some);
            }
            match answer["nextPageToken"].as_str() {
                // A page that names itself as the next would never end.
                Some(next) if !next.is_empty() && next != page => page = next.to_owned(),
                _ => return Ok(all),
            }
        }
    }

    /// What a table is made of.
    ///
    /// # Errors
    /// There is no such table, no permission, no network.
    pub fn table(&self, name: &TableName, job: &Job) -> Result<Description> {
        self.runtime.wait(job, self.described(name))
    }

    pub(super) async fn described(&self, name: &TableName) -> Result<Description> {
        let doing = format!("reading the description of {name}");
        let answer = self.http.read(Ask::get(&doing, self.table_url(name, &[])?)).await?;
        Ok(description(name, &answer))
    }

    /// Makes an empty table.
    ///
    /// # Errors
    /// It exists already, there is no such dataset, a column is wrong, no permission, no network.
    pub fn create_table(&self, name: &TableName, spec: &TableSpec, job: &Job) -> Result<Description> {
        self.runtime.wait(job, async {
            let doing = format!("making the table {name}");
            let mut body = json!({
                "tableReference": name.to_json(),
                "schema": Field::schema(&spec.fields),
                "labels": spec.labels,
            });
            if !spec.description.is_empty() {
                body["description"] = spec.description.as_str().into();
            }
            if !spec.clustering.is_empty() {
                body["clustering"] = json!({"fields": spec.clustering});
            }
            if let Some(partition) = &spec.partition {
                body["timePartitioning"] = partition.to_json();
            }
            if let Some(after) = spec.expires_after {
                body["expirationTime"] = expiration(after).into();
            }
            let url = self.url(&[&name.project, "datasets", &name.dataset, "tables"], &[])?;
            let answer = self.http.read(Ask::new(&doing, Method::POST, url).json(&body)?).await?;
            Ok(description(name, &answer))
        })
    }

    /// Changes what a table says about itself, if it is still the one with this etag.
    ///
    /// # Errors
    /// Someone else changed it meanwhile (412), there is no such table, no permission, no network.
    pub fn patch_table(
        &self,
        name: &TableName,
        changes: &Changes,
        etag: Option<&str>,
        job: &Job,
    ) -> Result<Description> {
        self.runtime.wait(job, async {
            let doing = format!("changing the table {name}");
            let mut body = Map::new();
            if let Some(description) = &changes.description {
                body.insert("description".to_owned(), description.as_str().into());
            }
            if let Some(fields) = &changes.fields {
                body.insert("schema".to_owned(), Field::schema(fields));
            }
            if !changes.labels.is_empty() {
                body.insert("labels".to_owned(), json!(changes.labels));
            }
            if let Some(after) = changes.expires_after {
                body.insert("expirationTime".to_owned(), after.map(expiration).into());
            }
            let mut ask = Ask::new(&doing, Method::PATCH, self.table_url(name, &[])?).json(&body)?;
            if let Some(etag) = etag.and_then(|etag| HeaderValue::from_str(etag).ok()) {
                ask = ask.header(IF_MATCH, etag);
            }
            let answer = self.http.read(ask).await?;
            Ok(description(name, &answer))
        })
    }

    /// Drops a table; one that is not there is as good as dropped.
    ///
    /// # Errors
    /// No permission, no network.
    pub fn drop_table(&self, name: &TableName, job: &Job) -> Result<()> {
        self.runtime.wait(job, self.dropped(name))
    }

    pub(super) async fn dropped(&self, name: &TableName) -> Result<()> {
        let doing = format!("dropping the table {name}");
        match self.http.send(Ask::new(&doing, Method::DELETE, self.table_url(name, &[])?)).await {
            Err(error) if error.status() != Some(404) => Err(error),
            _ => Ok(()),
        }
    }
}

/// The moment at which a table expires, in milliseconds since 1970 as text, as the interface wants it.
pub(super) fn expiration(after: Duration) -> String {
    let at = SystemTime::now() + after;
    at.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis().to_string()
}

/// Milliseconds since 1970, as the interface has them, in microseconds.
fn micros(value: &Value) -> Option<i64> {
    number(value).and_then(|millis| i64::try_from(millis).ok()?.checked_mul(1000))
}

fn description(name: &TableName, answer: &Value) -> Description {
    Description {
        name: TableName::from_json(&answer["tableReference"]).unwrap_or_else(|| name.clone()),
        kind: TableKind::read(&answer["type"]),
        fields: Field::list(&answer["schema"]["fields"]),
        description: text(&answer["description"]),
        rows: number(&answer["numRows"]),
        bytes: number(&answer["numBytes"]),
        modified_us: micros(&answer["lastModifiedTime"]),
        expires_us: micros(&answer["expirationTime"]),
        clustering: texts(&answer["clustering"]["fields"]),
        partition: Partition::from_json(&answer["timePartitioning"]),
        labels: labels(&answer["labels"]),
        location: text(&answer["location"]),
        etag: text(&answer["etag"]),
    }
}
