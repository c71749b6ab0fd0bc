//! Tables and models from the workspace to Google Cloud and back.

use std::collections::BTreeMap;

use algomosaic_core::{Code, Problem};
use algomosaic_data::Transferred;

use super::runs;
use crate::jobs::Running;
use crate::outcome::{TransferDocument, TransferredTable};
use crate::request::IfExists;
use crate::workspace::Workspace;

/// Copies embedded tables into BigQuery, or the models of the folder into the bucket. All of them or none.
pub(crate) fn push(
    workspace: &Workspace,
    running: &Running<'_>,
    tables: &[String],
    models: bool,
    if_exists: IfExists,
) -> Result<TransferDocument, Problem> {
    let job = running.job;
    if tables.is_empty() && !models {
        return Err(Problem::new(Code::Usage, "nothing is named to push", "Name tables, or say --models."));
    }
    let mut transaction = running.staging.transaction()?;
    let share = if models { 0.5 } else { 0.95 };
    let copied = match tables {
        [] => Vec::new(),
        tables => workspace.warehouse().push(&mut transaction, tables, if_exists.into(), &job.part(0.0, share))?,
    };
    let models = if models { push_models(workspace, running, &mut transaction)? } else { Vec::new() };
    job.stage("sending the rows")?;
    job.check()?;
    transaction.commit()?;
    Ok(document(copied, models))
}

fn push_models(
    workspace: &Workspace,
    running: &Running<'_>,
    transaction: &mut algomosaic_data::Transaction,
) -> Result<Vec<String>, Problem> {
    let files = runs::model_files(workspace)?.into_iter().filter(|(file, _)| !file.is_empty());
    // Runs that share a file of the folder wrote the same bytes.
    let files: BTreeMap<String, String> =
        files.filter_map(|(file, runs)| Some((file, runs.into_values().next()?))).collect();
    Ok(workspace.store().push(transaction, &files, &running.job.part(0.5, 0.95))?)
}

/// Copies tables of BigQuery into the workspace's folder. All of them or none.
pub(crate) fn pull(
    workspace: &Workspace,
    running: &Running<'_>,
    tables: &[String],
    if_exists: IfExists,
) -> Result<TransferDocument, Problem> {
    let mut transaction = running.staging.transaction()?;
    let job = running.job.part(0.0, 0.95);
    let copied = workspace.warehouse().pull(running.staging, &mut transaction, tables, if_exists.into(), &job)?;
    job.check()?;
    transaction.commit()?;
    Ok(document(copied, Vec::new()))
}

fn document(copied: Vec<Transferred>, models: Vec<String>) -> TransferDocument {
    let table =
        |one: Transferred| TransferredTable { from: one.from.to_string(), to: one.to.to_string(), rows: one.rows };
    TransferDocument { tables: copied.into_iter().map(table).collect(), models }
}
