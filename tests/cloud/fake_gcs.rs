//! Starts the emulators of Google's services on this machine, and ends them.
#![allow(dead_code, reason = "each test program uses a part")]

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// An emulator that runs; it ends when dropped.
pub(crate) struct Emulator {
    process: Child,
    url: String,
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Emulator {
    /// Its address, without a slash at its end.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Cloud Storage at port 80 of a loopback address of its own.
    pub(crate) fn storage() -> Option<Emulator> {
        static NEXT: std::sync::atomic::AtomicU8 = std::sync::atomic::AtomicU8::new(10);
        let last = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let pid = (std::process::id() % 250) as u8;
        let address = SocketAddr::from(([127, 0, pid + 2, last], 80));
        // Dropped at once: while it listens, it would be taken for the emulator.
        match TcpListener::bind(address).map(drop) {
            Ok(()) => start(address),
            Err(error) => skip(&format!(
                "port 80 cannot be opened on {} ({error}): only root may, or who set net.ipv4.ip_unprivileged_port_start",
                address.ip()
            )),
        }
    }

    /// Cloud Storage at a port that is free.
    pub(crate) fn storage_at_any_port() -> Option<Emulator> {
        let address = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port");
        start(address)
    }
}

fn start(address: SocketAddr) -> Option<Emulator> {
    let Ok(program) = std::env::var("FAKE_GCS_SERVER") else {
        return skip("FAKE_GCS_SERVER does not name the program fake-gcs-server");
    };
    let url = if address.port() == 80 { format!("http://{}", address.ip()) } else { format!("http://{address}") };
    let process = Command::new(program)
        .args(["-scheme", "http", "-backend", "memory", "-log-level", "error"])
        .args(["-host", &address.ip().to_string(), "-port", &address.port().to_string()])
        .args(["-public-host", &url[7..], "-external-url", &url])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("fake-gcs-server starts");
    let emulator = Emulator { process, url };
    let start = Instant::now();
    while TcpStream::connect(address).is_err() {
        assert!(start.elapsed() < Duration::from_secs(30), "fake-gcs-server does not listen");
        std::thread::sleep(Duration::from_millis(20));
    }
    Some(emulator)
}

fn skip(why: &str) -> Option<Emulator> {
    assert!(std::env::var_os("CI").is_none(), "{why}");
    eprintln!("SKIPPED: {why}");
    None
}
