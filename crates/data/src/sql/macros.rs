//! Small functions that are defined on the engine: what BigQuery has and the engine lacks.

/// Each is `name(arguments) AS expression`.
pub(crate) const MACROS: &[&str] = &[
    // The shortest of 15 and 17 digits that reads back equal, as BigQuery writes a FLOAT64.
    "bq_float_text(x) AS CASE WHEN x IS NULL THEN NULL WHEN isnan(x) THEN 'nan' WHEN isinf(x) THEN (CASE WHEN x > 0 THEN 'inf' ELSE '-inf' END) WHEN x = 0 THEN '0' WHEN CAST(printf('%.15g', x) AS DOUBLE) = x THEN printf('%.15g', x) ELSE printf('%.17g', x) END",
    "bq_float_shown(x, literal) AS CASE WHEN isnan(x) OR isinf(x) THEN (CASE WHEN literal THEN concat('CAST(\"', bq_float_text(x), '\" AS FLOAT64)') ELSE bq_float_text(x) END) WHEN regexp_full_match(bq_float_text(x), '-?[0-9]+') THEN concat(bq_float_text(x), '.0') ELSE bq_float_text(x) END",
    "bq_decimal_text(t) AS CASE WHEN contains(t, '.') THEN rtrim(rtrim(t, '0'), '.') ELSE t END",
    // A STRING literal: in the quotes of which the text has none, control characters as escapes.
    r#"bq_escaped(t) AS CASE WHEN regexp_matches(t, '[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]') THEN array_to_string(list_transform(string_split(t, ''), lambda c: CASE WHEN unicode(c) < 32 OR unicode(c) = 127 THEN '\x' || lpad(lower(to_hex(unicode(c))), 2, '0') ELSE c END), '') ELSE t END"#,
    r#"bq_quoted(t) AS CASE WHEN contains(t, '"') AND NOT contains(t, '''') THEN concat('''', t, '''') ELSE concat('"', replace(t, '"', '\"'), '"') END"#,
    r#"bq_literal(t) AS bq_quoted(bq_escaped(replace(replace(replace(replace(t, '\', '\\'), chr(10), '\n'), chr(13), '\r'), chr(9), '\t')))"#,
    // No digits of the second, or three, or six.
    "bq_fraction(us) AS CASE WHEN us = 0 THEN '' ELSE '.' || rtrim(lpad(CAST(us AS VARCHAR), 6, '0'), '0') END",
    "bq_fraction_by_three(us) AS CASE WHEN us = 0 THEN '' WHEN us % 1000 = 0 THEN '.' || lpad(CAST(us // 1000 AS VARCHAR), 3, '0') ELSE '.' || lpad(CAST(us AS VARCHAR), 6, '0') END",
    "bq_datetime_text(x) AS strftime(x, '%Y-%m-%d %H:%M:%S') || bq_fraction_by_three(CAST(microsecond(x) % 1000000 AS BIGINT))",
    "bq_time_text(x) AS strftime(DATE '1970-01-01' + x, '%H:%M:%S') || bq_fraction_by_three(CAST(microsecond(x) % 1000000 AS BIGINT))",
    "bq_clock(us) AS concat(CASE WHEN us < 0 THEN '-' ELSE '' END, CAST(abs(us) // 3600000000 AS VARCHAR), ':', CAST(abs(us) // 60000000 % 60 AS VARCHAR), ':', CAST(abs(us) // 1000000 % 60 AS VARCHAR), bq_fraction_by_three(abs(us) % 1000000))",
    "bq_interval_text(i) AS CASE WHEN i IS NULL THEN NULL ELSE concat(CASE WHEN year(i) * 12 + month(i) < 0 THEN '-' ELSE '' END, CAST(abs(year(i)) AS VARCHAR), '-', CAST(abs(month(i)) AS VARCHAR), ' ', CAST(day(i) AS VARCHAR), ' ', bq_clock(CAST(hour(i) AS BIGINT) * 3600000000 + minute(i) * 60000000 + microsecond(i))) END",
    "bq_offset(minutes, colon) AS concat(CASE WHEN minutes < 0 THEN '-' ELSE '+' END, lpad(CAST(abs(minutes) // 60 AS VARCHAR), 2, '0'), colon, lpad(CAST(abs(minutes) % 60 AS VARCHAR), 2, '0'))",
    "bq_zone_name(minutes) AS CASE WHEN minutes = 0 THEN 'UTC' WHEN minutes % 60 = 0 THEN concat('UTC', CASE WHEN minutes < 0 THEN '-' ELSE '+' END, CAST(abs(minutes) // 60 AS VARCHAR)) ELSE 'UTC' || bq_offset(minutes, ':') END",
    // Rounds the exact value of a FLOAT64, halves away from zero: 2.675 is below its half. The product says on which side of
    // the half it is, unless it is too near; then the digits do, and a value is at its half where 2^(n + 1) makes it whole.
    "bq_near_half(p) AS abs(p % 1 - 0.5) <= p * 1e-15",
    "bq_round(x, n) AS CASE WHEN n BETWEEN 1 AND 40 AND bq_near_half(abs(x) * pow(10.0, n)) AND trunc(x * pow(2.0, n + 1)) <> x * pow(2.0, n + 1) THEN CAST(printf('%.' || n || 'f', x) AS DOUBLE) ELSE round(x, CAST(CASE WHEN n > 300 THEN 300 WHEN n < -300 THEN -300 ELSE n END AS INTEGER)) END",
    "bq_digits_cut(t, n) AS CAST(left(t, CAST(strpos(t, '.') + n AS BIGINT)) AS DOUBLE)",
    "bq_trunc(x, n) AS CASE WHEN NOT isfinite(x) OR n > 300 THEN x WHEN n > 0 THEN bq_digits_cut(printf('%.' || (n + 30) || 'f', x), n) ELSE trunc(x / pow(10.0, -n)) * pow(10.0, -n) END",
    // BigQuery's years are 1 to 9999, the engine's many more.
    "bq_date(x, fail) AS CASE WHEN x NOT BETWEEN DATE '0001-01-01' AND DATE '9999-12-31' THEN fail ELSE x END",
    "bq_datetime(x, fail) AS CASE WHEN x NOT BETWEEN TIMESTAMP '0001-01-01 00:00:00' AND TIMESTAMP '9999-12-31 23:59:59.999999' THEN fail ELSE x END",
    "bq_timestamp(x, fail) AS CASE WHEN x NOT BETWEEN TIMESTAMPTZ '0001-01-01 00:00:00+00' AND TIMESTAMPTZ '9999-12-31 23:59:59.999999+00' THEN fail ELSE x END",
    // Of the two instants that a clock shows twice when it is set back BigQuery means the first, the engine the second.
    "bq_earlier(z, x, t) AS CASE WHEN timezone(z, t - INTERVAL 1 HOUR) = x THEN t - INTERVAL 1 HOUR WHEN timezone(z, t - INTERVAL 30 MINUTE) = x THEN t - INTERVAL 30 MINUTE ELSE t END",
    "bq_instant(z, x) AS bq_earlier(z, x, timezone(z, x))",
    // A sum of the engine's may have a digit more.
    "bq_numeric(x) AS CASE WHEN x NOT BETWEEN -99999999999999999999999999999.999999999 AND 99999999999999999999999999999.999999999 THEN error('~the sum is beyond NUMERIC') ELSE x END",
    "bq_bignumeric(x) AS CASE WHEN x NOT BETWEEN -99999999999999999999.999999999999999999 AND 99999999999999999999.999999999999999999 THEN error('~the sum has more than 20 digits before the point') ELSE x END",
    "bq_corr(r) AS CASE WHEN isnan(r) THEN r ELSE greatest(least(r, 1), -1) END",
    "bq_units(x) AS CAST(replace(CAST(x AS VARCHAR), '.', '') AS HUGEINT)",
    "bq_ten(n) AS CAST(rpad('1', CAST(n + 1 AS INTEGER), '0') AS HUGEINT)",
    "bq_to_step(u, step) AS (u + sign(u) * (step // 2)) // step * step",
    "bq_round_numeric(x, n) AS CAST(CASE WHEN n >= 9 THEN x WHEN n = 8 THEN CAST(CAST(x AS DECIMAL(38,8)) AS DECIMAL(38,9)) WHEN n = 7 THEN CAST(CAST(x AS DECIMAL(38,7)) AS DECIMAL(38,9)) WHEN n = 6 THEN CAST(CAST(x AS DECIMAL(38,6)) AS DECIMAL(38,9)) WHEN n = 5 THEN CAST(CAST(x AS DECIMAL(38,5)) AS DECIMAL(38,9)) WHEN n = 4 THEN CAST(CAST(x AS DECIMAL(38,4)) AS DECIMAL(38,9)) WHEN n = 3 THEN CAST(CAST(x AS DECIMAL(38,3)) AS DECIMAL(38,9)) WHEN n = 2 THEN CAST(CAST(x AS DECIMAL(38,2)) AS DECIMAL(38,9)) WHEN n = 1 THEN CAST(CAST(x AS DECIMAL(38,1)) AS DECIMAL(38,9)) WHEN n = 0 THEN CAST(CAST(x AS DECIMAL(38,0)) AS DECIMAL(38,9)) WHEN n > -29 THEN CAST(bq_to_step(bq_units(x), bq_ten(9 - n)) // 1000000000 AS DECIMAL(38,9)) WHEN n < 0 THEN 0 END AS DECIMAL(38,9))",
    "bq_cut_back(x, rounded, step) AS CAST(CASE WHEN abs(rounded) > abs(x) THEN rounded - sign(x) * step ELSE rounded END AS DECIMAL(38,9))",
    "bq_trunc_numeric(x, n) AS bq_cut_back(x, bq_round_numeric(x, n), CAST('1e' || -n AS DECIMAL(38,9)))",
    // (a * 10^9) / b in whole numbers, halves away from zero; what does not fit is an error.
    "bq_numeric_divide(a, b) AS CAST((bq_units(a) * CAST(2000000000 AS HUGEINT) + sign(bq_units(a)) * abs(bq_units(b))) // (bq_units(b) * 2) AS DECIMAL(29,0)) * CAST(0.000000001 AS DECIMAL(9,9))",
    "bq_pow(x, y, fail) AS CASE WHEN isfinite(x) AND isfinite(y) AND (x < 0 AND y <> trunc(y) OR x = 0 AND y < 0) THEN fail ELSE pow(x, y) END",
    "bq_shift_left(x, n) AS CAST(CASE WHEN ((CAST(x AS HUGEINT) * (CAST(1 AS HUGEINT) << CAST(n AS INTEGER))) & 18446744073709551615) > 9223372036854775807 THEN ((CAST(x AS HUGEINT) * (CAST(1 AS HUGEINT) << CAST(n AS INTEGER))) & 18446744073709551615) - 18446744073709551616 ELSE ((CAST(x AS HUGEINT) * (CAST(1 AS HUGEINT) << CAST(n AS INTEGER))) & 18446744073709551615) END AS BIGINT)",
    // BigQuery's place 0 is 1, and a place before the start is the start.
    "bq_substr(t, n) AS CASE WHEN n > 0 THEN substr(t, n) WHEN n = 0 THEN t WHEN -n >= length(t) THEN t ELSE right(t, -n) END",
    // Occurrences may overlap; those before place -1 are found from the end.
    "bq_instr(t, p, n, k, fail) AS CASE WHEN t IS NULL OR p IS NULL OR n IS NULL OR k IS NULL THEN NULL WHEN n = 0 OR k < 1 THEN fail WHEN p = '' THEN 0 WHEN n > 0 THEN coalesce(list_filter(range(n, length(t) - length(p) + 2), lambda i: substr(t, i, length(p)) = p)[k], 0) ELSE coalesce(list_reverse(list_filter(range(1, least(length(t) + n + 2, length(t) - length(p) + 2)), lambda i: substr(t, i, length(p)) = p))[k], 0) END",
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
