//! A trained model: what it needs, what it predicts, and how it came to be.

use std::collections::BTreeMap;

use algomosaic_core::Value;
use algomosaic_features::FeatureFrame;
use ndarray::{Array1, Array2, ArrayView1};
use polars::prelude::Column;

use crate::columns::{missing, numbers, refuse_unless_feature};
use crate::outcome::{Class, columns_of, positions, values};
use crate::predictor::{Learned, Predictor};
use crate::prepare::{Preparation, carry_forward};
use crate::rows::{Row, rows};
use crate::{Error, Linear, Scores, Task};

/// A trained model. It predicts a label from features by their names, and knows how it was trained.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    pub(crate) signature: Signature,
    pub(crate) training_mean: f64,
    pub(crate) predictor: Predictor,
}

/// What a model file says about a model in words.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Signature {
    pub(crate) algorithm: String,
    pub(crate) model_type: String,
    pub(crate) params: BTreeMap<String, Value>,
    pub(crate) outcome: String,
    pub(crate) horizon_bars: u32,
    pub(crate) features: Vec<String>,
    /// What the features were in the training data, in their order; empty in older files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) types: Vec<String>,
    pub(crate) train_start: String,
    pub(crate) train_end: String,
    pub(crate) train_rows: u32,
    pub(crate) split: String,
    pub(crate) seed: u32,
    pub(crate) data_hash: String,
    pub(crate) software_version: String,
    /// What happens to features first; none when they are taken as they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) prepare: Option<Preparation>,
    /// The classes of the outcome; empty unless there are several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) classes: Vec<Class>,
}

impl Model {
    /// Predictions in the order of the rows; of several classes the value of the likeliest. NaN where a feature is undefined and neither kept nor filled in. Columns are
    /// found by name; others may be there, in any order. A column that is marked as a label is refused even where its
    /// name is that of a feature.
    pub fn predict(&self, data: &FeatureFrame) -> Result<Vec<f64>, Error> {
        let predictions = self.predict_at(data, None)?;
        Ok(if self.classes().is_empty() { predictions } else { values(self.classes(), &predictions) })
    }

    /// The same as columns, undefined as null: `predictions`, and of several classes `predicted_class` and a probability for
    /// each, such as `probability_up`.
    pub fn prediction_columns(&self, data: &FeatureFrame) -> Result<Vec<Column>, Error> {
        Ok(columns_of(self.classes(), &self.predict_at(data, None)?))
    }

    /// The same for some rows of the frame.
    pub(crate) fn columns_at(&self, data: &FeatureFrame, chosen: &[Row]) -> Result<Vec<Column>, Error> {
        Ok(columns_of(self.classes(), &self.predict_at(data, Some(chosen))?))
    }

    /// The outcomes of a frame, undefined as NaN; of several classes their values. None where it does not have the column.
    pub fn outcomes(&self, data: &FeatureFrame) -> Result<Option<Vec<f64>>, Error> {
        let frame = &data.frame;
        if frame.column(self.outcome()).is_err() {
            return Ok(None);
        }
        if self.classes().is_empty() {
            return numbers(frame, self.outcome()).map(Some);
        }
        let value = |at: Option<usize>| at.map_or(f64::NAN, |at| self.classes()[at].value);
        Ok(Some(positions(self.classes(), frame, self.outcome())?.into_iter().map(value).collect()))
    }

    /// The classes it tells; empty unless there are several.
    pub fn classes(&self) -> &[Class] {
        &self.signature.classes
    }

    /// One number a row, or a probability for each of several classes.
    fn predict_at(&self, data: &FeatureFrame, chosen: Option<&[Row]>) -> Result<Vec<f64>, Error> {
        let absent: Vec<String> =
            self.features().iter().filter(|name| data.frame.column(name).is_err()).cloned().collect();
        if !absent.is_empty() {
            return Err(missing(&data.frame, absent));
        }
        let preparation = self.signature.prepare.as_ref();
        let bars = match preparation {
            Some(preparation) if preparation.carries() => rows(&data.frame, 0)?,
            _ => Vec::new(),
        };
        let count = chosen.map_or(data.frame.height(), <[Row]>::len);
        let mut matrix = Array2::zeros((count, self.features().len()));
        for (name, mut column) in self.features().iter().zip(matrix.columns_mut()) {
            refuse_unless_feature(name, &data.labels)?;
            let mut values = numbers(&data.frame, name)?;
            carry_forward(&mut values, &bars);
            match chosen {
                None => column.assign(&Array1::from_vec(values)),
                Some(chosen) => column.iter_mut().zip(chosen).for_each(|(value, row)| *value = values[row.at]),
            }
        }
        if let Some(preparation) = preparation {
            preparation.apply(&mut matrix);
        }
        if !self.keeps_undefined() {
            return Ok(self.predictor.predict_defined(matrix.view()).to_vec());
        }
        // No row without any defined feature trained: nothing is known of it.
        let unknown = |row: ArrayView1<f64>| row.iter().all(|value| value.is_nan());
        Ok(self.predictor.predict_unless(matrix.view(), unknown).to_vec())
    }

