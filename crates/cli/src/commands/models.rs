//! `algom models`: the runs, and what can be done with one.

use std::process::ExitCode;

use algomosaic_api::{
    AliasChange, App, Classes, Comparison, ComparisonRow, Fact, Finished, Importance, Problem, RepeatDocument, Request,
    RunDocument, RunQuery, RunSummary, TrashChange, WireCell,
};

use super::demo::run_lines;
use super::{Session, unexpected};
use crate::args::{ListRuns, Models};
use crate::text::{number, significant, table};

pub(crate) fn run(session: &Session<'_>, command: Option<&Models>) -> Result<ExitCode, Problem> {
    let app = session.open()?;
    let output = session.output;
    match command {
        None => list(session, app, &ListRuns::default()),
        Some(Models::List(arguments)) => list(session, app, arguments),
        Some(Models::Show { id }) => {
            let run = app.run_document(id)?;
            output.document(&run, || shown(&run))
        }
        Some(Models::Log { id }) => {
            let log = app.run_log(id)?;
            output.document(&log, || {
                let said = log.lines.iter().map(|line| format!("{}  {}", time(&line.at), line.text));
                let checks = log.checks.iter().map(|check| format!("{} {}", mark(check.ok), check.text));
                said.chain(checks).chain([versions(&log.versions)]).collect::<Vec<_>>().join("\n")
            })
        }
        Some(Models::Tag { id, tags }) => {
            let run = app.tag_run(id, tags)?;
            output.document(&run, || tags_of(&run))
        }
        Some(Models::Untag { id, tags }) => {
            let run = app.untag_run(id, tags)?;
            output.document(&run, || tags_of(&run))
        }
        Some(Models::Note { id, text }) => {
            let run = app.note_run(id, text)?;
            output.document(&run, || match run.note.as_str() {
                "" => format!("{} has no note", short(&run.model_execution_id)),
                note => format!("{}: {note}", short(&run.model_execution_id)),
            })
        }
        Some(Models::Alias { id, name }) => {
            let change = app.give_alias(id, name)?;
            output.document(&change, || alias_line(&change))
        }
        Some(Models::Unalias { id, name }) => {
            let change = app.take_alias(id, name)?;
            output.document(&change, || alias_line(&change))
        }
        Some(Models::Aliases { history }) => {
            let changes = app.aliases(*history)?;
            output.document(&changes, || aliases(&changes))
        }
        Some(Models::Compare { ids, out: Some(out) }) => {
            let file = app.export_comparison(ids, out)?;
            output.document(&file, || format!("Written to {}", file.path))
        }
        Some(Models::Compare { ids, out: None }) => {
            let comparison = app.compare_runs(ids)?;
            output.document(&comparison, || compared(&comparison))
        }
        Some(Models::Delete { id, force }) => {
            let change = app.delete_run(id, *force)?;
            output.document(&change, || {
                let run = first(&change);
                let aliases = if change.aliases.is_empty() {
                    String::new()
                } else {
                    format!("; no run is {} now", change.aliases.join(" or "))
                };
                format!("{run} is in the trash{aliases}. To undo: algom models restore {run}")
            })
        }
        Some(Models::Restore { id }) => {
            let change = app.restore_run(id)?;
            output.document(&change, || {
                let aliases = if change.aliases.is_empty() {
                    String::new()
                } else {
                    format!(", and is {} again", change.aliases.join(" and "))
                };
                format!("{} is back{aliases}", first(&change))
            })
        }
        Some(Models::Purge { ids }) => {
            let change = app.purge_runs(ids)?;
            output.document(&change, || match change.model_execution_ids.len() {
                0 => "The trash is empty".to_owned(),
                runs => format!("{runs} purged; {} model files removed", change.removed_files.len()),
            })
        }
        Some(Models::Repeat { id }) => match session.run(&Request::Repeat { run: id.clone() })? {
            Finished::Repeat(document) => output.document(&document, || repeated(&document)),
            _ => Err(unexpected()),
        },
        Some(Models::Export(export)) => {
            let file = app.export_model(&export.id, export.format.map(Into::into), &export.out, export.force)?;
            output.document(&file, || format!("Written to {}", file.path))
        }
    }
}

