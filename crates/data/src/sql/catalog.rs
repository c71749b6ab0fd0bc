//! What the analyser asks of the warehouse: which tables there are, and what is in them.

use algomosaic_core::Problem;

use crate::schema::Marks;
use crate::sql::kind::Kind;
use crate::table_name::TableName;

/// The columns of a table.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    pub(crate) columns: Vec<(String, Kind)>,
    pub(crate) marks: Marks,
}

/// The tables a statement may name.
pub(crate) trait Catalog {
    /// Completes a name of one to three parts.
    fn name(&self, text: &str) -> Result<TableName, Problem>;
    /// The columns of a table, as it is at this instant and stays for the statement.
    fn shape(&mut self, table: &TableName) -> Result<Shape, Problem>;
    /// Every table of a dataset, or of all those that are not hidden.
    fn tables(&mut self, project: &str, dataset: Option<&str>) -> Result<Vec<TableName>, Problem>;
    /// When a table was last written, microseconds since 1970.
    fn modified(&mut self, table: &TableName) -> Result<i64, Problem>;
    /// The texts of one column of a query over no table.
    fn texts(&mut self, sql: &str) -> Result<Vec<String>, Problem>;
}

/// What stands behind a name of the FROM clause in the engine.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Relation {
    /// One table.
    Table(TableName),
    /// Several, with the rest of each one's name.
    Wildcard { columns: Vec<(String, Kind)>, tables: Vec<(String, TableName)> },
}
