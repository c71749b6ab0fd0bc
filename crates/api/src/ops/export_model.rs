//! A model of the registry as a file for other programs: an ONNX graph or a JSON document.

use std::path::Path;

use algomosaic_core::{Code, Problem};
use serde::{Deserialize, Serialize};

use crate::workspace::Workspace;

use super::{runs, train};

/// The form of an exported model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum ModelFormat {
    /// A graph that any ONNX runtime can run.
    Onnx,
    /// Every number by name.
    Json,
}

/// A model that was exported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ExportedModel {
    /// Its id.
    pub model_id: String,
    /// The id of the run that trained it.
    pub model_execution_id: String,
    /// The form of the file.
    pub format: ModelFormat,
    /// The file.
    pub path: String,
    /// Its size.
    pub bytes: u32,
}

/// Writes the model of a run to a file; the form is that of the file's ending where none is asked for. A file that is
/// there is replaced only when `replace` says so.
pub(crate) fn export_model(
    workspace: &Workspace,
    id: &str,
    format: Option<ModelFormat>,
    out: &Path,
    replace: bool,
) -> Result<ExportedModel, Problem> {
    let format = format.map_or_else(|| of_ending(out), Ok)?;
    if out.exists() && !replace {
        return Err(Problem::new(
            Code::AlreadyExists,
            format!("{} exists already, and an export replaces no file unasked", out.display()),
            "Choose another file, or say --force.",
        ));
    }
    let run = runs::detail(workspace, &runs::find(workspace, id)?, false)?;
    let model = train::load_model(workspace, &run)?;
    let bytes = match format {
        ModelFormat::Onnx => model.to_onnx()?,
        ModelFormat::Json => model.to_json().into_bytes(),
    };
    algomosaic_data::write_atomically(out, &bytes)?;
    Ok(ExportedModel {
        model_id: run.model_id,
        model_execution_id: run.model_execution_id,
        format,
        path: out.to_string_lossy().into_owned(),
        bytes: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
    })
}

fn of_ending(out: &Path) -> Result<ModelFormat, Problem> {
    match out.extension().map(|ending| ending.to_ascii_lowercase()) {
        Some(ending) if ending == "onnx" => Ok(ModelFormat::Onnx),
        Some(ending) if ending == "json" => Ok(ModelFormat::Json),
        _ => Err(Problem::bad(
            format!("{} does not say by its ending what to write", out.display()),
            "End it in .onnx or .json, or name the format.",
        )),
    }
}
