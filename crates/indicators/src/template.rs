//! Names of columns from patterns and parameters, such as `EMA_volume_20` from `EMA_{column_?}{n}`.

use algomosaic_core::{Params, Value, names};

use crate::indicator::{Indicator, Input};

pub(crate) fn expand(pattern: &str, indicator: &Indicator, params: &Params) -> String {
    let mut name = String::with_capacity(pattern.len() + 8);
    let mut rest = pattern;
    while let Some(open) = rest.find('{') {
        name.push_str(&rest[..open]);
        rest = &rest[open..];
        let Some(close) = rest.find('}') else { break };
        match placeholder(&rest[1..close], indicator, params) {
            Some(text) => name.push_str(&text),
            None => name.push_str(&rest[..=close]),
        }
        rest = &rest[close + 1..];
    }
    name.push_str(rest);
    name
}

fn placeholder(inside: &str, indicator: &Indicator, params: &Params) -> Option<String> {
    let (inside, unless_default) = inside.strip_suffix('?').map_or((inside, false), |inner| (inner, true));
    let (inside, before) = inside.strip_prefix('_').map_or((inside, ""), |inner| (inner, "_"));
    let (inside, after) = inside.strip_suffix('_').map_or((inside, ""), |inner| (inner, "_"));
    let param = indicator.params.iter().find(|param| param.name == inside)?;
    let value = params.values().get(param.name)?;
    if unless_default && *value == param.default_value() {
        return Some(String::new());
    }
    Some(format!("{before}{}{after}", text(value, param.name, indicator, params)))
}

fn text(value: &Value, name: &str, indicator: &Indicator, params: &Params) -> String {
    if let Value::Text(own) = value {
        let other = indicator.inputs.iter().find_map(|input| match input {
            Input::ColumnOr(param, other) if *param == name => Some(*other),
            _ => None,
        });
        let column = match other {
            Some(other) if own.is_empty() => params.text(other),
            _ => own,
        };
        return names::normalise_column(column);
    }
    names::normalise_column(&value.to_string()).replace('.', "_")
}
