//! Recipes over real bars: values of the framework, tickers kept apart, labels marked, mistakes named.

use std::collections::BTreeMap;

use algomosaic_core::{Job, Problem};
use polars::prelude::{Column, DataFrame, DataType, IdxSize, IntoColumn, NamedFrom, Series, TimeUnit, TimeZone};

use super::*;

const DAY: i64 = 86_400_000_000;

fn read(file: &str) -> BTreeMap<String, Vec<f64>> {
    let path = format!("{}/../../tests/golden/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let mut table: BTreeMap<String, Vec<f64>> = header.iter().skip(1).map(|n| ((*n).to_owned(), Vec::new())).collect();
    for line in lines {
        for (name, cell) in header.iter().zip(line.split(',')).skip(1) {
            table.get_mut(*name).unwrap().push(if cell.is_empty() { f64::NAN } else { cell.parse().unwrap() });
        }
    }
    table
}

/// Bars of a ticker, prices times `factor`; the times are as many days as rows, since only their order matters.
fn bars(ticker: &str, factor: f64, rows: usize) -> DataFrame {
    let table = read("AAPL_daily.csv");
    let days: Vec<i64> = (0..rows).map(|t| i64::try_from(t).unwrap() * DAY).collect();
    let times = Series::new("ticker_time".into(), days)
        .cast(&DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC)))
        .unwrap();
    let mut columns: Vec<Column> =
        vec![times.into_column(), Series::new("ticker".into(), vec![ticker; rows]).into_column()];
    for name in ["open", "high", "low", "close", "volume"] {
        let by = if name == "volume" { 1.0 } else { factor };
        let values: Vec<f64> = table[name][..rows].iter().map(|v| v * by).collect();
        columns.push(Series::new(name.into(), values).into_column());
    }
    DataFrame::new(rows, columns).unwrap()
}

fn of(frame: DataFrame) -> FeatureFrame {
    FeatureFrame { frame, labels: BTreeMap::new() }
}

fn aapl(rows: usize) -> FeatureFrame {
    of(bars("AAPL", 1.0, rows))
}

fn values(frame: &DataFrame, name: &str) -> Vec<Option<f64>> {
    frame.column(name).unwrap_or_else(|e| panic!("{e}")).f64().unwrap().iter().collect()
}

fn recipe(entries: &str) -> Recipe {
    Recipe::from_toml(&format!("name = \"test\"\n{entries}")).unwrap()
}

fn run(entries: &str, bars: &FeatureFrame) -> Result<FeatureFrame, Error> {
    compute(&recipe(entries), bars, &Job::new())
}

/// The sentence of whatever is wrong with the recipe, over 60 bars.
fn message(entries: &str) -> String {
    match Recipe::from_toml(&format!("name = \"test\"\n{entries}")).and_then(|r| compute(&r, &aapl(60), &Job::new())) {
        Ok(_) => panic!("{entries} passes"),
        Err(e) => {
            let sentence = e.to_string();
            assert!(!Problem::from(e).hint.is_empty());
            sentence
        }
    }
}

