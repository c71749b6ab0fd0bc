//! Cloud Storage against a stub with faults and against a real emulator: what is written and read whole, who wins, and the
//! sentence for each failure.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod fake_gcs;
mod storage_emulator;
mod storage_faults;
mod stub;
