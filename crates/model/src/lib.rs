//! From a frame of features to a model, its scores and the control that says whether they can be told from chance.
//! Nothing here reads a file, a clock or a network: frames and checked parameters come in, values go out.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")
)]

pub mod algorithm;
pub mod algorithms;
mod check;
mod classes;
mod columns;
pub mod control;
mod curve;
mod error;
mod export;
mod file;
mod folds;
mod importance;
mod leaks;
mod learning;
mod linalg;
mod linear;
mod mirrors;
mod model;
mod neighbors;
mod outcome;
mod payload;
mod predictor;
pub mod prepare;
mod random_walk;
pub mod residuals;
mod rows;
mod scale;
pub mod scores;
pub mod search;
pub mod spec;
mod special;
pub mod split;
mod table;
#[cfg(test)]
mod testing;
mod train;
mod trees;

pub use algorithm::{Algorithm, Family, Task, algorithm, algorithms};
pub use check::Check;
pub use classes::{ClassReport, ClassScores, Classes};
pub use control::{Control, ControlKind, ControlSpec, Verdict};
pub use curve::CurvePoint;
pub use error::Error;
pub use file::FILE_VERSION;
pub use importance::Importance;
pub use leaks::{Leak, LeakKind};
pub use linear::Linear;
pub use model::{Model, score, score_on};
pub use outcome::Class;
pub use prepare::{Impute, PrepareSpec};
pub use random_walk::random_walk;
pub use residuals::{ResidualTest, Residuals};
pub use scores::Scores;
pub use search::{Range, SearchKind, SearchSpec, Searched, Span, Trial};
pub use spec::TrainSpec;
pub use split::{Fold, Split, SplitKind, SplitSummary, Window};
pub use train::{Trained, Walk, With, train, train_with};
