//! Grows one tree from whole-number gradients, the leaf with the greatest gain first (Shi 2007). The sums of the larger
//! child are those of the parent less the smaller child's, so only the smaller is added up.

use algomosaic_core::Job;

use crate::binned::{BINS, Binned, Block};
use crate::histogram::{Entry, Rows, Sparse, Sums, Unit, add_column, add_rows, fetch};
use crate::rows::{divide, partition};
use crate::split::{Candidate, Node, Order, Rules, Split};
use crate::workers::Workers;
use crate::{Error, Tree};

/// Nodes of at most this many rows are summed feature by feature, touching only the bins they meet, and keep no sums.
pub(crate) const FEW: usize = 128;

/// Additions and bins looked at from which on the threads share the work: below, waking one takes as long.
const MANY: usize = 60_000;

/// Rows whose gradients the threads gather together.
const MANY_ROWS: usize = 20_000;

/// Rows added to the sums of one block after the other: their bins stay in the second cache meanwhile.
const TILE: usize = 512;

/// A tree whose cuts are still bins.
pub(crate) struct Grown {
    pub(crate) nodes: Vec<GrownNode>,
}

#[derive(Debug, Clone)]
pub(crate) struct GrownNode {
    pub(crate) feature: u32,
    pub(crate) bin: u8,
    pub(crate) missing_left: bool,
    /// The left child; the right is the next. 0 for a leaf.
    pub(crate) left: u32,
    pub(crate) gain: f64,
    pub(crate) value: f64,
    pub(crate) cover: u32,
}

impl GrownNode {
    pub(crate) fn leaf(value: f64, cover: u32) -> Self {
        GrownNode { feature: 0, bin: 0, missing_left: false, left: 0, gain: 0.0, value, cover }
    }

    pub(crate) fn divide<E>(&mut self, split: &Split<E>, left: usize) {
        (self.feature, self.bin, self.missing_left) = (split.feature, split.bin, split.missing_left);
        (self.left, self.gain) = (left as u32, split.gain);
    }
}

impl Grown {
    /// Tells each leaf that some of `rows` end in, with these rows. They are reordered; `scratch` is as long as they are.
    pub(crate) fn leaves(
        &self,
        binned: &Binned,
        rows: &mut [u32],
        scratch: &mut [u32],
        mut found: impl FnMut(usize, &[u32]),
    ) {
        let mut open = vec![(0, 0, rows.len())];
        while let Some((at, start, end)) = open.pop() {
            let node = &self.nodes[at];
            let inside = &mut rows[start..end];
            if inside.is_empty() {
                continue;
            }
            if node.left == 0 {
                found(at, inside);
                continue;
            }
            let missing = binned.features[node.feature as usize].missing_bin() as u8;
            let goes_left = |bin: u8| if bin == missing { node.missing_left } else { bin <= node.bin };
            let left = divide(inside, &mut scratch[start..end], binned.column(node.feature as usize), goes_left);
            inside[left..].copy_from_slice(&scratch[start..end - left]);
            open.push((node.left as usize + 1, start + left, end));
            open.push((node.left as usize, start, start + left));
        }
    }

    /// Gives inner nodes the mean of their leaves, by rows.
    pub(crate) fn fill_up(&mut self) {
        for at in (0..self.nodes.len()).rev() {
            let left = self.nodes[at].left as usize;
            if left != 0 {
                let (a, b) = (&self.nodes[left], &self.nodes[left + 1]);
                let share = f64::from(a.cover) / f64::from(self.nodes[at].cover);
                self.nodes[at].value = a.value * share + b.value * (1.0 - share);
            }
        }
    }

    /// Bounds the leaves below each split by a monotone feature by the middle of its children's values.
    pub(crate) fn keep_order(&mut self, monotone: &[i8]) {
        let mut bounds = vec![(f64::NEG_INFINITY, f64::INFINITY); self.nodes.len()];
        for at in 0..self.nodes.len() {
            let (low, high) = bounds[at];
            let value = self.nodes[at].value.clamp(low, high);
            self.nodes[at].value = value;
            let left = self.nodes[at].left as usize;
            if left == 0 {
                continue;
            }
            let bounded = |node: &GrownNode| node.value.clamp(low, high);
            let between = bounded(&self.nodes[left]) / 2.0 + bounded(&self.nodes[left + 1]) / 2.0;
            (bounds[left], bounds[left + 1]) = match monotone[self.nodes[at].feature as usize] {
                1 => ((low, between), (between, high)),
                -1 => ((between, high), (low, between)),
                _ => ((low, high), (low, high)),
            };
        }
    }

