//! Starting, stopping and listing jobs.

use std::sync::Arc;

use algomosaic_api::{App, JobRecord, Problem, Request};
use tauri::AppHandle;
use tauri_specta::Event as _;

use super::{Shared, blocking};
use crate::events::JobChanged;

/// Starts a job and answers with its id at once; the window hears of it by [`JobChanged`].
#[tauri::command]
#[specta::specta]
pub(crate) async fn start_job(window: AppHandle, app: Shared<'_>, request: Request) -> Result<String, Problem> {
    let app = Arc::clone(&app);
    app.start_job(tauri::async_runtime::handle().inner(), request, move |record| {
        // A window that is closing hears nothing more, and needs to hear nothing more.
        let _ = JobChanged(record).emit(&window);
    })
}

/// Asks a job to stop. It does so at its next step; then the window hears that it is cancelled.
#[tauri::command]
#[specta::specta]
pub(crate) async fn cancel_job(app: Shared<'_>, id: String) -> Result<(), Problem> {
    app.cancel_job(&id)
}

/// Every job, the newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_jobs(app: Shared<'_>) -> Result<Vec<JobRecord>, Problem> {
    blocking(app, App::jobs).await
}
