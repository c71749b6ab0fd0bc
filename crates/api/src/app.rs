//! The facade: an open workspace, the operations on it, the jobs that run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use algomosaic_cloud::Credentials;
use algomosaic_core::{Code, Job, Problem};
use algomosaic_data::Staging;
use algomosaic_features::Recipe;

use crate::google::Google;
use crate::jobs::{self, JobRecord, Running};
use crate::ops::charts::{ChartFormat, PictureFormat};
use crate::ops::export_model::{self, ExportedModel, ModelFormat};
use crate::ops::query::{DryRunDocument, SqlDocument};
use crate::ops::{
    backtest, charts, connect, demo, feature_page, features, google_settings, import, models, predict, profile, query,
    recipes, results, runs, saved, searches, sql, tables, train, transfer, views,
};
use crate::outcome::{BacktestDocument, DemoDocument, LookaheadDocument, Outcome};
use crate::request::{IfExists, Request, Source};
use crate::settings::Settings;
use crate::tasks::Tasks;
use crate::wire::{
    AlgorithmForm, AliasChange, ColumnInfo, Comparison, CopiedText, Profile, QueryRecord, ResultInfo, RunDetail,
    RunDocument, RunLog, RunQuery, RunRecord, RunSummary, SavedFile, SavedQuery, SearchTrials, SqlCheck, SqlOutcome,
    SqlParam, SqlWords, StartState, TableInfo, TablePage, TrainForm, TrainSource, TrashChange, ViewInfo, ViewRequest,
    WorkspaceInfo,
};
use crate::wire_cloud::{
    ConnectBy, ConnectRequest, ConnectedDocument, ConnectionInfo, ConnectionStatus, DisconnectedDocument, FieldProblem,
    GoogleSettings, GoogleSettingsPage,
};
use crate::wire_features::{
    BarSource, FeatureCorrelations, FeaturePreview, IndicatorForm, PreviewRequest, RecipeCheck, RecipeOn, SavedRecipe,
};
use crate::wire_import::{ImportCheck, ImportOptions, ImportPreview};
use crate::workspace::{Role, Workspace};
use crate::{Chart, HeatMap, Theme, VERSION};

/// How often the progress of a job is looked at.
const LOOK: Duration = Duration::from_millis(100);

/// What an operation gives: the short form for the job, and the document for whoever waits.
pub enum Finished {
    /// The main job.
    Demo(Box<DemoDocument>),
    /// A training.
    Train(Box<RunDetail>),
    /// A training that was repeated.
    Repeat(Box<crate::RepeatDocument>),
    /// A backtest.
    Backtest(Box<BacktestDocument>),
    /// Predictions.
    Predict(Box<crate::PredictDocument>),
    /// An import.
    Import(crate::ImportDocument),
    /// Features.
    Features(crate::FeaturesDocument),
    /// Tables and models, copied to Google Cloud or from it.
    Transfer(crate::TransferDocument),
}

impl Finished {
    fn outcome(&self) -> Outcome {
        match self {
            Finished::Demo(document) => Outcome::Demo {
                model_execution_ids: vec![
                    document.train.model_execution_id.clone(),
                    document.compare.model_execution_id.clone(),
                ],
                backtest_execution_id: document.backtest.backtest_execution_id.clone(),
                out: document.out.clone(),
            },
            Finished::Train(run) => Outcome::Train { model_execution_id: run.model_execution_id.clone() },
            Finished::Repeat(document) => Outcome::Repeat {
                model_execution_id: document.run.model_execution_id.clone(),
                repeat_of: document.repeat_of.clone(),
                same_data: document.same_data,
                same_scores: document.same_scores,
                differs: document.differs.iter().map(|row| format!("{} {}", row.section, row.name)).collect(),
            },
            Finished::Backtest(document) => {
                Outcome::Backtest { backtest_execution_id: document.backtest_execution_id.clone() }
            }
            Finished::Predict(document) => Outcome::Predict {
                model_execution_id: document.model_execution_id.clone(),
                rows: document.rows,
                table: document.table.clone(),
            },
            Finished::Import(document) => Outcome::Import(document.clone()),
            Finished::Features(document) => Outcome::Features(document.clone()),
            Finished::Transfer(document) => Outcome::Transfer(document.clone()),
        }
    }
}

