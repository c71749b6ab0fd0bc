//! Parameter declarations: the one place where a default, a range or a help text is written.
//! The form, the command line, the check, the stored run and the reference page all read them.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A value of a parameter, as files, forms and stored runs have it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
#[serde(untagged)]
pub enum Value {
    /// true or false.
    Bool(bool),
    /// A whole number.
    Int(#[specta(type = f64)] i64),
    /// A number.
    Float(f64),
    /// Text, or the name of a choice.
    Text(String),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Bool(v) => write!(f, "{v}"),
            Value::Int(v) => write!(f, "{v}"),
            Value::Float(v) => write!(f, "{v}"),
            Value::Text(v) => write!(f, "{v}"),
        }
    }
}

impl Value {
    /// As a message shows it: text between quotes, so that an empty one and one with spaces are seen.
    pub fn quoted(&self) -> String {
        match self {
            Value::Text(text) => format!("\"{text}\""),
            other => other.to_string(),
        }
    }
}

/// What a parameter takes, and what it is when nobody says.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, specta::Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ParamKind {
    /// A whole number within bounds, both included.
    Int {
        /// When nobody says.
        #[specta(type = f64)]
        default: i64,
        /// The least.
        #[specta(type = f64)]
        min: i64,
        /// The most.
        #[specta(type = f64)]
        max: i64,
    },
    /// A number within bounds, both included.
    Float {
        /// When nobody says.
        default: f64,
        /// The least.
        min: f64,
        /// The most.
        max: f64,
    },
    /// Yes or no.
    Bool {
        /// When nobody says.
        default: bool,
    },
    /// One of a few names.
    Choice {
        /// When nobody says.
        default: &'static str,
        /// Each choice's name and its label.
        options: &'static [(&'static str, &'static str)],
    },
    /// A column of the frame.
    Column {
        /// When nobody says.
        default: &'static str,
    },
    /// Any text; a number stands for its own text.
    Text {
        /// When nobody says.
        default: &'static str,
    },
}

/// A declared parameter.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, specta::Type)]
pub struct Param {
    /// As files and commands name it: `timeperiod`.
    pub name: &'static str,
    /// As a form labels it: `Period`.
    pub label: &'static str,
    /// What it takes.
    pub kind: ParamKind,
    /// The unit of the number, empty when it has none.
    pub unit: &'static str,
    /// One sentence of help.
    pub help: &'static str,
}

impl Param {
    /// A whole number; 1 to 100,000 until [`Param::range`] says otherwise.
    pub const fn int(name: &'static str, label: &'static str, default: i64) -> Self {
        Param { name, label, kind: ParamKind::Int { default, min: 1, max: 100_000 }, unit: "", help: "" }
    }

    /// A number within bounds.
    pub const fn float(name: &'static str, label: &'static str, default: f64, min: f64, max: f64) -> Self {
        Param { name, label, kind: ParamKind::Float { default, min, max }, unit: "", help: "" }
    }

    /// Yes or no.
    pub const fn bool(name: &'static str, label: &'static str, default: bool) -> Self {
        Param { name, label, kind: ParamKind::Bool { default }, unit: "", help: "" }
    }

    /// One of a few names, each with its label.
    pub const fn choice(
        name: &'static str,
        label: &'static str,
        default: &'static str,
        options: &'static [(&'static str, &'static str)],
    ) -> Self {
        Param { name, label, kind: ParamKind::Choice { default, options }, unit: "", help: "" }
    }

    /// A column of the frame.
    pub const fn column(name: &'static str, label: &'static str, default: &'static str) -> Self {
        Param { name, label, kind: ParamKind::Column { default }, unit: "", help: "" }
    }

    /// Any text.
    pub const fn text(name: &'static str, label: &'static str, default: &'static str) -> Self {
        Param { name, label, kind: ParamKind::Text { default }, unit: "", help: "" }
    }

    /// Bounds of a whole number, both included.
    pub const fn range(mut self, least: i64, most: i64) -> Self {
        if let ParamKind::Int { min, max, .. } = &mut self.kind {
            *min = least;
            *max = most;
        }
        self
    }

