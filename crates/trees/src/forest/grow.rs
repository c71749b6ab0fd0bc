//! Grows one tree of a forest, node by node, to the end. What a node is worth and where a feature divides it best is the
//! criterion's to say.

use super::{Params, Training};
use crate::Error;
use crate::binned::{Binned, Bins};
use crate::grow::{Grown, GrownNode, better};
use crate::random::Random;
use crate::rows::partition;
use crate::split::Split;
use crate::workers::Workers;

/// What is made pure. Rows have a share in a sum, and a sum tells a node's value.
pub(super) trait Criterion {
    /// What is summed.
    type Sum: Clone;
    /// The sum over rows; remembers how often each was drawn.
    fn begin(&mut self, rows: &[u32], counts: Option<Vec<u32>>) -> Self::Sum;
    /// Number of rows, with repeats.
    fn rows(&self, sum: &Self::Sum) -> usize;
    /// Appends the node's values.
    fn push_values(&self, sum: &Self::Sum, values: &mut Vec<f64>);
    /// Makes the next searches those of a node; false when its targets are all the same.
    fn enter(&mut self, rows: &[u32], sum: &Self::Sum) -> bool;
    /// The best split of the node by a feature, or one at a random threshold.
    fn split(
        &mut self,
        feature: usize,
        rows: &[u32],
        sum: &Self::Sum,
        random: Option<&mut Random>,
    ) -> Option<Split<Self::Sum>>;
    /// What remains on the right.
    fn rest(&self, sum: &Self::Sum, left: &Self::Sum) -> Self::Sum;
}

struct Open<S> {
    node: usize,
    start: usize,
    end: usize,
    depth: usize,
    sum: S,
}

/// The tree and the values of its nodes, one after the other.
pub(super) fn grow<C: Criterion>(
    mut criterion: C,
    binned: &Binned,
    mut rows: Vec<u32>,
    counts: Option<Vec<u32>>,
    params: &Params,
    random: &mut Random,
    training: &Training,
) -> Result<(Grown, Vec<f64>), Error> {
    let alone = Workers::new(1)?;
    let mut features: Vec<u32> = (0..binned.features() as u32).collect();
    let looked_at = ((features.len() as f64 * params.max_features) as usize).max(1);
    let mut scratch = vec![0; rows.len()];
    let sum = criterion.begin(&rows, counts);
    let (mut nodes, mut values) = (Vec::new(), Vec::new());
    let mut add = |criterion: &C, sum: &C::Sum, nodes: &mut Vec<GrownNode>| {
        nodes.push(GrownNode::leaf(0.0, criterion.rows(sum) as u32));
        criterion.push_values(sum, &mut values);
    };
    add(&criterion, &sum, &mut nodes);
    let mut open = vec![Open { node: 0, start: 0, end: rows.len(), depth: 0, sum }];
    while let Some(node) = open.pop() {
        let range = node.start..node.end;
        let small = criterion.rows(&node.sum) < 2 * params.min_samples_leaf;
        let inside = &rows[range.clone()];
        if node.depth >= params.depth() || small || !criterion.enter(inside, &node.sum) {
            training.arrived(criterion.rows(&node.sum))?;
            continue;
        }
        let mut best = None;
        let mut done = 0;
        while done < features.len() && (done < looked_at || best.is_none()) {
            let batch = if done == 0 { looked_at } else { 1 };
            random.draw(&mut features[done..], batch);
            // In their order, so that of equal splits the first feature's is taken whatever was drawn first.
            features[done..done + batch].sort_unstable();
            for feature in &features[done..done + batch] {
                training.job.check()?;
                let threshold = params.random_thresholds.then_some(&mut *random);
                best = better(best, criterion.split(*feature as usize, inside, &node.sum, threshold));
            }
            done += batch;
        }
        let Some(split) = best else {
            training.arrived(criterion.rows(&node.sum))?;
            continue;
        };
        let feature = split.feature as usize;
        let left = partition(
            &mut rows[range.clone()],
            &mut scratch[range],
            binned.column(feature),
            (&split, &binned.features[feature]),
            &alone,
        );
        let right = criterion.rest(&node.sum, &split.left);
        let at = nodes.len();
        nodes[node.node].divide(&split, at);
        add(&criterion, &split.left, &mut nodes);
        add(&criterion, &right, &mut nodes);
        let (middle, depth) = (node.start + left, node.depth + 1);
        open.push(Open { node: at + 1, start: middle, end: node.end, depth, sum: right });
        open.push(Open { node: at, start: node.start, end: middle, depth, sum: split.left });
    }
    Ok((Grown { nodes }, values))
}

/// A bin drawn so that a threshold uniform between the least and the greatest value of the node falls into it.
fn random_bin(bins: &Bins, least: usize, most: usize, random: &mut Random) -> usize {
    let low = if least == 0 { bins.range.0 } else { bins.bounds[least - 1] };
    let high = if most + 1 == bins.bounds.len() { bins.range.1 } else { bins.bounds[most] };
    // Halves, so that the distance of extreme values stays finite.
    let threshold = 2.0 * (low / 2.0 + (high / 2.0 - low / 2.0) * random.unit());
    bins.bounds.partition_point(|bound| *bound < threshold).clamp(least, most - 1)
}

/// The bin to cut at, when the node has two or more.
pub(super) fn drawn_bin(bins: &Bins, met: &[u8], random: &mut Random) -> Option<usize> {
    let mut values = met.iter().map(|bin| usize::from(*bin)).filter(|bin| *bin < bins.missing_bin());
    let least = values.next()?;
    let most = values.next_back().unwrap_or(least);
    if least < most { Some(random_bin(bins, least, most, random)) } else { Some(most) }
}
