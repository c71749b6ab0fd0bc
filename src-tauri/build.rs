//! Prepares what `tauri::generate_context!` embeds, and tells the packaged program where to look for libduckdb.

use std::path::Path;

fn main() {
    // The macro that embeds the pages does not watch them.
    println!("cargo:rerun-if-changed=../ui/dist");
    if !Path::new("../ui/dist/index.html").exists() {
        println!(
            "cargo::error=the window's pages are not built: run `node scripts/build-ui.mjs` in the project's folder"
        );
        return;
    }
    // Beside the program while developing (.cargo/config.toml); where a package puts it otherwise (tauri.*.conf.json).
    match std::env::var("CARGO_CFG_TARGET_OS").as_deref() {
        Ok("linux") => println!("cargo:rustc-link-arg-bins=-Wl,-rpath,$ORIGIN/../lib/algomosaic"),
        Ok("macos") => println!("cargo:rustc-link-arg-bins=-Wl,-rpath,@executable_path/../Frameworks"),
        _ => {}
    }
    tauri_build::build();
}
