//! The payload of a model file: a predictor as doubles and back. docs/model-file.md describes it. Reading believes no
//! number before it is compared with what there is.

use ndarray::Array2;

use crate::linear::Coefficients;
use crate::neighbors::{Neighbors, Weights};
use crate::predictor::{Learned, Predictor};
use crate::scale::Moments;
use crate::trees;

/// Whole numbers up to here are exact as doubles.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// As the header names what was learned.
pub(crate) fn kind(learned: &Learned) -> &'static str {
    match learned {
        Learned::Linear(_) => "linear",
        Learned::Logistic(_) => "logistic",
        Learned::Trees(_) => "trees",
        Learned::Neighbors(_) => "neighbors",
    }
}

/// The mean of the training outcomes and the predictor.
pub(crate) fn write(training_mean: f64, predictor: &Predictor) -> Vec<f64> {
    let mut numbers = vec![training_mean];
    numbers.extend(&predictor.scale.mean);
    numbers.extend(&predictor.scale.deviation);
    match &predictor.learned {
        Learned::Linear(linear) | Learned::Logistic(linear) => {
            numbers.push(linear.intercept);
            numbers.extend(&linear.coefficients);
        }
        Learned::Trees(ensemble) => trees::write(ensemble, &mut numbers),
        Learned::Neighbors(neighbors) => {
            numbers.push(neighbors.neighbors as f64);
            numbers.push(f64::from(u8::from(neighbors.weights == Weights::Distance)));
            numbers.push(neighbors.outcomes.len() as f64);
            numbers.extend(&neighbors.rows);
            numbers.extend(&neighbors.outcomes);
        }
    }
    numbers
}

/// The mean of the training outcomes and the predictor over so many features, or why the numbers hold none.
pub(crate) fn read(
    format: u32,
    kind: &str,
    features: usize,
    numbers: &[f64],
) -> Result<(f64, Predictor), &'static str> {
    const LENGTH: &str = "its payload has another length than its features need";
    if numbers.iter().any(|number| !number.is_finite()) {
        return Err("its payload has numbers that are not finite");
    }
    let mut rest = Rest(numbers);
    let training_mean = rest.one().ok_or(LENGTH)?;
    // Format 1 has the scale at the end.
    let first = if format == 1 { Some(rest.coefficients(features).ok_or(LENGTH)?) } else { None };
    let mean = rest.take(features).ok_or(LENGTH)?.to_vec();
    let deviation = rest.take(features).ok_or(LENGTH)?.to_vec();
    if deviation.iter().any(|number| *number <= 0.0) {
        return Err("its payload has a deviation that is not positive");
    }
    let learned = match (kind, first) {
        ("linear", Some(coefficients)) => Learned::Linear(coefficients),
        ("linear", None) => Learned::Linear(rest.coefficients(features).ok_or(LENGTH)?),
        ("logistic", None) => Learned::Logistic(rest.coefficients(features).ok_or(LENGTH)?),
        ("trees", None) => Learned::Trees(trees::read(features, |count| rest.take(count))?),
        ("neighbors", None) => {
            let neighbors = rest.whole().ok_or(LENGTH)?;
            let weights = match rest.whole().ok_or(LENGTH)? {
                0 => Weights::Uniform,
                1 => Weights::Distance,
                _ => return Err("its payload weighs neighbours in an unknown way"),
            };
            let count = rest.whole().ok_or(LENGTH)?;
            if neighbors == 0 || neighbors > count {
                return Err("its payload asks for more neighbours than it has rows, or for none");
            }
            let cells = count.checked_mul(features).ok_or(LENGTH)?;
            let rows = rest.take(cells).ok_or(LENGTH)?.to_vec();
            let outcomes = rest.take(count).ok_or(LENGTH)?.to_vec();
            let rows = Array2::from_shape_vec((count, features), rows).map_err(|_| LENGTH)?;
            Learned::Neighbors(Neighbors::new(neighbors, weights, rows, outcomes))
        }
        _ => return Err("its payload is of an unknown kind"),
    };
    if !rest.0.is_empty() {
        return Err(LENGTH);
    }
    Ok((training_mean, Predictor { scale: Moments { mean, deviation }, learned }))
}

/// What has not been read yet.
struct Rest<'a>(&'a [f64]);

