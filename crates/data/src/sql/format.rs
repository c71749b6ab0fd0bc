//! Formats: of FORMAT, and of dates and times. They must be written, so that each of their elements is known.

use sqlparser::tokenizer::Span;

use crate::engine::quoted;
use crate::sql::analyse::Analyser;
use crate::sql::cast::text_of;
use crate::sql::fault::{Read, unsupported, wrong};
use crate::sql::functions::Call;
use crate::sql::kind::Kind;
use crate::sql::term::{Form, Term};

/// The text of a call's first argument, which must be written.
pub(crate) fn written<'c>(call: &'c Call<'_>) -> Read<&'c str> {
    match call.terms.first().map(|term| &term.form) {
        Some(Form::Text(text)) => Ok(text),
        _ => Err(unsupported(call.at, format!("{} with a format that is computed", call.name))),
    }
}

/// A format in elements: plain text, or what follows a `%`.
fn elements(format: &str, at: Span) -> Read<Vec<(bool, String)>> {
    let mut found: Vec<(bool, String)> = Vec::new();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            match found.last_mut() {
                Some((false, text)) => text.push(c),
                _ => found.push((false, c.to_string())),
            }
            continue;
        }
        let mut element = String::new();
        let first = chars.next().ok_or_else(|| wrong(at, "the format ends in %", "Write %% for a percent sign."))?;
        element.push(first);
        if first == 'E' || first == 'O' {
            let second = chars.next().unwrap_or(' ');
            element.push(second);
            if second.is_ascii_digit() || second == '*' || second == '#' {
                element.push(chars.next().unwrap_or(' '));
            }
        }
        found.push((true, element));
    }
    Ok(found)
}

fn unknown(at: Span, element: &str) -> crate::sql::fault::Fault {
    unsupported(at, format!("the format element %{element}"))
}

/// A date or a time as a text.
pub(crate) fn format_time(format: &str, x: &str, kind: &Kind, zone: &str, at: Span) -> Read<String> {
    let local = match kind {
        Kind::Timestamp => crate::sql::time::local(zone, x),
        Kind::Time => format!("(DATE '1970-01-01' + {x})"),
        _ => x.to_owned(),
    };
    let mut parts = vec!["''".to_owned()];
    for (is_element, text) in elements(format, at)? {
        if !is_element {
            parts.push(quoted(&text));
            continue;
        }
        let of_date = matches!(
            text.as_str(),
            "A" | "a"
                | "B"
                | "b"
                | "h"
                | "C"
                | "D"
                | "d"
                | "e"
                | "F"
                | "G"
                | "g"
                | "j"
                | "m"
                | "Q"
                | "U"
                | "u"
                | "V"
                | "W"
                | "w"
                | "x"
                | "Y"
                | "y"
                | "E4Y"
                | "c"
        );
        let of_time = matches!(
            text.as_str(),
            "H" | "I" | "k" | "l" | "M" | "P" | "p" | "R" | "S" | "T" | "X" | "E*S" | "c" | "s"
        ) || text.starts_with('E') && text.ends_with('S');
        if of_date && *kind == Kind::Time || of_time && *kind == Kind::Date && text != "c" {
            return Err(wrong(
                at,
                format!("{} has nothing for %{text}", kind.with_article()),
                "Use an element of this type.",
            ));
        }
        let plain = |format: &str| format!("strftime({local}, {})", quoted(format));
        parts.push(match text.as_str() {
            "A" | "a" | "B" | "b" | "d" | "G" | "H" | "I" | "j" | "M" | "m" | "p" | "S" | "U" | "u" | "V" | "W"
            | "w" | "Y" | "y" => plain(&format!("%{text}")),
            "h" => plain("%b"),
            "E4Y" => format!("lpad({}, 4, '0')", plain("%Y")),
            "C" => format!("lpad(CAST(year({local}) // 100 AS VARCHAR), 2, '0')"),
            "c" => format!("({} || lpad({}, 2, ' ') || {})", plain("%a %b "), plain("%-d"), plain(" %H:%M:%S %Y")),
            "D" | "x" => plain("%m/%d/%y"),
            "e" => format!("lpad({}, 2, ' ')", plain("%-d")),
            "F" => plain("%Y-%m-%d"),
            "g" => format!("lpad(CAST(isoyear({local}) % 100 AS VARCHAR), 2, '0')"),
            "k" => format!("lpad({}, 2, ' ')", plain("%-H")),
            "l" => format!("lpad({}, 2, ' ')", plain("%-I")),
            "P" => format!("lower({})", plain("%p")),
            "Q" => format!("CAST(quarter({local}) AS VARCHAR)"),
            "R" => plain("%H:%M"),
            "T" | "X" => plain("%H:%M:%S"),
            "n" => "chr(10)".to_owned(),
            "t" => "chr(9)".to_owned(),
            "%" => "'%'".to_owned(),
            "s" if *kind == Kind::Timestamp => {
                format!("CAST(CAST(floor(epoch_us({x}) / 1000000) AS BIGINT) AS VARCHAR)")
            }
            "E*S" => format!("({} || bq_fraction(CAST(microsecond({local}) % 1000000 AS BIGINT)))", plain("%S")),
            "Z" | "z" | "Ez" if *kind == Kind::Timestamp => {
                let minutes = format!("date_diff('minute', timezone('UTC', {x}), {local})");
                match text.as_str() {
                    "Z" => format!("bq_zone_name({minutes})"),
                    "z" => format!("bq_offset({minutes}, '')"),
                    _ => format!("bq_offset({minutes}, ':')"),
                }
            }
            other => match other
                .strip_prefix('E')
                .and_then(|rest| rest.strip_suffix('S'))
                .and_then(|n| n.parse::<usize>().ok())
            {
                Some(0) => plain("%S"),
                Some(digits @ 1..=6) => format!("({} || '.' || left({}, {digits}))", plain("%S"), plain("%f")),
                _ => return Err(unknown(at, other)),
            },
        });
    }
    Ok(format!("({})", parts.join(" || ")))
}

