//! Expected values by BigQuery's reference of operators, conditional expressions and mathematical functions.

use super::*;

const NAMES: &[&str] = &["a", "b", "c", "nothing", "AROR_6"];
const ROW: &[f64] = &[7.0, -2.0, 0.0, f64::NAN, 0.5];

/// The value of an expression: a number, `true`, `false` or `NULL`.
fn value(sql: &str) -> String {
    let bound = Expr::parse(sql).and_then(|expr| expr.bind(NAMES)).unwrap_or_else(|e| panic!("{sql}: {e}"));
    let value = bound.eval(ROW);
    match (value.is_nan(), bound.is_boolean()) {
        (true, _) => "NULL".to_owned(),
        (false, true) => (value == 1.0).to_string(),
        (false, false) => value.to_string(),
    }
}

fn check(cases: &[(&str, &str)]) {
    for (sql, expected) in cases {
        assert_eq!(value(sql), *expected, "{sql}");
    }
}

fn message(sql: &str) -> String {
    match Expr::parse(sql).and_then(|expr| expr.bind(NAMES)) {
        Ok(_) => panic!("{sql} passes"),
        Err(e) => e.to_string(),
    }
}

#[test]
fn arithmetic_has_the_usual_precedence() {
    check(&[
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("10 - 4 - 3", "3"),
        ("100 / 10 / 5", "2"),
        ("5 / 2", "2.5"),
        ("-a + 1", "-6"),
        ("- -a", "7"),
        ("+a", "7"),
        ("2 - -1", "3"),
        ("7 % 4", "3"),
        ("-7 % 4", "-3"),
        ("1.5e2", "150"),
        (".5 + 1.", "1.5"),
        ("a /* seven */ + 1 -- one more", "8"),
    ]);
}

#[test]
fn what_has_no_value_is_null() {
    check(&[
        ("a / 0", "NULL"),
        ("0 / 0", "NULL"),
        ("a % c", "NULL"),
        ("MOD(a, 0)", "NULL"),
        ("SAFE_DIVIDE(a, c)", "NULL"),
        ("LN(0)", "NULL"),
        ("SQRT(-1)", "NULL"),
        ("EXP(1000)", "NULL"),
        ("1e308 * 10", "NULL"),
        ("POW(b, 0.5)", "NULL"),
        ("nothing + 1", "NULL"),
        ("NULL", "NULL"),
        ("NULL + 1", "NULL"),
        ("POW(NULL, 0)", "NULL"),
        ("POW(1, NULL)", "NULL"),
    ]);
}

#[test]
fn conditions_have_three_values() {
    check(&[
        ("a > 1", "true"),
        ("a < b", "false"),
        ("a >= 7 AND b <= -2", "true"),
        ("a != 7", "false"),
        ("a <> 8", "true"),
        ("a = nothing", "NULL"),
        ("nothing = nothing", "NULL"),
        ("nothing IS NULL", "true"),
        ("a IS NOT NULL", "true"),
        ("a + nothing IS NULL", "true"),
        ("TRUE AND NULL", "NULL"),
        ("FALSE AND NULL", "false"),
        ("NULL AND FALSE", "false"),
        ("TRUE OR NULL", "true"),
        ("NULL OR TRUE", "true"),
        ("FALSE OR NULL", "NULL"),
        ("NOT nothing > 1", "NULL"),
        ("NOT TRUE", "false"),
        ("NOT NOT TRUE", "true"),
        ("TRUE OR FALSE AND FALSE", "true"),
        ("(TRUE OR FALSE) AND FALSE", "false"),
        ("NOT a = 1 AND TRUE", "true"),
        ("TRUE > FALSE", "true"),
        ("(a > 1) = (b < 1)", "true"),
    ]);
}

#[test]
fn between_and_in_follow_comparison_and_null() {
    check(&[
        ("a BETWEEN 7 AND 8", "true"),
        ("a NOT BETWEEN 7 AND 8", "false"),
        ("a BETWEEN 1 + 1 AND 3 * 3 AND TRUE", "true"),
        ("a BETWEEN nothing AND 1", "false"),
        ("a BETWEEN nothing AND 10", "NULL"),
        ("a IN (1, 7)", "true"),
        ("a IN (1, 2)", "false"),
        ("a NOT IN (1, 2)", "true"),
        ("a IN (1, NULL)", "NULL"),
        ("a IN (7, NULL)", "true"),
        ("a NOT IN (1, NULL)", "NULL"),
        ("nothing IN (1)", "NULL"),
    ]);
}

