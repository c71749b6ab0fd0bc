//! The catalogue against the framework's values, and what must hold for every indicator of it.

use std::collections::{BTreeMap, BTreeSet};

use algomosaic_core::{ParamKind, Params, Value};

use crate::{Draw, Group, Indicator, Input, Memory, Output, Scale, find};

/// Every indicator that reads numbers. Those that read texts and times are tested where such columns are, in `features`.
fn catalogue() -> Vec<&'static Indicator> {
    let numeric = |input: &Input| !matches!(input, Input::Equals(..) | Input::TimePart(_));
    crate::catalogue().iter().copied().filter(|indicator| indicator.inputs.iter().all(numeric)).collect()
}

type Table = BTreeMap<String, Vec<f64>>;

/// A golden CSV file by columns; an empty cell is NaN.
fn read(file: &str) -> Table {
    let path = format!("{}/../../tests/golden/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let mut table: Table = header.iter().skip(1).map(|name| ((*name).to_owned(), Vec::new())).collect();
    for line in lines {
        for (name, cell) in header.iter().zip(line.split(',')).skip(1) {
            table.get_mut(*name).unwrap().push(if cell.is_empty() { f64::NAN } else { cell.parse().unwrap() });
        }
    }
    table
}

/// The first 1,500 bars and the framework's columns of them. Volume keeps all its digits in the file of bars only.
fn golden() -> (Table, Table) {
    let expected = read("algom_features_AAPL.csv");
    let mut bars = read("AAPL_daily.csv");
    for series in bars.values_mut() {
        series.truncate(1500);
    }
    // The numbers of bars that a moving average of variable period reads.
    bars.insert("periods".to_owned(), (0..1500_u32).map(|t| f64::from(2 + t * 7 % 29)).collect());
    (bars, expected)
}

fn given(text: &str) -> BTreeMap<String, Value> {
    text.split_whitespace()
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap();
            let value = value.parse().map_or_else(|_| Value::Text(value.to_owned()), Value::Int);
            (name.to_owned(), value)
        })
        .collect()
}

fn run(indicator: &Indicator, bars: &Table, params: &Params) -> Vec<Vec<f64>> {
    // These two are defined from -1 to 1 only, where prices and volumes are not.
    let scale = if ["ta.acos", "ta.asin"].contains(&indicator.id) { 1e-10 } else { 1.0 };
    let inputs: Vec<Vec<f64>> =
        indicator.input_columns(params).iter().map(|name| bars[*name].iter().map(|x| x * scale).collect()).collect();
    let inputs: Vec<&[f64]> = inputs.iter().map(Vec::as_slice).collect();
    indicator.compute(&inputs, params).unwrap()
}

fn same(a: f64, b: f64, tolerance: f64) -> bool {
    a.is_nan() && b.is_nan() || a == b || (a - b).abs() <= tolerance * a.abs().max(b.abs())
}

/// Computes the entry and compares every column that the golden file has with it.
fn check(id: &str, params: &str, columns: &str) {
    check_by(|a, b| same(a, b, 1e-9), id, params, columns);
}

/// The same with 1e-9 of 1 as the least tolerance. pandas' running moments drift, which shows in small deviations and in
/// differences of them: `a_deviation_is_exact_where_the_framework_drifts` holds that the drift is the file's.
fn check_near(id: &str, params: &str, columns: &str) {
    check_by(|a, b| same(a, b, 1e-9) || (a - b).abs() <= 1e-9, id, params, columns);
}

fn check_by(equal: impl Fn(f64, f64) -> bool, id: &str, params: &str, columns: &str) {
    let (bars, expected) = golden();
    let indicator = find(id).unwrap();
    let params = indicator.check(&given(params)).unwrap();
    let names = indicator.output_columns(&params);
    assert_eq!(names.join(" "), columns);
    let ahead = usize::try_from((indicator.looks_ahead)(&params)).unwrap();
    for (name, values) in names.iter().zip(run(indicator, &bars, &params)) {
        let expected = expected.get(name).unwrap_or_else(|| panic!("the golden file has no {name}"));
        for t in 0..values.len() - ahead {
            let wanted = if expected[t].is_finite() { expected[t] } else { f64::NAN };
            assert!(
                equal(values[t], wanted),
                "{name} at row {t} is {}, but the framework gives {}",
                values[t],
                expected[t]
            );
        }
        let first = values.iter().position(|v| !v.is_nan()).unwrap();
        assert!(first <= (indicator.look_back)(&params), "{name} is defined from {first} on");
    }
}

