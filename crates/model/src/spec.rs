//! The request to train a model, and the training file (TOML) it may be written as.

use std::collections::BTreeMap;

use algomosaic_core::problem::in_line;
use algomosaic_core::{ParamKind, Params, Value, names};
use serde::{Deserialize, Serialize};

use crate::algorithm::{Algorithm, algorithm};
use crate::control::{self, ControlSpec};
use crate::prepare::{self, Impute, PrepareSpec};
use crate::search::{self, SearchSpec};
use crate::split::{self, Split};
use crate::{Error, SplitKind};

/// What to train: an outcome, its features, an algorithm, and how to tell whether it learned anything.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
#[serde(deny_unknown_fields)]
pub struct TrainSpec {
    /// The label to predict: a column that looks ahead, such as `ROR_n10`.
    pub outcome: String,
    /// Names of columns, or patterns with `*` and `?`. Empty: every column that may be a feature.
    #[serde(default)]
    pub features: Vec<String>,
    /// The id of an algorithm of the catalogue: `elastic_net`.
    pub algorithm: String,
    /// Its parameters, where they are not the defaults.
    #[serde(default)]
    pub params: BTreeMap<String, Value>,
    /// Which rows are held out.
    #[serde(default)]
    pub split: Split,
    /// What happens to features before the algorithm sees them.
    #[serde(default)]
    pub prepare: PrepareSpec,
    /// Parameters that are searched for on the training rows. None: those given are taken.
    #[serde(default)]
    pub search: Option<SearchSpec>,
    /// Features that may be used although the leak check found that they tell the outcome.
    #[serde(default)]
    pub confirm_leaks: Vec<String>,
    /// The same job where no signal can be. Its seed is the seed of everything random in the job.
    #[serde(default)]
    pub control: ControlSpec,
}

impl TrainSpec {
    /// Reads a training file. Unknown keys and values outside their rules are refused.
    pub fn from_toml(text: &str) -> Result<Self, Error> {
        let table: toml::Table = toml::from_str(text)
            .map_err(|error| Error::Syntax(in_line(text, error.span().map(|span| span.start), error.message())))?;
        TrainSpec::from_table(table)
    }

    /// The same from a file that is parsed already.
    pub fn from_table(table: toml::Table) -> Result<Self, Error> {
        let sections = [
            ("split", split::PARAMS),
            ("prepare", prepare::PARAMS),
            ("search", search::PARAMS),
            ("control", control::PARAMS),
        ];
        let top = ["outcome", "features", "algorithm", "confirm_leaks", "params"];
        let top: Vec<&str> = top.into_iter().chain(sections.map(|(section, _)| section)).collect();
        // A parameter of the algorithm stands one table deeper.
        let chosen = table.get("algorithm").and_then(|id| algorithm(id.as_str()?).ok());
        let is_param = |key: &String| chosen.is_some_and(|chosen| chosen.params.iter().any(|param| param.name == key));
        if let Some(key) = table.keys().find(|key| !top.contains(&key.as_str()) && is_param(key)) {
            return Err(Error::UnknownKey {
                key: key.clone(),
                section: String::new(),
                known: top.join(", "),
                nearest: Some(format!("params.{key}")),
            });
        }
        known_keys("", &table, &top)?;
        for key in ["outcome", "algorithm"] {
            if !table.contains_key(key) {
                return Err(Error::MissingKey(key));
            }
        }
        for (section, declared) in sections {
            let Some(toml::Value::Table(inner)) = table.get(section) else { continue };
            let mut keys: Vec<&str> = declared.iter().map(|param| param.name).collect();
            if section == "search" {
                keys.push("ranges");
            }
            known_keys(section, inner, &keys)?;
            // A choice first, so that its refusal names the choices there are.
            for param in declared.iter().filter(|param| matches!(param.kind, ParamKind::Choice { .. })) {
                if let Some(toml::Value::String(choice)) = inner.get(param.name) {
                    let refused = |source| Error::Param { section: section.to_owned(), source };
                    param.check(&Value::Text(choice.clone())).map_err(refused)?;
                }
            }
        }
        let spec: TrainSpec = table
            .try_into()
            .map_err(|error: toml::de::Error| Error::Syntax(error.to_string().trim().replace('\n', " ")))?;
        spec.check()?;
        Ok(spec)
    }

    /// Checks every value against its rule, as far as that can be done without the data.
    pub fn check(&self) -> Result<(), Error> {
        self.checked().map(|_| ())
    }

    /// The algorithm with its complete parameters.
    pub(crate) fn checked(&self) -> Result<(&'static Algorithm, Params), Error> {
        let algorithm = algorithm(&self.algorithm)?;
        let params = algorithm.check(&self.params)?;
        self.split.check()?;
        self.prepare.check()?;
        if self.prepare.impute == Impute::Keep && !algorithm.family.keeps_undefined() {
            let rule = format!(
                "be none, mean, median or last with {}, which cannot learn from undefined values, but is keep; trees can",
                algorithm.id
            );
            return Err(Error::Rule { setting: "prepare.impute", rule });
        }
        self.control.check()?;
        if let Some(search) = &self.search {
            search.check(algorithm, &self.split)?;
        }
        Ok((algorithm, params))
    }

