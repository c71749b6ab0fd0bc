//! `algom backtest`: trading rules over bars.

use std::process::ExitCode;

use algomosaic_api::{Finished, Problem, Request, Source};

use super::demo::backtest_line;
use super::{Session, read, unexpected};
use crate::args::Backtest;

pub(crate) fn run(session: &Session<'_>, backtest: &Backtest) -> Result<ExitCode, Problem> {
    session.open()?;
    let request = Request::Backtest {
        rules: algomosaic_api::rules_file(&read(&backtest.rules)?)?,
        from: Source::given(&backtest.from, &backtest.param)?,
        model: backtest.model.clone(),
    };
    match session.run(&request)? {
        Finished::Backtest(document) => session.output.document(&document, || {
            let mut text = backtest_line(&document);
            for note in &document.notes {
                text.push_str(&format!("\n  note: {note}"));
            }
            format!("{text}\n  Run        {}", document.backtest_execution_id)
        }),
        _ => Err(unexpected()),
    }
}