#[test]
fn conditional_expressions_choose_the_first_that_holds() {
    check(&[
        ("IF(a > 1, 10, 20)", "10"),
        ("IF(nothing > 1, 10, 20)", "20"),
        ("IF(TRUE, a > 1, FALSE)", "true"),
        ("CASE WHEN a < 0 THEN 1 WHEN a > 0 THEN 2 ELSE 3 END", "2"),
        ("CASE WHEN a < 0 THEN 1 END", "NULL"),
        ("CASE a WHEN 1 THEN 10 WHEN 7 THEN 70 END", "70"),
        ("CASE nothing WHEN nothing THEN 1 ELSE 2 END", "2"),
        ("CASE WHEN NULL THEN 1 ELSE 2 END", "2"),
        ("COALESCE(NULL, nothing, 3, 4)", "3"),
        ("IFNULL(nothing, 0)", "0"),
        ("IFNULL(a, 0)", "7"),
        ("NULLIF(a, 7)", "NULL"),
        ("NULLIF(a, 8)", "7"),
        ("NULLIF(a, NULL)", "7"),
        ("IF(c != 0, a / c, 0)", "0"),
    ]);
}

#[test]
fn functions_give_what_the_reference_says() {
    check(&[
        ("ABS(b)", "2"),
        ("ROUND(2.5)", "3"),
        ("ROUND(-2.5)", "-3"),
        ("ROUND(2.3)", "2"),
        ("ROUND(123.7, -1)", "120"),
        ("ROUND(1.235, 2)", "1.24"),
        ("ROUND(-0.125, 2)", "-0.13"),
        ("ROUND(1e300, 300) = 1e300", "true"),
        ("FLOOR(2.8)", "2"),
        ("FLOOR(-2.3)", "-3"),
        ("CEIL(2.3)", "3"),
        ("CEILING(-2.8)", "-2"),
        ("SQRT(25)", "5"),
        ("LN(1)", "0"),
        ("LOG(100, 10)", "2"),
        ("LOG(8, 2)", "3"),
        ("LOG10(1000)", "3"),
        ("EXP(0)", "1"),
        ("POW(2, 3)", "8"),
        ("POWER(2, -1)", "0.5"),
        ("SIGN(25)", "1"),
        ("SIGN(0)", "0"),
        ("SIGN(b)", "-1"),
        ("GREATEST(1, 5, 3)", "5"),
        ("LEAST(1, 5, 3)", "1"),
        ("GREATEST(1, NULL, 3)", "NULL"),
        ("LEAST(nothing, 1)", "NULL"),
        ("MOD(25, 12)", "1"),
        ("MOD(-25, 12)", "-1"),
        ("safe_divide(20, 4)", "5"),
    ]);
}

#[test]
fn columns_are_found_whatever_their_case_when_only_one_fits() {
    check(&[("A", "7"), ("`a` + 1", "8"), ("aror_6 * 2", "1")]);
    assert_eq!(Expr::parse("x + X * `y z`").unwrap().columns(), ["X", "x", "y z"].map(str::to_owned).into());
    assert!(Expr::parse("q").unwrap().bind(&["Q", "q"]).is_ok());
    let ambiguous = Expr::parse("ab").unwrap().bind(&["AB", "Ab"]);
    assert_eq!(ambiguous.unwrap_err().to_string(), "ab may be any of the columns AB, Ab");
    assert_eq!(message("AROR_5 > 1"), "there is no column AROR_5; did you mean AROR_6?");
}

