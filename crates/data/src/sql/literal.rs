//! Literals: texts with BigQuery's escapes, numbers, dates and times.

use sqlparser::ast::{Value, ValueWithSpan};
use sqlparser::tokenizer::Span;

use crate::engine::quoted;
use crate::sql::cast::cast;
use crate::sql::fault::{Read, unsupported, wrong};
use crate::sql::kind::Kind;
use crate::sql::term::{Form, Term};

/// A literal. Parameters are read elsewhere.
pub(crate) fn literal(value: &ValueWithSpan) -> Read<Term> {
    let at = value.span;
    Ok(match &value.value {
        Value::Null => Term::new(at, "NULL", Kind::Null),
        Value::Boolean(yes) => Term::new(at, if *yes { "TRUE" } else { "FALSE" }, Kind::Bool),
        Value::Number(text, false) => number(at, text, false)?,
        Value::SingleQuotedString(text) => string(at, &unescape(at, text, Some('\''), false)?),
        Value::DoubleQuotedString(text) => string(at, &unescape(at, text, Some('"'), false)?),
        Value::TripleSingleQuotedString(text) | Value::TripleDoubleQuotedString(text) => {
            string(at, &unescape(at, text, None, false)?)
        }
        Value::SingleQuotedRawStringLiteral(text)
        | Value::DoubleQuotedRawStringLiteral(text)
        | Value::TripleSingleQuotedRawStringLiteral(text)
        | Value::TripleDoubleQuotedRawStringLiteral(text) => string(at, text.as_bytes()),
        Value::SingleQuotedByteStringLiteral(text) => bytes(at, &unescape(at, text, Some('\''), true)?),
        Value::DoubleQuotedByteStringLiteral(text) => bytes(at, &unescape(at, text, Some('"'), true)?),
        Value::TripleSingleQuotedByteStringLiteral(text) | Value::TripleDoubleQuotedByteStringLiteral(text) => {
            bytes(at, &unescape(at, text, None, true)?)
        }
        Value::HexStringLiteral(digits) => match i64::from_str_radix(digits, 16) {
            Ok(value) => number(at, &value.to_string(), false)?,
            Err(_) => {
                return Err(wrong(
                    at,
                    format!("0x{digits} is beyond INT64"),
                    "Write it in decimal digits, as NUMERIC '…'.",
                ));
            }
        },
        other => return Err(unsupported(at, format!("the literal {other}"))),
    })
}

/// A number. `negative` when a minus stands before it: the least INT64 has no positive like.
pub(crate) fn number(at: Span, text: &str, negative: bool) -> Read<Term> {
    let sign = if negative { "-" } else { "" };
    if !text.is_empty() && text.chars().all(|c| c.is_ascii_digit()) {
        let Ok(value) = format!("{sign}{text}").parse::<i64>() else {
            return Err(wrong(at, format!("{sign}{text} is beyond INT64"), "Write it as NUMERIC '…' or with a point."));
        };
        let mut term = Term::new(at, format!("CAST('{value}' AS BIGINT)"), Kind::Int64);
        term.form = Form::Int(value);
        return Ok(term);
    }
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => {
            let mut term = Term::new(at, format!("CAST('{sign}{text}' AS DOUBLE)"), Kind::Float64);
            term.form = Form::Float(format!("{sign}{text}"));
            Ok(term)
        }
        _ => Err(wrong(at, format!("{text} is no number"), "Write digits, a point and an exponent: 1.5e3.")),
    }
}

/// A STRING literal.
pub(crate) fn text(at: Span, text: &str) -> Term {
    let mut term = Term::new(at, in_quotes(text), Kind::String);
    term.form = Form::Text(text.to_owned());
    term
}

/// The engine takes no NUL in its text.
fn in_quotes(text: &str) -> String {
    if !text.contains('\0') {
        return quoted(text);
    }
    let parts: Vec<String> = text.split('\0').map(quoted).collect();
    format!("({})", parts.join(" || chr(0) || "))
}

fn string(at: Span, content: &[u8]) -> Term {
    text(at, &String::from_utf8_lossy(content))
}

/// A BYTES literal.
pub(crate) fn bytes(at: Span, content: &[u8]) -> Term {
    let hex: String = content.iter().map(|byte| format!("{byte:02X}")).collect();
    Term::new(at, format!("unhex('{hex}')"), Kind::Bytes)
}

