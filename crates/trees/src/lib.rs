//! Tree ensembles over binned columns: gradient boosting, random forests and extra trees, their predictions, importance
//! and SHAP values. Columns and numbers come in, plain data goes out; nothing here knows a frame, a file or a clock.
//!
//! [`Binned::of`] cuts the columns once. A [`Data`] puts an outcome beside them, with weights and a part of the rows where
//! wanted, so that control repeats and folds share one `Binned`. (Its cuts come from all its rows. Where nothing of the rows
//! held out may be seen, not even where their values lie, each fold bins its own.) [`boosting::train`] and
//! [`forest::train`] give an [`Ensemble`]: flat lists, serialisable, sound for any reader once [`Ensemble::check`] has passed.
//! What may take long reports to a [`Job`](algomosaic_core::Job), from 0 to 1 each: give it a part of a larger one.
//!
//! ```
//! use algomosaic_core::Job;
//! use algomosaic_trees::{Binned, Data, Error, boosting};
//!
//! fn main() -> Result<(), Error> {
//!     let (momentum, volume) = ([0.1, 0.2, f64::NAN, 0.4, 0.5, 0.6], [3.0, 1.0, 2.0, 5.0, 4.0, 6.0]);
//!     let columns: [&[f64]; 2] = [&momentum, &volume];
//!     let job = Job::new();
//!     let binned = Binned::of(&columns, 255, 1, &job.part(0.0, 0.1))?;
//!
//!     let params = boosting::Params { n_estimators: 20, min_samples_leaf: 1, ..boosting::Params::default() };
//!     let outcome = [0.0, 0.0, 0.0, 1.0, 1.0, f64::NAN];
//!     let fold = Data { rows: Some(&[0, 1, 2, 3, 4]), ..Data::new(&binned, &outcome) };
//!     let ensemble = boosting::train(&fold, None, &params, 1, &job.part(0.1, 0.5))?.ensemble;
//!     assert!(ensemble.predict(&columns, 1)?[5] > 0.8);
//!
//!     let shuffled = [1.0, 0.0, 1.0, 0.0, 0.0, f64::NAN];
//!     let control = Data { target: &shuffled, ..fold };
//!     boosting::train(&control, None, &params, 1, &job.part(0.5, 1.0))?;
//!     Ok(())
//! }
//! ```
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
