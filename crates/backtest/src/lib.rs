//! From rules and a frame of bars to trades, an account and its statistics. It sees one bar after the other, as the
//! person trading would have; it never reads a later bar, a file or a clock.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")
)]

mod account;
mod bars;
mod calendar;
mod engine;
mod error;
mod rules;
mod statistics;
mod summary;
#[cfg(test)]
mod tests;

pub use calendar::Annualisation;
pub use engine::{Backtest, EquityPoint, run};
pub use error::Error;
pub use rules::{Fill, Predictions, Rule, Rules, SETTINGS, STATE_NAMES, Trade};
pub use statistics::{Performance, Statistics};
pub use summary::Summary;
