//! From a frame of features to a model, its scores and the control that says whether they can be told from chance.
//! Nothing here reads a file, a clock or a network: frames and checked parameters come in, values go out.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")
)]

pub mod algorithm;
pub mod algorithms;
mod check;
mod columns;
pub mod control;
mod error;
mod file;
mod importance;
mod linalg;
mod linear;
mod model;
mod neighbors;
mod payload;
mod predictor;
mod rows;
mod scale;
pub mod scores;
pub mod spec;
pub mod split;
#[cfg(test)]
mod testing;
mod train;

pub use algorithm::{Algorithm, Task, algorithm, algorithms};
pub use check::Check;
pub use control::{Control, ControlKind, ControlSpec, Verdict};
pub use error::Error;
pub use file::FILE_VERSION;
pub use importance::Importance;
pub use linear::Linear;
pub use model::{Model, score};
pub use scores::Scores;
pub use spec::TrainSpec;
pub use split::{Split, SplitKind, SplitSummary};
pub use train::{Trained, train};
