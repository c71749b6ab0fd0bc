//! The chosen features and the outcome of a frame, with the rows that can train or be scored.

use algomosaic_features::FeatureFrame;
use ndarray::{Array1, Array2};

use crate::check::{count, some_of};
use crate::columns::{Chosen, choose, missing};
use crate::outcome::{Class, Outcome, outcome};
use crate::prepare::{Impute, PrepareSpec, carry_forward};
use crate::rows::{Row, rows};
use crate::{Algorithm, Check, Error, TrainSpec};

/// What can be learned from a frame.
pub(crate) struct Table {
    /// The features.
    pub(crate) names: Vec<String>,
    /// A column for each feature, by the rows of the frame; undefined as NaN.
    pub(crate) values: Vec<Vec<f64>>,
    /// The label, by the rows of the frame; undefined as NaN.
    pub(crate) label: Vec<f64>,
    /// The outcome as the algorithm learns it: the label, or its class.
    pub(crate) outcome: Vec<f64>,
    /// The classes of the outcome; empty unless there are several.
    pub(crate) classes: Vec<Class>,
    /// How many bars the outcome looks ahead.
    pub(crate) horizon_bars: u32,
    /// All rows, in the order of ticker, then time.
    pub(crate) bars: Vec<Row>,
    /// Those that can train or be scored: what the algorithm needs is defined, and so is the outcome.
    pub(crate) rows: Vec<Row>,
    /// Those whose outcome is not known, after the last of their ticker that can be scored.
    pub(crate) latest: Vec<Row>,
    /// What happens to features first.
    pub(crate) prepare: PrepareSpec,
}

impl Table {
    /// The table of a request, with what a person should know about it.
    pub(crate) fn new(
        spec: &TrainSpec,
        algorithm: &Algorithm,
        data: &FeatureFrame,
    ) -> Result<(Self, Vec<Check>), Error> {
        let horizon_bars = horizon(spec, data)?;
        let Chosen { names, mut values, mut checks } = choose(&spec.features, data)?;
        let Outcome { label, learned: outcome, classes } = outcome(&data.frame, &spec.outcome, algorithm)?;
        let bars = rows(&data.frame, horizon_bars)?;
        if spec.prepare.impute == Impute::Last {
            values.iter_mut().for_each(|column| carry_forward(column, &bars));
        }
        let mut table = Table {
            names,
            values,
            label,
            outcome,
            classes,
            horizon_bars,
            bars,
            rows: Vec::new(),
            latest: Vec::new(),
            prepare: spec.prepare,
        };
        table.find_rows(&mut checks)?;
        Ok((table, checks))
    }

    /// Finds the rows with the features and the outcome defined, and tells of the others.
    fn find_rows(&mut self, checks: &mut Vec<Check>) -> Result<(), Error> {
        let imputes = self.prepare.impute != Impute::None;
        let undefined_of = |row: &Row| self.values.iter().filter(|column| column[row.at].is_nan()).count();
        let (mut usable, mut latest) = (Vec::with_capacity(self.bars.len()), Vec::new());
        let (mut warm_up, mut undefined, mut no_outcome, mut filled) = (0, 0, 0, 0);
        for ticker in self.bars.chunk_by(|a, b| a.ticker == b.ticker) {
            let mut started = false;
            let mut unknown = Vec::new();
            for row in ticker {
                let missing = undefined_of(row);
                if if imputes { missing == self.values.len() } else { missing > 0 } {
                    undefined += 1;
                    warm_up += usize::from(!started);
                    continue;
                }
                started = true;
                if self.outcome[row.at].is_nan() {
                    unknown.push(*row);
                    continue;
                }
                filled += missing;
                no_outcome += unknown.len();
                unknown.clear();
                usable.push(*row);
            }
            latest.append(&mut unknown);
        }
        let all = self.bars.len();
        if usable.is_empty() {
            let undefined_in = |column: &Vec<f64>| column.iter().filter(|value| value.is_nan()).count();
            let worst = self.names.iter().zip(self.values.iter().map(undefined_in)).max_by_key(|(_, rows)| *rows);
            return Err(Error::TooFew {
                what: match worst {
                    Some((name, missing)) if missing > 0 => format!(
                        "none of {} has the outcome and every feature defined; {name} alone is undefined in {missing}",
                        count(all, "row")
                    ),
                    _ => format!("none of {} has the outcome defined", count(all, "row")),
                },
                hint: "Take a longer history, or leave out the features that are mostly undefined.".to_owned(),
            });
        }
        let feature = if imputes { "no defined feature" } else { "an undefined feature" };
        if undefined + no_outcome > 0 {
            let outcome =
                if no_outcome > 0 { format!(", {no_outcome} with an undefined outcome") } else { String::new() };
            checks.push(Check::fine(format!(
                "{} of {} left out: {undefined} with {feature} ({warm_up} of them warm-up){outcome}",
                undefined + no_outcome,
                count(all, "row")
            )));
        }
        if !latest.is_empty() {
            checks.push(Check::fine(format!(
                "{} at the end predicted but not scored, because the outcome is not known yet",
                count(latest.len(), "row")
            )));
        }
        if filled > 0 {
            let treated = match self.prepare.impute {
                Impute::Mean => "filled in with the mean of the training rows",
                Impute::Last => {
                    "filled in with the last value of the ticker, and before there is one the median of the training rows"
                }
                Impute::Median | Impute::None => "filled in with the median of the training rows",
                Impute::Keep => "kept: each split learns which way they go",
            };
            checks.push(Check::fine(format!("{} {treated}", count(filled, "undefined value"))));
        }
        (self.rows, self.latest) = (usable, latest);
        Ok(())
    }