/// A text as a date or a time.
pub(crate) fn parse_time(format: &str, x: &str, kind: &Kind, zone: &str, at: Span) -> Read<String> {
    let mut formats = vec![String::new()];
    let mut has_zone = false;
    let all = elements(format, at)?;
    if let [(true, only)] = &all[..]
        && only == "s"
        && *kind == Kind::Timestamp
    {
        return Ok(format!("make_timestamptz(CAST({x} AS BIGINT) * 1000000)"));
    }
    for (is_element, text) in all {
        let choices: Vec<&str> = match (is_element, text.as_str()) {
            (false, text) => vec![text],
            (true, element) => match element {
                "Y" | "E4Y" => vec!["%Y"],
                "y" => vec!["%y"],
                "m" => vec!["%m"],
                "d" | "e" => vec!["%d"],
                "b" | "h" => vec!["%b"],
                "B" => vec!["%B"],
                "a" => vec!["%a"],
                "A" => vec!["%A"],
                "j" => vec!["%j"],
                "F" => vec!["%Y-%m-%d"],
                "D" | "x" => vec!["%m/%d/%y"],
                "%" => vec!["%%"],
                "n" | "t" => vec![" "],
                _ if *kind == Kind::Date => return Err(unknown(at, element)),
                "H" | "k" => vec!["%H"],
                "I" | "l" => vec!["%I"],
                "M" => vec!["%M"],
                "S" | "E0S" => vec!["%S"],
                "p" | "P" => vec!["%p"],
                "T" | "X" => vec!["%H:%M:%S"],
                "R" => vec!["%H:%M"],
                "E*S" | "E1S" | "E2S" | "E3S" | "E4S" | "E5S" | "E6S" => vec!["%S.%f", "%S"],
                "z" | "Ez" if *kind == Kind::Timestamp => {
                    has_zone = true;
                    vec!["%z"]
                }
                _ => return Err(unknown(at, element)),
            },
        };
        formats =
            formats.iter().flat_map(|start| choices.iter().map(move |choice| format!("{start}{choice}"))).collect();
    }
    let list: Vec<String> = formats.iter().map(|format| quoted(format)).collect();
    let parsed = match list.len() {
        1 => format!("strptime({x}, {})", list.concat()),
        _ => format!("strptime({x}, [{}])", list.join(", ")),
    };
    Ok(match kind {
        Kind::Date => format!("CAST({parsed} AS DATE)"),
        Kind::Time => format!("CAST({parsed} AS TIME)"),
        Kind::Datetime => format!("CAST({parsed} AS TIMESTAMP)"),
        _ if has_zone => format!("CAST({parsed} AS TIMESTAMPTZ)"),
        _ => crate::sql::time::instant(zone, &format!("CAST({parsed} AS TIMESTAMP)")),
    })
}

