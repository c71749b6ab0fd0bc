//! Grows one tree from whole-number gradients, the leaf with the greatest gain first (Shi 2007). The sums of the larger
//! child are those of the parent less the smaller child's, so only the smaller is added up.

use algomosaic_core::Job;

use crate::binned::{BINS, Binned, Block};
use crate::histogram::{Entry, Histogram, Rows, Sparse, Sums, Unit, add_column, add_rows, fetch};
use crate::rows::{divide, partition};
use crate::split::{Candidate, Node, Order, Rules, Split};
use crate::workers::Workers;
use crate::{Error, Tree};

/// Nodes of at most this many rows are summed feature by feature, touching only the bins they meet, and keep no sums.
pub(crate) const FEW: usize = 128;

/// Additions and bins looked at from which on the threads share the work: below, that takes as long.
const MANY: usize = 16_000;

/// Rows a thread from which on each adds up a part of the rows, and the parts are added afterwards, so that what a row has
/// is read once. Below, each adds up a part of the features.
const MANY_ROWS: usize = 8_192;

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
    bins: Option<Histogram<E>>,
    split: Option<Split<E>>,
}

/// What is kept from one tree to the next.
pub(crate) struct Grower<'a, E> {
    binned: &'a Binned,
    workers: &'a Workers,
    /// The rows of the tree, ordered by leaf.
    pub(crate) rows: Vec<u32>,
    scratch: Vec<u32>,
    free: Vec<Histogram<E>>,
    /// One a thread.
    sparse: Vec<Sparse<E>>,
}

