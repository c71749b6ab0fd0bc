//! Whole runs on bars made for the purpose: by hand, at random, and odd ones.

use std::collections::BTreeMap;

use algomosaic_core::{Job, Problem};
use algomosaic_features::FeatureFrame;
use polars::prelude::{Column, DataFrame, DataType, IntoColumn, NamedFrom, Series, TimeUnit, TimeZone};

use crate::{Backtest, Error, Fill, Performance, Predictions, Rule, Rules, Statistics, Trade, run};

const DAY_US: i64 = 86_400_000_000;
const NAN: f64 = f64::NAN;

/// Bars of one ticker, a day apart, with whatever columns a test adds.
fn bars(ticker: &str, columns: &[(&str, &[f64])]) -> FeatureFrame {
    let height = columns.first().map_or(0, |(_, values)| values.len());
    let times: Vec<i64> = (0..height as i64).map(|i| i * DAY_US).collect();
    let times = Series::new("ticker_time".into(), times)
        .cast(&DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC)))
        .unwrap();
    let mut all = vec![times.into_column(), Column::new("ticker".into(), vec![ticker; height])];
    for name in ["open", "high", "low", "close", "volume"] {
        let given = columns.iter().find(|(given, _)| *given == name).or(columns.first());
        let values: Vec<Option<f64>> = given.map_or(vec![], |(_, v)| v.iter().map(|x| Some(*x)).collect());
        all.push(Column::new(name.into(), values));
    }
    for (name, values) in columns.iter().filter(|(name, _)| all.iter().all(|c| c.name() != name)).collect::<Vec<_>>() {
        let values: Vec<Option<f64>> = values.iter().map(|x| (!x.is_nan()).then_some(*x)).collect();
        all.push(Column::new((*name).into(), values));
    }
    FeatureFrame { frame: DataFrame::new(height, all).unwrap(), labels: BTreeMap::new() }
}

fn rule(trade: Trade, when: &str, amount: &str) -> Rule {
    Rule { trade, when: when.to_owned(), amount: amount.to_owned(), commission: None }
}

fn rules(account_start: f64, rule: Vec<Rule>) -> Rules {
    Rules {
        account_start,
        fill: Fill::NextOpen,
        commission_bps: 0.0,
        slippage_bps: 0.0,
        predictions: Predictions::Model,
        ticker: None,
        start: None,
        end: None,
        rule,
    }
}

/// A rule for each trade, each told by the column `signal`: 1 BUY, 2 SELL, 3 SELL SHORT, 4 BUY COVER.
fn signalled(amount: &str) -> Vec<Rule> {
    vec![
        rule(Trade::Buy, "signal = 1", amount),
        rule(Trade::Sell, "signal = 2", amount),
        rule(Trade::SellShort, "signal = 3", amount),
        rule(Trade::BuyCover, "signal = 4", amount),
    ]
}

fn column(backtest: &Backtest, name: &str) -> Vec<f64> {
    backtest.bars.column(name).unwrap().f64().unwrap().iter().map(|v| v.unwrap_or(NAN)).collect()
}

fn trades(backtest: &Backtest) -> Vec<Option<String>> {
    backtest.bars.column("trade").unwrap().str().unwrap().iter().map(|v| v.map(str::to_owned)).collect()
}

fn close_to(actual: f64, expected: f64) -> bool {
    (actual - expected).abs() <= 1e-9 * expected.abs().max(1.0)
}

fn check(actual: &[f64], expected: &[f64], what: &str) {
    assert_eq!(actual.len(), expected.len(), "{what}");
    for (i, (a, e)) in actual.iter().zip(expected).enumerate() {
        assert!(close_to(*a, *e), "{what} at bar {i}: {a}, expected {e}");
    }
}

fn failure(rules: &Rules, data: &FeatureFrame) -> Problem {
    Problem::from(run(rules, data, &Job::new()).map(|_| ()).unwrap_err())
}

