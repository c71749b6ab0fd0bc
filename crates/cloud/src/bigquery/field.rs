//! A column: its name, type, whether it may be missing or repeat, and what it means.

use serde_json::{Value, json};

use super::text;

/// Whether a column may be missing or repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// May be NULL.
    #[default]
    Nullable,
    /// Never NULL.
    Required,
    /// A list.
    Repeated,
}

/// A column of a table or of a result.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its type as SQL names it: INT64, FLOAT64, NUMERIC, STRUCT ...; of a list, the type of an element.
    pub kind: String,
    /// Whether it may be missing or repeats.
    pub mode: Mode,
    /// What it means; empty when nobody said.
    pub description: String,
    /// The fields of a STRUCT.
    pub fields: Vec<Field>,
}

impl Field {
    /// A column that may be NULL.
    pub fn new(name: &str, kind: &str) -> Field {
        Field { name: name.to_owned(), kind: kind.to_owned(), ..Field::default() }
    }

    /// With a description.
    pub fn described(mut self, description: &str) -> Field {
        self.description = description.to_owned();
        self
    }

    pub(super) fn to_json(&self) -> Value {
        let mut value = json!({"name": self.name, "type": legacy(&self.kind), "mode": match self.mode {
            Mode::Nullable => "NULLABLE",
            Mode::Required => "REQUIRED",
            Mode::Repeated => "REPEATED",
        }});
        if !self.description.is_empty() {
            value["description"] = self.description.as_str().into();
        }
        if !self.fields.is_empty() {
            value["fields"] = self.fields.iter().map(Field::to_json).collect();
        }
        value
    }

    pub(super) fn from_json(value: &Value) -> Field {
        Field {
            name: text(&value["name"]),
            kind: standard(value["type"].as_str().unwrap_or_default()),
            mode: match value["mode"].as_str() {
                Some("REQUIRED") => Mode::Required,
                Some("REPEATED") => Mode::Repeated,
                _ => Mode::Nullable,
            },
            description: text(&value["description"]),
            fields: Field::list(&value["fields"]),
        }
    }

    /// The fields of a list.
    pub(super) fn list(value: &Value) -> Vec<Field> {
        value.as_array().into_iter().flatten().map(Field::from_json).collect()
    }

    /// The document of a schema.
    pub(super) fn schema(fields: &[Field]) -> Value {
        json!({"fields": fields.iter().map(Field::to_json).collect::<Value>()})
    }
}

/// The name that SQL has for a type of the REST interface, which keeps some of an older dialect.
fn standard(kind: &str) -> String {
    match kind {
        "INTEGER" => "INT64",
        "FLOAT" => "FLOAT64",
        "BOOLEAN" => "BOOL",
        "RECORD" => "STRUCT",
        "BIGDECIMAL" => "BIGNUMERIC",
        "DECIMAL" => "NUMERIC",
        other => other,
    }
    .to_owned()
}

fn legacy(kind: &str) -> &str {
    match kind {
        "INT64" => "INTEGER",
        "FLOAT64" => "FLOAT",
        "BOOL" => "BOOLEAN",
        "STRUCT" => "RECORD",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The names of both dialects: https://cloud.google.com/bigquery/docs/reference/rest/v2/tables#TableFieldSchema
    #[test]
    fn types_have_the_names_of_sql() {
        for (rest, sql) in [
            ("INTEGER", "INT64"),
            ("FLOAT", "FLOAT64"),
            ("BOOLEAN", "BOOL"),
            ("RECORD", "STRUCT"),
            ("NUMERIC", "NUMERIC"),
            ("TIMESTAMP", "TIMESTAMP"),
        ] {
            let field = Field::from_json(&json!({"name": "a", "type": rest, "mode": "REPEATED"}));
            assert_eq!((field.kind.as_str(), field.mode), (sql, Mode::Repeated));
            assert_eq!(field.to_json()["type"], rest);
        }
    }
}