/// Neighbouring blocks of a node and its sibling: the share of one thread.
struct Task<'t, E> {
    blocks: &'t [Block],
    chosen: &'t [Vec<u8>],
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
        let (rows, scratch, free) = Default::default();
        let sparse = (0..workers.threads).map(|_| Sparse::new()).collect();
        Grower { binned, workers, rows, scratch, free, sparse }
    }

    /// Grows a tree over `rows`, and tells its leaves.
    pub(crate) fn grow(&mut self, rows: &[u32], plan: &Plan<E>) -> Result<(Grown, Vec<Leaf<E>>), Error> {
        self.rows.clear();
        self.rows.extend_from_slice(rows);
        self.scratch.resize(rows.len(), 0);
        let total = self.total(rows, plan.values);
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

    fn total(&self, rows: &[u32], values: &[E]) -> E {
        let parts: Vec<&[u32]> = rows.chunks(MANY_ROWS).collect();
        let sum = |rows: &[u32]| rows.iter().fold(E::default(), |sum, row| sum.plus(values[*row as usize]));
        self.workers.map(parts.len(), |part| sum(parts[part])).into_iter().fold(E::default(), E::plus)
    }

    fn search_root(&mut self, root: &mut Leaf<E>, plan: &Plan<E>) {
        if root.end - root.start <= FEW {
            self.search_few(vec![root], plan);
            return;
        }
        let mut bins = self.buffer();
        let all = self.rows.len() == self.binned.rows();
        let mut others = self.others(self.rows.len());
        let rows = if all { Rows::Range(0, self.rows.len()) } else { Rows::These(&self.rows) };
        let sums = (&mut bins[..], None, &mut others[..]);
        root.split = search(self.binned, self.workers, plan, rows, sums, [Some(root.sums), None])[0];
        root.bins = Some(bins);
        self.free.extend(others);
    }

    /// The splits of two siblings, whose parent's sums are `bins`.
    fn search(&mut self, left: &mut Leaf<E>, right: &mut Leaf<E>, bins: Option<Histogram<E>>, plan: &Plan<E>) {
        let (small, large) =
            if left.end - left.start <= right.end - right.start { (left, right) } else { (right, left) };
        let (small_may, large_may) = (self.may_split(small, plan), self.may_split(large, plan));
        match bins {
            Some(mut parent) if large_may && large.end - large.start > FEW => {
                let mut bins = self.buffer();
                let mut others = self.others(small.end - small.start);
                let rows = Rows::These(&self.rows[small.start..small.end]);
                let nodes = [small_may.then_some(small.sums), Some(large.sums)];
                let sums = (&mut bins[..], Some(&mut parent[..]), &mut others[..]);
                [small.split, large.split] = search(self.binned, self.workers, plan, rows, sums, nodes);
                large.bins = Some(parent);
                if small.end - small.start > FEW && small.split.is_some() {
                    small.bins = Some(bins);
                } else {
                    self.free.push(bins);
                }
                self.free.extend(others);
            }
            parent => {
                self.free.extend(parent);
                let leaves = [(small, small_may), (large, large_may)];
                self.search_few(leaves.into_iter().filter_map(|(leaf, may)| may.then_some(leaf)).collect(), plan);
            }
        }
    }

    /// The splits of leaves of few rows, each feature by itself.
    fn search_few(&mut self, mut leaves: Vec<&mut Leaf<E>>, plan: &Plan<E>) {
        let (binned, rows) = (self.binned, &self.rows);
        let nodes: Vec<(Node<E>, &[u32])> =
            leaves.iter().map(|leaf| (leaf.sums, &rows[leaf.start..leaf.end])).collect();
        let additions = nodes.iter().map(|(_, rows)| rows.len()).sum::<usize>() * binned.features();
        let threads = if additions < MANY / 4 { 1 } else { self.workers.threads };
        let share = binned.blocks.len().div_ceil(threads);
        let blocks = binned.blocks.chunks(share).zip(plan.chosen.chunks(share));
        let mut tasks: Vec<_> = self.sparse.iter_mut().zip(blocks).map(|task| (task, [None, None])).collect();
        self.workers.each(&mut tasks, |((sparse, (blocks, chosen)), found)| {
            for ((node, rows), best) in nodes.iter().zip(found) {
                let mut space = [E::default(); FEW];
                let values = Rows::These(rows).gather(plan.values, &mut space);
                for (block, k) in each_chosen(blocks, chosen) {
                    let feature = block.first + k;
                    sparse.fill(binned.column(feature), rows, values);
                    let order = Order::Met(&sparse.order);
                    let candidate = candidate(binned, plan, feature, &sparse.sums, order);
                    *best = better(*best, candidate.best(node, &plan.rules, &plan.unit));
                }
            }
        });
        for (_, found) in tasks {
            for (leaf, found) in leaves.iter_mut().zip(found) {
                leaf.split = better(leaf.split, found);
            }
        }
    }

    fn buffer(&mut self) -> Histogram<E> {
        self.free.pop().unwrap_or_else(|| vec![[E::default(); BINS]; self.binned.features()])
    }

    /// Sums for the other threads, where each adds up a part of so many rows.
    fn others(&mut self, rows: usize) -> Vec<Histogram<E>> {
        let threads = self.workers.threads;
        let count = if rows < MANY_ROWS * threads { 0 } else { threads - 1 };
        (0..count).map(|_| self.buffer()).collect()
    }
}