/// Worked by hand, with 1 % commission: 50 bought at 11 cost 550 + 5.5; 80 are asked for but only 50 held, sold at 14
/// for 700 - 7; 20 sold short at 16 bring 320 - 3.2; covering asks for 80, takes the 20 at 13 for 260 + 2.6.
#[test]
fn an_example_worked_by_hand_comes_out_to_the_cent() {
    let data = bars(
        "X",
        &[
            ("open", &[10.0, 11.0, 12.0, 14.0, 16.0, 13.0]),
            ("close", &[10.0, 12.0, 13.0, 15.0, 14.0, 13.0]),
            ("signal", &[1.0, 0.0, 2.0, 3.0, 4.0, 1.0]),
            ("size", &[50.0, 0.0, 80.0, 20.0, 80.0, 1.0]),
        ],
    );
    let rules = Rules { commission_bps: 100.0, ..rules(1_000.0, signalled("size")) };
    let run = run(&rules, &data, &Job::new()).unwrap();
    for (name, expected) in [
        ("amount", [0.0, 50.0, 0.0, 50.0, 20.0, 20.0]),
        ("commission", [0.0, 5.5, 0.0, 7.0, 3.2, 2.6]),
        ("account", [1_000.0, 444.5, 444.5, 1_137.5, 1_454.3, 1_191.7]),
        ("account_change", [0.0, -555.5, 0.0, 693.0, 316.8, -262.6]),
        ("account_value", [1_000.0, 1_044.5, 1_094.5, 1_137.5, 1_174.3, 1_191.7]),
        ("quantity", [0.0, 50.0, 50.0, 0.0, 0.0, 0.0]),
        ("quantity_margin", [0.0, 0.0, 0.0, 0.0, -20.0, 0.0]),
        ("buy_trades", [0.0, 1.0, 0.0, 0.0, 0.0, 0.0]),
        ("sell_volume", [0.0, 0.0, 0.0, 50.0, 0.0, 0.0]),
        ("sell_short_volume", [0.0, 0.0, 0.0, 0.0, 20.0, 0.0]),
        ("buy_cover_trades", [0.0, 0.0, 0.0, 0.0, 0.0, 1.0]),
    ] {
        check(&column(&run, name), &expected, name);
    }
    let named: BTreeMap<_, _> = run.summary.named().collect();
    for (name, expected) in [
        ("account_cash", 1_191.7),
        ("account_value", 1_191.7),
        ("commission", 18.3),
        ("income", 191.7),
        ("pct_gain", 0.1917),
        ("pct_gain_market", 0.3),
        ("trade_attempts", 5.0),
        ("trades", 4.0),
        ("account_cash_min", 444.5),
        ("account_cash_max", 1_454.3),
        ("account_value_min", 1_000.0),
        ("account_value_max", 1_191.7),
    ] {
        assert!(close_to(named[name], expected), "{name}: {}, expected {expected}", named[name]);
    }
    assert_eq!(run.statistics.exposure, Some(0.5));
    assert_eq!(run.statistics.hit_rate, Some(1.0));
    assert_eq!(run.equity[1].market, 1_200.0);
    assert!(run.notes.iter().any(|note| note.contains("last bar")), "{:?}", run.notes);
}

#[test]
fn a_row_has_the_columns_of_the_backtest_table() {
    let run =
        run(&rules(100.0, signalled("1")), &bars("X", &[("open", &[1.0, 2.0]), ("signal", &[1.0, 0.0])]), &Job::new());
    let expected = "ticker_time ticker high low open close volume trade amount commission account account_value quantity \
                    quantity_margin buy_trades sell_trades sell_short_trades buy_cover_trades buy_volume sell_volume \
                    sell_short_volume buy_cover_volume account_change";
    let bars = run.unwrap().bars;
    assert_eq!(bars.get_column_names().iter().map(|n| n.as_str()).collect::<Vec<_>>().join(" "), expected);
    let times = bars.column("ticker_time").unwrap().dtype();
    assert_eq!(*times, DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC)), "a TIMESTAMP, not a DATETIME");
}

