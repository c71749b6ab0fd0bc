//! `algom models`: the runs, and one in full.

use std::process::ExitCode;

use algomosaic_api::Problem;

use super::Session;
use super::demo::run_lines;
use crate::args::Models;
use crate::text::{number, table};

pub(crate) fn run(session: &Session<'_>, command: Option<&Models>) -> Result<ExitCode, Problem> {
    let app = session.open()?;
    match command {
        None | Some(Models::List) => {
            let runs = app.runs()?;
            session.output.document(&runs, || {
                if runs.is_empty() {
                    return "No run yet. Train one: algom train TRAIN.toml --from features.us_daily".to_owned();
                }
                let rows: Vec<Vec<String>> = runs
                    .iter()
                    .map(|run| {
                        vec![
                            run.model_execution_id.get(..12).unwrap_or_default().to_owned(),
                            run.model_type.clone(),
                            run.outcome.clone(),
                            number(run.rsquared, 4),
                            number(run.control_median, 4),
                            number(run.p_value, 3),
                            if run.leaks { "leaks".to_owned() } else { String::new() },
                            run.executed_at.get(..19).unwrap_or_default().to_owned(),
                        ]
                    })
                    .collect();
                table(&["run", "model", "outcome", "R²", "control", "p", "", "started (UTC)"], &rows)
            })
        }
        Some(Models::Show { id }) => {
            let run = app.run_detail(id, false)?;
            session.output.document(&run, || {
                let mut text = run_lines(&run);
                for check in &run.checks {
                    text.push_str(&format!("\n  {} {}", if check.ok { "✓" } else { "!" }, check.text));
                }
                format!(
                    "{text}\n  Run         {}\n  Model       {}\n  Model file  {}",
                    run.model_execution_id, run.model_id, run.model_file
                )
            })
        }
        Some(Models::Export(export)) => {
            let file = app.export_model(&export.id, export.format.map(Into::into), &export.out, export.force)?;
            session.output.document(&file, || format!("Written to {}", file.path))
        }
    }
}
