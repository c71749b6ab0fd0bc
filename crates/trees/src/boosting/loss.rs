//! Losses: where a model starts, its gradients, the values of leaves that are not Newton steps, and its score.

use serde::{Deserialize, Serialize};

use crate::Error;
use crate::data::Values;
use crate::ensemble::{Link, softmax};
use crate::quantile::{quantile, weighted_quantile};

/// What the training makes small.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Loss {
    /// Half the squared error: predicts the mean.
    Squared,
    /// The absolute error: predicts the median.
    Absolute,
    /// Squared for the share `alpha` (0 to 1, both excluded) of the residuals nearest zero, absolute for the others.
    Huber {
        /// That share.
        alpha: f64,
    },
    /// The pinball loss: predicts the quantile `alpha` (0 to 1, both excluded).
    Quantile {
        /// The quantile.
        alpha: f64,
    },
    /// Log loss of two classes, 0 and 1: predicts the probability of 1.
    Logistic,
    /// Log loss of classes 0 to `classes - 1`: predicts the probability of each.
    Softmax {
        /// Number of classes, 2 to 1000.
        classes: usize,
    },
}

/// The rows trained on: targets, and weights unless all are 1.
#[derive(Clone, Copy)]
pub(crate) struct Targets<'a> {
    pub(crate) target: &'a [f64],
    pub(crate) weights: Option<&'a [f64]>,
    pub(crate) rows: &'a [u32],
}

impl Targets<'_> {
    fn weight(&self, row: u32) -> f64 {
        self.weights.map_or(1.0, |weights| weights[row as usize])
    }

    fn mean(&self, value: impl Fn(u32) -> f64) -> f64 {
        let (mut sum, mut whole) = (0.0, 0.0);
        for row in self.rows {
            let weight = self.weight(*row);
            sum += weight * value(*row);
            whole += weight;
        }
        if whole > 0.0 { sum / whole } else { 0.0 }
    }

    /// The quantile over the rows of `value`.
    fn quantile(&self, share: f64, value: impl Fn(u32) -> f64) -> f64 {
        match self.weights {
            None => quantile(&mut self.rows.iter().map(|row| value(*row)).collect::<Vec<_>>(), share),
            Some(_) => {
                let weighted = self.rows.iter().map(|row| (value(*row), self.weight(*row)));
                weighted_quantile(&mut weighted.collect::<Vec<_>>(), share)
            }
        }
    }
}

impl Loss {
    pub(crate) fn outputs(self) -> usize {
        match self {
            Loss::Softmax { classes } => classes,
            _ => 1,
        }
    }

    pub(crate) fn link(self) -> Link {
        match self {
            Loss::Logistic => Link::Logistic,
            Loss::Softmax { .. } => Link::Softmax,
            _ => Link::Identity,
        }
    }

    /// What it is of.
    pub(crate) fn values(self) -> Values {
        match self {
            Loss::Logistic => Values::Classes(2),
            Loss::Softmax { classes } => Values::Classes(classes),
            _ => Values::Numbers,
        }
    }

    /// Whether hessians differ between rows of equal weight.
    pub(crate) fn has_hessians(self) -> bool {
        matches!(self, Loss::Logistic | Loss::Softmax { .. })
    }

    /// Whether the values of leaves come from the residuals.
    pub(crate) fn renews(self) -> bool {
        matches!(self, Loss::Absolute | Loss::Huber { .. } | Loss::Quantile { .. })
    }

    pub(crate) fn check(self) -> Result<(), Error> {
        match self {
            Loss::Huber { alpha } | Loss::Quantile { alpha } if !(alpha > 0.0 && alpha < 1.0) => Err(Error::Param {
                name: "alpha",
                value: alpha.to_string(),
                rule: "between 0 and 1, both excluded".to_owned(),
            }),
            Loss::Softmax { classes } if !(2..=1000).contains(&classes) => {
                Err(Error::Param { name: "classes", value: classes.to_string(), rule: "between 2 and 1000".to_owned() })
            }
            _ => Ok(()),
        }
    }

