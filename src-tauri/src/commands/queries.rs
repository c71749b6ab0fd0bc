//! Statements a person writes, their results, and what he keeps of both.

use algomosaic_api::{
    App, IfExists, Problem, QueryRecord, ResultInfo, SavedQuery, SqlCheck, SqlOutcome, SqlParam, SqlWords, TableInfo,
};

use super::{Shared, blocking};

/// Runs a statement. The rows of a SELECT are then paged like those of any table.
#[tauri::command]
#[specta::specta]
pub(crate) async fn run_sql(
    app: Shared<'_>,
    task: String,
    sql: String,
    params: Vec<SqlParam>,
) -> Result<SqlOutcome, Problem> {
    blocking(app, move |app| app.task(&task, |job| app.run_sql(&sql, &params, job))).await
}

/// Reads a statement without running it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn check_sql(app: Shared<'_>, sql: String, params: Vec<SqlParam>) -> Result<SqlCheck, Problem> {
    blocking(app, move |app| app.check_sql(&sql, &params)).await
}

/// How the engine would run a statement.
#[tauri::command]
#[specta::specta]
pub(crate) async fn explain_sql(app: Shared<'_>, sql: String, params: Vec<SqlParam>) -> Result<String, Problem> {
    blocking(app, move |app| app.explain_sql(&sql, &params)).await
}

/// How much of a task is done, from 0 to 1; null where that is unknown or the task is over.
#[tauri::command]
#[specta::specta]
pub(crate) async fn task_share(app: Shared<'_>, task: String) -> Result<Option<f64>, Problem> {
    Ok(app.task_share(&task))
}

/// Asks a task to stop; then what waits for it hears that it was cancelled.
#[tauri::command]
#[specta::specta]
pub(crate) async fn cancel_task(app: Shared<'_>, task: String) -> Result<(), Problem> {
    app.cancel_task(&task);
    Ok(())
}

/// The pinned results, the newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_results(app: Shared<'_>) -> Result<Vec<ResultInfo>, Problem> {
    blocking(app, App::results).await
}

/// Gives a result a name; it stays until it is unpinned.
#[tauri::command]
#[specta::specta]
pub(crate) async fn pin_result(app: Shared<'_>, id: String, name: String) -> Result<ResultInfo, Problem> {
    blocking(app, move |app| app.name_result(&id, Some(&name))).await
}

/// Lets a result go: it is removed like those that never were pinned.
#[tauri::command]
#[specta::specta]
pub(crate) async fn unpin_result(app: Shared<'_>, id: String) -> Result<(), Problem> {
    blocking(app, move |app| app.name_result(&id, None).map(drop)).await
}

/// Copies a result into a table.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_result(
    app: Shared<'_>,
    id: String,
    table: String,
    if_exists: IfExists,
) -> Result<TableInfo, Problem> {
    blocking(app, move |app| app.save_result(&id, &table, if_exists)).await
}

/// The last statements that were run, the newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sql_history(app: Shared<'_>) -> Result<Vec<QueryRecord>, Problem> {
    blocking(app, App::sql_history).await
}

/// The saved queries, by name.
#[tauri::command]
#[specta::specta]
pub(crate) async fn saved_queries(app: Shared<'_>) -> Result<Vec<SavedQuery>, Problem> {
    blocking(app, App::saved_queries).await
}

/// Saves a query as a file of the workspace, over one that has the name.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_query(app: Shared<'_>, name: String, sql: String) -> Result<SavedQuery, Problem> {
    blocking(app, move |app| app.save_query(&name, &sql)).await
}

/// Gives a saved query another name.
#[tauri::command]
#[specta::specta]
pub(crate) async fn rename_query(app: Shared<'_>, name: String, new_name: String) -> Result<SavedQuery, Problem> {
    blocking(app, move |app| app.rename_query(&name, &new_name)).await
}

/// Deletes a saved query.
#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_query(app: Shared<'_>, name: String) -> Result<(), Problem> {
    blocking(app, move |app| app.delete_query(&name)).await
}

/// The words the editor can complete.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sql_words(app: Shared<'_>) -> Result<SqlWords, Problem> {
    blocking(app, |app| Ok(app.sql_words())).await
}
