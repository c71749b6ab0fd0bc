//! Runs a plan over bars: steps side by side on the machine's cores, each from ticker to ticker in plain buffers, and the
//! new columns beside the old ones.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use algomosaic_core::{Job, Params, names};
use algomosaic_indicators::{Input, Memory, is_finite};
use polars::prelude::{Column, DataFrame, DataType, Float64Chunked, Int64Chunked, IntoColumn};
use polars_arrow::bitmap::MutableBitmap;
use rayon::prelude::{IntoParallelIterator, ParallelIterator};

use crate::bars::{self, Bars, broken};
use crate::plan::{How, Plan, PlannedColumn, Step, Strictness};
use crate::recipe::Recipe;
use crate::{Error, FeatureFrame, date_part, expr};

/// The columns of a recipe beside those of the bars, rows sorted by `ticker`, then `ticker_time`. Every value is of
/// its own ticker's bars, whatever the order of the rows was. Undefined values are NULL; conditions are 1 and 0.
/// The labels are those of the bars and those of the recipe.
pub fn compute(recipe: &Recipe, bars: &FeatureFrame, job: &Job) -> Result<FeatureFrame, Error> {
    compute_wanted(recipe, bars, |_| true, job)
}

/// [`compute`], of a recipe's columns only those that are wanted and those that they are made of.
pub fn compute_wanted(
    recipe: &Recipe,
    bars: &FeatureFrame,
    wanted: impl Fn(&PlannedColumn) -> bool,
    job: &Job,
) -> Result<FeatureFrame, Error> {
    let plan = Plan::of(recipe, &bars.labels, Strictness::FeaturesLookBack)?.only(wanted);
    let sorted = bars::sort(&bars.frame)?;
    let made = calculate(&plan, &sorted, job)?;
    frame_of(sorted.frame, made, bars)
}

/// The columns beside those of the bars, with the marks of both.
pub(crate) fn frame_of(
    frame: DataFrame,
    made: Vec<(PlannedColumn, Values)>,
    bars: &FeatureFrame,
) -> Result<FeatureFrame, Error> {
    let mut labels = bars.labels.clone();
    let mut columns = Vec::with_capacity(made.len());
    for (planned, values) in made {
        if planned.is_label {
            labels.insert(planned.name.clone(), planned.horizon);
        }
        columns.push(values.column(&planned));
    }
    Ok(FeatureFrame { frame: frame.hstack(&columns).map_err(broken)?, labels })
}

/// The values of a column, NaN where undefined, and which are defined.
#[derive(Default)]
pub(crate) struct Values {
    pub(crate) values: Vec<f64>,
    defined: MutableBitmap,
}

impl Values {
    fn extend(&mut self, more: Values) {
        if self.values.is_empty() {
            *self = more;
        } else {
            self.values.extend_from_slice(&more.values);
            self.defined.extend_from_slice(more.defined.as_slice(), 0, more.defined.len());
        }
    }

    /// FLOAT64, or INT64 where the values are whole numbers; NaN is NULL.
    fn column(self, planned: &PlannedColumn) -> Column {
        let name = planned.name.as_str().into();
        let defined = self.defined.into();
        if planned.integer {
            let whole = self.values.into_iter().map(|value| value as i64).collect();
            return Int64Chunked::from_vec_validity(name, whole, defined).into_column();
        }
        Float64Chunked::from_vec_validity(name, self.values, defined).into_column()
    }
}

/// Appends which of the values are defined; as many are not as is said. Mostly these are the first ones.
fn note(defined: &mut MutableBitmap, values: &[f64], undefined: usize) {
    let first = values.iter().position(|value| !value.is_nan()).unwrap_or(values.len());
    if undefined == first {
        defined.extend_constant(first, false);
        defined.extend_constant(values.len() - first, true);
        return;
    }
    for word in values.chunks(64) {
        let bits = word.iter().rev().fold(0_u64, |bits, value| bits << 1 | u64::from(!value.is_nan()));
        defined.extend_from_slice(&bits.to_le_bytes(), 0, word.len());
    }
}

/// Where a step finds a series that it reads.
#[derive(PartialEq)]
enum Feed {
    /// The series of the bars in this place.
    Bars(usize),
    /// The planned column in this place.
    Made(usize),
    /// 1 where the planned column in this place is this number.
    MadeEquals(usize, f64),
}

/// What a step reads of the bars, to be read once however many steps do.
#[derive(PartialEq)]
enum Wanted {
    Number(String),
    Equals(String, String),
    TimePart(String),
}

