//! Statistics of an account's values, each undefined (`None`) where the numbers do not define it, never zero instead.

use serde::{Deserialize, Serialize};

use crate::Annualisation;
use crate::calendar::YEAR_DAYS;

/// What the statistics are computed from.
#[derive(Debug, Clone, Copy)]
pub struct Performance<'a> {
    /// Cash before the first bar. It stands for the value at the first bar, so that a cost paid there counts.
    pub account_start: f64,
    /// Value of the account at each close.
    pub values: &'a [f64],
    /// The times of the bars in microseconds since 1970 UTC, rising, as many as values.
    pub times_us: &'a [i64],
    /// Bars that closed with a position, long or short.
    pub bars_with_position: usize,
    /// Fills that closed a position, wholly or in part.
    pub closing_trades: usize,
    /// Those of them that gained after costs.
    pub gaining_trades: usize,
}

/// Statistics of a strategy. Returns are simple returns from close to close; the riskless rate is taken as zero.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, specta::Type)]
pub struct Statistics {
    /// Bars a year, by which the figures of a year are scaled.
    pub periods_per_year: Option<f64>,
    /// Where `periods_per_year` comes from, in words.
    pub annualisation: String,
    /// Mean return over its standard deviation (of a sample), a year.
    pub sharpe: Option<f64>,
    /// Standard error of `sharpe` when returns are independent: sqrt((1 + S²/2) / n), a year (Lo 2002, eq. 9).
    pub sharpe_standard_error: Option<f64>,
    /// Probability that the true Sharpe ratio is above zero, given skewness and kurtosis of the returns
    /// (Bailey and Lopez de Prado 2012, eq. 11).
    pub probabilistic_sharpe: Option<f64>,
    /// Mean return over the root mean square of the losses, a year.
    pub sortino: Option<f64>,
    /// Standard deviation of returns (of a sample), a year, as a fraction.
    pub volatility: Option<f64>,
    /// The deepest fall from an earlier peak, as a fraction of that peak: 0.082 is a fall of 8.2 %.
    pub max_drawdown: Option<f64>,
    /// Compound growth a year, as a fraction, over the time that passed.
    pub cagr: Option<f64>,
    /// Share of the bars that closed with a position.
    pub exposure: Option<f64>,
    /// Share of the closing trades that gained after costs.
    pub hit_rate: Option<f64>,
}

impl Statistics {
    /// Every statistic. An account that was lost (a value at or below zero) has no returns, and what needs them
    /// is undefined.
    pub fn of(performance: &Performance<'_>) -> Statistics {
        let annualisation = Annualisation::of(performance.times_us);
        let values = values_from_start(performance);
        let returns = returns(&values);
        let per_year = annualisation.as_ref().map(|a| a.periods_per_year);
        let root = per_year.map(f64::sqrt);
        let of_returns = |statistic: fn(&[f64]) -> Option<f64>| returns.as_deref().and_then(statistic);
        let sharpe = of_returns(sharpe_per_bar);
        let a_year = |value: Option<f64>| Some(value? * root?);
        let exposed = performance.bars_with_position as f64;
        Statistics {
            periods_per_year: per_year,
            annualisation: annualisation.map(|a| a.basis).unwrap_or_else(|| "fewer than two bars".to_owned()),
            sharpe: a_year(sharpe),
            sharpe_standard_error: a_year(
                sharpe.and_then(|s| sharpe_standard_error(s, returns.as_ref().map_or(0, Vec::len))),
            ),
            probabilistic_sharpe: of_returns(|returns| probabilistic_sharpe(returns, 0.0)),
            sortino: a_year(of_returns(sortino_per_bar)),
            volatility: a_year(of_returns(deviation)),
            max_drawdown: max_drawdown(&values),
            cagr: cagr(&values, performance.times_us),
            exposure: (!values.is_empty()).then(|| exposed / values.len() as f64),
            hit_rate: (performance.closing_trades > 0)
                .then(|| performance.gaining_trades as f64 / performance.closing_trades as f64),
        }
    }

