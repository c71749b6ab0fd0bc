//! The list of functions in `docs/sql.md` is the catalogue's.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")]

use std::path::Path;

use algomosaic_data::functions;

#[test]
fn the_documentation_lists_every_function() {
    let list: String =
        functions().iter().map(|function| format!("- `{}`: {}\n", function.signature, function.help)).collect();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/sql.md");
    let text = std::fs::read_to_string(&file).unwrap();
    let (before, written) = text.split_once("The list is checked by a test.\n\n").unwrap();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&file, format!("{before}The list is checked by a test.\n\n{list}")).unwrap();
        return;
    }
    assert_eq!(written, list, "run this test with UPDATE_GOLDEN=1");
}

#[test]
fn every_declaration_begins_with_its_name() {
    for function in functions() {
        let begins = function.signature.starts_with(&format!("{}(", function.name));
        assert!(begins && !function.help.is_empty(), "{}", function.name);
    }
}
