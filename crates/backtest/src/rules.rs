//! The rule set: what to trade, when, how much, at what cost. Reading it checks everything that needs no bars.

use std::collections::BTreeMap;

use algomosaic_core::problem::in_line;
use algomosaic_core::{Param, ParamKind, Params, Value, names};
use chrono::{DateTime, NaiveDate};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::Error;

/// The settings of a backtest beside its rules: the form, the check and the reference page read them here.
pub const SETTINGS: &[Param] = &[
    Param::float("account_start", "Account", 10_000.0, 0.01, 1e12).help("Cash before the first bar"),
    Param::choice("fill", "Fill", "next_open", &[("next_open", "Next open"), ("close", "Close of the same bar")])
        .help("The price at which a decision fills; only the next open could have been traded in earnest"),
    Param::float("commission_bps", "Commission", 0.0, 0.0, 10_000.0)
        .unit("bps")
        .help("Share of each fill's value, in hundredths of a percent; a rule may state its own"),
    Param::float("slippage_bps", "Slippage", 0.0, 0.0, 5_000.0)
        .unit("bps")
        .help("How much worse than the bar's price each fill is, in hundredths of a percent"),
    Param::choice(
        "predictions",
        "Predictions",
        "model",
        &[("model", "Of the model, on bars it was not trained on"), ("held_out", "Of the folds, on the bars each held out")],
    )
    .help(
        "Whose predictions the rules read: those of the model that was kept, or for each bar those of the models of the \
         split's folds that did not see it",
    ),
];

/// What an expression may use beside the columns of its bar: the account as it stands when the bar closes.
///
/// `quantity` is what is held long, `quantity_margin` what is sold short (zero or negative).
pub const STATE_NAMES: [&str; 5] = ["account", "account_value", "quantity", "quantity_margin", "account_start"];

/// When a decision fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Fill {
    /// At the open of the next bar, the first price that could have been traded.
    #[default]
    NextOpen,
    /// At the close of the bar that decides; the result says so.
    Close,
}

/// Whose predictions the rules read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Predictions {
    /// Those of the model that was kept, on bars it was not trained on.
    #[default]
    Model,
    /// Those of the split's folds: each bar as the models say that held it out.
    HeldOut,
}

impl Predictions {
    /// As files have it.
    pub const fn name(self) -> &'static str {
        match self {
            Predictions::Model => "model",
            Predictions::HeldOut => "held_out",
        }
    }

    fn is_default(&self) -> bool {
        *self == Predictions::default()
    }
}

/// What a rule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, specta::Type)]
pub enum Trade {
    /// Borrow and sell.
    #[serde(rename = "SELL SHORT")]
    SellShort,
    /// Buy back what was sold short.
    #[serde(rename = "BUY COVER")]
    BuyCover,
    /// Buy with cash.
    #[serde(rename = "BUY")]
    Buy,
    /// Sell what is held.
    #[serde(rename = "SELL")]
    Sell,
}

impl Trade {
    /// Every trade, in the order in which rules are asked.
    pub const ALL: [Trade; 4] = [Trade::SellShort, Trade::BuyCover, Trade::Buy, Trade::Sell];

    /// As rules and tables name it.
    pub const fn name(self) -> &'static str {
        match self {
            Trade::SellShort => "SELL SHORT",
            Trade::BuyCover => "BUY COVER",
            Trade::Buy => "BUY",
            Trade::Sell => "SELL",
        }
    }

    /// Whether it pays cash for units; slippage raises its price, and lowers that of the others.
    pub(crate) const fn buys(self) -> bool {
        matches!(self, Trade::Buy | Trade::BuyCover)
    }
}

/// By hand, so that whoever wrote another word, in a file or in a request, reads which there are.
impl<'de> Deserialize<'de> for Trade {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let given = String::deserialize(deserializer)?;
        let names = Trade::ALL.map(Trade::name);
        Trade::ALL.into_iter().find(|trade| trade.name() == given).ok_or_else(|| {
            let nearest = names::nearest(&given, names).map(|name| format!("; did you mean {name}?"));
            D::Error::custom(format!(
                "trade must be one of {}, but is \"{given}\"{}",
                names.join(", "),
                nearest.unwrap_or_default()
            ))
        })
    }
}

/// One rule: on a bar where `when` holds, trade `amount`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What to do.
    pub trade: Trade,
    /// A boolean SQL expression over the bar's columns and [`STATE_NAMES`]. Undefined counts as false.
    pub when: String,
    /// Units of the asset, an SQL expression over the same. Undefined or not above zero trades nothing.
    pub amount: String,
    /// The commission of the fill in the account's currency, an SQL expression over the same. Without it,
    /// `commission_bps` of the fill's value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commission: Option<String>,
}

