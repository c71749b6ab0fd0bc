//! A statement that was read and bound to the tables as they were at that instant; not run yet.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use algomosaic_core::{Code, Job, Problem};
use duckdb::Connection;

use crate::binding::Binding;
use crate::commit::{Staging, Transaction};
use crate::damage::blamed;
use crate::engine;
use crate::error::{Error, Result};
use crate::part::into_described_part;
use crate::progress::told;
use crate::remote::Elsewhere;
use crate::schema::{Column, Descriptions, Marks};
use crate::sql::{self, Plan, SqlParams, StatementKind};
use crate::table_name::TableName;
use crate::warehouse::{IfExists, QueryResult, Warehouse, descriptions};

/// A statement bound to its tables. It sees them as they were when it was prepared.
pub struct Prepared<'w> {
    pub(crate) warehouse: &'w Warehouse,
    pub(crate) connection: Connection,
    pub(crate) plan: Plan,
    /// The parts it reads.
    parts: Vec<PathBuf>,
    /// Bytes of the tables it reads.
    bytes: u64,
    /// Where it runs, if not here.
    elsewhere: Option<Elsewhere>,
    /// The rows of a statement that ran elsewhere; removed with this.
    fetched: OnceLock<PathBuf>,
    /// What was prepared, to prepare it again under a lock.
    text: String,
    params: SqlParams,
}

/// What a statement changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The kind of the statement.
    pub statement: StatementKind,
    /// The table.
    pub table: TableName,
    /// How many rows were added, changed or removed.
    pub rows: u64,
}

