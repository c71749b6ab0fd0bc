//! The charts of a model's evaluation: predictions and outcomes, by date, as distributions, against each other.

use crate::bins::Bins;
use crate::chart::{Axis, AxisKind, Chart, Role, Series, Shape, drawable};
use crate::reduce::reduced;
use crate::ticks;

/// Rows of an evaluation as plain columns of equal length, in any order. NaN is undefined.
#[derive(Debug, Clone, Copy)]
pub struct Evaluation<'a> {
    /// Times, milliseconds since 1970 UTC.
    pub times_ms: &'a [f64],
    /// The ticker of each row. Empty when there is only one.
    pub tickers: &'a [String],
    /// What the model says.
    pub predictions: &'a [f64],
    /// What came true.
    pub outcomes: &'a [f64],
}

impl Evaluation<'_> {
    /// Outcome less prediction, as the tables have it.
    fn errors(&self) -> Vec<f64> {
        self.outcomes.iter().zip(self.predictions).map(|(outcome, prediction)| outcome - prediction).collect()
    }

    fn ticker_count(&self) -> usize {
        let mut tickers: Vec<&String> = self.tickers.iter().collect();
        tickers.sort_unstable();
        tickers.dedup();
        tickers.len()
    }

    /// The mean of the defined values at each time, in time order.
    fn by_date(&self, values: &[f64]) -> Vec<(f64, f64)> {
        let mut rows: Vec<(f64, f64)> =
            self.times_ms.iter().copied().zip(values.iter().copied()).filter(|(time, _)| drawable(*time)).collect();
        rows.sort_by(|a, b| a.0.total_cmp(&b.0));
        rows.chunk_by(|a, b| a.0 == b.0)
            .map(|rows| {
                let defined: Vec<f64> = rows.iter().map(|row| row.1).filter(|v| drawable(*v)).collect();
                // Without any defined value this is 0 / 0: undefined.
                (rows[0].0, defined.iter().sum::<f64>() / defined.len() as f64)
            })
            .collect()
    }

    fn by_date_note(&self) -> Option<String> {
        let tickers = self.ticker_count();
        (tickers > 1).then(|| format!("Mean of {} tickers at each date.", ticks::count(tickers)))
    }
}

/// Puts a chart together: reduces its series and collects what there is to say about them, once each.
pub(crate) fn chart(id: &str, title: &str, axes: (Axis, Axis), series: Vec<Series>, note: Option<String>) -> Chart {
    let mut sentences: Vec<String> = note.into_iter().collect();
    let series = series
        .into_iter()
        .map(|series| {
            let (series, said) = reduced(series);
            if let Some(sentence) = said.filter(|sentence| !sentences.contains(sentence)) {
                sentences.push(sentence);
            }
            series
        })
        .collect();
    let (x, y) = axes;
    Chart { id: id.to_owned(), title: title.to_owned(), x, y, series, note: sentences.join(" ") }
}

/// Predictions over outcomes, by date. With several tickers, the mean of each date.
pub fn predictions_by_date(evaluation: &Evaluation<'_>) -> Chart {
    let series = vec![
        Series::new("outcome", Role::Outcome, Shape::Line, evaluation.by_date(evaluation.outcomes)),
        Series::new("prediction", Role::Model, Shape::Line, evaluation.by_date(evaluation.predictions)),
    ];
    let axes = (Axis::new("", AxisKind::Time), Axis::new("", AxisKind::Number));
    chart("predictions_by_date", "Predictions by date", axes, series, evaluation.by_date_note())
}

/// Outcome less prediction, by date. With several tickers, the mean of each date.
pub fn errors_by_date(evaluation: &Evaluation<'_>) -> Chart {
    let series = vec![Series::new("error", Role::Error, Shape::Area, evaluation.by_date(&evaluation.errors()))];
    let axes = (Axis::new("", AxisKind::Time), Axis::new("Outcome less prediction", AxisKind::Number));
    chart("errors_by_date", "Errors by date", axes, series, evaluation.by_date_note())
}

/// Predictions and outcomes over the same bins.
pub fn prediction_histogram(evaluation: &Evaluation<'_>) -> Chart {
    let all: Vec<f64> = evaluation.outcomes.iter().chain(evaluation.predictions).copied().collect();
    let series = vec![
        histogram("outcomes", Role::Outcome, Shape::Bars, &all, evaluation.outcomes),
        histogram("predictions", Role::Model, Shape::Step, &all, evaluation.predictions),
    ];
    let axes = (Axis::new("Value", AxisKind::Number), Axis::new("Rows", AxisKind::Number));
    chart("prediction_histogram", "Predictions and outcomes", axes, series, None)
}

/// How the errors are distributed.
pub fn error_histogram(evaluation: &Evaluation<'_>) -> Chart {
    let errors = evaluation.errors();
    let series = vec![histogram("errors", Role::Error, Shape::Bars, &errors, &errors)];
    let axes = (Axis::new("Outcome less prediction", AxisKind::Number), Axis::new("Rows", AxisKind::Number));
    chart("error_histogram", "Errors", axes, series, None)
}

fn histogram(name: &str, role: Role, shape: Shape, all: &[f64], values: &[f64]) -> Series {
    let bins = Bins::over(all);
    let counts = bins.map(|bins| bins.counts(values)).unwrap_or_default();
    Series { width: bins.map(|bins| bins.width), ..Series::new(name, role, shape, counts) }
}

/// A dot a row: the prediction above the outcome. On the diagonal they are equal; right of and above zero, or left of
/// and below it, the direction was right.
pub fn predicted_against_actual(evaluation: &Evaluation<'_>) -> Chart {
    let rows: Vec<(f64, f64)> = evaluation
        .outcomes
        .iter()
        .copied()
        .zip(evaluation.predictions.iter().copied())
        .filter(|(x, y)| drawable(*x) && drawable(*y))
        .collect();
    let range = |values: &mut dyn Iterator<Item = f64>| {
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)))
    };
    let (left, right) = range(&mut rows.iter().map(|row| row.0));
    let (bottom, top) = range(&mut rows.iter().map(|row| row.1));
    let mut series = Vec::new();
    let mut guide = |name: &str, points: [(f64, f64); 2]| {
        series.push(Series::new(name, Role::Guide, Shape::Line, points));
    };
    if left < 0.0 && right > 0.0 {
        guide("", [(0.0, bottom), (0.0, top)]);
    }
    if bottom < 0.0 && top > 0.0 {
        guide("", [(left, 0.0), (right, 0.0)]);
    }
    // The diagonal where both ranges meet, so that it does not squeeze the dots.
    let (low, high) = (left.max(bottom), right.min(top));
    if low < high {
        guide("prediction = outcome", [(low, low), (high, high)]);
    }
    series.push(Series::new("rows", Role::Model, Shape::Points, rows));
    let axes = (Axis::new("Outcome", AxisKind::Number), Axis::new("Prediction", AxisKind::Number));
    chart("predicted_against_actual", "Predicted against actual", axes, series, None)
}
