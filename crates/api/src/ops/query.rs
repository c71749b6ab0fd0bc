//! Query: a SELECT, as rows with the types BigQuery gives them.

use algomosaic_core::{Job, Problem};
use algomosaic_data::{Cell, Column, cells, columns_of};
use serde::Serialize;

use crate::workspace::Workspace;

/// What `algom query` prints.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QueryDocument {
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
}

pub(crate) fn query(workspace: &Workspace, sql: &str, limit: Option<u64>, job: &Job) -> Result<QueryDocument, Problem> {
    job.stage("running the query")?;
    let result = workspace.warehouse().query(sql, limit, job)?;
    Ok(QueryDocument { columns: columns_of(&result.frame), rows: cells(&result.frame)? })
}

/// A query's rows into a file.
pub(crate) fn query_to_file(
    workspace: &Workspace,
    sql: &str,
    limit: Option<u64>,
    out: &std::path::Path,
    job: &Job,
) -> Result<u64, Problem> {
    algomosaic_data::OutFormat::of(out)?;
    job.stage("running the query")?;
    Ok(workspace.warehouse().prepare(sql)?.export(out, limit, job)?)
}
