//! Training: the model with its control, and every table of its lineage, written together or not at all.

use std::collections::BTreeMap;

use algomosaic_core::{Job, Problem, ids, names};
use algomosaic_data::lineage::{self, Identity, Table};
use algomosaic_data::{Marks, ModelFile, Saved, Transaction};
use algomosaic_model::{Model, TrainSpec, Trained, Trial, Walk, With};
use chrono::{DateTime, Utc};
use polars::prelude::{Column, DataFrame, DataType, TimeUnit};
use serde_json::{Value, json};

use crate::jobs::Running;
use crate::request::{Request, Source};
use crate::wire::{LatestPrediction, RunDetail};
use crate::workspace::Workspace;

use super::models::record::library_versions;
use super::runs;
use super::searches::Kept;
use super::source::{self, Read};
use super::walks::Walks;

pub(crate) fn train(
    workspace: &Workspace,
    running: &Running<'_>,
    from: &Source,
    spec: &TrainSpec,
    recipe: Option<&str>,
) -> Result<RunDetail, Problem> {
    let started = Utc::now();
    running.log.begin();
    spec.check()?;
    workspace.store().ready(running.job)?;
    let read = source::read(workspace, from, &running.job.part(0.0, 0.1))?;
    let trained = fit(workspace, running, from, spec, recipe, &read)?;
    running.job.stage("writing the tables")?;
    let mut transaction = running.staging.transaction()?;
    let asked = Asked { from, spec, recipe };
    let run = Run::new(workspace, running, asked, &read, &trained, started, &mut transaction)?;
    run.stage(&mut transaction)?;
    running.job.step(95, 100)?;
    let detail = run.detail(&read.source);
    transaction.commit()?;
    Ok(detail)
}

/// The training itself, with the random walks of its control and the kept trials of its search.
fn fit(
    workspace: &Workspace,
    running: &Running<'_>,
    from: &Source,
    spec: &TrainSpec,
    recipe: Option<&str>,
    read: &Read,
) -> Result<Trained, Problem> {
    let walks = Walks::of(workspace, from, recipe, spec, &read.data)?;
    let walk = walks.as_ref().map(|walks| move |repeat: u32| walks.features(repeat));
    let kept = Kept::of(workspace, &running.record.id, spec, &read.data)?;
    let keep = |trial: &Trial| kept.iter().for_each(|kept| kept.keep(trial));
    let with = With {
        walk: walk.as_ref().map(|walk| walk as Walk<'_>),
        trials: kept.as_ref().map_or(&[], |kept| &kept.trials),
        on_trial: Some(&keep),
    };
    let trained = algomosaic_model::train_with(spec, &read.data, with, &running.job.part(0.1, 0.9))?;
    if let Some(kept) = &kept {
        kept.done();
    }
    Ok(trained)
}

/// What was asked.
struct Asked<'a> {
    from: &'a Source,
    spec: &'a TrainSpec,
    recipe: Option<&'a str>,
}

/// The rows of one training, before they are written.
struct Run<'a> {
    workspace: &'a Workspace,
    running: &'a Running<'a>,
    asked: Asked<'a>,
    trained: &'a Trained,
    facts: &'a [(String, String)],
    identity: Identity,
    data_hash: String,
    date: String,
    ticker: Option<String>,
    model_file: Saved,
    bytes: usize,
    latest: Vec<LatestPrediction>,
}

