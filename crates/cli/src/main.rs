//! `algom`: headless what the window does. Same requests, same results.

mod args;
mod commands;
mod output;
mod progress;
mod text;

use std::process::ExitCode;

use clap::Parser as _;

use args::{Args, Command};
use output::Output;

#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // Help and version come this way too, to standard output and with code 0. A closed pipe is no failure.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let output = Output { json: args.json, quiet: args.quiet };
    match run(&args, &output) {
        Ok(code) => code,
        Err(problem) => output.problem(&problem),
    }
}

fn run(args: &Args, output: &Output) -> Result<ExitCode, algomosaic_api::Problem> {
    let session = commands::Session::new(args, output)?;
    match &args.command {
        Command::Init(init) => commands::init::run(&session, init),
        Command::Demo(demo) => commands::demo::run(&session, demo),
        Command::Import(import) => commands::import::run(&session, import),
        Command::Tables { pattern } => commands::tables::list(&session, pattern.as_deref()),
        Command::Schema { table } => commands::tables::schema(&session, table),
        Command::Profile { table } => commands::profile::run(&session, table),
        Command::Query(query) => commands::query::run(&session, query),
        Command::Indicators { id } => commands::indicators::run(&session, id.as_deref()),
        Command::Features(features) => commands::features::run(&session, features),
        Command::CheckLookahead { recipe, from, param } => {
            commands::features::check_lookahead(&session, recipe, from, param)
        }
        Command::Train(train) => commands::train::run(&session, train),
        Command::Models { command } => commands::models::run(&session, command.as_ref()),
        Command::Predict(predict) => commands::predict::run(&session, predict),
        Command::Backtest(backtest) => commands::backtest::run(&session, backtest),
        Command::Chart(chart) => commands::chart::run(&session, chart),
        Command::Push(push) => commands::transfer::push(&session, push),
        Command::Pull(pull) => commands::transfer::pull(&session, pull),
        Command::Connect { command } => commands::connect::run(&session, command),
        Command::Jobs { command } => commands::jobs::run(&session, command.as_ref()),
    }
}