/// The bytes of a literal's text. `quote` is the mark around it, which may stand inside only after a backslash.
fn unescape(at: Span, text: &str, quote: Option<char>, of_bytes: bool) -> Read<Vec<u8>> {
    let bad = |what: String| {
        wrong(
            at,
            what,
            "BigQuery's escapes are \\n \\t \\r \\a \\b \\f \\v \\\\ \\' \\\" \\` \\? \\ooo \\xhh \\uhhhh \\Uhhhhhhhh; or write r'…'.",
        )
    };
    let mut content = Vec::with_capacity(text.len());
    let mut chars = text.chars();
    let push = |content: &mut Vec<u8>, c: char| content.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    while let Some(c) = chars.next() {
        if Some(c) == quote {
            return Err(bad(format!("two literals stand side by side, or a {c} within one has no backslash")));
        }
        if c == '\n' && quote.is_some() {
            return Err(wrong(
                at,
                "a literal in single or double quotes ends within its line",
                "Write \\n, or use '''…'''.",
            ));
        }
        if c != '\\' {
            push(&mut content, c);
            continue;
        }
        let Some(escape) = chars.next() else { return Err(bad("the literal ends in a backslash".to_owned())) };
        let code = |chars: &mut std::str::Chars<'_>, digits: usize, radix: u32| -> Option<u32> {
            let text: String = chars.by_ref().take(digits).collect();
            (text.len() == digits).then(|| u32::from_str_radix(&text, radix).ok()).flatten()
        };
        let plain = match escape {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'a' => '\x07',
            'b' => '\x08',
            'f' => '\x0c',
            'v' => '\x0b',
            '\\' | '\'' | '"' | '`' | '?' => escape,
            'x' | 'X' | '0'..='3' => {
                let value = match escape {
                    'x' | 'X' => code(&mut chars, 2, 16),
                    first => code(&mut chars, 2, 8).map(|rest| rest + first.to_digit(8).unwrap_or(0) * 64),
                };
                let Some(value) = value else { return Err(bad(format!("\\{escape} has too few digits"))) };
                match (of_bytes, u8::try_from(value)) {
                    (true, Ok(byte)) => content.push(byte),
                    _ => push(&mut content, char::from_u32(value).unwrap_or('\u{fffd}')),
                }
                continue;
            }
            'u' | 'U' if !of_bytes => {
                let value = code(&mut chars, if escape == 'u' { 4 } else { 8 }, 16).and_then(char::from_u32);
                value.ok_or_else(|| bad(format!("\\{escape} is followed by no character's number")))?
            }
            other => return Err(bad(format!("\\{other} is no escape"))),
        };
        push(&mut content, plain);
    }
    Ok(content)
}

/// `DATE '2026-01-31'` and its like: the text is checked now, so that the place of a wrong one can be named.
pub(crate) fn typed(at: Span, kind: &Kind, content: &str) -> Read<Term> {
    let term = text(at, content);
    if *kind == Kind::Json {
        if serde_json::from_str::<serde_json::Value>(content).is_err() {
            return Err(wrong(at, format!("{content:?} is not JSON"), "Write it as JSON '{\"a\": 1}'."));
        }
        return Ok(Term::new(at, format!("json(CAST({} AS JSON))", quoted(content)), Kind::Json));
    }
    if *kind == Kind::Date && !is_date(content) {
        return Err(wrong(at, format!("{content:?} is no DATE"), "Write it as DATE '2026-01-31'."));
    }
    if matches!(kind, Kind::Numeric | Kind::BigNumeric) {
        let digits = content.split_once(['.']).map_or(0, |(_, fraction)| fraction.trim_end_matches('0').len());
        let room = if *kind == Kind::Numeric { 9 } else { 18 };
        if content.parse::<f64>().is_err() || digits > room && !content.contains(['e', 'E']) {
            return Err(wrong(
                at,
                format!("{content:?} is no {kind} of up to {room} digits after the point"),
                format!("Write it as {kind} '1.5', or round it."),
            ));
        }
    }
    let mut cast = cast(at, &term, kind, false)?;
    cast.form = Form::Computed;
    Ok(cast)
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts[..] else { return false };
    match (year.parse(), month.parse(), day.parse()) {
        (Ok(year @ 1..=9999), Ok(month), Ok(day)) => chrono::NaiveDate::from_ymd_opt(year, month, day).is_some(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_bigquerys() {
        for (text, expected) in
            [(r"a\nb", "a\nb"), (r"\x41\u00e9\U0001F600", "A\u{e9}\u{1F600}"), (r"\101", "A"), (r#"\'\"\\"#, "'\"\\")]
        {
            assert_eq!(unescape(Span::empty(), text, Some('\''), false).unwrap(), expected.as_bytes());
        }
        for text in [r"\q", r"\x4", "\\", "a'b", r"\u12"] {
            assert!(unescape(Span::empty(), text, Some('\''), false).is_err(), "{text}");
        }
        assert_eq!(unescape(Span::empty(), r"\xff", Some('\''), true).unwrap(), [0xff]);
    }
}
