//! From one type to another: casts, coercions, and the text forms BigQuery gives values.

use sqlparser::tokenizer::Span;

use crate::engine::identifier;
use crate::sql::fault::{Read, wrong};
use crate::sql::kind::{Kind, field_names};
use crate::sql::term::{Form, Term};

const INT: &str = r"\s*[+-]?([0-9]+|0[xX][0-9a-fA-F]+)\s*";
const FLOAT: &str = r"(?i)\s*[+-]?(([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?|inf|infinity|nan)\s*";
const DECIMAL: &str = r"(?i)\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?\s*";
const BOOL: &str = "(?i)true|false";
/// A year is 1 to 9999.
const DATE: &str = "([0-9]{0,3}[1-9]|[0-9]{0,2}[1-9]0|[0-9]?[1-9]00|[1-9]000)-[0-9]{1,2}-[0-9]{1,2}";
const TIME: &str = r"[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(\.[0-9]{1,6})?";
const ZONE: &str = r"(?:[Zz]| ?[+-][0-9]{1,2}(?::[0-9]{2})?| [A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+/-]+)?)";

/// `CAST`, or `SAFE_CAST`, which gives NULL where a value has no like.
pub(crate) fn cast(at: Span, term: &Term, to: &Kind, safe: bool) -> Read<Term> {
    let x = &term.sql;
    let engine = to.engine();
    let plain = || if safe { format!("TRY_CAST({x} AS {engine})") } else { format!("CAST({x} AS {engine})") };
    let always = || format!("CAST({x} AS {engine})");
    let sql = match (&term.kind, to) {
        (from, to) if from == to => return Ok(term.clone()),
        (Kind::Null, _) => format!("CAST(NULL AS {engine})"),
        (Kind::Array(of), Kind::Array(_)) if **of == Kind::Null => always(),
        (Kind::Int64, Kind::Float64 | Kind::Numeric | Kind::String) => always(),
        (Kind::Int64, Kind::BigNumeric) => plain(),
        (Kind::Int64, Kind::Bool) => format!("({x} <> 0)"),
        (Kind::Bool, Kind::Int64 | Kind::String) => always(),
        (Kind::Float64, Kind::Int64) => {
            let cast = if safe { "TRY_CAST" } else { "CAST" };
            format!("{cast}(round({x}) AS BIGINT)")
        }
        (Kind::Float64, Kind::Numeric | Kind::BigNumeric) => plain(),
        (Kind::Numeric | Kind::BigNumeric, Kind::Float64) => always(),
        (Kind::Numeric | Kind::BigNumeric, Kind::Int64 | Kind::Numeric | Kind::BigNumeric) => plain(),
        (Kind::String, Kind::Int64) => {
            // The engine takes no sign before 0x.
            let cast = if safe { "TRY_CAST" } else { "CAST" };
            let signed = format!(
                r"(CASE WHEN regexp_matches({x}, '^\s*[+-]0[xX]') THEN (CASE WHEN contains({x}, '-') THEN -1 ELSE 1 END) * {cast}(regexp_replace({x}, '[+-]', '') AS BIGINT) ELSE {} END)",
                plain()
            );
            guarded(x, INT, &signed, safe, to)
        }
        (Kind::String, Kind::Float64) => guarded(x, FLOAT, &plain(), safe, to),
        (Kind::String, Kind::Numeric | Kind::BigNumeric) => guarded(x, DECIMAL, &plain(), safe, to),
        (Kind::String, Kind::Bool) => guarded(x, BOOL, &plain(), safe, to),
        (Kind::String, Kind::Date) => guarded(x, DATE, &plain(), safe, to),
        (Kind::String, Kind::Time) => guarded(x, TIME, &plain(), safe, to),
        (Kind::String, Kind::Datetime) => guarded(x, &format!("{DATE}([ Tt]{TIME})?"), &plain(), safe, to),
        (Kind::String, Kind::Timestamp) => {
            let cast = if safe { "TRY_CAST" } else { "CAST" };
            // The engine takes an offset only without a space before it, with two digits, and after a time of day.
            let text = format!(
                r"regexp_replace(regexp_replace(regexp_replace({x}, ' ([+-][0-9])', '\1'), '([0-9][+-])([0-9])(:|$)', '\10\2\3'), '^([0-9]+-[0-9]+-[0-9]+)([+-]| [A-Za-z]|[Zz])', '\1 00:00:00\2')"
            );
            let clock = format!("{cast}(regexp_extract({x}, '^(.*?) [A-Za-z]', 1) AS TIMESTAMP)");
            let in_zone = crate::sql::time::instant(&format!("regexp_extract({x}, ' ([A-Za-z].*)$', 1)"), &clock);
            // That a zone is unknown is no error TRY would catch.
            let known = format!("CASE WHEN TRY_CAST({text} AS TIMESTAMPTZ) IS NOT NULL THEN {in_zone} END");
            let in_zone = if safe { known } else { in_zone };
            let sql = format!(
                "CASE WHEN regexp_matches({x}, ' [A-Za-z]') THEN {in_zone} ELSE {cast}({text} AS TIMESTAMPTZ) END"
            );
            guarded(x, &format!("{DATE}([ Tt]{TIME})?{ZONE}?"), &sql, safe, to)
        }
        (Kind::String, Kind::Bytes) => format!("encode({x})"),
        (Kind::Bytes, Kind::String) if safe => format!("TRY(decode({x}))"),
        (Kind::Bytes, Kind::String) => format!("decode({x})"),
        (Kind::Date, Kind::Datetime) => always(),
        (Kind::Date, Kind::Timestamp) => format!("timezone('UTC', CAST({x} AS TIMESTAMP))"),
        (Kind::Datetime, Kind::Date | Kind::Time) => always(),
        (Kind::Datetime, Kind::Timestamp) => format!("timezone('UTC', {x})"),
        (Kind::Timestamp, Kind::Datetime) => format!("timezone('UTC', {x})"),
        (Kind::Timestamp, Kind::Date | Kind::Time) => format!("CAST(timezone('UTC', {x}) AS {engine})"),
        (from, Kind::String) if text_of(from, x).is_some() => text_of(from, x).unwrap_or_default(),
        (Kind::Struct(from), Kind::Struct(fields)) if from.len() == fields.len() => {
            let mut parts = Vec::new();
            for ((name, (_, kind)), (to_name, (_, to_kind))) in
                field_names(from).iter().zip(from).zip(field_names(fields).iter().zip(fields))
            {
                let field = term.with(format!("({x}).{}", identifier(name)), kind.clone());
                parts.push(format!("{} := {}", identifier(to_name), cast(at, &field, to_kind, safe)?.sql));
            }
            format!("(CASE WHEN {x} IS NULL THEN NULL ELSE struct_pack({}) END)", parts.join(", "))
        }
        (from, to) => {
            return Err(wrong(
                at,
                format!("{} cannot be cast to {to}", from.with_article()),
                "Cast it to STRING first, or use a function such as PARSE_DATE.",
            ));
        }
    };
    Ok(term.with(sql, to.clone()))
}

