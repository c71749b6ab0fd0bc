//! Tables from the embedded warehouse to the one elsewhere and back, whole: rows, types, marks and descriptions. All tables
//! of a transfer count together, and none is overwritten unless that is asked for.

use std::collections::BTreeSet;

use algomosaic_core::{Job, Problem};

use crate::binding;
use crate::commit::{Staging, Transaction};
use crate::engine;
use crate::error::Result;
use crate::part::{into_described_part, write_part};
use crate::progress::told;
use crate::remote::Elsewhere;
use crate::schema::{Column, Marks};
use crate::sql::SqlParams;
use crate::sql::kind::Kind;
use crate::table_name::TableName;
use crate::warehouse::{IfExists, Warehouse, descriptions};

/// A table that was copied to the other warehouse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transferred {
    /// Where its rows come from.
    pub from: TableName,
    /// Where they are now.
    pub to: TableName,
    /// How many.
    pub rows: u64,
}

impl Warehouse {
    /// Copies embedded tables into the warehouse elsewhere, under their own names. `dataset.start_*` names all that begin so.
    pub fn push(
        &self,
        transaction: &mut Transaction,
        names: &[String],
        if_exists: IfExists,
        job: &Job,
    ) -> Result<Vec<Transferred>> {
        let there = self.other()?.remote.project().to_owned();
        let names = self.meant(names, self.project(), "algom pull")?;
        each(&names, job, |from, job| {
            let to = TableName { project: there.clone(), ..from.clone() };
            to.refuse_reserved()?;
            job.stage(format!("copying {from}"))?;
            let prepared = self.prepare(&format!("SELECT * FROM `{from}`"), &SqlParams::new())?;
            let rows = prepared.into_table(transaction, &to, if_exists, job)?;
            transaction.describe(&to, descriptions(&self.connection()?, &self.parts(from)?)?);
            Ok(Transferred { from: from.clone(), to, rows })
        })
    }

    /// Copies tables of the warehouse elsewhere into the embedded one, under their own names. Nothing runs there, so that
    /// nothing is billed as a statement.
    pub fn pull(
        &self,
        staging: &Staging,
        transaction: &mut Transaction,
        names: &[String],
        if_exists: IfExists,
        job: &Job,
    ) -> Result<Vec<Transferred>> {
        let elsewhere = self.other()?;
        let names = self.meant(names, elsewhere.remote.project(), "algom push")?;
        each(&names, job, |from, job| {
            let to = TableName { project: self.project().to_owned(), ..from.clone() };
            to.refuse_reserved()?;
            let table = elsewhere.table(from, job)?;
            // A refusal comes before the rows do.
            let path = self.stage_path(transaction, &to, table.columns.clone(), &table.marks, if_exists)?;
            job.stage(format!("fetching {from}"))?;
            let frame = elsewhere.remote.fetch(&from.dataset, &from.table, true, &job.part(0.0, 0.7))?;
            let file = staging.folder().join(format!("fetched-{}.parquet", crate::commit::unique()));
            write_part(&file, &frame, &Marks::new())?;
            drop(frame);
            job.stage(format!("writing {to}"))?;
            let connection = self.connection()?;
            let select = binding::typed_rows(&connection, &kinds(from, &table.columns)?, vec![file.clone()])?;
            let sql = into_described_part(&select, &path, &table.marks, &table.descriptions);
            let job = job.part(0.7, 1.0);
            let rows = told(&connection, &job, || engine::changed(&connection, &sql, &job))?;
            // What stays goes with the staging folder.
            let _ = std::fs::remove_file(file);
            Ok(Transferred { from: from.clone(), to, rows })
        })
    }

    fn other(&self) -> Result<&Elsewhere> {
        self.any_elsewhere().ok_or_else(|| {
            Problem::bad(
                "the workspace uses no BigQuery, so there is nowhere to copy to or from",
                "Add the section [google] to algomosaic.toml (Settings in the window), and connect: `algom connect gcp`.",
            )
            .into()
        })
    }

    /// The tables that are meant, all of one project; each once.
    fn meant(&self, texts: &[String], project: &str, other_way: &str) -> Result<Vec<TableName>> {
        let mut all = BTreeSet::new();
        for text in texts {
            let text = text.trim().trim_matches('`');
            let start = text.strip_suffix('*');
            // The name is checked as one that ends in a letter.
            let name = start.map_or_else(|| text.to_owned(), |start| format!("{start}x"));
            let mut name = TableName::parse(&name, project, self.dataset())?;
            if name.project != project {
                return Err(Problem::bad(
                    format!("{text} is a table of {}, and those of {project} are copied this way", name.project),
                    format!("Leave the project out, or copy it the other way: `{other_way} {text}`."),
                )
                .into());
            }
            if start.is_none() {
                all.insert(name);
                continue;
            }
            name.table.pop();
            let known = self.names_of(project, Some(&name.dataset))?;
            let before = all.len();
            all.extend(known.into_iter().filter(|known| known.table.starts_with(&name.table)));
            if all.len() == before {
                return Err(Problem::not_found(
                    format!("no table of {project} begins with {}.{}", name.dataset, name.table),
                    "`algom tables` lists what there is.",
                )
                .into());
            }
        }
        Ok(all.into_iter().collect())
    }
}

/// Does something with each table, with a share of the progress each.
fn each(
    names: &[TableName],
    job: &Job,
    mut copy: impl FnMut(&TableName, &Job) -> Result<Transferred>,
) -> Result<Vec<Transferred>> {
    let share = |done: usize| done as f64 / names.len().max(1) as f64;
    let mut all = Vec::new();
    for (number, name) in names.iter().enumerate() {
        all.push(copy(name, &job.part(share(number), share(number + 1)))?);
        job.step(number + 1, names.len())?;
    }
    Ok(all)
}

fn kinds(table: &TableName, columns: &[Column]) -> Result<Vec<(String, Kind)>> {
    let of = |column: &Column| {
        let kind = Kind::of_name(&column.kind).ok_or_else(|| binding::not_readable(table, column))?;
        Ok((column.name.clone(), kind))
    };
    columns.iter().map(of).collect()
}
