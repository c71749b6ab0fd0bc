//! The charts of a training: its score by fold, by the length of the history, and by trial of a search.

use crate::chart::{Axis, AxisKind, Chart, Role, Series, Shape, drawable};
use crate::evaluation::chart;
use crate::ticks;

/// R² on the held-out rows of each fold, in the order of the folds. NaN is undefined.
pub fn fold_scores(scores: &[f64]) -> Chart {
    let bars = Series::new("R²", Role::Model, Shape::Bars, numbered(scores));
    let axes = (Axis::new("Fold", AxisKind::Whole), Axis::new("", AxisKind::Number));
    let note = "Each fold against the mean of its own training rows.".to_owned();
    chart("fold_scores", "R² by fold", axes, vec![Series { width: Some(0.8), ..bars }], Some(note))
}

/// R² on the same held-out rows after training on ever longer histories: how many rows trained, and the score. NaN is
/// undefined.
pub fn learning_curve(points: &[(f64, f64)]) -> Chart {
    let scored = || points.iter().filter(|(rows, score)| drawable(*rows) && drawable(*score));
    let ends = |place: fn(&(f64, f64)) -> f64| {
        scored().map(place).fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)))
    };
    let ((left, right), (bottom, top)) = (ends(|point| point.0), ends(|point| point.1));
    let mut series = Vec::new();
    if bottom < 0.0 && top > 0.0 {
        series.push(Series::new("", Role::Guide, Shape::Line, [(left, 0.0), (right, 0.0)]));
    }
    series.push(Series::new("R²", Role::Model, Shape::Line, points.iter().copied()));
    let axes = (Axis::new("Training rows", AxisKind::Number), Axis::new("", AxisKind::Number));
    let note = "The last fold, trained on the latest fifth of its history, on two fifths, and so on.".to_owned();
    chart("learning_curve", "R² by length of history", axes, series, Some(note))
}

/// The score of each trial of a search on its inner folds, in the order of the trials, with the best so far. NaN is a
/// trial without a score.
pub fn search_trials(scores: &[f64]) -> Chart {
    let mut best: Option<(usize, f64)> = None;
    let mut so_far = Vec::with_capacity(scores.len());
    for (i, score) in scores.iter().copied().enumerate() {
        if drawable(score) && best.is_none_or(|(_, known)| score > known) {
            best = Some((i, score));
        }
        so_far.push(best.map_or(f64::NAN, |(_, known)| known));
    }
    let mark = best.map(|(i, score)| ((i + 1) as f64, score));
    let series = vec![
        Series::new("best so far", Role::Control, Shape::Line, numbered(&so_far)),
        Series::new("trial", Role::Model, Shape::Points, numbered(scores)),
        Series::new("best", Role::Positive, Shape::Points, mark),
    ];
    let axes = (Axis::new("Trial", AxisKind::Whole), Axis::new("R² on inner folds", AxisKind::Number));
    let note = (scores.len() > 1).then(|| {
        format!("On training rows alone. The best of {} is too good to be believed.", ticks::count(scores.len()))
    });
    chart("search_trials", "Score by trial", axes, series, note)
}

/// Values over their places from 1.
fn numbered(values: &[f64]) -> impl Iterator<Item = (f64, f64)> + '_ {
    values.iter().enumerate().map(|(i, value)| ((i + 1) as f64, *value))
}
