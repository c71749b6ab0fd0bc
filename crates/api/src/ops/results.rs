//! Results: the rows of queries and views as tables that are removed unless they were given a name.

use std::path::Path;

use algomosaic_core::{Job, Problem};
use algomosaic_data::{OutFormat, Prepared, RESULTS, ResultRecord, Staging};

use crate::request::IfExists;
use crate::wire::{ResultInfo, SavedFile, SqlParam, TableInfo};
use crate::workspace::Workspace;

use super::tables;

/// Results without a name that are kept at a time.
const KEPT: usize = 20;

/// Runs a statement and keeps its rows.
pub(crate) fn keep(
    workspace: &Workspace,
    prepared: &Prepared<'_>,
    sql: &str,
    params: &[SqlParam],
    job: &Job,
) -> Result<ResultInfo, Problem> {
    workspace.writable()?;
    let staging = staging(workspace)?;
    let parameters = serde_json::to_value(params).unwrap_or_default();
    let record = workspace.warehouse().keep_result(&staging, prepared, sql, parameters, job)?;
    workspace.warehouse().remove_unnamed_results(&staging, KEPT)?;
    info(workspace, record)
}

/// Those with a name, the newest first.
pub(crate) fn list(workspace: &Workspace) -> Result<Vec<ResultInfo>, Problem> {
    let records = workspace.warehouse().results()?;
    records.into_iter().rev().filter(|record| record.name.is_some()).map(|record| info(workspace, record)).collect()
}

/// Gives a result a name, so that it stays, or takes it away.
pub(crate) fn name(workspace: &Workspace, id: &str, name: Option<&str>) -> Result<ResultInfo, Problem> {
    workspace.writable()?;
    info(workspace, workspace.warehouse().name_result(id, name)?)
}

/// Removes the result behind a table, unless it has a name. Every other table stays as it is.
pub(crate) fn close(workspace: &Workspace, table: &str) -> Result<(), Problem> {
    let warehouse = workspace.warehouse();
    let name = warehouse.name(table)?;
    if name.dataset != RESULTS {
        return Ok(());
    }
    match warehouse.result(&name.table) {
        Ok(record) if record.name.is_none() => Ok(warehouse.remove_result(&staging(workspace)?, &record.id)?),
        Ok(_) => Ok(()),
        // It went before: the oldest go when there are many.
        Err(error) => match Problem::from(error) {
            problem if problem.code == algomosaic_core::Code::NotFound => Ok(()),
            problem => Err(problem),
        },
    }
}

/// Removes every result without a name: they belong to a window that is closed.
pub(crate) fn clear(workspace: &Workspace) -> Result<(), Problem> {
    Ok(workspace.warehouse().remove_unnamed_results(&staging(workspace)?, 0)?)
}

/// Copies a result into a table of the person's.
pub(crate) fn save(workspace: &Workspace, id: &str, table: &str, if_exists: IfExists) -> Result<TableInfo, Problem> {
    workspace.writable()?;
    let warehouse = workspace.warehouse();
    let from = warehouse.result_table(&warehouse.result(id)?.id)?;
    let to = warehouse.name(table)?;
    tables::not_hidden(&to)?;
    let staging = staging(workspace)?;
    let mut transaction = staging.transaction()?;
    warehouse.copy_table(&mut transaction, &from, &to, if_exists.into(), &Job::new())?;
    transaction.commit()?;
    tables::info(workspace, &to)
}

/// Writes a table to a file, by the file's ending.
pub(crate) fn export(workspace: &Workspace, table: &str, path: &Path, job: &Job) -> Result<SavedFile, Problem> {
    OutFormat::of(path)?;
    let name = workspace.warehouse().name(table)?;
    job.stage(format!("writing {}", path.file_name().unwrap_or_default().to_string_lossy()))?;
    algomosaic_data::export_table(workspace.warehouse(), &name, path, job)?;
    Ok(SavedFile { path: path.to_string_lossy().into_owned() })
}

fn info(workspace: &Workspace, record: ResultRecord) -> Result<ResultInfo, Problem> {
    let table = workspace.warehouse().result_table(&record.id)?;
    let columns = tables::columns_of_table(workspace, &table)?;
    Ok(ResultInfo::new(record, table.to_string(), columns))
}

pub(crate) fn staging(workspace: &Workspace) -> Result<Staging, Problem> {
    Ok(Staging::create(workspace.root(), &algomosaic_data::unique())?)
}

#[cfg(test)]
mod tests;
