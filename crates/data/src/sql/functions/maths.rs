//! Numbers and conditions.

use super::Rule::{Own, Sql};
use super::{Call, SqlFunction, f};
use crate::sql::analyse::Analyser;
use crate::sql::fault::Read;
use crate::sql::kind::Kind;
use crate::sql::term::{Term, failure};

pub(super) const FUNCTIONS: &[SqlFunction] = &[
    f("ABS", "ABS(x N) -> N", "The value without its sign", Sql("abs({0})")),
    f("SIGN", "SIGN(x N) -> N", "-1, 0 or 1", Own(sign)),
    f("IS_INF", "IS_INF(x FLOAT64) -> BOOL", "Whether it is infinite", Sql("isinf({0})")),
    f("IS_NAN", "IS_NAN(x FLOAT64) -> BOOL", "Whether it is no number", Sql("isnan({0})")),
    f(
        "IEEE_DIVIDE",
        "IEEE_DIVIDE(x FLOAT64, y FLOAT64) -> FLOAT64",
        "x / y, with infinities and NaN instead of errors",
        Sql("({0} / {1})"),
    ),
    f("SAFE_DIVIDE", "SAFE_DIVIDE(x N, y N) -> N", "x / y, NULL where y is 0", Own(safe_divide)),
    f("SAFE_MULTIPLY", "SAFE_MULTIPLY(x N, y N) -> N", "x * y, NULL where it overflows", Own(safe_operator)),
    f("SAFE_ADD", "SAFE_ADD(x N, y N) -> N", "x + y, NULL where it overflows", Own(safe_operator)),
    f("SAFE_SUBTRACT", "SAFE_SUBTRACT(x N, y N) -> N", "x - y, NULL where it overflows", Own(safe_operator)),
    f("SAFE_NEGATE", "SAFE_NEGATE(x N) -> N", "-x, NULL where it overflows", Sql("TRY(-{0})")),
    f(
        "DIV",
        "DIV(x INT64, y INT64) -> INT64",
        "The whole part of x / y",
        Sql("(CASE WHEN {1} = 0 THEN {fail:division by zero} ELSE {0} // {1} END)"),
    ),
    f(
        "DIV",
        "DIV(x NUMERIC, y NUMERIC) -> NUMERIC",
        "The whole part of x / y",
        Sql(
            "(CASE WHEN {1} = 0 THEN {fail:division by zero} ELSE CAST(bq_units({0}) // bq_units({1}) AS DECIMAL(38,9)) END)",
        ),
    ),
    f(
        "MOD",
        "MOD(x INT64, y INT64) -> INT64",
        "The rest of x / y, with the sign of x",
        Sql("(CASE WHEN {1} = 0 THEN {fail:division by zero} ELSE {0} % {1} END)"),
    ),
    f(
        "MOD",
        "MOD(x NUMERIC, y NUMERIC) -> NUMERIC",
        "The rest of x / y, with the sign of x",
        Sql("(CASE WHEN {1} = 0 THEN {fail:division by zero} ELSE CAST({0} % {1} AS DECIMAL(38,9)) END)"),
    ),
    f("ROUND", "ROUND(x FLOAT64) -> FLOAT64", "To the nearest whole number, halves away from zero", Sql("round({0})")),
    f(
        "ROUND",
        "ROUND(x NUMERIC) -> NUMERIC",
        "To the nearest whole number, halves away from zero",
        Sql("CAST(round({0}) AS DECIMAL(38,9))"),
    ),
    f(
        "ROUND",
        "ROUND(x FLOAT64, digits INT64) -> FLOAT64",
        "To so many digits after the point, halves away from zero",
        Sql("bq_round({0}, {1})"),
    ),
    f(
        "ROUND",
        "ROUND(x NUMERIC, digits INT64) -> NUMERIC",
        "To so many digits after the point, halves away from zero",
        Sql("bq_round_numeric({0}, {1})"),
    ),
    f("TRUNC", "TRUNC(x FLOAT64) -> FLOAT64", "Without what is after the point", Sql("trunc({0})")),
    f(
        "TRUNC",
        "TRUNC(x NUMERIC) -> NUMERIC",
        "Without what is after the point",
        Sql("CAST(trunc({0}) AS DECIMAL(38,9))"),
    ),
    f(
        "TRUNC",
        "TRUNC(x NUMERIC, digits INT64) -> NUMERIC",
        "With so many digits after the point",
        Sql("bq_trunc_numeric({0}, {1})"),
    ),
    f(
        "TRUNC",
        "TRUNC(x FLOAT64, digits INT64) -> FLOAT64",
        "With so many digits after the point",
        Sql("bq_trunc({0}, {1})"),
    ),
    f("CEIL", "CEIL(x FLOAT64) -> FLOAT64", "The next whole number up", Sql("ceil({0})")),
    f("CEIL", "CEIL(x NUMERIC) -> NUMERIC", "The next whole number up", Sql("CAST(ceil({0}) AS DECIMAL(38,9))")),
    f("CEILING", "CEILING(x FLOAT64) -> FLOAT64", "The next whole number up", Sql("ceil({0})")),
    f("FLOOR", "FLOOR(x FLOAT64) -> FLOAT64", "The next whole number down", Sql("floor({0})")),
    f("FLOOR", "FLOOR(x NUMERIC) -> NUMERIC", "The next whole number down", Sql("CAST(floor({0}) AS DECIMAL(38,9))")),
    f(
        "SQRT",
        "SQRT(x FLOAT64) -> FLOAT64",
        "The square root",
        Sql("(CASE WHEN {0} < 0 THEN {fail:the square root of a negative number} ELSE sqrt({0}) END)"),
    ),
    f("CBRT", "CBRT(x FLOAT64) -> FLOAT64", "The cube root", Sql("cbrt({0})")),
    f(
        "POW",
        "POW(x FLOAT64, y FLOAT64) -> FLOAT64",
        "x to the power of y",
        Sql("bq_pow({0}, {1}, {fail:POW of a negative number to a broken power, or of 0 to a negative one})"),
    ),
    f(
        "POWER",
        "POWER(x FLOAT64, y FLOAT64) -> FLOAT64",
        "x to the power of y",
        Sql("bq_pow({0}, {1}, {fail:POW of a negative number to a broken power, or of 0 to a negative one})"),
    ),
    f(
        "EXP",
        "EXP(x FLOAT64) -> FLOAT64",
        "e to the power of x",
        Sql(
            "(CASE WHEN {0} > 709.782712893384 AND isfinite({0}) THEN {fail:EXP of so great a number overflows} ELSE exp({0}) END)",
        ),
    ),
    f(
        "LN",
        "LN(x FLOAT64) -> FLOAT64",
        "The natural logarithm",
        Sql("(CASE WHEN {0} <= 0 THEN {fail:the logarithm of a number that is not positive} ELSE ln({0}) END)"),
    ),
    f(
        "LOG",
        "LOG(x FLOAT64) -> FLOAT64",
        "The natural logarithm",
        Sql("(CASE WHEN {0} <= 0 THEN {fail:the logarithm of a number that is not positive} ELSE ln({0}) END)"),
    ),
    f(
        "LOG",
        "LOG(x FLOAT64, base FLOAT64) -> FLOAT64",
        "The logarithm to a base",
        Sql(
            "(CASE WHEN isnan({0}) OR isnan({1}) OR isinf({1}) OR {0} < 0 AND isinf({0}) THEN CAST('nan' AS DOUBLE) WHEN {0} <= 0 OR {1} <= 0 OR {1} = 1 THEN {fail:no logarithm of this number to this base} ELSE ln({0}) / ln({1}) END)",
        ),
    ),
    f(
        "LOG10",
        "LOG10(x FLOAT64) -> FLOAT64",
        "The logarithm to the base 10",
        Sql("(CASE WHEN {0} <= 0 THEN {fail:the logarithm of a number that is not positive} ELSE log10({0}) END)"),
    ),
    f(
        "SIN",
        "SIN(x FLOAT64) -> FLOAT64",
        "The sine",
        Sql("(CASE WHEN isinf({0}) THEN CAST('nan' AS DOUBLE) ELSE sin({0}) END)"),
    ),
    f(
        "COS",
        "COS(x FLOAT64) -> FLOAT64",
        "The cosine",
        Sql("(CASE WHEN isinf({0}) THEN CAST('nan' AS DOUBLE) ELSE cos({0}) END)"),
    ),
    f(
        "TAN",
        "TAN(x FLOAT64) -> FLOAT64",
        "The tangent",
        Sql("(CASE WHEN isinf({0}) THEN CAST('nan' AS DOUBLE) ELSE tan({0}) END)"),
    ),
    f(
        "ASIN",
        "ASIN(x FLOAT64) -> FLOAT64",
        "The inverse sine",
        Sql(
            "(CASE WHEN NOT isfinite({0}) THEN CAST('nan' AS DOUBLE) WHEN abs({0}) > 1 THEN {fail:ASIN of a number beyond 1} ELSE asin({0}) END)",
        ),
    ),
    f(
        "ACOS",
        "ACOS(x FLOAT64) -> FLOAT64",
        "The inverse cosine",
        Sql(
            "(CASE WHEN NOT isfinite({0}) THEN CAST('nan' AS DOUBLE) WHEN abs({0}) > 1 THEN {fail:ACOS of a number beyond 1} ELSE acos({0}) END)",
        ),
    ),
    f("ATAN", "ATAN(x FLOAT64) -> FLOAT64", "The inverse tangent", Sql("atan({0})")),
    f("ATAN2", "ATAN2(y FLOAT64, x FLOAT64) -> FLOAT64", "The angle of a point", Sql("atan2({0}, {1})")),
    f("SINH", "SINH(x FLOAT64) -> FLOAT64", "The hyperbolic sine", Sql("sinh({0})")),
    f("COSH", "COSH(x FLOAT64) -> FLOAT64", "The hyperbolic cosine", Sql("cosh({0})")),
    f("TANH", "TANH(x FLOAT64) -> FLOAT64", "The hyperbolic tangent", Sql("tanh({0})")),
    f("GREATEST", "GREATEST(x T, ...) -> T", "The greatest; NULL where any is NULL", Own(extreme)),
    f("LEAST", "LEAST(x T, ...) -> T", "The least; NULL where any is NULL", Own(extreme)),
    f("BIT_COUNT", "BIT_COUNT(x INT64) -> INT64", "How many bits are set", Sql("CAST(bit_count({0}) AS BIGINT)")),
    f("RAND", "RAND() -> FLOAT64", "A random number from 0 to below 1", Sql("random()")),
    f(
        "RANGE_BUCKET",
        "RANGE_BUCKET(x T, bounds ARRAY) -> INT64",
        "How many bounds are not above x",
        Sql("(CASE WHEN {0} IS NULL OR {1} IS NULL THEN NULL ELSE len(list_filter({1}, lambda b: b <= {0})) END)"),
    ),
    f(
        "IF",
        "IF(condition BOOL, yes T, no T) -> T",
        "yes where the condition is true, else no",
        Sql("(CASE WHEN {0} THEN {1} ELSE {2} END)"),
    ),
    f("IFNULL", "IFNULL(x T, otherwise T) -> T", "x, or the other where x is NULL", Sql("coalesce({0}, {1})")),
    f("COALESCE", "COALESCE(x T, ...) -> T", "The first that is not NULL", Sql("coalesce({*})")),
    f("NULLIF", "NULLIF(x T, y T) -> T", "NULL where x equals y, else x", Sql("nullif({0}, {1})")),
    f(
        "PARSE_NUMERIC",
        "PARSE_NUMERIC(text STRING) -> NUMERIC",
        "The number a text says; it may hold spaces, commas, and a sign at its end",
        Own(parse_numeric),
    ),
    f(
        "PARSE_BIGNUMERIC",
        "PARSE_BIGNUMERIC(text STRING) -> BIGNUMERIC",
        "The number a text says; it may hold spaces, commas, and a sign at its end",
        Own(parse_numeric),
    ),
    f("ERROR", "ERROR(message STRING) -> NULL", "Fails with the message", Own(error)),
    f("GENERATE_UUID", "GENERATE_UUID() -> STRING", "A random UUID", Sql("CAST(uuid() AS VARCHAR)")),
];