/// The values of each planned column.
pub(crate) fn calculate(plan: &Plan, bars: &Bars, job: &Job) -> Result<Vec<(PlannedColumn, Values)>, Error> {
    let (feeds, series) = resolve(plan, bars)?;
    let total = bars.tickers.len() * plan.steps.len();
    let done = AtomicUsize::new(0);
    let mut columns: Vec<Values> = plan.columns().map(|_| Values::default()).collect();
    for wave in waves(plan, &feeds) {
        let groups = together(plan, &feeds, wave);
        // Where the groups are fewer than the threads, each takes the tickers in parts.
        let parts = (2 * rayon::current_num_threads()).div_ceil(groups.len()).min(bars.tickers.len()).max(1);
        let part_tickers = bars.tickers.len().div_ceil(parts).max(1);
        let tasks: Vec<_> = groups
            .iter()
            .flat_map(|group| bars.tickers.chunks(part_tickers).map(move |tickers| (group, tickers)))
            .collect();
        let made = tasks.into_par_iter().map(|(group, tickers)| {
            let steps: Vec<&Step> = group.iter().map(|(step, _)| &plan.steps[*step]).collect();
            let feeds = group.first().map_or(&[][..], |(step, _)| &feeds[*step]);
            let rows = tickers.iter().map(|range| range.len()).sum();
            let mut outputs: Vec<Vec<f64>> = Vec::new();
            let width = steps.iter().map(|step| step.outputs.len()).sum();
            outputs.resize_with(width, || Vec::with_capacity(rows));
            let mut defined = vec![MutableBitmap::with_capacity(rows); outputs.len()];
            for range in tickers {
                job.step(done.fetch_add(steps.len(), Ordering::Relaxed), total)?;
                let inputs: Vec<Cow<'_, [f64]>> =
                    feeds.iter().map(|feed| feed.read(&series, &columns, range.clone())).collect();
                let undefined = run(&steps, &inputs, range.len(), &mut outputs, job)?;
                for ((defined, values), undefined) in defined.iter_mut().zip(&outputs).zip(undefined) {
                    note(defined, &values[values.len() - range.len()..], undefined);
                }
            }
            let columns = outputs.into_iter().zip(defined).map(|(values, defined)| Values { values, defined });
            Ok::<_, Error>((group, columns.collect::<Vec<_>>()))
        });
        for (group, made) in made.collect::<Result<Vec<_>, _>>()? {
            let places = group.iter().flat_map(|(step, first)| (*first..).take(plan.steps[*step].outputs.len()));
            places.zip(made).for_each(|(place, more)| columns[place].extend(more));
        }
    }
    job.step(1, 1)?;
    Ok(plan.columns().cloned().zip(columns).collect())
}

/// The steps, each with the place of its first column: first those that read the bars alone, then those that read
/// columns of these too, and so on.
fn waves(plan: &Plan, feeds: &[Vec<Feed>]) -> Vec<Vec<(usize, usize)>> {
    let mut waves: Vec<Vec<(usize, usize)>> = Vec::new();
    // The wave of each column.
    let mut made: Vec<usize> = Vec::new();
    for (step, feeds) in feeds.iter().enumerate() {
        let wave = feeds.iter().filter_map(Feed::made).map(|place| made[place] + 1).max().unwrap_or(0);
        waves.resize_with(waves.len().max(wave + 1), Vec::new);
        waves[wave].push((step, made.len()));
        made.resize(made.len() + plan.steps[step].outputs.len(), wave);
    }
    waves
}

/// So many steps are computed together at most, so that threads share the steps of a long list.
const TOGETHER: usize = 8;

/// The steps of a wave in groups that are computed together: those of one indicator over the same series.
fn together(plan: &Plan, feeds: &[Vec<Feed>], wave: Vec<(usize, usize)>) -> Vec<Vec<(usize, usize)>> {
    let mut groups: Vec<Vec<(usize, usize)>> = Vec::new();
    for (step, first) in wave {
        let is_alike = |group: &&mut Vec<(usize, usize)>| {
            let same = |(other, _): &(usize, usize)| {
                let indicators = (plan.steps[*other].indicator(), plan.steps[step].indicator());
                matches!(indicators, (Some(a), Some(b)) if a == b) && feeds[*other] == feeds[step]
            };
            group.len() < TOGETHER && group.first().is_some_and(same)
        };
        match groups.iter_mut().rev().find(is_alike) {
            Some(group) => group.push((step, first)),
            None => groups.push(vec![(step, first)]),
        }
    }
    groups
}