impl<'a> Run<'a> {
    fn new(
        workspace: &'a Workspace,
        running: &'a Running<'a>,
        asked: Asked<'a>,
        read: &'a Read,
        trained: &'a Trained,
        started: DateTime<Utc>,
        transaction: &mut Transaction,
    ) -> Result<Run<'a>, Problem> {
        let model = &trained.model;
        let columns = read.data.frame.get_column_names();
        let data_id = ids::data_id(columns.iter().map(|name| name.as_str()));
        let parameters = json!(model.params());
        let model_id = json!({
            "outcome": model.outcome(),
            "type": model.model_type(),
            "parameters": parameters,
            "data_id": data_id,
            "feature_list": model.features(),
        });
        let mut execution = model_id.clone();
        execution["started_at"] = json!(started.timestamp_micros());
        let identity = Identity {
            model_id: ids::id(&model_id),
            model_execution_id: ids::id(&execution),
            model_parameter_id: ids::id(&json!({"type": model.model_type(), "parameters": parameters})),
            model_data_id: data_id,
            execution_started_at: started.timestamp_micros(),
            execution_ended_at: Utc::now().timestamp_micros(),
            model_execution_type: "TRAIN".to_owned(),
            model_outcome: model.outcome().to_owned(),
        };
        let date = started.format("%Y%m%d").to_string();
        let bytes = model.to_bytes();
        let file = ModelFile {
            date: &date,
            model_type: model.model_type(),
            model_id: &identity.model_id,
            execution: &identity.model_execution_id,
        };
        let model_file = workspace.store().save(transaction, file, &bytes, &running.job.part(0.9, 0.95))?;
        Ok(Run {
            workspace,
            running,
            asked,
            trained,
            facts: &read.facts,
            identity,
            data_hash: lineage::data_hash(&read.data.frame)?,
            date,
            ticker: only_ticker(&read.data.frame),
            model_file,
            bytes: bytes.len(),
            latest: latest(&trained.latest)?,
        })
    }

    fn stage(&self, transaction: &mut Transaction) -> Result<(), Problem> {
        let id = &self.identity;
        let started = id.execution_started_at;
        let execution = |rows| lineage::text("model_execution_id", &id.model_execution_id, rows);
        let model = &self.trained.model;

        let metadata = self.metadata();
        self.table(transaction, Table::Metadata, lineage::texts(vec![execution(metadata.len())], &metadata)?)?;

        let parameters: Vec<(String, String)> =
            model.params().iter().map(|(name, value)| (name.clone(), value.to_string())).collect();
        self.table(transaction, Table::Parameters, lineage::texts(vec![execution(parameters.len())], &parameters)?)?;

        let queries = self.facts;
        let leading = query_columns(id, queries.len())?;
        self.table(transaction, Table::Queries, lineage::texts(leading, queries)?)?;

        let mut storage = vec![
            ("file", self.model_file.file.clone()),
            ("bytes", self.bytes.to_string()),
            ("sha256", self.model_file.sha256.clone()),
            ("model_execution_id", id.model_execution_id.clone()),
        ];
        if let Some((bucket, generation)) = &self.model_file.bucket {
            storage.extend([("bucket", bucket.clone()), ("generation", generation.to_string())]);
        }
        let storage: Vec<(String, String)> =
            storage.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let leading = vec![
            lineage::text("model_id", &id.model_id, storage.len()),
            lineage::time("model_storage_datetime", started, storage.len())?,
        ];
        self.table(transaction, Table::Storage, lineage::texts(leading, &storage)?)?;

        self.table(transaction, Table::Evaluation, with_identity(id, &self.trained.evaluation)?)?;

        let scores = performance(self.trained);
        self.table(transaction, Table::Performance, lineage::numbers(id.columns(scores.len())?, &scores)?)?;

        self.table(transaction, Table::FeatureImportance, self.importance()?)
    }

    fn table(&self, transaction: &mut Transaction, table: Table, frame: DataFrame) -> Result<(), Problem> {
        let warehouse = self.workspace.warehouse();
        let name = warehouse.name(&table.name(&self.date, self.ticker.as_deref()))?;
        Ok(warehouse.stage(transaction, &name, &frame, &Marks::new(), algomosaic_data::IfExists::Append)?)
    }

    fn metadata(&self) -> Vec<(String, String)> {
        let (id, trained) = (&self.identity, self.trained);
        let model = &trained.model;
        let Asked { from, spec, recipe, .. } = &self.asked;
        let asked = Request::Train { from: (*from).clone(), spec: (*spec).clone(), recipe: recipe.map(str::to_owned) };
        let mut rows: Vec<(String, String)> = [
            ("model_id", id.model_id.clone()),
            ("model_parameter_id", id.model_parameter_id.clone()),
            ("data_id", id.model_data_id.clone()),
            ("data_hash", self.data_hash.clone()),
            ("model_execution_type", id.model_execution_type.clone()),
            ("outcome_variable", id.model_outcome.clone()),
            ("execution_started_at", algomosaic_data::timestamp_text(id.execution_started_at)),
            ("execution_ended_at", algomosaic_data::timestamp_text(id.execution_ended_at)),
            ("execution_run_time", id.run_time().to_string()),
            ("model_type", model.model_type().to_owned()),
            ("model_description", asked.title()),
            ("model_labels", text(&json!([]))),
            ("index_features", text(&json!(index_columns(&trained.evaluation)))),
            ("feature_list", text(&json!(model.features()))),
            ("feature_count", model.features().len().to_string()),
            ("record_count", trained.record_count.to_string()),
            ("split", text(&json!(trained.split))),
            ("seed", self.asked.spec.control.seed.to_string()),
            ("software_version", crate::VERSION.to_owned()),
            ("control", text(&json!(trained.control))),
            ("checks", text(&json!(trained.checks))),
            ("request", text(&json!(asked))),
            ("job_id", self.running.record.id.clone()),
            ("model_file", self.model_file.file.clone()),
            ("model_file_sha256", self.model_file.sha256.clone()),
            ("tables", text(&json!(self.tables()))),
            ("fits", fits(trained).to_string()),
            ("classes", text(&json!(trained.classes))),
            ("importance", text(&json!(trained.importance))),
            ("folds", text(&json!(trained.folds))),
            ("paths", text(&json!(trained.paths))),
            ("leaks", text(&json!(trained.leaks))),
            ("residuals", text(&json!(trained.residuals))),
            ("learning_curve", text(&json!(trained.learning_curve))),
            ("search", text(&json!(trained.search))),
            ("latest", text(&json!(self.latest))),
            ("log", text(&json!(self.running.log.said()))),
            ("library_versions", text(&json!(library_versions()))),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        if let Request::Repeat { run } = &self.running.record.request {
            rows.push(("repeat_of".to_owned(), run.clone()));
        }
        rows
    }

    fn importance(&self) -> Result<DataFrame, Problem> {
        let rows = &self.trained.importance;
        let number = |name: &str, of: fn(&algomosaic_model::Importance) -> f64| -> Column {
            Column::new(name.into(), rows.iter().map(of).collect::<Vec<f64>>())
        };
        let mut columns = vec![
            lineage::text("model_execution_id", &self.identity.model_execution_id, rows.len()),
            lineage::text("data_id", &self.identity.model_data_id, rows.len()),
            lineage::text("outcome_variable", &self.identity.model_outcome, rows.len()),
            Column::new("variable".into(), rows.iter().map(|row| row.variable.as_str()).collect::<Vec<_>>()),
            number("importance", |row| row.importance),
        ];
        columns.push(Column::new("rank".into(), rows.iter().map(|row| i64::from(row.rank)).collect::<Vec<_>>()));
        columns.push(number("pct_rank", |row| row.pct_rank));
        DataFrame::new(rows.len(), columns).map_err(|error| algomosaic_data::Error::from(error).into())
    }

    fn tables(&self) -> Vec<String> {
        [
            Table::Metadata,
            Table::Parameters,
            Table::Queries,
            Table::Storage,
            Table::Evaluation,
            Table::Performance,
            Table::FeatureImportance,
        ]
        .map(|table| format!("{}.{}", self.workspace.info().project, table.name(&self.date, self.ticker.as_deref())))
        .into()
    }

    fn detail(&self, source: &str) -> RunDetail {
        let trained = self.trained;
        RunDetail {
            model_id: self.identity.model_id.clone(),
            model_execution_id: self.identity.model_execution_id.clone(),
            model_type: trained.model.model_type().to_owned(),
            outcome: self.identity.model_outcome.clone(),
            data_hash: self.data_hash.clone(),
            source: source.to_owned(),
            seed: self.asked.spec.control.seed,
            run_time_seconds: self.identity.run_time(),
            fits: fits(trained),
            feature_count: u32::try_from(trained.model.features().len()).unwrap_or(u32::MAX),
            record_count: trained.record_count,
            executed_at: algomosaic_data::timestamp_text(self.identity.execution_started_at),
            model_file: self.model_file.file.clone(),
            scores: trained.scores,
            control: trained.control.clone(),
            split: trained.split.clone(),
            checks: trained.checks.clone(),
            classes: trained.classes.clone(),
            importance: trained.importance.clone(),
            folds: trained.folds.clone(),
            paths: trained.paths.clone(),
            leaks: trained.leaks.clone(),
            residuals: Some(trained.residuals),
            learning_curve: trained.learning_curve.clone(),
            search: trained.search.clone(),
            latest: self.latest.clone(),
            charts: Vec::new(),
            tables: self.tables(),
        }
    }
}

