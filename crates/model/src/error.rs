//! Why a training file was refused, a model was not trained or not loaded, or a prediction was not made.

use algomosaic_core::{Cancelled, Code, ParamError, Problem};

/// A failure of this crate.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The person stopped the work.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// A parameter of the algorithm, the split or the control breaks its rule.
    #[error("{section}: {source}")]
    Param {
        /// Where it was given: an algorithm's id, `split` or `control`.
        section: String,
        /// The rule.
        source: ParamError,
    },
    /// The training file is no TOML, or a value has another type than its key takes.
    #[error("the training file cannot be read: {0}")]
    Syntax(String),
    /// A key that training files do not have.
    #[error("the training file has an unknown key {key}{}; there are {known}", in_section(.section))]
    UnknownKey {
        /// As it was written.
        key: String,
        /// The table it stands in; empty at the top.
        section: String,
        /// The keys of that table.
        known: String,
        /// The nearest of them.
        nearest: Option<String>,
    },
    /// A key that every training file needs.
    #[error("the training file has no {0}")]
    MissingKey(&'static str),
    /// Values that break a rule together.
    #[error("{setting} must {rule}")]
    Rule {
        /// The key that is wrong: `split.test_groups`.
        setting: &'static str,
        /// The rule, what was given, and why.
        rule: String,
    },
    /// No such algorithm.
    #[error("there is no algorithm {name}; there are {known}")]
    UnknownAlgorithm {
        /// As it was written.
        name: String,
        /// The catalogue.
        known: String,
        /// The nearest of it.
        nearest: Option<String>,
    },
    /// Named columns that the frame does not have.
    #[error("the data has no column {}", .names.join(", "))]
    MissingColumns {
        /// Their names.
        names: Vec<String>,
        /// The column nearest to the first of them.
        nearest: Option<String>,
    },
    /// A pattern of features that fits no column.
    #[error("no column that may be a feature fits {0}")]
    NothingFits(String),
    /// Labels or index columns named as features.
    #[error("{name} cannot be a feature: {reason}")]
    NotAFeature {
        /// The column.
        name: String,
        /// Why: it looks ahead, or it is an index column.
        reason: &'static str,
    },
    /// The outcome is not marked as a column that looks ahead.
    #[error("the outcome {name} is not a label: nothing says how many bars it looks ahead")]
    NotALabel {
        /// The outcome asked for.
        name: String,
        /// The labels there are.
        labels: Vec<String>,
    },
    /// A column of text, dates or anything else that is no number.
    #[error("{name} must be numeric, but is {dtype}")]
    NotNumeric {
        /// The column.
        name: String,
        /// Its type.
        dtype: String,
    },
    /// A text outcome with too few or too many classes.
    #[error("the outcome {name} has {found} different texts; a classifier tells 2 to 20 classes")]
    Classes {
        /// The outcome.
        name: String,
        /// How many there are.
        found: usize,
    },
    /// A column with infinite values.
    #[error("{name} is infinite in {rows} rows; a model takes finite or undefined values")]
    Infinite {
        /// The column.
        name: String,
        /// How many rows.
        rows: usize,
    },
    /// A column that stands for time or ticker has undefined values or another type.
    #[error("{name} must {rule}")]
    BadIndex {
        /// `ticker_time` or `ticker`.
        name: &'static str,
        /// The rule it breaks.
        rule: String,
    },
    /// Too little is left to learn from or to score on.
    #[error("{what}")]
    TooFew {
        /// What there is and what is needed.
        what: String,
        /// What to change.
        hint: String,
    },
    /// The outcome is the same in every row.
    #[error("the outcome {name} does not vary in the {rows} rows, so there is nothing to learn or to score")]
    ConstantOutcome {
        /// The outcome.
        name: String,
        /// `training` or `test`.
        rows: &'static str,
    },
    /// Features that tell the outcome beyond belief.
    #[error("{}", .evidence.join("; "))]
    Leak {
        /// What tells it: a feature, or `ticker_time` for bars that are there twice.
        columns: Vec<String>,
        /// What was found, in words.
        evidence: Vec<String>,
    },
    /// A control of random walks without anything that makes features of them.
    #[error("control.kind = random_walk needs the recipe that made the features, and none is known for this data")]
    NoRecipe,
    /// Bars that no random walk can be made of.
    #[error("{0}")]
    NoWalk(String),
    /// The features of a random walk could not be made.
    #[error("the features of a random walk could not be made: {0}")]
    Walk(Problem),
    /// The arithmetic of an algorithm broke down.
    #[error("{algorithm} could not be fitted: {reason}")]
    Fit {
        /// Its label.
        algorithm: &'static str,
        /// What went wrong.
        reason: String,
    },
    /// linfa refused the data.
    #[error("the algorithm could not be fitted: {0}")]
    Linfa(#[from] linfa::Error),
    /// Polars refused an operation on the frame.
    #[error("the frame cannot be read: {0}")]
    Frame(#[from] polars::error::PolarsError),
    /// Not a model file, or a damaged one.
    #[error("this is no model that can be used: {0}")]
    BadFile(String),
    /// A model file of a later format.
    #[error("the model file has format {found}, and this version reads formats up to {known}")]
    NewerFile {
        /// Its format.
        found: u32,
        /// The newest known here.
        known: u32,
    },
    /// A model that no ONNX graph can be made of.
    #[error("{model_type} cannot be exported as ONNX: {why}")]
    NoOnnx {
        /// Its algorithm's label.
        model_type: String,
        /// What ONNX cannot do.
        why: &'static str,
        /// What to do instead.
        hint: &'static str,
    },
}

fn in_section(section: &str) -> String {
    if section.is_empty() { String::new() } else { format!(" in [{section}]") }
}

fn did_you_mean(nearest: Option<&String>, otherwise: &str) -> String {
    nearest.map_or_else(|| otherwise.to_owned(), |name| format!("Did you mean {name}?"))
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        let (code, hint) = match &error {
            Error::Cancelled(cancelled) => return Problem::from(*cancelled),
            Error::Param { .. } => (Code::BadInput, "Correct the value, or leave it out for the default.".to_owned()),
            Error::Syntax(_) => (Code::BadInput, "Correct the line; the file is TOML.".to_owned()),
            Error::UnknownKey { nearest, .. } => (Code::BadInput, did_you_mean(nearest.as_ref(), "Remove the key.")),
            Error::MissingKey(key) => (Code::BadInput, format!("Add a line {key} = \"...\".")),
            Error::Rule { setting, .. } => (Code::BadInput, format!("Correct {setting}.")),
            Error::UnknownAlgorithm { nearest, .. } => {
                (Code::NotFound, did_you_mean(nearest.as_ref(), "Choose an algorithm of the catalogue."))
            }
            Error::MissingColumns { nearest, .. } => {
                (Code::NotFound, did_you_mean(nearest.as_ref(), "Add the columns to the recipe, or choose others."))
            }
            Error::NothingFits(_) => {
                (Code::BadInput, "Compute features first, or write the pattern as the columns are named.".to_owned())
            }
            Error::NotAFeature { .. } => (Code::BadInput, "Take it out of the features.".to_owned()),
            Error::NotALabel { labels, .. } if labels.is_empty() => (
                Code::BadInput,
                "Add a [[label]] to the recipe and compute the features again; a saved table keeps the mark."
                    .to_owned(),
            ),
            Error::NotALabel { labels, .. } => {
                (Code::BadInput, format!("Choose one of the labels: {}.", crate::check::some_of(labels)))
            }
            Error::NotNumeric { .. } => (Code::BadInput, "Encode it as numbers, or leave it out.".to_owned()),
            Error::Classes { .. } => {
                (Code::BadInput, "Choose another outcome, or put rare texts together with CASE.".to_owned())
            }
            Error::Infinite { .. } => (
                Code::BadInput,
                "Correct its formula, for example with SAFE_DIVIDE, so that such rows are undefined.".to_owned(),
            ),
            Error::BadIndex { .. } => (Code::BadInput, "Import the bars again with this column mapped.".to_owned()),
            Error::TooFew { hint, .. } => (Code::BadInput, hint.clone()),
            Error::ConstantOutcome { .. } => (Code::BadInput, "Check the prices the label was made from.".to_owned()),
            Error::Leak { columns, .. } => {
                let quoted: Vec<String> = columns.iter().map(|column| format!("\"{column}\"")).collect();
                let out = if columns == &[crate::leaks::BARS] {
                    "Keep each bar once"
                } else {
                    "Take them out of the features"
                };
                (
                    Code::BadInput,
                    format!("{out}, or write confirm_leaks = [{}] to train nevertheless.", quoted.join(", ")),
                )
            }
            Error::NoRecipe => (
                Code::BadInput,
                "Train from a table that a recipe wrote, or choose control.kind = \"mirrored_blocks\".".to_owned(),
            ),
            Error::NoWalk(_) => {
                (Code::BadInput, "Correct the bars, or choose control.kind = \"mirrored_blocks\".".to_owned())
            }
            Error::Walk(problem) => (problem.code, problem.hint.clone()),
            Error::Fit { .. } | Error::Linfa(_) => {
                (Code::BadInput, "Choose fewer features or another algorithm.".to_owned())
            }
            Error::Frame(_) => (Code::Internal, String::new()),
            Error::BadFile(_) => {
                (Code::BadInput, "Fetch the file again from where it was stored, or train the model anew.".to_owned())
            }
            Error::NewerFile { .. } => (Code::TooNew, "Update the application.".to_owned()),
            Error::NoOnnx { hint, .. } => (Code::BadInput, (*hint).to_owned()),
        };
        Problem::new(code, message, hint)
    }
}
