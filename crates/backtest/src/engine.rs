//! The run itself, bar after bar: what the bar before decided fills at the open, the account is valued at the close,
//! then the rules are asked. It decides with what is known at the close and never looks further.

use std::collections::BTreeSet;

use algomosaic_core::{Job, names};
use algomosaic_features::FeatureFrame;
use algomosaic_features::expr::{Bound, Expr};
use polars::prelude::{Column, DataFrame, Int64Chunked, IntoColumn, NewChunkedArray, TimeUnit, TimeZone};
use serde::{Deserialize, Serialize};

use crate::account::{Account, Commission, Filled, Order};
use crate::bars::Bars;
use crate::{Error, Fill, Performance, Rules, STATE_NAMES, Statistics, Summary, Trade};

/// Bars between two looks at the job.
const BARS_A_STEP: usize = 4096;

/// A finished run.
#[derive(Debug, Clone)]
pub struct Backtest {
    /// The ticker that was traded.
    pub ticker: String,
    /// The columns that the rules read, sorted.
    pub columns: Vec<String>,
    /// A row a bar, with the columns of the backtest table from `ticker_time` on.
    ///
    /// `trade` is what was decided for this bar's fill; `amount` (units), `commission`, the `..._trades` (1 or 0) and
    /// `..._volume` (units) are what was filled, zero when the account did not allow it. `account_change` is the
    /// change of `account` (cash) on this bar.
    pub bars: DataFrame,
    /// What became of the account.
    pub summary: Summary,
    /// How good that was.
    pub statistics: Statistics,
    /// The account's value beside buying and holding.
    pub equity: Vec<EquityPoint>,
    /// What the reader should know beside the numbers, a sentence each.
    pub notes: Vec<String>,
}

/// The account's value at a close.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct EquityPoint {
    /// Time of the bar, microseconds since 1970 UTC.
    #[specta(type = f64)]
    pub time_us: i64,
    /// Value of the account, in its currency.
    pub account_value: f64,
    /// What `account_start` would be worth, had it bought at the first close without costs.
    pub market: f64,
}

/// Runs the rules over the bars of one ticker.
///
/// A decision on a bar fills at the open of the next one, or at its own close where the rules say so. The first rule
/// that holds wins; that its trade cannot be filled does not give the next rule a chance. A decision on the last bar
/// cannot fill at a next open and counts as an attempt.
///
/// A trade that the account allows only in part fills in part; one worth less than a trillionth of `account_start` does
/// not fill. Cash that a short needs (what buying it back costs, and as much again as its margin) is not spent.
///
/// Bars whose open or close is missing or not above zero are left out, and `notes` says how many.
pub fn run(rules: &Rules, data: &FeatureFrame, job: &Job) -> Result<Backtest, Error> {
    rules.check()?;
    job.step(0, 1)?;
    let plan = Plan::read(rules, data)?;
    let bars = Bars::read(rules, data)?;
    let columns: Vec<Vec<f64>> =
        plan.columns.iter().map(|name| bars.column(data, name)).collect::<Result<_, Error>>()?;
    let mut book = Book::with_capacity(bars.len());
    let mut account = Account::new(rules.account_start);
    let mut slots = vec![0.0; columns.len() + STATE_NAMES.len()];
    let mut waiting: Option<Decision> = None;
    for bar in 0..bars.len() {
        if bar % BARS_A_STEP == 0 {
            job.step(bar, bars.len())?;
        }
        let cash_before = account.cash;
        let mut decided = waiting.take();
        let mut filled = decided.and_then(|d| d.fill(&mut account, bars.open[bar], rules.slippage_bps));

        for (slot, column) in slots.iter_mut().zip(&columns) {
            *slot = column[bar];
        }
        let value = account.value(bars.close[bar]);
        let state = [account.cash, value, account.quantity, account.quantity_margin, rules.account_start];
        slots[columns.len()..].copy_from_slice(&state);
        let decision = plan.decide(&slots, rules);
        if let Some(decision) = decision {
            book.attempts += 1;
            book.undefined += u32::from(decision.order.is_none());
            match rules.fill {
                Fill::NextOpen => waiting = Some(decision),
                Fill::Close => {
                    decided = Some(decision);
                    filled = decision.fill(&mut account, bars.close[bar], rules.slippage_bps);
                }
            }
        }
        book.write(decided.map(|d| d.trade), filled, &account, cash_before, bars.close[bar]);
    }
    job.step(1, 1)?;
    finish(rules, plan, &bars, &book, waiting.is_some())
}