    /// Rows by some features, as they are. `rows` are positions in `self.rows`.
    pub(crate) fn matrix(&self, features: &[usize], rows: impl ExactSizeIterator<Item = Row>) -> Array2<f64> {
        let mut matrix = Array2::zeros((rows.len(), features.len()));
        for (mut line, row) in matrix.rows_mut().into_iter().zip(rows) {
            for (value, feature) in line.iter_mut().zip(features) {
                *value = self.values[*feature][row.at];
            }
        }
        matrix
    }

    /// Numbers that a prediction of a row has: 1, or one for each of several classes.
    pub(crate) fn width(&self) -> usize {
        self.classes.len().max(1)
    }

    /// What a perfect prediction of some usable rows is, by their positions: the outcome of each row, or of several
    /// classes for each of them 1 where it is the row's and else 0.
    pub(crate) fn targets(&self, part: &[usize]) -> Vec<f64> {
        let outcomes = self.outcomes(part);
        if self.classes.is_empty() {
            return outcomes.to_vec();
        }
        let of = |outcome: &f64| {
            let outcome = *outcome;
            (0..self.classes.len()).map(move |class| f64::from(u8::from(class as f64 == outcome)))
        };
        outcomes.iter().flat_map(of).collect()
    }

    /// The outcomes of some usable rows, by their positions.
    pub(crate) fn outcomes(&self, part: &[usize]) -> Array1<f64> {
        part.iter().map(|&i| self.outcome[self.rows[i].at]).collect()
    }
}

/// How many bars the outcome looks ahead.
fn horizon(spec: &TrainSpec, data: &FeatureFrame) -> Result<u32, Error> {
    if data.frame.column(&spec.outcome).is_err() {
        return Err(missing(&data.frame, vec![spec.outcome.clone()]));
    }
    data.labels
        .get(&spec.outcome)
        .copied()
        .ok_or_else(|| Error::NotALabel { name: spec.outcome.clone(), labels: data.labels.keys().cloned().collect() })
}

/// The features that vary over the training rows, and a check of the others.
pub(crate) fn varying(names: &[String], varying: &[usize], checks: &mut Vec<Check>) -> Result<(), Error> {
    let constant: Vec<String> = (0..names.len()).filter(|i| !varying.contains(i)).map(|i| names[i].clone()).collect();
    if varying.is_empty() {
        return Err(Error::TooFew {
            what: format!("no feature varies over the training rows: {}", some_of(&constant)),
            hint: "Choose other features, or take a longer history.".to_owned(),
        });
    }
    if !constant.is_empty() {
        checks.push(Check::look(format!(
            "{} left out, because it does not vary over the training rows: {}",
            count(constant.len(), "feature"),
            some_of(&constant)
        )));
    }
    Ok(())
}
