//! Comparisons of FLOAT64: a NaN equals nothing and is neither above nor below, where the engine puts it above all.

use crate::engine::identifier;
use crate::sql::kind::{Kind, field_names};
use crate::sql::term::{Form, Term};

/// The engine's infinity: what is not NaN is not above it.
const INFINITY: &str = "CAST('infinity' AS DOUBLE)";

/// Whether a value can be NaN: a FLOAT64 that is not written out.
pub(crate) fn may_be_nan(term: &Term) -> bool {
    term.kind == Kind::Float64 && !matches!(term.form, Form::Float(_))
}

/// `x` is a number; true of NaN too where one of `others` is NULL, that the comparison beside it may stay NULL.
pub(crate) fn not_nan(x: &str, others: &[&str]) -> String {
    let mut tests = vec![format!("{x} <= {INFINITY}")];
    tests.extend(others.iter().map(|other| format!("{other} IS NULL")));
    format!("({})", tests.join(" OR "))
}

/// `a op b`, where `nan` says of each whether it can be NaN.
pub(crate) fn comparison(a: &str, op: &str, b: &str, nan: [bool; 2]) -> String {
    let plain = format!("{a} {op} {b}");
    match (op, nan) {
        (">" | ">=", [true, _]) | ("=", [true, true]) => format!("({plain} AND {})", not_nan(a, &[b])),
        ("<" | "<=", [_, true]) => format!("({plain} AND {})", not_nan(b, &[a])),
        ("<>", [true, true]) => format!("({plain} OR ({a} > {INFINITY} AND {b} IS NOT NULL))"),
        _ => format!("({plain})"),
    }
}

/// Whether two values are equal. Two STRUCTs are where all their fields are, NULL where one of these is NULL; to the engine
/// two NULLs in them are equal.
pub(crate) fn alike(kind: &Kind, a: &str, b: &str) -> String {
    let Kind::Struct(fields) = kind else { return comparison(a, "=", b, [*kind == Kind::Float64; 2]) };
    let tests: Vec<String> = field_names(fields)
        .iter()
        .zip(fields)
        .map(|(name, (_, kind))| {
            let field = |x: &str| format!("({x}).{}", identifier(name));
            alike(kind, &field(a), &field(b))
        })
        .collect();
    if tests.is_empty() { "TRUE".to_owned() } else { format!("({})", tests.join(" AND ")) }
}

/// The keys that sort `key` with NaN before all numbers: its own alone for what is no FLOAT64.
pub(crate) fn sort_keys(key: &str, value: &str, kind: &Kind, descending: bool, nulls_first: bool) -> String {
    let nulls = if nulls_first { "NULLS FIRST" } else { "NULLS LAST" };
    let (own, nan) = if descending { ("DESC", "ASC") } else { ("ASC", "DESC") };
    match kind {
        Kind::Float64 => format!("isnan({value}) {nan} {nulls}, {key} {own} {nulls}"),
        _ => format!("{key} {own} {nulls}"),
    }
}
