//! `algom init`: a new workspace.

use std::process::ExitCode;

use algomosaic_api::Problem;

use super::Session;
use crate::args::Init;

pub(crate) fn run(session: &Session<'_>, init: &Init) -> Result<ExitCode, Problem> {
    let info = session.app.create_workspace(&init.dir, &init.project, &init.dataset, init.sample)?;
    session.output.document(&info, || {
        let next = if init.sample {
            format!("Next: algom --workspace {} demo", info.path)
        } else {
            format!("Next: algom --workspace {} import FILE --table market.bars", info.path)
        };
        format!("The workspace {} is ready: {}\n{next}", info.name, info.path)
    })
}
