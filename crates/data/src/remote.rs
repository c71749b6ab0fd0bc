//! A warehouse elsewhere, beside the embedded one: what it must be able to do, and the copies of its tables here.
//!
//! A statement over its tables alone runs there. Whatever else reads one of them (a page, a profile, a statement that joins
//! it with a table of the embedded warehouse) reads a copy, which is fetched once for each state of the table.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use algomosaic_core::{Code, Job, Problem};
use polars::prelude::DataFrame;
use serde::{Deserialize, Serialize};

use crate::commit::unique;
use crate::error::{IoContext as _, Result};
use crate::part::write_part;
use crate::schema::{Column, Descriptions, Marks};
use crate::sql::SqlParams;
use crate::table_name::TableName;

/// Below the workspace's warehouse; a name that begins with `_` is not listed.
pub(crate) const COPIES: &str = "_copies";

/// What a table elsewhere is at this instant.
#[derive(Debug, Clone, PartialEq)]
pub struct RemoteTable {
    /// Its columns, typed as BigQuery names it.
    pub columns: Vec<Column>,
    /// Those that look ahead.
    pub marks: Marks,
    /// What they mean.
    pub descriptions: Descriptions,
    /// Its rows; `None` where nobody knows without reading, as of a view.
    pub rows: Option<u64>,
    /// Its bytes.
    pub bytes: u64,
    /// When it last changed, microseconds since 1970.
    pub modified: i64,
    /// A text that changes whenever the rows do.
    pub version: String,
}

/// A table in a listing.
#[derive(Debug, Clone, PartialEq)]
pub struct RemoteListing {
    /// The dataset.
    pub dataset: String,
    /// The table.
    pub table: String,
    /// Its rows, where the listing says.
    pub rows: Option<u64>,
    /// Its bytes, where the listing says.
    pub bytes: u64,
    /// When it last changed, microseconds since 1970.
    pub modified: i64,
}

/// What came of a statement.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RemoteRun {
    /// Where its rows are, for as long as that lasts: dataset and table.
    pub rows_in: Option<(String, String)>,
    /// Rows that were added, changed or removed.
    pub changed: u64,
    /// Bytes that are paid for.
    pub bytes_billed: u64,
}

/// How a load treats the rows that are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoadMode {
    /// The table must not exist.
    New,
    /// They stay.
    Append,
    /// They go in the moment in which the new ones come.
    Replace,
}

/// Rows on their way into a table elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Load {
    /// The project.
    pub project: String,
    /// The dataset.
    pub dataset: String,
    /// The table.
    pub table: String,
    /// What becomes of the rows there.
    pub mode: LoadMode,
    /// The columns.
    pub columns: Vec<Column>,
    /// Those that look ahead.
    pub marks: Marks,
    /// What they mean.
    #[serde(default)]
    pub descriptions: Descriptions,
    /// The name of this load: done twice, it loads once.
    pub id: String,
}

/// A warehouse elsewhere. Each call waits for the network; cancelling the job ends the waiting, and the work there.
pub trait Remote: Send + Sync {
    /// The project whose tables it holds.
    fn project(&self) -> &str;
    /// Every table.
    fn tables(&self, job: &Job) -> Result<Vec<RemoteListing>>;
    /// A table; `None` when it is not there.
    fn table(&self, dataset: &str, table: &str, job: &Job) -> Result<Option<RemoteTable>>;
    /// Bytes that a statement would read.
    fn estimate(&self, sql: &str, params: &SqlParams, job: &Job) -> Result<u64>;
    /// Runs a statement, within the byte cap.
    fn run(&self, sql: &str, params: &SqlParams, job: &Job) -> Result<RemoteRun>;
    /// All rows of a table; in their order where that is asked for.
    fn fetch(&self, dataset: &str, table: &str, in_order: bool, job: &Job) -> Result<DataFrame>;
    /// Rows `offset` to `offset + limit` of a table.
    fn page(&self, dataset: &str, table: &str, offset: u64, limit: u64, job: &Job) -> Result<DataFrame>;
    /// Whatever can refuse a load is asked before anything counts: rights, the dataset, the columns of the table.
    fn prepare(&self, load: &Load, job: &Job) -> Result<()>;
    /// Loads a Parquet file.
    fn load(&self, load: &Load, file: &Path, job: &Job) -> Result<()>;
    /// Removes a table.
    fn drop_table(&self, dataset: &str, table: &str, job: &Job) -> Result<()>;
    /// The largest table that is copied here unasked, in bytes.
    fn copy_limit(&self) -> u64;
}

