//! How columns move together: rank correlations, which a few wild values do not decide.

use algomosaic_core::Job;
use polars::prelude::DataType;

use crate::{Error, FeatureFrame};

/// Rank correlations of columns with each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Correlations {
    /// The columns that have values, in the order asked for.
    pub columns: Vec<String>,
    /// A row for each column, a value for each column; NaN where a column is constant.
    pub matrix: Vec<Vec<f64>>,
    /// Rows in which every one of the columns has a value; the others are left out.
    pub rows: usize,
}

/// Spearman's rank correlation of every two columns, over the rows in which all of them have a value; tied values share
/// their mean rank. Columns that have no value at all are left out.
pub fn correlations(data: &FeatureFrame, columns: &[String], job: &Job) -> Result<Correlations, Error> {
    let mut named: Vec<(String, Vec<f64>)> = Vec::new();
    for name in columns {
        let unknown = || Error::UnknownColumn { user: String::new(), name: name.clone(), nearest: None };
        let column = data.frame.column(name).map_err(|_| unknown())?;
        let numbers = column.cast(&DataType::Float64).map_err(|e| Error::Frame(e.to_string()))?;
        let numbers = numbers.f64().map_err(|e| Error::Frame(e.to_string()))?;
        let values: Vec<f64> = numbers.iter().map(|v| v.filter(|v| v.is_finite()).unwrap_or(f64::NAN)).collect();
        if values.iter().any(|v| !v.is_nan()) {
            named.push((name.clone(), values));
        }
    }
    let height = named.first().map_or(0, |(_, values)| values.len());
    let complete: Vec<usize> =
        (0..height).filter(|row| named.iter().all(|(_, values)| !values[*row].is_nan())).collect();
    let total = named.len() * 2;
    let mut ranked: Vec<Vec<f64>> = Vec::with_capacity(named.len());
    for (done, (_, values)) in named.iter().enumerate() {
        job.step(done, total)?;
        ranked.push(standardised(ranks(&complete.iter().map(|row| values[*row]).collect::<Vec<_>>())));
    }
    let mut matrix = vec![vec![1.0; ranked.len()]; ranked.len()];
    for i in 0..ranked.len() {
        job.step(ranked.len() + i, total)?;
        for j in 0..=i {
            let r: f64 = ranked[i].iter().zip(&ranked[j]).map(|(a, b)| a * b).sum();
            let r = if i == j && !r.is_nan() { 1.0 } else { r.clamp(-1.0, 1.0) };
            (matrix[i][j], matrix[j][i]) = (r, r);
        }
    }
    Ok(Correlations { columns: named.into_iter().map(|(name, _)| name).collect(), matrix, rows: complete.len() })
}

fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    while start < order.len() {
        let equal = |place: &usize| values[*place] == values[order[start]];
        let end = start + order[start..].iter().take_while(|place| equal(place)).count();
        let mean = (start + end + 1) as f64 / 2.0;
        for place in &order[start..end] {
            ranks[*place] = mean;
        }
        start = end;
    }
    ranks
}

/// Less their mean and over their length as a vector, so that a correlation is one product; NaN for a constant.
fn standardised(mut values: Vec<f64>) -> Vec<f64> {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    for value in &mut values {
        *value -= mean;
    }
    let length = values.iter().map(|v| v * v).sum::<f64>().sqrt();
    for value in &mut values {
        *value = if length > 0.0 { *value / length } else { f64::NAN };
    }
    values
}
