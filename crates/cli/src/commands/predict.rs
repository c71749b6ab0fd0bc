//! `algom predict`: a trained model on other rows.

use std::process::ExitCode;

use algomosaic_api::{Finished, Problem, Request, Source};

use super::{Session, unexpected};
use crate::args::Predict;
use crate::text::{count, number};

pub(crate) fn run(session: &Session<'_>, predict: &Predict) -> Result<ExitCode, Problem> {
    session.open()?;
    let request = Request::Predict {
        model: predict.model.clone(),
        from: Source::given(&predict.from, &predict.param)?,
        table: predict.table.clone(),
        out: predict.out.as_ref().map(|out| out.to_string_lossy().into_owned()),
    };
    match session.run(&request)? {
        Finished::Predict(document) => session.output.document(&document, || {
            let scores = document.scores.as_ref().map_or_else(String::new, |scores| {
                format!("; R² {} where outcomes are known", number(scores.rsquared, 4))
            });
            format!("{} rows predicted into {}{scores}", count(u64::from(document.rows)), document.tables.join(", "))
        }),
        _ => Err(unexpected()),
    }
}