/// What a rule decided on a bar. No order when its amount or commission is undefined, or the amount not above zero.
#[derive(Clone, Copy)]
struct Decision {
    trade: Trade,
    order: Option<Order>,
}

impl Decision {
    fn fill(&self, account: &mut Account, price: f64, slippage_bps: f64) -> Option<Filled> {
        let slippage = if self.trade.buys() { slippage_bps } else { -slippage_bps };
        account.fill(self.order.as_ref()?, price * (1.0 + slippage / 1e4))
    }
}

/// The rules in the order in which they are asked, bound to slots: first the columns, then [`STATE_NAMES`].
struct Plan {
    columns: Vec<String>,
    rules: Vec<BoundRule>,
}

struct BoundRule {
    trade: Trade,
    when: Bound,
    amount: Bound,
    commission: Option<Bound>,
}

/// Where an expression stands, for the message about it.
#[derive(Clone, Copy)]
struct Place {
    rule: usize,
    trade: &'static str,
    part: &'static str,
}

impl Place {
    fn wrong(self, reason: impl ToString) -> Error {
        Error::Expression { rule: self.rule, trade: self.trade, part: self.part, reason: reason.to_string() }
    }
}

impl Plan {
    fn read(rules: &Rules, data: &FeatureFrame) -> Result<Plan, Error> {
        let frame_names: Vec<&str> = data.frame.get_column_names().into_iter().map(|name| name.as_str()).collect();
        let mut used = BTreeSet::new();
        let mut parsed = Vec::with_capacity(rules.rule.len());
        for (i, rule) in rules.rule.iter().enumerate() {
            let mut read = |part, text: &str| {
                let place = Place { rule: i + 1, trade: rule.trade.name(), part };
                let expression = Expr::parse(text).map_err(|e| place.wrong(e))?;
                for name in expression.columns() {
                    used.extend(resolve(&name, &frame_names, data, place)?);
                }
                Ok::<_, Error>((place, expression))
            };
            let commission = rule.commission.as_deref().map(|text| read("commission", text)).transpose()?;
            parsed.push((rule.trade, read("when", &rule.when)?, read("amount", &rule.amount)?, commission));
        }
        let columns: Vec<String> = used.into_iter().collect();
        let slots: Vec<&str> = columns.iter().map(String::as_str).chain(STATE_NAMES).collect();
        let bind = |(place, expression): (Place, Expr), boolean: bool| {
            let bound = expression.bind(&slots).map_err(|e| place.wrong(e))?;
            match (boolean, bound.is_boolean()) {
                (true, false) => Err(place.wrong("this must be true or false, but is a number")),
                (false, true) => Err(place.wrong("this must be a number, but is true or false")),
                _ => Ok(bound),
            }
        };
        let mut bound = Vec::with_capacity(parsed.len());
        for (trade, when, amount, commission) in parsed {
            bound.push(BoundRule {
                trade,
                when: bind(when, true)?,
                amount: bind(amount, false)?,
                commission: commission.map(|expression| bind(expression, false)).transpose()?,
            });
        }
        let order = |trade: Trade| Trade::ALL.iter().position(|each| *each == trade);
        bound.sort_by_key(|rule| order(rule.trade));
        Ok(Plan { columns, rules: bound })
    }

    /// What the first rule that holds wants.
    fn decide(&self, slots: &[f64], rules: &Rules) -> Option<Decision> {
        // NULL is NaN, which is not 1.
        let rule = self.rules.iter().find(|rule| rule.when.eval(slots) == 1.0)?;
        let amount = rule.amount.eval(slots);
        let commission = match &rule.commission {
            Some(expression) => Commission::Flat(expression.eval(slots)),
            None => Commission::Share(rules.commission_bps / 1e4),
        };
        // Infinite is more than any account allows, and is cut like any other amount that is too great.
        let defined = amount > 0.0 && !matches!(commission, Commission::Flat(fee) if !(fee >= 0.0 && fee.is_finite()));
        let order = defined.then_some(Order { trade: rule.trade, amount, commission });
        Some(Decision { trade: rule.trade, order })
    }
}

