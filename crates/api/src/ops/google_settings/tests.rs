//! The settings of Google Cloud in the workspace's file, and what a window does with them.

use super::*;
use crate::{App, Job, Role, Settings};

fn settings(warehouse: WarehouseChoice) -> GoogleSettings {
    GoogleSettings {
        warehouse,
        project: String::new(),
        location: String::new(),
        bucket: String::new(),
        domain: String::new(),
        max_bytes: String::new(),
        max_job_bytes: String::new(),
        copy_limit: String::new(),
    }
}

const FILE_TEXT: &str =
    "# Mine.\nversion = 1\nname = \"w\"   # a name\ndomain = \"\"\n[limits]\nthreads = 2\n# The end.\n";

#[test]
fn what_is_not_changed_stays_to_the_letter() {
    assert_eq!(changed(FILE_TEXT, &settings(WarehouseChoice::Off)).unwrap(), FILE_TEXT);
    let wanted = GoogleSettings { project: "p-1".to_owned(), ..settings(WarehouseChoice::Embedded) };
    let text = changed(FILE_TEXT, &wanted).unwrap();
    assert_eq!(text, format!("{FILE_TEXT}\n[google]\nwarehouse = \"embedded\"\nproject = \"p-1\"\n"));
    assert_eq!(changed(&text, &wanted).unwrap(), text);
}

#[test]
fn comments_stay_with_values_that_change_or_go() {
    let text = "[google] # of the team\n# Names.\nwarehouse = \"embedded\" # for now\n# Ask Ada.\nproject = \"a\"\n# Cap.\nmax_bytes = \"1GB\" # per query\n\n[limits]\nthreads = 2\n";
    let wanted = GoogleSettings { max_bytes: "2GB".to_owned(), ..settings(WarehouseChoice::Bigquery) };
    let expected = "[google] # of the team\n# Names.\nwarehouse = \"bigquery\" # for now\n# Ask Ada.\n# Cap.\nmax_bytes = \"2GB\" # per query\n\n[limits]\nthreads = 2\n";
    assert_eq!(changed(text, &wanted).unwrap(), expected);
}

#[test]
fn a_section_in_one_line_is_changed_too() {
    let wanted = GoogleSettings { location: "EU".to_owned(), ..settings(WarehouseChoice::Embedded) };
    let text = changed("version = 1\ngoogle = { warehouse = \"off\", project = \"p\" }\n", &wanted).unwrap();
    let table = text.parse::<toml::Table>().unwrap();
    assert_eq!(table["google"]["warehouse"].as_str(), Some("embedded"), "{text}");
    assert_eq!(table["google"].get("project"), None, "{text}");
    assert_eq!(table["google"]["location"].as_str(), Some("EU"), "{text}");
}

#[test]
fn each_field_that_cannot_be_is_named() {
    let wrong = GoogleSettings {
        project: "my project".to_owned(),
        location: "EU/x".to_owned(),
        bucket: "gs://b".to_owned(),
        domain: "../up".to_owned(),
        max_bytes: "10".to_owned(),
        max_job_bytes: "1MB".to_owned(),
        copy_limit: "much".to_owned(),
        ..settings(WarehouseChoice::Embedded)
    };
    let fields: Vec<String> = check(&wrong, "local").into_iter().map(|found| found.field).collect();
    let expected = ["project", "location", "bucket", "max_bytes", "max_job_bytes", "copy_limit", "domain"];
    assert_eq!(fields, expected);
    for domain in ["/", "a//b", "a/", ".", "a/..", "a b"] {
        let wanted = GoogleSettings { domain: domain.to_owned(), ..settings(WarehouseChoice::Off) };
        assert_eq!(check(&wanted, "local").len(), 1, "{domain}");
    }
    let right = GoogleSettings {
        project: "example.com:p-1".to_owned(),
        location: "europe-west1".to_owned(),
        bucket: "b_1.example.com".to_owned(),
        domain: "research/v1.2".to_owned(),
        max_bytes: " 10 GB ".to_owned(),
        ..settings(WarehouseChoice::Bigquery)
    };
    assert_eq!(check(&right, "local"), []);
    let same = GoogleSettings { project: "local".to_owned(), ..settings(WarehouseChoice::Embedded) };
    assert_eq!(check(&same, "local")[0].field, "project");
}

