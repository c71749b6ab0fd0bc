//! `algom connect` with the real keyring of a private bus and a stand-in for Google on this machine.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::google::{self, ACCOUNT, Google, PERSON};
use crate::private_bus::{self, Bus};
use crate::support::{files, text};

/// Runs lines of shell inside a bus, with `algom` as a function, so that they share the keyring.
fn shell(google: &Google, home: &Path, bus: Bus, lines: &str) -> Output {
    let script = home.join("script.sh");
    let algom = env!("CARGO_BIN_EXE_algom");
    std::fs::write(&script, format!("#!/bin/bash\nalgom() {{ \"{algom}\" \"$@\"; }}\n{lines}\n")).unwrap();
    let mut command: Command = private_bus::command(bus, home, Path::new("bash"));
    command
        .arg(&script)
        .current_dir(home)
        .env("ALGOMOSAIC_HOME", home.join("home"))
        .env("CLOUDSDK_CONFIG", home.join("gcloud"))
        .env("CLOUDSDK_AUTH_TOKEN_HOST", format!("{}/token", google.address))
        .env("CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER", &google.address)
        .env("STORAGE_EMULATOR_HOST", &google.address)
        .env_remove("ALGOMOSAIC_WORKSPACE")
        .env_remove("GOOGLE_APPLICATION_CREDENTIALS");
    command.output().unwrap()
}

fn write(path: &Path, document: &Value) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, document.to_string()).unwrap();
}

/// No secret is in the output, nor in a file other than those that may hold it.
fn nothing_leaked(google: &Google, home: &Path, output: &str, may_hold: &[&str]) {
    let mut secrets = google.state().secrets.clone();
    secrets.extend(google::pem().lines().filter(|line| line.len() > 20 && !line.contains("---")).map(str::to_owned));
    secrets.push(google::CLIENT_SECRET.to_owned());
    let mut places = vec![("the output".to_owned(), output.to_owned())];
    for file in files(home).into_iter().filter(|file| !may_hold.contains(&file.as_str())) {
        let bytes = std::fs::read(home.join(&file)).unwrap_or_default();
        places.push((file, text(&bytes)));
    }
    for (place, text) in &places {
        for secret in &secrets {
            assert!(!text.contains(secret.as_str()), "{place} holds {secret}");
        }
    }
}

