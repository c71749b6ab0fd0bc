//! `algom train`: a model beside its control.

use std::process::ExitCode;

use algomosaic_api::{Finished, Problem, Request};

use super::demo::run_lines;
use super::{Session, read, unexpected};
use crate::args::Train;

pub(crate) fn run(session: &Session<'_>, train: &Train) -> Result<ExitCode, Problem> {
    session.open()?;
    let (from, spec) =
        algomosaic_api::train_file(&read(&train.train)?, train.from.as_deref(), &train.param, &train.set)?;
    match session.run(&Request::Train { from, spec })? {
        Finished::Train(run) => session.output.document(&run, || {
            let mut text = run_lines(&run);
            for check in run.checks.iter().filter(|check| !check.ok) {
                text.push_str(&format!("\n  Look at     {}", check.text));
            }
            format!("{text}\n  Run         {}\n  Model file  {}", run.model_execution_id, run.model_file)
        }),
        _ => Err(unexpected()),
    }
}
