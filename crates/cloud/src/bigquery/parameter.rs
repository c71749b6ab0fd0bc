//! Named parameters of a statement, in the form that BigQuery wants them.

use std::collections::BTreeMap;

use algomosaic_core::Problem;
use serde_json::{Map, Value, json};

use crate::error::Result;

/// The value of a parameter and its type as SQL names it.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// STRING, INT64, FLOAT64, BOOL, DATE, TIMESTAMP, DATETIME, TIME, NUMERIC, BIGNUMERIC, JSON, BYTES (in base64),
    /// `ARRAY<…>`, `STRUCT<name …, …>`.
    pub kind: String,
    /// Text, number, truth value, list, object or null.
    pub value: Value,
}

/// All parameters of a statement as BigQuery's `queryParameters`.
pub(super) fn to_json(parameters: &BTreeMap<String, Parameter>) -> Result<Value> {
    let mut all = Vec::new();
    for (name, Parameter { kind, value }) in parameters {
        let wrong = |why: &str| {
            Problem::bad(
                format!("the parameter @{name} of type {kind} {why}"),
                "Give a value of that type, or another type: --param name:STRING=…",
            )
        };
        let form = Form::parse(kind).ok_or_else(|| wrong("has a type that BigQuery does not know"))?;
        let given = form.value(value).ok_or_else(|| wrong("has a value that is not of its type"))?;
        all.push(json!({"name": name, "parameterType": form.to_json(), "parameterValue": given}));
    }
    Ok(Value::Array(all))
}

/// A type.
#[derive(Debug)]
enum Form {
    Plain(String),
    Array(Box<Form>),
    Struct(Vec<(String, Form)>),
}

const PLAIN: [&str; 14] = [
    "STRING",
    "INT64",
    "FLOAT64",
    "BOOL",
    "DATE",
    "TIMESTAMP",
    "DATETIME",
    "TIME",
    "NUMERIC",
    "BIGNUMERIC",
    "JSON",
    "BYTES",
    "GEOGRAPHY",
    "INTERVAL",
];

impl Form {
    fn parse(kind: &str) -> Option<Form> {
        let kind = kind.trim();
        let upper = kind.to_ascii_uppercase();
        let within = |word: &str| {
            let rest = upper.strip_prefix(word)?.trim_start();
            let start = kind.len() - rest.len();
            kind[start..].strip_prefix('<')?.strip_suffix('>')
        };
        if PLAIN.contains(&upper.as_str()) {
            return Some(Form::Plain(upper));
        }
        if let Some(inner) = within("ARRAY") {
            // BigQuery has no lists of lists.
            return match Form::parse(inner)? {
                Form::Array(_) => None,
                element => Some(Form::Array(Box::new(element))),
            };
        }
        let fields = within("STRUCT")?;
        let mut all = Vec::new();
        for field in parts(fields)? {
            let (name, kind) = field.trim().split_once(char::is_whitespace)?;
            all.push((name.trim_matches('`').to_owned(), Form::parse(kind)?));
        }
        Some(Form::Struct(all))
    }

    fn to_json(&self) -> Value {
        match self {
            Form::Plain(kind) => json!({"type": kind}),
            Form::Array(element) => json!({"type": "ARRAY", "arrayType": element.to_json()}),
            Form::Struct(fields) => {
                let fields: Vec<Value> =
                    fields.iter().map(|(name, form)| json!({"name": name, "type": form.to_json()})).collect();
                json!({"type": "STRUCT", "structTypes": fields})
            }
        }
    }

    fn value(&self, value: &Value) -> Option<Value> {
        Some(match (self, value) {
            (_, Value::Null) => json!({"value": null}),
            (Form::Plain(kind), Value::String(words)) if kind != "JSON" || is_json(words) => json!({"value": words}),
            (Form::Plain(kind), value) if kind == "JSON" => json!({"value": value.to_string()}),
            (Form::Plain(kind), Value::Bool(yes)) if kind == "BOOL" => json!({"value": yes.to_string()}),
            (Form::Plain(kind), Value::Number(number)) => {
                let fits = match kind.as_str() {
                    "INT64" => number.is_i64(),
                    "FLOAT64" | "NUMERIC" | "BIGNUMERIC" => true,
                    _ => false,
                };
                fits.then(|| json!({"value": number.to_string()}))?
            }
            (Form::Array(element), Value::Array(values)) => {
                let values: Vec<Value> = values.iter().map(|value| element.value(value)).collect::<Option<_>>()?;
                json!({"arrayValues": values})
            }
            (Form::Struct(fields), Value::Object(values)) => {
                let mut given = Map::new();
                for (name, form) in fields {
                    given.insert(name.clone(), form.value(values.get(name).unwrap_or(&Value::Null))?);
                }
                json!({"structValues": given})
            }
            _ => return None,
        })
    }
}

fn is_json(words: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(words).is_ok()
}

/// The parts between commas that are not within angle brackets.
fn parts(text: &str) -> Option<Vec<&str>> {
    let (mut depth, mut start, mut all) = (0_usize, 0, Vec::new());
    for (at, sign) in text.char_indices() {
        match sign {
            '<' => depth += 1,
            '>' => depth = depth.checked_sub(1)?,
            ',' if depth == 0 => {
                all.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    all.push(&text[start..]);
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(kind: &str, value: Value) -> Option<Value> {
        let all = BTreeMap::from([("p".to_owned(), Parameter { kind: kind.to_owned(), value })]);
        to_json(&all).ok().map(|all| all[0].clone())
    }

    // The forms of https://cloud.google.com/bigquery/docs/reference/rest/v2/QueryParameter
    #[test]
    fn parameters_have_googles_form() {
        let plain = |kind: &str, value: Value| one(kind, value).map(|all| all["parameterValue"]["value"].clone());
        assert_eq!(plain("INT64", json!(7)), Some(json!("7")));
        assert_eq!(plain("int64", json!("7")), Some(json!("7")));
        assert_eq!(plain("BOOL", json!(true)), Some(json!("true")));
        assert_eq!(plain("FLOAT64", json!("NaN")), Some(json!("NaN")));
        assert_eq!(plain("STRING", Value::Null), Some(Value::Null));
        assert_eq!(plain("JSON", json!({"a": 1})), Some(json!("{\"a\":1}")));
        let array = one("ARRAY<STRUCT<a INT64, b ARRAY<STRING>>>", json!([{"a": 1, "b": ["x", "y"]}])).unwrap();
        assert_eq!(
            array,
            json!({
                "name": "p",
                "parameterType": {"type": "ARRAY", "arrayType": {"type": "STRUCT", "structTypes": [
                    {"name": "a", "type": {"type": "INT64"}},
                    {"name": "b", "type": {"type": "ARRAY", "arrayType": {"type": "STRING"}}},
                ]}},
                "parameterValue": {"arrayValues": [{"structValues": {
                    "a": {"value": "1"},
                    "b": {"arrayValues": [{"value": "x"}, {"value": "y"}]},
                }}]},
            })
        );
    }

    #[test]
    fn what_is_not_of_the_type_is_refused() {
        for (kind, value) in [
            ("INT64", json!(1.5)),
            ("INT64", json!([1])),
            ("BOOL", json!(1)),
            ("STRING", json!(1)),
            ("ARRAY<INT64>", json!(1)),
            ("ARRAY<ARRAY<INT64>>", json!([[1]])),
            ("STRUCT<a INT64", json!({"a": 1})),
            ("JSON", json!("{")),
            ("WORD", json!("a")),
            ("", json!("a")),
        ] {
            assert_eq!(one(kind, value), None, "{kind}");
        }
    }
}
