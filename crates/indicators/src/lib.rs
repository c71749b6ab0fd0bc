//! Indicators: a catalogue of declarations, and kernels over plain slices, oldest bar first.
//! Nothing here knows a frame, a file or a ticker: one call computes one series of bars. NaN is an undefined value.

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")
)]

mod algom;
mod catalogue;
mod fused;
mod indicator;
mod kernels;
mod ta;
mod template;
mod transform;

pub use catalogue::{catalogue, find, named, nearest, transform};
pub use indicator::{Draw, Error, Group, Indicator, Input, Memory, Output, Scale, Stream};
pub use kernels::is_finite;

#[cfg(test)]
mod tests;
