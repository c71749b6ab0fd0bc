//! The learning curve: would more history help? The last fold, trained on the last shares of its training time.

use std::collections::BTreeSet;

use algomosaic_core::Job;
use serde::{Deserialize, Serialize};

use crate::folds::{Explain, Folds};
use crate::split::{Division, Parts};
use crate::{Error, Scores};

/// How many shares there are, the whole among them.
const SHARES: usize = 5;

/// The scores after training on a share of the training time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct CurvePoint {
    /// The share of the distinct training times, the last of them.
    pub share: f64,
    /// Rows that trained.
    pub train_rows: u32,
    /// On the held-out rows of the last fold; none where the share was too short to train on.
    pub scores: Option<Scores>,
}

/// Points of growing shares in the last fold, whose own scores are `whole`.
pub(crate) fn learning_curve(folds: &Folds<'_>, whole: Scores, job: &Job) -> Result<Vec<CurvePoint>, Error> {
    let Some(last) = folds.division.folds.last() else { return Ok(Vec::new()) };
    let rows = |parts: &Parts| u32::try_from(parts.train.len()).unwrap_or(u32::MAX);
    let mut points = Vec::with_capacity(SHARES);
    for step in 1..SHARES {
        job.stage(format!("Learning curve {step} of {SHARES}"))?;
        let parts = shortened(folds, last, step);
        let train_rows = rows(&parts);
        let division = Division { folds: vec![parts], ..Division::default() };
        let folds = Folds { division: &division, explain: Explain::No, ..*folds };
        let part = job.part((step - 1) as f64 / SHARES as f64, step as f64 / SHARES as f64);
        let scores = match folds.run(None, &part) {
            Ok(run) => run.fits.first().map(|fit| folds.score_fold(0, &fit.means, &run.predictions[0])),
            Err(Error::Cancelled(cancelled)) => return Err(cancelled.into()),
            Err(_) => None,
        };
        points.push(CurvePoint { share: step as f64 / SHARES as f64, train_rows, scores });
    }
    points.push(CurvePoint { share: 1.0, train_rows: rows(last), scores: Some(whole) });
    Ok(points)
}

/// A fold with the last of its training times.
fn shortened(folds: &Folds<'_>, parts: &Parts, step: usize) -> Parts {
    let time = |i: &usize| folds.table.rows[*i].time;
    let times: Vec<i64> = parts.train.iter().map(time).collect::<BTreeSet<_>>().into_iter().collect();
    let from = times.get(times.len() - times.len() * step / SHARES).copied().unwrap_or(i64::MAX);
    Parts { train: parts.train.iter().copied().filter(|i| time(i) >= from).collect(), ..parts.clone() }
}
