//! The sample: daily bars of four tickers, and the recipe, training file and rules of the main job.
//! Prices: PyPI bokeh_sampledata, stated public domain; see `sample/README.md`.

/// A ticker's bars as CSV: the ticker, the file name, the text.
pub const BARS: &[(&str, &str, &str)] = &[
    ("AAPL", "AAPL_daily.csv", include_str!("../sample/bars/AAPL_daily.csv")),
    ("GOOG", "GOOG_daily.csv", include_str!("../sample/bars/GOOG_daily.csv")),
    ("IBM", "IBM_daily.csv", include_str!("../sample/bars/IBM_daily.csv")),
    ("MSFT", "MSFT_daily.csv", include_str!("../sample/bars/MSFT_daily.csv")),
];

/// The files of the main job, by their path in a workspace.
pub const FILES: &[(&str, &str)] = &[
    ("recipes/momentum.toml", include_str!("../sample/recipes/momentum.toml")),
    ("train/elastic_net.toml", include_str!("../sample/train/elastic_net.toml")),
    ("train/ols.toml", include_str!("../sample/train/ols.toml")),
    ("rules/dip.toml", include_str!("../sample/rules/dip.toml")),
];

/// The table the sample bars are in.
pub const BARS_TABLE: &str = "market.bars_us_daily";

/// The table the main job's columns are in.
pub const FEATURES_TABLE: &str = "features.us_daily";