    /// The unit, such as `bars` or `bps`.
    pub const fn unit(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self
    }

    /// One sentence of help.
    pub const fn help(mut self, help: &'static str) -> Self {
        self.help = help;
        self
    }

    /// The value when nobody gives one.
    pub fn default_value(&self) -> Value {
        match self.kind {
            ParamKind::Int { default, .. } => Value::Int(default),
            ParamKind::Float { default, .. } => Value::Float(default),
            ParamKind::Bool { default } => Value::Bool(default),
            ParamKind::Choice { default, .. } | ParamKind::Column { default } | ParamKind::Text { default } => {
                Value::Text(default.to_owned())
            }
        }
    }

    /// The value as this parameter takes it, or why not. A whole number passes for a number, and 3.0 for 3.
    pub fn check(&self, value: &Value) -> Result<Value, ParamError> {
        let name = self.name.to_owned();
        let out_of_range =
            |min: String, max: String| ParamError::OutOfRange { name: name.clone(), min, max, value: value.quoted() };
        let wrong = |wanted: &'static str| ParamError::WrongType { name: name.clone(), wanted, value: value.quoted() };
        match self.kind {
            ParamKind::Int { min, max, .. } => {
                let whole = match value {
                    Value::Int(v) => *v,
                    // Exact below 2^53, which the bounds are far below.
                    Value::Float(v) if v.fract() == 0.0 && v.abs() < 9e15 => *v as i64,
                    _ => return Err(wrong("a whole number")),
                };
                if whole < min || whole > max {
                    return Err(out_of_range(min.to_string(), max.to_string()));
                }
                Ok(Value::Int(whole))
            }
            ParamKind::Float { min, max, .. } => {
                let number = match value {
                    Value::Int(v) => *v as f64,
                    Value::Float(v) => *v,
                    _ => return Err(wrong("a number")),
                };
                if !(number >= min && number <= max) {
                    return Err(out_of_range(min.to_string(), max.to_string()));
                }
                Ok(Value::Float(number))
            }
            ParamKind::Bool { .. } => match value {
                Value::Bool(_) => Ok(value.clone()),
                _ => Err(wrong("true or false")),
            },
            ParamKind::Choice { options, .. } => match value {
                Value::Text(text) if options.iter().any(|(name, _)| name == text) => Ok(value.clone()),
                _ => Err(ParamError::NotAChoice {
                    name,
                    value: value.quoted(),
                    options: options.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", "),
                }),
            },
            ParamKind::Column { .. } => match value {
                Value::Text(text) if !text.is_empty() => Ok(value.clone()),
                _ => Err(wrong("the name of a column")),
            },
            ParamKind::Text { .. } => Ok(Value::Text(value.to_string())),
        }
    }
}

/// Why a parameter's value was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParamError {
    /// A number outside its bounds.
    #[error("{name} must be between {min} and {max}, but is {value}")]
    OutOfRange {
        /// The parameter.
        name: String,
        /// The least.
        min: String,
        /// The most.
        max: String,
        /// What was given.
        value: String,
    },
    /// A value of another type.
    #[error("{name} must be {wanted}, but is {value}")]
    WrongType {
        /// The parameter.
        name: String,
        /// What it takes.
        wanted: &'static str,
        /// What was given.
        value: String,
    },
    /// A name that is not among the choices.
    #[error("{name} must be one of {options}, but is {value}")]
    NotAChoice {
        /// The parameter.
        name: String,
        /// What was given.
        value: String,
        /// The choices.
        options: String,
    },
    /// No such parameter.
    #[error("there is no parameter {name} here; there are {known}{}", .nearest.as_ref().map(|n| format!("; did you mean {n}?")).unwrap_or_default())]
    Unknown {
        /// What was given.
        name: String,
        /// The declared names.
        known: String,
        /// The nearest of them.
        nearest: Option<String>,
    },
}

/// Values of declared parameters: every one present, every one within its rule.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Params(BTreeMap<String, Value>);