fn sign(_: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    let x = call.sql(0);
    let kind = call.kind(0).clone();
    let sql = match kind {
        // The engine's sign of NaN is 0.
        Kind::Float64 => format!("(CASE WHEN isnan({x}) THEN {x} ELSE CAST(sign({x}) AS DOUBLE) END)"),
        _ => format!("CAST(sign({x}) AS {})", kind.engine()),
    };
    Ok(call.gives(sql, kind))
}

fn safe_divide(analyser: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    let (x, y) = (call.sql(0), call.sql(1));
    let _ = analyser;
    Ok(match call.kind(0) {
        Kind::Numeric => {
            call.gives(format!("(CASE WHEN {y} = 0 THEN NULL ELSE bq_numeric_divide({x}, {y}) END)"), Kind::Numeric)
        }
        Kind::BigNumeric => {
            return Err(crate::sql::fault::unsupported(
                call.at,
                "SAFE_DIVIDE of BIGNUMERIC (cast to NUMERIC or FLOAT64)",
            ));
        }
        _ => call.gives(
            format!("(CASE WHEN {y} = 0 THEN NULL ELSE CAST({x} AS DOUBLE) / CAST({y} AS DOUBLE) END)"),
            Kind::Float64,
        ),
    })
}

fn safe_operator(_: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    let op = match call.name {
        "SAFE_ADD" => "+",
        "SAFE_SUBTRACT" => "-",
        _ => "*",
    };
    let (x, y, kind) = (call.sql(0), call.sql(1), call.kind(0).clone());
    if kind == Kind::BigNumeric && op == "*" {
        return Err(crate::sql::fault::unsupported(
            call.at,
            "SAFE_MULTIPLY of BIGNUMERIC (cast to NUMERIC or FLOAT64)",
        ));
    }
    let sql = match kind {
        Kind::Float64 => format!(
            "(CASE WHEN isinf({x} {op} {y}) AND NOT isinf({x}) AND NOT isinf({y}) THEN NULL ELSE {x} {op} {y} END)"
        ),
        // Errors within the arguments still are errors; the operator's own are not.
        _ => format!(
            "list_transform([struct_pack(x := {x}, y := {y})], lambda v: TRY(CAST(v.x {op} v.y AS {})))[1]",
            kind.engine()
        ),
    };
    Ok(call.gives(sql, kind))
}

