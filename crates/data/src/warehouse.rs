//! The warehouse of a workspace: the embedded one, a folder of Parquet parts a table, queried by DuckDB; and beside it, where
//! one is connected, a warehouse elsewhere whose tables have another project. A query sees each table as it was when the
//! query began. Writing goes through a [`Transaction`], so that a table never shows half an append.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use algomosaic_core::{Job, Problem, names};
use duckdb::Connection;
use polars::prelude::DataFrame;

use crate::commit::{Staging, Transaction, already_exists};
use crate::damage::blamed;
use crate::engine::{self, Engine, quoted, read_parts};
use crate::error::{Error, IoContext as _, Result};
use crate::limits::Limits;
use crate::pages::{self, Pages};
use crate::part::{DESCRIPTIONS_KEY, MARKS_KEY, write_part};
use crate::prepared::Prepared;
use crate::profile::{self, Profile, Profiles};
use crate::remote::{Elsewhere, Remote, RemoteListing};
use crate::results::{self, RESULTS};
use crate::schema::{Column, Descriptions, Marks, bigquery_type, columns_of};
use crate::sql::SqlParams;
use crate::table_dir::TableDir;
use crate::table_name::TableName;

/// What to do when the table exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IfExists {
    /// Refuse.
    #[default]
    Fail,
    /// Add a part.
    Append,
    /// Start a new generation.
    Replace,
}

/// A table in a listing.
#[derive(Debug, Clone, PartialEq)]
pub struct TableInfo {
    /// Its name.
    pub name: TableName,
    /// Rows of the current generation; `None` when it cannot be read.
    pub rows: Option<u64>,
    /// Why it cannot be read.
    pub fault: Option<Problem>,
    /// Bytes on disk.
    pub bytes: u64,
    /// When a part was last added, microseconds since 1970.
    pub modified: i64,
}

/// The rows of a query, with what it read.
#[derive(Debug, Clone)]
pub struct QueryResult {
    /// The rows.
    pub frame: DataFrame,
    /// Columns that look ahead, by name, from the tables the query read.
    pub marks: Marks,
    /// The tables the query read.
    pub tables: Vec<TableName>,
    /// The columns, with the types BigQuery gives them; a frame alone cannot tell JSON from a text.
    pub columns: Vec<Column>,
}

/// Some rows of a table.
#[derive(Debug, Clone)]
pub struct Page {
    /// The rows.
    pub frame: DataFrame,
    /// Columns that look ahead.
    pub marks: Marks,
    /// Rows of the whole table.
    pub total: u64,
}

/// The warehouse of a workspace.
pub struct Warehouse {
    root: PathBuf,
    /// Of the embedded tables.
    project: String,
    /// What completes a name without a project.
    default_project: String,
    dataset: String,
    elsewhere: Option<Elsewhere>,
    limits: Limits,
    engine: Engine,
    pages: Pages,
    profiles: Profiles,
}

impl Warehouse {
    /// Opens the warehouse of the workspace at `root`. Unqualified names are completed with `project` and `dataset`.
    pub fn open(root: &Path, project: &str, dataset: &str, limits: &Limits) -> Result<Warehouse> {
        let root = fs::canonicalize(root).at("opening the workspace", root)?;
        let engine = Engine::sandboxed(&[root.join("warehouse"), root.join("jobs")], limits)?;
        let pages = Pages::new(root.join("warehouse"), limits);
        Ok(Warehouse {
            root,
            project: project.to_owned(),
            default_project: project.to_owned(),
            dataset: dataset.to_owned(),
            elsewhere: None,
            limits: limits.clone(),
            engine,
            pages,
            profiles: Profiles::default(),
        })
    }

