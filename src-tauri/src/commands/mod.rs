//! One short command for each operation, by subject. Work that waits on the disk leaves the thread that draws.

pub(crate) mod cloud;
pub(crate) mod export_model;
pub(crate) mod features;
pub(crate) mod import;
pub(crate) mod jobs;
pub(crate) mod models;
pub(crate) mod queries;
pub(crate) mod tables;
pub(crate) mod training;
pub(crate) mod workspace;

use std::sync::Arc;

use algomosaic_api::{App, Code, Problem};

/// The application, as commands get it.
pub(crate) type Shared<'a> = tauri::State<'a, Arc<App>>;

/// Does work that blocks on a thread made for it.
async fn blocking<T: Send + 'static>(
    app: Shared<'_>,
    work: impl FnOnce(&App) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let app = Arc::clone(&app);
    tauri::async_runtime::spawn_blocking(move || work(&app)).await.unwrap_or_else(|_| {
        Err(Problem::new(
            Code::Internal,
            "the command stopped with a bug of ours",
            "Please report what was asked; the workspace is whole.",
        ))
    })
}
