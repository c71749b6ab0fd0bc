//! The data of a chart as CSV, for the reader's own sheet.

use chrono::{DateTime, SecondsFormat};

use crate::chart::{AxisKind, Chart, Role};

/// The chart's data in long form: a row a point, the series one after the other, guides left out.
///
/// Columns: `series, x, y`, or where the chart has bars, `series, from, to, y` with the ends of each bar. Times are
/// UTC as `2012-06-27T00:00:00.000Z`, numbers the shortest text that reads back equal, undefined values empty.
/// Lines end in `\n`; a field with a comma, a quote or a line end is quoted (RFC 4180).
pub fn csv(chart: &Chart) -> String {
    let series = || chart.series.iter().filter(|series| series.role != Role::Guide && !series.x.is_empty());
    let bars = series().any(|series| series.width.is_some());
    let mut text = String::from(if bars { "series,from,to,y\n" } else { "series,x,y\n" });
    for series in series() {
        let name = field(if series.name.is_empty() { role_name(series.role) } else { &series.name });
        let half = series.width.unwrap_or(0.0) / 2.0;
        for (x, y) in series.x.iter().zip(&series.y) {
            let place = |x: f64| if chart.x.kind == AxisKind::Time { time(x) } else { x.to_string() };
            let x = if bars { format!("{},{}", place(x - half), place(x + half)) } else { place(*x) };
            let y = y.map(|y| y.to_string()).unwrap_or_default();
            text.push_str(&format!("{name},{x},{y}\n"));
        }
    }
    text
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Model => "model",
        Role::Outcome => "outcome",
        Role::Control => "control",
        Role::Strategy => "strategy",
        Role::Market => "market",
        Role::Error => "error",
        Role::Positive => "positive",
        Role::Negative => "negative",
        Role::Guide => "guide",
    }
}

fn time(ms: f64) -> String {
    match DateTime::from_timestamp_millis(ms as i64) {
        Some(time) => time.to_rfc3339_opts(SecondsFormat::Millis, true),
        None => ms.to_string(),
    }
}

fn field(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}
