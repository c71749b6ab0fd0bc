//! A chart is declared once and drawn twice: the window draws the specification, an export draws it as SVG or PNG.
//! Plain numbers come in; nothing here computes a result, reads a table or writes a file.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")
)]

mod account;
mod bins;
mod canvas;
mod chart;
mod control;
mod csv;
mod draw;
mod error;
mod evaluation;
mod export;
mod heat_map;
mod palette;
mod reduce;
mod scale;
mod ticks;
mod training;
mod typeface;

pub use account::{Account, drawdown, equity};
pub use chart::{Axis, AxisKind, Chart, Role, Series, Shape};
pub use control::control_strip;
pub use csv::csv;
pub use error::Error;
pub use evaluation::{
    Evaluation, error_histogram, errors_by_date, predicted_against_actual, prediction_histogram, predictions_by_date,
};
pub use export::{DEFAULT_SIZE, PNG_SCALE, Picture, png, svg};
pub use heat_map::{HEAT_MAP_NAMES, HeatMap};
pub use palette::Theme;
pub use reduce::{LINE_POINTS, SCATTER_POINTS};
pub use training::{fold_scores, learning_curve, search_trials};
