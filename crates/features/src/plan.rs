//! From a recipe to steps: every entry checked, every list spread out, every column named and known to look back or
//! ahead. Nothing is computed here, and no bars are needed.

use std::collections::{BTreeMap, BTreeSet};

use algomosaic_core::{Param, Params, Value, names};
use algomosaic_indicators::{self as indicators, Indicator, Memory, Scale};

use crate::Error;
use crate::expr::Expr;
use crate::recipe::{Entry, Recipe, Setting};

/// The most columns of a recipe, so that a slip in lists of parameters is caught before it fills the memory.
const MAX_COLUMNS: usize = 10_000;

/// A column that a recipe makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedColumn {
    /// Its name.
    pub name: String,
    /// Whether it is a label: it stands under `[[label]]`.
    pub is_label: bool,
    /// How many later bars a value reads, itself or through the columns it is made of.
    pub horizon: u32,
    /// How many bars of a ticker pass before its first value.
    pub warm_up: usize,
    /// How many earlier bars a value depends on; `None` when it is all of them.
    pub memory: Option<usize>,
    /// Whether its values are whole numbers.
    pub integer: bool,
    /// Whether it stands on the scale of prices: a mean of the close does, the same mean of the volume does not.
    pub overlay: bool,
    /// Whether it has neither that scale nor that of the entry's other columns.
    pub apart: bool,
    /// The entry that makes it: `feature 3 (algom.aror)`.
    pub entry: String,
    /// The entry's place below `feature` or `label`, from 0.
    pub entry_place: usize,
    /// The place of the output that it is among those of its entry.
    pub output_place: usize,
}

/// Whether features that look ahead are an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strictness {
    /// They are, as always.
    FeaturesLookBack,
    /// They pass, so that the look-ahead check can show where they do.
    LetPass,
}

/// How a step makes its columns.
#[derive(Debug, Clone)]
pub(crate) enum How {
    Indicator(&'static Indicator, Params),
    Sql(Expr),
}

/// An entry with one value for each parameter.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) entry: String,
    pub(crate) how: How,
    /// The columns it reads, as the entry writes them.
    pub(crate) inputs: Vec<String>,
    pub(crate) outputs: Vec<PlannedColumn>,
}

impl Step {
    /// Its indicator, if it has one.
    pub(crate) fn indicator(&self) -> Option<&'static Indicator> {
        if let How::Indicator(indicator, _) = &self.how { Some(indicator) } else { None }
    }

    /// The parameters of its indicator.
    pub(crate) fn params(&self) -> Option<&Params> {
        if let How::Indicator(_, params) = &self.how { Some(params) } else { None }
    }

    /// How far back its indicator remembers.
    pub(crate) fn indicator_memory(&self) -> Option<Memory> {
        self.indicator().map(|indicator| indicator.memory)
    }

    /// Whether it makes a date part, which stands among the bar's own columns and is never a feature.
    fn is_date_part(&self) -> bool {
        let How::Indicator(indicator, params) = &self.how else { return false };
        indicator.id == "transform.date_part" && self.outputs.iter().all(|column| column.name == params.text("part"))
    }
}

/// The steps in the order in which they run.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) steps: Vec<Step>,
}

impl Plan {
    /// Plans a recipe over bars some of whose columns look ahead by so many bars.
    pub(crate) fn of(recipe: &Recipe, labels: &BTreeMap<String, u32>, strictness: Strictness) -> Result<Plan, Error> {
        let mut steps = Vec::new();
        let mut count = 0;
        for (section, entries, is_label) in [("feature", &recipe.feature, false), ("label", &recipe.label, true)] {
            for (i, entry) in entries.iter().enumerate() {
                let before = steps.len();
                steps_of(&format!("{section} {}", i + 1), entry, is_label, &mut count, &mut steps)?;
                for step in &mut steps[before..] {
                    for (place, column) in step.outputs.iter_mut().enumerate() {
                        (column.entry_place, column.output_place) = (i, place);
                    }
                }
            }
        }
        let mut plan = Plan { steps };
        plan.check_names()?;
        plan.look(labels, strictness)?;
        Ok(plan)
    }

    pub(crate) fn columns(&self) -> impl Iterator<Item = &PlannedColumn> {
        self.steps.iter().flat_map(|step| &step.outputs)
    }

    /// Only the steps that make these columns, and those that they are made of.
    pub(crate) fn only(mut self, wanted: impl Fn(&PlannedColumn) -> bool) -> Plan {
        let mut needed: BTreeSet<String> = BTreeSet::new();
        let mut keep: Vec<bool> = Vec::with_capacity(self.steps.len());
        for step in self.steps.iter().rev() {
            let is_kept =
                step.outputs.iter().any(|column| wanted(column) || needed.contains(&column.name.to_lowercase()));
            if is_kept {
                needed.extend(step.inputs.iter().map(|input| input.to_lowercase()));
            }
            keep.push(is_kept);
        }
        self.steps.retain(|_| keep.pop().unwrap_or(false));
        self
    }

