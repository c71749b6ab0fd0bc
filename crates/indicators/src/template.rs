//! Names of columns from patterns and parameters, such as `EMA_volume_20` from `EMA_{column_?}{n}`.

use algomosaic_core::{ParamKind, Params, Value, names};

use crate::indicator::{Indicator, Input, Output};

/// The column of an output of family `ta`: TA-Lib's name, the columns it reads and the values of its whole-number
/// parameters, then every other parameter that is not at its default with its own name before it, and the output where
/// there are several: `RSI_14`, `RSI_volume_14`, `BBANDS_20_nbdevup3_upperband`.
pub(crate) fn ta(indicator: &Indicator, output: &Output, params: &Params) -> String {
    let mut name = indicator.id.strip_prefix("ta.").unwrap_or(indicator.id).to_uppercase();
    let mut rest = String::new();
    for param in indicator.params {
        let Some(value) = params.values().get(param.name) else { continue };
        let is_default = *value == param.default_value();
        let shown = names::normalise_column(&value.to_string()).replace('.', "_");
        match param.kind {
            ParamKind::Column { .. } if is_default => {}
            ParamKind::Column { .. } => name = format!("{name}_{shown}"),
            ParamKind::Int { .. } if crate::ta::is_own(param) => name = format!("{name}_{shown}"),
            _ if is_default => {}
            _ => rest = format!("{rest}_{}{shown}", param.name),
        }
    }
    let tail = if indicator.outputs.len() > 1 { format!("_{}", output.name) } else { String::new() };
    format!("{name}{rest}{tail}")
}

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
