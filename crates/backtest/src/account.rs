//! The account: cash, what is held long and what is sold short. Only a fill changes it, and every fill keeps
//! the rules: no sale of what is not held, no purchase beyond the cash, no short beyond its margin.

use crate::Trade;

/// What a fill costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Commission {
    /// A share of the fill's value.
    Share(f64),
    /// An amount of currency, whatever the fill's value.
    Flat(f64),
}

impl Commission {
    fn of(self, notional: f64) -> f64 {
        match self {
            Commission::Share(share) => share * notional,
            Commission::Flat(fee) => fee,
        }
    }

    /// The most units that `budget` pays at `price`, commission included.
    fn affordable(self, budget: f64, price: f64) -> f64 {
        match self {
            Commission::Share(share) => budget / (price * (1.0 + share)),
            Commission::Flat(fee) => (budget - fee) / price,
        }
    }
}

/// A decision with its amount (units above zero, finite) and cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Order {
    pub(crate) trade: Trade,
    pub(crate) amount: f64,
    pub(crate) commission: Commission,
}

/// What was traded in the end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Filled {
    pub(crate) amount: f64,
    pub(crate) commission: f64,
    /// Profit after costs against the average entry, for the fills that close a position.
    pub(crate) profit: Option<f64>,
}

/// The account between two fills.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Account {
    pub(crate) cash: f64,
    /// Units held long.
    pub(crate) quantity: f64,
    /// Units sold short, zero or negative.
    pub(crate) quantity_margin: f64,
    /// What the units held long cost, commission included.
    long_cost: f64,
    /// What the units sold short brought, commission taken off.
    short_proceeds: f64,
    /// A fill worth less is none.
    least_notional: f64,
}

/// Share of the cash at the start below which a fill is only what rounding left over, such as cash after spending all.
const DUST: f64 = 1e-12;

impl Account {
    pub(crate) fn new(cash: f64) -> Self {
        Account {
            cash,
            quantity: 0.0,
            quantity_margin: 0.0,
            long_cost: 0.0,
            short_proceeds: 0.0,
            least_notional: DUST * cash,
        }
    }

    /// `account_value` of the tables.
    pub(crate) fn value(&self, price: f64) -> f64 {
        self.cash + self.quantity * price + self.quantity_margin * price
    }

    /// The cash that no short needs: a short keeps aside what buying it back costs, and as much again as margin.
    pub(crate) fn free_cash(&self, price: f64) -> f64 {
        self.cash + 2.0 * self.quantity_margin * price
    }

    /// Fills as much of the order as the rules allow at `price` (above zero, finite); none when that is nothing.
    pub(crate) fn fill(&mut self, order: &Order, price: f64) -> Option<Filled> {
        let Order { trade, amount, commission } = *order;
        let most = match trade {
            Trade::Buy | Trade::SellShort => within(commission, self.free_cash(price), price),
            Trade::Sell => self.quantity,
            Trade::BuyCover => (-self.quantity_margin).min(within(commission, self.cash, price)),
        };
        let amount = amount.min(most);
        let notional = amount * price;
        let paid = commission.of(notional);
        let fillable = amount > 0.0 && notional >= self.least_notional && notional.is_finite() && paid.is_finite();
        if !fillable {
            return None;
        }
        let cash = if trade.buys() { self.cash - notional - paid } else { self.cash + notional - paid };
        // A fee may be more than the cash and the proceeds.
        if cash < 0.0 {
            return None;
        }
        let profit = match trade {
            Trade::Buy => {
                self.long_cost += notional + paid;
                self.quantity += amount;
                None
            }
            Trade::Sell => {
                let cost = self.long_cost * (amount / self.quantity);
                self.long_cost -= cost;
                self.quantity -= amount;
                Some(notional - paid - cost)
            }
            Trade::SellShort => {
                self.short_proceeds += notional - paid;
                self.quantity_margin -= amount;
                None
            }
            Trade::BuyCover => {
                let proceeds = self.short_proceeds * (amount / -self.quantity_margin);
                self.short_proceeds -= proceeds;
                self.quantity_margin += amount;
                Some(proceeds - notional - paid)
            }
        };
        self.cash = cash;
        Some(Filled { amount, commission: paid, profit })
    }
}

/// [`Commission::affordable`], a hair less where rounding would spend more than the budget.
fn within(commission: Commission, budget: f64, price: f64) -> f64 {
    let mut amount = commission.affordable(budget, price);
    for _ in 0..4 {
        // The same operations in the same order as a fill.
        let notional = amount * price;
        if budget - notional - commission.of(notional) >= 0.0 {
            break;
        }
        amount *= 1.0 - 4.0 * f64::EPSILON;
    }
    amount
}