/// One element of FORMAT.
struct Spec {
    flags: String,
    width: String,
    precision: Option<String>,
    letter: char,
}

/// FORMAT's text in plain parts and elements.
fn specs(format: &str, at: Span) -> Read<Vec<Result<String, Spec>>> {
    let mut found: Vec<Result<String, Spec>> = Vec::new();
    let mut chars = format.chars().peekable();
    let bad = |what: &str| unsupported(at, format!("the format element %{what}"));
    while let Some(c) = chars.next() {
        if c != '%' {
            match found.last_mut() {
                Some(Ok(text)) => text.push(c),
                _ => found.push(Ok(c.to_string())),
            }
            continue;
        }
        let take = |chars: &mut std::iter::Peekable<std::str::Chars<'_>>, set: &str| {
            let mut text = String::new();
            while let Some(c) = chars.next_if(|c| set.contains(*c)) {
                text.push(c);
            }
            text
        };
        let flags = take(&mut chars, "-+ #0'");
        let width = take(&mut chars, "0123456789");
        let precision = chars.next_if_eq(&'.').map(|_| take(&mut chars, "0123456789"));
        let letter = chars.next().ok_or_else(|| wrong(at, "the format ends in %", "Write %% for a percent sign."))?;
        if letter == '%' {
            found.push(Ok("%".to_owned()));
            continue;
        }
        let known = "dioxXfFeEgGstT".contains(letter);
        if !known || width.len() > 4 || precision.as_ref().is_some_and(|digits| digits.len() > 2) || flags.contains('#')
        {
            return Err(bad(&format!("{flags}{width}{letter}")));
        }
        found.push(Err(Spec { flags, width, precision, letter }));
    }
    Ok(found)
}

/// `FORMAT('%s %d', a, b)`: each element becomes an expression of its value.
pub(crate) fn format(_: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    let format = written(call)?;
    let mut values = call.terms[1..].iter();
    let mut parts = vec!["''".to_owned()];
    for spec in specs(format, call.at)? {
        match spec {
            Ok(text) => parts.push(quoted(&text)),
            Err(spec) => {
                let Some(value) = values.next() else {
                    return Err(wrong(call.at, "FORMAT has fewer values than elements", "Give a value for each."));
                };
                parts.push(format_one(&spec, value)?);
            }
        }
    }
    if values.next().is_some() {
        return Err(wrong(call.at, "FORMAT has more values than elements", "Give an element for each."));
    }
    Ok(call.gives(format!("({})", parts.join(" || ")), Kind::String))
}