/// The application as the window and the command line see it.
pub struct App {
    settings: Settings,
    role: Role,
    workspace: Mutex<Option<Arc<Workspace>>>,
    running: Mutex<BTreeMap<String, (JobRecord, Job)>>,
    tasks: Tasks,
    last_bars: feature_page::LastBars,
    known_tickers: feature_page::KnownTickers,
    credentials: OnceLock<Credentials>,
    /// The key file that was last connected with, the only one that may be deleted.
    key_file: Mutex<Option<PathBuf>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl App {
    /// The application, no workspace open yet.
    pub fn new(settings: Settings, role: Role) -> App {
        App {
            settings,
            role,
            workspace: Mutex::new(None),
            running: Mutex::new(BTreeMap::new()),
            tasks: Tasks::default(),
            last_bars: feature_page::LastBars::default(),
            known_tickers: feature_page::KnownTickers::default(),
            credentials: OnceLock::new(),
            key_file: Mutex::new(None),
        }
    }

    /// What the Start page shows.
    pub fn start_state(&self) -> StartState {
        StartState {
            workspace: lock(&self.workspace).as_ref().map(|workspace| workspace.info().clone()),
            recent: self.settings.recent(),
            version: VERSION.to_owned(),
            sample_path: self.settings.sample_path().to_string_lossy().into_owned(),
        }
    }

    /// Where the sample workspace is, or will be made.
    pub fn sample_path(&self) -> PathBuf {
        self.settings.sample_path()
    }

    /// Opens a workspace in place of the one that was open.
    pub fn open_workspace(&self, path: &Path) -> Result<WorkspaceInfo, Problem> {
        if let Some((record, _)) = lock(&self.running).values().next() {
            return Err(Problem::new(
                Code::Usage,
                format!("a job still runs: {}", record.title),
                "Wait for it or cancel it on the Jobs page, then open the other workspace.",
            ));
        }
        let mut workspace = Workspace::open(path, self.role)?;
        self.attach(&mut workspace)?;
        let info = workspace.info().clone();
        // Only the window has a list of what was opened; a script's folders would crowd it.
        if self.role == Role::Owner {
            self.settings.remember(workspace.root(), &info.name);
        }
        *lock(&self.workspace) = Some(Arc::new(workspace));
        Ok(info)
    }

    /// Connects what the workspace's file names. A window opens a workspace also when BigQuery cannot be used, and shows
    /// why; what runs unattended stops instead.
    fn attach(&self, workspace: &mut Workspace) -> Result<(), Problem> {
        if !workspace.uses_google() {
            return Ok(());
        }
        let google = || {
            let connection = self.settings.connection()?;
            let credentials = connection.is_some().then(|| self.credentials()).transpose()?;
            Ok(Google { connection, credentials })
        };
        let connected = google().and_then(|google| workspace.connect(&google));
        match connected {
            Err(problem) if self.role == Role::Owner && problem.code != Code::BadInput => {
                workspace.connect_nothing(problem)
            }
            connected => connected,
        }
    }

    /// Opens the open workspace anew, after its settings or the connection have changed. Results stay.
    fn reopen(&self) -> Result<(), Problem> {
        let Some(root) = lock(&self.workspace).as_ref().map(|open| open.root().to_owned()) else { return Ok(()) };
        // As a guest: the owner's opening removes results that pages still show.
        let mut workspace = Workspace::open(&root, Role::Guest)?;
        self.attach(&mut workspace)?;
        *lock(&self.workspace) = Some(Arc::new(workspace));
        Ok(())
    }

    /// Refuses to change what a job works with.
    fn idle(&self) -> Result<(), Problem> {
        match lock(&self.running).values().next() {
            Some((record, _)) => Err(google_settings::busy(&record.title)),
            None => Ok(()),
        }
    }

    /// Refuses to change the connection that a job works with.
    fn connection_idle(&self) -> Result<(), Problem> {
        match lock(&self.workspace).as_ref() {
            Some(workspace) if workspace.uses_google() => self.idle(),
            _ => Ok(()),
        }
    }

    /// What the workspace's file says of Google Cloud.
    pub fn google_settings(&self) -> Result<GoogleSettingsPage, Problem> {
        google_settings::read(&*self.workspace()?)
    }

    /// Writes what the workspace's file says of Google Cloud, and opens the workspace with it. Answers with the fields that
    /// were refused; then nothing was written, as when the workspace cannot be opened with the settings.
    pub fn save_google_settings(&self, settings: &GoogleSettings) -> Result<Vec<FieldProblem>, Problem> {
        let workspace = self.workspace()?;
        let refused = google_settings::check(settings, &google_settings::read(&workspace)?.embedded_project);
        if !refused.is_empty() {
            return Ok(refused);
        }
        self.idle()?;
        let before = google_settings::write(&workspace, settings)?;
        self.reopen().inspect_err(|_| {
            // The workspace that is open goes on as it was.
            let _ = google_settings::restore(&workspace.root().join(crate::workspace::FILE), &before);
        })?;
        Ok(Vec::new())
    }

    /// Makes a workspace and opens it; with the sample, its bars are in it.
    pub fn create_workspace(
        &self,
        path: &Path,
        project: &str,
        dataset: &str,
        with_sample: bool,
    ) -> Result<WorkspaceInfo, Problem> {
        Workspace::create(path, project, dataset, with_sample)?;
        let info = self.open_workspace(path)?;
        if with_sample {
            let workspace = self.workspace()?;
            let staging = Staging::create(workspace.root(), &algomosaic_data::unique())?;
            crate::ops::sample::fill(&workspace, &staging, &Job::new())?;
        }
        Ok(info)
    }

    /// Opens the sample workspace at `path`, made first where it is missing.
    pub fn open_sample(&self, path: &Path) -> Result<WorkspaceInfo, Problem> {
        if path.join(crate::workspace::FILE).exists() {
            self.open_workspace(path)
        } else {
            self.create_workspace(path, "local", "main", true)
        }
    }

    /// Closes the workspace.
    pub fn close_workspace(&self) {
        *lock(&self.workspace) = None;
    }

    fn workspace(&self) -> Result<Arc<Workspace>, Problem> {
        lock(&self.workspace).clone().ok_or_else(|| {
            Problem::new(
                Code::Usage,
                "no workspace is open",
                "Open one on the Start page, or name it (--workspace DIR).",
            )
        })
    }

    /// The credentials of this machine; made when first needed, and one for all, so that tokens are shared.
    fn credentials(&self) -> Result<&Credentials, Problem> {
        if let Some(made) = self.credentials.get() {
            return Ok(made);
        }
        let made = connect::credentials()?;
        Ok(self.credentials.get_or_init(|| made))
    }

    /// Connects to Google Cloud in place of an earlier connection. `show` gets the address of a login in the browser.
    pub fn connect_gcp(
        &self,
        request: &ConnectRequest,
        show: impl FnOnce(&str),
        job: &Job,
    ) -> Result<ConnectedDocument, Problem> {
        self.connection_idle()?;
        let mut done = connect::connect(self.credentials()?, &self.settings, request, show, job)?;
        if let ConnectBy::Key { file } = &request.by {
            *lock(&self.key_file) = Some(PathBuf::from(file));
        }
        if let Err(problem) = self.reopen() {
            done.note = Some(format!("the workspace does not use the connection yet: {}", problem.message));
        }
        Ok(done)
    }

    /// The connection to Google Cloud that is saved, if one is.
    pub fn connection(&self) -> Result<Option<ConnectionInfo>, Problem> {
        Ok(self.settings.connection()?.as_ref().map(connect::info))
    }

    /// Who is connected to Google Cloud, and which permissions are missing for what.
    pub fn connection_status(&self, job: &Job) -> Result<ConnectionStatus, Problem> {
        connect::saved(&self.settings)?;
        connect::status(self.credentials()?, &self.settings, job)
    }

    /// Forgets the connection to Google Cloud and its secret.
    pub fn disconnect(&self, job: &Job) -> Result<DisconnectedDocument, Problem> {
        connect::saved(&self.settings)?;
        self.connection_idle()?;
        let done = connect::remove(self.credentials()?, &self.settings, job)?;
        self.reopen()?;
        Ok(done)
    }

    /// Deletes the key file that was last connected with, which is no longer needed.
    pub fn delete_key_file(&self) -> Result<(), Problem> {
        let file = lock(&self.key_file).take().ok_or_else(|| {
            Problem::not_found("no key file was connected with since this program started", "Delete the file by hand.")
        })?;
        connect::delete_key_file(&file)
    }

    /// Every table.
    pub fn tables(&self) -> Result<Vec<TableInfo>, Problem> {
        tables::list(&*self.workspace()?)
    }

    /// The tables of the workspace's folder.
    pub fn embedded_tables(&self) -> Result<Vec<TableInfo>, Problem> {
        tables::list_embedded(&*self.workspace()?)
    }

    /// The tables of BigQuery, where the workspace uses it.
    pub fn tables_elsewhere(&self, job: &Job) -> Result<Vec<TableInfo>, Problem> {
        tables::list_elsewhere(&*self.workspace()?, job)
    }

    /// The columns of a table.
    pub fn columns(&self, table: &str) -> Result<Vec<ColumnInfo>, Problem> {
        tables::columns(&*self.workspace()?, table)
    }

    /// Some rows of a table.
    pub fn table_page(&self, table: &str, offset: u64, limit: u64) -> Result<TablePage, Problem> {
        tables::page(&*self.workspace()?, table, offset, limit)
    }

    /// Does short work that can be cancelled by the id while it runs; it is in no list of jobs.
    pub fn task<T>(&self, id: &str, work: impl FnOnce(&Job) -> Result<T, Problem>) -> Result<T, Problem> {
        self.tasks.run(id, work)
    }

    /// How much of a task is done, from 0 to 1; `None` where that is unknown or the task is over.
    pub fn task_share(&self, id: &str) -> Option<f64> {
        self.tasks.share(id)
    }

    /// Asks a task to stop; there may be none of this id any more.
    pub fn cancel_task(&self, id: &str) {
        self.tasks.cancel(id);
    }

    /// A table sorted and filtered, ready to be paged.
    pub fn open_view(&self, request: &ViewRequest, job: &Job) -> Result<ViewInfo, Problem> {
        views::open(&*self.workspace()?, request, job)
    }

    /// Removes the rows of a view or of a result that has no name; any other table stays.
    pub fn close_view(&self, table: &str) -> Result<(), Problem> {
        results::close(&*self.workspace()?, table)
    }

    /// What is in the columns of a table.
    pub fn profile(&self, table: &str, job: &Job) -> Result<Profile, Problem> {
        profile::profile(&*self.workspace()?, table, job)
    }

    /// Rows as text for the clipboard, at most 100,000; no columns are all columns.
    pub fn copy_rows(&self, table: &str, columns: &[String], offset: u64, limit: u64) -> Result<CopiedText, Problem> {
        tables::copy(&*self.workspace()?, table, columns, offset, limit)
    }

    /// Writes a table to a file, by the file's ending.
    pub fn export_table(&self, table: &str, path: &Path, job: &Job) -> Result<SavedFile, Problem> {
        results::export(&*self.workspace()?, table, path, job)
    }

    /// Removes a person's table with all its rows.
    pub fn drop_table(&self, table: &str) -> Result<(), Problem> {
        tables::drop(&*self.workspace()?, table)
    }

    /// Runs a statement; the rows of a SELECT become a result.
    pub fn run_sql(&self, sql: &str, params: &[SqlParam], job: &Job) -> Result<SqlOutcome, Problem> {
        sql::run(&*self.workspace()?, sql, params, job)
    }

    /// Reads a statement without running it.
    pub fn check_sql(&self, sql: &str, params: &[SqlParam]) -> Result<SqlCheck, Problem> {
        sql::check(&*self.workspace()?, sql, params)
    }

    /// How the engine would run a statement, as text.
    pub fn explain_sql(&self, sql: &str, params: &[SqlParam]) -> Result<String, Problem> {
        sql::explain(&*self.workspace()?, sql, params)
    }

    /// The words an editor can complete.
    pub fn sql_words(&self) -> SqlWords {
        sql::sql_words()
    }

    /// The results that have a name, the newest first.
    pub fn results(&self) -> Result<Vec<ResultInfo>, Problem> {
        results::list(&*self.workspace()?)
    }

    /// Gives a result a name, so that it stays; without one it is temporary again.
    pub fn name_result(&self, id: &str, name: Option<&str>) -> Result<ResultInfo, Problem> {
        results::name(&*self.workspace()?, id, name)
    }

    /// Copies a result into a table.
    pub fn save_result(&self, id: &str, table: &str, if_exists: IfExists) -> Result<TableInfo, Problem> {
        results::save(&*self.workspace()?, id, table, if_exists)
    }

    /// The last 500 statements that were run, the newest first.
    pub fn sql_history(&self) -> Result<Vec<QueryRecord>, Problem> {
        saved::history(&*self.workspace()?)
    }

    /// The saved queries, by name.
    pub fn saved_queries(&self) -> Result<Vec<SavedQuery>, Problem> {
        saved::list(&*self.workspace()?)
    }

    /// Saves a query as `queries/<name>.sql`, over one that has the name.
    pub fn save_query(&self, name: &str, sql: &str) -> Result<SavedQuery, Problem> {
        saved::save(&*self.workspace()?, name, sql)
    }

    /// Gives a saved query another name.
    pub fn rename_query(&self, name: &str, new_name: &str) -> Result<SavedQuery, Problem> {
        saved::rename(&*self.workspace()?, name, new_name)
    }

    /// Deletes a saved query.
    pub fn delete_query(&self, name: &str) -> Result<(), Problem> {
        saved::delete(&*self.workspace()?, name)
    }

    /// Runs a statement of any kind: rows of a SELECT, at most `limit`, or what was changed.
    pub fn run_statement(
        &self,
        sql: &str,
        params: &[SqlParam],
        limit: Option<u64>,
        job: &Job,
    ) -> Result<SqlDocument, Problem> {
        query::run(&*self.workspace()?, sql, params, limit, job)
    }

    /// Reads a statement and says which tables and how many bytes it would read. Nothing runs.
    pub fn dry_run(&self, sql: &str, params: &[SqlParam]) -> Result<DryRunDocument, Problem> {
        query::dry_run(&*self.workspace()?, sql, params)
    }

    /// Runs a SELECT with parameters into a file; returns the number of rows.
    pub fn sql_to_file(
        &self,
        sql: &str,
        params: &[SqlParam],
        limit: Option<u64>,
        out: &Path,
        job: &Job,
    ) -> Result<u64, Problem> {
        query::query_to_file(&*self.workspace()?, sql, params, limit, out, job)
    }

    /// The first rows of the first of the files as an import would type them.
    pub fn preview_import(
        &self,
        files: &[String],
        options: &ImportOptions,
        job: &Job,
    ) -> Result<ImportPreview, Problem> {
        import::preview(files, options, job)
    }

    /// What an import of the files would find; nothing is written.
    pub fn check_import(&self, files: &[String], options: &ImportOptions, job: &Job) -> Result<ImportCheck, Problem> {
        import::check(&*self.workspace()?, files, options, job)
    }

    /// Recomputes a recipe on shortened bars and names the columns that change.
    pub fn check_lookahead(&self, recipe: &str, from: &Source, job: &Job) -> Result<LookaheadDocument, Problem> {
        features::check_lookahead(&*self.workspace()?, recipe, from, job)
    }

    /// The catalogue of indicators and transforms.
    pub fn indicator_catalogue(&self) -> Vec<IndicatorForm> {
        feature_page::catalogue()
    }

    /// Tables with bars.
    pub fn bar_sources(&self) -> Result<Vec<BarSource>, Problem> {
        feature_page::sources(&*self.workspace()?, &self.known_tickers)
    }

    /// Bars with the columns of a recipe, for the chart.
    pub fn preview_features(&self, request: &PreviewRequest) -> Result<FeaturePreview, Problem> {
        feature_page::preview(&*self.workspace()?, &self.last_bars, request)
    }

    /// Rank correlations of a recipe's columns.
    pub fn feature_correlations(&self, on: &RecipeOn, job: &Job) -> Result<FeatureCorrelations, Problem> {
        feature_page::correlations(&*self.workspace()?, on, job)
    }

    /// The look-ahead check and the warm-up check of a recipe.
    pub fn check_recipe(&self, on: &RecipeOn, job: &Job) -> Result<RecipeCheck, Problem> {
        feature_page::check(&*self.workspace()?, on, job)
    }

    /// The recipes kept with the workspace.
    pub fn recipes(&self) -> Result<Vec<SavedRecipe>, Problem> {
        recipes::list(&*self.workspace()?)
    }

    /// Saves a recipe under its name.
    pub fn save_recipe(&self, recipe: &Recipe) -> Result<SavedRecipe, Problem> {
        recipes::save(&*self.workspace()?, recipe)
    }

    /// Deletes a saved recipe.
    pub fn delete_recipe(&self, name: &str) -> Result<(), Problem> {
        recipes::delete(&*self.workspace()?, name)
    }

    /// A recipe from the text of its file.
    pub fn read_recipe(&self, text: &str) -> Result<Recipe, Problem> {
        Ok(Recipe::from_toml(text)?)
    }

    /// The text of a recipe's file.
    pub fn recipe_text(&self, recipe: &Recipe) -> Result<String, Problem> {
        Ok(recipe.to_toml()?)
    }

    /// What a training can be asked for.
    pub fn train_form(&self) -> TrainForm {
        TrainForm {
            algorithms: algomosaic_model::algorithms()
                .iter()
                .map(|algorithm| AlgorithmForm {
                    id: algorithm.id.to_owned(),
                    label: algorithm.label.to_owned(),
                    help: algorithm.help.to_owned(),
                    params: algorithm.params.to_vec(),
                    keeps_undefined: algorithm.family.keeps_undefined(),
                    several_classes: algorithm.several,
                })
                .collect(),
            split: algomosaic_model::split::PARAMS.to_vec(),
            split_takes: algomosaic_model::SplitKind::ALL
                .iter()
                .map(|kind| (kind.name().to_owned(), kind.takes().iter().map(|name| (*name).to_owned()).collect()))
                .collect(),
            prepare: algomosaic_model::prepare::PARAMS.to_vec(),
            search: algomosaic_model::search::PARAMS.to_vec(),
            search_splits: algomosaic_model::SplitKind::ALL
                .iter()
                .filter(|kind| kind.allows_search())
                .map(|kind| kind.name().to_owned())
                .collect(),
            control: algomosaic_model::control::PARAMS.to_vec(),
        }
    }

    /// Tables one can train on.
    pub fn train_sources(&self) -> Result<Vec<TrainSource>, Problem> {
        tables::train_sources(&*self.workspace()?)
    }

    /// The training runs of a query, in its order; without one, all that are not in the trash, the newest first.
    pub fn runs(&self, query: &RunQuery) -> Result<Vec<RunSummary>, Problem> {
        runs::list(&*self.workspace()?, query)
    }

    /// Writes the list of a query to a file, by the file's ending.
    pub fn export_runs(&self, query: &RunQuery, path: &Path) -> Result<SavedFile, Problem> {
        self.save_frame(&runs::frame(&self.runs(query)?)?, path)
    }

    /// A run in full, by its id, its model's id, the start of either, or an alias.
    pub fn run_detail(&self, id: &str, with_charts: bool) -> Result<RunDetail, Problem> {
        runs::detail(&*self.workspace()?, id, with_charts)
    }

    /// Writes the model of a run for other programs, in the form asked for or that of the file's ending. A file that is
    /// there is replaced only when `replace` says so.
    pub fn export_model(
        &self,
        id: &str,
        format: Option<ModelFormat>,
        out: &Path,
        replace: bool,
    ) -> Result<ExportedModel, Problem> {
        export_model::export_model(&*self.workspace()?, id, format, out, replace)
    }

    /// What is kept of a run beside its numbers.
    pub fn run_record(&self, id: &str) -> Result<RunRecord, Problem> {
        models::record::record(&*self.workspace()?, id)
    }

    /// A run with its numbers and all that is kept of it.
    pub fn run_document(&self, id: &str) -> Result<RunDocument, Problem> {
        models::record::document(&*self.workspace()?, id)
    }

    /// What the job of a run said, its checks, and the versions it ran on.
    pub fn run_log(&self, id: &str) -> Result<RunLog, Problem> {
        models::record::log(&*self.workspace()?, id)
    }

    /// Gives a run tags.
    pub fn tag_run(&self, id: &str, tags: &[String]) -> Result<RunSummary, Problem> {
        models::actions::tag(&*self.workspace()?, id, tags)
    }

    /// Takes tags from a run.
    pub fn untag_run(&self, id: &str, tags: &[String]) -> Result<RunSummary, Problem> {
        models::actions::untag(&*self.workspace()?, id, tags)
    }

    /// Writes the note of a run; empty text removes it.
    pub fn note_run(&self, id: &str, text: &str) -> Result<RunSummary, Problem> {
        models::actions::note(&*self.workspace()?, id, text)
    }

    /// Gives a run an alias, which another run of the same outcome and domain loses.
    pub fn give_alias(&self, id: &str, alias: &str) -> Result<AliasChange, Problem> {
        models::actions::give_alias(&*self.workspace()?, id, alias)
    }

    /// Takes an alias from a run.
    pub fn take_alias(&self, id: &str, alias: &str) -> Result<AliasChange, Problem> {
        models::actions::take_alias(&*self.workspace()?, id, alias)
    }

    /// Who has which alias, the last change first; with every change where the history is wanted.
    pub fn aliases(&self, history: bool) -> Result<Vec<AliasChange>, Problem> {
        models::actions::aliases(&*self.workspace()?, history)
    }

    /// Puts a run into the trash; one with an alias only where it is forced.
    pub fn delete_run(&self, id: &str, force: bool) -> Result<TrashChange, Problem> {
        models::actions::delete(&*self.workspace()?, id, force)
    }

    /// Takes a run out of the trash.
    pub fn restore_run(&self, id: &str) -> Result<TrashChange, Problem> {
        models::actions::restore(&*self.workspace()?, id)
    }

    /// Removes the model files of runs in the trash for good; none named are all of them.
    pub fn purge_runs(&self, ids: &[String]) -> Result<TrashChange, Problem> {
        models::actions::purge(&*self.workspace()?, ids)
    }

    /// Runs side by side: only what differs.
    pub fn compare_runs(&self, ids: &[String]) -> Result<Comparison, Problem> {
        models::compare::compare(&*self.workspace()?, ids)
    }

    /// Writes a comparison to a file, by the file's ending.
    pub fn export_comparison(&self, ids: &[String], path: &Path) -> Result<SavedFile, Problem> {
        self.save_frame(&models::compare::frame(&self.compare_runs(ids)?)?, path)
    }

    fn save_frame(&self, frame: &polars::prelude::DataFrame, path: &Path) -> Result<SavedFile, Problem> {
        algomosaic_data::write_frame(path, frame, &algomosaic_data::Marks::new())?;
        Ok(SavedFile { path: path.to_string_lossy().into_owned() })
    }

    /// The charts of a run or a backtest.
    pub fn charts(&self, id: &str) -> Result<Vec<Chart>, Problem> {
        charts::of_any(&*self.workspace()?, id)
    }

    /// One chart of a run or a backtest as the bytes of a file.
    pub fn chart_bytes(&self, id: &str, kind: &str, format: ChartFormat, theme: Theme) -> Result<Vec<u8>, Problem> {
        charts::bytes(&charts::pick(self.charts(id)?, kind)?, format, theme)
    }

    /// Saves a chart below the workspace's `exports`.
    pub fn save_chart(&self, id: &str, kind: &str, format: ChartFormat, theme: Theme) -> Result<SavedFile, Problem> {
        let workspace = self.workspace()?;
        workspace.writable()?;
        let bytes = self.chart_bytes(id, kind, format, theme)?;
        let folder = workspace.root().join("exports").join(id.get(..12).unwrap_or(id));
        std::fs::create_dir_all(&folder)
            .map_err(|error| algomosaic_data::io_problem("making the folder for charts", &folder, &error))?;
        let path = folder.join(format!("{kind}.{}", format.ending()));
        algomosaic_data::write_atomically(&path, &bytes)?;
        Ok(SavedFile { path: path.to_string_lossy().into_owned() })
    }

    /// Saves a heat map that a page shows as `exports/<name>.png` or `.svg`, over one that is there.
    pub fn save_heat_map(
        &self,
        name: &str,
        map: &HeatMap,
        format: PictureFormat,
        theme: Theme,
    ) -> Result<SavedFile, Problem> {
        charts::save_heat_map(&*self.workspace()?, name, map, format, theme)
    }

    /// Saves a table of numbers that a page shows as `exports/<name>.csv`, over one that is there.
    pub fn save_csv(&self, name: &str, csv: &str) -> Result<SavedFile, Problem> {
        feature_page::save_csv(&*self.workspace()?, name, csv)
    }

    /// Writes one chart of a run or a backtest to a file.
    pub fn write_chart(
        &self,
        id: &str,
        kind: &str,
        format: ChartFormat,
        theme: Theme,
        out: &Path,
    ) -> Result<(), Problem> {
        Ok(algomosaic_data::write_atomically(out, &self.chart_bytes(id, kind, format, theme)?)?)
    }

    /// Every job, the newest first; those of this process with their latest progress.
    pub fn jobs(&self) -> Result<Vec<JobRecord>, Problem> {
        let workspace = self.workspace()?;
        let running = lock(&self.running);
        Ok(jobs::list(workspace.root())
            .into_iter()
            .map(|record| match running.get(&record.id) {
                Some((mine, job)) => mine.clone().with_progress(job),
                None => record,
            })
            .collect())
    }

    /// The trials of the search that a job works on, or worked on when it was stopped. None where it searches for nothing,
    /// has no trial yet, or is done: then they are a part of its run.
    pub fn search_trials(&self, job: &str) -> Result<Option<SearchTrials>, Problem> {
        Ok(searches::of_job(self.workspace()?.root(), job))
    }

    /// Asks a job of this process to stop.
    pub fn cancel_job(&self, id: &str) -> Result<(), Problem> {
        match lock(&self.running).get(id) {
            Some((_, job)) => {
                job.cancel();
                Ok(())
            }
            None => Err(Problem::not_found(
                format!("the job {id} does not run here"),
                "It has ended, or another process runs it; stop it there.",
            )),
        }
    }

    /// Starts a job on a thread for work that blocks, and returns its id at once. `changed` gets the record when it
    /// starts, whenever its progress has news, and when it has ended.
    pub fn start_job(
        self: &Arc<Self>,
        runtime: &tokio::runtime::Handle,
        request: Request,
        changed: impl Fn(JobRecord) + Send + Sync + 'static,
    ) -> Result<String, Problem> {
        let workspace = self.workspace()?;
        workspace.writable()?;
        let id = algomosaic_data::unique();
        let staging = Staging::create(workspace.root(), &id)?;
        let record = JobRecord::started(&id, &request);
        record.write(workspace.root())?;
        let job = Job::new();
        lock(&self.running).insert(id.clone(), (record.clone(), job.clone()));
        changed(record.clone());
        let app = Arc::clone(self);
        let work = {
            let (job, record) = (job.clone(), record.clone());
            runtime.spawn_blocking(move || {
                // A panic is a bug of ours; it must not leave a job that seems to run for ever.
                let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                    operate(
                        &workspace,
                        &Running { job: &job, staging: &staging, record: &record, log: &jobs::Log::of(&job) },
                        &request,
                    )
                }));
                let result = caught.unwrap_or_else(|_| {
                    Err(Problem::new(
                        Code::Internal,
                        "the job stopped with a bug of ours",
                        "Please report what was asked; the workspace is whole.",
                    ))
                });
                let ended = record.with_progress(&job).ended(&result.map(|finished| finished.outcome()));
                // The result is written already. A record that cannot be is shown as interrupted next time.
                let _ = ended.write(workspace.root());
                drop(staging);
                ended
            })
        };
        let watched = id.clone();
        runtime.spawn(async move {
            let mut seen = 0;
            let mut work = std::pin::pin!(work);
            let ended = loop {
                match tokio::time::timeout(LOOK, &mut work).await {
                    Ok(ended) => break ended.ok(),
                    Err(_) if job.version() != seen => {
                        seen = job.version();
                        changed(record.clone().with_progress(&job));
                    }
                    Err(_) => {}
                }
            };
            lock(&app.running).remove(&watched);
            if let Some(ended) = ended {
                changed(ended);
            }
        });
        Ok(id)
    }

    /// Runs a request here and now, with a record as any job has one.
    pub fn run(&self, request: &Request, job: &Job) -> Result<Finished, Problem> {
        let workspace = self.workspace()?;
        workspace.writable()?;
        let id = algomosaic_data::unique();
        let staging = Staging::create(workspace.root(), &id)?;
        let record = JobRecord::started(&id, request);
        record.write(workspace.root())?;
        let result = operate(
            &workspace,
            &Running { job, staging: &staging, record: &record, log: &jobs::Log::of(job) },
            request,
        );
        let outcome = match &result {
            Ok(finished) => Ok(finished.outcome()),
            Err(problem) => Err(problem.clone()),
        };
        let written = record.with_progress(job).ended(&outcome).write(workspace.root());
        let finished = result?;
        written?;
        Ok(finished)
    }
}

