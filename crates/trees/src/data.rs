//! An outcome beside binned columns: which rows are learned from, and whether their values can be learned.

use crate::{Binned, Error};

/// Binned columns and what is learned from them. One [`Binned`] serves many outcomes, weights and parts of the rows.
#[derive(Clone, Copy)]
pub struct Data<'a> {
    /// The features.
    pub binned: &'a Binned,
    /// The outcome, a value a row: numbers, or classes as 0, 1, ... Rows that are not used may hold anything.
    pub target: &'a [f64],
    /// A weight a row, 0 or more, of which only the ratios matter. None: all are alike.
    pub weights: Option<&'a [f64]>,
    /// The rows learned from, each once, in any order. None: all.
    pub rows: Option<&'a [u32]>,
}

/// What a target may hold.
#[derive(Clone, Copy)]
pub(crate) enum Values {
    Numbers,
    /// Classes 0 to this number less 1.
    Classes(usize),
}

/// Data that have been checked.
pub(crate) struct Used {
    /// Rows learned from, ascending.
    pub(crate) train: Vec<u32>,
    /// All others, ascending.
    pub(crate) others: Vec<u32>,
    /// Rows kept for validation, ascending; among the others.
    pub(crate) valid: Vec<u32>,
    /// Weights whose mean is 1 over the rows learned from; 0 for rows that are not used.
    pub(crate) weights: Option<Vec<f64>>,
}

impl<'a> Data<'a> {
    /// Learns from all rows, which weigh alike.
    pub fn new(binned: &'a Binned, target: &'a [f64]) -> Self {
        Data { binned, target, weights: None, rows: None }
    }

    pub(crate) fn check(&self, valid: &[u32], values: Values) -> Result<Used, Error> {
        let count = self.binned.rows();
        let mut trained = match self.rows {
            Some(rows) => marks(rows, count, "training")?,
            None => vec![true; count],
        };
        let kept = marks(valid, count, "validation")?;
        trained.iter_mut().zip(&kept).for_each(|(trained, kept)| *trained &= !kept);
        let marked = |marks: &[bool], mark: bool| -> Vec<u32> {
            (0..).zip(marks).filter(|(_, found)| **found == mark).map(|(row, _)| row).collect()
        };
        let (train, others, valid) = (marked(&trained, true), marked(&trained, false), marked(&kept, true));
        if train.is_empty() {
            return Err(Error::NoRows);
        }
        self.check_target(&train, &valid, values)?;
        let weights = self.weights.map(|weights| even(weights, &train, &valid, count)).transpose()?;
        Ok(Used { train, others, valid, weights })
    }

    fn check_target(&self, train: &[u32], valid: &[u32], values: Values) -> Result<(), Error> {
        length("the target", self.target, self.binned.rows())?;
        let (rule, allowed): (String, &dyn Fn(f64) -> bool) = match values {
            // Squares of larger numbers are infinite.
            Values::Numbers => ("a number between -1e100 and 1e100".to_owned(), &|value| value.abs() <= 1e100),
            Values::Classes(classes) => (format!("a whole number from 0 to {}", classes - 1), &move |value| {
                (0.0..classes as f64).contains(&value) && value.fract() == 0.0
            }),
        };
        for row in train.iter().chain(valid) {
            let value = self.target[*row as usize];
            if !allowed(value) {
                return Err(Error::Target { value, row: *row as usize, rule });
            }
        }
        let Values::Classes(classes) = values else { return Ok(()) };
        let mut met = vec![false; classes];
        train.iter().for_each(|row| met[self.target[*row as usize] as usize] = true);
        met.iter().position(|met| !met).map_or(Ok(()), |class| Err(Error::MissingClass { class }))
    }
}

fn length(what: &str, values: &[f64], rows: usize) -> Result<(), Error> {
    let found = values.len();
    if found == rows { Ok(()) } else { Err(Error::Length { what: what.to_owned(), found, rows }) }
}

/// Which of the `count` rows are listed.
fn marks(rows: &[u32], count: usize, what: &'static str) -> Result<Vec<bool>, Error> {
    let mut marks = vec![false; count];
    for row in rows {
        match marks.get_mut(*row as usize) {
            None => return Err(Error::Row { what, row: *row, problem: "does not exist", rows: count }),
            Some(true) => return Err(Error::Row { what, row: *row, problem: "is given twice", rows: count }),
            Some(mark) => *mark = true,
        }
    }
    Ok(marks)
}

fn even(weights: &[f64], train: &[u32], valid: &[u32], count: usize) -> Result<Vec<f64>, Error> {
    length("the weights", weights, count)?;
    let weight = |row: &u32| weights[*row as usize];
    if let Some(row) = train.iter().chain(valid).find(|row| !(0.0..=1e100).contains(&weight(row))) {
        return Err(Error::Weights { what: format!("the weight of row {row} is {}", weight(row)) });
    }
    let sum: f64 = train.iter().map(weight).sum();
    if sum == 0.0 {
        return Err(Error::Weights { what: "the weights of the training rows sum to 0".to_owned() });
    }
    if !valid.is_empty() && valid.iter().map(weight).sum::<f64>() == 0.0 {
        return Err(Error::Weights { what: "the weights of the validation rows sum to 0".to_owned() });
    }
    let mean = sum / train.len() as f64;
    let mut even = vec![0.0; count];
    train.iter().chain(valid).for_each(|row| even[*row as usize] = weight(row) / mean);
    Ok(even)
}
