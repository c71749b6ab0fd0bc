//! The database engine: an in-memory DuckDB that sees only the files a query was given.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use algomosaic_core::{Cancelled, Job};
use arrow::array::RecordBatch;
use duckdb::{Config, Connection};
use polars::prelude::DataFrame;

use crate::arrow_bridge;
use crate::error::{Error, Result};
use crate::limits::Limits;

/// One engine; each query gets a connection of its own, so queries run side by side.
pub(crate) struct Engine {
    connection: Mutex<Connection>,
}

impl Engine {
    /// An engine that may read and write below `folders` and nowhere else, and whose settings cannot be changed by a query.
    pub(crate) fn sandboxed(folders: &[PathBuf], limits: &Limits) -> Result<Engine> {
        let engine = Engine::with_files(limits)?;
        engine.connection()?.execute_batch(&crate::sql::macros::definitions())?;
        engine.lock_to(folders)?;
        Ok(engine)
    }

    /// A sandboxed engine for short reads: a row group is read by one thread, so more would only have to be started; footers
    /// stay in memory, and the data itself is left to the system's own cache.
    pub(crate) fn for_pages(folder: &Path, limits: &Limits) -> Result<Engine> {
        let engine = Engine::with_files(&Limits { threads: Some(1), ..limits.clone() })?;
        engine.connection()?.execute_batch(
            "SET GLOBAL parquet_metadata_cache = true; SET GLOBAL enable_external_file_cache = false;",
        )?;
        engine.lock_to(&[folder.to_owned()])?;
        Ok(engine)
    }

    fn lock_to(&self, folders: &[PathBuf]) -> Result<()> {
        let folders: Vec<String> = folders.iter().map(|folder| quoted(&format!("{}/", folder.display()))).collect();
        let folders = folders.join(", ");
        self.connection()?.execute_batch(&format!(
            "SET GLOBAL allowed_directories = [{folders}]; SET GLOBAL enable_external_access = false; SET GLOBAL lock_configuration = true;"
        ))?;
        Ok(())
    }

    /// An engine that may read and write files: for import, never for a person's SQL.
    pub(crate) fn with_files(limits: &Limits) -> Result<Engine> {
        let mut config = Config::default().enable_autoload_extension(false)?;
        if let Some(bytes) = limits.memory_bytes {
            config = config.max_memory(&format!("{bytes}B"))?;
        }
        if let Some(threads) = limits.threads {
            config = config.threads(i64::from(threads))?;
        }
        let connection = Connection::open_in_memory_with_flags(config)?;
        if let Some(folder) = &limits.spill {
            connection.execute_batch(&format!("SET GLOBAL temp_directory = {};", quoted(&folder.to_string_lossy())))?;
        }
        if let Some(bytes) = limits.spill_bytes {
            connection.execute_batch(&format!("SET GLOBAL max_temp_directory_size = '{bytes}B';"))?;
        }
        connection.execute_batch("SET GLOBAL TimeZone = 'UTC'; SET GLOBAL preserve_insertion_order = true;")?;
        Ok(Engine { connection: Mutex::new(connection) })
    }

    /// A connection of its own; temporary views made on it are seen by no other.
    pub(crate) fn connection(&self) -> Result<Connection> {
        let connection = self.connection.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        Ok(connection.try_clone()?)
    }
}

/// Runs a statement that gives rows. Cancelling the job interrupts the engine.
pub(crate) fn rows(connection: &Connection, sql: &str, job: &Job) -> Result<DataFrame> {
    interrupted(connection, job, || {
        let mut statement = connection.prepare(sql)?;
        let result = statement.query_arrow([])?;
        let schema = result.get_schema();
        let batches: Vec<RecordBatch> = result.collect();
        arrow_bridge::frame(&schema, &batches)
    })
}

/// The columns of a relation with the engine's types.
pub(crate) fn described(connection: &Connection, relation: &str) -> Result<Vec<(String, String)>> {
    let mut statement = connection.prepare(&format!("DESCRIBE SELECT * FROM {relation}"))?;
    let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    rows.map(|row| Ok(row?)).collect()
}

/// A SELECT of no row that has columns of the engine's types, whose files are not read for it.
pub(crate) fn no_rows(columns: &[(String, String)]) -> String {
    let nulls: Vec<String> =
        columns.iter().map(|(name, kind)| format!("NULL::{kind} AS {}", identifier(name))).collect();
    format!("SELECT {} WHERE false", nulls.join(", "))
}

/// Runs statements that give no rows. Cancelling the job interrupts the engine.
pub(crate) fn run(connection: &Connection, sql: &str, job: &Job) -> Result<()> {
    interrupted(connection, job, || Ok(connection.execute_batch(sql)?))
}

/// Runs a statement that changes or copies rows, and returns how many. Cancelling the job interrupts the engine.
pub(crate) fn changed(connection: &Connection, sql: &str, job: &Job) -> Result<u64> {
    interrupted(connection, job, || Ok(connection.execute(sql, [])? as u64))
}

/// Does work on a connection. Cancelling the job interrupts the engine.
pub(crate) fn interrupted<T>(connection: &Connection, job: &Job, work: impl FnOnce() -> Result<T>) -> Result<T> {
    job.check()?;
    let handle = connection.interrupt_handle();
    let _hook = job.on_cancel(move || handle.interrupt());
    match work() {
        Err(Error::Engine(_)) if job.is_cancelled() => Err(Cancelled.into()),
        result => result,
    }
}

/// A text as an SQL literal.
pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A name as an SQL identifier.
pub(crate) fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// `read_parquet` over a list of parts, columns matched by name: a part may lack one that a later append added.
pub(crate) fn read_parts(parts: &[impl AsRef<Path>]) -> String {
    let list: Vec<String> = parts.iter().map(|part| quoted(&part.as_ref().to_string_lossy())).collect();
    format!("read_parquet([{}], union_by_name = true)", list.join(", "))
}
