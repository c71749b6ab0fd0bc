//! What happens to features before an algorithm sees them: extreme values are pulled to a bound, undefined ones are
//! filled in or, for an algorithm that can learn from them, kept. Bounds and fillings come from training rows only, and are a part of the model.

use algomosaic_core::{Param, Params, Value};
use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::control::median;
use crate::rows::Row;

/// What can be done to features, for forms, files and checks.
pub const PARAMS: &[Param] = &[
    Param::choice(
        "impute",
        "Fill in",
        "none",
        &[
            ("none", "Nothing"),
            ("mean", "Mean"),
            ("median", "Median"),
            ("last", "Last value of the ticker"),
            ("keep", "Itself, for trees"),
        ],
    )
    .help(
        "What stands for an undefined feature: nothing (the row is left out), the mean or the median of its training \
         rows, its last value of the same ticker (the median before there is one), or itself (keep): trees learn which \
         way it goes",
    ),
    Param::float("winsorize", "Winsorise", 0.0, 0.0, 0.49).help(
        "Share of a feature's training values at either end that counts as extreme; values beyond are pulled to that \
         bound, and 0 leaves all as they are",
    ),
];

/// What stands for an undefined feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Impute {
    /// Nothing: the row is left out.
    #[default]
    None,
    /// The mean of its training rows.
    Mean,
    /// The median of its training rows.
    Median,
    /// Its last value of the same ticker; before there is one, the median of its training rows.
    Last,
    /// Itself: trees learn at each split which way it goes. A row without any defined feature is left out.
    Keep,
}

impl Impute {
    /// As files have it.
    pub const fn name(self) -> &'static str {
        match self {
            Impute::None => "none",
            Impute::Mean => "mean",
            Impute::Median => "median",
            Impute::Last => "last",
            Impute::Keep => "keep",
        }
    }
}

/// What happens to features before an algorithm sees them.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, specta::Type)]
#[serde(deny_unknown_fields, default)]
pub struct PrepareSpec {
    /// What stands for an undefined feature.
    pub impute: Impute,
    /// Share of a feature's training values at either end that is pulled to the bound.
    pub winsorize: f64,
}

impl PrepareSpec {
    /// Checks the values against [`PARAMS`].
    pub fn check(&self) -> Result<(), Error> {
        let given =
            [("impute", Value::Text(self.impute.name().to_owned())), ("winsorize", Value::Float(self.winsorize))];
        Params::check(PARAMS, &given.map(|(name, value)| (name.to_owned(), value)).into())
            .map(|_| ())
            .map_err(|source| Error::Param { section: "prepare".to_owned(), source })
    }
}

/// What training rows say about the preparation of each feature. An empty list does nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Preparation {
    pub(crate) impute: Impute,
    /// What stands for an undefined value of each feature.
    pub(crate) fill: Vec<f64>,
    /// Below which a value of each feature is pulled up.
    pub(crate) lower: Vec<f64>,
    /// Above which a value of each feature is pulled down.
    pub(crate) upper: Vec<f64>,
}

impl Preparation {
    /// Of training rows by features, undefined as NaN. Nothing when nothing is asked for.
    pub(crate) fn fit(spec: &PrepareSpec, rows: ArrayView2<f64>) -> Option<Self> {
        let mut fitted = Preparation { impute: spec.impute, fill: Vec::new(), lower: Vec::new(), upper: Vec::new() };
        if spec.impute == Impute::None && spec.winsorize == 0.0 {
            return None;
        }
        for column in rows.columns() {
            let mut values: Vec<f64> = column.iter().copied().filter(|value| !value.is_nan()).collect();
            if spec.winsorize > 0.0 {
                values.sort_by(f64::total_cmp);
                let (lower, upper) = (quantile(&values, spec.winsorize), quantile(&values, 1.0 - spec.winsorize));
                values.iter_mut().for_each(|value| *value = value.max(lower).min(upper));
                fitted.lower.push(lower);
                fitted.upper.push(upper);
            }
            match spec.impute {
                Impute::None | Impute::Keep => {}
                Impute::Mean => fitted.fill.push(values.iter().sum::<f64>() / values.len() as f64),
                Impute::Median | Impute::Last => fitted.fill.push(median(&values)),
            }
        }
        Some(fitted)
    }

    /// Prepares rows by features. A row without any defined feature stays undefined: nothing is known of it.
    pub(crate) fn apply(&self, rows: &mut Array2<f64>) {
        for mut row in rows.rows_mut() {
            if row.iter().all(|value| value.is_nan()) {
                continue;
            }
            for (i, value) in row.iter_mut().enumerate() {
                if let Some(fill) = self.fill.get(i).filter(|_| value.is_nan()) {
                    *value = *fill;
                } else if let (Some(lower), Some(upper)) = (self.lower.get(i), self.upper.get(i)) {
                    // Not f64::max: it would turn an undefined value into the bound.
                    if *value < *lower {
                        *value = *lower;
                    } else if *value > *upper {
                        *value = *upper;
                    }
                }
            }
        }
    }

