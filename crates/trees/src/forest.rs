//! Random forests (Breiman 2001) and extremely randomised trees (Geurts, Ernst and Wehenkel 2006): trees grown to the
//! end on drawn rows and features, whose mean predicts.

mod gini;
mod grow;
mod params;
mod variance;

use std::sync::atomic::{AtomicUsize, Ordering};

use algomosaic_core::Job;

pub use params::{Params, Task};

use crate::boosting::{check_classes, even_weights};
use crate::ensemble::Link;
use crate::grow::Grown;
use crate::histogram::{Entry, quantise};
use crate::random::Random;
use crate::workers::Workers;
use crate::{Binned, Ensemble, Error};
use gini::Gini;
use grow::{Criterion, grow};
use variance::Variance;

/// A forest, and how it does on rows it did not see.
#[derive(Debug, Clone, PartialEq)]
pub struct Forest {
    /// The trees.
    pub ensemble: Ensemble,
    /// With bootstrap: what the trees that did not draw a row predict for it.
    pub out_of_bag: Option<OutOfBag>,
}

/// Predictions of each training row by the trees that did not draw it.
#[derive(Debug, Clone, PartialEq)]
pub struct OutOfBag {
    /// As [`Ensemble::predict`] gives them; NaN for a row that every tree drew.
    pub predictions: Vec<f64>,
    /// R² of a regression, the share of right classes otherwise, over the rows with a prediction. None where it is not
    /// defined: no such row, or a target that does not vary.
    pub score: Option<f64>,
}

/// A tree and its values, one node after the other; and the rows it drew, as bits.
struct Drawn {
    grown: Grown,
    values: Vec<f64>,
    bag: Vec<u64>,
}

/// Trains on all rows of `binned`. `target` and `weights` have a value a row; classes are 0, 1, ...
/// Stops within a node of each tree when the job is cancelled.
pub fn train(
    binned: &Binned,
    target: &[f64],
    weights: Option<&[f64]>,
    params: &Params,
    threads: usize,
    job: &Job,
) -> Result<Forest, Error> {
    params.check()?;
    let rows = binned.rows();
    if target.len() != rows {
        return Err(Error::Length { what: "the target".to_owned(), found: target.len(), rows });
    }
    match params.task.classes() {
        Some(classes) => check_classes(target, classes, 0..rows)?,
        None => {
            if let Some(row) = target.iter().position(|value| !(value.abs() <= 1e100)) {
                let rule = "a number between -1e100 and 1e100".to_owned();
                return Err(Error::Target { value: target[row], row, rule });
            }
        }
    }
    let all: Vec<u32> = (0..rows as u32).collect();
    let weights = weights.map(|weights| even_weights(weights, &all, rows)).transpose()?;
    let workers = Workers::new(threads)?;
    let training = Training { binned, target, weights: weights.as_deref(), params, workers: &workers, job };
    let trees = workers.run(|| match params.task {
        Task::Classes { classes } => training.classes(classes),
        _ if weights.is_some() => training.values::<[i64; 2]>(),
        _ => training.values::<i64>(),
    })?;
    let outputs = params.task.outputs();
    let out_of_bag = params.bootstrap.then(|| training.out_of_bag(&trees, outputs));
    let scale = 1.0 / params.n_estimators as f64;
    let ensemble = Ensemble {
        features: binned.features() as u32,
        outputs: outputs as u32,
        link: Link::Identity,
        base: vec![0.0; outputs],
        scale,
        trees: trees.into_iter().map(|tree| tree.grown.tree(binned, 0, tree.values)).collect(),
    };
    Ok(Forest { ensemble, out_of_bag })
}

struct Training<'a> {
    binned: &'a Binned,
    target: &'a [f64],
    weights: Option<&'a [f64]>,
    params: &'a Params,
    workers: &'a Workers,
    job: &'a Job,
}

/// Rows predicted by one piece of work.
const PIECE: usize = 2048;

