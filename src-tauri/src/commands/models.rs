//! The registry of runs: the list, what is kept of a run, and what a person does with it.

use std::path::Path;

use algomosaic_api::{AliasChange, Comparison, Problem, RunQuery, RunRecord, RunSummary, SavedFile, TrashChange};

use super::{Shared, blocking};

/// The runs of a query, in its order.
#[tauri::command]
#[specta::specta]
pub(crate) async fn query_runs(app: Shared<'_>, query: RunQuery) -> Result<Vec<RunSummary>, Problem> {
    blocking(app, move |app| app.runs(&query)).await
}

/// Writes the list of a query to a file, by the file's ending.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_runs(app: Shared<'_>, query: RunQuery, path: String) -> Result<SavedFile, Problem> {
    blocking(app, move |app| app.export_runs(&query, Path::new(&path))).await
}

/// What is kept of a run beside its numbers.
#[tauri::command]
#[specta::specta]
pub(crate) async fn run_record(app: Shared<'_>, model_execution_id: String) -> Result<RunRecord, Problem> {
    blocking(app, move |app| app.run_record(&model_execution_id)).await
}

/// Gives a run tags.
#[tauri::command]
#[specta::specta]
pub(crate) async fn tag_run(
    app: Shared<'_>,
    model_execution_id: String,
    tags: Vec<String>,
) -> Result<RunSummary, Problem> {
    blocking(app, move |app| app.tag_run(&model_execution_id, &tags)).await
}

/// Takes tags from a run.
#[tauri::command]
#[specta::specta]
pub(crate) async fn untag_run(
    app: Shared<'_>,
    model_execution_id: String,
    tags: Vec<String>,
) -> Result<RunSummary, Problem> {
    blocking(app, move |app| app.untag_run(&model_execution_id, &tags)).await
}

/// Writes the note of a run; empty text removes it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn note_run(app: Shared<'_>, model_execution_id: String, text: String) -> Result<RunSummary, Problem> {
    blocking(app, move |app| app.note_run(&model_execution_id, &text)).await
}

/// Gives a run an alias, which another run of the same outcome and domain loses.
#[tauri::command]
#[specta::specta]
pub(crate) async fn give_alias(
    app: Shared<'_>,
    model_execution_id: String,
    alias: String,
) -> Result<AliasChange, Problem> {
    blocking(app, move |app| app.give_alias(&model_execution_id, &alias)).await
}

/// Takes an alias from a run.
#[tauri::command]
#[specta::specta]
pub(crate) async fn take_alias(
    app: Shared<'_>,
    model_execution_id: String,
    alias: String,
) -> Result<AliasChange, Problem> {
    blocking(app, move |app| app.take_alias(&model_execution_id, &alias)).await
}

/// Who has which alias, the last change first; with every change where the history is wanted.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_aliases(app: Shared<'_>, history: bool) -> Result<Vec<AliasChange>, Problem> {
    blocking(app, move |app| app.aliases(history)).await
}

/// Puts a run into the trash; one with an alias only where it is forced.
#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_run(
    app: Shared<'_>,
    model_execution_id: String,
    force: bool,
) -> Result<TrashChange, Problem> {
    blocking(app, move |app| app.delete_run(&model_execution_id, force)).await
}

/// Takes a run out of the trash.
#[tauri::command]
#[specta::specta]
pub(crate) async fn restore_run(app: Shared<'_>, model_execution_id: String) -> Result<TrashChange, Problem> {
    blocking(app, move |app| app.restore_run(&model_execution_id)).await
}

/// Removes the model files of runs in the trash for good; none named are all of them.
#[tauri::command]
#[specta::specta]
pub(crate) async fn purge_runs(app: Shared<'_>, model_execution_ids: Vec<String>) -> Result<TrashChange, Problem> {
    blocking(app, move |app| app.purge_runs(&model_execution_ids)).await
}

/// Runs side by side: only what differs.
#[tauri::command]
#[specta::specta]
pub(crate) async fn compare_runs(app: Shared<'_>, model_execution_ids: Vec<String>) -> Result<Comparison, Problem> {
    blocking(app, move |app| app.compare_runs(&model_execution_ids)).await
}

/// Writes a comparison to a file, by the file's ending.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_comparison(
    app: Shared<'_>,
    model_execution_ids: Vec<String>,
    path: String,
) -> Result<SavedFile, Problem> {
    blocking(app, move |app| app.export_comparison(&model_execution_ids, Path::new(&path))).await
}
