//! Tree ensembles as a model keeps them: rows to columns, predictions, and numbers of a file to trees and back.

use algomosaic_trees::{Ensemble, Link, Tree};
use ndarray::{Array1, ArrayView2};

/// Threads that trees are trained and asked with. The model does not depend on them.
pub(crate) fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The columns of rows by features.
pub(crate) fn columns(rows: ArrayView2<f64>) -> Vec<Vec<f64>> {
    rows.columns().into_iter().map(|column| column.to_vec()).collect()
}

/// Slices of columns, as the crate for trees takes them.
pub(crate) fn slices(columns: &[Vec<f64>]) -> Vec<&[f64]> {
    columns.iter().map(Vec::as_slice).collect()
}

/// Predictions of rows by features, an undefined one as the trees learned; NaN in a row with an infinite feature.
pub(crate) fn predict(ensemble: &Ensemble, rows: ArrayView2<f64>) -> Array1<f64> {
    let mut columns = columns(rows);
    let infinite: Vec<bool> = rows.rows().into_iter().map(|row| row.iter().any(|value| value.is_infinite())).collect();
    for column in &mut columns {
        column.iter_mut().filter(|value| value.is_infinite()).for_each(|value| *value = f64::NAN);
    }
    // Few rows are not worth a second thread.
    let threads = if rows.nrows() < 4096 { 1 } else { threads() };
    // What remains to be refused is another number of columns, which the signature rules out.
    let width = ensemble.outputs as usize;
    let unknown = |_| vec![f64::NAN; rows.nrows() * width];
    let mut found = ensemble.predict(&slices(&columns), threads).unwrap_or_else(unknown);
    let of_infinite = found.chunks_exact_mut(width).zip(infinite).filter(|(_, infinite)| *infinite);
    of_infinite.for_each(|(row, _)| row.fill(f64::NAN));
    Array1::from_vec(found)
}

/// Appends the numbers of an ensemble.
pub(crate) fn write(ensemble: &Ensemble, numbers: &mut Vec<f64>) {
    let several = ensemble.outputs > 1;
    numbers.push(match ensemble.link {
        Link::Identity if several => 3.0,
        Link::Softmax => 2.0,
        Link::Logistic => 1.0,
        Link::Identity => 0.0,
    });
    if several {
        numbers.push(f64::from(ensemble.outputs));
    }
    numbers.extend(&ensemble.base);
    numbers.push(ensemble.scale);
    numbers.push(ensemble.trees.len() as f64);
    for tree in &ensemble.trees {
        let width = tree.value.len() / tree.nodes().max(1);
        if several {
            numbers.extend([f64::from(tree.output), width as f64]);
        }
        numbers.push(tree.nodes() as f64);
        for at in 0..tree.nodes() {
            numbers.extend([
                f64::from(tree.left[at]),
                f64::from(tree.feature[at]),
                tree.threshold[at],
                f64::from(u8::from(tree.missing_left[at])),
            ]);
            numbers.extend(&tree.value[at * width..(at + 1) * width]);
            numbers.extend([f64::from(tree.cover[at]), tree.gain[at]]);
        }
    }
}

/// Numbers of a node beside its values.
const NODE: usize = 6;
/// Classes that a file may have at most.
const MOST_OUTPUTS: u32 = 1000;

/// The ensemble over so many features, or why the numbers hold none. `take` gives the next numbers, if there are so many.
pub(crate) fn read<'a>(
    features: usize,
    mut take: impl FnMut(usize) -> Option<&'a [f64]>,
) -> Result<Ensemble, &'static str> {
    const LENGTH: &str = "its payload has another length than its trees need";
    const WHOLE: &str = "its payload has a node whose places are no whole numbers";
    let (link, several) = match take(1).ok_or(LENGTH)?[0] {
        0.0 => (Link::Identity, false),
        1.0 => (Link::Logistic, false),
        2.0 => (Link::Softmax, true),
        3.0 => (Link::Identity, true),
        _ => return Err("its payload makes predictions of trees in an unknown way"),
    };
    let outputs = if several { take(1).and_then(|one| whole(one[0])).ok_or(LENGTH)? } else { 1 };
    if several && !(2..=MOST_OUTPUTS).contains(&outputs) {
        return Err("its payload has trees of too few or too many classes");
    }
    let base = take(outputs as usize).ok_or(LENGTH)?.to_vec();
    let [scale, count] = take(2).and_then(|head| head.try_into().ok()).ok_or(LENGTH)?;
    let mut trees = Vec::new();
    for _ in 0..whole(count).ok_or(LENGTH)? {
        let mut tree = Tree::default();
        let mut width = 1;
        if several {
            let [output, values] = take(2).and_then(|head| head.try_into().ok()).ok_or(LENGTH)?;
            tree.output = whole(output).ok_or(WHOLE)?;
            width = whole(values).filter(|values| [1, outputs].contains(values)).ok_or(WHOLE)? as usize;
        }
        let nodes = take(1).and_then(|nodes| whole(nodes[0])).ok_or(LENGTH)? as usize;
        let numbers = nodes.checked_mul(NODE + width).and_then(&mut take).ok_or(LENGTH)?;
        for node in numbers.chunks_exact(NODE + width) {
            let (&[left, feature, threshold, missing_left], rest) = node.split_first_chunk().ok_or(LENGTH)?;
            let (values, rest) = rest.split_at(width);
            let &[cover, gain] = rest else { return Err(LENGTH) };
            tree.left.push(whole(left).ok_or(WHOLE)?);
            tree.feature.push(whole(feature).ok_or(WHOLE)?);
            tree.threshold.push(threshold);
            tree.missing_left.push(missing_left == 1.0);
            tree.value.extend(values);
            tree.cover.push(whole(cover).ok_or(WHOLE)?);
            tree.gain.push(gain);
        }
        trees.push(tree);
    }
    let features = u32::try_from(features).map_err(|_| LENGTH)?;
    let ensemble = Ensemble { features, outputs, link, base, scale, trees };
    ensemble.check().map_err(|_| "its payload has trees that are not sound")?;
    Ok(ensemble)
}

fn whole(number: f64) -> Option<u32> {
    (number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number)).then_some(number as u32)
}