    /// The tree with thresholds instead of bins; `value` holds those of each node.
    pub(crate) fn tree(&self, binned: &Binned, output: u32, value: Vec<f64>) -> Tree {
        let threshold = |node: &GrownNode| match node.left {
            0 => 0.0,
            _ => binned.features[node.feature as usize].bounds[usize::from(node.bin)],
        };
        Tree {
            output,
            feature: self.nodes.iter().map(|node| node.feature).collect(),
            threshold: self.nodes.iter().map(threshold).collect(),
            missing_left: self.nodes.iter().map(|node| node.missing_left).collect(),
            left: self.nodes.iter().map(|node| node.left).collect(),
            value,
            cover: self.nodes.iter().map(|node| node.cover).collect(),
            gain: self.nodes.iter().map(|node| node.gain).collect(),
        }
    }
}

/// How large a tree may grow, and which way.
pub(crate) struct Shape<'a> {
    pub(crate) leaves: usize,
    pub(crate) depth: usize,
    pub(crate) monotone: &'a [i8],
}

/// A leaf and its rows, as a range of [`Grower::rows`].
pub(crate) struct Leaf<E> {
    pub(crate) node: usize,
    pub(crate) start: usize,
    pub(crate) end: usize,
    depth: usize,
    sums: Node<E>,
    bins: Option<Vec<[E; BINS]>>,
    split: Option<Split<E>>,
}

/// What is kept from one tree to the next.
pub(crate) struct Grower<'a, E> {
    binned: &'a Binned,
    workers: &'a Workers,
    /// The rows of the tree, ordered by leaf.
    pub(crate) rows: Vec<u32>,
    scratch: Vec<u32>,
    /// Gradients in the order of the rows being added.
    ordered: Vec<E>,
    free: Vec<Vec<[E; BINS]>>,
    sparse: Sparse<E>,
}

/// One block of a node and its sibling.
struct Task<'t, E> {
    block: Block,
    chosen: &'t [u8],
    small: &'t mut Sums<E>,
    large: Option<&'t mut Sums<E>>,
    found: [Option<Split<E>>; 2],
}

/// What the search in one tree needs to know.
pub(crate) struct Plan<'a, E> {
    pub(crate) values: &'a [E],
    pub(crate) unit: Unit,
    pub(crate) rules: Rules,
    pub(crate) shape: Shape<'a>,
    /// The features used, by their places in each block.
    pub(crate) chosen: Vec<Vec<u8>>,
    pub(crate) job: &'a Job,
}

/// The greater gain; of equal ones the first.
pub(crate) fn better<E>(a: Option<Split<E>>, b: Option<Split<E>>) -> Option<Split<E>> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if b.gain > a.gain { b } else { a }),
        (a, b) => a.or(b),
    }
}

impl<'a, E: Entry> Grower<'a, E> {
    pub(crate) fn new(binned: &'a Binned, workers: &'a Workers) -> Self {
        let (rows, scratch, ordered, free) = Default::default();
        Grower { binned, workers, rows, scratch, ordered, free, sparse: Sparse::new() }
    }

    /// Grows a tree over `rows`, and tells its leaves.
    pub(crate) fn grow(&mut self, rows: &[u32], plan: &Plan<E>) -> Result<(Grown, Vec<Leaf<E>>), Error> {
        self.rows.clear();
        self.rows.extend_from_slice(rows);
        self.scratch.resize(rows.len(), 0);
        let total = rows.iter().fold(E::default(), |sum, row| sum.plus(plan.values[*row as usize]));
        let sums = Node { total, low: f64::NEG_INFINITY, high: f64::INFINITY };
        let mut root = Leaf { node: 0, start: 0, end: rows.len(), depth: 0, sums, bins: None, split: None };
        let mut nodes = vec![GrownNode::leaf(plan.rules.value(&sums, &plan.unit), rows.len() as u32)];
        if self.may_split(&root, plan) {
            self.search_root(&mut root, plan);
        }
        let mut leaves = vec![root];
        while leaves.len() < plan.shape.leaves {
            plan.job.check()?;
            let gain = |leaf: &Leaf<E>| leaf.split.map_or(f64::NEG_INFINITY, |split| split.gain);
            let mut best = 0;
            for (i, leaf) in leaves.iter().enumerate() {
                if gain(leaf) > gain(&leaves[best]) {
                    best = i;
                }
            }
            let Some(split) = leaves[best].split else { break };
            let parent = leaves.swap_remove(best);
            let (mut left, mut right) = self.divide(&parent, &split, plan, &mut nodes);
            let bins = parent.bins;
            // The last split's children stay leaves.
            if leaves.len() + 2 < plan.shape.leaves {
                self.search(&mut left, &mut right, bins, plan);
            } else {
                self.free.extend(bins);
            }
            leaves.push(left);
            leaves.push(right);
        }
        for leaf in &mut leaves {
            self.free.extend(leaf.bins.take());
        }
        Ok((Grown { nodes }, leaves))
    }

