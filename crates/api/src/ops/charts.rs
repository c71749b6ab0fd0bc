//! Charts of a run or a backtest, drawn from the tables that keep its rows, and their export.

use algomosaic_charts::{Account, Chart, DEFAULT_SIZE, Evaluation, HeatMap, Theme};
use algomosaic_core::{Code, Job, Problem, names};
use algomosaic_model::{CurvePoint, Trial};
use polars::prelude::{DataFrame, DataType};
use serde::{Deserialize, Serialize};

use crate::wire::{RunDetail, SavedFile};
use crate::workspace::Workspace;

use super::kept::Kept;
use super::runs;

/// The form of an exported chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum ChartFormat {
    /// A picture of pixels.
    Png,
    /// A picture of shapes.
    Svg,
    /// The chart's data.
    Csv,
}

impl ChartFormat {
    /// The file ending.
    pub fn ending(self) -> &'static str {
        match self {
            ChartFormat::Png => "png",
            ChartFormat::Svg => "svg",
            ChartFormat::Csv => "csv",
        }
    }
}

/// The form of an exported picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum PictureFormat {
    /// Of pixels.
    Png,
    /// Of shapes.
    Svg,
}

/// Every chart of a training run: the five standard ones, and those of its folds, its learning curve and its search
/// where it has them.
pub(crate) fn of_detail(workspace: &Workspace, run: &RunDetail) -> Result<Vec<Chart>, Problem> {
    let mut charts = of_run(workspace, &run.model_execution_id)?;
    let number = |value: Option<f64>| value.unwrap_or(f64::NAN);
    if run.folds.len() > 1 {
        let scores: Vec<f64> = run.folds.iter().map(|fold| number(fold.scores.rsquared)).collect();
        charts.push(algomosaic_charts::fold_scores(&scores));
    }
    if run.learning_curve.len() > 1 {
        let scored = |point: &CurvePoint| number(point.scores.and_then(|scores| scores.rsquared));
        let points: Vec<(f64, f64)> =
            run.learning_curve.iter().map(|point| (f64::from(point.train_rows), scored(point))).collect();
        charts.push(algomosaic_charts::learning_curve(&points));
    }
    if let Some(search) = &run.search {
        charts.push(of_trials(&search.trials));
    }
    Ok(charts)
}

/// The scores of a search by trial.
pub(crate) fn of_trials(trials: &[Trial]) -> Chart {
    let scores: Vec<f64> = trials.iter().map(|trial| trial.score.unwrap_or(f64::NAN)).collect();
    algomosaic_charts::search_trials(&scores)
}

/// The five standard charts of a training run.
pub(crate) fn of_run(workspace: &Workspace, execution: &str) -> Result<Vec<Chart>, Problem> {
    let date = runs::date_of(&runs::started_at(workspace, execution)?);
    let table = algomosaic_data::lineage::Table::Evaluation.name(&date, None);
    let sql = format!(
        "SELECT ticker_time, ticker, predictions, outcomes FROM `{table}` WHERE model_execution_id = '{execution}' ORDER BY ticker, ticker_time"
    );
    let result = workspace.warehouse().query(&sql, None, &Job::new())?;
    of_evaluation(&result.frame)
}

/// The five standard charts of evaluated rows.
pub(crate) fn of_evaluation(frame: &DataFrame) -> Result<Vec<Chart>, Problem> {
    let times = times_ms(frame, "ticker_time")?;
    let tickers = strings(frame, "ticker")?;
    let (predictions, outcomes) = (numbers(frame, "predictions")?, numbers(frame, "outcomes")?);
    let evaluation = Evaluation { times_ms: &times, tickers: &tickers, predictions: &predictions, outcomes: &outcomes };
    Ok(vec![
        algomosaic_charts::predictions_by_date(&evaluation),
        algomosaic_charts::errors_by_date(&evaluation),
        algomosaic_charts::prediction_histogram(&evaluation),
        algomosaic_charts::error_histogram(&evaluation),
        algomosaic_charts::predicted_against_actual(&evaluation),
    ])
}

/// Equity and drawdown of a backtest.
pub(crate) fn of_backtest(workspace: &Workspace, execution: &str) -> Result<Vec<Chart>, Problem> {
    for name in runs::shards(workspace, "model_performance", "model_backtest")? {
        let sql = format!(
            "SELECT ticker_time, account_value, close, account_start FROM (SELECT *, account - account_change AS account_start FROM `{name}` \
             WHERE backtest_execution_id LIKE '{execution}%') ORDER BY ticker_time"
        );
        let frame = workspace.warehouse().query(&sql, None, &Job::new())?.frame;
        if frame.height() > 0 {
            let close = numbers(&frame, "close")?;
            let start = numbers(&frame, "account_start")?.first().copied().unwrap_or(f64::NAN);
            let first = close.first().copied().unwrap_or(f64::NAN);
            let market: Vec<f64> = close.iter().map(|close| start * close / first).collect();
            return Ok(of_account(&times_ms(&frame, "ticker_time")?, &numbers(&frame, "account_value")?, &market));
        }
    }
    Err(Problem::not_found(format!("there is no backtest {execution}"), "`algom jobs` shows what ran."))
}

