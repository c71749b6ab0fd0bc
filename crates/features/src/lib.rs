//! From a recipe and bars to a frame of columns, each known to look back or ahead.
//! Nothing here reads a file or a table: frames come in, frames go out.

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")
)]

use std::collections::BTreeMap;

use polars::prelude::DataFrame;

mod bars;
mod compute;
mod correlation;
mod date_part;
mod error;
pub mod expr;
mod lookahead;
mod plan;
mod recipe;
mod update;
mod warm_up;

pub use compute::{compute, compute_wanted};
pub use correlation::{Correlations, correlations};
pub use error::Error;
pub use lookahead::{LookaheadReport, LooksAhead, check_lookahead};
pub use plan::PlannedColumn;
pub use recipe::{Entry, Recipe, Setting};
pub use update::{Seen, Update, update};
pub use warm_up::{WarmUp, check_warm_up};

/// A frame of bars and columns, with the columns that read later bars.
#[derive(Debug, Clone)]
pub struct FeatureFrame {
    /// The rows: `ticker_time`, `ticker`, prices, and columns.
    pub frame: DataFrame,
    /// Columns that look ahead, each with its horizon in bars. The mark travels with the frame.
    pub labels: BTreeMap<String, u32>,
}

#[cfg(test)]
mod tests;
