//! Opening, making and closing workspaces.

use std::path::Path;

use algomosaic_api::{Problem, StartState, WorkspaceInfo};

use super::{Shared, blocking};

/// A workspace made in the window completes table names with these; `algom init` takes others.
const PROJECT: &str = "local";
const DATASET: &str = "main";

/// What the Start page shows.
#[tauri::command]
#[specta::specta]
pub(crate) async fn start_state(app: Shared<'_>) -> Result<StartState, Problem> {
    blocking(app, |app| Ok(app.start_state())).await
}

/// Opens a workspace in place of the one that was open.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_workspace(app: Shared<'_>, path: String) -> Result<WorkspaceInfo, Problem> {
    blocking(app, move |app| app.open_workspace(Path::new(&path))).await
}

/// Makes a workspace in an empty folder and opens it; with `sample`, its bars are in it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn create_workspace(app: Shared<'_>, path: String, sample: bool) -> Result<WorkspaceInfo, Problem> {
    blocking(app, move |app| app.create_workspace(Path::new(&path), PROJECT, DATASET, sample)).await
}

/// Closes the workspace.
#[tauri::command]
#[specta::specta]
pub(crate) async fn close_workspace(app: Shared<'_>) -> Result<(), Problem> {
    blocking(app, |app| {
        app.close_workspace();
        Ok(())
    })
    .await
}
