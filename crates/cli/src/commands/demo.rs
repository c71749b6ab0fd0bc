//! `algom demo`: the main job on the sample, and a summary that is read in ten seconds.

use std::process::ExitCode;

use algomosaic_api::{BacktestDocument, DemoDocument, Finished, Problem, Request, RunDetail};

use super::{Session, unexpected};
use crate::args::Demo;
use crate::text::{change, count, day, number, percent};

pub(crate) fn run(session: &Session<'_>, demo: &Demo) -> Result<ExitCode, Problem> {
    let path = session.named().map_or_else(|| session.app.sample_path(), std::path::Path::to_owned);
    session.app.open_sample(&path)?;
    let out = demo.out.as_ref().map(|out| out.to_string_lossy().into_owned());
    match session.run(&Request::Demo { out })? {
        Finished::Demo(document) => session.output.document(&document, || summary(&document)),
        _ => Err(unexpected()),
    }
}

fn summary(demo: &DemoDocument) -> String {
    format!(
        "{}\n\n{}\n\nTo compare: {}\n\nCharts and CSVs: {}\nWorkspace:       {} ({} tables)\nNext:            algom --workspace {} models list",
        run_lines(&demo.train),
        backtest_line(&demo.backtest),
        one_line(&demo.compare),
        demo.out,
        demo.workspace,
        demo.tables.len(),
        demo.workspace,
    )
}

fn one_line(run: &RunDetail) -> String {
    format!("{} has R² {}; {}", run.model_type, number(run.scores.rsquared, 3), run.control.sentence)
}

/// A training run in five lines.
pub(crate) fn run_lines(run: &RunDetail) -> String {
    let split = &run.split;
    let leaks = if split.leaks { "\n  Leaks      the split mixes past and future: the score is too good" } else { "" };
    format!(
        "{} predicts {} from {} features\n\
         \x20 Held out   {} rows, {} to {}{}\n\
         \x20 R²         {}   without signal: median {}, {} repeats\n\
         \x20 Verdict    {}\n\
         {}{leaks}",
        run.model_type,
        run.outcome,
        run.feature_count,
        count(u64::from(split.test_rows)),
        day(&split.test_start),
        day(&split.test_end),
        if split.folds > 1 {
            format!(
                ", in {} folds; {} purged, {} under embargo",
                split.folds,
                count(u64::from(split.purged_rows)),
                count(u64::from(split.embargo_rows))
            )
        } else {
            format!(
                "; trained on {} rows before, {} purged between",
                count(u64::from(split.train_rows)),
                count(u64::from(split.purged_rows))
            )
        },
        number(run.scores.rsquared, 4),
        number(Some(run.control.median), 4),
        run.control.repeats,
        run.control.sentence,
        match &run.scores.classes {
            Some(classes) => format!(
                "  Classes    {} right (balanced {})   ROC AUC {}   Log loss {}   Brier {}",
                percent(classes.accuracy),
                percent(classes.balanced_accuracy),
                number(classes.roc_auc, 3),
                number(classes.log_loss, 4),
                number(classes.brier, 4),
            ),
            None => format!(
                "  Direction  {} right   Mean absolute error {}   Information coefficient {}",
                percent(run.scores.direction_hits),
                number(run.scores.mae, 4),
                number(run.scores.information_coefficient, 3),
            ),
        },
    )
}

/// A backtest in two lines.
pub(crate) fn backtest_line(test: &BacktestDocument) -> String {
    let (summary, statistics) = (&test.summary, &test.statistics);
    format!(
        "Backtest of {}, {} to {}\n  Return     {}   market {}   Sharpe {} ± {}   drawdown {}   {} trades of {} attempts",
        test.ticker,
        day(&test.period.0),
        day(&test.period.1),
        change(summary.pct_gain),
        change(summary.pct_gain_market),
        number(statistics.sharpe, 2),
        number(statistics.sharpe_standard_error, 2),
        percent(statistics.max_drawdown),
        count(u64::from(summary.trades)),
        count(u64::from(summary.trade_attempts)),
    )
}
