//! Backtest: rules over bars, with a model's predictions beside them where one is named, and the tables that keep it.

use std::collections::{BTreeMap, BTreeSet};

use algomosaic_backtest::{Predictions, Rules};
use algomosaic_core::{Problem, ids};
use algomosaic_data::lineage::{self, Table};
use algomosaic_data::{IfExists, Marks};
use algomosaic_features::FeatureFrame;
use algomosaic_model::Model;
use chrono::Utc;
use polars::prelude::{BooleanChunked, Column, DataFrame, IdxCa, IdxSize, NewChunkedArray as _};
use serde_json::json;

use crate::jobs::Running;
use crate::outcome::BacktestDocument;
use crate::request::Source;
use crate::wire::RunDetail;
use crate::workspace::Workspace;

use super::{runs, source, train};

/// A finished backtest: its document and the points of its equity.
pub(crate) struct Finished {
    pub(crate) document: BacktestDocument,
    pub(crate) equity: Vec<algomosaic_backtest::EquityPoint>,
    pub(crate) bars: DataFrame,
}

pub(crate) fn backtest(
    workspace: &Workspace,
    running: &Running<'_>,
    rules: &Rules,
    from: &Source,
    model: Option<&str>,
) -> Result<Finished, Problem> {
    let started = Utc::now();
    let mut read = source::read(workspace, from, &running.job.part(0.0, 0.3))?;
    let mut trained_by = String::new();
    let mut notes = Vec::new();
    if let Some(model) = model {
        let run = runs::detail(workspace, &runs::find(workspace, model)?, false)?;
        let (frame, note) = match rules.predictions {
            Predictions::Model => unseen(workspace, &read.data, &run)?,
            Predictions::HeldOut => held_out(workspace, &read.data.frame, &run)?,
        };
        read.data.frame = frame;
        notes.push(note);
        trained_by = run.model_execution_id;
    } else if rules.predictions == Predictions::HeldOut {
        return Err(Problem::bad(
            "predictions = \"held_out\" are those of a run, and none is named",
            "Name one: algom backtest rules.toml --from features.bars --model RUN.",
        ));
    }
    running.job.stage("simulating")?;
    let result = algomosaic_backtest::run(rules, &read.data, &running.job.part(0.3, 0.9))?;
    let first = result.equity.first().map_or(0, |point| point.time_us);
    let last = result.equity.last().map_or(0, |point| point.time_us);
    let period = (algomosaic_data::timestamp_text(first), algomosaic_data::timestamp_text(last));

    let identity = json!({
        "account_start": rules.account_start,
        "dates": [period.0, period.1],
        "ticker": result.ticker,
        "rules": rules,
        "columns": result.columns,
    });
    let mut execution = identity.clone();
    execution["started_at"] = json!(started.timestamp_micros());
    let (backtest_id, execution_id) = (ids::id(&identity), ids::id(&execution));
    let date = started.format("%Y%m%d").to_string();
    let warehouse = workspace.warehouse();
    let mut transaction = running.staging.transaction()?;
    let mut tables = Vec::new();
    let mut stage = |table: Table, frame: DataFrame| -> Result<(), Problem> {
        let name = warehouse.name(&table.name(&date, None))?;
        warehouse.stage(&mut transaction, &name, &frame, &Marks::new(), IfExists::Append)?;
        tables.push(name.to_string());
        Ok(())
    };
    let executed = |rows| lineage::time("backtest_executed", started.timestamp_micros(), rows);
    let execution_column = |rows| lineage::text("backtest_execution_id", &execution_id, rows);

    let rows = result.bars.height();
    let mut columns =
        vec![execution_column(rows), executed(rows)?, lineage::text("model_execution_id", &trained_by, rows)];
    columns.extend(result.bars.columns().iter().cloned());
    let bars = DataFrame::new(rows, columns).map_err(algomosaic_data::Error::from)?;
    stage(Table::Backtest, bars.clone())?;

    notes.extend(result.notes);
    let mut facts: Vec<(String, String)> = vec![
        ("account_start".to_owned(), rules.account_start.to_string()),
        ("ticker".to_owned(), result.ticker.clone()),
        ("start".to_owned(), period.0.clone()),
        ("end".to_owned(), period.1.clone()),
        ("rules".to_owned(), json!(rules).to_string()),
        ("columns".to_owned(), json!(result.columns).to_string()),
        ("model_execution_id".to_owned(), trained_by),
        ("data_hash".to_owned(), lineage::data_hash(&read.data.frame)?),
        ("notes".to_owned(), json!(notes).to_string()),
        ("annualisation".to_owned(), result.statistics.annualisation.clone()),
        ("software_version".to_owned(), crate::VERSION.to_owned()),
        ("request".to_owned(), json!(running.record.request).to_string()),
        ("job_id".to_owned(), running.record.id.clone()),
    ];
    facts.extend(read.facts.iter().cloned());
    let leading = vec![
        execution_column(facts.len()),
        lineage::text("backtest_id", &backtest_id, facts.len()),
        executed(facts.len())?,
    ];
    stage(Table::BacktestMetadata, lineage::texts(leading, &facts)?)?;

    let mut summary: Vec<(String, Option<f64>)> =
        result.summary.named().map(|(name, value)| (name.to_owned(), Some(value))).collect();
    summary.extend(result.statistics.named().map(|(name, value)| (name.to_owned(), value)));
    let leading = vec![execution_column(summary.len()), executed(summary.len())?];
    stage(Table::BacktestSummary, lineage::numbers(leading, &summary)?)?;

    running.job.check()?;
    transaction.commit()?;
    let document = BacktestDocument {
        backtest_id,
        backtest_execution_id: execution_id,
        ticker: result.ticker,
        period,
        summary: result.summary,
        statistics: result.statistics,
        notes,
        tables,
    };
    Ok(Finished { document, equity: result.equity, bars })
}

