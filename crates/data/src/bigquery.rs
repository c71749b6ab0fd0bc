//! BigQuery as the warehouse elsewhere: our names, types and marks on one side, its tables on the other. What a column looks
//! ahead is kept in its description.

use std::path::Path;
use std::time::Duration;

use algomosaic_cloud as cloud;
use algomosaic_core::{Job, Problem};
use arrow::array::RecordBatch;
use polars::prelude::DataFrame;

use crate::arrow_bridge;
use crate::error::{Error, Result};
use crate::lineage;
use crate::remote::{Load, LoadMode, Remote, RemoteListing, RemoteRun, RemoteTable};
use crate::schema::{Column, Descriptions, Marks};
use crate::sql::SqlParams;
use crate::sql::kind::{Kind, field_names};

/// By this label of a job or a table its owner and its costs are found.
const LABEL: (&str, &str) = ("application", "algomosaic");
/// In a column's description, before the number of bars that it looks ahead.
const MARK: &str = "[algomosaic.label=";
/// How the words of a mark begin.
const LABEL_WORDS: &str = "A label:";
/// Columns by which rows lie together, as far as a table has them.
const CLUSTERING: [&str; 3] = ["model_execution_id", "backtest_execution_id", "ticker"];

/// A project's BigQuery.
pub struct BigQueryWarehouse {
    client: cloud::BigQuery,
    dataset: String,
    location: Option<String>,
    options: BigQueryOptions,
}

/// What is read and kept at most.
#[derive(Debug, Clone, Copy, Default)]
pub struct BigQueryOptions {
    /// Bytes that a statement may read; one that would read more is refused and costs nothing.
    pub max_bytes: Option<u64>,
    /// Bytes that all statements of a job may read together.
    pub max_job_bytes: Option<u64>,
    /// The largest table that is copied here unasked, in bytes.
    pub copy_limit: u64,
    /// After how many days a table that is made from now on goes by itself.
    pub expires_after_days: Option<u32>,
}

impl BigQueryWarehouse {
    /// `dataset` completes names of one part; new datasets are made at `location`.
    pub fn new(
        client: cloud::BigQuery,
        dataset: &str,
        location: Option<&str>,
        options: BigQueryOptions,
    ) -> BigQueryWarehouse {
        let location = location.map(str::to_owned);
        BigQueryWarehouse { client, dataset: dataset.to_owned(), location, options }
    }

    fn statement<'a>(&'a self, sql: &'a str, params: &SqlParams, bytes_billed: Option<u64>) -> cloud::Statement<'a> {
        let given =
            |value: &crate::sql::SqlValue| cloud::Parameter { kind: value.kind.clone(), value: value.value.clone() };
        cloud::Statement {
            sql,
            parameters: params.iter().map(|(name, value)| (name.clone(), given(value))).collect(),
            dataset: Some(&self.dataset),
            limits: cloud::Limits { bytes_billed, time: None },
            labels: labels(),
        }
    }