impl Params {
    /// Checks what was given against what is declared, and fills in the defaults.
    pub fn check(declared: &[Param], given: &BTreeMap<String, Value>) -> Result<Params, ParamError> {
        for name in given.keys() {
            if !declared.iter().any(|param| param.name == name) {
                return Err(ParamError::Unknown {
                    name: name.clone(),
                    known: declared.iter().map(|param| param.name).collect::<Vec<_>>().join(", "),
                    nearest: crate::names::nearest(name, declared.iter().map(|param| param.name)).map(str::to_owned),
                });
            }
        }
        let mut values = BTreeMap::new();
        for param in declared {
            let value = match given.get(param.name) {
                Some(value) => param.check(value)?,
                None => param.default_value(),
            };
            values.insert(param.name.to_owned(), value);
        }
        Ok(Params(values))
    }

    /// Every value by its name.
    pub fn values(&self) -> &BTreeMap<String, Value> {
        &self.0
    }

    /// A declared whole number. 0 when no such parameter is declared, which is a bug of the caller.
    pub fn int(&self, name: &str) -> i64 {
        match self.0.get(name) {
            Some(Value::Int(v)) => *v,
            other => undeclared(name, other, 0),
        }
    }

    /// A declared whole number that cannot be negative.
    pub fn size(&self, name: &str) -> usize {
        usize::try_from(self.int(name)).unwrap_or(0)
    }

    /// A declared number. NaN when no such parameter is declared, which is a bug of the caller.
    pub fn float(&self, name: &str) -> f64 {
        match self.0.get(name) {
            Some(Value::Float(v)) => *v,
            other => undeclared(name, other, f64::NAN),
        }
    }

    /// A declared yes or no.
    pub fn bool(&self, name: &str) -> bool {
        match self.0.get(name) {
            Some(Value::Bool(v)) => *v,
            other => undeclared(name, other, false),
        }
    }

    /// A declared choice or column.
    pub fn text(&self, name: &str) -> &str {
        match self.0.get(name) {
            Some(Value::Text(v)) => v,
            other => undeclared(name, other, ""),
        }
    }
}

fn undeclared<T>(name: &str, found: Option<&Value>, neutral: T) -> T {
    debug_assert!(false, "parameter {name} is read as another type than declared: {found:?}");
    neutral
}

#[cfg(test)]
mod tests {
    use super::*;

    const DECLARED: &[Param] = &[
        Param::int("period", "Period", 14).range(2, 500).unit("bars").help("Bars in the window"),
        Param::float("alpha", "Alpha", 1.0, 0.0, 10.0),
        Param::column("column", "Column", "close"),
        Param::choice("side", "Side", "long", &[("long", "Long"), ("short", "Short")]),
    ];

    fn given(name: &str, value: Value) -> BTreeMap<String, Value> {
        BTreeMap::from([(name.to_owned(), value)])
    }

    #[test]
    fn what_is_not_given_takes_its_default() {
        let params = Params::check(DECLARED, &given("period", Value::Float(20.0)));
        assert_eq!(params.as_ref().map(|p| (p.int("period"), p.float("alpha"))), Ok((20, 1.0)));
    }

    #[test]
    fn what_breaks_a_rule_is_named_with_the_rule() {
        for (name, value, message) in [
            ("period", Value::Int(1), "period must be between 2 and 500, but is 1"),
            ("period", Value::Float(2.5), "period must be a whole number, but is 2.5"),
            ("alpha", Value::Float(f64::NAN), "alpha must be between 0 and 10, but is NaN"),
            ("alpha", Value::Text("x".into()), "alpha must be a number, but is \"x\""),
            ("alpha", Value::Text(String::new()), "alpha must be a number, but is \"\""),
            ("column", Value::Text(String::new()), "column must be the name of a column, but is \"\""),
            ("side", Value::Text("up".into()), "side must be one of long, short, but is \"up\""),
            (
                "perod",
                Value::Int(3),
                "there is no parameter perod here; there are period, alpha, column, side; did you mean period?",
            ),
        ] {
            assert_eq!(
                Params::check(DECLARED, &given(name, value)).map_err(|e| e.to_string()),
                Err(message.to_owned())
            );
        }
    }
}