fn list(session: &Session<'_>, app: &App, arguments: &ListRuns) -> Result<ExitCode, Problem> {
    let query = RunQuery {
        text: arguments.text.clone(),
        domain: arguments.domain.clone(),
        algorithm: arguments.algorithm.clone(),
        outcome: arguments.outcome.clone(),
        tag: arguments.tag.clone(),
        alias: arguments.alias.clone(),
        since: arguments.since.clone(),
        until: arguments.until.clone(),
        min_score: arguments.min_score,
        signal_only: arguments.signal,
        trash: arguments.trash,
        sort: arguments.sort.into(),
        reverse: arguments.reverse,
    };
    if let Some(out) = &arguments.out {
        let file = app.export_runs(&query, out)?;
        return session.output.document(&file, || format!("Written to {}", file.path));
    }
    let runs = app.runs(&query)?;
    session.output.document(&runs, || {
        if !runs.is_empty() {
            return listed(&runs);
        }
        let all = RunQuery { trash: query.trash, sort: query.sort, reverse: query.reverse, ..RunQuery::default() };
        match (query == all, query.trash) {
            (true, false) => "No run yet. Train one: algom train TRAIN.toml --from features.us_daily".to_owned(),
            (true, true) => "The trash is empty.".to_owned(),
            (false, _) => "No run fits.".to_owned(),
        }
    })
}

fn listed(runs: &[RunSummary]) -> String {
    let rows: Vec<Vec<String>> = runs
        .iter()
        .map(|run| {
            let words: Vec<&str> = run.aliases.iter().chain(&run.tags).map(String::as_str).collect();
            vec![
                short(&run.model_execution_id).to_owned(),
                run.model_type.clone(),
                run.outcome.clone(),
                number(run.rsquared, 4),
                number(run.control_median, 4),
                number(run.p_value, 3),
                if run.leaks { "leaks".to_owned() } else { String::new() },
                time(&run.executed_at),
                words.join(", "),
            ]
        })
        .collect();
    table(&["run", "model", "outcome", "R²", "control", "p", "", "started (UTC)", "alias, tags"], &rows)
}

fn shown(run: &RunDocument) -> String {
    let (detail, record) = (&run.detail, &run.record);
    let mut lines = vec![run_lines(detail)];
    lines.extend(detail.checks.iter().map(|check| format!("  {} {}", mark(check.ok), check.text)));
    lines.extend(detail.classes.as_ref().map(by_class));
    lines.push(important(&detail.importance));
    let mut add = |name: &str, value: &str| {
        if !value.is_empty() {
            lines.push(format!("  {name:<10}  {value}"));
        }
    };
    add("Deleted", &record.deleted_at.as_deref().map(time).unwrap_or_default());
    add("Alias", &record.aliases.join(", "));
    add("Tags", &record.tags.join(", "));
    add("Note", &record.note.replace('\n', "\n              "));
    add("Data", &detail.source);
    add("SHA-256", &detail.data_hash);
    add("Repeats", record.repeat_of.as_deref().unwrap_or_default());
    add("Versions", &versions(&record.versions));
    add("Run", &detail.model_execution_id);
    add("Model", &detail.model_id);
    add("Model file", &detail.model_file);
    lines.join("\n")
}

/// Rows of each class by what was predicted of them, and how well.
fn by_class(classes: &Classes) -> String {
    let names: Vec<String> = classes.classes.iter().map(|class| format!("as {}", class.class)).collect();
    let mut header = vec!["class"];
    header.extend(names.iter().map(String::as_str));
    header.extend(["precision", "recall", "F1"]);
    let rows: Vec<Vec<String>> = (classes.classes.iter().zip(&classes.confusion))
        .map(|(class, counts)| {
            let scores = [class.precision, class.recall, class.f1].map(|score| number(score, 3));
            std::iter::once(class.class.clone()).chain(counts.iter().map(u32::to_string)).chain(scores).collect()
        })
        .collect();
    table(&header, &rows).lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}