#[test]
fn a_deviation_is_exact_where_the_framework_drifts() {
    let (bars, _) = golden();
    let std = find("algom.std").unwrap();
    let values = &run(std, &bars, &std.check(&given("n=5")).unwrap())[0];
    // Rational arithmetic over the decimal prices, Python 3 fractions and decimal with 40 digits.
    assert!(same(values[766], 0.042_778_499_272_414_87, 1e-11), "{}", values[766]);
    assert!(same(values[756], 0.049_295_030_175_464_95, 1e-11), "{}", values[756]);
}

#[test]
fn averages_are_those_of_the_framework() {
    check("algom.sma", "n=10", "SMA_10");
    check("algom.ema", "n=3", "EMA_3");
    check("algom.ema", "n=20", "EMA_20");
    check("algom.ema", "n=20 column=volume", "EMA_volume_20");
    check("algom.ema", "n=3 column=volume", "EMA_volume_3");
    check("algom.macd", "", "MACD_12_26 MACDsign_12_26 MACDdiff_12_26");
    check("algom.macd", "fast=10 slow=20", "MACD_10_20 MACDsign_10_20 MACDdiff_10_20");
    check("algom.trix", "n=15", "Trix_15");
}

#[test]
fn returns_are_those_of_the_framework() {
    check("algom.momentum", "n=5", "Momentum_5");
    check("algom.roc", "n=5", "ROC_close_5");
    check("algom.roc", "n=10 column=volume", "ROC_volume_10");
    check("algom.ror", "n=1", "ROR_1");
    check("algom.ror", "n=10", "ROR_10");
    check("algom.ror", "n=-1", "ROR_n1");
    check("algom.ror", "n=-10", "ROR_n10");
    check("algom.aror", "n=1", "AROR_1");
    check("algom.aror", "n=50", "AROR_50");
    check("algom.aror", "n=10 column=volume", "AROR_volume_10");
}

#[test]
fn ranges_are_those_of_the_framework() {
    check("algom.atr", "n=5", "ATR_5");
    check("algom.atr", "n=20", "ATR_20");
    check_near("algom.bollinger", "n=5", "BollingerB_5 Bollinger_pct_b_5");
    check_near("algom.bollinger", "n=20", "BollingerB_20 Bollinger_pct_b_20");
    check("algom.pivot_points", "", "PP R1 S1 R2 S2 R3 S3");
    check("algom.mass_index", "", "Mass_Index_9_25");
    check("algom.keltner", "n=20", "KelChM_20 KelChU_20 KelChD_20");
}

#[test]
fn oscillators_are_those_of_the_framework() {
    check("algom.stochastic_k", "", "SO_pct_k");
    check("algom.stochastic_ema", "", "SO_EMA_nK14_nS2 SO_EMA_nD3_nS2");
    check("algom.stochastic_sma", "", "SO_pct_k_14 SO_SMA_3");
    check("algom.rsi", "n=14", "RSI_14");
    check("algom.rsi", "n=50", "RSI_50");
    check("algom.vortex", "n=14", "Vortex_14");
    check("algom.ultimate_osc", "", "Ultimate_Osc_7_14_28");
}

#[test]
fn volume_indicators_are_those_of_the_framework() {
    check("algom.acc_dist_roc", "n=5", "Acc_Dist_ROC_5");
    check("algom.acc_dist_roc", "n=10", "Acc_Dist_ROC_10");
    check("algom.mfi", "n=14", "MFI_14");
    check("algom.ob_volume", "n=10", "OB_Volume_10");
    check("algom.force", "n=13", "Force_13");
    check("algom.eom", "n=14", "EoM_14");
}

