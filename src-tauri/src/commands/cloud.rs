//! The connection to Google Cloud, and what the workspace says of it. What comes from the window names files; what goes
//! there holds no secret.

use algomosaic_api::{
    App, ConnectRequest, ConnectedDocument, ConnectionInfo, ConnectionStatus, DisconnectedDocument, FieldProblem,
    GoogleSettings, GoogleSettingsPage, Problem, open_in_browser,
};
use tauri::AppHandle;
use tauri_specta::Event as _;

use super::{Shared, blocking};
use crate::events::LoginWaiting;

/// The connection that is saved, if one is.
#[tauri::command]
#[specta::specta]
pub(crate) async fn connection(app: Shared<'_>) -> Result<Option<ConnectionInfo>, Problem> {
    blocking(app, App::connection).await
}

/// Connects in place of an earlier connection. A login in the browser opens it, and tells its address by [`LoginWaiting`].
#[tauri::command]
#[specta::specta]
pub(crate) async fn connect_google(
    window: AppHandle,
    app: Shared<'_>,
    task: String,
    request: ConnectRequest,
) -> Result<ConnectedDocument, Problem> {
    blocking(app, move |app| {
        let show = |address: &str| {
            open_in_browser(address);
            let _ = LoginWaiting { task: task.clone(), address: address.to_owned() }.emit(&window);
        };
        app.task(&task, |job| app.connect_gcp(&request, show, job))
    })
    .await
}

/// Who is connected, and which permissions are missing for what.
#[tauri::command]
#[specta::specta]
pub(crate) async fn connection_status(app: Shared<'_>, task: String) -> Result<ConnectionStatus, Problem> {
    blocking(app, move |app| app.task(&task, |job| app.connection_status(job))).await
}

/// Forgets the connection and its secret.
#[tauri::command]
#[specta::specta]
pub(crate) async fn disconnect_google(app: Shared<'_>, task: String) -> Result<DisconnectedDocument, Problem> {
    blocking(app, move |app| app.task(&task, |job| app.disconnect(job))).await
}

/// Deletes the key file that was last connected with.
#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_key_file(app: Shared<'_>) -> Result<(), Problem> {
    blocking(app, App::delete_key_file).await
}

/// What the workspace's file says of Google Cloud.
#[tauri::command]
#[specta::specta]
pub(crate) async fn google_settings(app: Shared<'_>) -> Result<GoogleSettingsPage, Problem> {
    blocking(app, App::google_settings).await
}

/// Writes it, and opens the workspace with it. Answers with the fields that were refused; then nothing is written.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_google_settings(
    app: Shared<'_>,
    settings: GoogleSettings,
) -> Result<Vec<FieldProblem>, Problem> {
    blocking(app, move |app| app.save_google_settings(&settings)).await
}
