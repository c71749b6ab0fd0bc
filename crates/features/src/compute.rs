//! Runs a plan over bars: tickers side by side on the machine's cores, each step in plain buffers, and the new columns
//! beside the old ones.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use algomosaic_core::{Job, names};
use algomosaic_indicators::{Input, Memory};
use polars::prelude::{Column, DataFrame, DataType, Float64Chunked, Int64Chunked, IntoColumn, NewChunkedArray};
use polars_arrow::bitmap::Bitmap;
use rayon::prelude::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};

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
    made: Vec<(PlannedColumn, Vec<f64>)>,
    bars: &FeatureFrame,
) -> Result<FeatureFrame, Error> {
    let mut labels = bars.labels.clone();
    let mut columns = Vec::with_capacity(made.len());
    for (planned, values) in made {
        if planned.is_label {
            labels.insert(planned.name.clone(), planned.horizon);
        }
        columns.push(column(&planned, values));
    }
    Ok(FeatureFrame { frame: frame.hstack(&columns).map_err(broken)?, labels })
}

/// FLOAT64, or INT64 where the values are whole numbers; NaN is NULL.
fn column(planned: &PlannedColumn, values: Vec<f64>) -> Column {
    let name = planned.name.as_str().into();
    if planned.integer {
        let whole = values.into_iter().map(|value| (!value.is_nan()).then_some(value as i64));
        return Int64Chunked::from_iter_options(name, whole).into_column();
    }
    let defined: Bitmap = values.iter().map(|value| !value.is_nan()).collect();
    let defined = (defined.unset_bits() > 0).then_some(defined);
    Float64Chunked::from_vec_validity(name, values, defined).into_column()
}

/// Where a step finds a series that it reads.
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

/// The values of each planned column, NaN where undefined.
pub(crate) fn calculate(plan: &Plan, bars: &Bars, job: &Job) -> Result<Vec<(PlannedColumn, Vec<f64>)>, Error> {
    let (feeds, series) = resolve(plan, bars)?;
    let rows = bars.times.len();
    let mut columns: Vec<Vec<f64>> = plan.columns().map(|_| vec![f64::NAN; rows]).collect();
    let total = bars.tickers.len() * plan.steps.len();
    let done = AtomicUsize::new(0);
    by_ticker(&mut columns, bars).into_par_iter().zip(&bars.tickers).try_for_each(|(mut columns, range)| {
        let series: Vec<&[f64]> = series.iter().map(|series| &series[range.clone()]).collect();
        let mut rest = columns.as_mut_slice();
        let mut made: Vec<&[f64]> = Vec::with_capacity(rest.len());
        for (step, feeds) in plan.steps.iter().zip(&feeds) {
            job.step(done.fetch_add(1, Ordering::Relaxed), total)?;
            let (outputs, later) = rest.split_at_mut(step.outputs.len());
            run(step, feeds, &series, &made, outputs, job)?;
            made.extend(outputs.iter().map(|output| &**output));
            rest = later;
        }
        Ok::<(), Error>(())
    })?;
    job.step(1, 1)?;
    Ok(plan.columns().cloned().zip(columns).collect())
}

/// The part of every column that is a ticker's, ticker by ticker.
fn by_ticker<'a>(columns: &'a mut [Vec<f64>], bars: &Bars) -> Vec<Vec<&'a mut [f64]>> {
    let mut parts: Vec<Vec<&mut [f64]>> = bars.tickers.iter().map(|_| Vec::with_capacity(columns.len())).collect();
    for column in columns {
        let mut rest = column.as_mut_slice();
        for (range, part) in bars.tickers.iter().zip(&mut parts) {
            let (own, later) = rest.split_at_mut(range.len());
            part.push(own);
            rest = later;
        }
    }
    parts
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
        && slice.iter().all(|value| value.is_finite())
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

/// Computes a step over the bars of one ticker.
fn run(
    step: &Step,
    feeds: &[Feed],
    series: &[&[f64]],
    made: &[&[f64]],
    outputs: &mut [&mut [f64]],
    job: &Job,
) -> Result<(), Error> {
    let inputs: Vec<Cow<'_, [f64]>> = feeds
        .iter()
        .map(|feed| match *feed {
            Feed::Bars(place) => Cow::Borrowed(series[place]),
            Feed::Made(place) => Cow::Borrowed(made[place]),
            Feed::MadeEquals(place, number) => {
                let one = |value: &f64| if value.is_nan() { f64::NAN } else { f64::from(u8::from(*value == number)) };
                Cow::Owned(made[place].iter().map(one).collect())
            }
        })
        .collect();
    let inputs: Vec<&[f64]> = inputs.iter().map(|input| &**input).collect();
    match &step.how {
        How::Sql(expression) => {
            let names: Vec<&str> = step.inputs.iter().map(String::as_str).collect();
            let bound = expression.bind(&names)?;
            let mut row = vec![f64::NAN; inputs.len()];
            for (t, place) in outputs.iter_mut().flat_map(|output| output.iter_mut()).enumerate() {
                if t % 65_536 == 0 {
                    job.check()?;
                }
                for (slot, series) in row.iter_mut().zip(&inputs) {
                    *slot = series[t];
                }
                *place = bound.eval(&row);
            }
            Ok(())
        }
        How::Indicator(indicator, params) => indicator
            .compute_into(&inputs, params, outputs)
            .map_err(|e| Error::Params { entry: step.entry.clone(), rule: e.to_string() }),
    }
}