#[test]
fn adx_is_that_of_the_framework_a_bar_later_so_that_it_reads_no_later_bar() {
    let (bars, expected) = golden();
    let adx = find("algom.adx").unwrap();
    for (params, name) in [("n=14 m=14", "ADX_14_14"), ("n=7 m=10", "ADX_7_10")] {
        let params = adx.check(&given(params)).unwrap();
        assert_eq!(adx.output_columns(&params), [name]);
        let values = &run(adx, &bars, &params)[0];
        for t in 1..1500 {
            assert!(same(values[t], expected[name][t - 1], 1e-9), "{name} at row {t}");
        }
    }
}

#[test]
fn rolling_windows_are_those_of_the_framework() {
    check_near("algom.std", "n=5", "STD_5");
    check("algom.std", "n=20", "STD_20");
    for n in [5, 20] {
        check("algom.max", &format!("n={n}"), &format!("MAX_{n}"));
        check("algom.min", &format!("n={n}"), &format!("MIN_{n}"));
        check("algom.median", &format!("n={n}"), &format!("MEDIAN_{n}"));
    }
    check("algom.std", "n=20 column=volume", "STD_volume_20");
    check_near("algom.kurtosis", "n=20", "SM_KURT_close_20");
    check_near("algom.skewness", "n=20", "SM_SKEW_close_20");
}

#[test]
fn transforms_are_those_of_the_framework() {
    check("transform.lag", "n=3", "LAG3_close");
    check("transform.diff", "column=high column2=low", "DIFF_high_low");
    check("transform.diff", "n=3", "DIFF_close_close_3");
    check("transform.ratio", "column=high shift=1 column2=low n=1", "RATIO_high_1_low_1");
    check("transform.ratio", "n=5", "RATIO_close_close_5");
    check("transform.log_ratio", "column=high column2=low", "RATIO_LOG_high_low");
    check("transform.roc", "column=close column2=open n=1", "ROC_close_open_1");
}

/// Parameters that the rules allow: the defaults, or where these are refused, `n = 1`.
fn usable(indicator: &Indicator) -> Params {
    indicator.check(&BTreeMap::new()).or_else(|_| indicator.check(&given("n=1"))).unwrap()
}

/// A few other values for a parameter, some of them looking ahead.
fn others(indicator: &Indicator, params: &Params) -> Vec<(&'static str, Params)> {
    let mut found = Vec::new();
    for param in indicator.params {
        let values: Vec<Value> = match param.kind {
            ParamKind::Int { min, .. } => {
                let now = params.int(param.name);
                [now + 1, now + 3, now - 1, min.max(-3)].map(Value::Int).to_vec()
            }
            ParamKind::Column { .. } => ["open", "volume", "high"].map(|name| Value::Text(name.to_owned())).to_vec(),
            ParamKind::Float { default, min, max } => {
                let near = [default * 1.5 + 0.1, default * 0.5, default + 20.0, default - 20.0];
                near.into_iter().filter(|v| (min..=max).contains(v)).map(Value::Float).collect()
            }
            ParamKind::Choice { options, .. } => {
                options.iter().map(|(name, _)| Value::Text((*name).to_owned())).collect()
            }
            ParamKind::Bool { default } => vec![Value::Bool(!default)],
            ParamKind::Text { .. } => vec![Value::Text("x".to_owned())],
        };
        for value in values {
            let mut given = params.values().clone();
            given.retain(|_, value| *value != Value::Text(String::new()));
            given.insert(param.name.to_owned(), value);
            if let Ok(params) = indicator.check(&given) {
                found.push((param.name, params));
            }
        }
    }
    found
}

#[test]
fn ids_are_unique_and_found() {
    let ids: BTreeSet<&str> = crate::catalogue().iter().map(|indicator| indicator.id).collect();
    assert_eq!(ids.len(), crate::catalogue().len());
    for indicator in crate::catalogue() {
        assert_eq!(find(indicator.id).map(|found| found.label), Some(indicator.label));
        assert!(!indicator.help.is_empty() && !indicator.formula.is_empty() && !indicator.source.is_empty());
    }
}