/// A rule set with its settings, as a rules file holds it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Cash before the first bar, in the account's currency.
    #[serde(default = "default_account_start")]
    pub account_start: f64,
    /// When a decision fills.
    #[serde(default)]
    pub fill: Fill,
    /// Commission in hundredths of a percent of a fill's value.
    #[serde(default)]
    pub commission_bps: f64,
    /// How much worse than the bar's price a fill is, in hundredths of a percent.
    #[serde(default)]
    pub slippage_bps: f64,
    /// Whose predictions the rules read, where a model is named.
    #[serde(default, skip_serializing_if = "Predictions::is_default")]
    pub predictions: Predictions,
    /// The ticker to trade; needed when the bars hold several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticker: Option<String>,
    /// The first day to trade, or the first time, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// The last day to trade, which is included, or the last time, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<String>,
    /// The rules. The first that holds wins, in the order SELL SHORT, BUY COVER, BUY, SELL and then as written.
    #[serde(default)]
    pub rule: Vec<Rule>,
}

fn default_account_start() -> f64 {
    10_000.0
}

const KEYS: &[&str] =
    &["account_start", "fill", "commission_bps", "slippage_bps", "predictions", "ticker", "start", "end", "rule"];
const RULE_KEYS: &[&str] = &["trade", "when", "amount", "commission"];

impl Rules {
    /// Reads a rules file. A key it does not know is an error that names the nearest one.
    pub fn from_toml(text: &str) -> Result<Rules, Error> {
        let unread = |e: toml::de::Error| Error::Toml(in_line(text, e.span().map(|span| span.start), e.message()));
        let table: toml::Table = text.parse().map_err(unread)?;
        known_keys(&table, KEYS, None)?;
        if let Some(toml::Value::Array(rules)) = table.get("rule") {
            for (i, rule) in rules.iter().enumerate() {
                if let toml::Value::Table(rule) = rule {
                    known_keys(rule, RULE_KEYS, Some(format!("rule {}", i + 1)))?;
                }
            }
        }
        for param in SETTINGS {
            if let (ParamKind::Choice { .. }, Some(toml::Value::String(given))) = (param.kind, table.get(param.name)) {
                param.check(&Value::Text(given.clone()))?;
            }
        }
        let rules: Rules = toml::from_str(text).map_err(unread)?;
        rules.check()?;
        Ok(rules)
    }

    /// Whether every setting keeps its rule. Expressions are checked when the columns are known, by [`crate::run`].
    pub fn check(&self) -> Result<(), Error> {
        let fill = match self.fill {
            Fill::NextOpen => "next_open",
            Fill::Close => "close",
        };
        let given = BTreeMap::from([
            ("account_start".to_owned(), Value::Float(self.account_start)),
            ("fill".to_owned(), Value::Text(fill.to_owned())),
            ("commission_bps".to_owned(), Value::Float(self.commission_bps)),
            ("slippage_bps".to_owned(), Value::Float(self.slippage_bps)),
            ("predictions".to_owned(), Value::Text(self.predictions.name().to_owned())),
        ]);
        Params::check(SETTINGS, &given)?;
        self.period_us()?;
        if self.rule.is_empty() {
            return Err(Error::NoRules);
        }
        Ok(())
    }

    /// The first and last time to trade, both included, in microseconds since 1970 UTC.
    pub(crate) fn period_us(&self) -> Result<(i64, i64), Error> {
        let start = self.start.as_deref().map_or(Ok(i64::MIN), |text| time_us("start", text, false))?;
        let end = self.end.as_deref().map_or(Ok(i64::MAX), |text| time_us("end", text, true))?;
        Ok((start, end))
    }
}

fn known_keys(table: &toml::Table, known: &[&'static str], place: Option<String>) -> Result<(), Error> {
    match table.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => Err(Error::UnknownKey {
            key: key.clone(),
            place,
            known: known.join(", "),
            nearest: names::nearest(key, known.iter().copied()).map(str::to_owned),
        }),
    }
}

/// A day (its first, or when `to_end` its last microsecond) or a time with its zone.
fn time_us(name: &'static str, text: &str, to_end: bool) -> Result<i64, Error> {
    const DAY_US: i64 = 86_400_000_000;
    let wrong = || Error::Date { name, value: text.to_owned() };
    let text = text.trim();
    if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        let midnight = day.and_hms_opt(0, 0, 0).ok_or_else(wrong)?.and_utc().timestamp_micros();
        return Ok(if to_end { midnight.saturating_add(DAY_US - 1) } else { midnight });
    }
    DateTime::parse_from_rfc3339(text).map(|time| time.timestamp_micros()).map_err(|_| wrong())
}
