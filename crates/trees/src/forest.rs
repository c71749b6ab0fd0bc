//! Random forests (Breiman 2001) and extremely randomised trees (Geurts, Ernst and Wehenkel 2006): trees grown to the
//! end on drawn rows and features, whose mean predicts.

mod gini;
mod grow;
mod params;
mod variance;

use std::sync::atomic::{AtomicUsize, Ordering};

use algomosaic_core::Job;

pub use params::{Params, Task};

use crate::data::{Used, Values};
use crate::ensemble::Link;
use crate::grow::Grown;
use crate::histogram::{Entry, fits, quantise};
use crate::random::Random;
use crate::workers::Workers;
use crate::{Data, Ensemble, Error};
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
    /// As [`Ensemble::predict`] gives them, for all rows; NaN for a row that every tree drew or that is not trained on.
    pub predictions: Vec<f64>,
    /// R² of a regression, the share of right classes otherwise, over the rows with a prediction, which count alike
    /// whatever their weights. None where it is not defined: no such row, or a target that does not vary.
    pub score: Option<f64>,
}

/// A tree and its values, one node after the other; and the rows it drew, as bits.
struct Drawn {
    grown: Grown,
    values: Vec<f64>,
    bag: Vec<u64>,
}

/// Trains on the rows of `data`. The same data, parameters and seed give the same model whatever the number of threads.
/// Reports its progress, and stops within a split of each tree when the job is cancelled.
pub fn train(data: &Data, params: &Params, threads: usize, job: &Job) -> Result<Forest, Error> {
    params.check()?;
    let used = data.check(&[], params.task.classes().map_or(Values::Numbers, Values::Classes))?;
    let workers = Workers::new(threads)?;
    let growing = job.part(0.0, if params.bootstrap { 0.95 } else { 1.0 });
    let training = Training { data, used: &used, params, workers: &workers, job: &growing, done: AtomicUsize::new(0) };
    let outputs = params.task.outputs();
    let (trees, out_of_bag) = workers.run(|| {
        let trees = match params.task {
            Task::Classes { classes } => training.classes(classes),
            // 0 and 1 have exact sums.
            Task::Binary => training.values(0.0, true),
            Task::Regression => {
                let centre = training.mean();
                training.values(centre, fits(used.train.iter().map(|row| training.target(*row)).collect(), centre))
            }
        }?;
        let out_of_bag =
            params.bootstrap.then(|| training.out_of_bag(&trees, outputs, &job.part(0.95, 1.0))).transpose()?;
        Ok::<_, Error>((trees, out_of_bag))
    })?;
    job.step(1, 1)?;
    let ensemble = Ensemble {
        features: data.binned.features() as u32,
        outputs: outputs as u32,
        link: Link::Identity,
        base: vec![0.0; outputs],
        scale: 1.0 / params.n_estimators as f64,
        trees: trees.into_iter().map(|tree| tree.grown.tree(data.binned, 0, tree.values)).collect(),
    };
    Ok(Forest { ensemble, out_of_bag })
}

struct Training<'a> {
    data: &'a Data<'a>,
    used: &'a Used,
    params: &'a Params,
    workers: &'a Workers,
    job: &'a Job,
    /// Rows that have reached their leaf, with repeats, over all trees.
    done: AtomicUsize,
}

/// Rows predicted by one piece of work.
const PIECE: usize = 32_768;