/// Bars of few prices, in which even rare candle patterns are found.
fn few_prices(rows: usize) -> Table {
    let mut state = 7_u64;
    let mut draw = move |sides: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % sides
    };
    let mut bars: Table = ["open", "high", "low", "close"].iter().map(|name| ((*name).to_owned(), vec![])).collect();
    let (mut close, mut sign, mut size) = (0.0, 1.0, 3);
    for t in 0..rows {
        // By turns sizes that keep and sizes that change, in moves that hold their direction or not.
        let keeps = t / 1000 % 2 == 0;
        if keeps || draw(10) < 3 {
            sign = if draw(2) == 0 { -sign } else { sign };
        }
        size = match draw(10) {
            _ if keeps => 8,
            0..3 => 1 << draw(5),
            3..6 => (size / 2).max(1),
            _ => size,
        };
        let gap = if draw(5) < 2 { 0 } else { draw(3 * size + 1) };
        let upper = if draw(3) < 2 { 0 } else { draw(3 * size + 1) };
        let lower = if draw(3) < 2 { 0 } else { draw(3 * size + 1) };
        let open = close + gap as f64 - if gap > 0 { (3 * size / 2) as f64 } else { 0.0 };
        close = open + sign * draw(2 * size + 1) as f64;
        let (high, low) = (open.max(close) + upper as f64, open.min(close) - lower as f64);
        for (name, price) in [("open", open), ("high", high), ("low", low), ("close", close)] {
            bars.get_mut(name).unwrap().push(price);
        }
    }
    bars
}

#[test]
fn every_parameter_moves_an_output() {
    let (bars, _) = golden();
    let patterns = few_prices(600_000);
    let mut idle = Vec::new();
    for indicator in catalogue() {
        let params = usable(indicator);
        let more = (indicator.group == Group::Patterns).then_some(&patterns);
        let samples: Vec<&Table> = [Some(&bars), more].into_iter().flatten().collect();
        let before: Vec<_> = samples.iter().map(|bars| run(indicator, bars, &params)).collect();
        let others = others(indicator, &params);
        // TA-Lib takes the deviations of a variance and does not use them.
        for param in indicator.params.iter().filter(|param| (indicator.id, param.name) != ("ta.var", "nbdev")) {
            let moves = samples.iter().zip(&before).any(|(bars, before)| {
                others.iter().filter(|(name, _)| *name == param.name).any(|(_, other)| {
                    let after = run(indicator, bars, other);
                    before.iter().flatten().zip(after.iter().flatten()).any(|(a, b)| !same(*a, *b, 1e-12))
                })
            });
            if !moves {
                idle.push(format!("{} of {}", param.name, indicator.id));
            }
        }
    }
    assert!(idle.is_empty(), "these move nothing: {idle:?}");
}

#[test]
fn sets_of_parameters_together_give_what_each_gives_alone() {
    let (mut bars, _) = golden();
    for (name, t, value) in [("close", 700, f64::NAN), ("close", 900, 0.0), ("high", 1_000, f64::INFINITY)] {
        bars.get_mut(name).unwrap()[t] = value;
    }
    for indicator in catalogue() {
        let own = usable(indicator);
        let columns = indicator.input_columns(&own);
        let others = others(indicator, &own).into_iter().map(|(_, params)| params);
        let sets: Vec<Params> =
            others.filter(|set| indicator.input_columns(set) == columns).chain([own.clone()]).collect();
        let inputs: Vec<&[f64]> = columns.iter().map(|name| bars[*name].as_slice()).collect();
        let mut together = vec![vec![1.0]; sets.len() * indicator.outputs.len()];
        let undefined = indicator.append(&inputs, &sets.iter().collect::<Vec<_>>(), &mut together).unwrap();
        let alone = sets.iter().flat_map(|set| indicator.compute(&inputs, set).unwrap());
        for ((together, alone), undefined) in together.iter().zip(alone).zip(undefined) {
            let same = |(a, b): (&f64, &f64)| a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan();
            assert!(together.len() == 1_501 && together[1..].iter().zip(&alone).all(same), "{}", indicator.id);
            assert_eq!(undefined, alone.iter().filter(|value| value.is_nan()).count(), "{}", indicator.id);
        }
    }
}

#[test]
fn every_name_tells_its_parameters() {
    for indicator in catalogue() {
        let params = usable(indicator);
        for param in indicator.params {
            let others = others(indicator, &params);
            let mut others = others.into_iter().filter(|(name, _)| *name == param.name);
            assert!(
                others.any(|(_, other)| indicator.output_columns(&other) != indicator.output_columns(&params)),
                "{} of {} is not in the name",
                param.name,
                indicator.id
            );
        }
    }
}

