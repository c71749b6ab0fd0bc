//! Parameters: `@name` with a type in a statement, `{name}` in the text of a file.

use std::collections::BTreeMap;

use algomosaic_core::Problem;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlparser::tokenizer::Span;

use crate::sql::analyse::Analyser;
use crate::sql::cast::cast;
use crate::sql::fault::{Fault, Read, missing, wrong};
use crate::sql::kind::{Kind, field_names};
use crate::sql::term::{Form, Term};

/// The value of a parameter, with its type as BigQuery names it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SqlValue {
    /// STRING, INT64, FLOAT64, BOOL, DATE, TIMESTAMP, DATETIME, TIME, NUMERIC, BYTES (in base64), ARRAY<…>.
    pub kind: String,
    /// The value: text, number, truth value, list or null.
    pub value: Value,
}

/// Parameters by name, without the @.
pub type SqlParams = BTreeMap<String, SqlValue>;

impl Analyser<'_> {
    /// The type and the value of a parameter.
    pub(crate) fn param_value(&mut self, at: Span, placeholder: &str) -> Read<(Kind, Value)> {
        let Some(name) = placeholder.strip_prefix('@') else {
            return Err(wrong(at, format!("the parameter {placeholder} has no name"), "Name it: @name."));
        };
        let found = self.params.iter().find(|(known, _)| crate::sql::scope::same(known, name));
        let Some((known, param)) = found else {
            let names = self.params.keys().map(String::as_str);
            return Err(missing(
                at,
                format!("there is no value for the parameter @{name}"),
                name,
                names,
                &format!("Give it: --param {name}=…"),
            ));
        };
        self.used_params.insert(known.clone());
        let Some(kind) = Kind::of_name(&param.kind) else {
            return Err(wrong(
                at,
                format!("the parameter @{name} has the type {:?}, which is none", param.kind),
                "Use STRING, INT64, FLOAT64, BOOL, DATE, DATETIME, TIME, TIMESTAMP, NUMERIC, BYTES or ARRAY<…>.",
            ));
        };
        Ok((kind, param.value.clone()))
    }

    /// A parameter as an expression.
    pub(crate) fn param(&mut self, at: Span, placeholder: &str) -> Read<Term> {
        let (kind, value) = self.param_value(at, placeholder)?;
        let mut term = constant(at, placeholder, &kind, &value)?;
        term.form = Form::Param;
        Ok(term)
    }

    /// Refuses parameters that no place of the statement uses.
    pub(crate) fn refuse_unused(&self) -> Read<()> {
        match self.params.keys().find(|name| !self.used_params.contains(*name)) {
            Some(name) => Err(wrong(
                Span::empty(),
                format!("the statement does not use the parameter @{name}"),
                "Leave it out, or write it in the statement.",
            )),
            None => Ok(()),
        }
    }
}

/// A value of JSON as a value of a type.
fn constant(at: Span, name: &str, kind: &Kind, value: &Value) -> Read<Term> {
    let refused = || -> Fault {
        let shown: String = value.to_string().chars().take(60).collect();
        wrong(
            at,
            format!("the value {shown} of the parameter {name} is no {kind}"),
            format!("Give {}, or another type: {name}:STRING=…", kind.with_article()),
        )
    };
    let text =
        |text: &str, to: &Kind| -> Read<Term> { crate::sql::literal::typed(at, to, text).map_err(|_| refused()) };
    Ok(match (kind, value) {
        (_, Value::Null) => Term::new(at, format!("CAST(NULL AS {})", kind.engine()), kind.clone()),
        (Kind::Bool, Value::Bool(yes)) => Term::new(at, yes.to_string().to_uppercase(), Kind::Bool),
        (Kind::Bool, Value::String(word)) => match word.to_lowercase().as_str() {
            yes @ ("true" | "false") => Term::new(at, yes.to_uppercase(), Kind::Bool),
            _ => return Err(refused()),
        },
        (Kind::Int64, Value::Number(number)) if number.is_i64() => {
            Term::new(at, format!("CAST('{number}' AS BIGINT)"), Kind::Int64)
        }
        (Kind::Int64, Value::String(digits)) => {
            let number: i64 = digits.trim().parse().map_err(|_| refused())?;
            Term::new(at, format!("CAST('{number}' AS BIGINT)"), Kind::Int64)
        }
        (Kind::Float64, Value::Number(number)) => Term::new(at, format!("CAST('{number}' AS DOUBLE)"), Kind::Float64),
        (Kind::Float64, Value::String(digits)) => {
            let number: f64 = digits.trim().parse().map_err(|_| refused())?;
            Term::new(at, format!("CAST('{number}' AS DOUBLE)"), Kind::Float64)
        }
        (Kind::Numeric | Kind::BigNumeric, Value::Number(number)) => text(&number.to_string(), kind)?,
        (Kind::String, Value::String(content)) => crate::sql::literal::text(at, content),
        (Kind::Bytes, Value::String(content)) => {
            use base64::Engine as _;
            let bytes = base64::engine::general_purpose::STANDARD.decode(content).map_err(|_| refused())?;
            crate::sql::literal::bytes(at, &bytes)
        }
        (
            Kind::Date | Kind::Datetime | Kind::Time | Kind::Timestamp | Kind::Numeric | Kind::BigNumeric | Kind::Json,
            Value::String(content),
        ) => text(content, kind)?,
        (Kind::Json, value) => {
            Term::new(at, format!("CAST({} AS JSON)", crate::engine::quoted(&value.to_string())), Kind::Json)
        }
        (Kind::Array(of), Value::Array(values)) => {
            let items: Vec<String> =
                values.iter().map(|value| Ok(constant(at, name, of, value)?.sql)).collect::<Read<_>>()?;
            Term::new(at, format!("CAST([{}] AS {})", items.join(", "), kind.engine()), kind.clone())
        }
        (Kind::Struct(fields), Value::Object(values)) => {
            let mut parts = Vec::new();
            for (field, (_, kind)) in field_names(fields).iter().zip(fields) {
                let value = constant(at, name, kind, values.get(field).unwrap_or(&Value::Null))?;
                let value = cast(at, &value, kind, false)?;
                parts.push(format!("{} := {}", crate::engine::identifier(field), value.sql));
            }
            Term::new(at, format!("struct_pack({})", parts.join(", ")), kind.clone())
        }
        _ => return Err(refused()),
    })
}

