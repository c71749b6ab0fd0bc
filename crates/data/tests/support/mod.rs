//! A warehouse in a temporary folder, and files beside it.
#![allow(dead_code, clippy::unwrap_used, reason = "a test may stop at the first surprise, and each uses a part")]

use std::path::{Path, PathBuf};

use algomosaic_core::{Job, Problem};
use algomosaic_data::{
    Cell, Column, IfExists, ImportColumn, ImportOptions, Imported, Limits, Staging, Warehouse, cells, columns_of,
    unique,
};

pub(crate) struct Place {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) warehouse: Warehouse,
}

impl Place {
    pub(crate) fn new() -> Place {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("warehouse")).unwrap();
        let warehouse = Warehouse::open(folder.path(), "local", "main", &Limits::default()).unwrap();
        Place { folder, warehouse }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    pub(crate) fn import(&self, file: &Path, table: &str, options: &ImportOptions) -> Result<Imported, Problem> {
        self.import_with(file, table, IfExists::Replace, options)
    }

    pub(crate) fn import_with(
        &self,
        file: &Path,
        table: &str,
        if_exists: IfExists,
        options: &ImportOptions,
    ) -> Result<Imported, Problem> {
        let staging = Staging::create(self.folder.path(), &unique()).unwrap();
        let mut transaction = staging.transaction().unwrap();
        let name = self.warehouse.name(table)?;
        let imported = algomosaic_data::import_file(
            &self.warehouse,
            &mut transaction,
            file,
            &name,
            if_exists,
            options,
            &Job::new(),
        )?;
        transaction.commit()?;
        Ok(imported)
    }

    /// The message of an import that must be refused.
    pub(crate) fn refused(&self, name: &str, content: impl AsRef<[u8]>, options: &ImportOptions) -> String {
        let file = self.write(name, content);
        let problem = self.import(&file, "refused", options).unwrap_err();
        assert!(!problem.hint.is_empty());
        assert!(!self.warehouse.exists(&self.warehouse.name("refused").unwrap()).unwrap());
        problem.message
    }

    pub(crate) fn table(&self, table: &str) -> (Vec<Column>, Vec<Vec<Cell>>) {
        let name = self.warehouse.name(table).unwrap();
        let frame = self.warehouse.read(&name, &Job::new()).unwrap().frame;
        (columns_of(&frame), cells(&frame).unwrap())
    }

    /// The rows of a table as JSON texts, which tell NaN, NULL, -0.0 and 0.0 apart.
    pub(crate) fn rows(&self, table: &str) -> Vec<String> {
        self.table(table).1.iter().map(|row| serde_json::to_string(row).unwrap()).collect()
    }

    pub(crate) fn kinds(&self, table: &str) -> Vec<String> {
        self.table(table).0.into_iter().map(|column| column.kind).collect()
    }
}

/// Columns of the given types, under the names they have.
pub(crate) fn columns(kinds: &[(&str, &str)]) -> ImportOptions {
    let columns = kinds
        .iter()
        .map(|(name, kind)| ImportColumn {
            source: (*name).to_owned(),
            name: (*name).to_owned(),
            kind: (*kind).to_owned(),
            format: None,
            keep: true,
        })
        .collect();
    ImportOptions { columns: Some(columns), ..ImportOptions::default() }
}
