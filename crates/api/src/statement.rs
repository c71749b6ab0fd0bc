//! SQL with the values of its parameters, as a command line, a file or a page gives them.

use std::collections::BTreeMap;
use std::path::Path;

use algomosaic_core::{Code, Problem};
use algomosaic_data::{SqlParams, SqlValue};
use serde_json::Value;

use crate::files::read_text;
use crate::wire::SqlParam;

/// Parameters as a command line has them: `name=value` or `name:TYPE=value`, where an ARRAY or a STRUCT is JSON.
pub fn sql_params(given: &[String]) -> Result<Vec<SqlParam>, Problem> {
    let mut params: Vec<SqlParam> = Vec::new();
    for text in given {
        let refused = || {
            Problem::new(
                Code::Usage,
                format!("--param {text} is no parameter"),
                "Write --param name=value, or --param name:TYPE=value.",
            )
        };
        let (left, value) = text.split_once('=').ok_or_else(refused)?;
        let (name, kind) = left.split_once(':').unwrap_or((left, "STRING"));
        let kind = kind.trim().to_uppercase();
        if name.is_empty() || kind.is_empty() {
            return Err(refused());
        }
        if params.iter().any(|known| known.name == name) {
            return Err(Problem::new(Code::Usage, format!("--param {name} is given twice"), "Give it once."));
        }
        params.push(SqlParam { name: name.to_owned(), kind, value: value.to_owned() });
    }
    // A value that cannot be read is refused here, before anything else is done.
    typed(&params)?;
    Ok(params)
}

/// The text of a `.sql` file with each `{name}` filled in; a parameter that only fills one is taken out of `params`.
pub fn sql_file(path: &Path, params: &mut Vec<SqlParam>) -> Result<String, Problem> {
    let text = read_text(path)?;
    let names = algomosaic_data::text_params(&text);
    let fills = |param: &SqlParam| param.kind == "STRING" && names.contains(&param.name);
    let values: BTreeMap<String, String> =
        params.iter().filter(|param| fills(param)).map(|param| (param.name.clone(), param.value.clone())).collect();
    params.retain(|param| !fills(param) || text.contains(&format!("@{}", param.name)));
    algomosaic_data::fill(&text, &values)
}

/// Parameters with their values read: text, JSON for an ARRAY or a STRUCT, and the word null where the type is no STRING.
pub(crate) fn typed(params: &[SqlParam]) -> Result<SqlParams, Problem> {
    let mut typed = SqlParams::new();
    for SqlParam { name, kind, value } in params {
        let kind = kind.to_uppercase();
        let value = if kind != "STRING" && value.eq_ignore_ascii_case("null") {
            Value::Null
        } else if kind.starts_with("ARRAY") || kind.starts_with("STRUCT") {
            serde_json::from_str(value).map_err(|_| {
                Problem::bad(
                    format!("the value of @{name} is no JSON, and a {kind} is written as JSON"),
                    "Write it like [\"a\", \"b\"] or {\"x\": 1}.",
                )
            })?
        } else {
            Value::from(value.clone())
        };
        typed.insert(name.clone(), SqlValue { kind, value });
    }
    Ok(typed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(given: &[&str]) -> Result<Vec<SqlParam>, Problem> {
        sql_params(&given.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn parameters_of_a_command_line_have_names_types_and_values() {
        let given = params(&["t=AAPL", "n:int64=null", "ts:ARRAY<STRING>=[\"a=b\"]"]).unwrap();
        let read = typed(&given).unwrap();
        assert_eq!(read["t"], SqlValue { kind: "STRING".into(), value: "AAPL".into() });
        assert_eq!(read["n"], SqlValue { kind: "INT64".into(), value: Value::Null });
        assert_eq!(read["ts"], SqlValue { kind: "ARRAY<STRING>".into(), value: serde_json::json!(["a=b"]) });
        for wrong in [&["t"][..], &["=1"], &["t:=1"], &["t=1", "t=2"], &["ts:ARRAY<INT64>=1,2"]] {
            assert!(params(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_file_is_filled_with_names_and_keeps_its_parameters() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("q.sql");
        std::fs::write(&path, "SELECT * FROM {table} WHERE ticker = @t").unwrap();
        let mut given = params(&["table=market.bars", "t=AAPL"]).unwrap();
        assert_eq!(sql_file(&path, &mut given).unwrap(), "SELECT * FROM market.bars WHERE ticker = @t");
        assert_eq!(given.len(), 1);
        let mut given = params(&["table=x; DROP TABLE y", "t=AAPL"]).unwrap();
        assert!(sql_file(&path, &mut given).is_err());
    }
}