    /// Connects a warehouse elsewhere. With `is_default`, names without a project mean its tables, and what runs write goes
    /// there.
    pub fn connect(&mut self, remote: Arc<dyn Remote>, is_default: bool) -> Result<()> {
        if remote.project() == self.project {
            return Err(Problem::bad(
                format!("the project {} is both the embedded warehouse and the connected one", self.project),
                "Give the embedded one another name: project = \"local\" in algomosaic.toml.",
            )
            .into());
        }
        if is_default {
            remote.project().clone_into(&mut self.default_project);
        }
        let elsewhere = Elsewhere::new(remote, &self.root);
        // Rows that a dead process had committed and not sent.
        crate::commit::recover_with(&self.root, Some(&*elsewhere.remote), None)?;
        self.elsewhere = Some(elsewhere);
        Ok(())
    }

    /// The warehouse elsewhere that holds a table, if one does.
    pub(crate) fn elsewhere(&self, name: &TableName) -> Option<&Elsewhere> {
        self.elsewhere.as_ref().filter(|elsewhere| elsewhere.remote.project() == name.project)
    }

    /// The warehouse elsewhere, whatever its project.
    pub(crate) fn any_elsewhere(&self) -> Option<&Elsewhere> {
        self.elsewhere.as_ref()
    }

    /// The project of the embedded tables.
    pub(crate) fn project(&self) -> &str {
        &self.project
    }

    /// What completes a name of one part.
    pub(crate) fn dataset(&self) -> &str {
        &self.dataset
    }

    /// A table of the embedded warehouse.
    pub(crate) fn embedded(&self, dataset: &str, table: &str) -> TableName {
        TableName { project: self.project.clone(), dataset: dataset.to_owned(), table: table.to_owned() }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// An engine of its own that may read any file, within the same limits: for import and export, never for a person's SQL.
    pub(crate) fn file_engine(&self) -> Result<Engine> {
        Engine::with_files(&self.limits)
    }

    /// Reads a table name as a person writes it.
    pub fn name(&self, text: &str) -> std::result::Result<TableName, Problem> {
        // What the program keeps for itself is always here.
        let reserved = text.trim().trim_matches('`').starts_with('_') && text.contains('.');
        let project = if reserved { &self.project } else { &self.default_project };
        TableName::parse(text, project, &self.dataset)
    }

    /// Every table, sorted by name, but those of datasets whose name begins with `_`.
    pub fn tables(&self) -> Result<Vec<TableInfo>> {
        let mut tables = self.embedded_tables()?;
        tables.extend(self.tables_elsewhere(&Job::new())?);
        Ok(tables)
    }

    /// The tables of the workspace's folder, sorted by name.
    pub fn embedded_tables(&self) -> Result<Vec<TableInfo>> {
        let connection = self.engine.connection()?;
        let mut tables = Vec::new();
        for name in self.names_of(&self.project, None)? {
            let (bytes, modified) = self.dir(&name).facts();
            let counted = self
                .parts(&name)
                .and_then(|parts| count(&connection, &parts).map_err(|error| blamed(&parts, error, &Job::new())));
            let (rows, fault) = match counted {
                Ok(rows) => (Some(rows), None),
                Err(error) => (None, Some(error.into())),
            };
            tables.push(TableInfo { name, rows, fault, bytes, modified });
        }
        Ok(tables)
    }

    /// The tables of the warehouse elsewhere; none where none is connected.
    pub fn tables_elsewhere(&self, job: &Job) -> Result<Vec<TableInfo>> {
        let Some(Elsewhere { remote, .. }) = &self.elsewhere else { return Ok(Vec::new()) };
        let listed = remote.tables(job)?.into_iter();
        Ok(listed
            .map(|RemoteListing { dataset, table, rows, bytes, modified }| {
                let name = TableName { project: remote.project().to_owned(), dataset, table };
                TableInfo { name, rows, fault: None, bytes, modified }
            })
            .collect())
    }

    /// The project of the warehouse elsewhere, where one is connected.
    pub fn project_elsewhere(&self) -> Option<&str> {
        self.elsewhere.as_ref().map(|elsewhere| elsewhere.remote.project())
    }

    /// The columns of a table and which of them look ahead.
    pub fn columns(&self, name: &TableName) -> Result<(Vec<Column>, Marks)> {
        if let Some(elsewhere) = self.elsewhere(name) {
            let table = elsewhere.table(name, &Job::new())?;
            return Ok((table.columns, table.marks));
        }
        let parts = self.parts(name)?;
        let connection = self.engine.connection()?;
        let read = || {
            // By the engine's words: what makes a frame stops at a name that is damaged.
            let columns = engine::described(&connection, &read_parts(&parts))?;
            let frame = engine::rows(&connection, &engine::no_rows(&columns), &Job::new())?;
            Ok((columns_of(&frame), marks(&connection, &parts)?))
        };
        read().map_err(|error| blamed(&parts, error, &Job::new()))
    }

    /// Reads a statement and binds it to the tables as they are now. Nothing runs yet.
    pub fn prepare(&self, sql: &str, params: &SqlParams) -> Result<Prepared<'_>> {
        Prepared::new(self, self.connection()?, sql, params)
    }

