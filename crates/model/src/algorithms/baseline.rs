//! What any model must beat: the mean or the median of the training outcomes, or the last value of a column.

use algomosaic_core::{Job, Param, Value};
use ndarray::ArrayView1;

use crate::Error;
use crate::algorithm::{Algorithm, Family, Fitted, Learner, Setting, Task};
use crate::linear::Coefficients;
use crate::predictor::Learned;
use crate::scale::Scaling;

/// The catalogue's entry.
pub const BASELINE: Algorithm = Algorithm {
    id: "baseline",
    label: "Baseline",
    help: "A forecast without learning, which any model must beat",
    task: Task::Regression,
    family: Family::Baseline,
    several: false,
    params: &[
        Param::choice(
            "strategy",
            "Forecast",
            "mean",
            &[("mean", "Mean outcome"), ("median", "Median outcome"), ("last", "Last value of a column")],
        )
        .help("The mean or the median of the training outcomes, or the value that a feature has now"),
        Param::text("column", "Column", "")
            .help("The feature whose value is the forecast of last: ROR_10 for the outcome ROR_n10"),
    ],
    scaling: |_| Scaling::None,
    prepare: |setting, _| Ok(Box::new(Prepared { strategy: strategy(setting)?, features: setting.names.len() })),
};

enum Strategy {
    Mean,
    Median,
    /// The position of a feature.
    Last(usize),
}

struct Prepared {
    strategy: Strategy,
    features: usize,
}

fn strategy(setting: &Setting<'_>) -> Result<Strategy, Error> {
    let text = |name: &str| match setting.params.values().get(name) {
        Some(Value::Text(text)) => text.as_str(),
        _ => "",
    };
    match text("strategy") {
        "last" => {
            let column = text("column");
            let position = setting.names.iter().position(|name| name == column);
            position.map(Strategy::Last).ok_or_else(|| Error::TooFew {
                what: format!(
                    "the baseline of the last value needs one of the features as column, but has \"{column}\""
                ),
                hint: "Set column to a feature that varies, such as ROR_10 for the outcome ROR_n10.".to_owned(),
            })
        }
        "median" => Ok(Strategy::Median),
        _ => Ok(Strategy::Mean),
    }
}

impl Learner for Prepared {
    fn fit(&self, outcomes: ArrayView1<f64>, _: &Job) -> Result<Fitted, Error> {
        let mut coefficients = vec![0.0; self.features];
        let intercept = match self.strategy {
            Strategy::Mean => outcomes.sum() / outcomes.len() as f64,
            Strategy::Median => crate::control::median(&outcomes.to_vec()),
            Strategy::Last(position) => {
                coefficients[position] = 1.0;
                0.0
            }
        };
        Ok(Fitted { learned: Learned::Linear(Coefficients { intercept, coefficients }), checks: Vec::new() })
    }
}

#[cfg(test)]
mod tests {
    use algomosaic_core::{Job, Problem};

    use crate::testing::{golden, golden_frame, meets_golden, spec};
    use crate::train;

    #[test]
    fn predictions_are_those_of_scikit_learn() {
        meets_golden("baseline", 1e-15);
    }

    #[test]
    fn the_last_value_of_a_column_is_its_forecast() {
        let data = golden_frame(&golden());
        let with = |column: &str| {
            let rest = format!("[params]\nstrategy = \"last\"\ncolumn = \"{column}\"\n[control]\nrepeats = 1");
            train(&spec("baseline", "y", &rest), &data, &Job::new())
        };
        let model = with("x3").unwrap().model;
        let values = crate::columns::numbers(&data.frame, "x3").unwrap();
        assert_eq!(model.predict(&data).unwrap(), values);
        let refused = Problem::from(with("x33").unwrap_err());
        assert!(refused.message.contains("\"x33\"") && refused.hint.contains("Set column"), "{refused:?}");
    }
}