impl Feed {
    /// The planned column that is read.
    fn made(&self) -> Option<usize> {
        match *self {
            Feed::Bars(_) => None,
            Feed::Made(place) | Feed::MadeEquals(place, _) => Some(place),
        }
    }

    fn read<'a>(&self, series: &'a [Cow<'a, [f64]>], made: &'a [Values], rows: Range<usize>) -> Cow<'a, [f64]> {
        match *self {
            Feed::Bars(place) => Cow::Borrowed(&series[place][rows]),
            Feed::Made(place) => Cow::Borrowed(&made[place].values[rows]),
            Feed::MadeEquals(place, number) => {
                let one = |value: &f64| if value.is_nan() { f64::NAN } else { f64::from(u8::from(*value == number)) };
                Cow::Owned(made[place].values[rows].iter().map(one).collect())
            }
        }
    }
}

type Resolved<'a> = (Vec<Vec<Feed>>, Vec<Cow<'a, [f64]>>);

/// Where each step finds what it reads, and the series of the bars. Finds everything missing before anything is computed.
fn resolve<'a>(plan: &Plan, bars: &'a Bars) -> Result<Resolved<'a>, Error> {
    let of_bars: Vec<String> = bars.frame.get_column_names().iter().map(|name| name.to_string()).collect();
    for column in plan.columns() {
        if of_bars.iter().any(|name| name.to_lowercase() == column.name.to_lowercase()) {
            return Err(Error::MadeTwice { entry: column.entry.clone(), name: column.name.clone(), earlier: None });
        }
    }
    let mut known: Vec<&str> = of_bars.iter().map(String::as_str).collect();
    let mut wanted: Vec<Wanted> = Vec::new();
    let mut series = Vec::new();
    let mut feeds = Vec::with_capacity(plan.steps.len());
    for step in &plan.steps {
        let mut own = Vec::with_capacity(step.inputs.len());
        for (place, input) in step.inputs.iter().enumerate() {
            let found = find(input, &known, step)?;
            let kind = match &step.how {
                How::Sql(_) => None,
                How::Indicator(indicator, params) => indicator.inputs.get(place).map(|input| (input, params)),
            };
            let want = match kind {
                Some((Input::Equals(_, value), params)) => {
                    let value = params.text(value);
                    if let Some(made) = found.checked_sub(of_bars.len()) {
                        own.push(Feed::MadeEquals(made, value.parse().unwrap_or(f64::NAN)));
                        continue;
                    }
                    Wanted::Equals(known[found].to_owned(), value.to_owned())
                }
                Some((Input::TimePart(part), params)) => Wanted::TimePart(params.text(part).to_owned()),
                _ => {
                    if let Some(made) = found.checked_sub(of_bars.len()) {
                        own.push(Feed::Made(made));
                        continue;
                    }
                    Wanted::Number(known[found].to_owned())
                }
            };
            let place = wanted.iter().position(|known| *known == want);
            own.push(Feed::Bars(match place {
                Some(place) => place,
                None => {
                    series.push(read(bars, &want, &step.entry)?);
                    wanted.push(want);
                    series.len() - 1
                }
            }));
        }
        feeds.push(own);
        known.extend(step.outputs.iter().map(|column| column.name.as_str()));
    }
    Ok((feeds, series))
}

/// The series of the bars in which a memory of the plan counts moves.
pub(crate) fn remembered<'a>(plan: &Plan, bars: &'a Bars) -> Result<Vec<Cow<'a, [f64]>>, Error> {
    let (feeds, series) = resolve(plan, bars)?;
    let counts = |step: &Step| matches!(step.indicator_memory(), Some(Memory::Beyond(_) | Memory::Unbroken(_)));
    let steps = plan.steps.iter().zip(&feeds).filter(|(step, _)| counts(step));
    let wanted: BTreeSet<usize> = steps
        .flat_map(|(_, feeds)| feeds)
        .filter_map(|feed| if let Feed::Bars(place) = feed { Some(*place) } else { None })
        .collect();
    Ok(series.into_iter().enumerate().filter(|(place, _)| wanted.contains(place)).map(|(_, series)| series).collect())
}

fn find(input: &str, known: &[&str], step: &Step) -> Result<usize, Error> {
    expr::find(input, known).map_err(|error| match error {
        Error::UnknownColumn { name, .. } => Error::UnknownColumn {
            user: format!("{}: ", step.entry),
            nearest: names::nearest(&name, known.iter().copied()).map(str::to_owned),
            name,
        },
        other => other,
    })
}

