//! JSON.

use super::Rule::{Own, Sql};
use super::{Call, SqlFunction, f};
use crate::engine::quoted;
use crate::sql::analyse::Analyser;
use crate::sql::fault::{Read, unsupported, wrong};
use crate::sql::kind::{Kind, field_names};
use crate::sql::term::{Form, Term, failure};

pub(super) const FUNCTIONS: &[SqlFunction] = &[
    f(
        "JSON_VALUE",
        "JSON_VALUE(json ANY[, path STRING]) -> STRING",
        "A scalar at a path such as $.a[0], as text",
        Own(value),
    ),
    f("JSON_EXTRACT_SCALAR", "JSON_EXTRACT_SCALAR(json ANY[, path STRING]) -> STRING", "As JSON_VALUE", Own(value)),
    f("JSON_QUERY", "JSON_QUERY(json ANY[, path STRING]) -> ANY", "What is at a path, as JSON", Own(query)),
    f("JSON_EXTRACT", "JSON_EXTRACT(json ANY[, path STRING]) -> ANY", "As JSON_QUERY", Own(query)),
    f(
        "JSON_VALUE_ARRAY",
        "JSON_VALUE_ARRAY(json ANY[, path STRING]) -> ARRAY<STRING>",
        "The scalars of an array",
        Own(array),
    ),
    f(
        "JSON_EXTRACT_STRING_ARRAY",
        "JSON_EXTRACT_STRING_ARRAY(json ANY[, path STRING]) -> ARRAY<STRING>",
        "As JSON_VALUE_ARRAY",
        Own(array),
    ),
    f(
        "JSON_QUERY_ARRAY",
        "JSON_QUERY_ARRAY(json ANY[, path STRING]) -> ARRAY",
        "The elements of an array, as JSON",
        Own(array),
    ),
    f("JSON_EXTRACT_ARRAY", "JSON_EXTRACT_ARRAY(json ANY[, path STRING]) -> ARRAY", "As JSON_QUERY_ARRAY", Own(array)),
    f("JSON_TYPE", "JSON_TYPE(json JSON) -> STRING", "object, array, string, number, boolean or null", Own(kind_of)),
    f("PARSE_JSON", "PARSE_JSON(text STRING) -> JSON", "A text as JSON", Own(parse)),
    f(
        "STRING",
        "STRING(json JSON) -> STRING",
        "The text a JSON string holds",
        Sql(
            "(CASE WHEN json_type({0}) = 'VARCHAR' THEN json_extract_string({0}, '$') WHEN {0} IS NULL THEN NULL ELSE {fail:the JSON is no string} END)",
        ),
    ),
    f(
        "INT64",
        "INT64(json JSON) -> INT64",
        "The whole number a JSON number is",
        Sql(
            "(CASE WHEN json_type({0}) IN ('BIGINT', 'UBIGINT') THEN CAST({0} AS BIGINT) WHEN json_type({0}) = 'DOUBLE' AND CAST({0} AS DOUBLE) = trunc(CAST({0} AS DOUBLE)) THEN CAST(CAST({0} AS DOUBLE) AS BIGINT) WHEN {0} IS NULL THEN NULL ELSE {fail:the JSON is no whole number} END)",
        ),
    ),
    f(
        "FLOAT64",
        "FLOAT64(json JSON) -> FLOAT64",
        "The number a JSON number is",
        Sql(
            "(CASE WHEN json_type({0}) IN ('BIGINT', 'UBIGINT', 'DOUBLE') THEN CAST({0} AS DOUBLE) WHEN {0} IS NULL THEN NULL ELSE {fail:the JSON is no number} END)",
        ),
    ),
    f(
        "BOOL",
        "BOOL(json JSON) -> BOOL",
        "What a JSON boolean says",
        Sql(
            "(CASE WHEN json_type({0}) = 'BOOLEAN' THEN CAST({0} AS BOOLEAN) WHEN {0} IS NULL THEN NULL ELSE {fail:the JSON is no boolean} END)",
        ),
    ),
    f("JSON_ARRAY", "JSON_ARRAY([value ANY, ...]) -> JSON", "The values as a JSON array", Own(json_array)),
    f(
        "JSON_OBJECT",
        "JSON_OBJECT([key ANY, ...]) -> JSON",
        "A JSON object of keys, which are written, each followed by its value",
        Own(json_object),
    ),
    f("TO_JSON_STRING", "TO_JSON_STRING(value ANY) -> STRING", "A value as a JSON text", Own(to_json_string)),
    f("TO_JSON", "TO_JSON(value ANY) -> JSON", "A value as JSON", Own(to_json)),
];

