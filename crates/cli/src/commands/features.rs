//! `algom features` and `algom check-lookahead`.

use std::path::Path;
use std::process::ExitCode;

use algomosaic_api::{Finished, Problem, Request, Source};

use super::{Session, read, unexpected};
use crate::args::Features;
use crate::progress::with_job;
use crate::text::count;

pub(crate) fn run(session: &Session<'_>, features: &Features) -> Result<ExitCode, Problem> {
    session.open()?;
    let request = Request::Features {
        recipe: read(&features.recipe)?,
        from: Source::given(&features.from, &features.param)?,
        table: features.table.clone(),
        out: features.out.as_ref().map(|out| out.to_string_lossy().into_owned()),
    };
    match session.run(&request)? {
        Finished::Features(document) => session.output.document(&document, || {
            let places: Vec<&str> = document.table.iter().chain(&document.out).map(String::as_str).collect();
            let labels = if document.labels.is_empty() {
                String::new()
            } else {
                format!("; labels, never features: {}", document.labels.join(", "))
            };
            format!(
                "{} rows, {} new columns into {}{labels}",
                count(u64::from(document.rows)),
                document.columns,
                places.join(" and ")
            )
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
        if !looks_ahead {
            return format!("None of {} columns looks ahead.", document.columns_checked);
        }
        document
            .looks_ahead
            .iter()
            .map(|found| format!("{} looks ahead: row {} changes when later bars are removed", found.column, found.row))
            .collect::<Vec<_>>()
            .join("\n")
    })?;
    Ok(if looks_ahead { ExitCode::from(3) } else { ExitCode::SUCCESS })
}
