//! Statements: what one would read and cost, and running it under a limit of bytes.

use std::collections::BTreeMap;
use std::time::Duration;

use algomosaic_core::Job;
use reqwest::Method;
use serde_json::{Value, json};

use super::parameter::{self, Parameter};
use super::remote::{Finished, Poll, Reference, UnderWay, new_id};
use super::{BigQuery, Field, Labels, TableName, number, text};
use crate::error::{Error, Result};
use crate::http::Ask;

/// US$ for a TiB that a statement reads, in the US multi-region and without a reservation, since 5 July 2023:
/// <https://cloud.google.com/bigquery/pricing>. Some regions cost more, and the first TiB of a month costs nothing.
pub const PRICE_USD_PER_TIB: f64 = 6.25;

/// What a statement pays for at least, for each table that it names.
const LEAST_BYTES_A_TABLE: u64 = 10 << 20;

/// An estimate of what reading so many bytes of so many tables costs in US$ on demand; see [`PRICE_USD_PER_TIB`].
pub fn price_usd(bytes: u64, tables: usize) -> f64 {
    if bytes == 0 {
        return 0.0;
    }
    let mib = bytes.div_ceil(1 << 20).saturating_mul(1 << 20);
    let billed = mib.max(LEAST_BYTES_A_TABLE.saturating_mul(tables.max(1) as u64));
    billed as f64 / (1_u64 << 40) as f64 * PRICE_USD_PER_TIB
}

/// A statement with all that belongs to it.
#[derive(Debug, Clone, Default)]
pub struct Statement<'a> {
    /// Google's standard SQL.
    pub sql: &'a str,
    /// Values of its `@names`.
    pub parameters: BTreeMap<String, Parameter>,
    /// The dataset of tables that it names without one.
    pub dataset: Option<&'a str>,
    /// What it may read at most.
    pub limits: Limits,
    /// Labels of the job, by which its cost is found.
    pub labels: Labels,
}

/// What a statement may take at most.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// Bytes that are paid for; a statement that would read more fails and costs nothing.
    pub bytes_billed: Option<u64>,
    /// After this time BigQuery stops it.
    pub time: Option<Duration>,
}

/// What a statement would do.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// Bytes that it would read.
    pub bytes: u64,
    /// Whether that is what it reads at most rather than exactly: of clustered tables it may read less.
    pub at_most: bool,
    /// An estimate of its price on demand; see [`price_usd`].
    pub usd: f64,
    /// The columns of its result.
    pub fields: Vec<Field>,
    /// The tables that it names.
    pub tables: Vec<TableName>,
    /// What it is: SELECT, INSERT, CREATE_TABLE_AS_SELECT ...
    pub statement: String,
}

/// What a statement did.
#[derive(Debug, Clone, PartialEq)]
pub struct Ran {
    /// The identifier of its job.
    pub job_id: String,
    /// Where it ran.
    pub location: Option<String>,
    /// The table of its rows; [`BigQuery::read`] reads it. `None` where it has none.
    pub destination: Option<TableName>,
    /// The columns of its result.
    pub fields: Vec<Field>,
    /// Rows of its result.
    pub rows: Option<u64>,
    /// Bytes that it read.
    pub bytes_processed: u64,
    /// Bytes that are paid for.
    pub bytes_billed: u64,
    /// Whether the result was there already, which costs nothing.
    pub cache_hit: bool,
    /// Rows that it inserted, changed or deleted.
    pub affected_rows: Option<u64>,
    /// What it was: SELECT, INSERT, CREATE_TABLE_AS_SELECT ...
    pub statement: String,
}

impl Statement<'_> {
    fn configuration(&self, project: &str, dry_run: bool) -> Result<Value> {
        let mut query = json!({"query": self.sql, "useLegacySql": false});
        if !self.parameters.is_empty() {
            query["parameterMode"] = "NAMED".into();
            query["queryParameters"] = parameter::to_json(&self.parameters)?;
        }
        if let Some(dataset) = self.dataset {
            query["defaultDataset"] = json!({"projectId": project, "datasetId": dataset});
        }
        if let Some(bytes) = self.limits.bytes_billed {
            query["maximumBytesBilled"] = bytes.to_string().into();
        }
        let mut configuration = json!({"query": query, "labels": self.labels});
        if dry_run {
            configuration["dryRun"] = true.into();
        } else if let Some(time) = self.limits.time {
            configuration["jobTimeoutMs"] = time.as_millis().to_string().into();
        }
        Ok(configuration)
    }
}

