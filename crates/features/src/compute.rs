//! Runs a plan over bars: each step ticker by ticker, in plain buffers, and the new columns beside the old ones.

use std::collections::BTreeMap;

use algomosaic_core::{Job, names};
use polars::prelude::{Column, DataFrame, DataType, Float64Chunked, IntoColumn, NewChunkedArray};

use crate::bars::{self, Bars, broken};
use crate::plan::{How, Plan, PlannedColumn, Step, Strictness};
use crate::recipe::Recipe;
use crate::{Error, FeatureFrame, expr};

/// The columns of a recipe beside those of the bars, rows sorted by `ticker`, then `ticker_time`. Every value is of
/// its own ticker's bars, whatever the order of the rows was. Undefined values are NULL; conditions are 1 and 0.
/// The labels are those of the bars and those of the recipe.
pub fn compute(recipe: &Recipe, bars: &FeatureFrame, job: &Job) -> Result<FeatureFrame, Error> {
    let plan = Plan::of(recipe, &bars.labels, Strictness::FeaturesLookBack)?;
    let sorted = bars::sort(&bars.frame)?;
    let made = calculate(&plan, &sorted, job)?;
    let mut labels = bars.labels.clone();
    let mut columns = Vec::with_capacity(made.len());
    for (planned, values) in made {
        if planned.is_label {
            labels.insert(planned.name.clone(), planned.horizon);
        }
        let values = values.into_iter().map(|value| (!value.is_nan()).then_some(value));
        columns.push(Float64Chunked::from_iter_options(planned.name.into(), values).into_column());
    }
    Ok(FeatureFrame { frame: sorted.frame.hstack(&columns).map_err(broken)?, labels })
}

/// The values of each planned column, NaN where undefined.
pub(crate) fn calculate(plan: &Plan, bars: &Bars, job: &Job) -> Result<Vec<(PlannedColumn, Vec<f64>)>, Error> {
    let resolved = resolve(plan, &bars.frame)?;
    let mut series: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for (step, inputs) in plan.steps.iter().zip(&resolved) {
        for name in inputs {
            let is_of_bars = bars.frame.column(name).is_ok();
            if is_of_bars && !series.contains_key(name) {
                series.insert(name.clone(), numbers(&bars.frame, name, &step.entry)?);
            }
        }
    }
    let total = plan.steps.len();
    for (done, (step, inputs)) in plan.steps.iter().zip(&resolved).enumerate() {
        job.step(done, total)?;
        let inputs: Vec<&[f64]> = inputs.iter().filter_map(|name| series.get(name)).map(Vec::as_slice).collect();
        let outputs = run(step, &inputs, bars, job)?;
        for (column, values) in step.outputs.iter().zip(outputs) {
            series.insert(column.name.clone(), values);
        }
    }
    job.step(total, total)?;
    Ok(plan.columns().map(|column| (column.clone(), series.remove(&column.name).unwrap_or_default())).collect())
}

/// The exact names of the columns that each step reads. Finds everything missing before anything is computed.
fn resolve(plan: &Plan, frame: &DataFrame) -> Result<Vec<Vec<String>>, Error> {
    let of_bars: Vec<String> = frame.get_column_names().iter().map(|name| name.to_string()).collect();
    for column in plan.columns() {
        if of_bars.iter().any(|name| name.to_lowercase() == column.name.to_lowercase()) {
            return Err(Error::MadeTwice { entry: column.entry.clone(), name: column.name.clone(), earlier: None });
        }
    }
    let mut known: Vec<&str> = of_bars.iter().map(String::as_str).collect();
    let mut resolved = Vec::with_capacity(plan.steps.len());
    for step in &plan.steps {
        let find = |input: &String| match expr::find(input, &known) {
            Ok(place) => Ok(known[place].to_owned()),
            Err(Error::UnknownColumn { name, .. }) => Err(Error::UnknownColumn {
                user: format!("{}: ", step.entry),
                nearest: names::nearest(&name, known.iter().copied()).map(str::to_owned),
                name,
            }),
            Err(other) => Err(other),
        };
        resolved.push(step.inputs.iter().map(find).collect::<Result<Vec<_>, _>>()?);
        known.extend(step.outputs.iter().map(|column| column.name.as_str()));
    }
    Ok(resolved)
}

/// A column of the bars as numbers; NULL and what is not finite are NaN.
fn numbers(frame: &DataFrame, name: &str, entry: &str) -> Result<Vec<f64>, Error> {
    let column = frame.column(name).map_err(broken)?;
    let dtype = column.dtype();
    if !(dtype.is_numeric() || *dtype == DataType::Boolean) {
        let kind = match dtype {
            DataType::String => "text".to_owned(),
            DataType::Date | DataType::Datetime(..) | DataType::Time => "times".to_owned(),
            other => other.to_string(),
        };
        return Err(Error::NotNumeric { entry: entry.to_owned(), name: name.to_owned(), kind });
    }
    let column: Column = column.cast(&DataType::Float64).map_err(broken)?;
    let values = column.f64().map_err(broken)?;
    Ok(values.iter().map(|value| value.filter(|v| v.is_finite()).unwrap_or(f64::NAN)).collect())
}

/// The outputs of a step over all rows, each as long as the frame.
fn run(step: &Step, inputs: &[&[f64]], bars: &Bars, job: &Job) -> Result<Vec<Vec<f64>>, Error> {
    let rows = bars.times.len();
    match &step.how {
        How::Sql(expression) => {
            let names: Vec<&str> = step.inputs.iter().map(String::as_str).collect();
            let bound = expression.bind(&names)?;
            let mut row = vec![f64::NAN; inputs.len()];
            let mut values = Vec::with_capacity(rows);
            for t in 0..rows {
                if t % 65_536 == 0 {
                    job.check()?;
                }
                for (slot, series) in row.iter_mut().zip(inputs) {
                    *slot = series[t];
                }
                values.push(bound.eval(&row));
            }
            Ok(vec![values])
        }
        How::Indicator(indicator, params) => {
            let mut whole = vec![Vec::with_capacity(rows); step.outputs.len()];
            for ticker in &bars.tickers {
                job.check()?;
                let parts: Vec<&[f64]> = inputs.iter().map(|series| &series[ticker.clone()]).collect();
                let outputs = indicator
                    .compute(&parts, params)
                    .map_err(|e| Error::Params { entry: step.entry.clone(), rule: e.to_string() })?;
                for (column, part) in whole.iter_mut().zip(outputs) {
                    column.extend(part);
                }
            }
            Ok(whole)
        }
    }
}