    /// Whether it predicts rows with undefined features, the way it learned.
    pub(crate) fn keeps_undefined(&self) -> bool {
        self.signature.prepare.as_ref().is_some_and(Preparation::keeps)
    }

    /// The id of its algorithm: `elastic_net`.
    pub fn algorithm(&self) -> &str {
        &self.signature.algorithm
    }

    /// Its algorithm as tables (`model_type`) and file names have it: `ElasticNet`.
    pub fn model_type(&self) -> &str {
        &self.signature.model_type
    }

    /// Every parameter of its algorithm.
    pub fn params(&self) -> &BTreeMap<String, Value> {
        &self.signature.params
    }

    /// The features it needs, in its order.
    pub fn features(&self) -> &[String] {
        &self.signature.features
    }

    /// The types those had in the training data, as BigQuery names them; empty when its file is older than these. Any
    /// numbers predict.
    pub fn types(&self) -> &[String] {
        &self.signature.types
    }

    /// The label it predicts.
    pub fn outcome(&self) -> &str {
        &self.signature.outcome
    }

    /// How many bars that label looks ahead.
    pub fn horizon_bars(&self) -> u32 {
        self.signature.horizon_bars
    }

    /// Time of its first training row: RFC 3339, UTC.
    pub fn train_start(&self) -> &str {
        &self.signature.train_start
    }

    /// Time of its last training row: RFC 3339, UTC.
    pub fn train_end(&self) -> &str {
        &self.signature.train_end
    }

    /// How many rows it was trained on.
    pub fn train_rows(&self) -> u32 {
        self.signature.train_rows
    }

    /// The kind of split its training rows came from.
    pub fn split(&self) -> &str {
        &self.signature.split
    }

    /// The seed of everything random in its training.
    pub fn seed(&self) -> u32 {
        self.signature.seed
    }

    /// SHA-256 of the training rows: times, tickers, features and outcomes.
    pub fn data_hash(&self) -> &str {
        &self.signature.data_hash
    }

    /// The version of the software that trained it.
    pub fn software_version(&self) -> &str {
        &self.signature.software_version
    }

    /// Mean of the training outcomes, against which R² is measured; 0 of several classes, whose shares take its place.
    pub fn training_mean(&self) -> f64 {
        self.training_mean
    }

    /// What it predicts of the outcome.
    pub fn task(&self) -> Task {
        crate::algorithm(&self.signature.algorithm).map_or(Task::Regression, |algorithm| algorithm.task)
    }

    /// The linear model, when it is one. That of a classifier gives log-odds.
    pub fn linear(&self) -> Option<Linear> {
        match &self.predictor.learned {
            Learned::Linear(linear) | Learned::Logistic(linear) => Some(Linear {
                intercept: linear.intercept,
                coefficients: linear.coefficients.clone(),
                scale: self.predictor.scale.clone(),
            }),
            Learned::Trees(_) | Learned::Neighbors(_) => None,
        }
    }
}

/// Scores of predictions, with R² against the mean of the outcomes the model was trained on. Outcomes of a classifier
/// may be given as values or as classes.
pub fn score(model: &Model, predictions: &[f64], outcomes: &[f64]) -> Scores {
    let task = model.task();
    let outcomes: Vec<f64> = outcomes.iter().map(|value| task.outcome(*value)).collect();
    Scores::new(task, model.training_mean, predictions, &outcomes)
}

