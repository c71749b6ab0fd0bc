//! Identifiers: names of things by what they are made of, as DOMAIN's tables have them. Names, not security.

use serde_json::Value;
use sha1::{Digest as _, Sha1};
use sha2::Sha256;

/// 40 hex characters: SHA-1 of the canonical JSON of `value` (keys sorted, no spaces).
pub fn id(value: &Value) -> String {
    hex(&Sha1::digest(canonical_json(value)))
}

/// `data_id`: the identifier of a set of column names, whatever their order.
pub fn data_id<'a>(columns: impl IntoIterator<Item = &'a str>) -> String {
    let mut names: Vec<&str> = columns.into_iter().collect();
    names.sort_unstable();
    id(&Value::from(names))
}

/// A running SHA-256 over content, for `data_hash` and file checksums.
#[derive(Default, Clone)]
pub struct ContentHash(Sha256);

impl ContentHash {
    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// 64 hex characters.
    pub fn finish(self) -> String {
        hex(&self.0.finalize())
    }
}

/// 64 hex characters: SHA-256 of the bytes.
pub fn content_hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// JSON with sorted keys and no spaces, so that equal values give equal text.
pub fn canonical_json(value: &Value) -> String {
    fn write(value: &Value, out: &mut String) {
        match value {
            Value::Object(map) => {
                let mut keys: Vec<&String> = map.keys().collect();
                keys.sort_unstable();
                out.push('{');
                for (i, key) in keys.into_iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    out.push_str(&Value::from(key.as_str()).to_string());
                    out.push(':');
                    write(&map[key], out);
                }
                out.push('}');
            }
            Value::Array(items) => {
                out.push('[');
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    write(item, out);
                }
                out.push(']');
            }
            scalar => out.push_str(&scalar.to_string()),
        }
    }
    let mut out = String::new();
    write(value, &mut out);
    out
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|b| [DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]]).map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    // Expected values: printf '%s' '...' | sha1sum (GNU coreutils 9.1).
    #[test]
    fn id_is_sha1_of_canonical_json() {
        assert_eq!(id(&json!({"b": [1, 2.5], "a": "x"})), id(&json!({"a": "x", "b": [1, 2.5]})));
        assert_eq!(canonical_json(&json!({"b": [1, 2.5], "a": "x"})), r#"{"a":"x","b":[1,2.5]}"#);
        assert_eq!(id(&json!([])), "97d170e1550eee4afc0af065b78cda302a97674c");
    }

    #[test]
    fn data_id_ignores_the_order_of_columns() {
        assert_eq!(data_id(["close", "AROR_5"]), data_id(["AROR_5", "close"]));
        assert_ne!(data_id(["close"]), data_id(["open"]));
    }
}
