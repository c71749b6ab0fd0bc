//! Texts and bytes.

use super::Rule::{Own, Sql};
use super::{Call, SqlFunction, f};
use crate::sql::analyse::Analyser;
use crate::sql::cast::text_of;
use crate::sql::fault::{Read, unsupported, wrong};
use crate::sql::kind::Kind;
use crate::sql::term::{Form, Term};

pub(super) const FUNCTIONS: &[SqlFunction] = &[
    f("LENGTH", "LENGTH(text STRING) -> INT64", "How many characters", Sql("length({0})")),
    f("LENGTH", "LENGTH(bytes BYTES) -> INT64", "How many bytes", Sql("octet_length({0})")),
    f("CHAR_LENGTH", "CHAR_LENGTH(text STRING) -> INT64", "How many characters", Sql("length({0})")),
    f("CHARACTER_LENGTH", "CHARACTER_LENGTH(text STRING) -> INT64", "How many characters", Sql("length({0})")),
    f("BYTE_LENGTH", "BYTE_LENGTH(text STRING) -> INT64", "How many bytes in UTF-8", Sql("strlen({0})")),
    f("BYTE_LENGTH", "BYTE_LENGTH(bytes BYTES) -> INT64", "How many bytes", Sql("octet_length({0})")),
    f("OCTET_LENGTH", "OCTET_LENGTH(text STRING) -> INT64", "How many bytes in UTF-8", Sql("strlen({0})")),
    f("UPPER", "UPPER(text STRING) -> STRING", "In capitals", Sql("upper(replace({0}, 'ß', 'SS'))")),
    f("LOWER", "LOWER(text STRING) -> STRING", "In small letters", Sql("lower({0})")),
    f("INITCAP", "INITCAP(text STRING) -> STRING", "Each word with a capital", Sql("bq_initcap({0})")),
    f(
        "TRIM",
        "TRIM(text STRING) -> STRING",
        "Without white space at both ends",
        Sql(r"regexp_replace({0}, '^[\s\p{Z}\x85]+|[\s\p{Z}\x85]+$', '', 'g')"),
    ),
    f(
        "TRIM",
        "TRIM(text STRING, characters STRING) -> STRING",
        "Without these characters at both ends",
        Sql("trim({0}, {1})"),
    ),
    f(
        "LTRIM",
        "LTRIM(text STRING) -> STRING",
        "Without white space at the start",
        Sql(r"regexp_replace({0}, '^[\s\p{Z}\x85]+', '')"),
    ),
    f(
        "LTRIM",
        "LTRIM(text STRING, characters STRING) -> STRING",
        "Without these characters at the start",
        Sql("ltrim({0}, {1})"),
    ),
    f(
        "RTRIM",
        "RTRIM(text STRING) -> STRING",
        "Without white space at the end",
        Sql(r"regexp_replace({0}, '[\s\p{Z}\x85]+$', '')"),
    ),
    f(
        "RTRIM",
        "RTRIM(text STRING, characters STRING) -> STRING",
        "Without these characters at the end",
        Sql("rtrim({0}, {1})"),
    ),
    f("CONCAT", "CONCAT(value ANY, ...) -> STRING", "The texts as one; NULL where any is NULL", Own(concat)),
    f(
        "SUBSTR",
        "SUBSTR(text STRING, start INT64) -> STRING",
        "From a place on, counted from 1, or from the end when negative",
        Sql("bq_substr({0}, {1})"),
    ),
    f(
        "SUBSTR",
        "SUBSTR(text STRING, start INT64, length INT64) -> STRING",
        "So many characters from a place on",
        Sql("(CASE WHEN {2} < 0 THEN {fail:SUBSTR of a negative length} ELSE left(bq_substr({0}, {1}), {2}) END)"),
    ),
    f("SUBSTRING", "SUBSTRING(text STRING, start INT64[, length INT64]) -> STRING", "As SUBSTR", super::Rule::Syntax),
    f(
        "LEFT",
        "LEFT(text STRING, length INT64) -> STRING",
        "The first characters",
        Sql("(CASE WHEN {1} < 0 THEN {fail:LEFT of a negative length} ELSE left({0}, {1}) END)"),
    ),
    f(
        "RIGHT",
        "RIGHT(text STRING, length INT64) -> STRING",
        "The last characters",
        Sql("(CASE WHEN {1} < 0 THEN {fail:RIGHT of a negative length} ELSE right({0}, {1}) END)"),
    ),
    f(
        "STRPOS",
        "STRPOS(text STRING, part STRING) -> INT64",
        "Where the part begins, from 1; 0 where it is not",
        Sql("strpos({0}, {1})"),
    ),
    f(
        "INSTR",
        "INSTR(text STRING, part STRING) -> INT64",
        "Where the part begins, from 1; 0 where it is not",
        Sql("(CASE WHEN {1} = '' THEN 0 ELSE strpos({0}, {1}) END)"),
    ),
    f(
        "INSTR",
        "INSTR(text STRING, part STRING, start INT64) -> INT64",
        "Where the part begins from a place on, or back from a place counted from the end when negative",
        Sql("bq_instr({0}, {1}, {2}, 1, {fail:INSTR starts at a place other than 0 and counts occurrences from 1})"),
    ),
    f(
        "INSTR",
        "INSTR(text STRING, part STRING, start INT64, occurrence INT64) -> INT64",
        "Where the part begins for the n-th time from a place on",
        Sql("bq_instr({0}, {1}, {2}, {3}, {fail:INSTR starts at a place other than 0 and counts occurrences from 1})"),
    ),
    f(
        "STARTS_WITH",
        "STARTS_WITH(text STRING, start STRING) -> BOOL",
        "Whether it begins so",
        Sql("starts_with({0}, {1})"),
    ),
    f("ENDS_WITH", "ENDS_WITH(text STRING, end STRING) -> BOOL", "Whether it ends so", Sql("ends_with({0}, {1})")),
    f(
        "CONTAINS_SUBSTR",
        "CONTAINS_SUBSTR(text STRING, part STRING) -> BOOL",
        "Whether the part is in it, whatever the case",
        Sql("contains(nfc_normalize(lower({0})), nfc_normalize(lower({1})))"),
    ),
    f(
        "REPLACE",
        "REPLACE(text STRING, from STRING, to STRING) -> STRING",
        "With every part replaced",
        Sql("(CASE WHEN {1} = '' THEN {0} ELSE replace({0}, {1}, {2}) END)"),
    ),
    f(
        "REPEAT",
        "REPEAT(text STRING, times INT64) -> STRING",
        "Again and again",
        Sql("(CASE WHEN {1} < 0 THEN {fail:REPEAT of a negative number} ELSE repeat({0}, {1}) END)"),
    ),
    f(
        "REVERSE",
        "REVERSE(text STRING) -> STRING",
        "From the end to the start",
        Sql("array_to_string(list_reverse(string_split({0}, '')), '')"),
    ),
    f(
        "TRANSLATE",
        "TRANSLATE(text STRING, from STRING, to STRING) -> STRING",
        "Each character of from as that of to",
        Sql(
            "(CASE WHEN length(list_aggregate(list_distinct(string_split({1}, '')), 'string_agg', '')) < length({1}) THEN {fail:TRANSLATE names a character twice} ELSE translate({0}, {1}, {2}) END)",
        ),
    ),
    f(
        "LPAD",
        "LPAD(text STRING, length INT64) -> STRING",
        "Filled with spaces at the left",
        Sql("(CASE WHEN {1} < 0 THEN {fail:LPAD to a negative length} ELSE lpad({0}, CAST({1} AS INTEGER), ' ') END)"),
    ),
    f(
        "LPAD",
        "LPAD(text STRING, length INT64, with STRING) -> STRING",
        "Filled at the left",
        Sql(
            "(CASE WHEN {1} < 0 OR {2} = '' THEN {fail:LPAD to a negative length or with an empty text} ELSE lpad({0}, CAST({1} AS INTEGER), {2}) END)",
        ),
    ),
    f(
        "RPAD",
        "RPAD(text STRING, length INT64) -> STRING",
        "Filled with spaces at the right",
        Sql("(CASE WHEN {1} < 0 THEN {fail:RPAD to a negative length} ELSE rpad({0}, CAST({1} AS INTEGER), ' ') END)"),
    ),
    f(
        "RPAD",
        "RPAD(text STRING, length INT64, with STRING) -> STRING",
        "Filled at the right",
        Sql(
            "(CASE WHEN {1} < 0 OR {2} = '' THEN {fail:RPAD to a negative length or with an empty text} ELSE rpad({0}, CAST({1} AS INTEGER), {2}) END)",
        ),
    ),
    f(
        "SPLIT",
        "SPLIT(text STRING[, delimiter STRING]) -> ARRAY<STRING>",
        "The parts between delimiters, a comma unless told otherwise",
        Own(split),
    ),
    f(
        "REGEXP_CONTAINS",
        "REGEXP_CONTAINS(text STRING, pattern STRING) -> BOOL",
        "Whether the pattern (RE2) is in it",
        Sql("regexp_matches({0}, {1})"),
    ),
    f(
        "REGEXP_EXTRACT",
        "REGEXP_EXTRACT(text STRING, pattern STRING) -> STRING",
        "The first match, or its group; NULL where there is none",
        Own(regexp_extract),
    ),
    f(
        "REGEXP_SUBSTR",
        "REGEXP_SUBSTR(text STRING, pattern STRING) -> STRING",
        "As REGEXP_EXTRACT",
        Own(regexp_extract),
    ),
    f(
        "REGEXP_EXTRACT_ALL",
        "REGEXP_EXTRACT_ALL(text STRING, pattern STRING) -> ARRAY<STRING>",
        "Every match, or its group",
        Own(regexp_extract_all),
    ),
    f(
        "REGEXP_INSTR",
        "REGEXP_INSTR(text STRING, pattern STRING) -> INT64",
        "Where the first match begins, from 1; 0 where there is none",
        Own(regexp_instr),
    ),
    f(
        "REGEXP_REPLACE",
        "REGEXP_REPLACE(text STRING, pattern STRING, with STRING) -> STRING",
        r"With every match replaced; \1 is its first group",
        Sql("regexp_replace({0}, {1}, {2}, 'g')"),
    ),
    f(
        "EDIT_DISTANCE",
        "EDIT_DISTANCE(a STRING, b STRING) -> INT64",
        "Levenshtein's distance",
        Sql("levenshtein({0}, {1})"),
    ),
    f(
        "ASCII",
        "ASCII(text STRING) -> INT64",
        "The code of the first character",
        Sql(
            "(CASE WHEN {0} = '' THEN 0 WHEN ascii({0}) > 127 THEN {fail:ASCII of a character beyond ASCII} ELSE CAST(ascii({0}) AS BIGINT) END)",
        ),
    ),
    f(
        "UNICODE",
        "UNICODE(text STRING) -> INT64",
        "The code point of the first character",
        Sql("(CASE WHEN {0} = '' THEN 0 ELSE CAST(unicode({0}) AS BIGINT) END)"),
    ),
    f("CHR", "CHR(code INT64) -> STRING", "The character of a code point", Sql("chr(CAST({0} AS INTEGER))")),
    f(
        "TO_CODE_POINTS",
        "TO_CODE_POINTS(text STRING) -> ARRAY<INT64>",
        "The code points",
        Sql(
            "(CASE WHEN {0} = '' THEN CAST([] AS BIGINT[]) ELSE list_transform(regexp_extract_all({0}, '(?s).'), lambda c: CAST(unicode(c) AS BIGINT)) END)",
        ),
    ),
    f(
        "CODE_POINTS_TO_STRING",
        "CODE_POINTS_TO_STRING(codes ARRAY<INT64>) -> STRING",
        "The text of code points",
        Sql(
            "(CASE WHEN len({0}) = 0 THEN '' ELSE array_to_string(list_transform({0}, lambda c: chr(CAST(c AS INTEGER))), '') END)",
        ),
    ),
    f("NORMALIZE", "NORMALIZE(text STRING[, form PART]) -> STRING", "In Unicode's form NFC", Own(normalize)),
    f(
        "FORMAT",
        "FORMAT(format STRING[, value ANY, ...]) -> STRING",
        "The values as %d %i %f %e %g %s %t %T %x %o %% with flags, width and precision",
        Own(super::super::format::format),
    ),
];

