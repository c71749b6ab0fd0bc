//! JSON.

use super::Rule::{Own, Sql};
use super::{Call, SqlFunction, f};
use crate::engine::quoted;
use crate::sql::analyse::Analyser;
use crate::sql::fault::{Read, unsupported, wrong};
use crate::sql::kind::{Kind, field_names};
use crate::sql::term::{Form, Term};

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
    Ok(call.gives(format!("{cast}({} AS JSON)", call.sql(0)), Kind::Json))
}

/// A value in BigQuery's JSON: great whole numbers and NUMERIC stay exact as texts where a FLOAT64 would not hold them.
fn json_text(kind: &Kind, x: &str, depth: usize) -> Option<String> {
    let text = |x: &str| format!("CAST(to_json({x}) AS VARCHAR)");
    let inner = match kind {
        Kind::Null => return Some("'null'".to_owned()),
        Kind::Bool => format!("CAST({x} AS VARCHAR)"),
        Kind::Int64 => format!(
            "(CASE WHEN abs(CAST({x} AS HUGEINT)) > 9007199254740992 THEN concat('\"', {x}, '\"') ELSE CAST({x} AS VARCHAR) END)"
        ),
        Kind::Float64 => format!(
            "(CASE WHEN isnan({x}) THEN '\"NaN\"' WHEN isinf({x}) THEN (CASE WHEN {x} > 0 THEN '\"Infinity\"' ELSE '\"-Infinity\"' END) ELSE bq_float_text({x}) END)"
        ),
        Kind::Numeric | Kind::BigNumeric => format!(
            "(CASE WHEN CAST(CAST({x} AS DOUBLE) AS {0}) = {x} THEN bq_decimal_text(CAST({x} AS VARCHAR)) ELSE concat('\"', bq_decimal_text(CAST({x} AS VARCHAR)), '\"') END)",
            kind.engine()
        ),
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
            let element = json_text(of, &name, depth + 1)?;
            return Some(format!(
                "concat('[', coalesce(array_to_string(list_transform({x}, lambda {name}: {element}), ','), ''), ']')"
            ));
        }
        Kind::Struct(fields) => {
            let mut parts = Vec::new();
            for ((name, kind), engine) in fields.iter().zip(field_names(fields)) {
                let field = format!("({x}).{}", crate::engine::identifier(&engine));
                let label = serde_json::to_string(name.as_deref().unwrap_or("")).ok()?;
                parts.push(format!("{}, {}", quoted(&format!("{label}:")), json_text(kind, &field, depth)?));
            }
            format!("concat('{{', {}, '}}')", parts.join(", ',', "))
        }
    };
    Some(format!("(CASE WHEN {x} IS NULL THEN 'null' ELSE {inner} END)"))
}

fn to_json_string(_: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    match json_text(call.kind(0), call.sql(0), 0) {
        Some(text) => Ok(call.gives(text, Kind::String)),
        None => Err(unsupported(call.at, format!("{} of {}", call.name, call.kind(0)))),
    }
}

fn to_json(analyser: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    let text = to_json_string(analyser, call)?;
    Ok(text.with(format!("CAST({} AS JSON)", text.sql), Kind::Json))
}
