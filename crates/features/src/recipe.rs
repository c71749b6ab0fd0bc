//! A recipe as its file has it: a name, and entries that make columns. What the entries mean is in `plan`.

use std::collections::BTreeMap;

use algomosaic_core::problem::in_line;
use algomosaic_core::{Value, names};
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::plan::{Plan, PlannedColumn, Strictness};

/// What to compute from bars: features, and the labels to be predicted from them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// As lists and files name it.
    pub name: String,
    /// Columns that only look back, in the order in which they are made.
    #[serde(default)]
    pub feature: Vec<Entry>,
    /// Columns to predict, made after the features.
    #[serde(default)]
    pub label: Vec<Entry>,
}

/// One entry. It has exactly one of `indicator`, `transform` and `sql`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct Entry {
    /// The id of an indicator of the catalogue, such as `algom.aror`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indicator: Option<String>,
    /// The name of a transform of columns, such as `lag`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transform: Option<String>,
    /// An expression over columns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sql: Option<String>,
    /// The name of the column; `{n}` in it stands for the value of the parameter n. Of several outputs, the start.
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Values of parameters.
    #[serde(flatten)]
    pub params: BTreeMap<String, Setting>,
}

/// The value of a parameter, or several, each of which makes columns of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
#[serde(untagged)]
pub enum Setting {
    /// One value.
    One(Value),
    /// Several values.
    Many(Vec<Value>),
}

const RECIPE_KEYS: [&str; 3] = ["name", "feature", "label"];

impl Recipe {
    /// Reads a recipe file. The entries are checked by [`Recipe::columns`].
    ///
    /// ```
    /// let recipe = algomosaic_features::Recipe::from_toml(r#"
    ///     name = "returns"
    ///     [[feature]]
    ///     indicator = "algom.aror"
    ///     n = [1, 5]
    ///     [[label]]
    ///     indicator = "algom.ror"
    ///     n = -10
    /// "#)?;
    /// let names: Vec<String> = recipe.columns()?.into_iter().map(|column| column.name).collect();
    /// assert_eq!(names, ["AROR_1", "AROR_5", "ROR_n10"]);
    /// # Ok::<(), algomosaic_features::Error>(())
    /// ```
    pub fn from_toml(text: &str) -> Result<Recipe, Error> {
        let mut table: toml::Table = toml::from_str(text)
            .map_err(|e| Error::Form(in_line(text, e.span().map(|span| span.start), e.message())))?;
        if let Some(key) = table.keys().find(|key| !RECIPE_KEYS.contains(&key.as_str())) {
            return Err(Error::UnknownKey {
                place: "the recipe".to_owned(),
                key: key.clone(),
                nearest: names::nearest(key, RECIPE_KEYS).map(str::to_owned),
            });
        }
        let name = match table.remove("name") {
            Some(toml::Value::String(name)) => name,
            Some(_) => return Err(Error::Form("its name must be text".to_owned())),
            None => return Err(Error::Form("it has no name".to_owned())),
        };
        let mut entries = |section: &str| match table.remove(section) {
            None => Ok(Vec::new()),
            Some(toml::Value::Array(entries)) => entries
                .into_iter()
                .enumerate()
                .map(|(i, entry)| entry_of(&format!("{section} {}", i + 1), entry))
                .collect(),
            Some(_) => Err(Error::Form(format!("{section} must be written [[{section}]]"))),
        };
        Ok(Recipe { name, feature: entries("feature")?, label: entries("label")? })
    }

    /// The recipe as a file.
    pub fn to_toml(&self) -> Result<String, Error> {
        toml::to_string(self).map_err(|e| Error::Form(e.to_string()))
    }

    /// The columns it makes, in order. Checks everything that can be checked without bars.
    pub fn columns(&self) -> Result<Vec<PlannedColumn>, Error> {
        self.columns_over(&BTreeMap::new())
    }

    /// The columns it makes over bars some of whose columns are labels, each with its horizon.
    pub fn columns_over(&self, labels: &BTreeMap<String, u32>) -> Result<Vec<PlannedColumn>, Error> {
        Ok(Plan::of(self, labels, Strictness::FeaturesLookBack)?.columns().cloned().collect())
    }
}

fn entry_of(place: &str, value: toml::Value) -> Result<Entry, Error> {
    let toml::Value::Table(table) = value else {
        return Err(Error::Form(format!("{place} is no table of keys and values")));
    };
    let mut entry = Entry::default();
    for (key, value) in table {
        let text = |value: toml::Value| match value {
            toml::Value::String(text) => Ok(Some(text)),
            other => Err(Error::Form(format!("{key} of {place} must be text, but is {other}"))),
        };
        match key.as_str() {
            "indicator" => entry.indicator = text(value)?,
            "transform" => entry.transform = text(value)?,
            "sql" => entry.sql = text(value)?,
            "as" => entry.name = text(value)?,
            _ => {
                let setting = match value {
                    toml::Value::Array(items) => {
                        let values =
                            items.into_iter().map(|item| value_of(place, &key, item)).collect::<Result<_, _>>()?;
                        Setting::Many(values)
                    }
                    single => Setting::One(value_of(place, &key, single)?),
                };
                entry.params.insert(key, setting);
            }
        }
    }
    Ok(entry)
}

fn value_of(place: &str, key: &str, value: toml::Value) -> Result<Value, Error> {
    Ok(match value {
        toml::Value::Boolean(value) => Value::Bool(value),
        toml::Value::Integer(value) => Value::Int(value),
        toml::Value::Float(value) => Value::Float(value),
        toml::Value::String(value) => Value::Text(value),
        other => {
            return Err(Error::Form(format!(
                "{key} of {place} must be a number, a text, true or false, but is {other}"
            )));
        }
    })
}
