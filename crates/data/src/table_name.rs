//! The full name of a table: `project.dataset.table`, with BigQuery's rule for each part.

use std::fmt;

use algomosaic_core::{Problem, names};

/// A table's full name. Each part follows its rule, so it can be a folder name as it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableName {
    /// The project; `local` for the embedded warehouse.
    pub project: String,
    /// The dataset.
    pub dataset: String,
    /// The table.
    pub table: String,
}

impl TableName {
    /// Reads `table`, `dataset.table` or `project.dataset.table`, filling in what is missing.
    pub fn parse(text: &str, project: &str, dataset: &str) -> Result<TableName, Problem> {
        let parts: Vec<&str> = text.trim().trim_matches('`').split('.').collect();
        let (project, dataset, table) = match parts[..] {
            [table] => (project, dataset, table),
            [dataset, table] => (project, dataset, table),
            [project, dataset, table] => (project, dataset, table),
            _ => return Err(refused(text, "has more than three parts")),
        };
        for part in [dataset, table] {
            if !names::is_identifier(part) {
                return Err(refused(text, &format!("has the part {part:?}")));
            }
        }
        // A project may hold a dash, as Google's do.
        if project.is_empty() || !project.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') {
            return Err(refused(text, &format!("has the project {project:?}")));
        }
        Ok(TableName { project: project.to_owned(), dataset: dataset.to_owned(), table: table.to_owned() })
    }

    /// Refuses a table of a dataset that the program keeps for itself, as what a person writes into.
    pub fn refuse_reserved(&self) -> Result<(), Problem> {
        if !self.dataset.starts_with('_') {
            return Ok(());
        }
        Err(Problem::bad(
            format!("the dataset {} is kept for the program itself, as all are whose names begin with _", self.dataset),
            "Name another dataset.",
        ))
    }
}

fn refused(text: &str, why: &str) -> Problem {
    Problem::bad(
        format!("{text:?} is not a table name: it {why}, and names are made of letters, digits and _"),
        "Write dataset.table or project.dataset.table.",
    )
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.project, self.dataset, self.table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_completed_and_bad_ones_refused() {
        let parse = |text| TableName::parse(text, "local", "main").map(|name| name.to_string()).ok();
        for (text, expected) in [
            ("bars", Some("local.main.bars")),
            ("market.bars", Some("local.market.bars")),
            ("my-project.market.bars", Some("my-project.market.bars")),
            ("`a.b.c`", Some("a.b.c")),
            ("../x", None),
            ("market...", None),
            ("market.a/b", None),
            ("a.b'; DROP TABLE x", None),
            ("a.b.c.d", None),
            ("", None),
        ] {
            assert_eq!(parse(text).as_deref(), expected, "{text}");
        }
    }
}
