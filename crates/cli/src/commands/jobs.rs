//! `algom jobs`: what runs and what ran.

use std::process::ExitCode;

use algomosaic_api::{JobState, Problem};

use super::Session;
use crate::args::Jobs;
use crate::text::table;

pub(crate) fn run(session: &Session<'_>, command: Option<&Jobs>) -> Result<ExitCode, Problem> {
    let jobs = session.open()?.jobs()?;
    match command {
        None | Some(Jobs::List) => session.output.document(&jobs, || {
            if jobs.is_empty() {
                return "Nothing ran yet.".to_owned();
            }
            let rows: Vec<Vec<String>> = jobs
                .iter()
                .map(|job| {
                    vec![
                        job.id.clone(),
                        word(job.state).to_owned(),
                        job.started_at.get(..19).unwrap_or_default().to_owned(),
                        job.title.clone(),
                    ]
                })
                .collect();
            table(&["job", "state", "started (UTC)", "what"], &rows)
        }),
        Some(Jobs::Show { id }) => {
            let job = jobs.into_iter().find(|job| job.id.starts_with(id.as_str())).ok_or_else(|| {
                Problem::not_found(format!("there is no job {id}"), "`algom jobs list` shows those there are.")
            })?;
            session.output.document(&job, || serde_json::to_string_pretty(&job).unwrap_or_default())
        }
    }
}

fn word(state: JobState) -> &'static str {
    match state {
        JobState::Running => "running",
        JobState::Done => "done",
        JobState::Failed => "failed",
        JobState::Cancelled => "cancelled",
        JobState::Interrupted => "interrupted",
    }
}
