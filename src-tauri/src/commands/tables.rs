//! Tables, their rows, and views of them.

use std::path::Path;

use algomosaic_api::{
    App, ColumnInfo, CopiedText, Problem, Profile, SavedFile, TableInfo, TablePage, ViewInfo, ViewRequest,
};

use super::{Shared, blocking};

/// Rows in one answer at most, so that no page is too big for the window.
const MOST_ROWS: u32 = 10_000;

/// The tables of the workspace's folder.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_tables(app: Shared<'_>) -> Result<Vec<TableInfo>, Problem> {
    blocking(app, App::embedded_tables).await
}

/// The tables of BigQuery, where the workspace uses it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_bigquery_tables(app: Shared<'_>, task: String) -> Result<Vec<TableInfo>, Problem> {
    blocking(app, move |app| app.task(&task, |job| app.tables_elsewhere(job))).await
}

/// The columns of a table.
#[tauri::command]
#[specta::specta]
pub(crate) async fn table_columns(app: Shared<'_>, table: String) -> Result<Vec<ColumnInfo>, Problem> {
    blocking(app, move |app| app.columns(&table)).await
}

/// Some rows of a table.
#[tauri::command]
#[specta::specta]
pub(crate) async fn table_page(app: Shared<'_>, table: String, offset: u32, limit: u32) -> Result<TablePage, Problem> {
    blocking(app, move |app| app.table_page(&table, u64::from(offset), u64::from(limit.min(MOST_ROWS)))).await
}

/// A table sorted and filtered; its rows are then paged like those of any table.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_view(app: Shared<'_>, task: String, request: ViewRequest) -> Result<ViewInfo, Problem> {
    blocking(app, move |app| app.task(&task, |job| app.open_view(&request, job))).await
}

/// A view or a result is shown no more. One that has a name stays.
#[tauri::command]
#[specta::specta]
pub(crate) async fn close_view(app: Shared<'_>, table: String) -> Result<(), Problem> {
    blocking(app, move |app| app.close_view(&table)).await
}

/// What is in the columns of a table.
#[tauri::command]
#[specta::specta]
pub(crate) async fn profile_table(app: Shared<'_>, task: String, table: String) -> Result<Profile, Problem> {
    blocking(app, move |app| app.task(&task, |job| app.profile(&table, job))).await
}

/// Rows as text for the clipboard, separated by tabs, with a header; at most 100,000.
#[tauri::command]
#[specta::specta]
pub(crate) async fn copy_rows(
    app: Shared<'_>,
    table: String,
    columns: Vec<String>,
    offset: u32,
    limit: u32,
) -> Result<CopiedText, Problem> {
    blocking(app, move |app| app.copy_rows(&table, &columns, u64::from(offset), u64::from(limit))).await
}

/// Writes a table to a file, by the file's ending.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_table(
    app: Shared<'_>,
    task: String,
    table: String,
    path: String,
) -> Result<SavedFile, Problem> {
    blocking(app, move |app| app.task(&task, |job| app.export_table(&table, Path::new(&path), job))).await
}

/// Removes a table with all its rows.
#[tauri::command]
#[specta::specta]
pub(crate) async fn drop_table(app: Shared<'_>, table: String) -> Result<(), Problem> {
    blocking(app, move |app| app.drop_table(&table)).await
}