    /// Runs a SELECT without parameters. `limit` bounds the rows that come back.
    pub fn query(&self, sql: &str, limit: Option<u64>, job: &Job) -> Result<QueryResult> {
        self.prepare(sql, &SqlParams::new())?.frame(limit, job)
    }

    pub(crate) fn connection(&self) -> Result<Connection> {
        self.engine.connection()
    }

    /// A whole table.
    pub fn read(&self, name: &TableName, job: &Job) -> Result<QueryResult> {
        if let Some(elsewhere) = self.elsewhere(name) {
            let table = elsewhere.table(name, job)?;
            let frame = elsewhere.remote.fetch(&name.dataset, &name.table, true, job)?;
            return Ok(QueryResult { frame, marks: table.marks, tables: vec![name.clone()], columns: table.columns });
        }
        let page = self.page(name, 0, None, job)?;
        let columns = columns_of(&page.frame);
        Ok(QueryResult { frame: page.frame, marks: page.marks, tables: vec![name.clone()], columns })
    }

    /// Rows `offset` to `offset + limit` of a table, in the order they were written. All of one state of the table.
    pub fn page(&self, name: &TableName, offset: u64, limit: Option<u64>, job: &Job) -> Result<Page> {
        if let (Some(elsewhere), Some(limit)) = (self.elsewhere(name), limit) {
            let table = elsewhere.table(name, job)?;
            // A table too large to be copied is paged where it is.
            if table.bytes > elsewhere.remote.copy_limit() {
                let frame = elsewhere.remote.page(&name.dataset, &name.table, offset, limit, job)?;
                let total = table.rows.unwrap_or(offset + frame.height() as u64);
                return Ok(Page { frame, marks: table.marks, total });
            }
        }
        let mut parts = self.parts(name)?;
        loop {
            match self.page_of(&parts, offset, limit, job) {
                // The parts may have been removed by replacements while they were read: then the table is what there is now.
                Err(error @ (Error::Engine(_) | Error::Io { .. })) => {
                    let now = self.parts(name)?;
                    if now == parts {
                        return Err(blamed(&parts, error, job));
                    }
                    parts = now;
                }
                page => return page,
            }
        }
    }

    fn page_of(&self, parts: &[PathBuf], offset: u64, limit: Option<u64>, job: &Job) -> Result<Page> {
        let layout = self.pages.layout(parts)?;
        let frame = match limit {
            Some(limit) => self.pages.rows(&layout, offset, offset.saturating_add(limit), job)?,
            None => engine::rows(
                &self.engine.connection()?,
                &format!("SELECT * FROM {} OFFSET {offset}", read_parts(parts)),
                job,
            )?,
        };
        Ok(Page { frame, marks: layout.marks.clone(), total: layout.total })
    }

