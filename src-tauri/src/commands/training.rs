//! What a training can be asked for, and what came of the trainings so far.

use algomosaic_api::{App, ChartFormat, Problem, RunDetail, SavedFile, SearchTrials, Theme, TrainForm, TrainSource};

use super::{Shared, blocking};

/// Algorithms, splits and controls with their parameters.
#[tauri::command]
#[specta::specta]
pub(crate) async fn train_form(app: Shared<'_>) -> Result<TrainForm, Problem> {
    blocking(app, |app| Ok(app.train_form())).await
}

/// Tables with a column to predict.
#[tauri::command]
#[specta::specta]
pub(crate) async fn train_sources(app: Shared<'_>) -> Result<Vec<TrainSource>, Problem> {
    blocking(app, App::train_sources).await
}

/// The trials of a search that runs or was stopped; none where the job has none yet, or is done.
#[tauri::command]
#[specta::specta]
pub(crate) async fn search_trials(app: Shared<'_>, job: String) -> Result<Option<SearchTrials>, Problem> {
    blocking(app, move |app| app.search_trials(&job)).await
}

/// A run in full, with its charts.
#[tauri::command]
#[specta::specta]
pub(crate) async fn run_detail(app: Shared<'_>, model_execution_id: String) -> Result<RunDetail, Problem> {
    blocking(app, move |app| app.run_detail(&model_execution_id, true)).await
}

/// Saves a chart of a run below the workspace's `exports`.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_chart(
    app: Shared<'_>,
    model_execution_id: String,
    chart_id: String,
    format: ChartFormat,
    theme: Theme,
) -> Result<SavedFile, Problem> {
    blocking(app, move |app| app.save_chart(&model_execution_id, &chart_id, format, theme)).await
}