/// The path in the engine's form. It must be written, so that both read it alike.
fn path(call: &Call<'_>) -> Read<String> {
    let Some(term) = call.terms.get(1) else { return Ok(quoted("$")) };
    let Form::Text(text) = &term.form else {
        return Err(unsupported(term.at, "a JSON path that is computed"));
    };
    let bad = || wrong(term.at, format!("{text:?} is no JSON path"), "Write $.name, $.name[0] or $['name'].");
    let mut engine = "$".to_owned();
    let mut rest = text.strip_prefix('$').ok_or_else(bad)?;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('.') {
            let (name, next) = match after.strip_prefix('"') {
                Some(inner) => inner.split_once('"').ok_or_else(bad)?,
                None => after.split_at(after.find(['.', '[']).unwrap_or(after.len())),
            };
            if name.is_empty() || name.contains(['*', '"']) {
                return Err(bad());
            }
            engine.push_str(&format!(".\"{name}\""));
            rest = next;
        } else {
            let (inside, next) = rest.strip_prefix('[').and_then(|inner| inner.split_once(']')).ok_or_else(bad)?;
            if inside.chars().all(|c| c.is_ascii_digit()) && !inside.is_empty() {
                engine.push_str(&format!("[{inside}]"));
            } else {
                let name = inside.trim_matches(['\'', '"']);
                if name.is_empty() || name.len() + 2 != inside.len() || name.contains(['*', '"']) {
                    return Err(bad());
                }
                engine.push_str(&format!(".\"{name}\""));
            }
            rest = next;
        }
    }
    Ok(quoted(&engine))
}

/// The document: a JSON as it is; a text only when it is JSON, as BigQuery gives NULL for what is none.
fn document(call: &Call<'_>) -> Read<String> {
    match call.kind(0) {
        Kind::Json => Ok(call.sql(0).to_owned()),
        Kind::String | Kind::Null => Ok(format!("TRY_CAST(CAST({} AS VARCHAR) AS JSON)", call.sql(0))),
        kind => Err(wrong(call.at, format!("{} needs JSON or a text, and this is {kind}", call.name), "Give it JSON.")),
    }
}

fn value(_: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    let (document, path) = (document(call)?, path(call)?);
    let sql = format!(
        "(CASE WHEN json_type({document}, {path}) IN ('OBJECT', 'ARRAY', 'NULL') THEN NULL ELSE json_extract_string({document}, {path}) END)"
    );
    Ok(call.gives(sql, Kind::String))
}

fn query(_: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    let (document, path) = (document(call)?, path(call)?);
    let sql = format!("json_extract({document}, {path})");
    Ok(match call.kind(0) {
        Kind::Json => call.gives(sql, Kind::Json),
        _ => call.gives(
            format!("(CASE WHEN json_type({document}, {path}) = 'NULL' THEN NULL ELSE CAST({sql} AS VARCHAR) END)"),
            Kind::String,
        ),
    })
}

fn array(_: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    let (document, path) = (document(call)?, path(call)?);
    let of = format!("CASE WHEN json_type({document}, {path}) <> 'ARRAY' THEN NULL");
    if matches!(call.name, "JSON_VALUE_ARRAY" | "JSON_EXTRACT_STRING_ARRAY") {
        let list = format!("CAST(json_extract({document}, {path}) AS JSON[])");
        let scalars = format!(
            "list_transform({list}, lambda j: CASE WHEN json_type(j) = 'NULL' THEN NULL ELSE json_extract_string(j, '$') END)"
        );
        return Ok(call.gives(
            format!("({of} WHEN list_bool_or(list_transform({list}, lambda j: json_type(j) IN ('OBJECT', 'ARRAY'))) THEN NULL ELSE {scalars} END)"),
            Kind::array(Kind::String),
        ));
    }
    let list = format!("CAST(json_extract({document}, {path}) AS JSON[])");
    Ok(match call.kind(0) {
        Kind::Json => call.gives(format!("({of} ELSE {list} END)"), Kind::array(Kind::Json)),
        _ => call.gives(
            format!("({of} ELSE list_transform({list}, lambda j: CAST(j AS VARCHAR)) END)"),
            Kind::array(Kind::String),
        ),
    })
}

fn kind_of(_: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    let sql = format!(
        "(CASE json_type({0}) WHEN 'OBJECT' THEN 'object' WHEN 'ARRAY' THEN 'array' WHEN 'VARCHAR' THEN 'string' WHEN 'BOOLEAN' THEN 'boolean' WHEN 'NULL' THEN 'null' WHEN NULL THEN NULL ELSE 'number' END)",
        call.sql(0)
    );
    Ok(call.gives(format!("(CASE WHEN {} IS NULL THEN NULL ELSE {sql} END)", call.sql(0)), Kind::String))
}

fn parse(analyser: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    let cast = if analyser.safe { "TRY_CAST" } else { "CAST" };
    Ok(call.gives(format!("json({cast}({} AS JSON))", call.sql(0)), Kind::Json))
}

/// What becomes of a number that a FLOAT64 does not hold.
#[derive(Clone, Copy)]
enum Wide {
    /// A text: TO_JSON_STRING.
    Text,
    /// A number where it is an INT64, else an error: JSON values.
    Number,
}