#[test]
fn earlier_values_stay_when_later_bars_arrive() {
    let (bars, _) = golden();
    for indicator in catalogue() {
        let params = usable(indicator);
        let mut sets = others(indicator, &params);
        sets.push(("default", params));
        for (_, params) in sets {
            let whole = run(indicator, &bars, &params);
            let ahead = usize::try_from((indicator.looks_ahead)(&params)).unwrap();
            for rows in [1, 2, 5, 40, 333, 1499] {
                let cut: Table = bars.iter().map(|(name, x)| (name.clone(), x[..rows].to_vec())).collect();
                for (short, long) in run(indicator, &cut, &params).iter().zip(&whole) {
                    for t in 0..rows.saturating_sub(ahead) {
                        assert!(same(short[t], long[t], 0.0), "{} changes at row {t} of {rows}", indicator.id);
                    }
                    assert!(short[rows.saturating_sub(ahead)..].iter().all(|v| v.is_nan()), "{}", indicator.id);
                }
            }
        }
    }
}

#[test]
fn values_start_after_the_look_back() {
    let (bars, _) = golden();
    for indicator in catalogue() {
        let params = usable(indicator);
        let outputs = run(indicator, &bars, &params);
        // Trix has a 0 before its warm-up, so the last gap counts and not the first value.
        let starts = outputs.iter().map(|values| values[..100].iter().rposition(|v| v.is_nan()).map_or(0, |t| t + 1));
        let first = starts.max();
        assert_eq!(first, Some((indicator.look_back)(&params)), "{}", indicator.id);
    }
}

#[test]
fn awkward_bars_give_values_or_nothing_and_never_stop() {
    let (bars, _) = golden();
    let constant =
        |rows: usize, value: f64| -> Table { bars.keys().map(|name| (name.clone(), vec![value; rows])).collect() };
    let mut cases: Vec<Table> =
        (0..6).map(|rows| bars.iter().map(|(name, x)| (name.clone(), x[..rows].to_vec())).collect()).collect();
    cases.extend([
        constant(200, 7.0),
        constant(200, 0.0),
        constant(200, -1.0),
        constant(200, f64::NAN),
        constant(50, 1e300),
    ]);
    let mut no_volume = bars.clone();
    no_volume.insert("volume".to_owned(), vec![0.0; 1500]);
    cases.push(no_volume);
    for indicator in catalogue() {
        let params = usable(indicator);
        let mut sets = others(indicator, &params);
        sets.push(("default", params));
        for (_, params) in &sets {
            for case in &cases {
                let rows = case["close"].len();
                for values in run(indicator, case, params) {
                    assert_eq!(values.len(), rows);
                    assert!(indicator.family() == "ta" || values.iter().all(|v| v.is_nan() || v.is_finite()));
                }
            }
        }
    }
}

#[test]
fn a_constant_has_no_deviation_at_all() {
    let bars: Table = BTreeMap::from([("close".to_owned(), vec![0.1; 100])]);
    let std = find("algom.std").unwrap();
    let values = run(std, &bars, &usable(std));
    assert!(values[0][19..].iter().all(|v| *v == 0.0));
}

#[test]
fn a_missing_bar_leaves_a_hole_that_closes_again() {
    let (bars, _) = golden();
    let hole = 300;
    let mut holed = bars.clone();
    for series in holed.values_mut() {
        series[hole] = f64::NAN;
    }
    for indicator in catalogue().iter().filter(|indicator| indicator.family() != "ta") {
        let params = usable(indicator);
        let (before, after) = (run(indicator, &bars, &params), run(indicator, &holed, &params));
        for (whole, holed) in before.iter().zip(&after) {
            assert!((0..hole).all(|t| same(whole[t], holed[t], 0.0)), "{}", indicator.id);
            let recovered = hole + (indicator.look_back)(&params) + 2;
            let defined = (recovered..1500).all(|t| whole[t].is_nan() || !holed[t].is_nan());
            assert!(defined, "{} does not recover", indicator.id);
            assert!(
                holed[hole].is_nan() || indicator.id == "transform.lag",
                "{} sees a bar that is not there",
                indicator.id
            );
        }
    }
}

