//! What an indicator declares. Forms, commands, recipes and the reference page read it; nothing else names a default.

use std::collections::BTreeMap;

use algomosaic_core::{Param, ParamError, Params, Value};
use serde::Serialize;

use crate::kernels::{Column, count_undefined, undefined};
use crate::{ta, template};

/// Where an indicator stands in the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Averages and the direction of prices.
    Trend,
    /// Speed and turning of prices.
    Momentum,
    /// Width of the moves.
    Volatility,
    /// What volume adds.
    Volume,
    /// Prices to watch.
    Levels,
    /// Returns over bars.
    Returns,
    /// Rolling windows.
    Statistics,
    /// A column from other columns.
    Transforms,
    /// Averages, bands and channels drawn over prices, as TA-Lib groups them.
    Overlap,
    /// The length and the phase of a cycle.
    Cycles,
    /// Shapes of candles.
    Patterns,
    /// One price out of the bar's.
    Prices,
    /// Sums, extremes and sums of two series.
    MathOperators,
    /// A function of each value.
    MathTransforms,
}

impl Group {
    /// As the catalogue's page heads it.
    pub const fn label(self) -> &'static str {
        match self {
            Group::Trend => "Trend",
            Group::Momentum => "Momentum",
            Group::Volatility => "Volatility",
            Group::Volume => "Volume",
            Group::Levels => "Levels",
            Group::Returns => "Returns",
            Group::Statistics => "Statistics",
            Group::Transforms => "Transforms",
            Group::Overlap => "Overlap studies",
            Group::Cycles => "Cycles",
            Group::Patterns => "Candle patterns",
            Group::Prices => "Price transforms",
            Group::MathOperators => "Math operators",
            Group::MathTransforms => "Math transforms",
        }
    }
}

/// A series that an indicator reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// The bar's open.
    Open,
    /// The bar's high.
    High,
    /// The bar's low.
    Low,
    /// The bar's close.
    Close,
    /// The bar's volume.
    Volume,
    /// The column that this parameter names.
    Column(&'static str),
    /// The column that the first parameter names, or when it is empty, the one that the second names.
    ColumnOr(&'static str, &'static str),
    /// 1 where the column that the first parameter names holds the text or the number that the second is, 0 where it
    /// holds another, undefined where it holds none.
    Equals(&'static str, &'static str),
    /// The part of `ticker_time` that this parameter names, as a number.
    TimePart(&'static str),
}

/// How far back a value depends on earlier bars.
#[derive(Debug, Clone, Copy)]
pub enum Memory {
    /// No further than the look-back: any window.
    Window,
    /// So many bars beyond the look-back, counted as [`Memory::first_bar`] does; there, the weight of a bar in an
    /// exponential mean is below a number's precision.
    Beyond(fn(&Params) -> usize),
    /// The same where the series it reads are known from the first bar on, for a hole in one stays for good; none where a
    /// choice among the parameters never forgets. Running sums carry the rounding of all earlier bars on, so that values
    /// agree to the precision of the numbers they are made of, and not to the last digit.
    Unbroken(fn(&Params) -> Option<usize>),
    /// To the first bar: sums, states that never forget, and comparisons that the last digit of a running sum decides.
    Path,
}

impl Memory {
    /// Of a series that an entry with [`Memory::Beyond`] or [`Memory::Unbroken`] reads: the bar to begin with, where values
    /// from bar `row` on remember so many bars, look-back included.
    ///
    /// Only bars at which the series moves count, as a ratio of two fading means stands while nothing moves. It is bar 0
    /// where the series stands still so long that such means run out of digits, and where a value is missing after the
    /// first: TA-Lib's sums keep that for good.
    pub fn first_bar(series: &[f64], row: usize, bars: usize) -> usize {
        let mut values = series.iter().skip_while(|value| value.is_nan());
        if values.any(|value| !value.is_finite()) {
            return 0;
        }
        let (mut first, mut left, mut still) = (row.min(series.len()), bars, 0);
        while left > 0 && first > 0 && still <= bars.max(STILL) {
            first -= 1;
            if first > 0 && series.get(first) != series.get(first - 1) {
                (left, still) = (left - 1, 0);
            } else {
                still += 1;
            }
        }
        if left > 0 { 0 } else { first }
    }
}

/// After so many bars without a move, a mean of the shortest memory is still a number of full precision.
const STILL: usize = 600;

/// A column that an indicator makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Output {
    /// Its short name, which follows an entry's `as` where there are several: `middle`.
    pub name: &'static str,
    /// The pattern of its column's name: `EMA_{column_?}{n}`. `{p}` is the value of a parameter, `{p_?}` the value and
    /// `_` unless it is the default, `{_p?}` the same with `_` in front. Empty in family `ta`, whose columns are named
    /// by one rule, see `template`.
    pub pattern: &'static str,
    /// Whether its values are whole numbers.
    pub integer: bool,
    /// How a chart draws it.
    pub draw: Draw,
    /// The scale of its values, by which a chart knows beside what to draw it.
    pub scale: Scale,
    /// Whether its values are rows, so that they count bars that come before the first with every input.
    pub(crate) rows: bool,
}

