//! Import: files into a table, all of them or none.

use std::path::Path;

use algomosaic_core::{Code, Problem};
use algomosaic_data::{ImportOptions, import_file};

use crate::jobs::Running;
use crate::outcome::ImportDocument;
use crate::request::IfExists;
use crate::workspace::Workspace;

pub(crate) fn import(
    workspace: &Workspace,
    running: &Running<'_>,
    files: &[String],
    table: &str,
    if_exists: IfExists,
    options: &ImportOptions,
) -> Result<ImportDocument, Problem> {
    if files.is_empty() {
        return Err(Problem::new(
            Code::Usage,
            "no file is named",
            "Name at least one CSV, JSON, NDJSON or Parquet file.",
        ));
    }
    let warehouse = workspace.warehouse();
    let name = warehouse.name(table)?;
    let mut transaction = running.staging.transaction()?;
    let mut document = ImportDocument { table: name.to_string(), rows: 0, notes: Vec::new() };
    for (done, file) in files.iter().enumerate() {
        let path = Path::new(file);
        running.job.stage(format!("importing {}", path.file_name().unwrap_or_default().to_string_lossy()))?;
        running.job.step(done, files.len())?;
        let imported = import_file(warehouse, &mut transaction, path, &name, if_exists.into(), options, running.job)?;
        document.rows += imported.rows;
        document.notes.extend(imported.notes);
    }
    running.job.check()?;
    transaction.commit()?;
    Ok(document)
}
