//! BigQuery's emulator, one for a test program, on free ports of this machine. `npm test` installs it (scripts/emulators.mjs).
//! Where it is missing a test says so and does nothing, but on a build server it fails.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::expect_used,
    clippy::panic,
    reason = "each test program uses a part; a test may stop at the first surprise"
)]

use std::fs::File;
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// The project that BigQuery's emulator has.
pub const PROJECT: &str = "proj";

/// BigQuery's emulator.
pub struct BigQueryEmulator {
    /// The address of its REST interface.
    pub rest: String,
    /// The address of its Storage interface (gRPC).
    pub read: String,
    _running: Running,
}

/// A program that ends with the test program, however that ends: it watches over its input, a pipe that breaks then.
struct Running {
    child: Child,
    _folder: tempfile::TempDir,
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// Where the emulators are installed.
fn folder() -> PathBuf {
    match std::env::var_os("ALGOMOSAIC_EMULATORS") {
        Some(folder) => folder.into(),
        None => dirs::home_dir().expect("a home").join(".cache/algomosaic/emulators"),
    }
}

/// Says why a test does nothing, past what catches a test's words. Fails on a build server.
fn left_out(why: &str) {
    assert!(std::env::var_os("CI").is_none(), "{why}");
    let line = format!("LEFT OUT: {}: {why}\n", std::thread::current().name().unwrap_or("a test"));
    let _ = std::io::stderr().write_all(line.as_bytes());
}

/// The program, or why it is not there.
fn program(name: &str) -> Result<PathBuf, String> {
    let path = folder().join("bin").join(name);
    if path.exists() { Ok(path) } else { Err(format!("there is no {}; `npm test` installs it", path.display())) }
}

/// Starts a program in a folder of its own. A shell waits for the end of its input, then ends it.
fn start(program: &Path, arguments: &[String]) -> Result<Running, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let log = File::create(folder.path().join("log")).map_err(|error| error.to_string())?;
    let child = Command::new("/bin/sh")
        .args(["-c", r#""$0" "$@" & pid=$!; cat > /dev/null; kill $pid; wait $pid"#])
        .arg(program)
        .args(arguments)
        .current_dir(folder.path())
        .env("HOME", self::folder().join("home"))
        .stdin(Stdio::piped())
        .stdout(log.try_clone().map_err(|error| error.to_string())?)
        .stderr(log)
        .spawn()
        .map_err(|error| error.to_string())?;
    Ok(Running { child, _folder: folder })
}

impl Running {
    /// Waits until something answers at the address.
    fn until_it_answers(&self, address: &str) -> Result<(), String> {
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(120) {
            if TcpStream::connect(address).is_ok() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let log = std::fs::read_to_string(self._folder.path().join("log")).unwrap_or_default();
        Err(format!("nothing answers at {address}: {log}"))
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port on this machine");
    listener.local_addr().expect("an address").port()
}

/// BigQuery's emulator, or `None` where it is not installed.
pub fn bigquery() -> Option<&'static BigQueryEmulator> {
    static STARTED: OnceLock<Result<BigQueryEmulator, String>> = OnceLock::new();
    let started = STARTED.get_or_init(|| {
        let program = program("local-bigquery")?;
        let (rest, read) = (free_port(), free_port());
        let arguments =
            format!("--host 127.0.0.1 --port {rest} --grpc-port {read} --project {PROJECT} --data-dir data");
        let running = start(&program, &arguments.split(' ').map(str::to_owned).collect::<Vec<_>>())?;
        running.until_it_answers(&format!("127.0.0.1:{rest}"))?;
        Ok(BigQueryEmulator {
            rest: format!("http://127.0.0.1:{rest}"),
            read: format!("http://127.0.0.1:{read}"),
            _running: running,
        })
    });
    started.as_ref().map_err(|why| left_out(why)).ok()
}

/// Runs a script of the emulators' Python, which has pyarrow and DuckDB: what writes the files that tests load.
pub fn python(script: &str, arguments: &[&Path]) {
    let done = Command::new(folder().join("venv/bin/python"))
        .arg("-c")
        .arg(script)
        .args(arguments)
        .env("HOME", folder().join("home"))
        .output()
        .expect("the emulators' Python");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}
