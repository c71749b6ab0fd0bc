//! Models as files for other programs.

use std::path::Path;

use algomosaic_api::{ExportedModel, ModelFormat, Problem};

use super::{Shared, blocking};

/// Writes the model of a run to a file that the person chose, as ONNX or JSON. One that is there is replaced only when
/// `replace` says so.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_model(
    app: Shared<'_>,
    model_execution_id: String,
    format: ModelFormat,
    path: String,
    replace: bool,
) -> Result<ExportedModel, Problem> {
    blocking(app, move |app| app.export_model(&model_execution_id, Some(format), Path::new(&path), replace)).await
}
