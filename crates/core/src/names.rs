//! Names of columns: how they are normalised, and which ones are an index and never a feature.

/// The columns of a bar, in their order in a table of bars.
pub const BAR_COLUMNS: &[&str] =
    &["ticker_time", "ticker", "exchange", "interval", "open", "high", "low", "close", "volume"];

/// The prices of a bar. A file with two or more of them is taken for bars.
pub const PRICE_COLUMNS: &[&str] = &["open", "high", "low", "close"];

/// Index columns: identity of a bar, its raw values, and the date parts. Never features.
pub const INDEX_COLUMNS: &[&str] = &[
    "ticker_time",
    "ticker",
    "exchange",
    "interval",
    "open",
    "high",
    "low",
    "close",
    "volume",
    "volume_base",
    "ticker_time_sec",
    "etl_time",
    "partition_date",
    "week",
    "month",
    "quarter",
    "year",
    "day_of_week",
    "day_of_year",
    "hour_of_day",
];

/// Whether a column is an index column, which is never a feature.
pub fn is_index(column: &str) -> bool {
    INDEX_COLUMNS.contains(&column)
}

/// A column name as tables have it: `-` becomes `n`, `%` becomes `_pct_`, a space `_`.
pub fn normalise_column(name: &str) -> String {
    name.trim().replace('-', "n").replace('%', "_pct_").replace(' ', "_")
}

/// The name of a column of an input file: matched to the bar columns whatever its case, else normalised.
/// `time`, `date`, `datetime` and `timestamp` are `ticker_time`; `symbol` is `ticker`.
pub fn input_column(header: &str) -> String {
    let name = normalise_column(header);
    let lower = name.to_lowercase();
    match lower.as_str() {
        "time" | "date" | "datetime" | "timestamp" | "ticker_time" => "ticker_time".to_owned(),
        "symbol" => "ticker".to_owned(),
        "adj_close" => lower,
        _ if is_index(&lower) => lower,
        _ => name,
    }
}

/// A ticker as part of a table name: `-` and space become `_`.
pub fn ticker_in_table(ticker: &str) -> String {
    ticker.replace(['-', ' '], "_")
}

/// Whether a text may name a dataset or a table: letters, digits and `_`, at most 1024 bytes (BigQuery's rule).
pub fn is_identifier(name: &str) -> bool {
    !name.is_empty() && name.len() <= 1024 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// The name nearest to `wanted` by edits, when near enough to be a slip of the fingers: no more than a third of
/// the letters are others. What stands before the last dot counts only where the two differ in it.
pub fn nearest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = wanted.to_lowercase();
    known
        .into_iter()
        .filter_map(|name| {
            let lower = name.to_lowercase();
            let (a, b) = match (wanted.rsplit_once('.'), lower.rsplit_once('.')) {
                (Some((place, a)), Some((same, b))) if place == same => (a, b),
                _ => (wanted.as_str(), lower.as_str()),
            };
            let distance = edit_distance(a, b);
            (distance * 3 <= a.chars().count().max(b.chars().count())).then_some((distance, name))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Letters put in, left out or changed, and neighbours that changed places.
fn edit_distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            table[i][j] = match (i, j) {
                (0, _) => j,
                (_, 0) => i,
                _ => {
                    let changed = table[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                    let swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                    let swapped = if swapped { table[i - 2][j - 2] + 1 } else { usize::MAX };
                    changed.min(swapped).min(table[i - 1][j] + 1).min(table[i][j - 1] + 1)
                }
            };
        }
    }
    table[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_normalised_as_the_tables_have_them() {
        for (input, expected) in [("ROR_-10", "ROR_n10"), ("SO %k", "SO__pct_k"), ("a b", "a_b"), ("  x ", "x")] {
            assert_eq!(normalise_column(input), expected);
        }
        for (input, expected) in [
            ("Adj Close", "adj_close"),
            ("Date", "ticker_time"),
            ("OPEN", "open"),
            ("MyCol", "MyCol"),
            ("Symbol", "ticker"),
        ] {
            assert_eq!(input_column(input), expected);
        }
    }

    #[test]
    fn nearest_finds_slips_and_nothing_else() {
        assert_eq!(nearest("AROR5", ["AROR_5", "RSI_14"]), Some("AROR_5"));
        for (wanted, known, expected) in [
            ("zzzzzz", "AROR_5", None),
            ("FOO", "COS", None),
            ("FOO", "BOOL", None),
            ("rsi", "RSI_14", None),
            ("clsoe", "close", Some("close")),
            ("clos", "close", Some("close")),
            ("market.aa", "market.zz", None),
            ("market.bras", "market.bars", Some("market.bars")),
            ("market.bar", "market.bars", Some("market.bars")),
            ("markt.bars", "market.bars", Some("market.bars")),
        ] {
            assert_eq!(nearest(wanted, [known]), expected, "{wanted}");
        }
    }
}