    /// The constant prediction with the least loss, one a class.
    pub(crate) fn start(self, targets: &Targets) -> Vec<f64> {
        let y = |row: u32| targets.target[row as usize];
        match self {
            Loss::Squared => vec![targets.mean(y)],
            Loss::Absolute | Loss::Huber { .. } => vec![targets.quantile(0.5, y)],
            Loss::Quantile { alpha } => vec![targets.quantile(alpha, y)],
            Loss::Logistic => {
                // A class may have rows of weight 0 only.
                let share = targets.mean(y).clamp(1e-15, 1.0 - 1e-15);
                vec![(share / (1.0 - share)).ln()]
            }
            Loss::Softmax { classes } => {
                let share = |class: usize| targets.mean(|row| if y(row) == class as f64 { 1.0 } else { 0.0 });
                (0..classes).map(|class| share(class).max(1e-15).ln()).collect()
            }
        }
    }

    /// Where the Huber loss turns from squared to absolute.
    pub(crate) fn turn(self, targets: &Targets, scores: &[f64]) -> f64 {
        match self {
            Loss::Huber { alpha } => {
                targets.quantile(alpha, |row| (targets.target[row as usize] - scores[row as usize]).abs())
            }
            _ => 0.0,
        }
    }

    /// Gradient and hessian of one row by `class`'s score (the only one but for softmax), of weight 1.
    pub(crate) fn gradient(self, target: f64, scores: &[f64], class: usize, turn: f64) -> (f64, f64) {
        let residual = || scores[0] - target;
        match self {
            Loss::Squared => (residual(), 1.0),
            Loss::Absolute => (sign(residual()), 1.0),
            Loss::Huber { .. } => (residual().clamp(-turn, turn), 1.0),
            Loss::Quantile { alpha } => (if residual() >= 0.0 { 1.0 - alpha } else { -alpha }, 1.0),
            Loss::Logistic => {
                let p = 1.0 / (1.0 + (-scores[0]).exp());
                (p - target, p * (1.0 - p))
            }
            // Here the scores are probabilities already.
            Loss::Softmax { .. } => {
                let p = scores[class];
                (p - if target == class as f64 { 1.0 } else { 0.0 }, p * (1.0 - p))
            }
        }
    }

    /// The value of a leaf with these rows that makes the loss least.
    pub(crate) fn renewed(self, targets: &Targets, scores: &[f64], turn: f64) -> f64 {
        let residual = |row: u32| targets.target[row as usize] - scores[row as usize];
        match self {
            Loss::Quantile { alpha } => targets.quantile(alpha, residual),
            // Friedman 2001, algorithm 4: the median, and a step from it by the bounded residuals.
            Loss::Huber { .. } => {
                let median = targets.quantile(0.5, residual);
                median + targets.mean(|row| (residual(row) - median).clamp(-turn, turn))
            }
            _ => targets.quantile(0.5, residual),
        }
    }

    /// The mean loss of the rows, `scores` row by row. Huber's turns at `turn`.
    pub(crate) fn mean(self, targets: &Targets, scores: &[f64], turn: f64) -> f64 {
        let outputs = self.outputs();
        let mut probabilities = vec![0.0; outputs];
        let (mut sum, mut whole) = (0.0, 0.0);
        for row in targets.rows {
            let weight = targets.weight(*row);
            let y = targets.target[*row as usize];
            let score = &scores[*row as usize * outputs..(*row as usize + 1) * outputs];
            let residual = y - score[0];
            let loss = match self {
                Loss::Squared => residual * residual,
                Loss::Absolute => residual.abs(),
                Loss::Huber { .. } if residual.abs() <= turn => residual * residual / 2.0,
                Loss::Huber { .. } => turn * (residual.abs() - turn / 2.0),
                Loss::Quantile { alpha } => (alpha * residual).max((alpha - 1.0) * residual),
                // log(1 + exp(s)) - y s, without overflow
                Loss::Logistic => score[0].max(0.0) - y * score[0] + (-score[0].abs()).exp().ln_1p(),
                Loss::Softmax { .. } => {
                    probabilities.copy_from_slice(score);
                    softmax(&mut probabilities);
                    -probabilities[y as usize].max(f64::MIN_POSITIVE).ln()
                }
            };
            sum += weight * loss;
            whole += weight;
        }
        sum / whole
    }
}

fn sign(value: f64) -> f64 {
    if value > 0.0 {
        1.0
    } else if value < 0.0 {
        -1.0
    } else {
        0.0
    }
}
