//! `algom push` and `algom pull`: tables and models between the workspace and Google Cloud.

use std::process::ExitCode;

use algomosaic_api::{Finished, Problem, Request};

use super::{Session, unexpected};
use crate::args::{Pull, Push};
use crate::text::counted;

pub(crate) fn push(session: &Session<'_>, push: &Push) -> Result<ExitCode, Problem> {
    let request = Request::Push { tables: push.tables.clone(), models: push.models, if_exists: push.if_exists.into() };
    run(session, &request)
}

pub(crate) fn pull(session: &Session<'_>, pull: &Pull) -> Result<ExitCode, Problem> {
    run(session, &Request::Pull { tables: pull.tables.clone(), if_exists: pull.if_exists.into() })
}

fn run(session: &Session<'_>, request: &Request) -> Result<ExitCode, Problem> {
    session.open()?;
    let Finished::Transfer(document) = session.run(request)? else { return Err(unexpected()) };
    session.output.document(&document, || {
        let table = document.tables.iter().map(|one| format!("{} into {}", counted(one.rows, "row"), one.to));
        let mut lines: Vec<String> = table.collect();
        if matches!(request, Request::Push { models: true, .. }) {
            lines.push(match document.models.len() {
                0 => "Every model is in the bucket already.".to_owned(),
                count => format!("{} into the bucket", counted(count as u64, "model")),
            });
        }
        lines.join("\n")
    })
}