impl<'a> Rest<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [f64]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn one(&mut self) -> Option<f64> {
        self.take(1).map(|taken| taken[0])
    }

    /// A whole number from 0.
    fn whole(&mut self) -> Option<usize> {
        self.one().filter(|value| value.fract() == 0.0 && (0.0..EXACT).contains(value)).map(|value| value as usize)
    }

    fn coefficients(&mut self, features: usize) -> Option<Coefficients> {
        Some(Coefficients { intercept: self.one()?, coefficients: self.take(features)?.to_vec() })
    }
}

#[cfg(test)]
mod tests {
    use algomosaic_trees::{Ensemble, Link, Tree};

    use super::*;
    use crate::testing::normal;

    fn ensemble() -> Ensemble {
        let tree = Tree {
            feature: vec![1, 0, 0],
            threshold: vec![0.5, 0.0, 0.0],
            missing_left: vec![true, false, false],
            left: vec![1, 0, 0],
            value: vec![0.0, -1.0, 2.0],
            cover: vec![40, 30, 10],
            gain: vec![3.0, 0.0, 0.0],
            ..Tree::default()
        };
        Ensemble { features: 2, outputs: 1, link: Link::Logistic, base: vec![0.25], scale: 1.0, trees: vec![tree; 2] }
    }

    /// Trees of three classes, each with one value a node or with one for each class.
    fn of_classes(link: Link) -> Ensemble {
        let width = if link == Link::Softmax { 1 } else { 3 };
        let tree =
            |output| Tree { output, value: (0..3 * width).map(f64::from).collect(), ..ensemble().trees[0].clone() };
        let outputs: &[u32] = if link == Link::Softmax { &[0, 1, 2] } else { &[0, 0] };
        let trees = outputs.iter().map(|output| tree(*output)).collect();
        Ensemble { features: 2, outputs: 3, link, base: vec![0.25, 0.5, -1.0], scale: 0.5, trees }
    }

    fn predictors() -> Vec<Predictor> {
        let scale = Moments { mean: vec![0.5, -2.0], deviation: vec![1.0, 3.0] };
        let coefficients = Coefficients { intercept: 0.25, coefficients: vec![1.0, -0.5] };
        let rows = Array2::from_shape_vec((40, 2), normal(1, 80)).unwrap();
        [
            Learned::Linear(coefficients.clone()),
            Learned::Logistic(coefficients),
            Learned::Neighbors(Neighbors::new(3, Weights::Distance, rows, normal(2, 40))),
            Learned::Trees(ensemble()),
            Learned::Trees(of_classes(Link::Softmax)),
            Learned::Trees(of_classes(Link::Identity)),
        ]
        .map(|learned| Predictor { scale: scale.clone(), learned })
        .into()
    }

    #[test]
    fn every_predictor_reads_back_as_it_was_written() {
        for predictor in predictors() {
            let numbers = write(0.125, &predictor);
            assert_eq!(read(2, kind(&predictor.learned), 2, &numbers).unwrap(), (0.125, predictor));
        }
    }

    #[test]
    fn format_1_has_the_scale_at_the_end() {
        let numbers = [0.125, 0.25, 1.0, -0.5, 0.5, -2.0, 1.0, 3.0];
        assert_eq!(read(1, "linear", 2, &numbers).unwrap(), (0.125, predictors().remove(0)));
        assert!(read(1, "logistic", 2, &numbers).is_err());
    }

    #[test]
    fn wrong_numbers_are_refused_or_another_predictor_but_never_a_panic() {
        for predictor in predictors() {
            let (numbers, kind) = (write(0.125, &predictor), kind(&predictor.learned));
            for length in 0..numbers.len() {
                assert!(read(2, kind, 2, &numbers[..length]).is_err(), "{kind} {length}");
            }
            assert!(read(2, kind, 2, &[&numbers[..], &[0.0]].concat()).is_err());
            assert!(read(2, "trees of glass", 2, &numbers).is_err());
            for at in 0..numbers.len() {
                for value in [0.0, -1.0, 0.5, 2.0, 40.0, 41.0, 1e300, f64::MAX, f64::NAN, f64::INFINITY] {
                    let mut wrong = numbers.clone();
                    wrong[at] = value;
                    match read(2, kind, 2, &wrong) {
                        Ok((_, read)) => assert_eq!(read.predict(Array2::zeros((2, 2)).view()).len(), 2 * read.width()),
                        Err(why) => assert!(why.starts_with("its payload"), "{why}"),
                    }
                }
            }
        }
    }
}
