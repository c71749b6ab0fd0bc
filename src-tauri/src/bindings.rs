//! The TypeScript that the window's pages compile against, written from the commands and kept fresh by this test.
//! `UPDATE_BINDINGS=1 cargo test -p algomosaic-desktop` writes it anew.

use std::fs;
use std::path::Path;

use specta_typescript::Typescript;

const HEADER: &str =
    "// Written from the Rust commands by `UPDATE_BINDINGS=1 cargo test -p algomosaic-desktop`. Do not edit.\n";

#[test]
fn bindings_are_fresh() {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/src/api/generated/bindings.ts");
    let folder = tempfile::tempdir().unwrap();
    let written = folder.path().join("bindings.ts");
    crate::builder().export(Typescript::default().header(HEADER), &written).unwrap();
    let written = fs::read_to_string(written).unwrap();
    if std::env::var_os("UPDATE_BINDINGS").is_some() {
        fs::write(&committed, &written).unwrap();
    }
    let committed = fs::read_to_string(committed).unwrap_or_default().replace("\r\n", "\n");
    assert!(
        committed == written,
        "ui/src/api/generated/bindings.ts is stale: run `UPDATE_BINDINGS=1 cargo test -p algomosaic-desktop`"
    );
}
