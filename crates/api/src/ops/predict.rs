//! Prediction: a model of the registry on other rows, with the lineage of a run of its own.

use std::path::Path;

use algomosaic_core::{Problem, ids, names};
use algomosaic_data::lineage::{self, Identity, Table};
use algomosaic_data::{IfExists, Marks};
use algomosaic_features::FeatureFrame;
use algomosaic_model::Model;
use chrono::Utc;
use polars::prelude::{Column, DataFrame, IntoSeries as _, NewChunkedArray as _};
use serde_json::json;

use crate::jobs::Running;
use crate::outcome::PredictDocument;
use crate::request::Source;
use crate::workspace::Workspace;

use super::{runs, source, train};

pub(crate) fn predict(
    workspace: &Workspace,
    running: &Running<'_>,
    model: &str,
    from: &Source,
    table: Option<&str>,
    out: Option<&str>,
) -> Result<PredictDocument, Problem> {
    let started = Utc::now();
    let run = runs::detail(workspace, &runs::find(workspace, model)?, false)?;
    let fitted = train::load_model(workspace, &run)?;
    let read = source::read(workspace, from, &running.job.part(0.0, 0.4))?;
    running.job.stage(format!("predicting with {}", run.model_type))?;
    let scores = algomosaic_model::score_on(&fitted, &read.data)?;
    let frame = rows(&read.data, &fitted)?;

    let data_id = ids::data_id(read.data.frame.get_column_names().iter().map(|name| name.as_str()));
    let execution = json!({"model_id": run.model_id, "data_id": data_id, "started_at": started.timestamp_micros(), "type": "PREDICT"});
    let identity = Identity {
        model_id: run.model_id.clone(),
        model_execution_id: ids::id(&execution),
        model_parameter_id: ids::id(&json!({"type": fitted.model_type(), "parameters": fitted.params()})),
        model_data_id: data_id,
        execution_started_at: started.timestamp_micros(),
        execution_ended_at: Utc::now().timestamp_micros(),
        model_execution_type: "PREDICT".to_owned(),
        model_outcome: run.outcome.clone(),
    };
    let date = started.format("%Y%m%d").to_string();
    let warehouse = workspace.warehouse();
    let full = train::with_identity(&identity, &frame)?;
    let metadata: Vec<(String, String)> = [
        ("model_id", run.model_id.clone()),
        ("model_parameter_id", identity.model_parameter_id.clone()),
        ("data_id", identity.model_data_id.clone()),
        ("data_hash", lineage::data_hash(&read.data.frame)?),
        ("model_execution_type", "PREDICT".to_owned()),
        ("outcome_variable", run.outcome.clone()),
        ("execution_started_at", algomosaic_data::timestamp_text(identity.execution_started_at)),
        ("execution_ended_at", algomosaic_data::timestamp_text(identity.execution_ended_at)),
        ("execution_run_time", identity.run_time().to_string()),
        ("model_type", run.model_type.clone()),
        ("model_description", running.record.title.clone()),
        ("trained_by", run.model_execution_id.clone()),
        ("record_count", frame.height().to_string()),
        ("seed", run.seed.to_string()),
        ("software_version", crate::VERSION.to_owned()),
        ("request", json!(running.record.request).to_string()),
        ("job_id", running.record.id.clone()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();

    let mut transaction = running.staging.transaction()?;
    let mut tables = Vec::new();
    let mut stage = |name: &str, frame: &DataFrame, if_exists: IfExists| -> Result<(), Problem> {
        let name = warehouse.name(name)?;
        warehouse.stage(&mut transaction, &name, frame, &Marks::new(), if_exists)?;
        tables.push(name.to_string());
        Ok(())
    };
    stage(&Table::Prediction.name(&date, None), &full, IfExists::Append)?;
    let leading = vec![lineage::text("model_execution_id", &identity.model_execution_id, metadata.len())];
    stage(&Table::Metadata.name(&date, None), &lineage::texts(leading, &metadata)?, IfExists::Append)?;
    let leading = train::query_columns(&identity, read.facts.len())?;
    stage(&Table::Queries.name(&date, None), &lineage::texts(leading, &read.facts)?, IfExists::Append)?;
    if let Some(table) = table {
        stage(table, &full, IfExists::Replace)?;
    }
    running.job.step(9, 10)?;
    if let Some(out) = out {
        algomosaic_data::write_frame(Path::new(out), &full, &Marks::new())?;
    }
    transaction.commit()?;
    Ok(PredictDocument {
        model_id: run.model_id,
        model_execution_id: identity.model_execution_id,
        rows: u32::try_from(frame.height()).unwrap_or(u32::MAX),
        scores,
        // The day's table is written first, their own last.
        table: if table.is_some() { tables.last() } else { tables.first() }.cloned(),
        tables,
    })
}

/// The index columns of the data, the predictions, the outcomes where they are known, and what several classes add.
fn rows(data: &FeatureFrame, model: &Model) -> Result<DataFrame, Problem> {
    let failed = |error| Problem::from(algomosaic_data::Error::from(error));
    let column = |name: &str, values: Vec<Option<f64>>| -> Column {
        polars::prelude::Float64Chunked::from_iter_options(name.into(), values.into_iter()).into_series().into()
    };
    let mut columns: Vec<Column> =
        data.frame.columns().iter().filter(|column| names::is_index(column.name())).cloned().collect();
    let mut predicted = model.prediction_columns(data)?;
    let further = predicted.split_off(1);
    let predictions: Vec<Option<f64>> = predicted[0].f64().map_err(failed)?.iter().collect();
    let known: Vec<Option<f64>> = match model.outcomes(data)? {
        Some(outcomes) => outcomes.into_iter().map(|value| value.is_finite().then_some(value)).collect(),
        None => vec![None; predictions.len()],
    };
    let errors =
        known.iter().zip(&predictions).map(|(outcome, prediction)| Some((*outcome)? - (*prediction)?)).collect();
    columns.append(&mut predicted);
    columns.push(column("outcomes", known));
    columns.push(column("errors", errors));
    columns.extend(further);
    DataFrame::new(predictions.len(), columns).map_err(failed)
}