    /// What is in the columns of a table. Kept until its parts change.
    pub fn profile(&self, name: &TableName, job: &Job) -> Result<Arc<Profile>> {
        let parts = self.parts(name)?;
        self.profiles.of(name, pages::states(&parts)?, || {
            profile::profile(&self.engine.connection()?, &parts, &self.columns(name)?.0, job)
                .map_err(|error| blamed(&parts, error, job))
        })
    }

    /// Removes a table. Who reads it just now may finish.
    pub fn drop_table(&self, staging: &Staging, name: &TableName) -> Result<()> {
        if let Some(elsewhere) = self.elsewhere(name) {
            elsewhere.table(name, &Job::new())?;
            return elsewhere.remote.drop_table(&name.dataset, &name.table, &Job::new());
        }
        self.there(name)?;
        let mut transaction = staging.transaction()?;
        transaction.stage_drop(&name.dataset, &name.table);
        transaction.commit()
    }

    /// Whether the table is there, be it damaged.
    pub fn exists(&self, name: &TableName) -> Result<bool> {
        match self.elsewhere(name) {
            Some(elsewhere) => Ok(elsewhere.remote.table(&name.dataset, &name.table, &Job::new())?.is_some()),
            None => Ok(self.dir(name).exists()),
        }
    }

    /// Adds a frame to a transaction, as a part of a table.
    pub fn stage(
        &self,
        transaction: &mut Transaction,
        name: &TableName,
        frame: &DataFrame,
        marks: &Marks,
        if_exists: IfExists,
    ) -> Result<()> {
        let path = self.stage_path(transaction, name, columns_of(frame), marks, if_exists)?;
        write_part(&path, frame, marks)
    }

    /// Where to write a Parquet part of the given columns, after checking that the table can take it.
    pub(crate) fn stage_path(
        &self,
        transaction: &mut Transaction,
        name: &TableName,
        columns: Vec<Column>,
        marks: &Marks,
        if_exists: IfExists,
    ) -> Result<PathBuf> {
        self.owns(name)?;
        let exists = self.exists(name)?;
        let for_load = self.elsewhere(name).map(|elsewhere| (elsewhere, columns.clone()));
        match if_exists {
            IfExists::Fail if exists => return Err(already_exists(&name.dataset, &name.table).into()),
            IfExists::Append if exists => {
                let (existing, _) = self.columns(name)?;
                for column in columns {
                    if let Some(old) = existing.iter().find(|old| old.name == column.name && old.kind != column.kind) {
                        return Err(Problem::bad(
                            format!(
                                "{name} has the column {} as {}, and what is appended has it as {}",
                                old.name, old.kind, column.kind
                            ),
                            "Give it the same type, rename the column, or replace the table.",
                        )
                        .into());
                    }
                }
            }
            _ => {}
        }
        Ok(match for_load {
            Some((elsewhere, columns)) => {
                transaction.stage_load(&elsewhere.remote, name, columns, marks.clone(), if_exists)
            }
            None => transaction.stage_part(&name.dataset, &name.table, if_exists),
        })
    }

    /// The parts of a table at this instant, or why there are none.
    pub(crate) fn parts(&self, name: &TableName) -> Result<Vec<PathBuf>> {
        if let Some(elsewhere) = self.elsewhere(name) {
            return Ok(vec![elsewhere.copy(name, &Job::new())?]);
        }
        self.owns(name)?;
        let parts = self.dir(name).parts()?;
        if parts.is_empty() { Err(self.unknown(name)?.into()) } else { Ok(parts) }
    }

    /// Refuses a table that is not there. A damaged one is.
    pub(crate) fn there(&self, name: &TableName) -> Result<()> {
        self.owns(name)?;
        if self.exists(name)? { Ok(()) } else { Err(self.unknown(name)?.into()) }
    }

