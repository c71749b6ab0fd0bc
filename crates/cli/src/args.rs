//! The commands and their arguments. Help texts are what `algom COMMAND --help` prints.

use std::path::PathBuf;

use clap::{ArgGroup, Args as ClapArgs, Parser, Subcommand, ValueEnum};

/// A workbench for quantitative analysts in which no one fools himself.
#[derive(Debug, Parser)]
#[command(name = "algom", version, about, max_term_width = 100)]
pub(crate) struct Args {
    /// The workspace; default: the one this folder is in.
    #[arg(long, short = 'w', global = true, value_name = "DIR", env = "ALGOMOSAIC_WORKSPACE")]
    pub(crate) workspace: Option<PathBuf>,
    /// Print one JSON document instead of text.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Print errors only.
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a workspace.
    Init(Init),
    /// Do the main job on the sample: tables, charts, CSVs.
    Demo(Demo),
    /// Put files into a table.
    Import(Import),
    /// List the tables.
    Tables {
        /// Only names that hold this text; `*` stands for anything.
        pattern: Option<String>,
    },
    /// List the columns of a table.
    Schema {
        /// `dataset.table`.
        table: String,
    },
    /// Say what is in the columns of a table: nulls, range, mean, quantiles.
    Profile {
        /// `dataset.table`.
        table: String,
    },
    /// Run a statement of SQL, in BigQuery's dialect.
    Query(Query),
    /// List the indicators and transforms, or show one with its parameters.
    Indicators {
        /// `algom.aror`; the family may be left out.
        id: Option<String>,
    },
    /// Compute a recipe's columns over bars.
    Features(Features),
    /// Name each column of a recipe that changes when later bars are removed.
    CheckLookahead {
        /// The recipe, a TOML file.
        recipe: PathBuf,
        /// A table, a file, a SELECT or a .sql file.
        #[arg(long)]
        from: String,
        /// A parameter of the SELECT or the .sql file: NAME[:TYPE]=VALUE. May be repeated.
        #[arg(long, value_name = "NAME=VALUE")]
        param: Vec<String>,
    },
    /// Train a model beside its control; prints score, control and p-value.
    Train(Train),
    /// List, compare, tag, repeat, export or delete the runs.
    Models {
        #[command(subcommand)]
        command: Option<Models>,
    },
    /// Predict with a trained model.
    Predict(Predict),
    /// Run trading rules over bars.
    Backtest(Backtest),
    /// Draw a chart of a run or a backtest.
    Chart(Chart),
    /// Copy embedded tables into BigQuery, or models into the bucket.
    Push(Push),
    /// Copy tables of BigQuery into the workspace.
    Pull(Pull),
    /// Connect to Google Cloud, say how the connection is, or remove it.
    Connect {
        #[command(subcommand)]
        command: Connect,
    },
    /// List the jobs, or show one.
    Jobs {
        #[command(subcommand)]
        command: Option<Jobs>,
    },
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Init {
    /// The folder; it must not exist or be empty.
    pub(crate) dir: PathBuf,
    /// With the daily bars of AAPL, GOOG, IBM and MSFT, a recipe, training files and rules.
    #[arg(long)]
    pub(crate) sample: bool,
    /// The project that completes unqualified table names.
    #[arg(long, default_value = "local", value_name = "P")]
    pub(crate) project: String,
    /// The dataset that completes unqualified table names.
    #[arg(long, default_value = "main", value_name = "D")]
    pub(crate) dataset: String,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Demo {
    /// The folder for charts and CSVs; default: one below the workspace's `exports`.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Import {
    /// CSV, JSON, NDJSON, Parquet or Arrow files, also as `*.csv` and `.gz`; `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// The table to fill: `dataset.table`.
    #[arg(long, required_unless_present_any = ["preview", "check"])]
    pub(crate) table: Option<String>,
    /// When the table exists.
    #[arg(long, value_enum, default_value_t = IfExists::Fail)]
    pub(crate) if_exists: IfExists,
    /// The ticker of the bars, where the file has no such column.
    #[arg(long)]
    pub(crate) ticker: Option<String>,
    /// The interval of the bars, such as 1d or 5m, where the file has no such column.
    #[arg(long)]
    pub(crate) interval: Option<String>,
    /// Sort bars by time instead of refusing those out of order.
    #[arg(long)]
    pub(crate) sort: bool,
    /// Leave out rows that cannot be kept, and say so, instead of refusing the file.
    #[arg(long)]
    pub(crate) drop_bad_rows: bool,
    /// The form of the files, where their ending does not say it.
    #[arg(long, value_enum)]
    pub(crate) format: Option<FileForm>,
    /// The types of the columns: BigQuery's schema, JSON `[{"name", "type", "mode"}]`.
    #[arg(long, value_name = "S.json")]
    pub(crate) schema: Option<PathBuf>,
    /// Between two fields of a CSV line: one character, or `tab`.
    #[arg(long, value_name = "C")]
    pub(crate) delimiter: Option<String>,
    /// The encoding of a CSV file: UTF-8, UTF-16LE, windows-1252 ...
    #[arg(long)]
    pub(crate) encoding: Option<String>,
    /// The decimal sign of a CSV file: `.` or `,`.
    #[arg(long, value_name = "C")]
    pub(crate) decimal: Option<String>,
    /// How dates and times are written: DD/MM/YYYY, MM/DD/YYYY, epoch_ms ...
    #[arg(long, value_name = "FORMAT")]
    pub(crate) date_format: Option<String>,
    /// Show how the first file would be read, and write nothing.
    #[arg(long, conflicts_with = "check")]
    pub(crate) preview: bool,
    /// Say what an import would find, and write nothing.
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FileForm {
    /// Text with a delimiter.
    Csv,
    /// An array of objects.
    Json,
    /// An object a line.
    Ndjson,
    /// Parquet.
    Parquet,
    /// Arrow IPC.
    Arrow,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum IfExists {
    /// Refuse.
    Fail,
    /// Add the rows.
    Append,
    /// Start anew.
    Replace,
}

impl From<IfExists> for algomosaic_api::IfExists {
    fn from(choice: IfExists) -> Self {
        match choice {
            IfExists::Fail => Self::Fail,
            IfExists::Append => Self::Append,
            IfExists::Replace => Self::Replace,
        }
    }
}

#[derive(Debug, ClapArgs)]
#[group(required = true, multiple = false, args = ["sql", "file"])]
pub(crate) struct QueryText {
    /// The query.
    pub(crate) sql: Option<String>,
    /// A file with the query.
    #[arg(long, value_name = "F.sql")]
    pub(crate) file: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Query {
    #[command(flatten)]
    pub(crate) text: QueryText,
    /// A parameter: @NAME of the statement, or {NAME} of a file's text. A type other than STRING stands after a colon:
    /// from:DATE=2026-01-31. May be repeated.
    #[arg(long, value_name = "NAME[:TYPE]=VALUE")]
    pub(crate) param: Vec<String>,
    /// Say which tables and how many bytes it would read, and run nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Refuse to run when it would read more than so many bytes.
    #[arg(long, value_name = "N")]
    pub(crate) max_bytes: Option<u64>,
    /// At most so many rows.
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<u64>,
    /// Write the rows to a file: .csv, .json, .ndjson, .parquet, .arrow or .xlsx.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Features {
    /// The recipe, a TOML file.
    pub(crate) recipe: PathBuf,
    /// The bars: a table, a file, a SELECT or a .sql file.
    #[arg(long)]
    pub(crate) from: String,
    /// The table to write; an earlier one of that name is replaced.
    #[arg(long, required_unless_present = "out")]
    pub(crate) table: Option<String>,
    /// The file to write: .csv, .json, .ndjson or .parquet.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Compute only what bars that are newer than the table's rows need, and add it to the table.
    #[arg(long, requires = "table", conflicts_with = "out")]
    pub(crate) update: bool,
    /// A parameter of the SELECT or the .sql file: NAME[:TYPE]=VALUE. May be repeated.
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) param: Vec<String>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Train {
    /// The training file, TOML.
    pub(crate) train: PathBuf,
    /// The data: a table, a file, a SELECT or a .sql file; default: the file's `from`.
    #[arg(long)]
    pub(crate) from: Option<String>,
    /// Change a value of the file: `params.alpha=0.01`. May be repeated.
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// A parameter of the SELECT or the .sql file: NAME[:TYPE]=VALUE. May be repeated.
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) param: Vec<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Models {
    /// List the runs, the newest first.
    List(ListRuns),
    /// Show a run in full.
    Show {
        /// The id of a run or a model, the start of one, or an alias.
        id: String,
    },
    /// Show what the job of a run said, its checks, and the versions it ran on.
    Log {
        /// The run's id, the start of it, or an alias.
        id: String,
    },
    /// Give a run tags.
    Tag {
        /// The run's id, the start of it, or an alias.
        id: String,
        /// The tags.
        #[arg(required = true)]
        tags: Vec<String>,
    },
    /// Take tags from a run.
    Untag {
        /// The run's id, the start of it, or an alias.
        id: String,
        /// The tags.
        #[arg(required = true)]
        tags: Vec<String>,
    },
    /// Write the note of a run, over an earlier one; empty text removes it.
    Note {
        /// The run's id, the start of it, or an alias.
        id: String,
        /// The note.
        text: String,
    },
    /// Give a run an alias, such as `champion`. One run of an outcome and domain has it; another that had it loses it.
    Alias {
        /// The run's id, the start of it, or an alias.
        id: String,
        /// The alias.
        name: String,
    },
    /// Take an alias from a run.
    Unalias {
        /// The run's id, the start of it, or an alias.
        id: String,
        /// The alias.
        name: String,
    },
    /// List the aliases and who has them.
    Aliases {
        /// With every change there was.
        #[arg(long)]
        history: bool,
    },
    /// Show only what differs between runs.
    Compare {
        /// Their ids, the starts of them, or aliases.
        #[arg(required = true, num_args = 2.., value_name = "ID")]
        ids: Vec<String>,
        /// Write it to a file: .csv, .json, .parquet or .xlsx.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Put a run into the trash; its rows and its model file stay.
    Delete {
        /// The run's id, the start of it, or an alias.
        id: String,
        /// Also when the run has an alias.
        #[arg(long)]
        force: bool,
    },
    /// Take a run out of the trash.
    Restore {
        /// The run's id or the start of it.
        id: String,
    },
    /// Remove the model files of runs in the trash for good.
    Purge {
        /// The runs' ids or the starts of them; none are all that are in the trash.
        ids: Vec<String>,
    },
    /// Train a run again from the request it kept, and say whether the same came out.
    Repeat {
        /// The run's id, the start of it, or an alias.
        id: String,
    },
    /// Write the model of a run for other programs, as ONNX or JSON.
    Export(ExportModel),
}

#[derive(Debug, ClapArgs)]
pub(crate) struct ExportModel {
    /// The id of a run or a model, the start of one, or an alias.
    pub(crate) id: String,
    /// The form; default: that of the file's ending.
    #[arg(long)]
    pub(crate) format: Option<ModelForm>,
    /// The file to write: .onnx or .json.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Replace a file that is there.
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum ModelForm {
    /// A graph that ONNX runtimes run: linear models and trees, with their preparation.
    Onnx,
    /// Every number by name.
    Json,
}

impl From<ModelForm> for algomosaic_api::ModelFormat {
    fn from(form: ModelForm) -> Self {
        match form {
            ModelForm::Onnx => Self::Onnx,
            ModelForm::Json => Self::Json,
        }
    }
}

#[derive(Debug, Default, ClapArgs)]
pub(crate) struct ListRuns {
    /// Only runs whose ids, algorithm, outcome, source, tags, aliases or note hold this text.
    #[arg(long)]
    pub(crate) text: Option<String>,
    /// Only runs of this domain.
    #[arg(long)]
    pub(crate) domain: Option<String>,
    /// Only this algorithm: its id or its name.
    #[arg(long)]
    pub(crate) algorithm: Option<String>,
    /// Only this outcome.
    #[arg(long, value_name = "COLUMN")]
    pub(crate) outcome: Option<String>,
    /// Only runs with this tag.
    #[arg(long)]
    pub(crate) tag: Option<String>,
    /// Only runs with this alias.
    #[arg(long)]
    pub(crate) alias: Option<String>,
    /// Only runs that started on that day or at that time or later, UTC: 2026-01-31.
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,
    /// Only runs that started on that day or at that time or earlier, UTC.
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
    /// Only runs with an R² at or above this.
    #[arg(long, value_name = "R2", allow_negative_numbers = true)]
    pub(crate) min_score: Option<f64>,
    /// Only runs that are better than chance, in a split that does not leak.
    #[arg(long)]
    pub(crate) signal: bool,
    /// The runs in the trash in place of the others.
    #[arg(long)]
    pub(crate) trash: bool,
    /// The order.
    #[arg(long, value_enum, default_value_t = RunOrder::Started)]
    pub(crate) sort: RunOrder,
    /// That order backwards.
    #[arg(long)]
    pub(crate) reverse: bool,
    /// Write the list to a file: .csv, .json, .parquet or .xlsx.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub(crate) enum RunOrder {
    /// The newest first.
    #[default]
    Started,
    /// The highest R² first.
    Score,
    /// The smallest p-value first.
    PValue,
    /// By algorithm.
    Model,
    /// By outcome.
    Outcome,
}

impl From<RunOrder> for algomosaic_api::RunSort {
    fn from(order: RunOrder) -> Self {
        match order {
            RunOrder::Started => Self::Started,
            RunOrder::Score => Self::Score,
            RunOrder::PValue => Self::PValue,
            RunOrder::Model => Self::Model,
            RunOrder::Outcome => Self::Outcome,
        }
    }
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Predict {
    /// The id of a run or a model, the start of one, or an alias.
    #[arg(long, value_name = "ID")]
    pub(crate) model: String,
    /// The data: a table, a file, a SELECT or a .sql file.
    #[arg(long)]
    pub(crate) from: String,
    /// A table of their own for the predictions.
    #[arg(long)]
    pub(crate) table: Option<String>,
    /// A file for the predictions.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// A parameter of the SELECT or the .sql file: NAME[:TYPE]=VALUE. May be repeated.
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) param: Vec<String>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Backtest {
    /// The rules, a TOML file.
    pub(crate) rules: PathBuf,
    /// The bars with the columns the rules use: a table, a file, a SELECT or a .sql file.
    #[arg(long)]
    pub(crate) from: String,
    /// A run whose `predictions` the rules may use; then only bars after its training count.
    #[arg(long, value_name = "ID")]
    pub(crate) model: Option<String>,
    /// A parameter of the SELECT or the .sql file: NAME[:TYPE]=VALUE. May be repeated.
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) param: Vec<String>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Chart {
    /// predictions_by_date, errors_by_date, prediction_histogram, error_histogram, predicted_against_actual of a run, and
    /// fold_scores, learning_curve, search_trials where it has them; equity, drawdown of a backtest.
    pub(crate) kind: String,
    /// The run's or the backtest's id, or the start of one.
    #[arg(long, value_name = "ID")]
    pub(crate) run: String,
    /// The file to write: .png, .svg or .csv.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Draw on a dark background.
    #[arg(long)]
    pub(crate) dark: bool,
    /// Draw what rises in blue and what falls in orange.
    #[arg(long)]
    pub(crate) colour_blind: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Jobs {
    /// List the jobs, the newest first.
    List,
    /// Show a job in full.
    Show {
        /// Its id, or the start of it.
        id: String,
    },
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Push {
    /// `dataset.table`, or 'dataset.start_*' for all that begin so.
    #[arg(required_unless_present = "models", value_name = "TABLE")]
    pub(crate) tables: Vec<String>,
    /// The models of the workspace's folder, into its bucket.
    #[arg(long)]
    pub(crate) models: bool,
    /// When a table exists there.
    #[arg(long, value_enum, default_value_t = IfExists::Fail)]
    pub(crate) if_exists: IfExists,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Pull {
    /// `dataset.table`, or 'dataset.start_*' for all that begin so.
    #[arg(required = true, value_name = "TABLE")]
    pub(crate) tables: Vec<String>,
    /// When a table exists here.
    #[arg(long, value_enum, default_value_t = IfExists::Fail)]
    pub(crate) if_exists: IfExists,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Connect {
    /// Connect; who was connected before is forgotten.
    Gcp(ConnectGcp),
    /// Say who is connected to which project, and which permissions are missing for what.
    Status,
    /// Forget the connection and its secret.
    Remove,
}

#[derive(Debug, ClapArgs)]
#[command(group(ArgGroup::new("by").required(true).args(["key", "adc", "browser", "metadata"])))]
pub(crate) struct ConnectGcp {
    /// By a service account's key, which moves into the keyring of this machine.
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// Delete the key's file once the key is in the keyring.
    #[arg(long, requires = "key", conflicts_with_all = ["adc", "browser", "metadata"])]
    pub(crate) delete_key: bool,
    /// By gcloud's application-default login, or the file that GOOGLE_APPLICATION_CREDENTIALS names.
    #[arg(long)]
    pub(crate) adc: bool,
    /// By a login in the browser.
    #[arg(long, requires = "project")]
    pub(crate) browser: bool,
    /// The OAuth client (kind Desktop app) of the login; default: the one that ALGOMOSAIC_OAUTH_CLIENT names.
    #[arg(long, value_name = "FILE", requires = "browser", conflicts_with_all = ["key", "adc", "metadata"])]
    pub(crate) client: Option<PathBuf>,
    /// By the metadata server of a machine at Google (workload identity).
    #[arg(long)]
    pub(crate) metadata: bool,
    /// Act as this service account.
    #[arg(long, value_name = "EMAIL")]
    pub(crate) impersonate: Option<String>,
    /// The project; default: the one that the credential names.
    #[arg(long, value_name = "P")]
    pub(crate) project: Option<String>,
    /// Where new datasets are, such as EU or us-central1.
    #[arg(long, value_name = "L")]
    pub(crate) location: Option<String>,
    /// The bucket of the models.
    #[arg(long, value_name = "B")]
    pub(crate) bucket: Option<String>,
}