/// A stream of numbers from 0 to 1 (Steele, Lea and Flood 2014, SplitMix64).
struct Stream(u64);

impl Stream {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// The greatest share of `wanted` for which `allowed` holds, by halving.
fn greatest(wanted: f64, allowed: impl Fn(f64) -> bool) -> f64 {
    if allowed(wanted) {
        return wanted;
    }
    let (mut good, mut bad) = (0.0, wanted);
    for _ in 0..200 {
        let middle = 0.5 * (good + bad);
        if allowed(middle) { good = middle } else { bad = middle }
    }
    good
}

#[test]
fn every_bar_of_random_runs_agrees_with_a_slow_ledger_and_conserves_cash_and_position() {
    for seed in 0..60 {
        let mut stream = Stream(seed);
        let n: usize = 120;
        let mut close = vec![50.0];
        for _ in 1..n {
            close.push(close[close.len() - 1] * (0.09 * (stream.next() - 0.5)).exp());
        }
        let open: Vec<f64> = close.iter().map(|c| c * (1.0 + 0.02 * (stream.next() - 0.5))).collect();
        let signal: Vec<f64> = (0..n).map(|_| (stream.next() * 7.0).floor()).collect();
        let size: Vec<f64> =
            (0..n).map(|_| if stream.next() < 0.1 { NAN } else { 300.0 * stream.next() - 20.0 }).collect();
        let data = bars("X", &[("open", &open), ("close", &close), ("signal", &signal), ("size", &size)]);
        let flat_fee = (seed % 3 == 0).then_some(2.5);
        let fill = if seed % 2 == 0 { Fill::NextOpen } else { Fill::Close };
        let mut given = rules(5_000.0, signalled("size"));
        given.fill = fill;
        given.commission_bps = 25.0;
        given.slippage_bps = 10.0;
        for rule in &mut given.rule {
            rule.commission = flat_fee.map(|fee| fee.to_string());
        }
        let run = run(&given, &data, &Job::new()).unwrap();

        let fee = |value: f64| flat_fee.unwrap_or(0.0025 * value);
        let (mut cash, mut long, mut short) = (5_000.0, 0.0, 0.0);
        let (mut ledger_cash, mut ledger_value, mut ledger_amount) = (vec![], vec![], vec![]);
        for bar in 0..n {
            let decides = if fill == Fill::Close { Some(bar) } else { bar.checked_sub(1) };
            let base = if fill == Fill::Close { close[bar] } else { open[bar] };
            let wanted = decides.map_or(0.0, |d| if size[d] > 0.0 { size[d] } else { 0.0 });
            let mut traded = 0.0;
            match decides.map_or(0, |d| signal[d] as i32) {
                1 => {
                    let price = base * 1.001;
                    traded = greatest(wanted, |a| cash - a * price - fee(a * price) >= 2.0 * short * price);
                    if traded > 1e-9 {
                        cash -= traded * price + fee(traded * price);
                        long += traded;
                    }
                }
                2 => {
                    let price = base * 0.999;
                    traded = if wanted > long { long } else { wanted };
                    let after = cash + traded * price - fee(traded * price);
                    if traded > 0.0 && after >= 0.0 {
                        cash = after;
                        long -= traded;
                    } else {
                        traded = 0.0;
                    }
                }
                3 => {
                    let price = base * 0.999;
                    let allowed = |a: f64| cash + a * price - fee(a * price) >= 2.0 * (short + a) * price;
                    traded = greatest(wanted, allowed);
                    if traded > 1e-9 {
                        cash += traded * price - fee(traded * price);
                        short += traded;
                    }
                }
                4 => {
                    let price = base * 1.001;
                    traded =
                        greatest(if wanted > short { short } else { wanted }, |a| cash >= a * price + fee(a * price));
                    if traded > 1e-9 {
                        cash -= traded * price + fee(traded * price);
                        short -= traded;
                    }
                }
                _ => {}
            }
            ledger_amount.push(if traded > 1e-9 { traded } else { 0.0 });
            ledger_cash.push(cash);
            ledger_value.push(cash + (long - short) * close[bar]);
        }
        let near = |actual: &[f64], expected: &[f64], what: &str| {
            for (bar, (a, e)) in actual.iter().zip(expected).enumerate() {
                assert!((a - e).abs() < 1e-6, "seed {seed}, {what} at bar {bar}: {a}, expected {e}");
            }
        };
        let (amount, account, value) = (column(&run, "amount"), column(&run, "account"), column(&run, "account_value"));
        near(&amount, &ledger_amount, "amount");
        near(&account, &ledger_cash, "account");
        near(&value, &ledger_value, "account_value");

        let (quantity, margin) = (column(&run, "quantity"), column(&run, "quantity_margin"));
        let (change, commission) = (column(&run, "account_change"), column(&run, "commission"));
        let volume = ["buy", "sell", "sell_short", "buy_cover"].map(|t| column(&run, &format!("{t}_volume")));
        let mut before = (5_000.0, 0.0, 0.0);
        for bar in 0..n {
            let [bought, sold, shorted, covered] = [0, 1, 2, 3].map(|i| volume[i][bar]);
            assert!(close_to(account[bar] - before.0, change[bar]));
            let base = if fill == Fill::Close { close[bar] } else { open[bar] };
            let flow = base * (0.999 * (sold + shorted) - 1.001 * (bought + covered)) - commission[bar];
            assert!((change[bar] - flow).abs() < 1e-8, "seed {seed}: cash at bar {bar}");
            assert!(close_to(quantity[bar], before.1 + bought - sold));
            assert!(close_to(margin[bar], before.2 + covered - shorted));
            assert!(close_to(value[bar], account[bar] + (quantity[bar] + margin[bar]) * close[bar]));
            assert!(account[bar] >= 0.0 && quantity[bar] >= 0.0 && margin[bar] <= 0.0);
            before = (account[bar], quantity[bar], margin[bar]);
        }
        assert!(run.summary.trades > 10, "seed {seed} trades too little to say anything: {}", run.summary.trades);
    }
}

#[test]
fn rows_so_far_do_not_change_when_later_bars_arrive() {
    let mut stream = Stream(7);
    let price: Vec<f64> = (0..80).map(|_| 10.0 + 5.0 * stream.next()).collect();
    let signal: Vec<f64> = (0..80).map(|_| (stream.next() * 5.0).floor()).collect();
    let whole =
        run(&rules(1_000.0, signalled("20")), &bars("X", &[("open", &price), ("signal", &signal)]), &Job::new())
            .unwrap();
    for n in [1, 2, 17, 79] {
        let part = bars("X", &[("open", &price[..n]), ("signal", &signal[..n])]);
        let part = run(&rules(1_000.0, signalled("20")), &part, &Job::new()).unwrap();
        assert!(part.bars.equals_missing(&whole.bars.head(Some(n))), "{n} bars");
    }
}

#[test]
fn the_first_rule_that_holds_wins_in_the_order_of_trades_and_then_as_written() {
    let data = bars("X", &[("open", &[10.0, 10.0, 10.0]), ("signal", &[1.0, 1.0, 1.0])]);
    for (written, expected, amount) in [
        (vec![(Trade::Sell, "5"), (Trade::Buy, "3"), (Trade::SellShort, "2")], "SELL SHORT", 2.0),
        (vec![(Trade::Sell, "5"), (Trade::Buy, "3"), (Trade::BuyCover, "2")], "BUY COVER", 0.0),
        (vec![(Trade::Sell, "5"), (Trade::Buy, "3"), (Trade::Buy, "4")], "BUY", 3.0),
        (vec![(Trade::Buy, "NULLIF(1, 1)"), (Trade::Buy, "4")], "BUY", 0.0),
    ] {
        let rule = written.iter().map(|(trade, amount)| rule(*trade, "signal = 1", amount)).collect();
        let run = run(&rules(1_000.0, rule), &data, &Job::new()).unwrap();
        assert_eq!(trades(&run)[1].as_deref(), Some(expected));
        assert_eq!(column(&run, "amount")[1], amount);
        assert_eq!(run.summary.trade_attempts, 3);
    }
}

#[test]
fn an_expression_may_use_the_account_as_it_stands_when_the_bar_closes() {
    let data = bars("X", &[("open", &[10.0, 20.0, 25.0, 40.0]), ("signal", &[1.0, 0.0, 1.0, 0.0])]);
    for (amount, expected) in [
        ("account_start / close", [50.0, 20.0]), // at the close of 10, then of 25; cash allows 25 at 20, none at 40
        ("account / close", [50.0, 0.0]),
        ("quantity + 1", [1.0, 2.0]),
        ("account_value / 100", [5.0, 5.25]),
    ] {
        let mut given = rules(500.0, vec![rule(Trade::Buy, "signal = 1", amount)]);
        let bought = column(&run(&given, &data, &Job::new()).unwrap(), "amount");
        let spendable = |wanted: f64, cash: f64, price: f64| wanted.min(cash / price);
        let first = spendable(expected[0], 500.0, 20.0);
        let second = spendable(expected[1], 500.0 - first * 20.0, 40.0);
        check(&bought, &[0.0, first, 0.0, second], amount);
        given.rule[0].when = "signal = 1 AND quantity = 0".to_owned();
        assert_eq!(run(&given, &data, &Job::new()).unwrap().summary.trade_attempts, 1, "`when` may, too");
    }
}

#[test]
fn every_setting_moves_the_result() {
    let price = [10.0, 11.0, 12.0, 11.0, 13.0, 14.0];
    let data = bars(
        "X",
        &[
            ("open", &price),
            ("close", &[10.5, 11.5, 12.5, 11.5, 13.5, 14.5]),
            ("signal", &[1.0, 0.0, 2.0, 1.0, 0.0, 0.0]),
        ],
    );
    let base = rules(1_000.0, signalled("30"));
    let value = |rules: &Rules| run(rules, &data, &Job::new()).unwrap().summary;
    let mut flat = base.clone();
    flat.rule[0].commission = Some("1".into());
    let other = [
        ("account_start", Rules { account_start: 2_000.0, ..base.clone() }),
        ("fill", Rules { fill: Fill::Close, ..base.clone() }),
        ("commission_bps", Rules { commission_bps: 10.0, ..base.clone() }),
        ("slippage_bps", Rules { slippage_bps: 10.0, ..base.clone() }),
        ("start", Rules { start: Some("1970-01-02".into()), ..base.clone() }),
        ("end", Rules { end: Some("1970-01-04".into()), ..base.clone() }),
        ("amount", Rules { rule: signalled("29"), ..base.clone() }),
        ("commission", flat),
    ];
    for (name, rules) in other {
        assert_ne!(value(&rules), value(&base), "{name}");
    }
    let close = run(&Rules { fill: Fill::Close, ..base }, &data, &Job::new()).unwrap();
    assert!(close.notes[0].contains("close of the bar that decides"));
    assert_eq!(column(&close, "amount")[0], 30.0);
}

#[test]
fn dates_are_whole_days_and_both_are_included() {
    let data = bars("X", &[("open", &[1.0; 10])]);
    for (start, end, expected) in [
        (None, None, Some(10)),
        (Some("1970-01-03"), None, Some(8)),
        (Some("1970-01-03"), Some("1970-01-04"), Some(2)),
        (None, Some("1970-01-01T00:00:00Z"), Some(1)),
        (Some("1970-01-03"), Some("1970-01-02"), None),
    ] {
        let mut given = rules(1.0, vec![rule(Trade::Buy, "FALSE", "1")]);
        (given.start, given.end) = (start.map(str::to_owned), end.map(str::to_owned));
        let bars = run(&given, &data, &Job::new()).map(|run| run.bars.height());
        assert_eq!(bars.ok(), expected, "{start:?} {end:?}");
    }
}

#[test]
fn what_looks_ahead_or_is_unknown_is_refused_by_name() {
    let mut data =
        bars("X", &[("open", &[1.0, 2.0]), ("later", &[1.0, 2.0]), ("ROR_n10", &[1.0, 2.0]), ("AROR_6", &[0.0, 0.0])]);
    data.labels.insert("later".to_owned(), 3);
    for (when, amount, message, hint) in [
        ("later > 0", "1", "later looks 3 bars ahead", "looks back"),
        ("close > 0", "LATER", "later looks 3 bars ahead", "looks back"),
        ("ROR_n10 > 0", "1", "ROR_n10 looks 10 bars ahead", "looks back"),
        ("AROR6 > 0", "1", "there is no column AROR6", "Did you mean AROR_6?"),
        ("close > 0", "acount_start", "there is no column acount_start", "Did you mean account_start?"),
        ("close", "1", "must be true or false", "Correct"),
        ("close > 0", "close > 0", "must be a number", "Correct"),
        ("close >", "1", "rule 1 (BUY), `when`", "Correct"),
        ("ticker > 0", "1", "ticker holds text", "numbers"),
        ("ticker_time > 0", "1", "ticker_time holds times", "numbers"),
    ] {
        let problem = failure(&rules(1.0, vec![rule(Trade::Buy, when, amount)]), &data);
        assert!(problem.message.contains(message), "{when}: {}", problem.message);
        assert!(problem.hint.contains(hint), "{when}: {}", problem.hint);
    }
}

#[test]
fn one_backtest_is_one_ticker() {
    let (a, b) = (bars("A", &[("open", &[1.0, 2.0])]), bars("B", &[("open", &[5.0, 6.0, 7.0])]));
    let both = FeatureFrame { frame: b.frame.vstack(&a.frame).unwrap(), labels: BTreeMap::new() };
    let mut given = rules(1.0, vec![rule(Trade::Buy, "TRUE", "1")]);
    assert!(failure(&given, &both).message.contains("A, B"));
    given.ticker = Some("B".into());
    let run = run(&given, &both, &Job::new()).unwrap();
    assert_eq!((run.ticker.as_str(), run.bars.height()), ("B", 3));
    given.ticker = Some("C".into());
    assert!(failure(&given, &both).message.contains("no C; they hold A, B"));
    let twice = FeatureFrame { frame: a.frame.vstack(&a.frame).unwrap(), labels: BTreeMap::new() };
    given.ticker = None;
    assert!(failure(&given, &twice).message.contains("A has two bars at 1970-01-01"));
}

#[test]
fn rows_may_come_in_any_order() {
    let data = bars("X", &[("open", &[1.0, 2.0, 3.0]), ("signal", &[1.0, 0.0, 2.0])]);
    let reversed = FeatureFrame { frame: data.frame.reverse(), labels: BTreeMap::new() };
    let given = rules(10.0, signalled("1"));
    let (one, other) = (run(&given, &data, &Job::new()).unwrap(), run(&given, &reversed, &Job::new()).unwrap());
    assert!(one.bars.equals_missing(&other.bars));
}

#[test]
fn no_one_and_two_bars_are_answered() {
    let given = rules(100.0, vec![rule(Trade::Buy, "TRUE", "1")]);
    assert!(matches!(run(&given, &bars("X", &[("open", &[])]), &Job::new()), Err(Error::NoBars(_))));
    let one = run(&given, &bars("X", &[("open", &[5.0])]), &Job::new()).unwrap();
    assert_eq!((one.summary.trade_attempts, one.summary.trades, one.summary.pct_gain), (1, 0, 0.0));
    assert_eq!(one.statistics.sharpe, None);
    let two = run(&given, &bars("X", &[("open", &[5.0, 6.0])]), &Job::new()).unwrap();
    assert_eq!((two.summary.trade_attempts, two.summary.trades), (2, 1));
    assert_eq!(two.statistics.sharpe, None);
}

#[test]
fn bars_without_prices_are_left_out_and_counted() {
    let data = bars("X", &[("open", &[5.0, 0.0, NAN, 6.0, -1.0, 7.0]), ("signal", &[1.0; 6])]);
    let run = run(&rules(100.0, signalled("1")), &data, &Job::new()).unwrap();
    assert_eq!(column(&run, "open"), [5.0, 6.0, 7.0]);
    assert!(run.notes.iter().any(|note| note.starts_with("3 bars")), "{:?}", run.notes);
    let none = bars("X", &[("open", &[0.0, NAN])]);
    assert!(matches!(super::run(&rules(1.0, signalled("1")), &none, &Job::new()), Err(Error::UnknownColumn { .. })));
    let none = bars("X", &[("open", &[0.0, NAN]), ("signal", &[1.0, 1.0])]);
    assert!(matches!(super::run(&rules(1.0, signalled("1")), &none, &Job::new()), Err(Error::NoBars(_))));
}

#[test]
fn huge_and_tiny_amounts_and_prices_keep_the_account_whole() {
    for price in [1e-300, 1e-9, 1.0, 1e9, 1e300] {
        for amount in ["1e308", "1e-308", "-1", "0", "account_start / 0"] {
            for signal in [[1.0, 2.0, 1.0, 2.0], [3.0, 4.0, 3.0, 4.0]] {
                let data = bars("X", &[("open", &[price; 4]), ("signal", &signal)]);
                for commission_bps in [0.0, 10.0, 10_000.0] {
                    let given = Rules { commission_bps, ..rules(1_000.0, signalled(amount)) };
                    let run = run(&given, &data, &Job::new()).unwrap();
                    let account = column(&run, "account");
                    assert!(
                        account.iter().all(|cash| (0.0..=2_000.000_001).contains(cash)),
                        "{price} {amount} {account:?}"
                    );
                    assert!(column(&run, "account_value").iter().all(|value| value.is_finite()));
                }
            }
        }
    }
}

#[test]
fn what_rounding_leaves_over_is_not_traded() {
    let mut stream = Stream(3);
    let price: Vec<f64> = (0..200).map(|_| 7.0 + stream.next()).collect();
    let given =
        Rules { commission_bps: 7.0, ..rules(1_000.0, vec![rule(Trade::Buy, "TRUE", "ROUND(333 / close, 5)")]) };
    let run = run(&given, &bars("X", &[("open", &price)]), &Job::new()).unwrap();
    // Three times a third of the cash, and then what is left.
    assert!((3..=4).contains(&run.summary.trades), "{}", run.summary.trades);
    assert_eq!(run.summary.trade_attempts, 200);
}

#[test]
fn a_flat_commission_that_cannot_be_paid_or_known_stops_the_trade() {
    let data = bars("X", &[("open", &[10.0, 10.0, 10.0]), ("signal", &[1.0, 2.0, 0.0])]);
    for (commission, traded) in [("1", 9.9), ("100", 0.0), ("101", 0.0), ("-1", 0.0), ("NULLIF(1, 1)", 0.0)] {
        let mut given = rules(100.0, signalled("50"));
        given.rule[0].commission = Some(commission.to_owned());
        let run = run(&given, &data, &Job::new()).unwrap();
        check(&column(&run, "amount"), &[0.0, traded, traded], commission);
    }
}

#[test]
fn a_cancelled_job_stops() {
    let job = Job::new();
    job.cancel();
    let outcome = run(&rules(1.0, signalled("1")), &bars("X", &[("open", &[1.0])]), &job);
    assert!(matches!(outcome, Err(Error::Cancelled(_))));
}

#[test]
fn a_rules_file_is_read_and_a_slip_in_it_is_named() {
    let text = include_str!("../../data/sample/rules/dip.toml");
    let rules = Rules::from_toml(text).unwrap();
    assert_eq!((rules.ticker.as_deref(), rules.account_start, rules.commission_bps), (Some("AAPL"), 10_000.0, 10.0));
    assert_eq!(rules.rule.iter().map(|r| r.trade).collect::<Vec<_>>(), [Trade::Buy, Trade::Sell]);
    let change = |from: &str, to: &str| Problem::from(Rules::from_toml(&text.replacen(from, to, 1)).unwrap_err());
    for (from, to, message, hint) in [
        (
            "commission_bps",
            "comission_bps",
            "no key `comission_bps`; there are account_start",
            "Did you mean commission_bps?",
        ),
        ("amount", "amout", "no key `amout` in rule 1", "Did you mean amount?"),
        (
            "\"BUY\"",
            "\"BYU\"",
            "the rules cannot be read: line 6: trade must be one of SELL SHORT, BUY COVER, BUY, SELL, but is \"BYU\"; did you mean BUY?",
            "Correct the line it names",
        ),
        ("\"BUY\"", "\"HOLD\"", "BUY, SELL, but is \"HOLD\"", "Correct the line it names"),
        ("\"BUY\"", "3", "line 6: invalid type: integer `3`, expected a string", "Correct the line it names"),
        ("next_open", "now", "fill must be one of next_open, close, but is \"now\"", "Choose a value"),
        ("10000", "0", "account_start must be between 0.01", ""),
        ("= 10\n", "= -1\n", "commission_bps must be between 0 and 10000, but is -1", ""),
        ("fill", "start = \"June\"\nfill", "start must be a date", ""),
        ("[[rule]]", "[rule", "cannot be read", ""),
    ] {
        let problem = change(from, to);
        assert!(problem.message.contains(message), "{to}: {}", problem.message);
        assert!(problem.hint.contains(hint), "{to}: {}", problem.hint);
    }
    assert!(matches!(Rules::from_toml("account_start = 1"), Err(Error::NoRules)));
    // A request of the window or of a stored job is JSON.
    let request = r#"{"trade": "buy", "when": "TRUE", "amount": "1"}"#;
    let refused = serde_json::from_str::<Rule>(request).unwrap_err().to_string();
    assert!(
        refused.starts_with("trade must be one of SELL SHORT, BUY COVER, BUY, SELL, but is \"buy\"; did you mean BUY?")
    );
}

#[test]
fn statistics_agree_with_an_independent_computation() {
    let golden: serde_json::Value =
        serde_json::from_str(include_str!("../../../tests/golden/backtest_statistics.json")).unwrap();
    for case in golden["cases"].as_array().unwrap() {
        let values: Vec<f64> = case["values"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect();
        let step_us = case["step_us"].as_i64().unwrap();
        let times_us: Vec<i64> = (0..values.len() as i64).map(|i| i * step_us).collect();
        let statistics = Statistics::of(&Performance {
            account_start: values[0],
            values: &values,
            times_us: &times_us,
            bars_with_position: 0,
            closing_trades: 0,
            gaining_trades: 0,
        });
        let named: BTreeMap<_, _> = statistics.named().collect();
        for (name, expected) in case["expected"].as_object().unwrap() {
            let (actual, expected) = (named[name.as_str()].unwrap(), expected.as_f64().unwrap());
            assert!((actual - expected).abs() <= 1e-11 * expected.abs().max(1.0), "{name}: {actual}, not {expected}");
        }
    }
}