#[test]
fn what_breaks_a_rule_over_several_parameters_is_refused() {
    for (id, params, message) in [
        ("algom.macd", "fast=30 slow=20", "fast must be less than slow, but they are 30 and 20"),
        ("algom.ror", "n=0", "n must not be 0: a bar has no return over itself"),
        ("algom.roc", "n=1", "n must be between 2 and 100000, but is 1"),
        ("algom.ema", "span=3", "there is no parameter span here; there are column, n"),
    ] {
        assert_eq!(find(id).unwrap().check(&given(params)).unwrap_err().to_string(), message);
    }
}

#[test]
fn rolling_values_hold_their_precision_after_a_large_outlier() {
    let mut close: Vec<f64> = (0..10_000).map(|t| f64::from(t % 7) * 1e-3 + 1.0).collect();
    close[100] = 1e15;
    let bars: Table = BTreeMap::from([("close".to_owned(), close)]);
    let mean = find("algom.sma").unwrap();
    let values = run(mean, &bars, &mean.check(&given("n=7")).unwrap());
    // 1 + (0 + 1 + ... + 6) / 7 thousandths.
    assert!(values[0][200..].iter().all(|v| same(*v, 1.003, 1e-14)));
}

#[test]
fn what_has_left_the_window_leaves_no_trace() {
    let (bars, _) = golden();
    let mut jumped = bars.clone();
    for series in jumped.values_mut() {
        series[300] *= 1e12;
    }
    let windows = |indicator: &&&Indicator| indicator.family() != "ta" && matches!(indicator.memory, Memory::Window);
    for indicator in catalogue().iter().filter(windows) {
        let params = usable(indicator);
        let first = 301 + (indicator.look_back)(&params);
        for (before, after) in run(indicator, &bars, &params).iter().zip(run(indicator, &jumped, &params)) {
            assert!((first..1_500).all(|t| same(before[t], after[t], 0.0)), "{} remembers", indicator.id);
        }
    }
}

#[test]
fn an_infinite_value_is_as_good_as_none() {
    let mut close = vec![1.0; 50];
    close[10] = f64::INFINITY;
    let bars: Table = BTreeMap::from([("close".to_owned(), close)]);
    for id in ["algom.ema", "algom.sma", "algom.std", "algom.median"] {
        let indicator = find(id).unwrap();
        let values = run(indicator, &bars, &indicator.check(&given("n=5")).unwrap());
        assert!(values[0][10].is_nan() && !values[0][16].is_nan(), "{id}");
    }
}

#[test]
fn ranks_and_correlations_are_those_of_pandas() {
    // pandas 3.0 documentation of Rolling.rank, and [1, 4, 2, 3, 5, 3].rolling(3).corr([2, 1, 4, 4, 3, 9]) by numpy 2.
    let x = vec![1.0, 4.0, 2.0, 3.0, 5.0, 3.0];
    let bars: Table =
        BTreeMap::from([("close".to_owned(), x), ("volume".to_owned(), vec![2.0, 1.0, 4.0, 4.0, 3.0, 9.0])]);
    for (id, expected) in [
        ("algom.rank", [2.0, 2.0, 3.0, 1.5]),
        ("algom.pct_rank", [2.0 / 3.0, 2.0 / 3.0, 1.0, 0.5]),
        ("algom.correlation", [-0.5, -0.866_025_403_784_438_7, -0.944_911_182_523_068, -0.628_618_557_093_712_2]),
    ] {
        let indicator = find(id).unwrap();
        let values = run(indicator, &bars, &indicator.check(&given("n=3")).unwrap());
        assert!(values[0][..2].iter().all(|v| v.is_nan()));
        for (value, wanted) in values[0][2..].iter().zip(expected) {
            assert!(same(*value, wanted, 1e-12), "{id}: {value} for {wanted}");
        }
    }
}