/// A warehouse elsewhere with the copies of its tables.
#[derive(Clone)]
pub(crate) struct Elsewhere {
    pub(crate) remote: Arc<dyn Remote>,
    copies: PathBuf,
}

impl Elsewhere {
    pub(crate) fn new(remote: Arc<dyn Remote>, workspace: &Path) -> Elsewhere {
        let elsewhere = Elsewhere { remote, copies: workspace.join("warehouse").join(COPIES) };
        // Of processes that died while they read them.
        remove_old(&elsewhere.answers(), Duration::from_secs(86_400));
        elsewhere
    }

    /// A table, or why there is none.
    pub(crate) fn table(&self, name: &TableName, job: &Job) -> Result<RemoteTable> {
        self.remote.table(&name.dataset, &name.table, job)?.ok_or_else(|| self.unknown(name).into())
    }

    fn unknown(&self, name: &TableName) -> Problem {
        let known = self.remote.tables(&Job::new()).unwrap_or_default();
        let known: Vec<String> = known.iter().map(|one| format!("{}.{}", one.dataset, one.table)).collect();
        let wanted = format!("{}.{}", name.dataset, name.table);
        let hint = match algomosaic_core::names::nearest(&wanted, known.iter().map(String::as_str)) {
            Some(nearest) => format!("Did you mean {}.{nearest}? `algom tables` lists what there is.", name.project),
            None => "`algom tables` lists what there is.".to_owned(),
        };
        Problem::not_found(format!("there is no table {name}"), hint)
    }

    /// The copy of a table as it is now; fetched where there is none of this state.
    pub(crate) fn copy(&self, name: &TableName, job: &Job) -> Result<PathBuf> {
        let table = self.table(name, job)?;
        let folder = self.copies.join(&name.project).join(format!("{}.{}", name.dataset, name.table));
        let path = folder.join(format!("part-{}.parquet", version_name(&table.version)));
        if path.exists() {
            return Ok(path);
        }
        if table.bytes > self.remote.copy_limit() {
            return Err(Problem::bad(
                format!(
                    "{name} has {} MB, and tables above {} MB are not copied here",
                    table.bytes / 1_000_000,
                    self.remote.copy_limit() / 1_000_000
                ),
                "Select what is needed of it by SQL, which runs where the table is; or raise copy_limit.",
            )
            .into());
        }
        job.stage(format!("fetching {name}"))?;
        let frame = self.remote.fetch(&name.dataset, &name.table, true, job)?;
        keep(&path, &frame, &table.marks)?;
        // Copies of earlier states; one that may still be read stays until the next time.
        remove_old(&folder, Duration::from_secs(300));
        Ok(path)
    }

    /// Runs a SELECT there and brings its rows here, into a file of `folder`.
    pub(crate) fn rows(
        &self,
        sql: &str,
        params: &SqlParams,
        marks: &Marks,
        folder: &Path,
        job: &Job,
    ) -> Result<PathBuf> {
        job.stage("running the query on BigQuery")?;
        let run = self.remote.run(sql, params, &job.part(0.0, 0.5))?;
        let Some((dataset, table)) = run.rows_in else {
            return Err(Problem::new(Code::Remote, "the query gave no rows to read", "Run it again.").into());
        };
        job.stage("fetching the rows")?;
        // Streams side by side mix the order of rows.
        let in_order = sql.to_uppercase().contains("ORDER BY");
        let frame = self.remote.fetch(&dataset, &table, in_order, &job.part(0.5, 1.0))?;
        let path = folder.join(format!("part-{}.parquet", unique()));
        keep(&path, &frame, marks)?;
        Ok(path)
    }

    /// Where the rows of statements wait while they are read.
    pub(crate) fn answers(&self) -> PathBuf {
        self.copies.join("_answers")
    }
}

/// Removes the files of a folder that are older than `age`. Only their space is lost where that fails.
fn remove_old(folder: &Path, age: Duration) {
    for path in fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
        let modified = fs::metadata(&path).and_then(|facts| facts.modified());
        if modified.is_ok_and(|time| time.elapsed().is_ok_and(|old| old > age)) {
            let _ = fs::remove_file(path);
        }
    }
}

/// A file that is there as a whole or not at all.
fn keep(path: &Path, frame: &DataFrame, marks: &Marks) -> Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).at("making a folder", folder)?;
    let temporary = path.with_extension(format!("tmp-{}", unique()));
    write_part(&temporary, frame, marks)?;
    fs::rename(&temporary, path).at("keeping a copy", path)
}

/// A version as a part of a file name.
fn version_name(version: &str) -> String {
    algomosaic_core::ids::id(&serde_json::json!(version))
}

#[cfg(test)]
mod tests;