fn concat(_: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    if call.terms.iter().any(|term| term.kind == Kind::Bytes) {
        if call.terms.iter().any(|term| term.kind != Kind::Bytes && term.kind != Kind::Null) {
            return Err(wrong(call.at, "CONCAT joins BYTES with other types", "Cast them."));
        }
        let all: Vec<&str> = call.terms.iter().map(|term| term.sql.as_str()).collect();
        return Ok(call.gives(format!("({})", all.join(" || ")), Kind::Bytes));
    }
    let mut parts = Vec::new();
    for term in &call.terms {
        let Some(text) = text_of(&term.kind, &term.sql) else {
            return Err(wrong(
                term.at,
                format!("CONCAT cannot take {}", term.kind.with_article()),
                "Cast it to STRING.",
            ));
        };
        parts.push(text);
    }
    Ok(call.gives(format!("({})", parts.join(" || ")), Kind::String))
}

fn split(_: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    let (x, by) = (call.sql(0), call.terms.get(1).map_or("','", |term| term.sql.as_str()));
    // An empty text gives one empty part; an empty delimiter gives the characters.
    Ok(call.gives(format!("string_split({x}, {by})"), Kind::array(Kind::String)))
}

/// How many groups a pattern has, when it is written. RE2's `(?:`, `(?i)` and `(?P<name>` are told apart.
fn groups(pattern: &str) -> usize {
    let (mut count, mut in_class) = (0, false);
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            '[' => in_class = true,
            ']' => in_class = false,
            '(' if !in_class => {
                let rest: String = chars.clone().take(3).collect();
                if !rest.starts_with('?') || rest == "?P<" || (rest.starts_with("?<") && rest != "?<=" && rest != "?<!")
                {
                    count += 1;
                }
            }
            _ => {}
        }
    }
    count
}

