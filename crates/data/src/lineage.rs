//! The tables that keep every run with its lineage: their names and columns, to the letter, as existing dashboards read
//! them. A run's rows are made here from plain values; the warehouse stores them.

use algomosaic_core::ids::ContentHash;
use polars::prelude::{Column, DataFrame, DataType, IntoSeries as _, NamedFrom, Series, TimeUnit, TimeZone};

use crate::error::Result;

/// What people did with runs, one row an event: `event_time` TIMESTAMP, then STRING `model_execution_id, event, name, value`.
/// Rows are only ever added; of two events on the same thing the later counts. It has no date, since it is read as a whole.
pub const EVENTS: &str = "model_metadata.model_events";

/// A table of the lineage: dataset and name before the date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// What a run was.
    Metadata,
    /// With which parameters of the algorithm.
    Parameters,
    /// What it read.
    Queries,
    /// Where its model is.
    Storage,
    /// Predictions on new data.
    Prediction,
    /// Predictions on the held-out rows.
    Evaluation,
    /// Its scores and its control's.
    Performance,
    /// The weight of each feature.
    FeatureImportance,
    /// A backtest, bar by bar.
    Backtest,
    /// What a backtest was.
    BacktestMetadata,
    /// What came of it.
    BacktestSummary,
}

impl Table {
    /// `dataset.table` for a run on `date` (`YYYYMMDD`). `ticker` matters to the importance alone: its table is named after
    /// the ticker, or `all` where several share the model.
    pub fn name(self, date: &str, ticker: Option<&str>) -> String {
        let ticker = ticker.map_or_else(|| "all".to_owned(), algomosaic_core::names::ticker_in_table);
        match self {
            Table::Metadata => format!("model_metadata.model_metadata_{date}"),
            Table::Parameters => format!("model_metadata.model_parameters_{date}"),
            Table::Queries => format!("model_metadata.model_queries_{date}"),
            Table::Storage => format!("model_metadata.model_storage_{date}"),
            Table::Prediction => format!("model_predictions.model_prediction_{date}"),
            Table::Evaluation => format!("model_predictions.model_evaluation_{date}"),
            Table::Performance => format!("model_performance.model_performance_{date}"),
            Table::FeatureImportance => format!("model_feature_importance.feature_importance_{ticker}_{date}"),
            Table::Backtest => format!("model_performance.model_backtest_{date}"),
            Table::BacktestMetadata => format!("model_performance.model_backtest_metadata_{date}"),
            Table::BacktestSummary => format!("model_performance.model_backtest_summary_{date}"),
        }
    }
}

impl Table {
    const ALL: [Table; 11] = [
        Table::Metadata,
        Table::Parameters,
        Table::Queries,
        Table::Storage,
        Table::Prediction,
        Table::Evaluation,
        Table::Performance,
        Table::FeatureImportance,
        Table::Backtest,
        Table::BacktestMetadata,
        Table::BacktestSummary,
    ];

    /// Which table of the lineage this is a day's shard of, if it is one.
    pub fn of(dataset: &str, table: &str) -> Option<Table> {
        let (name, date) = table.rsplit_once('_')?;
        let is_day = date.len() == 8 && date.bytes().all(|byte| byte.is_ascii_digit());
        Table::ALL.into_iter().filter(|_| is_day).find(|one| match one {
            Table::FeatureImportance => {
                dataset == "model_feature_importance" && name.starts_with("feature_importance_")
            }
            one => one.name(date, None) == format!("{dataset}.{table}"),
        })
    }