#[test]
fn the_know_sure_thing_is_prings() {
    // A series that grows by 1 % a bar: each rate is constant, 100 (1.01^r - 1), and so is its mean.
    let close: Vec<f64> = (0..60).map(|t| 1.01_f64.powi(t)).collect();
    let kst = find("algom.kst").unwrap();
    let values = run(kst, &BTreeMap::from([("close".to_owned(), close)]), &usable(kst));
    let rate = |r: i32| 100.0 * (1.01_f64.powi(r) - 1.0);
    let expected = rate(10) + 2.0 * rate(15) + 3.0 * rate(20) + 4.0 * rate(30);
    assert_eq!(values[0].iter().position(|v| !v.is_nan()), Some(44));
    assert!(values[0][44..].iter().all(|v| same(*v, expected, 1e-11)));
}

/// Days of prices, and the same with what sums and ratios of sums stumble over.
fn awkward_years() -> Vec<(&'static str, Table)> {
    let mut years = read("AAPL_daily.csv");
    let rows = years["close"].len();
    years.insert("periods".to_owned(), (0..rows).map(|t| (2 + t * 7 % 29) as f64).collect());
    let changed = |change: &dyn Fn(&mut Table)| {
        let mut years = years.clone();
        change(&mut years);
        years
    };
    let prices = ["open", "high", "low", "close"];
    let still = |years: &mut Table, from: usize, to: usize| {
        let price = years["close"][from];
        prices.iter().for_each(|name| years.get_mut(*name).unwrap()[from..to].fill(price));
    };
    vec![
        ("no volume", changed(&|years| years.get_mut("volume").unwrap().fill(0.0))),
        (
            "volume at times",
            changed(&|years| {
                let volume = years.get_mut("volume").unwrap().iter_mut().enumerate();
                volume.for_each(|(t, volume)| *volume = if t / 100 % 2 == 0 { 0.0 } else { *volume / 7.0 });
            }),
        ),
        ("prices at rest", changed(&|years| (200..rows - 90).step_by(250).for_each(|t| still(years, t, t + 90)))),
        ("prices at rest for long", changed(&|years| still(years, 1_200, 2_700))),
        (
            "one price a bar at times",
            changed(&|years| {
                let close = years["close"].clone();
                for (t, close) in close.iter().enumerate().filter(|(t, _)| t / 100 % 2 == 0) {
                    prices.iter().for_each(|name| years.get_mut(*name).unwrap()[t] = *close);
                }
            }),
        ),
        ("a tenth", changed(&|years| years.values_mut().for_each(|series| series.fill(0.1)))),
        ("a hole", changed(&|years| years.values_mut().for_each(|series| series[700] = f64::NAN))),
        ("a late hole", changed(&|years| years.values_mut().for_each(|series| series[rows - 150] = f64::NAN))),
        ("a head without values", changed(&|years| years.get_mut("close").unwrap()[..50].fill(f64::NAN))),
        ("years", years),
    ]
}

