//! What the window hears without asking.

use algomosaic_api::JobRecord;
use serde::{Deserialize, Serialize};

/// A job started, made progress or ended; its latest record.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type, tauri_specta::Event)]
pub(crate) struct JobChanged(pub(crate) JobRecord);

/// A login waits for the person in the browser. The address holds no secret; it can be opened by hand.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type, tauri_specta::Event)]
pub(crate) struct LoginWaiting {
    /// The task that waits.
    pub(crate) task: String,
    /// Where the person agrees.
    pub(crate) address: String,
}