impl Training<'_> {
    fn weight(&self, row: u32) -> f64 {
        self.used.weights.as_ref().map_or(1.0, |weights| weights[row as usize])
    }

    fn target(&self, row: u32) -> f64 {
        self.data.target[row as usize]
    }

    fn mean(&self) -> f64 {
        let rows = &self.used.train;
        rows.iter().map(|row| self.weight(*row) * self.target(*row)).sum::<f64>() / rows.len() as f64
    }

    /// Trees that predict numbers; the variance of 0 and 1 is half their Gini impurity, so two classes are numbers too.
    /// Numbers are kept as their distance from `centre`; when they are `even`, in one number with a count.
    fn values(&self, centre: f64, even: bool) -> Result<Vec<Drawn>, Error> {
        if self.used.weights.is_none() && even { self.sums::<i64>(centre) } else { self.sums::<[i64; 2]>(centre) }
    }

    fn sums<E: Entry>(&self, centre: f64) -> Result<Vec<Drawn>, Error> {
        let rows = &self.used.train;
        let count = self.data.target.len();
        let mut gradients = vec![0.0; count];
        rows.iter().for_each(|row| gradients[*row as usize] = self.weight(*row) * (centre - self.target(*row)));
        let ones = || if E::HESSIANS { vec![1.0; count] } else { Vec::new() };
        let hessians = self.used.weights.clone().unwrap_or_else(ones);
        let mut values = Vec::<E>::new();
        let unit = quantise(&gradients, &hessians, rows.len(), self.workers, &mut values);
        self.trees(|| Variance::new(self.data, &values, unit, centre, self.params))
    }

    fn classes(&self, classes: usize) -> Result<Vec<Drawn>, Error> {
        let labels: Vec<u16> = self.data.target.iter().map(|class| *class as u16).collect();
        let weights = gini::whole_weights(self.used.weights.as_deref(), labels.len());
        self.trees(|| Gini::new(self.data.binned, &labels, &weights, classes, self.params))
    }

    /// So many rows, with repeats, have reached their leaf in one tree.
    fn arrived(&self, rows: usize) -> Result<(), Error> {
        let before = self.done.fetch_add(rows, Ordering::Relaxed);
        let all = self.used.train.len() * self.params.n_estimators;
        // Not at each leaf: there are many.
        if before * 1000 / all != (before + rows) * 1000 / all {
            self.job.step(before + rows, all)?;
        }
        Ok(())
    }

    fn trees<C: Criterion>(&self, criterion: impl Fn() -> C + Sync) -> Result<Vec<Drawn>, Error> {
        let tree = |number: usize| {
            self.job.check()?;
            let mut random = Random::new(self.params.seed, number as u64);
            let (rows, counts, bag) = self.draw(&mut random);
            let (grown, values) = grow(criterion(), self.data.binned, rows, counts, self.params, &mut random, self)?;
            Ok(Drawn { grown, values, bag })
        };
        self.workers.map(self.params.n_estimators, tree).into_iter().collect()
    }

    /// The rows of a tree, how often each was drawn (none: once), and the rows as bits.
    fn draw(&self, random: &mut Random) -> (Vec<u32>, Option<Vec<u32>>, Vec<u64>) {
        let (rows, all) = (&self.used.train, self.data.target.len());
        if !self.params.bootstrap {
            return (rows.clone(), None, Vec::new());
        }
        let mut counts = vec![0_u32; all];
        for _ in rows {
            counts[rows[random.below(rows.len())] as usize] += 1;
        }
        let mut bag = vec![0_u64; all.div_ceil(64)];
        let mut drawn = Vec::new();
        for row in (0..all).filter(|row| counts[*row] > 0) {
            bag[row / 64] |= 1 << (row % 64);
            drawn.push(row as u32);
        }
        (drawn, Some(counts), bag)
    }

    fn out_of_bag(&self, trees: &[Drawn], outputs: usize, job: &Job) -> Result<OutOfBag, Error> {
        let mut predictions = vec![f64::NAN; self.data.target.len() * outputs];
        let mut pieces: Vec<_> = predictions.chunks_mut(PIECE * outputs).enumerate().collect();
        let (done, all) = (AtomicUsize::new(0), pieces.len() * trees.len());
        self.workers.each(&mut pieces, |(piece, sums)| {
            let (first, end) = (*piece * PIECE, *piece * PIECE + sums.len() / outputs);
            let begin = self.used.train.partition_point(|row| (*row as usize) < first);
            let trained = &self.used.train[begin..self.used.train.partition_point(|row| (*row as usize) < end)];
            for row in trained {
                sums[(*row as usize - first) * outputs..][..outputs].fill(0.0);
            }
            let mut counts = vec![0.0; end - first];
            let (mut rows, mut scratch) = (Vec::new(), vec![0; trained.len()]);
            for tree in trees {
                if job.step(done.fetch_add(1, Ordering::Relaxed), all).is_err() {
                    return;
                }
                let unseen = |row: &&u32| tree.bag[**row as usize / 64] >> (**row % 64) & 1 == 0;
                rows.clear();
                rows.extend(trained.iter().filter(unseen));
                tree.grown.leaves(self.data.binned, &mut rows, &mut scratch, |leaf, rows| {
                    let values = &tree.values[leaf * outputs..(leaf + 1) * outputs];
                    for place in rows.iter().map(|row| *row as usize - first) {
                        sums[place * outputs..].iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
                        counts[place] += 1.0;
                    }
                });
            }
            // 0 / 0 is the NaN of a row without such a tree.
            for (sums, count) in sums.chunks_mut(outputs).zip(counts) {
                sums.iter_mut().for_each(|sum| *sum /= count);
            }
        });
        job.check()?;
        let score = self.score(&predictions, outputs);
        Ok(OutOfBag { predictions, score })
    }

    fn score(&self, predictions: &[f64], outputs: usize) -> Option<f64> {
        let pairs = || predictions.chunks(outputs).zip(self.data.target).filter(|(found, _)| !found[0].is_nan());
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
        let mut targets = pairs().map(|(_, y)| y);
        let first = targets.next()?;
        let varies = targets.any(|y| y != first);
        let spread: f64 = pairs().map(|(_, y)| (y - mean) * (y - mean)).sum();
        let error: f64 = pairs().map(|(found, y)| (y - found[0]) * (y - found[0])).sum();
        (varies && spread > 0.0).then(|| 1.0 - error / spread)
    }
}
