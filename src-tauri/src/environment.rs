//! The environment of the process, which libraries of the window read. The only place that changes it.

/// Sets a variable. To be called before any thread starts.
#[cfg(target_os = "linux")]
#[allow(unsafe_code, reason = "GTK and WebKitGTK are told some things through the environment alone")]
pub(crate) fn set(name: &str, value: &str) {
    // SAFETY: no other thread runs yet that could read the environment meanwhile.
    unsafe { std::env::set_var(name, value) };
}