/// How many models were fitted: in each fold, for the model that is kept, for the learning curve and for the search.
fn fits(trained: &Trained) -> u32 {
    let folds = trained.split.folds;
    let curve = u32::try_from(trained.learning_curve.len().saturating_sub(1)).unwrap_or(u32::MAX);
    let trials = trained.search.iter().flat_map(|search| &search.trials);
    let searched = u32::try_from(trials.map(|trial| trial.fold_scores.len()).sum::<usize>()).unwrap_or(u32::MAX);
    folds * (1 + trained.control.repeats) + u32::from(folds > 1) + curve + searched
}

/// The newest of the rows of each ticker.
fn latest(rows: &DataFrame) -> Result<Vec<LatestPrediction>, Problem> {
    let broken = |error| Problem::from(algomosaic_data::Error::from(error));
    let predictions = rows.column("predictions").map_err(broken)?.f64().map_err(broken)?.clone();
    let classes = rows.column("predicted_class").ok().and_then(|classes| classes.str().ok().cloned());
    let mut newest: BTreeMap<String, (i64, usize)> = BTreeMap::new();
    for (row, (ticker, time)) in tickers_and_times(rows)?.into_iter().enumerate() {
        let known = newest.entry(ticker).or_insert((time, row));
        if time >= known.0 {
            *known = (time, row);
        }
    }
    Ok(newest
        .into_iter()
        .map(|(ticker, (time, row))| LatestPrediction {
            ticker,
            ticker_time: algomosaic_data::timestamp_text(time),
            prediction: predictions.get(row).filter(|value| value.is_finite()),
            class: classes.as_ref().and_then(|classes| classes.get(row)).map(str::to_owned),
        })
        .collect())
}