impl<'w> Prepared<'w> {
    /// Reads and binds a statement. Nothing runs.
    pub(crate) fn new(
        warehouse: &'w Warehouse,
        connection: Connection,
        text: &str,
        params: &SqlParams,
    ) -> Result<Prepared<'w>> {
        let mut binding = Binding::new(warehouse, connection);
        let plan = sql::plan(text, params, &mut binding)?;
        let elsewhere = elsewhere(warehouse, &plan)?;
        let bytes = binding.bytes(&plan.tables);
        let (text, params, fetched) = (text.to_owned(), params.clone(), OnceLock::new());
        if elsewhere.is_some() {
            let (parts, connection) = (Vec::new(), binding.connection);
            return Ok(Prepared { warehouse, connection, plan, parts, bytes, elsewhere, fetched, text, params });
        }
        binding.copies(&plan.tables)?;
        binding.views(&plan.relations)?;
        let parts = binding.parts(&plan.tables);
        let connection = binding.connection;
        for statement in [Some(&plan.sql), plan.count.as_ref()].into_iter().flatten().filter(|sql| !sql.is_empty()) {
            // The engine's reading of it: whatever it refuses is refused now.
            connection.prepare(statement).map_err(|error| refused(error.into()))?;
        }
        Ok(Prepared { warehouse, connection, plan, parts, bytes, elsewhere, fetched, text, params })
    }

    /// What the engine runs for its rows. A statement of another warehouse runs there first, once.
    pub(crate) fn rows_sql(&self, job: &Job) -> Result<String> {
        let Some(elsewhere) = &self.elsewhere else { return Ok(self.plan.sql.clone()) };
        let file = match self.fetched.get() {
            Some(file) => file,
            None => {
                let marks = self.plan.marks();
                let file = elsewhere.rows(&self.text, &self.params, &marks, &elsewhere.answers(), job)?;
                self.fetched.get_or_init(|| file)
            }
        };
        Ok(format!("SELECT * FROM {}", engine::read_parts(&[file])))
    }

    /// The kind of the statement.
    pub fn kind(&self) -> StatementKind {
        self.plan.kind
    }

    /// The table it changes, when it changes one.
    pub fn target(&self) -> Option<&TableName> {
        self.plan.target.as_ref()
    }

    /// The tables it reads.
    pub fn tables(&self) -> &[TableName] {
        &self.plan.tables
    }

    /// Bytes of the tables it reads; of a statement that runs elsewhere, the bytes it would read there.
    pub fn bytes(&self) -> Result<u64> {
        match &self.elsewhere {
            Some(elsewhere) => elsewhere.remote.estimate(&self.text, &self.params, &Job::new()),
            None => Ok(self.bytes),
        }
    }

    /// The project where it runs, if not in the embedded warehouse.
    pub fn runs_in(&self) -> Option<&str> {
        self.elsewhere.as_ref().map(|elsewhere| elsewhere.remote.project())
    }

    /// A failure to read its tables, by the part that is why.
    pub(crate) fn blamed(&self, error: Error, job: &Job) -> Error {
        blamed(&self.parts, error, job)
    }

    /// The columns it gives, and which of them look ahead.
    pub fn columns(&self, job: &Job) -> Result<(Vec<Column>, Marks)> {
        job.check()?;
        Ok((self.plan.described(), self.plan.marks()))
    }

    /// Its rows as a frame; `limit` bounds them.
    pub fn frame(self, limit: Option<u64>, job: &Job) -> Result<QueryResult> {
        self.gives_rows()?;
        let statement = match limit {
            Some(limit) => format!("SELECT * FROM ({}) LIMIT {limit}", self.rows_sql(job)?),
            None => self.rows_sql(job)?,
        };
        let frame = told(&self.connection, job, || engine::rows(&self.connection, &statement, job))
            .map_err(|error| self.blamed(error, job))?;
        let (marks, columns) = (self.plan.marks(), self.plan.described());
        Ok(QueryResult { frame, marks, tables: self.plan.tables.clone(), columns })
    }

    /// Its rows as a staged part of a table, in the query's order; they need not fit into memory. Returns how many.
    pub fn into_table(
        &self,
        transaction: &mut Transaction,
        name: &TableName,
        if_exists: IfExists,
        job: &Job,
    ) -> Result<u64> {
        self.gives_rows()?;
        let path =
            self.warehouse.stage_path(transaction, name, self.plan.described(), &self.plan.marks(), if_exists)?;
        self.write_part(&path, job)
    }

    /// How the engine would run it, for those who tune it.
    pub fn explain(&self, job: &Job) -> Result<String> {
        job.check()?;
        if let Some(project) = self.runs_in() {
            return Err(Problem::bad(
                format!("the statement runs in {project}, which tells how only after it ran"),
                "Its console shows how each statement of a project ran.",
            )
            .into());
        }
        if self.plan.sql.is_empty() {
            return Ok(format!("{} reads nothing", self.plan.kind));
        }
        let mut statement = self.connection.prepare(&format!("EXPLAIN {}", self.plan.sql))?;
        let lines = statement.query_map([], |row| row.get::<_, String>(1))?;
        let lines: Vec<String> = lines.map(|line| Ok(line?)).collect::<Result<_>>()?;
        Ok(lines.join("\n"))
    }

    /// Changes its table; it is done, or nothing is, when this returns.
    pub fn change(self, staging: &Staging, job: &Job) -> Result<Changed> {
        let Some(table) = self.plan.target.clone() else {
            return Err(Problem::bad("a SELECT changes no table", "Write CREATE TABLE … AS SELECT, or INSERT.").into());
        };
        self.warehouse.owns(&table)?;
        let statement = self.plan.kind;
        if let Some(elsewhere) = &self.elsewhere {
            job.stage(format!("running {statement} on BigQuery"))?;
            let rows = elsewhere.remote.run(&self.text, &self.params, job)?.changed;
            return Ok(Changed { statement, table, rows });
        }
        let mut transaction = staging.transaction()?;
        let rows = match statement {
            StatementKind::Select => 0,
            StatementKind::CreateTable => self.create(&mut transaction, &table, job)?,
            StatementKind::Insert => {
                let (columns, marks) = (self.plan.described(), self.plan.marks());
                let path = self.warehouse.stage_path(&mut transaction, &table, columns, &marks, IfExists::Append)?;
                self.write_part(&path, job)?
            }
            StatementKind::Alter if self.plan.there == sql::There::Forgive && !self.warehouse.exists(&table)? => {
                return Ok(Changed { statement, table, rows: 0 });
            }
            StatementKind::Update
            | StatementKind::Delete
            | StatementKind::Truncate
            | StatementKind::Merge
            | StatementKind::Alter => {
                // From reading to commit no one else may append: what it appends would be lost.
                self.warehouse.parts(&table)?;
                transaction.hold(&table.dataset, &table.table)?;
                let current = Prepared::new(self.warehouse, self.warehouse.connection()?, &self.text, &self.params)?;
                current.rewrite(&mut transaction, &table, job)?
            }
            StatementKind::Drop => {
                if self.plan.there == sql::There::Forgive && !self.warehouse.exists(&table)? {
                    return Ok(Changed { statement, table, rows: 0 });
                }
                self.warehouse.there(&table)?;
                transaction.stage_drop(&table.dataset, &table.table);
                0
            }
        };
        job.check()?;
        transaction.commit()?;
        Ok(Changed { statement, table, rows })
    }

    fn create(&self, transaction: &mut Transaction, table: &TableName, job: &Job) -> Result<u64> {
        let if_exists = match self.plan.there {
            sql::There::Replace => IfExists::Replace,
            sql::There::Forgive if self.warehouse.exists(table)? => return Ok(0),
            _ => IfExists::Fail,
        };
        if if_exists == IfExists::Fail && self.warehouse.exists(table)? {
            return Err(Problem::new(
                Code::AlreadyExists,
                format!("the table {table} exists already"),
                "Write CREATE OR REPLACE TABLE, or CREATE TABLE IF NOT EXISTS, or another name.",
            )
            .into());
        }
        let path =
            self.warehouse.stage_path(transaction, table, self.plan.described(), &self.plan.marks(), if_exists)?;
        self.write_part(&path, job)
    }

    /// Writes the table anew, as one part of a new generation. Returns how many rows changed or went.
    fn rewrite(&self, transaction: &mut Transaction, table: &TableName, job: &Job) -> Result<u64> {
        let before = self.warehouse.rows(table)?;
        let path = self.warehouse.stage_path(
            transaction,
            table,
            self.plan.described(),
            &self.plan.marks(),
            IfExists::Replace,
        )?;
        let descriptions = match self.warehouse.elsewhere(table) {
            Some(_) => Descriptions::new(),
            None => descriptions(&self.connection, &self.warehouse.parts(table)?)?,
        };
        let after = self.write_described_part(&path, &descriptions, job)?;
        match &self.plan.count {
            Some(count) => {
                let frame = engine::rows(&self.connection, count, job).map_err(|error| self.blamed(error, job))?;
                match crate::cell::cells(&frame)?.first().and_then(|row| row.first()) {
                    Some(crate::cell::Cell::Int(count)) => Ok(u64::try_from(*count).unwrap_or(0)),
                    _ => Ok(0),
                }
            }
            None => Ok(before.saturating_sub(after)),
        }
    }

    pub(crate) fn gives_rows(&self) -> Result<()> {
        if self.plan.kind == StatementKind::Select {
            return Ok(());
        }
        Err(Problem::bad(
            format!("line 1, column 1: {} gives no rows, and only SELECT can stand here", self.plan.kind),
            "Write a SELECT.",
        )
        .into())
    }

    fn write_part(&self, path: &Path, job: &Job) -> Result<u64> {
        self.write_described_part(path, &Descriptions::new(), job)
    }

    fn write_described_part(&self, path: &Path, descriptions: &Descriptions, job: &Job) -> Result<u64> {
        let sql = into_described_part(&self.rows_sql(job)?, path, &self.plan.marks(), descriptions);
        told(&self.connection, job, || engine::changed(&self.connection, &sql, job))
            .map_err(|error| self.blamed(error, job))
    }
}

