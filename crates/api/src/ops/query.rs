//! SQL: rows with the types BigQuery gives them, or a change of a table.

use std::path::Path;

use algomosaic_core::{Job, Problem};
use algomosaic_data::{Cell, Changed, Column, QueryResult, Staging, StatementKind, cells};
use serde::Serialize;

use crate::statement::typed;
use crate::wire::SqlParam;
use crate::workspace::Workspace;

/// What `algom query` prints of a SELECT.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QueryDocument {
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
}

/// What `algom query` prints.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum SqlDocument {
    /// Of a SELECT.
    Rows(QueryDocument),
    /// Of a statement that changes a table.
    Changed(ChangeDocument),
}

/// What a statement changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChangeDocument {
    /// Its kind: `INSERT`.
    pub statement: String,
    /// The table, in full.
    pub table: String,
    /// How many rows were added, changed or removed.
    pub rows: u64,
}

/// What a statement would do.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DryRunDocument {
    /// Its kind: `SELECT`.
    pub statement: String,
    /// The tables it reads, in full.
    pub tables: Vec<String>,
    /// Bytes of their parts.
    pub bytes: u64,
    /// The columns it gives or writes.
    pub columns: Vec<Column>,
}

fn document(result: QueryResult) -> Result<QueryDocument, Problem> {
    Ok(QueryDocument { rows: cells(&result.frame)?, columns: result.columns })
}

/// Runs a statement of any kind. `limit` bounds the rows of a SELECT.
pub(crate) fn run(
    workspace: &Workspace,
    sql: &str,
    params: &[SqlParam],
    limit: Option<u64>,
    job: &Job,
) -> Result<SqlDocument, Problem> {
    job.stage("reading the statement")?;
    let prepared = workspace.warehouse().prepare(sql, &typed(params)?)?;
    if prepared.kind() == StatementKind::Select {
        job.stage("running the query")?;
        return document(prepared.frame(limit, job)?).map(SqlDocument::Rows);
    }
    workspace.writable()?;
    job.stage(format!("running {}", prepared.kind()))?;
    let staging = Staging::create(workspace.root(), &algomosaic_data::unique())?;
    let Changed { statement, table, rows } = prepared.change(&staging, job)?;
    Ok(SqlDocument::Changed(ChangeDocument { statement: statement.to_string(), table: table.to_string(), rows }))
}

/// Reads a statement and says what it would do.
pub(crate) fn dry_run(workspace: &Workspace, sql: &str, params: &[SqlParam]) -> Result<DryRunDocument, Problem> {
    let prepared = workspace.warehouse().prepare(sql, &typed(params)?)?;
    Ok(DryRunDocument {
        statement: prepared.kind().to_string(),
        tables: prepared.tables().iter().map(ToString::to_string).collect(),
        bytes: prepared.bytes()?,
        columns: prepared.columns(&Job::new())?.0,
    })
}

/// A query's rows into a file.
pub(crate) fn query_to_file(
    workspace: &Workspace,
    sql: &str,
    params: &[SqlParam],
    limit: Option<u64>,
    out: &Path,
    job: &Job,
) -> Result<u64, Problem> {
    algomosaic_data::OutFormat::of(out)?;
    job.stage("running the query")?;
    Ok(workspace.warehouse().prepare(sql, &typed(params)?)?.export(out, limit, job)?)
}
