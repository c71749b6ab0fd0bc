//! Tables: the list, the columns, a page of rows, and those one can train on.

use algomosaic_core::{Job, Problem, names};
use algomosaic_data::{TableName, cells, columns_of};

use crate::wire::{ColumnInfo, TableInfo, TablePage, TrainSource, WireCell};
use crate::workspace::Workspace;

/// The most rows a page may have.
const PAGE_ROWS: u64 = 10_000;

pub(crate) fn list(workspace: &Workspace) -> Result<Vec<TableInfo>, Problem> {
    let tables = workspace.warehouse().tables()?;
    Ok(tables
        .into_iter()
        .map(|table| TableInfo {
            project: table.name.project,
            dataset: table.name.dataset,
            table: table.name.table,
            rows: table.rows,
            bytes: table.bytes,
            modified: algomosaic_data::timestamp_text(table.modified),
        })
        .collect())
}

pub(crate) fn columns(workspace: &Workspace, table: &str) -> Result<Vec<ColumnInfo>, Problem> {
    let name = workspace.warehouse().name(table)?;
    columns_of_table(workspace, &name)
}

fn columns_of_table(workspace: &Workspace, name: &TableName) -> Result<Vec<ColumnInfo>, Problem> {
    let (columns, marks) = workspace.warehouse().columns(name)?;
    Ok(columns
        .into_iter()
        .map(|column| ColumnInfo {
            label_horizon: marks.get(&column.name).copied(),
            name: column.name,
            kind: column.kind,
        })
        .collect())
}

pub(crate) fn page(workspace: &Workspace, table: &str, offset: u64, limit: u64) -> Result<TablePage, Problem> {
    let name = workspace.warehouse().name(table)?;
    let page = workspace.warehouse().page(&name, offset, Some(limit.min(PAGE_ROWS)), &Job::new())?;
    let columns = columns_of(&page.frame)
        .into_iter()
        .map(|column| ColumnInfo {
            label_horizon: page.marks.get(&column.name).copied(),
            name: column.name,
            kind: column.kind,
        })
        .collect();
    let rows = cells(&page.frame)?.into_iter().map(|row| row.into_iter().map(WireCell::from).collect()).collect();
    Ok(TablePage { columns, rows, offset, total: page.total })
}

/// Tables with at least one column that looks ahead.
pub(crate) fn train_sources(workspace: &Workspace) -> Result<Vec<TrainSource>, Problem> {
    let mut sources = Vec::new();
    for table in workspace.warehouse().tables()? {
        let columns = columns_of_table(workspace, &table.name)?;
        let outcomes: Vec<String> =
            columns.iter().filter(|column| column.label_horizon.is_some()).map(|column| column.name.clone()).collect();
        if outcomes.is_empty() {
            continue;
        }
        sources.push(TrainSource {
            table: table.name.to_string(),
            labels_kept_out: u32::try_from(outcomes.len()).unwrap_or(u32::MAX),
            outcomes,
            features: columns
                .iter()
                .filter(|column| column.label_horizon.is_none() && !names::is_index(&column.name))
                .filter(|column| matches!(column.kind.as_str(), "FLOAT64" | "INT64"))
                .map(|column| column.name.clone())
                .collect(),
            rows: table.rows,
        });
    }
    Ok(sources)
}
