//! What can be wrong with the data, the parameters or an ensemble from outside: what, which rule, what to do next.

use algomosaic_core::job::Cancelled;

/// Why there is no result.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// The job was stopped on request.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// No feature columns.
    #[error("there are no feature columns; trees need at least one; choose features")]
    NoColumns,
    /// No rows.
    #[error("there are no rows to learn from; trees need at least one; widen the range of the data")]
    NoRows,
    /// More rows than the packed sums hold.
    #[error("there are {rows} rows; trees take at most {most}; use a sample of the rows")]
    TooManyRows {
        /// Rows given.
        rows: usize,
        /// Rows allowed.
        most: usize,
    },
    /// Something with one value a row has another number of rows.
    #[error("{what} has {found} values, but there are {rows} rows; both must be the same; pass one value for each row")]
    Length {
        /// What: `column 3`, `the target`.
        what: String,
        /// Values found.
        found: usize,
        /// Rows expected.
        rows: usize,
    },
    /// A feature is infinite.
    #[error(
        "column {column} is infinite in row {row}; a feature is a finite number or missing (NaN); \
         replace the value or leave the row out"
    )]
    Infinite {
        /// Index of the column.
        column: usize,
        /// Index of the row.
        row: usize,
    },
    /// A target that the loss cannot take.
    #[error("the target is {value} in row {row}; it must be {rule}; leave the row out or correct it")]
    Target {
        /// The value found.
        value: f64,
        /// Index of the row.
        row: usize,
        /// What it must be.
        rule: String,
    },
    /// A class without rows to learn from.
    #[error(
        "no training row is of class {class}; every class needs at least one; \
         widen the range of the data or leave the class out"
    )]
    MissingClass {
        /// The class.
        class: usize,
    },
    /// A weight that is negative, missing or infinite, or weights that sum to nothing.
    #[error("{what}; weights must be finite, not negative, and not all 0; correct them or leave them out")]
    Weights {
        /// What is wrong, with its row.
        what: String,
    },
    /// A row index outside the data or given twice.
    #[error("row {row} of the {what} rows {problem}; there are {rows} rows; choose each row once")]
    Row {
        /// `training` or `validation`.
        what: &'static str,
        /// The index.
        row: u32,
        /// `does not exist` or `is given twice`.
        problem: &'static str,
        /// Rows there are.
        rows: usize,
    },
    /// A parameter out of range.
    #[error("{name} is {value}; it must be {rule}; choose such a value")]
    Param {
        /// Its name.
        name: &'static str,
        /// Its value.
        value: String,
        /// Its rule.
        rule: String,
    },
    /// Another number of columns than the model was trained on.
    #[error("there are {found} columns, but the model has {features} features; pass the columns it was trained on")]
    Features {
        /// Columns found.
        found: usize,
        /// Features of the model.
        features: usize,
    },
    /// An ensemble from outside that is not sound.
    #[error("{place} {problem}; an ensemble is read only when it is whole; save it again from its source")]
    Broken {
        /// `tree 3, node 5`.
        place: String,
        /// What is wrong there.
        problem: &'static str,
    },
    /// A tree too deep for SHAP values.
    #[error("a tree is {depth} splits deep; SHAP values are computed up to {most}; limit max_depth")]
    TooDeep {
        /// Splits on the longest path.
        depth: usize,
        /// Splits allowed.
        most: usize,
    },
    /// The threads could not be started.
    #[error("the threads could not be started: {0}; training needs them; use fewer")]
    Threads(String),
}
