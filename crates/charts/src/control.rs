//! The control strip: where this model's score lies among the scores of the same job without signal.

use crate::chart::{Axis, AxisKind, Chart, Role, Series, Shape, drawable};
use crate::evaluation::chart;
use crate::ticks;

/// Points of the density's curve.
const CURVE_POINTS: u32 = 161;

/// The scores without signal as a density with a dot each, and the model's score as a mark on it.
///
/// `score_name` names the score on the axis. The density is a sum of Gaussians, as wide as Silverman's rule says
/// (1986, eq. 3.31); it is left out when the controls do not vary.
pub fn control_strip(score_name: &str, score: f64, controls: &[f64]) -> Chart {
    let mut sorted: Vec<f64> = controls.iter().copied().filter(|v| drawable(*v)).collect();
    sorted.sort_by(f64::total_cmp);
    let curve = density(&sorted);
    let peak = curve.iter().map(|point| point.1).fold(0.0, f64::max);
    // Without a curve the mark still needs a height.
    let height = if peak > 0.0 { 1.15 * peak } else { 1.0 };
    let at = |name, role, shape, points: Vec<(f64, f64)>| Series::new(name, role, shape, points);
    let mut series = Vec::new();
    if !sorted.is_empty() {
        series.push(at("controls without signal", Role::Control, Shape::Area, curve));
        series.push(at("", Role::Control, Shape::Points, sorted.iter().map(|v| (*v, 0.0)).collect()));
    }
    if drawable(score) {
        series.push(at("", Role::Model, Shape::Line, vec![(score, 0.0), (score, height)]));
        series.push(at("this model", Role::Model, Shape::Points, vec![(score, 0.0)]));
    }
    let axes = (Axis::new(score_name, AxisKind::Number), Axis::new("", AxisKind::Hidden));
    let note = median(&sorted).map(|median| {
        let controls = if sorted.len() == 1 { "control" } else { "controls" };
        let score = if drawable(score) { format!("This model {}; ", ticks::short(score)) } else { String::new() };
        format!("{score}{} {controls} without signal, median {}.", ticks::count(sorted.len()), ticks::short(median))
    });
    chart("control_strip", "Score against controls", axes, series, note)
}

fn median(sorted: &[f64]) -> Option<f64> {
    let upper = *sorted.get(sorted.len() / 2)?;
    Some(if sorted.len().is_multiple_of(2) { 0.5 * (sorted[sorted.len() / 2 - 1] + upper) } else { upper })
}

/// The curve over the values and three widths beyond; empty when they do not vary.
fn density(sorted: &[f64]) -> Vec<(f64, f64)> {
    let count = sorted.len() as f64;
    let mean = sorted.iter().sum::<f64>() / count;
    let deviation = (sorted.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (count - 1.0)).sqrt();
    let quartile = |share: f64| sorted.get(((count - 1.0) * share).round() as usize).copied().unwrap_or(f64::NAN);
    let spread = (quartile(0.75) - quartile(0.25)) / 1.34;
    let width = 0.9 * if spread > 0.0 { deviation.min(spread) } else { deviation } * count.powf(-0.2);
    let (Some(first), Some(last)) = (sorted.first(), sorted.last()) else { return Vec::new() };
    // A width that is not a number is not above anything.
    let varies = width > 1e-12 * first.abs().max(last.abs());
    if !varies || !drawable(width) {
        return Vec::new();
    }
    let (low, high) = (first - 3.0 * width, last + 3.0 * width);
    (0..CURVE_POINTS)
        .map(|i| low + (high - low) * f64::from(i) / f64::from(CURVE_POINTS - 1))
        .map(|x| (x, sorted.iter().map(|v| (-0.5 * ((x - v) / width).powi(2)).exp()).sum::<f64>() / count))
        .collect()
}