/// The number of the group to extract: the only one, or the whole match. Its number must be known before it runs.
fn group_of(call: &Call<'_>) -> Read<usize> {
    match call.terms.get(1).map(|term| (&term.form, term.at)) {
        Some((Form::Text(pattern), at)) => match groups(pattern) {
            count @ (0 | 1) => Ok(count),
            count => Err(wrong(
                at,
                format!("the pattern of {} has {count} groups", call.name),
                "Leave one; write the others as (?:…).",
            )),
        },
        _ => Err(unsupported(call.at, format!("{} with a pattern that is computed", call.name))),
    }
}

fn regexp_extract(_: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    let group = group_of(call)?;
    let (x, pattern) = (call.sql(0), call.sql(1));
    // The engine gives an empty text where there is no match.
    Ok(call.gives(format!("list_extract(regexp_extract_all({x}, {pattern}, {group}), 1)"), Kind::String))
}

fn regexp_extract_all(_: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    let group = group_of(call)?;
    Ok(call.gives(format!("regexp_extract_all({}, {}, {group})", call.sql(0), call.sql(1)), Kind::array(Kind::String)))
}

fn regexp_instr(_: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    if group_of(call)? > 0 {
        return Err(unsupported(call.at, "REGEXP_INSTR of a group (write it as (?:…))"));
    }
    let (x, pattern) = (call.sql(0), call.sql(1));
    // What stands before the first match is the shortest start after which the pattern follows.
    let start = format!("regexp_extract({x}, concat('^((?s:.)*?)(?:', {pattern}, ')'), 1)");
    let none = format!("{x} = '' OR {pattern} = '' OR NOT regexp_matches({x}, {pattern})");
    Ok(call.gives(
        format!(
            "(CASE WHEN {x} IS NULL OR {pattern} IS NULL THEN NULL WHEN {none} THEN 0 ELSE length({start}) + 1 END)"
        ),
        Kind::Int64,
    ))
}

fn normalize(_: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    if call.exprs.get(1).is_some_and(|form| !form.to_string().eq_ignore_ascii_case("NFC")) {
        return Err(unsupported(call.at, "NORMALIZE to another form than NFC"));
    }
    Ok(call.gives(format!("nfc_normalize({})", call.sql(0)), Kind::String))
}