/// The frame's column that an expression means; none for the account's own names. A label is refused.
fn resolve(name: &str, frame_names: &[&str], data: &FeatureFrame, place: Place) -> Result<Option<String>, Error> {
    if STATE_NAMES.contains(&name) {
        return Ok(None);
    }
    let found = match frame_names.iter().find(|known| **known == name) {
        Some(exact) => Some(*exact),
        None => {
            let mut alike =
                frame_names.iter().chain(&STATE_NAMES).filter(|known| known.eq_ignore_ascii_case(name)).copied();
            match (alike.next(), alike.next()) {
                (Some(one), Some(other)) => {
                    return Err(place.wrong(format!("{name} may be {one} or {other}; write it exactly")));
                }
                (only, _) => only,
            }
        }
    };
    let Some(found) = found else {
        let nearest = names::nearest(name, frame_names.iter().chain(&STATE_NAMES).copied()).map(str::to_owned);
        let Place { rule, trade, part } = place;
        return Err(Error::UnknownColumn { rule, trade, part, column: name.to_owned(), nearest });
    };
    if STATE_NAMES.contains(&found) {
        return Ok(None);
    }
    if let Some(horizon) = horizon(found, data) {
        let Place { rule, trade, part } = place;
        return Err(Error::LooksAhead { rule, trade, part, column: found.to_owned(), horizon });
    }
    Ok(Some(found.to_owned()))
}

