//! docs/indicators.md is the catalogue as a page. `UPDATE_REFERENCE=1 cargo test --workspace reference` writes it anew.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use algomosaic_core::{Param, ParamKind};
use algomosaic_indicators::{Indicator, Memory, catalogue};

const FAMILIES: [(&str, &str, &str); 3] = [
    (
        "algom",
        "Indicators of the framework",
        "Undefined where a bar they need is missing; defined again once it has left.",
    ),
    (
        "ta",
        "TA-Lib",
        "Every function of TA-Lib 0.8.1 by its own names, defaults and values. A choice may be given by its name or by \
         TA-Lib's number. They begin at the first bar that has every input.",
    ),
    ("transform", "Transforms", "In a recipe, `transform = \"lag\"`. They read any column, also those made before."),
];

fn page() -> String {
    let mut page = String::from(
        "# Indicators and transforms\n\nGenerated from the catalogue, which the forms, the command line and the checks read \
         as well. `x[t]` is the value at bar t. A parameter that is a list in a recipe makes a column for each of its \
         values; `as` names the column.\n",
    );
    for (family, title, words) in FAMILIES {
        let entries: Vec<&Indicator> = catalogue().iter().copied().filter(|one| one.family() == family).collect();
        write!(page, "\n## {title}\n\n{words} {} entries.\n", entries.len()).unwrap();
        let mut groups: Vec<&str> = Vec::new();
        for entry in &entries {
            if !groups.contains(&entry.group.label()) {
                groups.push(entry.group.label());
            }
        }
        for group in groups {
            write!(page, "\n### {group}\n").unwrap();
            for entry in entries.iter().filter(|entry| entry.group.label() == group) {
                one(&mut page, entry);
            }
        }
    }
    page
}

fn one(page: &mut String, entry: &Indicator) {
    write!(page, "\n#### `{}` {}\n\n{}.\n\n", entry.id, entry.label, entry.help.trim_end_matches('.')).unwrap();
    write!(page, "`{}`\n\nSource: {}.\n", entry.formula, entry.source.trim_end_matches('.')).unwrap();
    if !entry.params.is_empty() {
        page.push_str("\n| Parameter | Default | Range | |\n|---|---|---|---|\n");
        for param in entry.params {
            let unit = if param.unit.is_empty() { String::new() } else { format!(" {}", param.unit) };
            let default = param.default_value().to_string();
            let default = if default.is_empty() { "none" } else { &default };
            writeln!(page, "| `{}` | {default}{unit} | {} | {} |", param.name, range(param), param.help).unwrap();
        }
    }
    let defaults = entry.check(&BTreeMap::new());
    let columns: Vec<String> = entry
        .outputs
        .iter()
        .enumerate()
        .map(|(place, output)| {
            let name = match &defaults {
                Ok(defaults) => entry.output_columns(defaults).swap_remove(place),
                Err(_) => output.pattern.to_owned(),
            };
            format!("`{name}`{}", if output.integer { " (INT64)" } else { "" })
        })
        .collect();
    write!(page, "\nColumns: {}.", columns.join(", ")).unwrap();
    if let Ok(defaults) = &defaults {
        write!(page, " First value after {} bars.", (entry.look_back)(defaults)).unwrap();
    }
    let beyond = match (entry.memory, &defaults) {
        (Memory::Unbroken(bars), Ok(defaults)) => bars(defaults),
        (Memory::Beyond(_), _) => Some(1),
        (Memory::Window, _) => Some(0),
        _ => None,
    };
    page.push_str(match beyond {
        Some(0) => "",
        Some(_) => " Earlier bars fade.",
        None => " Depends on all earlier bars.",
    });
    page.push_str(if entry.streams() { " Can be updated bar by bar.\n" } else { "\n" });
}

fn range(param: &Param) -> String {
    match param.kind {
        ParamKind::Int { min, max, .. } => format!("{min} to {max}"),
        ParamKind::Float { min, max, .. } if max >= 3e37 && min <= -3e37 => "any number".to_owned(),
        ParamKind::Float { min, max, .. } if max >= 3e37 => format!("{min} and above"),
        ParamKind::Float { min, max, .. } => format!("{min} to {max}"),
        ParamKind::Bool { .. } => "true or false".to_owned(),
        ParamKind::Choice { options, .. } => options.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", "),
        ParamKind::Column { .. } => "a column".to_owned(),
        ParamKind::Text { .. } => "any text".to_owned(),
    }
}

#[test]
fn the_reference_page_is_that_of_the_catalogue() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/indicators.md");
    let page = page();
    if std::env::var_os("UPDATE_REFERENCE").is_some() {
        std::fs::write(path, &page).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(kept == page, "docs/indicators.md is not up to date: UPDATE_REFERENCE=1 cargo test --workspace reference");
}
