//! `algom indicators`: the catalogue, and one entry with its parameters.

use std::process::ExitCode;

use algomosaic_api::{CatalogueEntry, ParamKind, Problem};

use super::Session;
use crate::text::table;

pub(crate) fn run(session: &Session<'_>, id: Option<&str>) -> Result<ExitCode, Problem> {
    let entries = algomosaic_api::indicators(id)?;
    session.output.document(&entries, || match &entries[..] {
        [entry] if id.is_some() => one(entry),
        entries => {
            let rows: Vec<Vec<String>> = entries
                .iter()
                .map(|entry| {
                    let params: Vec<&str> = entry.params.iter().map(|param| param.name).collect();
                    vec![entry.id.to_owned(), params.join(", "), entry.label.to_owned()]
                })
                .collect();
            table(&["indicator", "parameters", ""], &rows)
        }
    })
}

fn one(entry: &CatalogueEntry) -> String {
    let rows: Vec<Vec<String>> = entry
        .params
        .iter()
        .map(|param| {
            let range = match param.kind {
                ParamKind::Int { min, max, .. } => format!("{min} to {max}"),
                ParamKind::Float { min, max, .. } => format!("{min} to {max}"),
                ParamKind::Bool { .. } => "true or false".to_owned(),
                ParamKind::Choice { options, .. } => {
                    options.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
                }
                ParamKind::Column { .. } => "a column".to_owned(),
                ParamKind::Text { .. } => "any text".to_owned(),
            };
            vec![param.name.to_owned(), param.default_value().to_string(), range, param.help.to_owned()]
        })
        .collect();
    format!(
        "{}: {}\n{}\n\n{}\nSource: {}\nColumns: {}\n\n{}",
        entry.id,
        entry.label,
        entry.help,
        entry.formula,
        entry.source,
        entry.outputs.join(", "),
        table(&["parameter", "default", "range", ""], &rows)
    )
}
