//! What the window hears without asking.

use algomosaic_api::JobRecord;
use serde::{Deserialize, Serialize};

/// A job started, made progress or ended; its latest record.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type, tauri_specta::Event)]
pub(crate) struct JobChanged(pub(crate) JobRecord);