    /// Tables do not tell names apart by case, so neither do recipes.
    fn check_names(&self) -> Result<(), Error> {
        let mut makers: BTreeMap<String, &str> = BTreeMap::new();
        for (step, column) in self.steps.iter().flat_map(|step| step.outputs.iter().map(move |column| (step, column))) {
            if names::is_index(&column.name.to_lowercase()) && !step.is_date_part() {
                return Err(Error::IndexName { entry: column.entry.clone(), name: column.name.clone() });
            }
            if let Some(earlier) = makers.insert(column.name.to_lowercase(), &column.entry) {
                let (entry, name) = (column.entry.clone(), column.name.clone());
                return Err(Error::MadeTwice { entry, name, earlier: Some(earlier.to_owned()) });
            }
        }
        Ok(())
    }

    /// Adds to each column how far back and ahead the columns look that it is made of.
    fn look(&mut self, labels: &BTreeMap<String, u32>, strictness: Strictness) -> Result<(), Error> {
        let folded_labels: BTreeMap<String, u32> = labels.iter().map(|(name, h)| (name.to_lowercase(), *h)).collect();
        let makers: BTreeMap<String, String> =
            self.columns().map(|column| (column.name.to_lowercase(), column.entry.clone())).collect();
        let mut made: BTreeMap<String, PlannedColumn> = BTreeMap::new();
        for step in &mut self.steps {
            let (mut horizon, mut warm_up, mut memory, mut reads_prices) = (0, 0, Some(0), false);
            let is_unbroken = matches!(step.indicator_memory(), Some(Memory::Unbroken(_)));
            for input in &step.inputs {
                let folded = input.to_lowercase();
                reads_prices |= names::PRICE_COLUMNS.contains(&folded.as_str());
                if let Some(earlier) = made.get(&folded) {
                    horizon = horizon.max(earlier.horizon);
                    warm_up = warm_up.max(earlier.warm_up);
                    memory = memory.zip(earlier.memory).map(|(a, b): (usize, usize)| a.max(b));
                    // Whether a made column is unbroken is not known of the bars that are not computed.
                    memory = memory.filter(|_| !is_unbroken);
                    reads_prices |= earlier.overlay;
                } else if let Some(maker) = makers.get(&folded) {
                    let (entry, name, maker) = (step.entry.clone(), input.clone(), maker.clone());
                    return Err(Error::MadeLater { entry, name, maker });
                } else {
                    horizon = horizon.max(folded_labels.get(&folded).copied().unwrap_or(0));
                }
            }
            for column in &mut step.outputs {
                column.horizon = column.horizon.saturating_add(horizon);
                column.warm_up = column.warm_up.saturating_add(warm_up);
                column.memory = column.memory.zip(memory).map(|(own, before)| own.saturating_add(before));
                column.overlay &= reads_prices;
                column.apart &= !column.overlay;
                if column.horizon > 0 && !column.is_label && strictness == Strictness::FeaturesLookBack {
                    let (entry, name) = (column.entry.clone(), column.name.clone());
                    return Err(Error::LooksAhead { entry, name, horizon: column.horizon });
                }
                if column.horizon == 0 && column.is_label {
                    let (entry, name) = (column.entry.clone(), column.name.clone());
                    return Err(Error::LooksBack { entry, name });
                }
                made.insert(column.name.to_lowercase(), column.clone());
            }
        }
        Ok(())
    }
}

