//! What an algorithm learns of an outcome's column: a number, whether it is above zero, or which of several classes it is.

use std::collections::BTreeSet;

use polars::prelude::{Column, DataFrame, DataType, NamedFrom as _, Series};
use serde::{Deserialize, Serialize};

use crate::classes::likeliest;
use crate::columns::{missing, numbers};
use crate::{Algorithm, Error, Task};

/// Whole numbers of at least so many values, and of at most so many, are classes; texts of two or more.
const FEWEST: usize = 3;
const MOST: usize = 20;

/// One of several classes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Class {
    /// As it stands in the column: a text or a whole number.
    pub name: String,
    /// The number itself, or of a text its position among the classes.
    pub value: f64,
    /// Its share of the training rows.
    pub share: f64,
}

impl Class {
    /// The column of its probability: `probability_up`, `probability_n1` of -1.
    pub fn column(&self) -> String {
        let sign = |(at, c): (usize, char)| match c {
            '-' if at == 0 => 'n',
            c if c.is_alphanumeric() => c,
            _ => '_',
        };
        format!("probability_{}", self.name.chars().enumerate().map(sign).collect::<String>())
    }
}

/// An outcome by the rows of a frame, undefined as NaN.
pub(crate) struct Outcome {
    /// The number, or of a text the position of its class.
    pub(crate) label: Vec<f64>,
    /// What is learned: the number, 1 where it is above zero and else 0, or the position of the class.
    pub(crate) learned: Vec<f64>,
    /// The classes; empty unless there are several. Their shares are not known yet.
    pub(crate) classes: Vec<Class>,
}

/// The outcome as an algorithm learns it.
pub(crate) fn outcome(frame: &DataFrame, name: &str, algorithm: &Algorithm) -> Result<Outcome, Error> {
    let column = frame.column(name).map_err(|_| missing(frame, vec![name.to_owned()]))?;
    let is_text = matches!(column.dtype(), DataType::String | DataType::Categorical(..) | DataType::Enum(..));
    if is_text && algorithm.task == Task::Classification {
        let texts = column.as_materialized_series().cast(&DataType::String)?;
        let texts: Vec<Option<&str>> = texts.str()?.iter().collect();
        let names: BTreeSet<&str> = texts.iter().flatten().copied().collect();
        if !(2..=MOST).contains(&names.len()) {
            return Err(Error::Classes { name: name.to_owned(), found: names.len() });
        }
        if !algorithm.several {
            let rule =
                format!("be a classifier of trees for an outcome of text, such as {name}, but is {}", algorithm.id);
            return Err(Error::Rule { setting: "algorithm", rule });
        }
        let names: Vec<&str> = names.into_iter().collect();
        let position = |text: &Option<&str>| text.and_then(|text| names.binary_search(&text).ok());
        let label: Vec<f64> = texts.iter().map(|text| position(text).map_or(f64::NAN, |at| at as f64)).collect();
        let of = |(at, name): (usize, &&str)| Class { name: (*name).to_owned(), value: at as f64, share: 0.0 };
        let classes: Vec<Class> = names.iter().enumerate().map(of).collect();
        let columns: BTreeSet<String> = classes.iter().map(Class::column).collect();
        if columns.len() < classes.len() {
            let rule = format!("have texts that differ in letters and digits, which name columns, but {name} has not");
            return Err(Error::Rule { setting: "outcome", rule });
        }
        return Ok(Outcome { learned: label.clone(), label, classes });
    }
    let label = numbers(frame, name)?;
    let may = algorithm.task == Task::Classification && algorithm.several && !column.dtype().is_bool();
    if let Some(values) = whole(&label).filter(|_| may) {
        let position = |value: &f64| values.iter().position(|known| known == value).map_or(f64::NAN, |at| at as f64);
        let learned = label.iter().map(position).collect();
        let of = |value: &f64| Class { name: value.to_string(), value: *value, share: 0.0 };
        return Ok(Outcome { learned, classes: values.iter().map(of).collect(), label });
    }
    let learned = label.iter().map(|value| algorithm.task.outcome(*value)).collect();
    Ok(Outcome { label, learned, classes: Vec::new() })
}

/// The values, ascending, where all are whole numbers and so few that they are classes.
fn whole(label: &[f64]) -> Option<Vec<f64>> {
    let mut values: Vec<f64> = Vec::new();
    for value in label.iter().filter(|value| !value.is_nan()) {
        if value.fract() != 0.0 || value.abs() > 1e9 {
            return None;
        }
        // Adding zero makes one of both zeros.
        if let Err(at) = values.binary_search_by(|known| known.total_cmp(&(value + 0.0))) {
            values.insert(at, value + 0.0);
        }
        if values.len() > MOST {
            return None;
        }
    }
    (values.len() >= FEWEST).then_some(values)
}