fn extreme(_: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    let kind = call.kind(0).clone();
    if !kind.can_order() {
        return Err(crate::sql::fault::wrong(
            call.at,
            format!("values of type {kind} have no order"),
            "Compare one of their parts.",
        ));
    }
    let all: Vec<&str> = call.terms.iter().map(|term| term.sql.as_str()).collect();
    let mut tests: Vec<String> = all.iter().map(|sql| format!("{sql} IS NULL")).collect();
    tests.dedup();
    let nan = match kind {
        Kind::Float64 => {
            let tests: Vec<String> = all.iter().map(|sql| format!("isnan({sql})")).collect();
            format!(" WHEN {} THEN CAST('nan' AS DOUBLE)", tests.join(" OR "))
        }
        _ => String::new(),
    };
    let word = if call.name == "GREATEST" { "greatest" } else { "least" };
    let sql = format!("(CASE WHEN {} THEN NULL{nan} ELSE {word}({}) END)", tests.join(" OR "), all.join(", "));
    Ok(call.gives(sql, kind))
}

fn parse_numeric(analyser: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    let kind = if call.name == "PARSE_NUMERIC" { Kind::Numeric } else { Kind::BigNumeric };
    let x = call.sql(0);
    let number = r"([0-9][0-9,]*(\.[0-9]*)?|[,]*\.[0-9]+)([eE][+-]?[0-9]+)?";
    let forms = format!(r"\s*([+-]?\s*{number}|{number}\s*[+-])\s*");
    let sign = format!(r"CASE WHEN regexp_matches({x}, '^\s*-|-\s*$') THEN '-' ELSE '' END");
    let digits = format!(r"regexp_replace(regexp_replace({x}, '[\s,]', '', 'g'), '^[+-]|[+-]$', '', 'g')");
    let engine = kind.engine();
    let cast = if analyser.safe { "TRY_CAST" } else { "CAST" };
    let sql = format!(
        "(CASE WHEN {x} IS NULL THEN NULL WHEN regexp_full_match({x}, '{forms}') THEN {cast}(concat({sign}, {digits}) AS {engine}) ELSE {} END)",
        failure(analyser.safe, &format!("{} of a text that is no number", call.name))
    );
    Ok(call.gives(sql, kind))
}

fn error(analyser: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    let sql = if analyser.safe { failure(true, "") } else { format!("error(concat('~', {}))", call.sql(0)) };
    Ok(call.gives(sql, Kind::Null))
}
