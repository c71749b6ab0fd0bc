//! The keyring of the operating system, where secrets stay: Secret Service, Keychain or Credential Manager. A keyring that
//! does not answer, since it waits for its password or for ever, is given up after some seconds.

use std::sync::mpsc;
use std::time::Duration;

use algomosaic_core::{Code, Problem};
use keyring::Error as Fault;

use crate::secret::Secret;

/// The name under which the operating system lists what is kept.
const SERVICE: &str = "algomosaic";

/// Without a keyring there are credentials that need none.
const WITHOUT: &str = "or connect without a keyring: `algom connect gcp --adc` (gcloud's login, or the file that \
                       GOOGLE_APPLICATION_CREDENTIALS names) or --metadata";

/// Where secrets are kept, by the name of their entry. Every failure has its sentence.
pub trait Keyring: Send + Sync {
    /// Keeps a secret, in place of an earlier one.
    fn put(&self, entry: &str, secret: &Secret) -> Result<(), Problem>;
    /// The secret that was kept.
    fn get(&self, entry: &str) -> Result<Secret, Problem>;
    /// Removes the secret; one that is not there counts as removed.
    fn remove(&self, entry: &str) -> Result<(), Problem>;
}

/// The keyring of the operating system.
#[derive(Debug, Clone)]
pub struct SystemKeyring {
    /// How long it is waited for: a person may have to type its password.
    pub patience: Duration,
}

impl Default for SystemKeyring {
    fn default() -> SystemKeyring {
        SystemKeyring { patience: Duration::from_secs(20) }
    }
}

impl Keyring for SystemKeyring {
    fn put(&self, entry: &str, secret: &Secret) -> Result<(), Problem> {
        let secret = secret.clone();
        self.with(entry, "keeping a secret", move |entry| entry.set_secret(secret.expose().as_bytes()))
    }

    fn get(&self, entry: &str) -> Result<Secret, Problem> {
        let bytes = self.with(entry, "reading a secret", |entry| entry.get_secret())?;
        // The error would hold the bytes.
        String::from_utf8(bytes).map(Secret::new).map_err(|_| damaged(entry))
    }

    fn remove(&self, entry: &str) -> Result<(), Problem> {
        self.with(entry, "removing a secret", |entry| match entry.delete_credential() {
            Err(Fault::NoEntry) => Ok(()),
            done => done,
        })
    }
}

impl SystemKeyring {
    fn with<T: Send + 'static>(
        &self,
        entry: &str,
        doing: &'static str,
        work: impl FnOnce(&keyring::Entry) -> keyring::Result<T> + Send + 'static,
    ) -> Result<T, Problem> {
        let name = entry.to_owned();
        within(self.patience, doing, move || {
            if let Err(fault) = keyring::Entry::store_status() {
                return Err(no_store(fault));
            }
            let entry = keyring::Entry::new(SERVICE, &name).map_err(|fault| failed(doing, &name, &fault))?;
            work(&entry).map_err(|fault| failed(doing, &name, &fault))
        })
    }
}

/// Does `work` on a thread of its own, which is left behind when it takes too long.
fn within<T: Send + 'static>(
    patience: Duration,
    doing: &str,
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let (done, answer) = mpsc::channel();
    let thread = std::thread::Builder::new().name("keyring".to_owned()).spawn(move || {
        let _ = done.send(work());
    });
    if let Err(error) = thread {
        return Err(Problem::new(Code::Internal, format!("no thread for the keyring: {error}"), "Please report this."));
    }
    match answer.recv_timeout(patience) {
        Ok(answer) => answer,
        Err(mpsc::RecvTimeoutError::Timeout) => Err(Problem::new(
            Code::Permission,
            format!(
                "{doing} failed: the keyring did not answer within {} s; it may wait for its password",
                patience.as_secs()
            ),
            format!("Unlock the keyring, then repeat this; {WITHOUT}."),
        )),
        Err(mpsc::RecvTimeoutError::Disconnected) => Err(Problem::new(
            Code::Internal,
            format!("{doing} failed: the keyring's library stopped"),
            "Please report this.",
        )),
    }
}

/// The sentence for a keyring that cannot be opened at all.
fn no_store(fault: &Fault) -> Problem {
    let said = fault.to_string();
    let (message, hint) = match fault {
        Fault::Invalid(..) | Fault::NotSupportedByStore(_) => (
            "this system has no keyring that secrets could be kept in".to_owned(),
            format!("Take another system, {WITHOUT}."),
        ),
        _ if said.contains("ServiceUnknown")
            || said.contains("org.freedesktop.secrets")
            || said.contains("NameHasNoOwner") =>
        {
            (
                "no keyring runs in this session (nothing answers as org.freedesktop.secrets)".to_owned(),
                format!("Install and start GNOME Keyring, KWallet or KeePassXC, start the program again, {WITHOUT}."),
            )
        }
        _ => (
            "no keyring can be reached: this session has no message bus (D-Bus)".to_owned(),
            format!("Start the program from a desktop session or by `dbus-run-session`, {WITHOUT}."),
        ),
    };
    Problem::new(Code::Permission, message, hint)
}

/// The sentence for an entry that cannot be read or written.
fn failed(doing: &str, entry: &str, fault: &Fault) -> Problem {
    let said = fault.to_string();
    match fault {
        Fault::NoEntry => Problem::new(
            Code::Permission,
            format!("the keyring no longer holds the secret of this connection ({SERVICE}, {entry})"),
            "Connect again: `algom connect gcp`, or Settings in the window.",
        ),
        Fault::BadEncoding(_) | Fault::BadDataFormat(..) => damaged(entry),
        Fault::NoDefaultStore => no_store(fault),
        Fault::TooLong(_, most) => Problem::new(
            Code::Permission,
            format!("{doing} failed: this system's keyring keeps {most} bytes at most"),
            "Use a key of 2048 bits, or gcloud's login: `algom connect gcp --adc`.",
        ),
        Fault::Ambiguous(_) => Problem::new(
            Code::Permission,
            format!("{doing} failed: the keyring holds several entries {SERVICE}, {entry}"),
            "Remove them with the keyring's own program, then connect again.",
        ),
        _ if matches!(fault, Fault::NoStorageAccess(_)) || said.to_lowercase().contains("locked") => Problem::new(
            Code::Permission,
            format!("{doing} failed: the keyring is locked"),
            format!("Unlock the keyring (log in to the desktop, or its own program), then repeat this; {WITHOUT}."),
        ),
        _ => Problem::new(
            Code::Permission,
            format!("{doing} failed: the keyring refuses ({said})"),
            format!("Look at it with the keyring's own program, {WITHOUT}."),
        ),
    }
}

fn damaged(entry: &str) -> Problem {
    Problem::new(
        Code::Permission,
        format!("what the keyring holds for this connection is no secret of this program ({SERVICE}, {entry})"),
        "Connect again: `algom connect gcp`, or Settings in the window.",
    )
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn a_keyring_that_never_answers_is_given_up() {
        let start = Instant::now();
        let hung = within(Duration::from_millis(50), "reading a secret", || {
            std::thread::sleep(Duration::from_secs(60));
            Ok(())
        });
        let problem = hung.unwrap_err();
        assert!(start.elapsed() < Duration::from_secs(20));
        assert_eq!(problem.code, Code::Permission);
        assert!(problem.message.contains("did not answer"), "{problem}");
        assert!(problem.hint.starts_with("Unlock the keyring"), "{problem:?}");
    }
}
