//! A workspace's settings of Google Cloud: read from its file, and written into it so that everything else in the file,
//! comments included, stays as it is.

use std::fs;
use std::path::Path;

use algomosaic_cloud::Choices;
use algomosaic_core::{Code, Problem};
use algomosaic_data::{io_problem, write_atomically};
use toml_edit::{DocumentMut, Item, Table, TableLike, Value};

use crate::google::{COPY_LIMIT, DefaultWarehouse, GoogleTable, MAX_BYTES};
use crate::wire_cloud::{FieldProblem, GoogleSettings, GoogleSettingsPage, WarehouseChoice};
use crate::workspace::{FILE, Workspace, read_settings, size};

/// The settings of a workspace.
pub(crate) fn read(workspace: &Workspace) -> Result<GoogleSettingsPage, Problem> {
    let file = workspace.root().join(FILE);
    let settings = read_settings(&text(&file)?, &file)?;
    let google = settings.google.as_ref();
    let given = |field: fn(&GoogleTable) -> &Option<String>| google.and_then(|table| field(table).clone());
    let of = |field| given(field).unwrap_or_default();
    Ok(GoogleSettingsPage {
        settings: GoogleSettings {
            warehouse: match google.map(|table| table.warehouse) {
                None | Some(DefaultWarehouse::Off) => WarehouseChoice::Off,
                Some(DefaultWarehouse::Embedded) => WarehouseChoice::Embedded,
                Some(DefaultWarehouse::Bigquery) => WarehouseChoice::Bigquery,
            },
            project: of(|table| &table.project),
            location: of(|table| &table.location),
            bucket: of(|table| &table.bucket),
            max_bytes: of(|table| &table.max_bytes),
            max_job_bytes: of(|table| &table.max_job_bytes),
            copy_limit: of(|table| &table.copy_limit),
            domain: settings.domain,
        },
        default_max_bytes: MAX_BYTES.to_owned(),
        default_copy_limit: COPY_LIMIT.to_owned(),
        embedded_project: settings.project,
        file: file.to_string_lossy().into_owned(),
    })
}

/// What of the settings cannot be. Nobody is asked: whether a bucket is there shows when it is used.
pub(crate) fn check(settings: &GoogleSettings, embedded_project: &str) -> Vec<FieldProblem> {
    let mut found = Vec::new();
    let mut refuse = |field: &str, problem: Problem| found.push(FieldProblem { field: field.to_owned(), problem });
    let name = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    for (field, choices) in [
        ("project", Choices { project: name(&settings.project), ..Choices::default() }),
        ("location", Choices { location: name(&settings.location), ..Choices::default() }),
        ("bucket", Choices { bucket: name(&settings.bucket), ..Choices::default() }),
    ] {
        if let Err(error) = choices.check() {
            refuse(field, error.into());
        }
    }
    if settings.warehouse != WarehouseChoice::Off && settings.project.trim() == embedded_project {
        refuse(
            "project",
            Problem::bad(
                format!("the project {embedded_project} is the name of the embedded warehouse already"),
                "Name BigQuery's project, or give the embedded one another name in the file: project = \"local\".",
            ),
        );
    }
    for (field, text, example) in [
        ("max_bytes", &settings.max_bytes, MAX_BYTES),
        ("max_job_bytes", &settings.max_job_bytes, "1TB"),
        ("copy_limit", &settings.copy_limit, COPY_LIMIT),
    ] {
        if name(text).is_some_and(|text| size(&text).is_none()) {
            refuse(
                field,
                Problem::bad(
                    format!("{:?} is no size: it is a number of MB, GB or TB, at least 64MB", text.trim()),
                    format!("Write it as {example}."),
                ),
            );
        }
    }
    let domain = settings.domain.trim();
    let is_part = |part: &str| {
        !part.is_empty()
            && part.chars().all(|letter| letter.is_alphanumeric() || "-_.".contains(letter))
            && !part.chars().all(|letter| letter == '.')
    };
    if !domain.is_empty() && !domain.split('/').all(is_part) {
        refuse(
            "domain",
            Problem::bad(
                format!("{domain:?} is no folder below the workspace: its parts are letters, digits, -, _ and dots"),
                "Write it as research/equities, without a / at its ends.",
            ),
        );
    }
    found
}