fn momentum() -> Recipe {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../data/sample/recipes/momentum.toml");
    Recipe::from_toml(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn a_recipe_gives_the_columns_of_the_framework() {
    let expected = read("algom_features_AAPL.csv");
    let recipe = r#"
        [[feature]]
        indicator = "algom.aror"
        n = [1, 10, 50]
        [[feature]]
        indicator = "algom.ema"
        column = ["close", "volume"]
        n = [3, 20]
        [[feature]]
        indicator = "algom.macd"
        [[feature]]
        transform = "lag"
        column = "close"
        n = 3
        [[feature]]
        transform = "ratio"
        column = "high"
        shift = 1
        column2 = "low"
        n = 1
        [[feature]]
        sql = "high - low"
        as = "DIFF_high_low"
        [[label]]
        indicator = "algom.ror"
        n = [-1, -10]
    "#;
    let result = run(recipe, &aapl(1500)).unwrap();
    let names = "AROR_1 AROR_10 AROR_50 EMA_3 EMA_20 EMA_volume_3 EMA_volume_20 MACD_12_26 MACDsign_12_26 \
                 MACDdiff_12_26 LAG3_close RATIO_high_1_low_1 DIFF_high_low ROR_n1 ROR_n10";
    let made: Vec<&str> = result.frame.get_column_names().iter().skip(7).map(|name| name.as_str()).collect();
    assert_eq!(made.join(" "), names);
    for name in names.split(' ') {
        for (t, value) in values(&result.frame, name).into_iter().enumerate().take(1490) {
            let wanted = expected[name][t];
            match value {
                None => assert!(wanted.is_nan(), "{name} at row {t} is NULL, but the framework gives {wanted}"),
                Some(v) => assert!((v - wanted).abs() <= 1e-9 * wanted.abs(), "{name} at row {t}: {v}, not {wanted}"),
            }
        }
    }
    assert_eq!(result.labels, BTreeMap::from([("ROR_n1".to_owned(), 1), ("ROR_n10".to_owned(), 10)]));
    assert_eq!(values(&result.frame, "ROR_n10")[1490..], [None; 10]);
}

#[test]
fn rows_in_any_order_and_other_tickers_change_nothing() {
    let rows = 200;
    let both = bars("MSFT", 3.0, rows).vstack(&bars("AAPL", 1.0, rows)).unwrap();
    // 7 has no factor in common with 400, so this visits every row once.
    let order: Vec<IdxSize> = (0..400_u32).map(|t| (t * 7 + 3) % 400).collect();
    let shuffled = crate::bars::take(&both, order).unwrap();
    let together = compute(&momentum(), &of(shuffled), &Job::new()).unwrap();
    for (place, ticker, factor) in [(0, "AAPL", 1.0), (200, "MSFT", 3.0)] {
        let alone = compute(&momentum(), &of(bars(ticker, factor, rows)), &Job::new()).unwrap();
        assert!(together.frame.slice(place, rows).equals_missing(&alone.frame), "{ticker}");
    }
}

#[test]
fn the_sample_recipe_has_between_30_and_40_features_and_one_label() {
    let columns = momentum().columns().unwrap();
    let features: Vec<&str> = columns.iter().filter(|c| !c.is_label).map(|c| c.name.as_str()).collect();
    assert!((30..=40).contains(&features.len()), "{}", features.len());
    assert!(features.contains(&"LAG1_AROR_6") && features.contains(&"AROR_12") && features.contains(&"RSI_28"));
    let labels: Vec<&PlannedColumn> = columns.iter().filter(|c| c.is_label).collect();
    assert_eq!((labels.len(), labels[0].name.as_str(), labels[0].horizon), (1, "ROR_n10", 10));
    let result = compute(&momentum(), &aapl(300), &Job::new()).unwrap();
    for column in &columns {
        let values = values(&result.frame, &column.name);
        assert!(values[column.warm_up..290].iter().all(Option::is_some), "{} has gaps", column.name);
        assert!(values.iter().position(Option::is_some) <= Some(column.warm_up), "{}", column.name);
    }
}

#[test]
fn marks_of_labels_travel_and_carry_over() {
    let entries = r#"
        [[label]]
        indicator = "algom.ror"
        n = -10
        [[label]]
        transform = "lag"
        column = "ROR_n10"
        n = -2
        as = "later"
        [[label]]
        sql = "ror_n10 > 0"
        as = "rises"
    "#;
    let result = run(entries, &aapl(50)).unwrap();
    let expected = [("ROR_n10", 10), ("later", 12), ("rises", 10)];
    assert_eq!(result.labels, expected.map(|(name, horizon)| (name.to_owned(), horizon)).into());
    assert_eq!(values(&result.frame, "rises")[39..41].iter().map(Option::is_some).collect::<Vec<_>>(), [true, false]);
    // On the result, a feature of a label is refused, as it is within one recipe.
    let again = run("[[feature]]\ntransform = \"lag\"\ncolumn = \"ROR_n10\"\nn = 3", &result);
    let expected = "feature 1 (lag): the column LAG3_ROR_n10 reads 10 later bars, so it belongs under [[label]] and not [[feature]]";
    assert_eq!(again.unwrap_err().to_string(), expected);
    let kept = run("[[feature]]\nindicator = \"algom.sma\"", &result).unwrap();
    assert_eq!(kept.labels, result.labels);
}

#[test]
fn a_label_that_reads_no_later_bar_is_refused() {
    for (entry, name) in [
        ("indicator = \"algom.ror\"\nn = 10", "ROR_10"),
        ("sql = \"close > open\"\nas = \"rose\"", "rose"),
        ("transform = \"lag\"\ncolumn = \"close\"\nn = 3", "LAG3_close"),
    ] {
        let refused = run(&format!("[[label]]\n{entry}"), &aapl(50)).unwrap_err().to_string();
        assert!(refused.contains(&format!("the column {name} reads no later bar, so it is no label")), "{refused}");
    }
}

#[test]
fn a_column_lies_over_the_candles_when_what_it_is_made_of_does() {
    let entries = r#"
        [[feature]]
        indicator = "algom.sma"
        column = ["close", "volume"]
        [[feature]]
        indicator = "ta.rsi"
        [[feature]]
        indicator = "ta.sma"
        price = ["SMA_10", "RSI_14"]
        [[feature]]
        transform = "lag"
        column = "sma_10"
        [[feature]]
        indicator = "ta.supertrend"
        [[feature]]
        sql = "high - low"
        as = "span"
    "#;
    let columns = recipe(entries).columns().unwrap();
    let over: Vec<&str> = columns.iter().filter(|column| column.overlay).map(|column| column.name.as_str()).collect();
    assert_eq!(over.join(" "), "SMA_10 SMA_SMA_10_30 LAG1_sma_10 SUPERTREND_10_supertrend");
}

#[test]
fn a_column_on_another_scale_than_its_entry_lies_over_prices_or_stands_apart() {
    let entries = r#"
        [[feature]]
        indicator = "algom.macd"
        column = ["close", "volume"]
    "#;
    let columns = recipe(entries).columns().unwrap();
    let places: Vec<(bool, bool)> = columns.iter().map(|column| (column.overlay, column.apart)).collect();
    // The average, its sign line, their difference: the sign line is a mean of the column itself.
    assert_eq!(places, [(false, false), (true, false), (false, true), (false, false), (false, true), (false, true)]);
}

#[test]
fn only_what_is_wanted_is_computed_and_what_it_is_made_of() {
    let recipe = recipe(
        r#"
        [[feature]]
        indicator = "algom.sma"
        n = [5, 10]
        [[feature]]
        indicator = "algom.ema"
        [[feature]]
        transform = "lag"
        column = "sma_5"
        n = 2
        [[feature]]
        sql = "LAG2_sma_5 / close"
        as = "x"
        "#,
    );
    let whole = compute(&recipe, &aapl(60), &Job::new()).unwrap();
    let some = compute_wanted(&recipe, &aapl(60), |column| column.name == "x", &Job::new()).unwrap();
    let names: Vec<&str> = some.frame.get_column_names().iter().skip(7).map(|name| name.as_str()).collect();
    assert_eq!(names, ["SMA_5", "LAG2_sma_5", "x"]);
    assert_eq!(values(&some.frame, "x"), values(&whole.frame, "x"));
}

#[test]
fn a_column_is_the_same_whatever_else_the_recipe_makes() {
    let recipe = std::fs::read_to_string(format!("{}/../../tests/bench/framework.toml", env!("CARGO_MANIFEST_DIR")));
    let recipe = Recipe::from_toml(&recipe.unwrap()).unwrap();
    let bars = of(bars("AAPL", 1.0, 800).vstack(&bars("MSFT", 3.0, 501)).unwrap());
    let all = compute(&recipe, &bars, &Job::new()).unwrap().frame;
    for column in recipe.columns().unwrap() {
        let alone = compute_wanted(&recipe, &bars, |one| one.name == column.name, &Job::new()).unwrap().frame;
        let bits = |frame: &DataFrame| {
            values(frame, &column.name).into_iter().map(|value| value.map(f64::to_bits)).collect::<Vec<_>>()
        };
        assert_eq!(bits(&all), bits(&alone), "{}", column.name);
    }
}

#[test]
fn a_name_given_with_as_holds_parameters_and_outputs() {
    let entries = r#"
        [[feature]]
        indicator = "algom.bollinger"
        n = [5, 10]
        as = "band{n}"
        [[feature]]
        sql = "IF(band5_pct_b > 1, 1, 0)"
        as = "above"
    "#;
    let names: Vec<String> = recipe(entries).columns().unwrap().into_iter().map(|column| column.name).collect();
    assert_eq!(names, ["band5_width", "band5_pct_b", "band10_width", "band10_pct_b", "above"]);
}

#[test]
fn what_is_infinite_or_missing_is_null() {
    let mut frame = bars("AAPL", 1.0, 6);
    let closes =
        Series::new("close".into(), [Some(1.0), Some(0.0), None, Some(f64::INFINITY), Some(f64::NAN), Some(2.0)]);
    frame.with_column(closes.into_column()).unwrap();
    let result = run("[[feature]]\nsql = \"open / close\"\nas = \"x\"\n[[feature]]\ntransform = \"ratio\"\ncolumn = \"open\"\nas = \"y\"\ncolumn2 = \"close\"", &of(frame)).unwrap();
    for name in ["x", "y"] {
        let defined: Vec<bool> = values(&result.frame, name).iter().map(Option::is_some).collect();
        assert_eq!(defined, [true, false, false, false, false, true]);
    }
    assert_eq!(result.frame.column("x").unwrap().null_count(), 4);
}

#[test]
fn mistakes_are_named_with_their_entry_and_rule() {
    let sma = "[[feature]]\nindicator = \"algom.sma\"\n";
    for (entries, expected) in [
        (
            "[[feature]]\nindicator = \"algom.arror\"",
            "feature 1: there is no indicator algom.arror; did you mean algom.aror?",
        ),
        ("[[feature]]\ntransform = \"lagg\"", "feature 1: there is no transform lagg; did you mean lag?"),
        ("[[feature]]\nindicater = \"algom.sma\"", "feature 1 has no key indicater; did you mean indicator?"),
        ("[[feature]]\nn = 3", "feature 1 must have exactly one of indicator, transform and sql, but has none"),
        (
            "[[feature]]\nindicator = \"algom.sma\"\nsql = \"1\"",
            "feature 1 must have exactly one of indicator, transform and sql, but has indicator and sql",
        ),
        ("[[features]]\nsql = \"1\"", "the recipe has no key features; did you mean feature?"),
        (
            "[[feature]]\nindicator = \"algom.sma\"\nm = 3",
            "feature 1 (algom.sma): there is no parameter m here; there are column, n",
        ),
        (
            "[[feature]]\nindicator = \"algom.sma\"\nn = 0",
            "feature 1 (algom.sma): n must be between 1 and 100000, but is 0",
        ),
        ("[[feature]]\nindicator = \"algom.sma\"\nn = []", "feature 1 (algom.sma): n is an empty list"),
        (
            "[[feature]]\nindicator = \"algom.sma\"\nn = {}",
            "the recipe cannot be read: n of feature 1 must be a number, a text, true or false, but is {}",
        ),
        (
            "[[feature]]\nindicator = \"algom.macd\"\nfast = 30",
            "feature 1 (algom.macd): fast must be less than slow, but they are 30 and 26",
        ),
        (
            "[[feature]]\ntransform = \"diff\"",
            "feature 1 (diff): column2 or n must be given: a column against itself at the same bar says nothing",
        ),
        (
            "[[feature]]\nsql = \"CAST(open AS INT64)\"\nas = \"x\"",
            "feature 1 (sql): line 1, column 1 of the expression: CAST is not available here; a column of that name goes in backquotes",
        ),
        ("[[feature]]\nsql = \"open\"", "feature 1 (sql): an sql entry must name its column with as"),
        (
            "[[feature]]\nsql = \"open\"\nas = \"x y\"",
            "feature 1 (sql): x y is no name of a column; it must be letters, digits and _, and not begin with a digit",
        ),
        (
            "[[feature]]\nsql = \"open\"\nas = \"Month\"",
            "feature 1 (sql): Month is the name of a column of the bars, which is never a feature",
        ),
        ("[[feature]]\nsql = \"open\"\nas = \"x\"\nn = 1", "feature 1 (sql) has no key n"),
        (
            &format!("{sma}{sma}"),
            "feature 2 (algom.sma): the column SMA_10 exists already: feature 1 (algom.sma) makes it",
        ),
        (
            "[[feature]]\nsql = \"SMA_10\"\nas = \"x\"\n[[feature]]\nindicator = \"algom.sma\"",
            "feature 1 (sql) uses the column SMA_10, which feature 2 (algom.sma) makes later",
        ),
        (
            "[[feature]]\nsql = \"x + 1\"\nas = \"x\"",
            "feature 1 (sql) uses the column x, which feature 1 (sql) makes later",
        ),
        (
            "[[feature]]\nindicator = \"algom.ror\"\nn = -3",
            "feature 1 (algom.ror): the column ROR_n3 reads 3 later bars, so it belongs under [[label]] and not [[feature]]",
        ),
        ("[[feature]]\nsql = \"clse\"\nas = \"x\"", "feature 1 (sql): there is no column clse; did you mean close?"),
        (
            "[[feature]]\nindicator = \"algom.sma\"\ncolumn = \"SMA_9\"",
            "feature 1 (algom.sma): there is no column SMA_9",
        ),
        (
            "[[feature]]\nindicator = \"algom.sma\"\ncolumn = \"ticker\"",
            "feature 1 (algom.sma): the column ticker holds text, not numbers",
        ),
        (
            "[[feature]]\nsql = \"ticker_time\"\nas = \"x\"",
            "feature 1 (sql): the column ticker_time holds times, not numbers",
        ),
        ("feature = 3", "the recipe cannot be read: feature must be written [[feature]]"),
    ] {
        assert_eq!(message(entries), expected);
    }
    let no_name = Recipe::from_toml("[[feature]]\nsql = \"1\"");
    assert_eq!(no_name.unwrap_err().to_string(), "the recipe cannot be read: it has no name");
}

#[test]
fn a_column_that_the_bars_have_is_not_made_again() {
    let once = run("[[feature]]\nindicator = \"algom.sma\"", &aapl(60)).unwrap();
    let twice = run("[[feature]]\nindicator = \"algom.sma\"", &once);
    assert_eq!(twice.unwrap_err().to_string(), "feature 1 (algom.sma): the column SMA_10 exists already");
}

#[test]
fn frames_that_are_no_bars_are_refused() {
    let recipe = "[[feature]]\nindicator = \"algom.sma\"";
    let frame = bars("AAPL", 1.0, 20);
    let refused = |frame: DataFrame| run(recipe, &of(frame)).unwrap_err().to_string();
    assert_eq!(refused(frame.drop("ticker_time").unwrap()), "the bars are not usable: there is no column ticker_time");
    let twice = refused(frame.vstack(&bars("AAPL", 1.0, 1)).unwrap());
    assert!(twice.starts_with("the bars are not usable: AAPL has two rows at 1970-01-01 00:00:00"), "{twice}");
    assert_eq!(refused(frame.drop("close").unwrap()), "feature 1 (algom.sma): there is no column close");
    assert!(run(recipe, &of(frame.drop("ticker").unwrap())).is_ok());
    assert_eq!(run(recipe, &of(frame.slice(0, 0))).unwrap().frame.shape(), (0, 8));
}

#[test]
fn the_check_finds_what_looks_ahead_and_nothing_else() {
    let both = bars("AAPL", 1.0, 120).vstack(&bars("MSFT", 2.0, 100)).unwrap();
    let clean = check_lookahead(&momentum(), &of(both.clone()), &Job::new()).unwrap();
    assert_eq!(clean.looks_ahead, []);
    assert_eq!(clean.columns_checked, momentum().columns().unwrap().len() - 1);
    let leaking = recipe(
        "[[feature]]\nindicator = \"algom.ror\"\nn = -2\n[[feature]]\nsql = \"ROR_n2 * 2\"\nas = \"x\"\n[[feature]]\nindicator = \"algom.sma\"",
    );
    let found = check_lookahead(&leaking, &of(both), &Job::new()).unwrap();
    // The first cut leaves 12 days, of which the last two lose their later bars.
    let row = |column: &str| LooksAhead { column: column.to_owned(), row: Some(10), horizon: 2 };
    assert_eq!(found, LookaheadReport { columns_checked: 3, looks_ahead: vec![row("ROR_n2"), row("x")] });
}

#[test]
fn a_mean_around_the_bar_is_caught_by_its_values_though_it_declares_nothing() {
    let mean = |closes: &[f64], from: usize, to: usize| closes[from..=to].iter().sum::<f64>() / (to - from + 1) as f64;
    let sorted = crate::bars::sort(&bars("AAPL", 1.0, 120)).unwrap();
    let found = crate::lookahead::first_changes(&sorted, &Job::new(), |bars, _| {
        let closes: Vec<f64> = bars.frame.column("close").unwrap().f64().unwrap().iter().flatten().collect();
        let last = closes.len() - 1;
        let around = |before: usize, after: usize| -> Vec<f64> {
            (0..=last).map(|t| mean(&closes, t.saturating_sub(before), last.min(t + after))).collect()
        };
        let share_of_all = closes.iter().map(|close| close / mean(&closes, 0, last)).collect();
        Ok(vec![around(2, 2), around(4, 0), around(0, 1), share_of_all])
    });
    // The first cut leaves 12 of the 120 bars: the mean of two later bars loses some at rows 10 and 11, that of one at
    // row 11, and what is divided by the mean of all bars changes everywhere.
    assert_eq!(found.unwrap(), [Some(10), None, Some(11), Some(0)]);
}

#[test]
fn what_is_made_of_a_label_of_the_bars_is_named_though_no_value_changes() {
    let mut given = aapl(60);
    let centred = Series::new("centred".into(), vec![1.0; 60]).into_column();
    given.frame.with_column(centred).unwrap();
    given.labels.insert("centred".to_owned(), 2);
    let leaking =
        recipe("[[feature]]\nindicator = \"algom.sma\"\ncolumn = \"centred\"\n[[feature]]\nindicator = \"algom.sma\"");
    let found = check_lookahead(&leaking, &given, &Job::new()).unwrap();
    let named = LooksAhead { column: "SMA_centred_10".to_owned(), row: None, horizon: 2 };
    assert_eq!(found, LookaheadReport { columns_checked: 2, looks_ahead: vec![named] });
}

#[test]
fn a_cancelled_job_gives_nothing() {
    let job = Job::new();
    job.cancel();
    assert!(matches!(compute(&momentum(), &aapl(50), &job), Err(Error::Cancelled(_))));
}

#[test]
fn a_recipe_survives_its_own_file_and_json() {
    let recipe = momentum();
    assert_eq!(Recipe::from_toml(&recipe.to_toml().unwrap()).unwrap(), recipe);
    let derived: Recipe = toml::from_str(&recipe.to_toml().unwrap()).unwrap();
    assert_eq!(derived, recipe);
}

const ALL_KINDS: &str = r#"
    [[feature]]
    indicator = "algom.aror"
    n = [1, 5]
    [[feature]]
    indicator = "algom.ema"
    n = [3, 20]
    [[feature]]
    indicator = "algom.tsi"
    [[feature]]
    indicator = "ta.rsi"
    [[feature]]
    transform = "lag"
    column = "EMA_20"
    n = 3
    [[feature]]
    sql = "high - low"
    as = "width"
"#;

fn seen(ticker: &str, rows: usize) -> BTreeMap<String, Seen> {
    BTreeMap::from([(ticker.to_owned(), Seen { last: (i64::try_from(rows).unwrap() - 1) * DAY, rows })])
}

#[test]
fn an_update_gives_the_new_rows_of_a_full_run_and_computes_no_more_than_they_need() {
    let with_path = ALL_KINDS.replace("ta.rsi", "ta.obv");
    let without = ALL_KINDS.replace("ta.rsi", "algom.sma");
    // 837 bars at which the close moves, 9 at which it does not, the 10 whose label was not known and the 20 new ones.
    for (entries, bars_needed) in [(with_path.as_str(), 1500), (ALL_KINDS, 876), (without.as_str(), 876)] {
        let recipe = recipe(&format!("{entries}\n[[label]]\nindicator = \"algom.ror\"\nn = -10"));
        let whole = compute(&recipe, &aapl(1500), &Job::new()).unwrap();
        let update = update(&recipe, &aapl(1500), &seen("AAPL", 1480), &Job::new()).unwrap();
        // 20 new rows, and 10 before them whose label was not known.
        assert_eq!(update.rows.frame.height(), 30);
        assert!(update.replaces && update.bars_computed == bars_needed, "{}", update.bars_computed);
        assert_eq!(update.from, BTreeMap::from([("AAPL".to_owned(), 1470 * DAY)]));
        let tail = whole.frame.slice(1470, 30);
        for column in tail.columns().iter().filter(|column| column.dtype() == &DataType::Float64) {
            let again = values(&update.rows.frame, column.name());
            for (a, b) in column.f64().unwrap().iter().zip(again) {
                assert!(a.is_some() == b.is_some(), "{}", column.name());
                let (a, b) = (a.unwrap_or(0.0), b.unwrap_or(0.0));
                assert!((a - b).abs() <= 1e-12 * a.abs().max(1e-3), "{}: {a} and {b}", column.name());
            }
        }
        assert_eq!(update.rows.labels, whole.labels);
    }
    let windows = recipe("[[feature]]\nindicator = \"algom.sma\"\nn = 20");
    let update = update(&windows, &aapl(1500), &seen("AAPL", 1495), &Job::new()).unwrap();
    assert_eq!((update.bars_computed, update.rows.frame.height(), update.replaces), (24, 5, false));
}

#[test]
fn an_update_of_running_sums_reads_all_bars_where_they_may_hold_a_hole() {
    let whole_bars = aapl(1500);
    let mut holed = aapl(1500);
    let closes = values(&holed.frame, "close").into_iter().enumerate();
    let closes: Vec<Option<f64>> = closes.map(|(t, close)| close.filter(|_| t != 700)).collect();
    holed.frame.with_column(Series::new("close".into(), closes).into_column()).unwrap();
    let own = "[[feature]]\nindicator = \"ta.sma\"\ntimeperiod = 20\nas = \"mean\"";
    let made = "[[feature]]\nindicator = \"algom.roc\"\nn = 5\nas = \"rate\"\n\
        [[feature]]\nindicator = \"ta.sma\"\nprice = \"rate\"\ntimeperiod = 20\nas = \"mean\"";
    for (entries, bars, needed) in [(own, &whole_bars, 24), (own, &holed, 1500), (made, &whole_bars, 1500)] {
        let recipe = recipe(entries);
        let whole = compute(&recipe, bars, &Job::new()).unwrap();
        let update = update(&recipe, bars, &seen("AAPL", 1495), &Job::new()).unwrap();
        assert_eq!(update.bars_computed, needed);
        for (a, b) in values(&whole.frame, "mean")[1495..].iter().zip(values(&update.rows.frame, "mean")) {
            assert_eq!(a.is_some(), b.is_some());
            assert!(a.zip(b).is_none_or(|(a, b)| (a - b).abs() <= 1e-12 * a.abs()));
        }
    }
}

#[test]
fn an_update_of_ratios_of_means_looks_past_a_rest() {
    let mut bars = aapl(1500);
    for name in ["open", "high", "low", "close"] {
        let mut prices = values(&bars.frame, name);
        let last = prices[800];
        prices[800..].fill(last);
        bars.frame.with_column(Series::new(name.into(), prices).into_column()).unwrap();
    }
    for id in ["algom.rsi", "ta.rsi"] {
        let recipe = recipe(&format!("[[feature]]\nindicator = \"{id}\"\nas = \"strength\""));
        let whole = compute(&recipe, &bars, &Job::new()).unwrap();
        let update = update(&recipe, &bars, &seen("AAPL", 1495), &Job::new()).unwrap();
        for (a, b) in values(&whole.frame, "strength")[1495..].iter().zip(values(&update.rows.frame, "strength")) {
            let (a, b) = (a.unwrap(), b.unwrap());
            assert!((a - b).abs() <= 1e-9 * a.abs(), "{id}: {a} and {b}");
        }
    }
}

#[test]
fn an_update_knows_new_tickers_and_refuses_bars_that_changed_before() {
    let recipe = recipe(ALL_KINDS);
    let both = of(bars("AAPL", 1.0, 100).vstack(&bars("MSFT", 3.0, 80)).unwrap());
    let update = super::update(&recipe, &both, &seen("AAPL", 100), &Job::new()).unwrap();
    assert_eq!((update.rows.frame.height(), update.from.len()), (80, 1));
    let nothing = super::update(&recipe, &aapl(100), &seen("AAPL", 100), &Job::new()).unwrap();
    assert_eq!(nothing.rows.frame.height(), 0);
    let mut fewer = seen("AAPL", 90);
    fewer.get_mut("AAPL").unwrap().rows = 89;
    let error = super::update(&recipe, &aapl(100), &fewer, &Job::new()).unwrap_err().to_string();
    assert!(error.contains("90 bars") && error.contains("89 rows"), "{error}");
}

#[test]
fn the_warm_up_check_counts_the_rows_until_values_settle() {
    let recipe = recipe(
        r#"
        [[feature]]
        indicator = "algom.sma"
        n = 20
        [[feature]]
        indicator = "algom.ema"
        n = 20
        [[feature]]
        sql = "high - low"
        as = "width"
        "#,
    );
    let found = check_warm_up(&recipe, &aapl(1500), &Job::new()).unwrap();
    let of = |name: &str| found.iter().find(|one| one.column == name).unwrap();
    assert_eq!((of("width").undefined, of("width").unsettled), (0, Some(0)));
    assert_eq!((of("SMA_20").undefined, of("SMA_20").unsettled), (19, Some(19)));
    // (19/21)^k is below 1e-6 from k = 138 on; the prices' own distance from the mean takes a few bars off.
    let ema = of("EMA_20").unsettled.unwrap();
    assert!((60..150).contains(&ema), "{ema}");
}

#[test]
fn date_parts_and_one_hot_columns_are_those_of_the_calendar() {
    let made = run(
        r#"
        [[feature]]
        transform = "date_part"
        part = ["day_of_week", "month", "year", "quarter", "week", "day_of_year", "hour_of_day"]
        [[feature]]
        transform = "one_hot"
        column = "day_of_week"
        value = [5, 6]
        [[feature]]
        transform = "one_hot"
        column = "ticker"
        value = ["AAPL", "MSFT"]
        "#,
        &aapl(40),
    )
    .unwrap();
    let whole = |name: &str| -> Vec<i64> { made.frame.column(name).unwrap().i64().unwrap().iter().flatten().collect() };
    // 1970-01-01 was a Thursday, in ISO week 1; BigQuery's DAYOFWEEK is 1 on Sunday.
    assert_eq!(whole("day_of_week")[..4], [5, 6, 7, 1]);
    assert_eq!((whole("month")[30], whole("month")[31], whole("year")[0], whole("quarter")[0]), (1, 2, 1970, 1));
    assert_eq!((whole("week")[3], whole("week")[4], whole("day_of_year")[39], whole("hour_of_day")[7]), (1, 2, 40, 0));
    assert_eq!(
        (whole("day_of_week_5")[..3].to_vec(), whole("day_of_week_6")[..3].to_vec()),
        (vec![1, 0, 0], vec![0, 1, 0])
    );
    assert_eq!((whole("ticker_AAPL")[0], whole("ticker_MSFT")[0]), (1, 0));
}

#[test]
fn correlations_are_spearmans() {
    let x = [Some(3.0), Some(1.0), Some(2.0), Some(2.0), Some(9.0), None];
    let y = [Some(2.0), Some(7.0), Some(1.0), Some(8.0), Some(2.0), Some(4.0)];
    let flat = [Some(1.0); 6];
    let columns = vec![
        Series::new("x".into(), x).into_column(),
        Series::new("y".into(), y).into_column(),
        Series::new("flat".into(), flat).into_column(),
        Series::new("empty".into(), [None::<f64>; 6]).into_column(),
    ];
    let data = of(DataFrame::new(6, columns).unwrap());
    let names: Vec<String> = ["x", "y", "flat", "empty"].map(str::to_owned).to_vec();
    let found = correlations(&data, &names, &Job::new()).unwrap();
    assert_eq!((found.columns.join(" ").as_str(), found.rows), ("x y flat", 5));
    // scipy.stats.spearmanr([3, 1, 2, 2, 9], [2, 7, 1, 8, 2]), SciPy 1.17.
    assert!((found.matrix[0][1] - (-0.36842105263157904)).abs() < 1e-12, "{}", found.matrix[0][1]);
    assert!(found.matrix[0][0] == 1.0 && found.matrix[0][2].is_nan());
}
