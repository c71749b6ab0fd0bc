//! The charts of a backtest's account: its value against buying and holding, and its falls.

use crate::chart::{Axis, AxisKind, Chart, Role, Series, Shape};
use crate::evaluation::chart;

/// An account bar by bar, as plain columns of equal length, in time order.
#[derive(Debug, Clone, Copy)]
pub struct Account<'a> {
    /// Times, milliseconds since 1970 UTC.
    pub times_ms: &'a [f64],
    /// Value of the account.
    pub account_value: &'a [f64],
    /// What the same cash would be worth, had it bought at the start and held.
    pub market: &'a [f64],
}

/// The account's value against buying and holding.
pub fn equity(account: &Account<'_>) -> Chart {
    let series = |name, role, values: &[f64]| {
        Series::new(name, role, Shape::Line, account.times_ms.iter().copied().zip(values.iter().copied()))
    };
    let series = vec![
        series("buy and hold", Role::Market, account.market),
        series("strategy", Role::Strategy, account.account_value),
    ];
    let axes = (Axis::new("", AxisKind::Time), Axis::new("", AxisKind::Number));
    chart("equity", "Account value against the market", axes, series, None)
}

/// How far the account is below its highest value so far, in percent.
pub fn drawdown(account: &Account<'_>) -> Chart {
    let mut peak = f64::NEG_INFINITY;
    let falls = account.times_ms.iter().zip(account.account_value).map(|(time, value)| {
        peak = peak.max(*value);
        (*time, 100.0 * (value / peak - 1.0))
    });
    let series = vec![Series::new("drawdown", Role::Negative, Shape::Area, falls)];
    let axes = (Axis::new("", AxisKind::Time), Axis::new("", AxisKind::Number));
    chart("drawdown", "Drawdown, %", axes, series, None)
}
