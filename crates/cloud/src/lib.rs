//! Google Cloud: who is connected, BigQuery, Cloud Storage. The only crate that opens a connection to another machine, and
//! the only one that holds a secret. It knows no frame, no indicator and no model: Parquet goes in, Arrow comes out.
//!
//! Everything here waits: call it from a thread that may. A [`algomosaic_core::Job`] cancels it.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")
)]

mod bigquery;
mod credential;
mod endpoints;
mod error;
mod http;
mod runtime;
mod secret;
mod storage;
mod token;

pub use bigquery::{
    BigQuery, Changes, Clock, Compression, Dataset, Description, Estimate, Field, Limits, Load, Loaded, Mode,
    PRICE_USD_PER_TIB, Page, Parameter, Partition, Ran, Read, Rows, Statement, TableKind, TableListing, TableName,
    TableSpec, Write, price_usd,
};
pub use credential::{
    BrowserLogin, Choices, Connection, Credentials, Forgotten, Keyring, Kind, OauthClient, Permission, Status,
    SystemKeyring,
};
pub use endpoints::Endpoints;
pub use error::{Error, Refusal};
pub use http::{Http, Patience};
pub use runtime::Runtime;
pub use secret::Secret;
pub use storage::{Bucket, Content, Download, Expect, Object};
pub use token::{Fixed, Token, Tokens};
