//! Functions of many rows.

use super::Rule::{Aggregate, Special};
use super::{SqlFunction, f};

/// An aggregate that the engine refuses over a NaN or an infinity: it gets the finite values, and the sum of `x * 0`,
/// which is NaN where one is not finite, decides. NULL of fewer than the least number of values.
macro_rules! spread {
    ($word:literal, $least:literal) => {
        Aggregate(concat!(
            "(CASE WHEN count({distinct}{0}){filter}{over} >= ",
            $least,
            " THEN coalesce(",
            $word,
            "({distinct}CASE WHEN isfinite({0}) THEN {0} END){filter}{over}, 0) + sum({0} * 0){filter}{over} END)"
        ))
    };
}

/// The same of pairs, neither of which is NULL.
macro_rules! pairs {
    ($before:literal, $word:literal, $least:literal, $after:literal) => {
        Aggregate(concat!(
            "(CASE WHEN count({0} + {1}){filter}{over} >= ",
            $least,
            " THEN coalesce(",
            $before,
            $word,
            "(CASE WHEN isfinite({0}) AND isfinite({1}) THEN {0} END, CASE WHEN isfinite({0}) AND isfinite({1}) THEN {1} END){filter}{over}",
            $after,
            ", 0) + sum({0} * 0 + {1} * 0){filter}{over} END)"
        ))
    };
}

pub(super) const FUNCTIONS: &[SqlFunction] = &[
    f(
        "COUNT",
        "COUNT(x ANY) -> INT64",
        "How many rows there are (*), or how many values are not NULL",
        Aggregate("count({distinct}{0}){filter}{over}"),
    ),
    f(
        "COUNTIF",
        "COUNTIF(condition BOOL) -> INT64",
        "How many rows meet the condition",
        Aggregate("count({distinct}CASE WHEN {0} THEN 1 END){filter}{over}"),
    ),
    f(
        "GROUPING",
        "GROUPING(x ANY) -> INT64",
        "1 where ROLLUP, CUBE or GROUPING SETS left the column out, else 0",
        Aggregate("CAST(grouping({0}) AS BIGINT)"),
    ),
    f("SUM", "SUM(x N) -> N", "The sum; NULL of no rows", Special),
    f("AVG", "AVG(x N) -> N", "The mean", Special),
    f("MIN", "MIN(x ORDERED) -> ORDERED", "The least value", Aggregate("min({distinct}{0}){filter}{over}")),
    f("MAX", "MAX(x ORDERED) -> ORDERED", "The greatest value", Aggregate("max({distinct}{0}){filter}{over}")),
    f("ANY_VALUE", "ANY_VALUE(x ANY) -> ANY", "A value of the group; HAVING MAX y chooses it", Special),
    f("MAX_BY", "MAX_BY(x ANY, y ORDERED) -> ANY", "The value where y is greatest", Special),
    f("MIN_BY", "MIN_BY(x ANY, y ORDERED) -> ANY", "The value where y is least", Special),
    f(
        "ARRAY_AGG",
        "ARRAY_AGG(x ANY) -> ARRAY",
        "The values as an array: DISTINCT, IGNORE NULLS, ORDER BY, LIMIT",
        Special,
    ),
    f("ARRAY_CONCAT_AGG", "ARRAY_CONCAT_AGG(x ARRAY) -> ARRAY", "The arrays as one: ORDER BY, LIMIT", Special),
    f(
        "STRING_AGG",
        "STRING_AGG(x STRING[, delimiter STRING]) -> STRING",
        "The texts as one: DISTINCT, ORDER BY, LIMIT",
        Special,
    ),
    f("LOGICAL_AND", "LOGICAL_AND(x BOOL) -> BOOL", "Whether all are true", Aggregate("bool_and({0}){filter}{over}")),
    f("LOGICAL_OR", "LOGICAL_OR(x BOOL) -> BOOL", "Whether any is true", Aggregate("bool_or({0}){filter}{over}")),
    f("BIT_AND", "BIT_AND(x INT64) -> INT64", "The bits all have", Aggregate("bit_and({0}){filter}{over}")),
    f("BIT_OR", "BIT_OR(x INT64) -> INT64", "The bits any has", Aggregate("bit_or({0}){filter}{over}")),
    f(
        "BIT_XOR",
        "BIT_XOR(x INT64) -> INT64",
        "The bits an odd number has",
        Aggregate("bit_xor({distinct}{0}){filter}{over}"),
    ),
    f(
        "STDDEV",
        "STDDEV(x FLOAT64) -> FLOAT64",
        "The standard deviation of a sample; NULL of fewer than two",
        spread!("stddev_samp", "2"),
    ),
    f(
        "STDDEV_SAMP",
        "STDDEV_SAMP(x FLOAT64) -> FLOAT64",
        "The standard deviation of a sample; NULL of fewer than two",
        spread!("stddev_samp", "2"),
    ),
    f(
        "STDDEV_POP",
        "STDDEV_POP(x FLOAT64) -> FLOAT64",
        "The standard deviation of a population",
        spread!("stddev_pop", "1"),
    ),
    f(
        "VARIANCE",
        "VARIANCE(x FLOAT64) -> FLOAT64",
        "The variance of a sample; NULL of fewer than two",
        spread!("var_samp", "2"),
    ),
    f(
        "VAR_SAMP",
        "VAR_SAMP(x FLOAT64) -> FLOAT64",
        "The variance of a sample; NULL of fewer than two",
        spread!("var_samp", "2"),
    ),
    f("VAR_POP", "VAR_POP(x FLOAT64) -> FLOAT64", "The variance of a population", spread!("var_pop", "1")),
    f(
        "CORR",
        "CORR(x FLOAT64, y FLOAT64) -> FLOAT64",
        "Pearson's correlation; NULL of fewer than two pairs",
        pairs!("bq_corr(", "corr", "2", ")"),
    ),
    f(
        "COVAR_SAMP",
        "COVAR_SAMP(x FLOAT64, y FLOAT64) -> FLOAT64",
        "The covariance of a sample; NULL of fewer than two pairs",
        pairs!("(", "covar_samp", "2", ")"),
    ),
    f(
        "COVAR_POP",
        "COVAR_POP(x FLOAT64, y FLOAT64) -> FLOAT64",
        "The covariance of a population",
        pairs!("(", "covar_pop", "1", ")"),
    ),
    f(
        "APPROX_COUNT_DISTINCT",
        "APPROX_COUNT_DISTINCT(x ORDERED) -> INT64",
        "How many different values; exact here",
        Aggregate("count(DISTINCT {0}){filter}{over}"),
    ),
    f(
        "APPROX_TOP_COUNT",
        "APPROX_TOP_COUNT(x ORDERED, number INT64) -> ARRAY",
        "The most frequent values with their counts; exact here",
        Special,
    ),
    f(
        "APPROX_QUANTILES",
        "APPROX_QUANTILES(x ORDERED, number INT64) -> ARRAY",
        "number + 1 values from the least to the greatest; exact here",
        Special,
    ),
];