/// How many bars a column looks ahead: by its mark, or by the name that returns over later bars have (`ROR_n10`),
/// since a file from elsewhere carries no marks.
fn horizon(column: &str, data: &FeatureFrame) -> Option<u32> {
    data.labels.get(column).copied().or_else(|| {
        let name = column.strip_prefix('A').unwrap_or(column);
        let digits = name.strip_prefix("ROR_n")?;
        digits.bytes().all(|c| c.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
    })
}

/// What is written down at each bar.
struct Book {
    attempts: u32,
    undefined: u32,
    trade: Vec<Option<&'static str>>,
    amount: Vec<f64>,
    commission: Vec<f64>,
    account: Vec<f64>,
    account_value: Vec<f64>,
    quantity: Vec<f64>,
    quantity_margin: Vec<f64>,
    account_change: Vec<f64>,
    trades: u32,
    bars_with_position: usize,
    bars_beyond_margin: usize,
    closing_trades: usize,
    gaining_trades: usize,
}

impl Book {
    fn with_capacity(bars: usize) -> Book {
        let column = || Vec::with_capacity(bars);
        Book {
            attempts: 0,
            undefined: 0,
            trade: Vec::with_capacity(bars),
            amount: column(),
            commission: column(),
            account: column(),
            account_value: column(),
            quantity: column(),
            quantity_margin: column(),
            account_change: column(),
            trades: 0,
            bars_with_position: 0,
            bars_beyond_margin: 0,
            closing_trades: 0,
            gaining_trades: 0,
        }
    }

    fn write(&mut self, trade: Option<Trade>, filled: Option<Filled>, account: &Account, cash_before: f64, close: f64) {
        self.trade.push(trade.map(Trade::name));
        self.amount.push(filled.map_or(0.0, |f| f.amount));
        self.commission.push(filled.map_or(0.0, |f| f.commission));
        self.account.push(account.cash);
        self.account_value.push(account.value(close));
        self.quantity.push(account.quantity);
        self.quantity_margin.push(account.quantity_margin);
        self.account_change.push(account.cash - cash_before);
        self.trades += u32::from(filled.is_some());
        self.bars_with_position += usize::from(account.quantity != 0.0 || account.quantity_margin != 0.0);
        self.bars_beyond_margin += usize::from(account.quantity_margin != 0.0 && account.free_cash(close) < 0.0);
        if let Some(profit) = filled.and_then(|f| f.profit) {
            self.closing_trades += 1;
            self.gaining_trades += usize::from(profit > 0.0);
        }
    }

    /// 1 (or the amount) on the bars where `trade` filled, 0 on the others.
    fn filled(&self, trade: Trade, unit: bool) -> Vec<f64> {
        let hit = |(name, amount): (&Option<&'static str>, &f64)| {
            let amount = if *name == Some(trade.name()) { *amount } else { 0.0 };
            if unit { f64::from(u8::from(amount > 0.0)) } else { amount }
        };
        self.trade.iter().zip(&self.amount).map(hit).collect()
    }
}

fn finish(rules: &Rules, plan: Plan, bars: &Bars, book: &Book, unfilled_at_end: bool) -> Result<Backtest, Error> {
    let last = |values: &[f64]| values.last().copied().unwrap_or(f64::NAN);
    let least = |values: &[f64]| values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = |values: &[f64]| values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let start = rules.account_start;
    let account_value = last(&book.account_value);
    let first_close = bars.close[0];
    let summary = Summary {
        account_cash: last(&book.account),
        account_value,
        commission: book.commission.iter().sum(),
        income: account_value - start,
        pct_gain: (account_value - start) / start,
        pct_gain_market: last(&bars.close) / first_close - 1.0,
        trade_attempts: book.attempts,
        trades: book.trades,
        account_cash_min: least(&book.account),
        account_cash_max: most(&book.account),
        account_value_min: least(&book.account_value),
        account_value_max: most(&book.account_value),
    };
    let statistics = Statistics::of(&Performance {
        account_start: start,
        values: &book.account_value,
        times_us: &bars.times_us,
        bars_with_position: book.bars_with_position,
        closing_trades: book.closing_trades,
        gaining_trades: book.gaining_trades,
    });
    let equity = bars
        .times_us
        .iter()
        .zip(&bars.close)
        .zip(&book.account_value)
        .map(|((&time_us, close), &account_value)| EquityPoint {
            time_us,
            account_value,
            market: start * close / first_close,
        })
        .collect();
    Ok(Backtest {
        ticker: bars.ticker.clone(),
        columns: plan.columns,
        bars: table(bars, book)?,
        summary,
        statistics,
        equity,
        notes: notes(rules, bars, book, unfilled_at_end),
    })
}

fn table(bars: &Bars, book: &Book) -> Result<DataFrame, Error> {
    // An undefined high, low or volume is NULL in a table.
    let optional = |name: &str, values: &[f64]| {
        let values: Vec<Option<f64>> = values.iter().map(|v| (!v.is_nan()).then_some(*v)).collect();
        Column::new(name.into(), values)
    };
    // A cast would drop the zone, and make a DATETIME of it.
    let times = Int64Chunked::from_slice("ticker_time".into(), &bars.times_us)
        .into_datetime(TimeUnit::Microseconds, Some(TimeZone::UTC));
    let mut columns = vec![
        times.into_column(),
        Column::new("ticker".into(), vec![bars.ticker.as_str(); bars.len()]),
        optional("high", &bars.high),
        optional("low", &bars.low),
        Column::new("open".into(), &bars.open),
        Column::new("close".into(), &bars.close),
        optional("volume", &bars.volume),
        Column::new("trade".into(), &book.trade),
        Column::new("amount".into(), &book.amount),
        Column::new("commission".into(), &book.commission),
        Column::new("account".into(), &book.account),
        Column::new("account_value".into(), &book.account_value),
        Column::new("quantity".into(), &book.quantity),
        Column::new("quantity_margin".into(), &book.quantity_margin),
    ];
    let named =
        [(Trade::Buy, "buy"), (Trade::Sell, "sell"), (Trade::SellShort, "sell_short"), (Trade::BuyCover, "buy_cover")];
    for (what, unit) in [("trades", true), ("volume", false)] {
        for (trade, name) in named {
            columns.push(Column::new(format!("{name}_{what}").into(), book.filled(trade, unit)));
        }
    }
    columns.push(Column::new("account_change".into(), &book.account_change));
    Ok(DataFrame::new(bars.len(), columns)?)
}

fn notes(rules: &Rules, bars: &Bars, book: &Book, unfilled_at_end: bool) -> Vec<String> {
    let mut notes = Vec::new();
    if rules.fill == Fill::Close {
        notes.push(
            "Trades fill at the close of the bar that decides them, a price that is known only when it is gone."
                .to_owned(),
        );
    }
    if rules.commission_bps == 0.0 && rules.slippage_bps == 0.0 && rules.rule.iter().all(|r| r.commission.is_none()) {
        notes.push("Trading is free of costs here; in earnest it is not.".to_owned());
    }
    if unfilled_at_end {
        notes.push("The decision on the last bar has no next open to fill at.".to_owned());
    }
    if book.undefined > 0 {
        notes.push(format!(
            "{} traded nothing, because the amount was undefined or not above zero, or the commission undefined or negative.",
            counted(book.undefined as usize, "decision")
        ));
    }
    if bars.left_out > 0 {
        notes.push(format!("{} without an open and a close above zero left out.", counted(bars.left_out, "bar")));
    }
    if book.bars_beyond_margin > 0 {
        notes.push(format!(
            "On {} the cash did not cover the short and its margin; a broker would have closed it.",
            counted(book.bars_beyond_margin, "bar")
        ));
    }
    if book.account_value.iter().any(|value| *value <= 0.0) {
        notes.push("The account was lost: its value fell to zero or below.".to_owned());
    }
    notes
}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