fn text(value: &Value) -> String {
    value.to_string()
}

/// The leading columns of `model_queries`.
pub(super) fn query_columns(id: &Identity, rows: usize) -> Result<Vec<Column>, Problem> {
    Ok(vec![
        lineage::text("model_execution_id", &id.model_execution_id, rows),
        lineage::text("model_data_id", &id.model_data_id, rows),
        lineage::time("model_executed_at", id.execution_started_at, rows)?,
        lineage::text("model_outcome", &id.model_outcome, rows),
        lineage::text("model_execution_type", &id.model_execution_type, rows),
    ])
}

/// The identity columns, then those of the frame.
pub(super) fn with_identity(id: &Identity, frame: &DataFrame) -> Result<DataFrame, Problem> {
    let mut columns = id.columns(frame.height())?;
    columns.extend(frame.columns().iter().cloned());
    DataFrame::new(frame.height(), columns).map_err(|error| algomosaic_data::Error::from(error).into())
}

/// Each score of the model; its control's median and each repeat's R²; the p-value.
fn performance(trained: &Trained) -> Vec<(String, Option<f64>)> {
    let defined = |value: f64| value.is_finite().then_some(value);
    let mut rows: Vec<(String, Option<f64>)> =
        trained.scores.named().map(|(name, value)| (name.to_owned(), value)).collect();
    rows.push(("rows".to_owned(), Some(f64::from(trained.scores.rows))));
    let control = &trained.control;
    for (index, (name, _)) in trained.scores.named().enumerate() {
        let of_repeats: Vec<f64> =
            control.scores.iter().filter_map(|scores| scores.named().nth(index).and_then(|(_, value)| value)).collect();
        rows.push((format!("control_{name}"), median(of_repeats)));
    }
    for (index, rsquared) in control.rsquared.iter().enumerate() {
        rows.push((format!("control_rsquared_{}", index + 1), defined(*rsquared)));
    }
    rows.push(("p_value".to_owned(), defined(control.p_value)));
    rows
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        odd if odd % 2 == 1 => Some(values[middle]),
        _ => Some((values[middle - 1] + values[middle]) / 2.0),
    }
}