/// Equity and drawdown of an account.
pub(crate) fn of_account(times_ms: &[f64], account_value: &[f64], market: &[f64]) -> Vec<Chart> {
    let account = Account { times_ms, account_value, market };
    vec![algomosaic_charts::equity(&account), algomosaic_charts::drawdown(&account)]
}

/// The charts of a training run or a backtest, whichever the id names.
pub(crate) fn of_any(workspace: &Workspace, id: &str) -> Result<Vec<Chart>, Problem> {
    match runs::find_any(workspace, id) {
        Ok(execution) => Ok(runs::detail(workspace, &execution, true)?.charts),
        Err(problem)
            if problem.code == Code::NotFound && id.len() >= 4 && id.chars().all(|c| c.is_ascii_hexdigit()) =>
        {
            of_backtest(workspace, id).map_err(|_| problem)
        }
        Err(problem) => Err(problem),
    }
}

/// One chart by its kind.
pub(crate) fn pick(charts: Vec<Chart>, kind: &str) -> Result<Chart, Problem> {
    let known: Vec<String> = charts.iter().map(|chart| chart.id.clone()).collect();
    charts.into_iter().find(|chart| chart.id == kind).ok_or_else(|| {
        let nearest = names::nearest(kind, known.iter().map(String::as_str));
        Problem::not_found(
            format!("this run has no chart {kind}; it has {}", known.join(", ")),
            nearest.map(|nearest| format!("Did you mean {nearest}?")).unwrap_or_default(),
        )
    })
}

/// A chart as the bytes of a file.
pub(crate) fn bytes(chart: &Chart, format: ChartFormat, theme: Theme) -> Result<Vec<u8>, Problem> {
    Ok(match format {
        ChartFormat::Png => algomosaic_charts::png(chart, theme, DEFAULT_SIZE)?,
        ChartFormat::Svg => algomosaic_charts::svg(chart, theme, DEFAULT_SIZE)?.into_bytes(),
        ChartFormat::Csv => algomosaic_charts::csv(chart).into_bytes(),
    })
}

/// Saves a heat map below the workspace's `exports`.
pub(crate) fn save_heat_map(
    workspace: &Workspace,
    name: &str,
    map: &HeatMap,
    format: PictureFormat,
    theme: Theme,
) -> Result<SavedFile, Problem> {
    workspace.writable()?;
    let (ending, bytes) = match format {
        PictureFormat::Png => ("png", algomosaic_charts::png(map, theme, map.size())?),
        PictureFormat::Svg => ("svg", algomosaic_charts::svg(map, theme, map.size())?.into_bytes()),
    };
    let path = Kept { folder: "exports", ending, one: "picture" }.file(workspace, name)?;
    let folder = workspace.root().join("exports");
    std::fs::create_dir_all(&folder)
        .map_err(|error| algomosaic_data::io_problem("making the folder for pictures", &folder, &error))?;
    algomosaic_data::write_atomically(&path, &bytes)?;
    Ok(SavedFile { path: path.to_string_lossy().into_owned() })
}

fn frame_problem(error: polars::prelude::PolarsError) -> Problem {
    algomosaic_data::Error::from(error).into()
}

fn times_ms(frame: &DataFrame, column: &str) -> Result<Vec<f64>, Problem> {
    let whole = frame.column(column).and_then(|column| column.cast(&DataType::Int64)).map_err(frame_problem)?;
    Ok(whole.i64().map_err(frame_problem)?.iter().map(|time| time.map_or(f64::NAN, |us| us as f64 / 1000.0)).collect())
}

fn numbers(frame: &DataFrame, column: &str) -> Result<Vec<f64>, Problem> {
    let floats = frame.column(column).and_then(|column| column.cast(&DataType::Float64)).map_err(frame_problem)?;
    Ok(floats.f64().map_err(frame_problem)?.iter().map(|value| value.unwrap_or(f64::NAN)).collect())
}

fn strings(frame: &DataFrame, column: &str) -> Result<Vec<String>, Problem> {
    let texts = frame.column(column).map_err(frame_problem)?.str().map_err(frame_problem)?.clone();
    Ok(texts.iter().map(|text| text.unwrap_or_default().to_owned()).collect())
}