#[test]
fn what_is_not_available_is_named_with_its_place() {
    let start = "of the expression: ";
    for (sql, place, what) in [
        ("", "line 1, column 1", "it ends where a number or a column belongs"),
        ("a +", "line 1, column 4", "it ends where a number or a column belongs"),
        (
            "CAST(a AS INT64)",
            "line 1, column 1",
            "CAST is not available here; a column of that name goes in backquotes",
        ),
        (
            "a > 1 AND\n  (SELECT 1)",
            "line 2, column 4",
            "SELECT is not available here; a column of that name goes in backquotes",
        ),
        ("LAG(close, 1)", "line 1, column 1", "the function LAG is not available here; did you mean LOG?"),
        ("SUM(a) OVER ()", "line 1, column 1", "the function SUM is not available here"),
        ("ROUND(a) OVER ()", "line 1, column 10", "OVER is not available here"),
        ("a LIKE 1", "line 1, column 3", "LIKE is not available here"),
        ("a || b", "line 1, column 3", "|| is not available here"),
        ("a = 'x'", "line 1, column 5", "text in quotes is not available here"),
        ("a = \"x\"", "line 1, column 5", "text in quotes is not available here"),
        ("t.close", "line 1, column 1", "t. is not available here: columns are named without a table"),
        ("a; b", "line 1, column 2", "; is not available here"),
        ("a b", "line 1, column 3", "b is not available here"),
        ("(a", "line 1, column 3", "it ends where ) belongs"),
        ("1 < a < 3", "line 1, column 7", "comparisons do not chain; write a < b AND b < c"),
        (
            "IF(a, 1, 2)",
            "line 1, column 4",
            "a condition belongs here, but this is a number; compare it with something",
        ),
        ("a AND TRUE", "line 1, column 1", "a condition belongs here, but this is a number; compare it with something"),
        ("(a > 1) + 1", "line 1, column 2", "a number belongs here, but this is a condition"),
        ("a = TRUE", "line 1, column 5", "a number belongs here, but this is a condition"),
        ("COALESCE(a, a > 1)", "line 1, column 13", "a number belongs here, but this is a condition"),
        (
            "CASE WHEN a THEN 1 END",
            "line 1, column 11",
            "a condition belongs here, but this is a number; compare it with something",
        ),
        ("CASE a END", "line 1, column 8", "WHEN belongs here, not END"),
        ("ROUND()", "line 1, column 1", "ROUND takes 1 to 2 arguments, but has 0"),
        ("a IN ()", "line 1, column 1", "IN needs at least one value"),
        ("1e999", "line 1, column 1", "1e999 is larger than any FLOAT64"),
    ] {
        assert_eq!(message(sql), format!("{place} {start}{what}"), "{sql}");
    }
}

#[test]
fn deep_nesting_is_an_error_and_never_an_overflow() {
    let deep = 100_000;
    for sql in [
        format!("{}a{}", "(".repeat(deep), ")".repeat(deep)),
        format!("{}a{}", "(".repeat(500), ")".repeat(500)),
        format!("{}a", "-".repeat(3)) + &" - a".repeat(deep),
        "- ".repeat(900) + "a",
        "NOT ".repeat(900) + "TRUE",
        "CASE WHEN ".repeat(400),
        "IF(".repeat(400),
        "a AND ".repeat(deep) + "a",
    ] {
        assert!(Expr::parse(&sql).is_err());
    }
    let long = format!("a{}", " + a".repeat(900));
    assert_eq!(value(&long), (901 * 7).to_string());
    let nested = format!("{}a{}", "(".repeat(90), ")".repeat(90));
    assert_eq!(value(&nested), "7");
}

#[test]
fn random_texts_never_stop_the_parser() {
    const WORDS: &[&str] = &[
        "a",
        "b",
        "1",
        "2.5",
        "(",
        ")",
        ",",
        "+",
        "-",
        "*",
        "/",
        "%",
        "<",
        ">=",
        "=",
        "!=",
        "AND",
        "OR",
        "NOT",
        "IS",
        "NULL",
        "BETWEEN",
        "IN",
        "CASE",
        "WHEN",
        "THEN",
        "ELSE",
        "END",
        "IF(",
        "ROUND(",
        "COALESCE(",
        "TRUE",
        "'x'",
        "\"",
        "`",
        "--",
        "/*",
        "é",
        ".",
        ";",
        "@p",
        "[",
        "]",
        "SELECT",
        "\n",
        "1e",
        "0x",
        "$$",
        "\\",
        "\u{0}",
        "b'",
    ];
    // Steele and Vigna's splitmix64, from a fixed seed.
    let mut state = 42_u64;
    let mut random = move |below: usize| {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % below as u64).unwrap()
    };
    let mut parsed = 0;
    for _ in 0..20_000 {
        let text: Vec<&str> = (0..=random(12)).map(|_| WORDS[random(WORDS.len())]).collect();
        let separator = [" ", ""][random(2)];
        if let Ok(bound) = Expr::parse(&text.join(separator)).and_then(|expr| expr.bind(NAMES)) {
            let value = bound.eval(ROW);
            assert!(value.is_nan() || value.is_finite());
            assert!(!bound.is_boolean() || value.is_nan() || value == 0.0 || value == 1.0);
            parsed += 1;
        }
    }
    assert!(parsed > 100, "only {parsed} of the texts parse");
}