/// The features that weigh most, by each kind of importance that the model has.
fn important(importance: &[Importance]) -> String {
    const SHOWN: usize = 10;
    type Kind = fn(&Importance) -> Option<f64>;
    let kinds: [(&str, Kind); 4] = [
        ("importance", |item| Some(item.importance)),
        ("splits", |item| item.split),
        ("permutation", |item| item.permutation),
        ("mean |SHAP|", |item| item.shap),
    ];
    let kinds: Vec<_> =
        kinds.into_iter().filter(|(_, kind)| importance.iter().any(|item| kind(item).is_some())).collect();
    let rows: Vec<Vec<String>> = importance
        .iter()
        .take(SHOWN)
        .map(|item| {
            let values = kinds.iter().map(|(_, kind)| kind(item).map_or_else(|| "–".to_owned(), significant));
            std::iter::once(item.variable.clone()).chain(values).collect()
        })
        .collect();
    let names: Vec<&str> = std::iter::once("feature").chain(kinds.iter().map(|(name, _)| *name)).collect();
    let more = importance.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!("\nand {more} more") } else { String::new() };
    let text = format!("{}{more}", table(&names, &rows));
    text.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}

fn compared(comparison: &Comparison) -> String {
    let ids: Vec<&str> = comparison.runs.iter().map(|run| short(&run.model_execution_id)).collect();
    let runs = listed(&comparison.runs);
    if comparison.rows.is_empty() {
        return format!("{runs}\n\nNothing differs.");
    }
    format!("{runs}\n\n{}", differences(&ids, &comparison.rows))
}

fn differences(ids: &[&str], rows: &[ComparisonRow]) -> String {
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let mut cells = vec![format!("{} {}", row.section, row.name)];
            cells.extend(row.values.iter().map(cell));
            cells
        })
        .collect();
    table(&[&["differs"], ids].concat(), &cells)
}

/// A value of a comparison; long text keeps its start.
fn cell(value: &WireCell) -> String {
    const LONGEST: usize = 40;
    match value {
        WireCell::Null(()) => "–".to_owned(),
        WireCell::Bool(value) => if *value { "yes" } else { "no" }.to_owned(),
        WireCell::Number(value) => significant(*value),
        WireCell::Text(text) if text.chars().count() > LONGEST => {
            format!("{}…", text.chars().take(LONGEST).collect::<String>())
        }
        WireCell::Text(text) => text.clone(),
    }
}

fn repeated(document: &RepeatDocument) -> String {
    let (of, new) = (short(&document.repeat_of), short(&document.run.model_execution_id));
    let words = |same: bool| if same { "equal" } else { "different" };
    let mut text = format!(
        "{}\n  Repeats     {of} as {new}: data {}, scores {}",
        run_lines(&document.run),
        words(document.same_data),
        words(document.same_scores)
    );
    if !document.differs.is_empty() {
        text.push_str(&format!("\n\n{}", differences(&[of, new], &document.differs)));
    }
    text
}

fn aliases(changes: &[AliasChange]) -> String {
    if changes.is_empty() {
        return "No run has an alias. Give one: algom models alias RUN champion".to_owned();
    }
    let rows: Vec<Vec<String>> = changes
        .iter()
        .map(|change| {
            vec![
                change.alias.clone(),
                change.outcome.clone(),
                change.domain.clone(),
                change.model_execution_id.as_deref().map_or("–", short).to_owned(),
                change.from.as_deref().map_or("–", short).to_owned(),
                time(&change.at),
            ]
        })
        .collect();
    table(&["alias", "outcome", "domain", "run", "before", "since (UTC)"], &rows)
}

fn alias_line(change: &AliasChange) -> String {
    let of = format!("{} for {}", change.alias, change.outcome);
    match (change.model_execution_id.as_deref(), change.from.as_deref()) {
        (Some(run), Some(from)) if from == run => format!("{} is {of} already", short(run)),
        (Some(run), Some(from)) => format!("{} is {of} now; before it was {}", short(run), short(from)),
        (Some(run), None) => format!("{} is {of}", short(run)),
        (None, from) => format!("{} is no longer {of}", from.map_or("–", short)),
    }
}

fn tags_of(run: &RunSummary) -> String {
    let tags = if run.tags.is_empty() { "no tag".to_owned() } else { run.tags.join(", ") };
    format!("{}: {tags}", short(&run.model_execution_id))
}

fn versions(versions: &[Fact]) -> String {
    versions.iter().map(|fact| format!("{} {}", fact.name, fact.value)).collect::<Vec<_>>().join(", ")
}

fn first(change: &TrashChange) -> &str {
    change.model_execution_ids.first().map_or("", |run| short(run))
}

fn mark(ok: bool) -> &'static str {
    if ok { "✓" } else { "!" }
}

fn short(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}

fn time(text: &str) -> String {
    text.get(..19).unwrap_or_default().replace('T', " ")
}