impl Training<'_> {
    /// Trees that predict numbers; the variance of 0 and 1 is half their Gini impurity, so two classes are numbers too.
    fn values<E: Entry>(&self) -> Result<Vec<Drawn>, Error> {
        let rows = self.target.len();
        let weight = |row: usize| self.weights.map_or(1.0, |weights| weights[row]);
        let centre = (0..rows).map(|row| weight(row) * self.target[row]).sum::<f64>() / rows as f64;
        let gradients: Vec<f64> = (0..rows).map(|row| weight(row) * (centre - self.target[row])).collect();
        let mut values = Vec::<E>::new();
        let unit = quantise(&gradients, self.weights.unwrap_or_default(), rows, &mut values);
        self.trees(|| Variance::new(self.binned, (self.target, &values), unit, centre, self.params))
    }

    fn classes(&self, classes: usize) -> Result<Vec<Drawn>, Error> {
        let labels: Vec<u16> = self.target.iter().map(|class| *class as u16).collect();
        let weights = gini::whole_weights(self.weights, labels.len());
        self.trees(|| Gini::new(self.binned, &labels, &weights, classes, self.params))
    }

    fn trees<C: Criterion>(&self, criterion: impl Fn() -> C + Sync) -> Result<Vec<Drawn>, Error> {
        let done = AtomicUsize::new(0);
        let count = self.params.n_estimators;
        let tree = |number: usize| {
            self.job.check()?;
            let mut random = Random::new(self.params.seed, number as u64);
            let (rows, counts, bag) = self.draw(&mut random);
            let (grown, values) = grow(criterion(), self.binned, rows, counts, self.params, &mut random, self.job)?;
            self.job.step(done.fetch_add(1, Ordering::Relaxed) + 1, count)?;
            Ok(Drawn { grown, values, bag })
        };
        self.workers.map(count, tree).into_iter().collect()
    }

    /// The rows of a tree, how often each was drawn (none: once), and the rows as bits.
    fn draw(&self, random: &mut Random) -> (Vec<u32>, Option<Vec<u32>>, Vec<u64>) {
        let rows = self.target.len();
        if !self.params.bootstrap {
            return ((0..rows as u32).collect(), None, Vec::new());
        }
        let mut counts = vec![0_u32; rows];
        for _ in 0..rows {
            counts[random.below(rows)] += 1;
        }
        let mut bag = vec![0_u64; rows.div_ceil(64)];
        let mut drawn = Vec::new();
        for row in (0..rows).filter(|row| counts[*row] > 0) {
            bag[row / 64] |= 1 << (row % 64);
            drawn.push(row as u32);
        }
        (drawn, Some(counts), bag)
    }

    fn out_of_bag(&self, trees: &[Drawn], outputs: usize) -> OutOfBag {
        let mut predictions = vec![0.0; self.target.len() * outputs];
        let mut pieces: Vec<_> = predictions.chunks_mut(PIECE * outputs).enumerate().collect();
        self.workers.each(&mut pieces, |(piece, sums)| {
            for (i, sums) in sums.chunks_mut(outputs).enumerate() {
                let row = *piece * PIECE + i;
                let mut count = 0.0;
                for tree in trees.iter().filter(|tree| tree.bag[row / 64] >> (row % 64) & 1 == 0) {
                    let leaf = tree.grown.leaf_of(self.binned, row);
                    let values = &tree.values[leaf * outputs..(leaf + 1) * outputs];
                    sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
                    count += 1.0;
                }
                // 0 / 0 is the NaN of a row without such a tree.
                sums.iter_mut().for_each(|sum| *sum /= count);
            }
        });
        let score = self.score(&predictions, outputs);
        OutOfBag { predictions, score }
    }

    fn score(&self, predictions: &[f64], outputs: usize) -> Option<f64> {
        let pairs = || predictions.chunks(outputs).zip(self.target).filter(|(found, _)| !found[0].is_nan());
        let count = pairs().count() as f64;
        if count == 0.0 {
            return None;
        }
        if self.params.task.classes().is_some() {
            let right = |found: &[f64], class: f64| match found {
                [one] => (*one > 0.5) == (class == 1.0),
                all => all.iter().all(|share| *share <= all[class as usize]),
            };
            return Some(pairs().filter(|(found, class)| right(found, **class)).count() as f64 / count);
        }
        let mean = pairs().map(|(_, y)| y).sum::<f64>() / count;
        let spread: f64 = pairs().map(|(_, y)| (y - mean) * (y - mean)).sum();
        let error: f64 = pairs().map(|(found, y)| (y - found[0]) * (y - found[0])).sum();
        (spread > 0.0).then(|| 1.0 - error / spread)
    }
}
