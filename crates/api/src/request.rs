//! What can be asked: one request an operation, serialisable, stored with the job so that it can be repeated.

use std::path::Path;

use algomosaic_backtest::Rules;
use algomosaic_core::Problem;
use algomosaic_model::TrainSpec;
use serde::{Deserialize, Serialize};

use crate::statement::{sql_file, sql_params};
use crate::wire::SqlParam;
use crate::wire_import::ImportOptions;

/// An operation with all it needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
#[serde(tag = "operation", rename_all = "snake_case", deny_unknown_fields)]
pub enum Request {
    /// The main job on the sample.
    Demo {
        /// The folder for charts and CSVs; without it, one below the workspace's `exports`.
        #[serde(default)]
        out: Option<String>,
    },
    /// Files into a table.
    Import {
        /// Their paths.
        files: Vec<String>,
        /// `dataset.table`.
        table: String,
        /// What to do when the table exists.
        #[serde(default)]
        if_exists: IfExists,
        /// How to read them; what is absent is detected.
        #[serde(default)]
        options: ImportOptions,
    },
    /// A recipe over bars, to a table or a file.
    Features {
        /// The recipe, as TOML.
        recipe: String,
        /// The bars.
        from: Source,
        /// The table to write.
        table: Option<String>,
        /// The file to write.
        out: Option<String>,
        /// Add to the table the rows of bars that are newer than its own, and leave the others as they are.
        #[serde(default)]
        update: bool,
    },
    /// A model with its control.
    Train {
        /// The data.
        from: Source,
        /// What to train.
        spec: TrainSpec,
        /// The recipe that made the columns, as TOML, for a control of random walks. Without it, that of the job that
        /// wrote the table.
        #[serde(default)]
        recipe: Option<String>,
    },
    /// A run trained again from the request it kept.
    Repeat {
        /// The run's id, the start of it, or an alias.
        run: String,
    },
    /// A model's predictions on new data.
    Predict {
        /// The run's or the model's id, the start of one, or an alias.
        model: String,
        /// The data.
        from: Source,
        /// A table for the predictions beside the prediction table of the day.
        table: Option<String>,
        /// A file for the predictions.
        out: Option<String>,
    },
    /// Embedded tables into BigQuery, or the folder's models into the bucket.
    Push {
        /// `dataset.table`, or `dataset.start_*` for all that begin so.
        tables: Vec<String>,
        /// The models as well.
        #[serde(default)]
        models: bool,
        /// What to do when a table exists there.
        #[serde(default)]
        if_exists: IfExists,
    },
    /// Tables of BigQuery into the workspace's folder.
    Pull {
        /// `dataset.table`, or `dataset.start_*` for all that begin so.
        tables: Vec<String>,
        /// What to do when a table exists here.
        #[serde(default)]
        if_exists: IfExists,
    },
    /// Rules over bars.
    Backtest {
        /// The rules.
        rules: Rules,
        /// The bars with the columns the rules use.
        from: Source,
        /// A run whose `predictions` the rules may use; then only bars after its training count.
        model: Option<String>,
    },
}

impl Request {
    /// The operation's name, as files have it.
    pub fn operation(&self) -> &'static str {
        match self {
            Request::Demo { .. } => "demo",
            Request::Import { .. } => "import",
            Request::Features { .. } => "features",
            Request::Train { .. } => "train",
            Request::Repeat { .. } => "repeat",
            Request::Predict { .. } => "predict",
            Request::Push { .. } => "push",
            Request::Pull { .. } => "pull",
            Request::Backtest { .. } => "backtest",
        }
    }

    /// What a list of jobs calls it.
    pub fn title(&self) -> String {
        match self {
            Request::Demo { .. } => "Run the sample".to_owned(),
            Request::Import { files, table, .. } => match &files[..] {
                [file] => format!("Import {} into {table}", file_name(file)),
                files => format!("Import {} files into {table}", files.len()),
            },
            Request::Features { from, .. } => format!("Compute features from {from}"),
            Request::Train { from, spec, .. } => {
                let label =
                    algomosaic_model::algorithm(&spec.algorithm).map_or(spec.algorithm.as_str(), |found| found.label);
                format!("Train {label} for {} on {from}", spec.outcome)
            }
            Request::Repeat { run } => format!("Repeat the run {}", short(run)),
            Request::Predict { model, from, .. } => format!("Predict {from} with {}", short(model)),
            Request::Push { tables, models, .. } => format!("Push {} to Google Cloud", what(tables, *models)),
            Request::Pull { tables, .. } => format!("Pull {} from BigQuery", what(tables, false)),
            Request::Backtest { rules, from, .. } => {
                format!(
                    "Backtest {}{from}",
                    rules.ticker.as_ref().map(|ticker| format!("{ticker} in ")).unwrap_or_default()
                )
            }
        }
    }
}

