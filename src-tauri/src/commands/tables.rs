//! Tables and their rows.

use algomosaic_api::{App, Problem, TableInfo, TablePage};

use super::{Shared, blocking};

/// Rows in one answer at most, so that no page is too big for the window.
const MOST_ROWS: u32 = 10_000;

/// Every table.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_tables(app: Shared<'_>) -> Result<Vec<TableInfo>, Problem> {
    blocking(app, App::tables).await
}

/// Some rows of a table.
#[tauri::command]
#[specta::specta]
pub(crate) async fn table_page(app: Shared<'_>, table: String, offset: u32, limit: u32) -> Result<TablePage, Problem> {
    blocking(app, move |app| app.table_page(&table, u64::from(offset), u64::from(limit.min(MOST_ROWS)))).await
}
