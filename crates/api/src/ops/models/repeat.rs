//! Training a run again from the request it kept, and saying whether the same came out.

use algomosaic_core::Problem;

use crate::jobs::{JobRecord, Running};
use crate::ops::{runs, train};
use crate::request::Request;
use crate::wire::RepeatDocument;
use crate::workspace::Workspace;

use super::{compare, record};

/// Trains again. The data are read as the request says, so a table that was changed meanwhile is told by its hash.
pub(crate) fn repeat(workspace: &Workspace, running: &Running<'_>, wanted: &str) -> Result<RepeatDocument, Problem> {
    let of = runs::find_any(workspace, wanted)?;
    let before = record::both(workspace, &of)?;
    let kept = runs::metadata_of(workspace, &of)?.remove("request").unwrap_or_default();
    let Ok(Request::Train { from, spec, recipe }) = serde_json::from_str(&kept) else {
        return Err(Problem::bad(
            format!("the run {} kept no request that can be repeated", runs::short(&of)),
            "It was made by another version or as a part of a larger job; train it from its training file.",
        ));
    };
    let mut asked: JobRecord = running.record.clone();
    asked.request = Request::Repeat { run: of.clone() };
    let again = Running { job: running.job, staging: running.staging, record: &asked, log: running.log };
    let run =
        train::train(workspace, &again, &from, &spec, recipe.as_deref()).map_err(|problem| match problem.code {
            algomosaic_core::Code::Cancelled => problem,
            _ => Problem {
                message: format!("the run {} cannot be repeated: {}", runs::short(&of), problem.message),
                ..problem
            },
        })?;
    let after = record::both(workspace, &run.model_execution_id)?;
    let (old, new) = (&before.0, &after.0);
    let same_data = old.data_hash == new.data_hash;
    let same_scores = old.scores == new.scores && old.control == new.control;
    Ok(RepeatDocument { same_data, same_scores, repeat_of: of, run, differs: compare::rows(&[before, after]) })
}
