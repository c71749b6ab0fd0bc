//! Why a chart could not be exported.

use algomosaic_core::{Code, Problem};

/// Why a chart could not be exported.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A picture too small to hold a chart, or too large for the memory.
    #[error("a picture must be between {least} and {most} pixels wide and high, but is {width} × {height}")]
    Size {
        /// The least.
        least: u32,
        /// The most.
        most: u32,
        /// What was asked for.
        width: u32,
        /// What was asked for.
        height: u32,
    },
    /// Not a square of values with a name for each row, or one too large to read.
    #[error(
        "a heat map needs as many rows and columns of values as it has names, {most} at most; it has {names} names"
    )]
    HeatMap {
        /// How many names there are.
        names: usize,
        /// The most.
        most: usize,
    },
    /// The drawing library refused.
    #[error("the chart cannot be drawn: {0}")]
    Draw(String),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let (code, hint) = match &error {
            Error::Size { .. } => (Code::BadInput, "Choose another size."),
            Error::HeatMap { .. } => (Code::BadInput, "Choose fewer columns."),
            Error::Draw(_) => (Code::Internal, ""),
        };
        Problem::new(code, error.to_string(), hint)
    }
}