/// How a chart draws an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Draw {
    /// A line.
    Line,
    /// A second line beside the first.
    DashedLine,
    /// Columns from zero.
    Histogram,
    /// The upper edge of a band.
    Upper,
    /// The lower edge of a band.
    Lower,
    /// Marks at the bars where it is not zero.
    Marks,
}

/// The scale of an output's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// That of the other outputs of its entry.
    Shared,
    /// That of the column the entry reads, although the other outputs have another.
    Input,
    /// One of its own, beside which the other outputs would be flat.
    Own,
}

impl Output {
    /// Numbers, drawn as a line.
    pub const fn new(name: &'static str, pattern: &'static str) -> Output {
        Output { name, pattern, integer: false, draw: Draw::Line, scale: Scale::Shared, rows: false }
    }

    /// Of family `ta`, drawn as a line.
    pub(crate) const fn ta(name: &'static str) -> Output {
        Output::new(name, "")
    }

    /// Drawn so.
    pub(crate) const fn drawn(mut self, draw: Draw) -> Output {
        self.draw = draw;
        self
    }

    /// On this scale.
    pub(crate) const fn on(mut self, scale: Scale) -> Output {
        self.scale = scale;
        self
    }

    /// Of rows, counted from 0.
    pub(crate) const fn rows(mut self) -> Output {
        self.rows = true;
        self.whole()
    }

    /// Of whole numbers.
    pub(crate) const fn whole(mut self) -> Output {
        self.integer = true;
        self
    }
}

/// From the inputs and the parameters to the outputs.
type Kernel = fn(&[&[f64]], &Params, &mut [&mut [f64]]);

/// From the inputs and the parameters to the values of the only output, which it appends: memory is then written once.
type Append = fn(&[&[f64]], &Params, &mut Vec<f64>);