    fn unknown(&self, name: &TableName) -> Result<Problem> {
        if name.dataset == RESULTS {
            return Ok(results::gone(&name.table));
        }
        let known: Vec<String> =
            self.names_of(&self.project, None)?.iter().map(|name| format!("{}.{}", name.dataset, name.table)).collect();
        let wanted = format!("{}.{}", name.dataset, name.table);
        let nearest = names::nearest(&wanted, known.iter().map(String::as_str));
        let hint = match nearest {
            Some(nearest) => format!("Did you mean {nearest}? `algom tables` lists what there is."),
            None => "`algom tables` lists what there is.".to_owned(),
        };
        Ok(Problem::not_found(format!("there is no table {name}"), hint))
    }

    /// Refuses a table of another project.
    pub(crate) fn owns(&self, name: &TableName) -> Result<()> {
        if name.project == self.project || self.elsewhere(name).is_some() {
            Ok(())
        } else {
            Err(self.no_project(name).into())
        }
    }

    /// Rows of a table.
    pub fn rows(&self, name: &TableName) -> Result<u64> {
        if let Some(elsewhere) = self.elsewhere(name)
            && let Some(rows) = elsewhere.table(name, &Job::new())?.rows
        {
            return Ok(rows);
        }
        let parts = self.parts(name)?;
        count(&self.connection()?, &parts).map_err(|error| blamed(&parts, error, &Job::new()))
    }

    /// A text that changes whenever the rows of a table do.
    pub fn version(&self, name: &TableName) -> Result<String> {
        if let Some(elsewhere) = self.elsewhere(name) {
            return Ok(elsewhere.table(name, &Job::new())?.version);
        }
        let parts = self.parts(name)?;
        Ok(format!("{} parts, {:?}, {}", parts.len(), parts.last(), self.modified(name)?))
    }

    /// Keeps others from writing to a table until the transaction is over. A table elsewhere has no lock: what is appended
    /// there meanwhile stays.
    pub fn hold(&self, transaction: &mut Transaction, name: &TableName) -> Result<()> {
        if self.elsewhere(name).is_some() {
            return Ok(());
        }
        transaction.hold(&name.dataset, &name.table)
    }

    /// When a part of a table was last added, microseconds since 1970.
    pub(crate) fn modified(&self, name: &TableName) -> Result<i64> {
        self.owns(name)?;
        if let Some(elsewhere) = self.elsewhere(name) {
            return Ok(elsewhere.table(name, &Job::new())?.modified);
        }
        Ok(self.dir(name).facts().1)
    }

    /// The names of a dataset's tables, where names without a project are.
    pub fn names_in(&self, dataset: &str) -> Result<Vec<TableName>> {
        self.names_of(&self.default_project, Some(dataset))
    }

    /// The tables of a dataset, or of every dataset that is not hidden; those without a part are none.
    pub(crate) fn names_of(&self, project: &str, dataset: Option<&str>) -> Result<Vec<TableName>> {
        if let Some(Elsewhere { remote, .. }) = self.elsewhere.as_ref().filter(|one| one.remote.project() == project) {
            let listed = remote.tables(&Job::new())?.into_iter();
            let of = listed.filter(|one| dataset.is_none_or(|dataset| one.dataset == dataset));
            let name =
                |one: RemoteListing| TableName { project: project.to_owned(), dataset: one.dataset, table: one.table };
            return Ok(of.map(name).collect());
        }
        if project != self.project {
            let name = TableName {
                project: project.to_owned(),
                dataset: dataset.unwrap_or("x").to_owned(),
                table: "x".to_owned(),
            };
            return Err(self.no_project(&name).into());
        }
        let mut found = Vec::new();
        for name in self.names()? {
            let wanted = dataset.map_or(!name.dataset.starts_with('_'), |dataset| name.dataset == dataset);
            if wanted && self.dir(&name).exists() {
                found.push(name);
            }
        }
        Ok(found)
    }

