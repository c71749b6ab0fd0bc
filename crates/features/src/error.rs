//! What can be wrong with a recipe, an expression or a frame, each with the value and the rule it breaks.

use algomosaic_core::{Cancelled, Code, ParamError, Problem};

/// Why no features came out.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// The work was stopped on request.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// An expression that does not parse, or uses what is not available in expressions.
    #[error("line {line}, column {column} of the expression: {what}")]
    Expression {
        /// Counted from 1.
        line: u64,
        /// Counted from 1.
        column: u64,
        /// The construct and the rule.
        what: String,
    },
    /// A name that no column has.
    #[error("{user}there is no column {name}{}", suggestion(.nearest))]
    UnknownColumn {
        /// Who asked for it, as a start of the sentence; may be empty.
        user: String,
        /// What was asked for.
        name: String,
        /// The nearest name there is.
        nearest: Option<String>,
    },
    /// A name that fits several columns when its case is ignored.
    #[error("{name} may be any of the columns {matches}")]
    AmbiguousColumn {
        /// What was asked for.
        name: String,
        /// The columns it fits.
        matches: String,
    },
    /// A recipe that is not TOML, or not of a recipe's form.
    #[error("the recipe cannot be read: {0}")]
    Form(String),
    /// A key that a recipe or an entry does not have.
    #[error("{place} has no key {key}{}", suggestion(.nearest))]
    UnknownKey {
        /// The recipe or the entry.
        place: String,
        /// What was given.
        key: String,
        /// The nearest key there is.
        nearest: Option<String>,
    },
    /// An entry that is none or several of an indicator, a transform and an expression.
    #[error("{entry} must have exactly one of indicator, transform and sql, but has {found}")]
    NotOneKind {
        /// Which entry.
        entry: String,
        /// What it has.
        found: String,
    },
    /// No such indicator or transform.
    #[error("{entry}: there is no {kind} {id}{}", suggestion(.nearest))]
    UnknownIndicator {
        /// Which entry.
        entry: String,
        /// `indicator` or `transform`.
        kind: &'static str,
        /// What was asked for.
        id: String,
        /// The nearest there is.
        nearest: Option<String>,
    },
    /// A parameter that breaks its rule.
    #[error("{entry}: {source}")]
    Param {
        /// Which entry.
        entry: String,
        /// The rule.
        source: ParamError,
    },
    /// Parameters that are right each, but not together.
    #[error("{entry}: {rule}")]
    Params {
        /// Which entry.
        entry: String,
        /// The rule and the values.
        rule: String,
    },
    /// An expression of a recipe that is wrong.
    #[error("{entry}: {source}")]
    Sql {
        /// Which entry.
        entry: String,
        /// What is wrong.
        source: Box<Error>,
    },
    /// An expression without a name for its column.
    #[error("{entry}: an sql entry must name its column with as")]
    Unnamed {
        /// Which entry.
        entry: String,
    },
    /// A name that a column cannot have.
    #[error("{entry}: {name} is no name of a column; it must be letters, digits and _, and not begin with a digit")]
    BadName {
        /// Which entry.
        entry: String,
        /// The name.
        name: String,
    },
    /// A name that belongs to a column of the bars.
    #[error("{entry}: {name} is the name of a column of the bars, which is never a feature")]
    IndexName {
        /// Which entry.
        entry: String,
        /// The name.
        name: String,
    },
    /// Two columns of one name.
    #[error("{entry}: the column {name} exists already{}", .earlier.as_ref().map(|e| format!(": {e} makes it")).unwrap_or_default())]
    MadeTwice {
        /// Which entry.
        entry: String,
        /// The name.
        name: String,
        /// The entry that made it first; none when the bars bring it.
        earlier: Option<String>,
    },
    /// A column is used before it is made.
    #[error("{entry} uses the column {name}, which {maker} makes later")]
    MadeLater {
        /// Which entry.
        entry: String,
        /// The column.
        name: String,
        /// The entry that makes it.
        maker: String,
    },
    /// A column that looks ahead, among the features.
    #[error("{entry}: the column {name} reads {horizon} later bars, so it belongs under [[label]] and not [[feature]]")]
    LooksAhead {
        /// Which entry.
        entry: String,
        /// The column.
        name: String,
        /// How many bars ahead it reads.
        horizon: u32,
    },
    /// A column that reads no later bar, among the labels: predicting it would be no prediction.
    #[error("{entry}: the column {name} reads no later bar, so it is no label")]
    LooksBack {
        /// Which entry.
        entry: String,
        /// The column.
        name: String,
    },
    /// More columns than anybody means.
    #[error("the recipe makes more than {max} columns")]
    TooManyColumns {
        /// The most.
        max: usize,
    },
    /// A column that holds no numbers.
    #[error("{entry}: the column {name} holds {kind}, not numbers")]
    NotNumeric {
        /// Which entry.
        entry: String,
        /// The column.
        name: String,
        /// What it holds.
        kind: String,
    },
    /// A frame without what makes rows bars.
    #[error("the bars are not usable: {0}")]
    Bars(String),
    /// The frame library failed where it never should.
    #[error("the frame could not be built: {0}")]
    Frame(String),
}

fn suggestion(nearest: &Option<String>) -> String {
    nearest.as_ref().map(|name| format!("; did you mean {name}?")).unwrap_or_default()
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        match error {
            Error::Cancelled(cancelled) => cancelled.into(),
            Error::Expression { .. } | Error::Sql { .. } => Problem::bad(
                message,
                "Expressions take numbers, columns, arithmetic, comparisons, AND, OR, NOT, CASE and a few functions; the guide lists them.",
            ),
            Error::UnknownColumn { .. } | Error::AmbiguousColumn { .. } => {
                Problem::bad(message, "Name a column of the bars, or one that an earlier entry of the recipe makes.")
            }
            Error::Form(_) | Error::NotOneKind { .. } | Error::UnknownKey { .. } => Problem::bad(
                message,
                "A recipe has a name, and entries [[feature]] and [[label]], each with an indicator, a transform or sql.",
            ),
            Error::UnknownIndicator { .. } => Problem::bad(message, "`algom indicators` lists the catalogue."),
            Error::Param { .. } | Error::Params { .. } => {
                Problem::bad(message, "`algom indicators ID` shows the parameters with their ranges.")
            }
            Error::Unnamed { .. } => Problem::bad(message, "Add as = \"name_of_the_column\" to the entry."),
            Error::BadName { .. } | Error::IndexName { .. } | Error::MadeTwice { .. } => {
                Problem::bad(message, "Give the entry another name with as.")
            }
            Error::MadeLater { .. } => Problem::bad(message, "Move the entry that makes the column up."),
            Error::LooksAhead { .. } => {
                Problem::bad(message, "Move the entry to [[label]]: a label can be predicted, and is never an input.")
            }
            Error::LooksBack { .. } => Problem::bad(
                message,
                "A label looks ahead: n = -10 reads the next ten bars. A column of the past belongs under [[feature]].",
            ),
            Error::TooManyColumns { .. } => {
                Problem::bad(message, "Shorten the lists of parameters, or split the recipe.")
            }
            Error::NotNumeric { .. } => Problem::bad(message, "Choose a column of numbers."),
            Error::Bars(_) => {
                Problem::bad(message, "Bars have ticker_time, ticker, open, high, low, close and volume, a row a bar.")
            }
            Error::Frame(_) => Problem::new(Code::Internal, message, "Please report this with the recipe."),
        }
    }
}
