//! Names of the FROM clause that stand for something in the warehouse: tables, wildcards, INFORMATION_SCHEMA.

use sqlparser::ast::Ident;
use sqlparser::tokenizer::Span;

use crate::engine::{identifier, quoted};
use crate::schema::Marks;
use crate::sql::analyse::Analyser;
use crate::sql::catalog::Relation;
use crate::sql::fault::{Read, missing, placed, wrong};
use crate::sql::from::From;
use crate::sql::kind::Kind;
use crate::sql::scope::{Col, Source};
use crate::table_name::TableName;

/// The column of a wildcard that holds the rest of each table's name.
const SUFFIX: &str = "_TABLE_SUFFIX";

impl Analyser<'_> {
    /// A table by its name of one to three parts, however they are quoted.
    pub(crate) fn stored(&mut self, at: Span, parts: &[Ident], alias: Option<String>) -> Read<From> {
        let full: Vec<&str> = parts.iter().map(|part| part.value.as_str()).collect();
        let full = full.join(".");
        let names: Vec<&str> = full.split('.').collect();
        if let Some(index) = names.iter().position(|name| name.eq_ignore_ascii_case("INFORMATION_SCHEMA")) {
            return self.information(at, &names[..index], &names[index + 1..], alias);
        }
        if let Some(prefix) = full.strip_suffix('*') {
            return self.wildcard(at, prefix, alias);
        }
        let table = self.table_named(at, &full)?;
        let shape = self.catalog.shape(&table).map_err(|problem| placed(at, problem))?;
        self.reads(&table);
        self.note_marks(&shape.marks);
        let alias = alias.unwrap_or_else(|| table.table.clone());
        let relation = self.relation(Relation::Table(table));
        let engine = format!("s{}", self.fresh());
        let source =
            Source { alias: Some(alias), columns: columns_of(&engine, &shape.columns, &shape.marks), row: None };
        Ok(From { sql: format!("{relation} AS {engine}"), star: source.columns.clone(), sources: vec![source] })
    }

    /// The full name of a table that a statement writes or reads.
    pub(crate) fn table_named(&mut self, at: Span, text: &str) -> Read<TableName> {
        self.catalog.name(text).map_err(|problem| placed(at, problem))
    }

    fn note_marks(&mut self, marks: &Marks) {
        self.greatest_mark = marks.values().copied().max().unwrap_or(0).max(self.greatest_mark);
    }

    fn wildcard(&mut self, at: Span, prefix: &str, alias: Option<String>) -> Read<From> {
        if prefix.contains('*') {
            return Err(wrong(at, "a wildcard stands once, at the end of a table's name", "Write `dataset.prefix_*`."));
        }
        // A name that is whole, to learn project and dataset; `_` stands for what the star stands for.
        let whole = self.table_named(at, &format!("{prefix}_"))?;
        let start = &whole.table[..whole.table.len() - 1];
        let all = self.catalog.tables(&whole.project, Some(&whole.dataset)).map_err(|problem| placed(at, problem))?;
        let tables: Vec<(String, TableName)> = all
            .into_iter()
            .filter_map(|table| table.table.strip_prefix(start).map(str::to_owned).map(|suffix| (suffix, table)))
            .collect();
        if tables.is_empty() {
            return Err(placed(
                at,
                algomosaic_core::Problem::not_found(
                    format!("no table is called {}.{}.{start}*", whole.project, whole.dataset),
                    "`algom tables` lists what there is.",
                ),
            ));
        }
        let mut columns: Vec<(String, Kind)> = Vec::new();
        let mut marks = Marks::new();
        for (_, table) in &tables {
            let shape = self.catalog.shape(table).map_err(|problem| placed(at, problem))?;
            marks.extend(shape.marks);
            for (name, kind) in shape.columns {
                match columns.iter_mut().find(|(known, _)| crate::sql::scope::same(known, &name)) {
                    None => columns.push((name, kind)),
                    Some((_, known)) => match known.common(&kind) {
                        Some(common) => *known = common,
                        None => {
                            return Err(wrong(
                                at,
                                format!(
                                    "the column {name} is {known} in one table of the wildcard and {kind} in {table}"
                                ),
                                "Name the tables one by one, with a cast.",
                            ));
                        }
                    },
                }
            }
        }
        self.note_marks(&marks);
        for (_, table) in &tables {
            self.reads(table);
        }
        // Each mention is a relation of its own, since each is pruned by its own conditions.
        let index = self.relations.len();
        self.relations.push(Relation::Wildcard { columns: columns.clone(), tables });
        let engine = format!("s{}", self.fresh());
        let suffix = format!("{engine}.{}", identifier(SUFFIX));
        self.suffixes.insert(suffix.clone(), index);
        let mut all = columns_of(&engine, &columns, &marks);
        let star = all.clone();
        all.push(Col { name: SUFFIX.to_owned(), sql: suffix, kind: Kind::String, ahead: 0, hidden: true });
        Ok(From {
            sql: format!("{} AS {engine}", crate::sql::view(index)),
            star,
            sources: vec![Source { alias, columns: all, row: None }],
        })
    }

    /// Keeps the tables of a wildcard whose suffix meets a condition.
    pub(crate) fn sift(&mut self, index: usize, column: &str, condition: &str) -> Read<()> {
        let Some(Relation::Wildcard { tables, .. }) = self.relations.get(index) else { return Ok(()) };
        let Some((engine, _)) = column.split_once('.') else { return Ok(()) };
        if tables.is_empty() {
            return Ok(());
        }
        let rows: Vec<String> = tables.iter().map(|(suffix, _)| format!("({})", quoted(suffix))).collect();
        let name = identifier(SUFFIX);
        let sql =
            format!("SELECT {engine}.{name} FROM (VALUES {}) AS {engine}({name}) WHERE {condition}", rows.join(", "));
        let kept = self.catalog.texts(&sql)?;
        if let Some(Relation::Wildcard { tables, .. }) = self.relations.get_mut(index) {
            tables.retain(|(suffix, _)| kept.contains(suffix));
        }
        Ok(())
    }

    fn information(&mut self, at: Span, of: &[&str], view: &[&str], alias: Option<String>) -> Read<From> {
        let known = ["TABLES", "COLUMNS", "SCHEMATA"];
        let [view] = view else {
            return Err(wrong(
                at,
                "INFORMATION_SCHEMA is followed by one name",
                "Write dataset.INFORMATION_SCHEMA.TABLES.",
            ));
        };
        let Some(view) = known.iter().find(|name| name.eq_ignore_ascii_case(view)) else {
            return Err(missing(
                at,
                format!("there is no INFORMATION_SCHEMA.{view} here"),
                view,
                known,
                "TABLES, COLUMNS and SCHEMATA are here.",
            ));
        };
        let of = of.iter().map(|part| format!("{part}.")).collect::<String>();
        let here = match (*view, of.matches('.').count()) {
            ("SCHEMATA", 1) => self.table_named(at, &format!("{of}x.x"))?,
            (_, 0..=2) => self.table_named(at, &format!("{of}x"))?,
            _ => {
                return Err(wrong(
                    at,
                    "a dataset has at most two parts",
                    "Write project.dataset.INFORMATION_SCHEMA.TABLES.",
                ));
            }
        };
        let dataset = (*view != "SCHEMATA").then_some(here.dataset.as_str());
        let tables = self.catalog.tables(&here.project, dataset).map_err(|problem| placed(at, problem))?;
        let text = |text: &str| quoted(text);
        let mut rows: Vec<Vec<String>> = Vec::new();
        let columns: &[(&str, Kind)] = match *view {
            "TABLES" => {
                for table in &tables {
                    let modified = self.catalog.modified(table).map_err(|problem| placed(at, problem))?;
                    rows.push(vec![
                        text(&table.project),
                        text(&table.dataset),
                        text(&table.table),
                        text("BASE TABLE"),
                        text("YES"),
                        text("NO"),
                        format!("make_timestamptz({modified})"),
                    ]);
                }
                &[
                    ("table_catalog", Kind::String),
                    ("table_schema", Kind::String),
                    ("table_name", Kind::String),
                    ("table_type", Kind::String),
                    ("is_insertable_into", Kind::String),
                    ("is_typed", Kind::String),
                    ("creation_time", Kind::Timestamp),
                ]
            }
            "COLUMNS" => {
                for table in &tables {
                    let shape = self.catalog.shape(table).map_err(|problem| placed(at, problem))?;
                    for (index, (name, kind)) in shape.columns.iter().enumerate() {
                        rows.push(vec![
                            text(&table.project),
                            text(&table.dataset),
                            text(&table.table),
                            text(name),
                            (index + 1).to_string(),
                            text("YES"),
                            text(&kind.to_string()),
                            text("NO"),
                            text("NO"),
                        ]);
                    }
                }
                &[
                    ("table_catalog", Kind::String),
                    ("table_schema", Kind::String),
                    ("table_name", Kind::String),
                    ("column_name", Kind::String),
                    ("ordinal_position", Kind::Int64),
                    ("is_nullable", Kind::String),
                    ("data_type", Kind::String),
                    ("is_hidden", Kind::String),
                    ("is_partitioning_column", Kind::String),
                ]
            }
            _ => {
                let mut names: Vec<&String> = tables.iter().map(|table| &table.dataset).collect();
                names.dedup();
                rows.extend(names.iter().map(|name| vec![text(&here.project), text(name)]));
                &[("catalog_name", Kind::String), ("schema_name", Kind::String)]
            }
        };
        let engine = format!("s{}", self.fresh());
        let list: Vec<String> = columns
            .iter()
            .enumerate()
            .map(|(i, (name, kind))| format!("CAST(c{i} AS {}) AS {}", kind.engine(), identifier(name)))
            .collect();
        let names: Vec<String> = (0..columns.len()).map(|i| format!("c{i}")).collect();
        let filter = if rows.is_empty() { " WHERE FALSE" } else { "" };
        if rows.is_empty() {
            rows.push(vec!["NULL".to_owned(); columns.len()]);
        }
        let rows: Vec<String> = rows.iter().map(|row| format!("({})", row.join(", "))).collect();
        let sql = format!(
            "(SELECT {} FROM (VALUES {}) AS i({}){filter}) AS {engine}",
            list.join(", "),
            rows.join(", "),
            names.join(", ")
        );
        let columns: Vec<(String, Kind)> =
            columns.iter().map(|(name, kind)| ((*name).to_owned(), kind.clone())).collect();
        let columns = columns_of(&engine, &columns, &Marks::new());
        let source = Source { alias: alias.or_else(|| Some((*view).to_owned())), columns, row: None };
        Ok(From { sql, star: source.columns.clone(), sources: vec![source] })
    }
}

fn columns_of(engine: &str, columns: &[(String, Kind)], marks: &Marks) -> Vec<Col> {
    columns
        .iter()
        .map(|(name, kind)| Col {
            name: name.clone(),
            sql: format!("{engine}.{}", identifier(name)),
            kind: kind.clone(),
            ahead: marks
                .iter()
                .find(|(marked, _)| crate::sql::scope::same(marked, name))
                .map_or(0, |(_, horizon)| (*horizon).max(1)),
            hidden: false,
        })
        .collect()
}
