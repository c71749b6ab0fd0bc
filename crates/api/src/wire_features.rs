//! What the Features page asks and hears: the catalogue, sources of bars, columns on a chart, correlations, recipes.

use algomosaic_core::Param;
use algomosaic_features::{LooksAhead, Recipe, WarmUp};
use algomosaic_indicators::Draw;
use serde::{Deserialize, Serialize};

use crate::request::Source;

/// An indicator or a transform, as a form needs it.
#[derive(Debug, Clone, PartialEq, Serialize, specta::Type)]
pub struct IndicatorForm {
    /// As recipes name it: `ta.rsi`, or `transform.lag` for `transform = "lag"`.
    pub id: &'static str,
    /// `algom`, `ta` or `transform`.
    pub family: &'static str,
    /// Where the catalogue has it: `Momentum`.
    pub group: &'static str,
    /// Its label.
    pub label: &'static str,
    /// What it tells.
    pub help: &'static str,
    /// Its definition.
    pub formula: &'static str,
    /// Where the definition comes from.
    pub source: &'static str,
    /// Its parameters.
    pub params: &'static [Param],
    /// Its columns.
    pub outputs: Vec<OutputForm>,
    /// Whether it can be updated bar by bar.
    pub streams: bool,
}

/// A column that an indicator makes.
#[derive(Debug, Clone, PartialEq, Serialize, specta::Type)]
pub struct OutputForm {
    /// Its short name.
    pub name: &'static str,
    /// The pattern of its column's name; empty in family `ta`, whose columns are named by one rule.
    pub pattern: &'static str,
    /// Whether its values are whole numbers.
    pub integer: bool,
    /// How a chart draws it.
    pub draw: Draw,
}

/// A table with bars.
#[derive(Debug, Clone, PartialEq, Serialize, specta::Type)]
pub struct BarSource {
    /// Its full name.
    pub table: String,
    /// Its tickers, in the order of the alphabet; at most 1,000. None where the table has no column of them.
    pub tickers: Vec<TickerBars>,
    /// Columns with numbers, which an indicator can read.
    pub columns: Vec<String>,
}

/// The bars of a ticker.
#[derive(Debug, Clone, PartialEq, Serialize, specta::Type)]
pub struct TickerBars {
    /// Its name.
    pub ticker: String,
    /// How many.
    #[specta(type = f64)]
    pub bars: u64,
}

/// What to show on the candles.
#[derive(Debug, Clone, PartialEq, Deserialize, specta::Type)]
pub struct PreviewRequest {
    /// The table with the bars.
    pub table: String,
    /// One of its tickers; none where it has no column of them.
    pub ticker: Option<String>,
    /// How many of its last bars.
    pub bars: u32,
    /// The recipe as it stands, finished or not.
    pub recipe: Recipe,
    /// Places below `feature`, from 0, of entries that are not shown: their columns come without values, and are not
    /// computed unless another is made of them.
    pub hidden_features: Vec<u32>,
    /// The same below `label`.
    pub hidden_labels: Vec<u32>,
    /// The bars that whoever asks has already; they are not sent again.
    pub known_bars: Option<String>,
}

/// Bars with the columns of a recipe, oldest first.
#[derive(Debug, Clone, PartialEq, Serialize, specta::Type)]
pub struct FeaturePreview {
    /// Which bars they are: the same text stands for the same bars. Where they are known already, the series of the bars
    /// are empty.
    pub bars_id: String,
    /// Seconds since 1970, UTC.
    pub times: Vec<f64>,
    /// Open.
    pub open: Vec<Option<f64>>,
    /// High.
    pub high: Vec<Option<f64>>,
    /// Low.
    pub low: Vec<Option<f64>>,
    /// Close.
    pub close: Vec<Option<f64>>,
    /// Volume; empty where the bars have none.
    pub volume: Vec<Option<f64>>,
    /// The columns, entry by entry.
    pub columns: Vec<PreviewColumn>,
    /// Entries that cannot be computed, with the reason; the others stand.
    pub problems: Vec<EntryProblem>,
}

/// A column of a recipe on the chart.
#[derive(Debug, Clone, PartialEq, Serialize, specta::Type)]
pub struct PreviewColumn {
    /// Its name.
    pub name: String,
    /// Whether its entry is a label, and the entry's place among its kind.
    pub is_label: bool,
    /// The place of its entry below `feature` or `label`, from 0.
    pub entry: u32,
    /// How many later bars it reads.
    pub horizon: u32,
    /// How many bars pass before its first value.
    #[specta(type = f64)]
    pub warm_up: usize,
    /// Whether it stands on the scale of prices.
    pub overlay: bool,
    /// Whether its scale is neither that of prices nor that of its entry's other columns, so that it needs a pane of its own.
    pub apart: bool,
    /// How a chart draws it.
    pub draw: Draw,
    /// Its values; none where the entry is hidden.
    pub values: Vec<Option<f64>>,
}

/// What is wrong with an entry.
#[derive(Debug, Clone, PartialEq, Serialize, specta::Type)]
pub struct EntryProblem {
    /// Whether it is a label.
    pub is_label: bool,
    /// Its place below `feature` or `label`, from 0.
    pub entry: u32,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

/// Rank correlations of a recipe's columns.
#[derive(Debug, Clone, PartialEq, Serialize, specta::Type)]
pub struct FeatureCorrelations {
    /// The columns, labels last.
    pub columns: Vec<String>,
    /// Which of them are labels.
    pub labels: Vec<String>,
    /// A row for each column; none where a column is constant.
    pub matrix: Vec<Vec<Option<f64>>>,
    /// Rows in which every column has a value.
    #[specta(type = f64)]
    pub rows: usize,
}

/// What the checks of a recipe found.
#[derive(Debug, Clone, PartialEq, Serialize, specta::Type)]
pub struct RecipeCheck {
    /// How many columns were recomputed.
    #[specta(type = f64)]
    pub columns_checked: usize,
    /// Those that look ahead, with how it is known.
    pub looks_ahead: Vec<LooksAhead>,
    /// How long each column takes to settle.
    pub warm_up: Vec<WarmUp>,
}

/// A recipe kept with the workspace.
#[derive(Debug, Clone, PartialEq, Serialize, specta::Type)]
pub struct SavedRecipe {
    /// Its name, that of its file.
    pub name: String,
    /// The recipe; none when the file is not one.
    pub recipe: Option<Recipe>,
    /// Why the file is no recipe.
    pub problem: Option<String>,
    /// The file's text.
    pub text: String,
    /// When it last changed, UTC.
    pub changed_at: String,
}

/// What a recipe is to be checked or measured on.
#[derive(Debug, Clone, PartialEq, Deserialize, specta::Type)]
pub struct RecipeOn {
    /// The recipe.
    pub recipe: Recipe,
    /// The bars.
    pub from: Source,
}