/// The bars that the kept model was not trained on, with its predictions.
fn unseen(workspace: &Workspace, data: &FeatureFrame, run: &RunDetail) -> Result<(DataFrame, String), Problem> {
    let fitted = train::load_model(workspace, run)?;
    let predictions = fitted.prediction_columns(data)?;
    let start = if run.split.folds > 1 || run.split.leaks {
        first_unseen(&data.frame, &fitted)?
    } else {
        run.split.test_start.clone()
    };
    let note = format!(
        "Only bars from {} on count: the model of run {} was trained on those before.",
        start.get(..10).unwrap_or_default(),
        run.model_execution_id.get(..8).unwrap_or_default()
    );
    let start = chrono::DateTime::parse_from_rfc3339(&start).map_or(i64::MIN, |time| time.timestamp_micros());
    Ok((between(&data.frame, (start, i64::MAX), predictions)?, note))
}

/// The bars from the first to the last that a fold held out, each with what the models say that did not see it.
fn held_out(workspace: &Workspace, frame: &DataFrame, run: &RunDetail) -> Result<(DataFrame, String), Problem> {
    let short = run.model_execution_id.get(..8).unwrap_or_default();
    if run.split.leaks {
        return Err(Problem::bad(
            format!("the held-out predictions of run {short} are no forecasts: its split mixes past and future"),
            "Train with another split, such as purged_kfold.",
        ));
    }
    let failed = algomosaic_data::Error::from;
    let known = train::held_out(workspace, run)?;
    let rows: BTreeMap<(String, i64), IdxSize> = train::tickers_and_times(&known)?.into_iter().zip(0..).collect();
    let bars = train::tickers_and_times(frame)?;
    let found: Vec<Option<IdxSize>> = bars.iter().map(|bar| rows.get(bar).copied()).collect();
    let when = || bars.iter().zip(&found).filter(|(_, row)| row.is_some()).map(|((_, time), _)| *time);
    let (Some(first), Some(last)) = (when().min(), when().max()) else {
        return Err(Problem::bad(
            format!("none of these bars was held out by a fold of run {short}"),
            "Take the bars that the run was trained on, or leave out predictions = \"held_out\" for newer ones.",
        ));
    };
    // Runs of the same day share a table: those of other outcomes leave columns without a value.
    let columns = known.columns().iter().filter(|column| column.null_count() < known.height());
    let columns = columns.map(|column| column.name().as_str());
    let wanted =
        columns.filter(|name| ["predictions", "predicted_class"].contains(name) || name.starts_with("probability_"));
    let predictions = known.select(wanted).map_err(failed)?;
    let predictions = predictions.take(&IdxCa::from_iter_options("row".into(), found.into_iter())).map_err(failed)?;
    let later = match run.split.kind.as_str() {
        "purged_kfold" | "combinatorial_purged" => {
            "; these also learned from bars after them, which nobody had at the time"
        }
        _ => "",
    };
    let day = |time: i64| algomosaic_data::timestamp_text(time).get(..10).unwrap_or_default().to_owned();
    let note = format!(
        "Each bar from {} to {} has the prediction of models of run {short} that did not see it{later}.",
        day(first),
        day(last)
    );
    Ok((between(frame, (first, last), predictions.columns().to_vec())?, note))
}

/// The first time that a model says nothing of which it was trained on, where its training rows end after held-out ones:
/// later than the last of them by as many bars as its outcome looks ahead.
fn first_unseen(frame: &DataFrame, model: &Model) -> Result<String, Problem> {
    let end = chrono::DateTime::parse_from_rfc3339(model.train_end()).map_or(i64::MAX, |time| time.timestamp_micros());
    let bars = train::tickers_and_times(frame)?;
    let times: BTreeSet<i64> = bars.into_iter().map(|(_, time)| time).filter(|time| *time > end).collect();
    times.iter().nth(model.horizon_bars() as usize).map(|time| algomosaic_data::timestamp_text(*time)).ok_or_else(|| {
        Problem::bad(
            format!(
                "there is no bar that the model says something new of: it was trained on bars until {}, whose outcomes are \
                 known {} bars later",
                model.train_end().get(..10).unwrap_or_default(),
                model.horizon_bars()
            ),
            "Take newer bars, or a model of a chronological split, which leaves its held-out bars unseen.",
        )
    })
}

/// The rows between two times (both included, in microseconds), with the predictions as columns.
fn between(frame: &DataFrame, (first, last): (i64, i64), predictions: Vec<Column>) -> Result<DataFrame, Problem> {
    let failed = algomosaic_data::Error::from;
    let mut frame = frame.clone();
    for column in predictions {
        frame.with_column(column).map_err(failed)?;
    }
    let bars = train::tickers_and_times(&frame)?;
    let keep: BooleanChunked = bars.iter().map(|(_, time)| (first..=last).contains(time)).collect();
    Ok(frame.filter(&keep).map_err(failed)?)
}