/// A window's application on a new workspace, whose embedded tables have this project, that holds the sample.
fn app(home: &Path, project: &str) -> App {
    let app = App::new(Settings::below(home), Role::Owner);
    app.create_workspace(&home.join("w"), project, "main", true).unwrap();
    app
}

fn file(home: &Path) -> String {
    fs::read_to_string(home.join("w").join(FILE)).unwrap()
}

#[test]
fn saved_settings_hold_at_once_and_results_stay() {
    let home = tempfile::tempdir().unwrap();
    let app = app(home.path(), "local");
    let result = app.run_sql("SELECT COUNT(*) AS bars FROM market.bars_us_daily", &[], &Job::new()).unwrap();
    let crate::SqlOutcome::Rows { result } = result else { panic!("a SELECT gives rows") };
    assert_eq!((result.cost, app.start_state().workspace.unwrap().bigquery), (None, None));
    let wanted = GoogleSettings {
        project: "proj".to_owned(),
        domain: "research".to_owned(),
        max_bytes: "1GB".to_owned(),
        ..settings(WarehouseChoice::Embedded)
    };
    assert_eq!(app.save_google_settings(&wanted).unwrap(), []);
    assert_eq!(app.google_settings().unwrap().settings, wanted);
    let info = app.start_state().workspace.unwrap();
    assert_eq!((info.domain.as_str(), info.project.as_str()), ("research", "local"));
    assert_eq!(app.table_page(&result.table, 0, 1).unwrap().total, 1);
    // Pages work on the embedded tables, although BigQuery beside them cannot be asked.
    assert!(app.tables_elsewhere(&Job::new()).is_err());
    let bars = app.bar_sources().unwrap();
    assert_eq!((bars.len(), bars[0].tickers.len()), (1, 4));
    assert_eq!(app.bar_sources().unwrap(), bars);
    assert_eq!(app.train_sources().unwrap(), []);
    assert_eq!(app.save_result(&result.id, "counts.bars", crate::IfExists::Fail).unwrap().rows, Some(1));
}

#[test]
fn a_window_opens_without_a_connection_and_says_why_bigquery_is_missing() {
    let home = tempfile::tempdir().unwrap();
    let app = app(home.path(), "local");
    let wanted = GoogleSettings { project: "proj".to_owned(), ..settings(WarehouseChoice::Bigquery) };
    assert_eq!(app.save_google_settings(&wanted).unwrap(), []);
    app.open_workspace(&home.path().join("w")).unwrap();
    let used = app.start_state().workspace.unwrap().bigquery.unwrap();
    assert!(used.is_default && used.project == "proj");
    assert!(used.problem.unwrap().message.contains("nobody is connected"));
    assert!(app.embedded_tables().unwrap().iter().any(|table| table.table == "bars_us_daily"));
    let refused = app.tables_elsewhere(&Job::new()).unwrap_err();
    assert_eq!(refused.code, Code::Permission);
    // What was meant for BigQuery is not written into the embedded warehouse instead.
    let written = app.run_sql("CREATE TABLE main.x AS SELECT 1 AS a", &[], &Job::new());
    assert_eq!(written.unwrap_err().code, Code::Permission);
    assert!(app.embedded_tables().unwrap().iter().all(|table| table.table != "x"));
    // What runs unattended stops at once.
    let guest = App::new(Settings::below(home.path()), Role::Guest);
    assert_eq!(guest.open_workspace(&home.path().join("w")).unwrap_err().code, Code::Permission);
}

#[test]
fn refused_settings_leave_the_file_as_it_was() {
    let home = tempfile::tempdir().unwrap();
    // The project of a warehouse that nobody names is called bigquery.
    let app = app(home.path(), "bigquery");
    let before = file(home.path());
    let wrong = GoogleSettings { max_bytes: "much".to_owned(), ..settings(WarehouseChoice::Off) };
    assert_eq!(app.save_google_settings(&wrong).unwrap()[0].field, "max_bytes");
    assert_eq!(file(home.path()), before);
    let same = app.save_google_settings(&settings(WarehouseChoice::Embedded)).unwrap_err();
    assert!(same.message.contains("both the embedded warehouse"), "{}", same.message);
    assert_eq!(file(home.path()), before);
    assert!(app.embedded_tables().is_ok());
}

#[test]
fn only_the_key_file_that_was_connected_with_can_be_deleted() {
    let home = tempfile::tempdir().unwrap();
    let app = App::new(Settings::below(home.path()), Role::Owner);
    assert_eq!(app.delete_key_file().unwrap_err().code, Code::NotFound);
}