/// Scores of a model on rows whose outcome is known; none where the data does not have it. Rows of a class that the model
/// does not know do not count.
pub fn score_on(model: &Model, data: &FeatureFrame) -> Result<Option<Scores>, Error> {
    let Some(outcomes) = model.outcomes(data)? else { return Ok(None) };
    let predictions = model.predict_at(data, None)?;
    let classes = model.classes();
    if classes.is_empty() {
        return Ok(Some(score(model, &predictions, &outcomes)));
    }
    let width = classes.len();
    let (mut known, mut targets) = (Vec::new(), Vec::new());
    for (row, outcome) in predictions.chunks_exact(width).zip(outcomes) {
        if let Some(class) = classes.iter().position(|class| class.value == outcome) {
            known.extend_from_slice(row);
            targets.extend((0..width).map(|k| f64::from(u8::from(k == class))));
        }
    }
    let shares: Vec<f64> = classes.iter().map(|class| class.share).collect();
    Ok(Some(Scores::several(width, &shares.repeat(targets.len() / width), &known, &targets)))
}

#[cfg(test)]
mod tests {
    use algomosaic_core::Job;
    use polars::prelude::{Column, NamedFrom as _, Series};

    use super::*;
    use crate::testing::{golden, golden_frame, spec};
    use crate::train;

    fn trained() -> (Model, FeatureFrame) {
        let data = golden_frame(&golden());
        (train(&spec("elastic_net", "y", "[control]\nrepeats = 1"), &data, &Job::new()).unwrap().model, data)
    }

    #[test]
    fn columns_are_found_by_name_in_any_order_and_among_others() {
        let (model, data) = trained();
        let expected = model.predict(&data).unwrap();
        let mut other = data.clone();
        other.frame = data.frame.select(["x3", "x0", "x4", "ticker", "x1", "x2"]).unwrap();
        other.frame.with_column(Column::from(Series::new("note".into(), vec!["text"; 200]))).unwrap();
        assert_eq!(model.predict(&other).unwrap(), expected);
        assert_eq!(expected.len(), 200);
    }

    #[test]
    fn missing_columns_are_named_with_the_nearest() {
        let (model, mut data) = trained();
        data.frame = data.frame.select(["x0", "x2", "x3"]).unwrap();
        let refused = model.predict(&data).unwrap_err().to_string();
        assert_eq!(refused, "the data has no column x1, x4");
    }

    #[test]
    fn a_column_that_looks_ahead_is_refused_where_a_feature_is_expected() {
        let (model, mut data) = trained();
        data.labels.insert("x2".to_owned(), 3);
        let refused = model.predict(&data).unwrap_err().to_string();
        assert_eq!(refused, "x2 cannot be a feature: it is a label, which reads later bars");
    }

    #[test]
    fn an_undefined_feature_gives_an_undefined_prediction_in_its_row_only() {
        let (model, mut data) = trained();
        let expected = model.predict(&data).unwrap();
        let mut values: Vec<Option<f64>> = data.frame.column("x1").unwrap().f64().unwrap().iter().collect();
        values[7] = None;
        values[9] = Some(f64::NAN);
        data.frame.with_column(Column::from(Series::new("x1".into(), values.clone()))).unwrap();
        let found = model.predict(&data).unwrap();
        for (row, (found, expected)) in found.iter().zip(&expected).enumerate() {
            assert!(if [7, 9].contains(&row) { found.is_nan() } else { found == expected }, "{row}");
        }
        values[11] = Some(f64::NEG_INFINITY);
        data.frame.with_column(Column::from(Series::new("x1".into(), values))).unwrap();
        assert!(model.predict(&data).unwrap_err().to_string().starts_with("x1 is infinite in 1 row"));
    }

    #[test]
    fn a_row_is_predicted_alike_alone_and_among_others() {
        let (model, mut data) = trained();
        let expected = model.predict(&data).unwrap();
        data.frame = data.frame.slice(50, 1);
        assert_eq!(model.predict(&data).unwrap(), expected[50..51]);
        data.frame = data.frame.slice(0, 0);
        assert!(model.predict(&data).unwrap().is_empty());
    }

    #[test]
    fn a_model_says_how_it_came_to_be() {
        let (model, _) = trained();
        assert_eq!((model.algorithm(), model.model_type()), ("elastic_net", "ElasticNet"));
        assert_eq!((model.outcome(), model.horizon_bars(), model.split(), model.seed()), ("y", 2, "chronological", 0));
        assert_eq!(model.features(), ["x0", "x1", "x2", "x3", "x4"]);
        assert_eq!(model.types(), ["FLOAT64"; 5]);
        assert_eq!(model.train_start(), "1970-01-01T00:00:00.000000Z");
        assert_eq!((model.train_end(), model.train_rows()), ("1970-05-18T00:00:00.000000Z", 138));
        assert_eq!((model.data_hash().len(), model.software_version()), (64, "0.1.0"));
        assert_eq!(model.params().len(), 6);
    }
}