/// Puts the values of text parameters in the place of `{name}`. A value is a name (of a table, with dots, dashes and a
/// star at its end) or a number, so that it cannot become anything else in the statement; a doubled brace is a brace.
pub fn fill(text: &str, values: &BTreeMap<String, String>) -> Result<String, Problem> {
    let mut filled = String::with_capacity(text.len());
    let mut used: Vec<&str> = Vec::new();
    let (mut line, mut rest) = (1_u32, text);
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(at);
        filled.push_str(before);
        line += before.matches('\n').count() as u32;
        if from.starts_with("{{") || from.starts_with("}}") {
            filled.push_str(&from[..1]);
            rest = &from[2..];
            continue;
        }
        let name = from.strip_prefix('{').and_then(|inner| inner.split_once('}'));
        match name {
            Some((name, after)) if algomosaic_core::names::is_identifier(name) => {
                let Some((known, value)) = values.get_key_value(name) else {
                    let hint = match algomosaic_core::names::nearest(name, values.keys().map(String::as_str)) {
                        Some(near) => format!("Did you mean {{{near}}}? Give it: --param {name}=…"),
                        None => format!("Give it: --param {name}=…"),
                    };
                    return Err(Problem::bad(
                        format!("line {line}, column {}: there is no value for {{{name}}}", column(text, from)),
                        hint,
                    ));
                };
                if !is_plain(value) {
                    return Err(Problem::bad(
                        format!(
                            "line {line}, column {}: the value {value:?} of {{{name}}} is neither a name nor a number",
                            column(text, from)
                        ),
                        "Names are made of letters, digits, _, - and dots; a text belongs in a parameter: @name.",
                    ));
                }
                used.push(known);
                filled.push_str(value);
                rest = after;
            }
            // A brace of JSON in a literal.
            _ => {
                filled.push_str(&from[..1]);
                rest = &from[1..];
            }
        }
    }
    filled.push_str(rest);
    Ok(filled)
}

fn column(text: &str, from: &str) -> usize {
    let before = &text[..text.len() - from.len()];
    before.rsplit('\n').next().unwrap_or_default().chars().count() + 1
}

/// The names of the text parameters in a text.
pub fn text_params(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some((_, from)) = rest.split_once('{') {
        if let Some(after) = from.strip_prefix('{') {
            rest = after;
            continue;
        }
        if let Some((name, _)) = from.split_once('}')
            && algomosaic_core::names::is_identifier(name)
            && !names.iter().any(|known| known == name)
        {
            names.push(name.to_owned());
        }
        rest = from;
    }
    names
}

fn is_plain(value: &str) -> bool {
    let part = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let name = value.strip_suffix('*').unwrap_or(value);
    let dashes_apart = !name.contains("--");
    let is_name = dashes_apart
        && !name.starts_with('-')
        && name.split('.').all(|piece| piece.split('-').all(part) || piece.is_empty() && value.ends_with('*'));
    let is_number = value.parse::<f64>().is_ok_and(f64::is_finite);
    value.len() <= 1024 && (is_name && !name.is_empty() || is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_parameters_are_names_or_numbers() {
        let fill = |text: &str, value: &str| fill(text, &BTreeMap::from([("t".to_owned(), value.to_owned())]));
        for (value, expected) in [
            ("market.bars", "SELECT * FROM market.bars"),
            ("my-project.d.bars_*", "SELECT * FROM my-project.d.bars_*"),
            ("-1.5", "SELECT * FROM -1.5"),
        ] {
            assert_eq!(fill("SELECT * FROM {t}", value).unwrap(), expected);
        }
        for value in ["x; DROP TABLE y", "x -- y", "a--b", "`x`", "'x'", "(SELECT 1)", "", "a b", "x/*", "é"] {
            assert!(fill("SELECT * FROM {t}", value).is_err(), "{value}");
        }
        let problem = fill("SELECT 1,\n  {u}", "x").unwrap_err();
        assert!(problem.message.starts_with("line 2, column 3: "), "{}", problem.message);
        assert_eq!(fill("SELECT '{\"a\": 1}', '{{t}}'", "x").unwrap(), "SELECT '{\"a\": 1}', '{t}'");
        assert_eq!(text_params("{a} {{b}} {a} {c}"), ["a", "c"]);
    }
}