    /// That of some features only.
    pub(crate) fn only(&self, features: &[usize]) -> Self {
        let some = |values: &[f64]| -> Vec<f64> { features.iter().filter_map(|&i| values.get(i).copied()).collect() };
        Preparation { impute: self.impute, fill: some(&self.fill), lower: some(&self.lower), upper: some(&self.upper) }
    }

    /// Whether a value depends on earlier bars of its ticker.
    pub(crate) fn carries(&self) -> bool {
        self.impute == Impute::Last
    }

    /// Whether undefined values reach the algorithm.
    pub(crate) fn keeps(&self) -> bool {
        self.impute == Impute::Keep
    }

    /// Whether it is one that training could have written for so many features.
    pub(crate) fn fits(&self, features: usize) -> bool {
        let filled = if matches!(self.impute, Impute::None | Impute::Keep) { 0 } else { features };
        self.fill.len() == filled
            && self.lower.len() == self.upper.len()
            && (self.lower.is_empty() || self.lower.len() == features)
            && [&self.fill, &self.lower, &self.upper].into_iter().flatten().all(|value| value.is_finite())
            && self.lower.iter().zip(&self.upper).all(|(lower, upper)| lower <= upper)
    }
}

/// Carries each value on to the bars after it where these are undefined, within the ticker. `rows` are in the order of
/// ticker, then time.
pub(crate) fn carry_forward(values: &mut [f64], rows: &[Row]) {
    for pair in rows.windows(2) {
        let [before, row] = pair else { continue };
        if before.ticker == row.ticker && values[row.at].is_nan() {
            values[row.at] = values[before.at];
        }
    }
}

/// The quantile of ascending values, with linear interpolation as numpy has it. NaN of nothing.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let at = share * last as f64;
    let (low, part) = (at.floor() as usize, at.fract());
    let high = (low + 1).min(last);
    sorted[low.min(last)] + part * (sorted[high] - sorted[low.min(last)])
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::rows::rows;
    use crate::testing::{close, frame};

    const NAN: f64 = f64::NAN;

    #[test]
    fn bounds_and_fillings_are_those_of_numpy() {
        // numpy 2.4.6: np.quantile([3, 1, 4, 1, 5, 9, 2, 6], [0.1, 0.9]) -> [1.0, 6.9]; mean of the clipped values
        // 3.6125, median 3.5.
        let values = [3.0, 1.0, NAN, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0];
        let rows = Array2::from_shape_fn((9, 2), |(i, j)| if j == 0 { values[i] } else { 1.0 });
        for (impute, fill) in [(Impute::Mean, 3.6125), (Impute::Median, 3.5), (Impute::Last, 3.5)] {
            let fitted = Preparation::fit(&PrepareSpec { impute, winsorize: 0.1 }, rows.view()).unwrap();
            close(fitted.fill[0], fill, 1e-12, impute.name());
            close(fitted.lower[0], 1.0, 1e-12, "lower");
            close(fitted.upper[0], 6.9, 1e-12, "upper");
            let mut new = array![[NAN, 1.0], [100.0, 1.0], [-100.0, 7.0], [2.0, NAN], [NAN, NAN]];
            fitted.apply(&mut new);
            close(new[[0, 0]], fill, 1e-12, "filled");
            close(new[[1, 0]], 6.9, 1e-12, "pulled down");
            assert_eq!((new[[2, 0]], new[[2, 1]], new[[3, 1]]), (1.0, 1.0, 1.0));
            assert!(new[[4, 0]].is_nan() && new[[4, 1]].is_nan(), "nothing is known of this row");
            assert!(fitted.fits(2) && !fitted.fits(3) && fitted.only(&[1]).fits(1));
        }
        assert!(Preparation::fit(&PrepareSpec::default(), rows.view()).is_none());
    }

    #[test]
    fn winsorising_alone_leaves_what_is_undefined() {
        let spec = PrepareSpec { impute: Impute::None, winsorize: 0.25 };
        let fitted = Preparation::fit(&spec, array![[0.0], [1.0], [2.0], [3.0], [4.0]].view()).unwrap();
        let mut new = array![[NAN], [9.0], [-9.0]];
        fitted.apply(&mut new);
        assert!(new[[0, 0]].is_nan());
        assert_eq!((new[[1, 0]], new[[2, 0]]), (3.0, 1.0));
        assert!(fitted.fits(1));
    }

    #[test]
    fn the_last_value_is_carried_within_its_ticker_only() {
        let bars = [("B", 0), ("A", 1), ("A", 0), ("B", 1), ("A", 2), ("B", 2)];
        let mut values = [NAN, NAN, 5.0, 7.0, NAN, NAN];
        carry_forward(&mut values, &rows(&frame(&bars, &[], &[]).frame, 0).unwrap());
        assert!(values[0].is_nan());
        assert_eq!(values[1..], [5.0, 5.0, 7.0, 5.0, 7.0]);
    }

    #[test]
    fn values_outside_their_rule_are_refused() {
        for winsorize in [-0.1, 0.5, f64::NAN] {
            let refused = PrepareSpec { winsorize, ..PrepareSpec::default() }.check().unwrap_err().to_string();
            assert!(refused.contains("winsorize must be between 0 and 0.49"), "{refused}");
        }
    }
}
