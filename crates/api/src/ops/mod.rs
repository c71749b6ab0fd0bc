//! The operations, one a file. Each takes an open workspace and checked values, and gives a document.

pub(crate) mod backtest;
pub(crate) mod charts;
pub(crate) mod connect;
pub(crate) mod demo;
pub(crate) mod export_model;
pub(crate) mod feature_page;
pub(crate) mod features;
pub(crate) mod google_settings;
pub(crate) mod import;
pub(crate) mod kept;
pub(crate) mod literal;
pub(crate) mod models;
pub(crate) mod predict;
pub(crate) mod profile;
pub(crate) mod query;
pub(crate) mod recipes;
pub(crate) mod results;
pub(crate) mod runs;
pub(crate) mod sample;
pub(crate) mod saved;
pub(crate) mod searches;
pub(crate) mod source;
pub(crate) mod sql;
pub(crate) mod tables;
pub(crate) mod train;
pub(crate) mod views;
mod walks;
