//! Tree ensembles over binned columns: gradient boosting, random forests and extra trees, their predictions, importance
//! and SHAP values. Columns and numbers come in, plain data goes out; nothing here knows a frame, a file or a clock.
//!
//! The same data, parameters and seed give the same model whatever the number of threads: gradients are rounded to
//! integers, whose sums do not depend on the order of adding.

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")
)]

mod binned;
pub mod boosting;
mod data;
mod ensemble;
mod error;
pub mod forest;
mod grow;
mod histogram;
mod quantile;
mod random;
mod rows;
mod split;
mod workers;

pub use binned::Binned;
pub use data::Data;
pub use ensemble::{Ensemble, Link, Tree};
pub use error::Error;

/// Feature columns of equal length, one slice a feature. NaN is a missing value; infinite values are refused.
pub type Columns<'a> = &'a [&'a [f64]];