    /// What it holds, in a sentence.
    pub fn meaning(self) -> &'static str {
        match self {
            Table::Metadata => "What each run was: a row for each parameter of it.",
            Table::Parameters => "The parameters of each run's algorithm, a row each.",
            Table::Queries => "What each run read, a row for each fact.",
            Table::Storage => "Where the model of each run is, a row for each fact.",
            Table::Prediction => "Predictions on new data, a row each.",
            Table::Evaluation => "Predictions on the held-out rows of each training, a row each.",
            Table::Performance => "The scores of each run and of its control, a row each.",
            Table::FeatureImportance => "The weight of each feature of each run.",
            Table::Backtest => "Each backtest, bar by bar.",
            Table::BacktestMetadata => "What each backtest was, a row for each parameter of it.",
            Table::BacktestSummary => "What came of each backtest, a row for each number.",
        }
    }

    /// The columns by which its rows lie together, so that reading one run reads little.
    pub fn clustering(self) -> &'static [&'static str] {
        match self {
            Table::Metadata | Table::Parameters | Table::Queries | Table::Performance => {
                &["model_execution_id", "parameter"]
            }
            Table::Storage => &["model_id", "parameter"],
            Table::Prediction | Table::Evaluation => &["model_execution_id", "ticker", "ticker_time"],
            Table::FeatureImportance => &["model_execution_id", "variable"],
            Table::Backtest => &["backtest_execution_id", "ticker", "ticker_time"],
            Table::BacktestMetadata | Table::BacktestSummary => &["backtest_execution_id", "parameter"],
        }
    }
}

/// What a column of the lineage means; empty for those of the data itself.
pub fn meaning(column: &str) -> &'static str {
    match column {
        "model_id" => "The model: SHA-1 of outcome, type, parameters, data and features.",
        "model_execution_id" => "The run: SHA-1 of the model and the time of its start.",
        "model_parameter_id" => "SHA-1 of the model's type and parameters.",
        "model_data_id" | "data_id" => "SHA-1 of the sorted names of the columns.",
        "execution_started_at" | "model_executed_at" => "When the run started, UTC.",
        "execution_ended_at" => "When the run ended, UTC.",
        "execution_run_time" => "How long the run took, in seconds.",
        "model_execution_type" => "TRAIN or PREDICT.",
        "model_outcome" | "outcome_variable" => "The column that is predicted.",
        "model_storage_datetime" => "When the model was saved, UTC.",
        "backtest_id" => "The backtest: SHA-1 of account, dates, rules and columns.",
        "backtest_execution_id" => "The run of the backtest: SHA-1 of the backtest and the time of its start.",
        "backtest_executed" => "When the backtest started, UTC.",
        "parameter" => "What the row says.",
        "value" => "Its value.",
        "predictions" => "What the model predicted.",
        "outcomes" => "What came, where it is known.",
        "errors" => "The outcome less the prediction.",
        "variable" => "The feature.",
        "importance" => "Its weight.",
        "rank" => "Its place by weight; 1 is the heaviest.",
        "pct_rank" => "Its place as a share of all features.",
        _ => "",
    }
}

/// The columns that say which run a row belongs to.
#[derive(Debug, Clone)]
pub struct Identity {
    /// Of outcome, type, parameters, data and features.
    pub model_id: String,
    /// Of the same and the start time.
    pub model_execution_id: String,
    /// Of type and parameters.
    pub model_parameter_id: String,
    /// Of the sorted column names.
    pub model_data_id: String,
    /// Microseconds since 1970.
    pub execution_started_at: i64,
    /// Microseconds since 1970.
    pub execution_ended_at: i64,
    /// `TRAIN` or `PREDICT`.
    pub model_execution_type: String,
    /// The outcome's column.
    pub model_outcome: String,
}

impl Identity {
    /// Seconds from start to end.
    pub fn run_time(&self) -> f64 {
        (self.execution_ended_at - self.execution_started_at) as f64 / 1e6
    }

