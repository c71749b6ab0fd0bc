//! The learning curve: would more history help? The same folds, each trained on the last shares of its training time.

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
    /// Rows that trained, the mean over the folds.
    pub train_rows: f64,
    /// On the same held-out rows as those of the whole; none where the share was too short to train on.
    pub scores: Option<Scores>,
}

/// Points of growing shares. `whole` are the scores of the last.
pub(crate) fn learning_curve(folds: &Folds<'_>, whole: Scores, job: &Job) -> Result<Vec<CurvePoint>, Error> {
    let rows = |parts: &[Parts]| parts.iter().map(|parts| parts.train.len() as f64).sum::<f64>() / parts.len() as f64;
    let mut points = Vec::with_capacity(SHARES);
    for step in 1..SHARES {
        job.stage(format!("Learning curve {step} of {SHARES}"))?;
        let parts: Vec<Parts> = folds.division.folds.iter().map(|parts| shortened(folds, parts, step)).collect();
        let division = Division { folds: parts, ..folds.division.clone() };
        let folds = Folds { division: &division, explain: Explain::No, ..*folds };
        let part = job.part((step - 1) as f64 / SHARES as f64, step as f64 / SHARES as f64);
        let scores = match folds.run(None, &part) {
            Ok(run) => {
                let means: Vec<f64> = run.fits.iter().map(|fit| fit.mean).collect();
                Some(folds.score(&folds.pool(&means, &run.predictions)))
            }
            Err(Error::Cancelled(cancelled)) => return Err(cancelled.into()),
            Err(_) => None,
        };
        points.push(CurvePoint { share: step as f64 / SHARES as f64, train_rows: rows(&division.folds), scores });
    }
    points.push(CurvePoint { share: 1.0, train_rows: rows(&folds.division.folds), scores: Some(whole) });
    Ok(points)
}

/// A fold with the last of its training times.
fn shortened(folds: &Folds<'_>, parts: &Parts, step: usize) -> Parts {
    let time = |i: &usize| folds.table.rows[*i].time;
    let times: Vec<i64> = parts.train.iter().map(time).collect::<BTreeSet<_>>().into_iter().collect();
    let from = times.get(times.len() - times.len() * step / SHARES).copied().unwrap_or(i64::MAX);
    Parts { train: parts.train.iter().copied().filter(|i| time(i) >= from).collect(), ..parts.clone() }
}