fn read<'a>(bars: &'a Bars, wanted: &Wanted, entry: &str) -> Result<Cow<'a, [f64]>, Error> {
    match wanted {
        Wanted::Number(name) => numbers(&bars.frame, name, entry),
        Wanted::Equals(name, value) => equals(&bars.frame, name, value, entry).map(Cow::Owned),
        Wanted::TimePart(part) => date_part::parts(bars, part).map(Cow::Owned),
    }
}

/// A column of the bars as numbers; NULL and what is not finite are NaN. Not copied where the column is that already.
fn numbers<'a>(frame: &'a DataFrame, name: &str, entry: &str) -> Result<Cow<'a, [f64]>, Error> {
    let column = frame.column(name).map_err(broken)?;
    let dtype = column.dtype();
    if !(dtype.is_numeric() || *dtype == DataType::Boolean) {
        let kind = match dtype {
            DataType::String => "text".to_owned(),
            DataType::Date | DataType::Datetime(..) | DataType::Time => "times".to_owned(),
            other => other.to_string(),
        };
        return Err(Error::NotNumeric { entry: entry.to_owned(), name: name.to_owned(), kind });
    }
    if let Ok(values) = column.f64()
        && let Ok(slice) = values.cont_slice()
        && is_finite(slice)
    {
        return Ok(Cow::Borrowed(slice));
    }
    let column: Column = column.cast(&DataType::Float64).map_err(broken)?;
    let values = column.f64().map_err(broken)?;
    Ok(Cow::Owned(values.iter().map(|value| value.filter(|v| v.is_finite()).unwrap_or(f64::NAN)).collect()))
}

/// 1 where the column holds the value, 0 where it holds another, NaN where it holds none.
fn equals(frame: &DataFrame, name: &str, value: &str, entry: &str) -> Result<Vec<f64>, Error> {
    let column = frame.column(name).map_err(broken)?;
    let one = |equal: Option<bool>| equal.map_or(f64::NAN, |equal| f64::from(u8::from(equal)));
    match column.dtype() {
        DataType::String => {
            let texts = column.str().map_err(broken)?;
            Ok(texts.iter().map(|text| one(text.map(|text| text == value))).collect())
        }
        DataType::Boolean => {
            let flags = column.bool().map_err(broken)?;
            Ok(flags.iter().map(|flag| one(flag.map(|flag| flag.to_string() == value.to_lowercase()))).collect())
        }
        _ => {
            let number = value.parse::<f64>().map_err(|_| Error::Params {
                entry: entry.to_owned(),
                rule: format!("{name} holds numbers, but value is {value}, which is none"),
            })?;
            let values = numbers(frame, name, entry)?;
            Ok(values.iter().map(|v| one((!v.is_nan()).then_some(*v == number))).collect())
        }
    }
}

/// Appends what steps of one indicator make of the rows of one ticker, and gives how many values of each output are
/// undefined.
fn run(
    steps: &[&Step],
    inputs: &[Cow<'_, [f64]>],
    rows: usize,
    outputs: &mut [Vec<f64>],
    job: &Job,
) -> Result<Vec<usize>, Error> {
    let inputs: Vec<&[f64]> = inputs.iter().map(|input| &**input).collect();
    let Some(step) = steps.first() else { return Ok(Vec::new()) };
    match &step.how {
        How::Sql(expression) => {
            let names: Vec<&str> = step.inputs.iter().map(String::as_str).collect();
            let bound = expression.bind(&names)?;
            let mut row = vec![f64::NAN; inputs.len()];
            for t in 0..rows {
                if t % 65_536 == 0 {
                    job.check()?;
                }
                for (slot, series) in row.iter_mut().zip(&inputs) {
                    *slot = series[t];
                }
                outputs.iter_mut().for_each(|output| output.push(bound.eval(&row)));
            }
            let new = |output: &Vec<f64>| output.iter().rev().take(rows).filter(|value| value.is_nan()).count();
            Ok(outputs.iter().map(new).collect())
        }
        How::Indicator(indicator, _) => {
            let params: Vec<&Params> = steps.iter().filter_map(|step| step.params()).collect();
            indicator
                .append(&inputs, &params, outputs)
                .map_err(|e| Error::Params { entry: step.entry.clone(), rule: e.to_string() })
        }
    }
}
