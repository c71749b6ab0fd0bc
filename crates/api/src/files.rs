//! The files a person writes: training files and rules, as requests take them.

use std::path::Path;

use algomosaic_backtest::Rules;
use algomosaic_core::problem::in_line;
use algomosaic_core::{Code, Problem};
use algomosaic_model::TrainSpec;

use crate::request::Source;

/// A text file of the person's.
pub fn read_text(path: &Path) -> Result<String, Problem> {
    let bytes = std::fs::read(path).map_err(|error| algomosaic_data::io_problem("reading the file", path, &error))?;
    String::from_utf8(bytes).map_err(|_| {
        Problem::bad(format!("{} is not UTF-8 text", path.display()), "Check that it is the file you mean.")
    })
}

/// What a training file asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainRequest {
    /// The data.
    pub from: Source,
    /// What to train.
    pub spec: TrainSpec,
    /// The recipe that made the data, as TOML.
    pub recipe: Option<String>,
}

/// A training file with the values of `--set key=value` in place, and where its data come from: `--from`, or the file's own
/// `from`, with the `--param` of a query. Its `recipe` is a file beside it, in `folder`.
pub fn train_file(
    text: &str,
    folder: &Path,
    from: Option<&str>,
    param: &[String],
    set: &[String],
) -> Result<TrainRequest, Problem> {
    let mut table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let what = in_line(text, error.span().map(|span| span.start), error.message());
        Problem::bad(format!("the training file cannot be read: {what}"), "Correct it there.")
    })?;
    for setting in set {
        apply(&mut table, setting)?;
    }
    let mut take = |key: &str, hint: &str| match table.remove(key) {
        Some(toml::Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(Problem::bad(format!("{key} must be text, but is {other}"), hint)),
        None => Ok(None),
    };
    let own = take("from", "Name a table, a file or a SELECT.")?;
    let recipe = take("recipe", "Name the file of the recipe that made the columns.")?;
    let from = from.map(str::to_owned).or(own).ok_or_else(|| {
        Problem::new(
            Code::Usage,
            "no data is named to train on",
            "Name a table, a file or a SELECT (--from), or write from = in the file.",
        )
    })?;
    let recipe = recipe.map(|path| read_text(&folder.join(path))).transpose()?;
    Ok(TrainRequest { from: Source::given(&from, param)?, spec: TrainSpec::from_table(table)?, recipe })
}

/// `params.alpha=0.01`: what is right of `=` is TOML, or text where it is not.
fn apply(table: &mut toml::Table, setting: &str) -> Result<(), Problem> {
    let refused = || {
        Problem::new(
            Code::Usage,
            format!("--set {setting} is not of the form key=value"),
            "Write it like --set params.alpha=0.01 or --set split.test_size=0.2.",
        )
    };
    let (path, value) = setting.split_once('=').ok_or_else(refused)?;
    if value.trim().is_empty() {
        return Err(Problem::new(
            Code::Usage,
            format!("--set {setting} gives no value"),
            "Write it like --set params.alpha=0.01, or leave it out: then the value of the file or the default counts.",
        ));
    }
    let parsed = format!("value = {value}").parse::<toml::Table>().ok().and_then(|mut table| table.remove("value"));
    let value = parsed.unwrap_or_else(|| toml::Value::String(value.trim().to_owned()));
    let mut keys: Vec<&str> = path.split('.').map(str::trim).collect();
    let last = keys.pop().filter(|key| !key.is_empty()).ok_or_else(refused)?;
    let mut inner = table;
    for key in keys {
        inner = inner
            .entry(key)
            .or_insert_with(|| toml::Value::Table(toml::Table::new()))
            .as_table_mut()
            .ok_or_else(refused)?;
    }
    inner.insert(last.to_owned(), value);
    Ok(())
}

/// A rules file.
pub fn rules_file(text: &str) -> Result<Rules, Problem> {
    Ok(Rules::from_toml(text)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use algomosaic_core::Value;

    const FILE: &str = "outcome = \"ROR_n10\"\nalgorithm = \"elastic_net\"\nfrom = \"features.us_daily\"\n";

    #[test]
    fn a_training_file_takes_settings_from_the_command_line() {
        let TrainRequest { from, spec, .. } =
            train_file(FILE, Path::new(""), None, &[], &["params.alpha=0.25".into(), "split.test_size=0.2".into()])
                .unwrap();
        assert_eq!(from, Source::Table { table: "features.us_daily".into() });
        assert_eq!(spec.params.get("alpha"), Some(&Value::Float(0.25)));
        assert!((spec.split.test_size - 0.2).abs() < 1e-12);
        let from = train_file(FILE, Path::new(""), Some("SELECT 1"), &[], &[]).unwrap().from;
        assert_eq!(from, Source::sql("SELECT 1"));
    }

    #[test]
    fn a_setting_that_means_nothing_is_refused_with_what_to_write() {
        for (setting, message, hint) in [
            ("alpha", "--set alpha is not of the form key=value", "Write it like --set params.alpha=0.01"),
            ("=1", "--set =1 is not of the form key=value", "Write it like"),
            ("params.=1", "is not of the form key=value", "Write it like"),
            ("outcome.x=1", "is not of the form key=value", "Write it like"),
            ("nonsense=1", "unknown key nonsense", "Remove the key."),
            ("alpha=", "--set alpha= gives no value", "Write it like --set params.alpha=0.01, or leave it out"),
            ("params.alpha= ", "--set params.alpha=  gives no value", "or leave it out"),
            ("alpha=0.1", "unknown key alpha", "Did you mean params.alpha?"),
            ("params.alpha=x", "alpha must be a number, but is \"x\"", "Correct the value"),
        ] {
            let problem = train_file(FILE, Path::new(""), None, &[], &[setting.into()]).unwrap_err();
            assert!(problem.message.contains(message), "{setting}: {}", problem.message);
            assert!(problem.hint.contains(hint), "{setting}: {}", problem.hint);
        }
    }
}
