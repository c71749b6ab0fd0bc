//! Features: a recipe over bars, to a table or a file, with the marks of the columns that look ahead. And the check that
//! nothing but a label does.

use std::path::Path;

use algomosaic_core::{Code, Problem};
use algomosaic_features::Recipe;

use crate::Job;
use crate::jobs::Running;
use crate::outcome::{FeaturesDocument, LookaheadDocument, LooksAhead};
use crate::request::Source;
use crate::workspace::Workspace;

use super::source;

pub(crate) fn features(
    workspace: &Workspace,
    running: &Running<'_>,
    recipe: &str,
    from: &Source,
    table: Option<&str>,
    out: Option<&str>,
) -> Result<FeaturesDocument, Problem> {
    if table.is_none() && out.is_none() {
        return Err(Problem::new(
            Code::Usage,
            "nowhere is named to put the columns",
            "Name a table (--table) or a file (--out).",
        ));
    }
    let recipe = Recipe::from_toml(recipe)?;
    let read = source::read(workspace, from, &running.job.part(0.0, 0.3))?;
    let before = read.data.frame.width();
    running.job.stage(format!("computing {}", if recipe.name.is_empty() { "the recipe" } else { &recipe.name }))?;
    let made = algomosaic_features::compute(&recipe, &read.data, &running.job.part(0.3, 0.9))?;
    let name = table.map(|table| workspace.warehouse().name(table)).transpose()?;
    if let Some(name) = &name {
        let mut transaction = running.staging.transaction()?;
        workspace.warehouse().stage(
            &mut transaction,
            name,
            &made.frame,
            &made.labels,
            algomosaic_data::IfExists::Replace,
        )?;
        running.job.check()?;
        transaction.commit()?;
    }
    if let Some(out) = out {
        algomosaic_data::write_frame(Path::new(out), &made.frame, &made.labels)?;
    }
    Ok(FeaturesDocument {
        table: name.map(|name| name.to_string()),
        out: out.map(str::to_owned),
        rows: u32::try_from(made.frame.height()).unwrap_or(u32::MAX),
        columns: u32::try_from(made.frame.width().saturating_sub(before)).unwrap_or(u32::MAX),
        labels: made.labels.into_keys().collect(),
    })
}

pub(crate) fn check_lookahead(
    workspace: &Workspace,
    recipe: &str,
    from: &Source,
    job: &Job,
) -> Result<LookaheadDocument, Problem> {
    let recipe = Recipe::from_toml(recipe)?;
    let read = source::read(workspace, from, &job.part(0.0, 0.2))?;
    let report = algomosaic_features::check_lookahead(&recipe, &read.data, &job.part(0.2, 1.0))?;
    Ok(LookaheadDocument {
        columns_checked: report.columns_checked,
        looks_ahead: report
            .looks_ahead
            .into_iter()
            .map(|found| LooksAhead { column: found.column, row: found.row })
            .collect(),
    })
}