impl BigQuery {
    /// What a statement would read, cost and answer. Costs nothing.
    ///
    /// # Errors
    /// The statement is wrong, no permission, no network.
    pub fn dry_run(&self, statement: &Statement<'_>, job: &Job) -> Result<Estimate> {
        self.runtime.wait(job, async {
            let doing = "checking the statement";
            let mut body = json!({"configuration": statement.configuration(&self.project, true)?});
            if let Some(location) = &self.location {
                body["jobReference"] = json!({"projectId": self.project, "location": location});
            }
            let url = self.url(&[&self.project, "jobs"], &[])?;
            let answer: Value = self.http.read(Ask::new(doing, Method::POST, url).json(&body)?.safe()).await?;
            let query = &answer["statistics"]["query"];
            let bytes = number(&query["totalBytesProcessed"])
                .or_else(|| number(&answer["statistics"]["totalBytesProcessed"]))
                .unwrap_or(0);
            let tables: Vec<TableName> =
                query["referencedTables"].as_array().into_iter().flatten().filter_map(TableName::from_json).collect();
            Ok(Estimate {
                bytes,
                at_most: query["totalBytesProcessedAccuracy"] == "UPPER_BOUND",
                usd: price_usd(bytes, tables.len()),
                fields: Field::list(&query["schema"]["fields"]),
                tables,
                statement: text(&query["statementType"]),
            })
        })
    }

    /// Runs a statement to its end. Cancelling the job stops it in BigQuery too, and says so.
    ///
    /// # Errors
    /// The statement is wrong, it would read more than its limit, no permission, no network, cancelled.
    pub fn query(&self, statement: &Statement<'_>, job: &Job) -> Result<Ran> {
        let under_way = UnderWay::default();
        self.run(job, &under_way, async {
            let doing = "running the statement";
            let configuration = statement.configuration(&self.project, false)?;
            let mut tries = 1;
            let (reference, finished) = loop {
                let reference = self.reference(&new_id());
                let done = self.do_job(doing, &reference, &configuration, Poll::Results, &under_way, job).await;
                match done {
                    // A job that failed did nothing; another one, with another identifier, may succeed.
                    Err(Error::Refused(refusal))
                        if tries < self.http.patience.tries && passes(&refusal.reason) && !is_script(statement.sql) =>
                    {
                        tries += 1;
                        tokio::time::sleep(self.http.patience.first_pause * tries).await;
                    }
                    done => break done?,
                }
            };
            self.ran(doing, &reference, &finished).await
        })
    }

    async fn ran(&self, doing: &str, reference: &Reference, finished: &Finished) -> Result<Ran> {
        let Finished { document, results } = finished;
        let statistics = &document["statistics"];
        let query = &statistics["query"];
        let statement = text(&query["statementType"]);
        let named = TableName::from_json(&document["configuration"]["query"]["destinationTable"]);
        // What INSERT or CREATE TABLE name here is the table that they wrote.
        let destination = match (statement.as_str(), named) {
            ("SELECT", named) | ("SCRIPT", named @ Some(_)) => named,
            ("SCRIPT", None) => self.last_result(doing, reference).await?,
            _ => None,
        };
        Ok(Ran {
            job_id: reference.id.clone(),
            location: reference.location.clone(),
            fields: Field::list(&results["schema"]["fields"]),
            rows: destination.as_ref().and_then(|_| number(&results["totalRows"])),
            destination,
            bytes_processed: number(&query["totalBytesProcessed"])
                .or_else(|| number(&statistics["totalBytesProcessed"]))
                .unwrap_or(0),
            bytes_billed: number(&query["totalBytesBilled"]).unwrap_or(0),
            cache_hit: query["cacheHit"] == true,
            affected_rows: number(&query["numDmlAffectedRows"]),
            statement,
        })
    }

    /// The table of the last SELECT of a script, whose statements are jobs of their own, the latest first.
    async fn last_result(&self, doing: &str, reference: &Reference) -> Result<Option<TableName>> {
        let query = [("parentJobId", reference.id.as_str()), ("projection", "full"), ("maxResults", "100")];
        let answer: Value = self.http.read(Ask::get(doing, self.url(&[&self.project, "jobs"], &query)?)).await?;
        let jobs = answer["jobs"].as_array().into_iter().flatten();
        Ok(jobs
            .filter(|job| job["statistics"]["query"]["statementType"] == "SELECT")
            .find_map(|job| TableName::from_json(&job["configuration"]["query"]["destinationTable"])))
    }
}

/// Whether a job that failed for this reason may succeed when it is run anew.
fn passes(reason: &str) -> bool {
    matches!(
        reason,
        "backendError"
            | "jobBackendError"
            | "internalError"
            | "jobInternalError"
            | "rateLimitExceeded"
            | "jobRateLimitExceeded"
    )
}

/// Whether there may be several statements, of which some were done when a later one failed.
fn is_script(sql: &str) -> bool {
    sql.trim_end().trim_end_matches(';').contains(';')
}

#[cfg(test)]
mod tests {
    use super::*;

    // 6.25 US$ a TiB, 10 MiB a table at least, whole MiB: https://cloud.google.com/bigquery/pricing
    #[test]
    fn a_price_has_a_minimum_for_each_table() {
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} {b}");
        close(price_usd(1 << 40, 1), 6.25);
        close(price_usd(1, 1), 6.25 * 10.0 / 1_048_576.0);
        close(price_usd(1, 3), 6.25 * 30.0 / 1_048_576.0);
        close(price_usd((10 << 20) + 1, 1), 6.25 * 11.0 / 1_048_576.0);
        close(price_usd(0, 0), 0.0);
        assert!(price_usd(u64::MAX / 2, usize::MAX).is_finite());
    }
}