/// The same for several outputs, one series for each.
type AppendAll = fn(&[&[f64]], &Params, &mut [Column<'_>]);

/// The same for several sets of parameters: the outputs of the first, then those of the second, and so on. They share what
/// is between, and each has the values that it has alone.
type AppendMany = fn(&[&[f64]], &[&Params], &mut [Column<'_>]);

/// From the parameters to a state that has seen no bar.
type Start = fn(&Params) -> Box<dyn Stream>;

/// The state of an indicator that is told one bar after the other.
pub trait Stream: Send {
    /// Takes the next bar, a number for each input, and writes a number for each output: those that
    /// [`Indicator::compute`] gives at this bar, NaN where undefined.
    fn update(&mut self, bar: &[f64], out: &mut [f64]);
}

/// A declared indicator.
#[derive(Debug, Clone, Copy)]
pub struct Indicator {
    /// Family and name: `algom.aror`.
    pub id: &'static str,
    /// As a list shows it: `Average rate of return`.
    pub label: &'static str,
    /// Where it stands.
    pub group: Group,
    /// One sentence: what it tells.
    pub help: &'static str,
    /// The definition; `x[t]` is the value at bar t.
    pub formula: &'static str,
    /// Where the definition comes from.
    pub source: &'static str,
    /// What it reads, in the order in which `compute` takes it.
    pub inputs: &'static [Input],
    /// What can be set.
    pub params: &'static [Param],
    /// What it makes.
    pub outputs: &'static [Output],
    /// A rule over several parameters: the sentence that says how the values break it.
    pub rule: fn(&Params) -> Option<String>,
    /// How many bars at the start have no value for want of earlier ones.
    pub look_back: fn(&Params) -> usize,
    /// How far back a value depends on earlier bars.
    pub memory: Memory,
    /// How many later bars a value reads. 0 for all but labels.
    pub looks_ahead: fn(&Params) -> u32,
    /// Whether its outputs, but for whole numbers, stand on the scale of the column it reads; see [`Indicator::lies_over`].
    pub overlay: bool,
    /// The same values bar by bar, where that takes no more than a state of fixed size a bar.
    pub(crate) stream: Option<Start>,
    /// The kernel. The outputs come in as long as the inputs and full of NaN. Called through [`Indicator::compute`].
    pub(crate) kernel: Kernel,
    /// Takes the place of the kernel where there is one.
    pub(crate) append: Option<Append>,
    /// The same for several outputs. Takes at least one bar, from the first on.
    pub(crate) append_all: Option<AppendAll>,
    /// The same for several sets of parameters at once. Takes at least one bar.
    pub(crate) append_many: Option<AppendMany>,
}

/// Two declarations are the same when their ids are.
impl PartialEq for Indicator {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

/// What most indicators have: no rule over several parameters, no look ahead.
pub(crate) const PLAIN: Indicator = Indicator {
    id: "",
    label: "",
    group: Group::Trend,
    help: "",
    formula: "",
    source: "",
    inputs: &[],
    params: &[],
    outputs: &[],
    rule: |_| None,
    look_back: |_| 0,
    memory: Memory::Window,
    looks_ahead: |_| 0,
    overlay: false,
    stream: None,
    kernel: |_, _, _| {},
    append: None,
    append_all: None,
    append_many: None,
};

/// Why an indicator was not computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A parameter breaks its rule.
    #[error(transparent)]
    Param(#[from] ParamError),
    /// The parameters together break a rule.
    #[error("{0}")]
    Rule(String),
    /// Not as many series as declared, or of different lengths.
    #[error("{id} takes {expected} series of one length, but has lengths {lengths:?}")]
    Series {
        /// The indicator.
        id: &'static str,
        /// How many it takes.
        expected: usize,
        /// The lengths that came.
        lengths: Vec<usize>,
    },
}

impl Indicator {
    /// The part of the id before the point: `algom`, `transform`.
    pub fn family(&self) -> &'static str {
        self.id.split('.').next().unwrap_or_default()
    }

    /// Whether this output of it stands on the scale of the column it reads: over prices, a chart lays it over the candles.
    pub fn lies_over(&self, output: &Output) -> bool {
        (self.overlay || output.scale == Scale::Input) && !output.integer
    }

    /// Checks what was given against the declaration, and fills in the defaults. In family `ta` a choice may be given by
    /// its place, which is TA-Lib's number of it.
    pub fn check(&self, given: &BTreeMap<String, Value>) -> Result<Params, Error> {
        let params = if self.is_ta() {
            Params::check(self.params, &ta::choices_by_name(self.params, given))?
        } else {
            Params::check(self.params, given)?
        };
        match (self.rule)(&params) {
            Some(broken) => Err(Error::Rule(broken)),
            None => Ok(params),
        }
    }

    /// The columns it reads, in the order in which [`Indicator::compute`] takes them.
    pub fn input_columns<'a>(&self, params: &'a Params) -> Vec<&'a str> {
        self.inputs
            .iter()
            .map(|input| match *input {
                Input::Open => "open",
                Input::High => "high",
                Input::Low => "low",
                Input::Close => "close",
                Input::Volume => "volume",
                Input::Column(param) | Input::Equals(param, _) => params.text(param),
                Input::TimePart(_) => "ticker_time",
                Input::ColumnOr(param, other) => {
                    let own = params.text(param);
                    if own.is_empty() { params.text(other) } else { own }
                }
            })
            .collect()
    }

    /// The names of the columns it makes.
    pub fn output_columns(&self, params: &Params) -> Vec<String> {
        if self.is_ta() {
            return self.outputs.iter().map(|output| template::ta(self, output, params)).collect();
        }
        self.outputs.iter().map(|output| self.expand(output.pattern, params)).collect()
    }

    fn is_ta(&self) -> bool {
        self.family() == "ta"
    }

    /// A state that takes bars one by one, where the catalogue has one for this indicator.
    pub fn stream(&self, params: &Params) -> Option<Box<dyn Stream>> {
        self.stream.map(|start| start(params))
    }

    /// Whether [`Indicator::stream`] has a state.
    pub fn streams(&self) -> bool {
        self.stream.is_some()
    }

    /// A pattern with the parameters' values in place; what is in braces and no parameter stays as it is.
    pub fn expand(&self, pattern: &str, params: &Params) -> String {
        template::expand(pattern, self, params)
    }

    /// One series for each output, each as long as the inputs (one slice for each of [`Indicator::input_columns`],
    /// oldest bar first). A value is NaN where it is undefined. Family `ta` has the values of TA-Lib, infinite ones too;
    /// the other families have NaN for what is not finite.
    ///
    /// ```
    /// use std::collections::BTreeMap;
    /// let sma = algomosaic_indicators::find("algom.sma").ok_or("the catalogue has it")?;
    /// let params = sma.check(&BTreeMap::from([("n".to_owned(), algomosaic_core::Value::Int(2))]))?;
    /// let means = sma.compute(&[&[1.0, 2.0, 4.0]], &params)?;
    /// assert!(means[0][0].is_nan());
    /// assert_eq!(means[0][1..], [1.5, 3.0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn compute(&self, inputs: &[&[f64]], params: &Params) -> Result<Vec<Vec<f64>>, Error> {
        let rows = inputs.first().map_or(0, |series| series.len());
        let mut outputs: Vec<Vec<f64>> = self.outputs.iter().map(|_| Vec::with_capacity(rows)).collect();
        // A pass over the values that nobody asked for would cost as much as the fastest functions.
        self.write(inputs, &[params], &mut outputs, |_| 0)?;
        Ok(outputs)
    }

    fn fits(&self, inputs: &[&[f64]], rows: usize) -> Result<(), Error> {
        if inputs.len() == self.inputs.len() && inputs.iter().all(|series| series.len() == rows) {
            return Ok(());
        }
        let lengths = inputs.iter().map(|series| series.len()).collect();
        Err(Error::Series { id: self.id, expected: self.inputs.len(), lengths })
    }

    /// Appends the series of [`Indicator::compute`] to the caller's, one for each output of each set of parameters, and gives
    /// how many values of each are undefined. What the sets have in common is computed once; the values are those of each
    /// set alone.
    pub fn append(&self, inputs: &[&[f64]], params: &[&Params], outputs: &mut [Vec<f64>]) -> Result<Vec<usize>, Error> {
        self.write(inputs, params, outputs, count_undefined)
    }

    fn write(
        &self,
        inputs: &[&[f64]],
        params: &[&Params],
        outputs: &mut [Vec<f64>],
        count: fn(&[f64]) -> usize,
    ) -> Result<Vec<usize>, Error> {
        let rows = inputs.first().map_or(0, |series| series.len());
        self.fits(inputs, rows)?;
        let width = self.outputs.len();
        if self.append_all.is_none() && self.append_many.is_none() {
            let sets = params.iter().zip(outputs.chunks_mut(width));
            return Ok(sets
                .flat_map(|(params, outputs)| self.write_from_begin(inputs, params, outputs, count))
                .collect());
        }
        let mut columns: Vec<Column<'_>> = outputs.iter_mut().map(|output| Column::new(output, rows)).collect();
        if let Some(append_many) = self.append_many.filter(|_| rows > 0) {
            append_many(inputs, params, &mut columns);
        }
        if let Some(append_all) = self.append_all.filter(|_| rows > 0) {
            params
                .iter()
                .zip(columns.chunks_mut(width))
                .for_each(|(params, columns)| append_all(inputs, params, columns));
        }
        Ok(columns.into_iter().map(Column::finish).collect())
    }

    /// What a kernel of family `ta` does, which begins at the first bar that has every input.
    fn write_from_begin(
        &self,
        inputs: &[&[f64]],
        params: &Params,
        outputs: &mut [Vec<f64>],
        count: fn(&[f64]) -> usize,
    ) -> Vec<usize> {
        let rows = inputs.first().map_or(0, |series| series.len());
        if let (Some(append), [output]) = (self.append, &mut *outputs) {
            let first = output.len();
            append_from_begin(append, inputs, params, output);
            return vec![count(&output[first..])];
        }
        let mut outputs: Vec<&mut [f64]> = outputs.iter_mut().map(|output| undefined(output, rows)).collect();
        let outputs = outputs.as_mut_slice();
        let begin = ta::begin(inputs);
        if begin == rows {
            return vec![rows; outputs.len()];
        }
        if begin == 0 {
            (self.kernel)(inputs, params, outputs);
        } else {
            let inputs: Vec<&[f64]> = inputs.iter().map(|series| &series[begin..]).collect();
            let mut views: Vec<&mut [f64]> = outputs.iter_mut().map(|series| &mut series[begin..]).collect();
            (self.kernel)(&inputs, params, &mut views);
            for (view, _) in views.iter_mut().zip(self.outputs).filter(|(_, output)| output.rows) {
                view.iter_mut().for_each(|row| *row += begin as f64);
            }
        }
        outputs.iter().map(|series| count(series)).collect()
    }
}

/// Appends what a kernel does, with NaN before the first bar that has every input.
fn append_from_begin(append: Append, inputs: &[&[f64]], params: &Params, output: &mut Vec<f64>) {
    let begin = ta::begin(inputs);
    let end = output.len() + inputs.first().map_or(0, |series| series.len());
    let inputs: Vec<&[f64]> = inputs.iter().map(|series| &series[begin..]).collect();
    output.resize(output.len() + begin, f64::NAN);
    append(&inputs, params, output);
    output.resize(end, f64::NAN);
}
