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
    let found = ensemble.predict(&slices(&columns), threads).unwrap_or_else(|_| vec![f64::NAN; rows.nrows()]);
    found.into_iter().zip(infinite).map(|(value, infinite)| if infinite { f64::NAN } else { value }).collect()
}

/// Appends the numbers of an ensemble of one output.
pub(crate) fn write(ensemble: &Ensemble, numbers: &mut Vec<f64>) {
    numbers.push(f64::from(u8::from(ensemble.link == Link::Logistic)));
    numbers.extend([ensemble.base.first().copied().unwrap_or_default(), ensemble.scale]);
    numbers.push(ensemble.trees.len() as f64);
    for tree in &ensemble.trees {
        numbers.push(tree.nodes() as f64);
        for at in 0..tree.nodes() {
            numbers.extend([
                f64::from(tree.left[at]),
                f64::from(tree.feature[at]),
                tree.threshold[at],
                f64::from(u8::from(tree.missing_left[at])),
                tree.value[at],
                f64::from(tree.cover[at]),
                tree.gain[at],
            ]);
        }
    }
}

/// Numbers of a node.
const NODE: usize = 7;

/// The ensemble over so many features, or why the numbers hold none. `take` gives the next numbers, if there are so many.
pub(crate) fn read<'a>(
    features: usize,
    mut take: impl FnMut(usize) -> Option<&'a [f64]>,
) -> Result<Ensemble, &'static str> {
    const LENGTH: &str = "its payload has another length than its trees need";
    const WHOLE: &str = "its payload has a node whose places are no whole numbers";
    let [link, base, scale, count] = take(4).and_then(|head| head.try_into().ok()).ok_or(LENGTH)?;
    let link = match link {
        0.0 => Link::Identity,
        1.0 => Link::Logistic,
        _ => return Err("its payload makes predictions of trees in an unknown way"),
    };
    let mut trees = Vec::new();
    for _ in 0..whole(count).ok_or(LENGTH)? {
        let nodes = take(1).and_then(|nodes| whole(nodes[0])).ok_or(LENGTH)?;
        let numbers = (nodes as usize).checked_mul(NODE).and_then(&mut take).ok_or(LENGTH)?;
        let mut tree = Tree::default();
        for node in numbers.as_chunks::<NODE>().0 {
            let [left, feature, threshold, missing_left, value, cover, gain] = *node;
            tree.left.push(whole(left).ok_or(WHOLE)?);
            tree.feature.push(whole(feature).ok_or(WHOLE)?);
            tree.threshold.push(threshold);
            tree.missing_left.push(missing_left == 1.0);
            tree.value.push(value);
            tree.cover.push(whole(cover).ok_or(WHOLE)?);
            tree.gain.push(gain);
        }
        trees.push(tree);
    }
    let features = u32::try_from(features).map_err(|_| LENGTH)?;
    let ensemble = Ensemble { features, outputs: 1, link, base: vec![base], scale, trees };
    ensemble.check().map_err(|_| "its payload has trees that are not sound")?;
    Ok(ensemble)
}

fn whole(number: f64) -> Option<u32> {
    (number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number)).then_some(number as u32)
}