/// The value of the likeliest class of each row; NaN where there is none.
pub(crate) fn values(classes: &[Class], probabilities: &[f64]) -> Vec<f64> {
    let of = |row: &[f64]| if row[0].is_nan() { f64::NAN } else { classes[likeliest(row)].value };
    probabilities.chunks_exact(classes.len()).map(of).collect()
}

/// Predictions as columns, undefined as null: `predictions`, and of several classes `predicted_class` and a probability for
/// each.
pub(crate) fn columns_of(classes: &[Class], predictions: &[f64]) -> Vec<Column> {
    let defined = |value: f64| value.is_finite().then_some(value);
    let column = |name: &str, values: Vec<Option<f64>>| Column::from(Series::new(name.into(), values));
    if classes.is_empty() {
        return vec![column("predictions", predictions.iter().map(|value| defined(*value)).collect())];
    }
    let width = classes.len();
    let rows = || predictions.chunks_exact(width);
    let names: Vec<Option<&str>> =
        rows().map(|row| defined(row[0]).map(|_| classes[likeliest(row)].name.as_str())).collect();
    let likely = values(classes, predictions).into_iter().map(defined).collect();
    let mut columns = vec![column("predictions", likely), Column::from(Series::new("predicted_class".into(), names))];
    columns.extend(
        classes
            .iter()
            .enumerate()
            .map(|(k, class)| column(&class.column(), rows().map(|row| defined(row[k])).collect())),
    );
    columns
}

/// The position of the class of each row among those that a model knows; none where it is undefined or another.
pub(crate) fn positions(classes: &[Class], frame: &DataFrame, name: &str) -> Result<Vec<Option<usize>>, Error> {
    let column = frame.column(name).map_err(|_| missing(frame, vec![name.to_owned()]))?;
    if matches!(column.dtype(), DataType::String | DataType::Categorical(..) | DataType::Enum(..)) {
        let texts = column.as_materialized_series().cast(&DataType::String)?;
        let of = |text: Option<&str>| classes.iter().position(|class| Some(class.name.as_str()) == text);
        return Ok(texts.str()?.iter().map(of).collect());
    }
    let of = |value: &f64| classes.iter().position(|class| class.value == *value);
    Ok(numbers(frame, name)?.iter().map(of).collect())
}

#[cfg(test)]
mod tests {
    use algomosaic_core::{Job, Problem};
    use algomosaic_features::FeatureFrame;

    use super::*;
    use crate::testing::{days, frame, normal, spec};
    use crate::{Model, Trained, Verdict, score_on, train};

    const CLASSIFIERS: [&str; 3] =
        ["gradient_boosting_classifier", "random_forest_classifier", "extra_trees_classifier"];

    /// The outcome `text` is down, flat or up by what `x` is, but for one row in eight; `number` is the same as -1, 0, 1.
    fn data(rows: usize) -> FeatureFrame {
        let (x, noise) = (normal(1, rows), normal(2, rows));
        let of = |i: usize| match x[i] + if i.is_multiple_of(8) { 3.0 * noise[i] } else { 0.0 } {
            value if value < -0.4 => -1,
            value if value < 0.4 => 0,
            _ => 1,
        };
        let number: Vec<f64> = (0..rows).map(|i| f64::from(of(i))).collect();
        let texts: Vec<Option<&str>> =
            (0..rows).map(|i| (i + 1 < rows).then(|| ["down", "flat", "up"][(of(i) + 1) as usize])).collect();
        let columns = [("x", x), ("noise", noise), ("number", number)];
        let mut data = frame(&days("A", rows), &columns, &[("number", 1), ("text", 1)]);
        data.frame.with_column(Column::from(Series::new("text".into(), texts))).unwrap();
        data
    }

    fn run(algorithm: &str, outcome: &str, rest: &str) -> Trained {
        train(&spec(algorithm, outcome, rest), &data(900), &Job::new()).unwrap()
    }

