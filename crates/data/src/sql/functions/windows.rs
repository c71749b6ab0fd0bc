//! Functions of windows.

use super::Rule::{Special, Window};
use super::{SqlFunction, f};

pub(super) const FUNCTIONS: &[SqlFunction] = &[
    f("ROW_NUMBER", "ROW_NUMBER() -> INT64", "The place of the row, from 1", Window("row_number(){over}")),
    f("RANK", "RANK() -> INT64", "The place, equal rows sharing it, with gaps", Window("rank(){over}")),
    f(
        "DENSE_RANK",
        "DENSE_RANK() -> INT64",
        "The place, equal rows sharing it, without gaps",
        Window("dense_rank(){over}"),
    ),
    f("PERCENT_RANK", "PERCENT_RANK() -> FLOAT64", "(rank - 1) / (rows - 1)", Window("percent_rank(){over}")),
    f("CUME_DIST", "CUME_DIST() -> FLOAT64", "The share of rows up to this one", Window("cume_dist(){over}")),
    f("NTILE", "NTILE(n INT64) -> INT64", "The bucket of the row among n", Window("ntile({0}){over}")),
    f("LAG", "LAG(x ANY) -> ANY", "The value of the row before", Window("lag({0}{nulls}){over}")),
    f("LAG", "LAG(x ANY, rows INT64) -> ANY", "The value so many rows before", Window("lag({0}, {1}{nulls}){over}")),
    f(
        "LAG",
        "LAG(x T, rows INT64, otherwise T) -> T",
        "The value so many rows before, or another",
        Window("lag({0}, {1}, {2}{nulls}){over}"),
    ),
    f("LEAD", "LEAD(x ANY) -> ANY", "The value of the row after: it looks ahead", Window("lead({0}{nulls}){over}")),
    f(
        "LEAD",
        "LEAD(x ANY, rows INT64) -> ANY",
        "The value so many rows after: it looks ahead",
        Window("lead({0}, {1}{nulls}){over}"),
    ),
    f(
        "LEAD",
        "LEAD(x T, rows INT64, otherwise T) -> T",
        "The value so many rows after, or another: it looks ahead",
        Window("lead({0}, {1}, {2}{nulls}){over}"),
    ),
    f(
        "FIRST_VALUE",
        "FIRST_VALUE(x ANY) -> ANY",
        "The first value of the frame; IGNORE NULLS",
        Window("first_value({0}{nulls}){over}"),
    ),
    f(
        "LAST_VALUE",
        "LAST_VALUE(x ANY) -> ANY",
        "The last value of the frame; IGNORE NULLS",
        Window("last_value({0}{nulls}){over}"),
    ),
    f(
        "NTH_VALUE",
        "NTH_VALUE(x ANY, n INT64) -> ANY",
        "The n-th value of the frame; IGNORE NULLS",
        Window("nth_value({0}, {1}{nulls}){over}"),
    ),
    f(
        "PERCENTILE_CONT",
        "PERCENTILE_CONT(x FLOAT64, share FLOAT64) -> FLOAT64",
        "The percentile between values; over a window",
        Special,
    ),
    f(
        "PERCENTILE_DISC",
        "PERCENTILE_DISC(x ORDERED, share FLOAT64) -> ORDERED",
        "The percentile among the values; over a window",
        Special,
    ),
];