    /// Whether rows of the past may be told by rows of the future in this split.
    pub fn leaks(&self) -> bool {
        self.split.kind == SplitKind::Shuffled
    }
}

fn known_keys(section: &str, table: &toml::Table, known: &[&str]) -> Result<(), Error> {
    match table.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => Err(Error::UnknownKey {
            key: key.clone(),
            section: section.to_owned(),
            known: known.join(", "),
            nearest: names::nearest(key, known.iter().copied()).map(str::to_owned),
        }),
    }
}

#[cfg(test)]
mod tests {
    use algomosaic_core::Problem;

    use super::*;

    const FILE: &str = r#"
        outcome = "ROR_n10"
        features = ["AROR_*", "RSI_*"]
        algorithm = "elastic_net"
        [params]
        alpha = 0.01
        max_iter = 500
        [split]
        kind = "chronological"
        test_size = 0.25
        embargo_bars = 10
        [control]
        kind = "shuffled_blocks"
        repeats = 30
        seed = 7
    "#;

    fn refusal(text: &str) -> (String, String) {
        let problem = Problem::from(TrainSpec::from_toml(text).unwrap_err());
        (problem.message, problem.hint)
    }

    #[test]
    fn a_training_file_is_read_to_the_letter() {
        let spec = TrainSpec::from_toml(FILE).unwrap();
        assert_eq!(spec.features, ["AROR_*", "RSI_*"]);
        assert_eq!(spec.params["alpha"], Value::Float(0.01));
        assert_eq!(spec.split, Split { test_size: 0.25, embargo_bars: 10, ..Split::default() });
        assert_eq!((spec.control.repeats, spec.control.seed), (30, 7));
    }

    #[test]
    fn what_a_file_leaves_out_takes_the_declared_default() {
        let spec = TrainSpec::from_toml("outcome = \"ROR_n10\"\nalgorithm = \"ols\"").unwrap();
        assert_eq!(spec.split, Split::default());
        assert_eq!((spec.control.repeats, spec.control.seed), (20, 0));
        assert!(spec.features.is_empty() && spec.params.is_empty());
        let json = serde_json::to_string(&spec).unwrap();
        assert_eq!(serde_json::from_str::<TrainSpec>(&json).unwrap(), spec);
    }

    #[test]
    fn an_unknown_key_is_refused_with_the_nearest() {
        for (from, to, message, hint) in [
            ("outcome =", "outcom =", "unknown key outcom;", "Did you mean outcome?"),
            ("test_size", "testsize", "unknown key testsize in [split]", "Did you mean test_size?"),
            ("seed", "sed", "unknown key sed in [control]", "Did you mean seed?"),
            (
                "[split]",
                "[prepare]\nimput = \"mean\"\n[split]",
                "unknown key imput in [prepare]",
                "Did you mean impute?",
            ),
            ("[split]", "[search]\nrange = 1\n[split]", "unknown key range in [search]", "Did you mean ranges?"),
            ("alpha", "alpa", "there is no parameter alpa here", ""),
            ("outcome", "alpha = 0.1\n        outcome", "unknown key alpha; there are", "Did you mean params.alpha?"),
        ] {
            let refused = refusal(&FILE.replace(from, to));
            assert!(refused.0.contains(message) && refused.1.contains(hint), "{refused:?}");
        }
    }

    #[test]
    fn a_value_outside_its_rule_is_refused_with_the_rule() {
        for (from, to, message) in [
            (
                "\"chronological\"",
                "\"chrono\"",
                "kind must be one of chronological, walk_forward, purged_kfold, combinatorial_purged, shuffled, but is \"chrono\"",
            ),
            (
                "\"shuffled_blocks\"",
                "\"noise\"",
                "kind must be one of mirrored_blocks, shuffled_blocks, random_walk, but is \"noise\"",
            ),
            ("embargo_bars = 10", "folds = 1", "folds must be between 2 and 100, but is 1"),
            ("embargo_bars = 10", "window = \"wide\"", "window must be one of expanding, rolling, but is \"wide\""),
            (
                "[control]",
                "[prepare]\nimpute = \"zero\"\n[control]",
                "impute must be one of none, mean, median, last, keep",
            ),
            (
                "[control]",
                "[prepare]\nimpute = \"keep\"\n[control]",
                "prepare.impute must be none, mean, median or last with elastic_net, which cannot learn from undefined values",
            ),
            ("[control]", "[prepare]\nwinsorize = 0.6\n[control]", "winsorize must be between 0 and 0.49"),
            ("0.25", "1.5", "test_size must be between 0.01 and 0.99, but is 1.5"),
            ("0.25", "nan", "test_size must be between"),
            ("0.25", "\"x\"", "invalid type: string \"x\", expected f64 in `split.test_size`"),
            ("0.25", "0,25", "line 10: "),
            ("= 10", "= -1", "the training file cannot be read"),
            ("= 30", "= 0", "repeats must be between 1 and 10000, but is 0"),
            ("0.01", "-1", "alpha must be between"),
            ("elastic_net", "elasticnet", "there is no algorithm elasticnet"),
            ("[split]", "[split", "the training file cannot be read"),
            ("algorithm = \"elastic_net\"", "", "the training file has no algorithm"),
        ] {
            let refused = refusal(&FILE.replace(from, to));
            assert!(refused.0.contains(message), "{to}: {refused:?}");
        }
    }
}
