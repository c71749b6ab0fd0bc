//! Arrays.

use super::Rule::{Own, Sql};
use super::{Call, SqlFunction, f};
use crate::sql::analyse::Analyser;
use crate::sql::cast::{coerce, common};
use crate::sql::fault::{Read, wrong};
use crate::sql::kind::Kind;
use crate::sql::term::{Form, Term, failure};

pub(super) const FUNCTIONS: &[SqlFunction] = &[
    f("ARRAY_LENGTH", "ARRAY_LENGTH(array ARRAY) -> INT64", "How many elements", Sql("len({0})")),
    f("ARRAY_REVERSE", "ARRAY_REVERSE(array ARRAY) -> ARRAY", "From the last to the first", Sql("list_reverse({0})")),
    f(
        "ARRAY_CONCAT",
        "ARRAY_CONCAT(array ARRAY, ...) -> ARRAY",
        "The arrays as one; NULL where any is NULL",
        Own(array_concat),
    ),
    f(
        "ARRAY_TO_STRING",
        "ARRAY_TO_STRING(array ARRAY<STRING>, delimiter STRING[, for_null STRING]) -> STRING",
        "The elements as one text; NULLs are left out or replaced",
        Own(array_to_string),
    ),
    f("ARRAY_FIRST", "ARRAY_FIRST(array ARRAY) -> ANY", "The first element", Own(end)),
    f("ARRAY_LAST", "ARRAY_LAST(array ARRAY) -> ANY", "The last element", Own(end)),
    f(
        "ARRAY_SLICE",
        "ARRAY_SLICE(array ARRAY, first INT64, last INT64) -> ARRAY",
        "The elements between two places, counted from 0, or from the end when negative",
        Own(slice),
    ),
    f("ARRAY_INCLUDES", "ARRAY_INCLUDES(array ARRAY, x ANY) -> BOOL", "Whether it has the element", Own(includes)),
    f(
        "ARRAY_IS_DISTINCT",
        "ARRAY_IS_DISTINCT(array ARRAY) -> BOOL",
        "Whether no element comes twice",
        Own(is_distinct),
    ),
    f(
        "GENERATE_ARRAY",
        "GENERATE_ARRAY(first N, last N[, step N]) -> ARRAY",
        "The numbers from first to last",
        Own(generate_array),
    ),
];

fn element(kind: &Kind) -> Kind {
    match kind {
        Kind::Array(of) => (**of).clone(),
        _ => Kind::Null,
    }
}

fn array_concat(_: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    let Some(kind) = common(&call.terms.iter().collect::<Vec<_>>()) else {
        return Err(wrong(call.at, "ARRAY_CONCAT joins arrays of different types", "Cast their elements."));
    };
    let mut parts = Vec::new();
    for term in &call.terms {
        parts.push(coerce(term, &kind).map_or_else(|| term.sql.clone(), |term| term.sql));
    }
    let tests: Vec<String> = parts.iter().map(|sql| format!("{sql} IS NULL")).collect();
    let joined = parts.iter().skip(1).fold(parts[0].clone(), |joined, part| format!("list_concat({joined}, {part})"));
    Ok(call.gives(format!("(CASE WHEN {} THEN NULL ELSE {joined} END)", tests.join(" OR ")), kind))
}

fn array_to_string(_: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    let (list, by) = (call.sql(0), call.sql(1));
    let list = match call.terms.get(2) {
        Some(null) => format!("list_transform({list}, lambda x: coalesce(x, {}))", null.sql),
        None => list.to_owned(),
    };
    let empty = format!("CASE WHEN {list} IS NULL OR {by} IS NULL THEN NULL WHEN list_count({list}) = 0 THEN ''");
    Ok(call.gives(format!("({empty} ELSE array_to_string({list}, {by}) END)"), Kind::String))
}

fn end(analyser: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    let list = call.sql(0);
    let place = if call.name == "ARRAY_FIRST" { "1" } else { "-1" };
    let no = failure(analyser.safe, "the array is empty");
    Ok(call.gives(
        format!("(CASE WHEN len({list}) = 0 THEN {no} ELSE list_extract({list}, {place}) END)"),
        element(call.kind(0)),
    ))
}

fn slice(_: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    let place = |n: &str| format!("(CASE WHEN {n} < 0 THEN greatest({n} + len({0}), -1) ELSE {n} END)", call.sql(0));
    let sql = format!(
        "(CASE WHEN {1} IS NULL OR {2} IS NULL THEN NULL ELSE list_slice({0}, greatest({3}, 0) + 1, {4} + 1) END)",
        call.sql(0),
        call.sql(1),
        call.sql(2),
        place(call.sql(1)),
        place(call.sql(2))
    );
    Ok(call.gives(sql, call.kind(0).clone()))
}

fn includes(_: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    let of = element(call.kind(0));
    let Some(x) = call.terms.get(1).and_then(|x| coerce(x, &of)) else {
        return Err(wrong(
            call.at,
            format!("ARRAY_INCLUDES looks for {} among {of}", call.kind(1)),
            "Cast one of them.",
        ));
    };
    Ok(call.gives(
        format!("(CASE WHEN {1} IS NULL THEN NULL ELSE list_contains({0}, {1}) END)", call.sql(0), x.sql),
        Kind::Bool,
    ))
}

fn is_distinct(_: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    let list = call.sql(0);
    // NULLs count as equal to each other; the engine's list_distinct leaves them out.
    Ok(call.gives(
        format!("(len(list_distinct({list})) = list_count({list}) AND len({list}) - list_count({list}) <= 1)"),
        Kind::Bool,
    ))
}

fn generate_array(analyser: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    let (a, b) = (call.sql(0), call.sql(1));
    let step = call.terms.get(2).map_or_else(|| "1".to_owned(), |term| term.sql.clone());
    let zero = failure(analyser.safe, "GENERATE_ARRAY with a step of 0");
    let (kind, list) = match call.kind(0) {
        Kind::Int64 => (Kind::Int64, format!("generate_series({a}, {b}, {step})")),
        Kind::Float64 => (
            Kind::Float64,
            format!(
                "list_filter(list_transform(range(0, CAST(floor(({b} - {a}) / {step}) AS BIGINT) + 2), lambda i: {a} + i * {step}), lambda x: CASE WHEN {step} > 0 THEN x <= {b} ELSE x >= {b} END)"
            ),
        ),
        kind => return Err(wrong(call.at, format!("GENERATE_ARRAY of {kind}"), "Use INT64 or FLOAT64.")),
    };
    if let Some(Form::Int(0)) = call.terms.get(2).map(|term| term.form.clone()) {
        return Err(wrong(call.at, "GENERATE_ARRAY with a step of 0", "Give another step."));
    }
    let sql = format!(
        "(CASE WHEN {a} IS NULL OR {b} IS NULL OR {step} IS NULL THEN NULL WHEN {step} = 0 THEN {zero} ELSE {list} END)"
    );
    Ok(call.gives(sql, Kind::array(kind)))
}