/// A cast of a text, only where the text has the form BigQuery asks. Else it fails by another cast, since `error` is
/// never folded: a condition on a date that is written as a text would skip no part of a table.
fn guarded(text: &str, form: &str, cast: &str, safe: bool, to: &Kind) -> String {
    let no = if safe {
        "NULL".to_owned()
    } else {
        let message = format!("{}not {}: ", crate::sql::term::OURS, to.with_article());
        format!("CAST(concat({}, {text}) AS {})", crate::engine::quoted(&message), to.engine())
    };
    format!(
        "(CASE WHEN {text} IS NULL THEN NULL WHEN regexp_full_match({text}, {}) THEN {cast} ELSE {no} END)",
        crate::engine::quoted(form)
    )
}

/// A value as BigQuery writes it as a STRING. `None` for what has no text.
pub(crate) fn text_of(kind: &Kind, x: &str) -> Option<String> {
    Some(match kind {
        Kind::String => x.to_owned(),
        Kind::Null => "CAST(NULL AS VARCHAR)".to_owned(),
        Kind::Int64 | Kind::Bool | Kind::Date => format!("CAST({x} AS VARCHAR)"),
        Kind::Float64 => format!("bq_float_text({x})"),
        Kind::Numeric | Kind::BigNumeric => format!("bq_decimal_text(CAST({x} AS VARCHAR))"),
        Kind::Datetime => format!("bq_datetime_text({x})"),
        Kind::Timestamp => format!("(bq_datetime_text(timezone('UTC', {x})) || '+00')"),
        Kind::Time => format!("bq_time_text({x})"),
        Kind::Interval => format!("bq_interval_text({x})"),
        Kind::Bytes | Kind::Json | Kind::Array(_) | Kind::Struct(_) => return None,
    })
}

/// What an expression becomes where a type is asked and none is written; `None` where it cannot without a cast.
pub(crate) fn coerce(term: &Term, to: &Kind) -> Option<Term> {
    if term.kind == *to {
        return Some(term.clone());
    }
    let literal = match (&term.form, to) {
        (Form::Text(_) | Form::Param, Kind::Date | Kind::Datetime | Kind::Time | Kind::Timestamp) => {
            term.kind == Kind::String
        }
        (Form::Text(_), Kind::Bytes) => term.kind == Kind::String,
        (Form::Float(_), Kind::Numeric | Kind::BigNumeric) => term.kind == Kind::Float64,
        _ => false,
    };
    if let (Form::Float(text), Kind::Numeric | Kind::BigNumeric) = (&term.form, to) {
        return Some(term.with(format!("CAST({} AS {})", crate::engine::quoted(text), to.engine()), to.clone()));
    }
    if !literal && term.kind.distance(to).is_none() {
        return None;
    }
    cast(term.at, term, to, false).ok()
}

/// How far a term is from a type, a literal being nearer than a column; `None` where it cannot be that type.
pub(crate) fn distance(term: &Term, to: &Kind) -> Option<u32> {
    match term.kind.distance(to) {
        Some(distance) => Some(distance),
        None => coerce(term, to).map(|_| 2),
    }
}

/// The type that several terms share, literals giving way to columns.
pub(crate) fn common(terms: &[&Term]) -> Option<Kind> {
    let mut kind: Option<Kind> = None;
    let soft =
        |term: &Term| matches!(term.form, Form::Int(_) | Form::Float(_) | Form::Text(_)) || term.kind == Kind::Null;
    for term in terms.iter().filter(|term| !soft(term)) {
        kind = Some(match kind {
            Some(kind) => kind.common(&term.kind)?,
            None => term.kind.clone(),
        });
    }
    for term in terms.iter().filter(|term| soft(term)) {
        kind = Some(match kind {
            None => term.kind.clone(),
            Some(kind) => match kind.common(&term.kind) {
                Some(wider)
                    if !(matches!(term.form, Form::Float(_)) && matches!(kind, Kind::Numeric | Kind::BigNumeric)) =>
                {
                    wider
                }
                _ if coerce(term, &kind).is_some() => kind,
                _ => return None,
            },
        });
    }
    kind
}
