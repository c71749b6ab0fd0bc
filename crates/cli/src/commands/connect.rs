//! `algom connect`: who works in Google Cloud.

use std::io::{IsTerminal as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

use algomosaic_api::{ConnectBy, ConnectRequest, ConnectionInfo, Problem, open_in_browser};
use serde_json::json;

use super::Session;
use crate::args::{Connect, ConnectGcp};
use crate::progress::with_job;
use crate::text::table;

pub(crate) fn run(session: &Session<'_>, command: &Connect) -> Result<ExitCode, Problem> {
    match command {
        Connect::Gcp(gcp) => connect(session, gcp),
        Connect::Status => status(session),
        Connect::Remove => remove(session),
    }
}

fn connect(session: &Session<'_>, gcp: &ConnectGcp) -> Result<ExitCode, Problem> {
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let by = match &gcp.key {
        Some(file) => ConnectBy::Key { file: text(file) },
        None if gcp.adc => ConnectBy::Adc,
        None if gcp.metadata => ConnectBy::Metadata,
        None => ConnectBy::Browser { client: gcp.client.as_deref().map(text) },
    };
    let request = ConnectRequest {
        by,
        project: gcp.project.clone(),
        location: gcp.location.clone(),
        bucket: gcp.bucket.clone(),
        impersonate: gcp.impersonate.clone(),
    };
    let done = with_job(session.output, |job| session.app.connect_gcp(&request, show, job))?;
    let mut deleted = false;
    if gcp.key.as_deref().is_some_and(|file| gcp.delete_key || may_delete(session, file)) {
        session.app.delete_key_file()?;
        deleted = true;
    }
    let document = json!({"connection": done.connection, "note": done.note, "key_file_deleted": deleted});
    session.output.document(&document, || {
        let mut said = format!("Connected as {}", who(&done.connection));
        match &gcp.key {
            Some(_) if deleted => said.push_str("\nThe key is in the keyring, and its file is deleted."),
            Some(file) => said.push_str(&format!(
                "\nThe key is in the keyring. Its file is no longer needed and is best deleted: {}",
                file.display()
            )),
            None => {}
        }
        if let Some(note) = &done.note {
            said.push_str(&format!("\nNote: {note}"));
        }
        said + "\nNext: algom connect status"
    })
}

/// Opens the browser, and prints the address for where none opens.
fn show(address: &str) {
    eprintln!("Agree in the browser. If no page opens, open this address on this machine:\n{address}");
    open_in_browser(address);
}

/// Asks the person, where one is there.
fn may_delete(session: &Session<'_>, file: &Path) -> bool {
    let asks = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    if !asks || session.output.json || session.output.quiet {
        return false;
    }
    eprint!("The key is in the keyring now. Delete the file {}? [y/N] ", file.display());
    let _ = std::io::stderr().flush();
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).is_ok() && matches!(answer.trim(), "y" | "Y" | "yes")
}

fn who(connection: &ConnectionInfo) -> String {
    let mut text = format!("{} ({}), project {}", connection.principal, connection.by, connection.project);
    for (name, value) in
        [("acting as", &connection.impersonate), ("location", &connection.location), ("bucket", &connection.bucket)]
    {
        if let Some(value) = value {
            text.push_str(&format!(", {name} {value}"));
        }
    }
    text
}

fn status(session: &Session<'_>) -> Result<ExitCode, Problem> {
    let status = with_job(session.output, |job| session.app.connection_status(job))?;
    session.output.document(&status, || {
        let mut text = format!("{}, since {}\n", who(&status.connection), status.connection.connected_at);
        text.push_str(&format!("token: {:.0} s old", status.token_age_s));
        if let Some(left) = status.token_expires_in_s {
            text.push_str(&format!(", ends in {:.0} min and is renewed by itself", (left / 60.0).floor()));
        }
        let rows: Vec<Vec<String>> = status
            .permissions
            .iter()
            .map(|one| {
                let granted = match one.granted {
                    Some(true) => "yes",
                    Some(false) => "MISSING",
                    None => "unknown",
                };
                vec![one.what_for.clone(), granted.to_owned(), one.name.clone(), one.on.clone()]
            })
            .collect();
        text.push_str(&format!("\n\n{}", table(&["to", "granted", "permission", "on"], &rows)));
        for why in &status.unknown {
            text.push_str(&format!("\n\nUnknown, because {why}"));
        }
        if status.permissions.iter().any(|one| one.granted == Some(false)) {
            text.push_str(
                "\n\nAsk who administers the project for roles with the missing permissions, such as BigQuery Data Editor, \
                 BigQuery Job User, BigQuery Read Session User and Storage Object User. A dataset may grant more than its \
                 project does.",
            );
        }
        text
    })
}

fn remove(session: &Session<'_>) -> Result<ExitCode, Problem> {
    let done = with_job(session.output, |job| session.app.disconnect(job))?;
    session.output.document(&done, || {
        let mut text = format!("Forgotten: {}", who(&done.connection));
        if let Some(note) = &done.note {
            text.push_str(&format!("\nNote: {note}"));
        }
        text
    })
}
