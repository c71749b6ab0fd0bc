//! What is known of an object, and which names it and its bucket may have.

use std::collections::BTreeMap;

use algomosaic_core::Problem;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::error::Result;

/// An object of a bucket, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its name, with slashes where a path has them.
    pub name: String,
    /// Which writing of it this is; each has another.
    pub generation: i64,
    /// In bytes.
    pub size: u64,
    /// CRC32C of its bytes; `None` for an object under a key of its owner's, whose sum the service does not tell.
    pub crc32c: Option<u32>,
    /// When it was last written.
    pub updated: Option<DateTime<Utc>>,
    /// What its writer noted beside it.
    pub metadata: BTreeMap<String, String>,
}

/// What has to be at a name for a change of it to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// Nothing.
    Absent,
    /// This generation.
    Generation(i64),
    /// Whatever it is; someone else's work may be lost.
    Any,
}

impl Expect {
    /// The generation that the service is told to require; 0 stands for none.
    pub(super) fn generation(self) -> Option<i64> {
        match self {
            Expect::Absent => Some(0),
            Expect::Generation(generation) => Some(generation),
            Expect::Any => None,
        }
    }
}

/// Which fields of an object are asked for.
pub(super) const FIELDS: &str = "name,generation,size,crc32c,updated,metadata";

/// An object as the JSON interface writes it: 64-bit numbers as text.
#[derive(Deserialize)]
pub(super) struct Resource {
    name: String,
    generation: String,
    size: String,
    #[serde(default)]
    crc32c: Option<String>,
    #[serde(default)]
    updated: Option<String>,
    #[serde(default)]
    metadata: BTreeMap<String, String>,
}

impl TryFrom<Resource> for Object {
    type Error = String;

    fn try_from(resource: Resource) -> std::result::Result<Object, String> {
        let Resource { name, generation, size, crc32c, updated, metadata } = resource;
        let wrong = |what: &str, value: &str| format!("the {what} of {name} is {value:?}");
        let generation = generation.parse().map_err(|_| wrong("generation", &generation))?;
        let size = size.parse().map_err(|_| wrong("size", &size))?;
        let crc32c = match crc32c.filter(|text| !text.is_empty()) {
            Some(text) => Some(read_crc32c(&text).ok_or_else(|| wrong("checksum", &text))?),
            None => None,
        };
        let updated = updated.and_then(|text| DateTime::parse_from_rfc3339(&text).ok()).map(|time| time.to_utc());
        Ok(Object { name, generation, size, crc32c, updated, metadata })
    }
}

/// A checksum is written as base64 of its bytes, the highest first.
fn read_crc32c(text: &str) -> Option<u32> {
    let bytes = BASE64_STANDARD.decode(text).ok()?;
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}

/// Refuses what cannot be a bucket's name, so that it never becomes part of an address.
pub(super) fn check_bucket(name: &str) -> Result<()> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    let is_name = (3..=222).contains(&name.len())
        && name.chars().all(allowed)
        && edge(name.chars().next())
        && edge(name.chars().next_back())
        && !name.contains("..");
    if is_name {
        return Ok(());
    }
    Err(Problem::bad(
        format!(
            "a bucket's name has 3 to 63 small letters, digits, `-`, `_` and `.`, a letter or digit first and last, but this is {name:?}"
        ),
        "Give the name alone, without `gs://` and without a folder.",
    )
    .into())
}

/// Refuses what cannot be an object's name.
pub(super) fn check_name(name: &str) -> Result<()> {
    let is_name = (1..=1024).contains(&name.len())
        && !name.contains(['\r', '\n', '\0'])
        && name != "."
        && name != ".."
        && !name.starts_with(".well-known/acme-challenge/");
    if is_name {
        return Ok(());
    }
    Err(Problem::bad(
        format!(
            "an object's name has 1 to 1024 bytes without line breaks and is not `.` or `..`, but this is {:?}",
            name.chars().take(80).collect::<String>()
        ),
        "Choose another name.",
    )
    .into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_would_change_an_address_are_refused() {
        for (name, is_name) in [
            ("models", true),
            ("my-team_1.example.com", true),
            ("ab", false),
            ("gs://models", false),
            ("models/o", false),
            ("Models", false),
            ("-models", false),
            ("models.", false),
            ("a..b", false),
            ("a?b=c", false),
        ] {
            assert_eq!(check_bucket(name).is_ok(), is_name, "{name}");
        }
        let long = "x".repeat(1025);
        for (name, is_name) in [
            ("research/models/a b.algom", true),
            ("é", true),
            ("", false),
            ("..", false),
            ("a\nb", false),
            (&long, false),
        ] {
            assert_eq!(check_name(name).is_ok(), is_name, "{name}");
        }
    }

    /// The check value of CRC-32/ISCSI in the catalogue of parametrised CRC algorithms: E3069283 for "123456789".
    #[test]
    fn a_checksum_is_the_castagnoli_sum_with_its_highest_byte_first() {
        assert_eq!(crc32c::crc32c(b"123456789"), 0xE306_9283);
        assert_eq!(read_crc32c("4waSgw=="), Some(0xE306_9283));
        assert_eq!(read_crc32c("4waSgwA="), None);
        assert_eq!(read_crc32c("?"), None);
    }
}
