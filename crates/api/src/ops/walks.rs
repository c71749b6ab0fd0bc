//! Random walks for a control: the recipe that made the columns of a table, and what it makes of bars without signal.

use algomosaic_core::{Job, Problem};
use algomosaic_data::sample;
use algomosaic_features::{FeatureFrame, Recipe};
use algomosaic_model::{ControlKind, TrainSpec, random_walk};

use crate::jobs::{self, JobState};
use crate::request::{Request, Source};
use crate::workspace::Workspace;

use super::demo;

/// Blocks are at least this long, so that calm and wild times stay together.
const LEAST_BLOCK_BARS: usize = 20;

/// Makes features of random walks.
pub(crate) struct Walks {
    recipe: Recipe,
    /// The training data without the columns of the recipe.
    bars: FeatureFrame,
    block_bars: usize,
    seed: u32,
}

impl Walks {
    /// What a control of random walks needs; nothing for another control, or where the recipe is not known.
    pub(crate) fn of(
        workspace: &Workspace,
        from: &Source,
        recipe: Option<&str>,
        spec: &TrainSpec,
        data: &FeatureFrame,
    ) -> Result<Option<Walks>, Problem> {
        if spec.control.kind != ControlKind::RandomWalk {
            return Ok(None);
        }
        let found = match recipe {
            Some(text) => Some(text.to_owned()),
            None => recipe_of(workspace, from)?,
        };
        let Some(text) = found else { return Ok(None) };
        let recipe = Recipe::from_toml(&text)?;
        let made: Vec<String> =
            recipe.columns_over(&Default::default())?.into_iter().map(|column| column.name).collect();
        if !made.contains(&spec.outcome) {
            return Err(makes_no_outcome(&spec.outcome));
        }
        let mut bars = FeatureFrame { frame: data.frame.drop_many(&made), labels: data.labels.clone() };
        bars.labels.retain(|name, _| !made.contains(name));
        let horizon = data.labels.get(&spec.outcome).copied().unwrap_or(0) as usize;
        let block_bars = (2 * horizon).max(LEAST_BLOCK_BARS);
        let walks = Walks { recipe, bars, block_bars, seed: spec.control.seed };
        walks.refuse_unless_it_makes(&spec.outcome, data)?;
        Ok(Some(walks))
    }

    /// The features of one walk.
    pub(crate) fn features(&self, repeat: u32) -> Result<FeatureFrame, Problem> {
        let frame = random_walk(&self.bars.frame, self.block_bars, self.seed, repeat)?;
        let bars = FeatureFrame { frame, labels: self.bars.labels.clone() };
        Ok(algomosaic_features::compute(&self.recipe, &bars, &Job::new())?)
    }

    /// A table may have been written anew by something else since: the recipe must make its outcome.
    fn refuse_unless_it_makes(&self, outcome: &str, data: &FeatureFrame) -> Result<(), Problem> {
        let made = algomosaic_features::compute(&self.recipe, &self.bars, &Job::new())?;
        let values = |frame: &FeatureFrame| -> Result<Vec<Option<f64>>, polars::error::PolarsError> {
            let column = frame.frame.column(outcome)?.cast(&polars::prelude::DataType::Float64)?;
            Ok(column.f64()?.iter().collect())
        };
        let (Ok(made), Ok(known)) = (values(&made), values(data)) else {
            return Err(makes_no_outcome(outcome));
        };
        let near = |a: &Option<f64>, b: &Option<f64>| match (a, b) {
            (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * a.abs().max(1.0) || (a.is_nan() && b.is_nan()),
            (a, b) => a.is_none_or(f64::is_nan) && b.is_none_or(f64::is_nan),
        };
        let other = made.iter().zip(&known).filter(|(made, known)| !near(made, known)).count();
        if other == 0 && made.len() == known.len() {
            return Ok(());
        }
        Err(Problem::bad(
            format!("the recipe makes another {outcome} of these bars in {other} of {} rows", known.len()),
            "Compute the features anew with the recipe, on whole histories, and train on that table.",
        ))
    }
}

fn makes_no_outcome(outcome: &str) -> Problem {
    Problem::bad(
        format!("the recipe does not make the outcome {outcome}, so it cannot make that of a random walk"),
        "Give the recipe that made the data, or choose control.kind = \"mirrored_blocks\".",
    )
}

/// The recipe of the last job that wrote the table.
fn recipe_of(workspace: &Workspace, from: &Source) -> Result<Option<String>, Problem> {
    let Source::Table { table } = from else { return Ok(None) };
    if table.contains('*') {
        return Ok(None);
    }
    let warehouse = workspace.warehouse();
    let name = warehouse.name(table)?;
    for record in jobs::list(workspace.root()).into_iter().filter(|record| record.state == JobState::Done) {
        match record.request {
            Request::Features { recipe, table: Some(written), .. } if warehouse.name(&written)? == name => {
                return Ok(Some(recipe));
            }
            Request::Demo { .. } if warehouse.name(sample::FEATURES_TABLE)? == name => {
                return Ok(Some(demo::file(workspace, "recipes/momentum.toml")?));
            }
            _ => {}
        }
    }
    Ok(None)
}