    /// Every number by its name, as the summary table has them after the summary.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, Option<f64>)> + use<> {
        [
            ("sharpe", self.sharpe),
            ("sharpe_standard_error", self.sharpe_standard_error),
            ("probabilistic_sharpe", self.probabilistic_sharpe),
            ("sortino", self.sortino),
            ("volatility", self.volatility),
            ("max_drawdown", self.max_drawdown),
            ("cagr", self.cagr),
            ("exposure", self.exposure),
            ("hit_rate", self.hit_rate),
            ("periods_per_year", self.periods_per_year),
        ]
        .into_iter()
    }
}

fn values_from_start(performance: &Performance<'_>) -> Vec<f64> {
    let mut values = performance.values.to_vec();
    if let Some(first) = values.first_mut() {
        *first = performance.account_start;
    }
    values
}

fn returns(values: &[f64]) -> Option<Vec<f64>> {
    if !values.iter().all(|value| *value > 0.0) {
        return None;
    }
    Some(values.windows(2).map(|pair| pair[1] / pair[0] - 1.0).collect())
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Mean of (value - mean)^power.
fn central_moment(values: &[f64], power: i32) -> f64 {
    let centre = mean(values);
    values.iter().map(|value| (value - centre).powi(power)).sum::<f64>() / values.len() as f64
}

/// Standard deviation of a sample.
fn deviation(returns: &[f64]) -> Option<f64> {
    if returns.len() < 2 {
        return None;
    }
    let n = returns.len() as f64;
    Some((central_moment(returns, 2) * n / (n - 1.0)).sqrt())
}

/// The deviation as a divisor: none where only rounding varies.
fn divisor(deviation: f64) -> Option<f64> {
    (deviation > 1e-14).then_some(deviation)
}

/// Mean over standard deviation of a sample, per bar.
fn sharpe_per_bar(returns: &[f64]) -> Option<f64> {
    Some(mean(returns) / divisor(deviation(returns)?)?)
}

/// Of a Sharpe ratio per bar from `n` independent returns (Lo 2002, eq. 9).
fn sharpe_standard_error(sharpe: f64, n: usize) -> Option<f64> {
    (n > 0).then(|| ((1.0 + 0.5 * sharpe * sharpe) / n as f64).sqrt())
}

/// Probability that the true ratio per bar is above `benchmark` (Bailey and Lopez de Prado 2012, eq. 11).
fn probabilistic_sharpe(returns: &[f64], benchmark: f64) -> Option<f64> {
    let sharpe = sharpe_per_bar(returns)?;
    let variance = central_moment(returns, 2);
    let skewness = central_moment(returns, 3) / variance.powf(1.5);
    let kurtosis = central_moment(returns, 4) / variance.powi(2);
    probabilistic_sharpe_of(sharpe, benchmark, returns.len(), skewness, kurtosis)
}

fn probabilistic_sharpe_of(sharpe: f64, benchmark: f64, n: usize, skewness: f64, kurtosis: f64) -> Option<f64> {
    let spread = 1.0 - skewness * sharpe + (kurtosis - 1.0) / 4.0 * sharpe * sharpe;
    // A spread that is not a number is not above zero.
    let defined = n >= 3 && spread > 0.0;
    if !defined {
        return None;
    }
    Some(normal_cdf((sharpe - benchmark) * (n as f64 - 1.0).sqrt() / spread.sqrt()))
}

/// Mean over the root mean square of the losses, per bar.
fn sortino_per_bar(returns: &[f64]) -> Option<f64> {
    if returns.len() < 2 {
        return None;
    }
    let losses = returns.iter().map(|r| r.min(0.0).powi(2)).sum::<f64>() / returns.len() as f64;
    Some(mean(returns) / divisor(losses.sqrt())?)
}

/// 1 - value / peak before it, at its greatest.
fn max_drawdown(values: &[f64]) -> Option<f64> {
    if values.len() < 2 {
        return None;
    }
    let mut peak = f64::MIN;
    let mut deepest: f64 = 0.0;
    for value in values {
        peak = peak.max(*value);
        deepest = deepest.max(1.0 - value / peak);
    }
    deepest.is_finite().then_some(deepest)
}

fn cagr(values: &[f64], times_us: &[i64]) -> Option<f64> {
    let (first, last) = (values.first()?, values.last()?);
    let span_us = times_us.last()?.saturating_sub(*times_us.first()?);
    let defined = span_us > 0 && *last > 0.0 && *first > 0.0;
    if !defined {
        return None;
    }
    let years = span_us as f64 / 86_400e6 / YEAR_DAYS;
    let growth = (last / first).powf(1.0 / years) - 1.0;
    growth.is_finite().then_some(growth)
}

/// The standard normal distribution by its Taylor series around zero, full precision within 8 deviations
/// (Marsaglia 2004, Evaluating the normal distribution, Journal of Statistical Software 11(4)).
fn normal_cdf(x: f64) -> f64 {
    if x.abs() > 8.0 {
        return if x > 0.0 { 1.0 } else { 0.0 };
    }
    let mut term = x;
    let mut sum = x;
    let mut odd = 1.0;
    while term.abs() > f64::EPSILON * sum.abs() {
        odd += 2.0;
        term *= x * x / odd;
        sum += term;
    }
    (0.5 + sum * (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt()).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(actual: Option<f64>, expected: f64, tolerance: f64, what: &str) {
        let actual = actual.unwrap_or(f64::NAN);
        assert!((actual - expected).abs() <= tolerance, "{what}: {actual}, expected {expected}");
    }

    #[test]
    fn standard_errors_are_those_of_los_table() {
        // Lo 2002, The statistics of Sharpe ratios, table 1: asymptotic standard errors under independence.
        for (sharpe, n, expected) in [(0.5, 12, 0.306), (1.5, 60, 0.188), (3.0, 12, 0.677), (1.0, 125, 0.110)] {
            check(sharpe_standard_error(sharpe, n), expected, 5e-4, "standard error");
        }
    }

    #[test]
    fn the_probabilistic_ratio_is_that_of_the_papers_example() {
        // Bailey and Lopez de Prado 2012, The Sharpe ratio efficient frontier, section 5: 24 monthly returns.
        check(probabilistic_sharpe_of(0.458, 0.0, 24, -2.448, 10.164), 0.913, 5e-4, "skewed and fat-tailed");
        check(probabilistic_sharpe_of(0.458, 0.0, 24, 0.0, 3.0), 0.982, 5e-4, "normal");
    }

    #[test]
    fn the_normal_distribution_is_that_of_the_tables() {
        // Values of Python 3.11's statistics.NormalDist().cdf.
        for (x, expected) in [
            (0.0, 0.5),
            (1.0, 0.841_344_746_068_542_9),
            (-1.96, 0.024_997_895_148_220_428),
            (3.5, 0.999_767_370_920_964_5),
            (40.0, 1.0),
        ] {
            check(Some(normal_cdf(x)), expected, 1e-15, "cdf");
        }
    }

    #[test]
    fn what_the_values_do_not_define_is_undefined() {
        const DAY_US: i64 = 86_400_000_000;
        let of = |values: &[f64]| {
            let times_us: Vec<i64> = (0..values.len() as i64).map(|i| i * DAY_US).collect();
            Statistics::of(&Performance {
                account_start: values.first().copied().unwrap_or(100.0),
                values,
                times_us: &times_us,
                bars_with_position: 0,
                closing_trades: 0,
                gaining_trades: 0,
            })
        };
        let defined = |s: &Statistics| s.named().filter(|(_, v)| v.is_some()).map(|(n, _)| n).collect::<Vec<_>>();
        assert_eq!(defined(&of(&[])), Vec::<&str>::new());
        assert_eq!(defined(&of(&[100.0])), ["exposure"]);
        assert_eq!(defined(&of(&[100.0; 5])), ["volatility", "max_drawdown", "cagr", "exposure", "periods_per_year"]);
        assert_eq!(defined(&of(&[100.0, 50.0, -10.0])), ["max_drawdown", "exposure", "periods_per_year"]);
        check(of(&[100.0, 50.0, -10.0]).max_drawdown, 1.1, 1e-12, "a lost account");
    }
}