fn operate(workspace: &Workspace, running: &Running<'_>, request: &Request) -> Result<Finished, Problem> {
    Ok(match request {
        Request::Demo { out } => Finished::Demo(Box::new(demo::demo(workspace, running, out.as_deref())?)),
        Request::Import { files, table, if_exists, options } => {
            Finished::Import(import::import(workspace, running, files, table, *if_exists, options)?)
        }
        Request::Features { recipe, from, table, out, update } => Finished::Features(features::features(
            workspace,
            running,
            recipe,
            from,
            &features::Target { table: table.as_deref(), out: out.as_deref(), update: *update },
        )?),
        Request::Train { from, spec, recipe } => {
            Finished::Train(Box::new(train::train(workspace, running, from, spec, recipe.as_deref())?))
        }
        Request::Repeat { run } => Finished::Repeat(Box::new(models::repeat::repeat(workspace, running, run)?)),
        Request::Predict { model, from, table, out } => {
            let made = predict::predict(workspace, running, model, from, table.as_deref(), out.as_deref())?;
            Finished::Predict(Box::new(made))
        }
        Request::Push { tables, models, if_exists } => {
            Finished::Transfer(transfer::push(workspace, running, tables, *models, *if_exists)?)
        }
        Request::Pull { tables, if_exists } => {
            Finished::Transfer(transfer::pull(workspace, running, tables, *if_exists)?)
        }
        Request::Backtest { rules, from, model } => {
            let finished = backtest::backtest(workspace, running, rules, from, model.as_deref())?;
            Finished::Backtest(Box::new(finished.document))
        }
    })
}
