//! The summary of a run: the parameters of the summary table, in its order.

use serde::{Deserialize, Serialize};

/// What became of the account. Gains are fractions of what was there at the start: 0.25 is 25 %.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct Summary {
    /// Cash after the last bar.
    pub account_cash: f64,
    /// Value of the account at the last close.
    pub account_value: f64,
    /// Commission paid in all.
    pub commission: f64,
    /// `account_value` less the cash at the start.
    pub income: f64,
    /// `income` as a fraction of the cash at the start.
    pub pct_gain: f64,
    /// Last close against the first, as a fraction: buying and holding over the same bars, without costs.
    pub pct_gain_market: f64,
    /// Bars on which a rule decided to trade.
    pub trade_attempts: u32,
    /// Decisions that were filled, wholly or in part.
    pub trades: u32,
    /// The least cash after any bar.
    pub account_cash_min: f64,
    /// The most cash after any bar.
    pub account_cash_max: f64,
    /// The least value at any close.
    pub account_value_min: f64,
    /// The greatest value at any close.
    pub account_value_max: f64,
}

impl Summary {
    /// Every parameter by its name, as the summary table has them.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, f64)> + use<> {
        [
            ("account_cash", self.account_cash),
            ("account_value", self.account_value),
            ("commission", self.commission),
            ("income", self.income),
            ("pct_gain", self.pct_gain),
            ("pct_gain_market", self.pct_gain_market),
            ("trade_attempts", f64::from(self.trade_attempts)),
            ("trades", f64::from(self.trades)),
            ("account_cash_min", self.account_cash_min),
            ("account_cash_max", self.account_cash_max),
            ("account_value_min", self.account_value_min),
            ("account_value_max", self.account_value_max),
        ]
        .into_iter()
    }
}
