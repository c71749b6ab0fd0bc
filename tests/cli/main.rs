//! The command line as a person or a script meets it: documents, exit codes, and what each bad input is told.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test may stop at the first surprise")]

#[path = "../support/mod.rs"]
mod support;

// The keyring of these tests is the Secret Service.
#[cfg(target_os = "linux")]
mod connect;
#[cfg(target_os = "linux")]
#[path = "../cloud/google.rs"]
mod google;
#[cfg(target_os = "linux")]
#[path = "../cloud/private_bus.rs"]
mod private_bus;

mod documents;
mod export_model;
mod features;
mod import;
mod models;
mod workspaces;
