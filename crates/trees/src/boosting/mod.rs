//! Gradient boosting: each tree steps down the loss's gradient (Friedman 2001), its leaves by Newton's method.

mod loss;
mod params;

use algomosaic_core::Job;

pub use loss::Loss;
pub use params::Params;
pub(crate) use params::{rule, rule_min_samples_leaf};

use crate::ensemble::softmax;
use crate::grow::{Grower, Grown, Leaf, Plan, Shape};
use crate::histogram::{Entry, fits, quantise};
use crate::random::Random;
use crate::split::Rules;
use crate::workers::Workers;
use crate::{Binned, Data, Ensemble, Error, Tree};
use loss::Targets;

/// A boosted ensemble, and how its loss fell.
#[derive(Debug, Clone, PartialEq)]
pub struct Boosted {
    /// The trees; with early stopping, up to the best iteration.
    pub ensemble: Ensemble,
    /// The mean loss of the validation rows after each iteration; empty without such rows. For squared loss it is the mean
    /// squared error.
    pub curve: Vec<f64>,
    /// How many iterations have the least loss on the validation rows; all when there are no such rows.
    pub best_iteration: usize,
}

/// Trains on the rows of `data` that are not in `valid`, whose loss is watched. The same data, parameters and seed give the
/// same model whatever the number of threads. Reports its progress, and stops within a split when the job is cancelled.
pub fn train(data: &Data, valid: Option<&[u32]>, params: &Params, threads: usize, job: &Job) -> Result<Boosted, Error> {
    let valid = valid.unwrap_or_default();
    params.check(data.binned.features(), !valid.is_empty())?;
    let used = data.check(valid, params.loss.values())?;
    let workers = Workers::new(threads)?;
    let targets = Targets { target: data.target, weights: used.weights.as_deref(), rows: &used.train };
    let valid = Targets { rows: &used.valid, ..targets };
    let training =
        Training { binned: data.binned, targets, valid, others: &used.others, params, workers: &workers, job };
    workers.run(|| if training.needs_width() { training.run::<[i64; 2]>() } else { training.run::<i64>() })
}

struct Training<'a> {
    binned: &'a Binned,
    targets: Targets<'a>,
    valid: Targets<'a>,
    /// Rows that are not trained on.
    others: &'a [u32],
    params: &'a Params,
    workers: &'a Workers,
    job: &'a Job,
}

/// Rows whose gradients are computed at a time by one thread.
const CHUNK: usize = 4_096;

impl Training<'_> {
    /// Whether hessians differ between rows, or gradients so much that one number cannot hold a sum and a count.
    fn needs_width(&self) -> bool {
        let Targets { target, weights, rows } = self.targets;
        let loss = self.params.loss;
        if loss.has_hessians() || weights.is_some() {
            return true;
        }
        let centre = loss.start(&self.targets)[0];
        loss == Loss::Squared && !fits(rows.iter().map(|row| target[*row as usize]).collect(), centre)
    }

    fn run<E: Entry>(&self) -> Result<Boosted, Error> {
        let (params, targets) = (self.params, &self.targets);
        let outputs = params.loss.outputs();
        let base = params.loss.start(targets);
        let mut scores: Vec<f64> = base.iter().copied().cycle().take(outputs * self.binned.rows()).collect();
        let curve_turn = params.loss.turn(targets, &scores);
        let mut grower = Grower::<E>::new(self.binned, self.workers);
        let mut gradients = Gradients::default();
        let (mut values, mut unseen, mut scratch) = (Vec::new(), Vec::new(), Vec::new());
        let mut trees: Vec<Tree> = Vec::new();
        let mut curve: Vec<f64> = Vec::new();
        let mut best = 0;
        for iteration in 0..params.n_estimators {
            let mut random = Random::new(params.seed, iteration as u64);
            let (rows, left_out) = self.sample(&mut random);
            let turn = params.loss.turn(targets, &scores);
            if outputs > 1 {
                gradients.probabilities(&scores, outputs, self.workers);
            }
            for class in 0..outputs {
                self.job.step(iteration * outputs + class, params.n_estimators * outputs)?;
                gradients.compute(self, &scores, class, turn, E::HESSIANS);
                let unit = quantise(&gradients.first, &gradients.second, targets.rows.len(), self.workers, &mut values);
                let rules = Rules {
                    min_rows: params.min_samples_leaf as i64,
                    min_gain: params.min_split_gain,
                    l1: params.l1,
                    l2: params.l2,
                };
                let shape = Shape { leaves: params.num_leaves, depth: params.depth(), monotone: &params.monotone };
                let plan =
                    Plan { values: &values, unit, rules, shape, chosen: self.choose(&mut random), job: self.job };
                let (mut grown, leaves) = grower.grow(rows.as_deref().unwrap_or(targets.rows), &plan)?;
                if params.loss.renews() {
                    self.renew(&mut grown, &leaves, &grower.rows, &scores, turn);
                }
                for node in &mut grown.nodes {
                    node.value *= params.learning_rate;
                }
                let inside = |leaf: &Leaf<E>| (grown.nodes[leaf.node].value, &grower.rows[leaf.start..leaf.end]);
                self.add(&mut scores, class, &leaves.iter().map(inside).collect::<Vec<_>>());
                unseen.clear();
                unseen.extend(left_out.iter().chain(self.valid.rows));
                scratch.resize(unseen.len(), 0);
                grown.leaves(self.binned, &mut unseen, &mut scratch, |leaf, rows| {
                    for row in rows {
                        scores[*row as usize * outputs + class] += grown.nodes[leaf].value;
                    }
                });
                let values = grown.nodes.iter().map(|node| node.value).collect();
                trees.push(grown.tree(self.binned, class as u32, values));
            }
            if !self.valid.rows.is_empty() {
                curve.push(params.loss.mean(&self.valid, &scores, curve_turn));
                if curve[iteration] < curve[best] {
                    best = iteration;
                }
                if params.early_stopping_rounds.is_some_and(|rounds| iteration - best >= rounds) {
                    break;
                }
            }
        }
        self.job.step(1, 1)?;
        let best_iteration = if curve.is_empty() { params.n_estimators } else { best + 1 };
        if params.early_stopping_rounds.is_some() {
            trees.truncate(best_iteration * outputs);
        }
        let features = self.binned.features() as u32;
        let ensemble =
            Ensemble { features, outputs: outputs as u32, link: params.loss.link(), base, scale: 1.0, trees };
        Ok(Boosted { ensemble, curve, best_iteration })
    }

    /// Adds the value of each leaf to the scores of its rows, which are ascending: each thread has a range of all rows.
    fn add(&self, scores: &mut [f64], class: usize, leaves: &[(f64, &[u32])]) {
        let outputs = self.params.loss.outputs();
        let size = self.binned.rows().div_ceil(self.workers.threads).max(CHUNK);
        let mut parts: Vec<_> = scores.chunks_mut(size * outputs).enumerate().collect();
        self.workers.each(&mut parts, |(part, scores)| {
            let (first, end) = (*part * size, (*part + 1) * size);
            for (value, rows) in leaves {
                let place = |row: usize| rows.partition_point(|found| (*found as usize) < row);
                for row in &rows[place(first)..place(end)] {
                    scores[(*row as usize - first) * outputs + class] += value;
                }
            }
        });
    }

    /// The rows of the next tree (none: all) and the others.
    fn sample(&self, random: &mut Random) -> (Option<Vec<u32>>, Vec<u32>) {
        let all = self.targets.rows;
        if self.params.subsample >= 1.0 {
            return (None, Vec::new());
        }
        let count = ((all.len() as f64 * self.params.subsample).round() as usize).max(1);
        let chosen = random.choose(count, all.len());
        let mut others = Vec::with_capacity(all.len() - count);
        let mut next = chosen.iter().peekable();
        for (place, row) in all.iter().enumerate() {
            if next.peek().is_some_and(|chosen| **chosen as usize == place) {
                next.next();
            } else {
                others.push(*row);
            }
        }
        (Some(chosen.iter().map(|place| all[*place as usize]).collect()), others)
    }

    /// The features of the next tree.
    fn choose(&self, random: &mut Random) -> Vec<Vec<u8>> {
        if self.params.colsample >= 1.0 {
            return self.binned.every();
        }
        let features = self.binned.features();
        let count = ((features as f64 * self.params.colsample).round() as usize).max(1);
        self.binned.places(&random.choose(count, features))
    }

    /// Values from the residuals in place of Newton steps, kept in order along monotone features.
    fn renew<E>(&self, grown: &mut Grown, leaves: &[Leaf<E>], rows: &[u32], scores: &[f64], turn: f64) {
        for leaf in leaves {
            let targets = Targets { rows: &rows[leaf.start..leaf.end], ..self.targets };
            grown.nodes[leaf.node].value = self.params.loss.renewed(&targets, scores, turn);
        }
        grown.fill_up();
        if self.params.monotone.iter().any(|direction| *direction != 0) {
            grown.keep_order(&self.params.monotone);
        }
    }
}