/// A value in BigQuery's JSON.
fn json_text(kind: &Kind, x: &str, wide: Wide, depth: usize) -> Option<String> {
    let text = |x: &str| format!("CAST(to_json({x}) AS VARCHAR)");
    let inner = match kind {
        Kind::Null => return Some("'null'".to_owned()),
        Kind::Bool => format!("CAST({x} AS VARCHAR)"),
        Kind::Int64 if matches!(wide, Wide::Number) => format!("CAST({x} AS VARCHAR)"),
        Kind::Int64 => format!(
            "(CASE WHEN abs(CAST({x} AS HUGEINT)) > 9007199254740992 THEN concat('\"', {x}, '\"') ELSE CAST({x} AS VARCHAR) END)"
        ),
        Kind::Float64 => format!(
            "(CASE WHEN isnan({x}) THEN '\"NaN\"' WHEN isinf({x}) THEN (CASE WHEN {x} > 0 THEN '\"Infinity\"' ELSE '\"-Infinity\"' END) ELSE bq_float_text({x}) END)"
        ),
        Kind::Numeric | Kind::BigNumeric => {
            let digits = format!("bq_decimal_text(CAST({x} AS VARCHAR))");
            match wide {
                Wide::Text => format!(
                    "(CASE WHEN {x} = trunc({x}) AND abs({x}) <= 9007199254740992 THEN {digits} ELSE concat('\"', {digits}, '\"') END)"
                ),
                Wide::Number => format!(
                    "(CASE WHEN CAST(CAST({x} AS DOUBLE) AS {}) = {x} THEN {digits} ELSE {} END)",
                    kind.engine(),
                    failure(false, "JSON cannot hold this number without loss")
                ),
            }
        }
        Kind::String => text(x),
        Kind::Bytes => format!("concat('\"', to_base64({x}), '\"')"),
        Kind::Date => format!("concat('\"', CAST({x} AS VARCHAR), '\"')"),
        Kind::Time => format!("concat('\"', bq_time_text({x}), '\"')"),
        Kind::Datetime => format!("concat('\"', replace(bq_datetime_text({x}), ' ', 'T'), '\"')"),
        Kind::Timestamp => format!("concat('\"', replace(bq_datetime_text(timezone('UTC', {x})), ' ', 'T'), 'Z\"')"),
        Kind::Json => format!("CAST({x} AS VARCHAR)"),
        Kind::Interval => return None,
        Kind::Array(of) => {
            let name = format!("j{depth}");
            let element = json_text(of, &name, wide, depth + 1)?;
            return Some(format!(
                "concat('[', coalesce(array_to_string(list_transform({x}, lambda {name}: {element}), ','), ''), ']')"
            ));
        }
        Kind::Struct(fields) => {
            let mut parts = Vec::new();
            for ((name, kind), engine) in fields.iter().zip(field_names(fields)) {
                let field = format!("({x}).{}", crate::engine::identifier(&engine));
                let label = serde_json::to_string(name.as_deref().unwrap_or("")).ok()?;
                parts.push(format!("{}, {}", quoted(&format!("{label}:")), json_text(kind, &field, wide, depth)?));
            }
            format!("concat('{{', {}, '}}')", parts.join(", ',', "))
        }
    };
    Some(format!("(CASE WHEN {x} IS NULL THEN 'null' ELSE {inner} END)"))
}

fn json_array(_: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    let mut parts = Vec::new();
    for term in &call.terms {
        parts.push(part_of_json(call, term)?);
    }
    Ok(call.gives(format!("CAST(concat('[', {}']') AS JSON)", joined(&parts)), Kind::Json))
}

fn json_object(_: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    let mut keys: Vec<&str> = Vec::new();
    let mut parts = Vec::new();
    for pair in call.terms.chunks(2) {
        let [key, value] = pair else {
            return Err(wrong(call.at, "JSON_OBJECT has a key without a value", "Write JSON_OBJECT('a', 1, 'b', 2)."));
        };
        let Form::Text(name) = &key.form else {
            return Err(unsupported(key.at, "JSON_OBJECT with a key that is computed, or with arrays"));
        };
        let value = part_of_json(call, value)?;
        // Of a key that comes twice the first counts.
        if !keys.contains(&name.as_str()) {
            let label = serde_json::to_string(name).unwrap_or_default();
            parts.push(format!("{}, {value}", quoted(&format!("{label}:"))));
            keys.push(name);
        }
    }
    Ok(call.gives(format!("CAST(concat('{{', {}'}}') AS JSON)", joined(&parts)), Kind::Json))
}

fn part_of_json(call: &Call<'_>, term: &Term) -> Read<String> {
    json_text(&term.kind, &term.sql, Wide::Number, 0)
        .ok_or_else(|| unsupported(term.at, format!("{} of {}", call.name, term.kind)))
}

fn joined(parts: &[String]) -> String {
    if parts.is_empty() { String::new() } else { format!("{}, ", parts.join(", ',', ")) }
}

fn to_json_string(_: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    match json_text(call.kind(0), call.sql(0), Wide::Text, 0) {
        Some(text) => Ok(call.gives(text, Kind::String)),
        None => Err(unsupported(call.at, format!("{} of {}", call.name, call.kind(0)))),
    }
}

fn to_json(_: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    let Some(term) = call.terms.first() else { return Err(unsupported(call.at, call.name)) };
    Ok(call.gives(format!("CAST({} AS JSON)", part_of_json(call, term)?), Kind::Json))
}
