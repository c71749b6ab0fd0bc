//! What is in the columns of a table.

use algomosaic_core::{Job, Problem};

use crate::wire::{Bin, ColumnProfile, Profile, Quantile, TopValue};
use crate::workspace::Workspace;

pub(crate) fn profile(workspace: &Workspace, table: &str, job: &Job) -> Result<Profile, Problem> {
    let name = workspace.warehouse().name(table)?;
    let found = workspace.warehouse().profile(&name, job)?;
    let columns = found.columns.iter().map(column).collect();
    Ok(Profile { table: name.to_string(), rows: found.rows, columns, seconds: found.seconds })
}

fn column(found: &algomosaic_data::ColumnProfile) -> ColumnProfile {
    let quantile = |of: &algomosaic_data::Quantile| Quantile { p: of.p, value: of.value.clone().into() };
    let top = |of: &algomosaic_data::TopValue| TopValue { value: of.value.clone().into(), count: of.count };
    let bin = |of: &algomosaic_data::Bin| Bin { from: of.from, to: of.to, count: of.count };
    ColumnProfile {
        name: found.column.name.clone(),
        kind: found.column.kind.clone(),
        nulls: found.nulls,
        nans: found.nans,
        distinct: found.distinct,
        distinct_is_exact: found.distinct_is_exact,
        min: found.min.clone().into(),
        max: found.max.clone().into(),
        mean: found.mean,
        sd: found.sd,
        quantiles: found.quantiles.iter().map(quantile).collect(),
        quantiles_are_exact: found.quantiles_are_exact,
        histogram: found.histogram.iter().map(bin).collect(),
        top: found.top.iter().map(top).collect(),
    }
}