/// Gradients and hessians of all rows; those not trained on have none.
#[derive(Default)]
struct Gradients {
    first: Vec<f64>,
    second: Vec<f64>,
    probabilities: Vec<f64>,
}

impl Gradients {
    fn probabilities(&mut self, scores: &[f64], outputs: usize, workers: &Workers) {
        self.probabilities.clear();
        self.probabilities.extend_from_slice(scores);
        let mut chunks: Vec<&mut [f64]> = self.probabilities.chunks_mut(CHUNK * outputs).collect();
        workers.each(&mut chunks, |chunk| chunk.chunks_mut(outputs).for_each(softmax));
    }

    fn compute(&mut self, training: &Training, scores: &[f64], class: usize, turn: f64, hessians: bool) {
        let Training { targets, params, workers, .. } = training;
        let (loss, outputs) = (params.loss, params.loss.outputs());
        let scores = if outputs > 1 { &self.probabilities } else { scores };
        self.first.resize(targets.target.len(), 0.0);
        self.second.resize(if hessians { targets.target.len() } else { 0 }, 0.0);
        let mut seconds = self.second.chunks_mut(CHUNK);
        let chunks = self.first.chunks_mut(CHUNK).enumerate();
        let mut chunks: Vec<_> =
            chunks.map(|(i, first)| (i * CHUNK, first, seconds.next().unwrap_or_default())).collect();
        workers.each(&mut chunks, |(start, first, second)| {
            let range = *start..*start + first.len();
            let target = &targets.target[range.clone()];
            let scores = &scores[range.start * outputs..range.end * outputs];
            if second.is_empty() {
                for ((g, y), score) in first.iter_mut().zip(target).zip(scores) {
                    *g = loss.gradient(*y, &[*score], class, turn).0;
                }
                return;
            }
            let weights = targets.weights.map(|weights| &weights[range]);
            for (i, (g, h)) in first.iter_mut().zip(second.iter_mut()).enumerate() {
                let weight = weights.map_or(1.0, |weights| weights[i]);
                let found = loss.gradient(target[i], &scores[i * outputs..(i + 1) * outputs], class, turn);
                (*g, *h) = (weight * found.0, weight * found.1);
            }
        });
        // What is not trained on must not be felt, not even in how numbers are rounded.
        for row in training.others.iter().map(|row| *row as usize) {
            self.first[row] = 0.0;
            self.second.get_mut(row).into_iter().for_each(|second| *second = 0.0);
        }
    }
}