#[test]
fn a_key_is_connected_with_shown_and_forgotten() {
    if !private_bus::available() {
        return;
    }
    let (google, home) = (Google::start(), tempfile::tempdir().unwrap());
    let home = home.path();
    write(&home.join("key.json"), &google.key());
    google.state().granted = vec!["bigquery.jobs.create".to_owned(), "storage.objects.get".to_owned()];
    let done = shell(
        &google,
        home,
        Bus::Unlocked,
        // What runs is looked at all the time, and every word that a library may write to a log is wanted.
        "set -e
         export RUST_LOG=trace
         algom init w --sample
         (while :; do cat /proc/[0-9]*/cmdline >> processes 2>/dev/null || true; sleep 0.01; done) & watcher=$!
         algom connect gcp --key key.json --delete-key --bucket models --location EU
         test ! -e key.json
         algom connect status
         algom --json --quiet connect status > status.json
         printf '[google]\\nwarehouse = \"embedded\"\\n' >> w/algomosaic.toml
         algom -w w features w/recipes/momentum.toml --from market.bars_us_daily --table features.mine
         kill $watcher
         grep -q connect processes
         secret-tool search --all service algomosaic 2>&1 | grep -c '^\\[' || true
         algom connect remove
         secret-tool search --all service algomosaic 2>&1 | grep -c '^\\[' || true
         set +e
         algom connect status; echo code $?",
    );
    let said = text(&done.stdout) + &text(&done.stderr);
    assert!(done.status.success(), "{said}");
    for part in [
        "Connected as writer@my-project.iam.gserviceaccount.com (service account key), project my-project",
        "The key is in the keyring, and its file is deleted.",
        "location EU, bucket models",
        "run queries and loads",
        "MISSING",
        "Forgotten: writer@my-project",
        "error: nobody is connected to Google Cloud",
        "code 5",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let status: Value = serde_json::from_slice(&std::fs::read(home.join("status.json")).unwrap()).unwrap();
    assert_eq!(status["connection"]["principal"], ACCOUNT);
    let missing = status["permissions"].as_array().unwrap().iter().filter(|one| one["granted"] == json!(false));
    assert_eq!(missing.count(), 8);
    assert!(files(home).iter().any(|file| file.starts_with("w/jobs/") && file.ends_with(".json")), "no job ran");
    nothing_leaked(&google, home, &said, &[]);
}

#[test]
fn a_failed_connection_leaves_the_earlier_one_and_no_trace() {
    if !private_bus::available() {
        return;
    }
    let (google, home) = (Google::start(), tempfile::tempdir().unwrap());
    let home = home.path();
    write(&home.join("key.json"), &google.key());
    let mut gone = google.key();
    gone["client_email"] = json!("gone@my-project.iam.gserviceaccount.com");
    write(&home.join("gone.json"), &gone);
    let done = shell(
        &google,
        home,
        Bus::Unlocked,
        "algom connect gcp --key key.json
         algom connect gcp --key gone.json --delete-key; echo code $?
         algom connect status",
    );
    let said = text(&done.stdout) + &text(&done.stderr);
    assert!(done.status.success(), "{said}");
    assert!(said.contains("code 5") && said.contains("refuses the key of gone@"), "{said}");
    assert!(said.contains("best deleted: key.json") && home.join("gone.json").exists(), "{said}");
    nothing_leaked(&google, home, &said, &["key.json", "gone.json"]);
}

#[test]
fn without_a_bus_a_key_needs_another_way_which_works() {
    let (google, home) = (Google::start(), tempfile::tempdir().unwrap());
    let home = home.path();
    write(&home.join("key.json"), &google.key());
    write(&home.join("gcloud/application_default_credentials.json"), &google.gcloud());
    let done = shell(
        &google,
        home,
        Bus::None,
        "algom connect gcp --key key.json --delete-key; echo code $?
         algom connect gcp --adc && algom connect status && algom connect remove
         GOOGLE_APPLICATION_CREDENTIALS=$PWD/key.json algom connect gcp --adc && algom connect status",
    );
    let said = text(&done.stdout) + &text(&done.stderr);
    assert!(done.status.success(), "{said}");
    for part in [
        "code 5",
        "error: no keyring can be reached",
        "--adc",
        &format!("Connected as {PERSON} (gcloud login), project quota-project"),
        &format!("Connected as {ACCOUNT} (gcloud login), project my-project"),
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(home.join("key.json").exists(), "a key that is not kept is not deleted");
    nothing_leaked(&google, home, &said, &["key.json", "gcloud/application_default_credentials.json"]);
}

#[test]
fn a_connection_needs_one_way_to_prove_itself() {
    let home = tempfile::tempdir().unwrap();
    for (arguments, part) in [
        (&["connect", "gcp"][..], "--key <FILE>|--adc|--browser|--metadata"),
        (&["connect", "gcp", "--adc", "--metadata"], "cannot be used with"),
        (&["connect", "gcp", "--adc", "--delete-key"], "cannot be used with"),
        (&["connect", "gcp", "--delete-key"], "--key <FILE>"),
        (&["connect", "gcp", "--browser"], "--project"),
    ] {
        let output = crate::support::algom(home.path()).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(text(&output.stderr).contains(part), "{arguments:?}: {}", text(&output.stderr));
    }
    let broken = home.path().join("home/config/google-cloud.toml");
    std::fs::create_dir_all(broken.parent().unwrap()).unwrap();
    std::fs::write(&broken, "kind = \"magic\"").unwrap();
    let output = crate::support::algom(home.path()).args(["connect", "status"]).output().unwrap();
    assert_eq!(output.status.code(), Some(5));
    assert!(text(&output.stderr).contains("the saved connection cannot be used"), "{}", text(&output.stderr));
}