    fn described(&self, dataset: &str, table: &str, job: &Job) -> Result<Option<cloud::Description>> {
        match self.client.table(&self.client.table_name(dataset, table), job) {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.status() == Some(404) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn make(&self, load: &Load, job: &Job) -> Result<()> {
        let name = self.client.table_name(&load.dataset, &load.table);
        let lineage = lineage::Table::of(&load.dataset, &load.table);
        let by = lineage.map_or(&CLUSTERING[..], lineage::Table::clustering);
        let has = |name: &&&str| load.columns.iter().any(|column| column.name == **name);
        let spec = cloud::TableSpec {
            fields: fields(load)?,
            description: match load.descriptions.get("") {
                Some(description) => description.clone(),
                None => lineage.map(|table| table.meaning().to_owned()).unwrap_or_default(),
            },
            clustering: by.iter().filter(has).map(|name| (*name).to_owned()).collect(),
            labels: labels(),
            expires_after: self.options.expires_after_days.map(|days| Duration::from_secs(u64::from(days) * 86_400)),
            ..cloud::TableSpec::default()
        };
        let made = match self.client.create_table(&name, &spec, job) {
            Err(error) if error.status() == Some(404) => {
                let dataset = self.client.create_dataset(&load.dataset, self.location.as_deref(), &labels(), job);
                // Someone else was first: then it is there.
                if let Err(error) = dataset
                    && error.status() != Some(409)
                {
                    return Err(error.into());
                }
                self.client.create_table(&name, &spec, job)
            }
            made => made,
        };
        match made {
            Err(error) if error.status() == Some(409) => Ok(()),
            made => Ok(made.map(|_| ())?),
        }
    }

    /// Gives a table the columns and marks that it lacks.
    fn extend(&self, found: &cloud::Description, load: &Load, job: &Job) -> Result<()> {
        let mut all = found.fields.clone();
        for field in fields(load)? {
            match all.iter_mut().find(|known| known.name.eq_ignore_ascii_case(&field.name)) {
                None => all.push(field),
                Some(known)
                    if mark(&known.description) != mark(&field.description) && !field.description.is_empty() =>
                {
                    known.description = field.description;
                }
                Some(_) => {}
            }
        }
        if all != found.fields {
            let changes = cloud::Changes { fields: Some(all), ..cloud::Changes::default() };
            self.client.patch_table(&found.name, &changes, Some(&found.etag), job)?;
        }
        Ok(())
    }
}

impl Remote for BigQueryWarehouse {
    fn project(&self) -> &str {
        self.client.project()
    }

    fn tables(&self, job: &Job) -> Result<Vec<RemoteListing>> {
        let mut all = Vec::new();
        for dataset in self.client.datasets(job)? {
            for listed in self.client.tables(&dataset.name, job)? {
                all.push(RemoteListing {
                    dataset: dataset.name.clone(),
                    table: listed.name,
                    rows: listed.rows,
                    bytes: listed.bytes.unwrap_or(0),
                    modified: listed.modified_us.unwrap_or(0),
                });
            }
        }
        Ok(all)
    }

    fn table(&self, dataset: &str, table: &str, job: &Job) -> Result<Option<RemoteTable>> {
        let Some(found) = self.described(dataset, table, job)? else { return Ok(None) };
        let mut marks = Marks::new();
        let mut descriptions = Descriptions::new();
        for field in &found.fields {
            if let Some(bars) = mark(&field.description) {
                marks.insert(field.name.clone(), bars);
            }
            descriptions.insert(field.name.clone(), without_mark(&field.description).to_owned());
        }
        descriptions.insert(String::new(), found.description.clone());
        descriptions.retain(|_, text| !text.is_empty());
        let columns = found.fields.iter().map(|field| Column { name: field.name.clone(), kind: kind(field) });
        Ok(Some(RemoteTable {
            columns: columns.collect(),
            marks,
            descriptions,
            rows: found.rows,
            bytes: found.bytes.unwrap_or(0),
            modified: found.modified_us.unwrap_or(0),
            version: format!("{} {:?} {:?}", found.etag, found.modified_us, found.rows),
        }))
    }

    fn estimate(&self, sql: &str, params: &SqlParams, job: &Job) -> Result<u64> {
        Ok(self.client.dry_run(&self.statement(sql, params, self.options.max_bytes), job)?.bytes)
    }

    fn run(&self, sql: &str, params: &SqlParams, job: &Job) -> Result<RemoteRun> {
        let BigQueryOptions { max_bytes, max_job_bytes, .. } = self.options;
        let left = max_job_bytes.map(|most| most.saturating_sub(job.billed()));
        let cap = [max_bytes, left].into_iter().flatten().min();
        if let (Some(0), Some(most)) = (left, max_job_bytes) {
            return Err(job_is_full(job.billed(), most).into());
        }
        let ran = match self.client.query(&self.statement(sql, params, cap), job) {
            Err(cloud::Error::Refused(refusal))
                if refusal.reason == "bytesBilledLimitExceeded" && left.is_some() && cap == left =>
            {
                return Err(job_is_full(job.billed(), max_job_bytes.unwrap_or_default()).into());
            }
            ran => ran?,
        };
        job.bill(ran.bytes_billed);
        Ok(RemoteRun {
            rows_in: ran.destination.map(|name| (name.dataset, name.table)),
            changed: ran.affected_rows.unwrap_or(0),
            bytes_billed: ran.bytes_billed,
        })
    }

    fn fetch(&self, dataset: &str, table: &str, in_order: bool, job: &Job) -> Result<DataFrame> {
        let name = self.client.table_name(dataset, table);
        let rows = cloud::Rows { streams: usize::from(in_order), ..cloud::Rows::all(&name) };
        let mut streams: Vec<Vec<RecordBatch>> = Vec::new();
        let read = self.client.read(&rows, job, |stream, batch| {
            if streams.len() <= stream {
                streams.resize_with(stream + 1, Vec::new);
            }
            streams[stream].push(batch);
            Ok(())
        })?;
        arrow_bridge::frame(&read.schema, &streams.concat())
    }

    fn page(&self, dataset: &str, table: &str, offset: u64, limit: u64, job: &Job) -> Result<DataFrame> {
        let page = self.client.list(&self.client.table_name(dataset, table), &[], offset, limit, job)?;
        arrow_bridge::frame(&page.schema, &page.batches)
    }

    fn prepare(&self, load: &Load, job: &Job) -> Result<()> {
        match self.described(&load.dataset, &load.table, job)? {
            None => self.make(load, job),
            Some(_) if load.mode == LoadMode::New => {
                Err(crate::commit::already_exists(&load.dataset, &load.table).into())
            }
            Some(found) if load.mode == LoadMode::Append => self.extend(&found, load, job),
            Some(_) => Ok(()),
        }
    }

    fn load(&self, load: &Load, file: &Path, job: &Job) -> Result<()> {
        let write = match load.mode {
            LoadMode::New => cloud::Write::Create,
            LoadMode::Append => cloud::Write::Append,
            LoadMode::Replace => cloud::Write::Replace,
        };
        let how = cloud::Load { fields: fields(load)?, labels: labels(), ..cloud::Load::new(write) };
        let into = self.client.table_name(&load.dataset, &load.table);
        self.client.load(&[file.to_owned()], &into, &how, &load.id, job)?;
        Ok(())
    }

    fn drop_table(&self, dataset: &str, table: &str, job: &Job) -> Result<()> {
        Ok(self.client.drop_table(&self.client.table_name(dataset, table), job)?)
    }

    fn copy_limit(&self) -> u64 {
        self.options.copy_limit
    }
}

impl From<cloud::Error> for Error {
    fn from(error: cloud::Error) -> Error {
        match error {
            cloud::Error::Cancelled(cancelled) => Error::Cancelled(cancelled),
            other => Error::Problem(other.into()),
        }
    }
}

/// That the statements of a job may read no more.
fn job_is_full(read: u64, most: u64) -> Problem {
    Problem::bad(
        format!(
            "the next statement would read more than the {} MB that all of this job may read; {} MB are read already",
            most / 1_000_000,
            read / 1_000_000
        ),
        "Raise max_job_bytes below [google] in algomosaic.toml (Settings in the window), or read fewer columns and days.",
    )
}

fn labels() -> std::collections::BTreeMap<String, String> {
    std::collections::BTreeMap::from([(LABEL.0.to_owned(), LABEL.1.to_owned())])
}

/// The bars that a column looks ahead, from its description.
fn mark(description: &str) -> Option<u32> {
    let (_, after) = description.split_once(MARK)?;
    after.split_once(']')?.0.parse().ok()
}

/// What a description says beside the mark.
fn without_mark(description: &str) -> &str {
    match (mark(description), description.split_once(LABEL_WORDS)) {
        (Some(_), Some((own, _))) => own.trim_end(),
        _ => description,
    }
}

fn fields(load: &Load) -> Result<Vec<cloud::Field>> {
    let is_lineage = lineage::Table::of(&load.dataset, &load.table).is_some();
    let field = |column: &Column| {
        let kind = Kind::of_name(&column.kind).ok_or_else(|| {
            Problem::bad(
                format!("the column {} has the type {}, which BigQuery has not", column.name, column.kind),
                "Cast it to another type.",
            )
        })?;
        let own = match load.descriptions.get(&column.name) {
            Some(own) => own,
            None if is_lineage => lineage::meaning(&column.name),
            None => "",
        };
        let mark = load
            .marks
            .get(&column.name)
            .map(|bars| format!("{LABEL_WORDS} it reads {bars} later bars and is never a feature. {MARK}{bars}]"));
        let words: Vec<&str> =
            [own, mark.as_deref().unwrap_or_default()].into_iter().filter(|one| !one.is_empty()).collect();
        Ok(field(&column.name, &kind).described(&words.join(" ")))
    };
    load.columns.iter().map(field).collect()
}

fn field(name: &str, kind: &Kind) -> cloud::Field {
    match kind {
        Kind::Array(of) => cloud::Field { mode: cloud::Mode::Repeated, ..field(name, of) },
        Kind::Struct(inner) => {
            let names = field_names(inner);
            let fields = names.iter().zip(inner).map(|(name, (_, kind))| field(name, kind)).collect();
            cloud::Field { fields, ..cloud::Field::new(name, "STRUCT") }
        }
        kind => cloud::Field::new(name, &kind.to_string()),
    }
}

/// The type of a column as SQL writes it.
fn kind(field: &cloud::Field) -> String {
    let inner = if field.fields.is_empty() {
        field.kind.clone()
    } else {
        let fields: Vec<String> = field.fields.iter().map(|one| format!("{} {}", one.name, kind(one))).collect();
        format!("STRUCT<{}>", fields.join(", "))
    };
    if field.mode == cloud::Mode::Repeated { format!("ARRAY<{inner}>") } else { inner }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_that_has_read_its_bytes_runs_no_further_statement() {
        let nowhere = cloud::Endpoints { bigquery: "http://127.0.0.1:1".to_owned(), ..cloud::Endpoints::default() };
        let tokens = std::sync::Arc::new(cloud::Fixed::emulator());
        let client = cloud::BigQuery::new(cloud::Runtime::start().unwrap(), tokens, &nowhere, "p", None).unwrap();
        let options = BigQueryOptions { max_job_bytes: Some(100_000_000), ..BigQueryOptions::default() };
        let warehouse = BigQueryWarehouse::new(client, "d", None, options);
        let job = Job::new();
        job.part(0.0, 0.5).bill(100_000_000);
        let said = Problem::from(warehouse.run("SELECT 1", &SqlParams::new(), &job).unwrap_err());
        assert!(said.message.contains("100 MB are read already"), "{said:?}");
        assert!(said.hint.contains("max_job_bytes"), "{said:?}");
    }

    #[test]
    fn columns_and_their_marks_survive_the_way_there_and_back() {
        let columns: Vec<Column> = [
            ("ticker_time", "TIMESTAMP"),
            ("ROR_n10", "FLOAT64"),
            ("tags", "ARRAY<STRING>"),
            ("at", "STRUCT<x INT64, y ARRAY<FLOAT64>>"),
        ]
        .map(|(name, kind)| Column { name: name.to_owned(), kind: kind.to_owned() })
        .to_vec();
        let marks = Marks::from([("ROR_n10".to_owned(), 10)]);
        let descriptions = Descriptions::from([("tags".to_owned(), "Whatever.".to_owned())]);
        let load = Load {
            project: "p".to_owned(),
            dataset: "d".to_owned(),
            table: "t".to_owned(),
            mode: LoadMode::New,
            columns: columns.clone(),
            marks: marks.clone(),
            descriptions,
            id: "x".to_owned(),
        };
        let fields = fields(&load).unwrap();
        let back: Vec<Column> =
            fields.iter().map(|field| Column { name: field.name.clone(), kind: kind(field) }).collect();
        assert_eq!(back, columns);
        let marked: Marks =
            fields.iter().filter_map(|field| Some((field.name.clone(), mark(&field.description)?))).collect();
        assert_eq!(marked, marks);
        let own: Vec<&str> = fields.iter().map(|field| without_mark(&field.description)).collect();
        assert_eq!(own, ["", "", "Whatever.", ""]);
        assert_eq!(mark("[algomosaic.label=x]"), None);
        assert_eq!(mark("bars"), None);
    }
}
