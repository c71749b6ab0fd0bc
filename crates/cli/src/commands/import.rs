//! `algom import`: files into a table.

use std::process::ExitCode;

use algomosaic_api::{Finished, Problem, Request};

use super::{Session, unexpected};
use crate::args::Import;
use crate::text::count;

pub(crate) fn run(session: &Session<'_>, import: &Import) -> Result<ExitCode, Problem> {
    session.open()?;
    let request = Request::Import {
        files: import.files.iter().map(|file| file.to_string_lossy().into_owned()).collect(),
        table: import.table.clone(),
        if_exists: import.if_exists.into(),
        ticker: import.ticker.clone(),
        interval: import.interval.clone(),
        sort: import.sort,
    };
    match session.run(&request)? {
        Finished::Import(document) => session.output.document(&document, || {
            let mut text = format!("{} rows into {}", count(document.rows), document.table);
            for note in &document.notes {
                text.push_str(&format!("\nnote: {note}"));
            }
            text
        }),
        _ => Err(unexpected()),
    }
}