    fn may_split(&self, leaf: &Leaf<E>, plan: &Plan<E>) -> bool {
        leaf.depth < plan.shape.depth && (leaf.end - leaf.start) as i64 >= 2 * plan.rules.min_rows
    }

    fn divide(
        &mut self,
        parent: &Leaf<E>,
        split: &Split<E>,
        plan: &Plan<E>,
        nodes: &mut Vec<GrownNode>,
    ) -> (Leaf<E>, Leaf<E>) {
        let feature = split.feature as usize;
        let range = parent.start..parent.end;
        let middle = parent.start
            + partition(
                &mut self.rows[range.clone()],
                &mut self.scratch[range],
                self.binned.column(feature),
                (split, &self.binned.features[feature]),
                self.workers,
            );
        let sums = |total| Node { total, ..parent.sums };
        let (mut left, mut right) = (sums(split.left), sums(parent.sums.total.minus(split.left)));
        let value = |node: &Node<E>| plan.rules.value(node, &plan.unit);
        // Both sides of a monotone split keep to the middle of their values, and so do all leaves below them.
        let between = value(&left) / 2.0 + value(&right) / 2.0;
        match plan.shape.monotone.get(feature) {
            Some(1) => (left.high, right.low) = (between, between),
            Some(-1) => (left.low, right.high) = (between, between),
            _ => {}
        }
        let node = nodes.len();
        nodes[parent.node].divide(split, node);
        nodes.push(GrownNode::leaf(value(&left), (middle - parent.start) as u32));
        nodes.push(GrownNode::leaf(value(&right), (parent.end - middle) as u32));
        let depth = parent.depth + 1;
        (
            Leaf { node, start: parent.start, end: middle, depth, sums: left, bins: None, split: None },
            Leaf { node: node + 1, start: middle, end: parent.end, depth, sums: right, bins: None, split: None },
        )
    }

    fn search_root(&mut self, root: &mut Leaf<E>, plan: &Plan<E>) {
        if root.end - root.start <= FEW {
            root.split = self.search_few(root, plan);
            return;
        }
        let mut bins = self.buffer();
        let all = self.rows.len() == self.binned.rows();
        if !all {
            self.gather(root, plan);
        }
        let rows = if all { Rows::From(0) } else { Rows::These(&self.rows) };
        let values = if all { plan.values } else { &self.ordered };
        let found = search(self.binned, self.workers, plan, (rows, values), &mut bins, None, [Some(root.sums), None]);
        root.split = found[0];
        root.bins = Some(bins);
    }

    /// The splits of two siblings, whose parent's sums are `bins`.
    fn search(&mut self, left: &mut Leaf<E>, right: &mut Leaf<E>, bins: Option<Vec<[E; BINS]>>, plan: &Plan<E>) {
        let (small, large) =
            if left.end - left.start <= right.end - right.start { (left, right) } else { (right, left) };
        let (small_may, large_may) = (self.may_split(small, plan), self.may_split(large, plan));
        match bins {
            Some(mut parent) if large_may && large.end - large.start > FEW => {
                let mut bins = self.buffer();
                self.gather(small, plan);
                let rows = Rows::These(&self.rows[small.start..small.end]);
                let nodes = [small_may.then_some(small.sums), Some(large.sums)];
                let work = (rows, &self.ordered[..]);
                let found = search(self.binned, self.workers, plan, work, &mut bins, Some(&mut parent), nodes);
                (small.split, large.split) = (found[0], found[1]);
                large.bins = Some(parent);
                if small.end - small.start > FEW && small.split.is_some() {
                    small.bins = Some(bins);
                } else {
                    self.free.push(bins);
                }
            }
            parent => {
                self.free.extend(parent);
                for (leaf, may) in [(small, small_may), (large, large_may)] {
                    if may {
                        leaf.split = self.search_few(leaf, plan);
                    }
                }
            }
        }
    }

    /// Each feature by itself.
    fn search_few(&mut self, leaf: &Leaf<E>, plan: &Plan<E>) -> Option<Split<E>> {
        self.gather(leaf, plan);
        let rows = &self.rows[leaf.start..leaf.end];
        let mut best = None;
        for (block, chosen) in self.binned.blocks.iter().zip(&plan.chosen) {
            for k in chosen {
                let k = usize::from(*k);
                self.sparse.fill(self.binned.column(block.first + k), rows, &self.ordered);
                let order = Order::Met(&self.sparse.order);
                let candidate = candidate(self.binned, plan, block.first + k, &self.sparse.sums, order);
                best = better(best, candidate.best(&leaf.sums, &plan.rules, &plan.unit));
            }
        }
        best
    }