fn index_columns(frame: &DataFrame) -> Vec<String> {
    frame.get_column_names().iter().map(|name| name.to_string()).filter(|name| names::is_index(name)).collect()
}

/// The ticker of a frame that has only one.
pub(super) fn only_ticker(frame: &DataFrame) -> Option<String> {
    let tickers = frame.column("ticker").ok()?.str().ok()?.clone();
    let mut all = tickers.iter().flatten();
    let first = all.next()?;
    all.all(|ticker| ticker == first).then(|| first.to_owned())
}

/// The held-out rows of a run.
pub(crate) fn held_out(workspace: &Workspace, run: &RunDetail) -> Result<DataFrame, Problem> {
    let evaluation = |table: &&String| table.contains(".model_evaluation");
    let table = run.tables.iter().find(evaluation).ok_or_else(|| {
        Problem::not_found(
            format!("run {} keeps no held-out predictions", runs::short(&run.model_execution_id)),
            "Train again.",
        )
    })?;
    let sql = format!("SELECT * FROM `{table}` WHERE model_execution_id = '{}'", run.model_execution_id);
    Ok(workspace.warehouse().query(&sql, None, &Job::new())?.frame)
}

/// Ticker (empty where there is none) and time in microseconds of each row.
pub(crate) fn tickers_and_times(rows: &DataFrame) -> Result<Vec<(String, i64)>, Problem> {
    let broken = |error| Problem::from(algomosaic_data::Error::from(error));
    let times = rows.column("ticker_time").map_err(broken)?.as_materialized_series();
    let times = times.cast(&DataType::Datetime(TimeUnit::Microseconds, None)).map_err(broken)?;
    let times = times.to_physical_repr().i64().map_err(broken)?.clone();
    let tickers = rows.column("ticker").ok().and_then(|tickers| tickers.str().ok().cloned());
    let of = |(row, time): (usize, Option<i64>)| {
        let ticker = tickers.as_ref().and_then(|tickers| tickers.get(row)).unwrap_or_default();
        (ticker.to_owned(), time.unwrap_or_default())
    };
    Ok(times.iter().enumerate().map(of).collect())
}

/// The model of a run, read from its file, which must be the one the run wrote.
pub(crate) fn load_model(workspace: &Workspace, run: &RunDetail) -> Result<Model, Problem> {
    let sha256 = runs::model_hash(workspace, &run.model_execution_id)?;
    let bytes = workspace.store().read(&run.model_file, &sha256, &Job::new())?;
    Ok(Model::from_bytes(&bytes)?)
}
