//! Looking at files before they are imported. The import itself is a job.

use algomosaic_api::{App, ImportCheck, ImportOptions, ImportPreview, Problem};

use super::{Shared, blocking};

/// How the first file is read, and its first rows as the table would have them.
#[tauri::command]
#[specta::specta]
pub(crate) async fn preview_import(
    app: Shared<'_>,
    task: String,
    files: Vec<String>,
    options: ImportOptions,
) -> Result<ImportPreview, Problem> {
    blocking(app, move |app: &App| app.task(&task, |job| app.preview_import(&files, &options, job))).await
}

/// What importing the files would do: rows, faults with their lines, what the bars look like.
#[tauri::command]
#[specta::specta]
pub(crate) async fn check_import(
    app: Shared<'_>,
    task: String,
    files: Vec<String>,
    options: ImportOptions,
) -> Result<ImportCheck, Problem> {
    blocking(app, move |app: &App| app.task(&task, |job| app.check_import(&files, &options, job))).await
}
