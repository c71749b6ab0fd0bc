//! `algom features` and `algom check-lookahead`.

use std::path::Path;
use std::process::ExitCode;

use algomosaic_api::{Finished, Problem, Request, Source, WarmUp};

use super::{Session, read, unexpected};
use crate::args::Features;
use crate::progress::with_job;
use crate::text::{count, counted};

pub(crate) fn run(session: &Session<'_>, features: &Features) -> Result<ExitCode, Problem> {
    session.open()?;
    let request = Request::Features {
        recipe: read(&features.recipe)?,
        from: Source::given(&features.from, &features.param)?,
        table: features.table.clone(),
        out: features.out.as_ref().map(|out| out.to_string_lossy().into_owned()),
        update: features.update,
    };
    match session.run(&request)? {
        Finished::Features(document) => session.output.document(&document, || {
            let places: Vec<&str> = document.table.iter().chain(&document.out).map(String::as_str).collect();
            let labels = if document.labels.is_empty() {
                String::new()
            } else {
                format!("; labels, never features: {}", document.labels.join(", "))
            };
            let written = if features.update {
                format!(
                    "{} written, {} in all",
                    counted(document.rows_written as u64, "row"),
                    count(u64::from(document.rows))
                )
            } else {
                counted(u64::from(document.rows), "row")
            };
            let mut text = format!(
                "{written}, {} into {}{labels}",
                counted(u64::from(document.columns), "new column"),
                places.join(" and ")
            );
            for note in &document.notes {
                text.push_str(&format!("\nnote: {note}"));
            }
            text
        }),
        _ => Err(unexpected()),
    }
}

pub(crate) fn check_lookahead(
    session: &Session<'_>,
    recipe: &Path,
    from: &str,
    param: &[String],
) -> Result<ExitCode, Problem> {
    let app = session.open()?;
    let (recipe, from) = (read(recipe)?, Source::given(from, param)?);
    let document = with_job(session.output, |job| app.check_lookahead(&recipe, &from, job))?;
    let looks_ahead = !document.looks_ahead.is_empty();
    session.output.document(&document, || {
        let mut lines: Vec<String> = document
            .looks_ahead
            .iter()
            .map(|found| match (found.row, found.horizon) {
                (Some(row), _) => {
                    format!("{} looks ahead: row {row} changes when later bars are removed.", found.column)
                }
                (None, bars) => format!(
                    "{} looks ahead: it is made of a label of the bars that reads {}.",
                    found.column,
                    counted(u64::from(bars), "later bar")
                ),
            })
            .collect();
        if !looks_ahead {
            lines.push(match document.columns_checked {
                0 => "There is no feature to check: labels look ahead by their nature.".to_owned(),
                1 => "The one column does not look ahead.".to_owned(),
                columns => format!("None of {columns} columns looks ahead."),
            });
        }
        lines.extend(warm_up(&document.warm_up));
        lines.join("\n")
    })?;
    Ok(if looks_ahead { ExitCode::from(3) } else { ExitCode::SUCCESS })
}

/// The column that takes the longest to settle, and those that never do.
fn warm_up(columns: &[WarmUp]) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some((rows, longest)) =
        columns.iter().filter_map(|one| Some((one.unsettled?, one))).max_by_key(|(rows, _)| *rows)
    {
        lines.push(match rows {
            0 => "No row depends on where the bars begin.".to_owned(),
            rows => format!(
                "The first {} rows of a ticker are not settled; {} takes the longest.",
                count(rows as u64),
                longest.column
            ),
        });
    }
    let never: Vec<&str> =
        columns.iter().filter(|one| one.unsettled.is_none()).map(|one| one.column.as_str()).collect();
    if !never.is_empty() {
        lines.push(format!("These depend on all earlier bars and do not settle here: {}.", never.join(", ")));
    }
    lines
}