/// Tables and models in a few words.
fn what(tables: &[String], models: bool) -> String {
    let tables = match tables {
        [] => None,
        [table] => Some(table.clone()),
        tables => Some(format!("{} tables", tables.len())),
    };
    tables.into_iter().chain(models.then(|| "the models".to_owned())).collect::<Vec<_>>().join(" and ")
}

/// The start of an id; an alias in full.
fn short(model: &str) -> &str {
    if model.len() > 8 && model.bytes().all(|byte| byte.is_ascii_hexdigit()) { &model[..8] } else { model }
}

fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// What to do when a table exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum IfExists {
    /// Refuse.
    #[default]
    Fail,
    /// Add the rows.
    Append,
    /// Start anew.
    Replace,
}

impl From<IfExists> for algomosaic_data::IfExists {
    fn from(choice: IfExists) -> Self {
        match choice {
            IfExists::Fail => algomosaic_data::IfExists::Fail,
            IfExists::Append => algomosaic_data::IfExists::Append,
            IfExists::Replace => algomosaic_data::IfExists::Replace,
        }
    }
}

/// Endings that make a name a file.
const FILE_ENDINGS: [&str; 12] =
    ["csv", "tsv", "txt", "gz", "json", "ndjson", "jsonl", "parquet", "arrow", "feather", "ipc", "sql"];

/// Where rows come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Source {
    /// A table of the warehouse.
    Table {
        /// `dataset.table` or `project.dataset.table`.
        table: String,
    },
    /// A file.
    File {
        /// Its path.
        path: String,
    },
    /// A query.
    Sql {
        /// A SELECT.
        sql: String,
        /// The values of its parameters.
        #[serde(default)]
        params: Vec<SqlParam>,
        /// The file it came from.
        #[serde(default)]
        file: Option<String>,
    },
}

impl Source {
    /// A SELECT without parameters.
    pub fn sql(sql: &str) -> Source {
        Source::Sql { sql: sql.to_owned(), params: Vec::new(), file: None }
    }

    /// Tells a query, a file and a table apart, as `--from` takes them, with the `--param` of a query or of a `.sql` file.
    pub fn given(text: &str, param: &[String]) -> Result<Source, Problem> {
        let mut values = sql_params(param)?;
        match Source::parse(text)? {
            Source::Sql { sql, .. } => Ok(Source::Sql { sql, params: values, file: None }),
            Source::File { path } if path.to_lowercase().ends_with(".sql") => {
                let sql = sql_file(Path::new(&path), &mut values)?;
                Ok(Source::Sql { sql, params: values, file: Some(path) })
            }
            source if values.is_empty() => Ok(source),
            _ => Err(Problem::new(
                algomosaic_core::Code::Usage,
                format!("--param belongs to a query, and {text} is none"),
                "Leave it out, or read from a SELECT or a .sql file.",
            )),
        }
    }

    fn parse(text: &str) -> Result<Source, Problem> {
        let text = text.trim();
        let first = text.split_whitespace().next().unwrap_or("").to_uppercase();
        if text.is_empty() {
            return Err(Problem::new(
                algomosaic_core::Code::Usage,
                "--from is empty",
                "Name a table, a file or a SELECT.",
            ));
        }
        if first == "SELECT" || first == "WITH" {
            return Ok(Source::sql(text));
        }
        let ending = text.rsplit('.').next().unwrap_or("").to_lowercase();
        if text.contains(['/', '\\']) || FILE_ENDINGS.contains(&ending.as_str()) {
            return Ok(Source::File { path: text.to_owned() });
        }
        Ok(Source::Table { table: text.to_owned() })
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Source::Table { table } => write!(f, "{table}"),
            Source::File { path } => write!(f, "{}", file_name(path)),
            Source::Sql { .. } => write!(f, "a query"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_told_by_its_form() {
        for (text, expected) in [
            ("market.bars", Source::Table { table: "market.bars".into() }),
            ("./bars.csv", Source::File { path: "./bars.csv".into() }),
            ("bars.parquet", Source::File { path: "bars.parquet".into() }),
            (" select 1", Source::sql("select 1")),
        ] {
            assert_eq!(Source::parse(text).unwrap(), expected);
        }
    }

    #[test]
    fn a_request_survives_json() {
        let request = Request::Predict { model: "ab".into(), from: Source::sql("SELECT 1"), table: None, out: None };
        let text = serde_json::to_string(&request).unwrap();
        assert_eq!(
            text,
            r#"{"operation":"predict","model":"ab","from":{"kind":"sql","sql":"SELECT 1","params":[],"file":null},"table":null,"out":null}"#
        );
        assert_eq!(serde_json::from_str::<Request>(&text).unwrap(), request);
    }
}