    #[test]
    fn several_classes_are_told() {
        for algorithm in CLASSIFIERS {
            for (outcome, names, columns) in [
                ("text", ["down", "flat", "up"], ["probability_down", "probability_flat", "probability_up"]),
                ("number", ["-1", "0", "1"], ["probability_n1", "probability_0", "probability_1"]),
            ] {
                let trained = run(algorithm, outcome, "");
                let scores = trained.scores.classes.unwrap();
                assert!(scores.accuracy.unwrap() > 0.85 && scores.log_loss.unwrap() < 0.6, "{algorithm} {scores:?}");
                assert!(trained.scores.rsquared.unwrap() > 0.6 && trained.scores.mae.is_none());
                assert_eq!(trained.control.verdict, Verdict::BetterThanChance);
                assert!(trained.control.median < 0.1, "{algorithm}: {}", trained.control.median);
                assert_eq!(trained.importance[0].variable, "x");
                assert!(trained.importance[0].shap > trained.importance[1].shap);

                let report = trained.classes.unwrap();
                assert_eq!(report.classes.iter().map(|class| class.class.as_str()).collect::<Vec<_>>(), names);
                let rows: u32 = report.confusion.iter().flatten().sum();
                assert_eq!(rows as usize, trained.evaluation.height());
                let right: u32 = (0..3).map(|k| report.confusion[k][k]).sum();
                assert!((f64::from(right) / f64::from(rows) - scores.accuracy.unwrap()).abs() < 1e-12);

                let chances: Vec<Vec<f64>> =
                    columns.iter().map(|column| numbers(&trained.evaluation, column).unwrap()).collect();
                let predicted = trained.evaluation.column("predicted_class").unwrap().str().unwrap().clone();
                let actual = trained.evaluation.column("outcome_class").unwrap().str().unwrap().clone();
                let mut hits = 0;
                for row in 0..trained.evaluation.height() {
                    let chances: Vec<f64> = chances.iter().map(|column| column[row]).collect();
                    assert!((chances.iter().sum::<f64>() - 1.0).abs() < 1e-9, "probabilities sum to 1");
                    assert_eq!(predicted.get(row), Some(names[likeliest(&chances)]));
                    hits += u32::from(predicted.get(row) == actual.get(row));
                }
                assert_eq!(hits, right);
                let latest = trained.latest.column("predicted_class").unwrap().str().unwrap().clone();
                assert!(latest.len() == usize::from(outcome == "text") && latest.iter().all(|class| class.is_some()));

                let model = trained.model;
                assert_eq!(Model::from_bytes(&model.to_bytes()).unwrap(), model);
                let shares: f64 = model.classes().iter().map(|class| class.share).sum();
                assert!((shares - 1.0).abs() < 1e-12);
                let mut held_out = data(900);
                held_out.frame = held_out.frame.slice(900 - i64::from(rows) - 1, rows as usize);
                assert!(score_on(&model, &held_out).unwrap().unwrap().rows == rows);
                let refused = Problem::from(model.to_onnx().unwrap_err());
                assert!(refused.message.contains("several classes") && refused.hint.contains("JSON"), "{refused:?}");
                assert!(model.to_json().contains("\"outputs\": 3"));
            }
        }
    }

    #[test]
    fn several_classes_go_with_folds_searches_and_undefined_features() {
        for rest in [
            "[split]\nkind = \"combinatorial_purged\"\n[control]\nrepeats = 2",
            "[prepare]\nimpute = \"keep\"\n[control]\nrepeats = 2",
            "[control]\nrepeats = 2\n[search]\ntrials = 2\n[search.ranges]\nmin_samples_leaf = [5, 30]",
        ] {
            let trained = run("random_forest_classifier", "text", rest);
            assert!(trained.scores.classes.unwrap().accuracy.unwrap() > 0.85, "{rest}");
            assert!(trained.paths.iter().all(|path| path.classes.unwrap().accuracy.unwrap() > 0.8));
        }
    }

    #[test]
    fn what_is_no_outcome_of_several_classes_is_refused_or_told_as_before() {
        let data = data(300);
        let refused = |algorithm: &str, data: &FeatureFrame, rest: &str| {
            Problem::from(train(&spec(algorithm, "text", rest), data, &Job::new()).unwrap_err())
        };
        let logistic = refused("logistic", &data, "");
        assert!(logistic.message.contains("a classifier of trees for an outcome of text"), "{logistic:?}");
        assert!(refused("ols", &data, "").message.contains("text must be numeric"));
        for (text, found) in [("same", 1), ("", 300)] {
            let texts: Vec<String> =
                (0..300).map(|i| if text.is_empty() { i.to_string() } else { text.to_owned() }).collect();
            let mut other = data.clone();
            other.frame.with_column(Column::from(Series::new("text".into(), texts))).unwrap();
            let problem = refused("random_forest_classifier", &other, "");
            assert!(problem.message.contains(&format!("{found} different texts")) && !problem.hint.is_empty());
        }
        let mut alike = data.clone();
        let texts: Vec<&str> = (0..300).map(|i| ["a b", "a-b"][i % 2]).collect();
        alike.frame.with_column(Column::from(Series::new("text".into(), texts))).unwrap();
        assert!(refused("random_forest_classifier", &alike, "").message.contains("letters and digits"));
        // A return is above zero or not, and so are two numbers.
        assert_eq!(whole(&[0.0, 1.0, 1.0, f64::NAN]), None);
        assert_eq!(whole(&[0.5, 1.0, 2.0, 3.0]), None);
        assert_eq!(whole(&(0..21).map(f64::from).collect::<Vec<_>>()), None);
        assert_eq!(whole(&[2.0, -0.0, 0.0, f64::NAN, -1.0]), Some(vec![-1.0, 0.0, 2.0]));
    }
}