    fn no_project(&self, name: &TableName) -> Problem {
        let connected = self.elsewhere.as_ref().map(|one| format!(", the connected one {}", one.remote.project()));
        Problem::not_found(
            format!(
                "there is no project {} here; the embedded warehouse is {}{}",
                name.project,
                self.project,
                connected.unwrap_or_default()
            ),
            format!("Write {}.{}.{}, or leave the project out.", self.project, name.dataset, name.table),
        )
    }

    fn dir(&self, name: &TableName) -> TableDir {
        TableDir::new(&self.root, &name.dataset, &name.table)
    }

    fn names(&self) -> Result<Vec<TableName>> {
        let folders = |path: &Path| -> Result<Vec<String>> {
            let mut found: Vec<String> = fs::read_dir(path)
                .at("reading the warehouse", path)?
                .flatten()
                .filter(|entry| entry.path().is_dir())
                .map(|entry| entry.file_name().to_string_lossy().into_owned())
                .filter(|name| names::is_identifier(name))
                .collect();
            found.sort();
            Ok(found)
        };
        let warehouse = self.root.join("warehouse");
        let mut all = Vec::new();
        // What begins with _ is kept for the software itself: it can be read by name and is not listed.
        for dataset in folders(&warehouse)?.into_iter().filter(|dataset| !dataset.starts_with('_')) {
            for table in folders(&warehouse.join(&dataset))? {
                all.push(TableName { project: self.project.clone(), dataset: dataset.clone(), table });
            }
        }
        Ok(all)
    }
}

/// Rows of parts, from their footers.
fn count(connection: &Connection, parts: &[PathBuf]) -> Result<u64> {
    let list: Vec<String> = parts.iter().map(|part| quoted(&part.to_string_lossy())).collect();
    let sql = format!("SELECT sum(num_rows)::UBIGINT FROM parquet_file_metadata([{}])", list.join(", "));
    connection.query_row(&sql, [], |row| row.get(0)).map_err(Error::from)
}

/// The marks of parts, from their footers.
pub(crate) fn marks(connection: &Connection, parts: &[PathBuf]) -> Result<Marks> {
    noted(connection, parts, MARKS_KEY, "marks")
}

/// What the columns of parts mean, from their footers.
pub(crate) fn descriptions(connection: &Connection, parts: &[PathBuf]) -> Result<Descriptions> {
    noted(connection, parts, DESCRIPTIONS_KEY, "descriptions")
}

/// What the footers of parts note of their columns.
fn noted<T: serde::de::DeserializeOwned>(
    connection: &Connection,
    parts: &[PathBuf],
    key: &str,
    what: &str,
) -> Result<BTreeMap<String, T>> {
    let list: Vec<String> = parts.iter().map(|part| quoted(&part.to_string_lossy())).collect();
    let sql = format!(
        "SELECT DISTINCT value FROM parquet_kv_metadata([{}]) WHERE key = {}::BLOB",
        list.join(", "),
        quoted(key)
    );
    let mut statement = connection.prepare(&sql)?;
    let texts = statement.query_map([], |row| row.get::<_, Vec<u8>>(0))?;
    let mut all = BTreeMap::new();
    for text in texts {
        let some = serde_json::from_slice::<BTreeMap<String, T>>(&text?);
        all.extend(some.map_err(|error| Error::Engine(format!("Invalid Error: its {what} cannot be read: {error}")))?);
    }
    Ok(all)
}

/// The type names of an engine's DESCRIBE, as BigQuery has them.
pub(crate) fn described(connection: &Connection, relation: &str, job: &Job) -> Result<Vec<Column>> {
    let frame = engine::rows(connection, &format!("SELECT * FROM {relation} LIMIT 0"), job)?;
    Ok(frame
        .columns()
        .iter()
        .map(|column| Column { name: column.name().to_string(), kind: bigquery_type(column.dtype()) })
        .collect())
}