    fn gather(&mut self, leaf: &Leaf<E>, plan: &Plan<E>) {
        let rows = &self.rows[leaf.start..leaf.end];
        let size = if rows.len() < MANY_ROWS { MANY_ROWS } else { rows.len().div_ceil(self.workers.threads) };
        self.ordered.resize(rows.len(), E::default());
        let mut parts: Vec<_> = self.ordered.chunks_mut(size).zip(rows.chunks(size)).collect();
        self.workers.each(&mut parts, |(ordered, rows)| {
            ordered.iter_mut().zip(*rows).for_each(|(value, row)| *value = plan.values[*row as usize]);
        });
    }

    fn buffer(&mut self) -> Vec<[E; BINS]> {
        self.free.pop().unwrap_or_else(|| vec![[E::default(); BINS]; self.binned.features()])
    }
}

fn candidate<'c, E: Entry>(
    binned: &'c Binned,
    plan: &Plan<E>,
    feature: usize,
    sums: &'c [E; BINS],
    order: Order<'c>,
) -> Candidate<'c, E> {
    let monotone = plan.shape.monotone.get(feature).copied().unwrap_or(0);
    Candidate { feature: feature as u32, bins: &binned.features[feature], sums, order, monotone }
}

/// Adds `rows` to the sums of the smaller node, takes them from those of the larger when there is one, and finds the best
/// split of each of the `nodes`, the smaller first.
fn search<E: Entry>(
    binned: &Binned,
    workers: &Workers,
    plan: &Plan<E>,
    (rows, values): (Rows, &[E]),
    mut small: &mut Sums<E>,
    mut large: Option<&mut Sums<E>>,
    nodes: [Option<Node<E>>; 2],
) -> [Option<Split<E>>; 2] {
    let mut tasks = Vec::with_capacity(binned.blocks.len());
    for (block, chosen) in binned.blocks.iter().zip(&plan.chosen) {
        let (first, rest) = small.split_at_mut(block.width);
        small = rest;
        let (sibling, others) = large.map(|large| large.split_at_mut(block.width)).unzip();
        large = others;
        tasks.push(Task { block: *block, chosen, small: first, large: sibling, found: [None, None] });
    }
    let work = |tasks: &mut &mut [Task<E>]| {
        let Some(features) = tasks.first().zip(tasks.last()).map(|(a, b)| a.block.first..b.block.first + b.block.width)
        else {
            return;
        };
        tasks.iter_mut().for_each(Task::clear);
        for start in (0..values.len()).step_by(TILE) {
            // Sums that are cut short are never looked at: whoever grows the tree stops first.
            if plan.job.is_cancelled() {
                return;
            }
            let rows = rows.part(start, TILE);
            fetch(binned.by_row(), binned.features(), features.clone(), rows);
            let values = &values[start..values.len().min(start + TILE)];
            tasks.iter_mut().for_each(|task| task.add(binned, rows, values));
        }
        tasks.iter_mut().for_each(|task| task.search(binned, plan, &nodes));
    };
    if (values.len() + 2 * BINS) * binned.features() < MANY {
        work(&mut &mut tasks[..]);
    } else {
        let share = tasks.len().div_ceil(workers.threads);
        workers.each(&mut tasks.chunks_mut(share).collect::<Vec<_>>(), work);
    }
    let mut found = [None, None];
    for task in tasks {
        found = [better(found[0], task.found[0]), better(found[1], task.found[1])];
    }
    found
}

impl<E: Entry> Task<'_, E> {
    fn clear(&mut self) {
        for k in self.chosen {
            self.small[usize::from(*k)].fill(E::default());
        }
    }

    fn add(&mut self, binned: &Binned, rows: Rows, values: &[E]) {
        if self.chosen.len() == self.block.width {
            add_rows(self.small, binned, &self.block, rows, values);
            return;
        }
        for k in self.chosen {
            let k = usize::from(*k);
            add_column(&mut self.small[k], binned.column(self.block.first + k), rows, values);
        }
    }

    fn search(&mut self, binned: &Binned, plan: &Plan<E>, nodes: &[Option<Node<E>>; 2]) {
        for k in self.chosen.iter().map(|k| usize::from(*k)) {
            let small = &self.small[k];
            if let Some(large) = &mut self.large {
                large[k].iter_mut().zip(small).for_each(|(large, small)| *large = large.minus(*small));
            }
            let sums = [Some(small), self.large.as_deref().map(|large| &large[k])];
            for ((found, sums), node) in self.found.iter_mut().zip(sums).zip(nodes) {
                if let (Some(sums), Some(node)) = (sums, node) {
                    let candidate = candidate(binned, plan, self.block.first + k, sums, Order::All);
                    *found = better(*found, candidate.best(node, &plan.rules, &plan.unit));
                }
            }
        }
    }
}