fn format_one(spec: &Spec, value: &Term) -> Read<String> {
    let refused = || {
        wrong(
            value.at,
            format!("%{} cannot take {}", spec.letter, value.kind.with_article()),
            "%d takes INT64, %f %e %g numbers, %s STRING, %t and %T anything.",
        )
    };
    let flags = spec.flags.replace('\'', "");
    let pattern = |letter: &str| {
        let precision = spec.precision.as_ref().map(|digits| format!(".{digits}")).unwrap_or_default();
        quoted(&format!("%{flags}{}{precision}{letter}", spec.width))
    };
    let x = &value.sql;
    let grouped = spec.flags.contains('\'');
    if grouped && !matches!(spec.letter, 'd' | 'i' | 'f' | 'F') {
        return Err(unsupported(value.at, format!("the format element %'{}", spec.letter)));
    }
    Ok(match (spec.letter, &value.kind) {
        ('d' | 'i', Kind::Int64) if grouped => {
            if !spec.width.is_empty() || spec.precision.is_some() || !flags.is_empty() {
                return Err(unsupported(value.at, "%'d with other flags, a width or a precision"));
            }
            format!("format('{{:,}}', {x})")
        }
        ('f' | 'F', Kind::Float64) if grouped => {
            if !spec.width.is_empty() || !flags.is_empty() {
                return Err(unsupported(value.at, "%'f with other flags or a width"));
            }
            let digits = spec.precision.clone().unwrap_or_else(|| "6".to_owned());
            format!("format('{{:,.{digits}f}}', {x})")
        }
        ('d' | 'i', Kind::Int64) if spec.precision.is_none() => format!("printf({}, {x})", pattern("d")),
        ('x' | 'X' | 'o', Kind::Int64) if spec.precision.is_none() => format!(
            "(CASE WHEN {x} < 0 THEN '-' ELSE '' END || printf({}, abs({x})))",
            if spec.width.is_empty() {
                pattern(&spec.letter.to_string())
            } else {
                return Err(unsupported(value.at, "a width with %x or %o"));
            }
        ),
        ('f' | 'F' | 'e' | 'E' | 'g' | 'G', Kind::Float64) => format!(
            "(CASE WHEN isnan({x}) OR isinf({x}) THEN {} ELSE printf({}, {x}) END)",
            padded(spec, &format!("bq_float_text({x})")),
            pattern(&spec.letter.to_string())
        ),
        ('f' | 'F' | 'e' | 'E' | 'g' | 'G', Kind::Int64) => {
            format!("printf({}, CAST({x} AS DOUBLE))", pattern(&spec.letter.to_string()))
        }
        ('f' | 'F', Kind::Numeric) => {
            let digits: usize = spec
                .precision
                .as_ref()
                .map_or(Ok(6), |digits| if digits.is_empty() { Ok(0) } else { digits.parse() })
                .map_err(|_| refused())?;
            if digits > 9 || !flags.is_empty() && flags != "-" {
                return Err(unsupported(value.at, "%f of NUMERIC with flags or more than 9 digits"));
            }
            padded(spec, &format!("CAST(CAST({x} AS DECIMAL(38,{digits})) AS VARCHAR)"))
        }
        ('s', Kind::String) => {
            let text = match &spec.precision {
                Some(digits) => format!("left({x}, {})", if digits.is_empty() { "0" } else { digits }),
                None => x.clone(),
            };
            padded(spec, &text)
        }
        ('t', kind) if spec.precision.is_none() => {
            let text = shown(kind, x, false).ok_or_else(refused)?;
            padded(spec, &format!("(CASE WHEN {x} IS NULL THEN 'NULL' ELSE {text} END)"))
        }
        ('T', kind) if spec.precision.is_none() => {
            let text = shown(kind, x, true).ok_or_else(refused)?;
            padded(spec, &format!("(CASE WHEN {x} IS NULL THEN 'NULL' ELSE {text} END)"))
        }
        (_, Kind::Null) => "CAST(NULL AS VARCHAR)".to_owned(),
        _ => return Err(refused()),
    })
}

fn padded(spec: &Spec, text: &str) -> String {
    match (spec.width.as_str(), spec.flags.contains('-')) {
        ("", _) => text.to_owned(),
        (width, true) => format!("rpad({text}, greatest({width}, CAST(length({text}) AS INTEGER)), ' ')"),
        (width, false) => format!("lpad({text}, greatest({width}, CAST(length({text}) AS INTEGER)), ' ')"),
    }
}

/// A value as %t and as %T, which could stand in a statement.
fn shown(kind: &Kind, x: &str, as_literal: bool) -> Option<String> {
    let literal =
        |word: &str, text: String| if as_literal { format!("concat('{word} \"', {text}, '\"')") } else { text };
    Some(match kind {
        Kind::Null => "'NULL'".to_owned(),
        Kind::Int64 | Kind::Bool => format!("CAST({x} AS VARCHAR)"),
        Kind::Float64 => format!("bq_float_shown({x}, {as_literal})"),
        Kind::Numeric | Kind::BigNumeric => {
            let text = format!("bq_decimal_text(CAST({x} AS VARCHAR))");
            if as_literal { format!("concat('{kind} \"', {text}, '\"')") } else { text }
        }
        Kind::String if as_literal => format!("bq_literal({x})"),
        Kind::String => x.to_owned(),
        Kind::Date => literal("DATE", format!("CAST({x} AS VARCHAR)")),
        Kind::Datetime | Kind::Timestamp | Kind::Time => literal(&kind.to_string(), text_of(kind, x)?),
        Kind::Array(of) => {
            let element = shown(of, "e", as_literal)?;
            format!(
                "concat('[', coalesce(array_to_string(list_transform({x}, lambda e: CASE WHEN e IS NULL THEN 'NULL' ELSE {element} END), ', '), ''), ']')"
            )
        }
        _ => return None,
    })
}
