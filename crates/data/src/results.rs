//! Results of queries, and sorted or filtered views, as tables: written once into the hidden dataset `_results`, each with
//! a record in its folder that becomes visible together with its rows. Those without a name are temporary.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use algomosaic_core::{Code, Job, Problem, names};
use serde::{Deserialize, Serialize};

use crate::commit::{Staging, Transaction, unique, write_atomically};
use crate::error::{IoContext as _, Result};
use crate::prepared::Prepared;
use crate::table_name::TableName;
use crate::warehouse::{IfExists, Warehouse};

/// The dataset of results.
pub const RESULTS: &str = "_results";
/// The record in a result's folder.
const RECORD: &str = "result.json";

/// How a result came about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResultRecord {
    /// Its id, which is also its table in the dataset [`RESULTS`]. Ids sort by time.
    pub id: String,
    /// What was asked.
    pub sql: String,
    /// The values of the query's parameters, as they were given.
    pub parameters: serde_json::Value,
    /// When, RFC 3339, UTC.
    pub ran_at: String,
    /// How long it took.
    pub seconds: f64,
    /// Its rows.
    pub rows: u64,
    /// The tables it was read from.
    pub tables: Vec<String>,
    /// Bytes that are paid for, where the query ran elsewhere.
    #[serde(default)]
    pub bytes_billed: Option<u64>,
    /// The name a person gave it; it stays while it has one.
    pub name: Option<String>,
}

impl Warehouse {
    /// Runs a statement and keeps its rows as a result.
    pub fn keep_result(
        &self,
        staging: &Staging,
        prepared: &Prepared<'_>,
        sql: &str,
        parameters: serde_json::Value,
        job: &Job,
    ) -> Result<ResultRecord> {
        let (started, billed) = (Instant::now(), job.billed());
        let ran_at = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
        let id = format!("r_{}", unique().replace('-', "_"));
        let mut transaction = staging.transaction()?;
        let rows = prepared.into_table(&mut transaction, &self.result_table(&id)?, IfExists::Fail, job)?;
        let record = ResultRecord {
            sql: sql.to_owned(),
            parameters,
            ran_at,
            seconds: started.elapsed().as_secs_f64(),
            rows,
            tables: prepared.tables().iter().map(ToString::to_string).collect(),
            bytes_billed: prepared.runs_in().map(|_| job.billed() - billed),
            name: None,
            id,
        };
        transaction.stage_file(&format!("warehouse/{RESULTS}/{}/{RECORD}", record.id), &bytes(&record))?;
        job.check()?;
        transaction.commit()?;
        Ok(record)
    }

    /// Every result whose record can be read, the oldest first.
    pub fn results(&self) -> Result<Vec<ResultRecord>> {
        let mut records = Vec::new();
        for id in self.result_ids()? {
            if let Ok(text) = fs::read(self.result_folder(&id).join(RECORD)) {
                records.extend(serde_json::from_slice::<ResultRecord>(&text).ok());
            }
        }
        Ok(records)
    }

    /// A result, by its id.
    pub fn result(&self, id: &str) -> Result<ResultRecord> {
        self.result_table(id)?;
        let path = self.result_folder(id).join(RECORD);
        match fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text).map_err(|error| {
                Problem::bad(
                    format!("the record of the result {id} cannot be read: {error} ({})", path.display()),
                    "Run its query again.",
                )
                .into()
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(gone(id).into()),
            Err(error) => Err(error).at("reading a result", &path),
        }
    }

    /// The table of a result.
    pub fn result_table(&self, id: &str) -> Result<TableName> {
        if !id.starts_with("r_") || !names::is_identifier(id) {
            return Err(gone(id).into());
        }
        Ok(self.embedded(RESULTS, id))
    }

    /// Gives a result a name, so that it stays, or takes it away.
    pub fn name_result(&self, id: &str, name: Option<&str>) -> Result<ResultRecord> {
        let mut record = self.result(id)?;
        record.name = match name.map(str::trim) {
            Some("") => return Err(Problem::bad("the name of the result is empty", "Give it a name.").into()),
            name => name.map(str::to_owned),
        };
        write_atomically(&self.result_folder(id).join(RECORD), &bytes(&record))?;
        Ok(record)
    }

    /// Removes a result, if it is still there.
    pub fn remove_result(&self, staging: &Staging, id: &str) -> Result<()> {
        self.result_table(id)?;
        let folder = self.result_folder(id);
        match staging.take_away(&folder) {
            // Another thread was first.
            Err(_) if !folder.exists() => Ok(()),
            removed => removed,
        }
    }

    /// Removes the results without a name but for the newest `keep`. A record that cannot be read may have a name: it stays.
    pub fn remove_unnamed_results(&self, staging: &Staging, keep: usize) -> Result<()> {
        let unnamed = |id: &String| match fs::read(self.result_folder(id).join(RECORD)) {
            Ok(text) => serde_json::from_slice::<ResultRecord>(&text).is_ok_and(|record| record.name.is_none()),
            Err(error) => error.kind() == std::io::ErrorKind::NotFound,
        };
        let ids: Vec<String> = self.result_ids()?.into_iter().filter(unnamed).collect();
        for id in &ids[..ids.len().saturating_sub(keep)] {
            self.remove_result(staging, id)?;
        }
        Ok(())
    }

    /// Stages a copy of a table as another one, part by part, with its marks.
    pub fn copy_table(
        &self,
        transaction: &mut Transaction,
        from: &TableName,
        to: &TableName,
        if_exists: IfExists,
        job: &Job,
    ) -> Result<()> {
        if from == to {
            return Err(Problem::bad(format!("{from} would be copied onto itself"), "Name another table.").into());
        }
        let parts = self.parts(from)?;
        let (columns, marks) = self.columns(from)?;
        for (done, part) in parts.iter().enumerate() {
            job.step(done, parts.len())?;
            let path = self.stage_path(transaction, to, columns.clone(), &marks, if_exists)?;
            fs::copy(part, &path).at("copying a part", part)?;
        }
        Ok(())
    }

    fn result_folder(&self, id: &str) -> PathBuf {
        self.root().join("warehouse").join(RESULTS).join(id)
    }

    fn result_ids(&self) -> Result<Vec<String>> {
        ids(&self.root().join("warehouse").join(RESULTS))
    }
}

/// The folders of results, the oldest first.
fn ids(folder: &Path) -> Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).at("reading the results", folder),
    };
    let mut ids: Vec<String> = entries
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|id| id.starts_with("r_") && names::is_identifier(id))
        .collect();
    ids.sort();
    Ok(ids)
}

fn bytes(record: &ResultRecord) -> Vec<u8> {
    serde_json::to_vec_pretty(record).unwrap_or_default()
}

/// A result that was removed.
pub(crate) fn gone(id: &str) -> Problem {
    Problem::new(
        Code::NotFound,
        format!("there is no result {id} any more"),
        "Results without a name are removed; run the query again, and pin what should stay.",
    )
}
