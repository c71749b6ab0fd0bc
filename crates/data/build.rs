//! Puts libduckdb beside the binaries and the test binaries, where their run path (`$ORIGIN`) looks for it.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

fn main() {
    println!("cargo:rerun-if-env-changed=DUCKDB_LIB_DIR");
    println!("cargo:rerun-if-changed=build.rs");
    let Some(from) = env::var_os("DUCKDB_LIB_DIR").map(PathBuf::from) else {
        println!("cargo:warning=DUCKDB_LIB_DIR is not set: run `npm ci` in the project's folder first");
        return;
    };
    // OUT_DIR is <target>/<profile>/build/<package>-<hash>/out.
    let Some(profile) = env::var_os("OUT_DIR").and_then(|out| Path::new(&out).ancestors().nth(3).map(Path::to_owned))
    else {
        return;
    };
    for name in ["libduckdb.so", "libduckdb.dylib", "duckdb.dll"] {
        let library = from.join(name);
        if library.exists() {
            println!("cargo:rerun-if-changed={}", library.display());
            for folder in [profile.clone(), profile.join("deps")] {
                if let Err(error) = replace(&library, &folder.join(name)) {
                    println!("cargo:warning=libduckdb could not be copied to {}: {error}", folder.display());
                }
            }
        }
    }
}

/// Copies under a temporary name and renames: a running program keeps the library it has open.
fn replace(from: &Path, to: &Path) -> std::io::Result<()> {
    let temporary = to.with_extension(format!("tmp{}", std::process::id()));
    fs::copy(from, &temporary)?;
    fs::rename(&temporary, to)
}
