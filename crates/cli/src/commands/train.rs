//! `algom train`: a model beside its control.

use std::path::Path;
use std::process::ExitCode;

use algomosaic_api::{Finished, Problem, Request, RunDetail};

use super::demo::run_lines;
use super::{Session, read, unexpected};
use crate::args::Train;
use crate::text::{count, day, number};

pub(crate) fn run(session: &Session<'_>, train: &Train) -> Result<ExitCode, Problem> {
    session.open()?;
    let folder = train.train.parent().unwrap_or(Path::new(""));
    let asked =
        algomosaic_api::train_file(&read(&train.train)?, folder, train.from.as_deref(), &train.param, &train.set)?;
    match session.run(&Request::Train { from: asked.from, spec: asked.spec, recipe: asked.recipe })? {
        Finished::Train(run) => session.output.document(&run, || {
            let mut text = format!("{}{}", run_lines(&run), details(&run));
            for check in run.checks.iter().filter(|check| !check.ok) {
                text.push_str(&format!("\n  Look at     {}", check.text));
            }
            format!("{text}\n  Run         {}\n  Model file  {}", run.model_execution_id, run.model_file)
        }),
        _ => Err(unexpected()),
    }
}

/// Folds, paths, search, leaks and the newest predictions, where there are any.
fn details(run: &RunDetail) -> String {
    let mut text = String::new();
    if run.folds.len() > 1 {
        text.push_str("\n  Fold   Held out                     Rows   Trained on   Purged   Embargo        R²");
        for (i, fold) in run.folds.iter().enumerate() {
            text.push_str(&format!(
                "\n  {:>4}   {} to {} {:>9} {:>12} {:>8} {:>9} {:>9}",
                i + 1,
                day(&fold.test_start),
                day(&fold.test_end),
                count(u64::from(fold.test_rows)),
                count(u64::from(fold.train_rows)),
                count(u64::from(fold.purged_rows)),
                count(u64::from(fold.embargo_rows)),
                number(fold.scores.rsquared, 4),
            ));
        }
    }
    if run.paths.len() > 1 {
        let of_paths: Vec<String> = run.paths.iter().map(|path| number(path.rsquared, 4)).collect();
        text.push_str(&format!("\n  Paths       R² {}", of_paths.join(", ")));
    }
    if let Some(search) = &run.search {
        let best = search.trials.iter().find(|trial| trial.number == search.best);
        let params: Vec<String> =
            best.iter().flat_map(|trial| &trial.params).map(|(name, value)| format!("{name} = {value}")).collect();
        text.push_str(&format!(
            "\n  Search      {} trials ({}); best {}, R² {} within the training rows",
            search.trials.len(),
            search.kind,
            params.join(", "),
            number(Some(search.inner_score), 4),
        ));
    }
    for leak in &run.leaks {
        text.push_str(&format!("\n  {}   {}", if leak.confirmed { "Confirmed" } else { "Suspicion" }, leak.evidence));
    }
    if !run.latest.is_empty() {
        const SHOWN: usize = 8;
        let newest: Vec<String> = run
            .latest
            .iter()
            .take(SHOWN)
            .map(|row| {
                let prediction = row.class.clone().unwrap_or_else(|| number(row.prediction, 4));
                format!("{} {} {prediction}", row.ticker, day(&row.ticker_time))
            })
            .collect();
        let more = run.latest.len().saturating_sub(SHOWN);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        text.push_str(&format!("\n  Newest      {}{more}", newest.join("; ")));
    }
    text
}