/// The steps of one entry: one for each combination of its lists, the first parameter changing slowest.
fn steps_of(place: &str, entry: &Entry, is_label: bool, count: &mut usize, steps: &mut Vec<Step>) -> Result<(), Error> {
    let kinds = [("indicator", &entry.indicator), ("transform", &entry.transform), ("sql", &entry.sql)];
    let given: Vec<&str> = kinds.iter().filter(|(_, value)| value.is_some()).map(|(name, _)| *name).collect();
    let column = |name: String, horizon: u32, warm_up: usize, entry: &str| PlannedColumn {
        name,
        is_label,
        horizon,
        warm_up,
        memory: Some(warm_up),
        integer: false,
        overlay: false,
        apart: false,
        entry: entry.to_owned(),
        entry_place: 0,
        output_place: 0,
    };
    let (kind, id, found) = match (&entry.indicator, &entry.transform, &entry.sql) {
        (Some(id), None, None) => ("indicator", id, indicators::find(id)),
        (None, Some(id), None) => ("transform", id, indicators::transform(id)),
        (None, None, Some(sql)) => {
            let place = format!("{place} (sql)");
            if let Some(key) = entry.params.keys().next() {
                let nearest = names::nearest(key, ["as", "sql"]).map(str::to_owned);
                return Err(Error::UnknownKey { place, key: key.clone(), nearest });
            }
            let expr = Expr::parse(sql).map_err(|e| Error::Sql { entry: place.clone(), source: Box::new(e) })?;
            let name = entry.name.clone().ok_or_else(|| Error::Unnamed { entry: place.clone() })?;
            add(count, 1)?;
            check_name(&place, &name)?;
            let inputs = expr.columns().into_iter().collect();
            let outputs = vec![column(name, 0, 0, &place)];
            steps.push(Step { entry: place, how: How::Sql(expr), inputs, outputs });
            return Ok(());
        }
        _ => {
            let slip = entry.params.keys().find_map(|key| {
                let nearest = names::nearest(key, kinds.map(|(name, _)| name))?;
                Some((key.clone(), nearest.to_owned()))
            });
            return Err(match slip {
                Some((key, nearest)) if given.is_empty() => {
                    Error::UnknownKey { place: place.to_owned(), key, nearest: Some(nearest) }
                }
                _ => Error::NotOneKind {
                    entry: place.to_owned(),
                    found: if given.is_empty() { "none".to_owned() } else { given.join(" and ") },
                },
            });
        }
    };
    let Some(indicator) = found else {
        let nearest = match kind {
            "transform" => {
                let known = indicators::catalogue().iter().filter_map(|one| one.id.strip_prefix("transform."));
                names::nearest(id, known).map(str::to_owned)
            }
            _ => indicators::nearest(id).map(str::to_owned),
        };
        return Err(Error::UnknownIndicator { entry: place.to_owned(), kind, id: id.clone(), nearest });
    };
    let place = format!("{place} ({id})");
    for values in combinations(&place, indicator, &entry.params)? {
        let params = indicator.check(&values).map_err(|e| match e {
            indicators::Error::Param(source) => Error::Param { entry: place.clone(), source },
            other => Error::Params { entry: place.clone(), rule: other.to_string() },
        })?;
        let names = match &entry.name {
            None => indicator.output_columns(&params),
            Some(pattern) => {
                let start = indicator.expand(pattern, &params);
                let names: Vec<String> = match indicator.outputs {
                    [_] => vec![start],
                    several => several.iter().map(|output| format!("{start}_{}", output.name)).collect(),
                };
                names.iter().try_for_each(|name| check_name(&place, name))?;
                names
            }
        };
        add(count, names.len())?;
        let (ahead, back) = ((indicator.looks_ahead)(&params), (indicator.look_back)(&params));
        let memory = match indicator.memory {
            Memory::Window => Some(back),
            Memory::Beyond(bars) => Some(back.saturating_add(bars(&params))),
            Memory::Unbroken(bars) => bars(&params).map(|bars| back.saturating_add(bars)),
            Memory::Path => None,
        };
        steps.push(Step {
            entry: place.clone(),
            inputs: indicator.input_columns(&params).into_iter().map(str::to_owned).collect(),
            outputs: names
                .into_iter()
                .zip(indicator.outputs)
                .map(|(name, output)| PlannedColumn {
                    integer: output.integer,
                    overlay: indicator.lies_over(output),
                    apart: output.scale != Scale::Shared,
                    memory,
                    ..column(name, ahead, back, &place)
                })
                .collect(),
            how: How::Indicator(indicator, params),
        });
    }
    Ok(())
}

fn add(count: &mut usize, more: usize) -> Result<(), Error> {
    *count += more;
    if *count > MAX_COLUMNS { Err(Error::TooManyColumns { max: MAX_COLUMNS }) } else { Ok(()) }
}

fn check_name(entry: &str, name: &str) -> Result<(), Error> {
    if names::is_identifier(name) && !name.starts_with(|c: char| c.is_ascii_digit()) {
        return Ok(());
    }
    Err(Error::BadName { entry: entry.to_owned(), name: name.to_owned() })
}

type Values = BTreeMap<String, Value>;

/// Every combination of the listed values, parameters in the order in which the indicator declares them.
fn combinations(
    entry: &str,
    indicator: &Indicator,
    settings: &BTreeMap<String, Setting>,
) -> Result<Vec<Values>, Error> {
    let declared = |name: &str| indicator.params.iter().position(|param: &Param| param.name == name);
    let mut ordered: Vec<(&String, &Setting)> = settings.iter().collect();
    ordered.sort_by_key(|(name, _)| declared(name).unwrap_or(usize::MAX));
    let mut found = vec![Values::new()];
    for (name, setting) in ordered {
        let values = match setting {
            Setting::One(value) => std::slice::from_ref(value),
            Setting::Many(values) => values.as_slice(),
        };
        if values.is_empty() {
            return Err(Error::Params { entry: entry.to_owned(), rule: format!("{name} is an empty list") });
        }
        if found.len().saturating_mul(values.len()) > MAX_COLUMNS {
            return Err(Error::TooManyColumns { max: MAX_COLUMNS });
        }
        found = found
            .into_iter()
            .flat_map(|so_far| {
                values.iter().map(move |value| {
                    let mut next = so_far.clone();
                    next.insert(name.clone(), value.clone());
                    next
                })
            })
            .collect();
    }
    Ok(found)
}