/// The chosen features, as their block and their place in it.
fn each_chosen<'b>(blocks: &'b [Block], chosen: &'b [Vec<u8>]) -> impl Iterator<Item = (&'b Block, usize)> {
    let blocks = blocks.iter().zip(chosen);
    blocks.flat_map(|(block, chosen)| chosen.iter().map(move |k| (block, usize::from(*k))))
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
/// split of each of the `nodes`, the smaller first. `others` are for threads that add up a part of the rows.
fn search<E: Entry>(
    binned: &Binned,
    workers: &Workers,
    plan: &Plan<E>,
    rows: Rows,
    (mut small, mut large, others): (&mut Sums<E>, Option<&mut Sums<E>>, &mut [Histogram<E>]),
    nodes: [Option<Node<E>>; 2],
) -> [Option<Split<E>>; 2] {
    let apart = !others.is_empty();
    if apart {
        let share = rows.len().div_ceil(others.len() + 1);
        let sums = std::iter::once(&mut *small).chain(others.iter_mut().map(|sums| &mut sums[..]));
        let mut parts: Vec<_> = sums.enumerate().map(|(part, sums)| (sums, rows.part(part * share, share))).collect();
        workers.each(&mut parts, |(sums, rows)| add_up(binned, plan, (&binned.blocks, &plan.chosen), sums, *rows));
    }
    let together = (rows.len() + 2 * BINS) * binned.features() < MANY;
    let share = if together { binned.blocks.len() } else { binned.blocks.len().div_ceil(workers.threads) };
    let mut tasks = Vec::with_capacity(workers.threads);
    for (blocks, chosen) in binned.blocks.chunks(share).zip(plan.chosen.chunks(share)) {
        let width = blocks.iter().map(|block| block.width).sum();
        let (first, rest) = small.split_at_mut(width);
        small = rest;
        let (sibling, rest) = large.map(|large| large.split_at_mut(width)).unzip();
        large = rest;
        tasks.push(Task { blocks, chosen, small: first, large: sibling, found: [None, None] });
    }
    workers.each(&mut tasks, |task| {
        if !apart {
            add_up(binned, plan, (task.blocks, task.chosen), task.small, rows);
        }
        task.search(binned, plan, others, &nodes);
    });
    let mut found = [None, None];
    for task in tasks {
        found = [better(found[0], task.found[0]), better(found[1], task.found[1])];
    }
    found
}

/// Makes `sums` those of the rows, for the chosen features of neighbouring blocks.
fn add_up<E: Entry>(
    binned: &Binned,
    plan: &Plan<E>,
    (blocks, chosen): (&[Block], &[Vec<u8>]),
    sums: &mut Sums<E>,
    rows: Rows,
) {
    let Some((first, last)) = blocks.first().zip(blocks.last()) else { return };
    let (first, end) = (first.first, last.first + last.width);
    for (block, k) in each_chosen(blocks, chosen) {
        sums[block.first + k - first].fill(E::default());
    }
    let mut space = [E::default(); TILE];
    for start in (0..rows.len()).step_by(TILE) {
        // Sums that are cut short are never looked at: whoever grows the tree stops first.
        if plan.job.is_cancelled() {
            return;
        }
        let rows = rows.part(start, TILE);
        fetch(binned, first..end, rows);
        let values = rows.gather(plan.values, &mut space);
        for (block, chosen) in blocks.iter().zip(chosen) {
            let sums = &mut sums[block.first - first..][..block.width];
            if chosen.len() == block.width {
                add_rows(sums, binned, block, rows, values);
                continue;
            }
            for k in chosen.iter().map(|k| usize::from(*k)) {
                add_column(&mut sums[k], binned.column(block.first + k), rows, values);
            }
        }
    }
}

impl<E: Entry> Task<'_, E> {
    fn search(&mut self, binned: &Binned, plan: &Plan<E>, others: &[Histogram<E>], nodes: &[Option<Node<E>>; 2]) {
        let Some(first) = self.blocks.first().map(|block| block.first) else { return };
        for (block, k) in each_chosen(self.blocks, self.chosen) {
            let feature = block.first + k;
            let small = &mut self.small[feature - first];
            for other in others {
                small.iter_mut().zip(&other[feature]).for_each(|(small, other)| *small = small.plus(*other));
            }
            let small = &*small;
            let large = self.large.as_deref_mut().map(|large| {
                let large = &mut large[feature - first];
                large.iter_mut().zip(small).for_each(|(large, small)| *large = large.minus(*small));
                &*large
            });
            for ((found, sums), node) in self.found.iter_mut().zip([Some(small), large]).zip(nodes) {
                if let (Some(sums), Some(node)) = (sums, node) {
                    let candidate = candidate(binned, plan, feature, sums, Order::All);
                    *found = better(*found, candidate.best(node, &plan.rules, &plan.unit));
                }
            }
        }
    }
}
