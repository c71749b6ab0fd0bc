//! Why a backtest could not run, for the program and for the person.

use algomosaic_core::{Cancelled, Code, ParamError, Problem};

/// Why a backtest could not run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It was stopped on request.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// The rules file is not TOML, or a value has another type than the rule says.
    #[error("the rules cannot be read: {0}")]
    Toml(String),
    /// A key that no rules file has.
    #[error("the rules have no key `{key}`{}; there are {known}", .place.as_ref().map(|p| format!(" in {p}")).unwrap_or_default())]
    UnknownKey {
        /// What was given.
        key: String,
        /// Where: `rule 2`, or none at the top.
        place: Option<String>,
        /// The keys there are.
        known: String,
        /// The nearest of them.
        nearest: Option<String>,
    },
    /// A setting outside its bounds.
    #[error(transparent)]
    Setting(#[from] ParamError),
    /// A date that is not one.
    #[error("{name} must be a date such as 2012-06-27, or a time in UTC such as 2012-06-27T14:30:00Z, but is {value}")]
    Date {
        /// `start` or `end`.
        name: &'static str,
        /// What was given.
        value: String,
    },
    /// No rule at all.
    #[error("there is no rule, so nothing would ever be traded")]
    NoRules,
    /// An expression that cannot be read.
    #[error("rule {rule} ({trade}), `{part}`: {reason}")]
    Expression {
        /// The rule, counted from 1 as written.
        rule: usize,
        /// What it trades.
        trade: &'static str,
        /// `when`, `amount` or `commission`.
        part: &'static str,
        /// What the reader of expressions says.
        reason: String,
    },
    /// A column that reads later bars than the one that decides.
    #[error("rule {rule} ({trade}), `{part}`: {column} looks {horizon} bars ahead, and a rule may only know the past")]
    LooksAhead {
        /// The rule, counted from 1 as written.
        rule: usize,
        /// What it trades.
        trade: &'static str,
        /// `when`, `amount` or `commission`.
        part: &'static str,
        /// The label.
        column: String,
        /// How far it looks.
        horizon: u32,
    },
    /// A column that the frame does not have.
    #[error("rule {rule} ({trade}), `{part}`: there is no column {column}")]
    UnknownColumn {
        /// The rule, counted from 1 as written.
        rule: usize,
        /// What it trades.
        trade: &'static str,
        /// `when`, `amount` or `commission`.
        part: &'static str,
        /// What was given.
        column: String,
        /// The nearest column there is.
        nearest: Option<String>,
    },
    /// The bars lack a column that every bar has.
    #[error("the bars have no column {0}")]
    NotBars(&'static str),
    /// A column that holds no numbers.
    #[error("{column} holds {kind}, and a backtest computes with numbers")]
    NotANumber {
        /// The column.
        column: String,
        /// What it holds.
        kind: String,
    },
    /// Several tickers, and the rules name none.
    #[error("a backtest trades one ticker, and the bars hold {}", list(.tickers))]
    SeveralTickers {
        /// The tickers there are.
        tickers: Vec<String>,
    },
    /// The ticker of the rules is not there.
    #[error("the bars hold no {ticker}; they hold {}", list(.tickers))]
    UnknownTicker {
        /// What was given.
        ticker: String,
        /// The tickers there are.
        tickers: Vec<String>,
    },
    /// Nothing left to trade on.
    #[error("there is no bar to trade on: {0}")]
    NoBars(String),
    /// Two bars of the ticker have the same time.
    #[error("{ticker} has two bars at {time}")]
    SameTime {
        /// The ticker.
        ticker: String,
        /// The time, UTC.
        time: String,
    },
    /// The frame library refused.
    #[error("the frame of bars cannot be used: {0}")]
    Frame(#[from] polars::error::PolarsError),
}

/// The first names of a list, and how many more there are.
fn list(names: &[String]) -> String {
    const SHOWN: usize = 12;
    let mut text = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        text.push_str(&format!(" and {} more", names.len() - SHOWN));
    }
    if text.is_empty() { "none".to_owned() } else { text }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        let did_you_mean = |nearest: &Option<String>, other: &str| match nearest {
            Some(name) => format!("Did you mean {name}?"),
            None => other.to_owned(),
        };
        let hint = match &error {
            Error::Cancelled(cancelled) => return (*cancelled).into(),
            Error::Toml(_) => "Correct the line it names; the guide shows a whole rules file.".to_owned(),
            Error::UnknownKey { nearest, .. } => did_you_mean(nearest, "Remove the key."),
            Error::Setting(_) => "Choose a value within the bounds.".to_owned(),
            Error::Date { .. } => "Write the date as year, month, day.".to_owned(),
            Error::NoRules => "Add a [[rule]] with trade, when and amount.".to_owned(),
            Error::Expression { .. } => "Correct the expression.".to_owned(),
            Error::LooksAhead { .. } => {
                "Use a column that looks back, or the predictions of a model for this label.".to_owned()
            }
            Error::UnknownColumn { nearest, .. } => {
                did_you_mean(nearest, "Compute the column first, or choose one that the frame has.")
            }
            Error::NotBars(_) => {
                "Choose a table of bars: ticker_time, ticker, open, high, low, close, volume.".to_owned()
            }
            Error::NotANumber { .. } => "Use a column of numbers.".to_owned(),
            Error::SeveralTickers { .. } => "Name one as `ticker` in the rules.".to_owned(),
            Error::UnknownTicker { ticker, tickers } => {
                let nearest = algomosaic_core::names::nearest(ticker, tickers.iter().map(String::as_str));
                did_you_mean(&nearest.map(str::to_owned), "Name one of these as `ticker` in the rules.")
            }
            Error::NoBars(_) => "Choose other dates or another table.".to_owned(),
            Error::SameTime { .. } => "Keep one exchange and one interval of the ticker.".to_owned(),
            Error::Frame(_) => String::new(),
        };
        let code = match &error {
            Error::UnknownTicker { .. } => Code::NotFound,
            Error::Frame(_) => Code::Internal,
            _ => Code::BadInput,
        };
        Problem::new(code, message, hint)
    }
}
