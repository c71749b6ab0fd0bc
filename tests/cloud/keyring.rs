//! The keyring against the real Secret Service, under a message bus of the test's own. Each case runs this very program
//! once more, inside that bus.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod private_bus;

use std::path::Path;
use std::time::{Duration, Instant};

use algomosaic_cloud::{Keyring, Secret, SystemKeyring};
use algomosaic_core::{Code, Problem};
use private_bus::{Bus, available, command};

/// Names the case, in the program inside the bus.
const CASE: &str = "ALGOMOSAIC_KEYRING_CASE";

fn case() -> Option<String> {
    std::env::var(CASE).ok()
}

/// Runs the test `name` of this program inside the bus.
fn run(bus: Bus, home: &Path, name: &str, case: &str) {
    let me = std::env::current_exe().unwrap();
    let mut command = command(bus, home, &me);
    let done = command.args(["--exact", name, "--nocapture", "--test-threads=1"]).env(CASE, case).output().unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success() && text.contains("1 passed"), "{case}: {text}");
}

fn keyring() -> SystemKeyring {
    SystemKeyring { patience: Duration::from_secs(10) }
}

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

/// A refusal has a sentence of its own, a next step, and comes in time.
fn refused(message: &str, next: &str) {
    let start = Instant::now();
    let tries: [(&str, Result<(), Problem>); 3] = [
        ("put", keyring().put("google-cloud-1", &secret("s3cret-value"))),
        ("get", keyring().get("google-cloud-1").map(drop)),
        ("remove", keyring().remove("google-cloud-1")),
    ];
    for (name, outcome) in tries {
        let problem = outcome.expect_err(name);
        assert_eq!(problem.code, Code::Permission);
        assert!(problem.message.contains(message), "{name}: {problem:?}");
        assert!(problem.hint.contains(next) && problem.hint.contains("--adc"), "{name}: {problem:?}");
        assert!(!format!("{problem:?}").contains("s3cret-value"));
    }
    assert!(start.elapsed() < Duration::from_secs(40));
}

#[test]
fn a_secret_is_kept_replaced_and_removed() {
    if case().is_none() {
        if available() {
            let home = tempfile::tempdir().unwrap();
            run(Bus::Unlocked, home.path(), "a_secret_is_kept_replaced_and_removed", "unlocked");
        }
        return;
    }
    let long = "x".repeat(3000);
    for text in ["first", "sécond", &long] {
        keyring().put("google-cloud-1", &secret(text)).unwrap();
        assert_eq!(keyring().get("google-cloud-1").unwrap().expose(), text);
    }
    keyring().put("google-cloud-2", &secret("other")).unwrap();
    keyring().remove("google-cloud-1").unwrap();
    keyring().remove("google-cloud-1").unwrap();
    let gone = keyring().get("google-cloud-1").unwrap_err();
    assert_eq!(gone.code, Code::Permission);
    assert!(gone.message.contains("no longer holds the secret") && gone.hint.starts_with("Connect again"), "{gone:?}");
    assert_eq!(keyring().get("google-cloud-2").unwrap().expose(), "other");
}

#[test]
fn a_locked_keyring_is_said_and_does_not_hang() {
    if case().is_none() {
        if available() {
            let home = tempfile::tempdir().unwrap();
            // A keyring exists once it was unlocked the first time.
            run(Bus::Unlocked, home.path(), "a_locked_keyring_is_said_and_does_not_hang", "make");
            run(Bus::Locked, home.path(), "a_locked_keyring_is_said_and_does_not_hang", "locked");
        }
        return;
    }
    if case().as_deref() == Some("make") {
        keyring().put("google-cloud-1", &secret("kept")).unwrap();
        return;
    }
    let get = keyring().get("google-cloud-1").map(drop).unwrap_err();
    assert!(get.message.contains("the keyring is locked"), "{get:?}");
    refused("the keyring is locked", "Unlock the keyring");
}

#[test]
fn a_session_without_a_keyring_is_said() {
    if case().is_none() {
        if available() {
            let home = tempfile::tempdir().unwrap();
            run(Bus::Empty, home.path(), "a_session_without_a_keyring_is_said", "empty");
        }
        return;
    }
    refused("no keyring runs in this session", "GNOME Keyring");
}

#[test]
fn a_session_without_a_bus_is_said() {
    if case().is_none() {
        let home = tempfile::tempdir().unwrap();
        run(Bus::None, home.path(), "a_session_without_a_bus_is_said", "none");
        return;
    }
    refused("no message bus (D-Bus)", "dbus-run-session");
}
