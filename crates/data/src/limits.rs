//! How much of the machine the engine may take.

use std::path::PathBuf;

/// Limits of the database engine. Where one is absent, the engine's own default holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of memory; beyond them a query spills to disk.
    pub memory_bytes: Option<u64>,
    /// Threads.
    pub threads: Option<u32>,
    /// The folder to spill to.
    pub spill: Option<PathBuf>,
    /// Bytes that may be spilled.
    pub spill_bytes: Option<u64>,
}
