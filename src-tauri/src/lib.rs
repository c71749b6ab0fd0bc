//! The window: one short command for each operation of [`algomosaic_api::App`], and one event. No logic of its own.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")
)]

mod arguments;
mod commands;
mod drawing;
mod environment;
mod events;
mod locale;

#[cfg(test)]
mod bindings;

use std::process::ExitCode;
use std::sync::Arc;

use algomosaic_api::{App, Problem, Role, Settings};
use tauri_specta::{Builder, collect_commands, collect_events};

use arguments::{Arguments, First};

/// Opens the window and returns when it is closed.
pub fn main() -> ExitCode {
    locale::prepare();
    drawing::prepare();
    match Arguments::parse(std::env::args_os().skip(1)) {
        Ok(Arguments::Say(text)) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Ok(Arguments::Open(first)) => run(&first).unwrap_or_else(|problem| complain(&problem)),
        Err(problem) => complain(&problem),
    }
}

fn run(first: &First) -> Result<ExitCode, Problem> {
    let app = Arc::new(App::new(Settings::of_user()?, Role::Owner));
    match first {
        First::Start => {}
        First::Workspace(path) => drop(app.open_workspace(path)?),
        First::Sample => drop(app.open_sample(&app.sample_path())?),
    }
    let builder = builder();
    let ran = tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .manage(app)
        .invoke_handler(builder.invoke_handler())
        .setup(move |app| {
            builder.mount_events(app);
            Ok(())
        })
        .run(tauri::generate_context!());
    ran.map(|()| ExitCode::SUCCESS).map_err(|error| {
        Problem::new(
            algomosaic_api::Code::Internal,
            format!("the window cannot be opened: {error}"),
            "It needs a display; without one, use the command line (`algom --help`).",
        )
    })
}

fn complain(problem: &Problem) -> ExitCode {
    eprintln!("error: {}", problem.message);
    if !problem.hint.is_empty() {
        eprintln!("{}", problem.hint);
    }
    ExitCode::from(problem.code.exit())
}

/// What crosses the boundary: handled here, written as TypeScript by a test.
fn builder() -> Builder<tauri::Wry> {
    Builder::new()
        .disable_serde_phases()
        .commands(collect_commands![
            commands::workspace::start_state,
            commands::workspace::open_workspace,
            commands::workspace::create_workspace,
            commands::workspace::close_workspace,
            commands::tables::list_tables,
            commands::tables::list_bigquery_tables,
            commands::tables::table_columns,
            commands::tables::table_page,
            commands::tables::open_view,
            commands::tables::close_view,
            commands::tables::profile_table,
            commands::tables::copy_rows,
            commands::tables::export_table,
            commands::tables::drop_table,
            commands::import::preview_import,
            commands::import::check_import,
            commands::queries::run_sql,
            commands::queries::check_sql,
            commands::queries::explain_sql,
            commands::queries::task_share,
            commands::queries::cancel_task,
            commands::queries::list_results,
            commands::queries::pin_result,
            commands::queries::unpin_result,
            commands::queries::save_result,
            commands::queries::sql_history,
            commands::queries::saved_queries,
            commands::queries::save_query,
            commands::queries::rename_query,
            commands::queries::delete_query,
            commands::queries::sql_words,
            commands::features::indicator_catalogue,
            commands::features::bar_sources,
            commands::features::preview_features,
            commands::features::feature_correlations,
            commands::features::check_recipe,
            commands::features::list_recipes,
            commands::features::save_recipe,
            commands::features::delete_recipe,
            commands::features::read_recipe,
            commands::features::recipe_text,
            commands::features::save_csv,
            commands::features::save_heat_map,
            commands::training::train_form,
            commands::training::train_sources,
            commands::training::search_trials,
            commands::training::run_detail,
            commands::training::save_chart,
            commands::models::query_runs,
            commands::models::export_runs,
            commands::models::run_record,
            commands::models::tag_run,
            commands::models::untag_run,
            commands::models::note_run,
            commands::models::give_alias,
            commands::models::take_alias,
            commands::models::list_aliases,
            commands::models::delete_run,
            commands::models::restore_run,
            commands::models::purge_runs,
            commands::models::compare_runs,
            commands::models::export_comparison,
            commands::export_model::export_model,
            commands::cloud::connection,
            commands::cloud::connect_google,
            commands::cloud::connection_status,
            commands::cloud::disconnect_google,
            commands::cloud::delete_key_file,
            commands::cloud::google_settings,
            commands::cloud::save_google_settings,
            commands::jobs::start_job,
            commands::jobs::cancel_job,
            commands::jobs::list_jobs,
        ])
        .events(collect_events![events::JobChanged, events::LoginWaiting])
}
