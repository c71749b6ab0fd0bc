//! Small functions that are defined on the engine: what BigQuery has and the engine lacks.

/// Each is `name(arguments) AS expression`.
pub(crate) const MACROS: &[&str] = &[
    // The shortest of 15 and 17 digits that reads back equal, as BigQuery writes a FLOAT64.
    "bq_float_text(x) AS CASE WHEN x IS NULL THEN NULL WHEN isnan(x) THEN 'nan' WHEN isinf(x) THEN (CASE WHEN x > 0 THEN 'inf' ELSE '-inf' END) WHEN x = 0 THEN '0' WHEN CAST(printf('%.15g', x) AS DOUBLE) = x THEN printf('%.15g', x) ELSE printf('%.17g', x) END",
    "bq_float_shown(x, literal) AS CASE WHEN isnan(x) OR isinf(x) THEN (CASE WHEN literal THEN concat('CAST(\"', bq_float_text(x), '\" AS FLOAT64)') ELSE bq_float_text(x) END) WHEN regexp_full_match(bq_float_text(x), '-?[0-9]+') THEN concat(bq_float_text(x), '.0') ELSE bq_float_text(x) END",
    "bq_decimal_text(t) AS CASE WHEN contains(t, '.') THEN rtrim(rtrim(t, '0'), '.') ELSE t END",
    // No digits of the second, or three, or six.
    "bq_fraction(us) AS CASE WHEN us = 0 THEN '' ELSE '.' || rtrim(lpad(CAST(us AS VARCHAR), 6, '0'), '0') END",
    "bq_fraction_by_three(us) AS CASE WHEN us = 0 THEN '' WHEN us % 1000 = 0 THEN '.' || lpad(CAST(us // 1000 AS VARCHAR), 3, '0') ELSE '.' || lpad(CAST(us AS VARCHAR), 6, '0') END",
    "bq_datetime_text(x) AS strftime(x, '%Y-%m-%d %H:%M:%S') || bq_fraction_by_three(CAST(microsecond(x) % 1000000 AS BIGINT))",
    "bq_time_text(x) AS strftime(DATE '1970-01-01' + x, '%H:%M:%S') || bq_fraction_by_three(CAST(microsecond(x) % 1000000 AS BIGINT))",
    "bq_clock(us) AS concat(CASE WHEN us < 0 THEN '-' ELSE '' END, CAST(abs(us) // 3600000000 AS VARCHAR), ':', CAST(abs(us) // 60000000 % 60 AS VARCHAR), ':', CAST(abs(us) // 1000000 % 60 AS VARCHAR), bq_fraction_by_three(abs(us) % 1000000))",
    "bq_interval_text(i) AS CASE WHEN i IS NULL THEN NULL ELSE concat(CASE WHEN year(i) * 12 + month(i) < 0 THEN '-' ELSE '' END, CAST(abs(year(i)) AS VARCHAR), '-', CAST(abs(month(i)) AS VARCHAR), ' ', CAST(day(i) AS VARCHAR), ' ', bq_clock(CAST(hour(i) AS BIGINT) * 3600000000 + minute(i) * 60000000 + microsecond(i))) END",
    "bq_offset(minutes, colon) AS concat(CASE WHEN minutes < 0 THEN '-' ELSE '+' END, lpad(CAST(abs(minutes) // 60 AS VARCHAR), 2, '0'), colon, lpad(CAST(abs(minutes) % 60 AS VARCHAR), 2, '0'))",
    "bq_zone_name(minutes) AS CASE WHEN minutes = 0 THEN 'UTC' WHEN minutes % 60 = 0 THEN concat('UTC', CASE WHEN minutes < 0 THEN '-' ELSE '+' END, CAST(abs(minutes) // 60 AS VARCHAR)) ELSE 'UTC' || bq_offset(minutes, ':') END",
    // Rounds the decimal digits a FLOAT64 shows, halves away from zero, as BigQuery does: 1.005 is below its half.
    "bq_round(x, n) AS round(x, CAST(greatest(least(n, 300), -300) AS INTEGER))",
    "bq_trunc(x, n) AS CASE WHEN n >= 300 THEN x ELSE trunc(x * pow(10.0, n)) / pow(10.0, n) END",
    "bq_round_numeric(x, n) AS CAST(CASE WHEN n >= 9 THEN x WHEN n = 8 THEN CAST(CAST(x AS DECIMAL(38,8)) AS DECIMAL(38,9)) WHEN n = 7 THEN CAST(CAST(x AS DECIMAL(38,7)) AS DECIMAL(38,9)) WHEN n = 6 THEN CAST(CAST(x AS DECIMAL(38,6)) AS DECIMAL(38,9)) WHEN n = 5 THEN CAST(CAST(x AS DECIMAL(38,5)) AS DECIMAL(38,9)) WHEN n = 4 THEN CAST(CAST(x AS DECIMAL(38,4)) AS DECIMAL(38,9)) WHEN n = 3 THEN CAST(CAST(x AS DECIMAL(38,3)) AS DECIMAL(38,9)) WHEN n = 2 THEN CAST(CAST(x AS DECIMAL(38,2)) AS DECIMAL(38,9)) WHEN n = 1 THEN CAST(CAST(x AS DECIMAL(38,1)) AS DECIMAL(38,9)) WHEN n = 0 THEN CAST(CAST(x AS DECIMAL(38,0)) AS DECIMAL(38,9)) ELSE error('~ROUND of NUMERIC to less than 0 digits is not supported here') END AS DECIMAL(38,9))",
    // (a * 10^9) / b in whole numbers, halves away from zero; what does not fit is an error.
    "bq_units(x) AS CAST(replace(CAST(x AS VARCHAR), '.', '') AS HUGEINT)",
    "bq_numeric_divide(a, b) AS CAST((bq_units(a) * CAST(2000000000 AS HUGEINT) + sign(bq_units(a)) * abs(bq_units(b))) // (bq_units(b) * 2) AS DECIMAL(29,0)) * CAST(0.000000001 AS DECIMAL(9,9))",
    "bq_pow(x, y) AS CASE WHEN x < 0 AND y <> trunc(y) AND NOT isinf(y) THEN error('~POW of a negative number to a broken power') WHEN x = 0 AND y < 0 THEN error('~POW of 0 to a negative power') ELSE pow(x, y) END",
    "bq_shift_left(x, n) AS CAST(CASE WHEN ((CAST(x AS HUGEINT) * (CAST(1 AS HUGEINT) << CAST(n AS INTEGER))) & 18446744073709551615) > 9223372036854775807 THEN ((CAST(x AS HUGEINT) * (CAST(1 AS HUGEINT) << CAST(n AS INTEGER))) & 18446744073709551615) - 18446744073709551616 ELSE ((CAST(x AS HUGEINT) * (CAST(1 AS HUGEINT) << CAST(n AS INTEGER))) & 18446744073709551615) END AS BIGINT)",
    // BigQuery's place 0 is 1, and a place before the start is the start.
    "bq_substr(t, n) AS CASE WHEN n > 0 THEN substr(t, n) WHEN n = 0 THEN t WHEN -n >= length(t) THEN t ELSE right(t, -n) END",
    // Occurrences may overlap; those before place -1 are found from the end.
    "bq_instr(t, p, n, k) AS CASE WHEN t IS NULL OR p IS NULL OR n IS NULL OR k IS NULL THEN NULL WHEN n = 0 THEN error('~INSTR starts at a place other than 0') WHEN k < 1 THEN error('~INSTR counts occurrences from 1') WHEN p = '' THEN 0 WHEN n > 0 THEN coalesce(list_filter(range(n, length(t) - length(p) + 2), lambda i: substr(t, i, length(p)) = p)[k], 0) ELSE coalesce(list_reverse(list_filter(range(1, least(length(t) + n + 2, length(t) - length(p) + 2)), lambda i: substr(t, i, length(p)) = p))[k], 0) END",
    "bq_initcap(t) AS array_to_string(list_transform(regexp_extract_all(t, '[^\\s\\[\\](){}/|<>!?@\"^#$&~_,.:;*%+\\\\-]+|[\\s\\[\\](){}/|<>!?@\"^#$&~_,.:;*%+\\\\-]+'), lambda w: upper(left(w, 1)) || lower(substr(w, 2))), '')",
];

/// The statements that define them.
pub(crate) fn definitions() -> String {
    MACROS
        .iter()
        .map(|text| {
            let (head, body) = text.split_once(" AS ").unwrap_or((text, "NULL"));
            format!("CREATE MACRO {head} AS ({body});\n")
        })
        .collect()
}
