//! What is left in the errors of held-out rows: do they follow from each other, are they normal, does their size follow
//! from the prediction? None means undefined, as for errors that do not vary.

use serde::{Deserialize, Serialize};

use crate::scores::{correlation, mean};
use crate::special::chi_squared_above;

/// A statistic that is chi-squared where nothing is amiss.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct ResidualTest {
    /// The statistic: large where something is amiss.
    pub statistic: f64,
    /// The chance of one as large where nothing is.
    pub p_value: f64,
}

/// The three tests of the errors of held-out rows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct Residuals {
    /// Whether errors follow from earlier ones, over `lags` bars, on their mean at each time. Labels of several bars
    /// overlap, so that it says little of them within their horizon.
    pub autocorrelation: Option<ResidualTest>,
    /// How many bars back `autocorrelation` looks.
    pub lags: u32,
    /// Whether errors are other than normal.
    pub normality: Option<ResidualTest>,
    /// Whether the size of errors follows from the prediction.
    pub spread: Option<ResidualTest>,
}

fn chi_squared(statistic: f64, degrees: f64) -> Option<ResidualTest> {
    statistic.is_finite().then(|| ResidualTest { statistic, p_value: chi_squared_above(statistic, degrees) })
}

/// Whether errors in the order of time follow from those up to so many bars before: Ljung and Box (1978).
pub fn autocorrelation(errors: &[f64], lags: usize) -> Option<ResidualTest> {
    let rows = errors.len() as f64;
    let mean = mean(errors.iter().copied())?;
    if lags == 0 || lags >= errors.len() {
        return None;
    }
    let variation: f64 = errors.iter().map(|error| (error - mean).powi(2)).sum();
    let share = |lag: usize| {
        let products = errors.iter().zip(&errors[lag..]).map(|(a, b)| (a - mean) * (b - mean));
        (products.sum::<f64>() / variation).powi(2) / (rows - lag as f64)
    };
    chi_squared(rows * (rows + 2.0) * (1..=lags).map(share).sum::<f64>(), lags as f64)
}

/// Whether skewness and kurtosis are others than a normal distribution's: Jarque and Bera (1980).
pub fn normality(errors: &[f64]) -> Option<ResidualTest> {
    let rows = errors.len() as f64;
    let mean = mean(errors.iter().copied())?;
    let moment = |power: i32| errors.iter().map(|error| (error - mean).powi(power)).sum::<f64>() / rows;
    let variance = moment(2);
    let (skewness, excess) = (moment(3) / variance.powf(1.5), moment(4) / variance.powi(2) - 3.0);
    chi_squared(rows / 6.0 * (skewness.powi(2) + excess.powi(2) / 4.0), 2.0)
}

/// Whether squared errors follow from predictions: Breusch and Pagan (1979), in the form of Koenker (1981).
pub fn spread(errors: &[f64], predictions: &[f64]) -> Option<ResidualTest> {
    let squares: Vec<f64> = errors.iter().map(|error| error * error).collect();
    let tie = correlation(&squares, predictions)?;
    chi_squared(errors.len() as f64 * tie * tie, 1.0)
}

/// All three. Rows have a time, an error and a prediction, in any order; those without a finite error take no part.
pub(crate) fn residuals(rows: &[(i64, f64, f64)]) -> Residuals {
    let mut rows: Vec<(i64, f64, f64)> = rows.iter().copied().filter(|row| row.1.is_finite()).collect();
    rows.sort_by_key(|row| row.0);
    let errors: Vec<f64> = rows.iter().map(|row| row.1).collect();
    let predictions: Vec<f64> = rows.iter().map(|row| row.2).collect();
    let by_time: Vec<f64> = rows
        .chunk_by(|a, b| a.0 == b.0)
        .map(|bar| bar.iter().map(|row| row.1).sum::<f64>() / bar.len() as f64)
        .collect();
    let lags = (by_time.len() / 5).clamp(1, 10);
    Residuals {
        autocorrelation: autocorrelation(&by_time, lags),
        lags: u32::try_from(lags).unwrap_or(u32::MAX),
        normality: normality(&errors),
        spread: spread(&errors, &predictions),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{close, golden, list};

    #[test]
    fn they_are_those_of_statsmodels() {
        for case in golden()["residuals"].as_array().unwrap() {
            let (errors, predictions) = (list(&case["errors"]), list(&case["predictions"]));
            let lags = case["lags"].as_u64().unwrap() as usize;
            for (name, found) in [
                ("autocorrelation", autocorrelation(&errors, lags)),
                ("normality", normality(&errors)),
                ("spread", spread(&errors, &predictions)),
            ] {
                let (found, expected) = (found.unwrap(), list(&case[name]));
                close(found.statistic, expected[0], 1e-10 * expected[0], name);
                close(found.p_value, expected[1], 1e-9 * expected[1], name);
            }
        }
    }

    #[test]
    fn errors_of_several_tickers_are_averaged_at_each_time() {
        let (one, other) = (crate::testing::normal(1, 60), crate::testing::normal(2, 60));
        let rows: Vec<(i64, f64, f64)> =
            (0..60).rev().flat_map(|t| [(t as i64, one[t], 0.1), (t as i64, other[t], 0.2)]).collect();
        let means: Vec<f64> = one.iter().zip(&other).map(|(a, b)| f64::midpoint(*a, *b)).collect();
        let found = residuals(&rows);
        assert_eq!(found.lags, 10);
        let expected = autocorrelation(&means, 10).unwrap();
        close(found.autocorrelation.unwrap().statistic, expected.statistic, 1e-12, "autocorrelation");
    }

    #[test]
    fn what_does_not_vary_is_undefined() {
        assert_eq!((autocorrelation(&[], 1), autocorrelation(&[1.0, 2.0], 2), normality(&[0.5])), (None, None, None));
        assert_eq!(
            (autocorrelation(&[0.5; 9], 1), normality(&[0.5; 9]), spread(&[0.5; 9], &[0.1; 9])),
            (None, None, None)
        );
        let none = residuals(&[(0, f64::NAN, 0.0)]);
        assert_eq!((none.autocorrelation, none.normality, none.spread), (None, None, None));
    }
}