/// What an incremental run relies on: bars beyond the memory do not matter.
#[test]
fn values_need_no_bars_beyond_the_memory() {
    let cases = awkward_years();
    for indicator in catalogue() {
        let params = usable(indicator);
        let mut sets = if indicator.family() == "ta" { others(indicator, &params) } else { Vec::new() };
        sets.push(("default", params));
        for (_, params) in sets {
            let beyond = match indicator.memory {
                Memory::Window => Some(0),
                Memory::Beyond(bars) => Some(bars(&params)),
                Memory::Unbroken(bars) => bars(&params),
                Memory::Path => None,
            };
            let Some(memory) = beyond.map(|bars| bars + (indicator.look_back)(&params)) else { continue };
            for (case, bars) in &cases {
                let whole = run(indicator, bars, &params);
                let columns = indicator.input_columns(&params);
                // Means carry the rounding of what they are means of.
                let read = columns.iter().flat_map(|name| &bars[*name]).filter(|x| x.is_finite());
                let read = read.fold(0.0_f64, |size, x| size.max(x.abs()));
                let rows = bars["close"].len();
                for row in [1_310, 2_000, 2_720, rows - 200, rows - 100].into_iter().filter(|row| *row > memory) {
                    let from = match indicator.memory {
                        Memory::Beyond(_) | Memory::Unbroken(_) => {
                            columns.iter().map(|name| Memory::first_bar(&bars[*name], row, memory)).min().unwrap()
                        }
                        _ => row - memory,
                    };
                    let end = row + 60;
                    let part = bars.iter().map(|(name, x)| (name.clone(), x[from..end].to_vec())).collect();
                    for (whole, part) in whole.iter().zip(run(indicator, &part, &params)) {
                        let size = whole.iter().filter(|v| v.is_finite()).fold(read, |size, v| size.max(v.abs()));
                        for t in row..end {
                            let (a, b) = (whole[t], part[t - from]);
                            let equal = same(a, b, 1e-11) || (a - b).abs() <= 1e-12 * size;
                            assert!(equal, "{} of {case} at {t} from {from}: {b} for {a}", indicator.id);
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn the_first_bar_of_a_memory_counts_moves_and_no_bar_without_one() {
    let moving: Vec<f64> = (0..2_000).map(f64::from).collect();
    let with = |change: &dyn Fn(&mut Vec<f64>)| {
        let mut series = moving.clone();
        change(&mut series);
        series
    };
    for (what, series, row, bars, first) in [
        ("moves", moving.clone(), 1_500, 20, 1_480),
        ("no memory", moving.clone(), 1_500, 0, 1_500),
        ("more than there is", moving.clone(), 10, 20, 0),
        ("a rest", with(&|x| x[1_400..1_500].fill(7.0)), 1_500, 20, 1_381),
        ("a long rest", with(&|x| x[800..1_500].fill(7.0)), 1_500, 20, 0),
        ("a hole", with(&|x| x[100] = f64::NAN), 1_500, 20, 0),
        ("a hole that is new", with(&|x| x[1_900] = f64::INFINITY), 1_500, 20, 0),
        ("a head without values", with(&|x| x[..100].fill(f64::NAN)), 1_500, 20, 1_480),
    ] {
        assert_eq!(Memory::first_bar(&series, row, bars), first, "{what}");
    }
}

#[test]
fn what_lies_over_the_candles_moves_with_the_prices_and_nothing_else_does() {
    let (bars, _) = golden();
    let mut moved = bars.clone();
    for name in ["open", "high", "low", "close"] {
        moved.get_mut(name).unwrap().iter_mut().for_each(|price| *price = 3.0 * *price + 100.0);
    }
    // Prices all the same, but their distance from the bar hangs on ratios of prices or on a cycle's length.
    let bent = ["ta.accbands", "ta.ht_trendline", "ta.mama"];
    for indicator in catalogue() {
        let params = usable(indicator);
        let (before, after) = (run(indicator, &bars, &params), run(indicator, &moved, &params));
        for ((output, before), after) in indicator.outputs.iter().zip(&before).zip(&after) {
            let values: Vec<_> = before.iter().zip(after).filter(|(before, _)| !before.is_nan()).collect();
            let moves =
                !values.is_empty() && values.iter().all(|(before, after)| same(3.0 * **before + 100.0, **after, 1e-6));
            let expected = moves || bent.contains(&indicator.id);
            assert_eq!(indicator.lies_over(output), expected, "{} of {}", output.name, indicator.id);
        }
    }
}

#[test]
fn outputs_that_share_a_pane_can_be_told_from_a_flat_line() {
    let (bars, _) = golden();
    for indicator in catalogue() {
        let found = run(indicator, &bars, &usable(indicator));
        let shares = |output: &&Output| {
            output.scale == Scale::Shared && output.draw != Draw::Marks && !indicator.lies_over(output)
        };
        let defined = |values: &[f64]| values.iter().copied().filter(|value| value.is_finite()).collect::<Vec<_>>();
        let ends = |values: &[f64]| {
            values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(*v), high.max(*v)))
        };
        let sharing: Vec<(&str, Vec<f64>)> = indicator
            .outputs
            .iter()
            .zip(&found)
            .filter(|(output, _)| shares(output))
            .map(|(output, values)| (output.name, defined(values)))
            .collect();
        let (low, high) = ends(&sharing.iter().flat_map(|(_, values)| values.clone()).collect::<Vec<_>>());
        for (name, values) in &sharing {
            let (least, most) = ends(values);
            assert!(least == most || most - least > 0.05 * (high - low), "{name} of {} is flat", indicator.id);
        }
    }
}
