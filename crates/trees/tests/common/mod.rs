//! Data drawn from a seed, and short ways to train on them.
#![allow(dead_code, clippy::unwrap_used, clippy::missing_panics_doc, reason = "each test file uses some of it")]

use algomosaic_core::Job;
use algomosaic_trees::{Binned, Data, Ensemble, boosting, forest};

pub(crate) struct Draw(pub(crate) u64);

impl Draw {
    /// From 0 to 1, by a linear congruential generator with the constants of Knuth's MMIX.
    pub(crate) fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Mean 0, deviation 1, nearly normal.
    pub(crate) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }
}

pub(crate) struct Set {
    pub(crate) columns: Vec<Vec<f64>>,
    pub(crate) y: Vec<f64>,
}

impl Set {
    /// `rows` x `features` of normal numbers in steps of `step`, a tenth of the first column missing, and a target of the
    /// first three columns with noise. Missing values mean a high target.
    pub(crate) fn of(rows: usize, features: usize, step: f64, seed: u64) -> Set {
        let mut draw = Draw(seed);
        let mut columns: Vec<Vec<f64>> = (0..features).map(|_| Vec::with_capacity(rows)).collect();
        let mut y = Vec::with_capacity(rows);
        for _ in 0..rows {
            for column in &mut columns {
                column.push((draw.normal() / step).round() * step);
            }
            let x = |feature: usize| columns.get(feature).map_or(0.0, |column| column[y.len()]);
            let mut target = (2.0 * x(0)).tanh() + x(1) * x(2) + 0.3 * draw.normal();
            if draw.unit() < 0.1 {
                columns[0][y.len()] = f64::NAN;
                target += 3.0;
            }
            y.push(target);
        }
        Set { columns, y }
    }

    pub(crate) fn slices(&self) -> Vec<&[f64]> {
        self.columns.iter().map(Vec::as_slice).collect()
    }

    pub(crate) fn binned(&self) -> Binned {
        Binned::of(&self.slices(), 255, 1, &Job::new()).unwrap()
    }

    /// 0 and 1, or 0 to 2, by the size of the target.
    pub(crate) fn classes(&self, classes: usize) -> Vec<f64> {
        let class = |y: &f64| {
            if classes == 2 { f64::from(*y > 0.5) } else { f64::from(u8::from(*y > -0.5) + u8::from(*y > 1.0)) }
        };
        self.y.iter().map(class).collect()
    }

    pub(crate) fn target(&self, loss: boosting::Loss) -> Vec<f64> {
        match loss {
            boosting::Loss::Logistic => self.classes(2),
            boosting::Loss::Softmax { classes } => self.classes(classes),
            _ => self.y.clone(),
        }
    }
}

pub(crate) const LOSSES: [boosting::Loss; 6] = [
    boosting::Loss::Squared,
    boosting::Loss::Absolute,
    boosting::Loss::Huber { alpha: 0.9 },
    boosting::Loss::Quantile { alpha: 0.7 },
    boosting::Loss::Logistic,
    boosting::Loss::Softmax { classes: 3 },
];

pub(crate) fn boost(data: &Data, params: &boosting::Params) -> Ensemble {
    let ensemble = boosting::train(data, None, params, 1, &Job::new()).unwrap().ensemble;
    ensemble.check().unwrap();
    ensemble
}

pub(crate) fn grow(data: &Data, params: &forest::Params) -> forest::Forest {
    let forest = forest::train(data, params, 1, &Job::new()).unwrap();
    forest.ensemble.check().unwrap();
    forest
}

/// The greatest difference; missing values must stand in the same places.
pub(crate) fn apart(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| if a.is_nan() && b.is_nan() { 0.0 } else { (a - b).abs() }).fold(
        0.0,
        |most, difference| {
            if difference.is_nan() { f64::INFINITY } else { difference.max(most) }
        },
    )
}
