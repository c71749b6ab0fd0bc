//! Rows from wherever they are: a table, a file or a query, as a frame with its marks.

use algomosaic_core::{Job, Problem, ids};
use algomosaic_data::{ImportOptions, import_file};
use algomosaic_features::FeatureFrame;

use crate::request::Source;
use crate::statement::typed;
use crate::workspace::Workspace;

/// What was read, for the lineage.
pub(crate) struct Read {
    /// The rows.
    pub(crate) data: FeatureFrame,
    /// Rows of `model_queries`: input type, table, file, SQL.
    pub(crate) facts: Vec<(String, String)>,
    /// In a few words, for a page.
    pub(crate) source: String,
}

/// Reads a source.
pub(crate) fn read(workspace: &Workspace, from: &Source, job: &Job) -> Result<Read, Problem> {
    job.stage(format!("reading {from}"))?;
    let fact = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let warehouse = workspace.warehouse();
    let (result, facts, source) = match from {
        // Shards of one name are read together.
        Source::Table { table } if table.contains('*') => {
            let sql = format!("SELECT * FROM `{}`", table.trim_matches('`'));
            let result = warehouse.query(&sql, None, job)?;
            (result, vec![fact("input_type", "table"), fact("table", table)], table.clone())
        }
        Source::Table { table } => {
            let name = warehouse.name(table)?;
            let result = warehouse.read(&name, job)?;
            let full = name.to_string();
            (result, vec![fact("input_type", "table"), fact("table", &full)], full)
        }
        Source::Sql { sql, params, file } => {
            let result = warehouse.prepare(sql, &typed(params)?)?.frame(None, job)?;
            let tables: Vec<String> = result.tables.iter().map(ToString::to_string).collect();
            let mut facts = vec![fact("input_type", "sql"), fact("sql", sql), fact("tables", &tables.join(", "))];
            if let Some(file) = file {
                facts.push(fact("file", file));
            }
            if !params.is_empty() {
                facts.push(fact("parameters", &serde_json::to_string(params).unwrap_or_default()));
            }
            (result, facts, sql.clone())
        }
        Source::File { path } => {
            // The same checks as an import, into a warehouse of its own that is gone afterwards.
            let folder = std::env::temp_dir().join(format!("algomosaic-{}", algomosaic_data::unique()));
            let result = read_file(&folder, path, job);
            let _ = std::fs::remove_dir_all(&folder);
            let (result, hash) = result?;
            (result, vec![fact("input_type", "file"), fact("file", path), fact("file_sha256", &hash)], path.clone())
        }
    };
    Ok(Read { data: FeatureFrame { frame: result.frame, labels: result.marks }, facts, source })
}

fn read_file(
    folder: &std::path::Path,
    path: &str,
    job: &Job,
) -> Result<(algomosaic_data::QueryResult, String), Problem> {
    let io =
        |action: &str, path: &std::path::Path, error: std::io::Error| algomosaic_data::io_problem(action, path, &error);
    let file = std::path::Path::new(path);
    let bytes = std::fs::read(file).map_err(|error| io("reading the file", file, error))?;
    let below = folder.join("warehouse");
    std::fs::create_dir_all(&below).map_err(|error| io("making a folder", &below, error))?;
    let warehouse = algomosaic_data::Warehouse::open(folder, "local", "main", &algomosaic_data::Limits::default())?;
    let staging = algomosaic_data::Staging::create(folder, "read")?;
    let mut transaction = staging.transaction()?;
    let name = warehouse.name("file")?;
    import_file(
        &warehouse,
        &mut transaction,
        file,
        &name,
        algomosaic_data::IfExists::Fail,
        &ImportOptions::default(),
        job,
    )?;
    transaction.commit()?;
    let result = warehouse.read(&name, job)?;
    Ok((result, ids::content_hash(&bytes)))
}
