//! A message bus of a test's own, with private folders, so that no real keyring is touched.
#![allow(dead_code, reason = "each test file uses the part it needs")]

use std::io::Write as _;
use std::path::Path;
use std::process::Command;

/// What answers on the bus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bus {
    /// No bus at all.
    None,
    /// A bus without a keyring.
    Empty,
    /// A keyring whose password was typed.
    Unlocked,
    /// The same keyring, before its password is typed.
    Locked,
}

/// Whether this machine has what a private keyring needs. Without, the tests are skipped, except where CI says they count.
pub(crate) fn available() -> bool {
    let found = ["gnome-keyring-daemon", "dbus-run-session"].iter().all(|name| {
        std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).any(|folder| folder.join(name).is_file())
    });
    if !found {
        let say = "SKIPPED: tests of the keyring need gnome-keyring and dbus (apt-get install gnome-keyring dbus)";
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{say}");
        // Not by a macro, whose words a passing test swallows.
        let _ = writeln!(std::io::stderr(), "{say}");
    }
    found
}

/// A command that runs `program` with private folders below `home`, with this bus. Arguments and variables may be added.
pub(crate) fn command(bus: Bus, home: &Path, program: &Path) -> Command {
    let config = home.join("bus.conf");
    // Without folders of services, nothing is started on demand.
    let text = "<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><policy context=\"default\">\
                <allow send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>";
    std::fs::write(&config, text).unwrap();
    let start = match bus {
        Bus::None => None,
        Bus::Empty => Some(""),
        Bus::Unlocked => Some("printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1 &&"),
        Bus::Locked => Some("gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1 &&"),
    };
    let mut command = match start {
        None => Command::new(program),
        Some(start) => {
            let mut command = Command::new("dbus-run-session");
            command.arg("--config-file").arg(&config).args(["--", "bash", "-c"]);
            command.arg(format!("{start} exec \"$0\" \"$@\"")).arg(program);
            command
        }
    };
    for (name, folder) in [
        ("HOME", "home"),
        ("XDG_RUNTIME_DIR", "run"),
        ("XDG_DATA_HOME", "data"),
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_CACHE_HOME", "cache"),
        ("TMPDIR", "tmp"),
    ] {
        let folder = home.join(folder);
        std::fs::create_dir_all(&folder).unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&folder, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
        command.env(name, folder);
    }
    for name in ["DISPLAY", "WAYLAND_DISPLAY", "GNOME_KEYRING_CONTROL"] {
        command.env_remove(name);
    }
    if bus == Bus::None {
        command.env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", home.join("no-bus").display()));
    }
    command
}
