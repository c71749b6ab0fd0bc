//! Import: files into a table, all of them or none; and what an import would do, seen before it.

use algomosaic_core::{Code, Job, Problem};
use algomosaic_data::{expand_files, import_file};

use crate::jobs::Running;
use crate::outcome::ImportDocument;
use crate::request::IfExists;
use crate::wire_import::{ImportCheck, ImportOptions, ImportPreview};
use crate::workspace::Workspace;

/// Rows of a preview.
const PREVIEW_ROWS: usize = 100;

pub(crate) fn import(
    workspace: &Workspace,
    running: &Running<'_>,
    files: &[String],
    table: &str,
    if_exists: IfExists,
    options: &ImportOptions,
) -> Result<ImportDocument, Problem> {
    let files = named(files)?;
    let options = options.to_data()?;
    let warehouse = workspace.warehouse();
    let name = warehouse.name(table)?;
    let mut transaction = running.staging.transaction()?;
    let mut document =
        ImportDocument { table: name.to_string(), rows: 0, dropped: 0, faults: Vec::new(), notes: Vec::new() };
    for (done, path) in files.iter().enumerate() {
        running.job.stage(format!("importing {}", path.file_name().unwrap_or_default().to_string_lossy()))?;
        let share = |files_done: usize| files_done as f64 / files.len() as f64;
        let job = running.job.part(share(done), share(done + 1));
        let imported = import_file(warehouse, &mut transaction, path, &name, if_exists.into(), &options, &job)?;
        document.rows += imported.rows;
        document.dropped += imported.dropped;
        document.faults.extend(imported.faults.into_iter().map(Into::into));
        document.notes.extend(imported.notes);
    }
    running.job.check()?;
    transaction.commit()?;
    Ok(document)
}

/// The first rows of the first file.
pub(crate) fn preview(files: &[String], options: &ImportOptions, job: &Job) -> Result<ImportPreview, Problem> {
    let files = named(files)?;
    let first = files.first().ok_or_else(no_file)?;
    Ok(algomosaic_data::preview(first, &options.to_data()?, PREVIEW_ROWS, job)?.into())
}

/// What an import of the files would find.
pub(crate) fn check(
    workspace: &Workspace,
    files: &[String],
    options: &ImportOptions,
    job: &Job,
) -> Result<ImportCheck, Problem> {
    job.stage("checking the files")?;
    Ok(algomosaic_data::check(workspace.warehouse(), &named(files)?, &options.to_data()?, job)?.into())
}

fn named(files: &[String]) -> Result<Vec<std::path::PathBuf>, Problem> {
    if files.is_empty() {
        return Err(no_file());
    }
    expand_files(files)
}

fn no_file() -> Problem {
    Problem::new(Code::Usage, "no file is named", "Name at least one CSV, JSON, NDJSON, Parquet or Arrow file.")
}
