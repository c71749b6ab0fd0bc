//! ALTER TABLE: columns added, dropped and renamed. The table is written anew; nothing else of a table can be altered.

use sqlparser::ast::{AlterTable, AlterTableOperation, ColumnDef, Ident, Spanned as _};

use algomosaic_core::Code;

use crate::engine::identifier;
use crate::schema::Marks;
use crate::sql::StatementKind;
use crate::sql::analyse::{Analyser, Output};
use crate::sql::catalog::Relation;
use crate::sql::fault::{Read, missing, placed, unsupported, wrong};
use crate::sql::kind::Kind;
use crate::sql::scope::same;
use crate::sql::statement::{Plan, There, empty, output, refuse_column};
use crate::table_name::TableName;

/// A column of the altered table, and which of the present ones it holds; none for a new one.
struct Altered {
    name: String,
    kind: Kind,
    from: Option<String>,
}

impl Analyser<'_> {
    pub(crate) fn alter(&mut self, alter: &AlterTable) -> Read<Plan> {
        let at = alter.name.span();
        if alter.only || alter.location.is_some() || alter.on_cluster.is_some() || alter.table_type.is_some() {
            return Err(unsupported(at, "this form of ALTER TABLE"));
        }
        let target = self.target(&alter.name)?;
        let there = if alter.if_exists { There::Forgive } else { There::Plain };
        let shape = match self.catalog.shape(&target) {
            Err(problem) if alter.if_exists && problem.code == Code::NotFound => {
                return Ok(Plan { there, ..empty(StatementKind::Alter, Some(target)) });
            }
            shape => shape.map_err(|problem| placed(at, problem))?,
        };
        let mut columns: Vec<Altered> = shape
            .columns
            .iter()
            .map(|(name, kind)| Altered { name: name.clone(), kind: kind.clone(), from: Some(name.clone()) })
            .collect();
        for operation in &alter.operations {
            match operation {
                AlterTableOperation::AddColumn { if_not_exists, column_def, column_position: None, .. } => {
                    self.add(&target, &mut columns, column_def, *if_not_exists)?;
                }
                AlterTableOperation::DropColumn { column_names, if_exists, drop_behavior: None, .. } => {
                    for name in column_names {
                        match place(&columns, name) {
                            Some(index) => {
                                columns.remove(index);
                            }
                            None if *if_exists => {}
                            None => return Err(no_column(&target, &columns, name)),
                        }
                    }
                }
                AlterTableOperation::RenameColumn { old_column_name, new_column_name } => {
                    let Some(index) = place(&columns, old_column_name) else {
                        return Err(no_column(&target, &columns, old_column_name));
                    };
                    if place(&columns, new_column_name).is_some_and(|other| other != index) {
                        return Err(taken(&target, new_column_name));
                    }
                    columns[index].name.clone_from(&new_column_name.value);
                }
                other => {
                    let text: String = other.to_string().chars().take(40).collect();
                    return Err(unsupported(at, format!("ALTER TABLE … {text}")));
                }
            }
        }
        if columns.is_empty() {
            return Err(wrong(at, format!("{target} would have no column left"), "Write DROP TABLE."));
        }
        let relation = self.relation(Relation::Table(target.clone()));
        let mut list = Vec::new();
        let mut outputs = Vec::new();
        for column in columns {
            let sql = match &column.from {
                Some(from) => identifier(from),
                None => format!("CAST(NULL AS {})", column.kind.engine()),
            };
            list.push(format!("{sql} AS {}", identifier(&column.name)));
            let output = marked(&column, &shape.marks);
            refuse_column(&output, at)?;
            outputs.push(output);
        }
        let sql = format!("SELECT {} FROM {relation}", list.join(", "));
        Ok(Plan { there, sql, columns: outputs, ..empty(StatementKind::Alter, Some(target)) })
    }

    fn add(&mut self, target: &TableName, columns: &mut Vec<Altered>, def: &ColumnDef, forgive: bool) -> Read<()> {
        match place(columns, &def.name) {
            Some(_) if forgive => Ok(()),
            Some(_) => Err(taken(target, &def.name)),
            None => {
                let asked = self.columns_asked(std::slice::from_ref(def))?;
                columns.extend(asked.into_iter().map(|(name, kind)| Altered { name, kind, from: None }));
                Ok(())
            }
        }
    }
}

fn place(columns: &[Altered], name: &Ident) -> Option<usize> {
    columns.iter().position(|column| same(&column.name, &name.value))
}

/// A renamed label stays a label.
fn marked(column: &Altered, marks: &Marks) -> Output {
    let ahead = column.from.as_ref().and_then(|from| marks.iter().find(|(name, _)| same(name, from)));
    output(&column.name, column.kind.clone(), ahead.map_or(0, |(_, horizon)| (*horizon).max(1)))
}

fn taken(target: &TableName, name: &Ident) -> crate::sql::fault::Fault {
    wrong(name.span, format!("{target} has a column {} already", name.value), "Give it another name.")
}

fn no_column(target: &TableName, columns: &[Altered], name: &Ident) -> crate::sql::fault::Fault {
    missing(
        name.span,
        format!("{target} has no column {}", name.value),
        &name.value,
        columns.iter().map(|column| column.name.as_str()),
        "Name one of its columns.",
    )
}
