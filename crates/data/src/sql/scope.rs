//! The names a part of a statement can use, and what each stands for.

use sqlparser::ast::{Ident, WindowSpec};
use sqlparser::tokenizer::Span;

use crate::engine::{identifier, quoted};
use crate::sql::fault::{Fault, Read, missing, wrong};
use crate::sql::kind::{Kind, field_names};
use crate::sql::term::{Form, Term};

/// A column that can be named.
#[derive(Debug, Clone)]
pub(crate) struct Col {
    pub(crate) name: String,
    /// How the engine reaches it.
    pub(crate) sql: String,
    pub(crate) kind: Kind,
    /// How many rows ahead it looks.
    pub(crate) ahead: u32,
    /// It can be named and is not in `*`.
    pub(crate) hidden: bool,
}

/// A table, a query or an array of the FROM clause.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    /// Its alias.
    pub(crate) alias: Option<String>,
    pub(crate) columns: Vec<Col>,
    /// The value of a row, where rows are values: UNNEST, SELECT AS STRUCT.
    pub(crate) row: Option<Col>,
}

/// The names of one SELECT.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    pub(crate) id: usize,
    pub(crate) sources: Vec<Source>,
    /// The columns in the order of `*`; those joined by USING stand once.
    pub(crate) star: Vec<Col>,
    /// Names of the select list, where the clause may use them.
    pub(crate) aliases: Vec<(String, Term)>,
    /// Named windows.
    pub(crate) windows: Vec<(String, WindowSpec)>,
}

pub(crate) fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b) || a.to_lowercase() == b.to_lowercase()
}

impl Col {
    pub(crate) fn term(&self, at: Span, scope: usize) -> Term {
        let mut term = Term::new(at, self.sql.clone(), self.kind.clone());
        term.form = Form::Column;
        term.ahead = self.ahead;
        term.free.push((scope, self.sql.clone(), at));
        term
    }
}

impl Source {
    /// The whole row as a value.
    pub(crate) fn whole(&self) -> Col {
        if let Some(row) = &self.row {
            return row.clone();
        }
        let columns: Vec<&Col> = self.columns.iter().filter(|column| !column.hidden).collect();
        let fields: Vec<String> =
            columns.iter().map(|column| format!("{} := {}", identifier(&column.name), column.sql)).collect();
        Col {
            name: self.alias.clone().unwrap_or_default(),
            sql: format!("struct_pack({})", fields.join(", ")),
            kind: Kind::Struct(columns.iter().map(|c| (Some(c.name.clone()), c.kind.clone())).collect()),
            ahead: columns.iter().map(|column| column.ahead).max().unwrap_or(0),
            hidden: false,
        }
    }
}

impl Scope {
    /// What a path of names stands for here; `None` when its first name means nothing here.
    pub(crate) fn find(&self, path: &[Ident]) -> Read<Option<Term>> {
        let [first, rest @ ..] = path else { return Ok(None) };
        if let Some((_, term)) = self.aliases.iter().find(|(name, _)| same(name, &first.value)) {
            return fields(Term { at: first.span, ..term.clone() }, rest).map(Some);
        }
        let source = self.sources.iter().find(|source| source.alias.as_deref().is_some_and(|a| same(a, &first.value)));
        if let (Some(source), [second, deeper @ ..]) = (source, rest) {
            let found: Vec<&Col> = source.columns.iter().filter(|column| same(&column.name, &second.value)).collect();
            return match found[..] {
                [column] => fields(column.term(first.span, self.id), deeper).map(Some),
                [] => Err(missing(
                    second.span,
                    format!("{} has no column {}", first.value, second.value),
                    &second.value,
                    source.columns.iter().map(|column| column.name.as_str()),
                    &columns_hint(source.columns.iter()),
                )),
                _ => Err(ambiguous(second)),
            };
        }
        let hidden = self.sources.iter().flat_map(|source| source.columns.iter().filter(|column| column.hidden));
        let found: Vec<&Col> =
            self.star.iter().chain(hidden).filter(|column| same(&column.name, &first.value)).collect();
        match found[..] {
            [column] => fields(column.term(first.span, self.id), rest).map(Some),
            [] => match source {
                Some(source) => {
                    let mut term = source.whole().term(first.span, self.id);
                    term.free = source.columns.iter().map(|c| (self.id, c.sql.clone(), first.span)).collect();
                    Ok(Some(term))
                }
                None => Ok(None),
            },
            _ => Err(ambiguous(first)),
        }
    }

    /// Every name that can be written here.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.star.iter().map(|column| column.name.as_str()).chain(self.aliases.iter().map(|(name, _)| name.as_str()))
    }
}

pub(crate) fn columns_hint<'a>(columns: impl Iterator<Item = &'a Col>) -> String {
    let names: Vec<&str> = columns.map(|column| column.name.as_str()).take(12).collect();
    if names.is_empty() {
        "There is no column to name here.".to_owned()
    } else {
        format!("The columns are {}.", names.join(", "))
    }
}

fn ambiguous(name: &Ident) -> Fault {
    wrong(
        name.span,
        format!("{} is ambiguous: more than one table has it", name.value),
        format!("Write the table's alias before it: a.{}.", name.value),
    )
}

/// The fields that follow a value: `a.b.c`.
pub(crate) fn fields(mut term: Term, path: &[Ident]) -> Read<Term> {
    for name in path {
        if term.kind == Kind::Json && !name.value.contains(['"', '\\']) {
            let place = quoted(&format!("$.\"{}\"", name.value));
            term = term.with(format!("json_extract({}, {place})", term.sql), Kind::Json);
            continue;
        }
        let Kind::Struct(of) = &term.kind else {
            return Err(wrong(
                name.span,
                format!("{} is asked of {}, which has no fields", name.value, term.kind.with_article()),
                "Only a STRUCT and JSON have fields.",
            ));
        };
        let names = field_names(of);
        let Some(index) = of.iter().position(|(field, _)| field.as_deref().is_some_and(|f| same(f, &name.value)))
        else {
            return Err(missing(
                name.span,
                format!("the STRUCT has no field {}", name.value),
                &name.value,
                of.iter().filter_map(|(name, _)| name.as_deref()),
                "Name one of its fields.",
            ));
        };
        let kind = of[index].1.clone();
        let sql = format!("({}).{}", term.sql, identifier(&names[index]));
        let form = term.form.clone();
        term = term.with(sql, kind);
        term.form = form;
    }
    Ok(term)
}
