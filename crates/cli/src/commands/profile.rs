//! `algom profile`: what is in the columns of a table.

use std::process::ExitCode;

use algomosaic_api::{ColumnProfile, Problem, WireCell};

use super::Session;
use crate::progress::with_job;
use crate::text::{count, significant, table};

pub(crate) fn run(session: &Session<'_>, name: &str) -> Result<ExitCode, Problem> {
    let app = session.open()?;
    let profile = with_job(session.output, |job| app.profile(name, job))?;
    session.output.document(&profile, || {
        let rows: Vec<Vec<String>> = profile.columns.iter().map(row).collect();
        let header = ["column", "type", "nulls", "NaN", "different", "min", "5%", "median", "95%", "max", "mean", "sd"];
        let mut text = format!("{}: {} rows\n{}", profile.table, count(profile.rows), table(&header, &rows));
        if profile.columns.iter().any(|column| !column.quantiles_are_exact) {
            text.push_str("\nQuantiles are those of a sample, and numbers with ~ are estimates.");
        }
        for column in profile.columns.iter().filter(|column| !column.top.is_empty()) {
            let top: Vec<String> =
                column.top.iter().map(|top| format!("{} ({})", cell(&top.value), count(top.count))).collect();
            text.push_str(&format!("\n{}: {}", column.name, top.join(", ")));
        }
        text
    })
}

fn row(column: &ColumnProfile) -> Vec<String> {
    let quantile = |p: f64| {
        column.quantiles.iter().find(|quantile| quantile.p == p).map_or_else(String::new, |found| cell(&found.value))
    };
    let about = if column.distinct_is_exact { "" } else { "~" };
    vec![
        column.name.clone(),
        column.kind.clone(),
        count(column.nulls),
        count(column.nans),
        format!("{about}{}", count(column.distinct)),
        cell(&column.min),
        quantile(0.05),
        quantile(0.5),
        quantile(0.95),
        cell(&column.max),
        column.mean.map_or_else(String::new, significant),
        column.sd.map_or_else(String::new, significant),
    ]
}

/// A value in few words: a long text is cut.
fn cell(value: &WireCell) -> String {
    match value {
        WireCell::Bool(value) => value.to_string(),
        WireCell::Number(value) => significant(*value),
        WireCell::Text(value) if value.chars().count() > 32 => value.chars().take(31).chain(['…']).collect(),
        WireCell::Text(value) => value.replace(".000000Z", "Z"),
        WireCell::Null(()) => String::new(),
    }
}
