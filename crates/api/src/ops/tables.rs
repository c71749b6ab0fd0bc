//! Tables: the list, the columns, a page of rows, and those one can train on.

use std::borrow::Cow;

use algomosaic_core::{Job, Problem, names};
use algomosaic_data::{Cell, TableName, cells, columns_of};

use crate::wire::{ColumnInfo, CopiedText, TableInfo, TablePage, TrainSource, WireCell};
use crate::workspace::Workspace;

use super::sql::column_infos;

/// The most rows a page may have.
const PAGE_ROWS: u64 = 10_000;

/// The most rows that are copied as text at once.
const COPIED_ROWS: u64 = 100_000;

pub(crate) fn list(workspace: &Workspace) -> Result<Vec<TableInfo>, Problem> {
    Ok(workspace.warehouse().tables()?.into_iter().map(listed).collect())
}

/// Those of the workspace's folder.
pub(crate) fn list_embedded(workspace: &Workspace) -> Result<Vec<TableInfo>, Problem> {
    Ok(workspace.warehouse().embedded_tables()?.into_iter().map(listed).collect())
}

/// Those of BigQuery.
pub(crate) fn list_elsewhere(workspace: &Workspace, job: &Job) -> Result<Vec<TableInfo>, Problem> {
    Ok(workspace.warehouse().tables_elsewhere(job)?.into_iter().map(listed).collect())
}

/// The tables that pages offer to work on: the embedded ones, and BigQuery's where it is the default. Each is asked for its
/// columns, which for a whole project beside the workspace would take minutes.
pub(crate) fn to_work_on(workspace: &Workspace) -> Result<Vec<algomosaic_data::TableInfo>, Problem> {
    let mut tables = workspace.warehouse().embedded_tables()?;
    if workspace.info().bigquery.as_ref().is_some_and(|used| used.is_default) {
        tables.extend(workspace.warehouse().tables_elsewhere(&Job::new())?);
    }
    Ok(tables)
}

/// One table as the list has it.
pub(crate) fn info(workspace: &Workspace, name: &TableName) -> Result<TableInfo, Problem> {
    let warehouse = workspace.warehouse();
    let tables = match warehouse.project_elsewhere() {
        Some(project) if project == name.project => warehouse.tables_elsewhere(&Job::new())?,
        _ => warehouse.embedded_tables()?,
    };
    let table = tables.into_iter().find(|table| table.name == *name).ok_or_else(|| {
        Problem::not_found(format!("there is no table {name}"), "It was dropped meanwhile; list the tables again.")
    })?;
    Ok(listed(table))
}

fn listed(table: algomosaic_data::TableInfo) -> TableInfo {
    TableInfo {
        project: table.name.project,
        dataset: table.name.dataset,
        table: table.name.table,
        rows: table.rows,
        fault: table.fault,
        bytes: table.bytes,
        modified: algomosaic_data::timestamp_text(table.modified),
    }
}

pub(crate) fn columns(workspace: &Workspace, table: &str) -> Result<Vec<ColumnInfo>, Problem> {
    let name = workspace.warehouse().name(table)?;
    columns_of_table(workspace, &name)
}

/// The columns of a table with their marks.
pub(crate) fn columns_of_table(workspace: &Workspace, name: &TableName) -> Result<Vec<ColumnInfo>, Problem> {
    let (columns, marks) = workspace.warehouse().columns(name)?;
    Ok(column_infos(columns, &marks))
}

pub(crate) fn page(workspace: &Workspace, table: &str, offset: u64, limit: u64) -> Result<TablePage, Problem> {
    let name = workspace.warehouse().name(table)?;
    let page = workspace.warehouse().page(&name, offset, Some(limit.min(PAGE_ROWS)), &Job::new())?;
    let columns = column_infos(columns_of(&page.frame), &page.marks);
    let rows = cells(&page.frame)?.into_iter().map(|row| row.into_iter().map(WireCell::from).collect()).collect();
    Ok(TablePage { columns, rows, offset, total: page.total })
}

/// Rows as text for the clipboard: separated by tabs, with a header. No columns are all columns.
pub(crate) fn copy(
    workspace: &Workspace,
    table: &str,
    columns: &[String],
    offset: u64,
    limit: u64,
) -> Result<CopiedText, Problem> {
    let name = workspace.warehouse().name(table)?;
    let page = workspace.warehouse().page(&name, offset, Some(limit.min(COPIED_ROWS)), &Job::new())?;
    let frame = if columns.is_empty() {
        page.frame
    } else {
        page.frame.select(columns).map_err(|_| {
            Problem::not_found(
                format!("{name} has not all of the columns {}", columns.join(", ")),
                "The table was replaced meanwhile; open it again.",
            )
        })?
    };
    let mut text = String::new();
    let mut line = |fields: &mut dyn Iterator<Item = String>| {
        for (index, field) in fields.enumerate() {
            if index > 0 {
                text.push('\t');
            }
            text.push_str(&field_text(&field));
        }
        text.push('\n');
    };
    line(&mut frame.get_column_names().into_iter().map(|name| name.to_string()));
    for row in cells(&frame)? {
        line(&mut row.iter().map(Cell::text));
    }
    Ok(CopiedText { text, rows: u32::try_from(frame.height()).unwrap_or(u32::MAX) })
}

/// A field that holds a tab or a line break is quoted, as spreadsheets do.
fn field_text(field: &str) -> Cow<'_, str> {
    if field.contains(['\t', '\n', '\r', '"']) {
        Cow::Owned(format!("\"{}\"", field.replace('"', "\"\"")))
    } else {
        Cow::Borrowed(field)
    }
}

/// Removes a person's table with all its rows.
pub(crate) fn drop(workspace: &Workspace, table: &str) -> Result<(), Problem> {
    workspace.writable()?;
    let name = workspace.warehouse().name(table)?;
    not_hidden(&name)?;
    Ok(workspace.warehouse().drop_table(&super::results::staging(workspace)?, &name)?)
}

/// Refuses a table of a dataset that the software keeps for itself.
pub(crate) fn not_hidden(name: &TableName) -> Result<(), Problem> {
    if name.dataset.starts_with('_') {
        return Err(Problem::bad(
            format!("{name} cannot be written: a dataset whose name begins with _ belongs to the software"),
            "Name a table of another dataset.",
        ));
    }
    Ok(())
}

/// Tables with at least one column that looks ahead. One that cannot be read is none; the list of tables tells it.
pub(crate) fn train_sources(workspace: &Workspace) -> Result<Vec<TrainSource>, Problem> {
    let mut sources = Vec::new();
    for table in to_work_on(workspace)?.into_iter().filter(|table| table.fault.is_none()) {
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