impl Drop for Prepared<'_> {
    fn drop(&mut self) {
        if let Some(file) = self.fetched.get() {
            // What stays is removed with the copies of old states.
            let _ = std::fs::remove_file(file);
        }
    }
}

/// The warehouse that holds every table of a statement, where that is not the embedded one. A statement that changes a table
/// elsewhere must run there; one that only reads tables of both runs here, on copies.
fn elsewhere(warehouse: &Warehouse, plan: &Plan) -> Result<Option<Elsewhere>> {
    let target = plan.target.as_ref();
    let mut all = plan.tables.iter().chain(target).peekable();
    let Some(first) = all.peek() else { return Ok(None) };
    let Some(elsewhere) = warehouse.elsewhere(target.unwrap_or(first)) else { return Ok(None) };
    match (all.find(|table| warehouse.elsewhere(table).is_none()), target) {
        (None, _) => Ok(Some(elsewhere.clone())),
        (Some(_), None) => Ok(None),
        // Rows are read here and loaded there.
        (Some(_), Some(_)) if matches!(plan.kind, StatementKind::CreateTable | StatementKind::Insert) => Ok(None),
        (Some(here), Some(target)) => Err(Problem::bad(
            format!("{} of {target} reads {here}, which is not where that table is", plan.kind),
            format!("Push {here} there first (`algom push {here}`), or insert its rows."),
        )
        .into()),
    }
}

/// What the engine refuses of a statement it was told: a value that breaks a rule, whose place nobody knows, or words it
/// cannot even parse, which is a bug of ours.
fn refused(error: Error) -> Error {
    match error {
        Error::Engine(message) if message.starts_with("Parser Error") => {
            let problem = Problem::from(Error::Engine(message));
            Problem::new(Code::Internal, problem.message, "Write it in another way, and please report it.").into()
        }
        other => other,
    }
}
