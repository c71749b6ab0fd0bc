//! What a person should know about the data a model was trained on, as sentences for the page.

use serde::{Deserialize, Serialize};

/// One finding about the data or the fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Check {
    /// Whether all is as it should be. A finding that is not may still be what the person wants.
    pub ok: bool,
    /// One sentence.
    pub text: String,
}

impl Check {
    /// A finding that needs no attention.
    pub(crate) fn fine(text: impl Into<String>) -> Self {
        Check { ok: true, text: text.into() }
    }

    /// A finding to look at.
    pub(crate) fn look(text: impl Into<String>) -> Self {
        Check { ok: false, text: text.into() }
    }
}

/// `1 row`, `3 rows`.
pub(crate) fn count(number: usize, singular: &str) -> String {
    if number == 1 { format!("1 {singular}") } else { format!("{number} {singular}s") }
}

/// The first names of a list, and how many more there are.
pub(crate) fn some_of(names: &[String]) -> String {
    const SHOWN: usize = 8;
    let mut text = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        text.push_str(&format!(" and {} more", names.len() - SHOWN));
    }
    text
}