    /// The identity columns for `rows` rows.
    pub fn columns(&self, rows: usize) -> Result<Vec<Column>> {
        Ok(vec![
            text("model_id", &self.model_id, rows),
            text("model_execution_id", &self.model_execution_id, rows),
            text("model_parameter_id", &self.model_parameter_id, rows),
            text("model_data_id", &self.model_data_id, rows),
            time("execution_started_at", self.execution_started_at, rows)?,
            time("execution_ended_at", self.execution_ended_at, rows)?,
            Series::new("execution_run_time".into(), vec![self.run_time(); rows]).into(),
            text("model_execution_type", &self.model_execution_type, rows),
            text("model_outcome", &self.model_outcome, rows),
        ])
    }
}

/// A column with one text in every row.
pub fn text(name: &str, value: &str, rows: usize) -> Column {
    Series::new(name.into(), vec![value; rows]).into()
}

/// A TIMESTAMP column with one time in every row, in microseconds since 1970.
pub fn time(name: &str, microseconds: i64, rows: usize) -> Result<Column> {
    times(name, vec![microseconds; rows])
}

/// A TIMESTAMP column, in microseconds since 1970.
pub fn times(name: &str, microseconds: Vec<i64>) -> Result<Column> {
    let whole = Series::new(name.into(), microseconds);
    // A cast would drop the zone, and make a DATETIME of it.
    Ok(whole.i64()?.clone().into_datetime(TimeUnit::Microseconds, Some(TimeZone::UTC)).into_series().into())
}

/// A long table: the leading columns, then a row for each parameter with its value as text.
pub fn texts(mut leading: Vec<Column>, rows: &[(String, String)]) -> Result<DataFrame> {
    leading
        .push(Series::new("parameter".into(), rows.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>()).into());
    leading.push(Series::new("value".into(), rows.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>()).into());
    Ok(DataFrame::new(rows.len(), leading)?)
}

/// A long table: the leading columns, then a row for each parameter with its value as FLOAT; undefined is NULL.
pub fn numbers(mut leading: Vec<Column>, rows: &[(String, Option<f64>)]) -> Result<DataFrame> {
    leading
        .push(Series::new("parameter".into(), rows.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>()).into());
    leading.push(Series::new("value".into(), rows.iter().map(|(_, value)| *value).collect::<Vec<_>>()).into());
    Ok(DataFrame::new(rows.len(), leading)?)
}

/// `data_hash`: SHA-256 over the columns, by name and value, in the order of the columns' names.
pub fn data_hash(frame: &DataFrame) -> Result<String> {
    let mut hash = ContentHash::default();
    let mut columns: Vec<&Column> = frame.columns().iter().collect();
    columns.sort_by(|a, b| a.name().cmp(b.name()));
    for column in columns {
        hash.update(column.name().as_bytes());
        hash.update(&[0]);
        let series = column.as_materialized_series();
        if let Ok(values) = series.f64() {
            for value in values.iter() {
                hash.update(&value.map_or([0xff; 8], f64::to_le_bytes));
            }
        } else if series.dtype().is_temporal() || series.dtype().is_integer() {
            let whole = series.to_physical_repr().cast(&DataType::Int64)?;
            for value in whole.i64()?.iter() {
                hash.update(&value.map_or([0xfe; 8], i64::to_le_bytes));
            }
        } else {
            let words = series.cast(&DataType::String)?;
            for value in words.str()?.iter() {
                hash.update(value.unwrap_or("\u{1}").as_bytes());
                hash.update(&[0]);
            }
        }
    }
    Ok(hash.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_days_shard_is_known_by_its_name() {
        for table in Table::ALL {
            let name = table.name("20260301", Some("BRK-B"));
            let (dataset, table_name) = name.split_once('.').unwrap();
            assert_eq!(Table::of(dataset, table_name), Some(table), "{name}");
            assert!(table.clustering().len() <= 4 && !table.meaning().is_empty());
        }
        for (dataset, table) in [
            ("model_metadata", "model_metadata"),
            ("model_metadata", "model_metadata_2026"),
            ("features", "model_metadata_20260301"),
            ("model_metadata", "model_events"),
        ] {
            assert_eq!(Table::of(dataset, table), None, "{dataset}.{table}");
        }
    }
}