/// Writes the settings into the workspace's file. Answers with what the file held before.
pub(crate) fn write(workspace: &Workspace, settings: &GoogleSettings) -> Result<String, Problem> {
    workspace.writable()?;
    let file = workspace.root().join(FILE);
    let before = text(&file)?;
    let after = changed(&before, settings).map_err(|why| {
        Problem::bad(format!("{} cannot be read: {why}", file.display()), "Correct the file, then save again.")
    })?;
    read_settings(&after, &file)?;
    restore(&file, &after)?;
    Ok(before)
}

/// Writes a text of the file as it is.
pub(crate) fn restore(file: &Path, text: &str) -> Result<(), Problem> {
    Ok(write_atomically(file, text.as_bytes())?)
}

fn text(file: &Path) -> Result<String, Problem> {
    fs::read_to_string(file).map_err(|error| io_problem("reading the settings", file, &error))
}

/// The text of the file with other settings.
fn changed(text: &str, settings: &GoogleSettings) -> Result<String, String> {
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| error.message().to_owned())?;
    if document.get("domain").and_then(Item::as_str).unwrap_or_default() != settings.domain.trim() {
        // An empty domain is written as such: the line explains itself in a new workspace.
        put(document.as_table_mut(), "domain", settings.domain.trim());
    }
    let warehouse = match settings.warehouse {
        WarehouseChoice::Off => "off",
        WarehouseChoice::Embedded => "embedded",
        WarehouseChoice::Bigquery => "bigquery",
    };
    let fields = [
        ("project", &settings.project),
        ("location", &settings.location),
        ("bucket", &settings.bucket),
        ("max_bytes", &settings.max_bytes),
        ("max_job_bytes", &settings.max_job_bytes),
        ("copy_limit", &settings.copy_limit),
    ];
    if document.get("google").is_none() {
        if settings.warehouse == WarehouseChoice::Off && fields.iter().all(|(_, value)| value.trim().is_empty()) {
            return Ok(document.to_string());
        }
        let mut section = Table::new();
        // What stands at the end of the file are comments, which belong before the section and not into it.
        let comments = document.trailing().as_str().unwrap_or_default().to_owned();
        document.set_trailing("");
        let gap = if comments.is_empty() || comments.ends_with('\n') { "" } else { "\n" };
        section.decor_mut().set_prefix(format!("{comments}{gap}\n"));
        document.insert("google", Item::Table(section));
    }
    let section = document
        .get_mut("google")
        .and_then(Item::as_table_like_mut)
        .ok_or_else(|| "google is no section".to_owned())?;
    put(section, "warehouse", warehouse);
    for (name, value) in fields {
        match value.trim() {
            "" => remove(section, name),
            value => put(section, name, value),
        }
    }
    Ok(document.to_string())
}

/// Sets a value; the comment behind it stays.
fn put(table: &mut dyn TableLike, name: &str, value: &str) {
    match table.get_mut(name).and_then(Item::as_value_mut) {
        Some(old) if old.as_str() == Some(value) => {}
        Some(old) => {
            let decor = old.decor().clone();
            *old = Value::from(value);
            *old.decor_mut() = decor;
        }
        None => {
            table.insert(name, Item::Value(Value::from(value)));
        }
    }
}

/// Removes a value; the comments in the lines above it go to the next one.
fn remove(table: &mut dyn TableLike, name: &str) {
    let prefix = table.key(name).and_then(|key| key.leaf_decor().prefix()?.as_str().map(str::to_owned));
    let next = table.iter().map(|(key, _)| key.to_owned()).skip_while(|key| key != name).nth(1);
    table.remove(name);
    if let (Some(prefix), Some(next)) = (prefix.filter(|prefix| prefix.contains('#')), next)
        && let Some(mut key) = table.key_mut(&next)
    {
        let own = key.leaf_decor().prefix().and_then(|own| own.as_str()).unwrap_or_default().to_owned();
        key.leaf_decor_mut().set_prefix(format!("{prefix}{own}"));
    }
}

/// That a job runs, which holds the settings as they are.
pub(crate) fn busy(title: &str) -> Problem {
    Problem::new(
        Code::Usage,
        format!("a job still runs with the settings as they are: {title}"),
        "Wait for it or cancel it on the Jobs page, then repeat this.",
    )
}

#[cfg(test)]
mod tests;
