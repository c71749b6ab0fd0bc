//! The specification of a chart: what is drawn, in words that name no colour and no library.

use serde::{Deserialize, Serialize};

/// A chart, ready to be drawn. Its data are complete: nothing is looked up elsewhere.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, specta::Type)]
pub struct Chart {
    /// The kind, as commands and files name it: `predictions_by_date`.
    pub id: String,
    /// The title.
    pub title: String,
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// What is drawn, the first at the back.
    pub series: Vec<Series>,
    /// What the reader should know beside the picture, as sentences. Empty when there is nothing to say.
    pub note: String,
}

impl Chart {
    /// Whether there is nothing to draw but guides; then a chart says *No rows*.
    pub fn is_empty(&self) -> bool {
        let drawn = |s: &Series| s.role != Role::Guide && s.points().next().is_some();
        !self.series.iter().any(drawn)
    }
}

/// An axis. Its range follows from the data.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq, specta::Type)]
pub struct Axis {
    /// What it measures, with the unit. Empty where the title of the chart says it.
    pub title: String,
    /// How it counts.
    pub kind: AxisKind,
}

impl Axis {
    pub(crate) fn new(title: &str, kind: AxisKind) -> Axis {
        Axis { title: title.to_owned(), kind }
    }
}

/// How an axis counts.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum AxisKind {
    /// Milliseconds since 1970 UTC.
    Time,
    /// A number.
    Number,
    /// A number that counts or names: ticks at whole numbers alone.
    Whole,
    /// A number whose size says nothing, such as a density: no labels, no grid.
    Hidden,
}

/// What a series means; the palette gives each meaning its colour.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// What the model says.
    Model,
    /// What came true.
    Outcome,
    /// The same job where no signal can be.
    Control,
    /// The account of the strategy.
    Strategy,
    /// Buying and holding.
    Market,
    /// The distance of prediction and outcome.
    Error,
    /// Gains.
    Positive,
    /// Losses.
    Negative,
    /// A line to read by, such as zero or a diagonal. Not data.
    Guide,
}

/// How a series is drawn.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// A line, broken where `y` is undefined.
    Line,
    /// A dot a point.
    Points,
    /// A bar a point, from zero, `width` wide and centred on `x`.
    Bars,
    /// A line, filled down (or up) to zero.
    Area,
    /// The outline of bars.
    Step,
}

/// A series of points.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, specta::Type)]
pub struct Series {
    /// As the legend names it; without a name it is not in the legend.
    pub name: String,
    /// What it means.
    pub role: Role,
    /// How it is drawn.
    pub shape: Shape,
    /// Where each point is, rising for all shapes but points. Always finite.
    pub x: Vec<f64>,
    /// The value of each point; none where it is undefined.
    pub y: Vec<Option<f64>>,
    /// Width of a bar in the unit of `x`, for bars and steps.
    pub width: Option<f64>,
}

/// Beyond this a number is no place in a picture: differences of two such numbers still are numbers.
const FARTHEST: f64 = 1e300;

/// Whether a number has a place in a picture.
pub(crate) fn drawable(value: f64) -> bool {
    value.abs() <= FARTHEST
}

impl Series {
    /// A series of points; those whose `x` has no place are left out, and a `y` that has none is undefined.
    pub(crate) fn new(name: &str, role: Role, shape: Shape, points: impl IntoIterator<Item = (f64, f64)>) -> Series {
        let (x, y) =
            points.into_iter().filter(|(x, _)| drawable(*x)).map(|(x, y)| (x, drawable(y).then_some(y))).unzip();
        Series { name: name.to_owned(), role, shape, x, y, width: None }
    }

    /// The points that have both coordinates.
    pub(crate) fn points(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.x.iter().zip(&self.y).filter_map(|(x, y)| Some((*x, (*y)?))).filter(|(x, y)| drawable(*x) && drawable(*y))
    }
}
